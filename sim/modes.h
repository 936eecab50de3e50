/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device does in each mode of IEEE 1284: modes.c. */
#ifndef _WINPAR_SIM_MODES_H
#define _WINPAR_SIM_MODES_H

#include "sim.h"

void __sim_modes_compat(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_nibble(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_byte(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_ecp_forward(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_ecp_reverse(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_epp(struct sim_peripheral *dev, u8 rose, u8 fell)
	__must_hold(&dev->port->lock);
void __sim_modes_timer(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_modes_changed(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_MODES_H */
