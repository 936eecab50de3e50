/* SPDX-License-Identifier: GPL-2.0-only */
/* <ntddser.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_NTDDSER_H
#define _WINPAR_DDK_NTDDSER_H

#include "wdm.h"
#include "../ntddser.h"

#endif /* _WINPAR_DDK_NTDDSER_H */
