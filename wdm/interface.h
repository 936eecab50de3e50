/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces of ports and of the raw devices on them: classes and names. */
#ifndef _WINPAR_WDM_INTERFACE_H
#define _WINPAR_WDM_INTERFACE_H

#include <winpar/ddk/wdm.h>

/* So long a name of a port, of a device or of an interface may be, with its null byte. */
#define WDM_NAME		96
#define WDM_PORT_PREFIX		"\\Device\\ParallelPort"

bool wdm_interface_known(const GUID *guid);
int wdm_interface_number(const char *port);
bool wdm_interface_is_port(const char *name);
void wdm_interface_name(const GUID *guid, unsigned int number,
			char name[WDM_NAME]);
void wdm_interface_resolve(char name[WDM_NAME]);

#endif /* _WINPAR_WDM_INTERFACE_H */
