// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes and reads through the FIFO of a chip with an ECR (host/fifo.c, which the
 * parameter hardware_fifo switches on). Each byte that Information counts has gone from
 * one side to the other, once and in order, also when the request ends early; and the
 * next owner of the port finds the registers as they were before.
 */
#include <linux/interrupt.h>

#include "fifo_port.h"

#define FIFO_LENGTH	1000
#define FIFO_STOPS	4
/* At 1 ms a byte a task that stands still for seconds does not miss the end. */
#define FIFO_PAPER	4000

/* ----- each byte once, in order ------------------------------------------- */

/**
 * struct wpt_fifo_row - a write
 * @name: what the case is called
 * @words: the port in software (docs/sim.md)
 * @protocol: the protocol to negotiate
 * @state: how fast the device is
 * @length: how many bytes to write
 * @fifo: expect that the bytes go through the FIFO
 */
struct wpt_fifo_row {
	const char *name;
	const char *words;
	USHORT protocol;
	const char *state;
	ULONG length;
	bool fifo;
};

static const struct wpt_fifo_row wpt_fifo_rows[] = {
	{ "compatibility", "kind=ecp", CENTRONICS, "busy_us=0", FIFO_LENGTH,
	  true },
	{ "compatibility, no interrupt", "kind=ecp irq=0", CENTRONICS,
	  "busy_us=0", FIFO_LENGTH, true },
	{ "compatibility, a byte", "kind=ecp", CENTRONICS, "busy_us=0", 1,
	  true },
	{ "compatibility, one FIFO full", "kind=ecp", CENTRONICS,
	  "busy_us=0", 16, true },
	{ "compatibility, one FIFO full and a byte", "kind=ecp", CENTRONICS,
	  "busy_us=0", 17, true },
	{ "compatibility, 1 ms a byte", "kind=ecp", CENTRONICS,
	  "busy_us=1000", 100, true },
	{ "compatibility, 30 ms a byte", "kind=ecp", CENTRONICS,
	  "busy_us=30000", 20, true },
	{ "compatibility, 90 ms a byte", "kind=ecpepp", CENTRONICS,
	  "busy_us=90000", 10, true },
	{ "ECP", "kind=ecp", ECP_HW_NOIRQ, "busy_us=0", FIFO_LENGTH, true },
	{ "ECP, no interrupt", "kind=ecp irq=0", ECP_HW_NOIRQ, "busy_us=0",
	  FIFO_LENGTH, true },
	{ "ECP, a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=0", 1, true },
	{ "ECP, 1 ms a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=1000", 100,
	  true },
	{ "ECP, 30 ms a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=30000", 20,
	  true },
	{ "ECP, 90 ms a byte", "kind=ecpepp", ECP_HW_NOIRQ, "busy_us=90000",
	  10, true },
	{ "ECP in software", "kind=ecp", ECP_SW, "busy_us=0", 100, false },
	{ "no ECR", "kind=epp", CENTRONICS, "busy_us=0", 100, false },
};

WPT_ROWS(wpt_fifo, wpt_fifo_rows);

/* Open the device, negotiate the row's protocol, and make the device as fast as it says. */
static struct winpar_file *wpt_fifo_open(struct wpt_dev *d,
					 const struct wpt_fifo_row *row)
{
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);

	KUNIT_EXPECT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->protocol, 0));
	KUNIT_EXPECT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_timeouts(file, 0, 0));
	wpt_sim_set(&d->s, "state", row->state);
	return file;
}

static void winpar_test_device_fifo_write(struct kunit *test)
{
	const struct wpt_fifo_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	u8 *bytes = wpt_dev_pattern(d, row->length, 3);
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, row->length, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, row->length);
	wpt_fifo_expect_arrived(d, 0, bytes, row->length);
	KUNIT_EXPECT_EQ(test, !!wpt_fifo_sent(d), row->fifo);
	wpt_fifo_mend(d, file, 0);
}

/* Without the parameter the parport core sends. */
static void winpar_test_device_fifo_off(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_fifo_open(d, &wpt_fifo_rows[0]);
	u8 *bytes = wpt_dev_pattern(d, 100, 3);
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_write_file(FIFO_PARAMETER, "0"), 0);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_fifo_sent(d), 0UL);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 100);
}

/* ----- a write that ends early -------------------------------------------- */

static const struct wpt_fifo_row wpt_fifo_stop_rows[] = {
	{ "compatibility, 1 ms a byte", "kind=ecp", CENTRONICS,
	  "busy_us=1000", 30000 },
	{ "compatibility, 20 ms a byte", "kind=ecp", CENTRONICS,
	  "busy_us=20000", 1000 },
	{ "compatibility, 90 ms a byte", "kind=ecp", CENTRONICS,
	  "busy_us=90000", 100 },
	{ "ECP, 1 ms a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=1000", 30000 },
	{ "ECP, 20 ms a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=20000",
	  1000 },
	{ "ECP, 90 ms a byte", "kind=ecp", ECP_HW_NOIRQ, "busy_us=90000",
	  100 },
};

WPT_ROWS(wpt_fifo_stop, wpt_fifo_stop_rows);

/*
 * A time-out or a cancel ends the write: Information says how many bytes arrive, and the
 * next write begins anew.
 */
static void winpar_test_device_fifo_stop(struct kunit *test)
{
	const struct wpt_fifo_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	u8 *bytes = wpt_dev_pattern(d, row->length, 2);
	unsigned long had, moved = 0;
	struct wpt_request *r;
	int i;

	for (i = 0; i < FIFO_STOPS; i++) {
		had = wpt_dev_received(d);
		wpt_sim_set(&d->s, "received", "");
		/* Stop at different times, with more or fewer bytes in the FIFO. */
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_timeouts(file, 0, i & 1 ? 0 :
						 150 + 33 * i));
		r = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, row->length);
		if (i & 1) {
			wpt_nap(150 + 27 * i);
			winpar_irp_cancel(&r->irp);
		}
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r),
				i & 1 ? STATUS_CANCELLED : STATUS_TIMEOUT);
		moved += r->irp.IoStatus.Information;
		KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information,
				(ULONG_PTR)row->length);
		wpt_fifo_expect_arrived(d, had, bytes,
					r->irp.IoStatus.Information);
	}
	/* On a busy machine a time-out may end one before its first byte. */
	KUNIT_EXPECT_GT(test, moved, 0UL);
	wpt_fifo_mend(d, file, 0);
}

/* The device runs out of paper: no byte goes out. With paper again the write goes on. */
static void winpar_test_device_fifo_paper(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_fifo_open(d, &wpt_fifo_rows[5]);
	u8 *bytes = wpt_dev_pattern(d, FIFO_PAPER, 2);
	struct wpt_request *r;
	unsigned long had;

	/* It may be out of paper for longer than the default on a busy machine. */
	wpt_dev_error_time(d, 60000);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, FIFO_PAPER);
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
	wpt_sim_set(&d->s, "state", "paper=0");
	had = wpt_dev_received(d);
	wpt_nap(200);
	/* The byte that was on the lines when the paper ran out may still have arrived. */
	KUNIT_EXPECT_LE(test, wpt_dev_received(d), had + 1);
	KUNIT_EXPECT_LT(test, wpt_dev_received(d), (unsigned long)FIFO_PAPER);
	wpt_sim_set(&d->s, "state", "paper=1 busy_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_fifo_expect_arrived(d, 0, bytes, FIFO_PAPER);
	wpt_fifo_mend(d, file, 0);
}

/*
 * The device is unplugged during a write: Information does not count the bytes that are
 * left in the FIFO. In compatibility mode it counts the byte that the device was busy
 * with, which is lost with the device.
 */
static void winpar_test_device_fifo_gone(struct kunit *test)
{
	const struct wpt_fifo_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	u8 *bytes = wpt_dev_pattern(d, row->length, 2);
	struct wpt_request *r;

	wpt_dev_error_time(d, 300);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, row->length);
	wpt_nap(250);
	wpt_sim_set(&d->s, "state", "plugged=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_LE(test, wpt_dev_received(d),
			(unsigned long)r->irp.IoStatus.Information);
	KUNIT_EXPECT_GE(test, wpt_dev_received(d) +
			(row->protocol == CENTRONICS),
			(unsigned long)r->irp.IoStatus.Information);
	wpt_sim_set(&d->s, "state", "plugged=1");
	wpt_fifo_mend(d, file, 0);
}

/* The chip's interrupts do not arrive: the write looks at the FIFO instead. */
static void winpar_test_device_fifo_mute(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_fifo_open(d, &wpt_fifo_rows[5]);
	u8 *bytes = wpt_dev_pattern(d, 100, 3);
	unsigned int irq = wpt_sim_number(&d->s, "chip", "irq");
	unsigned long raised;
	ULONG done = 0;

	disable_irq(irq);
	raised = wpt_sim_number(&d->s, "chip", "raised");
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, &done),
			STATUS_SUCCESS);
	/* One that was asked for did not come: no other is asked for. */
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "chip", "raised"),
			raised + 1);
	enable_irq(irq);
	wpt_fifo_expect_arrived(d, 0, bytes, 100);
	wpt_fifo_mend(d, file, 0);
}

/* ----- reading ------------------------------------------------------------ */

static const struct wpt_fifo_row wpt_fifo_read_rows[] = {
	{ "1000 bytes", "kind=ecp", ECP_HW_NOIRQ, "busy_us=0", FIFO_LENGTH,
	  true },
	{ "no interrupt", "kind=ecp irq=0", ECP_HW_NOIRQ, "busy_us=0",
	  FIFO_LENGTH, true },
	{ "runs", "kind=ecp", ECP_HW_NOIRQ, "rle=1", FIFO_LENGTH, true },
	{ "runs, no interrupt", "kind=ecpepp irq=0", ECP_HW_NOIRQ, "rle=1",
	  FIFO_LENGTH, true },
	{ "the least that the FIFO is used for", "kind=ecp", ECP_HW_NOIRQ,
	  "rle=1", 160, true },
	{ "one less", "kind=ecp", ECP_HW_NOIRQ, "busy_us=0", 159, false },
	{ "several blocks", "kind=ecp", ECP_HW_NOIRQ, "busy_us=0", 5000,
	  true },
	{ "1 ms an answer", "kind=ecp", ECP_HW_NOIRQ, "answer_us=1000", 300,
	  true },
	{ "5 ms an answer, no interrupt", "kind=ecp irq=0", ECP_HW_NOIRQ,
	  "answer_us=5000", 200, true },
	{ "ECP in software", "kind=ecp", ECP_SW, "busy_us=0", FIFO_LENGTH,
	  false },
};

WPT_ROWS(wpt_fifo_read, wpt_fifo_read_rows);

/* Twice as many bytes as a read of the row asks for; half of each hundred are equal. */
static u8 *wpt_fifo_feed(struct wpt_dev *d, struct winpar_file *file,
			 const struct wpt_fifo_row *row)
{
	u8 *bytes = wpt_dev_pattern(d, 2 * row->length, 5);
	ULONG i;

	KUNIT_EXPECT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->protocol, row->protocol));
	for (i = 0; i < 2 * row->length; i++)
		if (i % 100 < 50)
			bytes[i] = i / 200;
	wpt_sim_put(&d->s, "feed", bytes, 2 * row->length);
	return bytes;
}

/* A read takes what it asks for, once, in order; the next goes on behind it. */
static void winpar_test_device_fifo_read(struct kunit *test)
{
	const struct wpt_fifo_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	u8 *bytes = wpt_fifo_feed(d, file, row);
	u8 *got = wpt_dev_block(d, row->length);
	ULONG done = 0;
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, row->length, &done),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, done, row->length);
		wpt_dev_expect_same(test, got, bytes + i * row->length,
				    row->length);
	}
	KUNIT_EXPECT_EQ(test, row->fifo,
			!!wpt_sim_number(&d->s, "chip", "fifo_got"));
	wpt_sim_set(&d->s, "state", "rle=0 answer_us=0");
	wpt_fifo_mend(d, file, 0);
}

/* A read that ends early has counted what has left the device, and no more. */
static void winpar_test_device_fifo_read_stop(struct kunit *test)
{
	const struct wpt_fifo_row *row = &wpt_fifo_read_rows[7];
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	const u8 *bytes = wpt_fifo_feed(d, file, row);
	u8 *got = wpt_dev_block(d, 2 * row->length);
	unsigned long had = 0;
	struct wpt_request *r;
	ULONG done = 0;
	int i;

	/* All bytes take 3.6 s: some are left after the last stop. */
	wpt_sim_set(&d->s, "state", "answer_us=3000");
	for (i = 0; i < FIFO_STOPS; i++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_timeouts(file, i & 1 ? 0 :
						 150 + 33 * i, 0));
		r = wpt_dev_queue(d, file, i, IRP_MJ_READ, got + had,
				  2 * row->length - had);
		if (i & 1) {
			wpt_nap(150 + 27 * i);
			winpar_irp_cancel(&r->irp);
		}
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r),
				i & 1 ? STATUS_CANCELLED : STATUS_TIMEOUT);
		had += r->irp.IoStatus.Information;
		KUNIT_EXPECT_EQ(test, 2 * row->length - had,
				wpt_sim_number(&d->s, "modes", "to-send"));
	}
	KUNIT_EXPECT_GT(test, had, 0UL);
	KUNIT_EXPECT_LT(test, had, 2UL * row->length);
	wpt_sim_set(&d->s, "state", "answer_us=0");
	KUNIT_EXPECT_EQ(test, winpar_read(file, got + had,
					  2 * row->length - had, &done),
			STATUS_SUCCESS);
	wpt_dev_expect_same(test, got, bytes, 2 * row->length);
	wpt_fifo_mend(d, file, 0);
}

/* The device has less than it is asked for: it is read, and no byte is made up. */
static void winpar_test_device_fifo_read_short(struct kunit *test)
{
	const struct wpt_fifo_row *row = &wpt_fifo_read_rows[2];
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	const u8 *bytes = wpt_fifo_feed(d, file, row);
	u8 *got = wpt_dev_block(d, 4 * row->length);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 1500 * wpt_slowness, 0),
			STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 4 * row->length);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
			(ULONG_PTR)2 * row->length);
	wpt_dev_expect_same(test, got, bytes, 2 * row->length);
	wpt_sim_set(&d->s, "state", "rle=0");
	wpt_fifo_mend(d, file, 0);
}

/* The first one is longer than a busy machine takes for all bytes. */
static const SERIAL_TIMEOUTS wpt_fifo_prompt[] = {
	{ .ReadIntervalTimeout = 20000 },
	{ .ReadIntervalTimeout = MAXULONG },
	{ .ReadIntervalTimeout = MAXULONG, .ReadTotalTimeoutMultiplier = MAXULONG,
	  .ReadTotalTimeoutConstant = 20000 },
};

/*
 * A read with an interval, and those of what is there now, do not go through the FIFO,
 * which takes longer to notice a pause. A read without an interval does.
 */
static void winpar_test_device_fifo_prompt(struct kunit *test)
{
	const struct wpt_fifo_row *row = &wpt_fifo_read_rows[4];
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_fifo_open(d, row);
	u8 *bytes = wpt_fifo_feed(d, file, row);
	u8 *got = wpt_dev_block(d, row->length);
	ULONG done = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(wpt_fifo_prompt); i++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_set_timeouts(file, &wpt_fifo_prompt[i]));
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_read(file, got, row->length, &done));
		/* The others end before that where the device is not run for 40 ms. */
		if (!i)
			KUNIT_EXPECT_EQ(test, done, row->length);
		if (!i)
			wpt_dev_expect_same(test, got, bytes, row->length);
		wpt_fifo_feed(d, file, row);
	}
	KUNIT_EXPECT_EQ(test, 0UL, wpt_sim_number(&d->s, "chip", "fifo_got"));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_read(file, got, row->length, &done));
	KUNIT_EXPECT_NE(test, 0UL, wpt_sim_number(&d->s, "chip", "fifo_got"));
	wpt_sim_set(&d->s, "state", "rle=0");
	wpt_fifo_mend(d, file, 0);
}

/* ----- before and after a write ------------------------------------------- */

/* In ECP a channel address goes out before the bytes, and reads come between writes. */
static void winpar_test_device_fifo_ecp_both(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_fifo_open(d, &wpt_fifo_rows[8]);
	u8 *bytes = wpt_dev_pattern(d, 100, 2), *got = wpt_dev_block(d, 100);
	ULONG done = 0;
	int i;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_HW_NOIRQ,
						ECP_HW_NOIRQ),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS, wpt_dev_address
			(file, IOCTL_PAR_SET_WRITE_ADDRESS, 5));
	for (i = 0; i < 3; i++) {
		wpt_sim_set(&d->s, "received", "");
		KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, &done),
				STATUS_SUCCESS);
		wpt_dev_expect_received(d, &d->s, "received", bytes, 100);
		wpt_sim_put(&d->s, "feed", bytes, 100);
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, 100, &done),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, done, 100U);
		wpt_dev_expect_same(test, got, bytes, 100);
	}
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "modes", "address"), 5UL);
	KUNIT_EXPECT_EQ(test, wpt_fifo_sent(d), 300UL);
	wpt_fifo_mend(d, file, 0);
}

/* A client that allocates the port after a write finds ECR and control as before it. */
static void winpar_test_device_fifo_registers(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	u8 *bytes = wpt_dev_pattern(d, 100, 2);
	struct wpt_fifo_registers before = wpt_fifo_registers(d);
	struct winpar_file *file = wpt_fifo_open(d, &wpt_fifo_rows[0]);
	ULONG done;

	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_GT(test, wpt_fifo_sent(d), 0UL);
	wpt_fifo_expect_registers(d, &before);
}

static struct kunit_case winpar_device_fifo_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_fifo_write, wpt_fifo_gen_params),
	KUNIT_CASE(winpar_test_device_fifo_off),
	KUNIT_CASE_PARAM(winpar_test_device_fifo_stop,
			 wpt_fifo_stop_gen_params),
	KUNIT_CASE(winpar_test_device_fifo_paper),
	KUNIT_CASE_PARAM(winpar_test_device_fifo_gone,
			 wpt_fifo_stop_gen_params),
	KUNIT_CASE(winpar_test_device_fifo_mute),
	KUNIT_CASE_PARAM(winpar_test_device_fifo_read,
			 wpt_fifo_read_gen_params),
	KUNIT_CASE(winpar_test_device_fifo_read_stop),
	KUNIT_CASE(winpar_test_device_fifo_read_short),
	KUNIT_CASE(winpar_test_device_fifo_prompt),
	KUNIT_CASE(winpar_test_device_fifo_ecp_both),
	KUNIT_CASE(winpar_test_device_fifo_registers),
	{ }
};

static struct kunit_suite winpar_device_fifo_suite = {
	.name = "winpar_device_fifo",
	.init = wpt_fifo_init,
	.exit = wpt_fifo_exit,
	.test_cases = winpar_device_fifo_cases,
};

kunit_test_suite(winpar_device_fifo_suite);
