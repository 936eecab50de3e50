// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue room: which requests wait for a parallel port, and who is next.
 *
 * One FIFO a port. What is not done in its caller's context is done in the port's
 * loop, a tasklet: it grants the port to the next request, tells clients of
 * requests that are complete, calls deferred port check routines and has the port
 * given to a Linux driver. So no client's code is called from within another
 * client's call, under a lock, or nested without a bound.
 *
 * Order
 *	Requests, the rival, the first refused Try call and the round of deferred
 *	port checks that is due each get a number from one sequence. The lower
 *	number goes first, with these exceptions: a round runs only while no
 *	request waits, or once it has waited for WINPAR_QUEUE_PATIENCE and
 *	WINPAR_QUEUE_BATCH allocations were made since it was due; a rival that has
 *	waited for WINPAR_QUEUE_PATIENCE goes before requests that came earlier; a
 *	refused Try call keeps the port from a later rival for 20 ms only, and so does
 *	one that is foreseen: see port/trial.c.
 *
 * Turns
 *	A client's routine may submit the next request from inside, for ever. So a
 *	pass of the loop tells of at most WINPAR_QUEUE_BATCH requests, and then does
 *	at most one thing of the others; after WINPAR_QUEUE_BUDGET things the loop
 *	lets softirqs and tasks have the CPU.
 *
 * Rounds
 *	A round calls every deferred routine once, in the order of connection,
 *	while no client has the port. It is due when the port was freed or a Try
 *	call was refused since the last one began. A free by the routine that runs
 *	makes none due: rounds would never end. A round that is open stands still
 *	while a client has the port, and is finished before the port is given to a
 *	Linux driver; so a Try call of the routine that runs goes before that driver.
 *	While the machine sleeps no routine is called: TrySelectDevice fails then, which
 *	makes the next round due at once, and what it writes to the chip would be lost.
 *
 * Owners
 *	A queued request is on the FIFO and on its file's list; a request that has
 *	ended is on @done and on its file's. The loop takes it off both, then tells
 *	its client and does not touch it again. Closing a file waits until nothing
 *	of the file's is on either list or being told.
 *
 * Everything here is guarded by the port lock. tests/model/ has the steps of this file in
 * queue.pml, rounds.pml, tries.pml and turns.pml, those at an end in irp.pml, removal.pml and
 * unload.pml (docs/model.md): a change of one changes the other.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "host/claim.h"
#include "host/state.h"
#include "port/chip.h"
#include "port/daisy.h"
#include "port/inside.h"
#include "port/interrupt.h"
#include "port/irp.h"
#include "port/leaving.h"
#include "port/port.h"
#include "port/queue.h"
#include "port/trial.h"
#include "port/wire.h"

/* How long a Linux driver lets requests that came before it go first. */
#define WINPAR_QUEUE_PATIENCE	msecs_to_jiffies(200)
/* How many requests a pass of the loop tells of before it serves. */
#define WINPAR_QUEUE_BATCH	8
/* How much the loop does before it lets others have the CPU. */
#define WINPAR_QUEUE_BUDGET	64
/* How soon a change of owner_report_time is seen while requests wait. */
#define WINPAR_QUEUE_LOOK	(2UL * HZ)

DEFINE_PER_CPU(struct winpar_inside, winpar_inside_cpu) = {
	.lock = __SPIN_LOCK_UNLOCKED(winpar_inside_cpu.lock),
};

static unsigned int owner_report_time = 10000;
module_param(owner_report_time, uint, 0644);
MODULE_PARM_DESC(owner_report_time,
		 "After how many ms a client is named that keeps a port while others wait; 0: never (default: 10000)");

/* ----- the FIFO ---------------------------------------------------------- */

/**
 * __winpar_queue_first() - the request that waits longest
 * @port: the port, its lock held
 *
 * Return: the request, or NULL.
 */
IRP *__winpar_queue_first(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return winpar_irp_first(&port->fifo, &port->cursor);
}

/* Count one more request or rival that waits. */
static void __winpar_queue_count(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->nwaiting++)
		return;
	__winpar_trial_later(port, min_not_zero(msecs_to_jiffies(READ_ONCE(owner_report_time)),
						WINPAR_QUEUE_LOOK));
}

/* Put a request that has ended on the done list, for the loop. */
static void __winpar_queue_done(struct winpar_port *port, IRP *irp)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	list_add_tail(&irp->winpar.entry, &port->done);
	__winpar_port_kick(port);
}

/**
 * __winpar_queue_end() - end a request that waits: the loop completes it
 * @port: the port, its lock held
 * @irp: any request
 * @status: with what it completes
 *
 * Return: false when the request does not wait for this port (any more).
 */
bool __winpar_queue_end(struct winpar_port *port, IRP *irp, NTSTATUS status)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_irp_end(irp, &port->queue))
		return false;
	if (status == STATUS_CANCELLED)
		trace_winpar_cancel(irp);
	winpar_irp_set_result(irp, status, 0);
	__list_del_entry(&irp->winpar.entry);
	port->nwaiting--;
	__winpar_queue_done(port, irp);
	return true;
}

static bool winpar_queue_cancel(struct winpar_queue *queue, IRP *irp)
{
	struct winpar_port *port = container_of(queue, struct winpar_port, queue);
	unsigned long flags;
	bool ended;

	winpar_port_lock(port, &flags);
	ended = __winpar_queue_end(port, irp, STATUS_CANCELLED);
	winpar_port_unlock(port, flags);
	return ended;
}

/**
 * __winpar_queue_wait() - let a request wait for the port
 * @file: the file that it was sent to; the lock of its port held
 * @irp: the request, prepared; what it carries for its turn (granted) is set
 *
 * Return: true. The request is the loop's from now on.
 */
bool __winpar_queue_wait(struct winpar_file *file, IRP *irp)
	__must_hold(&file->port->lock)
{
	struct winpar_port *port = file->port;

	lockdep_assert_held(&port->lock);
	irp->winpar.sequence = __winpar_port_sequence(port);
	list_add_tail(&irp->winpar.entry, &port->fifo);
	list_add_tail(&irp->winpar.file_entry, &file->irps);
	__winpar_queue_count(port);
	port->waits++;
	trace_winpar_queue(file, irp, true);
	if (!__winpar_irp_begin(irp, &port->queue)) {
		__winpar_queue_end(port, irp, STATUS_CANCELLED);
		return true;
	}
	winpar_irp_mark(irp);
	if (port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
	else
		__winpar_port_serve(port);
	return true;
}

/* ----- the rival --------------------------------------------------------- */

/**
 * __winpar_queue_add_rival() - a Linux driver was refused the port
 * @port: the port, its lock held
 */
void __winpar_queue_add_rival(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	/* It may be another driver than the one that waits already. */
	port->rival.again = port->rival.waits;
	if (port->rival.waits)
		return;
	port->rival.waits = true;
	port->rival.since = jiffies;
	port->rival.sequence = __winpar_port_sequence(port);
	__winpar_queue_count(port);
}

/**
 * __winpar_queue_forget_rival() - the Linux driver has the port, or never will
 * @port: the port, its lock held
 */
void __winpar_queue_forget_rival(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->rival.waits)
		return;
	port->rival.waits = false;
	port->nwaiting--;
}

/* Has the rival waited so long that it goes before all requests? */
static bool __winpar_queue_rival_is_due(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return time_after_eq(jiffies,
			     port->rival.since + WINPAR_QUEUE_PATIENCE);
}

/* Is a round to run before the rival has the port? */
static bool __winpar_queue_round_is_first(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->round.open ||
	       (port->round.due &&
		winpar_port_before(port->round.sequence, port->rival.sequence));
}

/*
 * Is the port to be given to the rival now? Not while a daisy-chain device is
 * selected or a packet is on the wires, not while a deferred routine runs. Before
 * requests that came earlier only when it is due; before the rest of a round only
 * when it is due and requests hold that round up. While the machine sleeps, which the
 * rival may hold up, before all that may wait for the resume.
 */
static bool __winpar_queue_rival_is_next(struct winpar_port *port)
	__must_hold(&port->lock)
{
	const IRP *first = __winpar_queue_first(port);
	bool due;

	lockdep_assert_held(&port->lock);
	if (!port->rival.waits || port->checking || port->wire ||
	    port->selected)
		return false;
	if (winpar_port_is_asleep(port))
		return true;
	due = __winpar_queue_rival_is_due(port);
	if (__winpar_queue_round_is_first(port) && !(due && first))
		return false;
	if (first && !due && winpar_port_before(first->winpar.sequence,
						port->rival.sequence))
		return false;
	/* A Try call could not have the port while a request waits. */
	return first || !__winpar_trial_is_kept(port);
}

static bool __winpar_queue_give(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_queue_rival_is_next(port))
		return false;
	__winpar_port_enter(port, WINPAR_PORT_GIVING, NULL);
	port->rival.again = false;
	winpar_host_give(&port->host);
	return true;
}

/**
 * __winpar_queue_serve_rival() - give a free port to a rival that has just asked
 * @port: the port, its lock held
 *
 * Called in place of the loop, which would also give the port to the rival.
 */
void __winpar_queue_serve_rival(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state == WINPAR_PORT_HELD && !__winpar_queue_give(port))
		__winpar_port_serve(port);
}

/* ----- what happens to a port -------------------------------------------- */

/**
 * __winpar_queue_freed() - no client has the port now
 * @port: the port, its lock held
 * @own: the port was taken and freed by winpar itself, also for a selection that has failed,
 *       or by the deferred port check routine that runs: that makes no round due
 */
void __winpar_queue_freed(struct winpar_port *port, bool own)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_port_disown(port);
	__winpar_port_enter(port, WINPAR_PORT_HELD, NULL);
	if (unlikely(port->unusual))
		__winpar_chip_settle(port);
	if (port->checks && !own)
		__winpar_interrupt_ask_round(port);
	/* Not left to the loop: the rival would get the port later. */
	if (unlikely(port->rival.waits))
		__winpar_queue_serve_rival(port);
	else
		__winpar_port_serve(port);
}

/**
 * __winpar_queue_refused() - a Try call did not get the port
 * @seat: the client, on the port; its lock held
 *
 * A round of deferred port checks is due when the port is free again. If a Linux
 * driver has the port, or is about to get it, winpar asks that driver for the port.
 * If a driver has the port, or waits for it, winpar keeps the port for a Try call for
 * WINPAR_TRIAL_TIME when winpar has it again.
 */
void __winpar_queue_refused(struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	struct winpar_port *port = seat->port;

	lockdep_assert_held(&port->lock);
	__winpar_interrupt_ask_round(port);
	if (port->state != WINPAR_PORT_AWAY &&
	    port->state != WINPAR_PORT_GIVING) {
		/* The routine may be called while the next rival waits. */
		if (port->rival.waits)
			__winpar_trial_want(port);
		__winpar_port_serve(port);
		return;
	}
	__winpar_trial_refused(seat);
}

/**
 * __winpar_queue_returned() - the Linux port is winpar's again
 * @port: the port, HELD just now, its lock held
 */
void __winpar_queue_returned(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_trial_begin(port);
	__winpar_queue_serve_rival(port);
}

/**
 * __winpar_queue_left() - the Linux port has been released
 * @port: the port, AWAY just now, its lock held
 *
 * Return: whether winpar wants it back at once.
 */
bool __winpar_queue_left(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_queue_forget_rival(port);
	return __winpar_trial_is_wanted(port) || port->nwaiting ||
	       !list_empty(&port->connections);
}

/* ----- a stray free ------------------------------------------------------ */

/**
 * __winpar_queue_note_stray() - have the loop report a free at interrupt level
 * @stray: the free; the lock of its port held
 *
 * Nothing is printed at interrupt level. Of several frees before the loop runs it reports
 * the first.
 */
void __winpar_queue_note_stray(const struct winpar_stray *stray)
	__must_hold(&stray->seat->port->lock)
{
	struct winpar_port *port = stray->seat->port;

	lockdep_assert_held(&port->lock);
	if (port->stray)
		return;
	stray->seat->stray = *stray;
	port->stray = &stray->seat->stray;
	__winpar_port_kick(port);
}

/**
 * __winpar_queue_forget_stray() - a client's seat may be freed from now on
 * @seat: the client, on the port; its lock held
 */
void __winpar_queue_forget_stray(const struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	struct winpar_port *port = seat->port;

	lockdep_assert_held(&port->lock);
	if (port->stray == &seat->stray)
		port->stray = NULL;
}

/* ----- the loop ---------------------------------------------------------- */

/* Report a stray FreePortFromInterruptLevel: nothing is printed at that level. */
static void __winpar_queue_report_stray(struct winpar_port *port,
					unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_stray stray = *port->stray;
	char client[MODULE_NAME_LEN];
	bool say;

	lockdep_assert_held(&port->lock);
	port->stray = NULL;
	say = __ratelimit(&stray.seat->client->warnings);
	strscpy(client, winpar_client_name(stray.seat->client), sizeof(client));
	winpar_port_unlock(port, *flags);
	if (say)
		pr_warn("%s: %ps of %s freed the port at interrupt level, which %s had: a free too many, or a missing allocation. Nothing was freed\n",
			port->name, stray.caller, client,
			*stray.owner ? stray.owner : "no client");
	winpar_port_lock(port, flags);
}

/* Has the request a routine that may not be called: its module is being unloaded? */
static bool winpar_queue_is_silent(const IRP *irp)
{
	const void *routine = irp->Stack.CompletionRoutine;

	return unlikely(routine && !winpar_may_call(routine));
}

/*
 * Complete a request that is on its file's list and no other. @silent: without its
 * routine, see winpar_queue_is_silent().
 */
static __always_inline void __winpar_queue_complete(struct winpar_port *port, IRP *irp,
						    bool silent, unsigned long *flags)
	__must_hold(&port->lock)
{
	PIO_COMPLETION_ROUTINE routine = irp->Stack.CompletionRoutine;
	struct winpar_inside *inside;

	lockdep_assert_held(&port->lock);
	port->finishing = irp->winpar.file;
	port->telling = silent ? NULL : routine;
	trace_winpar_complete(irp);
	__list_del_entry(&irp->winpar.file_entry);
	winpar_port_unlock(port, *flags);

	/* A request whose routine is not called may be freed already. */
	if (!silent) {
		inside = winpar_inside_begin();
		winpar_irp_tell(irp, routine);
		winpar_inside_end(inside);
	}

	winpar_port_lock(port, flags);
	port->finishing = NULL;
	port->telling = NULL;
	__winpar_port_wake(port);
}

/* Complete requests of the done list, at most @most. Returns how many. */
static unsigned int __winpar_queue_tell(struct winpar_port *port, unsigned int most,
					unsigned long *flags)
	__must_hold(&port->lock)
{
	unsigned int count = 0;
	IRP *irp;

	lockdep_assert_held(&port->lock);
	while (count < most &&
	       (irp = winpar_irp_first(&port->done, &port->cursor))) {
		list_del(&irp->winpar.entry);
		__winpar_queue_complete(port, irp, winpar_queue_is_silent(irp),
					flags);
		count++;
	}
	return count;
}

/*
 * The port has been granted to the request, but a packet is due or the request has
 * a @granted function. Send the packet, then call @granted. The wires are taken
 * until both are done, so that no other request gets the port. If @granted fails,
 * free the port. The lock is dropped: returns whether the request's routine may not
 * be called, see winpar_queue_is_silent(). Then the port is freed, too, since no
 * routine would ever free it.
 */
static noinline bool __winpar_queue_prepare(struct winpar_port *port, IRP *irp,
					    unsigned long *flags)
	__must_hold(&port->lock)
{
	bool silent;

	lockdep_assert_held(&port->lock);
	__winpar_wire_take(port, *flags);
	__winpar_daisy_settle(port, flags);
	if (irp->winpar.granted)
		irp->IoStatus.Status = irp->winpar.granted(port, irp, flags);
	if (port->state == WINPAR_PORT_GONE)
		irp->IoStatus.Status = STATUS_DELETE_PENDING;
	if (!NT_SUCCESS(irp->IoStatus.Status) &&
	    port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, true);
	__winpar_wire_give(port, flags);
	silent = winpar_queue_is_silent(irp);
	if (silent && port->state == WINPAR_PORT_OWNED &&
	    port->owner == &irp->winpar.file->holder && !port->reserved)
		__winpar_queue_freed(port, false);
	return silent;
}

/*
 * Grant the port to the first request. The request leaves the FIFO first: it
 * cannot be cancelled while a packet goes out for it. It stays on its file's list,
 * so that close waits. Nothing comes between a grant and its completion routine.
 */
static void __winpar_queue_grant(struct winpar_port *port, IRP *irp,
				 unsigned long *flags)
	__must_hold(&port->lock)
{
	bool silent = winpar_queue_is_silent(irp);

	lockdep_assert_held(&port->lock);
	/* The module that would use the port is being unloaded. */
	if (silent) {
		__winpar_queue_end(port, irp, STATUS_CANCELLED);
		return;
	}
	__winpar_irp_end(irp, &port->queue);
	trace_winpar_grant(irp);
	winpar_irp_set_result(irp, STATUS_SUCCESS, 0);
	__list_del_entry(&irp->winpar.entry);
	port->nwaiting--;

	__winpar_port_own(port, &irp->winpar.file->holder);
	if (unlikely(port->unusual || irp->winpar.granted)) {
		/* Also while a packet goes out: see winpar_drain_silence(). */
		port->telling = irp->Stack.CompletionRoutine;
		silent = __winpar_queue_prepare(port, irp, flags);
	}
	__winpar_queue_complete(port, irp, silent, flags);
}

static void __winpar_queue_check(struct winpar_port *port, struct winpar_connection *connection,
				 unsigned long *flags)
	__must_hold(&port->lock)
{
	PPARALLEL_DEFERRED_ROUTINE routine = connection->routines.DeferredPortCheckRoutine;
	struct winpar_inside *inside;

	lockdep_assert_held(&port->lock);
	if (!winpar_may_call(routine))
		return;
	port->checking = connection;
	port->checking_task = current;
	trace_winpar_deferred_check(port, connection);
	winpar_port_unlock(port, *flags);
	inside = winpar_inside_begin();
	routine(connection->routines.DeferredPortCheckContext);
	winpar_inside_end(inside);
	winpar_port_lock(port, flags);
	port->checking = NULL;
	__winpar_port_wake(port);
}

/* One step of a round of deferred port checks, if one is due. */
static bool __winpar_queue_round(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_connection *connection;

	lockdep_assert_held(&port->lock);
	if ((!port->round.open && !port->round.due) || winpar_port_is_asleep(port))
		return false;
	connection = __winpar_interrupt_next_check(port);
	if (connection)
		__winpar_queue_check(port, connection, flags);
	return true;
}

/*
 * Have requests held up a round so long that it goes before them? A client that frees and asks
 * again for ever would hold it up for ever. None waits for a round that waits for the resume.
 */
static bool __winpar_queue_round_is_due(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return !winpar_port_is_asleep(port) &&
	       (port->round.due || port->round.open) &&
	       (u32)port->allocations - port->round.allocations >=
	       WINPAR_QUEUE_BATCH &&
	       time_after_eq(jiffies, port->round.since + WINPAR_QUEUE_PATIENCE);
}

/* May the first request have the free port, before a rival and a round? */
static bool __winpar_queue_may_grant(const struct winpar_port *port,
				     const IRP *irp)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (__winpar_queue_round_is_due(port) ||
	    (irp->winpar.granted && __winpar_daisy_holds_up(port, irp)))
		return false;
	/* The rival waits for the round: what came after the rival waits, too. */
	return !(port->rival.waits && __winpar_queue_round_is_first(port) &&
		 winpar_port_before(port->rival.sequence,
				    irp->winpar.sequence));
}

/* Do the next thing that is due on a port. False: there is nothing to do. */
static __always_inline bool __winpar_queue_serve(struct winpar_port *port,
						 unsigned long *flags)
	__must_hold(&port->lock)
{
	IRP *irp = __winpar_queue_first(port);

	lockdep_assert_held(&port->lock);
	/* Clients are told of a removal when nothing of theirs runs any more. */
	if (port->state == WINPAR_PORT_GONE)
		return irp && port->detached &&
		       __winpar_queue_end(port, irp, STATUS_DELETE_PENDING);
	if (port->state != WINPAR_PORT_HELD)
		return false;
	if (unlikely(port->unusual)) {
		if (port->wire)
			return false;
		if (port->selected || port->settling) {
			__winpar_daisy_ready(port, flags);
			return true;
		}
		if (__winpar_daisy_must_wait(port, NULL)) {
			__winpar_queue_give(port);
			return false;
		}
	}
	if (port->rival.waits && __winpar_queue_give(port))
		return false;
	if (irp && __winpar_queue_may_grant(port, irp)) {
		__winpar_queue_grant(port, irp, flags);
		return true;
	}
	return __winpar_queue_round(port, flags);
}

static void winpar_queue_loop(struct tasklet_struct *tasklet)
{
	struct winpar_port *port = container_of(tasklet, struct winpar_port, loop);
	unsigned int count = 0, did;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	do {
		did = 0;
		if (!list_empty(&port->done))
			did += __winpar_queue_tell(port, WINPAR_QUEUE_BATCH,
						   &flags);
		if (unlikely(port->stray))
			__winpar_queue_report_stray(port, &flags);
		did += __winpar_queue_serve(port, &flags);
		count += did;
	} while (did && count < WINPAR_QUEUE_BUDGET);
	if (did)
		__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

/* ----- completing -------------------------------------------------------- */

static void __winpar_queue_defer(struct winpar_port *port, IRP *irp)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	WRITE_ONCE(irp->winpar.state, WINPAR_IRP_PENDING);
	list_add_tail(&irp->winpar.file_entry, &irp->winpar.file->irps);
	__winpar_queue_done(port, irp);
}

/**
 * winpar_queue_defer() - have the loop complete a request that a device has done
 * @port: where its device is
 * @irp: the request, in no queue, its result set; not to be touched afterwards. The
 *       close of its file waits for the caller
 *
 * Context: any; a device lock may be held.
 */
void winpar_queue_defer(struct winpar_port *port, IRP *irp)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	__winpar_queue_defer(port, irp);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_queue_defer_new() - have the loop complete a request that is being submitted
 * @file: to what it was sent
 * @irp: the request; not to be touched afterwards unless it is complete
 * @status: its result
 *
 * A close that has begun does not wait for the caller, and nothing of the file may be
 * touched later: then the request ends here, as one that came a moment later would, and its
 * routine is not called.
 *
 * Context: any, inside a routine that winpar called.
 * Return: STATUS_PENDING; STATUS_CANCELLED the file is being closed; STATUS_DELETE_PENDING and
 * the port has gone.
 */
noinline NTSTATUS winpar_queue_defer_new(struct winpar_file *file, IRP *irp,
					 NTSTATUS status)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool closed, gone;

	winpar_port_lock(port, &flags);
	closed = file->holder.closed;
	gone = port->state == WINPAR_PORT_GONE;
	if (!closed) {
		irp->IoStatus.Status = status;
		__winpar_queue_defer(port, irp);
	}
	winpar_port_unlock(port, flags);
	if (!closed)
		return STATUS_PENDING;
	irp->IoStatus.Information = 0;
	return winpar_irp_end_at_once(irp, gone ? STATUS_DELETE_PENDING : STATUS_CANCELLED);
}

/* ----- an owner who keeps the port --------------------------------------- */

/* Name an owner in the log that has had the port too long while others wait. */
static void winpar_queue_report_owner(struct winpar_port *port)
{
	char owner[MODULE_NAME_LEN], waits[MODULE_NAME_LEN] = "a Linux driver";
	unsigned long most = msecs_to_jiffies(READ_ONCE(owner_report_time));
	unsigned long flags, had = 0;
	const IRP *first;
	bool late = false;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_OWNED && port->nwaiting && most) {
		had = jiffies - port->owned_since;
		late = had >= most && port->reported != (u32)port->owned_since;
		strscpy(owner, winpar_client_name(port->owner->seat->client), sizeof(owner));
		first = __winpar_queue_first(port);
		if (first)
			strscpy(waits, winpar_file_client(first->winpar.file),
				sizeof(waits));
	}
	if (late)
		port->reported = port->owned_since;
	if (port->nwaiting && port->state != WINPAR_PORT_GONE)
		__winpar_trial_later(port, min_not_zero(had < most ? most - had : most,
							WINPAR_QUEUE_LOOK));
	winpar_port_unlock(port, flags);
	if (late)
		pr_warn("%s: %s has had the port for %u ms while %s waits: it has to free the port, or to be unloaded\n",
			port->name, owner, jiffies_to_msecs(had), waits);
}

static void winpar_queue_later(struct work_struct *work)
{
	struct winpar_port *port = container_of(to_delayed_work(work), struct winpar_port, later);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	__winpar_trial_meet(port);
	__winpar_port_serve(port);
	winpar_port_unlock(port, flags);
	winpar_queue_report_owner(port);
}

/**
 * winpar_queue_init() - set up a port's part in this room
 * @port: the port
 */
void winpar_queue_init(struct winpar_port *port)
{
	port->queue.lock = &port->lock;
	port->queue.cancel = winpar_queue_cancel;
	INIT_LIST_HEAD(&port->fifo);
	INIT_LIST_HEAD(&port->cursor);
	INIT_LIST_HEAD(&port->done);
	/* No @owned_since equals this: no owner has been reported yet. */
	port->reported = jiffies - 1;
	init_waitqueue_head(&port->waiters);
	tasklet_setup(&port->loop, winpar_queue_loop);
	INIT_DELAYED_WORK(&port->later, winpar_queue_later);
}
