/* SPDX-License-Identifier: GPL-2.0-only */
/* What all devices have, lines and bytes: peripheral.c. */
#ifndef _WINPAR_SIM_PERIPHERAL_H
#define _WINPAR_SIM_PERIPHERAL_H

#include "sim.h"

struct sim_peripheral *
sim_peripheral_new(struct sim_port *port, u8 seat,
		   const struct sim_peripheral_ops *ops,
		   enum hrtimer_restart (*byte_over)(struct hrtimer *timer),
		   enum hrtimer_restart (*late_due)(struct hrtimer *timer));
void sim_peripheral_free(struct sim_peripheral *dev);

bool sim_ring_put(struct sim_ring *ring, u8 byte);
void sim_ring_force(struct sim_ring *ring, u8 byte);

bool __sim_peripheral_is_alive(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
struct sim_back __sim_peripheral_back(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_peripheral_heard(struct sim_peripheral *dev, u8 event)
	__must_hold(&dev->port->lock);
void __sim_peripheral_lines(struct sim_peripheral *dev, u8 mask, u8 levels,
			    u8 event) __must_hold(&dev->port->lock);
void __sim_peripheral_drive(struct sim_peripheral *dev, u8 byte)
	__must_hold(&dev->port->lock);
void __sim_peripheral_release(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_peripheral_step(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);

bool __sim_peripheral_next(struct sim_peripheral *dev, u8 *byte)
	__must_hold(&dev->port->lock);
bool __sim_peripheral_has_data(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
unsigned int __sim_peripheral_run(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_peripheral_took(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock);
void __sim_peripheral_write(struct sim_peripheral *dev, bool address, u8 byte)
	__must_hold(&dev->port->lock);

#endif /* _WINPAR_SIM_PERIPHERAL_H */
