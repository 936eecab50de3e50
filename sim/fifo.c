// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FIFO of a chip with an ECR, and the handshakes that it does by itself:
 *
 *	010 fast Centronics	a strobe for each byte while Busy is low
 *	011 ECP, forward	events 34 to 37, for data and commands
 *	011 ECP, reverse	events 43 to 46, until the FIFO is full; after a run-length
 *				count the next byte goes into the FIFO as often as the
 *				count says; a channel address is acknowledged and dropped
 *	110 test		none: bytes that are written can be read
 *
 * Negotiation and turning the lines round are the driver's business. There is
 * no DMA: while its bit is set no service interrupt comes.
 *
 * The handshake's state is in sim_chip.fifo_step. sim_port_unlock() calls
 * __sim_fifo_settle(), which takes steps as long as there is one to take. When
 * a device is not ready, the handshake stays where it is until the device's
 * lines move: that happens under the lock too, and is followed by its release.
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "fifo.h"
#include "irq.h"
#include "lines.h"

/* A command of the device's with this bit is a channel address, else a count. */
#define SIM_ECP_CHANNEL	BIT(7)

/* Where the handshake is, in struct sim_chip.fifo_step. */
enum {
	SIM_FIFO_IDLE,
	SIM_FIFO_STROBED,	/* event 35, waiting for 36 */
	SIM_FIFO_TAKEN,		/* event 37, waiting for 32 */
	SIM_FIFO_READY,		/* event 46, waiting for 43 */
	SIM_FIFO_HELD,		/* event 44, waiting for 45 */
};

static void sim_fifo_push(struct sim_chip *chip, u16 entry)
{
	if (chip->fifo_count == SIM_FIFO_DEPTH)
		return;
	chip->fifo[(chip->fifo_tail + chip->fifo_count++) % SIM_FIFO_DEPTH] =
		entry;
}

static u16 sim_fifo_pop(struct sim_chip *chip)
{
	u16 entry = chip->fifo[chip->fifo_tail];

	chip->fifo_tail = (chip->fifo_tail + 1) % SIM_FIFO_DEPTH;
	chip->fifo_count--;
	return entry;
}

/**
 * sim_fifo_idle() - break off a handshake
 * @chip: the chip
 */
void sim_fifo_idle(struct sim_chip *chip)
{
	chip->fifo_step = SIM_FIFO_IDLE;
	chip->low = 0;
	chip->cycle = false;
	chip->run = 0;
}

/**
 * sim_fifo_reset() - empty the FIFO
 * @chip: the chip
 */
void sim_fifo_reset(struct sim_chip *chip)
{
	chip->fifo_count = 0;
	chip->fifo_tail = 0;
	chip->run_left = 0;
}

/**
 * sim_fifo_write() - put an entry into the FIFO
 * @chip: the chip
 * @entry: a byte, with SIM_FIFO_COMMAND if it is a command
 *
 * An entry that does not fit, or that the mode does not take, is lost.
 */
void sim_fifo_write(struct sim_chip *chip, u16 entry)
{
	switch (sim_lines_mode(chip)) {
	case SIM_ECR_FAST:
	case SIM_ECR_TEST:
		sim_fifo_push(chip, entry);
		break;
	case SIM_ECR_ECP:
		if (!sim_lines_are_reversed(chip))
			sim_fifo_push(chip, entry);
		break;
	}
}

/**
 * sim_fifo_read() - take a byte out of the FIFO
 * @chip: the chip
 *
 * Return: the byte; all ones when there is none.
 */
u8 sim_fifo_read(struct sim_chip *chip)
{
	u8 mode = sim_lines_mode(chip);

	if (!chip->fifo_count ||
	    !(mode == SIM_ECR_TEST ||
	      (mode == SIM_ECR_ECP && sim_lines_are_reversed(chip))))
		return 0xff;
	return sim_fifo_pop(chip);
}

/* ----- handshakes: a step returns whether it moved a line ----------------- */

static bool sim_fifo_centronics(struct sim_port *port)
{
	struct sim_chip *chip = &port->chip;

	if (!chip->fifo_count || chip->back.lines & SIM_BUSY)
		return false;
	chip->cycle_data = sim_fifo_pop(chip);
	chip->fifo_sent++;
	chip->cycle = true;
	__sim_lines_drive(port);
	chip->low = SIM_NSTROBE;
	__sim_lines_drive(port);
	chip->low = 0;
	__sim_lines_drive(port);
	return true;
}

static bool sim_fifo_ecp_forward(struct sim_port *port)
{
	struct sim_chip *chip = &port->chip;
	u16 entry;

	switch (chip->fifo_step) {
	case SIM_FIFO_STROBED:
		if (!(chip->back.lines & SIM_BUSY))
			return false;
		/* Event 36: the device has the byte. */
		sim_fifo_pop(chip);
		chip->fifo_sent++;
		chip->fifo_step = SIM_FIFO_TAKEN;
		chip->low &= ~SIM_NSTROBE;
		break;
	case SIM_FIFO_TAKEN:
		if (chip->back.lines & SIM_BUSY)
			return false;
		chip->fifo_step = SIM_FIFO_IDLE;
		break;
	default:
		if (!chip->fifo_count || chip->back.lines & SIM_BUSY)
			return false;
		entry = chip->fifo[chip->fifo_tail];
		chip->cycle = true;
		chip->cycle_data = entry;
		chip->low = entry & SIM_FIFO_COMMAND ? SIM_NAUTOFD : 0;
		__sim_lines_drive(port);
		chip->fifo_step = SIM_FIFO_STROBED;
		chip->low |= SIM_NSTROBE;
		break;
	}
	__sim_lines_drive(port);
	return true;
}

/* Put the byte of a run into the FIFO, as often as it has room. */
static void sim_fifo_expand(struct sim_chip *chip)
{
	for (; chip->run_left && chip->fifo_count < SIM_FIFO_DEPTH;
	     chip->run_left--)
		sim_fifo_push(chip, chip->run_byte);
}

/* Event 43: the device offers data, or a command while its Busy is low. */
static void sim_fifo_take(struct sim_chip *chip)
{
	u8 byte = sim_lines_bus(chip);

	if (!(chip->back.lines & SIM_BUSY)) {
		chip->run = byte & SIM_ECP_CHANNEL ? 0 : byte;
		return;
	}
	chip->run_byte = byte;
	chip->run_left = chip->run + 1;
	chip->fifo_got += chip->run_left;
	chip->run = 0;
	sim_fifo_expand(chip);
}

static bool sim_fifo_ecp_reverse(struct sim_port *port)
{
	struct sim_chip *chip = &port->chip;

	sim_fifo_expand(chip);
	switch (chip->fifo_step) {
	case SIM_FIFO_READY:
		if (chip->back.lines & SIM_NACK)
			return false;
		sim_fifo_take(chip);
		chip->fifo_step = SIM_FIFO_HELD;
		chip->low = 0;
		break;
	case SIM_FIFO_HELD:
		if (!(chip->back.lines & SIM_NACK))
			return false;
		chip->fifo_step = SIM_FIFO_IDLE;
		break;
	default:
		if (chip->fifo_count == SIM_FIFO_DEPTH)
			return false;
		chip->fifo_step = SIM_FIFO_READY;
		chip->low = SIM_NAUTOFD;
		break;
	}
	__sim_lines_drive(port);
	return true;
}

static bool sim_fifo_step(struct sim_port *port)
{
	struct sim_chip *chip = &port->chip;
	bool reversed = sim_lines_are_reversed(chip);

	switch (sim_lines_mode(chip)) {
	case SIM_ECR_FAST:
		return sim_fifo_centronics(port);
	case SIM_ECR_ECP:
		/* The driver has turned the lines round during a handshake. */
		if (reversed && chip->fifo_step != SIM_FIFO_IDLE &&
		    chip->fifo_step < SIM_FIFO_READY)
			sim_fifo_idle(chip);
		if (!reversed && chip->fifo_step >= SIM_FIFO_READY)
			sim_fifo_idle(chip);
		return reversed ? sim_fifo_ecp_reverse(port) :
				  sim_fifo_ecp_forward(port);
	}
	return false;
}

/*
 * Raise the service interrupt when there is room for SIM_FIFO_THRESHOLD bytes,
 * or as many to read. It is disabled then, until the driver enables it again.
 */
static void sim_fifo_service(struct sim_port *port)
{
	struct sim_chip *chip = &port->chip;
	unsigned int count = chip->fifo_count;
	u8 mode = sim_lines_mode(chip);

	if (chip->ecr & (SIM_ECR_SERVICE | SIM_ECR_DMA) ||
	    (mode != SIM_ECR_FAST && mode != SIM_ECR_ECP &&
	     mode != SIM_ECR_TEST))
		return;
	if (!sim_lines_are_reversed(chip))
		count = SIM_FIFO_DEPTH - count;
	if (count < SIM_FIFO_THRESHOLD)
		return;
	chip->ecr |= SIM_ECR_SERVICE;
	__sim_irq_raise(port);
}

/*
 * How many steps one access to a register takes at most, with interrupts off. A full
 * FIFO takes some hundred; a peripheral whose lines are stuck may give all that it was
 * fed, byte by byte, to a FIFO that keeps none of it.
 */
#define SIM_FIFO_STEPS	256

/**
 * __sim_fifo_settle() - take the steps that the FIFO can take now
 * @port: the port
 *
 * What is left after SIM_FIFO_STEPS goes on with the next access.
 */
void __sim_fifo_settle(struct sim_port *port)
	__must_hold(&port->lock)
{
	unsigned int steps = SIM_FIFO_STEPS;

	lockdep_assert_held(&port->lock);
	if (!(port->chip.has & SIM_CHIP_ECR))
		return;
	while (steps-- && sim_fifo_step(port))
		;
	sim_fifo_service(port);
}
