// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_once - load a module, as insmod does.
 *
 *	load_once FILE [PARAMETER=VALUE...]
 *
 * If the module's init fails busybox's insmod loads it a second time, by another system
 * call, and so the module's messages come twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char parameters[4096] = "";
	size_t used = 0;
	int i, fd;

	if (argc < 2) {
		fprintf(stderr, "usage: load_once FILE [PARAMETER=VALUE...]\n");
		return 2;
	}
	for (i = 2; i < argc; i++) {
		used += snprintf(parameters + used, sizeof(parameters) - used,
				 "%s ", argv[i]);
		if (used >= sizeof(parameters)) {
			fprintf(stderr, "load_once: too many parameters\n");
			return 2;
		}
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0)) {
		fprintf(stderr, "%s is not loaded: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return 0;
}
