// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rights for which a device is opened (wdm/opened.c, node.c, user.c): what the driver of
 * wdm_node_driver.c sees in DesiredAccess, and what a program may not ask for.
 */
#include <linux/fs.h>

#include "wdm_node_driver.h"

#define WPT_ACCESS_SYSTEM_SECURITY	0x01000000

/**
 * struct wpt_access_row - a WINPAR_DEVICE_CREATE
 * @name: what the case is called
 * @flags: how the node is opened
 * @asked: the access that the program asks for
 * @seen: DesiredAccess that the driver sees; 0: the program gets EACCES
 */
struct wpt_access_row {
	const char *name;
	int flags;
	ACCESS_MASK asked;
	ACCESS_MASK seen;
};

static const struct wpt_access_row wpt_access_rows[] = {
	{ "generic read", O_RDONLY, GENERIC_READ, FILE_GENERIC_READ },
	{ "generic execute", O_RDONLY, GENERIC_EXECUTE, FILE_GENERIC_EXECUTE },
	{ "generic write", O_WRONLY, GENERIC_WRITE, FILE_GENERIC_WRITE },
	{ "generic read and write", O_RDWR, GENERIC_READ | GENERIC_WRITE,
	  FILE_GENERIC_READ | FILE_GENERIC_WRITE },
	{ "generic all", O_RDWR, GENERIC_ALL, FILE_ALL_ACCESS },
	{ "the most, to read", O_RDONLY, MAXIMUM_ALLOWED,
	  FILE_GENERIC_READ | FILE_GENERIC_EXECUTE },
	{ "the most, to write", O_WRONLY, MAXIMUM_ALLOWED | FILE_WRITE_DATA,
	  FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES },
	{ "the most", O_RDWR, MAXIMUM_ALLOWED, FILE_ALL_ACCESS },
	{ "attributes, to write", O_WRONLY, FILE_READ_ATTRIBUTES | SYNCHRONIZE,
	  FILE_READ_ATTRIBUTES | SYNCHRONIZE },
	{ "generic write, read-only", O_RDONLY, GENERIC_WRITE },
	{ "generic all, read-only", O_RDONLY, GENERIC_ALL },
	{ "generic read and write, read-only", O_RDONLY, GENERIC_READ | GENERIC_WRITE },
	{ "data, read-only", O_RDONLY, FILE_READ_DATA | FILE_WRITE_DATA },
	{ "attributes, read-only", O_RDONLY, FILE_WRITE_ATTRIBUTES },
	{ "generic read, write-only", O_WRONLY, GENERIC_READ },
	{ "delete, write-only", O_WRONLY, DELETE },
	{ "the audit of accesses", O_RDWR, WPT_ACCESS_SYSTEM_SECURITY },
};

static void wpt_access_name(const struct wpt_access_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_access, wpt_access_rows, wpt_access_name);

/*
 * DDI page: wdm, ACCESS_MASK. A driver sees specific rights, and none for which the program has
 * not opened the node.
 */
static void winpar_test_access_program(struct kunit *test)
{
	const struct wpt_access_row *row = test->param_value;
	struct winpar_device_create create = {
		.access = row->asked,
		.disposition = FILE_OPEN,
	};
	struct file *file = wpt_node_open(test, row->flags | O_EXCL);

	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), row->seen ? 0 : -EACCES);
	KUNIT_EXPECT_EQ(test, wpt_node.count, row->seen ? 1U : 0U);
	KUNIT_EXPECT_EQ(test, wpt_node.access, row->seen);
	KUNIT_EXPECT_EQ(test, !!wpt_node.file.ReadAccess, !!(row->seen & FILE_READ_DATA));
	KUNIT_EXPECT_EQ(test, !!wpt_node.file.WriteAccess,
			!!(row->seen & (FILE_WRITE_DATA | FILE_APPEND_DATA)));
	wpt_program_close(file);
}

/* DDI page: wdm, IoGetDeviceObjectPointer: a driver that opens a device asks by generic rights. */
static void winpar_test_access_driver(struct kunit *test)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	PFILE_OBJECT file;

	wpt_node.device->Flags &= ~DO_DEVICE_INITIALIZING;
	RtlInitUnicodeString(&name, L"\\Device\\WptNode");
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&name, GENERIC_READ, &file, &device));
	KUNIT_EXPECT_EQ(test, wpt_node.access, FILE_GENERIC_READ);
	KUNIT_EXPECT_TRUE(test, file->ReadAccess);
	KUNIT_EXPECT_FALSE(test, file->WriteAccess);
	ObDereferenceObject(file);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&name, MAXIMUM_ALLOWED, &file, &device));
	KUNIT_EXPECT_EQ(test, wpt_node.access, FILE_ALL_ACCESS);
	KUNIT_EXPECT_TRUE(test, file->WriteAccess);
	ObDereferenceObject(file);
}

static struct kunit_case wpt_wdm_access_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_access_program, wpt_access_gen_params),
	KUNIT_CASE(winpar_test_access_driver),
	{ }
};

static struct kunit_suite wpt_wdm_access_suite = {
	.name = "winpar_wdm_access",
	.init = wpt_node_init,
	.exit = wpt_node_exit,
	.test_cases = wpt_wdm_access_cases,
};

kunit_test_suite(wpt_wdm_access_suite);
