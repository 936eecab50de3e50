/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and writing: device/transfer.c. */
#ifndef _WINPAR_DEVICE_TRANSFER_H
#define _WINPAR_DEVICE_TRANSFER_H

#include "device/device.h"

void winpar_transfer_set_time(struct winpar_device *device, ULONG multiplier,
			      ULONG constant, ULONG length);
NTSTATUS winpar_transfer_address(struct winpar_device *device);
NTSTATUS winpar_transfer_write(struct winpar_device *device, const void *buffer,
			       ULONG length, ULONG *done);
NTSTATUS winpar_transfer_read(struct winpar_device *device, void *buffer,
			      ULONG length, ULONG *done);

#endif /* _WINPAR_DEVICE_TRANSFER_H */
