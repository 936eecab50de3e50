/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <suppress.h>: on Windows it has the numbers of the warnings of Microsoft's analysis, for
 * #pragma warning. Here it has nothing: gcc ignores the pragma.
 */
#ifndef _WINPAR_DDK_SUPPRESS_H
#define _WINPAR_DDK_SUPPRESS_H


#endif /* _WINPAR_DDK_SUPPRESS_H */
