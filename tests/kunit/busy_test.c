// SPDX-License-Identifier: GPL-2.0-only
/* What ends a deferred routine's connection while the routine runs waits for it. */
#include <linux/kthread.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "fixture.h"

struct wpt_busy_row {
	const char *name;
	void (*end)(struct wpt_hook *hook);
};

/**
 * struct wpt_busy - a deferred routine that takes its time
 * @hook: the routine
 * @running: it has begun
 * @finish: it may end
 * @returned: what ends it has returned
 * @late: the routine still ran then, or when winpar had left the Linux port
 * @row: what ends it
 * @done: completed when that has returned
 * @free: frees the port, on another CPU
 * @t: the fixture
 */
struct wpt_busy {
	struct wpt_hook *hook;
	bool running;
	bool finish;
	bool returned;
	bool late;
	const struct wpt_busy_row *row;
	struct completion done;
	struct work_struct free;
	struct wpt *t;
};

static void wpt_busy_check(struct wpt_hook *hook)
{
	struct wpt_busy *busy = hook->arg;
	ktime_t end = ktime_add_ms(ktime_get(), 2000);

	WRITE_ONCE(busy->running, true);
	while (!READ_ONCE(busy->finish) && ktime_before(ktime_get(), end))
		cpu_relax();
	busy->late = READ_ONCE(busy->returned) ||
		     !READ_ONCE(hook->t->fake->parport->devices);
}

static int wpt_busy_end(void *data)
{
	struct wpt_busy *busy = data;

	busy->row->end(busy->hook);
	WRITE_ONCE(busy->returned, true);
	complete(&busy->done);
	return 0;
}

static void wpt_busy_free(struct work_struct *work)
{
	wpt_free(container_of(work, struct wpt_busy, free)->t);
}

static void wpt_busy_disconnect(struct wpt_hook *hook)
{
	wpt_note(hook->t, 50, wpt_disconnect(hook, hook->t->file[0]), 0);
}

static void wpt_busy_close(struct wpt_hook *hook)
{
	wpt_close(hook->t, 0);
}

static void wpt_busy_remove(struct wpt_hook *hook)
{
	fake_port_remove(hook->t->fake);
}

static const struct wpt_busy_row wpt_busy_rows[] = {
	{ "DISCONNECT", wpt_busy_disconnect },
	{ "close", wpt_busy_close },
	{ "removal", wpt_busy_remove },
};

WPT_ROWS(wpt_busy, wpt_busy_rows);

/* DISCONNECT, close and removal wait for a routine that runs on another CPU. */
static void winpar_test_busy(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_busy *busy = kunit_kzalloc(test, sizeof(*busy), GFP_KERNEL);
	struct task_struct *task;
	bool early;
	int i, cpu;

	KUNIT_ASSERT_NOT_NULL(test, busy);
	busy->row = test->param_value;
	busy->t = t;
	INIT_WORK(&busy->free, wpt_busy_free);
	init_completion(&busy->done);
	busy->hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	busy->hook->on_check = wpt_busy_check;
	busy->hook->arg = busy;
	/* Made now: while the routine runs kthreadd may get no CPU. */
	task = kthread_create(wpt_busy_end, busy, "winpar_busy");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, wpt_try(t));

	migrate_disable();
	kthread_bind(task, raw_smp_processor_id());
	cpu = wpt_other_cpu(test);
	/* The loop runs on the CPU that freed. */
	if (cpu >= 0)
		schedule_work_on(cpu, &busy->free);
	else
		wpt_free(t);
	for (i = 0; cpu >= 0 && i < 500 && !READ_ONCE(busy->running); i++)
		wpt_nap(1);
	wake_up_process(task);
	wpt_nap(20);
	early = READ_ONCE(busy->returned);
	WRITE_ONCE(busy->finish, true);
	migrate_enable();

	flush_work(&busy->free);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&busy->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_TRUE(test, busy->running);
	if (cpu >= 0)
		KUNIT_EXPECT_FALSE(test, early);
	KUNIT_EXPECT_FALSE(test, busy->late);
	if (busy->row->end == wpt_busy_disconnect)
		wpt_expect(t, 1, 50, STATUS_SUCCESS);
	wpt_settle(t);
	if (t->fake->announced) {
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		wpt_free(t);
		fake_port_interrupt(t->fake);
	}
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, busy->hook->checks, 1U);
	KUNIT_EXPECT_EQ(test, busy->hook->interrupts, 0U);
}

static struct kunit_case winpar_busy_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_busy, wpt_busy_gen_params),
	{ }
};

static struct kunit_suite winpar_busy_suite = {
	.name = "winpar_busy",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_busy_cases,
};

kunit_test_suite(winpar_busy_suite);
