// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which task drives the wires of a port.
 *
 * A packet to daisy-chain devices, and the probe of the chip's FIFO, are bounded
 * busy waits with the port lock dropped. A task takes the wires before it, for the
 * owner of the port, for a free, or from the loop while no client has the port.
 * As long as the wires are taken the port is given to no request and to no Linux
 * driver, also if it is freed in between.
 *
 * The danger: a softirq on top of the task that has the wires spins for them, and
 * waits for ever. So that task has softirqs off. A selection, a scan or a mode spins
 * while another task has the wires (winpar_wire_lock()), a free is left to the
 * loop, a Try call fails, and nothing at interrupt level waits.
 *
 * Everything here is called with the port lock held and may drop the lock for
 * as long as a packet takes.
 *
 * tests/model/rounds.pml has a scan that takes the wires.
 */
#include <linux/bottom_half.h>
#include <linux/irqflags.h>

#include "port/chip.h"
#include "port/port.h"
#include "port/wire.h"

/*
 * On PREEMPT_RT the port lock is one that tasks sleep for, interrupt threads
 * included: it is kept, and no other task ever sees @wire. Nor are softirqs
 * switched off under the port lock: that takes a lock there, which interrupt
 * threads hold when they come for the port lock.
 */
#define WINPAR_WIRE_KEEPS_LOCK	IS_ENABLED(CONFIG_PREEMPT_RT)

/* Where interrupts are off no softirq comes, and none may be let in. */
static bool winpar_wire_shields(unsigned long flags)
{
	return !WINPAR_WIRE_KEEPS_LOCK && !irqs_disabled_flags(flags);
}

/* Spin until the task that has the wires gives them back. */
static void winpar_wire_wait(struct winpar_port *port, unsigned long flags)
{
	bool shields = winpar_wire_shields(flags);

	if (shields)
		local_bh_disable();
	while (READ_ONCE(port->wire))
		cpu_relax();
	if (shields)
		local_bh_enable();
}

/**
 * winpar_wire_lock() - take the port lock while no task drives the wires
 * @port: the port
 * @flags: of the lock
 *
 * May spin for as long as a scan takes, some 150 us, and once for as long as the
 * chip's FIFO is probed, up to 0.7 ms.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wire_lock(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock)
{
	winpar_port_lock(port, flags);
	while (port->wire) {
		winpar_port_unlock(port, *flags);
		winpar_wire_wait(port, *flags);
		winpar_port_lock(port, flags);
	}
}

/**
 * __winpar_wire_take() - begin to drive the wires
 * @port: a port whose wires are not taken; its lock held
 * @flags: of the lock
 *
 * The lock may be dropped and taken again until __winpar_wire_give(): until then
 * the port is given to no one else. But it may be freed, or go.
 */
void __winpar_wire_take(struct winpar_port *port, unsigned long flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	WARN_ON_ONCE(port->wire);
	if (winpar_wire_shields(flags))
		local_bh_disable();
	port->wire = true;
}

/**
 * __winpar_wire_give() - undo __winpar_wire_take()
 * @port: the port, its lock held, which may be dropped and taken again
 * @flags: of the lock
 *
 * Clears a chip mode that had to wait, and has the loop do the rest. The last
 * thing that is done with the port: another client may have it when this returns.
 */
void __winpar_wire_give(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->wire = false;
	if (port->state == WINPAR_PORT_HELD)
		__winpar_chip_settle(port);
	__winpar_port_serve(port);
	__winpar_port_wake(port);
	if (!winpar_wire_shields(*flags))
		return;
	winpar_port_unlock(port, *flags);
	local_bh_enable();
	winpar_port_lock(port, flags);
}

/**
 * __winpar_wire_is_ours() - may the wires be driven?
 * @port: the port, its lock held
 *
 * Return: false when the port has no registers, is a Linux driver's or gone, or when its
 * chip may be switched off.
 */
bool __winpar_wire_is_ours(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->host.base && !winpar_port_is_asleep(port) &&
	       (port->state == WINPAR_PORT_OWNED ||
		port->state == WINPAR_PORT_HELD);
}

/**
 * __winpar_wire_begin() - drop the port lock while the wires are driven
 * @port: the wires taken, its lock held
 * @flags: of the lock
 */
void __winpar_wire_begin(struct winpar_port *port, unsigned long flags)
	__releases(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!WINPAR_WIRE_KEEPS_LOCK)
		winpar_port_unlock(port, flags);
	else
		__release(&port->lock);
}

/**
 * __winpar_wire_end() - take the port lock again after __winpar_wire_begin()
 * @port: the port
 * @flags: of the lock
 */
void __winpar_wire_end(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock)
{
	if (!WINPAR_WIRE_KEEPS_LOCK)
		winpar_port_lock(port, flags);
	else
		__acquire(&port->lock);
}
