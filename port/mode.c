// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests and callbacks that set and clear a chip mode.
 *
 * They are for the client that has the port: by its own allocation, or by the
 * lock of its parallel device, while that device is not at work. The mode itself
 * is port/chip.c's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>

#include <winpar/winpar.h>

#include "host/regs.h"
#include "port/chip.h"
#include "port/mode.h"
#include "port/port.h"
#include "port/probe.h"
#include "port/wire.h"

/*
 * Published clients give ECR values or numbers; 1 to 7 can only be numbers.
 */
static u8 winpar_mode_from_client(UCHAR byte)
{
	return byte <= HW_MODE_CONFIGURATION ? byte << 5 :
					       byte & WINPAR_ECR_MODE;
}

/* May this client change the chip's mode? */
static NTSTATUS __winpar_mode_permit(const struct winpar_port *port,
				     const struct winpar_seat *seat)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	return __winpar_port_is_open_to(port, seat) ?
	       STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

static NTSTATUS __winpar_mode_set(struct winpar_port *port,
				  struct winpar_holder *holder, u8 mode)
	__must_hold(&port->lock)
{
	NTSTATUS status = __winpar_mode_permit(port, holder->seat);

	lockdep_assert_held(&port->lock);
	/* Since the request came, or while the chip was probed: nothing would clear the mode. */
	if (status != STATUS_DELETE_PENDING && __winpar_port_file_is_closed(holder))
		return STATUS_CANCELLED;
	if (!NT_SUCCESS(status))
		return status;
	if (port->chip.mode)
		return STATUS_INVALID_DEVICE_STATE;
	/* While the machine sleeps the chip is not probed: it may have the mode. */
	if (mode == ECR_ECP_MODE && winpar_probe_is_unknown(port))
		return STATUS_INVALID_DEVICE_STATE;
	if (!__winpar_chip_has(port, mode))
		return STATUS_NO_SUCH_DEVICE;
	if (mode)
		__winpar_chip_set(port, holder, mode);
	return STATUS_SUCCESS;
}

/**
 * winpar_mode_set() - set a chip mode
 * @holder: the file whose request it is, or the seat's own for a callback
 * @byte: the mode, as an ECR value or a number
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE the client does not have
 * the port, or another mode than 0 is set, or the machine sleeps and it is not known
 * whether the chip has ECP; STATUS_NO_SUCH_DEVICE not a mode of this port;
 * STATUS_DELETE_PENDING; STATUS_CANCELLED the file is being closed.
 */
NTSTATUS winpar_mode_set(struct winpar_holder *holder, UCHAR byte)
{
	/* Once the lock is dropped the file may be closed, and freed, but not the seat. */
	struct winpar_seat *seat = holder->seat;
	struct winpar_port *port = seat->port;
	u8 mode = winpar_mode_from_client(byte);
	unsigned long flags;
	NTSTATUS status;
	bool probe;

	winpar_wire_lock(port, &flags);
	probe = mode == ECR_ECP_MODE && !port->chip.probed &&
		__winpar_port_is_open_to(port, seat);
	if (probe) {
		__winpar_wire_take(port, flags);
		__winpar_probe_chip(port, &flags);
	}
	status = __winpar_mode_set(port, holder, mode);
	if (probe)
		__winpar_wire_give(port, &flags);
	winpar_port_unlock(port, flags);
	if (status == STATUS_NO_SUCH_DEVICE)
		winpar_warn(seat->client,
			    "%s: %s cannot set chip mode %#04x: the chip has no such mode, or the firmware's setup does not allow it, or parport_pc needs io_hi=. %s (%#010x)\n",
			    port->name, winpar_client_name(seat->client), mode,
			    winpar_status_name(status), status);
	return status;
}

/**
 * winpar_mode_clear() - go back from a chip mode to mode 0
 * @seat: the client, on the port
 * @byte: the current mode, as an ECR value or a number
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, also when no mode is set and 0 is given;
 * STATUS_INVALID_DEVICE_STATE the client does not have the port, or that is not
 * the current mode; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_mode_clear(struct winpar_seat *seat, UCHAR byte)
{
	struct winpar_port *port = seat->port;
	u8 mode = winpar_mode_from_client(byte);
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_mode_permit(port, seat);
	if (NT_SUCCESS(status) && mode != port->chip.mode)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (NT_SUCCESS(status) && mode)
		__winpar_chip_set(port, NULL, ECR_SPP_MODE);
	winpar_port_unlock(port, flags);
	return status;
}
