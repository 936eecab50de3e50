// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cases share that write and read through the FIFO of a chip with an ECR: the
 * parameter hardware_fifo, and what winpar_sim says of the FIFO and of the registers.
 */
#include "fifo_port.h"

#define STRIKE_AFTER	250	/* the length of the request after the fault */
#define STRIKE_ERROR_MS	100

int wpt_fifo_init(struct kunit *test)
{
	int ret = wpt_dev_init(test);

	return ret ?: wpt_write_file(FIFO_PARAMETER, "1");
}

void wpt_fifo_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wpt_write_file(FIFO_PARAMETER, "0"), 0);
	wpt_dev_exit(test);
}

/* How many bytes the chip in software has sent out of its FIFO. */
unsigned long wpt_fifo_sent(struct wpt_dev *d)
{
	return wpt_sim_number(&d->s, "chip", "fifo_sent");
}

/*
 * Expect that @count bytes arrive after the first @had. Waits, since winpar counts a byte
 * in compatibility mode when its strobe has gone out, and the device in software counts
 * the byte at the end of its busy time.
 */
void wpt_fifo_expect_arrived(struct wpt_dev *d, unsigned long had,
			     const u8 *bytes, unsigned long count)
{
	KUNIT_EXPECT_TRUE(wpt_of(d)->test, wpt_dev_has_received(d, had + count));
	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_dev_received(d) - had, count);
	wpt_dev_expect_received(d, &d->s, "received", bytes, count);
}

/* The registers, as a client finds them that allocates the port. */
struct wpt_fifo_registers wpt_fifo_registers(struct wpt_dev *d)
{
	struct winpar_file *port = wpt_of(d)->file[2];
	struct wpt_fifo_registers registers;

	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_ioctl(port, WPT_ALLOCATE),
			STATUS_SUCCESS);
	registers.ecr = wpt_sim_in(&d->s, 0x402);
	registers.control = wpt_sim_in(&d->s, 2);
	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_ioctl(port, WPT_FREE),
			STATUS_SUCCESS);
	return registers;
}

/* Expect these registers; with the FIFO empty, as the ECR says. */
void wpt_fifo_expect_registers(struct wpt_dev *d,
			       const struct wpt_fifo_registers *want)
{
	struct wpt_fifo_registers have = wpt_fifo_registers(d);

	KUNIT_EXPECT_EQ(wpt_of(d)->test, have.ecr, want->ecr);
	KUNIT_EXPECT_EQ(wpt_of(d)->test, have.control, want->control);
}

/*
 * Make the device fast again: it still works, also by the parport core. The chip was used
 * as data sheets demand, no byte was thrown away in it, and the two sides have driven the
 * data lines both at most @clashes times.
 */
void wpt_fifo_mend(struct wpt_dev *d, struct winpar_file *file,
		   unsigned long clashes)
{
	struct kunit *test = wpt_of(d)->test;

	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "chip", "dirty"), 0UL);
	KUNIT_EXPECT_EQ(test, wpt_sim_number(&d->s, "chip", "fifo_lost"), 0UL);
	KUNIT_EXPECT_LE(test, wpt_sim_number(&d->s, "chip", "clashes"),
			clashes);
	wpt_sim_set(&d->s, "state", "busy_us=0");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, CENTRONICS, NIBBLE));
	wpt_dev_expect_works(d, file, "received");
}

/* ----- requests that something happens to in the middle ------------------- */

/* How many bytes the FIFO has moved in this row's direction. */
unsigned long wpt_strike_moved(struct wpt_dev *d, bool read)
{
	return wpt_sim_number(&d->s, "chip", read ? "fifo_got" : "fifo_sent");
}

/* How many bytes the device has got, or given since it had @fed. */
unsigned long wpt_strike_count(struct wpt_dev *d, bool read, unsigned long fed)
{
	return read ? fed - wpt_sim_number(&d->s, "modes", "to-send") :
		      wpt_dev_received(d);
}

/* The device has got, or given, what the request @r counts. */
void wpt_strike_expect_count(struct wpt_dev *d,
			     const struct wpt_strike_row *row,
			     unsigned long fed, unsigned long counted)
{
	struct kunit *test = wpt_of(d)->test;
	unsigned int left = 200;
	unsigned long count;

	/* The device may still be busy with the last byte. */
	while ((count = wpt_strike_count(d, row->read, fed)) + row->lost <
	       counted && left--)
		wpt_nap(10);
	KUNIT_EXPECT_GE(test, count + row->lost, counted);
	KUNIT_EXPECT_LE(test, count, counted + row->more);
}

/* Open the device with the protocol of the direction set, slow enough to be struck. */
struct winpar_file *wpt_strike_open(struct wpt_dev *d, USHORT protocol,
				    bool read, ULONG ms)
{
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct kunit *test = wpt_of(d)->test;

	wpt_dev_error_time(d, STRIKE_ERROR_MS);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, read ? 0 : protocol,
					  read ? protocol : 0));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, ms, ms), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", read ? "answer_us=500" : "busy_us=1500");
	return file;
}

/* Without the fault: device and chip are well, and the FIFO is used again. */
void wpt_strike_mend(struct wpt_dev *d, struct winpar_file *file,
		     const struct wpt_strike_row *row)
{
	struct kunit *test = wpt_of(d)->test;
	u8 *bytes = wpt_dev_pattern(d, STRIKE_AFTER, 9), *got;
	unsigned long moved;
	ULONG done = 0;

	/* What a device that answers late has still to see would delay the negotiation. */
	wpt_nap(STRIKE_SEEN_MS);
	wpt_fifo_mend(d, file, row->clash ? ULONG_MAX : 0);
	/* Without power the device forgets what it had to send. */
	wpt_sim_set(&d->s, "state", "power=0");
	wpt_sim_set(&d->s, "state", "power=1");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	moved = wpt_strike_moved(d, row->read);
	wpt_sim_set(&d->s, "received", "");
	if (row->read) {
		got = wpt_dev_block(d, STRIKE_AFTER);
		wpt_sim_put(&d->s, "feed", bytes, STRIKE_AFTER);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_read(file, got, STRIKE_AFTER, &done));
		wpt_dev_expect_same(test, got, bytes, STRIKE_AFTER);
	} else {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_write(file, bytes, STRIKE_AFTER, &done));
		wpt_dev_expect_received(d, &d->s, "received", bytes,
					STRIKE_AFTER);
	}
	KUNIT_EXPECT_EQ(test, done, STRIKE_AFTER);
	KUNIT_EXPECT_GT(test, wpt_strike_moved(d, row->read), moved);
}
