// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of a client: keys, and values of keys, in memory. It begins with what
 * wdm/regtext.c has read from a text file; what the client writes is there until the client
 * ends, and no other client sees it. wdm/regquery.c has RtlQueryRegistryValues().
 *
 * Keys are a tree. A key is not freed before its client ends, so that a handle of a key may
 * point to it. One mutex, wdm_registry_lock, guards all keys and values.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/handle.h"
#include "wdm/irql.h"
#include "wdm/registry.h"
#include "wdm/string.h"

/* The most bytes that a value has. */
#define WDM_VALUE_MAX		SZ_1M

/**
 * struct wdm_key - a key
 * @entry: among the keys of @above
 * @above: the key in which it is; NULL: the root, of which \Registry is a key
 * @keys: the keys in it
 * @values: its values
 * @name: its name
 * @text: @name's characters
 */
struct wdm_key {
	struct list_head entry;
	struct wdm_key *above;
	struct list_head keys;
	struct list_head values;
	UNICODE_STRING name;
	WCHAR text[];
};

static DEFINE_MUTEX(wdm_registry_lock);

/* ----- keys -------------------------------------------------------------- */

static struct wdm_key *wdm_key_alloc(struct wdm_key *above, PCUNICODE_STRING name)
{
	struct wdm_key *key = kzalloc(sizeof(*key) + name->Length, GFP_KERNEL);

	if (!key)
		return NULL;
	memcpy(key->text, name->Buffer, name->Length);
	key->name = (UNICODE_STRING){ name->Length, name->Length, key->text };
	key->above = above;
	INIT_LIST_HEAD(&key->entry);
	INIT_LIST_HEAD(&key->keys);
	INIT_LIST_HEAD(&key->values);
	return key;
}

static struct wdm_key *__wdm_key_in(struct wdm_key *key, PCUNICODE_STRING name)
	__must_hold(&wdm_registry_lock)
{
	struct wdm_key *in;

	lockdep_assert_held(&wdm_registry_lock);
	list_for_each_entry(in, &key->keys, entry)
		if (RtlEqualUnicodeString(&in->name, name, TRUE))
			return in;
	return NULL;
}

/*
 * Go from a key to one below it. @path has names with \ between them. @create: keys that
 * are not there are created. @created: set when the last one was.
 */
static NTSTATUS __wdm_key_walk(struct wdm_key *key, PCUNICODE_STRING path,
			       bool create, struct wdm_key **found, bool *created)
	__must_hold(&wdm_registry_lock)
{
	const WCHAR *at = path->Buffer;
	const WCHAR *end = at + path->Length / sizeof(WCHAR);
	struct wdm_key *next;
	UNICODE_STRING name;

	lockdep_assert_held(&wdm_registry_lock);
	*created = false;
	for (; at < end; at++) {
		name.Buffer = (PWSTR)at;
		while (at < end && *at != '\\')
			at++;
		name.Length = (at - name.Buffer) * sizeof(WCHAR);
		name.MaximumLength = name.Length;
		if (!name.Length)
			continue;
		next = __wdm_key_in(key, &name);
		*created = !next;
		if (!next && !create)
			return STATUS_OBJECT_NAME_NOT_FOUND;
		if (!next) {
			next = wdm_key_alloc(key, &name);
			if (!next)
				return STATUS_INSUFFICIENT_RESOURCES;
			list_add_tail(&next->entry, &key->keys);
		}
		key = next;
	}
	*found = key;
	return STATUS_SUCCESS;
}

/**
 * wdm_registry_add() - find a key, or create it and those above it
 * @base: the key at which @path begins
 * @path: names of keys with \ between them
 * @key: where the key goes
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_registry_add(struct wdm_key *base, PCUNICODE_STRING path,
			  struct wdm_key **key)
{
	NTSTATUS status;
	bool created;

	mutex_lock(&wdm_registry_lock);
	status = __wdm_key_walk(base, path, true, key, &created);
	mutex_unlock(&wdm_registry_lock);
	return status;
}

/**
 * wdm_registry_find() - find a key
 * @base: the key at which @path begins
 * @path: names of keys with \ between them
 *
 * Context: process context, may sleep.
 * Return: the key, which stays until the client ends; NULL.
 */
struct wdm_key *wdm_registry_find(struct wdm_key *base, PCUNICODE_STRING path)
{
	struct wdm_key *key = NULL;
	bool created;

	mutex_lock(&wdm_registry_lock);
	__wdm_key_walk(base, path, false, &key, &created);
	mutex_unlock(&wdm_registry_lock);
	return key;
}

/* ----- values ------------------------------------------------------------ */

static struct wdm_value *__wdm_value_of(struct wdm_key *key, PCUNICODE_STRING name)
	__must_hold(&wdm_registry_lock)
{
	struct wdm_value *value;

	lockdep_assert_held(&wdm_registry_lock);
	list_for_each_entry(value, &key->values, entry)
		if (RtlEqualUnicodeString(&value->name, name, TRUE))
			return value;
	return NULL;
}

/**
 * wdm_registry_put() - free a value
 * @value: from wdm_registry_get(), or one of a key
 *
 * Context: process context.
 */
void wdm_registry_put(struct wdm_value *value)
{
	list_del(&value->entry);
	kvfree(value);
}

/* Allocate a value, which is on no list. */
static struct wdm_value *wdm_value_alloc(PCUNICODE_STRING name, ULONG type,
					 const void *data, ULONG size)
{
	size_t at = ALIGN(size, sizeof(WCHAR));
	struct wdm_value *value;

	value = kvzalloc(sizeof(*value) + at + name->Length + sizeof(WCHAR),
			 GFP_KERNEL);
	if (!value)
		return NULL;
	INIT_LIST_HEAD(&value->entry);
	value->type = type;
	value->size = size;
	if (size)
		memcpy(value->data, data, size);
	value->name.Buffer = (PWSTR)(value->data + at);
	value->name.Length = name->Length;
	value->name.MaximumLength = name->Length + sizeof(WCHAR);
	if (name->Length)
		memcpy(value->name.Buffer, name->Buffer, name->Length);
	return value;
}

/**
 * wdm_registry_set() - set a value
 * @key: its key
 * @name: its name
 * @type: its type
 * @data: its data
 * @size: how many bytes @data has
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES, also for more than 1 MiB.
 */
NTSTATUS wdm_registry_set(struct wdm_key *key, PCUNICODE_STRING name, ULONG type,
			  const void *data, ULONG size)
{
	struct wdm_value *value, *old;

	if (size > WDM_VALUE_MAX)
		return STATUS_INSUFFICIENT_RESOURCES;
	value = wdm_value_alloc(name, type, data, size);
	if (!value)
		return STATUS_INSUFFICIENT_RESOURCES;
	mutex_lock(&wdm_registry_lock);
	old = __wdm_value_of(key, name);
	list_add_tail(&value->entry, old ? &old->entry : &key->values);
	if (old)
		wdm_registry_put(old);
	mutex_unlock(&wdm_registry_lock);
	return STATUS_SUCCESS;
}

/**
 * wdm_registry_delete() - delete a value
 * @key: its key
 * @name: its name
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND.
 */
NTSTATUS wdm_registry_delete(struct wdm_key *key, PCUNICODE_STRING name)
{
	struct wdm_value *value;

	mutex_lock(&wdm_registry_lock);
	value = __wdm_value_of(key, name);
	if (value)
		wdm_registry_put(value);
	mutex_unlock(&wdm_registry_lock);
	return value ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/**
 * wdm_registry_get() - copy a value
 * @key: its key
 * @name: its name; NULL: by @index
 * @index: 0 for the first value of @key, 1 for the second, ...
 * @copy: where the copy goes, for wdm_registry_put()
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_registry_get(struct wdm_key *key, PCUNICODE_STRING name,
			  unsigned int index, struct wdm_value **copy)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct wdm_value *value = NULL, *at;

	mutex_lock(&wdm_registry_lock);
	if (name)
		value = __wdm_value_of(key, name);
	else
		list_for_each_entry(at, &key->values, entry)
			if (!index--) {
				value = at;
				break;
			}
	if (value) {
		*copy = wdm_value_alloc(&value->name, value->type, value->data,
					value->size);
		status = *copy ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}
	mutex_unlock(&wdm_registry_lock);
	return status;
}

/* ----- opening ----------------------------------------------------------- */

/* The key at which the name of @attributes begins, or NULL with the reason. */
static struct wdm_key *wdm_key_base(struct winpar_wdm_client *client,
				    POBJECT_ATTRIBUTES attributes,
				    NTSTATUS *status)
{
	UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry");
	PUNICODE_STRING name = attributes->ObjectName;

	*status = STATUS_INVALID_HANDLE;
	if (attributes->RootDirectory)
		return wdm_handle_key(client, attributes->RootDirectory);
	*status = STATUS_OBJECT_NAME_INVALID;
	if (!name || !name->Length || name->Buffer[0] != '\\')
		return NULL;
	*status = STATUS_OBJECT_NAME_NOT_FOUND;
	return RtlPrefixUnicodeString(&registry, name, TRUE) ? client->registry :
	       NULL;
}

/**
 * winpar_wdm_key_open() - open a key, or create it: ZwOpenKey(), ZwCreateKey()
 * @client: the client
 * @handle: where the handle goes, for ZwClose()
 * @attributes: the key's name, \Registry\Machine\..., or with RootDirectory one below
 *              that handle's key
 * @create: a key that is not there, and those above it, are created
 * @disposition: where REG_CREATED_NEW_KEY or REG_OPENED_EXISTING_KEY goes, or NULL
 *
 * DDI page: wdm, ZwOpenKey and ZwCreateKey. Windows creates one key at a time.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_NAME_INVALID a name
 * that does not begin with \; STATUS_INVALID_HANDLE the RootDirectory is no key's;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_key_open(struct winpar_wdm_client *client, PHANDLE handle,
			     POBJECT_ATTRIBUTES attributes, BOOLEAN create,
			     PULONG disposition)
{
	static const UNICODE_STRING none;
	struct wdm_key *base, *key;
	NTSTATUS status;
	bool created;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	base = wdm_key_base(client, attributes, &status);
	if (!base)
		return status;
	mutex_lock(&wdm_registry_lock);
	status = __wdm_key_walk(base, attributes->ObjectName ?: &none, create,
				&key, &created);
	mutex_unlock(&wdm_registry_lock);
	if (!NT_SUCCESS(status))
		return status;
	status = wdm_handle_of_key(client, key, handle);
	if (NT_SUCCESS(status) && disposition)
		*disposition = created ? REG_CREATED_NEW_KEY :
					 REG_OPENED_EXISTING_KEY;
	return status;
}
WINPAR_EXPORT(winpar_wdm_key_open);

/* ----- values of a handle's key ------------------------------------------ */

/* What ZwQueryValueKey() writes to: @length bytes at @to. */
struct wdm_answer {
	u8 *to;
	size_t length;
};

/* Write at an offset as much as there is room for. */
static void wdm_answer_put(const struct wdm_answer *answer, size_t at,
			   const void *from, size_t size)
{
	if (at < answer->length && size)
		memcpy(answer->to + at, from, min(size, answer->length - at));
}

/* Returns how many bytes the answer has, and sets @least to those of its fixed part. */
static size_t wdm_answer_value(const struct wdm_answer *answer,
			       KEY_VALUE_INFORMATION_CLASS information,
			       const struct wdm_value *value, size_t *least)
{
	KEY_VALUE_PARTIAL_INFORMATION partial = {
		.Type = value->type,
		.DataLength = value->size,
	};
	KEY_VALUE_BASIC_INFORMATION basic = {
		.Type = value->type,
		.NameLength = value->name.Length,
	};
	KEY_VALUE_FULL_INFORMATION full = {
		.Type = value->type,
		.DataLength = value->size,
		.NameLength = value->name.Length,
	};

	switch (information) {
	case KeyValueBasicInformation:
		*least = offsetof(KEY_VALUE_BASIC_INFORMATION, Name);
		wdm_answer_put(answer, 0, &basic, *least);
		wdm_answer_put(answer, *least, value->name.Buffer,
			       value->name.Length);
		return *least + value->name.Length;
	case KeyValueFullInformation:
		*least = offsetof(KEY_VALUE_FULL_INFORMATION, Name);
		full.DataOffset = ALIGN(*least + value->name.Length, 8);
		wdm_answer_put(answer, 0, &full, *least);
		wdm_answer_put(answer, *least, value->name.Buffer,
			       value->name.Length);
		wdm_answer_put(answer, full.DataOffset, value->data, value->size);
		return full.DataOffset + value->size;
	default:
		*least = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
		wdm_answer_put(answer, 0, &partial, *least);
		wdm_answer_put(answer, *least, value->data, value->size);
		return *least + value->size;
	}
}

/**
 * winpar_wdm_key_query() - read a value: ZwQueryValueKey()
 * @client: the client
 * @handle: of its key
 * @name: its name; NULL or empty: the key's default value
 * @information: which structure is wanted
 * @to: where it goes
 * @length: how many bytes @to has room for
 * @needed: where the number of bytes of the whole structure goes
 *
 * DDI page: wdm, ZwQueryValueKey
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW the name or the data was cut;
 * STATUS_BUFFER_TOO_SMALL there is no room for the structure's fixed part;
 * STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_PARAMETER another structure;
 * STATUS_INVALID_HANDLE; STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller
 * may not sleep.
 */
NTSTATUS winpar_wdm_key_query(struct winpar_wdm_client *client, HANDLE handle,
			      PUNICODE_STRING name,
			      KEY_VALUE_INFORMATION_CLASS information, PVOID to,
			      ULONG length, PULONG needed)
{
	static const UNICODE_STRING none;
	const struct wdm_answer answer = { to, to ? length : 0 };
	struct wdm_value *value;
	struct wdm_key *key;
	NTSTATUS status;
	size_t least;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if ((unsigned int)information > KeyValuePartialInformation)
		return STATUS_INVALID_PARAMETER;
	key = wdm_handle_key(client, handle);
	if (!key)
		return STATUS_INVALID_HANDLE;
	status = wdm_registry_get(key, name ?: &none, 0, &value);
	if (!NT_SUCCESS(status))
		return status;
	*needed = wdm_answer_value(&answer, information, value, &least);
	wdm_registry_put(value);
	if (answer.length < least)
		return STATUS_BUFFER_TOO_SMALL;
	return answer.length < *needed ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_key_query);

/**
 * winpar_wdm_key_set() - write a value: ZwSetValueKey()
 * @client: the client
 * @handle: of its key
 * @name: its name; NULL or empty: the key's default value
 * @type: REG_SZ and the like
 * @data: its data
 * @size: how many bytes @data has
 *
 * DDI page: wdm, ZwSetValueKey. It is there until the client ends.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INSUFFICIENT_RESOURCES;
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_key_set(struct winpar_wdm_client *client, HANDLE handle,
			    PUNICODE_STRING name, ULONG type, PVOID data,
			    ULONG size)
{
	static const UNICODE_STRING none;
	struct wdm_key *key;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	key = wdm_handle_key(client, handle);
	return key ? wdm_registry_set(key, name ?: &none, type, data, size) :
	       STATUS_INVALID_HANDLE;
}
WINPAR_EXPORT(winpar_wdm_key_set);

/* ----- the beginning and the end of a client ----------------------------- */

/**
 * wdm_registry_begin() - make the registry of a client, with the key of its service
 * @client: the client, which has its ServiceKeyName
 *
 * Context: process context.
 * Return: false: no memory; wdm_registry_end() frees what there is.
 */
bool wdm_registry_begin(struct winpar_wdm_client *client)
{
	static const UNICODE_STRING none;

	client->registry = wdm_key_alloc(NULL, &none);
	return client->registry &&
	       NT_SUCCESS(wdm_registry_add(client->registry,
					   &client->extension.ServiceKeyName,
					   &client->service));
}

/* Free a key in which there is no other; the key above it. */
static struct wdm_key *wdm_key_free(struct wdm_key *key)
{
	struct wdm_key *above = key->above;
	struct wdm_value *value, *next;

	list_for_each_entry_safe(value, next, &key->values, entry)
		wdm_registry_put(value);
	list_del(&key->entry);
	kfree(key);
	return above;
}

/**
 * wdm_registry_end() - free the registry of a client
 * @client: the client, which has no handle of a key any more
 *
 * Context: process context.
 */
void wdm_registry_end(struct winpar_wdm_client *client)
{
	struct wdm_key *key = client->registry;

	while (key) {
		if (list_empty(&key->keys))
			key = wdm_key_free(key);
		else
			key = list_first_entry(&key->keys, struct wdm_key, entry);
	}
}
