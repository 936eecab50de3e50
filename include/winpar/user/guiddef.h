/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <guiddef.h>, <initguid.h> for programs: a source that includes <initguid.h> defines the
 * GUIDs that it names by DEFINE_GUID(), every other source only declares them.
 */
#ifndef _WINPAR_USER_GUIDDEF_H
#define _WINPAR_USER_GUIDDEF_H

typedef struct _GUID {
	unsigned int Data1;
	unsigned short Data2;
	unsigned short Data3;
	unsigned char Data4[8];
} GUID;

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;

#define IsEqualGUID(one, other)	(!__builtin_memcmp(one, other, sizeof(GUID)))

#endif /* _WINPAR_USER_GUIDDEF_H */

/* Outside of the guard, since <initguid.h> may have defined INITGUID since the last include. */
#include "../ddk/defguid.h"
