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
/* The task that tells just now, and how often a change was told. */
static struct task_struct *winpar_watch_task;
static unsigned int winpar_watch_round;

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

/* The next that has not been told in this round: a routine may end watches. */
static struct winpar_watch *winpar_watch_next(void)
{
	struct winpar_watch *watch;

	list_for_each_entry(watch, &winpar_watches, entry) {
		if (watch->round == winpar_watch_round)
			continue;
		watch->round = winpar_watch_round;
		return watch;
	}
	return NULL;
}

static void winpar_watch_tell_all(struct winpar_port *port, bool arrived)
{
	struct winpar_watch *watch;

	winpar_watch_round++;
	while ((watch = winpar_watch_next()))
		winpar_watch_tell(watch, port, arrived);
}

static bool winpar_watch_is_on(const struct winpar_watch *watch)
{
	const struct winpar_watch *other;

	lockdep_assert_held(&winpar_watch_mutex);
	list_for_each_entry(other, &winpar_watches, entry)
		if (other == watch)
			return true;
	return false;
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

/* Is the caller a routine that is told? Then the mutex is held for it. */
static bool winpar_watch_inside(void)
{
	return READ_ONCE(winpar_watch_task) == current;
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
	if (winpar_watch_inside()) {
		pr_warn_ratelimited("%s takes up a watch from inside a watch's routine: do it elsewhere\n",
				    owner ? module_name(owner) : "the kernel");
		return STATUS_INVALID_DEVICE_STATE;
	}
	mutex_lock(&winpar_watch_mutex);
	if (winpar_watch_is_on(watch)) {
		mutex_unlock(&winpar_watch_mutex);
		return STATUS_INVALID_PARAMETER;
	}
	watch->owner = owner;
	watch->round = winpar_watch_round;
	list_add_tail(&watch->entry, &winpar_watches);
	/* The routine may end it. */
	for (port = winpar_next_port(&number);
	     port && winpar_watch_is_on(watch);
	     number++, port = winpar_next_port(&number))
		if (port->told)
			winpar_watch_tell(watch, port, true);
	mutex_unlock(&winpar_watch_mutex);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(__winpar_watch_ports);

/**
 * winpar_unwatch_ports() - be told no more
 * @watch: what winpar_watch_ports() was given. NULL, and one that is not on,
 *         does nothing
 *
 * Its routines are not running and will not run again when this returns; from
 * inside one of them: will not run again.
 *
 * Context: process context, may sleep.
 */
void winpar_unwatch_ports(struct winpar_watch *watch)
{
	bool inside = winpar_watch_inside();

	if (!inside)
		mutex_lock(&winpar_watch_mutex);
	if (winpar_watch_is_on(watch))
		list_del(&watch->entry);
	if (!inside)
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
