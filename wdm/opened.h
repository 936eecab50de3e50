/* SPDX-License-Identifier: GPL-2.0-only */
/* Which device objects that drivers create are open. See wdm/opened.c. */
#ifndef _WINPAR_WDM_OPENED_H
#define _WINPAR_WDM_OPENED_H

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

ACCESS_MASK wdm_opened_access(ACCESS_MASK access, ACCESS_MASK most);
NTSTATUS wdm_device_open(struct winpar_wdm_client *client, const char *name,
			 PDEVICE_OBJECT *device);
NTSTATUS wdm_device_open_any(struct winpar_wdm_client *opener, const char *name,
			     PDEVICE_OBJECT *device);
void wdm_device_close(PDEVICE_OBJECT device);
void wdm_device_close_any(struct winpar_wdm_client *opener,
			  PDEVICE_OBJECT device);
void wdm_device_wait_closed(PDEVICE_OBJECT device);

#endif /* _WINPAR_WDM_OPENED_H */
