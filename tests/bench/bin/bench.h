/* SPDX-License-Identifier: GPL-2.0-only */
/* What the benchmark's programs share. */
#ifndef BENCH_H
#define BENCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Rounds that do not count: QEMU counts its first few differently. */
#define BENCH_WARM 16
#define BENCH_PARAMETERS "/sys/module/winpar_bench/parameters/"

/* The clock by which winpar_bench notes times. */
static inline unsigned long long bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static inline int bench_compare(const void *a, const void *b)
{
	const unsigned long long x = *(const unsigned long long *)a;
	const unsigned long long y = *(const unsigned long long *)b;

	return x < y ? -1 : x > y;
}

static inline unsigned long long bench_median(unsigned long long *samples,
					      int count)
{
	qsort(samples, count, sizeof(*samples), bench_compare);
	return samples[count / 2];
}

/* The cost of reading the clock. */
static inline unsigned long long bench_clock(void)
{
	static unsigned long long clock, samples[101];
	int i;

	if (!clock) {
		for (i = 0; i < 101; i++) {
			samples[i] = bench_now();
			samples[i] = bench_now() - samples[i];
		}
		clock = bench_median(samples, 101);
	}
	return clock;
}

/* Write a command to winpar_bench. */
static inline int bench_do(const char *what)
{
	int fd = open(BENCH_PARAMETERS "do", O_WRONLY);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, what, strlen(what)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

/* A parameter of winpar_bench that is a number. */
static inline unsigned long long bench_number(const char *name)
{
	char path[sizeof(BENCH_PARAMETERS) + 16], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), BENCH_PARAMETERS "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoull(text, NULL, 10);
}

#endif /* BENCH_H */
