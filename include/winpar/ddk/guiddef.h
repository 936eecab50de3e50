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
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)	\
	extern const GUID name;						\
	const GUID __attribute__((__weak__)) name = {			\
		l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 } }
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)	\
	extern const GUID name
#endif
