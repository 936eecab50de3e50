// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator may see: one file for all ports in debugfs, one for all
 * parallel devices that are open. For root, and for reading only.
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

/* One line a device that is open. */
static void winpar_debugfs_device(struct seq_file *m,
				  struct winpar_device *device)
{
	struct winpar_device_settings set;
	const char *client;
	unsigned long flags;
	unsigned int waiting;
	bool locked, running;

	if (!device || !device->file)
		return;
	client = winpar_file_client(device->file);
	spin_lock_irqsave(&device->lock, flags);
	set = device->set;
	locked = device->locked;
	running = device->running;
	waiting = winpar_list_count(&device->fifo);
	spin_unlock_irqrestore(&device->lock, flags);
	seq_printf(m, "%s client %s locked %u running %u waiting %u write %#06x read %#06x\n",
		   device->name, client, locked, running, waiting, set.forward,
		   set.reverse);
}

static int winpar_devices_show(struct seq_file *m, void *unused)
{
	struct winpar_port *port;
	unsigned long number = 0;
	unsigned int i;

	for (port = winpar_next_port(&number); port;
	     number++, port = winpar_next_port(&number)) {
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
