// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a parallel port: allocating, freeing, and the callbacks for both.
 *
 * One owner at a time, a struct winpar_holder: a file whose request allocated the
 * port, or a seat whose client did by a Try call. Allocating and freeing are
 * winpar's own bookkeeping, from any context; the Linux port itself is held by the
 * host room from the first open to some time after the last close, and which
 * request is next is the queue's business.
 *
 * A request, a Try call and a free first try one compare-and-exchange on @hold, in the caller's
 * context and without a lock. When that fails they take the port lock. A request that cannot
 * have the port then waits in the queue, and the loop of port/queue.c grants it the port.
 *
 * The danger of the exchange: a file may be closed on another CPU between the test
 * of its @closed and the exchange, and then nothing would ever free the port. So
 * the fast path takes the port first and reads @closed afterwards; a close sets
 * @closed under the port lock first and reads @owner afterwards. So the fast path
 * sees @closed, or the close sees the owner.
 *
 * The steps of this file are in tests/model/queue.pml, those of a close in close.pml, those
 * of a Try call that is refused in rounds.pml and tries.pml.
 *
 * Locks: see port/port.h.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/preempt.h>

#include "host/state.h"
#include "port/allocate.h"
#include "port/chip.h"
#include "port/daisy.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/port.h"
#include "port/queue.h"
#include "port/trial.h"
#include "port/wire.h"

/*
 * Functions that take the lock are noinline: the fast paths, which do not need it,
 * then save no registers.
 */

/* ----- allocating -------------------------------------------------------- */

/* Clear the seat's @last if it is this holder and the holder has closed. */
static void __winpar_port_forget(struct winpar_holder *holder)
	__must_hold(&holder->seat->port->lock)
{
	lockdep_assert_held(&holder->seat->port->lock);
	/* The fast path sets it without the lock. */
	if (holder->closed && READ_ONCE(holder->seat->last) == holder)
		WRITE_ONCE(holder->seat->last, NULL);
}

/* The holder was closed while the fast path took the port for it. Returns false. */
static noinline bool winpar_port_take_back(struct winpar_port *port,
					   struct winpar_holder *holder)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	__winpar_port_forget(holder);
	/* winpar_port_release() may have found the allocation, and freed it. */
	if (port->state == WINPAR_PORT_OWNED && port->owner == holder)
		__winpar_queue_freed(port, false);
	winpar_port_unlock(port, flags);
	return false;
}

/*
 * Take a free port without the lock; not while that is traced, so that the events
 * come in the order in which the port changes hands. Then the caller reads @closed
 * of the holder, and calls winpar_port_take_back() if it is set. The caller makes
 * only tail calls after this, so that the compiler need not save registers.
 */
static __always_inline bool winpar_port_exchange(struct winpar_port *port,
						 struct winpar_seat *seat,
						 struct winpar_holder *holder)
{
	long hold = WINPAR_HOLD_FREE;

	/* Before the exchange, which orders it before the look at @closed. */
	WRITE_ONCE(seat->last, holder);
	if (trace_winpar_allocate_enabled())
		return false;
	/* A sum, which the compiler makes of @seat in one instruction. */
	if (!atomic_long_try_cmpxchg(&port->hold, &hold, (unsigned long)holder +
				     WINPAR_HOLD_OWNED))
		return false;
	winpar_port_begin_allocation(port);
	return true;
}

/* Has the holder been closed? */
static __always_inline bool winpar_port_is_closed(struct winpar_holder *holder)
{
	/* The exchange before it is a barrier; never undone. */
	return unlikely(data_race(holder->closed));
}

/**
 * __winpar_port_take() - take the port if it is free, with the lock held
 * @port: the port, its lock held
 * @holder: what takes it
 *
 * A packet may be due before the port is used: __winpar_daisy_ready().
 *
 * Return: whether the port was free.
 */
bool __winpar_port_take(struct winpar_port *port, struct winpar_holder *holder)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || port->wire || holder->closed ||
	    __winpar_queue_first(port))
		return false;
	if (unlikely(port->unusual) && __winpar_daisy_must_wait(port, NULL))
		return false;
	/* A rival goes first, but not before the round whose routine tries, or a trial. */
	if (port->rival.waits && !(holder == &holder->seat->holder &&
				   (__winpar_port_is_in_check(port) ||
				    __winpar_trial_is_kept(port))))
		return false;
	__winpar_trial_took(holder);
	__winpar_port_own(port, holder);
	return true;
}

static noinline NTSTATUS winpar_port_allocate_locked(struct winpar_file *file,
						     IRP *irp)
{
	const bool inside = winpar_is_inside();
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_PENDING;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_GONE) {
		status = STATUS_DELETE_PENDING;
	} else if (file->holder.closed) {
		__winpar_port_forget(&file->holder);
		status = STATUS_CANCELLED;
	} else if (!inside && __winpar_port_take(port, &file->holder)) {
		__winpar_daisy_ready(port, &flags);
		status = port->state == WINPAR_PORT_GONE ?
			 STATUS_DELETE_PENDING : STATUS_SUCCESS;
	} else {
		irp->winpar.granted = NULL;
		__winpar_queue_wait(file, irp);
	}
	winpar_port_unlock(port, flags);
	return status;
}

static noinline NTSTATUS winpar_port_allocate_closed(struct winpar_file *file)
{
	winpar_port_take_back(file->port, &file->holder);
	return STATUS_CANCELLED;
}

/**
 * winpar_port_allocate() - allocate the port for a request
 * @file: the file that the request was sent to
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS at once when the port is free; STATUS_PENDING when
 * it is not, or when the caller is inside a routine that winpar called;
 * STATUS_DELETE_PENDING; STATUS_CANCELLED the file is being closed.
 */
NTSTATUS winpar_port_allocate(struct winpar_file *file, IRP *irp)
{
	if (unlikely(winpar_is_inside()) ||
	    !winpar_port_exchange(file->port, file->holder.seat, &file->holder))
		return winpar_port_allocate_locked(file, irp);
	if (winpar_port_is_closed(&file->holder))
		return winpar_port_allocate_closed(file);
	return STATUS_SUCCESS;
}

static noinline bool winpar_port_try_locked(struct winpar_seat *seat,
					    bool interrupt)
{
	struct winpar_port *port = seat->port;
	unsigned long flags;
	bool taken;

	winpar_port_lock(port, &flags);
	__winpar_port_forget(&seat->holder);
	/* An interrupt on top of the routine that runs is not that routine: a rival goes first. */
	taken = !(interrupt && (__winpar_port_is_unsettled(port) ||
				(port->rival.waits && __winpar_port_is_in_check(port) &&
				 !__winpar_trial_is_kept(port)))) &&
		__winpar_port_take(port, &seat->holder);
	if (taken) {
		__winpar_daisy_ready(port, &flags);
		taken = port->state != WINPAR_PORT_GONE;
	} else if (port->state != WINPAR_PORT_GONE && !seat->holder.closed) {
		if (!interrupt || __winpar_daisy_have_settled(port))
			__winpar_queue_refused(seat);
	}
	winpar_port_unlock(port, flags);
	return taken;
}

static __always_inline bool winpar_port_try(struct winpar_seat *seat,
					    bool interrupt)
{
	if (!winpar_port_exchange(seat->port, seat, &seat->holder))
		return winpar_port_try_locked(seat, interrupt);
	if (winpar_port_is_closed(&seat->holder))
		return winpar_port_take_back(seat->port, &seat->holder);
	return true;
}

/**
 * winpar_port_try_allocate() - PARALLEL_PORT_INFORMATION.TryAllocatePort
 * @context: the Context that winpar gave; NULL is a port that is never free
 *
 * Never waits and never overtakes a request that does. While a Linux driver has
 * the port TryAllocatePort fails, and winpar asks that driver for the port. After a
 * call that failed, the loop calls every deferred port check routine that is
 * connected, of this and of other clients, when the port is free.
 *
 * Implements PPARALLEL_TRY_ALLOCATE_ROUTINE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when the caller has the port now.
 */
BOOLEAN winpar_port_try_allocate(PVOID context)
{
	struct winpar_seat *seat = context;

	return seat && winpar_port_try(seat, false);
}

/**
 * winpar_port_try_allocate_at_interrupt() - TryAllocatePortAtInterruptLevel
 * @context: the Context that winpar gave
 *
 * TryAllocatePort for an interrupt routine, whichever client owns the port when the interrupt
 * comes; but FALSE while a daisy-chain device is or may be selected, since no packet is sent at
 * this level. The loop sends it then, so that the next try succeeds. A deferred routine that
 * calls it goes before no Linux driver, unless the port is kept for a try. A member of
 * PARALLEL_INTERRUPT_INFORMATION.
 *
 * Context: any, the interrupt lock may be held.
 * Return: TRUE when the caller has the port now.
 */
BOOLEAN winpar_port_try_allocate_at_interrupt(PVOID context)
{
	struct winpar_seat *seat = context;

	return seat && winpar_port_try(seat, true);
}

/* ----- freeing ----------------------------------------------------------- */

/* Free a port for which a packet may be due, or a chip mode to be cleared. */
static noinline void __winpar_port_give_up_unusual(struct winpar_port *port,
						   bool interrupt, bool own,
						   unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (interrupt || port->wire) {
		__winpar_queue_freed(port, own);
		return;
	}
	/* No other client gets it before the packet has gone out. */
	__winpar_wire_take(port, *flags);
	__winpar_queue_freed(port, own);
	__winpar_daisy_settle(port, flags);
	__winpar_wire_give(port, flags);
}

/*
 * Free a port that is allocated. Where the packet that selects the end-of-chain
 * device is due it goes out now; but at interrupt level, and while another task
 * drives the wires, that is left to the loop. An interrupt on top of the deferred
 * routine that runs is not that routine.
 */
static void __winpar_port_give_up(struct winpar_port *port, bool interrupt,
				  unsigned long *flags)
	__must_hold(&port->lock)
{
	bool own = __winpar_port_is_in_check(port) && !(interrupt && in_hardirq());

	lockdep_assert_held(&port->lock);
	if (unlikely(port->unusual))
		__winpar_port_give_up_unusual(port, interrupt, own, flags);
	else
		__winpar_queue_freed(port, own);
}

/* Free a port that @holder has, without the lock; not while that is traced. */
static __always_inline bool winpar_port_try_free(struct winpar_port *port,
						 struct winpar_holder *holder)
{
	long hold = (unsigned long)holder | WINPAR_HOLD_OWNED;

	if (trace_winpar_free_enabled())
		return false;
	return atomic_long_try_cmpxchg_release(&port->hold, &hold,
					       WINPAR_HOLD_FREE);
}

/*
 * Free the port, without the lock, if the client's holder that took it last has it.
 * That may be a file which another task of the client's is closing: while preemption
 * is off kfree_rcu() does not free it, and no other client's file gets its address.
 */
static __always_inline bool winpar_port_try_free_last(struct winpar_seat *seat)
{
	preempt_disable();
	/* Two returns: the compiler then keeps no result across preempt_enable(). */
	if (likely(winpar_port_try_free(seat->port, READ_ONCE(seat->last)))) {
		preempt_enable();
		return true;
	}
	preempt_enable();
	return false;
}

/*
 * A free in process context lets the loop run before it returns: without this it would
 * run in ksoftirqd, a change of threads later. Not while the caller may hold a lock
 * that a routine takes: with a spinlock held a task is not preemptible, but on
 * PREEMPT_RT it is.
 */
static inline bool winpar_port_begin_free(void)
{
	bool run = !IS_ENABLED(CONFIG_PREEMPT_RT) && preemptible();

	if (run)
		local_bh_disable();
	return run;
}

static inline void winpar_port_end_free(bool run)
{
	if (run)
		local_bh_enable();
}

/**
 * winpar_port_free() - free the port on behalf of a file
 * @file: the file whose request frees
 *
 * What a callback of the file's client has taken is freed, too.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, also when no client had the port;
 * STATUS_INVALID_DEVICE_STATE another file's request has it, or another client:
 * nothing is freed; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_port_free(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	/* Once the lock is dropped the file may be closed, and freed, but not the seat. */
	struct winpar_seat *seat = file->holder.seat;
	const char *client = winpar_client_name(seat->client);
	NTSTATUS status = STATUS_SUCCESS;
	char owner[MODULE_NAME_LEN];
	unsigned long flags;
	bool owned, run;

	if (winpar_port_try_free(port, &file->holder))
		return STATUS_SUCCESS;

	run = winpar_port_begin_free();
	winpar_port_lock(port, &flags);
	owned = port->state == WINPAR_PORT_OWNED;
	if (port->state == WINPAR_PORT_GONE) {
		status = STATUS_DELETE_PENDING;
	} else if (owned && (port->owner == &file->holder ||
		      port->owner == &seat->holder)) {
		__winpar_port_give_up(port, false, &flags);
	} else if (owned) {
		status = STATUS_INVALID_DEVICE_STATE;
		strscpy(owner, winpar_client_name(port->owner->seat->client),
			sizeof(owner));
	}
	winpar_port_unlock(port, flags);
	winpar_port_end_free(run);

	if ((!owned && NT_SUCCESS(status)) ||
	    status == STATUS_INVALID_DEVICE_STATE)
		trace_winpar_error(port->number, client, "free", status);
	if (!owned && NT_SUCCESS(status))
		winpar_warn(seat->client,
			    "%s: %s freed the port, which no client had: a free too many, or a missing allocation\n",
			    port->name, client);
	else if (status == STATUS_INVALID_DEVICE_STATE)
		winpar_warn(seat->client,
			    "%s: %s freed the port while another opener's request (%s) has it: nothing was freed. Only its owner may free it\n",
			    port->name, client, owner);
	return status;
}

/* Say in the log that FreePort was called without an allocation. */
static void winpar_port_report_free(const struct winpar_stray *stray)
{
	struct winpar_seat *seat = stray->seat;
	struct winpar_port *port = seat->port;
	const char *owner = stray->owner;
	void *caller = stray->caller;

	if (!*owner)
		winpar_warn(seat->client,
			    "%s: %ps freed the port, which no client had: a free too many, or a missing allocation\n",
			    port->name, caller);
	else
		winpar_warn(seat->client,
			    "%s: %ps of %s freed the port, which %s%s has: nothing was freed. Only its owner may free it\n",
			    port->name, caller, winpar_client_name(seat->client),
			    stray->reserved ? "a parallel device of " : "", owner);
}

/*
 * A free of what the client does not have: nothing is freed, and the log says so. Drops the
 * port lock.
 */
static noinline void winpar_port_free_stray(struct winpar_seat *seat,
					    bool interrupt,
					    unsigned long caller,
					    unsigned long flags)
	__releases(&seat->port->lock)
{
	struct winpar_port *port = seat->port;
	bool report = port->state != WINPAR_PORT_GONE;
	struct winpar_stray stray = {
		.seat = seat,
		.caller = (void *)caller,
		.reserved = port->reserved,
	};

	if (port->state == WINPAR_PORT_OWNED)
		strscpy(stray.owner,
			winpar_client_name(port->owner->seat->client),
			sizeof(stray.owner));
	if (report)
		trace_winpar_error(port->number,
				   winpar_client_name(seat->client), "free",
				   STATUS_INVALID_DEVICE_STATE);
	if (report && interrupt) {
		__winpar_queue_note_stray(&stray);
		report = false;
	}
	winpar_port_unlock(port, flags);
	if (report)
		winpar_port_report_free(&stray);
}

static noinline void winpar_port_free_by_callback(struct winpar_seat *seat,
						  bool interrupt,
						  unsigned long caller)
{
	struct winpar_port *port = seat->port;
	bool freed, run = winpar_port_begin_free();
	unsigned long flags;

	winpar_port_lock(port, &flags);
	freed = __winpar_port_is_owned_by(port, seat) && !port->reserved;
	if (likely(freed)) {
		__winpar_port_give_up(port, interrupt, &flags);
		winpar_port_unlock(port, flags);
	} else {
		winpar_port_free_stray(seat, interrupt, caller, flags);
	}
	winpar_port_end_free(run);
}

/**
 * winpar_port_free_callback() - PARALLEL_PORT_INFORMATION.FreePort
 * @context: the Context that winpar gave
 *
 * Implements PPARALLEL_FREE_ROUTINE. Frees what this client has, by whichever of
 * its files or by a Try call. Freeing a port that the client does not have changes
 * nothing and is reported with the caller's name. In process context the routine of
 * the next request, also another client's, may run before this returns.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_port_free_callback(PVOID context)
{
	struct winpar_seat *seat = context;

	if (!seat || winpar_port_try_free_last(seat))
		return;
	winpar_port_free_by_callback(seat, false, _RET_IP_);
}

/**
 * winpar_port_free_from_interrupt() - FreePortFromInterruptLevel
 * @context: the Context that winpar gave
 *
 * FreePort for an interrupt routine; a request that waits is served afterwards, at
 * DISPATCH_LEVEL. A member of PARALLEL_INTERRUPT_INFORMATION.
 *
 * Context: any, the interrupt lock may be held.
 */
void winpar_port_free_from_interrupt(PVOID context)
{
	struct winpar_seat *seat = context;

	if (!seat || winpar_port_try_free_last(seat))
		return;
	winpar_port_free_by_callback(seat, true, _RET_IP_);
}

/* ----- closing ----------------------------------------------------------- */

/**
 * winpar_port_admit() - a seat may take the port: its client has a file on it
 * @holder: the seat's
 *
 * Context: any.
 */
void winpar_port_admit(struct winpar_holder *holder)
{
	WRITE_ONCE(holder->closed, false);
}

/**
 * winpar_port_close() - a holder takes the port no more
 * @holder: a file that is being closed, or a seat that has no file, or has none yet
 *
 * Context: any.
 */
void winpar_port_close(struct winpar_holder *holder)
{
	struct winpar_port *port = holder->seat->port;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	holder->closed = true;
	if (holder == &holder->seat->holder)
		__winpar_trial_end(holder->seat);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_release() - take back what a holder has of the port
 * @holder: closed; its requests have ended
 *
 * Context: process context.
 * Return: whether it had the port.
 */
bool winpar_port_release(struct winpar_holder *holder)
{
	struct winpar_port *port = holder->seat->port;
	unsigned long flags;
	bool owned;

	winpar_port_lock(port, &flags);
	owned = port->state == WINPAR_PORT_OWNED && port->owner == holder;
	if (owned)
		__winpar_port_give_up(port, false, &flags);
	__winpar_port_forget(holder);
	/* The seat may be freed before the loop has reported it. */
	if (holder == &holder->seat->holder)
		__winpar_queue_forget_stray(holder->seat);
	__winpar_chip_orphan(port, holder);
	winpar_port_unlock(port, flags);
	return owned;
}

/* ----- for the log ------------------------------------------------------- */

/**
 * winpar_port_who() - name the client or the Linux driver that has a port
 * @port: the port
 * @name: where the name goes
 * @size: bytes that @name takes
 *
 * The module of a client, the Linux driver, or "no driver".
 *
 * Context: process context.
 */
void winpar_port_who(struct winpar_port *port, char *name, size_t size)
{
	unsigned long flags;
	bool away;

	winpar_port_lock(port, &flags);
	away = port->state != WINPAR_PORT_OWNED;
	if (!away)
		strscpy(name, winpar_client_name(port->owner->seat->client),
			size);
	winpar_port_unlock(port, flags);
	if (!away)
		return;
	winpar_host_owner(&port->host, name, size);
	if (!*name)
		strscpy(name, "no driver", size);
}
