// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host room, continued: the parport core's list of devices that wait for a
 * port.
 *
 * The core links a device into it when a claim fails and out of it when one
 * succeeds, under waitlist_lock, and walks it in parport_release() without. A
 * process that is killed in parport_claim_or_block() leaves its device there,
 * as if it slept: the core would give it the port, and nobody would ever give it
 * back. A device is known to be dead by having asked for that (waiting & 2)
 * while nobody sleeps on its queue, seen often enough.
 */
#include <linux/parport.h>
#include <linux/wait.h>

#include "host/host.h"

/* Take a device off the waiting list, as parport_unregister_device() does. */
static void __winpar_host_unlink(struct parport *parport, struct pardevice *dev)
{
	lockdep_assert_held(&parport->waitlist_lock);

	if (dev->waitprev)
		dev->waitprev->waitnext = dev->waitnext;
	else
		parport->waithead = dev->waitnext;
	if (dev->waitnext)
		dev->waitnext->waitprev = dev->waitprev;
	else
		parport->waittail = dev->waitprev;
	dev->waitprev = NULL;
	dev->waitnext = NULL;
}

static void __winpar_host_append(struct parport *parport, struct pardevice *dev)
{
	lockdep_assert_held(&parport->waitlist_lock);

	dev->waitnext = NULL;
	dev->waitprev = parport->waittail;
	if (parport->waittail)
		parport->waittail->waitnext = dev;
	else
		parport->waithead = dev;
	parport->waittail = dev;
}

/**
 * winpar_host_leave_list() - wait no more
 * @host: the port
 *
 * Before each claim: one made from the list switches interrupts on.
 *
 * Context: any but under cad_lock.
 */
void winpar_host_leave_list(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct pardevice *dev = host->pardev;
	unsigned long flags;

	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (dev->waiting & 1)
		__winpar_host_unlink(parport, dev);
	dev->waiting = 0;
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
}

/**
 * winpar_host_has_asked() - has whoever has the port been asked for it?
 * @host: the port
 *
 * Asking again would cost us our place on the list. But a driver that came to
 * the port from that list was never told that we wait, and lp lets go only when
 * it is.
 *
 * Context: any but under cad_lock.
 * Return: whether we wait, and it is the one that was asked.
 */
bool winpar_host_has_asked(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	unsigned long flags;
	bool waiting;

	spin_lock_irqsave(&parport->waitlist_lock, flags);
	waiting = host->pardev->waiting & 1;
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
	return waiting && host->asked == READ_ONCE(parport->cad);
}

static bool __winpar_host_list_is_whole(const struct parport *parport)
{
	const struct pardevice *dev, *prev = NULL;

	lockdep_assert_held(&parport->waitlist_lock);
	/* Ends also on a list that is a ring: some link back cannot match. */
	for (dev = parport->waithead; dev; prev = dev, dev = dev->waitnext)
		if (dev->waitprev != prev)
			return false;
	return parport->waittail == prev;
}

/**
 * winpar_host_mend_list() - put a broken list together again
 * @host: the port
 *
 * A claim by a device that was left on the list puts it there once more (lp
 * does that when a process killed in open() closes the file): the list becomes
 * a ring, or loses those in between. It is made anew from the devices that say
 * they are on it.
 *
 * Context: process context.
 */
void winpar_host_mend_list(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct pardevice *dev;
	unsigned long flags;

	spin_lock(&parport->pardevice_lock);
	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (__winpar_host_list_is_whole(parport))
		goto out;
	parport->waithead = NULL;
	parport->waittail = NULL;
	for (dev = parport->devices; dev; dev = dev->next) {
		if (dev->waiting & 1) {
			__winpar_host_append(parport, dev);
		} else {
			dev->waitnext = NULL;
			dev->waitprev = NULL;
		}
	}
out:
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
	spin_unlock(&parport->pardevice_lock);
}

/**
 * winpar_host_waiters() - count the others on the list
 * @host: the port
 * @dead: how many of them have called parport_claim_or_block() and do not sleep
 *        in it. A broken list counts as one: it was one's doing.
 * @prune: take the dead off. They still count as sleepers for the core
 *         (waiting & 2): clearing that would tell one that lives after all that
 *         it has the port.
 *
 * Context: any but under cad_lock.
 * Return: how many others live.
 */
unsigned int winpar_host_waiters(struct winpar_host *host, unsigned int *dead,
				 bool prune)
{
	struct parport *parport = host->parport;
	struct pardevice *dev, *next;
	unsigned int live = 0;
	unsigned long flags;

	*dead = 0;
	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (!__winpar_host_list_is_whole(parport)) {
		*dead = 1;
		goto out;
	}
	for (dev = parport->waithead; dev; dev = next) {
		next = dev->waitnext;
		if (dev == host->pardev)
			continue;
		/* Only asked whether it sleeps there; nobody is woken. */
		if (!(dev->waiting & 2) || waitqueue_active(&dev->wait_q)) {
			live++;
			continue;
		}
		(*dead)++;
		if (prune) {
			__winpar_host_unlink(parport, dev);
			dev->waiting &= ~1UL;
		}
	}
out:
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
	return live;
}
