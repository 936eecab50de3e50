/* SPDX-License-Identifier: GPL-2.0-only */
/* The knobs' files: debugfs.c. */
#ifndef _WINPAR_SIM_DEBUGFS_H
#define _WINPAR_SIM_DEBUGFS_H

#include "port.h"
#include "sim.h"

void sim_debugfs_init(int (*add)(const struct sim_config *config),
		      int (*remove)(const char *name));
void sim_debugfs_close(void);
void sim_debugfs_exit(void);
void sim_debugfs_add(struct sim_port *port);
void sim_debugfs_remove(struct sim_port *port);

#endif /* _WINPAR_SIM_DEBUGFS_H */
