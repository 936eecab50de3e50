/* SPDX-License-Identifier: GPL-2.0-only */
/* What cases about the FIFO of a chip with an ECR share: fifo_port.c. */
#ifndef _WINPAR_FIFO_PORT_H
#define _WINPAR_FIFO_PORT_H

#include "device_port.h"

#define FIFO_PARAMETER	"/sys/module/winpar/parameters/hardware_fifo"

/**
 * struct wpt_fifo_registers - what the next owner of the port finds
 * @ecr: the ECR
 * @control: the control register
 */
struct wpt_fifo_registers {
	u8 ecr;
	u8 control;
};

int wpt_fifo_init(struct kunit *test);
void wpt_fifo_exit(struct kunit *test);
unsigned long wpt_fifo_sent(struct wpt_dev *d);
void wpt_fifo_expect_arrived(struct wpt_dev *d, unsigned long had,
			     const u8 *bytes, unsigned long count);
struct wpt_fifo_registers wpt_fifo_registers(struct wpt_dev *d);
void wpt_fifo_expect_registers(struct wpt_dev *d,
			       const struct wpt_fifo_registers *want);
void wpt_fifo_mend(struct wpt_dev *d, struct winpar_file *file,
		   unsigned long clashes);

#endif /* _WINPAR_FIFO_PORT_H */
