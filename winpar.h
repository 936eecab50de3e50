/* SPDX-License-Identifier: GPL-2.0-only */
/* What the upper rooms share: files, dispatch, the port table. */
#ifndef _WINPAR_PRIVATE_H
#define _WINPAR_PRIVATE_H

#include "device/device.h"
#include "device/ioctl.h"
#include "device/open.h"
#include "device/worker.h"
#include "port/dispatch.h"
#include "port/irp.h"
#include "port/port.h"

/* winpar.c */
struct winpar_port *winpar_find_port(unsigned int number);
struct winpar_port *winpar_next_port(unsigned long *number);
bool winpar_may_connect_interrupt(const struct winpar_port *port);

/* api/file.c */
void winpar_file_end_client(struct module *owner);

/* winpar_ioctl.c */

const struct winpar_request *winpar_find_request(struct winpar_file *file,
						 UCHAR major, ULONG code);
NTSTATUS winpar_dispatch(struct winpar_file *file, IRP *irp);

/* api/watch.c */
void winpar_watch_changed(void);
void winpar_watch_exit(void);
void winpar_watch_end_client(struct module *owner);

/* api/debugfs.c */
void winpar_debugfs_init(void);
void winpar_debugfs_exit(void);

#endif /* _WINPAR_PRIVATE_H */
