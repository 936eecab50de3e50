// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ALLOCATE that its client sends again and again, cancels, or leaves waiting when it ends
 * (wdm/irp.c, parport.c). wpt_wdm_take() and wpt_wdm_give() let a client of winpar's own
 * interface allocate and free the port.
 */
#include <linux/kthread.h>

#include "wdm_fixture.h"

/**
 * struct wpt_kept - an IRP whose completion routine keeps it, so that it is sent again
 * @irp: the IRP
 * @event: set by the completion routine
 * @pending: PendingReturned when the completion routine was called
 * @calls: how often the completion routine was called since the IRP was sent
 */
struct wpt_kept {
	PIRP irp;
	KEVENT event;
	int pending;
	int calls;
};

static NTSTATUS wpt_kept_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_kept *kept = context;

	kept->pending = irp->PendingReturned;
	kept->calls++;
	KeSetEvent(&kept->event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Send the IRP as an ALLOCATE. */
static NTSTATUS wpt_kept_send(struct wpt_kept *kept, PDEVICE_OBJECT device)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(kept->irp);

	kept->calls = 0;
	KeInitializeEvent(&kept->event, NotificationEvent, FALSE);
	next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode =
		IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE;
	IoSetCompletionRoutine(kept->irp, wpt_kept_completed, kept, TRUE, TRUE,
			       TRUE);
	return IoCallDriver(device, kept->irp);
}

static void wpt_free_port(PDEVICE_OBJECT device)
{
	wpt_wdm_request(device, IOCTL_INTERNAL_PARALLEL_PORT_FREE, NULL, 0, NULL, 0);
}

/*
 * PendingReturned is TRUE exactly when IoCallDriver() has returned STATUS_PENDING: not for
 * an ALLOCATE of a free port, but for one that waited.
 */
static void winpar_test_cancel_pending(struct kunit *test)
{
	struct wpt_kept kept = { };
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);

	kept.irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept.irp);
	KUNIT_EXPECT_EQ(test, wpt_kept_send(&kept, device), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, kept.calls, 1);
	KUNIT_EXPECT_EQ(test, kept.pending, 0);
	wpt_free_port(device);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	IoReuseIrp(kept.irp, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_kept_send(&kept, device), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 1U);
	wpt_wdm_give(test);
	KeWaitForSingleObject(&kept.event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, kept.pending, 1);
	KUNIT_EXPECT_EQ(test, kept.irp->IoStatus.Status, STATUS_SUCCESS);
	wpt_free_port(device);
	IoFreeIrp(kept.irp);
	ObDereferenceObject(file);
}

/*
 * A client frees an IRP that the port has, initialises it once more, sends it, and frees it when
 * it has cancelled it, and not waited: each is named, and the port has the request still.
 */
static void winpar_test_cancel_freed(struct kunit *test)
{
	struct wpt_kept kept = { };
	u64 since = wpt_kmsg_end();
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);
	KIRQL old;

	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	kept.irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept.irp);
	KUNIT_EXPECT_EQ(test, wpt_kept_send(&kept, device), STATUS_PENDING);
	IoFreeIrp(kept.irp);
	IoReuseIrp(kept.irp, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, kept.irp),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 1U);
	/* The port's loop does not run on this CPU before the level is lowered. */
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(kept.irp));
	IoFreeIrp(kept.irp);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, 4U, wpt_kmsg_says(test, since, "winpar_test_cancel_freed",
						"an IRP that has not come back"));
	KeWaitForSingleObject(&kept.event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, kept.irp->IoStatus.Status, STATUS_CANCELLED);
	wpt_wdm_give(test);
	IoFreeIrp(kept.irp);
	ObDereferenceObject(file);
}

/*
 * DDI page: wdm, IoCancelIrp. First for a request that waits. Then before a request is
 * sent: IoCancelIrp() finds no cancel routine, and the request is cancelled as soon as it
 * would have to wait.
 */
static void winpar_test_cancel_port(struct kunit *test)
{
	struct wpt_kept kept = { };
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);

	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	kept.irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept.irp);
	KUNIT_EXPECT_EQ(test, wpt_kept_send(&kept, device), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(kept.irp));
	KeWaitForSingleObject(&kept.event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, kept.irp->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, kept.calls, 1);
	IoReuseIrp(kept.irp, STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(kept.irp));
	wpt_kept_send(&kept, device);
	KeWaitForSingleObject(&kept.event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, kept.irp->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 0U);
	wpt_wdm_give(test);
	IoFreeIrp(kept.irp);
	ObDereferenceObject(file);
}

/* In how many parts winpar_test_cancel_race() is done: KUnit ends a case after 300 s. */
static const int wpt_race_rows[] = { 1, 2, 3, 4 };

static void wpt_race_name(const int *row, char *name)
{
	scnprintf(name, KUNIT_PARAM_DESC_SIZE, "part %d", *row);
}

KUNIT_ARRAY_PARAM(wpt_race, wpt_race_rows, wpt_race_name);

/* A thread that cancels the IRP @data over and over. */
static int wpt_cancel_run(void *data)
{
	while (!kthread_should_stop()) {
		IoCancelIrp(data);
		cond_resched();
	}
	return 0;
}

/*
 * A thread cancels an IRP all the time while the case sends it 500 times, with
 * make kunit KUNIT=--long 250,000 times (a million in all parts), every other time to a port
 * that another client has at first. Each time the completion routine is called once, with
 * STATUS_SUCCESS or STATUS_CANCELLED; KASAN would report a use of freed memory.
 */
static void winpar_test_cancel_race(struct kunit *test)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);
	struct task_struct *task;
	struct wpt_kept kept = { };
	int rounds = wpt_is_long() ? 250000 : 500;
	int i, bad = 0, granted = 0;

	kept.irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept.irp);
	task = kthread_run(wpt_cancel_run, kept.irp, "wdm_cancel");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < rounds && !bad; i++) {
		if (i % 2)
			wpt_wdm_take(test);
		wpt_kept_send(&kept, device);
		if (i % 2)
			wpt_wdm_give(test);
		KeWaitForSingleObject(&kept.event, Executive, KernelMode, FALSE,
				      NULL);
		bad += kept.calls != 1;
		if (kept.irp->IoStatus.Status == STATUS_SUCCESS) {
			granted++;
			wpt_free_port(device);
		} else {
			bad += kept.irp->IoStatus.Status != STATUS_CANCELLED;
		}
		IoReuseIrp(kept.irp, STATUS_SUCCESS);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, bad, 0);
	KUNIT_EXPECT_GT(test, granted, 0);
	IoFreeIrp(kept.irp);
	ObDereferenceObject(file);
}

/*
 * A client ends while its ALLOCATE waits: the request is taken off the port, and its
 * completion routine is not called.
 */
static void winpar_test_cancel_left(struct kunit *test)
{
	struct wpt_kept *kept = kunit_kzalloc(test, sizeof(*kept), GFP_KERNEL);
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);

	KUNIT_ASSERT_NOT_NULL(test, (void *)kept);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	kept->irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept->irp);
	KUNIT_EXPECT_EQ(test, wpt_kept_send(kept, device), STATUS_PENDING);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, kept->calls, 0);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 0U);
	wpt_wdm_give(test);
}

static VOID wpt_own_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	struct wpt_kept *kept = irp->Tail.Overlay.DriverContext[0];

	IoReleaseCancelSpinLock(irp->CancelIrql);
	kept->calls++;
}

/* A client ends and has left a request in a queue of its own: its cancel routine is not called. */
static void winpar_test_cancel_own(struct kunit *test)
{
	struct wpt_kept *kept = kunit_kzalloc(test, sizeof(*kept), GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, (void *)kept);
	kept->irp = IoAllocateIrp(1, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept->irp);
	kept->irp->Tail.Overlay.DriverContext[0] = kept;
	IoSetNextIrpStackLocation(kept->irp);
	IoSetCancelRoutine(kept->irp, wpt_own_cancel);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, kept->calls, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 IRPs were not freed"));
}

static struct kunit_case wpt_wdm_cancel_cases[] = {
	KUNIT_CASE(winpar_test_cancel_pending),
	KUNIT_CASE(winpar_test_cancel_freed),
	KUNIT_CASE(winpar_test_cancel_port),
	KUNIT_CASE_PARAM(winpar_test_cancel_race, wpt_race_gen_params),
	KUNIT_CASE(winpar_test_cancel_left),
	KUNIT_CASE(winpar_test_cancel_own),
	{ }
};

static struct kunit_suite wpt_wdm_cancel_suite = {
	.name = "winpar_wdm_cancel",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_cancel_cases,
};

kunit_test_suite(wpt_wdm_cancel_suite);
