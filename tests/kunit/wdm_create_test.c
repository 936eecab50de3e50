// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a program may ask for a device by WINPAR_DEVICE_CREATE (wdm/user.h): a driver gets what
 * Windows' I/O manager lets through, and nothing else.
 */
#include <linux/fs.h>

#include "wdm_node_driver.h"

struct wpt_create_row {
	const char *name;
	const char *file;
	u32 share;
	u32 disposition;
	u32 attributes;
	u32 options;
	NTSTATUS status;
};

static const struct wpt_create_row wpt_create_rows[] = {
	{ "nothing", "", 0, FILE_SUPERSEDE, 0, 0, STATUS_SUCCESS },
	{ "all that may be", "\\", FILE_SHARE_VALID_FLAGS, FILE_OVERWRITE_IF, 0x7fb7,
	  0xffffff & ~FILE_SYNCHRONOUS_IO_ALERT, STATUS_SUCCESS },
	{ "no backslash", "left", 0, FILE_OPEN, 0, 0, STATUS_OBJECT_NAME_INVALID },
	{ "a disposition more", "", 0, FILE_OVERWRITE_IF + 1, 0, 0,
	  STATUS_INVALID_PARAMETER },
	{ "a disposition of 9 bits", "", 0, 0x100 + FILE_OPEN, 0, 0,
	  STATUS_INVALID_PARAMETER },
	{ "a sharing more", "", FILE_SHARE_VALID_FLAGS + 1, FILE_OPEN, 0, 0,
	  STATUS_INVALID_PARAMETER },
	{ "a sharing of 17 bits", "", 0x10000, FILE_OPEN, 0, 0,
	  STATUS_INVALID_PARAMETER },
	{ "an attribute of volumes", "", 0, FILE_OPEN, 8, 0, STATUS_INVALID_PARAMETER },
	{ "an attribute of 17 bits", "", 0, FILE_OPEN, 0x10000, 0,
	  STATUS_INVALID_PARAMETER },
	{ "an option that is a disposition", "", 0, FILE_OPEN, 0, 0x1000000,
	  STATUS_INVALID_PARAMETER },
	{ "two ways to wait", "", 0, FILE_OPEN, 0,
	  FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT,
	  STATUS_INVALID_PARAMETER },
};

static void wpt_create_name(const struct wpt_create_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_create, wpt_create_rows, wpt_create_name);

/*
 * DDI page: wdm, ZwCreateFile. What the I/O manager refuses does not get to the driver, and the
 * program may ask once more.
 */
static void winpar_test_create_asked(struct kunit *test)
{
	const struct wpt_create_row *row = test->param_value;
	struct winpar_device_create create = {
		.name = wpt_program_at(0),
		.name_length = strlen(row->file),
		.share = row->share,
		.disposition = row->disposition,
		.attributes = row->attributes,
		.options = row->options,
	};
	struct file *file = wpt_node_open(test, O_RDONLY | O_EXCL);
	bool asked = row->status == STATUS_SUCCESS;

	wpt_program_put(0, row->file, create.name_length);
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)row->status);
	KUNIT_EXPECT_EQ(test, wpt_node.count, asked ? 1U : 0U);
	if (asked) {
		KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.Options,
				row->disposition << 24 | row->options);
		KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.ShareAccess,
				row->share);
		KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.FileAttributes,
				row->attributes);
	} else {
		create = (struct winpar_device_create){ .disposition = FILE_OPEN };
		KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
		KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_SUCCESS);
	}
	wpt_program_close(file);
}

static struct kunit_case wpt_wdm_create_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_create_asked, wpt_create_gen_params),
	{ }
};

static struct kunit_suite wpt_wdm_create_suite = {
	.name = "winpar_wdm_create",
	.init = wpt_node_init,
	.exit = wpt_node_exit,
	.test_cases = wpt_wdm_create_cases,
};

kunit_test_suite(wpt_wdm_create_suite);
