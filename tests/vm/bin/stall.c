// SPDX-License-Identifier: GPL-2.0-only
/*
 * stall - says when a CPU of the guest stands still, as it does where the machine that
 * emulates it is busy.
 *
 * On each CPU it sleeps for 2 ms at a time, before all other tasks. When it wakes up more
 * than LATE_MS too late it writes "winpar-stall: CPU 1 stood still for 61 ms" to the
 * kernel's log. It runs until it is killed.
 *
 * The parport core gives a peripheral 35 ms for most answers: a CPU that stands still for
 * so long makes the core give up, whatever the peripheral does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LATE_MS		15
#define EACH_NS		2000000

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int watch(int cpu)
{
	struct sched_param first = { .sched_priority = 99 };
	struct timespec each = { .tv_nsec = EACH_NS };
	long long before, late;
	cpu_set_t set;
	int log = open("/dev/kmsg", O_WRONLY);

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (log < 0 || sched_setaffinity(0, sizeof(set), &set) ||
	    sched_setscheduler(0, SCHED_FIFO, &first)) {
		perror("stall");
		return 1;
	}
	for (;;) {
		before = now_ns();
		nanosleep(&each, NULL);
		late = (now_ns() - before - EACH_NS) / 1000000;
		if (late > LATE_MS)
			dprintf(log, "<5>winpar-stall: CPU %d stood still for %lld ms\n",
				cpu, late);
	}
}

int main(void)
{
	int cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (cpu = 1; cpu < cpus; cpu++) {
		if (!fork())
			return watch(cpu);
	}
	return watch(0);
}
