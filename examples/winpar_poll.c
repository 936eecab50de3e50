// SPDX-License-Identifier: GPL-2.0-only
/*
 * Polls for the port instead of waiting in its queue, and is polite about it: it
 * writes a few lines, and frees the port between two of them when another driver
 * waits for it.
 *
 *   insmod winpar_poll.ko port=0 lines=60
 *
 * A Windows driver does so when it must not have a request pending. Progress can
 * be read in /sys/module/winpar_poll/parameters/.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/workqueue.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Polls for the port, and yields it when others wait");
MODULE_LICENSE("GPL");

/*
 * At most as many lines in a turn. A port that is removed in the middle reads as
 * ready, so a turn has to end by itself: the next TryAllocatePort returns FALSE then.
 */
#define POLL_LINES	8

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "Which port: 0 is \\Device\\ParallelPort0 (default)");

static unsigned int lines = 60;
module_param(lines, uint, 0444);
MODULE_PARM_DESC(lines, "How many lines to write (default: 60)");

static unsigned int interval = 100;
module_param(interval, uint, 0444);
MODULE_PARM_DESC(interval, "Ask for the port every so many ms (default: 100)");

static unsigned int written;
module_param(written, uint, 0444);
MODULE_PARM_DESC(written, "How many lines have been written");

static unsigned int turns;
module_param(turns, uint, 0444);
MODULE_PARM_DESC(turns, "How often the port was had");

static unsigned int yields;
module_param(yields, uint, 0444);
MODULE_PARM_DESC(yields, "How often it was freed because another waited");

static struct winpar_file *file;
static PARALLEL_PORT_INFORMATION info;

/* Write a byte. Returns false when the printer was not ready for 100 ms. */
static bool poll_byte(char c)
{
	PUCHAR base = info.Controller;
	int patience = 100;

	while (!(READ_PORT_UCHAR(base + 1) & 0x80)) {
		if (!patience--)
			return false;
		usleep_range(1000, 1500);
	}
	WRITE_PORT_UCHAR(base, c);
	WRITE_PORT_UCHAR(base + 2, 0x0d);	/* strobe */
	udelay(1);
	WRITE_PORT_UCHAR(base + 2, 0x0c);
	return true;
}

/* What is left of the line that is being written. */
static char line[48];
static const char *rest = "";

static bool poll_line(void)
{
	if (!*rest) {
		snprintf(line, sizeof(line), "winpar_poll line %03u\n",
			 written + 1);
		rest = line;
	}
	for (; *rest; rest++)
		if (!poll_byte(*rest))
			return false;
	written++;
	return true;
}

/* This client has the port: write lines. */
static void poll_turn(void)
{
	unsigned int left = POLL_LINES;

	turns++;
	while (left-- && written < lines && poll_line()) {
		/* Counts Linux drivers, too. */
		if (info.QueryNumWaiters(info.Context)) {
			yields++;
			return;
		}
	}
}

/* TryAllocatePort says FALSE of a port that has gone, too: a request tells. */
static bool poll_is_gone(void)
{
	return winpar_internal_ioctl(file,
				     IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO,
				     NULL, 0, NULL, 0,
				     NULL) == STATUS_DELETE_PENDING;
}

static void poll_again(struct work_struct *work);
static DECLARE_DELAYED_WORK(poll_work, poll_again);

static void poll_again(struct work_struct *work)
{
	if (info.TryAllocatePort(info.Context)) {
		poll_turn();
		info.FreePort(info.Context);
	} else if (poll_is_gone()) {
		pr_info("the port has gone: %u of %u lines written\n", written,
			lines);
		return;
	}
	if (written < lines)
		schedule_delayed_work(&poll_work, msecs_to_jiffies(interval));
}

static int __init poll_init(void)
{
	NTSTATUS status;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &file);
	if (status != STATUS_SUCCESS) {
		pr_err("%s cannot be opened: %s (%#010x)\n", name,
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	status = winpar_internal_ioctl(file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &info, sizeof(info), NULL);
	if (status != STATUS_SUCCESS) {
		pr_err("%s is gone: %s (%#010x)\n", name,
		       winpar_status_name(status), status);
		winpar_close(file);
		return -EIO;
	}
	schedule_delayed_work(&poll_work, 0);
	return 0;
}
module_init(poll_init);

static void __exit poll_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
	winpar_close(file);
	pr_info("%u of %u lines written in %u turns, %u yields\n", written,
		lines, turns, yields);
}
module_exit(poll_exit);
