// SPDX-License-Identifier: GPL-2.0-only
/* Levels, events, semaphores, mutexes, fast mutexes. */
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "wdm_fixture.h"

/* How often winpar_test_event_on_stack() waits. */
#define WPT_ROUNDS	20000

static noinline NTSTATUS wpt_wait(PVOID object, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &timeout);
}

/* ----- levels ------------------------------------------------------------ */

/* DDI pages: wdm, KeGetCurrentIrql, KeRaiseIrql, KeLowerIrql */
static void winpar_test_irql(struct kunit *test)
{
	KIRQL old, older;

	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_EQ(test, old, PASSIVE_LEVEL);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeRaiseIrql(DISPATCH_LEVEL, &older);
	KUNIT_EXPECT_EQ(test, older, DISPATCH_LEVEL);
	KeLowerIrql(older);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeRaiseIrql(HIGH_LEVEL, &older);
	/* On PREEMPT_RT there is no level above. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	else
		KUNIT_EXPECT_GT(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, irqs_disabled(), !IS_ENABLED(CONFIG_PREEMPT_RT));
	KeLowerIrql(older);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	/* From the highest level to the lowest in one call. */
	KeRaiseIrql(HIGH_LEVEL, &old);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* DDI pages: wdm, KeAcquireSpinLock, KeReleaseSpinLock */
static void winpar_test_spin_lock(struct kunit *test)
{
	KSPIN_LOCK outer, inner;
	KIRQL old, older;

	KeInitializeSpinLock(&outer);
	KeInitializeSpinLock(&inner);
	KeAcquireSpinLock(&outer, &old);
	KUNIT_EXPECT_EQ(test, old, PASSIVE_LEVEL);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeAcquireSpinLock(&inner, &older);
	KUNIT_EXPECT_EQ(test, older, DISPATCH_LEVEL);
	KeReleaseSpinLock(&inner, older);
	KeAcquireSpinLockAtDpcLevel(&inner);
	KeReleaseSpinLockFromDpcLevel(&inner);
	KeReleaseSpinLock(&outer, old);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* A wait at DISPATCH_LEVEL does not sleep, and the log names its caller. */
static void winpar_test_irql_wrong(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	KEVENT event;
	KIRQL old;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 1), STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_TIMEOUT);
	KeLowerIrql(old);
	KUNIT_EXPECT_LE(test, 1U,
			wpt_kmsg_says(test, since,
				      "wpt_wait",
				      "calls KeWaitForSingleObject at IRQL 2"));
}

/* ----- events ------------------------------------------------------------ */

/* DDI pages: wdm, KeInitializeEvent, KeSetEvent, KeClearEvent, KeResetEvent */
static void winpar_test_event(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, KeResetEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	KUNIT_EXPECT_NE(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	KeClearEvent(&event);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 0), STATUS_TIMEOUT);
}

/* DDI page: wdm, KeWaitForSingleObject: relative, absolute, past */
static void winpar_test_event_timeout(struct kunit *test)
{
	LARGE_INTEGER until, past = { .QuadPart = 1 };
	ktime_t begin = ktime_get();
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wait(&event, 30), STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 30);
	begin = ktime_get();
	KeQuerySystemTime(&until);
	until.QuadPart += 30 * 10000;
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&event, Executive, KernelMode,
						    FALSE, &until),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 29);
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&event, Executive, KernelMode,
						    FALSE, &past),
			STATUS_TIMEOUT);
	until = WPT_MS(20);
	begin = ktime_get();
	KUNIT_EXPECT_EQ(test, KeDelayExecutionThread(KernelMode, FALSE, &until),
			STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 20);
}

/**
 * struct wpt_setter - a task that sets events
 * @next: the event that the task is to set, or NULL
 * @rounds: how many events the task has set
 */
struct wpt_setter {
	PKEVENT next;
	unsigned int rounds;
};

static int wpt_setter_run(void *data)
{
	struct wpt_setter *setter = data;
	PKEVENT event;

	while (!kthread_should_stop()) {
		event = xchg(&setter->next, NULL);
		if (event) {
			KeSetEvent(event, IO_NO_INCREMENT, FALSE);
			setter->rounds++;
		}
		cond_resched();
	}
	return 0;
}

/* Let the setter set an event on this function's stack, and return when it is set. */
static noinline NTSTATUS wpt_wait_on_stack(struct wpt_setter *setter)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	/* The setter takes it by xchg(). */
	smp_store_release(&setter->next, &event);
	return wpt_wait(&event, WPT_PATIENCE);
}

/*
 * DDI page: wdm, KeSetEvent. An event may lie on the stack of the task that waits for it:
 * KASAN reports this if KeSetEvent() touches the event after the wait is over.
 */
static void winpar_test_event_on_stack(struct kunit *test)
{
	struct wpt_setter setter = { };
	struct task_struct *task;
	unsigned int i, bad = 0;

	task = kthread_run(wpt_setter_run, &setter, "wdm_setter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < WPT_ROUNDS && !bad; i++)
		bad += wpt_wait_on_stack(&setter) != STATUS_SUCCESS;
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, bad, 0U);
	KUNIT_EXPECT_EQ(test, setter.rounds, i);
}

/* ----- several waiters --------------------------------------------------- */

/**
 * struct wpt_sleepers - tasks that wait for one object
 * @object: the object
 * @status: what their waits returned, or'ed
 * @alertable: whether their waits are alertable
 * @begun: how many tasks wait, or are about to
 * @ended: how many tasks have ended their wait
 */
struct wpt_sleepers {
	PVOID object;
	atomic_t status;
	BOOLEAN alertable;
	atomic_t begun;
	atomic_t ended;
};

static int wpt_sleeper_run(void *data)
{
	struct wpt_sleepers *sleepers = data;
	LARGE_INTEGER timeout = WPT_MS(WPT_PATIENCE);

	allow_signal(SIGKILL);
	atomic_inc(&sleepers->begun);
	atomic_or(KeWaitForSingleObject(sleepers->object, Executive, KernelMode,
					sleepers->alertable, &timeout),
		  &sleepers->status);
	atomic_inc(&sleepers->ended);
	return 0;
}

/* Begin one more task that waits. */
static struct task_struct *wpt_sleep(struct kunit *test,
				     struct wpt_sleepers *sleepers)
{
	int begun = atomic_read(&sleepers->begun);
	struct task_struct *task;

	task = kthread_run(wpt_sleeper_run, sleepers, "wdm_sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (atomic_read(&sleepers->begun) == begun)
		schedule_timeout_uninterruptible(1);
	schedule_timeout_uninterruptible(HZ / 50);
	return task;
}

/* Do exactly @count tasks end their wait? */
static bool wpt_ended(struct wpt_sleepers *sleepers, int count)
{
	unsigned long end = jiffies + 10 * HZ * wpt_slowness;

	while (atomic_read(&sleepers->ended) < count &&
	       time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	/* Give one more the time to end by mistake. */
	schedule_timeout_uninterruptible(HZ / 20);
	return atomic_read(&sleepers->ended) == count;
}

/* A synchronization event lets one waiter go on, a notification event all of them. */
static void winpar_test_event_waiters(struct kunit *test)
{
	struct wpt_sleepers sleepers = { };
	KEVENT event;
	int i;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	sleepers.object = &event;
	for (i = 0; i < 3; i++)
		wpt_sleep(test, &sleepers);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 1));
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 2));
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 3));
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (i = 0; i < 3; i++)
		wpt_sleep(test, &sleepers);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 6));
	KUNIT_EXPECT_EQ(test, atomic_read(&sleepers.status), STATUS_SUCCESS);
}

/* A fatal signal ends an alertable wait, and no other. */
static void winpar_test_event_killed(struct kunit *test)
{
	struct wpt_sleepers sleepers = { };
	struct task_struct *task;
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	sleepers.object = &event;
	task = wpt_sleep(test, &sleepers);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 0));
	sleepers.alertable = TRUE;
	task = wpt_sleep(test, &sleepers);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&sleepers.status), STATUS_ALERTED);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 2));
}

/* ----- semaphores and mutexes -------------------------------------------- */

/* DDI pages: wdm, KeInitializeSemaphore, KeReleaseSemaphore */
static void winpar_test_semaphore(struct kunit *test)
{
	struct wpt_sleepers sleepers = { };
	KSEMAPHORE semaphore;
	int i;

	KeInitializeSemaphore(&semaphore, 1, 3);
	KUNIT_EXPECT_EQ(test, wpt_wait(&semaphore, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wait(&semaphore, 0), STATUS_TIMEOUT);
	sleepers.object = &semaphore;
	for (i = 0; i < 3; i++)
		wpt_sleep(test, &sleepers);
	KUNIT_EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 2));
	KUNIT_EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, 0, 3, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 3));
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 2);
	/* A release beyond the limit changes nothing. */
	KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 2);
}

/*
 * DDI pages: wdm, KeInitializeMutex, KeReleaseMutex. The owner may wait for its mutex
 * again, and has to release it as often.
 */
static void winpar_test_mutex(struct kunit *test)
{
	struct wpt_sleepers sleepers = { };
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	KUNIT_EXPECT_EQ(test, wpt_wait(&mutex, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wait(&mutex, 0), STATUS_SUCCESS);
	sleepers.object = &mutex;
	wpt_sleep(test, &sleepers);
	KUNIT_EXPECT_NE(test, KeReleaseMutex(&mutex, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 0));
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, wpt_ended(&sleepers, 1));
	/* The task that waited owns the mutex, and has ended without a release. */
	KUNIT_EXPECT_EQ(test, wpt_wait(&mutex, 0), STATUS_TIMEOUT);
	KeReleaseMutex(&mutex, FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), 0);
}

/* DDI pages: wdm, ExAcquireFastMutex and the others */
static void winpar_test_fast_mutex(struct kunit *test)
{
	FAST_MUTEX mutex;

	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	KUNIT_EXPECT_FALSE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	KUNIT_EXPECT_TRUE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	/* One release too many does not let two threads in. */
	ExReleaseFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	KUNIT_EXPECT_FALSE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
}

static struct kunit_case wpt_wdm_wait_cases[] = {
	KUNIT_CASE(winpar_test_irql),
	KUNIT_CASE(winpar_test_spin_lock),
	KUNIT_CASE(winpar_test_irql_wrong),
	KUNIT_CASE(winpar_test_event),
	KUNIT_CASE(winpar_test_event_timeout),
	KUNIT_CASE(winpar_test_event_on_stack),
	KUNIT_CASE(winpar_test_event_waiters),
	KUNIT_CASE(winpar_test_event_killed),
	KUNIT_CASE(winpar_test_semaphore),
	KUNIT_CASE(winpar_test_mutex),
	KUNIT_CASE(winpar_test_fast_mutex),
	{ }
};

static struct kunit_suite wpt_wdm_wait_suite = {
	.name = "winpar_wdm_wait",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_wait_cases,
};

kunit_test_suite(wpt_wdm_wait_suite);
