/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: the functions that READ_PORT_UCHAR and the others are (wdm_port.h). */
#ifndef _WINPAR_DDK_WDM_HAL_H
#define _WINPAR_DDK_WDM_HAL_H

#include "../nt.h"

/* DDI pages: wdm, READ_PORT_UCHAR and the others */
UCHAR winpar_wdm_read_uchar(PUCHAR port);
USHORT winpar_wdm_read_ushort(PUSHORT port);
ULONG winpar_wdm_read_ulong(PULONG port);
void winpar_wdm_write_uchar(PUCHAR port, UCHAR value);
void winpar_wdm_write_ushort(PUSHORT port, USHORT value);
void winpar_wdm_write_ulong(PULONG port, ULONG value);
void winpar_wdm_read_uchars(PUCHAR port, PUCHAR buffer, ULONG count);
void winpar_wdm_read_ushorts(PUSHORT port, PUSHORT buffer, ULONG count);
void winpar_wdm_read_ulongs(PULONG port, PULONG buffer, ULONG count);
void winpar_wdm_write_uchars(PUCHAR port, PUCHAR buffer, ULONG count);
void winpar_wdm_write_ushorts(PUSHORT port, PUSHORT buffer, ULONG count);
void winpar_wdm_write_ulongs(PULONG port, PULONG buffer, ULONG count);

#endif /* _WINPAR_DDK_WDM_HAL_H */
