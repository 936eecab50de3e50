/* SPDX-License-Identifier: GPL-2.0-only */
/* Which memory of winpar's modules is not freed yet: leaks.c. */
#ifndef _WINPAR_KUNIT_LEAKS_H
#define _WINPAR_KUNIT_LEAKS_H

struct kunit;

int wpt_leaks_begin(void);
unsigned int wpt_leaks_live(void);
void wpt_leaks_end(struct kunit *test);

#endif /* _WINPAR_KUNIT_LEAKS_H */
