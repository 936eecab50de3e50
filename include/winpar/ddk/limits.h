/* SPDX-License-Identifier: GPL-2.0-only */
/* <limits.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_LIMITS_H
#define _WINPAR_DDK_LIMITS_H

/* LONG_MAX and ULONG_MAX are Linux's, of 64 bits: a LONG goes up to MAXLONG. */
#ifndef CHAR_BIT
#define CHAR_BIT	8
#endif
#ifndef SCHAR_MIN
#define SCHAR_MIN	(-128)
#endif
#ifndef SCHAR_MAX
#define SCHAR_MAX	127
#endif
#ifndef UCHAR_MAX
#define UCHAR_MAX	0xff
#endif
#ifndef SHRT_MIN
#define SHRT_MIN	(-32768)
#endif
#ifndef SHRT_MAX
#define SHRT_MAX	32767
#endif
#ifndef USHRT_MAX
#define USHRT_MAX	0xffff
#endif
#ifndef INT_MIN
#define INT_MIN		(-2147483647 - 1)
#endif
#ifndef INT_MAX
#define INT_MAX		2147483647
#endif
#ifndef UINT_MAX
#define UINT_MAX	0xffffffffU
#endif

#endif /* _WINPAR_DDK_LIMITS_H */
