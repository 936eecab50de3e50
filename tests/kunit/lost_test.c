// SPDX-License-Identifier: GPL-2.0-only
/*
 * After a Try call that was refused, for each possible reason, the deferred
 * routines are called as soon as the port is free and no request waits.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "sim_port.h"

/* The deferred routine is called @count times, and no more. */
static void wpt_expect_checks(struct wpt *t, struct wpt_hook *hook,
			      unsigned int count)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(hook->checks) < count && time_before(jiffies, end))
		wpt_nap(1);
	wpt_nap(20);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(t->test, hook->checks, count);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* ----- why the Try call was refused -------------------------------------- */

/* A client has the port: one check for two refusals and the free together. */
static void winpar_test_lost_in_use(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	wpt_free(t);
	wpt_expect_checks(t, hook, 1);
}

/* A Linux driver has the port: the check comes when the driver has released it. */
static void winpar_test_lost_to_a_rival(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	struct fake_rival *rival = wpt_taken(t);

	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_nap(20);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_checks(t, hook, 1);
}

/* A Linux driver releases the port, no Try call was refused: no check. */
static void winpar_test_lost_without_a_refusal(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	struct fake_rival *rival = wpt_taken(t);

	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_checks(t, hook, 0);
}

/*
 * The port was freed while a Linux driver and a request waited, and the request
 * is cancelled before its turn: the check comes when the port is back.
 */
static void winpar_test_lost_with_a_cancelled_request(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	r = wpt_queue(t, t->file[2], 10);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE), STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_expect(t, 0, 10, STATUS_CANCELLED);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_expect_checks(t, hook, 1);
}

/* The port is freed; the request that waits is cancelled before its grant. */
static void winpar_test_lost_before_the_grant(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	struct wpt_request *r;
	bool won;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[1], 10);
	local_bh_disable();
	wpt_free(t);
	won = winpar_irp_cancel(&r->irp);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, won);
	wpt_expect(t, 0, 10, STATUS_CANCELLED);
	wpt_expect_checks(t, hook, 1);
}

static void wpt_lost_refuse_inside(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;

	if (hook->checks > 1)
		return;
	KUNIT_EXPECT_TRUE(t->test, wpt_try(t));
	KUNIT_EXPECT_FALSE(t->test, wpt_try(t));
	wpt_free(t);
}

/* A Try call refused inside a deferred routine makes another round due. */
static void winpar_test_lost_inside_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	hook->on_check = wpt_lost_refuse_inside;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect_checks(t, hook, 2);
}

static void wpt_lost_free_inside(struct wpt_hook *hook)
{
	KUNIT_EXPECT_TRUE(hook->t->test, wpt_try(hook->t));
	wpt_free(hook->t);
}

/* A deferred routine takes and frees the port: that makes no round due. */
static void winpar_test_lost_not_for_frees_inside(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	hook->on_check = wpt_lost_free_inside;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect_checks(t, hook, 1);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect_checks(t, hook, 2);
}

static void wpt_lost_try_at_interrupt(struct wpt_hook *hook)
{
	PVOID context = hook->info.Context;
	bool had = hook->info.TryAllocatePortAtInterruptLevel(context);

	wpt_note(hook->t, 60, had, 0);
	if (had)
		hook->info.FreePortFromInterruptLevel(context);
}

/* A Try call is refused at interrupt level, and the port is freed: one check. */
static void winpar_test_lost_at_interrupt_level(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);

	hook->on_interrupt = wpt_lost_try_at_interrupt;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_port_interrupt(t->fake);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 60, FALSE);
	wpt_free(t);
	wpt_expect(t, 2, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect_checks(t, hook, 1);
}

/* A task drives the wires: the check comes when it gives them back. */
static void winpar_test_lost_while_wires_are_in_use(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	unsigned long flags;

	/* The state between __winpar_wire_take() and __winpar_wire_give(). */
	winpar_port_lock(t->port, &flags);
	t->port->wire = true;
	winpar_port_unlock(t->port, flags);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	winpar_port_lock(t->port, &flags);
	t->port->wire = false;
	__winpar_port_serve(t->port);
	winpar_port_unlock(t->port, flags);
	wpt_expect_checks(t, hook, 1);
}

/* A client has the port, 10 requests wait, and a round has been due for 250 ms. */
static struct wpt_hook *wpt_lost_held_up(struct wpt *t)
{
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	int i;

	KUNIT_ASSERT_TRUE(t->test, wpt_try(t));
	KUNIT_EXPECT_FALSE(t->test, wpt_try(t));
	for (i = 0; i < 10; i++)
		wpt_queue(t, t->file[0], 10 + i);
	wpt_nap(250);
	return hook;
}

/*
 * Requests that wait go before a round, but for at most 8 of them: then a round
 * that has been due for 200 ms goes first.
 */
static void winpar_test_lost_behind_requests(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_lost_held_up(t);
	int i;

	for (i = 0; i < 8; i++) {
		wpt_free(t);
		wpt_expect(t, i, 10 + i, STATUS_SUCCESS);
		wpt_settle(t);
		KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	}
	wpt_free(t);
	wpt_expect(t, 8, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 9, 18, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 10, 19, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect_checks(t, hook, 2);
}

/* While the machine sleeps such a round waits for the resume, and no request for the round. */
static void winpar_test_lost_asleep(struct kunit *test)
{
	void (*begin)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_fall_asleep");
	void (*end)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_wake_up");
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_lost_held_up(t);
	int i;

	begin(t->port);
	/* The ninth would be behind the round. */
	for (i = 0; i < 10 && wpt_reaches(t, i); i++)
		wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_reaches(t, 10));
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	end(t->port);
	wpt_expect_checks(t, hook, 1);
}

static struct kunit_case winpar_lost_cases[] = {
	KUNIT_CASE(winpar_test_lost_in_use),
	KUNIT_CASE(winpar_test_lost_to_a_rival),
	KUNIT_CASE(winpar_test_lost_without_a_refusal),
	KUNIT_CASE(winpar_test_lost_with_a_cancelled_request),
	KUNIT_CASE(winpar_test_lost_before_the_grant),
	KUNIT_CASE(winpar_test_lost_inside_a_round),
	KUNIT_CASE(winpar_test_lost_not_for_frees_inside),
	KUNIT_CASE(winpar_test_lost_at_interrupt_level),
	KUNIT_CASE(winpar_test_lost_while_wires_are_in_use),
	KUNIT_CASE(winpar_test_lost_behind_requests),
	KUNIT_CASE(winpar_test_lost_asleep),
	{ }
};

static struct kunit_suite winpar_lost_suite = {
	.name = "winpar_lost",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_lost_cases,
};

kunit_test_suite(winpar_lost_suite);

/* ----- on a daisy chain -------------------------------------------------- */

/*
 * A Try call at interrupt level fails only because a Linux driver may have left
 * a daisy-chain device selected: the loop sends the packet, then comes the
 * check.
 */
static void winpar_test_lost_chain_packet_due(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	struct fake_rival *rival;

	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 1U);
	rival = wpt_taken(t);
	wpt_sim_packet(s, 0xe0);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	KUNIT_EXPECT_EQ(test, FALSE, hook->info.TryAllocatePortAtInterruptLevel
			(hook->info.Context));
	wpt_expect_checks(t, hook, 1);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), -1);
}

static int wpt_lost_scan_thread(void *data)
{
	struct wpt *t = data;

	while (!kthread_should_stop()) {
		wpt_ioctl(t->file[1], WPT_INIT_BUS);
		cond_resched();
	}
	return 0;
}

/*
 * A Try call is refused while the bus is scanned: the check comes after the
 * scan.
 */
static void winpar_test_lost_chain_scan(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	unsigned long end = jiffies + WPT_TIMEOUT;
	struct winpar_port *port = t->port;
	struct task_struct *task;
	unsigned int before = 0;
	bool refused = false;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: a Try call waits until the scan has ended");
	hook->quiet = true;
	task = kthread_run(wpt_lost_scan_thread, t, "winpar_scan");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (!refused && time_before(jiffies, end)) {
		cond_resched();
		wpt_settle(t);
		/* Let the round for the free below end first. */
		if (READ_ONCE(port->round.due) || READ_ONCE(port->round.open))
			continue;
		before = hook->checks;
		refused = !wpt_try(t);
		if (!refused)
			wpt_free(t);
	}
	kthread_stop(task);
	KUNIT_EXPECT_TRUE(test, refused);
	wpt_expect_checks(t, hook, before + 1);
}

static struct kunit_case winpar_lost_chain_cases[] = {
	KUNIT_CASE(winpar_test_lost_chain_packet_due),
	KUNIT_CASE(winpar_test_lost_chain_scan),
	{ }
};

static struct kunit_suite winpar_lost_chain_suite = {
	.name = "winpar_lost_chain",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_lost_chain_cases,
};

kunit_test_suite(winpar_lost_chain_suite);
