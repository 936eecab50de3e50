/* SPDX-License-Identifier: GPL-2.0-only */
/* <stdio.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_STDIO_H
#define _WINPAR_DDK_STDIO_H

#include "crt_text.h"

#endif /* _WINPAR_DDK_STDIO_H */
