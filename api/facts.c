// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator may know of a port, gathered for sysfs and for debugfs.
 *
 * The danger: the removal of a port waits for tasks that read its attributes. So what
 * they call here takes no mutex and waits for nothing.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "api/facts.h"
#include "host/state.h"
#include "port/chip.h"
#include "port/port.h"

/**
 * winpar_facts_count() - count the entries of a list
 * @list: the list; the caller holds its lock
 *
 * Context: any.
 * Return: how many there are, at most WINPAR_FACTS_COUNT.
 */
unsigned int winpar_facts_count(const struct list_head *list)
{
	const struct list_head *entry;
	unsigned int count = 0;

	list_for_each(entry, list)
		if (++count == WINPAR_FACTS_COUNT)
			break;
	return count;
}

/* A client's name as one word: "the_kernel" for a client that is built in. */
static void winpar_facts_name(const struct winpar_client *client, char *name)
{
	char *c;

	strscpy(name, winpar_client_name(client), MODULE_NAME_LEN);
	for (c = name; *c; c++)
		if (*c == ' ')
			*c = '_';
}

/* Gather how many requests wait, the clients of the first, and whether a rival waits. */
static void __winpar_facts_waiters(struct winpar_port *port,
				   struct winpar_facts *facts)
	__must_hold(&port->lock)
{
	const IRP *irp;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(irp, &port->fifo, winpar.entry) {
		if (&irp->winpar.entry == &port->cursor)
			continue;
		if (facts->named == WINPAR_FACTS_WAITERS)
			break;
		winpar_facts_name(irp->winpar.file->holder.seat->client,
				  facts->waiters[facts->named++]);
	}
	facts->rival = port->rival.waits;
	facts->waiting = port->nwaiting;
}

/**
 * winpar_facts_of() - gather what an administrator may know of a port
 * @port: the port; it may be in removal
 * @facts: filled in; all but @driver at one moment
 *
 * Context: process context.
 */
void winpar_facts_of(struct winpar_port *port, struct winpar_facts *facts)
{
	unsigned long flags;

	memset(facts, 0, sizeof(*facts));
	winpar_port_lock(port, &flags);
	facts->state = port->state;
	if (port->state == WINPAR_PORT_OWNED) {
		winpar_facts_name(port->owner->seat->client, facts->owner);
		facts->had = jiffies_to_msecs(jiffies - port->owned_since);
	}
	__winpar_facts_waiters(port, facts);
	facts->routines = winpar_facts_count(&port->connections);
	facts->mode = port->chip.mode;
	facts->fifo = __winpar_chip_fifo(port);
	facts->allocations = port->allocations;
	/* Each allocation is freed but the owner's, which may not be counted yet. */
	facts->frees = port->allocations -
		       min(port->allocations, (unsigned long)!!*facts->owner);
	facts->waits = port->waits;
	facts->interrupts = port->interrupts;
	facts->handovers = port->host.handovers;
	winpar_port_unlock(port, flags);
	if (facts->state == WINPAR_PORT_AWAY)
		winpar_host_owner(&port->host, facts->driver,
				  sizeof(facts->driver));
}

/**
 * winpar_facts_waiters() - write the names of the clients whose requests wait
 * @facts: the facts of the port
 * @separator: stands between two names
 * @buf: where the names go, in the order of the requests; "..." where there are
 *       more than have a name, "a_Linux_driver" at the end when one waits
 * @size: the size of @buf in bytes
 *
 * Context: any.
 * Return: how many characters were written.
 */
size_t winpar_facts_waiters(const struct winpar_facts *facts, char separator,
			    char *buf, size_t size)
{
	const char *names[WINPAR_FACTS_WAITERS + 2];
	unsigned int count, i;
	size_t len = 0;

	for (count = 0; count < facts->named; count++)
		names[count] = facts->waiters[count];
	if (facts->waiting > facts->named + facts->rival)
		names[count++] = "...";
	if (facts->rival)
		names[count++] = "a_Linux_driver";
	*buf = '\0';
	for (i = 0; i < count; i++) {
		if (i)
			len += scnprintf(buf + len, size - len, "%c",
					 separator);
		len += scnprintf(buf + len, size - len, "%s", names[i]);
	}
	return len;
}
