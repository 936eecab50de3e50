// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read through the FIFO turns the lines forward, or a write through it ends, before the
 * device has seen what the chip did last: it takes some ms until it sees a change of the
 * host's lines. Or its PError does not say that it has turned. Each byte that Information
 * counts has gone from one side to the other, once and in order.
 *
 * A machine that is not run for some time makes a case see less of this: the device has seen
 * the change by then, or sees it later than a peripheral may.
 */
#include "fifo_port.h"

#define TURN_BYTES	400
#define TURN_FIRST	40	/* the device has no more at first */
#define TURN_LATE_MS	30	/* the device sees a change so much later */
#define TURN_STOPS	4
#define TURN_NINIT	0x04	/* in the control register */

/* A device that is so many us behind its time is later than a peripheral may be. */
#define TURN_BEHIND_US	8000

static const struct wpt_strike_row wpt_turn_read = {
	.protocol = ECP_HW_NOIRQ, .read = true, .clash = true,
};

/*
 * Has the device seen each change when it was due, since its "state" was written? Else a byte
 * may have gone astray.
 */
static bool wpt_turn_was_in_time(struct wpt_dev *d)
{
	if (wpt_sim_number(&d->s, "modes", "behind_us") < TURN_BEHIND_US)
		return true;
	kunit_info(wpt_of(d)->test, "the device was late: not judged\n");
	return false;
}

/* Wait until the device has at most @left bytes to send. */
static void wpt_turn_await_left(struct wpt_dev *d, unsigned long left)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_sim_number(&d->s, "modes", "to-send") > left &&
	       time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_LE(wpt_of(d)->test,
			wpt_sim_number(&d->s, "modes", "to-send"), left);
}

/* Wait until nInit is high, or was so for a time in which this task was not run. */
static void wpt_turn_await_event_47(struct wpt_dev *d)
{
	unsigned long end = jiffies + HZ;

	while (!(wpt_sim_in(&d->s, 2) & TURN_NINIT) && time_before(jiffies, end))
		wpt_nap(1);
}

/* The device has given the @counted bytes at @got, no more, of the STRIKE_BYTES at @bytes. */
static void wpt_turn_expect_given(struct wpt_dev *d, const u8 *got,
				  const u8 *bytes, unsigned long counted)
{
	if (!wpt_turn_was_in_time(d))
		return;
	wpt_strike_expect_count(d, &wpt_turn_read, STRIKE_BYTES, counted);
	wpt_dev_expect_same(wpt_of(d)->test, got, bytes, counted);
}

/* The device is fast again, and without a fault: the FIFO is used as ever. */
static void wpt_turn_mend(struct wpt_dev *d, struct winpar_file *file)
{
	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state", "answer_us=0 rle=0");
	wpt_strike_mend(d, file, &wpt_turn_read);
}

/*
 * The device has no more data, the read turns the lines forward, and the device has data
 * again before it sees that: it offers a byte, and takes it back. The chip must not have
 * taken it.
 */
static void winpar_test_device_fifo_turn_met(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_strike_open(d, ECP_HW_NOIRQ, true, 0);
	u8 *bytes = wpt_dev_pattern(d, TURN_BYTES, 5);
	u8 *got = wpt_dev_block(d, TURN_BYTES);
	struct wpt_request *r;

	wpt_sim_put(&d->s, "feed", bytes, TURN_FIRST);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, TURN_BYTES);
	wpt_turn_await_left(d, 0);
	/* Until the device has seen event 46: 1 ms. */
	wpt_nap(5);
	wpt_sim_set(&d->s, "state", "answer_us=30000");
	wpt_turn_await_event_47(d);
	wpt_sim_put(&d->s, "feed", bytes + TURN_FIRST, TURN_BYTES - TURN_FIRST);
	wpt_sim_set(&d->s, "state", "answer_us=500");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
			(ULONG_PTR)TURN_BYTES);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "to-send"), 0UL);
	wpt_dev_expect_same(test, got, bytes, TURN_BYTES);
	wpt_sim_set(&d->s, "state", "answer_us=0");
	wpt_fifo_mend(d, file, 0);
}

/* ----- PError does not say that the device has turned --------------------- */

/**
 * struct wpt_unturned_row - a device whose PError is stuck high before the read begins
 * @name: what the case is called
 * @state: how late it answers
 * @equal: so many bytes in sequence are equal
 * @flows: the read gets bytes, as long as the device has any, without turning round again
 */
struct wpt_unturned_row {
	const char *name;
	const char *state;
	unsigned int equal;
	bool flows;
};

static const struct wpt_unturned_row wpt_unturned_rows[] = {
	/* The FIFO is not full when the read gives event 40 up. */
	{ "6 ms a byte", "answer_us=3000", 1, true },
	/* A count leaves no byte in it. */
	{ "runs, 40 ms for a count", "answer_us=20000 rle=1", 8, false },
};

WPT_ROWS(wpt_unturned, wpt_unturned_rows);

/* More turns than a read makes that flows. */
#define TURN_TURNS	8

/* Event 40 is never seen: a byte that the chip has acknowledged does not come twice. */
static void winpar_test_device_fifo_turn_unseen(struct kunit *test)
{
	const struct wpt_unturned_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_strike_open(d, ECP_HW_NOIRQ, true,
						   STRIKE_MS);
	u8 *bytes = wpt_dev_block(d, STRIKE_BYTES);
	u8 *got = wpt_dev_block(d, STRIKE_BYTES);
	ULONG counted = 0;
	int i;

	for (i = 0; i < STRIKE_BYTES; i++)
		bytes[i] = i / row->equal;
	wpt_sim_put(&d->s, "feed", bytes, STRIKE_BYTES);
	wpt_sim_set(&d->s, "fault", "stuck-line perror 1");
	wpt_sim_set(&d->s, "state", row->state);
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			winpar_read(file, got, STRIKE_BYTES, &counted));
	wpt_turn_expect_given(d, got, bytes, counted);
	if (row->flows) {
		KUNIT_EXPECT_GT(test, counted, 0U);
		KUNIT_EXPECT_LT(test, wpt_sim_number(&d->s, "modes",
						     "ecp-reverse"),
				(unsigned long)TURN_TURNS);
	}
	wpt_turn_mend(d, file);
}

/*
 * The device sees each change of the lines 60 ms later, so that PError is still high when
 * the read gives event 40 up, and says nothing of event 49.
 */
static void winpar_test_device_fifo_turn_slow(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_strike_open(d, ECP_HW_NOIRQ, true,
						   STRIKE_MS);
	u8 *bytes = wpt_dev_pattern(d, STRIKE_BYTES, 5);
	u8 *got = wpt_dev_block(d, STRIKE_BYTES);
	ULONG counted = 0;

	wpt_sim_set(&d->s, "state", "answer_us=0");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, ECP_HW_NOIRQ, ECP_HW_NOIRQ));
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, NULL),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "answer_us=60000");
	wpt_sim_put(&d->s, "feed", bytes, STRIKE_BYTES);
	KUNIT_EXPECT_EQ(test, STATUS_TIMEOUT,
			winpar_read(file, got, STRIKE_BYTES, &counted));
	wpt_turn_expect_given(d, got, bytes, counted);
	wpt_nap(STRIKE_SEEN_MS);
	wpt_sim_set(&d->s, "state", "answer_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_turn_mend(d, file);
}

/* ----- a write that ends -------------------------------------------------- */

/* Wait until the FIFO has sent more than @sent bytes. */
static void wpt_turn_await_sent(struct wpt_dev *d, unsigned long sent)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_fifo_sent(d) <= sent && time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_GT(wpt_of(d)->test, wpt_fifo_sent(d), sent);
}

/*
 * A write in ECP is cancelled between events 35 and 36 of a byte, which the device is
 * about to take: TURN_LATE_MS after event 36 of one byte it sees event 37, and gives event 32,
 * and as much later it sees event 35 of the next byte.
 */
static void winpar_test_device_fifo_turn_written(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_strike_open(d, ECP_HW_NOIRQ, false, 0);
	u8 *bytes = wpt_dev_pattern(d, TURN_BYTES, 3);
	unsigned long had, sent;
	struct wpt_request *r;
	int i;

	wpt_sim_set(&d->s, "state", "busy_us=0");
	/* The mode is negotiated before the device is late. */
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, NULL),
			STATUS_SUCCESS);
	for (i = 0; i < TURN_STOPS; i++) {
		wpt_sim_set(&d->s, "state", "answer_us=30000");
		had = wpt_dev_received(d);
		sent = wpt_fifo_sent(d);
		wpt_sim_set(&d->s, "received", "");
		r = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, TURN_BYTES);
		wpt_turn_await_sent(d, sent);
		wpt_nap(TURN_LATE_MS + 5);
		winpar_irp_cancel(&r->irp);
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
		/* Also until it has seen what it is not to see. */
		wpt_nap(STRIKE_SEEN_MS);
		if (!wpt_turn_was_in_time(d))
			continue;
		wpt_fifo_expect_arrived(d, had, bytes,
					r->irp.IoStatus.Information);
	}
	wpt_sim_set(&d->s, "state", "answer_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_ask(d, file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_fifo_mend(d, file, 0);
}

static struct kunit_case winpar_device_fifo_turn_cases[] = {
	KUNIT_CASE(winpar_test_device_fifo_turn_met),
	KUNIT_CASE_PARAM(winpar_test_device_fifo_turn_unseen,
			 wpt_unturned_gen_params),
	KUNIT_CASE(winpar_test_device_fifo_turn_slow),
	KUNIT_CASE(winpar_test_device_fifo_turn_written),
	{ }
};

static struct kunit_suite winpar_device_fifo_turn_suite = {
	.name = "winpar_device_fifo_turn",
	.init = wpt_fifo_init,
	.exit = wpt_fifo_exit,
	.test_cases = winpar_device_fifo_turn_cases,
};

kunit_test_suite(winpar_device_fifo_turn_suite);
