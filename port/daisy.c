// SPDX-License-Identifier: GPL-2.0-only
/*
 * IEEE 1284.3: which of the devices on a port is listening.
 *
 * Daisy-chain devices are numbered and selected by packets of the Command
 * Packet Protocol: a fixed sequence on the data lines that no printer takes for
 * data, then a command under nStrobe. A packet is a busy wait of some 20 us, by
 * the task that has taken the wires (port/wire.c), with the port lock dropped.
 *
 * While no daisy-chain device is selected the end-of-chain device is. A client that
 * is granted the port finds the end-of-chain device: a packet that deselects goes out
 * before, if a daisy-chain device is selected, or if a Linux driver had the port
 * (@strayed) and the scan had found such devices. A packet that no device has
 * heard is sent again at the next free and the next grant; the loop by itself
 * sends it once, also when a Try call at interrupt level was refused for nothing
 * but that packet. A port whose scan found no device never sees a packet for it:
 * dongles and instruments share these lines.
 *
 * The danger: a refusal makes a round due, and a deferred routine that tries at interrupt
 * level is refused in each round as long as no device hears the packet. So a refusal of
 * that routine waits with its round until a device has heard it (@round.deaf).
 *
 * Everything here is called with the port lock held and may drop the lock for
 * as long as a packet takes.
 *
 * tests/model/rounds.pml has the packet that is due as a step of the loop.
 */
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>

#include <winpar/parallel.h>

#include "host/regs.h"
#include "port/daisy.h"
#include "port/interrupt.h"
#include "port/port.h"
#include "port/trial.h"
#include "port/wire.h"

static bool winpar_may_scan = true;
module_param_named(scan_1284_3, winpar_may_scan, bool, 0644);
MODULE_PARM_DESC(scan_1284_3,
		 "Look for IEEE 1284.3 daisy-chain devices when a client asks for them (default: yes)");

/**
 * winpar_daisy_may_scan() - may winpar look for daisy-chain devices?
 *
 * Context: any.
 * Return: what the parameter scan_1284_3 says.
 */
bool winpar_daisy_may_scan(void)
{
	return READ_ONCE(winpar_may_scan);
}

/* The commands of a packet; the lower ones take a device's number. */
#define WINPAR_CPP_ASSIGN	0x00
#define WINPAR_CPP_DESELECT	0x30
#define WINPAR_CPP_SELECT	0xe0

/* How long the lines are given to settle, in microseconds. */
#define WINPAR_CPP_SETTLE	2
#define WINPAR_CPP_STROBE	1

#define WINPAR_CPP_STATUS	(WINPAR_STS_BUSY | WINPAR_STS_PERROR | \
				 WINPAR_STS_SELECT | WINPAR_STS_FAULT)

/* What a packet must find and leave: the registers of the port's owner. */
struct winpar_cpp_lines {
	u8 data;
	u8 control;
	u8 ecr;
	bool fifo;
};

/* ----- on the wire ------------------------------------------------------- */

static void winpar_cpp_data(struct winpar_host *host, u8 value)
{
	winpar_host_write(host, WINPAR_REG_DATA, value);
	udelay(WINPAR_CPP_SETTLE);
}

static u8 winpar_cpp_status(struct winpar_host *host)
{
	return winpar_host_read(host, WINPAR_REG_STATUS);
}

/* Drive the lines by hand: no FIFO in between, data out, no interrupt. */
static void winpar_cpp_begin(struct winpar_host *host,
			     struct winpar_cpp_lines *lines)
{
	lines->fifo = host->ecp_base && host->mode > ECR_BYTE_MODE;
	if (lines->fifo) {
		lines->ecr = winpar_host_read(host, WINPAR_REG_ECR);
		winpar_host_write(host, WINPAR_REG_ECR,
				  (lines->ecr & ~WINPAR_ECR_MODE) |
				  ECR_BYTE_MODE);
	}
	lines->data = winpar_host_read(host, WINPAR_REG_DATA);
	/* Reserved bits read as anything and are written as 0. */
	lines->control = winpar_host_read(host, WINPAR_REG_CONTROL) &
			WINPAR_CTR_MASK;
	winpar_host_write(host, WINPAR_REG_CONTROL, lines->control &
			  ~(WINPAR_CTR_STROBE | WINPAR_CTR_INTEN |
			    WINPAR_CTR_REVERSE));
}

static void winpar_cpp_end(struct winpar_host *host,
			   const struct winpar_cpp_lines *lines)
{
	winpar_cpp_data(host, 0xff);
	winpar_host_write(host, WINPAR_REG_DATA, lines->data);
	winpar_host_write(host, WINPAR_REG_CONTROL, lines->control);
	if (lines->fifo)
		winpar_host_write(host, WINPAR_REG_ECR,
				  (lines->ecr & ~WINPAR_ECR_MODE) | host->mode);
}

/* The head of a packet. False: no daisy-chain device listens. */
static bool winpar_cpp_call(struct winpar_host *host)
{
	winpar_cpp_data(host, 0xaa);
	winpar_cpp_data(host, 0x55);
	winpar_cpp_data(host, 0x00);
	winpar_cpp_data(host, 0xff);
	if ((winpar_cpp_status(host) & WINPAR_CPP_STATUS) != WINPAR_CPP_STATUS)
		return false;
	winpar_cpp_data(host, 0x87);
	if ((winpar_cpp_status(host) & WINPAR_CPP_STATUS) !=
	    (WINPAR_STS_SELECT | WINPAR_STS_FAULT))
		return false;
	winpar_cpp_data(host, 0x78);
	return true;
}

/*
 * Its command. Returns the status lines as they were under nStrobe: nFault is
 * high when a device is selected.
 */
static u8 winpar_cpp_command(struct winpar_host *host, u8 command)
{
	u8 control = winpar_host_read(host, WINPAR_REG_CONTROL) &
		     WINPAR_CTR_MASK & ~(WINPAR_CTR_STROBE | WINPAR_CTR_INTEN |
		       WINPAR_CTR_REVERSE);
	u8 status;

	winpar_cpp_data(host, command);
	winpar_host_write(host, WINPAR_REG_CONTROL,
			  control | WINPAR_CTR_STROBE);
	udelay(WINPAR_CPP_STROBE);
	status = winpar_cpp_status(host);
	winpar_host_write(host, WINPAR_REG_CONTROL, control);
	udelay(WINPAR_CPP_STROBE);
	return status;
}

/* One whole packet. @status: of the lines under nStrobe. */
static bool winpar_cpp_packet(struct winpar_host *host, u8 command, u8 *status)
{
	struct winpar_cpp_lines lines;
	bool heard;

	winpar_cpp_begin(host, &lines);
	heard = winpar_cpp_call(host);
	if (heard)
		*status = winpar_cpp_command(host, command);
	winpar_cpp_end(host, &lines);
	return heard;
}

/*
 * Number the devices, nearest first. A device that has not been given a number
 * since the packet began shows PError and Select, and Busy unless it is the last
 * of the chain; one that has lets the next one's lines through.
 */
static unsigned int winpar_cpp_assign(struct winpar_host *host)
{
	const u8 present = WINPAR_STS_PERROR | WINPAR_STS_SELECT;
	struct winpar_cpp_lines lines;
	unsigned int count = 0;
	u8 status;

	winpar_cpp_begin(host, &lines);
	if (winpar_cpp_call(host)) {
		status = winpar_cpp_status(host);
		while (count < WINPAR_1284_3_DEVICES &&
		       (status & present) == present) {
			winpar_cpp_command(host, WINPAR_CPP_ASSIGN + count);
			count++;
			if (!(status & WINPAR_STS_BUSY))
				break;
			status = winpar_cpp_status(host);
		}
	}
	winpar_cpp_end(host, &lines);
	return count;
}

/* ----- with the wires taken ---------------------------------------------- */

/* Send a packet. False: no device has heard it, or it could not be sent. */
static bool __winpar_daisy_send(struct winpar_port *port, u8 command,
				u8 *status, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool heard;

	lockdep_assert_held(&port->lock);
	if (!__winpar_wire_is_ours(port))
		return false;
	__winpar_wire_begin(port, *flags);
	heard = winpar_cpp_packet(&port->host, command, status);
	__winpar_wire_end(port, flags);
	return heard;
}

/* Have a round for a routine that was refused for an unheard packet, unless it still is. */
static void __winpar_daisy_let_try(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->round.deaf && !port->unheard)
		__winpar_interrupt_ask_round(port);
}

/* Note whether the packet was heard: if not, a device may still be selected. */
static void __winpar_daisy_heard(struct winpar_port *port, bool heard)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->strayed = !heard && port->daisy.count;
	/* One that a suspend has kept back was not sent: the loop may send it. */
	port->unheard = port->strayed && __winpar_wire_is_ours(port);
	port->settling = false;
	__winpar_daisy_let_try(port);
}

/**
 * __winpar_daisy_settle() - see that the end-of-chain device is selected
 * @port: the wires taken, its lock held, which may be dropped
 * @flags: of the lock
 *
 * Return: false when a packet was due and no device heard it, or it was not sent.
 */
bool __winpar_daisy_settle(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool heard;
	u8 status;

	lockdep_assert_held(&port->lock);
	if (!__winpar_port_is_unsettled(port))
		return true;
	heard = __winpar_daisy_send(port, WINPAR_CPP_DESELECT, &status, flags);
	port->selected = 0;
	__winpar_daisy_heard(port, heard);
	return heard;
}

/**
 * __winpar_daisy_must_wait() - is a packet due that cannot be sent before the resume?
 * @port: the port, its lock held
 * @command: which device its next owner is to find selected; NULL: the end-of-chain device
 *
 * No client is given such a port: it would find another device selected.
 *
 * Return: whether there is one.
 */
bool __winpar_daisy_must_wait(const struct winpar_port *port,
			      const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return winpar_port_is_asleep(port) &&
	       (__winpar_port_is_unsettled(port) ||
		(command && !(command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)));
}

static void __winpar_daisy_found(struct winpar_port *port, unsigned int count)
	__must_hold(&port->lock)
{
	unsigned int i;

	lockdep_assert_held(&port->lock);
	for (i = count; i < port->daisy.count; i++)
		port->daisy.lost[i]++;
	port->daisy.count = count;
	port->daisy.scanned = true;
	port->daisy.scans++;
}

/**
 * __winpar_daisy_ready() - take the wires and select the end-of-chain device
 * @port: its wires are not taken; its lock held, which may be dropped
 * @flags: of the lock
 *
 * Does nothing when no packet is due.
 */
void __winpar_daisy_ready(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->settling = false;
	if (!__winpar_port_is_unsettled(port))
		return;
	__winpar_wire_take(port, *flags);
	__winpar_daisy_settle(port, flags);
	__winpar_wire_give(port, flags);
}

/**
 * __winpar_daisy_scan() - number the daisy-chain devices anew
 * @port: the wires taken, its lock held, which may be dropped
 * @flags: of the lock
 *
 * Return: false when scanning is forbidden or the port cannot be driven: what
 * was known stays.
 */
bool __winpar_daisy_scan(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	unsigned int count;
	bool heard;

	lockdep_assert_held(&port->lock);
	/* Nothing is sent: then no packet is due that was not. */
	if (!winpar_daisy_may_scan() || !__winpar_wire_is_ours(port))
		return false;
	/*
	 * A device that is selected does not take part, and whether a Linux
	 * driver has left one so is not known before the first scan.
	 */
	port->strayed = true;
	heard = __winpar_daisy_settle(port, flags);
	if (!__winpar_wire_is_ours(port))
		return false;
	__winpar_wire_begin(port, *flags);
	count = winpar_cpp_assign(&port->host);
	__winpar_wire_end(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return false;
	__winpar_daisy_found(port, count);
	port->selected = 0;
	__winpar_daisy_heard(port, heard);
	return true;
}

/**
 * winpar_daisy_is_unknown() - can a scan tell what is not known yet?
 * @port: the port
 *
 * Context: any; a look without the lock.
 * Return: true when the bus has not been scanned and may be.
 */
bool winpar_daisy_is_unknown(const struct winpar_port *port)
{
	return !READ_ONCE(port->daisy.scanned) && winpar_daisy_may_scan() &&
	       port->host.base;
}

/**
 * __winpar_daisy_check() - is this a device of the port?
 * @port: the port, its lock held
 * @command: names the device
 *
 * Return: STATUS_SUCCESS, also when the bus has not been scanned yet;
 * STATUS_INVALID_PARAMETER.
 */
NTSTATUS __winpar_daisy_check(struct winpar_port *port,
			      const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)
		return STATUS_SUCCESS;
	if (winpar_daisy_is_unknown(port) &&
	    command->ID < WINPAR_1284_3_DEVICES)
		return STATUS_SUCCESS;
	return command->ID < port->daisy.count ? STATUS_SUCCESS :
						 STATUS_INVALID_PARAMETER;
}

/* Is this a device of the port? Scans the bus if that has not been done. */
static NTSTATUS __winpar_daisy_find(struct winpar_port *port,
				    const PARALLEL_1284_COMMAND *command,
				    unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (!(command->CommandFlags & PAR_END_OF_CHAIN_DEVICE) &&
	    !port->daisy.scanned)
		__winpar_daisy_scan(port, flags);
	return __winpar_daisy_check(port, command);
}

static NTSTATUS __winpar_daisy_do_select(struct winpar_port *port,
					 const PARALLEL_1284_COMMAND *command,
					 unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status = __winpar_daisy_find(port, command, flags);
	u8 lines = 0;
	bool heard;

	lockdep_assert_held(&port->lock);
	if (!NT_SUCCESS(status))
		return status;
	heard = __winpar_daisy_settle(port, flags);
	if (heard && !(command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)) {
		/* Nothing is sent: no device will listen, and no packet is due for it. */
		if (winpar_port_is_asleep(port))
			return STATUS_UNSUCCESSFUL;
		heard = __winpar_daisy_send(port, WINPAR_CPP_SELECT +
					     command->ID, &lines, flags) &&
			(lines & WINPAR_STS_FAULT);
		if (port->state == WINPAR_PORT_GONE)
			return STATUS_DELETE_PENDING;
		port->selected = command->ID + 1;
		/* It may listen although its answer has not come through. */
		if (!heard)
			__winpar_daisy_settle(port, flags);
	}
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	return heard && port->state == WINPAR_PORT_OWNED ?
	       STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

/**
 * __winpar_daisy_select() - select a device
 * @port: owned, the wires taken, its lock held, which may be dropped
 * @command: which device
 * @flags: of the lock
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device;
 * STATUS_UNSUCCESSFUL it does not answer, or the port was freed;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS __winpar_daisy_select(struct winpar_port *port,
			       const PARALLEL_1284_COMMAND *command,
			       unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status;

	lockdep_assert_held(&port->lock);
	status = __winpar_daisy_do_select(port, command, flags);
	trace_winpar_select(port, command, true, status);
	return status;
}

/**
 * __winpar_daisy_granted() - select a device for a request that has waited for the port
 * @port: granted to the request, the wires taken, its lock held, which may be dropped
 * @irp: the request; its buffer holds a PARALLEL_1284_COMMAND
 * @flags: of the lock
 *
 * The @granted of such a request.
 *
 * Return: as __winpar_daisy_select().
 */
NTSTATUS __winpar_daisy_granted(struct winpar_port *port, IRP *irp,
				unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return __winpar_daisy_select(port, irp->AssociatedIrp.SystemBuffer,
				     flags);
}

/**
 * __winpar_daisy_holds_up() - does a request wait for the resume?
 * @port: the port, its lock held
 * @irp: a request that waits for the port
 *
 * Return: whether it is to select a device, whose packet cannot be sent before.
 */
bool __winpar_daisy_holds_up(const struct winpar_port *port, const IRP *irp)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return irp->winpar.granted == __winpar_daisy_granted &&
	       __winpar_daisy_must_wait(port, irp->AssociatedIrp.SystemBuffer);
}

static NTSTATUS __winpar_daisy_do_deselect(struct winpar_port *port,
					   const PARALLEL_1284_COMMAND *command,
					   unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status = __winpar_daisy_find(port, command, flags);
	bool heard;

	lockdep_assert_held(&port->lock);
	if (!NT_SUCCESS(status))
		return status;
	heard = __winpar_daisy_settle(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	return heard ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

/**
 * __winpar_daisy_deselect() - have the end-of-chain device selected
 * @port: owned, the wires taken, its lock held, which may be dropped
 * @command: names a device, which must exist; whichever device is selected is
 *           deselected
 * @flags: of the lock
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device, nothing is
 * done; STATUS_UNSUCCESSFUL no device answers; STATUS_DELETE_PENDING.
 */
NTSTATUS __winpar_daisy_deselect(struct winpar_port *port,
				 const PARALLEL_1284_COMMAND *command,
				 unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status;

	lockdep_assert_held(&port->lock);
	status = __winpar_daisy_do_deselect(port, command, flags);
	trace_winpar_select(port, command, false, status);
	return status;
}

/**
 * __winpar_daisy_stray() - a Linux driver had the port
 * @port: winpar's again, its lock held
 *
 * That driver may have selected a device, if there are any.
 */
void __winpar_daisy_stray(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->strayed = port->daisy.count;
	port->unheard = false;
	__winpar_daisy_let_try(port);
}

/**
 * __winpar_daisy_have_settled() - have the loop send a packet that is due
 * @port: the port, its lock held
 *
 * A Try call at interrupt level failed only because a deselect packet is due,
 * which is not sent at that level. The loop sends it, so that the next try can
 * succeed. A packet that no device has heard is not sent again for this. If the deferred
 * routine that runs has made the call, another round would end as this one does: a round
 * is due when the packet has been heard, or when a Linux driver had the port.
 *
 * Return: whether the refusal makes a round due now.
 */
bool __winpar_daisy_have_settled(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD || !port->strayed)
		return true;
	if (!port->unheard) {
		port->settling = true;
		__winpar_port_kick(port);
		return true;
	}
	/* An interrupt on top of the routine that runs is not that routine. */
	if (!__winpar_port_is_in_check(port) || in_hardirq())
		return true;
	port->round.deaf = true;
	/* The routine may be called while the next rival waits. */
	if (port->rival.waits)
		__winpar_trial_want(port);
	return false;
}
