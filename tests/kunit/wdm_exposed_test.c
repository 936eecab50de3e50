// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces that a driver registers (wdm/exposed.c): programs open a device that has no name
 * by them, and what a link to a port opens (wdm/opened.c).
 */
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/kernel.h>

#include "wdm_fixture.h"
#include "wdm_program.h"

#define WPT_EXPOSED_TEXT	"5e9a7e4c-1f2b-4c3d-8e5f-0011223344ff"

static const GUID wpt_exposed_guid = {
	0x5e9a7e4c, 0x1f2b, 0x4c3d,
	{ 0x8e, 0x5f, 0x00, 0x11, 0x22, 0x33, 0x44, 0xff }
};

/**
 * struct wpt_exposed - what the driver has, has seen, and is told
 * @port: the port's device object
 * @device: the driver's device on it, which has no name
 * @name: the interface's name
 * @path: its node
 * @early: seen: what a program gets that opens the node during IRP_MN_START_DEVICE
 * @registered: seen: what IoRegisterDeviceInterface() has returned last
 * @enabled: seen: what IoSetDeviceInterfaceState() has returned last
 * @stranger: seen: a program's request was sent to another device
 * @disables: told: disable the interface when the device is removed
 * @added: set when IRP_MN_START_DEVICE is complete
 * @removed: set when IRP_MN_REMOVE_DEVICE is complete
 */
static struct wpt_exposed {
	PDEVICE_OBJECT port;
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	char path[96];
	int early;
	NTSTATUS registered;
	NTSTATUS enabled;
	bool stranger;
	bool disables;
	KEVENT added;
	KEVENT removed;
} wpt_exposed;

/* The node of the interface. */
static void wpt_exposed_node(void)
{
	size_t n = strscpy(wpt_exposed.path, "/dev/", sizeof(wpt_exposed.path)), i;
	WCHAR c;

	/* Behind \??\ */
	for (i = 4; i < wpt_exposed.name.Length / sizeof(WCHAR); i++) {
		c = wpt_exposed.name.Buffer[i];
		wpt_exposed.path[n++] = isalnum(c) || c == '-' ? c : '_';
	}
	wpt_exposed.path[n] = '\0';
}

static NTSTATUS wpt_exposed_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT port)
{
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0,
					 FALSE, &wpt_exposed.device);

	if (!NT_SUCCESS(status))
		return status;
	wpt_exposed.port = port;
	wpt_exposed.registered = IoRegisterDeviceInterface(port, &wpt_exposed_guid,
							   NULL, &wpt_exposed.name);
	if (NT_SUCCESS(wpt_exposed.registered))
		wpt_exposed_node();
	IoAttachDeviceToDeviceStack(wpt_exposed.device, port);
	wpt_exposed.device->Flags |= DO_BUFFERED_IO;
	wpt_exposed.device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

/* Let programs open the device, of which one is too early. */
static void wpt_exposed_start(void)
{
	struct file *file;

	wpt_exposed.enabled = IoSetDeviceInterfaceState(&wpt_exposed.name, TRUE);
	file = wpt_program_open(wpt_exposed.path, O_RDONLY);
	wpt_exposed.early = PTR_ERR_OR_ZERO(file);
	if (!IS_ERR(file))
		wpt_program_close(file);
}

static NTSTATUS wpt_exposed_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
	NTSTATUS status;

	if (minor == IRP_MN_START_DEVICE)
		wpt_exposed_start();
	IoSkipCurrentIrpStackLocation(irp);
	status = IoCallDriver(wpt_exposed.port, irp);
	if (minor == IRP_MN_START_DEVICE)
		KeSetEvent(&wpt_exposed.added, IO_NO_INCREMENT, FALSE);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		if (wpt_exposed.disables)
			wpt_exposed.enabled =
				IoSetDeviceInterfaceState(&wpt_exposed.name, FALSE);
		RtlFreeUnicodeString(&wpt_exposed.name);
		IoDetachDevice(wpt_exposed.port);
		IoDeleteDevice(device);
		KeSetEvent(&wpt_exposed.removed, IO_NO_INCREMENT, FALSE);
	}
	return status;
}

/* A read gives an x. */
static NTSTATUS wpt_exposed_request(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_exposed.stranger |= device != wpt_exposed.device;
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	if (IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_READ) {
		*(char *)irp->AssociatedIrp.SystemBuffer = 'x';
		irp->IoStatus.Information = 1;
	}
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void wpt_exposed_entry(PDRIVER_OBJECT driver)
{
	driver->DriverExtension->AddDevice = wpt_exposed_add;
	driver->MajorFunction[IRP_MJ_PNP] = wpt_exposed_pnp;
	driver->MajorFunction[IRP_MJ_CREATE] = wpt_exposed_request;
	driver->MajorFunction[IRP_MJ_CLEANUP] = wpt_exposed_request;
	driver->MajorFunction[IRP_MJ_CLOSE] = wpt_exposed_request;
	driver->MajorFunction[IRP_MJ_READ] = wpt_exposed_request;
}

static int wpt_exposed_init(struct kunit *test)
{
	int ret;

	memset(&wpt_exposed, 0, sizeof(wpt_exposed));
	KeInitializeEvent(&wpt_exposed.added, SynchronizationEvent, FALSE);
	KeInitializeEvent(&wpt_exposed.removed, SynchronizationEvent, FALSE);
	wpt_wdm_at_entry = wpt_exposed_entry;
	ret = wpt_wdm_init_port(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ(test, wpt_wdm_wait(&wpt_exposed.added, WPT_PATIENCE),
			STATUS_SUCCESS);
	return wpt_program_begin(test);
}

static void wpt_exposed_exit(struct kunit *test)
{
	wpt_program_end();
	wpt_wdm_exit(test);
}

/* Open the node of the interface, read from it, and close it. Returns 0, or an error. */
static int wpt_exposed_open(struct kunit *test)
{
	struct file *file = wpt_program_open(wpt_exposed.path, O_RDONLY);
	char got = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 1), (ssize_t)1);
	wpt_program_get(0, &got, 1);
	KUNIT_EXPECT_EQ(test, got, 'x');
	wpt_program_close(file);
	return 0;
}

/* Open it when the device has started, which is soon. */
static int wpt_exposed_open_soon(struct kunit *test)
{
	int ret = -ENODEV, i;

	for (i = 0; i < 10 * HZ * wpt_slowness && ret == -ENODEV; i++) {
		ret = wpt_exposed_open(test);
		schedule_timeout_uninterruptible(1);
	}
	return ret;
}

/* DDI pages: wdm, IoRegisterDeviceInterface, IoSetDeviceInterfaceState */
static void winpar_test_exposed(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	char path[96];

	snprintf(path, sizeof(path), "/dev/winpar_kunit_%u__" WPT_EXPOSED_TEXT "_",
		 wpt_wdm_number(test));
	KUNIT_EXPECT_STREQ(test, wpt_exposed.path, path);
	KUNIT_EXPECT_EQ(test, wpt_exposed.registered, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed.enabled, STATUS_SUCCESS);
	/* DDI page: wdm, IoSetDeviceInterfaceState: not before the device is started. */
	KUNIT_EXPECT_EQ(test, wpt_exposed.early, -ENODEV);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), 0);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&wpt_exposed.name, TRUE),
			STATUS_OBJECT_NAME_EXISTS);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&wpt_exposed.name, FALSE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), -ENOENT);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&wpt_exposed.name, FALSE),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&wpt_exposed.name, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), 0);
	KUNIT_EXPECT_FALSE(test, wpt_exposed.stranger);
	wpt_exposed.disables = true;
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_exposed.enabled, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), -ENOENT);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"were left"));
}

/* A port goes, and the driver disables nothing; it comes back. */
static void winpar_test_exposed_surprise(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), 0);
	wpt_wdm_unplug(test);
	KUNIT_ASSERT_EQ(test, wpt_wdm_wait(&wpt_exposed.removed, WPT_PATIENCE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), -ENOENT);
	wpt_wdm_plug(test);
	KUNIT_ASSERT_EQ(test, wpt_wdm_wait(&wpt_exposed.added, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed.registered, STATUS_OBJECT_NAME_EXISTS);
	KUNIT_EXPECT_EQ(test, wpt_exposed.enabled, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_exposed_open_soon(test), 0);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_exposed_open(test), -ENOENT);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"were left"));
}

/* What is no port's device object, or has a reference string, has no interface. */
static void winpar_test_exposed_refused(struct kunit *test)
{
	UNICODE_STRING reference, name = { };

	RtlInitUnicodeString(&reference, L"one");
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			IoRegisterDeviceInterface(wpt_exposed.device, &wpt_exposed_guid,
						  NULL, &name));
	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			IoRegisterDeviceInterface(wpt_exposed.port, &wpt_exposed_guid,
						  &reference, &name));
	KUNIT_EXPECT_NULL(test, name.Buffer);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			IoSetDeviceInterfaceState(&reference, TRUE));
}

/* A link to a port opens the driver's device on the port, and nothing where there is none. */
static void winpar_test_exposed_link(struct kunit *test)
{
	UNICODE_STRING link, target;
	struct file *file;
	WCHAR buffer[48];

	wpt_wdm_port_name(test, buffer, &target);
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptExposed");
	KUNIT_ASSERT_EQ(test, IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
	file = wpt_program_open("/dev/wptexposed", O_RDONLY);
	KUNIT_EXPECT_FALSE(test, IS_ERR(file));
	if (!IS_ERR(file))
		wpt_program_close(file);
	KUNIT_EXPECT_FALSE(test, wpt_exposed.stranger);
	IoDetachDevice(wpt_exposed.port);
	file = wpt_program_open("/dev/wptexposed", O_RDONLY);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(file), -ENOENT);
	KUNIT_EXPECT_PTR_EQ(test, wpt_exposed.port,
			    IoAttachDeviceToDeviceStack(wpt_exposed.device,
							wpt_exposed.port));
	IoDeleteSymbolicLink(&link);
}

/*
 * A driver creates a link in a program with another root folder, whose /dev has no such file:
 * what counts is the /dev in which the node would be.
 */
static void winpar_test_exposed_root(struct kunit *test)
{
	UNICODE_STRING link, target;
	WCHAR buffer[48];
	NTSTATUS status;

	wpt_wdm_port_name(test, buffer, &target);
	RtlInitUnicodeString(&link, L"\\DosDevices\\Null");
	wpt_take_root_at(test, "/sys");
	status = IoCreateSymbolicLink(&link, &target);
	KUNIT_EXPECT_EQ(test, status, STATUS_OBJECT_NAME_COLLISION);
	if (NT_SUCCESS(status))
		IoDeleteSymbolicLink(&link);
}

static struct kunit_case wpt_wdm_exposed_cases[] = {
	KUNIT_CASE(winpar_test_exposed),
	KUNIT_CASE(winpar_test_exposed_surprise),
	KUNIT_CASE(winpar_test_exposed_refused),
	KUNIT_CASE(winpar_test_exposed_link),
	KUNIT_CASE(winpar_test_exposed_root),
	{ }
};

static struct kunit_suite wpt_wdm_exposed_suite = {
	.name = "winpar_wdm_exposed",
	.init = wpt_exposed_init,
	.exit = wpt_exposed_exit,
	.test_cases = wpt_wdm_exposed_cases,
};

kunit_test_suite(wpt_wdm_exposed_suite);
