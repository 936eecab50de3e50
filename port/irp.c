// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancelling a request and waiting for one, for clients and for rooms that make
 * requests of their own. tests/model/irp.pml has the steps of a cancel.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/wait_bit.h>

#include "port/irp.h"
#include "port/port.h"
#include "port/wait.h"

/**
 * winpar_irp_abort() - cancel a request, in whatever queue it is
 * @irp: the request, whose memory the caller knows to be good
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when the request completes with STATUS_CANCELLED.
 */
bool winpar_irp_abort(IRP *irp)
{
	struct winpar_queue *queue;
	bool cancelled;

	WRITE_ONCE(irp->winpar.cancel, true);
	/* __winpar_irp_begin() sets @queue, then reads @cancel. */
	smp_mb();
	/* The queue may be freed when the request has left it. */
	rcu_read_lock();
	queue = READ_ONCE(irp->winpar.queue);
	cancelled = queue && queue->cancel(queue, irp);
	rcu_read_unlock();
	return cancelled;
}

/**
 * winpar_irp_await() - wait for a request without a completion routine
 * @irp: the request, submitted
 * @timeout: how long at most, in jiffies; from MAX_SCHEDULE_TIMEOUT: for ever
 *
 * A fatal signal cancels the request. Then this waits, without @timeout, until the
 * request completes: at most until a byte is off the wire, or the loop has run.
 *
 * Context: process context, may sleep, and be frozen; not inside a routine that
 * winpar called.
 * Return: its status; STATUS_TIMEOUT it is pending still.
 */
NTSTATUS winpar_irp_await(IRP *irp, unsigned long timeout)
{
	/* More than the kernel's longest time-out is for ever. */
	long left = winpar_wait_killable(&irp->winpar.state,
					 !winpar_irp_is_pending(irp),
					 min_t(unsigned long, timeout,
					       MAX_SCHEDULE_TIMEOUT));

	if (!left)
		return STATUS_TIMEOUT;
	if (left < 0) {
		winpar_irp_abort(irp);
		wait_var_event(&irp->winpar.state, !winpar_irp_is_pending(irp));
	}
	return irp->IoStatus.Status;
}
