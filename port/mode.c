// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mode room: what a port's chip can do, and the mode it is in.
 *
 * A mode is known by its value in the upper three bits of the ECR. It belongs
 * to the port: it outlives a free, so that the next owner sees it and may clear
 * it, and a Linux driver's turn. Whoever set it is remembered, to clear it when
 * that file closes; when somebody else has the port then, at the next free.
 *
 * Debian's kernels never report ECP, so winpar finds out: a chip that can fills
 * its FIFO in test mode, which drives no line. That is done once, when it is
 * first asked for and whoever asks may drive the port.
 *
 * Everything is guarded by the port lock, and the ECR is written only while
 * nobody else drives the wires.
 */
#include <linux/delay.h>
#include <linux/kernel.h>

#include <winpar/parallel.h>

#include "port/port.h"

/* No FIFO is deeper. */
#define WINPAR_MODE_DEPTH	256

/* Configuration register A: how wide the FIFO is. */
#define WINPAR_CONFIG_WIDTH(a)	(((a) >> 4) & 7)

/* ----- what the chip can -------------------------------------------------- */

static u8 winpar_mode_ecr(struct winpar_host *host, u8 low, u8 mode)
{
	winpar_host_write(host, WINPAR_REG_ECR, low | mode);
	return winpar_host_read(host, WINPAR_REG_ECR);
}

/* Words that the FIFO takes until it is full, 0 when it never is. */
static unsigned int winpar_mode_depth(struct winpar_host *host, u8 low)
{
	unsigned int depth = 0;
	u8 ecr;

	/* Through byte mode, which resets the FIFO. */
	winpar_mode_ecr(host, low, ECR_BYTE_MODE);
	ecr = winpar_mode_ecr(host, low, ECR_TEST_MODE);
	if ((ecr & WINPAR_ECR_MODE) != ECR_TEST_MODE ||
	    (ecr & (WINPAR_ECR_FULL | WINPAR_ECR_EMPTY)) != WINPAR_ECR_EMPTY)
		return 0;
	while (depth < WINPAR_MODE_DEPTH &&
	       !(winpar_host_read(host, WINPAR_REG_ECR) & WINPAR_ECR_FULL)) {
		winpar_host_write(host, WINPAR_REG_FIFO, 0xaa);
		depth++;
	}
	return depth < WINPAR_MODE_DEPTH ? depth : 0;
}

/* Bits of a word of the FIFO, 0 when the chip does not say. */
static unsigned int winpar_mode_width(struct winpar_host *host, u8 low)
{
	u8 config;

	winpar_mode_ecr(host, low, ECR_BYTE_MODE);
	winpar_mode_ecr(host, low, ECR_CONFIG_MODE);
	config = winpar_host_read(host, WINPAR_REG_CONFIG_A);
	switch (WINPAR_CONFIG_WIDTH(config)) {
	case 0:
		return 16;
	case 1:
		return 8;
	case 2:
		return 32;
	default:
		return 0;
	}
}

/**
 * __winpar_mode_probe() - find out once whether the chip can do ECP
 * @port: the wires taken, its lock held, which is dropped meanwhile
 * @flags: of the lock
 */
void __winpar_mode_probe(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	struct winpar_host *host = &port->host;
	unsigned int depth, width = 0;
	u8 ecr, low;

	if (port->probed || !host->ecp_base || host->mode ||
	    !__winpar_wire_is_ours(port))
		return;
	__winpar_wire_begin(port, *flags);
	ecr = winpar_host_read(host, WINPAR_REG_ECR);
	/* No interrupt, no DMA. */
	low = ECR_ERRINT_DISABLED | ECR_SVC_INT_DISABLED;
	depth = winpar_mode_depth(host, low);
	if (depth)
		width = winpar_mode_width(host, low);
	winpar_mode_ecr(host, low, ECR_BYTE_MODE);
	winpar_host_write(host, WINPAR_REG_ECR, ecr);
	__winpar_wire_end(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return;
	port->probed = true;
	port->fifo_depth = depth;
	port->fifo_width = width;
}

/* Is it a mode of this port? */
static bool __winpar_mode_exists(const struct winpar_port *port, u8 mode)
{
	switch (mode) {
	case ECR_SPP_MODE:
		return true;
	case ECR_BYTE_MODE:
		return port->host.ecp_base || port->host.can_byte;
	case ECR_EPP_MODE:
		return port->host.can_epp;
	case ECR_ECP_MODE:
		return port->fifo_depth;
	case ECR_FASTCENT_MODE:
	case ECR_TEST_MODE:
	case ECR_CONFIG_MODE:
		return port->host.ecp_base;
	default:
		return false;
	}
}

/* ----- setting and clearing ---------------------------------------------- */

/*
 * Published clients give ECR values or numbers; 1 to 7 can only be numbers.
 */
static u8 winpar_mode_read(UCHAR byte)
{
	return byte <= HW_MODE_CONFIGURATION ? byte << 5 :
					       byte & WINPAR_ECR_MODE;
}

/* May this file, or a callback, do something to a port that is allocated? */
static NTSTATUS __winpar_mode_permit(const struct winpar_port *port)
{
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	/* Linux's engine has the chip in its own hands. */
	return port->state == WINPAR_PORT_OWNED && __winpar_port_is_open(port) ?
	       STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

static NTSTATUS __winpar_mode_set(struct winpar_port *port,
				  struct winpar_file *file, u8 mode)
{
	NTSTATUS status = __winpar_mode_permit(port);

	if (!NT_SUCCESS(status))
		return status;
	if (port->mode)
		return STATUS_INVALID_DEVICE_STATE;
	if (!__winpar_mode_exists(port, mode))
		return STATUS_NO_SUCH_DEVICE;
	if (mode) {
		port->mode = mode;
		port->mode_file = file;
		winpar_host_set_mode(&port->host, mode);
	}
	return STATUS_SUCCESS;
}

/**
 * winpar_mode_set() - set a chip mode
 * @port: the port
 * @file: who does, NULL for a callback
 * @byte: the mode, as an ECR value or a number
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE nobody has the port, or
 * another mode than 0 is set; STATUS_NO_SUCH_DEVICE not a mode of this port;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_mode_set(struct winpar_port *port, struct winpar_file *file,
			 UCHAR byte)
{
	u8 mode = winpar_mode_read(byte);
	unsigned long flags;
	NTSTATUS status;
	bool probe;

	winpar_wire_lock(port, &flags);
	probe = mode == ECR_ECP_MODE && !port->probed &&
		port->state == WINPAR_PORT_OWNED &&
		__winpar_port_is_open(port);
	if (probe) {
		__winpar_wire_take(port, flags);
		__winpar_mode_probe(port, &flags);
	}
	status = __winpar_mode_set(port, file, mode);
	if (probe)
		__winpar_wire_give(port, &flags);
	winpar_port_unlock(port, flags);
	return status;
}

static void __winpar_mode_clear(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	port->mode = ECR_SPP_MODE;
	port->mode_file = NULL;
	port->mode_orphan = false;
	winpar_host_set_mode(&port->host, ECR_SPP_MODE);
}

/**
 * winpar_mode_clear() - go back from a chip mode to mode 0
 * @port: the port
 * @byte: the current mode, as an ECR value or a number
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, also when no mode is set and 0 is given;
 * STATUS_INVALID_DEVICE_STATE nobody has the port, or that is not the current
 * mode; STATUS_DELETE_PENDING.
 */
NTSTATUS winpar_mode_clear(struct winpar_port *port, UCHAR byte)
{
	u8 mode = winpar_mode_read(byte);
	unsigned long flags;
	NTSTATUS status;

	winpar_wire_lock(port, &flags);
	status = __winpar_mode_permit(port);
	if (NT_SUCCESS(status)) {
		if (mode != port->mode)
			status = STATUS_INVALID_DEVICE_STATE;
		else if (mode)
			__winpar_mode_clear(port);
	}
	winpar_port_unlock(port, flags);
	return status;
}

/**
 * __winpar_mode_orphan() - whoever set the mode is gone
 * @port: the port, its lock held
 */
void __winpar_mode_orphan(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	port->mode_file = NULL;
	port->mode_orphan = port->mode;
	if (port->state == WINPAR_PORT_HELD)
		__winpar_mode_settle(port);
}

/**
 * __winpar_mode_settle() - clear a mode that nobody is left to clear
 * @port: winpar's and nobody's, its lock held
 *
 * While somebody drives the wires that waits until they are given back.
 */
void __winpar_mode_settle(struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	if (port->mode_orphan && !port->wire)
		__winpar_mode_clear(port);
}

/**
 * __winpar_mode_forget() - the port is gone, and its mode with it
 * @port: the port, its lock held
 */
void __winpar_mode_forget(struct winpar_port *port)
{
	port->mode = ECR_SPP_MODE;
	port->mode_file = NULL;
	port->mode_orphan = false;
	port->probed = false;
	port->fifo_depth = 0;
	port->fifo_width = 0;
}

/* ----- the callbacks ------------------------------------------------------ */

/**
 * winpar_mode_try_set() - PARALLEL_PNP_INFORMATION.TrySetChipMode
 * @context: the Context that winpar gave
 * @mode: as winpar_mode_set() takes it
 *
 * Implements PPARALLEL_SET_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as winpar_mode_set().
 */
static NTSTATUS winpar_mode_try_set(PVOID context, UCHAR mode)
{
	return context ? winpar_mode_set(context, NULL, mode) :
			 STATUS_DELETE_PENDING;
}

/**
 * winpar_mode_clear_callback() - PARALLEL_PNP_INFORMATION.ClearChipMode
 * @context: the Context that winpar gave
 * @mode: as winpar_mode_clear() takes it
 *
 * Implements PPARALLEL_CLEAR_CHIP_MODE.
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: as winpar_mode_clear().
 */
static NTSTATUS winpar_mode_clear_callback(PVOID context, UCHAR mode)
{
	return context ? winpar_mode_clear(context, mode) :
			 STATUS_DELETE_PENDING;
}

/* ----- information ------------------------------------------------------- */

static ULONG __winpar_mode_capabilities(const struct winpar_port *port)
{
	ULONG capabilities = PPT_NO_HARDWARE_PRESENT;

	if (port->host.can_byte)
		capabilities |= PPT_BYTE_PRESENT;
	if (port->host.can_epp)
		capabilities |= PPT_EPP_PRESENT;
	if (port->fifo_depth)
		capabilities |= PPT_ECP_PRESENT;
	if (port->daisies)
		capabilities |= PPT_1284_3_PRESENT;
	return capabilities;
}

/**
 * winpar_mode_information() - fill in PARALLEL_PNP_INFORMATION
 * @port: the port, scanned and probed as far as it could be
 * @info: filled in
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_mode_information(struct winpar_port *port,
			     PARALLEL_PNP_INFORMATION *info)
{
	unsigned long flags;

	memset(info, 0, sizeof(*info));
	winpar_port_lock(port, &flags);
	info->OriginalEcpController.QuadPart = port->host.ecp_base;
	info->EcpController = (PUCHAR)(ULONG_PTR)port->host.ecp_base;
	info->SpanOfEcpController = port->host.ecp_base ? 3 : 0;
	info->HardwareCapabilities = __winpar_mode_capabilities(port);
	info->FifoDepth = port->fifo_depth;
	info->FifoWidth = port->fifo_width;
	info->Ieee1284_3DeviceCount = port->daisies;
	info->CurrentMode = port->mode;
	winpar_port_unlock(port, flags);
	info->TrySetChipMode = winpar_mode_try_set;
	info->ClearChipMode = winpar_mode_clear_callback;
	info->TrySelectDevice = winpar_select_try;
	info->DeselectDevice = winpar_select_undo;
	info->Context = port;
	info->PortName = port->link;
}
