/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program does with a device, as IRPs to the device's driver. */
#ifndef _WINPAR_WDM_USER_H
#define _WINPAR_WDM_USER_H

#include <linux/compiler.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;
struct wdm_handle;

/* Either access lets a handle write. */
#define WDM_USER_WRITES		(FILE_WRITE_DATA | FILE_APPEND_DATA)

/**
 * struct wdm_user_create - how a program opens a device
 * @device: the name of the device, or of a link to it
 * @name: the file's name, which the program has written behind the device's, or ""
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

/* DDI page: wdm, ZwCreateFile: all attributes of files, and all options, that there are. */
#define WDM_USER_ATTRIBUTES	0x00007fb7
#define WDM_USER_OPTIONS	0x00ffffff

/**
 * wdm_user_test() - may a program ask for a device so?
 * @create: how it asks
 *
 * On Windows the I/O manager refuses other values: a driver may have a table of the
 * dispositions, and finds a \ at the beginning of a FileName that is not empty. It also refuses
 * some combinations of options, rights and dispositions, which are not tested here.
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_INVALID; STATUS_INVALID_PARAMETER.
 */
static inline NTSTATUS wdm_user_test(const struct wdm_user_create *create)
{
	const ULONG waits = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;

	if (create->name[0] && create->name[0] != '\\')
		return STATUS_OBJECT_NAME_INVALID;
	if (create->disposition > FILE_OVERWRITE_IF ||
	    create->share & ~FILE_SHARE_VALID_FLAGS ||
	    create->attributes & ~WDM_USER_ATTRIBUTES ||
	    create->options & ~WDM_USER_OPTIONS || (create->options & waits) == waits)
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/**
 * struct wdm_user_control - a control request of a program
 * @code: the control code
 * @in: the program's address of the input
 * @in_length: how many bytes of input
 * @out: the program's address for the output; with METHOD_IN_DIRECT more input
 * @out_length: how many bytes of output there is room for
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
NTSTATUS wdm_user_open_for(struct winpar_wdm_client *opener,
			   PDEVICE_OBJECT device, ACCESS_MASK access,
			   PFILE_OBJECT *file);
void wdm_user_close(struct wdm_handle *handle);
NTSTATUS wdm_user_transfer(struct wdm_handle *handle, UCHAR major,
			   void __user *buffer, ULONG length, LONGLONG offset,
			   ULONG_PTR *information);
NTSTATUS wdm_user_control(struct wdm_handle *handle,
			  const struct wdm_user_control *control,
			  ULONG_PTR *information);

#endif /* _WINPAR_WDM_USER_H */
