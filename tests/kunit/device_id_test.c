// SPDX-License-Identifier: GPL-2.0-only
/* Device IDs: size, text and raw bytes, of good devices and of bad ones. */
#include "device_port.h"

#define ID_SIZE	IOCTL_PAR_QUERY_DEVICE_ID_SIZE
#define ID_TEXT	IOCTL_PAR_QUERY_DEVICE_ID
#define ID_RAW	IOCTL_PAR_QUERY_RAW_DEVICE_ID

/* Send an ID request; @information is set to the Information that it ends with. */
static NTSTATUS wpt_id_ask(struct wpt_dev *d, struct winpar_file *file,
			   ULONG code, void *buf, ULONG len,
			   ULONG_PTR *information)
{
	struct wpt_request *r = wpt_dev_request(d, 90, IRP_MJ_DEVICE_CONTROL,
						code, 0, len);
	NTSTATUS status;

	r->irp.AssociatedIrp.SystemBuffer = buf;
	r->irp.IoStatus.Information = 12345;
	status = wpt_dev_run(r, file);
	*information = r->irp.IoStatus.Information;
	return status;
}

/*
 * Expect of the three ID requests what they give for a device with the ID
 * @text.
 */
static void wpt_expect_id(struct wpt_dev *d, struct winpar_file *file,
			  const char *text)
{
	struct kunit *test = wpt_of(d)->test;
	size_t len = strlen(text);
	PAR_DEVICE_ID_SIZE_INFORMATION size = { };
	u8 *buf = wpt_dev_block(d, len + 64);
	ULONG_PTR information;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_id_ask(d, file, ID_SIZE, &size, sizeof(size),
				   &information));
	KUNIT_EXPECT_EQ(test, information, sizeof(size));
	KUNIT_EXPECT_EQ(test, size.DeviceIdSize, (ULONG)len + 1);

	memset(buf, 0xa5, len + 64);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_id_ask(d, file, ID_TEXT, buf, len + 1,
				   &information));
	KUNIT_EXPECT_EQ(test, information, len + 1);
	wpt_dev_expect_same(test, buf, (const u8 *)text, len + 1);
	KUNIT_EXPECT_EQ(test, (int)buf[len + 1], 0xa5);

	memset(buf, 0xa5, len + 64);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_id_ask(d, file, ID_RAW, buf, len + 40,
				   &information));
	KUNIT_EXPECT_EQ(test, information, len + 3);
	KUNIT_EXPECT_EQ(test, (size_t)buf[0] << 8 | buf[1], len + 2);
	wpt_dev_expect_same(test, buf + 2, (const u8 *)text, len + 1);
	KUNIT_EXPECT_EQ(test, (int)buf[len + 3], 0xa5);
}

/* ----- the ID of each device of a port ----------------------------------- */

struct wpt_whose_row {
	const char *name;
	const char *words;
	int unit;
	bool locked;
	const char *want;
};

#define ID_OF(what, class, who)						\
	"MFG:winpar;MDL:Simulated " what ";CLS:" class ";DES:winpar_sim " who \
	";"

static const struct wpt_whose_row wpt_whose_rows[] = {
	{ "a printer", "", WPT_RAW, false,
	  ID_OF("printer", "PRINTER", "printer") },
	{ "a printer, locked", "", WPT_RAW, true,
	  ID_OF("printer", "PRINTER", "printer") },
	{ "a printer, no interrupt", "irq=0", 4, false,
	  ID_OF("printer", "PRINTER", "printer") },
	{ "an instrument", "peripheral=epp", WPT_RAW, false,
	  ID_OF("instrument", "PORTS", "epp") },
	{ "a loopback, spp", "kind=spp peripheral=loopback", WPT_RAW, false,
	  ID_OF("loopback", "PORTS", "loopback") },
	{ "the first of a chain", "daisy=printer+epp", 0, false,
	  ID_OF("printer 0", "PRINTER", "printer 0") },
	{ "the second of a chain", "daisy=printer+epp", 1, false,
	  ID_OF("instrument 1", "PORTS", "epp 1") },
	{ "the second of a chain, locked", "daisy=printer+epp", 1, true,
	  ID_OF("instrument 1", "PORTS", "epp 1") },
	{ "behind a chain", "daisy=printer+epp", 4, false,
	  ID_OF("printer", "PRINTER", "printer") },
};

WPT_ROWS(wpt_whose, wpt_whose_rows);

static void winpar_test_device_id_each_device(struct kunit *test)
{
	const struct wpt_whose_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, row->unit);

	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	wpt_expect_id(d, file, row->want);
	/* A second time, from the ID's first byte. */
	wpt_expect_id(d, file, row->want);
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK),
				STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));
}

/* ----- IDs of each length ------------------------------------------------ */

struct wpt_long_row {
	const char *name;
	unsigned int len;
};

static const struct wpt_long_row wpt_long_rows[] = {
	{ "1", 1 }, { "2", 2 }, { "3", 3 }, { "4", 4 }, { "61", 61 },
	{ "125", 125 }, { "126", 126 }, { "127", 127 }, { "128", 128 },
	{ "129", 129 }, { "253", 253 }, { "254", 254 }, { "255", 255 },
	{ "256", 256 }, { "257", 257 }, { "510", 510 }, { "511", 511 },
	{ "1000", 1000 }, { "4096", 4096 }, { "9000", 9000 },
};

static void wpt_long_name(const struct wpt_long_row *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s bytes", row->name);
}

KUNIT_ARRAY_PARAM(wpt_long, wpt_long_rows, wpt_long_name);

/*
 * An ID of that length: letters, as the knob strips blanks. Short ones and
 * those of an even length end in ";" as real IDs do.
 */
static char *wpt_id_text(struct wpt_dev *d, unsigned int len)
{
	char *text = wpt_dev_block(d, len + 1);
	unsigned int i;

	for (i = 0; i < len; i++)
		text[i] = 'a' + (i * 7 + i / 26) % 26;
	if (len < 61 || len % 2 == 0)
		text[len - 1] = ';';
	return text;
}

static void winpar_test_device_id_length(struct kunit *test)
{
	const struct wpt_long_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	char *text = wpt_id_text(d, row->len);

	wpt_sim_put(&d->s, "device_id", text, row->len);
	wpt_expect_id(d, file, text);
}

/* The longest ID: a length of 0xffff would look like lines that stay high. */
static void winpar_test_device_id_longest(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	unsigned int len = 0xfffc;
	char *text = wpt_id_text(d, len);
	u8 *buf = wpt_dev_block(d, 0x10001);
	ULONG_PTR information;

	wpt_sim_put(&d->s, "device_id", text, len);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_id_ask(d, file, ID_RAW, buf, 0x10001,
				   &information));
	KUNIT_EXPECT_EQ(test, information, (ULONG_PTR)0xffff);
	KUNIT_EXPECT_EQ(test, (int)buf[0], 0xff);
	KUNIT_EXPECT_EQ(test, (int)buf[1], 0xfe);
	wpt_dev_expect_same(test, buf + 2, (const u8 *)text, len + 1);
}

/* ----- buffers ----------------------------------------------------------- */

/* A buffer that is too short by 1 byte or more: nothing is written to it. */
static void winpar_test_device_id_short(struct kunit *test)
{
	static const char text[] = "MFG:x;MDL:y;";
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	static const ULONG codes[] = { ID_TEXT, ID_RAW };
	ULONG_PTR information;
	unsigned int i, need;
	u8 buf[32];
	ULONG len;

	wpt_sim_set(&d->s, "device_id", text);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		need = strlen(text) + (codes[i] == ID_RAW ? 3 : 1);
		for (len = 0; len < need; len++) {
			memset(buf, 0xa5, sizeof(buf));
			KUNIT_EXPECT_EQ_MSG(test, STATUS_BUFFER_TOO_SMALL,
					    wpt_id_ask(d, file, codes[i], buf,
						       len, &information),
					    "%u", len);
			KUNIT_EXPECT_EQ(test, information, 0UL);
			KUNIT_EXPECT_PTR_EQ(test, memchr_inv(buf, 0xa5,
							     sizeof(buf)),
					    NULL);
		}
		KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
				wpt_id_ask(d, file, codes[i], NULL, need,
					   &information));
		KUNIT_EXPECT_EQ(test, information, 0UL);
	}
	wpt_expect_id(d, file, text);
}

/*
 * winpar_device_ioctl() with a buffer that is longer, and one that is too
 * short.
 */
static void winpar_test_device_id_synchronous_call(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	char *text = wpt_id_text(d, 2000);
	u8 *buf = wpt_dev_block(d, 3000);
	ULONG_PTR information = 0;

	wpt_sim_put(&d->s, "device_id", text, 2000);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_device_ioctl(file, ID_TEXT, NULL, 0, buf, 3000,
					    &information));
	KUNIT_EXPECT_EQ(test, information, 2001UL);
	wpt_dev_expect_same(test, buf, (const u8 *)text, 2001);
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_TOO_SMALL,
			winpar_device_ioctl(file, ID_TEXT, NULL, 0, buf, 2000,
					    &information));
	KUNIT_EXPECT_EQ(test, information, 0UL);
}

/* Answers as long as WINPAR_IRP_BUFFER, one byte less and one more, and their room. */
static void winpar_test_device_id_on_the_stack(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	ULONG_PTR information = 0;
	unsigned int len;
	char *text;
	u8 *buf;

	for (len = 127; len <= 129; len++) {
		text = wpt_id_text(d, len - 1);
		buf = wpt_dev_block(d, len);
		wpt_sim_put(&d->s, "device_id", text, len - 1);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_device_ioctl(file, ID_TEXT, NULL, 0, buf, len,
						    &information));
		KUNIT_EXPECT_EQ(test, information, (ULONG_PTR)len);
		wpt_dev_expect_same(test, buf, (const u8 *)text, len);
		KUNIT_EXPECT_EQ(test, STATUS_BUFFER_TOO_SMALL,
				winpar_device_ioctl(file, ID_TEXT, NULL, 0, buf,
						    len - 1, &information));
		KUNIT_EXPECT_EQ(test, information, 0UL);
	}
}

/* ----- lengths that are wrong -------------------------------------------- */

struct wpt_wrong_row {
	const char *name;
	unsigned int says;
	unsigned int text;	/* how many of its 30 bytes have to arrive */
};

/* A right length is 32: the two bytes of the length, and the ID. */
static const struct wpt_wrong_row wpt_wrong_rows[] = {
	{ "one more", 33, 30 },
	{ "seven more", 39, 30 },
	{ "a thousand", 1000, 30 },
	{ "nearly 64 KiB", 65534, 30 },
	{ "without themselves", 30, 30 },
	{ "one less", 31, 29 },
	{ "ten", 10, 8 },
	{ "three", 3, 1 },
};

WPT_ROWS(wpt_wrong, wpt_wrong_rows);

/* The device announces a wrong length: the answer's length is what has arrived. */
static void winpar_test_device_id_wrong_length(struct kunit *test)
{
	const struct wpt_wrong_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	static const char text[] = "MFG:a;MDL:b;CLS:PRINTER;DES:c;";
	u8 *buf = wpt_dev_block(d, 0x10001);
	ULONG_PTR information;
	unsigned int got;
	char fault[32];

	wpt_sim_set(&d->s, "device_id", text);
	snprintf(fault, sizeof(fault), "bad-checksum %u", row->says);
	wpt_sim_set(&d->s, "fault", fault);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_id_ask(d, file, ID_RAW, buf, 0x10001,
				   &information));
	got = (unsigned int)buf[0] << 8 | buf[1];
	/*
	 * winpar may believe a length that does not count its own two bytes, or
	 * not.
	 */
	KUNIT_EXPECT_EQ(test, information, (ULONG_PTR)got + 1);
	KUNIT_EXPECT_GE(test, got, min(row->text, row->says - 2) + 2);
	KUNIT_EXPECT_LE(test, got, (unsigned int)strlen(text) + 2);
	wpt_dev_expect_same(test, buf + 2, (const u8 *)text, got - 2);
	KUNIT_EXPECT_EQ(test, (int)buf[got], 0);
	wpt_sim_set(&d->s, "fault", "none");
	wpt_expect_id(d, file, text);
}

/* ----- devices that give no ID ------------------------------------------- */

struct wpt_none_row {
	const char *name;
	const char *words;
	const char *knob;
	const char *text;
};

static const struct wpt_none_row wpt_none_rows[] = {
	{ "nothing there", "peripheral=none" },
	{ "no answer", "", "fault", "no-answer" },
	{ "silent in the length", "", "fault", "timeout-middle 2" },
	{ "no ID", "", "supports", "nibble byte ecp" },
	{ "from before IEEE 1284", "", "supports", "nothing" },
	{ "no power", "", "state", "power=0" },
	{ "unplugged", "", "state", "plugged=0" },
	{ "nAck stuck", "", "fault", "stuck-line ack 1" },
};

WPT_ROWS(wpt_none, wpt_none_rows);

static void winpar_test_device_id_missing(struct kunit *test)
{
	const struct wpt_none_row *row = test->param_value;
	static const ULONG codes[] = { ID_SIZE, ID_TEXT, ID_RAW };
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	ULONG_PTR information;
	unsigned int i;
	u8 buf[200];

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		/* timeout-middle counts down once: set it again. */
		if (row->knob)
			wpt_sim_set(&d->s, row->knob, row->text);
		KUNIT_EXPECT_EQ(test, STATUS_IO_DEVICE_ERROR,
				wpt_id_ask(d, file, codes[i], buf, sizeof(buf),
					   &information));
		KUNIT_EXPECT_EQ(test, information, 0UL);
	}
	if (!row->knob)
		return;
	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state", "power=1 plugged=1");
	wpt_sim_set(&d->s, "supports", "nibble id");
	wpt_expect_id(d, file, ID_OF("printer", "PRINTER", "printer"));
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_id_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_id_each_device, wpt_whose_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_id_length, wpt_long_gen_params),
	KUNIT_CASE(winpar_test_device_id_longest),
	KUNIT_CASE(winpar_test_device_id_short),
	KUNIT_CASE(winpar_test_device_id_synchronous_call),
	KUNIT_CASE(winpar_test_device_id_on_the_stack),
	KUNIT_CASE_PARAM(winpar_test_device_id_wrong_length, wpt_wrong_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_id_missing, wpt_none_gen_params),
	{ }
};

static struct kunit_suite winpar_device_id_suite = {
	.name = "winpar_device_id",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_id_cases,
};

kunit_test_suite(winpar_device_id_suite);
