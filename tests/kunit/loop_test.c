// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port's loop: the stack does not grow with the number of requests that
 * wait, nor with requests that completion routines submit.
 */
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "fixture.h"
#include "stack.h"

#define WPT_MANY	10000
#define WPT_MILLION	1000000

/* ----- ten thousand waiters ---------------------------------------------- */

struct wpt_crowd {
	struct wpt *t;
	struct wpt_stack *stack;
	unsigned int out_of_order;
	IRP *irps;
};

static NTSTATUS wpt_crowd_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_crowd *crowd = context;
	unsigned int n = irp - crowd->irps;

	wpt_stack_enter(crowd->stack);
	if (n != crowd->stack->calls - 1 ||
	    irp->IoStatus.Status != STATUS_SUCCESS)
		crowd->out_of_order++;
	wpt_free(crowd->t);
	wpt_stack_leave(crowd->stack);
	if (n == WPT_MANY - 1)
		complete(&crowd->stack->done);
	return STATUS_SUCCESS;
}

/* Ten thousand requests wait; each frees the port in its completion routine. */
static void winpar_test_loop_ten_thousand_waiters(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_crowd *crowd = kunit_kzalloc(test, sizeof(*crowd),
						GFP_KERNEL);
	unsigned int i, pending = 0;

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	crowd->t = t;
	crowd->stack = wpt_stack_new(test);
	crowd->irps = vmalloc(array_size(WPT_MANY, sizeof(IRP)));
	KUNIT_ASSERT_NOT_NULL(test, crowd->irps);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	for (i = 0; i < WPT_MANY; i++) {
		IRP *irp = &crowd->irps[i];

		winpar_irp_init(irp);
		winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
				     WPT_ALLOCATE, NULL, 0, 0);
		winpar_irp_set_completion(irp, wpt_crowd_done, crowd);
		pending += winpar_irp_submit(t->file[i % 3], irp) ==
			   STATUS_PENDING;
	}
	KUNIT_EXPECT_EQ(test, pending, (unsigned int)WPT_MANY);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), (unsigned int)WPT_MANY);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&crowd->stack->done,
						      WPT_TIMEOUT));
	wpt_settle(t);
	wpt_expect_flat(test, crowd->stack, WPT_MANY);
	KUNIT_EXPECT_EQ(test, crowd->out_of_order, 0U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);

	/*
	 * Before the memory is freed no request may be in use, even after a
	 * failure.
	 */
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	vfree(crowd->irps);
}

/* ----- a million resubmissions ------------------------------------------- */

struct wpt_again {
	struct wpt *t;
	struct wpt_stack *stack;
	unsigned int left;
	NTSTATUS wrong;
	struct wpt_request *r;
};

static NTSTATUS wpt_again_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_again *again = context;
	struct wpt *t = again->t;
	NTSTATUS status;

	wpt_stack_enter(again->stack);
	if (irp->IoStatus.Status != STATUS_SUCCESS)
		again->wrong = irp->IoStatus.Status;
	/* Free the port, and submit this request again. */
	wpt_free(t);
	if (--again->left) {
		status = winpar_irp_submit(t->file[0], irp);
		if (status != STATUS_PENDING)
			again->wrong = status;
	}
	wpt_stack_leave(again->stack);
	if (!again->left || again->wrong)
		complete(&again->stack->done);
	return STATUS_SUCCESS;
}

/*
 * A routine frees the port and submits its request again: PENDING, a million
 * times.
 */
static void winpar_test_loop_million_resubmissions(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_again *again = kunit_kzalloc(test, sizeof(*again),
						GFP_KERNEL);
	unsigned long before = wpt_allocations(t);

	KUNIT_ASSERT_NOT_NULL(test, again);
	again->t = t;
	again->stack = wpt_stack_new(test);
	again->left = WPT_MILLION;
	again->r = wpt_request(t, 1, WPT_ALLOCATE);
	winpar_irp_set_completion(&again->r->irp, wpt_again_done, again);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(again->r, t->file[0]),
			STATUS_PENDING);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&again->stack->done,
						      18 * WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, again->wrong, STATUS_SUCCESS);
	wpt_settle(t);
	wpt_expect_flat(test, again->stack, WPT_MILLION);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 1 + WPT_MILLION);
}

/* ----- requests that complete at once, from inside ----------------------- */

static void wpt_loop_chain(struct wpt_request *r)
{
	struct wpt_stack *stack = r->arg;

	wpt_stack_enter(stack);
	if (stack->calls < 20)
		wpt_submit(r, r->t->file[0]);
	wpt_stack_leave(stack);
}

/*
 * Twenty requests, each submitted by the routine of the one before. They
 * complete at once, one on top of the other, until WINPAR_INSIDE_MAX routines
 * are nested; the loop completes the next one, on which they nest again. The
 * loop may interrupt the first four.
 */
static void winpar_test_loop_chain_of_immediate(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_RELEASE);
	struct wpt_stack *stack = wpt_stack_new(test);
	unsigned int i;

	r->then = wpt_loop_chain;
	r->arg = stack;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_reaches(t, 20));
	wpt_expect_quiet(t, 20);
	KUNIT_EXPECT_EQ(test, stack->calls, 20U);
	KUNIT_EXPECT_GE(test, stack->nested, WINPAR_INSIDE_MAX);
	/* One more when the loop has interrupted the first ones. */
	KUNIT_EXPECT_LE(test, stack->nested, WINPAR_INSIDE_MAX + 1);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ_MSG(test, (int)t->log.events[i].level,
				    i < WINPAR_INSIDE_MAX ? (int)WPT_PROCESS :
							    (int)WPT_SOFTIRQ,
				    "call %u", i);
}

static void wpt_loop_allocate_inside(struct wpt_request *r)
{
	struct wpt_request *inner = r->arg;

	local_bh_disable();
	wpt_note(r->t, 5, wpt_submit(inner, r->t->file[0]), 0);
	local_bh_enable();
}

/* An ALLOCATE inside a routine is PENDING although the port is free. */
static void winpar_test_loop_allocate_from_inside(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_RELEASE);

	r->then = wpt_loop_allocate_inside;
	r->arg = wpt_request(t, 2, WPT_ALLOCATE);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 5, STATUS_PENDING);
	wpt_expect(t, 2, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[2].level, (int)WPT_SOFTIRQ);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
}

static struct kunit_case winpar_loop_cases[] = {
	KUNIT_CASE(winpar_test_loop_ten_thousand_waiters),
	KUNIT_CASE(winpar_test_loop_million_resubmissions),
	KUNIT_CASE(winpar_test_loop_chain_of_immediate),
	KUNIT_CASE(winpar_test_loop_allocate_from_inside),
	{ }
};

static struct kunit_suite winpar_loop_suite = {
	.name = "winpar_loop",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_loop_cases,
};

kunit_test_suite(winpar_loop_suite);
