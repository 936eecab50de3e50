/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mingw-w64's headers do not have, from its DDI page: parallel,
 * PARALLEL_INTERRUPT_INFORMATION. Included before each client when it is compiled for
 * Windows.
 */
#include <ntddk.h>
#include <parallel.h>

typedef struct _PARALLEL_INTERRUPT_INFORMATION {
	PKINTERRUPT InterruptObject;
	PPARALLEL_TRY_ALLOCATE_ROUTINE TryAllocatePortAtInterruptLevel;
	PPARALLEL_FREE_ROUTINE FreePortFromInterruptLevel;
	PVOID Context;
} PARALLEL_INTERRUPT_INFORMATION, *PPARALLEL_INTERRUPT_INFORMATION;
