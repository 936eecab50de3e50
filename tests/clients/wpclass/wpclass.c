// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simple class driver in the style of Windows' own: it finds each parallel port by
 * number, connects an interrupt routine, allocates the port, prints a line by strobing
 * each byte, and frees it. The source is Windows' and compiles unchanged for Linux
 * (docs/wdm.md): it includes no header of Linux or of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

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
	BOOLEAN Connected;
	KDPC Dpc;
	LONG Interrupts;
	LONG Dpcs;
	ULONG Number;
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
	PWPCLASS_PORT port = Context;

	UNREFERENCED_PARAMETER(Interrupt);
	InterlockedIncrement(&port->Interrupts);
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
		Port->Connected = TRUE;
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

static NTSTATUS
WpClassPrint(IN PWPCLASS_PORT Port, IN const char *Text)
{
	NTSTATUS status;

	status = WpClassRequest(Port->PortDevice,
				IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	if (!NT_SUCCESS(status))
		return status;
	for (; *Text != '\0'; Text++) {
		if (!WpClassPutByte(Port->Info.Controller, (UCHAR)*Text)) {
			status = STATUS_IO_TIMEOUT;
			break;
		}
	}
	WRITE_PORT_UCHAR(Port->Info.Controller + CONTROL_REGISTER,
			 (UCHAR)CONTROL_IDLE);
	Port->Info.FreePort(Port->Info.Context);
	return status;
}

/* Open port Number, and learn what there is to know of it. */
static NTSTATUS
WpClassOpen(IN ULONG Number, OUT PWPCLASS_PORT *Opened)
{
	UNICODE_STRING name, digits;
	WCHAR nameBuffer[64], digitsBuffer[10];
	PDEVICE_OBJECT portDevice;
	PFILE_OBJECT file;
	PWPCLASS_PORT port;
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
	for (number = 0; number < count; number++) {
		status = WpClassOpen(number, &port);
		if (!NT_SUCCESS(status))
			continue;
		InsertTailList(&PortList, &port->Entry);
		WpClassConnect(port);
		status = WpClassPrint(port, "a Windows source prints\r\n");
		DbgPrint("port %d: printed with status 0x%x\n", number, status);
	}
	return IsListEmpty(&PortList) ? STATUS_NO_SUCH_DEVICE : STATUS_SUCCESS;
}
