// SPDX-License-Identifier: GPL-2.0-only
/*
 * After the last close of a port: how long winpar keeps the Linux port
 * (linger), and what control and data register hold then, at the next open and
 * after a suspend. Registers are read on the emulated LPT that winpar.lpt=
 * names.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/seq_file.h>

#include "fixture.h"

#define WPT_LINGER	"/sys/module/winpar/parameters/linger"

/* ----- helpers ----------------------------------------------------------- */

static void wpt_set_linger(struct kunit *test, const char *ms)
{
	KUNIT_EXPECT_EQ(test, wpt_write_file(WPT_LINGER, ms), 0);
}

static void wpt_linger_exit(struct kunit *test)
{
	wpt_set_linger(test, "3000");
	wpt_exit(test);
}

static void wpt_close_all(struct wpt *t)
{
	int i;

	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
}

static bool wpt_is_left(struct wpt *t)
{
	return !READ_ONCE(t->port->host.pardev) &&
	       !READ_ONCE(t->fake->parport->devices);
}

static void wpt_lines(struct wpt *t, UCHAR control, UCHAR data)
{
	WRITE_PORT_UCHAR(t->info.Controller, data);
	WRITE_PORT_UCHAR(t->info.Controller + 2, control);
}

static void wpt_expect_lines(struct wpt *t, UCHAR control, UCHAR data)
{
	KUNIT_EXPECT_EQ(t->test, READ_PORT_UCHAR(t->info.Controller + 2) & 0x3f,
			control);
	KUNIT_EXPECT_EQ(t->test, READ_PORT_UCHAR(t->info.Controller), data);
}

/* ----- how long ---------------------------------------------------------- */

/* linger=0: when the last close has returned, an exclusive driver can register. */
static void winpar_test_linger_zero(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_set_linger(test, "0");
	wpt_close_all(t);
	KUNIT_EXPECT_TRUE(test, wpt_is_left(t));
	rival = fake_rival_create(t->fake, PARPORT_DEV_EXCL);
	KUNIT_EXPECT_TRUE(test, fake_rival_claim(rival));
	fake_port_drop_rivals(t->fake);
	/* The next open has the port when it returns. */
	t->file[0] = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* winpar keeps the port for the time that linger says at the last close. */
static void winpar_test_linger_at_the_last_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_start closed;
	int i;

	wpt_set_linger(test, "300");
	closed = wpt_start();
	wpt_close_all(t);
	wpt_set_linger(test, "60000");
	for (i = 0; i < 1000 * wpt_slowness && !wpt_is_left(t); i++)
		wpt_nap(10);
	KUNIT_EXPECT_TRUE(test, wpt_is_left(t));
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(closed, 290));
	KUNIT_EXPECT_LE(test, ktime_ms_delta(ktime_get(), closed.time),
			2500LL * wpt_slowness);
}

/* An open is refused while a driver has the port exclusively; the log names it. */
static void winpar_test_linger_exclusive(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = NULL;
	char name[32];

	wpt_set_linger(test, "0");
	/* run.sh looks for the message. */
	wpt_kmsg_all(wpt_client(t), true);
	wpt_close_all(t);
	KUNIT_ASSERT_NOT_NULL(test, fake_rival_named(t->fake, "ppdev0",
						     PARPORT_DEV_EXCL));
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	KUNIT_EXPECT_FALSE(test, NT_SUCCESS(winpar_open(name, &file)));
	KUNIT_EXPECT_NULL(test, file);
	KUNIT_EXPECT_EQ(test, t->port->host.users, 0U);
	fake_port_drop_rivals(t->fake);
	KUNIT_ASSERT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
	winpar_close(file);
}

/* ----- many opens, closes and turns at once ------------------------------ */

#define WPT_CHURN	60

/**
 * struct wpt_churn - a task that opens and closes a port
 * @t: the fixture
 * @opened: how many of its opens succeeded
 * @failed: how many of its opens failed
 * @done: completed when it ends
 */
struct wpt_churn {
	struct wpt *t;
	unsigned int opened;
	unsigned int failed;
	struct completion done;
};

static int wpt_churn_thread(void *data)
{
	struct wpt_churn *churn = data;
	struct winpar_file *file;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 churn->t->port->number);
	for (i = 0; i < WPT_CHURN; i++) {
		if (!NT_SUCCESS(winpar_open(name, &file))) {
			churn->failed++;
			continue;
		}
		churn->opened++;
		if (i % 3)
			usleep_range(10, 2000);
		winpar_close(file);
	}
	complete(&churn->done);
	return 0;
}

static struct wpt_churn *wpt_churn(struct kunit *test)
{
	struct wpt_churn *churn = kunit_kzalloc(test, sizeof(*churn),
						GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, churn);
	churn->t = to_wpt(test);
	init_completion(&churn->done);
	task = kthread_run(wpt_churn_thread, churn, "winpar_churn");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	return churn;
}

/* A task opens and closes the port, while a Linux driver takes turns. */
static void winpar_test_linger_churn(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_churn *churn[2];
	unsigned int turns = 0;
	int i;

	wpt_set_linger(test, "0");
	wpt_close_all(t);
	for (i = 0; i < 2; i++)
		churn[i] = wpt_churn(test);
	while (!try_wait_for_completion(&churn[0]->done)) {
		if (!fake_rival_claim(rival) && !fake_rival_wait(rival)) {
			KUNIT_FAIL(test, "the driver does not get the port");
			break;
		}
		reinit_completion(&rival->got);
		usleep_range(10, 500);
		fake_rival_release(rival);
		turns++;
	}
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&churn[1]->done,
							    WPT_TIMEOUT));
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, churn[i]->opened, (unsigned int)WPT_CHURN);
		KUNIT_EXPECT_EQ(test, churn[i]->failed, 0U);
	}
	KUNIT_EXPECT_NULL(test, t->port->host.pardev);
	kunit_info(test, "%u turns\n", turns);
	t->file[0] = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* The port is removed while clients open and close it. */
static void winpar_test_linger_removal(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_churn *churn[2];
	int i;

	wpt_set_linger(test, "0");
	wpt_close_all(t);
	for (i = 0; i < 2; i++)
		churn[i] = wpt_churn(test);
	wpt_nap(30);
	fake_port_remove(t->fake);
	t->fake = NULL;
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test,
				  wait_for_completion_timeout(&churn[i]->done,
							      WPT_TIMEOUT));
	KUNIT_EXPECT_NULL(test, t->port->host.pardev);
	KUNIT_EXPECT_EQ(test, t->port->host.users, 0U);
}

/* ----- the lines at the next open ---------------------------------------- */

struct wpt_reopen_row {
	const char *name;
	const char *linger;
	bool turn;	/* a driver has the port in between */
	UCHAR left;	/* the control register at the close */
	UCHAR found;	/* and at the next open */
};

static const struct wpt_reopen_row wpt_reopen_rows[] = {
	{ "at once", "3000", false, 0x07, 0x07 },
	{ "at once, the interrupt on", "3000", false, 0x17, 0x07 },
	{ "at once, after a driver's turn", "3000", true, 0x17, 0x07 },
	{ "given up", "0", false, 0x07, 0x07 },
	{ "given up, the interrupt on", "0", false, 0x1e, 0x0e },
	{ "given up, after a driver's turn", "0", true, 0x13, 0x03 },
};

WPT_ROWS(wpt_reopen, wpt_reopen_rows);

/* The next open finds both registers as the last close left them, interrupt off. */
static void winpar_test_linger_reopen(struct kunit *test)
{
	const struct wpt_reopen_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_plug_lpt(test, 1, false);
	wpt_set_linger(test, row->linger);
	wpt_lines(t, row->left, 0xa5);
	wpt_close(t, 0);
	wpt_expect_lines(t, row->found, 0xa5);
	if (row->turn) {
		rival = fake_rival_create(t->fake, 0);
		if (!fake_rival_claim(rival))
			KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
		outb(0x0c, t->fake->parport->base + 2);
		outb(0x3c, t->fake->parport->base);
		fake_rival_release(rival);
		wpt_nap(50);
	}
	t->file[0] = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_lines(t, row->found, 0xa5);
	wpt_lines(t, 0x0c, 0);
}

/* The last close comes in a driver's turn: afterwards the interrupt is off. */
static void winpar_test_linger_interrupt_left_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_plug_lpt(test, 1, false);
	rival = fake_rival_create(t->fake, 0);
	wpt_lines(t, 0x1e, 0x11);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	wpt_close(t, 0);
	t->file[0] = wpt_open(t);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_lines(t, 0x0e, 0x11);
	wpt_lines(t, 0x0c, 0);
}

/* ----- the interrupt enable ---------------------------------------------- */

#define WPT_OFFS	100

/**
 * struct wpt_off - to switch the interrupt off in the middle of a release
 * @t: the fixture
 * @off: winpar_host_interrupt_off()
 * @calls: how often @off was called
 */
struct wpt_off {
	struct wpt *t;
	void (*off)(struct winpar_host *host);
	unsigned int calls;
};

static void wpt_off_save(struct fake_port *fake)
{
	struct wpt_off *off = fake->arg;

	off->off(&off->t->port->host);
	off->calls++;
}

/* The interrupt is switched off while the core saves the registers in a release. */
static void winpar_test_linger_interrupt_off_in_release(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_off off = {
		.t = t,
		.off = wpt_symbol(test, "winpar_host_interrupt_off"),
	};
	struct fake_rival *rival;

	wpt_plug_lpt(test, 1, false);
	rival = fake_rival_create(t->fake, 0);
	wpt_lines(t, 0x1c, 0x12);
	t->fake->arg = &off;
	t->fake->on_save = wpt_off_save;
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	t->fake->on_save = NULL;
	KUNIT_EXPECT_EQ(test, off.calls, 1U);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_lines(t, 0x0c, 0x12);
}

/*
 * The interrupt is switched off at various moments of a hand-over, and stays
 * off.
 */
static void winpar_test_linger_interrupt_off(struct kunit *test)
{
	void (*off)(struct winpar_host *host) =
		wpt_symbol(test, "winpar_host_interrupt_off");
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;
	unsigned int left = 0;
	int i;

	wpt_plug_lpt(test, 1, false);
	rival = fake_rival_create(t->fake, 0);
	for (i = 0; i < WPT_OFFS; i++) {
		wpt_lines(t, 0x1c, i);
		if (fake_rival_claim(rival))
			KUNIT_FAIL(test, "the port was not winpar's");
		udelay(i * 20);
		off(&t->port->host);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		fake_rival_release(rival);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		left += !!(READ_PORT_UCHAR(t->info.Controller + 2) & 0x10);
		KUNIT_EXPECT_EQ(test, READ_PORT_UCHAR(t->info.Controller), i);
	}
	KUNIT_EXPECT_EQ(test, left, 0U);
	/* In the driver's turn the driver's control register is left alone. */
	wpt_lines(t, 0x1c, 0);
	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	outb(0x1c, t->fake->parport->base + 2);
	off(&t->port->host);
	KUNIT_EXPECT_EQ(test, inb(t->fake->parport->base + 2) & 0x3f, 0x1c);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_lines(t, 0x0c, 0);
}

/* ----- suspend and resume ------------------------------------------------ */

/* What a suspend does to the chip: data and control register are reset. */
static void wpt_reset_chip(struct wpt *t)
{
	outb(0x00, t->fake->parport->base);
	outb(0x08, t->fake->parport->base + 2);
}

struct wpt_sleep_row {
	const char *name;
	bool away;	/* a driver has the port when the machine is suspended */
	bool turn;	/* a driver gets it before winpar is told of the resume */
	bool back;	/* winpar gets it back before that */
};

static const struct wpt_sleep_row wpt_sleep_rows[] = {
	{ "held" },
	{ "held, a driver's turn before the resume", false, true },
	{ "a driver has it", true },
	{ "a driver has it, and lets it go before the resume", true, false, true },
};

WPT_ROWS(wpt_sleep, wpt_sleep_rows);

/* When winpar has the port after a resume, its registers are as before. */
static void winpar_test_linger_suspend(struct kunit *test)
{
	void (*suspend)(struct winpar_port *port) =
		wpt_symbol(test, "winpar_port_suspend");
	void (*resume)(struct winpar_port *port) =
		wpt_symbol(test, "winpar_port_resume");
	const struct wpt_sleep_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;

	wpt_plug_lpt(test, 1, false);
	rival = fake_rival_create(t->fake, 0);
	wpt_lines(t, 0x1e, 0x5a);
	if (row->away) {
		fake_rival_claim(rival);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	suspend(t->port);
	if (row->back) {
		fake_rival_release(rival);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	}
	wpt_reset_chip(t);
	if (row->turn) {
		fake_rival_claim(rival);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	resume(t->port);
	if ((row->away || row->turn) && !row->back) {
		fake_rival_release(rival);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	}
	wpt_expect_lines(t, 0x1e, 0x5a);
	/* What a client writes now is kept over a driver's turn. */
	wpt_lines(t, 0x0c, 0x77);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_lines(t, 0x0c, 0x77);
}

static struct kunit_case winpar_linger_cases[] = {
	KUNIT_CASE(winpar_test_linger_zero),
	KUNIT_CASE(winpar_test_linger_at_the_last_close),
	KUNIT_CASE(winpar_test_linger_exclusive),
	KUNIT_CASE(winpar_test_linger_churn),
	KUNIT_CASE(winpar_test_linger_removal),
	{ }
};

static struct kunit_suite winpar_linger_suite = {
	.name = "winpar_linger",
	.init = wpt_init,
	.exit = wpt_linger_exit,
	.test_cases = winpar_linger_cases,
};

static struct kunit_case winpar_lines_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_linger_reopen, wpt_reopen_gen_params),
	KUNIT_CASE(winpar_test_linger_interrupt_left_away),
	KUNIT_CASE(winpar_test_linger_interrupt_off_in_release),
	KUNIT_CASE(winpar_test_linger_interrupt_off),
	KUNIT_CASE_PARAM(winpar_test_linger_suspend, wpt_sleep_gen_params),
	{ }
};

static struct kunit_suite winpar_lines_suite = {
	.name = "winpar_lines",
	.init = wpt_init_bare,
	.exit = wpt_linger_exit,
	.test_cases = winpar_lines_cases,
};

kunit_test_suites(&winpar_linger_suite, &winpar_lines_suite);
