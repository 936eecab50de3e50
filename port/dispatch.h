/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the requests of a port and those of a parallel device have in common: the
 * tables, how a row is found, what is tested by it, and how a request completes.
 *
 * A table is an array of rows by the function number of the control code. An
 * object has a table for each major function, and one more where two codes of a
 * major function have one function number. The order of the tests: the object is
 * gone, then the code, the row's @permit, the lengths, the buffer, and whether a
 * handler may sleep here. A handler tests contents and state.
 *
 * winpar_refuse() is a step of tests/model/close.pml.
 */
#ifndef _WINPAR_DISPATCH_H
#define _WINPAR_DISPATCH_H

#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "port/inside.h"
#include "port/irp.h"
#include "port/port.h"
#include "port/queue.h"

struct winpar_job;

/* No request of a port needs a larger buffer. */
#define WINPAR_IRP_BUFFER	128

/* The function number of a control code. */
#define WINPAR_FUNCTION(code)	(((code) >> 2) & 0xfff)

/**
 * struct winpar_request - one row of the table of requests
 * @code: the control code
 * @too_short: what one with a shorter buffer completes with, where that is not
 *             STATUS_BUFFER_TOO_SMALL
 * @in_len: bytes of input that it needs
 * @out_len: bytes of output that it gives
 * @any_length: the longest output of one whose output is as long as it happens
 *              to be; 0 where @out_len is all there is
 * @name: what messages call it
 * @job: what a device's worker does for it, when @handle is NULL or has
 *       nothing against it; NULL: nothing
 * @waits: may it have to wait, with this input? Then a synchronous call needs
 *         process context. NULL: never
 * @permit: tested before the lengths, when there is one: is the request enabled,
 *          is there room for an output whose length depends on the file?
 * @handle: does it, and says how it ended; lengths and buffer were tested
 * @sleeps: the handler may sleep: it is refused inside a routine that winpar called
 * @undoes: it is carried out on an object that has gone, too: it undoes something
 *
 * 64 bytes: a row is found by a shift, in one cache line.
 */
struct winpar_request {
	ULONG code;
	NTSTATUS too_short;
	u16 in_len;
	u16 out_len;
	u32 any_length;
	const char *name;
	const struct winpar_job *job;
	bool (*waits)(const void *buffer);
	NTSTATUS (*permit)(struct winpar_file *file, const IRP *irp);
	NTSTATUS (*handle)(struct winpar_file *file, IRP *irp);
	bool sleeps;
	bool undoes;
} __aligned(64);

/**
 * struct winpar_table - requests that have a major function in common
 * @major: the major function
 * @count: how many rows there are
 * @rows: by function number, some of them empty
 */
struct winpar_table {
	UCHAR major;
	unsigned int count;
	const struct winpar_request *rows;
};

#define WINPAR_TABLE(function, table)					\
	{								\
		.major = (function),					\
		.count = ARRAY_SIZE(table),				\
		.rows = (table),					\
	}

/* A row of a table, for the request @prefix@request. */
#define WINPAR_ROW(prefix, request, in, out, ...)			\
	[WINPAR_FUNCTION(prefix##request)] = {				\
		.code = prefix##request,				\
		.name = #request,					\
		.in_len = (in),						\
		.out_len = (out) + BUILD_BUG_ON_ZERO((out) > WINPAR_IRP_BUFFER), \
		__VA_ARGS__						\
	}

/* The row 0 of a table. Empty rows have code 0, which would find it. */
#define WINPAR_NO_ROW							\
	[0] = { .code = ~0U }

/* What a row does: winpar_ioctl_@function() answers at once. */
#define WINPAR_AT_ONCE(function)	.handle = winpar_ioctl_##function

/* For @waits of a request that may have to wait whatever its input. */
static inline bool winpar_request_always_waits(const void *buffer)
{
	return true;
}

/**
 * winpar_request_find() - find what a request is
 * @tables: of the object that it is sent to
 * @count: how many tables there are
 * @major: its major function
 * @code: its control code
 *
 * Return: its row, or NULL when there is no such request.
 */
static __always_inline const struct winpar_request *
winpar_request_find(const struct winpar_table *tables, unsigned int count,
		    UCHAR major, ULONG code)
{
	const unsigned int row = WINPAR_FUNCTION(code);
	const struct winpar_table *table;

	for (table = tables; table != tables + count; table++)
		if (table->major == major && row < table->count &&
		    table->rows[row].code == code)
			return &table->rows[row];
	return NULL;
}

/* Refuse a request that sleeps inside a routine: it would wait for itself. */
static inline NTSTATUS
winpar_request_may_sleep(struct winpar_file *file,
			 const struct winpar_request *request)
{
	if (!winpar_is_inside()) {
		might_sleep();
		return STATUS_SUCCESS;
	}
	winpar_warn(file->holder.seat->client,
		    "%s: %s sends %s from inside a routine that winpar called, which may not sleep: do it from process context\n",
		    file->port->name, winpar_file_client(file), request->name);
	return STATUS_INVALID_DEVICE_STATE;
}

/* Lengths, then the buffer. */
static __always_inline NTSTATUS
winpar_request_test_buffer(const struct winpar_request *request, const IRP *irp)
{
	const IO_STACK_LOCATION *stack = &irp->Stack;

	if (stack->Parameters.DeviceIoControl.InputBufferLength <
	    request->in_len ||
	    stack->Parameters.DeviceIoControl.OutputBufferLength <
	    request->out_len)
		return request->too_short ?: STATUS_BUFFER_TOO_SMALL;
	if ((request->in_len || request->out_len) &&
	    !irp->AssociatedIrp.SystemBuffer)
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

/**
 * winpar_request_test() - everything that is tested of every request
 * @file: to what it is sent
 * @request: its row
 * @irp: the request
 *
 * Nothing has changed when a test fails.
 *
 * Return: STATUS_SUCCESS; what @request says of a buffer that is too short;
 * STATUS_INVALID_PARAMETER a buffer that it needs is NULL;
 * STATUS_INVALID_DEVICE_STATE it may sleep, and was sent from inside a routine;
 * what @permit returns.
 */
static __always_inline NTSTATUS
winpar_request_test(struct winpar_file *file,
		    const struct winpar_request *request, const IRP *irp)
{
	NTSTATUS status;

	if (request->permit) {
		status = request->permit(file, irp);
		if (!NT_SUCCESS(status))
			return status;
	}
	status = winpar_request_test_buffer(request, irp);
	if (NT_SUCCESS(status) && request->sleeps)
		status = winpar_request_may_sleep(file, request);
	return status;
}

/* A request is sent to what @file has opened; @request is its row, or NULL. */
static __always_inline void
winpar_request_begin(const struct winpar_file *file, const IRP *irp,
		     const struct winpar_request *request)
{
	if (trace_winpar_submit_enabled())
		trace_winpar_submit(file, irp, request ? request->name : NULL);
}

/**
 * winpar_complete() - complete a request in its submitter's context
 * @file: to what it was sent
 * @irp: the request; not to be touched afterwards if it has a completion routine
 * @status: its result; STATUS_PENDING: it is queued, and not complete
 *
 * Inside another routine that winpar called the completion routine runs on top of that
 * routine, up to WINPAR_INSIDE_MAX deep; deeper down the loop calls it.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: @status; STATUS_PENDING the loop completes the request; STATUS_CANCELLED the file
 * has been closed, and the routine is not called.
 */
static __always_inline NTSTATUS winpar_complete(struct winpar_file *file,
						IRP *irp, NTSTATUS status)
{
	PIO_COMPLETION_ROUTINE routine;
	struct winpar_inside *inside;

	if (unlikely(status == STATUS_PENDING))
		return status;
	routine = irp->Stack.CompletionRoutine;
	if (!routine)
		return winpar_irp_end_at_once(irp, status);
	if (unlikely(!winpar_inside_may_nest()))
		return winpar_queue_defer_new(file, irp, status);
	irp->IoStatus.Status = status;
	trace_winpar_complete(irp);
	inside = winpar_inside_begin();
	routine(irp->Stack.DeviceObject, irp, irp->Stack.Context);
	winpar_inside_end(inside);
	return status;
}

/*
 * Complete a request that was refused because its file was @closed when it was
 * submitted. A client may submit again from its routine whatever it got: on such a
 * file the routine is not called from inside a routine, so that close comes to an
 * end. A file that is closed while a request is carried out changes nothing for that
 * request, hence @closed: it was read before.
 */
static inline NTSTATUS winpar_refuse(struct winpar_file *file, IRP *irp,
				     NTSTATUS status, bool closed)
{
	if (!closed || !winpar_is_inside())
		return winpar_complete(file, irp, status);
	return winpar_irp_end_at_once(irp, status);
}

#endif /* _WINPAR_DISPATCH_H */
