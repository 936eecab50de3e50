// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port, by winpar's own calls. This file alone knows winpar's IRP, which has one
 * stack location; it lies in memory that the caller has with its own IRP.
 *
 * A request that completes before winpar_irp_submit() returns is done in the
 * completion routine that winpar calls: so winpar's bound on nested routines holds
 * for the layer's clients, too. Whether it will be STATUS_PENDING is not known while
 * winpar_irp_submit() has not returned, and @done has to be told: a routine that is
 * called by then in another context leaves the request to the submitter, which
 * then completes it as if it had not been pending.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include <winpar/winpar.h>

#include "wdm/port.h"

MODULE_DESCRIPTION("Windows' driver model around the parallel port");
MODULE_LICENSE("GPL");
MODULE_VERSION(WINPAR_VERSION);
WINPAR_CLIENT();

/* Where winpar_irp_submit() is. */
enum wdm_sent_state {
	WDM_SENT_SUBMITTING,
	WDM_SENT_PENDING,	/* it has returned STATUS_PENDING */
	WDM_SENT_DONE,		/* it has not, and the request is complete */
};

/**
 * struct wdm_sent - a request that winpar has
 * @irp: winpar's
 * @state: enum wdm_sent_state; each step by cmpxchg()
 * @softirq: the submitter is a softirq
 * @submitter: the task, or that which the softirq interrupted
 * @done: as in struct wdm_call
 * @arg: likewise
 */
struct wdm_sent {
	IRP irp;
	int state;
	bool softirq;
	struct task_struct *submitter;
	void (*done)(void *arg, NTSTATUS status, ULONG_PTR information,
		     bool pending);
	void *arg;
};

/**
 * wdm_port_open() - open a port or a device on it
 * @name: its name
 * @owner: the client's module
 * @file: where the opener goes
 * @context: where the DeviceExtension of its device object goes
 * @stack: where the StackSize of that goes
 *
 * Context: process context, may sleep.
 * Return: as winpar_open().
 */
NTSTATUS wdm_port_open(const char *name, struct module *owner,
		       struct winpar_file **file, void **context, CCHAR *stack)
{
	NTSTATUS status = winpar_open_owner(name, owner, file);

	if (NT_SUCCESS(status)) {
		*context = winpar_device_object(*file)->DeviceExtension;
		*stack = winpar_device_object(*file)->StackSize;
	}
	return status;
}

/**
 * wdm_port_close() - close what wdm_port_open() opened
 * @file: the opener
 *
 * Context: process context, may sleep.
 */
void wdm_port_close(struct winpar_file *file)
{
	winpar_close(file);
}

static void wdm_sent_tell(struct wdm_sent *sent, bool pending)
{
	/* What is called is at DISPATCH_LEVEL, on every kernel. */
	local_bh_disable();
	sent->done(sent->arg, sent->irp.IoStatus.Status,
		   sent->irp.IoStatus.Information, pending);
	local_bh_enable();
}

/* Is winpar_irp_submit() on the caller's own stack? */
static bool wdm_sent_is_here(struct wdm_sent *sent)
{
	return sent->submitter == current &&
	       sent->softirq == !!in_serving_softirq();
}

/* winpar's completion routine. */
static NTSTATUS wdm_sent_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wdm_sent *sent = context;

	if (READ_ONCE(sent->state) == WDM_SENT_SUBMITTING) {
		if (wdm_sent_is_here(sent)) {
			wdm_sent_tell(sent, false);
			return STATUS_SUCCESS;
		}
		if (cmpxchg(&sent->state, WDM_SENT_SUBMITTING, WDM_SENT_DONE) ==
		    WDM_SENT_SUBMITTING)
			return STATUS_SUCCESS;
	}
	wdm_sent_tell(sent, true);
	return STATUS_SUCCESS;
}

/* winpar's request, from the call. */
static void wdm_sent_fill(struct wdm_sent *sent, const struct wdm_call *call)
{
	IRP *irp = &sent->irp;

	winpar_irp_init(irp);
	switch (call->major) {
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
		irp->Stack.MajorFunction = call->major;
		irp->AssociatedIrp.SystemBuffer = call->buffer;
		irp->Stack.Parameters.Read.Length = call->in_len;
		irp->Stack.Parameters.Read.ByteOffset.QuadPart = call->offset;
		break;
	case IRP_MJ_QUERY_INFORMATION:
		irp->Stack.MajorFunction = call->major;
		irp->AssociatedIrp.SystemBuffer = call->buffer;
		irp->Stack.Parameters.QueryFile.Length = call->in_len;
		irp->Stack.Parameters.QueryFile.FileInformationClass = call->code;
		break;
	default:
		winpar_irp_set_ioctl(irp, call->major, call->code, call->buffer,
				     call->in_len, call->out_len);
	}
	winpar_irp_set_completion(irp, wdm_sent_completed, sent);
}

/**
 * wdm_port_send() - send a request to winpar
 * @file: to what
 * @space: memory for it until @call->done is called
 * @size: how large that is
 * @call: the request
 *
 * Context: as winpar_irp_submit().
 * Return: STATUS_PENDING, or its status: then @call->done has been called.
 */
NTSTATUS wdm_port_send(struct winpar_file *file, void *space, size_t size,
		       const struct wdm_call *call)
{
	struct wdm_sent *sent = space;
	NTSTATUS status;

	BUILD_BUG_ON(sizeof(*sent) > 32 * sizeof(long));
	if (WARN_ON_ONCE(size < sizeof(*sent)))
		return STATUS_INSUFFICIENT_RESOURCES;
	wdm_sent_fill(sent, call);
	sent->done = call->done;
	sent->arg = call->arg;
	sent->softirq = !!in_serving_softirq();
	sent->submitter = current;
	sent->state = WDM_SENT_SUBMITTING;
	status = winpar_irp_submit(file, &sent->irp);
	if (status != STATUS_PENDING)
		return status;
	/* Until this succeeds no routine lets go of @sent. */
	call->waits(call->arg);
	if (cmpxchg(&sent->state, WDM_SENT_SUBMITTING, WDM_SENT_PENDING) ==
	    WDM_SENT_SUBMITTING)
		return STATUS_PENDING;
	status = sent->irp.IoStatus.Status;
	wdm_sent_tell(sent, false);
	return status;
}

/**
 * wdm_port_cancel() - cancel a request that winpar has
 * @space: its memory, which the caller knows to be there
 *
 * Calls no routine: the loop of the port does.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_port_cancel(void *space)
{
	struct wdm_sent *sent = space;

	winpar_irp_cancel(&sent->irp);
}

/* A watch that only asks which ports there are. */
struct wdm_port_asked {
	struct winpar_watch watch;
	void (*name)(void *arg, const char *name);
	void *arg;
	bool closed;
};

static void wdm_port_arrived(struct winpar_watch *watch, const char *name)
{
	struct wdm_port_asked *asked =
		container_of(watch, struct wdm_port_asked, watch);

	if (!READ_ONCE(asked->closed))
		asked->name(asked->arg, name);
}

/**
 * wdm_port_names() - which ports are there?
 * @owner: the client's module
 * @name: called with the name of each, in process context
 * @arg: its first argument
 *
 * Context: process context, may sleep.
 * Return: as winpar_watch_ports().
 */
NTSTATUS wdm_port_names(struct module *owner,
			void (*name)(void *arg, const char *name), void *arg)
{
	struct wdm_port_asked asked = {
		.watch.arrived = wdm_port_arrived,
		.name = name,
		.arg = arg,
	};
	NTSTATUS status = winpar_watch_ports_owner(&asked.watch, owner);

	if (!NT_SUCCESS(status))
		return status;
	/* A port that arrives now is as if it came later. */
	WRITE_ONCE(asked.closed, true);
	winpar_unwatch_ports(&asked.watch);
	return STATUS_SUCCESS;
}

/**
 * wdm_port_synchronize() - run a routine with an interrupt kept out
 * @interrupt: from PARALLEL_INTERRUPT_INFORMATION
 * @routine: what is run
 * @context: its argument
 *
 * Context: as winpar_interrupt_synchronize().
 * Return: what @routine returned.
 */
BOOLEAN wdm_port_synchronize(PKINTERRUPT interrupt,
			     PKSYNCHRONIZE_ROUTINE routine, PVOID context)
{
	return winpar_interrupt_synchronize(interrupt, routine, context);
}

/**
 * wdm_port_interrupt_lock() - keep an interrupt out
 * @interrupt: from PARALLEL_INTERRUPT_INFORMATION
 * @flags: for wdm_port_interrupt_unlock()
 *
 * Context: as winpar_interrupt_lock().
 */
void wdm_port_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags)
{
	winpar_interrupt_lock(interrupt, flags);
}

/**
 * wdm_port_interrupt_unlock() - let an interrupt in again
 * @interrupt: as before
 * @flags: from wdm_port_interrupt_lock()
 *
 * Context: as winpar_interrupt_unlock().
 */
void wdm_port_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags)
{
	winpar_interrupt_unlock(interrupt, flags);
}
