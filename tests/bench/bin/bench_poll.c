// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_poll - how long it takes from a port's interrupt to the code that
 * waits for it: a program in poll() through ppdev, or a winpar client's
 * interrupt routine.
 *
 *	bench_poll [-uw] [-d /dev/parport0] ROUNDS
 *
 * A kernel thread of winpar_bench raises the interrupt, or with -u this program
 * does. Both sleep right after that, so that the waiting program need not wait
 * for the CPU. With -w a routine of winpar_bench waits instead of a program.
 * Prints the median in nanoseconds, less the cost of reading the clock. -u
 * needs a port that interrupts when its control register is written, as QEMU's
 * does.
 */
#include <errno.h>
#include <linux/parport.h>
#include <linux/ppdev.h>
#include <poll.h>
#include <signal.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench.h"

/* Longer than anything takes that is not timed. */
#define PAUSE		40000
#define CONTROL		0x37a
#define CONTROL_INTEN	0x1c

static unsigned long long *heard;

static int fail(const char *what)
{
	fprintf(stderr, "bench_poll: %s: %s\n", what, strerror(errno));
	return 1;
}

/* The program that waits. */
static void wait_for_interrupts(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	unsigned long long now;
	unsigned char status;
	int count;

	while (poll(&pfd, 1, -1) == 1) {
		now = bench_now();
		*heard = now;
		/* The line falls when the status is read. */
		ioctl(fd, PPRSTATUS, &status);
		ioctl(fd, PPCLRIRQ, &count);
	}
}

/* Have the port interrupt. Returns when. */
static unsigned long long raise_interrupt(int by_user)
{
	unsigned long long from;

	if (!by_user) {
		if (bench_do("fire"))
			return 0;
		usleep(PAUSE);
		return bench_number("stamp");
	}
	/* The first write switches interrupts on. */
	outb(CONTROL_INTEN, CONTROL);
	from = bench_now();
	outb(CONTROL_INTEN, CONTROL);
	usleep(PAUSE);
	return from;
}

static int measure(int rounds, int by_user, int winpar)
{
	unsigned long long *took = calloc(rounds, sizeof(*took)), from;
	int i;

	if (!took)
		return fail("memory");
	for (i = 0; i < BENCH_WARM + rounds; i++) {
		*heard = 0;
		from = raise_interrupt(by_user);
		if (winpar)
			*heard = bench_number("heard");
		if (!from || *heard < from) {
			errno = ETIMEDOUT;
			return fail("no interrupt was heard");
		}
		took[i < BENCH_WARM ? 0 : i - BENCH_WARM] =
			*heard - from - bench_clock();
	}
	printf("%s%s %llu\n", winpar ? "heard" : "poll",
	       by_user ? "-user" : "-kernel", bench_median(took, rounds));
	free(took);
	return 0;
}

/* The program that waits is a child of the one that raises. */
static int with_ppdev(const char *path, int rounds, int by_user)
{
	int fd = open(path, O_RDWR), ret;
	pid_t child;

	if (fd < 0 || ioctl(fd, PPCLAIM) < 0)
		return fail(path);
	child = fork();
	if (child < 0)
		return fail("fork");
	if (!child) {
		wait_for_interrupts(fd);
		_exit(0);
	}
	usleep(PAUSE);
	ret = measure(rounds, by_user, 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ioctl(fd, PPRELEASE);
	close(fd);
	return ret;
}

static int with_winpar(int rounds, int by_user)
{
	int ret;

	if (bench_do("listen"))
		return fail("winpar_bench");
	ret = measure(rounds, by_user, 1);
	bench_do("deaf");
	return ret;
}

int main(int argc, char **argv)
{
	const char *path = "/dev/parport0";
	int opt, rounds, by_user = 0, winpar = 0;

	while ((opt = getopt(argc, argv, "d:uw")) != -1) {
		switch (opt) {
		case 'd':
			path = optarg;
			break;
		case 'u':
			by_user = 1;
			break;
		case 'w':
			winpar = 1;
			break;
		default:
			return 2;
		}
	}
	rounds = argc - optind == 1 ? atoi(argv[optind]) : 0;
	if (rounds < 1) {
		fprintf(stderr, "usage: bench_poll [-uw] [-d dev] ROUNDS\n");
		return 2;
	}
	heard = mmap(NULL, sizeof(*heard), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (heard == MAP_FAILED)
		return fail("memory");
	if (by_user && ioperm(CONTROL, 1, 1) < 0)
		return fail("ioperm");
	/* Not in the middle of what is timed. */
	bench_clock();
	return winpar ? with_winpar(rounds, by_user) :
			with_ppdev(path, rounds, by_user);
}
