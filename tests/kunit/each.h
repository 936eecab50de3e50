/* SPDX-License-Identifier: GPL-2.0-only */
/* Each allocation of a call fails once: each.c. */
#ifndef _WINPAR_KUNIT_EACH_H
#define _WINPAR_KUNIT_EACH_H

#include <winpar/nt.h>

#include "fail.h"

struct kunit;

/**
 * struct wpt_each_row - what is done until no allocation is left to fail
 * @name: the row's name
 * @once: does it and undoes it; gets wpt_each_run()'s context. 0: done; 1: there was no
 *        memory; another number is a wrong answer
 * @least: how many allocations there are at least
 * @kept: so many allocations of @once are freed only by the next @once
 */
struct wpt_each_row {
	const char *name;
	int (*once)(void *context);
	unsigned int least;
	unsigned int kept;
};

/* The answer of @once for a status. */
static inline int wpt_each_is(NTSTATUS status)
{
	if (status == STATUS_SUCCESS)
		return 0;
	return status == STATUS_INSUFFICIENT_RESOURCES ? 1 : (int)status;
}

void wpt_each_stop(void);
void wpt_each_run(struct kunit *test, const struct wpt_each_row *row,
		  void *context);

#endif /* _WINPAR_KUNIT_EACH_H */
