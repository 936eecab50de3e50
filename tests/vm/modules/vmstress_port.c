// SPDX-License-Identifier: GPL-2.0-only
/* vmstress: the parties that use the port, with requests, calls and polling. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>

#include "vmstress.h"

enum {
	REQUEST_DONE,
	REQUEST_SUBMITTED,
	REQUEST_AGAIN,		/* done, and its routine submits it again */
};

struct request {
	IRP irp;
	atomic_t state;
	atomic_t times;		/* how often its routine was called */
	unsigned long since;
	bool again;		/* its routine is to submit it again */
	/*
	 * Its place among the thread's submissions; 0 when its routine has submitted it, or
	 * when it may be cancelled.
	 */
	unsigned int ticket;
	bool queued;		/* that submission has returned, and the request waits */
};

static struct request requests[STRESS_REQUESTS];
static unsigned int tickets;
/* The party ASYNC has the port, and its thread is to free it. */
static bool held;

/* ----- requests with completion routines ------------------------------------ */

static NTSTATUS async_done(PDEVICE_OBJECT object, PIRP irp, PVOID context);

static void async_submit(struct party *p, struct request *r, bool inside)
{
	int times = atomic_read(&r->times);
	NTSTATUS status;

	atomic_inc(&stress_submitted);
	winpar_irp_set_ioctl(&r->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(&r->irp, async_done, r);
	r->since = jiffies;
	WRITE_ONCE(r->queued, false);
	WRITE_ONCE(r->ticket, inside ? 0 : ++tickets);
	if (atomic_xchg(&r->state, REQUEST_SUBMITTED) !=
	    (inside ? REQUEST_AGAIN : REQUEST_DONE))
		flaw("a request was submitted twice: the test is wrong");
	status = party_submit(p, &r->irp);
	if (status == STATUS_PENDING) {
		if (inside)
			return;
		/*
		 * After the submission. Without effect if its routine has submitted it again
		 * since: it has no ticket then.
		 */
		smp_store_release(&r->queued, true);
		return;
	}
	if (inside && status == STATUS_SUCCESS)
		flaw("an allocation inside a routine has succeeded at once");
	/*
	 * The file closes: a submission from the routine ends without a call of
	 * it.
	 */
	if (inside && status == STATUS_CANCELLED) {
		atomic_set(&r->state, REQUEST_DONE);
		atomic_inc(&stress_completed);
		return;
	}
	if (atomic_read(&r->times) == times)
		flaw("a request has ended with %#x, and its routine was not called",
		     status);
}

/* The port was granted to @r: not before a request that has waited since before. */
static void async_in_order(const struct request *r)
{
	unsigned int i, ticket, own = READ_ONCE(r->ticket);

	for (i = 0; own && i < STRESS_REQUESTS; i++) {
		/* Before its state is read. */
		if (!smp_load_acquire(&requests[i].queued))
			continue;
		/* Before its ticket: its routine takes that away, and submits it again. */
		if (atomic_read_acquire(&requests[i].state) != REQUEST_SUBMITTED)
			continue;
		ticket = READ_ONCE(requests[i].ticket);
		if (ticket && ticket < own)
			flaw("allocation %u was granted before %u, which waits", own,
			     ticket);
	}
}

static NTSTATUS async_done(PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	struct party *p = &parties[ASYNC];
	struct request *r = context;
	NTSTATUS status = irp->IoStatus.Status;
	bool again, hold;

	atomic_inc(&r->times);
	model_waited(p, r->since);
	if (status == STATUS_SUCCESS) {
		async_in_order(r);
		model_grant(p);
	} else if (status != STATUS_CANCELLED && status != STATUS_DELETE_PENDING) {
		flaw("an allocation has ended with %#x", status);
	}
	hold = status == STATUS_SUCCESS && !stress_dice(3);
	again = status == STATUS_SUCCESS && !hold && r->again &&
		!READ_ONCE(stress_over) && !stress_lull();
	atomic_inc(&stress_completed);
	if (atomic_xchg(&r->state, again ? REQUEST_AGAIN : REQUEST_DONE) !=
	    REQUEST_SUBMITTED)
		flaw("a request has completed twice");
	if (status != STATUS_SUCCESS)
		return STATUS_SUCCESS;
	if (hold) {
		/* model_grant() comes before it; see async_unhold(). */
		smp_store_release(&held, true);
		return STATUS_SUCCESS;
	}
	party_free(p);
	if (again)
		async_submit(p, r, true);
	return STATUS_SUCCESS;
}

static bool async_is_idle(void)
{
	unsigned int i;

	for (i = 0; i < STRESS_REQUESTS; i++)
		if (atomic_read(&requests[i].state) != REQUEST_DONE)
			return false;
	return true;
}

static void async_unhold(struct party *p)
{
	/* After it this thread sees all that model_grant() wrote. */
	if (!smp_load_acquire(&held))
		return;
	stress_work(p);
	WRITE_ONCE(held, false);
	party_free(p);
}

static void async_step(struct party *p)
{
	struct request *r = &requests[stress_dice(STRESS_REQUESTS)];

	if (stress_lull()) {
		async_unhold(p);
		stress_rest(1000);
		return;
	}
	if (atomic_read(&r->state) == REQUEST_DONE) {
		/*
		 * Its routine may still run, but does not use the request any
		 * more.
		 */
		r->again = stress_dice(2);
		async_submit(p, r, false);
	} else if (!stress_dice(4)) {
		WRITE_ONCE(r->ticket, 0);
		party_cancel(&r->irp);
	}
	async_unhold(p);
	if (!stress_dice(8))
		stress_rest(200);
}

/* Cancel all requests, free the port, and wait until no request is left. */
static void async_settle(struct party *p)
{
	unsigned int i;

	for (i = 0; i < STRESS_REQUESTS; i++)
		requests[i].again = false;
	while (!async_is_idle() || READ_ONCE(held)) {
		for (i = 0; i < STRESS_REQUESTS; i++)
			if (atomic_read(&requests[i].state) != REQUEST_DONE) {
				WRITE_ONCE(requests[i].ticket, 0);
				winpar_irp_cancel(&requests[i].irp);
			}
		async_unhold(p);
		stress_rest(200);
	}
}

/* leave=1: get the port and leave it allocated, with requests that wait for it. */
static void async_litter(struct party *p)
{
	unsigned int i, tries = 100;

	while (!READ_ONCE(held) && tries--) {
		for (i = 0; i < STRESS_REQUESTS; i++)
			if (atomic_read(&requests[i].state) == REQUEST_DONE)
				async_submit(p, &requests[i], false);
		stress_rest(500);
	}
}

int async_thread(void *data)
{
	struct party *p = data;

	while (party_open(p)) {
		while (!stress_stopped() && !party_gone(p))
			async_step(p);
		if (stress_leave && stress_stopped()) {
			async_litter(p);
			return 0;
		}
		async_settle(p);
		party_close(p);
	}
	return party_over(p);
}

/* ----- synchronous calls ----------------------------------------------------- */

/* Allocate the port and wait. A flaw if too many other grants came first. */
static NTSTATUS sync_allocate(struct party *p)
{
	unsigned long since = jiffies;
	int before, passed;
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	status = party_submit(p, &irp);
	if (status != STATUS_PENDING)
		return status;
	before = atomic_read(&p->life->grants);
	if (!stress_dice(16))
		party_cancel(&irp);
	status = winpar_irp_wait(&irp);
	passed = atomic_read(&p->life->grants) - before;
	if (status == STATUS_SUCCESS && passed > STRESS_QUEUED)
		flaw("%s was passed by %d others in the queue", stress_names[p->who],
		     passed);
	model_waited(p, since);
	return status;
}

/* What a request for the port may end with. */
static void allocate_judge(const struct party *p, NTSTATUS status)
{
	if (status != STATUS_SUCCESS && status != STATUS_CANCELLED &&
	    status != STATUS_DELETE_PENDING)
		flaw("%s: status %#x", stress_names[p->who], status);
}

static void sync_step(struct party *p)
{
	NTSTATUS status = stress_dice(2) ? sync_allocate(p) :
			  party_call(p, IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
				     NULL, 0, 0);

	if (status == STATUS_SUCCESS) {
		model_grant(p);
		stress_work(p);
		if (stress_dice(2)) {
			party_free(p);
		} else {
			model_free(p, false);
			status = party_call(p, IOCTL_INTERNAL_PARALLEL_PORT_FREE,
					    NULL, 0, 0);
		}
	}
	allocate_judge(p, status);
	if (!stress_dice(8))
		stress_rest(200);
}

/* Allocate the port, set a chip mode, clear it, and free the port. */
static void mode_step(struct party *p)
{
	PARALLEL_PNP_INFORMATION pnp;
	PARALLEL_CHIP_MODE mode = { .ModeFlags = 0x20 };
	NTSTATUS status;

	status = sync_allocate(p);
	allocate_judge(p, status);
	if (status != STATUS_SUCCESS)
		return;
	/*
	 * winpar may scan the bus now, with packets that change the data
	 * register.
	 */
	if (!stress_dice(8))
		party_call(p, IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO, &pnp, 0,
			   sizeof(pnp));
	model_grant(p);
	status = party_call(p, IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE, &mode,
			    sizeof(mode), 0);
	if (status == STATUS_SUCCESS) {
		stress_work(p);
		status = party_call(p, IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE,
				    &mode, sizeof(mode), 0);
	}
	if (status != STATUS_SUCCESS && status != STATUS_DELETE_PENDING &&
	    !stress_lacked(status))
		flaw("%s: the chip mode: status %#x", stress_names[p->who], status);
	party_free(p);
	stress_rest(200);
}

/*
 * Select the end-of-chain device or the first of the daisy chain, which allocates the port;
 * perhaps the other one, too; deselect, which frees the port.
 */
static void select_step(struct party *p)
{
	PARALLEL_1284_COMMAND command = {
		.CommandFlags = stress_dice(2) ? PAR_END_OF_CHAIN_DEVICE : 0,
	};
	unsigned long since = jiffies;
	NTSTATUS status;

	status = party_call(p, IOCTL_INTERNAL_SELECT_DEVICE, &command,
			    sizeof(command), 0);
	model_waited(p, since);
	/* The port may have no daisy chain. */
	if (status != STATUS_INVALID_PARAMETER ||
	    command.CommandFlags & PAR_END_OF_CHAIN_DEVICE)
		allocate_judge(p, status);
	if (status != STATUS_SUCCESS)
		return;
	if (stress_dice(2)) {
		command.CommandFlags = PAR_END_OF_CHAIN_DEVICE | PAR_HAVE_PORT_KEEP_PORT;
		status = party_call(p, IOCTL_INTERNAL_SELECT_DEVICE, &command,
				    sizeof(command), 0);
		allocate_judge(p, status);
	}
	/* The packets have changed the data register. */
	model_grant(p);
	stress_work(p);
	model_free(p, false);
	command.CommandFlags = PAR_END_OF_CHAIN_DEVICE;
	status = party_call(p, IOCTL_INTERNAL_DESELECT_DEVICE, &command,
			    sizeof(command), 0);
	allocate_judge(p, status);
	stress_rest(200);
}

static void poll_step(struct party *p)
{
	if (party_try(p)) {
		model_grant(p);
		stress_work(p);
		party_free(p);
	} else if (p->info.QueryNumWaiters(p->info.Context) > STRESS_QUEUED + 1) {
		flaw("more requests wait than there are");
	}
	stress_rest(100 + stress_dice(400));
}

/* Open a file, submit a request, and close the file while it is pending. */
static void opener_step(struct party *p)
{
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	party_submit(p, &irp);
	if (stress_dice(2))
		stress_rest(stress_dice(300));
	party_close(p);
	/* The close has ended the request: granted, or cancelled. */
	if (irp.IoStatus.Status == STATUS_PENDING)
		flaw("close has returned with a request pending");
	else
		allocate_judge(p, irp.IoStatus.Status);
}

/* ----- threads ---------------------------------------------------------------- */

/*
 * A thread that opens the port, does steps until the port is gone, and begins
 * again.
 */
static int step_thread(struct party *p, void (*step)(struct party *p))
{
	while (party_open(p)) {
		while (p->file && !stress_stopped() && !party_gone(p))
			if (p->who != POLL && stress_lull())
				stress_rest(1000);
			else
				step(p);
		if (stress_leave && stress_stopped())
			break;
		party_close(p);
	}
	return party_over(p);
}

int sync_thread(void *data)
{
	return step_thread(data, sync_step);
}

int mode_thread(void *data)
{
	return step_thread(data, mode_step);
}

int poll_thread(void *data)
{
	return step_thread(data, poll_step);
}

int opener_thread(void *data)
{
	return step_thread(data, opener_step);
}

int select_thread(void *data)
{
	return step_thread(data, select_step);
}

/* Called once, before the threads start. */
void async_init(void)
{
	unsigned int i;

	for (i = 0; i < STRESS_REQUESTS; i++)
		winpar_irp_init(&requests[i].irp);
}
