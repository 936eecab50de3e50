// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications of Plug and Play: a client is told when the interface of a port, or of
 * the raw device on it, arrives or is removed.
 *
 * A registration is a watch of winpar's (api/watch.c), which calls wdm_notify_changed() in
 * process context, one call at a time, and that calls the client's routine.
 *
 * References keep a registration: one until it ends, one while its routine runs, since the
 * routine may end its own registration, and one each for the functions that use it. It is
 * on the client's list until it is freed, so that wdm_notify_end() finds also the
 * registration whose routine has ended it and runs still.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/interface.h"
#include "wdm/irql.h"
#include "wdm/notify.h"
#include "wdm/port.h"
#include "wdm/string.h"

/* DDI page: wdm, DEVICE_INTERFACE_CHANGE_NOTIFICATION: its only Version */
#define WDM_NOTIFICATION_VERSION	1

/* GUID_DEVICE_INTERFACE_ARRIVAL and GUID_DEVICE_INTERFACE_REMOVAL */
static const GUID wdm_guid_arrival = {
	0xcb3a4004, 0x46f0, 0x11d0,
	{ 0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f }
};

static const GUID wdm_guid_removal = {
	0xcb3a4005, 0x46f0, 0x11d0,
	{ 0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f }
};

/**
 * struct wdm_notify - a registration
 * @entry: on the client's list, until wdm_notify_end() takes it or it is freed
 * @references: how many references there are; under the client's lock
 * @client: the client
 * @watch: winpar's watch
 * @class: the class of interfaces
 * @routine: the client's routine
 * @context: the routine's second argument
 * @quiet: wdm_notify_leave() has ended the watch; under the client's lock
 * @told: the routine is called; false while winpar tells the watch of the ports that
 *        exist, if the client has not asked for existing interfaces
 * @ended: the registration has ended; under the client's lock
 */
struct wdm_notify {
	struct list_head entry;
	unsigned int references;
	struct winpar_wdm_client *client;
	struct wdm_watch *watch;
	GUID class;
	PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine;
	PVOID context;
	bool quiet;
	bool told;
	bool ended;
};

static void wdm_notify_get(struct wdm_notify *notify)
{
	spin_lock_irq(&notify->client->lock);
	notify->references++;
	spin_unlock_irq(&notify->client->lock);
}

static void wdm_notify_put(struct wdm_notify *notify)
{
	struct winpar_wdm_client *client = notify->client;
	bool last;

	spin_lock_irq(&client->lock);
	last = !--notify->references;
	if (last)
		list_del(&notify->entry);
	spin_unlock_irq(&client->lock);
	if (!last)
		return;
	kfree(notify->watch);
	kfree(notify);
}

/* winpar tells the watch that a port has arrived or was removed. */
static void wdm_notify_changed(void *arg, const char *port, bool arrived)
{
	struct wdm_notify *notify = arg;
	DEVICE_INTERFACE_CHANGE_NOTIFICATION change = {
		.Version = WDM_NOTIFICATION_VERSION,
		.Size = sizeof(change),
		.Event = arrived ? wdm_guid_arrival : wdm_guid_removal,
		.InterfaceClassGuid = notify->class,
	};
	int number = wdm_interface_number(port);
	WCHAR wide[WDM_NAME];
	char name[WDM_NAME];
	UNICODE_STRING link;

	if (number < 0 || !READ_ONCE(notify->told) ||
	    !wdm_may_call(notify->client))
		return;
	wdm_interface_name(&notify->class, number, name);
	wdm_string_wide(name, wide, WDM_NAME);
	RtlInitUnicodeString(&link, wide);
	change.SymbolicLinkName = &link;
	wdm_notify_get(notify);
	notify->routine(&change, notify->context);
	wdm_notify_put(notify);
}

/* Make a registration, which is on no list and told of nothing yet. */
static struct wdm_notify *wdm_notify_create(struct winpar_wdm_client *client,
					    const GUID *class)
{
	struct wdm_notify *notify = kzalloc(sizeof(*notify), GFP_KERNEL);

	if (!notify)
		return NULL;
	notify->watch = wdm_port_watch_alloc(wdm_notify_changed, notify);
	if (!notify->watch) {
		kfree(notify);
		return NULL;
	}
	notify->references = 1;
	INIT_LIST_HEAD(&notify->entry);
	notify->client = client;
	notify->class = *class;
	return notify;
}

/*
 * Put a registration on its client's list, with the reference that wdm_notify_stop() drops.
 * False: the client ends.
 */
static bool wdm_notify_add(struct wdm_notify *notify)
{
	struct winpar_wdm_client *client = notify->client;
	bool may;

	spin_lock_irq(&client->lock);
	may = !client->ending;
	if (may) {
		notify->references++;
		list_add_tail(&notify->entry, &client->watches);
	}
	spin_unlock_irq(&client->lock);
	return may;
}

/* Take the oldest registration off a client's list, with a reference; NULL: there is none. */
static struct wdm_notify *wdm_notify_take(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify;

	spin_lock_irq(&client->lock);
	notify = list_first_entry_or_null(&client->watches, struct wdm_notify,
					  entry);
	if (notify) {
		list_del_init(&notify->entry);
		notify->references++;
	}
	spin_unlock_irq(&client->lock);
	return notify;
}

/* Take a reference to a client's registration. False: @entry is none, or is freed. */
static bool wdm_notify_find(struct winpar_wdm_client *client, PVOID entry)
{
	struct wdm_notify *notify;
	bool found = false;

	spin_lock_irq(&client->lock);
	list_for_each_entry(notify, &client->watches, entry)
		if (notify == entry) {
			notify->references++;
			found = true;
			break;
		}
	spin_unlock_irq(&client->lock);
	return found;
}

/*
 * End a registration, unless it has ended already, and put the caller's reference to it. Its
 * routine does not run any more when this returns, unless the caller is that routine. Return
 * whether it was ended here.
 */
static bool wdm_notify_stop(struct wdm_notify *notify)
{
	struct winpar_wdm_client *client = notify->client;
	bool was;

	spin_lock_irq(&client->lock);
	was = notify->ended;
	notify->ended = true;
	/* That of wdm_notify_add(). */
	if (!was)
		notify->references--;
	spin_unlock_irq(&client->lock);
	wdm_port_unwatch(notify->watch);
	wdm_notify_put(notify);
	return !was;
}

/* Is the registration to be told of nothing any more? */
static bool wdm_notify_is_over(struct wdm_notify *notify)
{
	bool over;

	spin_lock_irq(&notify->client->lock);
	over = notify->ended || notify->quiet;
	spin_unlock_irq(&notify->client->lock);
	return over;
}

/**
 * IoRegisterPlugPlayNotification() - have a routine called when an interface arrives or
 *	is removed
 * @category: EventCategoryDeviceInterfaceChange; no other is supported
 * @flags: PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES: call @routine also for
 *         each interface that exists, before this function returns
 * @data: the GUID of the class of interfaces: GUID_PARALLEL_DEVICE or
 *        GUID_PARCLASS_DEVICE; an interface of another class never arrives
 * @driver: the caller's driver object
 * @routine: called in process context, one call at a time
 * @context: the second argument of @routine
 * @entry: where the registration goes, for IoUnregisterPlugPlayNotification(), before
 *         @routine is called
 *
 * DDI page: wdm, IoRegisterPlugPlayNotification. A registration does not keep the
 * driver from being unloaded, which ends the registration.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED another category;
 * STATUS_INVALID_PARAMETER no class, driver, routine or entry;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING DriverUnload has returned;
 * STATUS_UNSUCCESSFUL the caller may not sleep; else as winpar_watch_ports().
 */
NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category,
					ULONG flags, PVOID data,
					PDRIVER_OBJECT driver,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine,
					PVOID context, PVOID *entry)
{
	struct winpar_wdm_client *client;
	struct wdm_notify *notify;
	NTSTATUS status = STATUS_SUCCESS;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (category != EventCategoryDeviceInterfaceChange)
		return STATUS_NOT_SUPPORTED;
	if (!data || !driver || !routine || !entry)
		return STATUS_INVALID_PARAMETER;
	client = container_of(driver, struct winpar_wdm_client, driver);
	notify = wdm_notify_create(client, data);
	if (!notify)
		return STATUS_INSUFFICIENT_RESOURCES;
	notify->routine = routine;
	notify->context = context;
	notify->told = flags &
		       PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES;
	if (!wdm_notify_add(notify)) {
		wdm_notify_put(notify);
		return STATUS_DELETE_PENDING;
	}
	*entry = notify;
	if (wdm_interface_known(&notify->class))
		status = wdm_port_watch(notify->watch, client->module);
	/* A port that arrives before this line counts as one that existed. */
	WRITE_ONCE(notify->told, true);
	if (NT_SUCCESS(status)) {
		/* Another task, or the end of its driver, may have come before its watch was on. */
		if (wdm_notify_is_over(notify))
			wdm_port_unwatch(notify->watch);
		wdm_notify_put(notify);
	} else {
		*entry = NULL;
		wdm_notify_stop(notify);
	}
	return status;
}
WINPAR_EXPORT(IoRegisterPlugPlayNotification);

/**
 * winpar_wdm_notify_end() - end a registration: IoUnregisterPlugPlayNotification() and
 *	IoUnregisterPlugPlayNotificationEx()
 * @client: the client
 * @entry: the registration
 *
 * DDI page: wdm, IoUnregisterPlugPlayNotificationEx. Waits until the registration's
 * routine has returned, unless the caller is that routine. One that has ended already, and
 * what is none of @client's, is not touched; the log names the caller.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER @entry is none; STATUS_UNSUCCESSFUL the
 * caller may not sleep.
 */
NTSTATUS winpar_wdm_notify_end(struct winpar_wdm_client *client, PVOID entry)
{
	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (!wdm_notify_find(client, entry)) {
		wdm_warn(client, "%pS ends a registration for Plug and Play that there is not\n",
			 (void *)_RET_IP_);
		return STATUS_INVALID_PARAMETER;
	}
	wdm_notify_stop(entry);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_notify_end);

/* The oldest registration of a client's that is not quiet, with a reference: it is now. */
static struct wdm_notify *wdm_notify_loud(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify, *found = NULL;

	spin_lock_irq(&client->lock);
	list_for_each_entry(notify, &client->watches, entry) {
		if (notify->quiet)
			continue;
		notify->quiet = true;
		notify->references++;
		found = notify;
		break;
	}
	spin_unlock_irq(&client->lock);
	return found;
}

/**
 * wdm_notify_leave() - tell a client of no port any more
 * @client: the client, whose @ending is set: it makes no registration any more. Those that it
 *          has left stay until wdm_notify_end(): a work item may end one
 *
 * Context: process context; sleeps until none of the client's notification routines runs.
 */
void wdm_notify_leave(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify;

	/* The oldest first, as in wdm_notify_end(). */
	while ((notify = wdm_notify_loud(client))) {
		wdm_port_unwatch(notify->watch);
		wdm_notify_put(notify);
	}
}

/**
 * wdm_notify_end() - end the registrations that a client has left, and warn of them
 * @client: the client, whose @leaving is set: its routines are not called any more
 *
 * Context: process context; sleeps until none of these routines runs.
 */
void wdm_notify_end(struct winpar_wdm_client *client)
{
	struct wdm_notify *notify;
	unsigned int count = 0;

	/*
	 * The oldest first: a routine that runs still may be about to begin a watch for a
	 * registration that is younger than its own.
	 */
	while ((notify = wdm_notify_take(client)))
		count += wdm_notify_stop(notify);
	if (count)
		pr_warn("%s: %u registrations for Plug and Play were left and are dropped: DriverUnload has to call IoUnregisterPlugPlayNotification()\n",
			wdm_client_name(client), count);
}
