// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading from and writing to a parallel device.
 *
 * Both connect the protocol that they need. A transfer that fails ends the mode
 * on the wire, since the peripheral may have been left in the middle of a byte.
 *
 * Linux's engine returns when a peripheral makes it wait. The loops here decide
 * whether that is a pause, which only the request's time limits, or an error of
 * the peripheral, which has to be seen for some time while no byte moves:
 *
 * - In compatibility mode it is an error when, for longer than device_error_time,
 *   nFault is low or the lines are as where no cable is; or when, for
 *   WINPAR_TRANSFER_STEADY, the lines are as without power. Select and
 *   PError mean nothing while nFault is high: there are printers that never drive
 *   them, and take bytes.
 * - In the other modes each line has a meaning of the mode's. A peripheral that
 *   was switched off and on is in compatibility mode and does not know of the
 *   mode that the host is in. winpar_transfer_is_lost() sees that by lines that
 *   the mode forbids. In EPP no line tells: there a peripheral that answers no
 *   cycle for device_error_time is lost. In the others lines that are all high
 *   may be those of a peripheral that is busy, or of no peripheral: negotiating
 *   anew tells.
 *
 * The end of its time stops a transfer as a cancel does; see device/stop.c.
 *
 * All of this runs in the worker's thread with the port allocated, the device
 * selected and the engine begun.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include <uapi/linux/parport.h>

#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/state.h"
#include "device/stop.h"
#include "device/transfer.h"
#include "host/regs.h"
#include "winpar_trace.h"

/* For how long lines must show what no peripheral in good health shows. */
#define WINPAR_TRANSFER_STEADY	msecs_to_jiffies(100)
/* Between two negotiations, or turns of ECP, that ask whether it is there. */
#define WINPAR_TRANSFER_AGAIN	HZ
/* The longest nap between two looks at a peripheral that pauses, in ms. */
#define WINPAR_TRANSFER_NAP	10U
/* The shortest pause, in ms, that Linux's engine comes back from. */
#define WINPAR_TRANSFER_PAUSE	45

static unsigned int winpar_transfer_error_time = 2000;
module_param_named(device_error_time, winpar_transfer_error_time, uint, 0644);
MODULE_PARM_DESC(device_error_time,
		 "How long a parallel device may show an error and take no byte before a request fails, in ms (default: 2000)");

/* What may be wrong with a peripheral to or from which no byte moves. */
enum winpar_trouble {
	WINPAR_TROUBLE_NONE,
	WINPAR_TROUBLE_SHOWN,	/* its lines show an error, or that it is not there */
	WINPAR_TROUBLE_SILENT,	/* it does not answer EPP cycles */
	WINPAR_TROUBLE_OFF,	/* it has no power */
	WINPAR_TROUBLE_LOST,	/* it is not in the mode that the host is in */
	WINPAR_TROUBLE_OPEN,	/* busy, or not there */
};

/**
 * struct winpar_pause - a time in which no byte moves
 * @forward: bytes are to go to the peripheral; else to come from it
 * @naps: how many naps there were since a byte moved
 * @trouble: what was wrong with the peripheral at the last look
 * @since: since when @trouble has been that, in jiffies
 * @looked: whether there was a look since a byte moved
 * @turned: when ECP was last turned forward to see whether the peripheral
 *          follows, or the pause began, in jiffies
 * @asked: when the mode was last negotiated anew, in jiffies
 * @was_asked: it was, in this transfer
 */
struct winpar_pause {
	bool forward;
	unsigned int naps;
	enum winpar_trouble trouble;
	unsigned long since;
	bool looked;
	unsigned long turned;
	unsigned long asked;
	bool was_asked;
};

/**
 * winpar_transfer_set_time() - give what is being done the time of SERIAL_TIMEOUTS
 * @device: the device
 * @multiplier: so many ms a byte
 * @constant: and so many more; no limit where both are 0
 * @length: how many bytes
 *
 * Context: as winpar_stop_set_time().
 */
void winpar_transfer_set_time(struct winpar_device *device, ULONG multiplier,
			      ULONG constant, ULONG length)
{
	u64 ms = (u64)multiplier * length + constant;

	if (multiplier || constant)
		winpar_stop_set_time(device, min_t(u64, ms, INT_MAX));
}

/* ----- when nothing moves ------------------------------------------------ */

/* A byte has moved: what comes next is another pause. */
static void winpar_pause_end(struct winpar_pause *pause)
{
	pause->naps = 0;
	pause->trouble = WINPAR_TROUBLE_NONE;
	pause->looked = false;
}

static bool winpar_transfer_is_ecp(int mode)
{
	return mode == IEEE1284_MODE_ECP || mode == IEEE1284_MODE_ECPSWE;
}

static bool winpar_transfer_is_epp(int mode)
{
	return mode == IEEE1284_MODE_EPP || mode == IEEE1284_MODE_EPPSWE;
}

/*
 * Does the peripheral follow when ECP is turned forward (event 49, PError goes
 * high)? A transfer that stalled may have left the lines turned round. A write
 * of no bytes turns them; a byte that the peripheral was about to send is sent
 * again when the next read turns them back.
 */
static bool winpar_transfer_turns(struct winpar_device *device)
{
	winpar_engine_write(&device->engine, "", 0);
	return winpar_engine_status(&device->engine) & WINPAR_STS_PERROR;
}

/*
 * PError is high in ECP forward. In ECP reverse it is low, as in compatibility
 * mode: there the lines are turned forward now and then, to see.
 */
static bool winpar_transfer_is_lost_ecp(struct winpar_device *device,
					struct winpar_pause *pause, u8 status)
{
	if (!device->shows_mode)
		return false;
	if (pause->forward)
		return !(status & WINPAR_STS_PERROR) &&
		       !winpar_transfer_turns(device);
	if (time_before(jiffies, pause->turned + WINPAR_TRANSFER_AGAIN))
		return pause->trouble == WINPAR_TROUBLE_LOST;
	if (winpar_transfer_turns(device)) {
		pause->turned = jiffies;
		return false;
	}
	return true;
}

/*
 * Is the peripheral in another mode than the host? Only if it was seen to have
 * the lines that tell, at the negotiation or in an earlier pause: some
 * peripherals never have them as the standard wants.
 */
static bool winpar_transfer_is_lost(struct winpar_device *device,
				    struct winpar_pause *pause, u8 status)
{
	const u8 idle = WINPAR_STS_FAULT | WINPAR_STS_PERROR | WINPAR_STS_ACK;
	const u8 lines = status & idle;
	int mode = winpar_engine_mode(&device->engine);

	if (winpar_transfer_is_ecp(mode))
		return winpar_transfer_is_lost_ecp(device, pause, status);
	if (winpar_transfer_is_epp(mode))
		return false;
	/*
	 * In nibble and byte mode PError follows nFault between two bytes. nAck is
	 * high then: low, it is event 2 of a peripheral that takes the host's lines
	 * for the beginning of a negotiation.
	 */
	if (lines == idle)
		device->shows_mode = true;
	return device->shows_mode && lines != idle && status & WINPAR_STS_FAULT;
}

static enum winpar_trouble winpar_transfer_look(struct winpar_device *device,
						struct winpar_pause *pause)
{
	u8 status = winpar_engine_status(&device->engine) & WINPAR_STS_LINES;
	int mode = winpar_engine_mode(&device->engine);

	if (mode == IEEE1284_MODE_COMPAT) {
		if (status == WINPAR_STS_OFF)
			return WINPAR_TROUBLE_OFF;
		return !(status & WINPAR_STS_FAULT) ||
		       status == WINPAR_STS_OPEN ? WINPAR_TROUBLE_SHOWN :
						   WINPAR_TROUBLE_NONE;
	}
	if (winpar_transfer_is_epp(mode))
		return WINPAR_TROUBLE_SILENT;
	if (status == WINPAR_STS_OFF)
		return WINPAR_TROUBLE_OFF;
	if (winpar_transfer_is_lost(device, pause, status))
		return WINPAR_TROUBLE_LOST;
	return status == WINPAR_STS_OPEN ? WINPAR_TROUBLE_OPEN :
					   WINPAR_TROUBLE_NONE;
}

/* For how long a trouble must last before something is done about it. */
static unsigned long winpar_transfer_bears(enum winpar_trouble trouble)
{
	switch (trouble) {
	case WINPAR_TROUBLE_SHOWN:
	case WINPAR_TROUBLE_SILENT:
		return msecs_to_jiffies(READ_ONCE(winpar_transfer_error_time));
	default:
		return WINPAR_TRANSFER_STEADY;
	}
}

/* Is there a peripheral at all? Negotiate the mode that is set anew. */
static NTSTATUS winpar_transfer_ask(struct winpar_device *device,
				    struct winpar_pause *pause)
{
	int mode = winpar_engine_mode(&device->engine);

	if (pause->was_asked &&
	    time_before(jiffies, pause->asked + WINPAR_TRANSFER_AGAIN))
		return STATUS_SUCCESS;
	winpar_negotiate_disconnect(device);
	pause->asked = jiffies;
	pause->was_asked = true;
	return winpar_negotiate_enter(device, mode);
}

/* What is to be done about a peripheral to or from which no byte moves. */
static NTSTATUS winpar_transfer_judge(struct winpar_device *device,
				      struct winpar_pause *pause)
{
	enum winpar_trouble trouble;

	if (!pause->looked)
		pause->turned = jiffies;
	trouble = winpar_transfer_look(device, pause);
	if (!pause->looked || trouble != pause->trouble)
		pause->since = jiffies;
	pause->looked = true;
	pause->trouble = trouble;
	if (trouble == WINPAR_TROUBLE_NONE ||
	    !time_after(jiffies, pause->since + winpar_transfer_bears(trouble)))
		return STATUS_SUCCESS;
	if (trouble == WINPAR_TROUBLE_OPEN)
		return winpar_transfer_ask(device, pause);
	return STATUS_IO_DEVICE_ERROR;
}

/* A nap, unless the peripheral has been in trouble for too long. */
static NTSTATUS winpar_transfer_pause(struct winpar_device *device,
				      struct winpar_pause *pause,
				      unsigned int longest)
{
	NTSTATUS status = winpar_transfer_judge(device, pause);

	if (status != STATUS_SUCCESS)
		return status;
	if (pause->naps < WINPAR_TRANSFER_NAP)
		pause->naps++;
	winpar_stop_nap(device, min(pause->naps, longest));
	return STATUS_SUCCESS;
}

/* ----- addresses --------------------------------------------------------- */

static bool winpar_transfer_has_addresses(int mode)
{
	return winpar_transfer_is_ecp(mode) || winpar_transfer_is_epp(mode);
}

/* Send the address of a direction if the peripheral does not have it. */
static NTSTATUS winpar_transfer_send_address(struct winpar_device *device,
					     bool forward)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_device_settings set;
	struct winpar_pause pause = { .forward = true };
	NTSTATUS status;
	UCHAR address;

	winpar_state_settings(device, &set);
	if (!(forward ? set.has_write_address : set.has_read_address))
		return STATUS_SUCCESS;
	address = forward ? set.write_address : set.read_address;
	/* If the pause negotiates anew the peripheral has no address again. */
	while (winpar_transfer_has_addresses(winpar_engine_mode(engine)) &&
	       engine->address != address) {
		status = winpar_stop_check(device);
		if (status != STATUS_SUCCESS)
			return status;
		if (winpar_engine_write_address(engine, address) == 1)
			break;
		status = winpar_transfer_pause(device, &pause,
					       WINPAR_TRANSFER_NAP);
		if (status != STATUS_SUCCESS)
			return status;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS winpar_transfer_prepare(struct winpar_device *device,
					bool forward)
{
	NTSTATUS status = winpar_negotiate_connect(device, forward);

	if (status != STATUS_SUCCESS)
		return status;
	return winpar_transfer_send_address(device, forward);
}

/* Before each block: must the job stop, and is the engine still prepared? */
static NTSTATUS winpar_transfer_go_on(struct winpar_device *device,
				      const struct winpar_pause *pause)
{
	NTSTATUS status = winpar_stop_check(device);

	/* A pause of this transfer has negotiated anew: the address is lost. */
	if (status == STATUS_SUCCESS && pause->was_asked)
		status = winpar_transfer_prepare(device, pause->forward);
	return status;
}

/* What was done is over: forget its time, and after a failure end the mode. */
static NTSTATUS winpar_transfer_settle(struct winpar_device *device,
				       NTSTATUS status)
{
	winpar_stop_clear_time(device);
	if (status != STATUS_SUCCESS)
		winpar_negotiate_disconnect(device);
	return status;
}

/* A read or a write is over, and @done of @length bytes were moved. */
static NTSTATUS winpar_transfer_end(struct winpar_device *device, bool forward,
				    ULONG length, ULONG done, NTSTATUS status)
{
	status = winpar_transfer_settle(device, status);
	trace_winpar_transfer(device, forward, length, done, status);
	return status;
}

/**
 * winpar_transfer_address() - the client has set a write address
 * @device: the device, its settings changed
 *
 * Sent at once where the forward protocol is connected and has addresses,
 * otherwise when it is connected next. It has as long as a write of a byte.
 *
 * DDI page: IOCTL_PAR_SET_WRITE_ADDRESS.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT, STATUS_IO_DEVICE_ERROR; why it had to
 * stop.
 */
NTSTATUS winpar_transfer_address(struct winpar_device *device)
{
	struct winpar_device_settings set;
	NTSTATUS status;

	winpar_state_settings(device, &set);
	if (winpar_engine_mode(&device->engine) !=
	    winpar_protocol_mode(set.forward))
		return STATUS_SUCCESS;
	winpar_transfer_set_time(device, set.timeouts.WriteTotalTimeoutMultiplier,
				 set.timeouts.WriteTotalTimeoutConstant, 1);
	status = winpar_transfer_send_address(device, WINPAR_ENGINE_FORWARD);
	return winpar_transfer_settle(device, status);
}

/* ----- writing ----------------------------------------------------------- */

static NTSTATUS winpar_transfer_push(struct winpar_device *device,
				     const u8 *bytes, ULONG length, ULONG *done)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_pause pause = { .forward = true };
	NTSTATUS status;
	ssize_t moved;
	size_t block;

	while (*done < length) {
		status = winpar_transfer_go_on(device, &pause);
		if (status != STATUS_SUCCESS)
			return status;
		block = min_t(size_t, length - *done,
			      WINPAR_ENGINE_WRITE_BLOCK);
		moved = winpar_engine_write(engine, bytes + *done, block);
		if (moved < 0)
			return STATUS_IO_DEVICE_ERROR;
		*done += moved;
		cond_resched();
		if (moved) {
			winpar_pause_end(&pause);
			continue;
		}
		status = winpar_transfer_pause(device, &pause,
					       WINPAR_TRANSFER_NAP);
		if (status != STATUS_SUCCESS)
			return status;
	}
	return STATUS_SUCCESS;
}

/**
 * winpar_transfer_write() - send bytes by the current forward protocol
 * @device: the device
 * @buffer: the bytes
 * @length: how many
 * @done: how many were moved, whatever the status
 *
 * DDI pages: IRP_MJ_WRITE, PPARALLEL_WRITE.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_TIMEOUT; STATUS_IO_DEVICE_ERROR the peripheral
 * shows an error, refuses the protocol or has gone; why it had to stop.
 */
NTSTATUS winpar_transfer_write(struct winpar_device *device, const void *buffer,
			       ULONG length, ULONG *done)
{
	struct winpar_device_settings set;
	NTSTATUS status;

	*done = 0;
	if (!length)
		return STATUS_SUCCESS;
	winpar_state_settings(device, &set);
	winpar_transfer_set_time(device, set.timeouts.WriteTotalTimeoutMultiplier,
				 set.timeouts.WriteTotalTimeoutConstant, length);
	status = winpar_transfer_prepare(device, WINPAR_ENGINE_FORWARD);
	if (status == STATUS_SUCCESS)
		status = winpar_transfer_push(device, buffer, length, done);
	return winpar_transfer_end(device, WINPAR_ENGINE_FORWARD, length, *done,
				   status);
}

/* ----- reading ----------------------------------------------------------- */

/**
 * struct winpar_patience - how long a read waits for the next byte
 * @now: the read does not wait for any byte
 * @first: the read waits for the first byte until its total time is over, and
 *         does not wait for any other
 * @interval: after a byte, the read waits so many ms for the next; 0: until its
 *            total time is over
 * @last: when the last byte came
 */
struct winpar_patience {
	bool now;
	bool first;
	unsigned int interval;
	ktime_t last;
};

/*
 * DDI page: SERIAL_TIMEOUTS. An interval of MAXULONG with totals of 0 asks for
 * what is there now; with a multiplier of MAXULONG and a constant between 0 and
 * MAXULONG for what is there now, or else for the first byte that comes within
 * the constant.
 */
static void winpar_transfer_read_time(struct winpar_device *device,
				      const SERIAL_TIMEOUTS *t, ULONG length,
				      struct winpar_patience *patience)
{
	ULONG multiplier = t->ReadTotalTimeoutMultiplier;

	if (t->ReadIntervalTimeout == MAXULONG) {
		patience->now = !multiplier && !t->ReadTotalTimeoutConstant;
		patience->first = multiplier == MAXULONG &&
				  t->ReadTotalTimeoutConstant &&
				  t->ReadTotalTimeoutConstant != MAXULONG;
	} else {
		patience->interval = min_t(ULONG, t->ReadIntervalTimeout,
					   INT_MAX);
	}
	if (patience->first)
		multiplier = 0;
	winpar_transfer_set_time(device, multiplier,
				 t->ReadTotalTimeoutConstant, length);
}

/* A read that takes only what is there does not wait for its address either. */
static NTSTATUS winpar_transfer_prepare_read(struct winpar_device *device,
					     bool now)
{
	NTSTATUS status;

	if (!now)
		return winpar_transfer_prepare(device, WINPAR_ENGINE_REVERSE);
	status = winpar_negotiate_connect(device, WINPAR_ENGINE_REVERSE);
	if (status != STATUS_SUCCESS)
		return status;
	winpar_stop_set_time(device, WINPAR_TRANSFER_PAUSE);
	status = winpar_transfer_send_address(device, WINPAR_ENGINE_REVERSE);
	winpar_stop_clear_time(device);
	return status;
}

/* No byte has come: nap. STATUS_PENDING: look again; else the read is over. */
static NTSTATUS winpar_transfer_wait(struct winpar_device *device,
				     const struct winpar_patience *patience,
				     struct winpar_pause *pause, bool begun)
{
	unsigned int longest = WINPAR_TRANSFER_NAP;
	NTSTATUS status;

	if (patience->now)
		return STATUS_SUCCESS;
	if (patience->interval && begun) {
		if (ktime_ms_delta(ktime_get(), patience->last) >= patience->interval)
			return STATUS_TIMEOUT;
		longest = min(longest, patience->interval);
	}
	status = winpar_transfer_pause(device, pause, longest);
	return status == STATUS_SUCCESS ? STATUS_PENDING : status;
}

/* Bytes have come. */
static void winpar_transfer_came(struct winpar_device *device,
				 struct winpar_patience *patience)
{
	patience->last = ktime_get();
	if (!patience->first)
		return;
	/* Only the first byte had a time limit; now take what is there. */
	winpar_stop_clear_time(device);
	patience->first = false;
	patience->now = true;
}

static NTSTATUS winpar_transfer_pull(struct winpar_device *device,
				     struct winpar_patience *patience,
				     u8 *bytes, ULONG length, ULONG *done)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_pause pause = {};
	NTSTATUS status;
	ssize_t moved;

	engine->prompt = patience->now || patience->first || patience->interval;
	/* The engine itself would wait for longer than the interval. */
	engine->brief = patience->interval &&
			patience->interval < WINPAR_TRANSFER_PAUSE;
	while (*done < length) {
		status = winpar_transfer_go_on(device, &pause);
		if (status != STATUS_SUCCESS)
			return status;
		moved = winpar_engine_read(engine, bytes + *done,
					   min_t(size_t, length - *done,
						 WINPAR_ENGINE_READ_BLOCK),
					   !engine->brief || !*done);
		if (moved < 0) {
			/* A peripheral that is switched off, perhaps, while the job is stopped. */
			status = winpar_stop_check(device);
			return status == STATUS_SUCCESS ?
			       STATUS_IO_DEVICE_ERROR : status;
		}
		*done += moved;
		cond_resched();
		if (moved) {
			winpar_pause_end(&pause);
			winpar_transfer_came(device, patience);
			continue;
		}
		status = winpar_transfer_wait(device, patience, &pause, *done);
		if (status != STATUS_PENDING)
			return status;
	}
	return STATUS_SUCCESS;
}

/**
 * winpar_transfer_read() - get bytes by the current reverse protocol
 * @device: the device
 * @buffer: where they go
 * @length: how many
 * @done: how many have come, whatever the status
 *
 * DDI pages: IRP_MJ_READ, PPARALLEL_READ.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS all bytes have come, or the time-outs ask only for the
 * bytes that are there now; STATUS_TIMEOUT, also when the time-outs give time only
 * to the first byte and it has not come;
 * STATUS_IO_DEVICE_ERROR the peripheral refuses the protocol, breaks a byte off
 * or has gone; why it had to stop.
 */
NTSTATUS winpar_transfer_read(struct winpar_device *device, void *buffer,
			      ULONG length, ULONG *done)
{
	struct winpar_patience patience = {};
	struct winpar_device_settings set;
	NTSTATUS status;

	*done = 0;
	if (!length)
		return STATUS_SUCCESS;
	winpar_state_settings(device, &set);
	winpar_transfer_read_time(device, &set.timeouts, length, &patience);
	status = winpar_transfer_prepare_read(device, patience.now);
	if (status == STATUS_SUCCESS)
		status = winpar_transfer_pull(device, &patience, buffer, length,
					      done);
	status = winpar_transfer_end(device, WINPAR_ENGINE_REVERSE, length,
				     *done, status);
	/* A peripheral that does not take the address has nothing there. */
	return patience.now && status == STATUS_TIMEOUT ? STATUS_SUCCESS :
							  status;
}
