/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What wppoll.c and its program say to each other. Both include what defines
 * CTL_CODE() before this.
 */
#ifndef WPPOLL_H
#define WPPOLL_H

/* Of one handle. */
typedef struct _WPPOLL_COUNTS {
	ULONG Polls;		/* how often TryAllocatePort was called */
	ULONG Samples;		/* ... and gave the port */
	ULONG Status;		/* the status register at the last of these */
} WPPOLL_COUNTS, *PWPPOLL_COUNTS;

/* Input: WPPOLL_COUNTS; it completes when there are so many Polls and Samples. Output:
 * WPPOLL_COUNTS, as they are then
 */
#define IOCTL_WPPOLL_WAIT \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x821, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Input: ULONG, not 0: from the next poll on that gives the port, this handle keeps it */
#define IOCTL_WPPOLL_KEEP \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x822, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
