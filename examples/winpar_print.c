// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that prints a page by interrupt, the way a Windows driver does: one
 * byte per interrupt, one line per turn on the port, so that others (Linux's
 * lp among them) get theirs in between.
 *
 *   allocate request --granted--> print_granted(): strobe the first byte
 *   port interrupt -------------> print_isr(): strobe the next byte;
 *                                 after the last one free the port
 *   port free again ------------> print_check(): submit the next request
 *
 * Needs winpar's parameter enable_connect_interrupt=1. Progress can be read in
 * /sys/module/winpar_print/parameters/.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/workqueue.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

/* Registers, and the bits of the control register. */
#define PRINT_DATA	0
#define PRINT_STATUS	1
#define PRINT_CONTROL	2
#define PRINT_STROBE	0x01
#define PRINT_READY	0x0c	/* nInit and nSelectIn */
#define PRINT_INTEN	0x10

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "Which port: 0 is \\Device\\ParallelPort0 (default)");

static unsigned int lines = 60;
module_param(lines, uint, 0444);
MODULE_PARM_DESC(lines, "How many lines to print (default: 60)");

static unsigned int printed;
module_param(printed, uint, 0444);
MODULE_PARM_DESC(printed, "How many lines have been printed");

static unsigned int interrupts;
module_param(interrupts, uint, 0444);
MODULE_PARM_DESC(interrupts, "How many interrupts have asked for a byte");

static struct {
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	PARALLEL_INTERRUPT_INFORMATION interrupt;
	IRP irp;
	struct delayed_work nudge;
	bool asked;		/* irp is pending */
	bool stopping;
	/* Under the interrupt lock: */
	bool printing;		/* this client has the port */
	const char *next;	/* the next byte to print */
	unsigned int seen;	/* interrupts at the last nudge */
	char line[80];
} print;

/* Strobe a byte out; the interrupt says when the next may follow. */
static void print_byte(char c)
{
	PUCHAR base = print.info.Controller;

	WRITE_PORT_UCHAR(base + PRINT_DATA, c);
	WRITE_PORT_UCHAR(base + PRINT_CONTROL,
			 PRINT_READY | PRINT_INTEN | PRINT_STROBE);
	WRITE_PORT_UCHAR(base + PRINT_CONTROL, PRINT_READY | PRINT_INTEN);
}

/* With the interrupt lock held: the next byte, or the end of the line. */
static void print_next(void)
{
	PUCHAR base = print.info.Controller;

	if (*print.next) {
		print_byte(*print.next++);
		return;
	}
	print.printing = false;
	printed++;
	WRITE_PORT_UCHAR(base + PRINT_CONTROL, PRINT_READY);
	print.interrupt.FreePortFromInterruptLevel(print.interrupt.Context);
}

/* Called for every interrupt of the port, also for those that other clients cause. */
static BOOLEAN print_isr(PKINTERRUPT interrupt, PVOID context)
{
	if (!print.printing)
		return FALSE;
	READ_PORT_UCHAR(print.info.Controller + PRINT_STATUS);
	interrupts++;
	print_next();
	return TRUE;
}

static BOOLEAN print_start(PVOID context)
{
	snprintf(print.line, sizeof(print.line),
		 "winpar line %03u: one byte per interrupt\n", printed + 1);
	print.next = print.line;
	print.printing = true;
	print_next();
	return TRUE;
}

/* The completion routine of the request: this client has the port. */
static NTSTATUS print_granted(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	WRITE_ONCE(print.asked, false);
	if (irp->IoStatus.Status == STATUS_SUCCESS)
		winpar_interrupt_synchronize(print.interrupt.InterruptObject,
					     print_start, NULL);
	return STATUS_SUCCESS;
}

/* The port has become free: ask for it if there are lines left to print. */
static VOID print_check(PVOID context)
{
	if (READ_ONCE(print.asked) || READ_ONCE(print.stopping) ||
	    READ_ONCE(printed) >= lines)
		return;
	WRITE_ONCE(print.asked, true);
	winpar_irp_init(&print.irp);
	winpar_irp_set_ioctl(&print.irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(&print.irp, print_granted, NULL);
	winpar_irp_submit(print.file, &print.irp);
}

/* A printer that had no paper sends no interrupt when it has some again. */
static BOOLEAN print_renew(PVOID context)
{
	UCHAR status = READ_PORT_UCHAR(print.info.Controller + PRINT_STATUS);

	if (print.printing && interrupts == print.seen && (status & 0x80))
		print_next();
	print.seen = interrupts;
	return TRUE;
}

static void print_nudge(struct work_struct *work)
{
	winpar_interrupt_synchronize(print.interrupt.InterruptObject,
				     print_renew, NULL);
	schedule_delayed_work(&print.nudge, HZ);
}

static int __init print_init(void)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION interrupt;
	} connect = { .routines = {
		.InterruptServiceRoutine = print_isr,
		.DeferredPortCheckRoutine = print_check,
	} };
	char name[32];
	NTSTATUS status;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &print.file);
	if (!NT_SUCCESS(status)) {
		pr_err("cannot open %s: %s (%#010x)\n", name,
		       winpar_status_name(status), status);
		return -ENODEV;
	}
	status = winpar_internal_ioctl(print.file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &print.info, sizeof(print.info),
				       NULL);
	if (NT_SUCCESS(status))
		status = winpar_internal_ioctl(print.file,
					       IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
					       &connect, sizeof(connect),
					       &connect, sizeof(connect), NULL);
	if (!NT_SUCCESS(status)) {
		pr_err("cannot print on %s by interrupt: %s (%#010x)\n", name,
		       winpar_status_name(status), status);
		winpar_close(print.file);
		return -EIO;
	}
	print.interrupt = connect.interrupt;
	INIT_DELAYED_WORK(&print.nudge, print_nudge);
	schedule_delayed_work(&print.nudge, HZ);
	print_check(NULL);
	return 0;
}

/* A line that is being printed is finished first. */
static BOOLEAN print_is_idle(PVOID context)
{
	return !print.printing;
}

static void __exit print_exit(void)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = print_isr,
	};
	int tries = 50;

	WRITE_ONCE(print.stopping, true);
	winpar_irp_cancel(&print.irp);
	while (!winpar_interrupt_synchronize(print.interrupt.InterruptObject,
					     print_is_idle, NULL) && tries--)
		schedule_timeout_uninterruptible(HZ / 10);
	winpar_internal_ioctl(print.file,
			      IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
			      &routines, sizeof(routines), NULL, 0, NULL);
	cancel_delayed_work_sync(&print.nudge);
	winpar_close(print.file);
	pr_info("%u of %u lines printed, %u interrupts\n", printed, lines,
		interrupts);
}

module_init(print_init);
module_exit(print_exit);
MODULE_DESCRIPTION("Prints a page by interrupt through winpar");
MODULE_LICENSE("GPL");
