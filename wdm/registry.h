/* SPDX-License-Identifier: GPL-2.0-only */
/* A client's registry: keys and values. See wdm/registry.c. */
#ifndef _WINPAR_WDM_REGISTRY_H
#define _WINPAR_WDM_REGISTRY_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

struct wdm_key;
struct winpar_wdm_client;

/* The key of all services, in which each driver has one by its name. */
#define WDM_SERVICES	"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

/**
 * struct wdm_value - a value of a key
 * @entry: among the key's
 * @name: its name, with a null character; empty: the key's default value
 * @type: REG_SZ and the like
 * @size: how many bytes @data has
 * @data: its data, and behind these @name
 */
struct wdm_value {
	struct list_head entry;
	UNICODE_STRING name;
	ULONG type;
	ULONG size;
	u8 data[] __aligned(8);
};

NTSTATUS wdm_registry_add(struct wdm_key *base, PCUNICODE_STRING path,
			  struct wdm_key **key);
struct wdm_key *wdm_registry_find(struct wdm_key *base, PCUNICODE_STRING path);
NTSTATUS wdm_registry_set(struct wdm_key *key, PCUNICODE_STRING name, ULONG type,
			  const void *data, ULONG size);
NTSTATUS wdm_registry_delete(struct wdm_key *key, PCUNICODE_STRING name);
NTSTATUS wdm_registry_get(struct wdm_key *key, PCUNICODE_STRING name,
			  unsigned int index, struct wdm_value **copy);
void wdm_registry_put(struct wdm_value *copy);
bool wdm_registry_begin(struct winpar_wdm_client *client);
void wdm_registry_end(struct winpar_wdm_client *client);

/* wdm/regtext.c */
int wdm_registry_load(struct winpar_wdm_client *client, const char *path);

#endif /* _WINPAR_WDM_REGISTRY_H */
