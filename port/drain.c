// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue room, continued: requests that are ended together, because their file
 * is being closed, their port goes away, or their client's module does.
 */
#include <linux/module.h>

#include "port/irp.h"
#include "port/port.h"

/**
 * __winpar_queue_cancel_all() - cancel every request of a file that waits
 * @file: whose; the lock of its port held
 *
 * They complete with STATUS_CANCELLED, which winpar_queue_drain() waits for.
 *
 * Return: how many there were.
 */
unsigned int __winpar_queue_cancel_all(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned int count = 0;
	IRP *irp;

	list_for_each_entry(irp, &file->irps, winpar.file_entry) {
		if (irp->winpar.state != WINPAR_IRP_QUEUED)
			continue;
		__winpar_queue_remove(port, irp, STATUS_CANCELLED);
		count++;
	}
	if (count)
		__winpar_queue_kick(port);
	return count;
}

/**
 * __winpar_queue_fail_all() - complete whatever waits
 * @port: the port, its lock held
 * @status: with what
 */
void __winpar_queue_fail_all(struct winpar_port *port, NTSTATUS status)
{
	IRP *irp;

	while ((irp = __winpar_queue_first(port)))
		__winpar_queue_remove(port, irp, status);
	__winpar_queue_kick(port);
}

static bool winpar_queue_is_telling(struct winpar_port *port,
				    struct module *module)
{
	unsigned long flags;
	bool telling;

	winpar_port_lock(port, &flags);
	telling = within_module((unsigned long)port->telling, module);
	winpar_port_unlock(port, flags);
	return telling;
}

static bool winpar_queue_silence_irp(IRP *irp, struct module *module)
{
	if (irp->winpar.silent || !winpar_irp_is_module(irp, module))
		return false;
	irp->winpar.silent = true;
	return true;
}

/**
 * winpar_queue_silence() - call no completion routine of a module any more
 * @port: the port
 * @module: is going; its requests that wait, through whosever file, complete
 *          with STATUS_CANCELLED and nobody is told
 *
 * Context: process context.
 * Return: how many there were.
 */
unsigned int winpar_queue_silence(struct winpar_port *port,
				  struct module *module)
{
	unsigned int count = 0;
	unsigned long flags;
	IRP *irp, *next;

	winpar_port_lock(port, &flags);
	if (port->preparing)
		count += winpar_queue_silence_irp(port->preparing, module);
	list_for_each_entry(irp, &port->done, winpar.entry)
		count += winpar_queue_silence_irp(irp, module);
	list_for_each_entry_safe(irp, next, &port->fifo, winpar.entry) {
		if (&irp->winpar.entry == &port->rival ||
		    !winpar_queue_silence_irp(irp, module))
			continue;
		__winpar_queue_remove(port, irp, STATUS_CANCELLED);
		count++;
	}
	__winpar_queue_kick(port);
	winpar_port_unlock(port, flags);
	wait_event(port->waiters, !winpar_queue_is_telling(port, module));
	return count;
}

static bool winpar_queue_is_done_with(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned long flags;
	bool done;

	winpar_port_lock(port, &flags);
	done = list_empty(&file->irps) && port->finishing != file;
	winpar_port_unlock(port, flags);
	return done;
}

/**
 * winpar_queue_drain() - wait until no request of a file is left
 * @file: one whose requests were released
 *
 * Context: process context, not inside a routine that the port called.
 */
void winpar_queue_drain(struct winpar_file *file)
{
	wait_event(file->port->waiters, winpar_queue_is_done_with(file));
}
