/* SPDX-License-Identifier: GPL-2.0-only */
/* <initguid.h>: from here on DEFINE_GUID() defines (guiddef.h). */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
