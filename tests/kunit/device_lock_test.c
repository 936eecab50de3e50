// SPDX-License-Identifier: GPL-2.0-only
/*
 * LOCK and UNLOCK of a parallel device, and requests that wait for the port
 * while another device, a client or a Linux driver has it. A time is judged by
 * its lower bound, or by an upper one that is far away.
 */
#include "device_port.h"

/* In a function that has a struct kunit *test. */
#define EXPECT_STATE(d, want)	WPT_EXPECT_STATE(wpt_of(d), want)
#define EXPECT_SELECTED(d, want)					\
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&(d)->s), want)

static void wpt_rival_takes(struct wpt_dev *d, struct fake_rival *rival)
{
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(wpt_of(d)->test, fake_rival_wait(rival));
}

static struct wpt_request *wpt_lock_queue(struct wpt_dev *d,
					  struct winpar_file *file, int id,
					  ULONG code)
{
	struct wpt_request *r = wpt_dev_request(d, id,
						IRP_MJ_INTERNAL_DEVICE_CONTROL,
						code, 0, 0);

	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_submit(r, file), STATUS_PENDING);
	return r;
}

/* ----- locking and unlocking --------------------------------------------- */

struct wpt_pair_row {
	const char *name;
	ULONG lock;
	ULONG unlock;
	bool selects;
};

static const struct wpt_pair_row wpt_pair_rows[] = {
	{ "select, deselect", WPT_LOCK, WPT_UNLOCK, true },
	{ "no select, no deselect", WPT_LOCK_ONLY, WPT_UNLOCK_ONLY, false },
	{ "select, no deselect", WPT_LOCK, WPT_UNLOCK_ONLY, true },
	{ "no select, deselect", WPT_LOCK_ONLY, WPT_UNLOCK, false },
};

WPT_ROWS(wpt_pair, wpt_pair_rows);

/* Each UNLOCK ends each LOCK; the next owner has the end-of-chain device. */
static void winpar_test_device_lock_pair(struct kunit *test)
{
	const struct wpt_pair_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	struct winpar_file *file = wpt_dev_open(d, 1);
	struct wpt *t = wpt_of(d);
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, row->lock),
				STATUS_SUCCESS);
		EXPECT_STATE(d, WINPAR_PORT_OWNED);
		EXPECT_SELECTED(d, row->selects ? 1 : -1);
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, row->unlock),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
		EXPECT_SELECTED(d, -1);
		wpt_free(t);
	}
}

/* A LOCK of LPTn or LPTn.4 on a port without a chain sends no packet. */
static void winpar_test_device_lock_end(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=none");
	struct winpar_file *raw = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *end = wpt_dev_open(d, 4);

	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(raw, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(raw, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(end, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(end, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(&d->s));
}

/* A locked device's writes send no packet: they go to what the LOCK selected. */
static void winpar_test_device_lock_as_it_is(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+printer");
	struct winpar_file *file = wpt_dev_open(d, 1);
	unsigned long commands;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK_ONLY), STATUS_SUCCESS);
	commands = wpt_sim_commands(&d->s);
	KUNIT_EXPECT_EQ(test, winpar_write(file, "end", 3, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(&d->s), commands);
	EXPECT_STATE(d, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 3UL);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK_ONLY),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	commands = wpt_sim_commands(&d->s);
	KUNIT_EXPECT_EQ(test, winpar_write(file, "daisy", 5, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, "s", 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(&d->s), commands);
	EXPECT_SELECTED(d, 1);
	KUNIT_EXPECT_EQ(test, 6UL, wpt_sim_number(&d->s, "daisy1/modes",
						  "received"));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 3UL);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
}

/* A second LOCK fails; an UNLOCK without a lock succeeds, and does nothing. */
static void winpar_test_device_lock_twice(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK_ONLY),
			STATUS_SUCCESS);
	EXPECT_STATE(d, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_LOCK),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_LOCK_ONLY),
			STATUS_INVALID_DEVICE_STATE);
	EXPECT_STATE(d, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	/* A second LOCK is refused at once while the first still waits. */
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r = wpt_lock_queue(d, file, 1, WPT_LOCK);
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_LOCK),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	/* An UNLOCK without a lock does not wait for the port. */
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
}

/* LOCK waits for longer than device_lock_timeout, and may be cancelled. */
static void winpar_test_device_lock_waits(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;

	wpt_dev_lock_timeout(d, 50);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r = wpt_lock_queue(d, file, 1, WPT_LOCK);
	wpt_nap(400);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	winpar_irp_cancel(&r->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 0));
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	r = wpt_lock_queue(d, file, 2, WPT_LOCK);
	wpt_nap(200);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	EXPECT_SELECTED(d, 0);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	/* It waits for a Linux driver, too. */
	wpt_rival_takes(d, rival);
	r = wpt_lock_queue(d, file, 3, WPT_LOCK_ONLY);
	wpt_nap(200);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	fake_rival_release(rival);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
}

/* LOCK and ALLOCATE requests wait in one FIFO. */
static void winpar_test_device_lock_fifo(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	struct winpar_file *near = wpt_dev_open(d, 0);
	struct winpar_file *far = wpt_dev_open(d, 1);
	struct wpt *t = wpt_of(d);

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_lock_queue(d, near, 10, WPT_LOCK);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	wpt_queue(t, t->file[1], 11);
	wpt_lock_queue(d, far, 12, WPT_LOCK);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 3));
	wpt_queue(t, t->file[2], 13);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_SELECTED(d, 0);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(near, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	EXPECT_SELECTED(d, -1);
	wpt_free(t);
	wpt_expect(t, 2, 12, STATUS_SUCCESS);
	EXPECT_SELECTED(d, 1);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(far, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_expect(t, 3, 13, STATUS_SUCCESS);
	EXPECT_SELECTED(d, -1);
	wpt_free(t);
	wpt_expect_quiet(t, 4);
}

/* ----- what undoes a lock, and what does not ------------------------------ */

/* A file is closed that has a lock, or waits for one. */
static void winpar_test_device_lock_closed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	struct winpar_file *file = wpt_dev_open(d, 1);
	struct wpt *t = wpt_of(d);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	wpt_queue(t, t->file[1], 10);
	wpt_dev_close(d, file);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_SELECTED(d, -1);
	wpt_free(t);
	/* A LOCK that waits is cancelled. */
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	file = wpt_dev_open(d, 1);
	wpt_lock_queue(d, file, 11, WPT_LOCK);
	wpt_dev_close(d, file);
	wpt_expect(t, 1, 11, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
	wpt_expect_quiet(t, 2);
}

/*
 * PORT_FREE, FreePort, DESELECT and a close by others leave the port to the
 * lock.
 */
static void winpar_test_device_lock_not_freed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	struct wpt *t = wpt_of(d);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE),
			STATUS_INVALID_DEVICE_STATE);
	EXPECT_STATE(d, WINPAR_PORT_OWNED);
	wpt_free(t);
	EXPECT_STATE(d, WINPAR_PORT_OWNED);
	EXPECT_SELECTED(d, 0);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			wpt_sim_command(t->file[0], WPT_DESELECT, 0, 0));
	EXPECT_SELECTED(d, 0);
	KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 1UL, wpt_sim_number(&d->s, "daisy0/modes",
						  "received"));
	/* The close of another file of the port frees nothing. */
	wpt_close(t, 1);
	EXPECT_STATE(d, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* ----- a port that is not had in time ------------------------------------ */

struct wpt_busy_row {
	const char *name;
	UCHAR major;
	ULONG code;
	UCHAR byte;
};

static const struct wpt_busy_row wpt_busy_rows[] = {
	{ "write", IRP_MJ_WRITE },
	{ "read", IRP_MJ_READ },
	{ "negotiate", IRP_MJ_DEVICE_CONTROL, IOCTL_IEEE1284_NEGOTIATE, 4 },
	{ "caps", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_GET_DEVICE_CAPS },
	{ "id size", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_QUERY_DEVICE_ID_SIZE },
	{ "id", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_QUERY_DEVICE_ID },
	{ "raw id", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_QUERY_RAW_DEVICE_ID },
	{ "query information", IRP_MJ_DEVICE_CONTROL,
	  IOCTL_PAR_QUERY_INFORMATION },
	{ "set information", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_SET_INFORMATION,
	  PARALLEL_INIT },
	{ "write address", IRP_MJ_DEVICE_CONTROL, IOCTL_PAR_SET_WRITE_ADDRESS },
	{ "disconnect idle", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_IDLE },
};

WPT_ROWS(wpt_busy, wpt_busy_rows);

static void wpt_expect_busy(struct wpt_dev *d, struct winpar_file *file,
			    const struct wpt_busy_row *row, const char *who)
{
	struct kunit *test = wpt_of(d)->test;
	struct wpt_request *r;
	struct wpt_start begin = wpt_start();

	if (row->code) {
		r = wpt_dev_request(d, 90, row->major, row->code, WPT_BUFFER,
				    WPT_BUFFER);
		memset(r->buffer, 0, WPT_BUFFER);
		r->buffer[0] = row->byte;
	} else {
		r = wpt_dev_transfer(d, 90, row->major,
				     wpt_dev_block(d, 4), 4);
	}
	KUNIT_EXPECT_EQ_MSG(test, wpt_submit(r, file), STATUS_PENDING, "%s",
			    who);
	KUNIT_EXPECT_EQ_MSG(test, wpt_dev_result(r), STATUS_DEVICE_BUSY, "%s",
			    who);
	KUNIT_EXPECT_EQ_MSG(test, r->irp.IoStatus.Information, 0UL, "%s", who);
	KUNIT_EXPECT_TRUE_MSG(test, wpt_has_lasted(begin, 80), "%s", who);
	/* Sooner than after the 5 s of the default. */
	KUNIT_EXPECT_LT_MSG(test, wpt_dev_ms_since(begin), 5000UL * wpt_slowness, "%s", who);
	KUNIT_EXPECT_TRUE_MSG(test, wpt_dev_waiters(d, 0), "%s", who);
}

/*
 * DEVICE_BUSY after device_lock_timeout: a client, a lock or a driver has the
 * port.
 */
static void winpar_test_device_lock_busy(struct kunit *test)
{
	const struct wpt_busy_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 0);
	struct wpt *t = wpt_of(d);

	wpt_dev_lock_timeout(d, 100);
	wpt_sim_set(&d->s, "events", "");
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_expect_busy(d, file, row, "allocated");
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, strlen(wpt_sim_show(&d->s, "events")), 0UL);
	wpt_free(t);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(other, WPT_LOCK_ONLY), STATUS_SUCCESS);
	wpt_expect_busy(d, file, row, "locked by another device");
	KUNIT_ASSERT_EQ(test, wpt_ioctl(other, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_rival_takes(d, rival);
	wpt_expect_busy(d, file, row, "a Linux driver's");
	fake_rival_release(rival);
	wpt_dev_lock_timeout(d, 5000);
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_lock_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_lock_pair, wpt_pair_gen_params),
	KUNIT_CASE(winpar_test_device_lock_end),
	KUNIT_CASE(winpar_test_device_lock_as_it_is),
	KUNIT_CASE(winpar_test_device_lock_twice),
	KUNIT_CASE(winpar_test_device_lock_waits),
	KUNIT_CASE(winpar_test_device_lock_fifo),
	KUNIT_CASE(winpar_test_device_lock_closed),
	KUNIT_CASE(winpar_test_device_lock_not_freed),
	KUNIT_CASE_PARAM(winpar_test_device_lock_busy, wpt_busy_gen_params),
	{ }
};

static struct kunit_suite winpar_device_lock_suite = {
	.name = "winpar_device_lock",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_lock_cases,
};

kunit_test_suite(winpar_device_lock_suite);
