/* SPDX-License-Identifier: GPL-2.0-only */
/* <initguid.h> for programs: after this include DEFINE_GUID() defines a GUID. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
