// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes: when a driver creates a link in \DosDevices\, the directory of the names that
 * programs see, this room makes a character device of that name, in lower case, in /dev,
 * for root only. It turns what a program does with the node into calls of wdm/user.c.
 *
 * Nodes are shown in /dev when DriverEntry has succeeded, and for later links at once: the
 * kernel frees a module whose init fails even if a program has opened one of its nodes.
 *
 * The client's file operations name the client's module. So an open file keeps the module
 * from being unloaded. It keeps the node's memory, too. Nodes are not misc devices, since
 * the misc core calls open() with a lock held, which creating a link would take, and a
 * driver may create one in IRP_MJ_CREATE.
 *
 * One mutex, wdm_node_lock, guards the links and their nodes. No routine of a client is
 * called with it held, and open() does not take it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <winpar/compat.h>
#include <winpar/user/device.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/link.h"
#include "wdm/node.h"
#include "wdm/opened.h"
#include "wdm/user.h"

/* How many nodes there can be. */
#define WDM_NODES	256
/* The longest file name that a program can write behind a device's name, in bytes. */
#define WDM_FILE_NAME	1024

static DEFINE_MUTEX(wdm_node_lock);
static DEFINE_IDA(wdm_node_minors);
static dev_t wdm_node_first;
static struct class wdm_node_class = {
	.name = "winpar_wdm",
};

/**
 * struct wdm_node - a node
 * @dev: Linux's device, whose last reference frees the node
 * @cdev: Linux's character device
 * @client: the driver
 * @name: the name of the node's link
 * @gone: the link was deleted: open() fails
 * @shown: the node is in /dev; under wdm_node_lock
 */
struct wdm_node {
	struct device dev;
	struct cdev cdev;
	struct winpar_wdm_client *client;
	char name[WDM_PATH];
	bool gone;
	bool shown;
};

/**
 * struct wdm_seat - a node that a program has open: private_data of the struct file
 * @node: the node
 * @taken: 1: a task makes @handle, or has made it: no other task makes one
 * @handle: the handle on the device; NULL until WINPAR_DEVICE_CREATE, with O_EXCL
 */
struct wdm_seat {
	struct wdm_node *node;
	atomic_t taken;
	struct wdm_handle *handle;
};

/* The errno that a program gets for a driver's status; any other status is EIO. */
static const struct {
	NTSTATUS status;
	int error;
} wdm_node_errors[] = {
	{ STATUS_NOT_IMPLEMENTED, EOPNOTSUPP },
	{ STATUS_NOT_SUPPORTED, EOPNOTSUPP },
	{ STATUS_INVALID_DEVICE_REQUEST, EOPNOTSUPP },
	{ STATUS_INVALID_PARAMETER, EINVAL },
	{ STATUS_INVALID_BUFFER_SIZE, EINVAL },
	{ STATUS_BUFFER_TOO_SMALL, EINVAL },
	{ STATUS_INFO_LENGTH_MISMATCH, EINVAL },
	{ STATUS_NO_SUCH_DEVICE, ENODEV },
	{ STATUS_DEVICE_REMOVED, ENODEV },
	{ STATUS_DELETE_PENDING, ENODEV },
	{ STATUS_DEVICE_NOT_CONNECTED, ENODEV },
	{ STATUS_OBJECT_NAME_NOT_FOUND, ENOENT },
	{ STATUS_NO_SUCH_FILE, ENOENT },
	{ STATUS_NOT_A_DIRECTORY, ENOTDIR },
	{ STATUS_ACCESS_DENIED, EACCES },
	{ STATUS_SHARING_VIOLATION, EBUSY },
	{ STATUS_DEVICE_BUSY, EBUSY },
	{ STATUS_DEVICE_NOT_READY, EBUSY },
	{ STATUS_INSUFFICIENT_RESOURCES, ENOMEM },
	{ STATUS_NO_MEMORY, ENOMEM },
	{ STATUS_ACCESS_VIOLATION, EFAULT },
	{ STATUS_IO_TIMEOUT, ETIMEDOUT },
	{ STATUS_CANCELLED, ECANCELED },
};

static int wdm_node_error(NTSTATUS status)
{
	unsigned int i;

	if (NT_SUCCESS(status))
		return 0;
	for (i = 0; i < ARRAY_SIZE(wdm_node_errors); i++)
		if (wdm_node_errors[i].status == status)
			return -wdm_node_errors[i].error;
	return -EIO;
}

/* ----- what a program does with a node ----------------------------------- */

/*
 * Open the device for a seat. A seat that has a handle, or for which another task is just
 * making one: STATUS_INVALID_PARAMETER. No task waits for that other task: the driver may
 * take any time, and a task that waits for a lock cannot be frozen for a suspend.
 */
static NTSTATUS wdm_seat_create(struct wdm_seat *seat,
				struct wdm_user_create *create)
{
	struct wdm_handle *handle;
	NTSTATUS status;

	if (atomic_xchg(&seat->taken, 1))
		return STATUS_INVALID_PARAMETER;
	create->device = seat->node->name;
	status = wdm_user_open(seat->node->client, create, &handle);
	if (NT_SUCCESS(status))
		/* Pairs with smp_load_acquire() in wdm_node_handle(). */
		smp_store_release(&seat->handle, handle);
	else
		atomic_set(&seat->taken, 0);
	return status;
}

/*
 * The rights that WINPAR_DEVICE_CREATE may ask for: those that the generic rights to read and
 * to write stand for, as far as the program has opened the node for that.
 */
static ACCESS_MASK wdm_node_granted(struct file *file)
{
	ACCESS_MASK granted = FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;

	if (file->f_mode & FMODE_READ && file->f_mode & FMODE_WRITE)
		return FILE_ALL_ACCESS;
	if (file->f_mode & FMODE_READ)
		granted |= FILE_GENERIC_READ | FILE_GENERIC_EXECUTE;
	if (file->f_mode & FMODE_WRITE)
		granted |= FILE_GENERIC_WRITE;
	return granted;
}

/*
 * A program opens the node, and with it the device; with O_EXCL the device is opened by
 * WINPAR_DEVICE_CREATE later.
 */
static int wdm_node_open(struct inode *inode, struct file *file)
{
	struct wdm_node *node = container_of(inode->i_cdev, struct wdm_node, cdev);
	struct wdm_user_create create = {
		.name = "",
		.access = (file->f_mode & FMODE_READ ? FILE_READ_DATA : 0) |
			  (file->f_mode & FMODE_WRITE ? WDM_USER_WRITES : 0) |
			  FILE_READ_ATTRIBUTES | SYNCHRONIZE,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE,
		.disposition = FILE_OPEN,
		.options = FILE_SYNCHRONOUS_IO_NONALERT,
	};
	struct wdm_seat *seat;
	NTSTATUS status;

	if (READ_ONCE(node->gone))
		return -ENXIO;
	seat = kzalloc(sizeof(*seat), GFP_KERNEL_ACCOUNT);
	if (!seat)
		return -ENOMEM;
	seat->node = node;
	file->private_data = seat;
	if (file->f_flags & O_EXCL)
		return 0;
	status = wdm_seat_create(seat, &create);
	if (!NT_SUCCESS(status))
		kfree(seat);
	return wdm_node_error(status);
}

static int wdm_node_release(struct inode *inode, struct file *file)
{
	struct wdm_seat *seat = file->private_data;

	if (seat->handle)
		wdm_user_close(seat->handle);
	kfree(seat);
	return 0;
}

/* The handle on the device, or NULL. */
static struct wdm_handle *wdm_node_handle(struct file *file)
{
	struct wdm_seat *seat = file->private_data;

	/* Pairs with smp_store_release() in wdm_seat_create(): the handle is filled in. */
	return smp_load_acquire(&seat->handle);
}

static ssize_t wdm_node_transfer(struct file *file, UCHAR major,
				 void __user *buffer, size_t length,
				 loff_t *position)
{
	struct wdm_handle *handle = wdm_node_handle(file);
	ULONG_PTR moved;
	NTSTATUS status;

	if (!handle)
		return -EBADF;
	status = wdm_user_transfer(handle, major, buffer, length, *position, &moved);
	if (major == IRP_MJ_READ && status == STATUS_END_OF_FILE)
		return 0;
	/* With a warning (STATUS_BUFFER_OVERFLOW) bytes may have been moved. */
	if (NT_ERROR(status) || (!NT_SUCCESS(status) && !moved))
		return wdm_node_error(status);
	*position += moved;
	return moved;
}

static ssize_t wdm_node_read(struct file *file, char __user *buffer, size_t length,
			     loff_t *position)
{
	return wdm_node_transfer(file, IRP_MJ_READ, buffer, length, position);
}

static ssize_t wdm_node_write(struct file *file, const char __user *buffer,
			      size_t length, loff_t *position)
{
	return wdm_node_transfer(file, IRP_MJ_WRITE, (void __user *)buffer, length, position);
}

/* WINPAR_DEVICE_CREATE: open the device as the program says. */
static long wdm_node_create(struct file *file,
			    struct winpar_device_create __user *from)
{
	ACCESS_MASK granted = wdm_node_granted(file), access;
	struct winpar_device_create asked;
	struct wdm_user_create create;
	char *name;

	if (copy_from_user(&asked, from, sizeof(asked)))
		return -EFAULT;
	if (asked.reserved || asked.name_length > WDM_FILE_NAME)
		return -EINVAL;
	access = wdm_opened_access(asked.access, granted);
	if (access & ~granted)
		return -EACCES;
	name = memdup_user_nul(u64_to_user_ptr(asked.name), asked.name_length);
	if (IS_ERR(name))
		return PTR_ERR(name);
	create = (struct wdm_user_create){
		.name = name,
		.access = access,
		.share = asked.share,
		.disposition = asked.disposition,
		.attributes = asked.attributes,
		.options = asked.options,
	};
	asked.status = wdm_user_test(&create);
	if (NT_SUCCESS(asked.status))
		asked.status = wdm_seat_create(file->private_data, &create);
	kfree(name);
	return put_user(asked.status, &from->status) ? -EFAULT : 0;
}

/* WINPAR_DEVICE_CONTROL: a control request. */
static long wdm_node_control(struct file *file,
			     struct winpar_device_control __user *from)
{
	struct wdm_handle *handle = wdm_node_handle(file);
	struct winpar_device_control asked;
	struct wdm_user_control control;
	ULONG_PTR information;

	if (!handle)
		return -EBADF;
	if (copy_from_user(&asked, from, sizeof(asked)))
		return -EFAULT;
	control = (struct wdm_user_control){
		.code = asked.code,
		.in = u64_to_user_ptr(asked.in),
		.in_length = asked.in_length,
		.out = u64_to_user_ptr(asked.out),
		.out_length = asked.out_length,
	};
	asked.status = wdm_user_control(handle, &control, &information);
	asked.information = information;
	return copy_to_user(from, &asked, sizeof(asked)) ? -EFAULT : 0;
}

static long wdm_node_ioctl(struct file *file, unsigned int command,
			   unsigned long argument)
{
	switch (command) {
	case WINPAR_DEVICE_CREATE:
		return wdm_node_create(file, (void __user *)argument);
	case WINPAR_DEVICE_CONTROL:
		return wdm_node_control(file, (void __user *)argument);
	default:
		return -ENOTTY;
	}
}

/* ----- making and deleting ----------------------------------------------- */

/* The last reference to the node's device has gone. */
static void wdm_node_free(struct device *dev)
{
	struct wdm_node *node = container_of(dev, struct wdm_node, dev);

	ida_free(&wdm_node_minors, MINOR(dev->devt));
	kfree(node);
}

/* Make the node of a link. It is not in /dev yet. */
static NTSTATUS wdm_node_make(struct wdm_link *link, const char *file)
{
	struct wdm_node *node;
	int minor;

	node = kzalloc(sizeof(*node), GFP_KERNEL);
	if (!node)
		return STATUS_INSUFFICIENT_RESOURCES;
	minor = ida_alloc_max(&wdm_node_minors, WDM_NODES - 1, GFP_KERNEL);
	if (minor < 0) {
		kfree(node);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	node->client = link->client;
	strscpy(node->name, link->name, sizeof(node->name));
	device_initialize(&node->dev);
	node->dev.class = &wdm_node_class;
	node->dev.devt = wdm_node_first + minor;
	node->dev.release = wdm_node_free;
	cdev_init(&node->cdev, link->client->fops);
	node->cdev.owner = link->client->module;
	if (dev_set_name(&node->dev, "%s", file)) {
		put_device(&node->dev);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	link->node = node;
	return STATUS_SUCCESS;
}

/* Show a node in /dev, so that programs can open it. */
static NTSTATUS __wdm_node_show(struct wdm_node *node)
	__must_hold(&wdm_node_lock)
{
	lockdep_assert_held(&wdm_node_lock);
	if (cdev_device_add(&node->cdev, &node->dev))
		return STATUS_INSUFFICIENT_RESOURCES;
	node->shown = true;
	return STATUS_SUCCESS;
}

/* Take a node out of /dev. A program that has it open keeps it. */
static void __wdm_node_drop(struct wdm_node *node)
	__must_hold(&wdm_node_lock)
{
	lockdep_assert_held(&wdm_node_lock);
	WRITE_ONCE(node->gone, true);
	if (node->shown)
		cdev_device_del(&node->cdev, &node->dev);
	put_device(&node->dev);
}

/* Make the node of a link, if the link is in the directory that programs see. */
static NTSTATUS __wdm_node_create(struct wdm_link *link)
	__must_hold(&wdm_node_lock)
{
	const char *dos = wdm_link_dos_name(link->name);
	char file[WDM_PATH];
	NTSTATUS status;

	lockdep_assert_held(&wdm_node_lock);
	if (!dos)
		return STATUS_SUCCESS;
	if (!wdm_link_file(dos, file))
		return STATUS_OBJECT_NAME_INVALID;
	status = wdm_link_is_free(link, file);
	if (NT_SUCCESS(status))
		status = wdm_node_make(link, file);
	if (NT_SUCCESS(status) && link->client->started) {
		status = __wdm_node_show(link->node);
		if (!NT_SUCCESS(status))
			__wdm_node_drop(link->node);
	}
	return status;
}

/* Free a link, which is off the list, and take its node out of /dev. */
static void __wdm_node_delete(struct wdm_link *link)
	__must_hold(&wdm_node_lock)
{
	lockdep_assert_held(&wdm_node_lock);
	if (link->node)
		__wdm_node_drop(link->node);
	kfree(link);
}

/**
 * winpar_wdm_link_create() - give a device a second name: IoCreateSymbolicLink() and
 *	IoCreateUnprotectedSymbolicLink()
 * @client: the driver
 * @name: the second name. If it is in \DosDevices\ programs open the device by the rest
 *        of it, as a file in /dev: in lower case, with _ for each character that is no
 *        letter, digit, dot, - or _.
 * @device: the name of the device, which need not exist yet
 *
 * DDI page: wdm, IoCreateSymbolicLink
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_COLLISION a link has that name, or the node of
 * another link or a file in /dev has that of the node; STATUS_OBJECT_NAME_INVALID one of the
 * names is too long or does not begin with \, or no file in /dev can have it;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING DriverUnload has returned;
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_link_create(struct winpar_wdm_client *client,
				PUNICODE_STRING name, PUNICODE_STRING device)
{
	struct wdm_link *link;
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return STATUS_INSUFFICIENT_RESOURCES;
	link->client = client;
	status = STATUS_OBJECT_NAME_INVALID;
	if (!wdm_link_name(name, link->name) ||
	    !wdm_link_name(device, link->target))
		goto free;
	mutex_lock(&wdm_node_lock);
	/* Set before wdm_node_end() looks for links under this lock. */
	status = STATUS_DELETE_PENDING;
	if (READ_ONCE(client->ending))
		goto unlock;
	status = STATUS_OBJECT_NAME_COLLISION;
	if (!wdm_link_add(link))
		goto unlock;
	status = __wdm_node_create(link);
	if (!NT_SUCCESS(status))
		wdm_link_take(link->name);
unlock:
	mutex_unlock(&wdm_node_lock);
free:
	if (!NT_SUCCESS(status))
		kfree(link);
	return status;
}
WINPAR_EXPORT(winpar_wdm_link_create);

/**
 * IoDeleteSymbolicLink() - delete a link, and take its node out of /dev
 * @name: the link's name; a program that has the node open keeps it open
 *
 * DDI page: wdm, IoDeleteSymbolicLink
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_UNSUCCESSFUL the caller
 * may not sleep.
 */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING name)
{
	struct wdm_link *link = NULL;
	char path[WDM_PATH];

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	mutex_lock(&wdm_node_lock);
	if (wdm_link_name(name, path))
		link = wdm_link_take(path);
	if (link)
		__wdm_node_delete(link);
	mutex_unlock(&wdm_node_lock);
	return link ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
WINPAR_EXPORT(IoDeleteSymbolicLink);

/* ----- the beginning and the end ----------------------------------------- */

/**
 * wdm_node_begin() - make the file operations of a client's nodes
 * @client: the client; @client->fops is set, which wdm/main.c frees with kfree()
 *
 * Context: process context.
 * Return: true; false if there is no memory.
 */
bool wdm_node_begin(struct winpar_wdm_client *client)
{
	const struct file_operations fops = {
		.owner = client->module,
		.open = wdm_node_open,
		.release = wdm_node_release,
		.read = wdm_node_read,
		.write = wdm_node_write,
		.unlocked_ioctl = wdm_node_ioctl,
		.compat_ioctl = compat_ptr_ioctl,
		.llseek = default_llseek,
	};

	client->fops = kmemdup(&fops, sizeof(fops), GFP_KERNEL);
	return client->fops;
}

/**
 * wdm_node_started() - show the nodes of a client in /dev
 * @client: the client, whose DriverEntry has succeeded: its module's init cannot fail now
 *
 * Context: process context, may sleep.
 */
void wdm_node_started(struct winpar_wdm_client *client)
{
	struct wdm_link *link = NULL;

	mutex_lock(&wdm_node_lock);
	WRITE_ONCE(client->started, true);
	while ((link = wdm_link_next(client, link)))
		if (link->node && !NT_SUCCESS(__wdm_node_show(link->node)))
			wdm_warn(client, "no memory for the node of %s\n",
				 link->name);
	mutex_unlock(&wdm_node_lock);
}

/**
 * wdm_node_end() - delete the links that a client has left, and warn of them
 * @client: the client, whose @leaving is set
 *
 * Context: process context, may sleep.
 */
void wdm_node_end(struct winpar_wdm_client *client)
{
	struct wdm_link *link;
	unsigned int count = 0;

	mutex_lock(&wdm_node_lock);
	while ((link = wdm_link_next(client, NULL))) {
		wdm_link_take(link->name);
		__wdm_node_delete(link);
		count++;
	}
	mutex_unlock(&wdm_node_lock);
	if (count)
		pr_warn("%s: %u symbolic links were left and are deleted: DriverUnload has to call IoDeleteSymbolicLink()\n",
			wdm_client_name(client), count);
}

/**
 * wdm_node_setup() - register the numbers and the class of the nodes
 *
 * Context: at module init.
 * Return: 0 or an errno.
 */
int wdm_node_setup(void)
{
	int ret = alloc_chrdev_region(&wdm_node_first, 0, WDM_NODES, "winpar_wdm");

	if (ret)
		return ret;
	ret = class_register(&wdm_node_class);
	if (ret)
		unregister_chrdev_region(wdm_node_first, WDM_NODES);
	return ret;
}

/**
 * wdm_node_exit() - undo wdm_node_setup()
 *
 * Context: at module exit; there are no clients.
 */
void wdm_node_exit(void)
{
	class_unregister(&wdm_node_class);
	unregister_chrdev_region(wdm_node_first, WDM_NODES);
	ida_destroy(&wdm_node_minors);
}
