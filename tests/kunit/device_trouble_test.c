// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a transfer fails with STATUS_IO_DEVICE_ERROR: not for lines that do not
 * matter nor for a short error, but for one that lasts, and for a power cycle.
 * And reads that end with the first byte.
 */
#include <linux/sizes.h>

#include "device_port.h"

#define TROUBLE_MS	300UL
/* Less than TROUBLE_MS: the worker counts in jiffies, the case by ktime_get(). */
#define TROUBLE_LEAST	280UL
#define TROUBLE_MOST	(15000UL * wpt_slowness)
#define TROUBLE_BYTES	SZ_256K

/* ----- the first byte ---------------------------------------------------- */

struct wpt_first_row {
	const char *name;
	const char *words;
	USHORT protocol;
};

static const struct wpt_first_row wpt_first_rows[] = {
	{ "nibble", "", NIBBLE },
	{ "byte, no interrupt", "irq=0", BYTE_BIDIR },
	{ "ecp", "", ECP_SW },
};

WPT_ROWS(wpt_first, wpt_first_rows);

/* A device that is read until the first byte comes, for @ms at most. */
static struct wpt_dev *wpt_first_plug(struct kunit *test, ULONG ms,
				      struct winpar_file **file)
{
	const SERIAL_TIMEOUTS first = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutMultiplier = MAXULONG,
		.ReadTotalTimeoutConstant = ms,
	};
	const struct wpt_first_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);

	*file = wpt_dev_open(d, WPT_RAW);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(*file, 0, row->protocol),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(*file, &first),
			STATUS_SUCCESS);
	return d;
}

/* With time-outs {MAXULONG, MAXULONG, n} a read without a byte ends after n ms. */
static void winpar_test_device_trouble_first_none(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, TROUBLE_MS, &file);
	u8 *got = wpt_dev_block(d, 100);
	struct wpt_start begin = wpt_start();
	struct wpt_request *r;

	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ * wpt_slowness),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, TROUBLE_LEAST));
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
}

/* With these time-outs a read takes the bytes that are there, and ends. */
static void winpar_test_device_trouble_first_there(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, TROUBLE_MOST, &file);
	u8 *bytes = wpt_dev_pattern(d, 50, 3), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;

	wpt_sim_put(&d->s, "feed", bytes, 50);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ * wpt_slowness),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 50UL);
	wpt_dev_expect_same(test, got, bytes, 50);
}

/* With these time-outs the first byte that comes ends a read. */
static void winpar_test_device_trouble_first_comes(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, TROUBLE_MOST, &file);
	u8 *bytes = wpt_dev_pattern(d, 1, 3), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;

	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	wpt_nap(200);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes, 1);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ * wpt_slowness),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 1UL);
	KUNIT_EXPECT_EQ(test, got[0], bytes[0]);
}

/* SET_TIMEOUTS with values that Windows forbids changes nothing. */
static void winpar_test_device_trouble_time_refused(struct kunit *test)
{
	static const SERIAL_TIMEOUTS bad = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutConstant = MAXULONG,
		.WriteTotalTimeoutConstant = 17,
	};
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	SERIAL_TIMEOUTS have;

	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &bad),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_device_ioctl(file, IOCTL_SERIAL_GET_TIMEOUTS,
					    NULL, 0, &have, sizeof(have),
					    NULL));
	KUNIT_EXPECT_EQ(test, have.ReadIntervalTimeout, 0U);
	KUNIT_EXPECT_EQ(test, have.WriteTotalTimeoutConstant, 30000U);
}

/* ----- what the lines say ------------------------------------------------ */

struct wpt_line_row {
	const char *name;
	const char *fault;
	const char *state;
};

/*
 * Faults that leave nFault high: the printer takes its bytes, and no write
 * fails.
 */
static const struct wpt_line_row wpt_line_rows[] = {
	{ "no Select", "stuck-line select 0", "busy_us=1000" },
	{ "no Select, slow", "stuck-line select 0", "busy_us=250000" },
	{ "PError stuck", "stuck-line perror 1", "busy_us=1000" },
	{ "PError stuck, slow", "stuck-line perror 1", "busy_us=250000" },
};

WPT_ROWS(wpt_line, wpt_line_rows);

static void winpar_test_device_trouble_no_error(struct kunit *test)
{
	const struct wpt_line_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 8, 1);
	ULONG done = 0;

	wpt_sim_set(&d->s, "fault", row->fault);
	wpt_sim_set(&d->s, "state", row->state);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 8, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 8U);
	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state", "busy_us=0");
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 8));
	wpt_dev_expect_received(d, &d->s, "received", bytes, 8);
}

/* nFault is low for less than device_error_time: no error. */
static void winpar_test_device_trouble_passes(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 30, 1);
	struct wpt_request *r;

	wpt_dev_error_time(d, 60000);
	wpt_sim_set(&d->s, "state", "paper=0");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 30);
	wpt_nap(700);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_set(&d->s, "state", "paper=1");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 30);
}

/* nFault stays low: an error once device_error_time is over. */
static void winpar_test_device_trouble_lasts(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 30, 1);
	struct wpt_start begin = wpt_start();

	wpt_dev_error_time(d, TROUBLE_MS);
	wpt_sim_set(&d->s, "state", "online=0");
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 30, NULL),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, TROUBLE_LEAST));
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TROUBLE_MOST);
	wpt_sim_set(&d->s, "state", "online=1");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- a power cycle ----------------------------------------------------- */

struct wpt_power_row {
	const char *name;
	USHORT protocol;
	bool read;
	unsigned int off;	/* ms; 0: until the request has ended */
	unsigned int busy_us;
};

static const struct wpt_power_row wpt_power_rows[] = {
	{ "compatibility", CENTRONICS, false, 0, 500 },
	{ "ecp, for a moment", ECP_SW, false, 20, 500 },
	{ "ecp", ECP_SW, false, 300, 500 },
	{ "ecp, for long", BOUNDED_ECP, false, 2000, 500 },
	{ "epp", EPP_HW, false, 300, 0 },
	{ "epp in software, for a moment", EPP_SW, false, 20, 0 },
	{ "nibble, for 5 ms", NIBBLE, true, 5, 0 },
	{ "nibble, for a moment", NIBBLE, true, 20, 0 },
	{ "nibble", NIBBLE, true, 300, 0 },
	{ "byte, for 5 ms", BYTE_BIDIR, true, 5, 0 },
	{ "byte, for a moment", BYTE_BIDIR, true, 20, 0 },
	{ "byte", BYTE_BIDIR, true, 2000, 0 },
	{ "ecp back, for 5 ms", ECP_SW, true, 5, 0 },
	{ "ecp back, for a moment", ECP_SW, true, 20, 0 },
	{ "ecp back", ECP_SW, true, 300, 0 },
};

WPT_ROWS(wpt_power, wpt_power_rows);

/* Wait until the device is in a mode of IEEE 1284. */
static void wpt_power_await_mode(struct wpt_dev *d)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_dev_phase(d, "modes", "compatibility") &&
	       time_before(jiffies, end))
		wpt_nap(1);
}

/* The device is switched off and on during a transfer: an error. */
static void winpar_test_device_trouble_power(struct kunit *test)
{
	const struct wpt_power_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, TROUBLE_BYTES, 1);
	struct wpt_request *r;
	char text[32];

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	snprintf(text, sizeof(text), "busy_us=%u", row->busy_us);
	wpt_sim_set(&d->s, "state", text);
	r = wpt_dev_queue(d, file, 1, row->read ? IRP_MJ_READ : IRP_MJ_WRITE,
			  bytes, TROUBLE_BYTES);
	if (row->read) {
		wpt_power_await_mode(d);
		wpt_nap(300);
	} else {
		KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
	}
	wpt_sim_set(&d->s, "state", "power=0");
	/* Only lines without power tell in compatibility mode: off until the error. */
	if (row->off)
		wpt_nap(row->off);
	else
		wait_event_timeout(wpt_of(d)->log.wait, READ_ONCE(r->calls),
				   WPT_DEV_TIMEOUT);
	wpt_sim_set(&d->s, "state", "power=1 busy_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 20 * HZ * wpt_slowness),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information,
			(ULONG_PTR)TROUBLE_BYTES);
	wpt_dev_expect_works(d, file, "received");
}

/* A device that sends no byte for 2.5 s: the read goes on. */
static void winpar_test_device_trouble_quiet(struct kunit *test)
{
	const struct wpt_first_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 50, 1), *got = wpt_dev_block(d, 50);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, row->protocol),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 50);
	wpt_nap(2500);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes, 20);
	wpt_nap(2500);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes + 20, 30);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_same(test, got, bytes, 50);
}

/* A device that takes no byte for 6 s: the write goes on. */
static void winpar_test_device_trouble_busy(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 50, 1);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 50);
	wpt_nap(6000);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 50);
}

static struct kunit_case winpar_device_trouble_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_none,
			 wpt_first_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_there,
			 wpt_first_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_comes,
			 wpt_first_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_time_refused),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_no_error,
			 wpt_line_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_passes),
	KUNIT_CASE(winpar_test_device_trouble_lasts),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_power,
			 wpt_power_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_quiet,
			 wpt_first_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_busy),
	{ }
};

static struct kunit_suite winpar_device_trouble_suite = {
	.name = "winpar_device_trouble",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_trouble_cases,
};

kunit_test_suite(winpar_device_trouble_suite);
