/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The ioctls of the nodes in /dev by which programs reach a device of a Windows driver's
 * source (wdm/node.c). CreateFile() and DeviceIoControl() of windows.c use them, so that a
 * program which includes <windows.h> does not need this header.
 *
 * open(2) of a node sends the driver IRP_MJ_CREATE without a file name. With O_EXCL it
 * sends nothing: WINPAR_DEVICE_CREATE then sends IRP_MJ_CREATE with what CreateFile() was
 * given.
 */
#ifndef _WINPAR_USER_DEVICE_H
#define _WINPAR_USER_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct winpar_device_create - open the device, as CreateFile() says
 * @name: the address of the file's name, which follows the device's and begins with a
 *        backslash; a byte a character
 * @name_length: how many bytes the name has, at most 1024
 * @access: DesiredAccess: rights to read only if the node is open for reading, to write only
 *          if it is open for writing, and DELETE, WRITE_DAC and WRITE_OWNER only if it is open
 *          for both; else EACCES. The driver is given the specific rights that generic ones
 *          and MAXIMUM_ALLOWED stand for
 * @share: ShareAccess
 * @disposition: FILE_OPEN and its like
 * @attributes: FileAttributes
 * @options: FILE_SYNCHRONOUS_IO_NONALERT and its like
 * @status: set to the driver's NTSTATUS
 * @reserved: has to be 0
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
 * struct winpar_device_control - make a control request, as DeviceIoControl() says
 * @in: the address of the input
 * @out: the address for the output
 * @in_length: how many bytes of input
 * @out_length: how many bytes of output there is room for
 * @code: the control code
 * @status: set to the driver's NTSTATUS
 * @information: set to IoStatus.Information, how many bytes of output there are
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
