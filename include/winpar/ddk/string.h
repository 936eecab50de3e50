/* SPDX-License-Identifier: GPL-2.0-only */
/* <string.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_STRING_H
#define _WINPAR_DDK_STRING_H

#include "crt_text.h"

#endif /* _WINPAR_DDK_STRING_H */
