/* SPDX-License-Identifier: GPL-2.0-only */
/* <driverspecs.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_DRIVERSPECS_H
#define _WINPAR_DDK_DRIVERSPECS_H

#include "sal.h"

#endif /* _WINPAR_DDK_DRIVERSPECS_H */
