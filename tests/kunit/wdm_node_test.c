// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program opens and closes /dev/wptnode, and the driver of wdm_node_driver.c gets
 * IRP_MJ_CREATE, IRP_MJ_CLEANUP and IRP_MJ_CLOSE (wdm/node.c, user.c).
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/namei.h>

#include "wdm_node_driver.h"

/* The folder of the driver's files, in each case. */
#define WPT_NODE_FILES	"/wpt-node"

/* What is at a path: its mode, or a negative errno. */
static int wpt_node_stat(const char *path)
{
	struct path found;
	int ret = kern_path(path, 0, &found);

	if (ret)
		return ret;
	ret = d_inode(found.dentry)->i_mode;
	path_put(&found);
	return ret;
}

/*
 * The link \DosDevices\WptNode is /dev/wptnode, for root only. Each open and each close
 * arrives at the driver, with the access that the program has asked for.
 */
static void winpar_test_node_open(struct kunit *test)
{
	PIO_STACK_LOCATION location = &wpt_node.location;
	struct file *file;

	KUNIT_EXPECT_EQ(test, wpt_node_stat(WPT_NODE_PATH), S_IFCHR | 0600);
	file = wpt_node_open(test, O_RDWR);
	wpt_node_expect(test, 0, IRP_MJ_CREATE);
	KUNIT_EXPECT_EQ(test, wpt_node.mode, UserMode);
	KUNIT_EXPECT_PTR_EQ(test, wpt_node.file.DeviceObject, wpt_node.device);
	KUNIT_EXPECT_EQ(test, wpt_node.file.FileName.Length, 0);
	KUNIT_EXPECT_TRUE(test, wpt_node.file.ReadAccess);
	KUNIT_EXPECT_TRUE(test, wpt_node.file.WriteAccess);
	KUNIT_EXPECT_EQ(test, location->Parameters.Create.Options >> 24, FILE_OPEN);
	wpt_program_close(file);
	wpt_node_expect(test, 1, IRP_MJ_CLEANUP);
	wpt_node_expect(test, 2, IRP_MJ_CLOSE);
	file = wpt_node_open(test, O_RDONLY);
	KUNIT_EXPECT_TRUE(test, wpt_node.file.ReadAccess);
	KUNIT_EXPECT_FALSE(test, wpt_node.file.WriteAccess);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 6U);
}

/* What the driver completes IRP_MJ_CREATE with, and the errno that the program gets. */
struct wpt_refused_row {
	const char *name;
	NTSTATUS status;
	int error;
};

static const struct wpt_refused_row wpt_refused_rows[] = {
	{ "denied", STATUS_ACCESS_DENIED, -EACCES },
	{ "busy, a warning", STATUS_DEVICE_BUSY, -EBUSY },
	{ "shared", STATUS_SHARING_VIOLATION, -EBUSY },
	{ "no such device", STATUS_NO_SUCH_DEVICE, -ENODEV },
	{ "no memory", STATUS_INSUFFICIENT_RESOURCES, -ENOMEM },
	{ "not there", STATUS_OBJECT_NAME_NOT_FOUND, -ENOENT },
	{ "not implemented", STATUS_NOT_IMPLEMENTED, -EOPNOTSUPP },
	{ "a status without an errno", STATUS_DEVICE_PROTOCOL_ERROR, -EIO },
};

static void wpt_refused_name(const struct wpt_refused_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_refused, wpt_refused_rows, wpt_refused_name);

/* A driver that refuses IRP_MJ_CREATE gets no IRP_MJ_CLEANUP and no IRP_MJ_CLOSE. */
static void winpar_test_node_refused(struct kunit *test)
{
	const struct wpt_refused_row *row = test->param_value;
	struct file *file;

	wpt_node.create_status = row->status;
	file = wpt_program_open(WPT_NODE_PATH, O_RDWR);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(file), row->error);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
}

/*
 * A program that opens with O_EXCL says by WINPAR_DEVICE_CREATE how to open the device:
 * with which file name, access and disposition. Before that it can do nothing else; a
 * second WINPAR_DEVICE_CREATE fails.
 */
static void winpar_test_node_create(struct kunit *test)
{
	struct winpar_device_create create = {
		.name = wpt_program_at(0),
		.name_length = 9,
		.access = FILE_READ_DATA,
		.share = FILE_SHARE_READ,
		.disposition = FILE_OPEN_IF,
		.attributes = FILE_ATTRIBUTE_NORMAL,
	};
	struct winpar_device_control control = { };
	struct file *file = wpt_node_open(test, O_RDONLY | O_EXCL);

	KUNIT_EXPECT_EQ(test, wpt_node.count, 0U);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), -EBADF);
	KUNIT_EXPECT_EQ(test, wpt_program_read(file, wpt_program_at(0), 1), -EBADF);
	wpt_program_put(0, "\\sub\\file", 9);
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, wpt_node.name, "\\sub\\file");
	KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.Options >> 24,
			FILE_OPEN_IF);
	KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.ShareAccess,
			FILE_SHARE_READ);
	KUNIT_EXPECT_EQ(test, wpt_node.location.Parameters.Create.FileAttributes,
			FILE_ATTRIBUTE_NORMAL);
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 3U);
	/* Closed without WINPAR_DEVICE_CREATE: the driver gets no request. */
	wpt_program_close(wpt_node_open(test, O_RDWR | O_EXCL));
	KUNIT_EXPECT_EQ(test, wpt_node.count, 3U);
}

/*
 * Arguments that WINPAR_DEVICE_CREATE refuses. After a refusal, by the layer or by the
 * driver, the program can try once more.
 */
static void winpar_test_node_create_refused(struct kunit *test)
{
	struct winpar_device_create create = { .disposition = FILE_OPEN };
	struct file *file = wpt_node_open(test, O_RDONLY | O_EXCL);

	create.access = FILE_WRITE_DATA;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), -EACCES);
	create.access = 0;
	create.name_length = 1025;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), -EINVAL);
	create.name_length = 1024;
	create.name = 8;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), -EFAULT);
	create.name_length = 0;
	create.reserved = 1;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), -EINVAL);
	create.reserved = 0;
	KUNIT_EXPECT_EQ(test, wpt_program_ioctl(file, WINPAR_DEVICE_CREATE, 8),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, wpt_program_ioctl(file, 0x1234, 0), -ENOTTY);
	KUNIT_EXPECT_EQ(test, wpt_node.calls, 0);
	wpt_node.create_status = STATUS_DEVICE_NOT_READY;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_DEVICE_NOT_READY);
	wpt_node.create_status = STATUS_SUCCESS;
	KUNIT_EXPECT_EQ(test, wpt_program_create(file, &create), 0);
	KUNIT_EXPECT_EQ(test, create.status, (u32)STATUS_SUCCESS);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 4U);
}

/**
 * struct wpt_creator - a thread that says WINPAR_DEVICE_CREATE
 * @file: the node, opened with O_EXCL
 * @create: the ioctl's argument
 * @done: set when the ioctl has returned
 */
struct wpt_creator {
	struct file *file;
	struct winpar_device_create create;
	KEVENT done;
};

static int wpt_creator_run(void *data)
{
	struct wpt_creator *creator = data;

	wpt_program_create(creator->file, &creator->create);
	KeSetEvent(&creator->done, IO_NO_INCREMENT, FALSE);
	return 0;
}

static void wpt_creator_begin(struct kunit *test, struct wpt_creator *creator,
			      struct file *file)
{
	*creator = (struct wpt_creator){
		.file = file,
		.create.disposition = FILE_OPEN,
	};
	KeInitializeEvent(&creator->done, NotificationEvent, FALSE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(wpt_creator_run, creator,
						    "wdm_creator")));
}

static NTSTATUS wpt_node_wait(PKEVENT event, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &timeout);
}

/*
 * The driver keeps IRP_MJ_CREATE pending. A second WINPAR_DEVICE_CREATE by the same file
 * does not wait for that: it is refused at once.
 */
static void winpar_test_node_create_twice(struct kunit *test)
{
	struct file *file = wpt_node_open(test, O_RDWR | O_EXCL);
	struct wpt_creator first, second;

	wpt_node.hold_create = true;
	wpt_creator_begin(test, &first, file);
	KUNIT_ASSERT_EQ(test, wpt_node_wait(&wpt_node.held, WPT_PATIENCE), STATUS_SUCCESS);
	wpt_creator_begin(test, &second, file);
	KUNIT_EXPECT_EQ(test, wpt_node_wait(&second.done, WPT_PATIENCE), STATUS_SUCCESS);
	IoSetCancelRoutine(wpt_node.irp, NULL);
	wpt_node_complete(wpt_node.irp);
	KUNIT_ASSERT_EQ(test, wpt_node_wait(&first.done, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, wpt_node_wait(&second.done, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, first.create.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, second.create.status, (u32)STATUS_INVALID_PARAMETER);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 3U);
}

/*
 * DDI page: wdm, DEVICE_OBJECT. A device with DO_EXCLUSIVE is opened once at a time; one
 * with DO_DEVICE_INITIALIZING, or one that is deleted, is not opened.
 */
static void winpar_test_node_flags(struct kunit *test)
{
	struct file *file;

	wpt_node.device->Flags |= DO_EXCLUSIVE;
	file = wpt_node_open(test, O_RDWR);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(wpt_program_open(WPT_NODE_PATH,
							       O_RDWR)),
			-EACCES);
	wpt_program_close(file);
	wpt_program_close(wpt_node_open(test, O_RDWR));
	wpt_node.device->Flags |= DO_DEVICE_INITIALIZING;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(wpt_program_open(WPT_NODE_PATH,
							       O_RDWR)),
			-ENODEV);
	IoDeleteDevice(wpt_node.device);
	wpt_node.device = NULL;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(wpt_program_open(WPT_NODE_PATH,
							       O_RDWR)),
			-ENOENT);
}

/*
 * A device and its link are deleted while a program has a handle: the node goes at once;
 * the handle works until it is closed.
 */
static void winpar_test_node_deleted(struct kunit *test)
{
	struct winpar_device_control control = {
		.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
	};
	struct file *file = wpt_node_open(test, O_RDWR);
	PDEVICE_OBJECT device = wpt_node.device;
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\??\\WptNode");
	KUNIT_EXPECT_EQ(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	IoDeleteDevice(device);
	wpt_node.device = NULL;
	KUNIT_EXPECT_EQ(test, wpt_node_stat(WPT_NODE_PATH), -ENOENT);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	*(u64 *)device->DeviceExtension = 1;
	wpt_program_close(file);
	wpt_node_expect(test, 3, IRP_MJ_CLOSE);
}

/*
 * DDI page: wdm, ObReferenceObject. While the driver has a reference to the file object,
 * IRP_MJ_CLOSE is not sent.
 */
static void winpar_test_node_referenced(struct kunit *test)
{
	struct file *file;

	wpt_node.keep_file = true;
	file = wpt_node_open(test, O_RDWR);
	wpt_program_close(file);
	wpt_node_expect(test, 1, IRP_MJ_CLEANUP);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 2U);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(wpt_node.kept), 0);
	wpt_node_expect(test, 2, IRP_MJ_CLOSE);
}

/*
 * A file that two programs share, as after fork(), or one program by dup(): the driver gets
 * IRP_MJ_CLEANUP when the last of them closes it, and requests until then.
 */
static void winpar_test_node_shared(struct kunit *test)
{
	struct winpar_device_control control = {
		.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
	};
	struct file *file = wpt_node_open(test, O_RDWR);

	get_file(file);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 1U);
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	wpt_program_close(file);
	wpt_node_expect(test, 2, IRP_MJ_CLEANUP);
	wpt_node_expect(test, 3, IRP_MJ_CLOSE);
	wpt_node.count = 0;
	wpt_node.information = 2;
	/* The shell's child has the file when the shell itself has closed it. */
	wpt_program_shell(test, "exec 3<>" WPT_NODE_PATH
			  "; (sleep 0.2; echo x >&3) & exec 3>&-; wait");
	KUNIT_EXPECT_EQ(test, wpt_node.count, 4U);
	wpt_node_expect(test, 1, IRP_MJ_WRITE);
	wpt_node_expect(test, 2, IRP_MJ_CLEANUP);
}

/*
 * The driver has a reference to the file object of a program that has closed it, and ends:
 * IRP_MJ_CLOSE is not sent any more, and the object is there until the reference is given
 * back. KASAN reports it if not.
 */
static void winpar_test_node_kept(struct kunit *test)
{
	struct file *file;

	wpt_node.keep_file = true;
	file = wpt_node_open(test, O_RDWR);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(wpt_node.kept), 3);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(wpt_node.kept), 1);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 2U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_node.kept->DeviceObject, wpt_node.device);
	wpt_node_delete();
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_node.count, 2U);
	KUNIT_EXPECT_NULL(test, wpt_node.kept->DeviceObject);
	KUNIT_EXPECT_TRUE(test, wpt_node.kept->WriteAccess);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(wpt_node.kept), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(wpt_node.kept), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(wpt_node.kept), 0);
}

/* A program's requests go to the highest device of the stack, which passes them down. */
static void winpar_test_node_stack(struct kunit *test)
{
	struct winpar_device_control control = {
		.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS),
	};
	PDEVICE_OBJECT above;
	struct file *file;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &above));
	wpt_node.below = IoAttachDeviceToDeviceStack(above, wpt_node.device);
	file = wpt_node_open(test, O_RDWR);
	wpt_node.information = 0;
	KUNIT_EXPECT_EQ(test, wpt_program_control(file, &control), 0);
	KUNIT_EXPECT_EQ(test, control.status, (u32)STATUS_SUCCESS);
	wpt_program_close(file);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 4U);
	KUNIT_EXPECT_EQ(test, wpt_node.calls, 8);
	IoDetachDevice(wpt_node.below);
	IoDeleteDevice(above);
}

/*
 * One allocation of an open after the other fails, and then none. The driver gets an
 * IRP_MJ_CLOSE for each IRP_MJ_CREATE.
 */
static void winpar_test_node_memory(struct kunit *test)
{
	struct file *file = NULL;
	unsigned int nth, opens = 0, i;

	for (nth = 1; nth < 60; nth++) {
		wpt_fail_nth(nth);
		file = wpt_program_open(WPT_NODE_PATH, O_RDWR);
		if (wpt_fail_end())
			break;
		if (!IS_ERR(file))
			wpt_program_close(file);
		else
			KUNIT_EXPECT_EQ(test, PTR_ERR(file), -ENOMEM);
	}
	KUNIT_EXPECT_LT(test, nth, 60U);
	KUNIT_EXPECT_GT(test, nth, 3U);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	/* A close tells the driver also when there is no memory. */
	wpt_fail_nth(1);
	wpt_program_close(file);
	wpt_fail_end();
	for (i = 0; i < wpt_node.count; i++) {
		opens += wpt_node.majors[i] == IRP_MJ_CREATE;
		opens -= wpt_node.majors[i] == IRP_MJ_CLOSE;
	}
	KUNIT_EXPECT_EQ(test, opens, 0U);
	KUNIT_EXPECT_EQ(test, wpt_node.majors[wpt_node.count - 1], IRP_MJ_CLOSE);
}

/* What wpt_node_append() has got, for each call. */
static NTSTATUS wpt_node_appended[2];
static unsigned int wpt_node_appends;

/* Append a byte to a file, which is created. */
static void wpt_node_append(void)
{
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	UNICODE_STRING name;
	NTSTATUS status;
	HANDLE file;

	RtlInitUnicodeString(&name, L"\\??\\C:\\ending.log");
	InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = ZwCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &io,
			      NULL, FILE_ATTRIBUTE_NORMAL, 0, FILE_OPEN_IF,
			      FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
	if (NT_SUCCESS(status)) {
		status = ZwWriteFile(file, NULL, NULL, NULL, &io, "x", 1, NULL, NULL);
		ZwClose(file);
	}
	if (wpt_node_appends < ARRAY_SIZE(wpt_node_appended))
		wpt_node_appended[wpt_node_appends++] = status;
}

/*
 * A program ends and has not closed the node, when it has no umask any more. The driver
 * creates a file then, and writes to it, whatever umask and limits the program had.
 */
static void winpar_test_node_exit(struct kunit *test)
{
	wpt_node_appends = 0;
	wpt_node.ending = wpt_node_append;
	wpt_program_shell(test, "umask 777; ulimit -f 0; exec 3<>" WPT_NODE_PATH);
	KUNIT_EXPECT_EQ(test, wpt_node.count, 3U);
	wpt_node_expect(test, 2, IRP_MJ_CLOSE);
	KUNIT_ASSERT_EQ(test, wpt_node_appends, 2U);
	KUNIT_EXPECT_EQ(test, wpt_node_appended[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_node_appended[1], STATUS_SUCCESS);
	wpt_program_shell(test, "test \"$(cat " WPT_NODE_FILES "/c/ending.log)\" = xx");
	wpt_program_shell(test, "test \"$(stat -c %a " WPT_NODE_FILES "/c/ending.log)\" = 600");
}

static int wpt_wdm_node_init(struct kunit *test)
{
	wpt_take_root(test);
	wpt_program_shell(test, "rm -rf " WPT_NODE_FILES "; mkdir -p " WPT_NODE_FILES "/c");
	wpt_wdm_files = WPT_NODE_FILES;
	return wpt_node_init(test);
}

static void wpt_wdm_node_exit(struct kunit *test)
{
	wpt_node_exit(test);
	wpt_wdm_files = NULL;
	wpt_program_shell(test, "rm -rf " WPT_NODE_FILES);
}

static struct kunit_case wpt_wdm_node_cases[] = {
	KUNIT_CASE(winpar_test_node_open),
	KUNIT_CASE_PARAM(winpar_test_node_refused, wpt_refused_gen_params),
	KUNIT_CASE(winpar_test_node_create),
	KUNIT_CASE(winpar_test_node_create_refused),
	KUNIT_CASE(winpar_test_node_create_twice),
	KUNIT_CASE(winpar_test_node_flags),
	KUNIT_CASE(winpar_test_node_deleted),
	KUNIT_CASE(winpar_test_node_referenced),
	KUNIT_CASE(winpar_test_node_shared),
	KUNIT_CASE(winpar_test_node_kept),
	KUNIT_CASE(winpar_test_node_stack),
	KUNIT_CASE(winpar_test_node_memory),
	KUNIT_CASE(winpar_test_node_exit),
	{ }
};

static struct kunit_suite wpt_wdm_node_suite = {
	.name = "winpar_wdm_node",
	.init = wpt_wdm_node_init,
	.exit = wpt_wdm_node_exit,
	.test_cases = wpt_wdm_node_cases,
};

kunit_test_suite(wpt_wdm_node_suite);
