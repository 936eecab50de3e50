/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's fault injector, for the allocations of the case's own task. */
#ifndef _WINPAR_KUNIT_FAIL_H
#define _WINPAR_KUNIT_FAIL_H

#include <linux/sched.h>

/* Let this task's nth allocation from now on fail; 0: none. */
static inline void wpt_fail_nth(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = nth;
#endif
}

/* How many allocations are left until the one that fails; 0: it has failed. */
static inline unsigned int wpt_fail_left(void)
{
#ifdef CONFIG_FAULT_INJECTION
	return current->fail_nth;
#else
	return 0;
#endif
}

/* Let no allocation fail any more. True: there were fewer than n, and none has failed. */
static inline bool wpt_fail_end(void)
{
	bool left = wpt_fail_left();

	wpt_fail_nth(0);
	return left;
}

#endif /* _WINPAR_KUNIT_FAIL_H */
