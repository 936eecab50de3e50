// SPDX-License-Identifier: GPL-2.0-only
/* A first client: says hello to the printer on LPT1, a byte at a time. */
#include <linux/delay.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("A first winpar client");
MODULE_LICENSE("GPL");

static NTSTATUS hello_print(const PARALLEL_PORT_INFORMATION *port,
			    const char *c)
{
	int patience = 500;	/* 10 s in all for a busy printer */

	for (; *c; c++) {
		while (!(READ_PORT_UCHAR(port->Controller + 1) & 0x80)) {
			if (!patience--)
				return STATUS_DEVICE_BUSY;
			msleep(20);
		}
		WRITE_PORT_UCHAR(port->Controller, *c);
		WRITE_PORT_UCHAR(port->Controller + 2, 0x0d);	/* strobe */
		udelay(1);
		WRITE_PORT_UCHAR(port->Controller + 2, 0x0c);
	}
	return STATUS_SUCCESS;
}

static int __init hello_init(void)
{
	PARALLEL_PORT_INFORMATION port;
	struct winpar_file *file;
	NTSTATUS status;

	status = winpar_open("\\Device\\ParallelPort0", &file);
	if (!NT_SUCCESS(status)) {
		pr_err("winpar_hello: no port: %s (%#010x)\n",
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	winpar_internal_ioctl(file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
			      NULL, 0, &port, sizeof(port), NULL);
	/* Waits for our turn, until what has the port now frees it. */
	status = winpar_internal_ioctl(file, IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
				       NULL, 0, NULL, 0, NULL);
	if (status == STATUS_SUCCESS) {
		status = hello_print(&port, "Hello from winpar\r\n");
		port.FreePort(port.Context);
	}
	winpar_close(file);
	if (status == STATUS_SUCCESS)
		return 0;
	pr_err("winpar_hello: not printed: %s (%#010x)\n",
	       winpar_status_name(status), status);
	return -EIO;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
}
module_exit(hello_exit);
