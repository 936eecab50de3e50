/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients who want to be told of ports. See api/watch.c. */
#ifndef _WINPAR_WATCH_H
#define _WINPAR_WATCH_H

#include <linux/types.h>

struct module;

void winpar_watch_changed(void);
void winpar_watch_prune(void);
bool winpar_watch_stop_module(struct module *module);
void winpar_watch_wait_module(struct module *module);
int winpar_watch_init(void);
void winpar_watch_exit(void);

#endif /* _WINPAR_WATCH_H */
