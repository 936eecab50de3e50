/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: the types of power requests. wdm_pnp.h has the functions. */
#ifndef _WINPAR_DDK_WDM_PO_H
#define _WINPAR_DDK_WDM_PO_H

/* DDI pages: wdm, IRP_MN_SET_POWER and the others; MinorFunction of IRP_MJ_POWER */
#define IRP_MN_WAIT_WAKE	0x00
#define IRP_MN_POWER_SEQUENCE	0x01
#define IRP_MN_SET_POWER	0x02
#define IRP_MN_QUERY_POWER	0x03

/* DDI page: wdm, SYSTEM_POWER_STATE */
typedef enum _SYSTEM_POWER_STATE {
	PowerSystemUnspecified,
	PowerSystemWorking,
	PowerSystemSleeping1,
	PowerSystemSleeping2,
	PowerSystemSleeping3,
	PowerSystemHibernate,
	PowerSystemShutdown,
	PowerSystemMaximum,
} SYSTEM_POWER_STATE, *PSYSTEM_POWER_STATE;

/* DDI page: wdm, DEVICE_POWER_STATE */
typedef enum _DEVICE_POWER_STATE {
	PowerDeviceUnspecified,
	PowerDeviceD0,
	PowerDeviceD1,
	PowerDeviceD2,
	PowerDeviceD3,
	PowerDeviceMaximum,
} DEVICE_POWER_STATE, *PDEVICE_POWER_STATE;

/* DDI page: wdm, POWER_STATE */
typedef union _POWER_STATE {
	SYSTEM_POWER_STATE SystemState;
	DEVICE_POWER_STATE DeviceState;
} POWER_STATE, *PPOWER_STATE;

/* DDI page: wdm, POWER_STATE_TYPE */
typedef enum _POWER_STATE_TYPE {
	SystemPowerState,
	DevicePowerState,
} POWER_STATE_TYPE, *PPOWER_STATE_TYPE;

/* DDI page: wdm, IRP_MN_SET_POWER: why */
typedef enum {
	PowerActionNone,
	PowerActionReserved,
	PowerActionSleep,
	PowerActionHibernate,
	PowerActionShutdown,
	PowerActionShutdownReset,
	PowerActionShutdownOff,
	PowerActionWarmEject,
} POWER_ACTION, *PPOWER_ACTION;

#endif /* _WINPAR_DDK_WDM_PO_H */
