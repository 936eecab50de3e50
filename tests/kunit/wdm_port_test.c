// SPDX-License-Identifier: GPL-2.0-only
/* A Windows source's way to a port: the device object, requests, interrupts. */
#include <linux/kthread.h>

#include <winpar/ddk/initguid.h>

#include "wdm_fixture.h"

#define WPT_ROUNDS	2000

/* The port's name, in a buffer of so many characters. */
static void wpt_port_name(struct kunit *test, WCHAR buffer[48],
			  UNICODE_STRING *name)
{
	WCHAR digits[12];
	UNICODE_STRING number = { 0, sizeof(digits), digits };

	RtlInitEmptyUnicodeString(name, buffer, 48 * sizeof(WCHAR));
	RtlAppendUnicodeToString(name, L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U);
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(name, &number);
}

static PDEVICE_OBJECT wpt_device(struct kunit *test, PFILE_OBJECT *file)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	WCHAR buffer[48];

	wpt_port_name(test, buffer, &name);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES,
						       file, &device),
			STATUS_SUCCESS);
	return device;
}

/* As published drivers do: wait only where the call says that it is pending. */
static NTSTATUS wpt_request(PDEVICE_OBJECT device, ULONG code, PVOID in,
			    ULONG in_len, PVOID out, ULONG out_len)
{
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(code, device, in, in_len, out, out_len,
					    TRUE, &event, &iosb);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(device, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = iosb.Status;
	}
	return status;
}

/* DDI pages: wdm, IoGetDeviceObjectPointer, ObDereferenceObject */
static void winpar_test_port_open(struct kunit *test)
{
	PARALLEL_PORT_INFORMATION info = { }, again = { };
	PFILE_OBJECT file, other;
	PDEVICE_OBJECT device;

	device = wpt_device(test, &file);
	KUNIT_EXPECT_PTR_EQ(test, file->DeviceObject, device);
	KUNIT_EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(file), device);
	KUNIT_EXPECT_EQ(test, device->StackSize, 1);
	KUNIT_EXPECT_EQ(test, wpt_request(device,
					  IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					  NULL, 0, &info, sizeof(info)),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, device->DeviceExtension, info.Context);
	/* Opened again it is the same object, and the same Context. */
	KUNIT_EXPECT_PTR_EQ(test, wpt_device(test, &other), device);
	ObReferenceObject(file);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	ObDereferenceObject(other);
	/* The file objects are gone; the device object still works. */
	KUNIT_EXPECT_EQ(test, wpt_request(device,
					  IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					  NULL, 0, &again, sizeof(again)),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, memcmp(&info, &again, sizeof(info)), 0);
	KUNIT_EXPECT_TRUE(test, again.TryAllocatePort(again.Context));
	again.FreePort(again.Context);
}

/* Names that there are not, and a buffer that is too short. */
static void winpar_test_port_refused(struct kunit *test)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	PFILE_OBJECT file;
	UCHAR small[4];

	RtlInitUnicodeString(&name, L"\\Device\\ParallelPort77");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &device),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_NULL(test, (void *)file);
	KUNIT_EXPECT_NULL(test, (void *)device);
	RtlInitUnicodeString(&name, L"\\Device\\Floppy0");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &device),
			STATUS_OBJECT_NAME_INVALID);
	device = wpt_device(test, &file);
	KUNIT_EXPECT_EQ(test, wpt_request(device,
					  IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					  NULL, 0, small, sizeof(small)),
			STATUS_BUFFER_TOO_SMALL);
	ObDereferenceObject(file);
}

/* An allocation that waits for another client, and gets the port. */
static int wpt_give_later(void *data)
{
	schedule_timeout_uninterruptible(HZ / 20);
	wpt_wdm_give(data);
	return 0;
}

static void winpar_test_port_allocate(struct kunit *test)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);
	struct task_struct *task;

	ObDereferenceObject(file);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	task = kthread_run(wpt_give_later, test, "wdm_give");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, wpt_request(device,
					  IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
					  NULL, 0, NULL, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_request(device,
					  IOCTL_INTERNAL_PARALLEL_PORT_FREE,
					  NULL, 0, NULL, 0),
			STATUS_SUCCESS);
}

/**
 * struct wpt_kept - a request that its maker keeps
 * @irp: the request
 * @event: set when it is complete
 * @pending: PendingReturned then
 * @calls: how often its routine was called
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

/* Send an ALLOCATE. */
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
	wpt_request(device, IOCTL_INTERNAL_PARALLEL_PORT_FREE, NULL, 0, NULL, 0);
}

/* PendingReturned says what the call returned, whichever way it ended. */
static void winpar_test_port_pending(struct kunit *test)
{
	struct wpt_kept kept = { };
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);

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

/* DDI page: wdm, IoCancelIrp: a request that waits, one that is not sent yet */
static void winpar_test_port_cancel(struct kunit *test)
{
	struct wpt_kept kept = { };
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);

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

/* Cancels the request over and over. */
static int wpt_cancel_run(void *data)
{
	while (!kthread_should_stop()) {
		IoCancelIrp(data);
		cond_resched();
	}
	return 0;
}

/*
 * A request that is cancelled while it is sent, waits and completes is complete once,
 * and KASAN sees nothing touched afterwards.
 */
static void winpar_test_port_cancel_race(struct kunit *test)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);
	struct task_struct *task;
	struct wpt_kept kept = { };
	int i, bad = 0, granted = 0;

	kept.irp = IoAllocateIrp(device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)kept.irp);
	task = kthread_run(wpt_cancel_run, kept.irp, "wdm_cancel");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < WPT_ROUNDS && !bad; i++) {
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

/**
 * struct wpt_isr - an interrupt routine that queues a DPC
 * @dpc: the DPC
 * @event: set by it
 * @interrupts: how often the routine was called
 * @level: at which level it was last
 * @counted: what wpt_isr_count() saw
 */
struct wpt_isr {
	KDPC dpc;
	KEVENT event;
	int interrupts;
	KIRQL level;
	int counted;
};

static BOOLEAN wpt_isr(PKINTERRUPT interrupt, PVOID context)
{
	struct wpt_isr *isr = context;

	isr->interrupts++;
	isr->level = KeGetCurrentIrql();
	KeInsertQueueDpc(&isr->dpc, NULL, NULL);
	return TRUE;
}

static VOID wpt_isr_dpc(PKDPC dpc, PVOID context, PVOID argument1,
			PVOID argument2)
{
	struct wpt_isr *isr = context;

	KeSetEvent(&isr->event, IO_PARALLEL_INCREMENT, FALSE);
}

static BOOLEAN wpt_isr_count(PVOID context)
{
	struct wpt_isr *isr = context;

	isr->counted = isr->interrupts;
	return irqs_disabled();
}

/* DDI pages: parallel, PARALLEL_CONNECT_INTERRUPT; wdm, KeSynchronizeExecution */
static void winpar_test_port_interrupt(struct kunit *test)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routine;
		PARALLEL_INTERRUPT_INFORMATION info;
	} connect = { };
	struct wpt_isr *isr = kunit_kzalloc(test, sizeof(*isr), GFP_KERNEL);
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);
	KIRQL old;

	KUNIT_ASSERT_NOT_NULL(test, (void *)isr);
	KeInitializeDpc(&isr->dpc, wpt_isr_dpc, isr);
	KeInitializeEvent(&isr->event, SynchronizationEvent, FALSE);
	connect.routine.InterruptServiceRoutine = wpt_isr;
	connect.routine.InterruptServiceContext = isr;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_request(device,
				    IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
				    &connect, sizeof(connect), &connect,
				    sizeof(connect)));
	wpt_wdm_interrupt(test);
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&isr->event, Executive,
						    KernelMode, FALSE, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, isr->interrupts, 1);
	KUNIT_EXPECT_GT(test, isr->level, DISPATCH_LEVEL);
	KUNIT_EXPECT_TRUE(test, KeSynchronizeExecution(connect.info.InterruptObject,
						       wpt_isr_count, isr));
	KUNIT_EXPECT_EQ(test, isr->counted, 1);
	old = KeAcquireInterruptSpinLock(connect.info.InterruptObject);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	KeReleaseInterruptSpinLock(connect.info.InterruptObject, old);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	/* It is left connected: the end of the client disconnects it. */
	wpt_wdm_stop();
	wpt_wdm_interrupt(test);
	KUNIT_EXPECT_EQ(test, isr->interrupts, 1);
}

/* A client that ends with a request that waits: its routine is not called. */
static void winpar_test_port_left(struct kunit *test)
{
	struct wpt_kept *kept = kunit_kzalloc(test, sizeof(*kept), GFP_KERNEL);
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_device(test, &file);

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

/* DDI pages: wdm, IoGetDeviceInterfaces; ntddk, IoGetConfigurationInformation */
static void winpar_test_port_interfaces(struct kunit *test)
{
	static const GUID other = { 1, 2, 3, { 4 } };
	UNICODE_STRING name;
	PDEVICE_OBJECT device, same;
	PFILE_OBJECT file;
	PWSTR list;

	device = wpt_device(test, &file);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, IoGetConfigurationInformation()->ParallelCount,
			wpt_wdm_number(test) + 1);
	KUNIT_ASSERT_EQ(test, IoGetDeviceInterfaces(&GUID_PARALLEL_DEVICE, NULL, 0,
						    &list),
			STATUS_SUCCESS);
	RtlInitUnicodeString(&name, list);
	KUNIT_EXPECT_EQ(test, list[name.MaximumLength / sizeof(WCHAR)], 0);
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &same),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, same, device);
	ObDereferenceObject(file);
	ExFreePool(list);
	KUNIT_ASSERT_EQ(test, IoGetDeviceInterfaces(&other, NULL, 0, &list),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, list[0], 0);
	ExFreePool(list);
}

static struct kunit_case wpt_wdm_port_cases[] = {
	KUNIT_CASE(winpar_test_port_open),
	KUNIT_CASE(winpar_test_port_refused),
	KUNIT_CASE(winpar_test_port_allocate),
	KUNIT_CASE(winpar_test_port_pending),
	KUNIT_CASE(winpar_test_port_cancel),
	KUNIT_CASE(winpar_test_port_cancel_race),
	KUNIT_CASE(winpar_test_port_interrupt),
	KUNIT_CASE(winpar_test_port_left),
	KUNIT_CASE(winpar_test_port_interfaces),
	{ }
};

static struct kunit_suite wpt_wdm_port_suite = {
	.name = "winpar_wdm_port",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_port_cases,
};

kunit_test_suite(wpt_wdm_port_suite);
