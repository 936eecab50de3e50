// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which parallel devices a port has: opening, closing and removal.
 *
 * The raw device always exists; a daisy-chain device exists when the bus scan has
 * found it, the end-of-chain device when a peripheral at the end of the chain
 * answers a negotiation. An open of one of these two has the new device's worker
 * take the port and look.
 *
 * A device's object is made when it is first opened and freed with its port.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "device/hold.h"
#include "device/open.h"
#include "device/state.h"
#include "device/stop.h"
#include "device/worker.h"
#include "port/irp.h"
#include "port/reserve.h"
#include "port/select.h"

/* The time-outs of a device that is opened: 30 s for any length, in ms. */
#define WINPAR_DEVICE_TIME	30000

static NTSTATUS winpar_device_scan(struct winpar_file *file,
				   const PARALLEL_1284_COMMAND *command)
{
	return winpar_select_scan_reserved(file) ? STATUS_SUCCESS :
						   STATUS_UNSUCCESSFUL;
}

/* Is the device that was opened there? Only with the port can this be known. */
static NTSTATUS winpar_device_look_job(struct winpar_device *device, IRP *irp)
{
	NTSTATUS status;
	bool there;

	status = winpar_hold_take(device, winpar_state_patience(),
				  false);
	if (!NT_SUCCESS(status))
		return status;
	if (winpar_state_is_daisy(device)) {
		status = winpar_hold_packet(device, winpar_device_scan, NULL);
		if (!NT_SUCCESS(status))
			return status;
		there = device->unit < READ_ONCE(device->port->daisy.count);
	} else {
		there = winpar_hold_find(device);
	}
	return there ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static const struct winpar_job winpar_device_look_for = {
	.handle = winpar_device_look_job,
	.bare = true,
};

/**
 * winpar_device_look() - see whether what was opened is there
 * @file: of the device
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND it is not, or the port
 * was not to be had; STATUS_CANCELLED a fatal signal is pending;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_device_look(struct winpar_file *file)
{
	struct winpar_device *device = file->device;
	struct winpar_port *port = device->port;
	NTSTATUS status;
	IRP irp;

	if (device->unit == WINPAR_UNIT_RAW)
		return STATUS_SUCCESS;
	if (winpar_state_is_daisy(device) && READ_ONCE(port->daisy.scanned))
		return device->unit < READ_ONCE(port->daisy.count) ?
		       STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
	winpar_irp_init(&irp);
	winpar_irp_prepare_own(&irp, file, "LOOK");
	status = winpar_worker_queue(file, &irp, &winpar_device_look_for);
	status = status == STATUS_PENDING ?
		 winpar_irp_await(&irp, MAX_SCHEDULE_TIMEOUT) :
		 winpar_irp_end_at_once(&irp, status);
	if (NT_SUCCESS(status) || status == STATUS_DELETE_PENDING ||
	    status == STATUS_CANCELLED)
		return status;
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ----- opening and closing ----------------------------------------------- */

static struct winpar_device *winpar_device_create(struct winpar_port *port,
						  int unit)
{
	struct winpar_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return NULL;
	device->port = port;
	device->unit = unit;
	device->object.DeviceExtension = device;
	device->object.StackSize = 1;
	if (unit == WINPAR_UNIT_RAW)
		snprintf(device->name, sizeof(device->name), "LPT%u", port->lpt);
	else
		snprintf(device->name, sizeof(device->name), "LPT%u.%d",
			 port->lpt, unit);
	winpar_worker_init(device);
	return device;
}

/* Set the device up for a new file: nothing that the last one set is kept. */
static void winpar_device_reset(struct winpar_device *device,
				struct winpar_file *file)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	memset(&device->set, 0, sizeof(device->set));
	device->set.timeouts.ReadTotalTimeoutConstant = WINPAR_DEVICE_TIME;
	device->set.timeouts.WriteTotalTimeoutConstant = WINPAR_DEVICE_TIME;
	device->set.forward = CENTRONICS;
	device->set.reverse = NIBBLE;
	if (winpar_state_is_daisy(device))
		device->lost = device->port->daisy.lost[device->unit];
	device->scans = device->port->daisy.scans;
	device->vanished = false;
	device->locked = false;
	device->locking = false;
	device->file = file;
	spin_unlock_irqrestore(&device->lock, flags);
}

static void winpar_device_forget_file(struct winpar_device *device)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->file = NULL;
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * __winpar_device_open() - open a parallel device
 * @file: a file of its port; the port's file mutex held
 * @unit: which device
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_ACCESS_DENIED another file has it open;
 * STATUS_CANCELLED the caller was killed; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS __winpar_device_open(struct winpar_file *file, int unit)
	__must_hold(&file->port->mutex)
{
	struct winpar_port *port = file->port;
	struct winpar_device *device = port->devices[unit];
	NTSTATUS status;

	lockdep_assert_held(&port->mutex);
	if (device && device->file)
		return STATUS_ACCESS_DENIED;
	if (!device)
		device = winpar_device_create(port, unit);
	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	WRITE_ONCE(port->devices[unit], device);
	file->device = device;
	file->object = &device->object;
	winpar_device_reset(device, file);
	status = winpar_worker_start(device);
	if (!NT_SUCCESS(status)) {
		winpar_device_forget_file(device);
		file->device = NULL;
		file->object = &file->holder.seat->device;
	}
	return status;
}

/**
 * winpar_device_cancel_all() - cancel every request to a parallel device
 * @file: of the device; closed: it takes no more
 *
 * Context: process context.
 * Return: how many requests there were.
 */
unsigned int winpar_device_cancel_all(struct winpar_file *file)
{
	return winpar_worker_cancel_all(file);
}

/**
 * winpar_device_close() - close a parallel device
 * @file: of the device, its requests cancelled
 * @locked: set to true if the file held the lock and the port is not gone; else
 *          left as it is
 *
 * When this returns each request of the file is complete, or is on the port's
 * done list, whose loop will call its completion routine; the lock is undone, and
 * the worker has freed the port. The device can be opened again.
 *
 * Context: process context, may sleep.
 */
void winpar_device_close(struct winpar_file *file, bool *locked)
{
	struct winpar_device *device = file->device;

	winpar_worker_stop(device);
	*locked |= device->locked && !winpar_port_is_gone(device->port);
	winpar_device_forget_file(device);
}

/* ----- ports that leave, clients that leave ------------------------------ */

/**
 * winpar_device_detach() - a port is going: end what its devices do
 * @port: the port, marked gone: devices answer STATUS_DELETE_PENDING, and none can
 *        be opened
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_device_detach(struct winpar_port *port)
{
	unsigned int i;

	mutex_lock(&port->mutex);
	for (i = 0; i < WINPAR_UNITS; i++)
		if (port->devices[i])
			winpar_worker_fail(port->devices[i]);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_device_fall_asleep() - the machine is about to sleep: no byte is moved any more
 * @port: the port
 *
 * A request that is carried out, or begins later, goes on after
 * winpar_device_wake_up(), unless its time runs out before.
 *
 * Context: process context, may sleep for as long as a call of the engine takes.
 */
void winpar_device_fall_asleep(struct winpar_port *port)
{
	unsigned int i;

	winpar_port_fall_asleep(port);
	mutex_lock(&port->mutex);
	for (i = 0; i < WINPAR_UNITS; i++)
		if (port->devices[i])
			winpar_stop_for_sleep(port->devices[i]);
	mutex_unlock(&port->mutex);
	winpar_port_await_rest(port);
}

/**
 * winpar_device_wake_up() - undo winpar_device_fall_asleep()
 * @port: the port
 *
 * Context: process context, may sleep.
 */
void winpar_device_wake_up(struct winpar_port *port)
{
	unsigned int i;

	winpar_port_wake_up(port);
	mutex_lock(&port->mutex);
	for (i = 0; i < WINPAR_UNITS; i++)
		if (port->devices[i])
			wake_up_all(&port->devices[i]->wake);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_device_silence_all() - end a module's requests to the devices of a port
 * @port: the port
 * @module: see winpar_worker_silence()
 *
 * Context: process context, may sleep, the file mutex held.
 * Return: how many requests of its there were.
 */
unsigned int winpar_device_silence_all(struct winpar_port *port,
				       struct module *module)
{
	unsigned int i, count = 0;

	lockdep_assert_held(&port->mutex);
	for (i = 0; i < WINPAR_UNITS; i++)
		if (port->devices[i])
			count += winpar_worker_silence(port->devices[i],
						       module);
	return count;
}

/**
 * winpar_device_destroy() - the port's object is about to be freed
 * @port: one that no file refers to
 *
 * Context: process context, may sleep.
 */
void winpar_device_destroy(struct winpar_port *port)
{
	unsigned int i;

	for (i = 0; i < WINPAR_UNITS; i++) {
		if (!port->devices[i])
			continue;
		winpar_stop_exit(port->devices[i]);
		kfree_rcu(port->devices[i], rcu);
	}
}
