// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's way into a mode of IEEE 1284 and out of it. What it does in the
 * modes is in modes.c. The phases, with the standard's events:
 *
 *	COMPAT --1--> NEGOTIATION --3--> REQUESTED --4..6--> the mode
 *	   ^                                          |      or REFUSED
 *	   +----------- TERMINATION <-----22----------+
 *
 * EPP is left by nInit alone (68), and at once. In ECP, nInit turns the data
 * lines round; in any other mode it resets the device. A host that lets
 * nSelectIn fall before a mode is reached has given up, and a host that goes on
 * before termination is over does not wait for its end: the device is in
 * compatibility mode then.
 *
 * Every answer is given at once, inside the host's write, and each line that
 * changes is a step of its own for the chip to see. To a device that answers
 * late (answer_us) each change of the host's lines that wants an answer is
 * shown so much later, and all that follow behind it, in order (late.c).
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "ieee1284.h"
#include "late.h"
#include "modes.h"
#include "peripheral.h"
#include "phase.h"

#define SIM_STATUS_ALL	(SIM_NFAULT | SIM_SELECT | SIM_PERROR | SIM_BUSY)

/* Enter EPP mode, with the lines that wait for a cycle. */
static void sim_1284_epp(struct sim_peripheral *dev, u8 event)
{
	__sim_phase_enter(dev, SIM_EPP);
	__sim_peripheral_lines(dev, SIM_BACK_LINES,
			       SIM_NFAULT | SIM_SELECT | SIM_NACK, event);
}

/**
 * __sim_1284_reset() - bring the device to the state that power-on brings it to
 * @dev: the device
 */
void __sim_1284_reset(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	hrtimer_try_to_cancel(&dev->timer);
	__sim_late_forget(dev);
	__sim_phase_compat(dev, SIM_EVENT_NONE);
	if (dev->ops->fixed_epp)
		sim_1284_epp(dev, SIM_EVENT_NONE);
}

/**
 * __sim_1284_connect() - the device begins to see the host's lines
 * @dev: the device
 * @host: the host's lines
 */
void __sim_1284_connect(struct sim_peripheral *dev,
			const struct sim_host *host)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	dev->host = *host;
	__sim_1284_reset(dev);
}

/**
 * __sim_1284_select() - a command packet has selected the device
 * @dev: the device
 * @host: the host's lines
 * @phase: SIM_COMPAT, SIM_EPP or SIM_ECP_FORWARD, without negotiation
 */
void __sim_1284_select(struct sim_peripheral *dev, const struct sim_host *host,
		       enum sim_phase phase)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	__sim_1284_connect(dev, host);
	if (phase == SIM_EPP && dev->can & SIM_CAN_EPP) {
		sim_1284_epp(dev, SIM_EVENT_NONE);
	} else if (phase == SIM_ECP_FORWARD && dev->can & SIM_CAN_ECP) {
		dev->state.request = 0x10;
		__sim_phase_enter(dev, SIM_ECP_FORWARD);
		__sim_peripheral_lines(dev, SIM_BACK_LINES, SIM_NACK |
				       SIM_PERROR | SIM_SELECT | SIM_NFAULT,
				       SIM_EVENT_NONE);
		__sim_modes_changed(dev);
	}
}

/* ----- into a mode ------------------------------------------------------- */

/* Which phase the byte asks for; @needs: is set to what the device must support. */
static enum sim_phase sim_1284_wanted(u8 request, u8 *needs)
{
	switch (request) {
	case 0x00:
		*needs = SIM_CAN_NIBBLE;
		return SIM_NIBBLE;
	case 0x04:
		*needs = SIM_CAN_NIBBLE | SIM_CAN_ID;
		return SIM_NIBBLE;
	case 0x01:
		*needs = SIM_CAN_BYTE;
		return SIM_BYTE;
	case 0x05:
		*needs = SIM_CAN_BYTE | SIM_CAN_ID;
		return SIM_BYTE;
	case 0x10:
		*needs = SIM_CAN_ECP;
		return SIM_ECP_SETUP;
	case 0x14:
		*needs = SIM_CAN_ECP | SIM_CAN_ID;
		return SIM_ECP_SETUP;
	case 0x30:
		*needs = SIM_CAN_ECP | SIM_CAN_RLE;
		return SIM_ECP_SETUP;
	case 0x34:
		*needs = SIM_CAN_ECP | SIM_CAN_RLE | SIM_CAN_ID;
		return SIM_ECP_SETUP;
	case 0x40:
		*needs = SIM_CAN_EPP;
		return SIM_EPP;
	}
	*needs = 0;
	return SIM_REFUSED;
}

/* Event 1: nSelectIn goes high and nAutoFd low in compatibility mode. */
static bool sim_1284_asked(const struct sim_peripheral *dev, u8 lines,
			   u8 changed)
{
	return changed & (SIM_NSELECTIN | SIM_NAUTOFD) &&
	       lines & SIM_NSELECTIN && !(lines & SIM_NAUTOFD) &&
	       lines & SIM_NINIT && lines & SIM_NSTROBE &&
	       dev->can & ~SIM_CAN_ID;
}

static void sim_1284_begin(struct sim_peripheral *dev)
{
	__sim_peripheral_heard(dev, 1);
	__sim_phase_enter(dev, SIM_NEGOTIATION);
	__sim_peripheral_lines(dev, SIM_PERROR | SIM_SELECT | SIM_NFAULT |
			       SIM_NACK, SIM_PERROR | SIM_SELECT | SIM_NFAULT,
			       2);
}

/* Events 5 and 6: the device enters the mode, or says that it has not got it. */
static void sim_1284_decide(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;
	u8 lines = SIM_NFAULT, needs;
	enum sim_phase phase = sim_1284_wanted(st->latch, &needs);

	__sim_peripheral_heard(dev, 4);
	if ((dev->can & needs) != needs)
		phase = SIM_REFUSED;
	st->request = st->latch;
	st->id_pos = 0;
	__sim_phase_enter(dev, phase);

	/* XFlag is high for a mode that the device has, but low for nibble mode. */
	if (phase != SIM_REFUSED && st->request)
		lines |= SIM_SELECT;
	if (phase == SIM_NIBBLE || phase == SIM_BYTE) {
		lines |= __sim_phase_compat_lines(dev) & SIM_BUSY;
		if (__sim_peripheral_has_data(dev))
			lines &= ~SIM_NFAULT;
		else
			lines |= SIM_PERROR;
	}
	__sim_peripheral_lines(dev, SIM_STATUS_ALL, lines, 5);
	__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 6);
}

static void sim_1284_ecp_setup(struct sim_peripheral *dev, u8 fell)
{
	if (!(fell & SIM_NAUTOFD))
		return;
	__sim_peripheral_heard(dev, 30);
	__sim_phase_enter(dev, SIM_ECP_FORWARD);
	__sim_peripheral_lines(dev, SIM_PERROR, SIM_PERROR, 31);
	__sim_modes_changed(dev);
}

/* ----- out of a mode ----------------------------------------------------- */

static void sim_1284_terminate(struct sim_peripheral *dev)
{
	__sim_peripheral_heard(dev, 22);
	__sim_phase_enter(dev, SIM_TERMINATION);
	if (dev->back.driven)
		__sim_peripheral_release(dev);
	/* Event 23: the lines of compatibility mode, but for nAck. */
	__sim_peripheral_lines(dev, SIM_STATUS_ALL,
			       __sim_phase_compat_lines(dev), SIM_EVENT_NONE);
	__sim_peripheral_lines(dev, SIM_NACK, 0, 24);
}

static void sim_1284_termination(struct sim_peripheral *dev, u8 rose, u8 fell)
{
	struct sim_1284 *st = &dev->state;

	if (fell & SIM_NSTROBE || rose & SIM_NSELECTIN) {
		__sim_phase_compat(dev, SIM_EVENT_NONE);
		if (sim_1284_asked(dev, dev->host.lines, rose | fell))
			sim_1284_begin(dev);
		else
			__sim_modes_compat(dev, rose, fell);
	} else if (fell & SIM_NAUTOFD) {
		__sim_peripheral_heard(dev, 25);
		st->second = true;
		__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, 27);
	} else if (rose & SIM_NAUTOFD && st->second) {
		__sim_peripheral_heard(dev, 29);
		__sim_phase_compat(dev, SIM_EVENT_NONE);
	}
}

/* nInit has fallen. True: that has reset the device. */
static bool sim_1284_init(struct sim_peripheral *dev)
{
	struct sim_1284 *st = &dev->state;

	if ((st->phase == SIM_ECP_FORWARD || st->phase == SIM_ECP_REVERSE) &&
	    dev->host.lines & SIM_NSELECTIN)
		return false;
	if (st->phase == SIM_EPP && !dev->ops->fixed_epp) {
		__sim_peripheral_heard(dev, 68);
	} else {
		__sim_peripheral_heard(dev, SIM_EVENT_RESET);
		dev->resets++;
	}
	__sim_1284_reset(dev);
	return true;
}

/* ----- dispatch ---------------------------------------------------------- */

static void sim_1284_phase(struct sim_peripheral *dev, u8 rose, u8 fell)
{
	switch (dev->state.phase) {
	case SIM_COMPAT:
		if (sim_1284_asked(dev, dev->host.lines, rose | fell))
			sim_1284_begin(dev);
		else
			__sim_modes_compat(dev, rose, fell);
		break;
	case SIM_NEGOTIATION:
		if (!(fell & SIM_NSTROBE))
			break;
		__sim_peripheral_heard(dev, 3);
		__sim_phase_enter(dev, SIM_REQUESTED);
		dev->state.latch = dev->host.data;
		break;
	case SIM_REQUESTED:
		if ((dev->host.lines & (SIM_NSTROBE | SIM_NAUTOFD)) ==
		    (SIM_NSTROBE | SIM_NAUTOFD))
			sim_1284_decide(dev);
		break;
	case SIM_NIBBLE:
		__sim_modes_nibble(dev, rose, fell);
		break;
	case SIM_BYTE:
		__sim_modes_byte(dev, rose, fell);
		break;
	case SIM_ECP_SETUP:
		sim_1284_ecp_setup(dev, fell);
		break;
	case SIM_ECP_FORWARD:
		__sim_modes_ecp_forward(dev, rose, fell);
		break;
	case SIM_ECP_REVERSE:
		__sim_modes_ecp_reverse(dev, rose, fell);
		break;
	case SIM_EPP:
		__sim_modes_epp(dev, rose, fell);
		break;
	case SIM_TERMINATION:
		sim_1284_termination(dev, rose, fell);
		break;
	default:
		break;
	}
}

/* Show the device the host's lines, and let it answer. */
static void sim_1284_see(struct sim_peripheral *dev,
			 const struct sim_host *host)
{
	u8 changed = host->lines ^ dev->host.lines;
	u8 rose = changed & host->lines, fell = changed & ~host->lines;

	dev->host = *host;
	if (dev->ops->wired) {
		if (__sim_peripheral_is_alive(dev))
			__sim_peripheral_lines(dev, SIM_BACK_LINES,
					       dev->ops->wired(host),
					       SIM_EVENT_NONE);
		return;
	}
	if (!changed || !__sim_peripheral_is_alive(dev))
		return;
	if (fell & SIM_NINIT && sim_1284_init(dev))
		return;
	if (fell & SIM_NSELECTIN) {
		switch (dev->state.phase) {
		case SIM_NEGOTIATION:
		case SIM_REQUESTED:
			__sim_phase_compat(dev, SIM_EVENT_NONE);
			return;
		case SIM_REFUSED:
		case SIM_NIBBLE:
		case SIM_BYTE:
		case SIM_ECP_SETUP:
		case SIM_ECP_FORWARD:
		case SIM_ECP_REVERSE:
			sim_1284_terminate(dev);
			return;
		default:
			break;
		}
	}
	sim_1284_phase(dev, rose, fell);
}

/* ----- late answers ------------------------------------------------------ */

/*
 * For how long a chip keeps an EPP cycle waiting. A device whose answer_us is
 * no longer answers inside the cycle.
 */
#define SIM_EPP_PATIENCE_US	10

/* Does the host want an answer to this change? */
static bool sim_1284_is_wanted(const struct sim_peripheral *dev,
			       const struct sim_host *host)
{
	switch (dev->state.phase) {
	case SIM_COMPAT:
		/* The strobe latches a byte by itself; see sim_compat_take(). */
		return sim_1284_asked(dev, host->lines,
				      host->lines ^ dev->host.lines);
	case SIM_TERMINATION:
		/* Event 29, the host is back: nothing is answered. */
		return !dev->state.second;
	case SIM_EPP:
		return dev->condition.answer_us > SIM_EPP_PATIENCE_US;
	default:
		return true;
	}
}

/*
 * Has the host given up before a mode was reached? Then it sends bytes in
 * compatibility mode at once. A device that is still to be shown earlier
 * changes would take those for bytes, so the changes are forgotten.
 */
static bool sim_1284_has_given_up(struct sim_peripheral *dev,
				  const struct sim_host *host)
{
	u8 fell = __sim_late_last(dev)->lines & ~host->lines;

	return fell & SIM_NSELECTIN && dev->state.phase <= SIM_REQUESTED;
}

/* Is the device to see this change late? */
static bool sim_1284_is_late(struct sim_peripheral *dev,
			     const struct sim_host *host)
{
	if (!dev->late.count && !dev->condition.answer_us)
		return false;
	if (!__sim_peripheral_is_alive(dev) || sim_1284_has_given_up(dev, host)) {
		__sim_late_forget(dev);
		return false;
	}
	return dev->late.count || sim_1284_is_wanted(dev, host);
}

/**
 * __sim_1284_late() - show the device the changes that are due
 * @dev: the device
 */
void __sim_1284_late(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	struct sim_late_change change;

	lockdep_assert_held(&dev->port->lock);
	while (__sim_late_next(dev, &change)) {
		dev->heard = change.number;
		sim_1284_see(dev, &change.host);
	}
}

/**
 * __sim_1284_host() - the host's lines, as they arrive at a device
 * @dev: the device
 * @host: the lines
 */
void __sim_1284_host(struct sim_peripheral *dev, const struct sim_host *host)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (sim_1284_is_late(dev, host)) {
		__sim_late_put(dev, host);
		return;
	}
	dev->heard = dev->port->log.host;
	sim_1284_see(dev, host);
}
