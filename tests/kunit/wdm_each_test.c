// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of the layer for Windows sources fails once (each.c), by what a
 * client of the layer calls. What a program's requests allocate fails in the cases of
 * wdm_node_test.c and wdm_user_test.c.
 */
#include <winpar/ddk/initguid.h>

#include "each.h"
#include "wdm_fixture.h"

/**
 * struct wpt_wdm_each - what the rows use
 * @test: the case
 * @name: the port's name
 * @buffer: its characters
 * @port: the port
 * @device: a device of the client's own
 * @ended: set by the thread that a row starts
 */
struct wpt_wdm_each {
	struct kunit *test;
	UNICODE_STRING name;
	WCHAR buffer[48];
	PDEVICE_OBJECT port;
	PDEVICE_OBJECT device;
	KEVENT ended;
};

static int wpt_each_client(void *context)
{
	int ret = wpt_wdm_start_and_stop();

	return ret == -ENOMEM ? 1 : ret;
}

static bool wpt_each_added;

static NTSTATUS wpt_each_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT port)
{
	wpt_each_added = true;
	return STATUS_SUCCESS;
}

static void wpt_each_entry(PDRIVER_OBJECT driver)
{
	driver->DriverExtension->AddDevice = wpt_each_add;
}

/*
 * One more client, with a folder of files, which is given the port. When there is no memory
 * for the port it starts, and its AddDevice routine is not called.
 */
static int wpt_each_stack(void *context)
{
	int ret;

	wpt_each_added = false;
	wpt_wdm_at_entry = wpt_each_entry;
	wpt_wdm_files = "/";
	ret = wpt_wdm_start_other();
	wpt_wdm_files = NULL;
	wpt_wdm_at_entry = NULL;
	wpt_wdm_stop_other();
	if (!ret)
		return !wpt_each_added;
	return ret == -ENOMEM ? 1 : ret;
}

/* Memory with the driver object: it has that of the first time. */
static int wpt_each_extension(void *context)
{
	PVOID memory;
	NTSTATUS status = IoAllocateDriverObjectExtension(wpt_wdm_driver(), context, 8,
							  &memory);

	return status == STATUS_OBJECT_NAME_COLLISION ? 0 : wpt_each_is(status);
}

static int wpt_each_pool(void *context)
{
	PVOID memory = ExAllocatePoolWithTag(NonPagedPool, 100, 0x68636145);

	if (memory)
		ExFreePool(memory);
	return !memory;
}

static int wpt_each_irp(void *context)
{
	PIRP irp = IoAllocateIrp(2, FALSE);

	if (irp)
		IoFreeIrp(irp);
	return !irp;
}

static int wpt_each_request(void *context)
{
	struct wpt_wdm_each *e = context;
	PARALLEL_PORT_INFORMATION info;
	IO_STATUS_BLOCK iosb;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					    e->port, NULL, 0, &info, sizeof(info),
					    TRUE, &event, &iosb);
	if (!irp)
		return 1;
	return wpt_each_is(IoCallDriver(e->port, irp));
}

static int wpt_each_pointer(void *context)
{
	struct wpt_wdm_each *e = context;
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	NTSTATUS status = IoGetDeviceObjectPointer(&e->name, FILE_READ_ATTRIBUTES,
						   &file, &device);

	if (NT_SUCCESS(status))
		ObDereferenceObject(file);
	return wpt_each_is(status);
}

static int wpt_each_interfaces(void *context)
{
	PWSTR list;
	NTSTATUS status = IoGetDeviceInterfaces(&GUID_PARALLEL_DEVICE, NULL, 0,
						&list);

	if (NT_SUCCESS(status))
		ExFreePool(list);
	return wpt_each_is(status);
}

/* The count of ports is 0 when there is no memory. */
static int wpt_each_configuration(void *context)
{
	return !IoGetConfigurationInformation()->ParallelCount;
}

static VOID wpt_each_thread_routine(PVOID context)
{
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static int wpt_each_thread(void *context)
{
	struct wpt_wdm_each *e = context;
	NTSTATUS status;
	HANDLE handle;

	KeInitializeEvent(&e->ended, NotificationEvent, FALSE);
	status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
				      wpt_each_thread_routine, &e->ended);
	if (NT_SUCCESS(status)) {
		KeWaitForSingleObject(&e->ended, Executive, KernelMode, FALSE, NULL);
		ZwClose(handle);
	}
	return wpt_each_is(status);
}

static int wpt_each_work(void *context)
{
	struct wpt_wdm_each *e = context;
	PIO_WORKITEM item = IoAllocateWorkItem(e->device);

	if (item)
		IoFreeWorkItem(item);
	return !item;
}

/* A key with a value, which is read. */
static int wpt_each_key(void *context)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Wpt");
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"Speed");
	KEY_VALUE_PARTIAL_INFORMATION value;
	OBJECT_ATTRIBUTES attributes;
	ULONG number = 5, needed;
	NTSTATUS status;
	HANDLE key;

	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL,
			     REG_OPTION_NON_VOLATILE, NULL);
	if (status != STATUS_SUCCESS)
		return wpt_each_is(status);
	status = ZwSetValueKey(key, &name, 0, REG_DWORD, &number, sizeof(number));
	if (status == STATUS_SUCCESS)
		status = ZwQueryValueKey(key, &name, KeyValuePartialInformation,
					 &value, sizeof(value), &needed);
	ZwClose(key);
	return wpt_each_is(status);
}

/* A value is written by its path, read to a string that is allocated, and deleted. */
static int wpt_each_values(void *context)
{
	UNICODE_STRING string = { };
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{
			.Flags = RTL_QUERY_REGISTRY_DIRECT,
			.Name = L"Name",
			.EntryContext = &string,
		}, { }
	};
	NTSTATUS status;

	status = RtlWriteRegistryValue(RTL_REGISTRY_CONTROL, L"Wpt", L"Name",
				       REG_SZ, L"x", 4);
	if (status != STATUS_SUCCESS)
		return wpt_each_is(status);
	status = RtlQueryRegistryValues(RTL_REGISTRY_CONTROL, L"Wpt", table, NULL,
					NULL);
	if (string.Buffer)
		ExFreePool(string.Buffer);
	RtlDeleteRegistryValue(RTL_REGISTRY_CONTROL, L"Wpt", L"Name");
	return wpt_each_is(status);
}

/* The key of a port, with its name. */
static int wpt_each_port_key(void *context)
{
	struct wpt_wdm_each *e = context;
	NTSTATUS status;
	HANDLE key;

	status = IoOpenDeviceRegistryKey(e->port, PLUGPLAY_REGKEY_DEVICE, KEY_READ,
					 &key);
	if (status == STATUS_SUCCESS)
		ZwClose(key);
	return wpt_each_is(status);
}

/* An interface of a port, which is registered until the client ends. */
static int wpt_each_exposed(void *context)
{
	struct wpt_wdm_each *e = context;
	UNICODE_STRING name;
	NTSTATUS status = IoRegisterDeviceInterface(e->port, &GUID_PARCLASS_DEVICE,
						    NULL, &name);

	if (NT_SUCCESS(status))
		RtlFreeUnicodeString(&name);
	return wpt_each_is(status == STATUS_OBJECT_NAME_EXISTS ? STATUS_SUCCESS :
								 status);
}

static VOID wpt_each_tick_routine(PDEVICE_OBJECT device, PVOID context)
{
}

/* A device with a name, with a link that makes a node, and with a timer. */
static int wpt_each_device(void *context)
{
	UNICODE_STRING name, link;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	RtlInitUnicodeString(&name, L"\\Device\\WptEach");
	RtlInitUnicodeString(&link, L"\\DosDevices\\WptEach");
	status = IoCreateDevice(wpt_wdm_driver(), 8, &name, FILE_DEVICE_UNKNOWN,
				0, FALSE, &device);
	if (status != STATUS_SUCCESS)
		return wpt_each_is(status);
	status = IoInitializeTimer(device, wpt_each_tick_routine, NULL);
	if (status == STATUS_SUCCESS)
		status = IoCreateSymbolicLink(&link, &name);
	if (status == STATUS_SUCCESS)
		IoDeleteSymbolicLink(&link);
	IoDeleteDevice(device);
	return wpt_each_is(status);
}

static int wpt_each_shutdown(void *context)
{
	struct wpt_wdm_each *e = context;
	NTSTATUS status = IoRegisterShutdownNotification(e->device);

	if (status == STATUS_SUCCESS)
		IoUnregisterShutdownNotification(e->device);
	return wpt_each_is(status);
}

static NTSTATUS wpt_each_told(PVOID notification, PVOID context)
{
	return STATUS_SUCCESS;
}

static int wpt_each_notification(void *context)
{
	PVOID entry;
	NTSTATUS status;

	status = IoRegisterPlugPlayNotification
			(EventCategoryDeviceInterfaceChange,
			 PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
			 (PVOID)&GUID_PARALLEL_DEVICE, wpt_wdm_driver(),
			 wpt_each_told, NULL, &entry);
	if (status == STATUS_SUCCESS)
		IoUnregisterPlugPlayNotification(entry);
	return wpt_each_is(status);
}

static int wpt_each_log(void *context)
{
	struct wpt_wdm_each *e = context;
	PVOID entry = IoAllocateErrorLogEntry(e->device,
					      sizeof(IO_ERROR_LOG_PACKET));

	if (entry)
		IoFreeErrorLogEntry(entry);
	return !entry;
}

/* The verifier keeps the last IRPs that were freed. */
#define WPT_EACH_IRPS	64

static const struct wpt_each_row wpt_each_rows[] = {
	{ "a client", wpt_each_client, 2 },
	{ "a client with files and a port", wpt_each_stack, 8 },
	{ "memory with the driver object", wpt_each_extension, 1 },
	{ "memory of a pool", wpt_each_pool, 1 },
	{ "an IRP", wpt_each_irp, 1, WPT_EACH_IRPS },
	{ "a request to a port", wpt_each_request, 1, WPT_EACH_IRPS },
	{ "a device's pointer", wpt_each_pointer, 2 },
	{ "device interfaces", wpt_each_interfaces, 2 },
	{ "the count of ports", wpt_each_configuration, 2 },
	{ "a thread", wpt_each_thread, 2, 1 },
	{ "a work item", wpt_each_work, 1 },
	{ "a device, its link and node", wpt_each_device, 5 },
	{ "a registration for arrivals", wpt_each_notification, 3 },
	{ "a registration for shutdowns", wpt_each_shutdown, 1 },
	{ "an entry of the error log", wpt_each_log, 1 },
	/* Keys stay until the client ends; those of the first row are created each time. */
	{ "a value of a key", wpt_each_key, 3, 1 },
	{ "a value by its path", wpt_each_values, 3 },
	{ "a port's key", wpt_each_port_key, 2 },
	{ "a port's interface", wpt_each_exposed, 2, 1 },
};

static void wpt_each_row_name(const struct wpt_each_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_each, wpt_each_rows, wpt_each_row_name);

static void wpt_each_prepare(struct kunit *test, struct wpt_wdm_each *e)
{
	WCHAR digits[12];
	UNICODE_STRING number = { 0, sizeof(digits), digits };
	PFILE_OBJECT file;

	e->test = test;
	RtlInitEmptyUnicodeString(&e->name, e->buffer, sizeof(e->buffer));
	RtlAppendUnicodeToString(&e->name,
				 L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U);
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&e->name, &number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&e->name, FILE_READ_ATTRIBUTES,
						 &file, &e->port));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 8, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &e->device));
}

static void winpar_test_each(struct kunit *test)
{
	struct wpt_wdm_each e = { };

	wpt_each_prepare(test, &e);
	wpt_each_run(test, test->param_value, &e);
	IoDeleteDevice(e.device);
}

static struct kunit_case wpt_wdm_each_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_each, wpt_each_gen_params),
	{ }
};

static struct kunit_suite wpt_wdm_each_suite = {
	.name = "winpar_wdm_each",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_each_cases,
};

kunit_test_suite(wpt_wdm_each_suite);
