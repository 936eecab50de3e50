/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _WINPAR_KUNIT_SLOW_H
#define _WINPAR_KUNIT_SLOW_H

/*
 * By how much the machine is slower than the one for which the time-outs were chosen: what
 * tests/vm/lib.sh has found (slowness), 1 at least. Set before each case with a fixture.
 */
extern unsigned int wpt_slowness;

#endif /* _WINPAR_KUNIT_SLOW_H */
