// SPDX-License-Identifier: GPL-2.0-only
/* System threads, the error log, clocks (wdm/thread.c, log.c, timer.c). */
#include <linux/refcount.h>
#include <linux/sched/rt.h>
#include <linux/slab.h>

#include "leaks.h"
#include "wdm_fixture.h"

/* ----- threads ----------------------------------------------------------- */

/**
 * struct wpt_thread - a system thread, which runs wpt_thread_routine()
 * @go: the event that the thread waits for
 * @ran: 1: the wait is over; -1: PsTerminateSystemThread() has returned
 * @level: the level at which the thread runs
 * @terminate: the thread is to end itself by PsTerminateSystemThread()
 */
struct wpt_thread {
	KEVENT go;
	int ran;
	int level;
	bool terminate;
};

static VOID wpt_thread_routine(PVOID context)
{
	struct wpt_thread *t = context;

	t->level = KeGetCurrentIrql();
	KeWaitForSingleObject(&t->go, Executive, KernelMode, FALSE, NULL);
	t->ran++;
	if (t->terminate) {
		PsTerminateSystemThread(STATUS_SUCCESS);
		t->ran = -1;
	}
}

static NTSTATUS wpt_thread(struct wpt_thread *t, HANDLE *handle)
{
	KeInitializeEvent(&t->go, NotificationEvent, FALSE);
	return PsCreateSystemThread(handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
				    wpt_thread_routine, t);
}

/*
 * DDI pages: wdm, PsCreateSystemThread, ObReferenceObjectByHandle, ZwClose. The thread's
 * object is signalled when the thread has ended, and not before.
 */
static void winpar_test_thread(struct kunit *test)
{
	struct wpt_thread t = { };
	HANDLE handle;
	PVOID object;

	KUNIT_ASSERT_EQ(test, wpt_thread(&t, &handle), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS,
						  (POBJECT_TYPE)test, KernelMode,
						  &object, NULL));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS,
						  *PsThreadType, KernelMode,
						  &object, NULL));
	/* Another client cannot close it. */
	KUNIT_ASSERT_EQ(test, wpt_wdm_start_other(), 0);
	wpt_wdm_swap();
	KUNIT_EXPECT_EQ(test, ZwClose(handle), STATUS_INVALID_HANDLE);
	wpt_wdm_swap();
	wpt_wdm_stop_other();
	KUNIT_EXPECT_EQ(test, ZwClose(handle), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ZwClose(handle), STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, 20), STATUS_TIMEOUT);
	KeSetEvent(&t.go, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, WPT_PATIENCE), STATUS_SUCCESS);
	/* The object stays signalled. */
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, t.ran, 1);
	KUNIT_EXPECT_EQ(test, t.level, PASSIVE_LEVEL);
	ObDereferenceObject(object);
}

/* DDI page: wdm, PsTerminateSystemThread */
static void winpar_test_thread_terminate(struct kunit *test)
{
	struct wpt_thread t = { .terminate = true };
	HANDLE handle;
	PVOID object;
	int i;

	KUNIT_EXPECT_EQ(test, PsTerminateSystemThread(STATUS_SUCCESS),
			STATUS_INVALID_PARAMETER);
	/* Twenty, one after the other: each is freed by a later call. */
	for (i = 0; i < 20; i++) {
		KUNIT_ASSERT_EQ(test, wpt_thread(&t, &handle), STATUS_SUCCESS);
		KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
				ObReferenceObjectByHandle(handle, 0, NULL,
							  KernelMode, &object,
							  NULL));
		ZwClose(handle);
		KeSetEvent(&t.go, IO_NO_INCREMENT, FALSE);
		KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, WPT_PATIENCE),
				STATUS_SUCCESS);
		ObDereferenceObject(object);
	}
	KUNIT_EXPECT_EQ(test, t.ran, 20);
}

/* The objects of threads that have ended are freed while their client goes on. */
static void winpar_test_thread_freed(struct kunit *test)
{
	struct wpt_thread t = { };
	NTSTATUS status = STATUS_SUCCESS;
	unsigned int live;
	HANDLE handle;
	int i;

	KUNIT_ASSERT_EQ(test, wpt_leaks_begin(), 0);
	for (i = 0; i < 10 && NT_SUCCESS(status); i++) {
		status = wpt_thread(&t, &handle);
		if (!NT_SUCCESS(status))
			break;
		KeSetEvent(&t.go, IO_NO_INCREMENT, FALSE);
		/* A handle is the object's address. */
		status = wpt_wdm_wait(handle, WPT_PATIENCE);
		ZwClose(handle);
	}
	live = wpt_leaks_live();
	wpt_leaks_end(test);
	KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, t.ran, 10);
	/* Of the last two, or they are about to be done. */
	KUNIT_EXPECT_LE(test, live, 4U);
}

/**
 * struct wpt_self - a system thread that says which thread it is
 * @told: set when @self and @process are filled in
 * @go: the event that the thread waits for
 * @self: PsGetCurrentThread() in the thread, with a reference
 * @process: PsGetCurrentProcess() in the thread
 */
struct wpt_self {
	KEVENT told;
	KEVENT go;
	PVOID self;
	PVOID process;
};

static VOID wpt_self_routine(PVOID context)
{
	struct wpt_self *s = context;

	s->self = PsGetCurrentThread();
	ObReferenceObject(s->self);
	s->process = PsGetCurrentProcess();
	KeSetEvent(&s->told, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(&s->go, Executive, KernelMode, FALSE, NULL);
}

/*
 * DDI pages: wdm, KeGetCurrentThread, ObReferenceObjectByHandle. Both give one object for a
 * system thread, and other threads can wait for what the thread itself has got.
 */
static void winpar_test_thread_self(struct kunit *test)
{
	struct wpt_self s = { };
	bool same;
	HANDLE handle;
	PVOID object;

	KeInitializeEvent(&s.told, NotificationEvent, FALSE);
	KeInitializeEvent(&s.go, NotificationEvent, FALSE);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL,
					     NULL, wpt_self_routine, &s));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS,
						  *PsThreadType, KernelMode,
						  &object, NULL));
	ZwClose(handle);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&s.told, WPT_PATIENCE), STATUS_SUCCESS);
	same = s.self == object;
	KUNIT_EXPECT_TRUE(test, same);
	KUNIT_EXPECT_PTR_EQ(test, s.process, (PVOID)PsGetCurrentProcess());
	if (same)
		KUNIT_EXPECT_EQ(test, wpt_wdm_wait(s.self, 20), STATUS_TIMEOUT);
	KeSetEvent(&s.go, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, WPT_PATIENCE), STATUS_SUCCESS);
	ObDereferenceObject(object);
	if (same) {
		KUNIT_EXPECT_EQ(test, wpt_wdm_wait(s.self, 0), STATUS_SUCCESS);
		ObDereferenceObject(s.self);
	}
}

/*
 * A thread that is no driver's, and a process: references keep the value from being another
 * one's, and nothing waits for them.
 */
static void winpar_test_thread_task(struct kunit *test)
{
	PVOID thread = PsGetCurrentThread(), process = PsGetCurrentProcess();
	unsigned int before = refcount_read(&current->usage);
	LARGE_INTEGER now = { };

	KUNIT_EXPECT_NE(test, ObReferenceObject(thread), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&current->usage), before + 1);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByPointer(thread, 0, *PsThreadType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, refcount_read(&current->usage), before + 2);
	ObDereferenceObject(thread);
	ObDereferenceObject(thread);
	KUNIT_EXPECT_EQ(test, refcount_read(&current->usage), before);
	KUNIT_EXPECT_NE(test, ObReferenceObject(process), 0);
	ObDereferenceObject(process);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByPointer(process, 0, *PsThreadType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			KeWaitForMultipleObjects(1, &thread, WaitAny, Executive,
						 KernelMode, FALSE, &now, NULL));
}

/* A thread in another process is refused; each allocation fails once. */
static void winpar_test_thread_refused(struct kunit *test)
{
	struct wpt_thread t = { };
	HANDLE handle = NULL;
	NTSTATUS status;

	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			PsCreateSystemThread(&handle, 0, NULL, NULL, &t,
					     wpt_thread_routine, &t));
	wpt_fail_nth(1);
	status = wpt_thread(&t, &handle);
	wpt_fail_end();
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	wpt_fail_nth(2);
	status = wpt_thread(&t, &handle);
	wpt_fail_end();
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_NULL(test, handle);
}

/* A thread that runs for 200 ms. */
static VOID wpt_thread_slow(PVOID context)
{
	LARGE_INTEGER soon = WPT_MS(200);

	KeDelayExecutionThread(KernelMode, FALSE, &soon);
	*(int *)context = 1;
}

/* The end of the client waits until a thread of the client has ended. */
static void winpar_test_thread_left(struct kunit *test)
{
	int *ran = kunit_kzalloc(test, sizeof(*ran), GFP_KERNEL);
	HANDLE handle;

	KUNIT_ASSERT_NOT_NULL(test, ran);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			PsCreateSystemThread(&handle, 0, NULL, NULL, NULL,
					     wpt_thread_slow, ran));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, *ran, 1);
}

/* Another driver may have a reference to a thread's object when the client ends. */
static void winpar_test_thread_kept(struct kunit *test)
{
	int *ran = kunit_kzalloc(test, sizeof(*ran), GFP_KERNEL);
	HANDLE handle;
	PVOID object;

	KUNIT_ASSERT_NOT_NULL(test, ran);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			PsCreateSystemThread(&handle, 0, NULL, NULL, NULL,
					     wpt_thread_slow, ran));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS,
						  *PsThreadType, KernelMode,
						  &object, NULL));
	wpt_wdm_stop();
	/* KASAN reports it if the object is freed. */
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(object), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(object), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(object), 0);
}

/* DDI pages: wdm, KeSetPriorityThread; ntddk, KeQueryPriorityThread */
static void winpar_test_thread_priority(struct kunit *test)
{
	PKTHREAD self = KeGetCurrentThread();
	KPRIORITY first = KeQueryPriorityThread(self), before;
	struct wpt_thread t = { };
	HANDLE handle;
	PVOID object;
	int nice;
	KIRQL old;

	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 12), first);
	KUNIT_EXPECT_EQ(test, task_nice(current), -8);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, LOW_REALTIME_PRIORITY), 12);
	KUNIT_EXPECT_TRUE(test, rt_task(current));
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 1), LOW_REALTIME_PRIORITY);
	KUNIT_EXPECT_FALSE(test, rt_task(current));
	KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(self), 1);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, HIGH_PRIORITY), 1);
	KUNIT_EXPECT_TRUE(test, rt_task(current));
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 1), LOW_REALTIME_PRIORITY);
	/* What there is not, and where it is not to be asked, changes nothing. */
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 0), 1);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 32), 1);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, 15), 1);
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, first), 1);
	for (nice = MIN_NICE; nice <= MAX_NICE; nice++) {
		set_user_nice(current, nice);
		before = KeSetPriorityThread(self, LOW_REALTIME_PRIORITY);
		KUNIT_EXPECT_GE(test, before, 1);
		KUNIT_EXPECT_LE(test, before, 15);
		/* As a driver does that raises its caller's priority for a while. */
		KUNIT_EXPECT_EQ(test, KeSetPriorityThread(self, before),
				LOW_REALTIME_PRIORITY);
		KUNIT_EXPECT_FALSE(test, rt_task(current));
		KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(self), before);
	}
	KeSetPriorityThread(self, first);
	/* A thread object of another thread. */
	KUNIT_ASSERT_EQ(test, wpt_thread(&t, &handle), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByHandle(handle, 0, *PsThreadType,
						  KernelMode, &object, NULL));
	KUNIT_EXPECT_EQ(test, KeSetPriorityThread(object, 10), 8);
	KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(object), 10);
	KUNIT_EXPECT_EQ(test, KeQueryPriorityThread(self), first);
	KeSetEvent(&t.go, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(object, WPT_PATIENCE), STATUS_SUCCESS);
	ObDereferenceObject(object);
	ZwClose(handle);
}

/* ----- the error log ----------------------------------------------------- */

/*
 * DDI pages: wdm, IoAllocateErrorLogEntry, IoWriteErrorLogEntry. The log has a line with
 * the entry's numbers, and one with its string.
 */
static void winpar_test_log(struct kunit *test)
{
	static const WCHAR string[] = L"paper";
	PIO_ERROR_LOG_PACKET packet;
	u64 since = wpt_kmsg_end();
	UCHAR size = sizeof(*packet) + sizeof(ULONG) + sizeof(string);

	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), size);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	packet->ErrorCode = (NTSTATUS)0xc0040004;
	packet->UniqueErrorValue = 17;
	packet->FinalStatus = STATUS_IO_TIMEOUT;
	packet->DumpDataSize = 2 * sizeof(ULONG);
	packet->DumpData[0] = 0xabc;
	(&packet->DumpData[0])[1] = 0xdef;
	packet->NumberOfStrings = 1;
	packet->StringOffset = size - sizeof(string);
	memcpy((u8 *)packet + packet->StringOffset, string, sizeof(string));
	IoWriteErrorLogEntry(packet);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: error log: code 0xc0040004, unique value 17, final status STATUS_IO_TIMEOUT (0xc00000b5)",
				      "data 0xabc 0xdef"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"error log: paper"));
}

/*
 * Sizes that are refused; lengths and offsets that lead out of the entry: KASAN reports
 * this if the layer reads there.
 */
static void winpar_test_log_hostile(struct kunit *test)
{
	const UCHAR least = offsetof(IO_ERROR_LOG_PACKET, DumpData);
	const UCHAR most = ERROR_LOG_MAXIMUM_SIZE;
	PIO_ERROR_LOG_PACKET packet;

	KUNIT_EXPECT_NULL(test, IoAllocateErrorLogEntry(wpt_wdm_driver(), least - 1));
	KUNIT_EXPECT_NULL(test, IoAllocateErrorLogEntry(wpt_wdm_driver(), most + 1));
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), least);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	IoFreeErrorLogEntry(packet);
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), most);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	IoFreeErrorLogEntry(packet);
	KUNIT_EXPECT_NULL(test, IoAllocateErrorLogEntry(NULL, sizeof(*packet)));
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), sizeof(*packet));
	KUNIT_ASSERT_NOT_NULL(test, packet);
	packet->DumpDataSize = 0xffff;
	packet->NumberOfStrings = 0xffff;
	packet->StringOffset = 0xfff0;
	IoWriteErrorLogEntry(packet);
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), sizeof(*packet));
	KUNIT_ASSERT_NOT_NULL(test, packet);
	memset(packet, 0x41, sizeof(*packet));
	packet->StringOffset = 0;
	IoWriteErrorLogEntry(packet);
	/* The string begins in the entry's last byte: half a character is none. */
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), sizeof(*packet) + 1);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	packet->NumberOfStrings = 1;
	packet->StringOffset = sizeof(*packet);
	IoWriteErrorLogEntry(packet);
	packet = IoAllocateErrorLogEntry(wpt_wdm_driver(), sizeof(*packet));
	KUNIT_ASSERT_NOT_NULL(test, packet);
	IoFreeErrorLogEntry(packet);
}

/* DDI pages: wdm, KeQueryTickCount, KeQueryTimeIncrement, KeQueryPerformanceCounter */
static void winpar_test_clocks(struct kunit *test)
{
	LARGE_INTEGER frequency, ticks, more, before, after, wait = WPT_MS(100);

	before = KeQueryPerformanceCounter(&frequency);
	KeQueryTickCount(&ticks);
	KeDelayExecutionThread(KernelMode, FALSE, &wait);
	KeQueryTickCount(&more);
	after = KeQueryPerformanceCounter(NULL);
	KUNIT_EXPECT_GE(test, (more.QuadPart - ticks.QuadPart + 1) *
			KeQueryTimeIncrement(), 1000000LL);
	KUNIT_EXPECT_GE(test, after.QuadPart - before.QuadPart,
			frequency.QuadPart / 10);
}

static struct kunit_case wpt_wdm_thread_cases[] = {
	KUNIT_CASE(winpar_test_thread),
	KUNIT_CASE(winpar_test_thread_terminate),
	KUNIT_CASE(winpar_test_thread_freed),
	KUNIT_CASE(winpar_test_thread_self),
	KUNIT_CASE(winpar_test_thread_task),
	KUNIT_CASE(winpar_test_thread_refused),
	KUNIT_CASE(winpar_test_thread_left),
	KUNIT_CASE(winpar_test_thread_kept),
	KUNIT_CASE(winpar_test_thread_priority),
	KUNIT_CASE(winpar_test_log),
	KUNIT_CASE(winpar_test_log_hostile),
	KUNIT_CASE(winpar_test_clocks),
	{ }
};

static struct kunit_suite wpt_wdm_thread_suite = {
	.name = "winpar_wdm_thread",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_thread_cases,
};

kunit_test_suite(wpt_wdm_thread_suite);
