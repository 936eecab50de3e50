// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmfuzz - what is written to /dev/vmfuzz becomes requests to winpar, in the task that
 * writes: so kcov tells the program (tests/vm/bin/fuzz.c) which lines they ran.
 *
 * Each write is a list of commands of 8 bytes, up to COMMANDS of them; any bytes are
 * commands. They open and close files of a port and of its device, submit requests with
 * codes, majors and lengths good and bad, cancel, wait, allocate and free by callbacks. At
 * the end of a write its requests are cancelled and have completed; files stay open, and what
 * they have allocated theirs, until an empty write closes them, since that takes most of the
 * time. Who opens /dev/vmfuzz has files and requests of its own; the Nth to have it open at a time
 * uses ports N and N + 1.
 *
 * A flaw ("vmfuzz: FLAW" in the log): a request that completes twice, or never; one that
 * says that it has returned more bytes than its buffer takes. The buffer has exactly the
 * length that the request names, so that KASAN notices what goes beyond it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/miscdevice.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <winpar/ntddser.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

#define COMMANDS	64
#define FILES		4
#define REQUESTS	4
/* In ms. */
#define PATIENCE	60000

static atomic_t requests, flaws;

#define flaw(fmt, ...)						\
do {								\
	atomic_inc(&flaws);					\
	pr_err("FLAW: " fmt "\n", ##__VA_ARGS__);		\
} while (0)

struct command {
	u8 what;
	u8 which;		/* a file, and a request */
	u8 code;
	u8 major;
	u8 in;
	u8 out;
	u8 fill;
	u8 wait;
};

struct request {
	IRP irp;
	struct completion done;
	atomic_t times;		/* how often it has completed */
	bool submitted;
	u32 most;		/* how many bytes it may return */
	void *buffer;
};

struct opened {
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	bool is_port;
};

/* What an open /dev/vmfuzz has. */
struct session {
	struct mutex lock;	/* all below it */
	struct request slots[REQUESTS];
	struct opened files[FILES];
	struct command commands[COMMANDS];
	int number;
};

static DEFINE_IDA(numbers);

static const u32 codes[] = {
	IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
	IOCTL_INTERNAL_PARALLEL_PORT_FREE,
	IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_GET_MORE_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
	IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
	IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
	IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE,
	IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE,
	IOCTL_INTERNAL_INIT_1284_3_BUS,
	IOCTL_INTERNAL_SELECT_DEVICE,
	IOCTL_INTERNAL_DESELECT_DEVICE,
	IOCTL_INTERNAL_PARCLASS_CONNECT,
	IOCTL_INTERNAL_PARCLASS_DISCONNECT,
	IOCTL_INTERNAL_DISCONNECT_IDLE,
	IOCTL_INTERNAL_LOCK_PORT,
	IOCTL_INTERNAL_UNLOCK_PORT,
	IOCTL_INTERNAL_LOCK_PORT_NO_SELECT,
	IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT,
	IOCTL_PAR_QUERY_INFORMATION,
	IOCTL_PAR_SET_INFORMATION,
	IOCTL_PAR_QUERY_DEVICE_ID,
	IOCTL_PAR_QUERY_DEVICE_ID_SIZE,
	IOCTL_PAR_QUERY_RAW_DEVICE_ID,
	IOCTL_IEEE1284_GET_MODE,
	IOCTL_IEEE1284_NEGOTIATE,
	IOCTL_PAR_SET_WRITE_ADDRESS,
	IOCTL_PAR_SET_READ_ADDRESS,
	IOCTL_PAR_GET_DEVICE_CAPS,
	IOCTL_PAR_GET_DEFAULT_MODES,
	IOCTL_PAR_IS_PORT_FREE,
	IOCTL_PAR_QUERY_LOCATION,
	IOCTL_SERIAL_GET_TIMEOUTS,
	IOCTL_SERIAL_SET_TIMEOUTS,
};

static const u8 majors[] = {
	IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ,
	IRP_MJ_WRITE,
};

static const struct {
	const char *format;
	int plus;		/* to the session's number */
} names[] = {
	{ "\\Device\\ParallelPort%d", 0 }, { "LPT%d", 1 },
	{ "\\Device\\ParallelPort%d", 0 }, { "\\Device\\Parallel%d", 0 },
	{ "\\Device\\ParallelPort%d", 1 }, { "\\DosDevices\\LPT%d", 1 },
	{ "\\Device\\ParallelPort%d99999999999", 0 }, { "LPT", 0 },
};

static BOOLEAN fuzz_routine(PKINTERRUPT object, PVOID context)
{
	return FALSE;
}

static VOID fuzz_check(PVOID context)
{
}

static NTSTATUS fuzz_done(PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	struct request *r = context;

	if (atomic_inc_return(&r->times) != 1)
		flaw("code %#x has completed twice",
		     irp->Stack.Parameters.DeviceIoControl.IoControlCode);
	if (NT_SUCCESS(irp->IoStatus.Status) && irp->IoStatus.Information > r->most)
		flaw("code %#x has %lu bytes of %u",
		     irp->Stack.Parameters.DeviceIoControl.IoControlCode,
		     (unsigned long)irp->IoStatus.Information, r->most);
	/* For all who wait for it, until it is submitted again. */
	complete_all(&r->done);
	return STATUS_SUCCESS;
}

/* The table's code, or one that differs in a bit. */
static u32 code_of(const struct command *c)
{
	u32 code = codes[c->code % ARRAY_SIZE(codes)];

	return c->fill & 0x80 ? code ^ BIT(c->wait % 32) : code;
}

static u8 major_of(const struct command *c)
{
	if (c->major >= 0xf0)
		return c->major - 0xf0;
	return majors[c->major % ARRAY_SIZE(majors)];
}

/* A request's input. Pointers are given to routines that there are, or are NULL. */
static void fill(void *buffer, u32 size, const struct command *c, u32 code)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = c->fill & 1 ? fuzz_routine : NULL,
		.DeferredPortCheckRoutine = c->fill & 2 ? fuzz_check : NULL,
		.DeferredPortCheckContext = c->fill & 4 ? buffer : NULL,
	};
	u8 *byte = buffer;
	u32 i;

	memset(buffer, 0, size);
	if (code == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT ||
	    code == IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT) {
		memcpy(buffer, &routines, min_t(size_t, size, sizeof(routines)));
		return;
	}
	for (i = 0; i < size && i < 8; i++)
		byte[i] = (c->fill & BIT(i)) ? c->wait + i : 0;
	if (c->fill & 0x40)
		memset(buffer, c->fill, size);
}

static void submit(struct opened *o, struct request *r, const struct command *c)
{
	u32 code = code_of(c), size = max(c->in, c->out);
	u8 major = major_of(c);
	NTSTATUS status;

	if (r->submitted && !completion_done(&r->done))
		return;
	kfree(r->buffer);
	r->submitted = false;
	r->buffer = size ? kmalloc(size, GFP_KERNEL) : NULL;
	if (size && !r->buffer)
		return;
	if (size)
		fill(r->buffer, size, c, code);
	winpar_irp_init(&r->irp);
	winpar_irp_set_ioctl(&r->irp, major, code,
			     c->major & 0x80 ? NULL : r->buffer, c->in, c->out);
	r->most = c->out;
	if (major == IRP_MJ_READ || major == IRP_MJ_WRITE) {
		r->irp.Stack.Parameters.Read.Length = c->out;
		r->irp.Stack.Parameters.Read.Key = c->in;
	}
	if (c->major & 0x80)
		r->most = 0;
	winpar_irp_set_completion(&r->irp, fuzz_done, r);
	reinit_completion(&r->done);
	atomic_set(&r->times, 0);
	r->submitted = true;
	atomic_inc(&requests);
	status = winpar_irp_submit(o->file, &r->irp);
	if (status != STATUS_PENDING && !atomic_read(&r->times))
		flaw("code %#x has ended with %#x, and its routine was not called",
		     code, status);
	if (status == STATUS_PENDING && (c->wait & 0xe0) == 0xe0)
		wait_for_completion_killable_timeout(&r->done, 1 + (c->wait & 3));
}

/*
 * Cancel a request and wait until it has completed, also in a program that is killed. False:
 * it does not.
 */
static bool settle(struct request *r)
{
	if (!r->submitted)
		return true;
	winpar_irp_cancel(&r->irp);
	if (!wait_for_completion_timeout(&r->done, msecs_to_jiffies(PATIENCE))) {
		flaw("code %#x does not complete",
		     r->irp.Stack.Parameters.DeviceIoControl.IoControlCode);
		return false;
	}
	r->submitted = false;
	return true;
}

static bool settle_all(struct session *s)
{
	unsigned int i;
	bool well = true;

	for (i = 0; i < REQUESTS; i++)
		well &= settle(&s->slots[i]);
	return well;
}

static void open_file(const struct session *s, struct opened *o,
		      const struct command *c)
{
	unsigned int i = c->code % ARRAY_SIZE(names);
	char name[48];

	snprintf(name, sizeof(name), names[i].format, s->number + names[i].plus);
	if (o->file || winpar_open(name, &o->file))
		return;
	o->is_port = winpar_internal_ioctl(o->file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					   NULL, 0, &o->info, sizeof(o->info),
					   NULL) == STATUS_SUCCESS;
}

static void close_file(struct opened *o)
{
	if (o->file)
		winpar_close(o->file);
	o->file = NULL;
}

static void call_back(struct opened *o, const struct command *c)
{
	if (!o->file || !o->is_port)
		return;
	switch (c->code % 3) {
	case 0:
		o->info.TryAllocatePort(o->info.Context);
		break;
	case 1:
		o->info.FreePort(o->info.Context);
		break;
	case 2:
		o->info.QueryNumWaiters(o->info.Context);
		break;
	}
}

static void carry_out(struct session *s, const struct command *c)
{
	struct opened *o = &s->files[c->which % FILES];
	struct request *r = &s->slots[c->which / FILES % REQUESTS];

	switch (c->what % 32) {
	case 0:
		open_file(s, o, c);
		break;
	case 1:
		close_file(o);
		break;
	case 2:
	case 3:
		if (r->submitted)
			winpar_irp_cancel(&r->irp);
		break;
	case 4:
	case 5:
	case 6:
		call_back(o, c);
		break;
	default:
		/* A file for it: the port's, or the device's. */
		if (!o->file && c->what & 0x80)
			open_file(s, o, &(struct command){ .code = c->which & 1 });
		if (o->file)
			submit(o, r, c);
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
	unsigned int i;
	bool well;

	size = min(size, sizeof(s->commands));
	mutex_lock(&s->lock);
	if (copy_from_user(s->commands, from, size)) {
		mutex_unlock(&s->lock);
		return -EFAULT;
	}
	for (i = 0; i < size / sizeof(*s->commands); i++)
		carry_out(s, &s->commands[i]);
	well = settle_all(s);
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
	bool well = settle_all(s);
	unsigned int i;

	close_all(s);
	ida_free(&numbers, s->number);
	/* A request that does not complete is in the session, which is not freed then. */
	if (!well)
		return 0;
	for (i = 0; i < REQUESTS; i++)
		kfree(s->slots[i].buffer);
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
	pr_info("%d requests, %d flaws\n", atomic_read(&requests), atomic_read(&flaws));
}

module_init(fuzz_init);
module_exit(fuzz_exit);
MODULE_DESCRIPTION("bytes become requests to winpar");
MODULE_LICENSE("GPL");
