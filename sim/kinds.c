// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kinds of devices there are, and what each does with the bytes that it
 * gets. modes.c moves the bytes, for all kinds alike.
 *
 * Locking: the functions in struct sim_peripheral_ops are called with the
 * port's lock held; the kinds themselves never change.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "kinds.h"
#include "peripheral.h"

/*
 * A printer keeps what came, in compatibility mode or ECP, and sends what it
 * was fed in nibble mode, byte mode or ECP.
 */
static const struct sim_peripheral_ops sim_printer = {
	.name = "printer",
	.model = "printer",
	.class = "PRINTER",
	.can = SIM_CAN_NIBBLE | SIM_CAN_BYTE | SIM_CAN_ECP | SIM_CAN_RLE |
	       SIM_CAN_ID,
};

/*
 * An instrument has 256 registers, which are reached in EPP mode: an address
 * cycle chooses a register, data cycles read and write it. Bytes that a user
 * feeds it go to its registers from the first on, and it then interrupts.
 *
 * "epp" is negotiated with, and has a device ID in nibble mode; "eppraw" knows
 * nothing but EPP cycles, from power on.
 */
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

static const struct sim_peripheral_ops sim_epp = {
	.name = "epp",
	.model = "instrument",
	.class = "PORTS",
	.can = SIM_CAN_NIBBLE | SIM_CAN_EPP | SIM_CAN_ID,
	.write = sim_epp_write,
	.epp_read = sim_epp_read,
	.fed = sim_epp_fed,
};

static const struct sim_peripheral_ops sim_epp_raw = {
	.name = "eppraw",
	.model = "instrument",
	.class = "PORTS",
	.can = SIM_CAN_EPP,
	.fixed_epp = true,
	.write = sim_epp_write,
	.epp_read = sim_epp_read,
	.fed = sim_epp_fed,
};

/*
 * A loop-back device sends back in any mode what came in any mode, and
 * addresses in EPP address reads. Bytes that do not fit its buffer are lost.
 */
static void sim_loopback_write(struct sim_peripheral *dev, bool address,
			       u8 byte)
{
	if (!address && !sim_ring_put(&dev->feed, byte))
		dev->lost++;
}

static const struct sim_peripheral_ops sim_loopback = {
	.name = "loopback",
	.model = "loopback",
	.class = "PORTS",
	.can = SIM_CAN_NIBBLE | SIM_CAN_BYTE | SIM_CAN_ECP | SIM_CAN_RLE |
	       SIM_CAN_EPP | SIM_CAN_ID,
	.write = sim_loopback_write,
};

/*
 * A loop-back plug is five wires: D0 to nFault, D1 to Select, D2 to PError, D3 to
 * nAck, D4 to Busy. winparctl test loopback looks for it.
 */
static u8 sim_plug_wired(const struct sim_host *host)
{
	return (host->data << 3) & SIM_BACK_LINES;
}

static const struct sim_peripheral_ops sim_plug = {
	.name = "plug",
	.model = "plug",
	.class = "PORTS",
	.wired = sim_plug_wired,
};

/**
 * sim_kinds_find() - find a kind of device
 * @name: its name
 *
 * Return: the kind, or NULL.
 */
const struct sim_peripheral_ops *sim_kinds_find(const char *name)
{
	static const struct sim_peripheral_ops *const kind[] = {
		&sim_printer, &sim_epp, &sim_epp_raw, &sim_loopback,
		&sim_plug,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind); i++)
		if (!strcmp(kind[i]->name, name))
			return kind[i];
	return NULL;
}
