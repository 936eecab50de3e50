// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request that its completion routine sends again, to a device that completes each at
 * once: one that is closed, or whose driver has ended.
 */
#include "wdm_again.h"

/* How often a request is sent again; how long its end is waited for, in jiffies. */
#define WPT_AGAIN_ROUNDS	10
#define WPT_AGAIN_LOOKS		(10 * HZ * wpt_slowness)

static NTSTATUS wpt_again_send(struct wpt_again *again);

static NTSTATUS wpt_again_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_again *again = context;

	WRITE_ONCE(again->calls, again->calls + 1);
	again->deepest = max(again->deepest, ++again->depth);
	again->wrong += irp->IoStatus.Status != again->status ||
			irp->IoStatus.Information || !irp->PendingReturned;
	if (again->rounds < 0 || again->rounds--)
		wpt_again_send(again);
	again->depth--;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Send the IRP as a READ of no bytes. */
static NTSTATUS wpt_again_send(struct wpt_again *again)
{
	IoReuseIrp(again->irp, STATUS_SUCCESS);
	IoGetNextIrpStackLocation(again->irp)->MajorFunction = IRP_MJ_READ;
	IoSetCompletionRoutine(again->irp, wpt_again_done, again, TRUE, TRUE, TRUE);
	return IoCallDriver(again->device, again->irp);
}

/* Wait until the routine was called so often. */
static bool wpt_again_reaches(struct wpt_again *again, int calls)
{
	int i;

	for (i = 0; i < WPT_AGAIN_LOOKS && READ_ONCE(again->calls) < calls; i++)
		schedule_timeout_uninterruptible(1);
	return READ_ONCE(again->calls) >= calls;
}

/* Completion routines that send a request again do not nest, however many there are. */
void wpt_again_some(struct kunit *test, struct wpt_again *again)
{
	again->rounds = WPT_AGAIN_ROUNDS;
	KUNIT_EXPECT_EQ(test, wpt_again_send(again), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_again_reaches(again, WPT_AGAIN_ROUNDS + 1));
	KUNIT_EXPECT_EQ(test, again->calls, WPT_AGAIN_ROUNDS + 1);
	KUNIT_EXPECT_EQ(test, again->deepest, 1);
	KUNIT_EXPECT_EQ(test, again->wrong, 0);
}

/* A client ends, by @stop, that sends a request again whenever it completes. */
void wpt_again_until(struct kunit *test, struct wpt_again *again, void (*stop)(void))
{
	int calls;

	again->rounds = -1;
	KUNIT_EXPECT_EQ(test, wpt_again_send(again), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_again_reaches(again, 10));
	stop();
	calls = READ_ONCE(again->calls);
	schedule_timeout_uninterruptible(HZ / 10);
	KUNIT_EXPECT_EQ(test, READ_ONCE(again->calls), calls);
	KUNIT_EXPECT_EQ(test, again->wrong, 0);
}
