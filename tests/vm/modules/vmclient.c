// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmclient - a winpar client that a test's script controls by commands.
 *
 * The script writes a command to the module parameter "do" and reads the answer
 * from it. A command begins with one of eight openers, a to h, with a file each:
 *
 *	a open M		open \Device\ParallelPortM
 *	a close
 *	a submit		submit an ALLOCATE request, and do not wait for it
 *	a wait MS		that request's status; TIMEOUT if pending after MS
 *	a cancel		cancel that request: yes or no
 *	a try			TryAllocatePort: yes or no
 *	a free			FreePort
 *	a portfree		PORT_FREE
 *	a waiters		QueryNumWaiters
 *	a connect N [FLAGS]	connect routine number N (0 to 3):
 *				d  with a deferred port check routine
 *				o  with a deferred port check routine only
 *				t  at an interrupt, try to allocate, and free
 *				g  at an interrupt, try to allocate; free at the next
 *	a disconnect N
 *	a out REG VALUE		write a register, without regard to the owner
 *	a in REG		read a register
 *	a setmode BYTE		PARALLEL_SET_CHIP_MODE
 *	a clearmode BYTE	PARALLEL_CLEAR_CHIP_MODE
 *	a trymode BYTE		TrySetChipMode
 *	a undomode BYTE		ClearChipMode
 *	a mode			CurrentMode
 *	a print TEXT		TEXT and a newline, by strobing
 *	a kick			make the port interrupt once, and wait for it
 *	a log			the calls of routines since the last "log"
 *	a watch			begin a watch for ports, which does nothing
 *	a unwatch		end the watch
 *
 * The log has a word for each call, "a0" for routine 0 of a; after it + or -
 * for an allocation at interrupt level that did or did not succeed, = for a
 * free, d for a deferred port check.
 *
 * With keep=1 the module closes nothing when it is unloaded; with fail=1 its
 * init opens, connects, allocates and fails.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <winpar/winpar.h>

#include "vmanswer.h"
#include "vmclient.h"

WINPAR_CLIENT();

#define OPENERS		8
#define ROUTINES	4

#define REG_DATA	0
#define REG_STATUS	1
#define REG_CONTROL	2

#define STATUS_READY	0xc0	/* nBusy and nAck high */
#define CONTROL_STROBE	0x01
#define CONTROL_READY	0x0c	/* nInit and nSelectIn */
#define CONTROL_INTEN	0x10

static bool keep;
module_param(keep, bool, 0644);
MODULE_PARM_DESC(keep, "Leave everything open when unloaded");

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "Fail to load, after opening");

struct opener;

struct routine {
	struct opener *opener;
	bool with_isr;
	bool deferred;
	bool try;
	bool toggle;
	bool kept;
};

static struct opener {
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	PARALLEL_INTERRUPT_INFORMATION interrupt;
	IRP irp;
	struct completion done;
	NTSTATUS status;
	struct routine routines[ROUTINES];
} openers[OPENERS];

/* The answer to "log". */
static DEFINE_SPINLOCK(log_lock);
static char log_words[512];
static unsigned int log_length;

static void log_call(const struct routine *r, const char *what)
{
	const struct opener *o = r->opener;
	unsigned long flags;

	spin_lock_irqsave(&log_lock, flags);
	log_length += scnprintf(log_words + log_length,
				sizeof(log_words) - log_length, "%s%c%c%s",
				log_length ? " " : "", (char)('a' + (o - openers)),
				(char)('0' + (r - o->routines)), what);
	spin_unlock_irqrestore(&log_lock, flags);
}

static BOOLEAN client_isr(PKINTERRUPT interrupt, PVOID context)
{
	struct routine *r = context;
	PARALLEL_INTERRUPT_INFORMATION *info = &r->opener->interrupt;

	READ_PORT_UCHAR(r->opener->info.Controller + REG_STATUS);
	if (!r->try && !r->toggle) {
		log_call(r, "");
	} else if (r->kept) {
		r->kept = false;
		info->FreePortFromInterruptLevel(info->Context);
		log_call(r, "=");
	} else if (!info->TryAllocatePortAtInterruptLevel(info->Context)) {
		log_call(r, "-");
	} else {
		log_call(r, "+");
		if (r->toggle)
			r->kept = true;
		else
			info->FreePortFromInterruptLevel(info->Context);
	}
	return TRUE;
}

static VOID client_check(PVOID context)
{
	log_call(context, "d");
}

static void client_routines(struct routine *r,
			    PARALLEL_INTERRUPT_SERVICE_ROUTINE *routines)
{
	memset(routines, 0, sizeof(*routines));
	if (r->with_isr) {
		routines->InterruptServiceRoutine = client_isr;
		routines->InterruptServiceContext = r;
	}
	if (r->deferred) {
		routines->DeferredPortCheckRoutine = client_check;
		routines->DeferredPortCheckContext = r;
	}
}

static void client_removed(struct winpar_watch *watch, const char *name)
{
}

static struct winpar_watch client_watch = { .removed = client_removed };

/* ----- commands ---------------------------------------------------------- */

static NTSTATUS client_request(struct opener *o, ULONG code)
{
	return winpar_internal_ioctl(o->file, code, NULL, 0, NULL, 0, NULL);
}

static NTSTATUS client_open(struct opener *o, unsigned int number)
{
	char name[40];
	NTSTATUS status;

	if (o->file)
		return STATUS_INVALID_DEVICE_STATE;
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%u", number);
	status = winpar_open(name, &o->file);
	if (!NT_SUCCESS(status))
		return status;
	return winpar_internal_ioctl(o->file,
				     IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				     NULL, 0, &o->info, sizeof(o->info), NULL);
}

static NTSTATUS client_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct opener *o = context;

	o->status = irp->IoStatus.Status;
	complete(&o->done);
	return STATUS_SUCCESS;
}

static NTSTATUS client_submit(struct opener *o)
{
	reinit_completion(&o->done);
	winpar_irp_init(&o->irp);
	winpar_irp_set_ioctl(&o->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(&o->irp, client_completed, o);
	return winpar_irp_submit(o->file, &o->irp);
}

static NTSTATUS client_wait(struct opener *o, unsigned int ms)
{
	if (!wait_for_completion_timeout(&o->done, msecs_to_jiffies(ms)))
		return STATUS_TIMEOUT;
	complete(&o->done);
	return o->status;
}

static NTSTATUS client_connect(struct opener *o, unsigned int number,
			       const char *flags)
{
	struct routine *r = &o->routines[number % ROUTINES];
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION interrupt;
	} connect;
	NTSTATUS status;

	r->opener = o;
	r->with_isr = !strchr(flags, 'o');
	r->deferred = strchr(flags, 'd') || !r->with_isr;
	r->try = strchr(flags, 't');
	r->toggle = strchr(flags, 'g');
	r->kept = false;
	client_routines(r, &connect.routines);
	status = winpar_internal_ioctl(o->file,
				       IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
				       &connect, sizeof(connect),
				       &connect, sizeof(connect), NULL);
	if (NT_SUCCESS(status))
		o->interrupt = connect.interrupt;
	return status;
}

static NTSTATUS client_disconnect(struct opener *o, unsigned int number)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;

	client_routines(&o->routines[number % ROUTINES], &routines);
	return winpar_internal_ioctl(o->file,
				     IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
				     &routines, sizeof(routines), NULL, 0, NULL);
}

static void client_out(struct opener *o, unsigned int reg, u8 value)
{
	WRITE_PORT_UCHAR(o->info.Controller + reg, value);
}

static u8 client_in(struct opener *o, unsigned int reg)
{
	return READ_PORT_UCHAR(o->info.Controller + reg);
}

static NTSTATUS client_mode(struct opener *o, ULONG code, UCHAR mode)
{
	PARALLEL_CHIP_MODE chip = { .ModeFlags = mode };

	return winpar_internal_ioctl(o->file, code, &chip, sizeof(chip), NULL,
				     0, NULL);
}

/* Do a command about chip modes. False: @verb is none of these commands. */
static bool client_do_mode(struct opener *o, const char *verb, UCHAR mode)
{
	PARALLEL_PNP_INFORMATION pnp;
	NTSTATUS status;

	if (!strcmp(verb, "setmode")) {
		status = client_mode(o, IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE,
				     mode);
		say_status(status);
		return true;
	}
	if (!strcmp(verb, "clearmode")) {
		status = client_mode(o, IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE,
				     mode);
		say_status(status);
		return true;
	}
	if (strcmp(verb, "trymode") && strcmp(verb, "undomode") &&
	    strcmp(verb, "mode"))
		return false;

	status = winpar_internal_ioctl(o->file,
				       IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
				       NULL, 0, &pnp, sizeof(pnp), NULL);
	if (!NT_SUCCESS(status))
		say_status(status);
	else if (!strcmp(verb, "trymode"))
		say_status(pnp.TrySetChipMode(pnp.Context, mode));
	else if (!strcmp(verb, "undomode"))
		say_status(pnp.ClearChipMode(pnp.Context, mode));
	else
		say("0x%02x", pnp.CurrentMode);
	return true;
}

static bool client_ready(struct opener *o)
{
	unsigned int looks = 10000;

	while ((client_in(o, REG_STATUS) & STATUS_READY) != STATUS_READY)
		if (!looks--)
			return false;
	return true;
}

static NTSTATUS client_print(struct opener *o, const char *text)
{
	const char *c = text;
	bool more;

	do {
		more = *c;
		if (!client_ready(o))
			return STATUS_IO_TIMEOUT;
		client_out(o, REG_DATA, more ? *c++ : '\n');
		client_out(o, REG_CONTROL, CONTROL_READY | CONTROL_STROBE);
		client_out(o, REG_CONTROL, CONTROL_READY);
	} while (more);
	return STATUS_SUCCESS;
}

static unsigned int client_logged(void)
{
	unsigned long flags;
	unsigned int length;

	spin_lock_irqsave(&log_lock, flags);
	length = log_length;
	spin_unlock_irqrestore(&log_lock, flags);
	return length;
}

/*
 * QEMU interrupts when control is written with strobe clear and the interrupt
 * was enabled before.
 */
static void client_kick(struct opener *o)
{
	unsigned int before = client_logged();
	unsigned int tries = 100;

	client_out(o, REG_CONTROL, CONTROL_READY | CONTROL_INTEN);
	client_out(o, REG_CONTROL, CONTROL_READY);
	while (client_logged() == before && tries--)
		usleep_range(5000, 6000);
	say(client_logged() == before ? "no" : "yes");
	/* Time for the other openers' routines and for deferred port checks. */
	usleep_range(20000, 25000);
	client_in(o, REG_STATUS);
}

static void client_log(void)
{
	unsigned long flags;

	spin_lock_irqsave(&log_lock, flags);
	log_words[log_length] = '\0';
	strscpy(answer, log_words, sizeof(answer));
	log_length = 0;
	spin_unlock_irqrestore(&log_lock, flags);
}

static int client_do_open(struct opener *o, const char *verb, const char *rest)
{
	unsigned int number = 0, value = 0;
	char flags[8] = "";

	if (!strcmp(verb, "print")) {
		say_status(client_print(o, rest));
		return 0;
	}
	if (!strcmp(verb, "connect")) {
		if (sscanf(rest, "%u %7s", &number, flags) < 1)
			return -EINVAL;
		say_status(client_connect(o, number, flags));
		return 0;
	}
	if (*rest && sscanf(rest, "%i %i", &number, &value) < 1)
		return -EINVAL;

	if (!strcmp(verb, "close")) {
		winpar_close(o->file);
		o->file = NULL;
		say("SUCCESS");
	} else if (!strcmp(verb, "submit")) {
		say_status(client_submit(o));
	} else if (!strcmp(verb, "wait")) {
		say_status(client_wait(o, number));
	} else if (!strcmp(verb, "cancel")) {
		say(winpar_irp_cancel(&o->irp) ? "yes" : "no");
	} else if (!strcmp(verb, "try")) {
		say(o->info.TryAllocatePort(o->info.Context) ? "yes" : "no");
	} else if (!strcmp(verb, "free")) {
		o->info.FreePort(o->info.Context);
		say("SUCCESS");
	} else if (!strcmp(verb, "portfree")) {
		say_status(client_request(o, IOCTL_INTERNAL_PARALLEL_PORT_FREE));
	} else if (!strcmp(verb, "waiters")) {
		say("%u", o->info.QueryNumWaiters(o->info.Context));
	} else if (!strcmp(verb, "disconnect")) {
		say_status(client_disconnect(o, number));
	} else if (!strcmp(verb, "out")) {
		client_out(o, number, value);
		say("SUCCESS");
	} else if (!strcmp(verb, "in")) {
		say("0x%02x", client_in(o, number));
	} else if (!strcmp(verb, "watch")) {
		say_status(winpar_watch_ports(&client_watch));
	} else if (!strcmp(verb, "unwatch")) {
		winpar_unwatch_ports(&client_watch);
		say("SUCCESS");
	} else if (!strcmp(verb, "kick")) {
		client_kick(o);
	} else if (!client_do_mode(o, verb, number)) {
		return -EINVAL;
	}
	return 0;
}

static int client_do(const char *command, const struct kernel_param *kp)
{
	char rest[128] = "", verb[16], name;
	unsigned int number;
	struct opener *o;

	if (sscanf(command, "%c %15s %127[^\n]", &name, verb, rest) < 2 ||
	    name < 'a' || name >= 'a' + OPENERS)
		return -EINVAL;
	o = &openers[name - 'a'];
	if (!strcmp(verb, "log")) {
		client_log();
		return 0;
	}
	if (!strcmp(verb, "open")) {
		if (kstrtouint(rest, 0, &number))
			return -EINVAL;
		say_status(client_open(o, number));
		return 0;
	}
	if (!o->file)
		return -ENODEV;
	return client_do_open(o, verb, rest);
}

static const struct kernel_param_ops client_do_ops = {
	.set = client_do,
	.get = answer_get,
};

module_param_cb(do, &client_do_ops, NULL, 0600);
MODULE_PARM_DESC(do, "A command to do; reads as its answer");

/* For another module: the file that opener number @opener has open, or NULL. */
struct winpar_file *vmclient_file(unsigned int opener)
{
	return opener < OPENERS ? openers[opener].file : NULL;
}
EXPORT_SYMBOL_GPL(vmclient_file);

/* ----- life -------------------------------------------------------------- */

static int __init client_init(void)
{
	unsigned int i;

	for (i = 0; i < OPENERS; i++)
		init_completion(&openers[i].done);
	if (!fail)
		return 0;
	client_open(&openers[0], 0);
	if (openers[0].file) {
		client_connect(&openers[0], 0, "d");
		client_submit(&openers[0]);
	}
	return -ENODEV;
}

static void __exit client_exit(void)
{
	unsigned int i;

	if (keep)
		return;
	winpar_unwatch_ports(&client_watch);
	for (i = 0; i < OPENERS; i++)
		winpar_close(openers[i].file);
}

module_init(client_init);
module_exit(client_exit);
MODULE_DESCRIPTION("A winpar client that a test's script controls by commands");
MODULE_LICENSE("GPL");
