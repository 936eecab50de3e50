// SPDX-License-Identifier: GPL-2.0-only
/*
 * The code of the tracepoints of winpar_trace.h, and the functions by which they read
 * what they print.
 *
 * This room calls none of the others, and all of them may use its events. It knows
 * their structures, from which an event that is switched on copies what is printed.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/string.h>

#include <winpar/nt.h>
#include <winpar/parallel.h>

#include "device/device.h"
#include "port/port.h"
#include "winpar_trace.h"

/* The values of WINPAR_TRACE_STATUSES, unsigned as the events have them. */
#undef WINPAR_TRACE_STATUS
#undef WINPAR_TRACE_LAST
#define WINPAR_TRACE_STATUS(name) WINPAR_TRACE_##name = (u32)STATUS_##name,
#define WINPAR_TRACE_LAST(name) WINPAR_TRACE_##name = (u32)STATUS_##name
enum winpar_trace_status {
	WINPAR_TRACE_STATUSES
};

/* Copy a name into an array of an event, and clear the rest of the array. */
#define winpar_trace_copy(to, from)	strscpy_pad(to, from, sizeof(to))

/* The control code of a request, 0 where it has none. */
static u32 winpar_trace_code(const IRP *irp)
{
	switch (irp->Stack.MajorFunction) {
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		return irp->Stack.Parameters.DeviceIoControl.IoControlCode;
	default:
		return 0;
	}
}

/* What a request asks for: @name if there is one, else its major function. */
static const char *winpar_trace_name(const IRP *irp, const char *name)
{
	if (name)
		return name;
	switch (irp->Stack.MajorFunction) {
	case IRP_MJ_READ:
		return "READ";
	case IRP_MJ_WRITE:
		return "WRITE";
	case IRP_MJ_QUERY_INFORMATION:
		return "QUERY_INFORMATION";
	default:
		return "unknown";
	}
}

/* For how many us a request has waited; 0 where winpar_irp_mark() was not called. */
static unsigned long winpar_trace_waited(const IRP *irp)
{
	const ULONG_PTR since = irp->IoStatus.Information;

	return since ? (ULONG_PTR)ktime_to_us(ktime_get()) - since : 0;
}

/* The holder that has the port, or NULL; the port lock is held. */
static const struct winpar_holder *
winpar_trace_owner(const struct winpar_port *port)
{
	return port->state == WINPAR_PORT_OWNED ? port->owner : NULL;
}

static const char *winpar_trace_holder(const struct winpar_holder *holder)
{
	return holder ? winpar_client_name(holder->seat->client) : "none";
}

/* The client that has a device open. Called by the device's worker. */
static const char *winpar_trace_user(const struct winpar_device *device)
{
	return device->file ? winpar_file_client(device->file) : "none";
}

/* How many routines hear an interrupt; the interrupt lock is held. */
static unsigned int winpar_trace_routines(const struct winpar_port *port)
{
	const struct winpar_connection *connection;
	unsigned int count = 0;

	list_for_each_entry(connection, &port->connections, entry)
		count += !!connection->routines.InterruptServiceRoutine;
	return count;
}

/* The number of the device that a command selects or deselects. */
static u8 winpar_trace_unit(const PARALLEL_1284_COMMAND *command)
{
	if (command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)
		return WINPAR_UNIT_END;
	return command->ID;
}

#define CREATE_TRACE_POINTS
#include "winpar_trace.h"
