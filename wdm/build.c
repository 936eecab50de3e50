// SPDX-License-Identifier: GPL-2.0-only
/*
 * IRPs that the layer makes for a client and frees when they are complete:
 * IoBuildDeviceIoControlRequest() and IoBuildSynchronousFsdRequest(). Of
 * IoBuildAsynchronousFsdRequest() the client's completion routine frees them.
 *
 * The task that waits for the event of such an IRP may have the event, the status block
 * and the buffers on its stack. So wdm_build_finish() sets the event last, when the
 * output is copied back, the IRP freed and the status block written.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irp.h"
#include "wdm/irql.h"

/* The two lowest bits of a control code. */
#define WDM_METHOD(code)		((code) & 3)

/* Copy the output to the client's buffer, unless the request has failed. */
static void wdm_build_copy_back(PIRP irp)
{
	if ((irp->Flags & IRP_INPUT_OPERATION) &&
	    !NT_ERROR(irp->IoStatus.Status))
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer,
		       min_t(ULONG_PTR, irp->IoStatus.Information,
			     wdm_irp(irp)->size));
}

static void wdm_build_finish(PIRP irp)
{
	PIO_STATUS_BLOCK iosb = irp->UserIosb;
	IO_STATUS_BLOCK status = irp->IoStatus;
	PKEVENT event = irp->UserEvent;
	bool told = wdm_may_call(wdm_irp(irp)->client);

	/* A client that is leaving may have freed its buffers and its event. */
	if (told)
		wdm_build_copy_back(irp);
	IoFreeIrp(irp);
	if (told && iosb)
		*iosb = status;
	if (told && event)
		KeSetEvent(event, 0, FALSE);
}

static PIRP wdm_build(struct winpar_wdm_client *client, PDEVICE_OBJECT device,
		      PKEVENT event, PIO_STATUS_BLOCK iosb)
{
	PIRP irp = winpar_wdm_irp_alloc(client, device->StackSize);

	if (!irp)
		return NULL;
	wdm_irp(irp)->finish = wdm_build_finish;
	irp->UserEvent = event;
	irp->UserIosb = iosb;
	irp->Tail.Overlay.Thread = KeGetCurrentThread();
	return irp;
}

/*
 * Give an IRP one buffer for input and output. A driver may claim to have written more
 * output than it has: the buffer is zeroed, so that the rest is no old kernel memory.
 */
static bool wdm_build_buffer(PIRP irp, PVOID in, ULONG in_len, PVOID out,
			     ULONG out_len)
{
	ULONG size = max(in_len, out_len);
	void *buffer;

	if (!size)
		return true;
	buffer = kzalloc(size, wdm_gfp() | __GFP_NOWARN);
	if (!buffer)
		return false;
	if (in_len)
		memcpy(buffer, in, in_len);
	wdm_irp(irp)->buffer = buffer;
	irp->AssociatedIrp.SystemBuffer = buffer;
	irp->UserBuffer = out;
	wdm_irp(irp)->size = out_len;
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
	if (out_len)
		irp->Flags |= IRP_INPUT_OPERATION;
	return true;
}

/**
 * winpar_wdm_build_ioctl() - a control request: IoBuildDeviceIoControlRequest()
 * @client: the client that sends it
 * @code: the control code
 * @device: the device object that it is for
 * @in: input, or NULL
 * @in_len: its length in bytes
 * @out: output, or NULL
 * @out_len: its length in bytes
 * @internal: TRUE: IRP_MJ_INTERNAL_DEVICE_CONTROL, else IRP_MJ_DEVICE_CONTROL
 * @event: set when the request is complete, or NULL
 * @iosb: where the status goes
 *
 * DDI page: wdm, IoBuildDeviceIoControlRequest. METHOD_BUFFERED and METHOD_NEITHER;
 * no request of the port's interface has another method. @event is set and @iosb
 * written whatever the status, also when IoCallDriver() does not return
 * STATUS_PENDING. The completion frees the IRP; the client does not.
 *
 * Context: process context; at DISPATCH_LEVEL, too, unlike on Windows.
 * Return: the IRP; NULL when there is no memory, and for another method.
 */
PIRP winpar_wdm_build_ioctl(struct winpar_wdm_client *client, ULONG code,
			    PDEVICE_OBJECT device, PVOID in, ULONG in_len,
			    PVOID out, ULONG out_len, BOOLEAN internal,
			    PKEVENT event, PIO_STATUS_BLOCK iosb)
{
	PIO_STACK_LOCATION location;
	PIRP irp;

	if (WDM_METHOD(code) == METHOD_IN_DIRECT ||
	    WDM_METHOD(code) == METHOD_OUT_DIRECT) {
		wdm_warn(client, "the control code %#x has a direct method, which the layer does not have: no IRP is built\n",
			 code);
		return NULL;
	}
	irp = wdm_build(client, device, event, iosb);
	if (!irp)
		return NULL;
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL :
				  IRP_MJ_DEVICE_CONTROL;
	location->Parameters.DeviceIoControl.IoControlCode = code;
	location->Parameters.DeviceIoControl.InputBufferLength = in_len;
	location->Parameters.DeviceIoControl.OutputBufferLength = out_len;
	if (WDM_METHOD(code) == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer = in;
		irp->UserBuffer = out;
	} else if (!wdm_build_buffer(irp, in, in_len, out, out_len)) {
		IoFreeIrp(irp);
		return NULL;
	}
	return irp;
}
WINPAR_EXPORT(winpar_wdm_build_ioctl);

/* Fill in a request without a control code; @buffer is used as it is, not copied. */
static void wdm_build_transfer(PIRP irp, ULONG major, PVOID buffer, ULONG length,
			       PLARGE_INTEGER offset)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);

	location->MajorFunction = major;
	if (major != IRP_MJ_READ && major != IRP_MJ_WRITE)
		return;
	irp->AssociatedIrp.SystemBuffer = buffer;
	irp->UserBuffer = buffer;
	location->Parameters.Read.Length = length;
	if (offset)
		location->Parameters.Read.ByteOffset = *offset;
}

/**
 * winpar_wdm_build_fsd() - a read, a write or what else has no control code:
 *	IoBuildSynchronousFsdRequest()
 * @client: the client that sends it
 * @major: IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_FLUSH_BUFFERS, IRP_MJ_SHUTDOWN or
 *         IRP_MJ_PNP
 * @device: the device object that it is for
 * @buffer: what is read or written; used as it is, not copied
 * @length: its length in bytes
 * @offset: where to begin; NULL is 0
 * @event: set when the request is complete, or NULL
 * @iosb: where the status goes
 *
 * DDI page: wdm, IoBuildSynchronousFsdRequest. For a device with DO_DIRECT_IO, which
 * would need an MDL, NULL.
 *
 * Context: as winpar_wdm_build_ioctl().
 * Return: the IRP, or NULL.
 */
PIRP winpar_wdm_build_fsd(struct winpar_wdm_client *client, ULONG major,
			  PDEVICE_OBJECT device, PVOID buffer, ULONG length,
			  PLARGE_INTEGER offset, PKEVENT event,
			  PIO_STATUS_BLOCK iosb)
{
	PIRP irp;

	if (device->Flags & DO_DIRECT_IO)
		return NULL;
	irp = wdm_build(client, device, event, iosb);
	if (irp)
		wdm_build_transfer(irp, major, buffer, length, offset);
	return irp;
}
WINPAR_EXPORT(winpar_wdm_build_fsd);

/**
 * winpar_wdm_build_async() - a read, a write or what else has no control code, that is not
 *	waited for: IoBuildAsynchronousFsdRequest()
 * @client: the client that sends it
 * @major: as for winpar_wdm_build_fsd()
 * @device: the device object that it is for
 * @buffer: what is read or written; used as it is, not copied
 * @length: its length in bytes
 * @offset: where to begin; NULL is 0
 * @iosb: IRP.UserIosb; the layer writes nothing there
 *
 * DDI page: wdm, IoBuildAsynchronousFsdRequest. For a device with DO_DIRECT_IO, which
 * would need an MDL, NULL. The client sets a completion routine, which frees the IRP by
 * IoFreeIrp() and returns STATUS_MORE_PROCESSING_REQUIRED.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the IRP, or NULL.
 */
PIRP winpar_wdm_build_async(struct winpar_wdm_client *client, ULONG major,
			    PDEVICE_OBJECT device, PVOID buffer, ULONG length,
			    PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb)
{
	PIRP irp;

	if (device->Flags & DO_DIRECT_IO)
		return NULL;
	irp = winpar_wdm_irp_alloc(client, device->StackSize);
	if (!irp)
		return NULL;
	irp->UserIosb = iosb;
	irp->Tail.Overlay.Thread = KeGetCurrentThread();
	wdm_build_transfer(irp, major, buffer, length, offset);
	return irp;
}
WINPAR_EXPORT(winpar_wdm_build_async);

/* The completion routine of IoForwardIrpSynchronously(), which keeps the IRP. */
static NTSTATUS wdm_build_forwarded(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
	KeSetEvent(event, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/**
 * IoForwardIrpSynchronously() - pass an IRP down a stack, and wait until it is back
 * @device: the device below the caller's
 * @irp: an IRP at the caller's stack location, which is copied for @device
 *
 * DDI page: wdm, IoForwardIrpSynchronously. The IRP is the caller's again afterwards, with
 * its IoStatus, and has to be completed.
 *
 * Context: PASSIVE_LEVEL, sleeps.
 * Return: TRUE; FALSE the IRP has no stack location left, was freed or is complete, or the
 * caller may not sleep: it was not passed down.
 */
BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT device, PIRP irp)
{
	KEVENT event;

	/* The event is on the stack of this function, which may not return before it is set. */
	if (!wdm_at_most(PASSIVE_LEVEL) || !wdm_irp_may_be_sent(irp, (void *)_RET_IP_) ||
	    irp->CurrentLocation <= 1)
		return FALSE;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, wdm_build_forwarded, &event, TRUE, TRUE, TRUE);
	IoCallDriver(device, irp);
	/* Also where a driver returns another status for an IRP that it completes later. */
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return TRUE;
}
WINPAR_EXPORT(IoForwardIrpSynchronously);
