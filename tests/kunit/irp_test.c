// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: how they are set up, submitted, completed, waited for and used
 * again.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "fixture.h"

/* winpar_irp_init() does not care what the memory held before. */
static void winpar_test_irp_init_forgets(struct kunit *test)
{
	IRP *irp = kunit_kmalloc(test, sizeof(*irp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	memset(irp, 0xa5, sizeof(*irp));
	winpar_irp_init(irp);
	KUNIT_EXPECT_NULL(test, irp->AssociatedIrp.SystemBuffer);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, irp->IoStatus.Information, 0UL);
	KUNIT_EXPECT_NULL(test, irp->Stack.CompletionRoutine);
	KUNIT_EXPECT_NULL(test, irp->winpar.file);
	KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(irp));
	KUNIT_EXPECT_PTR_EQ(test, IoGetCurrentIrpStackLocation(irp),
			    &irp->Stack);
	KUNIT_EXPECT_PTR_EQ(test, IoGetNextIrpStackLocation(irp), &irp->Stack);
}

/* winpar_irp_alloc() sets the request up; winpar_irp_free(NULL) does nothing. */
static void winpar_test_irp_alloc_and_free(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	IRP *irp = winpar_irp_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_RELEASE,
			     NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], irp),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(irp), STATUS_SUCCESS);
	winpar_irp_free(irp);
	winpar_irp_free(NULL);
}

/* A request that is pending is not freed: the log says who tried, and it completes. */
static void winpar_test_irp_free_pending(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	IRP *irp = winpar_irp_alloc(GFP_KERNEL);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_NOT_NULL(test, irp);
	winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_ALLOCATE,
			     NULL, 0, 0);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], irp),
			STATUS_PENDING);
	winpar_irp_free(irp);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "irp_free_pending",
				      "frees a request that is pending"));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(irp), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	winpar_irp_free(irp);
	wpt_free(t);
}

static void wpt_irp_granted(void *data, const struct _IRP *irp)
{
	unsigned int *granted = data;

	++*granted;
}

/*
 * While the event winpar_grant is on, Information of a request that waits is winpar's:
 * once the request is complete, granted or cancelled, it is 0.
 */
static void winpar_test_irp_information_traced(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct tracepoint *tracepoint;
	struct wpt_request *r[2];
	unsigned int granted = 0;
	bool reached;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	tracepoint = wpt_trace_begin(test, "__tracepoint_winpar_grant",
				     wpt_irp_granted, &granted);
	r[0] = wpt_queue(t, t->file[0], 1);
	r[1] = wpt_queue(t, t->file[0], 2);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r[0]->irp));
	reached = wpt_reaches(t, 1);
	wpt_free(t);
	reached &= wpt_reaches(t, 2);
	wpt_trace_end(tracepoint, wpt_irp_granted, &granted);
	KUNIT_ASSERT_TRUE(test, reached);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, t->log.events[0].information, 0UL);
	KUNIT_EXPECT_EQ(test, t->log.events[1].information, 0UL);
	KUNIT_EXPECT_EQ(test, granted, 1U);
	wpt_free(t);
}

/* A submission without a file or without a request is refused. */
static void winpar_test_irp_submit_null(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);

	r->irp.IoStatus.Status = STATUS_NOT_IMPLEMENTED;
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(NULL, &r->irp),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, STATUS_NOT_IMPLEMENTED);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(NULL, NULL),
			STATUS_INVALID_PARAMETER);
	wpt_expect_quiet(t, 0);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* A second submission of a pending request is refused; the first completes once. */
static void winpar_test_irp_submit_pending_again(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;

	wpt_kmsg_all(wpt_client(t), true);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], &r->irp),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[1], &r->irp),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	wpt_free(t);
	WPT_EXPECT_ORDER(t, 1);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
}

/* A request that completes at once: its status is returned, and in IoStatus. */
static void winpar_test_irp_completes_at_once(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_INFO);

	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, STATUS_SUCCESS);
	/* The routine was called inside the submission. */
	KUNIT_ASSERT_EQ(test, wpt_noted(t), 1U);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[0].level, (int)WPT_PROCESS);
	KUNIT_EXPECT_EQ(test, t->log.events[0].information,
			(ULONG_PTR)sizeof(PARALLEL_PORT_INFORMATION));
	wpt_expect_quiet(t, 1);
}

/* A request that fails at once calls its routine once. */
static void winpar_test_irp_completes_failure(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WINPAR_PAR_CODE(999));

	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]),
			STATUS_INVALID_PARAMETER);
	wpt_expect(t, 0, 1, STATUS_INVALID_PARAMETER);
	wpt_expect_quiet(t, 1);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
}

static NTSTATUS wpt_irp_free_it(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt *t = context;

	wpt_note(t, 1, irp->IoStatus.Status, 0);
	memset(&irp->Stack, 0x5a, sizeof(irp->Stack));
	winpar_irp_free(irp);
	return STATUS_SUCCESS;
}

/* A routine frees its request: winpar must not look at the request after that. */
static void winpar_test_irp_freed_by_its_routine(struct kunit *test)
{
	static const ULONG codes[] = { WPT_RELEASE, WPT_ALLOCATE };
	struct wpt *t = to_wpt(test);
	unsigned int i;
	IRP *irp;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		irp = winpar_irp_alloc(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, irp);
		winpar_irp_set_ioctl(irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
				     codes[i], NULL, 0, 0);
		winpar_irp_set_completion(irp, wpt_irp_free_it, t);
		KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], irp),
				i ? STATUS_PENDING : STATUS_SUCCESS);
	}
	wpt_free(t);
	WPT_EXPECT_ORDER(t, 1, 1);
	wpt_free(t);
}

/* A request that is complete may be submitted again as it is, to any file. */
static void winpar_test_irp_used_again(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);

	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[1]), STATUS_PENDING);
	wpt_free(t);
	WPT_EXPECT_ORDER(t, 1, 1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- waiting ----------------------------------------------------------- */

/* A wait for NULL, a request that was not submitted, or one with a routine. */
static void winpar_test_irp_wait_refused(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_RELEASE);
	IRP irp;

	winpar_irp_init(&irp);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(NULL), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&irp), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&irp, 1),
			STATUS_INVALID_PARAMETER);
	wpt_submit(r, t->file[0]);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&r->irp),
			STATUS_INVALID_PARAMETER);
}

/* A wait times out, the next one ends with the grant, and so do later ones. */
static void winpar_test_irp_wait_timeout(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);

	winpar_irp_set_completion(&r->irp, NULL, NULL);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, 2),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, WPT_TIMEOUT),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&r->irp), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
}

static int wpt_irp_free_later(void *arg)
{
	wpt_nap(500);
	wpt_free(arg);
	return 0;
}

/* A wait without a limit: for more jiffies than the kernel's timers count. */
static void winpar_test_irp_wait_for_ever(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);
	struct task_struct *task;

	winpar_irp_set_completion(&r->irp, NULL, NULL);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]), STATUS_PENDING);
	task = kthread_create(wpt_irp_free_later, t, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, ULONG_MAX),
			STATUS_SUCCESS);
	kthread_stop(task);
	put_task_struct(task);
	/* The request is over in any case before its memory is freed. */
	winpar_irp_wait(&r->irp);
	wpt_free(t);
}

/* A request that was waited for is submitted and waited for again. */
static void winpar_test_irp_wait_again(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);
	int i;

	winpar_irp_set_completion(&r->irp, NULL, NULL);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, wpt_try(t));
		KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]),
				STATUS_PENDING);
		wpt_free(t);
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_irp_wait_timeout(&r->irp, WPT_TIMEOUT));
		wpt_free(t);
	}
}

static void wpt_irp_wait_inside(struct wpt_request *r)
{
	struct wpt *t = r->t;
	struct wpt_request *queued = r->arg;
	ULONG_PTR information = 99;
	NTSTATUS status;

	/* These would wait for the loop, which calls this routine: refused. */
	wpt_note(t, 10, winpar_irp_wait(&queued->irp), 0);
	wpt_note(t, 11, wpt_ioctl(t->file[0], WPT_ALLOCATE), 0);
	/* Requests that complete at once are allowed. */
	status = winpar_internal_ioctl(t->file[0], WPT_INFO, NULL, 0, &t->info,
				       sizeof(t->info), &information);
	wpt_note(t, 12, status, information);
	wpt_note(t, 13, wpt_ioctl(t->file[0], WPT_RELEASE), 0);
}

static void wpt_irp_expect_inside(struct wpt *t, unsigned int n)
{
	wpt_expect(t, n, 10, STATUS_INVALID_DEVICE_STATE);
	wpt_expect(t, n + 1, 11, STATUS_INVALID_DEVICE_STATE);
	wpt_expect(t, n + 2, 12, STATUS_SUCCESS);
	wpt_expect(t, n + 3, 13, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(t->test, t->log.events[n + 2].information,
			(ULONG_PTR)sizeof(t->info));
}

/* Calls that wait are refused in a completion routine. */
static void winpar_test_irp_wait_inside_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *queued = wpt_request(t, 3, WPT_ALLOCATE);
	struct wpt_request *at_once = wpt_request(t, 1, WPT_RELEASE);
	struct wpt_request *granted = wpt_request(t, 2, WPT_ALLOCATE);
	u64 since = wpt_kmsg_end();
	char words[80];

	wpt_kmsg_all(wpt_client(t), true);
	winpar_irp_set_completion(&queued->irp, NULL, NULL);
	at_once->then = wpt_irp_wait_inside;
	at_once->arg = queued;
	granted->then = wpt_irp_wait_inside;
	granted->arg = queued;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(granted, t->file[0]), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_submit(queued, t->file[0]), STATUS_PENDING);

	/* In a routine that is called in the submission, */
	KUNIT_EXPECT_EQ(test, wpt_submit(at_once, t->file[0]), STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_irp_expect_inside(t, 1);
	/* and in one that the loop calls. */
	wpt_free(t);
	wpt_expect(t, 5, 2, STATUS_SUCCESS);
	wpt_irp_expect_inside(t, 6);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[5].level, (int)WPT_SOFTIRQ);
	/* The log names the port and the client, or the function that waits. */
	snprintf(words, sizeof(words), "%s: winpar_kunit waits for a request from inside",
		 t->port->name);
	KUNIT_EXPECT_EQ(test, 2U, wpt_kmsg_says(test, since, words,
						"submit the request with a completion routine"));
	KUNIT_EXPECT_GE(test, wpt_kmsg_says(test, since, "wpt_irp_wait_inside [winpar_kunit] waits",
					    "submit the request with"), 1U);

	wpt_free(t);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&queued->irp,
						      WPT_TIMEOUT),
			STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- a process that is killed while it waits --------------------------- */

struct wpt_irp_waiter {
	struct wpt *t;
	NTSTATUS status;
	struct completion done;
};

static int wpt_irp_wait_killable(void *data)
{
	struct wpt_irp_waiter *waiter = data;

	allow_signal(SIGKILL);
	waiter->status = wpt_ioctl(waiter->t->file[1], WPT_ALLOCATE);
	complete(&waiter->done);
	return 0;
}

/* A fatal signal cancels what a synchronous call waits for. */
static void winpar_test_irp_waiter_killed(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_irp_waiter *waiter = kunit_kzalloc(test, sizeof(*waiter),
						      GFP_KERNEL);
	struct task_struct *task;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, waiter);
	waiter->t = t;
	init_completion(&waiter->done);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	task = kthread_run(wpt_irp_wait_killable, waiter, "winpar_waiter");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 1000 * wpt_slowness && !wpt_waiters(t); i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	send_sig(SIGKILL, task, 1);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&waiter->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, waiter->status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

static struct kunit_case winpar_irp_cases[] = {
	KUNIT_CASE(winpar_test_irp_init_forgets),
	KUNIT_CASE(winpar_test_irp_alloc_and_free),
	KUNIT_CASE(winpar_test_irp_free_pending),
	KUNIT_CASE(winpar_test_irp_information_traced),
	KUNIT_CASE(winpar_test_irp_submit_null),
	KUNIT_CASE(winpar_test_irp_submit_pending_again),
	KUNIT_CASE(winpar_test_irp_completes_at_once),
	KUNIT_CASE(winpar_test_irp_completes_failure),
	KUNIT_CASE(winpar_test_irp_freed_by_its_routine),
	KUNIT_CASE(winpar_test_irp_used_again),
	KUNIT_CASE(winpar_test_irp_wait_refused),
	KUNIT_CASE(winpar_test_irp_wait_timeout),
	KUNIT_CASE(winpar_test_irp_wait_for_ever),
	KUNIT_CASE(winpar_test_irp_wait_again),
	KUNIT_CASE(winpar_test_irp_wait_inside_routine),
	KUNIT_CASE(winpar_test_irp_waiter_killed),
	{ }
};

static struct kunit_suite winpar_irp_suite = {
	.name = "winpar_irp",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_irp_cases,
};

kunit_test_suite(winpar_irp_suite);
