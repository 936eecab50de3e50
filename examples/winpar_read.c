// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks an instrument a question and reads the answer, in ECP both ways. The
 * time-outs are such that a read returns at once with whatever bytes have come,
 * however few of those that it asked for; only when none has come does it wait
 * for the first.
 *
 *   insmod winpar_read.ko device=LPT1 ask='*IDN?' patience=1000
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <winpar/ntddser.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Asks an instrument and reads its answer by ECP");
MODULE_LICENSE("GPL");

static char *device = "LPT1";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "Which device (default: LPT1)");

static char *ask = "";
module_param(ask, charp, 0444);
MODULE_PARM_DESC(ask, "What to send before reading (default: nothing)");

static unsigned int patience = 1000;
module_param(patience, uint, 0444);
MODULE_PARM_DESC(patience, "How long to wait for the first byte, in ms (default: 1000)");

static NTSTATUS read_negotiate(struct winpar_file *file)
{
	PARCLASS_NEGOTIATION_MASK mask = {
		.usReadMask = ECP_ANY,
		.usWriteMask = ECP_ANY,
	};

	return winpar_device_ioctl(file, IOCTL_IEEE1284_NEGOTIATE, &mask,
				   sizeof(mask), &mask, sizeof(mask), NULL);
}

/*
 * MAXULONG for these two, and a constant between 0 and MAXULONG: a read takes
 * what is there, else it waits for the first byte until the constant has run
 * out, which is STATUS_TIMEOUT. The write's time is one second in all.
 */
static NTSTATUS read_set_timeouts(struct winpar_file *file)
{
	SERIAL_TIMEOUTS timeouts = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutMultiplier = MAXULONG,
		.ReadTotalTimeoutConstant = patience,
		.WriteTotalTimeoutConstant = 1000,
	};

	return winpar_device_ioctl(file, IOCTL_SERIAL_SET_TIMEOUTS, &timeouts,
				   sizeof(timeouts), NULL, 0, NULL);
}

static NTSTATUS read_ask(struct winpar_file *file)
{
	ULONG len = strlen(ask), done = 0;
	NTSTATUS status;

	if (!len)
		return STATUS_SUCCESS;
	status = winpar_write(file, ask, len, &done);
	/* STATUS_TIMEOUT passes NT_SUCCESS: compare with STATUS_SUCCESS. */
	if (status != STATUS_SUCCESS)
		pr_err("%s has taken %u of %u bytes: %s (%#010x)\n", device,
		       done, len, winpar_status_name(status), status);
	return status;
}

/* Reads until nothing has come for @patience ms. */
static NTSTATUS read_answer(struct winpar_file *file)
{
	static char answer[256];
	unsigned long start;
	NTSTATUS status;
	ULONG done;

	do {
		start = jiffies;
		status = winpar_read(file, answer, sizeof(answer), &done);
		if (done)
			pr_info("%u bytes after %u ms: %*pE\n", done,
				jiffies_to_msecs(jiffies - start), done,
				answer);
	} while (status == STATUS_SUCCESS && done);
	if (status == STATUS_TIMEOUT)
		pr_info("nothing more came in %u ms\n", patience);
	else
		pr_err("%s cannot be read: %s (%#010x)\n", device,
		       winpar_status_name(status), status);
	return status;
}

static int __init read_init(void)
{
	struct winpar_file *file;
	NTSTATUS status;

	status = winpar_open(device, &file);
	if (status != STATUS_SUCCESS) {
		pr_err("%s cannot be opened: %s (%#010x)\n", device,
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	status = read_negotiate(file);
	if (status == STATUS_SUCCESS)
		status = read_set_timeouts(file);
	if (status != STATUS_SUCCESS)
		pr_err("%s does not speak ECP: %s (%#010x)\n", device,
		       winpar_status_name(status), status);
	else
		status = read_ask(file);
	if (status == STATUS_SUCCESS)
		status = read_answer(file);
	winpar_close(file);
	return status == STATUS_TIMEOUT ? 0 : -EIO;
}
module_init(read_init);

static void __exit read_exit(void)
{
}
module_exit(read_exit);
