// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancelling a request in each of its states, and while a grant or a close ends
 * it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "fixture.h"

#define WPT_RACES	2000

/* Cancel returns false for NULL, and before submission and after completion. */
static void winpar_test_cancel_not_pending(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);

	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(NULL));
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r->irp));
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r->irp));
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	WPT_EXPECT_ORDER(t, 1);
	wpt_free(t);
}

struct wpt_place_row {
	const char *name;
	unsigned int n;
};

static const struct wpt_place_row wpt_place_rows[] = {
	{ "the first", 0 }, { "in the middle", 2 }, { "the last", 4 },
};

WPT_ROWS(wpt_place, wpt_place_rows);

/* One of five waiters is cancelled: the other four keep their order. */
static void winpar_test_cancel_queued(struct kunit *test)
{
	const struct wpt_place_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[5];
	unsigned int i, n = 1;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	for (i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = wpt_queue(t, t->file[0], i);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r[row->n]->irp));
	wpt_expect(t, 0, row->n, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, t->log.events[0].information, 0UL);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[0].level, (int)WPT_SOFTIRQ);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r[row->n]->irp));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 4U);
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		if (i == row->n)
			continue;
		wpt_free(t);
		wpt_expect(t, n++, i, STATUS_SUCCESS);
	}
	wpt_free(t);
	for (i = 0; i < ARRAY_SIZE(r); i++)
		KUNIT_EXPECT_EQ(test, r[i]->calls, 1U);
}

/* Once the only waiter is cancelled, a free leaves the port to Try calls. */
static void winpar_test_cancel_the_only_one(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect_quiet(t, 1);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* A request that was granted the port cannot be cancelled any more. */
static void winpar_test_cancel_granted(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r->irp));
	wpt_expect_quiet(t, 1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
}

/* Freed but not granted yet: cancelling wins, and the next one is served. */
static void winpar_test_cancel_before_the_grant(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[2];
	bool won;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r[0] = wpt_queue(t, t->file[0], 1);
	r[1] = wpt_queue(t, t->file[1], 2);
	local_bh_disable();
	wpt_free(t);
	won = winpar_irp_cancel(&r[0]->irp);
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, won);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
}

/* A request without a completion routine: winpar_irp_wait() returns CANCELLED. */
static void winpar_test_cancel_waited_for(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);

	winpar_irp_set_completion(&r->irp, NULL, NULL);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, WPT_TIMEOUT),
			STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&r->irp), STATUS_CANCELLED);
	wpt_free(t);
}

static void wpt_cancel_others(struct wpt_request *r)
{
	struct wpt_request **others = r->arg;

	wpt_note(r->t, 50, winpar_irp_cancel(&others[0]->irp), 0);
	wpt_note(r->t, 51, winpar_irp_cancel(&r->irp), 0);
}

/* A completion routine cancels another request (true), and its own (false). */
static void winpar_test_cancel_inside_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[2];

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r[0] = wpt_queue(t, t->file[0], 1);
	r[1] = wpt_queue(t, t->file[0], 2);
	r[0]->then = wpt_cancel_others;
	r[0]->arg = &r[1];
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 50, TRUE);
	wpt_expect(t, 2, 51, FALSE);
	wpt_expect(t, 3, 2, STATUS_CANCELLED);
	wpt_expect_quiet(t, 4);
	wpt_free(t);
}

/* ----- races ------------------------------------------------------------- */

/**
 * struct wpt_race - one thread cancels while the case does something else
 * @r: the request
 * @round: in which round the request is to be cancelled
 * @ended: the last round whose cancel has returned
 * @won: what that cancel returned
 */
struct wpt_race {
	struct wpt_request *r;
	unsigned int round;
	unsigned int ended;
	bool won;
};

static int wpt_race_thread(void *data)
{
	struct wpt_race *race = data;
	unsigned int seen = 0;

	while (!kthread_should_stop()) {
		/* Pairs with the smp_store_release() of @round in the cases. */
		unsigned int round = smp_load_acquire(&race->round);

		if (round == seen) {
			cond_resched();
			continue;
		}
		seen = round;
		if (round & 1)
			ndelay(round % 64 * 200);
		race->won = winpar_irp_cancel(&race->r->irp);
		/* Pairs with wpt_race_join(), which looks at @won then. */
		smp_store_release(&race->ended, seen);
	}
	return 0;
}

static bool wpt_race_join(struct wpt_race *race)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	/* Pairs with the end of a round in wpt_race_thread(). */
	while (smp_load_acquire(&race->ended) != race->round) {
		if (time_after(jiffies, end))
			return false;
		cond_resched();
	}
	return true;
}

static struct task_struct *wpt_race_start(struct kunit *test,
					  struct wpt_race **race)
{
	struct task_struct *task;

	*race = kunit_kzalloc(test, sizeof(**race), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *race);
	task = kthread_run(wpt_race_thread, *race, "winpar_race");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	return task;
}

/* A cancel and a grant race: one of them wins, and the cancel returns which. */
static void winpar_test_cancel_races_grant(struct kunit *test)
{
	unsigned int i, cancelled = 0, granted = 0, wrong = 0;
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);
	struct wpt_race *race;
	struct task_struct *task = wpt_race_start(test, &race);

	race->r = r;
	for (i = 0; i < WPT_RACES; i++) {
		t->log.count = 0;
		r->calls = 0;
		if (!wpt_try(t) || wpt_submit(r, t->file[0]) != STATUS_PENDING)
			break;
		/* Now the thread may look at the request. */
		smp_store_release(&race->round, i + 1);
		/* Free a little before the cancel, or a little after it. */
		if (i & 1)
			ndelay(i % 64 * 100);
		/*
		 * The loop runs inside local_bh_enable(), not at some later
		 * time.
		 */
		local_bh_disable();
		wpt_free(t);
		local_bh_enable();
		if (!wpt_reaches(t, 1) || !wpt_race_join(race))
			break;
		wpt_settle(t);
		wrong += r->calls != 1 || wpt_noted(t) != 1;
		if (r->irp.IoStatus.Status == STATUS_SUCCESS) {
			wrong += race->won;
			granted++;
			wpt_free(t);
		} else {
			wrong += !race->won ||
				 r->irp.IoStatus.Status != STATUS_CANCELLED;
			cancelled++;
		}
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, i, (unsigned int)WPT_RACES);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	/* Each side has to win at times, else nothing was raced. */
	KUNIT_EXPECT_GT(test, cancelled, 0U);
	KUNIT_EXPECT_GT(test, granted, 0U);
	kunit_info(test, "%u cancelled, %u granted\n", cancelled, granted);
}

/* A cancel and a close race: the request is cancelled once. */
static void winpar_test_cancel_races_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);
	unsigned int i, wrong = 0;
	struct wpt_race *race;
	struct task_struct *task = wpt_race_start(test, &race);

	race->r = r;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	for (i = 0; i < WPT_RACES / 10; i++) {
		struct winpar_file *file = wpt_open(t);

		t->log.count = 0;
		r->calls = 0;
		wpt_submit(r, file);
		/* Now the thread may look at the request. */
		smp_store_release(&race->round, i + 1);
		ndelay(i % 64 * 100);
		winpar_close(file);
		/* The close has waited for the routine in any case. */
		wrong += r->calls != 1 || wpt_noted(t) != 1 ||
			 r->irp.IoStatus.Status != STATUS_CANCELLED;
		if (!wpt_race_join(race))
			break;
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, i, WPT_RACES / 10U);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	wpt_free(t);
}

/* ----- three clients at once --------------------------------------------- */

struct wpt_hammer {
	struct wpt *t;
	struct winpar_file *file;
	unsigned int seed;
	unsigned int *inside;	/* shared: two owners at once are a mistake */
	unsigned int got;
	unsigned int cancelled;
	unsigned int wrong;
};

static int wpt_hammer_thread(void *data)
{
	struct wpt_hammer *hammer = data;
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     WPT_ALLOCATE, NULL, 0, 0);
	while (!kthread_should_stop()) {
		hammer->seed = hammer->seed * 1103515245 + 12345;
		status = winpar_irp_submit(hammer->file, &irp);
		if (status == STATUS_PENDING && hammer->seed & 0x10000) {
			winpar_irp_cancel(&irp);
			status = winpar_irp_wait_timeout(&irp, WPT_TIMEOUT);
		} else if (status == STATUS_PENDING) {
			status = winpar_irp_wait_timeout(&irp, WPT_TIMEOUT);
		}
		if (status == STATUS_CANCELLED) {
			WRITE_ONCE(hammer->cancelled, hammer->cancelled + 1);
		} else if (status == STATUS_SUCCESS) {
			WRITE_ONCE(hammer->got, hammer->got + 1);
			hammer->wrong += xchg(hammer->inside, 1) != 0;
			ndelay(hammer->seed >> 20);
			WRITE_ONCE(*hammer->inside, 0);
			if (hammer->seed & 0x20000)
				wpt_free(hammer->t);
			else
				wpt_ioctl(hammer->file, WPT_FREE);
		} else {
			hammer->wrong++;
			if (status == STATUS_TIMEOUT) {
				winpar_irp_cancel(&irp);
				winpar_irp_wait(&irp);
			}
		}
		cond_resched();
	}
	return 0;
}

/* Has each of them had the port, and cancelled a request? */
static bool wpt_hammer_did_both(struct wpt_hammer *const *hammer)
{
	int i;

	for (i = 0; i < WPT_FILES; i++)
		if (!READ_ONCE(hammer[i]->got) || !READ_ONCE(hammer[i]->cancelled))
			return false;
	return true;
}

/* Allocating, cancelling and freeing at random: never two owners. */
static void winpar_test_cancel_hammered(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hammer *hammer[WPT_FILES];
	struct task_struct *task[WPT_FILES];
	unsigned int *inside;	/* shared: two owners at once are a mistake */
	unsigned long end;
	int i;

	inside = kunit_kzalloc(test, sizeof(*inside), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, inside);
	for (i = 0; i < WPT_FILES; i++) {
		hammer[i] = kunit_kzalloc(test, sizeof(*hammer[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hammer[i]);
		hammer[i]->t = t;
		hammer[i]->file = t->file[i];
		hammer[i]->seed = i;
		hammer[i]->inside = inside;
	}
	for (i = 0; i < WPT_FILES; i++)
		task[i] = kthread_run(wpt_hammer_thread, hammer[i],
				      "winpar_hammer/%d", i);
	end = jiffies + WPT_TIMEOUT;
	wpt_nap(1000);
	while (!wpt_hammer_did_both(hammer) && time_before(jiffies, end))
		wpt_nap(10);
	for (i = 0; i < WPT_FILES; i++)
		kthread_stop(task[i]);
	for (i = 0; i < WPT_FILES; i++) {
		KUNIT_EXPECT_EQ(test, hammer[i]->wrong, 0U);
		KUNIT_EXPECT_GT(test, hammer[i]->got, 0U);
		KUNIT_EXPECT_GT(test, hammer[i]->cancelled, 0U);
	}
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

static struct kunit_case winpar_cancel_cases[] = {
	KUNIT_CASE(winpar_test_cancel_not_pending),
	KUNIT_CASE_PARAM(winpar_test_cancel_queued, wpt_place_gen_params),
	KUNIT_CASE(winpar_test_cancel_the_only_one),
	KUNIT_CASE(winpar_test_cancel_granted),
	KUNIT_CASE(winpar_test_cancel_before_the_grant),
	KUNIT_CASE(winpar_test_cancel_waited_for),
	KUNIT_CASE(winpar_test_cancel_inside_routine),
	KUNIT_CASE(winpar_test_cancel_races_grant),
	KUNIT_CASE(winpar_test_cancel_races_close),
	KUNIT_CASE(winpar_test_cancel_hammered),
	{ }
};

static struct kunit_suite winpar_cancel_suite = {
	.name = "winpar_cancel",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_cancel_cases,
};

kunit_test_suite(winpar_cancel_suite);
