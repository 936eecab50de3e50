/* SPDX-License-Identifier: GPL-2.0-only */
/* What the text files in debugfs show and do. */
#ifndef _WINPAR_SIM_KNOBS_H
#define _WINPAR_SIM_KNOBS_H

#include <linux/seq_file.h>

#include "sim.h"

/* How a file is read and written. */
enum sim_access {
	SIM_TEXT,	/* by struct sim_knob */
	SIM_CONNECT,	/* read by it; written, it makes and frees devices */
	SIM_RECEIVED,
	SIM_FEED,
	SIM_REGISTERS,
};

/**
 * struct sim_knob - a kind of file
 * @name: its name
 * @access: see there
 * @port_only: there is one for the port, none for a daisy-chain device
 * @no_device: it is good without a device
 * @show: print it
 * @store: do what a text says; NULL: it cannot be written. 0 or an errno.
 *
 * Both are called under the port's mutex, with the device or NULL.
 */
struct sim_knob {
	const char *name;
	enum sim_access access;
	bool port_only;
	bool no_device;
	void (*show)(struct seq_file *m, struct sim_port *port,
		     struct sim_peripheral *dev);
	int (*store)(struct sim_port *port, struct sim_peripheral *dev,
		     char *text);
};

/* The end of the list has no name. */
#define SIM_KNOBS	14
extern const struct sim_knob sim_knobs[SIM_KNOBS];

#endif /* _WINPAR_SIM_KNOBS_H */
