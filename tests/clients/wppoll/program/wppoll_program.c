// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of wppoll.c. The source is Windows' and compiles for Linux with winpar/user
 * (docs/wdm.md). Its arguments are what it does:
 *
 *	poll N		wait for polls of port N, alone and while another handle has it
 *	wait N		wait for more polls of port N than there will be
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <string.h>

#include "../wppoll.h"

static int failures;

/* One thing that is so, or not. */
static void check(const char *what, int is)
{
	printf("%s %s\n", is ? "ok" : "FAIL", what);
	failures += !is;
}

static HANDLE open_port(const char *port)
{
	char name[64];

	snprintf(name, sizeof(name), "\\\\.\\WpPoll\\%s", port);
	return CreateFile(name, GENERIC_READ | GENERIC_WRITE,
			  FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
			  FILE_ATTRIBUTE_NORMAL, NULL);
}

/* Wait until there are so many polls and samples; counts gets how many there are then. */
static int wait_for(HANDLE port, DWORD polls, DWORD samples, WPPOLL_COUNTS *counts)
{
	DWORD done = 0;

	memset(counts, 0, sizeof(*counts));
	counts->Polls = polls;
	counts->Samples = samples;
	return DeviceIoControl(port, IOCTL_WPPOLL_WAIT, counts, sizeof(*counts),
			       counts, sizeof(*counts), &done, NULL) &&
	       done == sizeof(*counts) && counts->Polls >= polls &&
	       counts->Samples >= samples;
}

static int keep(HANDLE port, DWORD on)
{
	DWORD done;

	return DeviceIoControl(port, IOCTL_WPPOLL_KEEP, &on, sizeof(on), NULL, 0,
			       &done, NULL);
}

static void poll(const char *number, HANDLE port)
{
	WPPOLL_COUNTS counts;
	HANDLE other;

	check("three polls give the port", wait_for(port, 3, 3, &counts));
	/* Select or nFault is high, also while the printer is busy. */
	check("... and its status lines", counts.Status != 0);
	check("this handle keeps the port", keep(port, 1) &&
	      wait_for(port, 0, counts.Samples + 2, &counts));
	other = open_port(number);
	check("a second handle", other != INVALID_HANDLE_VALUE);
	check("... polls in vain", wait_for(other, 3, 0, &counts) &&
	      counts.Samples == 0);
	check("... until the first frees the port", keep(port, 0) &&
	      wait_for(other, 0, 1, &counts));
	check("... and may keep it until it is closed", keep(other, 1) &&
	      wait_for(other, 0, counts.Samples + 2, &counts) &&
	      CloseHandle(other));
	check("then the first has it again", wait_for(port, 0, 0, &counts) &&
	      wait_for(port, 0, counts.Samples + 2, &counts));
}

int main(int argc, char **argv)
{
	WPPOLL_COUNTS counts;
	HANDLE port;

	if (argc != 3)
		return 2;
	port = open_port(argv[2]);
	check("CreateFile", port != INVALID_HANDLE_VALUE);
	if (port == INVALID_HANDLE_VALUE)
		return 1;
	if (!strcmp(argv[1], "poll"))
		poll(argv[2], port);
	else
		wait_for(port, 0xffffffff, 0, &counts);
	check("CloseHandle", CloseHandle(port));
	return failures != 0;
}
