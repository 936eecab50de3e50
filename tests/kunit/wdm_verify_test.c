// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier (wdm/verify.c), and mistakes with an IRP that the log names (wdm/irp.c). The
 * driver of this suite makes the mistakes.
 */
#include <linux/bottom_half.h>
#include <linux/fs.h>

#include "wdm_fixture.h"
#include "wdm_program.h"

#define WPT_VERIFY_CODE	0x222000	/* METHOD_BUFFERED, FILE_ANY_ACCESS */
#define WPT_VERIFIER	"/sys/module/winpar_wdm/parameters/verifier"

/* What the driver does with a request. */
enum wpt_mistake {
	WPT_NONE,
	WPT_LOCKS,	/* returns with the lock held */
	WPT_RAISES,	/* returns at DISPATCH_LEVEL */
	WPT_TOUCHES,	/* writes to the IRP that is complete, and returns its status */
};

static struct {
	PDEVICE_OBJECT device;
	KSPIN_LOCK lock;
	KIRQL irql;
	enum wpt_mistake mistake;
	char was;
} wpt_verify;

/* Read the parameter, or write it. */
static char wpt_verifier(struct kunit *test, char value)
{
	struct file *file = wpt_program_open(WPT_VERIFIER, O_RDWR);
	loff_t from = 0, to = 0;
	char was = '?';

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, kernel_read(file, &was, 1, &from), (ssize_t)1);
	if (value != was)
		KUNIT_EXPECT_EQ(test, kernel_write(file, &value, 1, &to),
				(ssize_t)1);
	filp_close(file, NULL);
	return was;
}

static NTSTATUS wpt_verify_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	switch (wpt_verify.mistake) {
	case WPT_LOCKS:
		KeAcquireSpinLock(&wpt_verify.lock, &wpt_verify.irql);
		break;
	case WPT_RAISES:
		KeRaiseIrql(DISPATCH_LEVEL, &wpt_verify.irql);
		break;
	case WPT_TOUCHES:
		irp->IoStatus.Information = 1;
		return irp->IoStatus.Status;
	default:
		break;
	}
	return STATUS_SUCCESS;
}

static void wpt_verify_entry(PDRIVER_OBJECT driver)
{
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = wpt_verify_dispatch;
}

static int wpt_verify_init(struct kunit *test)
{
	int ret;

	memset(&wpt_verify, 0, sizeof(wpt_verify));
	KeInitializeSpinLock(&wpt_verify.lock);
	wpt_wdm_at_entry = wpt_verify_entry;
	ret = wpt_wdm_init(test);
	wpt_wdm_at_entry = NULL;
	if (ret)
		return ret;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			IoCreateDevice(wpt_wdm_driver(), 0, NULL,
				       FILE_DEVICE_UNKNOWN, 0, FALSE,
				       &wpt_verify.device));
	wpt_verify.was = wpt_verifier(test, 'Y');
	return 0;
}

static void wpt_verify_exit(struct kunit *test)
{
	wpt_verifier(test, wpt_verify.was);
	wpt_wdm_exit(test);
}

/* Send a request to the driver, which makes a mistake; the IRP. */
static PIRP wpt_verify_send(struct kunit *test, enum wpt_mistake mistake)
{
	IO_STATUS_BLOCK iosb;
	PIRP irp;

	wpt_verify.mistake = mistake;
	irp = IoBuildDeviceIoControlRequest(WPT_VERIFY_CODE, wpt_verify.device,
					    NULL, 0, NULL, 0, FALSE, NULL, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoCallDriver(wpt_verify.device, irp);
	return irp;
}

/* A spin lock that is not released is said once, with the routine's name. */
static void winpar_test_verify_lock(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	int i;

	for (i = 0; i < 2; i++) {
		wpt_verify_send(test, WPT_LOCKS);
		KeReleaseSpinLock(&wpt_verify.lock, wpt_verify.irql);
	}
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"not released a spin lock"));
	wpt_verify_send(test, WPT_NONE);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"returns"));
}

/* An IRQL that is not lowered; and nothing is said with the verifier off. */
static void winpar_test_verify_level(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	wpt_verifier(test, 'N');
	wpt_verify_send(test, WPT_RAISES);
	KeLowerIrql(wpt_verify.irql);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"returns"));
	wpt_verifier(test, 'Y');
	wpt_verify_send(test, WPT_RAISES);
	KeLowerIrql(wpt_verify.irql);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"not lowered the IRQL"));
}

static VOID wpt_verify_dpc_raises(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	preempt_disable();
}

static VOID wpt_verify_dpc_is_well(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
}

static VOID wpt_verify_dpc_lowers(PKDPC dpc, PVOID context, PVOID one, PVOID two)
{
	preempt_enable();
}

/* A DPC that leaves a lock held is named, and the next one is not. */
static void winpar_test_verify_dpcs(struct kunit *test)
{
	static const PKDEFERRED_ROUTINE routines[] = {
		wpt_verify_dpc_raises, wpt_verify_dpc_is_well,
		wpt_verify_dpc_lowers,
	};
	KDPC dpcs[ARRAY_SIZE(routines)];
	u64 since = wpt_kmsg_end();
	unsigned int i;

	/* The tasklet runs all of them at once when softirqs are on again. */
	local_bh_disable();
	for (i = 0; i < ARRAY_SIZE(routines); i++) {
		KeInitializeDpc(&dpcs[i], routines[i], NULL);
		KeInsertQueueDpc(&dpcs[i], NULL, NULL);
	}
	local_bh_enable();
	KeFlushQueuedDpcs();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dpc_raises",
						"not released a spin lock"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "wpt_verify_dpc_is_well",
						"returns"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dpc_lowers",
						"did not acquire"));
}

/* An IRP that its driver reads and writes after it has completed it. */
static void winpar_test_verify_touched(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	int i;

	for (i = 0; i < 3; i++)
		wpt_verify_send(test, WPT_TOUCHES);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"read from an IRP after it was freed"));
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"was written to after that"));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_dispatch",
						"was written to after that"));
}

/* An IRP that was freed is completed, sent, cancelled, freed and initialised once more. */
static void winpar_test_verify_freed(struct kunit *test)
{
	static const char * const said[] = {
		"completes an IRP that was freed", "sends an IRP that was freed",
		"cancels an IRP that was freed", "frees an IRP that was freed",
		"initialises an IRP that was freed",
	};
	PIRP irp = wpt_verify_send(test, WPT_NONE);
	u64 since = wpt_kmsg_end();
	unsigned int i;

	for (i = 0; i < 2; i++) {
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_verify.device, irp),
				STATUS_INVALID_DEVICE_REQUEST);
		KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
		IoFreeIrp(irp);
		/* If the layer reads its Size, that is 27 KiB. */
		IoReuseIrp(irp, STATUS_SUCCESS);
		IoInitializeIrp(irp, IoSizeOfIrp(1), 1);
		KUNIT_EXPECT_EQ(test, irp->Size, 0x6b6b);
	}
	for (i = 0; i < ARRAY_SIZE(said); i++)
		KUNIT_EXPECT_GE(test, wpt_kmsg_says(test, since,
						    "winpar_test_verify_freed",
						    said[i]), 1U);
}

static NTSTATUS wpt_verify_frees(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	IoFreeIrp(irp);
	return STATUS_SUCCESS;
}

/* A completion routine frees its IRP, and does not say that IoCompleteRequest() is to stop. */
static void winpar_test_verify_not_kept(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	PIRP irp;
	int i;

	wpt_verify.mistake = WPT_NONE;
	for (i = 0; i < 2; i++) {
		irp = IoAllocateIrp(2, FALSE);
		KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
		IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
		IoSetCompletionRoutine(irp, wpt_verify_frees, NULL, TRUE, TRUE, TRUE);
		KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_verify.device, irp),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_frees",
						"does not keep"));
}

static NTSTATUS wpt_verify_completes(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* A completion routine completes its IRP, and lets IoCompleteRequest() go on, too. */
static void winpar_test_verify_inside(struct kunit *test)
{
	PIRP irp = IoAllocateIrp(2, FALSE);
	u64 since = wpt_kmsg_end();

	wpt_verify.mistake = WPT_NONE;
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoSetNextIrpStackLocation(irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	IoSetCompletionRoutine(irp, wpt_verify_completes, NULL, TRUE, TRUE, TRUE);
	KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_verify.device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "wpt_verify_completes",
						"does not keep"));
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"no completion routine has kept it"));
	IoFreeIrp(irp);
}

/* An IRP that is not freed is completed twice, and sent once more: it does not arrive. */
static void winpar_test_verify_twice(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	PIRP irp = IoAllocateIrp(1, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	wpt_verify.mistake = WPT_NONE;
	IoCallDriver(wpt_verify.device, irp);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_verify_twice",
						"completes an IRP that is complete"));
	KUNIT_EXPECT_EQ(test, IoCallDriver(wpt_verify.device, irp),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since,
						"winpar_test_verify_twice",
						"sends an IRP that is complete"));
	IoFreeIrp(irp);
}

/* A mistake that another function makes: each call has a place of its own. */
#define WPT_MISTAKE	IoReuseIrp(none, STATUS_SUCCESS)
#define WPT_4_MISTAKES	(WPT_MISTAKE, WPT_MISTAKE, WPT_MISTAKE, WPT_MISTAKE)
#define WPT_16_MISTAKES	(WPT_4_MISTAKES, WPT_4_MISTAKES, WPT_4_MISTAKES, WPT_4_MISTAKES)

/* The log says 64 mistakes before a client ends, and no other: there is no room for it. */
static void winpar_test_verify_most(struct kunit *test)
{
	PIRP none = kunit_kzalloc(test, IoSizeOfIrp(1), GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, (void *)none);
	WPT_16_MISTAKES;
	WPT_16_MISTAKES;
	WPT_16_MISTAKES;
	WPT_16_MISTAKES;
	WPT_MISTAKE;
	KUNIT_EXPECT_EQ(test, 64U, wpt_kmsg_says(test, since, "winpar_test_verify_most",
						 "initialises an IRP that was freed"));
}

static struct kunit_case wpt_wdm_verify_cases[] = {
	KUNIT_CASE(winpar_test_verify_lock),
	KUNIT_CASE(winpar_test_verify_level),
	KUNIT_CASE(winpar_test_verify_dpcs),
	KUNIT_CASE(winpar_test_verify_touched),
	KUNIT_CASE(winpar_test_verify_freed),
	KUNIT_CASE(winpar_test_verify_not_kept),
	KUNIT_CASE(winpar_test_verify_inside),
	KUNIT_CASE(winpar_test_verify_twice),
	KUNIT_CASE(winpar_test_verify_most),
	{ }
};

static struct kunit_suite wpt_wdm_verify_suite = {
	.name = "winpar_wdm_verify",
	.init = wpt_verify_init,
	.exit = wpt_verify_exit,
	.test_cases = wpt_wdm_verify_cases,
};

kunit_test_suite(wpt_wdm_verify_suite);
