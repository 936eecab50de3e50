// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that come and go, and what a user does to them: power, plug, faults,
 * bytes for the host. All of that may happen at any time, in the middle of a
 * byte too. A new device finds the host's lines as they are, and is in
 * compatibility mode.
 *
 *	absent --sim_connect_end(), sim_connect_chain()--> connected
 *	connected: alive, or not alive (no power, unplugged, or a fault)
 *
 * Locking: the port's mutex for which devices there are, and its lock for the
 * change itself. Memory is allocated before the lock is taken and freed after
 * it is released.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cable.h"
#include "connect.h"
#include "ieee1284.h"
#include "kinds.h"
#include "lines.h"
#include "lock.h"
#include "modes.h"
#include "peripheral.h"

/* ----- devices that come and go ------------------------------------------ */

/* The timer of struct sim_peripheral: the time that a byte takes is over. */
static enum hrtimer_restart sim_connect_byte_over(struct hrtimer *timer)
{
	struct sim_peripheral *dev = container_of(timer, struct sim_peripheral,
						  timer);
	struct sim_port *port = dev->port;
	unsigned long flags = sim_port_lock(port);

	if (__sim_peripheral_is_alive(dev))
		__sim_modes_timer(dev);
	sim_port_unlock(port, flags);
	return HRTIMER_NORESTART;
}

/* The timer of struct sim_late: the device is to see a change that was kept. */
static enum hrtimer_restart sim_connect_late_due(struct hrtimer *timer)
{
	struct sim_peripheral *dev = container_of(timer, struct sim_peripheral,
						  late.timer);
	struct sim_port *port = dev->port;
	unsigned long flags = sim_port_lock(port);

	__sim_1284_late(dev);
	sim_port_unlock(port, flags);
	return HRTIMER_NORESTART;
}

static struct sim_peripheral *
sim_connect_new(struct sim_port *port, u8 seat,
		const struct sim_peripheral_ops *ops)
{
	return sim_peripheral_new(port, seat, ops, sim_connect_byte_over,
				  sim_connect_late_due);
}

/**
 * sim_connect_end() - put another device at the end of the chain
 * @port: the port
 * @name: the device's kind, or "none"
 *
 * Context: process; takes the port's mutex.
 * Return: 0, -EINVAL for a kind that there is not, -ENOMEM.
 */
int sim_connect_end(struct sim_port *port, const char *name)
{
	const struct sim_peripheral_ops *ops = sim_kinds_find(name);
	struct sim_peripheral *dev = NULL, *old;
	unsigned long flags;

	if (!ops && strcmp(name, "none"))
		return -EINVAL;
	if (ops) {
		dev = sim_connect_new(port, SIM_SEAT_END, ops);
		if (!dev)
			return -ENOMEM;
	}
	mutex_lock(&port->mutex);
	flags = sim_port_lock(port);
	old = __sim_cable_end(port, dev);
	sim_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
	sim_peripheral_free(old);
	return 0;
}

/* The devices of a list such as printer+epp, into dev[]. */
static int sim_connect_devices(struct sim_port *port, char *names,
			       struct sim_peripheral **dev)
{
	const struct sim_peripheral_ops *ops;
	unsigned int n = 0;
	char *name;

	while ((name = strsep(&names, "+"))) {
		ops = sim_kinds_find(name);
		if (!ops || n == SIM_SEATS)
			return -EINVAL;
		dev[n] = sim_connect_new(port, n, ops);
		if (!dev[n++])
			return -ENOMEM;
	}
	return 0;
}

/**
 * sim_connect_chain() - put other daisy-chain devices on the cable
 * @port: the port
 * @names: kinds of up to four devices, nearest first, with + between; or "none"
 *
 * Context: process; takes the port's mutex.
 * Return: 0, -EINVAL for a kind that there is not or too many, -ENOMEM.
 */
int sim_connect_chain(struct sim_port *port, const char *names)
{
	struct sim_peripheral *dev[SIM_SEATS] = {};
	unsigned long flags;
	unsigned int i;
	char *copy;
	int ret = 0;

	/* Taking all devices off the cable needs no memory. */
	if (strcmp(names, "none")) {
		copy = kstrdup(names, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
		ret = sim_connect_devices(port, copy, dev);
		kfree(copy);
	}
	if (!ret) {
		mutex_lock(&port->mutex);
		flags = sim_port_lock(port);
		__sim_cable_chain(port, dev);
		sim_port_unlock(port, flags);
		mutex_unlock(&port->mutex);
	}
	/*
	 * The devices that were on the cable before, or after an error the new
	 * ones.
	 */
	for (i = 0; i < SIM_SEATS; i++)
		sim_peripheral_free(dev[i]);
	return ret;
}

/* ----- what a user does to a device -------------------------------------- */

/**
 * __sim_connect_set() - put a device in another condition
 * @dev: the device
 * @condition: the condition
 *
 * The device is reset when its power is switched on or off, and when it is
 * plugged in or unplugged. A device without power forgets what it had to send.
 */
void __sim_connect_set(struct sim_peripheral *dev,
		       const struct sim_condition *condition)
	__must_hold(&dev->port->lock)
{
	bool was = __sim_peripheral_is_alive(dev);

	lockdep_assert_held(&dev->port->lock);
	dev->condition = *condition;
	if (!condition->power)
		dev->feed.tail = dev->feed.head;
	if (!was || !__sim_peripheral_is_alive(dev)) {
		__sim_1284_reset(dev);
		__sim_cable_restart(dev->port);
	}
	if (__sim_peripheral_is_alive(dev))
		__sim_modes_changed(dev);
	__sim_lines_sense(dev->port, dev->seat, SIM_EVENT_CONDITION);
}

/**
 * __sim_connect_fault() - break a device, or mend it
 * @dev: the device
 * @fault: what is to be wrong with it
 * @arg: see struct sim_peripheral
 *
 * A fault that silences the device leaves its lines as they are; mending the
 * device resets it.
 */
void __sim_connect_fault(struct sim_peripheral *dev, enum sim_fault fault,
			 unsigned int arg)
	__must_hold(&dev->port->lock)
{
	bool was = __sim_peripheral_is_alive(dev);

	lockdep_assert_held(&dev->port->lock);
	dev->fault = fault;
	dev->fault_arg = arg;
	if (was == __sim_peripheral_is_alive(dev))
		return;
	if (!was)
		__sim_1284_reset(dev);
	__sim_cable_restart(dev->port);
	__sim_lines_sense(dev->port, dev->seat, SIM_EVENT_CONDITION);
}

/**
 * __sim_connect_feed() - give a device bytes for the host
 * @dev: the device
 * @buf: the bytes
 * @len: how many
 *
 * Return: how many there was room for.
 */
unsigned int __sim_connect_feed(struct sim_peripheral *dev, const u8 *buf,
				unsigned int len)
	__must_hold(&dev->port->lock)
{
	unsigned int done;

	lockdep_assert_held(&dev->port->lock);
	for (done = 0; done < len; done++)
		if (dev->ops->fed)
			dev->ops->fed(dev, buf[done]);
		else if (!sim_ring_put(&dev->feed, buf[done]))
			break;
	if (!done || !__sim_peripheral_is_alive(dev))
		return done;
	if (dev->state.phase == SIM_EPP) {
		__sim_peripheral_lines(dev, SIM_NACK, 0, SIM_EVENT_INTERRUPT);
		__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, SIM_EVENT_NONE);
	} else {
		__sim_modes_changed(dev);
	}
	return done;
}
