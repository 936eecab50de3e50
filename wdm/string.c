// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings. Lengths are in bytes, as Windows counts them; a buffer need not end in
 * a null character. ANSI is Latin-1 here: a byte is the character of that number,
 * and a character above 255 becomes a question mark. Upper and lower case are
 * those of Latin-1.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/string.h"

/* The most digits of a ULONG: those in base 2. */
#define WDM_DIGITS	32
#define WDM_TAG_STRING	0x72747357	/* "Wstr" */

/**
 * wdm_string_utf8() - turn a wide string into UTF-8, which Linux uses
 * @from: the wide string
 * @chars: its length in characters
 * @to: where the text goes, with a null byte
 * @size: the size of @to in bytes
 *
 * The text is cut after the last character that fits as a whole. Half a surrogate pair
 * becomes a question mark.
 *
 * Context: any.
 * Return: the length of the text, without the null byte.
 */
int wdm_string_utf8(const WCHAR *from, size_t chars, char *to, size_t size)
{
	size_t n = 0, i;
	u32 c;

	for (i = 0; i < chars; i++) {
		c = from[i];
		if (c >= 0xd800 && c < 0xe000) {
			if (c < 0xdc00 && i + 1 < chars &&
			    (from[i + 1] & 0xfc00) == 0xdc00)
				c = 0x10000 + ((c & 0x3ff) << 10) +
				    (from[++i] & 0x3ff);
			else
				c = '?';
		}
		if (n + (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4) >= size)
			break;
		if (c < 0x80) {
			to[n++] = c;
			continue;
		}
		if (c >= 0x10000) {
			to[n++] = 0xf0 | c >> 18;
			to[n++] = 0x80 | (c >> 12 & 0x3f);
		} else if (c >= 0x800) {
			to[n++] = 0xe0 | c >> 12;
		}
		if (c >= 0x800)
			to[n++] = 0x80 | (c >> 6 & 0x3f);
		else
			to[n++] = 0xc0 | c >> 6;
		to[n++] = 0x80 | (c & 0x3f);
	}
	if (size)
		to[n] = '\0';
	return n;
}

/**
 * wdm_string_wide() - turn ASCII text into a wide string
 * @from: the text
 * @to: where the string goes, with a null character
 * @size: how many characters fit there, at least 1
 *
 * Context: any.
 */
void wdm_string_wide(const char *from, WCHAR *to, size_t size)
{
	while (*from && --size)
		*to++ = (u8)*from++;
	*to = 0;
}

static size_t wdm_wide_length(PCWSTR string)
{
	size_t n = 0;

	while (string[n])
		n++;
	return n;
}

/**
 * RtlInitUnicodeString() - let a counted string point to a wide string
 * @string: the counted string
 * @source: the wide string, with a null character, or NULL, which makes @string empty
 *
 * DDI page: wdm, RtlInitUnicodeString
 *
 * Context: any.
 */
void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source)
{
	size_t length = 0;

	if (source)
		length = min_t(size_t, wdm_wide_length(source) * sizeof(WCHAR),
			       UNICODE_STRING_MAX_BYTES - sizeof(WCHAR));
	string->Length = length;
	string->MaximumLength = source ? length + sizeof(WCHAR) : 0;
	string->Buffer = (PWSTR)source;
}
WINPAR_EXPORT(RtlInitUnicodeString);

/**
 * RtlInitAnsiString() - let a counted string point to a string of bytes
 * @string: the counted string
 * @source: the bytes, with a null byte, or NULL, which makes @string empty
 *
 * DDI page: wdm, RtlInitAnsiString
 *
 * Context: any.
 */
void RtlInitAnsiString(PANSI_STRING string, PCSTR source)
{
	size_t length = source ? min_t(size_t, strlen(source), 0xfffe) : 0;

	string->Length = length;
	string->MaximumLength = source ? length + 1 : 0;
	string->Buffer = (PCHAR)source;
}
WINPAR_EXPORT(RtlInitAnsiString);

/**
 * RtlInitEmptyUnicodeString() - make an empty string with a buffer
 * @string: the string
 * @buffer: its buffer
 * @size: the size of @buffer in bytes
 *
 * DDI page: wdm, RtlInitEmptyUnicodeString
 *
 * Context: any.
 */
void RtlInitEmptyUnicodeString(PUNICODE_STRING string, PWSTR buffer, USHORT size)
{
	string->Length = 0;
	string->MaximumLength = size;
	string->Buffer = buffer;
}
WINPAR_EXPORT(RtlInitEmptyUnicodeString);

/* Put a null character behind a string, where there is room for it. */
static void wdm_string_end(PUNICODE_STRING string)
{
	if (string->Length + sizeof(WCHAR) <= string->MaximumLength)
		string->Buffer[string->Length / sizeof(WCHAR)] = 0;
}

/**
 * RtlCopyUnicodeString() - copy a string, as far as there is room
 * @to: the copy
 * @from: the string to copy, or NULL, which makes @to empty
 *
 * DDI page: wdm, RtlCopyUnicodeString
 *
 * Context: any.
 */
void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from)
{
	USHORT length = from ? min(from->Length, to->MaximumLength) : 0;

	to->Length = length;
	if (!from)
		return;
	memmove(to->Buffer, from->Buffer, length);
	wdm_string_end(to);
}
WINPAR_EXPORT(RtlCopyUnicodeString);

static NTSTATUS wdm_string_append(PUNICODE_STRING to, const WCHAR *from,
				  size_t length)
{
	if (to->Length + length > to->MaximumLength)
		return STATUS_BUFFER_TOO_SMALL;
	memmove(to->Buffer + to->Length / sizeof(WCHAR), from, length);
	to->Length += length;
	wdm_string_end(to);
	return STATUS_SUCCESS;
}

/**
 * RtlAppendUnicodeStringToString() - append a string to another string
 * @to: the string that grows
 * @from: the string that is appended
 *
 * DDI page: wdm, RtlAppendUnicodeStringToString
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL there is no room, and @to is as
 * it was.
 */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to,
					PCUNICODE_STRING from)
{
	return wdm_string_append(to, from->Buffer, from->Length);
}
WINPAR_EXPORT(RtlAppendUnicodeStringToString);

/**
 * RtlAppendUnicodeToString() - append a wide string to a counted string
 * @to: the counted string
 * @from: the wide string, with a null character; NULL appends nothing
 *
 * DDI page: wdm, RtlAppendUnicodeToString
 *
 * Context: any.
 * Return: as RtlAppendUnicodeStringToString().
 */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from)
{
	if (!from)
		return STATUS_SUCCESS;
	return wdm_string_append(to, from, wdm_wide_length(from) * sizeof(WCHAR));
}
WINPAR_EXPORT(RtlAppendUnicodeToString);

/**
 * RtlUpcaseUnicodeChar() - a character in upper case
 * @c: the character
 *
 * DDI page: ntifs, RtlUpcaseUnicodeChar. Above Latin-1 each character stays.
 *
 * Context: any.
 * Return: the character in upper case.
 */
WCHAR RtlUpcaseUnicodeChar(WCHAR c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7))
		return c - 0x20;
	return c == 0xff ? 0x178 : c;
}
WINPAR_EXPORT(RtlUpcaseUnicodeChar);

/* Compare the first @chars characters of two wide strings. */
static LONG wdm_wide_compare(const WCHAR *one, const WCHAR *other, size_t chars,
			     bool any_case)
{
	WCHAR a, b;

	for (; chars; chars--) {
		a = *one++;
		b = *other++;
		if (any_case) {
			a = RtlUpcaseUnicodeChar(a);
			b = RtlUpcaseUnicodeChar(b);
		}
		if (a != b)
			return a - b;
	}
	return 0;
}

/**
 * RtlCompareUnicodeString() - which of two strings comes first?
 * @one: one
 * @other: the other
 * @any_case: TRUE: an upper-case character equals the lower-case one
 *
 * DDI page: wdm, RtlCompareUnicodeString
 *
 * Context: any.
 * Return: negative when @one comes first, 0 when they are equal, else positive.
 */
LONG RtlCompareUnicodeString(PCUNICODE_STRING one, PCUNICODE_STRING other,
			     BOOLEAN any_case)
{
	size_t chars = min(one->Length, other->Length) / sizeof(WCHAR);
	LONG result = wdm_wide_compare(one->Buffer, other->Buffer, chars,
				       any_case);

	return result ?: one->Length - other->Length;
}
WINPAR_EXPORT(RtlCompareUnicodeString);

/**
 * RtlEqualUnicodeString() - are two strings equal?
 * @one: one
 * @other: the other
 * @any_case: TRUE: an upper-case character equals the lower-case one
 *
 * DDI page: wdm, RtlEqualUnicodeString
 *
 * Context: any.
 * Return: TRUE when they are.
 */
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING one, PCUNICODE_STRING other,
			      BOOLEAN any_case)
{
	return !RtlCompareUnicodeString(one, other, any_case);
}
WINPAR_EXPORT(RtlEqualUnicodeString);

/**
 * RtlPrefixUnicodeString() - does a string begin with a prefix?
 * @prefix: the prefix
 * @string: the string
 * @any_case: TRUE: an upper-case character equals the lower-case one
 *
 * DDI page: ntddk, RtlPrefixUnicodeString
 *
 * Context: any.
 * Return: TRUE when it does.
 */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING prefix, PCUNICODE_STRING string,
			       BOOLEAN any_case)
{
	return prefix->Length <= string->Length &&
	       !wdm_wide_compare(prefix->Buffer, string->Buffer,
				 prefix->Length / sizeof(WCHAR), any_case);
}
WINPAR_EXPORT(RtlPrefixUnicodeString);

/* Is a base one that numbers are written in? */
static bool wdm_is_base(ULONG base)
{
	return base == 2 || base == 8 || base == 10 || base == 16;
}

/**
 * RtlIntegerToUnicodeString() - write a number into a string
 * @value: the number
 * @base: 2, 8, 10 or 16; 0 is 10
 * @string: the string, with a buffer
 *
 * DDI page: wdm, RtlIntegerToUnicodeString
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW there is no room;
 * STATUS_INVALID_PARAMETER another base.
 */
NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base,
				   PUNICODE_STRING string)
{
	WCHAR digits[WDM_DIGITS];
	unsigned int n = WDM_DIGITS;
	size_t length;

	base = base ?: 10;
	if (!wdm_is_base(base))
		return STATUS_INVALID_PARAMETER;
	do {
		digits[--n] = "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	length = (WDM_DIGITS - n) * sizeof(WCHAR);
	if (length > string->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	memcpy(string->Buffer, digits + n, length);
	string->Length = length;
	wdm_string_end(string);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(RtlIntegerToUnicodeString);

/* The value of a digit, or 255. */
static unsigned int wdm_digit(WCHAR c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = RtlUpcaseUnicodeChar(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 255;
}

/**
 * RtlUnicodeStringToInteger() - read a number from a string
 * @string: blanks, a sign, for base 0 a prefix 0x, 0o or 0b, and digits
 * @base: 2, 8, 10 or 16; 0: by the prefix, 10 without one
 * @value: where the number goes
 *
 * DDI page: wdm, RtlUnicodeStringToInteger
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER another base, or an empty string.
 */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING string, ULONG base,
				   PULONG value)
{
	const WCHAR *at = string->Buffer;
	const WCHAR *end = at + string->Length / sizeof(WCHAR);
	bool minus = false;
	ULONG result = 0;

	if (at == end || (base && !wdm_is_base(base)))
		return STATUS_INVALID_PARAMETER;
	while (at < end && *at <= ' ')
		at++;
	if (at < end && (*at == '-' || *at == '+'))
		minus = *at++ == '-';
	if (!base) {
		base = 10;
		if (at + 1 < end && *at == '0') {
			base = at[1] == 'x' ? 16 : at[1] == 'o' ? 8 :
			       at[1] == 'b' ? 2 : 10;
			at += base == 10 ? 0 : 2;
		}
	}
	while (at < end && wdm_digit(*at) < base)
		result = result * base + wdm_digit(*at++);
	*value = minus ? -result : result;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(RtlUnicodeStringToInteger);

/**
 * winpar_wdm_to_unicode() - turn bytes into wide characters:
 *	RtlAnsiStringToUnicodeString()
 * @client: the client that the buffer is allocated for
 * @to: the result
 * @from: the string to convert
 * @allocate: allocate the buffer, which RtlFreeUnicodeString() frees
 * @caller: an address in the function that the log names if the buffer is not freed
 *
 * DDI page: wdm, RtlAnsiStringToUnicodeString
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW there is no room;
 * STATUS_NO_MEMORY; STATUS_INVALID_PARAMETER_2 @to would be too long.
 */
NTSTATUS winpar_wdm_to_unicode(struct winpar_wdm_client *client,
			       PUNICODE_STRING to, PCANSI_STRING from,
			       BOOLEAN allocate, void *caller)
{
	size_t length = from->Length * sizeof(WCHAR);
	unsigned int i;

	if (length + sizeof(WCHAR) > UNICODE_STRING_MAX_BYTES)
		return STATUS_INVALID_PARAMETER_2;
	if (allocate) {
		to->Buffer = winpar_wdm_pool_alloc(client, length + sizeof(WCHAR),
						   WDM_TAG_STRING, caller);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = length + sizeof(WCHAR);
	} else if (length + sizeof(WCHAR) > to->MaximumLength) {
		return STATUS_BUFFER_OVERFLOW;
	}
	for (i = 0; i < from->Length; i++)
		to->Buffer[i] = (u8)from->Buffer[i];
	to->Length = length;
	wdm_string_end(to);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_to_unicode);

/**
 * winpar_wdm_to_ansi() - turn wide characters into bytes:
 *	RtlUnicodeStringToAnsiString()
 * @client: the client that the buffer is allocated for
 * @to: the result
 * @from: the string to convert
 * @allocate: allocate the buffer, which RtlFreeAnsiString() frees
 * @caller: an address in the function that the log names if the buffer is not freed
 *
 * DDI page: wdm, RtlUnicodeStringToAnsiString
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW there is no room, and as much as
 * fits has been written; STATUS_NO_MEMORY.
 */
NTSTATUS winpar_wdm_to_ansi(struct winpar_wdm_client *client, PANSI_STRING to,
			    PCUNICODE_STRING from, BOOLEAN allocate,
			    void *caller)
{
	size_t length = from->Length / sizeof(WCHAR);
	NTSTATUS status = STATUS_SUCCESS;
	unsigned int i;

	if (allocate) {
		to->Buffer = winpar_wdm_pool_alloc(client, length + 1,
						   WDM_TAG_STRING, caller);
		if (!to->Buffer)
			return STATUS_NO_MEMORY;
		to->MaximumLength = length + 1;
	} else if (length + 1 > to->MaximumLength) {
		status = STATUS_BUFFER_OVERFLOW;
		if (!to->MaximumLength)
			return status;
		length = to->MaximumLength - 1;
	}
	for (i = 0; i < length; i++)
		to->Buffer[i] = from->Buffer[i] > 0xff ? '?' : from->Buffer[i];
	to->Buffer[length] = '\0';
	to->Length = length;
	return status;
}
WINPAR_EXPORT(winpar_wdm_to_ansi);

/**
 * RtlFreeUnicodeString() - free the buffer that a conversion has allocated
 * @string: the string; it is empty afterwards
 *
 * DDI page: wdm, RtlFreeUnicodeString
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void RtlFreeUnicodeString(PUNICODE_STRING string)
{
	if (string->Buffer)
		ExFreePool(string->Buffer);
	*string = (UNICODE_STRING){ };
}
WINPAR_EXPORT(RtlFreeUnicodeString);

/**
 * RtlFreeAnsiString() - free the buffer that a conversion has allocated
 * @string: the string; it is empty afterwards
 *
 * DDI page: wdm, RtlFreeAnsiString
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void RtlFreeAnsiString(PANSI_STRING string)
{
	if (string->Buffer)
		ExFreePool(string->Buffer);
	*string = (ANSI_STRING){ };
}
WINPAR_EXPORT(RtlFreeAnsiString);

/**
 * RtlCompareMemory() - after how many bytes do two pieces of memory differ?
 * @one: one
 * @other: the other
 * @size: how many bytes to compare
 *
 * DDI page: wdm, RtlCompareMemory
 *
 * Context: any.
 * Return: how many bytes at the beginning are equal.
 */
SIZE_T RtlCompareMemory(const void *one, const void *other, SIZE_T size)
{
	const u8 *a = one, *b = other;
	SIZE_T n = 0;

	while (n < size && a[n] == b[n])
		n++;
	return n;
}
WINPAR_EXPORT(RtlCompareMemory);
