/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports for drivers that have an AddDevice routine. See wdm/plug.c. */
#ifndef _WINPAR_WDM_PLUG_H
#define _WINPAR_WDM_PLUG_H

#include <linux/types.h>

struct winpar_wdm_client;

bool wdm_plug_begin(struct winpar_wdm_client *client);
void wdm_plug_start(struct winpar_wdm_client *client);
void wdm_plug_stop(struct winpar_wdm_client *client);
void wdm_plug_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_PLUG_H */
