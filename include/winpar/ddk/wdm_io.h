/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: drivers, devices, files and IRPs. These are the layer's own
 * types and have nothing to do with those of winpar/irp.h, which no client of
 * the layer includes.
 */
#ifndef _WINPAR_DDK_WDM_IO_H
#define _WINPAR_DDK_WDM_IO_H

#include "wdm_ex.h"
#include "wdm_dev.h"
#include "wdm_flags.h"

struct _DEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _FILE_OBJECT;
struct _IO_STACK_LOCATION;
struct _IRP;
struct _MDL;

/* ----- routines of a client's -------------------------------------------- */

typedef NTSTATUS DRIVER_INITIALIZE(struct _DRIVER_OBJECT *DriverObject,
				   PUNICODE_STRING RegistryPath);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;
typedef NTSTATUS DRIVER_ADD_DEVICE(struct _DRIVER_OBJECT *DriverObject,
				   struct _DEVICE_OBJECT *PhysicalDeviceObject);
typedef DRIVER_ADD_DEVICE *PDRIVER_ADD_DEVICE;
typedef VOID DRIVER_UNLOAD(struct _DRIVER_OBJECT *DriverObject);
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;
typedef NTSTATUS DRIVER_DISPATCH(struct _DEVICE_OBJECT *DeviceObject,
				 struct _IRP *Irp);
typedef DRIVER_DISPATCH *PDRIVER_DISPATCH;
typedef VOID DRIVER_STARTIO(struct _DEVICE_OBJECT *DeviceObject,
			    struct _IRP *Irp);
typedef DRIVER_STARTIO *PDRIVER_STARTIO;
typedef VOID DRIVER_CANCEL(struct _DEVICE_OBJECT *DeviceObject,
			   struct _IRP *Irp);
typedef DRIVER_CANCEL *PDRIVER_CANCEL;
typedef NTSTATUS IO_COMPLETION_ROUTINE(struct _DEVICE_OBJECT *DeviceObject,
				       struct _IRP *Irp, PVOID Context);
typedef IO_COMPLETION_ROUTINE *PIO_COMPLETION_ROUTINE;
typedef VOID IO_DPC_ROUTINE(PKDPC Dpc, struct _DEVICE_OBJECT *DeviceObject,
			    struct _IRP *Irp, PVOID Context);
typedef IO_DPC_ROUTINE *PIO_DPC_ROUTINE;
typedef VOID IO_TIMER_ROUTINE(struct _DEVICE_OBJECT *DeviceObject, PVOID Context);
typedef IO_TIMER_ROUTINE *PIO_TIMER_ROUTINE;
typedef BOOLEAN KSERVICE_ROUTINE(PKINTERRUPT Interrupt, PVOID ServiceContext);
typedef BOOLEAN KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);

/* ----- requests ---------------------------------------------------------- */

#define IRP_MJ_CREATE_NAMED_PIPE	0x01
#define IRP_MJ_SET_INFORMATION		0x06
#define IRP_MJ_FLUSH_BUFFERS		0x09
#define IRP_MJ_SHUTDOWN			0x10
#define IRP_MJ_POWER			0x16
#define IRP_MJ_SYSTEM_CONTROL		0x17
#define IRP_MJ_MAXIMUM_FUNCTION		0x1b

/* DDI page: wdm, IO_STACK_LOCATION, member Control */
#define SL_PENDING_RETURNED		0x01
#define SL_INVOKE_ON_CANCEL		0x20
#define SL_INVOKE_ON_SUCCESS		0x40
#define SL_INVOKE_ON_ERROR		0x80

/* DDI page: wdm, IoCompleteRequest; priority boosts are ignored here */
#define IO_NO_INCREMENT			0
#define IO_PARALLEL_INCREMENT		1
#define IO_SERIAL_INCREMENT		2
#define IO_SOUND_INCREMENT		8
#define EVENT_INCREMENT			1

/* A member that Windows aligns as a pointer. */
#define WINPAR_WDM_WIDE	__attribute__((__aligned__(__SIZEOF_POINTER__)))

/* DDI page: wdm, IO_SECURITY_CONTEXT. The first two are NULL here. */
typedef struct _IO_SECURITY_CONTEXT {
	PVOID SecurityQos;
	PVOID AccessState;
	ACCESS_MASK DesiredAccess;
	ULONG FullCreateOptions;
} IO_SECURITY_CONTEXT, *PIO_SECURITY_CONTEXT;

/* DDI page: wdm, IO_STACK_LOCATION */
typedef struct _IO_STACK_LOCATION {
	UCHAR MajorFunction;
	UCHAR MinorFunction;
	UCHAR Flags;
	UCHAR Control;
	union {
		struct {
			PIO_SECURITY_CONTEXT SecurityContext;
			ULONG Options;
			USHORT FileAttributes WINPAR_WDM_WIDE;
			USHORT ShareAccess;
			ULONG EaLength WINPAR_WDM_WIDE;
		} Create;
		struct {
			ULONG Length;
			ULONG Key WINPAR_WDM_WIDE;
			LARGE_INTEGER ByteOffset;
		} Read;
		struct {
			ULONG Length;
			ULONG Key WINPAR_WDM_WIDE;
			LARGE_INTEGER ByteOffset;
		} Write;
		struct {
			ULONG Length;
			FILE_INFORMATION_CLASS FileInformationClass
				WINPAR_WDM_WIDE;
		} QueryFile;
		struct {
			ULONG OutputBufferLength;
			ULONG InputBufferLength WINPAR_WDM_WIDE;
			ULONG IoControlCode WINPAR_WDM_WIDE;
			PVOID Type3InputBuffer;
		} DeviceIoControl;
		struct {
			DEVICE_RELATION_TYPE Type;
		} QueryDeviceRelations;
		struct {
			BUS_QUERY_ID_TYPE IdType;
		} QueryId;
		struct {
			DEVICE_TEXT_TYPE DeviceTextType;
			ULONG LocaleId WINPAR_WDM_WIDE;
		} QueryDeviceText;
		struct {
			PDEVICE_CAPABILITIES Capabilities;
		} DeviceCapabilities;
		struct {
			PIO_RESOURCE_REQUIREMENTS_LIST IoResourceRequirementList;
		} FilterResourceRequirements;
		struct {
			const GUID *InterfaceType;
			USHORT Size;
			USHORT Version;
			struct _INTERFACE *Interface;
			PVOID InterfaceSpecificData;
		} QueryInterface;
		struct {
			ULONG WhichSpace;
			PVOID Buffer;
			ULONG Offset;
			ULONG Length WINPAR_WDM_WIDE;
		} ReadWriteConfig;
		struct {
			BOOLEAN InPath;
			BOOLEAN Reserved[3];
			DEVICE_USAGE_NOTIFICATION_TYPE Type WINPAR_WDM_WIDE;
		} UsageNotification;
		struct {
			SYSTEM_POWER_STATE PowerState;
		} WaitWake;
		struct {
			ULONG_PTR ProviderId;
			PVOID DataPath;
			ULONG BufferSize;
			PVOID Buffer;
		} WMI;
		struct {
			PCM_RESOURCE_LIST AllocatedResources;
			PCM_RESOURCE_LIST AllocatedResourcesTranslated;
		} StartDevice;
		struct {
			ULONG SystemContext;
			POWER_STATE_TYPE Type WINPAR_WDM_WIDE;
			POWER_STATE State WINPAR_WDM_WIDE;
			POWER_ACTION ShutdownType WINPAR_WDM_WIDE;
		} Power;
		struct {
			PVOID Argument1;
			PVOID Argument2;
			PVOID Argument3;
			PVOID Argument4;
		} Others;
	} Parameters __attribute__((__packed__,
				   __aligned__(__SIZEOF_POINTER__)));
	struct _DEVICE_OBJECT *DeviceObject;
	struct _FILE_OBJECT *FileObject;
	PIO_COMPLETION_ROUTINE CompletionRoutine;
	PVOID Context;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

/*
 * The size of the layer's part of an IRP, in words: struct wdm_irp (wdm/irp.h). An odd
 * number, such that nothing is behind WinparSpare on 32 bits.
 */
#define WINPAR_WDM_IRP_WORDS	45

/* DDI page: wdm, IRP */
typedef struct _IRP {
	CSHORT Type;
	USHORT Size;
	struct _MDL *MdlAddress;
	ULONG Flags;
	union {
		struct _IRP *MasterIrp;
		volatile LONG IrpCount;
		PVOID SystemBuffer;
	} AssociatedIrp;
	LIST_ENTRY ThreadListEntry;
	IO_STATUS_BLOCK IoStatus;
	KPROCESSOR_MODE RequestorMode;
	BOOLEAN PendingReturned;
	CHAR StackCount;
	CHAR CurrentLocation;
	BOOLEAN Cancel;
	KIRQL CancelIrql;
	CCHAR ApcEnvironment;
	UCHAR AllocationFlags;
	PIO_STATUS_BLOCK UserIosb;
	PKEVENT UserEvent;
	union {
		struct {
			PVOID UserApcRoutine;
			PVOID UserApcContext;
		} AsynchronousParameters;
		LARGE_INTEGER AllocationSize;
	} Overlay;
	volatile PDRIVER_CANCEL CancelRoutine;
	PVOID UserBuffer;
	union {
		struct {
			union {
				KDEVICE_QUEUE_ENTRY DeviceQueueEntry;
				struct {
					PVOID DriverContext[4];
				};
			};
			PETHREAD Thread;
			PCHAR AuxiliaryBuffer;
			struct {
				LIST_ENTRY ListEntry;
				union {
					PIO_STACK_LOCATION CurrentStackLocation;
					ULONG PacketType;
				};
			};
			struct _FILE_OBJECT *OriginalFileObject;
		} Overlay;
		PVOID CompletionKey;
	} Tail;
	ULONG_PTR Winpar[WINPAR_WDM_IRP_WORDS];
	/*
	 * Lies where the next stack location would be when none is left: what a driver then
	 * writes there is in no other memory, until IoCallDriver() refuses the IRP.
	 */
	IO_STACK_LOCATION WinparSpare;
} IRP, *PIRP;

/* ----- devices, drivers, files ------------------------------------------- */

/* DDI page: wdm, DEVICE_OBJECT */
typedef struct _DEVICE_OBJECT {
	CSHORT Type;
	USHORT Size;
	LONG ReferenceCount;
	struct _DRIVER_OBJECT *DriverObject;
	struct _DEVICE_OBJECT *NextDevice;
	struct _DEVICE_OBJECT *AttachedDevice;
	struct _IRP *CurrentIrp;
	PVOID Timer;
	ULONG Flags;
	ULONG Characteristics;
	volatile PVOID Vpb;
	PVOID DeviceExtension;
	DEVICE_TYPE DeviceType;
	CCHAR StackSize;
	ULONG AlignmentRequirement;
	KDEVICE_QUEUE DeviceQueue;
	KDPC Dpc;
	PVOID Reserved;
} DEVICE_OBJECT, *PDEVICE_OBJECT;

/* DDI page: wdm, DRIVER_OBJECT, member DriverExtension */
typedef struct _DRIVER_EXTENSION {
	struct _DRIVER_OBJECT *DriverObject;
	PDRIVER_ADD_DEVICE AddDevice;
	ULONG Count;
	UNICODE_STRING ServiceKeyName;
} DRIVER_EXTENSION, *PDRIVER_EXTENSION;

/* DDI page: wdm, DRIVER_OBJECT */
typedef struct _DRIVER_OBJECT {
	CSHORT Type;
	CSHORT Size;
	PDEVICE_OBJECT DeviceObject;
	ULONG Flags;
	PVOID DriverStart;
	ULONG DriverSize;
	PVOID DriverSection;
	PDRIVER_EXTENSION DriverExtension;
	UNICODE_STRING DriverName;
	PUNICODE_STRING HardwareDatabase;
	PVOID FastIoDispatch;
	PDRIVER_INITIALIZE DriverInit;
	PDRIVER_STARTIO DriverStartIo;
	PDRIVER_UNLOAD DriverUnload;
	PDRIVER_DISPATCH MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
} DRIVER_OBJECT, *PDRIVER_OBJECT;

/* DDI page: wdm, FILE_OBJECT */
typedef struct _FILE_OBJECT {
	CSHORT Type;
	CSHORT Size;
	PDEVICE_OBJECT DeviceObject;
	PVOID Vpb;
	PVOID FsContext;
	PVOID FsContext2;
	PVOID SectionObjectPointer;
	PVOID PrivateCacheMap;
	NTSTATUS FinalStatus;
	struct _FILE_OBJECT *RelatedFileObject;
	BOOLEAN LockOperation;
	BOOLEAN DeletePending;
	BOOLEAN ReadAccess;
	BOOLEAN WriteAccess;
	BOOLEAN DeleteAccess;
	BOOLEAN SharedRead;
	BOOLEAN SharedWrite;
	BOOLEAN SharedDelete;
	ULONG Flags;
	UNICODE_STRING FileName;
	LARGE_INTEGER CurrentByteOffset;
} FILE_OBJECT, *PFILE_OBJECT;

/* ----- calls: IRPs ------------------------------------------------------- */

#define IoSizeOfIrp(stack_size) \
	((USHORT)(sizeof(IRP) + (stack_size) * sizeof(IO_STACK_LOCATION)))

PIRP winpar_wdm_irp_alloc(struct winpar_wdm_client *client, CCHAR stack_size);
void winpar_wdm_irp_init(struct winpar_wdm_client *client, PIRP irp, USHORT size,
			 CCHAR stack_size);
void IoReuseIrp(PIRP irp, NTSTATUS status);
void IoFreeIrp(PIRP irp);
NTSTATUS IoCallDriver(PDEVICE_OBJECT device, PIRP irp);
void IoCompleteRequest(PIRP irp, CCHAR boost);
BOOLEAN IoCancelIrp(PIRP irp);
void IoAcquireCancelSpinLock(PKIRQL irql);
void IoReleaseCancelSpinLock(KIRQL irql);

#define IofCallDriver		IoCallDriver
#define IofCompleteRequest	IoCompleteRequest
#define IoInitializeIrp(irp, size, stack_size) \
	winpar_wdm_irp_init(winpar_ddk_client, irp, size, stack_size)
#define IoAllocateIrp(stack_size, quota) \
	((void)(quota), winpar_wdm_irp_alloc(winpar_ddk_client, stack_size))

static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation;
}

static inline PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP irp)
{
	return irp->Tail.Overlay.CurrentStackLocation - 1;
}

static inline VOID IoSetNextIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation--;
	irp->Tail.Overlay.CurrentStackLocation--;
}

static inline VOID IoSkipCurrentIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation++;
	irp->Tail.Overlay.CurrentStackLocation++;
}

/* Copies all members but the completion routine, its Context, and the flags in Control. */
static inline VOID IoCopyCurrentIrpStackLocationToNext(PIRP irp)
{
	PIO_STACK_LOCATION from = IoGetCurrentIrpStackLocation(irp);
	PIO_STACK_LOCATION to = IoGetNextIrpStackLocation(irp);

	__builtin_memcpy(to, from, __builtin_offsetof(IO_STACK_LOCATION,
						      CompletionRoutine));
	to->Control = 0;
}

/*
 * The maker of an IRP has no location, but its completion routine may call this, as the routine
 * of a driver further down has to: behind the last location is other memory.
 */
static inline VOID IoMarkIrpPending(PIRP irp)
{
	if (irp->CurrentLocation <= irp->StackCount)
		IoGetCurrentIrpStackLocation(irp)->Control |= SL_PENDING_RETURNED;
}

static inline VOID IoSetCompletionRoutine(PIRP irp,
					  PIO_COMPLETION_ROUTINE routine,
					  PVOID context, BOOLEAN on_success,
					  BOOLEAN on_error, BOOLEAN on_cancel)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	next->CompletionRoutine = routine;
	next->Context = context;
	next->Control = (on_success ? SL_INVOKE_ON_SUCCESS : 0) |
			(on_error ? SL_INVOKE_ON_ERROR : 0) |
			(on_cancel ? SL_INVOKE_ON_CANCEL : 0);
}

static inline PDRIVER_CANCEL IoSetCancelRoutine(PIRP irp,
						PDRIVER_CANCEL routine)
{
	return (PDRIVER_CANCEL)InterlockedExchangePointer(&irp->CancelRoutine,
							  routine);
}

void IoStartPacket(PDEVICE_OBJECT device, PIRP irp, PULONG key,
		   PDRIVER_CANCEL cancel);
void IoStartNextPacket(PDEVICE_OBJECT device, BOOLEAN cancelable);
void IoStartNextPacketByKey(PDEVICE_OBJECT device, BOOLEAN cancelable, ULONG key);

void winpar_wdm_init_device_dpc(struct winpar_wdm_client *client,
				PDEVICE_OBJECT device, PIO_DPC_ROUTINE routine);
#define IoInitializeDpcRequest(device, routine) \
	winpar_wdm_init_device_dpc(winpar_ddk_client, device, routine)
void winpar_wdm_dpc_requested(struct winpar_wdm_client *client, PDEVICE_OBJECT device);
#define IoRequestDpc(device, irp, context) ({				\
	PDEVICE_OBJECT winpar_device = (device);			\
									\
	winpar_wdm_dpc_requested(winpar_ddk_client, winpar_device);	\
	(void)KeInsertQueueDpc(&winpar_device->Dpc, irp, context);	\
})

NTSTATUS IoInitializeTimer(PDEVICE_OBJECT device, PIO_TIMER_ROUTINE routine,
			   PVOID context);
void IoStartTimer(PDEVICE_OBJECT device);
void IoStopTimer(PDEVICE_OBJECT device);

PIRP winpar_wdm_build_ioctl(struct winpar_wdm_client *client, ULONG code,
			    PDEVICE_OBJECT device, PVOID in, ULONG in_len,
			    PVOID out, ULONG out_len, BOOLEAN internal,
			    PKEVENT event, PIO_STATUS_BLOCK iosb);
PIRP winpar_wdm_build_fsd(struct winpar_wdm_client *client, ULONG major,
			  PDEVICE_OBJECT device, PVOID buffer, ULONG length,
			  PLARGE_INTEGER offset, PKEVENT event,
			  PIO_STATUS_BLOCK iosb);

PIRP winpar_wdm_build_async(struct winpar_wdm_client *client, ULONG major,
			    PDEVICE_OBJECT device, PVOID buffer, ULONG length,
			    PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb);
BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT device, PIRP irp);

#define IoBuildDeviceIoControlRequest(code, device, in, in_len, out, out_len, \
				      internal, event, iosb)		\
	winpar_wdm_build_ioctl(winpar_ddk_client, code, device, in, in_len, \
			       out, out_len, internal, event, iosb)
#define IoBuildSynchronousFsdRequest(major, device, buffer, length, offset, \
				     event, iosb)			\
	winpar_wdm_build_fsd(winpar_ddk_client, major, device, buffer, \
			     length, offset, event, iosb)
#define IoBuildAsynchronousFsdRequest(major, device, buffer, length, offset, \
				      iosb)				\
	winpar_wdm_build_async(winpar_ddk_client, major, device, buffer,	\
			       length, offset, iosb)

/* ----- calls: objects ---------------------------------------------------- */

NTSTATUS winpar_wdm_device_pointer(struct winpar_wdm_client *client,
				   PUNICODE_STRING name, ACCESS_MASK access,
				   PFILE_OBJECT *file, PDEVICE_OBJECT *device);
LONG ObReferenceObject(PVOID object);
LONG ObDereferenceObject(PVOID object);
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file);

#define ObfReferenceObject	ObReferenceObject
#define ObfDereferenceObject	ObDereferenceObject

#define IoGetDeviceObjectPointer(name, access, file, device) \
	winpar_wdm_device_pointer(winpar_ddk_client, name, access, file, device)

/* DDI page: wdm, IoGetDeviceInterfaces */
#define DEVICE_INTERFACE_INCLUDE_NONACTIVE	0x00000001

NTSTATUS winpar_wdm_interfaces(struct winpar_wdm_client *client,
			       const GUID *guid, PDEVICE_OBJECT device,
			       ULONG flags, PWSTR *list);

#define IoGetDeviceInterfaces(guid, device, flags, list) \
	winpar_wdm_interfaces(winpar_ddk_client, guid, device, flags, list)

/* ----- calls: devices of a driver's own ---------------------------------- */

NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size,
			PUNICODE_STRING name, DEVICE_TYPE type,
			ULONG characteristics, BOOLEAN exclusive,
			PDEVICE_OBJECT *device);
void IoDeleteDevice(PDEVICE_OBJECT device);
NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id,
					 ULONG size, PVOID *memory);
PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id);
PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT source,
					   PDEVICE_OBJECT target);
void IoDetachDevice(PDEVICE_OBJECT target);
NTSTATUS winpar_wdm_link_create(struct winpar_wdm_client *client,
				PUNICODE_STRING link, PUNICODE_STRING device);
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING link);

#define IoCreateSymbolicLink(link, device) \
	winpar_wdm_link_create(winpar_ddk_client, link, device)
#define IoCreateUnprotectedSymbolicLink	IoCreateSymbolicLink

/* ----- calls: how many ports there are ----------------------------------- */

/* DDI page: ntddk, CONFIGURATION_INFORMATION */
typedef struct _CONFIGURATION_INFORMATION {
	ULONG DiskCount;
	ULONG FloppyCount;
	ULONG CdRomCount;
	ULONG TapeCount;
	ULONG ScsiPortCount;
	ULONG SerialCount;
	ULONG ParallelCount;
	BOOLEAN AtDiskPrimaryAddressClaimed;
	BOOLEAN AtDiskSecondaryAddressClaimed;
	ULONG Version;
	ULONG MediumChangerCount;
} CONFIGURATION_INFORMATION, *PCONFIGURATION_INFORMATION;

PCONFIGURATION_INFORMATION winpar_wdm_configuration(struct winpar_wdm_client *client);

#define IoGetConfigurationInformation() \
	winpar_wdm_configuration(winpar_ddk_client)

#endif /* _WINPAR_DDK_WDM_IO_H */
