// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port room, continued: a port's arrival, removal, beginning and end.
 *
 * The object of a port is made when its number first arrives and lives until
 * module exit. When the Linux port goes it is GONE, and so are the files of that
 * life for good; when a port comes back under the same number it gets the same
 * object, for a new life.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "port/port.h"

/**
 * winpar_port_arrive() - a Linux port has taken this one's number
 * @port: new, or one that has gone
 *
 * Context: process context.
 */
void winpar_port_arrive(struct winpar_port *port)
{
	unsigned long flags;

	mutex_lock(&port->mutex);
	if (port->generation++) {
		winpar_host_exit(&port->host);
		/* All but @ops, which a corpse of the last life needs. */
		memset((void *)&port->host +
		       offsetof(struct winpar_host, parport), 0,
		       sizeof(port->host) -
		       offsetof(struct winpar_host, parport));
		winpar_host_init(&port->host, &winpar_port_host_ops);
	}
	winpar_port_lock(port, &flags);
	port->state = WINPAR_PORT_AWAY;
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_port_life() - which life a port is in
 * @port: the port
 *
 * Context: process context, may sleep.
 * Return: 1 and up; 0 while it is gone.
 */
unsigned int winpar_port_life(struct winpar_port *port)
{
	unsigned int life = 0;
	unsigned long flags;

	mutex_lock(&port->mutex);
	winpar_port_lock(port, &flags);
	if (port->state != WINPAR_PORT_GONE)
		life = port->generation;
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
	return life;
}

static bool winpar_port_is_used(struct winpar_port *port)
{
	unsigned long flags;
	bool used;

	winpar_port_lock(port, &flags);
	used = port->wire || port->checking || port->engine;
	winpar_port_unlock(port, flags);
	return used;
}

/**
 * winpar_port_remove() - the Linux port goes away
 * @port: what it was
 *
 * Waiting requests complete with STATUS_DELETE_PENDING afterwards, from the
 * loop. Files of this life answer that from now on.
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_port_remove(struct winpar_port *port)
{
	struct winpar_file *file;
	unsigned long flags;

	mutex_lock(&port->mutex);
	winpar_port_lock(port, &flags);
	list_for_each_entry(file, &port->files, entry)
		file->gone = true;
	port->state = WINPAR_PORT_GONE;
	port->owner = NULL;
	port->round_wanted = false;
	port->round_open = false;
	port->reserved = false;
	port->lent = false;
	__winpar_queue_forget_rival(port);
	port->scanned = false;
	port->daisies = 0;
	port->selected = 0;
	port->strayed = false;
	port->unheard = false;
	port->settling = false;
	__winpar_mode_forget(port);
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);

	/* A packet, a deferred routine, an engine that was told to stop. */
	wait_event(port->waiters, !winpar_port_is_used(port));
	winpar_host_detach(&port->host);
	winpar_interrupt_remove(port);

	winpar_port_lock(port, &flags);
	__winpar_queue_fail_all(port, STATUS_DELETE_PENDING);
	winpar_port_unlock(port, flags);
}

/* PortName is in 16-bit characters. */
static void winpar_port_name_link(struct winpar_port *port)
{
	char name[ARRAY_SIZE(port->link)];
	int i;

	snprintf(name, sizeof(name), "LPT%d", port->number + 1);
	for (i = 0; i < ARRAY_SIZE(port->link); i++)
		port->link[i] = name[i];
}

/**
 * winpar_port_create() - make the object for a number that was never there
 * @number: M
 *
 * Return: the port, GONE until winpar_port_arrive(); NULL when out of memory.
 */
struct winpar_port *winpar_port_create(int number)
{
	struct winpar_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	atomic_long_set(&port->hold, WINPAR_HOLD_SLOW);
	spin_lock_init(&port->lock);
	port->state = WINPAR_PORT_GONE;
	winpar_queue_init(port);
	winpar_interrupt_init(port);
	port->device.DeviceExtension = port;
	port->device.StackSize = 1;
	port->number = number;
	snprintf(port->name, sizeof(port->name), "parport%d", number);
	winpar_port_name_link(port);
	mutex_init(&port->mutex);
	INIT_LIST_HEAD(&port->files);
	winpar_host_init(&port->host, &winpar_port_host_ops);
	return port;
}

/**
 * winpar_port_destroy() - at module exit
 * @port: one that is gone and has no files, its host exited
 */
void winpar_port_destroy(struct winpar_port *port)
{
	tasklet_kill(&port->loop);
	WARN_ON(!list_empty(&port->files));
	WARN_ON(atomic_read(&port->host_refs));
	kfree(port);
}
