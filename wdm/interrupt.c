// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls on an interrupt object, which a client is given when it connects an
 * interrupt routine. While a client holds the object's lock, the routine does not run;
 * the client is above DISPATCH_LEVEL then, with interrupts off.
 */
#include <linux/irqflags.h>

#include <winpar/compat.h>

#include "wdm/irql.h"
#include "wdm/port.h"

/**
 * KeAcquireInterruptSpinLock() - keep the interrupt routine from running
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
 * KeReleaseInterruptSpinLock() - let the interrupt routine run again
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @old: what KeAcquireInterruptSpinLock() returned
 *
 * DDI page: wdm, KeReleaseInterruptSpinLock
 *
 * Context: after KeAcquireInterruptSpinLock().
 */
void KeReleaseInterruptSpinLock(PKINTERRUPT interrupt, KIRQL old)
{
	unsigned long flags;

	/* The unlock leaves interrupts off: lowering the level switches them on. */
	local_save_flags(flags);
	wdm_port_interrupt_unlock(interrupt, flags);
	if (old <= DISPATCH_LEVEL)
		local_irq_enable();
}
WINPAR_EXPORT(KeReleaseInterruptSpinLock);

/**
 * KeSynchronizeExecution() - run a routine while the interrupt routine cannot run
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @routine: the routine
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
