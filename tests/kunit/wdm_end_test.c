// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a client (wdm/main.c) beside the client's own routines: one that runs when the
 * end begins creates nothing that would outlive the client, and is waited for. And what of the
 * client's stays, since another client has a reference to it.
 */
#include <kunit/test.h>
#include <linux/kthread.h>

#include <winpar/ddk/initguid.h>
#include <winpar/ddk/wdmguid.h>

#include "leaks.h"
#include "wdm_fixture.h"

/* How often a routine looks whether the end has come so far, 10 ms apart. */
#define WPT_END_LOOKS	2000

/**
 * struct wpt_end - a client that ends, and what its routines have seen
 * @test: the case
 * @since: where the log ended when the case began
 * @device: a device of the client's
 * @item: a work item of the client's
 * @entry: a registration for Plug and Play
 * @begun: set when a routine runs
 * @link: what IoCreateSymbolicLink() returned at last
 * @thread: what PsCreateSystemThread() returned
 * @watch: what IoRegisterPlugPlayNotification() returned
 * @open: what IoGetDeviceObjectPointer() returned
 * @asked: how wpt_end_ask() has waited for its request
 * @threads: how often the thread's routine ran
 * @calls: how often wpt_end_count() ran
 * @unregister: wpt_end_told() is to end its own registration
 * @done: the routine that was running has returned, or is about to
 */
struct wpt_end {
	struct kunit *test;
	u64 since;
	PDEVICE_OBJECT device;
	PIO_WORKITEM item;
	PVOID entry;
	KEVENT begun;
	NTSTATUS link;
	NTSTATUS thread;
	NTSTATUS watch;
	NTSTATUS open;
	NTSTATUS asked;
	int threads;
	int calls;
	bool unregister;
	bool done;
};

static struct wpt_end *wpt_end(struct kunit *test)
{
	struct wpt_end *end = kunit_kzalloc(test, sizeof(*end), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, end);
	end->test = test;
	end->since = wpt_kmsg_end();
	KeInitializeEvent(&end->begun, NotificationEvent, FALSE);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 8, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &end->device));
	end->item = IoAllocateWorkItem(end->device);
	KUNIT_ASSERT_NOT_NULL(test, (void *)end->item);
	return end;
}

static void wpt_end_sleep(LONGLONG ms)
{
	LARGE_INTEGER wait = WPT_MS(ms);

	KeDelayExecutionThread(KernelMode, FALSE, &wait);
}

static NTSTATUS wpt_end_wait(struct wpt_end *end)
{
	LARGE_INTEGER timeout = WPT_MS(WPT_PATIENCE);

	return KeWaitForSingleObject(&end->begun, Executive, KernelMode, FALSE,
				     &timeout);
}

static NTSTATUS wpt_end_link(void)
{
	UNICODE_STRING name, target;

	RtlInitUnicodeString(&name, L"\\DosDevices\\WptEnd");
	RtlInitUnicodeString(&target, L"\\Device\\WptEnd");
	return IoCreateSymbolicLink(&name, &target);
}

static void wpt_end_unlink(void)
{
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, L"\\DosDevices\\WptEnd");
	IoDeleteSymbolicLink(&name);
}

/* ----- what is created late ---------------------------------------------- */

static VOID wpt_end_thread(PVOID context)
{
	struct wpt_end *end = context;

	end->threads++;
}

static NTSTATUS wpt_end_ignore(PVOID structure, PVOID context)
{
	return STATUS_SUCCESS;
}

static NTSTATUS wpt_end_watch(struct wpt_end *end)
{
	return IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange,
					      0, (PVOID)&GUID_PARALLEL_DEVICE,
					      wpt_wdm_driver(), wpt_end_ignore,
					      end, &end->entry);
}

/* Open the port. Its device object stays until the client ends. */
static NTSTATUS wpt_end_open(struct kunit *test, PDEVICE_OBJECT *device)
{
	WCHAR buffer[48], digits[12];
	UNICODE_STRING name, number = { 0, sizeof(digits), digits };
	PFILE_OBJECT file;
	NTSTATUS status;

	RtlInitEmptyUnicodeString(&name, buffer, sizeof(buffer));
	RtlAppendUnicodeToString(&name, L"\\Device\\ParallelPort");
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&name, &number);
	status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, device);
	if (NT_SUCCESS(status))
		ObDereferenceObject(file);
	return status;
}

/* Create links until one is refused, and then what else a driver creates. */
static VOID wpt_end_create(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_end *end = context;
	PDEVICE_OBJECT port;
	HANDLE handle;
	int i;

	KeSetEvent(&end->begun, IO_NO_INCREMENT, FALSE);
	for (i = 0; i < WPT_END_LOOKS; i++) {
		end->link = wpt_end_link();
		if (end->link != STATUS_SUCCESS)
			break;
		wpt_end_unlink();
		wpt_end_sleep(10);
	}
	end->thread = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL,
					   NULL, wpt_end_thread, end);
	end->watch = wpt_end_watch(end);
	end->open = wpt_end_open(end->test, &port);
	end->done = true;
}

/* A work item that runs when the client ends: links and the rest are refused. */
static void winpar_test_end_creates(struct kunit *test)
{
	struct wpt_end *end = wpt_end(test);
	PDEVICE_OBJECT port;

	KUNIT_ASSERT_EQ(test, wpt_end_open(test, &port), STATUS_SUCCESS);
	IoQueueWorkItem(end->item, wpt_end_create, DelayedWorkQueue, end);
	KUNIT_ASSERT_EQ(test, wpt_end_wait(end), STATUS_SUCCESS);
	wpt_wdm_stop();
	KUNIT_EXPECT_TRUE(test, end->done);
	KUNIT_EXPECT_EQ(test, end->link, STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, end->thread, STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, end->watch, STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, end->open, STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, end->threads, 0);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, end->since, "winpar_kunit: ",
						"registrations for Plug and Play were left"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, end->since, "winpar_kunit: ",
						"symbolic links were left"));
}

/* ----- what runs late ---------------------------------------------------- */

/* A work item: end the registration, which the end of the client has left for that. */
static VOID wpt_end_count(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_end *end = context;

	end->calls++;
	if (!end->unregister)
		IoUnregisterPlugPlayNotification(end->entry);
}

/* Wait until the client's end has begun: it creates no link any more. */
static void wpt_end_await(void)
{
	int i;

	for (i = 0; i < WPT_END_LOOKS && wpt_end_link() == STATUS_SUCCESS; i++) {
		wpt_end_unlink();
		wpt_end_sleep(10);
	}
}

/* Queue a work item when the client's end has begun. */
static NTSTATUS wpt_end_told(PVOID structure, PVOID context)
{
	struct wpt_end *end = context;

	if (end->unregister)
		IoUnregisterPlugPlayNotification(end->entry);
	KeSetEvent(&end->begun, IO_NO_INCREMENT, FALSE);
	wpt_end_await();
	IoQueueWorkItem(end->item, wpt_end_count, DelayedWorkQueue, end);
	/* An end that does not wait for this routine is over by then. */
	wpt_end_sleep(500);
	end->done = true;
	return STATUS_SUCCESS;
}

/* Have a routine of the client's told that the port goes, and wait until it runs. */
static void wpt_end_tell(struct kunit *test, struct wpt_end *end,
			 PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine)
{
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange,
						       0,
						       (PVOID)&GUID_PARALLEL_DEVICE,
						       wpt_wdm_driver(), routine,
						       end, &end->entry));
	wpt_wdm_unplug(test);
	KUNIT_ASSERT_EQ(test, wpt_end_wait(end), STATUS_SUCCESS);
}

/* End a client whose routine wpt_end_told() runs. */
static void wpt_end_while_told(struct kunit *test, struct wpt_end *end)
{
	wpt_end_tell(test, end, wpt_end_told);
	wpt_wdm_stop();
	KUNIT_EXPECT_TRUE(test, end->done);
	KUNIT_EXPECT_EQ(test, end->calls, 1);
}

/*
 * A work item that a notification routine queues when the client is ending already is run,
 * and waited for. It may end the registration of that routine, as on Windows, where the
 * routine may not do so itself.
 */
static void winpar_test_end_work(struct kunit *test)
{
	struct wpt_end *end = wpt_end(test);

	wpt_end_while_told(test, end);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, end->since, "winpar_kunit: ",
						"registrations for Plug and Play were left"));
}

/* The end waits for a notification routine that has ended its own registration. */
static void winpar_test_end_unregistered(struct kunit *test)
{
	struct wpt_end *end = wpt_end(test);

	end->unregister = true;
	wpt_end_while_told(test, end);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, end->since, "winpar_kunit: ",
						"registrations for Plug and Play were left"));
}

static NTSTATUS wpt_end_hold(PDEVICE_OBJECT device, PIRP irp)
{
	IoMarkIrpPending(irp);
	*(PIRP *)device->DeviceExtension = irp;
	return STATUS_PENDING;
}

/* Send the client's own device a request, and wait for its event. */
static NTSTATUS wpt_end_ask(PVOID structure, PVOID context)
{
	struct wpt_end *end = context;
	IO_STATUS_BLOCK iosb;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(0x222000, end->device, NULL, 0, NULL, 0,
					    FALSE, &event, &iosb);
	KUNIT_EXPECT_NOT_NULL(end->test, (void *)irp);
	if (irp)
		IoCallDriver(end->device, irp);
	KeSetEvent(&end->begun, IO_NO_INCREMENT, FALSE);
	end->asked = irp ? wpt_wdm_wait(&event, WPT_PATIENCE) : STATUS_INSUFFICIENT_RESOURCES;
	end->done = true;
	return STATUS_SUCCESS;
}

/* Complete that request some time after the client's end has begun. */
static int wpt_end_answer(void *data)
{
	struct wpt_end *end = data;
	PIRP irp = *(PIRP *)end->device->DeviceExtension;

	wpt_end_await();
	wpt_end_sleep(300);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return 0;
}

/* The client ends while its notification routine waits for a request, which is complete then. */
static void winpar_test_end_asks(struct kunit *test)
{
	struct wpt_end *end = wpt_end(test);

	wpt_wdm_driver()->MajorFunction[IRP_MJ_DEVICE_CONTROL] = wpt_end_hold;
	wpt_end_tell(test, end, wpt_end_ask);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_end_answer, end, "wdm_end")));
	wpt_wdm_stop();
	KUNIT_EXPECT_TRUE(test, end->done);
	KUNIT_EXPECT_EQ(test, end->asked, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, end->since, "winpar_kunit: ",
						"1 registrations for Plug and Play were left"));
}

/* ----- what stays --------------------------------------------------------- */

static NTSTATUS wpt_end_keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Send a device a READ. Returns its status. */
static NTSTATUS wpt_end_read(struct kunit *test, PDEVICE_OBJECT device)
{
	PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
	NTSTATUS status;
	KEVENT event;

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, wpt_end_keep, &event, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_PENDING);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	status = irp->IoStatus.Status;
	IoFreeIrp(irp);
	return status;
}

/*
 * DDI page: wdm, ObReferenceObject. Another client has a reference to the device object of a
 * port when the client that has opened the port ends: the object is there until the reference
 * is given back, and refuses requests. KASAN reports it if not.
 */
static void winpar_test_end_port(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	unsigned int live;
	PDEVICE_OBJECT port;
	NTSTATUS status;
	HANDLE handle;

	KUNIT_ASSERT_EQ(test, wpt_wdm_start_other(), 0);
	KUNIT_ASSERT_EQ(test, wpt_leaks_begin(), 0);
	status = wpt_end_open(test, &port);
	if (!NT_SUCCESS(status)) {
		wpt_leaks_end(test);
		KUNIT_FAIL(test, "the port is not opened");
		return;
	}
	KUNIT_EXPECT_EQ(test, ObReferenceObject(port), 2);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 device objects of ports have references"));
	wpt_wdm_swap();
	KUNIT_EXPECT_EQ(test, wpt_end_read(test, port), STATUS_NO_SUCH_DEVICE);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			IoOpenDeviceRegistryKey(port, PLUGPLAY_REGKEY_DEVICE,
						KEY_READ, &handle));
	KUNIT_EXPECT_EQ(test, ObReferenceObject(port), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(port), 1);
	live = wpt_leaks_live();
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(port), 0);
	/* It is freed now. */
	KUNIT_EXPECT_EQ(test, wpt_leaks_live(), live - 1);
	wpt_leaks_end(test);
}

static struct kunit_case wpt_wdm_end_cases[] = {
	KUNIT_CASE(winpar_test_end_creates),
	KUNIT_CASE(winpar_test_end_work),
	KUNIT_CASE(winpar_test_end_unregistered),
	KUNIT_CASE(winpar_test_end_asks),
	KUNIT_CASE(winpar_test_end_port),
	{ }
};

static struct kunit_suite wpt_wdm_end_suite = {
	.name = "winpar_wdm_end",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_end_cases,
};

kunit_test_suite(wpt_wdm_end_suite);
