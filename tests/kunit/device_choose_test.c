// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callbacks ParallelTryselect and ParallelDeSelect of a client that has the
 * lock, and a callback while the device's worker runs a request.
 */
#include "device_port.h"

static void winpar_test_device_choose_select(struct kunit *test)
{
	PARALLEL_1284_COMMAND command = { };
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "daisy=printer+epp", 1, &file,
					   &info);
	PVOID context = info.ParclassContext;
	int i;

	/* The port stays allocated with PAR_HAVE_PORT_KEEP_PORT and without. */
	for (i = 0; i < 2; i++) {
		command.CommandFlags = i ? WPT_KEEP : 0;
		command.ID = 0;
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelTryselect(context, command));
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 0);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelDeSelect(context, command));
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
		WPT_EXPECT_STATE(wpt_of(d), WINPAR_PORT_OWNED);
		command.ID = 1;
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelTryselect(context, command));
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 1);
		command.ID = 2;
		KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
				info.ParallelTryselect(context, command));
		KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
				info.ParallelDeSelect(context, command));
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 1);
		command.CommandFlags |= WPT_END;
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelTryselect(context, command));
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
	}
	wpt_sim_set(&d->s, "daisy0/fault", "no-answer");
	command.ID = 0;
	command.CommandFlags = WPT_KEEP;
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			info.ParallelTryselect(context, command));
	WPT_EXPECT_STATE(wpt_of(d), WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
}

/* A read leaves its mode on the wire: the port's own callbacks send no packet into it. */
static void winpar_test_device_choose_in_a_mode(struct kunit *test)
{
	PARALLEL_1284_COMMAND command = { .CommandFlags = WPT_KEEP };
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "daisy=printer+printer", 0, &file,
					   &info);
	u8 *bytes = wpt_dev_pattern(d, 1, 1);

	wpt_sim_pnp(&d->s);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(&d->s, 0, WPT_KEEP),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, NIBBLE), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "daisy0/feed", "xy");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_result(wpt_dev_queue(d, file, 1, IRP_MJ_READ,
						     bytes, 1)));
	KUNIT_EXPECT_EQ(test, wpt_sim_try(&d->s, 1, WPT_KEEP),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_undo(&d->s, 0, WPT_KEEP),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_result(wpt_dev_queue(d, file, 2, IRP_MJ_READ,
						     bytes, 1)));
	KUNIT_EXPECT_EQ(test, bytes[0], 'y');
	command.ID = 1;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.ParallelTryselect(info.ParclassContext, command));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 1);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(&d->s, 0, WPT_KEEP),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 0);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
}

/* A callback waits until the worker has ended the request that it runs. */
static void winpar_test_device_choose_and_worker(struct kunit *test)
{
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=printer", WPT_RAW,
					   &file, &info);
	u8 *bytes = wpt_dev_pattern(d, 100, 4);
	struct wpt_request *r;
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 400, 400),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 50);
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			info.ParallelWrite(info.ParclassContext, bytes, 50,
					   &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=0");
	r = wpt_dev_queue(d, file, 2, IRP_MJ_WRITE, bytes, 50);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.ParallelWrite(info.ParclassContext, bytes, 50,
					   &done, 0));
	KUNIT_EXPECT_EQ(test, done, 50U);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 100UL);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_choose_cases[] = {
	KUNIT_CASE(winpar_test_device_choose_select),
	KUNIT_CASE(winpar_test_device_choose_in_a_mode),
	KUNIT_CASE(winpar_test_device_choose_and_worker),
	{ }
};

static struct kunit_suite winpar_device_choose_suite = {
	.name = "winpar_device_choose",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_choose_cases,
};

kunit_test_suite(winpar_device_choose_suite);
