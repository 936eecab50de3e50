// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers, on the emulated LPT that the runner names on the kernel's command
 * line (winpar.lpt=, winpar.ecr=): without it nothing real is touched, and the
 * cases are skipped.
 */
#include "fixture.h"

/* What isa-debugcon is told to give back. */
#define WPT_ECR_READS	0x35

static PUCHAR wpt_register(struct wpt *t, unsigned int n)
{
	return t->info.Controller + n;
}

static UCHAR wpt_control(struct wpt *t)
{
	return READ_PORT_UCHAR(wpt_register(t, 2)) & 0x3f;
}

/* Both addresses, and the span. */
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

/* Deviation: the interrupt-enable bit is the client's; it begins off. */
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

struct wpt_wire_row {
	const char *name;
	UCHAR data;
	UCHAR control;
	bool reverse;	/* the data lines are the device's */
};

static const struct wpt_wire_row wpt_wire_rows[] = {
	{ "forward", 0x5a, 0x0e },
	{ "with interrupts on", 0x81, 0x1c },
	{ "not initialised", 0x00, 0x08 },
	{ "reverse", 0x42, 0x2c, true },
};

WPT_ROWS(wpt_wire, wpt_wire_rows);

/* Each party finds the registers as it left them, written past Linux or not. */
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
		/* The driver's own, not ours: set up at first, kept later. */
		KUNIT_EXPECT_EQ(test, wpt_control(t), i ? 0x06 : 0x1c);
		t->fake->parport->ops->write_control(t->fake->parport, 0x06);
		t->fake->parport->ops->write_data(t->fake->parport, 0xa5);
		fake_rival_release(rival);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		KUNIT_EXPECT_EQ(test, wpt_control(t), row->control);
		/* What the latch holds can only be read going forward. */
		WRITE_PORT_UCHAR(wpt_register(t, 2), 0x0c);
		KUNIT_EXPECT_EQ(test, READ_PORT_UCHAR(wpt_register(t, 0)),
				row->reverse ? 0xa5 : row->data);
		WRITE_PORT_UCHAR(wpt_register(t, 2), row->control);
	}
	wpt_free(t);
	WRITE_PORT_UCHAR(wpt_register(t, 2), 0x0c);
}

/* The ECR too, where there is one. */
static void winpar_test_register_ecr_kept(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_plug_lpt(test, WPT_FILES, true);
	/* The core would have byte mode, 0x34: it is mode 0 to begin with. */
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ecr, 0x14U);
	rival = fake_rival_create(t->fake, 0);
	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	/* What it read goes into what the next claim puts back. */
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ecr,
			(unsigned int)WPT_ECR_READS);
	KUNIT_EXPECT_EQ(test, t->port->host.pardev->state->u.pc.ctr, 0x0cU);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

static struct kunit_case winpar_register_cases[] = {
	KUNIT_CASE(winpar_test_register_information),
	KUNIT_CASE(winpar_test_register_first_claim),
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
