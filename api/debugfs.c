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

/* The most entries of a list that are counted: interrupts may be off that long. */
#define WINPAR_DEBUGFS_COUNT	1000

static unsigned int winpar_list_count(const struct list_head *list)
{
	const struct list_head *entry;
	unsigned int count = 0;

	list_for_each(entry, list)
		if (++count == WINPAR_DEBUGFS_COUNT)
			break;
	return count;
}

/* How many of the requests that wait are named. */
#define WINPAR_DEBUGFS_WAITERS	8

/**
 * struct winpar_debugfs_line - what a line says of a port
 * @state: its state
 * @owner: the client that has it, "" when none has
 * @had: for how long it has had the port, in ms
 * @waiting: how many requests wait, and one more when a Linux driver waits
 * @named: how many of them are in @waiters
 * @waiters: the clients of the first that wait
 * @rival: a Linux driver waits
 * @allocations: how often the port was allocated
 * @waits: how often a request had to wait
 * @interrupts: how many there were while a routine was connected
 * @handovers: how often the port was given to a Linux driver
 */
struct winpar_debugfs_line {
	enum winpar_port_state state;
	char owner[MODULE_NAME_LEN];
	unsigned int had;
	unsigned int waiting;
	unsigned int named;
	char waiters[WINPAR_DEBUGFS_WAITERS][MODULE_NAME_LEN];
	bool rival;
	unsigned long allocations;
	unsigned long waits;
	unsigned long interrupts;
	unsigned long handovers;
};

static void winpar_debugfs_look(struct winpar_port *port,
				struct winpar_debugfs_line *line)
{
	unsigned long flags;
	const IRP *irp;

	memset(line, 0, sizeof(*line));
	winpar_port_lock(port, &flags);
	line->state = port->state;
	if (port->state == WINPAR_PORT_OWNED) {
		strscpy(line->owner,
			winpar_client_name(port->owner->seat->client),
			MODULE_NAME_LEN);
		line->had = jiffies_to_msecs(jiffies - port->owned_since);
	}
	list_for_each_entry(irp, &port->fifo, winpar.entry) {
		if (&irp->winpar.entry == &port->cursor)
			continue;
		if (line->named == WINPAR_DEBUGFS_WAITERS)
			break;
		strscpy(line->waiters[line->named++],
			winpar_file_client(irp->winpar.file), MODULE_NAME_LEN);
	}
	line->rival = port->rival.waits;
	line->waiting = port->nwaiting;
	line->allocations = port->allocations;
	line->waits = port->waits;
	line->interrupts = port->interrupts;
	line->handovers = port->host.handovers;
	winpar_port_unlock(port, flags);
}

/* One line a port, "name value" pairs, so that a script can read it. */
static void winpar_debugfs_port(struct seq_file *m, struct winpar_port *port,
				struct winpar_debugfs_line *line)
{
	unsigned int files = 0, routines, i;
	struct winpar_seat *seat;

	mutex_lock(&port->mutex);
	list_for_each_entry(seat, &port->seats, port_entry)
		files += winpar_list_count(&seat->files);
	routines = winpar_list_count(&port->connections);
	winpar_debugfs_look(port, line);
	mutex_unlock(&port->mutex);
	/* A port that has gone is of interest as long as a file is open on it. */
	if (!files && port->detached)
		return;

	seq_printf(m, "%s state %s files %u routines %u waiting %u allocations %lu frees %lu waits %lu interrupts %lu handovers %lu",
		   port->name, winpar_state_names[line->state], files, routines,
		   line->waiting, line->allocations,
		   /*
		    * Frees: all allocations but the owner's, which may not be
		    * counted yet.
		    */
		   line->allocations - min(line->allocations,
					   (unsigned long)!!*line->owner),
		   line->waits, line->interrupts, line->handovers);
	if (*line->owner)
		seq_printf(m, " owner %s for_ms %u", line->owner, line->had);
	if (line->waiting)
		seq_puts(m, " waiters ");
	for (i = 0; i < line->named; i++)
		seq_printf(m, "%s%s", i ? "," : "", line->waiters[i]);
	if (line->waiting > line->named + line->rival)
		seq_puts(m, ",...");
	if (line->rival)
		seq_printf(m, "%sa_Linux_driver", line->named ? "," : "");
	seq_putc(m, '\n');
}

static int winpar_ports_show(struct seq_file *m, void *unused)
{
	struct winpar_debugfs_line *line = kmalloc(sizeof(*line), GFP_KERNEL);
	struct winpar_port *port = NULL;

	if (!line)
		return -ENOMEM;
	while ((port = winpar_table_next(port)))
		winpar_debugfs_port(m, port, line);
	kfree(line);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(winpar_ports);

/* Print a line on a parallel device, unless no client has it open. */
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
