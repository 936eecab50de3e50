/* SPDX-License-Identifier: GPL-2.0-only */
/* Device IDs: device/id.c. */
#ifndef _WINPAR_DEVICE_ID_H
#define _WINPAR_DEVICE_ID_H

#include "device/device.h"

#define WINPAR_ID_MAX	65536

NTSTATUS winpar_id_read(struct winpar_device *device, UCHAR *raw,
			size_t *length);

#endif /* _WINPAR_DEVICE_ID_H */
