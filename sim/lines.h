/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines at the chip: lines.c. */
#ifndef _WINPAR_SIM_LINES_H
#define _WINPAR_SIM_LINES_H

#include "sim.h"

u8 sim_lines_mode(const struct sim_chip *chip);
bool sim_lines_are_reversed(const struct sim_chip *chip);
u8 sim_lines_bus(const struct sim_chip *chip);
void sim_lines_init(struct sim_chip *chip);
void __sim_lines_drive(struct sim_port *port) __must_hold(&port->lock);
void __sim_lines_sense(struct sim_port *port, u8 seat, u8 event)
	__must_hold(&port->lock);
void __sim_lines_stick(struct sim_port *port, u8 host, u8 back, u8 level)
	__must_hold(&port->lock);
void __sim_lines_mend(struct sim_port *port) __must_hold(&port->lock);

#endif /* _WINPAR_SIM_LINES_H */
