// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_remove - what the removal of a port of winpar_sim costs.
 *
 *	bench_remove FIRST LAST COUNT
 *
 * Removes COUNT ports from parportFIRST upward and as many from parportLAST downward,
 * one of each in turns. Prints "scale-remove-first N" and "scale-remove-last N", the
 * medians of this task's own CPU time in nanoseconds: a removal waits, too.
 */
#include "bench.h"

#define REMOVE "/sys/kernel/debug/winpar_sim/remove"

static unsigned long long worked(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Remove a port, and return what that took; 0 if it failed. */
static unsigned long long removal(int fd, int number)
{
	unsigned long long from;
	char name[32];
	int length = snprintf(name, sizeof(name), "parport%d", number);

	from = worked();
	return write(fd, name, length) == length ? worked() - from : 0;
}

int main(int argc, char **argv)
{
	unsigned long long first[64], last[64];
	int fd = open(REMOVE, O_WRONLY), i, count;

	if (argc != 4 || fd < 0 || atoi(argv[3]) < 1 || atoi(argv[3]) > 64) {
		fprintf(stderr, "usage: bench_remove FIRST LAST COUNT, with winpar_sim\n");
		return 2;
	}
	count = atoi(argv[3]);
	for (i = 0; i < count; i++) {
		first[i] = removal(fd, atoi(argv[1]) + i);
		last[i] = removal(fd, atoi(argv[2]) - i);
		if (!first[i] || !last[i]) {
			perror("bench_remove");
			return 1;
		}
	}
	printf("scale-remove-first %llu\n", bench_median(first, count));
	printf("scale-remove-last %llu\n", bench_median(last, count));
	return 0;
}
