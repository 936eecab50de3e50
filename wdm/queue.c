// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues in which a driver keeps its requests: device queues, from which DriverStartIo is
 * given one IRP at a time (wdm/packet.c), and cancel-safe queues.
 *
 * A device queue is idle at first. An insertion into an idle queue queues nothing: it makes
 * the queue busy, and its caller works on the entry at once. A removal that finds a busy
 * queue empty makes it idle again. An entry that is queued may be taken off, and freed, as
 * soon as the queue's lock is released: its insertion does not look at it then.
 *
 * A cancel-safe queue is the driver's own list under the driver's own lock. While an IRP is
 * on it the IRP's cancel routine is wdm_csq_cancel(). IoCancelIrp() and a removal can come
 * at the same time: each sets the cancel routine to NULL, and the one that finds the
 * routine there takes the IRP off. DriverContext[3] of the IRP points to the queue, or to
 * the context that the driver has given, which points to the queue.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <winpar/compat.h>

#include "wdm/irql.h"

/* The member Type of IO_CSQ_IRP_CONTEXT, of IO_CSQ and of KDEVICE_QUEUE. */
#define WDM_CSQ_CONTEXT		1
#define WDM_CSQ			2
#define WDM_CSQ_EX		3
#define WDM_DEVICE_QUEUE	20

/* ----- device queues ----------------------------------------------------- */

/**
 * KeInitializeDeviceQueue() - initialise a device queue, which is idle
 * @queue: the queue
 *
 * DDI page: wdm, KeInitializeDeviceQueue
 *
 * Context: any.
 */
void KeInitializeDeviceQueue(PKDEVICE_QUEUE queue)
{
	*queue = (KDEVICE_QUEUE){
		.Type = WDM_DEVICE_QUEUE,
		.Size = sizeof(*queue),
	};
	InitializeListHead(&queue->DeviceListHead);
	KeInitializeSpinLock(&queue->Lock);
}
WINPAR_EXPORT(KeInitializeDeviceQueue);

/* Put an entry before the first entry whose key is greater. */
static void wdm_queue_insert(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	PLIST_ENTRY at = queue->DeviceListHead.Blink;

	while (at != &queue->DeviceListHead &&
	       CONTAINING_RECORD(at, KDEVICE_QUEUE_ENTRY,
				 DeviceListEntry)->SortKey > entry->SortKey)
		at = at->Blink;
	InsertHeadList(at, &entry->DeviceListEntry);
}

/**
 * KeInsertByKeyDeviceQueue() - queue an entry in the order of keys
 * @queue: the queue
 * @entry: the entry
 * @key: the entry's key; the entry goes behind all entries whose key is not greater
 *
 * DDI page: wdm, KeInsertByKeyDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE @entry is queued; FALSE the queue was idle, and is busy with @entry now.
 */
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE queue,
				 PKDEVICE_QUEUE_ENTRY entry, ULONG key)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
	BOOLEAN queued = queue->Busy;

	entry->SortKey = key;
	entry->Inserted = queued;
	queue->Busy = TRUE;
	if (queued)
		wdm_queue_insert(queue, entry);
	KeReleaseSpinLock(&queue->Lock, old);
	return queued;
}
WINPAR_EXPORT(KeInsertByKeyDeviceQueue);

/**
 * KeInsertDeviceQueue() - queue an entry behind all others
 * @queue: the queue
 * @entry: the entry
 *
 * DDI page: wdm, KeInsertDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as KeInsertByKeyDeviceQueue().
 */
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
	BOOLEAN queued = queue->Busy;

	entry->Inserted = queued;
	queue->Busy = TRUE;
	if (queued)
		InsertTailList(&queue->DeviceListHead, &entry->DeviceListEntry);
	KeReleaseSpinLock(&queue->Lock, old);
	return queued;
}
WINPAR_EXPORT(KeInsertDeviceQueue);

/**
 * KeRemoveDeviceQueue() - take the first entry off a queue, or make the queue idle
 * @queue: a queue that is busy
 *
 * DDI page: wdm, KeRemoveDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the entry; NULL the queue is idle now.
 */
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE queue)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
	PKDEVICE_QUEUE_ENTRY entry = NULL;

	if (IsListEmpty(&queue->DeviceListHead)) {
		queue->Busy = FALSE;
	} else {
		entry = CONTAINING_RECORD(RemoveHeadList(&queue->DeviceListHead),
					  KDEVICE_QUEUE_ENTRY, DeviceListEntry);
		entry->Inserted = FALSE;
	}
	KeReleaseSpinLock(&queue->Lock, old);
	return entry;
}
WINPAR_EXPORT(KeRemoveDeviceQueue);

/* The first entry whose key is not less; the very first when there is none. */
static PKDEVICE_QUEUE_ENTRY wdm_queue_by_key(PKDEVICE_QUEUE queue, ULONG key)
{
	PLIST_ENTRY at = queue->DeviceListHead.Flink;

	while (at != &queue->DeviceListHead &&
	       CONTAINING_RECORD(at, KDEVICE_QUEUE_ENTRY,
				 DeviceListEntry)->SortKey < key)
		at = at->Flink;
	if (at == &queue->DeviceListHead)
		at = at->Flink;
	return CONTAINING_RECORD(at, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/**
 * KeRemoveByKeyDeviceQueue() - take an entry off by its key, or become idle
 * @queue: a queue that is busy
 * @key: the first entry whose key is not less is taken; where there is none, the very
 *       first
 *
 * DDI page: wdm, KeRemoveByKeyDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the entry; NULL the queue is idle now.
 */
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE queue, ULONG key)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
	PKDEVICE_QUEUE_ENTRY entry = NULL;

	if (IsListEmpty(&queue->DeviceListHead)) {
		queue->Busy = FALSE;
	} else {
		entry = wdm_queue_by_key(queue, key);
		RemoveEntryList(&entry->DeviceListEntry);
		entry->Inserted = FALSE;
	}
	KeReleaseSpinLock(&queue->Lock, old);
	return entry;
}
WINPAR_EXPORT(KeRemoveByKeyDeviceQueue);

/**
 * KeRemoveEntryDeviceQueue() - take an entry off a queue
 * @queue: the queue
 * @entry: an entry that may be queued there
 *
 * DDI page: wdm, KeRemoveEntryDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE if @entry was queued.
 */
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE queue,
				 PKDEVICE_QUEUE_ENTRY entry)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);
	BOOLEAN was = entry->Inserted;

	if (was)
		RemoveEntryList(&entry->DeviceListEntry);
	entry->Inserted = FALSE;
	KeReleaseSpinLock(&queue->Lock, old);
	return was;
}
WINPAR_EXPORT(KeRemoveEntryDeviceQueue);

/* ----- cancel-safe queues ------------------------------------------------ */

/**
 * IoCsqInitialize() - initialise a cancel-safe queue
 * @csq: the queue
 * @insert: the driver's routine that puts an IRP on the driver's list
 * @remove: the driver's routine that takes an IRP off the list
 * @peek: the driver's routine that looks for the next IRP on the list
 * @acquire: the driver's routine that acquires the list's lock
 * @release: the driver's routine that releases the list's lock
 * @complete: the driver's routine that completes an IRP which was cancelled
 *
 * DDI page: wdm, IoCsqInitialize
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert,
			 PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
			 PIO_CSQ_ACQUIRE_LOCK acquire,
			 PIO_CSQ_RELEASE_LOCK release,
			 PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	*csq = (IO_CSQ){
		.Type = WDM_CSQ,
		.CsqInsertIrp = insert,
		.CsqRemoveIrp = remove,
		.CsqPeekNextIrp = peek,
		.CsqAcquireLock = acquire,
		.CsqReleaseLock = release,
		.CsqCompleteCanceledIrp = complete,
	};
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoCsqInitialize);

/**
 * IoCsqInitializeEx() - initialise a cancel-safe queue that may refuse an IRP
 * @csq: the queue
 * @insert: the driver's routine that puts an IRP on its list, or fails
 * @remove: as for IoCsqInitialize()
 * @peek: as for IoCsqInitialize()
 * @acquire: as for IoCsqInitialize()
 * @release: as for IoCsqInitialize()
 * @complete: as for IoCsqInitialize()
 *
 * DDI page: wdm, IoCsqInitializeEx
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitializeEx(PIO_CSQ csq, PIO_CSQ_INSERT_IRP_EX insert,
			   PIO_CSQ_REMOVE_IRP remove,
			   PIO_CSQ_PEEK_NEXT_IRP peek,
			   PIO_CSQ_ACQUIRE_LOCK acquire,
			   PIO_CSQ_RELEASE_LOCK release,
			   PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	/* Both kinds of queue have the routine in one member; Type says which it is. */
	IoCsqInitialize(csq, (PIO_CSQ_INSERT_IRP)(void *)insert, remove, peek,
			acquire, release, complete);
	csq->Type = WDM_CSQ_EX;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoCsqInitializeEx);

/* The queue that an IRP is on. @context is set to the IRP's context, or NULL. */
static PIO_CSQ wdm_csq_of(PIRP irp, PIO_CSQ_IRP_CONTEXT *context)
{
	PIO_CSQ csq = irp->Tail.Overlay.DriverContext[3];

	*context = NULL;
	if (csq->Type != WDM_CSQ_CONTEXT)
		return csq;
	*context = (PIO_CSQ_IRP_CONTEXT)csq;
	return (*context)->Csq;
}

/*
 * Take an IRP off its queue. The caller has the list's lock, and has taken the cancel
 * routine off the IRP.
 */
static void wdm_csq_take(PIO_CSQ csq, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context;

	wdm_csq_of(irp, &context);
	csq->CsqRemoveIrp(csq, irp);
	if (context)
		context->Irp = NULL;
	irp->Tail.Overlay.DriverContext[3] = NULL;
}

/* The cancel routine of an IRP on a cancel-safe queue; IoCancelIrp() has taken it off. */
static VOID wdm_csq_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context;
	PIO_CSQ csq;
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq = wdm_csq_of(irp, &context);
	csq->CsqAcquireLock(csq, &irql);
	wdm_csq_take(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

/* The driver's own insertion; only one of IoCsqInitializeEx() may fail. */
static NTSTATUS wdm_csq_put(PIO_CSQ csq, PIRP irp, PVOID insert_context)
{
	if (csq->Type == WDM_CSQ_EX)
		return ((PIO_CSQ_INSERT_IRP_EX)(void *)csq->CsqInsertIrp)
			(csq, irp, insert_context);
	csq->CsqInsertIrp(csq, irp);
	return STATUS_SUCCESS;
}

/**
 * IoCsqInsertIrpEx() - queue an IRP, and mark it pending
 * @csq: the queue
 * @irp: the IRP. If it was cancelled before, the driver's routine for cancelled IRPs
 *       completes it at once.
 * @context: by which IoCsqRemoveIrp() finds the IRP, or NULL
 * @insert_context: what the driver's routine that inserts the IRP is given, if the queue
 *                  is one of IoCsqInitializeEx()
 *
 * DDI page: wdm, IoCsqInsertIrpEx
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the status of the driver's routine; an error: the IRP is the caller's still,
 * and is not marked pending.
 */
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context,
			  PVOID insert_context)
{
	NTSTATUS status;
	bool cancelled;
	KIRQL irql;

	wdm_at_most(DISPATCH_LEVEL);
	if (context)
		*context = (IO_CSQ_IRP_CONTEXT){
			.Type = WDM_CSQ_CONTEXT,
			.Irp = irp,
			.Csq = csq,
		};
	irp->Tail.Overlay.DriverContext[3] = context ? (PVOID)context : csq;
	csq->CsqAcquireLock(csq, &irql);
	status = wdm_csq_put(csq, irp, insert_context);
	if (!NT_SUCCESS(status)) {
		irp->Tail.Overlay.DriverContext[3] = NULL;
		if (context)
			context->Irp = NULL;
		csq->CsqReleaseLock(csq, irql);
		return status;
	}
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, wdm_csq_cancel);
	/* IoCancelIrp() may have come before the routine was set, and then called none. */
	cancelled = READ_ONCE(irp->Cancel) && IoSetCancelRoutine(irp, NULL);
	if (cancelled)
		wdm_csq_take(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	if (cancelled)
		csq->CsqCompleteCanceledIrp(csq, irp);
	return status;
}
WINPAR_EXPORT(IoCsqInsertIrpEx);

/**
 * IoCsqInsertIrp() - queue an IRP, and mark it pending
 * @csq: the queue, which refuses none
 * @irp: as for IoCsqInsertIrpEx()
 * @context: as for IoCsqInsertIrpEx()
 *
 * DDI page: wdm, IoCsqInsertIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	IoCsqInsertIrpEx(csq, irp, context, NULL);
}
WINPAR_EXPORT(IoCsqInsertIrp);

/**
 * IoCsqRemoveIrp() - take the IRP that has a certain context off a queue
 * @csq: the queue
 * @context: the context that IoCsqInsertIrp() was given with the IRP
 *
 * DDI page: wdm, IoCsqRemoveIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the IRP, for the caller to complete; NULL the IRP was removed before, or was
 * cancelled.
 */
PIRP IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context)
{
	KIRQL irql;
	PIRP irp;

	wdm_at_most(DISPATCH_LEVEL);
	csq->CsqAcquireLock(csq, &irql);
	irp = context->Irp;
	if (irp && IoSetCancelRoutine(irp, NULL))
		wdm_csq_take(csq, irp);
	else
		irp = NULL;
	csq->CsqReleaseLock(csq, irql);
	return irp;
}
WINPAR_EXPORT(IoCsqRemoveIrp);

/**
 * IoCsqRemoveNextIrp() - take the next IRP off a queue
 * @csq: the queue
 * @peek_context: what the driver's routine that looks for it is given
 *
 * DDI page: wdm, IoCsqRemoveNextIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the IRP, for the caller to complete; NULL the queue has none, except IRPs that
 * IoCancelIrp() is taking off.
 */
PIRP IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context)
{
	KIRQL irql;
	PIRP irp;

	wdm_at_most(DISPATCH_LEVEL);
	csq->CsqAcquireLock(csq, &irql);
	irp = csq->CsqPeekNextIrp(csq, NULL, peek_context);
	while (irp && !IoSetCancelRoutine(irp, NULL))
		irp = csq->CsqPeekNextIrp(csq, irp, peek_context);
	if (irp)
		wdm_csq_take(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	return irp;
}
WINPAR_EXPORT(IoCsqRemoveNextIrp);
