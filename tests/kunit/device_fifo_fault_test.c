// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every fault of winpar_sim, and the removal of the port, in the middle of a write or a
 * read through the FIFO. The request ends with the status that the fault calls for;
 * Information is what the device says to have got or given, with the bytes compared; the
 * next owner finds an empty FIFO and the registers as they were; and once the fault is
 * gone the next request goes through the FIFO, too.
 */
#include "fifo_port.h"

#define STRIKE_FEW	400	/* a request that outlives its fault */
#define STRIKE_FIRST	20	/* so many have moved when the fault comes */

/* The lines deceive the host: what it counts or reads says nothing of the device. */
#define STRIKE_BLIND	STRIKE_BYTES

#define W	false
#define R	true

/* ----- a fault in the middle ---------------------------------------------- */

static const struct wpt_strike_row wpt_strike_rows[] = {
	/* Compatibility mode: a byte that the device is busy with is counted. */
	{ "print, silent in the middle", CENTRONICS, W, "fault",
	  "timeout-middle 20", STATUS_TIMEOUT, 1 },
	{ "print, no answer", CENTRONICS, W, "fault", "no-answer",
	  STATUS_TIMEOUT, 1 },
	{ "print, no paper", CENTRONICS, W, "state", "paper=0",
	  STATUS_IO_DEVICE_ERROR },
	{ "print, off line", CENTRONICS, W, "state", "online=0",
	  STATUS_IO_DEVICE_ERROR },
	/* Busy is low without power: the chip sends the FIFO, and what is being fed. */
	{ "print, no power", CENTRONICS, W, "state", "power=0",
	  STATUS_IO_DEVICE_ERROR, 34 },
	{ "print, unplugged", CENTRONICS, W, "state", "plugged=0",
	  STATUS_IO_DEVICE_ERROR, 1 },
	{ "print, busy", CENTRONICS, W, "state", "busy=1", STATUS_TIMEOUT },
	{ "print, late", CENTRONICS, W, "state", "answer_us=90000",
	  STATUS_TIMEOUT },
	{ "print, Busy high", CENTRONICS, W, "fault", "stuck-line busy 1",
	  STATUS_TIMEOUT },
	{ "print, Busy low", CENTRONICS, W, "fault", "stuck-line busy 0",
	  STATUS_SUCCESS, STRIKE_BLIND },
	{ "print, nFault low", CENTRONICS, W, "fault", "stuck-line fault 0",
	  STATUS_IO_DEVICE_ERROR },
	{ "print, nAck low", CENTRONICS, W, "fault", "stuck-line ack 0",
	  STATUS_SUCCESS },
	{ "print, Select low", CENTRONICS, W, "fault", "stuck-line select 0",
	  STATUS_SUCCESS },
	{ "print, nStrobe low", CENTRONICS, W, "fault", "stuck-line strobe 0",
	  STATUS_TIMEOUT, 1, 1 },
	{ "print, nStrobe high", CENTRONICS, W, "fault", "stuck-line strobe 1",
	  STATUS_SUCCESS, STRIKE_BLIND },
	{ "print, nAutoFd low", CENTRONICS, W, "fault", "stuck-line autofd 0",
	  STATUS_SUCCESS },
	{ "print, nInit low", CENTRONICS, W, "fault", "stuck-line init 0",
	  STATUS_TIMEOUT, 1 },
	{ "print, nSelectIn high", CENTRONICS, W, "fault",
	  "stuck-line selectin 1", STATUS_SUCCESS, STRIKE_BLIND },
	{ "print, interrupts for nothing", CENTRONICS, W, "fault",
	  "spurious-irq 50", STATUS_SUCCESS },
	{ "print, storm", CENTRONICS, W, "fault", "irq-storm 400 250",
	  STATUS_SUCCESS },
	{ "print, another's interrupts", CENTRONICS, W, "other_irq", "200 200",
	  STATUS_SUCCESS },

	/* ECP, forward. */
	{ "ecp, silent in the middle", ECP_HW_NOIRQ, W, "fault",
	  "timeout-middle 20", STATUS_IO_DEVICE_ERROR, 1 },
	{ "ecp, no answer", ECP_HW_NOIRQ, W, "fault", "no-answer",
	  STATUS_IO_DEVICE_ERROR },
	{ "ecp, no paper", ECP_HW_NOIRQ, W, "state", "paper=0",
	  STATUS_TIMEOUT },
	{ "ecp, no power", ECP_HW_NOIRQ, W, "state", "power=0",
	  STATUS_IO_DEVICE_ERROR },
	{ "ecp, unplugged", ECP_HW_NOIRQ, W, "state", "plugged=0",
	  STATUS_IO_DEVICE_ERROR, 1 },
	{ "ecp, busy", ECP_HW_NOIRQ, W, "state", "busy=1", STATUS_TIMEOUT },
	{ "ecp, late", ECP_HW_NOIRQ, W, "state", "answer_us=30000",
	  STATUS_TIMEOUT, 0, 1 },
	{ "ecp, Busy high", ECP_HW_NOIRQ, W, "fault", "stuck-line busy 1",
	  STATUS_TIMEOUT },
	{ "ecp, Busy low", ECP_HW_NOIRQ, W, "fault", "stuck-line busy 0",
	  STATUS_TIMEOUT, 0, 1 },
	{ "ecp, nFault low", ECP_HW_NOIRQ, W, "fault", "stuck-line fault 0",
	  STATUS_SUCCESS },
	{ "ecp, nAck low", ECP_HW_NOIRQ, W, "fault", "stuck-line ack 0",
	  STATUS_SUCCESS },
	{ "ecp, PError low", ECP_HW_NOIRQ, W, "fault", "stuck-line perror 0",
	  STATUS_SUCCESS },
	{ "ecp, nStrobe low", ECP_HW_NOIRQ, W, "fault", "stuck-line strobe 0",
	  STATUS_TIMEOUT, 1, 1 },
	{ "ecp, nStrobe high", ECP_HW_NOIRQ, W, "fault", "stuck-line strobe 1",
	  STATUS_TIMEOUT },
	{ "ecp, nAutoFd low", ECP_HW_NOIRQ, W, "fault", "stuck-line autofd 0",
	  STATUS_SUCCESS, STRIKE_BLIND },
	{ "ecp, nInit low", ECP_HW_NOIRQ, W, "fault", "stuck-line init 0",
	  STATUS_IO_DEVICE_ERROR, 1 },
	/* It leaves ECP for compatibility mode, and takes the bytes there. */
	{ "ecp, nSelectIn low", ECP_HW_NOIRQ, W, "fault",
	  "stuck-line selectin 0", STATUS_SUCCESS },
	{ "ecp, interrupts for nothing", ECP_HW_NOIRQ, W, "fault",
	  "spurious-irq 50", STATUS_SUCCESS },
	{ "ecp, storm", ECP_HW_NOIRQ, W, "fault", "irq-storm 400 250",
	  STATUS_SUCCESS },
	{ "ecp, another's interrupts", ECP_HW_NOIRQ, W, "other_irq", "200 200",
	  STATUS_SUCCESS },

	/* ECP, in reverse. */
	{ "ecp back, silent in the middle", ECP_HW_NOIRQ, R, "fault",
	  "timeout-middle 20", STATUS_IO_DEVICE_ERROR, 1, .clash = true },
	{ "ecp back, no answer", ECP_HW_NOIRQ, R, "fault", "no-answer",
	  STATUS_IO_DEVICE_ERROR, 1, .clash = true },
	{ "ecp back, no paper", ECP_HW_NOIRQ, R, "state", "paper=0",
	  STATUS_SUCCESS },
	/* The device forgets what it had to send. */
	{ "ecp back, no power", ECP_HW_NOIRQ, R, "state", "power=0",
	  STATUS_IO_DEVICE_ERROR, 1, 2 * STRIKE_BYTES },
	{ "ecp back, unplugged", ECP_HW_NOIRQ, R, "state", "plugged=0",
	  STATUS_IO_DEVICE_ERROR, 1, 2 * STRIKE_BYTES },
	{ "ecp back, late", ECP_HW_NOIRQ, R, "state", "answer_us=30000",
	  STATUS_TIMEOUT },
	/* Later than Linux waits: without event 49 the device drives the lines on. */
	{ "ecp back, too late", ECP_HW_NOIRQ, R, "state", "answer_us=60000",
	  STATUS_TIMEOUT },
	{ "ecp back, nAck high", ECP_HW_NOIRQ, R, "fault", "stuck-line ack 1",
	  STATUS_TIMEOUT },
	{ "ecp back, nAck low", ECP_HW_NOIRQ, R, "fault", "stuck-line ack 0",
	  STATUS_TIMEOUT, STRIKE_BLIND },
	{ "ecp back, Busy low", ECP_HW_NOIRQ, R, "fault", "stuck-line busy 0",
	  STATUS_TIMEOUT, STRIKE_BLIND, STRIKE_BLIND },
	{ "ecp back, PError low", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line perror 0", STATUS_SUCCESS },
	{ "ecp back, PError high", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line perror 1", STATUS_TIMEOUT, .clash = true },
	{ "ecp back, nFault high", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line fault 1", STATUS_SUCCESS, STRIKE_BLIND },
	{ "ecp back, nAutoFd low", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line autofd 0", STATUS_TIMEOUT, STRIKE_BLIND },
	/* To the device that may be event 44. */
	{ "ecp back, nAutoFd high", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line autofd 1", STATUS_TIMEOUT, 1, 1 },
	{ "ecp back, nInit low", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line init 0", STATUS_SUCCESS, STRIKE_BLIND },
	{ "ecp back, nInit high", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line init 1", STATUS_TIMEOUT, 1 },
	{ "ecp back, nSelectIn low", ECP_HW_NOIRQ, R, "fault",
	  "stuck-line selectin 0", STATUS_IO_DEVICE_ERROR, STRIKE_BLIND },
	{ "ecp back, interrupts for nothing", ECP_HW_NOIRQ, R, "fault",
	  "spurious-irq 50", STATUS_SUCCESS },
	{ "ecp back, storm", ECP_HW_NOIRQ, R, "fault", "irq-storm 400 250",
	  STATUS_SUCCESS },
	{ "ecp back, another's interrupts", ECP_HW_NOIRQ, R, "other_irq",
	  "200 200", STATUS_SUCCESS },
};

WPT_ROWS(wpt_strike, wpt_strike_rows);

/* Wait until the FIFO has moved some bytes. */
static void wpt_strike_expect_begun(struct wpt_dev *d, bool read)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_strike_moved(d, read) < STRIKE_FIRST &&
	       time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_GE(wpt_of(d)->test, wpt_strike_moved(d, read),
			(unsigned long)STRIKE_FIRST);
}

/* A request of @length bytes, in the row's direction. */
static struct wpt_request *wpt_strike_queue(struct wpt_dev *d,
					    struct winpar_file *file,
					    bool read, u8 *bytes, ULONG length)
{
	return wpt_dev_queue(d, file, 1, read ? IRP_MJ_READ : IRP_MJ_WRITE,
			     bytes, length);
}

static void winpar_test_device_fifo_fault_strikes(struct kunit *test)
{
	const struct wpt_strike_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp shared=1");
	struct wpt_fifo_registers before = wpt_fifo_registers(d);
	ULONG length = row->status == STATUS_SUCCESS ? STRIKE_FEW :
						       STRIKE_BYTES;
	struct winpar_file *file =
		wpt_strike_open(d, row->protocol, row->read,
				row->status == STATUS_TIMEOUT ? STRIKE_MS : 0);
	u8 *bytes = wpt_dev_pattern(d, length, 5);
	u8 *got = wpt_dev_block(d, length);
	struct wpt_request *r;
	unsigned long counted;

	if (row->read)
		wpt_sim_put(&d->s, "feed", bytes, length);
	r = wpt_strike_queue(d, file, row->read, row->read ? got : bytes,
			     length);
	wpt_strike_expect_begun(d, row->read);
	wpt_sim_set(&d->s, row->knob, row->text);
	/*
	 * A machine with much other work must not make the device slower than winpar
	 * waits for it: the rest goes without a pause.
	 */
	if (row->status == STATUS_SUCCESS)
		wpt_sim_set(&d->s, "state", "answer_us=0 busy_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), row->status);
	counted = r->irp.IoStatus.Information;
	if (row->status == STATUS_SUCCESS)
		KUNIT_EXPECT_EQ(test, counted, (unsigned long)length);
	else
		KUNIT_EXPECT_LT(test, counted, (unsigned long)length);
	if (row->read)
		wpt_strike_expect_count(d, row, length, counted);
	wpt_fifo_expect_registers(d, &before);

	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state",
		    "paper=1 online=1 busy=0 power=1 plugged=1 answer_us=0");
	if (!row->read)
		wpt_strike_expect_count(d, row, 0, counted);
	if (row->lost < STRIKE_BLIND && row->read)
		wpt_dev_expect_same(test, got, bytes, counted);
	else if (row->lost < STRIKE_BLIND)
		wpt_dev_expect_received(d, &d->s, "received", bytes,
					wpt_dev_received(d));
	wpt_strike_mend(d, file, row);
}

/* ----- the port is removed ------------------------------------------------ */

/**
 * struct wpt_pulled_row - a request during which the port is removed
 * @name: what the case is called
 * @protocol: the protocol of the request
 * @read: it is a read
 */
struct wpt_pulled_row {
	const char *name;
	USHORT protocol;
	bool read;
};

static const struct wpt_pulled_row wpt_pulled_rows[] = {
	{ "print", CENTRONICS, W },
	{ "ecp", ECP_HW_NOIRQ, W },
	{ "ecp back", ECP_HW_NOIRQ, R },
};

WPT_ROWS(wpt_pulled, wpt_pulled_rows);

/* How often a register of a port that has gone was used. */
static int wpt_strike_touched(struct wpt_dev *d)
{
	char text[16] = "";
	int touched = -1;

	wpt_sim_get(&d->s, d->s.name[0] ? "../touched" : "touched", text,
		    sizeof(text) - 1);
	KUNIT_EXPECT_EQ(wpt_of(d)->test, kstrtoint(strim(text), 0, &touched),
			0);
	return touched;
}

/* Have the device take no byte: it has got what the FIFO has sent, and no more comes. */
static void wpt_strike_expect_still(struct wpt_dev *d)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	wpt_sim_set(&d->s, "state", "busy=1");
	while (wpt_dev_received(d) != wpt_fifo_sent(d) &&
	       time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_dev_received(d),
			wpt_fifo_sent(d));
}

/*
 * The port goes while its FIFO is in use: no register is used afterwards. What a device
 * has got is known before, as it is busy then. What a device sends it may send until the
 * port has gone: all that it sent before is in the buffer, in order.
 */
static void winpar_test_device_fifo_fault_pulled(struct kunit *test)
{
	const struct wpt_pulled_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_strike_open(d, row->protocol, row->read,
						   0);
	u8 *bytes = wpt_dev_pattern(d, STRIKE_BYTES, 5);
	u8 *got = wpt_dev_block(d, STRIKE_BYTES);
	int touched = wpt_strike_touched(d);
	unsigned long count;
	struct wpt_request *r;

	if (row->read)
		wpt_sim_put(&d->s, "feed", bytes, STRIKE_BYTES);
	r = wpt_strike_queue(d, file, row->read, row->read ? got : bytes,
			     STRIKE_BYTES);
	wpt_strike_expect_begun(d, row->read);
	if (!row->read)
		wpt_strike_expect_still(d);
	count = wpt_strike_count(d, row->read, STRIKE_BYTES);
	if (!row->read)
		wpt_dev_expect_received(d, &d->s, "received", bytes, count);
	wpt_sim_unplug(&d->s);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_DELETE_PENDING);
	KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information,
			(ULONG_PTR)STRIKE_BYTES);
	if (row->read) {
		KUNIT_EXPECT_GE(test, r->irp.IoStatus.Information,
				(ULONG_PTR)count);
		wpt_dev_expect_same(test, got, bytes,
				    r->irp.IoStatus.Information);
	} else {
		KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
				(ULONG_PTR)count);
	}
	KUNIT_EXPECT_EQ(test, wpt_strike_touched(d), touched);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, NULL),
			STATUS_DEVICE_REMOVED);
	wpt_dev_close(d, file);
}

static struct kunit_case winpar_device_fifo_fault_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_fifo_fault_strikes,
			 wpt_strike_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_fifo_fault_pulled,
			 wpt_pulled_gen_params),
	{ }
};

static struct kunit_suite winpar_device_fifo_fault_suite = {
	.name = "winpar_device_fifo_fault",
	.init = wpt_fifo_init,
	.exit = wpt_fifo_exit,
	.test_cases = winpar_device_fifo_fault_cases,
};

kunit_test_suite(winpar_device_fifo_fault_suite);
