// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing and reading through the FIFO of a chip with an ECR, instead of byte by byte
 * through the parport core. The chip makes the handshake of each byte itself:
 *
 *	ECR mode 010	compatibility mode ("fast Centronics"): a strobe for each byte
 *			while Busy is low
 *	ECR mode 011	ECP, events 34 to 37 and 32; with the lines turned round
 *			events 43 to 46
 *
 * winpar_fifo_fill() reads the ECR again and again. An empty FIFO gets a burst, as many
 * bytes as it holds; one that is neither empty nor full gets a byte. winpar_fifo_pull()
 * takes all of a full FIFO, and a byte of one that is neither. While there is nothing to
 * move the task reads the ECR some times more, and then sleeps until the chip's service
 * interrupt. Where no such interrupt arrives, it sleeps twice as long as before when few
 * bytes moved during the last sleep, half as long when many did.
 *
 * The ECR says that the FIFO is full or that it is empty, not how many bytes are in it.
 * When a write ends early winpar_fifo_rest() finds that out: it switches to test mode,
 * in which the chip sends nothing, and counts how many bytes fill the FIFO up. A byte
 * that is still in the FIFO has not been sent, and is not counted. Of a byte in ECP
 * whose handshake is broken off between events 35 and 36 winpar cannot know whether the
 * peripheral took it: so winpar_fifo_finish() gives the peripheral its time for event 36
 * first. If that does not come the byte is not counted, and host/bytes.c sets the phase
 * to ECP_DIR_UNKNOWN.
 *
 * In reverse the chip acknowledges bytes before a read asks for them, until the FIFO is
 * full; after a run-length count it holds up to 127 bytes more. So winpar_fifo_pull()
 * goes on only while all that the chip may have acknowledged fits into the rest of the
 * caller's buffer, and host/bytes.c has the parport core read the last bytes. At the end
 * winpar_fifo_turn() turns the lines round (event 47), which stops the peripheral; what is
 * in the FIFO after event 49 belongs to the read. So no byte is lost, and none has to be
 * kept for the next read.
 *
 * The peripheral may offer a byte until it has seen event 47, and takes it back then: a
 * chip that acknowledged it (event 44) would have it come twice. A chip whose FIFO is full
 * does not ask for a byte. So before event 47 winpar_fifo_stall() lets the FIFO become
 * full, unless the peripheral pauses; then winpar_fifo_halt() ends the chip's handshake.
 *
 * winpar has not been tried with a real chip's FIFO: so it uses the FIFO only
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

/* A write or a read returns when the CPU has moved no byte for so long, in ms. */
#define WINPAR_FIFO_PATIENCE	40
/* ... and in ECP in the middle of a byte, which would be broken off, in ms. */
#define WINPAR_FIFO_BYTE_TIME	4000
/* ... and while a peripheral that is read says that it has data (nPeriphRequest), in ms. */
#define WINPAR_FIFO_ANNOUNCED	250
/* How long a peripheral gets for its last event, in ms: IEEE 1284 says 35. */
#define WINPAR_FIFO_ANSWER	40
/* So often a write that ends looks at least whether the byte on the lines is taken. */
#define WINPAR_FIFO_LOOKS_LEAST	5
/* Between two looks, in us. */
#define WINPAR_FIFO_FINISH_NAP	200
/* How often winpar_fifo_wait() returns at once before it sleeps. */
#define WINPAR_FIFO_LOOKS	20
/* The shortest and the longest sleep of winpar_fifo_wait(), in us. */
#define WINPAR_FIFO_NAP_MIN	50U
#define WINPAR_FIFO_NAP_MAX	8000U
/* The longest wait for a service interrupt, in ms. */
#define WINPAR_FIFO_SERVICE	8
/* A peripheral to or from which nothing has moved during so many sleeps pauses. */
#define WINPAR_FIFO_QUIET	5
/* How long the end of a read waits until the FIFO is full, in ms. */
#define WINPAR_FIFO_STALL	4000
/* What a chip may hold beside its FIFO: the bytes of a run. */
#define WINPAR_FIFO_RUN		128

static bool winpar_fifo_wanted;
module_param_named(hardware_fifo, winpar_fifo_wanted, bool, 0644);
MODULE_PARM_DESC(hardware_fifo,
		 "Write and read through the chip's FIFO where winpar's probe has found one (default: N, since it was never seen on a real chip)");

/**
 * struct winpar_fifo - a write or a read that is going on
 * @engine: the engine, whose mode is COMPAT or ECP
 * @mode: the ECR mode in which the FIFO is used
 * @reading: bytes come out of the FIFO
 * @looks: how often winpar_fifo_wait() has returned at once since it last slept or,
 *         while the sleeps are the shortest, since the CPU moved bytes
 * @nap: how long the last sleep was, in us
 * @moved: how many bytes the CPU has moved since the last sleep
 * @idle: how often the task has slept since the CPU moved a byte
 * @since: when the CPU moved the last byte, in jiffies
 */
struct winpar_fifo {
	struct winpar_engine *engine;
	u8 mode;
	bool reading;
	unsigned int looks;
	unsigned int nap;
	unsigned int moved;
	unsigned int idle;
	unsigned long since;
};

/**
 * winpar_fifo_is_wanted() - does the administrator want bytes to go through a FIFO?
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

static bool winpar_fifo_is_full(const struct winpar_fifo *fifo)
{
	return winpar_fifo_ecr(fifo) & WINPAR_ECR_FULL;
}

static bool winpar_fifo_is_empty(const struct winpar_fifo *fifo)
{
	return winpar_fifo_ecr(fifo) & WINPAR_ECR_EMPTY;
}

static void winpar_fifo_set_mode(const struct winpar_fifo *fifo, u8 mode)
{
	winpar_host_write(fifo->engine->host, WINPAR_REG_ECR,
			  WINPAR_ECR_IDLE | mode);
}

/* The CPU has moved bytes into the FIFO or out of it. */
static void winpar_fifo_note(struct winpar_fifo *fifo, size_t count)
{
	fifo->moved += count;
	/* The peripheral is fast: look some times before the next sleep. */
	if (fifo->nap == WINPAR_FIFO_NAP_MIN)
		fifo->looks = 0;
	fifo->idle = 0;
	fifo->since = jiffies;
}

static void winpar_fifo_feed(struct winpar_fifo *fifo, const u8 *bytes,
			     size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		winpar_host_write(fifo->engine->host, WINPAR_REG_FIFO,
				  bytes[i]);
	winpar_fifo_note(fifo, count);
}

static void winpar_fifo_empty(struct winpar_fifo *fifo, u8 *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		bytes[i] = winpar_host_read(fifo->engine->host,
					    WINPAR_REG_FIFO);
	winpar_fifo_note(fifo, count);
}

/* Has the peripheral not acknowledged the byte on the lines (events 35 to 36)? */
static bool winpar_fifo_is_in_byte(const struct winpar_fifo *fifo)
{
	/* The bit is set while the line Busy is low. */
	return winpar_fifo_is_ecp(fifo->engine) && !fifo->reading &&
	       winpar_host_read(fifo->engine->host, WINPAR_REG_STATUS) &
	       WINPAR_STS_BUSY;
}

static void winpar_fifo_nap(struct winpar_fifo *fifo)
{
	unsigned int depth = fifo->engine->fifo;

	if (fifo->moved >= depth / 2)
		fifo->nap = max(fifo->nap / 2, WINPAR_FIFO_NAP_MIN);
	else if (fifo->moved < depth / 4)
		fifo->nap = min(fifo->nap * 2, WINPAR_FIFO_NAP_MAX);
	usleep_range(fifo->nap, fifo->nap + fifo->nap / 4);
}

/*
 * Wait for the chip's service interrupt. The chip sets a bit of the ECR when it raises
 * one: if the bit is set and no interrupt has come, none will.
 */
static void winpar_fifo_await_service(struct winpar_fifo *fifo)
{
	struct winpar_engine *engine = fifo->engine;
	int expired;

	winpar_engine_forget_interrupts(engine);
	winpar_host_write(engine->host, WINPAR_REG_ECR,
			  (WINPAR_ECR_IDLE & ~WINPAR_ECR_SERVICE) | fifo->mode);
	expired = parport_wait_event(engine->host->parport,
				     msecs_to_jiffies(WINPAR_FIFO_SERVICE));
	if (expired > 0 && winpar_fifo_ecr(fifo) & WINPAR_ECR_SERVICE)
		engine->fifo_mute = true;
	winpar_fifo_set_mode(fifo, fifo->mode);
}

/* The interrupt comes before the FIFO is full or empty: so not while it drains. */
static void winpar_fifo_sleep(struct winpar_fifo *fifo)
{
	const struct winpar_engine *engine = fifo->engine;
	u8 extreme = fifo->reading ? WINPAR_ECR_EMPTY : WINPAR_ECR_FULL;

	if (engine->fifo_mute ||
	    engine->host->parport->irq == PARPORT_IRQ_NONE ||
	    !(winpar_fifo_ecr(fifo) & extreme))
		winpar_fifo_nap(fifo);
	else
		winpar_fifo_await_service(fifo);
	fifo->moved = 0;
	fifo->idle++;
}

/*
 * Does the peripheral say that it has data (nPeriphRequest)? IEEE 1284 gives it 35 ms for
 * each event: so a count and a byte may take 140 ms.
 */
static bool winpar_fifo_is_announced(const struct winpar_fifo *fifo)
{
	return fifo->reading &&
	       !(winpar_host_read(fifo->engine->host, WINPAR_REG_STATUS) &
		 WINPAR_STS_FAULT);
}

static unsigned int winpar_fifo_patience(const struct winpar_fifo *fifo)
{
	if (winpar_fifo_is_in_byte(fifo))
		return WINPAR_FIFO_BYTE_TIME;
	return winpar_fifo_is_announced(fifo) ? WINPAR_FIFO_ANNOUNCED :
						WINPAR_FIFO_PATIENCE;
}

/*
 * Has the FIFO moved nothing for so long that the write or read ends? Counts sleeps, too:
 * on a virtual machine that was not run for a while the time alone says nothing about
 * the peripheral.
 */
static bool winpar_fifo_is_over(const struct winpar_fifo *fifo)
{
	return fifo->idle >= WINPAR_FIFO_QUIET &&
	       time_after(jiffies, fifo->since +
			  msecs_to_jiffies(winpar_fifo_patience(fifo)));
}

/*
 * The CPU has no byte to move now: return at once, the first times, or after a sleep.
 * Return false if the write or read is to end now.
 */
static bool winpar_fifo_wait(struct winpar_fifo *fifo)
{
	if (signal_pending(current) || READ_ONCE(fifo->engine->expired) ||
	    winpar_fifo_is_over(fifo))
		return false;
	if (fifo->looks < WINPAR_FIFO_LOOKS) {
		fifo->looks++;
		return true;
	}
	winpar_fifo_sleep(fifo);
	return true;
}

/*
 * In compatibility mode the chip goes on sending while nFault is low (an error, no
 * paper): so winpar_fifo_fill() asks this each time before it feeds the FIFO.
 */
static bool winpar_fifo_may_feed(const struct winpar_fifo *fifo)
{
	return winpar_fifo_is_ecp(fifo->engine) ||
	       winpar_host_read(fifo->engine->host, WINPAR_REG_STATUS) &
	       WINPAR_STS_FAULT;
}

/* How many bytes are in the FIFO? This stops the handshake, and leaves test mode on. */
static unsigned int winpar_fifo_rest(struct winpar_fifo *fifo)
{
	unsigned int depth = fifo->engine->fifo, room = 0;

	winpar_fifo_set_mode(fifo, WINPAR_ECR_TEST);
	while (room < depth && !winpar_fifo_is_full(fifo)) {
		winpar_host_write(fifo->engine->host, WINPAR_REG_FIFO, 0);
		room++;
	}
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
			count = min_t(size_t, length - fed,
				      fifo->engine->fifo);
		}
		if (!winpar_fifo_may_feed(fifo))
			break;
		winpar_fifo_feed(fifo, bytes + fed, count);
		fed += count;
	}
	return fed;
}

/* Wait until the FIFO is empty. Return false if the write is to end before that. */
static bool winpar_fifo_drain(struct winpar_fifo *fifo)
{
	while (!winpar_fifo_is_empty(fifo))
		if (!winpar_fifo_wait(fifo))
			return false;
	return true;
}

/*
 * Before winpar_fifo_rest(): a byte whose event 35 the peripheral has not answered may be
 * taken all the same, as the peripheral sees events 35 and 37 later. Wait 40 ms at most for
 * event 36. Counts looks, too, as on a virtual machine the time alone says nothing.
 */
static void winpar_fifo_finish(const struct winpar_fifo *fifo)
{
	unsigned long end = jiffies + msecs_to_jiffies(WINPAR_FIFO_ANSWER) + 1;
	unsigned int looks = 0;

	while ((looks++ < WINPAR_FIFO_LOOKS_LEAST || time_before(jiffies, end)) &&
	       winpar_fifo_is_in_byte(fifo) && !winpar_fifo_is_empty(fifo))
		usleep_range(WINPAR_FIFO_FINISH_NAP,
			     WINPAR_FIFO_FINISH_NAP + WINPAR_FIFO_FINISH_NAP / 4);
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
 * mode, a signal is pending or winpar_engine_expire() was called; in ECP up to 40 ms later,
 * when the peripheral has taken the byte on the lines. The caller looks why, and calls again
 * for the rest.
 *
 * Context: as host/engine.c says of all.
 * Return: how many bytes the peripheral was given.
 */
ssize_t winpar_fifo_write(struct winpar_engine *engine, const u8 *bytes,
			  size_t length)
{
	struct winpar_fifo fifo = {
		.engine = engine,
		.mode = winpar_fifo_is_ecp(engine) ? WINPAR_ECR_ECP :
						     WINPAR_ECR_FAST,
		.nap = WINPAR_FIFO_NAP_MIN,
		.since = jiffies,
	};
	struct winpar_host *host = engine->host;
	struct parport *parport = host->parport;
	size_t sent;
	u8 ecr;

	ecr = winpar_fifo_ecr(&fifo) & ~(WINPAR_ECR_FULL | WINPAR_ECR_EMPTY);
	parport->ops->frob_control(parport, PARPORT_CONTROL_STROBE |
				   (winpar_fifo_is_ecp(engine) ?
				    PARPORT_CONTROL_AUTOFD : 0), 0);
	/* The FIFO is empty, as mode 001, which the chip is in, empties it. */
	winpar_fifo_set_mode(&fifo, fifo.mode);
	sent = winpar_fifo_fill(&fifo, bytes, length);
	if (!winpar_fifo_drain(&fifo)) {
		winpar_fifo_finish(&fifo);
		sent -= winpar_fifo_rest(&fifo);
	}
	/* The engine's ECR: mode 001, in which the FIFO is empty. */
	winpar_host_write(host, WINPAR_REG_ECR, ecr);
	return sent;
}

/* ----- reading ----------------------------------------------------------- */

/* A read through the FIFO needs this much room: what comes when it stops fits. */
static size_t winpar_fifo_margin(const struct winpar_engine *engine)
{
	return 2 * engine->fifo + WINPAR_FIFO_RUN;
}

/**
 * winpar_fifo_can_read() - can bytes be read through the FIFO?
 * @engine: the engine, begun
 * @length: how many bytes are wanted
 *
 * Context: as host/engine.c says of all.
 * Return: whether they can: the wire is in ECP, the peripheral says that it has data
 * (nPeriphRequest), what the chip takes beyond the end fits, and the read need not come
 * back from a pause soon.
 */
bool winpar_fifo_can_read(const struct winpar_engine *engine, size_t length)
{
	return engine->fifo && !engine->prompt && winpar_fifo_is_wanted() &&
	       winpar_fifo_is_ecp(engine) &&
	       length >= winpar_fifo_margin(engine) &&
	       !(winpar_host_read(engine->host, WINPAR_REG_STATUS) &
		 WINPAR_STS_FAULT);
}

/* Take bytes as long as what the chip may have taken fits. */
static size_t winpar_fifo_pull(struct winpar_fifo *fifo, u8 *bytes,
			       size_t length)
{
	size_t got = 0, count;
	u8 ecr;

	while (length - got >= winpar_fifo_margin(fifo->engine)) {
		ecr = winpar_fifo_ecr(fifo);
		if (ecr & WINPAR_ECR_EMPTY) {
			if (!winpar_fifo_wait(fifo))
				break;
			continue;
		}
		count = ecr & WINPAR_ECR_FULL ? fifo->engine->fifo : 1;
		winpar_fifo_empty(fifo, bytes + got, count);
		got += count;
		if (count > 1)
			cond_resched();
	}
	return got;
}

/*
 * Before event 47: let the FIFO become full. A peripheral that pauses, or has no more
 * data (nPeriphRequest), does not fill it. One that says that it has data and sends none
 * delays the end of a cancelled read by WINPAR_FIFO_STALL.
 */
static void winpar_fifo_stall(struct winpar_fifo *fifo)
{
	struct winpar_host *host = fifo->engine->host;
	unsigned long end = jiffies + msecs_to_jiffies(WINPAR_FIFO_STALL);

	if (winpar_fifo_is_over(fifo))
		return;
	fifo->nap = WINPAR_FIFO_NAP_MIN;
	fifo->moved = 0;
	while (!winpar_fifo_is_full(fifo) &&
	       !(winpar_host_read(host, WINPAR_REG_STATUS) & WINPAR_STS_FAULT) &&
	       time_before(jiffies, end))
		winpar_fifo_nap(fifo);
}

/* Wait 40 ms at most for an event that must not be missed: not for a signal either. */
static bool winpar_fifo_await(struct winpar_fifo *fifo, u8 mask, u8 level)
{
	sigset_t old = winpar_engine_block_signals();
	int ret = parport_wait_peripheral(fifo->engine->host->parport, mask,
					  level);

	sigprocmask(SIG_SETMASK, &old, NULL);
	return !ret;
}

/*
 * Event 40: PError goes low. A peripheral that has sent a byte has turned round, whatever
 * its PError shows: without this a read would turn it forward again every 40 ms.
 */
static bool winpar_fifo_is_turned(struct winpar_fifo *fifo)
{
	return winpar_fifo_await(fifo, PARPORT_STATUS_PAPEROUT, 0) ||
	       !winpar_fifo_is_empty(fifo);
}

/* Take what is left in the FIFO. */
static size_t winpar_fifo_take_rest(struct winpar_fifo *fifo, u8 *bytes,
				    size_t length)
{
	size_t got = 0;

	while (got < length && !winpar_fifo_is_empty(fifo))
		winpar_fifo_empty(fifo, bytes + got++, 1);
	return got;
}

/*
 * Before event 47: a chip that has room for a byte acknowledges no more of them. nAutoFd
 * stays low, as the chip has put it (event 46), and test mode keeps what is in the FIFO.
 * A byte that the chip has acknowledged goes on to event 45 before that; if it does not, the
 * chip asks for no other.
 */
static void winpar_fifo_halt(struct winpar_fifo *fifo)
{
	struct parport *parport = fifo->engine->host->parport;

	if (winpar_fifo_is_full(fifo) ||
	    !winpar_fifo_await(fifo, PARPORT_STATUS_ACK, PARPORT_STATUS_ACK) ||
	    winpar_fifo_is_full(fifo))
		return;
	parport->ops->frob_control(parport, PARPORT_CONTROL_AUTOFD,
				   PARPORT_CONTROL_AUTOFD);
	winpar_fifo_set_mode(fifo, WINPAR_ECR_TEST);
}

/*
 * Turn the lines forward, take what is left in the FIFO, and write @ecr, the engine's ECR.
 * Return how many bytes were left.
 */
static size_t winpar_fifo_turn(struct winpar_fifo *fifo, u8 ecr, u8 *bytes,
			       size_t length)
{
	struct winpar_engine *engine = fifo->engine;
	struct parport *parport = engine->host->parport;
	bool blind;
	size_t got;

	winpar_fifo_halt(fifo);
	/* PError, low in reverse, is stuck, or event 40 has not come: it does not show event 49. */
	blind = parport->ops->read_status(parport) & PARPORT_STATUS_PAPEROUT;
	/* Event 47: nInit goes high. */
	parport->ops->frob_control(parport, PARPORT_CONTROL_INIT,
				   PARPORT_CONTROL_INIT);
	/* Event 49: PError goes high */
	parport->ieee1284.phase =
		winpar_fifo_await(fifo, PARPORT_STATUS_PAPEROUT,
				  PARPORT_STATUS_PAPEROUT) ?
		IEEE1284_PH_FWD_IDLE : IEEE1284_PH_ECP_DIR_UNKNOWN;
	if (blind)
		msleep(WINPAR_FIFO_ANSWER);
	got = winpar_fifo_take_rest(fifo, bytes, length);
	winpar_host_write(engine->host, WINPAR_REG_ECR, ecr);
	parport->ops->frob_control(parport, PARPORT_CONTROL_AUTOFD, 0);
	/* Without event 49 the peripheral may still drive the data lines. */
	if (parport->ieee1284.phase == IEEE1284_PH_FWD_IDLE)
		parport->ops->data_forward(parport);
	return got;
}

/**
 * winpar_fifo_read() - get bytes through the FIFO
 * @engine: the engine, begun; winpar_fifo_can_read(), and the lines point forward
 * @bytes: where they go
 * @length: how many at most
 *
 * Returns when nothing has come for some 40 ms (250 ms while the peripheral says that it
 * has data), when the rest of the buffer is too short, a signal is pending or
 * winpar_engine_expire() was called, in the last cases after winpar_fifo_stall(). The lines
 * point forward again then, unless the peripheral does not answer: then the phase is
 * ECP_DIR_UNKNOWN. Gets nothing while nAck stays low: a peripheral that needs more than its
 * 35 ms for an event may not have turned back.
 *
 * Context: as host/engine.c says of all.
 * Return: how many bytes have come.
 */
ssize_t winpar_fifo_read(struct winpar_engine *engine, u8 *bytes, size_t length)
{
	struct winpar_fifo fifo = {
		.engine = engine,
		.mode = WINPAR_ECR_ECP,
		.reading = true,
		.nap = WINPAR_FIFO_NAP_MIN,
	};
	struct parport *parport = engine->host->parport;
	size_t got = 0;
	u8 ecr;

	/* Low, it is event 43 of before the lines were turned forward. */
	if (!winpar_fifo_await(&fifo, PARPORT_STATUS_ACK, PARPORT_STATUS_ACK))
		return 0;
	ecr = winpar_fifo_ecr(&fifo) & ~(WINPAR_ECR_FULL | WINPAR_ECR_EMPTY);
	parport->ops->frob_control(parport, PARPORT_CONTROL_STROBE |
				   PARPORT_CONTROL_AUTOFD, 0);
	parport->ops->data_reverse(parport);
	/* Event 38: the chip has room, and pulls nAutoFd low. */
	winpar_fifo_set_mode(&fifo, fifo.mode);
	udelay(1);
	/* Event 39: nInit goes low. */
	parport->ops->frob_control(parport, PARPORT_CONTROL_INIT, 0);
	if (winpar_fifo_is_turned(&fifo)) {
		fifo.since = jiffies;
		got = winpar_fifo_pull(&fifo, bytes, length);
		winpar_fifo_stall(&fifo);
	}
	return got + winpar_fifo_turn(&fifo, ecr, bytes + got, length - got);
}
