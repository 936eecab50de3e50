// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device on a port that a Windows source closes and opens again, and requests that it
 * sends while the device is closed (wdm/open.c, parport.c).
 */
#include "wdm_fixture.h"

/* How often a request is sent again from its completion routine. */
#define WPT_CLOSED_ROUNDS	10

/**
 * struct wpt_closed - a request that its completion routine sends again
 * @device: where it is sent to
 * @irp: the IRP
 * @rounds: how often the routine is to send it; -1: always
 * @calls: how often the routine was called
 * @depth: how many calls of the routine have not returned
 * @deepest: the highest @depth so far
 * @wrong: how often the status was not STATUS_FILE_CLOSED, or Information not 0
 * @event: set when the routine has sent the request for the last time
 */
struct wpt_closed {
	PDEVICE_OBJECT device;
	PIRP irp;
	int rounds;
	int calls;
	int depth;
	int deepest;
	int wrong;
	KEVENT event;
};

/* Open the raw device of the fixture's port. */
static PDEVICE_OBJECT wpt_closed_open(struct kunit *test, PFILE_OBJECT *file)
{
	WCHAR buffer[48], digits[12];
	UNICODE_STRING name, number = { 0, sizeof(digits), digits };
	PDEVICE_OBJECT device;

	RtlInitEmptyUnicodeString(&name, buffer, sizeof(buffer));
	RtlAppendUnicodeToString(&name, L"\\Device\\Parallel");
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&name, &number);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       file, &device),
			STATUS_SUCCESS);
	return device;
}

/* Ask a device for its port's name, and wait for the answer. */
static NTSTATUS wpt_closed_ask(PDEVICE_OBJECT device)
{
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	char name[16];
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(IOCTL_PAR_QUERY_LOCATION, device, NULL,
					    0, name, sizeof(name), FALSE, &event,
					    &iosb);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(device, irp);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return status == STATUS_PENDING ? iosb.Status : status;
}

/*
 * A client that opens a device again gets the device object that it has: a client that
 * opens and closes it many times has one of them. While the device is closed requests to
 * the object are STATUS_FILE_CLOSED.
 */
static void winpar_test_closed_again(struct kunit *test)
{
	PDEVICE_OBJECT first = NULL, device;
	PFILE_OBJECT file;
	int i;

	for (i = 0; i < 5; i++) {
		device = wpt_closed_open(test, &file);
		KUNIT_EXPECT_PTR_EQ(test, device, first ?: device);
		first = device;
		KUNIT_EXPECT_EQ(test, wpt_closed_ask(device), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
		KUNIT_EXPECT_EQ(test, wpt_closed_ask(device), STATUS_FILE_CLOSED);
	}
}

static NTSTATUS wpt_closed_send(struct wpt_closed *closed);

static NTSTATUS wpt_closed_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_closed *closed = context;

	closed->calls++;
	closed->deepest = max(closed->deepest, ++closed->depth);
	closed->wrong += irp->IoStatus.Status != STATUS_FILE_CLOSED ||
			 irp->IoStatus.Information;
	if (!closed->rounds)
		KeSetEvent(&closed->event, IO_NO_INCREMENT, FALSE);
	else if (closed->rounds < 0 || closed->rounds--)
		wpt_closed_send(closed);
	closed->depth--;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Send the IRP as a READ of no bytes. */
static NTSTATUS wpt_closed_send(struct wpt_closed *closed)
{
	PIO_STACK_LOCATION next;

	IoReuseIrp(closed->irp, STATUS_SUCCESS);
	next = IoGetNextIrpStackLocation(closed->irp);
	next->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(closed->irp, wpt_closed_done, closed, TRUE, TRUE,
			       TRUE);
	return IoCallDriver(closed->device, closed->irp);
}

/* A device that is closed, and a request to it. */
static struct wpt_closed *wpt_closed(struct kunit *test, int rounds)
{
	struct wpt_closed *closed = kunit_kzalloc(test, sizeof(*closed), GFP_KERNEL);
	PFILE_OBJECT file;

	KUNIT_ASSERT_NOT_NULL(test, closed);
	KeInitializeEvent(&closed->event, NotificationEvent, FALSE);
	closed->rounds = rounds;
	closed->device = wpt_closed_open(test, &file);
	ObDereferenceObject(file);
	closed->irp = IoAllocateIrp(closed->device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)closed->irp);
	return closed;
}

/* Completion routines that send a request again do not nest, however many there are. */
static void winpar_test_closed_sent_again(struct kunit *test)
{
	struct wpt_closed *closed = wpt_closed(test, WPT_CLOSED_ROUNDS);

	KUNIT_EXPECT_EQ(test, wpt_closed_send(closed), STATUS_PENDING);
	KeWaitForSingleObject(&closed->event, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, closed->calls, WPT_CLOSED_ROUNDS + 1);
	KUNIT_EXPECT_EQ(test, closed->deepest, 1);
	KUNIT_EXPECT_EQ(test, closed->wrong, 0);
	wpt_wdm_stop();
}

/* A client ends that sends a request again whenever it completes. */
static void winpar_test_closed_end(struct kunit *test)
{
	struct wpt_closed *closed = wpt_closed(test, -1);
	int calls;

	KUNIT_EXPECT_EQ(test, wpt_closed_send(closed), STATUS_PENDING);
	while (READ_ONCE(closed->calls) < 10)
		schedule_timeout_uninterruptible(1);
	wpt_wdm_stop();
	calls = closed->calls;
	schedule_timeout_uninterruptible(HZ / 10);
	KUNIT_EXPECT_EQ(test, closed->calls, calls);
	KUNIT_EXPECT_EQ(test, closed->wrong, 0);
}

static struct kunit_case wpt_wdm_closed_cases[] = {
	KUNIT_CASE(winpar_test_closed_again),
	KUNIT_CASE(winpar_test_closed_sent_again),
	KUNIT_CASE(winpar_test_closed_end),
	{ }
};

static struct kunit_suite wpt_wdm_closed_suite = {
	.name = "winpar_wdm_closed",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_closed_cases,
};

kunit_test_suite(wpt_wdm_closed_suite);
