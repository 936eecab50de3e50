// SPDX-License-Identifier: GPL-2.0-only
/*
 * In which phase of IEEE 1284 a device is, and the lines of compatibility mode.
 * What leads from one phase to the next is in ieee1284.c and modes.c.
 *
 * States: enum sim_phase. Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "peripheral.h"
#include "phase.h"

/**
 * sim_phase_name() - what a phase is called
 * @phase: the phase
 *
 * Return: its name.
 */
const char *sim_phase_name(enum sim_phase phase)
{
	static const char *const name[] = {
		[SIM_COMPAT] = "compatibility",
		[SIM_NEGOTIATION] = "negotiation",
		[SIM_REQUESTED] = "requested",
		[SIM_REFUSED] = "refused",
		[SIM_NIBBLE] = "nibble",
		[SIM_BYTE] = "byte",
		[SIM_ECP_SETUP] = "ecp-setup",
		[SIM_ECP_FORWARD] = "ecp",
		[SIM_ECP_REVERSE] = "ecp-reverse",
		[SIM_EPP] = "epp",
		[SIM_TERMINATION] = "termination",
	};

	return name[phase];
}

/**
 * __sim_phase_enter() - go to a phase
 * @dev: the device
 * @phase: the phase
 *
 * A byte of compatibility mode that is not acknowledged yet is lost: a host
 * that negotiates or resets the device does not wait for it.
 */
void __sim_phase_enter(struct sim_peripheral *dev, enum sim_phase phase)
	__must_hold(&dev->port->lock)
{
	struct sim_1284 *st = &dev->state;

	lockdep_assert_held(&dev->port->lock);
	if (st->phase == SIM_COMPAT && st->taken)
		dev->lost++;
	st->phase = phase;
	st->taken = false;
	st->due = false;
	st->offered = false;
	st->second = false;
	st->idle = false;
	st->told = false;
	st->counting = false;
	st->counted = 0;
	st->entered[phase]++;
}

/**
 * __sim_phase_compat_lines() - what compatibility mode shows
 * @dev: the device
 *
 * Return: every line but nAck.
 */
u8 __sim_phase_compat_lines(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	const struct sim_condition *c = &dev->condition;
	u8 lines = 0;

	lockdep_assert_held(&dev->port->lock);
	if (!c->online || !c->paper || c->busy || dev->state.taken ||
	    !(dev->host.lines & SIM_NINIT))
		lines |= SIM_BUSY;
	if (!c->paper)
		lines |= SIM_PERROR;
	if (c->online)
		lines |= SIM_SELECT;
	if (c->online && c->paper)
		lines |= SIM_NFAULT;
	return lines;
}

/**
 * __sim_phase_compat() - be in compatibility mode
 * @dev: the device
 * @event: the event that brought it there
 */
void __sim_phase_compat(struct sim_peripheral *dev, u8 event)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	__sim_phase_enter(dev, SIM_COMPAT);
	dev->state.id_pos = 0;
	dev->state.run = 0;
	dev->back.driven = false;
	__sim_peripheral_lines(dev, SIM_BACK_LINES,
			       __sim_phase_compat_lines(dev) | SIM_NACK, event);
}

/**
 * __sim_phase_is_ready() - may the device take a byte?
 * @dev: the device
 *
 * Return: whether it is on line, has paper and is not busy by the user's word.
 *	The time that it takes for a byte (busy_us) does not count.
 */
bool __sim_phase_is_ready(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	const struct sim_condition *c = &dev->condition;

	lockdep_assert_held(&dev->port->lock);
	return c->online && c->paper && !c->busy;
}
