// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches: a client is told of each arrival and removal of a port, once, in
 * order.
 */
#include <winpar/compat.h>

#include "fixture.h"

/**
 * struct wpt_watcher - a client's watch, recorded
 * @watch: the watch
 * @t: the fixture
 * @id: the record has arrivals under @id, removals under @id + 1
 * @name: the port that was told of last
 * @inside: what winpar_watch_ports() returned inside the routine
 * @try_inside: call winpar_watch_ports() inside the routine
 * @go: what the routine waits for, or NULL
 */
struct wpt_watcher {
	struct winpar_watch watch;
	struct wpt *t;
	int id;
	char name[32];
	NTSTATUS inside;
	bool try_inside;
	struct completion *go;
};

/* The watches of the current case; wpt_watch_exit() ends them. */
static struct wpt_watcher *wpt_watchers[4];

static void wpt_watcher_init(struct wpt_watcher *w, struct wpt *t, int id)
{
	unsigned int i = 0;

	w->t = t;
	w->id = id;
	while (i < ARRAY_SIZE(wpt_watchers) - 1 && wpt_watchers[i])
		i++;
	wpt_watchers[i] = w;
}

static void wpt_watch_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wpt_watchers); i++) {
		if (!wpt_watchers[i])
			continue;
		if (wpt_watchers[i]->go)
			complete_all(wpt_watchers[i]->go);
		winpar_unwatch_ports(&wpt_watchers[i]->watch);
		wpt_watchers[i] = NULL;
	}
	wpt_exit(test);
}

static void wpt_watch_arrived(struct winpar_watch *watch, const char *name)
{
	struct wpt_watcher *w = container_of(watch, struct wpt_watcher, watch);

	strscpy(w->name, name, sizeof(w->name));
	if (w->try_inside) {
		w->inside = winpar_watch_ports(watch);
		winpar_unwatch_ports(watch);
	}
	wpt_note(w->t, w->id, STATUS_SUCCESS, 0);
}

static void wpt_watch_removed(struct winpar_watch *watch, const char *name)
{
	struct wpt_watcher *w = container_of(watch, struct wpt_watcher, watch);

	strscpy(w->name, name, sizeof(w->name));
	wpt_note(w->t, w->id + 1, STATUS_SUCCESS, 0);
}

static struct wpt_watcher *wpt_watcher(struct wpt *t, int id)
{
	struct wpt_watcher *w = kunit_kzalloc(t->test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, w);
	wpt_watcher_init(w, t, id);
	w->watch.arrived = wpt_watch_arrived;
	w->watch.removed = wpt_watch_removed;
	return w;
}

/* NULL and a watch without routines are refused. */
static void winpar_test_watch_invalid(struct kunit *test)
{
	struct winpar_watch empty = { };

	KUNIT_EXPECT_EQ(test, winpar_watch_ports(NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&empty),
			STATUS_INVALID_PARAMETER);
	winpar_unwatch_ports(NULL);
}

/* A watch is told of the ports that there are, then of removals and arrivals. */
static void winpar_test_watch_comes_and_goes(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *w = wpt_watcher(t, 10);
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->fake->parport->number);
	/* Told of this case's port, at once or a little later. */
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch), STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, w->name, name);
	fake_port_remove(t->fake);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, w->name, name);
	wpt_plug(t, NULL);
	wpt_expect(t, 2, 10, STATUS_SUCCESS);
	winpar_unwatch_ports(&w->watch);
	fake_port_remove(t->fake);
	wpt_nap(50);
	wpt_expect_quiet(t, 3);
}

/* Two watches, of which one has no routine for arrivals. */
static void winpar_test_watch_several(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *first = wpt_watcher(t, 10);
	struct wpt_watcher *second = wpt_watcher(t, 20);
	unsigned int i;

	second->watch.arrived = NULL;
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&first->watch),
			STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&second->watch),
			STATUS_SUCCESS);
	fake_port_remove(t->fake);
	/* In any order: neither watch waits for the other. */
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 3));
	i = t->log.events[1].id == 21;
	wpt_expect(t, 1 + i, 11, STATUS_SUCCESS);
	wpt_expect(t, 2 - i, 21, STATUS_SUCCESS);
	winpar_unwatch_ports(&first->watch);
	winpar_unwatch_ports(&second->watch);
	wpt_expect_quiet(t, 3);
}

/* In its own routine a watch cannot be taken up again, but can be ended. */
static void winpar_test_watch_from_inside(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *w = wpt_watcher(t, 10);
	struct wpt_watcher *other = wpt_watcher(t, 20);

	w->try_inside = true;
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch), STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, w->inside, STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&other->watch),
			STATUS_SUCCESS);
	wpt_expect(t, 1, 20, STATUS_SUCCESS);
	/* Only the other watch is still on. */
	fake_port_remove(t->fake);
	wpt_expect(t, 2, 21, STATUS_SUCCESS);
	winpar_unwatch_ports(&w->watch);
	winpar_unwatch_ports(&other->watch);
	winpar_unwatch_ports(&other->watch);
}

/* A watch that is on cannot be taken up again. */
static void winpar_test_watch_twice(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *w = wpt_watcher(t, 10);

	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch),
			STATUS_INVALID_PARAMETER);
	fake_port_remove(t->fake);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	winpar_unwatch_ports(&w->watch);
}

/* ----- routines that wait ------------------------------------------------ */

/**
 * struct wpt_slow - a watch whose routine for an arrival waits
 * @w: the watch
 * @begun: completed when the routine is called
 * @go: completed when the routine may return
 * @other: a watch that the routine ends first, or NULL
 * @once: in the second arrival that is its own watch
 */
struct wpt_slow {
	struct wpt_watcher w;
	struct completion begun;
	struct completion go;
	struct winpar_watch *other;
	bool once;
};

static void wpt_slow_arrived(struct winpar_watch *watch, const char *name)
{
	struct wpt_slow *slow = container_of(watch, struct wpt_slow, w.watch);

	if (slow->other)
		winpar_unwatch_ports(slow->other);
	complete(&slow->begun);
	wait_for_completion_timeout(&slow->go, WPT_TIMEOUT);
	wpt_note(slow->w.t, slow->w.id, STATUS_SUCCESS, 0);
}

static struct wpt_slow *wpt_slow(struct wpt *t, int id)
{
	struct wpt_slow *slow = kunit_kzalloc(t->test, sizeof(*slow),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, slow);
	init_completion(&slow->begun);
	init_completion(&slow->go);
	wpt_watcher_init(&slow->w, t, id);
	slow->w.go = &slow->go;
	slow->w.watch.arrived = wpt_slow_arrived;
	slow->w.watch.removed = wpt_watch_removed;
	return slow;
}

/* Take the watch up, and wait until its routine waits in the second arrival. */
static void wpt_slow_waits(struct wpt *t, struct wpt_slow *slow)
{
	complete(&slow->go);
	KUNIT_ASSERT_EQ(t->test, winpar_watch_ports(&slow->w.watch),
			STATUS_SUCCESS);
	wpt_expect(t, 0, slow->w.id, STATUS_SUCCESS);
	reinit_completion(&slow->begun);
	fake_port_remove(t->fake);
	wpt_expect(t, 1, slow->w.id + 1, STATUS_SUCCESS);
	if (slow->once)
		slow->other = &slow->w.watch;
	wpt_plug(t, NULL);
	KUNIT_ASSERT_TRUE(t->test,
			  wait_for_completion_timeout(&slow->begun,
						      WPT_TIMEOUT));
}

/* While a watch's routine waits, another watch is taken up, told and ended. */
static void winpar_test_watch_one_waits(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);
	struct wpt_watcher *other = wpt_watcher(t, 20);

	wpt_slow_waits(t, slow);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&other->watch),
			STATUS_SUCCESS);
	wpt_expect(t, 2, 20, STATUS_SUCCESS);
	fake_port_remove(t->fake);
	wpt_expect(t, 3, 21, STATUS_SUCCESS);
	winpar_unwatch_ports(&other->watch);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 4U);
	complete(&slow->go);
	wpt_expect(t, 4, 10, STATUS_SUCCESS);
	wpt_expect(t, 5, 11, STATUS_SUCCESS);
	winpar_unwatch_ports(&slow->w.watch);
	wpt_expect_quiet(t, 6);
}

/* Arrivals and removals while the routine waits are told afterwards, in order. */
static void winpar_test_watch_in_order(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);
	int i;

	wpt_slow_waits(t, slow);
	for (i = 0; i < 2; i++) {
		fake_port_remove(t->fake);
		wpt_plug(t, NULL);
	}
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 2U);
	complete_all(&slow->go);
	for (i = 2; i < 7; i++)
		wpt_expect(t, i, i & 1 ? 11 : 10, STATUS_SUCCESS);
	winpar_unwatch_ports(&slow->w.watch);
	wpt_expect_quiet(t, 7);
}

struct wpt_ender {
	struct work_struct work;
	struct winpar_watch *watch;
	struct completion ended;
};

static void wpt_ender_work(struct work_struct *work)
{
	struct wpt_ender *ender = container_of(work, struct wpt_ender, work);

	winpar_unwatch_ports(ender->watch);
	complete(&ender->ended);
}

/*
 * winpar_unwatch_ports() waits for the routine that runs, also when that has ended its
 * own watch; no other call follows.
 */
static void wpt_ended_while_it_waits(struct kunit *test, bool once)
{
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);
	struct wpt_ender *ender = kunit_kzalloc(test, sizeof(*ender),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ender);
	init_completion(&ender->ended);
	ender->watch = &slow->w.watch;
	INIT_WORK(&ender->work, wpt_ender_work);
	slow->once = once;
	wpt_slow_waits(t, slow);
	fake_port_remove(t->fake);
	queue_work(winpar_unbound_wq, &ender->work);
	KUNIT_EXPECT_FALSE(test, wait_for_completion_timeout(&ender->ended,
							     HZ / 5));
	complete(&slow->go);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&ender->ended,
							    WPT_TIMEOUT));
	flush_work(&ender->work);
	wpt_expect(t, 2, 10, STATUS_SUCCESS);
	wpt_nap(50);
	wpt_expect_quiet(t, 3);
}

static void winpar_test_watch_ended_while_it_waits(struct kunit *test)
{
	wpt_ended_while_it_waits(test, false);
}

static void winpar_test_watch_ended_by_itself_before(struct kunit *test)
{
	wpt_ended_while_it_waits(test, true);
}

/* A watch that its routine has ended can be taken up while that routine runs. */
static void winpar_test_watch_anew_while_it_waits(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);

	slow->once = true;
	wpt_slow_waits(t, slow);
	slow->w.watch.arrived = wpt_watch_arrived;
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&slow->w.watch),
			STATUS_SUCCESS);
	wpt_expect(t, 2, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 3U);
	complete(&slow->go);
	winpar_unwatch_ports(&slow->w.watch);
	wpt_expect(t, 3, 10, STATUS_SUCCESS);
	fake_port_remove(t->fake);
	wpt_nap(50);
	wpt_expect_quiet(t, 4);
}

/* A watch's routine ends another watch, which is told no more. */
static void winpar_test_watch_ends_another(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);
	struct wpt_watcher *other = wpt_watcher(t, 20);

	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&other->watch),
			STATUS_SUCCESS);
	wpt_expect(t, 0, 20, STATUS_SUCCESS);
	slow->other = &other->watch;
	complete_all(&slow->go);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&slow->w.watch),
			STATUS_SUCCESS);
	wpt_expect(t, 1, 10, STATUS_SUCCESS);
	fake_port_remove(t->fake);
	wpt_expect(t, 2, 11, STATUS_SUCCESS);
	wpt_nap(50);
	wpt_expect_quiet(t, 3);
	winpar_unwatch_ports(&other->watch);
	winpar_unwatch_ports(&slow->w.watch);
}

/*
 * The end of a module ends its watches in the step in which it looks whether one tells: a
 * routine that began after the look would not be waited for before the module's completion
 * routines are silenced.
 */
static void winpar_test_watch_stopped_with_its_module(struct kunit *test)
{
	bool (*stop)(struct module *module) =
		wpt_symbol(test, "winpar_watch_stop_module");
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *w = wpt_watcher(t, 10);

	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch), STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, stop(THIS_MODULE));
	fake_port_remove(t->fake);
	wpt_expect_quiet(t, 1);
	/* The watch is not on any more, so it can be taken up. */
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&w->watch), STATUS_SUCCESS);
	winpar_unwatch_ports(&w->watch);
}

/* The same while a routine of the watch runs: it is waited for, and tells no more. */
static void winpar_test_watch_stopped_while_it_tells(struct kunit *test)
{
	bool (*stop)(struct module *module) =
		wpt_symbol(test, "winpar_watch_stop_module");
	void (*wait)(struct module *module) =
		wpt_symbol(test, "winpar_watch_wait_module");
	struct wpt *t = to_wpt(test);
	struct wpt_slow *slow = wpt_slow(t, 10);

	wpt_slow_waits(t, slow);
	KUNIT_EXPECT_TRUE(test, stop(THIS_MODULE));
	fake_port_remove(t->fake);
	complete(&slow->go);
	wait(THIS_MODULE);
	wpt_expect(t, 2, 10, STATUS_SUCCESS);
	wpt_expect_quiet(t, 3);
}

static struct kunit_case winpar_watch_cases[] = {
	KUNIT_CASE(winpar_test_watch_invalid),
	KUNIT_CASE(winpar_test_watch_comes_and_goes),
	KUNIT_CASE(winpar_test_watch_several),
	KUNIT_CASE(winpar_test_watch_from_inside),
	KUNIT_CASE(winpar_test_watch_twice),
	KUNIT_CASE(winpar_test_watch_one_waits),
	KUNIT_CASE(winpar_test_watch_in_order),
	KUNIT_CASE(winpar_test_watch_ended_while_it_waits),
	KUNIT_CASE(winpar_test_watch_ended_by_itself_before),
	KUNIT_CASE(winpar_test_watch_anew_while_it_waits),
	KUNIT_CASE(winpar_test_watch_ends_another),
	KUNIT_CASE(winpar_test_watch_stopped_with_its_module),
	KUNIT_CASE(winpar_test_watch_stopped_while_it_tells),
	{ }
};

static struct kunit_suite winpar_watch_suite = {
	.name = "winpar_watch",
	.init = wpt_init,
	.exit = wpt_watch_exit,
	.test_cases = winpar_watch_cases,
};

kunit_test_suite(winpar_watch_suite);
