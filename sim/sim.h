/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * winpar_sim.ko: a parallel port and its peripherals in software. This header
 * has the structure of a port, and says how the rooms stand upon each other.
 *
 * A room is a .c file with a header of its name, which declares what the room
 * offers to those above it. tests/lint/order-sim lists them from the ground up;
 * no room takes a symbol from its own row or from above:
 *
 *	main		the module: parameters, the list of ports
 *	debugfs		files, and folders of files
 *	knobs, port	what the text files say and do; the port's Linux side
 *	connect		which devices there are, and what a user does to them
 *	lock		the port's lock, whose release runs the FIFO
 *	chip		registers
 *	fifo		the FIFO's handshakes
 *	lines		the lines that follow from the registers, and that come back
 *	cable		daisy-chain devices, then the end of the chain
 *	ieee1284	a device's way into a mode and out of it
 *	modes, kinds	what a device does in each mode; which devices there are
 *	phase		in which phase of IEEE 1284 a device is
 *	peripheral	what all devices have: lines, bytes
 *	log, irq, late	what happened on the lines; the port's interrupt; changes
 *			of lines on their way to a device that answers late
 *
 * A write to a register changes the host's lines (lines.c); the cable carries
 * them to the device that listens; that device changes its own lines in answer,
 * and calls the pointer sim_cable.moved, which is the way back up to the chip:
 * it carries them into the status register. All of that happens inside the
 * write, one line at a time, under the port's lock.
 *
 * Locks, outermost first:
 *
 *	sim_mutex		the list of ports (main.c)
 *	struct sim_port.mutex	which devices there are; never held while the
 *				parport core is called
 *	struct sim_port.lock	registers, lines, log: all that moves. A raw
 *				spinlock, taken with interrupts off from any
 *				context but NMI; nothing is allocated or called
 *				back under it, and nothing printed but chip.c's
 *				notices of a driver's mistakes. Taken by
 *				sim_port_lock(); irq.c alone takes it bare.
 *
 * A function whose name starts with __ is called with sim_port.lock held. So is
 * each function that is given a part of a port (a chip, a log, a cable) and not
 * the port, and each one in struct sim_peripheral_ops.
 */
#ifndef _WINPAR_SIM_H
#define _WINPAR_SIM_H

#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/parport.h>
#include <linux/spinlock.h>

#include "connector.h"
#include "device.h"
#include "log.h"

struct platform_device;
struct sim_file;

/* ----- the cable --------------------------------------------------------- */

/**
 * struct sim_member - a seat for a daisy-chain device (cable.c)
 * @dev: the device, which hears the host while it is selected; or NULL
 * @address: its number, or -1
 * @numbered: it was given a number in this packet
 * @selected: it has the port
 * @fresh: it was selected in this packet, and is connected at the packet's end
 * @mode: the mode that it is connected in
 */
struct sim_member {
	struct sim_peripheral *dev;
	int address;
	bool numbered;
	bool selected;
	bool fresh;
	enum sim_phase mode;
};

/**
 * struct sim_cable - what is connected to a port (cable.c)
 * @moved: called when lines that come back may have moved, with the seat of the
 *	device that moved them and the event; set by port.c
 * @host: the host's lines
 * @member: seats of daisy-chain devices, nearest first
 * @end: the end-of-chain device, or NULL
 * @matched: how many bytes of a command packet's header have come
 * @packet: the header is over, command bytes follow
 * @answered: a select or deselect has been executed in this packet
 * @commands: how many command bytes were executed
 * @selects: how many of the commands selected a device
 *
 * Guarded by the port's lock; @member[].dev and @end change under the port's
 * mutex as well.
 */
struct sim_cable {
	void (*moved)(struct sim_port *port, u8 seat, u8 event);
	struct sim_host host;
	struct sim_member member[SIM_SEATS];
	struct sim_peripheral *end;
	unsigned int matched;
	bool packet;
	bool answered;
	unsigned long commands;
	unsigned long selects;
};

/* ----- the chip ---------------------------------------------------------- */

#define SIM_CHIP_PS2	BIT(0)	/* data can be turned round */
#define SIM_CHIP_EPP	BIT(1)
#define SIM_CHIP_ECR	BIT(2)

#define SIM_FIFO_DEPTH	16
#define SIM_FIFO_THRESHOLD	8
#define SIM_FIFO_COMMAND	BIT(8)	/* beside the byte */

/**
 * struct sim_chip - registers (chip.c, fifo.c) and lines (lines.c)
 * @has: SIM_CHIP_...
 * @data: the data register
 * @control: the control register, bits 0 to 5
 * @ecr: the ECR, without its FIFO bits
 * @epp_timeout: the last EPP cycle had no answer
 * @low: lines that a cycle of the chip's own holds low; set by chip.c and
 *	fifo.c
 * @cycle: the chip drives @cycle_data instead of the data register
 * @turned: a cycle has turned the data lines round
 * @cycle_data: see @cycle
 * @fifo: bytes, with SIM_FIFO_COMMAND
 * @fifo_tail: where the oldest of them is
 * @fifo_count: how many there are
 * @fifo_sent: how many bytes it has sent by its own handshake
 * @fifo_got: how many bytes of the device's have come into it by its own handshake
 * @fifo_lost: how many of them were in it when its mode ended
 * @fifo_step: where the FIFO's handshake is
 * @run: a count of the device's: the next byte comes so many times more
 * @run_left: how often @run_byte still goes into the FIFO
 * @run_byte: see @run_left
 * @dirty: how many changes of the mode or of the direction no chip allows
 * @clashes: how often host and device have begun to drive the data lines both
 * @host: what the host drives
 * @back: what comes back
 * @stuck_host: host's lines that do not move
 * @stuck_back: peripherals' lines that do not move
 * @stuck: where the lines stand that do not move
 *
 * Guarded by the port's lock.
 */
struct sim_chip {
	u8 has;
	u8 data;
	u8 control;
	u8 ecr;
	bool epp_timeout;
	u8 low;
	bool cycle;
	bool turned;
	u8 cycle_data;
	u16 fifo[SIM_FIFO_DEPTH];
	unsigned int fifo_tail;
	unsigned int fifo_count;
	unsigned long fifo_sent;
	unsigned long fifo_got;
	unsigned long fifo_lost;
	int fifo_step;
	u8 run;
	u8 run_left;
	u8 run_byte;
	unsigned long dirty;
	unsigned long clashes;
	struct sim_host host;
	struct sim_back back;
	u8 stuck_host;
	u8 stuck_back;
	u8 stuck;
};

/* Bits of the control register that are no line. */
#define SIM_CONTROL_INTR	BIT(4)
#define SIM_CONTROL_REVERSE	BIT(5)

#define SIM_ECR_MODE		0xe0
#define SIM_ECR_NERRINTR	BIT(4)	/* set: no interrupt on nFault */
#define SIM_ECR_DMA		BIT(3)
#define SIM_ECR_SERVICE		BIT(2)	/* set: no service interrupt */
#define SIM_ECR_FULL		BIT(1)
#define SIM_ECR_EMPTY		BIT(0)

#define SIM_ECR_SPP		0x00
#define SIM_ECR_PS2		0x20
#define SIM_ECR_FAST		0x40
#define SIM_ECR_ECP		0x60
#define SIM_ECR_EPP		0x80
#define SIM_ECR_TEST		0xc0
#define SIM_ECR_CONFIG		0xe0

/* ----- its interrupt ----------------------------------------------------- */

/**
 * enum sim_hearer - the handlers on a port's line: bits of sim_burst.pending
 * @SIM_HEARER_PORT: the port's
 * @SIM_HEARER_OTHER: that of the other device, if the line is shared
 */
enum sim_hearer {
	SIM_HEARER_PORT,
	SIM_HEARER_OTHER,
};

/**
 * struct sim_burst - interrupts of which each is delivered before the next
 * @timer: looks whether the last one was delivered, and raises the next
 * @left: how many are to be delivered yet; guarded by the port's lock
 * @ns: the time between two; guarded by the port's lock
 * @pending: the handlers that have not begun for the last one, which is
 *	delivered when all have; set under the port's lock, each bit cleared
 *	by its handler
 */
struct sim_burst {
	struct hrtimer timer;
	unsigned int left;
	u64 ns;
	unsigned long pending;
};

/**
 * struct sim_irq - a port's interrupt line (irq.c)
 * @line: the interrupt descriptor's number, or PARPORT_IRQ_NONE
 * @requested: the port's handler is in place
 * @shared: another device's handler is in place, too
 * @stopped: no interrupt comes any more
 * @work: hands the interrupt on, in hard interrupt context
 * @again: queues @work again, which did not get cad_lock
 * @storm: raises the interrupt at intervals, delivered or not
 * @storm_left: how many times yet; guarded by the port's lock
 * @storm_ns: the interval; guarded by the port's lock
 * @spurious: interrupts of the port's for no reason
 * @other: the other device's interrupts
 * @raised: how often the port raised it; guarded by the port's lock
 * @delivered: how often the port's handler has run; written by the handler
 *	alone
 * @delayed: how often the interrupt had to wait for cad_lock; written by @work
 *	alone
 * @other_raised: how often the other device raised it; guarded by the port's
 *	lock
 * @other_delivered: how often the other device's handler found that its device
 *	had raised it; written by that handler alone
 */
struct sim_irq {
	int line;
	bool requested;
	bool shared;
	bool stopped;
	struct irq_work work;
	struct hrtimer again;
	struct hrtimer storm;
	unsigned int storm_left;
	u64 storm_ns;
	struct sim_burst spurious;
	struct sim_burst other;
	unsigned long raised;
	unsigned long delivered;
	unsigned long delayed;
	unsigned long other_raised;
	unsigned long other_delivered;
};

/* ----- a port ------------------------------------------------------------ */

/**
 * struct sim_port - a parallel port
 * @node: in the list of all ports, or of those removed; guarded by sim_mutex
 * @name: parportN
 * @parport: its Linux side; NULL when the port has been removed
 * @pdev: its place in the device model
 * @dir: its folder in debugfs
 * @files: the files in that folder, SIM_KNOBS for each seat
 * @mutex: guards which devices there are on @cable, for callers that may sleep
 * @lock: guards all of the following
 * @chip: the registers
 * @irq: the interrupt
 * @cable: what is connected
 * @log: what happened on the lines
 * @gone: the port has been removed: registers answer with ones
 *
 * A removed port's object stays until the module goes, since the parport core
 * and its users may still be on their way out of a call to it.
 */
struct sim_port {
	struct list_head node;
	char name[16];
	struct parport *parport;
	struct platform_device *pdev;
	struct dentry *dir;
	struct sim_file *files;
	struct mutex mutex;	/* which devices there are */
	raw_spinlock_t lock;
	struct sim_chip chip;
	struct sim_irq irq;
	struct sim_cable cable;
	struct sim_log log;
	bool gone;
};

#endif /* _WINPAR_SIM_H */
