/* SPDX-License-Identifier: GPL-2.0-only */
/* <windef.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_WINDEF_H
#define _WINPAR_DDK_WINDEF_H

#include "ntdef.h"

typedef UCHAR BYTE;
typedef USHORT WORD;
typedef ULONG DWORD;
typedef INT BOOL;
typedef BYTE *PBYTE;
typedef BYTE *LPBYTE;
typedef WORD *PWORD;
typedef DWORD *PDWORD;
typedef DWORD *LPDWORD;
typedef BOOL *PBOOL;
typedef VOID *LPVOID;
typedef const VOID *LPCVOID;

#define LOBYTE(word)		((BYTE)((ULONG_PTR)(word) & 0xff))
#define HIBYTE(word)		((BYTE)((ULONG_PTR)(word) >> 8 & 0xff))
#define LOWORD(dword)		((WORD)((ULONG_PTR)(dword) & 0xffff))
#define HIWORD(dword)		((WORD)((ULONG_PTR)(dword) >> 16 & 0xffff))
#define MAKEWORD(low, high)	((WORD)((BYTE)(low) | (WORD)(BYTE)(high) << 8))
#define MAKELONG(low, high)	((LONG)((WORD)(low) | (DWORD)(WORD)(high) << 16))

#endif /* _WINPAR_DDK_WINDEF_H */
