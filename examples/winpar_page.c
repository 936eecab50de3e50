// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaves the protocol to winpar: reads the printer's ID, negotiates the fastest protocol
 * that the printer and the port have, and writes a page.
 *
 *   insmod winpar_page.ko device=LPT1
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/moduleparam.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Writes a page in the fastest protocol");
MODULE_LICENSE("GPL");

static char *device = "LPT1";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "Which device (default: LPT1)");

static const char page[] =
	"A page, written by winpar_page.\r\n"
	"Which protocol it came in was for winpar to find out.\r\n"
	"\f";

/* The names of a mask's bits, from bit 0 on. */
static const char *const page_protocols[] = {
	"CENTRONICS", "IEEE_COMPATIBILITY", "NIBBLE", "CHANNEL_NIBBLE",
	"BYTE_BIDIR", "EPP_HW", "EPP_SW", "BOUNDED_ECP", "ECP_HW_NOIRQ",
	"ECP_HW_IRQ", "ECP_SW",
};

/* Not every printer has an ID: one that has none prints all the same. */
static void page_identify(struct winpar_file *file)
{
	static char id[1024];
	NTSTATUS status;

	status = winpar_device_ioctl(file, IOCTL_PAR_QUERY_DEVICE_ID, NULL, 0,
				     id, sizeof(id), NULL);
	if (status == STATUS_SUCCESS)
		pr_info("%s is %s\n", device, id);
	else
		pr_info("%s does not say what it is: %s (%#010x)\n", device,
			winpar_status_name(status), status);
}

static NTSTATUS page_negotiate(struct winpar_file *file)
{
	/* Any protocol for writing; that for reading stays as it is. */
	PARCLASS_NEGOTIATION_MASK mask = {
		.usWriteMask = ECP_ANY | EPP_ANY | IEEE_COMPATIBILITY |
			       CENTRONICS,
	};
	unsigned int bit;
	NTSTATUS status;

	status = winpar_device_ioctl(file, IOCTL_IEEE1284_NEGOTIATE, &mask,
				     sizeof(mask), &mask, sizeof(mask), NULL);
	bit = ffs(mask.usWriteMask) - 1;
	if (status != STATUS_SUCCESS)
		pr_err("%s: no protocol in common: %s (%#010x)\n", device,
		       winpar_status_name(status), status);
	else if (bit < ARRAY_SIZE(page_protocols))
		pr_info("%s takes %s\n", device, page_protocols[bit]);
	return status;
}

static NTSTATUS page_write(struct winpar_file *file)
{
	NTSTATUS status;
	ULONG done;

	/* Waits until the driver that has the port now has freed it. */
	status = winpar_write(file, page, sizeof(page) - 1, &done);
	if (status == STATUS_SUCCESS)
		pr_info("%s has taken %u bytes\n", device, done);
	else
		pr_err("%s has taken %u of %zu bytes: %s (%#010x)\n", device,
		       done, sizeof(page) - 1, winpar_status_name(status),
		       status);
	return status;
}

static int __init page_init(void)
{
	struct winpar_file *file;
	NTSTATUS status;

	status = winpar_open(device, &file);
	if (status != STATUS_SUCCESS) {
		pr_err("%s cannot be opened: %s (%#010x)\n", device,
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	page_identify(file);
	status = page_negotiate(file);
	if (status == STATUS_SUCCESS)
		status = page_write(file);
	winpar_close(file);
	return status == STATUS_SUCCESS ? 0 : -EIO;
}
module_init(page_init);

static void __exit page_exit(void)
{
}
module_exit(page_exit);
