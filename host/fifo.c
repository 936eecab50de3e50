// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing through the FIFO of a chip with an ECR, instead of byte by byte through the
 * parport core. The chip makes the handshake of each byte itself:
 *
 *	ECR mode 010	compatibility mode ("fast Centronics"): a strobe for each byte
 *			while Busy is low
 *	ECR mode 011	ECP, events 34 to 37 and 32
 *
 * winpar_fifo_fill() reads the ECR again and again. An empty FIFO gets a burst, as many
 * bytes as it holds; one that is neither empty nor full gets a byte. While the FIFO is
 * full the task reads the ECR some times more, and then sleeps: twice as long as before
 * when few bytes went out during the last sleep, half as long when many did.
 *
 * The ECR says that the FIFO is full or that it is empty, not how many bytes are in it.
 * When a write ends early winpar_fifo_rest() finds that out: it switches to test mode,
 * in which the chip sends nothing, and counts how many bytes fill the FIFO up. A byte
 * that is still in the FIFO has not been sent, and is not counted. Of a byte in ECP
 * whose handshake is broken off between events 35 and 36 winpar cannot know whether the
 * peripheral took it: that byte is not counted, and host/bytes.c sets the phase to
 * ECP_DIR_UNKNOWN.
 *
 * winpar has not been tried with a real chip's FIFO: so it writes through the FIFO only
 * where the parameter hardware_fifo is set and port/probe.c has found a FIFO of bytes.
 * host/bytes.c leaves a FIFO that a driver of the kernel's feeds itself
 * (PARPORT_MODE_COMPAT, PARPORT_MODE_ECP) to that driver.
 *
 * The engine keeps the ECR in mode 001 between writes, and puts the ECR back at its end
 * (host/engine.c, which also says who may call these functions from which context).
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/parport.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "host/fifo.h"
#include "host/regs.h"

/* A write returns when no byte has gone into the FIFO for so long, in ms. */
#define WINPAR_FIFO_PATIENCE	40
/* ... and in ECP in the middle of a byte, which would be broken off, in ms. */
#define WINPAR_FIFO_BYTE_TIME	4000
/* How often winpar_fifo_wait() returns at once before it sleeps. */
#define WINPAR_FIFO_LOOKS	20
/* The shortest and the longest sleep of winpar_fifo_wait(), in us. */
#define WINPAR_FIFO_NAP_MIN	50U
#define WINPAR_FIFO_NAP_MAX	8000U

static bool winpar_fifo_wanted;
module_param_named(hardware_fifo, winpar_fifo_wanted, bool, 0644);
MODULE_PARM_DESC(hardware_fifo,
		 "Write through the chip's FIFO where winpar's probe has found one (default: N, since it was never seen on a real chip)");

/**
 * struct winpar_fifo - a write that is going on
 * @engine: the engine, whose mode is COMPAT or ECP
 * @looks: how often winpar_fifo_wait() has returned at once since it last slept or,
 *         while the sleeps are the shortest, since bytes went into the FIFO
 * @nap: how long the last sleep was, in us
 * @fed: how many bytes went into the FIFO since the last sleep
 * @since: when the last byte went into the FIFO, in jiffies
 */
struct winpar_fifo {
	struct winpar_engine *engine;
	unsigned int looks;
	unsigned int nap;
	unsigned int fed;
	unsigned long since;
};

/**
 * winpar_fifo_is_wanted() - does the administrator want writes to go through a FIFO?
 *
 * Context: any.
 * Return: what the parameter hardware_fifo says.
 */
bool winpar_fifo_is_wanted(void)
{
	return READ_ONCE(winpar_fifo_wanted);
}

static bool winpar_fifo_is_ecp(const struct winpar_engine *engine)
{
	return winpar_engine_mode(engine) == IEEE1284_MODE_ECP;
}

/**
 * winpar_fifo_can_write() - can winpar_fifo_write() be called?
 * @engine: the engine, begun
 *
 * Context: as host/engine.c says of all.
 * Return: true if the probe has found a FIFO, hardware_fifo is set, and the Linux
 * port is in compatibility mode or in ECP.
 */
bool winpar_fifo_can_write(const struct winpar_engine *engine)
{
	return engine->fifo && winpar_fifo_is_wanted() &&
	       (winpar_engine_mode(engine) == IEEE1284_MODE_COMPAT ||
		winpar_fifo_is_ecp(engine));
}

static u8 winpar_fifo_ecr(const struct winpar_fifo *fifo)
{
	return winpar_host_read(fifo->engine->host, WINPAR_REG_ECR);
}

static void winpar_fifo_set_mode(const struct winpar_fifo *fifo, u8 mode)
{
	winpar_host_write(fifo->engine->host, WINPAR_REG_ECR,
			  WINPAR_ECR_IDLE | mode);
}

static void winpar_fifo_feed(struct winpar_fifo *fifo, const u8 *bytes,
			     size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		winpar_host_write(fifo->engine->host, WINPAR_REG_FIFO,
				  bytes[i]);
	fifo->fed += count;
	/* The peripheral is fast: look for room some times before the next sleep. */
	if (fifo->nap == WINPAR_FIFO_NAP_MIN)
		fifo->looks = 0;
	fifo->since = jiffies;
}

/* Has the peripheral not acknowledged the byte on the lines (events 35 to 36)? */
static bool winpar_fifo_is_in_byte(const struct winpar_fifo *fifo)
{
	/* The bit is set while the line Busy is low. */
	return winpar_fifo_is_ecp(fifo->engine) &&
	       winpar_host_read(fifo->engine->host, WINPAR_REG_STATUS) &
	       WINPAR_STS_BUSY;
}

/*
 * The FIFO has no room, or is not empty yet: return at once, the first times, or after a
 * sleep. Return false if the write is to end now.
 */
static bool winpar_fifo_wait(struct winpar_fifo *fifo)
{
	unsigned long patience = msecs_to_jiffies(WINPAR_FIFO_PATIENCE);
	unsigned int depth = fifo->engine->fifo;

	if (signal_pending(current) || READ_ONCE(fifo->engine->expired))
		return false;
	if (time_after(jiffies, fifo->since + patience) &&
	    (!winpar_fifo_is_in_byte(fifo) ||
	     time_after(jiffies, fifo->since +
			msecs_to_jiffies(WINPAR_FIFO_BYTE_TIME))))
		return false;
	if (fifo->looks < WINPAR_FIFO_LOOKS) {
		fifo->looks++;
		return true;
	}
	if (fifo->fed >= depth / 2)
		fifo->nap = max(fifo->nap / 2, WINPAR_FIFO_NAP_MIN);
	else if (fifo->fed < depth / 4)
		fifo->nap = min(fifo->nap * 2, WINPAR_FIFO_NAP_MAX);
	fifo->fed = 0;
	usleep_range(fifo->nap, fifo->nap + fifo->nap / 4);
	return true;
}

/*
 * In compatibility mode the chip goes on sending while nFault is low (an error, no
 * paper): so winpar_fifo_fill() asks this before each burst.
 */
static bool winpar_fifo_may_feed(const struct winpar_fifo *fifo)
{
	return winpar_fifo_is_ecp(fifo->engine) ||
	       winpar_host_read(fifo->engine->host, WINPAR_REG_STATUS) &
	       WINPAR_STS_FAULT;
}

/*
 * How many bytes are in the FIFO? This stops the handshake, and empties the FIFO: the
 * ECR is left in mode 001.
 */
static unsigned int winpar_fifo_rest(struct winpar_fifo *fifo)
{
	unsigned int depth = fifo->engine->fifo, room = 0;

	winpar_fifo_set_mode(fifo, WINPAR_ECR_TEST);
	while (room < depth && !(winpar_fifo_ecr(fifo) & WINPAR_ECR_FULL)) {
		winpar_host_write(fifo->engine->host, WINPAR_REG_FIFO, 0);
		room++;
	}
	winpar_fifo_set_mode(fifo, WINPAR_ECR_BYTE);
	return depth - room;
}

/*
 * Write @bytes into the FIFO, until all are in it or the write is to end. Return how
 * many bytes went into the FIFO.
 */
static size_t winpar_fifo_fill(struct winpar_fifo *fifo, const u8 *bytes,
			       size_t length)
{
	size_t fed = 0, count;
	u8 ecr;

	while (fed < length) {
		ecr = winpar_fifo_ecr(fifo);
		if (ecr & WINPAR_ECR_FULL) {
			if (!winpar_fifo_wait(fifo))
				break;
			continue;
		}
		count = 1;
		if (ecr & WINPAR_ECR_EMPTY) {
			cond_resched();
			if (!winpar_fifo_may_feed(fifo))
				break;
			count = min_t(size_t, length - fed,
				      fifo->engine->fifo);
		}
		winpar_fifo_feed(fifo, bytes + fed, count);
		fed += count;
	}
	return fed;
}

/* Wait until the FIFO is empty. Return false if the write is to end before that. */
static bool winpar_fifo_drain(struct winpar_fifo *fifo)
{
	while (!(winpar_fifo_ecr(fifo) & WINPAR_ECR_EMPTY))
		if (!winpar_fifo_wait(fifo))
			return false;
	return true;
}

/**
 * winpar_fifo_write() - send bytes through the FIFO
 * @engine: the engine, begun, for which winpar_fifo_can_write() is true; in ECP the
 *          lines point forward and the peripheral is ready
 * @bytes: what to send
 * @length: how many
 *
 * Returns early when no byte has gone into the FIFO for 40 ms (in ECP in the middle of a
 * byte 4 s) though bytes are left to send or in it, when nFault is low in compatibility
 * mode, a signal is pending or winpar_engine_expire() was called. The caller looks why,
 * and calls again for the rest.
 *
 * Context: as host/engine.c says of all.
 * Return: how many bytes the peripheral was given.
 */
ssize_t winpar_fifo_write(struct winpar_engine *engine, const u8 *bytes,
			  size_t length)
{
	struct winpar_fifo fifo = {
		.engine = engine,
		.nap = WINPAR_FIFO_NAP_MIN,
		.since = jiffies,
	};
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	size_t sent;
	u8 ecr;

	ecr = winpar_host_read(host, WINPAR_REG_ECR) &
	      ~(WINPAR_ECR_FULL | WINPAR_ECR_EMPTY);
	parport->ops->frob_control(parport, PARPORT_CONTROL_STROBE |
				   (winpar_fifo_is_ecp(engine) ?
				    PARPORT_CONTROL_AUTOFD : 0), 0);
	/* The FIFO is empty, as mode 001, which the chip is in, empties it. */
	winpar_fifo_set_mode(&fifo, winpar_fifo_is_ecp(engine) ?
			     WINPAR_ECR_ECP : WINPAR_ECR_FAST);
	sent = winpar_fifo_fill(&fifo, bytes, length);
	if (!winpar_fifo_drain(&fifo))
		sent -= winpar_fifo_rest(&fifo);
	winpar_fifo_set_mode(&fifo, WINPAR_ECR_BYTE);
	winpar_host_write(host, WINPAR_REG_ECR, ecr);
	return sent;
}
