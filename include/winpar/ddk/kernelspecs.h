/* SPDX-License-Identifier: GPL-2.0-only */
/* <kernelspecs.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_KERNELSPECS_H
#define _WINPAR_DDK_KERNELSPECS_H

#include "driverspecs.h"

#endif /* _WINPAR_DDK_KERNELSPECS_H */
