/* SPDX-License-Identifier: GPL-2.0-only */
/* In which phase of IEEE 1284 a device is: phase.c. */
#ifndef _WINPAR_SIM_PHASE_H
#define _WINPAR_SIM_PHASE_H

#include "sim.h"

const char *sim_phase_name(enum sim_phase phase);
bool __sim_phase_is_ready(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
u8 __sim_phase_compat_lines(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_phase_enter(struct sim_peripheral *dev, enum sim_phase phase)
	__must_hold(&dev->port->lock);
void __sim_phase_compat(struct sim_peripheral *dev, u8 event)
	__must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_PHASE_H */
