// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of wpbits.c: it prints two lines on port N, the argument, whose bits the
 * driver sets by hand. The source is Windows' and compiles for Linux with winpar/user
 * (docs/wdm.md).
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <string.h>

#include "../wpbits.h"

static int failures;

/* One thing that is so, or not. */
static void check(const char *what, int is)
{
	printf("%s %s\n", is ? "ok" : "FAIL", what);
	failures += !is;
}

int main(int argc, char **argv)
{
	static const char first[] = "a driver clocks bits out\r\n";
	static const char second[] = "by hand, at raised IRQL\r\n";
	const DWORD both = sizeof(first) + sizeof(second) - 2;
	WPBITS_INFO info;
	DWORD done = 0;
	char name[64];
	HANDLE port;

	if (argc != 2)
		return 2;
	snprintf(name, sizeof(name), "\\\\.\\WpBits\\%s", argv[1]);
	port = CreateFile(name, GENERIC_READ | GENERIC_WRITE, 0, NULL,
			  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	check("CreateFile", port != INVALID_HANDLE_VALUE);
	if (port == INVALID_HANDLE_VALUE)
		return 1;
	check("a write that the driver's thread completes",
	      WriteFile(port, first, sizeof(first) - 1, &done, NULL) &&
	      done == sizeof(first) - 1);
	check("... and another one",
	      WriteFile(port, second, sizeof(second) - 1, &done, NULL) &&
	      done == sizeof(second) - 1);
	memset(&info, 0xff, sizeof(info));
	check("DeviceIoControl",
	      DeviceIoControl(port, IOCTL_WPBITS_INFO, NULL, 0, &info,
			      sizeof(info), &done, NULL) && done == sizeof(info));
	check("each byte was clocked out", info.Bytes == both);
	check("... as the data lines show it", info.Wrong == 0);
	check("... at DISPATCH_LEVEL", info.WrongLevel == 0);
	check("the DPC has read the status before each write", info.Samples >= 2);
	check("CloseHandle", CloseHandle(port));
	return failures != 0;
}
