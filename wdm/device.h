/* SPDX-License-Identifier: GPL-2.0-only */
/* Device objects that drivers create: names, references, stacks. */
#ifndef _WINPAR_WDM_DEVICE_H
#define _WINPAR_WDM_DEVICE_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

bool wdm_device_is_own(PDEVICE_OBJECT device);
struct winpar_wdm_client *wdm_device_client(PDEVICE_OBJECT device);
NTSTATUS wdm_device_open(struct winpar_wdm_client *client, const char *name,
			 PDEVICE_OBJECT *device);
NTSTATUS wdm_device_open_any(struct winpar_wdm_client *opener, const char *name,
			     PDEVICE_OBJECT *device);
void wdm_device_close(PDEVICE_OBJECT device);
void wdm_device_close_any(struct winpar_wdm_client *opener,
			  PDEVICE_OBJECT device);
void wdm_device_leaves_above(PDEVICE_OBJECT device);
void wdm_device_wait_closed(PDEVICE_OBJECT device);
PDEVICE_OBJECT wdm_device_top(PDEVICE_OBJECT device);
void wdm_device_get(PDEVICE_OBJECT device);
LONG wdm_device_put(PDEVICE_OBJECT device);
void wdm_device_started(struct winpar_wdm_client *client);
void wdm_device_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_DEVICE_H */
