/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.c needs of the client's sources, and the variable that it defines for them. */
#ifndef _WINPAR_DDK_ENTRY_H
#define _WINPAR_DDK_ENTRY_H

/* DriverEntry of the client, without the types of <wdm.h>, which is not included here. */
struct _DRIVER_OBJECT;
struct _UNICODE_STRING;

int DriverEntry(struct _DRIVER_OBJECT *DriverObject,
		struct _UNICODE_STRING *RegistryPath);

extern struct winpar_wdm_client *winpar_ddk_client;

#endif /* _WINPAR_DDK_ENTRY_H */
