// SPDX-License-Identifier: GPL-2.0-only
/*
 * A transfer by winpar's worker moves the lines just as a transfer does for
 * which a Linux driver calls parport_negotiate(), parport_write() and
 * parport_read(): the logs of winpar_sim are compared.
 */
#include "device_port.h"

#define WPT_WIRE_BYTES	40

struct wpt_wire_row {
	const char *name;
	const char *words;
	USHORT protocol;
	int mode;
	bool read;
	int address;	/* -1: none */
};

#define FORWARD(text, words, protocol, mode)				\
	{ text, words, protocol, IEEE1284_MODE_##mode, false, -1 }
#define REVERSE(text, words, protocol, mode)				\
	{ text, words, protocol, IEEE1284_MODE_##mode, true, -1 }

#define ALL	"peripheral=loopback"
#define NO_IRQ	"peripheral=loopback irq=0"
#define SPP	"peripheral=loopback kind=spp"

static const struct wpt_wire_row wpt_wire_rows[] = {
	FORWARD("centronics", ALL, CENTRONICS, COMPAT),
	FORWARD("centronics, no interrupt", NO_IRQ, CENTRONICS, COMPAT),
	FORWARD("centronics, spp chip", SPP, CENTRONICS, COMPAT),
	FORWARD("compatibility", ALL, IEEE_COMPATIBILITY, COMPAT),
	FORWARD("bounded ecp, forward", ALL, BOUNDED_ECP, ECP),
	FORWARD("ecp, forward", ALL, ECP_HW_NOIRQ, ECP),
	FORWARD("ecp, forward, no interrupt", NO_IRQ, ECP_HW_NOIRQ, ECP),
	FORWARD("ecp with interrupt, forward", ALL, ECP_HW_IRQ, ECP),
	FORWARD("ecp in software, forward", ALL, ECP_SW, ECPSWE),
	FORWARD("epp, forward", ALL, EPP_HW, EPP),
	FORWARD("epp in software, forward", ALL, EPP_SW, EPPSWE),
	REVERSE("nibble", ALL, NIBBLE, NIBBLE),
	REVERSE("nibble, no interrupt", NO_IRQ, NIBBLE, NIBBLE),
	REVERSE("nibble, spp chip", SPP, NIBBLE, NIBBLE),
	REVERSE("byte", ALL, BYTE_BIDIR, BYTE),
	REVERSE("byte, no interrupt", NO_IRQ, BYTE_BIDIR, BYTE),
	REVERSE("bounded ecp, reverse", ALL, BOUNDED_ECP, ECP),
	REVERSE("ecp, reverse", ALL, ECP_HW_NOIRQ, ECP),
	REVERSE("ecp, reverse, no interrupt", NO_IRQ, ECP_HW_NOIRQ, ECP),
	REVERSE("ecp in software, reverse", ALL, ECP_SW, ECPSWE),
	REVERSE("epp, reverse", ALL, EPP_HW, EPP),
	REVERSE("epp in software, reverse", ALL, EPP_SW, EPPSWE),
	{ "epp, forward, address", ALL, EPP_HW, IEEE1284_MODE_EPP, false, 5 },
	{ "epp in software, forward, address", ALL, EPP_SW,
	  IEEE1284_MODE_EPPSWE, false, 6 },
};

WPT_ROWS(wpt_wire, wpt_wire_rows);

/*
 * Before each of the two transfers: a new device, 0x5a on the lines, an empty
 * log.
 */
static void wpt_wire_begin(struct wpt_dev *d, const struct wpt_wire_row *row,
			   const u8 *bytes)
{
	wpt_sim_set(&d->s, "peripheral", "loopback");
	if (row->read)
		wpt_sim_put(&d->s, "feed", bytes, WPT_WIRE_BYTES);
	wpt_sim_out(&d->s, WINPAR_REG_DATA, 0x5a);
	wpt_sim_set(&d->s, "events", "");
}

/* The log of the lines, without its times. */
static char *wpt_wire_end(struct wpt_dev *d)
{
	char *copy = wpt_dev_block(d, WPT_SIM_TEXT), *to = copy;
	const char *line = wpt_sim_show(&d->s, "events"), *end, *from;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		from = strnchr(line, end - line, ' ');
		if (!from)
			continue;
		memcpy(to, from, end + 1 - from);
		to += end + 1 - from;
	}
	return copy;
}

/*
 * Transfer by the core's calls. It leaves the data lines turned: turn them
 * back.
 */
static void wpt_wire_transfer(struct wpt_dev *d, struct parport *parport,
			      const struct wpt_wire_row *row, u8 *bytes, u8 *got)
{
	struct kunit *test = wpt_of(d)->test;
	u8 address = row->address;

	KUNIT_EXPECT_EQ(test, parport_negotiate(parport, row->mode), 0);
	if (row->address >= 0) {
		parport_negotiate(parport, row->mode | IEEE1284_ADDR);
		KUNIT_EXPECT_EQ(test, parport_write(parport, &address, 1), 1L);
		parport_negotiate(parport, row->mode);
	}
	KUNIT_EXPECT_EQ(test, (ssize_t)WPT_WIRE_BYTES, row->read ?
			parport_read(parport, got, WPT_WIRE_BYTES) :
			parport_write(parport, bytes, WPT_WIRE_BYTES));
	parport_negotiate(parport, IEEE1284_MODE_COMPAT);
	parport->ops->data_forward(parport);
}

/* A Linux driver's transfer. */
static char *wpt_wire_linux(struct wpt_dev *d, const struct wpt_wire_row *row,
			    u8 *bytes, u8 *got)
{
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	char *events;

	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(wpt_of(d)->test, fake_rival_wait(rival));
	wpt_wire_begin(d, row, bytes);
	wpt_wire_transfer(d, d->s.linux_port.parport, row, bytes, got);
	events = wpt_wire_end(d);
	fake_rival_release(rival);
	return events;
}

/* A Windows client's. */
static char *wpt_wire_winpar(struct wpt_dev *d, const struct wpt_wire_row *row,
			     u8 *bytes, u8 *got)
{
	struct kunit *test = wpt_of(d)->test;
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	ULONG done = 0;

	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	if (row->address >= 0)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_address(file, IOCTL_PAR_SET_WRITE_ADDRESS,
						row->address));
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	wpt_wire_begin(d, row, bytes);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, row->read ?
			winpar_read(file, got, WPT_WIRE_BYTES, &done) :
			winpar_write(file, bytes, WPT_WIRE_BYTES, &done));
	KUNIT_EXPECT_EQ(test, done, (ULONG)WPT_WIRE_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	return wpt_wire_end(d);
}

/* Compare the bytes and the logs of both; the first line that differs is shown. */
static void winpar_test_device_reference_wire(struct kunit *test)
{
	const struct wpt_wire_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	u8 *bytes = wpt_dev_pattern(d, WPT_WIRE_BYTES, 3);
	u8 *got = wpt_dev_block(d, WPT_WIRE_BYTES);
	u8 *theirs = wpt_dev_block(d, WPT_WIRE_BYTES);
	char *have, *want, *a, *b;
	unsigned int line = 1;

	want = wpt_wire_linux(d, row, bytes, theirs);
	if (!row->read)
		wpt_dev_expect_received(d, &d->s, "received", bytes,
					WPT_WIRE_BYTES);
	have = wpt_wire_winpar(d, row, bytes, got);
	if (row->read) {
		wpt_dev_expect_same(test, theirs, bytes, WPT_WIRE_BYTES);
		wpt_dev_expect_same(test, got, bytes, WPT_WIRE_BYTES);
	} else {
		wpt_dev_expect_received(d, &d->s, "received", bytes,
					WPT_WIRE_BYTES);
	}
	KUNIT_EXPECT_GT(test, strlen(want), 100UL);
	while ((a = strsep(&want, "\n")) && (b = strsep(&have, "\n")) &&
	       !strcmp(a, b))
		line++;
	if (a || have)
		KUNIT_FAIL(test, "line %u is '%s', Linux's '%s'", line,
			   a ? b : have, a);
}

static struct kunit_case winpar_device_reference_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_reference_wire,
			 wpt_wire_gen_params),
	{ }
};

static struct kunit_suite winpar_device_reference_suite = {
	.name = "winpar_device_reference",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_reference_cases,
};

kunit_test_suite(winpar_device_reference_suite);
