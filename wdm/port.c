// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other rooms' calls to winpar. This file alone knows winpar's IRP, which has one
 * stack location. It is part of struct wdm_sent, in memory that the caller of
 * wdm_port_send() keeps with its own IRP.
 *
 * The danger: wdm_call.done has to be told whether wdm_port_send() returns
 * STATUS_PENDING, but winpar may call the completion routine, wdm_sent_completed(),
 * before winpar_irp_submit() has returned. Three cases:
 *
 * - On the submitter's stack: winpar_irp_submit() will return the request's status, and
 *   the completion routine calls @done with false. As winpar calls it, winpar's bound
 *   on nested routines holds for the layer's clients, too.
 * - In another context, before wdm_port_send() is about to return: the completion
 *   routine only marks the request. wdm_port_send() then calls @done with false and
 *   returns the request's status.
 * - Later: the completion routine calls @done with true.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <winpar/winpar.h>

#include "wdm/port.h"

MODULE_DESCRIPTION("Windows' driver model around the parallel port");
MODULE_LICENSE("GPL");
MODULE_VERSION(WINPAR_VERSION);
WINPAR_CLIENT();

/* How far wdm_port_send() has come with a request. */
enum wdm_sent_state {
	WDM_SENT_SUBMITTING,
	WDM_SENT_PENDING,	/* it returns STATUS_PENDING */
	WDM_SENT_DONE,		/* another context has completed the request before */
};

/**
 * struct wdm_sent - a request that winpar has
 * @irp: winpar's IRP
 * @state: enum wdm_sent_state; changed by cmpxchg()
 * @softirq: a softirq called wdm_port_send()
 * @submitter: the task that called it, or that the softirq interrupted
 * @done: as in struct wdm_call
 * @arg: as in struct wdm_call
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
 * @file: where the winpar_file goes
 * @context: where the DeviceExtension of its device object goes
 * @stack: where the StackSize of its device object goes
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
 * @file: from wdm_port_open()
 *
 * Context: process context, may sleep.
 */
void wdm_port_close(struct winpar_file *file)
{
	winpar_close(file);
}

static void wdm_sent_tell(struct wdm_sent *sent, bool pending)
{
	/* @done is at DISPATCH_LEVEL, even if winpar calls us from a task. */
	local_bh_disable();
	sent->done(sent->arg, sent->irp.IoStatus.Status,
		   sent->irp.IoStatus.Information, pending);
	local_bh_enable();
}

/* Does the caller run on the stack of the winpar_irp_submit() of this request? */
static bool wdm_sent_is_here(struct wdm_sent *sent)
{
	return sent->submitter == current &&
	       sent->softirq == !!in_serving_softirq();
}

/* The completion routine that winpar calls. */
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

/* Set winpar's IRP up for a call. */
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
 * @file: the port or device that it is sent to
 * @space: memory for winpar's request, not to be freed before @call->done is called
 * @size: the size of @space in bytes
 * @call: the request
 *
 * Context: as winpar_irp_submit().
 * Return: STATUS_PENDING, or the request's status after @call->done was called.
 */
NTSTATUS wdm_port_send(struct winpar_file *file, void *space, size_t size,
		       const struct wdm_call *call)
{
	struct wdm_sent *sent = space;
	NTSTATUS status;

	BUILD_BUG_ON(sizeof(*sent) > WDM_PORT_WORDS * sizeof(ULONG_PTR));
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
	/* While the state is WDM_SENT_SUBMITTING no other context frees @sent. */
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
 * @space: the request's memory, which the caller knows not to be freed
 *
 * The port's loop calls @done later; this does not.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_port_cancel(void *space)
{
	struct wdm_sent *sent = space;

	winpar_irp_cancel(&sent->irp);
}

/* A watch that is taken up to learn which ports there are, and ended at once. */
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
	/* Ignore a port that arrives before the watch is ended. */
	WRITE_ONCE(asked.closed, true);
	winpar_unwatch_ports(&asked.watch);
	return STATUS_SUCCESS;
}

/**
 * struct wdm_watch - a watch for ports
 * @watch: winpar's
 * @changed: told of each port, in process context, one call at a time
 * @arg: its first argument
 */
struct wdm_watch {
	struct winpar_watch watch;
	void (*changed)(void *arg, const char *name, bool arrived);
	void *arg;
};

static void wdm_watch_arrived(struct winpar_watch *watch, const char *name)
{
	struct wdm_watch *own = container_of(watch, struct wdm_watch, watch);

	own->changed(own->arg, name, true);
}

static void wdm_watch_removed(struct winpar_watch *watch, const char *name)
{
	struct wdm_watch *own = container_of(watch, struct wdm_watch, watch);

	own->changed(own->arg, name, false);
}

/**
 * wdm_port_watch_alloc() - memory for a watch
 * @changed: called with the name of each port that arrives or is removed
 * @arg: its first argument
 *
 * Context: process context.
 * Return: the watch, for kfree() when it is not on, or NULL.
 */
struct wdm_watch *
wdm_port_watch_alloc(void (*changed)(void *arg, const char *name, bool arrived),
		     void *arg)
{
	struct wdm_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);

	if (!watch)
		return NULL;
	watch->watch.arrived = wdm_watch_arrived;
	watch->watch.removed = wdm_watch_removed;
	watch->changed = changed;
	watch->arg = arg;
	return watch;
}

/**
 * wdm_port_watch() - have a watch told of the ports there are, and of changes
 * @watch: the watch
 * @owner: the client's module
 *
 * Context: process context, may sleep.
 * Return: as winpar_watch_ports().
 */
NTSTATUS wdm_port_watch(struct wdm_watch *watch, struct module *owner)
{
	return winpar_watch_ports_owner(&watch->watch, owner);
}

/**
 * wdm_port_unwatch() - have a watch told no more
 * @watch: the watch; it need not be on
 *
 * Context: process context, may sleep. Nothing is told afterwards; what calls this
 * from inside @changed is still running.
 */
void wdm_port_unwatch(struct wdm_watch *watch)
{
	winpar_unwatch_ports(&watch->watch);
}

/**
 * wdm_port_synchronize() - run a routine while the interrupt routine cannot run
 * @interrupt: from PARALLEL_INTERRUPT_INFORMATION
 * @routine: the routine
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
 * wdm_port_interrupt_lock() - keep the interrupt routine from running
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
 * wdm_port_interrupt_unlock() - let the interrupt routine run again
 * @interrupt: from PARALLEL_INTERRUPT_INFORMATION
 * @flags: from wdm_port_interrupt_lock()
 *
 * Context: as winpar_interrupt_unlock().
 */
void wdm_port_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags)
{
	winpar_interrupt_unlock(interrupt, flags);
}

/**
 * wdm_port_status_name() - what a status is called
 * @status: the status
 *
 * Context: any.
 * Return: its name; "unknown status" for one that winpar does not know.
 */
const char *wdm_port_status_name(NTSTATUS status)
{
	return winpar_status_name(status);
}
