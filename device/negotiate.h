/* SPDX-License-Identifier: GPL-2.0-only */
/* Protocols onto the wire and off it: device/negotiate.c. */
#ifndef _WINPAR_DEVICE_NEGOTIATE_H
#define _WINPAR_DEVICE_NEGOTIATE_H

#include "device/device.h"

int winpar_negotiate_mode(struct winpar_device *device, int mode);
NTSTATUS winpar_negotiate_enter(struct winpar_device *device, int mode);
NTSTATUS winpar_negotiate_connect(struct winpar_device *device, bool forward);
void winpar_negotiate_disconnect(struct winpar_device *device);
void winpar_negotiate_leave(struct winpar_device *device);
NTSTATUS winpar_negotiate_choose(struct winpar_device *device,
				 USHORT forward, USHORT reverse);
USHORT winpar_negotiate_shared(struct winpar_device *device);

#endif /* _WINPAR_DEVICE_NEGOTIATE_H */
