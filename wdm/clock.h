/* SPDX-License-Identifier: GPL-2.0-only */
/* The time, as Windows counts it. See wdm/clock.c. */
#ifndef _WINPAR_WDM_CLOCK_H
#define _WINPAR_WDM_CLOCK_H

#include <winpar/ddk/wdm.h>

LONGLONG wdm_system_time(void);

#endif /* _WINPAR_WDM_CLOCK_H */
