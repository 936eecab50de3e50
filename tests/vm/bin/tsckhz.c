// SPDX-License-Identifier: GPL-2.0-only
/*
 * tsckhz: print how fast this machine's time stamp counter counts, in kHz. tests/vm/lib.sh
 * runs it on the host and tells the result to each guest: QEMU gives its guests the host's
 * counter, and a guest that measures the counter itself while the host is busy may be wrong
 * by a factor of ten.
 */
#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

/* The clock, in ns, and the counter, both at one moment. */
struct sample {
	unsigned long long ns, ticks;
};

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Read both 1000 times, and take the sample that took the least time: it is not interrupted. */
static struct sample look(void)
{
	struct sample best = { 0 };
	unsigned long long least = ULLONG_MAX;
	int i;

	for (i = 0; i < 1000; i++) {
		unsigned long long before = now(), ticks = __rdtsc(), after = now();

		if (after - before < least) {
			least = after - before;
			best.ns = before + least / 2;
			best.ticks = ticks;
		}
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	struct sample first = look(), last;

	nanosleep(&pause, NULL);
	last = look();
	printf("%llu\n",
	       (last.ticks - first.ticks) * 1000000 / (last.ns - first.ns));
	return 0;
}
