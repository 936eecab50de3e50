// SPDX-License-Identifier: GPL-2.0-only
/*
 * Semaphores, mutexes and fast mutexes. KeWaitForSingleObject() in wdm/wait.c waits for
 * a semaphore or a mutex; ExAcquireFastMutex() waits for the event in a fast mutex.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/preempt.h>
#include <linux/sched.h>

#include <winpar/compat.h>

#include "wdm/irql.h"
#include "wdm/wait.h"

/* ----- semaphores -------------------------------------------------------- */

/**
 * KeInitializeSemaphore() - initialise a semaphore
 * @semaphore: the semaphore
 * @count: how many waits it lets end at first
 * @limit: the largest count
 *
 * DDI page: wdm, KeInitializeSemaphore
 *
 * Context: any.
 */
void KeInitializeSemaphore(PKSEMAPHORE semaphore, LONG count, LONG limit)
{
	wdm_header_init(&semaphore->Header, WDM_SEMAPHORE, count);
	semaphore->Limit = limit;
}
WINPAR_EXPORT(KeInitializeSemaphore);

/**
 * KeReleaseSemaphore() - let waits for a semaphore end
 * @semaphore: the semaphore
 * @increment: ignored
 * @adjustment: how many waits, at least 1
 * @wait: ignored
 *
 * DDI page: wdm, KeReleaseSemaphore. Beyond the limit, where Windows raises an
 * exception, the semaphore stays as it is and a warning is logged.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the count before.
 */
LONG KeReleaseSemaphore(PKSEMAPHORE semaphore, LONG increment, LONG adjustment,
			BOOLEAN wait)
{
	unsigned long flags;
	bool ok;
	LONG old;

	wdm_at_most(DISPATCH_LEVEL);
	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	old = semaphore->Header.SignalState;
	ok = adjustment > 0 && adjustment <= semaphore->Limit - old;
	if (ok) {
		semaphore->Header.SignalState += adjustment;
		__wdm_header_wake(&semaphore->Header);
	}
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	if (!ok)
		pr_warn_ratelimited("%pS releases a semaphore by %d beyond its limit\n",
				    (void *)_RET_IP_, adjustment);
	return old;
}
WINPAR_EXPORT(KeReleaseSemaphore);

/**
 * KeReadStateSemaphore() - how many waits would a semaphore let end?
 * @semaphore: the semaphore
 *
 * DDI page: wdm, KeReadStateSemaphore
 *
 * Context: any.
 * Return: how many.
 */
LONG KeReadStateSemaphore(PKSEMAPHORE semaphore)
{
	return READ_ONCE(semaphore->Header.SignalState);
}
WINPAR_EXPORT(KeReadStateSemaphore);

/* ----- mutexes ----------------------------------------------------------- */

/**
 * KeInitializeMutex() - initialise a mutex, which no thread has
 * @mutex: the mutex
 * @level: ignored
 *
 * DDI page: wdm, KeInitializeMutex
 *
 * Context: any.
 */
void KeInitializeMutex(PKMUTEX mutex, ULONG level)
{
	*mutex = (KMUTEX){ };
	wdm_header_init(&mutex->Header, WDM_MUTANT, 1);
	InitializeListHead(&mutex->MutantListEntry);
}
WINPAR_EXPORT(KeInitializeMutex);

/**
 * KeReleaseMutex() - release a mutex, once for each wait that has ended
 * @mutex: the mutex
 * @wait: ignored
 *
 * DDI page: wdm, KeReleaseMutex. By another thread than the owner, where Windows
 * raises an exception, the mutex stays as it is and a warning is logged.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the state of the mutex before: 0 when the mutex is free now.
 */
LONG KeReleaseMutex(PKMUTEX mutex, BOOLEAN wait)
{
	unsigned long flags;
	bool ok;
	LONG old;

	wdm_at_most(DISPATCH_LEVEL);
	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	old = mutex->Header.SignalState;
	ok = mutex->OwnerThread == (PKTHREAD)current;
	if (ok && ++mutex->Header.SignalState == 1) {
		mutex->OwnerThread = NULL;
		__wdm_header_wake(&mutex->Header);
	}
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	if (!ok)
		pr_warn_ratelimited("%pS releases a mutex that its thread does not have\n",
				    (void *)_RET_IP_);
	return old;
}
WINPAR_EXPORT(KeReleaseMutex);

/**
 * KeReadStateMutex() - is a mutex free?
 * @mutex: the mutex
 *
 * DDI page: wdm, KeReadStateMutex
 *
 * Context: any.
 * Return: 1 when it is.
 */
LONG KeReadStateMutex(PKMUTEX mutex)
{
	return READ_ONCE(mutex->Header.SignalState);
}
WINPAR_EXPORT(KeReadStateMutex);

/* ----- fast mutexes ------------------------------------------------------ */

/**
 * ExInitializeFastMutex() - initialise a fast mutex, which no thread has
 * @mutex: the mutex
 *
 * DDI page: wdm, ExInitializeFastMutex
 *
 * Context: any.
 */
void ExInitializeFastMutex(PFAST_MUTEX mutex)
{
	*mutex = (FAST_MUTEX){ .Count = 1 };
	KeInitializeEvent(&mutex->Event, SynchronizationEvent, TRUE);
}
WINPAR_EXPORT(ExInitializeFastMutex);

/* Who the caller is. A softirq is not the thread that it has interrupted. */
static PVOID wdm_fast_mutex_caller(void)
{
	return (u8 *)current + !!in_serving_softirq();
}

static void wdm_fast_mutex_own(PFAST_MUTEX mutex)
{
	mutex->Count = 0;
	WRITE_ONCE(mutex->Owner, wdm_fast_mutex_caller());
	mutex->OldIrql = PASSIVE_LEVEL;
}

/**
 * ExAcquireFastMutex() - acquire a fast mutex, waiting if need be
 * @mutex: the mutex, which the caller does not have: it would wait for ever
 *
 * DDI page: wdm, ExAcquireFastMutex. The caller stays at PASSIVE_LEVEL. At DISPATCH_LEVEL,
 * where Windows stops, a mutex that is free is acquired. For one that is not nothing waits:
 * the caller goes on without it, and changes nothing when it releases it.
 *
 * Context: below DISPATCH_LEVEL.
 */
void ExAcquireFastMutex(PFAST_MUTEX mutex)
{
	bool may = wdm_at_most(APC_LEVEL);
	LARGE_INTEGER now = { };

	if (may && READ_ONCE(mutex->Owner) == wdm_fast_mutex_caller())
		pr_warn_ratelimited("%pS acquires a fast mutex that its thread has: it waits for ever\n",
				    (void *)_RET_IP_);
	if (KeWaitForSingleObject(&mutex->Event, Executive, KernelMode, FALSE,
				  may ? NULL : &now) == STATUS_SUCCESS)
		wdm_fast_mutex_own(mutex);
}
WINPAR_EXPORT(ExAcquireFastMutex);

/**
 * ExTryToAcquireFastMutex() - acquire a fast mutex if it is free
 * @mutex: the mutex
 *
 * DDI page: wdm, ExTryToAcquireFastMutex
 *
 * Context: below DISPATCH_LEVEL.
 * Return: TRUE when the caller has it now.
 */
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex)
{
	LARGE_INTEGER now = { };

	wdm_at_most(APC_LEVEL);
	if (KeWaitForSingleObject(&mutex->Event, Executive, KernelMode, FALSE,
				  &now) != STATUS_SUCCESS)
		return FALSE;
	wdm_fast_mutex_own(mutex);
	return TRUE;
}
WINPAR_EXPORT(ExTryToAcquireFastMutex);

/**
 * ExReleaseFastMutex() - release a fast mutex
 * @mutex: the mutex, which the caller has
 *
 * DDI page: wdm, ExReleaseFastMutex. By another thread than the owner it changes
 * nothing, and the log names the caller.
 *
 * Context: below DISPATCH_LEVEL.
 */
void ExReleaseFastMutex(PFAST_MUTEX mutex)
{
	if (READ_ONCE(mutex->Owner) != wdm_fast_mutex_caller()) {
		pr_warn_ratelimited("%pS releases a fast mutex that its thread does not have\n",
				    (void *)_RET_IP_);
		return;
	}
	WRITE_ONCE(mutex->Owner, NULL);
	mutex->Count = 1;
	KeSetEvent(&mutex->Event, 0, FALSE);
}
WINPAR_EXPORT(ExReleaseFastMutex);
