/* SPDX-License-Identifier: GPL-2.0-only */
/* Which request is whose. See winpar_ioctl.c. */
#ifndef _WINPAR_IOCTL_H
#define _WINPAR_IOCTL_H

#include "port/dispatch.h"

const struct winpar_request *winpar_find_request(struct winpar_file *file,
						 UCHAR major, ULONG code);
NTSTATUS winpar_dispatch(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_dispatch_found(struct winpar_file *file,
			       const struct winpar_request *request, IRP *irp);

#endif /* _WINPAR_IOCTL_H */
