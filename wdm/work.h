/* SPDX-License-Identifier: GPL-2.0-only */
/* Work items. */
#ifndef _WINPAR_WDM_WORK_H
#define _WINPAR_WDM_WORK_H

struct winpar_wdm_client;
struct work_struct;

int wdm_work_setup(void);
void wdm_work_exit(void);
void wdm_work_start(struct work_struct *work);
void wdm_work_leave(struct winpar_wdm_client *client);
void wdm_work_drain(struct winpar_wdm_client *client);
void wdm_work_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_WORK_H */
