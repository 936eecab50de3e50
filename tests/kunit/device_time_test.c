// SPDX-License-Identifier: GPL-2.0-only
/*
 * A time-out or a cancel ends a read or a write whose device does not answer,
 * and Information says how many bytes were moved. If the time-out that a case
 * sets were ignored, the request would take the 30 s of the default.
 */
#include "device_port.h"

#define TIME_MS		300UL
/* Between two bytes: longer than a CPU stands still. */
#define TIME_GAP	(1000UL * wpt_slowness)
#define TIME_MOST	(20000UL * wpt_slowness)

struct wpt_stall_row {
	const char *name;
	const char *words;
	USHORT protocol;
	bool read;
};

/* Protocols in which a device can make the host wait. */
static const struct wpt_stall_row wpt_stall_rows[] = {
	{ "centronics", "", CENTRONICS, false },
	{ "centronics, no interrupt", "irq=0", CENTRONICS, false },
	{ "centronics, spp", "kind=spp", CENTRONICS, false },
	{ "compatibility", "", IEEE_COMPATIBILITY, false },
	{ "ecp, forward", "", ECP_HW_NOIRQ, false },
	{ "ecp in software, forward", "", ECP_SW, false },
	{ "ecp, forward, no interrupt", "irq=0", BOUNDED_ECP, false },
	{ "nibble", "", NIBBLE, true },
	{ "nibble, no interrupt", "irq=0", NIBBLE, true },
	{ "byte", "", BYTE_BIDIR, true },
	{ "byte, no interrupt", "irq=0", BYTE_BIDIR, true },
	{ "ecp, reverse", "", ECP_HW_NOIRQ, true },
	{ "ecp in software, reverse", "", ECP_SW, true },
	{ "ecp, reverse, no interrupt", "irq=0", BOUNDED_ECP, true },
};

WPT_ROWS(wpt_stall, wpt_stall_rows);

/* The rows that read, for KUNIT_CASE_PARAM(). */
static const void *wpt_stall_read_gen_params(WINPAR_KUNIT_CASE const void *previous,
					     char *name)
{
	const struct wpt_stall_row *row = previous;

	for (row = row ? row + 1 : wpt_stall_rows;
	     row < wpt_stall_rows + ARRAY_SIZE(wpt_stall_rows); row++) {
		if (!row->read)
			continue;
		wpt_stall_row_name(row, name);
		return row;
	}
	return NULL;
}

/* A device that takes no byte and has none to give, in the row's protocol. */
static struct wpt_dev *wpt_stall_plug(struct kunit *test,
				      const struct wpt_stall_row *row,
				      struct winpar_file **file)
{
	struct wpt_dev *d = wpt_dev_plug(test, row->words);

	*file = wpt_dev_open(d, WPT_RAW);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(*file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	if (!row->read)
		wpt_sim_set(&d->s, "state", "busy=1");
	return d;
}

static UCHAR wpt_stall_major(const struct wpt_stall_row *row)
{
	return row->read ? IRP_MJ_READ : IRP_MJ_WRITE;
}

/* End the fault; the device works. */
static void wpt_stall_mend(struct wpt_dev *d, struct winpar_file *file)
{
	wpt_sim_set(&d->s, "state", "busy=0");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- time-outs --------------------------------------------------------- */

static void winpar_test_device_time_bounds(struct kunit *test)
{
	const struct wpt_stall_row *row = test->param_value;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, row, &file);
	u8 *bytes = wpt_dev_pattern(d, 100, 1);
	struct wpt_request *r;
	struct wpt_start begin;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_timeouts(file, row->read ? TIME_MS : 60000,
					 row->read ? 60000 : TIME_MS));
	begin = wpt_start();
	r = wpt_dev_queue(d, file, 1, wpt_stall_major(row), bytes, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, TIME_MS - 10));
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TIME_MOST);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 0UL);
	wpt_stall_mend(d, file);
}

/* The time-out is 2 ms for each of 100 bytes, and a constant of 100 ms. */
static void winpar_test_device_time_multiplier(struct kunit *test)
{
	const struct wpt_stall_row *row = test->param_value;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, row, &file);
	u8 *bytes = wpt_dev_pattern(d, 100, 1);
	struct wpt_request *r;
	struct wpt_start begin;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_set_timeouts
			(file, &(SERIAL_TIMEOUTS){
				.ReadTotalTimeoutMultiplier = row->read ? 2 :
							      60000,
				.ReadTotalTimeoutConstant = 100,
				.WriteTotalTimeoutMultiplier = row->read ?
							       60000 : 2,
				.WriteTotalTimeoutConstant = 100,
			}));
	begin = wpt_start();
	r = wpt_dev_queue(d, file, 1, wpt_stall_major(row), bytes, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, TIME_MS - 10));
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TIME_MOST);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	wpt_stall_mend(d, file);
}

/* Without a time-out the request waits until the device answers. */
static void winpar_test_device_time_no_limit(struct kunit *test)
{
	const struct wpt_stall_row *row = test->param_value;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, row, &file);
	u8 *bytes = wpt_dev_pattern(d, 100, 1), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, wpt_stall_major(row),
			  row->read ? got : bytes, 100);
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	if (row->read)
		wpt_sim_put(&d->s, "feed", bytes, 100);
	else
		wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 100UL);
	if (row->read)
		wpt_dev_expect_same(test, got, bytes, 100);
	else
		wpt_dev_expect_received(d, &d->s, "received", bytes, 100);
	wpt_stall_mend(d, file);
}

/*
 * A read times out with half of its bytes; the next reads get the bytes after
 * them.
 */
static void winpar_test_device_time_less(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, test->param_value, &file);
	u8 *bytes = wpt_dev_pattern(d, 150, 3), *got = wpt_dev_block(d, 150);
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, TIME_GAP, 0),
			STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, 50);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, 100, &done),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, done, 50U);
	wpt_sim_put(&d->s, "feed", bytes + 50, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 60000, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got + 50, 30, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 30U);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got + 80, 70, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 70U);
	wpt_dev_expect_same(test, got, bytes, 150);
}

/* Read by a request: winpar_read() might wait for ever if the case fails. */
static NTSTATUS wpt_time_read(struct wpt_dev *d, struct winpar_file *file,
			      u8 *buf, ULONG len, ULONG *done)
{
	struct wpt_request *r = wpt_dev_queue(d, file, 90, IRP_MJ_READ, buf,
					      len);
	NTSTATUS status = wpt_dev_result(r);

	*done = r->irp.IoStatus.Information;
	return status;
}

/*
 * ReadIntervalTimeout ends a read that has got some bytes. With MAXULONG a read
 * takes the bytes that are there.
 */
static void winpar_test_device_time_interval(struct kunit *test)
{
	static const SERIAL_TIMEOUTS now = { .ReadIntervalTimeout = MAXULONG };
	const SERIAL_TIMEOUTS gap = { .ReadIntervalTimeout = TIME_GAP };
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, test->param_value, &file);
	u8 *bytes = wpt_dev_pattern(d, 50, 3), *got = wpt_dev_block(d, 100);
	ULONG done = 0;
	struct wpt_start begin;

	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &gap),
			STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, 50);
	begin = wpt_start();
	KUNIT_EXPECT_EQ(test, wpt_time_read(d, file, got, 100, &done),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, TIME_GAP - 10));
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TIME_MOST);
	KUNIT_EXPECT_EQ(test, done, 50U);
	wpt_dev_expect_same(test, got, bytes, 50);

	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &now),
			STATUS_SUCCESS);
	begin = wpt_start();
	KUNIT_EXPECT_EQ(test, wpt_time_read(d, file, got, 100, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 0U);
	wpt_sim_put(&d->s, "feed", bytes, 50);
	KUNIT_EXPECT_EQ(test, wpt_time_read(d, file, got, 100, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 50U);
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TIME_MOST);
	wpt_dev_expect_same(test, got, bytes, 50);
}

/* Expect that the device has as many bytes as the request says, and not @most. */
static void wpt_expect_moved(struct wpt_dev *d, struct wpt_request *r,
			     ULONG most)
{
	struct kunit *test = wpt_of(d)->test;
	unsigned long moved = r->irp.IoStatus.Information;

	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, moved));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), moved);
	KUNIT_EXPECT_LT(test, moved, (unsigned long)most);
}

/* A write to a slow printer times out after some of its bytes. */
static void winpar_test_device_time_slow(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 4000, 1);
	struct wpt_request *r;

	wpt_sim_set(&d->s, "state", "busy_us=10000");
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, TIME_MS),
			STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 4000);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	wpt_expect_moved(d, r, 4000);
	wpt_dev_expect_received(d, &d->s, "received", bytes,
				r->irp.IoStatus.Information);
	wpt_sim_set(&d->s, "state", "busy_us=0");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- cancelling -------------------------------------------------------- */

/* Cancel the request that the worker runs. */
static void winpar_test_device_time_cancel_running(struct kunit *test)
{
	const struct wpt_stall_row *row = test->param_value;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_stall_plug(test, row, &file);
	u8 *bytes = wpt_dev_pattern(d, 100, 1);
	struct wpt_request *r, *next;
	struct wpt_start begin;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, wpt_stall_major(row), bytes, 100);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_OWNED));
	wpt_nap(100);
	next = wpt_dev_queue(d, file, 2, wpt_stall_major(row), bytes, 100);
	begin = wpt_start();
	winpar_irp_cancel(&r->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TIME_MOST);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	/* Now the worker runs the next request. */
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, next->calls, 0U);
	winpar_irp_cancel(&next->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(next), STATUS_CANCELLED);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r->irp));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 0UL);
	wpt_stall_mend(d, file);
	wpt_expect_quiet(wpt_of(d), 2);
}

static void wpt_time_negotiated(void *data, const struct winpar_device *device,
				int mode, int answer)
{
	struct wpt_request *r = data;

	winpar_irp_cancel(&r->irp);
}

/* A write is cancelled while a negotiation fails for another reason: CANCELLED. */
static void winpar_test_device_time_cancel_failing(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 20, 1);
	struct tracepoint *tracepoint;
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, 0),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "fault", "no-answer");
	r = wpt_dev_transfer(d, 1, IRP_MJ_WRITE, bytes, 20);
	tracepoint = wpt_trace_begin(test, "__tracepoint_winpar_negotiate",
				     wpt_time_negotiated, r);
	wpt_submit(r, file);
	wait_event_timeout(wpt_of(d)->log.wait, READ_ONCE(r->calls),
			   WPT_DEV_TIMEOUT);
	wpt_trace_end(tracepoint, wpt_time_negotiated, r);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	wpt_sim_set(&d->s, "fault", "none");
	wpt_dev_expect_works(d, file, "received");
}

/*
 * Cancel a request in the device's FIFO, and one whose worker waits for the
 * port.
 */
static void winpar_test_device_time_cancel_queued(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r[3];
	struct wpt *t = wpt_of(d);
	u8 *bytes = wpt_dev_pattern(d, 30, 1);
	int i;

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		r[i] = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes + 10 * i,
				     10);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r[1]->irp));
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[1]), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, r[1]->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 1U);
	winpar_irp_cancel(&r[0]->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[0]), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, r[2]->calls, 0U);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r[2]), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes + 20, 10);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r[2]->irp));
	wpt_expect_quiet(t, 3);
}

/* Cancel a write after some of its bytes. */
static void winpar_test_device_time_cancel_middle(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 9000, 1);
	struct wpt_request *r;

	wpt_sim_set(&d->s, "state", "busy_us=5000");
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 9000);
	wpt_nap(200);
	winpar_irp_cancel(&r->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	wpt_expect_moved(d, r, 9000);
	wpt_dev_expect_received(d, &d->s, "received", bytes,
				r->irp.IoStatus.Information);
	wpt_sim_set(&d->s, "state", "busy_us=0");
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_time_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_time_bounds, wpt_stall_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_time_multiplier,
			 wpt_stall_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_time_no_limit,
			 wpt_stall_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_time_less,
			 wpt_stall_read_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_time_interval,
			 wpt_stall_read_gen_params),
	KUNIT_CASE(winpar_test_device_time_slow),
	KUNIT_CASE_PARAM(winpar_test_device_time_cancel_running,
			 wpt_stall_gen_params),
	KUNIT_CASE(winpar_test_device_time_cancel_failing),
	KUNIT_CASE(winpar_test_device_time_cancel_queued),
	KUNIT_CASE(winpar_test_device_time_cancel_middle),
	{ }
};

static struct kunit_suite winpar_device_time_suite = {
	.name = "winpar_device_time",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_time_cases,
};

kunit_test_suite(winpar_device_time_suite);
