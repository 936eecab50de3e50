/* SPDX-License-Identifier: GPL-2.0-only */
/* Suspends, as drivers on ports are told of them. See wdm/suspend.c. */
#ifndef _WINPAR_WDM_SUSPEND_H
#define _WINPAR_WDM_SUSPEND_H

struct notifier_block;

unsigned long wdm_suspend_patience(void);
int wdm_suspend_notify(struct notifier_block *block, unsigned long action,
		       void *data);
int wdm_suspend_setup(void);
void wdm_suspend_exit(void);

#endif /* _WINPAR_WDM_SUSPEND_H */
