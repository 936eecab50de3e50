// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries a port out for winparctl test: says in the log what it found, and does not load
 * when the test has failed.
 *
 *   insmod winpar_test.ko what=page device=LPT1
 *   insmod winpar_test.ko what=loopback port=0
 *   insmod winpar_test.ko what=interrupt port=0 by=printer
 *
 * page writes a short page to the printer. loopback wants a plug with five wires,
 * as in test_wires below. interrupt lets the plug (by=plug) or the printer
 * (by=printer, which gets carriage returns) move nAck, and counts. Both write to
 * the data lines: nothing else may be connected.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Tries a parallel port out");
MODULE_LICENSE("GPL");

static char *what = "page";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "page, loopback or interrupt (default: page)");

static char *device = "LPT1";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "page: which device (default: LPT1)");

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "loopback, interrupt: which port (default: 0)");

static char *by = "plug";
module_param(by, charp, 0444);
MODULE_PARM_DESC(by, "interrupt: what moves nAck: plug or printer (default: plug)");

/* Registers, and bits in them. */
#define TEST_DATA	0
#define TEST_STATUS	1
#define TEST_CONTROL	2
#define TEST_NOT_BUSY	0x80
#define TEST_READY	0x0c	/* nInit and nSelectIn */
#define TEST_STROBE	0x01
#define TEST_INTEN	0x10

/* How often nAck is moved, and for how long another owner is waited for. */
#define TEST_PULSES	8
#define TEST_PATIENCE	(5 * HZ)

static struct {
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	atomic_t heard;
	bool counting;
} test;

static int test_failed(const char *doing, NTSTATUS status)
{
	pr_err("%s: %s (%#010x)\n", doing, winpar_status_name(status), status);
	return -EIO;
}

static UCHAR test_read(int reg)
{
	return READ_PORT_UCHAR(test.info.Controller + reg);
}

static void test_write(int reg, UCHAR value)
{
	WRITE_PORT_UCHAR(test.info.Controller + reg, value);
}

/* ----- page -------------------------------------------------------------- */

static int test_page(void)
{
	static const char page[] = "winparctl test page\r\n"
				   "This came through winpar.\r\n\f";
	struct winpar_file *file;
	NTSTATUS status;
	ULONG done = 0;

	status = winpar_open(device, &file);
	if (status != STATUS_SUCCESS)
		return test_failed("the device cannot be opened", status);
	status = winpar_write(file, page, sizeof(page) - 1, &done);
	winpar_close(file);
	pr_info("%s has taken %u of %zu bytes\n", device, done,
		sizeof(page) - 1);
	return status == STATUS_SUCCESS ? 0 :
					  test_failed("the page", status);
}

/* ----- loopback ---------------------------------------------------------- */

/* The plug, from D0 on: pins of the 25-pin connector. */
static const char *const test_wires[] = {
	"D0 to nFault (2-15)", "D1 to Select (3-13)", "D2 to PError (4-12)",
	"D3 to nAck (5-10)", "D4 to Busy (6-11)",
};

static int test_loopback(void)
{
	unsigned long wrong = 0;
	unsigned int value, bit;

	test_write(TEST_CONTROL, TEST_READY);
	for (value = 0; value < BIT(ARRAY_SIZE(test_wires)); value++) {
		test_write(TEST_DATA, value);
		usleep_range(50, 100);
		/* Busy is inverted in the register. */
		wrong |= ((test_read(TEST_STATUS) ^ TEST_NOT_BUSY) >> 3) ^ value;
	}
	test_write(TEST_DATA, 0);
	for_each_set_bit(bit, &wrong, ARRAY_SIZE(test_wires))
		pr_err("%s: does not follow\n", test_wires[bit]);
	if (wrong)
		return -EIO;
	pr_info("all %u values came back\n", value);
	return 0;
}

/* ----- interrupt --------------------------------------------------------- */

static BOOLEAN test_isr(PKINTERRUPT interrupt, PVOID context)
{
	if (!READ_ONCE(test.counting))
		return FALSE;
	atomic_inc(&test.heard);
	return TRUE;
}

/* Strobe a carriage return out, when the printer is ready for it. */
static bool test_print(void)
{
	int patience = 250;	/* 5 s */

	while (!(test_read(TEST_STATUS) & TEST_NOT_BUSY)) {
		if (!patience--)
			return false;
		msleep(20);
	}
	test_write(TEST_DATA, '\r');
	udelay(1);
	test_write(TEST_CONTROL, TEST_READY | TEST_INTEN | TEST_STROBE);
	udelay(1);
	test_write(TEST_CONTROL, TEST_READY | TEST_INTEN);
	return true;
}

/* Move nAck down and up by its wire. */
static bool test_pulse(void)
{
	test_write(TEST_DATA, 0x00);
	usleep_range(50, 100);
	test_write(TEST_DATA, 0x08);
	return true;
}

static int test_count(bool (*move)(void))
{
	int n, heard;
	bool ready = true;

	/* nAck is up, and an interrupt of earlier on is over. */
	test_write(TEST_DATA, 0x08);
	test_write(TEST_CONTROL, TEST_READY | TEST_INTEN);
	msleep(20);
	atomic_set(&test.heard, 0);
	WRITE_ONCE(test.counting, true);
	for (n = 0; n < TEST_PULSES && ready; n++) {
		ready = move();
		msleep(20);
	}
	WRITE_ONCE(test.counting, false);
	test_write(TEST_CONTROL, TEST_READY);
	test_write(TEST_DATA, 0);
	heard = atomic_read(&test.heard);
	pr_info("%d interrupts heard of %d\n", heard, TEST_PULSES);
	if (!ready)
		pr_err("the printer is busy, off or not connected\n");
	else if (!heard)
		pr_err("parport%d: heard nothing from interrupt: either nothing is connected that moves nAck, or the port has another interrupt than Linux was told; see winparctl doctor\n",
		       port);
	return ready && heard == TEST_PULSES ? 0 : -EIO;
}

/* ----- a port of its own ------------------------------------------------- */

/* Wait for the port, but not for ever. */
static NTSTATUS test_allocate(void)
{
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_submit(test.file, &irp);
	status = winpar_irp_wait_timeout(&irp, TEST_PATIENCE);
	if (status == STATUS_TIMEOUT) {
		winpar_irp_cancel(&irp);
		status = winpar_irp_wait(&irp);
	}
	return status;
}

static int test_with_port(int (*run)(void))
{
	NTSTATUS status = test_allocate();
	int ret;

	if (status != STATUS_SUCCESS)
		return test_failed("the port was not to be had for 5 s", status);
	ret = run();
	test.info.FreePort(test.info.Context);
	return ret;
}

static int test_by_plug(void)
{
	return test_count(test_pulse);
}

static int test_by_printer(void)
{
	return test_count(test_print);
}

static int test_interrupt(void)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routine;
		PARALLEL_INTERRUPT_INFORMATION interrupt;
	} connect = { .routine = { .InterruptServiceRoutine = test_isr } };
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routine = connect.routine;
	NTSTATUS status;
	int ret;

	status = winpar_internal_ioctl(test.file,
				       IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
				       &connect, sizeof(connect), &connect,
				       sizeof(connect), NULL);
	if (status != STATUS_SUCCESS)
		return test_failed("no routine can be connected", status);
	ret = test_with_port(!strcmp(by, "printer") ? test_by_printer :
						      test_by_plug);
	winpar_internal_ioctl(test.file,
			      IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
			      &routine, sizeof(routine), NULL, 0, NULL);
	return ret;
}

static int test_port(void)
{
	char name[32];
	NTSTATUS status;
	int ret;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &test.file);
	if (status != STATUS_SUCCESS)
		return test_failed("the port cannot be opened", status);
	status = winpar_internal_ioctl(test.file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &test.info, sizeof(test.info),
				       NULL);
	if (status != STATUS_SUCCESS)
		ret = test_failed("the port says nothing of itself", status);
	else if (!strcmp(what, "loopback"))
		ret = test_with_port(test_loopback);
	else
		ret = test_interrupt();
	winpar_close(test.file);
	return ret;
}

static int __init test_init(void)
{
	if (!strcmp(what, "page"))
		return test_page();
	if ((!strcmp(what, "loopback") || !strcmp(what, "interrupt")) &&
	    (!strcmp(by, "plug") || !strcmp(by, "printer")))
		return test_port();
	pr_err("what is %s, by %s?\n", what, by);
	return -EINVAL;
}
module_init(test_init);

static void __exit test_exit(void)
{
}
module_exit(test_exit);
