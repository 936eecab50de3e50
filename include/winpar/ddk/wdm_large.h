/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: sums, products and comparisons of 64 bits, as sources write them that are
 * older than a compiler with __int64; and swapped bytes.
 */
#ifndef _WINPAR_DDK_WDM_LARGE_H
#define _WINPAR_DDK_WDM_LARGE_H

#include "wdm_ex.h"

static inline LARGE_INTEGER winpar_wdm_large(LONGLONG value)
{
	LARGE_INTEGER large;

	large.QuadPart = value;
	return large;
}

#define RtlConvertLongToLargeInteger(value)	winpar_wdm_large((LONG)(value))
#define RtlConvertUlongToLargeInteger(value)	winpar_wdm_large((ULONG)(value))

#define RtlEnlargedIntegerMultiply(one, other) \
	winpar_wdm_large(Int32x32To64(one, other))
#define RtlEnlargedUnsignedMultiply(one, other) \
	winpar_wdm_large((LONGLONG)UInt32x32To64(one, other))
#define RtlExtendedIntegerMultiply(large, value) \
	winpar_wdm_large((large).QuadPart * (LONG)(value))

/* DDI page: wdm, RtlEnlargedUnsignedDivide. @rest, which may be NULL, gets the remainder. */
static inline ULONG RtlEnlargedUnsignedDivide(ULARGE_INTEGER value, ULONG divisor,
					      PULONG rest)
{
	if (rest)
		*rest = (ULONG)(value.QuadPart % divisor);
	return (ULONG)(value.QuadPart / divisor);
}

/* DDI page: wdm, RtlExtendedLargeIntegerDivide. The numbers are taken as without a sign. */
static inline LARGE_INTEGER RtlExtendedLargeIntegerDivide(LARGE_INTEGER value,
							  ULONG divisor,
							  PULONG rest)
{
	ULONGLONG number = (ULONGLONG)value.QuadPart;

	if (rest)
		*rest = (ULONG)(number % divisor);
	return winpar_wdm_large((LONGLONG)(number / divisor));
}

#define RtlLargeIntegerAdd(one, other) \
	winpar_wdm_large((one).QuadPart + (other).QuadPart)
#define RtlLargeIntegerSubtract(one, other) \
	winpar_wdm_large((one).QuadPart - (other).QuadPart)
#define RtlLargeIntegerNegate(large)	winpar_wdm_large(-(large).QuadPart)
#define RtlLargeIntegerShiftLeft(large, bits) \
	winpar_wdm_large((LONGLONG)((ULONGLONG)(large).QuadPart << (bits)))
#define RtlLargeIntegerShiftRight(large, bits) \
	winpar_wdm_large((LONGLONG)((ULONGLONG)(large).QuadPart >> (bits)))
#define RtlLargeIntegerArithmeticShift(large, bits) \
	winpar_wdm_large((large).QuadPart >> (bits))

#define RtlLargeIntegerGreaterThan(one, other)	((one).QuadPart > (other).QuadPart)
#define RtlLargeIntegerGreaterThanOrEqualTo(one, other) \
	((one).QuadPart >= (other).QuadPart)
#define RtlLargeIntegerLessThan(one, other)	((one).QuadPart < (other).QuadPart)
#define RtlLargeIntegerLessThanOrEqualTo(one, other) \
	((one).QuadPart <= (other).QuadPart)
#define RtlLargeIntegerEqualTo(one, other)	((one).QuadPart == (other).QuadPart)
#define RtlLargeIntegerNotEqualTo(one, other)	((one).QuadPart != (other).QuadPart)
#define RtlLargeIntegerGreaterThanZero(large)	((large).QuadPart > 0)
#define RtlLargeIntegerGreaterOrEqualToZero(large) ((large).QuadPart >= 0)
#define RtlLargeIntegerLessThanZero(large)	((large).QuadPart < 0)
#define RtlLargeIntegerLessOrEqualToZero(large)	((large).QuadPart <= 0)
#define RtlLargeIntegerEqualToZero(large)	((large).QuadPart == 0)
#define RtlLargeIntegerNotEqualToZero(large)	((large).QuadPart != 0)

#define RtlUshortByteSwap(value)	__builtin_bswap16(value)
#define RtlUlongByteSwap(value)		__builtin_bswap32(value)
#define RtlUlonglongByteSwap(value)	__builtin_bswap64(value)

#endif /* _WINPAR_DDK_WDM_LARGE_H */
