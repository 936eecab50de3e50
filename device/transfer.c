// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parallel device, continued: reading and writing.
 *
 * Both connect the protocol that they need. What ends badly ends in
 * compatibility mode: a peripheral may have been left in the middle of a byte.
 *
 * Linux's engine comes back when a peripheral makes it wait; the loops here
 * decide whether that is a pause, which the time-outs limit, or an error: one
 * that the lines show, steadily, while nothing moves. In compatibility mode
 * these are nFault, PError and Select. In the others every line has a meaning
 * of the mode's, and only lines that are all high or all low look like a
 * peripheral that is gone; negotiating anew tells.
 *
 * Time-outs end what is done as a cancel does, by a signal.
 *
 * All of this runs in the worker's thread with the port allocated, the device
 * selected and the engine begun.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include <uapi/linux/parport.h>

#include "device/device.h"

/* How long the lines must show an error before it is one. */
#define WINPAR_TRANSFER_STEADY	msecs_to_jiffies(100)
/* How long before a peripheral that was found to be there is asked again. */
#define WINPAR_TRANSFER_AGAIN	HZ
/* Naps between two looks at a peripheral that pauses, in ms. */
#define WINPAR_TRANSFER_NAP	10U
/* The shortest pause, in ms, that Linux's engine comes back from. */
#define WINPAR_TRANSFER_PAUSE	45
/* An interval of this length and no total: what is there now. */
#define WINPAR_TRANSFER_NOW	0xffffffffU

/**
 * struct winpar_pause - a peripheral that nothing moves to or from
 * @naps: how many naps there were since something moved
 * @upset: since when the lines have shown an error, in jiffies; 0 they do not
 * @asked: when it was last asked whether it is there
 * @was_asked: it was
 */
struct winpar_pause {
	unsigned int naps;
	unsigned long upset;
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
 * Context: as winpar_device_set_time().
 */
void winpar_transfer_set_time(struct winpar_device *device, ULONG multiplier,
			      ULONG constant, ULONG length)
{
	u64 ms = (u64)multiplier * length + constant;

	if (multiplier || constant)
		winpar_device_set_time(device, min_t(u64, ms, INT_MAX));
}

/* ----- when nothing moves ------------------------------------------------ */

/* Do the lines show an error, or look as if nobody was there? */
static bool winpar_transfer_is_upset(struct winpar_device *device)
{
	const u8 lines = WINPAR_STS_PERROR | WINPAR_STS_SELECT |
			 WINPAR_STS_FAULT;
	u8 status = winpar_engine_status(&device->engine);

	if (winpar_engine_mode(&device->engine) == IEEE1284_MODE_COMPAT)
		return (status & lines) !=
		       (WINPAR_STS_SELECT | WINPAR_STS_FAULT);
	status &= lines | WINPAR_STS_ACK | WINPAR_STS_BUSY;
	/* Busy is inverted on its way. */
	return status == (lines | WINPAR_STS_ACK) || status == WINPAR_STS_BUSY;
}

/* It has been upset for so long: is it there? */
static NTSTATUS winpar_transfer_ask(struct winpar_device *device,
				    struct winpar_pause *pause)
{
	int mode = winpar_engine_mode(&device->engine);

	if (mode == IEEE1284_MODE_COMPAT)
		return STATUS_IO_DEVICE_ERROR;
	if (pause->was_asked &&
	    time_before(jiffies, pause->asked + WINPAR_TRANSFER_AGAIN))
		return STATUS_SUCCESS;
	winpar_transfer_disconnect(device);
	pause->asked = jiffies;
	pause->was_asked = true;
	return winpar_transfer_enter(device, mode);
}

/* A nap, unless the peripheral is in trouble. */
static NTSTATUS winpar_transfer_pause(struct winpar_device *device,
				      struct winpar_pause *pause,
				      unsigned int longest)
{
	NTSTATUS status = STATUS_SUCCESS;

	if (!winpar_transfer_is_upset(device))
		pause->upset = 0;
	else if (!pause->upset)
		pause->upset = jiffies ?: 1;
	else if (time_after(jiffies, pause->upset + WINPAR_TRANSFER_STEADY))
		status = winpar_transfer_ask(device, pause);
	if (status != STATUS_SUCCESS)
		return status;
	if (pause->naps < WINPAR_TRANSFER_NAP)
		pause->naps++;
	winpar_device_nap(device, min(pause->naps, longest));
	return STATUS_SUCCESS;
}

/* ----- addresses --------------------------------------------------------- */

static bool winpar_transfer_has_addresses(int mode)
{
	return mode == IEEE1284_MODE_ECP || mode == IEEE1284_MODE_ECPSWE ||
	       mode == IEEE1284_MODE_EPP || mode == IEEE1284_MODE_EPPSWE;
}

/* Send the address of a direction if the peripheral does not have it. */
static NTSTATUS winpar_transfer_send_address(struct winpar_device *device,
					     bool forward)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_device_settings set;
	struct winpar_pause pause = {};
	NTSTATUS status;
	UCHAR address;

	winpar_transfer_settings(device, &set);
	if (!(forward ? set.has_write_address : set.has_read_address))
		return STATUS_SUCCESS;
	address = forward ? set.write_address : set.read_address;
	/* The pause may have to negotiate anew: nothing was sent then. */
	while (winpar_transfer_has_addresses(winpar_engine_mode(engine)) &&
	       engine->address != address) {
		status = winpar_transfer_stopped(device);
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
	NTSTATUS status = winpar_transfer_connect(device, forward);

	if (status != STATUS_SUCCESS)
		return status;
	return winpar_transfer_send_address(device, forward);
}

/* Bytes or time ran out: what is left on the wire. */
static NTSTATUS winpar_transfer_finish(struct winpar_device *device,
				       NTSTATUS status)
{
	winpar_device_clear_time(device);
	if (status != STATUS_SUCCESS)
		winpar_transfer_disconnect(device);
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

	winpar_transfer_settings(device, &set);
	if (winpar_engine_mode(&device->engine) !=
	    winpar_protocol_mode(set.forward))
		return STATUS_SUCCESS;
	winpar_transfer_set_time(device, set.timeouts.WriteTotalTimeoutMultiplier,
				 set.timeouts.WriteTotalTimeoutConstant, 1);
	status = winpar_transfer_send_address(device, WINPAR_ENGINE_FORWARD);
	return winpar_transfer_finish(device, status);
}

/* ----- writing ----------------------------------------------------------- */

static NTSTATUS winpar_transfer_push(struct winpar_device *device,
				     const u8 *bytes, ULONG length, ULONG *done)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_pause pause = {};
	NTSTATUS status;
	ssize_t moved;
	size_t block;

	while (*done < length) {
		status = winpar_transfer_stopped(device);
		if (status != STATUS_SUCCESS)
			return status;
		/* After a peripheral was negotiated with anew. */
		if (pause.was_asked) {
			status = winpar_transfer_prepare(device,
							 WINPAR_ENGINE_FORWARD);
			if (status != STATUS_SUCCESS)
				return status;
		}
		block = min_t(size_t, length - *done,
			      WINPAR_ENGINE_WRITE_BLOCK);
		moved = winpar_engine_write(engine, bytes + *done, block);
		if (moved < 0)
			return STATUS_IO_DEVICE_ERROR;
		*done += moved;
		cond_resched();
		if (moved) {
			pause.naps = 0;
			pause.upset = 0;
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
	winpar_transfer_settings(device, &set);
	winpar_transfer_set_time(device, set.timeouts.WriteTotalTimeoutMultiplier,
				 set.timeouts.WriteTotalTimeoutConstant, length);
	status = winpar_transfer_prepare(device, WINPAR_ENGINE_FORWARD);
	if (status == STATUS_SUCCESS)
		status = winpar_transfer_push(device, buffer, length, done);
	return winpar_transfer_finish(device, status);
}

/* ----- reading ----------------------------------------------------------- */

/**
 * struct winpar_patience - how long a read waits for the next byte
 * @now: not at all
 * @interval: so many ms once one has come; 0 as long as the total allows
 * @last: when the last one came, in jiffies
 */
struct winpar_patience {
	bool now;
	unsigned int interval;
	unsigned long last;
};

static void winpar_transfer_read_time(struct winpar_device *device,
				      const SERIAL_TIMEOUTS *t, ULONG length,
				      struct winpar_patience *patience)
{
	patience->now = t->ReadIntervalTimeout == WINPAR_TRANSFER_NOW &&
			!t->ReadTotalTimeoutMultiplier &&
			!t->ReadTotalTimeoutConstant;
	if (t->ReadIntervalTimeout != WINPAR_TRANSFER_NOW)
		patience->interval = min_t(ULONG, t->ReadIntervalTimeout,
					   INT_MAX);
	winpar_transfer_set_time(device, t->ReadTotalTimeoutMultiplier,
				 t->ReadTotalTimeoutConstant, length);
}

/* Where only what is there now is wanted, the address does not wait either. */
static NTSTATUS winpar_transfer_prepare_read(struct winpar_device *device,
					     bool now)
{
	NTSTATUS status;

	if (!now)
		return winpar_transfer_prepare(device, WINPAR_ENGINE_REVERSE);
	status = winpar_transfer_connect(device, WINPAR_ENGINE_REVERSE);
	if (status != STATUS_SUCCESS)
		return status;
	winpar_device_set_time(device, WINPAR_TRANSFER_PAUSE);
	status = winpar_transfer_send_address(device, WINPAR_ENGINE_REVERSE);
	winpar_device_clear_time(device);
	return status;
}

/* Nothing has come. STATUS_PENDING: look again. */
static NTSTATUS winpar_transfer_wait(struct winpar_device *device,
				     const struct winpar_patience *patience,
				     struct winpar_pause *pause, bool begun)
{
	unsigned int longest = WINPAR_TRANSFER_NAP;
	NTSTATUS status;

	if (patience->now)
		return STATUS_SUCCESS;
	if (patience->interval && begun) {
		if (time_after(jiffies, patience->last +
			       msecs_to_jiffies(patience->interval)))
			return STATUS_TIMEOUT;
		longest = min(longest, patience->interval);
	}
	status = winpar_transfer_pause(device, pause, longest);
	return status == STATUS_SUCCESS ? STATUS_PENDING : status;
}

static NTSTATUS winpar_transfer_pull(struct winpar_device *device,
				     struct winpar_patience *patience,
				     u8 *bytes, ULONG length, ULONG *done)
{
	struct winpar_engine *engine = &device->engine;
	struct winpar_pause pause = {};
	size_t block = WINPAR_ENGINE_READ_BLOCK;
	NTSTATUS status;
	ssize_t moved;

	/* The engine itself would wait for longer than the interval. */
	if (patience->interval && patience->interval < WINPAR_TRANSFER_PAUSE)
		block = 1;
	while (*done < length) {
		status = winpar_transfer_stopped(device);
		if (status != STATUS_SUCCESS)
			return status;
		if (pause.was_asked) {
			status = winpar_transfer_prepare(device,
							 WINPAR_ENGINE_REVERSE);
			if (status != STATUS_SUCCESS)
				return status;
		}
		moved = winpar_engine_read(engine, bytes + *done,
					   min_t(size_t, length - *done, block),
					   block > 1 || !*done);
		if (moved < 0) {
			/* A signal breaks a byte off, too. */
			status = winpar_transfer_stopped(device);
			return status == STATUS_SUCCESS ?
			       STATUS_IO_DEVICE_ERROR : status;
		}
		*done += moved;
		cond_resched();
		if (moved) {
			pause.naps = 0;
			pause.upset = 0;
			patience->last = jiffies;
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
 * Return: STATUS_SUCCESS all of them, or, where the time-outs ask for what is
 * there now, that, and nothing if the read address is not taken; STATUS_TIMEOUT;
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
	winpar_transfer_settings(device, &set);
	winpar_transfer_read_time(device, &set.timeouts, length, &patience);
	status = winpar_transfer_prepare_read(device, patience.now);
	if (status == STATUS_SUCCESS)
		status = winpar_transfer_pull(device, &patience, buffer, length,
					      done);
	status = winpar_transfer_finish(device, status);
	/* Nothing is there now if not even the address is taken. */
	return patience.now && status == STATUS_TIMEOUT ? STATUS_SUCCESS :
							  status;
}
