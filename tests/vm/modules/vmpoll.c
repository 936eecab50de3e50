// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmpoll - a winpar client that only polls: TryAllocatePort every "pause" ms.
 *
 * After a call that succeeds the client keeps the port for a millisecond. After
 * one that fails it calls a second time, "again" ms later. "first" counts the
 * first calls that succeeded, "second" the second ones that did, "tries" all
 * first calls; but if a second call was late, as the machine was busy, and
 * failed, "missed" counts the two and "tries" does not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

static unsigned int pause = 100;
module_param(pause, uint, 0444);
MODULE_PARM_DESC(pause, "Milliseconds between two calls");

static unsigned int again = 100;
module_param(again, uint, 0444);
MODULE_PARM_DESC(again, "Milliseconds between a call that failed and the second");

/* A second call that is so many ms late counts as missed if it fails. */
#define LATE	10

static unsigned int tries, first, second, missed;
module_param(tries, uint, 0444);
module_param(first, uint, 0444);
module_param(second, uint, 0444);
module_param(missed, uint, 0444);
MODULE_PARM_DESC(tries, "How many first calls there were, without the missed ones");
MODULE_PARM_DESC(first, "How many first calls succeeded");
MODULE_PARM_DESC(second, "How many second calls succeeded");
MODULE_PARM_DESC(missed, "How many second calls were late and failed");

static struct winpar_file *file;
static PARALLEL_PORT_INFORMATION info;
static struct task_struct *poller;

static bool poll_once(void)
{
	if (!info.TryAllocatePort(info.Context))
		return false;
	usleep_range(1000, 1500);
	info.FreePort(info.Context);
	return true;
}

static int poll_thread(void *unused)
{
	ktime_t start;

	while (!kthread_should_stop()) {
		msleep(pause);
		start = ktime_get();
		if (poll_once()) {
			first++;
		} else {
			usleep_range(1000 * again, 1000 * again + 500);
			if (poll_once()) {
				second++;
			} else if (ktime_ms_delta(ktime_get(), start) >=
				   again + LATE) {
				missed++;
				continue;
			}
		}
		tries++;
	}
	return 0;
}

static int __init poll_init(void)
{
	NTSTATUS status = winpar_open("\\Device\\ParallelPort0", &file);

	if (status == STATUS_SUCCESS)
		status = winpar_internal_ioctl(file,
					       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					       NULL, 0, &info, sizeof(info),
					       NULL);
	if (status != STATUS_SUCCESS)
		return -ENODEV;
	poller = kthread_run(poll_thread, NULL, KBUILD_MODNAME);
	if (!IS_ERR(poller))
		return 0;
	winpar_close(file);
	return PTR_ERR(poller);
}

static void __exit poll_exit(void)
{
	kthread_stop(poller);
	winpar_close(file);
}

module_init(poll_init);
module_exit(poll_exit);
MODULE_DESCRIPTION("A winpar client that only polls");
MODULE_LICENSE("GPL");
