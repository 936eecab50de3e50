// SPDX-License-Identifier: GPL-2.0-only
/* Pools (wdm/pool.c) and memory that a client has not freed; lists; interlocked operations. */
#include "leaks.h"
#include "wdm_fixture.h"

/* A tag of four letters, the first in the lowest byte. */
#define WPT_TAG(a, b, c, d)	((a) | (b) << 8 | (c) << 16 | (d) << 24)
#define WPT_TEST	WPT_TAG('T', 'e', 's', 't')
#define WPT_LEFT	WPT_TAG('L', 'e', 'f', 't')

/* DDI page: wdm, ExAllocatePoolWithTag. A client that has freed all is not in the log. */
static void winpar_test_pool(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	UCHAR *memory = ExAllocatePoolWithTag(PagedPool, 100, WPT_TEST);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_EQ(test, (ULONG_PTR)memory % 16, 0UL);
	RtlFillMemory(memory, 100, 0xa5);
	ExFreePoolWithTag(memory, WPT_TEST);
	memory = ExAllocatePool(NonPagedPool, 0);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	ExFreePool(memory);
	KUNIT_EXPECT_NULL(test, (void *)ExAllocatePool(NonPagedPool, (SIZE_T)-1));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 0U,
			wpt_kmsg_says(test, since,
				      "winpar_wdm: ",
				      ""));
}

/*
 * The client ends with memory that it has not freed: the log names the tag of each block
 * and the function that allocated it, and the memory is freed.
 */
static void winpar_test_pool_not_freed(struct kunit *test)
{
	unsigned int unloads = wpt_wdm_unloads();
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_EQ(test, 0, wpt_leaks_begin());
	KUNIT_ASSERT_NOT_NULL(test, (void *)ExAllocatePoolWithTag(PagedPool, 77,
								  WPT_LEFT));
	KUNIT_ASSERT_NOT_NULL(test, (void *)ExAllocatePoolWithTag(PagedPool, 3,
								  WPT_LEFT));
	KUNIT_EXPECT_EQ(test, wpt_leaks_live(), 2U);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_leaks_live(), 0U);
	wpt_leaks_end(test);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: 77 bytes with the tag Left, allocated by ",
				      "were not freed"));
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: 2 allocations with 80 bytes",
				      "were left"));
	KUNIT_EXPECT_EQ(test, unloads + 1, wpt_wdm_unloads());
}

/* DDI page: wdm, ExFreePoolWithTag. A free by another tag is in the log. */
static void winpar_test_pool_other_tag(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	ExFreePoolWithTag(ExAllocatePoolWithTag(PagedPool, 1, WPT_TEST), WPT_LEFT);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "with the tag",
				      "by another tag"));
}

/* DDI page: wdm, RemoveEntryList and the others */
static void winpar_test_list(struct kunit *test)
{
	LIST_ENTRY head, entry[4], *at;
	unsigned int i;

	InitializeListHead(&head);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));
	InsertTailList(&head, &entry[1]);
	InsertTailList(&head, &entry[2]);
	InsertHeadList(&head, &entry[0]);
	InsertTailList(&head, &entry[3]);
	for (i = 0, at = head.Flink; at != &head; at = at->Flink, i++)
		KUNIT_EXPECT_PTR_EQ(test, at, &entry[i]);
	KUNIT_EXPECT_EQ(test, i, 4U);
	KUNIT_EXPECT_PTR_EQ(test, RemoveHeadList(&head), &entry[0]);
	KUNIT_EXPECT_PTR_EQ(test, RemoveTailList(&head), &entry[3]);
	KUNIT_EXPECT_FALSE(test, RemoveEntryList(&entry[1]));
	KUNIT_EXPECT_TRUE(test, RemoveEntryList(&entry[2]));
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));
	/* AppendTailList() takes a ring of entries without a head. */
	InitializeListHead(&entry[0]);
	InsertTailList(&entry[0], &entry[1]);
	AppendTailList(&head, &entry[0]);
	KUNIT_EXPECT_PTR_EQ(test, RemoveHeadList(&head), &entry[0]);
	KUNIT_EXPECT_PTR_EQ(test, RemoveHeadList(&head), &entry[1]);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&head));
}

/* DDI page: wdm, ExInterlockedInsertTailList and the others. An empty list gives NULL. */
static void winpar_test_list_interlocked(struct kunit *test)
{
	LIST_ENTRY head, one, two;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	InitializeListHead(&head);
	KUNIT_EXPECT_NULL(test, ExInterlockedRemoveHeadList(&head, &lock));
	KUNIT_EXPECT_NULL(test, ExInterlockedInsertTailList(&head, &two, &lock));
	KUNIT_EXPECT_PTR_EQ(test, ExInterlockedInsertHeadList(&head, &one, &lock),
			    &two);
	KUNIT_EXPECT_PTR_EQ(test, ExInterlockedRemoveHeadList(&head, &lock),
			    &one);
	KUNIT_EXPECT_PTR_EQ(test, ExInterlockedRemoveHeadList(&head, &lock),
			    &two);
}

/* DDI pages: wdm, InterlockedIncrement and the others */
static void winpar_test_interlocked(struct kunit *test)
{
	LONG value = -2;
	PVOID pointer = NULL;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	KUNIT_EXPECT_EQ(test, ExInterlockedIncrementLong(&value, &lock), ResultNegative);
	KUNIT_EXPECT_EQ(test, ExInterlockedIncrementLong(&value, &lock), ResultZero);
	KUNIT_EXPECT_EQ(test, ExInterlockedIncrementLong(&value, &lock), ResultPositive);
	KUNIT_EXPECT_EQ(test, ExInterlockedDecrementLong(&value, &lock), ResultZero);
	KUNIT_EXPECT_EQ(test, InterlockedIncrement(&value), 1);
	KUNIT_EXPECT_EQ(test, InterlockedIncrement(&value), 2);
	KUNIT_EXPECT_EQ(test, InterlockedDecrement(&value), 1);
	KUNIT_EXPECT_EQ(test, InterlockedExchange(&value, 5), 1);
	KUNIT_EXPECT_EQ(test, InterlockedExchangeAdd(&value, 2), 5);
	KUNIT_EXPECT_EQ(test, InterlockedCompareExchange(&value, 9, 6), 7);
	KUNIT_EXPECT_EQ(test, InterlockedCompareExchange(&value, 9, 7), 7);
	KUNIT_EXPECT_EQ(test, value, 9);
	KUNIT_EXPECT_NULL(test, InterlockedExchangePointer(&pointer, &value));
	KUNIT_EXPECT_PTR_EQ(test, InterlockedCompareExchangePointer(&pointer, NULL,
								    &value),
			    (PVOID)&value);
	KUNIT_EXPECT_NULL(test, pointer);
}

/* DDI pages: wdm, MmAllocateNonCachedMemory; ntddk, PsGetCurrentProcess */
static void winpar_test_pool_non_cached(struct kunit *test)
{
	u8 *memory = MmAllocateNonCachedMemory(5000);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	/* KASAN reports this if there are fewer than 5000 bytes. */
	memset(memory, 0xa5, 5000);
	MmFreeNonCachedMemory(memory, 5000);
	KUNIT_EXPECT_NOT_NULL(test, (void *)PsGetCurrentProcess());
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), IoGetCurrentProcess());
}

static struct kunit_case wpt_wdm_pool_cases[] = {
	KUNIT_CASE(winpar_test_pool),
	KUNIT_CASE(winpar_test_pool_not_freed),
	KUNIT_CASE(winpar_test_pool_other_tag),
	KUNIT_CASE(winpar_test_list),
	KUNIT_CASE(winpar_test_list_interlocked),
	KUNIT_CASE(winpar_test_interlocked),
	KUNIT_CASE(winpar_test_pool_non_cached),
	{ }
};

static struct kunit_suite wpt_wdm_pool_suite = {
	.name = "winpar_wdm_pool",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_pool_cases,
};

kunit_test_suite(wpt_wdm_pool_suite);
