/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What wpdevice.c and its program say to each other. Both include what defines
 * CTL_CODE() before this.
 */
#ifndef WPDEVICE_H
#define WPDEVICE_H

typedef struct _WPDEVICE_INFO {
	ULONG Span;
	ULONG Printed;
} WPDEVICE_INFO, *PWPDEVICE_INFO;

/* Output: WPDEVICE_INFO */
#define IOCTL_WPDEVICE_INFO \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Output: the status register, read for each byte of it */
#define IOCTL_WPDEVICE_STATUS \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_READ_ACCESS)
/* The second buffer is what is printed */
#define IOCTL_WPDEVICE_PRINT \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_IN_DIRECT, FILE_WRITE_ACCESS)
/* Output: the input from its end to its beginning */
#define IOCTL_WPDEVICE_REVERSE \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_NEITHER, FILE_ANY_ACCESS)

#endif
