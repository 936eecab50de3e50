// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device does in each mode of IEEE 1284, and in compatibility mode. The
 * numbers are the standard's events. How a device gets into a mode and out of
 * it is in ieee1284.c.
 *
 * Bytes for the host come from __sim_peripheral_next(). A byte counts as sent
 * when the host has acknowledged it: if the host leaves the mode while a byte
 * is on the lines, that byte is sent again.
 *
 * A device that is not ready (off line, out of paper, busy) shows Busy in
 * compatibility mode, and withholds event 36 in ECP. A device that takes some
 * time for each byte (busy_us) withholds the acknowledge in compatibility mode;
 * in ECP it has the byte, and withholds event 32.
 *
 * Every answer is given at once, inside the host's write. A device that answers
 * late (answer_us) is shown the host's lines late, but for the strobe of
 * compatibility mode, to which Busy rises at once, as hardware does it.
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "modes.h"
#include "peripheral.h"
#include "phase.h"

/* Have __sim_modes_timer() called after this time. */
static void sim_modes_wait(struct sim_peripheral *dev, u64 usec)
{
	hrtimer_start(&dev->timer, ns_to_ktime(usec * NSEC_PER_USEC),
		      HRTIMER_MODE_REL_HARD);
}

/* ----- compatibility mode ------------------------------------------------ */

/* Take the byte, and acknowledge it: nAck pulses, then Busy falls. */
static void sim_compat_acknowledge(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	st->taken = false;
	st->due = false;
	__sim_peripheral_write(dev, false, st->latch);
	__sim_peripheral_lines(dev, SIM_NACK, 0, SIM_EVENT_NONE);
	__sim_peripheral_lines(dev, SIM_NACK | SIM_BUSY, SIM_NACK |
			       (__sim_phase_compat_lines(dev) & SIM_BUSY),
			       SIM_EVENT_READY);
}

/* The strobe falls: Busy rises at once, and the byte is acknowledged later. */
static void sim_compat_take(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;
	u64 usec = (u64)dev->condition.busy_us + dev->condition.answer_us;

	__sim_peripheral_heard(dev, SIM_EVENT_BYTE);
	if (dev->back.lines & SIM_BUSY) {
		dev->lost++;
		return;
	}
	st->latch = dev->host.data;
	st->taken = true;
	st->due = !usec;
	__sim_peripheral_step(dev);
	__sim_peripheral_lines(dev, SIM_BUSY, SIM_BUSY, SIM_EVENT_NONE);
	if (!st->due)
		sim_modes_wait(dev, usec);
}

/**
 * __sim_modes_compat() - the host has moved lines in compatibility mode
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_compat(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	struct sim_1284 *st = &dev->state;

	lockdep_assert_held(&dev->port->lock);
	if (rose & SIM_NINIT)
		__sim_peripheral_lines(dev, SIM_BUSY,
				       __sim_phase_compat_lines(dev),
				       SIM_EVENT_NONE);
	if (fell & SIM_NSTROBE && !(dev->host.lines & SIM_NSELECTIN))
		sim_compat_take(dev);
	else if (rose & SIM_NSTROBE && st->taken && st->due)
		sim_compat_acknowledge(dev);
}

/* The byte has been printed. */
static void sim_compat_timer(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	if (!st->taken)
		return;
	st->due = true;
	if (dev->host.lines & SIM_NSTROBE)
		sim_compat_acknowledge(dev);
}

/* ----- nibble and byte mode ---------------------------------------------- */

/* Events 12 and 13, between two bytes: nFault and PError low if there are more. */
static u8 sim_reverse_lines(const struct sim_peripheral *dev)
{
	return __sim_peripheral_has_data(dev) ? 0 : SIM_NFAULT | SIM_PERROR;
}

/*
 * nAutoFd has fallen: the host wants a byte. True: @byte is offered. False:
 * there is none, and the device is in reverse idle.
 */
static bool sim_reverse_wanted(struct sim_peripheral *dev, u8 *byte)
{
	struct sim_1284 *st = &dev->state;

	if (st->told || !__sim_peripheral_next(dev, byte)) {
		st->idle = true;
		return false;
	}
	__sim_peripheral_heard(dev, 7);
	__sim_peripheral_step(dev);
	st->offered = true;
	return true;
}

/*
 * nAutoFd has risen in reverse idle: the host has seen that there is data
 * (event 18), or does not want to wait for any.
 */
static void sim_reverse_noticed(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	st->idle = false;
	if (!st->told)
		return;
	st->told = false;
	__sim_peripheral_heard(dev, 20);
	__sim_peripheral_lines(dev, SIM_PERROR, 0, 21);
}

static void sim_nibble_give(struct sim_peripheral *dev, u8 byte)
{
	u8 nibble = dev->state.second ? byte >> 4 : byte & 0x0f;
	u8 lines = 0;

	if (nibble & 1)
		lines |= SIM_NFAULT;
	if (nibble & 2)
		lines |= SIM_SELECT;
	if (nibble & 4)
		lines |= SIM_PERROR;
	if (nibble & 8)
		lines |= SIM_BUSY;
	__sim_peripheral_lines(dev, SIM_NFAULT | SIM_SELECT | SIM_PERROR |
			       SIM_BUSY, lines, 8);
	__sim_peripheral_lines(dev, SIM_NACK, 0, 9);
}

static void sim_nibble_given(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;
	u8 lines;

	__sim_peripheral_heard(dev, 10);
	st->offered = false;
	st->second = !st->second;
	if (!st->second) {
		__sim_peripheral_took(dev);
		lines = sim_reverse_lines(dev);
		if (st->request)
			lines |= SIM_SELECT;
		if (!__sim_phase_is_ready(dev))
			lines |= SIM_BUSY;
		__sim_peripheral_lines(dev, SIM_NFAULT | SIM_PERROR |
				       SIM_SELECT | SIM_BUSY, lines, 13);
	}
	__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 11);
}

/**
 * __sim_modes_nibble() - the host has moved lines in nibble mode
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_nibble(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	u8 byte;

	lockdep_assert_held(&dev->port->lock);
	if (fell & SIM_NAUTOFD) {
		if (sim_reverse_wanted(dev, &byte))
			sim_nibble_give(dev, byte);
	} else if (rose & SIM_NAUTOFD) {
		if (dev->state.offered)
			sim_nibble_given(dev);
		else
			sim_reverse_noticed(dev);
	}
}

/**
 * __sim_modes_byte() - the host has moved lines in byte mode
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_byte(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	u8 byte;

	lockdep_assert_held(&dev->port->lock);
	if (fell & SIM_NAUTOFD) {
		if (!sim_reverse_wanted(dev, &byte))
			return;
		__sim_peripheral_drive(dev, byte);
		__sim_peripheral_lines(dev, SIM_NACK, 0, 9);
	} else if (rose & SIM_NAUTOFD && dev->state.offered) {
		__sim_peripheral_heard(dev, 10);
		dev->state.offered = false;
		__sim_peripheral_took(dev);
		__sim_peripheral_release(dev);
		__sim_peripheral_lines(dev, SIM_NFAULT | SIM_PERROR,
				       sim_reverse_lines(dev), 13);
		__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 11);
	} else if (rose & SIM_NAUTOFD) {
		sim_reverse_noticed(dev);
	} else if (fell & SIM_NSTROBE) {
		__sim_peripheral_heard(dev, 16);
	} else if (rose & SIM_NSTROBE) {
		__sim_peripheral_heard(dev, 17);
	}
}

/* Tell the host that there is data for it, unless the device has done so. */
static void sim_reverse_changed(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	if (st->offered || st->second || st->told ||
	    !__sim_peripheral_has_data(dev))
		return;
	if (!st->idle) {
		__sim_peripheral_lines(dev, SIM_NFAULT | SIM_PERROR, 0, 13);
		return;
	}
	st->told = true;
	__sim_peripheral_lines(dev, SIM_NFAULT | SIM_NACK, 0, 18);
	__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 19);
}

/* ----- ECP --------------------------------------------------------------- */

/* nFault is nPeriphRequest in ECP: low while there is data for the host. */
static void sim_ecp_request(struct sim_peripheral *dev)
{
	u8 level = __sim_peripheral_has_data(dev) ? 0 : SIM_NFAULT;

	if ((dev->back.lines ^ level) & SIM_NFAULT)
		__sim_peripheral_lines(dev, SIM_NFAULT, level, SIM_EVENT_NONE);
}

/* Event 36: take the byte that the host strobes, if the device is ready. */
static void sim_ecp_accept(struct sim_peripheral *dev)
{
	if (dev->state.taken && __sim_phase_is_ready(dev))
		__sim_peripheral_lines(dev, SIM_BUSY, SIM_BUSY, 36);
}

/* A byte has come: data, a channel address, or a run-length count. */
static void sim_ecp_took(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	if (!st->address) {
		do {
			__sim_peripheral_write(dev, false, st->latch);
		} while (st->run && st->run--);
	} else if (st->latch & 0x80) {
		__sim_peripheral_write(dev, true, st->latch & 0x7f);
	} else if ((st->request & 0x30) == 0x30) {
		st->run = st->latch;
	} else {
		__sim_peripheral_write(dev, true, st->latch);
	}
}

/* Event 32: the device is ready for the next byte. */
static void sim_ecp_ready(struct sim_peripheral *dev)
{
	dev->state.due = false;
	__sim_peripheral_lines(dev, SIM_BUSY, 0, 32);
	sim_ecp_request(dev);
}

/*
 * Event 37, the strobe is over. If the device has not given event 36 the host
 * has given up waiting for it, and the byte is not taken.
 */
static void sim_ecp_acknowledged(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;
	bool took = dev->back.lines & SIM_BUSY;

	st->taken = false;
	if (took)
		sim_ecp_took(dev);
	st->due = took && dev->condition.busy_us;
	if (st->due)
		sim_modes_wait(dev, dev->condition.busy_us);
	else
		sim_ecp_ready(dev);
}

/*
 * Offer the next byte, or first the count of its run, if the host is ready and the lines
 * are turned round.
 */
static void sim_ecp_offer(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;
	u8 byte;

	if (st->offered || dev->host.lines & (SIM_NAUTOFD | SIM_NINIT) ||
	    !(dev->back.lines & SIM_NACK) || !__sim_peripheral_next(dev, &byte))
		return;
	if (dev->condition.rle && !st->counted) {
		st->counted = __sim_peripheral_run(dev);
		st->counting = st->counted > 1;
	}
	if (st->counting)
		byte = st->counted - 1;
	st->offered = true;
	__sim_peripheral_step(dev);
	__sim_peripheral_drive(dev, byte);
	/* Busy is PeriphAck in ECP: high with data, low with a command. */
	__sim_peripheral_lines(dev, SIM_BUSY, st->counting ? 0 : SIM_BUSY, 42);
	__sim_peripheral_lines(dev, SIM_NACK, 0, 43);
}

/* Event 44: the host has the byte with all of its run, or the count of a run. */
static void sim_ecp_given(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	st->offered = false;
	if (st->counting) {
		st->counting = false;
		return;
	}
	do {
		__sim_peripheral_took(dev);
	} while (st->counted && --st->counted);
}

/**
 * __sim_modes_ecp_forward() - the host has moved lines in ECP, forward
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_ecp_forward(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	struct sim_1284 *st = &dev->state;

	lockdep_assert_held(&dev->port->lock);
	if (fell & SIM_NINIT) {
		__sim_peripheral_heard(dev, 39);
		__sim_phase_enter(dev, SIM_ECP_REVERSE);
		__sim_peripheral_lines(dev, SIM_PERROR | SIM_BUSY, 0, 40);
		sim_ecp_offer(dev);
	} else if (fell & SIM_NSTROBE) {
		__sim_peripheral_heard(dev, 35);
		st->latch = dev->host.data;
		st->address = !(dev->host.lines & SIM_NAUTOFD);
		st->taken = true;
		__sim_peripheral_step(dev);
		sim_ecp_accept(dev);
	} else if (rose & SIM_NSTROBE && st->taken) {
		__sim_peripheral_heard(dev, 37);
		sim_ecp_acknowledged(dev);
	}
}

/**
 * __sim_modes_ecp_reverse() - the host has moved lines in ECP, reverse
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_ecp_reverse(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	struct sim_1284 *st = &dev->state;

	lockdep_assert_held(&dev->port->lock);
	if (rose & SIM_NINIT) {
		__sim_peripheral_heard(dev, 47);
		__sim_phase_enter(dev, SIM_ECP_FORWARD);
		__sim_peripheral_release(dev);
		__sim_peripheral_lines(dev, SIM_NACK | SIM_BUSY, SIM_NACK, 48);
		__sim_peripheral_lines(dev, SIM_PERROR, SIM_PERROR, 49);
		sim_ecp_request(dev);
	} else if (rose & SIM_NAUTOFD && st->offered) {
		__sim_peripheral_heard(dev, 44);
		sim_ecp_given(dev);
		sim_ecp_request(dev);
		__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 45);
	} else if (fell & SIM_NAUTOFD) {
		__sim_peripheral_heard(dev, 46);
		__sim_peripheral_release(dev);
		sim_ecp_offer(dev);
	}
}

/* ----- EPP --------------------------------------------------------------- */

static u8 sim_epp_give(struct sim_peripheral *dev, bool address)
{
	u8 byte;

	if (dev->ops->epp_read)
		return dev->ops->epp_read(dev, address);
	if (address)
		return dev->reg_address;
	if (!__sim_peripheral_next(dev, &byte))
		return 0xff;
	__sim_peripheral_took(dev);
	return byte;
}

/**
 * __sim_modes_epp() - the host has moved lines in EPP mode
 * @dev: the device
 * @rose: lines that rose
 * @fell: lines that fell
 */
void __sim_modes_epp(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock)
{
	bool address = fell & SIM_NSELECTIN;
	bool write = !(dev->host.lines & SIM_NSTROBE);

	lockdep_assert_held(&dev->port->lock);
	if (fell & (SIM_NSELECTIN | SIM_NAUTOFD)) {
		__sim_peripheral_heard(dev, address ? write ? 56 : 64 :
					    write ? 62 : 67);
		__sim_peripheral_step(dev);
		if (write)
			__sim_peripheral_write(dev, address, dev->host.data);
		else
			__sim_peripheral_drive(dev, sim_epp_give(dev, address));
		__sim_peripheral_lines(dev, SIM_BUSY, SIM_BUSY, 58);
	} else if (rose & (SIM_NSELECTIN | SIM_NAUTOFD)) {
		__sim_peripheral_heard(dev, rose & SIM_NSELECTIN ? 59 : 63);
		if (dev->back.driven)
			__sim_peripheral_release(dev);
		__sim_peripheral_lines(dev, SIM_BUSY, 0, 60);
	}
}

/* ----- things that happen by themselves ---------------------------------- */

/**
 * __sim_modes_timer() - the time that a byte takes is over
 * @dev: the device, alive
 */
void __sim_modes_timer(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (dev->state.phase == SIM_COMPAT)
		sim_compat_timer(dev);
	else if (dev->state.phase == SIM_ECP_FORWARD && dev->state.due)
		sim_ecp_ready(dev);
}

/**
 * __sim_modes_changed() - there may be data for the host, or a new condition
 * @dev: the device, alive
 */
void __sim_modes_changed(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	switch (dev->state.phase) {
	case SIM_COMPAT:
		__sim_peripheral_lines(dev, SIM_NFAULT | SIM_SELECT |
				       SIM_PERROR | SIM_BUSY,
				       __sim_phase_compat_lines(dev),
				       SIM_EVENT_CONDITION);
		break;
	case SIM_NIBBLE:
	case SIM_BYTE:
		sim_reverse_changed(dev);
		break;
	case SIM_ECP_FORWARD:
		sim_ecp_accept(dev);
		sim_ecp_request(dev);
		break;
	case SIM_ECP_REVERSE:
		sim_ecp_request(dev);
		sim_ecp_offer(dev);
		break;
	default:
		break;
	}
}
