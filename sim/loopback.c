// SPDX-License-Identifier: GPL-2.0-only
/*
 * A loop-back device: what comes in any mode goes back in any mode. Addresses
 * go back in EPP address reads. When nobody takes it, what does not fit is
 * lost.
 */
#include "sim.h"

static void sim_loopback_write(struct sim_peripheral *dev, bool address,
			       u8 byte)
{
	if (!address && !__sim_ring_put(&dev->feed, byte))
		dev->lost++;
}

const struct sim_peripheral_ops sim_loopback = {
	.name = "loopback",
	.model = "loopback",
	.class = "PORTS",
	.can = SIM_CAN_NIBBLE | SIM_CAN_BYTE | SIM_CAN_ECP | SIM_CAN_RLE |
	       SIM_CAN_EPP | SIM_CAN_ID,
	.write = sim_loopback_write,
};
