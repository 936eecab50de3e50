// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dispatch room: which object a request is sent to, and the handlers of a
 * port's requests.
 *
 * A request to a port is found by its control code in the table here, a request to
 * a parallel device in the tables of device/ioctl.c. port/dispatch.h has what the
 * tables have in common, and the order of the tests. IoStatus.Information is set
 * here.
 *
 * The handler of IOCTL_INTERNAL_X is winpar_ioctl_x(), and it runs in the
 * submitter's context.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>

#include <winpar/winpar.h>

#include "device/ioctl.h"
#include "port/allocate.h"
#include "port/daisy.h"
#include "port/dispatch.h"
#include "port/info.h"
#include "port/inside.h"
#include "port/interrupt.h"
#include "port/mode.h"
#include "port/port.h"
#include "port/select.h"
#include "winpar_ioctl.h"

/* ----- allocation -------------------------------------------------------- */

/**
 * winpar_ioctl_parallel_port_allocate() - IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE
 * @file: of the client that asks for the port
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS at once when the port is free; STATUS_PENDING queued;
 * STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_parallel_port_allocate(struct winpar_file *file,
						    IRP *irp)
{
	return winpar_port_allocate(file, irp);
}

/**
 * winpar_ioctl_parallel_port_free() - IOCTL_INTERNAL_PARALLEL_PORT_FREE
 * @file: of the client that frees
 * @irp: the request
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, also when no client had the port;
 * STATUS_INVALID_DEVICE_STATE another file's request has it, or another client.
 */
static NTSTATUS winpar_ioctl_parallel_port_free(struct winpar_file *file,
						IRP *irp)
{
	return winpar_port_free(file);
}

/* ----- information ------------------------------------------------------- */

/**
 * winpar_ioctl_get_parallel_port_info() - IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO
 * @file: of which port
 * @irp: the request; its buffer takes a PARALLEL_PORT_INFORMATION
 *
 * Deviation: Information is the size of that structure; the page names another.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_ioctl_get_parallel_port_info(struct winpar_file *file,
						    IRP *irp)
{
	winpar_info_port(file->holder.seat, irp->AssociatedIrp.SystemBuffer);
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_release_parallel_port_info() - RELEASE_PARALLEL_PORT_INFO
 * @file: of which port
 * @irp: the request
 *
 * Implements IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO. What
 * GET_PARALLEL_PORT_INFO gave needs no releasing: it stays good until
 * the client's module has gone.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS
winpar_ioctl_release_parallel_port_info(struct winpar_file *file, IRP *irp)
{
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_get_more_parallel_port_info() - GET_MORE_PARALLEL_PORT_INFO
 * @file: of which port
 * @irp: the request; its buffer takes a MORE_PARALLEL_PORT_INFORMATION
 *
 * Implements IOCTL_INTERNAL_GET_MORE_PARALLEL_PORT_INFO.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS
winpar_ioctl_get_more_parallel_port_info(struct winpar_file *file, IRP *irp)
{
	winpar_info_more(file->port, irp->AssociatedIrp.SystemBuffer);
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_get_parallel_pnp_info() - IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO
 * @file: of which port
 * @irp: the request; its buffer takes a PARALLEL_PNP_INFORMATION
 *
 * Scans the bus and probes the chip, if that has not been done and the port is
 * free or allocated: while a Linux driver has it, what is not known is 0.
 *
 * Deviation: Information is the size of that structure; the page says 0, which
 * would copy nothing back.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_get_parallel_pnp_info(struct winpar_file *file,
						   IRP *irp)
{
	winpar_select_find_out(file);
	/* The port may have gone during winpar_select_find_out(). */
	if (winpar_port_is_gone(file->port))
		return STATUS_DELETE_PENDING;
	winpar_info_pnp(file->holder.seat, irp->AssociatedIrp.SystemBuffer);
	return STATUS_SUCCESS;
}

/* ----- chip mode --------------------------------------------------------- */

/**
 * winpar_ioctl_parallel_set_chip_mode() - PARALLEL_SET_CHIP_MODE
 * @file: of the client that sets it
 * @irp: the request; its buffer holds a PARALLEL_CHIP_MODE
 *
 * Implements IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE the client does not have
 * the port, or a mode is set already; STATUS_NO_SUCH_DEVICE not a mode of this port;
 * STATUS_DELETE_PENDING; STATUS_CANCELLED the file is being closed.
 */
static NTSTATUS winpar_ioctl_parallel_set_chip_mode(struct winpar_file *file,
						    IRP *irp)
{
	const PARALLEL_CHIP_MODE *mode = irp->AssociatedIrp.SystemBuffer;

	return winpar_mode_set(&file->holder, mode->ModeFlags);
}

/**
 * winpar_ioctl_parallel_clear_chip_mode() - PARALLEL_CLEAR_CHIP_MODE
 * @file: of the client that clears it
 * @irp: the request; its buffer holds a PARALLEL_CHIP_MODE
 *
 * Implements IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE the client does not have
 * the port, or that is not the current mode; STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_parallel_clear_chip_mode(struct winpar_file *file,
						      IRP *irp)
{
	const PARALLEL_CHIP_MODE *mode = irp->AssociatedIrp.SystemBuffer;

	return winpar_mode_clear(file->holder.seat, mode->ModeFlags);
}

/* ----- IEEE 1284.3 ------------------------------------------------------- */

/**
 * winpar_ioctl_init_1284_3_bus() - IOCTL_INTERNAL_INIT_1284_3_BUS
 * @file: of which port
 * @irp: the request
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL as for winpar_select_scan();
 * STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_init_1284_3_bus(struct winpar_file *file, IRP *irp)
{
	NTSTATUS status = winpar_select_scan(file);
	char who[MODULE_NAME_LEN];

	if (status != STATUS_UNSUCCESSFUL)
		return status;
	winpar_port_who(file->port, who, sizeof(who));
	winpar_warn(file->holder.seat->client,
		    "%s: %s cannot number the daisy chain: %s. %s has the port. %s (%#010x)\n",
		    file->port->name, winpar_file_client(file),
		    !winpar_daisy_may_scan() ? "winpar's parameter scan_1284_3 is 0" :
		    winpar_port_is_asleep(file->port) ? "the machine sleeps" :
		    "the port is in use, or is waited for", who,
		    winpar_status_name(status), status);
	return status;
}

/* SELECT_DEVICE waits for the port, unless its flags say that the caller has it. */
static bool winpar_select_device_waits(const void *buffer)
{
	const PARALLEL_1284_COMMAND *command = buffer;

	return !(command->CommandFlags & PAR_HAVE_PORT_KEEP_PORT);
}

/**
 * winpar_ioctl_select_device() - IOCTL_INTERNAL_SELECT_DEVICE
 * @file: of the client that selects
 * @irp: the request; its buffer holds a PARALLEL_1284_COMMAND
 *
 * Deviation: ID must be below Ieee1284_3DeviceCount; the page says that only a
 * greater one is wrong.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_PENDING; STATUS_INVALID_PARAMETER no such
 * device; STATUS_UNSUCCESSFUL it does not answer, or the caller says that it
 * has the port, and has not; STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_select_device(struct winpar_file *file, IRP *irp)
{
	return winpar_select_request(file, irp);
}

/**
 * winpar_ioctl_deselect_device() - IOCTL_INTERNAL_DESELECT_DEVICE
 * @file: of the client that deselects
 * @irp: the request; its buffer holds a PARALLEL_1284_COMMAND
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device;
 * STATUS_UNSUCCESSFUL the caller does not have the port, or no device answers;
 * STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_ioctl_deselect_device(struct winpar_file *file, IRP *irp)
{
	return winpar_select_deselect(file, irp->AssociatedIrp.SystemBuffer);
}

/* ----- interrupts -------------------------------------------------------- */

/* CONNECT_INTERRUPT is refused unless a parameter enables it, read each time. */
static NTSTATUS winpar_permit_connect_interrupt(struct winpar_file *file,
						const IRP *irp)
{
	if (winpar_interrupt_may_connect(file->port))
		return STATUS_SUCCESS;
	winpar_warn(file->holder.seat->client,
		    "%s: %s may not connect an interrupt routine: %s (%#010x). Set winpar's parameter %s\n",
		    file->port->name, winpar_file_client(file),
		    winpar_status_name(STATUS_UNSUCCESSFUL),
		    STATUS_UNSUCCESSFUL,
		    winpar_interrupt_parameter(file->port));
	return STATUS_UNSUCCESSFUL;
}

/**
 * winpar_ioctl_parallel_connect_interrupt() - PARALLEL_CONNECT_INTERRUPT
 * @file: of the client that connects
 * @irp: the request; its buffer holds a PARALLEL_INTERRUPT_SERVICE_ROUTINE and
 *       takes a PARALLEL_INTERRUPT_INFORMATION
 *
 * Implements IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT. Deviation: while a
 * Linux driver has the port the routines hear nothing.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER neither routine is given;
 * STATUS_INSUFFICIENT_RESOURCES the port has no interrupt, or no memory;
 * STATUS_DELETE_PENDING. STATUS_UNSUCCESSFUL, not enabled, comes before.
 */
static NTSTATUS
winpar_ioctl_parallel_connect_interrupt(struct winpar_file *file, IRP *irp)
{
	PARALLEL_INTERRUPT_INFORMATION *info = irp->AssociatedIrp.SystemBuffer;
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE *routines =
		irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status;

	if (!routines->InterruptServiceRoutine &&
	    !routines->DeferredPortCheckRoutine)
		return STATUS_INVALID_PARAMETER;
	status = winpar_interrupt_connect(file, routines);
	if (!NT_SUCCESS(status))
		return status;
	winpar_info_interrupt(file->holder.seat, info);
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_parallel_disconnect_interrupt() - PARALLEL_DISCONNECT_INTERRUPT
 * @file: of the client that disconnects
 * @irp: the request; its buffer holds a PARALLEL_INTERRUPT_SERVICE_ROUTINE
 *
 * Implements IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT.
 *
 * Context: process context, may sleep; not inside a routine that the port
 * called.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER not connected;
 * STATUS_DELETE_PENDING not connected and the port is gone;
 * STATUS_INVALID_DEVICE_STATE called from inside such a routine.
 */
static NTSTATUS
winpar_ioctl_parallel_disconnect_interrupt(struct winpar_file *file, IRP *irp)
{
	return winpar_interrupt_disconnect(file,
					   irp->AssociatedIrp.SystemBuffer);
}

/* ----- the table --------------------------------------------------------- */

/* Internal device control requests to a parallel port. */
static const struct winpar_request winpar_port_internal[] = {
	WINPAR_NO_ROW,
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_PORT_ALLOCATE, 0, 0,
		   WINPAR_AT_ONCE(parallel_port_allocate),
		   .waits = winpar_request_always_waits),
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_PORT_FREE, 0, 0,
		   WINPAR_AT_ONCE(parallel_port_free)),
	WINPAR_ROW(IOCTL_INTERNAL_, GET_PARALLEL_PORT_INFO,
		   0, sizeof(PARALLEL_PORT_INFORMATION),
		   WINPAR_AT_ONCE(get_parallel_port_info)),
	WINPAR_ROW(IOCTL_INTERNAL_, RELEASE_PARALLEL_PORT_INFO, 0, 0,
		   WINPAR_AT_ONCE(release_parallel_port_info)),
	WINPAR_ROW(IOCTL_INTERNAL_, GET_MORE_PARALLEL_PORT_INFO,
		   0, sizeof(MORE_PARALLEL_PORT_INFORMATION),
		   WINPAR_AT_ONCE(get_more_parallel_port_info)),
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_CONNECT_INTERRUPT,
		   sizeof(PARALLEL_INTERRUPT_SERVICE_ROUTINE),
		   sizeof(PARALLEL_INTERRUPT_INFORMATION),
		   WINPAR_AT_ONCE(parallel_connect_interrupt), .sleeps = true,
		   .permit = winpar_permit_connect_interrupt),
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_DISCONNECT_INTERRUPT,
		   sizeof(PARALLEL_INTERRUPT_SERVICE_ROUTINE), 0,
		   WINPAR_AT_ONCE(parallel_disconnect_interrupt),
		   .sleeps = true, .undoes = true),
	WINPAR_ROW(IOCTL_INTERNAL_, GET_PARALLEL_PNP_INFO,
		   0, sizeof(PARALLEL_PNP_INFORMATION),
		   WINPAR_AT_ONCE(get_parallel_pnp_info), .sleeps = true),
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_SET_CHIP_MODE,
		   sizeof(PARALLEL_CHIP_MODE), 0,
		   WINPAR_AT_ONCE(parallel_set_chip_mode)),
	WINPAR_ROW(IOCTL_INTERNAL_, PARALLEL_CLEAR_CHIP_MODE,
		   sizeof(PARALLEL_CHIP_MODE), 0,
		   WINPAR_AT_ONCE(parallel_clear_chip_mode)),
	WINPAR_ROW(IOCTL_INTERNAL_, INIT_1284_3_BUS, 0, 0,
		   WINPAR_AT_ONCE(init_1284_3_bus), .sleeps = true),
	WINPAR_ROW(IOCTL_INTERNAL_, SELECT_DEVICE,
		   sizeof(PARALLEL_1284_COMMAND), 0,
		   WINPAR_AT_ONCE(select_device),
		   .waits = winpar_select_device_waits),
	WINPAR_ROW(IOCTL_INTERNAL_, DESELECT_DEVICE,
		   sizeof(PARALLEL_1284_COMMAND), 0,
		   WINPAR_AT_ONCE(deselect_device)),
};

static const struct winpar_table winpar_port_tables[] = {
	WINPAR_TABLE(IRP_MJ_INTERNAL_DEVICE_CONTROL, winpar_port_internal),
};

/* ----- dispatch ---------------------------------------------------------- */

static __always_inline const struct winpar_request *
winpar_port_find_request(UCHAR major, ULONG code)
{
	return winpar_request_find(winpar_port_tables,
				   ARRAY_SIZE(winpar_port_tables), major, code);
}

/**
 * winpar_find_request() - find the row of a request in the tables
 * @file: to what it is sent
 * @major: its major function
 * @code: its control code
 *
 * Context: any.
 * Return: its row, or NULL when there is no such request.
 */
const struct winpar_request *winpar_find_request(struct winpar_file *file,
						 UCHAR major, ULONG code)
{
	return file->device ? winpar_device_find_request(major, code) :
			      winpar_port_find_request(major, code);
}

/* Call a handler that sleeps. Close waits for it before the file is freed. */
static NTSTATUS winpar_dispatch_sleeping(struct winpar_file *file,
					 const struct winpar_request *request,
					 IRP *irp)
{
	struct winpar_port *port = file->port;
	NTSTATUS status;
	unsigned long flags;
	bool closed;

	winpar_port_lock(port, &flags);
	closed = file->holder.closed;
	file->busy += !closed;
	winpar_port_unlock(port, flags);
	if (closed)
		return STATUS_CANCELLED;
	status = request->handle(file, irp);
	winpar_port_lock(port, &flags);
	file->busy--;
	__winpar_port_wake(port);
	winpar_port_unlock(port, flags);
	return status;
}

/* Test and carry out a request that has @permit, or whose handler may sleep. */
static noinline NTSTATUS
winpar_dispatch_slowly(struct winpar_file *file,
		       const struct winpar_request *request, IRP *irp)
{
	NTSTATUS status = winpar_request_test(file, request, irp);

	irp->IoStatus.Information = 0;
	if (!NT_SUCCESS(status))
		return status;
	status = request->sleeps ?
		 winpar_dispatch_sleeping(file, request, irp) :
		 request->handle(file, irp);
	if (status == STATUS_SUCCESS)
		irp->IoStatus.Information = request->out_len;
	return status;
}

/* Test a request, then carry it out. */
static __always_inline NTSTATUS
winpar_dispatch_ioctl(struct winpar_file *file,
		      const struct winpar_request *request, IRP *irp)
{
	NTSTATUS status;

	if (unlikely(request->permit || request->sleeps))
		return winpar_dispatch_slowly(file, request, irp);
	status = winpar_request_test_buffer(request, irp);
	if (likely(NT_SUCCESS(status))) {
		/* Before the call: after it the request may be another's already. */
		irp->IoStatus.Information = request->out_len;
		status = request->handle(file, irp);
	}
	if (unlikely(!NT_SUCCESS(status)))
		irp->IoStatus.Information = 0;
	return status;
}

/* Answer a request to a port that has gone, or on a file that is being closed. */
static noinline NTSTATUS
winpar_dispatch_refused(struct winpar_file *file,
			const struct winpar_request *request, IRP *irp)
{
	bool closed = READ_ONCE(file->holder.closed);
	NTSTATUS status = STATUS_CANCELLED;

	irp->IoStatus.Information = 0;
	if (winpar_port_is_gone(file->port))
		status = STATUS_DELETE_PENDING;
	/* A client may still disconnect its routines from a port that has gone. */
	if (status == STATUS_DELETE_PENDING && request && request->undoes &&
	    winpar_dispatch_slowly(file, request, irp) == STATUS_SUCCESS)
		status = STATUS_SUCCESS;
	return winpar_refuse(file, irp, status, closed);
}

/* Answer a request of which a port has no row. */
static noinline NTSTATUS winpar_dispatch_unknown(struct winpar_file *file,
						 IRP *irp)
{
	NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
	unsigned int i;

	irp->IoStatus.Information = 0;
	for (i = 0; i < ARRAY_SIZE(winpar_port_tables); i++)
		if (winpar_port_tables[i].major == irp->Stack.MajorFunction)
			status = STATUS_INVALID_PARAMETER;
	return winpar_complete(file, irp, status);
}

static __always_inline NTSTATUS
winpar_dispatch_port(struct winpar_file *file,
		     const struct winpar_request *request, IRP *irp)
{
	winpar_request_begin(file, irp, request);
	/* No lock: a port that has gone stays gone, a closed file stays closed. */
	if (unlikely(data_race(file->port->state) == WINPAR_PORT_GONE ||
		     /* A close is final, too. */
		     data_race(file->holder.closed)))
		return winpar_dispatch_refused(file, request, irp);
	if (unlikely(!request))
		return winpar_dispatch_unknown(file, irp);
	return winpar_complete(file, irp,
			       winpar_dispatch_ioctl(file, request, irp));
}

/**
 * winpar_dispatch() - carry a request out and complete it, or queue it
 * @file: to what
 * @irp: the request; when it has a completion routine or the status is
 *       STATUS_PENDING it may be gone already
 *
 * Context: as the request's handler says.
 * Return: its status; STATUS_DELETE_PENDING; STATUS_INVALID_DEVICE_REQUEST no
 * such major function; STATUS_INVALID_PARAMETER no such code, or a buffer that
 * it needs is NULL; STATUS_BUFFER_TOO_SMALL.
 */
NTSTATUS winpar_dispatch(struct winpar_file *file, IRP *irp)
{
	const IO_STACK_LOCATION *stack = &irp->Stack;
	const UCHAR major = stack->MajorFunction;
	const ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;

	if (unlikely(file->device))
		return winpar_device_dispatch(file,
					      winpar_device_find_request(major,
									 code),
					      irp);
	return winpar_dispatch_port(file, winpar_port_find_request(major, code),
				    irp);
}

/**
 * winpar_dispatch_found() - winpar_dispatch() for a caller who has the row
 * @file: to what
 * @request: what winpar_find_request() has found for @irp
 * @irp: the request, as for winpar_dispatch()
 *
 * Context: as the request's handler says.
 * Return: as winpar_dispatch().
 */
NTSTATUS winpar_dispatch_found(struct winpar_file *file,
			       const struct winpar_request *request, IRP *irp)
{
	if (file->device)
		return winpar_device_dispatch(file, request, irp);
	return winpar_dispatch_port(file, request, irp);
}
