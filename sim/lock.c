// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port's lock. Its release lets the FIFO do what it can do now, since any
 * register or line may have moved while the lock was held.
 *
 * irq.c takes the lock without this room: an interrupt moves no line.
 */
#include "fifo.h"
#include "lock.h"

/**
 * sim_port_lock() - keep all that moves from moving
 * @port: the port
 *
 * Context: any but NMI.
 * Return: flags for sim_port_unlock().
 */
unsigned long sim_port_lock(struct sim_port *port)
	__acquires(&port->lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	return flags;
}

/**
 * sim_port_unlock() - let go, when the FIFO has done what it can do now
 * @port: the port
 * @flags: from sim_port_lock()
 */
void sim_port_unlock(struct sim_port *port, unsigned long flags)
	__releases(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->gone)
		__sim_fifo_settle(port);
	raw_spin_unlock_irqrestore(&port->lock, flags);
}
