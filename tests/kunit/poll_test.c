// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that only polls, by TryAllocatePort, gets the port beside a Linux driver
 * that claims it again and again.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "fixture.h"

/*
 * A Linux driver lets go of the port and claims it again at once, for ever. The
 * port is kept for the client that was refused; the driver gets it next.
 */
static void winpar_test_poll_kept(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned int i, had = 0, again = 0;
	struct fake_rival *rival = wpt_taken(t);

	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		wpt_settle(t);
		reinit_completion(&rival->got);
		fake_rival_release(rival);
		again += fake_rival_claim(rival);
		/* Within 20 ms, but on a machine that is busy. */
		if (wpt_try(t)) {
			had++;
			wpt_free(t);
		}
		KUNIT_ASSERT_TRUE(test, rival->has || fake_rival_wait(rival));
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	/* winpar's claim is made inside the driver's release: it comes first. */
	KUNIT_EXPECT_EQ(test, again, 0U);
	KUNIT_EXPECT_GE(test, had, 5U);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* The next jiffy begins in about a quarter of one. */
static void wpt_poll_late_in_a_jiffy(void)
{
	unsigned long now = jiffies;

	while (READ_ONCE(jiffies) == now)
		cpu_relax();
	udelay(jiffies_to_usecs(1) * 3 / 4);
}

/*
 * Nor for less: a driver that asks when 20 ms are not quite over, but as many
 * jiffies have begun as there are in 20 ms.
 */
static void winpar_test_poll_no_less(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	unsigned int i, asked = 0;
	unsigned long end;
	ktime_t start;

	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		wpt_settle(t);
		reinit_completion(&rival->got);
		wpt_poll_late_in_a_jiffy();
		end = jiffies + msecs_to_jiffies(20);
		start = ktime_get();
		fake_rival_release(rival);
		while (time_before(READ_ONCE(jiffies), end))
			cpu_relax();
		/* A busy machine is too late. */
		asked += ktime_ms_delta(ktime_get(), start) < 20;
		if (!fake_rival_claim(rival))
			KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 20LL);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	KUNIT_EXPECT_GT(test, asked, 0U);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* A client that does not come back keeps the driver waiting for 20 ms only. */
static void winpar_test_poll_no_longer(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	s64 ms, least = S64_MAX;
	ktime_t start;
	int i;

	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		wpt_settle(t);
		reinit_completion(&rival->got);
		fake_rival_release(rival);
		start = ktime_get();
		KUNIT_ASSERT_FALSE(test, fake_rival_claim(rival));
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		ms = ktime_ms_delta(ktime_get(), start);
		least = min(least, ms);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	KUNIT_EXPECT_LE(test, least, 100LL);
	fake_rival_release(rival);
	/* Without a refusal the port is not kept at all. */
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* A request that waits needs no such time: the port is the client's at once. */
static void winpar_test_poll_beside_a_request(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);

	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	wpt_settle(t);
	reinit_completion(&rival->got);
	fake_rival_release(rival);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
}

/* ----- without hurry ----------------------------------------------------- */

#define WPT_POLL_MS	100
#define WPT_POLL_CALLS	30
#define WPT_POLL_SLACK	8	/* what the time between two calls may differ by, in ms */

/* A driver that lets go when it is asked, and claims again at once. */
static int wpt_poll_oblige(void *data)
{
	struct fake_rival *rival = data;

	while (!kthread_should_stop()) {
		if (!wait_for_completion_timeout(&rival->was_asked, HZ / 50))
			continue;
		reinit_completion(&rival->was_asked);
		reinit_completion(&rival->got);
		fake_rival_release(rival);
		if (!fake_rival_claim(rival) && !fake_rival_wait(rival))
			break;
	}
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

/*
 * A call each 100 ms, which is when the port has gone again: winpar sees when the
 * next is due. One that comes at its time after one that failed has the port.
 */
static void winpar_test_poll_without_hurry(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	struct task_struct *driver = kthread_run(wpt_poll_oblige, rival,
						 "wpt_poll");
	unsigned int i, judged = 0, had = 0;
	s64 apart, before = 0;
	bool refused = false, got;
	ktime_t last, now;

	KUNIT_ASSERT_FALSE(test, IS_ERR(driver));
	last = ktime_get();
	for (i = 0; i < WPT_POLL_CALLS; i++) {
		usleep_range(1000 * WPT_POLL_MS, 1000 * WPT_POLL_MS + 200);
		got = wpt_try(t);
		if (got)
			wpt_free(t);
		now = ktime_get();
		apart = ktime_ms_delta(now, last);
		/* The first two tell how far apart they are. */
		if (i > 2 && refused && abs(apart - before) <= WPT_POLL_SLACK &&
		    apart <= WPT_POLL_MS + WPT_POLL_SLACK) {
			judged++;
			had += got;
		}
		refused = !got;
		before = apart;
		last = now;
	}
	kthread_stop(driver);
	kunit_info(test, "%u of %u calls had the port", had, judged);
	KUNIT_EXPECT_GE(test, judged, 3U);
	/* Nine of ten on a machine that does nothing else. */
	KUNIT_EXPECT_GE(test, had * 2, judged);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

static struct kunit_case winpar_poll_cases[] = {
	KUNIT_CASE(winpar_test_poll_kept),
	KUNIT_CASE(winpar_test_poll_no_less),
	KUNIT_CASE(winpar_test_poll_no_longer),
	KUNIT_CASE(winpar_test_poll_beside_a_request),
	KUNIT_CASE(winpar_test_poll_without_hurry),
	{ }
};

static struct kunit_suite winpar_poll_suite = {
	.name = "winpar_poll",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_poll_cases,
};

kunit_test_suite(winpar_poll_suite);
