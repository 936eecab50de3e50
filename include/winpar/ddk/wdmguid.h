/* SPDX-License-Identifier: GPL-2.0-only */
/* <wdmguid.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_WDMGUID_H
#define _WINPAR_DDK_WDMGUID_H

#include "wdm.h"

/* DDI page: wdm, DEVICE_INTERFACE_CHANGE_NOTIFICATION, member Event */
DEFINE_GUID(GUID_DEVICE_INTERFACE_ARRIVAL, 0xcb3a4004, 0x46f0, 0x11d0,
	    0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f);
DEFINE_GUID(GUID_DEVICE_INTERFACE_REMOVAL, 0xcb3a4005, 0x46f0, 0x11d0,
	    0xb0, 0x8f, 0x00, 0x60, 0x97, 0x13, 0x05, 0x3f);

#endif /* _WINPAR_DDK_WDMGUID_H */
