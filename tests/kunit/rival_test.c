// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux drivers that winpar offers the port: one that was refused and then
 * ignores the offer, and one whose task is slow to fall asleep and looks dead.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "fixture.h"

/* For so many ms winpar has the Linux port and no rival waits. */
static void wpt_expect_stays(struct wpt *t, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	unsigned int away = 0;

	while (time_before(jiffies, end)) {
		away += fake_port_holder(t->fake) != t->port->host.pardev;
		usleep_range(500, 1000);
	}
	KUNIT_EXPECT_EQ(t->test, away, 0U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(t->test, wpt_waiters(t), 0U);
}

/* ----- a driver that ignores the offer ----------------------------------- */

/* A claim by a driver that ignores its wakeup. */
static void wpt_claim_once(struct fake_rival *rival)
{
	/* Before the claim, as the offer may come at once. */
	WRITE_ONCE(rival->takes, false);
	KUNIT_EXPECT_NE(rival->fake->test, parport_claim(rival->dev), 0);
}

/* The driver ignores the offer: after 200 ms winpar keeps the port. */
static void winpar_test_rival_refused_once(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long before = t->port->host.handovers;
	unsigned long start = jiffies;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_claim_once(rival);
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(rival, 0));
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	/* By the clock that winpar has: jiffies lag on a busy machine. */
	KUNIT_EXPECT_GE(test, jiffies_to_msecs(jiffies - start), 190U);
	wpt_expect_stays(t, 600);
	KUNIT_EXPECT_EQ(test, t->port->host.handovers, before);
	/* A client's turn does not make the driver a rival again. */
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect_stays(t, 100);
}

/* A driver that has ignored an offer is offered the port again when it claims. */
static void winpar_test_rival_claims_anew(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned int before;
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		before = rival->woken;
		wpt_claim_once(rival);
		KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
		wpt_free(t);
		KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(rival, before));
		KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		wpt_expect_stays(t, 300);
	}
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_stays(t, 300);
}

/* A driver gets its turn while another driver ignores its offers. */
static void winpar_test_rival_beside_one_that_ignores(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *idle = fake_rival_create(t->fake, 0);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	wpt_claim_once(idle);
	KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(idle, 0));
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_stays(t, 300);
}

/* A driver takes the port 100 ms after the offer, and keeps it. */
static void winpar_test_rival_takes_late(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_start start = wpt_start();
	bool taken;

	wpt_claim_once(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(rival, 0));
	wpt_nap(100);
	taken = fake_rival_claim(rival);
	/* On a busy machine winpar may have the port again: the driver has asked anew. */
	if (wpt_is_within(start, 200))
		KUNIT_EXPECT_TRUE(test, taken);
	if (!taken)
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_nap(400);
	/* No client needs the port: the driver is not asked for it. */
	KUNIT_EXPECT_EQ(test, rival->asked, 0U);
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- taken off the waiting list by mistake ----------------------------- */

/**
 * struct wpt_late - a task that is slow to fall asleep for the port
 * @rival: the driver for which it has called parport_claim_or_block()
 * @got: it was woken with the port
 */
struct wpt_late {
	struct fake_rival *rival;
	struct completion got;
};

/* The second half of parport_claim_or_block(). */
static int wpt_late_thread(void *data)
{
	struct wpt_late *late = data;
	struct pardevice *dev = late->rival->dev;

	if (dev->waiting)
		wait_event_interruptible_timeout(dev->wait_q, !dev->waiting,
						 WPT_TIMEOUT);
	if (!dev->waiting) {
		late->rival->has = true;
		complete(&late->got);
	}
	dev->waiting = 0;
	return 0;
}

static void wpt_late_sleep(struct kunit *test, struct wpt_late *late,
			   struct fake_rival *rival)
{
	struct task_struct *task;

	late->rival = rival;
	init_completion(&late->got);
	task = kthread_run(wpt_late_thread, late, "winpar_late");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
}

static bool wpt_late_gets_it(struct wpt_late *late)
{
	return wait_for_completion_timeout(&late->got, WPT_TIMEOUT + HZ);
}

/* Wait until a device waits as @waiting says: 2 off the waiting list, 3 on it. */
static bool wpt_waits_as(struct fake_rival *rival, unsigned long waiting)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(rival->dev->waiting) != waiting) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(5);
	}
	return true;
}

/* Wait until a device is off the waiting list, taken for dead. */
static bool wpt_is_taken_off(struct fake_rival *rival)
{
	return wpt_waits_as(rival, 2);
}

static struct wpt_late *wpt_late(struct kunit *test)
{
	struct wpt_late *late = kunit_kzalloc(test, sizeof(*late), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, late);
	return late;
}

/* The task is preempted for 200 ms between parport_claim() and its sleep. */
static void winpar_test_rival_asleep_late(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_late *late = wpt_late(test);

	fake_rival_die_waiting(rival);
	KUNIT_ASSERT_TRUE(test, wpt_is_taken_off(rival));
	wpt_nap(200);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_late_sleep(test, late, rival);
	KUNIT_EXPECT_TRUE(test, wpt_late_gets_it(late));
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_stays(t, 100);
}

/* The task is preempted for 3.5 s: winpar still notices that it sleeps. */
static void winpar_test_rival_asleep_very_late(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_late *late = wpt_late(test);

	fake_rival_die_waiting(rival);
	KUNIT_ASSERT_TRUE(test, wpt_is_taken_off(rival));
	wpt_nap(3500);
	wpt_late_sleep(test, late, rival);
	KUNIT_EXPECT_TRUE(test, wpt_late_gets_it(late));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* The task falls asleep while a client has the port. */
static void winpar_test_rival_asleep_while_owned(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_late *late = wpt_late(test);

	fake_rival_die_waiting(rival);
	KUNIT_ASSERT_TRUE(test, wpt_is_taken_off(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_late_sleep(test, late, rival);
	KUNIT_EXPECT_TRUE(test, wpt_has_waiters(t, 1));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(rival->has));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_late_gets_it(late));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

static void winpar_test_rival_asleep_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct fake_rival *other = fake_rival_create(t->fake, 0);
	struct wpt_late *late = wpt_late(test);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(rival);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(other));
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(other));
	KUNIT_EXPECT_EQ(test, rival->dev->waiting, 2UL);
	wpt_late_sleep(test, late, rival);
	KUNIT_EXPECT_TRUE(test, wpt_waits_as(rival, 3));
	/* The core serves it now, as it serves all on its list. */
	fake_rival_release(other);
	KUNIT_EXPECT_TRUE(test, wpt_late_gets_it(late));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* The task falls asleep when winpar has given the port up. */
static void winpar_test_rival_asleep_after_the_last_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_late *late = wpt_late(test);
	int i;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(rival);
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, wpt_is_taken_off(rival));
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	for (i = 0; i < 1000 * wpt_slowness && READ_ONCE(t->port->host.pardev); i++)
		wpt_nap(10);
	KUNIT_ASSERT_NULL(test, t->port->host.pardev);
	wpt_nap(500);
	wpt_late_sleep(test, late, rival);
	KUNIT_EXPECT_TRUE(test, wpt_late_gets_it(late));
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	fake_rival_release(rival);
}

/* ----- what the log advises ---------------------------------------------- */

struct wpt_advice_row {
	const char *name;
};

static const struct wpt_advice_row wpt_advice_rows[] = {
	{ "lp" },
	{ "ppdev0" },
	{ "plip" },
};

WPT_ROWS(wpt_advice, wpt_advice_rows);

/* The advice depends on the driver's name; tests/kunit/run.sh looks for it. */
static void winpar_test_rival_advice(struct kunit *test)
{
	const struct wpt_advice_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_named(t->fake, row->name, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test, wpt_is_told(t));
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- the core's waiting list ------------------------------------------- */

/* What the driver that has the port sees of winpar when winpar asks for it. */
struct wpt_asking {
	struct pardevice *winpar;
	unsigned int listed;
	struct completion asked;
};

static int wpt_rival_asked(void *private)
{
	struct fake_rival *rival = private;
	struct wpt_asking *asking = rival->fake->arg;

	asking->listed += READ_ONCE(asking->winpar->waiting) & 1;
	complete(&asking->asked);
	return 1;
}

/*
 * One driver has the port, winpar waits for it behind a second driver, which gets it and is
 * asked for it: winpar is not on the core's waiting list while it claims. A kernel without
 * tests/kernel/claim-irq.patch switches interrupts on under cad_lock otherwise.
 */
static void winpar_test_rival_asked_from_no_list(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_asking *asking = kunit_kzalloc(test, sizeof(*asking),
						  GFP_KERNEL);
	struct fake_rival *first = wpt_taken(t), *second;
	unsigned long end = jiffies + WPT_TIMEOUT;

	KUNIT_ASSERT_NOT_NULL(test, asking);
	asking->winpar = t->port->host.pardev;
	init_completion(&asking->asked);
	second = fake_rival_create(t->fake, 0);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(second));
	wpt_queue(t, t->file[0], 1);
	while (!(READ_ONCE(asking->winpar->waiting) & 1) &&
	       time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_TRUE(test, asking->winpar->waiting & 1);
	t->fake->arg = asking;
	second->dev->preempt = wpt_rival_asked;
	fake_rival_release(first);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(second));
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&asking->asked,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, asking->listed, 0U);
	fake_rival_release(second);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

static struct kunit_case winpar_rival_cases[] = {
	KUNIT_CASE(winpar_test_rival_refused_once),
	KUNIT_CASE(winpar_test_rival_claims_anew),
	KUNIT_CASE(winpar_test_rival_beside_one_that_ignores),
	KUNIT_CASE(winpar_test_rival_takes_late),
	KUNIT_CASE(winpar_test_rival_asleep_late),
	KUNIT_CASE(winpar_test_rival_asleep_very_late),
	KUNIT_CASE(winpar_test_rival_asleep_while_owned),
	KUNIT_CASE(winpar_test_rival_asleep_while_away),
	KUNIT_CASE(winpar_test_rival_asleep_after_the_last_close),
	KUNIT_CASE_PARAM(winpar_test_rival_advice, wpt_advice_gen_params),
	KUNIT_CASE(winpar_test_rival_asked_from_no_list),
	{ }
};

static struct kunit_suite winpar_rival_suite = {
	.name = "winpar_rival",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_rival_cases,
};

kunit_test_suite(winpar_rival_suite);
