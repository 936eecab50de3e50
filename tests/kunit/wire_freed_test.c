// SPDX-License-Identifier: GPL-2.0-only
/* A port is freed while a task drives its wires, and given away after that. */
#include "wire_test.h"

static void wpt_wire_free(struct wpt_wire *w)
{
	wpt_free(&w->s->t);
	w->state = wpt_state(&w->s->t);
	w->had = wpt_try(&w->s->t);
}

/* The owner frees the port during its own scan: a Try call fails until the end. */
static void winpar_test_wire_freed(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer+epp");
	struct wpt *t = &w->s->t;

	wpt_own(w, 0);
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(w->s)->Ieee1284_3DeviceCount, 2U);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_wire_leave(w);
}

static void wpt_wire_free_at_interrupt(struct wpt_wire *w)
{
	PARALLEL_INTERRUPT_INFORMATION *info = &w->hook->info;

	info->FreePortFromInterruptLevel(info->Context);
	w->state = wpt_state(&w->s->t);
	w->had = info->TryAllocatePortAtInterruptLevel(info->Context);
}

/* The owner frees the port at interrupt level during its scan. */
static void winpar_test_wire_freed_at_interrupt(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;

	w->hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	wpt_own(w, 0);
	w->then = wpt_wire_free_at_interrupt;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(w->hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_wire_leave(w);
}

static void wpt_wire_note_driven(struct wpt_request *request)
{
	struct wpt_wire *w = request->arg;

	w->had = READ_ONCE(w->driven);
}

/* Freed during a scan: a request that waits is granted after the scan. */
static void winpar_test_wire_freed_for_a_request(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;
	struct wpt_request *r;

	wpt_own(w, 0);
	r = wpt_queue(t, t->file[2], 10);
	r->arg = w;
	r->then = wpt_wire_note_driven;
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
	wpt_wire_leave(w);
}

/* Freed during a scan: a Linux driver gets the port after the scan. */
static void winpar_test_wire_freed_for_a_rival(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&w->s->linux_port, 0);
	struct wpt *t = &w->s->t;

	wpt_own(w, 0);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	/* During the scan the port is not given away: HELD, not GIVING. */
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_wire_leave(w);
}

/* A second free, during the packet that a free or a selection sends. */
static void winpar_test_wire_freed_twice(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, 0));
	w->then = wpt_wire_free;
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);

	wpt_own(w, 0);
	w->had = 7;
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, WPT_KEEP));
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	wpt_settle(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);
	wpt_wire_leave(w);
}

static void wpt_wire_look(struct wpt_wire *w)
{
	w->state = wpt_state(&w->s->t);
	w->had = wpt_try(&w->s->t);
}

/* While the loop sends a packet the port is HELD, and a Try call fails. */
static void winpar_test_wire_packet_of_the_loop(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;
	PARALLEL_INTERRUPT_INFORMATION *info;

	w->hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	info = &w->hook->info;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, 0));
	w->then = wpt_wire_look;
	info->FreePortFromInterruptLevel(info->Context);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(w->hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_wire_leave(w);
}

/*
 * The cases stand for an interrupt on top of the task that drives the wires by a call in
 * that task. On PREEMPT_RT the task has the port lock then, and the interrupt waits for it.
 */
static int wpt_wire_freed_init(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: nothing frees a port while its wires are driven");
	return wpt_sim_init(test);
}

static struct kunit_case winpar_wire_freed_cases[] = {
	KUNIT_CASE(winpar_test_wire_freed),
	KUNIT_CASE(winpar_test_wire_freed_at_interrupt),
	KUNIT_CASE(winpar_test_wire_freed_for_a_request),
	KUNIT_CASE(winpar_test_wire_freed_for_a_rival),
	KUNIT_CASE(winpar_test_wire_freed_twice),
	KUNIT_CASE(winpar_test_wire_packet_of_the_loop),
	{ }
};

static struct kunit_suite winpar_wire_freed_suite = {
	.name = "winpar_wire_freed",
	.init = wpt_wire_freed_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_wire_freed_cases,
};

kunit_test_suite(winpar_wire_freed_suite);
