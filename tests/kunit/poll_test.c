// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that only polls, by TryAllocatePort, gets the port although a Linux
 * driver claims it again each time.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "fixture.h"

/*
 * A Linux driver releases the port and claims it again at once. winpar keeps
 * the port for the client whose Try call was refused; the driver gets it after
 * the client.
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
		/* On a busy machine this may come after the 20 ms. */
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

/* Wait until about a quarter of the current jiffy is left. */
static void wpt_poll_late_in_a_jiffy(void)
{
	unsigned long now = jiffies;

	while (READ_ONCE(jiffies) == now)
		cpu_relax();
	udelay(jiffies_to_usecs(1) * 3 / 4);
}

/*
 * The port is kept for no less than 20 ms: a driver claims when 20 ms are not
 * quite over, though as many jiffies have begun as there are in 20 ms.
 */
static void winpar_test_poll_no_less(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	unsigned int i, asked = 0;
	struct wpt_start start;
	unsigned long end;

	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		wpt_settle(t);
		reinit_completion(&rival->got);
		wpt_poll_late_in_a_jiffy();
		start = wpt_start();
		end = start.jiffy + msecs_to_jiffies(20);
		fake_rival_release(rival);
		while (time_before(READ_ONCE(jiffies), end))
			cpu_relax();
		/* On a busy machine the claim may come too late to judge. */
		asked += ktime_ms_delta(ktime_get(), start.time) < 20;
		if (!fake_rival_claim(rival))
			KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		KUNIT_EXPECT_TRUE(test, wpt_has_lasted(start, 20));
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	KUNIT_EXPECT_GT(test, asked, 0U);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* The client does not call again: the driver gets the port after 20 ms. */
static void winpar_test_poll_no_longer(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	s64 ms, least = S64_MAX;
	ktime_t start;
	bool kept;
	int i;

	for (i = 0; i < 20 && (i < 5 || least > 100); i++) {
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		wpt_settle(t);
		reinit_completion(&rival->got);
		fake_rival_release(rival);
		start = ktime_get();
		/* On a busy machine the claim may come after the 20 ms. */
		kept = !fake_rival_claim(rival);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		ms = kept ? ktime_ms_delta(ktime_get(), start) : S64_MAX;
		least = min(least, ms);
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	KUNIT_EXPECT_LE(test, least, 100LL);
	fake_rival_release(rival);
	/* Without a refusal the port is not kept at all. */
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* A request waits, too: it gets the port when the driver releases it. */
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

/* A file of a second client: all that is built into the kernel is one. */
static struct winpar_file *wpt_poll_client(struct wpt *t)
{
	struct winpar_file *file = NULL;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	KUNIT_ASSERT_EQ(t->test, STATUS_SUCCESS,
			winpar_open_owner(name, NULL, &file));
	return file;
}

/* ----- beside two drivers -------------------------------------------------- */

/*
 * A Try call is refused while another file has the port and a Linux driver waits. Two drivers
 * want the port from then on, so that one waits whenever winpar gets the port. Returns the
 * driver that has the port, and in @next the other one.
 */
static struct fake_rival *wpt_poll_two(struct wpt *t, struct fake_rival **next)
{
	struct fake_rival *has = fake_rival_create(t->fake, 0);
	struct kunit *test = t->test;

	*next = fake_rival_create(t->fake, 0);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(has));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE), STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(has));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	return has;
}

/* The driver that has the port releases it: winpar waits for it, and @next behind winpar. */
static void wpt_poll_turn(struct wpt *t, struct fake_rival *has,
			  struct fake_rival *next)
{
	wpt_settle(t);
	reinit_completion(&next->got);
	KUNIT_EXPECT_FALSE(t->test, fake_rival_claim(next));
	fake_rival_release(has);
}

/*
 * The client has no deferred routine. The port is kept for its next Try call when winpar has
 * it again, which may be too late here on a busy machine: so this looks whether that is due.
 */
static void winpar_test_poll_behind_a_driver(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *has, *next;

	has = wpt_poll_two(t, &next);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(t->port->trial.wanted));
	wpt_poll_turn(t, has, next);
	if (wpt_try(t))
		wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(next));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	fake_rival_release(next);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/**
 * struct wpt_poll_trier - a client that tries in its deferred routine
 * @info: the client's callbacks
 * @interrupt: it tries by the callback for interrupt level
 * @had: how often it got the port
 */
struct wpt_poll_trier {
	PARALLEL_PORT_INFORMATION info;
	bool interrupt;
	unsigned int had;
};

static void wpt_poll_inside(struct wpt_hook *hook)
{
	struct wpt_poll_trier *trier = hook->arg;
	PPARALLEL_TRY_ALLOCATE_ROUTINE try = trier->interrupt ?
		hook->info.TryAllocatePortAtInterruptLevel : trier->info.TryAllocatePort;

	if (!try(trier->info.Context))
		return;
	WRITE_ONCE(trier->had, trier->had + 1);
	trier->info.FreePort(trier->info.Context);
}

static void wpt_poll_connect(struct wpt *t, struct winpar_file *file, int id,
			     struct wpt_poll_trier *trier)
{
	struct wpt_hook *hook = wpt_connected(t, file, id, WPT_DEFERRED);

	hook->arg = trier;
	hook->quiet = true;
	hook->on_check = wpt_poll_inside;
	KUNIT_EXPECT_EQ(t->test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_INFO, NULL, 0, &trier->info,
					      sizeof(trier->info), NULL));
}

/* Two drivers have turns: each of the two, which may be one, gets the port in between. */
static void wpt_poll_drive(struct wpt *t, struct wpt_poll_trier *one,
			   struct wpt_poll_trier *other)
{
	struct fake_rival *next, *has = wpt_poll_two(t, &next);
	struct kunit *test = t->test;
	unsigned int i;

	for (i = 0; i < 8 && !(READ_ONCE(one->had) && READ_ONCE(other->had)); i++) {
		wpt_poll_turn(t, has, next);
		swap(has, next);
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(has));
		KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	}
	kunit_info(test, "after %u turns of drivers\n", i);
	KUNIT_EXPECT_GT(test, one->had, 0U);
	KUNIT_EXPECT_GT(test, other->had, 0U);
	fake_rival_release(has);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/*
 * Two clients try in their deferred routines, one of which is called first in each round:
 * each gets the port beside the drivers.
 */
static void winpar_test_poll_in_the_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_poll_trier one = {}, other = {};
	struct winpar_file *file = wpt_poll_client(t);

	wpt_poll_connect(t, t->file[0], 1, &one);
	wpt_poll_connect(t, file, 2, &other);
	wpt_poll_drive(t, &one, &other);
	winpar_close(file);
}

/* A Try call at interrupt level goes before no driver there, but the port is kept for the next. */
static void winpar_test_poll_in_the_routine_at_interrupt_level(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_poll_trier one = { .interrupt = true };

	wpt_poll_connect(t, t->file[0], 1, &one);
	wpt_poll_drive(t, &one, &one);
}

/*
 * A Try call was refused so long ago that the time for which the port was kept for it
 * reads as a time to come, where jiffies have 32 bits: a driver waits no longer.
 */
static void winpar_test_poll_long_ago(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);

	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_settle(t);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	spin_lock_irq(&t->port->lock);
	t->port->trial.wanted = true;
	t->port->trial.until = jiffies + LONG_MAX / 2;
	spin_unlock_irq(&t->port->lock);
	reinit_completion(&rival->got);
	KUNIT_EXPECT_TRUE(test, fake_rival_claim(rival) ||
			  fake_rival_wait(rival));
	fake_rival_release(rival);
}

/* ----- calls that are further apart -------------------------------------- */

/**
 * struct wpt_poller - a client that polls
 * @info: the client's callbacks
 * @last: when the last call was made
 * @apart: how many ms before that the call before it was made
 * @refused: the last call did not get the port
 * @calls: how many calls were made
 * @judged: how many came in time, after a call that was refused
 * @had: how many of the judged calls got the port
 */
struct wpt_poller {
	PARALLEL_PORT_INFORMATION info;
	ktime_t last;
	s64 apart;
	bool refused;
	unsigned int calls;
	unsigned int judged;
	unsigned int had;
};

/* A driver that releases the port when asked, and claims it again at once. */
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
 * By how many ms the times between calls may differ: a call that is later than foreseen
 * comes after the 20 ms, of which the first half is before it.
 */
#define WPT_POLL_SLACK	6

static void wpt_poll_call(struct wpt_poller *poller)
{
	bool got = poller->info.TryAllocatePort(poller->info.Context);
	ktime_t now = ktime_get();
	s64 apart = ktime_ms_delta(now, poller->last);

	if (got)
		poller->info.FreePort(poller->info.Context);
	/* From the first three calls winpar learns how far apart they are. */
	if (poller->calls++ > 2 && poller->refused &&
	    abs(apart - poller->apart) <= WPT_POLL_SLACK) {
		poller->judged++;
		poller->had += got;
	}
	poller->refused = !got;
	poller->apart = apart;
	poller->last = now;
}

/* So few calls in time say nothing: the machine has other work. */
static bool wpt_poll_is_judged(const struct wpt_poller *poller)
{
	return poller->judged >= 2;
}

/* Half of the calls had the port. On an idle machine it is nine of ten. */
static bool wpt_poll_had_enough(const struct wpt_poller *poller)
{
	return wpt_poll_is_judged(poller) && poller->had * 2 >= poller->judged;
}

static void wpt_poll_judge(struct kunit *test, const struct wpt_poller *poller)
{
	kunit_info(test, "%u of %u calls had the port", poller->had,
		   poller->judged);
	KUNIT_EXPECT_TRUE(test, !wpt_poll_is_judged(poller) || wpt_poll_had_enough(poller));
}

static void wpt_poll_nap(unsigned int ms, bool coarse)
{
	if (coarse)
		msleep(ms);
	else
		usleep_range(1000 * ms, 1000 * ms + 200);
}

struct wpt_poll_row {
	const char *name;
	unsigned int ms;
	unsigned int calls;
	bool coarse;	/* between calls the client sleeps by msleep() */
	bool two;	/* a second client polls, too */
};

static const struct wpt_poll_row wpt_poll_rows[] = {
	{ "40 ms", 40, 30 },
	{ "50 ms", 50, 30 },
	{ "100 ms", 100, 20 },
	{ "300 ms", 300, 12 },
	{ "500 ms, coarse", 500, 10, .coarse = true },
	{ "100 ms, two clients", 100, 20, .two = true },
};

WPT_ROWS(wpt_poll, wpt_poll_rows);

/* A machine with much other work delays winpar and the driver, too. */
#define WPT_POLL_ROUNDS	10

/* Make the row's calls, and judge these only. Did enough of them get the port? */
static bool wpt_poll_round(const struct wpt_poll_row *row,
			   struct wpt_poller *one, struct wpt_poller *other)
{
	unsigned int ms = row->two ? row->ms / 2 : row->ms, i;

	one->judged = 0;
	one->had = 0;
	other->judged = 0;
	other->had = 0;
	for (i = 0; i < row->calls; i++) {
		wpt_poll_nap(ms, row->coarse);
		wpt_poll_call(one);
		if (!row->two)
			continue;
		wpt_poll_nap(ms, row->coarse);
		wpt_poll_call(other);
	}
	return wpt_poll_had_enough(one) &&
	       (!row->two || wpt_poll_had_enough(other));
}

/*
 * Calls are further apart than the 20 ms for which the port is kept. winpar
 * measures by how much, and asks the driver for the port shortly before the
 * next call is due. One of WPT_POLL_ROUNDS rounds has to be good.
 */
static void winpar_test_poll_far_apart(struct kunit *test)
{
	const struct wpt_poll_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	struct wpt_poller one = { .info = t->info }, other = {};
	struct winpar_file *file = wpt_poll_client(t);
	struct task_struct *driver;
	unsigned int round = 0;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_INFO, NULL, 0,
					      &other.info, sizeof(other.info),
					      NULL));
	driver = kthread_run(wpt_poll_oblige, rival, "wpt_poll");
	if (IS_ERR(driver)) {
		winpar_close(file);
		KUNIT_FAIL(test, "no thread");
		return;
	}
	while (!wpt_poll_round(row, &one, &other) && ++round < WPT_POLL_ROUNDS)
		;
	kthread_stop(driver);
	winpar_close(file);
	wpt_poll_judge(test, &one);
	if (row->two)
		wpt_poll_judge(test, &other);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

static struct kunit_case winpar_poll_cases[] = {
	KUNIT_CASE(winpar_test_poll_kept),
	KUNIT_CASE(winpar_test_poll_no_less),
	KUNIT_CASE(winpar_test_poll_no_longer),
	KUNIT_CASE(winpar_test_poll_beside_a_request),
	KUNIT_CASE(winpar_test_poll_behind_a_driver),
	KUNIT_CASE(winpar_test_poll_in_the_routine),
	KUNIT_CASE(winpar_test_poll_in_the_routine_at_interrupt_level),
	KUNIT_CASE(winpar_test_poll_long_ago),
	KUNIT_CASE_PARAM(winpar_test_poll_far_apart, wpt_poll_gen_params),
	{ }
};

static struct kunit_suite winpar_poll_suite = {
	.name = "winpar_poll",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_poll_cases,
};

kunit_test_suite(winpar_poll_suite);
