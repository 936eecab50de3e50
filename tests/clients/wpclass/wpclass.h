/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What wpclass.c and its program say to each other. Both include what defines
 * CTL_CODE() before this.
 */
#ifndef WPCLASS_H
#define WPCLASS_H

/* So many bytes are printed by one WriteFile at most. */
#define WPCLASS_LONGEST	64

typedef struct _WPCLASS_COUNTS {
	ULONG Interrupts;	/* how often the interrupt routine was called */
	ULONG Dpcs;		/* how often its DPC was */
	ULONG Taken;		/* how often the routine got the port */
} WPCLASS_COUNTS, *PWPCLASS_COUNTS;

/* Output: WPCLASS_COUNTS of the port */
#define IOCTL_WPCLASS_COUNTS \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x831, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
