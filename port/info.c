// SPDX-License-Identifier: GPL-2.0-only
/*
 * The structures that clients are given, with the callbacks in them.
 *
 * Their Context is the client's seat on the port. What is said of the hardware is
 * noted by the host room when the port arrives, so that a port which has gone can
 * still be asked.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/parallel.h>

#include "host/attach.h"
#include "port/allocate.h"
#include "port/info.h"
#include "port/mode.h"
#include "port/port.h"
#include "port/select.h"

/* ----- PARALLEL_PORT_INFORMATION ----------------------------------------- */

/**
 * winpar_info_waiters() - PARALLEL_PORT_INFORMATION.QueryNumWaiters
 * @context: the Context that winpar gave
 *
 * Implements PPARALLEL_QUERY_WAITERS_ROUTINE.
 *
 * Context: any.
 * Return: how many requests wait, and one more when a Linux driver does; 0 when
 * the port has gone.
 */
static ULONG winpar_info_waiters(PVOID context)
{
	const struct winpar_seat *seat = context;

	if (!seat || winpar_port_is_gone(seat->port))
		return 0;
	return READ_ONCE(seat->port->nwaiting);
}

/**
 * winpar_info_port() - fill in PARALLEL_PORT_INFORMATION
 * @seat: the client, on the port
 * @info: filled in
 *
 * Context: any.
 */
void winpar_info_port(struct winpar_seat *seat, PARALLEL_PORT_INFORMATION *info)
{
	const struct winpar_host *host = &seat->port->host;

	/* With the padding behind SpanOfController; all the rest is set below. */
	memset(info, 0, offsetof(typeof(*info), TryAllocatePort));
	info->OriginalController.QuadPart = host->address;
	info->Controller = (PUCHAR)(ULONG_PTR)host->address;
	info->SpanOfController = host->span;
	info->TryAllocatePort = winpar_port_try_allocate;
	info->FreePort = winpar_port_free_callback;
	info->QueryNumWaiters = winpar_info_waiters;
	info->Context = seat;
}

/* ----- MORE_PARALLEL_PORT_INFORMATION ------------------------------------ */

/**
 * winpar_info_more() - fill in MORE_PARALLEL_PORT_INFORMATION
 * @port: the port
 * @info: filled in
 *
 * Context: any.
 */
void winpar_info_more(const struct winpar_port *port,
		      MORE_PARALLEL_PORT_INFORMATION *info)
{
	const struct winpar_host *host = &port->host;

	memset(info, 0, sizeof(*info));
	info->InterfaceType = host->bus < 0 ? Isa : PCIBus;
	info->InterruptMode = host->bus < 0 ? Latched : LevelSensitive;
	info->BusNumber = host->bus < 0 ? 0 : host->bus;
	if (host->irq < 0)
		return;
	info->InterruptLevel = host->irq;
	info->InterruptVector = host->irq;
	info->InterruptAffinity = winpar_host_irq_cpus(host);
}

/* ----- PARALLEL_PNP_INFORMATION ------------------------------------------ */

/**
 * winpar_info_set_mode() - PARALLEL_PNP_INFORMATION.TrySetChipMode
 * @context: the Context that winpar gave
 * @mode: as winpar_mode_set() takes it
 *
 * Implements PPARALLEL_SET_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE the client does not have the port, or
 * another mode than 0 is set, or the machine sleeps and it is not known whether the chip has
 * ECP; STATUS_NO_SUCH_DEVICE not a mode of this port; STATUS_DELETE_PENDING.
 */
static NTSTATUS winpar_info_set_mode(PVOID context, UCHAR mode)
{
	struct winpar_seat *seat = context;

	return seat ? winpar_mode_set(&seat->holder, mode) :
		      STATUS_DELETE_PENDING;
}

/**
 * winpar_info_clear_mode() - PARALLEL_PNP_INFORMATION.ClearChipMode
 * @context: the Context that winpar gave
 * @mode: as winpar_mode_clear() takes it
 *
 * Implements PPARALLEL_CLEAR_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as winpar_mode_clear().
 */
static NTSTATUS winpar_info_clear_mode(PVOID context, UCHAR mode)
{
	return context ? winpar_mode_clear(context, mode) :
			 STATUS_DELETE_PENDING;
}

static ULONG __winpar_info_capabilities(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	ULONG capabilities = PPT_NO_HARDWARE_PRESENT;

	lockdep_assert_held(&port->lock);
	if (port->host.can_byte)
		capabilities |= PPT_BYTE_PRESENT;
	if (port->host.can_epp)
		capabilities |= PPT_EPP_PRESENT;
	if (port->chip.depth)
		capabilities |= PPT_ECP_PRESENT;
	if (port->daisy.count)
		capabilities |= PPT_1284_3_PRESENT;
	return capabilities;
}

/**
 * winpar_info_pnp() - fill in PARALLEL_PNP_INFORMATION
 * @seat: the client, on a port that was scanned and probed as far as it could be
 * @info: filled in
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_info_pnp(struct winpar_seat *seat, PARALLEL_PNP_INFORMATION *info)
{
	struct winpar_port *port = seat->port;
	unsigned long flags;

	memset(info, 0, sizeof(*info));
	winpar_port_lock(port, &flags);
	info->OriginalEcpController.QuadPart = port->host.ecp_base;
	info->EcpController = (PUCHAR)(ULONG_PTR)port->host.ecp_base;
	info->SpanOfEcpController = port->host.ecp_base ? 3 : 0;
	info->HardwareCapabilities = __winpar_info_capabilities(port);
	info->FifoDepth = port->chip.depth;
	info->FifoWidth = port->chip.width;
	info->Ieee1284_3DeviceCount = port->daisy.count;
	info->CurrentMode = port->chip.mode;
	winpar_port_unlock(port, flags);
	info->TrySetChipMode = winpar_info_set_mode;
	info->ClearChipMode = winpar_info_clear_mode;
	info->TrySelectDevice = winpar_select_try;
	info->DeselectDevice = winpar_select_undo;
	info->Context = seat;
	info->PortName = port->link;
}

/* ----- PARALLEL_INTERRUPT_INFORMATION ------------------------------------ */

/**
 * winpar_info_interrupt() - fill in PARALLEL_INTERRUPT_INFORMATION
 * @seat: the client, on the port
 * @info: filled in
 *
 * Context: any.
 */
void winpar_info_interrupt(struct winpar_seat *seat,
			   PARALLEL_INTERRUPT_INFORMATION *info)
{
	info->InterruptObject = &seat->port->interrupt;
	info->TryAllocatePortAtInterruptLevel =
		winpar_port_try_allocate_at_interrupt;
	info->FreePortFromInterruptLevel = winpar_port_free_from_interrupt;
	info->Context = seat;
}
