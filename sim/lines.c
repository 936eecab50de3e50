// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines at the chip: the host's, which follow from the registers and go out
 * on the cable, and those that come back, which the status register shows.
 *
 * A line may be stuck, which is a fault: then it keeps its level here, between
 * chip and cable.
 *
 * The chip raises its interrupt when nAck rises while control bit 4 is set, and
 * when nFault falls in ECR mode 011 while ECR bit 4 is clear.
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "cable.h"
#include "irq.h"
#include "lines.h"

/**
 * sim_lines_mode() - the mode in the ECR
 * @chip: the chip
 *
 * Return: SIM_ECR_...; for a chip without an ECR the mode that is like it.
 */
u8 sim_lines_mode(const struct sim_chip *chip)
{
	return chip->has & SIM_CHIP_ECR ? chip->ecr & SIM_ECR_MODE :
	       chip->has & SIM_CHIP_EPP ? SIM_ECR_EPP :
	       chip->has & SIM_CHIP_PS2 ? SIM_ECR_PS2 : SIM_ECR_SPP;
}

/**
 * sim_lines_are_reversed() - are the data lines turned round?
 * @chip: the chip
 *
 * Return: whether they are.
 */
bool sim_lines_are_reversed(const struct sim_chip *chip)
{
	u8 mode = sim_lines_mode(chip);

	return chip->control & SIM_CONTROL_REVERSE && mode != SIM_ECR_SPP &&
	       mode != SIM_ECR_FAST;
}

/* The lines that the host drives, by the registers. */
static struct sim_host sim_lines_host(const struct sim_chip *chip)
{
	u8 asserted = chip->control, mode = sim_lines_mode(chip);
	struct sim_host host;

	/* In the FIFO's modes its handshake moves these lines, not the register. */
	if (mode == SIM_ECR_FAST || mode == SIM_ECR_ECP)
		asserted &= ~SIM_NSTROBE;
	if (mode == SIM_ECR_ECP)
		asserted &= ~SIM_NAUTOFD;
	host.lines = ((asserted ^ SIM_CONTROL_INVERTED) & SIM_HOST_LINES) &
		     ~chip->low;
	host.lines = (host.lines & ~chip->stuck_host) |
		     (chip->stuck & chip->stuck_host);
	host.driven = !chip->turned && !sim_lines_are_reversed(chip);
	host.data = chip->cycle ? chip->cycle_data : chip->data;
	if (!host.driven)
		host.data = 0xff;
	return host;
}

/**
 * sim_lines_bus() - read the data lines
 * @chip: the chip
 *
 * Return: the byte on them; ones if neither side drives them.
 */
u8 sim_lines_bus(const struct sim_chip *chip)
{
	if (chip->host.driven)
		return chip->host.data;
	return chip->back.driven ? chip->back.data : 0xff;
}

/**
 * __sim_lines_drive() - let the lines follow the registers
 * @port: the port
 */
void __sim_lines_drive(struct sim_port *port)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;
	struct sim_host was = chip->host, now = sim_lines_host(chip);

	lockdep_assert_held(&port->lock);
	if (now.lines == was.lines && now.data == was.data &&
	    now.driven == was.driven)
		return;
	if (now.driven && !was.driven && chip->back.driven)
		chip->clashes++;
	chip->host = now;
	sim_log_host(&port->log, &was, &now);
	__sim_cable_host(port, &now);
}

/**
 * __sim_lines_sense() - lines that come back may have moved
 * @port: the port
 * @seat: which device has moved them
 * @event: which event that is
 */
void __sim_lines_sense(struct sim_port *port, u8 seat, u8 event)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;
	struct sim_back was = chip->back, now = __sim_cable_back(port);
	u8 rose, fell;

	lockdep_assert_held(&port->lock);
	now.lines = (now.lines & ~chip->stuck_back) |
		    (chip->stuck & chip->stuck_back);
	rose = now.lines & ~was.lines;
	fell = was.lines & ~now.lines;
	if (!rose && !fell && now.driven == was.driven &&
	    now.data == was.data &&
	    (event == SIM_EVENT_NONE || event == SIM_EVENT_CONDITION))
		return;
	if (now.driven && !was.driven && chip->host.driven)
		chip->clashes++;
	chip->back = now;
	sim_log_back(&port->log, seat, event, &was, &now);
	if ((rose & SIM_NACK && chip->control & SIM_CONTROL_INTR) ||
	    (fell & SIM_NFAULT && chip->has & SIM_CHIP_ECR &&
	     sim_lines_mode(chip) == SIM_ECR_ECP &&
	     !(chip->ecr & SIM_ECR_NERRINTR)))
		__sim_irq_raise(port);
}

/**
 * sim_lines_init() - lines as after a reset of the registers
 * @chip: the chip, whose registers have been set
 */
void sim_lines_init(struct sim_chip *chip)
{
	chip->host = sim_lines_host(chip);
	chip->back = SIM_BACK_OPEN;
}

/**
 * __sim_lines_stick() - keep lines where they are put
 * @port: the port
 * @host: which of the host's lines
 * @back: which of the lines that come back
 * @level: the lines among them that are to be high
 */
void __sim_lines_stick(struct sim_port *port, u8 host, u8 back, u8 level)
	__must_hold(&port->lock)
{
	struct sim_chip *chip = &port->chip;

	lockdep_assert_held(&port->lock);
	chip->stuck_host |= host;
	chip->stuck_back |= back;
	chip->stuck = (chip->stuck & ~(host | back)) | level;
	__sim_lines_drive(port);
	__sim_lines_sense(port, SIM_SEAT_CABLE, SIM_EVENT_CONDITION);
}

/**
 * __sim_lines_mend() - let every line move again
 * @port: the port
 */
void __sim_lines_mend(struct sim_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->chip.stuck_host = 0;
	port->chip.stuck_back = 0;
	__sim_lines_drive(port);
	__sim_lines_sense(port, SIM_SEAT_CABLE, SIM_EVENT_CONDITION);
}
