// SPDX-License-Identifier: GPL-2.0-only
/*
 * CONNECT and DISCONNECT: when they are allowed, and which connection they
 * mean.
 */
#include <linux/kthread.h>
#include <linux/sched.h>

#include "fixture.h"

/* ----- enable_connect_interrupt ------------------------------------------ */

struct wpt_enable_row {
	const char *name;
	bool all;
	int own;
	bool allowed;
};

static const struct wpt_enable_row wpt_enable_rows[] = {
	{ "off, by default", false, -1, false },
	{ "on", true, -1, true },
	{ "on, off for this port", true, 0, false },
	{ "off, on for this port", false, 1, true },
};

WPT_ROWS(wpt_enable, wpt_enable_rows);

/* Deviation: each CONNECT reads the parameter, before it tests its lengths. */
static void winpar_test_connect_enabled(struct kunit *test)
{
	const struct wpt_enable_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);
	NTSTATUS refused = row->allowed ? STATUS_BUFFER_TOO_SMALL :
					  STATUS_UNSUCCESSFUL;

	wpt_set_connect(t, row->all, row->own);
	/* tests/kunit/run.sh looks for the message. */
	wpt_kmsg_all(wpt_client(t), true);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			row->allowed ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), (unsigned int)row->allowed);
	/* A CONNECT that is too short is refused for the parameter, too. */
	KUNIT_EXPECT_EQ(test, refused,
			winpar_internal_ioctl(t->file[0], WPT_CONNECT, NULL, 0,
					      NULL, 0, NULL));
	/* DISCONNECT does not look at the parameter. */
	wpt_set_connect(t, false, 0);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), row->allowed ?
			STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
}

/* The kernel refuses a value that is no setting, and nothing changes. */
static void winpar_test_connect_parameter_nonsense(struct kunit *test)
{
	static const char path[] =
		"/sys/module/winpar/parameters/enable_connect_interrupt";
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);

	KUNIT_EXPECT_NE(test, wpt_write_file(path, "perhaps"), 0);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/* ----- contents ---------------------------------------------------------- */

static const int wpt_which_rows[] = { WPT_ISR, WPT_DEFERRED, WPT_BOTH };

static void wpt_which_name(const int *row, char *name)
{
	static const char *const names[] = {
		"neither", "interrupt routine only", "deferred routine only",
		"both",
	};

	strscpy(name, names[*row], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_which, wpt_which_rows, wpt_which_name);

/* One of the two routines may be NULL: the other is called. */
static void winpar_test_connect_either(struct kunit *test)
{
	const int *which = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, *which);

	KUNIT_EXPECT_PTR_EQ(test, hook->info.Context, t->info.Context);
	KUNIT_EXPECT_NOT_NULL(test, hook->info.InterruptObject);
	KUNIT_EXPECT_NOT_NULL(test, hook->info.TryAllocatePortAtInterruptLevel);
	KUNIT_EXPECT_NOT_NULL(test, hook->info.FreePortFromInterruptLevel);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->interrupts, *which & WPT_ISR ? 1U : 0U);
	KUNIT_EXPECT_EQ(test, hook->checks, *which & WPT_DEFERRED ? 1U : 0U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->interrupts + hook->checks,
			*which == WPT_BOTH ? 2U : 1U);
}

/* Deviation: a CONNECT without any routine fails; its output is not touched. */
static void winpar_test_connect_neither(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, 0);

	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, hook->info.Context);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
}

/* ----- which one DISCONNECT means ---------------------------------------- */

static BOOLEAN wpt_never_connected(PKINTERRUPT object, PVOID context)
{
	return FALSE;
}

static void winpar_test_connect_disconnect_unknown(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	struct wpt_hook *other = wpt_hook(t, 2, WPT_BOTH);
	struct wpt_hook *deferred = wpt_hook(t, 1, WPT_DEFERRED);
	struct wpt_hook *empty = wpt_hook(t, 3, 0);

	wpt_kmsg_all(wpt_client(t), true);
	/* Another context. */
	KUNIT_EXPECT_EQ(test, wpt_disconnect(other, t->file[0]),
			STATUS_INVALID_PARAMETER);
	/* Another routine. */
	other->routines = hook->routines;
	other->routines.InterruptServiceRoutine = wpt_never_connected;
	KUNIT_EXPECT_EQ(test, wpt_disconnect(other, t->file[0]),
			STATUS_INVALID_PARAMETER);
	/* Without an interrupt routine the deferred pair is compared. */
	deferred->routines.DeferredPortCheckContext = hook;
	KUNIT_EXPECT_EQ(test, wpt_disconnect(deferred, t->file[0]),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(empty, t->file[0]),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 1U);
	/* With an interrupt routine the deferred pair is not compared. */
	hook->routines.DeferredPortCheckRoutine = NULL;
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_INVALID_PARAMETER);
}

/* A routine connected twice is called twice; DISCONNECT ends the later one. */
static void winpar_test_connect_same_twice(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_ISR);
	struct wpt_hook *between = wpt_hook(t, 2, WPT_ISR);

	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_connect(between, t->file[0]),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	fake_port_interrupt(t->fake);
	WPT_EXPECT_ORDER(t, 1, 2, 1);
	/* Deviation: DISCONNECT means the most recent connection. */
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	t->log.count = 0;
	fake_port_interrupt(t->fake);
	WPT_EXPECT_ORDER(t, 1, 2);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	t->log.count = 0;
	fake_port_interrupt(t->fake);
	WPT_EXPECT_ORDER(t, 2);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_INVALID_PARAMETER);
}

/* A connection without interrupt routine is found by its deferred pair. */
static void winpar_test_connect_deferred_pair(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	hook[1] = wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[0], t->file[0]),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[0], t->file[0]),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	WPT_EXPECT_ORDER(t, WPT_CHECK(2));
}

/* A file may disconnect what another file has connected. */
static void winpar_test_connect_disconnect_by_another_file(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);

	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[1]),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	wpt_close(t, 0);
}

/* ----- inside a routine -------------------------------------------------- */

static void wpt_connect_disconnect_inside(struct wpt_request *r)
{
	wpt_note(r->t, 50, wpt_disconnect(r->arg, r->t->file[0]), 0);
}

static void wpt_connect_disconnect_in_check(struct wpt_hook *hook)
{
	wpt_note(hook->t, 51, wpt_disconnect(hook, hook->t->file[0]), 0);
}

/* DISCONNECT inside a routine would wait for that routine: refused. */
static void winpar_test_connect_disconnect_inside(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	struct wpt_request *r = wpt_request(t, 2, WPT_RELEASE);

	r->then = wpt_connect_disconnect_inside;
	r->arg = hook;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	wpt_expect(t, 0, 2, STATUS_SUCCESS);
	wpt_expect(t, 1, 50, STATUS_INVALID_DEVICE_STATE);

	hook->on_check = wpt_connect_disconnect_in_check;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect(t, 2, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect(t, 3, 51, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/**
 * struct wpt_crossing - a task that connects a routine, and one that disconnects it
 * @hook: the routine
 * @connector: the file that it is connected by
 * @other: the file that it is disconnected by
 * @connected: what CONNECT answered
 * @disconnected: what DISCONNECT answered
 */
struct wpt_crossing {
	struct wpt_hook *hook;
	struct winpar_file *connector;
	struct winpar_file *other;
	NTSTATUS connected;
	NTSTATUS disconnected;
};

static int wpt_crossing_connect(void *data)
{
	struct wpt_crossing *crossing = data;

	crossing->connected = wpt_connect(crossing->hook, crossing->connector);
	return 0;
}

static int wpt_crossing_disconnect(void *data)
{
	struct wpt_crossing *crossing = data;

	crossing->disconnected = wpt_disconnect(crossing->hook, crossing->other);
	return 0;
}

static struct task_struct *wpt_crossing_task(struct kunit *test,
					     struct wpt_crossing *crossing,
					     int (*run)(void *data))
{
	struct task_struct *task = kthread_create(run, crossing, "winpar_cross");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	kthread_bind(task, 0);
	return task;
}

/*
 * A task connects a routine, and another one, which has a higher priority on the same CPU,
 * disconnects it as soon as the first one has unlocked the mutex. The connection has been
 * freed when CONNECT goes on. On PREEMPT_RT the mutex goes to the second task first.
 */
static void winpar_test_connect_disconnected_at_once(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_crossing *crossing = kunit_kzalloc(test, sizeof(*crossing), GFP_KERNEL);
	struct task_struct *first, *second;

	KUNIT_ASSERT_NOT_NULL(test, crossing);
	crossing->hook = wpt_hook(t, 1, WPT_ISR);
	crossing->connector = t->file[0];
	crossing->other = t->file[1];
	first = wpt_crossing_task(test, crossing, wpt_crossing_connect);
	second = wpt_crossing_task(test, crossing, wpt_crossing_disconnect);
	sched_set_fifo(second);
	mutex_lock(&t->port->mutex);
	wake_up_process(first);
	wpt_nap(50);
	wake_up_process(second);
	wpt_nap(50);
	mutex_unlock(&t->port->mutex);
	kthread_stop(first);
	kthread_stop(second);
	put_task_struct(first);
	put_task_struct(second);
	KUNIT_EXPECT_EQ(test, crossing->connected, STATUS_SUCCESS);
	if (crossing->disconnected != STATUS_SUCCESS) {
		KUNIT_EXPECT_TRUE(test, IS_ENABLED(CONFIG_PREEMPT_RT));
		KUNIT_EXPECT_EQ(test, wpt_disconnect(crossing->hook, t->file[0]),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
}

static struct kunit_case winpar_connect_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_connect_enabled, wpt_enable_gen_params),
	KUNIT_CASE(winpar_test_connect_parameter_nonsense),
	KUNIT_CASE_PARAM(winpar_test_connect_either, wpt_which_gen_params),
	KUNIT_CASE(winpar_test_connect_neither),
	KUNIT_CASE(winpar_test_connect_disconnect_unknown),
	KUNIT_CASE(winpar_test_connect_same_twice),
	KUNIT_CASE(winpar_test_connect_deferred_pair),
	KUNIT_CASE(winpar_test_connect_disconnect_by_another_file),
	KUNIT_CASE(winpar_test_connect_disconnect_inside),
	KUNIT_CASE(winpar_test_connect_disconnected_at_once),
	{ }
};

static struct kunit_suite winpar_connect_suite = {
	.name = "winpar_connect",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_connect_cases,
};

kunit_test_suite(winpar_connect_suite);

/* ----- a port without an interrupt --------------------------------------- */

/* Deviation: a port without an interrupt refuses CONNECT. */
static void winpar_test_polled_connect(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);

	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	/* A CONNECT without routines is refused for that first. */
	memset(&hook->routines, 0, sizeof(hook->routines));
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			STATUS_INVALID_PARAMETER);
}

static void winpar_test_polled_more_info(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	MORE_PARALLEL_PORT_INFORMATION more;

	memset(&more, 0xa5, sizeof(more));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[0], WPT_MORE_INFO, NULL,
					      0, &more, sizeof(more), NULL));
	KUNIT_EXPECT_EQ(test, more.InterruptLevel, 0U);
	KUNIT_EXPECT_EQ(test, more.InterruptVector, 0U);
	KUNIT_EXPECT_EQ(test, more.InterruptAffinity, (KAFFINITY)0);
}

/* Without an interrupt requests and hand-overs work. */
static void winpar_test_polled_hand_over(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_queue(t, t->file[1], 1);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

static struct kunit_case winpar_polled_cases[] = {
	KUNIT_CASE(winpar_test_polled_connect),
	KUNIT_CASE(winpar_test_polled_more_info),
	KUNIT_CASE(winpar_test_polled_hand_over),
	{ }
};

static struct kunit_suite winpar_polled_suite = {
	.name = "winpar_polled",
	.init = wpt_init_no_irq,
	.exit = wpt_exit,
	.test_cases = winpar_polled_cases,
};

kunit_test_suite(winpar_polled_suite);
