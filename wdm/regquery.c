// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry by paths: RtlQueryRegistryValues(), RtlWriteRegistryValue(),
 * RtlDeleteRegistryValue(), RtlCheckRegistryKey() and RtlCreateRegistryKey().
 *
 * A routine of the client's is called with a copy of the value and under no lock, so that it
 * may use the registry itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/handle.h"
#include "wdm/irql.h"
#include "wdm/registry.h"

#define WDM_TAG_VALUE		0x6c617652	/* "Rval" */
#define WDM_RELATIVE_FLAGS	(RTL_REGISTRY_HANDLE | RTL_REGISTRY_OPTIONAL)

/**
 * struct wdm_query - a call of RtlQueryRegistryValues()
 * @client: the client
 * @context: its argument for each routine
 * @caller: an address in the function that calls
 */
struct wdm_query {
	struct winpar_wdm_client *client;
	PVOID context;
	void *caller;
};

/* Where the paths relative to RTL_REGISTRY_... begin. */
static const PCWSTR wdm_relative[] = {
	[RTL_REGISTRY_ABSOLUTE] = L"",
	[RTL_REGISTRY_SERVICES] =
		L"\\Registry\\Machine\\System\\CurrentControlSet\\Services",
	[RTL_REGISTRY_CONTROL] =
		L"\\Registry\\Machine\\System\\CurrentControlSet\\Control",
	[RTL_REGISTRY_WINDOWS_NT] =
		L"\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion",
	[RTL_REGISTRY_DEVICEMAP] = L"\\Registry\\Machine\\Hardware\\DeviceMap",
	[RTL_REGISTRY_USER] = L"\\Registry\\User\\.Default",
};

/* The key of @relative and @path, or NULL with the reason. @create: it is created. */
static struct wdm_key *wdm_path_key(struct winpar_wdm_client *client,
				    ULONG relative, PCWSTR path, bool create,
				    NTSTATUS *status)
{
	ULONG from = relative & ~WDM_RELATIVE_FLAGS;
	struct wdm_key *key = client->registry;
	UNICODE_STRING parts[2];
	unsigned int i;

	*status = STATUS_INVALID_HANDLE;
	if (relative & RTL_REGISTRY_HANDLE)
		return wdm_handle_key(client, (HANDLE)path);
	*status = STATUS_INVALID_PARAMETER;
	if (from >= ARRAY_SIZE(wdm_relative) || (!from && !path))
		return NULL;
	RtlInitUnicodeString(&parts[0], wdm_relative[from]);
	RtlInitUnicodeString(&parts[1], path);
	*status = STATUS_OBJECT_NAME_NOT_FOUND;
	for (i = 0; i < ARRAY_SIZE(parts) && key; i++) {
		if (!create) {
			key = wdm_registry_find(key, &parts[i]);
			continue;
		}
		*status = wdm_registry_add(key, &parts[i], &key);
		if (!NT_SUCCESS(*status))
			return NULL;
	}
	return key;
}

/* ----- RTL_QUERY_REGISTRY_DIRECT ----------------------------------------- */

static bool wdm_type_is_text(ULONG type)
{
	return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

/* A string, with its null character, to a UNICODE_STRING. */
static NTSTATUS wdm_direct_string(const struct wdm_query *query,
				  const void *data, ULONG size,
				  PUNICODE_STRING to)
{
	ULONG chars = size / sizeof(WCHAR);
	const WCHAR *from = data;
	bool ends = chars && !from[chars - 1];
	ULONG room = (chars + !ends) * sizeof(WCHAR);

	if (room > U16_MAX)
		return STATUS_BUFFER_TOO_SMALL;
	if (!to->Buffer) {
		to->Buffer = winpar_wdm_pool_alloc(query->client, room,
						   WDM_TAG_VALUE, query->caller);
		if (!to->Buffer)
			return STATUS_INSUFFICIENT_RESOURCES;
		to->MaximumLength = room;
	}
	if (room > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(to->Buffer, data, chars * sizeof(WCHAR));
	to->Length = room - sizeof(WCHAR);
	to->Buffer[to->Length / sizeof(WCHAR)] = 0;
	return STATUS_SUCCESS;
}

/* Data of more than 4 bytes: the buffer begins with its size; a negative one: data only. */
static NTSTATUS wdm_direct_bytes(ULONG type, const void *data, ULONG size, PVOID to)
{
	ULONG *head = to;
	LONG room;

	if (size <= sizeof(ULONG)) {
		memcpy(to, data, size);
		return STATUS_SUCCESS;
	}
	room = *(LONG *)to;
	if (room < 0) {
		if (size > -(s64)room)
			return STATUS_BUFFER_TOO_SMALL;
		memcpy(to, data, size);
		return STATUS_SUCCESS;
	}
	if (size + 2 * sizeof(ULONG) > (size_t)room)
		return STATUS_BUFFER_TOO_SMALL;
	head[0] = size;
	head[1] = type;
	memcpy(head + 2, data, size);
	return STATUS_SUCCESS;
}

/* ----- an entry of the table --------------------------------------------- */

/* Call the routine once for each string of a REG_MULTI_SZ. */
static NTSTATUS wdm_query_strings(const struct wdm_query *query,
				  PRTL_QUERY_REGISTRY_TABLE entry, PWSTR name,
				  void *data, ULONG size)
{
	WCHAR *at = data, *end = at + size / sizeof(WCHAR), *next;
	NTSTATUS status;

	for (; at < end && *at; at = next) {
		for (next = at; next < end && *next; next++)
			;
		/* Without a null character it is no string. */
		if (next++ == end)
			break;
		status = entry->QueryRoutine(name, REG_SZ, at,
					     (next - at) * sizeof(WCHAR),
					     query->context, entry->EntryContext);
		if (!NT_SUCCESS(status) && status != STATUS_BUFFER_TOO_SMALL)
			return status;
	}
	return STATUS_SUCCESS;
}

/* Give a value to the client, as the entry says. */
static NTSTATUS wdm_query_give(const struct wdm_query *query,
			       PRTL_QUERY_REGISTRY_TABLE entry, PWSTR name,
			       ULONG type, void *data, ULONG size)
{
	NTSTATUS status;

	if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT) {
		if (wdm_type_is_text(type))
			return wdm_direct_string(query, data, size,
						 entry->EntryContext);
		return wdm_direct_bytes(type, data, size, entry->EntryContext);
	}
	if (type == REG_MULTI_SZ && !(entry->Flags & RTL_QUERY_REGISTRY_NOEXPAND))
		return wdm_query_strings(query, entry, name, data, size);
	status = entry->QueryRoutine(name, type, data, size, query->context,
				     entry->EntryContext);
	return status == STATUS_BUFFER_TOO_SMALL ? STATUS_SUCCESS : status;
}

/* How many bytes a default value has. */
static ULONG wdm_default_size(PRTL_QUERY_REGISTRY_TABLE entry, ULONG type)
{
	const WCHAR *text = entry->DefaultData;
	ULONG n = 0;

	if (entry->DefaultLength || !wdm_type_is_text(type) || !text)
		return entry->DefaultLength;
	if (type != REG_MULTI_SZ) {
		while (text[n++])
			;
		return n * sizeof(WCHAR);
	}
	/* The last string of several is empty. */
	while (text[n])
		while (text[n++])
			;
	return (n + 1) * sizeof(WCHAR);
}

/* The value is not there. It has to be only where there is no default. */
static NTSTATUS wdm_query_default(const struct wdm_query *query,
				  PRTL_QUERY_REGISTRY_TABLE entry)
{
	ULONG type = entry->DefaultType & 0xff;

	if (type == REG_NONE)
		return entry->Flags & RTL_QUERY_REGISTRY_REQUIRED ?
		       STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
	if (entry->DefaultLength && !entry->DefaultData)
		return STATUS_INVALID_PARAMETER;
	return wdm_query_give(query, entry, entry->Name, type, entry->DefaultData,
			      wdm_default_size(entry, type));
}

/* An entry with a name. @key: NULL: the key is not there. */
static NTSTATUS wdm_query_one(const struct wdm_query *query, struct wdm_key *key,
			      PRTL_QUERY_REGISTRY_TABLE entry)
{
	NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
	struct wdm_value *value;
	UNICODE_STRING name;

	RtlInitUnicodeString(&name, entry->Name);
	if (key)
		status = wdm_registry_get(key, &name, 0, &value);
	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		return wdm_query_default(query, entry);
	if (!NT_SUCCESS(status))
		return status;
	if ((entry->Flags & RTL_QUERY_REGISTRY_TYPECHECK) &&
	    entry->DefaultType >> RTL_QUERY_REGISTRY_TYPECHECK_SHIFT != value->type)
		status = STATUS_OBJECT_TYPE_MISMATCH;
	else
		status = wdm_query_give(query, entry, entry->Name, value->type,
					value->data, value->size);
	wdm_registry_put(value);
	if (NT_SUCCESS(status) && (entry->Flags & RTL_QUERY_REGISTRY_DELETE))
		wdm_registry_delete(key, &name);
	return status;
}

/* An entry without a name: all values of the key. */
static NTSTATUS wdm_query_all(const struct wdm_query *query, struct wdm_key *key,
			      PRTL_QUERY_REGISTRY_TABLE entry)
{
	struct wdm_value *value;
	unsigned int i = 0;
	bool found = false;
	NTSTATUS status;

	for (;;) {
		status = STATUS_OBJECT_NAME_NOT_FOUND;
		if (key)
			status = wdm_registry_get(key, NULL, i, &value);
		if (status == STATUS_OBJECT_NAME_NOT_FOUND)
			break;
		if (!NT_SUCCESS(status))
			return status;
		found = true;
		status = wdm_query_give(query, entry, value->name.Buffer,
					value->type, value->data, value->size);
		if (NT_SUCCESS(status) &&
		    (entry->Flags & RTL_QUERY_REGISTRY_DELETE))
			wdm_registry_delete(key, &value->name);
		else
			i++;
		wdm_registry_put(value);
		if (!NT_SUCCESS(status))
			return status;
	}
	return !found && (entry->Flags & RTL_QUERY_REGISTRY_REQUIRED) ?
	       STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
}

/* An entry. *@key is the one that is being queried, of which @top was the first. */
static NTSTATUS wdm_query_entry(const struct wdm_query *query,
				PRTL_QUERY_REGISTRY_TABLE entry,
				struct wdm_key *top, struct wdm_key **key)
{
	UNICODE_STRING name;
	NTSTATUS status;

	if (entry->Flags & (RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_TOPKEY))
		*key = top;
	if (entry->Flags & RTL_QUERY_REGISTRY_SUBKEY) {
		if (!entry->Name)
			return STATUS_INVALID_PARAMETER;
		RtlInitUnicodeString(&name, entry->Name);
		*key = top ? wdm_registry_find(top, &name) : NULL;
		if (!*key && (entry->Flags & RTL_QUERY_REGISTRY_REQUIRED))
			return STATUS_OBJECT_NAME_NOT_FOUND;
		return entry->QueryRoutine ? wdm_query_all(query, *key, entry) :
		       STATUS_SUCCESS;
	}
	if (entry->Flags & RTL_QUERY_REGISTRY_DIRECT) {
		if (!entry->Name || entry->QueryRoutine || !entry->EntryContext ||
		    entry->Flags & RTL_QUERY_REGISTRY_NOVALUE)
			return STATUS_INVALID_PARAMETER;
	} else if (!entry->QueryRoutine) {
		return entry->Flags & RTL_QUERY_REGISTRY_TOPKEY ?
		       STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	}
	if (entry->Flags & RTL_QUERY_REGISTRY_NOVALUE) {
		status = entry->QueryRoutine(NULL, REG_NONE, NULL, 0,
					     query->context, entry->EntryContext);
		return status == STATUS_BUFFER_TOO_SMALL ? STATUS_SUCCESS : status;
	}
	return entry->Name ? wdm_query_one(query, *key, entry) :
	       wdm_query_all(query, *key, entry);
}

/**
 * winpar_wdm_values_query() - read several values: RtlQueryRegistryValues()
 * @client: the client
 * @relative: where @path begins: RTL_REGISTRY_SERVICES and the like
 * @path: the key's path
 * @table: which values, and what is done with each; an entry with neither a name nor a
 *         routine is its end
 * @context: an argument of each routine
 * @caller: the log names the function at this address if the client does not free a string
 *
 * DDI page: wdm, RtlQueryRegistryValues. Variables in REG_EXPAND_SZ are not replaced:
 * there are none.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND the key, or a value that is
 * required; STATUS_INVALID_PARAMETER; STATUS_BUFFER_TOO_SMALL;
 * STATUS_OBJECT_TYPE_MISMATCH; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_HANDLE;
 * what a routine returns; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_values_query(struct winpar_wdm_client *client,
				 ULONG relative, PCWSTR path,
				 PRTL_QUERY_REGISTRY_TABLE table, PVOID context,
				 void *caller)
{
	const struct wdm_query query = { client, context, caller };
	struct wdm_key *top, *key;
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	top = wdm_path_key(client, relative, path, false, &status);
	if (!top && (status != STATUS_OBJECT_NAME_NOT_FOUND ||
		     !(relative & RTL_REGISTRY_OPTIONAL)))
		return status;
	key = top;
	for (; table->QueryRoutine || table->Name; table++) {
		status = wdm_query_entry(&query, table, top, &key);
		if (!NT_SUCCESS(status))
			return status;
	}
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_values_query);

/**
 * winpar_wdm_value_write() - write a value: RtlWriteRegistryValue()
 * @client: the client
 * @relative: where @path begins
 * @path: the key's path; the key, and those above it, are created
 * @name: the value's name; NULL: the key's default value
 * @type: its type
 * @data: its data
 * @size: how many bytes @data has
 *
 * DDI page: wdm, RtlWriteRegistryValue. It is there until the client ends.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 * STATUS_INVALID_HANDLE; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_value_write(struct winpar_wdm_client *client,
				ULONG relative, PCWSTR path, PCWSTR name,
				ULONG type, PVOID data, ULONG size)
{
	UNICODE_STRING string;
	struct wdm_key *key;
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	key = wdm_path_key(client, relative, path, true, &status);
	if (!key)
		return status;
	RtlInitUnicodeString(&string, name);
	return wdm_registry_set(key, &string, type, data, size);
}
WINPAR_EXPORT(winpar_wdm_value_write);

/**
 * winpar_wdm_value_delete() - delete a value: RtlDeleteRegistryValue()
 * @client: the client
 * @relative: where @path begins
 * @path: the key's path
 * @name: the value's name
 *
 * DDI page: wdm, RtlDeleteRegistryValue
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_PARAMETER;
 * STATUS_INVALID_HANDLE; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_value_delete(struct winpar_wdm_client *client,
				 ULONG relative, PCWSTR path, PCWSTR name)
{
	UNICODE_STRING string;
	struct wdm_key *key;
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	key = wdm_path_key(client, relative, path, false, &status);
	if (!key)
		return status;
	RtlInitUnicodeString(&string, name);
	return wdm_registry_delete(key, &string);
}
WINPAR_EXPORT(winpar_wdm_value_delete);

/**
 * winpar_wdm_path_find() - is there a key? RtlCheckRegistryKey(), RtlCreateRegistryKey()
 * @client: the client
 * @relative: where @path begins
 * @path: the key's path
 * @create: the key, and those above it, are created
 *
 * DDI page: wdm, RtlCheckRegistryKey and RtlCreateRegistryKey. A handle (RTL_REGISTRY_HANDLE)
 * stays open.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_PARAMETER;
 * STATUS_INVALID_HANDLE; STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller may not
 * sleep.
 */
NTSTATUS winpar_wdm_path_find(struct winpar_wdm_client *client, ULONG relative,
			      PCWSTR path, BOOLEAN create)
{
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	return wdm_path_key(client, relative, path, create, &status) ?
	       STATUS_SUCCESS : status;
}
WINPAR_EXPORT(winpar_wdm_path_find);
