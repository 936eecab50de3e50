/* SPDX-License-Identifier: GPL-2.0-only */
/* A port's interrupt: irq.c. */
#ifndef _WINPAR_SIM_IRQ_H
#define _WINPAR_SIM_IRQ_H

#include "sim.h"

void sim_irq_prepare(struct sim_irq *irq);
int sim_irq_init(struct sim_port *port);
int sim_irq_start(struct sim_port *port, bool shared);
void sim_irq_stop(struct sim_port *port);
void sim_irq_exit(struct sim_port *port);
void __sim_irq_raise(struct sim_port *port) __must_hold(&port->lock);
void __sim_irq_storm(struct sim_port *port, unsigned int count,
		     unsigned int usec) __must_hold(&port->lock);
void __sim_irq_spurious(struct sim_port *port, unsigned int count)
	__must_hold(&port->lock);
void __sim_irq_other(struct sim_port *port, unsigned int count,
		     unsigned int usec) __must_hold(&port->lock);

#endif /* _WINPAR_SIM_IRQ_H */
