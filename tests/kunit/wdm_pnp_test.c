// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications of Plug and Play (wdm/notify.c): a client is told of ports that arrive
 * and are removed. Remove locks (wdm/remove.c).
 */
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include <winpar/ddk/initguid.h>
#include <winpar/ddk/wdmguid.h>

#include "leaks.h"
#include "wdm_fixture.h"

/* ----- notifications ----------------------------------------------------- */

/**
 * struct wpt_told - a registration, and what its routine wpt_told_routine() was told
 * @entry: the registration
 * @event: set by each call of the routine
 * @arrivals: how many arrivals it was told of
 * @removals: how many removals it was told of
 * @wrong: how many calls had a wrong structure, or not PASSIVE_LEVEL
 * @class: the class of interfaces that was registered for
 * @link: the name of the interface in the last call
 * @end: the routine is to end its own registration
 */
struct wpt_told {
	PVOID entry;
	KEVENT event;
	int arrivals;
	int removals;
	int wrong;
	const GUID *class;
	WCHAR link[96];
	bool end;
};

static NTSTATUS wpt_told_routine(PVOID structure, PVOID context)
{
	PDEVICE_INTERFACE_CHANGE_NOTIFICATION change = structure;
	struct wpt_told *told = context;

	if (change->Version != 1 || change->Size != sizeof(*change) ||
	    !IsEqualGUID(&change->InterfaceClassGuid, told->class) ||
	    KeGetCurrentIrql() != PASSIVE_LEVEL)
		told->wrong++;
	if (IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_ARRIVAL))
		told->arrivals++;
	else if (IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_REMOVAL))
		told->removals++;
	wcscpy(told->link, change->SymbolicLinkName->Buffer);
	if (told->end)
		IoUnregisterPlugPlayNotification(told->entry);
	KeSetEvent(&told->event, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

static struct wpt_told *wpt_told(struct kunit *test)
{
	struct wpt_told *told = kunit_kzalloc(test, sizeof(*told), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, told);
	KeInitializeEvent(&told->event, SynchronizationEvent, FALSE);
	return told;
}

static NTSTATUS wpt_register(struct wpt_told *told, const GUID *class,
			     ULONG flags)
{
	told->class = class;
	return IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange,
					      flags, (PVOID)class,
					      wpt_wdm_driver(), wpt_told_routine,
					      told, &told->entry);
}

static NTSTATUS wpt_told_wait(struct wpt_told *told)
{
	LARGE_INTEGER timeout = WPT_MS(WPT_PATIENCE);

	return KeWaitForSingleObject(&told->event, Executive, KernelMode, FALSE,
				     &timeout);
}

/*
 * DDI page: wdm, IoRegisterPlugPlayNotification. The routine is told of the port that
 * there is, before the registration returns, then of its removal and of the next arrival;
 * after IoUnregisterPlugPlayNotification() of nothing. The name that it is given opens the
 * port.
 */
static void winpar_test_pnp_told(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);
	PDEVICE_OBJECT device;
	UNICODE_STRING link;
	PFILE_OBJECT file;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_register(told, &GUID_PARALLEL_DEVICE,
				     PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES));
	KUNIT_EXPECT_EQ(test, told->arrivals, 1);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(told), STATUS_SUCCESS);
	RtlInitUnicodeString(&link, told->link);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file,
						 &device));
	ObDereferenceObject(file);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(told), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->removals, 1);
	wpt_wdm_plug(test);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(told), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->arrivals, 2);
	KUNIT_EXPECT_EQ(test, told->wrong, 0);
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotification(told->entry),
			STATUS_SUCCESS);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, told->removals, 1);
	/* Once more: it is freed, and is not looked at. */
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotification(told->entry),
			STATUS_INVALID_PARAMETER);
}

/*
 * Without the flag for existing interfaces the routine is told only of later changes. The
 * interface of the raw device has another name than the port's.
 */
static void winpar_test_pnp_later(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);
	struct wpt_told *port = wpt_told(test);
	UNICODE_STRING link, prefix;

	KUNIT_ASSERT_EQ(test, wpt_register(told, &GUID_PARCLASS_DEVICE, 0),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, wpt_register(port, &GUID_PARALLEL_DEVICE, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->arrivals, 0);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(told), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(port), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->removals, 1);
	KUNIT_EXPECT_EQ(test, told->arrivals, 0);
	KUNIT_EXPECT_EQ(test, told->wrong + port->wrong, 0);
	RtlInitUnicodeString(&link, told->link);
	RtlInitUnicodeString(&prefix, L"\\??\\WINPAR#DEVICE#");
	KUNIT_EXPECT_TRUE(test, RtlPrefixUnicodeString(&prefix, &link, TRUE));
	RtlInitUnicodeString(&link, port->link);
	KUNIT_EXPECT_FALSE(test, RtlPrefixUnicodeString(&prefix, &link, TRUE));
	IoUnregisterPlugPlayNotification(told->entry);
	IoUnregisterPlugPlayNotification(port->entry);
}

/*
 * A routine ends its own registration: first when IoRegisterPlugPlayNotification() calls
 * it, which has not returned yet, then when the port is removed.
 */
static void winpar_test_pnp_end_inside(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);

	told->end = true;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_register(told, &GUID_PARALLEL_DEVICE,
				     PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES));
	KUNIT_EXPECT_EQ(test, told->arrivals, 1);
	KUNIT_EXPECT_EQ(test, wpt_register(told, &GUID_PARALLEL_DEVICE, 0),
			STATUS_SUCCESS);
	KeClearEvent(&told->event);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, wpt_told_wait(told), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->removals, 1);
}

/* A registration that was ended, the second time by its routine, is freed before its client. */
static void winpar_test_pnp_freed(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);
	NTSTATUS status[2];
	unsigned int live;
	int i;

	KUNIT_ASSERT_EQ(test, wpt_leaks_begin(), 0);
	for (i = 0; i < 2; i++) {
		told->end = i;
		status[i] = wpt_register(told, &GUID_PARALLEL_DEVICE,
					 PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES);
		if (NT_SUCCESS(status[i]) && !told->end)
			IoUnregisterPlugPlayNotification(told->entry);
	}
	live = wpt_leaks_live();
	wpt_leaks_end(test);
	KUNIT_EXPECT_EQ(test, status[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, status[1], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, told->arrivals, 2);
	KUNIT_EXPECT_EQ(test, live, 0U);
}

/*
 * Another category, and no class, are refused; a class of no port is registered for, and
 * never told. The client's end ends the registration that is left, and the log says so.
 */
static void winpar_test_pnp_refused(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);
	PVOID entry = NULL;
	static const GUID other = { 1, 2, 3, { 4 } };
	u64 since = wpt_kmsg_end();

	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange,
						       0, told, wpt_wdm_driver(),
						       wpt_told_routine, told,
						       &entry));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange,
						       0, NULL, wpt_wdm_driver(),
						       wpt_told_routine, told,
						       &entry));
	KUNIT_EXPECT_NULL(test, entry);
	KUNIT_EXPECT_EQ(test, wpt_register(told, &other, 0), STATUS_SUCCESS);
	IoUnregisterPlugPlayNotification(told->entry);
	KUNIT_EXPECT_EQ(test, wpt_register(told, &GUID_PARALLEL_DEVICE, 0),
			STATUS_SUCCESS);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: ",
				      "1 registrations for Plug and Play were left"));
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, told->removals, 0);
}

static int wpt_told_register(void *data)
{
	struct wpt_told *told = data;

	return wpt_register(told, &GUID_PARALLEL_DEVICE, 0);
}

/*
 * A registration whose entry is set ends, while the task that makes it is not ready: it waits
 * for a mutex of winpar's, before its watch is on. Its routine is not called for the removal.
 * @leaves: the end of the driver stops the watch; else a task ends the registration.
 */
static void wpt_pnp_early(struct kunit *test, bool leaves)
{
	struct mutex *clients = wpt_symbol_of(test, "winpar", "winpar_clients_mutex");
	void (*leave)(struct winpar_wdm_client *client) =
		wpt_symbol_of(test, "winpar_wdm", "wdm_notify_leave");
	struct wpt_told *told = wpt_told(test);
	unsigned long last = jiffies + msecs_to_jiffies(WPT_PATIENCE);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, clients);
	task = kthread_create(wpt_told_register, told, "winpar_told");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	/* It may have ended before kthread_stop(). */
	get_task_struct(task);
	mutex_lock(clients);
	wake_up_process(task);
	while (!READ_ONCE(told->entry) && time_before(jiffies, last))
		schedule_timeout_uninterruptible(1);
	if (leaves)
		leave(winpar_ddk_client);
	else
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				IoUnregisterPlugPlayNotification(READ_ONCE(told->entry)));
	mutex_unlock(clients);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), STATUS_SUCCESS);
	put_task_struct(task);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&told->event, 300), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, told->removals, 0);
	if (leaves)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				IoUnregisterPlugPlayNotification(told->entry));
}

static void winpar_test_pnp_ended_early(struct kunit *test)
{
	wpt_pnp_early(test, false);
}

static void winpar_test_pnp_left_early(struct kunit *test)
{
	wpt_pnp_early(test, true);
}

/* One allocation of a registration after the other fails, and then none. */
static void winpar_test_pnp_memory(struct kunit *test)
{
	struct wpt_told *told = wpt_told(test);
	unsigned int nth;

	for (nth = 1; nth < 20; nth++) {
		NTSTATUS status;

		wpt_fail_nth(nth);
		status = wpt_register(told, &GUID_PARALLEL_DEVICE, 0);
		if (wpt_fail_end())
			break;
		KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
		KUNIT_EXPECT_NULL(test, told->entry);
	}
	KUNIT_EXPECT_GE(test, nth, 4U);
	KUNIT_EXPECT_NOT_NULL(test, told->entry);
	IoUnregisterPlugPlayNotification(told->entry);
	wpt_wdm_unplug(test);
	KUNIT_EXPECT_EQ(test, told->removals, 0);
}

/* ----- remove locks ------------------------------------------------------ */

/*
 * DDI pages: wdm, IoAcquireRemoveLock, IoReleaseRemoveLock. After
 * IoReleaseRemoveLockAndWait() the lock cannot be acquired any more.
 */
static void winpar_test_remove_lock(struct kunit *test)
{
	IO_REMOVE_LOCK lock;

	IoInitializeRemoveLock(&lock, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLock(&lock, NULL);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&lock, NULL);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL),
			STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, IoAcquireRemoveLock(&lock, NULL),
			STATUS_DELETE_PENDING);
	/* The acquisitions that failed have given themselves back. */
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&lock.Common.RemoveEvent), 0);
}

/**
 * struct wpt_remove - a remove lock, and a thread that waits until nothing uses the device
 * @lock: the lock
 * @begun: set when the thread is about to wait
 * @ended: set when the thread's wait is over
 * @forgets: the thread has not acquired the lock
 */
struct wpt_remove {
	IO_REMOVE_LOCK lock;
	KEVENT begun;
	KEVENT ended;
	bool forgets;
};

static int wpt_remove_run(void *data)
{
	struct wpt_remove *remove = data;

	if (!remove->forgets)
		IoAcquireRemoveLock(&remove->lock, NULL);
	KeSetEvent(&remove->begun, IO_NO_INCREMENT, FALSE);
	IoReleaseRemoveLockAndWait(&remove->lock, NULL);
	KeSetEvent(&remove->ended, IO_NO_INCREMENT, FALSE);
	return 0;
}

/*
 * DDI page: wdm, IoReleaseRemoveLockAndWait. A thread that waits goes on when the case has
 * released both of its acquisitions, and not before.
 */
static void winpar_test_remove_lock_wait(struct kunit *test)
{
	struct wpt_remove *remove = kunit_kzalloc(test, sizeof(*remove),
						  GFP_KERNEL);
	struct task_struct *task;
	LARGE_INTEGER soon = WPT_MS(50);

	KUNIT_ASSERT_NOT_NULL(test, remove);
	IoInitializeRemoveLock(&remove->lock, 0, 0, 0);
	KeInitializeEvent(&remove->begun, NotificationEvent, FALSE);
	KeInitializeEvent(&remove->ended, NotificationEvent, FALSE);
	IoAcquireRemoveLock(&remove->lock, NULL);
	IoAcquireRemoveLock(&remove->lock, NULL);
	task = kthread_run(wpt_remove_run, remove, "wdm_remove");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KeWaitForSingleObject(&remove->begun, Executive, KernelMode, FALSE, NULL);
	while (IoAcquireRemoveLock(&remove->lock, NULL) == STATUS_SUCCESS) {
		IoReleaseRemoveLock(&remove->lock, NULL);
		schedule_timeout_uninterruptible(1);
	}
	IoReleaseRemoveLock(&remove->lock, NULL);
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&remove->ended, Executive,
						    KernelMode, FALSE, &soon),
			STATUS_TIMEOUT);
	IoReleaseRemoveLock(&remove->lock, NULL);
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&remove->ended, Executive,
						    KernelMode, FALSE, NULL),
			STATUS_SUCCESS);
}

/*
 * A driver that has not acquired the lock, or has released it once too often: nothing would
 * end its wait. The log names it.
 */
static void winpar_test_remove_lock_forgotten(struct kunit *test)
{
	struct wpt_remove *remove = kunit_kzalloc(test, sizeof(*remove),
						  GFP_KERNEL);
	LARGE_INTEGER long_enough = WPT_MS(WPT_PATIENCE);
	struct task_struct *task;
	u64 since = wpt_kmsg_end();
	NTSTATUS status;

	KUNIT_ASSERT_NOT_NULL(test, remove);
	IoInitializeRemoveLock(&remove->lock, 0, 0, 0);
	KeInitializeEvent(&remove->begun, NotificationEvent, FALSE);
	KeInitializeEvent(&remove->ended, NotificationEvent, FALSE);
	remove->forgets = true;
	task = kthread_run(wpt_remove_run, remove, "wdm_remove");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	status = KeWaitForSingleObject(&remove->ended, Executive, KernelMode,
				       FALSE, &long_enough);
	KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	/* Without this the thread would wait for ever in memory that the case frees. */
	KeSetEvent(&remove->lock.Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(&remove->ended, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_remove_run",
						"a remove lock that is not acquired"));
}

static struct kunit_case wpt_wdm_pnp_cases[] = {
	KUNIT_CASE(winpar_test_pnp_told),
	KUNIT_CASE(winpar_test_pnp_later),
	KUNIT_CASE(winpar_test_pnp_end_inside),
	KUNIT_CASE(winpar_test_pnp_freed),
	KUNIT_CASE(winpar_test_pnp_refused),
	KUNIT_CASE(winpar_test_pnp_ended_early),
	KUNIT_CASE(winpar_test_pnp_left_early),
	KUNIT_CASE(winpar_test_pnp_memory),
	KUNIT_CASE(winpar_test_remove_lock),
	KUNIT_CASE(winpar_test_remove_lock_wait),
	KUNIT_CASE(winpar_test_remove_lock_forgotten),
	{ }
};

static struct kunit_suite wpt_wdm_pnp_suite = {
	.name = "winpar_wdm_pnp",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_pnp_cases,
};

kunit_test_suite(wpt_wdm_pnp_suite);
