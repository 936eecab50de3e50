/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.c has of the client's own sources, and gives them. */
#ifndef _WINPAR_DDK_ENTRY_H
#define _WINPAR_DDK_ENTRY_H

/* The client's: its types are those of <wdm.h>, which this does not include. */
int DriverEntry(void *DriverObject, void *RegistryPath);

extern struct winpar_wdm_client *winpar_ddk_client;

#endif /* _WINPAR_DDK_ENTRY_H */
