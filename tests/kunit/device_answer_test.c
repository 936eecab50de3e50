// SPDX-License-Identifier: GPL-2.0-only
/*
 * What requests to a parallel device answer: reads and writes with wrong
 * lengths or offsets, file information, status, initialising, location,
 * time-outs.
 */
#include "device_port.h"

#define DEVCTL		IRP_MJ_DEVICE_CONTROL

/* ----- reads and writes that end at once --------------------------------- */

struct wpt_transfer_row {
	const char *name;
	UCHAR major;
	ULONG len;
	LONGLONG offset;
	bool no_buffer;
	NTSTATUS status;
};

static const struct wpt_transfer_row wpt_transfer_rows[] = {
	{ "write, length 0", IRP_MJ_WRITE, 0, 0, false, STATUS_SUCCESS },
	{ "write, length 0, no buffer", IRP_MJ_WRITE, 0, 0, true,
	  STATUS_SUCCESS },
	{ "write, no buffer", IRP_MJ_WRITE, 1, 0, true,
	  STATUS_INVALID_PARAMETER },
	{ "write, offset 1", IRP_MJ_WRITE, 4, 1, false,
	  STATUS_INVALID_PARAMETER },
	{ "write, offset 4 GiB", IRP_MJ_WRITE, 4, 1LL << 32, false,
	  STATUS_INVALID_PARAMETER },
	{ "write, offset -1", IRP_MJ_WRITE, 4, -1, false,
	  STATUS_INVALID_PARAMETER },
	{ "read, length 0", IRP_MJ_READ, 0, 0, false, STATUS_SUCCESS },
	{ "read, length 0, no buffer", IRP_MJ_READ, 0, 0, true,
	  STATUS_SUCCESS },
	{ "read, no buffer", IRP_MJ_READ, 1, 0, true,
	  STATUS_INVALID_PARAMETER },
	{ "read, offset 1", IRP_MJ_READ, 4, 1, false,
	  STATUS_INVALID_PARAMETER },
	{ "read, offset 4 GiB", IRP_MJ_READ, 4, 1LL << 32, false,
	  STATUS_INVALID_PARAMETER },
	{ "read, offset -1", IRP_MJ_READ, 4, -1, false,
	  STATUS_INVALID_PARAMETER },
};

WPT_ROWS(wpt_transfer, wpt_transfer_rows);

/* They are answered at once, also while a client has the port. */
static void winpar_test_device_answer_transfer(struct kunit *test)
{
	const struct wpt_transfer_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;
	u8 bytes[4] = "abc";
	int i;

	for (i = 0; i < 2; i++) {
		r = wpt_dev_transfer(d, i, row->major,
				     row->no_buffer ? NULL : bytes, row->len);
		r->irp.Stack.Parameters.Read.ByteOffset.QuadPart = row->offset;
		r->irp.IoStatus.Information = 12345;
		KUNIT_EXPECT_EQ(test, wpt_submit(r, file), row->status);
		KUNIT_EXPECT_EQ(test, r->calls, 1U);
		KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
		if (!i)
			KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0],
							WPT_ALLOCATE),
					STATUS_SUCCESS);
	}
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 0UL);
}

/* ----- IRP_MJ_QUERY_INFORMATION ------------------------------------------ */

struct wpt_class_row {
	const char *name;
	ULONG class;
	ULONG len;
	bool no_buffer;
	NTSTATUS status;
	ULONG_PTR information;
};

#define STANDARD	sizeof(FILE_STANDARD_INFORMATION)
#define POSITION	sizeof(FILE_POSITION_INFORMATION)

static const struct wpt_class_row wpt_class_rows[] = {
	{ "standard, none", FileStandardInformation, 0, false,
	  STATUS_BUFFER_TOO_SMALL, 0 },
	{ "standard, none and no buffer", FileStandardInformation, 0, true,
	  STATUS_BUFFER_TOO_SMALL, 0 },
	{ "standard, 1 short", FileStandardInformation, STANDARD - 1, false,
	  STATUS_BUFFER_TOO_SMALL, 0 },
	{ "standard, exact", FileStandardInformation, STANDARD, false,
	  STATUS_SUCCESS, STANDARD },
	{ "standard, longer", FileStandardInformation, STANDARD + 9, false,
	  STATUS_SUCCESS, STANDARD },
	{ "standard, no buffer", FileStandardInformation, STANDARD, true,
	  STATUS_INVALID_PARAMETER, 0 },
	{ "position, none", FilePositionInformation, 0, false,
	  STATUS_BUFFER_TOO_SMALL, 0 },
	{ "position, 1 short", FilePositionInformation, POSITION - 1, false,
	  STATUS_BUFFER_TOO_SMALL, 0 },
	{ "position, exact", FilePositionInformation, POSITION, false,
	  STATUS_SUCCESS, POSITION },
	{ "position, longer", FilePositionInformation, POSITION + 9, false,
	  STATUS_SUCCESS, POSITION },
	{ "position, no buffer", FilePositionInformation, POSITION, true,
	  STATUS_INVALID_PARAMETER, 0 },
	{ "another class, 0", 0, 64, false, STATUS_INVALID_PARAMETER, 0 },
	{ "another class, 4", 4, 64, false, STATUS_INVALID_PARAMETER, 0 },
	{ "another class, ~0", MAXULONG, 64, false, STATUS_INVALID_PARAMETER,
	  0 },
};

WPT_ROWS(wpt_class, wpt_class_rows);

static void winpar_test_device_answer_query_file(struct kunit *test)
{
	const struct wpt_class_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_request(wpt_of(d), 1, 0);
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(&r->irp);
	unsigned int i;

	memset(r->buffer, 0xa5, WPT_BUFFER);
	stack->MajorFunction = IRP_MJ_QUERY_INFORMATION;
	memset(&stack->Parameters, 0, sizeof(stack->Parameters));
	stack->Parameters.QueryFile.FileInformationClass = row->class;
	stack->Parameters.QueryFile.Length = row->len;
	if (row->no_buffer)
		r->irp.AssociatedIrp.SystemBuffer = NULL;
	r->irp.IoStatus.Information = 12345;
	/* Answered at once while a client has the port. */
	KUNIT_EXPECT_TRUE(test, wpt_try(wpt_of(d)));
	KUNIT_EXPECT_EQ(test, wpt_submit(r, file), row->status);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, row->information);
	for (i = 0; i < WPT_BUFFER; i++)
		KUNIT_EXPECT_EQ(test, r->buffer[i],
				i < row->information ? 0 : 0xa5);
	wpt_free(wpt_of(d));
}

/* ----- status ------------------------------------------------------------ */

struct wpt_status_row {
	const char *name;
	const char *words;
	const char *state;
	UCHAR want;
	NTSTATUS init;		/* what PAR_SET_INFORMATION answers then */
};

static const struct wpt_status_row wpt_status_rows[] = {
	{ "ready", "", NULL, PARALLEL_SELECTED, STATUS_SUCCESS },
	{ "nothing there", "peripheral=none", NULL, PARALLEL_NOT_CONNECTED,
	  STATUS_DEVICE_NOT_CONNECTED },
	{ "unplugged", "", "plugged=0", PARALLEL_NOT_CONNECTED,
	  STATUS_DEVICE_NOT_CONNECTED },
	{ "no power", "", "power=0", PARALLEL_POWER_OFF,
	  STATUS_DEVICE_POWERED_OFF },
	{ "no paper", "", "paper=0",
	  PARALLEL_BUSY | PARALLEL_PAPER_EMPTY | PARALLEL_SELECTED,
	  STATUS_DEVICE_PAPER_EMPTY },
	{ "off line", "", "online=0", PARALLEL_BUSY | PARALLEL_OFF_LINE,
	  STATUS_DEVICE_OFF_LINE },
	{ "off line without paper", "", "online=0 paper=0",
	  PARALLEL_BUSY | PARALLEL_PAPER_EMPTY | PARALLEL_OFF_LINE,
	  STATUS_DEVICE_PAPER_EMPTY },
};

WPT_ROWS(wpt_status, wpt_status_rows);

/*
 * What PAR_QUERY_INFORMATION and PAR_SET_INFORMATION answer in a printer's
 * states.
 */
static void winpar_test_device_answer_status(struct kunit *test)
{
	const struct wpt_status_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r;

	if (row->state)
		wpt_sim_set(&d->s, "state", row->state);
	r = wpt_dev_request(d, 1, DEVCTL, IOCTL_PAR_QUERY_INFORMATION, 0, 1);
	KUNIT_EXPECT_EQ(test, wpt_dev_run(r, file), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 1UL);
	KUNIT_EXPECT_EQ(test, r->buffer[0], row->want);

	r = wpt_dev_request(d, 2, DEVCTL, IOCTL_PAR_SET_INFORMATION, 1, 0);
	r->buffer[0] = PARALLEL_INIT;
	KUNIT_EXPECT_EQ(test, wpt_dev_run(r, file), row->init);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));

	if (row->state) {
		wpt_sim_set(&d->s, "state",
			    "paper=1 online=1 power=1 plugged=1");
		wpt_dev_expect_works(d, file, "received");
	}
}

/* A busy printer is selected and busy; it cannot be initialised. */
static void winpar_test_device_answer_busy(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	UCHAR status = 0, init = PARALLEL_INIT;

	wpt_sim_set(&d->s, "state", "busy=1");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_byte(file, IOCTL_PAR_QUERY_INFORMATION,
				     &status));
	KUNIT_EXPECT_EQ(test, status, PARALLEL_BUSY | PARALLEL_SELECTED);
	/* It stays busy after the initialisation: an error. */
	KUNIT_EXPECT_NE(test, STATUS_SUCCESS,
			wpt_dev_byte(file, IOCTL_PAR_SET_INFORMATION, &init));
	wpt_sim_set(&d->s, "state", "busy=0");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- initialising ------------------------------------------------------ */

/* The time of the first event after @from with this text, in us; 0: none. */
static unsigned long wpt_event_us(const char **from, const char *what)
{
	unsigned long s = 0, us = 0;
	const char *found = strstr(*from, what), *line = found;

	if (!found)
		return 0;
	while (line > *from && line[-1] != '\n')
		line--;
	if (sscanf(line, "%lu.%lu", &s, &us) != 2)
		return 0;
	*from = found + strlen(what);
	return s * USEC_PER_SEC + us;
}

/* nInit is low for at least 50 us, and the device has been reset by it. */
static void winpar_test_device_answer_init(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	unsigned long resets = wpt_sim_number(&d->s, "modes", "resets");
	unsigned long low, high;
	UCHAR init = PARALLEL_INIT;
	const char *events;

	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_byte(file, IOCTL_PAR_SET_INFORMATION, &init));
	KUNIT_EXPECT_EQ(test, resets + 1,
			wpt_sim_number(&d->s, "modes", "resets"));
	events = wpt_sim_show(&d->s, "events");
	low = wpt_event_us(&events, "nInit=0");
	high = wpt_event_us(&events, "nInit=1");
	KUNIT_EXPECT_NE(test, low, 0UL);
	/* The record's microseconds are rounded down. */
	KUNIT_EXPECT_GE(test, high, low + 49);
	wpt_dev_expect_works(d, file, "received");
}

/* A byte other than PARALLEL_INIT is refused at once; no line moves. */
static void winpar_test_device_answer_init_wrong(struct kunit *test)
{
	static const UCHAR wrong[] = { 0, 2, 3, 0x80, 0x81, 0xff };
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r;
	unsigned int i;

	wpt_sim_set(&d->s, "events", "");
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		r = wpt_dev_request(d, i, DEVCTL, IOCTL_PAR_SET_INFORMATION, 1,
				    0);
		r->buffer[0] = wrong[i];
		KUNIT_EXPECT_EQ_MSG(test, wpt_submit(r, file),
				    STATUS_INVALID_PARAMETER, "%u", wrong[i]);
	}
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
}

/* ----- location ---------------------------------------------------------- */

/*
 * PAR_QUERY_LOCATION gives "LPT1" or "LPT1.0", eight bits a character, and a
 * NUL.
 */
static void winpar_test_device_answer_location(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	int number = d->s.linux_port.parport->number + 1;
	static const int units[] = { WPT_RAW, 0, 1, 4 };
	struct winpar_file *file;
	struct wpt_request *r;
	unsigned int i, len;
	char want[16];

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		file = wpt_dev_open(d, units[i]);
		if (units[i] == WPT_RAW)
			snprintf(want, sizeof(want), "LPT%d", number);
		else
			snprintf(want, sizeof(want), "LPT%d.%d", number,
				 units[i]);
		for (len = 0; len <= strlen(want) + 9; len++) {
			bool fits = len > strlen(want);

			r = wpt_dev_request(d, 100 + len, DEVCTL,
					    IOCTL_PAR_QUERY_LOCATION, 0, len);
			memset(r->buffer, 0xa5, WPT_BUFFER);
			KUNIT_EXPECT_EQ_MSG(test, wpt_submit(r, file), fits ?
					    STATUS_SUCCESS :
					    STATUS_BUFFER_TOO_SMALL, "%u", len);
			KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
					fits ? strlen(want) + 1 : 0UL);
			KUNIT_EXPECT_EQ(test, (int)r->buffer[strlen(want) + 1],
					0xa5);
			if (fits)
				KUNIT_EXPECT_STREQ(test, (char *)r->buffer,
						   want);
			else
				KUNIT_EXPECT_EQ(test, (int)r->buffer[0], 0xa5);
		}
	}
}

/* ----- time-outs --------------------------------------------------------- */

static void wpt_expect_timeouts(struct kunit *test, struct winpar_file *file,
				const SERIAL_TIMEOUTS *want)
{
	SERIAL_TIMEOUTS have;

	memset(&have, 0xa5, sizeof(have));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_device_ioctl(file, IOCTL_SERIAL_GET_TIMEOUTS,
					    NULL, 0, &have, sizeof(have),
					    NULL));
	KUNIT_EXPECT_EQ(test, 0, memcmp(&have, want, sizeof(have)));
}

/* GET_TIMEOUTS gives what was set; 30 s by default, and to the next opener. */
static void winpar_test_device_answer_timeouts(struct kunit *test)
{
	static const SERIAL_TIMEOUTS standard = {
		.ReadTotalTimeoutConstant = 30000,
		.WriteTotalTimeoutConstant = 30000,
	};
	static const SERIAL_TIMEOUTS set[] = {
		{ 1, 2, 3, 4, 5 },
		{ },
		{ MAXULONG, MAXULONG, MAXULONG - 1, MAXULONG, MAXULONG },
		{ MAXULONG, 0, 0, 0, 0 },
	};
	/* These two MAXULONG together are forbidden. */
	static const SERIAL_TIMEOUTS never = { MAXULONG, 1, MAXULONG, 1, 1 };
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 4);
	unsigned int i;

	wpt_expect_timeouts(test, file, &standard);
	for (i = 0; i < ARRAY_SIZE(set); i++) {
		KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &set[i]),
				STATUS_SUCCESS);
		wpt_expect_timeouts(test, file, &set[i]);
		wpt_expect_timeouts(test, other, &standard);
		KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &never),
				STATUS_INVALID_PARAMETER);
		wpt_expect_timeouts(test, file, &set[i]);
	}
	wpt_dev_close(d, file);
	file = wpt_dev_open(d, WPT_RAW);
	wpt_expect_timeouts(test, file, &standard);
}

static struct kunit_case winpar_device_answer_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_answer_transfer,
			 wpt_transfer_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_answer_query_file,
			 wpt_class_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_answer_status,
			 wpt_status_gen_params),
	KUNIT_CASE(winpar_test_device_answer_busy),
	KUNIT_CASE(winpar_test_device_answer_init),
	KUNIT_CASE(winpar_test_device_answer_init_wrong),
	KUNIT_CASE(winpar_test_device_answer_location),
	KUNIT_CASE(winpar_test_device_answer_timeouts),
	{ }
};

static struct kunit_suite winpar_device_answer_suite = {
	.name = "winpar_device_answer",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_answer_cases,
};

kunit_test_suite(winpar_device_answer_suite);
