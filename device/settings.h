/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that read or change what the client has set: device/settings.c. */
#ifndef _WINPAR_DEVICE_SETTINGS_H
#define _WINPAR_DEVICE_SETTINGS_H

#include "device/device.h"

NTSTATUS winpar_ioctl_ieee1284_get_mode(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_par_get_default_modes(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_par_set_read_address(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_serial_get_timeouts(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_serial_set_timeouts(struct winpar_file *file, IRP *irp);

#endif /* _WINPAR_DEVICE_SETTINGS_H */
