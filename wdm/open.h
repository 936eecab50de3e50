/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a client's file objects. See wdm/open.c. */
#ifndef _WINPAR_WDM_OPEN_H
#define _WINPAR_WDM_OPEN_H

struct winpar_wdm_client;

void wdm_open_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_OPEN_H */
