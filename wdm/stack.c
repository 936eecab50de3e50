// SPDX-License-Identifier: GPL-2.0-only
/*
 * How device objects are stacked: AttachedDevice, under wdm_device_lock of wdm/device.c.
 */
#include <linux/kernel.h>
#include <linux/spinlock.h>

#include <winpar/compat.h>

#include "wdm/device.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/parport.h"
#include "wdm/stack.h"

/**
 * wdm_device_close_above() - may a program open a device of a stack?
 * @port: the lowest device, a port
 * @closed: true: it may not, nor one that is attached later: the stack is not started, or the
 *          port has gone
 *
 * Context: process context.
 */
void wdm_device_close_above(PDEVICE_OBJECT port, bool closed)
{
	PDEVICE_OBJECT device;

	spin_lock_irq(&wdm_device_lock);
	wdm_parport_of(port)->closed = closed;
	for (device = port->AttachedDevice; device;
	     device = device->AttachedDevice)
		to_device(device)->closed = closed;
	spin_unlock_irq(&wdm_device_lock);
}

/* May a device that is attached to @top not be opened? */
static bool __wdm_device_is_closed(PDEVICE_OBJECT top)
	__must_hold(&wdm_device_lock)
{
	struct wdm_parport *port;

	lockdep_assert_held(&wdm_device_lock);
	if (wdm_device_is_own(top))
		return to_device(top)->closed;
	port = wdm_parport_of(top);
	return port && port->closed;
}

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

/* The device of a stack to which @above is attached; @device is the lowest. */
static PDEVICE_OBJECT __wdm_device_below(PDEVICE_OBJECT device, PDEVICE_OBJECT above)
	__must_hold(&wdm_device_lock)
{
	lockdep_assert_held(&wdm_device_lock);
	while (device->AttachedDevice != above)
		device = device->AttachedDevice;
	return device;
}

/**
 * wdm_device_top_get() - find the highest device of a stack, and take a reference to it
 * @device: a device of the stack, to which the caller has a reference
 *
 * The danger: a driver deletes a device that is attached still. Between its last reference and
 * wdm_device_last(), which detaches it, the device is the highest, and about to be freed.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the highest device that is not about to be freed, for wdm_device_put().
 */
PDEVICE_OBJECT wdm_device_top_get(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT top;
	unsigned long flags;

	spin_lock_irqsave(&wdm_device_lock, flags);
	top = __wdm_device_top(device);
	while (top != device && !__wdm_device_get_live(top))
		top = __wdm_device_below(device, top);
	if (top == device)
		wdm_device_get(device);
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	return top;
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
 * NULL @source is in that stack already, or a port's; the highest device is deleted or another
 * client's, or the stack would be higher than an IRP has locations.
 */
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT source,
					   PDEVICE_OBJECT target)
{
	PDEVICE_OBJECT top;
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	spin_lock_irqsave(&wdm_device_lock, flags);
	top = __wdm_device_top(target);
	/* A source below the top, or the top itself, would close a circle. */
	if (top == __wdm_device_top(source) || top->StackSize >= WDM_IRP_STACK_MAX ||
	    !wdm_device_is_own(source) ||
	    top->Reserved != source->Reserved ||
	    (wdm_device_is_own(top) && to_device(top)->deleted)) {
		top = NULL;
	} else {
		top->AttachedDevice = source;
		to_device(source)->closed = __wdm_device_is_closed(top);
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
	wdm_at_most(DISPATCH_LEVEL);
	wdm_device_detached(target);
}
WINPAR_EXPORT(IoDetachDevice);
