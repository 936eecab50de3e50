/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <windows.h> for programs that use a device of a Windows driver's source
 * (docs/wdm.md): CreateFile() of names like \\.\Scale, which opens /dev/scale,
 * DeviceIoControl(), ReadFile(), WriteFile() and CloseHandle(), the types that a header
 * uses which driver and program share, and nothing else of Windows. windows.c, in this
 * folder, is compiled into the program.
 */
#ifndef _WINPAR_USER_WINDOWS_H
#define _WINPAR_USER_WINDOWS_H

#include <stddef.h>

#include "guiddef.h"

typedef void VOID;
typedef void *PVOID, *LPVOID, *HANDLE;
typedef const void *LPCVOID;
typedef char CHAR, *PCHAR, *LPSTR;
typedef const char *LPCSTR, *PCSTR;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, BOOLEAN;
typedef short SHORT;
typedef unsigned short USHORT, *PUSHORT, WORD, *PWORD;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef int LONG, *PLONG;
typedef unsigned int ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD, UINT;
typedef long long LONGLONG, LONG64, INT64, __int64;
typedef unsigned long long ULONGLONG, ULONG64, UINT64, DWORDLONG, DWORD64;
typedef unsigned long ULONG_PTR, DWORD_PTR, SIZE_T;
typedef long LONG_PTR;
/* 16 bits, as a driver's: a string L"..." of a Linux program has 32. */
typedef unsigned short WCHAR, *PWCHAR;

typedef union _LARGE_INTEGER {
	struct {
		DWORD LowPart;
		LONG HighPart;
	};
	struct {
		DWORD LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		DWORD LowPart;
		DWORD HighPart;
	};
	struct {
		DWORD LowPart;
		DWORD HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* Arguments of these types have to be NULL. */
typedef struct _SECURITY_ATTRIBUTES *LPSECURITY_ATTRIBUTES;
typedef struct _OVERLAPPED *LPOVERLAPPED;

#ifndef FALSE
#define FALSE	0
#endif
#ifndef TRUE
#define TRUE	1
#endif
#define WINAPI
#define __cdecl
#define INVALID_HANDLE_VALUE	((HANDLE)-1L)

/* CreateFile(): the access that the program wants, ... */
#define GENERIC_READ		0x80000000
#define GENERIC_WRITE		0x40000000
/* ... which access other handles may have, ... */
#define FILE_SHARE_READ		0x00000001
#define FILE_SHARE_WRITE	0x00000002
#define FILE_SHARE_DELETE	0x00000004
/* ... what to do if the file exists, or does not, ... */
#define CREATE_NEW		1
#define CREATE_ALWAYS		2
#define OPEN_EXISTING		3
#define OPEN_ALWAYS		4
#define TRUNCATE_EXISTING	5
/* ... and attributes. FILE_FLAG_OVERLAPPED is not supported. */
#define FILE_ATTRIBUTE_NORMAL	0x00000080
#define FILE_FLAG_OVERLAPPED	0x40000000

/* GetLastError() */
#define ERROR_SUCCESS			0
#define ERROR_INVALID_FUNCTION		1
#define ERROR_FILE_NOT_FOUND		2
#define ERROR_PATH_NOT_FOUND		3
#define ERROR_ACCESS_DENIED		5
#define ERROR_INVALID_HANDLE		6
#define ERROR_NOT_ENOUGH_MEMORY		8
#define ERROR_NOT_READY			21
#define ERROR_BAD_COMMAND		22
#define ERROR_BAD_LENGTH		24
#define ERROR_OUT_OF_PAPER		28
#define ERROR_GEN_FAILURE		31
#define ERROR_SHARING_VIOLATION		32
#define ERROR_HANDLE_EOF		38
#define ERROR_NOT_SUPPORTED		50
#define ERROR_DEV_NOT_EXIST		55
#define ERROR_INVALID_PARAMETER		87
#define ERROR_SEM_TIMEOUT		121
#define ERROR_INSUFFICIENT_BUFFER	122
#define ERROR_INVALID_NAME		123
#define ERROR_BUSY			170
#define ERROR_MORE_DATA			234
#define ERROR_NO_MORE_ITEMS		259
#define ERROR_DIRECTORY			267
#define ERROR_MR_MID_NOT_FOUND		317
#define ERROR_OPERATION_ABORTED		995
#define ERROR_NOACCESS			998
#define ERROR_IO_DEVICE			1117
#define ERROR_DEVICE_NOT_CONNECTED	1167
#define ERROR_NO_SYSTEM_RESOURCES	1450
#define ERROR_DEVICE_REMOVED		1617
#define ERROR_INVALID_USER_BUFFER	1784

HANDLE CreateFileA(LPCSTR name, DWORD access, DWORD share,
		   LPSECURITY_ATTRIBUTES security, DWORD disposition,
		   DWORD flags, HANDLE template);
BOOL CloseHandle(HANDLE handle);
BOOL ReadFile(HANDLE handle, LPVOID buffer, DWORD length, LPDWORD read,
	      LPOVERLAPPED overlapped);
BOOL WriteFile(HANDLE handle, LPCVOID buffer, DWORD length, LPDWORD written,
	       LPOVERLAPPED overlapped);
BOOL DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_length,
		     LPVOID out, DWORD out_length, LPDWORD returned,
		     LPOVERLAPPED overlapped);
DWORD GetLastError(void);
VOID SetLastError(DWORD error);

#define CreateFile	CreateFileA

#endif /* _WINPAR_USER_WINDOWS_H */
