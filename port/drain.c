// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are ended together, because their file is being closed or a
 * module with their completion routines is being unloaded.
 *
 * There may be a hundred thousand of them, and the port lock is held with
 * interrupts off: they are ended in batches, with the lock dropped in between.
 * (When the port goes away the loop ends them, one at a time.)
 *
 * The steps are in tests/model/close.pml, removal.pml and unload.pml.
 */
#include <linux/module.h>

#include "port/drain.h"
#include "port/irp.h"
#include "port/port.h"
#include "port/queue.h"

/* How many requests are looked at or ended with interrupts off. */
#define WINPAR_DRAIN_BATCH	32

/*
 * End a request. Return whether the caller has cancelled it: for a port that has gone the
 * loop would have ended it, too, and it is not to be told that it was cancelled.
 */
static bool __winpar_drain_end(struct winpar_port *port, IRP *irp)
	__must_hold(&port->lock)
{
	bool gone = port->state == WINPAR_PORT_GONE;

	lockdep_assert_held(&port->lock);
	return __winpar_queue_end(port, irp,
				  gone ? STATUS_DELETE_PENDING : STATUS_CANCELLED) &&
	       !gone;
}

/* End some of a file's requests that stand on @todo. */
static unsigned int __winpar_drain_batch(struct winpar_file *file,
					 struct list_head *todo)
	__must_hold(&file->port->lock)
{
	unsigned int batch = WINPAR_DRAIN_BATCH, count = 0;
	IRP *irp;

	lockdep_assert_held(&file->port->lock);
	while (batch-- && !list_empty(todo)) {
		irp = list_first_entry(todo, IRP, winpar.file_entry);
		list_move_tail(&irp->winpar.file_entry, &file->irps);
		count += __winpar_drain_end(file->port, irp);
	}
	return count;
}

/**
 * winpar_drain_cancel() - cancel every request of a file that waits for the port
 * @file: closed: it takes no more
 *
 * They complete with STATUS_CANCELLED, or STATUS_DELETE_PENDING if the port has gone;
 * winpar_drain_wait() waits for that.
 *
 * Context: process context.
 * Return: how many it has cancelled.
 */
unsigned int winpar_drain_cancel(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned int count = 0;
	unsigned long flags;
	LIST_HEAD(todo);

	/* Another task may wait for the file's requests: some are on our list. */
	winpar_port_lock(port, &flags);
	file->busy++;
	list_splice_init(&file->irps, &todo);
	while (!list_empty(&todo)) {
		count += __winpar_drain_batch(file, &todo);
		winpar_port_unlock(port, flags);
		winpar_port_lock(port, &flags);
	}
	file->busy--;
	__winpar_port_wake(port);
	winpar_port_unlock(port, flags);
	return count;
}

/**
 * winpar_drain_wait() - wait until no request of a file is left
 * @file: one whose requests were cancelled
 *
 * Nor is any task left in a request of the file's that sleeps. Takes as long as the
 * client's own completion routines do.
 *
 * Context: process context, not inside a routine that winpar called.
 */
void winpar_drain_wait(struct winpar_file *file)
{
	struct winpar_port *port = file->port;

	winpar_port_wait(port, list_empty(&file->irps) && !file->busy &&
			 port->finishing != file);
}

/*
 * Look at some requests of a list for those that have their routine in a module.
 * The cursor stands before the first that was not looked at. One that waits is
 * cancelled; one that is only to be told of is dropped: its client is not told.
 */
static bool __winpar_drain_scan(struct winpar_port *port,
				struct list_head *list, struct module *module,
				unsigned int *count)
	__must_hold(&port->lock)
{
	unsigned int batch = WINPAR_DRAIN_BATCH;
	IRP *irp;

	lockdep_assert_held(&port->lock);
	while ((irp = winpar_irp_scan(&port->cursor, list, module, &batch))) {
		if (list == &port->fifo) {
			*count += __winpar_drain_end(port, irp);
		} else {
			trace_winpar_complete(irp);
			list_del(&irp->winpar.entry);
			list_del(&irp->winpar.file_entry);
			__winpar_port_wake(port);
		}
	}
	return port->cursor.next != list;
}

/* Look at a whole list, with the lock dropped in between. */
static unsigned int winpar_drain_list(struct winpar_port *port,
				      struct list_head *list,
				      struct module *module)
{
	unsigned int count = 0;
	unsigned long flags;
	bool more;

	winpar_port_lock(port, &flags);
	list_add(&port->cursor, list);
	do {
		more = __winpar_drain_scan(port, list, module, &count);
		winpar_port_unlock(port, flags);
		winpar_port_lock(port, &flags);
	} while (more);
	list_del_init(&port->cursor);
	winpar_port_unlock(port, flags);
	return count;
}

/**
 * winpar_drain_silence() - end the requests of a module that is being unloaded
 * @port: the port
 * @module: entered by winpar_leaving_begin(): its routines are not called; it may
 *          have submitted the requests through any client's file
 *
 * No completion routine of the module is running, or will run, when this has
 * returned. It waits for no other module's.
 *
 * Context: process context, the file mutex held.
 * Return: how many waited.
 */
unsigned int winpar_drain_silence(struct winpar_port *port,
				  struct module *module)
{
	unsigned int count;

	lockdep_assert_held(&port->mutex);
	count = winpar_drain_list(port, &port->fifo, module);
	winpar_drain_list(port, &port->done, module);
	winpar_port_wait(port, !within_module((unsigned long)port->telling,
					      module));
	return count;
}
