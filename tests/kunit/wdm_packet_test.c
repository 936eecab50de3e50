// SPDX-License-Identifier: GPL-2.0-only
/*
 * DriverStartIo that calls IoStartNextPacket() itself (wdm/packet.c): it is called inside
 * itself, and not deeper than the stack allows, however many IRPs are queued.
 */
#include "wdm_fixture.h"

#define WPT_PACKETS	16
/* So many calls of DriverStartIo are under way at most. */
#define WPT_CALLS	4
#define WPT_KEY		9

/**
 * struct wpt_packet - what DriverStartIo is told to do, and what it has seen
 * @device: the device
 * @irp: the IRPs
 * @asks: told: it calls IoStartNextPacket()
 * @by_key: told: and not by that name, but IoStartNextPacketByKey(), for the key WPT_KEY
 * @cancels: told: in the deepest call it then cancels this IRP; NULL: none
 * @puts: told: it gives a reference to the device back
 * @depth: how many calls are under way
 * @deepest: seen: the largest @depth
 * @order: seen: the IRPs that it was given, in order; how many
 * @count: seen: how many
 * @wrong: seen: how often CurrentIrp was another IRP, or the level not DISPATCH_LEVEL
 * @cancelled: seen: how often the cancel routine was called
 * @left: seen: how many references to the device there were when it had given one back
 */
static struct wpt_packet {
	PDEVICE_OBJECT device;
	PIRP irp[WPT_PACKETS];
	bool asks;
	bool by_key;
	PIRP cancels;
	bool puts;
	unsigned int depth;
	unsigned int deepest;
	PIRP order[WPT_PACKETS];
	unsigned int count;
	unsigned int wrong;
	unsigned int cancelled;
	LONG left;
} wpt_packet;

/* As published drivers do: the device's CurrentIrp is not in the queue. */
static VOID wpt_packet_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_packet.cancelled++;
	wpt_packet.wrong += device->CurrentIrp == irp;
	KeRemoveEntryDeviceQueue(&device->DeviceQueue,
				 &irp->Tail.Overlay.DeviceQueueEntry);
	IoReleaseCancelSpinLock(irp->CancelIrql);
}

static VOID wpt_packet_start(PDEVICE_OBJECT device, PIRP irp)
{
	bool cancelable = irp->CancelRoutine;

	wpt_packet.depth++;
	wpt_packet.deepest = max(wpt_packet.deepest, wpt_packet.depth);
	wpt_packet.wrong += device->CurrentIrp != irp ||
			    KeGetCurrentIrql() != DISPATCH_LEVEL;
	if (wpt_packet.count < WPT_PACKETS)
		wpt_packet.order[wpt_packet.count++] = irp;
	IoSetCancelRoutine(irp, NULL);
	if (wpt_packet.asks && wpt_packet.by_key)
		IoStartNextPacketByKey(device, cancelable, WPT_KEY);
	else if (wpt_packet.asks)
		IoStartNextPacket(device, cancelable);
	if (wpt_packet.cancels && wpt_packet.depth == WPT_CALLS) {
		IoCancelIrp(wpt_packet.cancels);
		wpt_packet.cancels = NULL;
	}
	wpt_packet.depth--;
	if (wpt_packet.puts)
		wpt_packet.left = ObDereferenceObject(device);
}

static int wpt_packet_init(struct kunit *test)
{
	int ret = wpt_wdm_init(test), i;

	memset(&wpt_packet, 0, sizeof(wpt_packet));
	if (ret)
		return ret;
	wpt_wdm_driver()->DriverStartIo = wpt_packet_start;
	if (IoCreateDevice(wpt_wdm_driver(), 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
			   &wpt_packet.device))
		return -ENOMEM;
	for (i = 0; i < WPT_PACKETS; i++) {
		wpt_packet.irp[i] = IoAllocateIrp(1, FALSE);
		if (!wpt_packet.irp[i])
			return -ENOMEM;
		/* As when the IRP was sent to the device. */
		IoSetNextIrpStackLocation(wpt_packet.irp[i]);
		IoGetCurrentIrpStackLocation(wpt_packet.irp[i])->DeviceObject =
			wpt_packet.device;
	}
	return 0;
}

static void wpt_packet_exit(struct kunit *test)
{
	int i;

	for (i = 0; i < WPT_PACKETS && wpt_packet.irp[i]; i++)
		IoFreeIrp(wpt_packet.irp[i]);
	if (wpt_packet.device)
		IoDeleteDevice(wpt_packet.device);
	wpt_wdm_exit(test);
}

/* Give all IRPs to the device: DriverStartIo is given the first, and the others are queued. */
static void wpt_packet_queue(struct kunit *test, PDRIVER_CANCEL cancel)
{
	int i;

	for (i = 0; i < WPT_PACKETS; i++)
		IoStartPacket(wpt_packet.device, wpt_packet.irp[i], NULL, cancel);
	KUNIT_ASSERT_EQ(test, wpt_packet.count, 1U);
}

/* The driver is done with the first IRP. */
static void wpt_packet_next(BOOLEAN cancelable)
{
	KIRQL old;

	wpt_packet.asks = true;
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	IoStartNextPacket(wpt_packet.device, cancelable);
	KeLowerIrql(old);
}

/* All was given to DriverStartIo as it should, and the queue is idle. */
static void wpt_packet_is_idle(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wpt_packet.deepest, (unsigned int)WPT_CALLS);
	KUNIT_EXPECT_EQ(test, wpt_packet.wrong, 0U);
	KUNIT_EXPECT_NULL(test, (void *)wpt_packet.device->CurrentIrp);
	KUNIT_EXPECT_FALSE(test, wpt_packet.device->DeviceQueue.Busy);
	KUNIT_EXPECT_EQ(test, wpt_packet.device->ReferenceCount, 1);
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/*
 * DDI page: wdm, IoStartNextPacket, of recursion. Each IRP gets to DriverStartIo, in order,
 * and the calls are not nested deeper than 4; the next IRP that comes is started at once.
 */
static void winpar_test_packet_nested(struct kunit *test)
{
	int i;

	wpt_packet_queue(test, NULL);
	wpt_packet_next(FALSE);
	KUNIT_ASSERT_EQ(test, wpt_packet.count, (unsigned int)WPT_PACKETS);
	for (i = 0; i < WPT_PACKETS; i++)
		KUNIT_EXPECT_PTR_EQ(test, wpt_packet.order[i], wpt_packet.irp[i]);
	wpt_packet_is_idle(test);
	wpt_packet.count = 0;
	IoStartPacket(wpt_packet.device, wpt_packet.irp[0], NULL, NULL);
	KUNIT_EXPECT_EQ(test, wpt_packet.count, 1U);
	wpt_packet_is_idle(test);
}

/*
 * DDI page: wdm, IoStartNextPacketByKey. What is started when a call returns is chosen by the
 * key, too: from WPT_KEY on, and then the lowest.
 */
static void winpar_test_packet_by_key(struct kunit *test)
{
	static const ULONG keys[WPT_PACKETS] = {
		16, 1, 9, 10, 11, 12, 13, 14, 15, 2, 3, 4, 5, 6, 7, 8,
	};
	ULONG key;
	int i;

	wpt_packet.by_key = true;
	for (i = 0; i < WPT_PACKETS; i++) {
		key = WPT_PACKETS - i;
		IoStartPacket(wpt_packet.device, wpt_packet.irp[i], &key, NULL);
	}
	/* The first was given to DriverStartIo at once; this takes the lowest key. */
	wpt_packet_next(FALSE);
	KUNIT_ASSERT_EQ(test, wpt_packet.count, (unsigned int)WPT_PACKETS);
	for (i = 0; i < WPT_PACKETS; i++)
		KUNIT_EXPECT_PTR_EQ(test, wpt_packet.order[i],
				    wpt_packet.irp[WPT_PACKETS - keys[i]]);
	wpt_packet_is_idle(test);
}

/*
 * An IRP that is to be started when a call of DriverStartIo returns is still queued: it can
 * be cancelled, and the one behind it is started instead.
 */
static void winpar_test_packet_cancel(struct kunit *test)
{
	wpt_packet_queue(test, wpt_packet_cancel);
	wpt_packet.cancels = wpt_packet.irp[WPT_CALLS + 1];
	wpt_packet_next(TRUE);
	KUNIT_EXPECT_EQ(test, wpt_packet.cancelled, 1U);
	KUNIT_ASSERT_EQ(test, wpt_packet.count, WPT_PACKETS - 1U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_packet.order[WPT_CALLS], wpt_packet.irp[WPT_CALLS]);
	KUNIT_EXPECT_PTR_EQ(test, wpt_packet.order[WPT_CALLS + 1],
			    wpt_packet.irp[WPT_CALLS + 2]);
	wpt_packet_is_idle(test);
}

/*
 * The driver's last reference to a deleted device goes while DriverStartIo is called for it.
 * The layer has one until the call has returned: DPCs may run on another CPU, and the one that
 * frees the device with them. On this CPU none runs before IoStartPacket() has returned, so that
 * KASAN would not see it.
 */
static void winpar_test_packet_freed(struct kunit *test)
{
	PDEVICE_OBJECT device = wpt_packet.device;

	wpt_packet.device = NULL;
	wpt_packet.puts = true;
	ObReferenceObject(device);
	IoDeleteDevice(device);
	IoStartPacket(device, wpt_packet.irp[0], NULL, NULL);
	KUNIT_EXPECT_EQ(test, wpt_packet.count, 1U);
	KUNIT_EXPECT_EQ(test, wpt_packet.wrong, 0U);
	KUNIT_EXPECT_EQ(test, wpt_packet.left, 1);
	KUNIT_EXPECT_NULL(test, (void *)wpt_wdm_driver()->DeviceObject);
}

static struct kunit_case wpt_wdm_packet_cases[] = {
	KUNIT_CASE(winpar_test_packet_nested),
	KUNIT_CASE(winpar_test_packet_by_key),
	KUNIT_CASE(winpar_test_packet_cancel),
	KUNIT_CASE(winpar_test_packet_freed),
	{ }
};

static struct kunit_suite wpt_wdm_packet_suite = {
	.name = "winpar_wdm_packet",
	.init = wpt_packet_init,
	.exit = wpt_packet_exit,
	.test_cases = wpt_wdm_packet_cases,
};

kunit_test_suite(wpt_wdm_packet_suite);
