// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port's callbacks, and the requests that are allowed at DISPATCH_LEVEL,
 * called from each context. The two callbacks for interrupt routines are called
 * from hard interrupts, too.
 */
#include "fixture.h"

/* How often winpar_test_callback_free_calls_next() frees. */
#define WPT_PROMPT_ROUNDS	20

struct wpt_level_row {
	enum wpt_level level;
	bool checks;	/* with a deferred routine connected: no fast path */
};

static const struct wpt_level_row wpt_level_rows[] = {
	{ WPT_PROCESS }, { WPT_LOCKED }, { WPT_SOFTIRQ }, { WPT_HARDIRQ },
	{ WPT_PROCESS, true }, { WPT_LOCKED, true }, { WPT_SOFTIRQ, true },
	{ WPT_HARDIRQ, true },
};

static void wpt_level_row_name(const struct wpt_level_row *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s%s",
		 wpt_level_name(row->level),
		 row->checks ? ", deferred routine connected" : "");
}

KUNIT_ARRAY_PARAM(wpt_level, wpt_level_rows, wpt_level_row_name);

static void wpt_note_bool(struct wpt *t, int id, bool what)
{
	wpt_note(t, id, what, 0);
}

static void wpt_callbacks_once(void *arg)
{
	struct wpt *t = arg;

	wpt_note_bool(t, 1, wpt_try(t));
	wpt_note_bool(t, 2, wpt_try(t));
	wpt_note(t, 3, wpt_waiters(t), 0);
	wpt_free(t);
	wpt_note_bool(t, 4, wpt_try(t));
	wpt_free(t);
}

/* TryAllocatePort answers at once, and FreePort frees at once. */
static void winpar_test_callback_try_and_free(struct kunit *test)
{
	const struct wpt_level_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 5, WPT_DEFERRED);

	hook->quiet = true;
	if (row->checks)
		KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
				STATUS_SUCCESS);
	wpt_run(test, row->level, wpt_callbacks_once, t);
	wpt_expect(t, 0, 1, TRUE);
	wpt_expect(t, 1, 2, FALSE);
	wpt_expect(t, 2, 3, 0);
	wpt_expect(t, 3, 4, TRUE);
	wpt_settle(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	if (row->level == WPT_HARDIRQ)
		KUNIT_EXPECT_EQ(test, (int)t->log.events[0].level, (int)WPT_IN_HANDLER);
	if (row->level == WPT_SOFTIRQ)
		KUNIT_EXPECT_EQ(test, (int)t->log.events[0].level, (int)WPT_SOFTIRQ);
}

static void wpt_callbacks_waited(void *arg)
{
	struct wpt *t = arg;

	wpt_note_bool(t, 1, wpt_try(t));
	wpt_note(t, 2, wpt_waiters(t), 0);
	/* Keep the loop from running between FreePort and the next Try call. */
	if (wpt_level() == WPT_PROCESS && !irqs_disabled())
		local_bh_disable();
	else
		preempt_disable();
	wpt_free(t);
	wpt_note_bool(t, 3, wpt_try(t));
	if (wpt_level() == WPT_PROCESS && !irqs_disabled())
		local_bh_enable();
	else
		preempt_enable();
}

/* Two requests wait: Try calls count them and do not overtake them. */
static void winpar_test_callback_with_waiters(struct kunit *test)
{
	const struct wpt_level_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 5, WPT_DEFERRED);

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: nothing keeps the loop's thread away");
	hook->quiet = true;
	if (row->checks)
		KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
				STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 10);
	wpt_queue(t, t->file[1], 11);
	wpt_run(test, row->level, wpt_callbacks_waited, t);
	wpt_expect(t, 0, 1, FALSE);
	wpt_expect(t, 1, 2, 2);
	wpt_expect(t, 2, 3, FALSE);
	wpt_expect(t, 3, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[3].level, (int)WPT_SOFTIRQ);
	wpt_free(t);
	wpt_expect(t, 4, 11, STATUS_SUCCESS);
	wpt_free(t);
	/* One check: only at the last free did no request wait. */
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook->checks, (unsigned int)row->checks);
}

static const enum wpt_level wpt_dispatch_rows[] = {
	WPT_PROCESS, WPT_LOCKED, WPT_SOFTIRQ,
};

static void wpt_dispatch_name(const enum wpt_level *row, char *name)
{
	strscpy(name, wpt_level_name(*row), KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_dispatch, wpt_dispatch_rows, wpt_dispatch_name);

static void wpt_requests_once(void *arg)
{
	struct wpt *t = arg;
	MORE_PARALLEL_PORT_INFORMATION more;
	PARALLEL_PORT_INFORMATION info;

	wpt_note(t, 1, winpar_internal_ioctl(t->file[0], WPT_INFO, NULL, 0,
					     &info, sizeof(info), NULL), 0);
	wpt_note(t, 2, winpar_internal_ioctl(t->file[0], WPT_MORE_INFO, NULL, 0,
					     &more, sizeof(more), NULL), 0);
	wpt_note(t, 3, wpt_ioctl(t->file[0], WPT_RELEASE), 0);
	wpt_note(t, 4, wpt_ioctl(t->file[0], WPT_ALLOCATE), 0);
	wpt_note(t, 5, wpt_ioctl(t->file[1], WPT_FREE), 0);
	wpt_note(t, 6, wpt_ioctl(t->file[0], WPT_FREE), 0);
}

static void winpar_test_callback_requests(struct kunit *test)
{
	const enum wpt_level *level = test->param_value;
	struct wpt *t = to_wpt(test);

	wpt_run(test, *level, wpt_requests_once, t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_expect(t, 2, 3, STATUS_SUCCESS);
	wpt_expect(t, 3, 4, STATUS_SUCCESS);
	wpt_expect(t, 4, 5, STATUS_INVALID_DEVICE_STATE);
	wpt_expect(t, 5, 6, STATUS_SUCCESS);
	wpt_expect_quiet(t, 6);
}

struct wpt_pend {
	struct wpt *t;
	struct wpt_request *r[2];
};

static void wpt_pend_both(void *arg)
{
	struct wpt_pend *pend = arg;

	wpt_submit(pend->r[0], pend->t->file[0]);
	wpt_submit(pend->r[1], pend->t->file[1]);
	winpar_irp_cancel(&pend->r[0]->irp);
	wpt_ioctl(pend->t->file[2], WPT_FREE);
}

/* Requests queued, cancelled and granted from there are completed by the loop. */
static void winpar_test_callback_pending_requests(struct kunit *test)
{
	const enum wpt_level *level = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_pend *pend = kunit_kzalloc(test, sizeof(*pend), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pend);
	pend->t = t;
	pend->r[0] = wpt_request(t, 1, WPT_ALLOCATE);
	pend->r[1] = wpt_request(t, 2, WPT_ALLOCATE);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_run(test, *level, wpt_pend_both, pend);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[0].level, (int)WPT_SOFTIRQ);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[1].level, (int)WPT_SOFTIRQ);
	wpt_free(t);
}

/* With a NULL Context the callbacks fail, and do nothing. */
static void winpar_test_callback_null_context(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	KUNIT_EXPECT_FALSE(test, t->info.TryAllocatePort(NULL));
	t->info.FreePort(NULL);
	KUNIT_EXPECT_EQ(test, t->info.QueryNumWaiters(NULL), 0U);
	KUNIT_EXPECT_FALSE(test,
			   hook->info.TryAllocatePortAtInterruptLevel(NULL));
	hook->info.FreePortFromInterruptLevel(NULL);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* ----- a free with a request that waits ---------------------------------- */

/**
 * struct wpt_prompt_row - how the port is freed
 * @name: what the case is called
 * @request: by the request FREE, and not by FreePort
 * @softirqs_off: with softirqs off, as a client that holds a lock may have them
 */
struct wpt_prompt_row {
	const char *name;
	bool request;
	bool softirqs_off;
};

static const struct wpt_prompt_row wpt_prompt_rows[] = {
	{ "FreePort" },
	{ "FREE", true },
	{ "FreePort with softirqs off", false, true },
};

WPT_ROWS(wpt_prompt, wpt_prompt_rows);

/* The completion routine notes which task it runs in, or on top of. */
static void wpt_prompt_then(struct wpt_request *request)
{
	request->arg = current;
}

static unsigned int wpt_prompt_free(struct wpt *t, struct wpt_request *next,
				    const struct wpt_prompt_row *row)
{
	unsigned int calls;

	if (row->softirqs_off)
		local_bh_disable();
	if (row->request)
		wpt_ioctl(t->file[0], WPT_FREE);
	else
		wpt_free(t);
	calls = READ_ONCE(next->calls);
	if (row->softirqs_off)
		local_bh_enable();
	return calls;
}

/*
 * A free in process context calls the completion routine of the next request before it
 * returns, on the stack of the task that frees. With softirqs off the routine is called
 * when they are on again: the caller may hold a lock that the routine takes.
 */
static void winpar_test_callback_free_calls_next(struct kunit *test)
{
	const struct wpt_prompt_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *next = wpt_request(t, 1, WPT_ALLOCATE);
	unsigned int i, calls, bad = 0;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: a free calls no routine");
	if (!IS_ENABLED(CONFIG_PREEMPT_COUNT))
		kunit_skip(test, "a free does not call the next routine here");
	next->then = wpt_prompt_then;
	/* The first free sends a packet, and lets softirqs run in any case. */
	wpt_ioctl(t->file[0], WPT_ALLOCATE);
	wpt_free(t);
	KUNIT_ASSERT_FALSE(test, (bool)t->port->unusual);
	/* An interrupt at the right moment would call the routine there, too. */
	for (i = 0; i < WPT_PROMPT_ROUNDS; i++) {
		KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
				STATUS_SUCCESS);
		KUNIT_ASSERT_EQ(test, wpt_submit(next, t->file[1]),
				STATUS_PENDING);
		wpt_settle(t);
		calls = wpt_prompt_free(t, next, row);
		bad += calls != (row->softirqs_off ? i : i + 1);
		KUNIT_ASSERT_TRUE(test, wpt_reaches(t, i + 1));
		wpt_settle(t);
		bad += next->arg != (void *)current;
		KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, bad, 0U);
}

/* ----- registers of ports in software ------------------------------------ */

static ULONG_PTR wpt_first_cookie = WINPAR_COOKIE_FIRST;

/* A cookie that is no port's reads as an empty bus, and takes any write. */
static void winpar_test_callback_cookies(struct kunit *test)
{
	PVOID cookie = (PVOID)READ_ONCE(wpt_first_cookie);
	USHORT words[2] = { };
	UCHAR bytes[3] = { };
	ULONG longs[2] = { };

	KUNIT_EXPECT_EQ(test, READ_PORT_UCHAR(cookie), 0xff);
	KUNIT_EXPECT_EQ(test, READ_PORT_USHORT(cookie), 0xffff);
	KUNIT_EXPECT_EQ(test, READ_PORT_ULONG(cookie), 0xffffffffU);
	READ_PORT_BUFFER_UCHAR(cookie, bytes, ARRAY_SIZE(bytes));
	READ_PORT_BUFFER_USHORT(cookie, words, ARRAY_SIZE(words));
	READ_PORT_BUFFER_ULONG(cookie, longs, ARRAY_SIZE(longs));
	KUNIT_EXPECT_EQ(test, bytes[2], 0xff);
	KUNIT_EXPECT_EQ(test, words[1], 0xffff);
	KUNIT_EXPECT_EQ(test, longs[1], 0xffffffffU);
	WRITE_PORT_UCHAR(cookie, 1);
	WRITE_PORT_USHORT(cookie, 2);
	WRITE_PORT_ULONG(cookie, 3);
	WRITE_PORT_BUFFER_UCHAR(cookie, bytes, ARRAY_SIZE(bytes));
	WRITE_PORT_BUFFER_USHORT(cookie, words, ARRAY_SIZE(words));
	WRITE_PORT_BUFFER_ULONG(cookie, longs, ARRAY_SIZE(longs));
}

static struct kunit_case winpar_callback_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_callback_try_and_free,
			 wpt_level_gen_params),
	KUNIT_CASE_PARAM(winpar_test_callback_with_waiters,
			 wpt_level_gen_params),
	KUNIT_CASE_PARAM(winpar_test_callback_requests,
			 wpt_dispatch_gen_params),
	KUNIT_CASE_PARAM(winpar_test_callback_pending_requests,
			 wpt_dispatch_gen_params),
	KUNIT_CASE(winpar_test_callback_null_context),
	KUNIT_CASE_PARAM(winpar_test_callback_free_calls_next,
			 wpt_prompt_gen_params),
	KUNIT_CASE(winpar_test_callback_cookies),
	{ }
};

static struct kunit_suite winpar_callback_suite = {
	.name = "winpar_callback",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_callback_cases,
};

kunit_test_suite(winpar_callback_suite);
