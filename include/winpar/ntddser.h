/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two requests of Windows' serial interface (ntddser.h) that a parallel
 * device answers: the time-outs of reads and writes.
 */
#ifndef _WINPAR_NTDDSER_H
#define _WINPAR_NTDDSER_H

#include "nt.h"

#define WINPAR_SERIAL_CODE(function) \
	CTL_CODE(FILE_DEVICE_SERIAL_PORT, function, METHOD_BUFFERED, \
		 FILE_ANY_ACCESS)

#define IOCTL_SERIAL_SET_TIMEOUTS	WINPAR_SERIAL_CODE(7)
#define IOCTL_SERIAL_GET_TIMEOUTS	WINPAR_SERIAL_CODE(8)

/* DDI page: ntddser, SERIAL_TIMEOUTS; milliseconds */
typedef struct _SERIAL_TIMEOUTS {
	ULONG ReadIntervalTimeout;
	ULONG ReadTotalTimeoutMultiplier;
	ULONG ReadTotalTimeoutConstant;
	ULONG WriteTotalTimeoutMultiplier;
	ULONG WriteTotalTimeoutConstant;
} SERIAL_TIMEOUTS, *PSERIAL_TIMEOUTS;

#endif /* _WINPAR_NTDDSER_H */
