// SPDX-License-Identifier: GPL-2.0-only
/*
 * Try calls that fail because a Linux driver has the port.
 *
 * After such a call winpar asks the driver for the port. When winpar has the port
 * again, a Linux driver that asks for the port after the Try call does not get it
 * for 20 ms. winpar also measures the time between the Try calls of a client that
 * polls, foresees its next call, and asks the driver shortly before that. So the
 * client gets the port although the driver always claims it again at once.
 *
 * Everything here is guarded by the port lock. tests/model/rounds.pml and tries.pml have
 * these steps, but for those that foresee a Try call.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "host/claim.h"
#include "host/state.h"
#include "port/port.h"
#include "port/trial.h"
#include "port/wait.h"

/* How long a port that is back is kept for a client that only tries. */
#define WINPAR_TRIAL_TIME	(msecs_to_jiffies(20) + 1)	/* never less */
/*
 * How long before a foreseen Try call winpar asks for the port: so that the call
 * comes in the middle of WINPAR_TRIAL_TIME. @later, which asks, runs a jiffy or two
 * late.
 */
#define WINPAR_TRIAL_EARLY	(WINPAR_TRIAL_TIME / 2 + 2)
/* A client whose Try calls are further apart than this is not taken to poll. */
#define WINPAR_TRIAL_APART	HZ

/**
 * __winpar_trial_later() - have @later of the port run, for a trial or a report
 * @port: the port, its lock held
 * @delay: in so many jiffies, or a little earlier, unless it is to run before that
 *
 * Does nothing when removal has begun: winpar_port_remove() has cancelled @later.
 */
void __winpar_trial_later(struct winpar_port *port, unsigned long delay)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state == WINPAR_PORT_GONE)
		return;
	delay = max(winpar_wait_early(delay), 1UL);
	if (!delayed_work_pending(&port->later) ||
	    time_before(jiffies + delay, port->later.timer.expires))
		winpar_host_queue(&port->later, delay);
}

/*
 * For how many jiffies the port is to be kept still, if it is. @until may be months
 * ago, which reads as a time to come where jiffies have 32 bits.
 */
static unsigned long __winpar_trial_left(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	unsigned long left = port->trial.until - jiffies;

	lockdep_assert_held(&port->lock);
	return left <= WINPAR_TRIAL_TIME ? left : 0;
}

/**
 * __winpar_trial_is_kept() - is the port kept from the rival for a Try call?
 * @port: the port, its lock held; a rival waits
 *
 * Return: true if the Try call was refused before the rival asked, until its time is
 * over; the loop runs then.
 */
bool __winpar_trial_is_kept(struct winpar_port *port)
	__must_hold(&port->lock)
{
	unsigned long left = __winpar_trial_left(port);

	lockdep_assert_held(&port->lock);
	if (!port->trial.wanted ||
	    !winpar_port_before(port->trial.sequence, port->rival.sequence))
		return false;
	if (!left) {
		port->trial.wanted = false;
		return false;
	}
	__winpar_trial_later(port, left);
	return true;
}

/**
 * __winpar_trial_want() - keep the port for a Try call when winpar gets it again
 * @port: the port, its lock held; a Try call was refused, or is due
 *
 * A rival that waits now goes first.
 */
void __winpar_trial_want(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->trial.wanted)
		return;
	port->trial.wanted = true;
	port->trial.sequence = __winpar_port_sequence(port);
}

/* Ask a Linux driver that has the port for it: a Try call wants it. */
static void __winpar_trial_ask(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_trial_want(port);
	if (port->state == WINPAR_PORT_AWAY)
		winpar_host_want(&port->host);
}

/*
 * Look at the clients whose next Try call is foreseen: have @later run when the next
 * one is due, and forget those whose time is over. @meet: forget those that are due,
 * too; the caller asks for the port for them. Return: is a client's Try call due?
 */
static bool __winpar_trial_look(struct winpar_port *port, bool meet)
	__must_hold(&port->lock)
{
	struct winpar_seat *seat;
	struct hlist_node *next;
	bool due = false, over;
	long left;

	lockdep_assert_held(&port->lock);
	hlist_for_each_entry_safe(seat, next, &port->trial.foreseen,
				  refused.entry) {
		left = seat->refused.again - jiffies;
		if (left > 0) {
			__winpar_trial_later(port, left);
			continue;
		}
		over = left < -(long)(WINPAR_TRIAL_EARLY + WINPAR_TRIAL_TIME);
		if (meet || over)
			hlist_del_init(&seat->refused.entry);
		due |= !over;
	}
	return due;
}

/*
 * How far apart are the client's Try calls? @apart is the time between its last two
 * refusals. If @apart is about twice the time measured before, and a client got the
 * port between the two refusals, a Try call came in between: the answer is half of
 * @apart. If the client got the port and @apart is not about twice, it tried again
 * within WINPAR_TRIAL_TIME: the answer is 0, not known. Else the answer is @apart.
 */
static unsigned long __winpar_trial_apart(const struct winpar_seat *seat,
					  unsigned long apart)
	__must_hold(&seat->port->lock)
{
	const unsigned long before = seat->refused.apart;
	bool twice = 2 * apart > 3 * before && 2 * apart < 5 * before;

	lockdep_assert_held(&seat->port->lock);
	if (twice && (seat->refused.had ||
		      seat->refused.allocations != seat->port->allocations))
		return apart / 2;
	return seat->refused.had ? 0 : apart;
}

/*
 * A client that polls slowly makes each Try call only after WINPAR_TRIAL_TIME is
 * over, so that the port is kept for it in vain. Work out from the time between its
 * calls when its next call is due, and have @later ask for the port
 * WINPAR_TRIAL_EARLY before that.
 */
static void __winpar_trial_foresee(struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	unsigned long apart = jiffies - seat->refused.at;
	struct winpar_port *port = seat->port;

	lockdep_assert_held(&port->lock);
	if (apart <= WINPAR_TRIAL_TIME)
		return;
	apart = __winpar_trial_apart(seat, apart);
	seat->refused.at = jiffies;
	seat->refused.allocations = port->allocations;
	seat->refused.had = false;
	seat->refused.apart = apart;
	hlist_del_init(&seat->refused.entry);
	if (!apart || apart > WINPAR_TRIAL_APART)
		return;
	seat->refused.again = jiffies + apart - min(apart, WINPAR_TRIAL_EARLY);
	hlist_add_head(&seat->refused.entry, &port->trial.foreseen);
	__winpar_trial_look(port, false);
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
 * A refused Try call stops counting once WINPAR_TRIAL_TIME is over and the rival
 * asked after it. A client whose foreseen Try call came due while winpar still had
 * the port counts: the port was not kept for that call yet.
 *
 * Return: whether a Try call has asked, or is due.
 */
bool __winpar_trial_is_wanted(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!__winpar_trial_left(port) &&
	    winpar_port_before(port->trial.sequence, port->rival.sequence))
		port->trial.wanted = false;
	if (__winpar_trial_look(port, true))
		__winpar_trial_want(port);
	return port->trial.wanted;
}

/**
 * __winpar_trial_meet() - ask for the port if the time of a Try call has come
 * @port: the port, its lock held
 *
 * @later of the port calls this, maybe before a Try call is due. While winpar still
 * has the port this asks no driver: when winpar releases the port,
 * __winpar_trial_is_wanted() looks for Try calls that are due.
 */
void __winpar_trial_meet(struct winpar_port *port)
	__must_hold(&port->lock)
{
	const bool away = port->state == WINPAR_PORT_AWAY;

	lockdep_assert_held(&port->lock);
	if (__winpar_trial_look(port, away) && away)
		__winpar_trial_ask(port);
}

/**
 * __winpar_trial_took() - a client has the port: no Try call wants it any more
 * @holder: what took it; the lock of its port held
 */
void __winpar_trial_took(struct winpar_holder *holder)
	__must_hold(&holder->seat->port->lock)
{
	struct winpar_seat *seat = holder->seat;

	lockdep_assert_held(&seat->port->lock);
	seat->port->trial.wanted = false;
	if (holder != &seat->holder)
		return;
	seat->refused.had = true;
	hlist_del_init(&seat->refused.entry);
}

/**
 * __winpar_trial_end() - a client calls no more
 * @seat: the client, on the port; the lock of its port held
 */
void __winpar_trial_end(struct winpar_seat *seat)
	__must_hold(&seat->port->lock)
{
	lockdep_assert_held(&seat->port->lock);
	hlist_del_init(&seat->refused.entry);
}
