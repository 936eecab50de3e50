// SPDX-License-Identifier: GPL-2.0-only
/* Programs that wait for a driver, and are killed (wdm/user.c). */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "wdm_node_driver.h"

/**
 * struct wpt_killed - a program that waits for a request
 * @file: what the program has open
 * @control: the request
 * @ended: set by wpt_killed_run() when the request is complete
 */
struct wpt_killed {
	struct file *file;
	struct winpar_device_control control;
	KEVENT ended;
};

/* The program's thread, which SIGKILL reaches: it makes the request. */
static int wpt_killed_run(void *data)
{
	struct wpt_killed *killed = data;

	allow_signal(SIGKILL);
	wpt_program_control(killed->file, &killed->control);
	KeSetEvent(&killed->ended, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* Begin a program whose request the driver keeps pending; wait until it does. */
static struct task_struct *wpt_killed_begin(struct kunit *test,
					    struct wpt_killed *killed)
{
	struct task_struct *task;

	killed->file = wpt_node_open(test, O_RDWR);
	killed->control = (struct winpar_device_control){
		.code = WPT_NODE_CODE(METHOD_OUT_DIRECT, FILE_ANY_ACCESS),
		.out = wpt_program_at(0),
		.out_length = 8,
	};
	KeInitializeEvent(&killed->ended, NotificationEvent, FALSE);
	wpt_node.hold = true;
	task = kthread_run(wpt_killed_run, killed, "wdm_killed");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	KeWaitForSingleObject(&wpt_node.held, Executive, KernelMode, FALSE, NULL);
	return task;
}

/* The program waits until the driver completes its request. */
static void winpar_test_killed_not(struct kunit *test)
{
	struct wpt_killed killed = { };
	struct task_struct *task = wpt_killed_begin(test, &killed);

	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&killed.ended, 50), STATUS_TIMEOUT);
	wpt_node.information = 2;
	IoSetCancelRoutine(wpt_node.irp, NULL);
	wpt_node_complete(wpt_node.irp);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&killed.ended, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, killed.control.status, (u32)STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, killed.control.information, 2ULL);
	put_task_struct(task);
	wpt_program_close(killed.file);
}

/* The program is killed: the cancel routine of its request completes the request. */
static void winpar_test_killed(struct kunit *test)
{
	struct wpt_killed killed = { };
	struct task_struct *task = wpt_killed_begin(test, &killed);

	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&killed.ended, WPT_PATIENCE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, killed.control.status, (u32)STATUS_CANCELLED);
	put_task_struct(task);
	wpt_program_close(killed.file);
}

/*
 * The program is killed, and its request has no cancel routine: the program waits until the
 * driver completes the request, and after 5 s the log says so.
 */
static void winpar_test_killed_late(struct kunit *test)
{
	struct wpt_killed killed = { };
	struct task_struct *task = wpt_killed_begin(test, &killed);
	u64 since = wpt_kmsg_end();

	IoSetCancelRoutine(wpt_node.irp, NULL);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wpt_kmsg_comes(test, since, "winpar_kunit: a program",
					       "waits for IRP_MJ 0xe, which"));
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&killed.ended, 50), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: a program",
						"waits for IRP_MJ 0xe, which"));
	wpt_node_complete(wpt_node.irp);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&killed.ended, WPT_PATIENCE), STATUS_SUCCESS);
	put_task_struct(task);
	wpt_program_close(killed.file);
}

static struct kunit_case wpt_wdm_killed_cases[] = {
	KUNIT_CASE(winpar_test_killed_not),
	KUNIT_CASE(winpar_test_killed),
	KUNIT_CASE(winpar_test_killed_late),
	{ }
};

static struct kunit_suite wpt_wdm_killed_suite = {
	.name = "winpar_wdm_killed",
	.init = wpt_node_init,
	.exit = wpt_node_exit,
	.test_cases = wpt_wdm_killed_cases,
};

kunit_test_suite(wpt_wdm_killed_suite);
