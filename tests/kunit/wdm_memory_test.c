// SPDX-License-Identifier: GPL-2.0-only
/* The memory of IRPs: who frees it, and when (wdm/irp.c, build.c, recall.c). */
#include "leaks.h"
#include "wdm_fixture.h"

#define WPT_CODE \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

/*
 * "Reusing IRPs" in the driver design guide: an IRP of IoAllocateIrp() is initialised once
 * more. It stays one that IoFreeIrp() frees, and that the end of the client frees.
 */
static void winpar_test_memory_again(struct kunit *test)
{
	PIRP first = IoAllocateIrp(2, FALSE), irp = IoAllocateIrp(2, FALSE);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoSetNextIrpStackLocation(irp);
	irp->IoStatus.Information = 7;
	IoInitializeIrp(irp, IoSizeOfIrp(2), 2);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 3);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Information, 0UL);
	IoFreeIrp(irp);
	KUNIT_EXPECT_EQ(test, 0U,
			wpt_kmsg_says(test, since, "winpar_kunit: ",
				      "frees an IRP that IoAllocateIrp() did not make"));
	IoInitializeIrp(first, IoSizeOfIrp(2), 2);
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: ",
				      "1 IRPs were not freed"));
}

/*
 * DDI page: wdm, IoInitializeIrp. A driver says that an IRP has more stack locations, or is
 * shorter, than its memory: no byte behind that is written, which KASAN reports.
 */
static void winpar_test_memory_sizes(struct kunit *test)
{
	PIRP irp = IoAllocateIrp(1, FALSE), own;
	USHORT size = IoSizeOfIrp(1);
	PDEVICE_OBJECT device;
	u64 since = wpt_kmsg_end();

	own = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, irp);
	KUNIT_ASSERT_NOT_NULL(test, own);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
	IoInitializeIrp(own, size, 3);
	KUNIT_EXPECT_EQ(test, own->StackCount, 1);
	KUNIT_EXPECT_EQ(test, own->CurrentLocation, 2);
	IoInitializeIrp(own, sizeof(IRP), 1);
	KUNIT_EXPECT_EQ(test, own->StackCount, 0);
	IoInitializeIrp(own, 64, 1);
	KUNIT_EXPECT_EQ(test, own->Type, 0);
	KUNIT_EXPECT_EQ(test, IoCallDriver(device, own), STATUS_INVALID_DEVICE_REQUEST);
	IoInitializeIrp(irp, size, 3);
	KUNIT_EXPECT_EQ(test, irp->StackCount, 1);
	IoInitializeIrp(irp, IoSizeOfIrp(3), 3);
	KUNIT_EXPECT_EQ(test, irp->StackCount, 1);
	KUNIT_EXPECT_EQ(test, irp->Size, size);
	KUNIT_EXPECT_EQ(test, 5U, wpt_kmsg_says(test, since, "winpar_test_memory_sizes",
						"initialises an IRP that is longer"));
	/* How long that is the layer knows. */
	IoInitializeIrp(irp, 64, 1);
	KUNIT_EXPECT_EQ(test, irp->StackCount, 1);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, 2);
	IoFreeIrp(irp);
	IoDeleteDevice(device);
}

/* A request that is not sent: the buffer that the layer has made goes with the IRP. */
static void winpar_test_memory_not_sent(struct kunit *test)
{
	PDEVICE_OBJECT device;
	u8 buffer[64] = { };
	IO_STATUS_BLOCK iosb;
	PIRP irp;
	int i;

	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE, &device));
	KUNIT_ASSERT_EQ(test, 0, wpt_leaks_begin());
	for (i = 0; i < 2; i++) {
		irp = IoBuildDeviceIoControlRequest(WPT_CODE, device,
						    buffer, sizeof(buffer),
						    buffer, sizeof(buffer), TRUE,
						    NULL, &iosb);
		KUNIT_EXPECT_NOT_NULL(test, irp);
		if (irp && !i)
			IoFreeIrp(irp);
	}
	/* The end of the client frees the second one. */
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, wpt_leaks_live(), 0U);
	wpt_leaks_end(test);
}

static struct kunit_case wpt_wdm_memory_cases[] = {
	KUNIT_CASE(winpar_test_memory_again),
	KUNIT_CASE(winpar_test_memory_sizes),
	KUNIT_CASE(winpar_test_memory_not_sent),
	{ }
};

static struct kunit_suite wpt_wdm_memory_suite = {
	.name = "winpar_wdm_memory",
	.init = wpt_wdm_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_memory_cases,
};

kunit_test_suite(wpt_wdm_memory_suite);
