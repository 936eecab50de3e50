// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of a client (wdm/registry.c, regtext.c, regquery.c): the text from which it
 * begins, keys and values. The client of each case has the text below.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "wdm_fixture.h"

#define WPT_FILE	"/wpt.reg"
#define WPT_SERVICES	L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

static const char wpt_registry_text[] =
	"REGEDIT4\r\n"
	"; the key of the service\r\n"
	"\"PortName\"=\"\\\\Device\\\\ParallelPort3\"\n"
	"@ = \"of the key\"\n"
	"\n"
	"  [Parameters\\Deep]\n"
	"\"Speed\"=dword:0000001f\n"
	"\"Q\\\"\"=\"a\\\"b\"\n"
	"\"Table\"=hex:01,02, \\\n"
	"   ff,04,05,06\n"
	"\"Names\"=hex(7):61,00,00,00,62,00,63,00,00,00,00,00\n"
	"\"Empty\"=hex:\n"
	"[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\Wpt]\n"
	"\"one\"=dword:1\n"
	"\"two\"=dword:2\n"
	"\"ONE\"=dword:3\n"
	"[\\Registry\\Machine\\Software\\Wpt]";

static void wpt_registry_put(struct kunit *test, const char *text, size_t length)
{
	struct file *file = filp_open(WPT_FILE, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	unsigned long end = jiffies + msecs_to_jiffies(WPT_PATIENCE);
	struct inode *inode;
	loff_t at = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, kernel_write(file, text, length, &at),
			(ssize_t)length);
	/* A kernel thread's file is closed later; until then it is busy. */
	inode = file_inode(file);
	ihold(inode);
	filp_close(file, NULL);
	while (atomic_read(&inode->i_writecount) > 0 && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_LE(test, atomic_read(&inode->i_writecount), 0);
	iput(inode);
}

static int wpt_registry_init(struct kunit *test)
{
	wpt_take_root(test);
	wpt_registry_put(test, wpt_registry_text, strlen(wpt_registry_text));
	wpt_wdm_registry = WPT_FILE;
	return wpt_wdm_init_port(test);
}

static void wpt_registry_exit(struct kunit *test)
{
	wpt_wdm_exit(test);
	wpt_wdm_registry = NULL;
}

/* Open a key, or create it; @root: NULL, or a key above it. */
static NTSTATUS wpt_key(PCWSTR path, HANDLE root, ACCESS_MASK access, bool create,
			PHANDLE key, PULONG disposition)
{
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, path);
	InitializeObjectAttributes(&attributes, &name,
				   OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root,
				   NULL);
	if (!create)
		return ZwOpenKey(key, access, &attributes);
	return ZwCreateKey(key, access, &attributes, 0, NULL,
			   REG_OPTION_NON_VOLATILE, disposition);
}

/* The service's key, or one below it. */
static HANDLE wpt_service(struct kunit *test, PCWSTR path)
{
	HANDLE service, key;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(WPT_SERVICES L"winpar_KUNIT", NULL, KEY_READ, false,
				&service, NULL));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(path, service, KEY_ALL_ACCESS, false, &key, NULL));
	KUNIT_EXPECT_EQ(test, ZwClose(service), STATUS_SUCCESS);
	return key;
}

/* What ZwQueryValueKey() writes. */
static union {
	KEY_VALUE_BASIC_INFORMATION basic;
	KEY_VALUE_FULL_INFORMATION full;
	KEY_VALUE_PARTIAL_INFORMATION partial;
	u8 bytes[256];
} wpt_value;

static NTSTATUS wpt_query(HANDLE key, PCWSTR name,
			  KEY_VALUE_INFORMATION_CLASS information, ULONG length,
			  PULONG needed)
{
	UNICODE_STRING string;

	memset(&wpt_value, 0xa5, sizeof(wpt_value));
	RtlInitUnicodeString(&string, name);
	return ZwQueryValueKey(key, name ? &string : NULL, information, &wpt_value,
			       length, needed);
}

/* Expect a value of a type with these bytes. */
static void wpt_expect(struct kunit *test, HANDLE key, PCWSTR name, ULONG type,
		       const void *data, ULONG size)
{
	ULONG needed = 0;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_query(key, name, KeyValuePartialInformation,
				  sizeof(wpt_value), &needed));
	KUNIT_EXPECT_EQ(test, needed, 12 + size);
	KUNIT_EXPECT_EQ(test, wpt_value.partial.Type, type);
	KUNIT_ASSERT_EQ(test, wpt_value.partial.DataLength, size);
	KUNIT_EXPECT_EQ(test, memcmp(wpt_value.partial.Data, data, size), 0);
}

/* The text: keys, kinds of values, a value twice. Names are of any case. */
static void winpar_test_registry_text(struct kunit *test)
{
	static const u8 table[] = { 1, 2, 0xff, 4, 5, 6 };
	ULONG number = 0x1f, three = 3, needed;
	HANDLE key = wpt_service(test, L"");

	wpt_expect(test, key, L"portname", REG_SZ, L"\\Device\\ParallelPort3",
		   sizeof(L"\\Device\\ParallelPort3"));
	wpt_expect(test, key, NULL, REG_SZ, L"of the key", sizeof(L"of the key"));
	ZwClose(key);
	key = wpt_service(test, L"parameters\\DEEP");
	wpt_expect(test, key, L"Speed", REG_DWORD, &number, 4);
	wpt_expect(test, key, L"Q\"", REG_SZ, L"a\"b", sizeof(L"a\"b"));
	wpt_expect(test, key, L"Table", REG_BINARY, table, sizeof(table));
	wpt_expect(test, key, L"Names", REG_MULTI_SZ, L"a\0bc\0", sizeof(L"a\0bc\0"));
	wpt_expect(test, key, L"Empty", REG_BINARY, table, 0);
	ZwClose(key);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Wpt",
				NULL, KEY_READ, false, &key, NULL));
	wpt_expect(test, key, L"one", REG_DWORD, &three, 4);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			wpt_query(key, L"three", KeyValuePartialInformation,
				  sizeof(wpt_value), &needed));
	ZwClose(key);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(L"\\Registry\\Machine\\SOFTWARE\\Wpt", NULL,
				KEY_READ, false, &key, NULL));
	ZwClose(key);
}

/* A text of so many line ends: the client begins, or the log says why it does not. */
static void wpt_registry_file(struct kunit *test, size_t size, int ret,
			      const char *why)
{
	char *text = kunit_kzalloc(test, size + 1, GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, '\n', size);
	wpt_registry_put(test, text, size);
	KUNIT_EXPECT_EQ(test, wpt_wdm_start(), ret);
	if (why)
		KUNIT_EXPECT_EQ(test, 1U,
				wpt_kmsg_says(test, since, "cannot be read from",
					      why));
}

/* A mistake in the text is named with its line, and the client does not begin. */
static void winpar_test_registry_mistakes(struct kunit *test)
{
	static const struct {
		const char *text;
		const char *line;
		size_t length;	/* 0: that of the string */
	} bad[] = {
		{ "\n\nname=1", "line 3: a line begins with" },
		{ "\"a\"=\"b", "line 1: a string has no closing" },
		{ "\"a=\"", "line 1: there is no = behind" },
		{ "\"a\"", "line 1: there is no = behind" },
		{ "\"a\"=\"b\"c", "line 1: there is something behind" },
		{ "\"a\"=\"b\\c\"", "line 1: in a string" },
		{ "\"a\"=dword:123456789", "line 1: dword: has" },
		{ "\"a\"=dword:", "line 1: dword: has" },
		{ "\"a\"=hex:1", "line 1: hex: has two digits" },
		{ "\"a\"=hex:01 02", "line 1: hex: has a comma" },
		{ "\"a\"=hex:01,\\\n02,\\\n0g", "line 3: hex: has two digits" },
		{ "\"a\"=hex:01,\\", "line 1: the text ends" },
		{ "\"a\"=qword:1", "line 1: a value is" },
		{ "\"a\"=", "line 1: a value is" },
		{ "[a", "line 1: a key is" },
		{ "[]", "line 1: a key is" },
		{ "[-a]", "line 1: a key is" },
		{ "[HKEY_USERS\\a]", "line 1: a key begins" },
		{ "[HKEY_LOCAL_MACHINES\\a]", "line 1: a key begins" },
		{ "[\\Device\\a]", "line 1: a key begins" },
		{ "\n; \xc3\xbc", "line 2: a character is not ASCII" },
		{ "\nREGEDIT4", "line 2: a line begins" },
		{ "\n\0\n", "line 2: a character is not ASCII", 3 },
	};
	unsigned int i;
	u64 since;

	wpt_wdm_stop();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		wpt_registry_put(test, bad[i].text,
				 bad[i].length ?: strlen(bad[i].text));
		since = wpt_kmsg_end();
		KUNIT_EXPECT_EQ_MSG(test, wpt_wdm_start(), -EINVAL, "%s",
				    bad[i].text);
		KUNIT_EXPECT_EQ_MSG(test, 1U,
				    wpt_kmsg_says(test, since,
						  "winpar_kunit: " WPT_FILE,
						  bad[i].line),
				    "%s", bad[i].text);
	}
	wpt_registry_file(test, 0, -EINVAL, "it is empty");
	wpt_registry_file(test, SZ_64K + 1, -EFBIG, "more than 64 KiB");
	wpt_registry_file(test, SZ_64K, 0, NULL);
	wpt_wdm_stop();
	/* A file that is named has to be there. */
	since = wpt_kmsg_end();
	wpt_wdm_registry = "/wpt/nothing.reg";
	KUNIT_EXPECT_EQ(test, wpt_wdm_start(), -ENOENT);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"cannot be read from /wpt/nothing.reg"));
	wpt_wdm_registry = NULL;
	KUNIT_EXPECT_EQ(test, wpt_wdm_start(), 0);
}

/* DDI page: wdm, ZwQueryValueKey. The structures, and buffers that are too small. */
static void winpar_test_registry_query(struct kunit *test)
{
	static const u8 table[] = { 1, 2, 0xff, 4, 5, 6 };
	HANDLE key = wpt_service(test, L"Parameters\\Deep");
	ULONG needed = 0;

	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_TOO_SMALL,
			wpt_query(key, L"Table", KeyValuePartialInformation, 11,
				  &needed));
	KUNIT_EXPECT_EQ(test, needed, 18U);
	KUNIT_EXPECT_EQ(test, wpt_value.bytes[11], 0xa5);
	/* The fixed part, and not a byte of the data. */
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_OVERFLOW,
			wpt_query(key, L"Table", KeyValuePartialInformation, 12,
				  &needed));
	KUNIT_EXPECT_EQ(test, wpt_value.partial.DataLength, 6U);
	KUNIT_EXPECT_EQ(test, wpt_value.bytes[12], 0xa5);
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_OVERFLOW,
			wpt_query(key, L"Table", KeyValuePartialInformation, 15,
				  &needed));
	KUNIT_EXPECT_EQ(test, needed, 18U);
	KUNIT_EXPECT_EQ(test, wpt_value.partial.DataLength, 6U);
	KUNIT_EXPECT_EQ(test, memcmp(wpt_value.partial.Data, table, 3), 0);
	KUNIT_EXPECT_EQ(test, wpt_value.bytes[15], 0xa5);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			ZwQueryValueKey(key, NULL, KeyValuePartialInformation, NULL,
					0, &needed));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_query(key, L"table", KeyValueBasicInformation, 22,
				  &needed));
	KUNIT_EXPECT_EQ(test, needed, 22U);
	KUNIT_EXPECT_EQ(test, wpt_value.basic.NameLength, 10U);
	KUNIT_EXPECT_EQ(test, memcmp(wpt_value.basic.Name, L"Table", 10), 0);
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_OVERFLOW,
			wpt_query(key, L"table", KeyValueBasicInformation, 21,
				  &needed));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_query(key, L"Table", KeyValueFullInformation,
				  sizeof(wpt_value), &needed));
	KUNIT_EXPECT_EQ(test, wpt_value.full.Type, (ULONG)REG_BINARY);
	KUNIT_EXPECT_EQ(test, wpt_value.full.NameLength, 10U);
	KUNIT_EXPECT_EQ(test, wpt_value.full.DataLength, 6U);
	KUNIT_EXPECT_LE(test, 30U, wpt_value.full.DataOffset);
	KUNIT_EXPECT_EQ(test, needed, wpt_value.full.DataOffset + 6);
	KUNIT_EXPECT_EQ(test, 0, memcmp(wpt_value.bytes + wpt_value.full.DataOffset,
					table, 6));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			wpt_query(key, L"Table", 7, sizeof(wpt_value), &needed));
	ZwClose(key);
	KUNIT_EXPECT_EQ(test, ZwClose(key), STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_HANDLE,
			wpt_query(key, L"Table", KeyValuePartialInformation,
				  sizeof(wpt_value), &needed));
}

/* A value of 1 MiB is set; one that is a byte longer is refused, and the old one stays. */
static void winpar_test_registry_long(struct kunit *test)
{
	HANDLE key = wpt_service(test, L"Parameters");
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"Long");
	u8 *data = kvzalloc(SZ_1M + 1, GFP_KERNEL);
	ULONG needed = 0;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwSetValueKey(key, &name, 0, REG_BINARY, data, SZ_1M));
	KUNIT_EXPECT_EQ(test, STATUS_INSUFFICIENT_RESOURCES,
			ZwSetValueKey(key, &name, 0, REG_BINARY, data, SZ_1M + 1));
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_OVERFLOW,
			wpt_query(key, L"Long", KeyValuePartialInformation,
				  sizeof(wpt_value), &needed));
	KUNIT_EXPECT_EQ(test, needed, 12U + SZ_1M);
	kvfree(data);
	ZwClose(key);
}

/*
 * DDI pages: wdm, ZwCreateKey, ZwOpenKey, ZwSetValueKey. What a client writes is gone with
 * it; a handle that it leaves is said.
 */
static void winpar_test_registry_write(struct kunit *test)
{
	HANDLE key, read, parameters = wpt_service(test, L"Parameters");
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"New");
	u64 since = wpt_kmsg_end();
	ULONG disposition = 0;

	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			wpt_key(L"Added\\Below", parameters, KEY_READ, false, &key,
				NULL));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(L"Added\\Below", parameters, KEY_WRITE | KEY_READ,
				true, &key, &disposition));
	KUNIT_EXPECT_EQ(test, disposition, (ULONG)REG_CREATED_NEW_KEY);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_key(L"added\\below", parameters, KEY_READ, true, &read,
				&disposition));
	KUNIT_EXPECT_EQ(test, disposition, (ULONG)REG_OPENED_EXISTING_KEY);
	/* A driver may do with a key what it did not open it for. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwSetValueKey(read, &name, 0, REG_BINARY, "12345", 5));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwSetValueKey(key, &name, 0, REG_BINARY, "67", 2));
	wpt_expect(test, read, L"NEW", REG_BINARY, "67", 2);
	ZwClose(read);
	ZwClose(parameters);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_INVALID,
			wpt_key(L"Registry\\Machine", NULL, KEY_READ, true, &read,
				NULL));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			wpt_key(L"\\Machine", NULL, KEY_READ, true, &read, NULL));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 handles of keys were not closed"));
	KUNIT_ASSERT_EQ(test, wpt_wdm_start(), 0);
	parameters = wpt_service(test, L"Parameters");
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
			wpt_key(L"Added", parameters, KEY_READ, false, &key, NULL));
	ZwClose(parameters);
}

/* DDI page: wdm, IoOpenDeviceRegistryKey. PortName is LPT and the port's number plus 1. */
static void winpar_test_registry_device(struct kunit *test)
{
	WCHAR path[48], digits[12], lpt[16] = L"LPT";
	UNICODE_STRING number = { 0, sizeof(digits), digits };
	UNICODE_STRING port = { 0, sizeof(path), path };
	UNICODE_STRING wanted = { 6, sizeof(lpt), lpt };
	PDEVICE_OBJECT device, own;
	PFILE_OBJECT file;
	HANDLE key;

	RtlAppendUnicodeToString(&port, L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U);
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&port, &number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&port, FILE_READ_ATTRIBUTES, &file,
						 &device));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoOpenDeviceRegistryKey(device, PLUGPLAY_REGKEY_DEVICE,
						KEY_READ, &key));
	RtlIntegerToUnicodeString(wpt_wdm_number(test) + 1, 10, &number);
	RtlAppendUnicodeStringToString(&wanted, &number);
	wpt_expect(test, key, L"PortName", REG_SZ, lpt, wanted.Length + 2);
	ZwClose(key);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoOpenDeviceRegistryKey(device, PLUGPLAY_REGKEY_DRIVER,
						KEY_READ, &key));
	ZwClose(key);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			IoOpenDeviceRegistryKey(device, 4, KEY_READ, &key));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &own));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			IoOpenDeviceRegistryKey(own, PLUGPLAY_REGKEY_DEVICE,
						KEY_READ, &key));
	IoDeleteDevice(own);
	ObDereferenceObject(file);
}

static struct kunit_case wpt_wdm_registry_cases[] = {
	KUNIT_CASE(winpar_test_registry_text),
	KUNIT_CASE(winpar_test_registry_mistakes),
	KUNIT_CASE(winpar_test_registry_query),
	KUNIT_CASE(winpar_test_registry_long),
	KUNIT_CASE(winpar_test_registry_write),
	KUNIT_CASE(winpar_test_registry_device),
	{ }
};

static struct kunit_suite wpt_wdm_registry_suite = {
	.name = "winpar_wdm_registry",
	.init = wpt_registry_init,
	.exit = wpt_registry_exit,
	.test_cases = wpt_wdm_registry_cases,
};

kunit_test_suite(wpt_wdm_registry_suite);
