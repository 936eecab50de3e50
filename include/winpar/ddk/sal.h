/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <sal.h>, <driverspecs.h>, <specstrings.h>: annotations of Windows prototypes, for
 * Microsoft's checkers; here they are empty macros.
 *
 * Linux's headers use some of these short words: include Linux's headers before this one.
 */
#ifndef _WINPAR_DDK_SAL_H
#define _WINPAR_DDK_SAL_H

#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
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
#define _In_z_
#define _In_opt_z_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_range_(low, high)
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_z_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_bytes_to_(size, count)
#define _Inout_updates_(size)
#define _Inout_updates_bytes_(size)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Reserved_
#define _Null_terminated_
#define _Printf_format_string_
#define _Must_inspect_result_
#define _Check_return_
#define _Success_(what)
#define _When_(what, annotation)
#define _At_(what, annotation)
#define _Pre_notnull_
#define _Post_notnull_
#define _Post_invalid_
#define _Use_decl_annotations_
#define _Analysis_assume_(what)
#define _Function_class_(name)
#define _Dispatch_type_(type)
#define _IRQL_requires_(irql)
#define _IRQL_requires_max_(irql)
#define _IRQL_requires_min_(irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(irql)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(kind, what)
#define _IRQL_restores_global_(kind, what)
#define _IRQL_always_function_max_(irql)
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Kernel_clear_do_init_(what)
#define __drv_aliasesMem
#define __drv_allocatesMem(what)
#define __drv_freesMem(what)
#define __drv_maxIRQL(irql)
#define __drv_requiresIRQL(irql)
#define __drv_functionClass(name)

#endif /* _WINPAR_DDK_SAL_H */
