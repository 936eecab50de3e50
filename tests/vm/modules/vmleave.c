// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmleave - a winpar client that closes nothing when it is unloaded, or whose
 * init waits for the port. The parameter "what" says what it has open:
 *
 * what=requests	one file has the port, a request waits on another file
 * what=checks		two deferred port check routines; the second one calls
 *			winpar with the first file, which has the port
 * what=watch a watch that opens a port that comes and closes it when it
 *			goes
 * what=wait a watch whose routine waits for the port what=borrow routines and
 * requests through the file of vmclient's opener a what=call init allocates
 * \Device\ParallelPort0, frees it and ends what=write init writes "bytes" bytes
 * to LPT1 and ends what=open init opens LPT1.4 and ends
 *
 * A routine that winpar calls after the module's exit function has begun writes
 * "called after exit" to the log. With call, write and open init fails with
 * ECANCELED unless the status is STATUS_SUCCESS.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <winpar/winpar.h>

#include "vmclient.h"

WINPAR_CLIENT();

#define FILES	8

static char *what = "requests";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "What to leave open, or what init waits for");

static unsigned int bytes = 100;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "How many bytes what=write writes");

static bool left;
static struct winpar_file *files[FILES];
static unsigned int nfiles;
static DEFINE_MUTEX(files_lock);
static IRP irps[2];

/* Each routine of this module calls this first. */
static void note_call(const char *routine)
{
	if (READ_ONCE(left))
		pr_err("its %s was called after exit\n", routine);
}

static NTSTATUS leave_open(const char *name)
{
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

	mutex_lock(&files_lock);
	if (nfiles < FILES)
		status = winpar_open(name, &files[nfiles]);
	if (status == STATUS_SUCCESS)
		nfiles++;
	mutex_unlock(&files_lock);
	return status;
}

static NTSTATUS leave_call(struct winpar_file *file, ULONG code)
{
	return winpar_internal_ioctl(file, code, NULL, 0, NULL, 0, NULL);
}

static NTSTATUS leave_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	note_call("completion routine");
	return STATUS_SUCCESS;
}

static NTSTATUS leave_submit(struct winpar_file *file, IRP *irp)
{
	winpar_irp_init(irp);
	winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(irp, leave_done, NULL);
	return winpar_irp_submit(file, irp);
}

static BOOLEAN leave_isr(PKINTERRUPT interrupt, PVOID context)
{
	note_call("interrupt routine");
	return TRUE;
}

/* Takes so long that the unloading of the module goes on while it runs. */
static VOID leave_check_slowly(PVOID context)
{
	note_call("deferred port check routine");
	mdelay(3);
}

static VOID leave_check_other(PVOID context)
{
	note_call("deferred port check routine");
	leave_call(files[0], IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO);
}

static NTSTATUS leave_connect(struct winpar_file *file,
			      PPARALLEL_DEFERRED_ROUTINE check, void *context)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION interrupt;
	} both = { .routines = {
		.InterruptServiceRoutine = leave_isr,
		.InterruptServiceContext = context,
		.DeferredPortCheckRoutine = check,
		.DeferredPortCheckContext = context,
	} };

	return winpar_internal_ioctl(file,
				     IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
				     &both, sizeof(both), &both, sizeof(both),
				     NULL);
}

/* ----- watches ------------------------------------------------------------ */

static void leave_arrived(struct winpar_watch *watch, const char *name)
{
	note_call("watch");
	if (strcmp(what, "wait")) {
		leave_open(name);
		return;
	}
	if (leave_open(name) != STATUS_SUCCESS)
		return;
	pr_info("the watch waits for the port\n");
	pr_info("the watch has the port: %#x\n",
		leave_call(files[0], IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE));
	leave_call(files[0], IOCTL_INTERNAL_PARALLEL_PORT_FREE);
}

static void leave_removed(struct winpar_watch *watch, const char *name)
{
	note_call("watch");
	mutex_lock(&files_lock);
	while (nfiles)
		winpar_close(files[--nfiles]);
	mutex_unlock(&files_lock);
}

static struct winpar_watch watch = {
	.arrived = leave_arrived,
	.removed = leave_removed,
};

/* ----- the values of "what" -------------------------------------------------- */

static NTSTATUS leave_requests(void)
{
	NTSTATUS status = leave_open("\\Device\\ParallelPort0") ?:
			  leave_open("\\Device\\ParallelPort0") ?:
			  leave_call(files[0],
				     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE);

	if (status != STATUS_SUCCESS)
		return status;
	status = leave_submit(files[1], &irps[0]);
	return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

static NTSTATUS leave_checks(void)
{
	return leave_open("\\Device\\ParallelPort0") ?:
	       leave_open("\\Device\\ParallelPort0") ?:
	       leave_connect(files[1], leave_check_slowly, &files[0]) ?:
	       leave_connect(files[1], leave_check_other, &files[1]) ?:
	       leave_call(files[0], IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE);
}

static NTSTATUS leave_borrow(void)
{
	struct winpar_file *file = vmclient_file(0);
	NTSTATUS status;
	unsigned int i;

	status = leave_connect(file, leave_check_slowly, NULL);
	for (i = 0; i < ARRAY_SIZE(irps) && status == STATUS_SUCCESS; i++)
		if (leave_submit(file, &irps[i]) != STATUS_PENDING)
			status = STATUS_UNSUCCESSFUL;
	return status;
}

static NTSTATUS leave_allocate(void)
{
	return leave_open("\\Device\\ParallelPort0") ?:
	       leave_call(files[0], IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE) ?:
	       leave_call(files[0], IOCTL_INTERNAL_PARALLEL_PORT_FREE);
}

static NTSTATUS leave_write(void)
{
	NTSTATUS status = leave_open("LPT1");
	char *page;

	if (status != STATUS_SUCCESS)
		return status;
	page = kmalloc(bytes, GFP_KERNEL);
	if (!page)
		return STATUS_INSUFFICIENT_RESOURCES;
	memset(page, 'w', bytes);
	status = winpar_write(files[0], page, bytes, NULL);
	kfree(page);
	return status;
}

static NTSTATUS leave_open_end(void)
{
	return leave_open("LPT1.4");
}

static NTSTATUS leave_watch(void)
{
	return winpar_watch_ports(&watch);
}

static const struct {
	const char *name;
	NTSTATUS (*run)(void);
	bool ends;
} whats[] = {
	{ "requests", leave_requests },
	{ "checks", leave_checks },
	{ "watch", leave_watch },
	{ "wait", leave_watch },
	{ "borrow", leave_borrow },
	{ "call", leave_allocate, true },
	{ "write", leave_write, true },
	{ "open", leave_open_end, true },
};

static int __init leave_init(void)
{
	NTSTATUS status = STATUS_INVALID_PARAMETER;
	bool ends = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(whats); i++) {
		if (strcmp(whats[i].name, what))
			continue;
		ends = whats[i].ends;
		status = whats[i].run();
	}
	pr_info("%s: status %#x\n", what, status);
	if (ends)
		while (nfiles)
			winpar_close(files[--nfiles]);
	return status == STATUS_SUCCESS ? 0 : -ECANCELED;
}

static void __exit leave_exit(void)
{
	WRITE_ONCE(left, true);
}

module_init(leave_init);
module_exit(leave_exit);
MODULE_DESCRIPTION("A winpar client that closes nothing when it is unloaded");
MODULE_LICENSE("GPL");
