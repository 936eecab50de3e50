// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing IEEE 1284 modes and driving single lines through the parport core, which
 * winpar calls Linux's transfer engine. host/bytes.c sends and receives bytes.
 *
 * The parport core moves the bytes and changes the modes; these two files are
 * the only ones that call it for that. It was made for drivers that share a port
 * byte by byte, and would give the port away in the middle of a transfer:
 *
 * - parport_ieee1284_write_compat() releases the port and claims it again between
 *   two looks at a peripheral that is not ready, as long as the device's time-out has
 *   not passed; a pending signal takes it there at once, and keeps it from getting the
 *   port back. parport_yield_blocking(), after each byte in compatibility mode, does so
 *   too, under the same condition, when the timeslice is over. So the timeslice
 *   is made endless before each call (root can write it in /proc), and the
 *   time-out is 2 jiffies, which a peripheral that is not ready outlasts: the
 *   core looks for 40 ms before it comes to either place. The callers go on from
 *   there. (0 would have the engine spin; a time-out that has passed already
 *   keeps it from scheduling, after which it waits 10 ms for a byte.)
 * - A signal must therefore not come before the time-out of the byte that is
 *   being moved has passed. winpar_engine_expire() lets it pass: a task that
 *   stops a transfer calls that first, and signals WINPAR_ENGINE_EXPIRY later.
 * - parport_pc feeds a FIFO where it reports one (PARPORT_MODE_COMPAT,
 *   PARPORT_MODE_ECP), and goes back to the core's software for time-outs of 1
 *   and less. No driver's function releases the port. parport_pc's functions move
 *   nothing while a device is on the waiting list: then the software does it.
 *
 * What else the core leaves to do:
 *
 * - Raw writes of clients go past the drivers' soft copies of the registers,
 *   and the chip modes of winpar's clients past all of it. So each job begins
 *   with reading the registers and giving them to the driver.
 * - In ECR mode 000 the data lines cannot be turned round: the engine works in
 *   001, and puts back what was there once the wire is in compatibility mode.
 *   (In 000 the lines of a reverse mode would be driven from both ends.)
 * - Each interrupt of the port raises a semaphore without bound: it is emptied
 *   before each call, or waits would end at once.
 * - A signal makes the core's waits fail. In negotiation that looks like a
 *   peripheral that does not know IEEE 1284, in termination like one that
 *   follows at once. Signals are blocked there; it is over in 0.3 s. In nibble and
 *   byte mode the byte that is on the lines would be broken off: there a read is ended
 *   by winpar_engine_expire() alone.
 * - Event 20, out of reverse idle, is made by the core's interrupt handler
 *   alone. One that is late on another CPU would make it in the middle of a nibble,
 *   which the peripheral takes for read: all that follows is shifted by four bits. So
 *   a read leaves that phase and waits for the handler first, and so does the end of
 *   the mode. In ECP that handler would acknowledge a byte that no task has read (event
 *   44). The core's function that reads ECP begins and ends in that phase, and an
 *   interrupt may come in between: so winpar reads ECP itself (winpar_ecp_read()), and
 *   the phase is never REV_IDLE there.
 * - An ECP write that stalls leaves nInit low, the sign to turn the lines round,
 *   and says that the phase is forward idle. It is unknown.
 * - An ECP write that breaks off because the peripheral, which has taken a byte
 *   (event 36), is not ready for the next in 40 ms (event 32) does not count that
 *   byte. It leaves nInit high: so the byte is counted here. Nor does the core
 *   look whether the peripheral is ready before it sends: Busy that is still high
 *   would be taken for event 36 of the next byte.
 * - The address bit of the mode breaks the termination of EPP: it is set for
 *   the one call.
 *
 * Context of all: process context, one task at a time, the port held by winpar
 * and allocated for the caller. In a kthread that allows a signal a transfer ends
 * when a signal is pending and the peripheral makes the engine wait; the bytes
 * that were moved are counted.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/parport.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>

#include "host/engine.h"
#include "host/regs.h"

/* How long nInit is low for a reset, in us. */
#define WINPAR_ENGINE_RESET_MIN	60
#define WINPAR_ENGINE_RESET_MAX	200

/**
 * winpar_engine_forget_interrupts() - wait only for interrupts that are still to come
 * @engine: the engine, open
 *
 * Does as many down_trylock() as it takes, at once: a long write has thousands.
 *
 * Context: any.
 */
void winpar_engine_forget_interrupts(struct winpar_engine *engine)
{
	struct semaphore *irq = &engine->host->parport->ieee1284.irq;
	unsigned long flags;

	raw_spin_lock_irqsave(&irq->lock, flags);
	irq->count = 0;
	raw_spin_unlock_irqrestore(&irq->lock, flags);
}

/**
 * winpar_engine_prepare() - before each call of the core that moves or negotiates
 * @engine: the engine, begun
 * @timeout: the device's time-out for that call, in jiffies
 */
void winpar_engine_prepare(struct winpar_engine *engine, long timeout)
{
	struct pardevice *pardev = engine->host->pardev;

	static_assert(WINPAR_ENGINE_PATIENCE < WINPAR_ENGINE_EXPIRY);
	pardev->timeslice = ULONG_MAX;
	WRITE_ONCE(pardev->timeout, timeout);
	/* Either sees the other: see winpar_engine_expire(). */
	smp_mb();
	if (READ_ONCE(engine->expired))
		WRITE_ONCE(pardev->timeout, WINPAR_ENGINE_EXPIRED);
	winpar_engine_forget_interrupts(engine);
}

/**
 * winpar_engine_block_signals() - around waits of the core that a signal would end
 *
 * Context: as all.
 * Return: the signals that were blocked before, for sigprocmask(SIG_SETMASK).
 */
sigset_t winpar_engine_block_signals(void)
{
	sigset_t all, old;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	return old;
}

/**
 * winpar_engine_is_ready() - is Busy low, or does it become so in 40 ms?
 * @parport: the port of an engine that has begun
 *
 * In ECP that is event 32.
 *
 * Return: whether the peripheral is ready.
 */
bool winpar_engine_is_ready(struct parport *parport)
{
	return !parport_wait_peripheral(parport, PARPORT_STATUS_BUSY,
					PARPORT_STATUS_BUSY);
}

/**
 * winpar_engine_expire() - let the time-outs of a transfer pass
 * @engine: the engine, between winpar_engine_begin() and _end()
 *
 * WINPAR_ENGINE_EXPIRY later a signal ends it. A read in nibble or byte mode ends after the
 * bytes that it is at, WINPAR_ENGINE_WHOLE at most.
 *
 * Context: any.
 */
void winpar_engine_expire(struct winpar_engine *engine)
{
	WRITE_ONCE(engine->expired, true);
	/* Either sees the other: see winpar_engine_prepare(). */
	smp_mb();
	WRITE_ONCE(engine->host->pardev->timeout, WINPAR_ENGINE_EXPIRED);
}

/**
 * winpar_engine_is_idle_reverse() - may the core's interrupt handler make event 20?
 * @engine: the engine, open
 *
 * Return: whether the port is in reverse idle.
 */
bool winpar_engine_is_idle_reverse(const struct winpar_engine *engine)
{
	return engine->host->parport->ieee1284.phase == IEEE1284_PH_REV_IDLE;
}

/**
 * winpar_engine_leave_idle() - keep the core's interrupt handler from making event 20
 * @engine: the engine, begun, in reverse idle
 *
 * A handler that is at it on another CPU is waited for: it would raise nAutoFd, and write
 * the other lines of the control register as they were, in the middle of what comes next.
 */
void winpar_engine_leave_idle(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	parport->ieee1284.phase = IEEE1284_PH_HBUSY_DAVAIL;
	if (parport->irq >= 0)
		synchronize_irq(parport->irq);
}

/* ----- registers --------------------------------------------------------- */

/* The interrupt enable is the client's; the core switches it on to write. */
static void winpar_engine_restore_irq(struct winpar_engine *engine)
{
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	u8 control = winpar_host_read(host, WINPAR_REG_CONTROL) &
		     WINPAR_CTR_MASK;

	if (!((control ^ engine->control) & WINPAR_CTR_INTEN))
		return;
	if (engine->control & WINPAR_CTR_INTEN)
		parport->ops->enable_irq(parport);
	else
		parport->ops->disable_irq(parport);
	/* A driver without an interrupt leaves the bit alone. */
	control = winpar_host_read(host, WINPAR_REG_CONTROL) & WINPAR_CTR_MASK;
	if ((control ^ engine->control) & WINPAR_CTR_INTEN)
		winpar_host_write(host, WINPAR_REG_CONTROL,
				  control ^ WINPAR_CTR_INTEN);
}

/**
 * winpar_engine_begin() - before what is done for one request
 * @engine: the engine, open
 *
 * The port's driver learns what is in the registers.
 */
void winpar_engine_begin(struct winpar_engine *engine)
{
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	struct parport_state state;

	WRITE_ONCE(engine->expired, false);
	engine->begun = true;
	if (!host->base)
		return;
	/* For an ECR that winpar does not touch: back to what it is. */
	parport->ops->save_state(parport, &state);
	engine->control = winpar_host_read(host, WINPAR_REG_CONTROL) &
			  WINPAR_CTR_MASK;
	state.u.pc.ctr = engine->control;
	if (host->ecp_base) {
		state.u.pc.ecr = winpar_host_read(host, WINPAR_REG_ECR) &
				 ~(WINPAR_ECR_FULL | WINPAR_ECR_EMPTY);
		if (!engine->changed)
			engine->ecr = state.u.pc.ecr;
		engine->changed = true;
		state.u.pc.ecr = (state.u.pc.ecr & ~WINPAR_ECR_MODE) |
				 WINPAR_ECR_BYTE;
	}
	parport->ops->restore_state(parport, &state);
}

/**
 * winpar_engine_end() - after what is done for one request
 * @engine: the engine; nothing happens if winpar_engine_begin() was not called
 *
 * The registers are as they were, but for the lines of a mode that is still
 * connected.
 */
void winpar_engine_end(struct winpar_engine *engine)
{
	struct winpar_host *host = engine->host;
	bool begun = engine->begun, changed;
	u8 ecr;

	engine->begun = false;
	engine->brief = false;
	if (!begun || !host->base)
		return;
	changed = engine->changed &&
		  host->parport->ieee1284.mode == IEEE1284_MODE_COMPAT;
	ecr = winpar_host_ecr(host, engine->ecr);
	if (changed)
		engine->changed = false;
	/* While the chip is off they will be so after the resume. */
	if (winpar_host_amend(host, WINPAR_CTR_INTEN, engine->control,
			      changed ? &ecr : NULL))
		return;
	if (changed)
		winpar_host_write(host, WINPAR_REG_ECR, ecr);
	winpar_engine_restore_irq(engine);
}

/**
 * winpar_engine_renew() - the machine has slept since the engine's last call
 * @engine: the engine
 *
 * The chip may have lost its registers. The control lines are those that the port's
 * driver remembers. If the machine was asleep already when the request came, this is
 * winpar_engine_begin().
 */
void winpar_engine_renew(struct winpar_engine *engine)
{
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	struct parport_state state;

	if (!engine->begun) {
		winpar_engine_begin(engine);
		return;
	}
	if (!host->base)
		return;
	parport->ops->save_state(parport, &state);
	if (host->ecp_base)
		state.u.pc.ecr = WINPAR_ECR_IDLE | WINPAR_ECR_BYTE;
	parport->ops->restore_state(parport, &state);
}

/* ----- life -------------------------------------------------------------- */

/**
 * winpar_engine_open() - the port has come to a parallel device
 * @engine: set up
 * @host: the port
 *
 * The wire is in compatibility mode; what the core remembers is from an earlier
 * driver.
 */
void winpar_engine_open(struct winpar_engine *engine, struct winpar_host *host)
{
	struct parport *parport = host->parport;

	*engine = (struct winpar_engine) {
		.host = host,
		.mode = parport->ieee1284.mode,
		.phase = parport->ieee1284.phase,
		.address = -1,
	};
	parport->ieee1284.mode = IEEE1284_MODE_COMPAT;
	parport->ieee1284.phase = IEEE1284_PH_FWD_IDLE;
}

/**
 * winpar_engine_close() - the port goes back
 * @engine: the engine, open; the wire in compatibility mode
 */
void winpar_engine_close(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	parport->ieee1284.mode = engine->mode;
	parport->ieee1284.phase = engine->phase;
}

/* ----- modes ------------------------------------------------------------- */

/**
 * winpar_engine_mode() - the mode that the wire is in
 * @engine: the engine, open
 *
 * Return: an IEEE1284_MODE_....
 */
int winpar_engine_mode(const struct winpar_engine *engine)
{
	return engine->host->parport->ieee1284.mode;
}

/**
 * winpar_engine_can() - can the host do a mode in a direction?
 * @engine: the engine, open
 * @mode: an IEEE1284_MODE_...
 * @forward: WINPAR_ENGINE_FORWARD or _REVERSE
 *
 * ECP by hardware counts as possible where there is an ECR, though most
 * kernels do it in software there.
 *
 * Return: whether it can.
 */
bool winpar_engine_can(const struct winpar_engine *engine, int mode,
		       bool forward)
{
	const struct winpar_host *host = engine->host;
	unsigned int modes = host->parport->modes;
	bool turns = forward || modes & PARPORT_MODE_TRISTATE;

	switch (mode) {
	case IEEE1284_MODE_COMPAT:
		return forward;
	case IEEE1284_MODE_NIBBLE:
		return !forward;
	case IEEE1284_MODE_BYTE:
		return !forward && turns;
	case IEEE1284_MODE_EPP:
		return modes & PARPORT_MODE_EPP;
	case IEEE1284_MODE_ECP:
		return (modes & PARPORT_MODE_ECP || host->ecp_base) && turns;
	case IEEE1284_MODE_EPPSWE:
	case IEEE1284_MODE_ECPSWE:
		return turns;
	}
	return false;
}

/* What is known of the mode that was on the wire. */
static void winpar_engine_forget_mode(struct winpar_engine *engine)
{
	engine->wrote = false;
	engine->broken = false;
	engine->address = -1;
}

/**
 * winpar_engine_drop() - end the mode on the wire of a chip that is off
 * @engine: the engine, open
 *
 * The resume writes the lines of compatibility mode: a peripheral that still is in the mode
 * leaves it at once when it sees them.
 *
 * Return: false when the chip is on: nothing was done, winpar_engine_negotiate() ends the mode.
 */
bool winpar_engine_drop(struct winpar_engine *engine)
{
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	u8 ecr = winpar_host_ecr(host, engine->ecr);

	if (!host->base ||
	    !winpar_host_amend(host, WINPAR_CTR_MASK & ~WINPAR_CTR_INTEN,
			       WINPAR_CTR_IDLE,
			       engine->changed ? &ecr : NULL))
		return false;
	parport->ieee1284.mode = IEEE1284_MODE_COMPAT;
	parport->ieee1284.phase = IEEE1284_PH_FWD_IDLE;
	engine->changed = false;
	winpar_engine_forget_mode(engine);
	return true;
}

/**
 * winpar_engine_negotiate() - bring the wire into a mode
 * @engine: the engine, begun
 * @mode: an IEEE1284_MODE_..., with IEEE1284_DEVICEID if wanted
 *
 * A mode that is set is ended first; IEEE1284_MODE_COMPAT does only that. The
 * peripheral gets 40 ms to be done with the last byte.
 *
 * Return: 0; -1 the peripheral did not answer; 1 it does not have the mode. The
 * wire is in compatibility mode then.
 */
int winpar_engine_negotiate(struct winpar_engine *engine, int mode)
{
	struct parport *parport = engine->host->parport;
	sigset_t old;
	int ret;

	if (parport->ieee1284.mode == mode)
		return 0;
	winpar_engine_prepare(engine, WINPAR_ENGINE_PATIENCE);
	old = winpar_engine_block_signals();
	/* In compatibility mode the last byte may be another driver's. */
	if (engine->wrote || parport->ieee1284.mode == IEEE1284_MODE_COMPAT)
		winpar_engine_is_ready(parport);
	if (winpar_engine_is_idle_reverse(engine))
		winpar_engine_leave_idle(engine);
	ret = parport_negotiate(parport, mode);
	sigprocmask(SIG_SETMASK, &old, NULL);

	winpar_engine_forget_mode(engine);
	/* The core leaves the lines turned round after byte mode and EPP. */
	if (parport->ieee1284.mode == IEEE1284_MODE_COMPAT)
		parport->ops->data_forward(parport);
	return ret;
}

/* ----- single lines ------------------------------------------------------ */

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
