// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program's control request that the driver of wdm_node_driver.c passes down to the
 * fixture's port, as an ALLOCATE.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "wdm_node_driver.h"

/**
 * struct wpt_down - a program with a request
 * @file: what the program has open
 * @control: the request
 * @ended: set by wpt_down_run() when the request is complete
 */
struct wpt_down {
	struct file *file;
	struct winpar_device_control control;
	KEVENT ended;
};

/* Keeps the port of the case open. */
static PFILE_OBJECT wpt_down_file;

static int wpt_down_init(struct kunit *test)
{
	WCHAR buffer[48], digits[12];
	UNICODE_STRING name, number = { 0, sizeof(digits), digits };
	int ret = wpt_node_init_port(test);

	if (ret)
		return ret;
	RtlInitEmptyUnicodeString(&name, buffer, sizeof(buffer));
	RtlAppendUnicodeToString(&name, L"\\Device\\ParallelPort");
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&name, &number);
	if (IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &wpt_down_file,
				     &wpt_node.port))
		return -ENODEV;
	wpt_node.device->StackSize = wpt_node.port->StackSize + 1;
	return 0;
}

static void wpt_down_exit(struct kunit *test)
{
	if (wpt_down_file)
		ObDereferenceObject(wpt_down_file);
	wpt_down_file = NULL;
	wpt_node_exit(test);
}

/* Free the port for the driver, by FreePort. */
static void wpt_down_free(void)
{
	PARALLEL_PORT_INFORMATION info;
	IO_STATUS_BLOCK iosb;
	PIRP irp;

	irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					    wpt_node.port, NULL, 0, &info,
					    sizeof(info), TRUE, NULL, &iosb);
	if (irp && NT_SUCCESS(IoCallDriver(wpt_node.port, irp)))
		info.FreePort(info.Context);
}

/* The program's thread, which SIGKILL reaches: it makes the request. */
static int wpt_down_run(void *data)
{
	struct wpt_down *down = data;

	allow_signal(SIGKILL);
	wpt_program_control(down->file, &down->control);
	KeSetEvent(&down->ended, IO_NO_INCREMENT, FALSE);
	return 0;
}

static void wpt_down_open(struct kunit *test, struct wpt_down *down)
{
	down->file = wpt_node_open(test, O_RDWR);
	down->control.code = WPT_NODE_CODE(METHOD_BUFFERED, FILE_ANY_ACCESS);
	KeInitializeEvent(&down->ended, NotificationEvent, FALSE);
}

/* Begin a program whose request waits for the port, which another client has. */
static struct task_struct *wpt_down_waits(struct kunit *test,
					  struct wpt_down *down)
{
	struct task_struct *task;

	wpt_down_open(test, down);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	task = kthread_run(wpt_down_run, down, "wdm_down");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	while (!wpt_wdm_waiters(test))
		schedule_timeout_uninterruptible(1);
	return task;
}

/* Wait until the program's request is complete; the driver's routine was called once. */
static void wpt_down_wait(struct kunit *test, struct wpt_down *down)
{
	LARGE_INTEGER timeout = WPT_MS(WPT_PATIENCE);

	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&down->ended, Executive,
						    KernelMode, FALSE, &timeout),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_node.completed, 1);
}

/* The port is free: the request completes at once, and is not pending. */
static void winpar_test_down_free(struct kunit *test)
{
	struct wpt_down down = { };

	wpt_down_open(test, &down);
	KUNIT_EXPECT_EQ(test, wpt_program_control(down.file, &down.control), 0);
	KUNIT_EXPECT_EQ(test, down.control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_node.completed, 1);
	KUNIT_EXPECT_FALSE(test, wpt_node.pending);
	wpt_down_free();
	wpt_program_close(down.file);
}

/* Another client has the port: the program waits until that client frees it. */
static void winpar_test_down_busy(struct kunit *test)
{
	struct wpt_down down = { };
	struct task_struct *task = wpt_down_waits(test, &down);

	wpt_wdm_give(test);
	wpt_down_wait(test, &down);
	KUNIT_EXPECT_EQ(test, down.control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_node.pending);
	wpt_down_free();
	put_task_struct(task);
	wpt_program_close(down.file);
}

/*
 * Another client has the port, and the program is killed: its request is cancelled, and
 * waits in the port's queue no more.
 */
static void winpar_test_down_killed(struct kunit *test)
{
	struct wpt_down down = { };
	struct task_struct *task = wpt_down_waits(test, &down);

	send_sig(SIGKILL, task, 1);
	wpt_down_wait(test, &down);
	KUNIT_EXPECT_EQ(test, down.control.status, (u32)STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_wdm_waiters(test), 0U);
	wpt_wdm_give(test);
	put_task_struct(task);
	wpt_program_close(down.file);
}

static struct kunit_case wpt_wdm_down_cases[] = {
	KUNIT_CASE(winpar_test_down_free),
	KUNIT_CASE(winpar_test_down_busy),
	KUNIT_CASE(winpar_test_down_killed),
	{ }
};

static struct kunit_suite wpt_wdm_down_suite = {
	.name = "winpar_wdm_down",
	.init = wpt_down_init,
	.exit = wpt_down_exit,
	.test_cases = wpt_wdm_down_cases,
};

kunit_test_suite(wpt_wdm_down_suite);
