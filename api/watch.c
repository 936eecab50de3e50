// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar_watch_ports() and winpar_unwatch_ports(): winpar calls a client's routines
 * when a port arrives and when a port is removed. To tell is to call one of them.
 *
 * Ports come and go under the parport core's registration_lock, where no client
 * may be waited for. So each watch has a work that tells its client of the events
 * of the table of ports (port/table.c), one after the other, in their order; a
 * port that went and came back is told of as removed and arrived. The work of one
 * watch waits for no other watch's routine.
 *
 * One task at a time tells, the @teller: the work, or for what is there at the
 * beginning the task that takes up the watch. A routine may open a port, wait for
 * it, take up a watch or end one, its own included: no lock is held while it runs.
 * A watch ends when it is told to, once; its teller looks for that before each call.
 * It leaves the list when it has ended and has no teller. So who ends a watch finds it
 * there while one of its routines runs, also when that routine has ended it, and waits
 * for the teller. A teller waits for no other teller of that watch, but for those of
 * the watches that it has ended itself: two tellers of one watch cannot wait for each
 * other. The routines of two watches may: neither may end the other's.
 *
 * What the client gave, a struct winpar_watch, is not touched once the watch has
 * ended: its address tells which watch it was. Each watch has a struct
 * winpar_watcher, kept by references: the list's, a queued work's, and those of tasks
 * that use it.
 *
 * The list and @teller are guarded by the watch lock, taken in process context.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/winpar.h>

#include "api/client.h"
#include "api/watch.h"
#include "port/inside.h"
#include "port/leaving.h"
#include "port/life.h"
#include "port/port.h"
#include "port/table.h"
#include "port/wait.h"

/**
 * struct winpar_watcher - a watch that is on, or that has ended and has a teller
 * @entry: place on the list; under the watch lock
 * @watch: what the client gave
 * @arrived: its routine for a port that arrives, or NULL
 * @removed: its routine for a port that is removed, or NULL
 * @ended: none of the routines is called any more; under the watch lock
 * @client: the client
 * @since: the table's last event when the watch began
 * @told: the event that was told last; written by the task that tells
 * @teller: the task that tells just now, NULL when none does; under the watch lock
 * @work: tells
 * @kref: references
 */
struct winpar_watcher {
	struct list_head entry;
	struct winpar_watch *watch;
	void (*arrived)(struct winpar_watch *watch, const char *name);
	void (*removed)(struct winpar_watch *watch, const char *name);
	bool ended;
	struct winpar_client *client;
	unsigned long since;
	unsigned long told;
	struct task_struct *teller;
	struct work_struct work;
	struct kref kref;
};

static DEFINE_SPINLOCK(winpar_watch_lock);
static LIST_HEAD(winpar_watchers);
/* Tasks wait here for a teller to be done. */
static DECLARE_WAIT_QUEUE_HEAD(winpar_watch_waiters);
static struct workqueue_struct *winpar_watch_wq;

static void winpar_watcher_release(struct kref *kref)
{
	kfree(container_of(kref, struct winpar_watcher, kref));
}

static void winpar_watcher_put(struct winpar_watcher *watcher)
{
	kref_put(&watcher->kref, winpar_watcher_release);
}

/**
 * winpar_watch_prune() - forget ports that have gone and that nothing needs
 *
 * Context: process context, may sleep.
 */
void winpar_watch_prune(void)
{
	struct winpar_watcher *watcher;
	unsigned long told = winpar_table_event();

	spin_lock(&winpar_watch_lock);
	list_for_each_entry(watcher, &winpar_watchers, entry)
		if (!watcher->ended)
			told = min(told, max(READ_ONCE(watcher->told),
					     watcher->since));
	spin_unlock(&winpar_watch_lock);
	/* Every watch has told its client of the events up to @told. */
	winpar_table_prune(told);
}

/* The routine to call for an event; NULL: none, or the watch has ended. */
static void (*winpar_watcher_routine(struct winpar_watcher *watcher,
				     bool arrived))
	(struct winpar_watch *watch, const char *name)
{
	void (*routine)(struct winpar_watch *watch, const char *name) = NULL;

	spin_lock(&winpar_watch_lock);
	if (!watcher->ended)
		routine = arrived ? watcher->arrived : watcher->removed;
	if (!winpar_may_call(routine))
		routine = NULL;
	spin_unlock(&winpar_watch_lock);
	return routine;
}

/* Become the teller. False: the watch has ended, or another task tells. */
static bool winpar_watcher_begin(struct winpar_watcher *watcher)
{
	bool begun;

	spin_lock(&winpar_watch_lock);
	begun = !watcher->teller && !watcher->ended;
	if (begun)
		watcher->teller = current;
	spin_unlock(&winpar_watch_lock);
	return begun;
}

/* Take a watch that has ended and has no teller off the list. */
static void __winpar_watcher_drop(struct winpar_watcher *watcher)
	__must_hold(&winpar_watch_lock)
{
	lockdep_assert_held(&winpar_watch_lock);
	if (!watcher->ended || watcher->teller || list_empty(&watcher->entry))
		return;
	list_del_init(&watcher->entry);
	/* The list's reference: a caller that uses it afterwards has its own. */
	winpar_watcher_put(watcher);
}

/*
 * The port of the event that the teller tells next, with a reference. NULL: all is
 * told, or the watch has ended, and the caller is the teller no more. The look for an
 * event and the end of the teller are one step under the watch lock: a task that
 * found a teller relies on it to find the event.
 */
static struct winpar_port *winpar_watcher_next(struct winpar_watcher *watcher,
					       unsigned long *told,
					       bool *arrived)
{
	struct winpar_port *port = NULL;

	spin_lock(&winpar_watch_lock);
	if (!watcher->ended)
		port = winpar_table_next_event(watcher->since, told, arrived);
	if (!port) {
		watcher->teller = NULL;
		__winpar_watcher_drop(watcher);
	}
	spin_unlock(&winpar_watch_lock);
	if (!port)
		wake_up_all(&winpar_watch_waiters);
	return port;
}

/* Tell of all events up to now, unless another task does. */
static void winpar_watcher_tell(struct winpar_watcher *watcher)
{
	void (*routine)(struct winpar_watch *watch, const char *name);
	struct winpar_port *port;
	unsigned long told;
	char name[32];
	bool arrived;

	if (!winpar_watcher_begin(watcher))
		return;
	told = watcher->told;
	while ((port = winpar_watcher_next(watcher, &told, &arrived))) {
		snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
			 port->number);
		winpar_port_put(port);
		routine = winpar_watcher_routine(watcher, arrived);
		if (routine)
			routine(watcher->watch, name);
		WRITE_ONCE(watcher->told, told);
	}
	winpar_watch_prune();
}

static void winpar_watcher_work(struct work_struct *work)
{
	struct winpar_watcher *watcher = container_of(work,
						      struct winpar_watcher,
						      work);

	winpar_watcher_tell(watcher);
	winpar_watcher_put(watcher);
}

/**
 * winpar_watch_changed() - have all watches tell that a port has come or gone
 *
 * Context: process context.
 */
void winpar_watch_changed(void)
{
	struct winpar_watcher *watcher;

	spin_lock(&winpar_watch_lock);
	list_for_each_entry(watcher, &winpar_watchers, entry) {
		if (watcher->ended)
			continue;
		kref_get(&watcher->kref);
		if (!queue_work(winpar_watch_wq, &watcher->work))
			winpar_watcher_put(watcher);
	}
	spin_unlock(&winpar_watch_lock);
	winpar_watch_prune();
}

/* ----- taking up and ending ---------------------------------------------- */

static bool __winpar_watch_is_on(const struct winpar_watch *watch)
	__must_hold(&winpar_watch_lock)
{
	struct winpar_watcher *watcher;

	lockdep_assert_held(&winpar_watch_lock);
	list_for_each_entry(watcher, &winpar_watchers, entry)
		if (watcher->watch == watch && !watcher->ended)
			return true;
	return false;
}

static struct winpar_watcher *winpar_watcher_create(struct winpar_watch *watch,
						    struct winpar_client *client)
{
	struct winpar_watcher *watcher = kzalloc(sizeof(*watcher), GFP_KERNEL);

	if (!watcher)
		return NULL;
	kref_init(&watcher->kref);
	INIT_LIST_HEAD(&watcher->entry);
	watcher->watch = watch;
	watcher->arrived = watch->arrived;
	watcher->removed = watch->removed;
	watcher->client = client;
	INIT_WORK(&watcher->work, winpar_watcher_work);
	return watcher;
}

/* Put a watch on the list, unless it is on. */
static bool winpar_watcher_add(struct winpar_watcher *watcher)
{
	bool added;

	spin_lock(&winpar_watch_lock);
	added = !__winpar_watch_is_on(watcher->watch);
	if (added) {
		/* A port that goes from here on is kept until the watch is told. */
		watcher->since = winpar_table_event();
		list_add_tail(&watcher->entry, &winpar_watchers);
	}
	spin_unlock(&winpar_watch_lock);
	return added;
}

static struct task_struct *winpar_watcher_teller(struct winpar_watcher *watcher)
{
	struct task_struct *teller;

	spin_lock(&winpar_watch_lock);
	teller = watcher->teller;
	spin_unlock(&winpar_watch_lock);
	return teller;
}

/* Wait until an ended watch tells no more, unless the caller is its teller. */
static void winpar_watcher_wait(struct winpar_watcher *watcher)
{
	if (winpar_watcher_teller(watcher) != current)
		winpar_wait_idle(winpar_watch_waiters,
				 !winpar_watcher_teller(watcher));
}

/* Is @module the watch's client, or does it contain the watch or a routine? */
static bool winpar_watcher_is_of(const struct winpar_watcher *watcher,
				 struct module *module)
{
	return watcher->client->module == module ||
	       within_module((unsigned long)watcher->watch, module) ||
	       within_module((unsigned long)watcher->arrived, module) ||
	       within_module((unsigned long)watcher->removed, module);
}

/* Is it the watch @watch or, without one, a watch of @module's? */
static bool winpar_watcher_is(const struct winpar_watcher *watcher,
			      const struct winpar_watch *watch,
			      struct module *module)
{
	return watch ? watcher->watch == watch :
		       winpar_watcher_is_of(watcher, module);
}

/* Is the caller the teller of such a watch? */
static bool __winpar_watch_tells(const struct winpar_watch *watch,
				 struct module *module)
	__must_hold(&winpar_watch_lock)
{
	struct winpar_watcher *watcher;

	lockdep_assert_held(&winpar_watch_lock);
	list_for_each_entry(watcher, &winpar_watchers, entry)
		if (watcher->teller == current &&
		    winpar_watcher_is(watcher, watch, module))
			return true;
	return false;
}

/*
 * End such a watch, or find one that has ended and has a teller to be waited for. The
 * caller gets a reference. NULL: none is left.
 */
static struct winpar_watcher *winpar_watch_take(const struct winpar_watch *watch,
						struct module *module)
{
	struct winpar_watcher *watcher, *found = NULL;
	bool wait;

	spin_lock(&winpar_watch_lock);
	wait = !__winpar_watch_tells(watch, module);
	list_for_each_entry(watcher, &winpar_watchers, entry) {
		if (!winpar_watcher_is(watcher, watch, module) ||
		    (watcher->ended && !wait))
			continue;
		found = watcher;
		kref_get(&found->kref);
		found->ended = true;
		__winpar_watcher_drop(found);
		break;
	}
	spin_unlock(&winpar_watch_lock);
	return found;
}

/**
 * winpar_watch_ports_owner() - be told of ports, for a module
 * @watch: see winpar_watch_ports()
 * @owner: the module whose watch it is; ended when that is unloaded
 *
 * Context: process context, may sleep.
 * Return: see winpar_watch_ports().
 */
NTSTATUS winpar_watch_ports_owner(struct winpar_watch *watch,
				  struct module *owner)
{
	struct winpar_watcher *watcher;
	struct winpar_client *client;
	NTSTATUS status;

	if (!watch || (!watch->arrived && !watch->removed))
		return STATUS_INVALID_PARAMETER;
	if (winpar_is_inside()) {
		pr_warn_ratelimited("%s takes up a watch from inside a routine that winpar called, which may not sleep: do it from process context\n",
				    owner ? module_name(owner) : "the kernel");
		return STATUS_INVALID_DEVICE_STATE;
	}
	might_sleep();
	client = winpar_client_get(owner, &status);
	if (!client)
		return status;
	watcher = winpar_watcher_create(watch, client);
	if (!watcher)
		return STATUS_INSUFFICIENT_RESOURCES;
	/* The second reference is for this function. */
	kref_get(&watcher->kref);
	if (winpar_watcher_add(watcher)) {
		winpar_watcher_tell(watcher);
		winpar_watcher_wait(watcher);
		status = STATUS_SUCCESS;
	} else {
		winpar_watcher_put(watcher);
		status = STATUS_INVALID_PARAMETER;
	}
	winpar_watcher_put(watcher);
	return status;
}
WINPAR_EXPORT(winpar_watch_ports_owner);

/**
 * winpar_unwatch_ports() - end a watch
 * @watch: what winpar_watch_ports() was given. NULL, or a watch that is not on, is
 *         ignored
 *
 * When this returns, no routine of @watch is running and none will be called again,
 * also when a routine of @watch has ended the watch before. A routine of @watch may
 * call this too: then only that routine is still running.
 *
 * Context: process context, may sleep.
 */
void winpar_unwatch_ports(struct winpar_watch *watch)
{
	struct winpar_watcher *watcher;

	if (winpar_is_inside()) {
		pr_warn_ratelimited("%ps ends a watch from inside a routine that winpar called, which may not sleep: it stays on. Do it from process context\n",
				    __builtin_return_address(0));
		return;
	}
	might_sleep();
	while (watch && (watcher = winpar_watch_take(watch, NULL))) {
		winpar_watcher_wait(watcher);
		winpar_watcher_put(watcher);
	}
	winpar_watch_prune();
}
WINPAR_EXPORT(winpar_unwatch_ports);

/**
 * winpar_watch_stop_module() - end the watches of a module that is being unloaded
 * @module: the module
 *
 * Also ends a watch of another module when its struct winpar_watch or one of its
 * routines is in @module. No routine of these watches begins any more. Says in the log
 * which module did not end its watch.
 *
 * Context: process context, the module notifier.
 * Return: whether a routine of such a watch may be running.
 */
bool winpar_watch_stop_module(struct module *module)
{
	struct winpar_watcher *watcher, *next;
	unsigned int stopped = 0;
	bool telling = false;

	spin_lock(&winpar_watch_lock);
	list_for_each_entry_safe(watcher, next, &winpar_watchers, entry) {
		if (!winpar_watcher_is_of(watcher, module))
			continue;
		stopped += !watcher->ended;
		telling |= !!watcher->teller;
		watcher->ended = true;
		__winpar_watcher_drop(watcher);
	}
	spin_unlock(&winpar_watch_lock);
	if (stopped)
		pr_warn("%s was unloaded without ending its watch for ports (%u): it was ended\n",
			module_name(module), stopped);
	winpar_watch_prune();
	return telling;
}

/**
 * winpar_watch_wait_module() - wait for the routines of a module's watches
 * @module: the module, whose watches winpar_watch_stop_module() has ended
 *
 * Waits for no routine of another watch.
 *
 * Context: process context, the module notifier.
 */
void winpar_watch_wait_module(struct module *module)
{
	struct winpar_watcher *watcher;

	while ((watcher = winpar_watch_take(NULL, module))) {
		winpar_watcher_wait(watcher);
		winpar_watcher_put(watcher);
	}
	winpar_watch_prune();
}

/**
 * winpar_watch_init() - make the workqueue of all watches
 *
 * Return: 0 or -ENOMEM.
 */
int winpar_watch_init(void)
{
	winpar_watch_wq = alloc_workqueue(KBUILD_MODNAME "_watch", WQ_UNBOUND,
					  0);
	return winpar_watch_wq ? 0 : -ENOMEM;
}

/**
 * winpar_watch_exit() - free the workqueue, at module exit, when no watch is on
 *
 * Context: process context, may sleep.
 */
void winpar_watch_exit(void)
{
	destroy_workqueue(winpar_watch_wq);
}
