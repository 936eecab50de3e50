// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IEEE 1284.3 room: which of the devices on a port is listening.
 *
 * Daisy-chain devices are numbered and selected by packets of the Command
 * Packet Protocol: a fixed sequence on the data lines that no printer takes for
 * data, then a command under nStrobe. A packet is a bounded busy wait of some
 * 20 us, with the port lock dropped.
 *
 * The wires are one's at a time. They are taken for the owner of the port, by
 * whoever frees it, or by the loop while nobody has it; and as long as they are,
 * the port is given to nobody, be it freed meanwhile or not: not to a request,
 * not to a Linux driver. What needs them waits, spinning (winpar_wire_lock()), or
 * is left to the loop (a free), or fails (a Try call). So whoever has taken them
 * has softirqs off: one that spins would wait for ever on top of it. Nothing at
 * interrupt level waits.
 *
 * While no daisy-chain device is selected the end-of-chain device is. Whoever is
 * granted the port finds that one: a packet that deselects goes out before, if
 * a daisy-chain device is selected, or if a Linux driver had the port
 * (@strayed) and there are such devices. One that nobody has heard is sent again
 * at the next free and the next grant, and so on; the loop by itself sends it
 * once. It does so too where somebody at interrupt level was refused the port for
 * nothing but that. Ports whose scan found none never see
 * a packet for it: dongles and instruments share these lines.
 *
 * Everything here is called with the port lock held and may drop the lock for
 * as long as a packet takes.
 */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/irqflags.h>

#include <winpar/parallel.h>

#include "port/port.h"

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
struct winpar_wire {
	u8 data;
	u8 control;
	u8 ecr;
	bool fifo;
};

/* ----- on the wire ------------------------------------------------------- */

static void winpar_wire_data(struct winpar_host *host, u8 value)
{
	winpar_host_write(host, WINPAR_REG_DATA, value);
	udelay(WINPAR_CPP_SETTLE);
}

static u8 winpar_wire_status(struct winpar_host *host)
{
	return winpar_host_read(host, WINPAR_REG_STATUS);
}

/* Drive the lines by hand: no FIFO in between, data out, no interrupt. */
static void winpar_wire_begin(struct winpar_host *host,
			      struct winpar_wire *wire)
{
	wire->fifo = host->ecp_base && host->mode > ECR_BYTE_MODE;
	if (wire->fifo) {
		wire->ecr = winpar_host_read(host, WINPAR_REG_ECR);
		winpar_host_write(host, WINPAR_REG_ECR,
				  (wire->ecr & ~WINPAR_ECR_MODE) |
				  ECR_BYTE_MODE);
	}
	wire->data = winpar_host_read(host, WINPAR_REG_DATA);
	/* Reserved bits read as anything and are written as 0. */
	wire->control = winpar_host_read(host, WINPAR_REG_CONTROL) &
			WINPAR_CTR_MASK;
	winpar_host_write(host, WINPAR_REG_CONTROL, wire->control &
			  ~(WINPAR_CTR_STROBE | WINPAR_CTR_INTEN |
			    WINPAR_CTR_REVERSE));
}

static void winpar_wire_end(struct winpar_host *host,
			    const struct winpar_wire *wire)
{
	winpar_wire_data(host, 0xff);
	winpar_host_write(host, WINPAR_REG_DATA, wire->data);
	winpar_host_write(host, WINPAR_REG_CONTROL, wire->control);
	if (wire->fifo)
		winpar_host_write(host, WINPAR_REG_ECR,
				  (wire->ecr & ~WINPAR_ECR_MODE) | host->mode);
}

/* The head of a packet. False: no daisy-chain device listens. */
static bool winpar_wire_call(struct winpar_host *host)
{
	winpar_wire_data(host, 0xaa);
	winpar_wire_data(host, 0x55);
	winpar_wire_data(host, 0x00);
	winpar_wire_data(host, 0xff);
	if ((winpar_wire_status(host) & WINPAR_CPP_STATUS) != WINPAR_CPP_STATUS)
		return false;
	winpar_wire_data(host, 0x87);
	if ((winpar_wire_status(host) & WINPAR_CPP_STATUS) !=
	    (WINPAR_STS_SELECT | WINPAR_STS_FAULT))
		return false;
	winpar_wire_data(host, 0x78);
	return true;
}

/*
 * Its command. Returns the status lines as they were under nStrobe: nFault is
 * high when a device is selected.
 */
static u8 winpar_wire_command(struct winpar_host *host, u8 command)
{
	u8 control = winpar_host_read(host, WINPAR_REG_CONTROL) &
		     WINPAR_CTR_MASK & ~(WINPAR_CTR_STROBE | WINPAR_CTR_INTEN |
		       WINPAR_CTR_REVERSE);
	u8 status;

	winpar_wire_data(host, command);
	winpar_host_write(host, WINPAR_REG_CONTROL,
			  control | WINPAR_CTR_STROBE);
	udelay(WINPAR_CPP_STROBE);
	status = winpar_wire_status(host);
	winpar_host_write(host, WINPAR_REG_CONTROL, control);
	udelay(WINPAR_CPP_STROBE);
	return status;
}

/* One whole packet. @status: of the lines under nStrobe. */
static bool winpar_wire_packet(struct winpar_host *host, u8 command, u8 *status)
{
	struct winpar_wire wire;
	bool heard;

	winpar_wire_begin(host, &wire);
	heard = winpar_wire_call(host);
	if (heard)
		*status = winpar_wire_command(host, command);
	winpar_wire_end(host, &wire);
	return heard;
}

/*
 * Number the devices, nearest first. A device that has not been given a number
 * since the packet began shows PError and Select, and Busy unless it is the last
 * of the chain; one that has lets the next one's lines through.
 */
static unsigned int winpar_wire_assign(struct winpar_host *host)
{
	const u8 present = WINPAR_STS_PERROR | WINPAR_STS_SELECT;
	struct winpar_wire wire;
	unsigned int count = 0;
	u8 status;

	winpar_wire_begin(host, &wire);
	if (winpar_wire_call(host)) {
		status = winpar_wire_status(host);
		while (count < WINPAR_1284_3_DEVICES &&
		       (status & present) == present) {
			winpar_wire_command(host, WINPAR_CPP_ASSIGN + count);
			count++;
			if (!(status & WINPAR_STS_BUSY))
				break;
			status = winpar_wire_status(host);
		}
	}
	winpar_wire_end(host, &wire);
	return count;
}

/* ----- who drives the wires ------------------------------------------------ */

/*
 * On PREEMPT_RT the port lock is one that tasks sleep for, interrupt threads
 * included: it is kept, and nobody ever sees @wire. Nor are softirqs switched
 * off under it: that takes a lock there, which interrupt threads hold when they
 * come for ours.
 */
#define WINPAR_WIRE_KEEPS_LOCK	IS_ENABLED(CONFIG_PREEMPT_RT)

/* Where interrupts are off no softirq comes, and none may be let in. */
static bool winpar_wire_shields(unsigned long flags)
{
	return !WINPAR_WIRE_KEEPS_LOCK && !irqs_disabled_flags(flags);
}

/* Let the others finish. */
static void winpar_wire_wait(struct winpar_port *port, unsigned long flags)
{
	bool shields = winpar_wire_shields(flags);

	if (shields)
		local_bh_disable();
	while (READ_ONCE(port->wire))
		cpu_relax();
	if (shields)
		local_bh_enable();
}

/**
 * winpar_wire_lock() - take the port lock while nobody drives the wires
 * @port: the port
 * @flags: of the lock
 *
 * May spin for as long as a scan takes, some 150 us, and once for as long as the
 * chip's FIFO is probed, up to 0.7 ms.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void winpar_wire_lock(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock)
{
	winpar_port_lock(port, flags);
	while (port->wire) {
		winpar_port_unlock(port, *flags);
		winpar_wire_wait(port, *flags);
		winpar_port_lock(port, flags);
	}
}

/**
 * __winpar_wire_take() - begin to drive the wires
 * @port: nobody drives them; its lock held
 * @flags: of the lock
 *
 * The lock may be dropped and taken again until __winpar_wire_give(): nobody
 * else is given the port or drives it meanwhile. But it may be freed, or go.
 */
void __winpar_wire_take(struct winpar_port *port, unsigned long flags)
{
	lockdep_assert_held(&port->lock);
	WARN_ON_ONCE(port->wire);
	if (winpar_wire_shields(flags))
		local_bh_disable();
	port->wire = true;
}

/**
 * __winpar_wire_give() - undo __winpar_wire_take()
 * @port: the port, its lock held, which is dropped meanwhile
 * @flags: of the lock
 *
 * Does what had to wait. The last thing that is done with the port: somebody
 * else may have it when this returns.
 */
void __winpar_wire_give(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	port->wire = false;
	if (port->state == WINPAR_PORT_HELD) {
		__winpar_mode_settle(port);
		__winpar_queue_next(port);
	}
	/* Who waits is queued before it looks, under the lock: none is missed. */
	if (waitqueue_active(&port->waiters))
		wake_up_all(&port->waiters);
	if (!winpar_wire_shields(*flags))
		return;
	winpar_port_unlock(port, *flags);
	local_bh_enable();
	winpar_port_lock(port, flags);
}

/**
 * __winpar_wire_is_ours() - may the wires be driven?
 * @port: the port, its lock held
 *
 * Return: false when the port has no registers, is a Linux driver's or gone.
 */
bool __winpar_wire_is_ours(const struct winpar_port *port)
{
	lockdep_assert_held(&port->lock);
	return port->host.base && (port->state == WINPAR_PORT_OWNED ||
				   port->state == WINPAR_PORT_HELD);
}

/**
 * __winpar_wire_begin() - drop the port lock while the wires are driven
 * @port: the wires taken, its lock held
 * @flags: of the lock
 */
void __winpar_wire_begin(struct winpar_port *port, unsigned long flags)
	__releases(&port->lock)
{
	if (!WINPAR_WIRE_KEEPS_LOCK)
		winpar_port_unlock(port, flags);
	else
		__release(&port->lock);
}

/**
 * __winpar_wire_end() - take it again
 * @port: the port
 * @flags: of the lock
 */
void __winpar_wire_end(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock)
{
	if (!WINPAR_WIRE_KEEPS_LOCK)
		winpar_port_lock(port, flags);
	else
		__acquire(&port->lock);
}

/* ----- with the wires taken ------------------------------------------------ */

/* A packet. False: nobody has heard it, or it could not be sent. */
static bool __winpar_1284_3_send(struct winpar_port *port, u8 command,
				 u8 *status, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool heard;

	if (!__winpar_wire_is_ours(port))
		return false;
	__winpar_wire_begin(port, *flags);
	heard = winpar_wire_packet(&port->host, command, status);
	__winpar_wire_end(port, flags);
	return heard;
}

/* What was selected may be so still, if nobody has heard that it is not. */
static void __winpar_1284_3_heard(struct winpar_port *port, bool heard)
{
	port->strayed = !heard && port->daisies;
	port->unheard = port->strayed;
	port->settling = false;
}

/**
 * __winpar_1284_3_settle() - see that the end-of-chain device is selected
 * @port: the wires taken, its lock held, which may be dropped meanwhile
 * @flags: of the lock
 *
 * Return: false when a packet was due and no device has heard it.
 */
bool __winpar_1284_3_settle(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	bool heard;
	u8 status;

	if (!__winpar_1284_3_unsettled(port))
		return true;
	heard = __winpar_1284_3_send(port, WINPAR_CPP_DESELECT, &status, flags);
	port->selected = 0;
	__winpar_1284_3_heard(port, heard);
	return heard;
}

static void __winpar_1284_3_found(struct winpar_port *port, unsigned int count)
{
	unsigned int i;

	for (i = count; i < port->daisies; i++)
		port->lost[i]++;
	port->daisies = count;
	port->scanned = true;
	port->scans++;
}

/**
 * __winpar_1284_3_ready() - the same where the wires are not taken yet
 * @port: nobody drives its wires; its lock held, which may be dropped meanwhile
 * @flags: of the lock
 */
void __winpar_1284_3_ready(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	port->settling = false;
	if (!__winpar_1284_3_unsettled(port))
		return;
	__winpar_wire_take(port, *flags);
	__winpar_1284_3_settle(port, flags);
	__winpar_wire_give(port, flags);
}

/**
 * __winpar_1284_3_scan() - number the daisy-chain devices anew
 * @port: the wires taken, its lock held, which may be dropped meanwhile
 * @flags: of the lock
 *
 * Return: false when scanning is forbidden or the port cannot be driven: what
 * was known stays.
 */
bool __winpar_1284_3_scan(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock)
{
	unsigned int count;
	bool heard;

	if (!winpar_may_scan)
		return false;
	/*
	 * A device that is selected does not take part, and whether a Linux
	 * driver has left one so is not known before the first scan.
	 */
	port->strayed = true;
	heard = __winpar_1284_3_settle(port, flags);
	if (!__winpar_wire_is_ours(port))
		return false;
	__winpar_wire_begin(port, *flags);
	count = winpar_wire_assign(&port->host);
	__winpar_wire_end(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return false;
	__winpar_1284_3_found(port, count);
	port->selected = 0;
	__winpar_1284_3_heard(port, heard);
	return true;
}

/**
 * __winpar_1284_3_check() - is this a device of the port?
 * @port: the port, its lock held
 * @command: names the device
 *
 * Return: STATUS_SUCCESS, also when the bus has not been scanned yet;
 * STATUS_INVALID_PARAMETER.
 */
NTSTATUS __winpar_1284_3_check(struct winpar_port *port,
			       const PARALLEL_1284_COMMAND *command)
{
	lockdep_assert_held(&port->lock);
	if (command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)
		return STATUS_SUCCESS;
	if (!port->scanned && winpar_may_scan && port->host.base &&
	    command->ID < WINPAR_1284_3_DEVICES)
		return STATUS_SUCCESS;
	return command->ID < port->daisies ? STATUS_SUCCESS :
					     STATUS_INVALID_PARAMETER;
}

/* The same where the bus can be scanned to know. */
static NTSTATUS __winpar_1284_3_find(struct winpar_port *port,
				     const PARALLEL_1284_COMMAND *command,
				     unsigned long *flags)
	__must_hold(&port->lock)
{
	if (!(command->CommandFlags & PAR_END_OF_CHAIN_DEVICE) &&
	    !port->scanned)
		__winpar_1284_3_scan(port, flags);
	return __winpar_1284_3_check(port, command);
}

/**
 * __winpar_1284_3_select() - select a device
 * @port: owned, the wires taken, its lock held, which may be dropped meanwhile
 * @command: which device
 * @flags: of the lock
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device;
 * STATUS_UNSUCCESSFUL it does not answer, or the port was freed meanwhile;
 * STATUS_DELETE_PENDING.
 */
NTSTATUS __winpar_1284_3_select(struct winpar_port *port,
				const PARALLEL_1284_COMMAND *command,
				unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status = __winpar_1284_3_find(port, command, flags);
	u8 lines = 0;
	bool heard;

	if (!NT_SUCCESS(status))
		return status;
	heard = __winpar_1284_3_settle(port, flags);
	if (heard && !(command->CommandFlags & PAR_END_OF_CHAIN_DEVICE)) {
		heard = __winpar_1284_3_send(port, WINPAR_CPP_SELECT +
					     command->ID, &lines, flags) &&
			(lines & WINPAR_STS_FAULT);
		if (port->state == WINPAR_PORT_GONE)
			return STATUS_DELETE_PENDING;
		port->selected = command->ID + 1;
		/* It may listen although its answer has not come through. */
		if (!heard)
			__winpar_1284_3_settle(port, flags);
	}
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	return heard && port->state == WINPAR_PORT_OWNED ?
	       STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

/**
 * __winpar_1284_3_deselect() - have the end-of-chain device selected
 * @port: owned, the wires taken, its lock held, which may be dropped meanwhile
 * @command: which device was selected
 * @flags: of the lock
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER no such device, nothing is
 * done; STATUS_UNSUCCESSFUL no device answers; STATUS_DELETE_PENDING.
 */
NTSTATUS __winpar_1284_3_deselect(struct winpar_port *port,
				  const PARALLEL_1284_COMMAND *command,
				  unsigned long *flags)
	__must_hold(&port->lock)
{
	NTSTATUS status = __winpar_1284_3_find(port, command, flags);
	bool heard;

	if (!NT_SUCCESS(status))
		return status;
	heard = __winpar_1284_3_settle(port, flags);
	if (port->state == WINPAR_PORT_GONE)
		return STATUS_DELETE_PENDING;
	return heard ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
