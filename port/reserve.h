/* SPDX-License-Identifier: GPL-2.0-only */
/* A port that a parallel device has. See port/reserve.c. */
#ifndef _WINPAR_RESERVE_H
#define _WINPAR_RESERVE_H

#include "port/port.h"

NTSTATUS winpar_port_reserve(struct winpar_file *file, IRP *irp);
void __winpar_port_unreserve(struct winpar_port *port)
	__must_hold(&port->lock);
void winpar_port_unreserve(struct winpar_file *file);
bool winpar_port_is_awaited(const struct winpar_port *port);
bool winpar_port_use(struct winpar_file *file);
void winpar_port_unuse(struct winpar_file *file, bool in_mode);
void winpar_port_lend(struct winpar_file *file);
void winpar_port_fall_asleep(struct winpar_port *port);
void winpar_port_await_rest(struct winpar_port *port);
void winpar_port_wake_up(struct winpar_port *port);
void winpar_port_set_resting(struct winpar_port *port, bool resting);

#endif /* _WINPAR_RESERVE_H */
