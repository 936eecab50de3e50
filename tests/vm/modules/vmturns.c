// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmturns - winpar clients that allocate, print and free as fast as they can.
 *
 * Each element of "port" has a thread with a file of its own. A turn of the
 * thread is: an ALLOCATE request, waited for; one byte (A to Z, then A again)
 * or, where "text" has an element, a line of that text and the turn's number,
 * from 0; FreePort.
 *
 * With connect=1 an interrupt routine is connected, and the bytes are strobed
 * with the port's interrupt on. A thread ends after "turns" turns (0: never),
 * when 1 is written to "stop", or when a request fails, whose status "status"
 * has then.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

#define THREADS		4

#define REG_DATA	0
#define REG_STATUS	1
#define REG_CONTROL	2

#define STATUS_READY	0xc0	/* nBusy and nAck high */
#define CONTROL_STROBE	0x01
#define CONTROL_READY	0x0c	/* nInit and nSelectIn */
#define CONTROL_INTEN	0x10

static int port[THREADS];
static unsigned int threads = 1;
module_param_array(port, int, &threads, 0444);
MODULE_PARM_DESC(port, "Which ports; one may be named more than once");

static char *text[THREADS];
module_param_array(text, charp, NULL, 0444);
MODULE_PARM_DESC(text, "What each line begins with; none: single bytes");

static unsigned int turns;
module_param(turns, uint, 0444);
MODULE_PARM_DESC(turns, "How many turns (default: until stopped)");

static unsigned int pause;
module_param(pause, uint, 0644);
MODULE_PARM_DESC(pause, "Microseconds between a thread's turns");

static bool connect;
module_param(connect, bool, 0444);
MODULE_PARM_DESC(connect, "Interrupts on, and a routine connected");

static bool stop;
module_param(stop, bool, 0644);
MODULE_PARM_DESC(stop, "Write 1 to end");

static unsigned int printed[THREADS];
module_param_array(printed, uint, NULL, 0444);
MODULE_PARM_DESC(printed, "How many turns each thread has had");

static unsigned int running;
module_param(running, uint, 0444);
MODULE_PARM_DESC(running, "How many threads have not ended");

static unsigned int interrupts;
module_param(interrupts, uint, 0444);
MODULE_PARM_DESC(interrupts, "How many interrupts were heard");

static unsigned int longest;
module_param(longest, uint, 0444);
MODULE_PARM_DESC(longest, "The longest wait for a turn, in ms");

static int status[THREADS];
module_param_array(status, int, NULL, 0444);
MODULE_PARM_DESC(status, "How each thread's last request ended");

static struct turner {
	unsigned int index;
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	IRP irp;
	struct task_struct *task;
} turners[THREADS];

static DEFINE_SPINLOCK(count_lock);

static BOOLEAN turns_isr(PKINTERRUPT interrupt, PVOID context)
{
	struct turner *t = context;

	READ_PORT_UCHAR(t->info.Controller + REG_STATUS);
	interrupts++;
	return TRUE;
}

static NTSTATUS turns_byte(struct turner *t, char c)
{
	u8 control = CONTROL_READY | (connect ? CONTROL_INTEN : 0);
	PUCHAR base = t->info.Controller;
	unsigned int looks = 10000;

	while ((READ_PORT_UCHAR(base + REG_STATUS) & STATUS_READY) !=
	       STATUS_READY)
		if (!looks--)
			return STATUS_IO_TIMEOUT;
	WRITE_PORT_UCHAR(base + REG_DATA, c);
	WRITE_PORT_UCHAR(base + REG_CONTROL, control | CONTROL_STROBE);
	WRITE_PORT_UCHAR(base + REG_CONTROL, control);
	return STATUS_SUCCESS;
}

static NTSTATUS turns_print(struct turner *t)
{
	unsigned int number = printed[t->index];
	NTSTATUS result = STATUS_SUCCESS;
	char line[64];
	char *c;

	if (!text[t->index])
		return turns_byte(t, 'A' + number % 26);
	snprintf(line, sizeof(line), "%s%u\n", text[t->index], number);
	for (c = line; *c && NT_SUCCESS(result); c++)
		result = turns_byte(t, *c);
	return result;
}

static bool turns_over(void)
{
	return kthread_should_stop() || READ_ONCE(stop);
}

/* Allocate the port; when the thread is to end, cancel the request. */
static NTSTATUS turns_allocate(struct turner *t)
{
	unsigned long from = jiffies;
	NTSTATUS result;
	unsigned int ms;

	winpar_irp_init(&t->irp);
	winpar_irp_set_ioctl(&t->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	result = winpar_irp_submit(t->file, &t->irp);
	if (result != STATUS_PENDING)
		return result;
	while ((result = winpar_irp_wait_timeout(&t->irp, HZ / 10)) ==
	       STATUS_TIMEOUT) {
		if (turns_over()) {
			winpar_irp_cancel(&t->irp);
			return winpar_irp_wait(&t->irp);
		}
	}
	ms = jiffies_to_msecs(jiffies - from);
	if (ms > longest)
		longest = ms;
	return result;
}

static int turns_thread(void *data)
{
	struct turner *t = data;
	NTSTATUS result = STATUS_SUCCESS;
	unsigned int us;

	while (!turns_over() && (!turns || printed[t->index] < turns)) {
		result = turns_allocate(t);
		if (result != STATUS_SUCCESS)
			break;
		result = turns_print(t);
		if (result == STATUS_SUCCESS)
			printed[t->index]++;
		t->info.FreePort(t->info.Context);
		if (result != STATUS_SUCCESS)
			break;
		us = READ_ONCE(pause);
		if (us)
			usleep_range(us, us + us / 4);
		else
			cond_resched();
	}
	status[t->index] = result;
	spin_lock(&count_lock);
	running--;
	spin_unlock(&count_lock);

	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static NTSTATUS turns_open(struct turner *t)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION interrupt;
	} both = { .routines = {
		.InterruptServiceRoutine = turns_isr,
		.InterruptServiceContext = t,
	} };
	char name[40];
	NTSTATUS result;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port[t->index]);
	result = winpar_open(name, &t->file);
	if (!NT_SUCCESS(result))
		return result;
	result = winpar_internal_ioctl(t->file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &t->info, sizeof(t->info), NULL);
	if (NT_SUCCESS(result) && connect)
		result = winpar_internal_ioctl(t->file,
					       IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
					       &both, sizeof(both),
					       &both, sizeof(both), NULL);
	return result;
}

static void turns_close(struct turner *t)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = turns_isr,
		.InterruptServiceContext = t,
	};

	if (t->task)
		kthread_stop(t->task);
	if (!t->file)
		return;
	if (connect)
		winpar_internal_ioctl(t->file,
				      IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
				      &routines, sizeof(routines), NULL, 0, NULL);
	winpar_close(t->file);
}

static void turns_close_all(void)
{
	unsigned int i;

	for (i = 0; i < threads; i++)
		turns_close(&turners[i]);
}

static int __init turns_init(void)
{
	struct turner *t;
	NTSTATUS result;

	for (t = turners; t < turners + threads; t++) {
		t->index = t - turners;
		result = turns_open(t);
		if (!NT_SUCCESS(result)) {
			pr_err("port %d: status %#x\n", port[t->index], result);
			turns_close_all();
			return -ENODEV;
		}
	}
	running = threads;
	for (t = turners; t < turners + threads; t++) {
		t->task = kthread_run(turns_thread, t, "vmturns/%u", t->index);
		if (IS_ERR(t->task)) {
			t->task = NULL;
			turns_close_all();
			return -ENOMEM;
		}
	}
	return 0;
}

static void __exit turns_exit(void)
{
	turns_close_all();
}

module_init(turns_init);
module_exit(turns_exit);
MODULE_DESCRIPTION("winpar clients that take turns as fast as they can");
MODULE_LICENSE("GPL");
