/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <wdm.h> for Windows sources that are compiled for Linux: winpar's types,
 * requests, and the words that decorate Windows prototypes. These mean
 * nothing to the compiler here; the calling convention is Linux's.
 *
 * The words are short and Linux headers may use them too. They are defined
 * after winpar's own includes, so include what else is needed from Linux
 * before this header.
 */
#ifndef _WINPAR_DDK_WDM_H
#define _WINPAR_DDK_WDM_H

#include "../nt.h"
#ifdef __KERNEL__
#include "../irp.h"
#include "../portio.h"
#endif

/* Which way a parameter goes. */
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef CONST
#define CONST	const
#endif
#ifndef _In_
#define _In_
#endif
#ifndef _In_opt_
#define _In_opt_
#endif
#ifndef _Out_
#define _Out_
#endif
#ifndef _Out_opt_
#define _Out_opt_
#endif
#ifndef _Inout_
#define _Inout_
#endif
#ifndef _Inout_opt_
#define _Inout_opt_
#endif

/* Calling conventions and linkage. */
#ifndef NTAPI
#define NTAPI
#endif
#ifndef FASTCALL
#define FASTCALL
#endif
#ifndef DDKAPI
#define DDKAPI
#endif
#ifndef DDKFASTAPI
#define DDKFASTAPI
#endif
#ifndef NTKERNELAPI
#define NTKERNELAPI
#endif
#ifndef NTSYSAPI
#define NTSYSAPI
#endif
#ifndef NTHALAPI
#define NTHALAPI
#endif

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(param)	((void)(param))
#endif

#endif /* _WINPAR_DDK_WDM_H */
