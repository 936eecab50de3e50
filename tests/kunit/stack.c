// SPDX-License-Identifier: GPL-2.0-only
/* How deep completion routines are on the stacks that they run on. */
#include <linux/sched/task_stack.h>
#include <linux/slab.h>

#include "stack.h"

struct wpt_stack *wpt_stack_new(struct kunit *test)
{
	struct wpt_stack *stack = kunit_kzalloc(test, sizeof(*stack),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, stack);
	stack->least = kunit_kcalloc(test, nr_cpu_ids + 1, sizeof(long),
				     GFP_KERNEL);
	stack->most = kunit_kcalloc(test, nr_cpu_ids + 1, sizeof(long),
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, stack->least);
	KUNIT_ASSERT_NOT_NULL(test, stack->most);
	init_completion(&stack->done);
	return stack;
}

/* Note the depth of the stack here. A stack grows down. */
void wpt_stack_enter(struct wpt_stack *stack)
{
	unsigned long depth = -(unsigned long)__builtin_frame_address(0);
	unsigned int which = raw_smp_processor_id() + 1;
	int inside = atomic_inc_return(&stack->inside);

	if (object_is_on_stack(&depth)) {
		depth += (unsigned long)task_stack_page(current) + THREAD_SIZE;
		which = 0;
	}
	if (!stack->most[which] || depth < stack->least[which])
		stack->least[which] = depth;
	stack->most[which] = max(stack->most[which], depth);
	stack->nested = max(stack->nested, inside);
	stack->calls++;
}

void wpt_stack_leave(struct wpt_stack *stack)
{
	atomic_dec(&stack->inside);
}

/* Expect that the routine was called so often, and never inside itself. */
void wpt_expect_flat(struct kunit *test, struct wpt_stack *stack,
		     unsigned int calls)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, stack->calls, calls);
	KUNIT_EXPECT_EQ(test, stack->nested, 1);
	/* The depth may vary with what the softirq interrupted, but not grow. */
	for (i = 0; i <= nr_cpu_ids; i++) {
		KUNIT_EXPECT_LT_MSG(test, stack->most[i] - stack->least[i],
				    2048UL, "stack %u", i);
		if (stack->most[i])
			kunit_info(test, "stack %u: depths differ by %lu bytes\n",
				   i, stack->most[i] - stack->least[i]);
	}
}
