// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserving a port for a parallel device, and giving it back.
 *
 * A device's worker drives the wires for a long time and from process context,
 * through Linux's engine. Until it gives the port back the port is reserved: a
 * stray FreePort changes nothing, and no packet is sent for any other caller.
 * While the engine is at work (@engine) removal of the port waits. Removal does not
 * wait for a client that only holds the lock of a parallel device (@lent).
 *
 * The danger: in a suspend the port's chip is switched off before the CPUs are, and a
 * chip that is off reads as ones: as a printer that takes each byte at once, and as
 * registers that the engine would put back later. So from winpar_port_fall_asleep() to
 * winpar_port_wake_up() a worker that uses the engine rests, and a request that comes
 * then begins to use it afterwards (device/stop.c).
 */
#include "port/allocate.h"
#include "port/daisy.h"
#include "port/irp.h"
#include "port/port.h"
#include "port/queue.h"
#include "port/reserve.h"
#include "port/wire.h"

static bool __winpar_port_is_reserved_for(const struct winpar_port *port,
					  const struct winpar_file *file)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->state == WINPAR_PORT_OWNED && port->reserved &&
	       port->owner == &file->holder;
}

/*
 * Called by the loop when the port has been granted to the worker's request. A
 * stray FreePort may have freed the port since: then fail, and the worker asks
 * again.
 */
static NTSTATUS winpar_port_reserve_granted(struct winpar_port *port, IRP *irp,
					    unsigned long *flags)
	__must_hold(&port->lock)
{
	if (port->state != WINPAR_PORT_OWNED ||
	    port->owner != &irp->winpar.file->holder)
		return STATUS_CANCELLED;
	port->reserved = true;
	return STATUS_SUCCESS;
}

/**
 * winpar_port_reserve() - allocate the port for a parallel device
 * @file: of the device
 * @irp: its worker's request
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_PENDING; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_port_reserve(struct winpar_file *file, IRP *irp)
{
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_SUCCESS;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_GONE) {
		status = STATUS_DELETE_PENDING;
	} else if (__winpar_port_take(port, &file->holder)) {
		port->reserved = true;
		__winpar_daisy_ready(port, &flags);
		if (port->state == WINPAR_PORT_GONE)
			status = STATUS_DELETE_PENDING;
	} else {
		irp->winpar.granted = winpar_port_reserve_granted;
		__winpar_queue_wait(file, irp);
		status = STATUS_PENDING;
	}
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * __winpar_port_unreserve() - no parallel device has the port any more
 * @port: the port, its lock held
 */
void __winpar_port_unreserve(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->reserved = false;
	port->lent = false;
	port->in_mode = false;
}

/**
 * winpar_port_unreserve() - free the port for a parallel device
 * @file: of the device, which has reserved it
 *
 * Context: process context.
 */
void winpar_port_unreserve(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;

	winpar_wire_lock(port, &flags);
	if (__winpar_port_is_reserved_for(port, file)) {
		/* No other client gets it before the packet has gone out. */
		__winpar_wire_take(port, flags);
		__winpar_port_unreserve(port);
		__winpar_queue_freed(port, false);
		__winpar_daisy_settle(port, &flags);
		__winpar_wire_give(port, &flags);
	}
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_is_awaited() - does another wait for a port that a device has reserved?
 * @port: the port
 *
 * A client that a Try call was refused to waits for its deferred port check.
 *
 * Context: any; a look without the lock.
 * Return: true while a request or a Linux driver waits, or a round of deferred port
 * checks is due or has routines left to call.
 */
bool winpar_port_is_awaited(const struct winpar_port *port)
{
	return READ_ONCE(port->nwaiting) || READ_ONCE(port->round.due) ||
	       READ_ONCE(port->round.open);
}

/**
 * winpar_port_lend() - the client of a parallel device holds the lock now
 * @file: of the device, which has reserved the port
 *
 * Until winpar_port_unreserve() callbacks may select devices and set modes.
 *
 * Context: process context.
 */
void winpar_port_lend(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	port->lent = __winpar_port_is_reserved_for(port, file);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_use() - begin to use Linux's engine on the port
 * @file: of the device, which has reserved it
 *
 * Context: process context.
 * Return: false when the port has gone.
 */
bool winpar_port_use(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool ok;

	winpar_wire_lock(port, &flags);
	ok = __winpar_port_is_reserved_for(port, file);
	if (ok)
		port->engine = true;
	winpar_port_unlock(port, flags);
	return ok;
}

/**
 * winpar_port_unuse() - undo winpar_port_use()
 * @file: of the device
 * @in_mode: the wire is left in a mode of IEEE 1284 other than compatibility mode
 *
 * Context: process context.
 */
void winpar_port_unuse(struct winpar_file *file, bool in_mode)
{
	struct winpar_port *port = file->port;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	port->engine = false;
	port->in_mode = in_mode;
	__winpar_port_wake(port);
	winpar_port_unlock(port, flags);
}

/* ----- while the machine sleeps ------------------------------------------ */

/**
 * winpar_port_fall_asleep() - the port's chip is about to be switched off
 * @port: the port
 *
 * The caller tells the port's devices, and then winpar_port_await_rest().
 *
 * Context: process context.
 */
void winpar_port_fall_asleep(struct winpar_port *port)
{
	unsigned long flags;

	/* A packet that has begun ends before, and so do those that belong to it. */
	winpar_wire_lock(port, &flags);
	WRITE_ONCE(port->sleeps, port->sleeps | 1);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_await_rest() - wait until the engine moves no byte any more
 * @port: a port that has fallen asleep
 *
 * Also for a deferred port check routine that has begun before: what it writes to a chip
 * that is off would be lost.
 *
 * Context: process context, may sleep for as long as a call of the engine or such a routine
 * takes.
 */
void winpar_port_await_rest(struct winpar_port *port)
{
	winpar_port_wait(port, !port->checking && (!port->engine || port->resting));
}

/**
 * winpar_port_wake_up() - the port's chip is switched on again, or was not switched off
 * @port: the port; the caller tells its devices
 *
 * Context: process context.
 */
void winpar_port_wake_up(struct winpar_port *port)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	WRITE_ONCE(port->sleeps, port->sleeps + (port->sleeps & 1));
	/* What has waited for a packet that could not be sent. */
	__winpar_port_serve(port);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_set_resting() - a worker that uses the engine begins or ends to rest
 * @port: the port, asleep
 * @resting: it begins
 *
 * Context: process context.
 */
void winpar_port_set_resting(struct winpar_port *port, bool resting)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	port->resting = resting;
	__winpar_port_wake(port);
	winpar_port_unlock(port, flags);
}
