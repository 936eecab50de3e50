/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A parallel port and its openers, as the rooms of winpar share them.
 *
 * Lock order: cad_lock of the Linux port, the interrupt lock, the port lock,
 * the host's lock. The port's file mutex is taken before all of them, in
 * process context. No lock is held while a client's code runs, but for the
 * interrupt lock, which is there to be held while interrupt routines run.
 */
#ifndef _WINPAR_PORT_H
#define _WINPAR_PORT_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <winpar/irp.h>
#include <winpar/parallel.h>

#include "host/host.h"

/**
 * enum winpar_port_state - who has the Linux port
 * @WINPAR_PORT_HELD: winpar, and no client
 * @WINPAR_PORT_OWNED: winpar, and one of its clients
 * @WINPAR_PORT_GIVING: winpar still, but it is about to be released
 * @WINPAR_PORT_AWAY: a Linux driver, or nobody
 * @WINPAR_PORT_GONE: there is no Linux port
 *
 * Only in HELD can a client get it. From HELD: OWNED by a grant, GIVING by a
 * rival. From OWNED: HELD by a free. From GIVING: AWAY by the release, HELD
 * when the rival turns out to be dead. From AWAY: HELD by a claim. From any:
 * GONE by removal, which only an arrival ends, in AWAY.
 */
enum winpar_port_state {
	WINPAR_PORT_HELD,
	WINPAR_PORT_OWNED,
	WINPAR_PORT_GIVING,
	WINPAR_PORT_AWAY,
	WINPAR_PORT_GONE,
};

/*
 * What the fast paths of allocating and freeing may do, in one word: a free
 * port that nobody waits for goes from FREE to OWNED and back by one
 * compare-and-exchange, without the lock. The upper bits of an OWNED word are
 * the file whose request allocated it (0 when a Try call did). Whoever takes
 * the lock first makes the word SLOW, so that all else stands still, and
 * publishes what the state allows when it drops it.
 */
#define WINPAR_HOLD_FREE	0UL
#define WINPAR_HOLD_OWNED	1UL
#define WINPAR_HOLD_SLOW	2UL
#define WINPAR_HOLD_MASK	3UL

/* Daisy-chain devices that a port can have. */
#define WINPAR_1284_3_DEVICES	4

/* Parallel devices that a port can have: those, the end of the chain, the raw. */
#define WINPAR_UNITS		6

/* Tasks that can be inside a completion routine of one port at one time. */
#define WINPAR_PORT_COMPLETING	2

struct winpar_device;

struct _KINTERRUPT {
	spinlock_t lock;	/* the interrupt lock */
};

/**
 * struct winpar_connection - an interrupt routine that is connected
 * @entry: place among the port's, in order of connection. While connected it
 *         is changed only under the interrupt lock and the port lock both.
 * @file_entry: place among the file's, under the file mutex
 * @file: who connected it
 * @routines: the two routines and their contexts, never changed
 * @round: the last round of deferred port checks that it was part of; under
 *         the port lock
 * @connected: false once removal has disconnected it; under both locks
 */
struct winpar_connection {
	struct list_head entry;
	struct list_head file_entry;
	struct winpar_file *file;
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
	unsigned int round;
	bool connected;
};

/**
 * struct winpar_port - one parallel port
 * @hold: see WINPAR_HOLD_FREE
 * @allocations: how often it was allocated; written by whoever has just become
 *               the owner
 * @loop_task: the task on whose back the port's loop runs, if it does
 * @completing: tasks inside a completion routine that a submission called
 * @lock: the port lock. Guards all down to @scans.
 * @state: as of the last time the lock was taken; see @hold
 * @owner: the file whose request has the port, when OWNED
 * @fifo: what waits for the port, in order: requests, and @rival
 * @rival: stands for the Linux driver that asked first; empty when none has
 * @rival_since: when it asked, in jiffies
 * @rival_again: one has asked that may be another
 * @nwaiting: length of @fifo
 * @done: requests whose routine the loop has to call
 * @finishing: the file whose request the loop completes just now
 * @telling: the routine that is called for it
 * @preparing: the request that was granted the port and for which a packet goes
 *             out first
 * @stray_free: who freed at interrupt level what nobody had
 * @checking: the connection whose deferred routine runs just now
 * @checks: number of connections that have a deferred routine
 * @round: number of the current round of deferred port checks
 * @round_wanted: a free has asked for one
 * @round_open: the current one has not called all its routines
 * @waits: how often a request had to wait
 * @unusual: the six below as one word, 0 as a rule: what the hot paths ask
 * @wire: somebody drives the wires, or is between two packets that belong
 *        together: see port/daisy.c
 * @mode_orphan: whoever set @mode has closed: clear it when nobody has the port
 * @strayed: a daisy-chain device may be selected: a Linux driver had the port,
 *           or the packet that deselects went unheard
 * @unheard: the second of these
 * @settling: the loop is to deselect it, whether or not anybody wants the port
 * @selected: the daisy-chain device that is selected, counted from 1; 0 none
 * @reserved: a parallel device has the port: only that frees it
 * @scanned: the bus has been scanned
 * @daisies: how many daisy-chain devices were found
 * @mode: the chip mode, as an ECR value
 * @mode_file: whose request set it, NULL when a callback did
 * @probed: it is known whether the chip can do ECP
 * @fifo_depth: words in its FIFO, 0 when it cannot
 * @fifo_width: bits in such a word, 0 when not known
 * @engine: the parallel device that has the port is using Linux's engine
 * @lent: its client has locked it, and may use the port's own callbacks
 * @scans: how often the bus was scanned
 * @lost: how often a scan did not find a daisy-chain device that was there
 * @waiters: tasks wait here for the loop to be done with something
 * @loop: completes requests and runs deferred port checks, at softirq level
 * @interrupt: what clients synchronise with, and the interrupt lock
 * @connections: every connected routine, in order
 * @interrupts: how many came while a routine was connected; written by the
 *	handler
 * @device: what clients see; its DeviceExtension is this object
 * @number: M
 * @name: "parportM"
 * @link: "LPTn", n = M + 1, what PARALLEL_PNP_INFORMATION calls PortName
 * @generation: how many lives it has had; under @mutex
 * @told: which of them clients were last told of, 0 none; the watch room's
 * @mutex: the file mutex. Guards @files and each file's list of connections.
 * @files: every file, those of earlier lives too
 * @devices: its parallel devices, those that were ever opened; set under @mutex
 * @leaving: it is being detached; under @mutex
 * @host: how the Linux port is held
 *
 * Lives from the first arrival of its number to the exit of the module, so
 * that the callbacks that clients hold stay good.
 */
struct winpar_port {
	atomic_long_t hold;
	unsigned long allocations;
	struct task_struct *loop_task;
	struct task_struct *completing[WINPAR_PORT_COMPLETING];

	spinlock_t lock;	/* the port lock */
	enum winpar_port_state state;
	struct winpar_file *owner;
	struct list_head fifo;
	struct list_head rival;
	unsigned long rival_since;
	bool rival_again;
	unsigned int nwaiting;
	struct list_head done;
	struct winpar_file *finishing;
	void *telling;
	IRP *preparing;
	void *stray_free;
	struct winpar_connection *checking;
	unsigned int checks;
	unsigned int round;
	bool round_wanted;
	bool round_open;
	unsigned long waits;
	union {
		u64 unusual;
		struct {
			bool wire;
			bool mode_orphan;
			bool strayed;
			bool unheard;
			bool settling;
			u8 selected;
			bool reserved;
		};
	};
	bool scanned;
	u8 daisies;
	u8 mode;
	bool probed;
	struct winpar_file *mode_file;
	unsigned int fifo_depth;
	unsigned int fifo_width;
	bool engine;
	bool lent;
	u16 lost[WINPAR_1284_3_DEVICES];
	unsigned int scans;

	wait_queue_head_t waiters;
	struct tasklet_struct loop;

	struct _KINTERRUPT interrupt;
	struct list_head connections;
	unsigned long interrupts;

	DEVICE_OBJECT device;
	int number;
	char name[16];
	WCHAR link[12];
	unsigned int generation;
	unsigned int told;
	struct mutex mutex;	/* the file mutex */
	struct list_head files;
	struct winpar_device *devices[WINPAR_UNITS];
	bool leaving;
	struct winpar_host host;
};

/**
 * struct winpar_file - an opener of a port, or of a parallel device on it
 * @port: what it has opened, or what that is on
 * @device: the parallel device that it has opened, NULL for the port itself
 * @gone: the port went away under it; set under the port lock, never cleared
 * @object: what requests to it are sent to
 * @closing: it takes no more requests; under the port lock, or the device lock
 * @silent: the client's code is going: no completion routine of its is called
 * @owner: the client's module, NULL when that is built in
 * @life: which life of the port it belongs to, as the host room counts
 * @entry: place among the port's files, under the file mutex
 * @irps: its requests that are queued or being completed, under the port lock
 * @connections: what it has connected, under the file mutex
 */
struct winpar_file {
	struct winpar_port *port;
	struct winpar_device *device;
	PDEVICE_OBJECT object;
	bool gone;
	bool closing;
	bool silent;
	struct module *owner;
	unsigned int life;
	struct list_head entry;
	struct list_head irps;
	struct list_head connections;
};

/* What messages call a client. */
static inline const char *winpar_file_client(const struct winpar_file *file)
{
	return file->owner ? module_name(file->owner) : "the kernel";
}

/* Must a packet go out before somebody is given the port? */
static inline bool __winpar_1284_3_unsettled(const struct winpar_port *port)
{
	return port->strayed || port->selected;
}

/*
 * May callbacks, which do not say whose they are, use a port that is allocated?
 * One that a device has only if its client holds the lock, and is not at work.
 */
static inline bool __winpar_port_is_open(const struct winpar_port *port)
{
	return !port->engine && (!port->reserved || port->lent);
}

/* The port lock. Everything about a port is in its fields under it. */

static inline void winpar_port_lock(struct winpar_port *port,
				    unsigned long *flags)
	__acquires(&port->lock)
{
	unsigned long hold;

	spin_lock_irqsave(&port->lock, *flags);
	hold = atomic_long_xchg(&port->hold, WINPAR_HOLD_SLOW);
	if (hold == WINPAR_HOLD_FREE) {
		port->state = WINPAR_PORT_HELD;
		port->owner = NULL;
	} else if (hold & WINPAR_HOLD_OWNED) {
		port->state = WINPAR_PORT_OWNED;
		port->owner = (void *)(hold & ~WINPAR_HOLD_MASK);
	}
}

static inline void winpar_port_unlock(struct winpar_port *port,
				      unsigned long flags)
	__releases(&port->lock)
{
	unsigned long hold = WINPAR_HOLD_SLOW;

	/*
	 * Where somebody waits nobody may overtake and whoever frees has to
	 * serve; where deferred routines are connected a free starts a round;
	 * where a daisy-chain device is selected both take a packet; while one is
	 * on the wires nobody gets them; what is reserved not everybody may free.
	 */
	if (!(port->nwaiting | port->checks) && likely(!port->unusual)) {
		if (port->state == WINPAR_PORT_HELD)
			hold = WINPAR_HOLD_FREE;
		else if (port->state == WINPAR_PORT_OWNED)
			hold = WINPAR_HOLD_OWNED | (unsigned long)port->owner;
	}
	atomic_long_set_release(&port->hold, hold);
	spin_unlock_irqrestore(&port->lock, flags);
}

/**
 * winpar_port_inside() - is the caller in a routine that the port called?
 * @port: the port
 *
 * Return: true in a completion routine or a deferred port check routine of the
 * port, and in an interrupt on top of one.
 */
static inline bool winpar_port_inside(const struct winpar_port *port)
{
	const struct task_struct *task = current;

	/* Every request asks this: no loop. */
	static_assert(WINPAR_PORT_COMPLETING == 2);
	return READ_ONCE(port->loop_task) == task ||
	       READ_ONCE(port->completing[0]) == task ||
	       READ_ONCE(port->completing[1]) == task;
}

/* Is the caller a deferred port check routine? */
static inline bool __winpar_port_in_check(const struct winpar_port *port)
{
	return port->checking && port->loop_task == current;
}

/* port/allocate.c */
extern const struct winpar_host_ops winpar_port_host_ops;
bool __winpar_port_take(struct winpar_port *port, struct winpar_file *owner);

NTSTATUS winpar_port_allocate(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_port_free(struct winpar_file *file);
unsigned int winpar_port_shut(struct winpar_file *file);
bool winpar_port_release(struct winpar_file *file, bool last);
void winpar_port_want(struct winpar_port *port);
void winpar_port_information(struct winpar_port *port,
			     PARALLEL_PORT_INFORMATION *info);
void winpar_port_who(struct winpar_port *port, char *buf, size_t size);
BOOLEAN winpar_port_try_allocate_at_interrupt(PVOID context);
void winpar_port_free_from_interrupt(PVOID context);

/* port/reserve.c */
NTSTATUS winpar_port_reserve(struct winpar_file *file, IRP *irp);
void winpar_port_unreserve(struct winpar_file *file);
bool winpar_port_use(struct winpar_file *file);
void winpar_port_unuse(struct winpar_file *file);
void winpar_port_lend(struct winpar_file *file);

/* port/life.c */
struct winpar_port *winpar_port_create(int number);
void winpar_port_destroy(struct winpar_port *port);
void winpar_port_arrive(struct winpar_port *port);
void winpar_port_remove(struct winpar_port *port);
unsigned int winpar_port_life(struct winpar_port *port);

/* port/queue.c */
void winpar_queue_init(struct winpar_port *port);
IRP *__winpar_queue_first(struct winpar_port *port);
void __winpar_queue_remove(struct winpar_port *port, IRP *irp, NTSTATUS status);
void __winpar_queue_wait(struct winpar_file *file, IRP *irp);
void __winpar_queue_freed(struct winpar_port *port, bool own);
void __winpar_queue_add_rival(struct winpar_port *port);
void __winpar_queue_forget_rival(struct winpar_port *port);
void __winpar_queue_kick(struct winpar_port *port);
void __winpar_queue_next(struct winpar_port *port);
bool winpar_queue_cancel(struct winpar_port *port, IRP *irp);
void winpar_queue_complete(struct winpar_port *port, IRP *irp);
void winpar_queue_finished(struct winpar_port *port, IRP *irp);

/* port/drain.c */
unsigned int __winpar_queue_cancel_all(struct winpar_file *file);
void __winpar_queue_fail_all(struct winpar_port *port, NTSTATUS status);
unsigned int winpar_queue_silence(struct winpar_port *port,
				  struct module *module);
void winpar_queue_drain(struct winpar_file *file);

/* port/interrupt.c */
void winpar_interrupt_init(struct winpar_port *port);
void winpar_interrupt_fan_out(void *host);
struct winpar_connection *
__winpar_interrupt_next_check(struct winpar_port *port);
NTSTATUS winpar_interrupt_connect(struct winpar_file *file,
				  const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r);
NTSTATUS winpar_interrupt_disconnect(struct winpar_file *file,
				     const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r);
unsigned int winpar_interrupt_disconnect_all(struct winpar_file *file);
unsigned int winpar_interrupt_silence(struct winpar_port *port,
				      struct module *module);
void winpar_interrupt_remove(struct winpar_port *port);

/* port/daisy.c */
extern bool winpar_may_scan;	/* a parameter: winpar.c */
void winpar_wire_lock(struct winpar_port *port, unsigned long *flags)
	__acquires(&port->lock);
void __winpar_wire_take(struct winpar_port *port, unsigned long flags);
void __winpar_wire_give(struct winpar_port *port, unsigned long *flags);
void __winpar_wire_begin(struct winpar_port *port, unsigned long flags);
void __winpar_wire_end(struct winpar_port *port, unsigned long *flags);
bool __winpar_wire_is_ours(const struct winpar_port *port);
void __winpar_1284_3_ready(struct winpar_port *port, unsigned long *flags);
bool __winpar_1284_3_settle(struct winpar_port *port, unsigned long *flags);
bool __winpar_1284_3_scan(struct winpar_port *port, unsigned long *flags);
NTSTATUS __winpar_1284_3_check(struct winpar_port *port,
			       const PARALLEL_1284_COMMAND *command);
NTSTATUS __winpar_1284_3_select(struct winpar_port *port,
				const PARALLEL_1284_COMMAND *command,
				unsigned long *flags);
NTSTATUS __winpar_1284_3_deselect(struct winpar_port *port,
				  const PARALLEL_1284_COMMAND *command,
				  unsigned long *flags);

/* port/select.c */
NTSTATUS winpar_select_request(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_select_deselect(struct winpar_file *file,
				const PARALLEL_1284_COMMAND *command);
NTSTATUS winpar_select_keep(struct winpar_file *file,
			    const PARALLEL_1284_COMMAND *command);
bool winpar_select_scan_reserved(struct winpar_file *file);
NTSTATUS winpar_select_try(PVOID context, PVOID command);
NTSTATUS winpar_select_undo(PVOID context, PVOID command);
NTSTATUS winpar_select_scan(struct winpar_file *file);
void winpar_select_find_out(struct winpar_file *file);

/* port/mode.c */
void __winpar_mode_probe(struct winpar_port *port, unsigned long *flags);
void __winpar_mode_orphan(struct winpar_port *port);
void __winpar_mode_settle(struct winpar_port *port);
void __winpar_mode_forget(struct winpar_port *port);
NTSTATUS winpar_mode_set(struct winpar_port *port, struct winpar_file *file,
			 UCHAR byte);
NTSTATUS winpar_mode_clear(struct winpar_port *port, UCHAR byte);
void winpar_mode_information(struct winpar_port *port,
			     PARALLEL_PNP_INFORMATION *info);

#endif /* _WINPAR_PORT_H */
