// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dispatch of a port's requests: each with lengths that are too short, right
 * and longer, and without a buffer; codes and major functions that a port does
 * not have.
 */
#include "fixture.h"

#define WPT_POISON	0xa5

#define ISR_LEN		sizeof(PARALLEL_INTERRUPT_SERVICE_ROUTINE)
#define INT_LEN		sizeof(PARALLEL_INTERRUPT_INFORMATION)
#define INFO_LEN	sizeof(PARALLEL_PORT_INFORMATION)
#define MORE_LEN	sizeof(MORE_PARALLEL_PORT_INFORMATION)

/* ----- lengths and buffers ----------------------------------------------- */

struct wpt_length_row {
	const char *name;
	ULONG code;
	ULONG in;
	ULONG out;
	bool no_buffer;
	NTSTATUS status;
	ULONG_PTR information;
};

#define ROW(text, request, in_len, out_len, missing, result, info)	\
	{ text, request, in_len, out_len, missing, STATUS_##result, info }

static const struct wpt_length_row wpt_length_rows[] = {
	/*
	 * A request that needs no buffer succeeds with any lengths and any
	 * buffer.
	 */
	ROW("allocate, nothing", WPT_ALLOCATE, 0, 0, true, SUCCESS, 0),
	ROW("allocate, a buffer of no length", WPT_ALLOCATE, 0, 0, false, SUCCESS,
	    0),
	ROW("allocate, longer", WPT_ALLOCATE, 64, 64, false, SUCCESS, 0),
	ROW("allocate, lengths without a buffer", WPT_ALLOCATE, 64, 64, true,
	    SUCCESS, 0),
	ROW("free, nothing", WPT_FREE, 0, 0, true, SUCCESS, 0),
	ROW("free, a buffer of no length", WPT_FREE, 0, 0, false, SUCCESS,
	    0),
	ROW("free, longer", WPT_FREE, 64, 64, false, SUCCESS, 0),
	ROW("free, lengths without a buffer", WPT_FREE, 64, 64, true,
	    SUCCESS, 0),
	ROW("release, nothing", WPT_RELEASE, 0, 0, true, SUCCESS, 0),
	ROW("release, a buffer of no length", WPT_RELEASE, 0, 0, false, SUCCESS,
	    0),
	ROW("release, longer", WPT_RELEASE, 64, 64, false, SUCCESS, 0),
	ROW("release, lengths without a buffer", WPT_RELEASE, 64, 64, true,
	    SUCCESS, 0),

	ROW("info, none", WPT_INFO, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("info, none and no buffer", WPT_INFO, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("info, 1 byte", WPT_INFO, 0, 1, false, BUFFER_TOO_SMALL, 0),
	ROW("info, 1 short", WPT_INFO, 0, INFO_LEN - 1, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("info, input of that length only", WPT_INFO, INFO_LEN, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("info, exact", WPT_INFO, 0, INFO_LEN, false, SUCCESS, INFO_LEN),
	ROW("info, longer", WPT_INFO, 16, INFO_LEN + 16, false, SUCCESS,
	    INFO_LEN),
	ROW("info, no buffer", WPT_INFO, 0, INFO_LEN, true,
	    INVALID_PARAMETER, 0),
	ROW("more info, none", WPT_MORE_INFO, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("more info, none and no buffer", WPT_MORE_INFO, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("more info, 1 byte", WPT_MORE_INFO, 0, 1, false, BUFFER_TOO_SMALL, 0),
	ROW("more info, 1 short", WPT_MORE_INFO, 0, MORE_LEN - 1, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("more info, input of that length only", WPT_MORE_INFO, MORE_LEN, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("more info, exact", WPT_MORE_INFO, 0, MORE_LEN, false, SUCCESS, MORE_LEN),
	ROW("more info, longer", WPT_MORE_INFO, 16, MORE_LEN + 16, false, SUCCESS,
	    MORE_LEN),
	ROW("more info, no buffer", WPT_MORE_INFO, 0, MORE_LEN, true,
	    INVALID_PARAMETER, 0),

	ROW("connect, none", WPT_CONNECT, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("connect, none and no buffer", WPT_CONNECT, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("connect, no input", WPT_CONNECT, 0, INT_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("connect, no output", WPT_CONNECT, ISR_LEN, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("connect, input 1 short", WPT_CONNECT, ISR_LEN - 1, INT_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("connect, output 1 short", WPT_CONNECT, ISR_LEN, INT_LEN - 1, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("connect, exact", WPT_CONNECT, ISR_LEN, INT_LEN, false, SUCCESS,
	    INT_LEN),
	ROW("connect, longer", WPT_CONNECT, ISR_LEN + 16, INT_LEN + 16, false,
	    SUCCESS, INT_LEN),
	ROW("connect, no buffer", WPT_CONNECT, ISR_LEN, INT_LEN, true,
	    INVALID_PARAMETER, 0),

	ROW("disconnect, none", WPT_DISCONNECT, 0, 0, false, BUFFER_TOO_SMALL,
	    0),
	ROW("disconnect, none and no buffer", WPT_DISCONNECT, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("disconnect, 1 short", WPT_DISCONNECT, ISR_LEN - 1, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("disconnect, output only", WPT_DISCONNECT, 0, ISR_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("disconnect, exact", WPT_DISCONNECT, ISR_LEN, 0, false, SUCCESS, 0),
	ROW("disconnect, longer", WPT_DISCONNECT, ISR_LEN + 16, 16, false,
	    SUCCESS, 0),
	ROW("disconnect, no buffer", WPT_DISCONNECT, ISR_LEN, 0, true,
	    INVALID_PARAMETER, 0),
};

WPT_ROWS(wpt_length, wpt_length_rows);

/* What a request that is refused must leave as it is. */
struct wpt_still {
	enum winpar_port_state state;
	unsigned long allocations;
	unsigned int connections;
	unsigned int waiters;
};

static void wpt_remember(struct wpt *t, struct wpt_still *still)
{
	memset(still, 0, sizeof(*still));
	still->state = wpt_state(t);
	still->allocations = wpt_allocations(t);
	still->connections = wpt_connections(t);
	still->waiters = wpt_waiters(t);
}

static bool wpt_bytes_are(const u8 *bytes, size_t from, size_t to, u8 value)
{
	for (; from < to; from++)
		if (bytes[from] != value)
			return false;
	return true;
}

/* Bring the port into the state in which the request succeeds. */
static struct wpt_hook *wpt_length_prepare(struct wpt *t, ULONG code)
{
	struct wpt_hook *hook = wpt_hook(t, 5, WPT_BOTH);

	if (code == WPT_FREE)
		KUNIT_EXPECT_EQ(t->test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
				STATUS_SUCCESS);
	if (code == WPT_DISCONNECT)
		KUNIT_EXPECT_EQ(t->test, wpt_connect(hook, t->file[0]),
				STATUS_SUCCESS);
	return hook;
}

static void wpt_length_undo(struct wpt *t, ULONG code, struct wpt_hook *hook)
{
	if (wpt_state(t) == WINPAR_PORT_OWNED)
		wpt_free(t);
	if (wpt_connections(t))
		KUNIT_EXPECT_EQ(t->test, wpt_disconnect(hook, t->file[0]),
				STATUS_SUCCESS);
}

/*
 * Deviation: GET_PARALLEL_PORT_INFO's Information is the size of its own
 * structure.
 */
static void winpar_test_ioctl_lengths(struct kunit *test)
{
	const struct wpt_length_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_length_prepare(t, row->code);
	struct wpt_request *r = wpt_request(t, 1, row->code);
	struct wpt_still before, after;

	memset(r->buffer, WPT_POISON, sizeof(r->buffer));
	if (row->code == WPT_CONNECT || row->code == WPT_DISCONNECT)
		memcpy(r->buffer, &hook->routines, sizeof(hook->routines));
	memcpy(r->arg = kunit_kzalloc(test, WPT_BUFFER, GFP_KERNEL), r->buffer,
	       WPT_BUFFER);
	winpar_irp_set_ioctl(&r->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, row->code,
			     row->no_buffer ? NULL : r->buffer, row->in,
			     row->out);
	r->irp.IoStatus.Information = 12345;

	wpt_remember(t, &before);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), row->status);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, row->status);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, row->information);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	/* Nothing beyond what Information says was written. */
	KUNIT_EXPECT_EQ(test, memcmp(r->buffer + row->information,
				     (u8 *)r->arg + row->information,
				     WPT_BUFFER - row->information), 0);
	if (row->information)
		KUNIT_EXPECT_FALSE(test, wpt_bytes_are(r->buffer, 0,
						       row->information,
						       WPT_POISON));
	if (!NT_SUCCESS(row->status)) {
		wpt_remember(t, &after);
		KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)),
				0);
	}
	wpt_length_undo(t, row->code, hook);
}

/* ----- codes that a port does not have ----------------------------------- */

struct wpt_code_row {
	const char *name;
	ULONG code;
};

static const struct wpt_code_row wpt_code_rows[] = {
	/* A parallel device's requests, sent to a port. */
	{ "PARCLASS_CONNECT", IOCTL_INTERNAL_PARCLASS_CONNECT },
	{ "PARCLASS_DISCONNECT", IOCTL_INTERNAL_PARCLASS_DISCONNECT },
	{ "DISCONNECT_IDLE", IOCTL_INTERNAL_DISCONNECT_IDLE },
	{ "LOCK_PORT", IOCTL_INTERNAL_LOCK_PORT },
	{ "UNLOCK_PORT", IOCTL_INTERNAL_UNLOCK_PORT },
	{ "LOCK_PORT_NO_SELECT", IOCTL_INTERNAL_LOCK_PORT_NO_SELECT },
	{ "UNLOCK_PORT_NO_DESELECT", IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT },
	/* Codes of no request. */
	{ "zero", 0 },
	{ "all ones", 0xffffffff },
	{ "function 0", WINPAR_PAR_CODE(0) },
	{ "function 16, in a gap of the table", WINPAR_PAR_CODE(16) },
	{ "function 41, one after the last", WINPAR_PAR_CODE(41) },
	{ "function 4095", WINPAR_PAR_CODE(4095) },
	{ "ALLOCATE of another device type",
	  CTL_CODE(FILE_DEVICE_SERIAL_PORT, 11, METHOD_BUFFERED, 0) },
	{ "ALLOCATE by another method", WPT_ALLOCATE | 3 },
	{ "ALLOCATE with another access", WPT_ALLOCATE | 1 << 14 },
};

WPT_ROWS(wpt_code, wpt_code_rows);

static void winpar_test_ioctl_unknown_code(struct kunit *test)
{
	const struct wpt_code_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, row->code);
	struct wpt_still before, after;
	ULONG_PTR information = 7;
	u8 out[64];

	memset(r->buffer, WPT_POISON, sizeof(r->buffer));
	memset(out, WPT_POISON, sizeof(out));
	wpt_remember(t, &before);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_TRUE(test, wpt_bytes_are(r->buffer, 0, WPT_BUFFER,
					      WPT_POISON));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_internal_ioctl(t->file[0], row->code, out,
					      sizeof(out), out, sizeof(out),
					      &information));
	KUNIT_EXPECT_EQ(test, information, 0UL);
	KUNIT_EXPECT_TRUE(test, wpt_bytes_are(out, 0, sizeof(out),
					      WPT_POISON));
	wpt_remember(t, &after);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
}

/* ----- major functions --------------------------------------------------- */

struct wpt_major_row {
	const char *name;
	UCHAR major;
};

static const struct wpt_major_row wpt_major_rows[] = {
	{ "CREATE", IRP_MJ_CREATE },
	{ "CLOSE", IRP_MJ_CLOSE },
	{ "READ", IRP_MJ_READ },
	{ "WRITE", IRP_MJ_WRITE },
	{ "QUERY_INFORMATION", IRP_MJ_QUERY_INFORMATION },
	{ "DEVICE_CONTROL", IRP_MJ_DEVICE_CONTROL },
	{ "CLEANUP", IRP_MJ_CLEANUP },
	{ "PNP", IRP_MJ_PNP },
	{ "no such", 0xff },
};

WPT_ROWS(wpt_major, wpt_major_rows);

/* A port's codes under another major function are refused. */
static void winpar_test_ioctl_other_major(struct kunit *test)
{
	static const ULONG codes[] = {
		WPT_ALLOCATE, WPT_FREE, WPT_INFO, WPT_MORE_INFO, WPT_RELEASE,
		WPT_CONNECT, WPT_DISCONNECT, IOCTL_PAR_QUERY_RAW_DEVICE_ID,
		IOCTL_PAR_IS_PORT_FREE, 0,
	};
	const struct wpt_major_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, 0);
	struct wpt_still before, after;
	unsigned int i;

	wpt_remember(t, &before);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		winpar_irp_set_ioctl(&r->irp, row->major, codes[i], r->buffer,
				     WPT_BUFFER, WPT_BUFFER);
		KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]),
				STATUS_INVALID_DEVICE_REQUEST);
		KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	}
	wpt_remember(t, &after);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
}

/* winpar_device_ioctl(), winpar_read() and winpar_write() on a port are refused. */
static void winpar_test_ioctl_device_calls(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	ULONG_PTR information = 5;
	ULONG done = 5;
	u8 buf[8] = { };

	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			winpar_device_ioctl(t->file[0], WPT_INFO, NULL, 0, buf,
					    sizeof(buf), &information));
	KUNIT_EXPECT_EQ(test, information, 0UL);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			winpar_read(t->file[0], buf, sizeof(buf), &done));
	KUNIT_EXPECT_EQ(test, done, 0U);
	done = 5;
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			winpar_write(t->file[0], buf, sizeof(buf), &done));
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_REQUEST,
			winpar_write(t->file[0], buf, 0, NULL));

	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_device_ioctl(NULL, WPT_INFO, NULL, 0, buf,
					    sizeof(buf), NULL));
	done = 5;
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_read(NULL, buf, sizeof(buf), &done));
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_write(NULL, buf, sizeof(buf), NULL));
}

/* ----- buffers of winpar_internal_ioctl() -------------------------------- */

/* A NULL buffer where one is needed, and lengths that no request has. */
static void winpar_test_ioctl_native_buffers(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);
	u8 *large = kunit_kzalloc(test, 4096, GFP_KERNEL);
	PARALLEL_PORT_INFORMATION info;
	ULONG_PTR information = 5;

	KUNIT_ASSERT_NOT_NULL(test, large);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_internal_ioctl(NULL, WPT_INFO, NULL, 0, &info,
					      sizeof(info), &information));
	KUNIT_EXPECT_EQ(test, information, 0UL);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_internal_ioctl(t->file[0], WPT_INFO, NULL, 0,
					      NULL, sizeof(info), NULL));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_internal_ioctl(t->file[0], WPT_CONNECT, NULL,
					      ISR_LEN, &hook->info, INT_LEN,
					      NULL));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			winpar_internal_ioctl(t->file[0], WPT_CONNECT,
					      &hook->routines, ISR_LEN, NULL,
					      INT_LEN, NULL));
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);

	memcpy(large, &hook->routines, ISR_LEN);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[0], WPT_CONNECT, large,
					      4096, large, 4096,
					      &information));
	KUNIT_EXPECT_EQ(test, information, (ULONG_PTR)INT_LEN);
	KUNIT_EXPECT_PTR_EQ(test,
			    ((PPARALLEL_INTERRUPT_INFORMATION)large)->Context,
			    t->info.Context);
	KUNIT_EXPECT_TRUE(test, wpt_bytes_are(large, INT_LEN, 4096, 0));
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/* ----- what the information requests say --------------------------------- */

/* A client has one Context: each of its files, requests and the device have it. */
static void winpar_test_ioctl_port_info(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[1], 1, WPT_ISR);
	PARALLEL_PORT_INFORMATION info = { };

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[2], WPT_INFO, NULL, 0,
					      &info, sizeof(info), NULL));
	KUNIT_EXPECT_EQ(test, memcmp(&info, &t->info, sizeof(info)), 0);
	KUNIT_EXPECT_NOT_NULL(test, info.Context);
	KUNIT_EXPECT_PTR_EQ(test, hook->info.Context, info.Context);
	KUNIT_EXPECT_PTR_EQ(test, info.Context,
			    winpar_device_object(t->file[0])->DeviceExtension);
	KUNIT_EXPECT_PTR_EQ(test, winpar_device_object(t->file[0]),
			    winpar_device_object(t->file[1]));
	KUNIT_EXPECT_EQ(test, winpar_device_object(t->file[0])->StackSize, 1);
	KUNIT_EXPECT_NULL(test, winpar_device_object(NULL));
}

static void winpar_test_ioctl_more_info(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	MORE_PARALLEL_PORT_INFORMATION more = { };

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[0], WPT_MORE_INFO, NULL,
					      0, &more, sizeof(more), NULL));
	KUNIT_EXPECT_EQ(test, (int)more.InterfaceType, (int)Isa);
	KUNIT_EXPECT_EQ(test, (int)more.InterruptMode, (int)Latched);
	KUNIT_EXPECT_EQ(test, more.BusNumber, 0U);
	KUNIT_EXPECT_EQ(test, more.InterruptLevel, (ULONG)t->fake->irq);
	KUNIT_EXPECT_EQ(test, more.InterruptVector, (ULONG)t->fake->irq);
	KUNIT_EXPECT_NE(test, more.InterruptAffinity, (KAFFINITY)0);
}

static struct kunit_case winpar_ioctl_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_ioctl_lengths, wpt_length_gen_params),
	KUNIT_CASE_PARAM(winpar_test_ioctl_unknown_code, wpt_code_gen_params),
	KUNIT_CASE_PARAM(winpar_test_ioctl_other_major, wpt_major_gen_params),
	KUNIT_CASE(winpar_test_ioctl_device_calls),
	KUNIT_CASE(winpar_test_ioctl_native_buffers),
	KUNIT_CASE(winpar_test_ioctl_port_info),
	KUNIT_CASE(winpar_test_ioctl_more_info),
	{ }
};

static struct kunit_suite winpar_ioctl_suite = {
	.name = "winpar_ioctl",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_ioctl_cases,
};

kunit_test_suite(winpar_ioctl_suite);
