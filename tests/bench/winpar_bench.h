/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the benchmark share. See winpar_bench_main.c. */
#ifndef _WINPAR_BENCH_H
#define _WINPAR_BENCH_H

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/parport.h>
#include <winpar/winpar.h>

/* The most rounds that a case can have. */
#define BENCH_ROUNDS	1001
/* Rounds before them that do not count: QEMU counts its first few differently. */
#define BENCH_WARM	16

/* Registers, and the bits of the control register. */
#define BENCH_STATUS	1
#define BENCH_CONTROL	2
#define BENCH_READY	0x0c	/* nInit and nSelectIn */
#define BENCH_INTEN	0x10

/**
 * struct bench - the ports and openers that the cases use, and the samples
 * @parport: the Linux port, with a reference
 * @file: winpar's opener, NULL when it is not open
 * @info: the port's information
 * @device: the opener of the parallel device on the port, NULL when it is not
 *	open
 * @rounds: of how many rounds the median is taken
 * @transfers: of how many rounds where a round is a transfer of @bytes
 * @bytes: how many bytes a transfer moves
 * @protocol: the protocol in which they are read
 * @clock: the cost of reading the clock
 * @samples: one for each round of the current case
 *
 * Only one command runs at a time, under the kernel's lock on the module's
 * parameters.
 */
struct bench {
	struct parport *parport;
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	struct winpar_file *device;
	unsigned int rounds;
	unsigned int transfers;
	unsigned int bytes;
	unsigned int protocol;
	u64 clock;
	u64 samples[BENCH_ROUNDS];
};

extern struct bench bench;
/* What bench_stamp() notes. */
extern u64 bench_stamped;
/* When the routine of bench_listen() was called. */
extern u64 bench_heard_at;
/* How long the last transfer took. */
extern u64 bench_took;

/* The clock of all times: with QEMU's -icount an instruction takes a nanosecond. */
static inline u64 bench_now(void)
{
	return ktime_get_ns();
}

/* An allocate request, set up anew. */
static inline void bench_set_allocate(IRP *irp, PIO_COMPLETION_ROUTINE routine,
				      void *context)
{
	winpar_irp_init(irp);
	winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(irp, routine, context);
}

/* How many rounds a case runs, with those that do not count; a round's sample. */
static inline unsigned int bench_turns(void)
{
	return bench.rounds + BENCH_WARM;
}

static inline u64 *bench_sample(unsigned int turn)
{
	return &bench.samples[turn < BENCH_WARM ? 0 : turn - BENCH_WARM];
}

/* winpar_bench_main.c */
u64 bench_median_of(unsigned int count);
u64 bench_median(void);
void bench_say(u64 hundredths, const char *fmt, ...) __printf(2, 3);
int bench_open(void);
void bench_close(void);
struct pardevice *bench_register(int id, void (*irq_func)(void *private),
				 void *private);
void bench_stamp(void);

/* The cases. Each returns 0 or an errno. */
int bench_rival_claim(void);
int bench_try(void);
int bench_request(void);
int bench_request_sync(void);
int bench_information(void);
int bench_information_sync(void);

int bench_rival_interrupt(void);
int bench_interrupt(void);
int bench_routines(void);
int bench_listen(void);
int bench_deaf(void);
int bench_fire(void);
void bench_fire_exit(void);

int bench_queue(void);
int bench_memory(void);

int bench_ending(void);

int bench_rival_grant(void);
int bench_grant(void);
int bench_grant_dispatch(void);
int bench_ask(void);
int bench_give(void);

int bench_rival_write(void);
int bench_write(void);
int bench_call(void);
int bench_rival_read(void);
int bench_read(void);

int bench_scale(void);
int bench_scale_end(void);
int bench_slow(void);

#endif /* _WINPAR_BENCH_H */
