/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <ntstrsafe.h>: strings with the size of their buffer. The functions whose names end in
 * Ex are not here.
 */
#ifndef _WINPAR_DDK_NTSTRSAFE_H
#define _WINPAR_DDK_NTSTRSAFE_H

#include "crt.h"
#include "ntdef.h"
#include "ntstatus.h"

/* DDI page: ntstrsafe, RtlStringCchCopyA and the others: the largest size */
#define NTSTRSAFE_MAX_CCH	2147483647

/* wdm/print.c */
NTSTATUS RtlStringCchVPrintfA(PCHAR to, SIZE_T size, PCSTR format, va_list args);
NTSTATUS RtlStringCchVPrintfW(PWCHAR to, SIZE_T size, PCWSTR format, va_list args);

/*
 * The functions for one type of characters. RtlStringCch... count characters,
 * RtlStringCb... bytes. A result that is cut ends in a null character, too.
 */
#define WINPAR_STRSAFE(X, type)						\
/* How many characters before the null one, among the first @max? */	\
static inline NTSTATUS RtlStringCchLength##X(const type *string, SIZE_T max, \
					     SIZE_T *length)		\
{									\
	SIZE_T n = 0;							\
									\
	if (length)							\
		*length = 0;						\
	if (!string || max > NTSTRSAFE_MAX_CCH)				\
		return STATUS_INVALID_PARAMETER;			\
	while (n < max && string[n])					\
		n++;							\
	if (n == max)							\
		return STATUS_INVALID_PARAMETER;			\
	if (length)							\
		*length = n;						\
	return STATUS_SUCCESS;						\
}									\
									\
/* Copy at most @max characters. */					\
static inline NTSTATUS RtlStringCchCopyN##X(type *to, SIZE_T size,	\
					    const type *from, SIZE_T max) \
{									\
	SIZE_T n = 0;							\
									\
	if (!size || size > NTSTRSAFE_MAX_CCH || max > NTSTRSAFE_MAX_CCH) \
		return STATUS_INVALID_PARAMETER;			\
	while (n + 1 < size && n < max && from[n]) {			\
		to[n] = from[n];					\
		n++;							\
	}								\
	to[n] = 0;							\
	return n < max && from[n] ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS; \
}									\
									\
static inline NTSTATUS RtlStringCchCopy##X(type *to, SIZE_T size,	\
					   const type *from)		\
{									\
	return RtlStringCchCopyN##X(to, size, from, NTSTRSAFE_MAX_CCH);	\
}									\
									\
/* Append at most @max characters. */					\
static inline NTSTATUS RtlStringCchCatN##X(type *to, SIZE_T size,	\
					   const type *from, SIZE_T max) \
{									\
	SIZE_T n;							\
									\
	if (!NT_SUCCESS(RtlStringCchLength##X(to, size, &n)))		\
		return STATUS_INVALID_PARAMETER;			\
	return RtlStringCchCopyN##X(to + n, size - n, from, max);	\
}									\
									\
static inline NTSTATUS RtlStringCchCat##X(type *to, SIZE_T size,	\
					  const type *from)		\
{									\
	return RtlStringCchCatN##X(to, size, from, NTSTRSAFE_MAX_CCH);	\
}									\
									\
static inline NTSTATUS RtlStringCbLength##X(const type *string, SIZE_T max, \
					    SIZE_T *length)		\
{									\
	NTSTATUS status = RtlStringCchLength##X(string, max / sizeof(type), \
						length);		\
									\
	if (length)							\
		*length *= sizeof(type);				\
	return status;							\
}									\
									\
static inline NTSTATUS RtlStringCbCopyN##X(type *to, SIZE_T size,	\
					   const type *from, SIZE_T max) \
{									\
	return RtlStringCchCopyN##X(to, size / sizeof(type), from,	\
				    max / sizeof(type));		\
}									\
									\
static inline NTSTATUS RtlStringCbCopy##X(type *to, SIZE_T size,	\
					  const type *from)		\
{									\
	return RtlStringCchCopy##X(to, size / sizeof(type), from);	\
}									\
									\
static inline NTSTATUS RtlStringCbCatN##X(type *to, SIZE_T size,	\
					  const type *from, SIZE_T max) \
{									\
	return RtlStringCchCatN##X(to, size / sizeof(type), from,	\
				   max / sizeof(type));			\
}									\
									\
static inline NTSTATUS RtlStringCbCat##X(type *to, SIZE_T size,		\
					 const type *from)		\
{									\
	return RtlStringCchCat##X(to, size / sizeof(type), from);	\
}									\
									\
static inline NTSTATUS RtlStringCbVPrintf##X(type *to, SIZE_T size,	\
					     const type *format, va_list args) \
{									\
	return RtlStringCchVPrintf##X(to, size / sizeof(type), format, args); \
}									\
									\
static inline NTSTATUS RtlStringCchPrintf##X(type *to, SIZE_T size,	\
					     const type *format, ...)	\
{									\
	NTSTATUS status;						\
	va_list args;							\
									\
	va_start(args, format);						\
	status = RtlStringCchVPrintf##X(to, size, format, args);	\
	va_end(args);							\
	return status;							\
}									\
									\
static inline NTSTATUS RtlStringCbPrintf##X(type *to, SIZE_T size,	\
					    const type *format, ...)	\
{									\
	NTSTATUS status;						\
	va_list args;							\
									\
	va_start(args, format);						\
	status = RtlStringCbVPrintf##X(to, size, format, args);		\
	va_end(args);							\
	return status;							\
}

WINPAR_STRSAFE(A, CHAR)
WINPAR_STRSAFE(W, WCHAR)

#undef WINPAR_STRSAFE

#endif /* _WINPAR_DDK_NTSTRSAFE_H */
