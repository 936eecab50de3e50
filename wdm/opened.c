// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which device objects that drivers create programs and other drivers have open, and which
 * rights they ask for. The counts of handles are under wdm_device_lock of wdm/device.c.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/interface.h"
#include "wdm/opened.h"
#include "wdm/parport.h"

/* The specific rights that a generic one stands for. DDI page: wdm, ACCESS_MASK */
static const struct {
	ACCESS_MASK generic;
	ACCESS_MASK specific;
} wdm_opened_rights[] = {
	{ GENERIC_READ, FILE_GENERIC_READ },
	{ GENERIC_WRITE, FILE_GENERIC_WRITE },
	{ GENERIC_EXECUTE, FILE_GENERIC_EXECUTE },
	{ GENERIC_ALL, FILE_ALL_ACCESS },
};

/**
 * wdm_opened_access() - replace generic rights by the specific ones that they stand for
 * @access: the rights that are asked for
 * @most: the rights that MAXIMUM_ALLOWED stands for
 *
 * Windows does so before a driver sees DesiredAccess: a driver tests specific rights only.
 *
 * Context: any.
 * Return: the specific rights.
 */
ACCESS_MASK wdm_opened_access(ACCESS_MASK access, ACCESS_MASK most)
{
	unsigned int i;

	if (access & MAXIMUM_ALLOWED)
		access |= most;
	access &= ~MAXIMUM_ALLOWED;
	for (i = 0; i < ARRAY_SIZE(wdm_opened_rights); i++)
		if (access & wdm_opened_rights[i].generic)
			access = (access & ~wdm_opened_rights[i].generic) |
				 wdm_opened_rights[i].specific;
	return access;
}

/* Removals wait here for the handles of programs. */
static DECLARE_WAIT_QUEUE_HEAD(wdm_device_waiters);

/* Open a device, if that is possible now. @own: its driver opens it, which has no handle. */
static NTSTATUS __wdm_device_take(struct wdm_device *device, bool own)
	__must_hold(&wdm_device_lock)
{
	lockdep_assert_held(&wdm_device_lock);
	if ((device->object.Flags & DO_DEVICE_INITIALIZING) || device->closed ||
	    device->deleted)
		return STATUS_NO_SUCH_DEVICE;
	if ((device->object.Flags & DO_EXCLUSIVE) && device->handles)
		return STATUS_ACCESS_DENIED;
	if (!__wdm_device_get_live(&device->object))
		return STATUS_NO_SUCH_DEVICE;
	if (!own)
		device->handles++;
	return STATUS_SUCCESS;
}

/* The device that a driver has attached to a port, if @name is that port's; NULL. */
static struct wdm_device *__wdm_device_on_port(struct winpar_wdm_client *client,
					       const char *name)
	__must_hold(&wdm_device_lock)
{
	int number = wdm_interface_number(name);
	struct wdm_parport *parport;
	PDEVICE_OBJECT above = NULL;
	char own[WDM_NAME];

	lockdep_assert_held(&wdm_device_lock);
	snprintf(own, sizeof(own), WDM_PORT_PREFIX "%d", number);
	if (strcasecmp(own, name))
		return NULL;
	spin_lock(&client->lock);
	/* Of the lives of one port the last one. */
	list_for_each_entry(parport, &client->devices, entry)
		if (parport->is_port && parport->number == (unsigned int)number &&
		    parport->object.AttachedDevice)
			above = parport->object.AttachedDevice;
	spin_unlock(&client->lock);
	return above ? to_device(above) : NULL;
}

/**
 * wdm_device_open() - find a device by its name, for a program that opens it
 * @client: the driver
 * @name: the device's name, or a port's: then the device that @client has attached to it
 * @device: where the device goes, with a reference and one handle more, for
 *          wdm_device_close()
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND @client has no device of that
 * name, or none on that port; STATUS_NO_SUCH_DEVICE DO_DEVICE_INITIALIZING is set, or the stack
 * on the port below is not started, or that port has gone, or the device is deleted or about to
 * be freed; STATUS_ACCESS_DENIED the device is exclusive, and a handle is open.
 */
NTSTATUS wdm_device_open(struct winpar_wdm_client *client, const char *name,
			 PDEVICE_OBJECT *device)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct wdm_device *found;

	spin_lock_irq(&wdm_device_lock);
	found = __wdm_device_find(name) ?: __wdm_device_on_port(client, name);
	if (found && found->client == client)
		status = __wdm_device_take(found, false);
	if (NT_SUCCESS(status))
		*device = &found->object;
	spin_unlock_irq(&wdm_device_lock);
	return status;
}

/**
 * wdm_device_open_any() - find a device by its name, for a client that opens it
 * @opener: the client. It gets a handle on another client's device, and keeps that client's
 *          module. On a device of its own it gets a reference only, so that it can be
 *          unloaded
 * @name: the device's name
 * @device: where the device goes, for wdm_device_close_any()
 *
 * Context: process context.
 * Return: as wdm_device_open(); STATUS_OBJECT_NAME_NOT_FOUND also if DriverEntry of another
 * driver has not returned, or its module is being unloaded.
 */
NTSTATUS wdm_device_open_any(struct winpar_wdm_client *opener, const char *name,
			     PDEVICE_OBJECT *device)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct module *module = NULL;
	struct wdm_device *found;

	spin_lock_irq(&wdm_device_lock);
	found = __wdm_device_find(name);
	/*
	 * A device on the list has its client still. While DriverEntry of another client
	 * runs, that may fail, and free the device whatever is open.
	 */
	if (found && found->client != opener) {
		if (READ_ONCE(found->client->started))
			module = found->client->module;
		else
			found = NULL;
	}
	if (found && try_module_get(module)) {
		status = __wdm_device_take(found, found->client == opener);
		if (NT_SUCCESS(status))
			*device = &found->object;
		else
			module_put(module);
	}
	spin_unlock_irq(&wdm_device_lock);
	return status;
}

/**
 * wdm_device_close() - undo wdm_device_open(), when the handle is freed
 * @device: from wdm_device_open()
 *
 * Context: process context.
 */
void wdm_device_close(PDEVICE_OBJECT device)
{
	unsigned long flags;

	spin_lock_irqsave(&wdm_device_lock, flags);
	to_device(device)->handles--;
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	wake_up_all(&wdm_device_waiters);
	wdm_device_put(device);
}

/**
 * wdm_device_close_any() - undo wdm_device_open_any()
 * @opener: the client that has opened the device
 * @device: from wdm_device_open_any()
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_device_close_any(struct winpar_wdm_client *opener,
			  PDEVICE_OBJECT device)
{
	struct module *module = wdm_device_client(device)->module;

	if (wdm_device_client(device) == opener) {
		wdm_device_put(device);
		return;
	}
	wdm_device_close(device);
	module_put(module);
}

/* Has a program a handle on a device that is attached above @device? */
static bool wdm_device_is_open_above(PDEVICE_OBJECT device)
{
	bool open = false;

	spin_lock_irq(&wdm_device_lock);
	for (device = device->AttachedDevice; device;
	     device = device->AttachedDevice)
		open |= to_device(device)->handles;
	spin_unlock_irq(&wdm_device_lock);
	return open;
}

/**
 * wdm_device_wait_closed() - wait until no program has a handle on a device of a stack
 * @device: the lowest device, a port
 *
 * Context: process context, sleeps as long as programs have handles.
 */
void wdm_device_wait_closed(PDEVICE_OBJECT device)
{
	wait_event_idle(wdm_device_waiters, !wdm_device_is_open_above(device));
}
