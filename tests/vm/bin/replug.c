// SPDX-License-Identifier: GPL-2.0-only
/*
 * replug - take ports away and bring them back, until the file STOP is there.
 *
 *	replug [-s SEED] [-a WORDS]... STOP GONE BACK NAME...
 *
 * It writes a NAME to the file GONE, and after a moment one of the WORDS, or else that NAME, to
 * the file BACK: a driver's unbind and bind, or remove and add of winpar_sim. A port is away
 * for up to 2 ms. Then it goes on with a NAME at random, at once or within 20 ms. At the
 * end all are back. It has real-time priority: else it waits behind the clients' threads each
 * time that a removal or an arrival has slept. It prints how many it has taken away, how many
 * ms the writes to GONE and to BACK took in all, and fails if one did not go or did not come
 * back.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How many WORDS there may be. */
#define WORDS	8

static unsigned long long state;

static unsigned int dice(unsigned int sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % sides;
}

static unsigned long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000ull + at.tv_nsec / 1000000;
}

static void tell(const char *path, const char *words)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, words, strlen(words)) < 0) {
		fprintf(stderr, "replug: %s to %s: %s\n", words, path, strerror(errno));
		exit(1);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	const struct sched_param priority = { .sched_priority = 1 };
	const char *words[WORDS], *stop, *gone, *back, *name;
	unsigned long long start, away = 0, again = 0;
	unsigned long seed = 1, removals = 0;
	int opt, nwords = 0;

	while ((opt = getopt(argc, argv, "s:a:")) != -1) {
		switch (opt) {
		case 's':
			seed = strtoul(optarg, NULL, 0);
			break;
		case 'a':
			if (nwords < WORDS)
				words[nwords++] = optarg;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 4) {
		fprintf(stderr,
			"usage: replug [-s SEED] [-a WORDS]... STOP GONE BACK NAME...\n");
		return 2;
	}
	stop = argv[optind];
	gone = argv[optind + 1];
	back = argv[optind + 2];
	argv += optind + 3;
	argc -= optind + 3;
	if (sched_setscheduler(0, SCHED_FIFO, &priority)) {
		fprintf(stderr, "replug: real-time priority: %s\n", strerror(errno));
		return 1;
	}
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	while (access(stop, F_OK)) {
		name = argv[dice(argc)];
		start = now();
		tell(gone, name);
		away += now() - start;
		removals++;
		usleep(dice(2000));
		start = now();
		tell(back, nwords ? words[dice(nwords)] : name);
		again += now() - start;
		if (!dice(4))
			usleep(dice(20000));
	}
	printf("replug: %lu removals, which took %llu ms, and %llu ms to undo\n", removals, away,
	       again);
	return 0;
}
