// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that opens the device of wpdevice.c. The source is written for Windows, and
 * compiles for Linux with winpar/user (docs/wdm.md). It prints a line that begins with "ok"
 * or "FAIL" for each call that it tries. Its arguments say which:
 *
 *	print N		print lines on port N, by WriteFile() and by a control code, and
 *			make the other requests that the driver knows
 *	refused N	make requests on port N that the driver or the layer refuses
 *	keep N		open port N, and close it when the standard input ends
 */
#include <windows.h>
#include <winioctl.h>
#include <stdio.h>
#include <string.h>

#ifndef _WIN32
/* winpar/user has nothing of Windows but its devices. */
#include <unistd.h>
#define GetCurrentProcessId()	((DWORD)getpid())
#endif

#include "../wpdevice.h"

static int failures;

/* Print whether a call did what it should. */
static void check(const char *what, int is)
{
	printf("%s %s\n", is ? "ok" : "FAIL", what);
	failures += !is;
}

static HANDLE open_port(const char *port, DWORD access)
{
	char name[64];

	snprintf(name, sizeof(name), "\\\\.\\WpDevice\\%s", port);
	return CreateFile(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
			  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
}

/* Has a call failed, with that error? */
static int failed(BOOL result, DWORD error)
{
	return !result && GetLastError() == error;
}

static void print(HANDLE port)
{
	static const char first[] = "a program prints by WriteFile\r\n";
	static const char second[] = "and by DeviceIoControl\r\n";
	static const char word[] = "winpar";
	unsigned char status[5000];
	WPDEVICE_INFO info;
	char text[16], back[sizeof(word)];
	DWORD done = 0;
	int same = 1;
	size_t i;

	check("WriteFile", WriteFile(port, first, sizeof(first) - 1, &done, NULL) &&
	      done == sizeof(first) - 1);
	check("METHOD_IN_DIRECT",
	      DeviceIoControl(port, IOCTL_WPDEVICE_PRINT, NULL, 0, (LPVOID)second,
			      sizeof(second) - 1, &done, NULL) &&
	      done == sizeof(second) - 1);
	check("METHOD_BUFFERED",
	      DeviceIoControl(port, IOCTL_WPDEVICE_INFO, NULL, 0, &info,
			      sizeof(info), &done, NULL) &&
	      done == sizeof(info) && info.Span >= 3 &&
	      info.Printed == sizeof(first) + sizeof(second) - 2 &&
	      info.Process == GetCurrentProcessId() && info.Up > 0);
	memset(status, 0, sizeof(status));
	check("METHOD_OUT_DIRECT",
	      DeviceIoControl(port, IOCTL_WPDEVICE_STATUS, NULL, 0, status,
			      sizeof(status), &done, NULL) &&
	      done == sizeof(status));
	for (i = 0; i < sizeof(status); i++)
		/* Select or nFault is high, also while the printer is busy. */
		same &= status[i] != 0;
	check("... each byte of it", same);
	check("METHOD_NEITHER",
	      DeviceIoControl(port, IOCTL_WPDEVICE_REVERSE, (LPVOID)word,
			      sizeof(word) - 1, back, sizeof(back), &done, NULL) &&
	      done == sizeof(word) - 1 && !memcmp(back, "rapniw", 6));
	check("ReadFile", ReadFile(port, text, sizeof(text) - 1, &done, NULL));
	text[done] = '\0';
	sprintf(back, "%u", (unsigned int)info.Printed);
	check("... what was printed", !strcmp(text, back));
}

static void refused(const char *number, HANDLE port)
{
	WPDEVICE_INFO info;
	HANDLE other;
	DWORD done = 1;
	char byte = 0;

	check("a buffer that is too small",
	      failed(DeviceIoControl(port, IOCTL_WPDEVICE_INFO, NULL, 0, &info, 4,
				     &done, NULL), ERROR_INSUFFICIENT_BUFFER) &&
	      done == 0);
	check("a code that there is not",
	      failed(DeviceIoControl(port, 0x1234, NULL, 0, NULL, 0, &done, NULL),
		     ERROR_INVALID_FUNCTION));
	check("an address that is none",
	      failed(DeviceIoControl(port, IOCTL_WPDEVICE_STATUS, NULL, 0,
				     (LPVOID)16, 8, &done, NULL),
		     ERROR_NOACCESS));
	other = open_port(number, GENERIC_READ);
	check("a second handle", other != INVALID_HANDLE_VALUE);
	check("... which may not print",
	      failed(DeviceIoControl(other, IOCTL_WPDEVICE_PRINT, NULL, 0, &byte, 1,
				     &done, NULL), ERROR_ACCESS_DENIED));
	check("... nor write",
	      !WriteFile(other, &byte, 1, &done, NULL));
	check("CloseHandle", CloseHandle(other));
	check("a port that there is not",
	      open_port("77", GENERIC_READ) == INVALID_HANDLE_VALUE &&
	      GetLastError() == ERROR_FILE_NOT_FOUND);
	check("a name that is no number",
	      open_port("x", GENERIC_READ) == INVALID_HANDLE_VALUE &&
	      GetLastError() == ERROR_FILE_NOT_FOUND);
	check("a device that there is not",
	      CreateFile("\\\\.\\WpNone", 0, 0, NULL, OPEN_EXISTING, 0, NULL) ==
	      INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND);
}

int main(int argc, char **argv)
{
	HANDLE port;

	if (argc != 3)
		return 2;
	port = open_port(argv[2], GENERIC_READ | GENERIC_WRITE);
	check("CreateFile", port != INVALID_HANDLE_VALUE);
	if (port == INVALID_HANDLE_VALUE)
		return 1;
	if (!strcmp(argv[1], "print"))
		print(port);
	else if (!strcmp(argv[1], "refused"))
		refused(argv[2], port);
	else
		while (getchar() != EOF)
			;
	check("CloseHandle", CloseHandle(port));
	return failures != 0;
}
