// SPDX-License-Identifier: GPL-2.0-only
/*
 * Levels (IRQL), spin locks, and lists under a spin lock.
 *
 * Linux has no IRQL. Its contexts are mapped to levels: a task that may be preempted is
 * at PASSIVE_LEVEL; one with softirqs or preemption off, and a softirq, is at
 * DISPATCH_LEVEL; with interrupts off it is at a device's level. Raising to
 * DISPATCH_LEVEL switches softirqs off, so that DPCs, timers and completion
 * routines stay away from this CPU; raising above it switches interrupts off. A kernel
 * with PREEMPT_RT leaves them on, since spin locks sleep there: it has no level above
 * DISPATCH_LEVEL, and interrupt routines are threads.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#include <winpar/compat.h>

#include "wdm/irql.h"

/**
 * KeGetCurrentIrql() - at which level is the caller?
 *
 * Context: any. DDI page: wdm, KeGetCurrentIrql
 * Return: the level. APC_LEVEL is never the answer: a task that holds a fast mutex is
 * at PASSIVE_LEVEL here.
 */
KIRQL KeGetCurrentIrql(void)
{
	if (irqs_disabled())
		return WDM_DEVICE_LEVEL;
	if (preempt_count() || softirq_count())
		return DISPATCH_LEVEL;
	return PASSIVE_LEVEL;
}
WINPAR_EXPORT(KeGetCurrentIrql);

/**
 * winpar_wdm_raise() - raise the level: KeRaiseIrql() and KeRaiseIrqlToDpcLevel()
 * @level: at least the present level
 *
 * DDI page: wdm, KeRaiseIrql. APC_LEVEL changes nothing.
 *
 * Context: any.
 * Return: the level before, for KeLowerIrql().
 */
KIRQL winpar_wdm_raise(KIRQL level)
{
	KIRQL old = KeGetCurrentIrql();

	if (level >= DISPATCH_LEVEL && old < DISPATCH_LEVEL)
		local_bh_disable();
	if (level > DISPATCH_LEVEL && old <= DISPATCH_LEVEL &&
	    !IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_disable();
	return old;
}
WINPAR_EXPORT(winpar_wdm_raise);

/**
 * KeLowerIrql() - lower the level again
 * @level: what KeRaiseIrql() gave
 *
 * DDI page: wdm, KeLowerIrql
 *
 * Context: any, after KeRaiseIrql() or the acquisition of a spin lock.
 */
void KeLowerIrql(KIRQL level)
{
	KIRQL now = KeGetCurrentIrql();

	if (now > DISPATCH_LEVEL && level <= DISPATCH_LEVEL &&
	    !IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_enable();
	if (now >= DISPATCH_LEVEL && level < DISPATCH_LEVEL)
		local_bh_enable();
}
WINPAR_EXPORT(KeLowerIrql);

/**
 * winpar_wdm_init_spin_lock() - initialise a spin lock: KeInitializeSpinLock()
 * @lock: the lock
 * @name: the lock's name in Linux's lock checks
 * @key: the lock class that these checks put it in
 *
 * DDI page: wdm, KeInitializeSpinLock
 *
 * Context: any.
 */
void winpar_wdm_init_spin_lock(PKSPIN_LOCK lock, const char *name,
			       struct lock_class_key *key)
{
	spin_lock_init(&lock->lock);
	lockdep_set_class_and_name(&lock->lock, key, name);
}
WINPAR_EXPORT(winpar_wdm_init_spin_lock);

/**
 * KeAcquireSpinLockRaiseToDpc() - acquire a spin lock: KeAcquireSpinLock()
 * @lock: the lock
 *
 * DDI page: wdm, KeAcquireSpinLock
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the level before, for KeReleaseSpinLock().
 */
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
	__acquires(&lock->lock)
{
	KIRQL old;

	wdm_at_most(DISPATCH_LEVEL);
	old = winpar_wdm_raise(DISPATCH_LEVEL);
	spin_lock(&lock->lock);
	return old;
}
WINPAR_EXPORT(KeAcquireSpinLockRaiseToDpc);

/**
 * KeReleaseSpinLock() - release a spin lock and lower the level
 * @lock: the lock
 * @old: the level before it was acquired
 *
 * DDI page: wdm, KeReleaseSpinLock
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL old)
	__releases(&lock->lock)
{
	spin_unlock(&lock->lock);
	KeLowerIrql(old);
}
WINPAR_EXPORT(KeReleaseSpinLock);

/**
 * KeAcquireSpinLockAtDpcLevel() - acquire a spin lock at DISPATCH_LEVEL
 * @lock: the lock
 *
 * DDI page: wdm, KeAcquireSpinLockAtDpcLevel
 *
 * Context: DISPATCH_LEVEL.
 */
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock)
	__acquires(&lock->lock)
{
	wdm_at_most(DISPATCH_LEVEL);
	spin_lock(&lock->lock);
}
WINPAR_EXPORT(KeAcquireSpinLockAtDpcLevel);

/**
 * KeReleaseSpinLockFromDpcLevel() - release a spin lock and stay at DISPATCH_LEVEL
 * @lock: the lock
 *
 * DDI page: wdm, KeReleaseSpinLockFromDpcLevel
 *
 * Context: DISPATCH_LEVEL.
 */
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock)
	__releases(&lock->lock)
{
	spin_unlock(&lock->lock);
}
WINPAR_EXPORT(KeReleaseSpinLockFromDpcLevel);

/* An entry next to a list's head, or NULL when it is the head: the list is empty. */
static PLIST_ENTRY wdm_entry_of(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	return entry == head ? NULL : entry;
}

/**
 * ExInterlockedInsertHeadList() - put an entry first, under a lock
 * @head: the list
 * @entry: the entry
 * @lock: the list's lock
 *
 * DDI page: wdm, ExInterlockedInsertHeadList
 *
 * Context: any. If an interrupt routine uses the lock, other calls than these three must
 * take it with interrupts off.
 * Return: the entry that was first before, NULL when the list was empty.
 */
PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry,
					PKSPIN_LOCK lock)
{
	PLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(&lock->lock, flags);
	first = wdm_entry_of(head, head->Flink);
	InsertHeadList(head, entry);
	spin_unlock_irqrestore(&lock->lock, flags);
	return first;
}
WINPAR_EXPORT(ExInterlockedInsertHeadList);

/**
 * ExInterlockedInsertTailList() - put an entry last, under a lock
 * @head: the list
 * @entry: the entry
 * @lock: the list's lock
 *
 * DDI page: wdm, ExInterlockedInsertTailList
 *
 * Context: any.
 * Return: the entry that was last before, NULL when the list was empty.
 */
PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry,
					PKSPIN_LOCK lock)
{
	PLIST_ENTRY last;
	unsigned long flags;

	spin_lock_irqsave(&lock->lock, flags);
	last = wdm_entry_of(head, head->Blink);
	InsertTailList(head, entry);
	spin_unlock_irqrestore(&lock->lock, flags);
	return last;
}
WINPAR_EXPORT(ExInterlockedInsertTailList);

/**
 * ExInterlockedRemoveHeadList() - take the first entry off, under a lock
 * @head: the list
 * @lock: the list's lock
 *
 * DDI page: wdm, ExInterlockedRemoveHeadList
 *
 * Context: any.
 * Return: the entry, NULL when the list is empty.
 */
PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock)
{
	PLIST_ENTRY first;
	unsigned long flags;

	spin_lock_irqsave(&lock->lock, flags);
	first = wdm_entry_of(head, head->Flink);
	if (first)
		RemoveEntryList(first);
	spin_unlock_irqrestore(&lock->lock, flags);
	return first;
}
WINPAR_EXPORT(ExInterlockedRemoveHeadList);

/**
 * ExInterlockedAddLargeInteger() - add to a number of 64 bits, under a lock
 * @value: the number
 * @add: what to add
 * @lock: the number's lock
 *
 * DDI page: wdm, ExInterlockedAddLargeInteger
 *
 * Context: any, as ExInterlockedInsertHeadList().
 * Return: the number before.
 */
LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER value,
					   LARGE_INTEGER add, PKSPIN_LOCK lock)
{
	LARGE_INTEGER before;
	unsigned long flags;

	spin_lock_irqsave(&lock->lock, flags);
	before = *value;
	/* Without a sign, so that it may overflow. */
	value->QuadPart = (u64)before.QuadPart + (u64)add.QuadPart;
	spin_unlock_irqrestore(&lock->lock, flags);
	return before;
}
WINPAR_EXPORT(ExInterlockedAddLargeInteger);

/**
 * ExInterlockedAddUlong() - add to a number of 32 bits, under a lock
 * @value: the number
 * @add: what to add
 * @lock: the number's lock
 *
 * DDI page: wdm, ExInterlockedAddUlong
 *
 * Context: any, as ExInterlockedInsertHeadList().
 * Return: the number before.
 */
ULONG ExInterlockedAddUlong(PULONG value, ULONG add, PKSPIN_LOCK lock)
{
	unsigned long flags;
	ULONG before;

	spin_lock_irqsave(&lock->lock, flags);
	before = *value;
	*value = before + add;
	spin_unlock_irqrestore(&lock->lock, flags);
	return before;
}
WINPAR_EXPORT(ExInterlockedAddUlong);
