// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that sets each line of the port by hand. Its thread takes writes from a
 * cancel-safe queue and clocks each byte out bit by bit at DISPATCH_LEVEL, where no
 * other thread comes between two edges. A timer's DPC reads the status register in the
 * meantime, and lets the thread go on when the printer is ready. A program opens
 * \\.\WpBits\N, which is port N. The source is Windows' and compiles unchanged for Linux
 * (docs/wdm.md): it includes no header of Linux or of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

#include "wpbits.h"

#define WPBITS_TAG	0x74627057	/* "Wpbt" */

#define DATA_REGISTER		0
#define STATUS_REGISTER		1
#define CONTROL_REGISTER	2
#define CONTROL_STROBE		0x01
#define CONTROL_IDLE		0x0c
#define STATUS_NOT_BUSY		0x80

#define SAMPLE_PERIOD		10	/* ms */
#define READY_PATIENCE		(-100000000LL)	/* 10 s, in 100 ns */

/* What a program has open: one port. */
typedef struct _WPBITS_OPEN {
	PFILE_OBJECT PortFile;
	PDEVICE_OBJECT PortDevice;
	PARALLEL_PORT_INFORMATION Info;
	WPBITS_INFO Counts;
} WPBITS_OPEN, *PWPBITS_OPEN;

/* DeviceExtension */
typedef struct _WPBITS_EXTENSION {
	IO_CSQ Queue;
	LIST_ENTRY Writes;
	KSPIN_LOCK WritesLock;
	KSEMAPHORE Queued;	/* one for each write that was queued */
	KEVENT Stop;
	KEVENT Ready;		/* set by the DPC */
	PVOID Thread;
	KTIMER Timer;
	KDPC Dpc;
	KSPIN_LOCK PortLock;	/* Port, which the DPC reads */
	PWPBITS_OPEN Port;
} WPBITS_EXTENSION, *PWPBITS_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WpBitsUnload;
static DRIVER_DISPATCH WpBitsCreate;
static DRIVER_DISPATCH WpBitsCleanup;
static DRIVER_DISPATCH WpBitsClose;
static DRIVER_DISPATCH WpBitsWrite;
static DRIVER_DISPATCH WpBitsControl;

static NTSTATUS
WpBitsComplete(IN PIRP Irp, IN NTSTATUS Status, IN ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* Send a request to the port and wait until it is complete. */
static NTSTATUS
WpBitsRequest(IN PDEVICE_OBJECT PortDevice, IN ULONG Code, OUT PVOID Buffer,
	      IN ULONG OutLength)
{
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	NTSTATUS status;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(Code, PortDevice, NULL, 0, Buffer,
					    OutLength, TRUE, &event, &ioStatus);
	if (irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(PortDevice, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = ioStatus.Status;
	}
	return status;
}

/* ----- the queue --------------------------------------------------------- */

static VOID NTAPI
WpBitsInsert(IN PIO_CSQ Csq, IN PIRP Irp)
{
	PWPBITS_EXTENSION extension =
		CONTAINING_RECORD(Csq, WPBITS_EXTENSION, Queue);

	InsertTailList(&extension->Writes, &Irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI
WpBitsRemove(IN PIO_CSQ Csq, IN PIRP Irp)
{
	UNREFERENCED_PARAMETER(Csq);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* The next write; of a certain file, if the context is one. */
static PIRP NTAPI
WpBitsPeek(IN PIO_CSQ Csq, IN PIRP Irp, IN PVOID PeekContext)
{
	PWPBITS_EXTENSION extension =
		CONTAINING_RECORD(Csq, WPBITS_EXTENSION, Queue);
	PLIST_ENTRY at;
	PIRP next;

	at = Irp ? Irp->Tail.Overlay.ListEntry.Flink : extension->Writes.Flink;
	for (; at != &extension->Writes; at = at->Flink) {
		next = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
		if (PeekContext == NULL || PeekContext ==
		    IoGetCurrentIrpStackLocation(next)->FileObject)
			return next;
	}
	return NULL;
}

static VOID NTAPI
WpBitsAcquire(IN PIO_CSQ Csq, OUT PKIRQL Irql)
{
	KeAcquireSpinLock(&CONTAINING_RECORD(Csq, WPBITS_EXTENSION,
					     Queue)->WritesLock, Irql);
}

static VOID NTAPI
WpBitsRelease(IN PIO_CSQ Csq, IN KIRQL Irql)
{
	KeReleaseSpinLock(&CONTAINING_RECORD(Csq, WPBITS_EXTENSION,
					     Queue)->WritesLock, Irql);
}

static VOID NTAPI
WpBitsCompleteCancelled(IN PIO_CSQ Csq, IN PIRP Irp)
{
	UNREFERENCED_PARAMETER(Csq);
	WpBitsComplete(Irp, STATUS_CANCELLED, 0);
}

/* ----- the port ---------------------------------------------------------- */

/* Is the printer ready for a byte? The thread waits for that. */
static VOID NTAPI
WpBitsSample(IN PKDPC Dpc, IN PVOID Context, IN PVOID Argument1, IN PVOID Argument2)
{
	PWPBITS_EXTENSION extension = Context;
	PWPBITS_OPEN port;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	KeAcquireSpinLockAtDpcLevel(&extension->PortLock);
	port = extension->Port;
	if (port != NULL) {
		port->Counts.Samples++;
		if (READ_PORT_UCHAR(port->Info.Controller + STATUS_REGISTER) &
		    STATUS_NOT_BUSY)
			KeSetEvent(&extension->Ready, IO_NO_INCREMENT, FALSE);
	}
	KeReleaseSpinLockFromDpcLevel(&extension->PortLock);
}

/* From here on, until it is called with NULL, the DPC reads the status of a port. */
static VOID
WpBitsSetPort(IN PWPBITS_EXTENSION Extension, IN PWPBITS_OPEN Port)
{
	KIRQL irql;

	KeAcquireSpinLock(&Extension->PortLock, &irql);
	Extension->Port = Port;
	KeReleaseSpinLock(&Extension->PortLock, irql);
}

/* Shift a byte into the data lines, its highest bit first, and strobe it out. */
static VOID
WpBitsPutByte(IN PWPBITS_OPEN Open, IN UCHAR Byte)
{
	PUCHAR controller = Open->Info.Controller;
	UCHAR lines = 0;
	KIRQL irql;
	int bit;

	KeRaiseIrql(DISPATCH_LEVEL, &irql);
	if (KeGetCurrentIrql() != DISPATCH_LEVEL)
		Open->Counts.WrongLevel++;
	for (bit = 7; bit >= 0; bit--) {
		lines = (UCHAR)(lines << 1 | (Byte >> bit & 1));
		WRITE_PORT_UCHAR(controller + DATA_REGISTER, lines);
		KeStallExecutionProcessor(1);
	}
	if (READ_PORT_UCHAR(controller + DATA_REGISTER) != Byte)
		Open->Counts.Wrong++;
	WRITE_PORT_UCHAR(controller + CONTROL_REGISTER,
			 (UCHAR)(CONTROL_IDLE | CONTROL_STROBE));
	KeStallExecutionProcessor(1);
	WRITE_PORT_UCHAR(controller + CONTROL_REGISTER, (UCHAR)CONTROL_IDLE);
	Open->Counts.Bytes++;
	KeLowerIrql(irql);
}

/* Wait until the DPC has seen the printer ready. */
static NTSTATUS
WpBitsWaitReady(IN PWPBITS_EXTENSION Extension)
{
	PVOID objects[2];
	LARGE_INTEGER timeout;
	NTSTATUS status;

	objects[0] = &Extension->Stop;
	objects[1] = &Extension->Ready;
	timeout.QuadPart = READY_PATIENCE;
	status = KeWaitForMultipleObjects(2, objects, WaitAny, Executive,
					  KernelMode, FALSE, &timeout, NULL);
	if (status == STATUS_WAIT_1)
		return STATUS_SUCCESS;
	return status == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : STATUS_CANCELLED;
}

/* Put a buffer out, with the port allocated. */
static NTSTATUS
WpBitsPut(IN PWPBITS_EXTENSION Extension, IN PWPBITS_OPEN Open, IN PIRP Irp,
	  IN PUCHAR Bytes, IN ULONG Length, OUT PULONG Done)
{
	PUCHAR status = Open->Info.Controller + STATUS_REGISTER;
	NTSTATUS result = STATUS_SUCCESS;

	KeClearEvent(&Extension->Ready);
	WpBitsSetPort(Extension, Open);
	for (*Done = 0; *Done < Length && NT_SUCCESS(result); ) {
		/* The first byte waits for the DPC in any case. */
		if (*Done == 0 || !(READ_PORT_UCHAR(status) & STATUS_NOT_BUSY)) {
			result = WpBitsWaitReady(Extension);
			KeClearEvent(&Extension->Ready);
		}
		if (Irp->Cancel)
			result = STATUS_CANCELLED;
		if (NT_SUCCESS(result))
			WpBitsPutByte(Open, Bytes[(*Done)++]);
	}
	WpBitsSetPort(Extension, NULL);
	return result;
}

/* ----- the thread -------------------------------------------------------- */

static VOID
WpBitsServe(IN PWPBITS_EXTENSION Extension, IN PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPBITS_OPEN open = stack->FileObject->FsContext;
	NTSTATUS status;
	ULONG done = 0;

	status = WpBitsRequest(open->PortDevice,
			       IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0);
	if (NT_SUCCESS(status)) {
		status = WpBitsPut(Extension, open, Irp,
				   Irp->AssociatedIrp.SystemBuffer,
				   stack->Parameters.Write.Length, &done);
		open->Info.FreePort(open->Info.Context);
	}
	WpBitsComplete(Irp, status, done);
}

static VOID NTAPI
WpBitsThread(IN PVOID Context)
{
	PWPBITS_EXTENSION extension = Context;
	PVOID objects[2];
	NTSTATUS status;
	PIRP irp;

	KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY);
	objects[0] = &extension->Stop;
	objects[1] = &extension->Queued;
	do {
		status = KeWaitForMultipleObjects(2, objects, WaitAny, Executive,
						  KernelMode, FALSE, NULL, NULL);
		irp = IoCsqRemoveNextIrp(&extension->Queue, NULL);
		if (irp != NULL)
			WpBitsServe(extension, irp);
	} while (status != STATUS_WAIT_0);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS
WpBitsBeginThread(IN PWPBITS_EXTENSION Extension)
{
	HANDLE handle;
	NTSTATUS status;

	status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
				      WpBitsThread, Extension);
	if (!NT_SUCCESS(status))
		return status;
	status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL,
					   KernelMode, &Extension->Thread, NULL);
	ZwClose(handle);
	return status;
}

/* ----- opening and closing ----------------------------------------------- */

static NTSTATUS
WpBitsOpenPort(IN PUNICODE_STRING FileName, IN PWPBITS_OPEN Open)
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
	status = WpBitsRequest(Open->PortDevice,
			       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO, &Open->Info,
			       sizeof(Open->Info));
	if (!NT_SUCCESS(status))
		ObDereferenceObject(Open->PortFile);
	return status;
}

static NTSTATUS NTAPI
WpBitsCreate(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PWPBITS_OPEN open;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);
	open = ExAllocatePoolWithTag(NonPagedPool, sizeof(*open), WPBITS_TAG);
	if (open == NULL)
		return WpBitsComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlZeroMemory(open, sizeof(*open));
	status = WpBitsOpenPort(&file->FileName, open);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(open, WPBITS_TAG);
		return WpBitsComplete(Irp, status, 0);
	}
	file->FsContext = open;
	return WpBitsComplete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

/* The handle is closed: what is queued of it is not put out any more. */
static NTSTATUS NTAPI
WpBitsCleanup(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPBITS_EXTENSION extension = DeviceObject->DeviceExtension;
	PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
	PIRP write;

	while ((write = IoCsqRemoveNextIrp(&extension->Queue, file)) != NULL)
		WpBitsComplete(write, STATUS_CANCELLED, 0);
	return WpBitsComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI
WpBitsClose(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPBITS_OPEN open =
		IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;

	UNREFERENCED_PARAMETER(DeviceObject);
	ObDereferenceObject(open->PortFile);
	ExFreePoolWithTag(open, WPBITS_TAG);
	return WpBitsComplete(Irp, STATUS_SUCCESS, 0);
}

/* ----- requests ---------------------------------------------------------- */

static NTSTATUS NTAPI
WpBitsWrite(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPBITS_EXTENSION extension = DeviceObject->DeviceExtension;

	IoCsqInsertIrp(&extension->Queue, Irp, NULL);
	KeReleaseSemaphore(&extension->Queued, IO_NO_INCREMENT, 1, FALSE);
	return STATUS_PENDING;
}

static NTSTATUS NTAPI
WpBitsControl(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPBITS_EXTENSION extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPBITS_OPEN open = stack->FileObject->FsContext;
	PWPBITS_INFO info = Irp->AssociatedIrp.SystemBuffer;
	KIRQL irql;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_WPBITS_INFO)
		return WpBitsComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*info))
		return WpBitsComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	KeAcquireSpinLock(&extension->PortLock, &irql);
	*info = open->Counts;
	KeReleaseSpinLock(&extension->PortLock, irql);
	return WpBitsComplete(Irp, STATUS_SUCCESS, sizeof(*info));
}

/* ----- the driver -------------------------------------------------------- */

static VOID
WpBitsEnd(IN PDEVICE_OBJECT DeviceObject)
{
	PWPBITS_EXTENSION extension = DeviceObject->DeviceExtension;

	KeSetEvent(&extension->Stop, IO_NO_INCREMENT, FALSE);
	if (extension->Thread != NULL) {
		KeWaitForSingleObject(extension->Thread, Executive, KernelMode,
				      FALSE, NULL);
		ObDereferenceObject(extension->Thread);
	}
	KeCancelTimer(&extension->Timer);
	KeFlushQueuedDpcs();
	IoDeleteDevice(DeviceObject);
}

static VOID NTAPI
WpBitsUnload(IN PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WpBits");
	IoDeleteSymbolicLink(&link);
	WpBitsEnd(DriverObject->DeviceObject);
	DbgPrint("unloaded\n");
}

static VOID
WpBitsInitialize(IN PWPBITS_EXTENSION Extension)
{
	LARGE_INTEGER soon;

	InitializeListHead(&Extension->Writes);
	KeInitializeSpinLock(&Extension->WritesLock);
	KeInitializeSpinLock(&Extension->PortLock);
	KeInitializeSemaphore(&Extension->Queued, 0, MAXLONG);
	KeInitializeEvent(&Extension->Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Extension->Ready, NotificationEvent, FALSE);
	IoCsqInitialize(&Extension->Queue, WpBitsInsert, WpBitsRemove, WpBitsPeek,
			WpBitsAcquire, WpBitsRelease, WpBitsCompleteCancelled);
	KeInitializeDpc(&Extension->Dpc, WpBitsSample, Extension);
	KeInitializeTimerEx(&Extension->Timer, NotificationTimer);
	soon.QuadPart = -SAMPLE_PERIOD * 10000LL;
	KeSetTimerEx(&Extension->Timer, soon, SAMPLE_PERIOD, &Extension->Dpc);
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name, link;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&name, L"\\Device\\WpBits");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WpBits");
	status = IoCreateDevice(DriverObject, sizeof(WPBITS_EXTENSION), &name,
				FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	device->Flags |= DO_BUFFERED_IO;
	WpBitsInitialize(device->DeviceExtension);
	status = WpBitsBeginThread(device->DeviceExtension);
	if (NT_SUCCESS(status))
		status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status)) {
		WpBitsEnd(device);
		return status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WpBitsCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = WpBitsCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = WpBitsClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = WpBitsWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WpBitsControl;
	DriverObject->DriverUnload = WpBitsUnload;
	return STATUS_SUCCESS;
}
