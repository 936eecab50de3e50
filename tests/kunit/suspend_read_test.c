// SPDX-License-Identifier: GPL-2.0-only
/*
 * A suspend while bytes are read from a peripheral that takes its time: no byte is broken
 * off, and the read goes on after the resume.
 */
#include "device_port.h"

/* Each byte, and each count of a run, takes some 20 to 50 ms. */
#define SUSPEND_READ_BYTES	60
/* In ECP every other sleep would break a byte off, every fourth would lose a count. */
#define SUSPEND_READ_SLEEPS	12

struct wpt_read_row {
	const char *name;
	USHORT protocol;
	unsigned int run;	/* how often each byte comes */
};

static const struct wpt_read_row wpt_read_rows[] = {
	{ "nibble", NIBBLE, 1 },
	{ "byte", BYTE_BIDIR, 1 },
	{ "ECP", ECP_SW, 1 },
	{ "ECP, runs", ECP_SW, 10 },
};

WPT_ROWS(wpt_read, wpt_read_rows);

static void winpar_test_suspend_read(struct kunit *test)
{
	void (*begin)(struct winpar_port *port) = wpt_symbol(test, "winpar_device_fall_asleep");
	void (*end)(struct winpar_port *port) = wpt_symbol(test, "winpar_device_wake_up");
	const struct wpt_read_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	const unsigned int count = SUSPEND_READ_BYTES * row->run;
	u8 *pattern = wpt_dev_pattern(d, SUSPEND_READ_BYTES, 5);
	u8 *bytes = wpt_dev_block(d, count), *got = wpt_dev_block(d, count);
	struct wpt_request *r;
	unsigned int i;

	for (i = 0; i < count; i++)
		bytes[i] = pattern[i / row->run];
	KUNIT_ASSERT_EQ(test, wpt_dev_negotiate(file, 0, row->protocol), STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, count);
	wpt_sim_set(&d->s, "state", row->run > 1 ? "answer_us=4000 rle=1" : "answer_us=4000");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, count);
	for (i = 0; i < SUSPEND_READ_SLEEPS; i++) {
		wpt_nap(60);
		begin(wpt_of(d)->port);
		wpt_nap(20);
		end(wpt_of(d)->port);
	}
	wpt_sim_set(&d->s, "state", "answer_us=0 rle=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, (ULONG_PTR)count);
	wpt_dev_expect_same(test, got, bytes, count);
}

static struct kunit_case winpar_suspend_read_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_suspend_read, wpt_read_gen_params),
	{ }
};

static struct kunit_suite winpar_suspend_read_suite = {
	.name = "winpar_suspend_read",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_suspend_read_cases,
};

kunit_test_suite(winpar_suspend_read_suite);
