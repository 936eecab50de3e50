// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_turns - how long it takes to hand a port over to lp, and back.
 *
 *	bench_turns [-w] [-d /dev/parport0] [-l /dev/lp0] ROUNDS
 *
 * lp's file is kept open, so lp keeps the port until the other side asks for
 * it. A round: the other side asks; lp writes a byte, and yields; the other
 * side has the port ("from lp": since lp's write began). Then lp writes and has
 * to wait; the other side frees; lp's byte is written ("to lp": since the free
 * began).
 *
 * The other side is a program that uses ppdev, or with -w winpar_bench, a
 * winpar client. Prints "alone N", a byte written while lp has the port
 * anyway; "from-lp N" and "to-lp N", nanoseconds, medians, less what a look at
 * the clock costs.
 */
#include <errno.h>
#include <linux/ppdev.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench.h"

/* Longer than anything takes that is not timed. */
#define PAUSE	20000

static struct shared {
	unsigned long long write_from;
	unsigned long long write_to;
	unsigned long long got;
	unsigned long long gave;
	int failed;
} *shared;

static const char *lp_path = "/dev/lp0", *ppdev_path = "/dev/parport0";

/* A process that does something for each character that it is sent. */
struct worker {
	pid_t pid;
	int to;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_turns: %s: %s\n", what, strerror(errno));
	shared->failed = 1;
}

static void lp_side(int from)
{
	int fd = open(lp_path, O_WRONLY);
	char c;

	if (fd < 0)
		fail(lp_path);
	while (read(from, &c, 1) == 1) {
		shared->write_from = bench_now();
		if (write(fd, &c, 1) != 1)
			fail("lp: write");
		shared->write_to = bench_now();
	}
}

static void ppdev_side(int from)
{
	int fd = open(ppdev_path, O_RDWR);
	char c;

	if (fd < 0)
		fail(ppdev_path);
	while (read(from, &c, 1) == 1) {
		if (c == 'a') {
			if (ioctl(fd, PPCLAIM) < 0)
				fail("PPCLAIM");
			shared->got = bench_now();
		} else {
			shared->gave = bench_now();
			if (ioctl(fd, PPRELEASE) < 0)
				fail("PPRELEASE");
		}
	}
}

/* winpar_bench notes the times: bench_ask() and bench_give(). */
static void winpar_side(int from)
{
	char c;

	while (read(from, &c, 1) == 1)
		if (bench_do(c == 'a' ? "ask" : "give"))
			fail("winpar_bench");
}

static struct worker start(void (*side)(int from))
{
	struct worker worker;
	int ends[2];

	if (pipe(ends) < 0) {
		perror("bench_turns: pipe");
		exit(1);
	}
	worker.pid = fork();
	if (worker.pid < 0) {
		perror("bench_turns: fork");
		exit(1);
	}
	if (!worker.pid) {
		close(ends[1]);
		/* The pipe's end may be open in another worker: so kill it. */
		side(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	worker.to = ends[1];
	return worker;
}

static void tell(struct worker worker, char c)
{
	if (write(worker.to, &c, 1) != 1)
		fail("pipe");
	usleep(PAUSE);
}

/* From lp to the other side, and back. */
static void turn(struct worker lp, struct worker other, int winpar,
		 unsigned long long *from_lp, unsigned long long *to_lp)
{
	tell(other, 'a');
	shared->got = 0;
	tell(lp, '.');
	if (winpar)
		shared->got = bench_number("stamp");
	if (shared->got < shared->write_from) {
		errno = ETIMEDOUT;
		fail("lp did not yield");
	}
	*from_lp = shared->got - shared->write_from - bench_clock();

	shared->write_to = 0;
	tell(lp, '.');
	if (shared->write_to) {
		errno = EBUSY;
		fail("lp did not have to wait");
	}
	tell(other, 'r');
	if (winpar)
		shared->gave = bench_number("stamp");
	if (shared->write_to < shared->gave) {
		errno = ETIMEDOUT;
		fail("lp did not get the port");
	}
	*to_lp = shared->write_to - shared->gave - bench_clock();
}

static void stop(struct worker worker)
{
	close(worker.to);
	kill(worker.pid, SIGTERM);
	waitpid(worker.pid, NULL, 0);
}

int main(int argc, char **argv)
{
	unsigned long long *alone, *from_lp, *to_lp;
	void (*side)(int from) = ppdev_side;
	struct worker lp, other;
	int opt, rounds, i;

	while ((opt = getopt(argc, argv, "d:l:w")) != -1) {
		switch (opt) {
		case 'd':
			ppdev_path = optarg;
			break;
		case 'l':
			lp_path = optarg;
			break;
		case 'w':
			side = winpar_side;
			break;
		default:
			return 2;
		}
	}
	rounds = argc - optind == 1 ? atoi(argv[optind]) : 0;
	if (rounds < 1) {
		fprintf(stderr, "usage: bench_turns [-w] [-d dev] [-l dev] ROUNDS\n");
		return 2;
	}
	alone = calloc(rounds * 3, sizeof(*alone));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!alone || shared == MAP_FAILED)
		return 1;
	from_lp = alone + rounds;
	to_lp = from_lp + rounds;
	/* Not in the middle of what is timed. */
	bench_clock();

	lp = start(lp_side);
	other = start(side);
	usleep(PAUSE);
	tell(lp, '.');
	for (i = 0; i < BENCH_WARM + rounds; i++) {
		tell(lp, '.');
		alone[i < BENCH_WARM ? 0 : i - BENCH_WARM] =
			shared->write_to - shared->write_from - bench_clock();
	}
	for (i = 0; i < BENCH_WARM + rounds && !shared->failed; i++)
		turn(lp, other, side == winpar_side,
		     &from_lp[i < BENCH_WARM ? 0 : i - BENCH_WARM],
		     &to_lp[i < BENCH_WARM ? 0 : i - BENCH_WARM]);
	stop(other);
	stop(lp);
	if (shared->failed)
		return 1;
	printf("alone %llu\n", bench_median(alone, rounds));
	printf("from-lp %llu\n", bench_median(from_lp, rounds));
	printf("to-lp %llu\n", bench_median(to_lp, rounds));
	return 0;
}
