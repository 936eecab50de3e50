// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device objects that drivers create: their names, and how long they stay. How they are
 * stacked is wdm/stack.c's, who has one open wdm/opened.c's; the device objects of ports and
 * of devices on them are wdm/parport.c's.
 *
 * ReferenceCount has one reference for the driver until IoDeleteDevice(), or until nothing is
 * attached any more if that is later, one for each handle that a program or a driver has open,
 * one for each work item, and one for each ObReferenceObject(). With the last reference the
 * object leaves all lists; a DPC frees it, since DPCs run one after the other, and its own may be
 * running. A device that is deleted has no name, so that it is not opened any more, nor is it by
 * the port that it is attached to; a handle that is open works until it is closed.
 *
 * The danger: another driver keeps a reference when the device's own driver is unloaded.
 * wdm_device_end() leaves such a device to wdm_device_put(), and gives it another driver
 * object, wdm_irp_orphan, which refuses each request. wdm_parport_free() does the same with
 * the device objects of the client's ports, by wdm_irp_port_orphan.
 *
 * One lock, wdm_device_lock, guards the list of all devices, each driver's own list
 * (DriverObject->DeviceObject), the names, the counts of handles, and AttachedDevice.
 * ReferenceCount is atomic, and falls to 0 without the lock: what finds a device on a list
 * takes a reference by __wdm_device_get_live().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/interface.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/link.h"
#include "wdm/parport.h"
#include "wdm/string.h"
#include "wdm/tick.h"
#include "wdm/timer.h"
#include "wdm/verify.h"

DEFINE_SPINLOCK(wdm_device_lock);
static LIST_HEAD(wdm_devices);
/* The device objects of ports and of devices on them whose client has ended. */
LIST_HEAD(wdm_device_ports);

/**
 * wdm_device_is_own() - has a driver created a device object?
 * @device: the device object
 *
 * Context: any.
 * Return: true if IoCreateDevice() has made @device; false for the device object of a port
 * or of a device on one.
 */
bool wdm_device_is_own(PDEVICE_OBJECT device)
{
	struct winpar_wdm_client *client = device->Reserved;

	return client && device->DriverObject == &client->driver;
}

/**
 * wdm_device_client() - which driver has created a device?
 * @device: a device object for which wdm_device_is_own() is true
 *
 * Context: any.
 * Return: the driver.
 */
struct winpar_wdm_client *wdm_device_client(PDEVICE_OBJECT device)
{
	return to_device(device)->client;
}

/**
 * __wdm_device_find() - find a device by its name
 * @name: the name, in upper or lower case
 *
 * Context: wdm_device_lock held.
 * Return: the device, to which __wdm_device_get_live() takes a reference; NULL.
 */
struct wdm_device *__wdm_device_find(const char *name)
	__must_hold(&wdm_device_lock)
{
	struct wdm_device *device;

	lockdep_assert_held(&wdm_device_lock);
	list_for_each_entry(device, &wdm_devices, entry)
		if (device->name && !strcasecmp(device->name, name))
			return device;
	return NULL;
}

/* Take @device off the device @lower if it is attached there. Returns true if it was. */
static bool wdm_device_leaves(struct wdm_device *device, PDEVICE_OBJECT lower)
{
	if (lower->AttachedDevice != &device->object)
		return false;
	lower->AttachedDevice = NULL;
	return true;
}

/*
 * The device is freed: no other one, and no port of its driver's, has it above any more.
 * Returns true if one had. @below: set to the device below if that was kept for this one: the
 * caller gives its driver's reference back, without the lock.
 */
static bool __wdm_device_detach(struct wdm_device *device, PDEVICE_OBJECT *below)
	__must_hold(&wdm_device_lock)
{
	struct winpar_wdm_client *client = device->client;
	struct wdm_parport *parport;
	struct wdm_device *lower;
	bool was = false;

	lockdep_assert_held(&wdm_device_lock);
	list_for_each_entry(lower, &wdm_devices, entry) {
		if (!wdm_device_leaves(device, &lower->object))
			continue;
		was = true;
		if (lower->kept)
			*below = &lower->object;
		lower->kept = false;
	}
	spin_lock(&client->lock);
	list_for_each_entry(parport, &client->devices, entry)
		was |= wdm_device_leaves(device, &parport->object);
	spin_unlock(&client->lock);
	return was;
}

static void wdm_device_free(struct wdm_device *device)
{
	wdm_tick_free(&device->object);
	kfree(device->name);
	kfree(device);
}

/*
 * No DPC runs any more that ran when the last reference was given back: free the device, with
 * what such a routine has set or queued.
 */
static VOID wdm_device_freed(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	struct wdm_device *device = context;

	wdm_timer_forget(device, device->size);
	wdm_device_free(device);
}

/* Allocate a device with its name; it is on no list yet. */
static struct wdm_device *wdm_device_alloc(struct winpar_wdm_client *client,
					   ULONG extension_size,
					   PUNICODE_STRING name)
{
	struct wdm_device *device;
	char path[WDM_PATH];

	if (extension_size > KMALLOC_MAX_SIZE - sizeof(*device))
		return NULL;
	device = kzalloc(sizeof(*device) + extension_size,
			 GFP_KERNEL | __GFP_NOWARN);
	if (!device)
		return NULL;
	device->client = client;
	device->size = sizeof(*device) + extension_size;
	winpar_wdm_init_dpc(NULL, &device->freeing, wdm_device_freed, device);
	if (!name)
		return device;
	wdm_string_utf8(name->Buffer, name->Length / sizeof(WCHAR), path,
			sizeof(path));
	device->name = kstrdup(path, GFP_KERNEL);
	if (device->name)
		return device;
	kfree(device);
	return NULL;
}

/**
 * IoCreateDevice() - create a device object
 * @driver: the caller's driver object
 * @extension_size: how many bytes DeviceExtension has, which are zeroed
 * @name: the device's name, or NULL
 * @type: DeviceType
 * @characteristics: Characteristics
 * @exclusive: at most one handle may be open at a time
 * @device: where the device object goes, for IoDeleteDevice()
 *
 * DDI page: wdm, IoCreateDevice. DO_DEVICE_INITIALIZING is set: while it is, no program
 * can open the device. When DriverEntry has succeeded the layer clears it for the devices
 * that DriverEntry has created.
 *
 * Context: below DISPATCH_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_OBJECT_NAME_COLLISION
 * a device has that name, or it is a port's, \Device\ParallelPortN, or that of a device
 * on one; STATUS_NOT_SUPPORTED FILE_AUTOGENERATED_DEVICE_NAME;
 * STATUS_OBJECT_NAME_INVALID a name that does not begin with \; STATUS_UNSUCCESSFUL
 * the caller may not sleep.
 */
NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size,
			PUNICODE_STRING name, DEVICE_TYPE type,
			ULONG characteristics, BOOLEAN exclusive,
			PDEVICE_OBJECT *device)
{
	struct winpar_wdm_client *client =
		container_of(driver, struct winpar_wdm_client, driver);
	struct wdm_device *made;
	bool taken;

	*device = NULL;
	if (!wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (characteristics & FILE_AUTOGENERATED_DEVICE_NAME)
		return STATUS_NOT_SUPPORTED;
	if (name && (!name->Length || name->Buffer[0] != '\\'))
		return STATUS_OBJECT_NAME_INVALID;
	made = wdm_device_alloc(client, extension_size, name);
	if (!made)
		return STATUS_INSUFFICIENT_RESOURCES;
	made->object = (DEVICE_OBJECT){
		.Type = WDM_IO_TYPE_DEVICE,
		.Size = sizeof(DEVICE_OBJECT),
		.ReferenceCount = 1,
		.DriverObject = driver,
		.Flags = DO_DEVICE_INITIALIZING | (exclusive ? DO_EXCLUSIVE : 0),
		.Characteristics = characteristics,
		.DeviceExtension = extension_size ? made->extension : NULL,
		.DeviceType = type,
		.StackSize = 1,
		.Reserved = client,
	};
	KeInitializeDeviceQueue(&made->object.DeviceQueue);
	spin_lock_irq(&wdm_device_lock);
	taken = made->name && (wdm_interface_is_port(made->name) ||
			       __wdm_device_find(made->name));
	if (!taken) {
		list_add_tail(&made->entry, &wdm_devices);
		made->object.NextDevice = driver->DeviceObject;
		driver->DeviceObject = &made->object;
	}
	spin_unlock_irq(&wdm_device_lock);
	if (taken) {
		wdm_device_free(made);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	*device = &made->object;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoCreateDevice);

/* Has IoCreateDevice() made a device, which is not freed? */
static bool __wdm_device_is_there(const struct wdm_device *device)
	__must_hold(&wdm_device_lock)
{
	struct wdm_device *other;

	lockdep_assert_held(&wdm_device_lock);
	list_for_each_entry(other, &wdm_devices, entry)
		if (other == device)
			return true;
	return false;
}

/* Take a device off its driver's list. */
static void __wdm_device_unlink(struct wdm_device *device)
	__must_hold(&wdm_device_lock)
{
	PDEVICE_OBJECT *at = &device->client->driver.DeviceObject;

	lockdep_assert_held(&wdm_device_lock);
	while (*at && *at != &device->object)
		at = &(*at)->NextDevice;
	if (*at)
		*at = device->object.NextDevice;
	device->object.NextDevice = NULL;
}

/*
 * The driver has deleted a device: its routine of IoInitializeTimer() runs no more, and the
 * one of IoInitializeDpcRequest() has run if its DPC was queued. The driver's reference stays
 * until no other device is attached.
 */
static void wdm_device_gone(struct wdm_device *device)
{
	unsigned long flags;
	bool kept;

	wdm_tick_end(&device->object);
	if (device->object.Dpc.DeferredRoutine)
		KeFlushQueuedDpcs();
	spin_lock_irqsave(&wdm_device_lock, flags);
	kept = device->object.AttachedDevice;
	device->kept = kept;
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	if (!kept)
		wdm_device_put(&device->object);
}

/**
 * IoDeleteDevice() - delete a device object
 * @device: from IoCreateDevice()
 *
 * DDI page: wdm, IoDeleteDevice. The object and its extension stay while a program has a
 * handle, there is a work item for it, the driver has a reference (ObReferenceObject()), or another
 * device is attached.
 * The device timer stops, and its routine is waited for, as is the DPC of IoRequestDpc().
 *
 * Context: below DISPATCH_LEVEL.
 */
void IoDeleteDevice(PDEVICE_OBJECT device)
{
	struct wdm_device *own = to_device(device);
	struct winpar_wdm_client *client;
	unsigned long flags;
	bool again;
	char *name;

	wdm_at_most(APC_LEVEL);
	spin_lock_irqsave(&wdm_device_lock, flags);
	/* The memory of a device that is not on the list may be freed: it is not read. */
	if (!__wdm_device_is_there(own)) {
		spin_unlock_irqrestore(&wdm_device_lock, flags);
		pr_warn_ratelimited("%pS deletes a device object that IoCreateDevice() did not make, or that is freed\n",
				    (void *)_RET_IP_);
		return;
	}
	again = own->deleted;
	own->deleted = true;
	name = own->name;
	own->name = NULL;
	client = own->client;
	if (!again)
		__wdm_device_unlink(own);
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	kfree(name);
	/* Another thread that has deleted the device, too, may have freed it by now. */
	if (again)
		wdm_warn(client, "%pS deletes a device object twice\n",
			 (void *)_RET_IP_);
	else
		wdm_device_gone(own);
}
WINPAR_EXPORT(IoDeleteDevice);

/* ----- references -------------------------------------------------------- */

/**
 * wdm_device_get() - take a reference to a device object
 * @device: the object, a driver's or a port's
 *
 * Context: any.
 */
void wdm_device_get(PDEVICE_OBJECT device)
{
	InterlockedIncrement(&device->ReferenceCount);
}

/**
 * __wdm_device_get_live() - take a reference to a device, unless its last one was given back
 * @device: the device. When its last reference was given back it is about to be freed, and
 *          on a list or in a stack until wdm_device_last() takes the lock. A port's device
 *          object stays, whatever its references are
 *
 * Context: wdm_device_lock held.
 * Return: true; false without a reference.
 */
bool __wdm_device_get_live(PDEVICE_OBJECT device)
	__must_hold(&wdm_device_lock)
{
	LONG before = READ_ONCE(device->ReferenceCount), was;

	lockdep_assert_held(&wdm_device_lock);
	if (!wdm_device_is_own(device)) {
		wdm_device_get(device);
		return true;
	}
	while (before) {
		was = InterlockedCompareExchange(&device->ReferenceCount, before + 1,
						 before);
		if (was == before)
			return true;
		before = was;
	}
	return false;
}

/*
 * The last reference to a device that a driver has created was given back: take it off all
 * lists, and name what the driver has left. Returns as wdm_device_last().
 */
static PDEVICE_OBJECT __wdm_device_leave(struct wdm_device *device)
	__must_hold(&wdm_device_lock)
{
	struct winpar_wdm_client *client = device->client;
	PDEVICE_OBJECT below = NULL;

	lockdep_assert_held(&wdm_device_lock);
	list_del(&device->entry);
	if (!client)
		return NULL;
	if (!device->deleted) {
		wdm_warn(client, "a device object is freed before IoDeleteDevice(): a reference was given back once too often\n");
		__wdm_device_unlink(device);
	}
	if (__wdm_device_detach(device, &below))
		wdm_warn(client, "a device is attached to another when IoDeleteDevice() frees it: it is detached\n");
	if (wdm_timer_forget(device, device->size))
		wdm_warn(client, "a timer is set or a DPC is queued in a device object that is freed: it is dropped\n");
	return below;
}

/*
 * The last reference to a device object was given back. Returns the device below it that was
 * kept for it, whose driver's reference is the caller's to give back; or NULL.
 */
static PDEVICE_OBJECT wdm_device_last(PDEVICE_OBJECT device)
{
	struct wdm_parport *parport = NULL;
	PDEVICE_OBJECT below = NULL;
	unsigned long flags;

	/* Under the lock, since wdm_device_end() may make it an orphan just now. */
	spin_lock_irqsave(&wdm_device_lock, flags);
	if (wdm_device_is_own(device) ||
	    device->DriverObject == &wdm_irp_orphan) {
		below = __wdm_device_leave(to_device(device));
		KeInsertQueueDpc(&to_device(device)->freeing, NULL, NULL);
	} else if (device->DriverObject == &wdm_irp_port_orphan) {
		parport = container_of(device, struct wdm_parport, object);
		list_del(&parport->entry);
	}
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	kfree(parport);
	return below;
}

/**
 * wdm_device_put() - give a reference to a device object back
 * @device: the object. If a driver has created it the last reference frees it; the object
 *          of a port stays as long as its client, whatever its references.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references @device has now.
 */
LONG wdm_device_put(PDEVICE_OBJECT device)
{
	LONG left = InterlockedDecrement(&device->ReferenceCount);

	if (left)
		return left;
	do
		device = wdm_device_last(device);
	while (device && !InterlockedDecrement(&device->ReferenceCount));
	return 0;
}

/**
 * wdm_device_detached() - no device is attached to a device any more
 * @device: the device. IoDeleteDevice() may have left its driver's reference to this
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_device_detached(PDEVICE_OBJECT device)
{
	unsigned long flags;
	bool kept = false;

	spin_lock_irqsave(&wdm_device_lock, flags);
	device->AttachedDevice = NULL;
	if (wdm_device_is_own(device)) {
		kept = to_device(device)->kept;
		to_device(device)->kept = false;
	}
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	if (kept)
		wdm_device_put(device);
}

/* ----- the beginning and the end of a client ----------------------------- */

/**
 * wdm_device_started() - let programs open the devices that DriverEntry has created
 * @client: the driver, whose DriverEntry has succeeded
 *
 * Context: process context.
 */
void wdm_device_started(struct winpar_wdm_client *client)
{
	PDEVICE_OBJECT device;

	spin_lock_irq(&wdm_device_lock);
	for (device = client->driver.DeviceObject; device;
	     device = device->NextDevice)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	spin_unlock_irq(&wdm_device_lock);
}

/* The driver of a device ends, and another driver has a reference: refuse its requests. */
static void __wdm_device_abandon(struct wdm_device *device)
	__must_hold(&wdm_device_lock)
{
	lockdep_assert_held(&wdm_device_lock);
	device->client = NULL;
	device->deleted = true;
	kfree(device->name);
	device->name = NULL;
	wdm_tick_free(&device->object);
	device->object.NextDevice = NULL;
	device->object.AttachedDevice = NULL;
	WRITE_ONCE(device->object.DriverObject, &wdm_irp_orphan);
	/* Pairs with smp_load_acquire() in wdm_irp_enter(). */
	smp_store_release(&device->object.Reserved, NULL);
}

/* Take the devices of a client that ends off the list, or abandon them. Returns these. */
static unsigned int wdm_device_part(struct winpar_wdm_client *client,
				    struct list_head *left)
{
	struct wdm_device *device, *next;
	PDEVICE_OBJECT below = NULL;
	unsigned int abandoned = 0;

	spin_lock_irq(&wdm_device_lock);
	/* One that is kept has its driver's reference, as one that is not deleted. */
	list_for_each_entry(device, &wdm_devices, entry) {
		if (device->client != client || !device->kept)
			continue;
		device->kept = false;
		device->deleted = false;
	}
	list_for_each_entry_safe(device, next, &wdm_devices, entry) {
		if (device->client != client)
			continue;
		__wdm_device_detach(device, &below);
		/* A device that is deleted and on the list has a reference, or had until now. */
		if (!device->deleted &&
		    !InterlockedDecrement(&device->object.ReferenceCount)) {
			list_move_tail(&device->entry, left);
			continue;
		}
		__wdm_device_abandon(device);
		abandoned++;
	}
	spin_unlock_irq(&wdm_device_lock);
	return abandoned;
}

/**
 * wdm_device_end() - free the device objects that a client has left, and warn of them
 * @client: the client, whose routines are called no more, and none of whose devices a
 *          program has open
 *
 * A device to which there is a reference of ObReferenceObject() stays until that is given
 * back, or the layer is unloaded. From now on its requests are STATUS_NO_SUCH_DEVICE.
 *
 * Context: process context, sleeps.
 */
void wdm_device_end(struct winpar_wdm_client *client)
{
	struct wdm_device *device, *next;
	unsigned int abandoned, count = 0;
	LIST_HEAD(left);

	abandoned = wdm_device_part(client, &left);
	/* Devices that are being freed have gone when the client has. */
	KeFlushQueuedDpcs();
	/* A wdm_irp_enter() that has found the client does not use it after this. */
	if (abandoned)
		synchronize_rcu();
	list_for_each_entry_safe(device, next, &left, entry) {
		count++;
		wdm_device_free(device);
	}
	if (count)
		pr_warn("%s: %u device objects were left and are freed: DriverUnload has to call IoDeleteDevice()\n",
			wdm_client_name(client), count);
	if (abandoned)
		pr_warn("%s: %u device objects have references still: they stay until ObDereferenceObject() has given these back\n",
			wdm_client_name(client), abandoned);
}

/**
 * wdm_device_exit() - free the device objects whose last reference was not given back
 *
 * Context: at module exit; there are no clients.
 */
void wdm_device_exit(void)
{
	struct wdm_parport *parport, *after;
	struct wdm_device *device, *next;

	list_for_each_entry_safe(device, next, &wdm_devices, entry)
		wdm_device_free(device);
	list_for_each_entry_safe(parport, after, &wdm_device_ports, entry)
		kfree(parport);
}
