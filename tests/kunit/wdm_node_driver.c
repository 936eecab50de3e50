// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver of the suites for nodes: it creates a device with the link
 * \DosDevices\WptNode, which programs open as /dev/wptnode. A control request, a read and
 * a write sum the bytes of the input, and give as output each byte of the input plus 1,
 * and then 0x55, in whichever way the driver gets its buffers. wpt_node says how requests
 * end, and has what the last one brought.
 */
#include "wdm_node_driver.h"

struct wpt_node wpt_node;

/* Sum the input, and make the output from it. */
static void wpt_node_work(u8 *in, ULONG in_length, u8 *out,
			  ULONG out_length)
{
	ULONG i;

	wpt_node.sum = 0;
	for (i = 0; i < in_length; i++) {
		wpt_node.sum += in[i];
		/* As some drivers do: it changes nothing, but has to be possible. */
		WRITE_ONCE(in[i], in[i]);
	}
	/* With METHOD_BUFFERED @in is @out. */
	for (i = 0; i < out_length; i++)
		out[i] = i < in_length ? in[i] + 1 : 0x55;
}

/* Where the IRP's MDL is mapped; NULL without one, as for a request of no bytes. */
static PVOID wpt_node_mapped(PIRP irp)
{
	PVOID mapped = MmGetSystemAddressForMdlSafe(irp->MdlAddress,
						    NormalPagePriority);

	/* "The returned base address has the same offset": DDI page, wdm */
	if (BYTE_OFFSET(mapped) != MmGetMdlByteOffset(irp->MdlAddress) ||
	    BYTE_OFFSET(mapped) != BYTE_OFFSET(MmGetMdlVirtualAddress(irp->MdlAddress)))
		return NULL;
	return mapped;
}

static void wpt_node_control(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	ULONG in = location->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = location->Parameters.DeviceIoControl.OutputBufferLength;
	PVOID buffer = irp->AssociatedIrp.SystemBuffer;

	switch (location->Parameters.DeviceIoControl.IoControlCode & 3) {
	case METHOD_BUFFERED:
		wpt_node_work(buffer, in, buffer, out);
		break;
	case METHOD_IN_DIRECT:
		/* The MDL describes input here: sum that. */
		wpt_node_work(wpt_node_mapped(irp), out, NULL, 0);
		break;
	case METHOD_OUT_DIRECT:
		wpt_node_work(buffer, in, wpt_node_mapped(irp), out);
		break;
	case METHOD_NEITHER:
		wpt_node_work(location->Parameters.DeviceIoControl
				.Type3InputBuffer, in, irp->UserBuffer, out);
		break;
	}
}

static void wpt_node_transfer(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	ULONG length = location->Parameters.Read.Length;
	PVOID buffer;

	if (device->Flags & DO_BUFFERED_IO)
		buffer = irp->AssociatedIrp.SystemBuffer;
	else if (device->Flags & DO_DIRECT_IO)
		buffer = wpt_node_mapped(irp);
	else
		buffer = irp->UserBuffer;
	if (location->MajorFunction == IRP_MJ_READ)
		wpt_node_work(NULL, 0, buffer, length);
	else
		wpt_node_work(buffer, length, NULL, 0);
}

void wpt_node_complete(PIRP irp)
{
	irp->IoStatus.Status = wpt_node.status;
	irp->IoStatus.Information = wpt_node.information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static VOID wpt_node_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	wpt_node.status = STATUS_CANCELLED;
	wpt_node.information = 0;
	wpt_node_complete(irp);
}

/* Keep the IRP, for the case or a cancel to complete; tell the case so. */
static NTSTATUS wpt_node_hold(PIRP irp)
{
	IoMarkIrpPending(irp);
	IoSetCancelRoutine(irp, wpt_node_cancel);
	KeSetEvent(&wpt_node.held, IO_NO_INCREMENT, FALSE);
	return STATUS_PENDING;
}

/* Note what the request brought, in wpt_node. */
static void wpt_node_note(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	unsigned int i;

	wpt_node.location = *location;
	wpt_node.file = *location->FileObject;
	wpt_node.mode = irp->RequestorMode;
	wpt_node.irp = irp;
	if (location->MajorFunction == IRP_MJ_CREATE)
		wpt_node.access = location->Parameters.Create.SecurityContext->DesiredAccess;
	for (i = 0; i < location->FileObject->FileName.Length / sizeof(WCHAR) &&
	     i < sizeof(wpt_node.name) - 1; i++)
		wpt_node.name[i] = location->FileObject->FileName.Buffer[i];
	wpt_node.name[i] = 0;
	if (wpt_node.count < ARRAY_SIZE(wpt_node.majors))
		wpt_node.majors[wpt_node.count++] = location->MajorFunction;
}

/* The completion routine of an IRP that was passed down to the port. */
static NTSTATUS wpt_node_passed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	wpt_node.completed++;
	wpt_node.pending = irp->PendingReturned;
	if (irp->PendingReturned)
		IoMarkIrpPending(irp);
	return STATUS_SUCCESS;
}

/* Pass the IRP down to the port, as an ALLOCATE. */
static NTSTATUS wpt_node_pass(PIRP irp)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	IoCopyCurrentIrpStackLocationToNext(irp);
	next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode =
		IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE;
	next->Parameters.DeviceIoControl.InputBufferLength = 0;
	next->Parameters.DeviceIoControl.OutputBufferLength = 0;
	IoSetCompletionRoutine(irp, wpt_node_passed, NULL, TRUE, TRUE, TRUE);
	return IoCallDriver(wpt_node.port, irp);
}

static NTSTATUS wpt_node_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	UCHAR major = location->MajorFunction;
	NTSTATUS status = wpt_node.status;

	wpt_node.calls++;
	/* A device that is attached above wpt_node.device passes all its requests down. */
	if (wpt_node.below && device != wpt_node.device) {
		IoCopyCurrentIrpStackLocationToNext(irp);
		return IoCallDriver(wpt_node.below, irp);
	}
	wpt_node_note(irp);
	if (major == IRP_MJ_CREATE) {
		if (wpt_node.keep_file) {
			wpt_node.kept = location->FileObject;
			ObReferenceObject(wpt_node.kept);
		}
		if (wpt_node.hold_create)
			return wpt_node_hold(irp);
		status = wpt_node.create_status;
		irp->IoStatus.Status = status;
		irp->IoStatus.Information = FILE_OPENED;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return status;
	}
	if (major == IRP_MJ_CLEANUP || major == IRP_MJ_CLOSE) {
		if (wpt_node.ending)
			wpt_node.ending();
		irp->IoStatus.Status = STATUS_SUCCESS;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return STATUS_SUCCESS;
	}
	if (wpt_node.hold)
		return wpt_node_hold(irp);
	if (wpt_node.port)
		return wpt_node_pass(irp);
	wpt_node.locked = wpt_program_locked();
	if (major == IRP_MJ_DEVICE_CONTROL)
		wpt_node_control(irp);
	else
		wpt_node_transfer(device, irp);
	wpt_node_complete(irp);
	return status;
}

static void wpt_node_entry(PDRIVER_OBJECT driver)
{
	UNICODE_STRING name, link;
	unsigned int i;

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = wpt_node_dispatch;
	RtlInitUnicodeString(&name, L"\\Device\\WptNode");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptNode");
	if (IoCreateDevice(driver, 8, &name, FILE_DEVICE_UNKNOWN, 0, FALSE,
			   &wpt_node.device) ||
	    IoCreateSymbolicLink(&link, &name))
		pr_err("the device of the suite cannot be made\n");
	wpt_node.device->Flags |= DO_BUFFERED_IO;
}

static int wpt_node_begin(struct kunit *test, int (*init)(struct kunit *test))
{
	int ret;

	memset(&wpt_node, 0, sizeof(wpt_node));
	KeInitializeEvent(&wpt_node.held, SynchronizationEvent, FALSE);
	wpt_wdm_at_entry = wpt_node_entry;
	ret = init(test);
	wpt_wdm_at_entry = NULL;
	return ret ?: wpt_program_begin(test);
}

/* Begin a case: start the client, with its device, and prepare a program's memory. */
int wpt_node_init(struct kunit *test)
{
	return wpt_node_begin(test, wpt_wdm_init);
}

/* The client has a port, too, which clients of winpar's own interface have open. */
int wpt_node_init_port(struct kunit *test)
{
	return wpt_node_begin(test, wpt_wdm_init_port);
}

/* Delete the device, if the case has not done so, and its link. */
void wpt_node_delete(void)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WptNode");
	IoDeleteSymbolicLink(&link);
	if (wpt_node.device)
		IoDeleteDevice(wpt_node.device);
	wpt_node.device = NULL;
}

void wpt_node_exit(struct kunit *test)
{
	wpt_program_end();
	wpt_node_delete();
	wpt_wdm_exit(test);
}

/* Expect that request number @at, counted from 0, had the major function @major. */
void wpt_node_expect(struct kunit *test, unsigned int at, int major)
{
	KUNIT_ASSERT_GT(test, wpt_node.count, at);
	KUNIT_EXPECT_EQ(test, wpt_node.majors[at], major);
}

/* Open /dev/wptnode as a program does. */
struct file *wpt_node_open(struct kunit *test, int flags)
{
	struct file *file = wpt_program_open(WPT_NODE_PATH, flags);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	return file;
}
