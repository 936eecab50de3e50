// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_read - how long it takes to read bytes from a device of winpar_sim.
 *
 *	bench_read [-w] [-d parport1] PROTOCOL BYTES ROUNDS
 *
 * PROTOCOL: nibble, byte, epp, ecp. winpar_bench, whose parameter "bytes" has
 * to be BYTES, reads by the parport core's calls, or with -w by winpar_read().
 * Prints "PROTOCOL N", the median in nanoseconds.
 */
#include <errno.h>

#include "bench.h"

#define SIM "/sys/kernel/debug/winpar_sim/"

static const struct protocol {
	const char *name;
	const char *mask;
	const char *peripheral;
	int fed;
} protocols[] = {
	{ "nibble", "4", "printer", 1 },
	{ "byte", "16", "printer", 1 },
	/* A register can always be read. */
	{ "epp", "32", "epp", 0 },
	{ "ecp", "128", "printer", 1 },
};

static int put(const char *path, const char *bytes, size_t size)
{
	int fd = open(path, O_WRONLY);
	ssize_t done = 1;

	if (fd < 0)
		return -1;
	/* A page at a time is what a knob takes. */
	for (; size && done > 0; bytes += done, size -= done) {
		done = write(fd, bytes, size);
		if (done < 0)
			break;
	}
	close(fd);
	return size ? -1 : 0;
}

static int knob(const char *port, const char *name, const char *bytes,
		size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), SIM "%s/%s", port, name);
	return put(path, bytes, size);
}

static int measure(const char *port, const struct protocol *protocol,
		   size_t size, int rounds, const char *what)
{
	unsigned long long *took = calloc(rounds, sizeof(*took));
	char *bytes = malloc(size);
	size_t n;
	int i;

	if (!took || !bytes)
		return -1;
	for (n = 0; n < size; n++)
		bytes[n] = n ^ n >> 8;
	if (knob(port, "peripheral", protocol->peripheral,
		 strlen(protocol->peripheral)) ||
	    put(BENCH_PARAMETERS "protocol", protocol->mask,
		strlen(protocol->mask)))
		return -1;
	/* The first does not count. */
	for (i = -1; i < rounds; i++) {
		if ((protocol->fed && knob(port, "feed", bytes, size)) ||
		    bench_do(what))
			return -1;
		if (i >= 0)
			took[i] = bench_number("took");
	}
	printf("%s %llu\n", protocol->name, bench_median(took, rounds));
	free(bytes);
	free(took);
	return 0;
}

int main(int argc, char **argv)
{
	const char *port = "parport1", *what = "rival-read";
	unsigned int n;
	int opt;

	while ((opt = getopt(argc, argv, "d:w")) != -1) {
		switch (opt) {
		case 'd':
			port = optarg;
			break;
		case 'w':
			what = "read";
			break;
		default:
			return 2;
		}
	}
	for (n = 0; argc - optind == 3 && n < sizeof(protocols) / sizeof(*protocols); n++) {
		if (strcmp(protocols[n].name, argv[optind]))
			continue;
		if (!measure(port, &protocols[n], atoi(argv[optind + 1]),
			     atoi(argv[optind + 2]), what))
			return 0;
		fprintf(stderr, "bench_read: %s: %s\n", argv[optind],
			strerror(errno));
		return 1;
	}
	fprintf(stderr, "usage: bench_read [-w] [-d port] PROTOCOL BYTES ROUNDS\n");
	return 2;
}
