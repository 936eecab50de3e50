// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simple class driver in the style of Windows' own: it finds each parallel port by
 * number, connects an interrupt routine, allocates the port, prints a line by strobing
 * each byte, and frees it. Then each port has a device \\.\WpClassN. The IRP of a program's
 * WriteFile is passed down to the port as an ALLOCATE; its completion routine prints. The
 * interrupt routine allocates a port that nothing has, and frees it at once. The source is
 * Windows' and compiles unchanged for Linux (docs/wdm.md): it includes no header of Linux or
 * of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

#include "wpclass.h"

#define WPCLASS_TAG	0x73637057	/* "Wpcs" */

#define DATA_REGISTER		0
#define STATUS_REGISTER		1
#define CONTROL_REGISTER	2
#define CONTROL_STROBE		0x01
#define CONTROL_IDLE		0x0c
#define CONTROL_PRINTING	0x1c	/* with the interrupt enabled */
#define STATUS_NOT_BUSY		0x80

#define READY_TRIES		1000

/* One port. */
typedef struct _WPCLASS_PORT {
	LIST_ENTRY Entry;
	PDEVICE_OBJECT PortDevice;
	PARALLEL_PORT_INFORMATION Info;
	PARALLEL_PNP_INFORMATION PnpInfo;
	PARALLEL_INTERRUPT_INFORMATION Interrupt;
	LONG Connected;
	KDPC Dpc;
	LONG Interrupts;
	LONG Dpcs;
	LONG Taken;
	ULONG Number;
	PDEVICE_OBJECT Device;
} WPCLASS_PORT, *PWPCLASS_PORT;

static LIST_ENTRY PortList;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WpClassUnload;

/* Send a request to the port and wait until it is complete. */
static NTSTATUS
WpClassRequest(IN PDEVICE_OBJECT PortDevice, IN ULONG Code, IN PVOID Buffer,
	       IN ULONG InLength, IN ULONG OutLength)
{
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	NTSTATUS status;
	PIRP irp;

	PAGED_CODE();
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(Code, PortDevice, Buffer, InLength,
					    Buffer, OutLength, TRUE, &event,
					    &ioStatus);
	if (irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(PortDevice, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = ioStatus.Status;
	}
	return status;
}

/* At the level of the port's interrupt. */
static BOOLEAN NTAPI
WpClassIsr(IN PKINTERRUPT Interrupt, IN PVOID Context)
{
	PPARALLEL_INTERRUPT_INFORMATION ours;
	PWPCLASS_PORT port = Context;

	UNREFERENCED_PARAMETER(Interrupt);
	InterlockedIncrement(&port->Interrupts);
	/* Not before WpClassConnect() knows by which routines. */
	ours = &port->Interrupt;
	if (port->Connected && ours->TryAllocatePortAtInterruptLevel(ours->Context)) {
		InterlockedIncrement(&port->Taken);
		ours->FreePortFromInterruptLevel(ours->Context);
	}
	KeInsertQueueDpc(&port->Dpc, NULL, NULL);
	return FALSE;
}

static VOID NTAPI
WpClassDpc(IN PKDPC Dpc, IN PVOID Context, IN PVOID Argument1, IN PVOID Argument2)
{
	PWPCLASS_PORT port = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	InterlockedIncrement(&port->Dpcs);
}

/* The interrupt is a convenience: a port without one is used all the same. */
static VOID
WpClassConnect(IN PWPCLASS_PORT Port)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE Routine;
		PARALLEL_INTERRUPT_INFORMATION Information;
	} connect;

	RtlZeroMemory(&connect, sizeof(connect));
	connect.Routine.InterruptServiceRoutine = WpClassIsr;
	connect.Routine.InterruptServiceContext = Port;
	if (NT_SUCCESS(WpClassRequest(Port->PortDevice,
				      IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
				      &connect, sizeof(connect),
				      sizeof(connect)))) {
		Port->Interrupt = connect.Information;
		/* After Interrupt, which the interrupt routine uses. */
		InterlockedExchange(&Port->Connected, TRUE);
	}
}

static VOID
WpClassDisconnect(IN PWPCLASS_PORT Port)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routine;

	if (!Port->Connected)
		return;
	RtlZeroMemory(&routine, sizeof(routine));
	routine.InterruptServiceRoutine = WpClassIsr;
	routine.InterruptServiceContext = Port;
	WpClassRequest(Port->PortDevice,
		       IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT, &routine,
		       sizeof(routine), 0);
	KeRemoveQueueDpc(&Port->Dpc);
	KeFlushQueuedDpcs();
}

/* Strobe a byte out, when the printer is ready. */
static BOOLEAN
WpClassPutByte(IN PUCHAR Controller, IN UCHAR Byte)
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
			 (UCHAR)(CONTROL_PRINTING | CONTROL_STROBE));
	KeStallExecutionProcessor(1);
	WRITE_PORT_UCHAR(Controller + CONTROL_REGISTER,
			 (UCHAR)CONTROL_PRINTING);
	return TRUE;
}

/* Strobe out what the port was allocated for. Returns how many bytes went out. */
static ULONG
WpClassPut(IN PWPCLASS_PORT Port, IN const char *Text, IN ULONG Length)
{
	ULONG done;

	for (done = 0; done < Length; done++)
		if (!WpClassPutByte(Port->Info.Controller, (UCHAR)Text[done]))
			break;
	WRITE_PORT_UCHAR(Port->Info.Controller + CONTROL_REGISTER,
			 (UCHAR)CONTROL_IDLE);
	return done;
}

static NTSTATUS
WpClassPrint(IN PWPCLASS_PORT Port, IN const char *Text)
{
	ULONG length = (ULONG)strlen(Text), done;
	NTSTATUS status;

	status = WpClassRequest(Port->PortDevice,
				IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	if (!NT_SUCCESS(status))
		return status;
	done = WpClassPut(Port, Text, length);
	Port->Info.FreePort(Port->Info.Context);
	return done == length ? STATUS_SUCCESS : STATUS_IO_TIMEOUT;
}

/* ----- what programs ask for --------------------------------------------- */

static NTSTATUS
WpClassComplete(IN PIRP Irp, IN NTSTATUS Status, IN ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI
WpClassCreateClose(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return WpClassComplete(Irp, STATUS_SUCCESS, 0);
}

/* The port completes the program's IRP: the program's bytes are printed, and it goes on up. */
static NTSTATUS NTAPI
WpClassAllocated(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp, IN PVOID Context)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPCLASS_PORT port = Context;
	ULONG done;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (!NT_SUCCESS(Irp->IoStatus.Status))
		return STATUS_SUCCESS;
	done = WpClassPut(port, Irp->AssociatedIrp.SystemBuffer,
			  stack->Parameters.Write.Length);
	port->Info.FreePort(port->Info.Context);
	Irp->IoStatus.Information = done;
	if (done < stack->Parameters.Write.Length)
		Irp->IoStatus.Status = STATUS_IO_TIMEOUT;
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI
WpClassWrite(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPCLASS_PORT port = *(PWPCLASS_PORT *)DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp), next;

	/* They are printed at DISPATCH_LEVEL. */
	if (stack->Parameters.Write.Length > WPCLASS_LONGEST)
		return WpClassComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	next = IoGetNextIrpStackLocation(Irp);
	next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode =
		IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE;
	next->Parameters.DeviceIoControl.InputBufferLength = 0;
	next->Parameters.DeviceIoControl.OutputBufferLength = 0;
	IoSetCompletionRoutine(Irp, WpClassAllocated, port, TRUE, TRUE, TRUE);
	IoMarkIrpPending(Irp);
	IoCallDriver(port->PortDevice, Irp);
	return STATUS_PENDING;
}

static NTSTATUS NTAPI
WpClassControl(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPCLASS_PORT port = *(PWPCLASS_PORT *)DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	PWPCLASS_COUNTS counts = Irp->AssociatedIrp.SystemBuffer;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_WPCLASS_COUNTS)
		return WpClassComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*counts))
		return WpClassComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	counts->Interrupts = (ULONG)port->Interrupts;
	counts->Dpcs = (ULONG)port->Dpcs;
	counts->Taken = (ULONG)port->Taken;
	return WpClassComplete(Irp, STATUS_SUCCESS, sizeof(*counts));
}

/* A name with the port's number behind it. */
static VOID
WpClassName(OUT PUNICODE_STRING Name, IN PCWSTR Words, IN ULONG Number)
{
	UNICODE_STRING digits;
	WCHAR digitsBuffer[10];

	digits.Length = 0;
	digits.MaximumLength = sizeof(digitsBuffer);
	digits.Buffer = digitsBuffer;
	RtlIntegerToUnicodeString(Number, 10, &digits);
	Name->Length = 0;
	RtlAppendUnicodeToString(Name, Words);
	RtlAppendUnicodeStringToString(Name, &digits);
}

/* Give the port a device that programs open as \\.\WpClassN. */
static NTSTATUS
WpClassMakeDevice(IN PDRIVER_OBJECT DriverObject, IN PWPCLASS_PORT Port)
{
	WCHAR nameBuffer[32], linkBuffer[32];
	UNICODE_STRING name, link;
	NTSTATUS status;

	name.MaximumLength = sizeof(nameBuffer);
	name.Buffer = nameBuffer;
	link.MaximumLength = sizeof(linkBuffer);
	link.Buffer = linkBuffer;
	WpClassName(&name, L"\\Device\\WpClass", Port->Number);
	WpClassName(&link, L"\\DosDevices\\WpClass", Port->Number);
	status = IoCreateDevice(DriverObject, sizeof(PWPCLASS_PORT), &name,
				FILE_DEVICE_UNKNOWN, 0, FALSE, &Port->Device);
	if (!NT_SUCCESS(status))
		return status;
	*(PWPCLASS_PORT *)Port->Device->DeviceExtension = Port;
	Port->Device->Flags |= DO_BUFFERED_IO;
	Port->Device->StackSize = (CCHAR)(Port->PortDevice->StackSize + 1);
	status = IoCreateSymbolicLink(&link, &name);
	if (!NT_SUCCESS(status)) {
		IoDeleteDevice(Port->Device);
		Port->Device = NULL;
	}
	return status;
}

static VOID
WpClassDeleteDevice(IN PWPCLASS_PORT Port)
{
	UNICODE_STRING link;
	WCHAR linkBuffer[32];

	if (Port->Device == NULL)
		return;
	link.MaximumLength = sizeof(linkBuffer);
	link.Buffer = linkBuffer;
	WpClassName(&link, L"\\DosDevices\\WpClass", Port->Number);
	IoDeleteSymbolicLink(&link);
	IoDeleteDevice(Port->Device);
}

/* Open port Number, and learn what there is to know of it. */
static NTSTATUS
WpClassOpen(IN ULONG Number, OUT PWPCLASS_PORT *Opened)
{
	UNICODE_STRING name;
	WCHAR nameBuffer[64];
	PDEVICE_OBJECT portDevice;
	PFILE_OBJECT file;
	PWPCLASS_PORT port;
	NTSTATUS status;

	name.MaximumLength = sizeof(nameBuffer);
	name.Buffer = nameBuffer;
	WpClassName(&name, L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U, Number);
	status = IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES, &file,
					  &portDevice);
	if (!NT_SUCCESS(status))
		return status;
	/* The port's device object stays. */
	ObDereferenceObject(file);

	port = ExAllocatePoolWithTag(NonPagedPool, sizeof(*port), WPCLASS_TAG);
	if (port == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(port, sizeof(*port));
	port->Number = Number;
	port->PortDevice = portDevice;
	KeInitializeDpc(&port->Dpc, WpClassDpc, port);
	status = WpClassRequest(portDevice, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				&port->Info, 0, sizeof(port->Info));
	if (NT_SUCCESS(status))
		status = WpClassRequest(portDevice,
					IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
					&port->PnpInfo, 0, sizeof(port->PnpInfo));
	if (!NT_SUCCESS(status)) {
		ExFreePool(port);
		return status;
	}
	DbgPrint("%wZ is %ws: %d bytes of registers, capabilities 0x%x\n", &name,
		 port->PnpInfo.PortName, port->Info.SpanOfController,
		 port->PnpInfo.HardwareCapabilities);
	*Opened = port;
	return STATUS_SUCCESS;
}

static VOID NTAPI
WpClassUnload(IN PDRIVER_OBJECT DriverObject)
{
	PWPCLASS_PORT port;

	UNREFERENCED_PARAMETER(DriverObject);
	while (!IsListEmpty(&PortList)) {
		port = CONTAINING_RECORD(RemoveHeadList(&PortList), WPCLASS_PORT,
					 Entry);
		WpClassDeleteDevice(port);
		WpClassDisconnect(port);
		DbgPrint("port %d: interrupts: %s, DPCs: %s\n", port->Number,
			 port->Interrupts ? "some" : "none",
			 port->Dpcs ? "some" : "none");
		ExFreePoolWithTag(port, WPCLASS_TAG);
	}
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	ULONG count = IoGetConfigurationInformation()->ParallelCount;
	PWPCLASS_PORT port;
	NTSTATUS status;
	ULONG number;

	DbgPrint("%wZ: %d ports\n", RegistryPath, count);
	InitializeListHead(&PortList);
	DriverObject->DriverUnload = WpClassUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WpClassCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = WpClassCreateClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = WpClassWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WpClassControl;
	for (number = 0; number < count; number++) {
		status = WpClassOpen(number, &port);
		if (!NT_SUCCESS(status))
			continue;
		InsertTailList(&PortList, &port->Entry);
		WpClassConnect(port);
		status = WpClassPrint(port, "a Windows source prints\r\n");
		DbgPrint("port %d: printed with status 0x%x\n", number, status);
		status = WpClassMakeDevice(DriverObject, port);
		if (!NT_SUCCESS(status))
			DbgPrint("port %d: no device, status 0x%x\n", number, status);
	}
	return IsListEmpty(&PortList) ? STATUS_NO_SUCH_DEVICE : STATUS_SUCCESS;
}
