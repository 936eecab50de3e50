/* SPDX-License-Identifier: GPL-2.0-only */
/* File objects: what a client, or a program, has open. */
#ifndef _WINPAR_WDM_FILE_H
#define _WINPAR_WDM_FILE_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

/**
 * struct wdm_file - a file object; the first member of the structure that it is part of
 * @object: what the client sees
 * @entry: on the client's list
 * @client: the client
 * @references: how many references there are
 * @end: called when the last reference is given back, by the function at @caller: closes
 *       what is open, and frees
 * @left: called instead when the client ends and has not given the file object back; NULL:
 *        its memory is freed, and nothing else
 */
struct wdm_file {
	FILE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	LONG references;
	void (*end)(struct wdm_file *file, void *caller);
	void (*left)(struct wdm_file *file);
};

void wdm_file_begin(struct wdm_file *file, struct winpar_wdm_client *client,
		    PDEVICE_OBJECT device,
		    void (*end)(struct wdm_file *file, void *caller));
LONG wdm_file_put(struct wdm_file *file, void *caller);
void wdm_file_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_FILE_H */
