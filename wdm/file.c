// SPDX-License-Identifier: GPL-2.0-only
/*
 * File objects, and the references to all objects that a driver can keep. wdm/open.c makes
 * the file object of a port that the client has opened, wdm/user.c that of a handle which
 * a program or a client has on a driver's device; each says in @close how it is closed.
 *
 * The danger: a driver keeps a reference to the file object of a client that ends, and gives
 * it back afterwards, or at that time. So one lock, wdm_file_lock, guards all lists of file
 * objects and decides who closes: the last reference, or wdm_file_end(). A file object that
 * is left when its client ends is closed then. Whose the references are that
 * ObReferenceObject() has given, nothing tells: where there were any, the memory stays until
 * the last one is given back, or the layer is unloaded.
 *
 * The danger: to close sends IRP_MJ_CLOSE, or closes a port, and may sleep; the last reference
 * may be given back at DISPATCH_LEVEL. There the work @late closes, and holds the module of the
 * client, whose driver may be the one that is sent IRP_MJ_CLOSE. @closing counts the closing
 * until it is over, and wdm_file_end() waits for that.
 */
#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/file.h"
#include "wdm/stack.h"
#include "wdm/thread.h"
#include "wdm/wait.h"
#include "wdm/work.h"

/* Guards the clients' lists of file objects and counts of closings, and wdm_file_kept. */
static DEFINE_SPINLOCK(wdm_file_lock);
/* The file objects whose client has ended. */
static LIST_HEAD(wdm_file_kept);
/* Ends of clients wait here for wdm_file_put(). */
static DECLARE_WAIT_QUEUE_HEAD(wdm_file_waiters);

/**
 * wdm_file_begin() - fill a file object in, with one reference
 * @file: the file object, zeroed
 * @client: the client on whose list it goes
 * @device: the device that is open
 * @close: closes what is open
 *
 * Context: process context.
 */
void wdm_file_begin(struct wdm_file *file, struct winpar_wdm_client *client,
		    PDEVICE_OBJECT device,
		    void (*close)(struct wdm_file *file, bool ends))
{
	file->object.Type = WDM_IO_TYPE_FILE;
	file->object.Size = sizeof(FILE_OBJECT);
	file->object.DeviceObject = device;
	file->client = client;
	atomic_set(&file->references, 1);
	file->close = close;
	spin_lock_irq(&wdm_file_lock);
	list_add_tail(&file->entry, &client->files);
	spin_unlock_irq(&wdm_file_lock);
}

/*
 * The last reference was given back, and @closing of the client counted up: close what is
 * open, and free the file object. @ends: the client ends.
 */
static void wdm_file_close(struct wdm_file *file, bool ends)
{
	struct winpar_wdm_client *client = file->client;
	unsigned long flags;

	file->close(file, ends);
	kfree(file);
	/* wdm_file_end() frees the client after this. */
	spin_lock_irqsave(&wdm_file_lock, flags);
	client->closing--;
	spin_unlock_irqrestore(&wdm_file_lock, flags);
	wake_up_all(&wdm_file_waiters);
}

static void wdm_file_late(struct work_struct *work)
{
	struct wdm_file *file = container_of(work, struct wdm_file, late);
	struct module *held = file->held;

	wdm_file_close(file, !held);
	module_put(held);
}

/*
 * Have a work close what is open. The client's driver may be the one that is sent
 * IRP_MJ_CLOSE: it is not unloaded before.
 */
static void wdm_file_close_late(struct wdm_file *file)
{
	struct winpar_wdm_client *client = file->client;

	if (wdm_client_hold(client))
		file->held = client->module;
	INIT_WORK(&file->late, wdm_file_late);
	wdm_work_start(&file->late);
}

/**
 * wdm_file_put() - give a reference to a file object back
 * @file: the file object; with the last reference @file->close() closes it, if its client
 *        has not ended, and it is freed
 *
 * Context: at or below DISPATCH_LEVEL; at it a work closes the file object.
 * Return: how many references @file has now.
 */
LONG wdm_file_put(struct wdm_file *file)
{
	LONG left = atomic_dec_return(&file->references);
	struct winpar_wdm_client *client;
	unsigned long flags;

	if (left)
		return left;
	spin_lock_irqsave(&wdm_file_lock, flags);
	list_del(&file->entry);
	client = file->client;
	if (client)
		client->closing++;
	spin_unlock_irqrestore(&wdm_file_lock, flags);
	if (!client)
		kfree(file);
	else if (KeGetCurrentIrql() < DISPATCH_LEVEL)
		wdm_file_close(file, false);
	else
		wdm_file_close_late(file);
	return 0;
}

static struct wdm_file *to_file(PVOID object)
{
	return container_of((PFILE_OBJECT)object, struct wdm_file, object);
}

/* *IoFileObjectType, the type of file objects: only its address is used. */
POBJECT_TYPE winpar_wdm_file_type = (POBJECT_TYPE)&winpar_wdm_file_type;
WINPAR_EXPORT(winpar_wdm_file_type);

/**
 * ObReferenceObject() - take a reference to an object
 * @object: a file object, a device object or a thread object; what KeGetCurrentThread() or
 *          PsGetCurrentProcess() has given: no other thread or process has that value
 *          until the reference is given back
 *
 * DDI page: wdm, ObReferenceObject
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references @object has now, 1 for a thread that is no driver's and for
 * a process; 0 if it is of another kind.
 */
LONG ObReferenceObject(PVOID object)
{
	if (wdm_task_kind(object))
		return wdm_task_get(object);
	switch (*(CSHORT *)object) {
	case WDM_IO_TYPE_FILE:
		WRITE_ONCE(to_file(object)->shared, true);
		return atomic_inc_return(&to_file(object)->references);
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

static bool wdm_is_thread(PVOID object)
{
	enum wdm_task kind = wdm_task_kind(object);

	return kind ? kind == WDM_TASK_THREAD : *(CSHORT *)object == WDM_THREAD;
}

static bool wdm_is_file(PVOID object)
{
	return !wdm_task_kind(object) && *(CSHORT *)object == WDM_IO_TYPE_FILE;
}

/* Is an object of a type? NULL is any. */
static bool wdm_is_of(PVOID object, POBJECT_TYPE type)
{
	return !type || (type == winpar_wdm_thread_type && wdm_is_thread(object)) ||
	       (type == winpar_wdm_file_type && wdm_is_file(object));
}

/**
 * ObReferenceObjectByPointer() - take a reference to an object
 * @object: as for ObReferenceObject()
 * @access: ignored
 * @type: *PsThreadType, *IoFileObjectType, or NULL
 * @mode: ignored
 *
 * DDI page: wdm, ObReferenceObjectByPointer
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_TYPE_MISMATCH @object is not of @type, or of
 * another kind.
 */
NTSTATUS ObReferenceObjectByPointer(PVOID object, ACCESS_MASK access,
				    POBJECT_TYPE type, KPROCESSOR_MODE mode)
{
	if (!wdm_is_of(object, type))
		return STATUS_OBJECT_TYPE_MISMATCH;
	return ObReferenceObject(object) ? STATUS_SUCCESS :
	       STATUS_OBJECT_TYPE_MISMATCH;
}
WINPAR_EXPORT(ObReferenceObjectByPointer);

/**
 * ObDereferenceObject() - give a reference to an object back
 * @object: as for ObReferenceObject(); the last reference frees it, except the device
 *          object of a port, which stays until the client ends
 *
 * DDI page: wdm, ObDereferenceObject
 *
 * Context: at or below DISPATCH_LEVEL. At it a work sends IRP_MJ_CLOSE, or closes a device on a
 * port, when the last reference to the file object is given back.
 * Return: as ObReferenceObject().
 */
LONG ObDereferenceObject(PVOID object)
{
	if (wdm_task_kind(object))
		return wdm_task_put(object);
	switch (*(CSHORT *)object) {
	case WDM_IO_TYPE_FILE:
		return wdm_file_put(to_file(object));
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
 * Return: the highest device of the stack of the file's device; NULL the client that has
 * opened @file has ended.
 */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return file->DeviceObject ? wdm_device_top(file->DeviceObject) : NULL;
}
WINPAR_EXPORT(IoGetRelatedDeviceObject);

/*
 * Take a client's first file object off its list, with a reference; or NULL. One whose last
 * reference is being given back is left to wdm_file_put().
 */
static struct wdm_file *wdm_file_take(struct winpar_wdm_client *client)
{
	struct wdm_file *file, *found = NULL;

	spin_lock_irq(&wdm_file_lock);
	list_for_each_entry(file, &client->files, entry)
		if (atomic_inc_not_zero(&file->references)) {
			found = file;
			break;
		}
	if (found)
		list_move_tail(&found->entry, &wdm_file_kept);
	spin_unlock_irq(&wdm_file_lock);
	return found;
}

/* Has wdm_file_put() nothing to do with a file object of the client's any more? */
static bool wdm_file_is_done(struct winpar_wdm_client *client)
{
	bool done;

	spin_lock_irq(&wdm_file_lock);
	done = list_empty(&client->files) && !client->closing;
	spin_unlock_irq(&wdm_file_lock);
	return done;
}

/**
 * wdm_file_end() - close the file objects that a client has left
 * @client: the client, whose routines are called no more, and whose ports are closed
 *
 * Context: process context, sleeps.
 */
void wdm_file_end(struct winpar_wdm_client *client)
{
	struct wdm_file *file;

	BUILD_BUG_ON(offsetof(struct wdm_file, object));
	while ((file = wdm_file_take(client))) {
		file->close(file, true);
		file->object.DeviceObject = NULL;
		file->client = NULL;
		/* Without ObReferenceObject() the reference that is left is the opener's. */
		if (!READ_ONCE(file->shared))
			atomic_dec(&file->references);
		wdm_file_put(file);
	}
	wait_event_idle(wdm_file_waiters, wdm_file_is_done(client));
}

/**
 * wdm_file_exit() - free the file objects whose last reference was not given back
 *
 * Context: at module exit; there are no clients.
 */
void wdm_file_exit(void)
{
	struct wdm_file *file, *next;

	list_for_each_entry_safe(file, next, &wdm_file_kept, entry)
		kfree(file);
}
