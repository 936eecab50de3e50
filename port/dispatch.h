/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the requests of a port and those of a parallel device have in common: a
 * row of a table, what is tested by it, and how a request completes.
 */
#ifndef _WINPAR_DISPATCH_H
#define _WINPAR_DISPATCH_H

#include "port/irp.h"
#include "port/port.h"

struct winpar_job;

/* No request of a port needs a larger buffer. */
#define WINPAR_IRP_BUFFER	128

/* The function number of a control code. */
#define WINPAR_FUNCTION(code)	(((code) >> 2) & 0xfff)

/**
 * struct winpar_request - one row of the table of requests
 * @code: the control code
 * @name: what messages call it
 * @in_len: bytes of input that it needs
 * @out_len: bytes of output that it gives
 * @any_length: the longest output of one whose output is as long as it happens
 *              to be; 0 where @out_len is all there is
 * @measure: how many bytes of output it gives, where that depends on the file
 * @too_short: what one with a shorter buffer completes with, where that is not
 *             STATUS_BUFFER_TOO_SMALL
 * @job: what a device's worker does for it, when @handle is NULL or has
 *       nothing against it; NULL: nothing
 * @waits: may it have to wait, with this input? Then a synchronous call needs
 *         process context. NULL: never
 * @permit: tested before the lengths, when there is one
 * @handle: does it, and says how it ended; lengths and buffer were tested
 */
struct winpar_request {
	ULONG code;
	const char *name;
	u16 in_len;
	u16 out_len;
	u32 any_length;
	size_t (*measure)(const struct winpar_file *file);
	NTSTATUS too_short;
	const struct winpar_job *job;
	bool (*waits)(const void *buffer);
	NTSTATUS (*permit)(struct winpar_file *file);
	NTSTATUS (*handle)(struct winpar_file *file, IRP *irp);
};

/* For @waits of a request that may have to wait whatever its input. */
static inline bool winpar_request_always_waits(const void *buffer)
{
	return true;
}

/* Lengths, then the buffer: what is tested of every request. */
static __always_inline NTSTATUS
winpar_request_check(const struct winpar_request *request, const IRP *irp,
		     NTSTATUS too_short)
{
	const IO_STACK_LOCATION *stack = &irp->Stack;

	if (stack->Parameters.DeviceIoControl.InputBufferLength <
	    request->in_len ||
	    stack->Parameters.DeviceIoControl.OutputBufferLength <
	    request->out_len)
		return too_short;
	if ((request->in_len || request->out_len) &&
	    !irp->AssociatedIrp.SystemBuffer)
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/* Complete a request in its submitter's context, unless it is pending. */
static __always_inline NTSTATUS winpar_complete(struct winpar_file *file,
						IRP *irp, NTSTATUS status)
{
	if (status == STATUS_PENDING)
		return status;
	irp->IoStatus.Status = status;
	irp->winpar.state = WINPAR_IRP_DONE;
	if (irp->Stack.CompletionRoutine)
		winpar_queue_complete(file->port, irp);
	return status;
}

#endif /* _WINPAR_DISPATCH_H */
