// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long device objects, file objects and IRPs live beside an end that takes its time
 * (wdm/irp.c, user.c, file.c), and what a driver may not attach or ask for (wdm/stack.c).
 * There are two clients: the driver, which some cases end, and the other one.
 */
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "wdm_again.h"

/* How often a case looks for what is to come, 1 jiffy apart. */
#define WPT_LIFE_LOOKS	(10 * HZ * wpt_slowness)

/**
 * struct wpt_life - the two clients, and what their drivers have seen
 * @driver: the driver object of the driver
 * @device: its device \Device\WptLife
 * @other: a device of the other client's, which keeps control requests
 * @held: the control request that it keeps
 * @above: told: delete this device, which is attached to @device, when it is sent a request
 * @references: seen: how many references @above had after that
 * @locations: seen: StackCount of the last request
 * @closes: seen: how often IRP_MJ_CLOSE has arrived
 * @ending: the thread that ends the driver
 */
static struct wpt_life {
	PDRIVER_OBJECT driver;
	PDEVICE_OBJECT device;
	PDEVICE_OBJECT other;
	PIRP held;
	PDEVICE_OBJECT above;
	LONG references;
	int locations;
	int closes;
	struct task_struct *ending;
} wpt_life;

static NTSTATUS wpt_life_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

	wpt_life.locations = irp->StackCount;
	if (device == wpt_life.above) {
		wpt_life.above = NULL;
		IoDetachDevice(wpt_life.device);
		IoDeleteDevice(device);
		wpt_life.references = device->ReferenceCount;
	}
	if (major == IRP_MJ_DEVICE_CONTROL) {
		IoMarkIrpPending(irp);
		wpt_life.held = irp;
		return STATUS_PENDING;
	}
	if (major == IRP_MJ_CLOSE)
		WRITE_ONCE(wpt_life.closes, wpt_life.closes + 1);
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void wpt_life_entry(PDRIVER_OBJECT driver)
{
	driver->MajorFunction[IRP_MJ_CREATE] = wpt_life_dispatch;
	driver->MajorFunction[IRP_MJ_CLEANUP] = wpt_life_dispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = wpt_life_dispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = wpt_life_dispatch;
}

/* A device of a driver's, which can be opened. */
static PDEVICE_OBJECT wpt_life_device(struct kunit *test, PDRIVER_OBJECT driver,
				      const WCHAR *text)
{
	PDEVICE_OBJECT device = NULL;
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, text);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(driver, sizeof(u64), text ? &name : NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return device;
}

static int wpt_life_init(struct kunit *test)
{
	int ret;

	memset(&wpt_life, 0, sizeof(wpt_life));
	wpt_wdm_at_entry = wpt_life_entry;
	ret = wpt_wdm_init_port(test);
	wpt_life.driver = wpt_wdm_driver();
	ret = ret ?: wpt_wdm_start_other();
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
	wpt_life.other = wpt_life_device(test, wpt_wdm_driver(), NULL);
	wpt_life.device = wpt_life_device(test, wpt_life.driver, L"\\Device\\WptLife");
	return 0;
}

/* The client of the ddk's macros opens the driver's device. */
static NTSTATUS wpt_life_open(PFILE_OBJECT *file)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, L"\\Device\\WptLife");
	return IoGetDeviceObjectPointer(&name, FILE_READ_DATA, file, &device);
}

/* The other client does so. */
static PFILE_OBJECT wpt_life_open_other(struct kunit *test)
{
	PFILE_OBJECT file = NULL;
	NTSTATUS status;

	wpt_wdm_swap();
	status = wpt_life_open(&file);
	wpt_wdm_swap();
	KUNIT_ASSERT_EQ(test, status, STATUS_SUCCESS);
	return file;
}

/* An IRP of the other client's. */
static PIRP wpt_life_irp(struct kunit *test, CCHAR locations)
{
	PIRP irp;

	wpt_wdm_swap();
	irp = IoAllocateIrp(locations, FALSE);
	wpt_wdm_swap();
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	return irp;
}

static NTSTATUS wpt_life_keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(NTSTATUS *)context = irp->IoStatus.Status;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static bool wpt_life_is(const int *count, int wanted)
{
	int i;

	for (i = 0; i < WPT_LIFE_LOOKS && READ_ONCE(*count) != wanted; i++)
		schedule_timeout_uninterruptible(1);
	return READ_ONCE(*count) == wanted;
}

/* ----- an end that takes its time ---------------------------------------- */

static int wpt_life_end(void *data)
{
	wpt_wdm_stop();
	return 0;
}

/*
 * Begin to end the driver, which has sent the other client a request: the end waits until
 * that is complete. When this returns no routine of the driver's is called any more.
 */
static void wpt_life_begin_end(struct kunit *test)
{
	PIRP irp = IoAllocateIrp(1, FALSE);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	KUNIT_ASSERT_EQ(test, IoCallDriver(wpt_life.other, irp), STATUS_PENDING);
	wpt_life.ending = kthread_create(wpt_life_end, NULL, "wdm_life");
	KUNIT_ASSERT_FALSE(test, IS_ERR(wpt_life.ending));
	get_task_struct(wpt_life.ending);
	wake_up_process(wpt_life.ending);
	for (i = 0; i < WPT_LIFE_LOOKS && !READ_ONCE(irp->Cancel); i++)
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(irp->Cancel));
}

/* Complete that request, and wait until the driver has ended. */
static void wpt_life_let_end(void)
{
	wpt_life.held->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(wpt_life.held, IO_NO_INCREMENT);
	kthread_stop(wpt_life.ending);
	put_task_struct(wpt_life.ending);
}

/*
 * The driver ends, and has a port open, where a request of the other client's waits.
 * Cancelling that request has winpar cancel it: winpar has it until then.
 */
static void winpar_test_life_port(struct kunit *test)
{
	NTSTATUS status = STATUS_PENDING;
	PDEVICE_OBJECT port;
	PFILE_OBJECT file;
	PIRP irp;

	port = wpt_wdm_open_port(test, &file);
	ObReferenceObject(port);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	irp = wpt_life_irp(test, port->StackSize);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	IoGetNextIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode =
		IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE;
	IoSetCompletionRoutine(irp, wpt_life_keep, &status, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(port, irp), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 1U);
	wpt_life_begin_end(test);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp));
	wpt_wdm_settle(test);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 0U);
	KUNIT_EXPECT_EQ(test, READ_ONCE(status), STATUS_CANCELLED);
	wpt_life_let_end();
	IoFreeIrp(irp);
	wpt_wdm_give(test);
	ObDereferenceObject(port);
}

/*
 * The driver ends, and a file object of its device, which another client has a reference to,
 * is given back: the driver is not sent IRP_MJ_CLOSE after DriverUnload.
 */
static void winpar_test_life_closed(struct kunit *test)
{
	PFILE_OBJECT file;

	KUNIT_ASSERT_EQ(test, wpt_life_open(&file), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(file), 2);
	wpt_life_begin_end(test);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	KUNIT_EXPECT_EQ(test, wpt_life.closes, 0);
	wpt_life_let_end();
}

static VOID wpt_life_count(PDEVICE_OBJECT device, PVOID context)
{
	++*(int *)context;
}

/* The driver ends, and a routine of its own queues a work item: that is not run. */
static void winpar_test_life_item(struct kunit *test)
{
	PIO_WORKITEM item = IoAllocateWorkItem(wpt_life.device);
	int calls = 0;

	KUNIT_ASSERT_NOT_NULL(test, (void *)item);
	wpt_life_begin_end(test);
	IoQueueWorkItem(item, wpt_life_count, DelayedWorkQueue, &calls);
	wpt_life_let_end();
	KUNIT_EXPECT_EQ(test, calls, 0);
}

/* ----- devices ----------------------------------------------------------- */

/*
 * A device that is deleted while it is being sent a program's request stays as long as the
 * request. KASAN reports it if not.
 */
static void winpar_test_life_top(struct kunit *test)
{
	PDEVICE_OBJECT above = wpt_life_device(test, wpt_life.driver, NULL);
	PFILE_OBJECT file;

	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, wpt_life.device),
			    wpt_life.device);
	wpt_life.above = above;
	file = wpt_life_open_other(test);
	KUNIT_EXPECT_NULL(test, wpt_life.above);
	KUNIT_EXPECT_EQ(test, wpt_life.references, 1);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, wpt_life.closes, 1);
	IoDeleteDevice(wpt_life.device);
}

/*
 * A driver deletes a device that is attached still. Another CPU has given the last reference
 * to it back, and not detached it yet: a request goes to the device below.
 */
static void winpar_test_life_last(struct kunit *test)
{
	PDEVICE_OBJECT above = wpt_life_device(test, wpt_life.driver, NULL);
	PFILE_OBJECT file;

	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, wpt_life.device),
			    wpt_life.device);
	wpt_life.above = above;
	above->ReferenceCount = 0;
	file = wpt_life_open_other(test);
	KUNIT_EXPECT_PTR_EQ(test, wpt_life.above, above);
	KUNIT_EXPECT_EQ(test, above->ReferenceCount, 0);
	ObDereferenceObject(file);
	wpt_life.above = NULL;
	above->ReferenceCount = 1;
	IoDetachDevice(wpt_life.device);
	IoDeleteDevice(above);
	IoDeleteDevice(wpt_life.device);
}

/* DDI page: wdm, IoAttachDeviceToDeviceStack. A stack is no ring. */
static void winpar_test_life_ring(struct kunit *test)
{
	PDEVICE_OBJECT above = wpt_life_device(test, wpt_life.driver, NULL);

	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(above, above));
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, wpt_life.device),
			    wpt_life.device);
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(above, wpt_life.device));
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(wpt_life.device, above));
	/* Another device would go round for ever if it were one. */
	above->AttachedDevice = NULL;
	IoDetachDevice(wpt_life.device);
	IoDeleteDevice(above);
	IoDeleteDevice(wpt_life.device);
}

/* The arguments exchanged: a port is attached to no device. */
static void winpar_test_life_port_above(struct kunit *test)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT port = wpt_wdm_open_port(test, &file);

	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(port, wpt_life.device));
	KUNIT_EXPECT_NULL(test, wpt_life.device->AttachedDevice);
	ObDereferenceObject(file);
	IoDeleteDevice(wpt_life.device);
}

/* ----- stack locations --------------------------------------------------- */

/* An IRP of the most locations that there can be is complete once, as any other. */
static void winpar_test_life_locations(struct kunit *test)
{
	PIRP irp = IoAllocateIrp(100, FALSE);

	KUNIT_EXPECT_NULL(test, (void *)IoAllocateIrp(0, FALSE));
	KUNIT_EXPECT_NULL(test, (void *)IoAllocateIrp(101, FALSE));
	KUNIT_EXPECT_NULL(test, (void *)IoAllocateIrp(127, FALSE));
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 101);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 102);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 102);
	IoFreeIrp(irp);
}

/* A driver sets a StackSize that no IRP can have. KASAN reports it if one has. */
static void winpar_test_life_stack_size(struct kunit *test)
{
	PFILE_OBJECT file;

	wpt_life.device->StackSize = 127;
	file = wpt_life_open_other(test);
	KUNIT_EXPECT_EQ(test, wpt_life.locations, 100);
	ObDereferenceObject(file);
	wpt_life.device->StackSize = -1;
	KUNIT_EXPECT_EQ(test, wpt_life_open(&file), STATUS_INVALID_DEVICE_REQUEST);
	IoDeleteDevice(wpt_life.device);
}

/* ----- a driver that has ended ------------------------------------------- */

/* The driver ends, and the other client has a reference to its device. */
static struct wpt_again wpt_life_gone(struct kunit *test)
{
	struct wpt_again again = {
		.device = wpt_life.device,
		.irp = wpt_life_irp(test, 1),
		.status = STATUS_NO_SUCH_DEVICE,
	};

	ObReferenceObject(again.device);
	wpt_wdm_stop();
	return again;
}

/* The other client sends a request again to the device of a driver that has ended. */
static void winpar_test_life_again(struct kunit *test)
{
	struct wpt_again again = wpt_life_gone(test);

	wpt_again_some(test, &again);
	ObDereferenceObject(again.device);
	wpt_wdm_stop_other();
}

/* The other client ends while it does so. */
static void winpar_test_life_again_end(struct kunit *test)
{
	struct wpt_again again = wpt_life_gone(test);

	wpt_again_until(test, &again, wpt_wdm_stop_other);
	ObDereferenceObject(again.device);
}

/* ----- file objects at DISPATCH_LEVEL ------------------------------------ */

static void wpt_life_give_back(struct kunit *test, PFILE_OBJECT file)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	KeLowerIrql(old);
}

/* DDI page: wdm, ObDereferenceObject. The driver is sent IRP_MJ_CLOSE soon. */
static void winpar_test_life_dispatch_level(struct kunit *test)
{
	wpt_life_give_back(test, wpt_life_open_other(test));
	KUNIT_EXPECT_TRUE(test, wpt_life_is(&wpt_life.closes, 1));
	IoDeleteDevice(wpt_life.device);
}

/* The client that has opened the device ends at once: its end waits for IRP_MJ_CLOSE. */
static void winpar_test_life_dispatch_level_end(struct kunit *test)
{
	wpt_life_give_back(test, wpt_life_open_other(test));
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, READ_ONCE(wpt_life.closes), 1);
	IoDeleteDevice(wpt_life.device);
}

static struct kunit_case wpt_wdm_life_cases[] = {
	KUNIT_CASE(winpar_test_life_port),
	KUNIT_CASE(winpar_test_life_closed),
	KUNIT_CASE(winpar_test_life_item),
	KUNIT_CASE(winpar_test_life_top),
	KUNIT_CASE(winpar_test_life_last),
	KUNIT_CASE(winpar_test_life_ring),
	KUNIT_CASE(winpar_test_life_port_above),
	KUNIT_CASE(winpar_test_life_locations),
	KUNIT_CASE(winpar_test_life_stack_size),
	KUNIT_CASE(winpar_test_life_again),
	KUNIT_CASE(winpar_test_life_again_end),
	KUNIT_CASE(winpar_test_life_dispatch_level),
	KUNIT_CASE(winpar_test_life_dispatch_level_end),
	{ }
};

static struct kunit_suite wpt_wdm_life_suite = {
	.name = "winpar_wdm_life",
	.init = wpt_life_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_life_cases,
};

kunit_test_suite(wpt_wdm_life_suite);
