/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests as IRPs.
 *
 * The fields carry their Windows names, since that is what the interface is
 * written in. A request is the client's from winpar_irp_init() until it is
 * submitted, winpar's from then until its completion routine is called (or, if
 * it has none, until winpar_irp_wait() returns, or winpar_irp_wait_timeout() with
 * another status than STATUS_TIMEOUT), and then the client's again.
 */
#ifndef _WINPAR_IRP_H
#define _WINPAR_IRP_H

#include <linux/gfp.h>
#include <linux/list.h>

#include <winpar/nt.h>

#ifdef _WINPAR_DDK_WDM_IO_H
#error "<winpar/winpar.h> comes before Windows' headers, or not at all (docs/wdm.md)"
#endif

struct winpar_file;
struct winpar_job;
struct winpar_port;
struct winpar_queue;

/**
 * struct _DEVICE_OBJECT - what a request is sent to
 * @DeviceExtension: for a parallel port the Context of the client's callbacks
 * @StackSize: number of stack locations that a request to it needs: 1
 */
typedef struct _DEVICE_OBJECT {
	PVOID DeviceExtension;
	CCHAR StackSize;
} DEVICE_OBJECT, *PDEVICE_OBJECT;

typedef struct _IRP IRP, *PIRP;

/*
 * A completion routine. Its return value says nothing to winpar, which does
 * not touch the request after the call: the routine may submit it again, use
 * it for something else or free it. At or below DISPATCH_LEVEL, so it may not
 * sleep; no lock of winpar's is held.
 */
typedef NTSTATUS (*PIO_COMPLETION_ROUTINE)(PDEVICE_OBJECT DeviceObject,
					   PIRP Irp, PVOID Context);

typedef struct _IO_STACK_LOCATION {
	UCHAR MajorFunction;
	UCHAR MinorFunction;
	union {
		struct {
			ULONG Length;
			ULONG Key;
			LARGE_INTEGER ByteOffset;
		} Read, Write;
		struct {
			ULONG Length;
			ULONG FileInformationClass;
		} QueryFile;
		struct {
			ULONG OutputBufferLength;
			ULONG InputBufferLength;
			ULONG IoControlCode;
			PVOID Type3InputBuffer;
		} DeviceIoControl;
	} Parameters;
	PDEVICE_OBJECT DeviceObject;
	PIO_COMPLETION_ROUTINE CompletionRoutine;
	PVOID Context;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

/**
 * struct winpar_irp_private - winpar's own part of a request
 * @file: what it was last submitted to; NULL before the first time
 * @queue: what it is queued on, NULL when it is in no queue. Written under that
 *         queue's lock; who cancels asks this and nothing else
 * @entry: in a queue, or on the port's list of what the loop has to tell
 * @file_entry: among what its file has pending
 * @granted: called with the port lock held when its turn has come, or NULL
 * @job: what a device's worker does for it
 * @sequence: its place in the order in which a port serves
 * @state: WINPAR_IRP_IDLE the client's, WINPAR_IRP_PENDING winpar's
 * @cancel: it is to be cancelled if it would have to wait
 *
 * Clients leave all of this alone. winpar_irp_init() sets @file, @queue and @state;
 * the other members mean nothing until the request is submitted.
 */
struct winpar_irp_private {
	struct winpar_file *file;
	struct winpar_queue *queue;
	struct list_head entry;
	struct list_head file_entry;
	union {
		NTSTATUS (*granted)(struct winpar_port *port, PIRP irp,
				    unsigned long *flags);
		const struct winpar_job *job;
	};
	u32 sequence;
	u8 state;
	bool cancel;
};

struct _IRP {
	union {
		PVOID SystemBuffer;
	} AssociatedIrp;
	IO_STATUS_BLOCK IoStatus;
	IO_STACK_LOCATION Stack;
	struct winpar_irp_private winpar;
};

static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP irp)
{
	return &irp->Stack;
}

static inline PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP irp)
{
	return &irp->Stack;
}

/**
 * winpar_irp_init() - set a request up
 * @irp: memory of the client's, not pending; what it held is forgotten
 *
 * Inline, so that what the client sets next is not set twice.
 *
 * Context: any.
 */
static inline void winpar_irp_init(IRP *irp)
{
	irp->AssociatedIrp.SystemBuffer = NULL;
	irp->IoStatus.Status = 0;
	irp->IoStatus.Information = 0;
	irp->Stack.MajorFunction = 0;
	irp->Stack.MinorFunction = 0;
	/* Read and DeviceIoControl.Type3InputBuffer cover the whole union. */
	irp->Stack.Parameters.Read.Length = 0;
	irp->Stack.Parameters.Read.Key = 0;
	irp->Stack.Parameters.Read.ByteOffset.QuadPart = 0;
	irp->Stack.Parameters.DeviceIoControl.Type3InputBuffer = NULL;
	irp->Stack.DeviceObject = NULL;
	irp->Stack.CompletionRoutine = NULL;
	irp->Stack.Context = NULL;
	irp->winpar.file = NULL;
	irp->winpar.queue = NULL;
	irp->winpar.state = 0;
}

IRP *winpar_irp_alloc(gfp_t gfp);
void winpar_irp_free(IRP *irp);

/**
 * winpar_irp_set_ioctl() - make a request an internal or device control
 * @irp: an initialised request that is not pending
 * @major: IRP_MJ_INTERNAL_DEVICE_CONTROL or IRP_MJ_DEVICE_CONTROL
 * @code: the control code
 * @buffer: input and output share it (METHOD_BUFFERED); NULL when the code
 *          needs none; must stay valid until the request completes
 * @in_len: bytes of input in @buffer
 * @out_len: bytes of output that @buffer takes
 */
static inline void winpar_irp_set_ioctl(IRP *irp, UCHAR major, ULONG code,
					void *buffer, ULONG in_len,
					ULONG out_len)
{
	irp->AssociatedIrp.SystemBuffer = buffer;
	irp->Stack.MajorFunction = major;
	irp->Stack.MinorFunction = 0;
	irp->Stack.Parameters.DeviceIoControl.IoControlCode = code;
	irp->Stack.Parameters.DeviceIoControl.InputBufferLength = in_len;
	irp->Stack.Parameters.DeviceIoControl.OutputBufferLength = out_len;
}

/**
 * winpar_irp_set_completion() - say what to call when a request is complete
 * @irp: an initialised request that is not pending
 * @routine: called exactly once, possibly before the submission returns
 * @context: its third argument
 */
static inline void winpar_irp_set_completion(IRP *irp,
					     PIO_COMPLETION_ROUTINE routine,
					     PVOID context)
{
	irp->Stack.CompletionRoutine = routine;
	irp->Stack.Context = context;
}

NTSTATUS winpar_irp_submit(struct winpar_file *file, IRP *irp);
bool winpar_irp_cancel(IRP *irp);
NTSTATUS winpar_irp_wait(IRP *irp);
NTSTATUS winpar_irp_wait_timeout(IRP *irp, unsigned long timeout_jiffies);

#endif /* _WINPAR_IRP_H */
