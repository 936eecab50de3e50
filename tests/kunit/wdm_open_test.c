// SPDX-License-Identifier: GPL-2.0-only
/*
 * IoGetDeviceObjectPointer() of devices that drivers have created (wdm/open.c, user.c), by
 * their driver and by another client, and IRPs that another driver has when the client
 * that has sent them ends (wdm/irp.c).
 */
#include <linux/kthread.h>
#include <linux/module.h>

#include "wdm_fixture.h"

#define WPT_OPEN_CODE	0x222000	/* METHOD_BUFFERED, FILE_ANY_ACCESS */

/**
 * struct wpt_open - the driver's device, what the driver has seen, and what it is told to do
 * @device: the device \Device\WptOpen
 * @majors: seen: the major functions of the first 16 requests
 * @count: seen: how many of @majors are filled in
 * @wrong: seen: requests of another mode than KernelMode, or on another file object
 * @access: seen: DesiredAccess of the last IRP_MJ_CREATE
 * @file: seen: the file object of the last IRP_MJ_CREATE
 * @status: told: what IRP_MJ_CREATE completes with
 * @keeps: told: control requests wait until they are cancelled
 * @upper: told: this device passes control requests down to @device
 * @passed: seen: how many of these were given back
 * @slow: told: IRP_MJ_CLOSE takes its time
 */
static struct wpt_open {
	PDEVICE_OBJECT device;
	int majors[16];
	unsigned int count;
	int wrong;
	ACCESS_MASK access;
	PFILE_OBJECT file;
	NTSTATUS status;
	bool keeps;
	PDEVICE_OBJECT upper;
	unsigned int passed;
	bool slow;
} wpt_open;

static NTSTATUS wpt_open_complete(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID wpt_open_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	wpt_open_complete(irp, STATUS_CANCELLED);
}

static NTSTATUS wpt_open_passed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	wpt_open.passed++;
	if (irp->PendingReturned)
		IoMarkIrpPending(irp);
	return STATUS_SUCCESS;
}

static NTSTATUS wpt_open_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

	if (wpt_open.count < ARRAY_SIZE(wpt_open.majors))
		wpt_open.majors[wpt_open.count++] = at->MajorFunction;
	wpt_open.wrong += irp->RequestorMode != KernelMode;
	switch (at->MajorFunction) {
	case IRP_MJ_CREATE:
		wpt_open.access =
			at->Parameters.Create.SecurityContext->DesiredAccess;
		wpt_open.file = at->FileObject;
		return wpt_open_complete(irp, wpt_open.status);
	case IRP_MJ_CLEANUP:
	case IRP_MJ_CLOSE:
		if (wpt_open.slow && at->MajorFunction == IRP_MJ_CLOSE) {
			schedule_timeout_uninterruptible(HZ / 2);
			wpt_open.slow = false;
		}
		wpt_open.wrong += at->FileObject != wpt_open.file;
		return wpt_open_complete(irp, STATUS_SUCCESS);
	}
	if (device == wpt_open.upper) {
		IoCopyCurrentIrpStackLocationToNext(irp);
		IoSetCompletionRoutine(irp, wpt_open_passed, NULL, TRUE, TRUE, TRUE);
		return IoCallDriver(wpt_open.device, irp);
	}
	if (!wpt_open.keeps)
		return wpt_open_complete(irp, STATUS_SUCCESS);
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, wpt_open_cancel);
	return STATUS_PENDING;
}

static void wpt_open_entry(PDRIVER_OBJECT driver)
{
	driver->MajorFunction[IRP_MJ_CREATE] = wpt_open_dispatch;
	driver->MajorFunction[IRP_MJ_CLEANUP] = wpt_open_dispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = wpt_open_dispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = wpt_open_dispatch;
}

/* Start the driver, with its device and a link to that, and another client. */
static int wpt_open_init(struct kunit *test)
{
	UNICODE_STRING name, link;
	int ret;

	memset(&wpt_open, 0, sizeof(wpt_open));
	wpt_wdm_at_entry = wpt_open_entry;
	ret = wpt_wdm_init(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
	RtlInitUnicodeString(&name, L"\\Device\\WptOpen");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptOpenLink");
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, &name,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &wpt_open.device));
	KUNIT_ASSERT_EQ(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	wpt_open.device->Flags &= ~DO_DEVICE_INITIALIZING;
	return wpt_wdm_start_other();
}

static void wpt_open_delete(void)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WptOpenLink");
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(wpt_open.device);
}

static NTSTATUS wpt_open_by(PCWSTR name, PFILE_OBJECT *file,
			    PDEVICE_OBJECT *device)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return IoGetDeviceObjectPointer(&string, FILE_READ_DATA, file, device);
}

static void wpt_open_expect(struct kunit *test, unsigned int at, int major)
{
	KUNIT_ASSERT_GT(test, wpt_open.count, at);
	KUNIT_EXPECT_EQ(test, wpt_open.majors[at], major);
}

/*
 * DDI page: wdm, IoGetDeviceObjectPointer. By the device's name and by a link's; the
 * driver is sent IRP_MJ_CREATE, IRP_MJ_CLEANUP, and IRP_MJ_CLOSE with the last reference.
 * A driver that opens its own device can be unloaded still.
 */
static void winpar_test_open_own(struct kunit *test)
{
	static const PCWSTR names[] = {
		L"\\Device\\WptOpen", L"\\DosDevices\\WPTOPENLINK", L"\\??\\WptOpenLink",
	};
	int modules = module_refcount(THIS_MODULE);
	LONG references = wpt_open.device->ReferenceCount;
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		wpt_open.count = 0;
		KUNIT_ASSERT_EQ(test, wpt_open_by(names[i], &file, &device),
				STATUS_SUCCESS);
		KUNIT_EXPECT_PTR_EQ(test, device, wpt_open.device);
		KUNIT_EXPECT_PTR_EQ(test, file, wpt_open.file);
		KUNIT_EXPECT_PTR_EQ(test, file->DeviceObject, device);
		KUNIT_EXPECT_EQ(test, wpt_open.access, FILE_READ_DATA);
		KUNIT_EXPECT_TRUE(test, file->ReadAccess && !file->WriteAccess);
		KUNIT_EXPECT_EQ(test, device->ReferenceCount, references + 1);
		KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), modules);
		KUNIT_EXPECT_EQ(test, ObReferenceObject(file), 2);
		KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
		KUNIT_EXPECT_EQ(test, wpt_open.count, 2U);
		wpt_open_expect(test, 0, IRP_MJ_CREATE);
		wpt_open_expect(test, 1, IRP_MJ_CLEANUP);
		KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
		KUNIT_EXPECT_EQ(test, wpt_open.count, 3U);
		wpt_open_expect(test, 2, IRP_MJ_CLOSE);
		KUNIT_EXPECT_EQ(test, device->ReferenceCount, references);
	}
	KUNIT_EXPECT_EQ(test, wpt_open.wrong, 0);
	wpt_open_delete();
}

/* What the driver refuses, a device that is not ready, and names that are not there. */
static void winpar_test_open_refused(struct kunit *test)
{
	LONG references = wpt_open.device->ReferenceCount;
	PDEVICE_OBJECT device = wpt_open.device;
	PFILE_OBJECT file = (PFILE_OBJECT)device;

	wpt_open.status = STATUS_DEVICE_BUSY;
	KUNIT_EXPECT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_DEVICE_BUSY);
	KUNIT_EXPECT_NULL(test, (void *)file);
	KUNIT_EXPECT_NULL(test, (void *)device);
	KUNIT_EXPECT_EQ(test, wpt_open.count, 1U);
	wpt_open_expect(test, 0, IRP_MJ_CREATE);
	wpt_open.status = STATUS_SUCCESS;
	wpt_open.device->Flags |= DO_DEVICE_INITIALIZING;
	KUNIT_EXPECT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_NO_SUCH_DEVICE);
	wpt_open.device->Flags &= ~DO_DEVICE_INITIALIZING;
	KUNIT_EXPECT_EQ(test, wpt_open.count, 1U);
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(wpt_open_by(L"\\Device\\WptOpener",
							&file, &device)));
	KUNIT_EXPECT_EQ(test, wpt_open.device->ReferenceCount, references);
	wpt_open_delete();
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(wpt_open_by(L"\\Device\\WptOpen",
							&file, &device)));
}

/*
 * Another client opens the device, which keeps the driver's module, and sends it a
 * request. The driver deletes the device: the file object works still, and IRP_MJ_CLOSE
 * arrives.
 */
static void winpar_test_open_other(struct kunit *test)
{
	int modules = module_refcount(THIS_MODULE);
	PDEVICE_OBJECT device, again;
	IO_STATUS_BLOCK iosb;
	PFILE_OBJECT file;
	PIRP irp;

	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), modules + 1);
	wpt_wdm_swap();
	wpt_open_delete();
	wpt_wdm_swap();
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(wpt_open_by(L"\\Device\\WptOpen",
							&file, &again)));
	irp = IoBuildDeviceIoControlRequest(WPT_OPEN_CODE, device, NULL, 0, NULL,
					    0, FALSE, NULL, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(wpt_open.file), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), modules);
	KUNIT_EXPECT_EQ(test, wpt_open.count, 4U);
	wpt_open_expect(test, 2, IRP_MJ_DEVICE_CONTROL);
	wpt_open_expect(test, 3, IRP_MJ_CLOSE);
	KUNIT_EXPECT_EQ(test, wpt_open.wrong, 0);
	wpt_wdm_swap();
}

/* An exclusive device is opened once, by a client as by a program. Its driver does not count. */
static void winpar_test_open_exclusive(struct kunit *test)
{
	int modules = module_refcount(THIS_MODULE);
	PDEVICE_OBJECT device;
	PFILE_OBJECT file, second;

	wpt_open.device->Flags |= DO_EXCLUSIVE;
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	ObDereferenceObject(file);
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &second, &device),
			STATUS_ACCESS_DENIED);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &second, &device),
			STATUS_SUCCESS);
	ObDereferenceObject(second);
	wpt_wdm_swap();
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), modules);
	wpt_open_delete();
}

static int wpt_open_put(void *data)
{
	ObDereferenceObject(data);
	return 0;
}

/* The other client ends while another thread gives its last reference back. */
static void winpar_test_open_closing(struct kunit *test)
{
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;

	wpt_open.slow = true;
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	wpt_wdm_swap();
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_open_put, file, "wdm_open")));
	/* IRP_MJ_CREATE and IRP_MJ_CLEANUP were sent when it was opened. */
	while (READ_ONCE(wpt_open.count) < 3)
		schedule_timeout_uninterruptible(1);
	wpt_wdm_stop_other();
	KUNIT_EXPECT_FALSE(test, wpt_open.slow);
	wpt_open_delete();
}

/*
 * The other client ends. Its file object is given back, and its request, which the driver
 * has, is cancelled: the driver completes it after the client's last routine was called.
 */
static void winpar_test_open_left(struct kunit *test)
{
	LONG references = wpt_open.device->ReferenceCount;
	int modules = module_refcount(THIS_MODULE);
	u64 since = wpt_kmsg_end();
	PDEVICE_OBJECT device;
	IO_STATUS_BLOCK iosb = { };
	PFILE_OBJECT file;
	PIRP irp;

	wpt_open.keeps = true;
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	irp = IoBuildDeviceIoControlRequest(WPT_OPEN_CODE, device, NULL, 0, NULL,
					    0, FALSE, NULL, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_PENDING);
	wpt_wdm_swap();
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, iosb.Status, 0);
	KUNIT_EXPECT_EQ(test, wpt_open.count, 4U);
	wpt_open_expect(test, 3, IRP_MJ_CLOSE);
	KUNIT_EXPECT_EQ(test, wpt_open.device->ReferenceCount, references);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), modules);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"IRPs were not freed"));
	/* A driver's file object of its own device ends with it, and sends nothing. */
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	wpt_open_delete();
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_open.count, 6U);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"were left"));
}

/*
 * A device of the other client's does not go above this client's. One of this client's
 * that is deleted there is not above it any more.
 */
static void winpar_test_open_attached(struct kunit *test)
{
	PDEVICE_OBJECT above;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &above));
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(above,
							    wpt_open.device));
	KUNIT_EXPECT_NULL(test, wpt_open.device->AttachedDevice);
	IoDeleteDevice(above);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_open.device->DriverObject, 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &above));
	KUNIT_EXPECT_PTR_EQ(test, wpt_open.device,
			    IoAttachDeviceToDeviceStack(above, wpt_open.device));
	IoDeleteDevice(above);
	KUNIT_EXPECT_NULL(test, wpt_open.device->AttachedDevice);
	wpt_open_delete();
}

/*
 * The other client ends while its request is in the lower one of two devices: the routine
 * that the driver of the upper device has set is called.
 */
static void winpar_test_open_left_in_a_stack(struct kunit *test)
{
	PDEVICE_OBJECT upper, device;
	IO_STATUS_BLOCK iosb = { };
	PFILE_OBJECT file;
	PIRP irp;

	wpt_open.keeps = true;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_open.device->DriverObject, 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &upper));
	KUNIT_ASSERT_PTR_EQ(test, wpt_open.device,
			    IoAttachDeviceToDeviceStack(upper, wpt_open.device));
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, wpt_open_by(L"\\Device\\WptOpen", &file, &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, device, upper);
	wpt_open.upper = upper;
	irp = IoBuildDeviceIoControlRequest(WPT_OPEN_CODE, device, NULL, 0, NULL,
					    0, FALSE, NULL, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_open.passed, 0U);
	wpt_wdm_swap();
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, wpt_open.passed, 1U);
	wpt_open.upper = NULL;
	IoDetachDevice(wpt_open.device);
	IoDeleteDevice(upper);
	wpt_open_delete();
}

static NTSTATUS wpt_open_keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	wpt_open.passed++;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The other client has a location of its own in its request, and ends: that has come back. */
static void winpar_test_open_own_location(struct kunit *test)
{
	PIRP irp;

	wpt_wdm_swap();
	irp = IoAllocateIrp(wpt_open.device->StackSize + 1, FALSE);
	wpt_wdm_swap();
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoSetCompletionRoutine(irp, wpt_open_keep, NULL, TRUE, TRUE, TRUE);
	IoSetNextIrpStackLocation(irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	IoSetCompletionRoutine(irp, wpt_open_passed, NULL, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_open.device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_open.passed, 2U);
	IoFreeIrp(irp);
	wpt_wdm_stop_other();
	wpt_open_delete();
}

/* What a client's DriverEntry gets when it opens its own device as another client. */
static struct {
	NTSTATUS status;
	NTSTATUS sent;
} wpt_early;

static void wpt_early_entry(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT device, found;
	IO_STATUS_BLOCK iosb;
	UNICODE_STRING name;
	PFILE_OBJECT file;
	KEVENT event;
	PIRP irp;

	RtlInitUnicodeString(&name, L"\\Device\\WptEarly");
	if (IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))
		return;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	wpt_wdm_swap();
	wpt_early.status = wpt_open_by(L"\\Device\\WptEarly", &file, &found);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, NULL, 0, NULL,
					   &event, &iosb);
	if (irp && IoCallDriver(device, irp) == STATUS_PENDING)
		wpt_early.sent = wpt_wdm_wait(&event, WPT_PATIENCE) ?: iosb.Status;
	wpt_wdm_swap();
	IoDeleteDevice(device);
}

/* No other client opens or uses a device of a driver whose DriverEntry may fail still. */
static void winpar_test_open_early(struct kunit *test)
{
	wpt_wdm_stop_other();
	memset(&wpt_early, 0, sizeof(wpt_early));
	wpt_wdm_at_entry = wpt_early_entry;
	KUNIT_EXPECT_EQ(test, wpt_wdm_start_other(), 0);
	wpt_wdm_at_entry = NULL;
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(wpt_early.status));
	KUNIT_EXPECT_EQ(test, wpt_early.sent, STATUS_NO_SUCH_DEVICE);
	wpt_open_delete();
}

static struct kunit_case wpt_wdm_open_cases[] = {
	KUNIT_CASE(winpar_test_open_own),
	KUNIT_CASE(winpar_test_open_refused),
	KUNIT_CASE(winpar_test_open_other),
	KUNIT_CASE(winpar_test_open_exclusive),
	KUNIT_CASE(winpar_test_open_closing),
	KUNIT_CASE(winpar_test_open_left),
	KUNIT_CASE(winpar_test_open_attached),
	KUNIT_CASE(winpar_test_open_left_in_a_stack),
	KUNIT_CASE(winpar_test_open_own_location),
	KUNIT_CASE(winpar_test_open_early),
	{ }
};

static struct kunit_suite wpt_wdm_open_suite = {
	.name = "winpar_wdm_open",
	.init = wpt_open_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_open_cases,
};

kunit_test_suite(wpt_wdm_open_suite);
