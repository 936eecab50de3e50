/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control codes of wpdevice.c, for the driver and for its program. Each includes a
 * header that defines CTL_CODE() before this one.
 */
#ifndef WPDEVICE_H
#define WPDEVICE_H

typedef struct _WPDEVICE_INFO {
	ULONG Span;
	ULONG Printed;
	ULONG Process;		/* the program's */
	ULONG Up;		/* the time since the system came up, in ms */
} WPDEVICE_INFO, *PWPDEVICE_INFO;

/* Output: WPDEVICE_INFO */
#define IOCTL_WPDEVICE_INFO \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Output: as many bytes as there is room for, each read from the status register */
#define IOCTL_WPDEVICE_STATUS \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_READ_ACCESS)
/* The second buffer is input, which is printed */
#define IOCTL_WPDEVICE_PRINT \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_IN_DIRECT, FILE_WRITE_ACCESS)
/* Output: the input, with the last byte first */
#define IOCTL_WPDEVICE_REVERSE \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_NEITHER, FILE_ANY_ACCESS)

#endif
