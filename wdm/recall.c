// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a client's IRPs. See wdm/irp.c for what is counted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irp.h"
#include "wdm/recall.h"

/* After so long the log says that an end waits for IRPs; it looks that often. */
#define WDM_RECALL_PATIENCE	(5 * HZ)
#define WDM_RECALL_LOOK		(HZ / 100 + 1)

/* The IRP behind @own on the list of a client that is leaving; NULL: the first. */
static struct wdm_irp *wdm_recall_next(struct winpar_wdm_client *client,
				       struct wdm_irp *own)
{
	struct list_head *next;

	spin_lock_irq(&client->lock);
	next = own ? own->entry.next : client->irps.next;
	spin_unlock_irq(&client->lock);
	return next == &client->irps ? NULL :
	       list_entry(next, struct wdm_irp, entry);
}

/*
 * Cancel those IRPs of a client's that other drivers have. False: there are none, and no routine
 * of the client's runs for an IRP of another's.
 */
static bool wdm_recall_cancel(struct winpar_wdm_client *client)
{
	struct wdm_irp *own = NULL;

	/*
	 * No IRP leaves the list of a client that is leaving; a routine of the client's
	 * that runs still may put one there.
	 */
	while ((own = wdm_recall_next(client, own))) {
		if (READ_ONCE(own->away))
			IoCancelIrp(container_of((void *)own, IRP, Winpar));
	}
	/* Of @leaving before the count; pairs with wdm_irp_begin_routine(). */
	smp_mb();
	/* Pairs with wdm_irp_is_back() and wdm_irp_end_routine(). */
	return atomic_read_acquire(&client->visited) ||
	       atomic_read_acquire(&client->called);
}

/**
 * wdm_recall() - cancel the IRPs of a client that other drivers have, and wait until
 *	these have completed them
 * @client: the client, which is leaving. What its routines that run still may send after
 *          this call is for the next one
 *
 * Context: process context; sleeps as long as the other drivers take, and the log says
 * so.
 */
void wdm_recall(struct winpar_wdm_client *client)
{
	unsigned long patience = jiffies + WDM_RECALL_PATIENCE;
	bool said = false;

	/* An IoFreeIrp() that has not seen @leaving has its IRP off the list after this. */
	spin_lock_irq(&client->lock);
	spin_unlock_irq(&client->lock);
	while (wdm_recall_cancel(client)) {
		if (!said && time_after(jiffies, patience)) {
			pr_warn("%s: another driver still has an IRP of this client, which was cancelled, or is in a completion routine of it: the client ends when that is over\n",
				wdm_client_name(client));
			said = true;
		}
		schedule_timeout_idle(WDM_RECALL_LOOK);
	}
}

/**
 * wdm_recall_end() - free the IRPs that a client has not freed
 * @client: the client, which is leaving; all its IRPs that were sent are complete
 *
 * Context: process context.
 */
void wdm_recall_end(struct winpar_wdm_client *client)
{
	struct wdm_irp *own, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(own, next, &client->irps, entry) {
		list_del(&own->entry);
		count += !own->freed;
		kfree(own->buffer);
		kfree(container_of((void *)own, IRP, Winpar));
	}
	if (count)
		pr_warn("%s: %u IRPs were not freed: DriverUnload has to call IoFreeIrp()\n",
			wdm_client_name(client), count);
}
