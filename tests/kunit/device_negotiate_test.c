// SPDX-License-Identifier: GPL-2.0-only
/*
 * NEGOTIATE and GET_DEVICE_CAPS: which protocols each kind of chip and each
 * kind of device have in common, and which of them is chosen for each
 * direction.
 */
#include "device_port.h"

/* ----- what is chosen ---------------------------------------------------- */

/**
 * struct wpt_share_row - a port and the protocols that it and its device have
 * @words: the port and its device, in winpar_sim's words
 * @supports: what the device can do; NULL: all that its kind can
 * @forward: the protocols for writing
 * @reverse: the protocols for reading
 */
struct wpt_share_row {
	const char *words;
	const char *supports;
	USHORT forward;
	USHORT reverse;
};

#define COMPAT	(IEEE_COMPATIBILITY | CENTRONICS)
#define NIBBLES	(NIBBLE | CHANNEL_NIBBLE)

static const struct wpt_share_row wpt_share_rows[] = {
	/* spp: the data lines only go out; there is no ECR and no EPP register. */
	{ "kind=spp peripheral=none", NULL, COMPAT, NONE },
	{ "kind=spp peripheral=printer", NULL, ECP_SW | COMPAT, NIBBLES },
	{ "kind=spp peripheral=epp", NULL, EPP_SW | COMPAT, NIBBLES },
	{ "kind=spp peripheral=loopback", NULL, ECP_SW | EPP_SW | COMPAT,
	  NIBBLES },
	{ "kind=ps2 peripheral=none", NULL, COMPAT, NONE },
	{ "kind=ps2 peripheral=printer", NULL, ECP_SW | COMPAT,
	  ECP_SW | BYTE_BIDIR | NIBBLES },
	{ "kind=ps2 peripheral=epp", NULL, EPP_SW | COMPAT, EPP_SW | NIBBLES },
	{ "kind=ps2 peripheral=loopback", NULL, ECP_SW | EPP_SW | COMPAT,
	  ECP_SW | EPP_SW | BYTE_BIDIR | NIBBLES },
	{ "kind=epp peripheral=none", NULL, COMPAT, NONE },
	{ "kind=epp peripheral=printer", NULL, ECP_SW | COMPAT,
	  ECP_SW | BYTE_BIDIR | NIBBLES },
	{ "kind=epp peripheral=epp", NULL, EPP_ANY | COMPAT,
	  EPP_ANY | NIBBLES },
	{ "kind=epp peripheral=loopback", NULL, ECP_SW | EPP_ANY | COMPAT,
	  ECP_SW | EPP_ANY | BYTE_BIDIR | NIBBLES },
	{ "kind=ecp peripheral=none", NULL, COMPAT, NONE },
	{ "kind=ecp peripheral=printer", NULL, ECP_ANY | COMPAT,
	  ECP_ANY | BYTE_BIDIR | NIBBLES },
	{ "kind=ecp peripheral=epp", NULL, EPP_SW | COMPAT, EPP_SW | NIBBLES },
	{ "kind=ecp peripheral=loopback", NULL, ECP_ANY | EPP_SW | COMPAT,
	  ECP_ANY | EPP_SW | BYTE_BIDIR | NIBBLES },
	{ "kind=ecpepp peripheral=none", NULL, COMPAT, NONE },
	{ "kind=ecpepp peripheral=printer", NULL, ECP_ANY | COMPAT,
	  ECP_ANY | BYTE_BIDIR | NIBBLES },
	{ "kind=ecpepp peripheral=epp", NULL, EPP_ANY | COMPAT,
	  EPP_ANY | NIBBLES },
	{ "kind=ecpepp peripheral=loopback", NULL, ECP_ANY | EPP_ANY | COMPAT,
	  ECP_ANY | EPP_ANY | BYTE_BIDIR | NIBBLES },
	/* ECP_HW_IRQ needs a port with an interrupt. */
	{ "kind=ecpepp irq=0 peripheral=loopback", NULL,
	  (ECP_ANY & ~ECP_HW_IRQ) | EPP_ANY | COMPAT,
	  (ECP_ANY & ~ECP_HW_IRQ) | EPP_ANY | BYTE_BIDIR | NIBBLES },
	{ "peripheral=printer", "nothing", COMPAT, NONE },
	{ "peripheral=printer", "nibble", COMPAT, NIBBLES },
	{ "peripheral=printer", "nibble byte", COMPAT, BYTE_BIDIR | NIBBLES },
	{ "peripheral=printer", "nibble epp", EPP_ANY | COMPAT,
	  EPP_ANY | NIBBLES },
	{ "peripheral=printer", "nibble ecp", ECP_ANY | COMPAT,
	  ECP_ANY | NIBBLES },
};

static void wpt_share_name(const struct wpt_share_row *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s%s%s", row->words,
		 row->supports ? " supports=" : "", row->supports ?: "");
}

KUNIT_ARRAY_PARAM(wpt_share, wpt_share_rows, wpt_share_name);

/* The order in which NEGOTIATE chooses: the fastest protocol first. */
static const USHORT wpt_forward_order[] = {
	BOUNDED_ECP, ECP_HW_NOIRQ, ECP_HW_IRQ, EPP_HW, EPP_SW, ECP_SW,
	IEEE_COMPATIBILITY, CENTRONICS,
};

static const USHORT wpt_reverse_order[] = {
	BOUNDED_ECP, ECP_HW_NOIRQ, ECP_HW_IRQ, EPP_HW, EPP_SW, ECP_SW,
	BYTE_BIDIR, NIBBLE, CHANNEL_NIBBLE,
};

static struct wpt_dev *wpt_share_plug(struct kunit *test,
				      const struct wpt_share_row *row,
				      struct winpar_file **file)
{
	struct wpt_dev *d = wpt_dev_plug(test, row->words);

	if (row->supports)
		wpt_sim_set(&d->s, "supports", row->supports);
	*file = wpt_dev_open(d, WPT_RAW);
	return d;
}

/* NEGOTIATE for the first two masks ends with @status; the last two are chosen. */
static void wpt_expect_chosen(struct kunit *test, struct winpar_file *file,
			      USHORT forward, USHORT reverse, NTSTATUS status,
			      USHORT want_forward, USHORT want_reverse)
{
	PARCLASS_NEGOTIATION_MASK mask = {
		.usWriteMask = forward, .usReadMask = reverse,
	};
	ULONG_PTR information = 77;

	KUNIT_EXPECT_EQ_MSG(test, status,
			    winpar_device_ioctl(file, IOCTL_IEEE1284_NEGOTIATE,
						&mask, sizeof(mask), &mask,
						sizeof(mask), &information),
			    "asked for %04x and %04x", forward, reverse);
	KUNIT_EXPECT_EQ(test, information,
			NT_SUCCESS(status) ? sizeof(mask) : 0UL);
	if (NT_SUCCESS(status)) {
		KUNIT_EXPECT_EQ(test, mask.usWriteMask, want_forward);
		KUNIT_EXPECT_EQ(test, mask.usReadMask, want_reverse);
	}
	wpt_dev_expect_modes(test, file, want_forward, want_reverse);
}

/* Each protocol is asked for by itself, for one direction. */
static void winpar_test_device_negotiate_each(struct kunit *test)
{
	const struct wpt_share_row *row = test->param_value;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_share_plug(test, row, &file);
	unsigned int i;
	USHORT bit;

	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	for (i = 0; i < ARRAY_SIZE(wpt_forward_order); i++) {
		bit = wpt_forward_order[i];
		if (row->forward & bit)
			wpt_expect_chosen(test, file, bit, 0, STATUS_SUCCESS,
					  bit, NIBBLE);
		else
			wpt_expect_chosen(test, file, bit, 0,
					  STATUS_UNSUCCESSFUL, CENTRONICS,
					  NIBBLE);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE),
				STATUS_SUCCESS);
		wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	}
	for (i = 0; i < ARRAY_SIZE(wpt_reverse_order); i++) {
		bit = wpt_reverse_order[i];
		if (row->reverse & bit)
			wpt_expect_chosen(test, file, 0, bit, STATUS_SUCCESS,
					  CENTRONICS, bit);
		else
			wpt_expect_chosen(test, file, 0, bit,
					  STATUS_UNSUCCESSFUL, CENTRONICS,
					  NIBBLE);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
}

/* The fastest is chosen; without it in the mask the next one, and so on. */
static void winpar_test_device_negotiate_fastest(struct kunit *test)
{
	const struct wpt_share_row *row = test->param_value;
	USHORT mask = MAXUSHORT, last;
	struct winpar_file *file;
	unsigned int i;

	wpt_share_plug(test, row, &file);
	last = CENTRONICS;
	for (i = 0; i < ARRAY_SIZE(wpt_forward_order); i++) {
		if (!(row->forward & wpt_forward_order[i]))
			continue;
		last = wpt_forward_order[i];
		wpt_expect_chosen(test, file, mask, 0, STATUS_SUCCESS, last,
				  NIBBLE);
		mask &= ~last;
	}
	if (WPT_FORWARD_ALL & ~row->forward)
		wpt_expect_chosen(test, file, WPT_FORWARD_ALL & ~row->forward,
				  0, STATUS_UNSUCCESSFUL, last, NIBBLE);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE), STATUS_SUCCESS);
	mask = MAXUSHORT;
	last = NIBBLE;
	for (i = 0; i < ARRAY_SIZE(wpt_reverse_order); i++) {
		if (!(row->reverse & wpt_reverse_order[i]))
			continue;
		last = wpt_reverse_order[i];
		wpt_expect_chosen(test, file, 0, mask, STATUS_SUCCESS,
				  CENTRONICS, last);
		mask &= ~last;
	}
	if (WPT_REVERSE_ALL & ~row->reverse)
		wpt_expect_chosen(test, file, 0,
				  WPT_REVERSE_ALL & ~row->reverse,
				  STATUS_UNSUCCESSFUL, CENTRONICS, last);
}

/*
 * GET_DEVICE_CAPS says what both have, less the protocols that it shall leave
 * out.
 */
static void winpar_test_device_negotiate_caps(struct kunit *test)
{
	const struct wpt_share_row *row = test->param_value;
	USHORT all = row->forward | row->reverse, caps;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_share_plug(test, row, &file);

	caps = 0x5555;
	KUNIT_EXPECT_EQ(test, wpt_dev_caps(file, 0, &caps), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, caps, all);
	caps = 0x5555;
	KUNIT_EXPECT_EQ(test, wpt_dev_caps(file, ECP_ANY, &caps),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, caps, all & ~ECP_ANY);
	caps = 0x5555;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_caps(file, EPP_ANY | NIBBLES | BYTE_BIDIR,
				     &caps));
	KUNIT_EXPECT_EQ(test, caps,
			all & ~(EPP_ANY | NIBBLES | BYTE_BIDIR));
	/*
	 * The protocols that are set stay, and the device is in compatibility
	 * mode.
	 */
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	if (!strstr(row->words, "peripheral=none"))
		KUNIT_EXPECT_TRUE(test,
				  wpt_dev_becomes_phase(d, "modes",
							"compatibility"));
}

/* ----- one device -------------------------------------------------------- */

/* A NEGOTIATE that fails for one direction leaves both as they are. */
static void winpar_test_device_negotiate_all_or_nothing(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);

	wpt_expect_chosen(test, file, ECP_SW, BYTE_BIDIR, STATUS_SUCCESS,
			  ECP_SW, BYTE_BIDIR);
	wpt_expect_chosen(test, file, CENTRONICS, EPP_ANY, STATUS_UNSUCCESSFUL,
			  ECP_SW, BYTE_BIDIR);
	wpt_expect_chosen(test, file, EPP_ANY, NIBBLE, STATUS_UNSUCCESSFUL,
			  ECP_SW, BYTE_BIDIR);
	wpt_expect_chosen(test, file, EPP_ANY, EPP_ANY, STATUS_UNSUCCESSFUL,
			  ECP_SW, BYTE_BIDIR);
	/* A mask of 0 leaves its direction as it is. */
	wpt_expect_chosen(test, file, 0, NIBBLE, STATUS_SUCCESS, ECP_SW,
			  NIBBLE);
	wpt_expect_chosen(test, file, CENTRONICS, 0, STATUS_SUCCESS,
			  CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, file, BOUNDED_ECP, BOUNDED_ECP, STATUS_SUCCESS,
			  BOUNDED_ECP, BOUNDED_ECP);
	wpt_expect_chosen(test, file, 0, 0, STATUS_SUCCESS, BOUNDED_ECP,
			  BOUNDED_ECP);
}

/*
 * A mode that the peripheral refuses is asked for once for all protocols that have it; what
 * does not answer, which may be a dongle that takes a negotiation for data, for no second mode.
 */
static void winpar_test_device_negotiate_once(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	const char *events;
	unsigned long before;

	wpt_sim_set(&d->s, "supports", "nibble");
	before = wpt_sim_number(&d->s, "modes", "negotiation");
	wpt_expect_chosen(test, file, EPP_HW | EPP_SW, 0, STATUS_UNSUCCESSFUL,
			  CENTRONICS, NIBBLE);
	KUNIT_EXPECT_EQ(test, before + 1,
			wpt_sim_number(&d->s, "modes", "negotiation"));
	wpt_sim_set(&d->s, "supports", "nothing");
	wpt_sim_set(&d->s, "events", "");
	wpt_expect_chosen(test, file, EPP_SW | ECP_SW, 0, STATUS_UNSUCCESSFUL,
			  CENTRONICS, NIBBLE);
	events = wpt_sim_show(&d->s, "events");
	/* EPP's byte, and not ECP's. */
	KUNIT_EXPECT_TRUE(test, strstr(events, "data=40"));
	KUNIT_EXPECT_FALSE(test, strstr(events, "data=10"));
}

/* NEGOTIATE ignores bits that stand for no protocol of the direction. */
static void winpar_test_device_negotiate_ignored(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	const USHORT not_out = (USHORT)~WPT_FORWARD_ALL;
	const USHORT not_in = (USHORT)~WPT_REVERSE_ALL;

	wpt_expect_chosen(test, file, not_out | CENTRONICS, not_in | NIBBLE,
			  STATUS_SUCCESS, CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, file, not_out | EPP_SW, not_in | BYTE_BIDIR,
			  STATUS_SUCCESS, EPP_SW, BYTE_BIDIR);
	wpt_expect_chosen(test, file, not_out, not_in, STATUS_SUCCESS, EPP_SW,
			  BYTE_BIDIR);
}

/* GET_DEFAULT_MODES says Centronics and nibble, whatever was negotiated. */
static void winpar_test_device_negotiate_defaults(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	USHORT forward, reverse;
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_modes(file, IOCTL_PAR_GET_DEFAULT_MODES,
					      &forward, &reverse));
		KUNIT_EXPECT_EQ(test, forward, CENTRONICS);
		KUNIT_EXPECT_EQ(test, reverse, NIBBLE);
		wpt_expect_chosen(test, file, EPP_HW, EPP_HW, STATUS_SUCCESS,
				  EPP_HW, EPP_HW);
	}
	/* The next opener begins with the defaults. */
	wpt_dev_close(d, file);
	file = wpt_dev_open(d, WPT_RAW);
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
}

/*
 * The protocols that a GET_DEVICE_CAPS left out are not tried, until the next
 * GET_DEVICE_CAPS or until the file is closed.
 */
static void winpar_test_device_negotiate_excluded(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	USHORT caps;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_caps(file, ECP_ANY | EPP_ANY, &caps));
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes", "ecp-setup"));
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes", "epp"));
	wpt_expect_chosen(test, file, ECP_ANY | EPP_ANY, 0,
			  STATUS_UNSUCCESSFUL, CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, file, 0, ECP_ANY | EPP_ANY,
			  STATUS_UNSUCCESSFUL, CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, file, MAXUSHORT, MAXUSHORT, STATUS_SUCCESS,
			  IEEE_COMPATIBILITY, BYTE_BIDIR);
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes", "ecp-setup"));
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes", "epp"));
	/* The next GET_DEVICE_CAPS leaves out others. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_caps(file, ECP_ANY, &caps));
	wpt_expect_chosen(test, file, MAXUSHORT, MAXUSHORT, STATUS_SUCCESS,
			  EPP_HW, EPP_HW);
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "modes", "ecp-setup"));
	wpt_dev_close(d, file);
	file = wpt_dev_open(d, WPT_RAW);
	wpt_expect_chosen(test, file, MAXUSHORT, MAXUSHORT, STATUS_SUCCESS,
			  BOUNDED_ECP, BOUNDED_ECP);
}

/* ----- on the wire ------------------------------------------------------- */

/* The mode stays on the wire while the device is locked, and not longer. */
static void winpar_test_device_negotiate_wire(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 byte = 'x';

	wpt_expect_chosen(test, file, EPP_SW, EPP_SW, STATUS_SUCCESS, EPP_SW,
			  EPP_SW);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "epp"));
	/* NEGOTIATE ends the mode that is on the wire. */
	wpt_expect_chosen(test, file, ECP_SW, ECP_SW, STATUS_SUCCESS, ECP_SW,
			  ECP_SW);
	KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "ecp"));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, file, ECP_SW, ECP_SW, STATUS_SUCCESS, ECP_SW,
			  ECP_SW);
	KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));
	/* The UNLOCK ends the mode; the protocols stay chosen. */
	wpt_dev_expect_modes(test, file, ECP_SW, ECP_SW);
}

/* Each of two devices on a port keeps the protocols that it negotiated. */
static void winpar_test_device_negotiate_two(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=epp peripheral=printer");
	struct winpar_file *near = wpt_dev_open(d, 0);
	struct winpar_file *end = wpt_dev_open(d, 4);
	u8 *bytes = wpt_dev_pattern(d, 50, 2);

	wpt_expect_chosen(test, near, EPP_ANY, EPP_ANY, STATUS_SUCCESS, EPP_HW,
			  EPP_HW);
	wpt_expect_chosen(test, near, ECP_ANY, 0, STATUS_UNSUCCESSFUL, EPP_HW,
			  EPP_HW);
	wpt_expect_chosen(test, end, EPP_ANY, 0, STATUS_UNSUCCESSFUL,
			  CENTRONICS, NIBBLE);
	wpt_expect_chosen(test, end, ECP_ANY, NIBBLE, STATUS_SUCCESS,
			  BOUNDED_ECP, NIBBLE);
	KUNIT_EXPECT_EQ(test, winpar_write(near, bytes, 50, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(end, bytes, 50, NULL),
			STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "daisy0/received", bytes, 50);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 50);
	wpt_dev_expect_modes(test, near, EPP_HW, EPP_HW);
	wpt_dev_expect_modes(test, end, BOUNDED_ECP, NIBBLE);
}

/*
 * The device takes 20 ms for another driver's byte: a negotiation does not break it off.
 * winpar waits 40 ms for it, in which the device's timer may be late: so up to ten times. A
 * negotiation that does not wait breaks each of them off.
 */
static void winpar_test_device_negotiate_while_busy(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	int i;

	wpt_sim_set(&d->s, "state", "busy_us=20000");
	for (i = 0; i < 10 && !wpt_dev_received(d); i++) {
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, wpt_dev_becomes_phase(d, "modes",
							      "compatibility"));
		wpt_sim_print(&d->s, 'x');
		wpt_expect_chosen(test, file, ECP_SW, ECP_SW, STATUS_SUCCESS,
				  ECP_SW, ECP_SW);
	}
	wpt_dev_expect_received(d, &d->s, "received", "x", 1);
}

static struct kunit_case winpar_device_negotiate_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_negotiate_each,
			 wpt_share_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_negotiate_fastest,
			 wpt_share_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_negotiate_caps,
			 wpt_share_gen_params),
	KUNIT_CASE(winpar_test_device_negotiate_all_or_nothing),
	KUNIT_CASE(winpar_test_device_negotiate_once),
	KUNIT_CASE(winpar_test_device_negotiate_ignored),
	KUNIT_CASE(winpar_test_device_negotiate_defaults),
	KUNIT_CASE(winpar_test_device_negotiate_excluded),
	KUNIT_CASE(winpar_test_device_negotiate_wire),
	KUNIT_CASE(winpar_test_device_negotiate_two),
	KUNIT_CASE(winpar_test_device_negotiate_while_busy),
	{ }
};

static struct kunit_suite winpar_device_negotiate_suite = {
	.name = "winpar_device_negotiate",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_negotiate_cases,
};

kunit_test_suite(winpar_device_negotiate_suite);
