/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Microsoft's compiler knows without any header, and the words that
 * decorate Windows prototypes. ddk.mk includes this before each source of a
 * client. Calling conventions and annotations mean nothing here: the calling
 * convention is Linux's.
 */
#ifndef _WINPAR_DDK_MSVC_H
#define _WINPAR_DDK_MSVC_H

#ifdef __KERNEL__
#include <linux/spinlock_types.h>
#include <linux/stddef.h>
#include <linux/types.h>
#endif

/* Keywords. */
#define __int8			char
#define __int16			short
#define __int32			int
#define __int64			long long
#define __cdecl
#define __stdcall
#define __fastcall
#define __forceinline		inline __attribute__((__always_inline__))
#define __unaligned
#define __w64
#define __declspec(what)

/*
 * Linux's headers use such names for other things: the Linux headers that the ddk's headers
 * need are included above, before these.
 */
#include "driverspecs.h"
#include "specstrings.h"

/* The target. _MSC_VER is not defined: it would promise what gcc does not have. */
#ifndef _WIN32
#define _WIN32			1
#endif
#ifdef __x86_64__
#define _WIN64			1
#define _AMD64_			1
#define _M_AMD64		100
#endif
#ifdef __i386__
#define _X86_			1
#define _M_IX86			600
#endif
/* Windows XP with Service Pack 1: the second edition of the port's interface. */
#ifndef NTDDI_WINXPSP1
#define NTDDI_WINXPSP1		0x05010100
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION		NTDDI_WINXPSP1
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT		0x0501
#endif
#ifndef DBG
#define DBG			0
#endif

#endif /* _WINPAR_DDK_MSVC_H */
