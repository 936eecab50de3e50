// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications of Plug and Play: a client is told when the interface of a port, or of
 * the raw device on it, arrives or is removed.
 *
 * A registration is a watch of winpar's (api/watch.c), which calls wdm_notify_changed() in
 * process context, one call at a time, and that calls the client's routine.
 *
 * The client's routine may end its own registration, which is freed then: so nothing
 * touches the registration after the routine has returned. The client's list has a
 * reference to the registration, and so has IoRegisterPlugPlayNotification(), since the
 * routine may end it before that function has returned.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kref.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/interface.h"
#include "wdm/irql.h"
#include "wdm/notify.h"
#include "wdm/port.h"
#include "wdm/string.h"

/* DDI page: wdm, DEVICE_INTERFACE_CHANGE_NOTIFICATION: its only Version */
#define WDM_NOTIFICATION_VERSION	1

/* GUID_DEVICE_INTERFACE_ARRIVAL and GUID_DEVICE_INTERFACE_REMOVAL */
static const GUID wdm_guid_arrival = {
	0xcb3a4004, 0x46f0, 0x11d0,
	{ 0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f }
};

static const GUID wdm_guid_removal = {
	0xcb3a4005, 0x46f0, 0x11d0,
	{ 0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f }
};

/**
 * struct wdm_notify - a registration
 * @entry: on the client's list; empty when the registration has ended
 * @kref: counts references
 * @client: the client
 * @watch: winpar's watch
 * @class: the class of interfaces
 * @routine: the client's routine
 * @context: the routine's second argument
 * @told: the routine is called; false while winpar tells the watch of the ports that
 *        exist, if the client has not asked for existing interfaces
 */
struct wdm_notify {
	struct list_head entry;
	struct kref kref;
	struct winpar_wdm_client *client;
	struct wdm_watch *watch;
	GUID class;
	PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine;
	PVOID context;
	bool told;
};

/* winpar tells the watch that a port has arrived or was removed. */
static void wdm_notify_changed(void *arg, const char *port, bool arrived)
{
	struct wdm_notify *notify = arg;
	DEVICE_INTERFACE_CHANGE_NOTIFICATION change = {
		.Version = WDM_NOTIFICATION_VERSION,
		.Size = sizeof(change),
		.Event = arrived ? wdm_guid_arrival : wdm_guid_removal,
		.InterfaceClassGuid = notify->class,
	};
	int number = wdm_interface_number(port);
	WCHAR wide[WDM_NAME];
	char name[WDM_NAME];
	UNICODE_STRING link;

	if (number < 0 || !READ_ONCE(notify->told) ||
	    !wdm_may_call(notify->client))
		return;
	wdm_interface_name(&notify->class, number, name);
	wdm_string_wide(name, wide, WDM_NAME);
	RtlInitUnicodeString(&link, wide);
	change.SymbolicLinkName = &link;
	notify->routine(&change, notify->context);
}

static void wdm_notify_release(struct kref *kref)
{
	struct wdm_notify *notify = container_of(kref, struct wdm_notify, kref);

	kfree(notify->watch);
	kfree(notify);
}

static void wdm_notify_put(struct wdm_notify *notify)
{
	kref_put(&notify->kref, wdm_notify_release);
}

/* Make a registration, which is on no list and told of nothing yet. */
static struct wdm_notify *wdm_notify_create(struct winpar_wdm_client *client,
					    const GUID *class)
{
	struct wdm_notify *notify = kzalloc(sizeof(*notify), GFP_KERNEL);

	if (!notify)
		return NULL;
	notify->watch = wdm_port_watch_alloc(wdm_notify_changed, notify);
	if (!notify->watch) {
		kfree(notify);
		return NULL;
	}
	kref_init(&notify->kref);
	notify->client = client;
	notify->class = *class;
	return notify;
}

static void wdm_notify_add(struct wdm_notify *notify)
{
	kref_get(&notify->kref);
	spin_lock_irq(&notify->client->lock);
	list_add_tail(&notify->entry, &notify->client->watches);
	spin_unlock_irq(&notify->client->lock);
}

/* The first registration on a client's list, with a reference; NULL: there is none. */
static struct wdm_notify *wdm_notify_first(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify;

	spin_lock_irq(&client->lock);
	notify = list_first_entry_or_null(&client->watches, struct wdm_notify,
					  entry);
	if (notify)
		kref_get(&notify->kref);
	spin_unlock_irq(&client->lock);
	return notify;
}

/*
 * End a registration, unless it has ended already. Its routine does not run any more when
 * this returns, unless the caller is that routine.
 */
static void wdm_notify_stop(struct wdm_notify *notify)
{
	bool was;

	spin_lock_irq(&notify->client->lock);
	was = !list_empty(&notify->entry);
	list_del_init(&notify->entry);
	spin_unlock_irq(&notify->client->lock);
	if (!was)
		return;
	wdm_port_unwatch(notify->watch);
	wdm_notify_put(notify);
}

/**
 * IoRegisterPlugPlayNotification() - have a routine called when an interface arrives or
 *	is removed
 * @category: EventCategoryDeviceInterfaceChange; no other is supported
 * @flags: PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES: call @routine also for
 *         each interface that exists, before this function returns
 * @data: the GUID of the class of interfaces: GUID_PARALLEL_DEVICE or
 *        GUID_PARCLASS_DEVICE; an interface of another class never arrives
 * @driver: the caller's driver object
 * @routine: called in process context, one call at a time
 * @context: the second argument of @routine
 * @entry: where the registration goes, for IoUnregisterPlugPlayNotification(), before
 *         @routine is called
 *
 * DDI page: wdm, IoRegisterPlugPlayNotification. A registration does not keep the
 * driver from being unloaded, which ends the registration.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED another category;
 * STATUS_INVALID_PARAMETER no class, driver, routine or entry;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller may not sleep; else
 * as winpar_watch_ports().
 */
NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category,
					ULONG flags, PVOID data,
					PDRIVER_OBJECT driver,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine,
					PVOID context, PVOID *entry)
{
	struct winpar_wdm_client *client;
	struct wdm_notify *notify;
	NTSTATUS status = STATUS_SUCCESS;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (category != EventCategoryDeviceInterfaceChange)
		return STATUS_NOT_SUPPORTED;
	if (!data || !driver || !routine || !entry)
		return STATUS_INVALID_PARAMETER;
	client = container_of(driver, struct winpar_wdm_client, driver);
	notify = wdm_notify_create(client, data);
	if (!notify)
		return STATUS_INSUFFICIENT_RESOURCES;
	notify->routine = routine;
	notify->context = context;
	notify->told = flags &
		       PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES;
	wdm_notify_add(notify);
	*entry = notify;
	if (wdm_interface_known(&notify->class))
		status = wdm_port_watch(notify->watch, client->module);
	/* A port that arrives before this line counts as one that existed. */
	WRITE_ONCE(notify->told, true);
	if (!NT_SUCCESS(status)) {
		*entry = NULL;
		wdm_notify_stop(notify);
	}
	wdm_notify_put(notify);
	return status;
}
WINPAR_EXPORT(IoRegisterPlugPlayNotification);

/**
 * IoUnregisterPlugPlayNotification() - end a registration;
 *	IoUnregisterPlugPlayNotificationEx() is this function, too
 * @entry: the registration
 *
 * DDI page: wdm, IoUnregisterPlugPlayNotificationEx. Waits until the registration's
 * routine has returned, unless the caller is that routine.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS IoUnregisterPlugPlayNotification(PVOID entry)
{
	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	wdm_notify_stop(entry);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoUnregisterPlugPlayNotification);

/**
 * wdm_notify_end() - end the registrations that a client has left, and warn of them
 * @client: the client, whose @leaving is set: its routines are not called any more
 *
 * Context: process context; sleeps until none of these routines runs.
 */
void wdm_notify_end(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify;
	unsigned int count = 0;

	/* A routine that runs still may end its own registration. */
	while ((notify = wdm_notify_first(client))) {
		wdm_notify_stop(notify);
		wdm_notify_put(notify);
		count++;
	}
	if (count)
		pr_warn("%s: %u registrations for Plug and Play were left and are dropped\n",
			wdm_client_name(client), count);
}
