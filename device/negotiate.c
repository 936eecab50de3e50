// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocols of a parallel device.
 *
 * A device has a current protocol for each direction: those that the client
 * negotiated, or CENTRONICS and NIBBLE. One of the two is connected, that is, its
 * mode is on the wire; or none is, and the wire is in compatibility mode.
 *
 * Which modes a peripheral has is found out by negotiating one after the other.
 * The danger: dongles and old printers share these lines, and may take a
 * negotiation for data. So a request negotiates for each mode once, for modes
 * that are asked for by the same byte once together, and for none any more when
 * the peripheral has not answered.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include <uapi/linux/parport.h>

#include <winpar/winpar.h>

#include "device/negotiate.h"
#include "device/protocol.h"
#include "device/state.h"
#include "device/stop.h"
#include "host/regs.h"
#include "winpar_trace.h"

/* ----- connecting -------------------------------------------------------- */

/**
 * winpar_negotiate_mode() - negotiate for a mode, unless the wire is in it
 * @device: the device
 * @mode: an IEEE1284_MODE_...
 *
 * While the chip is off a mode ends by winpar_engine_drop().
 *
 * Context: the worker, the port allocated.
 * Return: as winpar_engine_negotiate(); -1 too when the engine has not begun: then the wire
 * stays in its mode.
 */
int winpar_negotiate_mode(struct winpar_device *device, int mode)
{
	int answer;

	if (winpar_engine_mode(&device->engine) == mode)
		return 0;
	if (mode == IEEE1284_MODE_COMPAT && winpar_engine_drop(&device->engine))
		return 0;
	if (!device->engine.begun)
		return -1;
	answer = winpar_engine_negotiate(&device->engine, mode);
	trace_winpar_negotiate(device, mode, answer);
	return answer;
}

/**
 * winpar_negotiate_enter() - bring the wire into a mode
 * @device: the device
 * @mode: an IEEE1284_MODE_...
 *
 * Context: the worker, the port allocated, the engine begun.
 * Return: as winpar_negotiate_connect().
 */
NTSTATUS winpar_negotiate_enter(struct winpar_device *device, int mode)
{
	NTSTATUS status;

	if (winpar_engine_mode(&device->engine) == mode)
		return STATUS_SUCCESS;
	status = winpar_stop_check(device);
	if (status != STATUS_SUCCESS)
		return status;
	if (winpar_negotiate_mode(device, mode))
		return STATUS_IO_DEVICE_ERROR;
	/* PError is high in ECP, and in nibble and byte mode without data. */
	device->shows_mode = winpar_engine_status(&device->engine) &
			     WINPAR_STS_PERROR;
	return STATUS_SUCCESS;
}

/**
 * winpar_negotiate_connect() - bring the current protocol onto the wire
 * @device: the device
 * @forward: that of which direction
 *
 * Nothing happens when it is there already.
 *
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_IO_DEVICE_ERROR the peripheral refuses it or
 * does not answer; why it had to stop.
 */
NTSTATUS winpar_negotiate_connect(struct winpar_device *device, bool forward)
{
	struct winpar_device_settings set;

	winpar_state_settings(device, &set);
	return winpar_negotiate_enter(device,
				     winpar_protocol_mode(forward ?
							  set.forward :
							  set.reverse));
}

/**
 * winpar_negotiate_disconnect() - bring the wire into compatibility mode
 * @device: the device
 *
 * Context: the worker, the port allocated, the engine begun.
 */
void winpar_negotiate_disconnect(struct winpar_device *device)
{
	winpar_negotiate_mode(device, IEEE1284_MODE_COMPAT);
}

/**
 * winpar_negotiate_leave() - end the mode on the wire, if there is one
 * @device: the device, whose worker is about to give the port back
 *
 * Context: the worker, the port allocated, the engine not begun.
 */
void winpar_negotiate_leave(struct winpar_device *device)
{
	/* That is all while the chip is off, whose registers cannot be read. */
	winpar_negotiate_disconnect(device);
	if (winpar_engine_mode(&device->engine) == IEEE1284_MODE_COMPAT)
		return;
	winpar_engine_begin(&device->engine);
	winpar_negotiate_disconnect(device);
	winpar_engine_end(&device->engine);
}

/* ----- negotiating ------------------------------------------------------- */

/**
 * struct winpar_probe - what one request has learnt of a peripheral
 * @tried: modes that were on the wire, as BIT(winpar_negotiate_slot())
 * @works: those that it has
 * @silent: it has not answered a negotiation: it does not know IEEE 1284
 */
struct winpar_probe {
	unsigned int tried;
	unsigned int works;
	bool silent;
};

/* Modes that are asked for alike share a slot. */
static unsigned int winpar_negotiate_slot(int mode)
{
	switch (mode) {
	case IEEE1284_MODE_NIBBLE:
		return 0;
	case IEEE1284_MODE_BYTE:
		return 1;
	case IEEE1284_MODE_EPP:
	case IEEE1284_MODE_EPPSWE:
		return 2;
	default:
		return 3;
	}
}

/*
 * Does the peripheral have a mode? For each slot @probe remembers the answer, so
 * that one request negotiates for it once.
 */
static bool winpar_negotiate_try(struct winpar_device *device,
				 struct winpar_probe *probe, int mode)
{
	unsigned int slot = BIT(winpar_negotiate_slot(mode));
	int ret;

	if (mode == IEEE1284_MODE_COMPAT)
		return true;
	if (probe->tried & slot)
		return probe->works & slot;
	if (probe->silent || winpar_stop_check(device) != STATUS_SUCCESS)
		return false;
	ret = winpar_negotiate_mode(device, mode);
	winpar_negotiate_disconnect(device);
	probe->tried |= slot;
	if (!ret)
		probe->works |= slot;
	probe->silent = ret < 0;
	return !ret;
}

static bool winpar_negotiate_host_can(struct winpar_device *device,
				      USHORT protocol, bool forward)
{
	if (protocol == ECP_HW_IRQ && device->port->host.irq < 0)
		return false;
	return winpar_engine_can(&device->engine,
				 winpar_protocol_mode(protocol), forward);
}

/* The fastest protocol of a mask that both have, NONE if there is none. */
static USHORT winpar_negotiate_fastest(struct winpar_device *device,
				       struct winpar_probe *probe, USHORT mask,
				     bool forward)
{
	USHORT protocol;

	while ((protocol = winpar_protocol_fastest(mask))) {
		if (winpar_negotiate_host_can(device, protocol, forward) &&
		    winpar_negotiate_try(device, probe,
					 winpar_protocol_mode(protocol)))
			break;
		mask &= ~protocol;
	}
	return protocol;
}

/* No protocol is left of those that a client asked for: say so in the log. */
static NTSTATUS winpar_negotiate_none(struct winpar_device *device,
				      USHORT forward, USHORT reverse)
{
	if (__ratelimit(&device->reports))
		pr_warn("%s: a negotiation of %s fails: the port and the peripheral share none of the protocols it asks for (writing %#06x, reading %#06x). Does the firmware's setup allow EPP and ECP? %s (%#010x)\n",
			device->name, winpar_file_client(device->file),
			forward, reverse,
			winpar_status_name(STATUS_UNSUCCESSFUL),
			STATUS_UNSUCCESSFUL);
	return STATUS_UNSUCCESSFUL;
}

/**
 * winpar_negotiate_choose() - find the fastest protocols that both sides have
 * @device: the device
 * @forward: protocols to choose from for writing; the current one stays if none
 *           of them exists in this direction
 * @reverse: protocols to choose from for reading, in this way too
 *
 * They become current; the wire is in compatibility mode afterwards. What the
 * client has excluded is not tried. When a direction that was asked for has
 * none, neither changes.
 *
 * DDI page: IOCTL_IEEE1284_NEGOTIATE.
 * Context: the worker, the port allocated, the engine begun.
 * Return: STATUS_SUCCESS; STATUS_UNSUCCESSFUL; why it had to stop.
 */
NTSTATUS winpar_negotiate_choose(struct winpar_device *device,
				 USHORT forward, USHORT reverse)
{
	struct winpar_device_settings set;
	struct winpar_probe probe = {};
	USHORT chosen_forward = NONE, chosen_reverse = NONE;
	unsigned long flags;
	NTSTATUS status;

	winpar_state_settings(device, &set);
	forward = winpar_protocol_forward(forward);
	reverse = winpar_protocol_reverse(reverse);

	winpar_negotiate_disconnect(device);
	if (forward)
		chosen_forward = winpar_negotiate_fastest(device, &probe,
							  forward & ~set.excluded,
							WINPAR_ENGINE_FORWARD);
	if (reverse && (!forward || chosen_forward))
		chosen_reverse = winpar_negotiate_fastest(device, &probe,
							  reverse & ~set.excluded,
							WINPAR_ENGINE_REVERSE);
	status = winpar_stop_check(device);
	if (status != STATUS_SUCCESS)
		return status;
	if ((forward && !chosen_forward) || (reverse && !chosen_reverse))
		return winpar_negotiate_none(device, forward, reverse);

	spin_lock_irqsave(&device->lock, flags);
	if (forward)
		device->set.forward = chosen_forward;
	if (reverse)
		device->set.reverse = chosen_reverse;
	spin_unlock_irqrestore(&device->lock, flags);
	return STATUS_SUCCESS;
}

/**
 * winpar_negotiate_shared() - the protocols that host and device share
 * @device: the device
 *
 * What the client has excluded is neither tried nor returned. The wire is in
 * compatibility mode afterwards.
 *
 * DDI pages: IOCTL_PAR_GET_DEVICE_CAPS, PDETERMINE_IEEE_MODES.
 * Context: the worker, the port allocated, the engine begun.
 * Return: their bits; those found so far when it had to stop.
 */
USHORT winpar_negotiate_shared(struct winpar_device *device)
{
	struct winpar_device_settings set;
	struct winpar_probe probe = {};
	USHORT found = NONE, left, protocol;

	winpar_state_settings(device, &set);
	left = ~set.excluded;
	winpar_negotiate_disconnect(device);
	while ((protocol = winpar_protocol_fastest(left))) {
		if ((winpar_negotiate_host_can(device, protocol,
					       WINPAR_ENGINE_FORWARD) ||
		     winpar_negotiate_host_can(device, protocol,
					       WINPAR_ENGINE_REVERSE)) &&
		    winpar_negotiate_try(device, &probe,
					 winpar_protocol_mode(protocol)))
			found |= protocol;
		left &= ~protocol;
	}
	return found;
}
