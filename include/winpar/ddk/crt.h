/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Windows drivers use of the C library: part of <wdm.h>, and all of <string.h>,
 * <wchar.h> and <stdarg.h>. A source that has included <linux/string.h> before this
 * header keeps Linux's declarations.
 */
#ifndef _WINPAR_DDK_CRT_H
#define _WINPAR_DDK_CRT_H

#include "../nt.h"

#ifdef __KERNEL__
#include <linux/stdarg.h>
#else
#include <stdarg.h>
#endif

#ifndef _LINUX_STRING_H_
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
int memcmp(const void *one, const void *other, size_t size);
size_t strlen(const char *string);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t size);
char *strchr(const char *string, int c);
char *strrchr(const char *string, int c);
char *strstr(const char *string, const char *part);
#endif

static inline size_t wcslen(const WCHAR *string)
{
	size_t n = 0;

	while (string[n])
		n++;
	return n;
}

static inline WCHAR *wcscpy(WCHAR *to, const WCHAR *from)
{
	size_t n = 0;

	do
		to[n] = from[n];
	while (from[n++]);
	return to;
}

static inline WCHAR *wcscat(WCHAR *to, const WCHAR *from)
{
	wcscpy(to + wcslen(to), from);
	return to;
}

static inline int wcscmp(const WCHAR *one, const WCHAR *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return *one - *other;
}

static inline int wcsncmp(const WCHAR *one, const WCHAR *other, size_t size)
{
	for (; size && *one && *one == *other; size--) {
		one++;
		other++;
	}
	return size ? *one - *other : 0;
}

#endif /* _WINPAR_DDK_CRT_H */
