/* SPDX-License-Identifier: GPL-2.0-only */
/* <initguid.h>: after this include DEFINE_GUID() defines a GUID (guiddef.h). */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
