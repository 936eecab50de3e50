// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device queues, from which DriverStartIo gets one IRP at a time, the DPC of a device
 * object, and cancel-safe queues (wdm/queue.c, timer.c).
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "wdm_fixture.h"

#define WPT_IRPS	4
/* How often winpar_test_csq_race() queues an IRP. */
#define WPT_ROUNDS	2000

/* The IRPs that wpt_start_io() was given, in order; how many. */
static PIRP wpt_started[8];
static unsigned int wpt_starts;
/* The level of its last call; -1: CurrentIrp was another IRP. */
static int wpt_start_level;
static PDEVICE_OBJECT wpt_queue_device;
/* How often wpt_start_cancel() was called. */
static int wpt_cancels;

static VOID wpt_start_io(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_start_level = KeGetCurrentIrql();
	if (wpt_starts < ARRAY_SIZE(wpt_started))
		wpt_started[wpt_starts++] = irp;
	if (device->CurrentIrp != irp)
		wpt_start_level = -1;
}

static int wpt_queue_init(struct kunit *test)
{
	int ret = wpt_wdm_init(test);

	wpt_starts = 0;
	wpt_cancels = 0;
	if (ret)
		return ret;
	wpt_wdm_driver()->DriverStartIo = wpt_start_io;
	return IoCreateDevice(wpt_wdm_driver(), 0, NULL, FILE_DEVICE_UNKNOWN, 0,
			      FALSE, &wpt_queue_device) ? -ENOMEM : 0;
}

static void wpt_queue_exit(struct kunit *test)
{
	IoDeleteDevice(wpt_queue_device);
	wpt_wdm_exit(test);
}

static void wpt_irps(struct kunit *test, PIRP irp[WPT_IRPS])
{
	int i;

	for (i = 0; i < WPT_IRPS; i++) {
		irp[i] = IoAllocateIrp(1, FALSE);
		KUNIT_ASSERT_NOT_NULL(test, (void *)irp[i]);
		/* As when the IRP was sent to wpt_queue_device. */
		IoSetNextIrpStackLocation(irp[i]);
		IoGetCurrentIrpStackLocation(irp[i])->DeviceObject =
			wpt_queue_device;
	}
}

static void wpt_irps_free(PIRP irp[WPT_IRPS])
{
	int i;

	for (i = 0; i < WPT_IRPS; i++)
		IoFreeIrp(irp[i]);
}

/* The driver is done with an IRP, and wants the next one. */
static void wpt_next(BOOLEAN cancelable)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	IoStartNextPacket(wpt_queue_device, cancelable);
	KeLowerIrql(old);
}

/*
 * DDI pages: wdm, IoStartPacket, IoStartNextPacket. The first IRP goes to DriverStartIo at
 * once; the others one by one, in the order of their keys.
 */
static void winpar_test_start_packet(struct kunit *test)
{
	ULONG first = 1, last = 9;
	PIRP irp[WPT_IRPS];

	wpt_irps(test, irp);
	IoStartPacket(wpt_queue_device, irp[0], NULL, NULL);
	KUNIT_EXPECT_EQ(test, wpt_starts, 1U);
	KUNIT_EXPECT_EQ(test, wpt_start_level, DISPATCH_LEVEL);
	/* The queue is busy now: these three wait. */
	IoStartPacket(wpt_queue_device, irp[1], &last, NULL);
	IoStartPacket(wpt_queue_device, irp[2], &first, NULL);
	IoStartPacket(wpt_queue_device, irp[3], &last, NULL);
	KUNIT_EXPECT_EQ(test, wpt_starts, 1U);
	wpt_next(FALSE);
	wpt_next(FALSE);
	wpt_next(FALSE);
	KUNIT_ASSERT_EQ(test, wpt_starts, 4U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_started[1], irp[2]);
	KUNIT_EXPECT_PTR_EQ(test, wpt_started[2], irp[1]);
	KUNIT_EXPECT_PTR_EQ(test, wpt_started[3], irp[3]);
	wpt_next(FALSE);
	KUNIT_EXPECT_NULL(test, (void *)wpt_queue_device->CurrentIrp);
	KUNIT_EXPECT_FALSE(test, wpt_queue_device->DeviceQueue.Busy);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	wpt_irps_free(irp);
}

/* DDI page: wdm, IoStartNextPacketByKey: the first key not less, else the first. */
static void winpar_test_start_by_key(struct kunit *test)
{
	static const ULONG keys[] = { 0, 30, 10, 20 };
	/* What is asked for, and which IRP starts: 20, then 30, then 10 as the last. */
	static const ULONG asked[] = { 20, 21, 99 };
	static const int starts[] = { 3, 1, 2 };
	PIRP irp[WPT_IRPS];
	ULONG key;
	KIRQL old;
	int i;

	wpt_irps(test, irp);
	for (i = 0; i < WPT_IRPS; i++) {
		key = keys[i];
		IoStartPacket(wpt_queue_device, irp[i], &key, NULL);
	}
	for (i = 0; i < 3; i++) {
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		IoStartNextPacketByKey(wpt_queue_device, i == 1, asked[i]);
		KeLowerIrql(old);
		KUNIT_ASSERT_EQ(test, wpt_starts, i + 2U);
		KUNIT_EXPECT_PTR_EQ(test, wpt_started[i + 1], irp[starts[i]]);
	}
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	IoStartNextPacketByKey(wpt_queue_device, FALSE, 0);
	KeLowerIrql(old);
	KUNIT_EXPECT_FALSE(test, wpt_queue_device->DeviceQueue.Busy);
	wpt_irps_free(irp);
}

/* As published drivers do: take the IRP off the device queue, if it is queued there. */
static VOID wpt_start_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_cancels++;
	KeRemoveEntryDeviceQueue(&device->DeviceQueue,
				 &irp->Tail.Overlay.DeviceQueueEntry);
	IoReleaseCancelSpinLock(irp->CancelIrql);
}

/*
 * An IRP that is cancelled while it is queued, and one that was cancelled before it is
 * queued, have their cancel routine called, and never get to DriverStartIo.
 */
static void winpar_test_start_cancel(struct kunit *test)
{
	PIRP irp[WPT_IRPS];

	wpt_irps(test, irp);
	IoStartPacket(wpt_queue_device, irp[0], NULL, wpt_start_cancel);
	IoStartPacket(wpt_queue_device, irp[1], NULL, wpt_start_cancel);
	IoStartPacket(wpt_queue_device, irp[2], NULL, wpt_start_cancel);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp[1]));
	KUNIT_EXPECT_EQ(test, wpt_cancels, 1);
	irp[3]->Cancel = TRUE;
	IoStartPacket(wpt_queue_device, irp[3], NULL, wpt_start_cancel);
	KUNIT_EXPECT_EQ(test, wpt_cancels, 2);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	wpt_next(TRUE);
	KUNIT_ASSERT_EQ(test, wpt_starts, 2U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_started[1], irp[2]);
	wpt_next(TRUE);
	KUNIT_EXPECT_FALSE(test, wpt_queue_device->DeviceQueue.Busy);
	wpt_irps_free(irp);
}

/* The IRP that wpt_dpc_for_isr() was given, NULL with a wrong argument; set by it. */
static PIRP wpt_dpc_irp;
static KEVENT wpt_dpc_done;

static VOID wpt_dpc_for_isr(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp,
			    PVOID context)
{
	wpt_dpc_irp = device == wpt_queue_device && !context ? irp : NULL;
	KeSetEvent(&wpt_dpc_done, IO_NO_INCREMENT, FALSE);
}

/* DDI pages: wdm, IoInitializeDpcRequest, IoRequestDpc */
static void winpar_test_request_dpc(struct kunit *test)
{
	PIRP irp[WPT_IRPS];

	wpt_irps(test, irp);
	KeInitializeEvent(&wpt_dpc_done, NotificationEvent, FALSE);
	IoInitializeDpcRequest(wpt_queue_device, wpt_dpc_for_isr);
	IoRequestDpc(wpt_queue_device, irp[0], NULL);
	KeWaitForSingleObject(&wpt_dpc_done, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_PTR_EQ(test, wpt_dpc_irp, irp[0]);
	wpt_irps_free(irp);
}

static VOID wpt_dpc_slow(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	mdelay(50);
	*(int *)context = 1;
}

/* DDI page: wdm, IoDeleteDevice: a DPC of the device that is queued runs before. */
static void winpar_test_request_dpc_deleted(struct kunit *test)
{
	PDEVICE_OBJECT device;
	int ran = 0;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL, FILE_DEVICE_UNKNOWN,
				       0, FALSE, &device));
	IoInitializeDpcRequest(device, wpt_dpc_slow);
	IoRequestDpc(device, NULL, &ran);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, READ_ONCE(ran), 1);
	/* Not on the stack of a case that is over. */
	KeFlushQueuedDpcs();
}

/* ----- cancel-safe queues ------------------------------------------------ */

/* A cancel-safe queue, its list and the list's lock; how many IRPs were cancelled. */
static IO_CSQ wpt_csq;
static LIST_ENTRY wpt_csq_list;
static KSPIN_LOCK wpt_csq_lock;
static atomic_t wpt_csq_completed = ATOMIC_INIT(0);

static VOID wpt_csq_insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&wpt_csq_list, &irp->Tail.Overlay.ListEntry);
}

static VOID wpt_csq_remove(PIO_CSQ csq, PIRP irp)
{
	RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/*
 * The first IRP of the list, or the next after @irp; with @context only an IRP whose stack
 * location has that Context.
 */
static PIRP wpt_csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	PLIST_ENTRY at = irp ? irp->Tail.Overlay.ListEntry.Flink :
			       wpt_csq_list.Flink;

	for (; at != &wpt_csq_list; at = at->Flink) {
		irp = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
		if (!context ||
		    IoGetCurrentIrpStackLocation(irp)->Context == context)
			return irp;
	}
	return NULL;
}

static VOID wpt_csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&wpt_csq_lock, irql);
}

static VOID wpt_csq_release(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&wpt_csq_lock, irql);
}

static VOID wpt_csq_complete(PIO_CSQ csq, PIRP irp)
{
	irp->IoStatus.Status = STATUS_CANCELLED;
	atomic_inc(&wpt_csq_completed);
}

static void wpt_csq_begin(void)
{
	InitializeListHead(&wpt_csq_list);
	KeInitializeSpinLock(&wpt_csq_lock);
	atomic_set(&wpt_csq_completed, 0);
	IoCsqInitialize(&wpt_csq, wpt_csq_insert, wpt_csq_remove, wpt_csq_peek,
			wpt_csq_acquire, wpt_csq_release, wpt_csq_complete);
}

/*
 * DDI pages: wdm, IoCsqInsertIrp, IoCsqRemoveIrp, IoCsqRemoveNextIrp. IRPs are cancelled,
 * removed by their context, and removed as the next one; each leaves the queue once.
 */
static void winpar_test_csq(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	PIRP irp[WPT_IRPS];

	wpt_irps(test, irp);
	wpt_csq_begin();
	IoCsqInsertIrp(&wpt_csq, irp[0], NULL);
	IoCsqInsertIrp(&wpt_csq, irp[1], &context);
	IoCsqInsertIrp(&wpt_csq, irp[2], NULL);
	KUNIT_EXPECT_NE(test, IoGetCurrentIrpStackLocation(irp[0])->Control &
			SL_PENDING_RETURNED, 0);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp[0]));
	KUNIT_EXPECT_EQ(test, irp[0]->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveIrp(&wpt_csq, &context), irp[1]);
	KUNIT_EXPECT_NULL(test, (void *)IoCsqRemoveIrp(&wpt_csq, &context));
	IoGetCurrentIrpStackLocation(irp[2])->Context = &context;
	KUNIT_EXPECT_NULL(test, (void *)IoCsqRemoveNextIrp(&wpt_csq, test));
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&wpt_csq, &context), irp[2]);
	KUNIT_EXPECT_NULL(test, (void *)IoCsqRemoveNextIrp(&wpt_csq, NULL));
	/* An IRP that was cancelled before it is queued; its context forgets it. */
	irp[3]->Cancel = TRUE;
	IoCsqInsertIrp(&wpt_csq, irp[3], &context);
	KUNIT_EXPECT_EQ(test, irp[3]->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_NULL(test, (void *)context.Irp);
	KUNIT_EXPECT_EQ(test, atomic_read(&wpt_csq_completed), 2);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&wpt_csq_list));
	wpt_irps_free(irp);
}

/* The context says how many more IRPs the queue takes. */
static NTSTATUS wpt_csq_insert_ex(PIO_CSQ csq, PIRP irp, PVOID context)
{
	int *room = context;

	if (room && !*room)
		return STATUS_DEVICE_BUSY;
	if (room)
		--*room;
	InsertTailList(&wpt_csq_list, &irp->Tail.Overlay.ListEntry);
	return STATUS_SUCCESS;
}

/* DDI pages: wdm, IoCsqInitializeEx, IoCsqInsertIrpEx: the driver may refuse. */
static void winpar_test_csq_ex(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	PIRP irp[WPT_IRPS];
	int room = 1;

	wpt_irps(test, irp);
	wpt_csq_begin();
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoCsqInitializeEx(&wpt_csq, wpt_csq_insert_ex,
					  wpt_csq_remove, wpt_csq_peek,
					  wpt_csq_acquire, wpt_csq_release,
					  wpt_csq_complete));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoCsqInsertIrpEx(&wpt_csq, irp[0], NULL, &room));
	KUNIT_EXPECT_EQ(test, STATUS_DEVICE_BUSY,
			IoCsqInsertIrpEx(&wpt_csq, irp[1], &context, &room));
	/* What is refused is the caller's, as it was. */
	KUNIT_EXPECT_NULL(test, (void *)irp[1]->CancelRoutine);
	KUNIT_EXPECT_EQ(test, IoGetCurrentIrpStackLocation(irp[1])->Control &
			SL_PENDING_RETURNED, 0);
	KUNIT_EXPECT_NULL(test, (void *)IoCsqRemoveIrp(&wpt_csq, &context));
	/* IoCsqInsertIrp() gives the routine no context. */
	IoCsqInsertIrp(&wpt_csq, irp[2], &context);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveIrp(&wpt_csq, &context), irp[2]);
	irp[3]->Cancel = TRUE;
	room = 1;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoCsqInsertIrpEx(&wpt_csq, irp[3], NULL, &room));
	KUNIT_EXPECT_EQ(test, irp[3]->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&wpt_csq, NULL), irp[0]);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&wpt_csq_list));
	wpt_irps_free(irp);
}

/* A thread that cancels the IRP @data over and over. */
static int wpt_csq_cancel_run(void *data)
{
	while (!kthread_should_stop()) {
		IoCancelIrp(data);
		cond_resched();
	}
	return 0;
}

/*
 * A thread cancels an IRP while the case queues and removes it: either the cancel or the
 * removal gets the IRP, and never both.
 */
static void winpar_test_csq_race(struct kunit *test)
{
	struct task_struct *task;
	int i, removed = 0, bad = 0;
	PIRP irp[WPT_IRPS];

	wpt_irps(test, irp);
	wpt_csq_begin();
	task = kthread_run(wpt_csq_cancel_run, irp[0], "wdm_csq");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < WPT_ROUNDS; i++) {
		irp[0]->Cancel = FALSE;
		IoCsqInsertIrp(&wpt_csq, irp[0], NULL);
		if (i % 8 == 0)
			cond_resched();
		if (IoCsqRemoveNextIrp(&wpt_csq, NULL))
			removed++;
		/* If the removal found none, wait for the cancel to complete the IRP. */
		while (atomic_read(&wpt_csq_completed) + removed <= i)
			cond_resched();
		bad += !IsListEmpty(&wpt_csq_list);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, bad, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&wpt_csq_completed) + removed,
			WPT_ROUNDS);
	wpt_irps_free(irp);
}

static struct kunit_case wpt_wdm_queue_cases[] = {
	KUNIT_CASE(winpar_test_start_packet),
	KUNIT_CASE(winpar_test_start_by_key),
	KUNIT_CASE(winpar_test_start_cancel),
	KUNIT_CASE(winpar_test_request_dpc),
	KUNIT_CASE(winpar_test_request_dpc_deleted),
	KUNIT_CASE(winpar_test_csq),
	KUNIT_CASE(winpar_test_csq_ex),
	KUNIT_CASE(winpar_test_csq_race),
	{ }
};

static struct kunit_suite wpt_wdm_queue_suite = {
	.name = "winpar_wdm_queue",
	.init = wpt_queue_init,
	.exit = wpt_queue_exit,
	.test_cases = wpt_wdm_queue_cases,
};

kunit_test_suite(wpt_wdm_queue_suite);
