// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a parallel device with each length and buffer that is wrong,
 * codes that it does not have, and the requests that it answers at once
 * although another client has the port.
 */
#include "device_port.h"

#define INTERNAL	IRP_MJ_INTERNAL_DEVICE_CONTROL
#define DEVCTL		IRP_MJ_DEVICE_CONTROL

#define CLASS_LEN	sizeof(PARCLASS_INFORMATION)
#define MASK_LEN	sizeof(PARCLASS_NEGOTIATION_MASK)
#define TIMES_LEN	sizeof(SERIAL_TIMEOUTS)
#define SIZE_LEN	sizeof(PAR_DEVICE_ID_SIZE_INFORMATION)

/* ----- lengths and buffers ----------------------------------------------- */

/**
 * struct wpt_len_request - a request and what it needs
 * @name: what the results call it
 * @major: its major function
 * @code: its code
 * @in: bytes of input
 * @out: bytes of output
 * @too_short: its status when a length is less
 */
struct wpt_len_request {
	const char *name;
	UCHAR major;
	ULONG code;
	ULONG in;
	ULONG out;
	NTSTATUS too_short;
};

static const struct wpt_len_request wpt_len_requests[] = {
	{ "class connect", INTERNAL, WPT_CLASS, 0, CLASS_LEN,
	  STATUS_BUFFER_TOO_SMALL },
	{ "class disconnect", INTERNAL, WPT_UNCLASS },
	{ "lock", INTERNAL, WPT_LOCK },
	{ "unlock", INTERNAL, WPT_UNLOCK },
	{ "lock, no select", INTERNAL, WPT_LOCK_ONLY },
	{ "unlock, no deselect", INTERNAL, WPT_UNLOCK_ONLY },
	{ "disconnect idle", INTERNAL, WPT_IDLE },
	{ "get mode", DEVCTL, IOCTL_IEEE1284_GET_MODE, 0, MASK_LEN,
	  STATUS_BUFFER_TOO_SMALL },
	{ "negotiate", DEVCTL, IOCTL_IEEE1284_NEGOTIATE, MASK_LEN, MASK_LEN,
	  STATUS_INVALID_PARAMETER },
	{ "default modes", DEVCTL, IOCTL_PAR_GET_DEFAULT_MODES, 0, MASK_LEN,
	  STATUS_BUFFER_TOO_SMALL },
	{ "caps", DEVCTL, IOCTL_PAR_GET_DEVICE_CAPS, sizeof(USHORT),
	  sizeof(USHORT), STATUS_BUFFER_TOO_SMALL },
	{ "is free", DEVCTL, IOCTL_PAR_IS_PORT_FREE, 0, sizeof(BOOLEAN),
	  STATUS_BUFFER_TOO_SMALL },
	/* The port's number has one digit. */
	{ "location", DEVCTL, IOCTL_PAR_QUERY_LOCATION, 0, sizeof("LPTn"),
	  STATUS_BUFFER_TOO_SMALL },
	{ "id size", DEVCTL, IOCTL_PAR_QUERY_DEVICE_ID_SIZE, 0, SIZE_LEN,
	  STATUS_BUFFER_TOO_SMALL },
	{ "query information", DEVCTL, IOCTL_PAR_QUERY_INFORMATION, 0,
	  sizeof(PAR_QUERY_INFORMATION), STATUS_BUFFER_TOO_SMALL },
	{ "set information", DEVCTL, IOCTL_PAR_SET_INFORMATION,
	  sizeof(PAR_SET_INFORMATION), 0, STATUS_BUFFER_TOO_SMALL },
	{ "read address", DEVCTL, IOCTL_PAR_SET_READ_ADDRESS, 1, 0,
	  STATUS_INVALID_PARAMETER },
	{ "write address", DEVCTL, IOCTL_PAR_SET_WRITE_ADDRESS, 1, 0,
	  STATUS_INVALID_PARAMETER },
	{ "get time-outs", DEVCTL, IOCTL_SERIAL_GET_TIMEOUTS, 0, TIMES_LEN,
	  STATUS_BUFFER_TOO_SMALL },
	{ "set time-outs", DEVCTL, IOCTL_SERIAL_SET_TIMEOUTS, TIMES_LEN, 0,
	  STATUS_BUFFER_TOO_SMALL },
};

enum wpt_len_kind {
	LEN_NONE,
	LEN_NO_BUFFER,
	LEN_NONE_NO_BUFFER,
	LEN_NO_IN,
	LEN_NO_OUT,
	LEN_IN_SHORT,
	LEN_OUT_SHORT,
	LEN_SHORT_NO_BUFFER,
	LEN_EXACT,
	LEN_LONGER,
	LEN_KINDS
};

static const char *const wpt_len_kinds[LEN_KINDS] = {
	[LEN_NONE] = "no lengths",
	[LEN_NO_BUFFER] = "no buffer",
	[LEN_NONE_NO_BUFFER] = "no lengths and no buffer",
	[LEN_NO_IN] = "no input",
	[LEN_NO_OUT] = "no output",
	[LEN_IN_SHORT] = "input 1 short",
	[LEN_OUT_SHORT] = "output 1 short",
	[LEN_SHORT_NO_BUFFER] = "1 short and no buffer",
	[LEN_EXACT] = "exact",
	[LEN_LONGER] = "longer",
};

/*
 * KUnit's parameter: the address of a byte here stands for a request and a
 * kind.
 */
static const char wpt_len_places[ARRAY_SIZE(wpt_len_requests) * LEN_KINDS];

static const struct wpt_len_request *wpt_len_request(const char *place)
{
	return &wpt_len_requests[(place - wpt_len_places) / LEN_KINDS];
}

static enum wpt_len_kind wpt_len_kind(const char *place)
{
	return (place - wpt_len_places) % LEN_KINDS;
}

static bool wpt_len_applies(const struct wpt_len_request *request,
			    enum wpt_len_kind kind)
{
	switch (kind) {
	case LEN_NO_IN:
	case LEN_IN_SHORT:
		return request->in;
	case LEN_NO_OUT:
	case LEN_OUT_SHORT:
		return request->out;
	case LEN_SHORT_NO_BUFFER:
		return request->in || request->out;
	default:
		return true;
	}
}

static const void *wpt_len_gen_params(WINPAR_KUNIT_CASE const void *previous,
				      char *name)
{
	const char *place = previous ? previous + 1 : wpt_len_places;

	for (; place < wpt_len_places + sizeof(wpt_len_places); place++) {
		if (!wpt_len_applies(wpt_len_request(place),
				     wpt_len_kind(place)))
			continue;
		snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s, %s",
			 wpt_len_request(place)->name,
			 wpt_len_kinds[wpt_len_kind(place)]);
		return place;
	}
	return NULL;
}

/*
 * Set lengths and buffer of that kind; returns the status that is to be
 * expected.
 */
static NTSTATUS wpt_len_set(IRP *irp, const struct wpt_len_request *request,
			    enum wpt_len_kind kind)
{
	ULONG in = request->in, out = request->out;
	bool needs = in || out;

	switch (kind) {
	case LEN_NONE:
	case LEN_NONE_NO_BUFFER:
		in = 0;
		out = 0;
		break;
	case LEN_NO_IN:
		in = 0;
		break;
	case LEN_NO_OUT:
		out = 0;
		break;
	case LEN_IN_SHORT:
		in--;
		break;
	case LEN_OUT_SHORT:
		out--;
		break;
	case LEN_SHORT_NO_BUFFER:
		if (out)
			out--;
		else
			in--;
		break;
	case LEN_NO_BUFFER:
	case LEN_LONGER:
		in += 16;
		out += 16;
		break;
	default:
		break;
	}
	if (kind == LEN_NO_BUFFER || kind == LEN_NONE_NO_BUFFER ||
	    kind == LEN_SHORT_NO_BUFFER)
		irp->AssociatedIrp.SystemBuffer = NULL;
	irp->Stack.Parameters.DeviceIoControl.InputBufferLength = in;
	irp->Stack.Parameters.DeviceIoControl.OutputBufferLength = out;
	if (in < request->in || out < request->out)
		return request->too_short;
	return kind == LEN_NO_BUFFER && needs ? STATUS_INVALID_PARAMETER :
						STATUS_SUCCESS;
}

static void winpar_test_device_ioctl_length(struct kunit *test)
{
	const struct wpt_len_request *row = wpt_len_request(test->param_value);
	struct wpt_dev *d = wpt_dev_plug_again(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_dev_request(d, 1, row->major, row->code, 0,
						0);
	NTSTATUS want = wpt_len_set(&r->irp, row,
				    wpt_len_kind(test->param_value));
	unsigned int used = max(row->in, row->out), i;

	for (i = used; i < WPT_BUFFER; i++)
		r->buffer[i] = 0xa5;
	if (row->code == IOCTL_PAR_SET_INFORMATION)
		r->buffer[0] = PARALLEL_INIT;
	r->irp.IoStatus.Information = 12345;
	wpt_sim_set(&d->s, "events", "");
	wpt_submit(r, file);
	/* A wrong length is refused in the submission. */
	if (!NT_SUCCESS(want))
		KUNIT_EXPECT_EQ(test, r->returned, want);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), want);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
			NT_SUCCESS(want) ? row->out : 0UL);
	for (i = used; i < WPT_BUFFER; i++)
		KUNIT_EXPECT_EQ(test, r->buffer[i], 0xa5);
	if (!NT_SUCCESS(want)) {
		KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")),
				0UL);
		KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
	}
}

/* ----- codes ------------------------------------------------------------- */

struct wpt_code_row {
	const char *name;
	bool port;		/* sent to the port, not to the device */
	UCHAR major;
	ULONG code;
	NTSTATUS status;
	ULONG_PTR information;
};

#define TO_DEVICE(text, major, code, status, info)			\
	{ text, false, major, code, STATUS_##status, info }
#define TO_PORT(text, major, code, status, info)			\
	{ text, true, major, code, STATUS_##status, info }

static const struct wpt_code_row wpt_code_rows[] = {
	TO_DEVICE("internal 0", INTERNAL, 0, INVALID_PARAMETER, 0),
	TO_DEVICE("internal ~0", INTERNAL, MAXULONG, INVALID_PARAMETER, 0),
	TO_DEVICE("control 0", DEVCTL, 0, INVALID_PARAMETER, 0),
	TO_DEVICE("control ~0", DEVCTL, MAXULONG, INVALID_PARAMETER, 0),
	/* Numbers that mean one request to a port and another one to a device. */
	TO_DEVICE("0x160030, internal", INTERNAL, 0x160030, INVALID_PARAMETER,
		  0),
	TO_DEVICE("0x160054, internal", INTERNAL, 0x160054, INVALID_PARAMETER,
		  0),
	TO_DEVICE("0x160058, internal", INTERNAL, 0x160058, INVALID_PARAMETER,
		  0),
	TO_DEVICE("0x160054, control: is it free?", DEVCTL, 0x160054, SUCCESS,
		  sizeof(BOOLEAN)),
	TO_DEVICE("0x160058, control: where is it?", DEVCTL, 0x160058,
		  SUCCESS, 5),
	TO_PORT("0x160030 to the port, internal: information", INTERNAL,
		0x160030, SUCCESS, sizeof(PARALLEL_PORT_INFORMATION)),
	TO_PORT("0x160054 to the port, internal: Plug and Play", INTERNAL,
		0x160054, SUCCESS, sizeof(PARALLEL_PNP_INFORMATION)),
	TO_PORT("0x160058 to the port, internal: scan", INTERNAL, 0x160058,
		SUCCESS, 0),
	TO_PORT("0x160030 to the port, control", DEVCTL, 0x160030,
		INVALID_DEVICE_REQUEST, 0),
	TO_PORT("0x160054 to the port, control", DEVCTL, 0x160054,
		INVALID_DEVICE_REQUEST, 0),
	TO_PORT("0x160058 to the port, control", DEVCTL, 0x160058,
		INVALID_DEVICE_REQUEST, 0),
	/* A port's requests, sent to the device. */
	TO_DEVICE("allocate", INTERNAL, WPT_ALLOCATE, INVALID_PARAMETER, 0),
	TO_DEVICE("free", INTERNAL, WPT_FREE, INVALID_PARAMETER, 0),
	TO_DEVICE("more info", INTERNAL, WPT_MORE_INFO, INVALID_PARAMETER, 0),
	TO_DEVICE("release info", INTERNAL, WPT_RELEASE, INVALID_PARAMETER, 0),
	TO_DEVICE("connect", INTERNAL, WPT_CONNECT, INVALID_PARAMETER, 0),
	TO_DEVICE("disconnect", INTERNAL, WPT_DISCONNECT, INVALID_PARAMETER,
		  0),
	TO_DEVICE("set mode", INTERNAL, WPT_SET_MODE, INVALID_PARAMETER, 0),
	TO_DEVICE("clear mode", INTERNAL, WPT_CLEAR_MODE, INVALID_PARAMETER,
		  0),
	TO_DEVICE("select", INTERNAL, WPT_SELECT, INVALID_PARAMETER, 0),
	TO_DEVICE("deselect", INTERNAL, WPT_DESELECT, INVALID_PARAMETER, 0),
	/* A device's requests, sent to the port. */
	TO_PORT("class connect to the port", INTERNAL, WPT_CLASS,
		INVALID_PARAMETER, 0),
	TO_PORT("class disconnect to the port", INTERNAL, WPT_UNCLASS,
		INVALID_PARAMETER, 0),
	TO_PORT("lock to the port", INTERNAL, WPT_LOCK, INVALID_PARAMETER, 0),
	TO_PORT("unlock to the port", INTERNAL, WPT_UNLOCK, INVALID_PARAMETER,
		0),
	TO_PORT("lock, no select, to the port", INTERNAL, WPT_LOCK_ONLY,
		INVALID_PARAMETER, 0),
	TO_PORT("unlock, no deselect, to the port", INTERNAL, WPT_UNLOCK_ONLY,
		INVALID_PARAMETER, 0),
	TO_PORT("disconnect idle to the port", INTERNAL, WPT_IDLE,
		INVALID_PARAMETER, 0),
	TO_PORT("negotiate to the port", DEVCTL, IOCTL_IEEE1284_NEGOTIATE,
		INVALID_DEVICE_REQUEST, 0),
	/* A device's requests, under the other major function. */
	TO_DEVICE("class connect, control", DEVCTL, WPT_CLASS,
		  INVALID_PARAMETER, 0),
	TO_DEVICE("lock, control", DEVCTL, WPT_LOCK, INVALID_PARAMETER, 0),
	TO_DEVICE("get mode, internal", INTERNAL, IOCTL_IEEE1284_GET_MODE,
		  INVALID_PARAMETER, 0),
	TO_DEVICE("get time-outs, internal", INTERNAL,
		  IOCTL_SERIAL_GET_TIMEOUTS, INVALID_PARAMETER, 0),
};

WPT_ROWS(wpt_code, wpt_code_rows);

static void winpar_test_device_ioctl_code(struct kunit *test)
{
	const struct wpt_code_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug_again(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_dev_request(d, 1, row->major, row->code,
						WPT_BUFFER, WPT_BUFFER);

	r->irp.IoStatus.Information = 12345;
	KUNIT_EXPECT_EQ(test, row->status,
			wpt_submit(r, row->port ? wpt_of(d)->file[0] : file));
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), row->status);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, row->information);
}

/* 0x160030, one of the numbers with two meanings, asks a device for its raw ID. */
static void winpar_test_device_ioctl_raw_id(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_dev_request(d, 1, DEVCTL, 0x160030, 0,
						WPT_BUFFER);

	wpt_sim_set(&d->s, "device_id", "MFG:x;");
	KUNIT_EXPECT_EQ(test, wpt_dev_run(r, file), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 9UL);
	KUNIT_EXPECT_EQ(test, 0, memcmp(r->buffer, "\0\10MFG:x;", 9));
}

struct wpt_major_row {
	const char *name;
	UCHAR major;
};

static const struct wpt_major_row wpt_major_rows[] = {
	{ "CREATE", IRP_MJ_CREATE },
	{ "CLOSE", IRP_MJ_CLOSE },
	{ "1", 1 },
	{ "6", 6 },
	{ "CLEANUP", IRP_MJ_CLEANUP },
	{ "PNP", IRP_MJ_PNP },
	{ "255", 255 },
};

WPT_ROWS(wpt_major, wpt_major_rows);

static void winpar_test_device_ioctl_major(struct kunit *test)
{
	const struct wpt_major_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug_again(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_dev_request(d, 1, row->major, WPT_LOCK,
						WPT_BUFFER, WPT_BUFFER);

	r->irp.IoStatus.Information = 12345;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, file),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
}

/* ----- answered at once -------------------------------------------------- */

struct wpt_now_row {
	const char *name;
	UCHAR major;
	ULONG code;
	ULONG_PTR information;
};

static const struct wpt_now_row wpt_now_rows[] = {
	{ "class connect", INTERNAL, WPT_CLASS, CLASS_LEN },
	{ "class disconnect", INTERNAL, WPT_UNCLASS, 0 },
	{ "get mode", DEVCTL, IOCTL_IEEE1284_GET_MODE, MASK_LEN },
	{ "default modes", DEVCTL, IOCTL_PAR_GET_DEFAULT_MODES, MASK_LEN },
	{ "is free", DEVCTL, IOCTL_PAR_IS_PORT_FREE, sizeof(BOOLEAN) },
	{ "location", DEVCTL, IOCTL_PAR_QUERY_LOCATION, 5 },
	{ "get time-outs", DEVCTL, IOCTL_SERIAL_GET_TIMEOUTS, TIMES_LEN },
	{ "set time-outs", DEVCTL, IOCTL_SERIAL_SET_TIMEOUTS, 0 },
	{ "read address", DEVCTL, IOCTL_PAR_SET_READ_ADDRESS, 0 },
};

WPT_ROWS(wpt_now, wpt_now_rows);

static void wpt_expect_now(struct wpt_dev *d, struct winpar_file *file,
			   const struct wpt_now_row *row, const char *when)
{
	struct kunit *test = wpt_of(d)->test;
	struct wpt_request *r = wpt_dev_request(d, 90, row->major, row->code,
						WPT_BUFFER, WPT_BUFFER);

	memset(r->buffer, 0, WPT_BUFFER);
	KUNIT_EXPECT_EQ_MSG(test, wpt_submit(r, file), STATUS_SUCCESS, "%s",
			    when);
	KUNIT_EXPECT_EQ_MSG(test, r->calls, 1U, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, r->irp.IoStatus.Information,
			    row->information, "%s", when);
	if (row->code == IOCTL_PAR_IS_PORT_FREE)
		KUNIT_EXPECT_EQ_MSG(test, r->buffer[0], FALSE, "%s", when);
}

/*
 * Answered at once although a client, a lock, a driver or the worker has the
 * port.
 */
static void winpar_test_device_ioctl_at_once(struct kunit *test)
{
	const struct wpt_now_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug_again(test, "");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 4);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;
	u8 byte = 'x';

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_expect_now(d, file, row, "allocated");
	wpt_free(t);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(other, WPT_LOCK), STATUS_SUCCESS);
	wpt_expect_now(d, file, row, "locked by another device");
	KUNIT_ASSERT_EQ(test, wpt_ioctl(other, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	wpt_expect_now(d, file, row, "locked");
	KUNIT_ASSERT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_expect_now(d, file, row, "a Linux driver's");
	fake_rival_release(rival);
	/* The device's own worker has the port. */
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, &byte, 1);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_OWNED));
	wpt_expect_now(d, file, row, "in use");
	winpar_irp_cancel(&r->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
}

static struct kunit_case winpar_device_ioctl_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_ioctl_length, wpt_len_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_ioctl_code, wpt_code_gen_params),
	KUNIT_CASE(winpar_test_device_ioctl_raw_id),
	KUNIT_CASE_PARAM(winpar_test_device_ioctl_major, wpt_major_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_ioctl_at_once, wpt_now_gen_params),
	{ }
};

static struct kunit_suite winpar_device_ioctl_suite = {
	.name = "winpar_device_ioctl",
	.suite_exit = wpt_sim_suite_exit,
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_ioctl_cases,
};

kunit_test_suite(winpar_device_ioctl_suite);
