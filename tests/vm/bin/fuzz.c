// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz - hostile input for winpar, chosen by what it reaches.
 *
 *	fuzz [-s SEED] [-t SECONDS] [-u UID | -U UID] requests /dev/vmfuzz
 *	fuzz [-s SEED] [-t SECONDS] [-u UID | -U UID] [-f] [-m BYTES] [-p US] node /dev/NAME
 *	fuzz [-u UID | -U UID] [-i HEX]... requests|node PATH
 *
 * An input is a list of commands of 8 bytes. For "requests" the module vmfuzz carries them
 * out; for "node" this program does, by system calls on a node that a driver ported to
 * winpar_wdm has made. New inputs are random, or changed from those kept; an input is kept
 * if kcov says that it has run code which none before it has run. Those that took less time
 * are chosen more often.
 *
 * With -u it becomes that user when it has opened PATH; it may not open PATH again then. With
 * -U it becomes that user, too, and may. With -f memory may fail in the node's calls, where a
 * fault injector of the kernel's has its task-filter on. With -m no call gives the driver more
 * bytes to print. With -p it rests for up to so many microseconds before each input.
 * For "requests" all files are closed before every LASTth input. When the kernel has
 * complained (its taint has changed) the inputs since then are printed, and the program ends;
 * with -i it carries out HEX, an input, or several in that order.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "../../../include/winpar/user/device.h"

#define COMMANDS	64
#define SIZE		(COMMANDS * 8)
#define KEPT		4096
#define LAST		64
#define PCS		(64 << 10)

#define KCOV_INIT_TRACE	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_TRACE_PC	0

struct input {
	unsigned int us;	/* how long it took */
	unsigned int size;
	unsigned char bytes[SIZE];
};

static struct input kept[KEPT], last[LAST];
static unsigned int nkept, nreached;
static unsigned char reached[1 << 20];
static unsigned long *pcs;
static unsigned long long state;
static unsigned long long inputs, commands;
static const char *path;
static int fd;
static int fails = -1;		/* the file that says whether this process's memory may fail */
static unsigned int most = ~0u;
static unsigned int rest;

static unsigned int dice(unsigned int sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % sides;
}

/* ----- the node ------------------------------------------------------------- */

static void woken(int signal)
{
	(void)signal;
}

/* Some memory for a call; its end is the end of a page that is followed by none. */
static void *memory(unsigned char which, size_t size)
{
	static unsigned char *page;

	if (!page) {
		page = mmap(NULL, 3 * 65536, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		/* A FileName is empty if it begins with zero, and refused without a backslash. */
		memset(page, '\\', 2 * 65536);
		munmap(page + 2 * 65536, 65536);
	}
	switch (which % 8) {
	case 0:
		return NULL;
	case 1:
		return (void *)0xffff888000001000ul;
	case 2:
		return page + 2 * 65536 - size / 2;
	case 3:
		return page + 1;
	default:
		return page + 2 * 65536 - (size <= 65536 ? size : 65536);
	}
}

static const unsigned short sizes[] = { 0, 1, 2, 3, 4, 7, 8, 9, 16, 255, 4095, 4096, 4097, 65535 };

/* The driver prints each byte that it is given, slowly: mostly few. */
static size_t few(size_t size, unsigned char c)
{
	return size > 255 && c % 16 ? 255 : size;
}

static size_t least(size_t size)
{
	return size < most ? size : most;
}

/* A code as CTL_CODE() makes it, or any. */
static unsigned int code_of(const unsigned char *c)
{
	if (c[6] & 0x80)
		return c[1] << 24 | c[2] << 16 | c[3] << 8 | c[4];
	return (c[6] & 0x40 ? 0x22 : c[2]) << 16 | (c[1] & 3) << 14 |
	       (0x800 + c[3] % 16) << 2 | (c[1] >> 2 & 3);
}

static void control(int on, const unsigned char *c)
{
	struct winpar_device_control d = {
		.in_length = few(sizes[c[4] % 14], c[2]),
		.out_length = sizes[c[5] % 14],
		.code = code_of(c),
	};

	if (c[7] == 0xff) {
		d.in_length = ~0u - c[3];
		d.out_length = d.in_length;
	}
	/* METHOD_IN_DIRECT: the second buffer is what the driver is to print. */
	if ((d.code & 3) == 1)
		d.out_length = least(d.out_length);
	d.in = (uintptr_t)memory(c[7] & 0xf, sizes[c[4] % 14]);
	d.out = (uintptr_t)memory(c[7] >> 4, sizes[c[5] % 14]);
	ioctl(on, WINPAR_DEVICE_CONTROL, c[6] & 0x20 ? NULL : &d);
}

static void create(int on, const unsigned char *c)
{
	struct winpar_device_create d = {
		.name = (uintptr_t)memory(c[7], c[2]),
		.name_length = c[6] & 1 ? c[2] << c[3] % 8 : 0,
		.access = c[3] & 1 ? 0x12019f : c[4] << 16 | c[3],
		.share = c[4] & 7,
		.disposition = c[5] & 7,
		.options = c[6] & 2 ? 0x60 : c[2],
		.reserved = c[6] & 0xf0 ? 0 : c[5],
	};

	ioctl(on, WINPAR_DEVICE_CREATE, &d);
}

static void node_command(int *other, const unsigned char *c)
{
	int on = *other >= 0 && c[6] & 0x10 ? *other : fd;
	size_t size = sizes[c[4] % 14];
	struct pollfd p = { .fd = on, .events = POLLIN | POLLOUT };

	switch (c[0] % 10) {
	case 0:
		if (*other < 0)
			*other = open(path, (c[1] & 1 ? O_RDWR : c[1] >> 1 & 1) |
				      (c[1] & 4 ? O_EXCL : 0) |
				      (c[1] & 8 ? O_NONBLOCK : 0));
		break;
	case 1:
		if (*other >= 0)
			close(*other);
		*other = -1;
		break;
	case 2:
		if (read(on, memory(c[7], size), size) < 0)
			break;
		break;
	case 3:
		size = least(few(size, c[2]));
		if (write(on, memory(c[7], size), size) < 0)
			break;
		break;
	case 4:
		create(on, c);
		break;
	case 5:
		lseek(on, (off_t)c[1] << c[2] % 64, c[3] % 4);
		break;
	case 6:
		poll(&p, 1, c[7] % 4);
		break;
	case 7:
		ioctl(on, c[1] << 24 | c[2] << 16 | c[3] << 8 | c[4],
		      memory(c[7], size));
		break;
	default:
		control(on, c);
		break;
	}
}

static void may_fail(const char *on)
{
	if (fails >= 0 && pwrite(fails, on, 1, 0) != 1) {
		fprintf(stderr, "fuzz: make-it-fail: %s\n", strerror(errno));
		exit(1);
	}
}

static void node_run(const struct input *in)
{
	/* A call that waits is interrupted. */
	struct itimerval on = { { 0, 50000 }, { 0, 50000 } }, off = { 0 };
	unsigned int i;
	int other = -1;

	setitimer(ITIMER_REAL, &on, NULL);
	may_fail("1");
	for (i = 0; i + 8 <= in->size; i += 8)
		node_command(&other, in->bytes + i);
	may_fail("0");
	setitimer(ITIMER_REAL, &off, NULL);
	if (other >= 0)
		close(other);
}

static void requests_run(const struct input *in)
{
	if (write(fd, in->bytes, in->size) < 0) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		exit(1);
	}
}

/* ----- the choice ------------------------------------------------------------ */

static void kcov_begin(void)
{
	int kcov = open("/sys/kernel/debug/kcov", O_RDWR);

	if (kcov < 0 || ioctl(kcov, KCOV_INIT_TRACE, PCS))
		return;
	pcs = mmap(NULL, PCS * sizeof(*pcs), PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	if (pcs == MAP_FAILED || ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC))
		pcs = NULL;
}

/* How much of what the last input ran is new. */
static unsigned int news(void)
{
	unsigned long n = pcs ? __atomic_load_n(&pcs[0], __ATOMIC_RELAXED) : 0, i;
	unsigned int before = nreached;

	for (i = 1; i <= n && i < PCS; i++) {
		/* Modules lie within a MiB or two of each other. */
		unsigned long at = pcs[i] % (sizeof(reached) * 8);

		if (reached[at / 8] & 1 << at % 8)
			continue;
		reached[at / 8] |= 1 << at % 8;
		nreached++;
	}
	return nreached - before;
}

static unsigned long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000ull + at.tv_nsec / 1000;
}

/* One of those kept: mostly the faster of two. */
static const struct input *some(void)
{
	const struct input *a = &kept[dice(nkept)], *b = &kept[dice(nkept)];

	return (a->us < b->us) == !!dice(8) ? a : b;
}

static void choose(struct input *in)
{
	unsigned int i, n;

	if (nkept && dice(8)) {
		*in = *some();
		for (n = 1 + dice(4); n; n--) {
			i = dice(in->size);
			switch (dice(4)) {
			case 0:
				in->bytes[i] ^= 1 << dice(8);
				break;
			case 1:
				in->bytes[i] = dice(256);
				break;
			case 2:
				i &= ~7u;
				memmove(in->bytes + i,
					in->bytes + (dice(in->size) & ~7u), 8);
				break;
			case 3:
				if (in->size < SIZE) {
					unsigned int j = dice(nkept);

					i = dice(kept[j].size) & ~7u;
					memcpy(in->bytes + in->size, kept[j].bytes + i, 8);
					in->size += 8;
				}
				break;
			}
		}
		return;
	}
	in->size = 8 * (1 + dice(COMMANDS));
	for (i = 0; i < in->size; i++)
		in->bytes[i] = dice(256);
}

static unsigned long complaints(void)
{
	unsigned long taint = 0;
	FILE *file = fopen("/proc/sys/kernel/tainted", "r");

	if (file) {
		if (fscanf(file, "%lu", &taint) != 1)
			taint = 0;
		fclose(file);
	}
	return taint;
}

static void show(const struct input *in)
{
	unsigned int i;

	printf("fuzz: input ");
	for (i = 0; i < in->size; i++)
		printf("%02x", in->bytes[i]);
	printf("\n");
}

static void parse(struct input *in, const char *hex)
{
	unsigned int byte;

	for (in->size = 0; in->size < SIZE && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		in->bytes[in->size++] = byte;
}

int main(int argc, char **argv)
{
	unsigned long seed = 1, seconds = 10, uid = 0, taint, i;
	bool may = false;
	unsigned long long start;
	void (*run)(const struct input *in) = NULL;
	struct sigaction action = { .sa_handler = woken };
	struct input in = { 0 }, empty = { 0 };
	const char *hexes[LAST];
	unsigned int nhexes = 0;
	time_t end;
	int opt;

	while ((opt = getopt(argc, argv, "s:t:u:U:i:fm:p:")) != -1) {
		switch (opt) {
		case 's':
			seed = strtoul(optarg, NULL, 0);
			break;
		case 't':
			seconds = strtoul(optarg, NULL, 0);
			break;
		case 'f':
			fails = open("/proc/self/make-it-fail", O_WRONLY);
			if (fails < 0) {
				fprintf(stderr, "fuzz: no make-it-fail: %s\n",
					strerror(errno));
				return 2;
			}
			/* Not when a call of the node makes it. */
			memory(0, 0);
			break;
		case 'm':
			most = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			rest = strtoul(optarg, NULL, 0);
			break;
		case 'U':
		case 'u':
			may = opt == 'U';
			uid = strtoul(optarg, NULL, 0);
			break;
		case 'i':
			if (nhexes < LAST)
				hexes[nhexes++] = optarg;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind == 2 && !strcmp(argv[optind], "requests"))
		run = requests_run;
	if (argc - optind == 2 && !strcmp(argv[optind], "node"))
		run = node_run;
	if (!run) {
		fprintf(stderr,
			"usage: fuzz [-s SEED] [-t SECONDS] [-u UID | -U UID] [-f] [-m BYTES] [-p US] [-i HEX]... requests|node PATH\n");
		return 2;
	}
	path = argv[optind + 1];
	fd = open(path, run == requests_run ? O_WRONLY : O_RDWR);
	if (fd < 0) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		return 2;
	}
	sigaction(SIGALRM, &action, NULL);
	kcov_begin();
	if (uid && (setgid(uid) || setuid(uid))) {
		fprintf(stderr, "fuzz: no user %lu: %s\n", uid, strerror(errno));
		return 2;
	}
	if (uid && (open(path, O_RDWR) >= 0) != may) {
		fprintf(stderr, "fuzz: %s %s be opened by user %lu\n", path,
			may ? "may not" : "may", uid);
		return 1;
	}
	for (i = 0; i < nhexes; i++) {
		parse(&in, hexes[i]);
		run(&in);
	}
	if (nhexes)
		return 0;
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	taint = complaints();
	end = time(NULL) + seconds;
	while (time(NULL) < end) {
		if (run == requests_run && inputs % LAST == 0)
			run(&empty);
		choose(&in);
		last[inputs++ % LAST] = in;
		commands += in.size / 8;
		if (pcs)
			__atomic_store_n(&pcs[0], 0, __ATOMIC_RELAXED);
		if (rest)
			usleep(dice(rest));
		start = now();
		run(&in);
		in.us = now() - start;
		if (news() && nkept < KEPT)
			kept[nkept++] = in;
		if (inputs % LAST == 0 && complaints() != taint) {
			for (i = 0; i < LAST; i++)
				show(&last[i]);
			return 1;
		}
	}
	printf("fuzz: seed %lu: %s: %llu inputs, %llu commands, %u kept, %u places reached\n",
	       seed, path, inputs, commands, nkept, nreached);
	return 0;
}
