/* SPDX-License-Identifier: GPL-2.0-only */
/* <devioctl.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_DEVIOCTL_H
#define _WINPAR_DDK_DEVIOCTL_H

#include "wdm.h"

#endif /* _WINPAR_DDK_DEVIOCTL_H */
