/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the suites that select devices of a daisy chain. */
#ifndef _WINPAR_SELECT_TEST_H
#define _WINPAR_SELECT_TEST_H

#include "sim_port.h"

static inline void wpt_own(struct wpt_sim *s, unsigned int n)
{
	KUNIT_ASSERT_EQ(s->t.test, wpt_ioctl(s->t.file[n], WPT_ALLOCATE),
			STATUS_SUCCESS);
}

static inline void wpt_rival_takes(struct wpt_sim *s, struct fake_rival *rival)
{
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(s->t.test, fake_rival_wait(rival));
}

#define EXPECT_STATE(s, want)	WPT_EXPECT_STATE(&(s)->t, want)
#define EXPECT_SELECTED(s, want)					\
	KUNIT_EXPECT_EQ((s)->t.test, wpt_sim_selected(s), want)
#define EXPECT_SELECT(s, n, id, flags, want)				\
	KUNIT_EXPECT_EQ((s)->t.test, STATUS_##want,			\
			wpt_sim_command((s)->t.file[n], WPT_SELECT, id, flags))
#define EXPECT_DESELECT(s, n, id, flags, want)				\
	KUNIT_EXPECT_EQ((s)->t.test, STATUS_##want,			\
			wpt_sim_command((s)->t.file[n], WPT_DESELECT, id, flags))

#endif /* _WINPAR_SELECT_TEST_H */
