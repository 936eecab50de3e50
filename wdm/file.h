/* SPDX-License-Identifier: GPL-2.0-only */
/* File objects. */
#ifndef _WINPAR_WDM_FILE_H
#define _WINPAR_WDM_FILE_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

/**
 * struct wdm_file - a file object; the first member of what it is part of
 * @object: what the client sees
 * @entry: among its client's
 * @client: the client
 * @references: until it is freed
 * @end: called when the last reference has gone: closes, and frees; @caller gave it back
 */
struct wdm_file {
	FILE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	LONG references;
	void (*end)(struct wdm_file *file, void *caller);
};

void wdm_file_begin(struct wdm_file *file, struct winpar_wdm_client *client,
		    PDEVICE_OBJECT device,
		    void (*end)(struct wdm_file *file, void *caller));
LONG wdm_file_put(struct wdm_file *file, void *caller);
void wdm_file_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_FILE_H */
