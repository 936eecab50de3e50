/* SPDX-License-Identifier: GPL-2.0-only */
/* <parallel.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_PARALLEL_H
#define _WINPAR_DDK_PARALLEL_H

#include "wdm.h"
#include "ntddpar.h"
#include "../parallel.h"

#endif /* _WINPAR_DDK_PARALLEL_H */
