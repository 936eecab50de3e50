// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of the host's lines on their way to a device that answers late
 * (answer_us): each is kept with the time at which the device is to see it.
 * Which changes are kept is decided in ieee1284.c, and what is done with them
 * when their time has come.
 *
 * There is room for SIM_LATE_CHANGES; a device that is further behind sees the
 * last change in the place of the one before it.
 *
 *	nothing kept: the timer is off, or finds nothing to do
 *	something kept: the timer runs until the oldest is due
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "late.h"

static struct sim_late_change *sim_late_at(struct sim_late *late,
					   unsigned int i)
{
	return &late->change[(late->first + i) % SIM_LATE_CHANGES];
}

/* Call the timer when the oldest change is due. */
static void sim_late_start(struct sim_late *late)
{
	hrtimer_start(&late->timer, sim_late_at(late, 0)->due,
		      HRTIMER_MODE_ABS_HARD);
}

/**
 * __sim_late_put() - keep a change of the host's lines
 * @dev: the device that is to see it
 * @host: the lines after the change, which is the last in the port's log
 */
void __sim_late_put(struct sim_peripheral *dev, const struct sim_host *host)
	__must_hold(&dev->port->lock)
{
	u64 ns = (u64)dev->condition.answer_us * NSEC_PER_USEC;
	struct sim_late *late = &dev->late;

	lockdep_assert_held(&dev->port->lock);
	if (late->count < SIM_LATE_CHANGES)
		late->count++;
	*sim_late_at(late, late->count - 1) = (struct sim_late_change) {
		.host = *host,
		.number = dev->port->log.host,
		.due = ktime_add_ns(ktime_get(), ns),
	};
	if (late->count == 1)
		sim_late_start(late);
}

/**
 * __sim_late_next() - take the oldest change, if it is due
 * @dev: the device that is to see it
 * @change: where it goes to
 *
 * Starts the timer again if the oldest is not due yet.
 *
 * Return: whether it was due; false without one.
 */
bool __sim_late_next(struct sim_peripheral *dev,
		     struct sim_late_change *change)
	__must_hold(&dev->port->lock)
{
	struct sim_late *late = &dev->late;
	ktime_t now = ktime_get();

	lockdep_assert_held(&dev->port->lock);
	if (!late->count)
		return false;
	if (ktime_after(sim_late_at(late, 0)->due, now)) {
		sim_late_start(late);
		return false;
	}
	*change = *sim_late_at(late, 0);
	late->behind = max_t(u64, late->behind, ktime_us_delta(now, change->due));
	late->first = (late->first + 1) % SIM_LATE_CHANGES;
	late->count--;
	return true;
}

/**
 * __sim_late_last() - the lines after the last change of the host's
 * @dev: the device
 *
 * Return: the last change that is kept, or the lines as the device sees them.
 */
const struct sim_host *__sim_late_last(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	struct sim_late *late = &dev->late;

	lockdep_assert_held(&dev->port->lock);
	return late->count ? &sim_late_at(late, late->count - 1)->host :
			     &dev->host;
}

/**
 * __sim_late_forget() - forget what is kept
 * @dev: the device
 */
void __sim_late_forget(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	dev->late.count = 0;
}
