/* SPDX-License-Identifier: GPL-2.0-only */
/* Nodes: the character devices in /dev by which programs open a driver's devices. */
#ifndef _WINPAR_WDM_NODE_H
#define _WINPAR_WDM_NODE_H

#include <linux/types.h>

struct winpar_wdm_client;

int wdm_node_setup(void);
void wdm_node_exit(void);
bool wdm_node_begin(struct winpar_wdm_client *client);
void wdm_node_started(struct winpar_wdm_client *client);
void wdm_node_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_NODE_H */
