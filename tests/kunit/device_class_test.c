// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nine callbacks of PARCLASS_INFORMATION: what they do while the caller's
 * file holds the lock, and that they do nothing when it does not.
 */
#include "device_port.h"

/* ----- what PARCLASS_CONNECT gives --------------------------------------- */

struct wpt_gives_row {
	const char *words;
	bool ecr;
};

static const struct wpt_gives_row wpt_gives_rows[] = {
	{ "kind=spp", false },
	{ "kind=ps2", false },
	{ "kind=epp", false },
	{ "kind=ecp", true },
	{ "kind=ecpepp daisy=epp", true },
};

static void wpt_gives_name(const struct wpt_gives_row *row, char *name)
{
	strscpy(name, row->words, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_gives, wpt_gives_rows, wpt_gives_name);

static void wpt_expect_routines(struct kunit *test,
				const PARCLASS_INFORMATION *info)
{
	KUNIT_EXPECT_NOT_NULL(test, info->DetermineIeeeModes);
	KUNIT_EXPECT_NOT_NULL(test, info->NegotiateIeeeMode);
	KUNIT_EXPECT_NOT_NULL(test, info->TerminateIeeeMode);
	KUNIT_EXPECT_NOT_NULL(test, info->IeeeFwdToRevMode);
	KUNIT_EXPECT_NOT_NULL(test, info->IeeeRevToFwdMode);
	KUNIT_EXPECT_NOT_NULL(test, info->ParallelRead);
	KUNIT_EXPECT_NOT_NULL(test, info->ParallelWrite);
	KUNIT_EXPECT_NOT_NULL(test, info->ParclassContext);
	KUNIT_EXPECT_NOT_NULL(test, info->ParallelTryselect);
	KUNIT_EXPECT_NOT_NULL(test, info->ParallelDeSelect);
}

/* PARCLASS_CONNECT says of the port what the port's own requests say. */
static void winpar_test_device_class_gives(struct kunit *test)
{
	const struct wpt_gives_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *raw = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *end = wpt_dev_open(d, 4);
	const PARALLEL_PNP_INFORMATION *pnp = wpt_sim_pnp(&d->s);
	PARCLASS_INFORMATION info, other;

	wpt_dev_class(d, raw, &info);
	wpt_expect_routines(test, &info);
	KUNIT_EXPECT_PTR_EQ(test, info.Controller,
			    wpt_of(d)->info.Controller);
	KUNIT_EXPECT_EQ(test, info.SpanOfController,
			wpt_of(d)->info.SpanOfController);
	KUNIT_EXPECT_PTR_EQ(test, info.EcrController, pnp->EcpController);
	KUNIT_EXPECT_EQ(test, !!info.EcrController, row->ecr);
	KUNIT_EXPECT_EQ(test, info.HardwareCapabilities,
			pnp->HardwareCapabilities);
	KUNIT_EXPECT_EQ(test, info.FifoDepth, pnp->FifoDepth);
	KUNIT_EXPECT_EQ(test, info.FifoWidth, pnp->FifoWidth);
	wpt_dev_class(d, end, &other);
	KUNIT_EXPECT_PTR_NE(test, other.ParclassContext, info.ParclassContext);
	wpt_dev_class(d, raw, &other);
	KUNIT_EXPECT_PTR_EQ(test, other.ParclassContext, info.ParclassContext);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(raw, WPT_UNCLASS), STATUS_SUCCESS);
	/* PARCLASS_DISCONNECT leaves a lock as it is. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(raw, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(raw, WPT_UNCLASS), STATUS_SUCCESS);
	WPT_EXPECT_STATE(wpt_of(d), WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, raw, WPT_LOCK),
			STATUS_INVALID_DEVICE_STATE);
}

/* ----- without the lock -------------------------------------------------- */

enum wpt_when {
	WHEN_OPEN,		/* no file has a lock */
	WHEN_OTHER,		/* another device's file has a lock */
	WHEN_UNLOCKED,		/* the file has had a lock */
	WHEN_CLOSED,		/* the file is closed */
	WHEN_REOPENED,		/* the device was closed and opened again */
	WHEN_ANOTHERS,		/* another client opened it then, and has the lock */
	WHEN_GONE,		/* the port was removed under the file's lock */
};

struct wpt_without_row {
	const char *name;
	enum wpt_when when;
};

static const struct wpt_without_row wpt_without_rows[] = {
	{ "no lock", WHEN_OPEN },
	{ "another device's lock", WHEN_OTHER },
	{ "unlocked", WHEN_UNLOCKED },
	{ "closed", WHEN_CLOSED },
	{ "opened anew, not locked", WHEN_REOPENED },
	{ "another client's lock", WHEN_ANOTHERS },
	{ "gone", WHEN_GONE },
};

WPT_ROWS(wpt_without, wpt_without_rows);

/* Each callback fails with this status, and the counts of bytes are 0. */
static void wpt_expect_refused(struct kunit *test,
			       const PARCLASS_INFORMATION *info,
			       NTSTATUS status)
{
	PARALLEL_1284_COMMAND command = { .CommandFlags = WPT_KEEP };
	PVOID context = info->ParclassContext;
	ULONG done = 12345;
	u8 byte = 'x';

	KUNIT_EXPECT_EQ(test, info->DetermineIeeeModes(context), NONE);
	KUNIT_EXPECT_EQ(test, status,
			info->NegotiateIeeeMode(context, ECP_ANY, ECP_ANY,
						SAFE_MODE, TRUE));
	KUNIT_EXPECT_EQ(test, status, info->TerminateIeeeMode(context));
	KUNIT_EXPECT_EQ(test, status, info->IeeeFwdToRevMode(context));
	KUNIT_EXPECT_EQ(test, status, info->IeeeRevToFwdMode(context));
	KUNIT_EXPECT_EQ(test, status,
			info->ParallelRead(context, &byte, 1, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	done = 12345;
	KUNIT_EXPECT_EQ(test, status,
			info->ParallelWrite(context, &byte, 1, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, status, info->ParallelTryselect(context,
							      command));
	KUNIT_EXPECT_EQ(test, status, info->ParallelDeSelect(context,
							     command));
}

/* The kernel itself, as another client, opens the raw device and has its lock. */
static void wpt_class_anothers(struct wpt_dev *d, const PARCLASS_INFORMATION *info)
{
	struct kunit *test = wpt_of(d)->test;
	PARCLASS_INFORMATION theirs;
	struct winpar_file *file;
	char name[16];

	snprintf(name, sizeof(name), "LPT%d", d->s.linux_port.parport->number + 1);
	KUNIT_ASSERT_EQ(test, winpar_open_owner(name, NULL, &file), STATUS_SUCCESS);
	wpt_dev_keep(d, file);
	wpt_dev_class(d, file, &theirs);
	KUNIT_EXPECT_PTR_NE(test, theirs.ParclassContext, info->ParclassContext);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			theirs.TerminateIeeeMode(theirs.ParclassContext));
}

static void winpar_test_device_class_without_the_lock(struct kunit *test)
{
	const struct wpt_without_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 0);
	NTSTATUS want = STATUS_INVALID_DEVICE_STATE;
	PARCLASS_INFORMATION info;

	wpt_dev_class(d, file, &info);
	switch (row->when) {
	case WHEN_OPEN:
		break;
	case WHEN_OTHER:
		KUNIT_EXPECT_EQ(test, wpt_ioctl(other, WPT_LOCK),
				STATUS_SUCCESS);
		break;
	case WHEN_UNLOCKED:
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK),
				STATUS_SUCCESS);
		break;
	case WHEN_GONE:
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
		wpt_sim_unplug(&d->s);
		wpt_expect_refused(test, &info, STATUS_DEVICE_REMOVED);
		return;
	case WHEN_CLOSED:
	case WHEN_REOPENED:
	case WHEN_ANOTHERS:
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
		wpt_dev_close(d, file);
		if (row->when == WHEN_REOPENED)
			wpt_dev_open(d, WPT_RAW);
		else if (row->when == WHEN_ANOTHERS)
			wpt_class_anothers(d, &info);
		break;
	}
	wpt_sim_set(&d->s, "events", "");
	wpt_expect_refused(test, &info, want);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
}

/* ----- with it ----------------------------------------------------------- */

struct wpt_safe_row {
	const char *name;
	USHORT forward;
	USHORT reverse;
	USHORT got_forward;
	USHORT got_reverse;
	const char *phase_forward;
	const char *phase_reverse;
};

static const struct wpt_safe_row wpt_safe_rows[] = {
	/* ECP is turned round by the first byte, not by the call. */
	{ "everything", MAXUSHORT, MAXUSHORT, BOUNDED_ECP, BOUNDED_ECP, NULL,
	  NULL },
	{ "ecp", ECP_SW, ECP_SW, ECP_SW, ECP_SW, NULL, NULL },
	{ "epp", EPP_ANY, EPP_ANY, EPP_HW, EPP_HW, "epp", "epp" },
	{ "ecp and nibble", ECP_SW, NIBBLE, ECP_SW, NIBBLE, "ecp", "nibble" },
	{ "centronics and nibble", CENTRONICS, NIBBLE, CENTRONICS, NIBBLE,
	  "compatibility", "nibble" },
	{ "compatibility and byte", IEEE_COMPATIBILITY, BYTE_BIDIR,
	  IEEE_COMPATIBILITY, BYTE_BIDIR, "compatibility", "byte" },
	{ "epp and byte", EPP_SW, BYTE_BIDIR, EPP_SW, BYTE_BIDIR, "epp",
	  "byte" },
};

WPT_ROWS(wpt_safe, wpt_safe_rows);

/*
 * The device is in this phase; NULL: in ECP, whichever way the lines are
 * turned.
 */
static void wpt_expect_connected(struct wpt_dev *d, const char *phase)
{
	struct kunit *test = wpt_of(d)->test;

	if (phase)
		KUNIT_EXPECT_TRUE_MSG(test, wpt_dev_phase(d, "modes", phase),
				      "not %s", phase);
	else
		KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "ecp") ||
				  wpt_dev_phase(d, "modes", "ecp-reverse"));
}

/* Negotiate forward, write, turn, read, and turn back, twice. */
static void winpar_test_device_class_both_ways(struct kunit *test)
{
	const struct wpt_safe_row *row = test->param_value;
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=loopback", WPT_RAW,
					   &file, &info);
	u8 *bytes = wpt_dev_pattern(d, 200, 4), *got = wpt_dev_block(d, 200);
	PVOID context = info.ParclassContext;
	ULONG done;
	int i;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, row->forward,
					       row->reverse, SAFE_MODE, TRUE));
	wpt_expect_connected(d, row->phase_forward);
	wpt_dev_expect_modes(test, file, row->got_forward, row->got_reverse);
	for (i = 0; i < 2; i++) {
		done = 12345;
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelWrite(context, bytes + 100 * i,
						   100, &done, 99));
		KUNIT_EXPECT_EQ(test, done, 100U);
		KUNIT_EXPECT_EQ(test, info.IeeeFwdToRevMode(context),
				STATUS_SUCCESS);
		wpt_expect_connected(d, row->phase_reverse);
		done = 12345;
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				info.ParallelRead(context, got + 100 * i, 100,
						  &done, 98));
		KUNIT_EXPECT_EQ(test, done, 100U);
		KUNIT_EXPECT_EQ(test, info.IeeeRevToFwdMode(context),
				STATUS_SUCCESS);
		wpt_expect_connected(d, row->phase_forward);
	}
	wpt_dev_expect_same(test, got, bytes, 200);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 200);
	KUNIT_EXPECT_EQ(test, info.TerminateIeeeMode(context), STATUS_SUCCESS);
	wpt_expect_connected(d, "compatibility");
	/* Negotiate in reverse first. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, row->forward,
					       row->reverse, SAFE_MODE,
					       FALSE));
	wpt_expect_connected(d, row->phase_reverse);
	KUNIT_EXPECT_EQ(test, info.IeeeRevToFwdMode(context), STATUS_SUCCESS);
	wpt_expect_connected(d, row->phase_forward);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	wpt_expect_connected(d, "compatibility");
}

/* A turn to the direction that is set already moves no line. */
static void winpar_test_device_class_needless_turn(struct kunit *test)
{
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=loopback", WPT_RAW,
					   &file, &info);
	PVOID context = info.ParclassContext;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, ECP_SW, BYTE_BIDIR,
					       SAFE_MODE, TRUE));
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, info.IeeeRevToFwdMode(context), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
	KUNIT_EXPECT_EQ(test, info.IeeeFwdToRevMode(context), STATUS_SUCCESS);
	wpt_expect_connected(d, "byte");
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, info.IeeeFwdToRevMode(context), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
}

/* NegotiateIeeeMode fails while a mode is set: TerminateIeeeMode has to end it. */
static void winpar_test_device_class_negotiates_twice(struct kunit *test)
{
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=loopback", WPT_RAW,
					   &file, &info);
	PVOID context = info.ParclassContext;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, ECP_SW, ECP_SW,
					       SAFE_MODE, TRUE));
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, STATUS_DEVICE_PROTOCOL_ERROR,
			info.NegotiateIeeeMode(context, EPP_SW, EPP_SW,
					       SAFE_MODE, TRUE));
	KUNIT_EXPECT_EQ(test, STATUS_DEVICE_PROTOCOL_ERROR,
			info.NegotiateIeeeMode(context, ECP_SW, ECP_SW,
					       SAFE_MODE, FALSE));
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
	wpt_dev_expect_modes(test, file, ECP_SW, ECP_SW);
	wpt_expect_connected(d, "ecp");
	/* The request NEGOTIATE ends the mode itself. */
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, EPP_SW, EPP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, info.TerminateIeeeMode(context), STATUS_SUCCESS);
	wpt_expect_connected(d, "compatibility");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, CENTRONICS, NIBBLE,
					       SAFE_MODE, FALSE));
	wpt_expect_connected(d, "nibble");
	KUNIT_EXPECT_EQ(test, info.TerminateIeeeMode(context), STATUS_SUCCESS);
	/* A second TerminateIeeeMode moves no line. */
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, info.TerminateIeeeMode(context), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
}

static void winpar_test_device_class_wrong_arguments(struct kunit *test)
{
	static const int safety[] = { UNSAFE_MODE, 2, -1 };
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=printer", WPT_RAW,
					   &file, &info);
	PVOID context = info.ParclassContext;
	ULONG done = 12345;
	unsigned int i;

	wpt_sim_set(&d->s, "events", "");
	for (i = 0; i < ARRAY_SIZE(safety); i++)
		KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
				info.NegotiateIeeeMode(context, ECP_SW, ECP_SW,
						       safety[i], TRUE));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			info.ParallelWrite(context, NULL, 1, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	done = 12345;
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			info.ParallelRead(context, NULL, 1, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	done = 12345;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.ParallelWrite(context, NULL, 0, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
	/* Protocols that the device does not have. */
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			info.NegotiateIeeeMode(context, EPP_ANY, NIBBLE,
					       SAFE_MODE, TRUE));
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	wpt_expect_connected(d, "compatibility");
}

/* A transfer that fails sets the count of the bytes that it has moved. */
static void winpar_test_device_class_counts(struct kunit *test)
{
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "peripheral=printer", WPT_RAW,
					   &file, &info);
	u8 *bytes = wpt_dev_pattern(d, 100, 4), *got = wpt_dev_block(d, 100);
	PVOID context = info.ParclassContext;
	ULONG done = 12345;

	wpt_dev_error_time(d, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 1000 * wpt_slowness, 300),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			info.ParallelWrite(context, bytes, 100, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	wpt_sim_set(&d->s, "state", "busy=0");
	wpt_sim_put(&d->s, "feed", bytes, 40);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			info.NegotiateIeeeMode(context, CENTRONICS, NIBBLE,
					       SAFE_MODE, FALSE));
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			info.ParallelRead(context, got, 100, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 40U);
	wpt_dev_expect_same(test, got, bytes, 40);
	KUNIT_EXPECT_EQ(test, info.TerminateIeeeMode(context), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "paper=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	done = 12345;
	KUNIT_EXPECT_EQ(test, STATUS_IO_DEVICE_ERROR,
			info.ParallelWrite(context, bytes, 100, &done, 0));
	KUNIT_EXPECT_EQ(test, done, 0U);
	wpt_sim_set(&d->s, "state", "paper=1");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

/*
 * DetermineIeeeModes says what GET_DEVICE_CAPS says, and ends each mode it
 * tries.
 */
static void winpar_test_device_class_determines(struct kunit *test)
{
	static const char *const names[] = {
		"none", "printer", "epp", "loopback",
	};
	PARCLASS_INFORMATION info;
	struct winpar_file *file;
	struct wpt_dev *d = wpt_class_plug(test, "", WPT_RAW, &file, &info);
	USHORT caps, modes;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		wpt_sim_set(&d->s, "peripheral", names[i]);
		KUNIT_EXPECT_EQ(test, wpt_dev_caps(file, 0, &caps),
				STATUS_SUCCESS);
		modes = info.DetermineIeeeModes(info.ParclassContext);
		KUNIT_EXPECT_EQ_MSG(test, modes, caps, "%s", names[i]);
		/* Without a device there is no phase to look at. */
		if (i)
			wpt_expect_connected(d, "compatibility");
		wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	}
}

static struct kunit_case winpar_device_class_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_class_gives, wpt_gives_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_class_without_the_lock,
			 wpt_without_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_class_both_ways,
			 wpt_safe_gen_params),
	KUNIT_CASE(winpar_test_device_class_needless_turn),
	KUNIT_CASE(winpar_test_device_class_negotiates_twice),
	KUNIT_CASE(winpar_test_device_class_wrong_arguments),
	KUNIT_CASE(winpar_test_device_class_counts),
	KUNIT_CASE(winpar_test_device_class_determines),
	{ }
};

static struct kunit_suite winpar_device_class_suite = {
	.name = "winpar_device_class",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_class_cases,
};

kunit_test_suite(winpar_device_class_suite);
