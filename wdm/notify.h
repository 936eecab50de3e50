/* SPDX-License-Identifier: GPL-2.0-only */
/* Notifications of Plug and Play: clients are told when ports arrive and are removed. */
#ifndef _WINPAR_WDM_NOTIFY_H
#define _WINPAR_WDM_NOTIFY_H

struct winpar_wdm_client;

void wdm_notify_leave(struct winpar_wdm_client *client);
void wdm_notify_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_NOTIFY_H */
