/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: READ_PORT_UCHAR() and the others, for the addresses that the port
 * gives. These names are functions of winpar_wdm.ko, as on Windows they are the HAL's.
 * winpar/portio.h has them inline, but needs Linux's headers, which a client's source
 * does not include.
 */
#ifndef _WINPAR_DDK_WDM_PORT_H
#define _WINPAR_DDK_WDM_PORT_H

#include "wdm_hal.h"

#define READ_PORT_UCHAR			winpar_wdm_read_uchar
#define READ_PORT_USHORT		winpar_wdm_read_ushort
#define READ_PORT_ULONG			winpar_wdm_read_ulong
#define WRITE_PORT_UCHAR		winpar_wdm_write_uchar
#define WRITE_PORT_USHORT		winpar_wdm_write_ushort
#define WRITE_PORT_ULONG		winpar_wdm_write_ulong
#define READ_PORT_BUFFER_UCHAR		winpar_wdm_read_uchars
#define READ_PORT_BUFFER_USHORT		winpar_wdm_read_ushorts
#define READ_PORT_BUFFER_ULONG		winpar_wdm_read_ulongs
#define WRITE_PORT_BUFFER_UCHAR		winpar_wdm_write_uchars
#define WRITE_PORT_BUFFER_USHORT	winpar_wdm_write_ushorts
#define WRITE_PORT_BUFFER_ULONG		winpar_wdm_write_ulongs

#endif /* _WINPAR_DDK_WDM_PORT_H */
