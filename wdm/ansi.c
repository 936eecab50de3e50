// SPDX-License-Identifier: GPL-2.0-only
/* Strings of bytes, which are Latin-1 (wdm/string.c has those of wide characters). */
#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>
#include <winpar/ddk/wdm.h>

/* More digits than a number has, with a sign, a prefix and blanks in front. */
#define WDM_NUMBER_CHARS	128

/**
 * winpar_wdm_upper() - turn a letter into its upper case: RtlUpperChar()
 * @c: a character of Latin-1
 *
 * DDI page: ntddk, RtlUpperChar. Its CHAR is signed in a driver's source and not in the layer's,
 * which are compiled with other flags, and clang relies on it: so no CHAR is passed.
 *
 * Context: any.
 * Return: the upper-case letter; @c, if it is none or Latin-1 has not its upper case.
 */
UCHAR winpar_wdm_upper(UCHAR c)
{
	WCHAR upper = RtlUpcaseUnicodeChar(c);

	return upper > 0xff ? c : upper;
}
WINPAR_EXPORT(winpar_wdm_upper);

/**
 * RtlCompareString() - which of two strings comes first?
 * @one: one
 * @other: the other
 * @any_case: TRUE: an upper-case character equals the lower-case one
 *
 * DDI page: ntddk, RtlCompareString
 *
 * Context: any.
 * Return: negative when @one comes first, 0 when they are equal, else positive.
 */
LONG RtlCompareString(const STRING *one, const STRING *other, BOOLEAN any_case)
{
	USHORT n = min(one->Length, other->Length), i;

	for (i = 0; i < n; i++) {
		UCHAR a = one->Buffer[i], b = other->Buffer[i];

		if (any_case) {
			a = winpar_wdm_upper(a);
			b = winpar_wdm_upper(b);
		}
		if (a != b)
			return a - b;
	}
	return one->Length - other->Length;
}
WINPAR_EXPORT(RtlCompareString);

/**
 * RtlEqualString() - are two strings equal?
 * @one: one
 * @other: the other
 * @any_case: TRUE: an upper-case character equals the lower-case one
 *
 * DDI page: wdm, RtlEqualString
 *
 * Context: any.
 * Return: TRUE when they are.
 */
BOOLEAN RtlEqualString(const STRING *one, const STRING *other, BOOLEAN any_case)
{
	return !RtlCompareString(one, other, any_case);
}
WINPAR_EXPORT(RtlEqualString);

/**
 * RtlCopyString() - copy a string
 * @to: the copy, with a buffer; as much as fits is copied
 * @from: the string; NULL: @to becomes empty
 *
 * DDI page: wdm, RtlCopyString
 *
 * Context: any.
 */
void RtlCopyString(PSTRING to, const STRING *from)
{
	to->Length = from ? min(from->Length, to->MaximumLength) : 0;
	if (to->Length)
		memcpy(to->Buffer, from->Buffer, to->Length);
}
WINPAR_EXPORT(RtlCopyString);

/**
 * RtlCharToInteger() - read a number from a string of bytes
 * @string: blanks, a sign, for base 0 a prefix 0x, 0o or 0b, and digits; what comes after
 *          them, and after 128 characters, is ignored
 * @base: 2, 8, 10 or 16; 0: by the prefix, 10 without one
 * @value: where the number goes
 *
 * DDI page: ntddk, RtlCharToInteger
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER another base.
 */
NTSTATUS RtlCharToInteger(PCSZ string, ULONG base, PULONG value)
{
	WCHAR wide[WDM_NUMBER_CHARS + 1];
	UNICODE_STRING text = { .Buffer = wide };
	size_t i, n = strnlen(string, WDM_NUMBER_CHARS);

	for (i = 0; i < n; i++)
		wide[i] = (u8)string[i];
	/* With a null character: an empty string is 0 here. */
	wide[n] = 0;
	text.Length = (n + 1) * sizeof(WCHAR);
	return RtlUnicodeStringToInteger(&text, base, value);
}
WINPAR_EXPORT(RtlCharToInteger);
