// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parallel device's requests: their FIFO, and the thread that does them.
 *
 * An open device has one thread, the worker, which does the device's requests in
 * the order of @fifo: it takes the port (device/hold.c), runs the request's job,
 * and gives the port back if another waits for it or if no request is left. A
 * lock keeps the port until the client undoes it.
 *
 * A finished request is put on the port's done list, and the port's loop calls
 * its completion routine, as for requests to the port.
 *
 * What a cancel and the worker do to a request is in tests/model/irp.pml.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "device/hold.h"
#include "device/state.h"
#include "device/status.h"
#include "device/stop.h"
#include "device/worker.h"
#include "port/irp.h"
#include "port/queue.h"
#include "port/reserve.h"
#include "winpar_trace.h"

/* ----- the worker -------------------------------------------------------- */

/* The request that waits longest, or NULL. */
static IRP *__winpar_worker_first(struct winpar_device *device)
	__must_hold(&device->lock)
{
	lockdep_assert_held(&device->lock);
	return winpar_irp_first(&device->fifo, &device->cursor);
}

/*
 * Free the port, unless it is locked, or the next request is about to use it and no
 * other client or Linux driver waits for it.
 */
static void winpar_worker_rest(struct winpar_device *device)
{
	unsigned long flags;
	bool more;

	spin_lock_irqsave(&device->lock, flags);
	more = device->locked || __winpar_worker_first(device);
	spin_unlock_irqrestore(&device->lock, flags);
	if (!more || (!device->locked && winpar_port_is_awaited(device->port)))
		winpar_hold_give(device);
}

/* A job has failed: if that is the peripheral's doing, say so. */
static void winpar_worker_report(struct winpar_device *device, NTSTATUS status)
{
	/* winpar_worker_result() will replace @status by that of the stop. */
	if (READ_ONCE(device->stop) > WINPAR_STOP_TIME)
		return;
	switch (status) {
	case STATUS_IO_DEVICE_ERROR:
	case STATUS_DEVICE_BUSY:
	case STATUS_DEVICE_NOT_CONNECTED:
	case STATUS_DEVICE_OFF_LINE:
	case STATUS_DEVICE_PAPER_EMPTY:
	case STATUS_DEVICE_POWERED_OFF:
		trace_winpar_error(device->port->number,
				   winpar_file_client(device->file), "device",
				   status);
		winpar_status_report(device, status);
		break;
	}
}

/* Do what a request asks for, with the port and the engine. */
static NTSTATUS winpar_worker_handle(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status = STATUS_SUCCESS;

	if (!winpar_hold_begin(device))
		return STATUS_DELETE_PENDING;
	if (!job->timed)
		status = winpar_stop_check(device);
	if (status == STATUS_SUCCESS)
		status = job->handle(device, irp);
	winpar_worker_report(device, status);
	winpar_hold_end(device);
	return status;
}

static NTSTATUS winpar_worker_do(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status = winpar_state_check(device);

	if (!NT_SUCCESS(status))
		return status;
	/* Close stops only the request that runs: this one came off the FIFO later. */
	if (READ_ONCE(device->file->holder.closed))
		return STATUS_CANCELLED;
	/* An UNLOCK that was queued before this callback has been done. */
	if (job->locked && !device->locked)
		return STATUS_INVALID_DEVICE_STATE;
	if (job->bare) {
		winpar_stop_await_wake(device);
		return job->handle(device, irp);
	}
	status = winpar_hold_take(device, winpar_state_patience(), true);
	return NT_SUCCESS(status) ? winpar_worker_handle(device, irp) : status;
}

/* A request that failed after it was cancelled says so, not how it failed. */
static NTSTATUS winpar_worker_result(struct winpar_device *device,
				     NTSTATUS status)
{
	enum winpar_stop stop = READ_ONCE(device->stop);

	if (status == STATUS_SUCCESS || stop <= WINPAR_STOP_TIME)
		return status;
	return winpar_stop_status(stop);
}

/*
 * Queue the finished request to the port's loop before clearing @running. In
 * between, close would find it on no list and free the file under it.
 */
static void winpar_worker_pass_on(struct winpar_device *device, IRP *irp)
{
	unsigned long flags;

	/* Keep the loop from completing the request before the lock is free. */
	local_bh_disable();
	spin_lock_irqsave(&device->lock, flags);
	if (irp->winpar.job->locks)
		device->locking = false;
	__winpar_irp_end(irp, &device->queue);
	winpar_queue_defer(device->port, irp);
	device->running = NULL;
	__winpar_stop_forget(device);
	spin_unlock_irqrestore(&device->lock, flags);
	flush_signals(current);
	local_bh_enable();
	wake_up_all(&device->waiters);
}

static void winpar_worker_run(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status;

	status = winpar_worker_result(device, winpar_worker_do(device, irp));
	irp->IoStatus.Status = status;
	if (status == STATUS_SUCCESS && job->information)
		irp->IoStatus.Information = job->information;

	/* Before the completion routine, which may ask for the port. */
	winpar_worker_rest(device);
	winpar_worker_pass_on(device, irp);
}

/* Take the next request out of the FIFO; NULL when there is none. */
static IRP *winpar_worker_next(struct winpar_device *device)
{
	unsigned long flags;
	IRP *irp;

	spin_lock_irqsave(&device->lock, flags);
	irp = __winpar_worker_first(device);
	if (irp) {
		list_del(&irp->winpar.entry);
		device->running = irp;
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return irp;
}

static int winpar_worker_loop(void *data)
{
	struct winpar_device *device = data;
	IRP *irp;

	/* A signal from user space would end a transfer whose time is not over. */
	allow_kernel_signal(SIGKILL);
	for (;;) {
		irp = winpar_worker_next(device);
		if (irp) {
			winpar_worker_run(device, irp);
			/* The FIFO may never be empty. */
			cond_resched();
			continue;
		}
		/* The request for which the port was kept may have been cancelled. */
		if (!device->locked || READ_ONCE(device->ending))
			winpar_hold_give(device);
		if (READ_ONCE(device->ending))
			break;
		wait_event_idle(device->wake, READ_ONCE(device->ending) ||
				!list_empty_careful(&device->fifo));
	}
	complete(&device->ended);
	wait_event_idle(device->wake, kthread_should_stop());
	return 0;
}

/* ----- putting in, taking out -------------------------------------------- */

/**
 * __winpar_worker_queue() - have the worker do a request
 * @file: the file that it was sent by; its device's lock held
 * @irp: the request, prepared
 * @job: what to do for it
 *
 * Return: STATUS_PENDING; else it is not queued: STATUS_CANCELLED the file is
 * being closed, or the request was cancelled while it was being submitted;
 * STATUS_INVALID_DEVICE_STATE a LOCK, and the file has or awaits the lock;
 * STATUS_DELETE_PENDING or STATUS_DEVICE_REMOVED.
 */
NTSTATUS __winpar_worker_queue(struct winpar_file *file, IRP *irp,
			       const struct winpar_job *job)
	__must_hold(&file->device->lock)
{
	struct winpar_device *device = file->device;
	NTSTATUS status;

	lockdep_assert_held(&device->lock);
	status = winpar_state_check(device);
	if (!NT_SUCCESS(status))
		return status;
	if (file->holder.closed)
		return STATUS_CANCELLED;
	if (job->locks && (device->locked || device->locking))
		return STATUS_INVALID_DEVICE_STATE;
	irp->winpar.job = job;
	if (!__winpar_irp_begin(irp, &device->queue)) {
		__winpar_irp_take_back(irp);
		return STATUS_CANCELLED;
	}
	if (job->locks)
		device->locking = true;
	trace_winpar_queue(file, irp, false);
	list_add_tail(&irp->winpar.entry, &device->fifo);
	wake_up_all(&device->wake);
	return STATUS_PENDING;
}

/**
 * winpar_worker_queue() - have the worker do a request, the device lock not held
 * @file: the file that it was sent by
 * @irp: the request, prepared
 * @job: what to do for it
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as __winpar_worker_queue().
 */
NTSTATUS winpar_worker_queue(struct winpar_file *file, IRP *irp,
			     const struct winpar_job *job)
{
	struct winpar_device *device = file->device;
	unsigned long flags;
	NTSTATUS status;

	spin_lock_irqsave(&device->lock, flags);
	status = __winpar_worker_queue(file, irp, job);
	spin_unlock_irqrestore(&device->lock, flags);
	return status;
}

/*
 * Take a request out of the FIFO and give it to the port's loop. Whenever the
 * device lock is free it is on one of the two lists, where close finds it.
 */
static void __winpar_worker_end(struct winpar_device *device, IRP *irp,
				NTSTATUS status)
	__must_hold(&device->lock)
{
	lockdep_assert_held(&device->lock);
	__winpar_irp_end(irp, &device->queue);
	if (status == STATUS_CANCELLED)
		trace_winpar_cancel(irp);
	if (irp->winpar.job->locks)
		device->locking = false;
	list_del(&irp->winpar.entry);
	winpar_irp_set_result(irp, status, 0);
	winpar_queue_defer(device->port, irp);
}

/*
 * struct winpar_queue.cancel of a device. A request that the worker is at is
 * stopped at the next byte; how it ends is not known yet.
 */
static bool winpar_worker_cancel(struct winpar_queue *queue, IRP *irp)
{
	struct winpar_device *device = container_of(queue, struct winpar_device,
						    queue);
	bool waited = false;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->running == irp)
		__winpar_stop_job(device, WINPAR_STOP_CANCEL);
	else
		waited = READ_ONCE(irp->winpar.queue) == queue;
	if (waited)
		__winpar_worker_end(device, irp, STATUS_CANCELLED);
	spin_unlock_irqrestore(&device->lock, flags);
	return waited;
}

/* How many requests are looked at or ended before the device lock is released. */
#define WINPAR_WORKER_BATCH	32

/*
 * End up to WINPAR_WORKER_BATCH requests that wait in @fifo, if @file is NULL or
 * has the device open. Return false when none is left to be ended.
 */
static bool winpar_worker_end_batch(struct winpar_device *device,
				    const struct winpar_file *file,
				    NTSTATUS status, unsigned int *count)
{
	unsigned int batch = WINPAR_WORKER_BATCH;
	unsigned long flags;
	IRP *irp = NULL;

	spin_lock_irqsave(&device->lock, flags);
	while ((!file || device->file == file) && batch-- &&
	       (irp = __winpar_worker_first(device))) {
		__winpar_worker_end(device, irp, status);
		++*count;
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return irp;
}

/* Cancel, among some requests, those that have their routine in a module. */
static bool __winpar_worker_scan(struct winpar_device *device,
				 struct module *module, unsigned int *count)
	__must_hold(&device->lock)
{
	unsigned int batch = WINPAR_WORKER_BATCH;
	IRP *irp;

	lockdep_assert_held(&device->lock);
	while ((irp = winpar_irp_scan(&device->cursor, &device->fifo, module,
				      &batch))) {
		__winpar_worker_end(device, irp, STATUS_CANCELLED);
		++*count;
	}
	return device->cursor.next != &device->fifo;
}

static bool winpar_worker_runs_for(struct winpar_device *device,
				   struct module *module)
{
	unsigned long flags;
	bool runs;

	spin_lock_irqsave(&device->lock, flags);
	runs = device->running &&
	       within_module((unsigned long)device->running->Stack.CompletionRoutine,
			     module);
	spin_unlock_irqrestore(&device->lock, flags);
	return runs;
}

/**
 * winpar_worker_silence() - end a module's requests to a device
 * @device: the device; the module may have sent them through any client's file
 * @module: entered by winpar_leaving_begin(): its routines are not called
 *
 * Waits for no other module's requests.
 *
 * Context: process context, may sleep, the file mutex held.
 * Return: how many requests of its there were.
 */
unsigned int winpar_worker_silence(struct winpar_device *device,
				   struct module *module)
{
	unsigned int count = 0;
	unsigned long flags;
	bool more;

	lockdep_assert_held(&device->port->mutex);
	spin_lock_irqsave(&device->lock, flags);
	list_add(&device->cursor, &device->fifo);
	do {
		more = __winpar_worker_scan(device, module, &count);
		spin_unlock_irqrestore(&device->lock, flags);
		spin_lock_irqsave(&device->lock, flags);
	} while (more);
	list_del_init(&device->cursor);
	if (device->running &&
	    within_module((unsigned long)device->running->Stack.CompletionRoutine,
			  module)) {
		count += device->stop < WINPAR_STOP_CANCEL;
		__winpar_stop_job(device, WINPAR_STOP_CANCEL);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	wait_event(device->waiters, !winpar_worker_runs_for(device, module));
	return count;
}

/* ----- beginning and end ------------------------------------------------- */

/**
 * winpar_worker_start() - a device was opened: start its worker
 * @device: the device, @file set
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_CANCELLED the caller was killed;
 * STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS winpar_worker_start(struct winpar_device *device)
{
	struct task_struct *worker;

	device->ending = false;
	reinit_completion(&device->ended);
	worker = kthread_run(winpar_worker_loop, device, KBUILD_MODNAME "/%s",
			     device->name);
	if (PTR_ERR(worker) == -EINTR)
		return STATUS_CANCELLED;
	if (IS_ERR(worker))
		return STATUS_INSUFFICIENT_RESOURCES;
	device->worker = worker;
	return STATUS_SUCCESS;
}

/**
 * winpar_worker_cancel_all() - cancel every request of a file to its device
 * @file: the file, closed: it takes no more requests. If another file has the
 *        device open by now, nothing happens
 *
 * They complete with STATUS_CANCELLED; with STATUS_DELETE_PENDING if the port is going.
 *
 * Context: process context.
 * Return: how many requests it has cancelled.
 */
unsigned int winpar_worker_cancel_all(struct winpar_file *file)
{
	struct winpar_device *device = file->device;
	bool gone = winpar_port_is_gone(device->port);
	enum winpar_stop stop = gone ? WINPAR_STOP_GONE : WINPAR_STOP_CANCEL;
	unsigned int count = 0;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->file == file) {
		count = device->running && device->stop < stop;
		__winpar_stop_job(device, stop);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	while (winpar_worker_end_batch(device, file, winpar_stop_status(stop), &count))
		;
	/* The removal would have ended those of a port that goes: the client is not blamed. */
	return gone ? 0 : count;
}

/**
 * winpar_worker_stop() - end a device's worker
 * @device: its requests cancelled
 *
 * All requests have ended when this returns, and the port is given back.
 *
 * kthread_stop() makes signal_pending() true in the worker for good, which ends each
 * wait of the engine at once: blocking signals is of no use against it. So it is called
 * when the worker has ended the mode on the wire and has no use for the engine any more.
 *
 * Context: process context, may sleep.
 */
void winpar_worker_stop(struct winpar_device *device)
{
	WRITE_ONCE(device->ending, true);
	wake_up_all(&device->wake);
	wait_for_completion(&device->ended);
	kthread_stop(device->worker);
	device->worker = NULL;
}

/**
 * winpar_worker_fail() - the port is going away
 * @device: a device on the port; the port is marked gone
 *
 * The device's requests end with STATUS_DELETE_PENDING.
 *
 * Context: process context.
 */
void winpar_worker_fail(struct winpar_device *device)
{
	unsigned int count = 0;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	__winpar_stop_job(device, WINPAR_STOP_GONE);
	spin_unlock_irqrestore(&device->lock, flags);
	while (winpar_worker_end_batch(device, NULL, STATUS_DELETE_PENDING,
				       &count))
		;
}

/**
 * winpar_worker_init() - set up a device's lock, lists and queues
 * @device: the device
 */
void winpar_worker_init(struct winpar_device *device)
{
	spin_lock_init(&device->lock);
	ratelimit_state_init(&device->reports, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	device->queue.lock = &device->lock;
	device->queue.cancel = winpar_worker_cancel;
	INIT_LIST_HEAD(&device->fifo);
	INIT_LIST_HEAD(&device->cursor);
	init_waitqueue_head(&device->wake);
	init_waitqueue_head(&device->waiters);
	init_completion(&device->ended);
	winpar_stop_init(device);
}
