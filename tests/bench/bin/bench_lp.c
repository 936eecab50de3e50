// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_lp - how long it takes to write so many bytes to a printer device.
 *
 *	bench_lp [-l /dev/lp0] BYTES ROUNDS
 *
 * One write(2) a round, the file kept open, as a spooler does. Prints "lp-write
 * N", the median in nanoseconds, less what a look at the clock costs.
 */
#include <errno.h>

#include "bench.h"

static int measure(int fd, const char *bytes, size_t size, int rounds)
{
	unsigned long long *took = calloc(rounds, sizeof(*took)), from, to;
	int i;

	/* The first does not count. */
	for (i = -1; took && i < rounds; i++) {
		from = bench_now();
		if (write(fd, bytes, size) != (ssize_t)size)
			return -1;
		to = bench_now();
		if (i >= 0)
			took[i] = to - from - bench_clock();
	}
	if (!took)
		return -1;
	printf("lp-write %llu\n", bench_median(took, rounds));
	free(took);
	return 0;
}

int main(int argc, char **argv)
{
	const char *path = "/dev/lp0";
	int opt, fd, size, rounds;
	char *bytes;

	while ((opt = getopt(argc, argv, "l:")) != -1) {
		if (opt != 'l')
			return 2;
		path = optarg;
	}
	size = argc - optind == 2 ? atoi(argv[optind]) : 0;
	rounds = size > 0 ? atoi(argv[optind + 1]) : 0;
	if (rounds < 1) {
		fprintf(stderr, "usage: bench_lp [-l dev] BYTES ROUNDS\n");
		return 2;
	}
	bytes = malloc(size);
	fd = open(path, O_WRONLY);
	if (!bytes || fd < 0) {
		fprintf(stderr, "bench_lp: %s: %s\n", path, strerror(errno));
		return 1;
	}
	/* The pages have to be there. */
	memset(bytes, 'b', size);
	bench_clock();
	if (measure(fd, bytes, size, rounds)) {
		fprintf(stderr, "bench_lp: %s: %s\n", path, strerror(errno));
		return 1;
	}
	close(fd);
	return 0;
}
