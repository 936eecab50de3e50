/* SPDX-License-Identifier: GPL-2.0-only */
/* How device objects are stacked. */
#ifndef _WINPAR_WDM_STACK_H
#define _WINPAR_WDM_STACK_H

#include <linux/types.h>

#include <winpar/ddk/wdm.h>

void wdm_device_close_above(PDEVICE_OBJECT port, bool closed);
PDEVICE_OBJECT wdm_device_top(PDEVICE_OBJECT device);
PDEVICE_OBJECT wdm_device_top_get(PDEVICE_OBJECT device);

#endif /* _WINPAR_WDM_STACK_H */
