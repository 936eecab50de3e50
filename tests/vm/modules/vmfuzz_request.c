// SPDX-License-Identifier: GPL-2.0-only
/* vmfuzz: requests, and their completion routine. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <winpar/ntddser.h>

#include "vmfuzz.h"

/* The last SLOW of them take much longer than the others: they are chosen less often. */
#define SLOW	7

static const u32 codes[] = {
	IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
	IOCTL_INTERNAL_PARALLEL_PORT_FREE,
	IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_GET_MORE_PARALLEL_PORT_INFO,
	IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
	IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT,
	IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE,
	IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE,
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
	IOCTL_IEEE1284_GET_MODE,
	IOCTL_PAR_SET_WRITE_ADDRESS,
	IOCTL_PAR_SET_READ_ADDRESS,
	IOCTL_PAR_GET_DEFAULT_MODES,
	IOCTL_PAR_IS_PORT_FREE,
	IOCTL_PAR_QUERY_LOCATION,
	IOCTL_SERIAL_GET_TIMEOUTS,
	IOCTL_SERIAL_SET_TIMEOUTS,
	IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
	IOCTL_INTERNAL_INIT_1284_3_BUS,
	IOCTL_PAR_QUERY_DEVICE_ID,
	IOCTL_PAR_QUERY_DEVICE_ID_SIZE,
	IOCTL_PAR_QUERY_RAW_DEVICE_ID,
	IOCTL_IEEE1284_NEGOTIATE,
	IOCTL_PAR_GET_DEVICE_CAPS,
};

static const u8 majors[] = {
	IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_DEVICE_CONTROL,
	IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_DEVICE_CONTROL,
	IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_DEVICE_CONTROL,
	IRP_MJ_READ, IRP_MJ_WRITE,
};

/* ABI.md, section 3: a port's requests that may sleep. */
static bool code_sleeps(u32 code)
{
	return code == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT ||
	       code == IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT ||
	       code == IOCTL_INTERNAL_INIT_1284_3_BUS ||
	       code == IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO;
}

/* The table's code, or one that differs in a bit. */
static u32 code_of(const struct command *c)
{
	u32 code = codes[c->code % (ARRAY_SIZE(codes) - (c->wait & 0x1c ? SLOW : 0))];

	return c->fill & 0x80 ? code ^ BIT(c->wait % 32) : code;
}

static u8 major_of(const struct command *c)
{
	/* All there are, and some that there are not. */
	if (c->major >= 0xe0)
		return c->major - 0xe0;
	return majors[c->major % ARRAY_SIZE(majors)];
}

/* A request's input. Pointers are given to routines that there are, or are NULL. */
static void fill(void *buffer, u32 size, const struct command *c, u32 code,
		 struct opened *o)
{
	u8 *byte = buffer;
	u32 i;

	memset(buffer, 0, size);
	if (code == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT ||
	    code == IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT) {
		call_routines(buffer, size, c, o);
		return;
	}
	for (i = 0; i < size && i < 8; i++)
		byte[i] = (c->fill & BIT(i)) ? c->wait + i : 0;
	if (c->fill & 0x40)
		memset(buffer, c->fill, size);
}

static u32 irp_code(const IRP *irp)
{
	return irp->Stack.Parameters.DeviceIoControl.IoControlCode;
}

static NTSTATUS fuzz_done(PDEVICE_OBJECT object, PIRP irp, PVOID context);

/*
 * A buffer of @size bytes, often one that @r has had before: winpar has no business with it
 * any more, but making a new one takes as long as the rest of a request. NULL: memory is
 * lacking, or @size is 0.
 */
static void *request_buffer(struct request *r, u32 size, bool again, gfp_t gfp)
{
	void **buffer = &r->buffers[size];

	if (!size || (again && *buffer))
		return *buffer;
	kfree(*buffer);
	*buffer = kmalloc(size, gfp);
	return *buffer;
}

/* Make @r what @c says. False: memory is lacking. */
static bool request_make(struct request *r, const struct command *c, gfp_t gfp)
{
	u32 code = code_of(c), size = max(c->in, c->out);
	bool no_buffer = c->major & 0x80;
	u8 major = major_of(c);

	r->buffer = request_buffer(r, size, c->wait & 3, gfp);
	if (size && !r->buffer)
		return false;
	if (size)
		fill(r->buffer, size, c, code, r->opened);
	winpar_irp_set_ioctl(&r->irp, major, code, no_buffer ? NULL : r->buffer, c->in,
			     c->out);
	if (major == IRP_MJ_READ || major == IRP_MJ_WRITE) {
		r->irp.Stack.Parameters.Read.Length = c->wait & 0x1c ? c->out % 8 : c->out;
		r->irp.Stack.Parameters.Read.Key = c->in;
	}
	r->most = no_buffer ? 0 : c->out;
	winpar_irp_set_completion(&r->irp, fuzz_done, r);
	return true;
}

/*
 * Submit @r, at level @at. Return: is winpar to call its routine, or has it been called? Not for
 * a submission inside a routine to a file that is being closed.
 */
static bool request_begin(struct request *r, enum level at, bool inside)
{
	u32 code = irp_code(&r->irp);
	int times = atomic_read(&r->times);
	unsigned long flags;
	NTSTATUS status;

	if (!r->opened->is_port || code_sleeps(code))
		at = LEVEL_TASK;
	atomic_inc(&fuzz_requests);
	atomic_inc(&r->begun);
	flags = level_raise(at);
	status = winpar_irp_submit(r->opened->file, &r->irp);
	level_lower(at, flags);
	if (status == STATUS_PENDING || atomic_read(&r->times) != times)
		return true;
	atomic_inc(&r->times);
	if (!inside || status != STATUS_CANCELLED)
		flaw("code %#x has ended with %#x, and its routine was not called",
		     code, status);
	return false;
}

/* In the routine of @r: what its next command says. True: it is submitted again. */
static bool request_next(struct request *r)
{
	const struct command *c = &r->next;

	r->has_next = false;
	atomic_inc(&fuzz_inside);
	switch (c->what % 32) {
	case 2:
	case 3:
		winpar_irp_cancel(&r->irp);
		return false;
	case 4:
	case 5:
	case 6:
		call_back(NULL, r->opened, c);
		return false;
	default:
		return request_make(r, c, GFP_ATOMIC) && request_begin(r, LEVEL_TASK, true);
	}
}

static NTSTATUS fuzz_done(PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	struct request *r = context;
	NTSTATUS status = irp->IoStatus.Status;

	if (atomic_inc_return(&r->times) > atomic_read(&r->begun))
		flaw("code %#x has completed twice", irp_code(irp));
	if (NT_SUCCESS(status) && irp->IoStatus.Information > r->most)
		flaw("code %#x has %lu bytes of %u", irp_code(irp),
		     (unsigned long)irp->IoStatus.Information, r->most);
	if (status == STATUS_SUCCESS &&
	    irp_code(irp) == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT &&
	    irp->IoStatus.Information == sizeof(PARALLEL_INTERRUPT_INFORMATION))
		call_connected(r->opened, r->buffer);
	/* For all who wait for it, until it is submitted again. */
	if (!r->has_next || !request_next(r))
		complete_all(&r->done);
	return STATUS_SUCCESS;
}

/**
 * request_submit() - submit a request
 * @o: to whose file
 * @r: the request; nothing happens if it is pending
 * @c: what it is, and at which level it is submitted
 * @next: what its routine does, or NULL
 */
void request_submit(struct opened *o, struct request *r, const struct command *c,
		    const struct command *next)
{
	if (r->submitted && !completion_done(&r->done))
		return;
	winpar_irp_init(&r->irp);
	r->opened = o;
	r->submitted = request_make(r, c, GFP_KERNEL);
	if (!r->submitted)
		return;
	r->has_next = next;
	if (next)
		r->next = *next;
	reinit_completion(&r->done);
	if (!request_begin(r, command_level(c), false))
		complete_all(&r->done);
	else if ((c->wait & 0xe0) == 0xe0)
		wait_for_completion_killable_timeout(&r->done, 1 + (c->wait & 3));
}

/*
 * Cancel a request until it has completed, also in a program that is killed: its routine may
 * submit it again. False: it does not complete.
 */
static bool request_settle(struct request *r)
{
	unsigned long end = jiffies + msecs_to_jiffies(fuzz_patience);

	if (!r->submitted)
		return true;
	do {
		winpar_irp_cancel(&r->irp);
		if (wait_for_completion_timeout(&r->done, HZ / 20)) {
			r->submitted = false;
			return true;
		}
	} while (time_before(jiffies, end));
	flaw("code %#x does not complete", irp_code(&r->irp));
	return false;
}

/**
 * session_settle() - cancel all requests until they have completed
 * @s: whose
 *
 * Return: false when one does not complete.
 */
bool session_settle(struct session *s)
{
	unsigned int i;
	bool well = true;

	for (i = 0; i < REQUESTS; i++)
		well &= request_settle(&s->slots[i]);
	return well;
}
