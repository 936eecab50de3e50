/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a request, for the rooms that move it from one state to the next.
 *
 * WINPAR_IRP_IDLE: the client's. A request that completes at once never leaves
 * this state. WINPAR_IRP_PENDING: winpar's, from the moment in which it is
 * queued, on a port, on a device or on the list of what the loop has to tell,
 * until its client is told. While it is in a queue, or a device's worker is at
 * it, struct winpar_irp_private.queue names that queue; __winpar_irp_end() takes
 * it off, once, under the queue's lock: the first result wins.
 *
 * The steps are in tests/model/irp.pml, where @pending says which state it is.
 */
#ifndef _WINPAR_IRP_PRIVATE_H
#define _WINPAR_IRP_PRIVATE_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/wait_bit.h>

#include <winpar/irp.h>

#include "port/port.h"
#include "winpar_trace.h"

enum winpar_irp_state {
	WINPAR_IRP_IDLE,
	WINPAR_IRP_PENDING,
};

/* Prepare a request to be sent to what @file has opened. */
static inline void winpar_irp_prepare(IRP *irp, struct winpar_file *file)
{
	WRITE_ONCE(irp->winpar.cancel, false);
	irp->winpar.file = file;
	irp->Stack.DeviceObject = file->object;
}

/* Prepare a request of winpar's own to be sent; @name is what events call it. */
static inline void winpar_irp_prepare_own(IRP *irp, struct winpar_file *file,
					  const char *name)
{
	winpar_irp_prepare(irp, file);
	trace_winpar_submit(file, irp, name);
}

/* Has the request been submitted, and not been completed since? */
static inline bool winpar_irp_is_pending(const IRP *irp)
{
	/* What its client reads of a request that is done comes after this. */
	return smp_load_acquire(&irp->winpar.state) == WINPAR_IRP_PENDING;
}

static inline void winpar_irp_set_result(IRP *irp, NTSTATUS status,
					 ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
}

/* Complete a request that is in no list and has no routine to be called. */
static inline NTSTATUS winpar_irp_end_at_once(IRP *irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	trace_winpar_complete(irp);
	return status;
}

/*
 * A request begins to wait for the port, for the event winpar_grant. Until the
 * request ends its Information is winpar's, and would be 0.
 */
static inline void winpar_irp_mark(IRP *irp)
{
	if (trace_winpar_grant_enabled())
		irp->IoStatus.Information = ktime_to_us(ktime_get());
}

/**
 * __winpar_irp_begin() - queue a request
 * @irp: the request, prepared
 * @queue: on what, its lock held
 *
 * Return: false when the request has been cancelled while it was submitted: the
 * caller ends it with STATUS_CANCELLED.
 */
static inline bool __winpar_irp_begin(IRP *irp, struct winpar_queue *queue)
	__must_hold(queue->lock)
{
	lockdep_assert_held(queue->lock);
	winpar_irp_set_result(irp, STATUS_PENDING, 0);
	WRITE_ONCE(irp->winpar.state, WINPAR_IRP_PENDING);
	WRITE_ONCE(irp->winpar.queue, queue);
	/* winpar_irp_abort() sets @cancel, then reads @queue. */
	smp_mb();
	return !READ_ONCE(irp->winpar.cancel);
}

/**
 * __winpar_irp_end() - decide how a queued request ends
 * @irp: the request
 * @queue: the queue that ends it, its lock held
 *
 * Return: true when the caller decides; false when the request is not in this
 * queue, or not any more.
 */
static inline bool __winpar_irp_end(IRP *irp, struct winpar_queue *queue)
	__must_hold(queue->lock)
{
	lockdep_assert_held(queue->lock);
	if (READ_ONCE(irp->winpar.queue) != queue)
		return false;
	WRITE_ONCE(irp->winpar.queue, NULL);
	return true;
}

/**
 * __winpar_irp_take_back() - undo __winpar_irp_begin(): it completes at once
 * @irp: the request, in no list; its queue's lock held
 */
static inline void __winpar_irp_take_back(IRP *irp)
	__must_hold(irp->winpar.queue->lock)
{
	lockdep_assert_held(irp->winpar.queue->lock);
	WRITE_ONCE(irp->winpar.queue, NULL);
	WRITE_ONCE(irp->winpar.state, WINPAR_IRP_IDLE);
}

/**
 * winpar_irp_tell() - give a request back to its client
 * @irp: the request, its result set, in no list. It may be gone when this returns
 * @routine: its completion routine, or NULL
 *
 * A client that waits sees the state; waking it up touches nothing of the
 * request, which the client may have freed by then.
 */
static inline void winpar_irp_tell(IRP *irp, PIO_COMPLETION_ROUTINE routine)
{
	u8 *state = &irp->winpar.state;

	/* After the result: winpar_irp_is_pending() reads them in this order. */
	smp_store_release(state, WINPAR_IRP_IDLE);
	if (routine) {
		routine(irp->Stack.DeviceObject, irp, irp->Stack.Context);
		return;
	}
	/* The waiter queues itself, then looks at the state. */
	smp_mb();
	wake_up_var(state);
}

/* ----- lists of requests ------------------------------------------------- */

/*
 * A cursor is an entry of a list of requests that is no request: a scan of the
 * list stands there while it has dropped the lock.
 */

/* The first request of a list on which a cursor may stand, or NULL. */
static inline IRP *winpar_irp_first(const struct list_head *list,
				    const struct list_head *cursor)
{
	const struct list_head *entry = list->next;

	if (entry == cursor)
		entry = entry->next;
	return entry == list ? NULL : list_entry(entry, IRP, winpar.entry);
}

/**
 * winpar_irp_scan() - look for a request whose routine is a module's
 * @cursor: in the list; moves behind each request that is looked at
 * @list: of requests, its lock held
 * @module: the module
 * @batch: how many more requests may be looked at before the lock is dropped
 *
 * Return: the request, just before the cursor; NULL none in this batch.
 */
static inline IRP *winpar_irp_scan(struct list_head *cursor,
				   const struct list_head *list,
				   const struct module *module,
				   unsigned int *batch)
{
	struct list_head *entry;
	IRP *irp;

	while (*batch && cursor->next != list) {
		--*batch;
		entry = cursor->next;
		irp = list_entry(entry, IRP, winpar.entry);
		list_move(cursor, entry);
		if (within_module((unsigned long)irp->Stack.CompletionRoutine,
				  module))
			return irp;
	}
	return NULL;
}

bool winpar_irp_abort(IRP *irp);
NTSTATUS winpar_irp_await(IRP *irp, unsigned long timeout);

#endif /* _WINPAR_IRP_PRIVATE_H */
