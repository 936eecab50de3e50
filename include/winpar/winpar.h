/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * winpar's native interface: what a kernel module calls to use a parallel port
 * the way a Windows driver does. See README.md for a first client.
 */
#ifndef _WINPAR_WINPAR_H
#define _WINPAR_WINPAR_H

#include <linux/module.h>

#include <winpar/compat.h>
#include <winpar/irp.h>
#include <winpar/nt.h>
#include <winpar/ntddpar.h>
#include <winpar/parallel.h>
#include <winpar/version.h>

struct winpar_file;

/* Changes when a client must be compiled again. */
extern const unsigned int winpar_abi_2;

/*
 * Once in each client module, at file level: imports winpar's symbols, and
 * refers to the version of the interface that the client was compiled for, so
 * that a stale client does not load.
 */
#define WINPAR_CLIENT()							\
	WINPAR_IMPORT_NAMESPACE();					\
	static const unsigned int *const winpar_client_abi __used =	\
		&winpar_abi_2

NTSTATUS winpar_open_owner(const char *name, struct module *owner,
			   struct winpar_file **file);

/**
 * winpar_open() - open a parallel port, or a device on one
 * @name: ``\Device\ParallelPortM`` is a port, which any number of openers share;
 *        ``\Device\ParallelM``, ``LPTn``, ``\DosDevices\LPTn``, ``\??\LPTn`` its
 *        raw device, the same with ``.0`` to ``.3`` a daisy-chain device, with
 *        ``.4`` the end-of-chain device, which have one opener each. M is the
 *        number of the Linux port, n what winpar's parameter lpt says, else M + 1.
 *        Upper and lower case are the same
 * @file: where the opener goes; set to NULL when the status is not a success
 *
 * A macro, since the opener is tied to the calling module: when that is
 * unloaded with openers left, winpar closes them before the module's code goes.
 * Implements IRP_MJ_CREATE.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER when @file is NULL;
 * STATUS_OBJECT_NAME_INVALID malformed; STATUS_OBJECT_NAME_NOT_FOUND there is no
 * such port or device, or it has gone; STATUS_DELETE_PENDING the port is going;
 * STATUS_DEVICE_REMOVED it has just gone, and this is a device;
 * STATUS_ACCESS_DENIED the device is open already; STATUS_INSUFFICIENT_RESOURCES
 * no memory, or a Linux driver uses the port exclusively; STATUS_CANCELLED the
 * caller was killed, or its module is being unloaded;
 * STATUS_INVALID_DEVICE_STATE called from inside a completion routine or a
 * deferred port check routine.
 */
#define winpar_open(name, file) winpar_open_owner((name), THIS_MODULE, (file))

void winpar_close(struct winpar_file *file);
PDEVICE_OBJECT winpar_device_object(struct winpar_file *file);

NTSTATUS winpar_internal_ioctl(struct winpar_file *file, ULONG code,
			       const void *in, ULONG in_len,
			       void *out, ULONG out_len,
			       ULONG_PTR *information);
NTSTATUS winpar_device_ioctl(struct winpar_file *file, ULONG code,
			     const void *in, ULONG in_len,
			     void *out, ULONG out_len,
			     ULONG_PTR *information);
NTSTATUS winpar_read(struct winpar_file *file, void *buf, ULONG len,
		     ULONG *done);
NTSTATUS winpar_write(struct winpar_file *file, const void *buf, ULONG len,
		      ULONG *done);

/**
 * struct winpar_watch - a wish to be told of ports
 * @arrived: a port can be opened under this name; may be NULL
 * @removed: the port of this name is gone: its requests answer
 *           STATUS_DELETE_PENDING, close what was opened; may be NULL
 *
 * Both are called in process context, one at a time. They may sleep, open, wait
 * for a port, close, and take up or end watches, this one included.
 */
struct winpar_watch {
	void (*arrived)(struct winpar_watch *watch, const char *name);
	void (*removed)(struct winpar_watch *watch, const char *name);
};

NTSTATUS winpar_watch_ports_owner(struct winpar_watch *watch,
				  struct module *owner);
void winpar_unwatch_ports(struct winpar_watch *watch);

/**
 * winpar_watch_ports() - be told of the ports there are, and of changes
 * @watch: the client's, with at least one routine; until winpar_unwatch_ports()
 *
 * The ports that are there are told before this returns. What Windows does
 * with device interface notifications.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER @watch is NULL, has no
 * routine or is on already; STATUS_INSUFFICIENT_RESOURCES; STATUS_CANCELLED the
 * module is being unloaded; STATUS_INVALID_DEVICE_STATE called from inside a
 * completion routine or a deferred port check routine.
 */
#define winpar_watch_ports(watch) winpar_watch_ports_owner((watch), THIS_MODULE)

const char *winpar_status_name(NTSTATUS status);

void winpar_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags);
void winpar_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags);
BOOLEAN winpar_interrupt_synchronize(PKINTERRUPT interrupt,
				     PKSYNCHRONIZE_ROUTINE routine,
				     PVOID context);

#endif /* _WINPAR_WINPAR_H */
