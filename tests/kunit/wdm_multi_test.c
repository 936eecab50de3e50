// SPDX-License-Identifier: GPL-2.0-only
/* Waits for several objects. DDI page: wdm, KeWaitForMultipleObjects */
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "wdm_fixture.h"

#define WPT_ROUNDS	5000

static noinline NTSTATUS wpt_wait_several(PVOID objects[], ULONG count,
					  WAIT_TYPE type, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForMultipleObjects(count, objects, type, Executive,
					KernelMode, FALSE, &timeout, NULL);
}

static void wpt_events(KEVENT *events, PVOID *objects, int count, EVENT_TYPE type)
{
	int i;

	for (i = 0; i < count; i++) {
		KeInitializeEvent(&events[i], type, FALSE);
		objects[i] = &events[i];
	}
}

/* The lowest index of those that are signalled, and that one alone is changed. */
static void winpar_test_multi_any(struct kunit *test)
{
	PVOID objects[3];
	KEVENT events[3];

	wpt_events(events, objects, 3, SynchronizationEvent);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, 0),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, 20),
			STATUS_TIMEOUT);
	KeSetEvent(&events[2], IO_NO_INCREMENT, FALSE);
	KeSetEvent(&events[1], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, WPT_PATIENCE),
			STATUS_WAIT_1);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&events[1]), 0);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, WPT_PATIENCE),
			STATUS_WAIT_2);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, 0),
			STATUS_TIMEOUT);
}

/* None is changed before all are signalled; then all are. */
static void winpar_test_multi_all(struct kunit *test)
{
	KSEMAPHORE semaphore;
	KEVENT event, kept;
	KMUTEX mutex;
	PVOID objects[] = { &event, &kept, &semaphore, &mutex };
	KWAIT_BLOCK blocks[ARRAY_SIZE(objects)];
	LARGE_INTEGER none = { };

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	KeInitializeEvent(&kept, NotificationEvent, TRUE);
	KeInitializeSemaphore(&semaphore, 0, 2);
	KeInitializeMutex(&mutex, 0);
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			KeWaitForMultipleObjects(4, objects, WaitAll, Executive,
						 KernelMode, FALSE, &none, blocks));
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
	KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			KeWaitForMultipleObjects(4, objects, WaitAll, Executive,
						 KernelMode, FALSE, NULL, blocks));
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&kept), 0);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 1);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), 0);
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
}

/* The driver's own blocks are for MAXIMUM_WAIT_OBJECTS, and not for one more. */
static void winpar_test_multi_most(struct kunit *test)
{
	const int more = MAXIMUM_WAIT_OBJECTS + 1;
	PKWAIT_BLOCK blocks = kunit_kcalloc(test, more, sizeof(*blocks), GFP_KERNEL);
	PVOID *objects = kunit_kcalloc(test, more, sizeof(*objects), GFP_KERNEL);
	KEVENT *events = kunit_kcalloc(test, more, sizeof(*events), GFP_KERNEL);
	LARGE_INTEGER none = { };

	KUNIT_ASSERT_TRUE(test, blocks && objects && events);
	wpt_events(events, objects, more, NotificationEvent);
	KeSetEvent(&events[MAXIMUM_WAIT_OBJECTS - 1], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, STATUS_WAIT_0 + MAXIMUM_WAIT_OBJECTS - 1,
			KeWaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, objects,
						 WaitAny, Executive, KernelMode,
						 FALSE, &none, blocks));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			KeWaitForMultipleObjects(more, objects, WaitAny, Executive,
						 KernelMode, FALSE, &none, blocks));
}

/* Too many, none, one that is nothing, one twice. */
static void winpar_test_multi_refused(struct kunit *test)
{
	KEVENT events[4], raw = { };
	PVOID objects[4], twice[] = { &events[0], &events[1], &events[0] };
	PVOID bad[] = { &events[0], &raw };
	u64 since = wpt_kmsg_end();
	KIRQL old;

	wpt_events(events, objects, 4, NotificationEvent);
	KeSetEvent(&events[0], IO_NO_INCREMENT, FALSE);
	KeSetEvent(&events[1], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 4, WaitAny, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 0, WaitAny, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(bad, 2, WaitAny, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(twice, 3, WaitAll, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(twice, 3, WaitAny, 0),
			STATUS_WAIT_0);
	KUNIT_EXPECT_LE(test, 1U, wpt_kmsg_says(test, since, "wpt_wait_several",
						"waits for 4 objects"));
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, 5),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_wait_several(objects, 3, WaitAny, 0),
			STATUS_WAIT_0);
	KeLowerIrql(old);
}

/**
 * struct wpt_several - a task that waits for several objects
 * @objects: the objects
 * @blocks: memory for the wait
 * @count: how many there are
 * @type: for all or for one
 * @alertable: whether the wait is
 * @begun: set by the task before it waits
 * @status: what its wait returned
 * @done: signalled after that
 */
struct wpt_several {
	PVOID objects[8];
	KWAIT_BLOCK blocks[8];
	ULONG count;
	WAIT_TYPE type;
	BOOLEAN alertable;
	KEVENT begun;
	NTSTATUS status;
	KEVENT done;
};

static int wpt_several_run(void *data)
{
	struct wpt_several *w = data;

	allow_signal(SIGKILL);
	KeSetEvent(&w->begun, IO_NO_INCREMENT, FALSE);
	w->status = KeWaitForMultipleObjects(w->count, w->objects, w->type,
					     Executive, KernelMode, w->alertable,
					     NULL, w->blocks);
	KeSetEvent(&w->done, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* Begin such a task, and wait until it has its blocks on the objects' lists. */
static struct task_struct *wpt_several_begin(struct kunit *test,
					     struct wpt_several *w)
{
	DISPATCHER_HEADER *last = w->objects[w->count - 1];
	unsigned long end = jiffies + msecs_to_jiffies(WPT_PATIENCE);
	struct task_struct *task;
	PLIST_ENTRY list = &last->WaitListHead;
	PLIST_ENTRY before = READ_ONCE(list->Blink);

	KeInitializeEvent(&w->begun, NotificationEvent, FALSE);
	KeInitializeEvent(&w->done, NotificationEvent, FALSE);
	task = kthread_run(wpt_several_run, w, "wdm_several");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (READ_ONCE(list->Blink) == before && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_ASSERT_PTR_NE(test, READ_ONCE(list->Blink), before);
	return task;
}

static bool wpt_several_is_done(struct wpt_several *w, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForSingleObject(&w->done, Executive, KernelMode, FALSE,
				     &timeout) == STATUS_SUCCESS;
}

/* A task that sleeps for one of several: any kind of object ends its wait. */
static void winpar_test_multi_any_sleeps(struct kunit *test)
{
	struct wpt_several w = { .count = 4, .type = WaitAny };
	KSEMAPHORE semaphore;
	KEVENT event, other;
	KTIMER timer;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	KeInitializeEvent(&other, NotificationEvent, FALSE);
	KeInitializeSemaphore(&semaphore, 0, 1);
	KeInitializeTimer(&timer);
	w.objects[0] = &event;
	w.objects[1] = &semaphore;
	w.objects[2] = &timer;
	w.objects[3] = &other;
	wpt_several_begin(test, &w);
	KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE);
	KUNIT_ASSERT_TRUE(test, wpt_several_is_done(&w, WPT_PATIENCE));
	KUNIT_EXPECT_EQ(test, w.status, STATUS_WAIT_1);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
	/* It is on none of the lists any more. */
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&event.Header.WaitListHead));
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&timer.Header.WaitListHead));
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&event), 0);
	KeClearEvent(&event);
	wpt_several_begin(test, &w);
	KeSetTimer(&timer, WPT_MS(1), NULL);
	KUNIT_ASSERT_TRUE(test, wpt_several_is_done(&w, WPT_PATIENCE));
	KUNIT_EXPECT_EQ(test, w.status, STATUS_WAIT_2);
}

/* A task that sleeps for all of several, and takes none before the last. */
static void winpar_test_multi_all_sleeps(struct kunit *test)
{
	struct wpt_several w = { .count = 3, .type = WaitAll };
	KEVENT events[3];
	PVOID one;

	wpt_events(events, w.objects, 3, SynchronizationEvent);
	wpt_several_begin(test, &w);
	KeSetEvent(&events[0], IO_NO_INCREMENT, FALSE);
	KeSetEvent(&events[2], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_FALSE(test, wpt_several_is_done(&w, 50));
	/* Another wait takes one of them: the first has to wait for that again. */
	one = &events[0];
	KUNIT_EXPECT_EQ(test, wpt_wait_several(&one, 1, WaitAny, 0), STATUS_WAIT_0);
	KeSetEvent(&events[1], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_FALSE(test, wpt_several_is_done(&w, 50));
	KeSetEvent(&events[0], IO_NO_INCREMENT, FALSE);
	KUNIT_ASSERT_TRUE(test, wpt_several_is_done(&w, WPT_PATIENCE));
	KUNIT_EXPECT_EQ(test, w.status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&events[0]) +
			KeReadStateEvent(&events[1]) +
			KeReadStateEvent(&events[2]), 0);
}

/* One that cannot end leaves the object to the one behind it. */
static void winpar_test_multi_passed_over(struct kunit *test)
{
	struct wpt_several *all = kunit_kzalloc(test, sizeof(*all), GFP_KERNEL);
	struct wpt_several *any = kunit_kzalloc(test, sizeof(*any), GFP_KERNEL);
	KEVENT events[3];

	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_ASSERT_NOT_NULL(test, any);
	*all = (struct wpt_several){ .count = 2, .type = WaitAll };
	*any = (struct wpt_several){ .count = 2, .type = WaitAny };
	wpt_events(events, all->objects, 3, SynchronizationEvent);
	any->objects[0] = &events[2];
	any->objects[1] = &events[1];
	wpt_several_begin(test, all);
	wpt_several_begin(test, any);
	KeSetEvent(&events[1], IO_NO_INCREMENT, FALSE);
	KUNIT_ASSERT_TRUE(test, wpt_several_is_done(any, WPT_PATIENCE));
	KUNIT_EXPECT_EQ(test, any->status, STATUS_WAIT_1);
	KUNIT_EXPECT_FALSE(test, wpt_several_is_done(all, 20));
	KeSetEvent(&events[1], IO_NO_INCREMENT, FALSE);
	KeSetEvent(&events[0], IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_several_is_done(all, WPT_PATIENCE));
}

/* A fatal signal ends an alertable one, and takes it off every list. */
static void winpar_test_multi_killed(struct kunit *test)
{
	struct wpt_several w = { .count = 3, .type = WaitAny, .alertable = TRUE };
	struct task_struct *task;
	KEVENT events[3];
	int i;

	wpt_events(events, w.objects, 3, NotificationEvent);
	task = wpt_several_begin(test, &w);
	send_sig(SIGKILL, task, 1);
	KUNIT_ASSERT_TRUE(test, wpt_several_is_done(&w, WPT_PATIENCE));
	KUNIT_EXPECT_EQ(test, w.status, STATUS_ALERTED);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, IsListEmpty(&events[i].Header.WaitListHead));
}

static int wpt_multi_setter_run(void *data)
{
	PKEVENT *next = data, event;

	while (!kthread_should_stop()) {
		event = xchg(next, NULL);
		if (event)
			KeSetEvent(event, IO_NO_INCREMENT, FALSE);
		cond_resched();
	}
	return 0;
}

/* Events on the waiter's stack, in a frame that is gone when the wait ends. */
static noinline NTSTATUS wpt_multi_on_stack(PKEVENT *next, unsigned int which)
{
	PVOID objects[2];
	KEVENT events[2];

	wpt_events(events, objects, 2, NotificationEvent);
	/* The setter takes it by xchg(). */
	smp_store_release(next, &events[which]);
	return wpt_wait_several(objects, 2, WaitAny, WPT_PATIENCE);
}

/* KASAN sees a setter that touches what the waiter has gone on from. */
static void winpar_test_multi_on_stack(struct kunit *test)
{
	struct task_struct *task;
	unsigned int i, bad = 0;
	PKEVENT next = NULL;

	task = kthread_run(wpt_multi_setter_run, &next, "wdm_setter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < WPT_ROUNDS && !bad; i++)
		bad += wpt_multi_on_stack(&next, i % 2) !=
		       (NTSTATUS)(STATUS_WAIT_0 + i % 2);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, bad, 0U);
}

static struct kunit_case wpt_wdm_multi_cases[] = {
	KUNIT_CASE(winpar_test_multi_any),
	KUNIT_CASE(winpar_test_multi_all),
	KUNIT_CASE(winpar_test_multi_most),
	KUNIT_CASE(winpar_test_multi_refused),
	KUNIT_CASE(winpar_test_multi_any_sleeps),
	KUNIT_CASE(winpar_test_multi_all_sleeps),
	KUNIT_CASE(winpar_test_multi_passed_over),
	KUNIT_CASE(winpar_test_multi_killed),
	KUNIT_CASE(winpar_test_multi_on_stack),
	{ }
};

static struct kunit_suite wpt_wdm_multi_suite = {
	.name = "winpar_wdm_multi",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_multi_cases,
};

kunit_test_suite(wpt_wdm_multi_suite);
