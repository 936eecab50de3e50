/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.c calls of the client's own sources, and the variable that it gives them. */
#ifndef _WINPAR_DDK_ENTRY_H
#define _WINPAR_DDK_ENTRY_H

/* The client's, without the types of <wdm.h>, which this header does not include. */
int DriverEntry(void *DriverObject, void *RegistryPath);

extern struct winpar_wdm_client *winpar_ddk_client;

#endif /* _WINPAR_DDK_ENTRY_H */
