// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet that deselects a daisy-chain device, when no device hears it, and
 * when the caller may not send it. Packets are counted by their first byte on
 * the lines.
 */
#include "sim_port.h"

/* A fault by which winpar thinks a packet unheard; the device stays selected. */
#define WPT_DEAF	"stuck-line perror 0"

static void wpt_own(struct wpt_sim *s, unsigned int n)
{
	KUNIT_ASSERT_EQ(s->t.test, wpt_ioctl(s->t.file[n], WPT_ALLOCATE),
			STATUS_SUCCESS);
}

/* How many packets began since the last wpt_forget_packets(). */
static unsigned int wpt_packets(struct wpt_sim *s)
{
	const char *text = wpt_sim_show(s, "events");
	unsigned int count = 0;

	while ((text = strstr(text, "data=aa"))) {
		count++;
		text++;
	}
	return count;
}

static void wpt_forget_packets(struct wpt_sim *s)
{
	wpt_sim_set(s, "events", "");
}

/* In a function that has a struct kunit *test. */
#define EXPECT_SELECTED(want)						\
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(to_sim(test)), want)
#define EXPECT_PACKETS(want)						\
	KUNIT_EXPECT_EQ(test, wpt_packets(to_sim(test)), want)

static void wpt_select(struct wpt_sim *s)
{
	struct kunit *test = s->t.test;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(s->t.file[0], WPT_SELECT, 0, 0));
	EXPECT_SELECTED(0);
	wpt_forget_packets(s);
}

/* ----- no device hears the packet ---------------------------------------- */

/* Each free and each grant sends the packet again, once. */
static void winpar_test_deselect_unheard(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	wpt_select(s);
	wpt_sim_set(s, "fault", WPT_DEAF);
	wpt_free(t);
	wpt_settle(t);
	EXPECT_PACKETS(1U);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	EXPECT_PACKETS(2U);
	EXPECT_SELECTED(0);
	wpt_free(t);
	wpt_settle(t);
	EXPECT_PACKETS(3U);
	wpt_sim_set(s, "fault", "none");
	wpt_own(s, 1);
	EXPECT_PACKETS(4U);
	EXPECT_SELECTED(-1);
	wpt_free(t);
	wpt_own(s, 1);
	wpt_free(t);
	EXPECT_PACKETS(4U);
}

/* The loop sends the packet once, not for ever. */
static void winpar_test_deselect_unheard_by_the_loop(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	wpt_select(s);
	wpt_sim_set(s, "fault", WPT_DEAF);
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
	wpt_settle(t);
	EXPECT_PACKETS(1U);
	wpt_sim_set(s, "fault", "none");
	wpt_own(s, 1);
	EXPECT_SELECTED(-1);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* A request and a rival are given the port although the packet was not heard. */
static void winpar_test_deselect_unheard_in_a_grant(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;

	wpt_select(s);
	wpt_sim_set(s, "fault", WPT_DEAF);
	wpt_queue(t, t->file[1], 10);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_PACKETS(2U);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	EXPECT_PACKETS(3U);
	fake_rival_release(rival);
}

/* The chain was unplugged: after a scan that finds no device no packet is sent. */
static void winpar_test_deselect_unheard_until_a_scan(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	wpt_select(s);
	wpt_sim_set(s, "daisy", "none");
	wpt_free(t);
	EXPECT_PACKETS(1U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_forget_packets(s);
	wpt_own(s, 0);
	wpt_free(t);
	EXPECT_PACKETS(0U);
}

/* ----- the caller may not send the packet -------------------------------- */

/* A port that has come back from a Linux driver, which has selected device 0. */
static struct wpt_hook *wpt_back_from_a_rival(struct wpt_sim *s)
{
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt_hook *hook = wpt_connected(&s->t, s->t.file[0], 1, WPT_ISR);
	struct kunit *test = s->t.test;

	wpt_sim_pnp(s);
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_sim_packet(s, 0xe0);
	EXPECT_SELECTED(0);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(&s->t, WINPAR_PORT_HELD));
	wpt_forget_packets(s);
	return hook;
}

/* A try at interrupt level fails, but the loop sends the packet: the next succeeds. */
static void wpt_tries_twice(struct wpt_sim *s, struct wpt_hook *hook)
{
	struct wpt *t = &s->t;
	struct kunit *test = t->test;

	KUNIT_EXPECT_EQ(test, FALSE, hook->info.TryAllocatePortAtInterruptLevel
			(hook->info.Context));
	wpt_settle(t);
	EXPECT_PACKETS(1U);
	EXPECT_SELECTED(-1);
	KUNIT_EXPECT_EQ(test, TRUE, hook->info.TryAllocatePortAtInterruptLevel
			(hook->info.Context));
}

static void winpar_test_deselect_for_an_interrupt(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt_hook *hook = wpt_back_from_a_rival(s);
	struct wpt *t = &s->t;

	wpt_tries_twice(s, hook);
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
	EXPECT_PACKETS(1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* However many tries fail, the loop sends the packet once. */
static void winpar_test_deselect_for_an_interrupt_unheard(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt_hook *hook = wpt_back_from_a_rival(s);
	struct wpt *t = &s->t;
	int i;

	wpt_sim_set(s, "fault", WPT_DEAF);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, FALSE,
				hook->info.TryAllocatePortAtInterruptLevel
				(hook->info.Context));
		wpt_settle(t);
		EXPECT_PACKETS(1U);
	}
	/* The next grant sends it again. */
	wpt_sim_set(s, "fault", "none");
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	EXPECT_SELECTED(-1);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, TRUE, hook->info.TryAllocatePortAtInterruptLevel
			(hook->info.Context));
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

static void wpt_try_in_check(struct wpt_hook *hook)
{
	bool *got = hook->arg;

	/* A round for each refusal would have no end. */
	if (hook->checks > 5)
		return;
	*got = hook->info.TryAllocatePortAtInterruptLevel(hook->info.Context);
	if (*got)
		hook->info.FreePortFromInterruptLevel(hook->info.Context);
}

static void wpt_take_in_check(struct wpt_hook *hook)
{
	if (wpt_try(hook->t))
		wpt_free(hook->t);
}

static void wpt_heard_in_a_grant(struct wpt_sim *s, struct wpt_hook *hook)
{
	KUNIT_EXPECT_TRUE(s->t.test, wpt_try(&s->t));
	wpt_free(&s->t);
}

static void wpt_heard_in_a_scan(struct wpt_sim *s, struct wpt_hook *hook)
{
	KUNIT_EXPECT_EQ(s->t.test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS), STATUS_SUCCESS);
}

/* The round is due for a try that the routine has not made. */
static void wpt_heard_in_the_round(struct wpt_sim *s, struct wpt_hook *hook)
{
	struct wpt *t = &s->t;
	struct wpt_hook *other = wpt_connected(t, t->file[1], 2, WPT_DEFERRED);

	other->on_check = wpt_take_in_check;
	KUNIT_EXPECT_EQ(t->test, FALSE,
			hook->info.TryAllocatePortAtInterruptLevel(hook->info.Context));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(t->test, wpt_disconnect(other, t->file[1]), STATUS_SUCCESS);
}

/* The packet is due anew when the port is back: that makes a round, and its refusal one. */
static void wpt_heard_after_a_rival(struct wpt_sim *s, struct wpt_hook *hook)
{
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);

	if (!fake_rival_claim(rival))
		KUNIT_EXPECT_TRUE(s->t.test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(s->t.test, wpt_becomes(&s->t, WINPAR_PORT_HELD));
}

struct wpt_heard_row {
	const char *name;
	void (*hear)(struct wpt_sim *s, struct wpt_hook *hook);
	unsigned int checks;	/* how often the routine was called in all */
};

static const struct wpt_heard_row wpt_heard_rows[] = {
	{ "in a grant", wpt_heard_in_a_grant, 2 },
	{ "in a scan", wpt_heard_in_a_scan, 2 },
	{ "in the round", wpt_heard_in_the_round, 3 },
	{ "after a Linux driver", wpt_heard_after_a_rival, 3 },
};

WPT_ROWS(wpt_heard, wpt_heard_rows);

/*
 * A deferred routine that tries at interrupt level is not called again before a device has
 * heard the packet, and then it is, whichever call has sent the packet.
 */
static void winpar_test_deselect_unheard_in_a_round(struct kunit *test)
{
	const struct wpt_heard_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	bool got = true;

	hook->on_check = wpt_try_in_check;
	hook->arg = &got;
	wpt_select(s);
	wpt_sim_set(s, "fault", WPT_DEAF);
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, 1U);
	KUNIT_EXPECT_FALSE(test, got);
	wpt_sim_set(s, "fault", "none");
	row->hear(s, hook);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, row->checks);
	KUNIT_EXPECT_TRUE(test, got);
	EXPECT_SELECTED(-1);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* A Linux driver had selected a device before the bus was ever scanned. */
static void winpar_test_deselect_by_the_first_scan(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;

	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_sim_packet(s, 0x00);
	wpt_sim_packet(s, 0xe0);
	EXPECT_SELECTED(0);
	fake_rival_release(rival);
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 1U);
	wpt_own(s, 0);
	EXPECT_SELECTED(-1);
	wpt_free(t);
}

/* ----- the machine sleeps ------------------------------------------------ */

static void wpt_fall_asleep(struct wpt *t)
{
	void (*begin)(struct winpar_port *port) =
		wpt_symbol(t->test, "winpar_port_fall_asleep");

	begin(t->port);
}

static void wpt_wake_up(struct wpt *t)
{
	void (*end)(struct winpar_port *port) = wpt_symbol(t->test, "winpar_port_wake_up");

	end(t->port);
}

struct wpt_asleep_row {
	const char *name;
	bool waits;		/* a request waits for the port; else a client tries */
};

static const struct wpt_asleep_row wpt_asleep_rows[] = {
	{ "a request", true },
	{ "a Try call" },
};

WPT_ROWS(wpt_asleep, wpt_asleep_rows);

/*
 * A port that is freed while the machine sleeps is given to no client before the packet can
 * be sent: that client would find device 0 selected after the resume.
 */
static void winpar_test_deselect_asleep(struct kunit *test)
{
	const struct wpt_asleep_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;

	wpt_select(s);
	if (row->waits)
		wpt_queue(t, t->file[1], 10);
	wpt_fall_asleep(t);
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_settle(t);
	EXPECT_PACKETS(0U);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 0U);
	wpt_wake_up(t);
	if (row->waits) {
		KUNIT_EXPECT_TRUE(test, wpt_reaches(t, 1));
		wpt_expect(t, 0, 10, STATUS_SUCCESS);
	} else {
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
	}
	EXPECT_PACKETS(1U);
	EXPECT_SELECTED(-1);
	wpt_free(t);
}

/*
 * A Linux driver, which may hold the suspend up, gets the port nevertheless: not after the
 * round that is due, which waits for the resume.
 */
static void winpar_test_deselect_asleep_rival(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[1], 1, WPT_DEFERRED);

	wpt_select(s);
	wpt_fall_asleep(t);
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	KUNIT_EXPECT_EQ(test, READ_ONCE(hook->checks), 0U);
	wpt_wake_up(t);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, READ_ONCE(hook->checks), 1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[1]), STATUS_SUCCESS);
}

/* A packet that the machine's sleep has kept back has not gone unheard: the loop sends it. */
static void winpar_test_deselect_asleep_interrupt(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	wpt_select(s);
	wpt_fall_asleep(t);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, FALSE, hook->info.TryAllocatePortAtInterruptLevel
			(hook->info.Context));
	wpt_settle(t);
	EXPECT_PACKETS(0U);
	wpt_wake_up(t);
	wpt_tries_twice(s, hook);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

static struct kunit_case winpar_deselect_cases[] = {
	KUNIT_CASE(winpar_test_deselect_unheard),
	KUNIT_CASE(winpar_test_deselect_unheard_by_the_loop),
	KUNIT_CASE(winpar_test_deselect_unheard_in_a_grant),
	KUNIT_CASE(winpar_test_deselect_unheard_until_a_scan),
	KUNIT_CASE(winpar_test_deselect_for_an_interrupt),
	KUNIT_CASE(winpar_test_deselect_for_an_interrupt_unheard),
	KUNIT_CASE_PARAM(winpar_test_deselect_unheard_in_a_round, wpt_heard_gen_params),
	KUNIT_CASE(winpar_test_deselect_by_the_first_scan),
	KUNIT_CASE_PARAM(winpar_test_deselect_asleep, wpt_asleep_gen_params),
	KUNIT_CASE(winpar_test_deselect_asleep_rival),
	KUNIT_CASE(winpar_test_deselect_asleep_interrupt),
	{ }
};

static struct kunit_suite winpar_deselect_suite = {
	.name = "winpar_deselect",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_deselect_cases,
};

kunit_test_suite(winpar_deselect_suite);
