// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connecting devices to a port, and disconnecting them, at any time: a new
 * device finds the lines as they are, and is in compatibility mode.
 *
 * Locking: the port's mutex, and its lock for the change itself. Memory is
 * taken before and given back after.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim.h"

/**
 * sim_port_connect() - put something at the end of the chain
 * @port: which
 * @name: what, or "none"
 *
 * Context: process; takes the port's mutex.
 * Return: 0, -EINVAL for a name that is none, -ENOMEM.
 */
int sim_port_connect(struct sim_port *port, const char *name)
{
	const struct sim_peripheral_ops *ops = sim_peripheral_kind(name);
	struct sim_peripheral *dev = NULL, *old;
	unsigned long flags;

	if (!ops && strcmp(name, "none"))
		return -EINVAL;
	if (ops) {
		dev = sim_peripheral_new(port, SIM_SEAT_END, ops);
		if (!dev)
			return -ENOMEM;
	}
	mutex_lock(&port->mutex);
	flags = sim_port_lock(port);
	old = port->cable.end;
	port->cable.end = dev;
	if (dev) {
		dev->host = port->cable.host;
		__sim_1284_reset(dev);
	}
	__sim_cable_restart(port);
	sim_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
	sim_peripheral_free(old);
	return 0;
}

/* The devices of a list such as printer+epp, into dev[]. */
static int sim_port_devices(struct sim_port *port, char *names,
			    struct sim_peripheral **dev)
{
	const struct sim_peripheral_ops *ops;
	unsigned int n = 0;
	char *name;

	while ((name = strsep(&names, "+"))) {
		ops = sim_peripheral_kind(name);
		if (!ops || n == SIM_SEATS)
			return -EINVAL;
		dev[n] = sim_peripheral_new(port, n, ops);
		if (!dev[n++])
			return -ENOMEM;
	}
	return 0;
}

/**
 * sim_port_chain() - put other daisy-chain devices on the cable
 * @port: which
 * @names: up to four, nearest first, with + between; or "none"
 *
 * Context: process; takes the port's mutex.
 * Return: 0, -EINVAL for a name that is none or too many, -ENOMEM.
 */
int sim_port_chain(struct sim_port *port, const char *names)
{
	struct sim_peripheral *dev[SIM_SEATS] = {};
	unsigned long flags;
	unsigned int i;
	char *copy;
	int ret = 0;

	/* To take all of them off needs no memory. */
	if (strcmp(names, "none")) {
		copy = kstrdup(names, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
		ret = sim_port_devices(port, copy, dev);
		kfree(copy);
	}
	if (!ret) {
		mutex_lock(&port->mutex);
		flags = sim_port_lock(port);
		for (i = 0; i < SIM_SEATS; i++) {
			struct sim_member *member = &port->cable.member[i];

			swap(member->dev, dev[i]);
			member->address = -1;
			member->selected = false;
			member->numbered = false;
			member->fresh = false;
			if (!member->dev)
				continue;
			member->dev->host = port->cable.host;
			__sim_1284_reset(member->dev);
		}
		__sim_cable_restart(port);
		sim_port_unlock(port, flags);
		mutex_unlock(&port->mutex);
	}
	for (i = 0; i < SIM_SEATS; i++)
		sim_peripheral_free(dev[i]);
	return ret;
}
