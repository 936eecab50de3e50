// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients that submit again and again: from a completion routine for ever,
 * which starves no other user of the port and does not keep close from
 * returning; and one request to a port and to a device in turn while another
 * task cancels it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "fixture.h"

/* How often a device is closed while such a chain runs. */
#define WPT_AGAIN_CLOSES	100

/* ----- a routine that submits again for ever ----------------------------- */

/**
 * struct wpt_forever - a request that its own routine submits again, for ever
 * @irp: the request, which completes at once
 * @file: the file that it is submitted to
 * @stop: the routine is to submit it no more
 * @ended: the routine has not submitted it again. A closed file ends the chain
 *	without calling the routine, so @ended stays false then
 * @late: the routine ended the chain at @end, since the case had not
 * @end: when the routine ends the chain itself, in jiffies
 * @calls: how often the routine was called
 */
struct wpt_forever {
	IRP irp;
	struct winpar_file *file;
	bool stop;
	bool ended;
	bool late;
	unsigned long end;
	unsigned int calls;
};

static NTSTATUS wpt_forever_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_forever *forever = context;

	WRITE_ONCE(forever->calls, forever->calls + 1);
	if (time_after(jiffies, forever->end))
		WRITE_ONCE(forever->late, true);
	if (READ_ONCE(forever->stop) || forever->late)
		WRITE_ONCE(forever->ended, true);
	else
		winpar_irp_submit(forever->file, irp);
	return STATUS_SUCCESS;
}

/* Start such a chain. It ends itself after half the time that a case waits. */
static struct wpt_forever *wpt_forever(struct kunit *test,
				       struct winpar_file *file, UCHAR major,
				       ULONG code)
{
	struct wpt_forever *forever = kunit_kzalloc(test, sizeof(*forever),
						    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, forever);
	forever->file = file;
	forever->end = jiffies + WPT_TIMEOUT / 2;
	winpar_irp_init(&forever->irp);
	winpar_irp_set_ioctl(&forever->irp, major, code, NULL, 0, 0);
	winpar_irp_set_completion(&forever->irp, wpt_forever_done, forever);
	winpar_irp_submit(file, &forever->irp);
	return forever;
}

/*
 * Stop the chain, and expect that it has run until now. On a busy machine it may have had
 * little time for that before.
 */
static void wpt_forever_end(struct kunit *test, struct wpt_forever *forever)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(forever->calls) <= 100 && !READ_ONCE(forever->ended) &&
	       time_before(jiffies, end))
		wpt_nap(1);
	WRITE_ONCE(forever->stop, true);
	while (!READ_ONCE(forever->ended) && time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_TRUE(test, forever->ended);
	KUNIT_EXPECT_GT(test, forever->calls, 100U);
}

/* The request at the head of the FIFO gets the port while the chain runs. */
static void winpar_test_again_does_not_starve_requests(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_forever *forever;
	unsigned int i;

	forever = wpt_forever(test, t->file[0], IRP_MJ_INTERNAL_DEVICE_CONTROL,
			      WPT_RELEASE);
	for (i = 0; i < 5; i++) {
		KUNIT_ASSERT_TRUE(test, wpt_try(t));
		wpt_queue(t, t->file[1], i);
		wpt_free(t);
		wpt_expect(t, i, i, STATUS_SUCCESS);
		wpt_free(t);
	}
	KUNIT_EXPECT_FALSE(test, READ_ONCE(forever->late));
	wpt_forever_end(test, forever);
}

/*
 * While the chain runs a Linux driver gets the port; deferred routines are
 * called.
 */
static void winpar_test_again_does_not_starve_a_rival(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook = wpt_connected(t, t->file[1], 1, WPT_DEFERRED);
	struct wpt_forever *forever;

	forever = wpt_forever(test, t->file[0], IRP_MJ_INTERNAL_DEVICE_CONTROL,
			      WPT_RELEASE);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(forever->late));
	fake_rival_release(rival);
	wpt_forever_end(test, forever);
	KUNIT_EXPECT_GE(test, hook->checks, 1U);
}

/* ----- on a file that is being closed ------------------------------------ */

/* Close returns, though the routine submits its request again for ever. */
static void winpar_test_again_close_of_a_port(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_forever *forever;

	forever = wpt_forever(test, t->file[0], IRP_MJ_INTERNAL_DEVICE_CONTROL,
			      WPT_RELEASE);
	wpt_nap(20);
	wpt_close(t, 0);
	/* The close ended the chain: the last submission was cancelled. */
	KUNIT_EXPECT_FALSE(test, forever->late);
	KUNIT_EXPECT_FALSE(test, forever->ended);
	KUNIT_EXPECT_EQ(test, forever->irp.IoStatus.Status, STATUS_CANCELLED);
}

/*
 * The close may begin while a submission is carried out: this submission ends with its
 * own status and its routine, the next one with STATUS_CANCELLED.
 */
static void winpar_test_again_close_of_a_device(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_forever *forever;
	struct winpar_file *file;
	unsigned int round;
	char name[16];

	snprintf(name, sizeof(name), "LPT%d", t->port->number + 1);
	for (round = 0; round < WPT_AGAIN_CLOSES; round++) {
		KUNIT_ASSERT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
		forever = wpt_forever(test, file, IRP_MJ_DEVICE_CONTROL,
				      IOCTL_IEEE1284_GET_MODE);
		wpt_nap(1 + round % 3);
		winpar_close(file);
		KUNIT_ASSERT_FALSE(test, forever->late);
		KUNIT_ASSERT_FALSE(test, forever->ended);
		KUNIT_ASSERT_EQ_MSG(test, forever->irp.IoStatus.Status,
				    STATUS_CANCELLED, "close %u", round);
	}
}

static void wpt_again_allocate(struct wpt_request *r)
{
	wpt_free(r->t);
	wpt_note(r->t, 50, wpt_submit(r->arg, r->t->file[0]), 0);
}

/*
 * A completion routine sends an ALLOCATE to a file that is being closed:
 * CANCELLED, although the port is free, and the ALLOCATE's own routine is not
 * called.
 */
static void winpar_test_again_allocate_while_closing(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *allocate = wpt_request(t, 2, WPT_ALLOCATE);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r = wpt_queue(t, t->file[0], 1);
	r->then = wpt_again_allocate;
	r->arg = allocate;
	wpt_close(t, 0);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 50, STATUS_CANCELLED);
	wpt_expect_quiet(t, 2);
	KUNIT_EXPECT_EQ(test, allocate->calls, 0U);
	KUNIT_EXPECT_EQ(test, allocate->irp.IoStatus.Status, STATUS_CANCELLED);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/**
 * struct wpt_outside - a task that submits to a file that another task closes
 * @r: the request that the task submits
 * @file: the file
 * @begun: the close has begun: a routine that it calls runs
 * @done: the task has submitted @r
 */
struct wpt_outside {
	struct wpt_request *r;
	struct winpar_file *file;
	bool begun;
	bool done;
};

static int wpt_outside_thread(void *data)
{
	struct wpt_outside *outside = data;

	while (!READ_ONCE(outside->begun) && !kthread_should_stop())
		cpu_relax();
	wpt_submit(outside->r, outside->file);
	WRITE_ONCE(outside->done, true);
	while (!kthread_should_stop())
		wpt_nap(1);
	return 0;
}

static void wpt_outside_let(struct wpt_request *r)
{
	struct wpt_outside *outside = r->arg;
	ktime_t end = ktime_add_ms(ktime_get(), 2000);

	wpt_free(r->t);
	WRITE_ONCE(outside->begun, true);
	while (!READ_ONCE(outside->done) && ktime_before(ktime_get(), end))
		cpu_relax();
}

/*
 * Another task sends an ALLOCATE while the file is being closed: CANCELLED, the
 * ALLOCATE's routine is called once, and nothing is allocated.
 */
static void winpar_test_again_allocate_while_closing_outside(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_outside *outside = kunit_kzalloc(test, sizeof(*outside),
						    GFP_KERNEL);
	unsigned long before;
	struct task_struct *task;
	struct wpt_request *r;
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, outside);
	outside->r = wpt_request(t, 2, WPT_ALLOCATE);
	outside->file = t->file[0];
	task = kthread_create(wpt_outside_thread, outside, "winpar_outside");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	r->then = wpt_outside_let;
	r->arg = outside;
	before = wpt_allocations(t);
	migrate_disable();
	cpu = wpt_other_cpu(test);
	if (cpu >= 0)
		kthread_bind(task, cpu);
	wake_up_process(task);
	wpt_close(t, 0);
	migrate_enable();
	kthread_stop(task);
	if (cpu < 0)
		kunit_skip(test, "one CPU");
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_expect(t, 1, 2, STATUS_CANCELLED);
	wpt_expect_quiet(t, 2);
	KUNIT_EXPECT_EQ(test, outside->r->returned, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, outside->r->calls, 1U);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* ----- a request to a port, then to a device, while it is cancelled ------ */

#define WPT_REUSES	8000

/**
 * struct wpt_reuse - one request, used again and again
 * @irp: the request
 * @calls: how often its routine was called
 * @wrong: how often its status was neither SUCCESS nor CANCELLED
 * @told: its routine was called since the last submission
 */
struct wpt_reuse {
	IRP irp;
	unsigned int calls;
	unsigned int wrong;
	bool told;
};

static NTSTATUS wpt_reuse_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_reuse *reuse = context;

	reuse->calls++;
	reuse->wrong += irp->IoStatus.Status != STATUS_CANCELLED &&
			irp->IoStatus.Status != STATUS_SUCCESS;
	/* Pairs with wpt_reuse_once(). */
	smp_store_release(&reuse->told, true);
	return STATUS_SUCCESS;
}

static int wpt_reuse_cancel(void *data)
{
	struct wpt_reuse *reuse = data;

	while (!kthread_should_stop()) {
		winpar_irp_cancel(&reuse->irp);
		cond_resched();
	}
	return 0;
}

/*
 * Submit the request, and wait until its routine has been called. With @t the
 * port is freed in between, so that the grant and the cancel race.
 */
static bool wpt_reuse_once(struct wpt_reuse *reuse, struct winpar_file *file,
			   ULONG code, struct wpt *t)
{
	unsigned long end = jiffies + WPT_TIMEOUT;
	unsigned int before = reuse->calls;
	NTSTATUS status;

	winpar_irp_set_ioctl(&reuse->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, code,
			     NULL, 0, 0);
	reuse->told = false;
	status = winpar_irp_submit(file, &reuse->irp);
	if (status != STATUS_PENDING && reuse->calls != before + 1)
		reuse->wrong++;
	if (t)
		wpt_free(t);
	/* Pairs with wpt_reuse_done(). */
	while (!smp_load_acquire(&reuse->told)) {
		if (time_after(jiffies, end))
			return false;
		cond_resched();
	}
	if (!t)
		return true;
	if (reuse->irp.IoStatus.Status == STATUS_SUCCESS)
		wpt_free(t);
	return wpt_try(t);
}

/*
 * One request is submitted to a port that is owned, to a device on that port,
 * and as a request that completes at once, 8000 times in turn, while another
 * task cancels it. Each submission ends once: cancelled, or with success.
 */
static void winpar_test_again_reused_while_cancelled(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_reuse *reuse = kunit_kzalloc(test, sizeof(*reuse),
						GFP_KERNEL);
	struct winpar_file *device;
	struct task_struct *task;
	unsigned int i;
	char name[16];

	KUNIT_ASSERT_NOT_NULL(test, reuse);
	snprintf(name, sizeof(name), "LPT%d", t->port->number + 1);
	KUNIT_ASSERT_EQ(test, winpar_open(name, &device), STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	winpar_irp_init(&reuse->irp);
	winpar_irp_set_completion(&reuse->irp, wpt_reuse_done, reuse);
	task = kthread_run(wpt_reuse_cancel, reuse, "winpar_cancel");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < WPT_REUSES; i++) {
		if (!wpt_reuse_once(reuse, t->file[i & 1], WPT_ALLOCATE,
				    i & 1 ? t : NULL))
			break;
		/* To the device in one round of four: its worker is slow. */
		if (!(i & 3) &&
		    !wpt_reuse_once(reuse, device,
				    IOCTL_INTERNAL_LOCK_PORT_NO_SELECT, NULL))
			break;
		if (!wpt_reuse_once(reuse, t->file[2], WPT_RELEASE, NULL))
			break;
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, i, (unsigned int)WPT_REUSES);
	winpar_close(device);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, reuse->calls, 2 * i + DIV_ROUND_UP(i, 4));
	KUNIT_EXPECT_EQ(test, reuse->wrong, 0U);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

static struct kunit_case winpar_again_cases[] = {
	KUNIT_CASE(winpar_test_again_does_not_starve_requests),
	KUNIT_CASE(winpar_test_again_does_not_starve_a_rival),
	KUNIT_CASE(winpar_test_again_close_of_a_port),
	KUNIT_CASE(winpar_test_again_close_of_a_device),
	KUNIT_CASE(winpar_test_again_allocate_while_closing),
	KUNIT_CASE(winpar_test_again_allocate_while_closing_outside),
	KUNIT_CASE(winpar_test_again_reused_while_cancelled),
	{ }
};

static struct kunit_suite winpar_again_suite = {
	.name = "winpar_again",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_again_cases,
};

kunit_test_suite(winpar_again_suite);
