// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port room: who has a parallel port.
 *
 * One owner at a time. Allocating and freeing are winpar's own bookkeeping, from
 * any context; the Linux port itself is held by the host room from the first
 * open to some time after the last close, and who is next is the queue's
 * business.
 *
 * A request that can be served at once is served in the caller's context, and
 * so is a Try call or a free that nobody waits for: one compare-and-exchange on
 * @hold, no lock. Everything else goes through the queue and its loop.
 *
 * A free that leaves no request waiting asks for a round of deferred port
 * checks. Frees made by the deferred routines themselves ask for no further
 * one, or they would never end.
 *
 * The port lives until module exit. Locks: see port/port.h.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "port/irp.h"
#include "port/port.h"

static struct winpar_port *to_winpar_port(struct winpar_host *host)
{
	return container_of(host, struct winpar_port, host);
}

/*
 * What takes the lock is out of line: the paths that do not need it then save
 * no registers.
 */

/* ----- allocating -------------------------------------------------------- */

static bool winpar_port_take(struct winpar_port *port, unsigned long owner)
{
	long hold = WINPAR_HOLD_FREE;

	if (!atomic_long_try_cmpxchg_acquire(&port->hold, &hold,
					     owner | WINPAR_HOLD_OWNED))
		return false;
	port->allocations++;
	return true;
}

/**
 * __winpar_port_take() - the same where the word said SLOW
 * @port: the port, its lock held
 * @owner: whose request takes it, NULL for a callback
 *
 * A packet may be due before the port is used: __winpar_1284_3_ready().
 *
 * Return: whether it was free.
 */
bool __winpar_port_take(struct winpar_port *port, struct winpar_file *owner)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || port->nwaiting || port->wire)
		return false;
	port->state = WINPAR_PORT_OWNED;
	port->owner = owner;
	port->allocations++;
	return true;
}

static noinline NTSTATUS winpar_port_allocate_locked(struct winpar_file *file,
						     IRP *irp, bool inside)
{
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_PENDING;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (file->gone) {
		status = STATUS_DELETE_PENDING;
	} else if (file->closing) {
		status = STATUS_CANCELLED;
	} else if (!inside && __winpar_port_take(port, file)) {
		__winpar_1284_3_ready(port, &flags);
		status = port->state == WINPAR_PORT_GONE ?
			 STATUS_DELETE_PENDING : STATUS_SUCCESS;
	} else {
		irp->winpar.granted = NULL;
		__winpar_queue_wait(file, irp);
	}
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * winpar_port_allocate() - allocate the port for a request
 * @file: whose request it is
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS at once when the port is free; STATUS_PENDING when
 * it is not, or when the caller is inside a routine that the port called;
 * STATUS_DELETE_PENDING; STATUS_CANCELLED the file is being closed.
 */
NTSTATUS winpar_port_allocate(struct winpar_file *file, IRP *irp)
{
	struct winpar_port *port = file->port;
	bool inside = winpar_port_inside(port);

	if (!inside && winpar_port_take(port, (unsigned long)file))
		return STATUS_SUCCESS;
	return winpar_port_allocate_locked(file, irp, inside);
}

/* What is refused at interrupt level for want of a packet: the loop sends it. */
static void __winpar_port_refused(struct winpar_port *port)
{
	if (port->state != WINPAR_PORT_HELD || !port->strayed || port->unheard)
		return;
	port->settling = true;
	__winpar_queue_kick(port);
}

static noinline bool winpar_port_try_locked(struct winpar_port *port,
					    bool interrupt)
{
	unsigned long flags;
	bool taken;

	winpar_port_lock(port, &flags);
	taken = !(interrupt && __winpar_1284_3_unsettled(port)) &&
		__winpar_port_take(port, NULL);
	if (taken)
		__winpar_1284_3_ready(port, &flags);
	else if (port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
	else if (interrupt)
		__winpar_port_refused(port);
	taken = taken && port->state != WINPAR_PORT_GONE;
	winpar_port_unlock(port, flags);
	return taken;
}

/**
 * winpar_port_try_allocate() - PARALLEL_PORT_INFORMATION.TryAllocatePort
 * @context: the Context that winpar gave; NULL is a port that is never free
 *
 * Never waits and never overtakes a request that does. Where a Linux driver
 * has the port it fails, and that driver is asked for it.
 *
 * Implements PPARALLEL_TRY_ALLOCATE_ROUTINE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when the caller has the port now.
 */
static BOOLEAN winpar_port_try_allocate(PVOID context)
{
	struct winpar_port *port = context;

	return port && (winpar_port_take(port, 0) ||
			winpar_port_try_locked(port, false));
}

/**
 * winpar_port_try_allocate_at_interrupt() - TryAllocatePortAtInterruptLevel
 * @context: the Context that winpar gave
 *
 * The same as winpar_port_try_allocate(), for an interrupt routine, whoever
 * owns the port when the interrupt comes; but FALSE while a daisy-chain device
 * is or may be selected, since no packet is sent at this level. The loop sends
 * it then, so that the next try succeeds. A member of
 * PARALLEL_INTERRUPT_INFORMATION.
 *
 * Context: any, the interrupt lock may be held.
 * Return: TRUE when the caller has the port now.
 */
BOOLEAN winpar_port_try_allocate_at_interrupt(PVOID context)
{
	struct winpar_port *port = context;

	return port && (winpar_port_take(port, 0) ||
			winpar_port_try_locked(port, true));
}

/* ----- freeing ----------------------------------------------------------- */

/* The same where something is unusual. */
static noinline void winpar_port_give_up_unusual(struct winpar_port *port,
						 bool interrupt,
						 unsigned long *flags)
	__must_hold(&port->lock)
{
	bool own = !interrupt && __winpar_port_in_check(port);

	if (interrupt || port->wire) {
		__winpar_queue_freed(port, own);
		return;
	}
	/* Nobody gets it before the packet has gone out. */
	__winpar_wire_take(port, *flags);
	__winpar_queue_freed(port, own);
	__winpar_1284_3_settle(port, flags);
	__winpar_wire_give(port, flags);
}

/*
 * Free a port that is allocated. Where the packet that selects the end-of-chain
 * device is due it goes out now; but at interrupt level, and while somebody else
 * drives the wires, that is left to the loop.
 */
static void winpar_port_give_up(struct winpar_port *port, bool interrupt,
				unsigned long *flags)
	__must_hold(&port->lock)
{
	if (unlikely(port->unusual))
		winpar_port_give_up_unusual(port, interrupt, flags);
	else
		__winpar_queue_freed(port, !interrupt &&
				     __winpar_port_in_check(port));
}

/* Free without the lock where nobody waits and no routine is to be called. */
static __always_inline bool winpar_port_drop(struct winpar_port *port,
					     struct winpar_file *file)
{
	long hold = atomic_long_read(&port->hold);
	unsigned long owner = hold & ~WINPAR_HOLD_MASK;

	if (!(hold & WINPAR_HOLD_OWNED))
		return false;
	if (file && owner && owner != (unsigned long)file)
		return false;
	return atomic_long_try_cmpxchg_release(&port->hold, &hold,
					       WINPAR_HOLD_FREE);
}

/**
 * winpar_port_free() - free the port on behalf of a file
 * @file: who frees
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, also when nobody had the port;
 * STATUS_INVALID_DEVICE_STATE another file's request has it: nothing is freed.
 */
NTSTATUS winpar_port_free(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	struct winpar_file *owner = NULL;
	NTSTATUS status = STATUS_SUCCESS;
	unsigned long flags;
	bool owned;

	if (winpar_port_drop(port, file))
		return STATUS_SUCCESS;

	winpar_port_lock(port, &flags);
	owned = port->state == WINPAR_PORT_OWNED;
	if (owned)
		owner = port->owner;
	if (owner && owner != file)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (owned)
		winpar_port_give_up(port, false, &flags);
	winpar_port_unlock(port, flags);

	if (!owned)
		pr_warn_ratelimited("%s: %s freed the port, which no client had: a free too many, or a missing allocation\n",
				    port->name, winpar_file_client(file));
	else if (!NT_SUCCESS(status))
		pr_warn_ratelimited("%s: %s freed the port while another opener's request has it: nothing was freed. Only its owner may free it\n",
				    port->name, winpar_file_client(file));
	return status;
}

static noinline void winpar_port_free_by_callback(struct winpar_port *port,
						  bool interrupt,
						  unsigned long caller)
{
	enum winpar_port_state state;
	unsigned long flags;
	bool reserved;

	winpar_port_lock(port, &flags);
	state = port->state;
	reserved = port->reserved;
	if (state == WINPAR_PORT_OWNED && !reserved) {
		winpar_port_give_up(port, interrupt, &flags);
	} else if (interrupt && state != WINPAR_PORT_GONE) {
		/* Nothing is printed at interrupt level: the loop does it. */
		port->stray_free = (void *)caller;
		__winpar_queue_kick(port);
	}
	winpar_port_unlock(port, flags);

	if (!interrupt && reserved)
		pr_warn_ratelimited("%s: %ps freed the port while a parallel device has it: nothing was freed. Only its owner may free it\n",
				    port->name, (void *)caller);
	else if (!interrupt && state != WINPAR_PORT_OWNED &&
		 state != WINPAR_PORT_GONE)
		pr_warn_ratelimited("%s: %ps freed the port, which no client had: a free too many, or a missing allocation\n",
				    port->name, (void *)caller);
}

/**
 * winpar_port_free_callback() - PARALLEL_PORT_INFORMATION.FreePort
 * @context: the Context that winpar gave
 *
 * Implements PPARALLEL_FREE_ROUTINE. Freeing a port that nobody has changes
 * nothing and is reported with the caller's name.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
static void winpar_port_free_callback(PVOID context)
{
	struct winpar_port *port = context;

	if (port && !winpar_port_drop(port, NULL))
		winpar_port_free_by_callback(port, false, _RET_IP_);
}

/**
 * winpar_port_free_from_interrupt() - FreePortFromInterruptLevel
 * @context: the Context that winpar gave
 *
 * FreePort for an interrupt routine; whoever waits is served afterwards, at
 * DISPATCH_LEVEL. A member of PARALLEL_INTERRUPT_INFORMATION.
 *
 * Context: any, the interrupt lock may be held.
 */
void winpar_port_free_from_interrupt(PVOID context)
{
	struct winpar_port *port = context;

	if (port && !winpar_port_drop(port, NULL))
		winpar_port_free_by_callback(port, true, _RET_IP_);
}

/* ----- close ------------------------------------------------------------- */

/**
 * winpar_port_shut() - take no more requests from a file, and end those it has
 * @file: being closed; nothing of its is connected any more
 *
 * Context: process context.
 * Return: how many requests of its waited. They complete with STATUS_CANCELLED;
 * winpar_queue_drain() waits for that, and for those whose routine is running.
 */
unsigned int winpar_port_shut(struct winpar_file *file)
{
	unsigned int pending;
	unsigned long flags;

	winpar_port_lock(file->port, &flags);
	file->closing = true;
	pending = __winpar_queue_cancel_all(file);
	winpar_port_unlock(file->port, flags);
	return pending;
}

/**
 * winpar_port_release() - take back what a file holds of the port
 * @file: being closed, drained
 * @last: nobody else can have allocated the port
 *
 * Context: process context, the file mutex held.
 * Return: whether the file had the port.
 */
bool winpar_port_release(struct winpar_file *file, bool last)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool owned;

	winpar_port_lock(port, &flags);
	owned = port->state == WINPAR_PORT_OWNED &&
		(port->owner == file || (last && !port->owner));
	if (owned)
		winpar_port_give_up(port, false, &flags);
	if (port->mode && (port->mode_file == file ||
			   (last && !port->mode_file)))
		__winpar_mode_orphan(port);
	winpar_port_unlock(port, flags);
	return owned;
}

/* ----- what the host room says ------------------------------------------- */

/**
 * winpar_port_want() - a client needs the Linux port back
 * @port: the port
 *
 * Context: any.
 */
void winpar_port_want(struct winpar_port *port)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
	winpar_port_unlock(port, flags);
}

static void winpar_port_rival(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state != WINPAR_PORT_GONE) {
		__winpar_queue_add_rival(port);
		if (port->state == WINPAR_PORT_HELD)
			__winpar_queue_next(port);
	}
	winpar_port_unlock(port, flags);
}

static void winpar_port_held(struct winpar_host *host, bool rivals)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_AWAY) {
		port->state = WINPAR_PORT_HELD;
		/* Whoever had it may have selected one. */
		port->strayed = port->daisies;
		port->unheard = false;
		__winpar_mode_settle(port);
		if (rivals)
			__winpar_queue_add_rival(port);
		__winpar_queue_next(port);
	}
	winpar_port_unlock(port, flags);
}

static void winpar_port_kept(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_GIVING) {
		/* Unless somebody has asked since the dead were counted. */
		if (!port->rival_again)
			__winpar_queue_forget_rival(port);
		port->state = WINPAR_PORT_HELD;
		__winpar_mode_settle(port);
		__winpar_queue_next(port);
	}
	winpar_port_unlock(port, flags);
}

static bool winpar_port_is_driven(struct winpar_port *port)
{
	unsigned long flags;
	bool driven;

	winpar_port_lock(port, &flags);
	driven = port->wire;
	winpar_port_unlock(port, flags);
	return driven;
}

static bool winpar_port_away(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;
	bool wanted, driven;

	winpar_port_lock(port, &flags);
	__winpar_queue_forget_rival(port);
	if (port->state != WINPAR_PORT_GONE) {
		port->state = WINPAR_PORT_AWAY;
		port->owner = NULL;
	}
	wanted = port->nwaiting || !list_empty(&port->connections);
	driven = port->wire;
	winpar_port_unlock(port, flags);
	/* Given up after the last close, which some callback has outlived. */
	if (unlikely(driven))
		wait_event(port->waiters, !winpar_port_is_driven(port));
	return wanted;
}

const struct winpar_host_ops winpar_port_host_ops = {
	.rival = winpar_port_rival,
	.held = winpar_port_held,
	.kept = winpar_port_kept,
	.away = winpar_port_away,
	.interrupt = winpar_interrupt_fan_out,
};

/* ----- information ------------------------------------------------------- */

/**
 * winpar_port_waiters() - PARALLEL_PORT_INFORMATION.QueryNumWaiters
 * @context: the Context that winpar gave
 *
 * Implements PPARALLEL_QUERY_WAITERS_ROUTINE.
 *
 * Context: any.
 * Return: how many requests wait, and one more when a Linux driver does.
 */
static ULONG winpar_port_waiters(PVOID context)
{
	struct winpar_port *port = context;

	if (!port || READ_ONCE(port->state) == WINPAR_PORT_GONE)
		return 0;
	return READ_ONCE(port->nwaiting);
}

/**
 * winpar_port_information() - fill in PARALLEL_PORT_INFORMATION
 * @port: the port
 * @info: filled in
 *
 * Context: any.
 */
void winpar_port_information(struct winpar_port *port,
			     PARALLEL_PORT_INFORMATION *info)
{
	memset(info, 0, sizeof(*info));
	winpar_host_port_information(&port->host, info);
	info->TryAllocatePort = winpar_port_try_allocate;
	info->FreePort = winpar_port_free_callback;
	info->QueryNumWaiters = winpar_port_waiters;
	info->Context = port;
}

/**
 * winpar_port_who() - who has a port, for messages
 * @port: the port
 * @buf: where the words go
 * @size: its size
 *
 * Context: any; takes the port lock.
 */
void winpar_port_who(struct winpar_port *port, char *buf, size_t size)
{
	const char *who = "nobody";
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_OWNED)
		who = port->owner ? winpar_file_client(port->owner) :
				    "a client's callback";
	else if (port->state == WINPAR_PORT_AWAY)
		who = "a Linux driver";
	/* The name is the module's own, which may go with the lock. */
	strscpy(buf, who, size);
	winpar_port_unlock(port, flags);
}
