// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits for the port, but not for ever: prints a line if it gets the port within
 * "patience" ms; else the log has the status of the ALLOCATE, and the module is not loaded.
 *
 *   insmod winpar_wait.ko port=0 patience=2000
 *
 * When winpar_irp_wait_timeout() returns STATUS_TIMEOUT the request is still pending, and
 * winpar uses its memory, which is on the stack here. So wait_allocate() then cancels the
 * request, and waits until it is complete, before it returns.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Waits for the port with a time-out");
MODULE_LICENSE("GPL");

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "Which port: 0 is \\Device\\ParallelPort0 (default)");

static unsigned int patience = 2000;
module_param(patience, uint, 0444);
MODULE_PARM_DESC(patience, "How long to wait for the port, in ms (default: 2000)");

/* Return STATUS_SUCCESS if the file has the port. No request is pending in any case. */
static NTSTATUS wait_allocate(struct winpar_file *file)
{
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	status = winpar_irp_submit(file, &irp);
	if (status != STATUS_PENDING)
		return status;
	status = winpar_irp_wait_timeout(&irp, msecs_to_jiffies(patience));
	/* STATUS_TIMEOUT passes NT_SUCCESS(), so compare: the request is still pending. */
	if (status != STATUS_TIMEOUT)
		return status;
	winpar_irp_cancel(&irp);
	/* STATUS_SUCCESS if the port was granted before the cancel, else STATUS_CANCELLED. */
	return winpar_irp_wait(&irp);
}

/* Print a line, if the printer is ready for each byte within 100 ms. */
static void wait_print(const PARALLEL_PORT_INFORMATION *info, const char *c)
{
	int left;

	for (; *c; c++) {
		for (left = 100; left > 0; left--) {
			if (READ_PORT_UCHAR(info->Controller + 1) & 0x80)
				break;
			usleep_range(1000, 2000);
		}
		if (!left)
			return;
		WRITE_PORT_UCHAR(info->Controller, *c);
		WRITE_PORT_UCHAR(info->Controller + 2, 0x0d);
		udelay(1);
		WRITE_PORT_UCHAR(info->Controller + 2, 0x0c);
	}
}

static int __init wait_init(void)
{
	PARALLEL_PORT_INFORMATION info;
	struct winpar_file *file;
	char name[32];
	NTSTATUS status;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &file);
	if (status != STATUS_SUCCESS) {
		pr_err("cannot open %s: %s (%#010x)\n", name,
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	status = winpar_internal_ioctl(file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &info, sizeof(info), NULL);
	if (status == STATUS_SUCCESS)
		status = wait_allocate(file);
	if (status == STATUS_SUCCESS) {
		wait_print(&info, "The port was had in time.\r\n");
		info.FreePort(info.Context);
	} else {
		pr_err("the port was not had in %u ms: %s (%#010x)\n", patience,
		       winpar_status_name(status), status);
	}
	winpar_close(file);
	return status == STATUS_SUCCESS ? 0 : -EBUSY;
}
module_init(wait_init);

static void __exit wait_exit(void)
{
}
module_exit(wait_exit);
