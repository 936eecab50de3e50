/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The structures of a peripheral, also called device. There is no device.c:
 * each structure is written by the file that its comment names.
 */
#ifndef _WINPAR_SIM_DEVICE_H
#define _WINPAR_SIM_DEVICE_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "connector.h"

struct sim_port;
struct sim_peripheral;

/**
 * struct sim_ring - bytes in order (peripheral.c)
 * @buf: where they are
 * @size: how many fit, a power of two
 * @head: how many were ever put in
 * @tail: how many of them were taken out, or given up
 */
struct sim_ring {
	u8 *buf;
	unsigned int size;
	unsigned long head;
	unsigned long tail;
};

/* Kinds of transfer that a peripheral may support beside compatibility mode. */
#define SIM_CAN_NIBBLE	BIT(0)
#define SIM_CAN_BYTE	BIT(1)
#define SIM_CAN_ECP	BIT(2)
#define SIM_CAN_RLE	BIT(3)
#define SIM_CAN_EPP	BIT(4)
#define SIM_CAN_ID	BIT(5)
#define SIM_CAN_COUNT	6

/* Numbers are events of IEEE 1284; ieee1284.c draws the way between them. */
enum sim_phase {
	SIM_COMPAT,
	SIM_NEGOTIATION,	/* events 1 to 3 */
	SIM_REQUESTED,		/* 3 to 6 */
	SIM_REFUSED,		/* after 6, the mode is not supported */
	SIM_NIBBLE,
	SIM_BYTE,
	SIM_ECP_SETUP,		/* 6 to 31 */
	SIM_ECP_FORWARD,
	SIM_ECP_REVERSE,
	SIM_EPP,
	SIM_TERMINATION,	/* 22 to 29 */
	SIM_PHASES,
};

/**
 * struct sim_1284 - where a peripheral is in IEEE 1284
 * @phase: its phase; written by phase.c
 * @request: the extensibility byte that led there
 * @latch: the byte taken with the strobe
 * @taken: @latch is waiting for its acknowledge
 * @address: @latch came as an address or command
 * @due: compatibility mode: @latch can be acknowledged when the strobe is over;
 *	ECP: @latch has been acknowledged, but event 32 has not come
 * @offered: a byte or nibble is on the lines, waiting for the host
 * @second: nibble mode: the next nibble is the second of its byte; termination:
 *	event 27 has been
 * @idle: reverse idle, the host waits to hear of data
 * @told: the host has been told of data (event 18), but has not answered (20)
 * @run: how many more times the next byte of the host's counts (run-length encoding)
 * @counting: what is offered is a run-length count, not a byte
 * @counted: for how many bytes the next byte of the device's stands; 0 is one, too
 * @id_pos: how many bytes of the device ID have been sent
 * @entered: how often each phase was entered
 */
struct sim_1284 {
	enum sim_phase phase;
	u8 request;
	u8 latch;
	bool taken;
	bool address;
	bool due;
	bool offered;
	bool second;
	bool idle;
	bool told;
	u8 run;
	bool counting;
	u8 counted;
	unsigned int id_pos;
	unsigned long entered[SIM_PHASES];
};

/**
 * struct sim_condition - what a user may do to a peripheral (connect.c)
 * @paper: it has paper
 * @online: it is on line
 * @busy: it is busy, and takes no byte
 * @power: it has power
 * @plugged: its cable is in
 * @rle: it sends runs of equal bytes as a count and one byte, in ECP
 * @busy_us: how long it takes for a byte, in compatibility mode and ECP
 * @answer_us: how late it answers a change of the host's lines
 */
struct sim_condition {
	bool paper;
	bool online;
	bool busy;
	bool power;
	bool plugged;
	bool rle;
	unsigned int busy_us;
	unsigned int answer_us;
};

/**
 * struct sim_late_change - a change of the host's lines that is kept (late.c)
 * @host: the lines after it
 * @number: its number in the log
 * @due: when the device is to see it
 */
struct sim_late_change {
	struct sim_host host;
	unsigned long number;
	ktime_t due;
};

#define SIM_LATE_CHANGES	64

/**
 * struct sim_late - the changes that are kept for a device (late.c)
 * @change: the changes, the oldest at @first
 * @first: where the oldest is
 * @count: how many there are
 * @timer: calls when the oldest is due
 * @behind: how long after it was due a change was shown, at most, since the knob "state" was
 *          written, in us
 */
struct sim_late {
	struct sim_late_change change[SIM_LATE_CHANGES];
	unsigned int first;
	unsigned int count;
	struct hrtimer timer;
	u64 behind;
};

enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_NO_ANSWER,	/* does not see the host's lines */
	SIM_FAULT_MIDDLE,	/* falls silent in the middle of a byte */
	SIM_FAULT_CHECKSUM,	/* the device ID announces a wrong length */
};

/**
 * struct sim_peripheral_ops - a kind of peripheral
 * @name: the word that a user chooses it by
 * @model: the model in its device ID
 * @class: the class in its device ID
 * @can: what it supports, unless the user wants less
 * @fixed_epp: it is always in EPP mode and knows no other
 * @write: a byte came, in any mode
 * @epp_read: what an EPP read cycle gives; NULL: the next byte to send
 * @fed: the user has given it a byte; NULL: the byte is queued for the host
 * @wired: its lines follow the host's without any protocol: SIM_BACK_LINES
 *
 * The four functions are called with the port's lock held.
 */
struct sim_peripheral_ops {
	const char *name;
	const char *model;
	const char *class;
	u8 can;
	bool fixed_epp;
	void (*write)(struct sim_peripheral *dev, bool address, u8 byte);
	u8 (*epp_read)(struct sim_peripheral *dev, bool address);
	void (*fed)(struct sim_peripheral *dev, u8 byte);
	u8 (*wired)(const struct sim_host *host);
};

/**
 * struct sim_peripheral - a device on the cable
 * @ops: its kind
 * @port: its port
 * @seat: its place at that port, 0 to SIM_SEAT_END
 * @can: what it supports now
 * @host: the host's lines as the device sees them; written by ieee1284.c
 * @heard: the number in the log of the host's change that the device looks at,
 *	or looked at last
 * @late: changes of the host's lines that the device has not seen yet
 * @back: the device's own lines; written by peripheral.c
 * @state: its place in the protocol
 * @condition: what the user did to it; written by connect.c
 * @fault: what is wrong with it
 * @fault_arg: SIM_FAULT_MIDDLE: how many bytes it still handles;
 *	SIM_FAULT_CHECKSUM: the length that it announces
 * @received: the last bytes that came, for the user
 * @feed: bytes for the host
 * @addresses: how many addresses or channel commands came
 * @lost: bytes of compatibility mode that came while it was busy, or were not
 *	acknowledged yet when it was reset or a negotiation began
 * @resets: how often nInit reset it
 * @id: its device ID, without the length
 * @id_len: the length of @id
 * @timer: the time that a byte takes (busy_us)
 * @reg: EPP registers
 * @reg_address: the register that data cycles go to, or the last ECP channel
 * @fed: how many bytes its registers were fed
 *
 * All but @ops, @port and @seat is guarded by the port's lock.
 */
struct sim_peripheral {
	const struct sim_peripheral_ops *ops;
	struct sim_port *port;
	u8 seat;
	u8 can;
	struct sim_host host;
	unsigned long heard;
	struct sim_late late;
	struct sim_back back;
	struct sim_1284 state;
	struct sim_condition condition;
	enum sim_fault fault;
	unsigned int fault_arg;
	struct sim_ring received;
	struct sim_ring feed;
	unsigned long addresses;
	unsigned long lost;
	unsigned long resets;
	char *id;
	unsigned int id_len;
	struct hrtimer timer;
	u8 reg[256];
	u8 reg_address;
	unsigned int fed;
};

#define SIM_ID_MAX	0xfffd	/* the length field counts itself */

#endif /* _WINPAR_SIM_DEVICE_H */
