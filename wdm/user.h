/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of programs, as IRPs. */
#ifndef _WINPAR_WDM_USER_H
#define _WINPAR_WDM_USER_H

#include <linux/compiler.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;
struct wdm_handle;

/**
 * struct wdm_user_create - how a program opens a device
 * @device: the device's name
 * @name: the file's name, which follows it
 * @access: DesiredAccess
 * @share: ShareAccess
 * @disposition: FILE_OPEN and its like
 * @attributes: FileAttributes
 * @options: FILE_SYNCHRONOUS_IO_NONALERT and its like
 */
struct wdm_user_create {
	const char *device;
	const char *name;
	ACCESS_MASK access;
	ULONG share;
	ULONG disposition;
	ULONG attributes;
	ULONG options;
};

/**
 * struct wdm_user_control - a control request of a program's
 * @code: the control code
 * @in: input
 * @in_length: its length
 * @out: output
 * @out_length: its length
 */
struct wdm_user_control {
	ULONG code;
	void __user *in;
	ULONG in_length;
	void __user *out;
	ULONG out_length;
};

NTSTATUS wdm_user_open(struct winpar_wdm_client *client,
		       const struct wdm_user_create *create,
		       struct wdm_handle **handle);
void wdm_user_close(struct wdm_handle *handle);
NTSTATUS wdm_user_transfer(struct wdm_handle *handle, UCHAR major,
			   void __user *buffer, ULONG length, LONGLONG offset,
			   ULONG_PTR *information);
NTSTATUS wdm_user_control(struct wdm_handle *handle,
			  const struct wdm_user_control *control,
			  ULONG_PTR *information);

#endif /* _WINPAR_WDM_USER_H */
