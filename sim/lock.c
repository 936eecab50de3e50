// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port's lock. Before it is released the FIFO takes the steps that it can
 * take now, since any register or line may have moved while the lock was held.
 *
 * irq.c takes the lock without this room: an interrupt moves no line.
 */
#include "fifo.h"
#include "lock.h"

/**
 * sim_port_lock() - take the port's lock, with interrupts off
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
 * sim_port_unlock() - run the FIFO, and release the port's lock
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
