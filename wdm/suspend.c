// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspends. A driver that was given a port by AddDevice and has a dispatch routine for
 * IRP_MJ_POWER is asked before the machine sleeps (IRP_MN_QUERY_POWER), told that it is about
 * to (IRP_MN_SET_POWER), and told that it works again.
 *
 * Linux calls wdm_suspend_notify() before it freezes tasks, and when they run again. So a
 * driver can use its threads, timers and the port to complete a power request; winpar notes
 * the port's registers after that, and has put them back before the driver is told to go on.
 *
 * Each call waits for at most power_timeout until the drivers have completed what they were
 * sent. What a driver has not completed by then stays in its line (wdm/power.c): the stack is
 * sent nothing more about suspends until it has completed that, and then what is due.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irp.h"
#include "wdm/power.h"
#include "wdm/suspend.h"

static unsigned int wdm_suspend_timeout = 10;
module_param_named(power_timeout, wdm_suspend_timeout, uint, 0644);
MODULE_PARM_DESC(power_timeout, "how many seconds a suspend, a resume or a shutdown waits for drivers to complete a request (default 10)");

/* Is a stack sent requests of the system's power? */
static bool wdm_suspend_hears(const struct wdm_power *power)
{
	return power->started && !power->stopped &&
	       power->client->driver.MajorFunction[IRP_MJ_POWER] !=
	       wdm_irp_unhandled;
}

static bool wdm_suspend_is_busy(const struct wdm_power *power)
{
	return power->sleep.busy || power->wake.busy;
}

/* Has each driver completed what it was sent? */
static bool wdm_suspend_are_done(void)
{
	struct wdm_power *power;
	bool done = true;

	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry)
		if (wdm_suspend_hears(power) && wdm_suspend_is_busy(power))
			done = false;
	spin_unlock_irq(&wdm_power_lock);
	return done;
}

/**
 * wdm_suspend_patience() - for how long is a driver waited for?
 *
 * Context: any.
 * Return: power_timeout, in jiffies.
 */
unsigned long wdm_suspend_patience(void)
{
	return min_t(unsigned long, READ_ONCE(wdm_suspend_timeout),
		     MAX_JIFFY_OFFSET / HZ) * HZ;
}

/* Wait until they have. Returns false if they have not in time. */
static bool wdm_suspend_wait(void)
{
	return wait_event_idle_timeout(wdm_power_waiters, wdm_suspend_are_done(),
				       wdm_suspend_patience());
}

static void __wdm_suspend_submit(struct wdm_power_request *request, UCHAR minor,
				 SYSTEM_POWER_STATE state, POWER_ACTION action)
	__must_hold(&wdm_power_lock)
{
	lockdep_assert_held(&wdm_power_lock);
	request->minor = minor;
	request->state.SystemState = state;
	request->action = action;
	request->busy = true;
	__wdm_power_queue(request);
}

/*
 * Name a driver that has not completed a request in time, or has failed it. Returns true if
 * it has not agreed. What its dispatch routine was not given yet is not sent any more: to that
 * it has not agreed either.
 */
static bool __wdm_suspend_objects(struct wdm_power *power)
	__must_hold(&wdm_power_lock)
{
	struct wdm_power_request *sleep = &power->sleep;
	bool dropped = sleep->busy && sleep->line->sent != sleep;

	lockdep_assert_held(&wdm_power_lock);
	if (dropped) {
		list_del(&sleep->entry);
		sleep->busy = false;
	}
	if (dropped || wdm_suspend_is_busy(power)) {
		pr_warn("%s: its device on port %u has not completed a power request in %u s\n",
			wdm_client_name(power->client), power->number,
			READ_ONCE(wdm_suspend_timeout));
		return true;
	}
	if (NT_SUCCESS(sleep->status))
		return false;
	pr_warn("%s: its device on port %u fails a power request with status %#010x\n",
		wdm_client_name(power->client), power->number, sleep->status);
	return true;
}

/* Send each stack a request that is about a sleep. */
static void wdm_suspend_submit_all(UCHAR minor, SYSTEM_POWER_STATE state,
				   POWER_ACTION action)
{
	struct wdm_power *power;

	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry) {
		if (!wdm_suspend_hears(power) || wdm_suspend_is_busy(power))
			continue;
		power->asked = true;
		power->wake.action = action;
		__wdm_suspend_submit(&power->sleep, minor, state, action);
	}
	spin_unlock_irq(&wdm_power_lock);
}

/*
 * Ask or tell the drivers of a sleep, and wait until they have completed the request. Returns
 * true if all have done so in time, with success. While a driver has not completed what it was
 * sent at an earlier suspend none is sent more.
 */
static bool wdm_suspend_ask(UCHAR minor, SYSTEM_POWER_STATE state,
			    POWER_ACTION action)
{
	struct wdm_power *power;
	bool agreed = true;

	if (wdm_suspend_wait()) {
		wdm_suspend_submit_all(minor, state, action);
		wdm_suspend_wait();
	}
	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry)
		if (wdm_suspend_hears(power) && __wdm_suspend_objects(power))
			agreed = false;
	spin_unlock_irq(&wdm_power_lock);
	return agreed;
}

/* Tell each stack that was sent anything about a sleep that the machine works. */
static void wdm_suspend_wake(void)
{
	struct wdm_power *power;

	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry) {
		if (!wdm_suspend_hears(power) || !power->asked || power->wake.busy)
			continue;
		power->asked = false;
		power->sleep.status = STATUS_SUCCESS;
		__wdm_suspend_submit(&power->wake, IRP_MN_SET_POWER,
				     PowerSystemWorking, power->wake.action);
	}
	spin_unlock_irq(&wdm_power_lock);
	wdm_suspend_wait();
	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry)
		if (wdm_suspend_hears(power))
			__wdm_suspend_objects(power);
	spin_unlock_irq(&wdm_power_lock);
}

/* The machine is about to sleep. Returns 0; -EBUSY: a driver has not agreed. */
static int wdm_suspend_sleep(SYSTEM_POWER_STATE state, POWER_ACTION action)
{
	if (!wdm_suspend_ask(IRP_MN_QUERY_POWER, state, action)) {
		pr_warn("the suspend is refused\n");
		wdm_suspend_wake();
		return -EBUSY;
	}
	/* No driver can refuse this any more. */
	wdm_suspend_ask(IRP_MN_SET_POWER, state, action);
	return 0;
}

/**
 * wdm_suspend_notify() - Linux is about to suspend the machine, or has resumed it
 * @block: the notifier
 * @action: which of them: PM_SUSPEND_PREPARE and the others of <linux/suspend.h>
 * @data: unused
 *
 * Each started stack whose driver has a routine for IRP_MJ_POWER is sent
 * IRP_MN_QUERY_POWER, then, if none fails it, IRP_MN_SET_POWER, and at the resume
 * IRP_MN_SET_POWER of PowerSystemWorking. When a driver fails the query, all are told so at
 * once that the machine works.
 *
 * Context: process context, one call at a time; sleeps for at most 3 times power_timeout.
 * Return: NOTIFY_OK or NOTIFY_DONE; what notifier_from_errno() makes of -EBUSY: a driver has
 * failed IRP_MN_QUERY_POWER, or has not completed a request in time.
 */
int wdm_suspend_notify(struct notifier_block *block, unsigned long action,
		       void *data)
{
	switch (action) {
	case PM_SUSPEND_PREPARE:
		return notifier_from_errno(wdm_suspend_sleep(PowerSystemSleeping3,
							     PowerActionSleep));
	case PM_HIBERNATION_PREPARE:
		return notifier_from_errno(wdm_suspend_sleep(PowerSystemHibernate,
							     PowerActionHibernate));
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
		wdm_suspend_wake();
		return NOTIFY_OK;
	}
	return NOTIFY_DONE;
}

static struct notifier_block wdm_suspend_block = {
	.notifier_call = wdm_suspend_notify,
};

/**
 * wdm_suspend_setup() - have Linux tell of suspends
 *
 * Context: at module init.
 * Return: 0 or an errno.
 */
int wdm_suspend_setup(void)
{
	return register_pm_notifier(&wdm_suspend_block);
}

/**
 * wdm_suspend_exit() - have Linux tell of suspends no more
 *
 * Context: at module exit; there are no clients.
 */
void wdm_suspend_exit(void)
{
	unregister_pm_notifier(&wdm_suspend_block);
}
