// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program opens a device that its driver has deleted, or that is about to be freed
 * (wdm/opened.c). The driver is that of wdm_node_driver.c, on the fixture's port.
 */
#include <linux/fs.h>

#include "wdm_node_driver.h"

/*
 * DDI page: wdm, IoDeleteDevice. A device that is attached to a port, and that a program has
 * opened by a link to the port, is deleted and not detached: a second open is refused, and the
 * handle works until it is closed.
 */
static void winpar_test_gone_attached(struct kunit *test)
{
	struct winpar_device_control control = {
		.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
	};
	UNICODE_STRING link, target;
	PFILE_OBJECT port_file;
	PDEVICE_OBJECT port, above;
	struct file *file, *again;
	WCHAR buffer[48];

	port = wpt_wdm_open_port(test, &port_file);
	wpt_wdm_port_name(test, buffer, &target);
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptGone");
	KUNIT_ASSERT_EQ(test, IoCreateSymbolicLink(&link, &target), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL, FILE_DEVICE_UNKNOWN,
				       0, FALSE, &above));
	above->Flags |= DO_BUFFERED_IO;
	above->Flags &= ~DO_DEVICE_INITIALIZING;
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, port), port);
	file = wpt_program_open("/dev/wptgone", O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	IoDeleteDevice(above);
	again = wpt_program_open("/dev/wptgone", O_RDWR);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(again), -ENODEV);
	if (!IS_ERR(again))
		wpt_program_close(again);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	wpt_program_close(file);
	/* Freed, and with that detached. */
	KUNIT_EXPECT_NULL(test, port->AttachedDevice);
	again = wpt_program_open("/dev/wptgone", O_RDWR);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(again), -ENOENT);
	KUNIT_EXPECT_EQ(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	ObDereferenceObject(port_file);
}

/*
 * The danger: a driver gives a reference back once too often, and the last one goes while a
 * program opens the device. The case takes the count to 0, as wdm_device_put() does before it
 * takes the device off the list.
 */
static void winpar_test_gone_last(struct kunit *test)
{
	LONG handle, refused;
	struct file *file;

	KUNIT_ASSERT_EQ(test, InterlockedDecrement(&wpt_node.device->ReferenceCount), 0);
	file = wpt_program_open(WPT_NODE_PATH, O_RDWR);
	refused = PTR_ERR_OR_ZERO(file);
	/* The last reference may not go with the handle, if there is one. */
	handle = InterlockedIncrement(&wpt_node.device->ReferenceCount);
	if (!IS_ERR(file))
		wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, refused, -ENODEV);
	KUNIT_EXPECT_EQ(test, handle, 1);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 0U);
	/* A device that is not about to be freed is opened. */
	wpt_program_close(wpt_node_open(test, O_RDWR));
}

static struct kunit_case wpt_wdm_gone_cases[] = {
	KUNIT_CASE(winpar_test_gone_attached),
	KUNIT_CASE(winpar_test_gone_last),
	{ }
};

static struct kunit_suite wpt_wdm_gone_suite = {
	.name = "winpar_wdm_gone",
	.init = wpt_node_init_port,
	.exit = wpt_node_exit,
	.test_cases = wpt_wdm_gone_cases,
};

kunit_test_suite(wpt_wdm_gone_suite);
