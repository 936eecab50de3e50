/* SPDX-License-Identifier: GPL-2.0-only */
/* What the upper rooms share: files, dispatch, the port table, parameters. */
#ifndef _WINPAR_PRIVATE_H
#define _WINPAR_PRIVATE_H

#include "winpar_port.h"

/* winpar.c */
struct winpar_port *winpar_find_port(unsigned int number);
struct winpar_port *winpar_next_port(unsigned long *number);
bool winpar_may_connect_interrupt(const struct winpar_port *port);

/* winpar_file.c */
void winpar_file_end_client(struct module *owner);

/* winpar_ioctl.c */

/* No request of a port needs a larger buffer. */
#define WINPAR_IRP_BUFFER	128

/**
 * struct winpar_request - one row of the table of requests
 * @code: the control code
 * @name: what messages call it
 * @in_len: bytes of input that it needs
 * @out_len: bytes of output that it gives
 * @waits: may it have to wait, with this input? Then a synchronous call needs
 *         process context. NULL: never
 * @permit: tested before the lengths, when there is one
 * @handle: does it, and says how it ended; lengths and buffer were tested
 */
struct winpar_request {
	ULONG code;
	const char *name;
	u16 in_len;
	u16 out_len;
	bool (*waits)(const void *buffer);
	NTSTATUS (*permit)(struct winpar_file *file);
	NTSTATUS (*handle)(struct winpar_file *file, IRP *irp);
};

const struct winpar_request *winpar_find_request(UCHAR major, ULONG code);
NTSTATUS winpar_dispatch(struct winpar_file *file, IRP *irp);

/* winpar_watch.c */
void winpar_watch_changed(void);
void winpar_watch_exit(void);
void winpar_watch_end_client(struct module *owner);

/* winpar_debugfs.c */
void winpar_debugfs_init(void);
void winpar_debugfs_exit(void);

#endif /* _WINPAR_PRIVATE_H */
