// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callbacks of PARCLASS_INFORMATION, by which a class driver that holds the
 * lock reads, writes and changes protocols.
 *
 * The client's thread calls them and sleeps until the device's worker has done
 * what they ask for: only the worker uses the wires, so callbacks and requests
 * are done one at a time, in order. A callback without the lock does nothing.
 *
 * The danger: a client may keep a callback's context after it has closed the
 * device. The context is the struct winpar_device, which lives until winpar is
 * unloaded, and the callback then works only while the next opener holds the
 * lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ratelimit.h>

#include "device/class.h"
#include "device/hold.h"
#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/transfer.h"
#include "device/worker.h"
#include "port/irp.h"

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

static NTSTATUS winpar_class_queue(struct winpar_device *device, IRP *irp,
				   u8 *told, const struct winpar_job *job)
{
	NTSTATUS status = STATUS_INVALID_DEVICE_STATE;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->file && device->locked) {
		winpar_worker_prepare(device->file, irp, told);
		status = __winpar_worker_queue(device->file, irp, job);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return status;
}

/* Have the worker run a job for a client that holds the lock, and wait. */
static NTSTATUS winpar_class_run(struct winpar_device *device,
				 const struct winpar_job *job,
				 struct winpar_class_call *call)
{
	NTSTATUS status;
	u8 told;
	IRP irp;

	if (!device)
		return STATUS_INVALID_DEVICE_STATE;
	if (winpar_port_inside(device->port)) {
		if (__ratelimit(&device->reports))
			pr_warn("%s: a callback is called from inside a routine that the port called, which may not sleep: do it from process context\n",
				device->name);
		return STATUS_INVALID_DEVICE_STATE;
	}
	winpar_irp_init(&irp);
	irp.AssociatedIrp.SystemBuffer = call;
	status = winpar_class_queue(device, &irp, &told, job);
	if (status == STATUS_PENDING)
		status = winpar_worker_wait(device, &irp, &told);
	return status;
}

/* ----- protocols ---------------------------------------------------------------- */

static NTSTATUS winpar_class_do_determine(struct winpar_device *device,
					  IRP *irp)
{
	winpar_negotiate_disconnect(device);
	to_call(irp)->forward = winpar_negotiate_shared(device);
	return STATUS_SUCCESS;
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
	const struct winpar_device *device = context;

	if (!device || !READ_ONCE(device->locked))
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

static NTSTATUS winpar_class_turn(struct winpar_device *device, bool forward)
{
	static const struct winpar_job job = {
		.handle = winpar_class_do_turn,
		.locked = true,
	};
	struct winpar_class_call call = { .is_forward = forward };

	return winpar_class_run(device, &job, &call);
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

/* ----- read, write ---------------------------------------------------------------- */

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

static NTSTATUS winpar_class_move(struct winpar_device *device,
				  const struct winpar_job *job, void *buffer,
				  ULONG length, PULONG done)
{
	struct winpar_class_call call = { .buffer = buffer, .length = length };
	NTSTATUS status;

	if (done)
		*done = 0;
	if (!device || !READ_ONCE(device->locked))
		return STATUS_INVALID_DEVICE_STATE;
	if (length && !buffer)
		return STATUS_INVALID_PARAMETER;
	status = winpar_class_run(device, job, &call);
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
	};

	return winpar_class_move(context, &job, buffer, length, done);
}

/* ----- selecting ------------------------------------------------------------------- */

/* Packets go out while no client of the engine uses the wires. */
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

static NTSTATUS winpar_class_choose(struct winpar_device *device,
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

	/* The lock is what has the port: it stays. */
	command->CommandFlags |= PAR_HAVE_PORT_KEEP_PORT;
	return winpar_class_run(device, &job, &call);
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
 * answer; what stopped it.
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
 * @device: of which device
 * @info: filled in
 *
 * Context: process context.
 */
void winpar_class_information(struct winpar_device *device,
			      PARCLASS_INFORMATION *info)
{
	struct winpar_port *port = device->port;
	PARALLEL_PNP_INFORMATION pnp;

	memset(info, 0, sizeof(*info));
	winpar_mode_information(port, &pnp);
	info->Controller = (PUCHAR)(ULONG_PTR)port->host.base;
	info->EcrController = pnp.EcpController;
	info->SpanOfController = port->host.span;
	info->DetermineIeeeModes = winpar_class_determine;
	info->NegotiateIeeeMode = winpar_class_negotiate;
	info->TerminateIeeeMode = winpar_class_terminate;
	info->IeeeFwdToRevMode = winpar_class_to_reverse;
	info->IeeeRevToFwdMode = winpar_class_to_forward;
	info->ParallelRead = winpar_class_read;
	info->ParallelWrite = winpar_class_write;
	info->ParclassContext = device;
	info->HardwareCapabilities = pnp.HardwareCapabilities;
	info->FifoDepth = pnp.FifoDepth;
	info->FifoWidth = pnp.FifoWidth;
	info->ParallelTryselect = winpar_class_try_select;
	info->ParallelDeSelect = winpar_class_deselect;
}
