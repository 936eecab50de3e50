// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmdevice - a client of parallel devices that a test's script controls by
 * commands.
 *
 * The script writes a command to the module parameter "do", and reads the
 * answer from it. A command begins with one of four openers, a to d, each with
 * a file of its own:
 *
 *	a open NAME
 *	a close
 *	a submit WHAT		submit a request, and do not wait for it: lock,
 *				unlock, locknosel, unlocknodesel, idle
 *	a submit write COUNT BLOCK
 *	a wait MS		the status of that request; TIMEOUT if it is pending
 *				after MS
 *	a cancel		cancel that request: yes or no
 *	a moved			how many bytes that request has moved
 *	a lock, unlock, locknosel, unlocknodesel, idle	submit it and wait for it
 *	a write COUNT N BLOCK	N requests of COUNT bytes by winpar_write
 *	a call COUNT N BLOCK	N calls of ParallelWrite
 *	a status		QUERY_INFORMATION: the flags
 *	a init			SET_INFORMATION
 *	a mode			GET_MODE: protocols for writing and for reading
 *	a defaults		GET_DEFAULT_MODES
 *	a negotiate WRITE READ	NEGOTIATE: protocols in the form of "mode"
 *	a caps			GET_DEVICE_CAPS, nothing excluded
 *	a id			QUERY_DEVICE_ID
 *	a free			IS_PORT_FREE: yes or no
 *	a location		QUERY_LOCATION
 *	a out REG VALUE		write a register
 *	a in REG		read a register
 *
 * The answer is a status where nothing else is named. A write request has one
 * block of bytes, which block_fill() makes from the block's number;
 * tests/vm/blocks.pl knows the bytes, too.
 *
 * With keep=1 the module closes nothing when it is unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <winpar/winpar.h>

#include "vmanswer.h"

WINPAR_CLIENT();

#define OPENERS		4

static bool keep;
module_param(keep, bool, 0644);
MODULE_PARM_DESC(keep, "Leave everything open when unloaded");

static struct opener {
	struct winpar_file *file;
	PARCLASS_INFORMATION info;
	IRP irp;
	struct completion done;
	NTSTATUS status;
	ULONG_PTR moved;
	u8 *buffer;
} openers[OPENERS];

/* The first byte of a block has bit 7 set: lp prints no such character. */
static void block_fill(u8 *buffer, unsigned int count, u32 number)
{
	u32 x = number + 1;
	unsigned int i;

	for (i = 0; i < count; i++) {
		x = x * 1664525 + 1013904223;
		buffer[i] = x >> 24;
	}
	if (count)
		buffer[0] |= 0x80;
}

static int block_new(struct opener *o, unsigned int count)
{
	vfree(o->buffer);
	o->buffer = vmalloc(max(count, 1U));
	return o->buffer ? 0 : -ENOMEM;
}

/* ----- requests ---------------------------------------------------------- */

static const struct {
	const char *name;
	ULONG code;
} internals[] = {
	{ "lock", IOCTL_INTERNAL_LOCK_PORT },
	{ "unlock", IOCTL_INTERNAL_UNLOCK_PORT },
	{ "locknosel", IOCTL_INTERNAL_LOCK_PORT_NO_SELECT },
	{ "unlocknodesel", IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT },
	{ "idle", IOCTL_INTERNAL_DISCONNECT_IDLE },
};

/* The code of the request with that name, or 0. */
static ULONG device_internal(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(internals); i++)
		if (!strcmp(internals[i].name, name))
			return internals[i].code;
	return 0;
}

static NTSTATUS device_open(struct opener *o, const char *name)
{
	NTSTATUS status;

	if (o->file)
		return STATUS_INVALID_DEVICE_STATE;
	status = winpar_open(name, &o->file);
	if (status != STATUS_SUCCESS)
		return status;
	return winpar_internal_ioctl(o->file,
				     IOCTL_INTERNAL_PARCLASS_CONNECT, NULL, 0,
				     &o->info, sizeof(o->info), NULL);
}

static void device_close(struct opener *o)
{
	winpar_close(o->file);
	o->file = NULL;
	vfree(o->buffer);
	o->buffer = NULL;
}

static NTSTATUS device_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct opener *o = context;

	o->status = irp->IoStatus.Status;
	o->moved = irp->IoStatus.Information;
	complete(&o->done);
	return STATUS_SUCCESS;
}

static int device_submit(struct opener *o, const char *rest)
{
	unsigned int count = 0, block = 0;
	char what[16] = "";
	ULONG code;

	if (sscanf(rest, "%15s %u %u", what, &count, &block) < 1)
		return -EINVAL;
	reinit_completion(&o->done);
	winpar_irp_init(&o->irp);
	code = device_internal(what);
	if (code) {
		winpar_irp_set_ioctl(&o->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
				     code, NULL, 0, 0);
	} else if (!strcmp(what, "write")) {
		if (block_new(o, count))
			return -ENOMEM;
		block_fill(o->buffer, count, block);
		o->irp.AssociatedIrp.SystemBuffer = o->buffer;
		o->irp.Stack.MajorFunction = IRP_MJ_WRITE;
		o->irp.Stack.Parameters.Write.Length = count;
	} else {
		return -EINVAL;
	}
	winpar_irp_set_completion(&o->irp, device_completed, o);
	say_status(winpar_irp_submit(o->file, &o->irp));
	return 0;
}

static void device_wait(struct opener *o, unsigned int ms)
{
	if (!wait_for_completion_timeout(&o->done, msecs_to_jiffies(ms))) {
		say_status(STATUS_TIMEOUT);
		return;
	}
	/* So that the command can be given again. */
	complete(&o->done);
	say_status(o->status);
}

static NTSTATUS device_write_one(struct opener *o, unsigned int count,
				 bool call, ULONG *done)
{
	if (!call)
		return winpar_write(o->file, o->buffer, count, done);
	return o->info.ParallelWrite(o->info.ParclassContext, o->buffer, count,
				     done, 0);
}

static int device_write(struct opener *o, const char *rest, bool call)
{
	unsigned int count, times = 1, block = 0, i;
	NTSTATUS status = STATUS_SUCCESS;
	ULONG done = 0;

	if (sscanf(rest, "%u %u %u", &count, &times, &block) < 1)
		return -EINVAL;
	if (block_new(o, count))
		return -ENOMEM;
	for (i = 0; i < times; i++) {
		block_fill(o->buffer, count, block + i);
		status = device_write_one(o, count, call, &done);
		if (status != STATUS_SUCCESS || done != count)
			break;
	}
	say_status(status);
	if (i != times && (i || done))
		say("request %u of %u: status %#x, %u bytes of %u", i + 1,
		    times, status, done, count);
	return 0;
}

/* ----- device control ---------------------------------------------------- */

/*
 * Answer with the status. True: it is STATUS_SUCCESS, and @buffer has the
 * output.
 */
static bool device_control(struct opener *o, ULONG code, void *buffer,
			   ULONG in, ULONG out)
{
	NTSTATUS status;

	status = winpar_device_ioctl(o->file, code, in ? buffer : NULL, in,
				     out ? buffer : NULL, out, NULL);
	say_status(status);
	return status == STATUS_SUCCESS;
}

static void device_status(struct opener *o)
{
	PAR_QUERY_INFORMATION info = {};

	if (device_control(o, IOCTL_PAR_QUERY_INFORMATION, &info, 0,
			   sizeof(info)))
		say("0x%02x", info.Status);
}

static void device_init(struct opener *o)
{
	PAR_SET_INFORMATION info = { .Init = PARALLEL_INIT };

	device_control(o, IOCTL_PAR_SET_INFORMATION, &info, sizeof(info), 0);
}

static void device_mode(struct opener *o, ULONG code)
{
	PARCLASS_NEGOTIATION_MASK mask = {};

	if (device_control(o, code, &mask, 0, sizeof(mask)))
		say("0x%04x 0x%04x", mask.usWriteMask, mask.usReadMask);
}

static int device_negotiate(struct opener *o, const char *rest)
{
	PARCLASS_NEGOTIATION_MASK mask;
	unsigned int write, read;

	if (sscanf(rest, "%i %i", &write, &read) < 2)
		return -EINVAL;
	mask.usWriteMask = write;
	mask.usReadMask = read;
	if (device_control(o, IOCTL_IEEE1284_NEGOTIATE, &mask, sizeof(mask),
			   sizeof(mask)))
		say("0x%04x 0x%04x", mask.usWriteMask, mask.usReadMask);
	return 0;
}

static void device_caps(struct opener *o)
{
	USHORT protocols = 0;

	if (device_control(o, IOCTL_PAR_GET_DEVICE_CAPS, &protocols,
			   sizeof(protocols), sizeof(protocols)))
		say("0x%04x", protocols);
}

static void device_text(struct opener *o, ULONG code)
{
	static char text[400];

	if (device_control(o, code, text, 0, sizeof(text)))
		say("%s", text);
}

static void device_is_free(struct opener *o)
{
	BOOLEAN is_free = 2;

	if (device_control(o, IOCTL_PAR_IS_PORT_FREE, &is_free, 0,
			   sizeof(is_free)))
		say(is_free > 1 ? "?" : is_free ? "yes" : "no");
}

/* ----- commands ---------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(struct opener *o, ULONG code);
	ULONG code;
} asks[] = {
	{ "mode", device_mode, IOCTL_IEEE1284_GET_MODE },
	{ "defaults", device_mode, IOCTL_PAR_GET_DEFAULT_MODES },
	{ "id", device_text, IOCTL_PAR_QUERY_DEVICE_ID },
	{ "location", device_text, IOCTL_PAR_QUERY_LOCATION },
};

static bool device_ask(struct opener *o, const char *verb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asks); i++) {
		if (!strcmp(asks[i].name, verb)) {
			asks[i].run(o, asks[i].code);
			return true;
		}
	}
	if (!strcmp(verb, "status"))
		device_status(o);
	else if (!strcmp(verb, "init"))
		device_init(o);
	else if (!strcmp(verb, "caps"))
		device_caps(o);
	else if (!strcmp(verb, "free"))
		device_is_free(o);
	else
		return false;
	return true;
}

static int device_do_open(struct opener *o, const char *verb, const char *rest)
{
	ULONG code = device_internal(verb);
	unsigned int reg = 0, value = 0;

	if (code) {
		say_status(winpar_internal_ioctl(o->file, code, NULL, 0, NULL,
						 0, NULL));
		return 0;
	}
	if (device_ask(o, verb))
		return 0;
	if (!strcmp(verb, "submit"))
		return device_submit(o, rest);
	if (!strcmp(verb, "write") || !strcmp(verb, "call"))
		return device_write(o, rest, *verb == 'c');
	if (!strcmp(verb, "negotiate"))
		return device_negotiate(o, rest);
	if (*rest && sscanf(rest, "%i %i", &reg, &value) < 1)
		return -EINVAL;

	if (!strcmp(verb, "wait")) {
		device_wait(o, reg);
	} else if (!strcmp(verb, "cancel")) {
		say(winpar_irp_cancel(&o->irp) ? "yes" : "no");
	} else if (!strcmp(verb, "moved")) {
		say("%lu", (unsigned long)o->moved);
	} else if (!strcmp(verb, "out")) {
		WRITE_PORT_UCHAR(o->info.Controller + reg, value);
		say_status(STATUS_SUCCESS);
	} else if (!strcmp(verb, "in")) {
		say("0x%02x", READ_PORT_UCHAR(o->info.Controller + reg));
	} else if (!strcmp(verb, "close")) {
		device_close(o);
		say_status(STATUS_SUCCESS);
	} else {
		return -EINVAL;
	}
	return 0;
}

static int device_do(const char *command, const struct kernel_param *kp)
{
	char rest[128] = "", verb[16], name;
	struct opener *o;

	if (sscanf(command, "%c %15s %127[^\n]", &name, verb, rest) < 2 ||
	    name < 'a' || name >= 'a' + OPENERS)
		return -EINVAL;
	o = &openers[name - 'a'];
	if (!strcmp(verb, "open")) {
		say_status(device_open(o, rest));
		return 0;
	}
	if (!o->file)
		return -ENODEV;
	return device_do_open(o, verb, rest);
}

static const struct kernel_param_ops device_do_ops = {
	.set = device_do,
	.get = answer_get,
};

module_param_cb(do, &device_do_ops, NULL, 0600);
MODULE_PARM_DESC(do, "A command to do; reads as its answer");

/* ----- life -------------------------------------------------------------- */

static int __init vmdevice_init(void)
{
	unsigned int i;

	for (i = 0; i < OPENERS; i++)
		init_completion(&openers[i].done);
	return 0;
}

static void __exit vmdevice_exit(void)
{
	unsigned int i;

	for (i = 0; i < OPENERS && !keep; i++)
		device_close(&openers[i]);
}

module_init(vmdevice_init);
module_exit(vmdevice_exit);
MODULE_DESCRIPTION("A client of parallel devices that a test's script controls by commands");
MODULE_LICENSE("GPL");
