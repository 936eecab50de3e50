// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of a parallel device: two tables, one for each major function,
 * with a row for each control code.
 *
 * winpar_ioctl_x() answers IOCTL_X at once, in the submitter's context.
 * winpar_job_x() does it in the device's worker, in the order of the device's
 * FIFO, with the port. A row with both first has winpar_ioctl_x() test the
 * contents, and queues the job if that succeeds. Some handlers are in
 * device/settings.c and device/data.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include "device/class.h"
#include "device/data.h"
#include "device/hold.h"
#include "device/id.h"
#include "device/ioctl.h"
#include "device/negotiate.h"
#include "device/settings.h"
#include "device/state.h"
#include "device/status.h"
#include "device/stop.h"
#include "device/transfer.h"
#include "device/worker.h"
#include "host/attach.h"
#include "host/engine.h"
#include "port/dispatch.h"
#include "port/reserve.h"

static void *winpar_buffer(IRP *irp)
{
	return irp->AssociatedIrp.SystemBuffer;
}

/* ----- class drivers ----------------------------------------------------- */

/**
 * winpar_ioctl_parclass_connect() - IOCTL_INTERNAL_PARCLASS_CONNECT
 * @file: who connects
 * @irp: the request; its buffer takes a PARCLASS_INFORMATION
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_ioctl_parclass_connect(struct winpar_file *file,
					      IRP *irp)
{
	winpar_class_information(file, winpar_buffer(irp));
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_parclass_disconnect() - IOCTL_INTERNAL_PARCLASS_DISCONNECT
 * @file: who disconnects
 * @irp: the request
 *
 * What PARCLASS_CONNECT gave does nothing without a lock: there is nothing to
 * undo, and a lock stays.
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_ioctl_parclass_disconnect(struct winpar_file *file,
						 IRP *irp)
{
	return STATUS_SUCCESS;
}

/* ----- lock -------------------------------------------------------------- */

static NTSTATUS winpar_job_lock(struct winpar_device *device, bool select)
{
	unsigned long flags;
	NTSTATUS status;

	/*
	 * The worker may have kept the port after its last request, with a mode on
	 * the wire and the device selected. Free the port, so that
	 * winpar_hold_take() begins without either.
	 */
	winpar_hold_give(device);
	status = winpar_hold_take(device, MAX_SCHEDULE_TIMEOUT, select);
	if (!NT_SUCCESS(status))
		return status;
	spin_lock_irqsave(&device->lock, flags);
	device->locked = true;
	spin_unlock_irqrestore(&device->lock, flags);
	winpar_port_lend(device->file);
	return STATUS_SUCCESS;
}

/**
 * winpar_job_lock_port() - IOCTL_INTERNAL_LOCK_PORT
 * @device: to lock
 * @irp: the request
 *
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL the device cannot be selected;
 * STATUS_DEVICE_REMOVED; STATUS_CANCELLED; STATUS_DELETE_PENDING.
 * STATUS_INVALID_DEVICE_STATE, the file has or awaits the lock, comes before.
 */
static NTSTATUS winpar_job_lock_port(struct winpar_device *device, IRP *irp)
{
	return winpar_job_lock(device, true);
}

/**
 * winpar_job_lock_port_no_select() - IOCTL_INTERNAL_LOCK_PORT_NO_SELECT
 * @device: to lock
 * @irp: the request
 *
 * Return: as winpar_job_lock_port().
 */
static NTSTATUS winpar_job_lock_port_no_select(struct winpar_device *device,
					       IRP *irp)
{
	return winpar_job_lock(device, false);
}

/**
 * winpar_job_unlock_port() - IOCTL_INTERNAL_UNLOCK_PORT
 * @device: to unlock
 * @irp: the request
 *
 * Also IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT: the device is deselected in any
 * case, since the next owner of a port finds the end-of-chain device selected.
 *
 * Return: STATUS_SUCCESS, also without a lock.
 */
static NTSTATUS winpar_job_unlock_port(struct winpar_device *device, IRP *irp)
{
	unsigned long flags;
	bool locked;

	spin_lock_irqsave(&device->lock, flags);
	locked = device->locked;
	device->locked = false;
	spin_unlock_irqrestore(&device->lock, flags);
	if (locked)
		winpar_hold_give(device);
	else if (__ratelimit(&device->reports))
		pr_warn("%s: %s unlocks the port, which it has not locked: an UNLOCK too many, or a missing LOCK\n",
			device->name, winpar_file_client(device->file));
	return STATUS_SUCCESS;
}

/* ----- protocols --------------------------------------------------------- */

/**
 * winpar_job_disconnect_idle() - IOCTL_INTERNAL_DISCONNECT_IDLE
 * @device: the device
 * @irp: the request
 *
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_job_disconnect_idle(struct winpar_device *device,
					   IRP *irp)
{
	unsigned long flags;

	winpar_negotiate_disconnect(device);
	spin_lock_irqsave(&device->lock, flags);
	device->set.forward = CENTRONICS;
	device->set.reverse = NIBBLE;
	spin_unlock_irqrestore(&device->lock, flags);
	return STATUS_SUCCESS;
}

/**
 * winpar_job_ieee1284_negotiate() - IOCTL_IEEE1284_NEGOTIATE
 * @device: the device
 * @irp: the request; its buffer holds a PARCLASS_NEGOTIATION_MASK, protocols to
 *       choose from, and takes one, those that are current afterwards
 *
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL a direction has no protocol of
 * those asked for; what stopped it.
 */
static NTSTATUS winpar_job_ieee1284_negotiate(struct winpar_device *device,
					      IRP *irp)
{
	PARCLASS_NEGOTIATION_MASK *mask = winpar_buffer(irp);
	struct winpar_device_settings set;
	NTSTATUS status;

	winpar_negotiate_disconnect(device);
	status = winpar_negotiate_choose(device, mask->usWriteMask,
					 mask->usReadMask);
	if (status != STATUS_SUCCESS)
		return status;
	winpar_state_settings(device, &set);
	mask->usWriteMask = set.forward;
	mask->usReadMask = set.reverse;
	return status;
}

/**
 * winpar_job_par_get_device_caps() - IOCTL_PAR_GET_DEVICE_CAPS
 * @device: the device
 * @irp: the request; its buffer holds a USHORT, protocols not to be used, and
 *       takes one, those that host and device have
 *
 * Ends the mode on the wire and tries each protocol. Those that are not to be used
 * are not used by later negotiations either.
 *
 * Return: STATUS_SUCCESS; what stopped it.
 */
static NTSTATUS winpar_job_par_get_device_caps(struct winpar_device *device,
					       IRP *irp)
{
	USHORT *protocols = winpar_buffer(irp);
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->set.excluded = *protocols;
	spin_unlock_irqrestore(&device->lock, flags);
	winpar_negotiate_disconnect(device);
	*protocols = winpar_negotiate_shared(device);
	return winpar_stop_check(device);
}

/* ----- addresses --------------------------------------------------------- */

/**
 * winpar_job_par_set_write_address() - IOCTL_PAR_SET_WRITE_ADDRESS
 * @device: the device
 * @irp: the request; its buffer holds a UCHAR, the ECP or EPP channel
 *
 * Sent before what is written next, or at once where the mode for it is on.
 *
 * Return: STATUS_SUCCESS; STATUS_IO_DEVICE_ERROR; what stopped it.
 */
static NTSTATUS winpar_job_par_set_write_address(struct winpar_device *device,
						 IRP *irp)
{
	const UCHAR *address = winpar_buffer(irp);
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->set.write_address = *address;
	device->set.has_write_address = true;
	spin_unlock_irqrestore(&device->lock, flags);
	return winpar_transfer_address(device);
}

/* ----- the device and the port ------------------------------------------- */

/**
 * winpar_ioctl_par_is_port_free() - IOCTL_PAR_IS_PORT_FREE
 * @file: of the device
 * @irp: the request; its buffer takes a BOOLEAN
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_ioctl_par_is_port_free(struct winpar_file *file,
					      IRP *irp)
{
	BOOLEAN *is_free = winpar_buffer(irp);
	struct winpar_port *port = file->port;
	enum winpar_port_state state;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	state = port->state;
	winpar_port_unlock(port, flags);
	/* A port that is away may be free between two owners. */
	*is_free = state == WINPAR_PORT_HELD ||
		   (state == WINPAR_PORT_AWAY &&
		    winpar_host_is_unclaimed(&port->host));
	return STATUS_SUCCESS;
}

static size_t winpar_location_size(const struct winpar_file *file)
{
	return strlen(file->device->name) + 1;
}

/* The output is as long as the device's name. */
static NTSTATUS winpar_permit_query_location(struct winpar_file *file,
					     const IRP *irp)
{
	const IO_STACK_LOCATION *stack = &irp->Stack;

	return stack->Parameters.DeviceIoControl.OutputBufferLength <
	       winpar_location_size(file) ? STATUS_BUFFER_TOO_SMALL :
					    STATUS_SUCCESS;
}

/**
 * winpar_ioctl_par_query_location() - IOCTL_PAR_QUERY_LOCATION
 * @file: of the device
 * @irp: the request; its buffer takes a string, "LPTn" or "LPTn.m"
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_ioctl_par_query_location(struct winpar_file *file,
						IRP *irp)
{
	const size_t size = winpar_location_size(file);

	memcpy(winpar_buffer(irp), file->device->name, size);
	irp->IoStatus.Information = size;
	return STATUS_SUCCESS;
}

/**
 * winpar_job_par_query_information() - IOCTL_PAR_QUERY_INFORMATION
 * @device: the device
 * @irp: the request; its buffer takes a PAR_QUERY_INFORMATION
 *
 * Return: STATUS_SUCCESS.
 */
static NTSTATUS winpar_job_par_query_information(struct winpar_device *device,
						 IRP *irp)
{
	PAR_QUERY_INFORMATION *information = winpar_buffer(irp);

	information->Status = winpar_status_read(device);
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_par_set_information() - test the contents
 * @file: of the device
 * @irp: the request; its buffer holds a PAR_SET_INFORMATION
 *
 * Runs when IOCTL_PAR_SET_INFORMATION is submitted, before
 * winpar_job_par_set_information() is queued.
 *
 * Context: process context.
 * Return: STATUS_SUCCESS Init is PARALLEL_INIT; STATUS_INVALID_PARAMETER it is
 * not.
 */
static NTSTATUS winpar_ioctl_par_set_information(struct winpar_file *file,
						 IRP *irp)
{
	const PAR_SET_INFORMATION *information = winpar_buffer(irp);

	return information->Init == PARALLEL_INIT ? STATUS_SUCCESS :
						    STATUS_INVALID_PARAMETER;
}

/**
 * winpar_job_par_set_information() - IOCTL_PAR_SET_INFORMATION
 * @device: the device
 * @irp: the request; its buffer holds a PAR_SET_INFORMATION
 *
 * Return: STATUS_SUCCESS; STATUS_DEVICE_BUSY; STATUS_DEVICE_NOT_CONNECTED;
 * STATUS_DEVICE_POWERED_OFF; STATUS_DEVICE_PAPER_EMPTY; STATUS_DEVICE_OFF_LINE;
 * what stopped it. STATUS_INVALID_PARAMETER, Init is not PARALLEL_INIT, comes
 * before.
 */
static NTSTATUS winpar_job_par_set_information(struct winpar_device *device,
					       IRP *irp)
{
	winpar_negotiate_disconnect(device);
	return winpar_status_reset(device);
}

/* ----- the tables -------------------------------------------------------- */

/* What a row needs for a request that winpar_job_x() does in the worker. */
#define WINPAR_JOB(function, out, ...)					\
	.waits = winpar_request_always_waits,				\
	.job = &(const struct winpar_job) {				\
		.handle = winpar_job_##function,			\
		.information = (out),					\
		__VA_ARGS__						\
	}

/* Internal device control requests to a parallel device. */
static const struct winpar_request winpar_device_internal[] = {
	WINPAR_NO_ROW,
	WINPAR_ROW(IOCTL_INTERNAL_, PARCLASS_CONNECT,
		   0, sizeof(PARCLASS_INFORMATION),
		   WINPAR_AT_ONCE(parclass_connect)),
	WINPAR_ROW(IOCTL_INTERNAL_, PARCLASS_DISCONNECT, 0, 0,
		   WINPAR_AT_ONCE(parclass_disconnect), .undoes = true),
	WINPAR_ROW(IOCTL_INTERNAL_, DISCONNECT_IDLE, 0, 0,
		   WINPAR_JOB(disconnect_idle, 0)),
	WINPAR_ROW(IOCTL_INTERNAL_, LOCK_PORT, 0, 0,
		   WINPAR_JOB(lock_port, 0, .bare = true, .locks = true)),
	WINPAR_ROW(IOCTL_INTERNAL_, UNLOCK_PORT, 0, 0,
		   WINPAR_JOB(unlock_port, 0, .bare = true)),
	WINPAR_ROW(IOCTL_INTERNAL_, LOCK_PORT_NO_SELECT, 0, 0,
		   WINPAR_JOB(lock_port_no_select, 0, .bare = true,
			      .locks = true)),
	WINPAR_ROW(IOCTL_INTERNAL_, UNLOCK_PORT_NO_DESELECT, 0, 0,
		   WINPAR_JOB(unlock_port, 0, .bare = true)),
};

/* Device control requests to a parallel device. */
static const struct winpar_request winpar_device_control[] = {
	WINPAR_NO_ROW,
	WINPAR_ROW(IOCTL_, PAR_QUERY_INFORMATION,
		   0, sizeof(PAR_QUERY_INFORMATION),
		   WINPAR_JOB(par_query_information,
			      sizeof(PAR_QUERY_INFORMATION))),
	WINPAR_ROW(IOCTL_, PAR_SET_INFORMATION, sizeof(PAR_SET_INFORMATION), 0,
		   WINPAR_AT_ONCE(par_set_information),
		   WINPAR_JOB(par_set_information, 0)),
	WINPAR_ROW(IOCTL_, PAR_QUERY_DEVICE_ID, 0, 1,
		   .any_length = WINPAR_ID_MAX,
		   WINPAR_JOB(par_query_device_id, 0)),
	WINPAR_ROW(IOCTL_, PAR_QUERY_DEVICE_ID_SIZE,
		   0, sizeof(PAR_DEVICE_ID_SIZE_INFORMATION),
		   WINPAR_JOB(par_query_device_id_size,
			      sizeof(PAR_DEVICE_ID_SIZE_INFORMATION))),
	WINPAR_ROW(IOCTL_, PAR_QUERY_RAW_DEVICE_ID, 0, 1,
		   .any_length = WINPAR_ID_MAX,
		   WINPAR_JOB(par_query_raw_device_id, 0)),
	WINPAR_ROW(IOCTL_, IEEE1284_GET_MODE,
		   0, sizeof(PARCLASS_NEGOTIATION_MASK),
		   WINPAR_AT_ONCE(ieee1284_get_mode)),
	WINPAR_ROW(IOCTL_, IEEE1284_NEGOTIATE,
		   sizeof(PARCLASS_NEGOTIATION_MASK),
		   sizeof(PARCLASS_NEGOTIATION_MASK),
		   .too_short = STATUS_INVALID_PARAMETER,
		   WINPAR_JOB(ieee1284_negotiate,
			      sizeof(PARCLASS_NEGOTIATION_MASK))),
	WINPAR_ROW(IOCTL_, PAR_SET_WRITE_ADDRESS, sizeof(UCHAR), 0,
		   .too_short = STATUS_INVALID_PARAMETER,
		   WINPAR_JOB(par_set_write_address, 0)),
	WINPAR_ROW(IOCTL_, PAR_SET_READ_ADDRESS, sizeof(UCHAR), 0,
		   .too_short = STATUS_INVALID_PARAMETER,
		   WINPAR_AT_ONCE(par_set_read_address)),
	WINPAR_ROW(IOCTL_, PAR_GET_DEVICE_CAPS, sizeof(USHORT), sizeof(USHORT),
		   WINPAR_JOB(par_get_device_caps, sizeof(USHORT))),
	WINPAR_ROW(IOCTL_, PAR_GET_DEFAULT_MODES,
		   0, sizeof(PARCLASS_NEGOTIATION_MASK),
		   WINPAR_AT_ONCE(par_get_default_modes)),
	WINPAR_ROW(IOCTL_, PAR_IS_PORT_FREE, 0, sizeof(BOOLEAN),
		   WINPAR_AT_ONCE(par_is_port_free)),
	WINPAR_ROW(IOCTL_, PAR_QUERY_LOCATION, 0, 1,
		   .permit = winpar_permit_query_location,
		   WINPAR_AT_ONCE(par_query_location)),
};

/*
 * The IOCTL_SERIAL_... requests. They have a table of their own, since their
 * function numbers are also those of IOCTL_PAR_... requests.
 */
static const struct winpar_request winpar_device_serial[] = {
	WINPAR_NO_ROW,
	WINPAR_ROW(IOCTL_, SERIAL_GET_TIMEOUTS, 0, sizeof(SERIAL_TIMEOUTS),
		   WINPAR_AT_ONCE(serial_get_timeouts)),
	WINPAR_ROW(IOCTL_, SERIAL_SET_TIMEOUTS, sizeof(SERIAL_TIMEOUTS), 0,
		   WINPAR_AT_ONCE(serial_set_timeouts)),
};

static const struct winpar_table winpar_device_tables[] = {
	WINPAR_TABLE(IRP_MJ_INTERNAL_DEVICE_CONTROL, winpar_device_internal),
	WINPAR_TABLE(IRP_MJ_DEVICE_CONTROL, winpar_device_control),
	WINPAR_TABLE(IRP_MJ_DEVICE_CONTROL, winpar_device_serial),
};

/**
 * winpar_device_find_request() - what a request to a parallel device is
 * @major: its major function
 * @code: its control code
 *
 * Context: any.
 * Return: its row, or NULL when there is no such request.
 */
const struct winpar_request *winpar_device_find_request(UCHAR major, ULONG code)
{
	return winpar_request_find(winpar_device_tables,
				   ARRAY_SIZE(winpar_device_tables), major,
				   code);
}

static NTSTATUS
winpar_device_dispatch_ioctl(struct winpar_file *file,
			     const struct winpar_request *request, IRP *irp)
{
	NTSTATUS status;

	if (!request)
		return STATUS_INVALID_PARAMETER;
	status = winpar_request_test(file, request, irp);
	if (NT_SUCCESS(status) && request->handle)
		status = request->handle(file, irp);
	if (!NT_SUCCESS(status))
		return status;
	if (request->job)
		return winpar_worker_queue(file, irp, request->job);
	if (!irp->IoStatus.Information)
		irp->IoStatus.Information = request->out_len;
	return status;
}

/**
 * winpar_device_dispatch() - carry a request to a device out, or queue it
 * @file: of the device
 * @request: its row, NULL where it has none
 * @irp: as winpar_dispatch()
 *
 * Context: process context.
 * Return: as winpar_dispatch(); also STATUS_DEVICE_REMOVED.
 */
NTSTATUS winpar_device_dispatch(struct winpar_file *file,
				const struct winpar_request *request, IRP *irp)
{
	NTSTATUS status = winpar_state_check(file->device);
	bool closed = READ_ONCE(file->holder.closed);

	winpar_request_begin(file, irp, request);
	irp->IoStatus.Information = 0;
	if (NT_SUCCESS(status) && closed)
		return winpar_refuse(file, irp, STATUS_CANCELLED, closed);
	switch (irp->Stack.MajorFunction) {
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
	case IRP_MJ_DEVICE_CONTROL:
		if (NT_SUCCESS(status) || (request && request->undoes))
			status = winpar_device_dispatch_ioctl(file, request,
							      irp);
		break;
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
		if (NT_SUCCESS(status))
			status = winpar_data_transfer(file, irp);
		break;
	case IRP_MJ_QUERY_INFORMATION:
		status = NT_SUCCESS(status) ?
			 winpar_data_query_information(irp) :
			 STATUS_DEVICE_REMOVED;
		break;
	default:
		if (NT_SUCCESS(status))
			status = STATUS_INVALID_DEVICE_REQUEST;
	}
	return winpar_refuse(file, irp, status, closed);
}
