// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a port: arrival, what the host room says of the Linux port, removal.
 *
 * A port object is one life. Removal marks it GONE, for good; a Linux port that
 * comes back under the same number gets another object. The object is freed when
 * the last reference is dropped, in process context, after an RCU grace period:
 * winpar_irp_cancel(), the fast path of FreePort and registers by address look at
 * ports without a lock.
 *
 * Removal, in this order: GONE, so that no new work on the port begins; what is on
 * the wires is waited for; the host room releases the Linux port and unregisters,
 * after which no interrupt routine runs; the loop completes what waits with
 * STATUS_DELETE_PENDING. tests/model/removal.pml has these steps;
 * what the host room says is in queue.pml, rounds.pml and tries.pml there.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "host/attach.h"
#include "host/regs.h"
#include "port/chip.h"
#include "port/daisy.h"
#include "port/interrupt.h"
#include "port/life.h"
#include "port/port.h"
#include "port/queue.h"
#include "port/reserve.h"
#include "port/wire.h"

static struct winpar_port *to_winpar_port(struct winpar_host *host)
{
	return container_of(host, struct winpar_port, host);
}

/* ----- what the host room says ------------------------------------------- */

static void winpar_port_rival(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state != WINPAR_PORT_GONE) {
		__winpar_queue_add_rival(port);
		__winpar_queue_serve_rival(port);
	}
	winpar_port_unlock(port, flags);
}

/* The Linux port is winpar's: claimed, or not given to a rival after all. */
static void __winpar_port_come_back(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_port_enter(port, WINPAR_PORT_HELD, NULL);
	__winpar_chip_settle(port);
	__winpar_queue_returned(port);
}

static void winpar_port_held(struct winpar_host *host, bool rivals)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_AWAY) {
		__winpar_daisy_stray(port);
		if (rivals)
			__winpar_queue_add_rival(port);
		__winpar_port_come_back(port);
	}
	winpar_port_unlock(port, flags);
}

static void winpar_port_kept(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;

	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_GIVING) {
		/* Unless another claim has come since the dead were counted. */
		if (!port->rival.again)
			__winpar_queue_forget_rival(port);
		__winpar_port_come_back(port);
	}
	winpar_port_unlock(port, flags);
}

static bool winpar_port_away(struct winpar_host *host)
{
	struct winpar_port *port = to_winpar_port(host);
	unsigned long flags;
	bool wanted, driven;

	winpar_port_lock(port, &flags);
	if (port->state != WINPAR_PORT_GONE)
		__winpar_port_enter(port, WINPAR_PORT_AWAY, NULL);
	wanted = __winpar_queue_left(port);
	driven = port->wire;
	winpar_port_unlock(port, flags);
	/* winpar_host_leave() calls this, and a callback still has the wires. */
	if (unlikely(driven))
		winpar_port_wait(port, !port->wire);
	return wanted;
}

static void winpar_port_host_get(struct winpar_host *host)
{
	winpar_port_get(to_winpar_port(host));
}

static void winpar_port_host_put(struct winpar_host *host)
{
	winpar_port_put(to_winpar_port(host));
}

static const struct winpar_host_ops winpar_port_host_ops = {
	.rival = winpar_port_rival,
	.held = winpar_port_held,
	.kept = winpar_port_kept,
	.away = winpar_port_away,
	.interrupt = winpar_interrupt_fan_out,
	.get = winpar_port_host_get,
	.put = winpar_port_host_put,
};

/* ----- removal ----------------------------------------------------------- */

/**
 * winpar_port_mark_gone() - removal begins: no new work on the port from now on
 * @port: the port
 *
 * Requests answer STATUS_DELETE_PENDING; callbacks fail.
 *
 * Context: process context.
 */
void winpar_port_mark_gone(struct winpar_port *port)
{
	unsigned long flags;

	/* With the mutex held, the host is registered or the port is GONE. */
	mutex_lock(&port->mutex);
	winpar_port_lock(port, &flags);
	if (port->state == WINPAR_PORT_OWNED)
		__winpar_port_disown(port);
	__winpar_port_enter(port, WINPAR_PORT_GONE, NULL);
	__winpar_interrupt_forget_round(port);
	__winpar_port_unreserve(port);
	__winpar_queue_forget_rival(port);
	winpar_port_unlock(port, flags);
	mutex_unlock(&port->mutex);
}

/* Are the registers winpar's? */
static bool __winpar_port_is_ours(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->state == WINPAR_PORT_OWNED ||
	       port->state == WINPAR_PORT_HELD;
}

/**
 * winpar_port_suspend() - the port's chip is about to be switched off
 * @port: the port, which has fallen asleep: no byte is on its way
 *
 * Notes what is in the registers, if winpar has the port: the chip may lose it. If winpar
 * gets the port before the resume, what was in them at its last release is put back then.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_port_suspend(struct winpar_port *port)
{
	unsigned long flags;

	winpar_wire_lock(port, &flags);
	winpar_host_suspend(&port->host, __winpar_port_is_ours(port));
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_resume() - the port's chip is switched on again, or was not switched off
 * @port: the port, asleep still
 *
 * Puts back what winpar_port_suspend() has noted.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_port_resume(struct winpar_port *port)
{
	unsigned long flags;

	winpar_wire_lock(port, &flags);
	winpar_host_resume(&port->host, __winpar_port_is_ours(port));
	winpar_port_unlock(port, flags);
}

/**
 * winpar_port_remove() - the Linux port goes away
 * @port: marked gone; its devices have been told to stop
 *
 * Waiting requests complete with STATUS_DELETE_PENDING afterwards, from the
 * loop.
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_port_remove(struct winpar_port *port)
{
	unsigned long flags;

	/* A packet, a deferred routine, an engine that was told to stop. */
	winpar_port_wait(port, !(port->wire || port->checking || port->engine));
	winpar_host_detach(&port->host);
	winpar_interrupt_remove(port);
	/*
	 * Not when the object is freed: a work of host/ may do that, while the unloading
	 * of winpar waits for it in destroy_workqueue(). When the timer of @later ends
	 * then, the workqueue does not take @later, and a cancel would never return.
	 */
	cancel_delayed_work_sync(&port->later);
	WRITE_ONCE(port->detached, true);

	winpar_port_lock(port, &flags);
	__winpar_port_kick(port);
	winpar_port_unlock(port, flags);
}

/* ----- beginning and end ------------------------------------------------- */

/**
 * winpar_port_set_lpt() - say which LPT a port is
 * @port: the port, which is in no table yet
 * @lpt: the n of LPTn
 *
 * Also fills in what PARALLEL_PNP_INFORMATION calls PortName, in 16-bit characters.
 */
void winpar_port_set_lpt(struct winpar_port *port, u16 lpt)
{
	char name[ARRAY_SIZE(port->link)];
	int i;

	port->lpt = lpt;
	snprintf(name, sizeof(name), "LPT%u", lpt);
	for (i = 0; i < ARRAY_SIZE(port->link); i++)
		port->link[i] = name[i];
}

/**
 * winpar_port_create() - make the object for a Linux port that has arrived
 * @number: M
 *
 * Return: the port, AWAY, with one reference; NULL when out of memory.
 */
struct winpar_port *winpar_port_create(int number)
{
	struct winpar_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	kref_init(&port->kref);
	atomic_long_set(&port->hold, WINPAR_HOLD_SLOW);
	spin_lock_init(&port->lock);
	port->state = WINPAR_PORT_AWAY;
	port->number = number;
	snprintf(port->name, sizeof(port->name), "parport%d", number);
	winpar_queue_init(port);
	winpar_interrupt_init(port);
	mutex_init(&port->mutex);
	INIT_LIST_HEAD(&port->seats);
	winpar_host_init(&port->host, &winpar_port_host_ops);
	return port;
}

static void (*winpar_port_released)(struct winpar_port *port);

/**
 * winpar_port_init_room() - what all ports share
 * @released: called before a port's object is freed, in process context
 */
void winpar_port_init_room(void (*released)(struct winpar_port *port))
{
	winpar_port_released = released;
}

static void winpar_port_free_object(struct kref *kref)
{
	struct winpar_port *port = container_of(kref, struct winpar_port, kref);

	winpar_port_released(port);
	winpar_host_exit(&port->host);
	tasklet_kill(&port->loop);
	WARN_ON(!list_empty(&port->seats));
	kfree_rcu(port, rcu);
}

/**
 * winpar_port_get() - take a reference
 * @port: the port, with a reference
 *
 * Context: any.
 */
void winpar_port_get(struct winpar_port *port)
{
	kref_get(&port->kref);
}

/**
 * winpar_port_put() - drop a reference
 * @port: the port, not to be used afterwards
 *
 * Context: process context, may sleep.
 */
void winpar_port_put(struct winpar_port *port)
{
	kref_put(&port->kref, winpar_port_free_object);
}

/**
 * winpar_port_status() - what an error of the host room is for a client
 * @error: negative, or 0
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING the port is going;
 * STATUS_INSUFFICIENT_RESOURCES for every other error.
 */
NTSTATUS winpar_port_status(int error)
{
	switch (error) {
	case 0:
		return STATUS_SUCCESS;
	case -ENODEV:
		return STATUS_DELETE_PENDING;
	default:
		return STATUS_INSUFFICIENT_RESOURCES;
	}
}
