/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: notifications of Plug and Play, remove locks. */
#ifndef _WINPAR_DDK_WDM_PNP_H
#define _WINPAR_DDK_WDM_PNP_H

#include "wdm_io.h"

/* ----- notifications ----------------------------------------------------- */

/* DDI page: wdm, IO_NOTIFICATION_EVENT_CATEGORY */
typedef enum _IO_NOTIFICATION_EVENT_CATEGORY {
	EventCategoryReserved,
	EventCategoryHardwareProfileChange,
	EventCategoryDeviceInterfaceChange,
	EventCategoryTargetDeviceChange,
} IO_NOTIFICATION_EVENT_CATEGORY;

#define PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES	0x00000001

/* DDI page: wdm, PLUGPLAY_NOTIFICATION_HEADER */
typedef struct _PLUGPLAY_NOTIFICATION_HEADER {
	USHORT Version;
	USHORT Size;
	GUID Event;
} PLUGPLAY_NOTIFICATION_HEADER, *PPLUGPLAY_NOTIFICATION_HEADER;

/* DDI page: wdm, DEVICE_INTERFACE_CHANGE_NOTIFICATION */
typedef struct _DEVICE_INTERFACE_CHANGE_NOTIFICATION {
	USHORT Version;
	USHORT Size;
	GUID Event;
	GUID InterfaceClassGuid;
	PUNICODE_STRING SymbolicLinkName;
} DEVICE_INTERFACE_CHANGE_NOTIFICATION, *PDEVICE_INTERFACE_CHANGE_NOTIFICATION;

typedef NTSTATUS DRIVER_NOTIFICATION_CALLBACK_ROUTINE(PVOID NotificationStructure,
						      PVOID Context);
typedef DRIVER_NOTIFICATION_CALLBACK_ROUTINE *PDRIVER_NOTIFICATION_CALLBACK_ROUTINE;

NTSTATUS IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY category,
					ULONG flags, PVOID data,
					PDRIVER_OBJECT driver,
					PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine,
					PVOID context, PVOID *entry);
NTSTATUS winpar_wdm_notify_end(struct winpar_wdm_client *client, PVOID entry);

#define IoUnregisterPlugPlayNotification(entry) \
	winpar_wdm_notify_end(winpar_ddk_client, entry)
#define IoUnregisterPlugPlayNotificationEx	IoUnregisterPlugPlayNotification

/* ----- remove locks ------------------------------------------------------ */

/* DDI page: wdm, IoInitializeRemoveLock */
typedef struct _IO_REMOVE_LOCK_COMMON_BLOCK {
	BOOLEAN Removed;
	BOOLEAN Reserved[3];
	volatile LONG IoCount;
	KEVENT RemoveEvent;
} IO_REMOVE_LOCK_COMMON_BLOCK;

typedef struct _IO_REMOVE_LOCK {
	IO_REMOVE_LOCK_COMMON_BLOCK Common;
} IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;

void winpar_wdm_remove_init(PIO_REMOVE_LOCK lock);
NTSTATUS winpar_wdm_remove_acquire(PIO_REMOVE_LOCK lock);
void winpar_wdm_remove_release(PIO_REMOVE_LOCK lock);
void winpar_wdm_remove_wait(PIO_REMOVE_LOCK lock);

/* Tags, times and counts serve Windows' checked builds; they are ignored here. */
#define IoInitializeRemoveLock(lock, tag, minutes, high)	\
	((void)(tag), (void)(minutes), (void)(high), winpar_wdm_remove_init(lock))
#define IoAcquireRemoveLock(lock, tag)	\
	((void)(tag), winpar_wdm_remove_acquire(lock))
#define IoReleaseRemoveLock(lock, tag)	\
	((void)(tag), winpar_wdm_remove_release(lock))
#define IoReleaseRemoveLockAndWait(lock, tag)	\
	((void)(tag), winpar_wdm_remove_wait(lock))

/* ----- relations -------------------------------------------------------- */

void IoInvalidateDeviceRelations(PDEVICE_OBJECT device,
				 DEVICE_RELATION_TYPE type);

/* ----- interfaces -------------------------------------------------------- */

NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT port, const GUID *guid,
				   PUNICODE_STRING reference, PUNICODE_STRING name);
NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING name, BOOLEAN enable);

/* ----- shutdowns --------------------------------------------------------- */

NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT device);
void IoUnregisterShutdownNotification(PDEVICE_OBJECT device);

/* ----- power ------------------------------------------------------------- */

POWER_STATE PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type,
			    POWER_STATE state);

/* DDI page: wdm, REQUEST_POWER_COMPLETE */
typedef VOID REQUEST_POWER_COMPLETE(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction,
				    POWER_STATE PowerState, PVOID Context,
				    PIO_STATUS_BLOCK IoStatus);
typedef REQUEST_POWER_COMPLETE *PREQUEST_POWER_COMPLETE;

NTSTATUS PoRequestPowerIrp(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
			   PREQUEST_POWER_COMPLETE routine, PVOID context,
			   PIRP *irp);

/* DDI page: wdm, PoCallDriver: IoCallDriver(), as since Windows Vista */
static inline NTSTATUS PoCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	return IoCallDriver(device, irp);
}

/* DDI page: wdm, PoStartNextPowerIrp: nothing, as since Windows Vista */
static inline void PoStartNextPowerIrp(PIRP irp)
{
	(void)irp;
}

#endif /* _WINPAR_DDK_WDM_PNP_H */
