// SPDX-License-Identifier: GPL-2.0-only
/*
 * DbgPrint() and ASSERT(): what a client says in the kernel's log, with its name in
 * front. Each call of DbgPrint() is one record of at most 512 bytes, as on Windows. The
 * functions of ntstrsafe.h that print to a buffer.
 *
 * The format is Windows', and Linux's snprintf() does not know it: %d and %ld are 32
 * bits, %lld and %I64d 64, %Id as long as a pointer; %ws, %ls and %S are wide strings, %s
 * and %hs others, but in a wide format %s is wide and %S is not; %wZ is a UNICODE_STRING,
 * %Z an ANSI_STRING. %zu, %td and %jd are C's. %p is Linux's, which hides the address.
 */
#define pr_fmt(fmt) fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>
#include <winpar/ddk/ntstrsafe.h>

#include "wdm/client.h"
#include "wdm/string.h"

#define WDM_PRINT_MAX	512

/**
 * struct wdm_spec - one conversion of a format
 * @format: the conversion as Linux's snprintf() takes it, up to its letter
 * @length: the length of @format
 * @wide: a w or an l stands before the letter
 * @narrow: an h stands before the letter
 * @bits: the width of a number: 8, 16, 32 or 64
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

/**
 * struct wdm_from - a format that is read
 * @format: bytes, or wide characters
 * @wide: wide characters
 * @at: how many of them were read
 */
struct wdm_from {
	const void *format;
	bool wide;
	size_t at;
};

/* The character @ahead of where a format is read. */
static WCHAR wdm_from_wide(const struct wdm_from *from, size_t ahead)
{
	return from->wide ? ((const WCHAR *)from->format)[from->at + ahead] :
			    ((const u8 *)from->format)[from->at + ahead];
}

/* Likewise; what is not ASCII is a question mark. */
static char wdm_from_char(const struct wdm_from *from, size_t ahead)
{
	WCHAR c = wdm_from_wide(from, ahead);

	return c > 0x7f ? '?' : c;
}

/* Read @word, if the format has it here. */
static bool wdm_from_take(struct wdm_from *from, const char *word)
{
	size_t n;

	for (n = 0; word[n]; n++)
		if (wdm_from_char(from, n) != word[n])
			return false;
	from->at += n;
	return true;
}

/* The longest is "%-+ #0-512.-512lld": each flag is added once. */
static void wdm_spec_add(struct wdm_spec *spec, char c)
{
	spec->format[spec->length++] = c;
}

/* Read a width or a precision: digits of the format, or for a star the next argument. */
static int wdm_spec_number(struct wdm_spec *spec, struct wdm_from *from, va_list *args)
{
	char digits[12], c;
	int value = 0;
	char *digit;

	if (wdm_from_take(from, "*"))
		value = va_arg(*args, int);
	else
		for (; (c = wdm_from_char(from, 0)) >= '0' && c <= '9'; from->at++)
			value = min(value * 10 + c - '0', WDM_PRINT_MAX);
	value = clamp(value, -WDM_PRINT_MAX, WDM_PRINT_MAX);
	snprintf(digits, sizeof(digits), "%d", value);
	for (digit = digits; *digit; digit++)
		wdm_spec_add(spec, *digit);
	return value;
}

/* Read flags, width, precision and size: all between a per cent sign and its letter. */
static void wdm_spec_read(struct wdm_spec *spec, struct wdm_from *from, va_list *args)
{
	unsigned int length;
	char c;

	*spec = (struct wdm_spec){ .bits = 32, .precision = -1 };
	wdm_spec_add(spec, '%');
	for (; (c = wdm_from_char(from, 0)) && strchr("-+ #0", c); from->at++) {
		if (!memchr(spec->format, c, spec->length))
			wdm_spec_add(spec, c);
		if (c == '-')
			spec->width = -1;
	}
	if (c == '*' || (c >= '1' && c <= '9')) {
		bool left = spec->width < 0;

		spec->width = wdm_spec_number(spec, from, args);
		if (left && spec->width > 0)
			spec->width = -spec->width;
	} else {
		spec->width = 0;
	}
	if (wdm_from_take(from, ".")) {
		length = spec->length;
		wdm_spec_add(spec, '.');
		spec->precision = wdm_spec_number(spec, from, args);
		/* As if there were none: Linux's snprintf() knows no such precision. */
		if (spec->precision < 0)
			spec->length = length;
	}
	if (wdm_from_take(from, "I64") || wdm_from_take(from, "ll") ||
	    wdm_from_take(from, "j"))
		spec->bits = 64;
	else if (!wdm_from_take(from, "I32") &&
		 (wdm_from_take(from, "I") || wdm_from_take(from, "z") ||
		  wdm_from_take(from, "t")))
		spec->bits = BITS_PER_LONG;
	for (; (c = wdm_from_char(from, 0)) == 'l' || c == 'w' || c == 'h'; from->at++) {
		spec->wide |= c != 'h';
		if (c == 'h' && spec->bits <= 32)
			spec->bits = spec->narrow ? 8 : 16;
		spec->narrow |= c == 'h';
	}
}

/**
 * struct wdm_out - where a text goes
 * @narrow: a buffer of bytes, or NULL
 * @wide: a buffer of wide characters, or NULL
 * @size: how many characters the buffer has room for, with the null character; at least 1
 * @length: how many were written
 * @utf8: bytes are UTF-8, for the log; else Latin-1
 * @cut: there was no room for more
 */
struct wdm_out {
	char *narrow;
	WCHAR *wide;
	size_t size;
	size_t length;
	bool utf8;
	bool cut;
};

static void wdm_out_put(struct wdm_out *out, WCHAR c)
{
	if (out->length + 1 >= out->size) {
		out->cut = true;
		return;
	}
	if (out->wide)
		out->wide[out->length++] = c;
	else
		out->narrow[out->length++] = c > 0xff ? '?' : c;
}

/* Write blanks: @width less @chars of them. */
static void wdm_out_pad(struct wdm_out *out, int width, size_t chars)
{
	for (; width > 0 && (size_t)width > chars; width--)
		wdm_out_put(out, ' ');
}

/* Write @chars bytes, with blanks around them. */
static void wdm_out_bytes(struct wdm_out *out, const struct wdm_spec *spec,
			  const char *from, size_t chars)
{
	size_t i;

	wdm_out_pad(out, spec->width, chars);
	for (i = 0; i < chars && !out->cut; i++)
		wdm_out_put(out, (u8)from[i]);
	wdm_out_pad(out, -spec->width, chars);
}

static void wdm_print_text(const struct wdm_spec *spec, const char *text,
			   struct wdm_out *out)
{
	wdm_out_bytes(out, spec, text, strlen(text));
}

/* Print at most @chars characters of a wide string; in the log at most 255 bytes. */
static void wdm_print_wide(const struct wdm_spec *spec, const WCHAR *from,
			   size_t chars, struct wdm_out *out)
{
	char text[WDM_PRINT_MAX / 2];
	size_t i;

	if (!from) {
		wdm_print_text(spec, "(null)", out);
		return;
	}
	if (spec->precision >= 0)
		chars = min_t(size_t, chars, spec->precision);
	if (out->utf8) {
		wdm_string_utf8(from, chars, text, sizeof(text));
		wdm_print_text(spec, text, out);
		return;
	}
	wdm_out_pad(out, spec->width, chars);
	for (i = 0; i < chars && !out->cut; i++)
		wdm_out_put(out, from[i]);
	wdm_out_pad(out, -spec->width, chars);
}

/* Print at most @chars bytes of a string, up to its null byte. */
static void wdm_print_narrow(const struct wdm_spec *spec, const char *from,
			     size_t chars, struct wdm_out *out)
{
	if (!from) {
		wdm_print_text(spec, "(null)", out);
		return;
	}
	if (spec->precision >= 0)
		chars = min_t(size_t, chars, spec->precision);
	wdm_out_bytes(out, spec, from, strnlen(from, chars));
}

static void wdm_print_string(const struct wdm_spec *spec, bool wide,
			     const void *from, struct wdm_out *out)
{
	const WCHAR *w = from;
	size_t chars = 0;

	if (!wide) {
		wdm_print_narrow(spec, from, S32_MAX, out);
		return;
	}
	/* Behind as many characters as the precision says there may be no more memory. */
	while (w && chars < out->size &&
	       (spec->precision < 0 || chars < (size_t)spec->precision) && w[chars])
		chars++;
	wdm_print_wide(spec, w, chars, out);
}

static void wdm_print_counted(const struct wdm_spec *spec, const void *counted,
			      struct wdm_out *out)
{
	const UNICODE_STRING *wide = counted;
	const ANSI_STRING *narrow = counted;

	if (!counted)
		wdm_print_text(spec, "(null)", out);
	else if (spec->wide)
		wdm_print_wide(spec, wide->Buffer, wide->Length / sizeof(WCHAR),
			       out);
	else
		wdm_print_narrow(spec, narrow->Buffer, narrow->Length, out);
}

/* Print what Linux's snprintf() has made: its width is done. */
static void wdm_print_done(const char *text, struct wdm_out *out)
{
	static const struct wdm_spec plain;

	wdm_print_text(&plain, text, out);
}

static void wdm_print_number(struct wdm_spec *spec, char letter, va_list *args,
			     struct wdm_out *out)
{
	char text[WDM_PRINT_MAX + 1];
	u64 value;

	if (spec->bits == 64) {
		value = va_arg(*args, u64);
	} else {
		u32 low = va_arg(*args, u32);

		value = letter == 'd' || letter == 'i' ?
			(u64)(s64)sign_extend32(low, spec->bits - 1) :
			low & GENMASK(spec->bits - 1, 0);
	}
	wdm_spec_add(spec, 'l');
	wdm_spec_add(spec, 'l');
	spec->format[spec->length++] = letter;
	spec->format[spec->length] = '\0';
	scnprintf(text, sizeof(text), spec->format, value);
	wdm_print_done(text, out);
}

/* Print one conversion with its argument. False: its letter is not known. */
static bool wdm_print_spec(struct wdm_spec *spec, char letter, va_list *args,
			   struct wdm_out *out)
{
	char text[32];
	WCHAR c;

	switch (letter) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		wdm_print_number(spec, letter, args, out);
		break;
	case 'c':
	case 'C':
		c = va_arg(*args, int);
		if (!spec->wide && (letter == 'c') == !out->wide)
			c &= 0xff;
		wdm_print_wide(spec, &c, 1, out);
		break;
	case 's':
		/* In a wide format a string is wide, too. */
		wdm_print_string(spec, (spec->wide || out->wide) && !spec->narrow,
				 va_arg(*args, void *), out);
		break;
	case 'S':
		wdm_print_string(spec, (spec->wide || !out->wide) && !spec->narrow,
				 va_arg(*args, void *), out);
		break;
	case 'Z':
		wdm_print_counted(spec, va_arg(*args, void *), out);
		break;
	case 'p':
	case 'P':
		scnprintf(text, sizeof(text), "%p", va_arg(*args, void *));
		wdm_print_done(text, out);
		break;
	case '%':
		wdm_out_put(out, '%');
		break;
	default:
		return false;
	}
	return true;
}

/*
 * Print all of a format, which is wide if what is printed is. How long the argument of an
 * unknown letter is, is not known, nor then where the next one is: from that letter on the format
 * is printed as it is.
 */
static void wdm_print_format(struct wdm_out *out, const void *format, va_list *args)
{
	struct wdm_from from = { .format = format, .wide = out->wide };
	struct wdm_spec spec;
	bool known = true;
	char letter;
	size_t at;
	WCHAR c;

	while ((c = wdm_from_wide(&from, 0)) && !out->cut) {
		from.at++;
		if (c != '%' || !known) {
			wdm_out_put(out, c);
			continue;
		}
		at = from.at;
		wdm_spec_read(&spec, &from, args);
		letter = wdm_from_char(&from, 0);
		if (!letter)
			break;
		from.at++;
		known = wdm_print_spec(&spec, letter, args, out);
		if (!known) {
			from.at = at;
			wdm_out_put(out, '%');
		}
	}
	if (out->wide)
		out->wide[out->length] = 0;
	else
		out->narrow[out->length] = '\0';
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
	char text[WDM_PRINT_MAX] = "";
	struct wdm_out out = { .narrow = text, .size = sizeof(text), .utf8 = true };
	va_list args;
	size_t n;

	va_start(args, format);
	wdm_print_format(&out, format, &args);
	va_end(args);
	n = out.length;
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	/* Without a newline the log would keep the line open for the next record. */
	pr_info("%s: %s\n", wdm_client_name(client), text);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_print);

/* Print to a buffer of the client's. */
static NTSTATUS wdm_print_to(struct wdm_out *out, const void *format, va_list args)
{
	va_list copy;

	if ((!out->narrow && !out->wide) || !out->size || out->size > S32_MAX)
		return STATUS_INVALID_PARAMETER;
	va_copy(copy, args);
	wdm_print_format(out, format, &copy);
	va_end(copy);
	return out->cut ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/**
 * RtlStringCchVPrintfA() - print to a buffer of bytes
 * @to: the buffer
 * @size: how many bytes it has room for, with the null byte
 * @format: Windows' format (see the head of this file)
 * @args: its arguments
 *
 * DDI page: ntstrsafe, RtlStringCchVPrintfA. Wide characters beyond Latin-1 are question
 * marks.
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW the text was cut;
 * STATUS_INVALID_PARAMETER @to is NULL, or @size is 0 or too large.
 */
NTSTATUS RtlStringCchVPrintfA(PCHAR to, SIZE_T size, PCSTR format, va_list args)
{
	struct wdm_out out = { .narrow = to, .size = size };

	return wdm_print_to(&out, format, args);
}
WINPAR_EXPORT(RtlStringCchVPrintfA);

/**
 * RtlStringCchVPrintfW() - print to a buffer of wide characters
 * @to: the buffer
 * @size: how many characters it has room for, with the null character
 * @format: Windows' format, where %s is a wide string and %S is none
 * @args: its arguments
 *
 * DDI page: ntstrsafe, RtlStringCchVPrintfW
 *
 * Context: any.
 * Return: as RtlStringCchVPrintfA().
 */
NTSTATUS RtlStringCchVPrintfW(PWCHAR to, SIZE_T size, PCWSTR format, va_list args)
{
	struct wdm_out out = { .wide = to, .size = size };

	return wdm_print_to(&out, format, args);
}
WINPAR_EXPORT(RtlStringCchVPrintfW);

/**
 * DbgBreakPoint() - report that a client stops for a debugger
 *
 * Context: any. DDI page: wdm, DbgBreakPoint. There is no debugger for which Linux would
 * stop: the log names the caller, and the client runs on.
 */
void DbgBreakPoint(void)
{
	pr_warn_ratelimited("%pS calls %s(): it runs on\n", (void *)_RET_IP_,
			    __func__);
}
WINPAR_EXPORT(DbgBreakPoint);

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
	pr_warn_ratelimited("%s: %s:%d: ASSERT(%s) does not hold\n",
			    wdm_client_name(client), file, line, what);
}
WINPAR_EXPORT(winpar_wdm_assert_failed);
