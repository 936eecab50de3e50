/* SPDX-License-Identifier: GPL-2.0-only */
/* <ntddpar.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_NTDDPAR_H
#define _WINPAR_DDK_NTDDPAR_H

#include "wdm.h"
#include "../ntddpar.h"

#endif /* _WINPAR_DDK_NTDDPAR_H */
