// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remove locks. A driver acquires its device's lock for as long as a request uses the
 * device; before it deletes the device it waits until all acquisitions are released.
 *
 * IoCount is 1 for the device itself, and 1 more for each acquisition. Once Removed is
 * set no acquisition succeeds, and the release that makes IoCount 0 sets RemoveEvent.
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

/* Take @count off IoCount. Below 0 no release would end a wait any more. */
static void wdm_remove_release(PIO_REMOVE_LOCK lock, LONG count, void *caller)
{
	LONG left = InterlockedExchangeAdd(&lock->Common.IoCount, -count) - count;

	if (left < 0)
		pr_warn_ratelimited("%pS releases a remove lock that is not acquired\n",
				    caller);
	if (left <= 0)
		KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
}

/**
 * winpar_wdm_remove_acquire() - begin one use of a device: IoAcquireRemoveLock()
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
	/* Count first, then look: pairs with smp_mb() in winpar_wdm_remove_wait(). */
	smp_mb();
	if (!READ_ONCE(lock->Common.Removed))
		return STATUS_SUCCESS;
	wdm_remove_release(lock, 1, (void *)_RET_IP_);
	return STATUS_DELETE_PENDING;
}
WINPAR_EXPORT(winpar_wdm_remove_acquire);

/**
 * winpar_wdm_remove_release() - end one use of a device: IoReleaseRemoveLock()
 * @lock: the device's lock, which the caller has acquired
 *
 * DDI page: wdm, IoReleaseRemoveLock
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wdm_remove_release(PIO_REMOVE_LOCK lock)
{
	wdm_at_most(DISPATCH_LEVEL);
	wdm_remove_release(lock, 1, (void *)_RET_IP_);
}
WINPAR_EXPORT(winpar_wdm_remove_release);

/**
 * winpar_wdm_remove_wait() - let no new use of a device begin, and wait until all have
 *	ended: IoReleaseRemoveLockAndWait()
 * @lock: the device's lock, which the caller has acquired; it is released here
 *
 * DDI page: wdm, IoReleaseRemoveLockAndWait. Where there are too few acquisitions it waits for
 * none, and the log names the caller.
 *
 * Context: PASSIVE_LEVEL, sleeps.
 */
void winpar_wdm_remove_wait(PIO_REMOVE_LOCK lock)
{
	if (!wdm_at_most(PASSIVE_LEVEL))
		return;
	WRITE_ONCE(lock->Common.Removed, TRUE);
	/*
	 * Pairs with smp_mb() in winpar_wdm_remove_acquire(): either this function waits
	 * for an acquisition that is being made now, or that acquisition sees Removed.
	 */
	smp_mb();
	/* The caller's acquisition, and the device's own. */
	wdm_remove_release(lock, 2, (void *)_RET_IP_);
	KeWaitForSingleObject(&lock->Common.RemoveEvent, Executive, KernelMode,
			      FALSE, NULL);
}
WINPAR_EXPORT(winpar_wdm_remove_wait);
