/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * winpar_sim.ko: a parallel port and its peripherals in software.
 *
 * Rooms, each knowing only those below it:
 *
 *	main.c		the module: parameters, the list of ports
 *	debugfs.c, knobs.c	the user's side
 *	port.c, connect.c	one port: its Linux side, its life; its devices
 *	irq.c		its interrupt
 *	chip.c, fifo.c	its registers
 *	daisy.c		the cable: daisy-chain devices, then the end of the chain
 *	printer.c, epp.c, loopback.c	what may be at the end, or in a daisy device
 *	ieee1284.c, ieee1284_modes.c	how these answer the host, line by line
 *	peripheral.c	what all of them have: lines, conditions, faults, bytes
 *	log.c		what happened on the lines
 *
 * A write to a register changes the host's lines; the cable carries them to
 * whichever device listens; that device changes its own lines in answer, which
 * the cable carries back into the status register. All of that happens inside
 * the write, one line at a time, under the port's lock.
 *
 * Locks, outermost first:
 *
 *	sim_mutex		the list of ports (main.c)
 *	struct sim_port.mutex	which devices there are; never held while the
 *				parport core is called
 *	struct sim_port.lock	registers, lines, log: all that moves. A raw
 *				spinlock, taken with interrupts off from any
 *				context but NMI; nothing is allocated, called
 *				back or printed under it.
 *
 * A function whose name starts with __ is called with sim_port.lock held, and so
 * is every callback in struct sim_peripheral_ops.
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

#include "peripheral.h"

/* ----- the cable --------------------------------------------------------- */

/**
 * struct sim_member - a daisy-chain device
 * @dev: what it is when selected
 * @address: its number, or -1
 * @numbered: it was given one in this packet
 * @selected: it has the port
 * @fresh: selected in this packet, connected at its end
 * @mode: the mode that it finds then
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
 * struct sim_cable - what is connected to a port
 * @host: the host's lines
 * @member: daisy-chain devices, nearest first; those that are not are NULL
 * @end: what is behind the last, or NULL
 * @matched: how many bytes of a command packet's header have come
 * @packet: the header is over, command bytes follow
 * @answered: a select or deselect has been executed in this packet
 * @commands: how many command bytes were executed
 * @selects: how many of them selected a device
 *
 * Guarded by the port's lock; @member[].dev and @end change under its mutex,
 * too.
 */
struct sim_cable {
	struct sim_host host;
	struct sim_member member[SIM_SEATS];
	struct sim_peripheral *end;
	unsigned int matched;
	bool packet;
	bool answered;
	unsigned long commands;
	unsigned long selects;
};

void __sim_cable_host(struct sim_port *port, const struct sim_host *host);
struct sim_back __sim_cable_back(struct sim_port *port);
void __sim_cable_restart(struct sim_port *port);

/* ----- the chip ---------------------------------------------------------- */

#define SIM_CHIP_PS2	BIT(0)	/* data can be turned round */
#define SIM_CHIP_EPP	BIT(1)
#define SIM_CHIP_ECR	BIT(2)

#define SIM_FIFO_DEPTH	16
#define SIM_FIFO_THRESHOLD	8
#define SIM_FIFO_COMMAND	BIT(8)	/* beside the byte */

/**
 * struct sim_chip - registers
 * @has: SIM_CHIP_...
 * @data: the data register
 * @control: the control register, bits 0 to 5
 * @ecr: the ECR, without its FIFO bits
 * @epp_timeout: the last EPP cycle had no answer
 * @low: lines that a cycle of the chip's own holds low
 * @cycle: the chip drives @cycle_data instead of the data register
 * @turned: a cycle has turned the data lines round
 * @cycle_data: see @cycle
 * @fifo: bytes, with SIM_FIFO_COMMAND
 * @fifo_tail: the oldest
 * @fifo_count: how many
 * @fifo_step: where the FIFO's handshake is
 * @host: what the host drives
 * @back: what comes back
 * @stuck_host: host's lines that do not move
 * @stuck_back: peripherals' lines that do not move
 * @stuck: where they stand
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
	int fifo_step;
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

void sim_chip_init(struct sim_chip *chip, u8 has);
u8 __sim_chip_mode(const struct sim_chip *chip);
bool __sim_chip_reversed(const struct sim_chip *chip);
u8 __sim_chip_bus(const struct sim_chip *chip);
void __sim_chip_drive(struct sim_port *port);
void __sim_chip_sense(struct sim_port *port, u8 seat, u8 event);
u8 __sim_chip_read(struct sim_port *port, unsigned int offset);
void __sim_chip_write(struct sim_port *port, unsigned int offset, u8 value);
void __sim_chip_control(struct sim_port *port, u8 mask, u8 value);

void __sim_fifo_idle(struct sim_chip *chip);
void __sim_fifo_reset(struct sim_chip *chip);
void __sim_fifo_write(struct sim_chip *chip, u16 entry);
u8 __sim_fifo_read(struct sim_chip *chip);
void __sim_fifo_settle(struct sim_port *port);

/* ----- its interrupt ----------------------------------------------------- */

/**
 * struct sim_irq - a port's interrupt line
 * @line: the descriptor's number, or PARPORT_IRQ_NONE
 * @requested: the handler is in place
 * @work: raises it, in hard interrupt context
 * @again: asks @work to try once more
 * @storm: asks @work at intervals
 * @storm_left: how many times; guarded by the port's lock
 * @storm_ns: the interval; likewise
 * @stopped: no more of it
 * @raised: how often the chip raised it; guarded by the port's lock
 * @delivered: how often it was handed on; written by @work alone
 * @delayed: how often it had to wait for cad_lock; likewise
 */
struct sim_irq {
	int line;
	bool requested;
	struct irq_work work;
	struct hrtimer again;
	struct hrtimer storm;
	unsigned int storm_left;
	u64 storm_ns;
	bool stopped;
	unsigned long raised;
	unsigned long delivered;
	unsigned long delayed;
};

void sim_irq_prepare(struct sim_irq *irq);
int sim_irq_init(struct sim_port *port);
int sim_irq_start(struct sim_port *port);
void sim_irq_stop(struct sim_port *port);
void sim_irq_exit(struct sim_port *port);
void __sim_irq_raise(struct sim_port *port);
void __sim_irq_storm(struct sim_port *port, unsigned int count,
		     unsigned int usec);

/* ----- a port ------------------------------------------------------------ */

/**
 * struct sim_config - what a port is to be
 * @kind: its chip: spp, ps2, epp, ecp or ecpepp
 * @peripheral: what is at the end of the chain, or none
 * @daisy: daisy-chain devices, nearest first, with + between, or none
 * @irq: whether it has an interrupt
 */
struct sim_config {
	const char *kind;
	const char *peripheral;
	const char *daisy;
	bool irq;
};

struct sim_knob;

/**
 * struct sim_file - one file of a port's in debugfs
 * @port: whose
 * @seat: which device there
 * @knob: what it shows
 */
struct sim_file {
	struct sim_port *port;
	u8 seat;
	const struct sim_knob *knob;
};

/**
 * struct sim_port - a parallel port
 * @node: among all of them; guarded by sim_mutex
 * @name: parportN
 * @parport: its Linux side; NULL once that is gone
 * @pdev: its place in the device model
 * @dir: its folder in debugfs
 * @files: what stands in that
 * @mutex: guards which devices there are on @cable, for those who may sleep
 * @lock: guards all of the following
 * @chip: the registers
 * @irq: the interrupt
 * @cable: what is connected
 * @log: what happened on the lines
 * @gone: it has been removed: registers answer with ones
 *
 * A removed port's object stays until the module goes, since the core and its
 * users may still be on their way out of a call to it.
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

unsigned long sim_port_lock(struct sim_port *port) __acquires(&port->lock);
void sim_port_unlock(struct sim_port *port, unsigned long flags)
	__releases(&port->lock);
struct sim_port *sim_port_new(const struct sim_config *config);
void sim_port_remove(struct sim_port *port);
void sim_port_free(struct sim_port *port);

/* connect.c */
int sim_port_connect(struct sim_port *port, const char *name);
int sim_port_chain(struct sim_port *port, const char *names);

/* main.c */
int sim_add(const struct sim_config *config);
int sim_remove(const char *name);

/* debugfs.c */
void sim_debugfs_init(void);
void sim_debugfs_close(void);
void sim_debugfs_exit(void);
void sim_debugfs_add(struct sim_port *port);
void sim_debugfs_remove(struct sim_port *port);

#endif /* _WINPAR_SIM_H */
