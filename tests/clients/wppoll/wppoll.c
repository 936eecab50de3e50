// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that polls: it never queues for the port. A timer's DPC calls TryAllocatePort
 * for each handle that is open, and where that gives the port it reads the status lines
 * and frees the port again. A program opens \\.\WpPoll\N, which is port N, and waits for
 * a number of polls; its request has a cancel routine. The source is Windows' and
 * compiles unchanged for Linux (docs/wdm.md): it includes no header of Linux or of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

#include "wppoll.h"

#define WPPOLL_TAG	0x6c707057	/* "Wppl" */

#define STATUS_REGISTER	1
#define POLL_PERIOD	20	/* ms */

/* What a program has open: one port. */
typedef struct _WPPOLL_OPEN {
	LIST_ENTRY Entry;
	PFILE_OBJECT PortFile;
	PDEVICE_OBJECT PortDevice;
	PARALLEL_PORT_INFORMATION Info;
	WPPOLL_COUNTS Counts;
	BOOLEAN Keep;		/* a program has asked for it */
	BOOLEAN Kept;		/* the port is allocated between the polls */
} WPPOLL_OPEN, *PWPPOLL_OPEN;

/* DeviceExtension. The lock guards Opens and what they have; the cancel lock guards Waits. */
typedef struct _WPPOLL_EXTENSION {
	KSPIN_LOCK Lock;
	LIST_ENTRY Opens;
	LIST_ENTRY Waits;
	KTIMER Timer;
	KDPC Dpc;
} WPPOLL_EXTENSION, *PWPPOLL_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WpPollUnload;
static DRIVER_DISPATCH WpPollCreate;
static DRIVER_DISPATCH WpPollCleanup;
static DRIVER_DISPATCH WpPollClose;
static DRIVER_DISPATCH WpPollControl;

static NTSTATUS
WpPollComplete(IN PIRP Irp, IN NTSTATUS Status, IN ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* ----- the polls --------------------------------------------------------- */

/* Try to have a port for a moment, or to keep it. */
static VOID
WpPollPort(IN PWPPOLL_OPEN Open)
{
	Open->Counts.Polls++;
	if (!Open->Kept && !Open->Info.TryAllocatePort(Open->Info.Context))
		return;
	Open->Kept = Open->Keep;
	Open->Counts.Samples++;
	Open->Counts.Status =
		READ_PORT_UCHAR(Open->Info.Controller + STATUS_REGISTER);
	if (!Open->Kept)
		Open->Info.FreePort(Open->Info.Context);
}

/* Has a handle been polled as often as a request wants? Then Counts gets the counts. */
static BOOLEAN
WpPollIsReached(IN PWPPOLL_EXTENSION Extension, IN PIRP Irp,
		OUT PWPPOLL_COUNTS Counts)
{
	PWPPOLL_COUNTS wanted = Irp->AssociatedIrp.SystemBuffer;
	PWPPOLL_OPEN open =
		IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;
	KIRQL irql;

	KeAcquireSpinLock(&Extension->Lock, &irql);
	*Counts = open->Counts;
	KeReleaseSpinLock(&Extension->Lock, irql);
	return Counts->Polls >= wanted->Polls && Counts->Samples >= wanted->Samples;
}

/* Take a request that is reached off the list, or NULL. */
static PIRP
WpPollNextReached(IN PWPPOLL_EXTENSION Extension, OUT PWPPOLL_COUNTS Counts)
{
	PLIST_ENTRY at;
	PIRP irp = NULL;
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	for (at = Extension->Waits.Flink; at != &Extension->Waits; at = at->Flink) {
		irp = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
		if (WpPollIsReached(Extension, irp, Counts)) {
			IoSetCancelRoutine(irp, NULL);
			RemoveEntryList(at);
			break;
		}
		irp = NULL;
	}
	IoReleaseCancelSpinLock(irql);
	return irp;
}

static VOID NTAPI
WpPollDpc(IN PKDPC Dpc, IN PVOID Context, IN PVOID Argument1, IN PVOID Argument2)
{
	PWPPOLL_EXTENSION extension = Context;
	WPPOLL_COUNTS counts;
	PLIST_ENTRY at;
	PIRP irp;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	KeAcquireSpinLockAtDpcLevel(&extension->Lock);
	for (at = extension->Opens.Flink; at != &extension->Opens; at = at->Flink)
		WpPollPort(CONTAINING_RECORD(at, WPPOLL_OPEN, Entry));
	KeReleaseSpinLockFromDpcLevel(&extension->Lock);
	while ((irp = WpPollNextReached(extension, &counts)) != NULL) {
		*(PWPPOLL_COUNTS)irp->AssociatedIrp.SystemBuffer = counts;
		WpPollComplete(irp, STATUS_SUCCESS, sizeof(counts));
	}
}

/* ----- requests ---------------------------------------------------------- */

static VOID NTAPI
WpPollCancel(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	DbgPrint("a request that waits is cancelled\n");
	WpPollComplete(Irp, STATUS_CANCELLED, 0);
}

/* The DPC completes it, or its cancellation does. */
static NTSTATUS
WpPollWait(IN PWPPOLL_EXTENSION Extension, IN PIRP Irp)
{
	ULONG polls = ((PWPPOLL_COUNTS)Irp->AssociatedIrp.SystemBuffer)->Polls;
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	if (Irp->Cancel) {
		IoReleaseCancelSpinLock(irql);
		return WpPollComplete(Irp, STATUS_CANCELLED, 0);
	}
	IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, WpPollCancel);
	InsertTailList(&Extension->Waits, &Irp->Tail.Overlay.ListEntry);
	IoReleaseCancelSpinLock(irql);
	DbgPrint("a request waits for %u polls\n", polls);
	return STATUS_PENDING;
}

static NTSTATUS
WpPollKeep(IN PWPPOLL_EXTENSION Extension, IN PWPPOLL_OPEN Open, IN PIRP Irp,
	   IN BOOLEAN Keep)
{
	KIRQL irql;

	KeAcquireSpinLock(&Extension->Lock, &irql);
	Open->Keep = Keep;
	if (Open->Kept && !Keep) {
		Open->Kept = FALSE;
		Open->Info.FreePort(Open->Info.Context);
	}
	KeReleaseSpinLock(&Extension->Lock, irql);
	return WpPollComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI
WpPollControl(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPOLL_EXTENSION extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;

	switch (stack->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_WPPOLL_WAIT:
		if (in < sizeof(WPPOLL_COUNTS) || out < sizeof(WPPOLL_COUNTS))
			return WpPollComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		return WpPollWait(extension, Irp);
	case IOCTL_WPPOLL_KEEP:
		if (in < sizeof(ULONG))
			return WpPollComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		return WpPollKeep(extension, stack->FileObject->FsContext, Irp,
				  *(PULONG)Irp->AssociatedIrp.SystemBuffer != 0);
	default:
		return WpPollComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

/* ----- opening and closing ----------------------------------------------- */

static NTSTATUS
WpPollAskInfo(IN PWPPOLL_OPEN Open)
{
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	NTSTATUS status;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					    Open->PortDevice, NULL, 0, &Open->Info,
					    sizeof(Open->Info), TRUE, &event,
					    &ioStatus);
	if (irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(Open->PortDevice, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = ioStatus.Status;
	}
	return status;
}

static NTSTATUS
WpPollOpenPort(IN PUNICODE_STRING FileName, IN PWPPOLL_OPEN Open)
{
	UNICODE_STRING name;
	WCHAR nameBuffer[64];
	NTSTATUS status;

	/* The file's name is \N. */
	if (FileName->Length != 2 * sizeof(WCHAR))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	name.Length = 0;
	name.MaximumLength = sizeof(nameBuffer);
	name.Buffer = nameBuffer;
	RtlAppendUnicodeToString(&name, L"\\Device\\");
	RtlAppendUnicodeToString(&name, DD_PARALLEL_PORT_BASE_NAME_U);
	name.Buffer[name.Length / sizeof(WCHAR)] = FileName->Buffer[1];
	name.Length += sizeof(WCHAR);
	status = IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES,
					  &Open->PortFile, &Open->PortDevice);
	if (!NT_SUCCESS(status))
		return status;
	status = WpPollAskInfo(Open);
	if (!NT_SUCCESS(status))
		ObDereferenceObject(Open->PortFile);
	return status;
}

static NTSTATUS NTAPI
WpPollCreate(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPOLL_EXTENSION extension = DeviceObject->DeviceExtension;
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PWPPOLL_OPEN open;
	NTSTATUS status;

	open = ExAllocatePoolWithTag(NonPagedPool, sizeof(*open), WPPOLL_TAG);
	if (open == NULL)
		return WpPollComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlZeroMemory(open, sizeof(*open));
	status = WpPollOpenPort(&file->FileName, open);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(open, WPPOLL_TAG);
		return WpPollComplete(Irp, status, 0);
	}
	file->FsContext = open;
	ExInterlockedInsertTailList(&extension->Opens, &open->Entry,
				    &extension->Lock);
	return WpPollComplete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

/* The handle is closed: it is polled no more, and its port is freed. */
static NTSTATUS NTAPI
WpPollCleanup(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPOLL_EXTENSION extension = DeviceObject->DeviceExtension;
	PWPPOLL_OPEN open =
		IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;
	KIRQL irql;

	KeAcquireSpinLock(&extension->Lock, &irql);
	RemoveEntryList(&open->Entry);
	if (open->Kept)
		open->Info.FreePort(open->Info.Context);
	open->Kept = FALSE;
	KeReleaseSpinLock(&extension->Lock, irql);
	return WpPollComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI
WpPollClose(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPOLL_OPEN open =
		IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(DeviceObject);
	ObDereferenceObject(open->PortFile);
	ExFreePoolWithTag(open, WPPOLL_TAG);
	return WpPollComplete(Irp, STATUS_SUCCESS, 0);
}

/* ----- the driver -------------------------------------------------------- */

static VOID NTAPI
WpPollUnload(IN PDRIVER_OBJECT DriverObject)
{
	PWPPOLL_EXTENSION extension = DriverObject->DeviceObject->DeviceExtension;
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WpPoll");
	IoDeleteSymbolicLink(&link);
	KeCancelTimer(&extension->Timer);
	KeFlushQueuedDpcs();
	IoDeleteDevice(DriverObject->DeviceObject);
	DbgPrint("unloaded\n");
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name, link;
	PWPPOLL_EXTENSION extension;
	PDEVICE_OBJECT device;
	LARGE_INTEGER soon;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&name, L"\\Device\\WpPoll");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WpPoll");
	status = IoCreateDevice(DriverObject, sizeof(WPPOLL_EXTENSION), &name,
				FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = device->DeviceExtension;
	KeInitializeSpinLock(&extension->Lock);
	InitializeListHead(&extension->Opens);
	InitializeListHead(&extension->Waits);
	KeInitializeDpc(&extension->Dpc, WpPollDpc, extension);
	KeInitializeTimerEx(&extension->Timer, NotificationTimer);
	status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WpPollCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = WpPollCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = WpPollClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WpPollControl;
	DriverObject->DriverUnload = WpPollUnload;
	soon.QuadPart = -POLL_PERIOD * 10000LL;
	KeSetTimerEx(&extension->Timer, soon, POLL_PERIOD, &extension->Dpc);
	return STATUS_SUCCESS;
}
