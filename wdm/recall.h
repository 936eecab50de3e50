/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a client's IRPs. */
#ifndef _WINPAR_WDM_RECALL_H
#define _WINPAR_WDM_RECALL_H

struct winpar_wdm_client;

void wdm_recall(struct winpar_wdm_client *client);
void wdm_recall_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_RECALL_H */
