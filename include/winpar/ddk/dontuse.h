/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <dontuse.h>: on Windows it forbids calls that are not for drivers, to Microsoft's
 * analysis. Here it has nothing.
 */
#ifndef _WINPAR_DDK_DONTUSE_H
#define _WINPAR_DDK_DONTUSE_H


#endif /* _WINPAR_DDK_DONTUSE_H */
