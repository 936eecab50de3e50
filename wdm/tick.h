/* SPDX-License-Identifier: GPL-2.0-only */
/* Device timers. See wdm/tick.c. */
#ifndef _WINPAR_WDM_TICK_H
#define _WINPAR_WDM_TICK_H

#include <winpar/ddk/wdm.h>

void wdm_tick_end(PDEVICE_OBJECT device);
void wdm_tick_free(PDEVICE_OBJECT device);

#endif /* _WINPAR_WDM_TICK_H */
