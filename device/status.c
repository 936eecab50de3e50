// SPDX-License-Identifier: GPL-2.0-only
/*
 * The status lines of a parallel device in compatibility mode: as flags for
 * clients, as words for the log, and after a reset.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/string.h>

#include <winpar/winpar.h>

#include "device/negotiate.h"
#include "device/state.h"
#include "device/status.h"
#include "device/stop.h"
#include "host/regs.h"

/* How long a peripheral has to become ready after a reset. */
#define WINPAR_STATUS_PATIENCE	(2 * HZ)
/* Between two reads of the status register, in ms. */
#define WINPAR_STATUS_NAP	10

/* The status register as PARALLEL_... flags. */
static UCHAR winpar_status_flags(u8 lines)
{
	UCHAR flags = 0;

	lines &= WINPAR_STS_LINES;
	if (lines == WINPAR_STS_OPEN)
		return PARALLEL_NOT_CONNECTED;
	if (lines == WINPAR_STS_OFF)
		return PARALLEL_POWER_OFF;
	if (!(lines & WINPAR_STS_BUSY))
		flags |= PARALLEL_BUSY;
	if (lines & WINPAR_STS_PERROR)
		flags |= PARALLEL_PAPER_EMPTY;
	flags |= lines & WINPAR_STS_SELECT ? PARALLEL_SELECTED :
					     PARALLEL_OFF_LINE;
	return flags;
}

/**
 * winpar_status_read() - what a device shows
 * @device: the device
 *
 * Ends a mode that is connected, in which the lines would mean something else.
 *
 * DDI page: IOCTL_PAR_QUERY_INFORMATION.
 * Context: the worker, the port allocated, the engine begun.
 * Return: PARALLEL_... flags, from one read of the status register.
 */
UCHAR winpar_status_read(struct winpar_device *device)
{
	winpar_negotiate_disconnect(device);
	return winpar_status_flags(winpar_engine_status(&device->engine));
}

/* What the status register says, in words, each with a comma before it. */
static void winpar_status_words(u8 lines, char *buf, size_t size)
{
	const UCHAR flags = winpar_status_flags(lines);
	const bool there = !(flags & (PARALLEL_NOT_CONNECTED |
				      PARALLEL_POWER_OFF));

	scnprintf(buf, size, "%s%s%s%s%s%s",
		  flags & PARALLEL_NOT_CONNECTED ? ", nothing connected" : "",
		  flags & PARALLEL_POWER_OFF ? ", no power" : "",
		  flags & PARALLEL_BUSY ? ", busy" : "",
		  flags & PARALLEL_PAPER_EMPTY ? ", out of paper" : "",
		  flags & PARALLEL_OFF_LINE ? ", off line" : "",
		  there && !(lines & WINPAR_STS_FAULT) ? ", error" : "");
	if (!*buf)
		strscpy(buf, ", ready", size);
}

/**
 * winpar_status_report() - say in the log what a device shows
 * @device: the device; a request to it fails because of what the device does
 * @status: what the request completes with
 *
 * Rate-limited for each device, which has one client at a time. The words are
 * right only in compatibility mode; a job that fails has ended the mode of IEEE
 * 1284 before the worker calls this function.
 *
 * Context: the worker, the port allocated, the engine begun.
 */
void winpar_status_report(struct winpar_device *device, NTSTATUS status)
{
	char words[80];
	u8 lines;

	if (!__ratelimit(&device->reports))
		return;
	lines = winpar_engine_status(&device->engine);
	winpar_status_words(lines, words, sizeof(words));
	pr_warn("%s: a request of %s fails with %s (%#010x): the lines show %s (status register %#04x)\n",
		device->name, winpar_file_client(device->file),
		winpar_status_name(status), status,
		words + strlen(", "), lines);
}

static NTSTATUS winpar_status_verdict(UCHAR flags)
{
	if (flags & PARALLEL_NOT_CONNECTED)
		return STATUS_DEVICE_NOT_CONNECTED;
	if (flags & PARALLEL_POWER_OFF)
		return STATUS_DEVICE_POWERED_OFF;
	if (flags & PARALLEL_PAPER_EMPTY)
		return STATUS_DEVICE_PAPER_EMPTY;
	if (flags & PARALLEL_OFF_LINE)
		return STATUS_DEVICE_OFF_LINE;
	if (flags & PARALLEL_BUSY)
		return STATUS_DEVICE_BUSY;
	return STATUS_SUCCESS;
}

/**
 * winpar_status_reset() - reset a device
 * @device: the device
 *
 * The device gets up to 2 s to become ready; then its status lines decide. The
 * wire is in compatibility mode afterwards.
 *
 * DDI page: IOCTL_PAR_SET_INFORMATION.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_DEVICE_NOT_CONNECTED,
 * STATUS_DEVICE_POWERED_OFF, STATUS_DEVICE_PAPER_EMPTY,
 * STATUS_DEVICE_OFF_LINE; STATUS_DEVICE_BUSY it is only busy; why the job had to
 * stop.
 */
NTSTATUS winpar_status_reset(struct winpar_device *device)
{
	unsigned long expire;
	NTSTATUS status;

	winpar_negotiate_disconnect(device);
	winpar_engine_reset(&device->engine);
	expire = jiffies + WINPAR_STATUS_PATIENCE;
	for (;;) {
		status = winpar_status_verdict(winpar_status_read(device));
		if (status == STATUS_SUCCESS || time_after(jiffies, expire))
			return status;
		status = winpar_stop_check(device);
		if (status != STATUS_SUCCESS)
			return status;
		winpar_stop_nap(device, WINPAR_STATUS_NAP);
	}
}
