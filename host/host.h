/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Linux parallel port, as the rooms of host/ share it, and what they tell the
 * room above. host/claim.c says how it is held.
 */
#ifndef _WINPAR_HOST_HOST_H
#define _WINPAR_HOST_HOST_H

#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct parport;
struct pardevice;
struct resource;
struct winpar_host;
struct winpar_host_registration;

/**
 * enum winpar_host_state - what winpar does with the Linux port
 * @WINPAR_HOST_OFF: not registered with the parport core: no client has it open
 * @WINPAR_HOST_AWAY: registered; a Linux driver has the port, or no driver has
 * @WINPAR_HOST_CLAIMING: a task is in parport_claim() for winpar
 * @WINPAR_HOST_HELD: winpar has the port
 * @WINPAR_HOST_LOOKING: winpar has the port and is to release it, unless all
 *	those who wait for it turn out to be dead
 * @WINPAR_HOST_RELEASING: the work is in parport_release() for winpar, or tells
 *	the room above that the port is away
 * @WINPAR_HOST_OFFERED: released, and no Linux driver has taken the port
 * @WINPAR_HOST_LEAVING: a task unregisters from the parport core
 * @WINPAR_HOST_GONE: there is no Linux port any more
 */
enum winpar_host_state {
	WINPAR_HOST_OFF,
	WINPAR_HOST_AWAY,
	WINPAR_HOST_CLAIMING,
	WINPAR_HOST_HELD,
	WINPAR_HOST_LOOKING,
	WINPAR_HOST_RELEASING,
	WINPAR_HOST_OFFERED,
	WINPAR_HOST_LEAVING,
	WINPAR_HOST_GONE,
};

/**
 * struct winpar_host_ops - what host/ tells the room above it
 * @rival: a Linux driver asked for the port and was refused for now. Interrupts
 *	may be off and cad_lock held; must not print.
 * @held: the Linux port is winpar's; @rivals says that a Linux driver waits.
 * @kept: the port did not have to be given after all: the process that asked has
 *	died.
 * @away: the Linux port was released. Returns whether winpar wants it back
 *	at once.
 * @interrupt: the port's interrupt, in its handler, cad_lock held. Its argument
 *	is the struct winpar_host.
 * @get: take a reference to the object that the struct winpar_host is part of.
 *	Process context.
 * @put: drop one. Process context, no lock held; the object may be freed.
 */
struct winpar_host_ops {
	void (*rival)(struct winpar_host *host);
	void (*held)(struct winpar_host *host, bool rivals);
	void (*kept)(struct winpar_host *host);
	bool (*away)(struct winpar_host *host);
	void (*interrupt)(void *host);
	void (*get)(struct winpar_host *host);
	void (*put)(struct winpar_host *host);
};

/**
 * struct winpar_wires - registers that the next claim puts back
 * @control: the control register
 * @ecr: the ECR, where there is one
 * @data: the data latch
 * @has_data: @data is to be written: it was read while the lines pointed forward
 *	and no FIFO was in use
 */
struct winpar_wires {
	u8 control;
	u8 ecr;
	u8 data;
	bool has_data;
};

/**
 * struct winpar_host - one life of a Linux parallel port, as winpar holds it
 * @ops: set by winpar_host_init()
 * @parport: the port, with a reference, from winpar_host_attach() to the end of
 *	winpar_host_detach(); NULL before and after
 * @live: the same port under RCU, for callers that may come during or after
 *	winpar_host_detach()
 * @base: the port's I/O address, or the cookie of a port in software; 0 where
 *	there are no registers that may be touched
 * @address: what clients are told: @base, or where that is 0 the port's own
 *	cookie, which reads ones and swallows writes
 * @span: how many addresses from @base are the port's; 0 where there is no @base
 * @can_byte: the core says that the data lines can be read (TRISTATE)
 * @can_epp: the core says that the chip can do EPP
 * @ecp_base: the address of the ECP registers, 0 where there is no ECR
 * @ecp_region: those addresses, where winpar had to reserve them
 * @irq: the Linux interrupt, -1 when there is none
 * @bus: the number of its PCI bus, -1 when it is not on one. All from @base to
 *	here is written by winpar_host_attach() and stays: any context reads it.
 * @mutex: guards @users, and with @lock the steps to and from OFF and GONE. Taken
 *	in process context. No claim, release, upcall or wait is made under it.
 * @users: openers that have not closed
 * @pardev: winpar's device on the port; written by who moves @state from OFF or
 *	is in LEAVING
 * @registration: has the work that frees @pardev once it is unregistered; written
 *	as @pardev
 * @lock: guards all from @state to @frozen. Taken under cad_lock and the port
 *	lock; only the workqueue's own locks are taken under it.
 * @state: what winpar does with the port
 * @due: when @work has to act, in jiffies. In CLAIMING and RELEASING a wakeup
 *	brings it forward.
 * @wanted: since when a client needs the port, which is not held, in jiffies;
 *	0 none does
 * @told: the log has named the driver that has the port, since @wanted was set
 * @claimers: tasks other than the work that are claiming, or are telling the room
 *	above that they have claimed
 * @looks: how often the work looked at the waiting list in this LOOKING; in HELD,
 *	AWAY and OFF how often it looked for the devices that @lost counts
 * @wires: the registers as they are to be when winpar next has the port
 * @frozen: since a suspend: @wires is what the resume writes, or the next claim, and is
 *	not to be read from the registers before the resume
 * @lost: how many devices were taken off the waiting list as dead and may still
 *	fall asleep; written by the work, and in LEAVING by the task that leaves
 * @asked: the device that had the port when winpar last claimed it; written in
 *	CLAIMING only
 * @handovers: how often a Linux driver has taken the port from winpar; under @lock
 * @mode: the chip mode that was last set; under the port lock
 * @mode_set: one was; under the port lock
 * @work: releases, and claims at @due
 * @linger: unregisters some time after the last close
 */
struct winpar_host {
	const struct winpar_host_ops *ops;
	struct parport *parport;
	struct parport __rcu *live;
	unsigned long base;
	unsigned long address;
	unsigned int span;
	bool can_byte;
	bool can_epp;
	unsigned long ecp_base;
	struct resource *ecp_region;
	int irq;
	int bus;

	struct mutex mutex;	/* the host mutex */
	unsigned int users;
	struct pardevice *pardev;
	struct winpar_host_registration *registration;

	spinlock_t lock;	/* the host's lock */
	enum winpar_host_state state;
	unsigned long due;
	unsigned long wanted;
	bool told;
	unsigned int claimers;
	u8 looks;
	struct winpar_wires wires;
	bool frozen;

	unsigned int lost;
	const void *asked;
	unsigned long handovers;
	u8 mode;
	bool mode_set;

	struct delayed_work work;
	struct delayed_work linger;
};

#endif /* _WINPAR_HOST_HOST_H */
