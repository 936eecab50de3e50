// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers a port's IEEE 1284.3 daisy chain, and prints a line on each device.
 *
 *   insmod winpar_daisy.ko port=1
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Prints a line on each device of a daisy chain");
MODULE_LICENSE("GPL");

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "Which port: 0 is \\Device\\ParallelPort0 (default)");

static NTSTATUS daisy_print(const PARALLEL_PORT_INFORMATION *info,
			    const char *c)
{
	int patience = 500;	/* 10 s in all for a busy printer */

	for (; *c; c++) {
		while (!(READ_PORT_UCHAR(info->Controller + 1) & 0x80)) {
			if (!patience--)
				return STATUS_DEVICE_BUSY;
			msleep(20);
		}
		WRITE_PORT_UCHAR(info->Controller, *c);
		WRITE_PORT_UCHAR(info->Controller + 2, 0x0d);	/* strobe */
		udelay(1);
		WRITE_PORT_UCHAR(info->Controller + 2, 0x0c);
	}
	return STATUS_SUCCESS;
}

/* Selecting allocates the port, deselecting frees it. */
static NTSTATUS daisy_device(struct winpar_file *file,
			     const PARALLEL_PORT_INFORMATION *info, UCHAR id)
{
	PARALLEL_1284_COMMAND device = { .ID = id };
	NTSTATUS status, printed;
	char text[32];

	status = winpar_internal_ioctl(file, IOCTL_INTERNAL_SELECT_DEVICE,
				       &device, sizeof(device), NULL, 0, NULL);
	if (!NT_SUCCESS(status))
		return status;
	snprintf(text, sizeof(text), "Hello device %u", id);
	printed = daisy_print(info, text);
	status = winpar_internal_ioctl(file, IOCTL_INTERNAL_DESELECT_DEVICE,
				       &device, sizeof(device), NULL, 0, NULL);
	if (!NT_SUCCESS(printed))
		return printed;
	if (NT_SUCCESS(status))
		pr_info("device %u selected, \"%s\" sent, deselected\n", id,
			text);
	return status;
}

static NTSTATUS daisy_chain(struct winpar_file *file)
{
	PARALLEL_PORT_INFORMATION info;
	PARALLEL_PNP_INFORMATION pnp;
	NTSTATUS status;
	ULONG id;

	status = winpar_internal_ioctl(file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &info, sizeof(info), NULL);
	if (NT_SUCCESS(status))
		status = winpar_internal_ioctl(file,
					       IOCTL_INTERNAL_INIT_1284_3_BUS,
					       NULL, 0, NULL, 0, NULL);
	if (NT_SUCCESS(status))
		status = winpar_internal_ioctl(file,
					       IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
					       NULL, 0, &pnp, sizeof(pnp), NULL);
	if (!NT_SUCCESS(status))
		return status;
	pr_info("%u devices are chained to the port, numbered from 0\n",
		pnp.Ieee1284_3DeviceCount);
	for (id = 0; id < pnp.Ieee1284_3DeviceCount && NT_SUCCESS(status); id++)
		status = daisy_device(file, &info, id);
	return status;
}

static int __init daisy_init(void)
{
	struct winpar_file *file;
	NTSTATUS status;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &file);
	if (NT_SUCCESS(status)) {
		status = daisy_chain(file);
		winpar_close(file);
	}
	if (NT_SUCCESS(status))
		return 0;
	pr_err("%s: %s (%#010x)\n", name, winpar_status_name(status), status);
	return -EIO;
}
module_init(daisy_init);

static void __exit daisy_exit(void)
{
}
module_exit(daisy_exit);
