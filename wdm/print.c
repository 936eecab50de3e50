// SPDX-License-Identifier: GPL-2.0-only
/*
 * DbgPrint() and ASSERT(): what a client says in the kernel's log, with its name in
 * front. Each call of DbgPrint() is one record of at most 512 bytes, as on Windows.
 *
 * The format is Windows', and Linux's snprintf() does not know it: %d and %ld are 32
 * bits, %lld and %I64d 64, %Id as long as a pointer; %ws, %ls and %S are wide strings, %s
 * and %hs others; %wZ is a UNICODE_STRING, %Z an ANSI_STRING. %p is Linux's, which hides
 * the address.
 */
#define pr_fmt(fmt) fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/string.h"

#define WDM_PRINT_MAX	512

/**
 * struct wdm_spec - one conversion of a format
 * @format: the conversion as Linux's snprintf() takes it, up to its letter
 * @length: the length of @format
 * @wide: a w or an l stands before the letter
 * @narrow: an h stands before the letter
 * @bits: the width of a number: 32 or 64
 * @width: print at least so many characters; negative: flush left
 * @precision: print at most so many characters of a string; -1: all
 */
struct wdm_spec {
	char format[32];
	unsigned int length;
	bool wide;
	bool narrow;
	unsigned int bits;
	int width;
	int precision;
};

static void wdm_spec_add(struct wdm_spec *spec, char c)
{
	if (spec->length < sizeof(spec->format) - 4)
		spec->format[spec->length++] = c;
}

/* Read a width or a precision: digits of the format, or for a star the next argument. */
static int wdm_spec_number(struct wdm_spec *spec, const char **at, va_list *args)
{
	char digits[12];
	int value = 0;
	char *digit;

	if (**at == '*') {
		(*at)++;
		value = va_arg(*args, int);
	} else {
		while (**at >= '0' && **at <= '9')
			value = min(value * 10 + *(*at)++ - '0', WDM_PRINT_MAX);
	}
	value = clamp(value, -WDM_PRINT_MAX, WDM_PRINT_MAX);
	snprintf(digits, sizeof(digits), "%d", value);
	for (digit = digits; *digit; digit++)
		wdm_spec_add(spec, *digit);
	return value;
}

/* Read flags, width, precision and size: all between a per cent sign and its letter. */
static void wdm_spec_read(struct wdm_spec *spec, const char **at, va_list *args)
{
	*spec = (struct wdm_spec){ .bits = 32, .precision = -1 };
	wdm_spec_add(spec, '%');
	for (; **at && strchr("-+ #0", **at); (*at)++) {
		wdm_spec_add(spec, **at);
		if (**at == '-')
			spec->width = -1;
	}
	if (**at == '*' || (**at >= '1' && **at <= '9')) {
		bool left = spec->width < 0;

		spec->width = wdm_spec_number(spec, at, args);
		if (left && spec->width > 0)
			spec->width = -spec->width;
	} else {
		spec->width = 0;
	}
	if (**at == '.') {
		(*at)++;
		wdm_spec_add(spec, '.');
		spec->precision = wdm_spec_number(spec, at, args);
	}
	if (!strncmp(*at, "I64", 3) || !strncmp(*at, "I32", 3)) {
		spec->bits = (*at)[1] == '6' ? 64 : 32;
		*at += 3;
	} else if (!strncmp(*at, "ll", 2)) {
		spec->bits = 64;
		*at += 2;
	} else if (**at == 'I') {
		spec->bits = BITS_PER_LONG;
		(*at)++;
	}
	for (; **at == 'l' || **at == 'w' || **at == 'h'; (*at)++) {
		spec->wide |= **at != 'h';
		spec->narrow |= **at == 'h';
	}
}

static size_t wdm_print_text(const struct wdm_spec *spec, const char *text,
			     char *to, size_t size)
{
	return scnprintf(to, size, "%*s", spec->width, text);
}

/* Print at most @chars characters of a wide string. */
static size_t wdm_print_wide(const struct wdm_spec *spec, const WCHAR *from,
			     size_t chars, char *to, size_t size)
{
	char text[WDM_PRINT_MAX / 2];

	if (!from)
		return wdm_print_text(spec, "(null)", to, size);
	if (spec->precision >= 0)
		chars = min_t(size_t, chars, spec->precision);
	wdm_string_utf8(from, chars, text, sizeof(text));
	return wdm_print_text(spec, text, to, size);
}

/* Print at most @chars bytes of a string. */
static size_t wdm_print_narrow(const struct wdm_spec *spec, const char *from,
			       size_t chars, char *to, size_t size)
{
	if (!from)
		return wdm_print_text(spec, "(null)", to, size);
	if (spec->precision >= 0)
		chars = min_t(size_t, chars, spec->precision);
	return scnprintf(to, size, "%*.*s", spec->width,
			 (int)min_t(size_t, chars, WDM_PRINT_MAX), from);
}

static size_t wdm_print_string(const struct wdm_spec *spec, bool wide,
			       const void *from, char *to, size_t size)
{
	const WCHAR *w = from;
	size_t chars = 0;

	if (!wide)
		return wdm_print_narrow(spec, from, WDM_PRINT_MAX, to, size);
	while (w && chars < WDM_PRINT_MAX && w[chars] &&
	       (spec->precision < 0 || chars < (size_t)spec->precision))
		chars++;
	return wdm_print_wide(spec, w, chars, to, size);
}

static size_t wdm_print_counted(const struct wdm_spec *spec, const void *counted,
				char *to, size_t size)
{
	const UNICODE_STRING *wide = counted;
	const ANSI_STRING *narrow = counted;

	if (!counted)
		return wdm_print_text(spec, "(null)", to, size);
	if (spec->wide)
		return wdm_print_wide(spec, wide->Buffer,
				      wide->Length / sizeof(WCHAR), to, size);
	return wdm_print_narrow(spec, narrow->Buffer, narrow->Length, to, size);
}

static size_t wdm_print_number(struct wdm_spec *spec, char letter,
			       va_list *args, char *to, size_t size)
{
	u64 value;

	if (spec->bits == 64) {
		value = va_arg(*args, u64);
	} else {
		u32 low = va_arg(*args, u32);

		if (spec->narrow)
			low = letter == 'd' || letter == 'i' ?
			      (u32)(s16)low : (u16)low;
		value = letter == 'd' || letter == 'i' ? (s64)(s32)low : low;
	}
	wdm_spec_add(spec, 'l');
	wdm_spec_add(spec, 'l');
	spec->format[spec->length++] = letter;
	spec->format[spec->length] = '\0';
	return scnprintf(to, size, spec->format, value);
}

/* Print one conversion with its argument. Returns how many bytes were written. */
static size_t wdm_print_spec(struct wdm_spec *spec, char letter, va_list *args,
			     char *to, size_t size)
{
	WCHAR c;

	switch (letter) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		return wdm_print_number(spec, letter, args, to, size);
	case 'c':
	case 'C':
		c = va_arg(*args, int);
		if (!spec->wide && letter == 'c')
			c &= 0xff;
		return wdm_print_wide(spec, &c, 1, to, size);
	case 's':
		return wdm_print_string(spec, spec->wide && !spec->narrow,
					va_arg(*args, void *), to, size);
	case 'S':
		return wdm_print_string(spec, !spec->narrow,
					va_arg(*args, void *), to, size);
	case 'Z':
		return wdm_print_counted(spec, va_arg(*args, void *), to, size);
	case 'p':
	case 'P':
		return scnprintf(to, size, "%p", va_arg(*args, void *));
	case '%':
		return scnprintf(to, size, "%%");
	default:
		/* An unknown letter: how long its argument is, is not known. Take none. */
		return scnprintf(to, size, "%%%c", letter);
	}
}

/* Print all of a format, cut to @size. Returns how many bytes were written. */
static size_t wdm_print_format(char *to, size_t size, const char *at, va_list *args)
{
	struct wdm_spec spec;
	size_t n = 0;

	while (*at && n + 1 < size) {
		if (*at != '%') {
			to[n++] = *at++;
			continue;
		}
		at++;
		wdm_spec_read(&spec, &at, args);
		if (!*at)
			break;
		n += wdm_print_spec(&spec, *at++, args, to + n, size - n);
	}
	to[n] = '\0';
	return n;
}

/**
 * winpar_wdm_print() - print a line in the log: DbgPrint()
 * @client: the client
 * @format: Windows' format (see the head of this file)
 *
 * DDI page: wdm, DbgPrint
 *
 * Context: any.
 * Return: STATUS_SUCCESS.
 */
ULONG winpar_wdm_print(struct winpar_wdm_client *client, PCSTR format, ...)
{
	char text[WDM_PRINT_MAX];
	va_list args;
	size_t n;

	va_start(args, format);
	n = wdm_print_format(text, sizeof(text), format, &args);
	va_end(args);
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	/* Without a newline the log would keep the line open for the next record. */
	pr_info("%s: %s\n", wdm_client_name(client), text);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_print);

/**
 * winpar_wdm_assert_failed() - report an ASSERT() of a checked build that does not hold
 * @client: the client
 * @what: the text of its condition
 * @file: the source that has the ASSERT()
 * @line: the line in @file
 *
 * DDI page: wdm, ASSERT. The client runs on.
 *
 * Context: any.
 */
void winpar_wdm_assert_failed(struct winpar_wdm_client *client, const char *what,
			      const char *file, int line)
{
	WARN(1, "%s: %s:%d: ASSERT(%s) does not hold\n", wdm_client_name(client),
	     file, line, what);
}
WINPAR_EXPORT(winpar_wdm_assert_failed);
