// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Linux driver has the port, and a Try call fails: the driver is asked for the port,
 * which is kept for a Try call for 20 ms when it is back. So a client that only polls
 * gets the port beside a driver that claims it again at once.
 *
 * Everything here is guarded by the port lock.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "host/claim.h"
#include "host/state.h"
#include "port/port.h"
#include "port/trial.h"

/* How long a port that is back is kept for a client that only tries. */
#define WINPAR_TRIAL_TIME	(msecs_to_jiffies(20) + 1)	/* no less */
/*
 * How long before a Try call that is foreseen the port is asked for: so that the
 * call comes in the middle of that time. The work that asks is a jiffy or two late.
 */
#define WINPAR_TRIAL_EARLY	(WINPAR_TRIAL_TIME / 2 + 2)
/* Try calls that are further apart than that are not a client's that polls. */
#define WINPAR_TRIAL_APART	HZ

/**
 * __winpar_trial_later() - have @later of the port run
 * @port: the port, its lock held
 * @delay: in so many jiffies, unless it is to run before that
 */
void __winpar_trial_later(struct winpar_port *port, unsigned long delay)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!delayed_work_pending(&port->later) ||
	    time_before(jiffies + delay, port->later.timer.expires))
		winpar_host_queue(&port->later, delay);
}

/**
 * __winpar_trial_is_kept() - is the port kept from the rival for a Try call?
 * @port: the port, its lock held; a rival waits
 *
 * Return: true until the time of the Try call that was refused is over; the loop
 * runs then.
 */
bool __winpar_trial_is_kept(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->trial.wanted ||
	    !winpar_port_before(port->trial.sequence, port->rival.sequence))
		return false;
	if (time_after_eq(jiffies, port->trial.until)) {
		port->trial.wanted = false;
		return false;
	}
	__winpar_trial_later(port, port->trial.until - jiffies);
	return true;
}

/* Ask a Linux driver that has the port for it: a Try call wants it. */
static void __winpar_trial_ask(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->trial.wanted) {
		port->trial.wanted = true;
		port->trial.sequence = __winpar_port_sequence(port);
	}
	if (port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
}

/*
 * A client that polls without hurry comes back when the time of its trial is over,
 * again and again. How far apart its calls are tells when the next is due: the port
 * is asked for once more a little before that. Calls are as far apart as two
 * refusals between which no client had the port; or half as far, if the call between
 * them had it.
 */
static void __winpar_trial_foresee(struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	unsigned long apart = jiffies - seat->refused.at, delay;
	struct winpar_port *port = seat->port;
	bool had;

	lockdep_assert_held(&port->lock);
	if (apart <= WINPAR_TRIAL_TIME)
		return;
	had = port->allocations != seat->refused.allocations;
	seat->refused.at = jiffies;
	seat->refused.allocations = port->allocations;
	if (!had)
		seat->refused.apart = apart;
	else if (2 * apart < 3 * seat->refused.apart ||
		 2 * apart > 5 * seat->refused.apart)
		seat->refused.apart = 0;
	else
		seat->refused.apart = apart / 2;
	if (!seat->refused.apart || seat->refused.apart > WINPAR_TRIAL_APART)
		return;
	delay = seat->refused.apart -
		min(seat->refused.apart, WINPAR_TRIAL_EARLY);
	port->trial.foreseen = true;
	port->trial.again = jiffies + delay;
	__winpar_trial_later(port, delay);
}

/**
 * __winpar_trial_refused() - a Linux driver has kept the port from a Try call
 * @seat: the client, on the port; the lock of its port held
 */
void __winpar_trial_refused(struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	lockdep_assert_held(&seat->port->lock);
	__winpar_trial_ask(seat->port);
	__winpar_trial_foresee(seat);
}

/**
 * __winpar_trial_begin() - the port is back: the time for which it is kept begins
 * @port: the port, its lock held
 */
void __winpar_trial_begin(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->trial.until = jiffies + WINPAR_TRIAL_TIME;
}

/**
 * __winpar_trial_is_wanted() - is the port, just left by a driver, wanted back?
 * @port: the port, its lock held
 *
 * A client that has not tried again in its time has to ask anew.
 *
 * Return: whether a Try call has asked.
 */
bool __winpar_trial_is_wanted(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (time_after_eq(jiffies, port->trial.until) &&
	    winpar_port_before(port->trial.sequence, port->rival.sequence))
		port->trial.wanted = false;
	return port->trial.wanted;
}

/**
 * __winpar_trial_meet() - ask for the port if the time of a Try call has come
 * @port: the port, its lock held
 *
 * Called when @later of the port runs, which may be earlier.
 */
void __winpar_trial_meet(struct winpar_port *port)
	__must_hold(&port->lock)
{
	s16 left = port->trial.again - (u16)jiffies;

	lockdep_assert_held(&port->lock);
	if (!port->trial.foreseen)
		return;
	if (left > 0) {
		__winpar_trial_later(port, left);
		return;
	}
	port->trial.foreseen = false;
	if (port->state != WINPAR_PORT_AWAY)
		return;
	port->trial.wanted = false;
	__winpar_trial_ask(port);
}
