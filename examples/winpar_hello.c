// SPDX-License-Identifier: GPL-2.0-only
/* A first client: says hello to whatever is on LPT1, a byte at a time. */
#include <linux/delay.h>
#include <linux/module.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

static int __init hello_init(void)
{
	static const char text[] = "Hello from winpar\r\n";
	PARALLEL_PORT_INFORMATION port;
	struct winpar_file *file;
	NTSTATUS status;
	const char *c;

	status = winpar_open("\\Device\\ParallelPort0", &file);
	if (!NT_SUCCESS(status))
		return -ENODEV;
	winpar_internal_ioctl(file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
			      NULL, 0, &port, sizeof(port), NULL);
	/* Waits until it is our turn; lp prints meanwhile, if it wants to. */
	status = winpar_internal_ioctl(file, IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
				       NULL, 0, NULL, 0, NULL);
	for (c = text; status == STATUS_SUCCESS && *c; c++) {
		WRITE_PORT_UCHAR(port.Controller, *c);
		WRITE_PORT_UCHAR(port.Controller + 2, 0x0d);	/* strobe */
		udelay(1);
		WRITE_PORT_UCHAR(port.Controller + 2, 0x0c);
	}
	if (status == STATUS_SUCCESS)
		port.FreePort(port.Context);
	winpar_close(file);
	return status == STATUS_SUCCESS ? 0 : -EIO;
}

static void __exit hello_exit(void)
{
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("A first winpar client");
MODULE_LICENSE("GPL");
