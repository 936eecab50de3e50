// SPDX-License-Identifier: GPL-2.0-only
/*
 * IRPs on their way down a stack of three drivers and up again (wdm/irp.c); IRPs that the
 * layer makes (wdm/build.c); cancelling. DDI pages: wdm, IoCallDriver and others.
 */
#include "wdm_fixture.h"

#define WPT_DRIVERS	3
/* How many bytes of the layer's part of an IRP a case looks at: one stack location. */
#define WPT_END	sizeof(IO_STACK_LOCATION)
#define WPT_CODE \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define WPT_NEITHER \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_NEITHER, FILE_ANY_ACCESS)
#define WPT_DIRECT \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)

/**
 * struct wpt_layer - one driver of a stack, or the maker of an IRP
 * @driver: its driver object
 * @device: its device object
 * @below: the device object below, or NULL
 * @bare: it sets no completion routine
 * @keep: its completion routine returns STATUS_MORE_PROCESSING_REQUIRED
 * @seen: PendingReturned in its completion routine; -1: the routine was not called
 * @turn: its routine was the first that was called (1), the second, ...
 * @seen_device: the device object that its routine was given
 * @held: the IRP that the lowest driver was sent last
 * @hold: the lowest driver is to return STATUS_PENDING and complete nothing
 * @status: what the lowest driver completes IRPs with
 * @information: as @status, for IoStatus.Information
 */
struct wpt_layer {
	DRIVER_OBJECT driver;
	DEVICE_OBJECT device;
	PDEVICE_OBJECT below;
	bool bare;
	bool keep;
	int seen;
	int turn;
	PDEVICE_OBJECT seen_device;
	PIRP held;
	bool hold;
	NTSTATUS status;
	ULONG_PTR information;
};

static struct wpt_layer wpt_layers[WPT_DRIVERS];
static int wpt_turn;

/* The completion routine of each driver of the stack, and of the maker (no device). */
static NTSTATUS wpt_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_layer *layer = context;

	layer->seen = irp->PendingReturned;
	layer->seen_device = device;
	layer->turn = ++wpt_turn;
	if (layer->keep)
		return STATUS_MORE_PROCESSING_REQUIRED;
	if (irp->PendingReturned && device)
		IoMarkIrpPending(irp);
	return STATUS_SUCCESS;
}

/* A driver passes each IRP down; the lowest completes it, or holds it if @hold is set. */
static NTSTATUS wpt_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	struct wpt_layer *layer = device->DeviceExtension;

	if (layer->below) {
		IoCopyCurrentIrpStackLocationToNext(irp);
		if (!layer->bare)
			IoSetCompletionRoutine(irp, wpt_completed, layer, TRUE,
					       TRUE, TRUE);
		return IoCallDriver(layer->below, irp);
	}
	layer->held = irp;
	if (layer->hold) {
		IoMarkIrpPending(irp);
		return STATUS_PENDING;
	}
	irp->IoStatus.Status = layer->status;
	irp->IoStatus.Information = layer->information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return layer->status;
}

/* Build a stack of drivers: 0 is the highest. */
static int wpt_irp_init(struct kunit *test)
{
	struct wpt_layer *layer;
	int i;

	wpt_turn = 0;
	memset(wpt_layers, 0, sizeof(wpt_layers));
	for (i = 0; i < WPT_DRIVERS; i++) {
		layer = &wpt_layers[i];
		layer->driver.MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] =
			wpt_dispatch;
		layer->driver.MajorFunction[IRP_MJ_WRITE] = wpt_dispatch;
		layer->device.DriverObject = &layer->driver;
		layer->device.DeviceExtension = layer;
		layer->device.StackSize = WPT_DRIVERS - i;
		layer->seen = -1;
		if (i < WPT_DRIVERS - 1)
			layer->below = &wpt_layers[i + 1].device;
	}
	return wpt_wdm_init(test);
}

static struct wpt_layer *wpt_lowest(void)
{
	return &wpt_layers[WPT_DRIVERS - 1];
}

/* An IRP that the test makes; its completion routine keeps it. */
static PIRP wpt_irp(struct kunit *test, struct wpt_layer *maker)
{
	PIRP irp = IoAllocateIrp(wpt_layers[0].device.StackSize, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	maker->keep = true;
	IoGetNextIrpStackLocation(irp)->MajorFunction =
		IRP_MJ_INTERNAL_DEVICE_CONTROL;
	IoSetCompletionRoutine(irp, wpt_completed, maker, TRUE, TRUE, TRUE);
	return irp;
}

/* Routines are called from the lowest to the maker's, each with its driver's device. */
static void winpar_test_irp_order(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);

	wpt_lowest()->status = STATUS_IO_DEVICE_ERROR;
	wpt_lowest()->information = 7;
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_EQ(test, wpt_layers[1].turn, 1);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].turn, 2);
	KUNIT_EXPECT_EQ(test, maker.turn, 3);
	KUNIT_EXPECT_PTR_EQ(test, wpt_layers[1].seen_device,
			    &wpt_layers[1].device);
	KUNIT_EXPECT_PTR_EQ(test, wpt_layers[0].seen_device,
			    &wpt_layers[0].device);
	KUNIT_EXPECT_NULL(test, maker.seen_device);
	KUNIT_EXPECT_EQ(test, maker.seen, 0);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Information, 7UL);
	IoFreeIrp(irp);
}

/* Each routine learns that the driver below has returned STATUS_PENDING. */
static void winpar_test_irp_pending(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);

	wpt_lowest()->hold = true;
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, maker.seen, -1);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, wpt_layers[1].seen, 1);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].seen, 1);
	KUNIT_EXPECT_EQ(test, maker.seen, 1);
	IoFreeIrp(irp);

	/* A driver without a routine does not hide it from those above. */
	wpt_layers[1].bare = true;
	wpt_layers[0].seen = -1;
	irp = wpt_irp(test, &maker);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_PENDING);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].seen, 1);
	IoFreeIrp(irp);
}

/* A driver in the middle keeps the IRP, and completes it later. */
static void winpar_test_irp_kept_in_the_middle(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);

	wpt_layers[1].keep = true;
	IoCallDriver(&wpt_layers[0].device, irp);
	KUNIT_EXPECT_EQ(test, wpt_layers[1].turn, 1);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].turn, 0);
	KUNIT_EXPECT_PTR_EQ(test, IoGetCurrentIrpStackLocation(irp)->DeviceObject,
			    &wpt_layers[1].device);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].turn, 2);
	KUNIT_EXPECT_EQ(test, maker.turn, 3);
	IoFreeIrp(irp);
}

/**
 * struct wpt_invoke_row - when a completion routine is called
 * @name: what the case is called
 * @success: InvokeOnSuccess
 * @error: InvokeOnError
 * @cancel: InvokeOnCancel
 * @status: what the IRP completes with
 * @cancelled: the IRP's Cancel is set
 * @called: expect that the routine is called
 */
struct wpt_invoke_row {
	const char *name;
	BOOLEAN success, error, cancel;
	NTSTATUS status;
	bool cancelled;
	bool called;
};

static const struct wpt_invoke_row wpt_invoke_rows[] = {
	{ "success", TRUE, FALSE, FALSE, STATUS_SUCCESS, false, true },
	{ "success, not wanted", FALSE, TRUE, TRUE, STATUS_SUCCESS, false, false },
	{ "error", FALSE, TRUE, FALSE, STATUS_UNSUCCESSFUL, false, true },
	{ "error, not wanted", TRUE, FALSE, TRUE, STATUS_UNSUCCESSFUL, false,
	  false },
	{ "cancelled", FALSE, FALSE, TRUE, STATUS_CANCELLED, true, true },
	{ "cancelled, though a success", FALSE, FALSE, TRUE, STATUS_SUCCESS, true,
	  true },
	{ "a time-out is a success", TRUE, FALSE, FALSE, STATUS_TIMEOUT, false,
	  true },
};

static void wpt_invoke_name(const struct wpt_invoke_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_invoke, wpt_invoke_rows, wpt_invoke_name);

/* DDI page: wdm, IoSetCompletionRoutine */
static void winpar_test_irp_invoke(struct kunit *test)
{
	const struct wpt_invoke_row *row = test->param_value;
	struct wpt_layer maker = { .seen = -1, .keep = true };
	PIRP irp = IoAllocateIrp(1, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
	IoSetCompletionRoutine(irp, wpt_completed, &maker, row->success,
			       row->error, row->cancel);
	wpt_lowest()->status = row->status;
	irp->Cancel = row->cancelled;
	IoCallDriver(&wpt_lowest()->device, irp);
	KUNIT_EXPECT_EQ(test, maker.turn, row->called ? 1 : 0);
	IoFreeIrp(irp);
}

/*
 * DDI page: wdm, IoCallDriver. The lowest driver passes an IRP down that has no stack
 * location left: it is complete, by that driver's own completion routine first, then by the
 * rest of the stack's. The log names the driver, and what the driver has written into the
 * next location lies before the first one, and in no member that is the layer's.
 */
static void winpar_test_irp_no_location(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);
	u64 since = wpt_kmsg_end();
	u8 *end = (u8 *)(irp->Winpar + WINPAR_WDM_IRP_WORDS);

	/* No port has this IRP, so that the layer does not use the end of its part. */
	memset(end - WPT_END, 0x5a, WPT_END);
	wpt_lowest()->below = &wpt_lowest()->device;
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit: wpt_dispatch",
				      "no stack location left"));
	KUNIT_EXPECT_EQ(test, wpt_lowest()->turn, 1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_lowest()->seen_device,
			    &wpt_lowest()->device);
	KUNIT_EXPECT_EQ(test, wpt_layers[0].turn, 3);
	KUNIT_EXPECT_EQ(test, maker.turn, 4);
	KUNIT_EXPECT_EQ(test, maker.seen, 0);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_NULL(test, memchr_inv(end - WPT_END, 0x5a, WPT_END));
	IoFreeIrp(irp);
}

/* DDI pages: wdm, IoReuseIrp, IoInitializeIrp, IoSkipCurrentIrpStackLocation */
static void winpar_test_irp_reuse(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);
	USHORT size = IoSizeOfIrp(1);
	PIRP own = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, (void *)own);
	IoCallDriver(&wpt_layers[0].device, irp);
	IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, irp->CurrentLocation, irp->StackCount + 1);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
	IoSetCompletionRoutine(irp, wpt_completed, &maker, TRUE, TRUE, TRUE);
	IoCallDriver(&wpt_layers[0].device, irp);
	KUNIT_EXPECT_EQ(test, maker.turn, 6);
	IoFreeIrp(irp);
	/* An IRP in memory of the caller's own. */
	IoInitializeIrp(own, size, 1);
	IoGetNextIrpStackLocation(own)->MajorFunction = IRP_MJ_WRITE;
	IoSetCompletionRoutine(own, wpt_completed, &maker, TRUE, TRUE, TRUE);
	IoCallDriver(&wpt_lowest()->device, own);
	KUNIT_EXPECT_EQ(test, maker.turn, 7);
}

/* ----- requests that the layer makes ------------------------------------- */

/*
 * DDI page: wdm, IoBuildDeviceIoControlRequest. The driver sees a copy of the input. The
 * completion copies as many bytes of output as Information says, writes the status block
 * and sets the event.
 */
static void winpar_test_build(struct kunit *test)
{
	struct wpt_layer *lowest = wpt_lowest();
	char in[4] = "abc", out[8] = "ABCDEFG";
	IO_STATUS_BLOCK iosb = { };
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(WPT_CODE, &wpt_layers[0].device, in,
					    4, out, 8, TRUE, &event, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, memcmp(irp->AssociatedIrp.SystemBuffer, in, 4), 0);
	lowest->hold = true;
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	memcpy(irp->AssociatedIrp.SystemBuffer, "xyz", 3);
	irp->IoStatus.Information = 2;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, iosb.Information, 2UL);
	KUNIT_EXPECT_EQ(test, iosb.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, memcmp(out, "xyCDEFG", 8), 0);
}

/* A failure copies no output; a driver that claims too much output copies no more. */
static void winpar_test_build_failed(struct kunit *test)
{
	char out[8] = "ABCDEFG";
	IO_STATUS_BLOCK iosb = { };
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	wpt_lowest()->status = STATUS_UNSUCCESSFUL;
	wpt_lowest()->information = 4;
	irp = IoBuildDeviceIoControlRequest(WPT_CODE, &wpt_layers[0].device, NULL,
					    0, out, 4, TRUE, &event, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&wpt_layers[0].device, irp),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, iosb.Status, STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, memcmp(out, "ABCDEFG", 8), 0);
	wpt_lowest()->status = STATUS_SUCCESS;
	wpt_lowest()->information = 4096;
	irp = IoBuildDeviceIoControlRequest(WPT_CODE, &wpt_layers[0].device, NULL,
					    0, out, 4, TRUE, &event, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	IoCallDriver(&wpt_layers[0].device, irp);
	KUNIT_EXPECT_EQ(test, memcmp(out, "\0\0\0\0EFG", 8), 0);
}

/* METHOD_NEITHER passes pointers; for the direct methods no IRP is built. */
static void winpar_test_build_method(struct kunit *test)
{
	PDEVICE_OBJECT device = &wpt_lowest()->device;
	IO_STATUS_BLOCK iosb;
	char in, out;
	PIRP irp;

	irp = IoBuildDeviceIoControlRequest(WPT_NEITHER, device, &in, 1, &out, 1,
					    TRUE, NULL, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	KUNIT_EXPECT_PTR_EQ(test, irp->UserBuffer, (PVOID)&out);
	KUNIT_EXPECT_PTR_EQ(test, IoGetNextIrpStackLocation(irp)->Parameters
				.DeviceIoControl.Type3InputBuffer, (PVOID)&in);
	IoCallDriver(device, irp);
	KUNIT_EXPECT_NULL(test, (void *)
		IoBuildDeviceIoControlRequest(WPT_DIRECT, device, &in, 1, &out, 1,
					      TRUE, NULL, &iosb));
}

/* DDI page: wdm, IoBuildSynchronousFsdRequest */
static void winpar_test_build_fsd(struct kunit *test)
{
	LARGE_INTEGER offset = { .QuadPart = 5 };
	struct wpt_layer *lowest = wpt_lowest();
	PIO_STACK_LOCATION location;
	IO_STATUS_BLOCK iosb = { };
	char buffer[3] = "ab";
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	lowest->information = 3;
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, &lowest->device, buffer,
					   3, &offset, &event, &iosb);
	KUNIT_ASSERT_NOT_NULL(test, (void *)irp);
	location = IoGetNextIrpStackLocation(irp);
	KUNIT_EXPECT_EQ(test, location->Parameters.Write.Length, 3U);
	KUNIT_EXPECT_EQ(test, location->Parameters.Write.ByteOffset.QuadPart, 5);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&lowest->device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, iosb.Information, 3UL);
	KUNIT_EXPECT_NE(test, KeReadStateEvent(&event), 0);
}

/* ----- cancelling -------------------------------------------------------- */

/* The cancel routine of a driver whose IRP is on no queue: it completes the IRP. */
static VOID wpt_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	IoReleaseCancelSpinLock(irp->CancelIrql);
	irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/*
 * DDI pages: wdm, IoCancelIrp, IoSetCancelRoutine. Without a cancel routine IoCancelIrp()
 * only sets Cancel; with one it calls the routine, once.
 */
static void winpar_test_irp_cancel(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);

	wpt_lowest()->hold = true;
	IoCallDriver(&wpt_layers[0].device, irp);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_TRUE(test, irp->Cancel);
	KUNIT_EXPECT_NULL(test, (void *)IoSetCancelRoutine(irp, wpt_cancel));
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, maker.seen, 1);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_FALSE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	IoFreeIrp(irp);
}

/*
 * The log names the driver that completes an IRP which still has a cancel routine, and at
 * the client's end says how many IRPs the client has not freed.
 */
static void winpar_test_irp_mistakes(struct kunit *test)
{
	struct wpt_layer maker = { .seen = -1 };
	PIRP irp = wpt_irp(test, &maker);
	u64 since = wpt_kmsg_end();

	wpt_lowest()->hold = true;
	IoCallDriver(&wpt_layers[0].device, irp);
	IoSetCancelRoutine(irp, wpt_cancel);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: ",
				      "that has a cancel routine"));
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since,
				      "winpar_kunit: ",
				      "1 IRPs were not freed"));
}

static struct kunit_case wpt_wdm_irp_cases[] = {
	KUNIT_CASE(winpar_test_irp_order),
	KUNIT_CASE(winpar_test_irp_pending),
	KUNIT_CASE(winpar_test_irp_kept_in_the_middle),
	KUNIT_CASE_PARAM(winpar_test_irp_invoke, wpt_invoke_gen_params),
	KUNIT_CASE(winpar_test_irp_no_location),
	KUNIT_CASE(winpar_test_irp_reuse),
	KUNIT_CASE(winpar_test_build),
	KUNIT_CASE(winpar_test_build_failed),
	KUNIT_CASE(winpar_test_build_method),
	KUNIT_CASE(winpar_test_build_fsd),
	KUNIT_CASE(winpar_test_irp_cancel),
	KUNIT_CASE(winpar_test_irp_mistakes),
	{ }
};

static struct kunit_suite wpt_wdm_irp_suite = {
	.name = "winpar_wdm_irp",
	.init = wpt_irp_init,
	.exit = wpt_wdm_exit,
	.test_cases = wpt_wdm_irp_cases,
};

kunit_test_suite(wpt_wdm_irp_suite);
