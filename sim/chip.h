/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers: chip.c. */
#ifndef _WINPAR_SIM_CHIP_H
#define _WINPAR_SIM_CHIP_H

#include "sim.h"

void sim_chip_init(struct sim_chip *chip, u8 has);
u8 __sim_chip_read(struct sim_port *port, unsigned int offset)
	__must_hold(&port->lock);
void __sim_chip_write(struct sim_port *port, unsigned int offset, u8 value)
	__must_hold(&port->lock);
void __sim_chip_control(struct sim_port *port, u8 mask, u8 value)
	__must_hold(&port->lock);

#endif /* _WINPAR_SIM_CHIP_H */
