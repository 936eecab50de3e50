// SPDX-License-Identifier: GPL-2.0-only
/* Safe strings (ddk/ntstrsafe.h) and S-lists (wdm/slist.c). */
#include <linux/kthread.h>

#include <winpar/ddk/ntstrsafe.h>

#include "wdm_fixture.h"

#define WPT_ROUNDS	20000
#define WPT_TASKS	3
#define WPT_ENTRIES	8

/* DDI pages: ntstrsafe, RtlStringCchLengthA, RtlStringCbLengthW */
static void winpar_test_safe_length(struct kunit *test)
{
	SIZE_T length = 99;

	KUNIT_EXPECT_EQ(test, RtlStringCchLengthA("port", 5, &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, (SIZE_T)4);
	KUNIT_EXPECT_EQ(test, RtlStringCchLengthA("port", 4, &length),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, length, (SIZE_T)0);
	KUNIT_EXPECT_EQ(test, RtlStringCbLengthW(L"port", 10, &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, (SIZE_T)8);
	/* The null character has to be there as a whole. */
	KUNIT_EXPECT_EQ(test, RtlStringCbLengthW(L"port", 9, NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchLengthA(NULL, 4, &length),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			RtlStringCchLengthA("", (SIZE_T)NTSTRSAFE_MAX_CCH + 1,
					    &length));
}

/* DDI pages: ntstrsafe, RtlStringCchCopyA, RtlStringCbCopyW, RtlStringCchCopyNA */
static void winpar_test_safe_copy(struct kunit *test)
{
	WCHAR wide[4] = { };
	CHAR text[6];

	memset(text, 'x', sizeof(text));
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyA(text, 5, "port"), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, text, "port");
	KUNIT_EXPECT_EQ(test, text[5], 'x');
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyA(text, 4, "LPT10"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, text, "LPT");
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyA(text, 0, "LPT"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_STREQ(test, text, "LPT");
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyNA(text, 6, "device", 3),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, text, "dev");
	/* Seven bytes are three characters. */
	KUNIT_EXPECT_EQ(test, RtlStringCbCopyW(wide, 7, L"abc"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"ab"), 0);
	KUNIT_EXPECT_EQ(test, RtlStringCbCopyW(wide, 8, L"abc"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"abc"), 0);
}

/* DDI pages: ntstrsafe, RtlStringCchCatA, RtlStringCbCatW, RtlStringCchCatNA */
static void winpar_test_safe_cat(struct kunit *test)
{
	CHAR text[8] = "a", full[2] = { 'a', 'b' };
	WCHAR wide[6] = { L'L' };

	KUNIT_EXPECT_EQ(test, RtlStringCchCatA(text, 8, "bc"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlStringCchCatNA(text, 8, "defgh", 2),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, text, "abcde");
	KUNIT_EXPECT_EQ(test, RtlStringCchCatA(text, 8, "fgh"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, text, "abcdefg");
	/* A buffer without a null character is left as it is. */
	KUNIT_EXPECT_EQ(test, RtlStringCchCatA(full, 2, "c"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, full[1], 'b');
	KUNIT_EXPECT_EQ(test, RtlStringCbCatW(wide, sizeof(wide), L"PT1"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"LPT1"), 0);
}

/* A size, or a number of characters to copy, of more than NTSTRSAFE_MAX_CCH; no buffer. */
static void winpar_test_safe_max(struct kunit *test)
{
	const SIZE_T more = (SIZE_T)NTSTRSAFE_MAX_CCH + 1;
	WCHAR wide[4] = L"a";
	CHAR text[4] = "a";

	KUNIT_EXPECT_EQ(test, RtlStringCchCopyA(text, more, "b"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchCopyNA(text, 4, "b", more),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchCatA(text, more, "b"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchCatNA(text, 4, "b", more),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, more, "b"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(NULL, 4, "b"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_STREQ(test, text, "a");
#ifdef CONFIG_64BIT
	KUNIT_EXPECT_EQ(test, RtlStringCbCopyNW(wide, 8, L"b", 2 * more),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfW(wide, 2 * more, L"b"),
			STATUS_INVALID_PARAMETER);
#endif
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"a"), 0);
}

/* DDI pages: ntstrsafe, RtlStringCchPrintfA, RtlStringCbPrintfA: Windows' format */
static void winpar_test_safe_print(struct kunit *test)
{
	UNICODE_STRING counted;
	CHAR text[80];

	RtlInitUnicodeString(&counted, L"Device");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfA(text, sizeof(text),
					    "%s %ws %wZ %S|%5d|%-5ld|%04x|%I64u|%c%%",
					    "LPT1", L"port", &counted, L"wide", -7,
					    42, 0xab, 5000000000ULL, 'z'));
	KUNIT_EXPECT_STREQ(test, text,
			   "LPT1 port Device wide|   -7|42   |00ab|5000000000|z%");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCbPrintfA(text, sizeof(text), "%6s|%-6s|%.2s|%.*ws",
					   "ab", "cd", "efg", 2, L"hij"));
	KUNIT_EXPECT_STREQ(test, text, "    ab|cd    |ef|hi");
	/* ANSI is Latin-1. */
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, sizeof(text), "%ws",
						  L"\xe4\x20ac"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)(u8)text[0], 0xe4);
	KUNIT_EXPECT_STREQ(test, text + 1, "?");
}

/* With a precision a string needs no null character: nothing behind it is read (KASAN). */
static void winpar_test_safe_print_part(struct kunit *test)
{
	WCHAR *wide = kunit_kmalloc(test, 4 * sizeof(WCHAR), GFP_KERNEL);
	CHAR *narrow = kunit_kmalloc(test, 8, GFP_KERNEL), text[40];
	WCHAR both[40];

	KUNIT_ASSERT_NOT_NULL(test, wide);
	KUNIT_ASSERT_NOT_NULL(test, narrow);
	memcpy(wide, L"LPT1", 4 * sizeof(WCHAR));
	memcpy(narrow, "printer1", 8);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfA(text, sizeof(text), "%.4ws|%.*S|%.8s", wide, 4,
					    wide, narrow));
	KUNIT_EXPECT_STREQ(test, text, "LPT1|LPT1|printer1");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfW(both, ARRAY_SIZE(both), L"%.4s|%.*S|%.0s", wide, 8,
					    narrow, wide + 4));
	KUNIT_EXPECT_EQ(test, 0, wcscmp(both, L"LPT1|printer1|"));
}

/* DDI pages: ntstrsafe, RtlStringCchPrintfW, RtlStringCbPrintfW: %s is wide there */
static void winpar_test_safe_print_wide(struct kunit *test)
{
	WCHAR text[40];

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfW(text, ARRAY_SIZE(text),
					    L"\\Device\\%s%u %S %hs %-3c|\x20ac", L"Port",
					    12, "narrow", "h", 'q'));
	KUNIT_EXPECT_EQ(test, 0, wcscmp(text, L"\\Device\\Port12 narrow h q  |\x20ac"));
	/* Seven bytes are three characters, and one is the null character. */
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfW(text, 7, L"%d", 123),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, 0, wcscmp(text, L"12"));
	KUNIT_EXPECT_EQ(test, RtlStringCbPrintfW(text, 8, L"%d", 123),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 0, wcscmp(text, L"123"));
}

#define WPT_FLAGS	"000000000000000000000000000"

/* A conversion is as long as it may be: no letter of it is lost, and no bit of its argument. */
static void winpar_test_safe_print_long(struct kunit *test)
{
	WCHAR wide[40];
	CHAR text[40];

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfA(text, sizeof(text), "%" WPT_FLAGS "12I64u|%s",
					    5000000000ULL, "LPT1"));
	KUNIT_EXPECT_STREQ(test, text, "005000000000|LPT1");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfA(text, sizeof(text),
					    "%-+-+ " WPT_FLAGS WPT_FLAGS "000000000006lld|%s",
					    5LL, "LPT1"));
	KUNIT_EXPECT_STREQ(test, text, "+5    |LPT1");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlStringCchPrintfW(wide, ARRAY_SIZE(wide),
					    L"%0000000000000000000000000000000012I64x|%d",
					    0x123456789aULL, 7));
	KUNIT_EXPECT_EQ(test, 0, wcscmp(wide, L"00123456789a|7"));
}

/* What does not fit is cut, and the rest of the buffer left as it is. */
static void winpar_test_safe_print_cut(struct kunit *test)
{
	CHAR text[8];

	memset(text, 'x', sizeof(text));
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, 5, "%s%d", "LPT", 1),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, text, "LPT1");
	KUNIT_EXPECT_EQ(test, text[5], 'x');
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, 5, "%s%d", "LPT", 10),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, text, "LPT1");
	KUNIT_EXPECT_EQ(test, text[5], 'x');
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, 5, "%10s", "a"),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, text, "    ");
	KUNIT_EXPECT_EQ(test, RtlStringCchPrintfA(text, 0, "a"),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_STREQ(test, text, "    ");
}

/* DDI pages: wdm, ExInitializeSListHead, ExInterlockedPushEntrySList and the others */
static void winpar_test_slist(struct kunit *test)
{
	SLIST_ENTRY entry[3], *first;
	SLIST_HEADER head;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	ExInitializeSListHead(&head);
	KUNIT_EXPECT_NULL(test, ExInterlockedPopEntrySList(&head, &lock));
	KUNIT_EXPECT_NULL(test, ExInterlockedPushEntrySList(&head, &entry[0], &lock));
	KUNIT_EXPECT_PTR_EQ(test, InterlockedPushEntrySList(&head, &entry[1]),
			    &entry[0]);
	InterlockedPushEntrySList(&head, &entry[2]);
	KUNIT_EXPECT_EQ(test, ExQueryDepthSList(&head), 3);
	KUNIT_EXPECT_PTR_EQ(test, InterlockedPopEntrySList(&head), &entry[2]);
	KUNIT_EXPECT_EQ(test, ExQueryDepthSList(&head), 2);
	first = ExInterlockedFlushSList(&head);
	KUNIT_ASSERT_PTR_EQ(test, first, &entry[1]);
	KUNIT_EXPECT_PTR_EQ(test, first->Next, &entry[0]);
	KUNIT_EXPECT_NULL(test, entry[0].Next);
	KUNIT_EXPECT_EQ(test, ExQueryDepthSList(&head), 0);
	KUNIT_EXPECT_NULL(test, ExInterlockedFlushSList(&head));
}

static SLIST_HEADER wpt_slist;

/* Take entries off and put them back. */
static int wpt_slist_run(void *data)
{
	SLIST_ENTRY *one, *other;
	unsigned int i;

	for (i = 0; i < WPT_ROUNDS; i++) {
		one = InterlockedPopEntrySList(&wpt_slist);
		other = InterlockedPopEntrySList(&wpt_slist);
		if (one)
			InterlockedPushEntrySList(&wpt_slist, one);
		if (other)
			InterlockedPushEntrySList(&wpt_slist, other);
		if (i % 64 == 0)
			cond_resched();
	}
	KeSetEvent(data, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* Tasks that take entries off and put them back lose none of them. */
static void winpar_test_slist_race(struct kunit *test)
{
	SLIST_ENTRY entry[WPT_ENTRIES];
	KEVENT done[WPT_TASKS];
	struct task_struct *task;
	unsigned int i;

	InitializeSListHead(&wpt_slist);
	for (i = 0; i < WPT_ENTRIES; i++)
		InterlockedPushEntrySList(&wpt_slist, &entry[i]);
	for (i = 0; i < WPT_TASKS; i++) {
		KeInitializeEvent(&done[i], NotificationEvent, FALSE);
		task = kthread_run(wpt_slist_run, &done[i], "wdm_slist");
		if (IS_ERR(task))
			KeSetEvent(&done[i], IO_NO_INCREMENT, FALSE);
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	}
	for (i = 0; i < WPT_TASKS; i++)
		KeWaitForSingleObject(&done[i], Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_EQ(test, ExQueryDepthSList(&wpt_slist), WPT_ENTRIES);
	for (i = 0; i < WPT_ENTRIES; i++)
		KUNIT_EXPECT_NOT_NULL(test, InterlockedPopEntrySList(&wpt_slist));
	KUNIT_EXPECT_NULL(test, InterlockedPopEntrySList(&wpt_slist));
}

static struct kunit_case wpt_wdm_safe_cases[] = {
	KUNIT_CASE(winpar_test_safe_length),
	KUNIT_CASE(winpar_test_safe_copy),
	KUNIT_CASE(winpar_test_safe_cat),
	KUNIT_CASE(winpar_test_safe_max),
	KUNIT_CASE(winpar_test_safe_print),
	KUNIT_CASE(winpar_test_safe_print_part),
	KUNIT_CASE(winpar_test_safe_print_wide),
	KUNIT_CASE(winpar_test_safe_print_long),
	KUNIT_CASE(winpar_test_safe_print_cut),
	KUNIT_CASE(winpar_test_slist),
	KUNIT_CASE(winpar_test_slist_race),
	{ }
};

static struct kunit_suite wpt_wdm_safe_suite = {
	.name = "winpar_wdm_safe",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_safe_cases,
};

kunit_test_suite(wpt_wdm_safe_suite);
