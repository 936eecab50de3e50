// SPDX-License-Identifier: GPL-2.0-only
/*
 * lpwrite - a program that keeps a printer device open and writes lines to it.
 *
 *	lpwrite [-d /dev/lp0] [-s file] [-u usec] COUNT PREFIX
 *
 * COUNT lines "PREFIX<number>\n", numbered from 0, one write(2) each, with a
 * sleep of usec between them. With -s it ends earlier, between two lines, once
 * that file exists (a signal would cut off a line that waits for the port, and
 * lp would lose the rest). The last line printed is
 * "lpwrite PREFIX: 100 written, 0 failed". Status 0 if nothing failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *path = "/dev/lp0", *stop = NULL;
	unsigned long written = 0, failed = 0, count, i;
	useconds_t pause = 0;
	char line[256];
	int opt, fd;

	while ((opt = getopt(argc, argv, "d:s:u:")) != -1) {
		switch (opt) {
		case 'd':
			path = optarg;
			break;
		case 's':
			stop = optarg;
			break;
		case 'u':
			pause = strtoul(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2) {
		fprintf(stderr, "usage: lpwrite [-d dev] [-s file] [-u usec] COUNT PREFIX\n");
		return 2;
	}
	count = strtoul(argv[optind], NULL, 0);

	fd = open(path, O_WRONLY);
	if (fd < 0) {
		fprintf(stderr, "lpwrite: %s: %s\n", path, strerror(errno));
		return 2;
	}
	for (i = 0; i < count && !(stop && !access(stop, F_OK)); i++) {
		int len = snprintf(line, sizeof(line), "%s%lu\n",
				   argv[optind + 1], i);
		ssize_t did = write(fd, line, len);

		if (did == len) {
			written++;
		} else {
			if (!failed)
				fprintf(stderr, "lpwrite: line %lu: %zd: %s\n",
					i, did, did < 0 ? strerror(errno) : "short");
			failed++;
		}
		if (pause)
			usleep(pause);
	}
	close(fd);
	printf("lpwrite %s: %lu written, %lu failed\n", argv[optind + 1],
	       written, failed);
	return failed ? 1 : 0;
}
