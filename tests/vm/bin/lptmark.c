// SPDX-License-Identifier: GPL-2.0-only
/*
 * lptmark - print a heading on a port through /dev/port, without a driver: in
 * the output the host finds the bytes of a test by the heading before them.
 *
 *	lptmark [-b 0x378] TEXT
 *
 * Prints a form feed, TEXT and a newline, and restores the data and the control
 * register. Only for moments in which no driver uses the port.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* nInit and nSelectIn active, interrupts off. */
#define CONTROL_IDLE	0x0c
#define CONTROL_STROBE	0x01
#define CONTROL_BITS	0x3f

/* Through /dev/port: some kernels are built without ioperm(). */
static int io;

static void out(unsigned char value, off_t port)
{
	if (pwrite(io, &value, 1, port) != 1) {
		perror("lptmark: /dev/port");
		exit(1);
	}
}

static unsigned char in(off_t port)
{
	unsigned char value;

	if (pread(io, &value, 1, port) != 1) {
		perror("lptmark: /dev/port");
		exit(1);
	}
	return value;
}

static void put(off_t base, char c)
{
	out(c, base);
	out(CONTROL_IDLE | CONTROL_STROBE, base + 2);
	out(CONTROL_IDLE, base + 2);
	/* Busy, acknowledge, ready: each read takes QEMU's port a step on. */
	in(base + 1);
	in(base + 1);
	in(base + 1);
}

int main(int argc, char **argv)
{
	off_t base = 0x378;
	unsigned char data, control;
	const char *c;
	int opt;

	while ((opt = getopt(argc, argv, "b:")) != -1) {
		if (opt != 'b')
			return 2;
		base = strtoul(optarg, NULL, 0);
	}
	if (argc - optind != 1) {
		fprintf(stderr, "usage: lptmark [-b base] TEXT\n");
		return 2;
	}
	io = open("/dev/port", O_RDWR);
	if (io < 0) {
		perror("lptmark: /dev/port");
		return 1;
	}
	data = in(base);
	control = in(base + 2) & CONTROL_BITS;
	/* With interrupts enabled the next write would raise one. */
	out(CONTROL_IDLE, base + 2);
	put(base, '\f');
	for (c = argv[optind]; *c; c++)
		put(base, *c);
	put(base, '\n');
	out(data, base);
	out(control, base + 2);
	close(io);
	return 0;
}
