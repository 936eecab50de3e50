// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parport core's list of devices that wait for a port.
 *
 * The core links a device into the list when a claim fails and out of it when
 * one succeeds, under waitlist_lock, and walks the list in parport_release()
 * without a lock. What a device is waiting for is in its @waiting:
 *
 *   1   it is on the list, and its wakeup function is called when the port is
 *       free. It may not want the port any more.
 *   3   it is on the list, and a task is in parport_claim_or_block() for it
 *   2   that task has not got to the list yet, or winpar took it off as dead
 *
 * A process that is killed in parport_claim_or_block() leaves its device in 3:
 * the core would claim the port for it, and it would never be released. Such a
 * device is told from a live one by its wait_q, on which no task sleeps.
 */
#include <linux/bitops.h>
#include <linux/parport.h>
#include <linux/wait.h>

#include "host/waitlist.h"

#define WINPAR_WAITING_LISTED_BIT	0
#define WINPAR_WAITING_LISTED		1UL
#define WINPAR_WAITING_BLOCKS		2UL

/* Take a device off the waiting list, as parport_unregister_device() does. */
static void __winpar_host_unlink(struct parport *parport, struct pardevice *dev)
	__must_hold(&parport->waitlist_lock)
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
	__must_hold(&parport->waitlist_lock)
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
 * winpar_host_leave_list() - take winpar's own device off the list
 * @host: the port
 *
 * A claim made from the list switches interrupts on under cad_lock: so this
 * comes before each claim.
 *
 * Context: any but under cad_lock.
 */
void winpar_host_leave_list(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct pardevice *dev = host->pardev;
	unsigned long flags;

	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (dev->waiting & WINPAR_WAITING_LISTED)
		__winpar_host_unlink(parport, dev);
	dev->waiting = 0;
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
}

/**
 * winpar_host_has_asked() - does the driver that has the port know of winpar?
 * @host: the port
 *
 * Asking again would cost winpar its place on the list. But a driver that came to
 * the port from that list was never told that winpar waits, and lp lets go only
 * when it is.
 *
 * Context: any but under cad_lock.
 * Return: whether winpar waits, and that driver has refused it the port.
 */
bool winpar_host_has_asked(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	unsigned long flags;
	bool waiting;

	spin_lock_irqsave(&parport->waitlist_lock, flags);
	waiting = host->pardev->waiting & WINPAR_WAITING_LISTED;
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
	return waiting && host->asked == READ_ONCE(parport->cad);
}

static bool __winpar_host_list_is_whole(const struct parport *parport)
	__must_hold(&parport->waitlist_lock)
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
		if (dev->waiting & WINPAR_WAITING_LISTED) {
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

/* Was the task that blocks on @dev killed, or is it not asleep yet? */
static bool winpar_host_is_dead(struct pardevice *dev)
{
	if (!(dev->waiting & WINPAR_WAITING_BLOCKS))
		return false;
	/* No barrier: none is woken, and a sleeper is seen the next time. */
	return !waitqueue_active(&dev->wait_q);
}

/**
 * winpar_host_waiters() - count the other devices on the list
 * @host: the port, which is winpar's
 * @waiters: set
 * @prune: take the dead off. They go on blocking for the core: clearing that
 *	would tell one that lives after all that it has the port.
 *
 * Context: any but under cad_lock.
 */
void winpar_host_waiters(struct winpar_host *host,
			 struct winpar_waiters *waiters, bool prune)
{
	struct parport *parport = host->parport;
	struct pardevice *dev, *next;
	unsigned long flags;

	*waiters = (struct winpar_waiters){ };
	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (!__winpar_host_list_is_whole(parport)) {
		waiters->dead = 1;
		goto out;
	}
	for (dev = parport->waithead; dev; dev = next) {
		next = dev->waitnext;
		if (dev == host->pardev)
			continue;
		if (!winpar_host_is_dead(dev)) {
			waiters->live++;
			continue;
		}
		waiters->dead++;
		if (!prune)
			continue;
		__winpar_host_unlink(parport, dev);
		clear_bit(WINPAR_WAITING_LISTED_BIT, &dev->waiting);
	}
out:
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
}

/**
 * winpar_host_drop_idle() - take devices off the list that let an offer be
 * @host: the port, which has become winpar's after it was free for a while
 *
 * These are devices that do not sleep for the port: a driver whose wakeup
 * function was called and did not claim. It joins the list again when it claims.
 * Since winpar has the port no other claim succeeds, which would change @waiting
 * outside waitlist_lock.
 *
 * Context: any but under cad_lock.
 */
void winpar_host_drop_idle(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct pardevice *dev, *next;
	unsigned long flags;

	spin_lock_irqsave(&parport->waitlist_lock, flags);
	if (!__winpar_host_list_is_whole(parport))
		goto out;
	for (dev = parport->waithead; dev; dev = next) {
		next = dev->waitnext;
		if (dev == host->pardev ||
		    dev->waiting & WINPAR_WAITING_BLOCKS)
			continue;
		__winpar_host_unlink(parport, dev);
		clear_bit(WINPAR_WAITING_LISTED_BIT, &dev->waiting);
	}
out:
	spin_unlock_irqrestore(&parport->waitlist_lock, flags);
}

/**
 * winpar_host_put_back() - put devices back that were taken off by mistake
 * @host: the port, registered or not
 *
 * A device that blocks, sleeps and is not on the list was preempted between
 * joining the list and falling asleep for so long that it was taken for dead.
 * The core would never wake it. So winpar claims for it, as its task has done:
 * the core puts it on the list, and tells the driver that has the port, or gives
 * it the port if that is free. While the task sleeps it does not touch @waiting.
 *
 * Context: process context.
 * Return: how many others block, are not on the list and do not sleep: those that
 * were taken off rightly, and those that may still fall asleep.
 */
unsigned int winpar_host_put_back(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct pardevice *dev;
	unsigned int lost = 0;

	/* The lock keeps each device that is on the list of devices from being freed. */
	spin_lock(&parport->pardevice_lock);
	for (dev = parport->devices; dev; dev = dev->next) {
		if (READ_ONCE(dev->waiting) != WINPAR_WAITING_BLOCKS)
			continue;
		if (winpar_host_is_dead(dev)) {
			lost++;
			continue;
		}
		if (parport_claim(dev))
			continue;
		/* As parport_claim() does for a device that is on the list. */
		dev->waiting = 0;
		wake_up_interruptible(&dev->wait_q);
	}
	spin_unlock(&parport->pardevice_lock);
	return lost;
}
