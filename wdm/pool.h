/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a client's memory. See wdm/pool.c. */
#ifndef _WINPAR_WDM_POOL_H
#define _WINPAR_WDM_POOL_H

struct winpar_wdm_client;

void wdm_pool_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_POOL_H */
