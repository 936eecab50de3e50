/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What wpbits.c and its program say to each other. Both include what defines
 * CTL_CODE() before this.
 */
#ifndef WPBITS_H
#define WPBITS_H

typedef struct _WPBITS_INFO {
	ULONG Bytes;		/* clocked out bit by bit, of this handle's port */
	ULONG Wrong;		/* ... that the data register gave back otherwise */
	ULONG Samples;		/* how often the DPC has read the status register */
	ULONG WrongLevel;	/* how often bits were set at another level */
} WPBITS_INFO, *PWPBITS_INFO;

/* Output: WPBITS_INFO */
#define IOCTL_WPBITS_INFO \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x811, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
