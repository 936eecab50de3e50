// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of ports: every form that winpar_open() takes, and forms that it
 * refuses. The names of statuses.
 */
#include "fixture.h"

struct wpt_name_row {
	const char *name;	/* %d is M, %u is n = M + 1 */
	NTSTATUS status;
};

#define FOUND(n)	{ n, STATUS_SUCCESS }
#define UNKNOWN(n)	{ n, STATUS_OBJECT_NAME_NOT_FOUND }
#define MALFORMED(n)	{ n, STATUS_OBJECT_NAME_INVALID }

static const struct wpt_name_row wpt_name_rows[] = {
	FOUND("\\Device\\ParallelPort%d"),
	FOUND("\\DEVICE\\PARALLELPORT%d"),
	FOUND("\\device\\parallelport%d"),
	FOUND("\\dEvIcE\\pArAlLeLpOrT%d"),
	UNKNOWN("\\Device\\ParallelPort77"),
	UNKNOWN("\\Device\\ParallelPort99999"),
	UNKNOWN("\\Device\\ParallelPort100000"),
	MALFORMED("\\Device\\ParallelPort"),
	MALFORMED("\\Device\\ParallelPort%d "),
	MALFORMED(" \\Device\\ParallelPort%d"),
	MALFORMED("\\Device\\ParallelPort%d.0"),
	MALFORMED("\\Device\\ParallelPort%d\\"),
	MALFORMED("\\Device\\ParallelPort%dx"),
	MALFORMED("\\Device\\ParallelPort0%d"),
	MALFORMED("\\Device\\ParallelPort-1"),
	MALFORMED("\\Device\\ParallelPort+1"),
	MALFORMED("\\Device\\ParallelPort\xb2"),
	{ "\\Device\\ParallelPort4294967296", STATUS_OBJECT_NAME_NOT_FOUND },
	{ "\\Device\\ParallelPort99999999999999999999",
	  STATUS_OBJECT_NAME_NOT_FOUND },
	MALFORMED("\\Device\\ParallelPor%d"),
	MALFORMED("\\DosDevices\\ParallelPort%d"),
	MALFORMED("\\Device\\\\ParallelPort%d"),
	MALFORMED("/Device/ParallelPort%d"),
	MALFORMED("ParallelPort%d"),
	MALFORMED("parport%d"),
	MALFORMED("\\"),
	MALFORMED(""),
	MALFORMED(NULL),
	/* Devices on a port without registers, which has no daisy chain. */
	FOUND("\\Device\\Parallel%d"),
	FOUND("\\device\\parallel%d"),
	FOUND("LPT%u"),
	FOUND("lpt%u"),
	FOUND("\\DosDevices\\LPT%u"),
	FOUND("\\??\\LPT%u"),
	UNKNOWN("\\Device\\Parallel%d.0"),
	UNKNOWN("\\Device\\Parallel%d.3"),
	UNKNOWN("\\Device\\Parallel%d.4"),
	UNKNOWN("LPT%u.0"),
	UNKNOWN("LPT%u.4"),
	UNKNOWN("\\DosDevices\\LPT%u.1"),
	UNKNOWN("\\??\\LPT%u.2"),
	UNKNOWN("LPT0"),
	UNKNOWN("LPT78"),
	MALFORMED("\\Device\\Parallel%d."),
	MALFORMED("\\Device\\Parallel%d.0.0"),
	MALFORMED("\\Device\\Parallel%d.00"),
	MALFORMED("\\Device\\Parallel"),
	MALFORMED("\\Device\\Parallel.0"),
	MALFORMED("LPT"),
	MALFORMED("LPT%u:"),
	MALFORMED("LPT.0"),
	MALFORMED("LPT01"),
	MALFORMED("\\DosDevices\\LPT"),
	MALFORMED("\\??\\lp%u"),
	MALFORMED("\\?\\LPT%u"),
};

static void wpt_name_name(const struct wpt_name_row *row, char *name)
{
	if (!row->name)
		strscpy(name, "none at all", KUNIT_PARAM_DESC_SIZE);
	else
		snprintf(name, KUNIT_PARAM_DESC_SIZE, "'%*pE'",
			 (int)strlen(row->name), row->name);
}

KUNIT_ARRAY_PARAM(wpt_name, wpt_name_rows, wpt_name_name);

/* Put the port's number where the name has a place for it. */
static char *wpt_name_fill(char *buf, size_t size, const char *name, int number)
{
	const char *place = strchr(name, '%');

	if (place)
		snprintf(buf, size, "%.*s%d%s", (int)(place - name), name,
			 place[1] == 'u' ? number + 1 : number, place + 2);
	else
		strscpy(buf, name, size);
	return buf;
}

static void winpar_test_name_open(struct kunit *test)
{
	const struct wpt_name_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = (void *)0x1234;
	char buf[80];

	KUNIT_EXPECT_EQ(test, row->status, winpar_open(row->name ?
			wpt_name_fill(buf, sizeof(buf), row->name,
				      t->fake->parport->number) : NULL, &file));
	if (NT_SUCCESS(row->status)) {
		KUNIT_ASSERT_NOT_NULL(test, file);
		KUNIT_EXPECT_PTR_EQ(test, file->port, t->port);
		winpar_close(file);
	} else {
		KUNIT_EXPECT_NULL(test, file);
	}
}

/* winpar_open() with NULL for the file. */
static void winpar_test_name_null_file(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, winpar_open("\\Device\\ParallelPort0", NULL),
			STATUS_INVALID_PARAMETER);
}

/* The names of statuses; "make lint LINT=statuses" sees that none is missing. */
static const struct wpt_status_row {
	const char *name;
	NTSTATUS status;
} wpt_status_rows[] = {
	{ "STATUS_SUCCESS", (NTSTATUS)0x00000000 },
	{ "STATUS_TIMEOUT", (NTSTATUS)0x00000102 },
	{ "STATUS_PENDING", (NTSTATUS)0x00000103 },
	{ "STATUS_DEVICE_PAPER_EMPTY", (NTSTATUS)0x8000000e },
	{ "STATUS_DEVICE_BUSY", (NTSTATUS)0x80000011 },
	{ "STATUS_UNSUCCESSFUL", (NTSTATUS)0xc0000001 },
	{ "STATUS_CANCELLED", (NTSTATUS)0xc0000120 },
	{ "STATUS_DEVICE_REMOVED", (NTSTATUS)0xc00002b6 },
	{ "unknown status", (NTSTATUS)0xc000002b },
	{ "unknown status", (NTSTATUS)0x00000001 },
	{ "unknown status", (NTSTATUS)0xffffffff },
};

static void winpar_test_name_status(struct kunit *test)
{
	const struct wpt_status_row *row = wpt_status_rows;

	for (; row != wpt_status_rows + ARRAY_SIZE(wpt_status_rows); row++)
		KUNIT_EXPECT_STREQ(test, winpar_status_name(row->status),
				   row->name);
}

static struct kunit_case winpar_name_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_name_open, wpt_name_gen_params),
	KUNIT_CASE(winpar_test_name_null_file),
	KUNIT_CASE(winpar_test_name_status),
	{ }
};

static struct kunit_suite winpar_name_suite = {
	.name = "winpar_name",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_name_cases,
};

kunit_test_suite(winpar_name_suite);
