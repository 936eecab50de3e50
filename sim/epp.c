// SPDX-License-Identifier: GPL-2.0-only
/*
 * An instrument with 256 registers, reached in EPP mode: an address cycle says
 * which, data cycles read and write it. What it is fed goes to its registers
 * from the first on, and it then interrupts.
 *
 * Two of them: "epp" is negotiated with, and has a device ID in nibble mode;
 * "eppraw" knows nothing but EPP cycles, from power on.
 */
#include "sim.h"

static void sim_epp_write(struct sim_peripheral *dev, bool address, u8 byte)
{
	if (!address)
		dev->reg[dev->reg_address] = byte;
}

static u8 sim_epp_read(struct sim_peripheral *dev, bool address)
{
	return address ? dev->reg_address : dev->reg[dev->reg_address];
}

static void sim_epp_fed(struct sim_peripheral *dev, u8 byte)
{
	dev->reg[dev->fed++ & 0xff] = byte;
}

const struct sim_peripheral_ops sim_epp = {
	.name = "epp",
	.model = "instrument",
	.class = "PORTS",
	.can = SIM_CAN_NIBBLE | SIM_CAN_EPP | SIM_CAN_ID,
	.write = sim_epp_write,
	.epp_read = sim_epp_read,
	.fed = sim_epp_fed,
};

const struct sim_peripheral_ops sim_epp_raw = {
	.name = "eppraw",
	.model = "instrument",
	.class = "PORTS",
	.can = SIM_CAN_EPP,
	.fixed_epp = true,
	.write = sim_epp_write,
	.epp_read = sim_epp_read,
	.fed = sim_epp_fed,
};
