// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a port's chip can do.
 *
 * Debian's kernels never report ECP, so winpar finds out: a chip that can do ECP
 * fills its FIFO in test mode, which drives no line. That is done once, when it
 * is first asked for by a client that may drive the port.
 */
#include <linux/delay.h>
#include <linux/kernel.h>

#include <winpar/parallel.h>

#include "host/regs.h"
#include "port/chip.h"
#include "port/port.h"
#include "port/probe.h"
#include "port/wire.h"

/* No FIFO is deeper. */
#define WINPAR_PROBE_DEPTH	256

/* Configuration register A: how wide the FIFO is. */
#define WINPAR_CONFIG_WIDTH(a)	(((a) >> 4) & 7)

static u8 winpar_probe_ecr(struct winpar_host *host, u8 low, u8 mode)
{
	winpar_host_write(host, WINPAR_REG_ECR, low | mode);
	return winpar_host_read(host, WINPAR_REG_ECR);
}

/* Words that the FIFO takes until it is full, 0 when it never is. */
static unsigned int winpar_probe_depth(struct winpar_host *host, u8 low)
{
	unsigned int depth = 0;
	u8 ecr;

	/* Through byte mode, which resets the FIFO. */
	winpar_probe_ecr(host, low, ECR_BYTE_MODE);
	ecr = winpar_probe_ecr(host, low, ECR_TEST_MODE);
	if ((ecr & WINPAR_ECR_MODE) != ECR_TEST_MODE ||
	    (ecr & (WINPAR_ECR_FULL | WINPAR_ECR_EMPTY)) != WINPAR_ECR_EMPTY)
		return 0;
	while (depth < WINPAR_PROBE_DEPTH &&
	       !(winpar_host_read(host, WINPAR_REG_ECR) & WINPAR_ECR_FULL)) {
		winpar_host_write(host, WINPAR_REG_FIFO, 0xaa);
		depth++;
	}
	return depth < WINPAR_PROBE_DEPTH ? depth : 0;
}

/* Bits of a word of the FIFO, 0 when the chip does not say. */
static unsigned int winpar_probe_width(struct winpar_host *host, u8 low)
{
	u8 config;

	winpar_probe_ecr(host, low, ECR_BYTE_MODE);
	winpar_probe_ecr(host, low, ECR_CONFIG_MODE);
	config = winpar_host_read(host, WINPAR_REG_CONFIG_A);
	switch (WINPAR_CONFIG_WIDTH(config)) {
	case 0:
		return 16;
	case 1:
		return 8;
	case 2:
		return 32;
	default:
		return 0;
	}
}

/**
 * winpar_probe_is_unknown() - can a probe tell what is not known yet?
 * @port: the port
 *
 * Context: any; a look without the lock.
 * Return: true when the chip has not been probed and may be: it has an ECR, and no
 * chip mode is set.
 */
bool winpar_probe_is_unknown(const struct winpar_port *port)
{
	return !READ_ONCE(port->chip.probed) && port->host.ecp_base &&
	       !READ_ONCE(port->host.mode);
}

/**
 * __winpar_probe_chip() - find out once whether the chip can do ECP
 * @port: the wires taken, its lock held, which is dropped and taken again
 * @flags: of the lock
 */
void __winpar_probe_chip(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_host *host = &port->host;
	unsigned int depth, width = 0;
	u8 ecr, low;

	lockdep_assert_held(&port->lock);
	if (!winpar_probe_is_unknown(port) || !__winpar_wire_is_ours(port))
		return;
	__winpar_wire_begin(port, *flags);
	ecr = winpar_host_read(host, WINPAR_REG_ECR);
	/* No interrupt, no DMA. */
	low = ECR_ERRINT_DISABLED | ECR_SVC_INT_DISABLED;
	depth = winpar_probe_depth(host, low);
	if (depth)
		width = winpar_probe_width(host, low);
	winpar_probe_ecr(host, low, ECR_BYTE_MODE);
	winpar_host_write(host, WINPAR_REG_ECR, ecr);
	__winpar_wire_end(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return;
	__winpar_chip_probed(port, depth, width);
}
