// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slow devices: each byte that one has acknowledged has arrived, once, and a
 * request takes no longer than the client's time-outs say.
 */
#include "device_port.h"

/*
 * In ms: the time-out of an ID, and the pause between its bytes; how many
 * bytes.
 */
#define SLOW_ID_MS	1500UL
#define SLOW_ID_PAUSE	400
#define SLOW_ID_STEPS	7
/* How often a write is stopped. */
#define SLOW_STOPS	4
/* How often a read is stopped, and of how many bytes; each takes some 20 to 50 ms. */
#define SLOW_READ_STOPS		16
#define SLOW_READ_BYTES		400
/* How long a read with ReadIntervalTimeout MAXULONG may take. */
#define SLOW_NOW_MOST	(5 * HZ * wpt_slowness)

/* ----- a device ID that goes on and on ------------------------------------ */

struct wpt_drip_row {
	const char *name;
	ULONG multiplier;
	ULONG constant;
	NTSTATUS status;
};

static const struct wpt_drip_row wpt_drip_rows[] = {
	{ "a total time", 0, SLOW_ID_MS, STATUS_IO_DEVICE_ERROR },
	{ "a time a byte", 1, 0, STATUS_SUCCESS },
	{ "no limit", 0, 0, STATUS_SUCCESS },
};

WPT_ROWS(wpt_drip, wpt_drip_rows);

/* Each byte comes within the core's time-outs; the ID says that it has 1000. */
static void winpar_test_device_slow_id(struct kunit *test)
{
	const struct wpt_drip_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	char text[8 + SLOW_ID_STEPS + 1] = "MFG:slow";
	struct wpt_request *r;
	struct wpt_start begin;
	int i;

	wpt_sim_set(&d->s, "device_id", text);
	wpt_sim_set(&d->s, "fault", "bad-checksum 1000");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_set_timeouts
			(file, &(SERIAL_TIMEOUTS){
				.ReadTotalTimeoutMultiplier = row->multiplier,
				.ReadTotalTimeoutConstant = row->constant,
			}));
	r = wpt_dev_request(d, 1, IRP_MJ_DEVICE_CONTROL,
			    IOCTL_PAR_QUERY_DEVICE_ID, 0, 100);
	begin = wpt_start();
	KUNIT_EXPECT_EQ(test, wpt_submit(r, file), STATUS_PENDING);
	for (i = 0; i < SLOW_ID_STEPS && !READ_ONCE(r->calls); i++) {
		wpt_nap(SLOW_ID_PAUSE);
		text[8 + i] = 'x';
		text[8 + i + 1] = '\0';
		wpt_sim_set(&d->s, "device_id", text);
		/* Any write to "state" makes the device offer its new byte. */
		wpt_sim_set(&d->s, "state", "paper=1");
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), row->status);
	if (row->status == STATUS_SUCCESS)
		KUNIT_EXPECT_STREQ(test, (char *)r->buffer, text);
	else
		KUNIT_EXPECT_LT(test, i, SLOW_ID_STEPS);
	if (row->constant)
		KUNIT_EXPECT_TRUE(test, wpt_has_lasted(begin, SLOW_ID_MS - 20));
	wpt_sim_set(&d->s, "fault", "none");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- a read that does not wait ------------------------------------------ */

/* A busy device does not take the read address: the read ends with 0 bytes. */
static void winpar_test_device_slow_now(struct kunit *test)
{
	static const SERIAL_TIMEOUTS now = { .ReadIntervalTimeout = MAXULONG };
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 20, 4), *got = wpt_dev_block(d, 20);
	struct wpt_request *r;
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, ECP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &now),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
			(file, IOCTL_PAR_SET_READ_ADDRESS, 5));
	wpt_sim_set(&d->s, "state", "busy=1");
	wpt_sim_put(&d->s, "feed", bytes, 20);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 20);
	if (!wait_event_timeout(wpt_of(d)->log.wait, READ_ONCE(r->calls),
				SLOW_NOW_MOST)) {
		KUNIT_FAIL(test, "the read waits for its address to be taken");
		winpar_irp_cancel(&r->irp);
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "addresses"), 0UL);

	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, 20, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 20U);
	wpt_dev_expect_same(test, got, bytes, 20);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "address"), 5UL);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, CENTRONICS, NIBBLE),
			STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

/* ----- ECP: a printer whose buffer is full --------------------------------- */

struct wpt_full_row {
	const char *name;
	const char *words;
	USHORT protocol;
	const char *state;
	ULONG length;
};

/* The core gives up after some 40 ms; winpar negotiates anew after some 200. */
static const struct wpt_full_row wpt_full_rows[] = {
	{ "60 ms", "", ECP_SW, "busy_us=60000", 20 },
	{ "60 ms, no interrupt", "irq=0", ECP_SW, "busy_us=60000", 20 },
	{ "60 ms, ecp by hardware", "", ECP_HW_NOIRQ, "busy_us=60000", 20 },
	{ "90 ms", "", ECP_SW, "busy_us=90000", 10 },
	{ "150 ms", "", BOUNDED_ECP, "busy_us=150000", 10 },
	{ "400 ms", "", ECP_SW, "busy_us=400000", 5 },
};

WPT_ROWS(wpt_full, wpt_full_rows);

/* Open a printer that takes for each byte the time that @state says. */
static struct winpar_file *wpt_full_open(struct wpt_dev *d, USHORT protocol,
					 const char *state)
{
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);

	KUNIT_EXPECT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, protocol, protocol));
	wpt_sim_set(&d->s, "state", state);
	return file;
}

static void wpt_full_mend(struct wpt_dev *d, struct winpar_file *file)
{
	wpt_sim_set(&d->s, "state", "busy_us=0");
	KUNIT_EXPECT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, CENTRONICS, NIBBLE));
	wpt_dev_expect_works(d, file, "received");
}

/* Each byte arrives once, and in order. */
static void winpar_test_device_slow_ecp(struct kunit *test)
{
	const struct wpt_full_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_full_open(d, row->protocol, row->state);
	u8 *bytes = wpt_dev_pattern(d, row->length, 2);
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, row->length, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, row->length);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), (unsigned long)row->length);
	wpt_dev_expect_received(d, &d->s, "received", bytes, row->length);
	wpt_full_mend(d, file);
}

/* A write ends by time or cancel: Information says how many bytes have arrived. */
static void winpar_test_device_slow_ecp_stop(struct kunit *test)
{
	const struct wpt_full_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_full_open(d, row->protocol, row->state);
	u8 *bytes = wpt_dev_pattern(d, 100, 2);
	unsigned long had, moved = 0;
	struct wpt_request *r;
	int i;

	for (i = 0; i < SLOW_STOPS; i++) {
		/*
		 * The times differ, so that each stop hits another point of a
		 * byte.
		 */
		had = wpt_dev_received(d);
		wpt_sim_set(&d->s, "received", "");
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_timeouts(file, 0, i & 1 ? 0 :
						 150 + 33 * i));
		r = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, 100);
		if (i & 1) {
			wpt_nap(150 + 27 * i);
			winpar_irp_cancel(&r->irp);
		}
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r),
				i & 1 ? STATUS_CANCELLED : STATUS_TIMEOUT);
		KUNIT_EXPECT_EQ(test, wpt_dev_received(d) - had,
				r->irp.IoStatus.Information);
		moved += r->irp.IoStatus.Information;
		wpt_dev_expect_received(d, &d->s, "received", bytes,
					r->irp.IoStatus.Information);
	}
	/* On a busy machine a stop may come before the first byte. */
	KUNIT_EXPECT_GT(test, moved, 0UL);
	wpt_full_mend(d, file);
}

/* Expect that after the first event 36 the device is ready (32) before @event. */
static void wpt_expect_ready_before(struct wpt_dev *d, const char *event)
{
	const char *text = strstr(wpt_sim_show(&d->s, "events"), "event 36");
	const char *ready, *next;

	KUNIT_ASSERT_NOT_NULL(wpt_of(d)->test, text);
	ready = strstr(text, "event 32");
	next = strstr(text, event);
	KUNIT_ASSERT_NOT_NULL(wpt_of(d)->test, ready);
	KUNIT_ASSERT_NOT_NULL(wpt_of(d)->test, next);
	KUNIT_EXPECT_TRUE_MSG(wpt_of(d)->test, ready < next, "%s", event);
}

/*
 * ECP is ended, and its lines are turned round, after the device has taken a
 * byte.
 */
static void winpar_test_device_slow_ecp_end(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_full_open(d, ECP_SW, "busy_us=75000");
	u8 *bytes = wpt_dev_pattern(d, 10, 2), *got = wpt_dev_block(d, 10);
	ULONG done = 0;

	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_dev_becomes_phase(d, "modes",
						      "compatibility"));
	wpt_expect_ready_before(d, "event 22");

	wpt_sim_put(&d->s, "feed", bytes, 10);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, 10, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 10U);
	wpt_dev_expect_same(test, got, bytes, 10);
	wpt_expect_ready_before(d, "event 39");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 2UL);
	wpt_full_mend(d, file);
}

/* To a slow device an address is sent once. */
static void winpar_test_device_slow_ecp_address(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_full_open(d, ECP_SW, "busy_us=90000");
	u8 *bytes = wpt_dev_pattern(d, 10, 2);
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
			(file, IOCTL_PAR_SET_WRITE_ADDRESS, 5));
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 10, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 10U);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "addresses"), 1UL);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "address"), 5UL);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 10);
	wpt_full_mend(d, file);
}

/* The device is unplugged: bytes for which it was not ready do not count. */
static void winpar_test_device_slow_ecp_gone(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_full_open(d, ECP_SW, "busy_us=0");
	u8 *bytes = wpt_dev_pattern(d, 10, 2);
	struct wpt_request *r;
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 10, &done),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "plugged=0");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 10);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	wpt_sim_set(&d->s, "state", "plugged=1");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_full_mend(d, file);
}

/* ----- a read that is stopped --------------------------------------------- */

struct wpt_stopped_row {
	const char *name;
	USHORT protocol;
	bool cancelled;		/* else its time runs out */
};

static const struct wpt_stopped_row wpt_stopped_rows[] = {
	{ "nibble, cancelled", NIBBLE, true },
	{ "nibble, out of time", NIBBLE },
	{ "byte, cancelled", BYTE_BIDIR, true },
	{ "byte, out of time", BYTE_BIDIR },
	{ "ECP, cancelled", ECP_SW, true },
};

WPT_ROWS(wpt_stopped, wpt_stopped_rows);

/* Read on, and stop that after so many ms. Returns how many bytes have come. */
static ULONG wpt_read_stopped(struct wpt_dev *d, struct winpar_file *file,
			      bool cancelled, int id, unsigned int ms, u8 *got, ULONG length)
{
	struct kunit *test = wpt_of(d)->test;
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_timeouts(file, cancelled ? 0 : ms, 0));
	r = wpt_dev_queue(d, file, id, IRP_MJ_READ, got, length);
	if (cancelled) {
		wpt_nap(ms);
		winpar_irp_cancel(&r->irp);
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r),
			cancelled ? STATUS_CANCELLED : STATUS_TIMEOUT);
	return r->irp.IoStatus.Information;
}

/*
 * The stops hit different points of a byte. The reads have each byte once: none that the
 * device has given was broken off.
 */
static void winpar_test_device_slow_read_stop(struct kunit *test)
{
	const struct wpt_stopped_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SLOW_READ_BYTES, 7);
	u8 *got = wpt_dev_block(d, SLOW_READ_BYTES);
	ULONG had = 0, rest = 0;
	int i;

	KUNIT_ASSERT_EQ(test, wpt_dev_negotiate(file, 0, row->protocol), STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, SLOW_READ_BYTES);
	wpt_sim_set(&d->s, "state", "answer_us=4000");
	for (i = 0; i < SLOW_READ_STOPS; i++)
		had += wpt_read_stopped(d, file, row->cancelled, i, 200 + 7 * i, got + had,
					SLOW_READ_BYTES - had);
	KUNIT_EXPECT_GT(test, had, 0U);
	KUNIT_ASSERT_LT(test, had, (ULONG)SLOW_READ_BYTES);
	wpt_sim_set(&d->s, "state", "answer_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 10000 * wpt_slowness, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got + had, SLOW_READ_BYTES - had, &rest),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, had + rest, (ULONG)SLOW_READ_BYTES);
	wpt_dev_expect_same(test, got, bytes, SLOW_READ_BYTES);
}

static struct kunit_case winpar_device_slow_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_slow_id, wpt_drip_gen_params),
	KUNIT_CASE(winpar_test_device_slow_now),
	KUNIT_CASE_PARAM(winpar_test_device_slow_ecp, wpt_full_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_slow_ecp_stop, wpt_full_gen_params),
	KUNIT_CASE(winpar_test_device_slow_ecp_end),
	KUNIT_CASE(winpar_test_device_slow_ecp_address),
	KUNIT_CASE(winpar_test_device_slow_ecp_gone),
	KUNIT_CASE_PARAM(winpar_test_device_slow_read_stop, wpt_stopped_gen_params),
	{ }
};

static struct kunit_suite winpar_device_slow_suite = {
	.name = "winpar_device_slow",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_slow_cases,
};

kunit_test_suite(winpar_device_slow_suite);
