/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmfuzz: the types and functions that its files share.
 *
 * vmfuzz_main.c	the module, /dev/vmfuzz, and what a command does
 * vmfuzz_request.c	the requests, and their completion routine
 * vmfuzz_call.c	the callbacks that winpar gives a client, and the routines it calls
 */
#ifndef VMFUZZ_H
#define VMFUZZ_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <winpar/winpar.h>

#define COMMANDS	64
#define FILES		4
#define REQUESTS	4

extern unsigned int fuzz_patience;
extern atomic_t fuzz_requests, fuzz_flaws, fuzz_raised, fuzz_inside, fuzz_interrupts;

#define flaw(fmt, ...)						\
do {								\
	atomic_inc(&fuzz_flaws);				\
	pr_err("FLAW: " fmt "\n", ##__VA_ARGS__);		\
} while (0)

struct command {
	u8 what;		/* bits 6 and 5: enum level */
	u8 which;		/* a file, and a request */
	u8 code;
	u8 major;
	u8 in;
	u8 out;
	u8 fill;
	u8 wait;
};

/* Where a command calls winpar. */
enum level {
	LEVEL_TASK,
	LEVEL_SOFTIRQ,		/* with softirqs disabled */
	LEVEL_NO_INTERRUPTS,	/* with interrupts disabled, as a spinlock does it */
	LEVEL_NEXT,		/* a task; the command after it in a completion routine */
};

static inline enum level command_level(const struct command *c)
{
	return c->what >> 5 & 3;
}

struct opened {
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	PARALLEL_PNP_INFORMATION pnp;
	PARCLASS_INFORMATION class;
	PARALLEL_INTERRUPT_INFORMATION interrupt;
	bool is_port;		/* info is there */
	bool is_connected;	/* interrupt is there */
};

struct request {
	IRP irp;
	struct completion done;
	/* How often it was submitted; how often it has completed. */
	atomic_t begun, times;
	bool submitted;
	u32 most;		/* how many bytes it may return */
	void *buffer;		/* one of buffers, or NULL */
	void *buffers[U8_MAX + 1];	/* by length */
	struct opened *opened;	/* to whose file it was submitted */
	struct command next;	/* for its routine */
	bool has_next;
};

/* What an open /dev/vmfuzz has. */
struct session {
	struct mutex lock;	/* all below it */
	struct request slots[REQUESTS];
	struct opened files[FILES];
	struct command commands[COMMANDS];
	int number;
};

unsigned long level_raise(enum level level);
void level_lower(enum level level, unsigned long flags);

void request_submit(struct opened *o, struct request *r, const struct command *c,
		    const struct command *next);
bool session_settle(struct session *s);

void call_know(struct opened *o);
void call_back(struct session *s, struct opened *o, const struct command *c);
void call_routines(void *buffer, u32 size, const struct command *c, struct opened *o);
void call_connected(struct opened *o, const void *buffer);

#endif /* VMFUZZ_H */
