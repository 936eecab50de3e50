/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrival, removal, and what the host room says. See port/life.c. */
#ifndef _WINPAR_LIFE_H
#define _WINPAR_LIFE_H

#include "port/port.h"

void winpar_port_init_room(void (*released)(struct winpar_port *port));
struct winpar_port *winpar_port_create(int number);
void winpar_port_set_lpt(struct winpar_port *port, u16 lpt);
void winpar_port_get(struct winpar_port *port);
void winpar_port_put(struct winpar_port *port);
void winpar_port_mark_gone(struct winpar_port *port);
void winpar_port_suspend(struct winpar_port *port);
void winpar_port_resume(struct winpar_port *port);
void winpar_port_remove(struct winpar_port *port);
NTSTATUS winpar_port_status(int error);

#endif /* _WINPAR_LIFE_H */
