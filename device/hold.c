// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a parallel device has its port.
 *
 * The worker allocates the port in the port's own FIFO, as a client does, and
 * reserves it, so that a client's stray FreePort does not free it. Then it
 * selects the device. Before it frees the port it ends the mode on the wire,
 * also after a request that has failed.
 *
 * All of this runs in the worker's thread.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>

#include <winpar/winpar.h>

#include "device/hold.h"
#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/stop.h"
#include "host/engine.h"
#include "host/fifo.h"
#include "port/allocate.h"
#include "port/irp.h"
#include "port/reserve.h"
#include "port/select.h"
#include "winpar_trace.h"

/* Called by the port's loop: the worker's own request for the port is complete. */
static NTSTATUS winpar_hold_claimed(PDEVICE_OBJECT object, IRP *irp,
				    PVOID context)
{
	struct winpar_device *device = context;

	/* Pairs with winpar_hold_is_claimed(): the status is written first. */
	smp_store_release(&device->claimed, true);
	wake_up_all(&device->wake);
	return STATUS_SUCCESS;
}

static bool winpar_hold_is_claimed(struct winpar_device *device)
{
	/* Pairs with winpar_hold_claimed(): the status is read afterwards. */
	return smp_load_acquire(&device->claimed);
}

/* The worker did not get the port in time: say which client has it. */
static void winpar_hold_report(struct winpar_device *device, const char *who)
{
	trace_winpar_error(device->port->number,
			   winpar_file_client(device->file), "device",
			   STATUS_DEVICE_BUSY);
	if (__ratelimit(&device->reports))
		pr_warn("%s: a request of %s fails with %s (%#010x): %s has the port. Close or unload it, or raise device_lock_timeout\n",
			device->name, winpar_file_client(device->file),
			winpar_status_name(STATUS_DEVICE_BUSY),
			STATUS_DEVICE_BUSY, who);
}

/*
 * Wait until @claim is complete, @timeout is over, or the job has to stop. In the
 * last two cases cancel @claim; if the port is granted before the cancel takes
 * effect, @claim succeeds.
 *
 * Return STATUS_PENDING when a client's stray FreePort has freed the port between
 * the grant and this thread's waking up: then the caller asks for the port again.
 */
static NTSTATUS winpar_hold_wait(struct winpar_device *device,
				 unsigned long timeout)
{
	char who[MODULE_NAME_LEN];
	bool gave_up = false;

	wait_event_idle_timeout(device->wake,
				winpar_hold_is_claimed(device) ||
				READ_ONCE(device->stop), timeout);
	if (!winpar_hold_is_claimed(device)) {
		gave_up = true;
		winpar_port_who(device->port, who, sizeof(who));
		winpar_irp_abort(&device->claim);
		wait_event_idle(device->wake, winpar_hold_is_claimed(device));
	}
	if (device->claim.IoStatus.Status != STATUS_CANCELLED)
		return device->claim.IoStatus.Status;
	if (READ_ONCE(device->stop))
		return winpar_stop_status(READ_ONCE(device->stop));
	if (!gave_up)
		return STATUS_PENDING;
	winpar_hold_report(device, who);
	return STATUS_DEVICE_BUSY;
}

/* Allocate the port and reserve it: only winpar_hold_give() frees it then. */
static NTSTATUS winpar_hold_claim(struct winpar_device *device,
				  unsigned long timeout)
{
	IRP *irp = &device->claim;
	NTSTATUS status;

	do {
		device->claimed = false;
		winpar_irp_init(irp);
		winpar_irp_set_completion(irp, winpar_hold_claimed, device);
		winpar_irp_prepare_own(irp, device->file, "CLAIM");
		status = winpar_port_reserve(device->file, irp);
		status = status == STATUS_PENDING ?
			 winpar_hold_wait(device, timeout) :
			 winpar_irp_end_at_once(irp, status);
	} while (status == STATUS_PENDING);
	if (NT_SUCCESS(status))
		device->has_port = true;
	return status;
}

/**
 * winpar_hold_begin() - begin to use the engine
 * @device: a device whose worker has the port
 *
 * The port's removal waits until winpar_hold_end(). While the machine sleeps the chip's
 * registers cannot be read: then the engine begins in winpar_stop_check(), which waits
 * for the end of that.
 *
 * Context: the worker's thread, may sleep.
 * Return: false when the port has gone.
 */
bool winpar_hold_begin(struct winpar_device *device)
{
	if (!winpar_port_use(device->file))
		return false;
	/* If it falls asleep after this look the suspend waits for the worker. */
	if (!winpar_port_is_asleep(device->port))
		winpar_engine_begin(&device->engine);
	winpar_stop_drive(device, true);
	return true;
}

/**
 * winpar_hold_end() - undo winpar_hold_begin()
 * @device: the device
 *
 * Context: the worker's thread.
 */
void winpar_hold_end(struct winpar_device *device)
{
	winpar_stop_drive(device, false);
	winpar_engine_end(&device->engine);
	winpar_port_unuse(device->file, winpar_engine_mode(&device->engine) !=
					winpar_protocol_mode(CENTRONICS));
}

/**
 * winpar_hold_give() - end the mode on the wire and free the port
 * @device: the device; nothing happens when its worker does not have the port
 *
 * Context: the worker's thread, may sleep.
 */
void winpar_hold_give(struct winpar_device *device)
{
	if (!device->has_port)
		return;
	/* The signal that stopped the job would break the termination off. */
	flush_signals(current);
	if (winpar_port_use(device->file)) {
		winpar_negotiate_leave(device);
		winpar_engine_close(&device->engine);
		winpar_port_unuse(device->file, false);
	}
	device->has_port = false;
	/* So that the loop runs before this thread can ask for the port again. */
	local_bh_disable();
	winpar_port_unreserve(device->file);
	local_bh_enable();
}

/**
 * winpar_hold_find() - is there an end-of-chain device?
 * @device: that device, whose worker has the port
 *
 * There is one if something answers a negotiation, be it with a refusal.
 *
 * Context: the worker's thread, may sleep.
 * Return: whether there is one; false too when the port has gone.
 */
bool winpar_hold_find(struct winpar_device *device)
{
	unsigned int scans = READ_ONCE(device->port->daisy.scans);
	int answer = -1;

	if (!winpar_hold_begin(device))
		return false;
	if (winpar_stop_check(device) == STATUS_SUCCESS) {
		answer = winpar_negotiate_mode(device,
					       winpar_protocol_mode(NIBBLE));
		winpar_negotiate_disconnect(device);
	}
	winpar_hold_end(device);
	if (answer < 0)
		return false;
	/* Without an answer the device is looked for again, unless it counts as vanished. */
	device->scans = scans;
	return true;
}

/* A scan may have moved devices: look for the end-of-chain device again. */
static NTSTATUS winpar_hold_find_again(struct winpar_device *device)
{
	if (device->scans == READ_ONCE(device->port->daisy.scans) ||
	    winpar_hold_find(device))
		return STATUS_SUCCESS;
	if (READ_ONCE(device->stop) == WINPAR_STOP_NONE)
		WRITE_ONCE(device->vanished, true);
	return STATUS_DEVICE_REMOVED;
}

/**
 * winpar_hold_packet() - send a command packet when the machine is awake
 * @device: its device
 * @send: sends it; STATUS_UNSUCCESSFUL too when the chip is off, and nothing was sent
 * @command: the second argument of @send
 *
 * Context: the worker's thread, the wire in compatibility mode; may sleep.
 * Return: as @send; why the job had to stop while the machine slept.
 */
NTSTATUS winpar_hold_packet(struct winpar_device *device,
			    NTSTATUS (*send)(struct winpar_file *file,
					     const PARALLEL_1284_COMMAND *command),
			    const PARALLEL_1284_COMMAND *command)
{
	struct winpar_port *port = device->port;
	NTSTATUS status, stop;
	unsigned int sleeps;

	for (;;) {
		sleeps = winpar_stop_await_wake(device);
		status = send(device->file, command);
		if (status != STATUS_UNSUCCESSFUL ||
		    (!(sleeps & 1) && READ_ONCE(port->sleeps) == sleeps))
			return status;
		/* The machine has slept since that look: perhaps nothing was sent. */
		stop = winpar_stop_status(READ_ONCE(device->stop));
		if (stop != STATUS_SUCCESS)
			return stop;
	}
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
		status = winpar_hold_packet(device, winpar_select_keep, &command);
		if (status == STATUS_UNSUCCESSFUL &&
		    __ratelimit(&device->reports))
			pr_warn("%s: a request of %s fails with %s (%#010x): the device does not answer. Is it switched on, and plugged in?\n",
				device->name, winpar_file_client(device->file),
				winpar_status_name(status), status);
		/* A scan since the opening has found fewer devices. */
		if (status == STATUS_INVALID_PARAMETER)
			return STATUS_DEVICE_REMOVED;
		return status;
	}
}

/**
 * winpar_hold_take() - allocate the port, and select the device
 * @device: the device; nothing is done when its worker has the port already
 * @timeout: how long to wait at most, in jiffies
 * @select: whether to select the device
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
	winpar_port_unuse(device->file, false);
	if (winpar_fifo_is_wanted())
		device->engine.fifo = winpar_select_probe_reserved(device->file);
	if (select)
		status = winpar_hold_select(device);
	if (NT_SUCCESS(status))
		status = winpar_stop_status(READ_ONCE(device->stop));
	if (!NT_SUCCESS(status))
		winpar_hold_give(device);
	return status;
}
