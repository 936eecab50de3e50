// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a parallel device has its port.
 *
 * Its worker allocates the port in the port's own FIFO, as any client does, and
 * reserves it: whoever frees a port that is not theirs does not take this one
 * away. Then the device is selected. Before the port is freed the mode on the
 * wire is ended, whatever has become of the request.
 *
 * All of it runs in the worker's thread.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>

#include "device/hold.h"
#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/stop.h"
#include "port/irp.h"

/* The worker's own request for the port is over. */
static NTSTATUS winpar_hold_claimed(PDEVICE_OBJECT object, IRP *irp,
				      PVOID context)
{
	struct winpar_device *device = context;

	/* After the request's status. */
	smp_store_release(&device->claimed, true);
	wake_up_all(&device->wake);
	return STATUS_SUCCESS;
}

static bool winpar_hold_is_claimed(struct winpar_device *device)
{
	/* Before the request's status. */
	return smp_load_acquire(&device->claimed);
}

/* The port was not had in time: say in the log who has it. */
static void winpar_hold_report(struct winpar_device *device)
{
	char who[64];

	if (!__ratelimit(&device->reports))
		return;
	winpar_port_who(device->port, who, sizeof(who));
	pr_warn("%s: a request of %s fails with STATUS_DEVICE_BUSY: %s has the port\n",
		device->name, winpar_file_client(device->file), who);
}

/*
 * Wait for the port. It may be granted although nobody wants it any more.
 * STATUS_PENDING: somebody's stray FreePort has taken it away on the way here.
 */
static NTSTATUS winpar_hold_wait(struct winpar_device *device,
					 unsigned long timeout)
{
	bool gave_up = false;

	wait_event_idle_timeout(device->wake,
				winpar_hold_is_claimed(device) ||
				READ_ONCE(device->stop), timeout);
	if (!winpar_hold_is_claimed(device)) {
		gave_up = true;
		if (!READ_ONCE(device->stop))
			winpar_hold_report(device);
		winpar_queue_cancel(device->port, &device->claim);
		wait_event_idle(device->wake, winpar_hold_is_claimed(device));
	}
	if (device->claim.IoStatus.Status != STATUS_CANCELLED)
		return device->claim.IoStatus.Status;
	if (READ_ONCE(device->stop))
		return winpar_stop_status(READ_ONCE(device->stop));
	return gave_up ? STATUS_DEVICE_BUSY : STATUS_PENDING;
}

/* Allocate the port. From here on nobody else frees it. */
static NTSTATUS winpar_hold_claim(struct winpar_device *device,
				    unsigned long timeout)
{
	IRP *irp = &device->claim;
	NTSTATUS status;

	do {
		device->claimed = false;
		winpar_irp_init(irp);
		winpar_irp_set_completion(irp, winpar_hold_claimed, device);
		winpar_irp_prepare(irp, device->file);
		irp->winpar.own = true;
		status = winpar_port_reserve(device->file, irp);
		if (status == STATUS_PENDING)
			status = winpar_hold_wait(device, timeout);
		else
			irp->winpar.state = WINPAR_IRP_DONE;
	} while (status == STATUS_PENDING);
	if (NT_SUCCESS(status))
		device->has_port = true;
	return status;
}

/**
 * winpar_hold_begin() - begin to use the wires
 * @device: whose worker has the port
 *
 * Removal waits until winpar_hold_end().
 *
 * Context: the worker's thread, may sleep.
 * Return: false when the port has gone.
 */
bool winpar_hold_begin(struct winpar_device *device)
{
	if (!winpar_port_use(device->file))
		return false;
	winpar_engine_begin(&device->engine);
	winpar_stop_drive(device, true);
	return true;
}

/**
 * winpar_hold_end() - undo winpar_hold_begin()
 * @device: likewise
 */
void winpar_hold_end(struct winpar_device *device)
{
	winpar_stop_drive(device, false);
	winpar_engine_end(&device->engine);
	winpar_port_unuse(device->file);
}

/**
 * winpar_hold_give() - end the mode on the wire and free the port
 * @device: whose worker has it, or not
 *
 * Context: the worker's thread, may sleep.
 */
void winpar_hold_give(struct winpar_device *device)
{
	if (!device->has_port)
		return;
	/* What stopped the job must not stop this. */
	flush_signals(current);
	if (winpar_port_use(device->file)) {
		winpar_engine_close(&device->engine);
		winpar_port_unuse(device->file);
	}
	device->has_port = false;
	winpar_port_unreserve(device->file);
}

/**
 * winpar_hold_find() - is there an end-of-chain device?
 * @device: that device, whose worker has the port
 *
 * It is what answers a negotiation at all.
 *
 * Context: the worker's thread, may sleep.
 * Return: whether there is.
 */
bool winpar_hold_find(struct winpar_device *device)
{
	int answer;

	device->scans = READ_ONCE(device->port->scans);
	if (!winpar_hold_begin(device))
		return false;
	answer = winpar_engine_negotiate(&device->engine,
					 winpar_protocol_mode(NIBBLE));
	winpar_negotiate_disconnect(device);
	winpar_hold_end(device);
	return answer >= 0;
}

/* After a scan the end-of-chain device is looked for again. */
static NTSTATUS winpar_hold_find_again(struct winpar_device *device)
{
	if (device->scans == READ_ONCE(device->port->scans) ||
	    winpar_hold_find(device))
		return STATUS_SUCCESS;
	if (READ_ONCE(device->stop) == WINPAR_STOP_NONE)
		WRITE_ONCE(device->vanished, true);
	return STATUS_DEVICE_REMOVED;
}

static NTSTATUS winpar_hold_select(struct winpar_device *device)
{
	const PARALLEL_1284_COMMAND command = {
		.ID = device->unit,
		.CommandFlags = PAR_HAVE_PORT_KEEP_PORT,
	};
	NTSTATUS status;

	switch (device->unit) {
	case WINPAR_UNIT_RAW:
		return STATUS_SUCCESS;
	case WINPAR_UNIT_END:
		return winpar_hold_find_again(device);
	default:
		status = winpar_select_keep(device->file, &command);
		/* A scan has found fewer devices than there were. */
		if (status == STATUS_INVALID_PARAMETER)
			return STATUS_DEVICE_REMOVED;
		return status;
	}
}

/**
 * winpar_hold_take() - allocate the port, and select the device
 * @device: whose worker has it not, or has it already
 * @timeout: how long to wait at most, in jiffies
 * @select: whether to select it
 *
 * Context: the worker's thread, may sleep.
 * Return: STATUS_SUCCESS; STATUS_DEVICE_BUSY not had in that time;
 * STATUS_UNSUCCESSFUL the device could not be selected; STATUS_DEVICE_REMOVED it
 * is not there any more; STATUS_CANCELLED; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_hold_take(struct winpar_device *device,
				 unsigned long timeout, bool select)
{
	NTSTATUS status;

	if (device->has_port)
		return STATUS_SUCCESS;
	status = winpar_hold_claim(device, timeout);
	if (!NT_SUCCESS(status))
		return status;
	if (!winpar_port_use(device->file))
		return STATUS_DELETE_PENDING;
	winpar_engine_open(&device->engine, &device->port->host);
	winpar_port_unuse(device->file);
	if (select)
		status = winpar_hold_select(device);
	if (NT_SUCCESS(status))
		status = winpar_stop_status(READ_ONCE(device->stop));
	if (!NT_SUCCESS(status))
		winpar_hold_give(device);
	return status;
}
