// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program does with a device, as IRPs to the device's driver. wdm/node.c has the
 * file operations, which call this room. A client that opens a driver's device by
 * IoGetDeviceObjectPointer() has a handle, too (wdm/open.c).
 *
 * The program waits for each of its requests. How its buffers reach the driver, the
 * control code or the device's Flags say: as a copy (SystemBuffer), as an MDL, or as an
 * address. Each is memory that the kernel can reach, until the request is complete, and
 * has as many bytes as the program has said: a driver that keeps to the lengths that it is
 * told reaches no other memory. An address (METHOD_NEITHER, and devices with neither
 * DO_BUFFERED_IO nor DO_DIRECT_IO) is not the program's own, which a driver cannot follow
 * on Linux, but the address at which wdm/mdl.c has mapped the program's memory.
 *
 * When a program is killed IoCancelIrp() cancels its request, and the program waits until
 * the driver has completed the request.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/file.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/link.h"
#include "wdm/mdl.h"
#include "wdm/opened.h"
#include "wdm/port.h"
#include "wdm/stack.h"
#include "wdm/string.h"
#include "wdm/user.h"

/* Control codes: the method in the two lowest bits, the access in two others. */
#define WDM_METHOD(code)	((code) & 3)
#define WDM_ACCESS(code)	((code) >> 14 & 3)

/* A SystemBuffer of more bytes counts as the program's locked memory. */
#define WDM_COPY_FREE		SZ_64K

/**
 * struct wdm_handle - what a program, or a client, has open: a driver's device
 * @file: the file object, which the driver sees
 * @device: the device, from wdm_device_open(), or wdm_device_open_any()
 * @opener: the client that has opened the device; NULL: a program has
 * @name: the file's name, to which FileName points
 */
struct wdm_handle {
	struct wdm_file file;
	PDEVICE_OBJECT device;
	struct winpar_wdm_client *opener;
	WCHAR name[];
};

/**
 * struct wdm_request - a request, on the stack of the program that waits for it
 * @irp: the IRP
 * @handle: the handle that the request is made on
 * @top: the device that the IRP is sent to: the highest of the stack. The driver may detach
 *       and delete it any time: the request has a reference
 * @event: set when the request is complete
 * @buffer: SystemBuffer: the program's input, and afterwards the driver's output; or NULL
 * @locked: so many pages of @buffer count as the program's locked memory
 * @copies: output is copied from @buffer to the program
 * @size: how many bytes of output the program has room for
 * @out: the program's address for the output
 * @direct: the memory that MdlAddress describes, or that UserBuffer of a read or a write
 *          points to
 * @input: the memory that Type3InputBuffer points to
 * @output: the memory that UserBuffer of a control request points to
 */
struct wdm_request {
	PIRP irp;
	struct wdm_handle *handle;
	PDEVICE_OBJECT top;
	KEVENT event;
	void *buffer;
	unsigned long locked;
	bool copies;
	ULONG size;
	void __user *out;
	struct wdm_mapping direct;
	struct wdm_mapping input;
	struct wdm_mapping output;
};

/* The device's driver: its routines get the handle's IRPs. */
static struct winpar_wdm_client *wdm_handle_driver(const struct wdm_handle *handle)
{
	return wdm_device_client(handle->device);
}

/*
 * Make a request, whose next stack location the caller fills in. IRP_MJ_CLEANUP and
 * IRP_MJ_CLOSE have to arrive, so these two wait for memory instead of failing.
 */
static NTSTATUS wdm_user_begin(struct wdm_request *request,
			       struct wdm_handle *handle, UCHAR major)
{
	PIO_STACK_LOCATION next;
	PIRP irp;

	*request = (struct wdm_request){
		.handle = handle,
		.top = wdm_device_top_get(handle->device),
	};
	irp = wdm_irp_make(wdm_handle_driver(handle), request->top->StackSize,
			   major == IRP_MJ_CLEANUP || major == IRP_MJ_CLOSE ?
			   GFP_KERNEL | __GFP_NOFAIL : GFP_KERNEL_ACCOUNT);
	if (!irp) {
		wdm_device_put(request->top);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	KeInitializeEvent(&request->event, NotificationEvent, FALSE);
	request->irp = irp;
	wdm_irp(irp)->finish = wdm_irp_signal;
	irp->UserEvent = &request->event;
	irp->RequestorMode = handle->opener ? KernelMode : UserMode;
	irp->Tail.Overlay.Thread = KeGetCurrentThread();
	irp->Tail.Overlay.OriginalFileObject = &handle->file.object;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = major;
	next->FileObject = &handle->file.object;
	return STATUS_SUCCESS;
}

/* Free a request that is complete, or that was not sent. */
static void wdm_user_end(struct wdm_request *request)
{
	wdm_mapping_end(&request->direct);
	wdm_mapping_end(&request->input);
	wdm_mapping_end(&request->output);
	kvfree(request->buffer);
	account_locked_vm(current->mm, request->locked, false);
	IoFreeIrp(request->irp);
	wdm_device_put(request->top);
}

/* Wait until a request is complete, which no signal ends; name a driver that takes its time. */
static void wdm_user_wait(struct wdm_request *request, UCHAR major)
{
	if (!wdm_irp_is_late(&request->event))
		return;
	wdm_warn(wdm_handle_driver(request->handle),
		 "a program that was killed, or that closes its handle, waits for IRP_MJ %#x, which the driver has not completed in 5 s\n",
		 major);
	KeWaitForSingleObject(&request->event, UserRequest, KernelMode, FALSE, NULL);
}

/* Send a request, and wait until it is complete. @killable: a fatal signal cancels it. */
static NTSTATUS wdm_user_send(struct wdm_request *request, bool killable)
{
	PIRP irp = request->irp;
	UCHAR major = IoGetNextIrpStackLocation(irp)->MajorFunction;
	NTSTATUS status = IoCallDriver(request->top, irp);

	if (status != STATUS_PENDING && !KeReadStateEvent(&request->event))
		wdm_warn(wdm_handle_driver(request->handle),
			 "the routine for IRP_MJ %#x returns %s (%#010x) for a request that is not complete, instead of STATUS_PENDING\n",
			 major, wdm_port_status_name(status), status);
	if (killable && KeWaitForSingleObject(&request->event, UserRequest, KernelMode,
					      TRUE, NULL) == STATUS_SUCCESS)
		return irp->IoStatus.Status;
	if (killable)
		IoCancelIrp(irp);
	wdm_user_wait(request, major);
	return irp->IoStatus.Status;
}

/* ----- buffers ----------------------------------------------------------- */

/*
 * Make SystemBuffer: a copy of @length bytes of input, with room for @size bytes of
 * output. A driver may say that it gives more bytes than it has written: the room is
 * zeroed, so that the program then gets zeroes and no memory of the kernel's.
 *
 * The danger: requests of many threads of a program use up the kernel's memory. So a large
 * buffer counts as the program's locked memory, as what wdm/mdl.c maps does.
 */
static NTSTATUS wdm_user_copy(struct wdm_request *request, void __user *in,
			      ULONG length, void __user *out, ULONG size)
{
	ULONG both = max(length, size);

	if (!both)
		return STATUS_SUCCESS;
	if (both > WDM_BUFFER_MAX)
		return STATUS_INSUFFICIENT_RESOURCES;
	request->locked = both > WDM_COPY_FREE ? DIV_ROUND_UP(both, PAGE_SIZE) : 0;
	if (account_locked_vm(current->mm, request->locked, true)) {
		request->locked = 0;
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	request->buffer = kvzalloc(both, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!request->buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (length && copy_from_user(request->buffer, in, length))
		return STATUS_ACCESS_VIOLATION;
	request->irp->AssociatedIrp.SystemBuffer = request->buffer;
	request->copies = size;
	request->out = out;
	request->size = size;
	return STATUS_SUCCESS;
}

/*
 * Copy the output to the program, unless the request has failed, and set @information to
 * IoStatus.Information, or to the program's room if that is less.
 */
static NTSTATUS wdm_user_copy_back(struct wdm_request *request,
				   ULONG_PTR *information)
{
	NTSTATUS status = request->irp->IoStatus.Status;
	ULONG_PTR length = request->irp->IoStatus.Information;

	*information = length;
	if (!request->copies)
		return status;
	if (length > request->size) {
		wdm_warn(wdm_handle_driver(request->handle),
			 "a request completes with Information %zu, and the program has room for %u bytes\n",
			 (size_t)length, request->size);
		length = request->size;
		*information = length;
	}
	if (NT_ERROR(status) || !length)
		return status;
	return copy_to_user(request->out, request->buffer, length) ?
	       STATUS_ACCESS_VIOLATION : status;
}

/* Map the program's memory, and let MdlAddress describe it. */
static NTSTATUS wdm_user_direct(struct wdm_request *request,
				void __user *address, ULONG length, bool write)
{
	NTSTATUS status = wdm_mapping_begin(&request->direct, address, length,
					    write);

	if (request->direct.count)
		request->irp->MdlAddress = &request->direct.mdl;
	return status;
}

/*
 * Map the program's memory, and set @seen to its address in the kernel, NULL for no bytes.
 * @write: it is output.
 */
static NTSTATUS wdm_user_address(struct wdm_mapping *mapping,
				 void __user *address, ULONG length, bool write,
				 PVOID *seen)
{
	NTSTATUS status = wdm_mapping_begin(mapping, address, length, write);

	/* MappedSystemVa is NULL where nothing is mapped. */
	*seen = mapping->mdl.MappedSystemVa;
	return status;
}

/* ----- opening and closing ----------------------------------------------- */

/* Send IRP_MJ_CLEANUP or IRP_MJ_CLOSE, and ignore the status: the handle is closed anyway. */
static void wdm_user_leave(struct wdm_handle *handle, UCHAR major)
{
	struct wdm_request request;

	wdm_user_begin(&request, handle, major);
	wdm_user_send(&request, false);
	wdm_user_end(&request);
}

/* Send IRP_MJ_CREATE. */
static NTSTATUS wdm_user_create(struct wdm_handle *handle,
				const struct wdm_user_create *create)
{
	IO_SECURITY_CONTEXT security = {
		.DesiredAccess = create->access,
		.FullCreateOptions = create->options,
	};
	struct wdm_request request;
	PIO_STACK_LOCATION next;
	NTSTATUS status;

	status = wdm_user_begin(&request, handle, IRP_MJ_CREATE);
	if (!NT_SUCCESS(status))
		return status;
	next = IoGetNextIrpStackLocation(request.irp);
	next->Parameters.Create.SecurityContext = &security;
	next->Parameters.Create.Options = create->disposition << 24 |
					  (create->options & 0xffffff);
	next->Parameters.Create.FileAttributes = create->attributes;
	next->Parameters.Create.ShareAccess = create->share;
	status = wdm_user_send(&request, true);
	wdm_user_end(&request);
	return status;
}

/*
 * The last reference to the file object of a handle was given back, or the client on whose
 * list it is ends (@ends): send IRP_MJ_CLOSE, unless the driver has refused IRP_MJ_CREATE, or
 * ends itself: DriverUnload may have freed what its routine uses.
 */
static void wdm_handle_close(struct wdm_file *file, bool ends)
{
	struct wdm_handle *handle = container_of(file, struct wdm_handle, file);
	struct winpar_wdm_client *driver = wdm_handle_driver(handle);

	if ((file->object.Flags & FO_FILE_OPEN) && !READ_ONCE(driver->ending) &&
	    !(ends && file->client == driver))
		wdm_user_leave(handle, IRP_MJ_CLOSE);
	if (handle->opener)
		wdm_device_close_any(handle->opener, handle->device);
	else
		wdm_device_close(handle->device);
}

/*
 * Make a handle on a device that wdm_device_open() has found, or for @opener
 * wdm_device_open_any(). The handle is on the list of @opener, or of the device's driver.
 */
static struct wdm_handle *wdm_handle_create(PDEVICE_OBJECT device,
					    struct winpar_wdm_client *opener,
					    const struct wdm_user_create *create)
{
	size_t length = strlen(create->name);
	struct wdm_handle *handle;
	PFILE_OBJECT object;

	handle = kzalloc(struct_size(handle, name, length + 1),
			 GFP_KERNEL_ACCOUNT);
	if (!handle)
		return NULL;
	handle->device = device;
	handle->opener = opener;
	wdm_file_begin(&handle->file, opener ?: wdm_device_client(device),
		       device, wdm_handle_close);
	object = &handle->file.object;
	object->Flags = opener ? 0 : FO_SYNCHRONOUS_IO;
	object->ReadAccess = !!(create->access & FILE_READ_DATA);
	object->WriteAccess = !!(create->access & WDM_USER_WRITES);
	object->SharedRead = !!(create->share & FILE_SHARE_READ);
	object->SharedWrite = !!(create->share & FILE_SHARE_WRITE);
	object->SharedDelete = !!(create->share & FILE_SHARE_DELETE);
	wdm_string_wide(create->name, handle->name, length + 1);
	if (length)
		RtlInitUnicodeString(&object->FileName, handle->name);
	return handle;
}

/* Make a handle and send IRP_MJ_CREATE; on failure the device is closed. */
static NTSTATUS wdm_handle_open(PDEVICE_OBJECT device,
				struct winpar_wdm_client *opener,
				const struct wdm_user_create *create,
				struct wdm_handle **handle)
{
	struct wdm_handle *made = wdm_handle_create(device, opener, create);
	NTSTATUS status;

	if (!made) {
		if (opener)
			wdm_device_close_any(opener, device);
		else
			wdm_device_close(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	status = wdm_user_create(made, create);
	if (NT_SUCCESS(status)) {
		made->file.object.Flags |= FO_FILE_OPEN;
		*handle = made;
	} else {
		wdm_file_put(&made->file);
	}
	return status;
}

/**
 * wdm_user_open() - open a device for a program: IRP_MJ_CREATE
 * @client: the device's driver
 * @create: which device the program opens, and how
 * @handle: where the handle goes, for wdm_user_close()
 *
 * Context: process context of the program; sleeps until the driver has completed the
 * request.
 * Return: the driver's status; STATUS_OBJECT_NAME_NOT_FOUND, STATUS_NO_SUCH_DEVICE,
 * STATUS_ACCESS_DENIED as wdm_device_open(); STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_user_open(struct winpar_wdm_client *client,
		       const struct wdm_user_create *create,
		       struct wdm_handle **handle)
{
	PDEVICE_OBJECT device;
	char path[WDM_PATH];
	NTSTATUS status;

	strscpy(path, create->device, sizeof(path));
	wdm_link_resolve(path);
	status = wdm_device_open(client, path, &device);
	if (!NT_SUCCESS(status))
		return status;
	return wdm_handle_open(device, NULL, create, handle);
}

/**
 * wdm_user_open_for() - open a driver's device for a client: IRP_MJ_CREATE, and
 *	IRP_MJ_CLEANUP, as the client gets a file object and no handle
 * @opener: the client
 * @device: from wdm_device_open_any(); on failure it is closed
 * @access: DesiredAccess
 * @file: where the file object goes; with its last reference the driver is sent
 *        IRP_MJ_CLOSE
 *
 * Context: process context; sleeps until the driver has completed the requests.
 * Return: the driver's status; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_user_open_for(struct winpar_wdm_client *opener,
			   PDEVICE_OBJECT device, ACCESS_MASK access,
			   PFILE_OBJECT *file)
{
	const struct wdm_user_create create = {
		.name = "",
		.access = wdm_opened_access(access, FILE_ALL_ACCESS),
		.disposition = FILE_OPEN,
		.options = FILE_NON_DIRECTORY_FILE,
	};
	struct wdm_handle *handle;
	NTSTATUS status = wdm_handle_open(device, opener, &create, &handle);

	if (!NT_SUCCESS(status))
		return status;
	wdm_user_leave(handle, IRP_MJ_CLEANUP);
	*file = &handle->file.object;
	return STATUS_SUCCESS;
}

/**
 * wdm_user_close() - close a device for a program: IRP_MJ_CLEANUP, and IRP_MJ_CLOSE when
 *	the driver has no reference to the file object
 * @handle: from wdm_user_open(), on which no request is being made
 *
 * Context: process context; sleeps until the driver has completed the requests.
 */
void wdm_user_close(struct wdm_handle *handle)
{
	wdm_user_leave(handle, IRP_MJ_CLEANUP);
	wdm_file_put(&handle->file);
}

/* ----- reading, writing, control ----------------------------------------- */

/* Is a handle open for an access: FILE_READ_ACCESS, FILE_WRITE_ACCESS, both or none? */
static bool wdm_user_may(const struct wdm_handle *handle, ULONG access)
{
	return (!(access & FILE_READ_ACCESS) || handle->file.object.ReadAccess) &&
	       (!(access & FILE_WRITE_ACCESS) || handle->file.object.WriteAccess);
}

/* Give the driver the buffer of a read or a write, as the device's Flags say. */
static NTSTATUS wdm_user_transfer_buffer(struct wdm_request *request,
					 void __user *buffer, ULONG length)
{
	bool reads = IoGetNextIrpStackLocation(request->irp)->MajorFunction ==
		     IRP_MJ_READ;

	if (request->top->Flags & DO_BUFFERED_IO)
		return reads ? wdm_user_copy(request, NULL, 0, buffer, length) :
			       wdm_user_copy(request, buffer, length, NULL, 0);
	if (request->top->Flags & DO_DIRECT_IO)
		return wdm_user_direct(request, buffer, length, reads);
	return wdm_user_address(&request->direct, buffer, length, reads,
				&request->irp->UserBuffer);
}

/**
 * wdm_user_transfer() - read from a device or write to it for a program
 * @handle: the program's handle
 * @major: IRP_MJ_READ or IRP_MJ_WRITE
 * @buffer: the program's buffer
 * @length: how many bytes @buffer has
 * @offset: ByteOffset
 * @information: set to how many bytes the driver says it moved, at most @length
 *
 * Context: process context of the program; sleeps until the driver has completed the
 * request.
 * Return: the driver's status; STATUS_ACCESS_DENIED @handle is not open for that;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_ACCESS_VIOLATION the program does not have
 * @buffer, or may not write there.
 */
NTSTATUS wdm_user_transfer(struct wdm_handle *handle, UCHAR major,
			   void __user *buffer, ULONG length, LONGLONG offset,
			   ULONG_PTR *information)
{
	struct wdm_request request;
	PIO_STACK_LOCATION next;
	NTSTATUS status;

	*information = 0;
	if (!wdm_user_may(handle, major == IRP_MJ_READ ? FILE_READ_ACCESS :
							 FILE_WRITE_ACCESS))
		return STATUS_ACCESS_DENIED;
	status = wdm_user_begin(&request, handle, major);
	if (!NT_SUCCESS(status))
		return status;
	/* Parameters.Write has these members at the same place. */
	next = IoGetNextIrpStackLocation(request.irp);
	next->Parameters.Read.Length = length;
	next->Parameters.Read.ByteOffset.QuadPart = offset;
	status = wdm_user_transfer_buffer(&request, buffer, length);
	if (NT_SUCCESS(status)) {
		wdm_user_send(&request, true);
		status = wdm_user_copy_back(&request, information);
		*information = min_t(ULONG_PTR, *information, length);
	}
	wdm_user_end(&request);
	return status;
}

/* Give the driver the buffers of a control request, by the method of its code. */
static NTSTATUS wdm_user_control_buffers(struct wdm_request *request,
					 const struct wdm_user_control *control)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);
	NTSTATUS status;

	switch (WDM_METHOD(control->code)) {
	case METHOD_BUFFERED:
		return wdm_user_copy(request, control->in, control->in_length,
				     control->out, control->out_length);
	case METHOD_IN_DIRECT:
	case METHOD_OUT_DIRECT:
		status = wdm_user_copy(request, control->in, control->in_length,
				       NULL, 0);
		if (!NT_SUCCESS(status))
			return status;
		return wdm_user_direct(request, control->out,
				       control->out_length,
				       WDM_METHOD(control->code) ==
				       METHOD_OUT_DIRECT);
	default:
		status = wdm_user_address(&request->input, control->in,
					  control->in_length, false,
					  &next->Parameters.DeviceIoControl
						.Type3InputBuffer);
		if (!NT_SUCCESS(status))
			return status;
		return wdm_user_address(&request->output, control->out,
					control->out_length, true,
					&request->irp->UserBuffer);
	}
}

/**
 * wdm_user_control() - send a control request for a program: IRP_MJ_DEVICE_CONTROL
 * @handle: the program's handle
 * @control: the request
 * @information: set to IoStatus.Information; with METHOD_BUFFERED at most
 *               @control->out_length
 *
 * Context: process context of the program; sleeps until the driver has completed the
 * request.
 * Return: the driver's status; STATUS_ACCESS_DENIED @handle is not open for the access
 * that the code demands; STATUS_INSUFFICIENT_RESOURCES; STATUS_ACCESS_VIOLATION the
 * program does not have a buffer, or may not write there.
 */
NTSTATUS wdm_user_control(struct wdm_handle *handle,
			  const struct wdm_user_control *control,
			  ULONG_PTR *information)
{
	struct wdm_request request;
	PIO_STACK_LOCATION next;
	NTSTATUS status;

	*information = 0;
	if (!wdm_user_may(handle, WDM_ACCESS(control->code)))
		return STATUS_ACCESS_DENIED;
	status = wdm_user_begin(&request, handle, IRP_MJ_DEVICE_CONTROL);
	if (!NT_SUCCESS(status))
		return status;
	next = IoGetNextIrpStackLocation(request.irp);
	next->Parameters.DeviceIoControl.IoControlCode = control->code;
	next->Parameters.DeviceIoControl.InputBufferLength = control->in_length;
	next->Parameters.DeviceIoControl.OutputBufferLength = control->out_length;
	status = wdm_user_control_buffers(&request, control);
	if (NT_SUCCESS(status)) {
		wdm_user_send(&request, true);
		status = wdm_user_copy_back(&request, information);
		/* Without room for output nothing was copied, and nothing clamped. */
		if (WDM_METHOD(control->code) == METHOD_BUFFERED)
			*information = min_t(ULONG_PTR, *information,
					     control->out_length);
	}
	wdm_user_end(&request);
	return status;
}
