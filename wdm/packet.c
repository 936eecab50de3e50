// SPDX-License-Identifier: GPL-2.0-only
/*
 * One IRP at a time: IoStartPacket() gives an IRP to DriverStartIo, or queues it in the
 * device queue (wdm/queue.c); IoStartNextPacket() gives the next one.
 *
 * The danger: DriverStartIo of some drivers completes an IRP and calls IoStartNextPacket(),
 * by which it is called inside itself, once for each IRP that is queued. The threads of a
 * program queue as many as they will, and the kernel's stack has an end. So at most
 * WDM_PACKET_CALLS calls of a device's DriverStartIo are under way at a time. An IRP that
 * would need one more stays in the queue and is owed (wdm_device.owed): the first of these
 * calls that returns is followed by the one for that IRP, on the same stack.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <winpar/compat.h>

#include "wdm/device.h"
#include "wdm/irql.h"

/* So many calls of a device's DriverStartIo are under way at most. */
#define WDM_PACKET_CALLS	4

/* Take the next IRP off a device's queue, as its CurrentIrp; NULL: there is none. */
static PIRP wdm_packet_take(PDEVICE_OBJECT device, const struct wdm_next *next)
{
	PKDEVICE_QUEUE_ENTRY entry;
	PIRP irp;

	entry = next->by_key ?
		KeRemoveByKeyDeviceQueue(&device->DeviceQueue, next->key) :
		KeRemoveDeviceQueue(&device->DeviceQueue);
	if (!entry)
		return NULL;
	irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
	device->CurrentIrp = irp;
	return irp;
}

/* Owe the next IRP of a device, if no more calls of DriverStartIo may be under way. */
static bool wdm_packet_owe(struct wdm_device *own, const struct wdm_next *next)
{
	PKSPIN_LOCK lock = &own->object.DeviceQueue.Lock;
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);
	bool owes = own->starting >= WDM_PACKET_CALLS;

	if (owes) {
		own->owed++;
		own->next = *next;
	}
	KeReleaseSpinLock(lock, old);
	return owes;
}

/*
 * The driver wants the next IRP: take it off the queue, unless there is none, or it is owed.
 * Drivers whose IRPs have cancel routines compare CurrentIrp under the cancel lock.
 */
static PIRP wdm_packet_next(PDEVICE_OBJECT device, const struct wdm_next *next, bool owe)
{
	PIRP irp = NULL;
	KIRQL irql;

	if (next->cancelable)
		IoAcquireCancelSpinLock(&irql);
	device->CurrentIrp = NULL;
	if (!owe || !wdm_packet_owe(to_device(device), next))
		irp = wdm_packet_take(device, next);
	if (next->cancelable)
		IoReleaseCancelSpinLock(irql);
	return irp;
}

/* DriverStartIo of a device is about to be called. */
static void wdm_packet_enter(struct wdm_device *own)
{
	PKSPIN_LOCK lock = &own->object.DeviceQueue.Lock;
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);

	own->starting++;
	KeReleaseSpinLock(lock, old);
}

/* It has returned. Returns true if an IRP is owed: @next says which. */
static bool wdm_packet_leave(struct wdm_device *own, struct wdm_next *next)
{
	PKSPIN_LOCK lock = &own->object.DeviceQueue.Lock;
	KIRQL old = KeAcquireSpinLockRaiseToDpc(lock);
	bool owes = own->owed;

	own->starting--;
	if (owes) {
		own->owed--;
		*next = own->next;
	}
	KeReleaseSpinLock(lock, old);
	return owes;
}

/* Give an IRP to DriverStartIo, and then those that are owed. NULL: there is none. */
static void wdm_packet_start(PDEVICE_OBJECT device, PIRP irp)
{
	struct wdm_next next;

	if (!irp)
		return;
	/* The driver may complete the last request by which the device is there. */
	wdm_device_get(device);
	while (irp) {
		wdm_packet_enter(to_device(device));
		device->DriverObject->DriverStartIo(device, irp);
		irp = NULL;
		if (wdm_packet_leave(to_device(device), &next))
			irp = wdm_packet_next(device, &next, false);
	}
	wdm_device_put(device);
}

/* Insert an IRP into the device's queue. False: the queue was idle, start the IRP. */
static BOOLEAN wdm_packet_queue(PDEVICE_OBJECT device, PIRP irp, PULONG key)
{
	PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;

	return key ? KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key) :
		     KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

/**
 * IoStartPacket() - give an IRP to DriverStartIo, or queue it
 * @device: the driver's device
 * @irp: the IRP, which the driver has marked pending
 * @key: the IRP's key in the queue; NULL: queue it behind all others
 * @cancel: the IRP's cancel routine, or NULL. If the IRP is queued and was cancelled
 *          before, the routine is called at once.
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
		queued = wdm_packet_queue(device, irp, key);
		if (!queued)
			device->CurrentIrp = irp;
		goto start;
	}
	IoAcquireCancelSpinLock(&inner);
	IoSetCancelRoutine(irp, cancel);
	queued = wdm_packet_queue(device, irp, key);
	if (!queued)
		device->CurrentIrp = irp;
	if (queued && irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		irp->CancelIrql = inner;
		/* The cancel routine releases the cancel lock. */
		cancel(device, irp);
	} else {
		IoReleaseCancelSpinLock(inner);
	}
start:
	if (!queued)
		wdm_packet_start(device, irp);
	KeLowerIrql(old);
}
WINPAR_EXPORT(IoStartPacket);

/**
 * IoStartNextPacket() - give the next IRP to DriverStartIo, if one is queued
 * @device: the driver's device; the driver is done with the device's CurrentIrp
 * @cancelable: the driver's IRPs have cancel routines
 *
 * DDI page: wdm, IoStartNextPacket. While 4 calls of the device's DriverStartIo have not
 * returned the IRP stays queued: the first that returns is followed by the call for it.
 *
 * Context: DISPATCH_LEVEL.
 */
void IoStartNextPacket(PDEVICE_OBJECT device, BOOLEAN cancelable)
{
	const struct wdm_next next = { .cancelable = cancelable };

	wdm_at_most(DISPATCH_LEVEL);
	wdm_packet_start(device, wdm_packet_next(device, &next, true));
}
WINPAR_EXPORT(IoStartNextPacket);

/**
 * IoStartNextPacketByKey() - give an IRP to DriverStartIo by its key, if one is queued
 * @device: the driver's device, done with the IRP before
 * @cancelable: the IRPs have cancel routines
 * @key: as for KeRemoveByKeyDeviceQueue()
 *
 * DDI page: wdm, IoStartNextPacketByKey. As IoStartNextPacket().
 *
 * Context: DISPATCH_LEVEL.
 */
void IoStartNextPacketByKey(PDEVICE_OBJECT device, BOOLEAN cancelable, ULONG key)
{
	const struct wdm_next next = {
		.cancelable = cancelable,
		.by_key = true,
		.key = key,
	};

	wdm_at_most(DISPATCH_LEVEL);
	wdm_packet_start(device, wdm_packet_next(device, &next, true));
}
WINPAR_EXPORT(IoStartNextPacketByKey);
