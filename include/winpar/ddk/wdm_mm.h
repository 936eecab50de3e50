/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: MDLs, by which requests with direct buffers describe a program's
 * memory. The memory is mapped into the kernel until the request is complete.
 */
#ifndef _WINPAR_DDK_WDM_MM_H
#define _WINPAR_DDK_WDM_MM_H

#include "ntdef.h"

#define MDL_MAPPED_TO_SYSTEM_VA		0x0001
#define MDL_PAGES_LOCKED		0x0002
#define MDL_WRITE_OPERATION		0x0080

/* DDI page: wdm, MDL */
typedef struct _MDL {
	struct _MDL *Next;
	CSHORT Size;
	CSHORT MdlFlags;
	PVOID Process;
	PVOID MappedSystemVa;
	PVOID StartVa;
	ULONG ByteCount;
	ULONG ByteOffset;
} MDL, *PMDL;

/* DDI page: wdm, MmGetSystemAddressForMdlSafe; ignored here */
typedef enum _MM_PAGE_PRIORITY {
	LowPagePriority = 0,
	NormalPagePriority = 16,
	HighPagePriority = 32,
} MM_PAGE_PRIORITY;

/* Or-ed to the priority; ignored, too: the memory may not be executed in any case. */
#define MdlMappingNoWrite	0x80000000
#define MdlMappingNoExecute	0x40000000

/* Windows' pages. Those of Linux may be larger; nothing here depends on their size. */
#ifndef PAGE_SIZE
#define PAGE_SIZE		0x1000
#define PAGE_SHIFT		12
#endif
#define BYTE_OFFSET(address)	((ULONG)((ULONG_PTR)(address) & (PAGE_SIZE - 1)))
#define BYTES_TO_PAGES(size) \
	(((size) >> PAGE_SHIFT) + (((size) & (PAGE_SIZE - 1)) != 0))
#define ROUND_TO_PAGES(size) \
	(((ULONG_PTR)(size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))

/*
 * A request of no bytes has no MDL. On Windows a driver that asks for an address all the same
 * stops the system, and so could each program of its device: here both addresses are NULL, and
 * there are 0 bytes.
 */
static inline PVOID MmGetSystemAddressForMdl(const MDL *mdl)
{
	return mdl ? mdl->MappedSystemVa : NULL;
}

#define MmGetSystemAddressForMdlSafe(mdl, priority) \
	((void)(priority), MmGetSystemAddressForMdl(mdl))

/* DDI page: wdm, MmAllocateNonCachedMemory: memory of a pool here, which is cached */
#define WINPAR_WDM_TAG_NON_CACHED	0x636e6d4d	/* "Mmnc" */
#define MmAllocateNonCachedMemory(size)					\
	winpar_wdm_pool_alloc(winpar_ddk_client, size,			\
			      WINPAR_WDM_TAG_NON_CACHED, WINPAR_WDM_HERE)
#define MmFreeNonCachedMemory(memory, size) \
	((void)(size), ExFreePoolWithTag(memory, WINPAR_WDM_TAG_NON_CACHED))

static inline ULONG MmGetMdlByteCount(const MDL *mdl)
{
	return mdl ? mdl->ByteCount : 0;
}

static inline ULONG MmGetMdlByteOffset(const MDL *mdl)
{
	return mdl ? mdl->ByteOffset : 0;
}

/* The address of the memory in the program. */
static inline PVOID MmGetMdlVirtualAddress(const MDL *mdl)
{
	return mdl ? (PCHAR)mdl->StartVa + mdl->ByteOffset : NULL;
}

#endif /* _WINPAR_DDK_WDM_MM_H */
