/* SPDX-License-Identifier: GPL-2.0-only */
/* A port's Linux side, and its life: port.c. */
#ifndef _WINPAR_SIM_PORT_H
#define _WINPAR_SIM_PORT_H

#include <linux/atomic.h>

#include "sim.h"

/**
 * struct sim_config - what a port is to be
 * @kind: its chip: spp, ps2, epp, ecp or ecpepp
 * @peripheral: what is at the end of the chain, or none
 * @daisy: daisy-chain devices, nearest first, with + between, or none
 * @irq: whether it has an interrupt
 * @shared: whether another device is on its interrupt line
 */
struct sim_config {
	const char *kind;
	const char *peripheral;
	const char *daisy;
	bool irq;
	bool shared;
};

struct sim_port *sim_port_new(const struct sim_config *config);
void sim_port_remove(struct sim_port *port);
void sim_port_free(struct sim_port *port);
atomic_t *sim_port_count_touched(void);

#endif /* _WINPAR_SIM_PORT_H */
