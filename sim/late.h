/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of lines on their way to a device that answers late: late.c. */
#ifndef _WINPAR_SIM_LATE_H
#define _WINPAR_SIM_LATE_H

#include "sim.h"

void __sim_late_put(struct sim_peripheral *dev, const struct sim_host *host)
	__must_hold(&dev->port->lock);
bool __sim_late_next(struct sim_peripheral *dev,
		     struct sim_late_change *change)
	__must_hold(&dev->port->lock);
const struct sim_host *__sim_late_last(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_late_forget(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_LATE_H */
