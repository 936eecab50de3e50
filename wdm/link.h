/* SPDX-License-Identifier: GPL-2.0-only */
/* Symbolic links: second names for devices. */
#ifndef _WINPAR_WDM_LINK_H
#define _WINPAR_WDM_LINK_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;
struct wdm_node;

/* The longest name of a device or of a link, with its null byte. */
#define WDM_PATH	256

/**
 * struct wdm_link - a symbolic link
 * @entry: on the list of all links
 * @client: the driver that has created the link
 * @node: the character device that programs open; NULL for a link in a directory that
 *        programs do not see (wdm/node.c)
 * @target: the name that the link stands for
 * @name: the link's own name, from wdm_link_name()
 */
struct wdm_link {
	struct list_head entry;
	struct winpar_wdm_client *client;
	struct wdm_node *node;
	char target[WDM_PATH];
	char name[WDM_PATH];
};

bool wdm_link_name(PUNICODE_STRING from, char name[WDM_PATH]);
const char *wdm_link_dos_name(const char *name);
bool wdm_link_file(const char *dos, char file[WDM_PATH]);
NTSTATUS wdm_link_is_free(const struct wdm_link *link, const char *file);
bool wdm_link_add(struct wdm_link *link);
struct wdm_link *wdm_link_take(const char *name);
struct wdm_link *wdm_link_next(struct winpar_wdm_client *client,
			       struct wdm_link *after);
void wdm_link_resolve(char path[WDM_PATH]);

#endif /* _WINPAR_WDM_LINK_H */
