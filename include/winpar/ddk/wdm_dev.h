/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: what devices are, and what Plug and Play's requests ask and answer. The
 * layer itself asks for none of these structures: a driver's own dispatch routine and the
 * driver that sends it the request do.
 */
#ifndef _WINPAR_DDK_WDM_DEV_H
#define _WINPAR_DDK_WDM_DEV_H

#include "ntdef.h"
#include "wdm_po.h"

struct _DEVICE_OBJECT;
struct _INTERFACE;

/* ----- what a device is -------------------------------------------------- */

/* Device types: "Specifying Device Types" in the driver design guide. */
#define FILE_DEVICE_BEEP		0x01
#define FILE_DEVICE_CD_ROM		0x02
#define FILE_DEVICE_CD_ROM_FILE_SYSTEM	0x03
#define FILE_DEVICE_CONTROLLER		0x04
#define FILE_DEVICE_DATALINK		0x05
#define FILE_DEVICE_DFS			0x06
#define FILE_DEVICE_DISK		0x07
#define FILE_DEVICE_DISK_FILE_SYSTEM	0x08
#define FILE_DEVICE_FILE_SYSTEM		0x09
#define FILE_DEVICE_INPORT_PORT		0x0a
#define FILE_DEVICE_KEYBOARD		0x0b
#define FILE_DEVICE_MAILSLOT		0x0c
#define FILE_DEVICE_MIDI_IN		0x0d
#define FILE_DEVICE_MIDI_OUT		0x0e
#define FILE_DEVICE_MOUSE		0x0f
#define FILE_DEVICE_MULTI_UNC_PROVIDER	0x10
#define FILE_DEVICE_NAMED_PIPE		0x11
#define FILE_DEVICE_NETWORK		0x12
#define FILE_DEVICE_NETWORK_BROWSER	0x13
#define FILE_DEVICE_NETWORK_FILE_SYSTEM	0x14
#define FILE_DEVICE_NULL		0x15
#define FILE_DEVICE_PHYSICAL_NETCARD	0x17
#define FILE_DEVICE_PRINTER		0x18
#define FILE_DEVICE_SCANNER		0x19
#define FILE_DEVICE_SERIAL_MOUSE_PORT	0x1a
#define FILE_DEVICE_SCREEN		0x1c
#define FILE_DEVICE_SOUND		0x1d
#define FILE_DEVICE_STREAMS		0x1e
#define FILE_DEVICE_TAPE		0x1f
#define FILE_DEVICE_TAPE_FILE_SYSTEM	0x20
#define FILE_DEVICE_TRANSPORT		0x21
#define FILE_DEVICE_UNKNOWN		0x22
#define FILE_DEVICE_VIDEO		0x23
#define FILE_DEVICE_VIRTUAL_DISK	0x24
#define FILE_DEVICE_WAVE_IN		0x25
#define FILE_DEVICE_WAVE_OUT		0x26
#define FILE_DEVICE_8042_PORT		0x27
#define FILE_DEVICE_NETWORK_REDIRECTOR	0x28
#define FILE_DEVICE_BATTERY		0x29
#define FILE_DEVICE_BUS_EXTENDER	0x2a
#define FILE_DEVICE_MODEM		0x2b
#define FILE_DEVICE_VDM			0x2c
#define FILE_DEVICE_MASS_STORAGE	0x2d
#define FILE_DEVICE_SMB			0x2e
#define FILE_DEVICE_KS			0x2f
#define FILE_DEVICE_CHANGER		0x30
#define FILE_DEVICE_SMARTCARD		0x31
#define FILE_DEVICE_ACPI		0x32
#define FILE_DEVICE_DVD			0x33
#define FILE_DEVICE_FULLSCREEN_VIDEO	0x34
#define FILE_DEVICE_DFS_FILE_SYSTEM	0x35
#define FILE_DEVICE_DFS_VOLUME		0x36
#define FILE_DEVICE_SERENUM		0x37
#define FILE_DEVICE_TERMSRV		0x38
#define FILE_DEVICE_KSEC		0x39
#define FILE_DEVICE_FIPS		0x3a
#define FILE_DEVICE_INFINIBAND		0x3b
#define FILE_DEVICE_VMBUS		0x3e
#define FILE_DEVICE_CRYPT_PROVIDER	0x3f
#define FILE_DEVICE_WPD			0x40

/* ----- requests of Plug and Play ----------------------------------------- */

/* DDI pages: wdm, IRP_MN_START_DEVICE and the others; MinorFunction of IRP_MJ_PNP */
#define IRP_MN_START_DEVICE		0x00
#define IRP_MN_QUERY_REMOVE_DEVICE	0x01
#define IRP_MN_REMOVE_DEVICE		0x02
#define IRP_MN_CANCEL_REMOVE_DEVICE	0x03
#define IRP_MN_STOP_DEVICE		0x04
#define IRP_MN_QUERY_STOP_DEVICE	0x05
#define IRP_MN_CANCEL_STOP_DEVICE	0x06
#define IRP_MN_QUERY_DEVICE_RELATIONS	0x07
#define IRP_MN_QUERY_INTERFACE		0x08
#define IRP_MN_QUERY_CAPABILITIES	0x09
#define IRP_MN_QUERY_RESOURCES		0x0a
#define IRP_MN_QUERY_RESOURCE_REQUIREMENTS 0x0b
#define IRP_MN_QUERY_DEVICE_TEXT	0x0c
#define IRP_MN_FILTER_RESOURCE_REQUIREMENTS 0x0d
#define IRP_MN_READ_CONFIG		0x0f
#define IRP_MN_WRITE_CONFIG		0x10
#define IRP_MN_EJECT			0x11
#define IRP_MN_SET_LOCK			0x12
#define IRP_MN_QUERY_ID			0x13
#define IRP_MN_QUERY_PNP_DEVICE_STATE	0x14
#define IRP_MN_QUERY_BUS_INFORMATION	0x15
#define IRP_MN_DEVICE_USAGE_NOTIFICATION 0x16
#define IRP_MN_SURPRISE_REMOVAL		0x17

/* DDI page: wdm, IRP_MN_QUERY_ID */
typedef enum {
	BusQueryDeviceID,
	BusQueryHardwareIDs,
	BusQueryCompatibleIDs,
	BusQueryInstanceID,
	BusQueryDeviceSerialNumber,
} BUS_QUERY_ID_TYPE, *PBUS_QUERY_ID_TYPE;

/* DDI page: wdm, IRP_MN_QUERY_DEVICE_RELATIONS */
typedef enum _DEVICE_RELATION_TYPE {
	BusRelations,
	EjectionRelations,
	PowerRelations,
	RemovalRelations,
	TargetDeviceRelation,
} DEVICE_RELATION_TYPE, *PDEVICE_RELATION_TYPE;

/* DDI page: wdm, DEVICE_RELATIONS; of ExAllocatePool(), each object referenced */
typedef struct _DEVICE_RELATIONS {
	ULONG Count;
	struct _DEVICE_OBJECT *Objects[1];
} DEVICE_RELATIONS, *PDEVICE_RELATIONS;

/* DDI page: wdm, IRP_MN_QUERY_DEVICE_TEXT */
typedef enum _DEVICE_TEXT_TYPE {
	DeviceTextDescription,
	DeviceTextLocationInformation,
} DEVICE_TEXT_TYPE, *PDEVICE_TEXT_TYPE;

/* DDI page: wdm, IRP_MN_DEVICE_USAGE_NOTIFICATION */
typedef enum _DEVICE_USAGE_NOTIFICATION_TYPE {
	DeviceUsageTypeUndefined,
	DeviceUsageTypePaging,
	DeviceUsageTypeHibernation,
	DeviceUsageTypeDumpFile,
} DEVICE_USAGE_NOTIFICATION_TYPE;

/* DDI page: wdm, IRP_MN_QUERY_PNP_DEVICE_STATE */
typedef ULONG PNP_DEVICE_STATE, *PPNP_DEVICE_STATE;

#define PNP_DEVICE_DISABLED		0x00000001
#define PNP_DEVICE_DONT_DISPLAY_IN_UI	0x00000002
#define PNP_DEVICE_FAILED		0x00000004
#define PNP_DEVICE_REMOVED		0x00000008
#define PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED 0x00000010
#define PNP_DEVICE_NOT_DISABLEABLE	0x00000020

/* DDI page: wdm, DEVICE_CAPABILITIES */
typedef struct _DEVICE_CAPABILITIES {
	USHORT Size;
	USHORT Version;
	ULONG DeviceD1 : 1;
	ULONG DeviceD2 : 1;
	ULONG LockSupported : 1;
	ULONG EjectSupported : 1;
	ULONG Removable : 1;
	ULONG DockDevice : 1;
	ULONG UniqueID : 1;
	ULONG SilentInstall : 1;
	ULONG RawDeviceOK : 1;
	ULONG SurpriseRemovalOK : 1;
	ULONG WakeFromD0 : 1;
	ULONG WakeFromD1 : 1;
	ULONG WakeFromD2 : 1;
	ULONG WakeFromD3 : 1;
	ULONG HardwareDisabled : 1;
	ULONG NonDynamic : 1;
	ULONG WarmEjectSupported : 1;
	ULONG NoDisplayInUI : 1;
	ULONG Reserved : 14;
	ULONG Address;
	ULONG UINumber;
	DEVICE_POWER_STATE DeviceState[PowerSystemMaximum];
	SYSTEM_POWER_STATE SystemWake;
	DEVICE_POWER_STATE DeviceWake;
	ULONG D1Latency;
	ULONG D2Latency;
	ULONG D3Latency;
} DEVICE_CAPABILITIES, *PDEVICE_CAPABILITIES;

/* A port's driver has its resources: the ones of IRP_MN_START_DEVICE are NULL here. */
typedef struct _CM_RESOURCE_LIST *PCM_RESOURCE_LIST;

/* DDI page: wdm, IO_RESOURCE_DESCRIPTOR */
typedef struct _IO_RESOURCE_DESCRIPTOR {
	UCHAR Option;
	UCHAR Type;
	UCHAR ShareDisposition;
	UCHAR Spare1;
	USHORT Flags;
	USHORT Spare2;
	union {
		struct {
			ULONG Length;
			ULONG Alignment;
			PHYSICAL_ADDRESS MinimumAddress;
			PHYSICAL_ADDRESS MaximumAddress;
		} Port;
		struct {
			ULONG Length;
			ULONG Alignment;
			PHYSICAL_ADDRESS MinimumAddress;
			PHYSICAL_ADDRESS MaximumAddress;
		} Memory;
		struct {
			ULONG Length;
			ULONG Alignment;
			PHYSICAL_ADDRESS MinimumAddress;
			PHYSICAL_ADDRESS MaximumAddress;
		} Generic;
		struct {
			ULONG MinimumVector;
			ULONG MaximumVector;
		} Interrupt;
		struct {
			ULONG MinimumChannel;
			ULONG MaximumChannel;
		} Dma;
		struct {
			ULONG Data[3];
		} DevicePrivate;
	} u;
} IO_RESOURCE_DESCRIPTOR, *PIO_RESOURCE_DESCRIPTOR;

/* DDI page: wdm, IO_RESOURCE_LIST */
typedef struct _IO_RESOURCE_LIST {
	USHORT Version;
	USHORT Revision;
	ULONG Count;
	IO_RESOURCE_DESCRIPTOR Descriptors[1];
} IO_RESOURCE_LIST, *PIO_RESOURCE_LIST;

/* DDI page: wdm, IO_RESOURCE_REQUIREMENTS_LIST */
typedef struct _IO_RESOURCE_REQUIREMENTS_LIST {
	ULONG ListSize;
	INTERFACE_TYPE InterfaceType;
	ULONG BusNumber;
	ULONG SlotNumber;
	ULONG Reserved[3];
	ULONG AlternativeLists;
	IO_RESOURCE_LIST List[1];
} IO_RESOURCE_REQUIREMENTS_LIST, *PIO_RESOURCE_REQUIREMENTS_LIST;

#endif /* _WINPAR_DDK_WDM_DEV_H */
