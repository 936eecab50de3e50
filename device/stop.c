// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why the job that a device's worker runs has to stop, and how it is stopped.
 *
 * The reason is in @stop: the job's time has run out, its request was cancelled,
 * the port goes away; or the machine is about to sleep, after which the job goes on.
 * A job looks at it between two calls of Linux's transfer engine. What ends such a
 * call, at the next byte, is a signal to the worker; but it may only come when the
 * time-out of that byte has passed (see host/engine.c). So __winpar_stop_job() lets the
 * engine's time-outs pass, and the delayed work @interrupt sends the signal
 * WINPAR_ENGINE_EXPIRY jiffies later. It is sent under the device lock, while @driving
 * says that the worker uses the engine for the request that @running points to; the
 * worker takes it back when that request is over. While it would break a byte off that is read
 * the engine blocks it.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "device/stop.h"
#include "port/reserve.h"
#include "port/wait.h"
#include "winpar_trace.h"

/**
 * winpar_stop_reason() - must the job that runs stop?
 * @device: its device
 *
 * Context: the worker's thread.
 * Return: why, or WINPAR_STOP_NONE. A signal that winpar did not send is
 * forgotten.
 */
enum winpar_stop winpar_stop_reason(struct winpar_device *device)
{
	enum winpar_stop stop = READ_ONCE(device->stop);

	if (likely(stop == WINPAR_STOP_NONE) && unlikely(signal_pending(current)))
		flush_signals(current);
	/* flush_signals() may have taken a signal for a reason given since. */
	return stop ?: READ_ONCE(device->stop);
}

/**
 * winpar_stop_status() - with what a request that was stopped completes
 * @stop: why it was
 *
 * Context: any.
 * Return: STATUS_SUCCESS for WINPAR_STOP_NONE; STATUS_TIMEOUT;
 * STATUS_CANCELLED; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_stop_status(enum winpar_stop stop)
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

/*
 * Is the job to rest while the machine sleeps? Not if it has to stop. @sleeps: where the
 * port's goes, as it was at this look, which takes no lock.
 */
static bool winpar_stop_must_rest(const struct winpar_device *device,
				  unsigned int *sleeps)
{
	*sleeps = READ_ONCE(device->port->sleeps);
	return *sleeps & 1 && READ_ONCE(device->stop) <= WINPAR_STOP_SLEEP;
}

/**
 * winpar_stop_await_wake() - wait until the machine is awake, or the job has to stop
 * @device: its device
 *
 * Context: the worker's thread, may sleep.
 * Return: the port's @sleeps at that time.
 */
unsigned int winpar_stop_await_wake(struct winpar_device *device)
{
	unsigned int sleeps;

	wait_event_idle(device->wake, !winpar_stop_must_rest(device, &sleeps));
	return sleeps;
}

/*
 * The machine is about to sleep, or was: rest until it is awake, and go on. While the
 * chip is off no register is read: a job that has to stop then does without.
 */
static void winpar_stop_rest(struct winpar_device *device)
{
	unsigned long flags;
	unsigned int sleeps;

	do {
		winpar_port_set_resting(device->port, true);
		winpar_stop_await_wake(device);
		winpar_port_set_resting(device->port, false);
		/* The machine may have fallen asleep again before that. */
	} while (winpar_stop_must_rest(device, &sleeps));
	/* If it falls asleep after that look the suspend waits for the worker. */
	if (!(sleeps & 1))
		winpar_engine_renew(&device->engine);
	spin_lock_irqsave(&device->lock, flags);
	if (device->stop == WINPAR_STOP_SLEEP) {
		WRITE_ONCE(device->stop, WINPAR_STOP_NONE);
		WRITE_ONCE(device->engine.expired, false);
		flush_signals(current);
	}
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * winpar_stop_check() - may the job that runs call the engine again?
 * @device: its device
 *
 * Takes back the signal that came with a reason to stop, so that the calls that
 * end the mode on the wire do not fail because of it. While the machine sleeps this
 * waits: then the job may go on.
 *
 * Context: the worker's thread, after winpar_hold_begin(); may sleep.
 * Return: STATUS_SUCCESS it may, and the engine has begun; else with what the request
 * completes.
 */
NTSTATUS winpar_stop_check(struct winpar_device *device)
{
	unsigned int sleeps;

	/* Before the reason is read: a signal is sent after its reason is set. */
	if (signal_pending(current))
		flush_signals(current);
	if (unlikely(winpar_stop_must_rest(device, &sleeps) ||
		     READ_ONCE(device->stop) == WINPAR_STOP_SLEEP))
		winpar_stop_rest(device);
	return winpar_stop_status(winpar_stop_reason(device));
}

/* Let the time-outs of the engine's call pass; the signal follows. */
static void __winpar_stop_expire(struct winpar_device *device)
	__must_hold(&device->lock)
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
 * winpar_stop_drive() - the worker begins or ends to use the engine
 * @device: the device
 * @driving: it begins
 *
 * Context: the worker's thread.
 */
void winpar_stop_drive(struct winpar_device *device, bool driving)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->driving = driving;
	/* What is left of the job does not use the engine. */
	if (!driving && device->stop == WINPAR_STOP_SLEEP)
		WRITE_ONCE(device->stop, WINPAR_STOP_NONE);
	if (device->running && device->stop)
		__winpar_stop_expire(device);
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * __winpar_stop_job() - stop the job that the worker runs, if it runs one
 * @device: the device, its lock held
 * @stop: why; a reason that was given before stays if it is not weaker
 */
void __winpar_stop_job(struct winpar_device *device, enum winpar_stop stop)
	__must_hold(&device->lock)
{
	lockdep_assert_held(&device->lock);
	if (!device->running || device->stop >= stop)
		return;
	WRITE_ONCE(device->stop, stop);
	if (stop == WINPAR_STOP_CANCEL)
		trace_winpar_cancel(device->running);
	__winpar_stop_expire(device);
	wake_up_all(&device->wake);
}

/**
 * winpar_stop_for_sleep() - end the engine's call: the machine is about to sleep
 * @device: the device, whose port has fallen asleep
 *
 * The job waits in winpar_stop_check() then.
 *
 * Context: any.
 */
void winpar_stop_for_sleep(struct winpar_device *device)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->driving)
		__winpar_stop_job(device, WINPAR_STOP_SLEEP);
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * __winpar_stop_forget() - the job that was to stop is over
 * @device: the device, its lock held, @running NULL
 *
 * The caller takes the signal back, by flush_signals(), after this.
 */
void __winpar_stop_forget(struct winpar_device *device)
	__must_hold(&device->lock)
{
	lockdep_assert_held(&device->lock);
	WRITE_ONCE(device->stop, WINPAR_STOP_NONE);
}

/* The engine's time-outs have passed: end its call. */
static void winpar_stop_signal(struct work_struct *work)
{
	struct winpar_device *device =
		container_of(to_delayed_work(work), struct winpar_device,
			     interrupt);
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	if (device->running && device->stop && device->driving) {
		if (time_before(jiffies, device->expired +
				WINPAR_ENGINE_EXPIRY))
			__winpar_stop_expire(device);
		else
			send_sig(SIGKILL, device->worker, 1);
	}
	spin_unlock_irqrestore(&device->lock, flags);
}

/*
 * Have @time run when so many ns are over, or earlier, or a jiffy later: it looks at @deadline,
 * which does not count in jiffies, since these may stand still for a while and then catch up.
 */
static void winpar_stop_time_later(struct winpar_device *device, s64 left)
{
	mod_delayed_work(system_highpri_wq, &device->time,
			 winpar_wait_early(nsecs_to_jiffies(left) + 1));
}

static void winpar_stop_time_out(struct work_struct *work)
{
	struct winpar_device *device =
		container_of(to_delayed_work(work), struct winpar_device, time);
	s64 left = ktime_to_ns(ktime_sub(READ_ONCE(device->deadline), ktime_get()));
	unsigned long flags;

	if (left > 0) {
		winpar_stop_time_later(device, left);
		return;
	}
	spin_lock_irqsave(&device->lock, flags);
	__winpar_stop_job(device, WINPAR_STOP_TIME);
	spin_unlock_irqrestore(&device->lock, flags);
}

/**
 * winpar_stop_set_time() - give the job that runs some time
 * @device: its device
 * @ms: how long from now until it is stopped, in ms
 *
 * Context: the worker's thread. winpar_stop_clear_time() undoes it.
 */
void winpar_stop_set_time(struct winpar_device *device, unsigned int ms)
{
	s64 left = (s64)ms * NSEC_PER_MSEC;

	WRITE_ONCE(device->deadline, ktime_add_ns(ktime_get(), left));
	winpar_stop_time_later(device, left);
}

/**
 * winpar_stop_clear_time() - give the job that runs all the time it needs
 * @device: its device; if its time had run out that is forgotten
 *
 * Context: the worker's thread, may sleep.
 */
void winpar_stop_clear_time(struct winpar_device *device)
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
 * winpar_stop_nap() - let some time pass in a job
 * @device: its device
 * @ms: how long at most, in ms; a reason to stop ends it
 *
 * Context: the worker's thread, may sleep.
 */
void winpar_stop_nap(struct winpar_device *device, unsigned int ms)
{
	if (winpar_stop_reason(device) == WINPAR_STOP_NONE)
		schedule_timeout_interruptible(msecs_to_jiffies(ms) ?: 1);
}

/**
 * winpar_stop_init() - set up @time and @interrupt of a device
 * @device: the device
 */
void winpar_stop_init(struct winpar_device *device)
{
	INIT_DELAYED_WORK(&device->time, winpar_stop_time_out);
	INIT_DELAYED_WORK(&device->interrupt, winpar_stop_signal);
}

/**
 * winpar_stop_exit() - undo winpar_stop_init()
 * @device: the device, whose worker has ended
 *
 * Context: process context, may sleep.
 */
void winpar_stop_exit(struct winpar_device *device)
{
	cancel_delayed_work_sync(&device->time);
	cancel_delayed_work_sync(&device->interrupt);
}
