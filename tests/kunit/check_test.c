// SPDX-License-Identifier: GPL-2.0-only
/* Deferred port checks: when a round begins, and which routines it calls. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "fixture.h"

/* Allocate and free the port: the free makes a round due. */
static void wpt_turn(struct wpt *t)
{
	KUNIT_EXPECT_TRUE(t->test, wpt_try(t));
	wpt_free(t);
}

/* A round calls each routine once, in order of connection, with no lock held. */
static void winpar_test_check_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	int i;

	for (i = 1; i <= 4; i++)
		wpt_connected(t, t->file[i % 3], i,
			      i == 3 ? WPT_ISR : WPT_BOTH);
	wpt_expect_quiet(t, 0);
	wpt_turn(t);
	WPT_EXPECT_ORDER(t, WPT_CHECK(1), WPT_CHECK(2), WPT_CHECK(4));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, (int)t->log.events[i].level,
				(int)WPT_SOFTIRQ);
		KUNIT_EXPECT_FALSE(test, t->log.events[i].interrupt_lock);
	}
	/* One free, one round. */
	wpt_turn(t);
	wpt_expect_quiet(t, 6);
}

enum wpt_free_kind {
	WPT_BY_CALLBACK, WPT_BY_REQUEST, WPT_BY_CLOSE, WPT_BY_INTERRUPT,
};

struct wpt_free_row {
	const char *name;
	enum wpt_free_kind kind;
};

static const struct wpt_free_row wpt_free_rows[] = {
	{ "FreePort", WPT_BY_CALLBACK },
	{ "PORT_FREE", WPT_BY_REQUEST },
	{ "close", WPT_BY_CLOSE },
	{ "FreePortFromInterruptLevel", WPT_BY_INTERRUPT },
};

WPT_ROWS(wpt_free, wpt_free_rows);

static void wpt_check_free_at_interrupt(struct wpt_hook *hook)
{
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
}

static void wpt_free_by(struct wpt *t, struct wpt_hook *hook,
			enum wpt_free_kind kind)
{
	switch (kind) {
	case WPT_BY_CALLBACK:
		wpt_free(t);
		break;
	case WPT_BY_REQUEST:
		KUNIT_EXPECT_EQ(t->test, wpt_ioctl(t->file[1], WPT_FREE),
				STATUS_SUCCESS);
		break;
	case WPT_BY_CLOSE:
		wpt_close(t, 1);
		break;
	case WPT_BY_INTERRUPT:
		hook->on_interrupt = wpt_check_free_at_interrupt;
		fake_port_interrupt(t->fake);
		break;
	}
}

/* Each way to free the port starts a round. */
static void winpar_test_check_after_any_free(struct kunit *test)
{
	const struct wpt_free_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_free_by(t, hook, row->kind);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 1U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* A free of a port that the caller does not have starts no round. */
static void winpar_test_check_not_after_a_free_too_many(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_connected(t, t->file[0], 1, WPT_BOTH);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE),
			STATUS_INVALID_DEVICE_STATE);
	wpt_expect_quiet(t, 0);
	wpt_close(t, 1);
}

/* The loop calls the routines, after FreePort has returned. */
static void winpar_test_check_not_inside_free(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned int inside;

	wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	local_bh_disable();
	wpt_free(t);
	inside = wpt_noted(t);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, inside, 0U);
	WPT_EXPECT_ORDER(t, WPT_CHECK(1));
}

/* A free grants to a request that waits; the round begins when none is left. */
static void winpar_test_check_only_when_none_waits(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 10);
	wpt_queue(t, t->file[1], 11);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	wpt_expect_quiet(t, 2);
	wpt_free(t);
	WPT_EXPECT_ORDER(t, 10, 11, WPT_CHECK(1));
}

static void wpt_check_turn(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;
	bool had = wpt_try(t);

	wpt_note(t, 50, had, 0);
	wpt_free(t);
}

/* Deviation: frees made by the routines start no further round. */
static void winpar_test_check_frees_inside_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook[1] = wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	hook[0]->on_check = wpt_check_turn;
	hook[1]->on_check = wpt_check_turn;
	wpt_turn(t);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 4));
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, TRUE);
	wpt_expect(t, 2, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect(t, 3, 50, TRUE);
	wpt_expect_quiet(t, 4);
}

static void wpt_check_take_once(struct wpt_hook *hook)
{
	if (hook->checks == 1)
		wpt_note(hook->t, 50, wpt_try(hook->t), 0);
}

/* Deviation: a routine takes the port; the other routines wait for its free. */
static void winpar_test_check_routine_takes_the_port(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[3];
	int i;

	for (i = 0; i < 3; i++)
		hook[i] = wpt_connected(t, t->file[0], i + 1, WPT_DEFERRED);
	hook[0]->on_check = wpt_check_take_once;
	wpt_turn(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, TRUE);
	wpt_expect_quiet(t, 2);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	/* The rest of that round, then the one that this free asks for. */
	wpt_free(t);
	wpt_expect(t, 2, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect(t, 3, WPT_CHECK(3), STATUS_SUCCESS);
	wpt_expect(t, 4, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 5, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect(t, 6, WPT_CHECK(3), STATUS_SUCCESS);
	wpt_expect_quiet(t, 7);
}

static void wpt_check_request_once(struct wpt_hook *hook)
{
	if (hook->checks == 1)
		wpt_note(hook->t, 50,
			 wpt_submit(hook->arg, hook->t->file[0]), 0);
}

/* Deviation: a request that arrives in a round is granted before it goes on. */
static void winpar_test_check_request_arrives(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook[1] = wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	hook[0]->on_check = wpt_check_request_once;
	hook[0]->arg = wpt_request(t, 10, WPT_ALLOCATE);
	wpt_turn(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	/* From inside a routine that the port called: left to the loop. */
	wpt_expect(t, 1, 50, STATUS_PENDING);
	wpt_expect(t, 2, 10, STATUS_SUCCESS);
	wpt_expect_quiet(t, 3);
	wpt_free(t);
	wpt_expect(t, 3, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect(t, 4, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 5, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect_quiet(t, 6);
}

static void wpt_check_wait_inside(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;

	wpt_note(t, 50, wpt_ioctl(t->file[0], WPT_ALLOCATE), 0);
	winpar_close(t->file[1]);
	wpt_note(t, 51, wpt_ioctl(t->file[1], WPT_RELEASE), 0);
}

/* Inside a deferred routine, calls that wait are refused, and so is close. */
static void winpar_test_check_waiting_refused(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	hook->on_check = wpt_check_wait_inside;
	wpt_turn(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, STATUS_INVALID_DEVICE_STATE);
	wpt_expect(t, 2, 51, STATUS_SUCCESS);
	wpt_expect_quiet(t, 3);
}

/* A routine connected in the middle of a round is not part of it. */
static void winpar_test_check_connected_in_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	hook->on_check = wpt_check_take_once;
	wpt_turn(t);
	wpt_expect(t, 1, 50, TRUE);
	wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	wpt_free(t);
	/* Only the next round has both. */
	wpt_expect(t, 2, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 3, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect_quiet(t, 4);
}

/* A routine that is disconnected before its turn is not called. */
static void winpar_test_check_disconnected_in_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[3];
	int i;

	for (i = 0; i < 3; i++)
		hook[i] = wpt_connected(t, t->file[0], i + 1, WPT_DEFERRED);
	hook[0]->on_check = wpt_check_take_once;
	wpt_turn(t);
	wpt_expect(t, 1, 50, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[1], t->file[0]),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[0], t->file[0]),
			STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 2, WPT_CHECK(3), STATUS_SUCCESS);
	wpt_expect(t, 3, WPT_CHECK(3), STATUS_SUCCESS);
	wpt_expect_quiet(t, 4);
}

/* ----- before a suspend -------------------------------------------------- */

struct wpt_check_other {
	struct work_struct work;
	struct completion begun;
	struct wpt *t;
	bool over;
};

static void wpt_check_lasts(struct wpt_hook *hook)
{
	struct wpt_check_other *other = hook->arg;

	complete(&other->begun);
	mdelay(100);
	WRITE_ONCE(other->over, true);
}

static void wpt_check_elsewhere(struct work_struct *work)
{
	wpt_turn(container_of(work, struct wpt_check_other, work)->t);
}

/* The routine that runs on another CPU has written its registers when the chip goes off. */
static void winpar_test_check_before_a_suspend(struct kunit *test)
{
	void (*begin)(struct winpar_port *port) = wpt_symbol(test, "winpar_device_fall_asleep");
	void (*end)(struct winpar_port *port) = wpt_symbol(test, "winpar_device_wake_up");
	struct wpt_check_other *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook;
	int cpu = wpt_other_cpu(test);

	KUNIT_ASSERT_NOT_NULL(test, other);
	if (cpu < 0)
		kunit_skip(test, "one CPU");
	INIT_WORK(&other->work, wpt_check_elsewhere);
	init_completion(&other->begun);
	other->t = t;
	hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook->on_check = wpt_check_lasts;
	hook->arg = other;
	queue_work_on(cpu, system_highpri_wq, &other->work);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&other->begun, WPT_TIMEOUT));
	begin(t->port);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(other->over));
	end(t->port);
	flush_work(&other->work);
	wpt_expect_quiet(t, 1);
}

/* ----- with a Linux driver ----------------------------------------------- */

/*
 * A Linux driver gets the port before the round: the round waits for its
 * return.
 */
static void winpar_test_check_when_back(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_nap(30);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	fake_rival_release(rival);
	WPT_EXPECT_ORDER(t, WPT_CHECK(1));
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake),
			    t->port->host.pardev);
}

static void wpt_check_rival_claims(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;

	wpt_note(t, 50, fake_rival_claim(hook->arg), 0);
}

static void wpt_check_note_holder(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;

	wpt_note(t, 51, fake_port_holder(t->fake) == t->port->host.pardev, 0);
}

/* winpar keeps the Linux port until the last routine has returned. */
static void winpar_test_check_port_kept_in_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook[1] = wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	hook[0]->on_check = wpt_check_rival_claims;
	hook[0]->arg = rival;
	hook[1]->on_check = wpt_check_note_holder;
	wpt_turn(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, FALSE);
	wpt_expect(t, 2, WPT_CHECK(2), STATUS_SUCCESS);
	wpt_expect(t, 3, 51, TRUE);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
}

static void wpt_check_interrupt_tries(struct wpt_hook *hook)
{
	bool had = hook->info.TryAllocatePortAtInterruptLevel(hook->info.Context);

	wpt_note(hook->t, 52, had, 0);
	if (had)
		hook->info.FreePortFromInterruptLevel(hook->info.Context);
}

static void wpt_check_is_interrupted(struct wpt_hook *hook)
{
	struct wpt *t = hook->t;

	if (hook->checks > 1)
		return;
	wpt_note(t, 50, fake_rival_claim(hook->arg), 0);
	fake_port_interrupt_process(t->fake);
	wpt_check_turn(hook);
}

/* Nor do those that they make by the callback for interrupt level. */
static void winpar_test_check_frees_at_interrupt_level(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_connected(t, t->file[0], 1, WPT_DEFERRED)->on_check = wpt_check_interrupt_tries;
	wpt_turn(t);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 2));
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 52, TRUE);
	wpt_expect_quiet(t, 2);
}

/*
 * A Linux driver waits for the end of the round. The routine that runs gets the port before
 * the driver, an interrupt routine on top of it does not, as it would not on another CPU.
 */
static void winpar_test_check_interrupt_in_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook[1] = wpt_connected(t, t->file[1], 2, WPT_ISR);
	hook[0]->on_check = wpt_check_is_interrupted;
	hook[0]->arg = rival;
	hook[1]->on_interrupt = wpt_check_interrupt_tries;
	wpt_turn(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, FALSE);
	wpt_expect(t, 2, 2, STATUS_SUCCESS);
	wpt_expect(t, 3, 52, FALSE);
	wpt_expect(t, 4, 50, TRUE);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
}

static struct kunit_case winpar_check_cases[] = {
	KUNIT_CASE(winpar_test_check_round),
	KUNIT_CASE_PARAM(winpar_test_check_after_any_free, wpt_free_gen_params),
	KUNIT_CASE(winpar_test_check_not_after_a_free_too_many),
	KUNIT_CASE(winpar_test_check_not_inside_free),
	KUNIT_CASE(winpar_test_check_only_when_none_waits),
	KUNIT_CASE(winpar_test_check_frees_inside_a_round),
	KUNIT_CASE(winpar_test_check_routine_takes_the_port),
	KUNIT_CASE(winpar_test_check_request_arrives),
	KUNIT_CASE(winpar_test_check_waiting_refused),
	KUNIT_CASE(winpar_test_check_connected_in_a_round),
	KUNIT_CASE(winpar_test_check_disconnected_in_a_round),
	KUNIT_CASE(winpar_test_check_before_a_suspend),
	KUNIT_CASE(winpar_test_check_when_back),
	KUNIT_CASE(winpar_test_check_port_kept_in_a_round),
	KUNIT_CASE(winpar_test_check_frees_at_interrupt_level),
	KUNIT_CASE(winpar_test_check_interrupt_in_a_round),
	{ }
};

static struct kunit_suite winpar_check_suite = {
	.name = "winpar_check",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_check_cases,
};

kunit_test_suite(winpar_check_suite);
