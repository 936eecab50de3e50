/* SPDX-License-Identifier: GPL-2.0-only */
/* The interfaces that drivers register for their devices. See wdm/exposed.c. */
#ifndef _WINPAR_WDM_EXPOSED_H
#define _WINPAR_WDM_EXPOSED_H

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

void wdm_exposed_removed(PDEVICE_OBJECT port);
void wdm_exposed_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_EXPOSED_H */
