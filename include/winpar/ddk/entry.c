// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of each client, compiled into its module by ddk.mk: the module's init has
 * winpar_wdm.ko call DriverEntry, the module's exit has it call DriverUnload.
 */
#include <linux/math64.h>
#include <linux/module.h>

#include <winpar/compat.h>

#include "client.h"
#include "entry.h"
/* The GUIDs that the layer uses, for sources that do not include <initguid.h>. */
#include "initguid.h"
#include "ntddpar.h"
#include "wdmguid.h"
#ifdef CONFIG_X86_32
#include "divide.h"
#endif

#ifndef WINPAR_DDK_LICENSE
#define WINPAR_DDK_LICENSE "Proprietary"
#endif

/* The client, which the macros of the ddk's headers pass to winpar_wdm.ko. */
struct winpar_wdm_client *winpar_ddk_client;

#ifndef CONFIG_64BIT
/*
 * What the compiler calls on 32 bits where a source divides numbers of 64 bits. Linux has
 * them not, since its own sources call div64_s64() and the like.
 */
unsigned long long __udivmoddi4(unsigned long long a, unsigned long long b,
				unsigned long long *rest)
{
	u64 left, result = div64_u64_rem(a, b, &left);

	*rest = left;
	return result;
}

/* The rest has the sign of @a. */
long long __divmoddi4(long long a, long long b, long long *rest)
{
	unsigned long long left, result;

	result = __udivmoddi4(a < 0 ? -(u64)a : a, b < 0 ? -(u64)b : b, &left);
	*rest = a < 0 ? -left : left;
	return (a < 0) != (b < 0) ? -result : result;
}

unsigned long long __udivdi3(unsigned long long a, unsigned long long b)
{
	return div64_u64(a, b);
}

unsigned long long __umoddi3(unsigned long long a, unsigned long long b)
{
	unsigned long long rest;

	__udivmoddi4(a, b, &rest);
	return rest;
}

long long __divdi3(long long a, long long b)
{
	long long rest;

	return __divmoddi4(a, b, &rest);
}

long long __moddi3(long long a, long long b)
{
	long long rest;

	__divmoddi4(a, b, &rest);
	return rest;
}
#endif

static char *registry;
module_param(registry, charp, 0444);
MODULE_PARM_DESC(registry, "the file from which the driver's registry is read (default: /etc/winpar/NAME.reg, NAME the module's name, if there is one)");

static char *files;
module_param(files, charp, 0444);
MODULE_PARM_DESC(files, "the folder in which the files are that the driver opens (default: none, and it opens no file)");

static int __init winpar_ddk_init(void)
{
	const struct winpar_wdm_about about = {
		.module = THIS_MODULE,
		.entry = DriverEntry,
		.registry = registry,
		.files = files,
	};

	return winpar_wdm_start(&about, &winpar_ddk_client);
}

static void __exit winpar_ddk_exit(void)
{
	winpar_wdm_stop(winpar_ddk_client);
}

module_init(winpar_ddk_init);
module_exit(winpar_ddk_exit);
MODULE_DESCRIPTION("A Windows driver's source on winpar");
MODULE_LICENSE(WINPAR_DDK_LICENSE);
WINPAR_IMPORT_NAMESPACE();
