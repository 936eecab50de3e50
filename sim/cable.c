// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cable, and the daisy-chain devices of IEEE 1284.3 on it: up to four, and
 * behind the last of them the end-of-chain device. Each daisy-chain device is
 * an adapter, which speaks the Command Packet Protocol, with a device behind
 * it.
 *
 * A command packet is AA 55 00 FF 87 78 on the data lines without a strobe,
 * then command bytes, each with a pulse of nStrobe, then FF. Every adapter
 * hears every packet, also while a device is selected. From the FF of the
 * header on until the packet's end no device hears anything. What comes back:
 *
 *	after FF	Busy low, PError, Select and nFault high
 *	after 87	Busy high, PError low, Select and nFault high
 *	after 78	the nearest adapter answers that has no number from this
 *			packet: Select and PError high, Busy high if it is the
 *			last on the cable. When all adapters have a number, the
 *			lines are the end-of-chain device's.
 *	after a select	nFault high if a device is selected, else low
 *	or deselect
 *
 * Commands:
 *
 *	0n	the nearest device without a number from this packet takes n
 *	En	device n is selected, in compatibility mode
 *	2n	device n is selected, in EPP mode
 *	Dn	device n is selected, in ECP mode
 *	30	all devices are deselected
 *
 * Other commands are ignored.
 *
 * States of a seat: empty; there (number -1); numbered; selected. While a
 * device is selected the end of the chain is cut off: the end-of-chain device
 * does not see the host's lines move. A device without power, or silenced by a
 * fault, lets the lines through; behind a device that is unplugged the host
 * reaches none. Such devices lose their number.
 *
 * Locking: the port's lock.
 */
#include <linux/kernel.h>

#include "cable.h"
#include "ieee1284.h"
#include "peripheral.h"

static const u8 sim_header[] = { 0xaa, 0x55, 0x00, 0xff, 0x87, 0x78 };

#define SIM_HEADER_FF	4
#define SIM_HEADER_87	5
#define SIM_HEADER_78	6

#define SIM_CPP_ASSIGN		0x00
#define SIM_CPP_SELECT_EPP	0x20
#define SIM_CPP_DESELECT	0x30
#define SIM_CPP_SELECT_ECP	0xd0
#define SIM_CPP_SELECT		0xe0
#define SIM_CPP_ADDRESS		0x03

/* ----- which devices the host reaches ------------------------------------ */

/* How many seats the host reaches; @end: is set if it reaches the end, too. */
static unsigned int sim_cable_reach(const struct sim_cable *cable, bool *end)
{
	unsigned int i;

	*end = false;
	for (i = 0; i < SIM_SEATS; i++)
		if (cable->member[i].dev &&
		    !cable->member[i].dev->condition.plugged)
			return i;
	*end = cable->end;
	return i;
}

static bool sim_member_present(const struct sim_cable *cable, unsigned int i)
{
	const struct sim_member *member = &cable->member[i];
	bool end;

	return i < sim_cable_reach(cable, &end) && member->dev &&
	       __sim_peripheral_is_alive(member->dev);
}

/*
 * The nearest device that answers packets, from seat @from on; with @unnumbered
 * the nearest of those that have no number from this packet. -1: there is none.
 */
static int sim_member_next(const struct sim_cable *cable, int from,
			   bool unnumbered)
{
	int i;

	for (i = from; i < SIM_SEATS; i++)
		if (sim_member_present(cable, i) &&
		    !(unnumbered && cable->member[i].numbered))
			return i;
	return -1;
}

static struct sim_member *sim_member_selected(struct sim_cable *cable)
{
	unsigned int i;

	for (i = 0; i < SIM_SEATS; i++)
		if (cable->member[i].selected)
			return &cable->member[i];
	return NULL;
}

static bool sim_cable_in_packet(const struct sim_cable *cable)
{
	return cable->packet || cable->matched >= SIM_HEADER_FF;
}

/* ----- lines ------------------------------------------------------------- */

/* Tell the chip, by the pointer: chip.c is a room above this one. */
static void sim_cable_moved(struct sim_port *port, u8 event)
{
	port->cable.moved(port, SIM_SEAT_CABLE, event);
}

/* Show the host's lines to the device that listens, outside packets. */
static void sim_cable_carry(struct sim_port *port)
{
	struct sim_cable *cable = &port->cable;
	struct sim_member *member = sim_member_selected(cable);
	bool end;

	if (sim_cable_in_packet(cable))
		return;
	sim_cable_reach(cable, &end);
	if (member)
		__sim_1284_host(member->dev, &cable->host);
	else if (end)
		__sim_1284_host(cable->end, &cable->host);
}

/* What comes back from the end-of-chain device. */
static struct sim_back sim_cable_end(const struct sim_cable *cable)
{
	bool end;

	sim_cable_reach(cable, &end);
	return end ? __sim_peripheral_back(cable->end) : SIM_BACK_OPEN;
}

/* What comes back during a packet; the table at the head of this file. */
static struct sim_back sim_cable_packet_back(struct sim_cable *cable)
{
	struct sim_back back = SIM_BACK_OPEN;
	int next;

	if (!cable->packet) {
		back.lines &= cable->matched == SIM_HEADER_FF ? ~SIM_BUSY :
			      ~SIM_PERROR;
		return back;
	}
	if (cable->answered) {
		back.lines &= ~SIM_BUSY;
		if (!sim_member_selected(cable))
			back.lines &= ~SIM_NFAULT;
		return back;
	}
	next = sim_member_next(cable, 0, true);
	if (next < 0)
		return sim_cable_end(cable);
	if (sim_member_next(cable, next + 1, false) >= 0)
		back.lines &= ~SIM_BUSY;
	return back;
}

/**
 * __sim_cable_back() - what comes back to the port
 * @port: the port
 *
 * Return: the lines.
 */
struct sim_back __sim_cable_back(struct sim_port *port)
	__must_hold(&port->lock)
{
	struct sim_cable *cable = &port->cable;
	struct sim_member *member;

	lockdep_assert_held(&port->lock);
	if (sim_cable_in_packet(cable))
		return sim_cable_packet_back(cable);
	member = sim_member_selected(cable);
	return member ? __sim_peripheral_back(member->dev) :
			sim_cable_end(cable);
}

/* ----- packets ----------------------------------------------------------- */

static void sim_member_deselect(struct sim_member *member)
{
	if (!member->selected)
		return;
	member->selected = false;
	__sim_1284_reset(member->dev);
}

static void sim_cable_assign(struct sim_cable *cable, u8 address)
{
	int next = sim_member_next(cable, 0, true);

	if (next < 0)
		return;
	cable->member[next].numbered = true;
	cable->member[next].address = address;
}

static void sim_cable_select(struct sim_cable *cable, u8 address,
			     enum sim_phase mode)
{
	unsigned int i;

	cable->answered = true;
	for (i = 0; i < SIM_SEATS; i++) {
		struct sim_member *member = &cable->member[i];

		if (member->address != address ||
		    !sim_member_present(cable, i)) {
			sim_member_deselect(member);
			continue;
		}
		member->selected = true;
		member->fresh = true;
		member->mode = mode;
		cable->selects++;
	}
}

static void sim_cable_deselect(struct sim_cable *cable)
{
	unsigned int i;

	cable->answered = true;
	for (i = 0; i < SIM_SEATS; i++)
		sim_member_deselect(&cable->member[i]);
}

/* A pulse of nStrobe in a packet: the byte on the data lines is a command. */
static void sim_cable_command(struct sim_port *port)
{
	struct sim_cable *cable = &port->cable;
	u8 command = cable->host.data, address = command & SIM_CPP_ADDRESS;
	u8 event = SIM_EVENT_SELECT;
	int i;

	cable->commands++;
	for (i = 0; i < SIM_SEATS; i++)
		if (sim_member_present(cable, i))
			__sim_peripheral_step(cable->member[i].dev);
	switch (command & ~SIM_CPP_ADDRESS) {
	case SIM_CPP_ASSIGN:
		event = SIM_EVENT_ASSIGN;
		sim_cable_assign(cable, address);
		break;
	case SIM_CPP_SELECT:
		sim_cable_select(cable, address, SIM_COMPAT);
		break;
	case SIM_CPP_SELECT_EPP:
		sim_cable_select(cable, address, SIM_EPP);
		break;
	case SIM_CPP_SELECT_ECP:
		sim_cable_select(cable, address, SIM_ECP_FORWARD);
		break;
	default:
		event = SIM_EVENT_COMMAND;
		if (command == SIM_CPP_DESELECT) {
			event = SIM_EVENT_DESELECT;
			sim_cable_deselect(cable);
		}
		break;
	}
	sim_log_name(&port->log, port->log.host, event);
	sim_cable_moved(port, SIM_EVENT_NONE);
}

static void sim_cable_packet_end(struct sim_port *port)
{
	struct sim_cable *cable = &port->cable;
	struct sim_member *member = sim_member_selected(cable);

	sim_log_name(&port->log, port->log.host, SIM_EVENT_PACKET_END);
	cable->packet = false;
	cable->answered = false;
	if (member && member->fresh) {
		member->fresh = false;
		__sim_1284_select(member->dev, &cable->host, member->mode);
	}
	sim_cable_moved(port, SIM_EVENT_NONE);
}

/* One more byte of a packet's header has come, and was right. */
static void sim_cable_matched(struct sim_port *port)
{
	struct sim_cable *cable = &port->cable;
	u8 event = SIM_EVENT_HEADER;
	int i;

	switch (cable->matched) {
	case SIM_HEADER_FF:
		for (i = 0; i < SIM_SEATS; i++)
			cable->member[i].numbered = false;
		break;
	case SIM_HEADER_87:
		event = SIM_EVENT_HEADER2;
		break;
	case SIM_HEADER_78:
		event = SIM_EVENT_PACKET;
		cable->matched = 0;
		cable->packet = true;
		break;
	default:
		return;
	}
	for (i = 0; i < SIM_SEATS; i++)
		if (sim_member_present(cable, i))
			__sim_peripheral_step(cable->member[i].dev);
	if (sim_member_next(cable, 0, false) < 0) {
		cable->matched = 0;
		cable->packet = false;
	}
	sim_log_name(&port->log, port->log.host, event);
	sim_cable_moved(port, SIM_EVENT_NONE);
}

static void sim_cable_data(struct sim_port *port)
{
	struct sim_cable *cable = &port->cable;
	u8 byte = cable->host.data;
	bool was = sim_cable_in_packet(cable);

	if (sim_member_next(cable, 0, false) < 0) {
		cable->matched = 0;
		return;
	}
	if (cable->packet && byte == 0xff)
		sim_cable_packet_end(port);
	if (byte == sim_header[cable->matched]) {
		cable->matched++;
		sim_cable_matched(port);
	} else {
		cable->matched = byte == sim_header[0];
		if (was && !sim_cable_in_packet(cable))
			sim_cable_moved(port, SIM_EVENT_NONE);
	}
}

/**
 * __sim_cable_host() - the host has moved lines
 * @port: the port
 * @host: the lines
 */
void __sim_cable_host(struct sim_port *port, const struct sim_host *host)
	__must_hold(&port->lock)
{
	struct sim_cable *cable = &port->cable;
	struct sim_host was = cable->host;
	u8 fell = was.lines & ~host->lines;

	lockdep_assert_held(&port->lock);
	cable->host = *host;
	if (host->driven && host->lines & SIM_NSTROBE &&
	    (host->data != was.data || !was.driven))
		sim_cable_data(port);
	if (fell & SIM_NSTROBE) {
		if (cable->packet)
			sim_cable_command(port);
		else
			cable->matched = host->data == sim_header[0];
	}
	sim_cable_carry(port);
}

/* ----- devices that come and go ------------------------------------------ */

/**
 * __sim_cable_restart() - a device has come to life, or has ceased to live
 * @port: the port
 *
 * Daisy-chain devices that the host cannot reach, or that are not alive, lose
 * their number and are not selected any more.
 */
void __sim_cable_restart(struct sim_port *port)
	__must_hold(&port->lock)
{
	struct sim_cable *cable = &port->cable;
	unsigned int i;

	lockdep_assert_held(&port->lock);
	for (i = 0; i < SIM_SEATS; i++) {
		struct sim_member *member = &cable->member[i];

		if (sim_member_present(cable, i))
			continue;
		member->selected = false;
		member->fresh = false;
		member->numbered = false;
		member->address = -1;
	}
	if (sim_member_next(cable, 0, false) < 0) {
		cable->matched = 0;
		cable->packet = false;
		cable->answered = false;
	}
	sim_cable_moved(port, SIM_EVENT_CONDITION);
}

/**
 * __sim_cable_chain() - put other daisy-chain devices on the cable
 * @port: the port
 * @dev: SIM_SEATS devices, NULL for an empty seat; what was there before is put
 *	in their place
 */
void __sim_cable_chain(struct sim_port *port, struct sim_peripheral **dev)
	__must_hold(&port->lock)
{
	struct sim_cable *cable = &port->cable;
	unsigned int i;

	lockdep_assert_held(&port->lock);
	for (i = 0; i < SIM_SEATS; i++) {
		struct sim_member *member = &cable->member[i];

		swap(member->dev, dev[i]);
		member->address = -1;
		member->selected = false;
		member->numbered = false;
		member->fresh = false;
		if (member->dev)
			__sim_1284_connect(member->dev, &cable->host);
	}
	__sim_cable_restart(port);
}

/**
 * __sim_cable_end() - put another device at the end of the chain
 * @port: the port
 * @dev: the device, or NULL
 *
 * Return: the device that was there before, or NULL.
 */
struct sim_peripheral *__sim_cable_end(struct sim_port *port,
				       struct sim_peripheral *dev)
	__must_hold(&port->lock)
{
	struct sim_peripheral *old = port->cable.end;

	lockdep_assert_held(&port->lock);
	port->cable.end = dev;
	if (dev)
		__sim_1284_connect(dev, &port->cable.host);
	__sim_cable_restart(port);
	return old;
}

/**
 * sim_cable_init() - a cable without devices
 * @cable: the cable
 * @host: the host's lines
 * @moved: see struct sim_cable
 */
void sim_cable_init(struct sim_cable *cable, const struct sim_host *host,
		    void (*moved)(struct sim_port *port, u8 seat, u8 event))
{
	unsigned int i;

	cable->host = *host;
	cable->moved = moved;
	for (i = 0; i < SIM_SEATS; i++)
		cable->member[i].address = -1;
}
