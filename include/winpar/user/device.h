/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What programs and winpar_wdm.ko say to each other about a device that a Windows
 * driver's source has created. Programs that call CreateFile() and DeviceIoControl()
 * have these by <windows.h> beside this file.
 *
 * open(2) of the node sends IRP_MJ_CREATE without a file name. With O_EXCL it does not:
 * then WINPAR_DEVICE_CREATE does, with what CreateFile() says.
 */
#ifndef _WINPAR_USER_DEVICE_H
#define _WINPAR_USER_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct winpar_device_create - what CreateFile() says
 * @name: where the file's name is, which follows the device's; a byte a character
 * @name_length: how many bytes it has, at most 1024
 * @access: DesiredAccess: FILE_READ_DATA and FILE_WRITE_DATA, as far as the node is
 *          open for that, and others
 * @share: ShareAccess
 * @disposition: FILE_OPEN and its like
 * @attributes: FileAttributes
 * @options: FILE_SYNCHRONOUS_IO_NONALERT and its like
 * @status: the driver's NTSTATUS
 * @reserved: 0
 */
struct winpar_device_create {
	__u64 name;
	__u32 name_length;
	__u32 access;
	__u32 share;
	__u32 disposition;
	__u32 attributes;
	__u32 options;
	__u32 status;
	__u32 reserved;
};

/**
 * struct winpar_device_control - what DeviceIoControl() says
 * @in: where the input is
 * @out: where the output goes
 * @in_length: bytes of input
 * @out_length: bytes of output
 * @code: the control code
 * @status: the driver's NTSTATUS
 * @information: IoStatus.Information, how many bytes of output there are
 */
struct winpar_device_control {
	__u64 in;
	__u64 out;
	__u32 in_length;
	__u32 out_length;
	__u32 code;
	__u32 status;
	__u64 information;
};

#define WINPAR_DEVICE_CREATE	_IOWR('W', 0xd0, struct winpar_device_create)
#define WINPAR_DEVICE_CONTROL	_IOWR('W', 0xd1, struct winpar_device_control)

#endif /* _WINPAR_USER_DEVICE_H */
