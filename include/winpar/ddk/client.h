/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two functions of winpar_wdm.ko by which entry.c, a part of each client, begins and
 * ends the client. This header uses no type of Windows', since entry.c includes it beside
 * Linux's headers.
 */
#ifndef _WINPAR_DDK_CLIENT_H
#define _WINPAR_DDK_CLIENT_H

struct module;
struct winpar_wdm_client;
/* Of <wdm.h> and <ntdef.h>. */
struct _DRIVER_OBJECT;
struct _UNICODE_STRING;

/**
 * struct winpar_wdm_about - what entry.c says of its client
 * @module: the client's module
 * @entry: the client's DriverEntry
 * @registry: the file from which the client's registry is read; NULL:
 *            /etc/winpar/NAME.reg, if there is one, NAME the module's name
 * @files: the folder in which the client's files are; NULL: it has none
 */
struct winpar_wdm_about {
	struct module *module;
	int (*entry)(struct _DRIVER_OBJECT *driver,
		     struct _UNICODE_STRING *path);
	const char *registry;
	const char *files;
};

int winpar_wdm_start(const struct winpar_wdm_about *about,
		     struct winpar_wdm_client **client);
void winpar_wdm_stop(struct winpar_wdm_client *client);

#endif /* _WINPAR_DDK_CLIENT_H */
