// SPDX-License-Identifier: GPL-2.0-only
/*
 * CreateFile(), DeviceIoControl(), ReadFile(), WriteFile() and CloseHandle() for programs,
 * by system calls on the nodes of winpar_wdm.ko. The source is compiled into the program
 * (docs/wdm.md).
 *
 * A handle is the file descriptor plus 1, times 4: so no handle is NULL.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "windows.h"

#define DEVICES			"\\\\.\\"
#define INTERFACES		"\\\\?\\"

/* What the arguments of CreateFile() become for the driver. DDI page: wdm, ZwCreateFile */
#define FILE_GENERIC_READ	0x00120089
#define FILE_GENERIC_WRITE	0x00120116
#define FILE_ALWAYS		0x00100080	/* SYNCHRONIZE, FILE_READ_ATTRIBUTES */
#define FILE_OPTIONS		0x00000060	/* synchronous, no directory */
#define FILE_ATTRIBUTES		0x00007fa7	/* all that there are, but a directory's */

static __thread DWORD last_error;

DWORD GetLastError(void)
{
	return last_error;
}

VOID SetLastError(DWORD error)
{
	last_error = error;
}

/* Set the error that GetLastError() returns. */
static BOOL fail(DWORD error)
{
	last_error = error;
	return FALSE;
}

/* The error that a program gets for a driver's NTSTATUS. */
static const struct {
	DWORD status;
	DWORD error;
} statuses[] = {
	{ 0x80000005, ERROR_MORE_DATA },	/* STATUS_BUFFER_OVERFLOW */
	{ 0x8000000e, ERROR_OUT_OF_PAPER },	/* STATUS_DEVICE_PAPER_EMPTY */
	{ 0x8000000f, ERROR_NOT_READY },	/* STATUS_DEVICE_POWERED_OFF */
	{ 0x80000010, ERROR_NOT_READY },	/* STATUS_DEVICE_OFF_LINE */
	{ 0x80000011, ERROR_BUSY },		/* STATUS_DEVICE_BUSY */
	{ 0x8000001a, ERROR_NO_MORE_ITEMS },	/* STATUS_NO_MORE_ENTRIES */
	{ 0xc0000001, ERROR_GEN_FAILURE },	/* STATUS_UNSUCCESSFUL */
	{ 0xc0000002, ERROR_INVALID_FUNCTION },	/* STATUS_NOT_IMPLEMENTED */
	{ 0xc0000004, ERROR_BAD_LENGTH },	/* STATUS_INFO_LENGTH_MISMATCH */
	{ 0xc0000005, ERROR_NOACCESS },		/* STATUS_ACCESS_VIOLATION */
	{ 0xc0000008, ERROR_INVALID_HANDLE },	/* STATUS_INVALID_HANDLE */
	{ 0xc000000d, ERROR_INVALID_PARAMETER }, /* STATUS_INVALID_PARAMETER */
	{ 0xc000000e, ERROR_FILE_NOT_FOUND },	/* STATUS_NO_SUCH_DEVICE */
	{ 0xc000000f, ERROR_FILE_NOT_FOUND },	/* STATUS_NO_SUCH_FILE */
	{ 0xc0000010, ERROR_INVALID_FUNCTION },	/* STATUS_INVALID_DEVICE_REQUEST */
	{ 0xc0000011, ERROR_HANDLE_EOF },	/* STATUS_END_OF_FILE */
	{ 0xc0000017, ERROR_NOT_ENOUGH_MEMORY }, /* STATUS_NO_MEMORY */
	{ 0xc0000022, ERROR_ACCESS_DENIED },	/* STATUS_ACCESS_DENIED */
	{ 0xc0000023, ERROR_INSUFFICIENT_BUFFER }, /* STATUS_BUFFER_TOO_SMALL */
	{ 0xc0000033, ERROR_INVALID_NAME },	/* STATUS_OBJECT_NAME_INVALID */
	{ 0xc0000034, ERROR_FILE_NOT_FOUND },	/* STATUS_OBJECT_NAME_NOT_FOUND */
	{ 0xc000003a, ERROR_PATH_NOT_FOUND },	/* STATUS_OBJECT_PATH_NOT_FOUND */
	{ 0xc0000043, ERROR_SHARING_VIOLATION }, /* STATUS_SHARING_VIOLATION */
	{ 0xc0000056, ERROR_ACCESS_DENIED },	/* STATUS_DELETE_PENDING */
	{ 0xc000009a, ERROR_NO_SYSTEM_RESOURCES }, /* STATUS_INSUFFICIENT_RESOURCES */
	{ 0xc000009d, ERROR_DEVICE_NOT_CONNECTED }, /* STATUS_DEVICE_NOT_CONNECTED */
	{ 0xc00000a3, ERROR_NOT_READY },	/* STATUS_DEVICE_NOT_READY */
	{ 0xc00000b5, ERROR_SEM_TIMEOUT },	/* STATUS_IO_TIMEOUT */
	{ 0xc00000bb, ERROR_NOT_SUPPORTED },	/* STATUS_NOT_SUPPORTED */
	{ 0xc00000c0, ERROR_DEV_NOT_EXIST },	/* STATUS_DEVICE_DOES_NOT_EXIST */
	{ 0xc00000e8, ERROR_INVALID_USER_BUFFER }, /* STATUS_INVALID_USER_BUFFER */
	{ 0xc0000103, ERROR_DIRECTORY },	/* STATUS_NOT_A_DIRECTORY */
	{ 0xc0000120, ERROR_OPERATION_ABORTED }, /* STATUS_CANCELLED */
	{ 0xc0000128, ERROR_INVALID_HANDLE },	/* STATUS_FILE_CLOSED */
	{ 0xc0000184, ERROR_BAD_COMMAND },	/* STATUS_INVALID_DEVICE_STATE */
	{ 0xc0000185, ERROR_IO_DEVICE },	/* STATUS_IO_DEVICE_ERROR */
	{ 0xc0000186, ERROR_IO_DEVICE },	/* STATUS_DEVICE_PROTOCOL_ERROR */
	{ 0xc0000206, ERROR_INVALID_USER_BUFFER }, /* STATUS_INVALID_BUFFER_SIZE */
	{ 0xc00002b6, ERROR_DEVICE_REMOVED },	/* STATUS_DEVICE_REMOVED */
	{ 0, 0 }
};

/* Return TRUE for a status of success; else set the status' error and return FALSE. */
static BOOL from_status(DWORD status)
{
	size_t i;

	if (!(status & 0x80000000))
		return TRUE;
	for (i = 0; statuses[i].status; i++)
		if (statuses[i].status == status)
			return fail(statuses[i].error);
	return fail(ERROR_MR_MID_NOT_FOUND);
}

/* The error for errno, which a system call has set. */
static DWORD from_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return ERROR_FILE_NOT_FOUND;
	case EACCES:
	case EPERM:
		return ERROR_ACCESS_DENIED;
	case EBADF:
		return ERROR_INVALID_HANDLE;
	case ENOMEM:
		return ERROR_NO_SYSTEM_RESOURCES;
	case EINVAL:
		return ERROR_INVALID_PARAMETER;
	case EFAULT:
		return ERROR_NOACCESS;
	case EBUSY:
		return ERROR_BUSY;
	case ETIMEDOUT:
		return ERROR_SEM_TIMEOUT;
	case ECANCELED:
		return ERROR_OPERATION_ABORTED;
	case EOPNOTSUPP:
		return ERROR_INVALID_FUNCTION;
	case ENOTDIR:
		return ERROR_DIRECTORY;
	default:
		return ERROR_IO_DEVICE;
	}
}

/* ----- opening ----------------------------------------------------------- */

static HANDLE to_handle(int fd)
{
	return (HANDLE)((ULONG_PTR)(fd + 1) << 2);
}

static int to_fd(HANDLE handle)
{
	return (int)((ULONG_PTR)handle >> 2) - 1;
}

/*
 * Write the path of a device's node into @path. @name is the device's name, up to the
 * backslash with which a file's name begins. FALSE: there is no such node.
 */
static BOOL node_of(const char *name, char *path, size_t size)
{
	size_t n = (size_t)snprintf(path, size, "/dev/");

	if (!*name || *name == '\\')
		return FALSE;
	for (; *name && *name != '\\'; name++) {
		if (n + 1 >= size)
			return FALSE;
		path[n++] = isalnum((unsigned char)*name) ||
			    strchr("._-", *name) ?
			    (char)tolower((unsigned char)*name) : '_';
	}
	path[n] = '\0';
	return TRUE;
}

static int open_flags(DWORD access)
{
	if (!(access & GENERIC_WRITE))
		return O_RDONLY;
	return access & GENERIC_READ ? O_RDWR : O_WRONLY;
}

/* Dispositions for the driver, in the order of CREATE_NEW (1) to TRUNCATE_EXISTING (5). */
static const DWORD dispositions[] = { 0, 2, 5, 1, 3, 4 };

HANDLE CreateFileA(LPCSTR name, DWORD access, DWORD share,
		   LPSECURITY_ATTRIBUTES security, DWORD disposition,
		   DWORD flags, HANDLE template)
{
	struct winpar_device_create create = {
		.access = FILE_ALWAYS |
			  (access & GENERIC_READ ? FILE_GENERIC_READ : 0) |
			  (access & GENERIC_WRITE ? FILE_GENERIC_WRITE : 0),
		.share = share,
		.attributes = flags & FILE_ATTRIBUTES,
		.options = FILE_OPTIONS,
	};
	const char *device = name + strlen(DEVICES);	/* or INTERFACES, which is as long */
	const char *file;
	char path[256];
	int fd;

	if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING) {
		fail(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	if ((strncmp(name, DEVICES, strlen(DEVICES)) &&
	     strncmp(name, INTERFACES, strlen(INTERFACES))) || security || template ||
	    (flags & FILE_FLAG_OVERLAPPED)) {
		fail(ERROR_NOT_SUPPORTED);
		return INVALID_HANDLE_VALUE;
	}
	if (!node_of(device, path, sizeof(path))) {
		fail(ERROR_FILE_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	file = strchr(device, '\\');
	if (file) {
		create.name = (ULONG_PTR)file;
		create.name_length = strlen(file);
	}
	create.disposition = dispositions[disposition];
	fd = open(path, open_flags(access) | O_EXCL | O_CLOEXEC);
	if (fd < 0) {
		fail(from_errno());
		return INVALID_HANDLE_VALUE;
	}
	if (ioctl(fd, WINPAR_DEVICE_CREATE, &create)) {
		/* The file in /dev is no node of winpar_wdm.ko: it does not know this ioctl. */
		fail(errno == ENOTTY ? ERROR_NOT_SUPPORTED : from_errno());
		close(fd);
		return INVALID_HANDLE_VALUE;
	}
	if (!from_status(create.status)) {
		close(fd);
		return INVALID_HANDLE_VALUE;
	}
	return to_handle(fd);
}

BOOL CloseHandle(HANDLE handle)
{
	return close(to_fd(handle)) ? fail(from_errno()) : TRUE;
}

/* ----- requests ---------------------------------------------------------- */

/* What read() or write() has returned, as ReadFile() and WriteFile() say it. */
static BOOL moved(ssize_t count, LPDWORD done)
{
	if (count < 0)
		return fail(from_errno());
	if (done)
		*done = (DWORD)count;
	return TRUE;
}

BOOL ReadFile(HANDLE handle, LPVOID buffer, DWORD length, LPDWORD done,
	      LPOVERLAPPED overlapped)
{
	if (done)
		*done = 0;
	if (overlapped)
		return fail(ERROR_NOT_SUPPORTED);
	return moved(read(to_fd(handle), buffer, length), done);
}

BOOL WriteFile(HANDLE handle, LPCVOID buffer, DWORD length, LPDWORD done,
	       LPOVERLAPPED overlapped)
{
	if (done)
		*done = 0;
	if (overlapped)
		return fail(ERROR_NOT_SUPPORTED);
	return moved(write(to_fd(handle), buffer, length), done);
}

BOOL DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_length,
		     LPVOID out, DWORD out_length, LPDWORD returned,
		     LPOVERLAPPED overlapped)
{
	struct winpar_device_control control = {
		.in = (ULONG_PTR)in,
		.out = (ULONG_PTR)out,
		.in_length = in_length,
		.out_length = out_length,
		.code = code,
	};

	if (returned)
		*returned = 0;
	if (overlapped)
		return fail(ERROR_NOT_SUPPORTED);
	if (ioctl(to_fd(handle), WINPAR_DEVICE_CONTROL, &control))
		return fail(from_errno());
	if (returned)
		*returned = (DWORD)control.information;
	return from_status(control.status);
}
