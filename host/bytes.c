// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending and receiving bytes through the parport core's parport_write() and
 * parport_read(), and mending what the core does wrong; reading ECP without the core.
 * host/engine.c says what the core does and does not do, and in which context these
 * functions may be called.
 */
#include <linux/delay.h>
#include <linux/minmax.h>
#include <linux/parport.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "host/bytes.h"
#include "host/fifo.h"

/* A channel address is an ECP command with this bit. */
#define WINPAR_ENGINE_CHANNEL	0x80
/*
 * How many bytes a call of the core reads in nibble or byte mode: a job that is to stop waits
 * for its end, 0.8 s, if each event takes 50 ms. By single bytes a read would cost 4 percent
 * more.
 */
#define WINPAR_ENGINE_WHOLE	4
/* Between the data lines' turning round and event 39, in us: IEEE 1284 asks for 0.5. */
#define WINPAR_ECP_SETTLE	5

static bool winpar_engine_is_ecp(int mode)
{
	return mode == IEEE1284_MODE_ECP || mode == IEEE1284_MODE_ECPSWE;
}

static bool winpar_engine_is_reverse(int mode)
{
	mode &= ~IEEE1284_DEVICEID;
	return mode == IEEE1284_MODE_NIBBLE || mode == IEEE1284_MODE_BYTE;
}

/* ----- bytes that go out ------------------------------------------------- */

/* Does the driver feed a FIFO to write in this mode? */
static bool winpar_engine_has_fifo(const struct parport *parport)
{
	switch (parport->ieee1284.mode) {
	case IEEE1284_MODE_COMPAT:
		return parport->modes & PARPORT_MODE_COMPAT &&
		       parport->ops->compat_write_data !=
		       parport_ieee1284_write_compat;
	case IEEE1284_MODE_ECP:
		return parport->modes & PARPORT_MODE_ECP &&
		       parport->ops->ecp_write_data !=
		       parport_ieee1284_ecp_write_data;
	}
	return false;
}

/*
 * The time-out of the next write. A driver that feeds a FIFO moves nothing while
 * a device is on the waiting list; an expired time-out makes it use the core's
 * software.
 */
static long winpar_engine_patience(const struct parport *parport)
{
	return READ_ONCE(parport->waithead) && winpar_engine_has_fifo(parport) ?
	       WINPAR_ENGINE_EXPIRED : WINPAR_ENGINE_PATIENCE;
}

/* Is it the core's software that sends in this mode, and is that ECP? */
static bool winpar_engine_is_soft_ecp(const struct parport *parport)
{
	switch (parport->ieee1284.mode) {
	case IEEE1284_MODE_ECPSWE:
	case IEEE1284_MODE_ECPSWE | IEEE1284_ADDR:
		return true;
	case IEEE1284_MODE_ECP:
		return parport->ops->ecp_write_data ==
		       parport_ieee1284_ecp_write_data;
	case IEEE1284_MODE_ECP | IEEE1284_ADDR:
		return parport->ops->ecp_write_addr ==
		       parport_ieee1284_ecp_write_addr;
	}
	return false;
}

/* In ECP: do the lines point forward? If they do not, turn them round. */
static bool winpar_engine_faces_forward(struct parport *parport)
{
	/* A write of nothing turns them round. */
	if (parport->ieee1284.phase != IEEE1284_PH_FWD_IDLE)
		parport_write(parport, "", 0);
	return parport->ieee1284.phase == IEEE1284_PH_FWD_IDLE;
}

/* Before software ECP sends: the lines point forward, the peripheral is ready. */
static bool winpar_engine_is_idle(struct parport *parport)
{
	return winpar_engine_faces_forward(parport) &&
	       winpar_engine_is_ready(parport);
}

static ssize_t winpar_engine_send(struct winpar_engine *engine,
				  const void *buffer, size_t length)
{
	struct parport *parport = engine->host->parport;
	bool soft = winpar_engine_is_soft_ecp(parport);
	ssize_t moved;

	if (soft && !winpar_engine_is_idle(parport))
		return 0;
	engine->wrote = false;
	moved = parport_write(parport, buffer, length);
	if (moved >= (ssize_t)length ||
	    !winpar_engine_is_ecp(parport->ieee1284.mode & ~IEEE1284_ADDR))
		return moved;
	/* Event 36, but not 32: the peripheral took a byte that the core did not count. */
	if (soft && parport->ops->read_control(parport) &
	    PARPORT_CONTROL_INIT) {
		engine->wrote = true;
		return moved + 1;
	}
	/* The core may have asked for the lines and not have turned them back. */
	parport->ieee1284.phase = IEEE1284_PH_ECP_DIR_UNKNOWN;
	return moved;
}

/* Send by the chip's own handshake. */
static ssize_t winpar_engine_send_by_fifo(struct winpar_engine *engine,
					  const void *buffer, size_t length)
{
	struct parport *parport = engine->host->parport;
	ssize_t moved;

	if (parport->ieee1284.mode == IEEE1284_MODE_ECP &&
	    !winpar_engine_is_idle(parport))
		return 0;
	moved = winpar_fifo_write(engine, buffer, length);
	engine->wrote = true;
	if (parport->ieee1284.mode == IEEE1284_MODE_ECP &&
	    moved < (ssize_t)length)
		parport->ieee1284.phase = IEEE1284_PH_ECP_DIR_UNKNOWN;
	return moved;
}

/**
 * winpar_engine_write() - send bytes in the mode that the wire is in
 * @engine: the engine, begun; in a mode that has a forward direction
 * @buffer: the bytes
 * @length: how many
 *
 * Returns early, maybe with nothing moved, when the peripheral is not ready for
 * some 40 ms (4 s in ECP, once it has been ready), shows an error, or a signal is
 * pending. What it has acknowledged is counted, ready for more or not.
 *
 * Return: how many were moved, or an errno.
 */
ssize_t winpar_engine_write(struct winpar_engine *engine, const void *buffer,
			    size_t length)
{
	const struct parport *parport = engine->host->parport;

	winpar_engine_prepare(engine, winpar_engine_patience(parport));
	if (length && winpar_fifo_can_write(engine) &&
	    !winpar_engine_has_fifo(parport))
		return winpar_engine_send_by_fifo(engine, buffer, length);
	return winpar_engine_send(engine, buffer, length);
}

/**
 * winpar_engine_write_address() - send an EPP address or an ECP channel
 * @engine: the engine, begun; in one of these modes
 * @address: what to send
 *
 * Return: 1 when it was sent, 0 when the peripheral was not ready, or an errno.
 */
ssize_t winpar_engine_write_address(struct winpar_engine *engine, u8 address)
{
	struct parport *parport = engine->host->parport;
	int mode = parport->ieee1284.mode;
	u8 byte = address;
	ssize_t moved;

	if (winpar_engine_is_ecp(mode))
		byte |= WINPAR_ENGINE_CHANNEL;
	winpar_engine_prepare(engine, WINPAR_ENGINE_PATIENCE);
	parport->ieee1284.mode = mode | IEEE1284_ADDR;
	moved = winpar_engine_send(engine, &byte, 1);
	parport->ieee1284.mode = mode;
	if (moved == 1)
		engine->address = address;
	return moved;
}

/* ----- bytes that come in ------------------------------------------------ */

/**
 * winpar_engine_more() - has the peripheral announced another byte?
 * @engine: the engine, after a read in nibble or byte mode
 *
 * Return: whether it has.
 */
bool winpar_engine_more(const struct winpar_engine *engine)
{
	return engine->host->parport->ieee1284.phase ==
	       IEEE1284_PH_HBUSY_DAVAIL;
}

/* Out of reverse idle, in nibble and byte mode, if there is data. */
static bool winpar_engine_wake(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	winpar_engine_leave_idle(engine);
	/* The peripheral has not been told yet: the read does that. Or event 20 has been. */
	if (!(parport->ops->read_control(parport) & PARPORT_CONTROL_AUTOFD))
		return true;
	/* Event 18: nFault goes low */
	if (parport->ops->read_status(parport) & PARPORT_STATUS_ERROR) {
		parport->ieee1284.phase = IEEE1284_PH_REV_IDLE;
		return false;
	}
	/* Event 20: nAutoFd goes high */
	parport->ops->frob_control(parport, PARPORT_CONTROL_AUTOFD, 0);
	/* Event 21: nothing depends on it */
	parport_wait_peripheral(parport, PARPORT_STATUS_PAPEROUT, 0);
	return true;
}

/*
 * Get bytes in nibble or byte mode, a few by each call of the core's. A signal would have the
 * core break a byte off that the peripheral may count as read, so it is blocked. A job that is
 * to stop does so after the call: the peripheral has 40 ms for each of the two or four events
 * of a byte.
 */
static ssize_t winpar_engine_read_whole(struct winpar_engine *engine,
					u8 *bytes, size_t length)
{
	struct parport *parport = engine->host->parport;
	sigset_t old = winpar_engine_block_signals();
	size_t got = 0, some;
	ssize_t moved;

	do {
		/* As winpar_engine_prepare() does before the first call. */
		winpar_engine_forget_interrupts(engine);
		cond_resched();
		some = min_t(size_t, length - got, WINPAR_ENGINE_WHOLE);
		moved = parport_read(parport, bytes + got, some);
		got += max_t(ssize_t, moved, 0);
		if (!winpar_engine_more(engine) || READ_ONCE(engine->expired))
			break;
	} while (got < length && (size_t)moved == some);
	sigprocmask(SIG_SETMASK, &old, NULL);
	engine->broken = parport->ieee1284.phase == IEEE1284_PH_REV_DATA;
	return got;
}

/*
 * Does winpar read ECP, in place of the core's software? No driver of the kernel's has a
 * function of its own for that.
 */
static bool winpar_engine_reads_ecp(const struct parport *parport)
{
	switch (parport->ieee1284.mode) {
	case IEEE1284_MODE_ECPSWE:
		return true;
	case IEEE1284_MODE_ECP:
		return parport->ops->ecp_read_data ==
		       parport_ieee1284_ecp_read_data;
	}
	return false;
}

/* In ECP: do the lines point backward? If they do not, turn them round. */
static bool winpar_ecp_faces_back(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;
	const struct parport_operations *ops = parport->ops;
	bool back;

	if (parport->ieee1284.phase == IEEE1284_PH_REV_DATA)
		return true;
	/* A peripheral that was turned round begins its run anew. */
	engine->run = 0;
	/* Event 38: nAutoFd goes low */
	ops->frob_control(parport, PARPORT_CONTROL_AUTOFD,
			  PARPORT_CONTROL_AUTOFD);
	ops->data_reverse(parport);
	udelay(WINPAR_ECP_SETTLE);
	/* Event 39: nInit goes low */
	ops->frob_control(parport, PARPORT_CONTROL_INIT, 0);
	/* Event 40: PError goes low */
	back = !parport_wait_peripheral(parport, PARPORT_STATUS_PAPEROUT, 0);
	parport->ieee1284.phase = back ? IEEE1284_PH_REV_DATA :
					 IEEE1284_PH_ECP_DIR_UNKNOWN;
	return back;
}

/* Event 43: nAck goes low. It does so in 40 ms, or has done so already. */
static bool winpar_ecp_has_byte(struct parport *parport, bool wait)
{
	if (!wait)
		return !(parport->ops->read_status(parport) &
			 PARPORT_STATUS_ACK);
	return !parport_wait_peripheral(parport, PARPORT_STATUS_ACK, 0);
}

/* Event 45: nAck goes high. A signal does not end the wait: it would break the byte off. */
static bool winpar_ecp_follows(struct parport *parport)
{
	int ret = parport_wait_peripheral(parport, PARPORT_STATUS_ACK,
					  PARPORT_STATUS_ACK);
	sigset_t old;

	if (ret >= 0)
		return !ret;
	old = winpar_engine_block_signals();
	ret = parport_wait_peripheral(parport, PARPORT_STATUS_ACK,
				      PARPORT_STATUS_ACK);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return !ret;
}

/* Events 44 to 46. False: the peripheral does not follow, and the byte is broken off. */
static bool winpar_ecp_take(struct winpar_engine *engine)
{
	struct parport *parport = engine->host->parport;

	/* Event 44: nAutoFd goes high */
	parport->ops->frob_control(parport, PARPORT_CONTROL_AUTOFD, 0);
	engine->broken = !winpar_ecp_follows(parport);
	if (engine->broken)
		return false;
	/* Event 46: nAutoFd goes low */
	parport->ops->frob_control(parport, PARPORT_CONTROL_AUTOFD,
				   PARPORT_CONTROL_AUTOFD);
	return true;
}

/*
 * Take what the peripheral has on the lines: a byte, which stands for as many as the
 * engine's @run says, or a run-length count, which is put there. Return how many bytes
 * came; -1 nothing was taken: it does not fit, or is a channel command, which no request
 * can take; or it was broken off.
 */
static ssize_t winpar_ecp_get(struct winpar_engine *engine, u8 *bytes,
			      size_t length)
{
	struct parport *parport = engine->host->parport;
	/* The bit is set while the line Busy is low. No count comes after a count. */
	bool command = !engine->run && parport->ops->read_status(parport) &
				       PARPORT_STATUS_BUSY;
	u8 byte = parport->ops->read_data(parport);
	size_t count = command ? byte + 1 : engine->run ?: 1;

	if ((command && byte & WINPAR_ENGINE_CHANNEL) || count > length ||
	    !winpar_ecp_take(engine))
		return -1;
	engine->run = command ? count : 0;
	if (command)
		return 0;
	memset(bytes, byte, count);
	return count;
}

/* Get bytes in ECP. The phase is not REV_IDLE: see host/engine.c. */
static size_t winpar_ecp_read(struct winpar_engine *engine, u8 *bytes,
			      size_t length, bool wait)
{
	struct parport *parport = engine->host->parport;
	size_t got = 0;
	ssize_t more;

	if (!winpar_ecp_faces_back(engine))
		return 0;
	parport->ops->frob_control(parport, PARPORT_CONTROL_STROBE |
				   PARPORT_CONTROL_AUTOFD |
				   PARPORT_CONTROL_INIT,
				   PARPORT_CONTROL_AUTOFD);
	while (got < length && winpar_ecp_has_byte(parport, wait)) {
		more = winpar_ecp_get(engine, bytes + got, length - got);
		if (more < 0)
			break;
		got += more;
		if (got && engine->brief)
			break;
		wait = !engine->brief;
	}
	return got;
}

/**
 * winpar_engine_read() - get bytes in the mode that the wire is in
 * @engine: the engine, begun; in a mode that has a reverse direction
 * @buffer: where they go
 * @length: how many at most
 * @wait: give the peripheral 40 ms for the first one, in ECP; in nibble and
 *        byte mode it says whether it has one, in EPP it always has
 *
 * Returns what has come when the peripheral pauses or a signal is pending, in nibble and
 * byte mode WINPAR_ENGINE_WHOLE bytes after winpar_engine_expire() at most; when the
 * engine's @brief is set after a byte or, in ECP, after a run.
 *
 * Return: how many have come; 0 none now; -EIO the handshake was broken off in
 * the middle of a byte and the mode must be negotiated anew.
 */
ssize_t winpar_engine_read(struct winpar_engine *engine, void *buffer,
			   size_t length, bool wait)
{
	struct parport *parport = engine->host->parport;

	/* In compatibility mode the core would choose another by itself. */
	if (engine->broken || parport->ieee1284.mode == IEEE1284_MODE_COMPAT)
		return -EIO;
	winpar_engine_prepare(engine, WINPAR_ENGINE_PATIENCE);
	if (engine->wrote && !winpar_engine_is_ready(parport))
		return 0;
	engine->wrote = false;
	if (winpar_engine_is_reverse(parport->ieee1284.mode) &&
	    winpar_engine_is_idle_reverse(engine) && !winpar_engine_wake(engine))
		return 0;
	if (!engine->run && winpar_fifo_can_read(engine, length) &&
	    winpar_engine_reads_ecp(parport) &&
	    winpar_engine_faces_forward(parport))
		return winpar_fifo_read(engine, buffer, length);
	if (winpar_engine_reads_ecp(parport))
		return winpar_ecp_read(engine, buffer, length, wait);
	/* A run of ECP is the one thing that comes as more than a byte. */
	if (engine->brief)
		length = 1;
	if (winpar_engine_is_reverse(parport->ieee1284.mode))
		return winpar_engine_read_whole(engine, buffer, length);
	return parport_read(parport, buffer, length);
}
