// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parallel device's requests: their FIFO, and the thread that does them.
 *
 * One thread per open device does its requests, in order. After a request it
 * frees the port (device/hold.c) if anybody waits for it or no request is
 * left; a lock keeps the port until it is undone. What a request does on the
 * wires is its job's business.
 *
 * A job that has to stop (cancelled, out of time, the port is going) finds the
 * reason in @stop, and some jiffies later a signal pending: a signal is what ends
 * a call of Linux's transfer engine at the next byte, but only when the time-out
 * of that byte has passed (host/engine.c). Signals are sent under the
 * device lock, to the request that is running; when it is over none is left
 * behind.
 *
 * Requests complete through the port's loop, as those of the port do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "winpar.h"
#include "port/irp.h"
#include "port/wait.h"

/* ----- why a job stops ---------------------------------------------------- */

/**
 * winpar_device_stop() - must the job that runs stop?
 * @device: its device
 *
 * Context: the worker's thread.
 * Return: why, or WINPAR_STOP_NONE. A signal that was not winpar's is forgotten.
 */
enum winpar_stop winpar_device_stop(struct winpar_device *device)
{
	enum winpar_stop stop = READ_ONCE(device->stop);

	if (likely(stop == WINPAR_STOP_NONE) && unlikely(signal_pending(current)))
		flush_signals(current);
	/* One that was sent meanwhile may just have been lost: look again. */
	return stop ?: READ_ONCE(device->stop);
}

/**
 * winpar_device_stop_status() - with what a request that was stopped completes
 * @stop: why it was
 *
 * Context: any.
 * Return: STATUS_SUCCESS for WINPAR_STOP_NONE; STATUS_TIMEOUT;
 * STATUS_CANCELLED; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_device_stop_status(enum winpar_stop stop)
{
	switch (stop) {
	case WINPAR_STOP_TIME:
		return STATUS_TIMEOUT;
	case WINPAR_STOP_CANCEL:
		return STATUS_CANCELLED;
	case WINPAR_STOP_GONE:
		return STATUS_DELETE_PENDING;
	default:
		return STATUS_SUCCESS;
	}
}

/* What is on the wires ends: first its time-outs, then a signal. */
static void __winpar_device_expire(struct winpar_device *device)
{
	lockdep_assert_held(&device->lock);
	if (!device->driving)
		return;
	winpar_engine_expire(&device->engine);
	device->expired = jiffies;
	mod_delayed_work(system_highpri_wq, &device->interrupt,
			 WINPAR_ENGINE_EXPIRY);
}

/**
 * winpar_device_drive() - the worker begins or ends to use the engine
 * @device: the device
 * @driving: it begins
 *
 * Context: the worker's thread.
 */
void winpar_device_drive(struct winpar_device *device, bool driving)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->driving = driving;
	if (device->running && device->stop)
		__winpar_device_expire(device);
	spin_unlock_irqrestore(&device->lock, flags);
}

/* Stop what the worker is at. Its time is the weakest reason. */
static void __winpar_device_halt(struct winpar_device *device,
				 enum winpar_stop stop)
{
	lockdep_assert_held(&device->lock);
	if (!device->running || device->stop >= stop)
		return;
	WRITE_ONCE(device->stop, stop);
	__winpar_device_expire(device);
	wake_up_all(&device->wake);
}

static void winpar_device_interrupt(struct work_struct *work)
{
	struct winpar_device *device =
		container_of(to_delayed_work(work), struct winpar_device,
			     interrupt);
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->running && device->stop && device->driving) {
		if (time_before(jiffies, device->expired +
				WINPAR_ENGINE_EXPIRY))
			__winpar_device_expire(device);
		else
			send_sig(SIGKILL, device->worker, 1);
	}
	spin_unlock_irqrestore(&device->lock, flags);
}

static void winpar_device_time_out(struct work_struct *work)
{
	struct winpar_device *device =
		container_of(to_delayed_work(work), struct winpar_device, time);
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	__winpar_device_halt(device, WINPAR_STOP_TIME);
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * winpar_device_set_time() - give the job that runs some time
 * @device: its device
 * @ms: how long from now until it is stopped, in ms
 *
 * Context: the worker's thread. winpar_device_clear_time() undoes it.
 */
void winpar_device_set_time(struct winpar_device *device, unsigned int ms)
{
	mod_delayed_work(system_highpri_wq, &device->time,
			 msecs_to_jiffies(ms));
}

/**
 * winpar_device_clear_time() - give the job that runs all the time it needs
 * @device: its device; if its time had run out that is forgotten
 *
 * Context: the worker's thread, may sleep.
 */
void winpar_device_clear_time(struct winpar_device *device)
{
	unsigned long flags;

	cancel_delayed_work_sync(&device->time);
	spin_lock_irqsave(&device->lock, flags);
	if (device->stop == WINPAR_STOP_TIME) {
		WRITE_ONCE(device->stop, WINPAR_STOP_NONE);
		flush_signals(current);
	}
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * winpar_device_nap() - let some time pass in a job
 * @device: its device
 * @ms: how long at most, in ms
 *
 * Context: the worker's thread, may sleep.
 * Return: whether the job may go on.
 */
bool winpar_device_nap(struct winpar_device *device, unsigned int ms)
{
	if (winpar_device_stop(device) == WINPAR_STOP_NONE)
		schedule_timeout_interruptible(msecs_to_jiffies(ms) ?: 1);
	return winpar_device_stop(device) == WINPAR_STOP_NONE;
}

/* ----- the worker ---------------------------------------------------------- */

/* Free the port, unless it is locked or the next request is about to use it. */
static void winpar_device_rest(struct winpar_device *device)
{
	unsigned long flags;
	bool more;

	spin_lock_irqsave(&device->lock, flags);
	more = device->locked || !list_empty(&device->fifo);
	spin_unlock_irqrestore(&device->lock, flags);
	if (!more || (!device->locked && READ_ONCE(device->port->nwaiting)))
		winpar_device_give_port(device);
}

static NTSTATUS winpar_device_do(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status = winpar_device_state(device);

	if (!NT_SUCCESS(status))
		return status;
	/* Close stops the one that runs; this was not it. */
	if (READ_ONCE(device->file->closing))
		return STATUS_CANCELLED;
	/* An UNLOCK may have come before it. */
	if (job->locked && !device->locked)
		return STATUS_INVALID_DEVICE_STATE;
	if (job->bare)
		return job->handle(device, irp);
	status = winpar_device_take_port(device, winpar_device_patience(),
					 true);
	if (!NT_SUCCESS(status))
		return status;
	if (!winpar_device_begin(device))
		return STATUS_DELETE_PENDING;
	status = job->handle(device, irp);
	/* What has stopped it is no fault of the device's. */
	if (READ_ONCE(device->stop) > WINPAR_STOP_TIME)
		;
	else if (status == STATUS_IO_DEVICE_ERROR)
		winpar_status_report(device, "STATUS_IO_DEVICE_ERROR");
	else if (status == STATUS_DEVICE_BUSY)
		winpar_status_report(device, "STATUS_DEVICE_BUSY");
	winpar_device_end(device);
	return status;
}

/* What a request that has ended by itself tells of what has stopped it. */
static NTSTATUS winpar_device_result(struct winpar_device *device,
				     NTSTATUS status)
{
	enum winpar_stop stop = READ_ONCE(device->stop);

	if (status == STATUS_SUCCESS || stop <= WINPAR_STOP_TIME)
		return status;
	return winpar_device_stop_status(stop);
}

/* The request is over. It is the loop's before it is not ours any more. */
static void winpar_device_finish(struct winpar_device *device, IRP *irp)
{
	unsigned long flags;

	/* The loop runs as soon as softirqs can. */
	local_bh_disable();
	spin_lock_irqsave(&device->lock, flags);
	if (irp->winpar.job->locks)
		device->locking = false;
	device->running = NULL;
	WRITE_ONCE(device->stop, WINPAR_STOP_NONE);
	winpar_queue_finished(device->port, irp);
	spin_unlock_irqrestore(&device->lock, flags);
	flush_signals(current);
	local_bh_enable();
	wake_up_all(&device->waiters);
}

static void winpar_device_run(struct winpar_device *device, IRP *irp)
{
	const struct winpar_job *job = irp->winpar.job;
	NTSTATUS status;

	status = winpar_device_result(device, winpar_device_do(device, irp));
	irp->IoStatus.Status = status;
	if (status == STATUS_SUCCESS && job->information)
		irp->IoStatus.Information = job->information;

	/* Whoever is told finds the port free. */
	winpar_device_rest(device);
	winpar_device_finish(device, irp);
}

/* The next request; NULL when there is none. */
static IRP *winpar_device_next(struct winpar_device *device)
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

static int winpar_device_work(void *data)
{
	struct winpar_device *device = data;
	IRP *irp;

	/* What a user sends would end a transfer whose time is not over. */
	allow_kernel_signal(SIGKILL);
	for (;;) {
		irp = winpar_device_next(device);
		if (irp) {
			winpar_device_run(device, irp);
			continue;
		}
		/* The request that it was kept for may have been cancelled. */
		if (!device->locked || kthread_should_stop())
			winpar_device_give_port(device);
		if (kthread_should_stop())
			break;
		wait_event_idle(device->wake, kthread_should_stop() ||
				!list_empty_careful(&device->fifo));
	}
	return 0;
}

/* ----- putting in, taking out ---------------------------------------------- */

/**
 * __winpar_device_queue() - have the worker do a request
 * @file: whose; its device's lock held
 * @irp: the request, prepared
 * @job: what to do for it
 *
 * Return: STATUS_PENDING; else it is not queued: STATUS_CANCELLED the file is
 * being closed, or the request was cancelled meanwhile;
 * STATUS_INVALID_DEVICE_STATE a lock is wanted by who has or awaits it;
 * STATUS_DELETE_PENDING or STATUS_DEVICE_REMOVED.
 */
NTSTATUS __winpar_device_queue(struct winpar_file *file, IRP *irp,
			       const struct winpar_job *job)
{
	struct winpar_device *device = file->device;

	NTSTATUS status = winpar_device_state(device);

	lockdep_assert_held(&device->lock);
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
 * winpar_device_queue() - the same, without the lock
 * @file: whose
 * @irp: the request, prepared
 * @job: what to do for it
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as __winpar_device_queue().
 */
NTSTATUS winpar_device_queue(struct winpar_file *file, IRP *irp,
			     const struct winpar_job *job)
{
	struct winpar_device *device = file->device;
	unsigned long flags;
	NTSTATUS status;

	spin_lock_irqsave(&device->lock, flags);
	status = __winpar_device_queue(file, irp, job);
	spin_unlock_irqrestore(&device->lock, flags);
	return status;
}

/*
 * Take a request out of the FIFO, and have the loop tell. It is on one list or
 * the other whenever the lock is not held: close waits for either.
 */
static void __winpar_device_drop(struct winpar_device *device, IRP *irp,
				 NTSTATUS status)
{
	lockdep_assert_held(&device->lock);
	if (irp->winpar.job->locks)
		device->locking = false;
	list_del(&irp->winpar.entry);
	winpar_irp_set_result(irp, status, 0);
	winpar_queue_finished(device->port, irp);
}

/**
 * winpar_device_cancel() - cancel a request to a parallel device
 * @device: to which it was submitted
 * @irp: the request
 *
 * One that the worker is at is stopped at the next byte.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when it completes with STATUS_CANCELLED; false when its result
 * stood already, or is still open.
 */
bool winpar_device_cancel(struct winpar_device *device, IRP *irp)
{
	bool queued = false;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (irp->winpar.state == WINPAR_IRP_SUBMITTING)
		irp->winpar.cancelled = true;
	else if (device->running == irp)
		__winpar_device_halt(device, WINPAR_STOP_CANCEL);
	else
		queued = irp->winpar.state == WINPAR_IRP_QUEUED;
	if (queued)
		__winpar_device_drop(device, irp, STATUS_CANCELLED);
	spin_unlock_irqrestore(&device->lock, flags);
	return queued;
}

/* Called by the loop: a request of winpar_device_prepare()'s is over. */
static NTSTATUS winpar_device_told(PDEVICE_OBJECT object, IRP *irp,
				   PVOID context)
{
	u8 *told = context;

	/* The waiter may return from here on: only the address is used. */
	smp_store_release(told, 1);
	/* Before the waiters are looked at. */
	smp_mb();
	wake_up_var(told);
	return STATUS_SUCCESS;
}

/**
 * winpar_device_prepare() - make a request of the caller's own
 * @file: whose device it is for
 * @irp: on the caller's stack, set up
 * @told: where it is noted that the request is over
 *
 * Then it is given to __winpar_device_queue() and, if that says STATUS_PENDING,
 * to winpar_device_wait().
 *
 * Context: any.
 */
void winpar_device_prepare(struct winpar_file *file, IRP *irp, u8 *told)
{
	*told = 0;
	winpar_irp_set_completion(irp, winpar_device_told, told);
	winpar_irp_prepare(irp, file);
}

/**
 * winpar_device_wait() - wait for a request of the caller's own
 * @device: to which it was queued
 * @irp: the request, from winpar_device_prepare()
 * @told: likewise
 *
 * A fatal signal cancels it.
 *
 * Context: process context, may sleep; can be frozen.
 * Return: its status.
 */
NTSTATUS winpar_device_wait(struct winpar_device *device, IRP *irp, u8 *told)
{
	if (winpar_wait_killable(told, smp_load_acquire(told),
				 MAX_SCHEDULE_TIMEOUT) < 0) {
		winpar_device_cancel(device, irp);
		/* Until the byte on the wires is over. */
		wait_var_event(told, smp_load_acquire(told));
	}
	return irp->IoStatus.Status;
}

/* Drop all requests that wait or, with a module, those of its. */
static unsigned int winpar_device_drop_all(struct winpar_device *device,
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
		__winpar_device_drop(device, irp, status);
		count++;
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return count;
}

static bool winpar_device_runs_for(struct winpar_device *device,
				   struct module *module, bool halt)
{
	unsigned long flags;
	bool runs;

	spin_lock_irqsave(&device->lock, flags);
	runs = device->running && winpar_irp_is_module(device->running, module);
	if (runs && halt) {
		device->running->winpar.silent = true;
		__winpar_device_halt(device, WINPAR_STOP_CANCEL);
	}
	spin_unlock_irqrestore(&device->lock, flags);
	return runs;
}

/**
 * winpar_device_silence() - end a module's requests to a device
 * @device: the device, whoever has it open
 * @module: is going; none of its completion routines is called any more
 *
 * Context: process context, may sleep.
 * Return: how many requests of its there were.
 */
unsigned int winpar_device_silence(struct winpar_device *device,
				   struct module *module)
{
	unsigned int count = winpar_device_drop_all(device, module,
						    STATUS_CANCELLED);

	count += winpar_device_runs_for(device, module, true);
	wait_event(device->waiters,
		   !winpar_device_runs_for(device, module, false));
	return count;
}

/* ----- beginning and end ---------------------------------------------------- */

/**
 * winpar_device_start() - a device was opened: start its worker
 * @device: the device, @file set
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS winpar_device_start(struct winpar_device *device)
{
	struct task_struct *worker;

	worker = kthread_run(winpar_device_work, device, KBUILD_MODNAME "/%s",
			     device->name);
	if (IS_ERR(worker))
		return STATUS_INSUFFICIENT_RESOURCES;
	device->worker = worker;
	return STATUS_SUCCESS;
}

/**
 * winpar_device_shut() - a device is being closed: end its requests
 * @device: the device; takes no more
 *
 * All are complete, or about to be told of, when this returns, and the port is
 * free.
 *
 * Context: process context, may sleep.
 * Return: how many requests there were.
 */
unsigned int winpar_device_shut(struct winpar_device *device)
{
	unsigned int count;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->file->closing = true;
	count = device->running ? 1 : 0;
	__winpar_device_halt(device, WINPAR_STOP_CANCEL);
	spin_unlock_irqrestore(&device->lock, flags);
	count += winpar_device_drop_all(device, NULL, STATUS_CANCELLED);
	kthread_stop(device->worker);
	device->worker = NULL;
	return count;
}

/**
 * winpar_device_halt() - the port is going away
 * @device: on it
 *
 * Its requests end with STATUS_DELETE_PENDING.
 *
 * Context: process context.
 */
void winpar_device_halt(struct winpar_device *device)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->leaving = true;
	__winpar_device_halt(device, WINPAR_STOP_GONE);
	spin_unlock_irqrestore(&device->lock, flags);
	winpar_device_drop_all(device, NULL, STATUS_DELETE_PENDING);
}

/**
 * winpar_device_queue_init() - set up a device's part in this room
 * @device: the device
 */
void winpar_device_queue_init(struct winpar_device *device)
{
	spin_lock_init(&device->lock);
	ratelimit_state_init(&device->reports, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	INIT_LIST_HEAD(&device->fifo);
	init_waitqueue_head(&device->wake);
	init_waitqueue_head(&device->waiters);
	INIT_DELAYED_WORK(&device->time, winpar_device_time_out);
	INIT_DELAYED_WORK(&device->interrupt, winpar_device_interrupt);
}
