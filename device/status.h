/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device shows, and resetting it: device/status.c. */
#ifndef _WINPAR_DEVICE_STATUS_H
#define _WINPAR_DEVICE_STATUS_H

#include "device/device.h"

UCHAR winpar_status_read(struct winpar_device *device);
NTSTATUS winpar_status_reset(struct winpar_device *device);
void winpar_status_report(struct winpar_device *device, NTSTATUS status);

#endif /* _WINPAR_DEVICE_STATUS_H */
