// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two files in debugfs that only root can read: winpar/ports has a line for each
 * port, winpar/devices a line for each parallel device that a client has open.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "api/debugfs.h"
#include "api/facts.h"
#include "device/device.h"
#include "port/port.h"
#include "port/table.h"

static struct dentry *winpar_debugfs;

static const char *const winpar_state_names[] = {
	[WINPAR_PORT_HELD] = "held",
	[WINPAR_PORT_OWNED] = "owned",
	[WINPAR_PORT_GIVING] = "giving",
	[WINPAR_PORT_AWAY] = "away",
	[WINPAR_PORT_GONE] = "gone",
};

/* How many characters the names of those that wait may take. */
#define WINPAR_DEBUGFS_NAMES	1024

/* One line a port, "name value" pairs, so that a script can read it. */
static void winpar_debugfs_port(struct seq_file *m, struct winpar_port *port,
				struct winpar_facts *facts, char *names)
{
	struct winpar_seat *seat;
	unsigned int files = 0;

	/* The files of a port that has gone, too. */
	mutex_lock(&port->mutex);
	list_for_each_entry(seat, &port->seats, port_entry)
		files += winpar_facts_count(&seat->files);
	mutex_unlock(&port->mutex);
	winpar_facts_of(port, facts);
	/* A port that has gone is of interest as long as a file is open on it. */
	if (!files && port->detached)
		return;

	seq_printf(m, "%s state %s files %u routines %u waiting %u allocations %lu frees %lu waits %lu interrupts %lu handovers %lu name LPT%u",
		   port->name, winpar_state_names[facts->state], files,
		   facts->routines, facts->waiting, facts->allocations,
		   facts->frees, facts->waits, facts->interrupts,
		   facts->handovers, port->lpt);
	if (facts->fifo)
		seq_printf(m, " fifo %u", facts->fifo);
	if (*facts->owner)
		seq_printf(m, " owner %s for_ms %u", facts->owner, facts->had);
	if (*facts->driver)
		seq_printf(m, " driver %s", facts->driver);
	if (winpar_facts_waiters(facts, ',', names, WINPAR_DEBUGFS_NAMES))
		seq_printf(m, " waiters %s", names);
	seq_putc(m, '\n');
}

static int winpar_ports_show(struct seq_file *m, void *unused)
{
	struct winpar_facts *facts = kmalloc(sizeof(*facts) +
					     WINPAR_DEBUGFS_NAMES, GFP_KERNEL);
	struct winpar_port *port = NULL;

	if (!facts)
		return -ENOMEM;
	while ((port = winpar_table_next(port)))
		winpar_debugfs_port(m, port, facts, (char *)(facts + 1));
	kfree(facts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(winpar_ports);

/*
 * Print a line on a parallel device, unless no client has it open. The port's file
 * mutex is held.
 */
static void winpar_debugfs_device(struct seq_file *m,
				  struct winpar_device *device)
{
	struct winpar_device_settings set;
	const struct winpar_file *file;
	unsigned long flags;
	unsigned int waiting;
	bool locked, running;

	if (!device)
		return;
	/* A close clears it at any time, but needs the file mutex to free it. */
	spin_lock_irqsave(&device->lock, flags);
	file = device->file;
	set = device->set;
	locked = device->locked;
	running = device->running;
	waiting = winpar_facts_count(&device->fifo);
	spin_unlock_irqrestore(&device->lock, flags);
	if (!file)
		return;
	seq_printf(m, "%s client %s locked %u running %u waiting %u write %#06x read %#06x\n",
		   device->name, winpar_file_client(file), locked, running,
		   waiting, set.forward, set.reverse);
}

static int winpar_devices_show(struct seq_file *m, void *unused)
{
	struct winpar_port *port = NULL;
	unsigned int i;

	while ((port = winpar_table_next(port))) {
		mutex_lock(&port->mutex);
		for (i = 0; i < WINPAR_UNITS; i++)
			winpar_debugfs_device(m, port->devices[i]);
		mutex_unlock(&port->mutex);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(winpar_devices);

/**
 * winpar_debugfs_init() - show ports and devices; without debugfs nothing is shown
 */
void winpar_debugfs_init(void)
{
	winpar_debugfs = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("ports", 0400, winpar_debugfs, NULL,
			    &winpar_ports_fops);
	debugfs_create_file("devices", 0400, winpar_debugfs, NULL,
			    &winpar_devices_fops);
}

/**
 * winpar_debugfs_exit() - undo winpar_debugfs_init()
 */
void winpar_debugfs_exit(void)
{
	debugfs_remove_recursive(winpar_debugfs);
}
