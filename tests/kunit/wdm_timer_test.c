// SPDX-License-Identifier: GPL-2.0-only
/* DPCs and timers. */
#include <linux/interrupt.h>

#include "wdm_fixture.h"

/* More DPCs than the layer's tasklet runs before it lets go of the CPU. */
#define WPT_DPCS	100
/* How often the routine of a struct wpt_hog is called at most. */
#define WPT_HOG		10000

/**
 * struct wpt_dpc - a DPC, and how its routine was called
 * @dpc: the DPC
 * @event: set by its routine
 * @calls: how often its routine was called
 * @wrong: how often with another DPC, with arguments, or not at DISPATCH_LEVEL
 * @again: how often its routine is to queue the DPC once more
 * @order: a counter of all routines that are called
 * @turn: the value of @order at the last call
 */
struct wpt_dpc {
	KDPC dpc;
	KEVENT event;
	int calls;
	int wrong;
	int again;
	int *order;
	int turn;
};

static VOID wpt_dpc_routine(PKDPC dpc, PVOID context, PVOID argument1,
			    PVOID argument2)
{
	struct wpt_dpc *d = context;

	if (dpc != &d->dpc || argument1 || argument2 ||
	    KeGetCurrentIrql() != DISPATCH_LEVEL)
		d->wrong++;
	d->calls++;
	if (d->order)
		d->turn = ++*d->order;
	if (d->again && d->again--)
		KeInsertQueueDpc(dpc, argument1, argument2);
	else
		KeSetEvent(&d->event, IO_NO_INCREMENT, FALSE);
}

static void wpt_dpc_init(struct wpt_dpc *d)
{
	*d = (struct wpt_dpc){ };
	KeInitializeDpc(&d->dpc, wpt_dpc_routine, d);
	KeInitializeEvent(&d->event, SynchronizationEvent, FALSE);
}

static NTSTATUS wpt_wait(PVOID object, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &timeout);
}

/*
 * DDI page: wdm, KeInsertQueueDpc. A DPC that is queued is not queued again, and keeps its
 * arguments.
 */
static void winpar_test_dpc(struct kunit *test)
{
	struct wpt_dpc d;
	KIRQL old;

	wpt_dpc_init(&d);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_TRUE(test, KeInsertQueueDpc(&d.dpc, NULL, NULL));
	KUNIT_EXPECT_FALSE(test, KeInsertQueueDpc(&d.dpc, test, test));
	KUNIT_EXPECT_EQ(test, d.calls, 0);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, wpt_wait(&d.event, WPT_PATIENCE), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, d.calls, 1);
	KUNIT_EXPECT_EQ(test, d.wrong, 0);
}

/* DPCs run in the order in which they were queued. */
static void winpar_test_dpc_order(struct kunit *test)
{
	struct wpt_dpc d[3];
	int order = 0, i;
	KIRQL old;

	for (i = 0; i < 3; i++) {
		wpt_dpc_init(&d[i]);
		d[i].order = &order;
	}
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	for (i = 0; i < 3; i++)
		KeInsertQueueDpc(&d[i].dpc, NULL, NULL);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, d[i].turn, i + 1);
}

/* DDI page: wdm, KeRemoveQueueDpc. A routine may queue its own DPC again. */
static void winpar_test_dpc_again(struct kunit *test)
{
	struct wpt_dpc d;
	KIRQL old;

	wpt_dpc_init(&d);
	d.again = 2;
	KeInsertQueueDpc(&d.dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, wpt_wait(&d.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, d.calls, 3);
	KeFlushQueuedDpcs();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeInsertQueueDpc(&d.dpc, NULL, NULL);
	KUNIT_EXPECT_TRUE(test, KeRemoveQueueDpc(&d.dpc));
	KUNIT_EXPECT_FALSE(test, KeRemoveQueueDpc(&d.dpc));
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, d.calls, 3);
}

/* DDI page: wdm, KeInsertQueueDpc. All run, and none has to wait for one that is queued later. */
static void winpar_test_dpc_many(struct kunit *test)
{
	struct wpt_dpc *d = kunit_kcalloc(test, WPT_DPCS, sizeof(*d), GFP_KERNEL);
	unsigned int i;
	KIRQL old;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	for (i = 0; i < WPT_DPCS; i++) {
		wpt_dpc_init(&d[i]);
		KeInsertQueueDpc(&d[i].dpc, NULL, NULL);
	}
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, wpt_wait(&d[WPT_DPCS - 1].event, WPT_PATIENCE), STATUS_SUCCESS);
	/* The memory of those that are queued still is about to be freed. */
	KeFlushQueuedDpcs();
	for (i = 0; i < WPT_DPCS; i++)
		KUNIT_EXPECT_EQ(test, d[i].calls, 1);
}

/**
 * struct wpt_hog - a DPC that queues itself again until a tasklet of Linux's has run
 * @dpc: the DPC
 * @event: set at the end
 * @tasklet: scheduled by the routine's first call
 * @ran: the tasklet has run
 * @calls: how often the routine was called
 */
struct wpt_hog {
	KDPC dpc;
	KEVENT event;
	struct tasklet_struct tasklet;
	bool ran;
	int calls;
};

static void wpt_hog_ran(struct tasklet_struct *tasklet)
{
	WRITE_ONCE(container_of(tasklet, struct wpt_hog, tasklet)->ran, true);
}

static VOID wpt_hog_routine(PKDPC dpc, PVOID context, PVOID argument1,
			    PVOID argument2)
{
	struct wpt_hog *hog = context;

	if (!hog->calls++)
		tasklet_schedule(&hog->tasklet);
	if (!READ_ONCE(hog->ran) && hog->calls < WPT_HOG)
		KeInsertQueueDpc(dpc, NULL, NULL);
	else
		KeSetEvent(&hog->event, IO_NO_INCREMENT, FALSE);
}

/* A DPC that queues itself again and again does not keep other softirqs off its CPU. */
static void winpar_test_dpc_turn(struct kunit *test)
{
	struct wpt_hog hog = { };

	KeInitializeDpc(&hog.dpc, wpt_hog_routine, &hog);
	KeInitializeEvent(&hog.event, SynchronizationEvent, FALSE);
	tasklet_setup(&hog.tasklet, wpt_hog_ran);
	KeInsertQueueDpc(&hog.dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			KeWaitForSingleObject(&hog.event, Executive, KernelMode,
					      FALSE, NULL));
	KeFlushQueuedDpcs();
	tasklet_kill(&hog.tasklet);
	KUNIT_EXPECT_LT(test, hog.calls, WPT_HOG);
}

/* DDI pages: wdm, KeSetTimer, KeCancelTimer */
static void winpar_test_timer(struct kunit *test)
{
	ktime_t begin = ktime_get();
	struct wpt_dpc d;
	KTIMER timer;

	wpt_dpc_init(&d);
	KeInitializeTimer(&timer);
	KUNIT_EXPECT_FALSE(test, KeSetTimer(&timer, WPT_MS(20), &d.dpc));
	KUNIT_EXPECT_EQ(test, wpt_wait(&timer, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, KeReadStateTimer(&timer));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 20);
	KUNIT_EXPECT_EQ(test, wpt_wait(&d.event, WPT_PATIENCE), STATUS_SUCCESS);
	/* A notification timer stays signalled until it is set again. */
	KUNIT_EXPECT_EQ(test, wpt_wait(&timer, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&timer));
	KUNIT_EXPECT_FALSE(test, KeSetTimer(&timer, WPT_MS(10000), &d.dpc));
	KUNIT_EXPECT_FALSE(test, KeReadStateTimer(&timer));
	KUNIT_EXPECT_TRUE(test, KeSetTimer(&timer, WPT_MS(10000), &d.dpc));
	KUNIT_EXPECT_TRUE(test, KeCancelTimer(&timer));
	KUNIT_EXPECT_EQ(test, d.calls, 1);
}

/* The three timers of winpar_test_timer_order(), after how many ms each falls due. */
#define WPT_TIMERS	3

static const int wpt_timer_ms[WPT_TIMERS] = { 60, 20, 40 };

/*
 * Set the timers. Return how many ms that took: below 20 none of them has fallen due by
 * then, and they fall due in the order of wpt_timer_ms.
 */
static s64 wpt_timers_set(KTIMER *timer, struct wpt_dpc *d, int *order)
{
	ktime_t begin = ktime_get();
	unsigned int i;

	*order = 0;
	for (i = 0; i < WPT_TIMERS; i++) {
		wpt_dpc_init(&d[i]);
		d[i].order = order;
		KeInitializeTimer(&timer[i]);
		KeSetTimer(&timer[i], WPT_MS(wpt_timer_ms[i]), &d[i].dpc);
	}
	return ktime_ms_delta(ktime_get(), begin);
}

static void wpt_timers_cancel(KTIMER *timer)
{
	unsigned int i;

	for (i = 0; i < WPT_TIMERS; i++)
		KeCancelTimer(&timer[i]);
	KeFlushQueuedDpcs();
}

/*
 * Three timers: their DPCs run in the order in which the timers are due. A machine that is
 * busy may take so long to set them that they fall due in another order: they are set anew.
 */
static void winpar_test_timer_order(struct kunit *test)
{
	struct wpt_dpc d[WPT_TIMERS];
	KTIMER timer[WPT_TIMERS];
	unsigned int i;
	int order;

	while (wpt_timers_set(timer, d, &order) >= 20)
		wpt_timers_cancel(timer);
	for (i = 0; i < WPT_TIMERS; i++)
		KUNIT_EXPECT_EQ(test, wpt_wait(&timer[i], WPT_PATIENCE), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	for (i = 0; i < WPT_TIMERS; i++)
		KUNIT_EXPECT_EQ(test, d[i].turn, wpt_timer_ms[i] / 20);
}

/*
 * DDI page: wdm, KeSetTimerEx. A timer with a date in the past is due at once, and with a
 * period again and again until it is cancelled.
 */
static void winpar_test_timer_period(struct kunit *test)
{
	LARGE_INTEGER past = { .QuadPart = 1 };
	struct wpt_dpc d;
	KTIMER timer;
	int i;

	wpt_dpc_init(&d);
	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeSetTimerEx(&timer, past, 10, &d.dpc);
	/* A DPC that is still queued when the timer is due again is called once for both. */
	for (i = 0; i < 4 || (i < 400 && READ_ONCE(d.calls) < 4); i++)
		KUNIT_EXPECT_EQ(test, wpt_wait(&timer, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, KeCancelTimer(&timer));
	KeFlushQueuedDpcs();
	i = d.calls;
	KUNIT_EXPECT_GE(test, i, 4);
	schedule_timeout_uninterruptible(HZ / 20);
	KUNIT_EXPECT_EQ(test, d.calls, i);
}

/*
 * As if the machine had stood still while the clock went on: a timer that is late by two of
 * its periods ends one wait. The next one would be ended at once by a turn for each period.
 */
static void winpar_test_timer_late(struct kunit *test)
{
	KTIMER timer;

	/* It cannot have been due before the machine began. */
	while (ktime_get_ns() < 10 * NSEC_PER_SEC)
		schedule_timeout_uninterruptible(HZ);
	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeSetTimerEx(&timer, WPT_MS(500), 4000, NULL);
	timer.DueTime.QuadPart -= 2 * 4000 * NSEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, wpt_wait(&timer, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wait(&timer, 0), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wpt_wait(&timer, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, KeCancelTimer(&timer));
}

/*
 * DDI pages: wdm, KeCancelTimer, KeSetTimerEx. With a periodic timer the call of its DPC is
 * cancelled that the last period has queued: here the case queues it.
 */
static void winpar_test_timer_cancelled(struct kunit *test)
{
	LARGE_INTEGER hour = WPT_MS(3600000);
	struct wpt_dpc d, other;
	int round, set = 0;
	KTIMER timer;
	KIRQL old;

	wpt_dpc_init(&d);
	wpt_dpc_init(&other);
	KeInitializeTimer(&timer);
	for (round = 0; round < 2; round++) {
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		KeSetTimerEx(&timer, hour, 3600000, &d.dpc);
		KeInsertQueueDpc(&d.dpc, NULL, NULL);
		set += round ? KeCancelTimer(&timer) :
			       KeSetTimerEx(&timer, hour, 0, &other.dpc);
		KeLowerIrql(old);
	}
	/* A DPC that is queued beside a timer that falls due only once is left. */
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeSetTimerEx(&timer, hour, 0, &other.dpc);
	KeInsertQueueDpc(&other.dpc, NULL, NULL);
	set += KeCancelTimer(&timer);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, set, 3);
	KUNIT_EXPECT_EQ(test, d.calls, 0);
	KUNIT_EXPECT_EQ(test, other.calls, 1);
}

/*
 * The client ends with a timer that is set: its DPC is never called; the log says so. The
 * timer would fall due after a second: a busy machine may take long for the end.
 */
static void winpar_test_timer_client_ends(struct kunit *test)
{
	struct wpt_dpc *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	KTIMER *timer = kunit_kzalloc(test, sizeof(*timer), GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_NOT_NULL(test, timer);
	wpt_dpc_init(d);
	KeInitializeTimer(timer);
	KeSetTimerEx(timer, WPT_MS(1000LL * wpt_slowness), 50, &d->dpc);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: ",
				      "1 timers that were set and 0 DPCs"));
	schedule_timeout_uninterruptible(6 * HZ / 5 * wpt_slowness);
	KUNIT_EXPECT_EQ(test, d->calls, 0);
}

static struct kunit_case wpt_wdm_timer_cases[] = {
	KUNIT_CASE(winpar_test_dpc),
	KUNIT_CASE(winpar_test_dpc_order),
	KUNIT_CASE(winpar_test_dpc_again),
	KUNIT_CASE(winpar_test_dpc_many),
	KUNIT_CASE(winpar_test_dpc_turn),
	KUNIT_CASE(winpar_test_timer),
	KUNIT_CASE(winpar_test_timer_order),
	KUNIT_CASE(winpar_test_timer_period),
	KUNIT_CASE(winpar_test_timer_late),
	KUNIT_CASE(winpar_test_timer_cancelled),
	KUNIT_CASE(winpar_test_timer_client_ends),
	{ }
};

static struct kunit_suite wpt_wdm_timer_suite = {
	.name = "winpar_wdm_timer",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_timer_cases,
};

kunit_test_suite(wpt_wdm_timer_suite);
