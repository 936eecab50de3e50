/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a parallel device understands: the device control requests of Windows'
 * ntddpar.h, their structures, and the IEEE 1284 protocol masks.
 *
 * Some numbers mean something else as an internal request to a port
 * (winpar/parallel.h); the major function and the object decide.
 */
#ifndef _WINPAR_NTDDPAR_H
#define _WINPAR_NTDDPAR_H

#include "nt.h"

/*
 * Device interfaces: of a parallel port, and of a raw parallel device. Usable
 * as an initialiser, and by address as Windows sources do.
 */
#define GUID_DEVINTERFACE_PARALLEL \
	((struct _GUID){ 0x97f76ef0, 0xf883, 0x11d0, \
		 { 0xaf, 0x1f, 0x00, 0x00, 0xf8, 0x00, 0x84, 0x5c } })
#define GUID_DEVINTERFACE_PARCLASS \
	((struct _GUID){ 0x811fc6a5, 0xf728, 0x11d0, \
		 { 0xa5, 0x37, 0x00, 0x00, 0xf8, 0x75, 0x3e, 0xd1 } })
#define GUID_PARALLEL_DEVICE	GUID_DEVINTERFACE_PARALLEL
#define GUID_PARCLASS_DEVICE	GUID_DEVINTERFACE_PARCLASS

/* Requests with IRP_MJ_DEVICE_CONTROL: DDI pages, ntddpar, "IOCTL_...". */
#define WINPAR_PAR_CODE(function) \
	CTL_CODE(FILE_DEVICE_PARALLEL_PORT, function, METHOD_BUFFERED, \
		 FILE_ANY_ACCESS)

#define IOCTL_PAR_QUERY_INFORMATION	WINPAR_PAR_CODE(1)
#define IOCTL_PAR_SET_INFORMATION	WINPAR_PAR_CODE(2)
#define IOCTL_PAR_QUERY_DEVICE_ID	WINPAR_PAR_CODE(3)
#define IOCTL_PAR_QUERY_DEVICE_ID_SIZE	WINPAR_PAR_CODE(4)
#define IOCTL_IEEE1284_GET_MODE		WINPAR_PAR_CODE(5)
#define IOCTL_IEEE1284_NEGOTIATE	WINPAR_PAR_CODE(6)
#define IOCTL_PAR_SET_WRITE_ADDRESS	WINPAR_PAR_CODE(7)
#define IOCTL_PAR_SET_READ_ADDRESS	WINPAR_PAR_CODE(8)
#define IOCTL_PAR_GET_DEVICE_CAPS	WINPAR_PAR_CODE(9)
#define IOCTL_PAR_GET_DEFAULT_MODES	WINPAR_PAR_CODE(10)
#define IOCTL_PAR_QUERY_RAW_DEVICE_ID	WINPAR_PAR_CODE(12)
#define IOCTL_PAR_IS_PORT_FREE		WINPAR_PAR_CODE(21)
#define IOCTL_PAR_QUERY_LOCATION	WINPAR_PAR_CODE(22)

/* DDI page: ntddpar, PAR_QUERY_INFORMATION; Status is PARALLEL_* flags */
typedef struct _PAR_QUERY_INFORMATION {
	UCHAR Status;
} PAR_QUERY_INFORMATION, *PPAR_QUERY_INFORMATION;

/* DDI page: ntddpar, PAR_SET_INFORMATION; Init is PARALLEL_INIT */
typedef struct _PAR_SET_INFORMATION {
	UCHAR Init;
} PAR_SET_INFORMATION, *PPAR_SET_INFORMATION;

#define PARALLEL_INIT		0x01
#define PARALLEL_AUTOFEED	0x02
#define PARALLEL_PAPER_EMPTY	0x04
#define PARALLEL_OFF_LINE	0x08
#define PARALLEL_POWER_OFF	0x10
#define PARALLEL_NOT_CONNECTED	0x20
#define PARALLEL_BUSY		0x40
#define PARALLEL_SELECTED	0x80

/* DDI page: ntddpar, PAR_DEVICE_ID_SIZE_INFORMATION; with terminator */
typedef struct _PAR_DEVICE_ID_SIZE_INFORMATION {
	ULONG DeviceIdSize;
} PAR_DEVICE_ID_SIZE_INFORMATION, *PPAR_DEVICE_ID_SIZE_INFORMATION;

/* DDI page: ntddpar, PARCLASS_NEGOTIATION_MASK; protocols of each direction */
typedef struct _PARCLASS_NEGOTIATION_MASK {
	USHORT usReadMask;
	USHORT usWriteMask;
} PARCLASS_NEGOTIATION_MASK, *PPARCLASS_NEGOTIATION_MASK;

/*
 * Protocols. NONE is Windows' name and a common one: a header that has been
 * here first keeps its own, as long as that is 0 too (winpar/abi_check.h).
 */
#ifndef NONE
#define NONE			0x0000
#endif
#define CENTRONICS		0x0001
#define IEEE_COMPATIBILITY	0x0002
#define NIBBLE			0x0004
#define CHANNEL_NIBBLE		0x0008
#define BYTE_BIDIR		0x0010
#define EPP_HW			0x0020
#define EPP_SW			0x0040
#define EPP_ANY			0x0060
#define BOUNDED_ECP		0x0080
#define ECP_HW_NOIRQ		0x0100
#define ECP_HW_IRQ		0x0200
#define ECP_SW			0x0400
#define ECP_ANY			0x0780

#endif /* _WINPAR_NTDDPAR_H */
