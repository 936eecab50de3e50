/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's requests, found and carried out: device/ioctl.c. */
#ifndef _WINPAR_DEVICE_IOCTL_H
#define _WINPAR_DEVICE_IOCTL_H

#include "device/device.h"

struct winpar_request;

NTSTATUS winpar_device_dispatch(struct winpar_file *file,
				const struct winpar_request *request, IRP *irp);
const struct winpar_request *winpar_device_find_request(UCHAR major,
							ULONG code);

#endif /* _WINPAR_DEVICE_IOCTL_H */
