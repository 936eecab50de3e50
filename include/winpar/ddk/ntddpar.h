/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <ntddpar.h> for Windows sources that are compiled for Linux. For clients of
 * winpar_wdm.ko the GUIDs are objects, as on Windows (guiddef.h); entry.c has them for
 * sources that do not include <initguid.h>.
 */
#ifndef _WINPAR_DDK_NTDDPAR_H
#define _WINPAR_DDK_NTDDPAR_H

#include "wdm.h"
#include "../ntddpar.h"

#ifndef _WINPAR_IRP_H
#undef GUID_DEVINTERFACE_PARALLEL
#undef GUID_DEVINTERFACE_PARCLASS

DEFINE_GUID(GUID_DEVINTERFACE_PARALLEL, 0x97f76ef0, 0xf883, 0x11d0,
	    0xaf, 0x1f, 0x00, 0x00, 0xf8, 0x00, 0x84, 0x5c);
DEFINE_GUID(GUID_DEVINTERFACE_PARCLASS, 0x811fc6a5, 0xf728, 0x11d0,
	    0xa5, 0x37, 0x00, 0x00, 0xf8, 0x75, 0x3e, 0xd1);
#endif

#endif /* _WINPAR_DDK_NTDDPAR_H */
