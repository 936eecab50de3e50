/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <ntdef.h> for Windows sources that are compiled for Linux: types, strings,
 * lists, and the words of Windows prototypes. Includes no more of Linux than
 * winpar/nt.h does, so that a client's own names meet none of the kernel's.
 */
#ifndef _WINPAR_DDK_NTDEF_H
#define _WINPAR_DDK_NTDEF_H

#include "../nt.h"
#include "driverspecs.h"
#include "guiddef.h"

/* Calling conventions and linkage. */
#ifndef NTAPI
#define NTAPI
#endif
#ifndef FASTCALL
#define FASTCALL
#endif
#ifndef DDKAPI
#define DDKAPI
#endif
#ifndef DDKFASTAPI
#define DDKFASTAPI
#endif
#ifndef NTKERNELAPI
#define NTKERNELAPI
#endif
#ifndef NTSYSAPI
#define NTSYSAPI
#endif
#ifndef NTHALAPI
#define NTHALAPI
#endif
#define NTSYSCALLAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_NORETURN	__attribute__((__noreturn__))
#define DECLSPEC_ALIGN(bytes)	__attribute__((__aligned__(bytes)))
#define FORCEINLINE		static inline __attribute__((__always_inline__))
#define INLINE			inline
#define UNALIGNED
#define EXTERN_C		extern
#ifndef CONST
#define CONST			const
#endif
#ifndef THIS
#define THIS			void
#endif

/* Further types. */
typedef int INT;
typedef unsigned int UINT;
typedef short CSHORT;
typedef signed char INT8;
typedef s16 INT16;
typedef s32 INT32;
typedef s64 INT64;
typedef u8 UINT8;
typedef u16 UINT16;
typedef u32 UINT32;
typedef u64 UINT64;
typedef UINT8 *PUINT8;
typedef UINT16 *PUINT16;
typedef UINT32 *PUINT32;
typedef UINT64 *PUINT64;
typedef u32 ULONG32;
typedef u64 ULONG64;
typedef long INT_PTR;
typedef unsigned long UINT_PTR;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef WCHAR *LPWSTR;
typedef const WCHAR *LPCWSTR;
typedef const WCHAR *PCWCH;
typedef CHAR *LPSTR;
typedef const CHAR *LPCSTR;
typedef CHAR *PSZ;
typedef const CHAR *PCSZ;
typedef const CHAR *PCCH;
typedef WCHAR *PWCH;
typedef CCHAR *PCCHAR;
typedef const UCHAR *PCUCHAR;
typedef CCHAR KPROCESSOR_MODE;
typedef ULONG LOGICAL;
typedef BOOLEAN *PLOGICAL;

#define NOTHING
#define ANYSIZE_ARRAY		1
#define UNICODE_NULL		((WCHAR)0)
#define ANSI_NULL		((CHAR)0)
#define MAXUCHAR		0xff
#define MINCHAR			0x80
#define MAXCHAR			0x7f
#define MINSHORT		0x8000
#define MAXSHORT		0x7fff
#define MINLONG			0x80000000
#define MAXLONG			0x7fffffff
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767

/* DDI page: ntdef, STRING */
typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, *PSTRING;

typedef STRING ANSI_STRING;
typedef PSTRING PANSI_STRING;
typedef STRING OEM_STRING;
typedef PSTRING POEM_STRING;
typedef const STRING *PCANSI_STRING;

/* DDI page: ntdef, ULARGE_INTEGER */
typedef union _ULARGE_INTEGER {
	struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	struct {
		ULONG LowPart;
		ULONG HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* DDI page: ntdef, LIST_ENTRY */
typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

/* DDI page: ntdef, SINGLE_LIST_ENTRY */
typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* DDI page: ntdef, OBJECT_ATTRIBUTES */
typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT		0x00000002
#define OBJ_CASE_INSENSITIVE	0x00000040
#define OBJ_KERNEL_HANDLE	0x00000200

#define InitializeObjectAttributes(p, n, a, r, s)	\
do {							\
	(p)->Length = sizeof(OBJECT_ATTRIBUTES);	\
	(p)->RootDirectory = (r);			\
	(p)->ObjectName = (n);				\
	(p)->Attributes = (a);				\
	(p)->SecurityDescriptor = (s);			\
	(p)->SecurityQualityOfService = NULL;		\
} while (0)

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(param)	((void)(param))
#endif
#define DBG_UNREFERENCED_PARAMETER(param)	((void)(param))
#define UNREFERENCED_LOCAL_VARIABLE(var)	((void)(var))

/* Products of 64 bits. */
#define Int32x32To64(a, b)	((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b)	((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))

#define FIELD_OFFSET(type, field)	((LONG)(LONG_PTR)&(((type *)0)->field))
#define RTL_FIELD_SIZE(type, field)	(sizeof(((type *)0)->field))
#define RTL_NUMBER_OF(array)		(sizeof(array) / sizeof((array)[0]))
#define ARGUMENT_PRESENT(arg)		((CHAR *)(ULONG_PTR)(arg) != NULL)
#define CONTAINING_RECORD(address, type, field) \
	((type *)((PCHAR)(address) - (ULONG_PTR)(&((type *)0)->field)))

#define C_ASSERT(what)		_Static_assert(what, #what)
#ifndef min
#define min(a, b)		(((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b)		(((a) > (b)) ? (a) : (b))
#endif

/* A string in the source; both for UNICODE_STRING and for ANSI_STRING. */
#define RTL_CONSTANT_STRING(s)	\
	{ sizeof(s) - sizeof((s)[0]), sizeof(s), (void *)(s) }
#define DECLARE_CONST_UNICODE_STRING(name, s) \
	const UNICODE_STRING name = RTL_CONSTANT_STRING(s)
/* An empty string with room for so many characters. */
#define DECLARE_UNICODE_STRING_SIZE(name, chars)	\
	WCHAR name ## _buffer[chars];			\
	UNICODE_STRING name = { 0, (chars) * sizeof(WCHAR), name ## _buffer }

#endif /* _WINPAR_DDK_NTDEF_H */
