// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes in every protocol, on every kind of chip, to every device of
 * a port, compared byte by byte.
 *
 * winpar_sim keeps the last 128 KiB that a device received. Of a longer write
 * the last bytes are compared, and how many there were. `make kunit
 * KUNIT=--long` writes a million bytes to a device that keeps more.
 */
#include <linux/sizes.h>

#include "device_port.h"

/* ----- every protocol, in sizes ------------------------------------------ */

struct wpt_proto {
	const char *name;
	USHORT protocol;
	bool read;
	const char *phase;
};

static const struct wpt_proto wpt_protos[] = {
	{ "centronics", CENTRONICS, false, NULL },
	{ "compatibility", IEEE_COMPATIBILITY, false, NULL },
	{ "bounded ecp, forward", BOUNDED_ECP, false, "ecp" },
	{ "ecp, forward", ECP_HW_NOIRQ, false, "ecp" },
	{ "ecp with interrupt, forward", ECP_HW_IRQ, false, "ecp" },
	{ "ecp in software, forward", ECP_SW, false, "ecp" },
	{ "epp, forward", EPP_HW, false, "epp" },
	{ "epp in software, forward", EPP_SW, false, "epp" },
	{ "nibble", NIBBLE, true, "nibble" },
	{ "channel nibble", CHANNEL_NIBBLE, true, "nibble" },
	{ "byte", BYTE_BIDIR, true, "byte" },
	{ "bounded ecp, reverse", BOUNDED_ECP, true, "ecp-reverse" },
	{ "ecp, reverse", ECP_HW_NOIRQ, true, "ecp-reverse" },
	{ "ecp with interrupt, reverse", ECP_HW_IRQ, true, "ecp-reverse" },
	{ "ecp in software, reverse", ECP_SW, true, "ecp-reverse" },
	{ "epp, reverse", EPP_HW, true, "epp" },
	{ "epp in software, reverse", EPP_SW, true, "epp" },
};

#define MILLION		1000003

static const ULONG wpt_sizes[] = { 0, 1, 2, 4096, MILLION };

/*
 * KUnit's parameter: the address of a byte here stands for a protocol and a
 * size.
 */
static const char
wpt_move_places[ARRAY_SIZE(wpt_protos) * ARRAY_SIZE(wpt_sizes)];

static const struct wpt_proto *wpt_move_proto(const char *place)
{
	return &wpt_protos[(place - wpt_move_places) / ARRAY_SIZE(wpt_sizes)];
}

static ULONG wpt_move_size(const char *place)
{
	return wpt_sizes[(place - wpt_move_places) % ARRAY_SIZE(wpt_sizes)];
}

/* The next protocol and size; a million only where the device keeps as many. */
static const void *wpt_move_gen_params(WINPAR_KUNIT_CASE const void *previous,
				       char *name)
{
	const char *place = previous ? previous + 1 : wpt_move_places;

	if (place < wpt_move_places + sizeof(wpt_move_places) &&
	    wpt_move_size(place) > wpt_dev_kept())
		place++;
	if (place == wpt_move_places + sizeof(wpt_move_places))
		return NULL;
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s, %u bytes",
		 wpt_move_proto(place)->name, wpt_move_size(place));
	return place;
}

static NTSTATUS wpt_move_negotiate(struct winpar_file *file,
				   const struct wpt_proto *proto)
{
	return wpt_dev_negotiate(file, proto->read ? 0 : proto->protocol,
				 proto->read ? proto->protocol : 0);
}

/*
 * Transfer twice (a million bytes once): the first may have left something
 * wrong.
 */
static void wpt_move(struct wpt_dev *d, struct winpar_file *file,
		     const struct wpt_proto *proto, u8 *bytes, ULONG size)
{
	struct kunit *test = wpt_of(d)->test;
	u8 *got = wpt_dev_block(d, size);
	ULONG done;
	int i;

	for (i = size == MILLION; i < 2; i++) {
		done = 12345;
		memset(got, 0, size);
		if (proto->read) {
			wpt_sim_put(&d->s, "feed", bytes, size);
			KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
					winpar_read(file, got, size, &done));
			wpt_dev_expect_same(test, got, bytes, size);
		} else {
			wpt_sim_set(&d->s, "received", "");
			KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
					winpar_write(file, bytes, size, &done));
			wpt_dev_expect_received(d, &d->s, "received", bytes,
						size);
		}
		KUNIT_EXPECT_EQ(test, done, size);
	}
}

static void winpar_test_device_transfer_protocol(struct kunit *test)
{
	const struct wpt_proto *proto = wpt_move_proto(test->param_value);
	ULONG size = wpt_move_size(test->param_value);
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, size, size + proto->protocol);

	KUNIT_EXPECT_EQ(test, wpt_move_negotiate(file, proto), STATUS_SUCCESS);
	if (size == MILLION)
		KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0),
				STATUS_SUCCESS);
	wpt_move(d, file, proto, bytes, size);
	if (proto->phase && size)
		KUNIT_EXPECT_GE(test, wpt_sim_number(&d->s, "modes",
						     proto->phase),
				size == MILLION ? 1UL : 2UL);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "lost"), 0UL);
}

/* ----- other chips, other places ----------------------------------------- */

struct wpt_place_row {
	const char *name;
	const char *words;
	int unit;
	const char *received;
	USHORT forward;
	USHORT reverse;
	bool locked;
};

static const struct wpt_place_row wpt_place_rows[] = {
	{ "spp, raw", "kind=spp peripheral=loopback", WPT_RAW, "received",
	  CENTRONICS, NIBBLE },
	{ "spp, ecp out", "kind=spp peripheral=loopback", WPT_RAW, "received",
	  ECP_SW, NIBBLE },
	{ "spp, epp out", "kind=spp peripheral=loopback", WPT_RAW, "received",
	  EPP_SW, NIBBLE },
	{ "ps2, raw", "kind=ps2 peripheral=loopback", WPT_RAW, "received",
	  ECP_SW, BYTE_BIDIR },
	{ "ps2, no interrupt", "kind=ps2 peripheral=loopback irq=0", WPT_RAW,
	  "received", ECP_SW, ECP_SW },
	{ "epp, raw", "kind=epp peripheral=loopback", WPT_RAW, "received",
	  EPP_HW, EPP_HW },
	{ "ecp, raw", "kind=ecp peripheral=loopback", WPT_RAW, "received",
	  BOUNDED_ECP, BOUNDED_ECP },
	{ "ecp, no interrupt", "kind=ecp peripheral=loopback irq=0", WPT_RAW,
	  "received", BOUNDED_ECP, NIBBLE },
	{ "epp out, nibble in", "peripheral=loopback", WPT_RAW, "received",
	  EPP_HW, NIBBLE },
	{ "locked", "peripheral=loopback", WPT_RAW, "received", ECP_SW,
	  ECP_SW, true },
	{ "locked, centronics and nibble", "peripheral=loopback", WPT_RAW,
	  "received", CENTRONICS, NIBBLE, true },
	{ "locked, epp out, byte in", "peripheral=loopback", WPT_RAW,
	  "received", EPP_SW, BYTE_BIDIR, true },
	{ "the end", "daisy=printer peripheral=loopback", 4, "received",
	  ECP_SW, ECP_SW },
	{ "the end, locked", "daisy=printer peripheral=loopback", 4,
	  "received", CENTRONICS, BYTE_BIDIR, true },
	{ "the first of a chain", "daisy=loopback+printer", 0,
	  "daisy0/received", ECP_SW, ECP_SW },
	{ "the last of a chain", "daisy=printer+printer+printer+loopback", 3,
	  "daisy3/received", EPP_HW, EPP_HW },
	{ "of a chain, locked", "daisy=printer+loopback", 1, "daisy1/received",
	  EPP_SW, NIBBLE, true },
	{ "of a chain, spp", "kind=spp daisy=loopback+epp", 0,
	  "daisy0/received", CENTRONICS, NIBBLE },
};

WPT_ROWS(wpt_place, wpt_place_rows);

/* Three times a write, and a read of the bytes that the device sends back. */
static void winpar_test_device_transfer_place(struct kunit *test)
{
	const struct wpt_place_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, row->unit);
	u8 *bytes = wpt_dev_pattern(d, 600, 6), *got = wpt_dev_block(d, 600);
	ULONG done;
	int i;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->forward, row->reverse));
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_write(file, bytes + 200 * i, 200,
					     &done));
		KUNIT_EXPECT_EQ(test, done, 200U);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_read(file, got + 200 * i, 200, &done));
		KUNIT_EXPECT_EQ(test, done, 200U);
	}
	wpt_dev_expect_same(test, got, bytes, 600);
	wpt_dev_expect_received(d, &d->s, row->received, bytes, 600);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK),
				STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
}

/* ----- a million bytes --------------------------------------------------- */

#define PIECE		100000

/*
 * A million where the device keeps as many (make kunit KUNIT=--long), else
 * three pieces, which are also more than its buffer holds.
 */
static ULONG wpt_many(void)
{
	return wpt_dev_kept() >= MILLION ? MILLION : 3 * PIECE;
}

/* One write: its last bytes are compared, and all are counted. */
static void winpar_test_device_transfer_million_out(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=epp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	ULONG many = wpt_many();
	u8 *bytes = wpt_dev_pattern(d, many, 8);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, EPP_HW, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, many);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, WPT_DEV_LONG),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, (ULONG_PTR)many);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), (unsigned long)many);
	wpt_dev_expect_received(d, &d->s, "received", bytes, many);
}

/* One read, while the case feeds the device in pieces. */
static void winpar_test_device_transfer_million_in(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	ULONG many = wpt_many();
	u8 *bytes = wpt_dev_pattern(d, many, 9);
	u8 *got = wpt_dev_block(d, many);
	unsigned long end = jiffies + WPT_DEV_LONG;
	struct wpt_request *r;
	size_t fed, len;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, ECP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, PIECE);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, many);
	for (fed = PIECE; fed < many; fed += len) {
		len = min_t(size_t, PIECE, many - fed);
		while (wpt_sim_number(&d->s, "modes", "to-send") + len >
		       SZ_128K) {
			KUNIT_ASSERT_TRUE(test, time_before(jiffies, end));
			wpt_nap(20);
		}
		wpt_sim_put(&d->s, "feed", bytes + fed, len);
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, WPT_DEV_LONG),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, (ULONG_PTR)many);
	wpt_dev_expect_same(test, got, bytes, many);
}

/* ----- addresses and channels -------------------------------------------- */

/* Write and read back registers of an EPP device, each by its address. */
static void winpar_test_device_transfer_epp_address(struct kunit *test)
{
	static const UCHAR addresses[] = { 0, 3, 127, 128, 200, 255 };
	static const USHORT protocols[] = { EPP_HW, EPP_SW };
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=epp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	unsigned int i, p;
	u8 byte;

	for (p = 0; p < ARRAY_SIZE(protocols); p++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_negotiate(file, protocols[p],
						  protocols[p]));
		for (i = 0; i < ARRAY_SIZE(addresses); i++) {
			KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
					(file, IOCTL_PAR_SET_WRITE_ADDRESS,
					 addresses[i]));
			byte = 10 * p + i;
			KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1,
							   NULL),
					STATUS_SUCCESS);
			KUNIT_EXPECT_EQ(test, (unsigned long)addresses[i],
					wpt_sim_number(&d->s, "modes",
						       "address"));
		}
		for (i = ARRAY_SIZE(addresses); i--;) {
			KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
					(file, IOCTL_PAR_SET_READ_ADDRESS,
					 addresses[i]));
			byte = 0xee;
			KUNIT_EXPECT_EQ(test, winpar_read(file, &byte, 1, NULL),
					STATUS_SUCCESS);
			KUNIT_EXPECT_EQ(test, byte, 10 * p + i);
		}
	}
}

struct wpt_channel_row {
	const char *name;
	USHORT protocol;
	bool locked;
};

static const struct wpt_channel_row wpt_channel_rows[] = {
	{ "ecp", ECP_HW_NOIRQ, false },
	{ "bounded ecp", BOUNDED_ECP, false },
	{ "ecp in software", ECP_SW, false },
	{ "ecp, locked", ECP_HW_NOIRQ, true },
};

WPT_ROWS(wpt_channel, wpt_channel_rows);

/*
 * The device gets the channel as a command before the data, not as a byte of
 * it.
 */
static void winpar_test_device_transfer_ecp_channel(struct kunit *test)
{
	const struct wpt_channel_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	static const UCHAR channels[] = { 1, 0, 64, 127 };
	u8 *bytes = wpt_dev_pattern(d, 40, 4);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, row->protocol, 0),
			STATUS_SUCCESS);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	/* Before SET_WRITE_ADDRESS no address is sent. */
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 40, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes",
						  "addresses"));
	for (i = 0; i < ARRAY_SIZE(channels); i++) {
		wpt_sim_set(&d->s, "received", "");
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
				(file, IOCTL_PAR_SET_WRITE_ADDRESS,
				 channels[i]));
		KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 40, NULL),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, (unsigned long)channels[i],
				wpt_sim_number(&d->s, "modes", "address"));
		KUNIT_EXPECT_LE(test, (unsigned long)i + 1,
				wpt_sim_number(&d->s, "modes", "addresses"));
		wpt_dev_expect_received(d, &d->s, "received", bytes, 40);
	}
}

/*
 * A run-length count that says more bytes than there is room for stays with the device: the
 * read that has room for them gets them.
 */
static void winpar_test_device_transfer_run(struct kunit *test)
{
	static const ULONG lengths[] = { 10, 9, 10 };
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 bytes[10], *got;
	unsigned int i;
	ULONG done;

	memset(bytes, 7, sizeof(bytes));
	wpt_sim_set(&d->s, "state", "rle=1");
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, ECP_SW), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 1000 * wpt_slowness, 0),
			STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, sizeof(bytes));
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		got = wpt_dev_block(d, lengths[i]);
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, lengths[i], &done),
				lengths[i] < sizeof(bytes) ? STATUS_TIMEOUT :
							     STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, done, lengths[i] < sizeof(bytes) ? 0 : 10U);
		wpt_dev_expect_same(test, got, bytes, done);
		if (!i)
			wpt_sim_put(&d->s, "feed", bytes, sizeof(bytes));
	}
}

/*
 * A read whose interval is too short for the engine's pauses gets runs, too: what counts is
 * the room in its buffer, not that it takes a byte at a time.
 */
static void winpar_test_device_transfer_run_brief(struct kunit *test)
{
	static const SERIAL_TIMEOUTS timeouts = {
		.ReadIntervalTimeout = 20,
		.ReadTotalTimeoutConstant = 2000,
	};
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 200, 5), *got = wpt_dev_block(d, 200);
	ULONG done = 0;

	memset(bytes + 20, 7, 150);
	wpt_sim_set(&d->s, "state", "rle=1");
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, ECP_SW), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &timeouts),
			STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, 200);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, 200, &done), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 200U);
	wpt_dev_expect_same(test, got, bytes, done);
}

static struct kunit_case winpar_device_transfer_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_transfer_protocol,
			 wpt_move_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_transfer_place,
			 wpt_place_gen_params),
	KUNIT_CASE(winpar_test_device_transfer_million_out),
	KUNIT_CASE(winpar_test_device_transfer_million_in),
	KUNIT_CASE(winpar_test_device_transfer_epp_address),
	KUNIT_CASE(winpar_test_device_transfer_run),
	KUNIT_CASE(winpar_test_device_transfer_run_brief),
	KUNIT_CASE_PARAM(winpar_test_device_transfer_ecp_channel,
			 wpt_channel_gen_params),
	{ }
};

static struct kunit_suite winpar_device_transfer_suite = {
	.name = "winpar_device_transfer",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_transfer_cases,
};

kunit_test_suite(winpar_device_transfer_suite);
