/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of Linux for drivers. See wdm/disk.c. */
#ifndef _WINPAR_WDM_DISK_H
#define _WINPAR_WDM_DISK_H

struct winpar_wdm_client;

int wdm_disk_begin(struct winpar_wdm_client *client, const char *path);
void wdm_disk_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_DISK_H */
