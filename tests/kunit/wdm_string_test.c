// SPDX-License-Identifier: GPL-2.0-only
/* Strings (wdm/string.c), and DbgPrint() (wdm/print.c). */
#include "wdm_fixture.h"

/* A string with a buffer of so many characters. */
#define WPT_STRING(name, chars)						\
	WCHAR name##_buffer[chars] = { };				\
	UNICODE_STRING name = { 0, sizeof(name##_buffer), name##_buffer }

/* DDI page: wdm, RtlInitUnicodeString */
static void winpar_test_string_init(struct kunit *test)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, L"LPT1");
	KUNIT_EXPECT_EQ(test, string.Length, 8);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 10);
	RtlInitUnicodeString(&string, NULL);
	KUNIT_EXPECT_EQ(test, string.Length, 0);
	KUNIT_EXPECT_EQ(test, string.MaximumLength, 0);
	KUNIT_EXPECT_NULL(test, string.Buffer);
}

/* DDI pages: wdm, RtlAppendUnicodeStringToString, RtlAppendUnicodeToString */
static void winpar_test_string_append(struct kunit *test)
{
	UNICODE_STRING tail;

	WPT_STRING(name, 8);
	RtlInitUnicodeString(&tail, L"PT");
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&name, L"L"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeStringToString(&name, &tail),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&name, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, name.Length, 6);
	KUNIT_EXPECT_EQ(test, wcscmp(name.Buffer, L"LPT"), 0);
	/* One character more than there is room for: nothing is appended. */
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&name, L"123456"),
			STATUS_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, name.Length, 6);
	/* As many as there is room for: no null character is written behind them. */
	KUNIT_EXPECT_EQ(test, RtlAppendUnicodeToString(&name, L"12345"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, name.Length, 16);
}

/* DDI page: wdm, RtlCopyUnicodeString */
static void winpar_test_string_copy(struct kunit *test)
{
	UNICODE_STRING from;

	WPT_STRING(to, 3);
	RtlInitUnicodeString(&from, L"LPT1");
	RtlCopyUnicodeString(&to, &from);
	KUNIT_EXPECT_EQ(test, to.Length, 6);
	KUNIT_EXPECT_EQ(test, wcsncmp(to.Buffer, L"LPT", 3), 0);
	RtlCopyUnicodeString(&to, NULL);
	KUNIT_EXPECT_EQ(test, to.Length, 0);
}

/* DDI pages: wdm, RtlCompareUnicodeString, RtlEqualUnicodeString */
static void winpar_test_string_compare(struct kunit *test)
{
	UNICODE_STRING upper, lower, longer;

	RtlInitUnicodeString(&upper, L"LPT\x00c4");
	RtlInitUnicodeString(&lower, L"lpt\x00e4");
	RtlInitUnicodeString(&longer, L"LPT\x00c4.1");
	KUNIT_EXPECT_TRUE(test, RtlEqualUnicodeString(&upper, &lower, TRUE));
	KUNIT_EXPECT_FALSE(test, RtlEqualUnicodeString(&upper, &lower, FALSE));
	KUNIT_EXPECT_LT(test, RtlCompareUnicodeString(&upper, &lower, FALSE), 0);
	KUNIT_EXPECT_LT(test, RtlCompareUnicodeString(&lower, &longer, TRUE), 0);
	KUNIT_EXPECT_TRUE(test, RtlPrefixUnicodeString(&lower, &longer, TRUE));
	KUNIT_EXPECT_FALSE(test, RtlPrefixUnicodeString(&longer, &lower, TRUE));
}

struct wpt_number_row {
	const char *name;
	ULONG value;
	ULONG base;
	const WCHAR *text;
};

static const struct wpt_number_row wpt_number_rows[] = {
	{ "decimal by default", 378, 0, L"378" },
	{ "hexadecimal", 0xbeef, 16, L"BEEF" },
	{ "octal", 8, 8, L"10" },
	{ "binary", 5, 2, L"101" },
	{ "zero", 0, 10, L"0" },
	{ "the largest", 0xffffffff, 10, L"4294967295" },
};

static void wpt_number_name(const struct wpt_number_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_number, wpt_number_rows, wpt_number_name);

/* DDI pages: wdm, RtlIntegerToUnicodeString, RtlUnicodeStringToInteger */
static void winpar_test_string_number(struct kunit *test)
{
	const struct wpt_number_row *row = test->param_value;
	ULONG back = 1;

	WPT_STRING(text, 33);
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(row->value, row->base,
							&text),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wcscmp(text.Buffer, row->text), 0);
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToInteger(&text, row->base ?: 10,
							&back),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, back, row->value);
	text.MaximumLength = text.Length - 1;
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(row->value, row->base,
							&text),
			STATUS_BUFFER_OVERFLOW);
	/* As many bytes as the digits have: no null character is written behind them. */
	text.MaximumLength++;
	text.Buffer[text.MaximumLength / sizeof(WCHAR)] = L'?';
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(row->value, row->base,
							&text),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, text.Length, text.MaximumLength);
	KUNIT_EXPECT_EQ(test, text.Buffer[text.Length / sizeof(WCHAR)], L'?');
	KUNIT_EXPECT_EQ(test, RtlIntegerToUnicodeString(row->value, 7, &text),
			STATUS_INVALID_PARAMETER);
}

/* DDI page: wdm, RtlUnicodeStringToInteger: what is no number is 0, but nothing is a mistake. */
static void winpar_test_string_no_number(struct kunit *test)
{
	UNICODE_STRING text;
	ULONG value = 1;

	RtlInitUnicodeString(&text, L"");
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToInteger(&text, 0, &value),
			STATUS_INVALID_PARAMETER);
	RtlInitUnicodeString(&text, L"   ");
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToInteger(&text, 10, &value),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, 0U);
}

/* DDI pages: wdm, RtlAnsiStringToUnicodeString, RtlUnicodeStringToAnsiString */
static void winpar_test_string_ansi(struct kunit *test)
{
	UNICODE_STRING wide;
	ANSI_STRING ansi, back;
	CHAR small[3];

	RtlInitAnsiString(&ansi, "LPT\xe4");
	KUNIT_ASSERT_EQ(test, RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wcscmp(wide.Buffer, L"LPT\x00e4"), 0);
	KUNIT_ASSERT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, back.Buffer, "LPT\xe4");
	RtlFreeAnsiString(&back);
	KUNIT_EXPECT_NULL(test, back.Buffer);
	back = (ANSI_STRING){ 0, sizeof(small), small };
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, small, "LP");
	wide.Buffer[0] = 0x20ac;
	back = (ANSI_STRING){ };
	KUNIT_ASSERT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, back.Buffer, "?PT\xe4");
	RtlFreeAnsiString(&back);
	RtlFreeUnicodeString(&wide);
}

/* Room for the null character too, and a byte less; no room at all. */
static void winpar_test_string_ansi_room(struct kunit *test)
{
	CHAR bytes[6] = "?????";
	ANSI_STRING back = { 0, 5, bytes }, ansi;

	WPT_STRING(wide, 5);
	RtlInitAnsiString(&ansi, "LPT1");
	wide.MaximumLength = 9;
	KUNIT_EXPECT_EQ(test, RtlAnsiStringToUnicodeString(&wide, &ansi, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, wide.Length, 0);
	KUNIT_EXPECT_EQ(test, wide.Buffer[0], 0);
	wide.MaximumLength = 10;
	KUNIT_EXPECT_EQ(test, RtlAnsiStringToUnicodeString(&wide, &ansi, FALSE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wide.Length, 8);
	KUNIT_EXPECT_EQ(test, wcscmp(wide.Buffer, L"LPT1"), 0);
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, FALSE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, back.Length, 4);
	KUNIT_EXPECT_STREQ(test, bytes, "LPT1");
	bytes[4] = '?';
	back.MaximumLength = 4;
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, back.Length, 3);
	KUNIT_EXPECT_STREQ(test, bytes, "LPT");
	KUNIT_EXPECT_EQ(test, bytes[4], '?');
	back.MaximumLength = 0;
	KUNIT_EXPECT_EQ(test, RtlUnicodeStringToAnsiString(&back, &wide, FALSE),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, bytes, "LPT");
}

/* The longest string has UNICODE_STRING_MAX_BYTES with its null character. */
static void winpar_test_string_ansi_longest(struct kunit *test)
{
	const USHORT most = UNICODE_STRING_MAX_BYTES / sizeof(WCHAR) - 1;
	ANSI_STRING ansi = { most, most, kunit_kzalloc(test, most + 1, GFP_KERNEL) };
	UNICODE_STRING wide = { };

	KUNIT_ASSERT_NOT_NULL(test, ansi.Buffer);
	KUNIT_ASSERT_EQ(test, RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wide.Length, 2U * most);
	KUNIT_EXPECT_EQ(test, wide.MaximumLength, UNICODE_STRING_MAX_BYTES);
	RtlFreeUnicodeString(&wide);
	ansi.Length = most + 1;
	ansi.MaximumLength = most + 1;
	KUNIT_EXPECT_EQ(test, RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE),
			STATUS_INVALID_PARAMETER_2);
	KUNIT_EXPECT_NULL(test, wide.Buffer);
}

/*
 * DDI page: wdm, DbgPrint. Each format that drivers use; l means 32 bits here, as on
 * Windows, though Linux's long has 64.
 */
static void winpar_test_string_print(struct kunit *test)
{
	UNICODE_STRING name;
	ANSI_STRING ansi;
	u64 since;

	RtlInitUnicodeString(&name, L"\\Device\\ParallelPort0 and more");
	name.Length = 42;
	RtlInitAnsiString(&ansi, "short");
	since = wpt_kmsg_end();
	DbgPrint("wdm %wZ|%Z|%ws|%S|%ls|%s|%hs|%wZ\n", &name, &ansi, L"w",
		 L"\x20ac", L"l", "n", "h", NULL);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: wdm ",
				      "\\Device\\ParallelPort0|short|w|\xe2\x82\xac|l|n|h|"));
	since = wpt_kmsg_end();
	DbgPrint("wdm %d %ld %lu %#lx %I64x %04hx %-4d|%5.2s|%*d|%c%%\n", -1,
		 (LONG)-2, (ULONG)4294967295U, (ULONG)0x378,
		 (ULONGLONG)0x12345abcdULL, 0x1abcd, 7, "xyz", 3, 5, 'c');
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: wdm ",
				      "-1 -2 4294967295 0x378 12345abcd abcd 7   |   xy|  5|c%"));
}

/*
 * C's sizes, and a precision below 0, which is none. Behind a letter that is not known no
 * argument is taken: which one would it be?
 */
static void winpar_test_string_print_c(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	DbgPrint("wdm %zu %zd %td %jx %hhx %hhd %.*d|%.*s|\n", (size_t)1 << 31,
		 (ssize_t)-2, (ptrdiff_t)-3, 0x12345abcdULL, -1, 0x1ff, -1, 5, -1,
		 "all");
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: wdm ",
				      "2147483648 -2 -3 12345abcd ff -1 5|all|"));
	since = wpt_kmsg_end();
	DbgPrint("wdm %d %5q|%s|%d\n", 1, "first", "second", 2);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: wdm ",
				      "1 %5q|%s|%d"));
}

/* DDI page: wdm, DbgPrint. A call prints at most 512 bytes. */
static void winpar_test_string_long(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 1000, GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'x', 999);
	DbgPrint("%s%s\n", text, text);
	text[500] = '\0';
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: ",
				      text));
}

static struct kunit_case wpt_wdm_string_cases[] = {
	KUNIT_CASE(winpar_test_string_init),
	KUNIT_CASE(winpar_test_string_append),
	KUNIT_CASE(winpar_test_string_copy),
	KUNIT_CASE(winpar_test_string_compare),
	KUNIT_CASE_PARAM(winpar_test_string_number, wpt_number_gen_params),
	KUNIT_CASE(winpar_test_string_no_number),
	KUNIT_CASE(winpar_test_string_ansi),
	KUNIT_CASE(winpar_test_string_ansi_room),
	KUNIT_CASE(winpar_test_string_ansi_longest),
	KUNIT_CASE(winpar_test_string_print),
	KUNIT_CASE(winpar_test_string_print_c),
	KUNIT_CASE(winpar_test_string_long),
	{ }
};

static struct kunit_suite wpt_wdm_string_suite = {
	.name = "winpar_wdm_string",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_string_cases,
};

kunit_test_suite(wpt_wdm_string_suite);
