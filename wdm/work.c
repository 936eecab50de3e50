// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work items: a driver has a routine called later in process context, by a workqueue of
 * Linux's. The item has a reference to its device until it is freed, so that it can be queued
 * although the driver has deleted the device. From IoQueueWorkItem() until the routine has
 * returned there is one more, and the call is counted in @working of the item's client: the
 * end of the client waits until the count is 0, as Windows unloads no driver before its work
 * items are done.
 *
 * The routine may free its own item. Its memory stays until the routine has returned (@uses):
 * another item at the same address would be the same work for the workqueue, which runs a work
 * on one CPU at a time, and a routine may wait for what the other item does.
 *
 * The danger: for Linux a work is not pending any more when the workqueue is about to call
 * wdm_work_run(), which has to read the item first. If another thread frees or queues the item
 * in between, wdm_work_run() reads freed memory, or what the other thread wrote. So the item
 * is queued (@queued) until wdm_work_run() has read it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/irql.h"
#include "wdm/verify.h"
#include "wdm/work.h"

/**
 * struct _IO_WORKITEM - a work item
 * @work: Linux's work
 * @entry: on the client's list, until the item is freed
 * @client: the client
 * @device: the device that the item was allocated for, the routine's first argument
 * @routine: the driver's routine
 * @context: the routine's second argument
 * @uses: the driver's, until it frees the item, and one for each call that is queued or runs
 * @queued: IoQueueWorkItem() was called, and wdm_work_run() has not read @routine and @context
 *          since
 *
 * The client's lock guards @entry and the last four.
 */
struct _IO_WORKITEM {
	struct work_struct work;
	struct list_head entry;
	struct winpar_wdm_client *client;
	PDEVICE_OBJECT device;
	PIO_WORKITEM_ROUTINE routine;
	PVOID context;
	unsigned int uses;
	bool queued;
};

static struct workqueue_struct *wdm_work_queue;
/* After so long the log says that an end waits for a work item. */
#define WDM_WORK_PATIENCE	(5 * HZ)
/* wdm_work_drain() waits here. */
static DECLARE_WAIT_QUEUE_HEAD(wdm_work_waiters);

/* Undo what IoQueueWorkItem() has counted. The client may be freed when this returns. */
static void wdm_work_over(struct winpar_wdm_client *client, PDEVICE_OBJECT device)
{
	wdm_device_put(device);
	if (atomic_dec_and_test(&client->working))
		wake_up_all(&wdm_work_waiters);
}

/* The driver has freed the item, or a call of its routine is over. */
static void wdm_work_put(struct winpar_wdm_client *client, PIO_WORKITEM item)
{
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&client->lock, flags);
	last = !--item->uses;
	spin_unlock_irqrestore(&client->lock, flags);
	if (last)
		kfree(item);
}

/* The workqueue calls this: call the driver's routine. */
static void wdm_work_run(struct work_struct *work)
{
	PIO_WORKITEM item = container_of(work, struct _IO_WORKITEM, work);
	struct winpar_wdm_client *client = item->client;
	PDEVICE_OBJECT device = item->device;
	unsigned int before = wdm_verify_before();
	PIO_WORKITEM_ROUTINE routine;
	PVOID context;

	spin_lock_irq(&client->lock);
	routine = item->routine;
	context = item->context;
	/* The item may be freed from now on, or queued anew. */
	item->queued = false;
	spin_unlock_irq(&client->lock);
	/* @leaving is not set between this line and wdm_work_over(): the call is counted. */
	if (wdm_may_call(client)) {
		routine(device, context);
		wdm_verify_after(before, routine);
	}
	wdm_work_put(client, item);
	wdm_work_over(client, device);
}

/**
 * IoAllocateWorkItem() - allocate a work item
 * @device: a device that the caller has created
 *
 * DDI page: wdm, IoAllocateWorkItem
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the item, for IoFreeWorkItem(); NULL if there is no memory, or @device is a
 * port's.
 */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT device)
{
	struct winpar_wdm_client *client;
	PIO_WORKITEM item;
	unsigned long flags;

	if (!wdm_at_most(DISPATCH_LEVEL) || !wdm_device_is_own(device))
		return NULL;
	item = kzalloc(sizeof(*item), wdm_gfp());
	if (!item)
		return NULL;
	client = wdm_device_client(device);
	INIT_WORK(&item->work, wdm_work_run);
	item->client = client;
	item->device = device;
	item->uses = 1;
	wdm_device_get(device);
	spin_lock_irqsave(&client->lock, flags);
	list_add_tail(&item->entry, &client->work);
	spin_unlock_irqrestore(&client->lock, flags);
	return item;
}
WINPAR_EXPORT(IoAllocateWorkItem);

/* Is it a work item of a client's? @item may be memory that was freed: do not read it. */
static bool __wdm_work_is(struct winpar_wdm_client *client, PIO_WORKITEM item)
	__must_hold(&client->lock)
{
	PIO_WORKITEM own;

	lockdep_assert_held(&client->lock);
	list_for_each_entry(own, &client->work, entry)
		if (own == item)
			return true;
	return false;
}

/**
 * winpar_wdm_work_free() - free a work item: IoFreeWorkItem()
 * @client: the client
 * @item: from IoAllocateWorkItem(), not queued; its routine may be running
 *
 * DDI page: wdm, IoFreeWorkItem. An item that is queued, or that is freed already, is not
 * freed, and the log names the caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wdm_work_free(struct winpar_wdm_client *client, PIO_WORKITEM item)
{
	bool is, queued;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	is = __wdm_work_is(client, item);
	queued = is && item->queued;
	if (is && !queued)
		list_del(&item->entry);
	spin_unlock_irqrestore(&client->lock, flags);
	if (!is || queued) {
		wdm_warn(client, "%pS frees a work item that is %s\n",
			 (void *)_RET_IP_, queued ? "queued" : "freed, or is none");
		return;
	}
	wdm_device_put(item->device);
	wdm_work_put(client, item);
}
WINPAR_EXPORT(winpar_wdm_work_free);

/**
 * winpar_wdm_work_queue() - have a routine called in process context: IoQueueWorkItem()
 * @client: the client
 * @item: from IoAllocateWorkItem(), not queued
 * @routine: the routine to call, with the item's device and @context
 * @queue: ignored
 * @context: the routine's second argument
 *
 * DDI page: wdm, IoQueueWorkItem. An item that is queued already stays as it is, and one that is
 * freed is not queued; the log names the caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wdm_work_queue(struct winpar_wdm_client *client, PIO_WORKITEM item,
			   PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE queue,
			   PVOID context)
{
	unsigned long flags;
	bool is, queued;

	wdm_at_most(DISPATCH_LEVEL);
	/* Under the lock, so that winpar_wdm_work_free() sees it, or this that it is freed. */
	spin_lock_irqsave(&client->lock, flags);
	is = __wdm_work_is(client, item);
	queued = is && item->queued;
	if (is && !queued) {
		item->routine = routine;
		item->context = context;
		item->queued = true;
		item->uses++;
		wdm_device_get(item->device);
		/* wdm_work_leave() sees it, or the routine @leaving. */
		atomic_inc(&client->working);
		queue_work(wdm_work_queue, &item->work);
	}
	spin_unlock_irqrestore(&client->lock, flags);
	if (!is || queued)
		wdm_warn(client, "%pS queues a work item that is %s\n", (void *)_RET_IP_,
			 queued ? "queued" : "freed, or is none");
}
WINPAR_EXPORT(winpar_wdm_work_queue);

/**
 * wdm_work_start() - have a work of the layer's done
 * @work: the work, which may free its memory. The layer is not unloaded before it has returned
 *
 * Context: any.
 */
void wdm_work_start(struct work_struct *work)
{
	queue_work(wdm_work_queue, work);
}

/**
 * wdm_work_drain() - wait until no work item of a client is queued or runs
 * @client: the client, whose DriverUnload has returned or whose DriverEntry has failed
 *
 * Context: process context, sleeps.
 */
void wdm_work_drain(struct winpar_wdm_client *client)
{
	if (wait_event_idle_timeout(wdm_work_waiters,
				    !atomic_read(&client->working),
				    WDM_WORK_PATIENCE))
		return;
	pr_warn("%s: a work item still runs: the client ends when its routine has returned\n",
		wdm_client_name(client));
	wait_event_idle(wdm_work_waiters, !atomic_read(&client->working));
}

/* Set @leaving of a client, unless a work item was queued since it was drained. */
static bool wdm_work_left(struct winpar_wdm_client *client)
{
	bool left;

	spin_lock_irq(&client->lock);
	left = !atomic_read(&client->working);
	if (left)
		WRITE_ONCE(client->leaving, true);
	spin_unlock_irq(&client->lock);
	return left;
}

/**
 * wdm_work_leave() - wait for a client's work items, and have no routine of the client
 *	called any more: set @client->leaving
 * @client: as for wdm_work_drain()
 *
 * A work item that is queued from now on is counted and not run: what its routine may wait
 * for, such as the event of a request, is not set any more either.
 *
 * Context: process context, sleeps.
 */
void wdm_work_leave(struct winpar_wdm_client *client)
{
	do
		wdm_work_drain(client);
	while (!wdm_work_left(client));
}

/**
 * wdm_work_end() - free the work items that a client has not freed, and warn of them
 * @client: the client, after wdm_work_drain()
 *
 * Context: process context.
 */
void wdm_work_end(struct winpar_wdm_client *client)
{
	PIO_WORKITEM item, next;
	unsigned int count = 0;

	list_for_each_entry_safe(item, next, &client->work, entry) {
		list_del(&item->entry);
		wdm_device_put(item->device);
		kfree(item);
		count++;
	}
	if (count)
		pr_warn("%s: %u work items were not freed: DriverUnload has to call IoFreeWorkItem()\n",
			wdm_client_name(client), count);
}

/**
 * wdm_work_setup() - make the workqueue
 *
 * Context: at module init.
 * Return: 0; -ENOMEM.
 */
int wdm_work_setup(void)
{
	wdm_work_queue = alloc_workqueue("winpar_wdm", WQ_UNBOUND, 0);
	return wdm_work_queue ? 0 : -ENOMEM;
}

/**
 * wdm_work_exit() - destroy the workqueue
 *
 * Context: at module exit; there are no clients.
 */
void wdm_work_exit(void)
{
	destroy_workqueue(wdm_work_queue);
}
