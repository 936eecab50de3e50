// SPDX-License-Identifier: GPL-2.0-only
/*
 * DPCs and timers.
 *
 * One tasklet runs all DPCs, in the order in which they were queued, at
 * DISPATCH_LEVEL. So no two of them run at once, and none interrupts another.
 *
 * One Linux timer, wdm_clock, fires for all timers. Timers that are set are on the list
 * wdm_timers in the order in which they fall due, and wdm_clock is set to the first. The
 * dispatcher lock guards the list. DueTime of a timer on it is in ns of Linux's
 * monotonic clock. Header.Inserted says that a timer is on the list, DpcData not NULL
 * that a DPC is queued.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/clock.h"
#include "wdm/irql.h"
#include "wdm/timer.h"
#include "wdm/verify.h"
#include "wdm/wait.h"

/**
 * struct wdm_which - which timers and DPCs are meant
 * @client: those of a client; NULL: those in @memory
 * @memory: a piece of memory
 * @size: how many bytes it has
 */
struct wdm_which {
	struct winpar_wdm_client *client;
	const void *memory;
	size_t size;
};

/* Is a timer, or a DPC, at @object among them? @client: whose it is. */
static bool wdm_which_has(const struct wdm_which *which, const void *object,
			  const struct winpar_wdm_client *client)
{
	if (which->client)
		return client == which->client;
	return (uintptr_t)object - (uintptr_t)which->memory < which->size;
}

/* ----- DPCs -------------------------------------------------------------- */

static DEFINE_RAW_SPINLOCK(wdm_dpc_lock);
/* The DPCs that are queued; guarded by wdm_dpc_lock. */
static LIST_ENTRY wdm_dpcs = { &wdm_dpcs, &wdm_dpcs };

/* After so many routines the tasklet lets other softirqs and tasks have the CPU. */
#define WDM_DPC_TURN	64

/*
 * Take the first DPC off the queue, and copy it to @taken: KeInsertQueueDpc() may change
 * its arguments from here on. Return NULL if none is queued.
 */
static PKDPC wdm_dpc_next(KDPC *taken)
{
	PKDPC dpc = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	if (!IsListEmpty(&wdm_dpcs)) {
		dpc = CONTAINING_RECORD(RemoveHeadList(&wdm_dpcs), KDPC,
					DpcListEntry);
		dpc->DpcData = NULL;
		*taken = *dpc;
	}
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	return dpc;
}

/* The member Type of KDPC: that of a device object has a routine of another type. */
#define WDM_DPC_DEVICE	1

/* Call the routine of a DPC by its own type: a kernel with kCFI stops for another one. */
static void wdm_dpc_call(PKDPC dpc, const KDPC *taken)
{
	PIO_DPC_ROUTINE routine;

	if (taken->Type != WDM_DPC_DEVICE) {
		taken->DeferredRoutine(dpc, taken->DeferredContext,
				       taken->SystemArgument1,
				       taken->SystemArgument2);
		return;
	}
	routine = (PIO_DPC_ROUTINE)taken->DeferredRoutine;
	routine(dpc, taken->DeferredContext, taken->SystemArgument1,
		taken->SystemArgument2);
}

/* A routine may queue its DPC again or free it: the tasklet does not touch it after. */
static void wdm_dpc_run(struct tasklet_struct *tasklet)
{
	unsigned int before, turn;
	KDPC taken;
	PKDPC dpc;

	for (turn = 0; turn < WDM_DPC_TURN; turn++) {
		dpc = wdm_dpc_next(&taken);
		if (!dpc)
			return;
		if (!wdm_may_call(taken.Winpar))
			continue;
		/* For each routine anew: the last one may have left a lock held. */
		before = wdm_verify_before();
		wdm_dpc_call(dpc, &taken);
		wdm_verify_after(before, taken.DeferredRoutine);
	}
	tasklet_schedule(tasklet);
}

static DECLARE_TASKLET(wdm_dpc_tasklet, wdm_dpc_run);

/* Take DPCs off the queue. Returns how many there were. */
static unsigned int wdm_dpc_drop(const struct wdm_which *which)
{
	unsigned int count = 0;
	unsigned long flags;
	PLIST_ENTRY at, next;
	PKDPC dpc;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	for (at = wdm_dpcs.Flink; at != &wdm_dpcs; at = next) {
		dpc = CONTAINING_RECORD(at, KDPC, DpcListEntry);
		next = at->Flink;
		if (!wdm_which_has(which, dpc, dpc->Winpar))
			continue;
		RemoveEntryList(at);
		dpc->DpcData = NULL;
		count++;
	}
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	return count;
}

/* Initialise a DPC as @made. The log names @caller, if the DPC is queued. */
static void wdm_dpc_init(PKDPC dpc, const KDPC *made, void *caller)
{
	const struct wdm_which which = { .memory = dpc, .size = sizeof(*dpc) };

	if (wdm_dpc_drop(&which))
		pr_warn_ratelimited("%pS initialises a DPC that is queued: it is dropped\n",
				    caller);
	*dpc = *made;
}

/**
 * winpar_wdm_init_dpc() - initialise a DPC: KeInitializeDpc()
 * @client: the client; NULL: the layer
 * @dpc: the DPC
 * @routine: its routine
 * @context: the routine's second argument
 *
 * DDI page: wdm, KeInitializeDpc. One that is queued is taken off the queue; the log names
 * the caller.
 *
 * Context: any.
 */
void winpar_wdm_init_dpc(struct winpar_wdm_client *client, PKDPC dpc,
			 PKDEFERRED_ROUTINE routine, PVOID context)
{
	const KDPC made = {
		.DeferredRoutine = routine,
		.DeferredContext = context,
		.Winpar = client,
	};

	wdm_dpc_init(dpc, &made, (void *)_RET_IP_);
}
WINPAR_EXPORT(winpar_wdm_init_dpc);

/**
 * winpar_wdm_init_device_dpc() - initialise the DPC of a device: IoInitializeDpcRequest()
 * @client: the client
 * @device: the device object, the routine's second argument
 * @routine: its routine, for IoRequestDpc()
 *
 * DDI page: wdm, IoInitializeDpcRequest. As winpar_wdm_init_dpc().
 *
 * Context: any.
 */
void winpar_wdm_init_device_dpc(struct winpar_wdm_client *client,
				PDEVICE_OBJECT device, PIO_DPC_ROUTINE routine)
{
	const KDPC made = {
		.Type = WDM_DPC_DEVICE,
		.DeferredRoutine = (PKDEFERRED_ROUTINE)routine,
		.DeferredContext = device,
		.Winpar = client,
	};

	wdm_dpc_init(&device->Dpc, &made, (void *)_RET_IP_);
}
WINPAR_EXPORT(winpar_wdm_init_device_dpc);

/**
 * KeInsertQueueDpc() - queue a DPC, unless it is queued
 * @dpc: the DPC
 * @argument1: its routine's third argument
 * @argument2: its routine's fourth argument
 *
 * DDI page: wdm, KeInsertQueueDpc. One without a routine, which was never initialised, is not
 * queued; the log names the caller.
 *
 * Context: any, interrupt routines included.
 * Return: TRUE when it was not queued before.
 */
BOOLEAN KeInsertQueueDpc(PKDPC dpc, PVOID argument1, PVOID argument2)
{
	BOOLEAN queued = FALSE;
	unsigned long flags;

	if (unlikely(!dpc->DeferredRoutine)) {
		pr_warn_ratelimited("%pS queues a DPC that was never initialised\n",
				    (void *)_RET_IP_);
		return FALSE;
	}
	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	if (!dpc->DpcData) {
		dpc->SystemArgument1 = argument1;
		dpc->SystemArgument2 = argument2;
		dpc->DpcData = &wdm_dpcs;
		InsertTailList(&wdm_dpcs, &dpc->DpcListEntry);
		queued = TRUE;
	}
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	if (queued)
		tasklet_schedule(&wdm_dpc_tasklet);
	return queued;
}
WINPAR_EXPORT(KeInsertQueueDpc);

/**
 * KeRemoveQueueDpc() - take a DPC off the queue
 * @dpc: the DPC; its routine may be running
 *
 * DDI page: wdm, KeRemoveQueueDpc
 *
 * Context: any.
 * Return: TRUE when it was queued.
 */
BOOLEAN KeRemoveQueueDpc(PKDPC dpc)
{
	BOOLEAN queued;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	queued = !!dpc->DpcData;
	if (queued)
		RemoveEntryList(&dpc->DpcListEntry);
	dpc->DpcData = NULL;
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	return queued;
}
WINPAR_EXPORT(KeRemoveQueueDpc);

static VOID wdm_dpc_flushed(PKDPC dpc, PVOID context, PVOID argument1,
			    PVOID argument2)
{
	complete(context);
}

/**
 * KeFlushQueuedDpcs() - wait until the DPCs that are queued have run
 *
 * Context: process context, may sleep. DDI page: wdm, KeFlushQueuedDpcs
 */
void KeFlushQueuedDpcs(void)
{
	DECLARE_COMPLETION_ONSTACK(flushed);
	KDPC last;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return;
	winpar_wdm_init_dpc(NULL, &last, wdm_dpc_flushed, &flushed);
	KeInsertQueueDpc(&last, NULL, NULL);
	wait_for_completion(&flushed);
}
WINPAR_EXPORT(KeFlushQueuedDpcs);

/* ----- timers ------------------------------------------------------------ */

/* The timers that are set, the first to fall due first; guarded by the dispatcher lock. */
static LIST_ENTRY wdm_timers = { &wdm_timers, &wdm_timers };
static struct hrtimer wdm_clock;

static KTIMER *wdm_timer_first(void)
{
	if (IsListEmpty(&wdm_timers))
		return NULL;
	return CONTAINING_RECORD(wdm_timers.Flink, KTIMER, TimerListEntry);
}

/* Put a timer in its place on the list. */
static void __wdm_timer_insert(PKTIMER timer)
	__must_hold(&wdm_dispatcher_lock)
{
	PLIST_ENTRY at = wdm_timers.Blink;

	lockdep_assert_held(&wdm_dispatcher_lock);
	while (at != &wdm_timers &&
	       CONTAINING_RECORD(at, KTIMER, TimerListEntry)->DueTime.QuadPart >
	       timer->DueTime.QuadPart)
		at = at->Blink;
	InsertHeadList(at, &timer->TimerListEntry);
	timer->Header.Inserted = TRUE;
}

static bool __wdm_timer_remove(PKTIMER timer)
	__must_hold(&wdm_dispatcher_lock)
{
	bool was = timer->Header.Inserted;

	lockdep_assert_held(&wdm_dispatcher_lock);
	if (was)
		RemoveEntryList(&timer->TimerListEntry);
	timer->Header.Inserted = FALSE;
	return was;
}

/* Unset timers, also those whose DPC is meant. Returns how many were set. */
static unsigned int wdm_timer_drop(const struct wdm_which *which)
{
	unsigned int count = 0;
	unsigned long flags;
	PLIST_ENTRY at, next;
	PKTIMER timer;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	for (at = wdm_timers.Flink; at != &wdm_timers; at = next) {
		timer = CONTAINING_RECORD(at, KTIMER, TimerListEntry);
		next = at->Flink;
		if (wdm_which_has(which, timer, timer->Winpar) ||
		    wdm_which_has(which, timer->Dpc, NULL))
			count += __wdm_timer_remove(timer);
	}
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return count;
}

/* Unset a timer, and drop the call of its DPC that the last period has queued. */
static bool __wdm_timer_cancel(PKTIMER timer)
	__must_hold(&wdm_dispatcher_lock)
{
	bool was;

	lockdep_assert_held(&wdm_dispatcher_lock);
	was = __wdm_timer_remove(timer);
	if (was && timer->Period && timer->Dpc)
		KeRemoveQueueDpc(timer->Dpc);
	return was;
}

/*
 * Signal a timer that has fallen due, queue its DPC, and set it anew if it is periodic. One
 * that is late by many periods fires once, and keeps in step.
 */
static void __wdm_timer_fire(PKTIMER timer)
	__must_hold(&wdm_dispatcher_lock)
{
	u64 late = ktime_get_ns() - timer->DueTime.QuadPart;
	u64 period = (u64)timer->Period * NSEC_PER_MSEC;
	PKDPC dpc = timer->Dpc;

	lockdep_assert_held(&wdm_dispatcher_lock);
	__wdm_timer_remove(timer);
	if (period) {
		timer->DueTime.QuadPart += (div64_u64(late, period) + 1) * period;
		__wdm_timer_insert(timer);
	}
	timer->Header.SignalState = 1;
	/* A waiter that ends may free the timer, but not before it has this lock. */
	__wdm_header_wake(&timer->Header);
	if (dpc)
		KeInsertQueueDpc(dpc, NULL, NULL);
}

/* Set the clock to the first timer. */
static void __wdm_clock_set(void)
	__must_hold(&wdm_dispatcher_lock)
{
	KTIMER *timer = wdm_timer_first();

	lockdep_assert_held(&wdm_dispatcher_lock);
	if (timer)
		hrtimer_start(&wdm_clock, ns_to_ktime(timer->DueTime.QuadPart),
			      HRTIMER_MODE_ABS_SOFT);
}

/* Called in a softirq. */
static enum hrtimer_restart wdm_clock_fired(struct hrtimer *clock)
{
	unsigned long flags;
	KTIMER *timer;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	while ((timer = wdm_timer_first()) &&
	       timer->DueTime.QuadPart <= ktime_get_ns())
		__wdm_timer_fire(timer);
	/* With HRTIMER_RESTART a time that another CPU has set would be lost. */
	__wdm_clock_set();
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return HRTIMER_NORESTART;
}

/**
 * winpar_wdm_init_timer() - initialise a timer: KeInitializeTimerEx()
 * @client: the client; NULL: the layer
 * @timer: the timer
 * @type: NotificationTimer or SynchronizationTimer, as with events
 *
 * DDI page: wdm, KeInitializeTimerEx. One that is set is unset first; the log names the
 * caller.
 *
 * Context: any.
 */
void winpar_wdm_init_timer(struct winpar_wdm_client *client, PKTIMER timer,
			   TIMER_TYPE type)
{
	const struct wdm_which which = { .memory = timer, .size = sizeof(*timer) };

	if (wdm_timer_drop(&which))
		pr_warn_ratelimited("%pS initialises a timer that is set: it is unset\n",
				    (void *)_RET_IP_);
	*timer = (KTIMER){ .Winpar = client };
	wdm_header_init(&timer->Header, type == NotificationTimer ?
			WDM_TIMER_NOTIFICATION : WDM_TIMER_SYNCHRONIZATION, 0);
}
WINPAR_EXPORT(winpar_wdm_init_timer);

/* When a timer falls due, in ns of the monotonic clock. */
static u64 wdm_timer_due(LARGE_INTEGER due)
{
	LONGLONG ticks = due.QuadPart;

	if (ticks >= 0)
		ticks = max(ticks - wdm_system_time(), 0LL);
	else
		ticks = ticks == S64_MIN ? S64_MAX / 200 : -ticks;
	return ktime_get_ns() + min_t(u64, ticks, S64_MAX / 200) * 100;
}

/**
 * wdm_timer_set() - set a timer and clear its signal
 * @timer: the timer, which is initialised; one that is set already is set anew
 * @due: as for KeSetTimerEx()
 * @period: likewise
 * @dpc: likewise
 *
 * Context: any.
 * Return: true when it was set before.
 */
bool wdm_timer_set(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc)
{
	u64 when = wdm_timer_due(due);
	unsigned long flags;
	bool was;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	was = __wdm_timer_cancel(timer);
	timer->Header.SignalState = 0;
	timer->DueTime.QuadPart = when;
	timer->Period = max(period, 0);
	timer->Dpc = dpc;
	__wdm_timer_insert(timer);
	__wdm_clock_set();
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return was;
}

/**
 * KeSetTimerEx() - set a timer and clear its signal
 * @timer: the timer; one that is set already is set anew
 * @due: when it falls due, in 100 ns: negative from now on, else a date
 * @period: how long after that it falls due again, in ms; 0: only once
 * @dpc: queued each time that it falls due, or NULL
 *
 * DDI page: wdm, KeSetTimerEx. One that was never initialised is not set; the log names the
 * caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when it was set before.
 */
BOOLEAN KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc)
{
	wdm_at_most(DISPATCH_LEVEL);
	if (!wdm_header_is_there(&timer->Header, "sets", (void *)_RET_IP_))
		return FALSE;
	return wdm_timer_set(timer, due, period, dpc);
}
WINPAR_EXPORT(KeSetTimerEx);

/**
 * KeCancelTimer() - unset a timer
 * @timer: the timer; its DPC may be running. That of one that was set only once, and has
 *         fallen due, may be queued
 *
 * DDI page: wdm, KeCancelTimer
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when it was set.
 */
BOOLEAN KeCancelTimer(PKTIMER timer)
{
	unsigned long flags;
	BOOLEAN was;

	wdm_at_most(DISPATCH_LEVEL);
	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	was = __wdm_timer_cancel(timer);
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	return was;
}
WINPAR_EXPORT(KeCancelTimer);

/**
 * KeReadStateTimer() - has a timer fallen due?
 * @timer: the timer
 *
 * DDI page: wdm, KeReadStateTimer
 *
 * Context: any.
 * Return: TRUE when it is signalled.
 */
BOOLEAN KeReadStateTimer(PKTIMER timer)
{
	return !!READ_ONCE(timer->Header.SignalState);
}
WINPAR_EXPORT(KeReadStateTimer);

/**
 * wdm_timer_forget() - unset the timers, and drop the DPCs, in memory that is being freed
 * @memory: the memory
 * @size: how many bytes it has
 *
 * The danger: they would be on lists of the layer's, in freed memory.
 *
 * Context: any.
 * Return: true if there were any, or a timer elsewhere would have queued a DPC in @memory.
 */
bool wdm_timer_forget(const void *memory, size_t size)
{
	const struct wdm_which which = { .memory = memory, .size = size };
	unsigned int timers = wdm_timer_drop(&which);

	return wdm_dpc_drop(&which) || timers;
}

/**
 * wdm_timer_end() - unset the timers of a client, and drop its DPCs
 * @client: the client, which is leaving: the tasklet calls none of its DPC routines
 *
 * When this returns, none of its DPC routines runs.
 *
 * Context: process context, may sleep.
 */
void wdm_timer_end(struct winpar_wdm_client *client)
{
	const struct wdm_which which = { .client = client };
	unsigned int timers = wdm_timer_drop(&which), dpcs = wdm_dpc_drop(&which);

	KeFlushQueuedDpcs();
	if (timers || dpcs)
		pr_warn("%s: %u timers that were set and %u DPCs that were queued are dropped: DriverUnload has to call KeCancelTimer() and KeRemoveQueueDpc()\n",
			wdm_client_name(client), timers, dpcs);
}

/**
 * wdm_timer_init() - initialise the clock
 *
 * Context: at module init.
 */
void wdm_timer_init(void)
{
	winpar_hrtimer_setup(&wdm_clock, wdm_clock_fired, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS_SOFT);
}

/**
 * wdm_timer_exit() - stop the clock and the tasklet
 *
 * Context: at module exit, when there are no clients.
 */
void wdm_timer_exit(void)
{
	hrtimer_cancel(&wdm_clock);
	KeFlushQueuedDpcs();
	tasklet_kill(&wdm_dpc_tasklet);
}
