/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: lookaside lists. On Windows such a list keeps entries that were freed,
 * and an allocation takes one of them. Here it keeps none: each entry is memory of a pool,
 * since Linux's allocator keeps freed memory of each size itself.
 */
#ifndef _WINPAR_DDK_WDM_LOOK_H
#define _WINPAR_DDK_WDM_LOOK_H

#include "wdm_ex.h"

/* DDI pages: wdm, ALLOCATE_FUNCTION and FREE_FUNCTION */
typedef PVOID ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes,
				ULONG Tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef VOID FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;

/* DDI page: wdm, ExInitializeNPagedLookasideList. The members are the layer's own. */
typedef struct _GENERAL_LOOKASIDE {
	PALLOCATE_FUNCTION Allocate;
	PFREE_FUNCTION Free;
	POOL_TYPE Type;
	ULONG Tag;
	SIZE_T Size;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef NPAGED_LOOKASIDE_LIST PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

static inline VOID winpar_wdm_look_init(PNPAGED_LOOKASIDE_LIST list,
					PALLOCATE_FUNCTION allocate,
					PFREE_FUNCTION release, POOL_TYPE type,
					SIZE_T size, ULONG tag)
{
	list->Allocate = allocate;
	list->Free = release;
	list->Type = type;
	list->Tag = tag;
	list->Size = size;
}

static inline PVOID winpar_wdm_look_take(PNPAGED_LOOKASIDE_LIST list, PVOID caller)
{
	if (list->Allocate)
		return list->Allocate(list->Type, list->Size, list->Tag);
	return winpar_wdm_pool_alloc(winpar_ddk_client, list->Size, list->Tag,
				     caller);
}

static inline VOID winpar_wdm_look_give(PNPAGED_LOOKASIDE_LIST list, PVOID entry)
{
	if (list->Free)
		list->Free(entry);
	else
		ExFreePool(entry);
}

/* The depth is Windows', too, to choose; the flags choose what happens without memory. */
#define ExInitializeNPagedLookasideList(list, allocate, release, flags, size, \
					tag, depth)			\
	((void)(flags), (void)(depth),					\
	 winpar_wdm_look_init(list, allocate, release, NonPagedPool, size, tag))
#define ExInitializePagedLookasideList(list, allocate, release, flags, size, \
				       tag, depth)			\
	((void)(flags), (void)(depth),					\
	 winpar_wdm_look_init(list, allocate, release, PagedPool, size, tag))
#define ExAllocateFromNPagedLookasideList(list) \
	winpar_wdm_look_take(list, WINPAR_WDM_HERE)
#define ExAllocateFromPagedLookasideList(list) \
	winpar_wdm_look_take(list, WINPAR_WDM_HERE)
#define ExFreeToNPagedLookasideList(list, entry)	winpar_wdm_look_give(list, entry)
#define ExFreeToPagedLookasideList(list, entry)		winpar_wdm_look_give(list, entry)
/* The list has no entries to free. */
#define ExDeleteNPagedLookasideList(list)	((void)(list))
#define ExDeletePagedLookasideList(list)	((void)(list))

#endif /* _WINPAR_DDK_WDM_LOOK_H */
