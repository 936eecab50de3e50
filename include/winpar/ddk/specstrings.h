/* SPDX-License-Identifier: GPL-2.0-only */
/* <specstrings.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_SPECSTRINGS_H
#define _WINPAR_DDK_SPECSTRINGS_H

#include "sal.h"

#endif /* _WINPAR_DDK_SPECSTRINGS_H */
