// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device timers: a routine for each device of a driver, called once a second while the
 * timer runs. Each is a timer with a DPC, which DEVICE_OBJECT.Timer points to.
 *
 * The danger: the routine may run on another CPU while its device is freed. So
 * IoDeleteDevice() stops the timer and waits for the routine. Programs may have the device
 * open after that, and the driver may start its timer for them: one that has ended is not
 * set any more. A driver that gives a reference to a device back once too often frees the
 * device while its timer is set: wdm_tick_free() unsets it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/tick.h"
#include "wdm/timer.h"

#define WDM_SECOND_MS	1000
#define WDM_SECOND	(-10000000LL)	/* from now on, in 100 ns */

/**
 * struct wdm_tick - a device timer
 * @timer: fires once a second while it is set
 * @dpc: calls @routine
 * @device: the routine's first argument
 * @routine: the driver's
 * @context: the routine's second argument
 * @ended: the device is deleted; under wdm_tick_lock
 */
struct wdm_tick {
	KTIMER timer;
	KDPC dpc;
	PDEVICE_OBJECT device;
	PIO_TIMER_ROUTINE routine;
	PVOID context;
	bool ended;
};

static DEFINE_SPINLOCK(wdm_tick_lock);
/* The timer of a device that was deleted without one. */
static struct wdm_tick wdm_tick_none = { .ended = true };

static VOID wdm_tick_fired(PKDPC dpc, PVOID context, PVOID argument1,
			   PVOID argument2)
{
	struct wdm_tick *tick = context;

	tick->routine(tick->device, tick->context);
}

/**
 * IoInitializeTimer() - give a device a routine that is called once a second
 * @device: a device that the caller's driver has created
 * @routine: the routine; with a device that has one already this takes its place
 * @context: the routine's second argument
 *
 * DDI page: wdm, IoInitializeTimer. The routine is called from IoStartTimer() on.
 *
 * Context: below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING the device
 * is deleted; STATUS_INVALID_DEVICE_REQUEST @device is a port's; STATUS_UNSUCCESSFUL the
 * caller may not sleep.
 */
NTSTATUS IoInitializeTimer(PDEVICE_OBJECT device, PIO_TIMER_ROUTINE routine,
			   PVOID context)
{
	struct winpar_wdm_client *client = device->Reserved;
	struct wdm_tick *tick = device->Timer;

	if (!wdm_at_most(APC_LEVEL))
		return STATUS_UNSUCCESSFUL;
	/* Nothing would end a port's timer. */
	if (!client || device->DriverObject != &client->driver)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (tick && tick->ended)
		return STATUS_DELETE_PENDING;
	if (!tick) {
		tick = kzalloc(sizeof(*tick), GFP_KERNEL);
		if (!tick)
			return STATUS_INSUFFICIENT_RESOURCES;
		winpar_wdm_init_timer(client, &tick->timer, NotificationTimer);
		winpar_wdm_init_dpc(client, &tick->dpc, wdm_tick_fired, tick);
		tick->device = device;
		device->Timer = tick;
	}
	tick->routine = routine;
	tick->context = context;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoInitializeTimer);

/**
 * IoStartTimer() - have a device's routine called once a second
 * @device: a device with a routine of IoInitializeTimer(); one whose routine is called
 *          already is left as it is, and so is one that is deleted
 *
 * DDI page: wdm, IoStartTimer. A device without a routine is reported.
 *
 * Context: at or below DISPATCH_LEVEL. The routine is called at DISPATCH_LEVEL, the
 * first time after a second.
 */
void IoStartTimer(PDEVICE_OBJECT device)
{
	LARGE_INTEGER second = { .QuadPart = WDM_SECOND };
	struct wdm_tick *tick = device->Timer;
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	if (!tick) {
		pr_warn_ratelimited("%pS starts the timer of a device that has none: IoInitializeTimer() first\n",
				    (void *)_RET_IP_);
		return;
	}
	spin_lock_irqsave(&wdm_tick_lock, flags);
	/* KeSetTimerEx() would blame the driver for the level of this lock. */
	if (!tick->ended && !READ_ONCE(tick->timer.Header.Inserted))
		wdm_timer_set(&tick->timer, second, WDM_SECOND_MS, &tick->dpc);
	spin_unlock_irqrestore(&wdm_tick_lock, flags);
}
WINPAR_EXPORT(IoStartTimer);

/**
 * IoStopTimer() - have a device's routine called no more
 * @device: a device with a routine of IoInitializeTimer(); the routine may be running
 *
 * DDI page: wdm, IoStopTimer
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoStopTimer(PDEVICE_OBJECT device)
{
	struct wdm_tick *tick = device->Timer;

	wdm_at_most(DISPATCH_LEVEL);
	if (!tick || tick == &wdm_tick_none)
		return;
	KeCancelTimer(&tick->timer);
	KeRemoveQueueDpc(&tick->dpc);
}
WINPAR_EXPORT(IoStopTimer);

/**
 * winpar_wdm_dpc_requested() - name a driver that queues the DPC of a device that it has
 *	deleted: IoRequestDpc()
 * @client: the client
 * @device: the device, which is not freed: the driver has a reference, or a program a handle
 *
 * DDI page: wdm, IoRequestDpc. IoDeleteDevice() has waited for the DPC, and waits no more: a
 * driver has to disconnect its interrupt routine before.
 *
 * Context: any, interrupt routines included.
 */
void winpar_wdm_dpc_requested(struct winpar_wdm_client *client, PDEVICE_OBJECT device)
{
	struct wdm_tick *tick = READ_ONCE(device->Timer);

	if (unlikely(tick && READ_ONCE(tick->ended)))
		wdm_warn(client, "%pS queues the DPC of a device that is deleted\n",
			 (void *)_RET_IP_);
}
WINPAR_EXPORT(winpar_wdm_dpc_requested);

/**
 * wdm_tick_end() - stop a device's timer, and wait until its routine does not run
 * @device: a device that its driver has deleted
 *
 * Context: below DISPATCH_LEVEL, may sleep.
 */
void wdm_tick_end(PDEVICE_OBJECT device)
{
	struct wdm_tick *tick = device->Timer;
	unsigned long flags;

	if (!tick) {
		WRITE_ONCE(device->Timer, &wdm_tick_none);
		return;
	}
	spin_lock_irqsave(&wdm_tick_lock, flags);
	tick->ended = true;
	spin_unlock_irqrestore(&wdm_tick_lock, flags);
	IoStopTimer(device);
	KeFlushQueuedDpcs();
}

/**
 * wdm_tick_free() - free a device's timer
 * @device: a device that is freed, or whose driver has ended; its timer may be set
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_tick_free(PDEVICE_OBJECT device)
{
	struct wdm_tick *tick = device->Timer;

	device->Timer = NULL;
	if (!tick || tick == &wdm_tick_none)
		return;
	wdm_timer_forget(tick, sizeof(*tick));
	kfree(tick);
}
