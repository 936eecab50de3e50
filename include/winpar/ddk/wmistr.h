/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <wmistr.h>: on Windows it has the structures of WMI. The layer has no WMI, and this header
 * nothing: a source that only includes it compiles.
 */
#ifndef _WINPAR_DDK_WMISTR_H
#define _WINPAR_DDK_WMISTR_H


#endif /* _WINPAR_DDK_WMISTR_H */
