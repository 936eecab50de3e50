/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of the C library that Windows drivers use: characters, strings of bytes, and texts
 * by a format. Their functions have names of the layer's own, since gcc and Linux know the
 * usual ones for functions of their own: a source that includes Linux's headers has those.
 */
#ifndef _WINPAR_DDK_CRT_TEXT_H
#define _WINPAR_DDK_CRT_TEXT_H

#include "ntstrsafe.h"

/* ----- characters; letters are those of ASCII ---------------------------- */

static inline int winpar_wdm_isdigit(int c)
{
	return c >= '0' && c <= '9';
}

static inline int winpar_wdm_isupper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline int winpar_wdm_islower(int c)
{
	return c >= 'a' && c <= 'z';
}

static inline int winpar_wdm_isspace(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline int winpar_wdm_toupper(int c)
{
	return winpar_wdm_islower(c) ? c - 'a' + 'A' : c;
}

static inline int winpar_wdm_tolower(int c)
{
	return winpar_wdm_isupper(c) ? c - 'A' + 'a' : c;
}

/* ----- strings of bytes -------------------------------------------------- */

static inline char *winpar_wdm_strcpy(char *to, const char *from)
{
	size_t n = 0;

	do
		to[n] = from[n];
	while (from[n++]);
	return to;
}

static inline char *winpar_wdm_strcat(char *to, const char *from)
{
	winpar_wdm_strcpy(to + __builtin_strlen(to), from);
	return to;
}

/* Fills up with null bytes; none is written behind a string that is as long. */
static inline char *winpar_wdm_strncpy(char *to, const char *from, size_t size)
{
	size_t n = 0, i;

	for (i = 0; i < size; i++) {
		to[i] = from[n];
		if (from[n])
			n++;
	}
	return to;
}

static inline char *winpar_wdm_strncat(char *to, const char *from, size_t size)
{
	char *end = to + __builtin_strlen(to);

	while (size-- && *from)
		*end++ = *from++;
	*end = '\0';
	return to;
}

static inline int winpar_wdm_strnicmp(const char *one, const char *other,
				      size_t size)
{
	int a, b;

	while (size--) {
		a = winpar_wdm_tolower((UCHAR)*one++);
		b = winpar_wdm_tolower((UCHAR)*other++);
		if (a != b || !a)
			return a - b;
	}
	return 0;
}

static inline int winpar_wdm_stricmp(const char *one, const char *other)
{
	return winpar_wdm_strnicmp(one, other, (size_t)-1);
}

static inline int winpar_wdm_atoi(const char *text)
{
	unsigned int value = 0;
	int minus;

	while (winpar_wdm_isspace(*text))
		text++;
	minus = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	while (winpar_wdm_isdigit(*text))
		value = value * 10 + (*text++ - '0');
	return minus ? -value : value;
}

/* ----- texts by a format ------------------------------------------------- */

/*
 * Of vsnprintf() and the three others with a size Windows' write no null character behind
 * a text that fills the buffer. These cut the text one character earlier and write it.
 */
#define WINPAR_WDM_PRINT(type, X, length, vsnprintf, snprintf, sprintf)	\
static inline int vsnprintf(type *to, size_t size, const type *format,	\
			    va_list args)				\
{									\
	if (!NT_SUCCESS(RtlStringCchVPrintf##X(to, size, format, args))) \
		return -1;						\
	return length(to);						\
}									\
									\
static inline int snprintf(type *to, size_t size, const type *format, ...) \
{									\
	va_list args;							\
	int n;								\
									\
	va_start(args, format);						\
	n = vsnprintf(to, size, format, args);				\
	va_end(args);							\
	return n;							\
}									\
									\
static inline int sprintf(type *to, const type *format, ...)		\
{									\
	va_list args;							\
	int n;								\
									\
	va_start(args, format);						\
	n = vsnprintf(to, MAXLONG, format, args);			\
	va_end(args);							\
	return n;							\
}

WINPAR_WDM_PRINT(char, A, __builtin_strlen, _vsnprintf, _snprintf,
		 winpar_wdm_sprintf)
WINPAR_WDM_PRINT(WCHAR, W, wcslen, _vsnwprintf, _snwprintf, winpar_wdm_swprintf)

#undef WINPAR_WDM_PRINT

#ifndef _LINUX_CTYPE_H
#define isdigit		winpar_wdm_isdigit
#define isupper		winpar_wdm_isupper
#define islower		winpar_wdm_islower
#define isspace		winpar_wdm_isspace
#define toupper		winpar_wdm_toupper
#define tolower		winpar_wdm_tolower
#endif

#ifndef _LINUX_STRING_H_
#define strcpy		winpar_wdm_strcpy
#define strcat		winpar_wdm_strcat
#define strncpy		winpar_wdm_strncpy
#define strncat		winpar_wdm_strncat
#define sprintf		winpar_wdm_sprintf
#endif
#define _stricmp	winpar_wdm_stricmp
#define _strnicmp	winpar_wdm_strnicmp
#define swprintf	winpar_wdm_swprintf

#endif /* _WINPAR_DDK_CRT_TEXT_H */
