// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces: a driver that knows no port's name asks which interfaces of a class there
 * are. Port M has one of GUID_PARALLEL_DEVICE, for \Device\ParallelPortM, and one of
 * GUID_PARCLASS_DEVICE, for the raw device \Device\ParallelM.
 *
 * winpar names the first \??\WINPAR#PORT#M#{GUID}, the second \??\WINPAR#DEVICE#M#{GUID}.
 * IoGetDeviceInterfaces() and notifications (wdm/notify.c) give these names, and
 * IoGetDeviceObjectPointer() opens them (wdm/open.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/interface.h"
#include "wdm/irql.h"
#include "wdm/port.h"
#include "wdm/string.h"

#define WDM_TAG_LIST		0x74736c57	/* "Wlst" */

/**
 * struct wdm_class - a class of interfaces
 * @guid: its GUID
 * @text: @guid as text, at the end of an interface's name
 * @link: the interface's name up to the port's number
 * @device: the device's name up to the port's number
 */
struct wdm_class {
	GUID guid;
	const char *text;
	const char *link;
	const char *device;
};

static const struct wdm_class wdm_classes[] = {
	{
		.guid = { 0x97f76ef0, 0xf883, 0x11d0,
			  { 0xaf, 0x1f, 0x00, 0x00, 0xf8, 0x00, 0x84, 0x5c } },
		.text = "{97f76ef0-f883-11d0-af1f-0000f800845c}",
		.link = "\\??\\WINPAR#PORT#",
		.device = WDM_PORT_PREFIX,
	},
	{
		.guid = { 0x811fc6a5, 0xf728, 0x11d0,
			  { 0xa5, 0x37, 0x00, 0x00, 0xf8, 0x75, 0x3e, 0xd1 } },
		.text = "{811fc6a5-f728-11d0-a537-0000f8753ed1}",
		.link = "\\??\\WINPAR#DEVICE#",
		.device = "\\Device\\Parallel",
	},
};

static const struct wdm_class *wdm_class_of(const GUID *guid)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wdm_classes); i++)
		if (IsEqualGUID(guid, &wdm_classes[i].guid))
			return &wdm_classes[i];
	return NULL;
}

/**
 * wdm_interface_known() - do ports have an interface of a class?
 * @guid: the class
 *
 * Context: any.
 * Return: true for GUID_PARALLEL_DEVICE and GUID_PARCLASS_DEVICE.
 */
bool wdm_interface_known(const GUID *guid)
{
	return wdm_class_of(guid);
}

/**
 * wdm_interface_number() - the number of a port
 * @port: its name, \Device\ParallelPortM
 *
 * Context: any.
 * Return: M; -1 for any other name.
 */
int wdm_interface_number(const char *port)
{
	unsigned int number;

	return sscanf(port, WDM_PORT_PREFIX "%u", &number) == 1 ? number : -1;
}

/**
 * wdm_interface_is_port() - is a name a port's, or that of a device on a port?
 * @name: the name
 *
 * Context: any.
 * Return: true for \Device\ParallelPortM and what begins so, in upper or lower case,
 * whether there is such a port or not.
 */
bool wdm_interface_is_port(const char *name)
{
	size_t length = strlen(WDM_PORT_PREFIX);

	return !strncasecmp(name, WDM_PORT_PREFIX, length) &&
	       isdigit(name[length]);
}

/**
 * wdm_interface_name() - write the name of a port's interface
 * @guid: the class, for which wdm_interface_known() is true
 * @number: the port's number
 * @name: where the name goes
 *
 * Context: any.
 */
void wdm_interface_name(const GUID *guid, unsigned int number,
			char name[WDM_NAME])
{
	const struct wdm_class *class = wdm_class_of(guid);

	snprintf(name, WDM_NAME, "%s%u#%s", class->link, number, class->text);
}

/**
 * wdm_interface_resolve() - replace the name of an interface by its device's name
 * @name: a name; any other than an interface's is left as it is
 *
 * Context: any.
 */
void wdm_interface_resolve(char name[WDM_NAME])
{
	unsigned int i, number;
	char own[WDM_NAME];
	size_t len;

	for (i = 0; i < ARRAY_SIZE(wdm_classes); i++) {
		len = strlen(wdm_classes[i].link);
		if (strncasecmp(name, wdm_classes[i].link, len) ||
		    sscanf(name + len, "%u", &number) != 1)
			continue;
		wdm_interface_name(&wdm_classes[i].guid, number, own);
		if (strcasecmp(name, own))
			continue;
		snprintf(name, WDM_NAME, "%s%u", wdm_classes[i].device, number);
		return;
	}
}

/* ----- which ports there are --------------------------------------------- */

/**
 * struct wdm_numbers - which ports there are
 * @count: how many ports are in @number
 * @highest: the highest number of a port, plus 1; 0 without a port
 * @number: the numbers of the first 64 ports
 */
struct wdm_numbers {
	unsigned int count;
	unsigned int highest;
	unsigned int number[64];
};

/* wdm_port_names() calls this for each port. */
static void wdm_numbers_add(void *arg, const char *name)
{
	struct wdm_numbers *numbers = arg;
	int number = wdm_interface_number(name);

	if (number < 0)
		return;
	numbers->highest = max_t(unsigned int, numbers->highest, number + 1);
	if (numbers->count < ARRAY_SIZE(numbers->number))
		numbers->number[numbers->count++] = number;
}

/*
 * Make the list that IoGetDeviceInterfaces() gives, in memory of the client's pool: the
 * name of each interface with its null character, and one more null character. The log
 * names @caller if the client does not free the list.
 */
static PWSTR wdm_interface_list(struct winpar_wdm_client *client,
				const struct wdm_numbers *numbers,
				const GUID *guid, void *caller)
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
		wdm_interface_name(guid, numbers->number[i], name);
		wdm_string_wide(name, at, WDM_NAME);
		at += strlen(name) + 1;
	}
	*at = 0;
	return list;
}

/**
 * winpar_wdm_interfaces() - list the interfaces of a class: IoGetDeviceInterfaces()
 * @client: the client
 * @guid: the class. GUID_PARALLEL_DEVICE: the ports; GUID_PARCLASS_DEVICE: the raw
 *        devices; the list of any other class is empty
 * @device: NULL; the interfaces of one device are not supported
 * @flags: ignored: each interface is active
 * @list: where the names go, for ExFreePool(): each ends in a null character, the
 *        last in two
 *
 * DDI page: wdm, IoGetDeviceInterfaces
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_NOT_SUPPORTED @device is
 * not NULL; STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_interfaces(struct winpar_wdm_client *client,
			       const GUID *guid, PDEVICE_OBJECT device,
			       ULONG flags, PWSTR *list)
{
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
	if (wdm_interface_known(guid))
		status = wdm_port_names(client->module, wdm_numbers_add, numbers);
	if (NT_SUCCESS(status)) {
		*list = wdm_interface_list(client, numbers, guid,
					   (void *)_RET_IP_);
		if (!*list)
			status = STATUS_INSUFFICIENT_RESOURCES;
	}
	kfree(numbers);
	return status;
}
WINPAR_EXPORT(winpar_wdm_interfaces);

/**
 * winpar_wdm_configuration() - count the ports: IoGetConfigurationInformation()
 * @client: the client
 *
 * DDI page: ntddk, IoGetConfigurationInformation. ParallelCount is the highest number
 * of a port plus 1, so that a client that tries each number below ParallelCount finds
 * each port; the other counts are 0. Each client has a copy of its own: what it writes
 * there no other client sees, and the next call overwrites.
 *
 * Context: process context; where the caller may not sleep ParallelCount is 0.
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
