// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small functions that drivers use beside the port: dates (wdm/clock.c), what they ask of
 * the system (wdm/system.c), strings of bytes (wdm/ansi.c), the C library, lookaside lists,
 * in-stack queued spin locks, sums under a lock (wdm/irql.c).
 */
#include "wdm_fixture.h"

#include <winpar/ddk/ntverp.h>

#define WPT_TAG		0x64726f77	/* "word" */

/* ----- dates ------------------------------------------------------------- */

struct wpt_date_row {
	const char *name;
	LONGLONG time;
	TIME_FIELDS fields;
};

static const struct wpt_date_row wpt_date_rows[] = {
	{ "the first moment", 0, { 1601, 1, 1, 0, 0, 0, 0, 1 } },
	{ "the first ms", 10000, { 1601, 1, 1, 0, 0, 0, 1, 1 } },
	{ "Linux's first moment", 116444736000000000LL,
	  { 1970, 1, 1, 0, 0, 0, 0, 4 } },
	{ "a leap day", 125963423991230000LL, { 2000, 2, 29, 23, 59, 59, 123, 2 } },
	{ "after no leap day", 60215616000000000LL, { 1791, 10, 26, 0, 0, 0, 0, 3 } },
	{ "the last year", 9223149887999990000LL,
	  { 30827, 12, 31, 23, 59, 59, 999, 5 } },
};

static void wpt_date_name(const struct wpt_date_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_date, wpt_date_rows, wpt_date_name);

/* DDI pages: wdm, RtlTimeToTimeFields, RtlTimeFieldsToTime */
static void winpar_test_words_date(struct kunit *test)
{
	const struct wpt_date_row *row = test->param_value;
	LARGE_INTEGER time = { .QuadPart = row->time }, back;
	TIME_FIELDS fields;

	RtlTimeToTimeFields(&time, &fields);
	KUNIT_EXPECT_EQ(test, fields.Year, row->fields.Year);
	KUNIT_EXPECT_EQ(test, fields.Month, row->fields.Month);
	KUNIT_EXPECT_EQ(test, fields.Day, row->fields.Day);
	KUNIT_EXPECT_EQ(test, fields.Hour, row->fields.Hour);
	KUNIT_EXPECT_EQ(test, fields.Minute, row->fields.Minute);
	KUNIT_EXPECT_EQ(test, fields.Second, row->fields.Second);
	KUNIT_EXPECT_EQ(test, fields.Milliseconds, row->fields.Milliseconds);
	KUNIT_EXPECT_EQ(test, fields.Weekday, row->fields.Weekday);
	fields.Weekday = 77;
	KUNIT_EXPECT_TRUE(test, RtlTimeFieldsToTime(&fields, &back));
	KUNIT_EXPECT_EQ(test, back.QuadPart, row->time);
}

/* DDI page: wdm, RtlTimeFieldsToTime. There are no such dates. */
static void winpar_test_words_no_date(struct kunit *test)
{
	static TIME_FIELDS none[] = {
		{ 1600, 12, 31 }, { 30828, 1, 1 }, { 2001, 0, 1 }, { 2001, 13, 1 },
		{ 2001, 1, 0 }, { 2001, 4, 31 }, { 2001, 2, 29 }, { 1900, 2, 29 },
		{ 2001, 1, 1, 24 }, { 2001, 1, 1, -1 }, { 2001, 1, 1, 0, 60 },
		{ 2001, 1, 1, 0, 0, 60 }, { 2001, 1, 1, 0, 0, 0, 1000 },
	};
	LARGE_INTEGER time = { .QuadPart = 7 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++)
		KUNIT_EXPECT_FALSE_MSG(test, RtlTimeFieldsToTime(&none[i], &time),
				       "row %u", i);
	KUNIT_EXPECT_EQ(test, time.QuadPart, 7LL);
}

/* DDI pages: wdm, ExSystemTimeToLocalTime, ExLocalTimeToSystemTime */
static void winpar_test_words_local(struct kunit *test)
{
	LARGE_INTEGER time = { .QuadPart = 116444736000000000LL }, local, back;
	int west = sys_tz.tz_minuteswest;

	sys_tz.tz_minuteswest = -90;
	ExSystemTimeToLocalTime(&time, &local);
	ExLocalTimeToSystemTime(&local, &back);
	sys_tz.tz_minuteswest = west;
	KUNIT_EXPECT_EQ(test, local.QuadPart - time.QuadPart, 5400 * 10000000LL);
	KUNIT_EXPECT_EQ(test, back.QuadPart, time.QuadPart);
}

/* ----- the system -------------------------------------------------------- */

/* DDI pages: wdm, RtlGetVersion, IoIsWdmVersionAvailable */
static void winpar_test_words_version(struct kunit *test)
{
	RTL_OSVERSIONINFOW version = {
		.dwOSVersionInfoSize = sizeof(version),
		.szCSDVersion = { 'x' },
	};

	KUNIT_EXPECT_EQ(test, RtlGetVersion(&version), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, version.dwMajorVersion, 5U);
	KUNIT_EXPECT_EQ(test, version.dwMinorVersion, 1U);
	KUNIT_EXPECT_EQ(test, version.dwBuildNumber, VER_PRODUCTBUILD);
	KUNIT_EXPECT_EQ(test, version.dwPlatformId, 2U);
	KUNIT_EXPECT_EQ(test, version.szCSDVersion[0], 0);
	version.dwMajorVersion = 0;
	version.dwOSVersionInfoSize++;
	KUNIT_EXPECT_EQ(test, RtlGetVersion(&version), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, version.dwMajorVersion, 5U);
	KUNIT_EXPECT_TRUE(test, IoIsWdmVersionAvailable(1, 0x10));
	KUNIT_EXPECT_TRUE(test, IoIsWdmVersionAvailable(1, 0x20));
	KUNIT_EXPECT_FALSE(test, IoIsWdmVersionAvailable(1, 0x30));
	KUNIT_EXPECT_FALSE(test, IoIsWdmVersionAvailable(6, 0));
}

/* DDI pages: wdm, RtlGetVersion, RTL_OSVERSIONINFOEXW: its size has the rest filled in. */
static void winpar_test_words_version_more(struct kunit *test)
{
	RTL_OSVERSIONINFOEXW version;
	PRTL_OSVERSIONINFOW asked = (PRTL_OSVERSIONINFOW)&version;

	memset(&version, 0xa5, sizeof(version));
	version.dwOSVersionInfoSize = sizeof(RTL_OSVERSIONINFOW);
	KUNIT_EXPECT_EQ(test, RtlGetVersion(asked), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, version.wServicePackMajor, 0xa5a5);
	KUNIT_EXPECT_EQ(test, version.wProductType, 0xa5);
	version.dwOSVersionInfoSize = sizeof(version);
	version.dwMajorVersion = 0;
	KUNIT_EXPECT_EQ(test, RtlGetVersion(asked), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, version.dwMajorVersion, 5U);
	KUNIT_EXPECT_EQ(test, version.wServicePackMajor, 0);
	KUNIT_EXPECT_EQ(test, version.wServicePackMinor, 0);
	KUNIT_EXPECT_EQ(test, version.wSuiteMask, 0);
	KUNIT_EXPECT_EQ(test, version.wProductType, VER_NT_WORKSTATION);
	KUNIT_EXPECT_EQ(test, version.wReserved, 0);
}

/* DDI pages: wdm, MmGetSystemRoutineAddress, KeGetCurrentProcessorNumber */
static void winpar_test_words_system(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, L"KeSetCoalescableTimer");
	KUNIT_EXPECT_NULL(test, MmGetSystemRoutineAddress(&name));
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "MmGetSystemRoutineAddress() finds no routine",
				      "KeSetCoalescableTimer"));
	preempt_disable();
	KUNIT_EXPECT_EQ(test, KeGetCurrentProcessorNumber(), smp_processor_id());
	preempt_enable();
	KUNIT_EXPECT_EQ(test, KeNumberProcessors, num_online_cpus());
}

/* ----- strings ----------------------------------------------------------- */

/* DDI pages: wdm, RtlEqualString, RtlCopyString; ntddk, RtlCompareString */
static void winpar_test_words_ansi(struct kunit *test)
{
	char room[3];
	STRING upper, lower, longer, copy = { 0, sizeof(room), room };

	RtlInitString(&upper, "LPT\xc4");
	RtlInitString(&lower, "lpt\xe4");
	RtlInitString(&longer, "LPT\xc4.1");
	KUNIT_EXPECT_TRUE(test, RtlEqualString(&upper, &lower, TRUE));
	KUNIT_EXPECT_FALSE(test, RtlEqualString(&upper, &lower, FALSE));
	KUNIT_EXPECT_LT(test, RtlCompareString(&upper, &lower, FALSE), 0);
	KUNIT_EXPECT_LT(test, RtlCompareString(&lower, &longer, TRUE), 0);
	KUNIT_EXPECT_GT(test, RtlCompareString(&longer, &upper, FALSE), 0);
	/* Its upper case is not in Latin-1. */
	KUNIT_EXPECT_EQ(test, RtlUpperChar('\xff'), '\xff');
	RtlCopyString(&copy, &longer);
	KUNIT_EXPECT_EQ(test, copy.Length, 3);
	KUNIT_EXPECT_EQ(test, memcmp(room, "LPT", 3), 0);
	RtlCopyString(&copy, NULL);
	KUNIT_EXPECT_EQ(test, copy.Length, 0);
}

/* DDI page: ntddk, RtlCharToInteger */
static void winpar_test_words_number(struct kunit *test)
{
	ULONG value = 1;

	KUNIT_EXPECT_EQ(test, RtlCharToInteger(" -0x378h", 0, &value),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, (ULONG)-0x378);
	KUNIT_EXPECT_EQ(test, RtlCharToInteger("378", 16, &value), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, 0x378U);
	KUNIT_EXPECT_EQ(test, RtlCharToInteger("", 0, &value), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, 0U);
	KUNIT_EXPECT_EQ(test, RtlCharToInteger("1", 3, &value),
			STATUS_INVALID_PARAMETER);
}

/* The C library's strings of bytes. */
static void winpar_test_words_bytes(struct kunit *test)
{
	char text[8] = "x";

	KUNIT_EXPECT_PTR_EQ(test, winpar_wdm_strcpy(text, "LPT"), &text[0]);
	KUNIT_EXPECT_STREQ(test, winpar_wdm_strcat(text, "12"), "LPT12");
	KUNIT_EXPECT_STREQ(test, winpar_wdm_strncat(text, "345", 2), "LPT1234");
	memset(text, 'x', sizeof(text));
	winpar_wdm_strncpy(text, "LPT", 5);
	KUNIT_EXPECT_EQ(test, memcmp(text, "LPT\0\0xxx", 8), 0);
	winpar_wdm_strncpy(text, "COM", 2);
	KUNIT_EXPECT_STREQ(test, text, "COT");
	KUNIT_EXPECT_EQ(test, _stricmp("lpt1", "LPT1"), 0);
	KUNIT_EXPECT_LT(test, _stricmp("lpt", "LPT1"), 0);
	KUNIT_EXPECT_EQ(test, _strnicmp("lpt1", "LPT2", 3), 0);
	KUNIT_EXPECT_GT(test, _strnicmp("lpt2", "LPT1", 4), 0);
	KUNIT_EXPECT_EQ(test, winpar_wdm_atoi("\t-378x"), -378);
	KUNIT_EXPECT_EQ(test, winpar_wdm_atoi("+2147483647"), INT_MAX);
	KUNIT_EXPECT_EQ(test, winpar_wdm_toupper('z'), 'Z');
	KUNIT_EXPECT_EQ(test, winpar_wdm_toupper('{'), '{');
	KUNIT_EXPECT_EQ(test, winpar_wdm_tolower('A'), 'a');
	KUNIT_EXPECT_EQ(test, winpar_wdm_tolower('@'), '@');
}

/* The C library's strings of wide characters. */
static void winpar_test_words_wide(struct kunit *test)
{
	static const WCHAR name[] = L"\\Device\\Lpt1";
	WCHAR text[8];

	memset(text, 0xff, sizeof(text));
	KUNIT_EXPECT_EQ(test, wcscmp(wcsncpy(text, L"LPT", 5), L"LPT"), 0);
	KUNIT_EXPECT_EQ(test, text[4], 0);
	KUNIT_EXPECT_EQ(test, text[5], 0xffff);
	KUNIT_EXPECT_EQ(test, wcscmp(wcsncat(text, L"123", 2), L"LPT12"), 0);
	KUNIT_EXPECT_PTR_EQ(test, wcschr(name, '\\'), (WCHAR *)name);
	KUNIT_EXPECT_PTR_EQ(test, wcsrchr(name, '\\'), (WCHAR *)name + 7);
	KUNIT_EXPECT_PTR_EQ(test, wcschr(name, 0), (WCHAR *)name + 12);
	KUNIT_EXPECT_NULL(test, wcschr(name, 'x'));
	KUNIT_EXPECT_NULL(test, wcsrchr(name, 'x'));
	KUNIT_EXPECT_PTR_EQ(test, wcsstr(name, L"Lpt"), (WCHAR *)name + 8);
	KUNIT_EXPECT_PTR_EQ(test, wcsstr(name, L""), (WCHAR *)name);
	KUNIT_EXPECT_NULL(test, wcsstr(name, L"Lpt2"));
	KUNIT_EXPECT_EQ(test, _wcsicmp(name, L"\\DEVICE\\LPT1"), 0);
	KUNIT_EXPECT_LT(test, _wcsicmp(name, L"\\DEVICE\\LPT2"), 0);
	KUNIT_EXPECT_EQ(test, _wcsnicmp(name, L"\\DEVICE\\COM", 8), 0);
}

/* The C library's texts by a format. */
static void winpar_test_words_format(struct kunit *test)
{
	WCHAR wide[8];
	char text[8];

	KUNIT_EXPECT_EQ(test, winpar_wdm_sprintf(text, "%s%d", "LPT", 1), 4);
	KUNIT_EXPECT_STREQ(test, text, "LPT1");
	KUNIT_EXPECT_EQ(test, winpar_wdm_swprintf(wide, L"%s%d", L"LPT", 1), 4);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"LPT1"), 0);
	KUNIT_EXPECT_EQ(test, _snprintf(text, 5, "%ws", L"LPT1"), 4);
	/* As long as the buffer: the text is cut, so that it ends in a null character. */
	KUNIT_EXPECT_EQ(test, _snprintf(text, 4, "%ws", L"LPT1"), -1);
	KUNIT_EXPECT_STREQ(test, text, "LPT");
	KUNIT_EXPECT_EQ(test, _snwprintf(wide, 4, L"LPT%u", 1), -1);
	KUNIT_EXPECT_EQ(test, wcscmp(wide, L"LPT"), 0);
	KUNIT_EXPECT_EQ(test, _snprintf(text, 0, "x"), -1);
	KUNIT_EXPECT_STREQ(test, text, "LPT");
}

/* ----- memory ------------------------------------------------------------ */

static unsigned int wpt_words_taken, wpt_words_given;

static PVOID wpt_words_take(POOL_TYPE type, SIZE_T size, ULONG tag)
{
	wpt_words_taken += size;
	return ExAllocatePoolWithTag(type, size, tag);
}

static VOID wpt_words_give(PVOID memory)
{
	wpt_words_given++;
	ExFreePoolWithTag(memory, WPT_TAG);
}

/* DDI page: wdm, ExInitializeNPagedLookasideList; what is not freed fails the suite's exit. */
static void winpar_test_words_look(struct kunit *test)
{
	NPAGED_LOOKASIDE_LIST list;
	PAGED_LOOKASIDE_LIST paged;
	PVOID one, other;

	ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 100, WPT_TAG, 0);
	one = ExAllocateFromNPagedLookasideList(&list);
	other = ExAllocateFromNPagedLookasideList(&list);
	KUNIT_ASSERT_NOT_NULL(test, one);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_PTR_NE(test, one, other);
	memset(one, 1, 100);
	ExFreeToNPagedLookasideList(&list, one);
	ExFreeToNPagedLookasideList(&list, other);
	ExDeleteNPagedLookasideList(&list);
	wpt_words_taken = 0;
	wpt_words_given = 0;
	ExInitializePagedLookasideList(&paged, wpt_words_take, wpt_words_give, 0,
				       64, WPT_TAG, 0);
	one = ExAllocateFromPagedLookasideList(&paged);
	KUNIT_ASSERT_NOT_NULL(test, one);
	ExFreeToPagedLookasideList(&paged, one);
	ExDeletePagedLookasideList(&paged);
	KUNIT_EXPECT_EQ(test, wpt_words_taken, 64U);
	KUNIT_EXPECT_EQ(test, wpt_words_given, 1U);
}

/* DDI page: wdm, ExAllocatePool2 */
static void winpar_test_words_pool(struct kunit *test)
{
	unsigned int i, set = 0;
	PUCHAR memory;

	for (i = 0; i < 16; i++) {
		memory = ExAllocatePool2(POOL_FLAG_UNINITIALIZED, 64, WPT_TAG);
		KUNIT_ASSERT_NOT_NULL(test, memory);
		memset(memory, 0xff, 64);
		ExFreePoolWithTag(memory, WPT_TAG);
	}
	memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, WPT_TAG);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (i = 0; i < 64; i++)
		set |= memory[i];
	ExFreePoolWithTag(memory, WPT_TAG);
	KUNIT_EXPECT_EQ(test, set, 0U);
}

/* DDI pages: wdm, IoAllocateDriverObjectExtension, IoGetDriverObjectExtension */
static void winpar_test_words_extension(struct kunit *test)
{
	PDRIVER_OBJECT driver = wpt_wdm_driver();
	PVOID one, other, again = driver;

	KUNIT_EXPECT_NULL(test, IoGetDriverObjectExtension(driver, &one));
	KUNIT_ASSERT_EQ(test, IoAllocateDriverObjectExtension(driver, &one, 40, &one),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, IoAllocateDriverObjectExtension(driver, &other, 0,
							      &other),
			STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, memchr_inv(one, 0, 40));
	KUNIT_EXPECT_PTR_EQ(test, IoGetDriverObjectExtension(driver, &one), one);
	KUNIT_EXPECT_PTR_EQ(test, IoGetDriverObjectExtension(driver, &other), other);
	KUNIT_EXPECT_EQ(test, IoAllocateDriverObjectExtension(driver, &one, 40, &again),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_NULL(test, again);
	KUNIT_EXPECT_EQ(test, IoAllocateDriverObjectExtension(driver, &again, MAXLONG,
							      &again),
			STATUS_INSUFFICIENT_RESOURCES);
}

/* ----- locks ------------------------------------------------------------- */

/* DDI pages: wdm, KeAcquireInStackQueuedSpinLock, KeAcquireInStackQueuedSpinLockAtDpcLevel */
static void winpar_test_words_lock(struct kunit *test)
{
	KLOCK_QUEUE_HANDLE outer, inner;
	KSPIN_LOCK one, other;
	KIRQL at, within;

	KeInitializeSpinLock(&one);
	KeInitializeSpinLock(&other);
	KeAcquireInStackQueuedSpinLock(&one, &outer);
	at = KeGetCurrentIrql();
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&other, &inner);
	within = KeGetCurrentIrql();
	lockdep_assert_held(&one.lock);
	lockdep_assert_held(&other.lock);
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&inner);
	KeReleaseInStackQueuedSpinLock(&outer);
	KUNIT_EXPECT_EQ(test, at, DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, within, DISPATCH_LEVEL);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	/* It can be acquired again. */
	KeAcquireInStackQueuedSpinLock(&one, &outer);
	KeReleaseInStackQueuedSpinLock(&outer);
}

/* DDI pages: wdm, ExInterlockedAddLargeInteger, ExInterlockedAddUlong, InterlockedXor */
static void winpar_test_words_sum(struct kunit *test)
{
	LARGE_INTEGER sum = { .QuadPart = 0xffffffff }, one = { .QuadPart = 1 };
	ULONG count = 0xffffffff;
	LONG mask = 6;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	KUNIT_EXPECT_EQ(test, ExInterlockedAddLargeInteger(&sum, one, &lock).QuadPart,
			0xffffffffLL);
	KUNIT_EXPECT_EQ(test, sum.QuadPart, 0x100000000LL);
	KUNIT_EXPECT_EQ(test, ExInterlockedAddUlong(&count, 3, &lock), 0xffffffffU);
	KUNIT_EXPECT_EQ(test, count, 2U);
	KUNIT_EXPECT_EQ(test, InterlockedXor(&mask, 3), 6);
	KUNIT_EXPECT_EQ(test, mask, 5);
}

static struct kunit_case wpt_wdm_words_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_words_date, wpt_date_gen_params),
	KUNIT_CASE(winpar_test_words_no_date),
	KUNIT_CASE(winpar_test_words_local),
	KUNIT_CASE(winpar_test_words_version),
	KUNIT_CASE(winpar_test_words_version_more),
	KUNIT_CASE(winpar_test_words_system),
	KUNIT_CASE(winpar_test_words_ansi),
	KUNIT_CASE(winpar_test_words_number),
	KUNIT_CASE(winpar_test_words_bytes),
	KUNIT_CASE(winpar_test_words_wide),
	KUNIT_CASE(winpar_test_words_format),
	KUNIT_CASE(winpar_test_words_look),
	KUNIT_CASE(winpar_test_words_pool),
	KUNIT_CASE(winpar_test_words_extension),
	KUNIT_CASE(winpar_test_words_lock),
	KUNIT_CASE(winpar_test_words_sum),
	{ }
};

static struct kunit_suite wpt_wdm_words_suite = {
	.name = "winpar_wdm_words",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_words_cases,
};

kunit_test_suite(wpt_wdm_words_suite);
