// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files for drivers: ZwCreateFile(), ZwReadFile(), ZwWriteFile() and
 * ZwQueryInformationFile().
 *
 * A driver's files are in one folder of Linux, which the administrator names by the
 * parameter files of the driver's module. \??\C:\Temp\Scale.log is c/temp/scale.log in
 * there, and \SystemRoot\Scale.ini is c/windows/scale.ini: lower case, since Windows does
 * not tell one case from the other.
 *
 * The danger: a name that leads out of the folder, in which a program may have had its
 * say. wdm_disk_name() takes no name with "..", "/" or a control character.
 * wdm_disk_folder() goes down name by name, and opens each with O_NOFOLLOW, so that no
 * symbolic link is followed. What is no regular file is not opened: a FIFO would block,
 * and opening a device may do something.
 *
 * A dispatch routine runs in the program that has called it, whose umask, limits, rights
 * and signals are no business of the driver's; and in a program that ends and has not
 * closed its node, current->fs is NULL, where creating a file would read the umask. So a
 * worker of Linux's opens, reads and writes, with the rights of the one who has loaded the
 * driver: wdm_disk_call().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/disk.h"
#include "wdm/handle.h"
#include "wdm/irql.h"

/* The mode of files that are created. */
#define WDM_DISK_MODE		0600
/* How often a file that comes and goes while it is opened is looked for. */
#define WDM_DISK_TRIES		3

#define WDM_DISK_READ		(GENERIC_READ | GENERIC_ALL | FILE_READ_DATA)
#define WDM_DISK_WRITE		(GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA)
#define WDM_DISK_SYNCHRONOUS	(FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)
#define WDM_DISK_OPTIONS	(WDM_DISK_SYNCHRONOUS | FILE_WRITE_THROUGH | \
				 FILE_SEQUENTIAL_ONLY | FILE_RANDOM_ACCESS | \
				 FILE_NON_DIRECTORY_FILE)

/* What an error says of a file, or of its reading and writing. */
static NTSTATUS wdm_disk_status(long error)
{
	switch (error) {
	case 0:
		return STATUS_SUCCESS;
	case -ENOENT:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	case -ENOTDIR:
		return STATUS_OBJECT_PATH_NOT_FOUND;
	case -EEXIST:
		return STATUS_OBJECT_NAME_COLLISION;
	case -ENAMETOOLONG:
		return STATUS_OBJECT_NAME_INVALID;
	case -EISDIR:
		return STATUS_FILE_IS_A_DIRECTORY;
	case -EACCES:
	case -EPERM:
	case -ELOOP:
	case -ENXIO:
	case -ETXTBSY:
		return STATUS_ACCESS_DENIED;
	case -EROFS:
		return STATUS_MEDIA_WRITE_PROTECTED;
	case -ENOSPC:
	case -EDQUOT:
	case -EFBIG:
		return STATUS_DISK_FULL;
	case -ENOMEM:
	case -ENFILE:
	case -EMFILE:
		return STATUS_INSUFFICIENT_RESOURCES;
	case -EINVAL:
	case -EOVERFLOW:
		return STATUS_INVALID_PARAMETER;
	case -EIO:
		return STATUS_IO_DEVICE_ERROR;
	}
	return STATUS_UNSUCCESSFUL;
}

/* ----- the worker -------------------------------------------------------- */

/**
 * struct wdm_disk_work - a function that a worker calls
 * @work: Linux's work
 * @client: the client
 * @run: the function
 * @context: its second argument
 * @status: what it has returned
 */
struct wdm_disk_work {
	struct work_struct work;
	struct winpar_wdm_client *client;
	NTSTATUS (*run)(struct winpar_wdm_client *client, void *context);
	void *context;
	NTSTATUS status;
};

static void wdm_disk_run(struct work_struct *work)
{
	struct wdm_disk_work *own = container_of(work, struct wdm_disk_work, work);
	const struct cred *before = override_creds(own->client->folder->f_cred);

	own->status = own->run(own->client, own->context);
	revert_creds(before);
}

/*
 * Have a worker call a function, with the rights of the one who has loaded the driver, and
 * wait for what it returns. The client has a folder.
 */
static NTSTATUS wdm_disk_call(struct winpar_wdm_client *client,
			      NTSTATUS (*run)(struct winpar_wdm_client *client,
					      void *context), void *context)
{
	struct wdm_disk_work own = {
		.client = client,
		.run = run,
		.context = context,
	};

	INIT_WORK_ONSTACK(&own.work, wdm_disk_run);
	queue_work(winpar_unbound_wq, &own.work);
	flush_work(&own.work);
	destroy_work_on_stack(&own.work);
	return own.status;
}

/* ----- names ------------------------------------------------------------- */

/*
 * Where a name's part below \??\C:\ begins, in characters, and the first ones of @to, which
 * has room for @size; or 0.
 */
static size_t wdm_disk_root(PCUNICODE_STRING name, char *to, size_t size)
{
	static const UNICODE_STRING dos[] = {
		RTL_CONSTANT_STRING(L"\\??\\"),
		RTL_CONSTANT_STRING(L"\\DosDevices\\"),
	};
	static const UNICODE_STRING system = RTL_CONSTANT_STRING(L"\\SystemRoot\\");
	size_t chars = name->Length / sizeof(WCHAR), at, i;
	const WCHAR *text = name->Buffer;

	for (i = 0; i < ARRAY_SIZE(dos); i++) {
		at = dos[i].Length / sizeof(WCHAR);
		if (RtlPrefixUnicodeString(&dos[i], name, TRUE) && chars > at + 2 &&
		    text[at] < 0x80 && isalpha(text[at]) && text[at + 1] == ':' &&
		    text[at + 2] == '\\') {
			snprintf(to, size, "%c/", tolower(text[at]));
			return at + 3;
		}
	}
	if (!RtlPrefixUnicodeString(&system, name, TRUE))
		return 0;
	strscpy(to, "c/windows/", size);
	return system.Length / sizeof(WCHAR);
}

/* May a name have this character on Windows, and is it ASCII? */
static bool wdm_disk_may_have(WCHAR c)
{
	return c >= 0x20 && c < 0x7f && !strchr("\"*/:<>?|", c);
}

/* Are these names of files, none of them empty, "." or ".."? */
static bool wdm_disk_is_path(const char *path)
{
	size_t length;

	for (;; path += length + 1) {
		length = strcspn(path, "/");
		if (!length || (length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[length])
			return true;
	}
}

/* Turn a driver's name of a file to a path in its folder, which the caller frees. */
static NTSTATUS wdm_disk_name(PCUNICODE_STRING name, char **path)
{
	size_t chars, at, to;
	char *text;

	if (!name || !name->Length || name->Buffer[0] != '\\')
		return STATUS_OBJECT_NAME_INVALID;
	chars = name->Length / sizeof(WCHAR);
	/* The longest beginning is that of a \SystemRoot\, which gets shorter. */
	text = kmalloc(chars + 1, GFP_KERNEL);
	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	at = wdm_disk_root(name, text, chars + 1);
	if (!at) {
		kfree(text);
		return STATUS_OBJECT_PATH_NOT_FOUND;
	}
	for (to = strlen(text); at < chars; at++) {
		if (!wdm_disk_may_have(name->Buffer[at]))
			break;
		text[to++] = name->Buffer[at] == '\\' ? '/' :
			     tolower(name->Buffer[at]);
	}
	text[to] = '\0';
	if (at < chars || !wdm_disk_is_path(text)) {
		kfree(text);
		return STATUS_OBJECT_NAME_INVALID;
	}
	*path = text;
	return STATUS_SUCCESS;
}

/* ----- opening ----------------------------------------------------------- */

/*
 * Go down from a client's folder to the one in which the last name of @path is. Return it;
 * @last is set to the last name, in @path.
 */
static struct file *wdm_disk_folder(struct winpar_wdm_client *client, char *path,
				    const char **last)
{
	struct file *folder = get_file(client->folder), *next;
	char *name;

	while ((name = strsep(&path, "/")) && path) {
		next = winpar_file_open_root(&folder->f_path, name,
					     O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
		fput(folder);
		if (IS_ERR(next)) {
			if (PTR_ERR(next) == -ENOENT || PTR_ERR(next) == -ENOTDIR)
				wdm_warn(client, "the folder in which it opens a file is not there: no folder %s\n",
					 name);
			return PTR_ERR(next) == -ENOENT ? ERR_PTR(-ENOTDIR) : next;
		}
		folder = next;
	}
	*last = name;
	return folder;
}

/* Is there a file @name in @folder that may be opened? 0, or an error. */
static int wdm_disk_look(struct file *folder, const char *name)
{
	struct file *file;
	umode_t mode;

	file = winpar_file_open_root(&folder->f_path, name, O_PATH | O_NOFOLLOW, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	mode = file_inode(file)->i_mode;
	fput(file);
	if (S_ISREG(mode))
		return 0;
	return S_ISDIR(mode) ? -EISDIR : -EACCES;
}

/**
 * struct wdm_disk_way - how a file is opened, by the disposition
 * @there: the file may be there
 * @create: a file that is not there is created
 * @cut: one that is there is emptied
 * @done: what is told of one that was there
 */
struct wdm_disk_way {
	bool there;
	bool create;
	bool cut;
	ULONG done;
};

static const struct wdm_disk_way wdm_disk_ways[] = {
	[FILE_SUPERSEDE] = { true, true, true, FILE_SUPERSEDED },
	[FILE_OPEN] = { true, false, false, FILE_OPENED },
	[FILE_CREATE] = { false, true, false, 0 },
	[FILE_OPEN_IF] = { true, true, false, FILE_OPENED },
	[FILE_OVERWRITE] = { true, false, true, FILE_OVERWRITTEN },
	[FILE_OVERWRITE_IF] = { true, true, true, FILE_OVERWRITTEN },
};

/* Open @name in @folder once; -ENOENT or -EEXIST may be of a file that has just gone or come. */
static struct file *wdm_disk_try(struct file *folder, const char *name, int flags,
				 const struct wdm_disk_way *way, ULONG *done)
{
	int ret = wdm_disk_look(folder, name);

	flags |= O_NOFOLLOW | O_NONBLOCK | O_LARGEFILE;
	if (ret == -ENOENT && way->create) {
		*done = FILE_CREATED;
		return winpar_file_open_root(&folder->f_path, name,
					     flags | O_CREAT | O_EXCL,
					     WDM_DISK_MODE);
	}
	if ((!ret || ret == -EISDIR) && !way->there)
		ret = -EEXIST;
	if (ret)
		return ERR_PTR(ret);
	*done = way->done;
	return winpar_file_open_root(&folder->f_path, name,
				     flags | (way->cut ? O_TRUNC : 0), 0);
}

static struct file *wdm_disk_find(struct file *folder, const char *name, int flags,
				  const struct wdm_disk_way *way, ULONG *done)
{
	unsigned int tries = WDM_DISK_TRIES;
	struct file *file;
	bool raced;

	do {
		file = wdm_disk_try(folder, name, flags, way, done);
		raced = (file == ERR_PTR(-ENOENT) && way->create) ||
			(file == ERR_PTR(-EEXIST) && way->there);
	} while (raced && --tries);
	/* Another may have put something else in its place since wdm_disk_look(). */
	if (!IS_ERR(file) && !S_ISREG(file_inode(file)->i_mode)) {
		fput(file);
		return ERR_PTR(-EACCES);
	}
	return file;
}

/**
 * struct wdm_disk_opening - a file that is opened
 * @path: its path in the client's folder
 * @flags: how Linux opens it
 * @way: how it is opened, by the disposition
 * @file: the file
 * @done: what is told of it
 */
struct wdm_disk_opening {
	char *path;
	int flags;
	const struct wdm_disk_way *way;
	struct file *file;
	ULONG done;
};

/* Open the file; for wdm_disk_call(). */
static NTSTATUS wdm_disk_open(struct winpar_wdm_client *client, void *context)
{
	struct wdm_disk_opening *opening = context;
	struct file *folder;
	const char *last;

	folder = wdm_disk_folder(client, opening->path, &last);
	if (IS_ERR(folder))
		return wdm_disk_status(PTR_ERR(folder));
	opening->file = wdm_disk_find(folder, last, opening->flags, opening->way,
				      &opening->done);
	fput(folder);
	return wdm_disk_status(PTR_ERR_OR_ZERO(opening->file));
}

/* The flags by which Linux opens a file. */
static int wdm_disk_flags(ACCESS_MASK access, ULONG options)
{
	int flags = O_RDONLY;

	if (access & WDM_DISK_WRITE)
		flags = O_WRONLY;
	else if (access & FILE_APPEND_DATA)
		flags = O_WRONLY | O_APPEND;
	if ((flags & O_ACCMODE) == O_WRONLY && (access & WDM_DISK_READ))
		flags += O_RDWR - O_WRONLY;
	return flags | (options & FILE_WRITE_THROUGH ? O_DSYNC : 0);
}

/* Is it a call that there can be? Else the reason. */
static NTSTATUS wdm_disk_test(const struct winpar_wdm_open *open)
{
	ULONG waits = open->options & WDM_DISK_SYNCHRONOUS;

	if (open->disposition >= ARRAY_SIZE(wdm_disk_ways) ||
	    (open->share & ~FILE_SHARE_VALID_FLAGS) || waits == WDM_DISK_SYNCHRONOUS)
		return STATUS_INVALID_PARAMETER;
	if (waits && !(open->access & (SYNCHRONIZE | GENERIC_READ | GENERIC_WRITE |
				       GENERIC_ALL)))
		return STATUS_INVALID_PARAMETER;
	if (open->extended)
		return STATUS_EAS_NOT_SUPPORTED;
	return open->options & ~WDM_DISK_OPTIONS ? STATUS_NOT_SUPPORTED :
	       STATUS_SUCCESS;
}

/* The path in the client's folder that is asked for, which the caller frees. */
static NTSTATUS wdm_disk_path(struct winpar_wdm_client *client,
			      POBJECT_ATTRIBUTES attributes, char **path)
{
	NTSTATUS status;

	/* There are no handles of folders. */
	if (attributes->RootDirectory)
		return STATUS_INVALID_HANDLE;
	status = wdm_disk_name(attributes->ObjectName, path);
	if (!NT_SUCCESS(status) || client->folder)
		return status;
	kfree(*path);
	if (!atomic_xchg(&client->asked, 1))
		pr_warn("%s: it opens files, and has no folder for them: load it with files=FOLDER (docs/wdm.md)\n",
			wdm_client_name(client));
	return STATUS_OBJECT_PATH_NOT_FOUND;
}

/**
 * winpar_wdm_file_open() - open a file, or create it: ZwCreateFile(), ZwOpenFile()
 * @client: the client
 * @handle: where the handle goes, for ZwClose()
 * @attributes: the file's name, \??\C:\... or \SystemRoot\...
 * @io: where the status goes, and FILE_CREATED and the like
 * @open: how it is opened
 *
 * DDI page: wdm, ZwCreateFile and ntifs, ZwOpenFile. Files are opened, and no devices.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_PATH_NOT_FOUND no
 * such folder, or the driver has none; STATUS_OBJECT_NAME_COLLISION;
 * STATUS_OBJECT_NAME_INVALID; STATUS_FILE_IS_A_DIRECTORY; STATUS_ACCESS_DENIED, also for
 * a symbolic link; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED an option;
 * STATUS_EAS_NOT_SUPPORTED; STATUS_INVALID_HANDLE a RootDirectory;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_MEDIA_WRITE_PROTECTED; STATUS_DISK_FULL;
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_file_open(struct winpar_wdm_client *client, PHANDLE handle,
			      POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
			      const struct winpar_wdm_open *open)
{
	struct wdm_disk_opening opening = {
		.flags = wdm_disk_flags(open->access, open->options),
	};
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	status = wdm_disk_test(open);
	if (!NT_SUCCESS(status))
		return status;
	status = wdm_disk_path(client, attributes, &opening.path);
	if (!NT_SUCCESS(status))
		return status;
	opening.way = &wdm_disk_ways[open->disposition];
	status = wdm_disk_call(client, wdm_disk_open, &opening);
	kfree(opening.path);
	if (!NT_SUCCESS(status))
		return status;
	status = wdm_handle_of_file(client, opening.file,
				    open->options & WDM_DISK_SYNCHRONOUS, handle);
	if (!NT_SUCCESS(status)) {
		filp_close(opening.file, NULL);
		return status;
	}
	io->Status = status;
	io->Information = opening.done;
	return status;
}
WINPAR_EXPORT(winpar_wdm_file_open);

/* ----- reading and writing ----------------------------------------------- */

/**
 * struct wdm_disk_move - a call that reads or writes
 * @file: the file
 * @write: it writes
 * @synchronous: the file has a position
 * @data: the client's memory
 * @length: how many bytes are wanted
 * @offset: from where on, as the client says it
 * @at: from where on, in bytes
 * @done: how many were moved
 */
struct wdm_disk_move {
	struct file *file;
	bool write;
	bool synchronous;
	u8 *data;
	size_t length;
	PLARGE_INTEGER offset;
	loff_t at;
	size_t done;
};

/* Set where it begins. */
static NTSTATUS __wdm_disk_seek(struct winpar_wdm_client *client,
				struct wdm_disk_move *move)
	__must_hold(&client->moves)
{
	PLARGE_INTEGER offset = move->offset;
	bool special = offset && offset->HighPart == -1;

	lockdep_assert_held(&client->moves);
	/* What is only appended to has no other place, and needs no offset. */
	if (move->write && (move->file->f_flags & O_APPEND)) {
		move->at = i_size_read(file_inode(move->file));
		return STATUS_SUCCESS;
	}
	if (!offset || (special && offset->LowPart == FILE_USE_FILE_POINTER_POSITION)) {
		move->at = move->file->f_pos;
		return move->synchronous ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	}
	move->at = offset->QuadPart;
	if (special && offset->LowPart == FILE_WRITE_TO_END_OF_FILE && move->write)
		move->at = i_size_read(file_inode(move->file));
	return move->at < 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* Move the bytes: 0, or an error. At the end of the file it reads fewer, and that is 0. */
static ssize_t wdm_disk_bytes(struct wdm_disk_move *move)
{
	ssize_t ret;

	while (move->done < move->length) {
		if (move->write)
			ret = kernel_write(move->file, move->data + move->done,
					   move->length - move->done, &move->at);
		else
			ret = kernel_read(move->file, move->data + move->done,
					  move->length - move->done, &move->at);
		if (ret < 0)
			return ret;
		if (!ret)
			return move->write ? -EIO : 0;
		move->done += ret;
	}
	return 0;
}

/* Read or write from where the client says on; for wdm_disk_call(). */
static NTSTATUS wdm_disk_carry(struct winpar_wdm_client *client, void *context)
{
	struct wdm_disk_move *move = context;
	NTSTATUS status;

	mutex_lock(&client->moves);
	status = __wdm_disk_seek(client, move);
	if (NT_SUCCESS(status)) {
		status = wdm_disk_status(wdm_disk_bytes(move));
		if (move->synchronous)
			move->file->f_pos = move->at;
	}
	mutex_unlock(&client->moves);
	if (NT_SUCCESS(status) && move->length && !move->done)
		return STATUS_END_OF_FILE;
	return status;
}

/* May the file be read, or written? Else the reason. */
static NTSTATUS wdm_disk_may_move(const struct wdm_disk_move *move)
{
	if (!(move->file->f_mode & (move->write ? FMODE_WRITE : FMODE_READ)))
		return STATUS_ACCESS_DENIED;
	return move->length && !move->data ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

/* Read or write, for a handle of the client's. */
static NTSTATUS wdm_disk_move(struct winpar_wdm_client *client, HANDLE handle,
			      struct wdm_disk_move *move, PIO_STATUS_BLOCK io)
{
	NTSTATUS status;

	move->file = wdm_handle_file(client, handle, &move->synchronous);
	if (!move->file)
		return STATUS_INVALID_HANDLE;
	status = wdm_disk_may_move(move);
	if (NT_SUCCESS(status))
		status = wdm_disk_call(client, wdm_disk_carry, move);
	fput(move->file);
	io->Status = status;
	io->Information = move->done;
	return status;
}

/**
 * winpar_wdm_file_read() - read a file: ZwReadFile()
 * @client: the client
 * @handle: the file's
 * @later: an event or an APC routine is to tell when it is done, which is not supported
 * @io: where the status goes, and how many bytes were read
 * @data: where they go
 * @length: how many are wanted
 * @offset: from where on; NULL, or -2 (FILE_USE_FILE_POINTER_POSITION): from the file's
 *          position
 *
 * DDI page: wdm, ZwReadFile
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS, also for fewer bytes; STATUS_END_OF_FILE; STATUS_INVALID_HANDLE;
 * STATUS_INVALID_PARAMETER, also for no offset where the handle is not synchronous;
 * STATUS_ACCESS_DENIED it was not opened for that; STATUS_ACCESS_VIOLATION no buffer;
 * STATUS_NOT_SUPPORTED @later; STATUS_IO_DEVICE_ERROR and the like; STATUS_UNSUCCESSFUL
 * the caller may not sleep.
 */
NTSTATUS winpar_wdm_file_read(struct winpar_wdm_client *client, HANDLE handle,
			      BOOLEAN later, PIO_STATUS_BLOCK io, PVOID data,
			      ULONG length, PLARGE_INTEGER offset)
{
	struct wdm_disk_move move = { .data = data, .length = length, .offset = offset };

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	return later ? STATUS_NOT_SUPPORTED :
	       wdm_disk_move(client, handle, &move, io);
}
WINPAR_EXPORT(winpar_wdm_file_read);

/**
 * winpar_wdm_file_write() - write to a file: ZwWriteFile()
 * @client: the client
 * @handle: the file's
 * @later: an event or an APC routine is to tell when it is done, which is not supported
 * @io: where the status goes, and how many bytes were written
 * @data: the bytes
 * @length: how many
 * @offset: from where on; -1 (FILE_WRITE_TO_END_OF_FILE): behind the last; NULL, or -2
 *          (FILE_USE_FILE_POINTER_POSITION): from the file's position
 *
 * DDI page: wdm, ZwWriteFile. A file that was opened for FILE_APPEND_DATA, and not for
 * FILE_WRITE_DATA, is written to behind its last byte whatever @offset says.
 *
 * Context: PASSIVE_LEVEL.
 * Return: what winpar_wdm_file_read() does; STATUS_DISK_FULL.
 */
NTSTATUS winpar_wdm_file_write(struct winpar_wdm_client *client, HANDLE handle,
			       BOOLEAN later, PIO_STATUS_BLOCK io, PVOID data,
			       ULONG length, PLARGE_INTEGER offset)
{
	struct wdm_disk_move move = {
		.write = true,
		.data = data,
		.length = length,
		.offset = offset,
	};

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	return later ? STATUS_NOT_SUPPORTED :
	       wdm_disk_move(client, handle, &move, io);
}
WINPAR_EXPORT(winpar_wdm_file_write);

/* ----- asking ------------------------------------------------------------ */

/**
 * struct wdm_disk_question - a file that is asked about
 * @file: the file
 * @to: where the answer goes
 */
struct wdm_disk_question {
	struct file *file;
	void *to;
};

/* For wdm_disk_call(). */
static NTSTATUS wdm_disk_standard(struct winpar_wdm_client *client, void *context)
{
	struct wdm_disk_question *question = context;
	FILE_STANDARD_INFORMATION *to = question->to;
	struct kstat stat;
	int ret;

	ret = vfs_getattr(&question->file->f_path, &stat, STATX_BASIC_STATS,
			  AT_STATX_SYNC_AS_STAT);
	if (ret)
		return wdm_disk_status(ret);
	memset(to, 0, sizeof(*to));
	to->AllocationSize.QuadPart = stat.blocks << 9;
	to->EndOfFile.QuadPart = stat.size;
	to->NumberOfLinks = stat.nlink;
	to->DeletePending = !stat.nlink;
	return STATUS_SUCCESS;
}

/* For wdm_disk_call(). */
static NTSTATUS wdm_disk_position(struct winpar_wdm_client *client, void *context)
{
	struct wdm_disk_question *question = context;
	FILE_POSITION_INFORMATION *to = question->to;

	mutex_lock(&client->moves);
	to->CurrentByteOffset.QuadPart = question->file->f_pos;
	mutex_unlock(&client->moves);
	return STATUS_SUCCESS;
}

/**
 * winpar_wdm_file_query() - ask about a file: ZwQueryInformationFile()
 * @client: the client
 * @handle: the file's
 * @io: where the status goes, and how many bytes @to has now
 * @to: where the answer goes
 * @length: how many bytes @to has room for
 * @information: FileStandardInformation or FilePositionInformation
 *
 * DDI page: wdm, ZwQueryInformationFile
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_INFO_CLASS another
 * structure; STATUS_INFO_LENGTH_MISMATCH no room; STATUS_UNSUCCESSFUL the caller may not
 * sleep.
 */
NTSTATUS winpar_wdm_file_query(struct winpar_wdm_client *client, HANDLE handle,
			       PIO_STATUS_BLOCK io, PVOID to, ULONG length,
			       FILE_INFORMATION_CLASS information)
{
	bool standard = information == FileStandardInformation, synchronous;
	size_t size = standard ? sizeof(FILE_STANDARD_INFORMATION) :
				 sizeof(FILE_POSITION_INFORMATION);
	struct wdm_disk_question question = { .to = to };
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (!standard && information != FilePositionInformation)
		return STATUS_INVALID_INFO_CLASS;
	if (length < size)
		return STATUS_INFO_LENGTH_MISMATCH;
	question.file = wdm_handle_file(client, handle, &synchronous);
	if (!question.file)
		return STATUS_INVALID_HANDLE;
	status = wdm_disk_call(client, standard ? wdm_disk_standard :
			       wdm_disk_position, &question);
	fput(question.file);
	io->Status = status;
	io->Information = NT_SUCCESS(status) ? size : 0;
	return status;
}
WINPAR_EXPORT(winpar_wdm_file_query);

/* ----- the beginning and the end of a client ----------------------------- */

/**
 * wdm_disk_begin() - open the folder of a client's files, and make their lock
 * @client: the client, before its DriverEntry
 * @path: the folder; NULL: it has none
 *
 * The folder is looked up here, where the one who loads the driver has named it. Its file
 * system cannot be unmounted until the client ends.
 *
 * Context: process context, sleeps.
 * Return: 0; what opening the folder gives, with the reason in the log.
 */
int wdm_disk_begin(struct winpar_wdm_client *client, const char *path)
{
	struct file *folder;

	mutex_init(&client->moves);
	if (!path)
		return 0;
	folder = filp_open(path, O_PATH | O_DIRECTORY, 0);
	if (IS_ERR(folder)) {
		pr_err("%s: the folder of its files cannot be opened: %s: error %ld\n",
		       wdm_client_name(client), path, -PTR_ERR(folder));
		return PTR_ERR(folder);
	}
	client->folder = folder;
	return 0;
}

/**
 * wdm_disk_end() - give the folder of a client's files back
 * @client: the client, which has no handle of a file any more
 *
 * Context: process context.
 */
void wdm_disk_end(struct winpar_wdm_client *client)
{
	if (client->folder)
		fput(client->folder);
}
