// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the name of a port, of a device on one, or of a device that a driver has created, to
 * a device object and a file object.
 *
 * The file object keeps a parallel device and a driver's device open, but not a port
 * (wdm/parport.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/file.h"
#include "wdm/interface.h"
#include "wdm/irql.h"
#include "wdm/link.h"
#include "wdm/opened.h"
#include "wdm/parport.h"
#include "wdm/port.h"
#include "wdm/string.h"
#include "wdm/user.h"

/**
 * struct wdm_opened - a file object of a port, or of a device on one
 * @file: what the client sees
 * @parport: what it is a file of
 */
struct wdm_opened {
	struct wdm_file file;
	struct wdm_parport *parport;
};

/*
 * The client's device object for a device on a port, by its Context, or NULL. No other device
 * has that Context: winpar keeps what the client's module has opened until that has gone.
 */
static struct wdm_parport *wdm_open_known(struct winpar_wdm_client *client,
					  void *context)
{
	struct wdm_parport *parport, *found = NULL;

	spin_lock_irq(&client->lock);
	list_for_each_entry(parport, &client->devices, entry)
		if (!parport->is_port &&
		    parport->object.DeviceExtension == context)
			found = parport;
	spin_unlock_irq(&client->lock);
	return found;
}

/*
 * The parport for @opened: the one that the client has, if there is one. Where that is a
 * port's it is open already, and @opened is closed. Where it is a device's it is closed, as
 * winpar lets no second file open a device: it is opened again.
 */
static struct wdm_parport *wdm_open_device(struct winpar_wdm_client *client,
					   struct winpar_file *opened,
					   void *context, CCHAR stack,
					   bool is_port)
{
	struct wdm_parport *parport = is_port ? NULL :
						wdm_open_known(client, context);

	if (!parport)
		parport = wdm_parport_create(client, opened, context, stack,
					     is_port);
	else if (!wdm_parport_open(parport, opened))
		parport = NULL;
	if (!parport || parport->file != opened)
		wdm_port_close(opened);
	return parport;
}

/* The last reference to a file object has gone, or the client ends. */
static void wdm_opened_close(struct wdm_file *file, bool ends)
{
	struct wdm_parport *parport =
		container_of(file, struct wdm_opened, file)->parport;
	struct winpar_wdm_client *client = parport->client;
	bool last;

	spin_lock_irq(&client->lock);
	last = !--parport->files;
	spin_unlock_irq(&client->lock);
	if (last && !parport->is_port)
		wdm_parport_close(parport);
}

/* Open a port, or a device on one, and make its file object. */
static NTSTATUS wdm_open_port(struct winpar_wdm_client *client, const char *path,
			      PFILE_OBJECT *file)
{
	bool is_port = !strncasecmp(path, WDM_PORT_PREFIX,
				    strlen(WDM_PORT_PREFIX));
	struct winpar_file *opened;
	struct wdm_parport *parport;
	struct wdm_opened *own;
	void *context;
	NTSTATUS status;
	CCHAR stack;

	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = wdm_port_open(path, client->module, &opened, &context, &stack);
	if (!NT_SUCCESS(status))
		goto free;
	parport = wdm_open_device(client, opened, context, stack, is_port);
	status = READ_ONCE(client->ending) ? STATUS_DELETE_PENDING :
					     STATUS_INSUFFICIENT_RESOURCES;
	if (!parport)
		goto free;
	own->parport = parport;
	if (is_port)
		(void)!kstrtouint(path + strlen(WDM_PORT_PREFIX), 10,
				  &parport->number);
	spin_lock_irq(&client->lock);
	parport->files++;
	spin_unlock_irq(&client->lock);
	wdm_file_begin(&own->file, client, &parport->object, wdm_opened_close);
	*file = &own->file.object;
	return STATUS_SUCCESS;

free:
	kfree(own);
	return status;
}

/**
 * winpar_wdm_device_pointer() - find a device by its name: IoGetDeviceObjectPointer()
 * @client: the client
 * @name: the name of a device that a driver has created; a name as winpar_open() takes
 *        it; one of IoGetDeviceInterfaces(); or a link to one of these
 * @access: DesiredAccess of IRP_MJ_CREATE, which has the specific rights that generic ones
 *          stand for; a port ignores it
 * @file: where the file object goes, for ObDereferenceObject(). That of another driver's
 *        device keeps that driver's module
 * @device: where the highest device object of its stack goes; a port's is good until the
 *          client ends, a driver's as long as the file object
 *
 * DDI page: wdm, IoGetDeviceObjectPointer. A driver's device is sent IRP_MJ_CREATE and
 * IRP_MJ_CLEANUP, and IRP_MJ_CLOSE with the last reference to the file object. A file
 * name behind the device's is not taken.
 *
 * Context: process context, may sleep.
 * Return: for a driver's device as wdm_device_open_any() and wdm_user_open_for(), else as
 * winpar_open(); on failure NULL goes to @file and @device. STATUS_DELETE_PENDING
 * DriverUnload has returned; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_device_pointer(struct winpar_wdm_client *client,
				   PUNICODE_STRING name, ACCESS_MASK access,
				   PFILE_OBJECT *file, PDEVICE_OBJECT *device)
{
	PDEVICE_OBJECT found;
	char path[WDM_PATH];
	NTSTATUS status;

	*file = NULL;
	*device = NULL;
	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	/* wdm_parport_create() looks once more, under the lock. */
	if (READ_ONCE(client->ending))
		return STATUS_DELETE_PENDING;
	wdm_string_utf8(name->Buffer, name->Length / sizeof(WCHAR), path,
			sizeof(path));
	wdm_link_resolve(path);
	status = wdm_device_open_any(client, path, &found);
	if (NT_SUCCESS(status)) {
		status = wdm_user_open_for(client, found, access, file);
	} else if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
		wdm_interface_resolve(path);
		status = wdm_open_port(client, path, file);
	}
	if (NT_SUCCESS(status))
		*device = IoGetRelatedDeviceObject(*file);
	return status;
}
WINPAR_EXPORT(winpar_wdm_device_pointer);
