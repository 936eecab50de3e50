// SPDX-License-Identifier: GPL-2.0-only
/*
 * File objects, and the references to all objects that a driver can keep. wdm/open.c makes
 * the file object of a port that the client has opened, wdm/user.c that of a handle which
 * a program or a client has on a driver's device; each says in @end what the last
 * reference does.
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
 * wdm_file_begin() - fill a file object in, with one reference
 * @file: the file object, zeroed
 * @client: the client on whose list it goes
 * @device: the device that is open
 * @end: called when the last reference is given back
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
 * wdm_file_put() - give a reference to a file object back
 * @file: the file object; with the last reference @file->end() closes and frees it
 * @caller: an address in the function that gives it back, for the log
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references @file has now.
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
 * ObReferenceObject() - take a reference to an object
 * @object: a file object, a device object or a thread object
 *
 * DDI page: wdm, ObReferenceObject
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references @object has now; 0 if it is of another kind.
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
 * ObDereferenceObject() - give a reference to an object back
 * @object: a file object, a device object or a thread object; the last reference frees
 *          it, except the device object of a port, which stays until the client ends
 *
 * DDI page: wdm, ObDereferenceObject
 *
 * Context: at or below DISPATCH_LEVEL; the last reference to the file object of a
 * program's handle in process context.
 * Return: how many references @object has now; 0 if it is of another kind.
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
 * IoGetRelatedDeviceObject() - find the device to which a file's requests are sent
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
 * @client: the client, whose routines are called no more, and whose ports are closed
 *
 * Context: process context.
 */
void wdm_file_end(struct winpar_wdm_client *client)
{
	struct wdm_file *file, *next;

	BUILD_BUG_ON(offsetof(struct wdm_file, object));
	list_for_each_entry_safe(file, next, &client->files, entry) {
		list_del(&file->entry);
		if (file->left)
			file->left(file);
		else
			kfree(file);
	}
}
