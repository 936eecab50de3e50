// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sources for NT 4 and Windows 2000 call: sums and products of 64 bits by functions
 * (ddk/wdm_large.h), the version, numbers of processes and threads, pools with a quota.
 */
#include "wdm_fixture.h"

#include <winpar/ddk/ntverp.h>

#define WPT_TAG		0x20646c6f	/* "old " */

static LARGE_INTEGER wpt_large(LONGLONG value)
{
	LARGE_INTEGER large = { .QuadPart = value };

	return large;
}

/* DDI pages: wdm, RtlConvertLongToLargeInteger, RtlEnlargedIntegerMultiply and the others */
static void winpar_test_old_products(struct kunit *test)
{
	LARGE_INTEGER five = wpt_large(5000000000LL);

	KUNIT_EXPECT_EQ(test, RtlConvertLongToLargeInteger(-10000).QuadPart, -10000LL);
	KUNIT_EXPECT_EQ(test, RtlConvertUlongToLargeInteger(0xfffffff6U).QuadPart,
			0xfffffff6LL);
	KUNIT_EXPECT_EQ(test, RtlEnlargedIntegerMultiply(-100000, 100000).QuadPart,
			-10000000000LL);
	KUNIT_EXPECT_EQ(test,
			RtlEnlargedUnsignedMultiply(0x80000000U, 4).QuadPart,
			0x200000000LL);
	KUNIT_EXPECT_EQ(test, RtlExtendedIntegerMultiply(five, -3).QuadPart,
			-15000000000LL);
	KUNIT_EXPECT_EQ(test, Int32x32To64(50, -10000), -500000LL);
	KUNIT_EXPECT_EQ(test, Int32x32To64(0x10000, 0x10000), 0x100000000LL);
	KUNIT_EXPECT_EQ(test, UInt32x32To64(0xffffffffU, 2), 0x1fffffffeULL);
}

/* DDI pages: wdm, RtlEnlargedUnsignedDivide, RtlExtendedLargeIntegerDivide */
static void winpar_test_old_quotients(struct kunit *test)
{
	ULARGE_INTEGER five = { .QuadPart = 5000000007ULL };
	ULONG rest = 0;

	KUNIT_EXPECT_EQ(test, RtlEnlargedUnsignedDivide(five, 10000, &rest), 500000U);
	KUNIT_EXPECT_EQ(test, rest, 7U);
	KUNIT_EXPECT_EQ(test, RtlEnlargedUnsignedDivide(five, 10, NULL), 500000000U);
	/* Without a sign, as on Windows. */
	KUNIT_EXPECT_EQ(test, 0x7fffffffffffffffLL,
			RtlExtendedLargeIntegerDivide(wpt_large(-1), 2,
						      &rest).QuadPart);
	KUNIT_EXPECT_EQ(test, rest, 1U);
	KUNIT_EXPECT_EQ(test, 3333333333LL,
			RtlExtendedLargeIntegerDivide(wpt_large(10000000000LL), 3,
						      NULL).QuadPart);
}

/* DDI pages: wdm, RtlLargeIntegerAdd and the others */
static void winpar_test_old_sums(struct kunit *test)
{
	LARGE_INTEGER five = wpt_large(5000000000LL), less = wpt_large(-7);

	KUNIT_EXPECT_EQ(test, RtlLargeIntegerAdd(five, less).QuadPart, 4999999993LL);
	KUNIT_EXPECT_EQ(test, RtlLargeIntegerSubtract(five, less).QuadPart,
			5000000007LL);
	KUNIT_EXPECT_EQ(test, RtlLargeIntegerNegate(five).QuadPart, -5000000000LL);
	KUNIT_EXPECT_EQ(test, RtlLargeIntegerShiftLeft(less, 32).QuadPart,
			-0x700000000LL);
	KUNIT_EXPECT_EQ(test, RtlLargeIntegerShiftRight(less, 60).QuadPart, 15LL);
	KUNIT_EXPECT_EQ(test, RtlLargeIntegerArithmeticShift(less, 1).QuadPart, -4LL);
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerGreaterThan(five, less));
	KUNIT_EXPECT_FALSE(test, RtlLargeIntegerGreaterThan(five, five));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerGreaterThanOrEqualTo(five, five));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerLessThan(less, five));
	KUNIT_EXPECT_FALSE(test, RtlLargeIntegerLessThan(five, five));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerLessThanOrEqualTo(five, five));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerEqualTo(five, five));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerNotEqualTo(five, less));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerGreaterThanZero(five));
	KUNIT_EXPECT_FALSE(test, RtlLargeIntegerGreaterThanZero(wpt_large(0)));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerGreaterOrEqualToZero(wpt_large(0)));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerLessThanZero(less));
	KUNIT_EXPECT_FALSE(test, RtlLargeIntegerLessThanZero(wpt_large(0)));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerLessOrEqualToZero(wpt_large(0)));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerEqualToZero(wpt_large(0)));
	KUNIT_EXPECT_TRUE(test, RtlLargeIntegerNotEqualToZero(less));
}

/* DDI pages: wdm, RtlUshortByteSwap, RtlUlongByteSwap, RtlUlonglongByteSwap */
static void winpar_test_old_bytes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, RtlUshortByteSwap(0x1234), 0x3412);
	KUNIT_EXPECT_EQ(test, RtlUlongByteSwap(0x12345678), 0x78563412U);
	KUNIT_EXPECT_EQ(test, RtlUlonglongByteSwap(0x123456789abcdef0ULL),
			0xf0debc9a78563412ULL);
}

/* DDI page: ntddk, PsGetVersion */
static void winpar_test_old_version(struct kunit *test)
{
	ULONG major = 0, minor = 0, build = 0;
	UNICODE_STRING pack = { 7, 8, NULL };

	KUNIT_EXPECT_FALSE(test, PsGetVersion(&major, &minor, &build, &pack));
	KUNIT_EXPECT_EQ(test, major, 5U);
	KUNIT_EXPECT_EQ(test, minor, 1U);
	KUNIT_EXPECT_EQ(test, build, VER_PRODUCTBUILD);
	KUNIT_EXPECT_EQ(test, pack.Length, 0);
	KUNIT_EXPECT_FALSE(test, PsGetVersion(NULL, NULL, NULL, NULL));
}

/* DDI pages: ntddk, PsGetCurrentProcessId, PsGetCurrentThreadId. A test is a kernel thread. */
static void winpar_test_old_numbers(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcessId(), (HANDLE)4);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentThreadId(),
			    (HANDLE)(uintptr_t)current->pid);
}

/* DDI page: wdm, KeQueryInterruptTime */
static void winpar_test_old_time(struct kunit *test)
{
	ULONGLONG before = ktime_get_ns() / 100, time = KeQueryInterruptTime();

	KUNIT_EXPECT_GE(test, time, before);
	KUNIT_EXPECT_LE(test, time, (ULONGLONG)ktime_get_ns() / 100);
	KUNIT_EXPECT_EQ(test, ExSetTimerResolution(10000, TRUE), 10000U);
	KUNIT_EXPECT_EQ(test, ExSetTimerResolution(0, FALSE), KeQueryTimeIncrement());
}

/* DDI page: wdm, ExAllocatePoolWithQuotaTag */
static void winpar_test_old_quota(struct kunit *test)
{
	PVOID memory;

	memory = ExAllocatePoolWithQuotaTag(NonPagedPool |
					    POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, 40,
					    WPT_TAG);
	KUNIT_EXPECT_NOT_NULL(test, memory);
	ExFreePoolWithTag(memory, WPT_TAG);
	memory = ExAllocatePoolWithQuota(PagedPool, 40);
	KUNIT_EXPECT_NOT_NULL(test, memory);
	ExFreePool(memory);
}

static void wpt_old_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

/* DDI pages: wdm, KeSetImportanceDpc, KeSetTargetProcessorDpc: such a DPC runs, too. */
static void winpar_test_old_importance(struct kunit *test)
{
	KEVENT ran;
	KDPC dpc;

	KeInitializeEvent(&ran, NotificationEvent, FALSE);
	KeInitializeDpc(&dpc, wpt_old_dpc, &ran);
	KeSetImportanceDpc(&dpc, HighImportance);
	KeSetTargetProcessorDpc(&dpc, 0);
	KUNIT_EXPECT_TRUE(test, KeInsertQueueDpc(&dpc, NULL, NULL));
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&ran, WPT_PATIENCE), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
}

static struct kunit_case wpt_wdm_old_cases[] = {
	KUNIT_CASE(winpar_test_old_products),
	KUNIT_CASE(winpar_test_old_quotients),
	KUNIT_CASE(winpar_test_old_sums),
	KUNIT_CASE(winpar_test_old_bytes),
	KUNIT_CASE(winpar_test_old_version),
	KUNIT_CASE(winpar_test_old_numbers),
	KUNIT_CASE(winpar_test_old_time),
	KUNIT_CASE(winpar_test_old_quota),
	KUNIT_CASE(winpar_test_old_importance),
	{ }
};

static struct kunit_suite wpt_wdm_old_suite = {
	.name = "winpar_wdm_old",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_old_cases,
};

kunit_test_suite(wpt_wdm_old_suite);
