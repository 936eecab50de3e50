// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator may see: one file for all ports in debugfs.
 * For root, and for reading only.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "winpar.h"

static struct dentry *winpar_debugfs;

static const char *const winpar_state_names[] = {
	[WINPAR_PORT_HELD] = "held",
	[WINPAR_PORT_OWNED] = "owned",
	[WINPAR_PORT_GIVING] = "giving",
	[WINPAR_PORT_AWAY] = "away",
	[WINPAR_PORT_GONE] = "gone",
};

static unsigned int winpar_list_count(const struct list_head *list)
{
	const struct list_head *entry;
	unsigned int count = 0;

	list_for_each(entry, list)
		count++;
	return count;
}

/* One line a port, "name value" pairs, so that a script can read it. */
static void winpar_debugfs_port(struct seq_file *m, struct winpar_port *port)
{
	unsigned long allocations, waits, interrupts, handovers, flags;
	unsigned int files, routines, waiting;
	enum winpar_port_state state;

	mutex_lock(&port->mutex);
	files = winpar_list_count(&port->files);
	routines = winpar_list_count(&port->connections);
	winpar_port_lock(port, &flags);
	state = port->state;
	allocations = port->allocations;
	waiting = port->nwaiting;
	waits = port->waits;
	interrupts = port->interrupts;
	handovers = port->host.handovers;
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);

	seq_printf(m, "%s state %s files %u routines %u waiting %u allocations %lu frees %lu waits %lu interrupts %lu handovers %lu\n",
		   port->name, winpar_state_names[state], files, routines,
		   waiting, allocations,
		   /* One that is being counted just now may be missing. */
		   allocations - min(allocations,
				     (unsigned long)(state == WINPAR_PORT_OWNED)),
		   waits, interrupts, handovers);
}

static int winpar_ports_show(struct seq_file *m, void *unused)
{
	struct winpar_port *port;
	unsigned long number = 0;

	for (port = winpar_next_port(&number); port;
	     number++, port = winpar_next_port(&number))
		winpar_debugfs_port(m, port);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(winpar_ports);

/**
 * winpar_debugfs_init() - show the ports; without debugfs nothing is shown
 */
void winpar_debugfs_init(void)
{
	winpar_debugfs = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("ports", 0400, winpar_debugfs, NULL,
			    &winpar_ports_fops);
}

/**
 * winpar_debugfs_exit() - undo winpar_debugfs_init()
 */
void winpar_debugfs_exit(void)
{
	debugfs_remove_recursive(winpar_debugfs);
}
