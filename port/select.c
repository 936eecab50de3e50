// SPDX-License-Identifier: GPL-2.0-only
/*
 * The selection room: requests and callbacks that choose a device on the port.
 *
 * Selecting without PAR_HAVE_PORT_KEEP_PORT allocates the port and waits in the
 * same FIFO as every allocation does; what was allocated for a selection that
 * fails is freed, and the next is served. With the flag the caller has the port
 * and keeps it. The packets themselves are the IEEE 1284.3 room's.
 *
 * The bus is scanned when a result is first needed, by whoever may drive the
 * port just then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>

#include "port/irp.h"
#include "port/port.h"

/* How often, and how far apart, it is looked whether a port can be borrowed. */
#define WINPAR_SELECT_TRIES	100
#define WINPAR_SELECT_PAUSE	1000	/* us */

static bool winpar_select_keeps(const PARALLEL_1284_COMMAND *command)
{
	return command->CommandFlags & PAR_HAVE_PORT_KEEP_PORT;
}

/* Does this file, or NULL a callback, have the port? */
static bool __winpar_select_has(const struct winpar_port *port,
				const struct winpar_file *file)
{
	if (port->state != WINPAR_PORT_OWNED || port->engine)
		return false;
	return file ? !port->owner || port->owner == file :
		      __winpar_port_is_open(port);
}

/*
 * Select for whoever has the port, or has just been given it: then it is freed
 * if that fails.
 */
static NTSTATUS __winpar_select_now(struct winpar_port *port,
				    const PARALLEL_1284_COMMAND *command,
				    unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status;

	__winpar_wire_take(port, *flags);
	status = __winpar_1284_3_select(port, command, flags);
	if (!NT_SUCCESS(status) && !winpar_select_keeps(command) &&
	    port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, __winpar_port_in_check(port));
	__winpar_wire_give(port, flags);
	return status;
}

/* The loop has come to a request that waited. */
static NTSTATUS winpar_select_granted(struct winpar_port *port, IRP *irp,
				      unsigned long *flags)
	__must_hold(&port->lock)
{
	return __winpar_1284_3_select(port, irp->AssociatedIrp.SystemBuffer,
				      flags);
}

/**
 * winpar_select_request() - select a device for a request
 * @file: whose request it is
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
	struct winpar_port *port = file->port;
	bool inside = winpar_port_inside(port);
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_1284_3_check(port, command);
	if (file->gone) {
		status = STATUS_DELETE_PENDING;
	} else if (file->closing) {
		status = STATUS_CANCELLED;
	} else if (!NT_SUCCESS(status)) {
		;	/* no such device */
	} else if (winpar_select_keeps(command)) {
		status = STATUS_UNSUCCESSFUL;
		if (__winpar_select_has(port, file))
			status = __winpar_select_now(port, command, &flags);
	} else if (!inside && __winpar_port_take(port, file)) {
		status = __winpar_select_now(port, command, &flags);
	} else {
		irp->winpar.granted = winpar_select_granted;
		__winpar_queue_wait(file, irp);
		status = STATUS_PENDING;
	}
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * winpar_select_keep() - select a device for who has the port
 * @file: who has it
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
	status = __winpar_1284_3_check(port, command);
	if (file->gone)
		status = STATUS_DELETE_PENDING;
	else if (NT_SUCCESS(status) && !__winpar_select_has(port, file))
		status = STATUS_UNSUCCESSFUL;
	else if (NT_SUCCESS(status))
		status = __winpar_select_now(port, command, &flags);
	winpar_port_unlock(port, flags);
	return status;
}

/* Deselect for a file, or NULL a callback. */
static NTSTATUS winpar_select_release(struct winpar_port *port,
				      struct winpar_file *file,
				      const PARALLEL_1284_COMMAND *command)
{
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_1284_3_check(port, command);
	if (port->state == WINPAR_PORT_GONE) {
		status = STATUS_DELETE_PENDING;
	} else if (NT_SUCCESS(status) &&
		   (!__winpar_select_has(port, file) ||
		    (port->reserved && !winpar_select_keeps(command)))) {
		status = STATUS_UNSUCCESSFUL;
	} else if (NT_SUCCESS(status)) {
		__winpar_wire_take(port, flags);
		status = __winpar_1284_3_deselect(port, command, &flags);
		if (status != STATUS_INVALID_PARAMETER &&
		    !winpar_select_keeps(command) &&
		    port->state == WINPAR_PORT_OWNED)
			__winpar_queue_freed(port, __winpar_port_in_check(port));
		__winpar_wire_give(port, &flags);
	}
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * winpar_select_deselect() - deselect a device for a request
 * @file: whose request it is
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
	return winpar_select_release(file->port, file, command);
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
	struct winpar_port *port = context;
	unsigned long flags;
	NTSTATUS status;

	if (!port)
		return STATUS_DELETE_PENDING;
	if (!command)
		return STATUS_INVALID_PARAMETER;
	winpar_wire_lock(port, &flags);
	status = __winpar_1284_3_check(port, command);
	if (port->state == WINPAR_PORT_GONE) {
		status = STATUS_DELETE_PENDING;
	} else if (!NT_SUCCESS(status)) {
		;	/* no such device */
	} else if (winpar_select_keeps(command)) {
		status = STATUS_UNSUCCESSFUL;
		if (__winpar_select_has(port, NULL))
			status = __winpar_select_now(port, command, &flags);
	} else if (__winpar_port_take(port, NULL)) {
		status = __winpar_select_now(port, command, &flags);
	} else {
		status = STATUS_PENDING;
		if (port->state == WINPAR_PORT_AWAY)
			winpar_host_want(&port->host);
	}
	winpar_port_unlock(port, flags);
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
	if (!context)
		return STATUS_DELETE_PENDING;
	if (!command)
		return STATUS_INVALID_PARAMETER;
	return winpar_select_release(context, NULL, command);
}

/* ----- scanning ---------------------------------------------------------- */

/* Do something on the wires of a port that is owned, if only for this. */
static bool __winpar_select_use(struct winpar_port *port,
				bool (*use)(struct winpar_port *port,
					    unsigned long *flags),
				bool taken, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool ok;

	__winpar_wire_take(port, *flags);
	ok = use(port, flags);
	if (taken && port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, true);
	__winpar_wire_give(port, flags);
	return ok;
}

/*
 * On whose port a file may do that. On its own, where that can be told: what a
 * callback has allocated is its when nobody else has the port open.
 */
enum winpar_select_loan {
	WINPAR_SELECT_OWN,
	WINPAR_SELECT_OWN_OR_CALLBACK,
	WINPAR_SELECT_ANYBODYS,
};

static bool __winpar_select_lends(const struct winpar_port *port,
				  const struct winpar_file *file,
				  enum winpar_select_loan loan)
{
	/* Packets would end what a parallel device has negotiated. */
	if (port->state != WINPAR_PORT_OWNED || port->reserved)
		return false;
	return port->owner == file || loan == WINPAR_SELECT_ANYBODYS ||
	       (!port->owner && loan == WINPAR_SELECT_OWN_OR_CALLBACK);
}

/* Can a moment change that the port is not to be had? */
static bool __winpar_select_may_come(const struct winpar_port *port,
				     const struct winpar_file *file,
				     enum winpar_select_loan loan)
{
	/* One between two owners is about to be granted to the next. */
	if (port->state == WINPAR_PORT_HELD)
		return port->nwaiting;
	return port->state == WINPAR_PORT_OWNED &&
	       !__winpar_select_lends(port, file, loan);
}

/*
 * Do something on the wires on behalf of a file: a free port is taken for it
 * and freed, one that is allocated is used as its owner would, if that one lends
 * it. False: it was not to be had.
 */
static bool winpar_select_borrow(struct winpar_file *file,
				 enum winpar_select_loan loan,
				 bool (*use)(struct winpar_port *port,
					     unsigned long *flags))
{
	struct winpar_port *port = file->port;
	int tries = WINPAR_SELECT_TRIES;
	unsigned long flags;
	bool taken = false, ok = false;

	winpar_wire_lock(port, &flags);
	while (!file->gone && __winpar_select_may_come(port, file, loan) &&
	       tries--) {
		winpar_port_unlock(port, flags);
		usleep_range(WINPAR_SELECT_PAUSE, 2 * WINPAR_SELECT_PAUSE);
		winpar_wire_lock(port, &flags);
	}
	/* Gone also when the port came back: that is another life. */
	if (!file->gone) {
		taken = __winpar_port_take(port, file);
		if (taken || __winpar_select_lends(port, file, loan))
			ok = __winpar_select_use(port, use, taken, &flags);
	}
	winpar_port_unlock(port, flags);
	return ok;
}

/**
 * winpar_select_scan() - number the daisy-chain devices anew
 * @file: who asks
 *
 * Not queued: a free port is taken and freed, an allocated one is scanned for
 * its owner.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL a Linux driver has the port, or
 * scanning is forbidden; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_select_scan(struct winpar_file *file)
{
	if (winpar_select_borrow(file, WINPAR_SELECT_ANYBODYS,
				 __winpar_1284_3_scan))
		return STATUS_SUCCESS;
	return READ_ONCE(file->gone) ? STATUS_DELETE_PENDING :
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
	if (!port->scanned && __winpar_select_has(port, file))
		__winpar_select_use(port, __winpar_1284_3_scan, false, &flags);
	scanned = port->scanned;
	winpar_port_unlock(port, flags);
	return scanned;
}

static bool __winpar_select_find_out(struct winpar_port *port,
				     unsigned long *flags)
	__must_hold(&port->lock)
{
	if (!port->scanned)
		__winpar_1284_3_scan(port, flags);
	__winpar_mode_probe(port, flags);
	return true;
}

/* Is there something to find out? A look without the lock. */
static bool winpar_select_is_unknown(const struct winpar_port *port)
{
	const struct winpar_host *host = &port->host;

	return (!READ_ONCE(port->scanned) && winpar_may_scan && host->base) ||
	       (!READ_ONCE(port->probed) && host->ecp_base &&
		!READ_ONCE(host->mode));
}

/* What a callback has allocated is this file's if this life has no other. */
static enum winpar_select_loan winpar_select_loan(struct winpar_file *file)
{
	enum winpar_select_loan loan = WINPAR_SELECT_OWN_OR_CALLBACK;
	struct winpar_port *port = file->port;
	struct winpar_file *other;

	mutex_lock(&port->mutex);
	list_for_each_entry(other, &port->files, entry)
		if (other != file && !other->gone)
			loan = WINPAR_SELECT_OWN;
	mutex_unlock(&port->mutex);
	return loan;
}

/**
 * winpar_select_find_out() - find out what is not known yet of a port
 * @file: who needs to know
 *
 * Scans the bus and probes the chip, once, if the port is free or the file's
 * own. Under another's feet nothing is done: what is free within some 100 ms is
 * waited for, and what is not remains unknown for now.
 *
 * Context: process context, may sleep.
 */
void winpar_select_find_out(struct winpar_file *file)
{
	if (winpar_select_is_unknown(file->port))
		winpar_select_borrow(file, winpar_select_loan(file),
				     __winpar_select_find_out);
}
