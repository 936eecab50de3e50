// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt room: every connected routine hears every interrupt.
 *
 * Connections stand on the port's list in the order in which they were made.
 * The port's interrupt handler walks that list with the interrupt lock held,
 * whichever of winpar's clients has the port, or none; the port's loop picks
 * deferred port check routines from it under the port lock. A connection is put
 * on the list and taken off under both locks. So once it is off and the interrupt
 * lock has been dropped its interrupt routine is not running; its deferred
 * routine is waited for.
 *
 * The interrupt-enable bit of the control register is the clients'. It is
 * switched off here only when a close or an unload has disconnected the last
 * routine: the client that would have switched it off is gone.
 *
 * Deviation: while a Linux driver has the port the parport core calls that
 * driver's routine and no other, so connected routines hear nothing; winpar asks
 * for the port back at once when a routine is connected.
 *
 * In tests/model/ rounds.pml and tries.pml have the deferred routines, removal.pml and
 * unload.pml the ends of a connection.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/slab.h>

#include <winpar/winpar.h>

#include "host/attach.h"
#include "host/claim.h"
#include "host/regs.h"
#include "port/interrupt.h"
#include "port/leaving.h"
#include "port/port.h"

/*
 * For how long a client has the port, and its routine hears nothing, before the log
 * says so.
 */
#define WINPAR_INTERRUPT_PATIENCE	(2 * HZ)

/* Ports that can have a setting of their own. */
#define WINPAR_PORT_SETTINGS	16

static bool enable_connect_interrupt;
module_param(enable_connect_interrupt, bool, 0644);
MODULE_PARM_DESC(enable_connect_interrupt,
		 "Let clients connect interrupt routines (default: no)");

static int enable_connect_interrupt_port[WINPAR_PORT_SETTINGS] = {
	[0 ... WINPAR_PORT_SETTINGS - 1] = -1
};
module_param_array(enable_connect_interrupt_port, int, NULL, 0644);
MODULE_PARM_DESC(enable_connect_interrupt_port,
		 "Connecting on port 0, 1...: 1 yes, 0 no, -1 as enable_connect_interrupt says (default)");

/**
 * winpar_interrupt_may_connect() - is CONNECT_INTERRUPT enabled?
 * @port: for this port
 *
 * Context: any.
 * Return: the port's own setting if it has one, else that for all ports.
 */
bool winpar_interrupt_may_connect(const struct winpar_port *port)
{
	int own = -1;

	if (port->number < WINPAR_PORT_SETTINGS)
		own = READ_ONCE(enable_connect_interrupt_port[port->number]);
	return own < 0 ? READ_ONCE(enable_connect_interrupt) : own;
}

/**
 * winpar_interrupt_parameter() - what an administrator has to set, for the log
 * @port: a port for which winpar_interrupt_may_connect() says no
 *
 * Context: any.
 * Return: which parameter forbids it, and how to change that.
 */
const char *winpar_interrupt_parameter(const struct winpar_port *port)
{
	static const char own[] =
		"enable_connect_interrupt_port, which is 0 for this port";
	static const char all[] =
		"enable_connect_interrupt to 1 (in /sys/module/winpar/parameters)";

	if (port->number < WINPAR_PORT_SETTINGS &&
	    READ_ONCE(enable_connect_interrupt_port[port->number]) >= 0)
		return own;
	return all;
}

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

	/* No lock: the core's handler does not run twice at a time. */
	WRITE_ONCE(port->interrupts, port->interrupts + 1);
	spin_lock_irqsave(&port->interrupt.lock, flags);
	trace_winpar_interrupt(port);
	list_for_each_entry(connection, &port->connections, entry) {
		r = &connection->routines;
		if (winpar_may_call(r->InterruptServiceRoutine))
			r->InterruptServiceRoutine(&port->interrupt,
						   r->InterruptServiceContext);
	}
	spin_unlock_irqrestore(&port->interrupt.lock, flags);
}

/**
 * __winpar_interrupt_next_check() - the next connection in a round of checks
 * @port: the port, its lock held; a round is open, or is due and begins now
 *
 * Return: a connection that counts as called now, or NULL when all were: the round
 * is over.
 */
struct winpar_connection *
__winpar_interrupt_next_check(struct winpar_port *port)
	__must_hold(&port->lock)
{
	struct winpar_connection *connection;

	lockdep_assert_held(&port->lock);
	if (!port->round.open) {
		port->round.due = false;
		port->round.deaf = false;
		port->round.open = true;
		port->round.number++;
	}
	list_for_each_entry(connection, &port->connections, entry) {
		if (!connection->routines.DeferredPortCheckRoutine ||
		    connection->round == port->round.number)
			continue;
		connection->round = port->round.number;
		return connection;
	}
	port->round.open = false;
	return NULL;
}

/**
 * __winpar_interrupt_forget_round() - no round of checks is open or due
 * @port: gone, or without a deferred routine; its lock held
 */
void __winpar_interrupt_forget_round(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->round.due = false;
	port->round.deaf = false;
	port->round.open = false;
}

/**
 * __winpar_interrupt_ask_round() - a round of deferred port checks is due
 * @port: the port, its lock held; freed, or refused to a Try call
 *
 * The loop runs the round when the port is free and no request waits, or when
 * requests have held the round up too long (__winpar_queue_round_is_due()). Do not
 * call this when the deferred routine that runs just now frees the port.
 */
void __winpar_interrupt_ask_round(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!port->checks || port->round.due)
		return;
	port->round.due = true;
	port->round.since = jiffies;
	port->round.allocations = port->allocations;
	port->round.sequence = __winpar_port_sequence(port);
}

/*
 * Let the core call our handler only while a routine is connected: otherwise each
 * byte of an interrupt-driven transfer would run it for nothing. Call this after
 * changing the list. The parport device is registered as long as a file is open,
 * until removal.
 */
static void winpar_interrupt_listen(struct winpar_port *port)
{
	lockdep_assert_held(&port->mutex);
	if (!winpar_port_is_gone(port))
		winpar_host_listen(&port->host,
				   !list_empty(&port->connections));
}

/*
 * For how long has a connection's routine heard nothing while its client has had the
 * port? In jiffies; 0 when the client does not have it. False: it need not be looked
 * at again, since an interrupt has come, or it is not connected any more.
 */
static bool winpar_interrupt_silent_for(const struct winpar_connection *connection,
					unsigned long *silent)
{
	struct winpar_port *port = connection->file->port;
	unsigned long flags, since;
	bool connected;

	*silent = 0;
	winpar_port_lock(port, &flags);
	connected = connection->connected;
	if (__winpar_port_is_owned_by(port, connection->file->holder.seat)) {
		since = time_after(port->owned_since, connection->since) ?
			port->owned_since : connection->since;
		*silent = jiffies - since;
	}
	winpar_port_unlock(port, flags);
	return connected && READ_ONCE(port->interrupts) == connection->heard;
}

/*
 * Say once in the log that an interrupt routine hears nothing while its client has
 * the port. No more is done as soon as one interrupt has come: the number is right.
 */
static void winpar_interrupt_look(struct work_struct *work)
{
	struct winpar_connection *connection =
		container_of(to_delayed_work(work), struct winpar_connection,
			     silence);
	const struct winpar_file *file = connection->file;
	unsigned long silent;

	if (!winpar_interrupt_silent_for(connection, &silent))
		return;
	if (silent < WINPAR_INTERRUPT_PATIENCE) {
		schedule_delayed_work(&connection->silence,
				      WINPAR_INTERRUPT_PATIENCE - silent);
		return;
	}
	pr_warn("%s: %s has had the port for %u ms, and its interrupt routine %ps has heard nothing from interrupt %d. If the device should have interrupted: is that the port's interrupt? The firmware's setup says which it is; give it to parport_pc, for example with io=0x378 irq=7\n",
		file->port->name, winpar_file_client(file),
		jiffies_to_msecs(silent),
		connection->routines.InterruptServiceRoutine,
		file->port->host.irq);
}

/**
 * winpar_interrupt_connect() - connect an interrupt routine
 * @file: who connects
 * @r: the routines, not both NULL
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING;
 * STATUS_INSUFFICIENT_RESOURCES the port has no interrupt, or no memory;
 * STATUS_CANCELLED the file is being closed.
 */
NTSTATUS winpar_interrupt_connect(struct winpar_file *file,
				  const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_port *port = file->port;
	struct winpar_connection *connection;
	unsigned long outer, inner;
	bool gone, connected;

	if (port->host.irq < 0) {
		winpar_warn(file->holder.seat->client,
			    "%s: %s cannot connect an interrupt routine: the port has no interrupt. Give parport_pc one (io=0x378 irq=7, for example). %s (%#010x)\n",
			    port->name, winpar_file_client(file),
			    winpar_status_name(STATUS_INSUFFICIENT_RESOURCES),
			    STATUS_INSUFFICIENT_RESOURCES);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	connection = kzalloc(sizeof(*connection), GFP_KERNEL);
	if (!connection)
		return STATUS_INSUFFICIENT_RESOURCES;
	connection->file = file;
	connection->routines = *r;
	INIT_DELAYED_WORK(&connection->silence, winpar_interrupt_look);

	mutex_lock(&port->mutex);
	winpar_interrupt_lock_list(port, &outer, &inner);
	gone = port->state == WINPAR_PORT_GONE;
	connected = !gone && !file->holder.closed;
	if (connected) {
		/* A round that is under way began without it. */
		connection->round = port->round.number;
		connection->since = jiffies;
		connection->heard = READ_ONCE(port->interrupts);
		connection->connected = true;
		list_add_tail(&connection->entry, &port->connections);
		if (r->DeferredPortCheckRoutine)
			port->checks++;
		if (port->state == WINPAR_PORT_AWAY)
			winpar_host_want(&port->host);
	}
	winpar_interrupt_unlock_list(port, outer, inner);
	if (connected) {
		list_add_tail(&connection->file_entry, &file->connections);
		winpar_interrupt_listen(port);
		if (r->InterruptServiceRoutine)
			schedule_delayed_work(&connection->silence,
					      WINPAR_INTERRUPT_PATIENCE);
	}
	mutex_unlock(&port->mutex);

	/* Not connection->connected: it may have been disconnected, and freed, by now. */
	if (connected)
		return STATUS_SUCCESS;
	kfree(connection);
	return gone ? STATUS_DELETE_PENDING : STATUS_CANCELLED;
}

/* Take a connection off the port. Its deferred routine may still be running. */
static void __winpar_interrupt_unlink(struct winpar_port *port,
				      struct winpar_connection *connection)
	__must_hold(&port->interrupt.lock)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->interrupt.lock);
	lockdep_assert_held(&port->lock);
	if (!connection->connected)
		return;
	connection->connected = false;
	list_del_init(&connection->entry);
	if (!connection->routines.DeferredPortCheckRoutine || --port->checks)
		return;
	/* No routine is left that a round could call. */
	__winpar_interrupt_forget_round(port);
	__winpar_port_serve(port);
}

/* Disconnect for good. No routine of it runs when this has returned. */
static void winpar_interrupt_end(struct winpar_port *port,
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
	winpar_port_wait(port, port->checking != connection);
	cancel_delayed_work_sync(&connection->silence);
	kfree(connection);
}

/*
 * A connection is known by its interrupt routine with the context of that; where it
 * has no interrupt routine, by its deferred routine with the context of that.
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

/* The latest that a file has connected, and that matches. */
static struct winpar_connection *
winpar_interrupt_find_of(const struct winpar_file *file,
			 const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_connection *connection;

	lockdep_assert_held(&file->port->mutex);
	list_for_each_entry_reverse(connection, &file->connections, file_entry)
		if (winpar_interrupt_matches(connection, r))
			return connection;
	return NULL;
}

/* The latest that matches: on the port, or left to any file by removal. */
static struct winpar_connection *
winpar_interrupt_find(struct winpar_port *port,
		      const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_connection *connection;
	struct winpar_file *file;
	struct winpar_seat *seat;

	/* All of these lists change only with the mutex held. */
	lockdep_assert_held(&port->mutex);
	list_for_each_entry_reverse(connection, &port->connections, entry)
		if (winpar_interrupt_matches(connection, r))
			return connection;
	list_for_each_entry(seat, &port->seats, port_entry)
		list_for_each_entry(file, &seat->files, entry) {
			connection = winpar_interrupt_find_of(file, r);
			if (connection)
				return connection;
		}
	return NULL;
}

/**
 * winpar_interrupt_disconnect() - disconnect an interrupt routine
 * @file: who disconnects; may be another opener than the one that connected
 * @r: which routine
 *
 * When this has returned, neither routine is running nor will it run again.
 *
 * Context: process context, may sleep; not inside a routine that winpar called.
 * Return: STATUS_SUCCESS, also for what removal has disconnected;
 * STATUS_INVALID_PARAMETER not connected; STATUS_DELETE_PENDING not connected
 * and the port is gone.
 */
NTSTATUS winpar_interrupt_disconnect(struct winpar_file *file,
				     const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r)
{
	struct winpar_port *port = file->port;
	struct winpar_connection *connection;
	NTSTATUS status = STATUS_SUCCESS;

	mutex_lock(&port->mutex);
	connection = winpar_interrupt_find(port, r);
	if (connection)
		winpar_interrupt_end(port, connection);
	else
		status = winpar_port_is_gone(port) ? STATUS_DELETE_PENDING :
						     STATUS_INVALID_PARAMETER;
	mutex_unlock(&port->mutex);

	if (status == STATUS_INVALID_PARAMETER)
		winpar_warn(file->holder.seat->client,
			    "%s: %s disconnects %ps, which is not connected with that context: DISCONNECT takes the routines and contexts of CONNECT\n",
			    port->name, winpar_file_client(file),
			    r->InterruptServiceRoutine ?
			    (void *)r->InterruptServiceRoutine :
			    (void *)r->DeferredPortCheckRoutine);
	return status;
}

/* Switch the interrupt off when no client that would do so is left. */
static void winpar_interrupt_switch_off(struct winpar_port *port)
{
	lockdep_assert_held(&port->mutex);
	if (list_empty(&port->connections))
		winpar_host_interrupt_off(&port->host);
}

/**
 * winpar_interrupt_close() - disconnect what a file has connected
 * @file: being closed
 *
 * Context: process context, the file mutex held.
 * Return: how many were still connected.
 */
unsigned int winpar_interrupt_close(struct winpar_file *file)
{
	struct winpar_connection *connection, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(connection, next, &file->connections,
				 file_entry) {
		count += connection->connected;
		winpar_interrupt_end(file->port, connection);
	}
	if (count)
		winpar_interrupt_switch_off(file->port);
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
 * @module: being unloaded; it may have connected them through any client's file
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
		winpar_interrupt_end(port, connection);
		count++;
	}
	if (count)
		winpar_interrupt_switch_off(port);
	mutex_unlock(&port->mutex);
	return count;
}

/**
 * winpar_interrupt_remove() - the port is gone: disconnect every routine
 * @port: the port
 *
 * Each connection stays on its file's list, with @connected false, until a client
 * disconnects it or closes the file.
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
