// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers with an AddDevice routine (wdm/plug.c), and what a port answers to IRP_MJ_PNP
 * (wdm/parport.c).
 */
#include <linux/fs.h>

#include "wdm_fixture.h"
#include "wdm_program.h"

/**
 * struct wpt_plug - what the driver has seen, and what a case tells it to do
 * @adds: seen: how often AddDevice was called
 * @minors: seen: the minor functions of the first 16 requests of IRP_MJ_PNP
 * @count: seen: how many of @minors are filled in
 * @wrong: seen: requests with another status than STATUS_NOT_SUPPORTED, or not at
 *         PASSIVE_LEVEL
 * @below: seen: what the port has answered to the last request
 * @unheld: seen: requests whose device has no reference but the driver's
 * @unloads: seen: wpt_wdm_unloads() at the last request
 * @port: the port's device object
 * @device: the driver's device on it
 * @lower: the device to which that passes down
 * @add_status: told: what AddDevice returns, without attaching a device, if it fails
 * @start_status: told: what IRP_MN_START_DEVICE completes with
 * @stays: told: the device is not detached
 * @late: told: IRP_MN_START_DEVICE is pending until @timer fires
 * @held: that IRP
 * @timer: queues @dpc
 * @dpc: completes @held
 * @added: set when AddDevice fails, and when IRP_MN_START_DEVICE is complete
 * @surprised: set by IRP_MN_SURPRISE_REMOVAL
 * @removed: set by IRP_MN_REMOVE_DEVICE
 */
static struct wpt_plug {
	int adds;
	int minors[16];
	unsigned int count;
	int wrong;
	NTSTATUS below;
	int unheld;
	unsigned int unloads;
	PDEVICE_OBJECT port;
	PDEVICE_OBJECT device;
	PDEVICE_OBJECT lower;
	NTSTATUS add_status;
	NTSTATUS start_status;
	bool stays;
	bool late;
	PIRP held;
	KTIMER timer;
	KDPC dpc;
	KEVENT added;
	KEVENT surprised;
	KEVENT removed;
} wpt_plug;

static NTSTATUS wpt_plug_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT port)
{
	UNICODE_STRING name, link;
	NTSTATUS status;

	wpt_plug.adds++;
	if (!NT_SUCCESS(wpt_plug.add_status)) {
		KeSetEvent(&wpt_plug.added, IO_NO_INCREMENT, FALSE);
		return wpt_plug.add_status;
	}
	RtlInitUnicodeString(&name, L"\\Device\\WptPlug");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptPlug");
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&wpt_plug.device);
	if (!NT_SUCCESS(status))
		return status;
	IoCreateSymbolicLink(&link, &name);
	wpt_plug.port = port;
	wpt_plug.lower = IoAttachDeviceToDeviceStack(wpt_plug.device, port);
	wpt_plug.device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static void wpt_plug_remove(void)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WptPlug");
	IoDeleteSymbolicLink(&link);
	if (!wpt_plug.stays)
		IoDetachDevice(wpt_plug.lower);
	IoDeleteDevice(wpt_plug.device);
	KeSetEvent(&wpt_plug.removed, IO_NO_INCREMENT, FALSE);
}

static VOID wpt_plug_complete(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	wpt_plug.held->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(wpt_plug.held, IO_NO_INCREMENT);
}

static NTSTATUS wpt_plug_keep(PIRP irp)
{
	wpt_plug.held = irp;
	IoMarkIrpPending(irp);
	KeInitializeTimer(&wpt_plug.timer);
	KeInitializeDpc(&wpt_plug.dpc, wpt_plug_complete, NULL);
	KeSetTimer(&wpt_plug.timer, WPT_MS(6000), &wpt_plug.dpc);
	return STATUS_PENDING;
}

/* The port completes each request at once, so its status is the IRP's after the call. */
static NTSTATUS wpt_plug_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	if (wpt_plug.count < ARRAY_SIZE(wpt_plug.minors))
		wpt_plug.minors[wpt_plug.count++] = minor;
	wpt_plug.wrong += irp->IoStatus.Status != STATUS_NOT_SUPPORTED ||
			  KeGetCurrentIrql() != PASSIVE_LEVEL;
	wpt_plug.unheld += device->ReferenceCount < 2;
	wpt_plug.unloads = wpt_wdm_unloads();
	if (minor == IRP_MN_START_DEVICE && !NT_SUCCESS(wpt_plug.start_status)) {
		irp->IoStatus.Status = wpt_plug.start_status;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return wpt_plug.start_status;
	}
	if (minor == IRP_MN_START_DEVICE && wpt_plug.late)
		return wpt_plug_keep(irp);
	IoSkipCurrentIrpStackLocation(irp);
	wpt_plug.below = IoCallDriver(wpt_plug.lower, irp);
	if (minor == IRP_MN_START_DEVICE)
		KeSetEvent(&wpt_plug.added, IO_NO_INCREMENT, FALSE);
	if (minor == IRP_MN_SURPRISE_REMOVAL)
		KeSetEvent(&wpt_plug.surprised, IO_NO_INCREMENT, FALSE);
	if (minor == IRP_MN_REMOVE_DEVICE)
		wpt_plug_remove();
	return wpt_plug.below;
}

static NTSTATUS wpt_plug_open(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void wpt_plug_entry(PDRIVER_OBJECT driver)
{
	driver->DriverExtension->AddDevice = wpt_plug_add;
	driver->MajorFunction[IRP_MJ_PNP] = wpt_plug_pnp;
	driver->MajorFunction[IRP_MJ_CREATE] = wpt_plug_open;
	driver->MajorFunction[IRP_MJ_CLEANUP] = wpt_plug_open;
	driver->MajorFunction[IRP_MJ_CLOSE] = wpt_plug_open;
}

static int wpt_plug_init(struct kunit *test)
{
	memset(&wpt_plug, 0, sizeof(wpt_plug));
	KeInitializeEvent(&wpt_plug.added, SynchronizationEvent, FALSE);
	KeInitializeEvent(&wpt_plug.surprised, SynchronizationEvent, FALSE);
	KeInitializeEvent(&wpt_plug.removed, SynchronizationEvent, FALSE);
	return 0;
}

/* Start the client, with a port. */
static void wpt_plug_begin(struct kunit *test)
{
	int ret;

	wpt_wdm_at_entry = wpt_plug_entry;
	ret = wpt_wdm_init_port(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
}

static void wpt_plug_expect(struct kunit *test, unsigned int at, int minor)
{
	KUNIT_ASSERT_GT(test, wpt_plug.count, at);
	KUNIT_EXPECT_EQ(test, wpt_plug.minors[at], minor);
}

/*
 * DDI pages: wdm, DRIVER_ADD_DEVICE, IRP_MN_START_DEVICE, IRP_MN_REMOVE_DEVICE. The device
 * is above the port, and is removed before DriverUnload is called.
 */
static void winpar_test_plug(struct kunit *test)
{
	unsigned int unloads = wpt_wdm_unloads();
	u64 since = wpt_kmsg_end();

	wpt_plug_begin(test);
	KUNIT_ASSERT_EQ(test, wpt_plug.adds, 1);
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 1U);
	wpt_plug_expect(test, 0, IRP_MN_START_DEVICE);
	KUNIT_EXPECT_EQ(test, wpt_plug.below, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_plug.lower, wpt_plug.port);
	KUNIT_EXPECT_EQ(test, wpt_plug.device->StackSize,
			wpt_plug.port->StackSize + 1);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 2U);
	wpt_plug_expect(test, 1, IRP_MN_REMOVE_DEVICE);
	KUNIT_EXPECT_EQ(test, wpt_plug.below, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_plug.unloads, unloads);
	KUNIT_EXPECT_EQ(test, wpt_wdm_unloads(), unloads + 1);
	KUNIT_EXPECT_EQ(test, wpt_plug.wrong, 0);
	/* Another thread of the driver's may delete the device at that time. */
	KUNIT_EXPECT_EQ(test, wpt_plug.unheld, 0);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"were left"));
}

/* DDI page: wdm, IRP_MN_SURPRISE_REMOVAL. A port that comes back is given anew. */
static void winpar_test_plug_surprise(struct kunit *test)
{
	int round;

	wpt_plug_begin(test);
	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, wpt_wdm_wait(&wpt_plug.added, WPT_PATIENCE),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_plug.adds, round + 1);
		wpt_plug_expect(test, 3 * round, IRP_MN_START_DEVICE);
		wpt_wdm_unplug(test);
		KUNIT_ASSERT_EQ(test, wpt_wdm_wait(&wpt_plug.removed, WPT_PATIENCE),
				STATUS_SUCCESS);
		wpt_plug_expect(test, 3 * round + 1, IRP_MN_SURPRISE_REMOVAL);
		wpt_plug_expect(test, 3 * round + 2, IRP_MN_REMOVE_DEVICE);
		wpt_wdm_plug(test);
	}
	KUNIT_EXPECT_EQ(test, wpt_plug.wrong, 0);
}

/*
 * What a port that has gone is not sent before the last program has closed its handle; no
 * program can open the device any more.
 */
static void winpar_test_plug_open(struct kunit *test)
{
	struct file *file, *late;
	int references;

	wpt_plug_begin(test);
	KUNIT_ASSERT_EQ(test, wpt_program_begin(test), 0);
	references = module_refcount(THIS_MODULE);
	file = wpt_program_open("/dev/wptplug", O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	wpt_wdm_unplug_open(test, module_refcount(THIS_MODULE) - references);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_plug.removed, 200), STATUS_TIMEOUT);
	KUNIT_EXPECT_LE(test, wpt_plug.count, 2U);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_plug.surprised, WPT_PATIENCE),
			STATUS_SUCCESS);
	late = wpt_program_open("/dev/wptplug", O_RDWR);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(late), -ENODEV);
	if (!IS_ERR(late))
		wpt_program_close(late);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_plug.removed, WPT_PATIENCE), STATUS_SUCCESS);
	wpt_plug_expect(test, 1, IRP_MN_SURPRISE_REMOVAL);
	wpt_plug_expect(test, 2, IRP_MN_REMOVE_DEVICE);
	wpt_program_end();
}

/* A device that does not start is removed; a driver that adds none is asked nothing. */
static void winpar_test_plug_fails(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_plug.start_status = STATUS_DEVICE_CONFIGURATION_ERROR;
	wpt_plug_begin(test);
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 2U);
	wpt_plug_expect(test, 0, IRP_MN_START_DEVICE);
	wpt_plug_expect(test, 1, IRP_MN_REMOVE_DEVICE);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: IRP_MN_START_DEVICE",
				      "has failed for port"));
	wpt_wdm_unplug(test);
	wpt_plug.add_status = STATUS_NO_SUCH_DEVICE;
	wpt_wdm_plug(test);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_plug.added, WPT_PATIENCE), STATUS_SUCCESS);
	/* This waits for the call that AddDevice was a part of. */
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_plug.adds, 2);
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 2U);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: AddDevice",
						"has failed for port"));
}

/* A driver that has not completed a request after 5 s is named, and waited for. */
static void winpar_test_plug_late(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_plug.late = true;
	wpt_plug_begin(test);
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 1U);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: its device on port",
				      "has not completed IRP_MJ_PNP, minor function 0x0"));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 2U);
}

/* A driver that forgets to detach its device is told of it. */
static void winpar_test_plug_attached(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_plug.stays = true;
	wpt_plug_begin(test);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: a device is attached",
				      "IoDeleteDevice()"));
}

/* A device that is deleted above a port is not above it any more. */
static void winpar_test_plug_deleted(struct kunit *test)
{
	PDEVICE_OBJECT port;

	wpt_plug_begin(test);
	port = wpt_plug.port;
	KUNIT_ASSERT_PTR_EQ(test, port->AttachedDevice, wpt_plug.device);
	wpt_plug.stays = true;
	wpt_plug_remove();
	KUNIT_EXPECT_NULL(test, port->AttachedDevice);
	/* The port alone answers what the end of the client sends. */
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_plug.count, 1U);
}

/*
 * Another client sends a request to this client's device object of the port, and ends: the
 * request is taken out of the port's queue.
 */
static void winpar_test_plug_others_request(struct kunit *test)
{
	IO_STATUS_BLOCK iosb = { };
	PIRP irp;

	wpt_plug_begin(test);
	KUNIT_ASSERT_EQ(test, wpt_wdm_start_other(), 0);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	wpt_wdm_swap();
	irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
					    wpt_plug.port, NULL, 0, NULL, 0, TRUE,
					    NULL, &iosb);
	wpt_wdm_swap();
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_plug.port, irp), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 1U);
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 0U);
	wpt_wdm_give(test);
}

/* Send @minor to the port, with @type; the status, and Information by @information. */
static NTSTATUS wpt_plug_ask(struct kunit *test, UCHAR minor,
			     DEVICE_RELATION_TYPE type, ULONG_PTR *information)
{
	PIO_STACK_LOCATION next;
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, wpt_plug.port, NULL, 0, NULL,
					   &event, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	next = IoGetNextIrpStackLocation(irp);
	next->MinorFunction = minor;
	next->Parameters.QueryDeviceRelations.Type = type;
	status = IoCallDriver(wpt_plug.port, irp);
	if (status == STATUS_PENDING)
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	*information = iosb.Information;
	return iosb.Status;
}

/* DDI page: wdm, IRP_MN_QUERY_DEVICE_RELATIONS: TargetDeviceRelation is the port itself. */
static void winpar_test_plug_relations(struct kunit *test)
{
	PDEVICE_RELATIONS relations;
	ULONG_PTR information;
	LONG references;

	wpt_plug_begin(test);
	references = wpt_plug.port->ReferenceCount;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_plug_ask(test, IRP_MN_QUERY_DEVICE_RELATIONS,
				     TargetDeviceRelation, &information));
	relations = (PDEVICE_RELATIONS)information;
	KUNIT_EXPECT_EQ(test, relations->Count, 1U);
	KUNIT_EXPECT_PTR_EQ(test, relations->Objects[0], wpt_plug.port);
	KUNIT_EXPECT_EQ(test, wpt_plug.port->ReferenceCount, references + 1);
	ObDereferenceObject(relations->Objects[0]);
	ExFreePool(relations);
	/* What the port does not know keeps its status. */
	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			wpt_plug_ask(test, IRP_MN_QUERY_DEVICE_RELATIONS,
				     BusRelations, &information));
	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			wpt_plug_ask(test, IRP_MN_QUERY_ID, BusRelations,
				     &information));
	KUNIT_EXPECT_EQ(test, information, (ULONG_PTR)0);
}

/* What a port answers is memory of the client that has asked, also another's port. */
static void winpar_test_plug_others_relations(struct kunit *test)
{
	ULONG_PTR information;
	u64 since;

	wpt_plug_begin(test);
	KUNIT_ASSERT_EQ(test, wpt_wdm_start_other(), 0);
	wpt_wdm_swap();
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_plug_ask(test, IRP_MN_QUERY_DEVICE_RELATIONS,
				     TargetDeviceRelation, &information));
	wpt_wdm_swap();
	ObDereferenceObject(((PDEVICE_RELATIONS)information)->Objects[0]);
	since = wpt_kmsg_end();
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"with the tag LRel"));
	since = wpt_kmsg_end();
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"with the tag LRel"));
}

/*
 * DDI pages: wdm, PoCallDriver, PoStartNextPowerIrp, PoSetPowerState, IRP_MN_SET_POWER. The
 * port completes what a driver passes down to it; another request keeps its status.
 */
static void winpar_test_plug_power(struct kunit *test)
{
	static const struct {
		UCHAR minor;
		NTSTATUS status;
	} asked[] = {
		{ IRP_MN_QUERY_POWER, STATUS_SUCCESS },
		{ IRP_MN_SET_POWER, STATUS_SUCCESS },
		{ IRP_MN_WAIT_WAKE, STATUS_NOT_SUPPORTED },
	};
	POWER_STATE state = { .DeviceState = PowerDeviceD3 };
	PIO_STACK_LOCATION next;
	IO_STATUS_BLOCK iosb;
	unsigned int i;
	PIRP irp;

	wpt_plug_begin(test);
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		irp = IoBuildSynchronousFsdRequest(IRP_MJ_POWER, wpt_plug.port, NULL,
						   0, NULL, NULL, &iosb);
		KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
		irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
		next = IoGetNextIrpStackLocation(irp);
		next->MinorFunction = asked[i].minor;
		next->Parameters.Power.Type = DevicePowerState;
		next->Parameters.Power.State = state;
		PoStartNextPowerIrp(irp);
		KUNIT_EXPECT_EQ(test, PoCallDriver(wpt_plug.port, irp),
				asked[i].status);
		KUNIT_EXPECT_EQ(test, iosb.Status, asked[i].status);
	}
	state = PoSetPowerState(wpt_plug.device, DevicePowerState, state);
	KUNIT_EXPECT_EQ(test, (int)state.DeviceState, (int)PowerDeviceUnspecified);
	state.SystemState = PowerSystemWorking;
	state = PoSetPowerState(wpt_plug.device, SystemPowerState, state);
	KUNIT_EXPECT_EQ(test, (int)state.SystemState, (int)PowerSystemUnspecified);
	state.DeviceState = PowerDeviceD0;
	state = PoSetPowerState(wpt_plug.device, DevicePowerState, state);
	KUNIT_EXPECT_EQ(test, (int)state.DeviceState, (int)PowerDeviceD3);
}

static struct kunit_case wpt_wdm_plug_cases[] = {
	KUNIT_CASE(winpar_test_plug),
	KUNIT_CASE(winpar_test_plug_surprise),
	KUNIT_CASE(winpar_test_plug_open),
	KUNIT_CASE(winpar_test_plug_fails),
	KUNIT_CASE(winpar_test_plug_late),
	KUNIT_CASE(winpar_test_plug_attached),
	KUNIT_CASE(winpar_test_plug_deleted),
	KUNIT_CASE(winpar_test_plug_others_request),
	KUNIT_CASE(winpar_test_plug_relations),
	KUNIT_CASE(winpar_test_plug_others_relations),
	KUNIT_CASE(winpar_test_plug_power),
	{ }
};

static struct kunit_suite wpt_wdm_plug_suite = {
	.name = "winpar_wdm_plug",
	.init = wpt_plug_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_plug_cases,
};

kunit_test_suite(wpt_wdm_plug_suite);
