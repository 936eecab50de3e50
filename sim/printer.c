// SPDX-License-Identifier: GPL-2.0-only
/*
 * A printer: prints by keeping what came, in compatibility mode or ECP, and
 * sends what it was fed in nibble mode, byte mode or ECP.
 */
#include "sim.h"

const struct sim_peripheral_ops sim_printer = {
	.name = "printer",
	.model = "printer",
	.class = "PRINTER",
	.can = SIM_CAN_NIBBLE | SIM_CAN_BYTE | SIM_CAN_ECP | SIM_CAN_RLE |
	       SIM_CAN_ID,
};
