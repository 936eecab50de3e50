// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cases share that write and read through the FIFO of a chip with an ECR: the
 * parameter hardware_fifo, and what winpar_sim says of the FIFO and of the registers.
 */
#include "fifo_port.h"

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
