// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation fails once. What a row does is done again and again: in the first
 * try its first allocation fails, in the second try its second, until none is left to
 * fail. Each try ends well or says that there is no memory, and leaves nothing behind
 * that a module of winpar has allocated (leaks.c). The kernel's own allocations below
 * winpar fail, too. Whole pages, as for the buffer of a device's ID, do not: failslab
 * does not know them.
 */
#include <kunit/test.h>

#include "each.h"
#include "leaks.h"
#include "slow.h"

/* No row needs so many. */
#define WPT_EACH_MOST	3000
/* What a try leaves to work queues is freed within this time on a busy machine. */
#define WPT_EACH_SETTLE	(30 * HZ * wpt_slowness)

/* How many allocations the last try had left until the one that fails. */
static unsigned int wpt_each_left;

/* For a row whose undoing must not fail: let no allocation of this try fail any more. */
void wpt_each_stop(void)
{
	wpt_each_left += wpt_fail_left();
	wpt_fail_nth(0);
}

/* Is all memory freed that the tries have allocated? The work queues need their time. */
static bool wpt_each_freed(unsigned int kept)
{
	unsigned long end = jiffies + WPT_EACH_SETTLE;

	while (wpt_leaks_live() > kept && time_before(jiffies, end))
		schedule_timeout_uninterruptible(1);
	return wpt_leaks_live() <= kept;
}

/* One try, in which the nth allocation fails. */
static int wpt_each_try(const struct wpt_each_row *row, void *context,
			unsigned int nth)
{
	int ret;

	wpt_each_left = 0;
	wpt_fail_nth(nth);
	ret = row->once(context);
	wpt_each_stop();
	return ret;
}

/* Let each allocation of the row fail once. */
void wpt_each_run(struct kunit *test, const struct wpt_each_row *row,
		  void *context)
{
	unsigned int nth, failed = 0, refused = 0;
	bool freed = true;
	int ret;

	if (!IS_ENABLED(CONFIG_FAILSLAB)) {
		kunit_mark_skipped(test, "the kernel has no fault injection");
		return;
	}
	/* What is allocated once is allocated now. */
	KUNIT_ASSERT_EQ(test, 0, row->once(context));
	KUNIT_ASSERT_EQ(test, 0, wpt_leaks_begin());
	for (nth = 1; nth < WPT_EACH_MOST; nth++) {
		ret = wpt_each_try(row, context, nth);
		failed += !wpt_each_left;
		refused += ret == 1;
		freed = wpt_each_freed(row->kept);
		if (wpt_each_left || !freed || (ret && ret != 1))
			break;
	}
	wpt_leaks_end(test);
	kunit_info(test, "%s: %u allocations failed one by one, %u times for want of memory\n",
		   row->name, failed, refused);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "allocation %u", nth);
	KUNIT_EXPECT_TRUE_MSG(test, freed, "allocation %u", nth);
	KUNIT_EXPECT_GE(test, failed, row->least);
	KUNIT_EXPECT_GE(test, refused, 1U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)WPT_EACH_MOST);
}
