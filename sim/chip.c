// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chip: registers, as a PC's parallel port has them. The header
 * include/winpar/softport.h lists the registers; the lines that follow from
 * them are in lines.c.
 *
 *	SPP	data only goes out
 *	PS/2	control bit 5 turns the data lines round
 *	EPP	as PS/2, and a cycle for each access to the EPP registers; with an
 *		ECR only in its mode 100. A cycle starts only when Busy is low and
 *		ends in a time-out (status bit 0, cleared by writing it) unless
 *		Busy answers, all inside the access.
 *	ECP	as PS/2, and an ECR with its modes; see fifo.c
 *
 * Locking: the port's lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include "chip.h"
#include "fifo.h"
#include "lines.h"

/* Low bits of the status register that no chip uses. */
#define SIM_STATUS_UNUSED	0x06
#define SIM_STATUS_TIMEOUT	BIT(0)
/* Bits of the control register that every chip reads as ones. */
#define SIM_CONTROL_UNUSED	0xc0
#define SIM_CONTROL_BITS	0x3f
/* nInit and nSelectIn active: a driver finds them so, and a printer needs it. */
#define SIM_CONTROL_INITIAL	0x0c

/* Configuration A: 8-bit words; configuration B: nothing to say. */
#define SIM_CONFIG_A	0x10
#define SIM_CONFIG_B	0x00

#define SIM_REG_DATA	0
#define SIM_REG_STATUS	1
#define SIM_REG_CONTROL	2
#define SIM_REG_EPP_ADDRESS	3
#define SIM_REG_EPP_DATA	4
#define SIM_REG_EPP_LAST	7
#define SIM_REG_FIFO	0x400
#define SIM_REG_CONFIG_B	0x401
#define SIM_REG_ECR	0x402
#define SIM_REG_ABSENT	0xffff

/**
 * sim_chip_init() - a chip after reset
 * @chip: the chip
 * @has: what the chip has, SIM_CHIP_...
 */
void sim_chip_init(struct sim_chip *chip, u8 has)
{
	memset(chip, 0, sizeof(*chip));
	chip->has = has;
	chip->control = SIM_CONTROL_INITIAL;
	chip->ecr = SIM_ECR_PS2 | SIM_ECR_NERRINTR | SIM_ECR_SERVICE;
	sim_lines_init(chip);
}

/* ----- EPP cycles -------------------------------------------------------- */

/*
 * One EPP cycle: nStrobe (nWrite in EPP) is low for a write; @strobe falls; the
 * device answers with Busy (nWait); @strobe rises again. The byte that was
 * read.
 */
static u8 sim_chip_epp_cycle(struct sim_port *port, u8 strobe, bool write,
			     u8 value)
{
	struct sim_chip *chip = &port->chip;

	if (chip->back.lines & SIM_BUSY) {
		chip->epp_timeout = true;
		return 0xff;
	}
	if (write) {
		chip->cycle = true;
		chip->cycle_data = value;
		chip->low = SIM_NSTROBE;
	} else {
		chip->turned = true;
	}
	__sim_lines_drive(port);
	chip->low |= strobe;
	__sim_lines_drive(port);
	if (!(chip->back.lines & SIM_BUSY))
		chip->epp_timeout = true;
	if (!write)
		value = sim_lines_bus(chip);
	chip->low &= ~strobe;
	__sim_lines_drive(port);
	chip->low = 0;
	chip->cycle = false;
	chip->turned = false;
	__sim_lines_drive(port);
	return value;
}

/* ----- registers --------------------------------------------------------- */

/* The register at an offset, or SIM_REG_ABSENT; EPP data has four offsets. */
static unsigned int sim_chip_register(const struct sim_chip *chip,
				      unsigned int offset)
{
	bool has = true;

	if (offset >= SIM_REG_EPP_DATA && offset <= SIM_REG_EPP_LAST)
		offset = SIM_REG_EPP_DATA;
	switch (offset) {
	case SIM_REG_DATA:
	case SIM_REG_STATUS:
	case SIM_REG_CONTROL:
		break;
	case SIM_REG_EPP_ADDRESS:
	case SIM_REG_EPP_DATA:
		has = chip->has & SIM_CHIP_EPP &&
		      sim_lines_mode(chip) == SIM_ECR_EPP;
		break;
	case SIM_REG_FIFO:
	case SIM_REG_CONFIG_B:
	case SIM_REG_ECR:
		has = chip->has & SIM_CHIP_ECR;
		break;
	default:
		has = false;
		break;
	}
	return has ? offset : SIM_REG_ABSENT;
}

static u8 sim_chip_ecr(const struct sim_chip *chip)
{
	return chip->ecr |
	       (chip->fifo_count == SIM_FIFO_DEPTH ? SIM_ECR_FULL : 0) |
	       (chip->fifo_count ? 0 : SIM_ECR_EMPTY);
}

/**
 * __sim_chip_read() - read a register
 * @port: the port
 * @offset: the distance of the register from base
 *
 * Return: its value; ones if there is no such register.
 */
u8 __sim_chip_read(struct sim_port *port, unsigned int offset)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;

	lockdep_assert_held(&port->lock);
	switch (sim_chip_register(chip, offset)) {
	case SIM_REG_DATA:
		return sim_lines_bus(chip);
	case SIM_REG_STATUS:
		return (chip->back.lines ^ SIM_STATUS_INVERTED) |
		       SIM_STATUS_UNUSED |
		       (chip->epp_timeout ? SIM_STATUS_TIMEOUT : 0);
	case SIM_REG_CONTROL:
		return chip->control | SIM_CONTROL_UNUSED;
	case SIM_REG_EPP_ADDRESS:
		return sim_chip_epp_cycle(port, SIM_NSELECTIN, false, 0);
	case SIM_REG_EPP_DATA:
		return sim_chip_epp_cycle(port, SIM_NAUTOFD, false, 0);
	case SIM_REG_FIFO:
		if (sim_lines_mode(chip) == SIM_ECR_CONFIG)
			return SIM_CONFIG_A;
		return sim_fifo_read(chip);
	case SIM_REG_CONFIG_B:
		return sim_lines_mode(chip) == SIM_ECR_CONFIG ? SIM_CONFIG_B :
								 0xff;
	case SIM_REG_ECR:
		return sim_chip_ecr(chip);
	}
	return 0xff;
}

static bool sim_chip_is_plain(u8 mode)
{
	return mode == SIM_ECR_SPP || mode == SIM_ECR_PS2;
}

/*
 * A chip goes from one of the higher modes to another only by way of 000 or 001. Test
 * mode is an exception: drivers find out there how many bytes were not sent.
 */
static void sim_chip_check_mode(struct sim_port *port, u8 mode)
{
	struct sim_chip *chip = &port->chip;
	u8 was = sim_lines_mode(chip);

	if (mode == was || sim_chip_is_plain(mode) || sim_chip_is_plain(was) ||
	    mode == SIM_ECR_TEST)
		return;
	chip->dirty++;
	pr_notice_ratelimited("%s: ECR mode %u is followed by %u at once: on a chip mode 0 or 1 has to be set between the two\n",
			      port->parport->name, was >> 5, mode >> 5);
}

/* In the FIFO's modes the direction is not to be changed. */
static void sim_chip_check_direction(struct sim_port *port, u8 changed)
{
	u8 mode = sim_lines_mode(&port->chip);

	if (!(changed & SIM_CONTROL_REVERSE) ||
	    (mode != SIM_ECR_FAST && mode != SIM_ECR_ECP))
		return;
	port->chip.dirty++;
	pr_notice_ratelimited("%s: the direction was changed in ECR mode %u: on a chip that is done in mode 1\n",
			      port->parport->name, mode >> 5);
}

/**
 * __sim_chip_control() - change bits of the control register
 * @port: the port
 * @mask: the bits to be changed
 * @value: their new values
 */
void __sim_chip_control(struct sim_port *port, u8 mask, u8 value)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;
	u8 bits = SIM_CONTROL_BITS;

	lockdep_assert_held(&port->lock);
	if (!(chip->has & SIM_CHIP_PS2))
		bits &= ~SIM_CONTROL_REVERSE;
	sim_chip_check_direction(port, (chip->control ^ value) & mask & bits);
	chip->control = ((chip->control & ~mask) | (value & mask)) & bits;
	__sim_lines_drive(port);
}

/* Modes 000 and 001 empty the FIFO. */
static void sim_chip_write_ecr(struct sim_port *port, u8 value)
{
	struct sim_chip *chip = &port->chip;
	u8 mode = value & SIM_ECR_MODE;

	sim_chip_check_mode(port, mode);
	if (mode != sim_lines_mode(chip))
		sim_fifo_idle(chip);
	if (sim_chip_is_plain(mode)) {
		if (sim_lines_are_reversed(chip))
			chip->fifo_lost += chip->fifo_count + chip->run_left;
		sim_fifo_reset(chip);
	}
	chip->ecr = value & ~(SIM_ECR_FULL | SIM_ECR_EMPTY);
	__sim_lines_drive(port);
}

/**
 * __sim_chip_write() - write a register
 * @port: the port
 * @offset: the distance of the register from base
 * @value: the value
 */
void __sim_chip_write(struct sim_port *port, unsigned int offset, u8 value)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;

	lockdep_assert_held(&port->lock);
	switch (sim_chip_register(chip, offset)) {
	case SIM_REG_DATA:
		/*
		 * In ECP mode, what is written here goes into the FIFO as a
		 * command.
		 */
		if (chip->has & SIM_CHIP_ECR &&
		    sim_lines_mode(chip) == SIM_ECR_ECP) {
			sim_fifo_write(chip, value | SIM_FIFO_COMMAND);
			break;
		}
		chip->data = value;
		__sim_lines_drive(port);
		break;
	case SIM_REG_STATUS:
		if (value & SIM_STATUS_TIMEOUT)
			chip->epp_timeout = false;
		break;
	case SIM_REG_CONTROL:
		__sim_chip_control(port, SIM_CONTROL_BITS, value);
		break;
	case SIM_REG_EPP_ADDRESS:
		sim_chip_epp_cycle(port, SIM_NSELECTIN, true, value);
		break;
	case SIM_REG_EPP_DATA:
		sim_chip_epp_cycle(port, SIM_NAUTOFD, true, value);
		break;
	case SIM_REG_FIFO:
		sim_fifo_write(chip, value);
		break;
	case SIM_REG_ECR:
		sim_chip_write_ecr(port, value);
		break;
	}
}
