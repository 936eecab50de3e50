// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power requests (wdm/power.c) and suspends (wdm/suspend.c), to a driver with two devices on
 * a port, one above the other. The cases call what Linux calls at a suspend.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/suspend.h>

#include "wdm_power_driver.h"

/*
 * DDI pages: wdm, IRP_MN_QUERY_POWER, IRP_MN_SET_POWER. Each request goes down the stack and
 * up, at PASSIVE_LEVEL: the question, the sleep, and when the machine works again that.
 */
static void winpar_test_power_order(struct kunit *test)
{
	wpt_power_begin(test, wpt_power_entry);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 6U);
	wpt_power_expect_system(test, 0, IRP_MN_QUERY_POWER, PowerSystemSleeping3);
	wpt_power_expect_system(test, 3, IRP_MN_SET_POWER, PowerSystemSleeping3);
	KUNIT_EXPECT_EQ(test, (int)wpt_power.seen[3].action, (int)PowerActionSleep);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 9U);
	wpt_power_expect_system(test, 6, IRP_MN_SET_POWER, PowerSystemWorking);
	KUNIT_EXPECT_EQ(test, (int)wpt_power.seen[6].action, (int)PowerActionSleep);
	/* A second resume tells nothing: what was told holds. */
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 9U);

	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_HIBERNATION_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_HIBERNATION), 0);
	wpt_power_expect_system(test, 12, IRP_MN_SET_POWER, PowerSystemHibernate);
	KUNIT_EXPECT_EQ(test, (int)wpt_power.seen[12].action,
			(int)PowerActionHibernate);
	wpt_power_expect_system(test, 15, IRP_MN_SET_POWER, PowerSystemWorking);
	KUNIT_EXPECT_EQ(test, wpt_power.wrong, 0);
}

/* A driver refuses: the suspend is, the log names it, and it is told that the machine works. */
static void winpar_test_power_refused(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.refuses = STATUS_DEVICE_BUSY;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), -EBUSY);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 6U);
	wpt_power_expect_system(test, 0, IRP_MN_QUERY_POWER, PowerSystemSleeping3);
	wpt_power_expect_system(test, 3, IRP_MN_SET_POWER, PowerSystemWorking);
	KUNIT_EXPECT_EQ(test, 1U, wpt_power_says(test, since, "fails a power request"));
	/* Linux tells the notifiers before this one only; it would change nothing. */
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 6U);
	wpt_power.refuses = STATUS_SUCCESS;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 15U);
}

/* A task that completes what the driver has kept, 300 ms later. */
static int wpt_power_late(void *data)
{
	KeWaitForSingleObject(&wpt_power.got, Executive, KernelMode, FALSE, NULL);
	msleep(300);
	wpt_power_let_go();
	KeSetEvent(&wpt_power.over, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* A request that is completed late is waited for. */
static void winpar_test_power_late(struct kunit *test)
{
	struct task_struct *task;
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	/* No less than a busy machine may take for the 300 ms. */
	*wpt_power_timeout = 60;
	wpt_power.keeps = IRP_MN_SET_POWER;
	task = kthread_run(wpt_power_late, NULL, "wdm_power");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_NULL(test, (void *)wpt_power.kept);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	wpt_power_expect_system(test, 4, IRP_MN_SET_POWER, PowerSystemWorking);
	KUNIT_EXPECT_EQ(test, 0U, wpt_power_says(test, since, "has not completed"));
	/* The client must not end while the task is in IoCompleteRequest(). */
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_power.over, WPT_PATIENCE), STATUS_SUCCESS);
}

/*
 * A question without an answer refuses the suspend, and the next ones; the driver is told
 * that the machine works as soon as it has answered.
 */
static void winpar_test_power_no_answer(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.keeps = IRP_MN_QUERY_POWER;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), -EBUSY);
	KUNIT_EXPECT_LE(test, 1U, wpt_power_says(test, since,
						 "has not completed a power request in 1 s"));
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), -EBUSY);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
	KUNIT_ASSERT_NOT_NULL(test, (void *)wpt_power.kept);
	wpt_power_let_go();
	KUNIT_EXPECT_TRUE(test, wpt_power_sees(4));
	wpt_power_expect_system(test, 1, IRP_MN_SET_POWER, PowerSystemWorking);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 13U);
}

/* The machine sleeps without a driver that does not complete the order to. */
static void winpar_test_power_no_completion(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.keeps = IRP_MN_SET_POWER;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_power_says(test, since, "has not completed"));
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 4U);
	KUNIT_ASSERT_NOT_NULL(test, (void *)wpt_power.kept);
	wpt_power_let_go();
	KUNIT_EXPECT_TRUE(test, wpt_power_sees(7));
	wpt_power_expect_system(test, 4, IRP_MN_SET_POWER, PowerSystemWorking);
}

/*
 * The driver has completed a request, but its dispatch routine does not return: the next
 * request does not get to it. A question that does not refuses the suspend.
 */
static void winpar_test_power_not_asked(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.stays = PowerSystemWorking;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, 0U, wpt_power_says(test, since, "has not completed"));
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), -EBUSY);
	KUNIT_EXPECT_LE(test, 1U, wpt_power_says(test, since, "has not completed"));
	KUNIT_EXPECT_EQ(test, wpt_power.count, 7U);
	KeSetEvent(&wpt_power.go, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_TRUE(test, wpt_power_sees(10));
	wpt_power_expect_system(test, 7, IRP_MN_SET_POWER, PowerSystemWorking);
}

/* The order to sleep does not get to the driver: the machine sleeps, and the log says so. */
static void winpar_test_power_not_told(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.stays = PowerSystemSleeping3;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_power_says(test, since, "has not completed"));
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
	KeSetEvent(&wpt_power.go, IO_NO_INCREMENT, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 4U);
	wpt_power_expect_system(test, 1, IRP_MN_SET_POWER, PowerSystemWorking);
}

static int wpt_power_suspend(void *data)
{
	wpt_power.ret = wpt_power_tell(PM_SUSPEND_PREPARE);
	KeSetEvent(&wpt_power.over, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* A suspend in a task of its own, which waits for what the driver keeps. */
static void wpt_power_keep(struct kunit *test, unsigned int timeout)
{
	struct task_struct *task;

	*wpt_power_timeout = timeout;
	wpt_power.keeps = IRP_MN_QUERY_POWER;
	task = kthread_run(wpt_power_suspend, NULL, "wdm_power");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KeWaitForSingleObject(&wpt_power.got, Executive, KernelMode, FALSE, NULL);
}

/* Wait until that suspend goes on. */
static void wpt_power_goes_on(struct kunit *test)
{
	LARGE_INTEGER timeout = WPT_MS(WPT_PATIENCE);

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			KeWaitForSingleObject(&wpt_power.over, Executive, KernelMode,
					      FALSE, &timeout));
	KUNIT_EXPECT_EQ(test, wpt_power.ret, 0);
}

/* A time-out of so many s that their number of jiffies has more than 32 bits. */
static void winpar_test_power_long(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power_keep(test, U32_MAX / HZ + 1);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&wpt_power.over, 5000), STATUS_TIMEOUT);
	wpt_power_let_go();
	wpt_power_goes_on(test);
	KUNIT_EXPECT_EQ(test, 0U, wpt_power_says(test, since, "has not completed"));
}

/*
 * The driver is unloaded while it has a power request: the suspend does not wait for that any
 * more, and the request is freed with the driver.
 */
static void winpar_test_power_unload(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_power_begin(test, wpt_power_entry);
	wpt_power_keep(test, 600);
	wpt_wdm_stop();
	wpt_power_goes_on(test);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 IRPs were not freed"));
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
}

/*
 * The port goes while the driver has a power request, which it completes afterwards. A port
 * that arrives between a suspend and the resume is told nothing of either.
 */
static void winpar_test_power_removal(struct kunit *test)
{
	PDEVICE_OBJECT upper;
	unsigned int left = 1000 * wpt_slowness;

	wpt_power_begin(test, wpt_power_entry);
	upper = wpt_power.upper;
	wpt_power_keep(test, 600);
	wpt_wdm_unplug(test);
	wpt_power_goes_on(test);
	KUNIT_ASSERT_NOT_NULL(test, (void *)wpt_power.kept);
	wpt_power_let_go();
	wpt_wdm_plug(test);
	while (READ_ONCE(wpt_power.upper) == upper && left--)
		msleep(20);
	KUNIT_EXPECT_PTR_NE(test, wpt_power.upper, upper);
	/* This waits for the call that AddDevice was a part of. */
	wpt_wdm_settle(test);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
}

/* A suspend that Linux gives up after all were told: the machine works, and the next sleeps. */
static void winpar_test_power_given_up(struct kunit *test)
{
	int round;

	wpt_power_begin(test, wpt_power_entry);
	for (round = 0; round < 2; round++) {
		KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
		KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
		KUNIT_EXPECT_EQ(test, wpt_power.count, 9U * (round + 1));
		wpt_power_expect_system(test, 9 * round + 6, IRP_MN_SET_POWER,
					PowerSystemWorking);
	}
}

/*
 * DDI pages: wdm, PoRequestPowerIrp, REQUEST_POWER_COMPLETE. In answer to the system's request
 * the driver requests the device's power, and completes the first when it is told that the
 * second is complete.
 */
static void winpar_test_power_device(struct kunit *test)
{
	static const int states[] = { PowerDeviceD3, PowerDeviceD3, PowerDeviceD0 };
	unsigned int i;

	wpt_power_begin(test, wpt_power_entry);
	wpt_power.owner = true;
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.answer, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_power.told, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_power.tolds, 3);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 15U);
	for (i = 0; i < 3; i++) {
		UCHAR minor = i ? IRP_MN_SET_POWER : IRP_MN_QUERY_POWER;

		wpt_power_expect_system(test, 5 * i, minor, i < 2 ?
					PowerSystemSleeping3 : PowerSystemWorking);
		wpt_power_expect(test, 5 * i + 3, 'u', minor, DevicePowerState,
				 states[i]);
		wpt_power_expect(test, 5 * i + 4, 'l', minor, DevicePowerState,
				 states[i]);
	}
	KUNIT_EXPECT_EQ(test, wpt_power.wrong, 0);
}

static NTSTATUS wpt_power_request(PDEVICE_OBJECT device, UCHAR minor)
{
	POWER_STATE state = { .DeviceState = PowerDeviceD3 };

	return PoRequestPowerIrp(device, minor, state, wpt_power_told, NULL, NULL);
}

/* End the client. No request holds a device any more. */
static void wpt_power_stop(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"device objects have references"));
}

/* DDI page: wdm, PoRequestPowerIrp: what it refuses, and each allocation fails once. */
static void winpar_test_power_request(struct kunit *test)
{
	PDEVICE_OBJECT other;
	NTSTATUS status;
	unsigned int nth;

	wpt_power_begin(test, wpt_power_entry);
	KUNIT_EXPECT_EQ(test, wpt_power_request(wpt_power.upper, IRP_MN_WAIT_WAKE),
			STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER_2,
			wpt_power_request(wpt_power.upper, IRP_MN_POWER_SEQUENCE));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL, FILE_DEVICE_UNKNOWN,
				       0, FALSE, &other));
	KUNIT_EXPECT_EQ(test, wpt_power_request(other, IRP_MN_SET_POWER),
			STATUS_NO_SUCH_DEVICE);
	IoDeleteDevice(other);
	for (nth = 1; nth < 20; nth++) {
		wpt_fail_nth(nth);
		status = wpt_power_request(wpt_power.port, IRP_MN_SET_POWER);
		wpt_fail_end();
		/* The one after that may have been an allocation of the kernel's debugobjects. */
		if (status == STATUS_PENDING)
			break;
		KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	}
	KUNIT_EXPECT_EQ(test, nth, 3U);
	KUNIT_EXPECT_EQ(test, status, STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_power_sees(2));
	wpt_power_expect(test, 0, 'u', IRP_MN_SET_POWER, DevicePowerState, PowerDeviceD3);
	wpt_power_stop(test);
}

/*
 * One request is sent at a time. Those that are not sent when the stack is removed end with
 * STATUS_DELETE_PENDING.
 */
static void winpar_test_power_dropped(struct kunit *test)
{
	wpt_power_begin(test, wpt_power_entry);
	wpt_power.keeps = IRP_MN_SET_POWER;
	KUNIT_EXPECT_EQ(test, STATUS_PENDING,
			wpt_power_request(wpt_power.upper, IRP_MN_SET_POWER));
	KeWaitForSingleObject(&wpt_power.got, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, STATUS_PENDING,
			wpt_power_request(wpt_power.lower, IRP_MN_SET_POWER));
	msleep(100);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
	wpt_power_stop(test);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 1U);
	KUNIT_EXPECT_EQ(test, wpt_power.tolds, 1);
	KUNIT_EXPECT_EQ(test, wpt_power.told, STATUS_DELETE_PENDING);
}

/* A driver without a routine for IRP_MJ_POWER, or without AddDevice, is told nothing. */
static void winpar_test_power_deaf(struct kunit *test)
{
	wpt_power_begin(test, wpt_power_entry_deaf);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 0U);
}

static void winpar_test_power_legacy(struct kunit *test)
{
	wpt_power_begin(test, wpt_power_entry_legacy);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_SUSPEND_PREPARE), 0);
	KUNIT_EXPECT_EQ(test, wpt_power_tell(PM_POST_SUSPEND), 0);
	KUNIT_EXPECT_EQ(test, wpt_power.count, 0U);
	IoDeleteDevice(wpt_power.upper);
}

static struct kunit_case wpt_wdm_power_cases[] = {
	KUNIT_CASE(winpar_test_power_order),
	KUNIT_CASE(winpar_test_power_refused),
	KUNIT_CASE(winpar_test_power_late),
	KUNIT_CASE(winpar_test_power_no_answer),
	KUNIT_CASE(winpar_test_power_no_completion),
	KUNIT_CASE(winpar_test_power_not_asked),
	KUNIT_CASE(winpar_test_power_not_told),
	KUNIT_CASE(winpar_test_power_long),
	KUNIT_CASE(winpar_test_power_unload),
	KUNIT_CASE(winpar_test_power_removal),
	KUNIT_CASE(winpar_test_power_given_up),
	KUNIT_CASE(winpar_test_power_device),
	KUNIT_CASE(winpar_test_power_request),
	KUNIT_CASE(winpar_test_power_dropped),
	KUNIT_CASE(winpar_test_power_deaf),
	KUNIT_CASE(winpar_test_power_legacy),
	{ }
};

static struct kunit_suite wpt_wdm_power_suite = {
	.name = "winpar_wdm_power",
	.init = wpt_power_init,
	.exit = wpt_power_exit,
	.test_cases = wpt_wdm_power_cases,
};

kunit_test_suite(wpt_wdm_power_suite);
