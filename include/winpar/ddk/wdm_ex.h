/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: pools, lists, interlocked operations, fast mutexes, strings,
 * DbgPrint() and ASSERT().
 */
#ifndef _WINPAR_DDK_WDM_EX_H
#define _WINPAR_DDK_WDM_EX_H

#include "wdm_ke.h"

/* ----- pools ------------------------------------------------------------- */

/* DDI page: wdm, POOL_TYPE. All of them are the same memory here. */
typedef enum _POOL_TYPE {
	NonPagedPool = 0,
	NonPagedPoolExecute = 0,
	PagedPool = 1,
	NonPagedPoolMustSucceed = 2,
	NonPagedPoolCacheAligned = 4,
	PagedPoolCacheAligned = 5,
	NonPagedPoolNx = 512,
} POOL_TYPE;

PVOID winpar_wdm_pool_alloc(struct winpar_wdm_client *client, SIZE_T size,
			    ULONG tag, void *caller);
void ExFreePool(PVOID memory);
void ExFreePoolWithTag(PVOID memory, ULONG tag);

/* An address in the function that uses this macro: the log names the function by it. */
#define WINPAR_WDM_HERE	\
	({ __label__ winpar_here; winpar_here: (void *)&&winpar_here; })

#define ExAllocatePoolWithTag(type, size, tag) \
	((void)(type), winpar_wdm_pool_alloc(winpar_ddk_client, size, tag, \
					     WINPAR_WDM_HERE))
#define ExAllocatePool(type, size) \
	ExAllocatePoolWithTag(type, size, 0x656e6f4e)	/* "None" */

/*
 * DDI page: wdm, ExAllocatePoolWithQuotaTag. Nothing is charged, and NULL is returned where
 * Windows may raise an exception, as it is there with POOL_QUOTA_FAIL_INSTEAD_OF_RAISE.
 */
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE	8
#define POOL_RAISE_IF_ALLOCATION_FAILURE	16

#define ExAllocatePoolWithQuotaTag	ExAllocatePoolWithTag
#define ExAllocatePoolWithQuota		ExAllocatePool

/* DDI page: wdm, ExAllocatePool2, which zeroes memory unless it is told not to. */
typedef ULONGLONG POOL_FLAGS;

#define POOL_FLAG_UNINITIALIZED		0x0000000000000002ULL
#define POOL_FLAG_NON_PAGED		0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE	0x0000000000000080ULL
#define POOL_FLAG_PAGED			0x0000000000000100ULL

static inline PVOID winpar_wdm_pool_alloc2(struct winpar_wdm_client *client,
					   POOL_FLAGS flags, SIZE_T size,
					   ULONG tag, void *caller)
{
	PVOID memory = winpar_wdm_pool_alloc(client, size, tag, caller);

	if (memory && !(flags & POOL_FLAG_UNINITIALIZED))
		__builtin_memset(memory, 0, size);
	return memory;
}

#define ExAllocatePool2(flags, size, tag) \
	winpar_wdm_pool_alloc2(winpar_ddk_client, flags, size, tag, \
			       WINPAR_WDM_HERE)

/* ----- lists ------------------------------------------------------------- */

static inline VOID InitializeListHead(PLIST_ENTRY head)
{
	head->Flink = head;
	head->Blink = head;
}

static inline BOOLEAN IsListEmpty(const LIST_ENTRY *head)
{
	return head->Flink == head;
}

/* DDI page: wdm, RemoveEntryList. TRUE: the list is empty now. */
static inline BOOLEAN RemoveEntryList(PLIST_ENTRY entry)
{
	PLIST_ENTRY next = entry->Flink;
	PLIST_ENTRY before = entry->Blink;

	before->Flink = next;
	next->Blink = before;
	return next == before;
}

static inline PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Flink;

	RemoveEntryList(entry);
	return entry;
}

static inline PLIST_ENTRY RemoveTailList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Blink;

	RemoveEntryList(entry);
	return entry;
}

static inline VOID InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY last = head->Blink;

	entry->Flink = head;
	entry->Blink = last;
	last->Flink = entry;
	head->Blink = entry;
}

static inline VOID InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	PLIST_ENTRY first = head->Flink;

	entry->Flink = first;
	entry->Blink = head;
	first->Blink = entry;
	head->Flink = entry;
}

/* DDI page: wdm, AppendTailList. @append is an entry of a ring that has no head. */
static inline VOID AppendTailList(PLIST_ENTRY head, PLIST_ENTRY append)
{
	PLIST_ENTRY last = head->Blink;

	head->Blink->Flink = append;
	head->Blink = append->Blink;
	append->Blink->Flink = head;
	append->Blink = last;
}

static inline VOID PushEntryList(PSINGLE_LIST_ENTRY head,
				 PSINGLE_LIST_ENTRY entry)
{
	entry->Next = head->Next;
	head->Next = entry;
}

static inline PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY head)
{
	PSINGLE_LIST_ENTRY first = head->Next;

	if (first)
		head->Next = first->Next;
	return first;
}

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry,
					PKSPIN_LOCK lock);
PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry,
					PKSPIN_LOCK lock);
PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY head, PKSPIN_LOCK lock);

/* ----- S-lists ----------------------------------------------------------- */

/* DDI page: wdm, ExInitializeSListHead. The members are the layer's own. */
#ifdef __i386__
typedef SINGLE_LIST_ENTRY SLIST_ENTRY, *PSLIST_ENTRY;

typedef union _SLIST_HEADER {
	ULONGLONG Alignment;
	struct {
		PSLIST_ENTRY First;
		USHORT Count;
	} Winpar;
} SLIST_HEADER, *PSLIST_HEADER;
#else
struct _SLIST_ENTRY {
	struct _SLIST_ENTRY *Next;
} DECLSPEC_ALIGN(16);

typedef struct _SLIST_ENTRY SLIST_ENTRY, *PSLIST_ENTRY;

union _SLIST_HEADER {
	ULONGLONG Alignment;
	struct {
		PSLIST_ENTRY First;
		USHORT Count;
	} Winpar;
} DECLSPEC_ALIGN(16);

typedef union _SLIST_HEADER SLIST_HEADER, *PSLIST_HEADER;
#endif

static inline VOID InitializeSListHead(PSLIST_HEADER head)
{
	head->Winpar.First = NULL;
	head->Winpar.Count = 0;
}

static inline USHORT ExQueryDepthSList(PSLIST_HEADER head)
{
	return head->Winpar.Count;
}

PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER head, PSLIST_ENTRY entry);
PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER head);
PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER head);

#define ExInitializeSListHead		InitializeSListHead
#define ExInterlockedFlushSList		InterlockedFlushSList
#define ExInterlockedPushEntrySList(head, entry, lock) \
	((void)(lock), InterlockedPushEntrySList(head, entry))
#define ExInterlockedPopEntrySList(head, lock) \
	((void)(lock), InterlockedPopEntrySList(head))

/* ----- interlocked operations -------------------------------------------- */

static inline LONG InterlockedIncrement(volatile LONG *value)
{
	return __sync_add_and_fetch(value, 1);
}

static inline LONG InterlockedDecrement(volatile LONG *value)
{
	return __sync_sub_and_fetch(value, 1);
}

static inline LONG InterlockedExchangeAdd(volatile LONG *value, LONG add)
{
	return __sync_fetch_and_add(value, add);
}

static inline LONG InterlockedExchange(volatile LONG *value, LONG exchange)
{
	return __atomic_exchange_n(value, exchange, __ATOMIC_SEQ_CST);
}

static inline LONG InterlockedCompareExchange(volatile LONG *value,
					      LONG exchange, LONG comparand)
{
	return __sync_val_compare_and_swap(value, comparand, exchange);
}

static inline LONG InterlockedAnd(volatile LONG *value, LONG mask)
{
	return __sync_fetch_and_and(value, mask);
}

static inline LONG InterlockedOr(volatile LONG *value, LONG mask)
{
	return __sync_fetch_and_or(value, mask);
}

static inline LONG InterlockedXor(volatile LONG *value, LONG mask)
{
	return __sync_fetch_and_xor(value, mask);
}

/* Both return the value before. */
LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER value,
					   LARGE_INTEGER add, PKSPIN_LOCK lock);
ULONG ExInterlockedAddUlong(PULONG value, ULONG add, PKSPIN_LOCK lock);

/* What ExInterlockedIncrementLong() says of the value after it; on x86 flags of the CPU. */
#ifdef __i386__
#define RESULT_NEGATIVE		0x8000
#define RESULT_ZERO		0x4000
#define RESULT_POSITIVE		0
#else
#define RESULT_ZERO		0
#define RESULT_NEGATIVE		1
#define RESULT_POSITIVE		2
#endif

typedef enum _INTERLOCKED_RESULT {
	ResultNegative = RESULT_NEGATIVE,
	ResultZero = RESULT_ZERO,
	ResultPositive = RESULT_POSITIVE,
} INTERLOCKED_RESULT;

static inline INTERLOCKED_RESULT winpar_wdm_sign(LONG value)
{
	if (!value)
		return ResultZero;
	return value < 0 ? ResultNegative : ResultPositive;
}

/* Obsolete on Windows, too. The lock is not used, as there. */
#define ExInterlockedIncrementLong(value, lock) \
	((void)(lock), winpar_wdm_sign(InterlockedIncrement(value)))
#define ExInterlockedDecrementLong(value, lock) \
	((void)(lock), winpar_wdm_sign(InterlockedDecrement(value)))

#define InterlockedExchangePointer(value, exchange) \
	((PVOID)__atomic_exchange_n((PVOID volatile *)(value), \
				    (PVOID)(exchange), __ATOMIC_SEQ_CST))
#define InterlockedCompareExchangePointer(value, exchange, comparand) \
	__sync_val_compare_and_swap((PVOID volatile *)(value), \
				    (PVOID)(comparand), (PVOID)(exchange))

/* ----- fast mutexes ------------------------------------------------------ */

/* DDI page: wdm, ExInitializeFastMutex */
typedef struct _FAST_MUTEX {
	LONG Count;
	PVOID Owner;
	ULONG Contention;
	KEVENT Event;
	ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX;

void ExInitializeFastMutex(PFAST_MUTEX mutex);
void ExAcquireFastMutex(PFAST_MUTEX mutex);
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex);
void ExReleaseFastMutex(PFAST_MUTEX mutex);

#define ExAcquireFastMutexUnsafe	ExAcquireFastMutex
#define ExReleaseFastMutexUnsafe	ExReleaseFastMutex

/* ----- memory ------------------------------------------------------------ */

#define RtlCopyMemory(to, from, size)	__builtin_memcpy(to, from, size)
#define RtlCopyBytes			RtlCopyMemory
#define RtlMoveMemory(to, from, size)	__builtin_memmove(to, from, size)
#define RtlFillMemory(to, size, byte)	__builtin_memset(to, byte, size)
#define RtlZeroMemory(to, size)		__builtin_memset(to, 0, size)
#define RtlZeroBytes			RtlZeroMemory
#define RtlEqualMemory(one, other, size) \
	(!__builtin_memcmp(one, other, size))

SIZE_T RtlCompareMemory(const void *one, const void *other, SIZE_T size);

/* ----- strings ----------------------------------------------------------- */

void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source);
void RtlInitAnsiString(PANSI_STRING string, PCSTR source);

#define RtlInitString	RtlInitAnsiString

void RtlInitEmptyUnicodeString(PUNICODE_STRING string, PWSTR buffer,
			       USHORT size);
void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from);
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to,
					PCUNICODE_STRING from);
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from);
LONG RtlCompareUnicodeString(PCUNICODE_STRING one, PCUNICODE_STRING other,
			     BOOLEAN any_case);
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING one, PCUNICODE_STRING other,
			      BOOLEAN any_case);
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING prefix,
			       PCUNICODE_STRING string, BOOLEAN any_case);
WCHAR RtlUpcaseUnicodeChar(WCHAR c);
NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base,
				   PUNICODE_STRING string);
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING string, ULONG base,
				   PULONG value);
NTSTATUS winpar_wdm_to_unicode(struct winpar_wdm_client *client,
			       PUNICODE_STRING to, PCANSI_STRING from,
			       BOOLEAN allocate, void *caller);
NTSTATUS winpar_wdm_to_ansi(struct winpar_wdm_client *client, PANSI_STRING to,
			    PCUNICODE_STRING from, BOOLEAN allocate,
			    void *caller);
void RtlFreeUnicodeString(PUNICODE_STRING string);
void RtlFreeAnsiString(PANSI_STRING string);

#define RtlAnsiStringToUnicodeString(to, from, allocate) \
	winpar_wdm_to_unicode(winpar_ddk_client, to, from, allocate, \
			      WINPAR_WDM_HERE)
#define RtlUnicodeStringToAnsiString(to, from, allocate) \
	winpar_wdm_to_ansi(winpar_ddk_client, to, from, allocate, \
			   WINPAR_WDM_HERE)

/* ----- the log ----------------------------------------------------------- */

ULONG winpar_wdm_print(struct winpar_wdm_client *client, PCSTR format, ...);

#define DbgPrint(...)		winpar_wdm_print(winpar_ddk_client, __VA_ARGS__)
#define DbgPrintEx(component, level, ...) \
	((void)(component), (void)(level), \
	 winpar_wdm_print(winpar_ddk_client, __VA_ARGS__))

void DbgBreakPoint(void);

#define DPFLTR_IHVDRIVER_ID	77
#define DPFLTR_ERROR_LEVEL	0
#define DPFLTR_WARNING_LEVEL	1
#define DPFLTR_TRACE_LEVEL	2
#define DPFLTR_INFO_LEVEL	3

void winpar_wdm_assert_failed(struct winpar_wdm_client *client,
			      const char *what, const char *file, int line);

/* KdPrint() and ASSERT() do something in a checked build (DBG=1) only. */
#if defined(DBG) && DBG
#define KdBreakPoint()		DbgBreakPoint()
#define KdPrint(arguments)	DbgPrint arguments
#define KdPrintEx(arguments)	DbgPrintEx arguments
#define ASSERT(what)							\
	((void)((what) ||						\
		(winpar_wdm_assert_failed(winpar_ddk_client, #what,	\
					  __FILE__, __LINE__), 0)))
#else
#define KdBreakPoint()		((void)0)
#define KdPrint(arguments)	((void)0)
#define KdPrintEx(arguments)	((void)0)
#define ASSERT(what)		((void)0)
#endif
#define ASSERTMSG(message, what)	ASSERT(what)
#define NT_ASSERT(what)			ASSERT(what)

#endif /* _WINPAR_DDK_WDM_EX_H */
