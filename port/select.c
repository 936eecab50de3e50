// SPDX-License-Identifier: GPL-2.0-only
/*
 * The selection room: requests and callbacks that choose a device on the port.
 *
 * Selecting without PAR_HAVE_PORT_KEEP_PORT allocates the port and waits in the
 * same FIFO as every allocation does; what was allocated for a selection that
 * fails is freed, and the next request is served. With the flag the caller has the
 * port and keeps it. The packets themselves are port/daisy.c's.
 *
 * The bus is scanned when a result is first needed, by a client that may drive the
 * port just then: packets end what another owner's device is doing.
 *
 * tests/model/removal.pml has the packet of an owner, rounds.pml a scan.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>

#include <winpar/winpar.h>

#include "port/allocate.h"
#include "port/chip.h"
#include "port/daisy.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/port.h"
#include "port/probe.h"
#include "port/queue.h"
#include "port/select.h"
#include "port/wire.h"

/* How often, and how far apart, it is looked whether a port can be borrowed. */
#define WINPAR_SELECT_TRIES	100
#define WINPAR_SELECT_PAUSE	1000	/* us */

static bool winpar_select_keeps(const PARALLEL_1284_COMMAND *command)
{
	return command->CommandFlags & PAR_HAVE_PORT_KEEP_PORT;
}

/*
 * Does the caller have the port, to select with? A file: by its own request, or by
 * a callback of its client's. A callback (the seat's own holder): by anything of
 * its client's, but not while a parallel device has it and is not lent, or has left
 * the wire in a mode.
 */
static bool __winpar_select_has(const struct winpar_port *port,
				const struct winpar_holder *holder)
	__must_hold(&port->lock)
{
	const struct winpar_seat *seat = holder->seat;

	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_OWNED || port->engine)
		return false;
	if (holder == &seat->holder)
		return __winpar_port_is_open_to(port, seat) && !port->in_mode;
	return port->owner == holder || port->owner == &seat->holder;
}

/* What may be said before any wait: gone, closed, no such device. */
static NTSTATUS __winpar_select_check(struct winpar_port *port,
				      const struct winpar_holder *holder,
				      const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	if (__winpar_port_file_is_closed(holder))
		return STATUS_CANCELLED;
	return __winpar_daisy_check(port, command);
}

/*
 * Select for the owner of the port. A port that was allocated for this is freed
 * when it fails.
 */
static NTSTATUS __winpar_select_now(struct winpar_port *port,
				    const PARALLEL_1284_COMMAND *command,
				    unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status;

	lockdep_assert_held(&port->lock);
	__winpar_wire_take(port, *flags);
	status = __winpar_daisy_select(port, command, flags);
	if (!NT_SUCCESS(status) && !winpar_select_keeps(command) &&
	    port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, true);
	__winpar_wire_give(port, flags);
	return status;
}

/* Select for a caller that says that it has the port. */
static NTSTATUS __winpar_select_kept(struct winpar_port *port,
				     const struct winpar_holder *holder,
				     const PARALLEL_1284_COMMAND *command,
				     unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_select_has(port, holder))
		return STATUS_UNSUCCESSFUL;
	return __winpar_select_now(port, command, flags);
}

/* Take a free port for a selection, unless its packet cannot be sent before the resume. */
static bool __winpar_select_take(struct winpar_port *port,
				 struct winpar_holder *holder,
				 const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return !__winpar_daisy_must_wait(port, command) &&
	       __winpar_port_take(port, holder);
}

/* A selection or deselection has failed: say why in the log. */
static void winpar_select_report(const struct winpar_seat *seat,
				 const PARALLEL_1284_COMMAND *command, bool had,
				 NTSTATUS status)
{
	if (status != STATUS_UNSUCCESSFUL)
		return;
	winpar_warn(seat->client,
		    "%s: %s cannot select device %u%s: %s. %s (%#010x)\n",
		    seat->port->name, winpar_client_name(seat->client),
		    command->ID,
		    command->CommandFlags & PAR_END_OF_CHAIN_DEVICE ?
		    " (end of chain)" : "", had ?
		    winpar_port_is_asleep(seat->port) ? "the machine sleeps" :
		    "it does not answer. Is it switched on, and plugged in?" :
		    "the client has not allocated the port before, or has left it in a mode of IEEE 1284",
		    winpar_status_name(status), status);
}

/**
 * winpar_select_request() - select a device for a request
 * @file: the file that the request was sent to
 * @irp: the request, its buffer a PARALLEL_1284_COMMAND
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_PENDING it waits for the port;
 * STATUS_INVALID_PARAMETER no such device; STATUS_UNSUCCESSFUL it does not
 * answer, or the caller says that it has the port, and has not;
 * STATUS_DELETE_PENDING; STATUS_CANCELLED the file is being closed.
 */
NTSTATUS winpar_select_request(struct winpar_file *file, IRP *irp)
{
	const PARALLEL_1284_COMMAND *command = irp->AssociatedIrp.SystemBuffer;
	/* Once the request waits the file may be closed at any time, but not the seat. */
	struct winpar_seat *seat = file->holder.seat;
	struct winpar_port *port = file->port;
	bool inside = winpar_is_inside(), had = true;
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_select_check(port, &file->holder, command);
	if (!NT_SUCCESS(status))
		goto unlock;
	if (winpar_select_keeps(command)) {
		had = __winpar_select_has(port, &file->holder);
		status = __winpar_select_kept(port, &file->holder, command,
					      &flags);
	} else if (!inside && __winpar_select_take(port, &file->holder, command)) {
		status = __winpar_select_now(port, command, &flags);
	} else {
		irp->winpar.granted = __winpar_daisy_granted;
		__winpar_queue_wait(file, irp);
		status = STATUS_PENDING;
	}
unlock:
	winpar_port_unlock(port, flags);
	winpar_select_report(seat, command, had, status);
	return status;
}

/**
 * winpar_select_keep() - select a device on a port that a device has
 * @file: of the device
 * @command: which device, with PAR_HAVE_PORT_KEEP_PORT
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as winpar_select_request() with PAR_HAVE_PORT_KEEP_PORT.
 */
NTSTATUS winpar_select_keep(struct winpar_file *file,
			    const PARALLEL_1284_COMMAND *command)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	if (port->state == WINPAR_PORT_GONE)
		status = STATUS_DELETE_PENDING;
	else
		status = __winpar_daisy_check(port, command);
	if (NT_SUCCESS(status))
		status = __winpar_select_kept(port, &file->holder, command,
					      &flags);
	winpar_port_unlock(port, flags);
	return status;
}

/* Deselect, and free the port unless it is kept. */
static NTSTATUS winpar_select_release(const struct winpar_holder *holder,
				      const PARALLEL_1284_COMMAND *command)
{
	struct winpar_port *port = holder->seat->port;
	bool keeps = winpar_select_keeps(command);
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_select_check(port, holder, command);
	if (!NT_SUCCESS(status))
		goto unlock;
	status = STATUS_UNSUCCESSFUL;
	if (!__winpar_select_has(port, holder) || (port->reserved && !keeps))
		goto unlock;
	__winpar_wire_take(port, flags);
	status = __winpar_daisy_deselect(port, command, &flags);
	if (status != STATUS_INVALID_PARAMETER && !keeps &&
	    port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, __winpar_port_is_in_check(port));
	__winpar_wire_give(port, &flags);
unlock:
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * winpar_select_deselect() - deselect a device for a request
 * @file: the file that the request was sent to
 * @command: which device, and whether the port is kept
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device;
 * STATUS_UNSUCCESSFUL the caller does not have the port, or no device answers:
 * then the port is freed all the same, unless it is kept;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_select_deselect(struct winpar_file *file,
				const PARALLEL_1284_COMMAND *command)
{
	return winpar_select_release(&file->holder, command);
}

/**
 * winpar_select_try() - PARALLEL_PNP_INFORMATION.TrySelectDevice
 * @context: the Context that winpar gave
 * @command: a PARALLEL_1284_COMMAND
 *
 * Implements PPARALLEL_TRY_SELECT_ROUTINE. Never queues.
 *
 * Context: at or below DISPATCH_LEVEL; some 60 us of busy wait at most, and some
 * 150 us more the first time.
 * Return: STATUS_SUCCESS; STATUS_PENDING it would have had to wait;
 * STATUS_INVALID_PARAMETER no such device; STATUS_UNSUCCESSFUL as for
 * winpar_select_request(); STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_select_try(PVOID context, PVOID command)
{
	struct winpar_seat *seat = context;
	struct winpar_port *port;
	unsigned long flags;
	NTSTATUS status;
	bool had = true;

	if (!seat)
		return STATUS_DELETE_PENDING;
	port = seat->port;
	if (!command)
		return winpar_port_is_gone(port) ? STATUS_DELETE_PENDING :
						   STATUS_INVALID_PARAMETER;
	winpar_wire_lock(port, &flags);
	status = __winpar_select_check(port, &seat->holder, command);
	if (!NT_SUCCESS(status))
		goto unlock;
	if (winpar_select_keeps(command)) {
		had = __winpar_select_has(port, &seat->holder);
		status = __winpar_select_kept(port, &seat->holder, command,
					      &flags);
	} else if (__winpar_select_take(port, &seat->holder, command)) {
		status = __winpar_select_now(port, command, &flags);
	} else if (seat->holder.closed) {
		status = STATUS_UNSUCCESSFUL;
	} else {
		status = STATUS_PENDING;
		__winpar_queue_refused(seat);
	}
unlock:
	winpar_port_unlock(port, flags);
	winpar_select_report(seat, command, had, status);
	return status;
}

/**
 * winpar_select_undo() - PARALLEL_PNP_INFORMATION.DeselectDevice
 * @context: the Context that winpar gave
 * @command: a PARALLEL_1284_COMMAND
 *
 * Implements PPARALLEL_DESELECT_ROUTINE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as winpar_select_deselect().
 */
NTSTATUS winpar_select_undo(PVOID context, PVOID command)
{
	struct winpar_seat *seat = context;

	if (!seat)
		return STATUS_DELETE_PENDING;
	if (!command)
		return winpar_port_is_gone(seat->port) ?
		       STATUS_DELETE_PENDING : STATUS_INVALID_PARAMETER;
	return winpar_select_release(&seat->holder, command);
}

/* ----- scanning ---------------------------------------------------------- */

/* Run @use on the wires of a port that is owned, perhaps only for this call. */
static bool __winpar_select_use(struct winpar_port *port,
				bool (*use)(struct winpar_port *port,
					    unsigned long *flags),
				bool taken, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool ok;

	lockdep_assert_held(&port->lock);
	__winpar_wire_take(port, *flags);
	ok = use(port, flags);
	if (taken && port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, true);
	__winpar_wire_give(port, flags);
	return ok;
}

/*
 * May a file's request use the port as its owner would? What its own request has
 * allocated, or a callback of its client's; not what a parallel device has: packets
 * would end what that device has negotiated.
 */
static bool __winpar_select_may_use(const struct winpar_port *port,
				    const struct winpar_file *file)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return !port->reserved && __winpar_select_has(port, &file->holder);
}

/* The file cannot use the port now: is it worth while to wait for it? */
static bool __winpar_select_may_come(struct winpar_port *port,
				     const struct winpar_file *file)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (file->holder.closed)
		return false;
	/* A free port for which a request waits is about to be granted. */
	if (port->state == WINPAR_PORT_HELD)
		return port->nwaiting;
	return port->state == WINPAR_PORT_OWNED &&
	       !__winpar_select_may_use(port, file);
}

/*
 * Do something on the wires on behalf of a file: a free port is taken for it
 * and freed, one that the file or its client has is used. One that is not to be
 * had is waited for, up to @tries times WINPAR_SELECT_PAUSE. False: not had.
 */
static bool winpar_select_borrow(struct winpar_file *file, int tries,
				 bool (*use)(struct winpar_port *port,
					     unsigned long *flags))
{
	struct winpar_port *port = file->port;
	bool taken, ok = false;
	unsigned long flags;

	winpar_wire_lock(port, &flags);
	while (__winpar_select_may_come(port, file) && tries--) {
		winpar_port_unlock(port, flags);
		usleep_range(WINPAR_SELECT_PAUSE, 2 * WINPAR_SELECT_PAUSE);
		winpar_wire_lock(port, &flags);
	}
	taken = __winpar_port_take(port, &file->holder);
	if (taken || __winpar_select_may_use(port, file))
		ok = __winpar_select_use(port, use, taken, &flags);
	winpar_port_unlock(port, flags);
	return ok;
}

/**
 * winpar_select_scan() - number the daisy-chain devices anew
 * @file: of the request
 *
 * Not queued: a free port is taken and freed, one that the file or its client's
 * callbacks have is scanned for them.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL another file, another client, a
 * parallel device or a Linux driver has the port, scanning is forbidden, or the
 * machine sleeps: nothing was sent; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_select_scan(struct winpar_file *file)
{
	if (winpar_select_borrow(file, 0, __winpar_daisy_scan))
		return STATUS_SUCCESS;
	return winpar_port_is_gone(file->port) ? STATUS_DELETE_PENDING :
						 STATUS_UNSUCCESSFUL;
}

/**
 * winpar_select_scan_reserved() - scan the bus for a parallel device
 * @file: of the device, which has reserved the port
 *
 * Context: process context.
 * Return: whether it is known what devices there are.
 */
bool winpar_select_scan_reserved(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool scanned;

	winpar_wire_lock(port, &flags);
	if (!port->daisy.scanned && __winpar_select_has(port, &file->holder))
		__winpar_select_use(port, __winpar_daisy_scan, false, &flags);
	scanned = port->daisy.scanned;
	winpar_port_unlock(port, flags);
	return scanned;
}

static bool __winpar_select_probe(struct winpar_port *port,
				  unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_probe_chip(port, flags);
	return true;
}

/**
 * winpar_select_probe_reserved() - find out which FIFO a parallel device may use
 * @file: of the device, which has reserved the port
 *
 * Probes the chip unless that has been done.
 *
 * Context: process context.
 * Return: how many bytes the FIFO takes; 0 when there is none, its words are not bytes,
 * or it cannot be told now.
 */
unsigned int winpar_select_probe_reserved(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned int depth;
	unsigned long flags;

	winpar_wire_lock(port, &flags);
	if (winpar_probe_is_unknown(port) &&
	    __winpar_select_has(port, &file->holder))
		__winpar_select_use(port, __winpar_select_probe, false, &flags);
	depth = __winpar_chip_fifo(port);
	winpar_port_unlock(port, flags);
	return depth;
}

static bool __winpar_select_find_out(struct winpar_port *port,
				     unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->daisy.scanned)
		__winpar_daisy_scan(port, flags);
	__winpar_probe_chip(port, flags);
	return true;
}

/**
 * winpar_select_find_out() - find out what is not known yet of a port
 * @file: of the request that needs to know
 *
 * Scans the bus and probes the chip, once, if the port is free, or the file's or
 * its client's own. While another owner has the port nothing is sent: this function
 * waits some 100 ms for that owner to free the port. If the owner does not, what
 * was unknown stays unknown.
 *
 * Context: process context, may sleep.
 */
void winpar_select_find_out(struct winpar_file *file)
{
	if (winpar_daisy_is_unknown(file->port) ||
	    winpar_probe_is_unknown(file->port))
		winpar_select_borrow(file, WINPAR_SELECT_TRIES,
				     __winpar_select_find_out);
}
