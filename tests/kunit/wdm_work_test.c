// SPDX-License-Identifier: GPL-2.0-only
/* Work items (wdm/work.c). */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "wdm_fixture.h"

/**
 * struct wpt_work - a work item, and how its routine wpt_work_routine() was called
 * @item: the item
 * @event: set by the routine
 * @calls: how often the routine was called
 * @wrong: how often with another device than @device, or not at PASSIVE_LEVEL
 * @free: the routine is to free the item
 * @left: how large the item's memory is after that: 0 if it is free, which KASAN reports
 * @device: the item's device
 */
struct wpt_work {
	PIO_WORKITEM item;
	KEVENT event;
	int calls;
	int wrong;
	bool free;
	size_t left;
	PDEVICE_OBJECT device;
};

static VOID wpt_work_routine(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_work *work = context;

	work->calls++;
	work->wrong += device != work->device ||
		       KeGetCurrentIrql() != PASSIVE_LEVEL;
	if (work->free) {
		IoFreeWorkItem(work->item);
		work->left = ksize(work->item);
	}
	KeSetEvent(&work->event, IO_NO_INCREMENT, FALSE);
}

static void wpt_work_init(struct kunit *test, struct wpt_work *work)
{
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 8, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &work->device));
	work->item = IoAllocateWorkItem(work->device);
	KUNIT_ASSERT_NOT_NULL(test, (void *)work->item);
	KeInitializeEvent(&work->event, SynchronizationEvent, FALSE);
}

/*
 * DDI pages: wdm, IoQueueWorkItem, IoFreeWorkItem. An item is queued at DISPATCH_LEVEL,
 * twice, and then once more to free itself. No other item gets its address while the routine
 * runs: the workqueue would have that one wait for this one.
 */
static void winpar_test_work(struct kunit *test)
{
	struct wpt_work work = { };
	KIRQL old;
	int i;

	wpt_work_init(test, &work);
	for (i = 0; i < 2; i++) {
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		IoQueueWorkItem(work.item, wpt_work_routine, DelayedWorkQueue,
				&work);
		KeLowerIrql(old);
		KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&work.event, WPT_PATIENCE),
				STATUS_SUCCESS);
	}
	work.free = true;
	IoQueueWorkItem(work.item, wpt_work_routine, CriticalWorkQueue, &work);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&work.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, work.calls, 3);
	KUNIT_EXPECT_EQ(test, work.wrong, 0);
	KUNIT_EXPECT_GT(test, work.left, (size_t)0);
	IoDeleteDevice(work.device);
}

/* Each allocation fails once. */
static void winpar_test_work_no_memory(struct kunit *test)
{
	struct wpt_work work = { };
	PIO_WORKITEM item;
	PVOID entry;

	wpt_work_init(test, &work);
	wpt_fail_nth(1);
	item = IoAllocateWorkItem(work.device);
	KUNIT_EXPECT_FALSE(test, wpt_fail_end());
	KUNIT_EXPECT_NULL(test, (void *)item);
	wpt_fail_nth(1);
	entry = IoAllocateErrorLogEntry(work.device, sizeof(IO_ERROR_LOG_PACKET));
	KUNIT_EXPECT_FALSE(test, wpt_fail_end());
	KUNIT_EXPECT_NULL(test, entry);
	IoFreeWorkItem(work.item);
	IoDeleteDevice(work.device);
}

/*
 * The end of a client waits for the routine of a work item that is queued. The item's
 * device, which is deleted before, stays until the routine has returned.
 */
static void winpar_test_work_left(struct kunit *test)
{
	struct wpt_work *work = kunit_kzalloc(test, sizeof(*work), GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, work);
	wpt_work_init(test, work);
	IoQueueWorkItem(work->item, wpt_work_routine, DelayedWorkQueue, work);
	IoDeleteDevice(work->device);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, work->calls, 1);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 work items were not freed"));
}

/* A device is deleted before its work item is queued, and stays until the item is freed. */
static void winpar_test_work_deleted(struct kunit *test)
{
	struct wpt_work work = { };
	u64 since = wpt_kmsg_end();

	wpt_work_init(test, &work);
	IoDeleteDevice(work.device);
	IoQueueWorkItem(work.item, wpt_work_routine, DelayedWorkQueue, &work);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&work.event, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, work.calls, 1);
	KUNIT_EXPECT_EQ(test, work.wrong, 0);
	IoFreeWorkItem(work.item);
	/* Once more: it is not looked at. */
	IoFreeWorkItem(work.item);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_test_work_deleted",
						"frees a work item that is freed"));
}

/* An item that is freed is queued: it is not looked at, which KASAN reports. */
static void winpar_test_work_freed(struct kunit *test)
{
	struct wpt_work work = { };
	u64 since = wpt_kmsg_end();

	wpt_work_init(test, &work);
	IoFreeWorkItem(work.item);
	IoQueueWorkItem(work.item, wpt_work_routine, DelayedWorkQueue, &work);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_test_work_freed",
						"queues a work item that is freed"));
	IoDeleteDevice(work.device);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, work.calls, 0);
}

/**
 * struct wpt_slow_work - a work item whose routine wpt_work_waits() waits
 * @work: the item; its routine ends as wpt_work_routine()
 * @running: set when the routine is called
 * @go: the routine waits for it
 */
struct wpt_slow_work {
	struct wpt_work work;
	KEVENT running;
	KEVENT go;
};

static VOID wpt_work_waits(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_slow_work *slow = context;

	KeSetEvent(&slow->running, IO_NO_INCREMENT, FALSE);
	wpt_wdm_wait(&slow->go, WPT_PATIENCE);
	wpt_work_routine(device, &slow->work);
}

/*
 * DDI page: wdm, IoFreeWorkItem. An item that is queued, while its routine is called for the
 * first time, is freed and queued: it stays, and is called once more.
 */
static void winpar_test_work_queued(struct kunit *test)
{
	struct wpt_slow_work slow = { };
	PIO_WORKITEM item;
	u64 since = wpt_kmsg_end();
	int i;

	wpt_work_init(test, &slow.work);
	item = slow.work.item;
	KeInitializeEvent(&slow.running, SynchronizationEvent, FALSE);
	KeInitializeEvent(&slow.go, SynchronizationEvent, FALSE);
	IoQueueWorkItem(item, wpt_work_waits, DelayedWorkQueue, &slow);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&slow.running, WPT_PATIENCE), STATUS_SUCCESS);
	IoQueueWorkItem(item, wpt_work_waits, DelayedWorkQueue, &slow);
	IoQueueWorkItem(item, wpt_work_waits, DelayedWorkQueue, &slow);
	IoFreeWorkItem(item);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_test_work_queued",
						"queues a work item that is queued"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_test_work_queued",
						"frees a work item that is queued"));
	for (i = 0; i < 2; i++) {
		KeSetEvent(&slow.go, IO_NO_INCREMENT, FALSE);
		KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&slow.work.event, WPT_PATIENCE),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, slow.work.calls, 2);
	IoFreeWorkItem(item);
	IoDeleteDevice(slow.work.device);
	/* Both calls have returned: the routine's context is on the stack. */
	wpt_wdm_stop();
}

/**
 * struct wpt_between - a work item of which the workqueue is about to call the routine
 * @work: the item, for wpt_work_routine()
 * @queues: it is queued with another routine then; else it is freed
 * @started: how often the workqueue began with the item
 * @overwritten: how often the other routine was called
 */
struct wpt_between {
	struct wpt_work work;
	bool queues;
	int started;
	int overwritten;
};

static VOID wpt_work_overwritten(PDEVICE_OBJECT device, PVOID context)
{
	struct wpt_between *between = context;

	between->overwritten++;
	KeSetEvent(&between->work.event, IO_NO_INCREMENT, FALSE);
}

/* Linux's tracepoint calls this when the work is not pending any more, and before its function. */
static void wpt_work_execute_start(void *data, struct work_struct *work)
{
	struct wpt_between *between = data;
	PIO_WORKITEM item = between->work.item;

	/* An item begins with its work. */
	if ((void *)work != (void *)item)
		return;
	if (!between->started && between->queues)
		IoQueueWorkItem(item, wpt_work_overwritten, DelayedWorkQueue, between);
	else if (!between->started)
		IoFreeWorkItem(item);
	between->started++;
}

static void wpt_work_find(struct tracepoint *tracepoint, void *data)
{
	struct tracepoint **found = data;

	if (!strcmp(tracepoint->name, "workqueue_execute_start"))
		*found = tracepoint;
}

/*
 * DDI page: wdm, IoFreeWorkItem. An item is queued until its routine is called, also when the
 * workqueue has begun with it.
 */
static void wpt_work_between(struct kunit *test, bool queues, const char *line)
{
	struct wpt_between between = { .queues = queues };
	struct tracepoint *start = NULL;
	u64 since = wpt_kmsg_end();
	NTSTATUS status;

	/* A tracepoint's functions run with preemption off. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: no lock is taken in a tracepoint there");
	for_each_kernel_tracepoint(wpt_work_find, &start);
	KUNIT_ASSERT_NOT_NULL(test, start);
	wpt_work_init(test, &between.work);
	KUNIT_ASSERT_EQ(test, 0, tracepoint_probe_register(start, wpt_work_execute_start,
							   &between));
	IoQueueWorkItem(between.work.item, wpt_work_routine, DelayedWorkQueue, &between.work);
	status = wpt_wdm_wait(&between.work.event, WPT_PATIENCE);
	tracepoint_probe_unregister(start, wpt_work_execute_start, &between);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, between.started, 1);
	KUNIT_EXPECT_EQ(test, between.work.calls, 1);
	KUNIT_EXPECT_EQ(test, between.overwritten, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_work_execute_start", line));
	IoFreeWorkItem(between.work.item);
	IoDeleteDevice(between.work.device);
	/* Each call has returned: the routines' context is on the stack. */
	wpt_wdm_stop();
}

static void winpar_test_work_freed_between(struct kunit *test)
{
	wpt_work_between(test, false, "frees a work item that is queued");
}

static void winpar_test_work_queued_between(struct kunit *test)
{
	wpt_work_between(test, true, "queues a work item that is queued");
}

static struct kunit_case wpt_wdm_work_cases[] = {
	KUNIT_CASE(winpar_test_work),
	KUNIT_CASE(winpar_test_work_no_memory),
	KUNIT_CASE(winpar_test_work_left),
	KUNIT_CASE(winpar_test_work_deleted),
	KUNIT_CASE(winpar_test_work_freed),
	KUNIT_CASE(winpar_test_work_queued),
	KUNIT_CASE(winpar_test_work_freed_between),
	KUNIT_CASE(winpar_test_work_queued_between),
	{ }
};

static struct kunit_suite wpt_wdm_work_suite = {
	.name = "winpar_wdm_work",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_work_cases,
};

kunit_test_suite(wpt_wdm_work_suite);
