/* SPDX-License-Identifier: GPL-2.0-only */
/* The FIFO of a chip with an ECR: fifo.c. */
#ifndef _WINPAR_SIM_FIFO_H
#define _WINPAR_SIM_FIFO_H

#include "sim.h"

void sim_fifo_idle(struct sim_chip *chip);
void sim_fifo_reset(struct sim_chip *chip);
void sim_fifo_write(struct sim_chip *chip, u16 entry);
u8 sim_fifo_read(struct sim_chip *chip);
void __sim_fifo_settle(struct sim_port *port) __must_hold(&port->lock);

#endif /* _WINPAR_SIM_FIFO_H */
