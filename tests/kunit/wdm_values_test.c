// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry by paths (wdm/regquery.c). DDI pages: wdm, RtlQueryRegistryValues,
 * RtlWriteRegistryValue, RtlDeleteRegistryValue, RtlCheckRegistryKey, RtlCreateRegistryKey.
 */
#include "wdm_fixture.h"

#define WPT_PATH	L"Wpt\\Values"

static NTSTATUS wpt_write(PCWSTR name, ULONG type, const void *data, ULONG size)
{
	return RtlWriteRegistryValue(RTL_REGISTRY_CONTROL, WPT_PATH, name, type,
				     (PVOID)data, size);
}

static NTSTATUS wpt_read(PRTL_QUERY_REGISTRY_TABLE table)
{
	return RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, WPT_PATH, table, &table,
				      NULL);
}

/* Ask for one value with RTL_QUERY_REGISTRY_DIRECT. */
static NTSTATUS wpt_direct(PWSTR name, ULONG flags, PVOID to, ULONG default_type)
{
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{
			.Flags = RTL_QUERY_REGISTRY_DIRECT | flags,
			.Name = name,
			.EntryContext = to,
			.DefaultType = default_type,
		}, { }
	};

	return wpt_read(table);
}

static int wpt_values_init(struct kunit *test)
{
	static const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	ULONG number = 0x12345678;
	int ret = wpt_wdm_init(test);

	if (ret)
		return ret;
	KUNIT_EXPECT_EQ(test, wpt_write(L"Number", REG_DWORD, &number, 4),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_write(L"Text", REG_SZ, L"LPT1", 10),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_write(L"Several", REG_MULTI_SZ, L"a\0bc\0", 12),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_write(L"Bytes", REG_BINARY, bytes, 7),
			STATUS_SUCCESS);
	return 0;
}

static void winpar_test_values_direct(struct kunit *test)
{
	WCHAR room[5] = L"????";
	UNICODE_STRING text = { 0, 8, room };
	ULONG number = 0, head[5] = { 15 };
	LONG tail[2] = { -7 };

	KUNIT_EXPECT_EQ(test, wpt_direct(L"number", 0, &number, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, number, 0x12345678U);
	/* A string, with its null character, has 10 bytes. */
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Text", 0, &text, 0),
			STATUS_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, room[0], L'?');
	text.MaximumLength = 10;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Text", 0, &text, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, text.Length, 8);
	KUNIT_EXPECT_EQ(test, wcscmp(room, L"LPT1"), 0);
	text.Buffer = NULL;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Several", RTL_QUERY_REGISTRY_NOEXPAND,
					 &text, 0), STATUS_SUCCESS);
	KUNIT_ASSERT_NOT_NULL(test, text.Buffer);
	KUNIT_EXPECT_EQ(test, text.Length, 10);
	KUNIT_EXPECT_EQ(test, memcmp(text.Buffer, L"a\0bc\0", 12), 0);
	ExFreePool(text.Buffer);
	/* More than 4 bytes: the size in front, negative for the data alone. */
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Bytes", 0, head, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, head[0], 7U);
	KUNIT_EXPECT_EQ(test, head[1], (ULONG)REG_BINARY);
	KUNIT_EXPECT_EQ(test, head[2], 0x04030201U);
	head[0] = 14;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Bytes", 0, head, 0),
			STATUS_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Bytes", 0, tail, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tail[0], 0x04030201);
	tail[0] = -6;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Bytes", 0, tail, 0),
			STATUS_BUFFER_TOO_SMALL);
	/* The type is tested where that is asked for. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_direct(L"Number", RTL_QUERY_REGISTRY_TYPECHECK, &number,
				   REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			wpt_direct(L"Text", RTL_QUERY_REGISTRY_TYPECHECK, &number,
				   REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT));
}

/* A byte less than a value needs; the longest string that a UNICODE_STRING can have. */
static void winpar_test_values_limits(struct kunit *test)
{
	const ULONG most = UNICODE_STRING_MAX_BYTES;
	WCHAR room[5] = L"????", *data = kunit_kzalloc(test, most, GFP_KERNEL);
	UNICODE_STRING text = { 0, 9, room };
	ULONG head[4] = { 13 }, i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Text", 0, &text, 0),
			STATUS_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, room[0], L'?');
	/* 5 bytes are the fewest that get their size in front. */
	KUNIT_EXPECT_EQ(test, wpt_write(L"Five", REG_BINARY, "12345", 5),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Five", 0, head, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, head[0], 5U);
	for (i = 0; i < most / sizeof(WCHAR) - 1; i++)
		data[i] = L'x';
	KUNIT_EXPECT_EQ(test, wpt_write(L"Long", REG_SZ, data, most),
			STATUS_SUCCESS);
	text.Buffer = NULL;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Long", 0, &text, 0), STATUS_SUCCESS);
	KUNIT_ASSERT_NOT_NULL(test, text.Buffer);
	KUNIT_EXPECT_EQ(test, text.Length, most - sizeof(WCHAR));
	KUNIT_EXPECT_EQ(test, text.MaximumLength, most);
	ExFreePool(text.Buffer);
	/* Without its null character there is no room for one. */
	data[i] = L'x';
	KUNIT_EXPECT_EQ(test, wpt_write(L"Long", REG_SZ, data, most),
			STATUS_SUCCESS);
	text.Buffer = NULL;
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Long", 0, &text, 0),
			STATUS_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_NULL(test, text.Buffer);
}

/* Values that are not there: required, with a default, or left alone. */
static void winpar_test_values_default(struct kunit *test)
{
	UNICODE_STRING text = { };
	ULONG number = 7, other = 9;
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{
			.Flags = RTL_QUERY_REGISTRY_DIRECT,
			.Name = L"None",
			.EntryContext = &number,
		}, {
			.Flags = RTL_QUERY_REGISTRY_DIRECT,
			.Name = L"Other",
			.EntryContext = &other,
			.DefaultType = REG_DWORD,
			.DefaultData = &(ULONG){ 10 },
			.DefaultLength = 4,
		}, {
			.Flags = RTL_QUERY_REGISTRY_DIRECT,
			.Name = L"Third",
			.EntryContext = &text,
			.DefaultType = REG_SZ,
			.DefaultData = (PVOID)L"none",
		}, { }
	};

	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, number, 7U);
	KUNIT_EXPECT_EQ(test, other, 10U);
	KUNIT_ASSERT_NOT_NULL(test, text.Buffer);
	KUNIT_EXPECT_EQ(test, wcscmp(text.Buffer, L"none"), 0);
	ExFreePool(text.Buffer);
	text.Buffer = NULL;
	/* The key is not there: an error, or where it is optional the defaults. */
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, WPT_PATH,
					       table, NULL, NULL));
	other = 9;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlQueryRegistryValues(RTL_REGISTRY_SERVICES |
					       RTL_REGISTRY_OPTIONAL, WPT_PATH,
					       table, NULL, NULL));
	KUNIT_EXPECT_EQ(test, other, 10U);
	ExFreePool(text.Buffer);
	/* Required: only where there is no default. */
	KUNIT_EXPECT_EQ(test, wpt_direct(L"None", RTL_QUERY_REGISTRY_REQUIRED,
					 &number, REG_NONE),
			STATUS_OBJECT_NAME_NOT_FOUND);
	table[1].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
	text.Buffer = NULL;
	other = 9;
	KUNIT_EXPECT_EQ(test, wpt_read(table + 1), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, other, 10U);
	ExFreePool(text.Buffer);
	/* A length without data; several strings of which there is none. */
	table[1].DefaultData = NULL;
	KUNIT_EXPECT_EQ(test, wpt_read(table + 1), STATUS_INVALID_PARAMETER);
	text.Buffer = NULL;
	table[2].DefaultType = REG_MULTI_SZ;
	table[2].DefaultData = (PVOID)L"";
	KUNIT_EXPECT_EQ(test, wpt_read(table + 2), STATUS_SUCCESS);
	KUNIT_ASSERT_NOT_NULL(test, text.Buffer);
	KUNIT_EXPECT_EQ(test, text.Length, 0);
	ExFreePool(text.Buffer);
	KUNIT_EXPECT_EQ(test, wpt_direct(NULL, 0, &number, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Number", 0, NULL, 0),
			STATUS_INVALID_PARAMETER);
	/* No routine and no value. */
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Number", RTL_QUERY_REGISTRY_NOVALUE,
					 &number, 0), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			RtlQueryRegistryValues(6, WPT_PATH, table, NULL, NULL));
}

/* What a routine was called with. */
static struct {
	unsigned int calls;
	WCHAR text[8][8];
	ULONG type[8];
	ULONG size[8];
	NTSTATUS status;
	PVOID context;
} wpt_routine;

/* It reads the registry itself: no lock is held. */
static NTSTATUS wpt_routine_called(PWSTR name, ULONG type, PVOID data, ULONG size,
				   PVOID context, PVOID entry)
{
	unsigned int i = wpt_routine.calls++;
	ULONG number;

	wpt_direct(L"Number", 0, &number, 0);
	wpt_routine.context = context;
	if (i < ARRAY_SIZE(wpt_routine.type)) {
		wpt_routine.type[i] = type;
		wpt_routine.size[i] = size;
		if (data)
			memcpy(wpt_routine.text[i], data,
			       min_t(ULONG, size, sizeof(wpt_routine.text[i])));
	}
	return wpt_routine.status;
}

static void winpar_test_values_routine(struct kunit *test)
{
	RTL_QUERY_REGISTRY_TABLE table[2] = { { .QueryRoutine = wpt_routine_called } };

	/* Each value, and of a REG_MULTI_SZ each string. */
	memset(&wpt_routine, 0, sizeof(wpt_routine));
	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_routine.calls, 5U);
	KUNIT_EXPECT_EQ(test, wpt_routine.type[0], (ULONG)REG_DWORD);
	KUNIT_EXPECT_EQ(test, wcscmp(wpt_routine.text[1], L"LPT1"), 0);
	KUNIT_EXPECT_EQ(test, wcscmp(wpt_routine.text[2], L"a"), 0);
	KUNIT_EXPECT_EQ(test, wcscmp(wpt_routine.text[3], L"bc"), 0);
	KUNIT_EXPECT_EQ(test, wpt_routine.type[3], (ULONG)REG_SZ);
	KUNIT_EXPECT_EQ(test, wpt_routine.size[3], 6U);
	KUNIT_EXPECT_EQ(test, wpt_routine.size[4], 7U);
	KUNIT_EXPECT_NOT_NULL(test, wpt_routine.context);
	/* One value as it is; no value; what the routine returns. */
	memset(&wpt_routine, 0, sizeof(wpt_routine));
	table[0].Name = L"Several";
	table[0].Flags = RTL_QUERY_REGISTRY_NOEXPAND;
	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_routine.calls, 1U);
	KUNIT_EXPECT_EQ(test, wpt_routine.type[0], (ULONG)REG_MULTI_SZ);
	KUNIT_EXPECT_EQ(test, wpt_routine.size[0], 12U);
	table[0].Flags = RTL_QUERY_REGISTRY_NOVALUE;
	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_routine.type[1], (ULONG)REG_NONE);
	KUNIT_EXPECT_EQ(test, wpt_routine.size[1], 0U);
	table[0].Flags = 0;
	wpt_routine.status = STATUS_BUFFER_TOO_SMALL;
	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_SUCCESS);
	wpt_routine.status = STATUS_DEVICE_BUSY;
	KUNIT_EXPECT_EQ(test, wpt_read(table), STATUS_DEVICE_BUSY);
}

/* Keys below, and a value that is deleted once it was read. */
static void winpar_test_values_keys(struct kunit *test)
{
	ULONG number = 0, again = 0, five = 5;
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{
			.Flags = RTL_QUERY_REGISTRY_SUBKEY,
			.Name = L"Values",
		}, {
			.Flags = RTL_QUERY_REGISTRY_DIRECT |
				 RTL_QUERY_REGISTRY_DELETE,
			.Name = L"Number",
			.EntryContext = &number,
		}, {
			.Flags = RTL_QUERY_REGISTRY_DIRECT |
				 RTL_QUERY_REGISTRY_TOPKEY,
			.Name = L"Five",
			.EntryContext = &again,
		}, { }
	};

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlWriteRegistryValue(RTL_REGISTRY_CONTROL, L"Wpt", L"Five",
					      REG_DWORD, &five, 4));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, L"Wpt", table,
					       NULL, NULL));
	KUNIT_EXPECT_EQ(test, number, 0x12345678U);
	KUNIT_EXPECT_EQ(test, again, 5U);
	KUNIT_EXPECT_EQ(test, wpt_direct(L"Number", RTL_QUERY_REGISTRY_REQUIRED,
					 &number, 0), STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlDeleteRegistryValue(RTL_REGISTRY_CONTROL, L"Wpt", L"five"));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			RtlDeleteRegistryValue(RTL_REGISTRY_CONTROL, L"Wpt", L"Five"));
	table[0].Name = L"None";
	table[0].Flags |= RTL_QUERY_REGISTRY_REQUIRED;
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, L"Wpt", table,
					       NULL, NULL));
}

/* All values of a key are deleted as they are read: there were some, so none is missing. */
static void winpar_test_values_deleted(struct kunit *test)
{
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{
			.QueryRoutine = wpt_routine_called,
			.Flags = RTL_QUERY_REGISTRY_REQUIRED |
				 RTL_QUERY_REGISTRY_DELETE,
		}, { }
	};
	ULONG five = 5;

	memset(&wpt_routine, 0, sizeof(wpt_routine));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlWriteRegistryValue(RTL_REGISTRY_CONTROL, L"Gone", L"Five",
					      REG_DWORD, &five, 4));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, L"Gone", table,
					       NULL, NULL));
	KUNIT_EXPECT_EQ(test, wpt_routine.calls, 1U);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, L"Gone", table,
					       NULL, NULL));
}

/* Is there a key, and creating one. */
static void winpar_test_values_key(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, WPT_PATH),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, L"Wpt\\New"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, RtlCreateRegistryKey(RTL_REGISTRY_CONTROL, L"Wpt\\New"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, L"Wpt\\New"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, RtlCheckRegistryKey(99, WPT_PATH),
			STATUS_INVALID_PARAMETER);
}

static struct kunit_case wpt_wdm_values_cases[] = {
	KUNIT_CASE(winpar_test_values_direct),
	KUNIT_CASE(winpar_test_values_limits),
	KUNIT_CASE(winpar_test_values_default),
	KUNIT_CASE(winpar_test_values_routine),
	KUNIT_CASE(winpar_test_values_keys),
	KUNIT_CASE(winpar_test_values_deleted),
	KUNIT_CASE(winpar_test_values_key),
	{ }
};

static struct kunit_suite wpt_wdm_values_suite = {
	.name = "winpar_wdm_values",
	.init = wpt_values_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_values_cases,
};

kunit_test_suite(wpt_wdm_values_suite);
