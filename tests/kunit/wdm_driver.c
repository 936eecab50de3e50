// SPDX-License-Identifier: GPL-2.0-only
/* The driver of the fixture for wdm/, written like a Windows source. */
#include "wdm_fixture.h"

static PDRIVER_OBJECT wpt_driver;
static unsigned int wpt_unloads;
/* A suite's own part of DriverEntry, or NULL. */
void (*wpt_wdm_at_entry)(PDRIVER_OBJECT driver);

static VOID wpt_wdm_unload(PDRIVER_OBJECT driver)
{
	wpt_unloads++;
}

/* DriverEntry of a client beside the fixture's. */
int wpt_wdm_other_entry(struct _DRIVER_OBJECT *driver,
			struct _UNICODE_STRING *path)
{
	driver->DriverUnload = wpt_wdm_unload;
	return STATUS_SUCCESS;
}

/* DriverEntry; the fixture starts the client with it. */
int wpt_wdm_entry(struct _DRIVER_OBJECT *driver, struct _UNICODE_STRING *path)
{
	wpt_driver = driver;
	wpt_driver->DriverUnload = wpt_wdm_unload;
	if (wpt_wdm_at_entry)
		wpt_wdm_at_entry(driver);
	return STATUS_SUCCESS;
}

/* The driver object that DriverEntry was given. */
PDRIVER_OBJECT wpt_wdm_driver(void)
{
	return wpt_driver;
}

/* How often DriverUnload was called so far. */
unsigned int wpt_wdm_unloads(void)
{
	return wpt_unloads;
}

/* Write the name of the fixture's port into @buffer, and let @name describe it. */
void wpt_wdm_port_name(struct kunit *test, WCHAR buffer[48], UNICODE_STRING *name)
{
	WCHAR digits[12];
	UNICODE_STRING number = { 0, sizeof(digits), digits };

	RtlInitEmptyUnicodeString(name, buffer, 48 * sizeof(WCHAR));
	RtlAppendUnicodeToString(name, L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U);
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(name, &number);
}

/* Open the fixture's port. */
PDEVICE_OBJECT wpt_wdm_open_port(struct kunit *test, PFILE_OBJECT *file)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	WCHAR buffer[48];

	wpt_wdm_port_name(test, buffer, &name);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES,
						       file, &device),
			STATUS_SUCCESS);
	return device;
}

/*
 * Send a request and return its status, as published drivers do: wait for the event only
 * if IoCallDriver() returns STATUS_PENDING.
 */
NTSTATUS wpt_wdm_request(PDEVICE_OBJECT device, ULONG code, PVOID in, ULONG in_len,
			 PVOID out, ULONG out_len)
{
	IO_STATUS_BLOCK iosb;
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(code, device, in, in_len, out, out_len,
					    TRUE, &event, &iosb);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = IoCallDriver(device, irp);
	if (status == STATUS_PENDING) {
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
		status = iosb.Status;
	}
	return status;
}

/* Wait for an object, for so many ms. */
NTSTATUS wpt_wdm_wait(PVOID object, LONGLONG ms)
{
	LARGE_INTEGER timeout = WPT_MS(ms);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &timeout);
}
