// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls from inside completion routines and deferred routines: how deep
 * routines nest, and that calls that sleep are refused, also for another port
 * than that of the routine.
 */
#include <linux/kthread.h>
#include <linux/percpu.h>

#include "fixture.h"

/* ----- nesting ----------------------------------------------------------- */

#define WPT_DEEP_TASKS	4
#define WPT_DEEP_CALLS	40
#define WPT_DEEP_ROUNDS	50

/*
 * How many routines are on a CPU's stack: [0] of a task's, [1] of the
 * softirq's.
 */
static DEFINE_PER_CPU(int, wpt_deep_now[2]);
static int wpt_deep_most[2];

/**
 * struct wpt_deep - a request that is submitted again and again
 * @irp: the request, completed at once
 * @file: the file that it is submitted to
 * @left: how many more times its routine submits it
 * @done: completed when @left is 0
 * @ended: completed when the task that submits it is done
 */
struct wpt_deep {
	IRP irp;
	struct winpar_file *file;
	unsigned int left;
	struct completion done;
	struct completion ended;
};

static NTSTATUS wpt_deep_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	unsigned int level = !!in_serving_softirq();
	int *now = this_cpu_ptr(&wpt_deep_now[level]);
	struct wpt_deep *deep = context;

	++*now;
	/*
	 * Two CPUs may write this at once: each value is a depth that was
	 * reached.
	 */
	if (*now > READ_ONCE(wpt_deep_most[level]))
		WRITE_ONCE(wpt_deep_most[level], *now);
	if (--deep->left)
		winpar_irp_submit(deep->file, irp);
	else
		complete(&deep->done);
	--*now;
	return STATUS_SUCCESS;
}

static int wpt_deep_thread(void *data)
{
	struct wpt_deep *deep = data;
	unsigned int i;

	for (i = 0; i < WPT_DEEP_ROUNDS; i++) {
		deep->left = WPT_DEEP_CALLS;
		reinit_completion(&deep->done);
		winpar_irp_submit(deep->file, &deep->irp);
		if (!wait_for_completion_timeout(&deep->done, WPT_TIMEOUT))
			break;
		cond_resched();
	}
	complete(&deep->ended);
	return i;
}

/* Four tasks on two ports: no more than WINPAR_INSIDE_MAX routines are nested. */
static void winpar_test_inside_nesting_is_bounded(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_port *other = fake_port_create(test, NULL);
	struct task_struct *task[WPT_DEEP_TASKS];
	struct winpar_file *file = NULL;
	struct wpt_deep *deep;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 other->parport->number);
	KUNIT_ASSERT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
	deep = kunit_kcalloc(test, WPT_DEEP_TASKS, sizeof(*deep), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, deep);
	memset(wpt_deep_most, 0, sizeof(wpt_deep_most));
	for (i = 0; i < WPT_DEEP_TASKS; i++) {
		winpar_irp_init(&deep[i].irp);
		winpar_irp_set_ioctl(&deep[i].irp,
				     IRP_MJ_INTERNAL_DEVICE_CONTROL,
				     WPT_RELEASE, NULL, 0, 0);
		winpar_irp_set_completion(&deep[i].irp, wpt_deep_done, &deep[i]);
		init_completion(&deep[i].done);
		init_completion(&deep[i].ended);
		deep[i].file = i & 1 ? file : t->file[0];
		task[i] = kthread_create(wpt_deep_thread, &deep[i],
					 "winpar_deep/%d", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
		get_task_struct(task[i]);
	}
	for (i = 0; i < WPT_DEEP_TASKS; i++)
		wake_up_process(task[i]);
	for (i = 0; i < WPT_DEEP_TASKS; i++) {
		wait_for_completion(&deep[i].ended);
		KUNIT_EXPECT_EQ(test, kthread_stop(task[i]), WPT_DEEP_ROUNDS);
		put_task_struct(task[i]);
	}
	winpar_close(file);
	fake_port_remove(other);
	/* A task reaches the limit; a softirq may or may not. */
	KUNIT_EXPECT_EQ(test, wpt_deep_most[0], WINPAR_INSIDE_MAX);
	KUNIT_EXPECT_GE(test, wpt_deep_most[1], 1);
	KUNIT_EXPECT_LE(test, wpt_deep_most[1], WINPAR_INSIDE_MAX);
}

static NTSTATUS wpt_deep_counts(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	complete(context);
	return STATUS_SUCCESS;
}

/*
 * What a file that is being closed completes deep inside routines is not left to the loop:
 * the close does not wait for it, and the file would be freed under it.
 */
static void winpar_test_inside_deferred_by_a_closed_file(struct kunit *test)
{
	NTSTATUS (*defer)(struct winpar_file *file, IRP *irp, NTSTATUS status) =
		wpt_symbol(test, "winpar_queue_defer_new");
	void (*close)(struct winpar_holder *holder) =
		wpt_symbol(test, "winpar_port_close");
	void (*admit)(struct winpar_holder *holder) =
		wpt_symbol(test, "winpar_port_admit");
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = t->file[0];
	DECLARE_COMPLETION_ONSTACK(done);
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_RELEASE, NULL, 0, 0);
	winpar_irp_set_completion(&irp, wpt_deep_counts, &done);
	irp.winpar.file = file;
	close(&file->holder);
	irp.IoStatus.Information = 24;
	KUNIT_EXPECT_EQ(test, defer(file, &irp, STATUS_NOT_SUPPORTED), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, irp.IoStatus.Information, (ULONG_PTR)0);
	KUNIT_EXPECT_TRUE(test, list_empty(&file->irps));
	wpt_nap(20);
	KUNIT_EXPECT_FALSE(test, completion_done(&done));
	admit(&file->holder);
	KUNIT_EXPECT_EQ(test, defer(file, &irp, STATUS_NOT_SUPPORTED), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&done, WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, irp.IoStatus.Status, STATUS_NOT_SUPPORTED);
	fake_port_remove(t->fake);
	t->fake = NULL;
	close(&file->holder);
	KUNIT_EXPECT_EQ(test, defer(file, &irp, STATUS_SUCCESS), STATUS_DELETE_PENDING);
	admit(&file->holder);
}

/* ----- from inside a routine of another port ----------------------------- */

enum wpt_sleeper {
	WPT_SLEEPS_CONNECT,
	WPT_SLEEPS_DISCONNECT,
	WPT_SLEEPS_INIT,
	WPT_SLEEPS_PNP,
	WPT_SLEEPS_OPEN,
	WPT_SLEEPS_CLOSE,
	WPT_SLEEPS_WAIT,
	WPT_SLEEPS_WATCH,
	WPT_SLEEPS_ALLOCATE,
};

struct wpt_sleeper_row {
	const char *name;
	enum wpt_sleeper what;
	NTSTATUS status;
};

static const struct wpt_sleeper_row wpt_sleeper_rows[] = {
	{ "CONNECT", WPT_SLEEPS_CONNECT, STATUS_INVALID_DEVICE_STATE },
	{ "DISCONNECT", WPT_SLEEPS_DISCONNECT, STATUS_INVALID_DEVICE_STATE },
	{ "INIT_1284_3_BUS", WPT_SLEEPS_INIT, STATUS_INVALID_DEVICE_STATE },
	{ "PNP information", WPT_SLEEPS_PNP, STATUS_INVALID_DEVICE_STATE },
	{ "open", WPT_SLEEPS_OPEN, STATUS_INVALID_DEVICE_STATE },
	{ "close", WPT_SLEEPS_CLOSE, STATUS_SUCCESS },
	{ "ALLOCATE, waited for", WPT_SLEEPS_WAIT,
	  STATUS_INVALID_DEVICE_STATE },
	{ "watch", WPT_SLEEPS_WATCH, STATUS_INVALID_DEVICE_STATE },
	{ "ALLOCATE", WPT_SLEEPS_ALLOCATE, STATUS_PENDING },
};

WPT_ROWS(wpt_sleeper, wpt_sleeper_rows);

/**
 * struct wpt_abroad - a call for another port than that of the routine
 * @what: which call
 * @file: an opener of the other port
 * @name: the name of the other port
 * @hook: routines that are connected to the other port
 * @fresh: routines that are not connected, for CONNECT
 * @allocate: an ALLOCATE for the other port
 * @granted: it is complete
 * @level: in which context its routine was called
 * @watch: a watch that has not been taken up
 */
struct wpt_abroad {
	enum wpt_sleeper what;
	struct winpar_file *file;
	char name[32];
	struct wpt_hook *hook;
	struct wpt_hook *fresh;
	struct wpt_request *allocate;
	struct completion granted;
	enum wpt_level level;
	struct winpar_watch watch;
};

static void wpt_abroad_arrived(struct winpar_watch *watch, const char *name)
{
}

static NTSTATUS wpt_abroad_do(struct wpt_abroad *abroad)
{
	PARALLEL_PNP_INFORMATION pnp;
	struct winpar_file *file;

	switch (abroad->what) {
	case WPT_SLEEPS_CONNECT:
		return wpt_connect(abroad->fresh, abroad->file);
	case WPT_SLEEPS_DISCONNECT:
		return wpt_disconnect(abroad->hook, abroad->file);
	case WPT_SLEEPS_INIT:
		return wpt_ioctl(abroad->file, IOCTL_INTERNAL_INIT_1284_3_BUS);
	case WPT_SLEEPS_PNP:
		return winpar_internal_ioctl(abroad->file,
					     IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
					     NULL, 0, &pnp, sizeof(pnp), NULL);
	case WPT_SLEEPS_OPEN:
		return winpar_open(abroad->name, &file);
	case WPT_SLEEPS_CLOSE:
		winpar_close(abroad->file);
		return wpt_ioctl(abroad->file, WPT_RELEASE);
	case WPT_SLEEPS_WAIT:
		return wpt_ioctl(abroad->file, WPT_ALLOCATE);
	case WPT_SLEEPS_WATCH:
		return winpar_watch_ports(&abroad->watch);
	case WPT_SLEEPS_ALLOCATE:
		return wpt_submit(abroad->allocate, abroad->file);
	}
	return STATUS_NOT_IMPLEMENTED;
}

static void wpt_abroad_request(struct wpt_request *r)
{
	wpt_note(r->t, 50, wpt_abroad_do(r->arg), 0);
}

static void wpt_abroad_check(struct wpt_hook *hook)
{
	wpt_note(hook->t, 50, wpt_abroad_do(hook->arg), 0);
}

/*
 * No entry in the record: the loop may call this on another CPU before the routine that
 * submitted the ALLOCATE makes its own.
 */
static NTSTATUS wpt_abroad_granted(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_abroad *abroad = context;

	abroad->level = wpt_level();
	complete(&abroad->granted);
	return STATUS_SUCCESS;
}

/* If the call was ALLOCATE: wait until it is granted, and free the other port. */
static void wpt_abroad_undo(struct wpt *t, struct wpt_abroad *abroad)
{
	if (abroad->what != WPT_SLEEPS_ALLOCATE)
		return;
	KUNIT_ASSERT_TRUE(t->test, wait_for_completion_timeout(&abroad->granted,
							       WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(t->test, abroad->allocate->irp.IoStatus.Status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(t->test, (int)abroad->level, (int)WPT_SOFTIRQ);
	KUNIT_EXPECT_EQ(t->test, wpt_ioctl(abroad->file, WPT_FREE),
			STATUS_SUCCESS);
}

static struct wpt_abroad *wpt_abroad(struct wpt *t, struct fake_port *other,
				     enum wpt_sleeper what)
{
	struct kunit *test = t->test;
	struct wpt_abroad *abroad = kunit_kzalloc(test, sizeof(*abroad),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, abroad);
	abroad->what = what;
	snprintf(abroad->name, sizeof(abroad->name), "\\Device\\ParallelPort%d",
		 other->parport->number);
	KUNIT_ASSERT_EQ(test, winpar_open(abroad->name, &abroad->file),
			STATUS_SUCCESS);
	abroad->hook = wpt_connected(t, abroad->file, 7, WPT_ISR);
	abroad->fresh = wpt_hook(t, 8, WPT_ISR);
	abroad->allocate = wpt_request(t, 60, WPT_ALLOCATE);
	winpar_irp_set_completion(&abroad->allocate->irp, wpt_abroad_granted,
				  abroad);
	init_completion(&abroad->granted);
	abroad->watch.arrived = wpt_abroad_arrived;
	return abroad;
}

/*
 * Calls for one port from routines of another one: a completion routine called
 * in the submission, one called by the loop, and a deferred routine. Calls that
 * sleep are refused; an ALLOCATE is PENDING, and the loop grants it.
 */
static void winpar_test_inside_another_ports_routine(struct kunit *test)
{
	const struct wpt_sleeper_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *at_once = wpt_request(t, 1, WPT_RELEASE);
	struct wpt_request *later = wpt_request(t, 2, WPT_ALLOCATE);
	struct fake_port *other = fake_port_create(test, NULL);
	struct wpt_abroad *abroad = wpt_abroad(t, other, row->what);
	struct wpt_hook *hook;

	at_once->then = wpt_abroad_request;
	at_once->arg = abroad;
	later->then = wpt_abroad_request;
	later->arg = abroad;
	KUNIT_EXPECT_EQ(test, wpt_submit(at_once, t->file[0]), STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 50, row->status);
	wpt_abroad_undo(t, abroad);

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(later, t->file[0]), STATUS_PENDING);
	wpt_free(t);
	wpt_expect(t, 2, 2, STATUS_SUCCESS);
	wpt_expect(t, 3, 50, row->status);
	wpt_abroad_undo(t, abroad);

	hook = wpt_connected(t, t->file[0], 3, WPT_DEFERRED);
	hook->on_check = wpt_abroad_check;
	hook->arg = abroad;
	wpt_free(t);
	wpt_expect(t, 4, WPT_CHECK(3), STATUS_SUCCESS);
	wpt_expect(t, 5, 50, row->status);
	wpt_abroad_undo(t, abroad);

	wpt_expect_quiet(t, 6);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(abroad->hook, abroad->file),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(abroad->fresh, abroad->file),
			STATUS_INVALID_PARAMETER);
	winpar_close(abroad->file);
	fake_port_remove(other);
}

static struct kunit_case winpar_inside_cases[] = {
	KUNIT_CASE(winpar_test_inside_nesting_is_bounded),
	KUNIT_CASE(winpar_test_inside_deferred_by_a_closed_file),
	KUNIT_CASE_PARAM(winpar_test_inside_another_ports_routine,
			 wpt_sleeper_gen_params),
	{ }
};

static struct kunit_suite winpar_inside_suite = {
	.name = "winpar_inside",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_inside_cases,
};

kunit_test_suite(winpar_inside_suite);
