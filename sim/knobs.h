/* SPDX-License-Identifier: GPL-2.0-only */
/* What the text files in debugfs show and do: knobs.c. */
#ifndef _WINPAR_SIM_KNOBS_H
#define _WINPAR_SIM_KNOBS_H

#include <linux/seq_file.h>

#include "sim.h"

/* How a file is read and written. */
enum sim_access {
	SIM_TEXT,	/* by the functions of struct sim_knob */
	SIM_CONNECT,	/* read by these functions; a write makes and frees devices */
	SIM_RECEIVED,
	SIM_FEED,
	SIM_REGISTERS,
};

/**
 * struct sim_knob - a kind of file
 * @name: its name
 * @access: how it is read and written, see enum sim_access
 * @port_only: there is one for the port, none for a daisy-chain device
 * @no_device: it can be read and written when no device is connected
 * @show: print it
 * @store: do what a text says, return 0 or an errno; NULL: @access decides
 *	whether the file can be written
 *
 * @show and @store are called under the port's mutex, with the device or NULL.
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
