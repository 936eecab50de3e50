// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of programs (wdm/user.c, mdl.c): how the driver of wdm_node_driver.c gets their
 * buffers, by each method and for each kind of device; buffers that a program does not
 * have.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "wdm_node_driver.h"

#define WPT_BUFFERED	WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS)
#define WPT_IN_DIRECT	WPT_NODE_CODE(METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define WPT_OUT_DIRECT	WPT_NODE_CODE(METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define WPT_NEITHER	WPT_NODE_CODE(METHOD_NEITHER, FILE_ANY_ACCESS)

/* Where the program's input and output lie; the output crosses the end of a page. */
#define WPT_IN		16
#define WPT_OUT		(PAGE_SIZE - 3)
/* Where the program can only read, and where it has no memory. */
#define WPT_READ_ONLY	WPT_PROGRAM_SIZE
#define WPT_NOWHERE	0x1000

/* A request with so many bytes of input and output. */
static struct winpar_device_control wpt_control(u32 code, u32 in, u32 out)
{
	return (struct winpar_device_control){
		.code = code,
		.in = wpt_program_at(WPT_IN),
		.in_length = in,
		.out = wpt_program_at(WPT_OUT),
		.out_length = out,
	};
}

/**
 * struct wpt_method_row - a control request
 * @name: what the case is called
 * @code: the control code
 * @in: how many bytes of input
 * @out: how many bytes of output there is room for
 * @status: what the driver completes the request with
 * @information: what the driver says in IoStatus.Information
 * @changed: how many bytes of its output the program finds written
 * @told: how many bytes the program is told of
 */
struct wpt_method_row {
	const char *name;
	u32 code;
	u32 in, out;
	NTSTATUS status;
	u32 information;
	u32 changed;
	u32 told;
};

static const struct wpt_method_row wpt_method_rows[] = {
	{ "buffered", WPT_BUFFERED, 5, 8, STATUS_SUCCESS, 8, 8, 8 },
	{ "buffered, fewer than fit", WPT_BUFFERED, 5, 8, STATUS_SUCCESS, 3, 3, 3 },
	{ "buffered, Information too big", WPT_BUFFERED, 5, 8, STATUS_SUCCESS,
	  0x10000, 8, 8 },
	{ "buffered, Information a byte too big", WPT_BUFFERED, 5, 8,
	  STATUS_SUCCESS, 9, 8, 8 },
	{ "buffered, failed", WPT_BUFFERED, 5, 8, STATUS_UNSUCCESSFUL, 8, 0, 8 },
	{ "buffered, a warning", WPT_BUFFERED, 5, 8, STATUS_BUFFER_OVERFLOW, 8, 8,
	  8 },
	{ "buffered, no output", WPT_BUFFERED, 5, 0, STATUS_SUCCESS, 0, 0, 0 },
	{ "buffered, no output, Information", WPT_BUFFERED, 5, 0, STATUS_SUCCESS,
	  0x10000, 0, 0 },
	{ "buffered, no input", WPT_BUFFERED, 0, 8, STATUS_SUCCESS, 8, 8, 8 },
	{ "buffered, no buffers", WPT_BUFFERED, 0, 0, STATUS_SUCCESS, 0, 0, 0 },
	{ "direct", WPT_OUT_DIRECT, 5, 8, STATUS_SUCCESS, 8, 8, 8 },
	{ "direct, failed", WPT_OUT_DIRECT, 5, 8, STATUS_UNSUCCESSFUL, 0, 8, 0 },
	{ "direct, no output", WPT_OUT_DIRECT, 5, 0, STATUS_SUCCESS, 0, 0, 0 },
	{ "neither", WPT_NEITHER, 5, 8, STATUS_SUCCESS, 8, 8, 8 },
	{ "neither, no buffers", WPT_NEITHER, 0, 0, STATUS_SUCCESS, 0, 0, 0 },
	{ "in direct", WPT_IN_DIRECT, 5, 8, STATUS_SUCCESS, 0, 0, 0 },
};

static void wpt_method_name(const struct wpt_method_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_method, wpt_method_rows, wpt_method_name);

/*
 * "Buffer Descriptions for I/O Control Codes" in the driver design guide: the driver reads
 * the program's input, and the program gets the driver's output and not a byte more.
 */
static void winpar_test_user_method(struct kunit *test)
{
	const struct wpt_method_row *row = test->param_value;
	struct winpar_device_control control = wpt_control(row->code, row->in,
							   row->out);
	static const u8 in[] = { 10, 20, 30, 40, 50 };
	struct file *file = wpt_node_open(test, O_RDWR);
	u8 before[16], after[16];
	unsigned int i;

	memset(before, 0xee, sizeof(before));
	wpt_program_put(WPT_IN, in, sizeof(in));
	wpt_program_put(WPT_OUT, before, sizeof(before));
	wpt_node.status = row->status;
	wpt_node.information = row->information;
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)row->status);
	KUNIT_EXPECT_EQ(test, control.information, (u64)row->told);
	if (row->code == WPT_IN_DIRECT)
		KUNIT_EXPECT_EQ(test, wpt_node.sum, 8U * 0xee);
	else
		KUNIT_EXPECT_EQ(test, wpt_node.sum, row->in ? 150U : 0U);
	wpt_program_get(WPT_OUT, after, sizeof(after));
	for (i = 0; i < row->changed; i++)
		KUNIT_EXPECT_EQ(test, after[i],
				i < row->in ? in[i] + 1 : 0x55);
	KUNIT_EXPECT_EQ(test, 0, memcmp(after + row->changed, before,
					sizeof(after) - row->changed));
	wpt_program_close(file);
}

/**
 * struct wpt_hostile_row - a control request with a buffer that the program does not have
 * @name: what the case is called
 * @code: the control code
 * @in: the input: an offset in the program's memory, or an address if @absolute is set
 * @in_length: how many bytes
 * @out: the output, likewise
 * @out_length: how many bytes
 * @absolute: @in and @out are addresses
 * @status: what the program gets
 * @asked: the driver gets the request: the output is looked at only afterwards, or there
 *         is nothing wrong
 */
struct wpt_hostile_row {
	const char *name;
	u32 code;
	u64 in;
	u32 in_length;
	u64 out;
	u32 out_length;
	bool absolute;
	NTSTATUS status;
	bool asked;
};

/* An address of the kernel's. */
#define WPT_KERNEL	0xffff888000000000ULL

static const struct wpt_hostile_row wpt_hostile_rows[] = {
	{ "buffered, 4 GiB of input", WPT_BUFFERED, 0, U32_MAX, 0, 0, false,
	  STATUS_INSUFFICIENT_RESOURCES },
	{ "buffered, 4 GiB of output", WPT_BUFFERED, 0, 0, 0, U32_MAX, false,
	  STATUS_INSUFFICIENT_RESOURCES },
	{ "buffered, a byte too much", WPT_BUFFERED, 0, (64 << 20) + 1, 0, 0, false,
	  STATUS_INSUFFICIENT_RESOURCES },
#ifdef CONFIG_64BIT	/* It is allocated, and 32 bits may have no room for it. */
	{ "buffered, as much as may be", WPT_BUFFERED, 0, 64 << 20, 0, 0, false,
	  STATUS_ACCESS_VIOLATION },
#endif
	{ "buffered, more than there is", WPT_BUFFERED, 0, 1 << 20, 0, 0, false,
	  STATUS_ACCESS_VIOLATION },
	{ "buffered, input nowhere", WPT_BUFFERED, WPT_NOWHERE, 8, 0, 0, true,
	  STATUS_ACCESS_VIOLATION },
	{ "buffered, the kernel's input", WPT_BUFFERED, WPT_KERNEL, 8, 0, 0, true,
	  STATUS_ACCESS_VIOLATION },
	{ "buffered, no address", WPT_BUFFERED, 0, 8, 0, 8, true,
	  STATUS_ACCESS_VIOLATION },
	{ "buffered, output nowhere", WPT_BUFFERED, 0, 0, WPT_NOWHERE, 8, true,
	  STATUS_ACCESS_VIOLATION, true },
	{ "buffered, output to the kernel", WPT_BUFFERED, 0, 0, WPT_KERNEL, 8, true,
	  STATUS_ACCESS_VIOLATION, true },
	{ "buffered, output read-only", WPT_BUFFERED, 0, 0, WPT_READ_ONLY, 8,
	  false, STATUS_ACCESS_VIOLATION, true },
	{ "direct, 4 GiB", WPT_OUT_DIRECT, 0, 0, 0, U32_MAX, false,
	  STATUS_INSUFFICIENT_RESOURCES },
	{ "direct, a byte too much", WPT_OUT_DIRECT, 0, 0, 0, (64 << 20) + 1, false,
	  STATUS_INSUFFICIENT_RESOURCES },
	{ "direct, as much as may be", WPT_OUT_DIRECT, 0, 0, 0, 64 << 20, false,
	  STATUS_ACCESS_VIOLATION },
	{ "direct, more than there is", WPT_OUT_DIRECT, 0, 0, 0, 1 << 20, false,
	  STATUS_ACCESS_VIOLATION },
	{ "direct, nowhere", WPT_OUT_DIRECT, 0, 0, WPT_NOWHERE, 8, true,
	  STATUS_ACCESS_VIOLATION },
	{ "direct, the kernel's", WPT_OUT_DIRECT, 0, 0, WPT_KERNEL, 8, true,
	  STATUS_ACCESS_VIOLATION },
	{ "direct, past the last address", WPT_OUT_DIRECT, 0, 0, ~0ULL - 3, 8, true,
	  STATUS_ACCESS_VIOLATION },
	{ "direct, output read-only", WPT_OUT_DIRECT, 0, 0, WPT_READ_ONLY, 8, false,
	  STATUS_ACCESS_VIOLATION },
	{ "in direct, input read-only", WPT_IN_DIRECT, 0, 0, WPT_READ_ONLY + 24, 8,
	  false, STATUS_SUCCESS, true },
	{ "neither, 4 GiB", WPT_NEITHER, 0, U32_MAX, 0, 8, false,
	  STATUS_INSUFFICIENT_RESOURCES },
	{ "neither, nowhere", WPT_NEITHER, WPT_NOWHERE, 8, 0, 0, true,
	  STATUS_ACCESS_VIOLATION },
	{ "neither, the kernel's", WPT_NEITHER, 0, 0, WPT_KERNEL, 8, true,
	  STATUS_ACCESS_VIOLATION },
	{ "neither, input read-only", WPT_NEITHER, WPT_READ_ONLY, 8, 0, 8,
	  false, STATUS_SUCCESS, true },
	{ "neither, output read-only", WPT_NEITHER, 0, 8, WPT_READ_ONLY, 8,
	  false, STATUS_ACCESS_VIOLATION },
};

static void wpt_hostile_name(const struct wpt_hostile_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_hostile, wpt_hostile_rows, wpt_hostile_name);

/*
 * Buffers that the program does not have, may not write, or that are too long: the program
 * gets a status, and no memory but its own is read or written.
 */
static void winpar_test_user_hostile(struct kunit *test)
{
	const struct wpt_hostile_row *row = test->param_value;
	unsigned long base = row->absolute ? 0 : wpt_program_at(0);
	struct winpar_device_control control = {
		.code = row->code,
		.in = base + row->in,
		.in_length = row->in_length,
		.out = base + row->out,
		.out_length = row->out_length,
	};
	struct file *file = wpt_node_open(test, O_RDWR);

	wpt_node.information = row->out_length;
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)row->status);
	KUNIT_EXPECT_EQ(test, wpt_node.count, row->asked ? 2U : 1U);
	KUNIT_EXPECT_EQ(test, wpt_program_ioctl(file, WINPAR_DEVICE_CONTROL,
						WPT_NOWHERE), -EFAULT);
	wpt_program_close(file);
}

/*
 * "Defining I/O Control Codes" in the driver design guide: a control code demands that the
 * handle is open for reading or for writing.
 */
static void winpar_test_user_access(struct kunit *test)
{
	struct winpar_device_control control =
		wpt_control(WPT_NODE_CODE(METHOD_BUFFERED, FILE_WRITE_ACCESS), 0, 0);
	struct file *file = wpt_node_open(test, O_RDONLY);

	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	control.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_READ_ACCESS);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	wpt_program_close(file);
}

/* ----- reading and writing ----------------------------------------------- */

/*
 * "Access Mask" in the reference of winnt.h: without FILE_READ_DATA a handle does not read,
 * without FILE_WRITE_DATA and FILE_APPEND_DATA it does not write, whatever the node is open
 * for.
 */
static void winpar_test_user_transfer_access(struct kunit *test)
{
	struct winpar_device_create create = {
		.access = FILE_READ_ATTRIBUTES,
		.disposition = FILE_OPEN,
	};
	struct file *file = wpt_node_open(test, O_RDWR | O_EXCL);

	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 1), -EACCES);
	KUNIT_EXPECT_EQ(test, wpt_program_write(file, wpt_program_at(0), 1),
			-EACCES);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	wpt_program_close(file);
	file = wpt_node_open(test, O_RDWR | O_EXCL);
	create.access = FILE_APPEND_DATA;
	wpt_node.information = 1;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, wpt_program_write(file, wpt_program_at(0), 1), 1);
	wpt_program_close(file);
	file = wpt_node_open(test, O_RDONLY | O_EXCL);
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), -EACCES);
	wpt_program_close(file);
}

/* How the device wants the buffers of reads and writes. */
struct wpt_flags_row {
	const char *name;
	ULONG flags;
};

static const struct wpt_flags_row wpt_flags_rows[] = {
	{ "buffered", DO_BUFFERED_IO },
	{ "direct", DO_DIRECT_IO },
	{ "neither", 0 },
};

static void wpt_flags_name(const struct wpt_flags_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_flags, wpt_flags_rows, wpt_flags_name);

/*
 * DDI pages: IRP_MJ_READ, IRP_MJ_WRITE. ByteOffset is where the last transfer has ended; the
 * program is told of no more bytes than its buffer has; statuses and errnos.
 */
static void winpar_test_user_transfer(struct kunit *test)
{
	const struct wpt_flags_row *row = test->param_value;
	struct file *file;
	u8 out[4] = { 1, 2, 3, 4 }, in[8];

	wpt_node.device->Flags &= ~(DO_BUFFERED_IO | DO_DIRECT_IO);
	wpt_node.device->Flags |= row->flags;
	file = wpt_node_open(test, O_RDWR);
	wpt_program_put(WPT_OUT, out, sizeof(out));
	wpt_node.information = 3;
	KUNIT_EXPECT_EQ(test, wpt_program_write(file, wpt_program_at(WPT_OUT), 4),
			3);
	KUNIT_EXPECT_EQ(test, wpt_node.sum, 10U);
	KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Write.Length, 4U);
	/* The driver says that it read 1000 bytes into a buffer of 8. */
	wpt_node.information = 1000;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(WPT_OUT), 8), 8);
	KUNIT_EXPECT_EQ(test, 3, wpt_node.location.Parameters.Read.ByteOffset
			.QuadPart);
	wpt_program_get(WPT_OUT, in, sizeof(in));
	KUNIT_EXPECT_EQ(test, in[0], 0x55);
	KUNIT_EXPECT_EQ(test, in[7], 0x55);
	KUNIT_EXPECT_EQ(test, file->f_pos, 11);
	wpt_node.information = 0;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 0), 0);
	/* Buffers that the program does not have, or can only read. */
	KUNIT_EXPECT_EQ(test, wpt_program_write(file, WPT_NOWHERE, 8), -EFAULT);
	wpt_node.information = 8;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(WPT_READ_ONLY),
					       8), -EFAULT);
	KUNIT_EXPECT_EQ(test, wpt_program_write(file,
						wpt_program_at(WPT_READ_ONLY), 8),
			8);
	wpt_node.status = STATUS_IO_TIMEOUT;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 8),
			-ETIMEDOUT);
	wpt_node.status = STATUS_BUFFER_OVERFLOW;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 8), 8);
	wpt_node.status = STATUS_END_OF_FILE;
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 8), 0);
	KUNIT_EXPECT_EQ(test, wpt_program_write(file, wpt_program_at(0), 8), -EIO);
	wpt_program_close(file);
}

struct wpt_memory_row {
	const char *name;
	u32 code;
	bool read_only;
};

static const struct wpt_memory_row wpt_memory_rows[] = {
	{ "buffered", WPT_BUFFERED },
	{ "in direct", WPT_IN_DIRECT },
	{ "in direct, read-only", WPT_IN_DIRECT, true },
	{ "out direct", WPT_OUT_DIRECT },
	{ "neither", WPT_NEITHER },
};

static void wpt_memory_name(const struct wpt_memory_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_memory, wpt_memory_rows, wpt_memory_name);

static struct winpar_device_control wpt_memory_control(const struct wpt_memory_row *row)
{
	struct winpar_device_control control = wpt_control(row->code, 8, 300);

	if (row->read_only)
		control.out = wpt_program_at(WPT_READ_ONLY);
	return control;
}

/*
 * One allocation of a request after the other fails, and then none: the program gets a
 * status, and no page of it stays locked.
 */
static void winpar_test_user_memory(struct kunit *test)
{
	const struct wpt_memory_row *row = test->param_value;
	struct winpar_device_control control;
	struct file *file = wpt_node_open(test, O_RDWR);
	unsigned int nth, failed = 0;

	/* Touch the program's pages, so that no page fault allocates below. */
	control = wpt_memory_control(row);
	wpt_program_control(file, &control);
	for (nth = 1; nth < 60; nth++) {
		control = wpt_memory_control(row);
		wpt_fail_nth(nth);
		KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
		if (wpt_fail_end())
			break;
		failed += control.status == (u32)STATUS_INSUFFICIENT_RESOURCES;
	}
	KUNIT_EXPECT_LT(test, nth, 60U);
	KUNIT_EXPECT_GE(test, failed, 2U);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_program_locked(), 0UL);
	wpt_program_close(file);
}

/* A buffer of more than 64 KiB counts as the program's locked memory while it is there. */
static void winpar_test_user_locked(struct kunit *test)
{
	struct file *file = wpt_node_open(test, O_RDWR);
	struct winpar_device_control control;

	control = wpt_control(WPT_BUFFERED, 8, SZ_64K);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_node.locked, 0UL);
	control = wpt_control(WPT_BUFFERED, 8, SZ_64K + 1);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_node.locked, SZ_64K / PAGE_SIZE + 1);
	KUNIT_EXPECT_EQ(test, wpt_program_locked(), 0UL);
	wpt_program_close(file);
}

/*
 * For a part of a direct buffer there is no memory: that is said, and not that the program has
 * no such buffer. No page of it stays locked.
 */
static void winpar_test_user_poor(struct kunit *test)
{
	struct winpar_device_control control = wpt_control(WPT_OUT_DIRECT, 0, 2 * PAGE_SIZE);
	unsigned long locked = wpt_program_locked();
	struct file *file = wpt_node_open(test, O_RDWR);

	control.out = wpt_program_poor(test);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_INSUFFICIENT_RESOURCES);
	control.code = WPT_IN_DIRECT;
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	/* The first page there is. */
	control.out_length = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_program_locked(), locked);
	wpt_program_close(file);
}

static struct kunit_case wpt_wdm_user_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_user_method, wpt_method_gen_params),
	KUNIT_CASE_PARAM(winpar_test_user_hostile, wpt_hostile_gen_params),
	KUNIT_CASE(winpar_test_user_access),
	KUNIT_CASE(winpar_test_user_transfer_access),
	KUNIT_CASE_PARAM(winpar_test_user_transfer, wpt_flags_gen_params),
	KUNIT_CASE_PARAM(winpar_test_user_memory, wpt_memory_gen_params),
	KUNIT_CASE(winpar_test_user_locked),
	KUNIT_CASE(winpar_test_user_poor),
	{ }
};

static struct kunit_suite wpt_wdm_user_suite = {
	.name = "winpar_wdm_user",
	.init = wpt_node_init,
	.exit = wpt_node_exit,
	.test_cases = wpt_wdm_user_cases,
};

kunit_test_suite(wpt_wdm_user_suite);
