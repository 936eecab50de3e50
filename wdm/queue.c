// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues of requests: device queues, from which DriverStartIo is given one IRP at a time,
 * and cancel-safe queues.
 *
 * A device queue is busy from the insertion that found it idle, which inserts nothing,
 * until a removal finds it empty.
 *
 * A cancel-safe queue is the driver's own list under the driver's own lock. An IRP on it
 * has a cancel routine, which is of this file. IoCancelIrp() and a removal both take it
 * off the IRP, and the one that finds it there has the IRP. DriverContext[3] of the IRP
 * names the queue, or the context that names it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <winpar/compat.h>

#include "wdm/irql.h"

/* Type of IO_CSQ and IO_CSQ_IRP_CONTEXT, and of KDEVICE_QUEUE. */
#define WDM_CSQ_CONTEXT		1
#define WDM_CSQ			2
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

/* Put an entry before the first whose key is greater. */
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
 * @key: its key: it goes behind those whose keys are not greater
 *
 * DDI page: wdm, KeInsertByKeyDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when it is queued; FALSE the queue was idle, and is busy with it now.
 */
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE queue,
				 PKDEVICE_QUEUE_ENTRY entry, ULONG key)
{
	KIRQL old = KeAcquireSpinLockRaiseToDpc(&queue->Lock);

	entry->SortKey = key;
	entry->Inserted = queue->Busy;
	queue->Busy = TRUE;
	if (entry->Inserted)
		wdm_queue_insert(queue, entry);
	KeReleaseSpinLock(&queue->Lock, old);
	return entry->Inserted;
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

	entry->Inserted = queue->Busy;
	queue->Busy = TRUE;
	if (entry->Inserted)
		InsertTailList(&queue->DeviceListHead, &entry->DeviceListEntry);
	KeReleaseSpinLock(&queue->Lock, old);
	return entry->Inserted;
}
WINPAR_EXPORT(KeInsertDeviceQueue);

/**
 * KeRemoveDeviceQueue() - take the first entry off, or become idle
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

/**
 * KeRemoveEntryDeviceQueue() - take an entry off a queue
 * @queue: the queue
 * @entry: an entry that may be queued there
 *
 * DDI page: wdm, KeRemoveEntryDeviceQueue
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when it was queued.
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

/* ----- one IRP at a time ------------------------------------------------- */

static void wdm_queue_start(PDEVICE_OBJECT device, PIRP irp)
{
	device->DriverObject->DriverStartIo(device, irp);
}

/* Is an IRP queued behind another? */
static BOOLEAN wdm_queue_put(PDEVICE_OBJECT device, PIRP irp, PULONG key)
{
	PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;

	return key ? KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key) :
		     KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

/**
 * IoStartPacket() - give an IRP to DriverStartIo, or queue it
 * @device: the driver's device
 * @irp: the IRP, which is marked pending
 * @key: where to queue it; NULL behind all others
 * @cancel: its cancel routine, or NULL. Of an IRP that is queued it is called at once
 *          when the IRP has been cancelled.
 *
 * DDI page: wdm, IoStartPacket
 *
 * Context: at or below DISPATCH_LEVEL. DriverStartIo is called at DISPATCH_LEVEL.
 */
void IoStartPacket(PDEVICE_OBJECT device, PIRP irp, PULONG key,
		   PDRIVER_CANCEL cancel)
{
	KIRQL old, inner;
	BOOLEAN queued;

	wdm_at_most(DISPATCH_LEVEL);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	if (!cancel) {
		queued = wdm_queue_put(device, irp, key);
		if (!queued)
			device->CurrentIrp = irp;
		goto start;
	}
	IoAcquireCancelSpinLock(&inner);
	IoSetCancelRoutine(irp, cancel);
	queued = wdm_queue_put(device, irp, key);
	if (!queued)
		device->CurrentIrp = irp;
	if (queued && irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		irp->CancelIrql = inner;
		/* It releases the lock. */
		cancel(device, irp);
	} else {
		IoReleaseCancelSpinLock(inner);
	}
start:
	if (!queued)
		wdm_queue_start(device, irp);
	KeLowerIrql(old);
}
WINPAR_EXPORT(IoStartPacket);

/**
 * IoStartNextPacket() - give the next IRP to DriverStartIo, if one is queued
 * @device: the driver's device, done with the IRP before
 * @cancelable: the IRPs have cancel routines
 *
 * DDI page: wdm, IoStartNextPacket
 *
 * Context: DISPATCH_LEVEL.
 */
void IoStartNextPacket(PDEVICE_OBJECT device, BOOLEAN cancelable)
{
	PKDEVICE_QUEUE_ENTRY entry;
	PIRP irp = NULL;
	KIRQL inner;

	wdm_at_most(DISPATCH_LEVEL);
	if (cancelable)
		IoAcquireCancelSpinLock(&inner);
	device->CurrentIrp = NULL;
	entry = KeRemoveDeviceQueue(&device->DeviceQueue);
	if (entry)
		irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
	if (irp)
		device->CurrentIrp = irp;
	if (cancelable)
		IoReleaseCancelSpinLock(inner);
	if (irp)
		wdm_queue_start(device, irp);
}
WINPAR_EXPORT(IoStartNextPacket);

/* ----- cancel-safe queues ------------------------------------------------ */

/**
 * IoCsqInitialize() - initialise a cancel-safe queue
 * @csq: the queue
 * @insert: the driver's routine that puts an IRP on its list
 * @remove: ... that takes one off
 * @peek: ... that looks for the next one
 * @acquire: ... that acquires the list's lock
 * @release: ... that releases it
 * @complete: ... that completes an IRP that was cancelled
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

/* The queue that an IRP is on, and its context, if any. */
static PIO_CSQ wdm_csq_of(PIRP irp, PIO_CSQ_IRP_CONTEXT *context)
{
	PIO_CSQ csq = irp->Tail.Overlay.DriverContext[3];

	*context = NULL;
	if (csq->Type != WDM_CSQ_CONTEXT)
		return csq;
	*context = (PIO_CSQ_IRP_CONTEXT)csq;
	return (*context)->Csq;
}

/* Take an IRP off; the list's lock is held, and the IRP has no cancel routine. */
static void wdm_csq_take(PIO_CSQ csq, PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context;

	wdm_csq_of(irp, &context);
	csq->CsqRemoveIrp(csq, irp);
	if (context)
		context->Irp = NULL;
	irp->Tail.Overlay.DriverContext[3] = NULL;
}

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

/**
 * IoCsqInsertIrp() - queue an IRP, and mark it pending
 * @csq: the queue
 * @irp: the IRP; one that is cancelled is completed by the driver's routine for that
 * @context: by which IoCsqRemoveIrp() finds it, or NULL
 *
 * DDI page: wdm, IoCsqInsertIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
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
	IoMarkIrpPending(irp);
	csq->CsqInsertIrp(csq, irp);
	IoSetCancelRoutine(irp, wdm_csq_cancel);
	/* The cancellation may have come before the routine, and then called none. */
	cancelled = READ_ONCE(irp->Cancel) && IoSetCancelRoutine(irp, NULL);
	if (cancelled)
		wdm_csq_take(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	if (cancelled)
		csq->CsqCompleteCanceledIrp(csq, irp);
}
WINPAR_EXPORT(IoCsqInsertIrp);

/**
 * IoCsqRemoveIrp() - take a certain IRP off a queue
 * @csq: the queue
 * @context: what IoCsqInsertIrp() was given with it
 *
 * DDI page: wdm, IoCsqRemoveIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the IRP, for the caller to complete; NULL it is not there any more.
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
 * Return: the IRP, for the caller to complete; NULL there is none that is not being
 * cancelled.
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
