// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device objects that drivers create: their names, how long they stay, and how they are
 * stacked. The device objects of ports and of devices on them are wdm/parport.c's.
 *
 * ReferenceCount has one reference for the driver until IoDeleteDevice(), one for each
 * handle that a program or a driver has open, one for each queued work item, and one for
 * each ObReferenceObject(). wdm_device_put() frees the object with its last reference. A
 * device that is deleted has no name, so that it is not opened any more; a handle that is
 * open works until it is closed.
 *
 * One lock, wdm_device_lock, guards the list of all devices, each driver's own list
 * (DriverObject->DeviceObject), the names, the counts of handles, and AttachedDevice.
 * ReferenceCount is atomic: a device that is found by its name has its driver's reference
 * still, since IoDeleteDevice() takes the name away first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/irql.h"
#include "wdm/interface.h"
#include "wdm/link.h"
#include "wdm/parport.h"
#include "wdm/string.h"
#include "wdm/tick.h"
#include "wdm/verify.h"

/**
 * struct wdm_device - a device object that a driver has created
 * @object: what the driver sees
 * @entry: on the list of all devices, until the device is freed
 * @client: the driver
 * @handles: how many handles programs and other drivers have open
 * @name: the device's name in UTF-8; NULL without a name, and after IoDeleteDevice()
 * @deleted: IoDeleteDevice() was called
 * @leaves: the port below has gone: the device cannot be opened any more; under
 *          wdm_device_lock
 * @power: what PoSetPowerState() was told last; under wdm_device_lock
 * @extension: the driver's memory, to which DeviceExtension points
 */
struct wdm_device {
	DEVICE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	unsigned int handles;
	char *name;
	bool deleted;
	bool leaves;
	POWER_STATE power[DevicePowerState + 1];
	u64 extension[] __aligned(16);
};

static DEFINE_SPINLOCK(wdm_device_lock);
static LIST_HEAD(wdm_devices);
/* Removals wait here for the handles of programs. */
static DECLARE_WAIT_QUEUE_HEAD(wdm_device_waiters);
static struct wdm_device *to_device(PDEVICE_OBJECT object)
{
	return container_of(object, struct wdm_device, object);
}

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

static struct wdm_device *__wdm_device_find(const char *name)
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
 * Returns true if one had.
 */
static bool __wdm_device_detach(struct wdm_device *device)
	__must_hold(&wdm_device_lock)
{
	struct winpar_wdm_client *client = device->client;
	struct wdm_parport *parport;
	struct wdm_device *lower;
	bool was = false;

	lockdep_assert_held(&wdm_device_lock);
	list_for_each_entry(lower, &wdm_devices, entry)
		was |= wdm_device_leaves(device, &lower->object);
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
 * one of IoInitializeDpcRequest() has run if its DPC was queued.
 */
static void wdm_device_gone(PDEVICE_OBJECT device)
{
	wdm_tick_end(device);
	if (device->Dpc.DeferredRoutine)
		KeFlushQueuedDpcs();
	wdm_device_put(device);
}

/**
 * IoDeleteDevice() - delete a device object
 * @device: from IoCreateDevice(), with nothing attached to it
 *
 * DDI page: wdm, IoDeleteDevice. The object and its extension stay while a program has a
 * handle, a work item is queued or the driver has a reference (ObReferenceObject()).
 * The device timer stops, and its routine is waited for, as is the DPC of IoRequestDpc().
 *
 * Context: below DISPATCH_LEVEL.
 */
void IoDeleteDevice(PDEVICE_OBJECT device)
{
	struct wdm_device *own = to_device(device);
	bool again, attached;
	char *name;

	wdm_at_most(APC_LEVEL);
	spin_lock_irq(&wdm_device_lock);
	/* The memory of a device that is not on the list may be freed: it is not read. */
	if (!__wdm_device_is_there(own)) {
		spin_unlock_irq(&wdm_device_lock);
		pr_warn_ratelimited("%pS deletes a device object that IoCreateDevice() did not make, or that is freed\n",
				    (void *)_RET_IP_);
		return;
	}
	again = own->deleted;
	attached = device->AttachedDevice;
	own->deleted = true;
	name = own->name;
	own->name = NULL;
	if (!again)
		__wdm_device_unlink(own);
	spin_unlock_irq(&wdm_device_lock);
	kfree(name);
	if (attached)
		wdm_warn(own->client, "%pS deletes a device object to which another is attached\n",
			 (void *)_RET_IP_);
	if (again)
		wdm_warn(own->client, "%pS deletes a device object twice\n",
			 (void *)_RET_IP_);
	else
		wdm_device_gone(device);
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
 * wdm_device_put() - give a reference to a device object back
 * @device: the object. If a driver has created it the last reference frees it; the object
 *          of a port stays until its client ends.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references @device has now.
 */
LONG wdm_device_put(PDEVICE_OBJECT device)
{
	LONG left = InterlockedDecrement(&device->ReferenceCount);
	unsigned long flags;
	bool attached;

	if (left || !wdm_device_is_own(device))
		return left;
	spin_lock_irqsave(&wdm_device_lock, flags);
	list_del(&to_device(device)->entry);
	attached = __wdm_device_detach(to_device(device));
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	if (attached)
		wdm_warn(wdm_device_client(device),
			 "a device is attached to another when IoDeleteDevice() frees it: it is detached\n");
	wdm_device_free(to_device(device));
	return 0;
}

/* Open a device, if that is possible now. @own: its driver opens it, which has no handle. */
static NTSTATUS __wdm_device_take(struct wdm_device *device, bool own)
	__must_hold(&wdm_device_lock)
{
	lockdep_assert_held(&wdm_device_lock);
	if ((device->object.Flags & DO_DEVICE_INITIALIZING) || device->leaves)
		return STATUS_NO_SUCH_DEVICE;
	if ((device->object.Flags & DO_EXCLUSIVE) && device->handles)
		return STATUS_ACCESS_DENIED;
	if (!own)
		device->handles++;
	wdm_device_get(&device->object);
	return STATUS_SUCCESS;
}

/**
 * wdm_device_open() - find a device by its name, for a program that opens it
 * @client: the driver
 * @name: the device's name
 * @device: where the device goes, with a reference and one handle more, for
 *          wdm_device_close()
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND @client has no device of that
 * name; STATUS_NO_SUCH_DEVICE DO_DEVICE_INITIALIZING is set, or the port below has gone;
 * STATUS_ACCESS_DENIED the device is exclusive, and a handle is open.
 */
NTSTATUS wdm_device_open(struct winpar_wdm_client *client, const char *name,
			 PDEVICE_OBJECT *device)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct wdm_device *found;

	spin_lock_irq(&wdm_device_lock);
	found = __wdm_device_find(name);
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
 * wdm_device_leaves_above() - let no program open a device of a stack any more
 * @device: the lowest device, a port that has gone
 *
 * Context: process context.
 */
void wdm_device_leaves_above(PDEVICE_OBJECT device)
{
	spin_lock_irq(&wdm_device_lock);
	for (device = device->AttachedDevice; device;
	     device = device->AttachedDevice)
		to_device(device)->leaves = true;
	spin_unlock_irq(&wdm_device_lock);
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

/* ----- stacks ------------------------------------------------------------ */

static PDEVICE_OBJECT __wdm_device_top(PDEVICE_OBJECT device)
	__must_hold(&wdm_device_lock)
{
	lockdep_assert_held(&wdm_device_lock);
	while (device->AttachedDevice)
		device = device->AttachedDevice;
	return device;
}

/**
 * wdm_device_top() - find the highest device of a stack, to which requests are sent
 * @device: a device of the stack
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the highest device; @device itself if no device is attached to it.
 */
PDEVICE_OBJECT wdm_device_top(PDEVICE_OBJECT device)
{
	unsigned long flags;

	spin_lock_irqsave(&wdm_device_lock, flags);
	device = __wdm_device_top(device);
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	return device;
}

/**
 * IoAttachDeviceToDeviceStack() - put a device above all others of a stack
 * @source: the caller's device, which is attached to no other
 * @target: a device of the stack: another device of the caller's, or the device object
 *          of a port that the caller has opened
 *
 * DDI page: wdm, IoAttachDeviceToDeviceStack. Here a port's device object is the
 * client's own, so that @source sees requests of this client, and no other client's.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the device that was the highest, to which the caller passes requests down;
 * NULL the highest device is @source itself, is deleted or another client's, or the stack
 * would be too high.
 */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT source,
					   PDEVICE_OBJECT target)
{
	PDEVICE_OBJECT top;
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	spin_lock_irqsave(&wdm_device_lock, flags);
	top = __wdm_device_top(target);
	if (top == source || top->StackSize >= S8_MAX ||
	    top->Reserved != source->Reserved ||
	    (wdm_device_is_own(top) && to_device(top)->deleted)) {
		top = NULL;
	} else {
		top->AttachedDevice = source;
		source->StackSize = top->StackSize + 1;
		source->AlignmentRequirement = top->AlignmentRequirement;
	}
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	return top;
}
WINPAR_EXPORT(IoAttachDeviceToDeviceStack);

/**
 * IoDetachDevice() - undo IoAttachDeviceToDeviceStack()
 * @target: the device to which another is attached: what
 *          IoAttachDeviceToDeviceStack() has returned
 *
 * DDI page: wdm, IoDetachDevice
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoDetachDevice(PDEVICE_OBJECT target)
{
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	spin_lock_irqsave(&wdm_device_lock, flags);
	target->AttachedDevice = NULL;
	spin_unlock_irqrestore(&wdm_device_lock, flags);
}
WINPAR_EXPORT(IoDetachDevice);

/**
 * IoInvalidateDeviceRelations() - say that a device has other relations than before
 * @device: the device
 * @type: which relations
 *
 * DDI page: wdm, IoInvalidateDeviceRelations. On Windows the Plug and Play manager then
 * asks for them, and makes stacks for devices that are new. Nothing here does so, and the
 * log says it once for each caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoInvalidateDeviceRelations(PDEVICE_OBJECT device, DEVICE_RELATION_TYPE type)
{
	wdm_at_most(DISPATCH_LEVEL);
	if (wdm_verify_first((void *)_RET_IP_, __func__))
		pr_warn("%pS calls %s(): the relations of type %d are not asked for here\n",
			(void *)_RET_IP_, __func__, type);
}
WINPAR_EXPORT(IoInvalidateDeviceRelations);

/**
 * PoSetPowerState() - say that a device has another power state
 * @device: a device that the caller has created
 * @type: SystemPowerState or DevicePowerState: which state
 * @state: the new one
 *
 * DDI page: wdm, PoSetPowerState. The layer keeps it for the next call, and nothing else.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the state before: what the last call has set, else 0,
 * PowerSystemUnspecified or PowerDeviceUnspecified.
 */
POWER_STATE PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type,
			    POWER_STATE state)
{
	POWER_STATE before = { };
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	if (!wdm_device_is_own(device) || type > DevicePowerState) {
		pr_warn_ratelimited("%pS sets the power state of a device object that IoCreateDevice() did not make, or another state\n",
				    (void *)_RET_IP_);
		return before;
	}
	spin_lock_irqsave(&wdm_device_lock, flags);
	before = to_device(device)->power[type];
	to_device(device)->power[type] = state;
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	return before;
}
WINPAR_EXPORT(PoSetPowerState);

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

/**
 * wdm_device_end() - free the device objects that a client has left, and warn of them
 * @client: the client, whose routines are called no more, and none of whose devices a
 *          program has open
 *
 * Context: process context.
 */
void wdm_device_end(struct winpar_wdm_client *client)
{
	struct wdm_device *device, *next;
	unsigned int count = 0;
	LIST_HEAD(left);

	spin_lock_irq(&wdm_device_lock);
	list_for_each_entry_safe(device, next, &wdm_devices, entry)
		if (device->client == client) {
			list_move_tail(&device->entry, &left);
			__wdm_device_detach(device);
		}
	spin_unlock_irq(&wdm_device_lock);
	list_for_each_entry_safe(device, next, &left, entry) {
		count++;
		wdm_device_free(device);
	}
	if (count)
		pr_warn("%s: %u device objects were left and are freed\n",
			wdm_client_name(client), count);
}
