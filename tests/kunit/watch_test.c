// SPDX-License-Identifier: GPL-2.0-only
/* Clients that want to know of ports: told of each, once, in order. */
#include "fixture.h"

/**
 * struct wpt_watcher - a client's watch, recorded
 * @watch: what winpar has
 * @t: the fixture
 * @id: arrivals are noted under it, removals under @id + 1
 * @name: the last port told of
 * @inside: what a watch taken up inside its routine answered
 * @try_inside: take one up there
 */
struct wpt_watcher {
	struct winpar_watch watch;
	struct wpt *t;
	int id;
	char name[32];
	NTSTATUS inside;
	bool try_inside;
};

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
	w->t = t;
	w->id = id;
	w->watch.arrived = wpt_watch_arrived;
	w->watch.removed = wpt_watch_removed;
	return w;
}

/* What is no watch is refused. */
static void winpar_test_watch_nothing(struct kunit *test)
{
	struct winpar_watch empty = { };

	KUNIT_EXPECT_EQ(test, winpar_watch_ports(NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&empty),
			STATUS_INVALID_PARAMETER);
	winpar_unwatch_ports(NULL);
}

/* The ports that are there at once; the changes as they come. */
static void winpar_test_watch_comes_and_goes(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *w = wpt_watcher(t, 10);
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->fake->parport->number);
	/* The port of this case has been told of by now, or will be. */
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

/* Several watches, and one that has only one routine. */
static void winpar_test_watch_several(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_watcher *first = wpt_watcher(t, 10);
	struct wpt_watcher *second = wpt_watcher(t, 20);

	second->watch.arrived = NULL;
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&first->watch),
			STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports(&second->watch),
			STATUS_SUCCESS);
	fake_port_remove(t->fake);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	wpt_expect(t, 2, 21, STATUS_SUCCESS);
	winpar_unwatch_ports(&first->watch);
	winpar_unwatch_ports(&second->watch);
	wpt_expect_quiet(t, 3);
}

/* From inside its own routine a watch is on already, and may be ended. */
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
	/* It was ended there, and only it. */
	fake_port_remove(t->fake);
	wpt_expect(t, 2, 21, STATUS_SUCCESS);
	winpar_unwatch_ports(&w->watch);
	winpar_unwatch_ports(&other->watch);
	winpar_unwatch_ports(&other->watch);
}

/* One watch cannot be on twice: its list entry would be. */
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

static struct kunit_case winpar_watch_cases[] = {
	KUNIT_CASE(winpar_test_watch_nothing),
	KUNIT_CASE(winpar_test_watch_comes_and_goes),
	KUNIT_CASE(winpar_test_watch_several),
	KUNIT_CASE(winpar_test_watch_from_inside),
	KUNIT_CASE(winpar_test_watch_twice),
	{ }
};

static struct kunit_suite winpar_watch_suite = {
	.name = "winpar_watch",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_watch_cases,
};

kunit_test_suite(winpar_watch_suite);
