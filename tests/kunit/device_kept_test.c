// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's worker keeps the port, the selected device and the mode on the
 * wire for the device's next request. Here: when that request is cancelled, is
 * a LOCK, or is a callback without a lock.
 */
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "device_port.h"

/* Wait until one request of the device runs and @count more wait. */
static bool wpt_kept_behind(struct winpar_file *file, unsigned int count)
{
	struct winpar_device *device = file->device;
	unsigned long end = jiffies + WPT_TIMEOUT, flags;
	struct list_head *entry;
	unsigned int n;

	do {
		n = 0;
		spin_lock_irqsave(&device->lock, flags);
		if (device->running)
			list_for_each(entry, &device->fifo)
				n++;
		spin_unlock_irqrestore(&device->lock, flags);
		if (n == count)
			return true;
		wpt_nap(5);
	} while (time_before(jiffies, end));
	return false;
}

/* Wait until no device is selected: the packet goes out after the free. */
static bool wpt_kept_deselected(struct wpt_dev *d)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_sim_selected(&d->s) != -1 && time_before(jiffies, end))
		wpt_nap(1);
	return wpt_sim_selected(&d->s) == -1;
}

static void wpt_kept_cancel(struct wpt_request *request)
{
	struct wpt_request *next = request->arg;

	winpar_irp_cancel(&next->irp);
}

/*
 * A completion routine cancels the next request: the port is freed. That request is a read, and
 * the printer has nothing to say: it waits however quick the worker is.
 */
static void winpar_test_device_kept_not_for_a_cancelled(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r[2];

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r[0] = wpt_dev_queue(d, file, 0, IRP_MJ_WRITE, bytes, 64);
	r[1] = wpt_dev_queue(d, file, 1, IRP_MJ_READ, bytes, 64);
	r[0]->then = wpt_kept_cancel;
	r[0]->arg = r[1];
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[1]), STATUS_CANCELLED);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_kept_deselected(d));
}

struct wpt_kept_row {
	const char *name;
	ULONG lock;
	int selected;
};

static const struct wpt_kept_row wpt_kept_rows[] = {
	{ "select", WPT_LOCK, 0 },
	{ "no select", WPT_LOCK_ONLY, -1 },
};

WPT_ROWS(wpt_kept, wpt_kept_rows);

/*
 * A LOCK behind a write: the mode is ended, the device selected as the LOCK
 * asks.
 */
static void winpar_test_device_kept_for_a_lock(struct kunit *test)
{
	const struct wpt_kept_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=loopback");
	struct winpar_file *file = wpt_dev_open(d, 0);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);
	struct wpt_request *write, *lock;
	PARCLASS_INFORMATION info;
	struct wpt *t = wpt_of(d);

	wpt_dev_class(d, file, &info);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, ECP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	write = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 64);
	lock = wpt_dev_request(d, 2, IRP_MJ_INTERNAL_DEVICE_CONTROL, row->lock,
			       0, 0);
	KUNIT_EXPECT_EQ(test, wpt_submit(lock, file), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_kept_behind(file, 1));
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(write), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(lock), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), row->selected);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "daisy0/modes",
					      "compatibility"));
	if (row->selected >= 0)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.NegotiateIeeeMode(info.ParclassContext,
						       ECP_ANY, ECP_ANY,
						       SAFE_MODE, TRUE));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

struct wpt_kept_call {
	struct work_struct work;
	PARCLASS_INFORMATION info;
	NTSTATUS status;
	ULONG done;
};

static void wpt_kept_write(struct work_struct *work)
{
	struct wpt_kept_call *call = container_of(work, struct wpt_kept_call,
						  work);

	call->status = call->info.ParallelWrite(call->info.ParclassContext,
						"x", 1, &call->done, 0);
}

/*
 * A callback comes while an UNLOCK waits. After the UNLOCK it is refused: it
 * does not wait for the port.
 */
static void winpar_test_device_kept_not_for_a_callback(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_kept_call *call = kunit_kzalloc(test, sizeof(*call),
						   GFP_KERNEL);
	u8 *bytes = wpt_dev_pattern(d, 8, 1);
	struct wpt_request *write, *unlock;
	struct wpt *t = wpt_of(d);

	KUNIT_ASSERT_NOT_NULL(test, call);
	INIT_WORK(&call->work, wpt_kept_write);
	wpt_dev_class(d, file, &call->info);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	write = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 8);
	unlock = wpt_dev_request(d, 2, IRP_MJ_INTERNAL_DEVICE_CONTROL,
				 WPT_UNLOCK, 0, 0);
	KUNIT_EXPECT_EQ(test, wpt_submit(unlock, file), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_kept_behind(file, 1));
	queue_work(winpar_unbound_wq, &call->work);
	KUNIT_EXPECT_TRUE(test, wpt_kept_behind(file, 2));
	/* This client gets the port after the UNLOCK, and keeps it. */
	wpt_queue(t, t->file[0], 3);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(write), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(unlock), STATUS_SUCCESS);
	flush_work(&call->work);
	KUNIT_EXPECT_EQ(test, call->status, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, call->done, 0U);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_OWNED));
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 8UL);
	wpt_free(t);
}

/* A signal from user space does not reach the worker: a byte would break off. */
static void winpar_test_device_kept_from_signals(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 8, 1);
	struct wpt_request *write;

	wpt_sim_set(&d->s, "state", "busy=1");
	write = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 8);
	KUNIT_EXPECT_TRUE(test, wpt_kept_behind(file, 0));
	send_sig(SIGKILL, file->device->worker, 0);
	KUNIT_EXPECT_FALSE(test, signal_pending(file->device->worker));
	wpt_nap(100);
	KUNIT_EXPECT_EQ(test, write->calls, 0U);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(write), STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_kept_cases[] = {
	KUNIT_CASE(winpar_test_device_kept_not_for_a_cancelled),
	KUNIT_CASE_PARAM(winpar_test_device_kept_for_a_lock,
			 wpt_kept_gen_params),
	KUNIT_CASE(winpar_test_device_kept_not_for_a_callback),
	KUNIT_CASE(winpar_test_device_kept_from_signals),
	{ }
};

static struct kunit_suite winpar_device_kept_suite = {
	.name = "winpar_device_kept",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_kept_cases,
};

kunit_test_suite(winpar_device_kept_suite);
