/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Windows drivers use of the C library: part of <wdm.h>, and all of <string.h>,
 * <wchar.h> and <stdarg.h>. A source that has included <linux/string.h> before this
 * header keeps Linux's declarations.
 */
#ifndef _WINPAR_DDK_CRT_H
#define _WINPAR_DDK_CRT_H

#include "../nt.h"

#ifndef __KERNEL__
#include <stdarg.h>
#elif defined(__CHECKER__)
/* sparse does not know __has_include. */
#include <linux/stdarg.h>
#elif __has_include(<linux/stdarg.h>)
#include <linux/stdarg.h>
#else
/*
 * Linux before 5.15, whose kernel.h includes the compiler's <stdarg.h>: these have to be
 * the same, blank for blank, or gcc warns that they are defined twice.
 */
typedef __builtin_va_list va_list;
#define va_start(v,l)	__builtin_va_start(v,l)
#define va_end(v)	__builtin_va_end(v)
#define va_arg(v,l)	__builtin_va_arg(v,l)
#define va_copy(d,s)	__builtin_va_copy(d,s)
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
