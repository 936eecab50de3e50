// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file room: names, opening, closing, and clients that leave.
 *
 * A file is what a client holds. Everything that a client can hold of a port
 * hangs on one of its files, so that closing a file, by the client or when its
 * module goes away, gives all of it back.
 *
 * A file belongs to its client from open to close; the port's list of files is
 * guarded by the file mutex.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/winpar.h>

#include "winpar.h"

/* ----- names ------------------------------------------------------------- */

enum winpar_name_kind {
	WINPAR_NAME_PORT,	/* \Device\ParallelPortM */
	WINPAR_NAME_DEVICE,	/* \Device\ParallelM, LPTn, with or without .x */
};

/* In the order in which they are tried: the longer of two before the shorter. */
static const struct winpar_name_form {
	const char *prefix;
	enum winpar_name_kind kind;
	unsigned int first;	/* the number that means M = 0 */
} winpar_name_forms[] = {
	{ "\\Device\\ParallelPort",	WINPAR_NAME_PORT,	0 },
	{ "\\Device\\Parallel",		WINPAR_NAME_DEVICE,	0 },
	{ "\\DosDevices\\LPT",		WINPAR_NAME_DEVICE,	1 },
	{ "\\??\\LPT",			WINPAR_NAME_DEVICE,	1 },
	{ "LPT",			WINPAR_NAME_DEVICE,	1 },
};

/* A decimal number as Windows writes it: no sign, no leading zero. */
static const char *winpar_name_number(const char *s, unsigned int *number)
{
	*number = 0;
	if (!isdigit(*s) || (*s == '0' && isdigit(s[1])))
		return NULL;
	for (; isdigit(*s); s++) {
		if (*number > 99999)
			return NULL;
		*number = *number * 10 + (*s - '0');
	}
	return s;
}

/*
 * Take a name apart. STATUS_SUCCESS: it names port @number, or its device @unit;
 * WINPAR_UNITS is the port itself.
 */
static NTSTATUS winpar_name_parse(const char *name, unsigned int *number,
				  unsigned int *unit)
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
	*unit = form->kind == WINPAR_NAME_PORT ? WINPAR_UNITS : WINPAR_UNIT_RAW;
	if (rest && form->kind == WINPAR_NAME_DEVICE && *rest == '.') {
		rest = winpar_name_number(rest + 1, unit);
		known = *unit <= WINPAR_UNIT_END;
	}
	if (!rest || *rest)
		return STATUS_OBJECT_NAME_INVALID;
	if (*number < form->first || !known)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*number -= form->first;
	return STATUS_SUCCESS;
}

/* ----- giving back ------------------------------------------------------- */

/* Has nobody opened this life of the port? */
static bool winpar_file_is_last(struct winpar_port *port)
{
	struct winpar_file *file;

	lockdep_assert_held(&port->mutex);
	list_for_each_entry(file, &port->files, entry)
		if (!file->gone)
			return false;
	return true;
}

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

/*
 * Give back all that a file holds. First its routines are brought to silence
 * and its requests ended, then what they held is taken: nothing of its can
 * free or take the port behind our back. Callbacks do not say whose they are, so
 * a port that one of them allocated goes with the last file.
 */
static void winpar_file_end(struct winpar_file *file)
{
	struct winpar_port *port = file->port;
	unsigned int pending = 0, connected;
	bool owned = false;

	if (file->device)
		pending = winpar_device_close(file, &owned);
	mutex_lock(&port->mutex);
	connected = winpar_interrupt_disconnect_all(file);
	mutex_unlock(&port->mutex);
	pending += winpar_port_shut(file);
	winpar_queue_drain(file);
	mutex_lock(&port->mutex);
	list_del(&file->entry);
	owned |= winpar_port_release(file, winpar_file_is_last(port));
	mutex_unlock(&port->mutex);

	if (owned || pending || connected || file->silent)
		pr_warn_ratelimited("%s: %s %s with the %s, %u requests pending and %u routines connected: all were ended\n",
				    winpar_file_name(file),
				    winpar_file_client(file),
				    file->silent ?
				    "was unloaded without closing the port," :
				    "closed the port",
				    winpar_file_held(file, owned),
				    pending, connected);
	if (!file->gone)
		winpar_host_close(&port->host);
	kfree(file);
}

/* ----- open -------------------------------------------------------------- */

/* What opening says of a port that has gone. */
static NTSTATUS winpar_file_gone(struct winpar_port *port, unsigned int unit)
{
	return unit == WINPAR_UNITS || READ_ONCE(port->leaving) ?
	       STATUS_DELETE_PENDING : STATUS_DEVICE_REMOVED;
}

/* Put a file among the port's, unless the port has gone meanwhile. */
static NTSTATUS winpar_file_enter(struct winpar_file *file, unsigned int unit)
{
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_SUCCESS;
	unsigned long flags;
	bool gone;

	mutex_lock(&port->mutex);
	winpar_port_lock(port, &flags);
	gone = port->state == WINPAR_PORT_GONE || port->leaving;
	winpar_port_unlock(port, flags);
	/* It may have gone and come back: nobody counts this file then. */
	gone |= port->generation != file->life;
	if (gone)
		status = winpar_file_gone(port, unit);
	else if (unit != WINPAR_UNITS)
		status = __winpar_device_open(file, unit);
	if (NT_SUCCESS(status))
		list_add_tail(&file->entry, &port->files);
	mutex_unlock(&port->mutex);
	return status;
}

static struct winpar_file *winpar_file_create(struct winpar_port *port,
					      struct module *owner)
{
	struct winpar_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file->port = port;
	file->object = &port->device;
	file->owner = owner;
	INIT_LIST_HEAD(&file->irps);
	INIT_LIST_HEAD(&file->connections);
	return file;
}

/* Open a port, or a device on it, once its name is known to be good. */
static NTSTATUS winpar_file_open(struct winpar_file *file, unsigned int unit)
{
	struct winpar_port *port = file->port;
	NTSTATUS status = STATUS_SUCCESS;
	int ret;

	file->life = winpar_port_life(port);
	ret = file->life ? winpar_host_open(&port->host) : -ENODEV;
	if (ret == -ENODEV)
		status = winpar_file_gone(port, unit);
	else if (ret)
		status = STATUS_INSUFFICIENT_RESOURCES;
	if (!NT_SUCCESS(status)) {
		kfree(file);
		return status;
	}
	status = winpar_file_enter(file, unit);
	if (!NT_SUCCESS(status)) {
		if (port->generation == file->life)
			winpar_host_close(&port->host);
		kfree(file);
		return status;
	}
	if (file->device)
		status = winpar_device_look(file);
	if (!NT_SUCCESS(status))
		winpar_file_end(file);
	return status;
}

/**
 * __winpar_open() - open a parallel port or device for a module
 * @name: see winpar_open()
 * @owner: whose opener it is; closed with a warning when it is unloaded
 * @file: where the opener goes
 *
 * Context: process context, may sleep.
 * Return: see winpar_open().
 */
NTSTATUS __winpar_open(const char *name, struct module *owner,
		       struct winpar_file **file)
{
	struct winpar_file *new;
	struct winpar_port *port;
	unsigned int number, unit;
	NTSTATUS status;

	if (!file)
		return STATUS_INVALID_PARAMETER;
	*file = NULL;
	status = winpar_name_parse(name, &number, &unit);
	if (!NT_SUCCESS(status))
		return status;
	port = winpar_find_port(number);
	if (!port)
		return STATUS_OBJECT_NAME_NOT_FOUND;

	if (winpar_port_inside(port)) {
		pr_warn_ratelimited("%s: opened from inside a routine that the port called, which may not sleep: do it from process context\n",
				    port->name);
		return STATUS_INVALID_DEVICE_STATE;
	}

	new = winpar_file_create(port, owner);
	if (!new)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = winpar_file_open(new, unit);
	if (NT_SUCCESS(status))
		*file = new;
	return status;
}
WINPAR_EXPORT(__winpar_open);

/* ----- close ------------------------------------------------------------- */

/**
 * winpar_close() - close what winpar_open() opened
 * @file: the opener, not to be used afterwards; NULL does nothing
 *
 * What the opener still holds is given back, with one warning: its pending
 * requests complete with STATUS_CANCELLED before this returns, its routines
 * are disconnected, an allocation by its request is freed. From inside a
 * routine that the port called this would wait for itself: there it changes
 * nothing but says so. Implements IRP_MJ_CLEANUP and IRP_MJ_CLOSE.
 *
 * Context: process context, may sleep.
 */
void winpar_close(struct winpar_file *file)
{
	struct winpar_port *port;

	if (!file)
		return;
	port = file->port;
	if (winpar_port_inside(port)) {
		pr_warn_ratelimited("%s: %s closes the port from inside a routine that the port called, which would wait for itself: it stays open. Do it from process context\n",
				    port->name, winpar_file_client(file));
		return;
	}
	winpar_file_end(file);
}
WINPAR_EXPORT(winpar_close);

/* ----- clients that leave ------------------------------------------------ */

/* One file of a module's, if there is any left. */
static struct winpar_file *winpar_file_of(struct winpar_port *port,
					  struct module *owner)
{
	struct winpar_file *file, *found = NULL;

	mutex_lock(&port->mutex);
	list_for_each_entry(file, &port->files, entry) {
		if (file->owner != owner)
			continue;
		found = file;
		break;
	}
	mutex_unlock(&port->mutex);
	return found;
}

/* What a module has left on a port through files that are not its own. */
static void winpar_file_silence(struct winpar_port *port, struct module *module)
{
	unsigned int connected = winpar_interrupt_silence(port, module);
	unsigned int pending = winpar_device_end_client(port, module);

	/* What devices were told to end is on the port's lists now. */
	pending += winpar_queue_silence(port, module);
	if (connected || pending)
		pr_warn("%s: %s was unloaded with %u requests pending and %u routines connected through another module's file: all were ended\n",
			port->name, module_name(module), pending, connected);
}

/**
 * winpar_file_end_client() - a module is going away
 * @owner: the module; its exit() has run, its code is still there
 *
 * Everything that it left is ended. Its completion routines are not called:
 * what they would use is gone.
 *
 * Context: process context, the module notifier.
 */
void winpar_file_end_client(struct module *owner)
{
	struct winpar_file *file;
	struct winpar_port *port;
	unsigned long number = 0;

	for (port = winpar_next_port(&number); port;
	     number++, port = winpar_next_port(&number)) {
		while ((file = winpar_file_of(port, owner))) {
			WRITE_ONCE(file->silent, true);
			winpar_file_end(file);
		}
		winpar_file_silence(port, owner);
	}
}

/**
 * winpar_device_object() - the device object of what was opened
 * @file: the opener
 *
 * Context: any.
 * Return: the object; that of a port has the Context of the port's callbacks as
 * its DeviceExtension. Good until winpar is unloaded. NULL when @file is.
 */
PDEVICE_OBJECT winpar_device_object(struct winpar_file *file)
{
	return file ? file->object : NULL;
}
WINPAR_EXPORT(winpar_device_object);
