// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of wpplug.c. The source is Windows' and compiles for Linux with winpar/user
 * (docs/wdm.md). Its arguments are what it does with the device \\.\WpPlugN:
 *
 *	print N		print a line
 *	lose N		print a line, and wait until the input ends: the port has gone by
 *			then; print another one, which fails
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <string.h>

static int failures;

/* One thing that is so, or not. */
static void check(const char *what, int is)
{
	printf("%s %s\n", is ? "ok" : "FAIL", what);
	fflush(stdout);
	failures += !is;
}

int main(int argc, char **argv)
{
	static const char line[] = "a Plug and Play driver prints\r\n";
	DWORD done = 0;
	char name[64];
	HANDLE device;

	if (argc != 3)
		return 2;
	snprintf(name, sizeof(name), "\\\\.\\WpPlug%s", argv[2]);
	device = CreateFile(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
			    FILE_ATTRIBUTE_NORMAL, NULL);
	check("CreateFile", device != INVALID_HANDLE_VALUE);
	if (device == INVALID_HANDLE_VALUE)
		return 1;
	check("WriteFile", WriteFile(device, line, sizeof(line) - 1, &done, NULL) &&
	      done == sizeof(line) - 1);
	if (!strcmp(argv[1], "lose")) {
		while (getchar() != EOF)
			;
		check("WriteFile without a port",
		      !WriteFile(device, line, sizeof(line) - 1, &done, NULL));
	}
	check("CloseHandle", CloseHandle(device));
	return failures != 0;
}
