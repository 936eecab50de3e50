// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue room: who waits for a parallel port, and who is next.
 *
 * One FIFO per port. Whatever is not done in its caller's context is done in
 * the port's loop, a tasklet: it grants the port to the next request, completes
 * requests, calls deferred port check routines and has the port given to a
 * Linux driver. So no client's code is ever called from within another client's
 * call, under a lock or nested, and no number of requests makes the stack grow.
 * A request submitted from inside a routine that the port called is left to the
 * loop too.
 *
 * A rival, a Linux driver that was refused the port, stands in the FIFO like a
 * request. It is served when its turn comes, or at the next free once it has
 * waited for WINPAR_QUEUE_PATIENCE.
 *
 * In a round of deferred port checks every deferred routine is called once, in
 * order of connection, while nobody has the port. A round that was begun is
 * finished before the port is given to a Linux driver; a request that arrives
 * goes first, and so does whoever takes the port meanwhile; a rival that is due
 * does not wait for a round that these hold up.
 *
 * Who owns what: a queued request is on the FIFO and on its file's list, then,
 * unless it was granted, on the done list and its file's; the loop takes it off
 * both, then tells its client and does not touch it again. Close waits until nothing of the file's
 * is on either list or being told.
 *
 * Everything here is guarded by the port lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>

#include "port/irp.h"
#include "port/port.h"

/* How long a Linux driver lets requests that came before it go first. */
#define WINPAR_QUEUE_PATIENCE	msecs_to_jiffies(200)
/* How much the loop does before it lets others have the CPU. */
#define WINPAR_QUEUE_BUDGET	64

/* ----- the queue --------------------------------------------------------- */

static bool __winpar_queue_has_rival(const struct winpar_port *port)
{
	return !list_empty(&port->rival);
}

/**
 * __winpar_queue_first() - the request that waits longest
 * @port: the port, its lock held
 *
 * Return: the request, or NULL. A rival in front of it is passed over.
 */
IRP *__winpar_queue_first(struct winpar_port *port)
{
	struct list_head *entry = port->fifo.next;

	lockdep_assert_held(&port->lock);
	if (entry == &port->rival)
		entry = entry->next;
	if (entry == &port->fifo)
		return NULL;
	return list_entry(entry, IRP, winpar.entry);
}

static void __winpar_queue_add(struct winpar_file *file, IRP *irp)
{
	struct winpar_port *port = file->port;

	lockdep_assert_held(&port->lock);
	winpar_irp_set_result(irp, STATUS_PENDING, 0);
	irp->winpar.state = WINPAR_IRP_QUEUED;
	list_add_tail(&irp->winpar.entry, &port->fifo);
	list_add_tail(&irp->winpar.file_entry, &file->irps);
	port->nwaiting++;
	port->waits++;
}

/* Take a request out of the FIFO: its result stands from now on. */
static void __winpar_queue_take(struct winpar_port *port, IRP *irp,
				NTSTATUS status)
{
	lockdep_assert_held(&port->lock);
	winpar_irp_set_result(irp, status, 0);
	irp->winpar.state = WINPAR_IRP_FINISHING;
	__list_del_entry(&irp->winpar.entry);
	port->nwaiting--;
}

/**
 * __winpar_queue_remove() - take a request out of the FIFO, and tell its client
 * @port: the port, its lock held
 * @irp: one that waits; the loop tells, which is to be kicked
 * @status: with what it completes
 */
void __winpar_queue_remove(struct winpar_port *port, IRP *irp, NTSTATUS status)
{
	__winpar_queue_take(port, irp, status);
	list_add_tail(&irp->winpar.entry, &port->done);
}

/**
 * __winpar_queue_forget_rival() - the Linux driver has the port, or never will
 * @port: the port, its lock held
 */
void __winpar_queue_forget_rival(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_queue_has_rival(port))
		return;
	list_del_init(&port->rival);
	port->nwaiting--;
}

/* Has the rival waited so long that it goes before all requests? */
static bool __winpar_queue_rival_is_due(const struct winpar_port *port)
{
	return __winpar_queue_has_rival(port) &&
	       time_after_eq(jiffies,
			     port->rival_since + WINPAR_QUEUE_PATIENCE);
}

/**
 * __winpar_queue_give() - give the port to the rival, if that is what is next
 * @port: the port, its lock held
 *
 * Not with a daisy-chain device selected or somebody on the wires, not while a
 * deferred routine runs, nor between those of a round, unless the round is held
 * up by requests and the rival is due.
 *
 * Return: whether it is given.
 */
static bool __winpar_queue_give(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || port->checking ||
	    port->wire || port->selected)
		return false;
	if (!__winpar_queue_has_rival(port))
		return false;
	if (port->round_open && !(__winpar_queue_rival_is_due(port) &&
				  __winpar_queue_first(port)))
		return false;
	if (port->fifo.next != &port->rival &&
	    !__winpar_queue_rival_is_due(port))
		return false;
	port->state = WINPAR_PORT_GIVING;
	port->rival_again = false;
	winpar_host_give(&port->host);
	return true;
}

/**
 * __winpar_queue_kick() - have the loop run
 * @port: the port, its lock held
 */
void __winpar_queue_kick(struct winpar_port *port)
{
	tasklet_schedule(&port->loop);
}

/**
 * __winpar_queue_next() - nobody has the port: see that whoever is next gets it
 * @port: the port, its lock held
 */
void __winpar_queue_next(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (__winpar_queue_has_rival(port) && __winpar_queue_give(port))
		return;
	if (port->nwaiting || port->round_wanted || port->round_open ||
	    port->selected || port->settling)
		__winpar_queue_kick(port);
}

/**
 * __winpar_queue_wait() - let a request wait
 * @file: whose; the lock of its port held
 * @irp: the request
 */
void __winpar_queue_wait(struct winpar_file *file, IRP *irp)
{
	struct winpar_port *port = file->port;

	__winpar_queue_add(file, irp);
	if (irp->winpar.cancelled) {
		__winpar_queue_remove(port, irp, STATUS_CANCELLED);
		__winpar_queue_kick(port);
	} else if (port->state == WINPAR_PORT_AWAY) {
		winpar_host_want(&port->host);
	} else if (port->state == WINPAR_PORT_HELD) {
		__winpar_queue_next(port);
	}
}

/**
 * __winpar_queue_freed() - the port is nobody's now
 * @port: the port, its lock held
 * @own: this was no free of a client's, or one of the deferred port check
 *       routine's that runs just now: it starts no round
 */
void __winpar_queue_freed(struct winpar_port *port, bool own)
{
	lockdep_assert_held(&port->lock);
	port->state = WINPAR_PORT_HELD;
	port->owner = NULL;
	if (unlikely(port->unusual))
		__winpar_mode_settle(port);
	if (port->checks && !own && !__winpar_queue_first(port))
		port->round_wanted = true;
	__winpar_queue_next(port);
}

/* ----- the loop ---------------------------------------------------------- */

/* Something that somebody may wait for is over. */
static void __winpar_queue_wake(struct winpar_port *port)
{
	/* Who waits is queued before looking, under the lock: none missed. */
	if (waitqueue_active(&port->waiters))
		wake_up_all(&port->waiters);
}

/* What could not be said at interrupt level. */
static void __winpar_queue_report(struct winpar_port *port,
				  unsigned long *flags)
	__must_hold(&port->lock)
{
	void *caller = port->stray_free;

	port->stray_free = NULL;
	winpar_port_unlock(port, *flags);
	pr_warn_ratelimited("%s: %ps freed the port at interrupt level, which no client had: a free too many, or a missing allocation\n",
			    port->name, caller);
	winpar_port_lock(port, flags);
}

/* Tell a client of its request, which is on no list but its file's. */
static void __winpar_queue_finish(struct winpar_port *port, IRP *irp,
				  unsigned long *flags)
	__must_hold(&port->lock)
{
	/* A device's own request is for the port: it must know. */
	bool silent = (irp->winpar.file->silent && !irp->winpar.own) ||
		      irp->winpar.silent;

	port->finishing = irp->winpar.file;
	port->telling = silent ? NULL : irp->Stack.CompletionRoutine;
	__list_del_entry(&irp->winpar.file_entry);
	winpar_port_unlock(port, *flags);

	/* A silent file's routines are in code that is about to go. */
	if (!silent || !irp->Stack.CompletionRoutine)
		winpar_irp_tell(irp);

	winpar_port_lock(port, flags);
	port->finishing = NULL;
	port->telling = NULL;
	__winpar_queue_wake(port);
}

/*
 * The port is the request's, but a packet is due, or it asks for one. Nobody
 * else gets it before that has worked, or failed and the port is free.
 */
static noinline void __winpar_queue_prepare(struct winpar_port *port, IRP *irp,
					    unsigned long *flags)
	__must_hold(&port->lock)
{
	port->preparing = irp;
	__winpar_wire_take(port, *flags);
	__winpar_1284_3_settle(port, flags);
	if (irp->winpar.granted)
		irp->IoStatus.Status = irp->winpar.granted(port, irp, flags);
	if (port->state == WINPAR_PORT_GONE)
		irp->IoStatus.Status = STATUS_DELETE_PENDING;
	else if (!NT_SUCCESS(irp->IoStatus.Status) &&
		 port->state == WINPAR_PORT_OWNED)
		__winpar_queue_freed(port, false);
	__winpar_wire_give(port, flags);
	port->preparing = NULL;
}

/*
 * The port is the request's. It leaves the FIFO first: it cannot be cancelled
 * while the wires are driven on its behalf, and counts as being told of. Nothing
 * comes between a grant and its completion routine.
 */
static void __winpar_queue_grant(struct winpar_port *port, IRP *irp,
				 unsigned long *flags)
	__must_hold(&port->lock)
{
	port->state = WINPAR_PORT_OWNED;
	port->owner = irp->winpar.file;
	port->allocations++;
	port->telling = irp->Stack.CompletionRoutine;
	__winpar_queue_take(port, irp, STATUS_SUCCESS);
	if (unlikely(port->unusual || irp->winpar.granted))
		__winpar_queue_prepare(port, irp, flags);
	__winpar_queue_finish(port, irp, flags);
}

static void __winpar_queue_check(struct winpar_port *port,
				 struct winpar_connection *connection,
				 unsigned long *flags)
	__must_hold(&port->lock)
{
	port->checking = connection;
	winpar_port_unlock(port, *flags);
	connection->routines.DeferredPortCheckRoutine
		(connection->routines.DeferredPortCheckContext);
	winpar_port_lock(port, flags);
	port->checking = NULL;
	__winpar_queue_wake(port);
}

/* Do the one thing that comes next. False: there is nothing to do. */
static __always_inline bool
__winpar_queue_step(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_connection *connection;
	IRP *irp;

	if (!list_empty(&port->done)) {
		irp = list_first_entry(&port->done, IRP, winpar.entry);
		list_del(&irp->winpar.entry);
		__winpar_queue_finish(port, irp, flags);
		return true;
	}
	if (port->stray_free) {
		__winpar_queue_report(port, flags);
		return true;
	}
	irp = __winpar_queue_first(port);
	if (port->state != WINPAR_PORT_HELD)
		return false;
	if (unlikely(port->unusual)) {
		if (port->wire)
			return false;
		if (port->selected || port->settling) {
			__winpar_1284_3_ready(port, flags);
			return true;
		}
	}
	if (__winpar_queue_has_rival(port) && __winpar_queue_give(port))
		return false;
	/* The rival at the head waits for the round: so does who came later. */
	if (irp && !(port->round_open && port->fifo.next == &port->rival)) {
		__winpar_queue_grant(port, irp, flags);
		return true;
	}
	if (port->round_open) {
		connection = __winpar_interrupt_next_check(port);
		if (connection)
			__winpar_queue_check(port, connection, flags);
		else
			port->round_open = false;
		return true;
	}
	if (port->round_wanted) {
		port->round_wanted = false;
		port->round_open = true;
		port->round++;
		return true;
	}
	return false;
}

static void winpar_queue_loop(struct tasklet_struct *tasklet)
{
	struct winpar_port *port = container_of(tasklet, struct winpar_port,
						loop);
	unsigned int budget = WINPAR_QUEUE_BUDGET;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	WRITE_ONCE(port->loop_task, current);
	while (budget && __winpar_queue_step(port, &flags))
		budget--;
	WRITE_ONCE(port->loop_task, NULL);
	if (!budget)
		__winpar_queue_kick(port);
	winpar_port_unlock(port, flags);
}

/**
 * __winpar_queue_add_rival() - let a Linux driver wait, if none does already
 * @port: the port, its lock held
 */
void __winpar_queue_add_rival(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	/* Not known to be the same one: see winpar_port_kept(). */
	port->rival_again = __winpar_queue_has_rival(port);
	if (port->rival_again)
		return;
	list_add_tail(&port->rival, &port->fifo);
	port->nwaiting++;
	port->rival_since = jiffies;
}

/* ----- cancelling, completing -------------------------------------------- */

/**
 * winpar_queue_cancel() - take a queued request out of the queue
 * @port: where it was submitted
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when it completes with STATUS_CANCELLED; false when its result
 * stood already.
 */
bool winpar_queue_cancel(struct winpar_port *port, IRP *irp)
{
	unsigned long flags;
	bool queued;

	winpar_port_lock(port, &flags);
	queued = irp->winpar.port == port &&
		 irp->winpar.state == WINPAR_IRP_QUEUED;
	if (irp->winpar.state == WINPAR_IRP_SUBMITTING)
		irp->winpar.cancelled = true;
	if (queued) {
		__winpar_queue_remove(port, irp, STATUS_CANCELLED);
		__winpar_queue_kick(port);
	}
	winpar_port_unlock(port, flags);
	return queued;
}

static noinline void winpar_queue_complete_later(struct winpar_port *port,
						 IRP *irp)
{
	unsigned long flags;

	winpar_port_lock(port, &flags);
	irp->winpar.state = WINPAR_IRP_FINISHING;
	list_add_tail(&irp->winpar.entry, &port->done);
	list_add_tail(&irp->winpar.file_entry, &irp->winpar.file->irps);
	__winpar_queue_kick(port);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_queue_finished() - have the loop tell of a request to a device
 * @port: where the device is
 * @irp: the request, its result set, on no list; not to be touched afterwards
 *
 * Context: any; the device lock held.
 */
void winpar_queue_finished(struct winpar_port *port, IRP *irp)
{
	winpar_queue_complete_later(port, irp);
}

/**
 * winpar_queue_complete() - call the routine of a request completed at once
 * @port: where it was submitted
 * @irp: the request, its result set; not to be touched afterwards
 *
 * In the caller's context, but from inside another routine that the port
 * called, by the loop: else each could submit the next on top of itself.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_queue_complete(struct winpar_port *port, IRP *irp)
{
	struct task_struct **end = port->completing + WINPAR_PORT_COMPLETING;
	struct task_struct **slot;

	if (winpar_port_inside(port)) {
		winpar_queue_complete_later(port, irp);
		return;
	}
	for (slot = port->completing; slot != end; slot++) {
		if (cmpxchg(slot, NULL, current))
			continue;
		winpar_irp_tell(irp);
		WRITE_ONCE(*slot, NULL);
		return;
	}
	/* Without a slot one may nest; the next has one again. */
	winpar_irp_tell(irp);
}

/**
 * winpar_queue_init() - set up a port's part in this room
 * @port: the port
 */
void winpar_queue_init(struct winpar_port *port)
{
	INIT_LIST_HEAD(&port->fifo);
	INIT_LIST_HEAD(&port->rival);
	INIT_LIST_HEAD(&port->done);
	init_waitqueue_head(&port->waiters);
	tasklet_setup(&port->loop, winpar_queue_loop);
}
