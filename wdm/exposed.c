// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interfaces that a driver registers for its device on a port, by which programs open a
 * device that has no other name.
 *
 * Port N's interface of a class has the name \??\DRIVER#N#{GUID}, DRIVER the name of the
 * driver's module. While it is enabled there is a link of that name to the port, and so a node
 * in /dev (wdm/node.c): a program that opens that opens the device which the driver has
 * attached to the port.
 *
 * An interface is registered until its client ends, also when its port has gone and comes back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/exposed.h"
#include "wdm/interface.h"
#include "wdm/irql.h"
#include "wdm/parport.h"
#include "wdm/string.h"

#define WDM_TAG_EXPOSED		0x70784557	/* "WExp" */
/* The longest name of an interface, in characters, with its null character. */
#define WDM_EXPOSED_NAME	(MODULE_NAME_LEN + 64)

/**
 * struct wdm_exposed - an interface that a driver has registered
 * @entry: on the list of all interfaces
 * @client: the driver
 * @port: the device object of the port that it was registered for last
 * @number: the port's number
 * @enabled: there is a link
 * @name: its name, with a null character
 */
struct wdm_exposed {
	struct list_head entry;
	struct winpar_wdm_client *client;
	PDEVICE_OBJECT port;
	unsigned int number;
	bool enabled;
	WCHAR name[WDM_EXPOSED_NAME];
};

/* No routine of a client's is called with it held. */
static DEFINE_MUTEX(wdm_exposed_lock);
/* All interfaces; under wdm_exposed_lock. */
static LIST_HEAD(wdm_exposed);

static struct wdm_exposed *__wdm_exposed_find(PCUNICODE_STRING name)
	__must_hold(&wdm_exposed_lock)
{
	struct wdm_exposed *exposed;
	UNICODE_STRING own;

	lockdep_assert_held(&wdm_exposed_lock);
	list_for_each_entry(exposed, &wdm_exposed, entry) {
		RtlInitUnicodeString(&own, exposed->name);
		if (RtlEqualUnicodeString(&own, name, TRUE))
			return exposed;
	}
	return NULL;
}

/* Make an interface, which is on no list yet. */
static struct wdm_exposed *wdm_exposed_make(const struct wdm_parport *parport,
					    const GUID *guid)
{
	struct wdm_exposed *exposed = kzalloc(sizeof(*exposed), GFP_KERNEL);
	const UCHAR *last = guid->Data4;
	char name[WDM_EXPOSED_NAME];

	if (!exposed)
		return NULL;
	exposed->client = parport->client;
	exposed->number = parport->number;
	snprintf(name, sizeof(name),
		 "\\??\\%s#%u#{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
		 wdm_client_name(parport->client), parport->number, guid->Data1,
		 guid->Data2, guid->Data3, last[0], last[1], last[2], last[3],
		 last[4], last[5], last[6], last[7]);
	wdm_string_wide(name, exposed->name, WDM_EXPOSED_NAME);
	return exposed;
}

/* Copy the name of an interface to memory that RtlFreeUnicodeString() frees. */
static bool wdm_exposed_copy(const struct wdm_exposed *exposed, PUNICODE_STRING to,
			     void *caller)
{
	UNICODE_STRING own;

	RtlInitUnicodeString(&own, exposed->name);
	*to = (UNICODE_STRING){
		.MaximumLength = own.MaximumLength,
		.Buffer = winpar_wdm_pool_alloc(exposed->client, own.MaximumLength,
						WDM_TAG_EXPOSED, caller),
	};
	if (!to->Buffer)
		return false;
	RtlCopyUnicodeString(to, &own);
	return true;
}

/**
 * IoRegisterDeviceInterface() - register an interface, by which programs open a device
 * @port: the device object of a port that the caller was given by AddDevice
 * @guid: the class of the interface
 * @reference: NULL, or empty
 * @name: where the interface's name goes, for IoSetDeviceInterfaceState() and
 *        RtlFreeUnicodeString()
 *
 * DDI page: wdm, IoRegisterDeviceInterface. It is registered until the driver ends.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_EXISTS, which is a success: it was registered
 * before; STATUS_INVALID_DEVICE_REQUEST @port is no port's; STATUS_NOT_SUPPORTED a
 * @reference; STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT port, const GUID *guid,
				   PUNICODE_STRING reference, PUNICODE_STRING name)
{
	struct wdm_exposed *made, *known;
	struct wdm_parport *parport;
	UNICODE_STRING own;
	bool copied;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	parport = wdm_parport_of(port);
	if (!parport)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (reference && reference->Length)
		return STATUS_NOT_SUPPORTED;
	made = wdm_exposed_make(parport, guid);
	if (!made)
		return STATUS_INSUFFICIENT_RESOURCES;
	copied = wdm_exposed_copy(made, name, (void *)_RET_IP_);
	RtlInitUnicodeString(&own, made->name);
	mutex_lock(&wdm_exposed_lock);
	known = __wdm_exposed_find(&own);
	if (copied && !known)
		list_add_tail(&made->entry, &wdm_exposed);
	if (copied)
		(known ?: made)->port = port;
	mutex_unlock(&wdm_exposed_lock);
	if (!copied || known)
		kfree(made);
	if (!copied)
		return STATUS_INSUFFICIENT_RESOURCES;
	return known ? STATUS_OBJECT_NAME_EXISTS : STATUS_SUCCESS;
}
WINPAR_EXPORT(IoRegisterDeviceInterface);

/* Make the link of an interface. */
static NTSTATUS __wdm_exposed_enable(struct wdm_exposed *exposed)
	__must_hold(&wdm_exposed_lock)
{
	UNICODE_STRING name, target;
	WCHAR wide[WDM_NAME];
	char port[WDM_NAME];
	NTSTATUS status;

	lockdep_assert_held(&wdm_exposed_lock);
	if (exposed->enabled)
		return STATUS_OBJECT_NAME_EXISTS;
	snprintf(port, sizeof(port), WDM_PORT_PREFIX "%u", exposed->number);
	wdm_string_wide(port, wide, WDM_NAME);
	RtlInitUnicodeString(&target, wide);
	RtlInitUnicodeString(&name, exposed->name);
	status = winpar_wdm_link_create(exposed->client, &name, &target);
	exposed->enabled = NT_SUCCESS(status);
	return status;
}

/* Delete the link of an interface. */
static NTSTATUS __wdm_exposed_disable(struct wdm_exposed *exposed)
	__must_hold(&wdm_exposed_lock)
{
	UNICODE_STRING name;

	lockdep_assert_held(&wdm_exposed_lock);
	if (!exposed->enabled)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	exposed->enabled = false;
	RtlInitUnicodeString(&name, exposed->name);
	return IoDeleteSymbolicLink(&name);
}

/**
 * IoSetDeviceInterfaceState() - let programs open a device by an interface, or not any more
 * @name: the interface's name, from IoRegisterDeviceInterface()
 * @enable: TRUE: its node is in /dev from now on; FALSE: it is not. A program that has it open
 *          keeps it open
 *
 * DDI page: wdm, IoSetDeviceInterfaceState. One that is enabled when its port goes, or its
 * stack is removed, is disabled then.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_EXISTS, which is a success: it is enabled already;
 * STATUS_OBJECT_NAME_NOT_FOUND it is not registered, or is not enabled; what
 * IoCreateSymbolicLink() returns; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING name, BOOLEAN enable)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct wdm_exposed *exposed;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	mutex_lock(&wdm_exposed_lock);
	exposed = __wdm_exposed_find(name);
	if (exposed)
		status = enable ? __wdm_exposed_enable(exposed) :
				  __wdm_exposed_disable(exposed);
	mutex_unlock(&wdm_exposed_lock);
	return status;
}
WINPAR_EXPORT(IoSetDeviceInterfaceState);

/**
 * wdm_exposed_removed() - disable the interfaces for a port that has gone, or whose stack is
 *	removed
 * @port: the port's device object
 *
 * Context: process context, may sleep.
 */
void wdm_exposed_removed(PDEVICE_OBJECT port)
{
	struct wdm_exposed *exposed;

	mutex_lock(&wdm_exposed_lock);
	list_for_each_entry(exposed, &wdm_exposed, entry)
		if (exposed->port == port)
			__wdm_exposed_disable(exposed);
	mutex_unlock(&wdm_exposed_lock);
}

/**
 * wdm_exposed_end() - forget the interfaces that a client has registered
 * @client: the client, after wdm_node_end(): it has no links any more
 *
 * Context: process context, may sleep.
 */
void wdm_exposed_end(struct winpar_wdm_client *client)
{
	struct wdm_exposed *exposed, *next;

	mutex_lock(&wdm_exposed_lock);
	list_for_each_entry_safe(exposed, next, &wdm_exposed, entry)
		if (exposed->client == client) {
			list_del(&exposed->entry);
			kfree(exposed);
		}
	mutex_unlock(&wdm_exposed_lock);
}
