// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a name to a device object, file objects, and which ports there are.
 *
 * A client gives a file object back with its last reference. A parallel device is closed
 * with the last of its file objects; a port stays open until the client ends
 * (wdm/parport.c).
 *
 * IoGetDeviceInterfaces() gives, and IoGetDeviceObjectPointer() takes, the names
 * \??\WINPAR#PORT#M#{GUID} for a port and \??\WINPAR#DEVICE#M#{GUID} for its raw device,
 * M the number of the Linux port.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>
#include <winpar/ddk/ntddpar.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/open.h"
#include "wdm/parport.h"
#include "wdm/port.h"
#include "wdm/string.h"

#define WDM_TAG_LIST		0x74736c57	/* "Wlst" */
/* The length of a name of a port or of an interface, with its null. */
#define WDM_NAME		96
#define WDM_PORT_PREFIX		"\\Device\\ParallelPort"

/* The GUIDs as text, and what stands before the number. */
#define WDM_PORT_GUID		"{97f76ef0-f883-11d0-af1f-0000f800845c}"
#define WDM_DEVICE_GUID		"{811fc6a5-f728-11d0-a537-0000f8753ed1}"
#define WDM_PORT_LINK		"\\??\\WINPAR#PORT#"
#define WDM_DEVICE_LINK		"\\??\\WINPAR#DEVICE#"

static const GUID wdm_guid_port = {
	0x97f76ef0, 0xf883, 0x11d0,
	{ 0xaf, 0x1f, 0x00, 0x00, 0xf8, 0x00, 0x84, 0x5c }
};

static const GUID wdm_guid_device = {
	0x811fc6a5, 0xf728, 0x11d0,
	{ 0xa5, 0x37, 0x00, 0x00, 0xf8, 0x75, 0x3e, 0xd1 }
};

/**
 * struct wdm_file - a file object
 * @object: the FILE_OBJECT that the client sees
 * @entry: on the client's list of files
 * @parport: the port or the device that was opened
 * @references: how many the client has; without any the file object is freed
 */
struct wdm_file {
	FILE_OBJECT object;
	struct list_head entry;
	struct wdm_parport *parport;
	LONG references;
};

/* ----- names ------------------------------------------------------------- */

/* The number in the name of an interface, -1 for another name. */
static int wdm_link_number(const char *name, const char *prefix)
{
	unsigned int number;
	size_t len = strlen(prefix);

	if (strncasecmp(name, prefix, len) ||
	    sscanf(name + len, "%u#{", &number) != 1)
		return -1;
	return number;
}

/* Replace the name of an interface by the one that winpar_open() takes. */
static void wdm_name_resolve(char name[WDM_NAME])
{
	int number = wdm_link_number(name, WDM_PORT_LINK);

	if (number >= 0) {
		snprintf(name, WDM_NAME, WDM_PORT_PREFIX "%d", number);
		return;
	}
	number = wdm_link_number(name, WDM_DEVICE_LINK);
	if (number >= 0)
		snprintf(name, WDM_NAME, "\\Device\\Parallel%d", number);
}

/* ----- file objects ------------------------------------------------------ */

/* The client's device object for a port, by the port's Context, or NULL. */
static struct wdm_parport *wdm_open_known(struct winpar_wdm_client *client,
					  void *context)
{
	struct wdm_parport *parport, *found = NULL;

	spin_lock_irq(&client->lock);
	list_for_each_entry(parport, &client->devices, entry)
		if (parport->is_port && parport->object.DeviceExtension == context)
			found = parport;
	spin_unlock_irq(&client->lock);
	return found;
}

/*
 * The parport for @opened. Where the client has this life of the port open already,
 * @opened is closed, and the parport that the client has is returned.
 */
static struct wdm_parport *wdm_open_device(struct winpar_wdm_client *client,
					   struct winpar_file *opened,
					   void *context, CCHAR stack,
					   bool is_port)
{
	struct wdm_parport *parport = NULL;

	if (is_port)
		parport = wdm_open_known(client, context);
	if (parport) {
		wdm_port_close(opened);
		return parport;
	}
	parport = wdm_parport_create(client, opened, context, stack, is_port);
	if (!parport)
		wdm_port_close(opened);
	return parport;
}

/**
 * winpar_wdm_device_pointer() - find a port or a device by its name:
 *	IoGetDeviceObjectPointer()
 * @client: the client
 * @name: a name as winpar_open() takes it, or one of IoGetDeviceInterfaces()
 * @access: ignored
 * @file: where the file object goes, for ObDereferenceObject()
 * @device: where the device object goes, good until the client ends
 *
 * DDI page: wdm, IoGetDeviceObjectPointer
 *
 * Context: process context, may sleep.
 * Return: as winpar_open(); on failure NULL goes to @file and @device.
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_device_pointer(struct winpar_wdm_client *client,
				   PUNICODE_STRING name, ACCESS_MASK access,
				   PFILE_OBJECT *file, PDEVICE_OBJECT *device)
{
	struct winpar_file *opened;
	struct wdm_parport *parport;
	struct wdm_file *own;
	char path[WDM_NAME];
	bool is_port;
	void *context;
	NTSTATUS status;
	CCHAR stack;

	*file = NULL;
	*device = NULL;
	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	wdm_string_utf8(name->Buffer, name->Length / sizeof(WCHAR), path,
			sizeof(path));
	wdm_name_resolve(path);
	is_port = !strncasecmp(path, WDM_PORT_PREFIX, strlen(WDM_PORT_PREFIX));
	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = wdm_port_open(path, client->module, &opened, &context, &stack);
	if (!NT_SUCCESS(status))
		goto free;
	parport = wdm_open_device(client, opened, context, stack, is_port);
	status = STATUS_INSUFFICIENT_RESOURCES;
	if (!parport)
		goto free;
	own->object.Type = WDM_IO_TYPE_FILE;
	own->object.Size = sizeof(FILE_OBJECT);
	own->object.DeviceObject = &parport->object;
	own->parport = parport;
	own->references = 1;
	spin_lock_irq(&client->lock);
	parport->files++;
	list_add_tail(&own->entry, &client->files);
	spin_unlock_irq(&client->lock);
	*file = &own->object;
	*device = &parport->object;
	return STATUS_SUCCESS;

free:
	kfree(own);
	return status;
}
WINPAR_EXPORT(winpar_wdm_device_pointer);

/* Free a file object that has no reference left. @caller is named in the log. */
static void wdm_file_end(struct wdm_file *file, void *caller)
{
	struct wdm_parport *parport = file->parport;
	struct winpar_wdm_client *client = parport->client;
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&client->lock, flags);
	list_del(&file->entry);
	last = !--parport->files;
	spin_unlock_irqrestore(&client->lock, flags);
	kfree(file);
	if (!last || parport->is_port)
		return;
	if (KeGetCurrentIrql() < DISPATCH_LEVEL)
		wdm_parport_close(parport);
	else
		wdm_warn(client, "%pS gives the last file object of a device back at DISPATCH_LEVEL: the device stays open until the client ends\n",
			 caller);
}

/* Where the references of an object are counted, or NULL. */
static LONG *wdm_object_references(PVOID object)
{
	switch (*(CSHORT *)object) {
	case WDM_IO_TYPE_FILE:
		return &container_of(object, struct wdm_file, object)->references;
	case WDM_IO_TYPE_DEVICE:
		return &((PDEVICE_OBJECT)object)->ReferenceCount;
	default:
		return NULL;
	}
}

/**
 * ObReferenceObject() - take a reference to an object
 * @object: a file object or a device object
 *
 * DDI page: wdm, ObReferenceObject
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references it has now.
 */
LONG ObReferenceObject(PVOID object)
{
	LONG *references = wdm_object_references(object);

	return references ? InterlockedIncrement(references) : 0;
}
WINPAR_EXPORT(ObReferenceObject);

/**
 * ObDereferenceObject() - give a reference to an object back
 * @object: a file object, freed with its last reference, or a device object, which
 *          stays until the client ends
 *
 * DDI page: wdm, ObDereferenceObject
 *
 * Context: at or below DISPATCH_LEVEL; the last one of a parallel device's file
 * object in process context.
 * Return: how many references it has now.
 */
LONG ObDereferenceObject(PVOID object)
{
	LONG *references = wdm_object_references(object);
	LONG left = references ? InterlockedDecrement(references) : 0;

	if (!left && *(CSHORT *)object == WDM_IO_TYPE_FILE)
		wdm_file_end(container_of(object, struct wdm_file, object),
			     (void *)_RET_IP_);
	return left;
}
WINPAR_EXPORT(ObDereferenceObject);

/**
 * IoGetRelatedDeviceObject() - the device object of a file object
 * @file: the file object
 *
 * DDI page: ntifs, IoGetRelatedDeviceObject
 *
 * Context: any.
 * Return: the device object.
 */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return file->DeviceObject;
}
WINPAR_EXPORT(IoGetRelatedDeviceObject);

/* ----- which ports there are --------------------------------------------- */

/**
 * struct wdm_numbers - which ports there are
 * @count: how many numbers are in @number
 * @highest: the highest number plus 1; 0 when there is no port
 * @number: the numbers of the ports, as many as fit
 */
struct wdm_numbers {
	unsigned int count;
	unsigned int highest;
	unsigned int number[64];
};

static void wdm_numbers_add(void *arg, const char *name)
{
	struct wdm_numbers *numbers = arg;
	unsigned int number;

	if (sscanf(name, WDM_PORT_PREFIX "%u", &number) != 1)
		return;
	numbers->highest = max(numbers->highest, number + 1);
	if (numbers->count < ARRAY_SIZE(numbers->number))
		numbers->number[numbers->count++] = number;
}

/*
 * The list that IoGetDeviceInterfaces() gives: the name of each interface with its null
 * character, and one more null character. @caller is named if it is not freed.
 */
static PWSTR wdm_interface_list(struct winpar_wdm_client *client,
				const struct wdm_numbers *numbers,
				const char *prefix, const char *guid,
				void *caller)
{
	char name[WDM_NAME];
	PWSTR list, at;
	unsigned int i;

	list = winpar_wdm_pool_alloc(client, (numbers->count * WDM_NAME + 1) *
				     sizeof(WCHAR), WDM_TAG_LIST, caller);
	if (!list)
		return NULL;
	at = list;
	for (i = 0; i < numbers->count; i++) {
		snprintf(name, sizeof(name), "%s%u#%s", prefix,
			 numbers->number[i], guid);
		wdm_string_wide(name, at, WDM_NAME);
		at += strlen(name) + 1;
	}
	*at = 0;
	return list;
}

/**
 * winpar_wdm_interfaces() - which ports there are: IoGetDeviceInterfaces()
 * @client: the client
 * @guid: GUID_PARALLEL_DEVICE: the ports; GUID_PARCLASS_DEVICE: the raw devices;
 *        for any other the list is empty
 * @device: NULL; the interfaces of one device are not supported
 * @flags: ignored: each interface is active
 * @list: where the names go, for ExFreePool(): each ends in a null character, the
 *        last in two
 *
 * DDI page: wdm, IoGetDeviceInterfaces
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_NOT_SUPPORTED with
 * @device; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_interfaces(struct winpar_wdm_client *client,
			       const GUID *guid, PDEVICE_OBJECT device,
			       ULONG flags, PWSTR *list)
{
	bool ports = IsEqualGUID(*guid, wdm_guid_port);
	struct wdm_numbers *numbers;
	NTSTATUS status = STATUS_SUCCESS;

	*list = NULL;
	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (device)
		return STATUS_NOT_SUPPORTED;
	numbers = kzalloc(sizeof(*numbers), GFP_KERNEL);
	if (!numbers)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (ports || IsEqualGUID(*guid, wdm_guid_device))
		status = wdm_port_names(client->module, wdm_numbers_add, numbers);
	if (NT_SUCCESS(status)) {
		*list = wdm_interface_list(client, numbers,
					   ports ? WDM_PORT_LINK : WDM_DEVICE_LINK,
					   ports ? WDM_PORT_GUID : WDM_DEVICE_GUID,
					   (void *)_RET_IP_);
		if (!*list)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	kfree(numbers);
	return status;
}
WINPAR_EXPORT(winpar_wdm_interfaces);

/**
 * winpar_wdm_configuration() - how many ports there are: IoGetConfigurationInformation()
 * @client: the client
 *
 * DDI page: ntddk, IoGetConfigurationInformation. ParallelCount is the highest number
 * of a port plus 1, so that a client that counts up to it meets each port; the other
 * counts are 0. What a client writes there, only this client sees, until it asks again.
 *
 * Context: process context, may sleep.
 * Return: the client's copy.
 */
PCONFIGURATION_INFORMATION winpar_wdm_configuration(struct winpar_wdm_client *client)
{
	PCONFIGURATION_INFORMATION configuration = &client->configuration;
	struct wdm_numbers *numbers = NULL;

	*configuration = (CONFIGURATION_INFORMATION){
		.Version = sizeof(*configuration),
	};
	if (wdm_at_most(PASSIVE_LEVEL))
		numbers = kzalloc(sizeof(*numbers), GFP_KERNEL);
	if (numbers &&
	    NT_SUCCESS(wdm_port_names(client->module, wdm_numbers_add, numbers)))
		configuration->ParallelCount = numbers->highest;
	kfree(numbers);
	return configuration;
}
WINPAR_EXPORT(winpar_wdm_configuration);

/**
 * wdm_open_end() - free the file objects that a client has not given back
 * @client: the client, which is leaving; wdm_parport_end() has closed what it had open
 *
 * Context: process context.
 */
void wdm_open_end(struct winpar_wdm_client *client)
{
	struct wdm_file *file, *next;

	list_for_each_entry_safe(file, next, &client->files, entry) {
		list_del(&file->entry);
		kfree(file);
	}
}
