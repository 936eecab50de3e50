/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: files, in a folder that the administrator names (docs/wdm.md). */
#ifndef _WINPAR_DDK_WDM_ZW_H
#define _WINPAR_DDK_WDM_ZW_H

#include "wdm_ps.h"

/* DDI page: wdm, ZwWriteFile: LowPart of a ByteOffset whose HighPart is -1 */
#define FILE_USE_FILE_POINTER_POSITION	0xfffffffe
#define FILE_WRITE_TO_END_OF_FILE	0xffffffff

/**
 * struct winpar_wdm_open - how ZwCreateFile() opens a file
 * @access: for what it is opened
 * @share: tested, and otherwise ignored
 * @disposition: FILE_OPEN and the like
 * @options: FILE_SYNCHRONOUS_IO_NONALERT and the like
 * @extended: extended attributes are given
 */
struct winpar_wdm_open {
	ACCESS_MASK access;
	ULONG share;
	ULONG disposition;
	ULONG options;
	BOOLEAN extended;
};

NTSTATUS winpar_wdm_file_open(struct winpar_wdm_client *client, PHANDLE handle,
			      POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
			      const struct winpar_wdm_open *open);
NTSTATUS winpar_wdm_file_read(struct winpar_wdm_client *client, HANDLE handle,
			      BOOLEAN later, PIO_STATUS_BLOCK io, PVOID data,
			      ULONG length, PLARGE_INTEGER offset);
NTSTATUS winpar_wdm_file_write(struct winpar_wdm_client *client, HANDLE handle,
			       BOOLEAN later, PIO_STATUS_BLOCK io, PVOID data,
			       ULONG length, PLARGE_INTEGER offset);
NTSTATUS winpar_wdm_file_query(struct winpar_wdm_client *client, HANDLE handle,
			       PIO_STATUS_BLOCK io, PVOID to, ULONG length,
			       FILE_INFORMATION_CLASS information);

/* A macro that tests the address of a variable would be warned of by the compiler. */
static inline BOOLEAN winpar_wdm_given(const void *pointer)
{
	return !!pointer;
}

#define ZwCreateFile(handle, access, attributes, io, size, file_attributes, \
		     share, disposition, options, ea, ea_length)	\
	((void)(size), (void)(file_attributes),				\
	 winpar_wdm_file_open(winpar_ddk_client, handle, attributes, io, \
			      &(const struct winpar_wdm_open){		\
				      access, share, disposition, options, \
				      winpar_wdm_given(ea) || (ea_length) }))
#define ZwOpenFile(handle, access, attributes, io, share, options)	\
	winpar_wdm_file_open(winpar_ddk_client, handle, attributes, io,	\
			     &(const struct winpar_wdm_open){		\
				     access, share, FILE_OPEN, options, FALSE })
#define ZwReadFile(handle, event, routine, context, io, data, length, offset, \
		   key)							\
	((void)(context), (void)(key),					\
	 winpar_wdm_file_read(winpar_ddk_client, handle, (event) || (routine), \
			      io, data, length, offset))
#define ZwWriteFile(handle, event, routine, context, io, data, length, offset, \
		    key)						\
	((void)(context), (void)(key),					\
	 winpar_wdm_file_write(winpar_ddk_client, handle, (event) || (routine), \
			       io, data, length, offset))
#define ZwQueryInformationFile(handle, io, to, length, information)	\
	winpar_wdm_file_query(winpar_ddk_client, handle, io, to, length, \
			      information)

#endif /* _WINPAR_DDK_WDM_ZW_H */
