// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's file is closed, or its requests cancelled, while many of them
 * wait.
 */
#include <winpar/compat.h>

#include "device_port.h"

#define WPT_MANY	400
#define WPT_ROUNDS	10
/* In ms. A close that waited for a request to time out would take 5 s. */
#define WPT_SLOW	4000

/* Once close has been called the worker begins none of 400 requests. */
static void winpar_test_device_close_many(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	u8 *bytes = wpt_dev_pattern(d, 10, 1);
	struct wpt *t = wpt_of(d);
	unsigned int round, i, slow = 0, other = 0;
	IRP *irps = kunit_kzalloc(test, WPT_MANY * sizeof(*irps), GFP_KERNEL);
	struct winpar_file *file;
	struct wpt_start begin;

	KUNIT_ASSERT_NOT_NULL(test, irps);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (round = 0; round < WPT_ROUNDS; round++) {
		file = wpt_dev_open(d, WPT_RAW);
		for (i = 0; i < WPT_MANY; i++) {
			winpar_irp_init(&irps[i]);
			irps[i].Stack.MajorFunction = IRP_MJ_WRITE;
			irps[i].Stack.Parameters.Write.Length = 10;
			irps[i].AssociatedIrp.SystemBuffer = bytes;
			KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, &irps[i]),
					STATUS_PENDING);
		}
		begin = wpt_start();
		wpt_dev_close(d, file);
		slow += wpt_dev_ms_since(begin) > WPT_SLOW * wpt_slowness;
		for (i = 0; i < WPT_MANY; i++)
			other += irps[i].IoStatus.Status != STATUS_CANCELLED;
	}
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, slow, 0U);
	KUNIT_EXPECT_EQ(test, other, 0U);
}

/*
 * winpar_irp_cancel() with interrupts off calls no routine, and leaves them
 * off.
 */
static void winpar_test_device_close_cancel_irqs_off(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 10, 1);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r[2];
	unsigned int calls, i;
	unsigned long flags;
	bool off, queued;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: no lock is taken with interrupts off there");
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (i = 0; i < 2; i++)
		r[i] = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, 10);
	local_irq_save(flags);
	queued = winpar_irp_cancel(&r[1]->irp);
	calls = READ_ONCE(r[1]->calls);
	off = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_TRUE(test, queued);
	KUNIT_EXPECT_TRUE(test, off);
	KUNIT_EXPECT_EQ(test, calls, 0U);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[1]), STATUS_CANCELLED);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[0]), STATUS_SUCCESS);
}

struct wpt_canceller {
	struct work_struct work;
	IRP *irps;
};

static void wpt_cancel_all(struct work_struct *work)
{
	struct wpt_canceller *c = container_of(work, struct wpt_canceller,
					       work);
	unsigned int i;

	for (i = 0; i < WPT_MANY; i++)
		winpar_irp_cancel(&c->irps[WPT_MANY - 1 - i]);
}

/*
 * Close and a task that cancels end 400 requests together, each of them once:
 * KASAN and the checks of lists would notice a second time.
 */
static void winpar_test_device_close_against_cancel(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_canceller *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	u8 *bytes = wpt_dev_pattern(d, 10, 1);
	struct wpt *t = wpt_of(d);
	unsigned int round, i, other = 0;
	struct winpar_file *file;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->irps = kunit_kzalloc(test, WPT_MANY * sizeof(*c->irps), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->irps);
	INIT_WORK(&c->work, wpt_cancel_all);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (round = 0; round < WPT_ROUNDS; round++) {
		file = wpt_dev_open(d, WPT_RAW);
		for (i = 0; i < WPT_MANY; i++) {
			winpar_irp_init(&c->irps[i]);
			c->irps[i].Stack.MajorFunction = IRP_MJ_WRITE;
			c->irps[i].Stack.Parameters.Write.Length = 10;
			c->irps[i].AssociatedIrp.SystemBuffer = bytes;
			winpar_irp_submit(file, &c->irps[i]);
		}
		queue_work(winpar_unbound_wq, &c->work);
		wpt_dev_close(d, file);
		flush_work(&c->work);
		for (i = 0; i < WPT_MANY; i++)
			other += c->irps[i].IoStatus.Status !=
				 STATUS_CANCELLED;
	}
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, other, 0U);
}

static struct kunit_case winpar_device_close_cases[] = {
	KUNIT_CASE(winpar_test_device_close_many),
	KUNIT_CASE(winpar_test_device_close_cancel_irqs_off),
	KUNIT_CASE(winpar_test_device_close_against_cancel),
	{ }
};

static struct kunit_suite winpar_device_close_suite = {
	.name = "winpar_device_close",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_close_cases,
};

kunit_test_suite(winpar_device_close_suite);
