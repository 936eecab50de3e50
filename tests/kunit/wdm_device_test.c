// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device objects that a driver creates (wdm/device.c): their names, and how they are
 * stacked. Symbolic links (wdm/link.c, node.c), also to the fixture's port.
 */
#include "wdm_fixture.h"

/* Create a device for the fixture's driver, with @extension bytes of DeviceExtension. */
static NTSTATUS wpt_create(ULONG extension, PCWSTR name, PDEVICE_OBJECT *device)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return IoCreateDevice(wpt_wdm_driver(), extension, name ? &string : NULL,
			      FILE_DEVICE_UNKNOWN, 0, FALSE, device);
}

static NTSTATUS wpt_link(PCWSTR name, PCWSTR target)
{
	UNICODE_STRING link, device;

	RtlInitUnicodeString(&link, name);
	RtlInitUnicodeString(&device, target);
	return IoCreateSymbolicLink(&link, &device);
}

static NTSTATUS wpt_unlink(PCWSTR name)
{
	UNICODE_STRING link;

	RtlInitUnicodeString(&link, name);
	return IoDeleteSymbolicLink(&link);
}

/* One caller of both, by whose name the log has them. */
static noinline void wpt_says(PDEVICE_OBJECT device, bool breaks)
{
	IoInvalidateDeviceRelations(device, BusRelations);
	if (breaks)
		DbgBreakPoint();
}

/* DDI pages: wdm, ObReferenceObjectByPointer, IoInvalidateDeviceRelations, DbgBreakPoint */
static void winpar_test_device_pointer(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	PDEVICE_OBJECT device;

	KUNIT_ASSERT_EQ(test, wpt_create(0, NULL, &device), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByPointer(device, 0, NULL, KernelMode));
	KUNIT_EXPECT_EQ(test, device->ReferenceCount, 2);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByPointer(device, 0, *PsThreadType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByPointer(device, 0, *IoFileObjectType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByPointer(wpt_wdm_driver(), 0, NULL,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(device), 1);
	wpt_says(device, false);
	wpt_says(device, true);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_says",
						"calls IoInvalidateDeviceRelations"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_says",
						"calls DbgBreakPoint"));
}

/* The names of ports are winpar's, also where there is no such port. */
static void winpar_test_device_of_a_port(struct kunit *test)
{
	PDEVICE_OBJECT device;

	KUNIT_EXPECT_EQ(test, wpt_create(0, L"\\Device\\ParallelPort7", &device),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_NULL(test, device);
	KUNIT_EXPECT_EQ(test, wpt_create(0, L"\\device\\PARALLELPORT0.1", &device),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_ASSERT_EQ(test, wpt_create(0, L"\\Device\\ParallelPorts", &device),
			STATUS_SUCCESS);
	IoDeleteDevice(device);
}

/* DDI pages: wdm, IoCreateDevice, IoDeleteDevice, DEVICE_OBJECT */
static void winpar_test_device_create(struct kunit *test)
{
	PDRIVER_OBJECT driver = wpt_wdm_driver();
	PDEVICE_OBJECT first, second;
	unsigned int i, bad = 0;

	KUNIT_ASSERT_EQ(test, wpt_create(1000, L"\\Device\\WptFirst", &first),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, first->StackSize, 1);
	KUNIT_EXPECT_EQ(test, first->Flags, DO_DEVICE_INITIALIZING);
	KUNIT_EXPECT_EQ(test, first->DeviceType, FILE_DEVICE_UNKNOWN);
	KUNIT_EXPECT_PTR_EQ(test, first->DriverObject, driver);
	for (i = 0; i < 1000; i++)
		bad += !!((u8 *)first->DeviceExtension)[i];
	KUNIT_EXPECT_EQ(test, bad, 0U);
	/* KASAN reports this if the extension has fewer than 1000 bytes. */
	memset(first->DeviceExtension, 0xa5, 1000);
	KUNIT_ASSERT_EQ(test, wpt_create(0, NULL, &second), STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, second->DeviceExtension);
	/* The driver's list begins with the device that was created last. */
	KUNIT_EXPECT_PTR_EQ(test, driver->DeviceObject, second);
	KUNIT_EXPECT_PTR_EQ(test, second->NextDevice, first);
	IoDeleteDevice(first);
	KUNIT_EXPECT_PTR_EQ(test, driver->DeviceObject, second);
	KUNIT_EXPECT_NULL(test, second->NextDevice);
	IoDeleteDevice(second);
	KUNIT_EXPECT_NULL(test, driver->DeviceObject);
}

/*
 * Two devices cannot have one name, in upper or lower case; after IoDeleteDevice() another
 * device can have the name. Names and sizes that IoCreateDevice() refuses.
 */
static void winpar_test_device_name(struct kunit *test)
{
	PDEVICE_OBJECT device, other;

	KUNIT_ASSERT_EQ(test, wpt_create(8, L"\\Device\\WptName", &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_create(8, L"\\device\\WPTNAME", &other),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_NULL(test, other);
	/* The reference keeps the object and its extension, but not the name. */
	KUNIT_EXPECT_EQ(test, ObReferenceObject(device), 2);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, wpt_create(8, L"\\device\\WPTNAME", &other),
			STATUS_SUCCESS);
	IoDeleteDevice(other);
	*(u64 *)device->DeviceExtension = 1;
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(device), 0);
	KUNIT_EXPECT_EQ(test, wpt_create(8, L"WptName", &other),
			STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, STATUS_NOT_SUPPORTED,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN,
				       FILE_AUTOGENERATED_DEVICE_NAME, FALSE,
				       &other));
	KUNIT_EXPECT_EQ(test, wpt_create(U32_MAX, NULL, &other),
			STATUS_INSUFFICIENT_RESOURCES);
}

/* DDI pages: wdm, IoAttachDeviceToDeviceStack, IoDetachDevice */
static void winpar_test_device_attach(struct kunit *test)
{
	PDEVICE_OBJECT device[3];
	FILE_OBJECT file = { };
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, wpt_create(0, NULL, &device[i]),
				STATUS_SUCCESS);
	/* A stack that is as high as it can be gets no higher. */
	device[0]->StackSize = 100;
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(device[1], device[0]));
	device[0]->StackSize = 99;
	KUNIT_EXPECT_PTR_EQ(test, device[0],
			    IoAttachDeviceToDeviceStack(device[1], device[0]));
	KUNIT_EXPECT_EQ(test, device[1]->StackSize, 100);
	IoDetachDevice(device[0]);
	device[0]->StackSize = 1;
	device[0]->AlignmentRequirement = 7;
	KUNIT_EXPECT_PTR_EQ(test, device[0],
			    IoAttachDeviceToDeviceStack(device[1], device[0]));
	KUNIT_EXPECT_EQ(test, device[1]->AlignmentRequirement, 7U);
	/* device[2] is attached above device[1], which is the highest now. */
	KUNIT_EXPECT_PTR_EQ(test, device[1],
			    IoAttachDeviceToDeviceStack(device[2], device[0]));
	KUNIT_EXPECT_EQ(test, device[2]->StackSize, 3);
	KUNIT_EXPECT_PTR_EQ(test, device[0]->AttachedDevice, device[1]);
	file.DeviceObject = device[0];
	KUNIT_EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(&file), device[2]);
	KUNIT_EXPECT_NULL(test, (void *)
		IoAttachDeviceToDeviceStack(device[2], device[0]));
	/* One that is lower in the stack would close a circle. */
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_NULL(test, (void *)
			IoAttachDeviceToDeviceStack(device[i], device[0]));
		KUNIT_EXPECT_NULL(test, (void *)device[2]->AttachedDevice);
		device[2]->AttachedDevice = NULL;
	}
	IoDetachDevice(device[1]);
	KUNIT_EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(&file), device[1]);
	IoDetachDevice(device[0]);
	for (i = 2; i >= 0; i--)
		IoDeleteDevice(device[i]);
}

/*
 * The log names the caller that deletes a device twice or deletes one that it has not
 * created; and at the client's end the devices and links that the client has left.
 */
static void winpar_test_device_named(struct kunit *test)
{
	DEVICE_OBJECT other = { .Type = 3, .ReferenceCount = 1 };
	PDEVICE_OBJECT device;
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_EQ(test, wpt_create(8, NULL, &device), STATUS_SUCCESS);
	ObReferenceObject(device);
	IoDeleteDevice(device);
	IoDeleteDevice(device);
	ObDereferenceObject(device);
	/* The device is freed by now: KASAN sees it if its memory is read. */
	IoDeleteDevice(device);
	IoDeleteDevice(&other);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"deletes a device object twice"));
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, "winpar_test_device",
						"IoCreateDevice() did not make"));
	KUNIT_ASSERT_EQ(test, wpt_create(8, L"\\Device\\WptLeft", &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_link(L"\\DosDevices\\WptLeft", L"\\Device\\WptLeft"));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 device objects were left"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"1 symbolic links were left"));
}

/*
 * DDI pages: wdm, IoDeleteDevice, IoDetachDevice. Devices that are deleted from the lowest
 * on, each with the next attached, stay until that is detached, or deleted itself. KASAN
 * reports it if not.
 */
static void winpar_test_device_deleted_below(struct kunit *test)
{
	PDEVICE_OBJECT device[3];
	u64 since = wpt_kmsg_end();
	int i, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3; i++) {
			KUNIT_ASSERT_EQ(test, wpt_create(8, NULL, &device[i]),
					STATUS_SUCCESS);
			if (i)
				KUNIT_EXPECT_PTR_EQ(test, device[i - 1],
						    IoAttachDeviceToDeviceStack
							(device[i], device[0]));
		}
		IoDeleteDevice(device[0]);
		IoDeleteDevice(device[1]);
		KUNIT_EXPECT_PTR_EQ(test, device[0]->AttachedDevice, device[1]);
		KUNIT_EXPECT_PTR_EQ(test, device[1]->AttachedDevice, device[2]);
		/* Once detached, once only deleted, and once left to the client's end. */
		if (!round)
			IoDetachDevice(device[1]);
		if (round < 2)
			IoDeleteDevice(device[2]);
	}
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"device objects were left"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"device objects have references"));
}

/*
 * A device that is kept for another one can be referenced, and is not freed by a detach. No
 * device goes above it any more.
 */
static void winpar_test_device_kept(struct kunit *test)
{
	PDEVICE_OBJECT lower, upper;

	KUNIT_ASSERT_EQ(test, wpt_create(8, NULL, &lower), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, wpt_create(8, NULL, &upper), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(upper, lower), lower);
	IoDeleteDevice(lower);
	KUNIT_EXPECT_EQ(test, ObReferenceObject(lower), 2);
	IoDetachDevice(lower);
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(upper, lower));
	KUNIT_EXPECT_EQ(test, ObReferenceObject(lower), 2);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(lower), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(lower), 0);
	IoDeleteDevice(upper);
}

/* One allocation of IoCreateDevice() after the other fails, and then none. */
static void winpar_test_device_memory(struct kunit *test)
{
	PDEVICE_OBJECT device = NULL;
	unsigned int nth;
	NTSTATUS status;

	for (nth = 1; nth < 10; nth++) {
		wpt_fail_nth(nth);
		status = wpt_create(8, L"\\Device\\WptMemory", &device);
		if (wpt_fail_end())
			break;
		KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
		KUNIT_EXPECT_NULL(test, device);
	}
	KUNIT_EXPECT_EQ(test, nth, 3U);
	KUNIT_ASSERT_NOT_NULL(test, device);
	IoDeleteDevice(device);
}

/* ----- links ------------------------------------------------------------- */

/* DDI pages: wdm, IoCreateSymbolicLink, IoDeleteSymbolicLink */
static void winpar_test_link(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\WptLink", L"\\Device\\A"),
			STATUS_SUCCESS);
	/* \DosDevices\, \??\ and \GLOBAL??\ are one directory. */
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\??\\WPTLINK", L"\\Device\\B"),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\GLOBAL??\\wptlink"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\DosDevices\\WptLink"),
			STATUS_OBJECT_NAME_NOT_FOUND);
	/* Names that no file in /dev can have, no absolute name, and /dev/null. */
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\..", L"\\Device\\A"),
			STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\", L"\\Device\\A"),
			STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, wpt_link(L"WptLink", L"\\Device\\A"),
			STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\NULL", L"\\Device\\A"),
			STATUS_OBJECT_NAME_COLLISION);
	/* A link in another directory gets no node, so its name need not suit /dev. */
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\Device\\..", L"\\Device\\A"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\Device\\.."), STATUS_SUCCESS);
}

/* A name of 251 bytes, and longer ones: KASAN reports if one is written past its room. */
static void winpar_test_link_long(struct kunit *test)
{
	static const USHORT lengths[] = { 251, 252, 255, 256 };
	static WCHAR text[256];
	UNICODE_STRING name = { .Buffer = text };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(text); i++)
		text[i] = i ? L'x' : L'\\';
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		name.Length = lengths[i] * sizeof(WCHAR);
		KUNIT_EXPECT_EQ(test, IoCreateSymbolicLink(&name, &name), i ?
				STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS);
	}
	name.Length = lengths[0] * sizeof(WCHAR);
	KUNIT_EXPECT_EQ(test, IoDeleteSymbolicLink(&name), STATUS_SUCCESS);
}

/*
 * IoGetDeviceObjectPointer() follows a link to a port, and finds the device that the
 * client has attached to the port. A link to itself is STATUS_OBJECT_NAME_INVALID.
 */
static void winpar_test_link_port(struct kunit *test)
{
	WCHAR buffer[64], digits[12];
	UNICODE_STRING name, link, number = { 0, sizeof(digits), digits };
	PDEVICE_OBJECT device, same, above;
	PFILE_OBJECT file, other;

	RtlInitEmptyUnicodeString(&name, buffer, sizeof(buffer));
	RtlAppendUnicodeToString(&name, L"\\Device\\ParallelPort");
	RtlIntegerToUnicodeString(wpt_wdm_number(test), 10, &number);
	RtlAppendUnicodeStringToString(&name, &number);
	RtlInitUnicodeString(&link, L"\\Device\\WptPort");
	KUNIT_ASSERT_EQ(test, IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &device),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&link, FILE_READ_DATA,
						       &other, &same),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, same, device);
	ObDereferenceObject(other);
	/* The highest device of the port's stack is found; the file is the port's. */
	KUNIT_ASSERT_EQ(test, wpt_create(0, NULL, &above), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, IoAttachDeviceToDeviceStack(above, device),
			    device);
	KUNIT_EXPECT_EQ(test, above->StackSize, device->StackSize + 1);
	KUNIT_ASSERT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &other, &same),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, same, above);
	KUNIT_EXPECT_PTR_EQ(test, other->DeviceObject, device);
	ObDereferenceObject(other);
	IoDetachDevice(device);
	IoDeleteDevice(above);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, IoCreateSymbolicLink(&link, &link), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&link, FILE_READ_DATA,
						       &other, &same),
			STATUS_OBJECT_NAME_INVALID);
	KUNIT_EXPECT_EQ(test, IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
}

/* What wpt_link_entry() was told. */
static NTSTATUS wpt_linked[3];

/* The links of a DriverEntry; two of them would have one node. */
static void wpt_link_entry(PDRIVER_OBJECT driver)
{
	wpt_linked[0] = wpt_link(L"\\DosDevices\\Wpt Scale", L"\\Device\\A");
	wpt_linked[1] = wpt_link(L"\\DosDevices\\Wpt_Scale", L"\\Device\\A");
	wpt_linked[2] = wpt_link(L"\\Device\\Wpt_Scale", L"\\Device\\A");
}

/*
 * Two names of links that are one name in /dev, where no node is shown before DriverEntry has
 * succeeded: the second link is refused. One that programs do not see is not.
 */
static void winpar_test_link_node(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_wdm_stop();
	wpt_wdm_at_entry = wpt_link_entry;
	KUNIT_EXPECT_EQ(test, wpt_wdm_start(), 0);
	wpt_wdm_at_entry = NULL;
	KUNIT_EXPECT_EQ(test, wpt_linked[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_linked[1], STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_EQ(test, wpt_linked[2], STATUS_SUCCESS);
	/* When the nodes are in /dev, too; and not when the first link is deleted. */
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\Wpt_Scale", L"\\Device\\A"),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\DosDevices\\Wpt Scale"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_link(L"\\DosDevices\\Wpt_Scale", L"\\Device\\A"),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\DosDevices\\Wpt_Scale"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\Device\\Wpt_Scale"), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"its node would be /dev/wpt_scale"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"no memory for the node"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "cannot create duplicate",
						"wpt_scale"));
}

/*
 * One allocation of a link with a node after the other fails, and then none. A link that
 * could not be made has left no link of that name.
 */
static void winpar_test_link_memory(struct kunit *test)
{
	unsigned int nth;
	NTSTATUS status;

	for (nth = 1; nth < 300; nth++) {
		wpt_fail_nth(nth);
		status = wpt_link(L"\\DosDevices\\WptMemory", L"\\Device\\A");
		if (wpt_fail_end())
			break;
		/* The kernel can do without some of these allocations. */
		if (NT_SUCCESS(status)) {
			KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
					wpt_unlink(L"\\DosDevices\\WptMemory"));
			continue;
		}
		KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
		KUNIT_EXPECT_EQ(test, STATUS_OBJECT_NAME_NOT_FOUND,
				wpt_unlink(L"\\DosDevices\\WptMemory"));
	}
	KUNIT_EXPECT_GT(test, nth, 4U);
	KUNIT_EXPECT_LT(test, nth, 300U);
	KUNIT_EXPECT_EQ(test, wpt_unlink(L"\\DosDevices\\WptMemory"),
			STATUS_SUCCESS);
}

static struct kunit_case wpt_wdm_device_cases[] = {
	KUNIT_CASE(winpar_test_device_create),
	KUNIT_CASE(winpar_test_device_of_a_port),
	KUNIT_CASE(winpar_test_device_pointer),
	KUNIT_CASE(winpar_test_device_name),
	KUNIT_CASE(winpar_test_device_attach),
	KUNIT_CASE(winpar_test_device_named),
	KUNIT_CASE(winpar_test_device_deleted_below),
	KUNIT_CASE(winpar_test_device_kept),
	KUNIT_CASE(winpar_test_device_memory),
	KUNIT_CASE(winpar_test_link),
	KUNIT_CASE(winpar_test_link_long),
	KUNIT_CASE(winpar_test_link_port),
	KUNIT_CASE(winpar_test_link_node),
	KUNIT_CASE(winpar_test_link_memory),
	{ }
};

static struct kunit_suite wpt_wdm_device_suite = {
	.name = "winpar_wdm_device",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_device_cases,
};

kunit_test_suite(wpt_wdm_device_suite);
