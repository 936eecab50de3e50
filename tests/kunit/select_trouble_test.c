// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selecting devices that do not answer, on a removed port, in a round, and while the machine
 * sleeps.
 */
#include "select_test.h"

/* Without an end to the rounds, so many are made. */
#define WPT_SELECT_ROUNDS	5

/* ----- faults ------------------------------------------------------------ */

struct wpt_fault_row {
	const char *name;
	const char *knob;
	const char *fault;
};

static const struct wpt_fault_row wpt_fault_rows[] = {
	{ "no answer", "daisy0/fault", "no-answer" },
	{ "nFault low", "fault", "stuck-line fault 0" },
	{ "Select low", "fault", "stuck-line select 0" },
	{ "PError low", "fault", "stuck-line perror 0" },
	{ "PError high", "fault", "stuck-line perror 1" },
	{ "Busy low", "fault", "stuck-line busy 0" },
	{ "Busy high", "fault", "stuck-line busy 1" },
	{ "nStrobe low", "fault", "stuck-line strobe 0" },
};

WPT_ROWS(wpt_fault, wpt_fault_rows);

/* A selection fails: the next request is granted; without the fault it works. */
static void winpar_test_select_fault(struct kunit *test)
{
	const struct wpt_fault_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	wpt_sim_pnp(s);
	wpt_sim_set(s, row->knob, row->fault);
	EXPECT_SELECT(s, 0, 0, 0, UNSUCCESSFUL);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_UNSUCCESSFUL);
	KUNIT_ASSERT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	/* A client that has the port keeps it. */
	wpt_own(s, 0);
	EXPECT_SELECT(s, 0, 0, WPT_KEEP, UNSUCCESSFUL);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_sim_queue(s, t->file[1], 10, 0, 0);
	wpt_queue(t, t->file[2], 11);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_UNSUCCESSFUL);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
	wpt_expect_quiet(t, 2);

	wpt_sim_set(s, row->knob, "none");
	/* The next owner has the end-of-chain device. */
	wpt_own(s, 0);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	EXPECT_SELECT(s, 0, 0, 0, SUCCESS);
	EXPECT_SELECTED(s, 0);
	EXPECT_DESELECT(s, 0, 0, 0, SUCCESS);
}

/* A DESELECT that fails still frees the port. */
static void winpar_test_select_deselect_fails(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");

	EXPECT_SELECT(s, 0, 0, 0, SUCCESS);
	wpt_sim_set(s, "daisy0/fault", "no-answer");
	EXPECT_DESELECT(s, 0, 0, WPT_KEEP, UNSUCCESSFUL);
	EXPECT_STATE(s, WINPAR_PORT_OWNED);
	wpt_sim_set(s, "daisy0/fault", "none");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	EXPECT_SELECT(s, 0, 0, WPT_KEEP, SUCCESS);
	wpt_sim_set(s, "daisy0/fault", "no-answer");
	EXPECT_DESELECT(s, 0, 0, 0, UNSUCCESSFUL);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
}

/* ----- removal ----------------------------------------------------------- */

/* The port is removed while a device is selected and requests wait. */
static void winpar_test_select_removal(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct wpt *t = &s->t;

	wpt_sim_pnp(s);
	EXPECT_SELECT(s, 0, 1, 0, SUCCESS);
	wpt_sim_queue(s, t->file[1], 10, 0, 0);
	wpt_queue(t, t->file[2], 11);
	wpt_sim_unplug(s);
	wpt_expect(t, 0, 10, STATUS_DELETE_PENDING);
	wpt_expect(t, 1, 11, STATUS_DELETE_PENDING);
	EXPECT_SELECT(s, 0, 1, WPT_KEEP, DELETE_PENDING);
	EXPECT_SELECT(s, 0, 9, 0, DELETE_PENDING);
	EXPECT_DESELECT(s, 0, 1, 0, DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 1, 0), STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, 1, 0), STATUS_DELETE_PENDING);
	EXPECT_STATE(s, WINPAR_PORT_GONE);
	wpt_free(t);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
}

static void wpt_select_in_round(struct wpt_hook *hook)
{
	struct wpt_sim *s = container_of(hook->t, struct wpt_sim, t);

	if (hook->checks > 5)
		return;
	KUNIT_EXPECT_EQ(hook->t->test, wpt_sim_try(s, 0, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(hook->t->test, wpt_sim_undo(s, 0, 0), STATUS_SUCCESS);
}

/* A deferred routine selects and deselects: the free starts no further round. */
static void winpar_test_select_in_a_round(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook;

	wpt_sim_pnp(s);
	wpt_set_connect(t, true, -1);
	hook = wpt_hook(t, 1, WPT_DEFERRED);
	hook->on_check = wpt_select_in_round;
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* ----- while the machine sleeps ------------------------------------------ */

static void wpt_select_fall_asleep(struct wpt_sim *s)
{
	void (*begin)(struct winpar_port *port) =
		wpt_symbol(s->t.test, "winpar_port_fall_asleep");

	begin(s->t.port);
}

static void wpt_select_wake_up(struct wpt_sim *s)
{
	void (*end)(struct winpar_port *port) =
		wpt_symbol(s->t.test, "winpar_port_wake_up");

	end(s->t.port);
}

struct wpt_select_asleep_row {
	const char *name;
	bool scanned;		/* the bus was scanned before */
	bool before;		/* the request came before, and another client had the port */
};

static const struct wpt_select_asleep_row wpt_select_asleep_rows[] = {
	{ "a known chain", true },
	{ "before the first scan" },
	{ "a request that waits", true, true },
};

WPT_ROWS(wpt_select_asleep, wpt_select_asleep_rows);

/*
 * No packet is sent: the request waits, and is granted after the resume, with its device
 * selected. What came later waits behind it.
 */
static void winpar_test_select_asleep(struct kunit *test)
{
	const struct wpt_select_asleep_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	if (row->scanned)
		wpt_sim_pnp(s);
	if (row->before) {
		wpt_own(s, 2);
		wpt_sim_queue(s, t->file[0], 10, 0, 0);
	}
	wpt_select_fall_asleep(s);
	wpt_sim_pnp(s);
	wpt_sim_set(s, "events", "");
	if (row->before)
		wpt_free(t);
	else
		wpt_sim_queue(s, t->file[0], 10, 0, 0);
	wpt_queue(t, t->file[1], 11);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_PENDING);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 0U);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(s));
	wpt_select_wake_up(s);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 1));
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	EXPECT_SELECTED(s, 0);
	wpt_free(t);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	wpt_expect_quiet(t, 2);
}

/* What needs no packet is done at once, and a client that has the port is told at once. */
static void winpar_test_select_asleep_at_once(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	wpt_sim_pnp(s);
	wpt_select_fall_asleep(s);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_END), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_KEEP), STATUS_UNSUCCESSFUL);
	EXPECT_STATE(s, WINPAR_PORT_OWNED);
	wpt_free(t);
	wpt_select_wake_up(s);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_SUCCESS);
	EXPECT_SELECTED(s, 0);
	wpt_free(t);
}

struct wpt_select_unsent_row {
	const char *name;
	bool scan;		/* INIT_1284_3_BUS; else a selection that keeps the port */
};

static const struct wpt_select_unsent_row wpt_select_unsent_rows[] = {
	{ "a scan", true },
	{ "a selection that keeps the port" },
};

WPT_ROWS(wpt_select_unsent, wpt_select_unsent_rows);

/*
 * What sends no packet since the machine sleeps leaves none due: the next client has the port
 * before the resume, and no packet goes out after it.
 */
static void winpar_test_select_asleep_unsent(struct kunit *test)
{
	const struct wpt_select_unsent_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	u64 since = wpt_kmsg_end();

	wpt_kmsg_all(wpt_client(t), true);
	wpt_sim_pnp(s);
	wpt_sim_set(s, "events", "");
	wpt_select_fall_asleep(s);
	if (row->scan) {
		KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
				STATUS_UNSUCCESSFUL);
	} else {
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_KEEP), STATUS_UNSUCCESSFUL);
		wpt_free(t);
	}
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit cannot",
						"the machine sleeps"));
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_select_wake_up(s);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(s));
}

/* A selection that waits for the resume does not keep a Linux driver waiting. */
static void winpar_test_select_asleep_rival(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;

	wpt_sim_pnp(s);
	wpt_select_fall_asleep(s);
	wpt_sim_queue(s, t->file[0], 10, 0, 0);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	/* Not after the 200 ms for which a driver waits behind a request. */
	KUNIT_EXPECT_NE(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	wpt_select_wake_up(s);
	fake_rival_release(rival);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_SELECTED(s, 0);
	wpt_free(t);
}

static void wpt_select_in_round_asleep(struct wpt_hook *hook)
{
	struct wpt_sim *s = container_of(hook->t, struct wpt_sim, t);
	NTSTATUS status;

	/* A round for each refusal would have no end. */
	if (hook->checks > 5)
		return;
	status = wpt_sim_try(s, 0, 0);
	wpt_note(hook->t, 50, status, 0);
	if (status == STATUS_SUCCESS)
		wpt_free(hook->t);
}

/* A refusal makes a round due, which is called after the resume. */
static void winpar_test_select_asleep_round(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook;

	wpt_sim_pnp(s);
	hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook->on_check = wpt_select_in_round_asleep;
	wpt_select_fall_asleep(s);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_PENDING);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 0U);
	wpt_select_wake_up(s);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 1, 50, STATUS_SUCCESS);
	wpt_expect_quiet(t, 2);
	EXPECT_SELECTED(s, -1);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* Select in each of the first five rounds, by a request of its own. */
static void wpt_select_in_each_round(struct wpt_hook *hook)
{
	struct wpt_request **requests = hook->arg;

	if (hook->checks <= WPT_SELECT_ROUNDS)
		wpt_submit(requests[hook->checks - 1], hook->t->file[0]);
}

/*
 * A deferred routine asks for a device that is switched off. The port is free before and
 * after: the selection that fails makes no round due, or the rounds would have no end.
 */
static void winpar_test_select_in_each_round(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt_request *requests[WPT_SELECT_ROUNDS];
	struct wpt *t = &s->t;
	struct wpt_hook *hook;
	int i;

	wpt_sim_pnp(s);
	for (i = 0; i < WPT_SELECT_ROUNDS; i++)
		requests[i] = wpt_request(t, 10 + i, WPT_SELECT);
	wpt_sim_set(s, "daisy0/fault", "no-answer");
	hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook->on_check = wpt_select_in_each_round;
	hook->arg = requests;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 1U);
	KUNIT_EXPECT_EQ(test, requests[0]->irp.IoStatus.Status,
			STATUS_UNSUCCESSFUL);
	/* Nor does one by a Try call. */
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_UNSUCCESSFUL);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

static struct kunit_case winpar_select_trouble_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_select_fault, wpt_fault_gen_params),
	KUNIT_CASE(winpar_test_select_deselect_fails),
	KUNIT_CASE(winpar_test_select_in_a_round),
	KUNIT_CASE(winpar_test_select_removal),
	KUNIT_CASE_PARAM(winpar_test_select_asleep, wpt_select_asleep_gen_params),
	KUNIT_CASE(winpar_test_select_asleep_at_once),
	KUNIT_CASE_PARAM(winpar_test_select_asleep_unsent, wpt_select_unsent_gen_params),
	KUNIT_CASE(winpar_test_select_asleep_rival),
	KUNIT_CASE(winpar_test_select_asleep_round),
	KUNIT_CASE(winpar_test_select_in_each_round),
	{ }
};

static struct kunit_suite winpar_select_trouble_suite = {
	.name = "winpar_select_trouble",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_select_trouble_cases,
};

kunit_test_suite(winpar_select_trouble_suite);
