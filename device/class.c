// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callbacks of PARCLASS_INFORMATION, by which a class driver that holds the
 * lock reads, writes and changes protocols.
 *
 * A client calls a callback in its own thread. The callback puts a request into
 * the FIFO of the device's worker and waits until the worker has done it, so that
 * callbacks and other requests use the wires one at a time and in order. The
 * context of a callback is a struct winpar_class, which names the client and the
 * device: a callback acts only while a file of this client holds the device's
 * lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ratelimit.h>

#include "device/class.h"
#include "device/hold.h"
#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/stop.h"
#include "device/transfer.h"
#include "device/worker.h"
#include "host/engine.h"
#include "port/info.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/select.h"

/**
 * struct winpar_class_call - what a callback asks the worker for
 * @buffer: of a read or a write
 * @length: its length
 * @done: how much of it was moved
 * @forward: protocols, or the direction to connect
 * @reverse: protocols
 * @is_forward: which direction to leave connected
 * @is_select: select a device; else deselect it
 * @command: which device that is
 */
struct winpar_class_call {
	void *buffer;
	ULONG length;
	ULONG done;
	USHORT forward;
	USHORT reverse;
	bool is_forward;
	bool is_select;
	const PARALLEL_1284_COMMAND *command;
};

static struct winpar_class_call *to_call(IRP *irp)
{
	return irp->AssociatedIrp.SystemBuffer;
}

/* The device of a callback's context; NULL when it was never open. */
static struct winpar_device *to_device(const struct winpar_class *class)
{
	return class ? READ_ONCE(class->seat->port->devices[class->unit]) :
		       NULL;
}

/* Does a file of this client hold the lock of the device? */
static bool __winpar_class_is_locked(const struct winpar_class *class,
				     const struct winpar_device *device)
	__must_hold(&device->lock)
{
	lockdep_assert_held(&device->lock);
	return device->file && device->locked &&
	       device->file->holder.seat == class->seat;
}

static bool winpar_class_is_locked(const struct winpar_class *class)
{
	struct winpar_device *device = to_device(class);
	unsigned long flags;
	bool locked;

	if (!device)
		return false;
	spin_lock_irqsave(&device->lock, flags);
	locked = __winpar_class_is_locked(class, device);
	spin_unlock_irqrestore(&device->lock, flags);
	return locked;
}

static NTSTATUS winpar_class_queue(const struct winpar_class *class, IRP *irp,
				   const struct winpar_job *job)
{
	struct winpar_device *device = to_device(class);
	NTSTATUS status = STATUS_INVALID_DEVICE_STATE;
	unsigned long flags;

	if (!device)
		return status;
	spin_lock_irqsave(&device->lock, flags);
	if (__winpar_class_is_locked(class, device)) {
		winpar_irp_prepare_own(irp, device->file, "CALLBACK");
		status = __winpar_worker_queue(device->file, irp, job);
		if (status != STATUS_PENDING)
			winpar_irp_end_at_once(irp, status);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return status;
}

/* Have the worker do something for a client that holds the lock, and wait. */
static NTSTATUS winpar_class_run(const struct winpar_class *class,
				 const struct winpar_job *job,
				 struct winpar_class_call *call)
{
	NTSTATUS status;
	IRP irp;

	if (class && winpar_is_inside()) {
		winpar_warn(class->seat->client,
			    "%s: %s calls a callback of a parallel device from inside a routine that winpar called, which may not sleep: do it from process context\n",
			    class->seat->port->name,
			    winpar_client_name(class->seat->client));
		return STATUS_INVALID_DEVICE_STATE;
	}
	winpar_irp_init(&irp);
	irp.AssociatedIrp.SystemBuffer = call;
	status = winpar_class_queue(class, &irp, job);
	if (status == STATUS_PENDING)
		status = winpar_irp_await(&irp, MAX_SCHEDULE_TIMEOUT);
	return status;
}

/* ----- protocols --------------------------------------------------------- */

static NTSTATUS winpar_class_do_determine(struct winpar_device *device,
					  IRP *irp)
{
	winpar_negotiate_disconnect(device);
	to_call(irp)->forward = winpar_negotiate_shared(device);
	/* What was found before a stop is not all that is shared. */
	return winpar_stop_check(device);
}

/**
 * winpar_class_determine() - PARCLASS_INFORMATION.DetermineIeeeModes
 * @context: ParclassContext
 *
 * Implements PDETERMINE_IEEE_MODES.
 *
 * Context: process context, may sleep.
 * Return: the protocols that host and device have; NONE without the lock.
 */
static USHORT winpar_class_determine(PVOID context)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_determine,
		.locked = true,
	};
	struct winpar_class_call call = { };

	if (!NT_SUCCESS(winpar_class_run(context, &job, &call)))
		return NONE;
	return call.forward;
}

static NTSTATUS winpar_class_do_negotiate(struct winpar_device *device,
					  IRP *irp)
{
	const struct winpar_class_call *call = to_call(irp);
	NTSTATUS status;

	if (winpar_engine_mode(&device->engine) !=
	    winpar_protocol_mode(CENTRONICS))
		return STATUS_DEVICE_PROTOCOL_ERROR;
	status = winpar_negotiate_choose(device, call->forward,
					 call->reverse);
	if (NT_SUCCESS(status))
		status = winpar_negotiate_connect(device, call->is_forward);
	return status;
}

/**
 * winpar_class_negotiate() - PARCLASS_INFORMATION.NegotiateIeeeMode
 * @context: ParclassContext
 * @forward: protocols to choose from for writing, 0 leaves it as it is
 * @reverse: protocols to choose from for reading, 0 leaves it as it is
 * @safety: SAFE_MODE
 * @is_forward: leave the protocol for writing connected; else that for reading
 *
 * Implements PNEGOTIATE_IEEE_MODE.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE without the lock;
 * STATUS_INVALID_PARAMETER not SAFE_MODE; STATUS_DEVICE_PROTOCOL_ERROR a mode
 * is set already; STATUS_UNSUCCESSFUL a direction has no protocol of those asked
 * for; STATUS_IO_DEVICE_ERROR; what stopped it.
 */
static NTSTATUS winpar_class_negotiate(PVOID context, USHORT forward,
				       USHORT reverse, PARALLEL_SAFETY safety,
				       BOOLEAN is_forward)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_negotiate,
		.locked = true,
	};
	struct winpar_class_call call = {
		.forward = forward,
		.reverse = reverse,
		.is_forward = is_forward,
	};

	if (!winpar_class_is_locked(context))
		return STATUS_INVALID_DEVICE_STATE;
	if (safety != SAFE_MODE)
		return STATUS_INVALID_PARAMETER;
	return winpar_class_run(context, &job, &call);
}

static NTSTATUS winpar_class_do_terminate(struct winpar_device *device,
					  IRP *irp)
{
	winpar_negotiate_disconnect(device);
	return STATUS_SUCCESS;
}

/**
 * winpar_class_terminate() - PARCLASS_INFORMATION.TerminateIeeeMode
 * @context: ParclassContext
 *
 * Implements PTERMINATE_IEEE_MODE.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE without the lock.
 */
static NTSTATUS winpar_class_terminate(PVOID context)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_terminate,
		.locked = true,
	};
	struct winpar_class_call call = { };

	return winpar_class_run(context, &job, &call);
}

static NTSTATUS winpar_class_do_turn(struct winpar_device *device, IRP *irp)
{
	return winpar_negotiate_connect(device, to_call(irp)->is_forward);
}

static NTSTATUS winpar_class_turn(const struct winpar_class *class,
				  bool forward)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_turn,
		.locked = true,
	};
	struct winpar_class_call call = { .is_forward = forward };

	return winpar_class_run(class, &job, &call);
}

/**
 * winpar_class_to_reverse() - PARCLASS_INFORMATION.IeeeFwdToRevMode
 * @context: ParclassContext
 *
 * Connects the protocol negotiated for reading. Implements
 * PPARALLEL_IEEE_FWD_TO_REV.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE without the lock;
 * STATUS_IO_DEVICE_ERROR; what stopped it.
 */
static NTSTATUS winpar_class_to_reverse(PVOID context)
{
	return winpar_class_turn(context, false);
}

/**
 * winpar_class_to_forward() - PARCLASS_INFORMATION.IeeeRevToFwdMode
 * @context: ParclassContext
 *
 * Connects the protocol negotiated for writing. Implements
 * PPARALLEL_IEEE_REV_TO_FWD.
 *
 * Context: process context, may sleep.
 * Return: as winpar_class_to_reverse().
 */
static NTSTATUS winpar_class_to_forward(PVOID context)
{
	return winpar_class_turn(context, true);
}

/* ----- read, write ------------------------------------------------------- */

static NTSTATUS winpar_class_do_read(struct winpar_device *device, IRP *irp)
{
	struct winpar_class_call *call = to_call(irp);

	return winpar_transfer_read(device, call->buffer, call->length,
				    &call->done);
}

static NTSTATUS winpar_class_do_write(struct winpar_device *device, IRP *irp)
{
	struct winpar_class_call *call = to_call(irp);

	return winpar_transfer_write(device, call->buffer, call->length,
				     &call->done);
}

static NTSTATUS winpar_class_move(const struct winpar_class *class,
				  const struct winpar_job *job, void *buffer,
				  ULONG length, PULONG done)
{
	struct winpar_class_call call = { .buffer = buffer, .length = length };
	NTSTATUS status;

	if (done)
		*done = 0;
	if (!winpar_class_is_locked(class))
		return STATUS_INVALID_DEVICE_STATE;
	if (length && !buffer)
		return STATUS_INVALID_PARAMETER;
	status = winpar_class_run(class, job, &call);
	if (done)
		*done = call.done;
	return status;
}

/**
 * winpar_class_read() - PARCLASS_INFORMATION.ParallelRead
 * @context: ParclassContext
 * @buffer: where to
 * @length: how many bytes at most
 * @done: where the number of bytes read goes, also on failure; or NULL
 * @channel: not used
 *
 * Implements PPARALLEL_READ.
 *
 * Context: process context, may sleep.
 * Return: as winpar_read(); STATUS_INVALID_DEVICE_STATE without the lock.
 */
static NTSTATUS winpar_class_read(PVOID context, PVOID buffer, ULONG length,
				  PULONG done, UCHAR channel)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_read,
		.locked = true,
		.timed = true,
	};

	return winpar_class_move(context, &job, buffer, length, done);
}

/**
 * winpar_class_write() - PARCLASS_INFORMATION.ParallelWrite
 * @context: ParclassContext
 * @buffer: where from
 * @length: how many bytes
 * @done: where the number of bytes written goes, also on failure; or NULL
 * @channel: not used
 *
 * Implements PPARALLEL_WRITE.
 *
 * Context: process context, may sleep.
 * Return: as winpar_write(); STATUS_INVALID_DEVICE_STATE without the lock.
 */
static NTSTATUS winpar_class_write(PVOID context, PVOID buffer, ULONG length,
				   PULONG done, UCHAR channel)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_write,
		.locked = true,
		.timed = true,
	};

	return winpar_class_move(context, &job, buffer, length, done);
}

/* ----- selecting --------------------------------------------------------- */

/*
 * Before a command packet goes out, end the mode on the wire, and leave the
 * engine by winpar_hold_end().
 */
static NTSTATUS winpar_class_do_choose(struct winpar_device *device, IRP *irp)
{
	const struct winpar_class_call *call = to_call(irp);

	if (device->has_port && winpar_hold_begin(device)) {
		winpar_negotiate_disconnect(device);
		winpar_hold_end(device);
	}
	if (call->is_select)
		return winpar_select_keep(device->file, call->command);
	return winpar_select_deselect(device->file, call->command);
}

static NTSTATUS winpar_class_choose(const struct winpar_class *class,
				    PARALLEL_1284_COMMAND *command, bool select)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_choose,
		.locked = true,
		.bare = true,
	};
	struct winpar_class_call call = {
		.command = command,
		.is_select = select,
	};

	/* The client keeps the port until it undoes its lock of the device. */
	command->CommandFlags |= PAR_HAVE_PORT_KEEP_PORT;
	return winpar_class_run(class, &job, &call);
}

/**
 * winpar_class_try_select() - PARCLASS_INFORMATION.ParallelTryselect
 * @context: ParclassContext
 * @command: which device of the port
 *
 * Implements PPARALLEL_TRYSELECT_DEVICE. The port is kept.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE without the lock;
 * STATUS_INVALID_PARAMETER no such device; STATUS_UNSUCCESSFUL it does not
 * answer, or the machine sleeps; what stopped it.
 */
static NTSTATUS winpar_class_try_select(PVOID context,
					PARALLEL_1284_COMMAND command)
{
	return winpar_class_choose(context, &command, true);
}

/**
 * winpar_class_deselect() - PARCLASS_INFORMATION.ParallelDeSelect
 * @context: ParclassContext
 * @command: which device of the port
 *
 * Implements PPARALLEL_DESELECT_DEVICE. The port is kept.
 *
 * Context: process context, may sleep.
 * Return: as winpar_class_try_select().
 */
static NTSTATUS winpar_class_deselect(PVOID context,
				      PARALLEL_1284_COMMAND command)
{
	return winpar_class_choose(context, &command, false);
}

/**
 * winpar_class_information() - fill in PARCLASS_INFORMATION
 * @file: of the device
 * @info: filled in
 *
 * Context: process context.
 */
void winpar_class_information(struct winpar_file *file,
			      PARCLASS_INFORMATION *info)
{
	struct winpar_seat *seat = file->holder.seat;
	const struct winpar_host *host = &file->port->host;
	PARALLEL_PNP_INFORMATION pnp;

	memset(info, 0, sizeof(*info));
	winpar_info_pnp(seat, &pnp);
	info->Controller = (PUCHAR)(ULONG_PTR)host->address;
	/* Where the ECP registers begin, not the ECR: that one is at + 2. */
	info->EcrController = pnp.EcpController;
	info->SpanOfController = host->span;
	info->DetermineIeeeModes = winpar_class_determine;
	info->NegotiateIeeeMode = winpar_class_negotiate;
	info->TerminateIeeeMode = winpar_class_terminate;
	info->IeeeFwdToRevMode = winpar_class_to_reverse;
	info->IeeeRevToFwdMode = winpar_class_to_forward;
	info->ParallelRead = winpar_class_read;
	info->ParallelWrite = winpar_class_write;
	info->ParclassContext = &seat->classes[file->device->unit];
	info->HardwareCapabilities = pnp.HardwareCapabilities;
	info->FifoDepth = pnp.FifoDepth;
	info->FifoWidth = pnp.FifoWidth;
	info->ParallelTryselect = winpar_class_try_select;
	info->ParallelDeSelect = winpar_class_deselect;
}
