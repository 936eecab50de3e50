/* SPDX-License-Identifier: GPL-2.0-only */
/* The cable, with the daisy-chain devices on it: cable.c. */
#ifndef _WINPAR_SIM_CABLE_H
#define _WINPAR_SIM_CABLE_H

#include "sim.h"

void sim_cable_init(struct sim_cable *cable, const struct sim_host *host,
		    void (*moved)(struct sim_port *port, u8 seat, u8 event));
void __sim_cable_host(struct sim_port *port, const struct sim_host *host)
	__must_hold(&port->lock);
struct sim_back __sim_cable_back(struct sim_port *port)
	__must_hold(&port->lock);
void __sim_cable_restart(struct sim_port *port) __must_hold(&port->lock);
void __sim_cable_chain(struct sim_port *port, struct sim_peripheral **dev)
	__must_hold(&port->lock);
struct sim_peripheral *__sim_cable_end(struct sim_port *port,
				       struct sim_peripheral *dev)
	__must_hold(&port->lock);

#endif /* _WINPAR_SIM_CABLE_H */
