/* SPDX-License-Identifier: GPL-2.0-only */
/* <ntverp.h>: the version of the headers, for a driver's resources and messages. */
#ifndef _WINPAR_DDK_NTVERP_H
#define _WINPAR_DDK_NTVERP_H

/* The version of Windows that RtlGetVersion() names, too. */
#define VER_PRODUCTMAJORVERSION		5
#define VER_PRODUCTMINORVERSION		1
#define VER_PRODUCTBUILD		2600
#define VER_PRODUCTBUILD_QFE		0

#endif /* _WINPAR_DDK_NTVERP_H */
