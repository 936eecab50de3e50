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
extern const unsigned int winpar_abi_1;

/*
 * Once in each client module, at file level: imports winpar's symbols, and
 * refers to the version of the interface that the client was compiled for, so
 * that a stale client does not load.
 */
#define WINPAR_CLIENT()							\
	WINPAR_IMPORT_NAMESPACE();					\
	static const unsigned int *const winpar_client_abi __used =	\
		&winpar_abi_1

NTSTATUS __winpar_open(const char *name, struct module *owner,
		       struct winpar_file **file);

/**
 * winpar_open() - open a parallel port
 * @name: ``\Device\ParallelPortM``; upper and lower case are the same
 * @file: where the opener goes; set to NULL when the status is not a success
 *
 * A macro, since the opener is tied to the calling module: when that is
 * unloaded with openers left, winpar closes them before the module's code goes.
 * Implements IRP_MJ_CREATE.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER when @file is NULL;
 * STATUS_OBJECT_NAME_INVALID malformed; STATUS_OBJECT_NAME_NOT_FOUND unknown;
 * STATUS_DELETE_PENDING the port is going away; STATUS_INSUFFICIENT_RESOURCES
 * no memory, or a Linux driver uses the port exclusively.
 */
#define winpar_open(name, file) __winpar_open((name), THIS_MODULE, (file))

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

void winpar_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags);
void winpar_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags);
BOOLEAN winpar_interrupt_synchronize(PKINTERRUPT interrupt,
				     PKSYNCHRONIZE_ROUTINE routine,
				     PVOID context);

#endif /* _WINPAR_WINPAR_H */
