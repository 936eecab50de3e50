// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles of keys (wdm/registry.c) and of files (wdm/disk.c), and ZwClose(), which also
 * closes those of threads (wdm/thread.c).
 *
 * A handle is an address that is never followed before it was found on the list of
 * handles. Another thread of the client may close a handle while it is used: a key stays
 * until the client ends, and a file is used with a reference of the user's own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/handle.h"
#include "wdm/irql.h"
#include "wdm/thread.h"

/**
 * struct wdm_zw_handle - a handle
 * @entry: on the list of all handles
 * @client: the client
 * @key: the key; NULL: the handle is of a file
 * @file: the file; NULL: the handle is of a key
 * @synchronous: the file has a position, and may be read and written from there
 */
struct wdm_zw_handle {
	struct list_head entry;
	struct winpar_wdm_client *client;
	struct wdm_key *key;
	struct file *file;
	bool synchronous;
};

static DEFINE_MUTEX(wdm_handle_lock);
/* All handles of keys and files; under wdm_handle_lock. */
static LIST_HEAD(wdm_handles);

/* Copy @about to a new handle. */
static NTSTATUS wdm_handle_add(const struct wdm_zw_handle *about, PHANDLE handle)
{
	struct wdm_zw_handle *own = kmemdup(about, sizeof(*about), GFP_KERNEL);

	if (!own)
		return STATUS_INSUFFICIENT_RESOURCES;
	mutex_lock(&wdm_handle_lock);
	list_add_tail(&own->entry, &wdm_handles);
	mutex_unlock(&wdm_handle_lock);
	*handle = own;
	return STATUS_SUCCESS;
}

/**
 * wdm_handle_of_key() - make a handle of a key
 * @client: the client that gets it
 * @key: the key, of @client's registry
 * @handle: where it goes, for ZwClose()
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_handle_of_key(struct winpar_wdm_client *client, struct wdm_key *key,
			   PHANDLE handle)
{
	const struct wdm_zw_handle about = { .client = client, .key = key };

	return wdm_handle_add(&about, handle);
}

/**
 * wdm_handle_of_file() - make a handle of a file
 * @client: the client that gets it
 * @file: the file; with STATUS_SUCCESS the caller's reference is the handle's
 * @synchronous: the file has a position
 * @handle: where it goes, for ZwClose()
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_handle_of_file(struct winpar_wdm_client *client, struct file *file,
			    bool synchronous, PHANDLE handle)
{
	const struct wdm_zw_handle about = {
		.client = client,
		.file = file,
		.synchronous = synchronous,
	};

	return wdm_handle_add(&about, handle);
}

/* A client's handle; NULL for another's. */
static struct wdm_zw_handle *__wdm_handle_find(struct winpar_wdm_client *client,
					       HANDLE handle)
	__must_hold(&wdm_handle_lock)
{
	struct wdm_zw_handle *own;

	lockdep_assert_held(&wdm_handle_lock);
	list_for_each_entry(own, &wdm_handles, entry)
		if (own == handle && own->client == client)
			return own;
	return NULL;
}

/**
 * wdm_handle_key() - the key that a handle is of
 * @client: the client that uses it: another's handle is none of its own
 * @handle: the handle
 *
 * What the handle was opened for is not looked at: nor does Windows, where a driver's
 * Zw calls are a kernel's.
 *
 * Context: process context, may sleep.
 * Return: the key, which stays until the client ends; NULL.
 */
struct wdm_key *wdm_handle_key(struct winpar_wdm_client *client, HANDLE handle)
{
	struct wdm_zw_handle *own;
	struct wdm_key *key = NULL;

	mutex_lock(&wdm_handle_lock);
	own = __wdm_handle_find(client, handle);
	if (own)
		key = own->key;
	mutex_unlock(&wdm_handle_lock);
	return key;
}

/**
 * wdm_handle_file() - the file that a handle is of
 * @client: the client that uses it: another's handle is none of its own
 * @handle: the handle
 * @synchronous: set to whether the file has a position
 *
 * Context: process context, may sleep.
 * Return: the file, for fput(); NULL.
 */
struct file *wdm_handle_file(struct winpar_wdm_client *client, HANDLE handle,
			     bool *synchronous)
{
	struct wdm_zw_handle *own;
	struct file *file = NULL;

	mutex_lock(&wdm_handle_lock);
	own = __wdm_handle_find(client, handle);
	if (own && own->file) {
		file = get_file(own->file);
		*synchronous = own->synchronous;
	}
	mutex_unlock(&wdm_handle_lock);
	return file;
}

/* Free a handle that is on the list no more. */
static void wdm_handle_free(struct wdm_zw_handle *own)
{
	if (own->file)
		filp_close(own->file, NULL);
	kfree(own);
}

/**
 * winpar_wdm_handle_close() - close a handle: ZwClose()
 * @client: the client: another's handle is none of its own
 * @handle: of a key; of a file; or from PsCreateSystemThread(), where the thread goes on
 *          running
 *
 * DDI page: wdm, ZwClose. There are handles of threads, of keys and of files only.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE.
 */
NTSTATUS winpar_wdm_handle_close(struct winpar_wdm_client *client, HANDLE handle)
{
	struct wdm_zw_handle *own;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	mutex_lock(&wdm_handle_lock);
	own = __wdm_handle_find(client, handle);
	if (own)
		list_del(&own->entry);
	mutex_unlock(&wdm_handle_lock);
	if (!own)
		return wdm_thread_close(client, handle);
	wdm_handle_free(own);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_handle_close);

/* Take a client's first handle off the list, or return NULL. */
static struct wdm_zw_handle *wdm_handle_take(struct winpar_wdm_client *client)
{
	struct wdm_zw_handle *own, *found = NULL;

	mutex_lock(&wdm_handle_lock);
	list_for_each_entry(own, &wdm_handles, entry)
		if (own->client == client) {
			found = own;
			list_del(&own->entry);
			break;
		}
	mutex_unlock(&wdm_handle_lock);
	return found;
}

/**
 * wdm_handle_end() - close the handles that a client has left, and warn of them
 * @client: the client, none of whose routines is called any more
 *
 * Context: process context, sleeps.
 */
void wdm_handle_end(struct winpar_wdm_client *client)
{
	unsigned int keys = 0, files = 0;
	struct wdm_zw_handle *own;

	while ((own = wdm_handle_take(client))) {
		keys += !!own->key;
		files += !!own->file;
		wdm_handle_free(own);
	}
	if (keys)
		pr_warn("%s: %u handles of keys were not closed: DriverUnload has to call ZwClose()\n",
			wdm_client_name(client), keys);
	if (files)
		pr_warn("%s: %u handles of files were not closed: DriverUnload has to call ZwClose()\n",
			wdm_client_name(client), files);
}
