/* SPDX-License-Identifier: GPL-2.0-only */
/* Drivers that are told when the machine is shut down. See wdm/shutdown.c. */
#ifndef _WINPAR_WDM_SHUTDOWN_H
#define _WINPAR_WDM_SHUTDOWN_H

#include <linux/compiler.h>

struct notifier_block;
struct winpar_wdm_client;

int wdm_shutdown_notify(struct notifier_block *block, unsigned long action,
			void *data);
void wdm_shutdown_end(struct winpar_wdm_client *client);
int wdm_shutdown_setup(void);
void wdm_shutdown_exit(void);

#endif /* _WINPAR_WDM_SHUTDOWN_H */
