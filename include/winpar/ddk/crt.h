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

/* Fills up with null characters; none is written behind a string that is as long. */
static inline WCHAR *wcsncpy(WCHAR *to, const WCHAR *from, size_t size)
{
	size_t n = 0, i;

	for (i = 0; i < size; i++) {
		to[i] = from[n];
		if (from[n])
			n++;
	}
	return to;
}

static inline WCHAR *wcsncat(WCHAR *to, const WCHAR *from, size_t size)
{
	WCHAR *end = to + wcslen(to);

	while (size-- && *from)
		*end++ = *from++;
	*end = 0;
	return to;
}

static inline WCHAR *wcschr(const WCHAR *string, WCHAR c)
{
	for (; *string != c; string++)
		if (!*string)
			return NULL;
	return (WCHAR *)string;
}

static inline WCHAR *wcsrchr(const WCHAR *string, WCHAR c)
{
	size_t n = wcslen(string) + 1;

	while (n--)
		if (string[n] == c)
			return (WCHAR *)string + n;
	return NULL;
}

static inline WCHAR *wcsstr(const WCHAR *string, const WCHAR *part)
{
	size_t size = wcslen(part);

	for (; wcsncmp(string, part, size); string++)
		if (!*string)
			return NULL;
	return (WCHAR *)string;
}

/* Letters are those of ASCII. */
static inline unsigned int towlower(unsigned int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static inline unsigned int towupper(unsigned int c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static inline int _wcsnicmp(const WCHAR *one, const WCHAR *other, size_t size)
{
	int a, b;

	while (size--) {
		a = towlower(*one++);
		b = towlower(*other++);
		if (a != b || !a)
			return a - b;
	}
	return 0;
}

static inline int _wcsicmp(const WCHAR *one, const WCHAR *other)
{
	return _wcsnicmp(one, other, (size_t)-1);
}

#endif /* _WINPAR_DDK_CRT_H */
