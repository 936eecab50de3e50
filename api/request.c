// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests as clients see them: submit, cancel, wait, and the synchronous calls.
 *
 * A client sets a request up and submits it. From then on the request is winpar's
 * until it is complete. A request that completes at once never leaves the caller's
 * hands. A request that has to wait is linked into its queue and its file by its
 * own members, so that it costs no memory, and completes exactly once (port/irp.h).
 *
 * The synchronous calls submit a request on the stack and wait for it: killable,
 * freezable, no task of interest to the hung-task detector.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/winpar.h>

#include "port/dispatch.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/port.h"
#include "winpar_ioctl.h"

/**
 * winpar_irp_alloc() - allocate a request and set it up
 * @gfp: how
 *
 * Context: as @gfp allows.
 * Return: the request, for winpar_irp_free(), or NULL.
 */
IRP *winpar_irp_alloc(gfp_t gfp)
{
	IRP *irp = kmalloc(sizeof(*irp), gfp);

	if (irp)
		winpar_irp_init(irp);
	return irp;
}
WINPAR_EXPORT(winpar_irp_alloc);

/**
 * winpar_irp_free() - free what winpar_irp_alloc() allocated
 * @irp: a request that is not pending, or NULL. One that is pending is not freed
 *       but reported: winpar still works on it
 *
 * Context: any, also the request's own completion routine.
 */
void winpar_irp_free(IRP *irp)
{
	if (irp && unlikely(winpar_irp_is_pending(irp))) {
		pr_warn_ratelimited("%ps frees a request that is pending, which winpar still works on: it stays. Wait for it or cancel it first\n",
				    __builtin_return_address(0));
		return;
	}
	kfree(irp);
}
WINPAR_EXPORT(winpar_irp_free);

/* Refuse a request that is submitted for a second time. */
static noinline NTSTATUS winpar_irp_refuse_pending(struct winpar_file *file)
{
	winpar_warn(file->holder.seat->client,
		    "%s: %s submits a request that is pending: wait for it or cancel it first\n",
		    file->port->name, winpar_file_client(file));
	return STATUS_INVALID_PARAMETER;
}

/**
 * winpar_irp_submit() - submit a request
 * @file: to what
 * @irp: a request that is set up and not pending
 *
 * When the status is not STATUS_PENDING the request is complete and the caller's
 * again: the status is its IoStatus.Status, and its completion routine, if any, has
 * been called, also when this was called from inside another routine. (On a file
 * that is being closed the routine is not called from inside a routine.) When it is
 * STATUS_PENDING the request is winpar's; it may be complete before this returns.
 * Inside a routine an allocation is always STATUS_PENDING, and so is every request
 * with a completion routine that would nest too deep.
 *
 * Context: at or below DISPATCH_LEVEL, or process context, as the request's own
 * page says. A spinlock may be held that no completion routine and no interrupt
 * routine takes; not the interrupt lock.
 * Return: the request's status; STATUS_PENDING; STATUS_INVALID_PARAMETER also
 * when @file or @irp is NULL or the request is pending: then it is not touched.
 */
NTSTATUS winpar_irp_submit(struct winpar_file *file, IRP *irp)
{
	if (!file || !irp)
		return STATUS_INVALID_PARAMETER;
	if (unlikely(winpar_irp_is_pending(irp)))
		return winpar_irp_refuse_pending(file);
	winpar_irp_prepare(irp, file);
	return winpar_dispatch(file, irp);
}
WINPAR_EXPORT(winpar_irp_submit);

/**
 * winpar_irp_cancel() - cancel a pending request
 * @irp: the request, whose memory the caller knows to be good
 *
 * May be called at any time, also while the request completes, is used again or is
 * sent to another object. Takes the same time however many requests wait. The
 * completion routine is called by the loop of the port, exactly once in any case.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: true when the request completes with STATUS_CANCELLED; false when it
 * was in no queue, or is just being submitted: then it completes with
 * STATUS_CANCELLED if it would have had to wait. False also when a parallel
 * device's worker is at it: then it ends at the next byte, with STATUS_CANCELLED
 * unless it was over.
 */
bool winpar_irp_cancel(IRP *irp)
{
	return irp && winpar_irp_abort(irp);
}
WINPAR_EXPORT(winpar_irp_cancel);

/* ----- waiting ----------------------------------------------------------- */

/* Refuse to wait inside a routine that winpar called: that would be for ever. */
static noinline NTSTATUS winpar_irp_refuse_wait(const struct winpar_file *file)
{
	winpar_warn(file->holder.seat->client,
		    "%s: %s waits for a request from inside a routine that winpar called, which would wait for itself: submit the request with a completion routine\n",
		    file->port->name, winpar_file_client(file));
	return STATUS_INVALID_DEVICE_STATE;
}

/* @caller: what the log names: the request's file may be closed at any time. */
static NTSTATUS winpar_irp_wait_for(IRP *irp, unsigned long timeout, void *caller)
{
	if (!irp || !irp->winpar.file || irp->Stack.CompletionRoutine)
		return STATUS_INVALID_PARAMETER;
	if (!winpar_irp_is_pending(irp))
		return irp->IoStatus.Status;
	if (winpar_is_inside()) {
		pr_warn_ratelimited("%ps waits for a request from inside a routine that winpar called, which would wait for itself: submit the request with a completion routine\n",
				    caller);
		return STATUS_INVALID_DEVICE_STATE;
	}
	return winpar_irp_await(irp, timeout);
}

/**
 * winpar_irp_wait_timeout() - wait some time for a request
 * @irp: a request without a completion routine that was submitted
 * @timeout_jiffies: how long at most, in jiffies; from MAX_SCHEDULE_TIMEOUT: for
 *                   ever
 *
 * A fatal signal cancels the request.
 *
 * Context: process context, may sleep; not inside a routine that winpar called.
 * Return: its status; STATUS_TIMEOUT it is pending still;
 * STATUS_INVALID_PARAMETER @irp is NULL, was never submitted or has a completion
 * routine; STATUS_INVALID_DEVICE_STATE called from inside such a routine.
 */
NTSTATUS winpar_irp_wait_timeout(IRP *irp, unsigned long timeout_jiffies)
{
	return winpar_irp_wait_for(irp, timeout_jiffies, __builtin_return_address(0));
}
WINPAR_EXPORT(winpar_irp_wait_timeout);

/**
 * winpar_irp_wait() - wait for a request
 * @irp: a request without a completion routine that was submitted
 *
 * A fatal signal cancels the request.
 *
 * Context: as winpar_irp_wait_timeout().
 * Return: as winpar_irp_wait_timeout(), but for STATUS_TIMEOUT.
 */
NTSTATUS winpar_irp_wait(IRP *irp)
{
	return winpar_irp_wait_for(irp, MAX_SCHEDULE_TIMEOUT, __builtin_return_address(0));
}
WINPAR_EXPORT(winpar_irp_wait);

/* ----- synchronous calls ------------------------------------------------- */

/* Submit and wait. A fatal signal cancels the request. */
static NTSTATUS winpar_irp_run(struct winpar_file *file, IRP *irp)
{
	NTSTATUS status = winpar_irp_submit(file, irp);

	if (status != STATUS_PENDING)
		return status;
	return winpar_irp_await(irp, MAX_SCHEDULE_TIMEOUT);
}

/* Submit a request on the stack whose row is known, and wait for it. */
static NTSTATUS winpar_irp_run_found(struct winpar_file *file,
				     const struct winpar_request *request,
				     IRP *irp)
{
	NTSTATUS status;

	winpar_irp_prepare(irp, file);
	status = winpar_dispatch_found(file, request, irp);
	if (status != STATUS_PENDING)
		return status;
	return winpar_irp_await(irp, MAX_SCHEDULE_TIMEOUT);
}

/* As winpar_irp_run_found(), a request that is set up here. */
static __always_inline NTSTATUS
winpar_irp_run_ioctl(struct winpar_file *file,
		     const struct winpar_request *request, UCHAR major,
		     ULONG code, void *buffer, ULONG in_len, ULONG out_len,
		     ULONG_PTR *information)
{
	IRP irp winpar_uninitialized;
	NTSTATUS status;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, major, code, buffer, in_len, out_len);
	status = winpar_irp_run_found(file, request, &irp);
	if (information)
		*information = irp.IoStatus.Information;
	return status;
}

/*
 * The buffer that input and output share, as METHOD_BUFFERED wants it: @small, on the
 * stack, but for a request that reads a device ID (any_length) into more bytes than
 * @small has. NULL: no memory.
 */
static u8 *winpar_irp_fill_buffer(const struct winpar_request *request,
				  const void *in, ULONG in_len, ULONG out_len,
				  u8 *small)
{
	size_t size = WINPAR_IRP_BUFFER;
	u8 *buffer = small;

	if (request->any_length && out_len > size) {
		size = min_t(ULONG, out_len, request->any_length);
		buffer = kvmalloc(size, GFP_KERNEL);
		if (!buffer)
			return NULL;
	}
	memset(buffer, 0, size);
	if (in)
		memcpy(buffer, in, min_t(size_t, in_len, size));
	return buffer;
}

/*
 * A request that has input, or an output whose length depends on the device. SystemBuffer
 * is NULL when the request needs @in or @out, and the caller has none.
 */
static noinline NTSTATUS
winpar_irp_ioctl_copied(struct winpar_file *file,
			const struct winpar_request *request, UCHAR major,
			const void *in, ULONG in_len, void *out, ULONG out_len,
			ULONG_PTR *information)
{
	bool missing = (request->in_len && !in) || (request->out_len && !out);
	u8 small[WINPAR_IRP_BUFFER] __aligned(8) winpar_uninitialized;
	ULONG_PTR done = 0;
	NTSTATUS status;
	u8 *buffer;

	/* Refuse it before kvmalloc(), which may sleep. */
	if (request->any_length && winpar_is_inside())
		return winpar_irp_refuse_wait(file);
	buffer = winpar_irp_fill_buffer(request, in, in_len, out_len, small);
	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (request->waits && request->waits(buffer) && winpar_is_inside())
		status = winpar_irp_refuse_wait(file);
	else
		status = winpar_irp_run_ioctl(file, request, major,
					      request->code,
					      missing ? NULL : buffer, in_len,
					      out_len, &done);
	if (done)
		memcpy(out, buffer, done);
	if (information)
		*information = done;
	if (buffer != small)
		kvfree(buffer);
	return status;
}

/*
 * Without input, and with an answer whose length is known when it is sent, SystemBuffer is
 * the caller's @out itself: the handler writes the whole answer, or nothing.
 */
static __always_inline NTSTATUS
winpar_irp_ioctl(struct winpar_file *file, UCHAR major, ULONG code,
		 const void *in, ULONG in_len, void *out, ULONG out_len,
		 ULONG_PTR *information)
{
	const struct winpar_request *request;

	if (information)
		*information = 0;
	if (!file)
		return STATUS_INVALID_PARAMETER;
	request = winpar_find_request(file, major, code);
	if (request && (request->in_len || request->any_length))
		return winpar_irp_ioctl_copied(file, request, major, in,
					       in_len, out, out_len,
					       information);
	if (request && request->waits && request->waits(NULL) &&
	    unlikely(winpar_is_inside()))
		return winpar_irp_refuse_wait(file);
	return winpar_irp_run_ioctl(file, request, major, code, out, in_len,
				    out_len, information);
}

/**
 * winpar_internal_ioctl() - make an internal device control request and wait
 * @file: to what
 * @code: the control code
 * @in: input, or NULL
 * @in_len: its length in bytes
 * @out: output, or NULL
 * @out_len: its length in bytes
 * @information: where IoStatus.Information goes, or NULL
 *
 * Context: as the request's own page says; one that may have to wait
 * (PARALLEL_PORT_ALLOCATE, SELECT_DEVICE) in process context, not inside a routine that
 * winpar called. A fatal signal cancels it.
 * Return: the request's status; STATUS_INVALID_PARAMETER @file is NULL;
 * STATUS_INVALID_DEVICE_STATE it may wait and was called from inside such a
 * routine.
 */
NTSTATUS winpar_internal_ioctl(struct winpar_file *file, ULONG code,
			       const void *in, ULONG in_len,
			       void *out, ULONG out_len,
			       ULONG_PTR *information)
{
	return winpar_irp_ioctl(file, IRP_MJ_INTERNAL_DEVICE_CONTROL, code,
				in, in_len, out, out_len, information);
}
WINPAR_EXPORT(winpar_internal_ioctl);

/**
 * winpar_device_ioctl() - make a device control request and wait
 * @file: to what
 * @code: the control code
 * @in: input, or NULL
 * @in_len: its length in bytes
 * @out: output, or NULL
 * @out_len: its length in bytes
 * @information: where IoStatus.Information goes, or NULL
 *
 * Context: process context, may sleep, not inside a routine that winpar
 * called. A fatal signal cancels it.
 * Return: the request's status; a port has no such requests:
 * STATUS_INVALID_DEVICE_REQUEST; STATUS_INVALID_PARAMETER @file is NULL;
 * STATUS_INVALID_DEVICE_STATE called from inside such a routine.
 */
NTSTATUS winpar_device_ioctl(struct winpar_file *file, ULONG code,
			     const void *in, ULONG in_len,
			     void *out, ULONG out_len,
			     ULONG_PTR *information)
{
	return winpar_irp_ioctl(file, IRP_MJ_DEVICE_CONTROL, code,
				in, in_len, out, out_len, information);
}
WINPAR_EXPORT(winpar_device_ioctl);

static NTSTATUS winpar_irp_transfer(struct winpar_file *file, UCHAR major,
				    void *buf, ULONG len, ULONG *done)
{
	NTSTATUS status;
	IRP irp winpar_uninitialized;

	if (done)
		*done = 0;
	if (!file)
		return STATUS_INVALID_PARAMETER;
	if (file->device && winpar_is_inside())
		return winpar_irp_refuse_wait(file);
	winpar_irp_init(&irp);
	irp.AssociatedIrp.SystemBuffer = buf;
	irp.Stack.MajorFunction = major;
	irp.Stack.Parameters.Read.Length = len;
	status = winpar_irp_run(file, &irp);
	if (done)
		*done = irp.IoStatus.Information;
	return status;
}

/**
 * winpar_read() - read from a parallel device and wait
 * @file: the device
 * @buf: where to
 * @len: how many bytes at most
 * @done: where the number of bytes read goes, or NULL
 *
 * Implements IRP_MJ_READ. How long it takes at most is what
 * IOCTL_SERIAL_SET_TIMEOUTS says, 30 s at first.
 *
 * Context: process context, may sleep, not inside a routine that winpar
 * called. A fatal signal cancels it.
 * Return: STATUS_SUCCESS all of it was read; STATUS_TIMEOUT; STATUS_CANCELLED;
 * STATUS_IO_DEVICE_ERROR the device is in trouble, or does not speak the current
 * protocol; STATUS_DEVICE_BUSY the port was not had in time;
 * STATUS_UNSUCCESSFUL the device could not be selected; STATUS_DELETE_PENDING;
 * STATUS_DEVICE_REMOVED; STATUS_INVALID_PARAMETER @file is NULL, or @buf is
 * with a length; STATUS_INVALID_DEVICE_STATE called from inside such a routine;
 * a port has no such request: STATUS_INVALID_DEVICE_REQUEST.
 */
NTSTATUS winpar_read(struct winpar_file *file, void *buf, ULONG len,
		     ULONG *done)
{
	return winpar_irp_transfer(file, IRP_MJ_READ, buf, len, done);
}
WINPAR_EXPORT(winpar_read);

/**
 * winpar_write() - write to a parallel device and wait
 * @file: the device
 * @buf: where from
 * @len: how many bytes
 * @done: where the number of bytes written goes, or NULL
 *
 * Implements IRP_MJ_WRITE.
 *
 * Context: as winpar_read().
 * Return: as winpar_read().
 */
NTSTATUS winpar_write(struct winpar_file *file, const void *buf, ULONG len,
		      ULONG *done)
{
	return winpar_irp_transfer(file, IRP_MJ_WRITE, (void *)buf, len, done);
}
WINPAR_EXPORT(winpar_write);
