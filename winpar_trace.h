/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: one event for each step of a request and of a port. docs/tracing.md
 * says what each means; programs read the names, so that an event or a field is
 * added, and none renamed.
 *
 * An event that is switched off costs its caller one jump that is not taken. So
 * each takes pointers that its caller has at hand; what is printed is read from
 * them in TP_fast_assign(), which runs only while the event is switched on. Names
 * are copied there, since a module or a driver may have gone when they are printed.
 *
 * Context of all: any, with any lock held and with interrupts off, and on
 * PREEMPT_RT. The caller keeps what it passes from being freed during the call.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM winpar

#if !defined(_WINPAR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _WINPAR_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

struct _IRP;
struct _PARALLEL_1284_COMMAND;
struct winpar_connection;
struct winpar_device;
struct winpar_file;
struct winpar_holder;
struct winpar_port;

/* The longest names in an event: of a client, a request, a port or device, a driver. */
#define WINPAR_TRACE_CLIENT	56
#define WINPAR_TRACE_REQUEST	32
#define WINPAR_TRACE_OBJECT	16
#define WINPAR_TRACE_DRIVER	32

/* Statuses that have a name in the output; the values are in winpar_trace.c. */
#define WINPAR_TRACE_STATUSES						\
	WINPAR_TRACE_STATUS(SUCCESS)					\
	WINPAR_TRACE_STATUS(TIMEOUT)					\
	WINPAR_TRACE_STATUS(PENDING)					\
	WINPAR_TRACE_STATUS(DEVICE_PAPER_EMPTY)				\
	WINPAR_TRACE_STATUS(DEVICE_POWERED_OFF)				\
	WINPAR_TRACE_STATUS(DEVICE_OFF_LINE)				\
	WINPAR_TRACE_STATUS(DEVICE_BUSY)				\
	WINPAR_TRACE_STATUS(UNSUCCESSFUL)				\
	WINPAR_TRACE_STATUS(INVALID_PARAMETER)				\
	WINPAR_TRACE_STATUS(NO_SUCH_DEVICE)				\
	WINPAR_TRACE_STATUS(INVALID_DEVICE_REQUEST)			\
	WINPAR_TRACE_STATUS(ACCESS_DENIED)				\
	WINPAR_TRACE_STATUS(BUFFER_TOO_SMALL)				\
	WINPAR_TRACE_STATUS(OBJECT_NAME_INVALID)			\
	WINPAR_TRACE_STATUS(OBJECT_NAME_NOT_FOUND)			\
	WINPAR_TRACE_STATUS(DELETE_PENDING)				\
	WINPAR_TRACE_STATUS(INSUFFICIENT_RESOURCES)			\
	WINPAR_TRACE_STATUS(DEVICE_NOT_CONNECTED)			\
	WINPAR_TRACE_STATUS(CANCELLED)					\
	WINPAR_TRACE_STATUS(INVALID_DEVICE_STATE)			\
	WINPAR_TRACE_STATUS(IO_DEVICE_ERROR)				\
	WINPAR_TRACE_STATUS(DEVICE_PROTOCOL_ERROR)			\
	WINPAR_TRACE_LAST(DEVICE_REMOVED)

/* Have programs that read the format find the values of these names. */
#undef WINPAR_TRACE_STATUS
#undef WINPAR_TRACE_LAST
#define WINPAR_TRACE_STATUS(name)	TRACE_DEFINE_ENUM(WINPAR_TRACE_##name);
#define WINPAR_TRACE_LAST(name)		TRACE_DEFINE_ENUM(WINPAR_TRACE_##name);
WINPAR_TRACE_STATUSES

/* From here on WINPAR_TRACE_STATUSES is the rows of __print_symbolic(). */
#undef WINPAR_TRACE_STATUS
#undef WINPAR_TRACE_LAST
#define WINPAR_TRACE_STATUS(name) { WINPAR_TRACE_##name, "STATUS_" #name },
#define WINPAR_TRACE_LAST(name) { WINPAR_TRACE_##name, "STATUS_" #name }

/* ----- a request --------------------------------------------------------- */

/* A request is sent; @name is what it asks for, NULL where its row is unknown. */
TRACE_EVENT(winpar_submit,
	TP_PROTO(const struct winpar_file *file, const struct _IRP *irp,
		 const char *name),
	TP_ARGS(file, irp, name),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(const void *, request)
		__array(char, to, WINPAR_TRACE_OBJECT)
		__field(u32, code)
		__array(char, name, WINPAR_TRACE_REQUEST)
	),
	TP_fast_assign(
		__entry->port = file->port->number;
		winpar_trace_copy(__entry->client, winpar_file_client(file));
		__entry->request = irp;
		winpar_trace_copy(__entry->to, file->device ?
				  file->device->name : file->port->name);
		__entry->code = winpar_trace_code(irp);
		winpar_trace_copy(__entry->name, winpar_trace_name(irp, name));
	),
	TP_printk("port=%d client=%s request=%p to=%s code=0x%08x name=%s",
		  __entry->port, __entry->client, __entry->request,
		  __entry->to, __entry->code, __entry->name)
);

/* A request has to wait; @is_port: for the port, else for a device's worker. */
TRACE_EVENT(winpar_queue,
	TP_PROTO(const struct winpar_file *file, const struct _IRP *irp,
		 bool is_port),
	TP_ARGS(file, irp, is_port),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(const void *, request)
		__field(bool, is_port)
		__field(unsigned int, waiting)
	),
	TP_fast_assign(
		__entry->port = file->port->number;
		winpar_trace_copy(__entry->client, winpar_file_client(file));
		__entry->request = irp;
		__entry->is_port = is_port;
		__entry->waiting = READ_ONCE(file->port->nwaiting);
	),
	TP_printk("port=%d client=%s request=%p on=%s waiting=%u",
		  __entry->port, __entry->client, __entry->request,
		  __print_symbolic(__entry->is_port, { 0, "device" },
				   { 1, "port" }),
		  __entry->waiting)
);

/*
 * A request that waited is given the port. To be called before its result is set: its
 * Information still says when it began to wait.
 */
TRACE_EVENT(winpar_grant,
	TP_PROTO(const struct _IRP *irp),
	TP_ARGS(irp),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(const void *, request)
		__field(unsigned long, waited_us)
	),
	TP_fast_assign(
		__entry->port = irp->winpar.file->port->number;
		winpar_trace_copy(__entry->client,
				  winpar_file_client(irp->winpar.file));
		__entry->request = irp;
		__entry->waited_us = winpar_trace_waited(irp);
	),
	TP_printk("port=%d client=%s request=%p waited_us=%lu",
		  __entry->port, __entry->client, __entry->request,
		  __entry->waited_us)
);

/* A request is complete, with its IoStatus set; its client does not know it yet. */
TRACE_EVENT(winpar_complete,
	TP_PROTO(const struct _IRP *irp),
	TP_ARGS(irp),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(const void *, request)
		__field(u32, status)
		__field(unsigned long, information)
	),
	TP_fast_assign(
		__entry->port = irp->winpar.file->port->number;
		winpar_trace_copy(__entry->client,
				  winpar_file_client(irp->winpar.file));
		__entry->request = irp;
		__entry->status = irp->IoStatus.Status;
		__entry->information = irp->IoStatus.Information;
	),
	TP_printk("port=%d client=%s request=%p status=0x%08x %s information=%lu",
		  __entry->port, __entry->client, __entry->request,
		  __entry->status,
		  __print_symbolic(__entry->status, WINPAR_TRACE_STATUSES),
		  __entry->information)
);

/* A request that waits, or that a worker is at, is cancelled. */
TRACE_EVENT(winpar_cancel,
	TP_PROTO(const struct _IRP *irp),
	TP_ARGS(irp),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(const void *, request)
	),
	TP_fast_assign(
		__entry->port = irp->winpar.file->port->number;
		winpar_trace_copy(__entry->client,
				  winpar_file_client(irp->winpar.file));
		__entry->request = irp;
	),
	TP_printk("port=%d client=%s request=%p",
		  __entry->port, __entry->client, __entry->request)
);

/* ----- who has the port -------------------------------------------------- */

DECLARE_EVENT_CLASS(winpar_owner,
	TP_PROTO(const struct winpar_port *port,
		 const struct winpar_holder *holder),
	TP_ARGS(port, holder),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(bool, request)
	),
	TP_fast_assign(
		__entry->port = port->number;
		winpar_trace_copy(__entry->client,
				  winpar_client_name(holder->seat->client));
		__entry->request = holder != &holder->seat->holder;
	),
	TP_printk("port=%d client=%s how=%s", __entry->port, __entry->client,
		  __print_symbolic(__entry->request, { 0, "try" },
				   { 1, "request" }))
);

DEFINE_EVENT(winpar_owner, winpar_allocate,
	TP_PROTO(const struct winpar_port *port,
		 const struct winpar_holder *holder),
	TP_ARGS(port, holder));

DEFINE_EVENT(winpar_owner, winpar_free,
	TP_PROTO(const struct winpar_port *port,
		 const struct winpar_holder *holder),
	TP_ARGS(port, holder));

DECLARE_EVENT_CLASS(winpar_driver,
	TP_PROTO(int port, const char *driver),
	TP_ARGS(port, driver),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, driver, WINPAR_TRACE_DRIVER)
	),
	TP_fast_assign(
		__entry->port = port;
		winpar_trace_copy(__entry->driver, *driver ? driver : "unknown");
	),
	TP_printk("port=%d driver=%s", __entry->port, __entry->driver)
);

DEFINE_EVENT(winpar_driver, winpar_handover_to,
	TP_PROTO(int port, const char *driver), TP_ARGS(port, driver));

DEFINE_EVENT(winpar_driver, winpar_handover_from,
	TP_PROTO(int port, const char *driver), TP_ARGS(port, driver));

/* ----- routines ---------------------------------------------------------- */

/* An interrupt, before the routines are called; the interrupt lock is held. */
TRACE_EVENT(winpar_interrupt,
	TP_PROTO(const struct winpar_port *port),
	TP_ARGS(port),
	TP_STRUCT__entry(
		__field(int, port)
		__field(unsigned long, interrupts)
		__field(unsigned int, routines)
	),
	TP_fast_assign(
		__entry->port = port->number;
		__entry->interrupts = port->interrupts;
		__entry->routines = winpar_trace_routines(port);
	),
	TP_printk("port=%d interrupts=%lu routines=%u", __entry->port,
		  __entry->interrupts, __entry->routines)
);

/* The deferred port check routine of a connection is about to be called. */
TRACE_EVENT(winpar_deferred_check,
	TP_PROTO(const struct winpar_port *port,
		 const struct winpar_connection *connection),
	TP_ARGS(port, connection),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(void *, routine)
	),
	TP_fast_assign(
		__entry->port = port->number;
		winpar_trace_copy(__entry->client,
				  winpar_file_client(connection->file));
		__entry->routine =
			connection->routines.DeferredPortCheckRoutine;
	),
	TP_printk("port=%d client=%s routine=%ps", __entry->port,
		  __entry->client, __entry->routine)
);

/* ----- the chip and the wires -------------------------------------------- */

/* The chip's mode has changed: @holder has set it, or with NULL it was cleared. */
TRACE_EVENT(winpar_mode,
	TP_PROTO(const struct winpar_port *port,
		 const struct winpar_holder *holder, u8 mode),
	TP_ARGS(port, holder, mode),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(u8, mode)
	),
	TP_fast_assign(
		__entry->port = port->number;
		winpar_trace_copy(__entry->client,
				  winpar_trace_holder(holder ?:
						      winpar_trace_owner(port)));
		__entry->mode = mode;
	),
	TP_printk("port=%d client=%s mode=0x%02x %s", __entry->port,
		  __entry->client, __entry->mode,
		  __print_symbolic(__entry->mode, { 0x00, "SPP" },
				   { 0x20, "byte" }, { 0x40, "FIFO" },
				   { 0x60, "ECP" }, { 0x80, "EPP" },
				   { 0xc0, "test" }, { 0xe0, "configuration" }))
);

/* Packets that select or deselect a daisy-chain device were sent. */
TRACE_EVENT(winpar_select,
	TP_PROTO(const struct winpar_port *port,
		 const struct _PARALLEL_1284_COMMAND *command, bool select,
		 s32 status),
	TP_ARGS(port, command, select, status),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__field(bool, select)
		__field(u8, device)
		__field(u32, status)
	),
	TP_fast_assign(
		__entry->port = port->number;
		winpar_trace_copy(__entry->client,
				  winpar_trace_holder(winpar_trace_owner(port)));
		__entry->select = select;
		__entry->device = winpar_trace_unit(command);
		__entry->status = status;
	),
	TP_printk("port=%d client=%s action=%s device=%s status=0x%08x %s",
		  __entry->port, __entry->client,
		  __print_symbolic(__entry->select, { 0, "deselect" },
				   { 1, "select" }),
		  __print_symbolic(__entry->device, { 0, "0" }, { 1, "1" },
				   { 2, "2" }, { 3, "3" }, { 4, "end" }),
		  __entry->status,
		  __print_symbolic(__entry->status, WINPAR_TRACE_STATUSES))
);

/* A device's worker has negotiated: @mode is one of Linux's IEEE1284_MODE_.... */
TRACE_EVENT(winpar_negotiate,
	TP_PROTO(const struct winpar_device *device, int mode, int answer),
	TP_ARGS(device, mode, answer),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__array(char, device, WINPAR_TRACE_OBJECT)
		__field(u32, mode)
		__field(int, answer)
	),
	TP_fast_assign(
		__entry->port = device->port->number;
		winpar_trace_copy(__entry->client, winpar_trace_user(device));
		winpar_trace_copy(__entry->device, device->name);
		__entry->mode = mode;
		__entry->answer = answer < 0 ? 2 : answer;
	),
	TP_printk("port=%d client=%s device=%s mode=0x%04x %s answer=%s",
		  __entry->port, __entry->client, __entry->device,
		  __entry->mode,
		  __print_symbolic(__entry->mode, { 0x0000, "nibble" },
				   { 0x0001, "byte" }, { 0x0004, "ID" },
				   { 0x0010, "ECP" }, { 0x0040, "EPP" },
				   { 0x0100, "compatibility" },
				   { 0x0400, "ECP-software" },
				   { 0x1000, "EPP-software" }),
		  __print_symbolic(__entry->answer, { 0, "accepted" },
				   { 1, "refused" }, { 2, "none" }))
);

/* A read or a write of a device's worker is over, @done of @length bytes moved. */
TRACE_EVENT(winpar_transfer,
	TP_PROTO(const struct winpar_device *device, bool forward, u32 length,
		 u32 done, s32 status),
	TP_ARGS(device, forward, length, done, status),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__array(char, device, WINPAR_TRACE_OBJECT)
		__field(bool, forward)
		__field(u32, length)
		__field(u32, done)
		__field(u32, status)
	),
	TP_fast_assign(
		__entry->port = device->port->number;
		winpar_trace_copy(__entry->client, winpar_trace_user(device));
		winpar_trace_copy(__entry->device, device->name);
		__entry->forward = forward;
		__entry->length = length;
		__entry->done = done;
		__entry->status = status;
	),
	TP_printk("port=%d client=%s device=%s direction=%s length=%u done=%u status=0x%08x %s",
		  __entry->port, __entry->client, __entry->device,
		  __print_symbolic(__entry->forward, { 0, "read" },
				   { 1, "write" }),
		  __entry->length, __entry->done, __entry->status,
		  __print_symbolic(__entry->status, WINPAR_TRACE_STATUSES))
);

/* What winpar_complete cannot show: docs/tracing.md lists the values of @what. */
TRACE_EVENT(winpar_error,
	TP_PROTO(int port, const char *client, const char *what, s32 status),
	TP_ARGS(port, client, what, status),
	TP_STRUCT__entry(
		__field(int, port)
		__array(char, client, WINPAR_TRACE_CLIENT)
		__array(char, what, WINPAR_TRACE_OBJECT)
		__field(u32, status)
	),
	TP_fast_assign(
		__entry->port = port;
		winpar_trace_copy(__entry->client, client);
		winpar_trace_copy(__entry->what, what);
		__entry->status = status;
	),
	TP_printk("port=%d client=%s what=%s status=0x%08x %s", __entry->port,
		  __entry->client, __entry->what, __entry->status,
		  __print_symbolic(__entry->status, WINPAR_TRACE_STATUSES))
);

#endif /* _WINPAR_TRACE_H */

/* Found by -I$(src), which Kbuild gives to every file of the module. */
#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE winpar_trace
#include <trace/define_trace.h>
