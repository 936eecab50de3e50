// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which parallel devices a port has: opening, closing and removal.
 *
 * The raw device always exists; a daisy-chain device exists when the bus scan has
 * found it, the end-of-chain device when a peripheral at the end of the chain
 * answers a negotiation. An open of one of these two has the new device's worker
 * take the port and look.
 *
 * A struct winpar_device is made when its name is first opened and lives until
 * winpar is unloaded: clients keep the callbacks of PARCLASS_INFORMATION, whose
 * context it is. When a port comes back its devices are used again, except one
 * that a file of the earlier life still has open: that name gets a new one.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "device/hold.h"
#include "device/open.h"
#include "device/state.h"
#include "device/stop.h"
#include "device/worker.h"
#include "port/irp.h"

/* The time-outs of a device that is opened: 30 s for any length, in ms. */
#define WINPAR_DEVICE_TIME	30000

/* Is the device that was opened there? Only with the port can this be known. */
static NTSTATUS winpar_device_look_job(struct winpar_device *device, IRP *irp)
{
	struct winpar_file *file = device->file;
	NTSTATUS status;
	bool there;

	status = winpar_hold_take(device, winpar_state_patience(),
				  false);
	if (!NT_SUCCESS(status))
		return status;
	if (winpar_state_is_daisy(device))
		there = winpar_select_scan_reserved(file) &&
			device->unit < READ_ONCE(device->port->daisies);
	else
		there = winpar_hold_find(device);
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
	u8 told;
	IRP irp;

	if (device->unit == WINPAR_UNIT_RAW)
		return STATUS_SUCCESS;
	if (winpar_state_is_daisy(device) && READ_ONCE(port->scanned))
		return device->unit < READ_ONCE(port->daisies) ?
		       STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
	winpar_irp_init(&irp);
	winpar_worker_prepare(file, &irp, &told);
	status = winpar_worker_queue(file, &irp, &winpar_device_look_for);
	if (status == STATUS_PENDING)
		status = winpar_worker_wait(device, &irp, &told);
	if (NT_SUCCESS(status) || status == STATUS_DELETE_PENDING ||
	    status == STATUS_CANCELLED)
		return status;
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ----- opening and closing --------------------------------------------------- */

static struct winpar_device *winpar_device_create(struct winpar_port *port,
						  int unit)
{
	struct winpar_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	const int number = port->number + 1;

	if (!device)
		return NULL;
	device->port = port;
	device->unit = unit;
	device->object.DeviceExtension = device;
	device->object.StackSize = 1;
	if (unit == WINPAR_UNIT_RAW)
		snprintf(device->name, sizeof(device->name), "LPT%d", number);
	else
		snprintf(device->name, sizeof(device->name), "LPT%d.%d", number,
			 unit);
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
		device->lost = device->port->lost[device->unit];
	device->scans = device->port->scans;
	device->leaving = false;
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
 * STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS __winpar_device_open(struct winpar_file *file, int unit)
	__must_hold(&file->port->mutex)
{
	struct winpar_port *port = file->port;
	struct winpar_device *device = port->devices[unit];
	NTSTATUS status;

	lockdep_assert_held(&port->mutex);
	if (device && device->file && !device->leaving)
		return STATUS_ACCESS_DENIED;
	if (!device || device->file)
		device = winpar_device_create(port, unit);
	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	/* A file of an earlier life of the port keeps the device that it has. */
	if (device != port->devices[unit])
		device->older = port->devices[unit];
	WRITE_ONCE(port->devices[unit], device);
	file->device = device;
	file->object = &device->object;
	winpar_device_reset(device, file);
	status = winpar_worker_start(device);
	if (!NT_SUCCESS(status)) {
		winpar_device_forget_file(device);
		file->device = NULL;
	}
	return status;
}

/**
 * winpar_device_close() - close a parallel device
 * @file: of the device
 * @locked: whether the file held the lock
 *
 * When this returns the file's requests have ended (the port's loop may still
 * have to call their completion routines), the lock is undone, and the port is
 * free. The device can be opened again.
 *
 * Context: process context, may sleep.
 * Return: how many requests it had.
 */
unsigned int winpar_device_close(struct winpar_file *file, bool *locked)
{
	struct winpar_device *device = file->device;
	unsigned int pending = winpar_worker_shut(device);

	*locked = device->locked && !device->leaving;
	winpar_device_forget_file(device);
	return pending;
}

/* ----- ports that leave, clients that leave ---------------------------------- */

/**
 * winpar_device_detach() - a port is about to go: end what its devices do
 * @port: the port
 *
 * From here on devices answer STATUS_DELETE_PENDING, and none can be opened.
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_device_detach(struct winpar_port *port)
{
	unsigned int i;

	mutex_lock(&port->mutex);
	WRITE_ONCE(port->leaving, true);
	for (i = 0; i < WINPAR_UNITS; i++)
		if (port->devices[i])
			winpar_worker_fail(port->devices[i]);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_device_detached() - a port has gone
 * @port: the port
 *
 * From here on its devices answer STATUS_DEVICE_REMOVED.
 *
 * Context: process context.
 */
void winpar_device_detached(struct winpar_port *port)
{
	WRITE_ONCE(port->leaving, false);
}

/**
 * winpar_device_end_client() - a module is going away
 * @port: a port
 * @module: the module; its own files are closed
 *
 * Context: process context, may sleep.
 * Return: how many of its requests to devices of the port were ended.
 */
unsigned int winpar_device_end_client(struct winpar_port *port,
				      struct module *module)
{
	struct winpar_device *device;
	unsigned int i, count = 0;

	for (i = 0; i < WINPAR_UNITS; i++) {
		device = READ_ONCE(port->devices[i]);
		if (device)
			count += winpar_worker_silence(device, module);
	}
	return count;
}

/**
 * winpar_device_destroy() - at module exit
 * @port: one whose files are all closed
 */
void winpar_device_destroy(struct winpar_port *port)
{
	struct winpar_device *device;
	unsigned int i;

	for (i = 0; i < WINPAR_UNITS; i++) {
		while ((device = port->devices[i])) {
			port->devices[i] = device->older;
			winpar_stop_exit(device);
			kfree(device);
		}
	}
}
