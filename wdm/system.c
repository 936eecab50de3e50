// SPDX-License-Identifier: GPL-2.0-only
/* What a driver asks of the system: its version, its routines, its processors. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/smp.h>

#include <winpar/compat.h>
#include <winpar/ddk/ntverp.h>

#include "wdm/client.h"
#include "wdm/string.h"

#define WDM_ROUTINE_NAME	64
/* dwPlatformId of a Windows with NT's kernel: VER_PLATFORM_WIN32_NT */
#define WDM_PLATFORM_NT		2

/**
 * RtlGetVersion() - say which Windows the layer's functions are those of
 * @version: where the answer goes; its dwOSVersionInfoSize is set by the caller: that of
 *           RTL_OSVERSIONINFOEXW has the members of that filled in, too
 *
 * DDI page: wdm, RtlGetVersion. The answer is 5.1, build 2600: Windows XP, for which the
 * ddk's headers are (NTDDI_VERSION), and no service pack.
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version)
{
	PRTL_OSVERSIONINFOEXW more = (PRTL_OSVERSIONINFOEXW)version;

	version->dwMajorVersion = VER_PRODUCTMAJORVERSION;
	version->dwMinorVersion = VER_PRODUCTMINORVERSION;
	version->dwBuildNumber = VER_PRODUCTBUILD;
	version->dwPlatformId = WDM_PLATFORM_NT;
	version->szCSDVersion[0] = UNICODE_NULL;
	if (version->dwOSVersionInfoSize != sizeof(*more))
		return STATUS_SUCCESS;
	more->wServicePackMajor = 0;
	more->wServicePackMinor = 0;
	more->wSuiteMask = 0;
	more->wProductType = VER_NT_WORKSTATION;
	more->wReserved = 0;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(RtlGetVersion);

/**
 * winpar_wdm_routine() - find a routine by its name: MmGetSystemRoutineAddress()
 * @client: the client that asks
 * @name: the routine's name
 *
 * DDI page: wdm, MmGetSystemRoutineAddress. Many of Windows' names are macros here, which
 * have no address: none is found, and the log names what was asked for.
 *
 * Context: any.
 * Return: NULL.
 */
PVOID winpar_wdm_routine(struct winpar_wdm_client *client, PUNICODE_STRING name)
{
	char text[WDM_ROUTINE_NAME];

	wdm_string_utf8(name->Buffer, name->Length / sizeof(WCHAR), text,
			sizeof(text));
	wdm_warn(client, "MmGetSystemRoutineAddress() finds no routine, and not %s\n",
		 text);
	return NULL;
}
WINPAR_EXPORT(winpar_wdm_routine);

/**
 * KeGetCurrentProcessorNumber() - on which processor does the caller run?
 *
 * Context: any. DDI page: wdm, KeGetCurrentProcessorNumber. Below DISPATCH_LEVEL the caller
 * may be moved to another processor at any time.
 * Return: Linux's number of the processor.
 */
ULONG KeGetCurrentProcessorNumber(void)
{
	return raw_smp_processor_id();
}
WINPAR_EXPORT(KeGetCurrentProcessorNumber);

/**
 * winpar_wdm_processors() - how many processors run: KeNumberProcessors
 *
 * Context: any. DDI page: ntddk, KeNumberProcessors
 * Return: how many; at most 127.
 */
CCHAR winpar_wdm_processors(void)
{
	return min(num_online_cpus(), 127U);
}
WINPAR_EXPORT(winpar_wdm_processors);
