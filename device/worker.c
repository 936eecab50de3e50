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
#include "port/wait.h"

/* ----- the worker ---------------------------------------------------------- */

/* Free the port, unless it is locked or the next request is about to use it. */
static void winpar_worker_rest(struct winpar_device *device)
{
	unsigned long flags;
	bool more;

	spin_lock_irqsave(&device->lock, flags);
	more = device->locked || !list_empty(&device->fifo);
	spin_unlock_irqrestore(&device->lock, flags);
	if (!more || (!device->locked && READ_ONCE(device->port->nwaiting)))
		winpar_hold_give(device);
}

/* A job has failed: if that is the peripheral's doing, say so in the log. */
static void winpar_worker_report(struct winpar_device *device, NTSTATUS status)
{
	/* The request completes with another status. */
	if (READ_ONCE(device->stop) > WINPAR_STOP_TIME)
		return;
	if (status == STATUS_IO_DEVICE_ERROR)
		winpar_status_report(device, "STATUS_IO_DEVICE_ERROR");
	if (status == STATUS_DEVICE_BUSY)
		winpar_status_report(device, "STATUS_DEVICE_BUSY");
}

static NTSTATUS winpar_worker_do(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status = winpar_state_check(device);

	if (!NT_SUCCESS(status))
		return status;
	/* winpar_worker_shut() stopped the request that ran, not this one. */
	if (READ_ONCE(device->file->closing))
		return STATUS_CANCELLED;
	/* An UNLOCK that was queued before this callback has been done. */
	if (job->locked && !device->locked)
		return STATUS_INVALID_DEVICE_STATE;
	if (job->bare)
		return job->handle(device, irp);
	status = winpar_hold_take(device, winpar_state_patience(), true);
	if (!NT_SUCCESS(status))
		return status;
	if (!winpar_hold_begin(device))
		return STATUS_DELETE_PENDING;
	status = job->handle(device, irp);
	winpar_worker_report(device, status);
	winpar_hold_end(device);
	return status;
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
 * Give the finished request to the port's loop before @running is cleared. In
 * between, winpar_worker_shut() would find it on no list, and the file would be
 * freed under it.
 */
static void winpar_worker_finish(struct winpar_device *device, IRP *irp)
{
	unsigned long flags;

	/* Keep the loop from completing the request before the lock is free. */
	local_bh_disable();
	spin_lock_irqsave(&device->lock, flags);
	if (irp->winpar.job->locks)
		device->locking = false;
	device->running = NULL;
	__winpar_stop_forget(device);
	winpar_queue_finished(device->port, irp);
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
	winpar_worker_finish(device, irp);
}

/* Take the next request out of the FIFO; NULL when there is none. */
static IRP *winpar_worker_next(struct winpar_device *device)
{
	unsigned long flags;
	IRP *irp;

	spin_lock_irqsave(&device->lock, flags);
	irp = list_first_entry_or_null(&device->fifo, IRP, winpar.entry);
	if (irp) {
		list_del(&irp->winpar.entry);
		irp->winpar.state = WINPAR_IRP_RUNNING;
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
			continue;
		}
		/* The request for which the port was kept may have been cancelled. */
		if (!device->locked || kthread_should_stop())
			winpar_hold_give(device);
		if (kthread_should_stop())
			break;
		wait_event_idle(device->wake, kthread_should_stop() ||
				!list_empty_careful(&device->fifo));
	}
	return 0;
}

/* ----- putting in, taking out ---------------------------------------------- */

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
	if (file->closing || irp->winpar.cancelled)
		return STATUS_CANCELLED;
	if (job->locks && (device->locked || device->locking))
		return STATUS_INVALID_DEVICE_STATE;
	if (job->locks)
		device->locking = true;
	irp->winpar.job = job;
	winpar_irp_set_result(irp, STATUS_PENDING, 0);
	irp->winpar.state = WINPAR_IRP_QUEUED;
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
	if (irp->winpar.job->locks)
		device->locking = false;
	list_del(&irp->winpar.entry);
	winpar_irp_set_result(irp, status, 0);
	winpar_queue_finished(device->port, irp);
}

/**
 * winpar_worker_cancel() - cancel a request to a parallel device
 * @device: to which it was submitted
 * @irp: the request
 *
 * A request that the worker does is stopped at the next byte.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when it completes with STATUS_CANCELLED; false when its result
 * stood already, or is still open.
 */
bool winpar_worker_cancel(struct winpar_device *device, IRP *irp)
{
	bool queued = false;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (irp->winpar.state == WINPAR_IRP_SUBMITTING)
		irp->winpar.cancelled = true;
	else if (device->running == irp)
		__winpar_stop_job(device, WINPAR_STOP_CANCEL);
	else
		queued = irp->winpar.state == WINPAR_IRP_QUEUED;
	if (queued)
		__winpar_worker_end(device, irp, STATUS_CANCELLED);
	spin_unlock_irqrestore(&device->lock, flags);
	return queued;
}

/* Called by the port's loop: a request from winpar_worker_prepare() is over. */
static NTSTATUS winpar_worker_told(PDEVICE_OBJECT object, IRP *irp,
				   PVOID context)
{
	u8 *told = context;

	/* From here on the waiter may return: only the address is used. */
	smp_store_release(told, 1);
	smp_mb(); /* before wake_up_var() looks whether anything waits */
	wake_up_var(told);
	return STATUS_SUCCESS;
}

/**
 * winpar_worker_prepare() - make a request of the caller's own
 * @file: whose device it is for
 * @irp: on the caller's stack, set up
 * @told: where it is noted that the request is over
 *
 * Then it is given to __winpar_worker_queue() and, if that says STATUS_PENDING,
 * to winpar_worker_wait().
 *
 * Context: any.
 */
void winpar_worker_prepare(struct winpar_file *file, IRP *irp, u8 *told)
{
	*told = 0;
	winpar_irp_set_completion(irp, winpar_worker_told, told);
	winpar_irp_prepare(irp, file);
}

/**
 * winpar_worker_wait() - wait for a request of the caller's own
 * @device: to which it was queued
 * @irp: the request, from winpar_worker_prepare()
 * @told: as given to that
 *
 * A fatal signal cancels it.
 *
 * Context: process context, may sleep; can be frozen.
 * Return: its status.
 */
NTSTATUS winpar_worker_wait(struct winpar_device *device, IRP *irp, u8 *told)
{
	/* Both acquire what winpar_worker_told() releases. */
	if (winpar_wait_killable(told, smp_load_acquire(told),
				 MAX_SCHEDULE_TIMEOUT) < 0) {
		winpar_worker_cancel(device, irp);
		/* The worker stops at the next byte: this wait is short. */
		wait_var_event(told, smp_load_acquire(told));
	}
	return irp->IoStatus.Status;
}

/* End all requests that wait or, with a module, those of that module. */
static unsigned int winpar_worker_end_all(struct winpar_device *device,
					  struct module *module,
					   NTSTATUS status)
{
	unsigned int count = 0;
	unsigned long flags;
	IRP *irp, *next;

	spin_lock_irqsave(&device->lock, flags);
	list_for_each_entry_safe(irp, next, &device->fifo, winpar.entry) {
		if (module && !winpar_irp_is_module(irp, module))
			continue;
		if (module)
			irp->winpar.silent = true;
		__winpar_worker_end(device, irp, status);
		count++;
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return count;
}

static bool winpar_worker_runs_for(struct winpar_device *device,
				   struct module *module, bool halt)
{
	unsigned long flags;
	bool runs;

	spin_lock_irqsave(&device->lock, flags);
	runs = device->running && winpar_irp_is_module(device->running, module);
	if (runs && halt) {
		device->running->winpar.silent = true;
		__winpar_stop_job(device, WINPAR_STOP_CANCEL);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return runs;
}

/**
 * winpar_worker_silence() - end a module's requests to a device
 * @device: the device, which a file of another module may have open
 * @module: is being unloaded; none of its completion routines is called any more
 *
 * Context: process context, may sleep.
 * Return: how many requests of the module there were.
 */
unsigned int winpar_worker_silence(struct winpar_device *device,
				   struct module *module)
{
	unsigned int count = winpar_worker_end_all(device, module,
						    STATUS_CANCELLED);

	count += winpar_worker_runs_for(device, module, true);
	wait_event(device->waiters,
		   !winpar_worker_runs_for(device, module, false));
	return count;
}

/* ----- beginning and end ---------------------------------------------------- */

/**
 * winpar_worker_start() - a device was opened: start its worker
 * @device: the device, @file set
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS winpar_worker_start(struct winpar_device *device)
{
	struct task_struct *worker;

	worker = kthread_run(winpar_worker_loop, device, KBUILD_MODNAME "/%s",
			     device->name);
	if (IS_ERR(worker))
		return STATUS_INSUFFICIENT_RESOURCES;
	device->worker = worker;
	return STATUS_SUCCESS;
}

/**
 * winpar_worker_shut() - a device is being closed: end its requests
 * @device: the device; takes no more
 *
 * When this returns all have ended, though the port's loop may still have to
 * call their completion routines, and the port is free.
 *
 * Context: process context, may sleep.
 * Return: how many requests there were.
 */
unsigned int winpar_worker_shut(struct winpar_device *device)
{
	unsigned int count;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->file->closing = true;
	count = device->running ? 1 : 0;
	__winpar_stop_job(device, WINPAR_STOP_CANCEL);
	spin_unlock_irqrestore(&device->lock, flags);
	count += winpar_worker_end_all(device, NULL, STATUS_CANCELLED);
	kthread_stop(device->worker);
	device->worker = NULL;
	return count;
}

/**
 * winpar_worker_fail() - the port is going away
 * @device: on it
 *
 * Its requests end with STATUS_DELETE_PENDING.
 *
 * Context: process context.
 */
void winpar_worker_fail(struct winpar_device *device)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->leaving = true;
	__winpar_stop_job(device, WINPAR_STOP_GONE);
	spin_unlock_irqrestore(&device->lock, flags);
	winpar_worker_end_all(device, NULL, STATUS_DELETE_PENDING);
}

/**
 * winpar_worker_init() - set up a device's part in this room
 * @device: the device
 */
void winpar_worker_init(struct winpar_device *device)
{
	spin_lock_init(&device->lock);
	ratelimit_state_init(&device->reports, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	INIT_LIST_HEAD(&device->fifo);
	init_waitqueue_head(&device->wake);
	init_waitqueue_head(&device->waiters);
	winpar_stop_init(device);
}
