// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt object that clients synchronise with: a port's interrupt routines
 * are called with its lock held.
 */
#include <linux/spinlock.h>

#include <winpar/winpar.h>

#include "port/port.h"

/**
 * winpar_interrupt_lock() - keep a port's interrupt routines from running
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @flags: for winpar_interrupt_unlock()
 *
 * What KeAcquireInterruptSpinLock() does. Interrupt routines are called with
 * the lock held, so they may not call this.
 *
 * Context: any but an interrupt routine of the port. Interrupts are off
 * afterwards.
 */
void winpar_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags)
	__acquires(&interrupt->lock)
{
	spin_lock_irqsave(&interrupt->lock, *flags);
}
WINPAR_EXPORT(winpar_interrupt_lock);

/**
 * winpar_interrupt_unlock() - let a port's interrupt routines run again
 * @interrupt: what was locked
 * @flags: from winpar_interrupt_lock()
 *
 * What KeReleaseInterruptSpinLock() does.
 *
 * Context: as winpar_interrupt_lock().
 */
void winpar_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags)
	__releases(&interrupt->lock)
{
	spin_unlock_irqrestore(&interrupt->lock, flags);
}
WINPAR_EXPORT(winpar_interrupt_unlock);

/**
 * winpar_interrupt_synchronize() - run a routine as if it were in the interrupt
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @routine: what to run; no interrupt routine of the port runs at that time
 * @context: its argument
 *
 * What KeSynchronizeExecution() does.
 *
 * Context: as winpar_interrupt_lock().
 * Return: what @routine returns.
 */
BOOLEAN winpar_interrupt_synchronize(PKINTERRUPT interrupt,
				     PKSYNCHRONIZE_ROUTINE routine,
				     PVOID context)
{
	unsigned long flags;
	BOOLEAN result;

	spin_lock_irqsave(&interrupt->lock, flags);
	result = routine(context);
	spin_unlock_irqrestore(&interrupt->lock, flags);
	return result;
}
WINPAR_EXPORT(winpar_interrupt_synchronize);
