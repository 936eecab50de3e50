// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Plug and Play driver: AddDevice attaches a device to each port that arrives.
 * IRP_MN_START_DEVICE makes the device \\.\WpPlugN known to programs, and what they write
 * is printed on port N. IRP_MN_REMOVE_DEVICE deletes the device. A remove lock keeps the
 * device while a request is being worked on. The driver owns the device's power: in answer to
 * the system's request it has the device put to D3 or D0. It refuses a sleep while a program
 * has the device open. The source is Windows' and compiles unchanged
 * for Linux (docs/wdm.md): it includes no header of Linux or of winpar.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

#define WPPLUG_TAG	0x67707057	/* "Wppg" */

#define DATA_REGISTER		0
#define STATUS_REGISTER		1
#define CONTROL_REGISTER	2
#define CONTROL_STROBE		0x01
#define CONTROL_IDLE		0x0c
#define STATUS_NOT_BUSY		0x80

#define READY_TRIES		1000

/* DeviceExtension */
typedef struct _WPPLUG_EXTENSION {
	PDEVICE_OBJECT Self;
	PDEVICE_OBJECT PhysicalDevice;
	PDEVICE_OBJECT LowerDevice;
	PARALLEL_PORT_INFORMATION Info;
	IO_REMOVE_LOCK RemoveLock;
	FAST_MUTEX Mutex;
	BOOLEAN Started;
	BOOLEAN Removed;	/* the port has gone */
	LONG Handles;		/* of programs */
	BOOLEAN Linked;
	UNICODE_STRING Link;
	WCHAR LinkBuffer[32];
} WPPLUG_EXTENSION, *PWPPLUG_EXTENSION;

/* How many devices were added so far: the number of the next one. */
static LONG DeviceCount;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE WpPlugAddDevice;
static DRIVER_UNLOAD WpPlugUnload;
static DRIVER_DISPATCH WpPlugPnp;
static DRIVER_DISPATCH WpPlugPower;
static DRIVER_DISPATCH WpPlugCreate;
static DRIVER_DISPATCH WpPlugClose;
static DRIVER_DISPATCH WpPlugWrite;

static NTSTATUS
WpPlugComplete(IN PIRP Irp, IN NTSTATUS Status, IN ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/* ----- the port ---------------------------------------------------------- */

/* Send a request to the port and wait until it is complete. */
static NTSTATUS
WpPlugRequest(IN PWPPLUG_EXTENSION Extension, IN ULONG Code, OUT PVOID Buffer,
	      IN ULONG OutLength)
{
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	NTSTATUS status;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(Code, Extension->LowerDevice, NULL, 0,
					    Buffer, OutLength, TRUE, &event,
					    &ioStatus);
	if (irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(Extension->LowerDevice, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = ioStatus.Status;
	}
	return status;
}

/* Is the device at the bottom of the stack the one that AddDevice was given? */
static BOOLEAN
WpPlugTargetIsPort(IN PWPPLUG_EXTENSION Extension)
{
	PDEVICE_RELATIONS relations;
	PIO_STACK_LOCATION next;
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	BOOLEAN same;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Extension->LowerDevice, NULL,
					   0, NULL, &event, &ioStatus);
	if (irp == NULL)
		return FALSE;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	next = IoGetNextIrpStackLocation(irp);
	next->MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS;
	next->Parameters.QueryDeviceRelations.Type = TargetDeviceRelation;
	if (IoCallDriver(Extension->LowerDevice, irp) == STATUS_PENDING)
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	if (!NT_SUCCESS(ioStatus.Status))
		return FALSE;
	relations = (PDEVICE_RELATIONS)ioStatus.Information;
	same = relations->Count == 1 &&
	       relations->Objects[0] == Extension->PhysicalDevice;
	ObDereferenceObject(relations->Objects[0]);
	ExFreePool(relations);
	return same;
}

static BOOLEAN
WpPlugPutByte(IN PUCHAR Controller, IN UCHAR Byte)
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

static NTSTATUS
WpPlugPrint(IN PWPPLUG_EXTENSION Extension, IN PUCHAR Text, IN ULONG Length,
	    OUT PULONG Printed)
{
	NTSTATUS status;

	*Printed = 0;
	status = WpPlugRequest(Extension, IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
			       NULL, 0);
	if (!NT_SUCCESS(status))
		return status;
	while (*Printed < Length && NT_SUCCESS(status)) {
		if (WpPlugPutByte(Extension->Info.Controller, Text[*Printed]))
			(*Printed)++;
		else
			status = STATUS_IO_TIMEOUT;
	}
	Extension->Info.FreePort(Extension->Info.Context);
	return status;
}

/* ----- Plug and Play ----------------------------------------------------- */

static NTSTATUS NTAPI
WpPlugStarted(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp, IN PVOID Event)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The lower device starts first. The IRP is this driver's again when this returns. */
static NTSTATUS
WpPlugStartLower(IN PWPPLUG_EXTENSION Extension, IN PIRP Irp)
{
	KEVENT event;
	NTSTATUS status;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, WpPlugStarted, &event, TRUE, TRUE, TRUE);
	status = IoCallDriver(Extension->LowerDevice, Irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = Irp->IoStatus.Status;
	}
	return status;
}

static NTSTATUS
WpPlugStart(IN PWPPLUG_EXTENSION Extension, IN PIRP Irp)
{
	UNICODE_STRING name;
	NTSTATUS status;

	status = WpPlugStartLower(Extension, Irp);
	if (!NT_SUCCESS(status))
		return status;
	if (!WpPlugTargetIsPort(Extension))
		return STATUS_INVALID_DEVICE_STATE;
	status = WpPlugRequest(Extension, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
			       &Extension->Info, sizeof(Extension->Info));
	if (!NT_SUCCESS(status))
		return status;
	/* The device is \Device\WpPlugN, and its link \DosDevices\WpPlugN. */
	name.Length = 0;
	name.MaximumLength = sizeof(Extension->LinkBuffer);
	name.Buffer = ExAllocatePoolWithTag(PagedPool, name.MaximumLength, WPPLUG_TAG);
	if (name.Buffer == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlAppendUnicodeToString(&name, L"\\Device");
	RtlAppendUnicodeToString(&name, Extension->Link.Buffer +
				 sizeof(L"\\DosDevices") / sizeof(WCHAR) - 1);
	status = IoCreateSymbolicLink(&Extension->Link, &name);
	ExFreePoolWithTag(name.Buffer, WPPLUG_TAG);
	if (!NT_SUCCESS(status))
		return status;
	Extension->Linked = TRUE;
	Extension->Started = TRUE;
	DbgPrint("%wZ is started\n", &Extension->Link);
	return STATUS_SUCCESS;
}

static NTSTATUS
WpPlugRemove(IN PWPPLUG_EXTENSION Extension, IN PIRP Irp)
{
	NTSTATUS status;

	Extension->Removed = TRUE;
	IoReleaseRemoveLockAndWait(&Extension->RemoveLock, Irp);
	if (Extension->Linked)
		IoDeleteSymbolicLink(&Extension->Link);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	status = IoCallDriver(Extension->LowerDevice, Irp);
	DbgPrint("%wZ is removed\n", &Extension->Link);
	IoDetachDevice(Extension->LowerDevice);
	IoDeleteDevice(Extension->Self);
	return status;
}

static NTSTATUS NTAPI
WpPlugPnp(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPLUG_EXTENSION extension = DeviceObject->DeviceExtension;
	NTSTATUS status;

	status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
	if (!NT_SUCCESS(status))
		return WpPlugComplete(Irp, status, 0);
	switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
	case IRP_MN_START_DEVICE:
		status = WpPlugComplete(Irp, WpPlugStart(extension, Irp), 0);
		break;
	case IRP_MN_REMOVE_DEVICE:
		return WpPlugRemove(extension, Irp);
	case IRP_MN_SURPRISE_REMOVAL:
		extension->Removed = TRUE;
		DbgPrint("%wZ has lost its port\n", &extension->Link);
		Irp->IoStatus.Status = STATUS_SUCCESS;
		IoSkipCurrentIrpStackLocation(Irp);
		status = IoCallDriver(extension->LowerDevice, Irp);
		break;
	default:
		IoSkipCurrentIrpStackLocation(Irp);
		status = IoCallDriver(extension->LowerDevice, Irp);
	}
	IoReleaseRemoveLock(&extension->RemoveLock, Irp);
	return status;
}

static NTSTATUS NTAPI
WpPlugAddDevice(IN PDRIVER_OBJECT DriverObject, IN PDEVICE_OBJECT PhysicalDeviceObject)
{
	UNICODE_STRING name, digits;
	WCHAR nameBuffer[32], digitsBuffer[12];
	PWPPLUG_EXTENSION extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	name.Length = 0;
	name.MaximumLength = sizeof(nameBuffer);
	name.Buffer = nameBuffer;
	digits.Length = 0;
	digits.MaximumLength = sizeof(digitsBuffer);
	digits.Buffer = digitsBuffer;
	RtlIntegerToUnicodeString(InterlockedIncrement(&DeviceCount) - 1, 10,
				  &digits);
	RtlAppendUnicodeToString(&name, L"\\Device\\WpPlug");
	RtlAppendUnicodeStringToString(&name, &digits);
	status = IoCreateDevice(DriverObject, sizeof(*extension), &name,
				FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = device->DeviceExtension;
	extension->Self = device;
	extension->PhysicalDevice = PhysicalDeviceObject;
	IoInitializeRemoveLock(&extension->RemoveLock, WPPLUG_TAG, 0, 0);
	ExInitializeFastMutex(&extension->Mutex);
	extension->Link.MaximumLength = sizeof(extension->LinkBuffer);
	extension->Link.Buffer = extension->LinkBuffer;
	RtlAppendUnicodeToString(&extension->Link, L"\\DosDevices\\WpPlug");
	RtlAppendUnicodeStringToString(&extension->Link, &digits);
	extension->LowerDevice = IoAttachDeviceToDeviceStack(device,
							     PhysicalDeviceObject);
	if (extension->LowerDevice == NULL) {
		IoDeleteDevice(device);
		return STATUS_DEVICE_NOT_READY;
	}
	device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

/* ----- power ------------------------------------------------------------- */

/* The device's request is complete: so is the system's, the Context. */
static VOID NTAPI
WpPlugDeviceDone(IN PDEVICE_OBJECT DeviceObject, IN UCHAR MinorFunction,
		 IN POWER_STATE PowerState, IN PVOID Context,
		 IN PIO_STATUS_BLOCK IoStatus)
{
	PIRP irp = Context;
	PWPPLUG_EXTENSION extension =
		IoGetCurrentIrpStackLocation(irp)->DeviceObject->DeviceExtension;

	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(MinorFunction);
	UNREFERENCED_PARAMETER(PowerState);
	PoStartNextPowerIrp(irp);
	irp->IoStatus.Status = IoStatus->Status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	IoReleaseRemoveLock(&extension->RemoveLock, irp);
}

/* The lower driver has completed the system's request: request the device's. */
static NTSTATUS NTAPI
WpPlugSystemDone(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp, IN PVOID Context)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
	PWPPLUG_EXTENSION extension = Context;
	POWER_STATE state;
	NTSTATUS status = Irp->IoStatus.Status;

	UNREFERENCED_PARAMETER(DeviceObject);
	state.DeviceState =
		location->Parameters.Power.State.SystemState == PowerSystemWorking ?
		PowerDeviceD0 : PowerDeviceD3;
	if (NT_SUCCESS(status))
		status = PoRequestPowerIrp(extension->PhysicalDevice,
					   location->MinorFunction, state,
					   WpPlugDeviceDone, Irp, NULL);
	if (status == STATUS_PENDING)
		return STATUS_MORE_PROCESSING_REQUIRED;
	PoStartNextPowerIrp(Irp);
	Irp->IoStatus.Status = status;
	IoReleaseRemoveLock(&extension->RemoveLock, Irp);
	return STATUS_CONTINUE_COMPLETION;
}

/* A request of the system's power. The remove lock is released when it is complete. */
static NTSTATUS
WpPlugSystem(IN PWPPLUG_EXTENSION Extension, IN PIRP Irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

	if (location->MinorFunction == IRP_MN_QUERY_POWER && Extension->Handles > 0) {
		DbgPrint("%wZ refuses to sleep\n", &Extension->Link);
		PoStartNextPowerIrp(Irp);
		WpPlugComplete(Irp, STATUS_DEVICE_BUSY, 0);
		IoReleaseRemoveLock(&Extension->RemoveLock, Irp);
		return STATUS_DEVICE_BUSY;
	}
	IoMarkIrpPending(Irp);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, WpPlugSystemDone, Extension, TRUE, TRUE, TRUE);
	PoCallDriver(Extension->LowerDevice, Irp);
	return STATUS_PENDING;
}

static NTSTATUS NTAPI
WpPlugPower(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
	PWPPLUG_EXTENSION extension = DeviceObject->DeviceExtension;
	BOOLEAN sets = location->MinorFunction == IRP_MN_SET_POWER;
	NTSTATUS status;

	status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
	if (!NT_SUCCESS(status)) {
		PoStartNextPowerIrp(Irp);
		return WpPlugComplete(Irp, status, 0);
	}
	if (sets || location->MinorFunction == IRP_MN_QUERY_POWER) {
		BOOLEAN system = location->Parameters.Power.Type == SystemPowerState;

		DbgPrint("%wZ: %s %s%d\n", &extension->Link, sets ? "set" : "query",
			 system ? "S" : "D",
			 location->Parameters.Power.State.SystemState - 1);
		if (system)
			return WpPlugSystem(extension, Irp);
		if (sets)
			PoSetPowerState(DeviceObject, DevicePowerState,
					location->Parameters.Power.State);
	}
	PoStartNextPowerIrp(Irp);
	IoSkipCurrentIrpStackLocation(Irp);
	status = PoCallDriver(extension->LowerDevice, Irp);
	IoReleaseRemoveLock(&extension->RemoveLock, Irp);
	return status;
}

/* ----- programs ---------------------------------------------------------- */

static NTSTATUS NTAPI
WpPlugCreate(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPLUG_EXTENSION extension = DeviceObject->DeviceExtension;

	if (!extension->Started || extension->Removed)
		return WpPlugComplete(Irp, STATUS_NO_SUCH_DEVICE, 0);
	InterlockedIncrement(&extension->Handles);
	return WpPlugComplete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

/* IRP_MJ_CLEANUP and IRP_MJ_CLOSE */
static NTSTATUS NTAPI
WpPlugClose(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPLUG_EXTENSION extension = DeviceObject->DeviceExtension;

	if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_CLEANUP)
		InterlockedDecrement(&extension->Handles);
	return WpPlugComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI
WpPlugWrite(IN PDEVICE_OBJECT DeviceObject, IN PIRP Irp)
{
	PWPPLUG_EXTENSION extension = DeviceObject->DeviceExtension;
	ULONG printed = 0;
	NTSTATUS status;

	status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
	if (!NT_SUCCESS(status))
		return WpPlugComplete(Irp, status, 0);
	ExAcquireFastMutex(&extension->Mutex);
	status = extension->Removed ? STATUS_DEVICE_REMOVED :
		 WpPlugPrint(extension, Irp->AssociatedIrp.SystemBuffer,
			     IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length,
			     &printed);
	ExReleaseFastMutex(&extension->Mutex);
	WpPlugComplete(Irp, status, printed);
	IoReleaseRemoveLock(&extension->RemoveLock, Irp);
	return status;
}

/* ----- the driver -------------------------------------------------------- */

/* The devices are removed before. */
static VOID NTAPI
WpPlugUnload(IN PDRIVER_OBJECT DriverObject)
{
	DbgPrint("unloaded%s\n", DriverObject->DeviceObject ? " with a device" : "");
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverExtension->AddDevice = WpPlugAddDevice;
	DriverObject->MajorFunction[IRP_MJ_PNP] = WpPlugPnp;
	DriverObject->MajorFunction[IRP_MJ_POWER] = WpPlugPower;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = WpPlugCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = WpPlugClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = WpPlugClose;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = WpPlugWrite;
	DriverObject->DriverUnload = WpPlugUnload;
	return STATUS_SUCCESS;
}
