// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of a Linux port.
 *
 * Those of a PC are I/O ports. Those of a port in software are reached through
 * the operations that come with it, at any time and from any context, so the
 * port is looked up under RCU: it may be going. A port without registers has
 * addresses like one in software, with nothing behind them, so that neither a
 * client nor winpar ever writes to I/O port 0. The ECR is touched only where
 * there is one, which is more than having an address for it.
 *
 * struct winpar_wires holds what winpar's next claim puts back, from the first
 * open on to the end of the port's life. It is read from the registers before
 * each release. Whether the registers are winpar's at a moment is told by
 * parport->cad, which stands still under cad_lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/parport.h>
#include <linux/parport_pc.h>
#include <linux/rcupdate.h>

#include <winpar/softport.h>

#include "host/regs.h"

/* The port in software, under RCU; NULL for others, and when it has gone. */
static struct parport *winpar_host_soft(const struct winpar_host *host)
{
	return host->base ? rcu_dereference(host->live) : NULL;
}

static u32 winpar_host_soft_read(struct winpar_host *host, unsigned int offset,
				 unsigned int width)
{
	const struct winpar_softport_ops *ops;
	struct parport *parport;
	u32 value = GENMASK(8 * width - 1, 0);

	rcu_read_lock();
	parport = winpar_host_soft(host);
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
	parport = winpar_host_soft(host);
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
	return host->address + reg;
}

/**
 * winpar_host_read() - read a register
 * @host: a port
 * @reg: which one; an ECP register only where there is an ECR
 *
 * Context: any.
 * Return: its value; ones when the port in software has gone, and where there
 * are no registers.
 */
u8 winpar_host_read(struct winpar_host *host, enum winpar_reg reg)
{
	unsigned long address = winpar_host_address(host, reg);

	if (address < WINPAR_SOFTPORT_FIRST)
		return inb(address);
	return winpar_host_soft_read(host, address - host->address, 1);
}

/**
 * winpar_host_write() - write a register
 * @host: a port
 * @reg: which one; an ECP register only where there is an ECR
 * @value: what to write
 *
 * Context: any.
 */
void winpar_host_write(struct winpar_host *host, enum winpar_reg reg, u8 value)
{
	unsigned long address = winpar_host_address(host, reg);

	if (address < WINPAR_SOFTPORT_FIRST)
		outb(value, address);
	else
		winpar_host_soft_write(host, address - host->address, 1, value);
}

static bool winpar_host_has_cookie(const struct winpar_host *host,
				   unsigned long cookie)
{
	return host->address >= WINPAR_SOFTPORT_FIRST &&
	       cookie >= host->address &&
	       cookie - host->address < WINPAR_SOFTPORT_SPAN;
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
	*value = winpar_host_soft_read(host, cookie - host->address, width);
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
	winpar_host_soft_write(host, cookie - host->address, width, value);
	return true;
}

/* ----- the ECR ----------------------------------------------------------- */

/* True where there is an ECR. base_hi is set also where there is none. */
static bool winpar_host_has_ecr(const struct winpar_host *host)
{
	const struct parport *parport = host->parport;
	const struct parport_pc_private *priv = parport->private_data;

	if (host->base >= WINPAR_SOFTPORT_FIRST)
		return parport->base_hi;
	return host->base && priv && priv->ecr && parport->base_hi;
}

/**
 * winpar_host_find_ecr() - find out whether a port has an ECR that is free
 * @host: a port that has arrived just now
 *
 * parport_pc gives the ECP registers' addresses back when it does not use them;
 * winpar, which does, reserves them.
 *
 * Context: process context.
 */
void winpar_host_find_ecr(struct winpar_host *host)
{
	struct parport *parport = host->parport;

	host->ecp_base = 0;
	if (!winpar_host_has_ecr(host))
		return;
	host->ecp_base = parport->base_hi;
	if (host->base >= WINPAR_SOFTPORT_FIRST ||
	    (parport->modes & PARPORT_MODE_ECP))
		return;
	host->ecp_region = request_region(parport->base_hi, 3, KBUILD_MODNAME);
	if (host->ecp_region)
		return;
	pr_warn("%s: another driver uses the I/O ports from %#lx: its ECR is left alone\n",
		parport->name, parport->base_hi);
	host->ecp_base = 0;
}

/**
 * winpar_host_forget_ecr() - undo winpar_host_find_ecr()
 * @host: a port that goes
 *
 * Context: process context.
 */
void winpar_host_forget_ecr(struct winpar_host *host)
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

/* ----- across a turn of a Linux driver ----------------------------------- */

/* Not what a peripheral drives, and nothing into a FIFO. */
static bool winpar_host_may_write_data(const struct winpar_host *host,
				       const struct winpar_wires *wires)
{
	if (host->can_byte && wires->control & WINPAR_CTR_REVERSE)
		return false;
	return !host->ecp_base || wires->ecr < WINPAR_ECR_FIFO;
}

/**
 * winpar_host_ecr() - an ECR value with the chip mode that was last set
 * @host: the port
 * @ecr: the value
 *
 * Context: any.
 * Return: @ecr, in that mode if one was set.
 */
u8 winpar_host_ecr(const struct winpar_host *host, u8 ecr)
{
	if (!READ_ONCE(host->mode_set))
		return ecr;
	return (ecr & ~WINPAR_ECR_MODE) | READ_ONCE(host->mode);
}

/**
 * __winpar_host_save() - note what is on the wires
 * @host: the port, which is winpar's; its lock held
 *
 * Between a suspend and the resume the registers are not what clients have
 * written: what was noted before stands.
 *
 * Context: any.
 */
void __winpar_host_save(struct winpar_host *host)
	__must_hold(&host->lock)
{
	struct winpar_wires *wires = &host->wires;

	lockdep_assert_held(&host->lock);
	if (!host->base || host->frozen)
		return;
	wires->control = winpar_host_read(host, WINPAR_REG_CONTROL) &
			 WINPAR_CTR_MASK;
	if (host->ecp_base) {
		/* What was asked for stands, whatever a poor ECR reads as. */
		wires->ecr = winpar_host_ecr(host, winpar_host_read
						   (host, WINPAR_REG_ECR));
	}
	wires->has_data = winpar_host_may_write_data(host, wires);
	if (wires->has_data)
		wires->data = winpar_host_read(host, WINPAR_REG_DATA);
}

/**
 * __winpar_host_keep() - have the next claim put the wires back
 * @host: the port, registered and not winpar's; its lock held
 *
 * The registers that the core saved in parport_release() may be the next driver's
 * already. The state that the core gives a newly registered device has interrupts
 * on and the ECR in byte mode. So @wires replaces both.
 *
 * Context: any.
 */
void __winpar_host_keep(struct winpar_host *host)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	if (!host->base)
		return;
	host->pardev->state->u.pc.ctr = host->wires.control;
	if (host->ecp_base)
		host->pardev->state->u.pc.ecr = host->wires.ecr;
}

/**
 * winpar_host_restore() - put the data latch back, which the core does not
 * @host: the port, claimed by the caller just now
 *
 * Context: any but under cad_lock.
 */
void winpar_host_restore(struct winpar_host *host)
{
	if (host->wires.has_data)
		winpar_host_write(host, WINPAR_REG_DATA, host->wires.data);
}

/* ----- the interrupt enable, suspend and resume -------------------------- */

/* Has winpar a device on the port, which does not go while the lock is held? */
static bool __winpar_host_is_registered(const struct winpar_host *host)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	return host->state != WINPAR_HOST_OFF &&
	       host->state != WINPAR_HOST_LEAVING &&
	       host->state != WINPAR_HOST_GONE;
}

/* @ours: the registers are winpar's, as long as cad_lock is held. */
static void __winpar_host_interrupt_off(struct winpar_host *host, bool ours)
	__must_hold(&host->lock)
{
	u8 control;

	lockdep_assert_held(&host->lock);
	host->wires.control &= ~WINPAR_CTR_INTEN;
	if (__winpar_host_is_registered(host))
		host->pardev->state->u.pc.ctr &= ~WINPAR_CTR_INTEN;
	if (!ours)
		return;
	control = winpar_host_read(host, WINPAR_REG_CONTROL) & WINPAR_CTR_MASK;
	if (control & WINPAR_CTR_INTEN)
		winpar_host_write(host, WINPAR_REG_CONTROL,
				  control & ~WINPAR_CTR_INTEN);
}

/**
 * winpar_host_interrupt_off() - clear the interrupt enable
 * @host: the port
 *
 * In the control register when winpar has the port, else in what the next claim
 * puts back. It cannot come between the two halves of a claim or a release. The
 * register is read and written back: a client that writes it at that very moment
 * may lose what it wrote.
 *
 * Context: any but under cad_lock.
 */
void winpar_host_interrupt_off(struct winpar_host *host)
{
	struct parport *parport;
	unsigned long flags;

	if (!host->base)
		return;
	rcu_read_lock();
	parport = rcu_dereference(host->live);
	if (parport) {
		read_lock_irqsave(&parport->cad_lock, flags);
		spin_lock(&host->lock);
		__winpar_host_interrupt_off(host, parport->cad &&
					    parport->cad == host->pardev);
		spin_unlock(&host->lock);
		read_unlock_irqrestore(&parport->cad_lock, flags);
	}
	rcu_read_unlock();
}

/**
 * winpar_host_suspend() - the port's chip is about to be switched off
 * @host: the port
 * @read: winpar has the port, and keeps it until this returns; its registers may be read
 *
 * Notes control register, ECR and data latch: the chip may lose them. Without @read what the
 * next claim puts back stands: a chip that is off loses that, too.
 * winpar_host_resume() is to follow.
 *
 * Context: any.
 */
void winpar_host_suspend(struct winpar_host *host, bool read)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	if (read)
		__winpar_host_save(host);
	host->frozen = true;
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * winpar_host_resume() - the port's chip is on again, or was not switched off
 * @host: the port
 * @write: winpar has the port, and keeps it until this returns; its registers may be
 *	   written
 *
 * Writes what winpar_host_suspend() has noted to the registers, but for a chip mode
 * that was set since. If the port was released since, the next claim puts that back.
 *
 * Context: any.
 */
void winpar_host_resume(struct winpar_host *host, bool write)
{
	const struct winpar_wires *wires = &host->wires;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	write &= host->frozen && host->base;
	host->frozen = false;
	if (write) {
		winpar_host_write(host, WINPAR_REG_CONTROL, wires->control);
		if (host->ecp_base)
			winpar_host_write(host, WINPAR_REG_ECR,
					  winpar_host_ecr(host, wires->ecr));
		if (wires->has_data)
			winpar_host_write(host, WINPAR_REG_DATA, wires->data);
	}
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * winpar_host_amend() - change what winpar_host_suspend() has noted
 * @host: the port
 * @bits: which bits of the control register are changed
 * @control: to what
 * @ecr: the ECR; NULL: it stays as it was noted
 *
 * Context: any.
 * Return: false when nothing is noted: the chip is on, and its registers can be written.
 */
bool winpar_host_amend(struct winpar_host *host, u8 bits, u8 control,
		       const u8 *ecr)
{
	struct winpar_wires *wires = &host->wires;
	unsigned long flags;
	bool frozen;

	spin_lock_irqsave(&host->lock, flags);
	frozen = host->frozen;
	if (frozen)
		wires->control = (wires->control & ~bits) | (control & bits);
	if (frozen && ecr)
		wires->ecr = *ecr;
	spin_unlock_irqrestore(&host->lock, flags);
	return frozen;
}
