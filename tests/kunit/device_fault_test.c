// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices with faults: each request ends within its time-out, and once the
 * fault is gone device and port work. And ports that are removed during a
 * transfer: every request ends, and every file can be closed.
 */
#include <linux/sizes.h>

#include "device_port.h"

#define FAULT_MS	(400 * wpt_slowness)

/* The statuses that a request may end with; several where that depends on time. */
#define MAY(status)	BIT(MAY_##status)

enum wpt_may {
	MAY_SUCCESS,
	MAY_TIMEOUT,
	MAY_IO_DEVICE_ERROR,
	MAY_UNSUCCESSFUL,
};

/* For a device that shows an error or has stopped. */
#define MAY_FAIL	(MAY(TIMEOUT) | MAY(IO_DEVICE_ERROR))

static const NTSTATUS wpt_may_status[] = {
	[MAY_SUCCESS] = STATUS_SUCCESS,
	[MAY_TIMEOUT] = STATUS_TIMEOUT,
	[MAY_IO_DEVICE_ERROR] = STATUS_IO_DEVICE_ERROR,
	[MAY_UNSUCCESSFUL] = STATUS_UNSUCCESSFUL,
};

/* ----- a device at fault ------------------------------------------------- */

struct wpt_broken_row {
	const char *name;
	const char *knob;
	const char *text;
	USHORT protocol;
	bool read;
	bool locked;		/* connected before the fault */
	unsigned int may;
};

static const struct wpt_broken_row wpt_broken_rows[] = {
	/*
	 * Printing. A printer whose lines do not move looks like one that is
	 * ready.
	 */
	{ "print, no answer", "fault", "no-answer", CENTRONICS, false, false,
	  MAY(SUCCESS) },
	{ "print, silent in the middle", "fault", "timeout-middle 3",
	  CENTRONICS, false, false, MAY_FAIL },
	{ "print, no paper", "state", "paper=0", CENTRONICS, false, false,
	  MAY(IO_DEVICE_ERROR) },
	{ "print, off line", "state", "online=0", CENTRONICS, false, false,
	  MAY(IO_DEVICE_ERROR) },
	{ "print, no power", "state", "power=0", CENTRONICS, false, false,
	  MAY(IO_DEVICE_ERROR) },
	{ "print, unplugged", "state", "plugged=0", CENTRONICS, false, false,
	  MAY(IO_DEVICE_ERROR) },
	{ "print, busy", "state", "busy=1", CENTRONICS, false, false,
	  MAY(TIMEOUT) },
	{ "print, Busy stuck", "fault", "stuck-line busy 1", CENTRONICS, false,
	  false, MAY(TIMEOUT) },
	{ "print, nFault stuck", "fault", "stuck-line fault 0", CENTRONICS,
	  false, false, MAY(IO_DEVICE_ERROR) },
	{ "print, nAck stuck", "fault", "stuck-line ack 1", CENTRONICS, false,
	  false, MAY(SUCCESS) },
	{ "print, nStrobe stuck", "fault", "stuck-line strobe 1", CENTRONICS,
	  false, false, MAY(SUCCESS) },
	{ "print, interrupts for nothing", "fault", "spurious-irq 5",
	  CENTRONICS, false, false, MAY(SUCCESS) },
	{ "print, storm", "fault", "irq-storm 2000 20", CENTRONICS, false,
	  false, MAY(SUCCESS) },
	/* ECP, forward. */
	{ "ecp, no answer", "fault", "no-answer", ECP_SW, false, false,
	  MAY_FAIL },
	{ "ecp, no answer once connected", "fault", "no-answer", ECP_SW,
	  false, true, MAY_FAIL },
	{ "ecp, silent in the middle", "fault", "timeout-middle 3", ECP_SW,
	  false, false, MAY_FAIL },
	{ "ecp, no paper", "state", "paper=0", ECP_SW, false, true,
	  MAY_FAIL },
	{ "ecp, no power", "state", "power=0", ECP_SW, false, true,
	  MAY_FAIL },
	{ "ecp, unplugged", "state", "plugged=0", ECP_SW, false, true,
	  MAY_FAIL },
	{ "ecp, unplugged from the start", "state", "plugged=0", ECP_SW, false,
	  false, MAY_FAIL },
	{ "ecp, Busy stuck low", "fault", "stuck-line busy 0", ECP_SW, false,
	  true, MAY_FAIL },
	{ "ecp, Busy stuck high", "fault", "stuck-line busy 1", ECP_SW, false,
	  true, MAY_FAIL },
	{ "ecp, nStrobe stuck", "fault", "stuck-line strobe 1", ECP_SW, false,
	  true, MAY_FAIL },
	{ "ecp, storm", "fault", "irq-storm 2000 20", ECP_SW, false, false,
	  MAY(SUCCESS) },
	/* EPP. */
	{ "epp, no answer", "fault", "no-answer", EPP_SW, false, false,
	  MAY_FAIL },
	{ "epp, no answer once connected", "fault", "no-answer", EPP_HW, false,
	  true, MAY_FAIL },
	{ "epp in software, no answer", "fault", "no-answer", EPP_SW, false,
	  true, MAY_FAIL },
	{ "epp, silent in the middle", "fault", "timeout-middle 3", EPP_HW,
	  false, false, MAY_FAIL },
	{ "epp, unplugged", "state", "plugged=0", EPP_HW, false, true,
	  MAY_FAIL },
	{ "epp, Busy stuck low", "fault", "stuck-line busy 0", EPP_HW, false,
	  true, MAY_FAIL },
	{ "epp, storm", "fault", "irq-storm 2000 20", EPP_HW, false, false,
	  MAY(SUCCESS) },
	/* Reading. */
	{ "nibble, no answer", "fault", "no-answer", NIBBLE, true, false,
	  MAY_FAIL },
	{ "nibble, silent in the middle", "fault", "timeout-middle 5", NIBBLE,
	  true, false, MAY_FAIL },
	{ "nibble, no power", "state", "power=0", NIBBLE, true, false,
	  MAY_FAIL },
	{ "nibble, unplugged", "state", "plugged=0", NIBBLE, true, false,
	  MAY_FAIL },
	{ "nibble, nAck stuck", "fault", "stuck-line ack 1", NIBBLE, true,
	  false, MAY_FAIL },
	{ "nibble, nothing to read", NULL, NULL, NIBBLE, true, false,
	  MAY(TIMEOUT) },
	{ "nibble, storm", "fault", "irq-storm 2000 20", NIBBLE, true, false,
	  MAY(TIMEOUT) },
	{ "byte, no answer", "fault", "no-answer", BYTE_BIDIR, true, false,
	  MAY_FAIL },
	{ "byte, silent in the middle", "fault", "timeout-middle 5",
	  BYTE_BIDIR, true, false, MAY_FAIL },
	{ "byte, nAutoFd stuck", "fault", "stuck-line autofd 1", BYTE_BIDIR,
	  true, false, MAY_FAIL },
	{ "ecp back, no answer", "fault", "no-answer", ECP_SW, true, false,
	  MAY_FAIL },
	{ "ecp back, no answer once connected", "fault", "no-answer", ECP_SW,
	  true, true, MAY_FAIL },
	{ "ecp back, silent in the middle", "fault", "timeout-middle 5",
	  ECP_SW, true, false, MAY_FAIL },
	{ "ecp back, PError stuck", "fault", "stuck-line perror 1", ECP_SW,
	  true, true, MAY_FAIL },
	{ "ecp back, unplugged", "state", "plugged=0", ECP_SW, true, true,
	  MAY_FAIL },
	{ "epp back, no answer", "fault", "no-answer", EPP_HW, true, true,
	  MAY_FAIL },
};

WPT_ROWS(wpt_broken, wpt_broken_rows);

static void wpt_expect_may(struct kunit *test, NTSTATUS status,
			   unsigned int may)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wpt_may_status); i++)
		if (may & BIT(i) && wpt_may_status[i] == status)
			return;
	KUNIT_FAIL(test, "the status is %x, not one of %x", status, may);
}

static void wpt_broken_mend(struct wpt_dev *d, struct winpar_file *file)
{
	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state", "paper=1 online=1 busy=0 power=1 plugged=1");
	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_ioctl(file, WPT_UNLOCK),
			STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

/* A loop-back device, so that it has what each protocol needs. */
static struct winpar_file *wpt_broken_open(struct wpt_dev *d,
					   const struct wpt_broken_row *row)
{
	struct kunit *test = wpt_of(d)->test;
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);

	wpt_dev_error_time(d, FAULT_MS / 4);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	return file;
}

static void winpar_test_device_fault_transfer(struct kunit *test)
{
	const struct wpt_broken_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_broken_open(d, row);
	u8 *bytes = wpt_dev_pattern(d, 100, 5), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;
	ULONG ms;

	if (row->read)
		wpt_sim_put(&d->s, "feed", bytes, 20);
	if (row->locked) {
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, row->read ?
				winpar_read(file, got, 2, NULL) :
				winpar_write(file, bytes, 2, NULL));
	}
	/* Only what has to be STATUS_TIMEOUT, or may be, has a time. */
	ms = row->may & MAY(TIMEOUT) ? FAULT_MS : 0;
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, ms, ms), STATUS_SUCCESS);
	if (row->knob)
		wpt_sim_set(&d->s, row->knob, row->text);
	r = wpt_dev_queue(d, file, 1, row->read ? IRP_MJ_READ : IRP_MJ_WRITE,
			  row->read ? got : bytes, 50);
	wpt_expect_may(test, wpt_dev_result(r), row->may);
	if (row->may == MAY(SUCCESS))
		KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 50UL);
	else
		KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information, 50UL);
	if (row->read && !row->locked)
		wpt_dev_expect_same(test, got, bytes,
				    r->irp.IoStatus.Information);
	wpt_broken_mend(d, file);
}

/* ----- other requests to a device at fault ------------------------------- */

struct wpt_deaf_row {
	const char *name;
	const char *words;
	const char *knob;
	const char *text;
};

/* Devices that do not answer a negotiation. */
static const struct wpt_deaf_row wpt_deaf_rows[] = {
	{ "no answer", "", "fault", "no-answer" },
	{ "no power", "", "state", "power=0" },
	{ "unplugged", "", "state", "plugged=0" },
	{ "nAck stuck high", "", "fault", "stuck-line ack 1" },
	{ "nAck stuck low", "", "fault", "stuck-line ack 0" },
	{ "Select stuck low", "", "fault", "stuck-line select 0" },
	{ "nSelectIn stuck", "", "fault", "stuck-line selectin 0" },
	{ "nAutoFd stuck", "", "fault", "stuck-line autofd 1" },
};

WPT_ROWS(wpt_deaf, wpt_deaf_rows);

static void winpar_test_device_fault_requests(struct kunit *test)
{
	const struct wpt_deaf_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	USHORT caps = 0x5555;
	u8 id[64];

	wpt_sim_set(&d->s, row->knob, row->text);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_ANY, 0),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, BYTE_BIDIR),
			STATUS_UNSUCCESSFUL);
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	KUNIT_EXPECT_EQ(test, wpt_dev_caps(file, 0, &caps), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, caps & (ECP_ANY | EPP_ANY | BYTE_BIDIR), 0);
	KUNIT_EXPECT_EQ(test, STATUS_IO_DEVICE_ERROR,
			winpar_device_ioctl(file, IOCTL_PAR_QUERY_DEVICE_ID,
					    NULL, 0, id, sizeof(id), NULL));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE), STATUS_SUCCESS);
	wpt_broken_mend(d, file);
}

/* ----- the port is removed ----------------------------------------------- */

struct wpt_pull_row {
	const char *name;
	USHORT protocol;
	bool read;
	const char *state;
	bool locked;
};

static const struct wpt_pull_row wpt_pull_rows[] = {
	{ "printing slowly", CENTRONICS, false, "busy_us=3000" },
	{ "printing at full speed", CENTRONICS, false, "busy_us=0" },
	{ "printing, busy", CENTRONICS, false, "busy=1" },
	{ "printing, locked", CENTRONICS, false, "busy=1", true },
	{ "ecp at full speed", ECP_SW, false, "busy_us=0" },
	{ "ecp, busy", ECP_SW, false, "busy=1" },
	{ "ecp, locked", BOUNDED_ECP, false, "busy=1", true },
	{ "epp at full speed", EPP_HW, false, "busy_us=0" },
	{ "nibble, nothing to read", NIBBLE, true, "busy_us=0" },
	{ "byte, nothing to read", BYTE_BIDIR, true, "busy_us=0" },
	{ "ecp, nothing to read", ECP_SW, true, "busy_us=0" },
	{ "ecp, nothing to read, locked", ECP_SW, true, "busy_us=0", true },
};

WPT_ROWS(wpt_pull, wpt_pull_rows);

#define PULL_BYTES	SZ_256K

/* The port is removed during a transfer; three more requests wait. */
static void winpar_test_device_fault_pulled(struct kunit *test)
{
	const struct wpt_pull_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 4);
	UCHAR major = row->read ? IRP_MJ_READ : IRP_MJ_WRITE;
	u8 *bytes = wpt_dev_pattern(d, PULL_BYTES, 1);
	struct wpt_request *r[4];
	int i;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", row->state);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		r[i] = wpt_dev_queue(d, file, i, major, bytes, PULL_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_OWNED));
	r[3] = wpt_dev_queue(d, other, 3, IRP_MJ_WRITE, bytes, 10);
	wpt_nap(50);
	wpt_sim_unplug(&d->s);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r[i]),
				STATUS_DELETE_PENDING);
		KUNIT_EXPECT_LT(test, r[i]->irp.IoStatus.Information,
				(ULONG_PTR)PULL_BYTES);
	}
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, NULL),
			STATUS_DEVICE_REMOVED);
	WPT_EXPECT_STATE(wpt_of(d), WINPAR_PORT_GONE);
	wpt_expect_quiet(wpt_of(d), 4);
	wpt_dev_close(d, file);
	wpt_dev_close(d, other);
}

/* A file is closed when its port is going, before the removal has come to the device. */
static void winpar_test_device_fault_pulled_closed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	void (*mark)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_mark_gone");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r[2];
	int i;

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE), STATUS_SUCCESS);
	for (i = 0; i < 2; i++)
		r[i] = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, 64);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	mark(t->port);
	wpt_dev_close(d, file);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r[i]), STATUS_DELETE_PENDING);
	wpt_sim_unplug(&d->s);
}

/* The port is removed while one file has a lock and another one waits for it. */
static void winpar_test_device_fault_pulled_locked(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *holder = wpt_dev_open(d, 0);
	struct winpar_file *waiter = wpt_dev_open(d, 4);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(holder, WPT_LOCK), STATUS_SUCCESS);
	r = wpt_dev_request(d, 1, IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_LOCK, 0,
			    0);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, waiter), STATUS_PENDING);
	wpt_sim_unplug(&d->s);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(holder, WPT_UNLOCK),
			STATUS_DEVICE_REMOVED);
	wpt_dev_close(d, holder);
	wpt_dev_close(d, waiter);
}

static struct kunit_case winpar_device_fault_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_fault_transfer,
			 wpt_broken_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_fault_requests,
			 wpt_deaf_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_fault_pulled, wpt_pull_gen_params),
	KUNIT_CASE(winpar_test_device_fault_pulled_closed),
	KUNIT_CASE(winpar_test_device_fault_pulled_locked),
	{ }
};

static struct kunit_suite winpar_device_fault_suite = {
	.name = "winpar_device_fault",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_fault_cases,
};

kunit_test_suite(winpar_device_fault_suite);
