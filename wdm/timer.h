/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of all timers; the end of a client's timers and DPCs. See wdm/timer.c. */
#ifndef _WINPAR_WDM_TIMER_H
#define _WINPAR_WDM_TIMER_H

#include <linux/types.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

bool wdm_timer_set(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc);
bool wdm_timer_forget(const void *memory, size_t size);
void wdm_timer_end(struct winpar_wdm_client *client);
void wdm_timer_init(void);
void wdm_timer_exit(void);

#endif /* _WINPAR_WDM_TIMER_H */
