/* SPDX-License-Identifier: GPL-2.0-only */
/* placeholder: replaced by the sim branch's header at the merge */
#ifndef _WINPAR_SOFTPORT_H
#define _WINPAR_SOFTPORT_H
#include <linux/parport.h>
struct winpar_softport_ops {
	struct parport_operations parport;
	unsigned int version;
	u32 (*read)(struct parport *port, unsigned int offset, unsigned int width);
	void (*write)(struct parport *port, unsigned int offset, unsigned int width, u32 value);
};
#endif
