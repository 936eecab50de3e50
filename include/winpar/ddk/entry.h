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

#ifndef CONFIG_64BIT
/* Called by what the compiler makes of a division. */
unsigned long long __udivmoddi4(unsigned long long a, unsigned long long b,
				unsigned long long *rest);
long long __divmoddi4(long long a, long long b, long long *rest);
unsigned long long __udivdi3(unsigned long long a, unsigned long long b);
unsigned long long __umoddi3(unsigned long long a, unsigned long long b);
long long __divdi3(long long a, long long b);
long long __moddi3(long long a, long long b);
#endif

#endif /* _WINPAR_DDK_ENTRY_H */
