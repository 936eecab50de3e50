// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remove locks: a count of what uses a device, and a wait until nothing does.
 *
 * IoCount is 1 for the device, and 1 more for each acquisition. Once Removed is set
 * no acquisition succeeds, and the release that makes IoCount 0 sets RemoveEvent.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <winpar/compat.h>

#include "wdm/irql.h"

/**
 * winpar_wdm_remove_init() - initialise a remove lock: IoInitializeRemoveLock()
 * @lock: the lock
 *
 * DDI page: wdm, IoInitializeRemoveLock
 *
 * Context: any.
 */
void winpar_wdm_remove_init(PIO_REMOVE_LOCK lock)
{
	*lock = (IO_REMOVE_LOCK){ .Common.IoCount = 1 };
	KeInitializeEvent(&lock->Common.RemoveEvent, NotificationEvent, FALSE);
}
WINPAR_EXPORT(winpar_wdm_remove_init);

/* Give @count acquisitions back. */
static void wdm_remove_release(PIO_REMOVE_LOCK lock, LONG count)
{
	LONG left = InterlockedExchangeAdd(&lock->Common.IoCount, -count) - count;

	WARN_ONCE(left < 0, "%pS releases a remove lock that is not acquired\n",
		  (void *)_RET_IP_);
	if (!left)
		KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
}

/**
 * winpar_wdm_remove_acquire() - say that a device is used: IoAcquireRemoveLock()
 * @lock: the device's lock
 *
 * DDI page: wdm, IoAcquireRemoveLock
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, and winpar_wdm_remove_release() follows;
 * STATUS_DELETE_PENDING the device is being removed.
 */
NTSTATUS winpar_wdm_remove_acquire(PIO_REMOVE_LOCK lock)
{
	wdm_at_most(DISPATCH_LEVEL);
	InterlockedIncrement(&lock->Common.IoCount);
	/* Pairs with that in winpar_wdm_remove_wait(). */
	smp_mb();
	if (!READ_ONCE(lock->Common.Removed))
		return STATUS_SUCCESS;
	wdm_remove_release(lock, 1);
	return STATUS_DELETE_PENDING;
}
WINPAR_EXPORT(winpar_wdm_remove_acquire);

/**
 * winpar_wdm_remove_release() - the device is used no more: IoReleaseRemoveLock()
 * @lock: the device's lock, which the caller has acquired
 *
 * DDI page: wdm, IoReleaseRemoveLock
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wdm_remove_release(PIO_REMOVE_LOCK lock)
{
	wdm_at_most(DISPATCH_LEVEL);
	wdm_remove_release(lock, 1);
}
WINPAR_EXPORT(winpar_wdm_remove_release);

/**
 * winpar_wdm_remove_wait() - wait until a device is used by nothing:
 *	IoReleaseRemoveLockAndWait()
 * @lock: the device's lock, which the caller has acquired; nothing acquires it again
 *
 * DDI page: wdm, IoReleaseRemoveLockAndWait
 *
 * Context: PASSIVE_LEVEL, sleeps.
 */
void winpar_wdm_remove_wait(PIO_REMOVE_LOCK lock)
{
	if (!wdm_at_most(PASSIVE_LEVEL))
		return;
	WRITE_ONCE(lock->Common.Removed, TRUE);
	/* What has acquired it before is counted, or sees Removed. */
	smp_mb();
	/* The caller's acquisition, and the device's own. */
	wdm_remove_release(lock, 2);
	KeWaitForSingleObject(&lock->Common.RemoveEvent, Executive, KernelMode,
			      FALSE, NULL);
}
WINPAR_EXPORT(winpar_wdm_remove_wait);
