/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: dates, the version, the processors, strings of bytes. */
#ifndef _WINPAR_DDK_WDM_RTL_H
#define _WINPAR_DDK_WDM_RTL_H

#include "wdm_ex.h"

/* ----- dates ------------------------------------------------------------- */

/* DDI page: wdm, RtlTimeToTimeFields */
typedef struct _TIME_FIELDS {
	CSHORT Year;
	CSHORT Month;
	CSHORT Day;
	CSHORT Hour;
	CSHORT Minute;
	CSHORT Second;
	CSHORT Milliseconds;
	CSHORT Weekday;
} TIME_FIELDS, *PTIME_FIELDS;

void RtlTimeToTimeFields(PLARGE_INTEGER time, PTIME_FIELDS fields);
BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS fields, PLARGE_INTEGER time);
void ExSystemTimeToLocalTime(PLARGE_INTEGER system, PLARGE_INTEGER local);
void ExLocalTimeToSystemTime(PLARGE_INTEGER local, PLARGE_INTEGER system);

/* ----- the version, the processors --------------------------------------- */

/* DDI page: wdm, RtlGetVersion */
typedef struct _OSVERSIONINFOW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

/* DDI page: wdm, RTL_OSVERSIONINFOEXW */
typedef struct _OSVERSIONINFOEXW {
	ULONG dwOSVersionInfoSize;
	ULONG dwMajorVersion;
	ULONG dwMinorVersion;
	ULONG dwBuildNumber;
	ULONG dwPlatformId;
	WCHAR szCSDVersion[128];
	USHORT wServicePackMajor;
	USHORT wServicePackMinor;
	USHORT wSuiteMask;
	UCHAR wProductType;
	UCHAR wReserved;
} RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;

#define VER_NT_WORKSTATION		1
#define VER_NT_DOMAIN_CONTROLLER	2
#define VER_NT_SERVER			3

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version);

/* DDI page: ntddk, PsGetVersion: what RtlGetVersion() says; FALSE: no checked build */
static inline BOOLEAN PsGetVersion(PULONG major, PULONG minor, PULONG build,
				   PUNICODE_STRING pack)
{
	RTL_OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof(version) };

	RtlGetVersion(&version);
	if (major)
		*major = version.dwMajorVersion;
	if (minor)
		*minor = version.dwMinorVersion;
	if (build)
		*build = version.dwBuildNumber;
	if (pack)
		RtlInitUnicodeString(pack, NULL);
	return FALSE;
}

/* DDI page: wdm, IoIsWdmVersionAvailable: WDM 1.20, as in Windows XP */
static inline BOOLEAN IoIsWdmVersionAvailable(UCHAR major, UCHAR minor)
{
	return major < 1 || (major == 1 && minor <= 0x20);
}

PVOID winpar_wdm_routine(struct winpar_wdm_client *client, PUNICODE_STRING name);

#define MmGetSystemRoutineAddress(name) \
	winpar_wdm_routine(winpar_ddk_client, name)

ULONG KeGetCurrentProcessorNumber(void);
CCHAR winpar_wdm_processors(void);

/* On Windows a variable, from which drivers only read. */
#define KeNumberProcessors	(winpar_wdm_processors())

/* ----- strings of bytes -------------------------------------------------- */

UCHAR winpar_wdm_upper(UCHAR c);
#define RtlUpperChar(c)		((CHAR)winpar_wdm_upper((UCHAR)(c)))
LONG RtlCompareString(const STRING *one, const STRING *other, BOOLEAN any_case);
BOOLEAN RtlEqualString(const STRING *one, const STRING *other, BOOLEAN any_case);
void RtlCopyString(PSTRING to, const STRING *from);
NTSTATUS RtlCharToInteger(PCSZ string, ULONG base, PULONG value);

#endif /* _WINPAR_DDK_WDM_RTL_H */
