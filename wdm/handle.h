/* SPDX-License-Identifier: GPL-2.0-only */
/* Handles of keys and of files. See wdm/handle.c. */
#ifndef _WINPAR_WDM_HANDLE_H
#define _WINPAR_WDM_HANDLE_H

#include <winpar/ddk/wdm.h>

struct file;
struct wdm_key;
struct winpar_wdm_client;

NTSTATUS wdm_handle_of_key(struct winpar_wdm_client *client, struct wdm_key *key,
			   PHANDLE handle);
NTSTATUS wdm_handle_of_file(struct winpar_wdm_client *client, struct file *file,
			    bool synchronous, PHANDLE handle);
struct wdm_key *wdm_handle_key(struct winpar_wdm_client *client, HANDLE handle);
struct file *wdm_handle_file(struct winpar_wdm_client *client, HANDLE handle,
			     bool *synchronous);
void wdm_handle_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_HANDLE_H */
