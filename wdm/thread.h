/* SPDX-License-Identifier: GPL-2.0-only */
/* System threads. */
#ifndef _WINPAR_WDM_THREAD_H
#define _WINPAR_WDM_THREAD_H

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

LONG wdm_task_get(PVOID object);
LONG wdm_task_put(PVOID object);
LONG wdm_thread_get(PVOID object);
LONG wdm_thread_put(PVOID object);
NTSTATUS wdm_thread_close(struct winpar_wdm_client *client, HANDLE handle);
void wdm_thread_end(struct winpar_wdm_client *client);
void wdm_thread_exit(void);

#endif /* _WINPAR_WDM_THREAD_H */
