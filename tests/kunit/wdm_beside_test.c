// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that ends while a driver that it has opened has something of it: a reference to
 * its file object (wdm/file.c), or a call of its completion routine (wdm/main.c).
 */
#include <linux/kthread.h>

#include "wdm_fixture.h"

#define WPT_BESIDE_CODE	0x222000	/* METHOD_BUFFERED, FILE_ANY_ACCESS */

/**
 * struct wpt_beside - the driver's device, and what the driver has
 * @device: the device \Device\WptBeside
 * @file: the file object of the last IRP_MJ_CREATE, to which the driver keeps a reference
 * @closes: how often IRP_MJ_CLOSE has arrived
 * @irp: a request that the driver has not completed
 * @called: set when the completion routine of the other client is called
 * @timer: what that routine sets
 */
static struct wpt_beside {
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	int closes;
	PIRP irp;
	KEVENT called;
	KTIMER timer;
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
			IoCreateDevice(wpt_wdm_driver(), 0, &name,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &wpt_beside.device));
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
	PIO_STACK_LOCATION next;
	PIRP irp;

	wpt_wdm_swap();
	KeInitializeTimer(&wpt_beside.timer);
	irp = IoAllocateIrp(wpt_beside.device->StackSize, FALSE);
	wpt_wdm_swap();
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode = WPT_BESIDE_CODE;
	IoSetCompletionRoutine(irp, wpt_beside_done, NULL, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_beside.device, irp), STATUS_PENDING);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_beside_complete, NULL,
						    "wdm_beside")));
	KeWaitForSingleObject(&wpt_beside.called, Executive, KernelMode, FALSE, NULL);
	wpt_wdm_stop_other();
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&wpt_beside.timer));
	IoDeleteDevice(wpt_beside.device);
}

static struct kunit_case wpt_wdm_beside_cases[] = {
	KUNIT_CASE(winpar_test_beside_kept),
	KUNIT_CASE(winpar_test_beside_left),
	KUNIT_CASE(winpar_test_beside_routine),
	{ }
};

static struct kunit_suite wpt_wdm_beside_suite = {
	.name = "winpar_wdm_beside",
	.init = wpt_beside_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_beside_cases,
};

kunit_test_suite(wpt_wdm_beside_suite);
