// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device on a port that a Windows source closes and opens again, and requests that it
 * sends while the device is closed (wdm/open.c, parport.c).
 */
#include "wdm_again.h"

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

/* A device that is closed, and a request to it. */
static struct wpt_again wpt_closed(struct kunit *test)
{
	struct wpt_again again = { .status = STATUS_FILE_CLOSED };
	PFILE_OBJECT file;

	again.device = wpt_closed_open(test, &file);
	ObDereferenceObject(file);
	again.irp = IoAllocateIrp(again.device->StackSize, FALSE);
	KUNIT_ASSERT_NOT_NULL(test, (void *)again.irp);
	return again;
}

/* The client sends a request again to a device that is closed. */
static void winpar_test_closed_sent_again(struct kunit *test)
{
	struct wpt_again again = wpt_closed(test);

	wpt_again_some(test, &again);
	wpt_wdm_stop();
}

/* The client ends while it does so. */
static void winpar_test_closed_end(struct kunit *test)
{
	struct wpt_again again = wpt_closed(test);

	wpt_again_until(test, &again, wpt_wdm_stop);
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
