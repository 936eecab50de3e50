// SPDX-License-Identifier: GPL-2.0-only
/* Device timers (wdm/tick.c). */
#include <linux/slab.h>

#include "wdm_fixture.h"

/**
 * struct wpt_tick - a device timer, and how its routine was called
 * @device: its device
 * @event: set by its routine
 * @calls: how often its routine was called
 * @wrong: how often with another device, or not at DISPATCH_LEVEL
 */
struct wpt_tick {
	PDEVICE_OBJECT device;
	KEVENT event;
	int calls;
	int wrong;
};

static VOID wpt_tick_routine(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_tick *tick = context;

	tick->wrong += device != tick->device ||
		       KeGetCurrentIrql() != DISPATCH_LEVEL;
	WRITE_ONCE(tick->calls, tick->calls + 1);
	KeSetEvent(&tick->event, IO_NO_INCREMENT, FALSE);
}

static void wpt_tick_init(struct kunit *test, struct wpt_tick *tick)
{
	KeInitializeEvent(&tick->event, SynchronizationEvent, FALSE);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &tick->device));
}

/*
 * The log blames no driver for what IoStartTimer() does. It would, once: the case that has called
 * it first may have been another one.
 */
static void winpar_test_tick_blames_none(struct kunit *test)
{
	struct wpt_tick tick = { };

	wpt_tick_init(test, &tick);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(tick.device, wpt_tick_routine, &tick));
	IoStartTimer(tick.device);
	IoDeleteDevice(tick.device);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, 0, "IoStartTimer+",
						"calls KeSetTimerEx at IRQL"));
}

/* DDI pages: wdm, IoInitializeTimer, IoStartTimer, IoStopTimer */
static void winpar_test_tick(struct kunit *test)
{
	struct wpt_tick tick = { };
	ktime_t begin;
	int calls;

	wpt_tick_init(test, &tick);
	/* Without a routine. */
	IoStartTimer(tick.device);
	IoStopTimer(tick.device);
	wpt_fail_nth(1);
	KUNIT_EXPECT_EQ(test, STATUS_INSUFFICIENT_RESOURCES,
			IoInitializeTimer(tick.device, wpt_tick_routine, &tick));
	KUNIT_EXPECT_FALSE(test, wpt_fail_end());
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(tick.device, wpt_tick_routine, &tick));
	begin = ktime_get();
	IoStartTimer(tick.device);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&tick.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 1000);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&tick.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 2000);
	IoStopTimer(tick.device);
	KeFlushQueuedDpcs();
	calls = READ_ONCE(tick.calls);
	/* On a busy machine the event may be set by a third call, or two calls have set it once. */
	KeClearEvent(&tick.event);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&tick.event, 1500), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, READ_ONCE(tick.calls), calls);
	KUNIT_EXPECT_EQ(test, tick.wrong, 0);
	IoDeleteDevice(tick.device);
}

/* IoDeleteDevice() stops it; one that the client leaves is dropped with the client. */
static void winpar_test_tick_left(struct kunit *test)
{
	struct wpt_tick *tick = kunit_kzalloc(test, sizeof(*tick), GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, tick);
	wpt_tick_init(test, tick);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(tick->device, wpt_tick_routine, tick));
	IoStartTimer(tick->device);
	IoDeleteDevice(tick->device);
	wpt_tick_init(test, tick);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(tick->device, wpt_tick_routine, tick));
	IoStartTimer(tick->device);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: ",
				      "1 timers that were set and 0 DPCs"));
	schedule_timeout_uninterruptible(HZ * 3 / 2);
	KUNIT_EXPECT_EQ(test, tick->calls, 0);
}

/* The timer of a device that is deleted, and that something still has, does not start. */
static void winpar_test_tick_deleted(struct kunit *test)
{
	struct wpt_tick with = { }, without = { };

	wpt_tick_init(test, &with);
	wpt_tick_init(test, &without);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(with.device, wpt_tick_routine, &with));
	ObReferenceObject(with.device);
	ObReferenceObject(without.device);
	IoDeleteDevice(with.device);
	IoDeleteDevice(without.device);
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			IoInitializeTimer(without.device, wpt_tick_routine,
					  &without));
	IoStartTimer(with.device);
	IoStartTimer(without.device);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&with.event, 1500), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, without.calls, 0);
	IoStopTimer(with.device);
	IoStopTimer(without.device);
	KeFlushQueuedDpcs();
	ObDereferenceObject(with.device);
	ObDereferenceObject(without.device);
}

/*
 * A reference to a device is given back once too often while its timer runs: the timer goes
 * with the device. That of another device falls due after it, and is called.
 */
static void winpar_test_tick_freed(struct kunit *test)
{
	struct wpt_tick freed = { }, stays = { };
	u64 since = wpt_kmsg_end();

	wpt_tick_init(test, &freed);
	wpt_tick_init(test, &stays);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(freed.device, wpt_tick_routine, &freed));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoInitializeTimer(stays.device, wpt_tick_routine, &stays));
	IoStartTimer(freed.device);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(freed.device), 0);
	IoStartTimer(stays.device);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&stays.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, freed.calls, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"given back once too often"));
	IoDeleteDevice(stays.device);
}

static struct kunit_case wpt_wdm_tick_cases[] = {
	KUNIT_CASE(winpar_test_tick_blames_none),
	KUNIT_CASE(winpar_test_tick),
	KUNIT_CASE(winpar_test_tick_left),
	KUNIT_CASE(winpar_test_tick_deleted),
	KUNIT_CASE(winpar_test_tick_freed),
	{ }
};

static struct kunit_suite wpt_wdm_tick_suite = {
	.name = "winpar_wdm_tick",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_tick_cases,
};

kunit_test_suite(wpt_wdm_tick_suite);
