/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What entry.c, which is part of each client, calls of winpar_wdm.ko. This header uses no
 * type of Windows': entry.c includes it beside Linux's headers.
 */
#ifndef _WINPAR_DDK_CLIENT_H
#define _WINPAR_DDK_CLIENT_H

struct module;
struct winpar_wdm_client;

/**
 * struct winpar_wdm_about - what a client is
 * @module: its module
 * @entry: DriverEntry
 */
struct winpar_wdm_about {
	struct module *module;
	int (*entry)(void *driver, void *path);
};

int winpar_wdm_start(const struct winpar_wdm_about *about,
		     struct winpar_wdm_client **client);
void winpar_wdm_stop(struct winpar_wdm_client *client);

#endif /* _WINPAR_DDK_CLIENT_H */
