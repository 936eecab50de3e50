/* SPDX-License-Identifier: GPL-2.0-only */
/* The mode that a port's chip is in. See port/chip.c. */
#ifndef _WINPAR_CHIP_H
#define _WINPAR_CHIP_H

#include "port/port.h"

bool __winpar_chip_has(const struct winpar_port *port, u8 mode)
	__must_hold(&port->lock);
void __winpar_chip_probed(struct winpar_port *port, unsigned int depth,
			  unsigned int width)
	__must_hold(&port->lock);
unsigned int __winpar_chip_fifo(const struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_chip_set(struct winpar_port *port, struct winpar_holder *holder,
		       u8 mode)
	__must_hold(&port->lock);
void __winpar_chip_orphan(struct winpar_port *port,
			  const struct winpar_holder *holder)
	__must_hold(&port->lock);
void __winpar_chip_settle(struct winpar_port *port)
	__must_hold(&port->lock);

#endif /* _WINPAR_CHIP_H */
