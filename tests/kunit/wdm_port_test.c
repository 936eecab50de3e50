// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a Windows source uses a port (wdm/open.c, parport.c, build.c, irp.c, interrupt.c,
 * interface.c): it opens the device object, sends requests and cancels them, connects an
 * interrupt routine, lists the ports, and ends with something left. The suites' module is
 * the client of the layer; wpt_wdm_take() and wpt_wdm_give() let a client of winpar's own
 * interface allocate and free the port.
 */
#include <linux/kthread.h>

#include <winpar/ddk/initguid.h>

#include "wdm_fixture.h"

/* DDI pages: wdm, IoGetDeviceObjectPointer, ObDereferenceObject */
static void winpar_test_port_open(struct kunit *test)
{
	PARALLEL_PORT_INFORMATION info = { }, again = { };
	PFILE_OBJECT file, other;
	PDEVICE_OBJECT device;

	device = wpt_wdm_open_port(test, &file);
	KUNIT_EXPECT_PTR_EQ(test, file->DeviceObject, device);
	KUNIT_EXPECT_PTR_EQ(test, IoGetRelatedDeviceObject(file), device);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			ObReferenceObjectByPointer(file, 0, *IoFileObjectType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, STATUS_OBJECT_TYPE_MISMATCH,
			ObReferenceObjectByPointer(file, 0, *PsThreadType,
						   KernelMode));
	KUNIT_EXPECT_EQ(test, device->StackSize, 1);
	KUNIT_EXPECT_EQ(test, wpt_wdm_request(device,
					      IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					      NULL, 0, &info, sizeof(info)),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, device->DeviceExtension, info.Context);
	/* A second open gives the same device object. */
	KUNIT_EXPECT_PTR_EQ(test, wpt_wdm_open_port(test, &other), device);
	ObReferenceObject(file);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 1);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(file), 0);
	ObDereferenceObject(other);
	/* The file objects are freed; the device object is kept until the client ends. */
	KUNIT_EXPECT_EQ(test, wpt_wdm_request(device,
					      IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					      NULL, 0, &again, sizeof(again)),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, memcmp(&info, &again, sizeof(info)), 0);
	KUNIT_EXPECT_TRUE(test, again.TryAllocatePort(again.Context));
	again.FreePort(again.Context);
}

/* In how many rounds two threads open a port. */
#define WPT_TWICE	300

/**
 * struct wpt_twice - one of two threads that open a port at the same time
 * @name: the port's
 * @others: how many threads are not ready yet
 * @device: the device object that the thread has got
 * @ended: set when it has
 */
struct wpt_twice {
	PUNICODE_STRING name;
	atomic_t *others;
	PDEVICE_OBJECT device;
	KEVENT ended;
};

static int wpt_twice_run(void *data)
{
	struct wpt_twice *twice = data;
	PFILE_OBJECT file;

	atomic_dec(twice->others);
	while (atomic_read(twice->others))
		cond_resched();
	IoGetDeviceObjectPointer(twice->name, FILE_READ_ATTRIBUTES, &file,
				 &twice->device);
	KeSetEvent(&twice->ended, IO_NO_INCREMENT, FALSE);
	return 0;
}

/* Two threads open the port at the same time: there is one device object for it. */
static void winpar_test_port_open_twice(struct kunit *test)
{
	struct wpt_twice twice[2] = { };
	struct task_struct *task;
	UNICODE_STRING name;
	WCHAR buffer[48];
	atomic_t others;
	int i, wrong = 0;

	wpt_wdm_port_name(test, buffer, &name);
	for (i = 0; i < WPT_TWICE; i++) {
		wpt_wdm_stop();
		KUNIT_ASSERT_EQ(test, wpt_wdm_start(), 0);
		atomic_set(&others, 2);
		twice[0] = (struct wpt_twice){
			.name = &name,
			.others = &others,
		};
		twice[1] = twice[0];
		KeInitializeEvent(&twice[0].ended, NotificationEvent, FALSE);
		KeInitializeEvent(&twice[1].ended, NotificationEvent, FALSE);
		task = kthread_run(wpt_twice_run, &twice[0], "wpt_twice");
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		wpt_twice_run(&twice[1]);
		KeWaitForSingleObject(&twice[0].ended, Executive, KernelMode, FALSE,
				      NULL);
		wrong += !twice[0].device || twice[0].device != twice[1].device;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* A port that there is not, a name that is no port's, and a buffer that is too short. */
static void winpar_test_port_refused(struct kunit *test)
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	PFILE_OBJECT file;
	UCHAR small[4];

	RtlInitUnicodeString(&name, L"\\Device\\ParallelPort77");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &device),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_NULL(test, (void *)file);
	KUNIT_EXPECT_NULL(test, (void *)device);
	RtlInitUnicodeString(&name, L"\\Device\\Floppy0");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &device),
			STATUS_OBJECT_NAME_INVALID);
	device = wpt_wdm_open_port(test, &file);
	KUNIT_EXPECT_EQ(test, wpt_wdm_request(device,
					      IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					      NULL, 0, small, sizeof(small)),
			STATUS_BUFFER_TOO_SMALL);
	ObDereferenceObject(file);
}

/* A thread that frees the port for the client of winpar's own interface, after 50 ms. */
static int wpt_give_later(void *data)
{
	schedule_timeout_uninterruptible(HZ / 20);
	wpt_wdm_give(data);
	return 0;
}

/* An ALLOCATE waits while another client has the port, and then gets the port. */
static void winpar_test_port_allocate(struct kunit *test)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);
	struct task_struct *task;

	ObDereferenceObject(file);
	KUNIT_ASSERT_EQ(test, wpt_wdm_take(test), STATUS_SUCCESS);
	task = kthread_run(wpt_give_later, test, "wdm_give");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, wpt_wdm_request(device,
					      IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
					      NULL, 0, NULL, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_wdm_request(device,
					      IOCTL_INTERNAL_PARALLEL_PORT_FREE,
					      NULL, 0, NULL, 0),
			STATUS_SUCCESS);
}

/**
 * struct wpt_isr - what the interrupt routine wpt_isr() and its DPC share with the case
 * @dpc: the DPC, which wpt_isr() queues
 * @event: set by the DPC
 * @interrupts: how often wpt_isr() was called
 * @level: the level at which wpt_isr() was called last
 * @counted: @interrupts, as wpt_isr_count() saw it
 */
struct wpt_isr {
	KDPC dpc;
	KEVENT event;
	int interrupts;
	KIRQL level;
	int counted;
};

static BOOLEAN wpt_isr(PKINTERRUPT interrupt, PVOID context)
{
	struct wpt_isr *isr = context;

	isr->interrupts++;
	isr->level = KeGetCurrentIrql();
	KeInsertQueueDpc(&isr->dpc, NULL, NULL);
	return TRUE;
}

static VOID wpt_isr_dpc(PKDPC dpc, PVOID context, PVOID argument1,
			PVOID argument2)
{
	struct wpt_isr *isr = context;

	KeSetEvent(&isr->event, IO_PARALLEL_INCREMENT, FALSE);
}

/*
 * KeSynchronizeExecution() calls this: are interrupts off, as in the routine itself? On
 * PREEMPT_RT they are not.
 */
static BOOLEAN wpt_isr_count(PVOID context)
{
	struct wpt_isr *isr = context;

	isr->counted = isr->interrupts;
	return irqs_disabled() != IS_ENABLED(CONFIG_PREEMPT_RT);
}

/*
 * DDI pages: parallel, PARALLEL_CONNECT_INTERRUPT; wdm, KeSynchronizeExecution. An
 * interrupt calls the connected routine, whose DPC runs afterwards; the interrupt object
 * gives its lock. The end of the client disconnects the routine.
 */
static void winpar_test_port_interrupt(struct kunit *test)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routine;
		PARALLEL_INTERRUPT_INFORMATION info;
	} connect = { };
	struct wpt_isr *isr = kunit_kzalloc(test, sizeof(*isr), GFP_KERNEL);
	PFILE_OBJECT file;
	PDEVICE_OBJECT device = wpt_wdm_open_port(test, &file);
	KIRQL old;

	KUNIT_ASSERT_NOT_NULL(test, (void *)isr);
	KeInitializeDpc(&isr->dpc, wpt_isr_dpc, isr);
	KeInitializeEvent(&isr->event, SynchronizationEvent, FALSE);
	connect.routine.InterruptServiceRoutine = wpt_isr;
	connect.routine.InterruptServiceContext = isr;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_wdm_request(device,
					IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT,
					&connect, sizeof(connect), &connect,
					sizeof(connect)));
	wpt_wdm_interrupt(test);
	KUNIT_EXPECT_EQ(test, KeWaitForSingleObject(&isr->event, Executive,
						    KernelMode, FALSE, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, isr->interrupts, 1);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		KUNIT_EXPECT_EQ(test, isr->level, DISPATCH_LEVEL);
	else
		KUNIT_EXPECT_GT(test, isr->level, DISPATCH_LEVEL);
	KUNIT_EXPECT_TRUE(test, KeSynchronizeExecution(connect.info.InterruptObject,
						       wpt_isr_count, isr));
	KUNIT_EXPECT_EQ(test, isr->counted, 1);
	old = KeAcquireInterruptSpinLock(connect.info.InterruptObject);
	KUNIT_EXPECT_EQ(test, irqs_disabled(), !IS_ENABLED(CONFIG_PREEMPT_RT));
	KeReleaseInterruptSpinLock(connect.info.InterruptObject, old);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	/* The client ends without a DISCONNECT: the layer disconnects the routine. */
	wpt_wdm_stop();
	wpt_wdm_interrupt(test);
	KUNIT_EXPECT_EQ(test, isr->interrupts, 1);
}

/*
 * DDI pages: wdm, IoGetDeviceInterfaces; ntddk, IoGetConfigurationInformation. The only
 * name on the list opens the fixture's port; a class that no port is of has an empty list.
 */
static void winpar_test_port_interfaces(struct kunit *test)
{
	static const GUID other = { 1, 2, 3, { 4 } };
	UNICODE_STRING name, other_name;
	PDEVICE_OBJECT device, same;
	WCHAR longer[112];
	PFILE_OBJECT file;
	PWSTR list;

	device = wpt_wdm_open_port(test, &file);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, IoGetConfigurationInformation()->ParallelCount,
			wpt_wdm_number(test) + 1);
	KUNIT_ASSERT_EQ(test, IoGetDeviceInterfaces(&GUID_PARALLEL_DEVICE, NULL, 0,
						    &list),
			STATUS_SUCCESS);
	RtlInitUnicodeString(&name, list);
	KUNIT_EXPECT_EQ(test, list[name.MaximumLength / sizeof(WCHAR)], 0);
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA,
						       &file, &same),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, same, device);
	ObDereferenceObject(file);
	/* A name that only begins so is another one. */
	file = NULL;
	RtlCopyMemory(longer, name.Buffer, name.Length);
	RtlInitEmptyUnicodeString(&other_name, longer, sizeof(longer));
	other_name.Length = name.Length;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			RtlAppendUnicodeToString(&other_name, L"\\left"));
	KUNIT_EXPECT_NE(test, STATUS_SUCCESS,
			IoGetDeviceObjectPointer(&other_name, FILE_READ_DATA, &file,
						 &same));
	if (file)
		ObDereferenceObject(file);
	ExFreePool(list);
	KUNIT_ASSERT_EQ(test, IoGetDeviceInterfaces(&other, NULL, 0, &list),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, list[0], 0);
	ExFreePool(list);
}

/* One port more than a list has room for: that is counted, and not listed. */
static void winpar_test_port_many(struct kunit *test)
{
	struct fake_port *more[64];
	unsigned int listed = 0;
	PWSTR list = NULL, at;

	wpt_wdm_plug_more(test, more, ARRAY_SIZE(more));
	KUNIT_EXPECT_GE(test, IoGetConfigurationInformation()->ParallelCount, 65U);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoGetDeviceInterfaces(&GUID_PARALLEL_DEVICE, NULL, 0, &list));
	for (at = list; at && *at; at += wcslen(at) + 1)
		listed++;
	KUNIT_EXPECT_EQ(test, listed, 64U);
	if (list)
		ExFreePool(list);
	wpt_wdm_unplug_more(more, ARRAY_SIZE(more));
}

static VOID wpt_port_tick(PDEVICE_OBJECT device, PVOID context)
{
}

/* A port's device object is none of the driver's own: no timer, and nothing below it. */
static void winpar_test_port_not_own(struct kunit *test)
{
	PDEVICE_OBJECT port, device;
	PFILE_OBJECT file;

	port = wpt_wdm_open_port(test, &file);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			IoInitializeTimer(port, wpt_port_tick, NULL));
	KUNIT_EXPECT_NULL(test, port->Timer);
	/* The arguments in the wrong order. */
	KUNIT_EXPECT_NULL(test, IoAttachDeviceToDeviceStack(port, device));
	KUNIT_EXPECT_NULL(test, device->AttachedDevice);
	device->AttachedDevice = NULL;
	IoDeleteDevice(device);
	ObDereferenceObject(file);
}

static struct kunit_case wpt_wdm_port_cases[] = {
	KUNIT_CASE(winpar_test_port_open),
	KUNIT_CASE(winpar_test_port_open_twice),
	KUNIT_CASE(winpar_test_port_refused),
	KUNIT_CASE(winpar_test_port_allocate),
	KUNIT_CASE(winpar_test_port_interrupt),
	KUNIT_CASE(winpar_test_port_interfaces),
	KUNIT_CASE(winpar_test_port_many),
	KUNIT_CASE(winpar_test_port_not_own),
	{ }
};

static struct kunit_suite wpt_wdm_port_suite = {
	.name = "winpar_wdm_port",
	.init = wpt_wdm_init_port,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_port_cases,
};

kunit_test_suite(wpt_wdm_port_suite);
