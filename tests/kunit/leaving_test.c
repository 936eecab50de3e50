// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client whose module is unloaded. The kernel does not know that module: these cases
 * open ports in its name, and call winpar_file_end_client() as winpar's module notifier
 * does. Where it is a copy of this suite's module, this suite's routines are its code, and
 * winpar may not call them any more.
 */
#include <linux/module.h>

#include "fixture.h"

/**
 * struct wpt_leaver - the client that is unloaded
 * @module: its module
 * @file: the port, opened by this client
 * @info: the callbacks of this client
 */
struct wpt_leaver {
	struct module *module;
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
};

static void wpt_leaver_make(struct kunit *test, struct wpt_leaver *leaver)
{
	leaver->module = kunit_kzalloc(test, sizeof(*leaver->module),
				       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, leaver->module);
	strscpy(leaver->module->name, "wpt_leaver",
		sizeof(leaver->module->name));
}

/* Make a client whose code is this module's. */
static void wpt_leaver_copy(struct kunit *test, struct wpt_leaver *leaver)
{
	wpt_leaver_make(test, leaver);
	memcpy(leaver->module, THIS_MODULE, sizeof(*leaver->module));
	strscpy(leaver->module->name, "wpt_leaver",
		sizeof(leaver->module->name));
}

static void wpt_leaver_open(struct wpt *t, struct wpt_leaver *leaver)
{
	struct kunit *test = t->test;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_open_owner(name, leaver->module, &leaver->file));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(leaver->file, WPT_INFO, NULL, 0,
					      &leaver->info,
					      sizeof(leaver->info), NULL));
}

#define WPT_LEFT_ALLOCATED						\
	"wpt_leaver was unloaded without closing the port, with the port allocated"

static void wpt_leaver_leave(struct kunit *test, struct wpt_leaver *leaver)
{
	void (*end)(struct module *module) =
		wpt_symbol(test, "winpar_file_end_client");

	end(leaver->module);
}

/* The client leaves a file that has the port, a request that waits, and a routine. */
static void winpar_test_leaving_with_all(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_leaver leaver;
	struct wpt_hook *hook;
	u64 since;

	wpt_leaver_make(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(leaver.file, WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, leaver.file, 1);
	wpt_queue(t, t->file[0], 2);
	hook = wpt_connected(t, leaver.file, 3, WPT_ISR);
	since = wpt_kmsg_end();
	wpt_leaver_leave(test, &leaver);
	/* The completion routine is this module's, not the client's: it is called. */
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 0U);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, WPT_LEFT_ALLOCATED,
				      "1 requests pending and 1 routines"));
	wpt_free(t);
}

/* What the client's callbacks took is freed; a rival is not asked for it any more. */
static void winpar_test_leaving_with_a_try(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_leaver leaver;
	unsigned int i;

	wpt_leaver_make(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_ASSERT_TRUE(test,
			  leaver.info.TryAllocatePort(leaver.info.Context));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	wpt_queue(t, t->file[0], 1);
	wpt_leaver_leave(test, &leaver);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);

	/* A client that polls leaves before the next call that winpar foresees. */
	wpt_leaver_open(t, &leaver);
	reinit_completion(&rival->got);
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_FALSE(test, leaver.info.TryAllocatePort
				   (leaver.info.Context));
		wpt_nap(100);
	}
	wpt_leaver_leave(test, &leaver);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&t->port->trial.foreseen));
	wpt_nap(200);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* What the client leaves does not keep the port's object. */
static void winpar_test_leaving_lets_the_port_go(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long end = jiffies + WPT_TIMEOUT;
	struct wpt_leaver leaver;
	unsigned int before;

	wpt_settle(t);
	before = kref_read(&t->port->kref);
	wpt_leaver_make(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_EXPECT_GT(test, kref_read(&t->port->kref), before);
	wpt_leaver_leave(test, &leaver);
	while (kref_read(&t->port->kref) != before && time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_EQ(test, kref_read(&t->port->kref), before);
}

/*
 * The client frees at interrupt level what it does not have, after the close of its last
 * file, and is unloaded before the loop has reported the free.
 */
static void winpar_test_leaving_with_a_stray_free(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	struct wpt_leaver leaver;

	wpt_leaver_make(test, &leaver);
	wpt_leaver_open(t, &leaver);
	winpar_close(leaver.file);
	wpt_settle(t);
	tasklet_disable(&t->port->loop);
	hook->info.FreePortFromInterruptLevel(leaver.info.Context);
	wpt_leaver_leave(test, &leaver);
	KUNIT_EXPECT_NULL(test, t->port->stray);
	tasklet_enable(&t->port->loop);
	wpt_settle(t);
}

/* ----- none of the client's code is called ------------------------------- */

#define WPT_LEFT_OTHERS							\
	"wpt_leaver was unloaded with 1 requests pending and 1 routines connected through another module's file"

/* Requests and routines of the client, through its own file and another client's. */
static void winpar_test_leaving_silently(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_leaver leaver;
	u64 since;

	wpt_leaver_copy(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, leaver.file, 1);
	wpt_connected(t, leaver.file, 2, WPT_BOTH);
	wpt_queue(t, t->file[0], 3);
	wpt_connected(t, t->file[0], 4, WPT_BOTH);
	since = wpt_kmsg_end();
	wpt_leaver_leave(test, &leaver);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, t->port->name,
						WPT_LEFT_OTHERS));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	fake_port_interrupt(t->fake);
	wpt_free(t);
	wpt_expect_quiet(t, 0);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* A request that is complete; the loop has not called its routine yet. */
static void winpar_test_leaving_untold(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_leaver leaver;
	struct wpt_request *r;

	wpt_leaver_copy(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	wpt_settle(t);
	tasklet_disable(&t->port->loop);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_leaver_leave(test, &leaver);
	tasklet_enable(&t->port->loop);
	wpt_settle(t);
	wpt_expect_quiet(t, 0);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	/* The close of the file through which the request was sent does not wait for it. */
	wpt_close(t, 0);
	wpt_free(t);
}

/**
 * struct wpt_told - a watch of the client's, whose routine runs when the client is unloaded
 * @watch: the watch
 * @t: the fixture
 * @armed: the next arrival is the one
 * @begun: the routine runs
 * @seen: the routine has seen a completion routine of the client's called
 * @over: it has returned, or is about to
 */
struct wpt_told {
	struct winpar_watch watch;
	struct wpt *t;
	bool armed;
	struct completion begun;
	bool seen;
	bool over;
};

static void wpt_told_arrived(struct winpar_watch *watch, const char *name)
{
	struct wpt_told *told = container_of(watch, struct wpt_told, watch);

	if (!told->armed)
		return;
	complete(&told->begun);
	told->seen = wpt_reaches(told->t, 1);
	wpt_nap(50);
	told->over = true;
}

/*
 * A routine of the client's watch waits for the client's request: that is cancelled, its
 * routine is called, and the watch's routine is waited for.
 */
static void winpar_test_leaving_while_told(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_told told = {
		.watch.arrived = wpt_told_arrived,
		.t = t,
	};
	struct fake_port *other;
	struct wpt_leaver leaver;

	init_completion(&told.begun);
	wpt_leaver_copy(test, &leaver);
	wpt_leaver_open(t, &leaver);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE), STATUS_SUCCESS);
	wpt_queue(t, leaver.file, 1);
	KUNIT_EXPECT_EQ(test, winpar_watch_ports_owner(&told.watch, leaver.module),
			STATUS_SUCCESS);
	told.armed = true;
	other = fake_port_create(test, NULL);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&told.begun, WPT_TIMEOUT));
	wpt_leaver_leave(test, &leaver);
	KUNIT_EXPECT_TRUE(test, told.over);
	KUNIT_EXPECT_TRUE(test, told.seen);
	/* It is @told's end, also if the client's was not. */
	winpar_unwatch_ports(&told.watch);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	fake_port_remove(other);
	wpt_free(t);
}

static struct kunit_case winpar_leaving_cases[] = {
	KUNIT_CASE(winpar_test_leaving_with_all),
	KUNIT_CASE(winpar_test_leaving_with_a_try),
	KUNIT_CASE(winpar_test_leaving_lets_the_port_go),
	KUNIT_CASE(winpar_test_leaving_with_a_stray_free),
	KUNIT_CASE(winpar_test_leaving_silently),
	KUNIT_CASE(winpar_test_leaving_untold),
	KUNIT_CASE(winpar_test_leaving_while_told),
	{ }
};

static struct kunit_suite winpar_leaving_suite = {
	.name = "winpar_leaving",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_leaving_cases,
};

kunit_test_suite(winpar_leaving_suite);
