// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control, data and extended control register in turns of winpar and of a Linux
 * driver. On the emulated LPT that the kernel's command line names
 * (winpar.lpt=, winpar.ecr=); without it the cases are skipped and no hardware
 * is touched.
 */
#include "fixture.h"

/* What QEMU's isa-debugcon, which stands for the ECR, is told to read as. */
#define WPT_ECR_READS	0x35

static PUCHAR wpt_register(struct wpt *t, unsigned int n)
{
	return t->info.Controller + n;
}

static UCHAR wpt_control(struct wpt *t)
{
	return READ_PORT_UCHAR(wpt_register(t, 2)) & 0x3f;
}

/* GET_PARALLEL_PORT_INFO has both addresses, and the span. */
static void winpar_test_register_information(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long base = wpt_cmdline_number("winpar.lpt=");

	wpt_plug_lpt(test, WPT_FILES, false);
	KUNIT_EXPECT_EQ(test, t->info.OriginalController.QuadPart,
			(LONGLONG)base);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->info.Controller, base);
	KUNIT_EXPECT_EQ(test, t->info.SpanOfController, 3U);
}

/* Deviation: interrupt enable is off after the first claim, and after a CONNECT. */
static void winpar_test_register_first_claim(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);

	wpt_plug_lpt(test, WPT_FILES, false);
	KUNIT_EXPECT_EQ(test, wpt_control(t), 0x0c);
	wpt_set_connect(t, true, -1);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_control(t), 0x0c);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/* A close that disconnects the port's last routine switches the interrupt off. */
static void winpar_test_register_last_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_plug_lpt(test, WPT_FILES, false);
	wpt_set_connect(t, true, -1);
	wpt_connected(t, t->file[0], 1, WPT_ISR);
	wpt_connected(t, t->file[1], 2, WPT_ISR);
	WRITE_PORT_UCHAR(wpt_register(t, 2), 0x1c);
	wpt_close(t, 0);
	KUNIT_EXPECT_EQ(test, wpt_control(t), 0x1c);
	wpt_close(t, 1);
	KUNIT_EXPECT_EQ(test, wpt_control(t), 0x0c);
}

struct wpt_wire_row {
	const char *name;
	UCHAR data;
	UCHAR control;
	bool reverse;	/* the data lines are turned round */
};

static const struct wpt_wire_row wpt_wire_rows[] = {
	{ "forward", 0x5a, 0x0e },
	{ "with interrupts on", 0x81, 0x1c },
	{ "not initialised", 0x00, 0x08 },
	{ "reverse", 0x42, 0x2c, true },
};

WPT_ROWS(wpt_wire, wpt_wire_rows);

/* winpar's client and the driver each find the registers as they left them. */
static void winpar_test_register_kept(struct kunit *test)
{
	const struct wpt_wire_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;
	int i;

	wpt_plug_lpt(test, WPT_FILES, false);
	rival = fake_rival_create(t->fake, 0);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	WRITE_PORT_UCHAR(wpt_register(t, 0), row->data);
	WRITE_PORT_UCHAR(wpt_register(t, 2), row->control);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
		wpt_free(t);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		/* The driver's: in its first turn as the core sets them up. */
		KUNIT_EXPECT_EQ(test, wpt_control(t), i ? 0x06 : 0x1c);
		t->fake->parport->ops->write_control(t->fake->parport, 0x06);
		t->fake->parport->ops->write_data(t->fake->parport, 0xa5);
		fake_rival_release(rival);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		KUNIT_EXPECT_EQ(test, wpt_control(t), row->control);
		/* The data latch can only be read while the lines go forward. */
		WRITE_PORT_UCHAR(wpt_register(t, 2), 0x0c);
		KUNIT_EXPECT_EQ(test, READ_PORT_UCHAR(wpt_register(t, 0)),
				row->reverse ? 0xa5 : row->data);
		WRITE_PORT_UCHAR(wpt_register(t, 2), row->control);
	}
	wpt_free(t);
	WRITE_PORT_UCHAR(wpt_register(t, 2), 0x0c);
}

/* The ECR is kept over a driver's turn, too. */
static void winpar_test_register_ecr_kept(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_plug_lpt(test, WPT_FILES, true);
	/* Mode 0 at first; the core would set byte mode, 0x34. */
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ecr, 0x14U);
	rival = fake_rival_create(t->fake, 0);
	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	/* What the release has read is what the next claim writes. */
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ecr,
			(unsigned int)WPT_ECR_READS);
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ctr, 0x0cU);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

static struct kunit_case winpar_register_cases[] = {
	KUNIT_CASE(winpar_test_register_information),
	KUNIT_CASE(winpar_test_register_first_claim),
	KUNIT_CASE(winpar_test_register_last_routine),
	KUNIT_CASE_PARAM(winpar_test_register_kept, wpt_wire_gen_params),
	KUNIT_CASE(winpar_test_register_ecr_kept),
	{ }
};

static struct kunit_suite winpar_register_suite = {
	.name = "winpar_register",
	.init = wpt_init_bare,
	.exit = wpt_exit,
	.test_cases = winpar_register_cases,
};

kunit_test_suite(winpar_register_suite);
