/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Linux parallel port whose chip is software: how its registers are reached
 * past struct parport_operations, and how such a port is told from others.
 *
 * The port's driver embeds its struct parport_operations in a struct
 * winpar_softport_ops, and its module is named WINPAR_SOFTPORT_OWNER. There is
 * no symbol to link with: a module that wants the registers of a port asks
 * winpar_softport() and calls what it gives.
 *
 * Cookies. parport->base is not an I/O address but a cookie, a number that
 * names a register without being one:
 *
 *	base	WINPAR_SOFTPORT_FIRST + number * WINPAR_SOFTPORT_SPAN
 *	base_hi	base + WINPAR_SOFTPORT_HI if the chip has an ECR, else 0
 *	size	8 if the chip has EPP registers, else 3
 *
 * where number is the M of parportM, so the cookies of two ports never
 * overlap, and none is an I/O address of the PC (below 0x10000).
 *
 * Registers, by their distance from base:
 *
 *	0	data			0x400	FIFO, or configuration A
 *	1	status			0x401	configuration B
 *	2	control			0x402	ECR
 *	3	EPP address
 *	4..7	EPP data
 *
 * They behave as those of a PC's chip do, bits that drivers hide included:
 * control has the interrupt enable in bit 4 and the direction in bit 5, and
 * reads ones in bits 6 and 7; the status register's EPP time-out is bit 0. A
 * register that the chip does not have reads 0xff, and ignores what is written.
 */
#ifndef _WINPAR_SOFTPORT_H
#define _WINPAR_SOFTPORT_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/parport.h>
#include <linux/string.h>
#include <linux/types.h>

#define WINPAR_SOFTPORT_OWNER	"winpar_sim"
#define WINPAR_SOFTPORT_VERSION	1

#define WINPAR_SOFTPORT_FIRST	0x10000UL
#define WINPAR_SOFTPORT_SPAN	0x1000UL
#define WINPAR_SOFTPORT_HI	0x400UL

/**
 * struct winpar_softport_ops - what a port in software has to offer
 * @parport: what every Linux port has; parport->ops points here
 * @version: WINPAR_SOFTPORT_VERSION of the port's driver; a reader that was
 *	built for another version must not use the rest
 * @read: read @width (1, 2 or 4) bytes from the register at @offset on, lowest
 *	first. EPP data takes one cycle a byte.
 * @write: write them likewise
 *
 * @read and @write never sleep, print nothing, and may be called in any context
 * but NMI: in hard interrupts, under spinlocks and cad_lock. They are good from
 * match_port() on until detach() of the port has returned; after that reads
 * give all ones and writes are lost, as on an empty slot, as long as the
 * driver's module stays.
 */
struct winpar_softport_ops {
	struct parport_operations parport;
	unsigned int version;
	u32 (*read)(struct parport *port, unsigned int offset,
		    unsigned int width);
	void (*write)(struct parport *port, unsigned int offset,
		      unsigned int width, u32 value);
};

/**
 * winpar_softport() - the registers of a port in software
 * @port: any Linux port, not yet removed
 *
 * Context: any.
 * Return: the calls that reach its registers, or NULL if it is not in software
 *	or of another version.
 */
static inline const struct winpar_softport_ops *
winpar_softport(const struct parport *port)
{
	const struct winpar_softport_ops *ops;

	if (!port->ops->owner ||
	    strcmp(module_name(port->ops->owner), WINPAR_SOFTPORT_OWNER))
		return NULL;
	ops = container_of(port->ops, struct winpar_softport_ops, parport);
	return ops->version == WINPAR_SOFTPORT_VERSION ? ops : NULL;
}

#endif /* _WINPAR_SOFTPORT_H */
