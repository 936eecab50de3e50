/* SPDX-License-Identifier: GPL-2.0-only */
/* <stdlib.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_STDLIB_H
#define _WINPAR_DDK_STDLIB_H

#include "crt_text.h"

#ifndef atoi
#define atoi		winpar_wdm_atoi
#endif

#endif /* _WINPAR_DDK_STDLIB_H */
