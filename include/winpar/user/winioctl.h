/* SPDX-License-Identifier: GPL-2.0-only */
/* <winioctl.h> for programs: control codes, as drivers define them. */
#ifndef _WINPAR_USER_WINIOCTL_H
#define _WINPAR_USER_WINIOCTL_H

#include "../ddk/devtypes.h"

#define FILE_DEVICE_PARALLEL_PORT	0x16
#define FILE_DEVICE_SERIAL_PORT		0x1b

#define METHOD_BUFFERED		0
#define METHOD_IN_DIRECT	1
#define METHOD_OUT_DIRECT	2
#define METHOD_NEITHER		3

#define FILE_ANY_ACCESS		0
#define FILE_SPECIAL_ACCESS	FILE_ANY_ACCESS
#define FILE_READ_ACCESS	0x0001
#define FILE_WRITE_ACCESS	0x0002
#define FILE_READ_DATA		0x0001
#define FILE_WRITE_DATA		0x0002

#define CTL_CODE(type, function, method, access) \
	(((type) << 16) | ((access) << 14) | ((function) << 2) | (method))
#define DEVICE_TYPE_FROM_CTL_CODE(code)	(((DWORD)((code) & 0xffff0000)) >> 16)
#define METHOD_FROM_CTL_CODE(code)	((DWORD)((code) & 3))

#endif /* _WINPAR_USER_WINIOCTL_H */
