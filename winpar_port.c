// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port room: who has a parallel port, and who is next.
 *
 * One owner at a time, one FIFO per port. Allocating and freeing are winpar's
 * own bookkeeping, from any context; the Linux port itself is held by the host
 * room from the first open to some time after the last close.
 *
 * A request that can be served at once is served in the caller's context, and
 * so is a Try call or a free that nobody waits for: one compare-and-exchange on
 * @hold, no lock. Everything else happens in the port's loop, a tasklet: it
 * grants the port to the next request, completes requests, calls deferred port
 * check routines and hands the port to a Linux driver. So no client's code is
 * ever called from within another client's call, under a lock or nested, and
 * no number of requests makes the stack grow. A request submitted from inside
 * a routine that the port called is left to the loop too.
 *
 * A rival, a Linux driver that was refused the port, stands in the FIFO like a
 * request. It is served when its turn comes, or at the next free once it has
 * waited for WINPAR_PORT_RIVAL_PATIENCE.
 *
 * Deferred port checks: a free that leaves no request waiting asks for a round,
 * in which every deferred routine is called once, in order of connection, while
 * nobody has the port. A round that was begun is finished before the port is
 * given to a Linux driver; a request that arrives goes first. Frees made by
 * the routines themselves ask for no further round.
 *
 * Who owns what: the port lives until module exit. A queued request is on the
 * FIFO and on its file's list, later on the done list and its file's; the loop
 * takes it off both, then tells its client and does not touch it again. Close
 * waits until nothing of the file's is on either list or being told.
 *
 * Locks: see winpar_port.h.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "winpar_irp.h"
#include "winpar_port.h"

/* How long a Linux driver lets requests that came before it go first. */
#define WINPAR_PORT_RIVAL_PATIENCE	msecs_to_jiffies(200)
/* How much the loop does before it lets others have the CPU. */
#define WINPAR_PORT_LOOP_BUDGET		64

static struct winpar_port *to_winpar_port(struct winpar_host *host)
{
	return container_of(host, struct winpar_port, host);
}

/* ----- the queue --------------------------------------------------------- */

static bool __winpar_port_has_rival(const struct winpar_port *port)
{
	return !list_empty(&port->rival);
}

/* The first request, or NULL. A rival in front of it is passed over. */
static IRP *__winpar_port_first(struct winpar_port *port)
{
	struct list_head *entry = port->fifo.next;

	lockdep_assert_held(&port->lock);
	if (entry == &port->rival)
		entry = entry->next;
	if (entry == &port->fifo)
		return NULL;
	return list_entry(entry, IRP, winpar.entry);
}

static void __winpar_port_enqueue(struct winpar_file *file, IRP *irp)
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
static void __winpar_port_dequeue(struct winpar_port *port, IRP *irp,
				  NTSTATUS status)
{
	lockdep_assert_held(&port->lock);
	winpar_irp_set_result(irp, status, 0);
	irp->winpar.state = WINPAR_IRP_FINISHING;
	list_move_tail(&irp->winpar.entry, &port->done);
	port->nwaiting--;
}

static void __winpar_port_forget_rival(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_port_has_rival(port))
		return;
	list_del_init(&port->rival);
	port->nwaiting--;
}

/* Is it the rival's turn, in a port that nobody has? */
static bool __winpar_port_rival_is_next(const struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_port_has_rival(port))
		return false;
	return port->fifo.next == &port->rival ||
	       time_after_eq(jiffies,
			     port->rival_since + WINPAR_PORT_RIVAL_PATIENCE);
}

/* Give the port to the rival, if it is free and that is what comes next. */
static bool __winpar_port_give(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || port->round_open ||
	    !__winpar_port_rival_is_next(port))
		return false;
	port->state = WINPAR_PORT_GIVING;
	winpar_host_give(&port->host);
	return true;
}

static void __winpar_port_kick(struct winpar_port *port)
{
	tasklet_schedule(&port->loop);
}

/* Nobody has the port any more: see to it that whoever is next is served. */
static void __winpar_port_next(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (__winpar_port_give(port))
		return;
	if (port->nwaiting || port->round_wanted || port->round_open)
		__winpar_port_kick(port);
}

/* ----- the loop ---------------------------------------------------------- */

/* Something that somebody may wait for is over. */
static void __winpar_port_wake(struct winpar_port *port)
{
	if (waitqueue_active(&port->waiters))
		wake_up_all(&port->waiters);
}

static void __winpar_port_finish(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	IRP *irp = list_first_entry(&port->done, IRP, winpar.entry);
	bool silent = irp->winpar.file->silent;

	port->finishing = irp->winpar.file;
	list_del_init(&irp->winpar.entry);
	list_del_init(&irp->winpar.file_entry);
	winpar_port_unlock(port, *flags);

	/* A silent file's routines are in code that is about to go. */
	if (!silent)
		winpar_irp_tell(irp);

	winpar_port_lock(port, flags);
	port->finishing = NULL;
	__winpar_port_wake(port);
}

static void __winpar_port_grant(struct winpar_port *port, IRP *irp)
{
	port->state = WINPAR_PORT_OWNED;
	port->owner = irp->winpar.file;
	port->allocations++;
	__winpar_port_dequeue(port, irp, STATUS_SUCCESS);
}

static void __winpar_port_check(struct winpar_port *port,
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
	__winpar_port_wake(port);
}

/* Do the one thing that comes next. False: there is nothing to do. */
static bool __winpar_port_step(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_connection *connection;
	IRP *irp;

	if (!list_empty(&port->done)) {
		__winpar_port_finish(port, flags);
		return true;
	}
	irp = __winpar_port_first(port);
	if (port->state == WINPAR_PORT_GONE && port->drained && irp) {
		__winpar_port_dequeue(port, irp, STATUS_DELETE_PENDING);
		return true;
	}
	if (port->state != WINPAR_PORT_HELD || __winpar_port_give(port))
		return false;
	if (irp) {
		__winpar_port_grant(port, irp);
		return true;
	}
	if (port->round_open) {
		connection = __winpar_interrupt_next_check(port);
		if (connection)
			__winpar_port_check(port, connection, flags);
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

static void winpar_port_loop(struct tasklet_struct *tasklet)
{
	struct winpar_port *port = container_of(tasklet, struct winpar_port,
						loop);
	unsigned int budget = WINPAR_PORT_LOOP_BUDGET;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	WRITE_ONCE(port->loop_task, current);
	while (budget && __winpar_port_step(port, &flags))
		budget--;
	WRITE_ONCE(port->loop_task, NULL);
	if (!budget)
		__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

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

/* The same where the word said SLOW. */
static bool __winpar_port_take(struct winpar_port *port,
			       struct winpar_file *owner)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || port->nwaiting)
		return false;
	port->state = WINPAR_PORT_OWNED;
	port->owner = owner;
	port->allocations++;
	return true;
}

/**
 * winpar_port_allocate() - allocate the port for a request
 * @file: whose request it is
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS at once when the port is free; STATUS_PENDING when
 * it is not, or when the caller is inside a routine that the port called;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_port_allocate(struct winpar_file *file, IRP *irp)
{
	struct winpar_port *port = file->port;
	bool inside = winpar_port_inside(port);
	NTSTATUS status = STATUS_PENDING;
	unsigned long flags;

	if (!inside && winpar_port_take(port, (unsigned long)file))
		return STATUS_SUCCESS;

	winpar_port_lock(port, &flags);
	if (file->gone) {
		status = STATUS_DELETE_PENDING;
	} else if (!inside && __winpar_port_take(port, file)) {
		status = STATUS_SUCCESS;
	} else {
		__winpar_port_enqueue(file, irp);
		if (port->state == WINPAR_PORT_AWAY)
			winpar_host_want(&port->host);
		else if (port->state == WINPAR_PORT_HELD)
			__winpar_port_next(port);
	}
	winpar_port_unlock(port, flags);
	return status;
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
 * Context: any, interrupt routines included.
 * Return: TRUE when the caller has the port now.
 */
BOOLEAN winpar_port_try_allocate(PVOID context)
{
	struct winpar_port *port = context;
	unsigned long flags;
	bool taken;

	if (!port)
		return FALSE;
	if (winpar_port_take(port, 0))
		return TRUE;

	winpar_port_lock(port, &flags);
	taken = __winpar_port_take(port, NULL);
	if (!taken && port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
	winpar_port_unlock(port, flags);
	return taken;
}

/**
 * winpar_port_try_allocate_at_interrupt() - TryAllocatePortAtInterruptLevel
 * @context: the Context that winpar gave
 *
 * The same as winpar_port_try_allocate(), for an interrupt routine, whoever
 * owns the port when the interrupt comes. A member of
 * PARALLEL_INTERRUPT_INFORMATION.
 *
 * Context: any, the interrupt lock may be held.
 * Return: TRUE when the caller has the port now.
 */
BOOLEAN winpar_port_try_allocate_at_interrupt(PVOID context)
{
	return winpar_port_try_allocate(context);
}

/* ----- freeing ----------------------------------------------------------- */

/*
 * The port is nobody's now. @own: the free is made by a deferred port check
 * routine itself, which starts no round.
 */
static void __winpar_port_freed(struct winpar_port *port, bool own)
{
	lockdep_assert_held(&port->lock);
	port->state = WINPAR_PORT_HELD;
	port->owner = NULL;
	if (port->checks && !own && !__winpar_port_first(port))
		port->round_wanted = true;
	__winpar_port_next(port);
}

static bool __winpar_port_in_check(const struct winpar_port *port)
{
	return port->checking && port->loop_task == current;
}

/* Free without the lock where nobody waits and no routine is to be called. */
static bool winpar_port_drop(struct winpar_port *port, struct winpar_file *file)
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
		__winpar_port_freed(port, __winpar_port_in_check(port));
	winpar_port_unlock(port, flags);

	if (!owned)
		pr_warn_ratelimited("%s: %s freed the port, which no client had: a free too many, or a missing allocation\n",
				    port->name, winpar_file_client(file));
	else if (!NT_SUCCESS(status))
		pr_warn_ratelimited("%s: %s freed the port while another opener's request has it: nothing was freed. Only its owner may free it\n",
				    port->name, winpar_file_client(file));
	return status;
}

static void winpar_port_free_by_callback(struct winpar_port *port,
					 bool interrupt, unsigned long caller)
{
	enum winpar_port_state state;
	unsigned long flags;

	if (!port || winpar_port_drop(port, NULL))
		return;

	winpar_port_lock(port, &flags);
	state = port->state;
	if (state == WINPAR_PORT_OWNED)
		__winpar_port_freed(port, !interrupt &&
				    __winpar_port_in_check(port));
	winpar_port_unlock(port, flags);

	if (state != WINPAR_PORT_OWNED && state != WINPAR_PORT_GONE)
		pr_warn_ratelimited("%s: %pS freed the port, which no client had: a free too many, or a missing allocation\n",
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
static VOID winpar_port_free_callback(PVOID context)
{
	winpar_port_free_by_callback(context, false, _RET_IP_);
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
VOID winpar_port_free_from_interrupt(PVOID context)
{
	winpar_port_free_by_callback(context, true, _RET_IP_);
}

/* ----- cancelling, completing -------------------------------------------- */

/**
 * winpar_port_cancel() - take a queued request out of the queue
 * @port: where it was submitted
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when it completes with STATUS_CANCELLED; false when its result
 * stood already.
 */
bool winpar_port_cancel(struct winpar_port *port, IRP *irp)
{
	unsigned long flags;
	bool queued;

	winpar_port_lock(port, &flags);
	queued = irp->winpar.state == WINPAR_IRP_QUEUED;
	if (queued) {
		__winpar_port_dequeue(port, irp, STATUS_CANCELLED);
		__winpar_port_kick(port);
	}
	winpar_port_unlock(port, flags);
	return queued;
}

/**
 * winpar_port_complete() - call the routine of a request completed at once
 * @port: where it was submitted
 * @irp: the request, its result set; not to be touched afterwards
 *
 * In the caller's context, but from inside another routine that the port
 * called, by the loop: else each could submit the next on top of itself.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_port_complete(struct winpar_port *port, IRP *irp)
{
	struct task_struct **end = port->completing + WINPAR_PORT_COMPLETING;
	struct task_struct **slot = port->completing;
	unsigned long flags;

	if (winpar_port_inside(port))
		slot = end;
	while (slot != end && cmpxchg(slot, NULL, current))
		slot++;
	if (slot != end) {
		winpar_irp_tell(irp);
		WRITE_ONCE(*slot, NULL);
		return;
	}

	winpar_port_lock(port, &flags);
	irp->winpar.state = WINPAR_IRP_FINISHING;
	list_add_tail(&irp->winpar.entry, &port->done);
	list_add_tail(&irp->winpar.file_entry, &irp->winpar.file->irps);
	__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

/* ----- close ------------------------------------------------------------- */

/**
 * winpar_port_release() - take back what a file's requests hold of the port
 * @file: being closed
 * @owned: whether it had the port
 * @pending: how many requests of its waited; they complete with
 *           STATUS_CANCELLED, winpar_port_drain() waits for that
 *
 * Context: process context.
 */
void winpar_port_release(struct winpar_file *file, bool *owned,
			 unsigned int *pending)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	IRP *irp;

	*pending = 0;
	winpar_port_lock(port, &flags);
	list_for_each_entry(irp, &file->irps, winpar.file_entry) {
		if (irp->winpar.state != WINPAR_IRP_QUEUED)
			continue;
		__winpar_port_dequeue(port, irp, STATUS_CANCELLED);
		(*pending)++;
	}
	*owned = port->state == WINPAR_PORT_OWNED && port->owner == file;
	if (*owned)
		__winpar_port_freed(port, false);
	if (*pending)
		__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

static bool winpar_port_is_done_with(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool done;

	winpar_port_lock(port, &flags);
	done = list_empty(&file->irps) && port->finishing != file;
	winpar_port_unlock(port, flags);
	return done;
}

/**
 * winpar_port_drain() - wait until no request of a file is left
 * @file: one whose requests were released
 *
 * Context: process context, not inside a routine that the port called.
 */
void winpar_port_drain(struct winpar_file *file)
{
	wait_event(file->port->waiters, winpar_port_is_done_with(file));
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

static void __winpar_port_add_rival(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (__winpar_port_has_rival(port))
		return;
	list_add_tail(&port->rival, &port->fifo);
	port->nwaiting++;
	port->rival_since = jiffies;
}

static void winpar_port_rival(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state != WINPAR_PORT_GONE) {
		__winpar_port_add_rival(port);
		__winpar_port_give(port);
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
		if (rivals)
			__winpar_port_add_rival(port);
		__winpar_port_next(port);
	}
	winpar_port_unlock(port, flags);
}

static void winpar_port_kept(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_GIVING) {
		__winpar_port_forget_rival(port);
		port->state = WINPAR_PORT_HELD;
		__winpar_port_next(port);
	}
	winpar_port_unlock(port, flags);
}

static bool winpar_port_away(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;
	bool wanted;

	winpar_port_lock(port, &flags);
	__winpar_port_forget_rival(port);
	if (port->state != WINPAR_PORT_GONE) {
		port->state = WINPAR_PORT_AWAY;
		port->owner = NULL;
	}
	wanted = port->nwaiting || !list_empty(&port->connections);
	winpar_port_unlock(port, flags);
	return wanted;
}

static const struct winpar_host_ops winpar_port_host_ops = {
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

	return port ? READ_ONCE(port->nwaiting) : 0;
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

/* ----- arrival, removal, life -------------------------------------------- */

/**
 * winpar_port_arrive() - a Linux port has taken this one's number
 * @port: new, or one that has gone
 *
 * Context: process context.
 */
void winpar_port_arrive(struct winpar_port *port)
{
	unsigned long flags;

	mutex_lock(&port->mutex);
	port->generation++;
	winpar_port_lock(port, &flags);
	port->state = WINPAR_PORT_AWAY;
	port->drained = false;
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_port_remove() - the Linux port goes away
 * @port: what it was
 *
 * Waiting requests complete with STATUS_DELETE_PENDING afterwards, from the
 * loop. Files of this life answer that from now on.
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_port_remove(struct winpar_port *port)
{
	struct winpar_file *file;
	unsigned long flags;

	mutex_lock(&port->mutex);
	winpar_port_lock(port, &flags);
	list_for_each_entry(file, &port->files, entry)
		file->gone = true;
	port->state = WINPAR_PORT_GONE;
	port->owner = NULL;
	port->round_wanted = false;
	port->round_open = false;
	__winpar_port_forget_rival(port);
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);

	winpar_host_detach(&port->host);
	winpar_interrupt_remove(port);

	winpar_port_lock(port, &flags);
	port->drained = true;
	__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_create() - make the object for a number that was never there
 * @number: M
 *
 * Return: the port, GONE until winpar_port_arrive(); NULL when out of memory.
 */
struct winpar_port *winpar_port_create(int number)
{
	struct winpar_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	atomic_long_set(&port->hold, WINPAR_HOLD_SLOW);
	spin_lock_init(&port->lock);
	port->state = WINPAR_PORT_GONE;
	INIT_LIST_HEAD(&port->fifo);
	INIT_LIST_HEAD(&port->rival);
	INIT_LIST_HEAD(&port->done);
	init_waitqueue_head(&port->waiters);
	tasklet_setup(&port->loop, winpar_port_loop);
	winpar_interrupt_init(port);
	port->device.DeviceExtension = port;
	port->device.StackSize = 1;
	port->number = number;
	snprintf(port->name, sizeof(port->name), "parport%d", number);
	mutex_init(&port->mutex);
	INIT_LIST_HEAD(&port->files);
	winpar_host_init(&port->host, &winpar_port_host_ops);
	return port;
}

/**
 * winpar_port_destroy() - at module exit
 * @port: one that is gone and has no files
 */
void winpar_port_destroy(struct winpar_port *port)
{
	winpar_host_exit(&port->host);
	tasklet_kill(&port->loop);
	WARN_ON(!list_empty(&port->files));
	kfree(port);
}
