/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <guiddef.h>, <initguid.h>: a source that includes <initguid.h> defines the
 * GUIDs that it names by DEFINE_GUID(), every other source only declares them.
 */
#ifndef _WINPAR_DDK_GUIDDEF_H
#define _WINPAR_DDK_GUIDDEF_H

#include "../nt.h"

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;

/* Are two GUIDs equal? In C a GUID is passed by its address. */
static inline BOOLEAN winpar_wdm_same_guid(const GUID *one, const GUID *other)
{
	return !__builtin_memcmp(one, other, sizeof(*one));
}

#define IsEqualGUID(one, other)	winpar_wdm_same_guid(one, other)
#define InlineIsEqualGUID(one, other)	IsEqualGUID(one, other)

#endif /* _WINPAR_DDK_GUIDDEF_H */

/* Outside of the guard, since <initguid.h> may have defined INITGUID since the last include. */
#include "defguid.h"
