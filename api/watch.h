/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients who want to be told of ports. See api/watch.c. */
#ifndef _WINPAR_WATCH_H
#define _WINPAR_WATCH_H

struct winpar_client;

void winpar_watch_changed(void);
void winpar_watch_end_client(struct winpar_client *client);
int winpar_watch_init(void);
void winpar_watch_exit(void);

#endif /* _WINPAR_WATCH_H */
