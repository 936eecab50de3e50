// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt room: every connected routine hears every interrupt.
 *
 * Connections stand on the port's list in the order in which they were made.
 * The port's interrupt handler walks it with the interrupt lock held, whoever
 * of winpar's clients has the port, or none; the port's loop picks deferred
 * port check routines from it under the port lock. A connection is put on the
 * list and taken off under both locks. So once it is off and the interrupt
 * lock has been dropped its interrupt routine is not running; its deferred
 * routine is waited for.
 *
 * The interrupt-enable bit of the control register is the clients': nothing
 * here touches a register.
 *
 * Deviation: while a Linux driver has the port the parport core calls that
 * driver's routine and nobody else's, so ours hear nothing; winpar asks for
 * the port back at once when a routine is connected.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>

#include <winpar/winpar.h>

#include "port/port.h"

/* Both locks, in their order. */
static void winpar_interrupt_lock_list(struct winpar_port *port,
				       unsigned long *outer,
				       unsigned long *inner)
	__acquires(&port->interrupt.lock)
	__acquires(&port->lock)
{
	spin_lock_irqsave(&port->interrupt.lock, *outer);
	winpar_port_lock(port, inner);
}

static void winpar_interrupt_unlock_list(struct winpar_port *port,
					 unsigned long outer,
					 unsigned long inner)
	__releases(&port->lock)
	__releases(&port->interrupt.lock)
{
	winpar_port_unlock(port, inner);
	spin_unlock_irqrestore(&port->interrupt.lock, outer);
}

/**
 * winpar_interrupt_fan_out() - the port has interrupted
 * @host: of the port
 *
 * Context: the port's interrupt handler, cad_lock of the Linux port held.
 */
void winpar_interrupt_fan_out(void *host)
{
	struct winpar_port *port = container_of((struct winpar_host *)host,
						struct winpar_port, host);
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r;
	struct winpar_connection *connection;
	unsigned long flags;

	/* One at a time: the core's handler. */
	WRITE_ONCE(port->interrupts, port->interrupts + 1);
	spin_lock_irqsave(&port->interrupt.lock, flags);
	list_for_each_entry(connection, &port->connections, entry) {
		r = &connection->routines;
		if (r->InterruptServiceRoutine)
			r->InterruptServiceRoutine(&port->interrupt,
						   r->InterruptServiceContext);
	}
	spin_unlock_irqrestore(&port->interrupt.lock, flags);
}

/**
 * __winpar_interrupt_next_check() - who is next in this round of checks
 * @port: the port, its lock held
 *
 * Return: a connection that counts as called now, or NULL when all were.
 */
struct winpar_connection *
__winpar_interrupt_next_check(struct winpar_port *port)
{
	struct winpar_connection *connection;

	lockdep_assert_held(&port->lock);
	list_for_each_entry(connection, &port->connections, entry) {
		if (!connection->routines.DeferredPortCheckRoutine ||
		    connection->round == port->round)
			continue;
		connection->round = port->round;
		return connection;
	}
	return NULL;
}

/*
 * The core is not to call us while nobody is connected: a transfer by interrupt
 * has one for each byte. After a change, made by a file of the port's life: the
 * host is registered while it lasts, and on removal goes first.
 */
static void winpar_interrupt_listen(struct winpar_port *port)
{
	lockdep_assert_held(&port->mutex);
	if (READ_ONCE(port->state) != WINPAR_PORT_GONE)
		winpar_host_listen(&port->host,
				   !list_empty(&port->connections));
}

/**
 * winpar_interrupt_connect() - connect an interrupt routine
 * @file: who connects
 * @r: the routines, not both NULL
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING;
 * STATUS_INSUFFICIENT_RESOURCES the port has no interrupt, or no memory;
 * STATUS_INVALID_DEVICE_STATE called from inside a routine that the port called.
 */
NTSTATUS winpar_interrupt_connect(struct winpar_file *file,
				  const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_port *port = file->port;
	struct winpar_connection *connection;
	unsigned long outer, inner;
	bool gone;

	if (winpar_port_inside(port)) {
		pr_warn_ratelimited("%s: %s connects from inside a routine that the port called, which may not sleep: do it from process context\n",
				    port->name, winpar_file_client(file));
		return STATUS_INVALID_DEVICE_STATE;
	}
	if (port->host.irq < 0) {
		pr_warn_ratelimited("%s: %s cannot connect an interrupt routine: the port has no interrupt. Give parport_pc one (irq=)\n",
				    port->name, winpar_file_client(file));
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	connection = kzalloc(sizeof(*connection), GFP_KERNEL);
	if (!connection)
		return STATUS_INSUFFICIENT_RESOURCES;
	connection->file = file;
	connection->routines = *r;

	mutex_lock(&port->mutex);
	winpar_interrupt_lock_list(port, &outer, &inner);
	gone = file->gone;
	if (!gone) {
		/* A round that is under way began without it. */
		connection->round = port->round;
		connection->connected = true;
		list_add_tail(&connection->entry, &port->connections);
		if (r->DeferredPortCheckRoutine)
			port->checks++;
	}
	winpar_interrupt_unlock_list(port, outer, inner);
	if (!gone) {
		list_add_tail(&connection->file_entry, &file->connections);
		winpar_interrupt_listen(port);
	}
	mutex_unlock(&port->mutex);

	if (gone) {
		kfree(connection);
		return STATUS_DELETE_PENDING;
	}
	winpar_port_want(port);
	return STATUS_SUCCESS;
}

/* Take a connection off the port. Its deferred routine may still be running. */
static void __winpar_interrupt_unlink(struct winpar_port *port,
				      struct winpar_connection *connection)
{
	lockdep_assert_held(&port->interrupt.lock);
	lockdep_assert_held(&port->lock);
	if (!connection->connected)
		return;
	connection->connected = false;
	list_del_init(&connection->entry);
	if (!connection->routines.DeferredPortCheckRoutine || --port->checks)
		return;
	/* Nobody is left to be called. */
	port->round_wanted = false;
	port->round_open = false;
	if (port->state == WINPAR_PORT_HELD)
		__winpar_queue_next(port);
}

static bool winpar_interrupt_is_checking(struct winpar_port *port,
					 struct winpar_connection *connection)
{
	unsigned long flags;
	bool checking;

	winpar_port_lock(port, &flags);
	checking = port->checking == connection;
	winpar_port_unlock(port, flags);
	return checking;
}

/* Disconnect for good. No routine of it runs when this has returned. */
static void winpar_interrupt_drop(struct winpar_port *port,
				  struct winpar_connection *connection)
{
	unsigned long outer, inner;
	bool was;

	lockdep_assert_held(&port->mutex);
	winpar_interrupt_lock_list(port, &outer, &inner);
	was = connection->connected;
	__winpar_interrupt_unlink(port, connection);
	winpar_interrupt_unlock_list(port, outer, inner);
	if (was)
		winpar_interrupt_listen(port);
	list_del(&connection->file_entry);
	wait_event(port->waiters,
		   !winpar_interrupt_is_checking(port, connection));
	kfree(connection);
}

/*
 * A connection is known by its interrupt routine and that one's context; where
 * it has none, by the deferred pair.
 */
static bool winpar_interrupt_matches(const struct winpar_connection *connection,
				     const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE *c = &connection->routines;

	if (c->InterruptServiceRoutine != r->InterruptServiceRoutine)
		return false;
	if (c->InterruptServiceRoutine)
		return c->InterruptServiceContext == r->InterruptServiceContext;
	return c->DeferredPortCheckRoutine == r->DeferredPortCheckRoutine &&
	       c->DeferredPortCheckContext == r->DeferredPortCheckContext;
}

/* The most recent match: the port's, or what removal left of the file's. */
static struct winpar_connection *
winpar_interrupt_find(struct winpar_file *file,
		      const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_port *port = file->port;
	struct winpar_connection *connection;

	lockdep_assert_held(&port->mutex);
	if (file->gone) {
		list_for_each_entry_reverse(connection, &file->connections,
					    file_entry)
			if (winpar_interrupt_matches(connection, r))
				return connection;
		return NULL;
	}
	/* The list changes only with the mutex held. */
	list_for_each_entry_reverse(connection, &port->connections, entry)
		if (winpar_interrupt_matches(connection, r))
			return connection;
	return NULL;
}

/**
 * winpar_interrupt_disconnect() - disconnect an interrupt routine
 * @file: who disconnects; may be another opener than the one that connected
 * @r: which routine
 *
 * When this has returned, neither routine is running nor will it run again.
 *
 * Context: process context, may sleep; not inside a routine that the port
 * called.
 * Return: STATUS_SUCCESS, also for what removal has disconnected;
 * STATUS_INVALID_PARAMETER not connected; STATUS_DELETE_PENDING not connected
 * and the port is gone; STATUS_INVALID_DEVICE_STATE called from inside such a
 * routine: nothing was changed.
 */
NTSTATUS winpar_interrupt_disconnect(struct winpar_file *file,
				     const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_port *port = file->port;
	struct winpar_connection *connection;
	NTSTATUS status = STATUS_SUCCESS;

	if (winpar_port_inside(port)) {
		pr_warn_ratelimited("%s: %s disconnects from inside a routine that the port called, which would wait for itself: do it from process context\n",
				    port->name, winpar_file_client(file));
		return STATUS_INVALID_DEVICE_STATE;
	}
	mutex_lock(&port->mutex);
	connection = winpar_interrupt_find(file, r);
	if (connection)
		winpar_interrupt_drop(port, connection);
	else
		status = file->gone ? STATUS_DELETE_PENDING :
				      STATUS_INVALID_PARAMETER;
	mutex_unlock(&port->mutex);

	if (status == STATUS_INVALID_PARAMETER)
		pr_warn_ratelimited("%s: %s disconnects %ps, which is not connected with that context\n",
				    port->name, winpar_file_client(file),
				    r->InterruptServiceRoutine ?
				    (void *)r->InterruptServiceRoutine :
				    (void *)r->DeferredPortCheckRoutine);
	return status;
}

/**
 * winpar_interrupt_disconnect_all() - disconnect what a file has connected
 * @file: being closed
 *
 * Context: process context, the file mutex held.
 * Return: how many were still connected.
 */
unsigned int winpar_interrupt_disconnect_all(struct winpar_file *file)
{
	struct winpar_connection *connection, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(connection, next, &file->connections,
				 file_entry) {
		count += connection->connected;
		winpar_interrupt_drop(file->port, connection);
	}
	return count;
}

static bool winpar_interrupt_is_of(const struct winpar_connection *connection,
				   struct module *module)
{
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r = &connection->routines;

	return within_module((unsigned long)r->InterruptServiceRoutine,
			     module) ||
	       within_module((unsigned long)r->DeferredPortCheckRoutine,
			     module);
}

/**
 * winpar_interrupt_silence() - disconnect every routine of a module
 * @port: the port
 * @module: is going; whosever file it has connected them through
 *
 * Context: process context.
 * Return: how many there were.
 */
unsigned int winpar_interrupt_silence(struct winpar_port *port,
				      struct module *module)
{
	struct winpar_connection *connection, *next;
	unsigned int count = 0;

	mutex_lock(&port->mutex);
	list_for_each_entry_safe(connection, next, &port->connections, entry) {
		if (!winpar_interrupt_is_of(connection, module))
			continue;
		winpar_interrupt_drop(port, connection);
		count++;
	}
	mutex_unlock(&port->mutex);
	return count;
}

/**
 * winpar_interrupt_remove() - the port is gone: disconnect everybody
 * @port: the port
 *
 * Files keep their connections until they disconnect or close them.
 *
 * Context: process context.
 */
void winpar_interrupt_remove(struct winpar_port *port)
{
	struct winpar_connection *connection, *next;
	unsigned long outer, inner;

	mutex_lock(&port->mutex);
	winpar_interrupt_lock_list(port, &outer, &inner);
	list_for_each_entry_safe(connection, next, &port->connections, entry)
		__winpar_interrupt_unlink(port, connection);
	winpar_interrupt_unlock_list(port, outer, inner);
	mutex_unlock(&port->mutex);
}

/**
 * winpar_interrupt_init() - set up a port's part in this room
 * @port: the port
 */
void winpar_interrupt_init(struct winpar_port *port)
{
	spin_lock_init(&port->interrupt.lock);
	INIT_LIST_HEAD(&port->connections);
}

/* ----- the interrupt object ---------------------------------------------- */

/**
 * winpar_interrupt_lock() - keep a port's interrupt routines from running
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @flags: for winpar_interrupt_unlock()
 *
 * What KeAcquireInterruptSpinLock() does. Interrupt routines are called with
 * the lock held, so they may not call this.
 *
 * Context: any but an interrupt routine of the port. Interrupts are off
 * afterwards.
 */
void winpar_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags)
	__acquires(&interrupt->lock)
{
	spin_lock_irqsave(&interrupt->lock, *flags);
}
WINPAR_EXPORT(winpar_interrupt_lock);

/**
 * winpar_interrupt_unlock() - let a port's interrupt routines run again
 * @interrupt: what was locked
 * @flags: from winpar_interrupt_lock()
 *
 * What KeReleaseInterruptSpinLock() does.
 *
 * Context: as winpar_interrupt_lock().
 */
void winpar_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags)
	__releases(&interrupt->lock)
{
	spin_unlock_irqrestore(&interrupt->lock, flags);
}
WINPAR_EXPORT(winpar_interrupt_unlock);

/**
 * winpar_interrupt_synchronize() - run a routine as if it were in the interrupt
 * @interrupt: PARALLEL_INTERRUPT_INFORMATION.InterruptObject
 * @routine: what to run; no interrupt routine of the port runs meanwhile
 * @context: its argument
 *
 * What KeSynchronizeExecution() does.
 *
 * Context: as winpar_interrupt_lock().
 * Return: what @routine returns.
 */
BOOLEAN winpar_interrupt_synchronize(PKINTERRUPT interrupt,
				     PKSYNCHRONIZE_ROUTINE routine,
				     PVOID context)
{
	unsigned long flags;
	BOOLEAN result;

	spin_lock_irqsave(&interrupt->lock, flags);
	result = routine(context);
	spin_unlock_irqrestore(&interrupt->lock, flags);
	return result;
}
WINPAR_EXPORT(winpar_interrupt_synchronize);
