/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A parallel port, its clients and its openers: the structures that the rooms of
 * winpar share, and the port lock.
 *
 * A port object is one life of a Linux port, from its arrival to its removal. A
 * port that comes back under the same number is another object. References keep
 * it: the table's until removal and until every watch has been told, one for each
 * seat, and those of the host room while the parport core may call it.
 *
 * A client is a kernel module, a seat is a client on a port, a file is an
 * opener. What a request took belongs to its file; what a callback took belongs
 * to the seat. Both are a struct winpar_holder, which is what a port's owner is.
 *
 * Lock order: cad_lock of the Linux port, the interrupt lock, the port lock, the
 * host's lock. The mutex of the clients and then the port's file mutex are taken
 * before all of them, in process context. No lock is held while a client's code
 * runs, but for the interrupt lock, which is there to be held while interrupt
 * routines run.
 */
#ifndef _WINPAR_PORT_H
#define _WINPAR_PORT_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/irp.h>
#include <winpar/parallel.h>

#include "host/host.h"
#include "winpar_trace.h"

/**
 * enum winpar_port_state - who has the Linux port
 * @WINPAR_PORT_HELD: winpar, and no client
 * @WINPAR_PORT_OWNED: winpar, and one of its clients
 * @WINPAR_PORT_GIVING: winpar still, but the host room is about to release it
 * @WINPAR_PORT_AWAY: a Linux driver; or winpar has released it and no driver has
 *                    taken it
 * @WINPAR_PORT_GONE: removal has begun; for good
 *
 * Only in HELD can a client get the port. From HELD: OWNED by a grant, GIVING by
 * a rival. From OWNED: HELD by a free. From GIVING: AWAY by the release, HELD
 * when the rival turns out to be dead. From AWAY: HELD by a claim. From any: GONE
 * by removal. The models of tests/model/ have these states by the same names.
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
 * port that no request waits for goes from FREE to OWNED and back by one
 * compare-and-exchange, without the lock. The upper bits of an OWNED word are
 * the struct winpar_holder that has the port. winpar_port_lock() makes the word
 * SLOW, so that the fast paths stand still; winpar_port_unlock() publishes what the
 * state allows. tests/model/queue.pml and close.pml have this word.
 */
#define WINPAR_HOLD_FREE	0UL
#define WINPAR_HOLD_OWNED	1UL
#define WINPAR_HOLD_SLOW	2UL
#define WINPAR_HOLD_MASK	3UL

/* Daisy-chain devices that a port can have. */
#define WINPAR_1284_3_DEVICES	4

/* Parallel devices that a port can have: those, the end of the chain, the raw. */
#define WINPAR_UNITS		6

struct winpar_device;
struct winpar_port;
struct winpar_seat;

struct _KINTERRUPT {
	spinlock_t lock;	/* the interrupt lock */
};

/**
 * struct winpar_queue - what a request can be queued on: a port or a device
 * @lock: guards the queue: the port lock, or the device's
 * @cancel: take a request out of this queue and complete it with
 *          STATUS_CANCELLED, under the queue's lock and only if the request is in
 *          this queue; true when it did
 *
 * struct winpar_irp_private.queue points at it while the request can be
 * cancelled. It is freed after an RCU grace period: winpar_irp_cancel() reads the
 * pointer without a lock.
 */
struct winpar_queue {
	spinlock_t *lock;	/* the port lock, or the device lock */
	bool (*cancel)(struct winpar_queue *queue, IRP *irp);
};

/**
 * struct winpar_client - a kernel module that uses ports
 * @entry: place among all clients, under the clients' mutex
 * @module: the module; NULL stands for all that is built into the kernel
 * @leaving: the module is being unloaded; under the clients' mutex
 * @seats: its seats, under the clients' mutex
 * @warnings: how often the log may speak of it
 */
struct winpar_client {
	struct list_head entry;
	struct module *module;
	bool leaving;
	struct list_head seats;
	struct ratelimit_state warnings;
};

/**
 * struct winpar_holder - what can have a port: a file, or a seat's callbacks
 * @seat: the client on the port. A holder is the seat's own when it is the one
 *        inside that seat
 * @closed: no request or callback may take the port for it any more: the file's
 *          close has begun, or the seat has no file left. Written under the port
 *          lock; the fast path looks at it after it has taken the port.
 */
struct winpar_holder {
	struct winpar_seat *seat;
	bool closed;
};

/**
 * struct winpar_class - a client and one of the parallel devices on a port
 * @seat: the client, on the port
 * @unit: which device
 *
 * The ParclassContext of the client's callbacks.
 */
struct winpar_class {
	struct winpar_seat *seat;
	u8 unit;
};

/**
 * struct winpar_stray - a client freed the port by a callback, and did not have it
 * @seat: the client
 * @caller: its code
 * @reserved: a parallel device of @owner's had the port
 * @owner: which client had the port at that time; "" none
 */
struct winpar_stray {
	struct winpar_seat *seat;
	void *caller;
	bool reserved;
	char owner[MODULE_NAME_LEN];
};

/**
 * struct winpar_seat - a client on a port: the Context of its callbacks
 * @holder: what the client's callbacks take belongs to this
 * @port: the port, with a reference
 * @client: the client
 * @device: the device object that the client sees; its DeviceExtension is the
 *          seat
 * @entry: place among the client's, under the clients' mutex
 * @port_entry: place among the port's, under the file mutex
 * @files: the client's files on the port, under the file mutex
 * @last: which of the client's holders took the port last, NULL when that has
 *        closed: what FreePort frees without the lock. Only a hint
 * @refused: the last Try call that failed because winpar did not have the port
 * @refused.at: when it came, in jiffies
 * @refused.allocations: the port's at that time
 * @refused.had: a Try call of the client has got the port since
 * @refused.apart: how far apart its Try calls are, in jiffies; 0 not known
 * @refused.again: when the port is to be asked for again, in jiffies
 * @refused.entry: place on the port's list of those for which it is
 * @stray: its free at interrupt level that the loop has to report, if the port's @stray is this
 * @classes: what the callbacks of its parallel devices are given
 * @rcu: for kfree_rcu()
 *
 * @refused and @stray are under the port lock.
 *
 * Made when the client first opens this life of the port, and kept until the
 * client's module has gone.
 */
struct winpar_seat {
	struct winpar_holder holder;
	struct winpar_port *port;
	struct winpar_client *client;
	DEVICE_OBJECT device;
	struct list_head entry;
	struct list_head port_entry;
	struct list_head files;
	struct winpar_holder *last;
	struct {
		unsigned long at;
		unsigned long allocations;
		bool had;
		unsigned long apart;
		unsigned long again;
		struct hlist_node entry;
	} refused;
	struct winpar_stray stray;
	struct winpar_class classes[WINPAR_UNITS];
	struct rcu_head rcu;
};

/**
 * struct winpar_file - an opener of a port, or of a parallel device on it
 * @holder: what the file's requests take belongs to this
 * @port: the port that it has opened, or that its device is on: the seat's
 * @device: the parallel device that it has opened, NULL for the port itself
 * @object: what requests to it are sent to
 * @entry: place among the seat's files, under the file mutex
 * @irps: its requests that are queued or being completed, under the port lock
 * @connections: what it has connected, under the file mutex
 * @busy: tasks that use the file in a way that its close has to wait for: in a
 *        request that sleeps, or cancelling its requests; under the port lock
 * @left: what it still held when it was ended, for the log; api/file.c writes it
 * @left.pending: requests that waited
 * @left.connected: routines
 * @left.owned: the port
 * @rcu: for kfree_rcu()
 */
struct winpar_file {
	struct winpar_holder holder;
	struct winpar_port *port;
	struct winpar_device *device;
	PDEVICE_OBJECT object;
	struct list_head entry;
	struct list_head irps;
	struct list_head connections;
	unsigned int busy;
	struct {
		unsigned int pending;
		unsigned int connected;
		bool owned;
	} left;
	struct rcu_head rcu;
};

/**
 * struct winpar_connection - an interrupt routine that is connected
 * @entry: place among the port's, in order of connection. While connected it
 *         is changed only under the interrupt lock and the port lock both.
 * @file_entry: place among the file's, under the file mutex
 * @file: which file connected it
 * @routines: the two routines and their contexts, never changed
 * @round: the last round of deferred port checks that it was part of; under
 *         the port lock
 * @connected: false once removal has disconnected it; under both locks
 * @since: when it was connected, in jiffies
 * @heard: the port's @interrupts at that time
 * @silence: looks whether its interrupt routine hears nothing
 */
struct winpar_connection {
	struct list_head entry;
	struct list_head file_entry;
	struct winpar_file *file;
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
	unsigned int round;
	bool connected;
	unsigned long since;
	unsigned long heard;
	struct delayed_work silence;
};

/**
 * struct winpar_port - one life of a parallel port
 * @hold: see WINPAR_HOLD_FREE
 * @allocations: how often it was allocated; written by each new owner
 * @owned_since: when it was last allocated, in jiffies; written by each new owner
 * @lock: the port lock. Guards all down to @daisy.
 * @state: as of the last time the lock was taken; see @hold
 * @owner: which holder has the port, when OWNED
 * @queue: what a request that waits for the port is queued on
 * @fifo: requests that wait for the port, in order
 * @cursor: where winpar_drain_silence() is on its way through @fifo or @done, an
 *          entry of that list which is no request
 * @nwaiting: how many requests wait, and one more while a rival does
 * @sequence: the number that the request, rival, refusal or round that came last
 *            was given; the order of the FIFO is the order of these numbers
 * @rival: the Linux driver that was refused the port
 * @rival.waits: there is one
 * @rival.again: a claim has come since the host room was told to give the port:
 *               it may be another driver's
 * @rival.since: when it asked, in jiffies
 * @rival.sequence: its place in the order of @sequence
 * @trial: a Try call was refused because winpar did not have the port
 * @trial.wanted: its time is not over, and no client has had the port since
 * @trial.until: how long the port is kept for a Try call, in jiffies; counts from
 *               when the port is back
 * @trial.sequence: its place in the order of @sequence
 * @trial.foreseen: the clients that poll, whose next Try call is due soon
 * @done: requests whose completion the loop has to tell
 * @finishing: the file whose request the loop completes just now
 * @telling: the completion routine that the loop calls just now, or is about to
 * @stray: the first free at interrupt level that the loop has to report; NULL: there is none
 * @checking: the connection whose deferred routine runs just now
 * @checking_task: the task on whose back it runs
 * @checks: number of connections that have a deferred routine
 * @engine: a parallel device that has reserved the port is using Linux's engine
 * @lent: its client has locked it, and may use the port's own callbacks
 * @in_mode: it has left the wire in a mode of IEEE 1284, into which no command packet
 *           may be sent
 * @sleeps: counts how often the machine fell asleep and woke up again, under @lock; odd while
 *          it is about to sleep, or has not woken up yet: no byte is moved
 * @round: deferred port checks
 * @round.number: of the current round
 * @round.due: the port was freed or a Try call refused since the last round began
 * @round.deaf: a routine's Try call at interrupt level was refused since then for a packet that
 *              no device heard (@unheard): a round is due when that is over
 * @round.open: the current one has not called all its routines
 * @round.sequence: when @due was set, in the order of @sequence
 * @round.since: when @due was set, in jiffies
 * @round.allocations: @allocations at that time
 * @waits: how often a request had to wait
 * @reported: the @owned_since that the log has already complained of, its lowest 32
 *            bits
 * @unusual: the seven below as one word, 0 as a rule: what the hot paths ask
 * @wire: a task drives the wires, or is between two packets that belong
 *        together: see port/wire.c
 * @mode_orphan: the holder that set the mode has closed: clear it when the port
 *               is free
 * @strayed: a daisy-chain device may be selected: a Linux driver had the port,
 *           or the packet that deselects went unheard
 * @unheard: the packet that deselects went unheard
 * @settling: the loop is to send the packet that deselects, whether or not a request waits
 * @selected: the daisy-chain device that is selected, counted from 1; 0 none
 * @reserved: a parallel device has the port: only that frees it
 * @chip: the chip's mode; port/chip.c writes it
 * @chip.mode: as an ECR value
 * @chip.holder: what set it, NULL when that has closed
 * @chip.probed: it is known whether the chip can do ECP
 * @chip.depth: words in its FIFO, 0 when it cannot
 * @chip.width: bits in such a word, 0 when not known
 * @daisy: the daisy chain; port/daisy.c writes it
 * @daisy.scanned: the bus has been scanned
 * @daisy.count: how many daisy-chain devices were found
 * @daisy.lost: how often a scan did not find a device that was there
 * @daisy.scans: how often the bus was scanned
 * @waiters: tasks wait here for the loop to be done with something
 * @loop: grants, completes, calls deferred routines, at softirq level
 * @later: kicks the loop when a Try call's time is over; asks for the port when one
 *         is foreseen; reports an owner who keeps the port
 * @interrupt: what clients synchronise with, and the interrupt lock
 * @connections: every connected routine, in order
 * @interrupts: how many came while a routine was connected; the handler writes it
 * @number: M
 * @name: "parportM"
 * @link: "LPTn", what PARALLEL_PNP_INFORMATION calls PortName
 * @mutex: the file mutex. Guards @seats, each seat's files and each file's list of connections
 * @seats: every client's
 * @devices: its parallel devices, those that were ever opened; set under @mutex
 * @resting: the worker that uses the engine rests while the machine sleeps; under @lock
 * @detached: removal is over
 * @lpt: the n of LPTn
 * @kref: references
 * @entry: place among all ports; the table's
 * @arrival: when it came, in the order of the table's events
 * @removal: when it went, in the order of the table's events; 0 not yet
 * @rcu: for kfree_rcu()
 * @host: how the Linux port is held
 */
struct winpar_port {
	atomic_long_t hold;
	unsigned long allocations;
	unsigned long owned_since;

	spinlock_t lock;	/* the port lock */
	enum winpar_port_state state;
	struct winpar_holder *owner;
	struct winpar_queue queue;
	struct list_head fifo;
	struct list_head cursor;
	unsigned int nwaiting;
	u32 sequence;
	struct {
		bool waits;
		bool again;
		u32 sequence;
		unsigned long since;
	} rival;
	struct {
		bool wanted;
		u32 sequence;
		unsigned long until;
		struct hlist_head foreseen;
	} trial;
	struct list_head done;
	struct winpar_file *finishing;
	void *telling;
	struct winpar_stray *stray;
	struct winpar_connection *checking;
	struct task_struct *checking_task;
	unsigned int checks;
	bool engine;
	bool lent;
	bool in_mode;
	u8 sleeps;
	struct {
		unsigned int number;
		u32 sequence;
		unsigned long since;
		u32 allocations;
		bool due;
		bool deaf;
		bool open;
	} round;
	u32 waits;
	u32 reported;
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
	struct {
		u8 mode;
		bool probed;
		u16 depth;
		u16 width;
		struct winpar_holder *holder;
	} chip;
	struct {
		bool scanned;
		u8 count;
		u16 lost[WINPAR_1284_3_DEVICES];
		unsigned int scans;
	} daisy;

	wait_queue_head_t waiters;
	struct tasklet_struct loop;
	struct delayed_work later;

	struct _KINTERRUPT interrupt;
	int number;
	struct list_head connections;
	unsigned long interrupts;

	char name[16];
	WCHAR link[12];
	struct mutex mutex;	/* the file mutex */
	struct list_head seats;
	struct winpar_device *devices[WINPAR_UNITS];
	bool resting;
	bool detached;
	u16 lpt;

	struct kref kref;
	union {
		struct list_head entry;
		struct rcu_head rcu;
	};
	unsigned long arrival;
	unsigned long removal;
	struct winpar_host host;
};

/* ----- names for the log ------------------------------------------------- */

static inline const char *winpar_client_name(const struct winpar_client *client)
{
	return client->module ? module_name(client->module) : "the kernel";
}

/* What messages call the client of a file. */
static inline const char *winpar_file_client(const struct winpar_file *file)
{
	return winpar_client_name(file->holder.seat->client);
}

/* Warn of what a client did; each client has a rate limit of its own. */
#define winpar_warn(client, fmt, ...)					\
	do {								\
		if (__ratelimit(&(client)->warnings))			\
			pr_warn(fmt, ##__VA_ARGS__);			\
	} while (0)

/* ----- the port lock ----------------------------------------------------- */

/* Take the port lock, under which @state and @owner say who has the port. */
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
	 * While a request waits no allocation may overtake it and a free has to
	 * serve it; while deferred routines are connected a free starts a round;
	 * while a daisy-chain device is selected both take a packet; while a
	 * packet is on the wires the port is given to no client; a port that is
	 * reserved is freed by its device only.
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

/*
 * Wait in process context until a condition is true that is read under the port
 * lock, which is taken for each look. The code that makes the condition true calls
 * __winpar_port_wake() before it drops the lock.
 */
#define winpar_port_wait(port, condition)				\
	do {								\
		struct winpar_port *__port = (port);			\
		unsigned long __flags;					\
		bool __ok;						\
									\
		wait_event(__port->waiters, ({				\
			winpar_port_lock(__port, &__flags);		\
			__ok = (condition);				\
			winpar_port_unlock(__port, __flags);		\
			__ok;						\
		}));							\
	} while (0)

static inline void __winpar_port_wake(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	/* A waiter queues itself before it looks, under the lock. */
	if (waitqueue_active(&port->waiters))
		wake_up_all(&port->waiters);
}

/* Has the removal of the port begun? Never false again after true. */
static inline bool winpar_port_is_gone(const struct winpar_port *port)
{
	return READ_ONCE(port->state) == WINPAR_PORT_GONE;
}

/* Is the machine about to sleep, or has it not woken up yet? A look without the lock. */
static inline bool winpar_port_is_asleep(const struct winpar_port *port)
{
	return READ_ONCE(port->sleeps) & 1;
}

/* ----- who has the port -------------------------------------------------- */

/* Say who has the port. @owner is NULL in every state but OWNED. */
static inline void __winpar_port_enter(struct winpar_port *port,
				       enum winpar_port_state state,
				       struct winpar_holder *owner)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	WRITE_ONCE(port->state, state);
	port->owner = owner;
}

/* An allocation begins: called by the new owner, with or without the lock. */
static inline void winpar_port_begin_allocation(struct winpar_port *port)
{
	port->allocations++;
	port->owned_since = jiffies;
}

/* Give a port that no client has to a holder, which is not NULL. */
static inline void __winpar_port_own(struct winpar_port *port,
				     struct winpar_holder *holder)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	__winpar_port_enter(port, WINPAR_PORT_OWNED, holder);
	winpar_port_begin_allocation(port);
	trace_winpar_allocate(port, holder);
}

/* A holder loses the port: the caller enters another state next. */
static inline void __winpar_port_disown(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	trace_winpar_free(port, port->owner);
}

/* ----- mark and kick ----------------------------------------------------- */

/* Have the loop run. */
static inline void __winpar_port_kick(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	tasklet_schedule(&port->loop);
}

/* After a change of state: have the loop run if it may have something to do. */
static inline void __winpar_port_serve(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->state != WINPAR_PORT_HELD && port->state != WINPAR_PORT_GONE)
		return;
	if (port->nwaiting || port->round.due || port->round.open ||
	    port->selected || port->settling)
		__winpar_port_kick(port);
}

/* The next number of the order in which all that waits is served. */
static inline u32 __winpar_port_sequence(struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return ++port->sequence;
}

/* Did the one number come before the other? */
static inline bool winpar_port_before(u32 one, u32 other)
{
	return (s32)(one - other) < 0;
}

/* ----- questions --------------------------------------------------------- */

/* Must a packet go out before a client is given the port? */
static inline bool __winpar_port_is_unsettled(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->strayed || port->selected;
}

/* Is the caller the deferred port check routine that runs just now? */
static inline bool __winpar_port_is_in_check(const struct winpar_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->checking && port->checking_task == current;
}

/* Has a client the port, by one of its files or by a callback? */
static inline bool __winpar_port_is_owned_by(const struct winpar_port *port,
					     const struct winpar_seat *seat)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return port->state == WINPAR_PORT_OWNED && port->owner->seat == seat;
}

/*
 * May a client's callbacks use the port that the client has? One that its
 * parallel device has only while the client holds the lock, and while the device
 * is not at work.
 */
static inline bool __winpar_port_is_open_to(const struct winpar_port *port,
					    const struct winpar_seat *seat)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	return __winpar_port_is_owned_by(port, seat) && !port->engine &&
	       (!port->reserved || port->lent);
}

/* Is the holder a file that has been closed? A seat without a file only has no port. */
static inline bool __winpar_port_file_is_closed(const struct winpar_holder *holder)
	__must_hold(&holder->seat->port->lock)
{
	lockdep_assert_held(&holder->seat->port->lock);
	return holder->closed && holder != &holder->seat->holder;
}

#endif /* _WINPAR_PORT_H */
