// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which ports there are.
 *
 * A port is in the table, under its number, from its arrival to the end of its
 * removal. It stays on the list of all ports, with the table's reference, until
 * every watch has been told of its removal and no client has a seat on it
 * (winpar_table_prune()): its loop may have requests to tell of as long as there
 * are seats, and a module that is unloaded looks for its own on every port.
 *
 * Arrivals and removals are events, numbered in the order in which they happen:
 * a watch knows the number of the last event that it has told of, and
 * winpar_table_next_event() finds the next.
 *
 * The list and the events are guarded by the table's lock, which is taken in
 * process context. winpar_table_look() needs RCU only.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "port/life.h"
#include "port/port.h"
#include "port/table.h"

static DEFINE_XARRAY(winpar_table);
static DEFINE_SPINLOCK(winpar_table_lock);
static LIST_HEAD(winpar_table_ports);
static unsigned long winpar_table_events;

/**
 * winpar_table_look() - a port by its number, without a reference
 * @number: M
 *
 * Context: any, inside an RCU read-side section, in which the port is good.
 * Return: the port, which may be going, or NULL.
 */
struct winpar_port *winpar_table_look(unsigned int number)
{
	return xa_load(&winpar_table, number);
}

/**
 * winpar_table_find() - a port by its number
 * @number: M
 *
 * Context: process context.
 * Return: the port with a reference, which may be going; NULL when there is none.
 */
struct winpar_port *winpar_table_find(unsigned int number)
{
	struct winpar_port *port;

	spin_lock(&winpar_table_lock);
	port = xa_load(&winpar_table, number);
	if (port)
		winpar_port_get(port);
	spin_unlock(&winpar_table_lock);
	return port;
}

/**
 * winpar_table_find_lpt() - a port by the number of its LPT
 * @lpt: the n of LPTn
 *
 * Context: process context.
 * Return: the port with a reference, which may be going; NULL when there is none.
 */
struct winpar_port *winpar_table_find_lpt(unsigned int lpt)
{
	struct winpar_port *port, *found = NULL;

	spin_lock(&winpar_table_lock);
	list_for_each_entry(port, &winpar_table_ports, entry) {
		/* One that has gone leaves its LPT to another. */
		if (port->lpt != lpt || port->removal)
			continue;
		found = port;
		winpar_port_get(found);
		break;
	}
	spin_unlock(&winpar_table_lock);
	return found;
}

/**
 * winpar_table_next() - walk through all ports
 * @port: the last one, whose reference is dropped; NULL to begin
 *
 * Ports that have gone are among them as long as a watch is to be told. A walk
 * that is not finished drops the last reference itself.
 *
 * Context: process context, may sleep.
 * Return: the next port with a reference; NULL after the last.
 */
struct winpar_port *winpar_table_next(struct winpar_port *port)
{
	struct winpar_port *next = NULL, *other;

	spin_lock(&winpar_table_lock);
	/* By arrival: the walk goes on after a port that has left the list. */
	list_for_each_entry(other, &winpar_table_ports, entry) {
		if (port && other->arrival <= port->arrival)
			continue;
		next = other;
		winpar_port_get(next);
		break;
	}
	spin_unlock(&winpar_table_lock);
	if (port)
		winpar_port_put(port);
	return next;
}

/**
 * winpar_table_add() - a port has arrived
 * @port: the port, ready to be opened; the reference becomes the table's
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOMEM, the reference stays the caller's.
 */
int winpar_table_add(struct winpar_port *port)
{
	int ret = xa_reserve(&winpar_table, port->number, GFP_KERNEL);

	if (ret)
		return ret;
	spin_lock(&winpar_table_lock);
	port->arrival = ++winpar_table_events;
	list_add_tail(&port->entry, &winpar_table_ports);
	xa_store(&winpar_table, port->number, port, GFP_ATOMIC);
	spin_unlock(&winpar_table_lock);
	return 0;
}

/**
 * winpar_table_remove() - the removal of a port is over
 * @port: in the table
 *
 * It is found by its number no more. Watches are to be told, then
 * winpar_table_prune() drops the table's reference.
 *
 * Context: process context.
 */
void winpar_table_remove(struct winpar_port *port)
{
	spin_lock(&winpar_table_lock);
	port->removal = ++winpar_table_events;
	xa_erase(&winpar_table, port->number);
	spin_unlock(&winpar_table_lock);
}

/**
 * winpar_table_event() - the number of the event that came last
 *
 * Context: process context.
 * Return: that number.
 */
unsigned long winpar_table_event(void)
{
	unsigned long event;

	spin_lock(&winpar_table_lock);
	event = winpar_table_events;
	spin_unlock(&winpar_table_lock);
	return event;
}

/* A port's first event after @told; 0: none, or the port had gone by @since. */
static unsigned long winpar_table_event_of(const struct winpar_port *port,
					   unsigned long since,
					   unsigned long told)
{
	if (port->removal && port->removal <= since)
		return 0;
	if (port->arrival > told)
		return port->arrival;
	return port->removal > told ? port->removal : 0;
}

/**
 * winpar_table_next_event() - what a watch has to tell next
 * @since: when the watch began: what had gone by then is not told of
 * @told: the event that was told last; set to the one that is returned
 * @arrived: whether it is an arrival
 *
 * Context: process context.
 * Return: the port that arrived or went, with a reference; NULL when all is told.
 */
struct winpar_port *winpar_table_next_event(unsigned long since,
					    unsigned long *told, bool *arrived)
{
	struct winpar_port *port, *next = NULL;
	unsigned long event, first = 0;

	spin_lock(&winpar_table_lock);
	list_for_each_entry(port, &winpar_table_ports, entry) {
		event = winpar_table_event_of(port, since, *told);
		if (!event || (first && event > first))
			continue;
		first = event;
		next = port;
	}
	if (next) {
		winpar_port_get(next);
		*arrived = first == next->arrival;
		*told = first;
	}
	spin_unlock(&winpar_table_lock);
	return next;
}

/*
 * Find a port that can be forgotten: it has gone, no client has a seat on it, and
 * every watch has told of its removal.
 */
static struct winpar_port *winpar_table_take_gone(unsigned long told)
{
	struct winpar_port *port, *gone = NULL;

	spin_lock(&winpar_table_lock);
	list_for_each_entry(port, &winpar_table_ports, entry) {
		if (!port->removal || port->removal > told ||
		    !list_empty(&port->seats))
			continue;
		gone = port;
		list_del(&port->entry);
		break;
	}
	spin_unlock(&winpar_table_lock);
	return gone;
}

/**
 * winpar_table_prune() - forget ports that have gone
 * @told: every watch has told of the events up to this one
 *
 * Context: process context, may sleep.
 */
void winpar_table_prune(unsigned long told)
{
	struct winpar_port *port;

	while ((port = winpar_table_take_gone(told)))
		winpar_port_put(port);
}

/**
 * winpar_table_exit() - at module exit: all ports have been removed
 *
 * Context: process context, may sleep.
 */
void winpar_table_exit(void)
{
	winpar_table_prune(ULONG_MAX);
	xa_destroy(&winpar_table);
}
