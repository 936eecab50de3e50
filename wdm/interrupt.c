// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt object that a client is given when it connects a routine. The
 * caller is above DISPATCH_LEVEL with its lock held.
 */
#include <linux/irqflags.h>

#include <winpar/compat.h>

#include "wdm/irql.h"
#include "wdm/port.h"

/**
 * KeAcquireInterruptSpinLock() - keep an interrupt out
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 *
 * DDI page: wdm, KeAcquireInterruptSpinLock
 *
 * Context: any but an interrupt routine.
 * Return: the level before, for KeReleaseInterruptSpinLock().
 */
KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT interrupt)
{
	KIRQL old = KeGetCurrentIrql();
	unsigned long flags;

	wdm_port_interrupt_lock(interrupt, &flags);
	return old;
}
WINPAR_EXPORT(KeAcquireInterruptSpinLock);

/**
 * KeReleaseInterruptSpinLock() - let an interrupt in again
 * @interrupt: as before
 * @old: the level before
 *
 * DDI page: wdm, KeReleaseInterruptSpinLock
 *
 * Context: after KeAcquireInterruptSpinLock().
 */
void KeReleaseInterruptSpinLock(PKINTERRUPT interrupt, KIRQL old)
{
	unsigned long flags;

	/* Interrupts stay off until the level is lowered. */
	local_save_flags(flags);
	wdm_port_interrupt_unlock(interrupt, flags);
	if (old <= DISPATCH_LEVEL)
		local_irq_enable();
}
WINPAR_EXPORT(KeReleaseInterruptSpinLock);

/**
 * KeSynchronizeExecution() - run a routine with an interrupt kept out
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @routine: what is run
 * @context: its argument
 *
 * DDI page: wdm, KeSynchronizeExecution
 *
 * Context: any but an interrupt routine.
 * Return: what @routine returned.
 */
BOOLEAN KeSynchronizeExecution(PKINTERRUPT interrupt,
			       PKSYNCHRONIZE_ROUTINE routine, PVOID context)
{
	return wdm_port_synchronize(interrupt, routine, context);
}
WINPAR_EXPORT(KeSynchronizeExecution);
