/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of ddk/entry.c: what gcc calls where a source for i386 divides numbers of 64 bits,
 * which Microsoft's compiler does by routines of its own library. Linux's kernel has none of
 * these functions, since its own sources divide by those of <linux/math64.h>.
 */
#ifndef _WINPAR_DDK_DIVIDE_H
#define _WINPAR_DDK_DIVIDE_H

u64 __udivmoddi4(u64 number, u64 by, u64 *rest);
s64 __divmoddi4(s64 number, s64 by, s64 *rest);
u64 __udivdi3(u64 number, u64 by);
u64 __umoddi3(u64 number, u64 by);
s64 __divdi3(s64 number, s64 by);
s64 __moddi3(s64 number, s64 by);

u64 __udivmoddi4(u64 number, u64 by, u64 *rest)
{
	u64 quotient = div64_u64(number, by);

	*rest = number - quotient * by;
	return quotient;
}

/* The rest has the number's sign. */
s64 __divmoddi4(s64 number, s64 by, s64 *rest)
{
	s64 quotient = div64_s64(number, by);

	*rest = number - quotient * by;
	return quotient;
}

u64 __udivdi3(u64 number, u64 by)
{
	return div64_u64(number, by);
}

u64 __umoddi3(u64 number, u64 by)
{
	return number - div64_u64(number, by) * by;
}

s64 __divdi3(s64 number, s64 by)
{
	return div64_s64(number, by);
}

s64 __moddi3(s64 number, s64 by)
{
	return number - div64_s64(number, by) * by;
}

#endif /* _WINPAR_DDK_DIVIDE_H */
