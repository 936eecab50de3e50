/* SPDX-License-Identifier: GPL-2.0-only */
/* How deep completion routines are on the stacks that they run on: stack.c. */
#ifndef _WINPAR_KUNIT_STACK_H
#define _WINPAR_KUNIT_STACK_H

#include <kunit/test.h>
#include <linux/completion.h>

/**
 * struct wpt_stack - how deep completion routines are on their stacks
 * @inside: how many of the routines run now
 * @nested: how many ran at one time, at most
 * @least: the least depth: [0] on the task's stack, [1 + n] on that of CPU n
 * @most: the greatest depth, likewise
 * @calls: how many calls there were
 * @done: completed by the last call
 */
struct wpt_stack {
	atomic_t inside;
	int nested;
	unsigned long *least;
	unsigned long *most;
	unsigned int calls;
	struct completion done;
};

struct wpt_stack *wpt_stack_new(struct kunit *test);
void wpt_stack_enter(struct wpt_stack *stack);
void wpt_stack_leave(struct wpt_stack *stack);
void wpt_expect_flat(struct kunit *test, struct wpt_stack *stack,
		     unsigned int calls);

#endif /* _WINPAR_KUNIT_STACK_H */
