// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of wpclass.c. The source is Windows' and compiles for Linux with winpar/user
 * (docs/wdm.md). Its arguments are what it does:
 *
 *	print N		print a line on port N; writes that are refused
 *	taken N MORE	has the interrupt routine got port N MORE times or more?
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../wpclass.h"

static int failures;

/* One thing that is so, or not. */
static void check(const char *what, int is)
{
	printf("%s %s\n", is ? "ok" : "FAIL", what);
	failures += !is;
}

static void print(HANDLE port)
{
	static const char line[] = "its IRP goes down to the port\r\n";
	char much[WPCLASS_LONGEST + 1];
	WPCLASS_COUNTS counts;
	DWORD done = 0;

	check("WriteFile prints each byte",
	      WriteFile(port, line, sizeof(line) - 1, &done, NULL) &&
	      done == sizeof(line) - 1);
	memset(much, 'x', sizeof(much));
	check("a byte more than the driver takes is refused",
	      !WriteFile(port, much, sizeof(much), &done, NULL) &&
	      GetLastError() == ERROR_INVALID_PARAMETER);
	check("ReadFile is refused", !ReadFile(port, much, 1, &done, NULL));
	check("no room for the counts is refused",
	      !DeviceIoControl(port, IOCTL_WPCLASS_COUNTS, NULL, 0, &counts,
			       sizeof(counts) - 1, &done, NULL));
}

static void taken(HANDLE port, DWORD more)
{
	WPCLASS_COUNTS counts;
	DWORD done = 0;

	memset(&counts, 0, sizeof(counts));
	check("the counts", DeviceIoControl(port, IOCTL_WPCLASS_COUNTS, NULL, 0,
					    &counts, sizeof(counts), &done, NULL) &&
	      done == sizeof(counts));
	check("the interrupt routine gets the port", counts.Taken >= more);
	check("... in no more interrupts than there were",
	      counts.Taken <= counts.Interrupts);
	check("its DPC runs", counts.Dpcs > 0 && counts.Dpcs <= counts.Interrupts);
}

int main(int argc, char **argv)
{
	char name[64];
	HANDLE port;

	if (argc < 3)
		return 2;
	snprintf(name, sizeof(name), "\\\\.\\WpClass%s", argv[2]);
	port = CreateFile(name, GENERIC_READ | GENERIC_WRITE,
			  FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
			  FILE_ATTRIBUTE_NORMAL, NULL);
	check("CreateFile", port != INVALID_HANDLE_VALUE);
	if (port == INVALID_HANDLE_VALUE)
		return 1;
	if (!strcmp(argv[1], "print"))
		print(port);
	else if (argc == 4)
		taken(port, (DWORD)atoi(argv[3]));
	check("CloseHandle", CloseHandle(port));
	return failures != 0;
}
