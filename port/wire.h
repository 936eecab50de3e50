/* SPDX-License-Identifier: GPL-2.0-only */
/* Which task drives the wires of a port. See port/wire.c. */
#ifndef _WINPAR_WIRE_H
#define _WINPAR_WIRE_H

#include "port/port.h"

void winpar_wire_lock(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock);
void __winpar_wire_take(struct winpar_port *port, unsigned long flags)
	__must_hold(&port->lock);
void __winpar_wire_give(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock);
bool __winpar_wire_is_ours(const struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_wire_begin(struct winpar_port *port, unsigned long flags)
	__releases(&port->lock);
void __winpar_wire_end(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock);

#endif /* _WINPAR_WIRE_H */
