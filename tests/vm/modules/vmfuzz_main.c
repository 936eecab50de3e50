// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmfuzz - what is written to /dev/vmfuzz becomes requests to winpar, in the task that
 * writes: so kcov tells the program (tests/vm/bin/fuzz.c) which lines they ran.
 *
 * Each write is a list of commands of 8 bytes, up to COMMANDS of them; any bytes are
 * commands. They open and close files of a port and of its device, submit requests with
 * codes, majors and lengths good and bad, cancel, wait, and call the callbacks of a port and
 * of a device: in a task, with softirqs disabled, with interrupts disabled, and in completion
 * routines. Interrupt and deferred check routines that a command has connected take the port
 * and free it. At the end of a write its requests are cancelled and have completed; files stay
 * open, and what they have allocated theirs, until an empty write closes them, since that
 * takes most of the time. Who opens /dev/vmfuzz has files and requests of its own; the Nth to
 * have it open at a time uses ports N and N + 1.
 *
 * A flaw ("vmfuzz: FLAW" in the log): a request that completes twice, or never; one that
 * says that it has returned more bytes than its buffer takes. The buffer has exactly the
 * length that the request names, so that KASAN notices what goes beyond it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vmfuzz.h"

WINPAR_CLIENT();

atomic_t fuzz_requests, fuzz_flaws, fuzz_raised, fuzz_inside, fuzz_interrupts;

unsigned int fuzz_patience = 60000;
module_param_named(patience, fuzz_patience, uint, 0444);
MODULE_PARM_DESC(patience, "How long a request may take to complete, in ms");

static DEFINE_IDA(numbers);

static const struct {
	const char *format;
	int plus;		/* to the session's number */
} names[] = {
	{ "\\Device\\ParallelPort%d", 0 }, { "LPT%d", 1 },
	{ "\\Device\\ParallelPort%d", 0 }, { "\\Device\\Parallel%d", 0 },
	{ "\\Device\\ParallelPort%d", 1 }, { "\\DosDevices\\LPT%d", 1 },
	{ "\\Device\\ParallelPort%d99999999999", 0 }, { "LPT", 0 },
};

static void open_file(const struct session *s, struct opened *o,
		      const struct command *c)
{
	unsigned int i = c->code % ARRAY_SIZE(names);
	char name[48];

	snprintf(name, sizeof(name), names[i].format, s->number + names[i].plus);
	if (!o->file && !winpar_open(name, &o->file))
		call_know(o);
}

static void close_file(struct opened *o)
{
	if (o->file)
		winpar_close(o->file);
	o->file = NULL;
}

/* Carry out @c. @next: the command after it, or NULL. */
static void carry_out(struct session *s, const struct command *c,
		      const struct command *next)
{
	struct opened *o = &s->files[c->which % FILES];
	struct request *r = &s->slots[c->which / FILES % REQUESTS];
	enum level level = command_level(c);
	unsigned long flags;

	switch (c->what % 32) {
	case 0:
		open_file(s, o, c);
		break;
	case 1:
		/* Not often: what comes after it would mostly be nothing. */
		if (!(c->wait & 0x1c))
			close_file(o);
		break;
	case 2:
	case 3:
		if (!r->submitted)
			break;
		flags = level_raise(level);
		winpar_irp_cancel(&r->irp);
		level_lower(level, flags);
		break;
	case 4:
	case 5:
	case 6:
		flags = level_raise(level);
		call_back(level == LEVEL_TASK || level == LEVEL_NEXT ? s : NULL, o, c);
		level_lower(level, flags);
		break;
	default:
		/* A file for it: the port's, or the device's. */
		if (!o->file && c->what & 0x80)
			open_file(s, o, &(struct command){ .code = c->which & 1 });
		if (o->file)
			request_submit(o, r, c, level == LEVEL_NEXT ? next : NULL);
		break;
	}
}

static void close_all(struct session *s)
{
	unsigned int i;

	for (i = 0; i < FILES; i++)
		close_file(&s->files[i]);
}

static ssize_t fuzz_write(struct file *file, const char __user *from, size_t size,
			  loff_t *at)
{
	struct session *s = file->private_data;
	unsigned int i, n;
	bool well;

	size = min(size, sizeof(s->commands));
	mutex_lock(&s->lock);
	if (copy_from_user(s->commands, from, size)) {
		mutex_unlock(&s->lock);
		return -EFAULT;
	}
	n = size / sizeof(*s->commands);
	for (i = 0; i < n; i++)
		carry_out(s, &s->commands[i], i + 1 < n ? &s->commands[i + 1] : NULL);
	well = session_settle(s);
	if (!size)
		close_all(s);
	mutex_unlock(&s->lock);
	return well ? size : -EIO;
}

static int fuzz_open(struct inode *inode, struct file *file)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);
	unsigned int i;

	if (!s)
		return -ENOMEM;
	s->number = ida_alloc(&numbers, GFP_KERNEL);
	if (s->number < 0) {
		kfree(s);
		return -ENOMEM;
	}
	mutex_init(&s->lock);
	for (i = 0; i < REQUESTS; i++)
		init_completion(&s->slots[i].done);
	file->private_data = s;
	return 0;
}

static int fuzz_release(struct inode *inode, struct file *file)
{
	struct session *s = file->private_data;
	bool well = session_settle(s);
	unsigned int i, size;

	close_all(s);
	ida_free(&numbers, s->number);
	/* A request that does not complete is in the session, which is not freed then. */
	if (!well)
		return 0;
	for (i = 0; i < REQUESTS; i++)
		for (size = 0; size <= U8_MAX; size++)
			kfree(s->slots[i].buffers[size]);
	kfree(s);
	return 0;
}

static const struct file_operations fuzz_operations = {
	.owner = THIS_MODULE,
	.open = fuzz_open,
	.release = fuzz_release,
	.write = fuzz_write,
};

static struct miscdevice fuzz_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vmfuzz",
	.fops = &fuzz_operations,
	.mode = 0600,
};

static int __init fuzz_init(void)
{
	return misc_register(&fuzz_device);
}

static void __exit fuzz_exit(void)
{
	misc_deregister(&fuzz_device);
	pr_info("%d requests, %d flaws; %d calls at a raised level, %d in completion routines, %d of interrupt routines\n",
		atomic_read(&fuzz_requests), atomic_read(&fuzz_flaws),
		atomic_read(&fuzz_raised), atomic_read(&fuzz_inside),
		atomic_read(&fuzz_interrupts));
}

module_init(fuzz_init);
module_exit(fuzz_exit);
MODULE_DESCRIPTION("bytes become requests to winpar");
MODULE_LICENSE("GPL");
