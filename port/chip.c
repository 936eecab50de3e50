// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mode that a port's chip is in, and which holder set it.
 *
 * A mode is known by its value in the upper three bits of the ECR. It belongs
 * to the port: it outlives a free and a Linux driver's turn, so that the next
 * owner sees it and may clear it. When the holder that set the mode closes, winpar
 * clears the mode; if another client has the port then, at the next free.
 *
 * Everything is guarded by the port lock, and the ECR is written only while no
 * other task drives the wires.
 */
#include <winpar/parallel.h>

#include "host/regs.h"
#include "port/chip.h"
#include "port/port.h"

/**
 * __winpar_chip_has() - is this a mode of the port?
 * @port: the port, its lock held
 * @mode: an ECR value
 *
 * Return: whether it is. ECP only once a probe has found its FIFO.
 */
bool __winpar_chip_has(const struct winpar_port *port, u8 mode)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	switch (mode) {
	case ECR_SPP_MODE:
		return true;
	case ECR_BYTE_MODE:
		return port->host.ecp_base || port->host.can_byte;
	case ECR_EPP_MODE:
		return port->host.can_epp;
	case ECR_ECP_MODE:
		return port->chip.depth;
	case ECR_FASTCENT_MODE:
	case ECR_TEST_MODE:
	case ECR_CONFIG_MODE:
		return port->host.ecp_base;
	default:
		return false;
	}
}

/**
 * __winpar_chip_probed() - a probe has told what the chip can do
 * @port: the port, its lock held
 * @depth: words in its FIFO, 0 when it cannot do ECP
 * @width: bits in such a word, 0 when not known
 */
void __winpar_chip_probed(struct winpar_port *port, unsigned int depth,
			  unsigned int width)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->chip.depth = depth;
	port->chip.width = width;
	WRITE_ONCE(port->chip.probed, true);
}

/**
 * __winpar_chip_fifo() - how deep is the FIFO of bytes that a probe has found?
 * @port: the port, its lock held
 *
 * Return: how many bytes it takes; 0 when there is none, its words are not bytes, or no
 * probe has looked for it.
 */
unsigned int __winpar_chip_fifo(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->chip.width == 8 ? port->chip.depth : 0;
}

/**
 * __winpar_chip_set() - switch the chip to a mode
 * @port: owned, its lock held
 * @holder: what sets it, NULL for mode 0
 * @mode: an ECR value
 */
void __winpar_chip_set(struct winpar_port *port, struct winpar_holder *holder,
		       u8 mode)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->chip.mode = mode;
	port->chip.holder = holder;
	port->mode_orphan = false;
	trace_winpar_mode(port, holder, mode);
	winpar_host_set_mode(&port->host, mode);
}

/**
 * __winpar_chip_orphan() - the holder that set the mode closes
 * @port: the port, its lock held
 * @holder: a holder; nothing is done for one that has not set the mode
 */
void __winpar_chip_orphan(struct winpar_port *port,
			  const struct winpar_holder *holder)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->chip.holder != holder)
		return;
	port->chip.holder = NULL;
	port->mode_orphan = port->chip.mode;
	if (port->state == WINPAR_PORT_HELD)
		__winpar_chip_settle(port);
}

/**
 * __winpar_chip_settle() - clear a mode whose holder has closed
 * @port: winpar's, and no client's, its lock held
 *
 * While a task drives the wires the mode stays: __winpar_wire_give() calls this
 * again.
 */
void __winpar_chip_settle(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->mode_orphan && !port->wire)
		__winpar_chip_set(port, NULL, ECR_SPP_MODE);
}
