// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the IEEE 1284 device ID of a parallel device.
 *
 * A negotiation for nibble mode with the device ID bit makes the device send it:
 * two bytes of length, most significant first, which count themselves, then text
 * whose last field ends in a semicolon. Some devices send the two bytes the
 * other way round, do not count them, or send a length that is not true. So
 * winpar reads until the device has no more, and takes the length only as a
 * place where to stop with a device that never ends. Clients are given the length of
 * what has come.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include <uapi/linux/parport.h>

#include "device/id.h"
#include "device/negotiate.h"
#include "device/state.h"
#include "device/stop.h"
#include "device/transfer.h"
#include "host/regs.h"

/* The length, and the most that it can say. */
#define WINPAR_ID_HEAD		2
#define WINPAR_ID_LONGEST	(WINPAR_ID_MAX - 1)
/* No ID with a text is as short as SHORT, hardly one as long as LONG. */
#define WINPAR_ID_SHORT		4
#define WINPAR_ID_LONG		0x0fff
/* Places where an ID may end. */
#define WINPAR_ID_STOPS		4

/*
 * How long a device may send nothing before winpar_id_collect() takes the ID to
 * be over, in ms: PATIENCE; PAUSE when the last byte was a semicolon, which may end it.
 */
#define WINPAR_ID_PATIENCE	2000
#define WINPAR_ID_PAUSE		100
/* How long winpar_id_collect() naps before it asks again for a byte, in ms. */
#define WINPAR_ID_NAP		5

static bool winpar_id_is_whole(const UCHAR *raw, size_t have)
{
	return have > WINPAR_ID_HEAD && raw[have - 1] == ';';
}

/*
 * Fill @stop with the byte counts at which the ID may end, by each reading of its
 * two length bytes, in the order in which they are tried. Return how many there
 * are; 0 when the two bytes cannot begin an ID.
 */
static unsigned int winpar_id_stops(const UCHAR *raw, size_t *stop)
{
	size_t big = raw[0] << 8 | raw[1], little = raw[1] << 8 | raw[0];
	unsigned int count = 0;

	/* 0000: the lines stay low; ffff: they stay high. No device sends an ID. */
	if (!big || big == WINPAR_ID_LONGEST)
		return 0;
	if (little > WINPAR_ID_SHORT &&
	    (big <= WINPAR_ID_SHORT ||
	     (big > WINPAR_ID_LONG && little < big))) {
		stop[count++] = little;
		stop[count++] = little + WINPAR_ID_HEAD;
	}
	if (big > WINPAR_ID_SHORT) {
		stop[count++] = big;
		stop[count++] = big + WINPAR_ID_HEAD;
	}
	return count;
}

/* Read until @raw has @stop bytes, or until the device sends no more. */
static NTSTATUS winpar_id_collect(struct winpar_device *device, UCHAR *raw,
				  size_t stop, size_t *have)
{
	ktime_t last = ktime_get();
	NTSTATUS status, broken;
	s64 patience;
	ssize_t moved;

	while (*have < stop) {
		status = winpar_stop_check(device);
		if (status != STATUS_SUCCESS)
			return status;
		moved = winpar_engine_read(&device->engine, raw + *have,
					   min_t(size_t, stop - *have,
						 WINPAR_ENGINE_READ_BLOCK), true);
		if (moved < 0) {
			broken = winpar_stop_check(device);
			return broken == STATUS_SUCCESS ?
			       STATUS_IO_DEVICE_ERROR : broken;
		}
		*have += moved;
		cond_resched();
		if (moved) {
			last = ktime_get();
			continue;
		}
		patience = winpar_id_is_whole(raw, *have) ? WINPAR_ID_PAUSE :
							    WINPAR_ID_PATIENCE;
		if (ktime_ms_delta(ktime_get(), last) >= patience)
			break;
		winpar_stop_nap(device, WINPAR_ID_NAP);
	}
	return STATUS_SUCCESS;
}

/* Bring the device to the beginning of its ID. */
static NTSTATUS winpar_id_ask(struct winpar_device *device)
{
	winpar_negotiate_disconnect(device);
	return winpar_negotiate_enter(device, IEEE1284_MODE_NIBBLE |
					     IEEE1284_DEVICEID);
}

static NTSTATUS winpar_id_receive(struct winpar_device *device, UCHAR *raw,
				  size_t *have)
{
	size_t stop[WINPAR_ID_STOPS], next = 0;
	unsigned int i, count;
	NTSTATUS status;

	status = winpar_id_ask(device);
	if (status != STATUS_SUCCESS)
		return status;
	status = winpar_id_collect(device, raw, WINPAR_ID_HEAD, have);
	if (status != STATUS_SUCCESS)
		return status;
	count = *have < WINPAR_ID_HEAD ? 0 : winpar_id_stops(raw, stop);
	if (!count)
		return STATUS_IO_DEVICE_ERROR;

	for (i = 0; i < count; i++) {
		next = min_t(size_t, stop[i], WINPAR_ID_LONGEST);
		status = winpar_id_collect(device, raw, next, have);
		if (status != STATUS_SUCCESS)
			return status;
		if (*have < next || !winpar_engine_more(&device->engine) ||
		    winpar_id_is_whole(raw, *have))
			break;
	}
	/* The text is not whole: does the device still answer? */
	if (*have < next && !winpar_id_is_whole(raw, *have))
		return winpar_id_ask(device);
	return STATUS_SUCCESS;
}

/**
 * winpar_id_read() - read a device's ID
 * @device: the device
 * @raw: where it goes, WINPAR_ID_MAX bytes: two bytes of length, most significant
 *       first, counting themselves and the text that has come, then the text
 * @length: that length; 0 on failure
 *
 * A mode that is connected is ended, the wire is in compatibility mode
 * afterwards. When a device sends nothing for 2 s in the middle of the text, the
 * ID ends there if the device still answers a negotiation. Reading the ID may
 * take as long as a read of WINPAR_ID_LONGEST bytes; if that time runs out the
 * status is STATUS_IO_DEVICE_ERROR.
 *
 * DDI pages: IOCTL_PAR_QUERY_RAW_DEVICE_ID, IOCTL_PAR_QUERY_DEVICE_ID.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_IO_DEVICE_ERROR the device does not answer, has
 * no ID, breaks off in the middle of a byte, or takes too long; why it had to
 * stop.
 */
NTSTATUS winpar_id_read(struct winpar_device *device, UCHAR *raw,
			size_t *length)
{
	struct winpar_device_settings set;
	NTSTATUS status;
	size_t have = 0;

	winpar_state_settings(device, &set);
	winpar_transfer_set_time(device, set.timeouts.ReadTotalTimeoutMultiplier,
				 set.timeouts.ReadTotalTimeoutConstant,
				 WINPAR_ID_LONGEST);
	status = winpar_id_receive(device, raw, &have);
	winpar_stop_clear_time(device);
	winpar_negotiate_disconnect(device);
	*length = 0;
	if (status == STATUS_TIMEOUT)
		return STATUS_IO_DEVICE_ERROR;
	if (status != STATUS_SUCCESS)
		return status;
	raw[0] = have >> 8;
	raw[1] = have;
	*length = have;
	return STATUS_SUCCESS;
}
