/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the kernel's log. */
#ifndef _WINPAR_KMSG_H
#define _WINPAR_KMSG_H

#include <linux/types.h>

struct kunit;

u64 wpt_kmsg_end(void);
unsigned int wpt_kmsg_says(struct kunit *test, u64 since, const char *one,
			   const char *other);
bool wpt_kmsg_comes(struct kunit *test, u64 since, const char *one, const char *other);

#endif /* _WINPAR_KMSG_H */
