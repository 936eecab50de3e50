/* SPDX-License-Identifier: GPL-2.0-only */
/* The host room's interface to the rooms above it. See host/claim.c. */
#ifndef _WINPAR_HOST_H
#define _WINPAR_HOST_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <winpar/nt.h>
#include <winpar/parallel.h>

struct parport;
struct parport_state;
struct pardevice;
struct resource;
struct winpar_host;
struct winpar_host_corpse;

/*
 * Registers, as offsets from where a port begins; the ECP ones from
 * WINPAR_REG_FIFO on, which is where they begin.
 */
enum winpar_reg {
	WINPAR_REG_DATA = 0,
	WINPAR_REG_STATUS = 1,
	WINPAR_REG_CONTROL = 2,
	WINPAR_REG_FIFO = 0x400,
	WINPAR_REG_CONFIG_A = 0x400,
	WINPAR_REG_ECR = 0x402,
};

/* Bits of the control register. */
#define WINPAR_CTR_STROBE	0x01
#define WINPAR_CTR_INTEN	0x10
#define WINPAR_CTR_REVERSE	0x20
/* Those that can be read back. */
#define WINPAR_CTR_MASK		0x3f
/* nInit and nSelectIn as a port is left when nothing is sent. */
#define WINPAR_CTR_IDLE		0x0c

/* Bits of the status register. */
#define WINPAR_STS_FAULT	0x08
#define WINPAR_STS_SELECT	0x10
#define WINPAR_STS_PERROR	0x20
#define WINPAR_STS_ACK		0x40
#define WINPAR_STS_BUSY		0x80

/* Bits of the ECR. */
#define WINPAR_ECR_MODE		0xe0
#define WINPAR_ECR_FULL		0x02
#define WINPAR_ECR_EMPTY	0x01

/**
 * struct winpar_host_ops - what the host room tells the one above it
 * @rival: a Linux driver asked for the port and was refused for now. Interrupts
 *         off, cad_lock held; must not print.
 * @held: the Linux port is winpar's; @rivals says that a Linux driver waits.
 * @kept: the port did not have to be given after all: whoever asked has died.
 * @away: the Linux port was released. Returns whether winpar wants it back
 *        at once.
 * @interrupt: the port's interrupt, in its handler, cad_lock held. Its argument
 *             is the struct winpar_host.
 */
struct winpar_host_ops {
	void (*rival)(struct winpar_host *host);
	void (*held)(struct winpar_host *host, bool rivals);
	void (*kept)(struct winpar_host *host);
	bool (*away)(struct winpar_host *host);
	void (*interrupt)(void *host);
};

/**
 * struct winpar_host - one Linux parallel port, as winpar holds it
 * @ops: set once
 * @mutex: guards @parport, @users and the life of @pardev; taken in process
 *         context by open, close, the linger work and removal. Nothing under
 *         it waits for a client or for the parport core's registration_lock.
 * @parport: the port, with a reference; NULL while there is none
 * @users: open files of this life
 * @life: how many Linux ports it has had before
 * @pardev: our device on the port; NULL while not registered
 * @corpse: what buries @pardev when it is unregistered
 * @base: the port's I/O address, 0 where it has none that may be touched
 * @span: how many addresses from @base are the port's
 * @can_byte: the core says that the data lines can be read (TRISTATE)
 * @can_epp: the core says that the chip can do EPP
 * @ecp_base: the address of its ECP registers, 0 where there is no ECR
 * @ecp_region: those addresses, where winpar had to ask for them
 * @soft: the port, where it is one in software; under RCU
 * @irq: the Linux interrupt, -1 when there is none
 * @bus: the number of its PCI bus, -1 when it is not on one. All from @base on
 *       is written when the port arrives and stays when it goes: any context
 *       reads it.
 * @lock: guards what follows, down to @wakers; taken under cad_lock, takes nothing
 * @ready: @pardev is registered and may claim
 * @held: @pardev has the port
 * @busy: a claim or a release is under way
 * @woken: wakeup was called meanwhile
 * @wakers: how many of the core's wakeup calls are at work
 * @give: the port is to be released; from here on the work's, or one word each
 * @saved: the registers below are to be given back at the next claim
 * @data: the data latch at the last release
 * @mode: the chip mode that was last set; under the port lock
 * @mode_set: one was
 * @looks: how often the waiting list has shown somebody who is not waiting
 * @handovers: how often the port was given to a Linux driver
 * @not_before: no claim of our own accord before this time, in jiffies
 * @asked: who had the port when it was last asked for
 * @wanted: a client needs the port, which is not held
 * @wanted_since: since when that was found to be so, in jiffies; 0 not yet
 * @work: releases and claims
 * @report: says who does not let go of the port
 * @linger: gives the port up some time after the last close
 */
struct winpar_host {
	const struct winpar_host_ops *ops;
	struct mutex mutex;	/* the host mutex */
	struct parport *parport;
	unsigned int users;
	unsigned int life;
	struct pardevice *pardev;
	struct winpar_host_corpse *corpse;
	unsigned long base;
	unsigned int span;
	bool can_byte;
	bool can_epp;
	unsigned long ecp_base;
	struct resource *ecp_region;
	struct parport __rcu *soft;
	int irq;
	int bus;

	spinlock_t lock;	/* the host's lock */
	bool ready;
	bool held;
	bool busy;
	bool woken;
	unsigned int wakers;
	bool give;
	bool saved;
	u8 data;
	u8 mode;
	bool mode_set;
	u8 looks;
	unsigned long handovers;
	unsigned long not_before;
	const void *asked;
	bool wanted;
	unsigned long wanted_since;

	struct delayed_work work;
	struct delayed_work report;
	struct delayed_work linger;
};

/* host/claim.c */
int winpar_host_init_room(void);
void winpar_host_exit_room(void);

void winpar_host_init(struct winpar_host *host,
		      const struct winpar_host_ops *ops);
void winpar_host_exit(struct winpar_host *host);

void winpar_host_give(struct winpar_host *host);
void winpar_host_want(struct winpar_host *host);
int winpar_host_preempt(void *private);
void winpar_host_wakeup(void *private);
void __winpar_host_join(struct winpar_host *host);
void __winpar_host_leave(struct winpar_host *host);
void winpar_host_queue(struct delayed_work *work, unsigned long delay);

/* host/waitlist.c */
void winpar_host_leave_list(struct winpar_host *host);
bool winpar_host_has_asked(struct winpar_host *host);
void winpar_host_mend_list(struct winpar_host *host);
unsigned int winpar_host_waiters(struct winpar_host *host, unsigned int *dead,
				 bool prune);

/* host/attach.c */
void winpar_host_listen(struct winpar_host *host, bool on);
NTSTATUS winpar_host_open(struct winpar_host *host, unsigned int *life);
bool winpar_host_is_life(const struct winpar_host *host, unsigned int life);
void winpar_host_close(struct winpar_host *host, unsigned int life);
void winpar_host_linger(struct work_struct *work);
void winpar_host_attach(struct winpar_host *host, struct parport *parport);
bool winpar_host_is_there(struct winpar_host *host);
bool winpar_host_is_nobodys(struct winpar_host *host);
bool winpar_host_has(struct winpar_host *host, struct parport *parport);
void winpar_host_detach(struct winpar_host *host);

void winpar_host_port_information(const struct winpar_host *host,
				  PARALLEL_PORT_INFORMATION *info);
void winpar_host_more_information(const struct winpar_host *host,
				  MORE_PARALLEL_PORT_INFORMATION *info);

int winpar_host_watch(void (*arrived)(struct parport *parport),
		      void (*removed)(struct parport *parport));
void winpar_host_unwatch(void);
int winpar_host_number(struct parport *parport);

/* host/regs.c */
u8 winpar_host_read(struct winpar_host *host, enum winpar_reg reg);
void winpar_host_write(struct winpar_host *host, enum winpar_reg reg, u8 value);
bool winpar_host_cookie_read(struct winpar_host *host, unsigned long cookie,
			     unsigned int width, u32 *value);
bool winpar_host_cookie_write(struct winpar_host *host, unsigned long cookie,
			      unsigned int width, u32 value);
void __winpar_host_find_ecr(struct winpar_host *host);
void __winpar_host_forget_ecr(struct winpar_host *host);
void winpar_host_set_mode(struct winpar_host *host, u8 mode);
void winpar_host_save(struct winpar_host *host, struct parport_state *state);
void winpar_host_keep(struct winpar_host *host,
		      const struct parport_state *state);
void winpar_host_restore(struct winpar_host *host);
void winpar_host_start(struct winpar_host *host);

/* host/engine.c */

/**
 * struct winpar_engine - Linux's transfer engine at work on a port
 * @host: the port, which a parallel device has
 * @mode: the mode of the Linux port as it was found
 * @phase: its phase, likewise
 * @control: the control register before what is being done
 * @ecr: the ECR before the engine first changed it
 * @changed: it has done so
 * @wrote: the peripheral may be at the last byte still: bytes went out in
 *         compatibility mode, or it has acknowledged one in ECP and was not ready
 * @broken: a byte's handshake was broken off: what comes next is not a byte
 * @address: the address or channel last sent in this mode, negative if none was
 * @expired: what is being done is to stop: no time-out is to come
 */
struct winpar_engine {
	struct winpar_host *host;
	int mode;
	int phase;
	u8 control;
	u8 ecr;
	bool changed;
	bool wrote;
	bool broken;
	int address;
	bool expired;
};

#define WINPAR_ENGINE_FORWARD	true
#define WINPAR_ENGINE_REVERSE	false
/*
 * Bytes a call that a caller may ask for. A peripheral that never makes the
 * engine wait takes them before a signal is heard: some 30 ms at 300 KB/s.
 */
#define WINPAR_ENGINE_WRITE_BLOCK	8192
#define WINPAR_ENGINE_READ_BLOCK	1024

void winpar_engine_open(struct winpar_engine *engine, struct winpar_host *host);
void winpar_engine_close(struct winpar_engine *engine);
/* From winpar_engine_expire() to the signal, in jiffies. */
#define WINPAR_ENGINE_EXPIRY	3L

void winpar_engine_begin(struct winpar_engine *engine);
void winpar_engine_expire(struct winpar_engine *engine);
void winpar_engine_end(struct winpar_engine *engine);
int winpar_engine_mode(const struct winpar_engine *engine);
bool winpar_engine_can(const struct winpar_engine *engine, int mode,
		       bool forward);
int winpar_engine_negotiate(struct winpar_engine *engine, int mode);
ssize_t winpar_engine_write(struct winpar_engine *engine, const void *buffer,
			    size_t length);
ssize_t winpar_engine_write_address(struct winpar_engine *engine, u8 address);
ssize_t winpar_engine_read(struct winpar_engine *engine, void *buffer,
			   size_t length, bool wait);
bool winpar_engine_more(const struct winpar_engine *engine);
/* host/regs.c */
u8 winpar_engine_status(struct winpar_engine *engine);
void winpar_engine_reset(struct winpar_engine *engine);

#endif /* _WINPAR_HOST_H */
