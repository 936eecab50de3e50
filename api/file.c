// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar_open() and winpar_close(), the names that winpar_open() understands, and
 * what is done when a module is unloaded without closing what it opened. An opener
 * is a struct winpar_file, a file for short: winpar_open() makes one.
 *
 * Everything that a client can hold of a port hangs on one of its files, or on its
 * seat as long as it has a file. Giving that back is done in three steps, for one
 * file when it is closed and for all of a client's when its module is unloaded:
 *
 * mark: nothing new begins. The file takes no request (@closed); no routine of
 *	the module is called (winpar_leaving_begin()).
 *
 * quiesce: watches and routines are taken off, requests cancelled, what runs just
 *	now waited for, and what the file or the seat holds of the port given back.
 *	A client is quiet over all ports before the first of its files is freed: a
 *	routine that still runs may use any of them.
 *
 * free: the memory, after an RCU grace period where others look without a lock.
 *
 * A file is on its seat's list from open to close, under the port's file mutex. The steps
 * are in tests/model/close.pml and unload.pml, those beside a removal in removal.pml.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/winpar.h>

#include "api/client.h"
#include "api/file.h"
#include "api/watch.h"
#include "device/open.h"
#include "device/device.h"
#include "host/attach.h"
#include "port/allocate.h"
#include "port/drain.h"
#include "port/inside.h"
#include "port/interrupt.h"
#include "port/leaving.h"
#include "port/life.h"
#include "port/port.h"
#include "port/table.h"
#include "winpar_trace.h"

/* ----- names ------------------------------------------------------------- */

enum winpar_name_kind {
	WINPAR_NAME_PORT,	/* \Device\ParallelPortM */
	WINPAR_NAME_DEVICE,	/* \Device\ParallelM, with or without .x */
	WINPAR_NAME_LPT,	/* LPTn, with or without .x */
};

/* Prefixes of names, in the order in which they are tried: a longer one first. */
static const struct winpar_name_form {
	const char *prefix;
	enum winpar_name_kind kind;
} winpar_name_forms[] = {
	{ "\\Device\\ParallelPort",	WINPAR_NAME_PORT },
	{ "\\Device\\Parallel",		WINPAR_NAME_DEVICE },
	{ "\\DosDevices\\LPT",		WINPAR_NAME_LPT },
	{ "\\??\\LPT",			WINPAR_NAME_LPT },
	{ "LPT",			WINPAR_NAME_LPT },
};

/* A decimal number as Windows writes it: no sign, no leading zero. */
static const char *winpar_name_number(const char *s, unsigned int *number)
{
	*number = 0;
	if (!isdigit(*s) || (*s == '0' && isdigit(s[1])))
		return NULL;
	/* Stop adding digits above 99999: no port's number is that large. */
	for (; isdigit(*s); s++)
		if (*number <= 99999)
			*number = *number * 10 + (*s - '0');
	return s;
}

/*
 * Take a name apart. STATUS_SUCCESS: it names the port whose number, or number of its
 * LPT, is @number, or the device @unit of that port; WINPAR_UNITS is the port itself.
 */
static NTSTATUS winpar_name_parse(const char *name, enum winpar_name_kind *kind,
				  unsigned int *number, unsigned int *unit)
{
	const struct winpar_name_form *form = winpar_name_forms;
	const struct winpar_name_form *end = form +
					     ARRAY_SIZE(winpar_name_forms);
	const char *rest;
	bool known = true;

	if (!name)
		return STATUS_OBJECT_NAME_INVALID;
	while (form != end &&
	       strncasecmp(name, form->prefix, strlen(form->prefix)))
		form++;
	if (form == end)
		return STATUS_OBJECT_NAME_INVALID;

	rest = winpar_name_number(name + strlen(form->prefix), number);
	*kind = form->kind;
	*unit = *kind == WINPAR_NAME_PORT ? WINPAR_UNITS : WINPAR_UNIT_RAW;
	if (rest && *kind != WINPAR_NAME_PORT && *rest == '.') {
		rest = winpar_name_number(rest + 1, unit);
		known = *unit <= WINPAR_UNIT_END;
	}
	if (!rest || *rest)
		return STATUS_OBJECT_NAME_INVALID;
	return known ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ----- giving back ------------------------------------------------------- */

/* What messages call what a file has opened. */
static const char *winpar_file_name(const struct winpar_file *file)
{
	return file->device ? file->device->name : file->port->name;
}

static const char *winpar_file_held(const struct winpar_file *file, bool held)
{
	if (file->device)
		return held ? "port locked" : "port not locked";
	return held ? "port allocated" : "port not allocated";
}

/* Mark, and have the requests cancelled. Does not wait for any of them. */
static void winpar_file_cancel(struct winpar_file *file)
{
	unsigned int count;

	winpar_port_close(&file->holder);
	if (file->device)
		file->left.pending += winpar_device_cancel_all(file);
	/* On a device they are its worker's requests for the port: not counted. */
	count = winpar_drain_cancel(file);
	if (!file->device)
		file->left.pending += count;
}

/* Quiesce: when this has returned no routine and no request of the file is left. */
static void winpar_file_quiesce(struct winpar_file *file)
{
	struct winpar_port *port = file->port;

	winpar_file_cancel(file);
	if (file->device)
		winpar_device_close(file, &file->left.owned);
	mutex_lock(&port->mutex);
	file->left.connected += winpar_interrupt_close(file);
	mutex_unlock(&port->mutex);
	winpar_drain_wait(file);
}

/*
 * Give back what the file holds and, with the client's last file on the port, what
 * its callbacks took.
 */
static void winpar_file_give_back(struct winpar_file *file)
{
	struct winpar_seat *seat = file->holder.seat;
	struct winpar_port *port = file->port;

	mutex_lock(&port->mutex);
	list_del(&file->entry);
	if (list_empty(&seat->files)) {
		winpar_port_close(&seat->holder);
		file->left.owned |= winpar_port_release(&seat->holder);
	}
	file->left.owned |= winpar_port_release(&file->holder);
	mutex_unlock(&port->mutex);
}

static void winpar_file_report(const struct winpar_file *file)
{
	struct winpar_client *client = file->holder.seat->client;

	if (!file->left.owned && !file->left.pending &&
	    !file->left.connected && !client->leaving)
		return;
	winpar_warn(client,
		    "%s: %s %s with the %s, %u requests pending and %u routines connected: all were ended\n",
		    winpar_file_name(file), winpar_file_client(file),
		    client->leaving ?
		    "was unloaded without closing the port," :
		    "closed the port",
		    winpar_file_held(file, file->left.owned),
		    file->left.pending, file->left.connected);
}

static void winpar_file_free(struct winpar_file *file)
{
	winpar_host_close(&file->port->host);
	kfree_rcu(file, rcu);
}

static void winpar_file_end(struct winpar_file *file)
{
	winpar_file_quiesce(file);
	winpar_file_give_back(file);
	winpar_file_report(file);
	winpar_file_free(file);
}

/* ----- open -------------------------------------------------------------- */

/* The status of winpar_open() for a port that is being removed, or has been. */
static NTSTATUS winpar_file_gone(const struct winpar_port *port,
				 unsigned int unit)
{
	return unit == WINPAR_UNITS || !READ_ONCE(port->detached) ?
	       STATUS_DELETE_PENDING : STATUS_DEVICE_REMOVED;
}

/* Put a file on its seat's list, unless the port or the client is going. */
static NTSTATUS winpar_file_enter(struct winpar_file *file, unsigned int unit)
{
	struct winpar_seat *seat = file->holder.seat;
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_SUCCESS;

	mutex_lock(&port->mutex);
	if (winpar_port_is_gone(port))
		status = winpar_file_gone(port, unit);
	else if (READ_ONCE(seat->client->leaving))
		status = STATUS_CANCELLED;
	else if (unit != WINPAR_UNITS)
		status = __winpar_device_open(file, unit);
	if (NT_SUCCESS(status)) {
		list_add_tail(&file->entry, &seat->files);
		winpar_port_admit(&seat->holder);
	}
	mutex_unlock(&port->mutex);
	return status;
}

static struct winpar_file *winpar_file_create(struct winpar_seat *seat)
{
	struct winpar_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file->holder.seat = seat;
	file->port = seat->port;
	file->object = &seat->device;
	INIT_LIST_HEAD(&file->irps);
	INIT_LIST_HEAD(&file->connections);
	return file;
}

/* Open a port, or a device on it, for a client that has a seat there. */
static NTSTATUS winpar_file_open(struct winpar_seat *seat, unsigned int unit,
				 struct winpar_file **opened)
{
	struct winpar_port *port = seat->port;
	struct winpar_file *file = winpar_file_create(seat);
	NTSTATUS status;

	if (!file)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = winpar_port_status(winpar_host_open(&port->host));
	if (status == STATUS_DELETE_PENDING)
		status = winpar_file_gone(port, unit);
	if (!NT_SUCCESS(status))
		goto free;
	status = winpar_file_enter(file, unit);
	if (!NT_SUCCESS(status))
		goto close;
	if (file->device)
		status = winpar_device_look(file);
	if (!NT_SUCCESS(status)) {
		winpar_file_end(file);
		return status;
	}
	*opened = file;
	return STATUS_SUCCESS;

close:
	winpar_host_close(&port->host);
free:
	kfree(file);
	return status;
}

/* How long a sentence of the log may be that says why an open was refused. */
#define WINPAR_FILE_WHY		200

/* Which ports there are. */
static void winpar_file_list_ports(char *why, size_t size)
{
	struct winpar_port *port = NULL;
	size_t len = 0;

	while ((port = winpar_table_next(port)))
		if (!winpar_port_is_gone(port))
			len += scnprintf(why + len, size - len,
					 "%sLPT%u (%s)", len ? ", " :
					 "there is no such port; there are ",
					 port->lpt, port->name);
	if (!len)
		strscpy(why, "there is no port: load the driver of one (modprobe parport_pc)",
			size);
}

/* Why is a device of a port not to be found? */
static void winpar_file_no_device(const struct winpar_port *port,
				  unsigned int unit, char *why, size_t size)
{
	if (unit == WINPAR_UNIT_END)
		strscpy(why, "no device answers, or the port was not to be had. Is it switched on?",
			size);
	else if (READ_ONCE(port->daisy.scanned))
		snprintf(why, size, "%u daisy-chain devices were found. Is it switched on?",
			 READ_ONCE(port->daisy.count));
	else
		strscpy(why, "there was no scan: scan_1284_3 is 0, or the port is in use",
			size);
}

/* Which client has a device open? */
static void winpar_file_opener(struct winpar_port *port, unsigned int unit,
			       char *why, size_t size)
{
	struct winpar_device *device;
	struct winpar_file *file;

	/* The mutex keeps the file that is read here from being freed. */
	mutex_lock(&port->mutex);
	device = port->devices[unit];
	file = device ? READ_ONCE(device->file) : NULL;
	snprintf(why, size, "%s has it open: one client at a time may",
		 file ? winpar_file_client(file) : "another client");
	mutex_unlock(&port->mutex);
}

/* No memory, or a Linux driver that uses the port exclusively. */
static void winpar_file_no_resources(struct winpar_port *port, char *why,
				     size_t size)
{
	char name[32];

	winpar_host_exclusive(&port->host, name, sizeof(name));
	if (*name)
		snprintf(why, size, "%s uses the port exclusively. %s", name,
			 "End the program that does so (PPEXCL), or unload that driver");
	else
		strscpy(why, "no memory", size);
}

static void winpar_file_why(struct winpar_port *port, unsigned int unit,
			    NTSTATUS status, char *why, size_t size)
{
	switch (status) {
	case STATUS_OBJECT_NAME_INVALID:
		strscpy(why, "that is no name of a port or a device, as LPT1 is", size);
		break;
	case STATUS_OBJECT_NAME_NOT_FOUND:
		if (port)
			winpar_file_no_device(port, unit, why, size);
		else
			winpar_file_list_ports(why, size);
		break;
	case STATUS_DELETE_PENDING:
	case STATUS_DEVICE_REMOVED:
		strscpy(why, "the port is being removed", size);
		break;
	case STATUS_ACCESS_DENIED:
		winpar_file_opener(port, unit, why, size);
		break;
	case STATUS_CANCELLED:
		strscpy(why, "the caller was killed, or its module is being unloaded",
			size);
		break;
	default:
		winpar_file_no_resources(port, why, size);
		break;
	}
}

/* Say in the log why a client could not open a port. */
static void winpar_file_refused(struct winpar_client *client, const char *name,
				struct winpar_port *port, unsigned int unit,
				NTSTATUS status)
{
	char why[WINPAR_FILE_WHY];

	trace_winpar_error(port ? port->number : -1, winpar_client_name(client),
			   "open", status);
	if (!__ratelimit(&client->warnings))
		return;
	winpar_file_why(port, unit, status, why, sizeof(why));
	pr_warn("%s%s%s cannot open %s: %s. %s (%#010x)\n",
		port ? port->name : "", port ? ": " : "",
		winpar_client_name(client), name, why,
		winpar_status_name(status), status);
}

static NTSTATUS winpar_file_open_name(struct winpar_client *client,
				      const char *name,
				      struct winpar_file **file)
{
	struct winpar_port *port = NULL;
	enum winpar_name_kind kind;
	struct winpar_seat *seat;
	unsigned int number, unit = WINPAR_UNITS;
	NTSTATUS status;

	status = winpar_name_parse(name, &kind, &number, &unit);
	if (!NT_SUCCESS(status))
		goto refused;
	status = STATUS_OBJECT_NAME_NOT_FOUND;
	port = kind == WINPAR_NAME_LPT ? winpar_table_find_lpt(number) :
					 winpar_table_find(number);
	if (!port)
		goto refused;
	seat = winpar_client_sit(client, port, &status);
	if (seat)
		status = winpar_file_open(seat, unit, file);
refused:
	if (!NT_SUCCESS(status))
		winpar_file_refused(client, name ?: "(null)", port, unit,
				    status);
	if (port)
		winpar_port_put(port);
	return status;
}

/**
 * winpar_open_owner() - open a parallel port or device for a module
 * @name: see winpar_open()
 * @owner: the module that opens; its openers are closed with a warning when it is
 *         unloaded
 * @file: where the opener goes
 *
 * Context: process context, may sleep.
 * Return: see winpar_open().
 */
NTSTATUS winpar_open_owner(const char *name, struct module *owner,
			   struct winpar_file **file)
{
	struct winpar_client *client;
	NTSTATUS status;

	if (!file)
		return STATUS_INVALID_PARAMETER;
	*file = NULL;
	if (winpar_is_inside()) {
		pr_warn_ratelimited("%s opens %s from inside a routine that winpar called, which may not sleep: do it from process context\n",
				    owner ? module_name(owner) : "the kernel",
				    name ?: "(null)");
		return STATUS_INVALID_DEVICE_STATE;
	}
	might_sleep();
	client = winpar_client_get(owner, &status);
	if (!client)
		return status;
	return winpar_file_open_name(client, name, file);
}
WINPAR_EXPORT(winpar_open_owner);

/* ----- close ------------------------------------------------------------- */

/**
 * winpar_close() - close what winpar_open() opened
 * @file: the opener, not to be used afterwards; NULL does nothing
 *
 * What the opener still holds is given back, with one warning: its pending
 * requests complete with STATUS_CANCELLED before this returns, its routines
 * are disconnected, an allocation by its request is freed. With the client's last
 * opener on the port, so is what its callbacks took. From inside a routine that
 * winpar called this would wait for itself: there it changes nothing but says so.
 * Implements IRP_MJ_CLEANUP and IRP_MJ_CLOSE.
 *
 * Context: process context, may sleep.
 */
void winpar_close(struct winpar_file *file)
{
	if (!file)
		return;
	if (winpar_is_inside()) {
		winpar_warn(file->holder.seat->client,
			    "%s: %s closes the port from inside a routine that winpar called, which would wait for itself: it stays open. Do it from process context\n",
			    file->port->name, winpar_file_client(file));
		return;
	}
	might_sleep();
	winpar_file_end(file);
}
WINPAR_EXPORT(winpar_close);

/* ----- clients that leave ------------------------------------------------ */

/* Have all requests of a client cancelled, over all ports. */
static void winpar_file_cancel_client(struct winpar_client *client)
{
	struct winpar_file *file;
	struct winpar_seat *seat;

	list_for_each_entry(seat, &client->seats, entry) {
		winpar_port_close(&seat->holder);
		mutex_lock(&seat->port->mutex);
		list_for_each_entry(file, &seat->files, entry)
			winpar_file_cancel(file);
		mutex_unlock(&seat->port->mutex);
	}
}

/*
 * End what a module has left on a port through files that are not its own. No
 * routine of the module runs there when this has returned.
 */
static void winpar_file_silence(struct winpar_port *port, struct module *module)
{
	unsigned int connected = winpar_interrupt_silence(port, module);
	unsigned int pending;

	mutex_lock(&port->mutex);
	/* First the devices: they put requests that end on the port's lists. */
	pending = winpar_device_silence_all(port, module);
	pending += winpar_drain_silence(port, module);
	mutex_unlock(&port->mutex);
	if (connected || pending)
		pr_warn("%s: %s was unloaded with %u requests pending and %u routines connected through another module's file: all were ended\n",
			port->name, module_name(module), pending, connected);
}

/* Quiesce all files of a client, over all ports. */
static void winpar_file_quiesce_client(struct winpar_client *client)
{
	struct winpar_file *file;
	struct winpar_seat *seat;

	list_for_each_entry(seat, &client->seats, entry)
		list_for_each_entry(file, &seat->files, entry)
			winpar_file_quiesce(file);
}

/* All files of a client that is quiet: give back, then free. */
static void winpar_file_end_all(struct winpar_client *client)
{
	struct winpar_file *file, *next;
	struct winpar_seat *seat;
	LIST_HEAD(ended);

	list_for_each_entry(seat, &client->seats, entry)
		list_for_each_entry_safe(file, next, &seat->files, entry) {
			winpar_file_give_back(file);
			winpar_file_report(file);
			list_add_tail(&file->entry, &ended);
		}
	list_for_each_entry_safe(file, next, &ended, entry)
		winpar_file_free(file);
}

/*
 * A routine of the module's watch may be running and waiting until winpar calls a
 * completion routine of the module. After winpar_leaving_begin() winpar calls none,
 * and the watch's routine would wait for ever. So, before it, end the watches, that no
 * routine begins any more, cancel the module's requests, and wait until the routine
 * that was running has returned.
 */
static void winpar_file_end_watches(struct module *module,
				    struct winpar_client *client)
{
	if (!winpar_watch_stop_module(module))
		return;
	if (client)
		winpar_file_cancel_client(client);
	winpar_watch_wait_module(module);
}

/**
 * winpar_file_end_client() - end all that a module being unloaded has left
 * @module: the module; its exit() has run, its code is still there
 *
 * Ends all that the module left. None of its routines is called, since what they
 * would use is gone; but while a routine of its watch is running, its other
 * routines are called until that routine has returned. Nothing here waits for a
 * routine of another module's watch.
 *
 * Context: process context, the module notifier.
 */
void winpar_file_end_client(struct module *module)
{
	struct winpar_client *client = winpar_client_leave(module);
	struct winpar_leaving leaving = { .module = module };
	struct winpar_port *port = NULL;

	winpar_file_end_watches(module, client);
	winpar_leaving_begin(&leaving);
	if (client) {
		winpar_file_cancel_client(client);
		winpar_file_quiesce_client(client);
	}
	/* What is left came through files of other modules. */
	while ((port = winpar_table_next(port)))
		winpar_file_silence(port, module);
	if (client) {
		winpar_file_end_all(client);
		winpar_client_free(client);
		winpar_watch_prune();
	}
	winpar_leaving_end(&leaving);
}

/**
 * winpar_device_object() - the device object of what was opened
 * @file: the opener
 *
 * Context: any.
 * Return: the object; that of a port has the Context of the client's callbacks as
 * its DeviceExtension. Good until the client's module has gone. NULL when @file is.
 */
PDEVICE_OBJECT winpar_device_object(struct winpar_file *file)
{
	return file ? file->object : NULL;
}
WINPAR_EXPORT(winpar_device_object);
