/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <guiddef.h>, a driver's and a program's: DEFINE_GUID(); included often. */
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)	\
	extern const GUID name;						\
	const GUID __attribute__((__weak__)) name = {			\
		l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 } }
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)	\
	extern const GUID name
#endif
