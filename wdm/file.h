/* SPDX-License-Identifier: GPL-2.0-only */
/* File objects: what a client, or a program, has open. */
#ifndef _WINPAR_WDM_FILE_H
#define _WINPAR_WDM_FILE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

/**
 * struct wdm_file - a file object; the first member of the structure that it is part of,
 *	which wdm/file.c frees by kfree()
 * @object: what the client sees
 * @entry: on the client's list, or among those whose client has ended
 * @client: the client; NULL: it has ended, and what was open is closed
 * @references: how many references there are
 * @shared: ObReferenceObject() has given one
 * @close: closes what is open, in process context. @ends: @client ends
 * @late: calls @close where the last reference was given back at DISPATCH_LEVEL
 * @held: @client's module, until @late has done so; NULL: @client ends
 */
struct wdm_file {
	FILE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	atomic_t references;
	bool shared;
	void (*close)(struct wdm_file *file, bool ends);
	struct work_struct late;
	struct module *held;
};

void wdm_file_begin(struct wdm_file *file, struct winpar_wdm_client *client,
		    PDEVICE_OBJECT device,
		    void (*close)(struct wdm_file *file, bool ends));
LONG wdm_file_put(struct wdm_file *file);
void wdm_file_end(struct winpar_wdm_client *client);
void wdm_file_exit(void);

#endif /* _WINPAR_WDM_FILE_H */
