// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watch room: clients are told when a port comes and when one goes.
 *
 * Ports come and go under the parport core's registration_lock, where no client
 * may be waited for. So it is a work that tells: it compares each port with
 * what was last told of it. A port that went and came back in between is told
 * as removed and arrived.
 *
 * @winpar_watch_mutex guards the list of watches and what was told, and is held
 * while a client is told, so that a watch that has been taken off is not being
 * called. It is the outermost lock of winpar's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include <winpar/winpar.h>

#include "winpar.h"

static DEFINE_MUTEX(winpar_watch_mutex);
static LIST_HEAD(winpar_watches);
/* The task that tells just now. */
static struct task_struct *winpar_watch_task;

static void winpar_watch_tell(struct winpar_watch *watch,
			      struct winpar_port *port, bool arrived)
{
	void (*tell)(struct winpar_watch *watch, const char *name) =
		arrived ? watch->arrived : watch->removed;
	char name[32];

	lockdep_assert_held(&winpar_watch_mutex);
	if (!tell)
		return;
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port->number);
	WRITE_ONCE(winpar_watch_task, current);
	tell(watch, name);
	WRITE_ONCE(winpar_watch_task, NULL);
}

static void winpar_watch_tell_all(struct winpar_port *port, bool arrived)
{
	struct winpar_watch *watch;

	list_for_each_entry(watch, &winpar_watches, entry)
		winpar_watch_tell(watch, port, arrived);
}

/* Tell of one port what has not been told. */
static void winpar_watch_port(struct winpar_port *port)
{
	unsigned int life = winpar_port_life(port);

	if (port->told == life)
		return;
	if (port->told)
		winpar_watch_tell_all(port, false);
	port->told = life;
	if (life)
		winpar_watch_tell_all(port, true);
}

static void winpar_watch_work(struct work_struct *work)
{
	struct winpar_port *port;
	unsigned long number = 0;

	mutex_lock(&winpar_watch_mutex);
	for (port = winpar_next_port(&number); port;
	     number++, port = winpar_next_port(&number))
		winpar_watch_port(port);
	mutex_unlock(&winpar_watch_mutex);
}

static DECLARE_WORK(winpar_watch_changes, winpar_watch_work);

/**
 * winpar_watch_changed() - a port has come or gone
 *
 * Context: any.
 */
void winpar_watch_changed(void)
{
	schedule_work(&winpar_watch_changes);
}

/**
 * winpar_watch_exit() - nobody is left to be told
 *
 * Context: process context.
 */
void winpar_watch_exit(void)
{
	cancel_work_sync(&winpar_watch_changes);
}

/* A routine that is told may not wait for itself to be over. */
static bool winpar_watch_inside(void)
{
	if (READ_ONCE(winpar_watch_task) != current)
		return false;
	pr_warn_ratelimited("a client takes up or ends a watch from inside one's routine, which would wait for itself: nothing was changed\n");
	return true;
}

/**
 * __winpar_watch_ports() - be told of ports, for a module
 * @watch: see winpar_watch_ports()
 * @owner: whose it is; ended when that is unloaded
 *
 * Context: process context, may sleep.
 * Return: see winpar_watch_ports().
 */
NTSTATUS __winpar_watch_ports(struct winpar_watch *watch, struct module *owner)
{
	struct winpar_port *port;
	unsigned long number = 0;

	if (!watch || (!watch->arrived && !watch->removed))
		return STATUS_INVALID_PARAMETER;
	if (winpar_watch_inside())
		return STATUS_INVALID_DEVICE_STATE;
	mutex_lock(&winpar_watch_mutex);
	watch->owner = owner;
	for (port = winpar_next_port(&number); port;
	     number++, port = winpar_next_port(&number))
		if (port->told)
			winpar_watch_tell(watch, port, true);
	list_add_tail(&watch->entry, &winpar_watches);
	mutex_unlock(&winpar_watch_mutex);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(__winpar_watch_ports);

/**
 * winpar_unwatch_ports() - be told no more
 * @watch: what winpar_watch_ports() was given; its routines are not running
 *         and will not run again when this returns. NULL does nothing
 *
 * Context: process context, may sleep; not inside a routine of a watch.
 */
void winpar_unwatch_ports(struct winpar_watch *watch)
{
	if (!watch || winpar_watch_inside())
		return;
	mutex_lock(&winpar_watch_mutex);
	list_del(&watch->entry);
	mutex_unlock(&winpar_watch_mutex);
}
WINPAR_EXPORT(winpar_unwatch_ports);

/**
 * winpar_watch_end_client() - a module is going away
 * @owner: the module
 *
 * Context: process context, the module notifier.
 */
void winpar_watch_end_client(struct module *owner)
{
	struct winpar_watch *watch, *next;

	mutex_lock(&winpar_watch_mutex);
	list_for_each_entry_safe(watch, next, &winpar_watches, entry) {
		if (watch->owner != owner)
			continue;
		list_del(&watch->entry);
		pr_warn("%s was unloaded without ending its watch for ports: it was ended\n",
			module_name(owner));
	}
	mutex_unlock(&winpar_watch_mutex);
}
