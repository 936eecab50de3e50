/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines, the log of them, and the peripherals that move them. sim.h has the
 * rest, and the locks.
 */
#ifndef _WINPAR_SIM_PERIPHERAL_H
#define _WINPAR_SIM_PERIPHERAL_H

#include <linux/bits.h>
#include <linux/hrtimer.h>
#include <linux/types.h>

struct sim_port;
struct sim_peripheral;

/* Every timer here runs in hard interrupt context, on PREEMPT_RT as well. */
static inline void sim_timer_init(struct hrtimer *timer,
				  enum hrtimer_restart (*run)(struct hrtimer *))
{
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer->function = run;
}

/* ----- lines ------------------------------------------------------------- */

/*
 * Levels on the wire, not bits of a register: set means high. Where they stand
 * is where the register has them.
 */
#define SIM_NSTROBE	BIT(0)	/* also HostClk, nWrite */
#define SIM_NAUTOFD	BIT(1)	/* HostBusy, HostAck, nDStrb */
#define SIM_NINIT	BIT(2)	/* nReverseRequest */
#define SIM_NSELECTIN	BIT(3)	/* 1284Active, nAStrb */
#define SIM_HOST_LINES	0x0f

#define SIM_NFAULT	BIT(3)	/* nDataAvail, nPeriphRequest */
#define SIM_SELECT	BIT(4)	/* XFlag */
#define SIM_PERROR	BIT(5)	/* AckDataReq, nAckReverse */
#define SIM_NACK	BIT(6)	/* PtrClk, PeriphClk, Intr */
#define SIM_BUSY	BIT(7)	/* PtrBusy, PeriphAck, nWait */
#define SIM_BACK_LINES	0xf8

/* What a register shows inverted. */
#define SIM_CONTROL_INVERTED	(SIM_NSTROBE | SIM_NAUTOFD | SIM_NSELECTIN)
#define SIM_STATUS_INVERTED	SIM_BUSY

/**
 * struct sim_host - the lines that the host drives
 * @lines: SIM_HOST_LINES
 * @data: the data lines
 * @driven: the host drives the data lines
 */
struct sim_host {
	u8 lines;
	u8 data;
	bool driven;
};

/**
 * struct sim_back - the lines that come back
 * @lines: SIM_BACK_LINES
 * @data: the data lines
 * @driven: a peripheral drives the data lines
 */
struct sim_back {
	u8 lines;
	u8 data;
	bool driven;
};

/* Nothing is connected: every line is pulled up. */
#define SIM_BACK_OPEN ((struct sim_back){ .lines = SIM_BACK_LINES, .data = 0xff })

/* ----- the log ----------------------------------------------------------- */

/* Who moved a line. 0..3 are the daisy-chain devices. */
#define SIM_SEATS	4
#define SIM_SEAT_END	SIM_SEATS
#define SIM_SEAT_HOST	(SIM_SEATS + 1)
#define SIM_SEAT_CABLE	(SIM_SEATS + 2)

/* Events beyond those that IEEE 1284 numbers. */
enum {
	SIM_EVENT_NONE = 0xff,
	SIM_EVENT_BYTE = 0x80,	/* a byte in compatibility mode */
	SIM_EVENT_READY,	/* ... acknowledged */
	SIM_EVENT_RESET,
	SIM_EVENT_HEADER,	/* command packet: AA 55 00 FF */
	SIM_EVENT_HEADER2,	/* 87 */
	SIM_EVENT_PACKET,	/* 78: command bytes follow */
	SIM_EVENT_ASSIGN,
	SIM_EVENT_SELECT,
	SIM_EVENT_DESELECT,
	SIM_EVENT_COMMAND,	/* another command byte */
	SIM_EVENT_PACKET_END,
	SIM_EVENT_CONDITION,	/* paper, power, ...: no protocol */
	SIM_EVENT_INTERRUPT,
};

struct sim_entry {
	u64 ns;
	u8 seat;
	u8 event;
	u8 was;
	u8 now;
	u8 data;
	bool driven;
};

#define SIM_LOG_ENTRIES	8192	/* a power of two */

/**
 * struct sim_log - the last changes of lines
 * @entry: SIM_LOG_ENTRIES of them
 * @total: how many there ever were
 * @host: the number of the host's last one
 * @first: the first that the user wants to see; guarded by the port's mutex
 */
struct sim_log {
	struct sim_entry *entry;
	unsigned long total;
	unsigned long host;
	unsigned long first;
};

int sim_log_init(struct sim_log *log);
void sim_log_exit(struct sim_log *log);
void __sim_log_host(struct sim_log *log, const struct sim_host *was,
		    const struct sim_host *now);
void __sim_log_host_event(struct sim_log *log, u8 event);
void __sim_log_back(struct sim_log *log, u8 seat, u8 event,
		    const struct sim_back *was, const struct sim_back *now);
int sim_log_print(const struct sim_entry *entry, char *buf, size_t size);

/* ----- peripherals ------------------------------------------------------- */

/* Bytes in order. @size is a power of two; head and tail only grow. */
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
 * @phase: see there
 * @request: the extensibility byte that led here
 * @latch: the byte taken with the strobe
 * @taken: @latch is waiting for its acknowledge
 * @address: @latch came as an address or command
 * @due: it could be acknowledged, but for the strobe; in ECP: it has been, but
 *       event 32 has not come
 * @offered: a byte or nibble is on the lines, waiting for the host
 * @second: the next nibble is the second of its byte
 * @idle: reverse idle, the host waits to hear of data
 * @told: it has been told (event 18), but has not answered (20)
 * @run: the next byte comes so many times more (run-length encoding)
 * @id_pos: how much of the device ID has been sent
 * @entered: how often each mode was entered
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
	unsigned int id_pos;
	unsigned long entered[SIM_PHASES];
};

/* What a user may do to a peripheral. */
struct sim_condition {
	bool paper;
	bool online;
	bool busy;
	bool power;
	bool plugged;
	unsigned int busy_us;	/* a byte takes so long: compatibility mode, ECP */
};

enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_NO_ANSWER,	/* sees nothing, does nothing */
	SIM_FAULT_MIDDLE,	/* falls silent in the middle of a byte */
	SIM_FAULT_CHECKSUM,	/* the device ID announces a wrong length */
};

/**
 * struct sim_peripheral_ops - a kind of peripheral
 * @name: as it is chosen
 * @model: how its device ID calls it
 * @class: the class in its device ID
 * @can: what it supports, unless the user wants less
 * @fixed_epp: it is always in EPP mode and knows no other
 * @write: a byte came, in whatever mode
 * @epp_read: what an EPP read cycle gives; NULL: the next byte to send
 * @fed: the user has given it a byte; NULL: it is queued for the host
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
};

/**
 * struct sim_peripheral - a device on the cable
 * @ops: its kind
 * @port: where it is
 * @seat: which device it is there
 * @can: what it supports now
 * @host: the host's lines as it sees them
 * @back: its own
 * @state: its place in the protocol
 * @condition: what the user did to it
 * @fault: what is wrong with it
 * @fault_arg: SIM_FAULT_MIDDLE: bytes until then; SIM_FAULT_CHECKSUM: the length
 * @received: the last bytes that came, for the user
 * @feed: bytes for the host
 * @addresses: how many addresses or channel commands came
 * @lost: bytes that came while it was busy
 * @resets: how often nInit reset it
 * @id: its device ID, without the length
 * @id_len: the length of that
 * @timer: for what it does without the host; started by busy_us alone
 * @reg: EPP registers
 * @reg_address: the one that data cycles go to, or the last ECP channel
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

extern const struct sim_peripheral_ops sim_printer;
extern const struct sim_peripheral_ops sim_epp;
extern const struct sim_peripheral_ops sim_epp_raw;
extern const struct sim_peripheral_ops sim_loopback;

const struct sim_peripheral_ops *sim_peripheral_kind(const char *name);
struct sim_peripheral *sim_peripheral_new(struct sim_port *port, u8 seat,
					  const struct sim_peripheral_ops *ops);
void sim_peripheral_free(struct sim_peripheral *dev);
bool __sim_ring_put(struct sim_ring *ring, u8 byte);
void __sim_ring_force(struct sim_ring *ring, u8 byte);
void __sim_peripheral_host(struct sim_peripheral *dev,
			   const struct sim_host *host);
struct sim_back __sim_peripheral_back(const struct sim_peripheral *dev);
bool __sim_peripheral_alive(const struct sim_peripheral *dev);
void __sim_peripheral_lines(struct sim_peripheral *dev, u8 mask, u8 levels,
			    u8 event);
void __sim_peripheral_drive(struct sim_peripheral *dev, u8 byte);
void __sim_peripheral_release(struct sim_peripheral *dev);
void __sim_peripheral_step(struct sim_peripheral *dev);
bool __sim_peripheral_next(struct sim_peripheral *dev, u8 *byte);
bool __sim_peripheral_has_data(const struct sim_peripheral *dev);
void __sim_peripheral_took(struct sim_peripheral *dev);
void __sim_peripheral_set(struct sim_peripheral *dev,
			  const struct sim_condition *condition);
void __sim_peripheral_fault(struct sim_peripheral *dev, enum sim_fault fault,
			    unsigned int arg);
unsigned int __sim_peripheral_feed(struct sim_peripheral *dev, const u8 *buf,
				   unsigned int len);
void __sim_peripheral_write(struct sim_peripheral *dev, bool address, u8 byte);

/* ieee1284.c */
void __sim_1284_reset(struct sim_peripheral *dev);
void __sim_1284_select(struct sim_peripheral *dev, enum sim_phase phase);
void __sim_1284_host(struct sim_peripheral *dev, const struct sim_host *was);
void __sim_1284_enter(struct sim_peripheral *dev, enum sim_phase phase);
void __sim_1284_compat(struct sim_peripheral *dev, u8 event);
u8 __sim_1284_compat_lines(const struct sim_peripheral *dev);
const char *sim_phase_name(enum sim_phase phase);

/* ieee1284_modes.c */
void __sim_compat_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_nibble_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_byte_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_ecp_forward_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_ecp_reverse_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_epp_host(struct sim_peripheral *dev, u8 rose, u8 fell);
void __sim_modes_timer(struct sim_peripheral *dev);
void __sim_modes_changed(struct sim_peripheral *dev);

#endif /* _WINPAR_SIM_PERIPHERAL_H */
