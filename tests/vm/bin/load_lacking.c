// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_lacking - load a module while one allocation of its init function fails: the first
 * one, in the next try the second one, until none is left to fail; then unload it.
 *
 *	load_lacking NAME [PARAMETER=VALUE...]
 *
 * A try ends in "Cannot allocate memory", or the module is loaded all the same, and can be
 * unloaded. What the kernel allocates on behalf of init fails, too. Prints how many failed.
 * vmlack.ko is loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No module needs so many. */
#define MOST	5000

static char parameters[4096];

static int open_or_exit(const char *path, int flags)
{
	int file = open(path, flags);

	if (file < 0) {
		perror(path);
		exit(2);
	}
	return file;
}

static void put(int file, long number)
{
	char text[16];
	ssize_t n = snprintf(text, sizeof(text), "%ld", number);

	if (pwrite(file, text, n, 0) != n) {
		perror("load_lacking");
		exit(2);
	}
}

static long get(int file)
{
	char text[16];
	ssize_t n = pread(file, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return atol(text);
}

int main(int argc, char **argv)
{
	int i, module, lack, own, error;
	long nth, left = 0, refused = 0;
	char path[256];

	if (argc < 2)
		return 2;
	for (i = 2; i < argc; i++) {
		strncat(parameters, argv[i], sizeof(parameters) - strlen(parameters) - 2);
		strcat(parameters, " ");
	}
	snprintf(path, sizeof(path), "/modules/%s.ko", argv[1]);
	module = open_or_exit(path, O_RDONLY);
	lack = open_or_exit("/sys/module/vmlack/parameters/nth", O_WRONLY);
	own = open_or_exit("/proc/thread-self/fail-nth", O_RDWR);
	for (nth = 1; nth < MOST && !left; nth++) {
		put(lack, nth);
		error = syscall(SYS_finit_module, module, parameters, 0) ? errno : 0;
		left = get(own);
		put(own, 0);
		put(lack, 0);
		if (error && error != ENOMEM) {
			printf("allocation %ld: %s\n", nth, strerror(error));
			return 1;
		}
		refused += error == ENOMEM;
		if (!error && syscall(SYS_delete_module, argv[1], O_NONBLOCK)) {
			printf("allocation %ld: not unloaded: %s\n", nth, strerror(errno));
			return 1;
		}
	}
	printf("%s: %ld allocations failed one by one, %ld times the load\n", argv[1], nth - 2,
	       refused);
	return !left || !refused;
}
