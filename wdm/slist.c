// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-lists: a stack of entries that any context may use. One lock guards all of them: a
 * list without a lock would need a compare-and-exchange of twice a pointer's size, against
 * an entry that is taken off and put back while another CPU looks at it.
 */
#include <linux/spinlock.h>

#include <winpar/compat.h>
#include <winpar/ddk/wdm.h>

static DEFINE_RAW_SPINLOCK(wdm_slist_lock);

/**
 * InterlockedPushEntrySList() - put an entry first; ExInterlockedPushEntrySList()
 * @head: the list
 * @entry: the entry
 *
 * DDI page: wdm, ExInterlockedPushEntrySList
 *
 * Context: any.
 * Return: the entry that was first before, NULL when the list was empty.
 */
PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_slist_lock, flags);
	first = head->Winpar.First;
	entry->Next = first;
	head->Winpar.First = entry;
	head->Winpar.Count++;
	raw_spin_unlock_irqrestore(&wdm_slist_lock, flags);
	return first;
}
WINPAR_EXPORT(InterlockedPushEntrySList);

/**
 * InterlockedPopEntrySList() - take the first entry off; ExInterlockedPopEntrySList()
 * @head: the list
 *
 * DDI page: wdm, ExInterlockedPopEntrySList
 *
 * Context: any.
 * Return: the entry, NULL when the list is empty.
 */
PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER head)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_slist_lock, flags);
	first = head->Winpar.First;
	if (first) {
		head->Winpar.First = first->Next;
		head->Winpar.Count--;
	}
	raw_spin_unlock_irqrestore(&wdm_slist_lock, flags);
	return first;
}
WINPAR_EXPORT(InterlockedPopEntrySList);

/**
 * InterlockedFlushSList() - take all entries off; ExInterlockedFlushSList()
 * @head: the list
 *
 * DDI page: wdm, ExInterlockedFlushSList
 *
 * Context: any.
 * Return: the first of them, NULL when the list was empty.
 */
PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER head)
{
	PSLIST_ENTRY first;
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_slist_lock, flags);
	first = head->Winpar.First;
	InitializeSListHead(head);
	raw_spin_unlock_irqrestore(&wdm_slist_lock, flags);
	return first;
}
WINPAR_EXPORT(InterlockedFlushSList);
