/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that come and go, and what a user does to them: connect.c. */
#ifndef _WINPAR_SIM_CONNECT_H
#define _WINPAR_SIM_CONNECT_H

#include "sim.h"

int sim_connect_end(struct sim_port *port, const char *name);
int sim_connect_chain(struct sim_port *port, const char *names);
void __sim_connect_set(struct sim_peripheral *dev,
		       const struct sim_condition *condition)
	__must_hold(&dev->port->lock);
void __sim_connect_fault(struct sim_peripheral *dev, enum sim_fault fault,
			 unsigned int arg) __must_hold(&dev->port->lock);
unsigned int __sim_connect_feed(struct sim_peripheral *dev, const u8 *buf,
				unsigned int len) __must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_CONNECT_H */
