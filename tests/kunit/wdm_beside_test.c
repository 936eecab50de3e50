// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that ends while a driver that it has opened has something of it: a reference to
 * its file object (wdm/file.c), or a call of its completion routine (wdm/main.c). And a
 * driver that ends while another client has a reference to its device object, or is in its
 * dispatch routine (wdm/device.c, recall.c).
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>

#include "wdm_fixture.h"

/**
 * struct wpt_beside - the driver's device, and what the driver has
 * @device: the device \Device\WptBeside
 * @file: the file object of the last IRP_MJ_CREATE, to which the driver keeps a reference
 * @closes: how often IRP_MJ_CLOSE has arrived
 * @irp: a request that the driver has not completed
 * @reads: how many calls for IRP_MJ_READ have begun, and have not returned
 * @called: set when the completion routine of the other client is called, or
 *          IRP_MJ_READ has begun
 * @timer: what that routine sets
 * @calls: how often a cancel or completion routine of the driver's was called, except
 *         wpt_late_routine()
 */
static struct wpt_beside {
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	int closes;
	PIRP irp;
	int reads;
	KEVENT called;
	KTIMER timer;
	int calls;
} wpt_beside;

static NTSTATUS wpt_beside_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

	switch (at->MajorFunction) {
	case IRP_MJ_CREATE:
		wpt_beside.file = at->FileObject;
		ObReferenceObject(wpt_beside.file);
		break;
	case IRP_MJ_CLOSE:
		wpt_beside.closes++;
		break;
	case IRP_MJ_READ:
		WRITE_ONCE(wpt_beside.reads, wpt_beside.reads + 1);
		KeSetEvent(&wpt_beside.called, IO_NO_INCREMENT, FALSE);
		/* The end of the driver is to get as far as it can beside this. */
		schedule_timeout_uninterruptible(HZ / 2);
		WRITE_ONCE(wpt_beside.reads, wpt_beside.reads - 1);
		break;
	case IRP_MJ_DEVICE_CONTROL:
		IoMarkIrpPending(irp);
		wpt_beside.irp = irp;
		return STATUS_PENDING;
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void wpt_beside_entry(PDRIVER_OBJECT driver)
{
	driver->MajorFunction[IRP_MJ_CREATE] = wpt_beside_dispatch;
	driver->MajorFunction[IRP_MJ_CLEANUP] = wpt_beside_dispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = wpt_beside_dispatch;
	driver->MajorFunction[IRP_MJ_READ] = wpt_beside_dispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = wpt_beside_dispatch;
}

/* Start the driver, with its device, and another client. */
static int wpt_beside_init(struct kunit *test)
{
	UNICODE_STRING name;
	int ret;

	memset(&wpt_beside, 0, sizeof(wpt_beside));
	KeInitializeEvent(&wpt_beside.called, NotificationEvent, FALSE);
	wpt_wdm_at_entry = wpt_beside_entry;
	ret = wpt_wdm_init(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
	RtlInitUnicodeString(&name, L"\\Device\\WptBeside");
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), sizeof(u64), &name,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &wpt_beside.device));
	*(u64 *)wpt_beside.device->DeviceExtension = 5;
	wpt_beside.device->Flags &= ~DO_DEVICE_INITIALIZING;
	return wpt_wdm_start_other();
}

/* Let the other client open the device. */
static PFILE_OBJECT wpt_beside_open(struct kunit *test)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	PFILE_OBJECT file;
	NTSTATUS status;

	RtlInitUnicodeString(&name, L"\\Device\\WptBeside");
	wpt_wdm_swap();
	status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device);
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_ASSERT_PTR_EQ(test, file, wpt_beside.file);
	return file;
}

/*
 * DDI page: wdm, ObReferenceObject. The client has given its reference back, and ends: the
 * driver is sent IRP_MJ_CLOSE, and its own reference is good still. KASAN reports it if not.
 */
static void winpar_test_beside_kept(struct kunit *test)
{
	LONG references = wpt_beside.device->ReferenceCount;
	PFILE_OBJECT file = wpt_beside_open(test);

	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, wpt_beside.closes, 0);
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, wpt_beside.closes, 1);
	KUNIT_EXPECT_EQ(test, wpt_beside.device->ReferenceCount, references);
	KUNIT_EXPECT_NULL(test, IoGetRelatedDeviceObject(file));
	KUNIT_EXPECT_EQ(test, ObReferenceObject(file), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	KUNIT_EXPECT_EQ(test, wpt_beside.closes, 1);
	IoDeleteDevice(wpt_beside.device);
}

/* The client has not given its reference back: the memory stays, and nothing is sent. */
static void winpar_test_beside_left(struct kunit *test)
{
	PFILE_OBJECT file = wpt_beside_open(test);

	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, wpt_beside.closes, 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	KUNIT_EXPECT_EQ(test, wpt_beside.closes, 1);
	IoDeleteDevice(wpt_beside.device);
}

/* The other client sends the device a request, which the driver leaves pending. */
static PIRP wpt_beside_send(struct kunit *test, PIO_COMPLETION_ROUTINE routine,
			    PVOID context)
{
	PDEVICE_OBJECT device = wpt_beside.device;
	PIRP irp;

	wpt_wdm_swap();
	irp = IoAllocateIrp(device->StackSize + 1, FALSE);
	wpt_wdm_swap();
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	IoSetCompletionRoutine(irp, routine, context, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_PENDING);
	return irp;
}

/* The other client's completion routine: it takes its time, and sets a timer. */
static NTSTATUS wpt_beside_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(&wpt_beside.called, IO_NO_INCREMENT, FALSE);
	/* The end of the client is to get as far as it can beside this. */
	schedule_timeout_uninterruptible(HZ / 2);
	KeSetTimer(&wpt_beside.timer, WPT_MS(3600000), NULL);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static int wpt_beside_complete(void *data)
{
	wpt_beside.irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(wpt_beside.irp, IO_NO_INCREMENT);
	return 0;
}

/* The client ends while the driver calls its routine: what that sets is ended, too. */
static void winpar_test_beside_routine(struct kunit *test)
{
	wpt_wdm_swap();
	KeInitializeTimer(&wpt_beside.timer);
	wpt_wdm_swap();
	wpt_beside_send(test, wpt_beside_done, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_beside_complete, NULL,
						    "wdm_beside")));
	KeWaitForSingleObject(&wpt_beside.called, Executive, KernelMode, FALSE, NULL);
	wpt_wdm_stop_other();
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&wpt_beside.timer));
	IoDeleteDevice(wpt_beside.device);
}

/* The other client has a reference to the driver's device, and no file object. */
static PDEVICE_OBJECT wpt_beside_reference(struct kunit *test)
{
	PFILE_OBJECT file = wpt_beside_open(test);

	ObReferenceObject(wpt_beside.device);
	/* One reference is the driver's, the other the opener's. */
	ObDereferenceObject(file);
	ObDereferenceObject(file);
	return wpt_beside.device;
}

/* The other client sends the device a READ. Returns its status, also of a pending one. */
static NTSTATUS wpt_beside_read(PDEVICE_OBJECT device)
{
	IO_STATUS_BLOCK iosb = { .Status = STATUS_PENDING };
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	wpt_wdm_swap();
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, NULL, 0, NULL,
					   &event, &iosb);
	wpt_wdm_swap();
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(device, irp);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return status == STATUS_PENDING || iosb.Status == status ?
	       iosb.Status : STATUS_UNSUCCESSFUL;
}

/* Is the driver that has ended gone for a client that has its device object still? */
static void wpt_beside_expect_orphan(struct kunit *test, PDEVICE_OBJECT device)
{
	u64 since = wpt_kmsg_end();
	UNICODE_STRING name;
	PDEVICE_OBJECT found;
	PFILE_OBJECT file;

	KUNIT_EXPECT_EQ(test, wpt_beside_read(device), STATUS_NO_SUCH_DEVICE);
	KUNIT_EXPECT_EQ(test, wpt_beside.reads, 0);
	RtlInitUnicodeString(&name, L"\\Device\\WptBeside");
	wpt_wdm_swap();
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(IoGetDeviceObjectPointer(&name,
								     FILE_READ_DATA,
								     &file, &found)));
	wpt_wdm_swap();
	KUNIT_EXPECT_NULL(test, device->AttachedDevice);
	KUNIT_EXPECT_EQ(test, *(u64 *)device->DeviceExtension, 5ULL);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(device), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(device), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(device), 0);
	/* It is freed now. */
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_beside_expect_orphan",
						"did not make, or that is freed"));
}

/*
 * DDI page: wdm, ObReferenceObject. The driver ends and has left its device, with another
 * one attached to it: the object is there until the other client gives its reference back,
 * and refuses requests. KASAN reports it if not.
 */
static void winpar_test_beside_device_left(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test), above;
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(device->DriverObject, 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &above));
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, device), device);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 device objects were left"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 device objects have references"));
	wpt_beside_expect_orphan(test, device);
}

/* The driver has deleted its device, and ends. */
static void winpar_test_beside_device_deleted(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test);

	IoDeleteDevice(device);
	wpt_wdm_stop();
	wpt_beside_expect_orphan(test, device);
}

static int wpt_beside_reader(void *data)
{
	wpt_beside_read(data);
	ObDereferenceObject(data);
	return 0;
}

/*
 * While the other client's thread is in the driver's dispatch routine the driver's module
 * cannot be unloaded.
 */
static void winpar_test_beside_dispatch(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test);
	int before = module_refcount(THIS_MODULE);
	struct task_struct *task;

	task = kthread_create(wpt_beside_reader, device, "wdm_beside");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	KeWaitForSingleObject(&wpt_beside.called, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_EQ(test, READ_ONCE(wpt_beside.reads), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	IoDeleteDevice(device);
}

static VOID wpt_beside_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	wpt_beside.calls++;
	irp->IoStatus.Status = STATUS_UNSUCCESSFUL;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS wpt_beside_keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(NTSTATUS *)context = irp->IoStatus.Status;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The driver passes such a request down, to its own device for the sake of the case. */
static void wpt_beside_pass(struct kunit *test, PIRP irp,
			    PIO_COMPLETION_ROUTINE routine, PVOID context)
{
	PDEVICE_OBJECT device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;

	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, routine, context, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_PENDING);
}

/*
 * The driver has ended and left a request of another client's pending: cancelling it
 * completes it and calls no routine of the driver's.
 */
static void winpar_test_beside_pending(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test);
	NTSTATUS status = STATUS_PENDING;
	PIRP irp = wpt_beside_send(test, wpt_beside_keep, &status);

	IoSetCancelRoutine(irp, wpt_beside_cancel);
	wpt_wdm_stop();
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, wpt_beside.calls, 0);
	KUNIT_EXPECT_EQ(test, status, STATUS_CANCELLED);
	IoFreeIrp(irp);
	ObDereferenceObject(device);
}

/* The driver's completion routine for the other client's request: it takes its time. */
static NTSTATUS wpt_beside_passed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(&wpt_beside.called, IO_NO_INCREMENT, FALSE);
	schedule_timeout_uninterruptible(HZ / 2);
	wpt_beside.calls++;
	return STATUS_SUCCESS;
}

/* The driver ends while another thread is in its completion routine for another's request. */
static void winpar_test_beside_passed_on(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test);
	NTSTATUS status = STATUS_PENDING;
	PIRP irp = wpt_beside_send(test, wpt_beside_keep, &status);

	wpt_beside_pass(test, irp, wpt_beside_passed, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_beside_complete, NULL,
						    "wdm_beside")));
	KeWaitForSingleObject(&wpt_beside.called, Executive, KernelMode, FALSE, NULL);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_beside.calls, 1);
	while (READ_ONCE(status) == STATUS_PENDING)
		schedule_timeout_uninterruptible(1);
	IoFreeIrp(irp);
	ObDereferenceObject(device);
}

/**
 * struct wpt_late - what the driver's completion routine does while the driver ends
 * @probe: a request of the driver's own
 * @passed: a request of the other client's, with wpt_beside_passed()
 * @pending: one with wpt_beside_cancel()
 */
struct wpt_late {
	PIRP probe;
	PIRP passed;
	PIRP pending;
};

static NTSTATUS wpt_late_probe(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(bool *)context = true;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Does the layer call a routine of the driver's? No more once the driver's end has come so far. */
static bool wpt_late_is_called(PIRP probe)
{
	bool called = false;

	IoReuseIrp(probe, STATUS_SUCCESS);
	IoSetCompletionRoutine(probe, wpt_late_probe, &called, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(probe);
	IoCompleteRequest(probe, IO_NO_INCREMENT);
	return called;
}

/* The driver's end waits for this. */
static NTSTATUS wpt_late_routine(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_late *late = context;
	int looks = 2000;

	KeSetEvent(&wpt_beside.called, IO_NO_INCREMENT, FALSE);
	while (wpt_late_is_called(late->probe) && looks--)
		schedule_timeout_uninterruptible(HZ / 100 + 1);
	IoFreeIrp(late->probe);
	late->passed->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(late->passed, IO_NO_INCREMENT);
	IoCancelIrp(late->pending);
	return STATUS_SUCCESS;
}

/*
 * The end of the driver waits for a completion routine of it. No other routine of the driver's
 * is called for the other client's requests any more: one is completed, and one cancelled.
 */
static void winpar_test_beside_leaving(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_beside_reference(test);
	struct wpt_late late = { .probe = IoAllocateIrp(1, FALSE) };
	NTSTATUS status[3];
	PIRP irp[3];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, (void *)late.probe);
	for (i = 0; i < 3; i++) {
		status[i] = STATUS_PENDING;
		irp[i] = wpt_beside_send(test, wpt_beside_keep, &status[i]);
	}
	late.passed = irp[0];
	wpt_beside_pass(test, irp[0], wpt_beside_passed, NULL);
	late.pending = irp[1];
	IoSetCancelRoutine(irp[1], wpt_beside_cancel);
	/* The last one that the driver has got is the one that the thread completes. */
	wpt_beside_pass(test, irp[2], wpt_late_routine, &late);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_beside_complete, NULL,
						    "wdm_beside")));
	KeWaitForSingleObject(&wpt_beside.called, Executive, KernelMode, FALSE, NULL);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_beside.calls, 0);
	KUNIT_EXPECT_EQ(test, status[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, status[1], STATUS_CANCELLED);
	while (READ_ONCE(status[2]) == STATUS_PENDING)
		schedule_timeout_uninterruptible(1);
	for (i = 0; i < 3; i++)
		IoFreeIrp(irp[i]);
	ObDereferenceObject(device);
}

static struct kunit_case wpt_wdm_beside_cases[] = {
	KUNIT_CASE(winpar_test_beside_kept),
	KUNIT_CASE(winpar_test_beside_left),
	KUNIT_CASE(winpar_test_beside_routine),
	KUNIT_CASE(winpar_test_beside_device_left),
	KUNIT_CASE(winpar_test_beside_device_deleted),
	KUNIT_CASE(winpar_test_beside_dispatch),
	KUNIT_CASE(winpar_test_beside_pending),
	KUNIT_CASE(winpar_test_beside_passed_on),
	KUNIT_CASE(winpar_test_beside_leaving),
	{ }
};

static struct kunit_suite wpt_wdm_beside_suite = {
	.name = "winpar_wdm_beside",
	.init = wpt_beside_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_beside_cases,
};

kunit_test_suite(wpt_wdm_beside_suite);
