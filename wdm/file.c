// SPDX-License-Identifier: GPL-2.0-only
/*
 * File objects: what is open, by whom, with a count of references. Those of ports are
 * of wdm/open.c, those of programs' handles of wdm/user.c.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/file.h"
#include "wdm/thread.h"
#include "wdm/wait.h"

/**
 * wdm_file_begin() - begin a file object, with one reference
 * @file: the object, zeroed
 * @client: whose list it is on
 * @device: what it is a file of
 * @end: called when the last reference has gone
 *
 * Context: process context.
 */
void wdm_file_begin(struct wdm_file *file, struct winpar_wdm_client *client,
		    PDEVICE_OBJECT device,
		    void (*end)(struct wdm_file *file, void *caller))
{
	file->object.Type = WDM_IO_TYPE_FILE;
	file->object.Size = sizeof(FILE_OBJECT);
	file->object.DeviceObject = device;
	file->client = client;
	file->references = 1;
	file->end = end;
	spin_lock_irq(&client->lock);
	list_add_tail(&file->entry, &client->files);
	spin_unlock_irq(&client->lock);
}

/**
 * wdm_file_put() - give a reference back
 * @file: the file object, gone with its last reference
 * @caller: an address in the calling function, which the log names
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references it has now.
 */
LONG wdm_file_put(struct wdm_file *file, void *caller)
{
	LONG left = InterlockedDecrement(&file->references);
	struct winpar_wdm_client *client = file->client;
	unsigned long flags;

	if (left)
		return left;
	spin_lock_irqsave(&client->lock, flags);
	list_del(&file->entry);
	spin_unlock_irqrestore(&client->lock, flags);
	file->end(file, caller);
	return 0;
}

static struct wdm_file *to_file(PVOID object)
{
	return container_of((PFILE_OBJECT)object, struct wdm_file, object);
}

/**
 * ObReferenceObject() - keep an object
 * @object: a file object, a device object or a thread object
 *
 * DDI page: wdm, ObReferenceObject
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references it has now; 0 it is no such object.
 */
LONG ObReferenceObject(PVOID object)
{
	switch (*(CSHORT *)object) {
	case WDM_IO_TYPE_FILE:
		return InterlockedIncrement(&to_file(object)->references);
	case WDM_IO_TYPE_DEVICE:
		wdm_device_get(object);
		return ((PDEVICE_OBJECT)object)->ReferenceCount;
	case WDM_THREAD:
		return wdm_thread_get(object);
	default:
		return 0;
	}
}
WINPAR_EXPORT(ObReferenceObject);

/**
 * ObDereferenceObject() - keep an object no longer
 * @object: a file object, freed with its last reference, a device object, of which one
 *          of a port stays until the client ends, or a thread object
 *
 * DDI page: wdm, ObDereferenceObject
 *
 * Context: at or below DISPATCH_LEVEL; the last one of a file object in process
 * context, except a port's.
 * Return: how many references it has now; 0 too when it is no such object.
 */
LONG ObDereferenceObject(PVOID object)
{
	switch (*(CSHORT *)object) {
	case WDM_IO_TYPE_FILE:
		return wdm_file_put(to_file(object), (void *)_RET_IP_);
	case WDM_IO_TYPE_DEVICE:
		return wdm_device_put(object);
	case WDM_THREAD:
		return wdm_thread_put(object);
	default:
		return 0;
	}
}
WINPAR_EXPORT(ObDereferenceObject);

/**
 * IoGetRelatedDeviceObject() - the device to which a file's requests go
 * @file: the file object
 *
 * DDI page: ntifs, IoGetRelatedDeviceObject
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the highest device of the stack of the file's device.
 */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return wdm_device_top(file->DeviceObject);
}
WINPAR_EXPORT(IoGetRelatedDeviceObject);

/**
 * wdm_file_end() - free the file objects that a client has not given back
 * @client: it is leaving, and what it had open is closed
 *
 * Context: process context.
 */
void wdm_file_end(struct winpar_wdm_client *client)
{
	struct wdm_file *file, *next;

	BUILD_BUG_ON(offsetof(struct wdm_file, object));
	list_for_each_entry_safe(file, next, &client->files, entry) {
		list_del(&file->entry);
		kfree(file);
	}
}
