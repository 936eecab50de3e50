/* SPDX-License-Identifier: GPL-2.0-only */
/* The port's lock: lock.c. */
#ifndef _WINPAR_SIM_LOCK_H
#define _WINPAR_SIM_LOCK_H

#include "sim.h"

unsigned long sim_port_lock(struct sim_port *port) __acquires(&port->lock);
void sim_port_unlock(struct sim_port *port, unsigned long flags)
	__releases(&port->lock);

#endif /* _WINPAR_SIM_LOCK_H */
