/* SPDX-License-Identifier: GPL-2.0-only */
/* <stddef.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_STDDEF_H
#define _WINPAR_DDK_STDDEF_H

#include "ntdef.h"

#endif /* _WINPAR_DDK_STDDEF_H */
