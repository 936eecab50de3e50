// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events; how a thread waits for an object; the time.
 *
 * The danger: an event may lie on its waiter's stack, and is gone when
 * KeWaitForSingleObject() returns. One lock, wdm_dispatcher_lock, guards the state of
 * each object and its list of waiters. A task that signals an object satisfies the
 * waiters under this lock, and does not touch the object after it; a waiter takes the
 * lock before it returns. So KeSetEvent() in another task is done with the event by then.
 *
 * A wait is ended by a fatal signal only where Windows ends it for a thread that is
 * terminated: when it is alertable, or in user mode. All waits can be frozen, and
 * the hung-task detector passes them over.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include <winpar/compat.h>

#include "wdm/irql.h"
#include "wdm/wait.h"

/* From 1601, where Windows' time begins, to 1970, where Linux's does, in 100 ns. */
#define WDM_EPOCH	116444736000000000LL
/* The longest time-out, in ns: a year. A longer one is cut to it. */
#define WDM_FOREVER	(365LL * 24 * 3600 * NSEC_PER_SEC)

DEFINE_RAW_SPINLOCK(wdm_dispatcher_lock);

/**
 * struct wdm_waiter - a task that waits for an object, on its stack
 * @entry: on the object's list
 * @task: the task
 * @done: the object was signalled, and this waiter satisfied
 */
struct wdm_waiter {
	LIST_ENTRY entry;
	struct task_struct *task;
	bool done;
};

/**
 * wdm_system_time() - what time is it, as Windows counts it?
 *
 * Context: any but NMI.
 * Return: the time in 100 ns since 1601, UTC.
 */
LONGLONG wdm_system_time(void)
{
	return div_s64(ktime_get_real_ns(), 100) + WDM_EPOCH;
}

/**
 * KeQuerySystemTime() - what time is it?
 * @time: where it goes, in 100 ns since 1601, UTC
 *
 * DDI page: wdm, KeQuerySystemTime
 *
 * Context: any.
 */
void KeQuerySystemTime(PLARGE_INTEGER time)
{
	time->QuadPart = wdm_system_time();
}
WINPAR_EXPORT(KeQuerySystemTime);

/* A tick, in ns. */
#define WDM_TICK	(NSEC_PER_SEC / HZ)

/**
 * KeQueryTickCount() - how long has the system been up, in ticks?
 * @count: where it goes; KeQueryTimeIncrement() says how long each is
 *
 * DDI page: wdm, KeQueryTickCount
 *
 * Context: any.
 */
void KeQueryTickCount(PLARGE_INTEGER count)
{
	count->QuadPart = div_s64(ktime_get_ns(), WDM_TICK);
}
WINPAR_EXPORT(KeQueryTickCount);

/**
 * KeQueryTimeIncrement() - how long is a tick?
 *
 * Context: any. DDI page: wdm, KeQueryTimeIncrement
 * Return: so many times 100 ns.
 */
ULONG KeQueryTimeIncrement(void)
{
	return WDM_TICK / 100;
}
WINPAR_EXPORT(KeQueryTimeIncrement);

/**
 * KeQueryPerformanceCounter() - a fine clock
 * @frequency: where its frequency goes, 10 MHz, or NULL
 *
 * DDI page: wdm, KeQueryPerformanceCounter
 *
 * Context: any.
 * Return: what it shows.
 */
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
	if (frequency)
		frequency->QuadPart = NSEC_PER_SEC / 100;
	return (LARGE_INTEGER){ .QuadPart = div_s64(ktime_get_ns(), 100) };
}
WINPAR_EXPORT(KeQueryPerformanceCounter);

/**
 * KeStallExecutionProcessor() - wait without giving the CPU away
 * @microseconds: how long; Windows asks for no more than 50
 *
 * DDI page: wdm, KeStallExecutionProcessor
 *
 * Context: any.
 */
void KeStallExecutionProcessor(ULONG microseconds)
{
	for (; microseconds >= 1000; microseconds -= 1000)
		mdelay(1);
	udelay(microseconds);
}
WINPAR_EXPORT(KeStallExecutionProcessor);

/**
 * wdm_header_init() - initialise an object
 * @header: the header at its beginning
 * @type: which kind of object it is
 * @state: positive when it is signalled
 *
 * Context: any.
 */
void wdm_header_init(DISPATCHER_HEADER *header, enum wdm_object type, LONG state)
{
	*header = (DISPATCHER_HEADER){ .Type = type, .SignalState = state };
	InitializeListHead(&header->WaitListHead);
}

static KMUTANT *wdm_mutant(DISPATCHER_HEADER *header)
{
	return CONTAINING_RECORD(header, KMUTANT, Header);
}

/* Would a wait of this task end at once? The owner of a mutex may take it again. */
static bool wdm_is_signalled(DISPATCHER_HEADER *header, struct task_struct *task)
{
	if (header->Type == WDM_MUTANT &&
	    wdm_mutant(header)->OwnerThread == (PKTHREAD)task)
		return true;
	return header->SignalState > 0;
}

/* Change an object as a wait that it satisfies does: clear it, take it, count it down. */
static void wdm_satisfy(DISPATCHER_HEADER *header, struct task_struct *task)
{
	switch (header->Type) {
	case WDM_EVENT_SYNCHRONIZATION:
	case WDM_TIMER_SYNCHRONIZATION:
		header->SignalState = 0;
		break;
	case WDM_MUTANT:
		wdm_mutant(header)->OwnerThread = (PKTHREAD)task;
		fallthrough;
	case WDM_SEMAPHORE:
		header->SignalState--;
		break;
	}
}

/**
 * __wdm_header_wake() - satisfy waiters, in the order in which they came
 * @header: an object that has become signalled
 *
 * Context: dispatcher lock held.
 */
void __wdm_header_wake(DISPATCHER_HEADER *header)
	__must_hold(&wdm_dispatcher_lock)
{
	struct wdm_waiter *waiter;

	lockdep_assert_held(&wdm_dispatcher_lock);
	while (!IsListEmpty(&header->WaitListHead)) {
		waiter = CONTAINING_RECORD(header->WaitListHead.Flink,
					   struct wdm_waiter, entry);
		if (!wdm_is_signalled(header, waiter->task))
			break;
		wdm_satisfy(header, waiter->task);
		RemoveEntryList(&waiter->entry);
		waiter->done = true;
		wake_up_process(waiter->task);
	}
}

/* ----- events ------------------------------------------------------------ */

/**
 * KeInitializeEvent() - initialise an event
 * @event: the event, in any memory of the caller's, its stack included
 * @type: NotificationEvent stays set until it is cleared; SynchronizationEvent
 *        ends the wait of one waiter and is cleared by that
 * @state: TRUE: it is set
 *
 * DDI page: wdm, KeInitializeEvent
 *
 * Context: any.
 */
void KeInitializeEvent(PKEVENT event, EVENT_TYPE type, BOOLEAN state)
{
	wdm_header_init(&event->Header, type == NotificationEvent ?
			WDM_EVENT_NOTIFICATION : WDM_EVENT_SYNCHRONIZATION,
			!!state);
}
WINPAR_EXPORT(KeInitializeEvent);

/**
 * KeSetEvent() - set an event
 * @event: the event, not touched after the wait of a waiter has ended
 * @increment: ignored
 * @wait: ignored
 *
 * DDI page: wdm, KeSetEvent
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: 0 when the event was not set before.
 */
LONG KeSetEvent(PKEVENT event, LONG increment, BOOLEAN wait)
{
	unsigned long flags;
	LONG old;

	wdm_at_most(DISPATCH_LEVEL);
	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	old = event->Header.SignalState;
	event->Header.SignalState = 1;
	__wdm_header_wake(&event->Header);
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return old;
}
WINPAR_EXPORT(KeSetEvent);

/**
 * KeResetEvent() - clear an event
 * @event: the event
 *
 * DDI page: wdm, KeResetEvent
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: 0 when the event was not set before.
 */
LONG KeResetEvent(PKEVENT event)
{
	unsigned long flags;
	LONG old;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	old = event->Header.SignalState;
	event->Header.SignalState = 0;
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return old;
}
WINPAR_EXPORT(KeResetEvent);

/**
 * KeClearEvent() - clear an event
 * @event: the event
 *
 * DDI page: wdm, KeClearEvent
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void KeClearEvent(PKEVENT event)
{
	KeResetEvent(event);
}
WINPAR_EXPORT(KeClearEvent);

/**
 * KeReadStateEvent() - is an event set?
 * @event: the event
 *
 * DDI page: wdm, KeReadStateEvent
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: not 0 when it is.
 */
LONG KeReadStateEvent(PKEVENT event)
{
	return READ_ONCE(event->Header.SignalState);
}
WINPAR_EXPORT(KeReadStateEvent);

/* ----- waits ------------------------------------------------------------- */

/* The task state of a wait, and when its time runs out, if it is limited. */
struct wdm_wait {
	unsigned int state;
	bool limited;
	ktime_t until;
};

#ifdef TASK_FREEZABLE
#define WDM_FREEZABLE	TASK_FREEZABLE
#else
#define WDM_FREEZABLE	0
#endif

/* Kernels before 6.1 have no state that can be frozen: a flag tells the freezer. */
static void wdm_wait_freezable(bool on)
{
#ifndef TASK_FREEZABLE
	if (on)
		freezer_do_not_count();
	else
		freezer_count();
#endif
}

/* A wait with Windows' time-out, in 100 ns: negative from now on, else a date. */
static struct wdm_wait wdm_wait_for(KPROCESSOR_MODE mode, BOOLEAN alertable,
				    PLARGE_INTEGER timeout)
{
	struct wdm_wait wait = {
		.state = (alertable || mode == UserMode ? TASK_KILLABLE :
			  TASK_IDLE) | WDM_FREEZABLE,
	};
	LONGLONG ticks;

	if (!timeout)
		return wait;
	ticks = timeout->QuadPart;
	ticks = ticks < 0 ? -ticks : max(ticks - wdm_system_time(), 0LL);
	/* The least number is its own negative. */
	if (ticks < 0 || ticks > WDM_FOREVER / 100)
		ticks = WDM_FOREVER / 100;
	wait.limited = true;
	wait.until = ktime_add_ns(ktime_get(), ticks * 100);
	return wait;
}

/* Has the time of a wait run out? */
static bool wdm_wait_is_over(const struct wdm_wait *wait)
{
	return wait->limited && ktime_compare(ktime_get(), wait->until) >= 0;
}

static bool wdm_wait_is_killed(const struct wdm_wait *wait)
{
	return (wait->state & TASK_WAKEKILL) && fatal_signal_pending(current);
}

/* Sleep once. The caller has set the task's state. */
static void wdm_wait_sleep(struct wdm_wait *wait)
{
	wdm_wait_freezable(true);
	if (wait->limited)
		schedule_hrtimeout(&wait->until, HRTIMER_MODE_ABS);
	else
		schedule();
	wdm_wait_freezable(false);
}

static NTSTATUS wdm_wait_killed(KPROCESSOR_MODE mode, BOOLEAN alertable)
{
	return alertable ? STATUS_ALERTED : STATUS_USER_APC;
}

/**
 * KeWaitForSingleObject() - wait for an object
 * @object: an event, a mutex, a semaphore or a timer
 * @reason: ignored
 * @mode: UserMode: a fatal signal ends the wait
 * @alertable: TRUE: a fatal signal ends the wait, in kernel mode, too
 * @timeout: NULL: wait for ever; 0: do not wait; else in 100 ns: negative from now on,
 *           positive a date
 *
 * DDI page: wdm, KeWaitForSingleObject
 *
 * Context: below DISPATCH_LEVEL; at it with a @timeout of 0.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_ALERTED and STATUS_USER_APC a
 * fatal signal is pending; STATUS_INVALID_PARAMETER @object was never initialised;
 * STATUS_UNSUCCESSFUL the caller may not sleep: nothing was waited for.
 */
NTSTATUS KeWaitForSingleObject(PVOID object, KWAIT_REASON reason,
			       KPROCESSOR_MODE mode, BOOLEAN alertable,
			       PLARGE_INTEGER timeout)
{
	struct wdm_waiter waiter = { .task = current };
	bool poll = timeout && !timeout->QuadPart;
	struct wdm_wait wait = wdm_wait_for(mode, alertable, timeout);
	DISPATCHER_HEADER *header = object;
	NTSTATUS status = STATUS_SUCCESS;
	unsigned long flags;

	if (!header || !header->WaitListHead.Flink) {
		WARN_ONCE(1, "%pS waits for an object that was never initialised\n",
			  (void *)_RET_IP_);
		return STATUS_INVALID_PARAMETER;
	}
	if (!poll && !wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	if (wdm_is_signalled(header, current)) {
		wdm_satisfy(header, current);
		goto unlock;
	}
	if (poll) {
		status = STATUS_TIMEOUT;
		goto unlock;
	}
	InsertTailList(&header->WaitListHead, &waiter.entry);
	while (!waiter.done) {
		if (wdm_wait_is_over(&wait))
			status = STATUS_TIMEOUT;
		else if (wdm_wait_is_killed(&wait))
			status = wdm_wait_killed(mode, alertable);
		if (status != STATUS_SUCCESS) {
			RemoveEntryList(&waiter.entry);
			break;
		}
		set_current_state(wait.state);
		raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
		wdm_wait_sleep(&wait);
		raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	}
unlock:
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return status;
}
WINPAR_EXPORT(KeWaitForSingleObject);

/**
 * KeDelayExecutionThread() - sleep
 * @mode: as for KeWaitForSingleObject()
 * @alertable: as for KeWaitForSingleObject()
 * @interval: how long, as its @timeout
 *
 * DDI page: wdm, KeDelayExecutionThread
 *
 * Context: below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_ALERTED and STATUS_USER_APC a fatal signal is
 * pending; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable,
				PLARGE_INTEGER interval)
{
	struct wdm_wait wait = wdm_wait_for(mode, alertable, interval);

	if (!wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	while (!wdm_wait_is_over(&wait)) {
		if (wdm_wait_is_killed(&wait))
			return wdm_wait_killed(mode, alertable);
		set_current_state(wait.state);
		wdm_wait_sleep(&wait);
	}
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(KeDelayExecutionThread);

/**
 * KeGetCurrentThread() - which thread is the caller?
 *
 * Context: any. DDI page: wdm, KeGetCurrentThread
 * Return: the Linux task, of which a client sees the pointer only.
 */
PKTHREAD KeGetCurrentThread(void)
{
	return (PKTHREAD)current;
}
WINPAR_EXPORT(KeGetCurrentThread);
