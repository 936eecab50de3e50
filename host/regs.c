// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host room, continued: registers.
 *
 * A PC's are I/O ports. Those of a port in software are reached through the
 * operations that come with it, at any time and from any context, so the port
 * is looked up under RCU: it may be going. The ECR is touched only where there
 * is one, which is more than having an address for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/parport.h>
#include <linux/parport_pc.h>
#include <linux/rcupdate.h>

#include <winpar/portio.h>
#include <winpar/softport.h>

#include "host/host.h"

/* How long nInit is low for a reset, in us. */
#define WINPAR_ENGINE_RESET_MIN	60
#define WINPAR_ENGINE_RESET_MAX	200

static u32 winpar_host_soft_read(struct winpar_host *host, unsigned int offset,
				 unsigned int width)
{
	const struct winpar_softport_ops *ops;
	struct parport *parport;
	u32 value = GENMASK(8 * width - 1, 0);

	rcu_read_lock();
	parport = rcu_dereference(host->soft);
	if (parport) {
		ops = container_of(parport->ops, struct winpar_softport_ops,
				   parport);
		value = ops->read(parport, offset, width);
	}
	rcu_read_unlock();
	return value;
}

static void winpar_host_soft_write(struct winpar_host *host,
				   unsigned int offset, unsigned int width,
				   u32 value)
{
	const struct winpar_softport_ops *ops;
	struct parport *parport;

	rcu_read_lock();
	parport = rcu_dereference(host->soft);
	if (parport) {
		ops = container_of(parport->ops, struct winpar_softport_ops,
				   parport);
		ops->write(parport, offset, width, value);
	}
	rcu_read_unlock();
}

/* Where the ECP registers begin, as an offset that clients' addresses have. */
static unsigned long winpar_host_address(const struct winpar_host *host,
					 enum winpar_reg reg)
{
	if (reg >= WINPAR_REG_FIFO)
		return host->ecp_base + (reg - WINPAR_REG_FIFO);
	return host->base + reg;
}

/**
 * winpar_host_read() - read a register
 * @host: a port that has registers
 * @reg: which one
 *
 * Context: any.
 * Return: its value; ones when the port has gone.
 */
u8 winpar_host_read(struct winpar_host *host, enum winpar_reg reg)
{
	unsigned long address = winpar_host_address(host, reg);

	if (address < WINPAR_COOKIE_FIRST)
		return inb(address);
	return winpar_host_soft_read(host, address - host->base, 1);
}

/**
 * winpar_host_write() - write a register
 * @host: a port that has registers
 * @reg: which one
 * @value: what to write
 *
 * Context: any.
 */
void winpar_host_write(struct winpar_host *host, enum winpar_reg reg, u8 value)
{
	unsigned long address = winpar_host_address(host, reg);

	if (address < WINPAR_COOKIE_FIRST)
		outb(value, address);
	else
		winpar_host_soft_write(host, address - host->base, 1, value);
}

static bool winpar_host_has_cookie(const struct winpar_host *host,
				   unsigned long cookie)
{
	return host->base >= WINPAR_COOKIE_FIRST && cookie >= host->base &&
	       cookie - host->base < WINPAR_SOFTPORT_SPAN;
}

/**
 * winpar_host_cookie_read() - read what a client's cookie means
 * @host: the port of the cookie
 * @cookie: the address
 * @width: 1, 2 or 4 bytes
 * @value: what is read
 *
 * Context: any.
 * Return: false when the port has no such address.
 */
bool winpar_host_cookie_read(struct winpar_host *host, unsigned long cookie,
			     unsigned int width, u32 *value)
{
	if (!winpar_host_has_cookie(host, cookie))
		return false;
	*value = winpar_host_soft_read(host, cookie - host->base, width);
	return true;
}

/**
 * winpar_host_cookie_write() - write what a client's cookie means
 * @host: the port of the cookie
 * @cookie: the address
 * @width: 1, 2 or 4 bytes
 * @value: what to write
 *
 * Context: any.
 * Return: false when the port has no such address.
 */
bool winpar_host_cookie_write(struct winpar_host *host, unsigned long cookie,
			      unsigned int width, u32 value)
{
	if (!winpar_host_has_cookie(host, cookie))
		return false;
	winpar_host_soft_write(host, cookie - host->base, width, value);
	return true;
}

/* ----- the ECR ----------------------------------------------------------- */

/* True where there is an ECR. base_hi is set also where there is none. */
static bool winpar_host_has_ecr(const struct winpar_host *host)
{
	const struct parport *parport = host->parport;
	const struct parport_pc_private *priv = parport->private_data;

	if (host->base >= WINPAR_COOKIE_FIRST)
		return parport->base_hi;
	return host->base && priv && priv->ecr && parport->base_hi;
}

/**
 * __winpar_host_find_ecr() - find out whether a port has an ECR that is free
 * @host: a port that has arrived just now, its mutex held
 *
 * parport_pc gives the ECP registers' addresses back when it does not use them;
 * who does must keep others out.
 *
 * Context: process context.
 */
void __winpar_host_find_ecr(struct winpar_host *host)
{
	struct parport *parport = host->parport;

	host->ecp_base = 0;
	if (!winpar_host_has_ecr(host))
		return;
	host->ecp_base = parport->base_hi;
	if (host->base >= WINPAR_COOKIE_FIRST ||
	    (parport->modes & PARPORT_MODE_ECP))
		return;
	host->ecp_region = request_region(parport->base_hi, 3, KBUILD_MODNAME);
	if (host->ecp_region)
		return;
	pr_warn("%s: somebody else uses the I/O ports from %#lx: its ECR is left alone\n",
		parport->name, parport->base_hi);
	host->ecp_base = 0;
}

/**
 * __winpar_host_forget_ecr() - undo __winpar_host_find_ecr()
 * @host: a port that goes, its mutex held
 *
 * Context: process context.
 */
void __winpar_host_forget_ecr(struct winpar_host *host)
{
	if (host->ecp_region)
		release_region(host->ecp_region->start, 3);
	host->ecp_region = NULL;
}

/**
 * winpar_host_set_mode() - write a chip mode to the ECR
 * @host: the port, which is winpar's
 * @mode: the upper three bits; the lower ones stay as they are
 *
 * Where there is no ECR nothing is written.
 *
 * Context: any.
 */
void winpar_host_set_mode(struct winpar_host *host, u8 mode)
{
	u8 low;

	if (!host->ecp_base)
		return;
	low = winpar_host_read(host, WINPAR_REG_ECR) & ~WINPAR_ECR_MODE;
	winpar_host_write(host, WINPAR_REG_ECR, low | mode);
	host->mode = mode;
	host->mode_set = true;
}

/* ----- across a turn of somebody else's ---------------------------------- */

/**
 * winpar_host_save() - read what is on the wires, while the port is still ours
 * @host: the port
 * @state: where the control registers go
 */
void winpar_host_save(struct winpar_host *host, struct parport_state *state)
{
	if (!host->base)
		return;
	state->u.pc.ctr = winpar_host_read(host, WINPAR_REG_CONTROL) &
			  WINPAR_CTR_MASK;
	if (host->ecp_base) {
		state->u.pc.ecr = winpar_host_read(host, WINPAR_REG_ECR);
		/* What was asked for stands, whatever a poor ECR reads as. */
		if (host->mode_set)
			state->u.pc.ecr = (state->u.pc.ecr & ~WINPAR_ECR_MODE) |
					  host->mode;
	}
	/* Not what is being read, and nothing into a FIFO. */
	host->saved = !(host->can_byte &&
			(state->u.pc.ctr & WINPAR_CTR_REVERSE)) &&
		      !(host->ecp_base && state->u.pc.ecr >= ECR_FASTCENT_MODE);
	if (host->saved)
		host->data = winpar_host_read(host, WINPAR_REG_DATA);
}

/**
 * winpar_host_keep() - have the next claim put back what was on the wires
 * @host: the port, released
 * @state: from winpar_host_save()
 *
 * The core's own copy may be the next driver's already.
 */
void winpar_host_keep(struct winpar_host *host,
		      const struct parport_state *state)
{
	if (!host->base)
		return;
	host->pardev->state->u.pc.ctr = state->u.pc.ctr;
	if (host->ecp_base)
		host->pardev->state->u.pc.ecr = state->u.pc.ecr;
}

/**
 * winpar_host_restore() - put the data latch back, which the core does not
 * @host: the port, claimed
 */
void winpar_host_restore(struct winpar_host *host)
{
	if (host->saved)
		winpar_host_write(host, WINPAR_REG_DATA, host->data);
	host->saved = false;
}

/**
 * winpar_host_start() - registers as a port is first found by a client
 * @host: the port, registered just now
 *
 * The core would have interrupts on from the start, and the ECR in byte mode.
 * The first is the client's to do, and the mode that clients are told of is 0.
 */
void winpar_host_start(struct winpar_host *host)
{
	host->saved = false;
	host->mode = 0;
	host->mode_set = false;
	if (host->base)
		host->pardev->state->u.pc.ctr = WINPAR_CTR_IDLE;
	if (host->ecp_base)
		host->pardev->state->u.pc.ecr &= ~WINPAR_ECR_MODE;
}

/* ----- for the engine: single lines ------------------------------------------------------ */

/**
 * winpar_engine_status() - read the status register
 * @engine: the engine, open
 *
 * Return: its value, WINPAR_STS_....
 */
u8 winpar_engine_status(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	return parport->ops->read_status(parport);
}

/**
 * winpar_engine_reset() - reset the peripheral
 * @engine: the engine, begun; the wire in compatibility mode
 */
void winpar_engine_reset(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	parport->ops->write_control(parport, PARPORT_CONTROL_SELECT);
	usleep_range(WINPAR_ENGINE_RESET_MIN, WINPAR_ENGINE_RESET_MAX);
	parport->ops->write_control(parport, PARPORT_CONTROL_SELECT |
					     PARPORT_CONTROL_INIT);
	engine->wrote = false;
}
