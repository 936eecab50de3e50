/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's way into a mode of IEEE 1284 and out of it: ieee1284.c. */
#ifndef _WINPAR_SIM_IEEE1284_H
#define _WINPAR_SIM_IEEE1284_H

#include "sim.h"

void __sim_1284_reset(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_1284_connect(struct sim_peripheral *dev,
			const struct sim_host *host) __must_hold(&dev->port->lock);
void __sim_1284_select(struct sim_peripheral *dev, const struct sim_host *host,
		       enum sim_phase phase) __must_hold(&dev->port->lock);
void __sim_1284_late(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_1284_host(struct sim_peripheral *dev, const struct sim_host *host)
	__must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_IEEE1284_H */
