/* SPDX-License-Identifier: GPL-2.0-only */
/* Which devices a port has: opening, closing, removal: device/open.c. */
#ifndef _WINPAR_DEVICE_OPEN_H
#define _WINPAR_DEVICE_OPEN_H

#include "device/device.h"

NTSTATUS __winpar_device_open(struct winpar_file *file, int unit)
	__must_hold(&file->port->mutex);
NTSTATUS winpar_device_look(struct winpar_file *file);
unsigned int winpar_device_cancel_all(struct winpar_file *file);
void winpar_device_close(struct winpar_file *file, bool *locked);
void winpar_device_detach(struct winpar_port *port);
void winpar_device_fall_asleep(struct winpar_port *port);
void winpar_device_wake_up(struct winpar_port *port);
unsigned int winpar_device_silence_all(struct winpar_port *port,
				       struct module *module);
void winpar_device_destroy(struct winpar_port *port);

#endif /* _WINPAR_DEVICE_OPEN_H */
