/* SPDX-License-Identifier: GPL-2.0-only */
/* How a device has its port: device/hold.c. */
#ifndef _WINPAR_DEVICE_HOLD_H
#define _WINPAR_DEVICE_HOLD_H

#include "device/device.h"

NTSTATUS winpar_hold_take(struct winpar_device *device, unsigned long timeout,
			  bool select);
NTSTATUS winpar_hold_packet(struct winpar_device *device,
			    NTSTATUS (*send)(struct winpar_file *file,
					     const PARALLEL_1284_COMMAND *command),
			    const PARALLEL_1284_COMMAND *command);
void winpar_hold_give(struct winpar_device *device);
bool winpar_hold_begin(struct winpar_device *device);
void winpar_hold_end(struct winpar_device *device);
bool winpar_hold_find(struct winpar_device *device);

#endif /* _WINPAR_DEVICE_HOLD_H */
