// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver does wrong with objects of the layer (wdm/wait.c, timer.c, mutex.c, device.c,
 * thread.c): the log names it, and the kernel goes on. The case is the driver.
 */
#include "wdm_fixture.h"

#define WPT_WRONG_TAG	0x6e6f7257	/* "Wron" */

/* A timer that is set for so long does not fire while a case runs, in 100 ns. */
#define WPT_LONG	((LARGE_INTEGER){ .QuadPart = -3600LL * 10000000 })

/* A case of @test that says @what says it so often since @since. */
static unsigned int wpt_wrong_says(struct kunit *test, u64 since, const char *what)
{
	return wpt_kmsg_says(test, since, what, "");
}

static VOID wpt_wrong_dpc(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	++*(int *)context;
}

/* The layer's timers and DPCs work. */
static void wpt_wrong_is_well(struct kunit *test)
{
	int calls = 0;
	KTIMER timer;
	KDPC dpc;

	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, wpt_wrong_dpc, &calls);
	KUNIT_EXPECT_FALSE(test, KeSetTimer(&timer, WPT_MS(1), &dpc));
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&timer, WPT_PATIENCE), STATUS_SUCCESS);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, calls, 1);
}

static PDEVICE_OBJECT wpt_wrong_device(struct kunit *test)
{
	PDEVICE_OBJECT device = NULL;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), sizeof(KTIMER), NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
	return device;
}

/* ----- objects that were never initialised ------------------------------- */

/* An event, and a timer, of zeroes. */
static void winpar_test_wrong_zeroes(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	KEVENT event = { };
	KTIMER timer = { };
	PVOID both[] = { &event, &timer };

	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	KUNIT_EXPECT_EQ(test, wpt_wdm_wait(&event, 1), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_FALSE(test, KeSetTimer(&timer, WPT_MS(1), NULL));
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&timer));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			KeWaitForMultipleObjects(2, both, WaitAny, Executive, KernelMode,
						 FALSE, NULL, NULL));
	KUNIT_EXPECT_GE(test, wpt_kmsg_says(test, since, "winpar_test_wrong_zeroes",
					    "sets an object that was never initialised"),
			2U);
	KUNIT_EXPECT_GE(test, wpt_wrong_says(test, since,
					     "waits for an object that was never initialised"),
			2U);
	wpt_wrong_is_well(test);
}

/* DDI pages: wdm, KeInsertQueueDpc, IoRequestDpc. A DPC without a routine is not queued. */
static void winpar_test_wrong_dpc(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	u64 since = wpt_kmsg_end();
	KDPC dpc = { };

	KUNIT_EXPECT_FALSE(test, KeInsertQueueDpc(&dpc, NULL, NULL));
	IoRequestDpc(device, NULL, NULL);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, "winpar_test_wrong_dpc",
						"queues a DPC that was never initialised"));
	IoDeleteDevice(device);
	wpt_wrong_is_well(test);
}

/* ----- objects that are initialised twice -------------------------------- */

static void winpar_test_wrong_timer_again(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	KTIMER timer;

	KeInitializeTimer(&timer);
	KeSetTimer(&timer, WPT_LONG, NULL);
	KeInitializeTimer(&timer);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_wrong_timer_again",
						"initialises a timer that is set"));
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&timer));
}

static void winpar_test_wrong_dpc_again(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	int calls = 0;
	KIRQL old;
	KDPC dpc;

	KeInitializeDpc(&dpc, wpt_wrong_dpc, &calls);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KeInitializeDpc(&dpc, wpt_wrong_dpc, &calls);
	KeLowerIrql(old);
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_wrong_dpc_again",
						"initialises a DPC that is queued"));
}

static VOID wpt_wrong_device_dpc(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	++*(int *)context;
}

/* The same of a device's DPC: the log names the driver, and not the layer. */
static void winpar_test_wrong_device_dpc_again(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	u64 since = wpt_kmsg_end();
	int calls = 0;
	KIRQL old;

	IoInitializeDpcRequest(device, wpt_wrong_device_dpc);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	IoRequestDpc(device, NULL, &calls);
	IoInitializeDpcRequest(device, wpt_wrong_device_dpc);
	KeLowerIrql(old);
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_wrong_device_dpc_again",
						"initialises a DPC that is queued"));
	IoDeleteDevice(device);
}

/* ----- memory that is freed too early ------------------------------------ */

/* Memory with a timer that is set, and then with the DPC of a timer that is elsewhere. */
static void winpar_test_wrong_freed(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	int calls = 0;
	KTIMER *inside, timer;
	PKDPC dpc;

	inside = ExAllocatePoolWithTag(NonPagedPool, sizeof(*inside), WPT_WRONG_TAG);
	KUNIT_ASSERT_NOT_NULL(test, inside);
	KeInitializeTimer(inside);
	KeSetTimer(inside, WPT_LONG, NULL);
	ExFreePool(inside);
	wpt_wrong_is_well(test);
	dpc = ExAllocatePoolWithTag(NonPagedPool, sizeof(*dpc), WPT_WRONG_TAG);
	KUNIT_ASSERT_NOT_NULL(test, dpc);
	KeInitializeDpc(dpc, wpt_wrong_dpc, &calls);
	KeInitializeTimer(&timer);
	KeSetTimer(&timer, WPT_LONG, dpc);
	ExFreePool(dpc);
	KUNIT_EXPECT_FALSE(test, KeCancelTimer(&timer));
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, "winpar_test_wrong_freed",
						"Wron in which a timer is set"));
}

/* A DPC that is queued. */
static void winpar_test_wrong_freed_dpc(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	int calls = 0;
	KIRQL old;
	PKDPC dpc;

	dpc = ExAllocatePoolWithTag(NonPagedPool, sizeof(*dpc), WPT_WRONG_TAG);
	KUNIT_ASSERT_NOT_NULL(test, dpc);
	KeInitializeDpc(dpc, wpt_wrong_dpc, &calls);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeInsertQueueDpc(dpc, NULL, NULL);
	ExFreePool(dpc);
	KeLowerIrql(old);
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_wrong_freed_dpc",
						"or a DPC is queued"));
}

/* A device whose extension has a timer that is set. */
static void winpar_test_wrong_device_timer(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	u64 since = wpt_kmsg_end();

	KeInitializeTimer((PKTIMER)device->DeviceExtension);
	KeSetTimer((PKTIMER)device->DeviceExtension, WPT_LONG, NULL);
	IoDeleteDevice(device);
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"in a device object that is freed"));
}

static VOID wpt_wrong_request(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	++*(int *)context;
}

/*
 * DDI page: wdm, IoRequestDpc. The DPC is queued after IoDeleteDevice(), which waits for DPCs,
 * and before the last reference to the device is given back.
 */
static void winpar_test_wrong_device_dpc(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	u64 since = wpt_kmsg_end();
	int calls = 0;
	KIRQL old;

	IoInitializeDpcRequest(device, wpt_wrong_request);
	ObReferenceObject(device);
	IoDeleteDevice(device);
	IoRequestDpc(device, NULL, &calls);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, calls, 1);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	IoRequestDpc(device, NULL, &calls);
	ObDereferenceObject(device);
	KeLowerIrql(old);
	wpt_wrong_is_well(test);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"in a device object that is freed"));
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, __func__,
						"queues the DPC of a device that is deleted"));
}

/* Give the last reference to the device back, and queue the DPC again. */
static VOID wpt_wrong_last(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	++*(int *)context;
	ObDereferenceObject(device);
	IoRequestDpc(device, irp, context);
	WRITE_ONCE(*(u64 *)device->DeviceExtension, 1);
}

/*
 * The last reference to a device is given back while its DPC runs, which is queued once more:
 * the device is there until the routine has returned, and the routine is not called again. KASAN
 * reports it if not.
 */
static void winpar_test_wrong_device_dpc_runs(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	int calls = 0;

	IoInitializeDpcRequest(device, wpt_wrong_last);
	ObReferenceObject(device);
	IoDeleteDevice(device);
	IoRequestDpc(device, NULL, &calls);
	KeFlushQueuedDpcs();
	/* Behind what the routine has queued. */
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, calls, 1);
	wpt_wrong_is_well(test);
}

/* What is no memory of a pool, and an ASSERT(): no trace, which panic_on_warn would stop at. */
static void winpar_test_wrong_pool(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	u64 memory[32] = { };

	ExFreePool(&memory[16]);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_test_wrong_pool",
						"which is no memory of a pool"));
	winpar_wdm_assert_failed(winpar_ddk_client, "1 == 2", "scale.c", 7);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: scale.c:7",
						"ASSERT(1 == 2) does not hold"));
}

/* ----- levels ------------------------------------------------------------ */

/* Above DISPATCH_LEVEL, where neither may be called, the level stays as it is. */
static void winpar_test_wrong_level(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	KIRQL old, before, deleted, referenced;
	PVOID object;

	KeRaiseIrql(HIGH_LEVEL, &old);
	before = KeGetCurrentIrql();
	IoDeleteDevice(device);
	deleted = KeGetCurrentIrql();
	KeLowerIrql(old);
	KeRaiseIrql(HIGH_LEVEL, &old);
	ObReferenceObjectByHandle(&device, 0, NULL, KernelMode, &object, NULL);
	referenced = KeGetCurrentIrql();
	KeLowerIrql(old);
	KUNIT_EXPECT_EQ(test, deleted, before);
	KUNIT_EXPECT_EQ(test, referenced, before);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static VOID wpt_wrong_acquires(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	ExAcquireFastMutex(context);
	ExReleaseFastMutex(context);
}

/* DDI page: wdm, ExAcquireFastMutex. A DPC does not take a mutex from the thread that has it. */
static void winpar_test_wrong_fast_mutex(struct kunit *test)
{
	FAST_MUTEX mutex;
	KIRQL old;
	KDPC dpc;

	ExInitializeFastMutex(&mutex);
	KeInitializeDpc(&dpc, wpt_wrong_acquires, &mutex);
	ExAcquireFastMutex(&mutex);
	/* The DPC interrupts this thread when softirqs are on again. */
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_FALSE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	/* One that is free it gets, and gives back. */
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KeFlushQueuedDpcs();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	ExAcquireFastMutex(&mutex);
	KeLowerIrql(old);
	KUNIT_EXPECT_FALSE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
	KUNIT_EXPECT_TRUE(test, ExTryToAcquireFastMutex(&mutex));
	ExReleaseFastMutex(&mutex);
}

/* ----- requests ---------------------------------------------------------- */

static NTSTATUS wpt_wrong_keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	++*(unsigned int *)context;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* DDI page: wdm, IoCallDriver. A major function that there is not calls no routine. */
static void winpar_test_wrong_major(struct kunit *test)
{
	static const UCHAR majors[] = { IRP_MJ_MAXIMUM_FUNCTION + 1, 0x7f, 0xff };
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	PIRP irp = IoAllocateIrp(1, FALSE);
	unsigned int i, completed = 0;
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, irp);
	for (i = 0; i < ARRAY_SIZE(majors); i++) {
		IoReuseIrp(irp, STATUS_SUCCESS);
		IoGetNextIrpStackLocation(irp)->MajorFunction = majors[i];
		IoSetCompletionRoutine(irp, wpt_wrong_keep, &completed, TRUE, TRUE, TRUE);
		KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp),
				STATUS_INVALID_DEVICE_REQUEST);
	}
	KUNIT_EXPECT_EQ(test, completed, 3U);
	KUNIT_EXPECT_EQ(test, 3U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"with the major function"));
	IoFreeIrp(irp);
	IoDeleteDevice(device);
}

static NTSTATUS wpt_wrong_mark(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	++*(unsigned int *)context;
	IoMarkIrpPending(irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/*
 * DDI page: wdm, IoMarkIrpPending. The maker of an IRP has no stack location: its completion
 * routine that marks the IRP writes nothing behind the last one.
 */
static void winpar_test_wrong_mark(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_wrong_device(test);
	PIRP irp = kunit_kzalloc(test, IoSizeOfIrp(2), GFP_KERNEL);
	unsigned int completed = 0;

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoInitializeIrp(irp, IoSizeOfIrp(1), 1);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(irp, wpt_wrong_mark, &completed, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, completed, 1U);
	KUNIT_EXPECT_NULL(test, memchr_inv((u8 *)irp + IoSizeOfIrp(1), 0,
					   sizeof(IO_STACK_LOCATION)));
	IoDeleteDevice(device);
}

/* ----- references -------------------------------------------------------- */

/* A reference is given back once too often: the driver's list has no freed device. */
static void winpar_test_wrong_reference(struct kunit *test)
{
	PDEVICE_OBJECT stays = wpt_wrong_device(test), device = wpt_wrong_device(test);
	u64 since = wpt_kmsg_end();

	KUNIT_EXPECT_PTR_EQ(test, wpt_wdm_driver()->DeviceObject, device);
	KUNIT_EXPECT_EQ(test, ObDereferenceObject(device), 0);
	KUNIT_EXPECT_PTR_EQ(test, wpt_wdm_driver()->DeviceObject, stays);
	IoDeleteDevice(device);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"given back once too often"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_wrong_reference",
						"did not make, or that is freed"));
	IoDeleteDevice(stays);
}

static struct kunit_case wpt_wdm_wrong_cases[] = {
	KUNIT_CASE(winpar_test_wrong_zeroes),
	KUNIT_CASE(winpar_test_wrong_dpc),
	KUNIT_CASE(winpar_test_wrong_timer_again),
	KUNIT_CASE(winpar_test_wrong_dpc_again),
	KUNIT_CASE(winpar_test_wrong_device_dpc_again),
	KUNIT_CASE(winpar_test_wrong_freed),
	KUNIT_CASE(winpar_test_wrong_freed_dpc),
	KUNIT_CASE(winpar_test_wrong_device_timer),
	KUNIT_CASE(winpar_test_wrong_device_dpc),
	KUNIT_CASE(winpar_test_wrong_device_dpc_runs),
	KUNIT_CASE(winpar_test_wrong_pool),
	KUNIT_CASE(winpar_test_wrong_level),
	KUNIT_CASE(winpar_test_wrong_fast_mutex),
	KUNIT_CASE(winpar_test_wrong_major),
	KUNIT_CASE(winpar_test_wrong_mark),
	KUNIT_CASE(winpar_test_wrong_reference),
	{ }
};

static struct kunit_suite wpt_wdm_wrong_suite = {
	.name = "winpar_wdm_wrong",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_wrong_cases,
};

kunit_test_suite(wpt_wdm_wrong_suite);
