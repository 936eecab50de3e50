// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that passes an IRP down and waits for it, and IRPs that are not waited for
 * (wdm/build.c): two drivers, the higher of which is sent what the tests make.
 */
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "wdm_fixture.h"

/**
 * struct wpt_passed - the two drivers, and what they have seen
 * @driver: the driver objects, the higher first
 * @device: their device objects
 * @hold: the lower driver returns STATUS_PENDING, and @held is completed later
 * @wrong: it returns STATUS_SUCCESS then
 * @held: the IRP that the lower driver was sent last
 * @forwarded: what IoForwardIrpSynchronously() returned; -1: it was not called
 * @information: IoStatus.Information after it
 * @completed: how often the maker's completion routine was called
 */
struct wpt_passed {
	DRIVER_OBJECT driver[2];
	DEVICE_OBJECT device[2];
	bool hold;
	bool wrong;
	PIRP held;
	int forwarded;
	ULONG_PTR information;
	unsigned int completed;
};

static struct wpt_passed wpt_passed;

/* The higher driver passes each IRP down, waits, and completes it with another status. */
static NTSTATUS wpt_higher(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_passed.forwarded = IoForwardIrpSynchronously(&wpt_passed.device[1], irp);
	wpt_passed.information = irp->IoStatus.Information;
	irp->IoStatus.Status = STATUS_DEVICE_NOT_READY;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_DEVICE_NOT_READY;
}

static NTSTATUS wpt_lower(PDEVICE_OBJECT device, PIRP irp)
{
	if (wpt_passed.hold) {
		IoMarkIrpPending(irp);
		WRITE_ONCE(wpt_passed.held, irp);
		return wpt_passed.wrong ? STATUS_SUCCESS : STATUS_PENDING;
	}
	wpt_passed.held = irp;
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 7;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* The maker's completion routine keeps the IRP. */
static NTSTATUS wpt_made(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	wpt_passed.completed++;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static int wpt_forward_init(struct kunit *test)
{
	int i;

	memset(&wpt_passed, 0, sizeof(wpt_passed));
	wpt_passed.forwarded = -1;
	for (i = 0; i < 2; i++) {
		wpt_passed.driver[i].MajorFunction[IRP_MJ_WRITE] =
			i ? wpt_lower : wpt_higher;
		wpt_passed.device[i].DriverObject = &wpt_passed.driver[i];
		wpt_passed.device[i].StackSize = 2 - i;
	}
	return wpt_wdm_init(test);
}

/* Send the higher driver an IRP with so many stack locations, and free it. */
static void wpt_send(struct kunit *test, CCHAR locations)
{
	PIRP irp = IoAllocateIrp(locations, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
	IoSetCompletionRoutine(irp, wpt_made, NULL, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_passed.device[0], irp),
			STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, wpt_passed.completed, 1U);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_DEVICE_NOT_READY);
	IoFreeIrp(irp);
}

/* DDI page: wdm, IoForwardIrpSynchronously. The lower driver completes it at once. */
static void winpar_test_forward_at_once(struct kunit *test)
{
	wpt_send(test, 2);
	KUNIT_EXPECT_EQ(test, wpt_passed.forwarded, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_passed.information, 7UL);
}

static void wpt_complete_held(struct work_struct *work)
{
	PIRP irp;

	while (!(irp = READ_ONCE(wpt_passed.held)))
		usleep_range(1000, 2000);
	/* The higher driver waits by now, or finds the event set. */
	msleep(20);
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 9;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* The lower driver completes what it is sent later. */
static void wpt_forward_later(struct kunit *test)
{
	struct work_struct work;

	wpt_passed.hold = true;
	INIT_WORK_ONSTACK(&work, wpt_complete_held);
	schedule_work(&work);
	wpt_send(test, 2);
	flush_work(&work);
	destroy_work_on_stack(&work);
	KUNIT_EXPECT_EQ(test, wpt_passed.forwarded, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_passed.information, 9UL);
}

/* DDI page: wdm, IoForwardIrpSynchronously. The lower driver completes it later. */
static void winpar_test_forward_later(struct kunit *test)
{
	wpt_forward_later(test);
}

/*
 * Likewise, and the lower driver returns STATUS_SUCCESS: it is waited for all the same, as the
 * completion sets an event on the stack of IoForwardIrpSynchronously().
 */
static void winpar_test_forward_wrong(struct kunit *test)
{
	wpt_passed.wrong = true;
	wpt_forward_later(test);
}

/* DDI page: wdm, IoForwardIrpSynchronously. There is no stack location for the lower driver. */
static void winpar_test_forward_not(struct kunit *test)
{
	wpt_send(test, 1);
	KUNIT_EXPECT_EQ(test, wpt_passed.forwarded, FALSE);
	KUNIT_EXPECT_NULL(test, (void *)wpt_passed.held);
}

/*
 * At DISPATCH_LEVEL nothing can be waited for: the IRP is not passed down, as the lower driver
 * would complete it when the event is gone.
 */
static void winpar_test_forward_level(struct kunit *test)
{
	KIRQL old;

	wpt_passed.hold = true;
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	wpt_send(test, 2);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, wpt_passed.forwarded, FALSE);
	KUNIT_EXPECT_NULL(test, (void *)wpt_passed.held);
}

/* DDI page: wdm, IoBuildAsynchronousFsdRequest */
static void winpar_test_forward_async(struct kunit *test)
{
	LARGE_INTEGER offset = { .QuadPart = 5 };
	PDEVICE_OBJECT device = &wpt_passed.device[1];
	PIO_STACK_LOCATION location;
	IO_STATUS_BLOCK iosb = { };
	char buffer[3] = "ab";
	PIRP irp;

	irp = IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, device, buffer, 3, &offset,
					    &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	location = IoGetNextIrpStackLocation(irp);
	KUNIT_EXPECT_EQ(test, location->Parameters.Write.Length, 3U);
	KUNIT_EXPECT_EQ(test, location->Parameters.Write.ByteOffset.QuadPart, 5);
	KUNIT_EXPECT_PTR_EQ(test, irp->UserIosb, &iosb);
	KUNIT_EXPECT_PTR_EQ(test, irp->AssociatedIrp.SystemBuffer, (PVOID)buffer);
	IoSetCompletionRoutine(irp, wpt_made, NULL, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_passed.completed, 1U);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Information, 7UL);
	IoFreeIrp(irp);
	device->Flags |= DO_DIRECT_IO;
	KUNIT_EXPECT_NULL(test, (void *)
		IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, device, buffer, 3,
					      &offset, &iosb));
}

static struct kunit_case wpt_wdm_forward_cases[] = {
	KUNIT_CASE(winpar_test_forward_at_once),
	KUNIT_CASE(winpar_test_forward_later),
	KUNIT_CASE(winpar_test_forward_wrong),
	KUNIT_CASE(winpar_test_forward_not),
	KUNIT_CASE(winpar_test_forward_level),
	KUNIT_CASE(winpar_test_forward_async),
	{ }
};

static struct kunit_suite wpt_wdm_forward_suite = {
	.name = "winpar_wdm_forward",
	.init = wpt_forward_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_forward_cases,
};

kunit_test_suite(wpt_wdm_forward_suite);
