// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files for drivers (wdm/disk.c): names, how a file is opened, where it is read and
 * written, and what is refused. The folder of each case's client is made anew.
 */
#include <linux/bottom_half.h>
#include <linux/fs.h>

#include "each.h"
#include "wdm_fixture.h"
#include "wdm_program.h"

#define WPT_FOLDER	"/wpt-files"
#define WPT_TEMP_DIR	WPT_FOLDER "/c/temp"
#define WPT_SYNC	FILE_SYNCHRONOUS_IO_NONALERT
#define WPT_TEMP	L"\\??\\C:\\Temp\\"

/* The folder has what would lead out of it, and what is no regular file. */
static int wpt_disk_init(struct kunit *test)
{
	wpt_take_root(test);
	wpt_program_shell(test, "rm -rf " WPT_FOLDER "; echo outside >" WPT_FOLDER ".out");
	wpt_program_shell(test, "mkdir -p " WPT_TEMP_DIR "/folder " WPT_FOLDER "/c/windows");
	wpt_program_shell(test, "ln -s " WPT_FOLDER ".out " WPT_TEMP_DIR "/link");
	wpt_program_shell(test, "ln -s ../.. " WPT_TEMP_DIR "/up");
	wpt_program_shell(test, "ln -s folder " WPT_TEMP_DIR "/there");
	wpt_program_shell(test, "mkfifo " WPT_TEMP_DIR "/fifo");
	wpt_program_shell(test, "printf 0123456789 >" WPT_TEMP_DIR "/old.ini");
	wpt_wdm_files = WPT_FOLDER;
	return wpt_wdm_init(test);
}

static void wpt_disk_exit(struct kunit *test)
{
	wpt_wdm_stop_other();
	wpt_wdm_stop();
	wpt_wdm_files = NULL;
	wpt_program_shell(test, "rm -rf " WPT_FOLDER " " WPT_FOLDER ".out");
}

static NTSTATUS wpt_disk_open(PCWSTR path, ACCESS_MASK access, ULONG disposition,
			      ULONG options, PHANDLE file, PULONG_PTR done)
{
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING name;
	IO_STATUS_BLOCK io = { .Information = 77 };
	NTSTATUS status;

	RtlInitUnicodeString(&name, path);
	InitializeObjectAttributes(&attributes, &name,
				   OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
				   NULL);
	status = ZwCreateFile(file, access, &attributes, &io, NULL,
			      FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, disposition,
			      options, NULL, 0);
	if (done)
		*done = io.Information;
	return status;
}

/* What opening a file for reading gives. */
static NTSTATUS wpt_disk_look(PCWSTR path)
{
	HANDLE file;
	NTSTATUS status = wpt_disk_open(path, GENERIC_READ, FILE_OPEN, WPT_SYNC, &file,
					NULL);

	if (NT_SUCCESS(status))
		ZwClose(file);
	return status;
}

static HANDLE wpt_disk_file(struct kunit *test, PCWSTR path, ACCESS_MASK access,
			    ULONG disposition)
{
	HANDLE file = NULL;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_disk_open(path, access | SYNCHRONIZE, disposition,
				      WPT_SYNC, &file, NULL));
	return file;
}

/* Write a string; @at: NULL for the position. */
static void wpt_disk_write(struct kunit *test, HANDLE file, const char *text,
			   PLARGE_INTEGER at)
{
	IO_STATUS_BLOCK io = { };

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwWriteFile(file, NULL, NULL, NULL, &io, (PVOID)text,
				    strlen(text), at, NULL));
	KUNIT_EXPECT_EQ(test, io.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, io.Information, (ULONG_PTR)strlen(text));
}

/* Expect that a file has this text, and no more behind. */
static void wpt_disk_expect(struct kunit *test, PCWSTR path, const char *text)
{
	HANDLE file = wpt_disk_file(test, path, FILE_READ_DATA, FILE_OPEN);
	IO_STATUS_BLOCK io = { };
	char bytes[64] = { };

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwReadFile(file, NULL, NULL, NULL, &io, bytes, sizeof(bytes) - 1,
				   NULL, NULL));
	KUNIT_EXPECT_STREQ(test, bytes, text);
	KUNIT_EXPECT_EQ(test, io.Information, (ULONG_PTR)strlen(text));
	KUNIT_EXPECT_EQ(test, STATUS_END_OF_FILE,
			ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 1, NULL, NULL));
	KUNIT_EXPECT_EQ(test, io.Information, (ULONG_PTR)0);
	ZwClose(file);
}

/* DDI page: wdm, ZwCreateFile. Which file a name is; case does not count. */
static void winpar_test_disk_names(struct kunit *test)
{
	static const struct {
		PCWSTR name;
		NTSTATUS status;
	} rows[] = {
		{ L"\\??\\C:\\Temp\\old.ini", STATUS_SUCCESS },
		{ L"\\DosDevices\\c:\\TEMP\\OLD.INI", STATUS_SUCCESS },
		{ L"\\SystemRoot\\nothing", STATUS_OBJECT_NAME_NOT_FOUND },
		{ L"\\??\\C:\\Temp\\nothing", STATUS_OBJECT_NAME_NOT_FOUND },
		{ L"\\??\\C:\\Nothing\\old.ini", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\D:\\Temp\\old.ini", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\C:\\Temp\\old.ini\\x", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\C:\\Temp\\folder", STATUS_FILE_IS_A_DIRECTORY },
		{ L"\\Device\\ParallelPort0", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\LPT1", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\CC:\\x", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\SystemRoot", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"C:\\Temp\\old.ini", STATUS_OBJECT_NAME_INVALID },
		{ L"", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\\\old.ini", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\old.ini:x", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\old*", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\\x00e4", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\a\nb", STATUS_OBJECT_NAME_INVALID },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, wpt_disk_look(rows[i].name), rows[i].status,
				    "row %u", i);
}

/* No name leads out of the folder, or to what is no regular file. */
static void winpar_test_disk_outside(struct kunit *test)
{
	static const struct {
		PCWSTR name;
		NTSTATUS status;
	} rows[] = {
		{ L"\\??\\C:\\..\\..\\wpt-files.out", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\..", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\.\\Temp\\old.ini", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\../../../wpt-files.out", STATUS_OBJECT_NAME_INVALID },
		{ L"\\??\\C:\\Temp\\link", STATUS_ACCESS_DENIED },
		{ L"\\??\\C:\\Temp\\up\\c\\temp\\old.ini", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\C:\\Temp\\there\\x", STATUS_OBJECT_PATH_NOT_FOUND },
		{ L"\\??\\C:\\Temp\\fifo", STATUS_ACCESS_DENIED },
	};
	unsigned int i;
	HANDLE file;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ_MSG(test, wpt_disk_look(rows[i].name), rows[i].status,
				    "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test,
				    wpt_disk_open(rows[i].name, GENERIC_WRITE,
						  FILE_OVERWRITE_IF, WPT_SYNC, &file,
						  NULL), rows[i].status, "row %u", i);
	}
	wpt_program_shell(test, "test \"$(cat " WPT_FOLDER ".out)\" = outside");
}

/* DDI page: wdm, ZwCreateFile, CreateDisposition: of a file that is there, and of none. */
static void winpar_test_disk_disposition(struct kunit *test)
{
	static const struct {
		ULONG disposition;
		NTSTATUS status, missing;
		ULONG_PTR done;
		bool cut;
	} rows[] = {
		{ FILE_SUPERSEDE, STATUS_SUCCESS, STATUS_SUCCESS, FILE_SUPERSEDED, true },
		{ FILE_OPEN, STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND, FILE_OPENED },
		{ FILE_CREATE, STATUS_OBJECT_NAME_COLLISION, STATUS_SUCCESS },
		{ FILE_OPEN_IF, STATUS_SUCCESS, STATUS_SUCCESS, FILE_OPENED },
		{ FILE_OVERWRITE, STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND,
		  FILE_OVERWRITTEN, true },
		{ FILE_OVERWRITE_IF, STATUS_SUCCESS, STATUS_SUCCESS, FILE_OVERWRITTEN,
		  true },
	};
	ULONG_PTR done;
	unsigned int i;
	HANDLE file;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		wpt_program_shell(test, "cd " WPT_TEMP_DIR "; rm -f new.log; printf abc >old");
		KUNIT_EXPECT_EQ_MSG(test, rows[i].status,
				    wpt_disk_open(WPT_TEMP L"old", GENERIC_WRITE,
						  rows[i].disposition, WPT_SYNC, &file,
						  &done), "row %u", i);
		if (NT_SUCCESS(rows[i].status)) {
			KUNIT_EXPECT_EQ_MSG(test, done, rows[i].done, "row %u", i);
			ZwClose(file);
		}
		wpt_program_shell(test, rows[i].cut ? "test ! -s " WPT_TEMP_DIR "/old" :
						   "test -s " WPT_TEMP_DIR "/old");
		KUNIT_EXPECT_EQ_MSG(test, rows[i].missing,
				    wpt_disk_open(WPT_TEMP L"New.Log", GENERIC_WRITE,
						  rows[i].disposition, WPT_SYNC, &file,
						  &done), "row %u", i);
		if (!NT_SUCCESS(rows[i].missing))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, done, (ULONG_PTR)FILE_CREATED, "row %u", i);
		ZwClose(file);
		wpt_program_shell(test, "test \"$(stat -c %a " WPT_TEMP_DIR "/new.log)\" = 600");
	}
}

/* Options, rights and attributes that there are not, or that are not supported. */
static void winpar_test_disk_options(struct kunit *test)
{
	static const struct {
		ACCESS_MASK access;
		ULONG disposition, options;
		NTSTATUS status;
	} rows[] = {
		{ GENERIC_READ, FILE_OVERWRITE_IF + 1, WPT_SYNC, STATUS_INVALID_PARAMETER },
		{ GENERIC_READ, FILE_OPEN, WPT_SYNC | FILE_SYNCHRONOUS_IO_ALERT,
		  STATUS_INVALID_PARAMETER },
		{ FILE_READ_DATA, FILE_OPEN, WPT_SYNC, STATUS_INVALID_PARAMETER },
		{ GENERIC_READ, FILE_OPEN, WPT_SYNC | FILE_DELETE_ON_CLOSE,
		  STATUS_NOT_SUPPORTED },
		{ GENERIC_READ, FILE_OPEN, WPT_SYNC | FILE_DIRECTORY_FILE,
		  STATUS_NOT_SUPPORTED },
	};
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING name;
	IO_STATUS_BLOCK io;
	unsigned int i;
	HANDLE file;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, rows[i].status,
				    wpt_disk_open(WPT_TEMP L"old.ini", rows[i].access,
						  rows[i].disposition, rows[i].options,
						  &file, NULL), "row %u", i);
	RtlInitUnicodeString(&name, WPT_TEMP L"old.ini");
	InitializeObjectAttributes(&attributes, &name, 0, &i, NULL);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_HANDLE,
			ZwOpenFile(&file, GENERIC_READ, &attributes, &io, 0, WPT_SYNC));
	attributes.RootDirectory = NULL;
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			ZwOpenFile(&file, GENERIC_READ, &attributes, &io, 8, WPT_SYNC));
	KUNIT_EXPECT_EQ(test, STATUS_EAS_NOT_SUPPORTED,
			ZwCreateFile(&file, GENERIC_READ, &attributes, &io, NULL, 0, 0,
				     FILE_OPEN, WPT_SYNC, &i, 4));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			ZwOpenFile(&file, GENERIC_READ, &attributes, &io, 0, WPT_SYNC));
	KUNIT_EXPECT_EQ(test, io.Information, (ULONG_PTR)FILE_OPENED);
	ZwClose(file);
}

/* DDI page: wdm, ZwWriteFile: offsets, the position, the end of the file. */
static void winpar_test_disk_offsets(struct kunit *test)
{
	LARGE_INTEGER at = { .QuadPart = 4 }, minus = { .QuadPart = -3 };
	LARGE_INTEGER end = { .LowPart = FILE_WRITE_TO_END_OF_FILE, .HighPart = -1 };
	LARGE_INTEGER here = { .LowPart = FILE_USE_FILE_POINTER_POSITION,
			       .HighPart = -1 };
	HANDLE file = wpt_disk_file(test, WPT_TEMP L"a.log", GENERIC_READ | GENERIC_WRITE,
				    FILE_CREATE);
	FILE_POSITION_INFORMATION position;
	IO_STATUS_BLOCK io;
	char bytes[4] = { };

	wpt_disk_write(test, file, "one", NULL);
	wpt_disk_write(test, file, "two", &here);
	wpt_disk_write(test, file, "X", &at);
	wpt_disk_write(test, file, "Y", NULL);
	wpt_disk_write(test, file, "end", &end);
	wpt_disk_expect(test, WPT_TEMP L"A.log", "onetXYend");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 3, &at, NULL));
	KUNIT_EXPECT_STREQ(test, bytes, "XYe");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwQueryInformationFile(file, &io, &position, sizeof(position),
					       FilePositionInformation));
	KUNIT_EXPECT_EQ(test, position.CurrentByteOffset.QuadPart, 7LL);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 3, &minus, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 3, &end, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			ZwReadFile(file, file, NULL, NULL, &io, bytes, 3, &at, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_ACCESS_VIOLATION,
			ZwReadFile(file, NULL, NULL, NULL, &io, NULL, 3, &at, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwReadFile(file, NULL, NULL, NULL, &io, NULL, 0, &at, NULL));
	ZwClose(file);
}

/* Without FILE_SYNCHRONOUS_IO_... there is no position; a handle does what it is for. */
static void winpar_test_disk_rights(struct kunit *test)
{
	LARGE_INTEGER zero = { };
	IO_STATUS_BLOCK io;
	HANDLE file;
	char byte;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_disk_open(WPT_TEMP L"old.ini", FILE_READ_DATA, FILE_OPEN, 0,
				      &file, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			ZwReadFile(file, NULL, NULL, NULL, &io, &byte, 1, NULL, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwReadFile(file, NULL, NULL, NULL, &io, &byte, 1, &zero, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_ACCESS_DENIED,
			ZwWriteFile(file, NULL, NULL, NULL, &io, &byte, 1, &zero, NULL));
	ZwClose(file);
	file = wpt_disk_file(test, WPT_TEMP L"old.ini", FILE_APPEND_DATA, FILE_OPEN);
	wpt_disk_write(test, file, "ab", &zero);
	wpt_disk_write(test, file, "c", NULL);
	KUNIT_EXPECT_EQ(test, STATUS_ACCESS_DENIED,
			ZwReadFile(file, NULL, NULL, NULL, &io, &byte, 1, &zero, NULL));
	ZwClose(file);
	/* What is only appended to has no other place: ByteOffset is ignored. */
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_disk_open(WPT_TEMP L"old.ini", FILE_APPEND_DATA, FILE_OPEN,
				      0, &file, NULL));
	wpt_disk_write(test, file, "d", NULL);
	zero.QuadPart = -5;
	wpt_disk_write(test, file, "e", &zero);
	ZwClose(file);
	wpt_disk_expect(test, WPT_TEMP L"old.ini", "0123456789abcde");
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL, wpt_disk_look(WPT_TEMP L"old.ini"));
	local_bh_enable();
}

/* DDI page: wdm, ZwQueryInformationFile */
static void winpar_test_disk_query(struct kunit *test)
{
	HANDLE file = wpt_disk_file(test, WPT_TEMP L"old.ini", GENERIC_READ, FILE_OPEN);
	FILE_STANDARD_INFORMATION standard;
	IO_STATUS_BLOCK io;

	memset(&standard, 0xa5, sizeof(standard));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ZwQueryInformationFile(file, &io, &standard, sizeof(standard),
					       FileStandardInformation));
	KUNIT_EXPECT_EQ(test, io.Information, (ULONG_PTR)sizeof(standard));
	KUNIT_EXPECT_EQ(test, standard.EndOfFile.QuadPart, 10LL);
	KUNIT_EXPECT_EQ(test, standard.NumberOfLinks, 1U);
	KUNIT_EXPECT_FALSE(test, standard.DeletePending);
	KUNIT_EXPECT_FALSE(test, standard.Directory);
	KUNIT_EXPECT_EQ(test, STATUS_INFO_LENGTH_MISMATCH,
			ZwQueryInformationFile(file, &io, &standard,
					       sizeof(standard) - 1,
					       FileStandardInformation));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_INFO_CLASS,
			ZwQueryInformationFile(file, &io, &standard, sizeof(standard),
					       (FILE_INFORMATION_CLASS)4));
	ZwClose(file);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_HANDLE,
			ZwQueryInformationFile(file, &io, &standard, sizeof(standard),
					       FileStandardInformation));
}

/* A handle is its client's; what a client leaves open is closed and named. */
static void winpar_test_disk_handles(struct kunit *test)
{
	HANDLE file = wpt_disk_file(test, WPT_TEMP L"old.ini", GENERIC_READ, FILE_OPEN);
	LARGE_INTEGER zero = { };
	IO_STATUS_BLOCK io;
	UNICODE_STRING value = RTL_CONSTANT_STRING(L"x");
	ULONG needed;
	char byte;
	u64 since;

	KUNIT_EXPECT_EQ(test, STATUS_INVALID_HANDLE,
			ZwQueryValueKey(file, &value, KeyValueFullInformation, &byte, 1,
					&needed));
	KUNIT_ASSERT_EQ(test, wpt_wdm_start_other(), 0);
	wpt_wdm_swap();
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_HANDLE,
			ZwReadFile(file, NULL, NULL, NULL, &io, &byte, 1, &zero, NULL));
	KUNIT_EXPECT_EQ(test, ZwClose(file), STATUS_INVALID_HANDLE);
	wpt_wdm_swap();
	since = wpt_kmsg_end();
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 handles of files were not closed"));
}

/* A file is created, written to and opened again. */
static int wpt_disk_once(void *context)
{
	static const ULONG ways[] = { FILE_SUPERSEDE, FILE_OPEN };
	NTSTATUS status = STATUS_SUCCESS;
	IO_STATUS_BLOCK io;
	unsigned int i;
	HANDLE file;

	for (i = 0; i < ARRAY_SIZE(ways) && NT_SUCCESS(status); i++) {
		status = wpt_disk_open(WPT_TEMP L"each.log", GENERIC_WRITE, ways[i],
				       WPT_SYNC, &file, NULL);
		if (!NT_SUCCESS(status))
			break;
		status = ZwWriteFile(file, NULL, NULL, NULL, &io, "x", 1, NULL, NULL);
		ZwClose(file);
	}
	return wpt_each_is(status);
}

/* Each allocation of the layer fails once; those of the file system are a worker's. */
static void winpar_test_disk_each(struct kunit *test)
{
	static const struct wpt_each_row row = { "a file", wpt_disk_once, 4 };

	wpt_each_run(test, &row, NULL);
}

/* A client without a folder opens nothing, and the log says once what to do. */
static void winpar_test_disk_none(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_wdm_stop();
	wpt_wdm_files = WPT_FOLDER "/nothing";
	KUNIT_EXPECT_EQ(test, wpt_wdm_start(), -ENOENT);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "the folder of its files",
						"error 2"));
	wpt_wdm_files = NULL;
	KUNIT_ASSERT_EQ(test, wpt_wdm_start(), 0);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_PATH_NOT_FOUND,
			wpt_disk_look(WPT_TEMP L"old.ini"));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_PATH_NOT_FOUND,
			wpt_disk_look(WPT_TEMP L"old.ini"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"load it with files=FOLDER"));
}

static struct kunit_case wpt_wdm_disk_cases[] = {
	KUNIT_CASE(winpar_test_disk_names),
	KUNIT_CASE(winpar_test_disk_outside),
	KUNIT_CASE(winpar_test_disk_disposition),
	KUNIT_CASE(winpar_test_disk_options),
	KUNIT_CASE(winpar_test_disk_offsets),
	KUNIT_CASE(winpar_test_disk_rights),
	KUNIT_CASE(winpar_test_disk_query),
	KUNIT_CASE(winpar_test_disk_handles),
	KUNIT_CASE(winpar_test_disk_each),
	KUNIT_CASE(winpar_test_disk_none),
	{ }
};

static struct kunit_suite wpt_wdm_disk_suite = {
	.name = "winpar_wdm_disk",
	.init = wpt_disk_init,
	.exit = wpt_disk_exit,
	.test_cases = wpt_wdm_disk_cases,
};

kunit_test_suite(wpt_wdm_disk_suite);
