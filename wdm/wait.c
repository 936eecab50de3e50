// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events; how a thread waits for an object.
 *
 * The danger: an event may lie on its waiter's stack, and is gone when
 * KeWaitForSingleObject() returns. One lock, wdm_dispatcher_lock, guards the state of
 * each object and its list of waiters. A task that signals an object satisfies the
 * waiters under this lock, and does not touch the object after it; a waiter takes the
 * lock before it returns. So KeSetEvent() in another task is done with the event by then.
 *
 * A wait has a KWAIT_BLOCK for each of its objects, on the object's list. NextWaitBlock
 * makes a ring of them. The task that ends the wait takes all of them off their lists
 * and sets BlockState of the one whose object has ended it.
 *
 * A wait is ended by a fatal signal only where Windows ends it for a thread that is
 * terminated: when it is alertable, or in user mode. All waits can be frozen, and
 * the hung-task detector passes them over.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include <winpar/compat.h>

#include "wdm/clock.h"
#include "wdm/irql.h"
#include "wdm/verify.h"
#include "wdm/wait.h"

/* The longest time-out, in ns: a year. A longer one is cut to it. */
#define WDM_FOREVER	(365LL * 24 * 3600 * NSEC_PER_SEC)

DEFINE_RAW_SPINLOCK(wdm_dispatcher_lock);

/* KWAIT_BLOCK.BlockState */
enum {
	WDM_BLOCK_WAITS = 0,
	WDM_BLOCK_DONE = 1,
};

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

/**
 * wdm_header_is_there() - was an object initialised?
 * @header: the header at its beginning
 * @does: what the caller does to the object
 * @caller: an address in the function, which the log names if it was not: to follow its list
 *          of waiters would end the kernel
 *
 * Context: any.
 * Return: true; false it is memory of zeroes.
 */
bool wdm_header_is_there(const DISPATCHER_HEADER *header, const char *does,
			 void *caller)
{
	if (likely(header->WaitListHead.Flink))
		return true;
	if (wdm_verify_first(caller, does))
		pr_warn("%pS %s an object that was never initialised\n", caller,
			does);
	return false;
}

static KMUTANT *wdm_mutant(DISPATCHER_HEADER *header)
{
	return CONTAINING_RECORD(header, KMUTANT, Header);
}

/* Is an object signalled for a thread? The owner of a mutex may take it again. */
static bool wdm_is_signalled(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	if (header->Type == WDM_MUTANT &&
	    wdm_mutant(header)->OwnerThread == thread)
		return true;
	return header->SignalState > 0;
}

/* Change an object as a wait that it satisfies does: clear it, take it, count it down. */
static void wdm_satisfy(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	switch (header->Type) {
	case WDM_EVENT_SYNCHRONIZATION:
	case WDM_TIMER_SYNCHRONIZATION:
		header->SignalState = 0;
		break;
	case WDM_MUTANT:
		wdm_mutant(header)->OwnerThread = thread;
		fallthrough;
	case WDM_SEMAPHORE:
		header->SignalState--;
		break;
	}
}

/* The next block of a wait, NULL after all of them; @first is where it began. */
static PKWAIT_BLOCK wdm_block_next(PKWAIT_BLOCK block, PKWAIT_BLOCK first)
{
	return block->NextWaitBlock == first ? NULL : block->NextWaitBlock;
}

/* Would a wait end by the object of @first, or by all its objects if it is WaitAll? */
static bool wdm_block_ends(PKWAIT_BLOCK first)
{
	PKWAIT_BLOCK block = first;

	if (first->WaitType == WaitAny)
		return wdm_is_signalled(first->Object, first->Thread);
	for (; block; block = wdm_block_next(block, first))
		if (!wdm_is_signalled(block->Object, block->Thread))
			return false;
	return true;
}

/* End a wait by the object of @first, or by all its objects. */
static void wdm_block_satisfy(PKWAIT_BLOCK first)
{
	PKWAIT_BLOCK block = first;

	first->BlockState = WDM_BLOCK_DONE;
	if (first->WaitType == WaitAny) {
		wdm_satisfy(first->Object, first->Thread);
		return;
	}
	for (; block; block = wdm_block_next(block, first))
		wdm_satisfy(block->Object, block->Thread);
}

/* Take all blocks of a wait off their objects' lists. */
static void wdm_block_remove(PKWAIT_BLOCK first)
{
	PKWAIT_BLOCK block = first;

	for (; block; block = wdm_block_next(block, first))
		RemoveEntryList(&block->WaitListEntry);
}

/* The first wait for an object that ends, now that this is signalled; or NULL. */
static PKWAIT_BLOCK wdm_block_first(DISPATCHER_HEADER *header)
{
	PLIST_ENTRY at = header->WaitListHead.Flink;
	PKWAIT_BLOCK block;

	for (; at != &header->WaitListHead; at = at->Flink) {
		block = CONTAINING_RECORD(at, KWAIT_BLOCK, WaitListEntry);
		if (wdm_block_ends(block))
			return block;
	}
	return NULL;
}

/**
 * __wdm_header_wake() - end waits, in the order in which they came
 * @header: an object that has become signalled
 *
 * Context: dispatcher lock held.
 */
void __wdm_header_wake(DISPATCHER_HEADER *header)
	__must_hold(&wdm_dispatcher_lock)
{
	struct task_struct *task;
	PKWAIT_BLOCK block;

	lockdep_assert_held(&wdm_dispatcher_lock);
	while ((block = wdm_block_first(header))) {
		task = (struct task_struct *)block->Thread;
		wdm_block_satisfy(block);
		wdm_block_remove(block);
		wake_up_process(task);
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
 * DDI page: wdm, KeSetEvent. One that was never initialised is not set; the log names the
 * caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: 0 when the event was not set before.
 */
LONG KeSetEvent(PKEVENT event, LONG increment, BOOLEAN wait)
{
	unsigned long flags;
	LONG old;

	wdm_at_most(DISPATCH_LEVEL);
	if (!wdm_header_is_there(&event->Header, "sets", (void *)_RET_IP_))
		return 0;
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

/* Make a ring of the blocks of a wait. */
static void wdm_blocks_init(PKWAIT_BLOCK blocks, ULONG count, PVOID objects[],
			    WAIT_TYPE type)
{
	ULONG i;

	for (i = 0; i < count; i++)
		blocks[i] = (KWAIT_BLOCK){
			.Thread = (PKTHREAD)current,
			.Object = objects[i],
			.NextWaitBlock = &blocks[(i + 1) % count],
			.WaitKey = i,
			.WaitType = type,
		};
}

/* The block whose object has ended the wait, or NULL. */
static PKWAIT_BLOCK wdm_blocks_done(PKWAIT_BLOCK blocks)
{
	PKWAIT_BLOCK block = blocks;

	while (block && block->BlockState != WDM_BLOCK_DONE)
		block = wdm_block_next(block, blocks);
	return block;
}

/* End a wait at once, if its objects do. */
static bool wdm_blocks_poll(PKWAIT_BLOCK blocks)
{
	PKWAIT_BLOCK block = blocks;

	for (; block; block = wdm_block_next(block, blocks)) {
		if (!wdm_block_ends(block))
			continue;
		wdm_block_satisfy(block);
		return true;
	}
	return false;
}

/* Wait; the caller has made a ring of @blocks, and may sleep unless it only polls. */
static NTSTATUS wdm_blocks_wait(PKWAIT_BLOCK blocks, KPROCESSOR_MODE mode,
				BOOLEAN alertable, PLARGE_INTEGER timeout)
{
	struct wdm_wait wait = wdm_wait_for(mode, alertable, timeout);
	NTSTATUS status = STATUS_SUCCESS;
	PKWAIT_BLOCK block = blocks;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	if (wdm_blocks_poll(blocks))
		goto unlock;
	if (timeout && !timeout->QuadPart) {
		status = STATUS_TIMEOUT;
		goto unlock;
	}
	for (; block; block = wdm_block_next(block, blocks))
		InsertTailList(&((DISPATCHER_HEADER *)block->Object)->WaitListHead,
			       &block->WaitListEntry);
	while (!wdm_blocks_done(blocks)) {
		if (wdm_wait_is_over(&wait))
			status = STATUS_TIMEOUT;
		else if (wdm_wait_is_killed(&wait))
			status = wdm_wait_killed(mode, alertable);
		if (status != STATUS_SUCCESS) {
			wdm_block_remove(blocks);
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

/* Is it an object, and was it initialised? For a task nothing waits. */
static bool wdm_is_initialised(PVOID object, void *caller)
{
	static const DISPATCHER_HEADER none;

	if (!object || wdm_task_kind(object))
		object = (PVOID)&none;
	return wdm_header_is_there(object, "waits for", caller);
}

/**
 * KeWaitForSingleObject() - wait for an object
 * @object: an event, a mutex, a semaphore, a timer or a thread
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
	KWAIT_BLOCK block;

	if (!wdm_is_initialised(object, (void *)_RET_IP_))
		return STATUS_INVALID_PARAMETER;
	if (!(timeout && !timeout->QuadPart) && !wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	wdm_blocks_init(&block, 1, &object, WaitAny);
	return wdm_blocks_wait(&block, mode, alertable, timeout);
}
WINPAR_EXPORT(KeWaitForSingleObject);

/* A semaphore that a WaitAll names twice would be counted down below 0. */
static bool wdm_is_among(PVOID object, PVOID objects[], ULONG count)
{
	ULONG i;

	for (i = 0; i < count; i++)
		if (objects[i] == object)
			return true;
	return false;
}

/* May these be waited for together? */
static bool wdm_are_objects(ULONG count, PVOID objects[], WAIT_TYPE type,
			    PKWAIT_BLOCK blocks, void *caller)
{
	ULONG i;

	if (!count || count > (blocks ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS))
		return false;
	for (i = 0; i < count; i++)
		if (!wdm_is_initialised(objects[i], caller) ||
		    (type == WaitAll && wdm_is_among(objects[i], objects, i)))
			return false;
	return true;
}

/**
 * KeWaitForMultipleObjects() - wait for one of several objects, or for all of them
 * @count: how many objects there are: at most MAXIMUM_WAIT_OBJECTS; without @blocks
 *         at most THREAD_WAIT_OBJECTS
 * @objects: the objects, as for KeWaitForSingleObject(); with WaitAll each only once
 * @type: WaitAny, or WaitAll: none of them is changed before all are signalled
 * @reason: ignored
 * @mode: as for KeWaitForSingleObject()
 * @alertable: as for KeWaitForSingleObject()
 * @timeout: as for KeWaitForSingleObject()
 * @blocks: memory for so many KWAIT_BLOCK as there are objects, or NULL
 *
 * DDI page: wdm, KeWaitForMultipleObjects. Where Windows stops (too many objects), it
 * waits for nothing, and the log names the caller.
 *
 * Context: below DISPATCH_LEVEL; at it with a @timeout of 0.
 * Return: STATUS_WAIT_0 and the index of the object that has ended the wait, the lowest
 * of those that are signalled when it begins; STATUS_SUCCESS all are signalled;
 * STATUS_TIMEOUT; STATUS_ALERTED and STATUS_USER_APC a fatal signal is pending;
 * STATUS_INVALID_PARAMETER a wrong @count, an object that was never initialised or, with
 * WaitAll, is there twice; STATUS_UNSUCCESSFUL the caller may not sleep: nothing was
 * waited for.
 */
NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type,
				  KWAIT_REASON reason, KPROCESSOR_MODE mode,
				  BOOLEAN alertable, PLARGE_INTEGER timeout,
				  PKWAIT_BLOCK blocks)
{
	KWAIT_BLOCK few[THREAD_WAIT_OBJECTS];
	NTSTATUS status;

	if (!wdm_are_objects(count, objects, type, blocks, (void *)_RET_IP_)) {
		pr_warn_ratelimited("%pS waits for %u objects: too many of them, one twice, or one that was never initialised\n",
				    (void *)_RET_IP_, count);
		return STATUS_INVALID_PARAMETER;
	}
	if (!(timeout && !timeout->QuadPart) && !wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	blocks = blocks ?: few;
	wdm_blocks_init(blocks, count, objects, type);
	status = wdm_blocks_wait(blocks, mode, alertable, timeout);
	if (status == STATUS_SUCCESS && type == WaitAny)
		status = STATUS_WAIT_0 + wdm_blocks_done(blocks)->WaitKey;
	return status;
}
WINPAR_EXPORT(KeWaitForMultipleObjects);

/**
 * KeDelayExecutionThread() - sleep
 * @mode: as for KeWaitForSingleObject()
 * @alertable: as for KeWaitForSingleObject()
 * @interval: how long, as its @timeout; with 0, or a time that is past, other threads may
 *            run before the caller goes on
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
	cond_resched();
	while (!wdm_wait_is_over(&wait)) {
		if (wdm_wait_is_killed(&wait))
			return wdm_wait_killed(mode, alertable);
		set_current_state(wait.state);
		wdm_wait_sleep(&wait);
	}
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(KeDelayExecutionThread);
