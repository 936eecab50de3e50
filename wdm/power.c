// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power requests, and the stacks that they are sent to. The requests of the system's power,
 * SystemPowerState, are wdm/suspend.c's. In answer to one a driver may send its own stack one
 * of the device's power, DevicePowerState, by PoRequestPowerIrp().
 *
 * A stack has two lines of requests, for the two types. A line sends one request at a time,
 * from a work, so that a dispatch routine that does not return holds up neither the suspend
 * nor other stacks. The next request of a line is sent when the driver has completed the one
 * before.
 *
 * The danger: a stack is removed, or its driver is unloaded, while a request is sent to it.
 * wdm_power_stop() waits for the dispatch routine that the works call; after it no work sends.
 * A request that the driver has still then keeps struct wdm_power, until the driver completes
 * the request, or its client's end frees both.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/power.h"
#include "wdm/stack.h"
#include "wdm/verify.h"

/* After so long the log says that a removal waits for a dispatch routine. */
#define WDM_POWER_PATIENCE	(5 * HZ)

DEFINE_SPINLOCK(wdm_power_lock);
LIST_HEAD(wdm_powers);
DECLARE_WAIT_QUEUE_HEAD(wdm_power_waiters);

/* ----- sending ----------------------------------------------------------- */

static bool wdm_power_is_system(const struct wdm_power_request *request)
{
	return request->line == &request->line->power->lines[SystemPowerState];
}

/* Have the line's work send the next request, unless the driver has one. */
static void __wdm_power_next(struct wdm_power_line *line)
	__must_hold(&wdm_power_lock)
{
	lockdep_assert_held(&wdm_power_lock);
	if (!line->sent && !line->power->stopped && !list_empty(&line->waiting))
		queue_work(winpar_unbound_wq, &line->work);
}

/**
 * __wdm_power_queue() - have a request sent when those before it in its line are complete
 * @request: the request
 *
 * Context: any, wdm_power_lock held.
 */
void __wdm_power_queue(struct wdm_power_request *request)
	__must_hold(&wdm_power_lock)
{
	lockdep_assert_held(&wdm_power_lock);
	list_add_tail(&request->entry, &request->line->waiting);
	__wdm_power_next(request->line);
}

/* Free a request by PoRequestPowerIrp(). */
static void wdm_power_free(struct wdm_power_request *request)
{
	wdm_device_put(request->device);
	wdm_device_put(request->top);
	kfree(request);
}

/* Tell the driver that a request by PoRequestPowerIrp() has ended. */
static void wdm_power_tell(struct wdm_power_request *request)
{
	unsigned int before = wdm_verify_before();

	if (!request->routine || !wdm_may_call(request->line->power->client))
		return;
	request->routine(request->device, request->minor, request->state,
			 request->context, &request->irp->IoStatus);
	wdm_verify_after(before, request->routine);
}

/* The driver has nothing of a stack any more that is no more: it can be freed. */
static bool __wdm_power_is_over(const struct wdm_power *power)
	__must_hold(&wdm_power_lock)
{
	lockdep_assert_held(&wdm_power_lock);
	return power->removed && !power->lines[SystemPowerState].sent &&
	       !power->lines[DevicePowerState].sent;
}

/* No completion routine has kept the IRP of a request: it is complete. */
static void wdm_power_finish(PIRP irp)
{
	struct wdm_power_request *request = wdm_irp(irp)->arg;
	bool is_system = wdm_power_is_system(request);
	struct wdm_power_line *line = request->line;
	struct wdm_power *power = line->power;
	NTSTATUS status = irp->IoStatus.Status;
	unsigned long flags;
	bool over;

	if (!is_system)
		wdm_power_tell(request);
	/* The client may end as soon as its request is not busy. */
	IoFreeIrp(irp);
	spin_lock_irqsave(&wdm_power_lock, flags);
	line->sent = NULL;
	request->status = status;
	request->busy = false;
	__wdm_power_next(line);
	over = __wdm_power_is_over(power);
	if (over)
		list_del(&power->entry);
	spin_unlock_irqrestore(&wdm_power_lock, flags);
	wake_up_all(&wdm_power_waiters);
	if (!is_system)
		wdm_power_free(request);
	if (over)
		kfree(power);
}

/* Take the next request of a line, to send it; NULL: none can be sent. */
static struct wdm_power_request *wdm_power_take(struct wdm_power_line *line)
{
	struct wdm_power_request *request = NULL;

	spin_lock_irq(&wdm_power_lock);
	if (!line->sent && !line->power->stopped)
		request = list_first_entry_or_null(&line->waiting,
						   struct wdm_power_request, entry);
	if (request) {
		list_del(&request->entry);
		line->sent = request;
		line->sending = true;
	}
	spin_unlock_irq(&wdm_power_lock);
	return request;
}

/* Set up the IRP of a request. */
static void wdm_power_fill(struct wdm_power_request *request)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);

	wdm_irp(request->irp)->finish = wdm_power_finish;
	wdm_irp(request->irp)->arg = request;
	request->irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	next->MajorFunction = IRP_MJ_POWER;
	next->MinorFunction = request->minor;
	next->Parameters.Power.Type = wdm_power_is_system(request) ?
				      SystemPowerState : DevicePowerState;
	next->Parameters.Power.State = request->state;
	next->Parameters.Power.ShutdownType = request->action;
}

/*
 * The line's work: send one request. At the resume a driver has to be told, so there is
 * memory for a system request.
 */
static void wdm_power_send(struct work_struct *work)
{
	struct wdm_power_line *line = container_of(work, struct wdm_power_line, work);
	struct wdm_power_request *request = wdm_power_take(line);
	PDEVICE_OBJECT top;

	if (!request)
		return;
	if (wdm_power_is_system(request)) {
		top = wdm_device_top_get(line->power->port);
		request->irp = wdm_irp_make(line->power->client, top->StackSize,
					    GFP_KERNEL | __GFP_NOFAIL);
	} else {
		top = request->top;
		wdm_device_get(top);
	}
	wdm_power_fill(request);
	/* The request may be freed when this returns; the line stays while it is @sending. */
	IoCallDriver(top, request->irp);
	wdm_device_put(top);
	spin_lock_irq(&wdm_power_lock);
	line->sending = false;
	spin_unlock_irq(&wdm_power_lock);
	wake_up_all(&wdm_power_waiters);
}

/* ----- a driver's own requests ------------------------------------------- */

/* The stack of a client's whose highest device is @top; NULL: none, or it is stopped. */
static struct wdm_power *__wdm_power_find(struct winpar_wdm_client *client,
					  PDEVICE_OBJECT top)
	__must_hold(&wdm_power_lock)
{
	struct wdm_power *power;

	lockdep_assert_held(&wdm_power_lock);
	list_for_each_entry(power, &wdm_powers, entry)
		if (power->client == client && !power->stopped &&
		    wdm_device_top(power->port) == top)
			return power;
	return NULL;
}

/* Memory for a request by PoRequestPowerIrp(), or NULL. */
static struct wdm_power_request *wdm_power_alloc(struct winpar_wdm_client *client,
						 PDEVICE_OBJECT device)
{
	struct wdm_power_request *request = kzalloc(sizeof(*request), wdm_gfp());

	if (!request)
		return NULL;
	request->device = device;
	request->top = wdm_device_top_get(device);
	request->irp = wdm_irp_make(client, request->top->StackSize, wdm_gfp());
	if (!request->irp) {
		wdm_device_put(request->top);
		kfree(request);
		return NULL;
	}
	wdm_device_get(request->device);
	return request;
}

/**
 * PoRequestPowerIrp() - send a request of the device's power to the caller's own stack
 * @device: a device of the stack
 * @minor: IRP_MN_QUERY_POWER or IRP_MN_SET_POWER
 * @state: its member DeviceState: which state
 * @routine: called at or below DISPATCH_LEVEL when the request is complete, perhaps before
 *           this function returns; NULL: none
 * @context: its argument
 * @irp: where the IRP goes, which may be complete and freed then; NULL: nowhere
 *
 * DDI page: wdm, PoRequestPowerIrp. The request is sent at PASSIVE_LEVEL by a worker, when
 * the stack's driver has completed the one before. When the stack is removed first it ends
 * with STATUS_DELETE_PENDING, and is not sent.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_PENDING: @routine is called; STATUS_INSUFFICIENT_RESOURCES;
 * STATUS_NO_SUCH_DEVICE @device is in no stack that AddDevice has made on a port, or in one
 * that is being removed; STATUS_NOT_SUPPORTED IRP_MN_WAIT_WAKE: a parallel port wakes no
 * machine; STATUS_INVALID_PARAMETER_2 another @minor; STATUS_UNSUCCESSFUL the caller is above
 * DISPATCH_LEVEL.
 */
NTSTATUS PoRequestPowerIrp(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
			   PREQUEST_POWER_COMPLETE routine, PVOID context,
			   PIRP *irp)
{
	struct winpar_wdm_client *client = device->Reserved;
	struct wdm_power_request *request;
	struct wdm_power *power;
	unsigned long flags;

	if (!wdm_at_most(DISPATCH_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (!client)
		return STATUS_NO_SUCH_DEVICE;
	if (minor == IRP_MN_WAIT_WAKE)
		return STATUS_NOT_SUPPORTED;
	if (minor != IRP_MN_QUERY_POWER && minor != IRP_MN_SET_POWER)
		return STATUS_INVALID_PARAMETER_2;
	request = wdm_power_alloc(client, device);
	if (!request)
		return STATUS_INSUFFICIENT_RESOURCES;
	request->minor = minor;
	request->state = state;
	request->routine = routine;
	request->context = context;
	spin_lock_irqsave(&wdm_power_lock, flags);
	power = __wdm_power_find(client, request->top);
	if (power) {
		if (irp)
			*irp = request->irp;
		request->line = &power->lines[DevicePowerState];
		__wdm_power_queue(request);
	}
	spin_unlock_irqrestore(&wdm_power_lock, flags);
	if (power)
		return STATUS_PENDING;
	IoFreeIrp(request->irp);
	wdm_power_free(request);
	return STATUS_NO_SUCH_DEVICE;
}
WINPAR_EXPORT(PoRequestPowerIrp);

/* ----- what a driver says of its devices --------------------------------- */

/**
 * PoSetPowerState() - say that a device has another power state
 * @device: a device that the caller has created
 * @type: SystemPowerState or DevicePowerState: which state
 * @state: the new one
 *
 * DDI page: wdm, PoSetPowerState. The layer keeps it for the next call, and nothing else.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the state before: what the last call has set, else 0,
 * PowerSystemUnspecified or PowerDeviceUnspecified.
 */
POWER_STATE PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type,
			    POWER_STATE state)
{
	POWER_STATE before = { };
	unsigned long flags;

	wdm_at_most(DISPATCH_LEVEL);
	if (!wdm_device_is_own(device) || type > DevicePowerState) {
		pr_warn_ratelimited("%pS sets the power state of a device object that IoCreateDevice() did not make, or another state\n",
				    (void *)_RET_IP_);
		return before;
	}
	spin_lock_irqsave(&wdm_device_lock, flags);
	before = to_device(device)->power[type];
	to_device(device)->power[type] = state;
	spin_unlock_irqrestore(&wdm_device_lock, flags);
	return before;
}
WINPAR_EXPORT(PoSetPowerState);

/* ----- stacks ------------------------------------------------------------ */

static void wdm_power_line_init(struct wdm_power *power, POWER_STATE_TYPE type)
{
	struct wdm_power_line *line = &power->lines[type];

	line->power = power;
	INIT_WORK(&line->work, wdm_power_send);
	INIT_LIST_HEAD(&line->waiting);
}

/**
 * wdm_power_add() - AddDevice is about to be called for a port
 * @client: the driver
 * @port: the port's device object, which stays until the client ends
 * @number: the port's number
 *
 * Context: process context.
 * Return: what the other functions take, for wdm_power_remove(); NULL: no memory.
 */
struct wdm_power *wdm_power_add(struct winpar_wdm_client *client,
				PDEVICE_OBJECT port, unsigned int number)
{
	struct wdm_power *power = kzalloc(sizeof(*power), GFP_KERNEL);

	if (!power)
		return NULL;
	power->client = client;
	power->port = port;
	power->number = number;
	wdm_power_line_init(power, SystemPowerState);
	wdm_power_line_init(power, DevicePowerState);
	power->sleep.line = &power->lines[SystemPowerState];
	power->wake.line = &power->lines[SystemPowerState];
	spin_lock_irq(&wdm_power_lock);
	list_add_tail(&power->entry, &wdm_powers);
	spin_unlock_irq(&wdm_power_lock);
	return power;
}

/**
 * wdm_power_started() - IRP_MN_START_DEVICE has succeeded: have the stack told of suspends
 * @power: the stack
 *
 * Context: process context.
 */
void wdm_power_started(struct wdm_power *power)
{
	spin_lock_irq(&wdm_power_lock);
	power->started = true;
	spin_unlock_irq(&wdm_power_lock);
}

/* Is the work of a line of a stack in the dispatch routine? */
static bool wdm_power_is_sending(struct wdm_power *power)
{
	bool sending;

	spin_lock_irq(&wdm_power_lock);
	sending = power->lines[SystemPowerState].sending ||
		  power->lines[DevicePowerState].sending;
	spin_unlock_irq(&wdm_power_lock);
	return sending;
}

/* Wait for the dispatch routine that a stack's works call. None is called any more. */
static void wdm_power_drain(struct wdm_power *power)
{
	if (!wait_event_idle_timeout(wdm_power_waiters,
				     !wdm_power_is_sending(power),
				     WDM_POWER_PATIENCE)) {
		pr_warn("%s: its routine for IRP_MJ_POWER still runs: the device on port %u is removed when that has returned\n",
			wdm_client_name(power->client), power->number);
		wait_event_idle(wdm_power_waiters, !wdm_power_is_sending(power));
	}
	flush_work(&power->lines[SystemPowerState].work);
	flush_work(&power->lines[DevicePowerState].work);
}

/**
 * wdm_power_stop() - send a stack no power request any more: IRP_MN_REMOVE_DEVICE follows
 * @power: the stack
 *
 * Context: process context, sleeps until no work is in the stack's dispatch routine, and the
 * log says so.
 */
void wdm_power_stop(struct wdm_power *power)
{
	struct wdm_power_request *request, *next;
	LIST_HEAD(dropped);

	spin_lock_irq(&wdm_power_lock);
	power->stopped = true;
	list_splice_init(&power->lines[DevicePowerState].waiting, &dropped);
	spin_unlock_irq(&wdm_power_lock);
	wake_up_all(&wdm_power_waiters);
	/* The dispatch routine may be waiting for one of these. */
	list_for_each_entry_safe(request, next, &dropped, entry) {
		request->irp->IoStatus.Status = STATUS_DELETE_PENDING;
		wdm_power_tell(request);
		IoFreeIrp(request->irp);
		wdm_power_free(request);
	}
	wdm_power_drain(power);
}

/**
 * wdm_power_remove() - a stack is no more
 * @power: the stack, after wdm_power_stop(); not to be used afterwards
 *
 * Context: process context.
 */
void wdm_power_remove(struct wdm_power *power)
{
	bool over;

	spin_lock_irq(&wdm_power_lock);
	power->removed = true;
	over = __wdm_power_is_over(power);
	if (over)
		list_del(&power->entry);
	spin_unlock_irq(&wdm_power_lock);
	if (over)
		kfree(power);
}

/**
 * wdm_power_end() - free what requests that a client has not completed have kept
 * @client: the client, none of whose routines runs, and whose stacks are removed
 *
 * Context: process context.
 */
void wdm_power_end(struct winpar_wdm_client *client)
{
	struct wdm_power *power, *next;
	LIST_HEAD(left);

	spin_lock_irq(&wdm_power_lock);
	list_for_each_entry_safe(power, next, &wdm_powers, entry)
		if (power->client == client)
			list_move_tail(&power->entry, &left);
	spin_unlock_irq(&wdm_power_lock);
	list_for_each_entry_safe(power, next, &left, entry) {
		if (power->lines[DevicePowerState].sent)
			wdm_power_free(power->lines[DevicePowerState].sent);
		kfree(power);
	}
}
