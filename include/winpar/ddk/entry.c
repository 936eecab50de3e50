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
