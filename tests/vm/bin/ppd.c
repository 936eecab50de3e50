// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppd - a program that prints on a port through ppdev, one byte at a time.
 *
 *	ppd [-kx] [-b byte] [-d /dev/parport0] [-p usec] [-s file] [-u usec] COUNT
 *
 * COUNT times: PPCLAIM, wait until the printer is not busy, one byte with a
 * whole compatibility-mode strobe, wait until it has been taken, PPRELEASE.
 *	-b  the byte (a character, or a number from 0x00), default 'p'
 *	-k  keep the port: claim once at the start, release once at the end
 *	-p  hold the port for so long after each byte
 *	-s  end earlier, between two bytes, once that file exists
 *	-u  sleep for so long between the bytes, the port released (unless -k)
 *	-x  PPEXCL: register as the exclusive device
 * The last line printed is "ppd p: 100 sent, 0 failed, longest claim 12 ms".
 * Status 0 if nothing failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/parport.h>
#include <linux/ppdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* nInit high and SelectIn low: a printer that is selected and not in reset. */
#define CONTROL_IDLE	(PARPORT_CONTROL_INIT | PARPORT_CONTROL_SELECT)
#define CONTROL_BITS	0x0f
/* The printer has to take the byte within so many reads of the status. */
#define LOOKS		10000

static long longest_ms;

static int give_up(const char *what)
{
	static int said;

	if (!said++)
		fprintf(stderr, "ppd: %s: %s\n", what, strerror(errno));
	return -1;
}

static int claim(int fd)
{
	struct timespec from, to;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (ioctl(fd, PPCLAIM) < 0)
		return give_up("PPCLAIM");
	clock_gettime(CLOCK_MONOTONIC, &to);
	ms = (to.tv_sec - from.tv_sec) * 1000 +
	     (to.tv_nsec - from.tv_nsec) / 1000000;
	if (ms > longest_ms)
		longest_ms = ms;
	return 0;
}

/* The status register shows nBusy: set when the printer can take a byte. */
static int wait_ready(int fd)
{
	unsigned char status = 0;
	int i;

	for (i = 0; i < LOOKS; i++) {
		if (ioctl(fd, PPRSTATUS, &status) < 0)
			return give_up("PPRSTATUS");
		if ((status & PARPORT_STATUS_BUSY) &&
		    (status & PARPORT_STATUS_ACK))
			return 0;
	}
	errno = ETIMEDOUT;
	return give_up("the printer stays busy");
}

static int send_byte(int fd, unsigned char byte)
{
	unsigned char control;

	if (ioctl(fd, PPRCONTROL, &control) < 0)
		return give_up("PPRCONTROL");
	control &= CONTROL_BITS;
	if (control != CONTROL_IDLE) {
		/* The core did not restore this program's control: report it. */
		fprintf(stderr, "ppd: control was 0x%02x\n", control);
		control = CONTROL_IDLE;
		if (ioctl(fd, PPWCONTROL, &control) < 0)
			return give_up("PPWCONTROL");
	}
	if (wait_ready(fd))
		return -1;
	if (ioctl(fd, PPWDATA, &byte) < 0)
		return give_up("PPWDATA");
	control = CONTROL_IDLE | PARPORT_CONTROL_STROBE;
	if (ioctl(fd, PPWCONTROL, &control) < 0)
		return give_up("PPWCONTROL");
	control = CONTROL_IDLE;
	if (ioctl(fd, PPWCONTROL, &control) < 0)
		return give_up("PPWCONTROL");
	return wait_ready(fd);
}

int main(int argc, char **argv)
{
	const char *path = "/dev/parport0", *stop = NULL;
	unsigned long sent = 0, failed = 0, count, i;
	useconds_t pause = 0, hold = 0;
	int opt, fd, keep = 0, exclusive = 0;
	unsigned char byte = 'p';

	while ((opt = getopt(argc, argv, "b:d:kp:s:u:x")) != -1) {
		switch (opt) {
		case 'b':
			byte = optarg[0];
			if (byte && optarg[1])
				byte = strtoul(optarg, NULL, 0);
			break;
		case 'd':
			path = optarg;
			break;
		case 'k':
			keep = 1;
			break;
		case 'p':
			hold = strtoul(optarg, NULL, 0);
			break;
		case 's':
			stop = optarg;
			break;
		case 'u':
			pause = strtoul(optarg, NULL, 0);
			break;
		case 'x':
			exclusive = 1;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 1) {
		fprintf(stderr, "usage: ppd [-kx] [-bdpsu value] COUNT\n");
		return 2;
	}
	count = strtoul(argv[optind], NULL, 0);

	fd = open(path, O_RDWR);
	if (fd < 0) {
		fprintf(stderr, "ppd: %s: %s\n", path, strerror(errno));
		return 2;
	}
	if (exclusive && ioctl(fd, PPEXCL) < 0) {
		give_up("PPEXCL");
		return 2;
	}
	if (keep && claim(fd))
		return 2;
	for (i = 0; i < count && !(stop && !access(stop, F_OK)); i++) {
		if (!keep && claim(fd)) {
			failed++;
			continue;
		}
		if (send_byte(fd, byte))
			failed++;
		else
			sent++;
		if (hold)
			usleep(hold);
		if (!keep && ioctl(fd, PPRELEASE) < 0)
			give_up("PPRELEASE");
		if (pause)
			usleep(pause);
	}
	if (keep && ioctl(fd, PPRELEASE) < 0)
		give_up("PPRELEASE");
	close(fd);
	printf("ppd %c: %lu sent, %lu failed, longest claim %ld ms\n",
	       byte >= ' ' && byte < 0x7f ? byte : '?', sent, failed, longest_ms);
	return failed ? 1 : 0;
}
