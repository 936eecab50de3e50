/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: what Plug and Play's requests ask and answer. The
 * layer itself asks for none of these structures: a driver's own dispatch routine and the
 * driver that sends it the request do.
 */
#ifndef _WINPAR_DDK_WDM_DEV_H
#define _WINPAR_DDK_WDM_DEV_H

#include "devtypes.h"
#include "ntdef.h"
#include "wdm_po.h"

struct _DEVICE_OBJECT;
struct _INTERFACE;

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
