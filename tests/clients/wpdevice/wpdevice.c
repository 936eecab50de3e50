// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of the layer for Windows sources: a driver as they were written before Plug
 * and Play. DriverEntry creates a device with a link. A program opens \\.\WpDevice\N to
 * use port N: what it writes is printed, a read tells how many bytes were, and there is a
 * control code of each method. How many bytes each write printed goes to a log. The source
 * compiles for Windows, and unchanged for Linux (docs/wdm.md): it includes no header of
 * Linux or of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

#include "wpdevice.h"

#define WPDEVICE_TAG	0x76647057	/* "Wpdv" */

/* CHAR is signed with each compiler for Windows: sources rely on it. */
typedef UCHAR WPDEVICE_CHAR_IS_SIGNED[(CHAR)-1 < 0 ? 1 : -1];

#define DATA_REGISTER		0
#define STATUS_REGISTER		1
#define CONTROL_REGISTER	2
#define CONTROL_STROBE		0x01
#define CONTROL_IDLE		0x0c
#define STATUS_NOT_BUSY		0x80

#define READY_TRIES		1000

/* FsContext of a file object: the port that the program has opened. */
typedef struct _WPDEVICE_OPEN {
	PFILE_OBJECT PortFile;
	PDEVICE_OBJECT PortDevice;
	PARALLEL_PORT_INFORMATION Info;
	ULONG Printed;
} WPDEVICE_OPEN, *PWPDEVICE_OPEN;

/* DeviceExtension: one write at a time; how many files are open. */
typedef struct _WPDEVICE_EXTENSION {
	FAST_MUTEX Mutex;
	LONG Opens;
} WPDEVICE_EXTENSION, *PWPDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WpDeviceUnload;
static DRIVER_DISPATCH WpDeviceCreate;
static DRIVER_DISPATCH WpDeviceCleanup;
static DRIVER_DISPATCH WpDeviceClose;
static DRIVER_DISPATCH WpDeviceRead;
static DRIVER_DISPATCH WpDeviceWrite;
static DRIVER_DISPATCH WpDeviceControl;

static NTSTATUS
WpDeviceComplete(IN PIRP Irp, IN NTSTATUS Status, IN ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* Send a request to the port and wait until it is complete. */
static NTSTATUS
WpDeviceRequest(IN PDEVICE_OBJECT PortDevice, IN ULONG Code, OUT PVOID Buffer,
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

/* ----- printing ---------------------------------------------------------- */

/* Print a byte. FALSE: the printer is busy for too long. */
static BOOLEAN
WpDevicePutByte(IN PUCHAR Controller, IN UCHAR Byte)
{
	ULONG tries;

	for (tries = 0; tries < READY_TRIES; tries++) {
		if (READ_PORT_UCHAR(Controller + STATUS_REGISTER) &
		    STATUS_NOT_BUSY)
			break;
		KeStallExecutionProcessor(10);
	}
	if (tries == READY_TRIES)
		return FALSE;
	WRITE_PORT_UCHAR(Controller + DATA_REGISTER, Byte);
	KeStallExecutionProcessor(1);
	WRITE_PORT_UCHAR(Controller + CONTROL_REGISTER,
			 (UCHAR)(CONTROL_IDLE | CONTROL_STROBE));
	KeStallExecutionProcessor(1);
	WRITE_PORT_UCHAR(Controller + CONTROL_REGISTER, (UCHAR)CONTROL_IDLE);
	return TRUE;
}

/* Allocate the port, print, and free the port. Printed is set to how many bytes went out. */
static NTSTATUS
WpDevicePrint(IN PWPDEVICE_OPEN Open, IN PUCHAR Text, IN ULONG Length,
	      OUT PULONG Printed)
{
	NTSTATUS status;
	ULONG i;

	*Printed = 0;
	status = WpDeviceRequest(Open->PortDevice,
				 IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0);
	if (!NT_SUCCESS(status))
		return status;
	for (i = 0; i < Length; i++) {
		if (!WpDevicePutByte(Open->Info.Controller, Text[i])) {
			status = STATUS_IO_TIMEOUT;
			break;
		}
	}
	Open->Info.FreePort(Open->Info.Context);
	Open->Printed += i;
	*Printed = i;
	return status;
}

/* Add a line to the driver's log, if there is a folder for it. */
static VOID
WpDeviceLog(IN ULONG Printed)
{
	UNICODE_STRING name, digits;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK ioStatus;
	LARGE_INTEGER end;
	WCHAR wide[12];
	CHAR line[13];
	HANDLE file;
	ULONG i;

	digits.Length = 0;
	digits.MaximumLength = sizeof(wide);
	digits.Buffer = wide;
	RtlIntegerToUnicodeString(Printed, 10, &digits);
	for (i = 0; i < digits.Length / sizeof(WCHAR); i++)
		line[i] = (CHAR)wide[i];
	line[i++] = '\n';
	RtlInitUnicodeString(&name, L"\\SystemRoot\\WpDevice.log");
	InitializeObjectAttributes(&attributes, &name,
				   OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
				   NULL);
	if (!NT_SUCCESS(ZwCreateFile(&file, GENERIC_WRITE | SYNCHRONIZE, &attributes,
				     &ioStatus, NULL, FILE_ATTRIBUTE_NORMAL,
				     FILE_SHARE_READ, FILE_OPEN_IF,
				     FILE_SYNCHRONOUS_IO_NONALERT |
				     FILE_NON_DIRECTORY_FILE, NULL, 0)))
		return;
	end.HighPart = -1;
	end.LowPart = FILE_WRITE_TO_END_OF_FILE;
	ZwWriteFile(file, NULL, NULL, NULL, &ioStatus, line, i, &end, NULL);
	ZwClose(file);
}

/* ----- opening and closing ----------------------------------------------- */

/* The number of the port in a file's name: \N, or 0 without a name. */
static NTSTATUS
WpDeviceNumber(IN PUNICODE_STRING FileName, OUT PULONG Number)
{
	UNICODE_STRING digits;

	*Number = 0;
	if (FileName->Length == 0)
		return STATUS_SUCCESS;
	digits.Buffer = FileName->Buffer + 1;
	digits.Length = FileName->Length - sizeof(WCHAR);
	digits.MaximumLength = digits.Length;
	if (digits.Length == 0 || digits.Buffer[0] < L'0' ||
	    digits.Buffer[0] > L'9')
		return STATUS_OBJECT_NAME_NOT_FOUND;
	return RtlUnicodeStringToInteger(&digits, 10, Number);
}

/* Open port Number, and ask it for its registers and callbacks. */
static NTSTATUS
WpDeviceOpenPort(IN ULONG Number, IN PWPDEVICE_OPEN Open)
{
	UNICODE_STRING name, digits;
	WCHAR nameBuffer[64], digitsBuffer[12];
	NTSTATUS status;

	name.Length = 0;
	name.MaximumLength = sizeof(nameBuffer);
	name.Buffer = nameBuffer;
	digits.Length = 0;
	digits.MaximumLength = sizeof(digitsBuffer);
	digits.Buffer = digitsBuffer;
	RtlIntegerToUnicodeString(Number, 10, &digits);
	RtlAppendUnicodeToString(&name, L"\\Device\\");
	RtlAppendUnicodeToString(&name, DD_PARALLEL_PORT_BASE_NAME_U);
	RtlAppendUnicodeStringToString(&name, &digits);
	status = IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES,
					  &Open->PortFile, &Open->PortDevice);
	if (!NT_SUCCESS(status))
		return status;
	status = WpDeviceRequest(Open->PortDevice,
				 IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				 &Open->Info, sizeof(Open->Info));
	if (!NT_SUCCESS(status))
		ObDereferenceObject(Open->PortFile);
	return status;
}

static NTSTATUS NTAPI
WpDeviceCreate(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	PWPDEVICE_OPEN open;
	NTSTATUS status;
	ULONG number;

	status = WpDeviceNumber(&stack->FileObject->FileName, &number);
	if (!NT_SUCCESS(status))
		return WpDeviceComplete(Irp, status, 0);
	open = ExAllocatePoolWithTag(NonPagedPool, sizeof(*open), WPDEVICE_TAG);
	if (open == NULL)
		return WpDeviceComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	RtlZeroMemory(open, sizeof(*open));
	status = WpDeviceOpenPort(number, open);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(open, WPDEVICE_TAG);
		return WpDeviceComplete(Irp, status, 0);
	}
	stack->FileObject->FsContext = open;
	InterlockedIncrement(&extension->Opens);
	return WpDeviceComplete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

static NTSTATUS NTAPI
WpDeviceCleanup(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return WpDeviceComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI
WpDeviceClose(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	PWPDEVICE_OPEN open =
		IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;

	ObDereferenceObject(open->PortFile);
	ExFreePoolWithTag(open, WPDEVICE_TAG);
	DbgPrint("closed: %d left\n", InterlockedDecrement(&extension->Opens));
	return WpDeviceComplete(Irp, STATUS_SUCCESS, 0);
}

/* ----- requests ---------------------------------------------------------- */

/* A program reads how many bytes were printed by its handle, in decimal. */
static NTSTATUS NTAPI
WpDeviceRead(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPDEVICE_OPEN open = stack->FileObject->FsContext;
	PUCHAR buffer = Irp->AssociatedIrp.SystemBuffer;
	ULONG value = open->Printed, digits = 1, i;

	UNREFERENCED_PARAMETER(DeviceObject);
	for (i = value; i >= 10; i /= 10)
		digits++;
	if (stack->Parameters.Read.Length < digits)
		return WpDeviceComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	for (i = digits; i > 0; i--, value /= 10)
		buffer[i - 1] = (UCHAR)('0' + value % 10);
	return WpDeviceComplete(Irp, STATUS_SUCCESS, digits);
}

static NTSTATUS NTAPI
WpDeviceWrite(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPDEVICE_EXTENSION extension = DeviceObject->DeviceExtension;
	NTSTATUS status;
	ULONG printed;

	ExAcquireFastMutex(&extension->Mutex);
	status = WpDevicePrint(stack->FileObject->FsContext,
			       Irp->AssociatedIrp.SystemBuffer,
			       stack->Parameters.Write.Length, &printed);
	ExReleaseFastMutex(&extension->Mutex);
	WpDeviceLog(printed);
	return WpDeviceComplete(Irp, status, printed);
}

/* The second buffer of a direct request, or NULL. */
static PUCHAR
WpDeviceMapped(IN PIRP Irp)
{
	if (Irp->MdlAddress == NULL)
		return NULL;
	return MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
}

/* IOCTL_WPDEVICE_STATUS */
static NTSTATUS
WpDeviceStatus(IN PWPDEVICE_OPEN Open, IN PIRP Irp, IN ULONG Length)
{
	PUCHAR buffer = WpDeviceMapped(Irp);
	ULONG i;

	if (buffer == NULL)
		return WpDeviceComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	for (i = 0; i < Length; i++)
		buffer[i] = READ_PORT_UCHAR(Open->Info.Controller +
					    STATUS_REGISTER);
	return WpDeviceComplete(Irp, STATUS_SUCCESS, Length);
}

/* IOCTL_WPDEVICE_REVERSE */
static NTSTATUS
WpDeviceReverse(IN PIRP Irp, IN PUCHAR In, IN ULONG InLength, IN ULONG OutLength)
{
	PUCHAR out = Irp->UserBuffer;
	ULONG i;

	if (OutLength < InLength)
		return WpDeviceComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	for (i = 0; i < InLength; i++)
		out[i] = In[InLength - 1 - i];
	return WpDeviceComplete(Irp, STATUS_SUCCESS, InLength);
}

static NTSTATUS NTAPI
WpDeviceControl(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
	PWPDEVICE_OPEN open = stack->FileObject->FsContext;
	PWPDEVICE_INFO info = Irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status;
	ULONG printed;

	UNREFERENCED_PARAMETER(DeviceObject);
	switch (stack->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_WPDEVICE_INFO:
		if (out < sizeof(*info))
			return WpDeviceComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
		info->Span = open->Info.SpanOfController;
		info->Printed = open->Printed;
		info->Process = (ULONG)(ULONG_PTR)PsGetCurrentProcessId();
		info->Up = (ULONG)(KeQueryInterruptTime() / 10000);
		return WpDeviceComplete(Irp, STATUS_SUCCESS, sizeof(*info));
	case IOCTL_WPDEVICE_STATUS:
		return WpDeviceStatus(open, Irp, out);
	case IOCTL_WPDEVICE_PRINT:
		status = WpDevicePrint(open, WpDeviceMapped(Irp), out, &printed);
		return WpDeviceComplete(Irp, status, printed);
	case IOCTL_WPDEVICE_REVERSE:
		return WpDeviceReverse(Irp,
				       stack->Parameters.DeviceIoControl.Type3InputBuffer,
				       in, out);
	default:
		return WpDeviceComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

/* ----- the driver -------------------------------------------------------- */

static VOID NTAPI
WpDeviceUnload(IN PDRIVER_OBJECT DriverObject)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, L"\\DosDevices\\WpDevice");
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(DriverObject->DeviceObject);
	DbgPrint("unloaded\n");
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name, link;
	PWPDEVICE_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	RtlInitUnicodeString(&name, L"\\Device\\WpDevice");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WpDevice");
	status = IoCreateDevice(DriverObject, sizeof(WPDEVICE_EXTENSION), &name,
				FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = device->DeviceExtension;
	ExInitializeFastMutex(&extension->Mutex);
	device->Flags |= DO_BUFFERED_IO;
	status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(device);
		return status;
	}
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WpDeviceCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = WpDeviceCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = WpDeviceClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = WpDeviceRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = WpDeviceWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WpDeviceControl;
	DriverObject->DriverUnload = WpDeviceUnload;
	return STATUS_SUCCESS;
}
