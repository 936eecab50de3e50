// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens between two steps of a call that another CPU makes. The case holds a lock
 * at which that call has to wait, or the call waits for the case. On one CPU the cases
 * are skipped.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "fixture.h"

/* How long one CPU waits for the other, in us. */
#define WPT_BETWEEN_US	(8 * USEC_PER_SEC)

/**
 * struct wpt_between - a call that another CPU makes
 * @work: makes it
 * @t: the fixture
 * @file: the file that it is about
 * @r: the request that it submits
 * @begun: it has begun
 * @go: it may go on
 * @over: it is about to end
 * @closed: what it has read of @file at its end
 */
struct wpt_between {
	struct work_struct work;
	struct wpt *t;
	struct winpar_file *file;
	struct wpt_request *r;
	bool begun;
	bool go;
	bool over;
	bool closed;
};

static struct wpt_between *wpt_between(struct wpt *t, work_func_t fn)
{
	struct wpt_between *b = kunit_kzalloc(t->test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, b);
	if (num_online_cpus() < 2)
		kunit_skip(t->test, "one CPU");
	/* There a lock does not tell that a task waits for it. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(t->test, "PREEMPT_RT");
	INIT_WORK(&b->work, fn);
	b->t = t;
	b->file = t->file[0];
	return b;
}

static bool wpt_between_wait(const bool *flag)
{
	unsigned long us = 0;

	while (!READ_ONCE(*flag) && us++ < WPT_BETWEEN_US)
		udelay(1);
	return READ_ONCE(*flag);
}

/* Begin the call on another CPU; the caller may hold a lock, and cannot migrate. */
static void wpt_between_begin(struct wpt_between *b)
{
	queue_work_on(wpt_other_cpu(b->t->test), winpar_percpu_wq, &b->work);
}

/* Begin the call, and wait until it waits for @lock, which the caller holds. */
static bool wpt_between_begin_at(struct wpt_between *b, spinlock_t *lock)
{
	unsigned long us = 0;

	wpt_between_begin(b);
	while (!spin_is_contended(lock) && us++ < WPT_BETWEEN_US)
		udelay(1);
	return spin_is_contended(lock);
}

static void wpt_between_submit(struct work_struct *work)
{
	struct wpt_between *b = container_of(work, struct wpt_between, work);

	wpt_submit(b->r, b->file);
}

/* A request is cancelled after its submission has begun, and before it is queued. */
static void winpar_test_between_cancel(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_between *b = wpt_between(t, wpt_between_submit);
	bool waits, cancelled;
	unsigned long flags;

	b->r = wpt_request(t, 1, WPT_ALLOCATE);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_settle(t);
	winpar_port_lock(t->port, &flags);
	waits = wpt_between_begin_at(b, &t->port->lock);
	cancelled = winpar_irp_cancel(&b->r->irp);
	winpar_port_unlock(t->port, flags);
	flush_work(&b->work);
	KUNIT_EXPECT_TRUE(test, waits);
	/* It is in no queue yet. */
	KUNIT_EXPECT_FALSE(test, cancelled);
	KUNIT_EXPECT_TRUE(test, wpt_reaches(t, 1));
	KUNIT_EXPECT_EQ(test, b->r->irp.IoStatus.Status, STATUS_CANCELLED);
	wpt_free(t);
	wpt_expect_quiet(t, 1);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* A device's file is marked as closed after a submission to it has begun. */
static void winpar_test_between_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_between *b = wpt_between(t, wpt_between_submit);
	unsigned long outer, inner;
	struct winpar_device *device;
	struct winpar_file *file;
	char name[16];
	bool waits;

	snprintf(name, sizeof(name), "LPT%u", t->port->lpt);
	KUNIT_ASSERT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
	b->file = file;
	device = file->device;
	b->r = wpt_request(t, 1, IOCTL_INTERNAL_LOCK_PORT_NO_SELECT);
	spin_lock_irqsave(&device->lock, outer);
	waits = wpt_between_begin_at(b, &device->lock);
	winpar_port_lock(t->port, &inner);
	file->holder.closed = true;
	winpar_port_unlock(t->port, inner);
	spin_unlock_irqrestore(&device->lock, outer);
	flush_work(&b->work);
	winpar_close(file);
	KUNIT_EXPECT_TRUE(test, waits);
	KUNIT_EXPECT_EQ(test, b->r->returned, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, b->r->irp.IoStatus.Status, STATUS_CANCELLED);
	wpt_expect_quiet(t, 1);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

static void wpt_between_look(struct work_struct *work)
{
	struct wpt_between *b = container_of(work, struct wpt_between, work);

	preempt_disable();
	WRITE_ONCE(b->begun, true);
	wpt_between_wait(&b->go);
	b->closed = READ_ONCE(b->file->holder.closed);
	preempt_enable();
}

/*
 * FreePort looks at the file that took the port last, with preemption off, while another
 * task closes that file: till FreePort has returned the file is not freed, and no other
 * client's file gets its address. KASAN sees a look at memory that is free.
 */
static void winpar_test_between_free_and_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_between *b = wpt_between(t, wpt_between_look);

	migrate_disable();
	wpt_between_begin(b);
	KUNIT_EXPECT_TRUE(test, wpt_between_wait(&b->begun));
	wpt_close(t, 0);
	WRITE_ONCE(b->go, true);
	migrate_enable();
	flush_work(&b->work);
	KUNIT_EXPECT_TRUE(test, b->closed);
}

static void wpt_between_free(struct work_struct *work)
{
	struct wpt_between *b = container_of(work, struct wpt_between, work);

	wpt_free(b->t);
}

static void wpt_between_routine(struct wpt_request *r)
{
	struct wpt_between *b = r->arg;

	WRITE_ONCE(b->begun, true);
	mdelay(200);
	WRITE_ONCE(b->over, true);
}

/* The end of a module waits for its completion routine that another CPU runs. */
static void winpar_test_between_silence(struct kunit *test)
{
	unsigned int (*silence)(struct winpar_port *port, struct module *module) =
		wpt_symbol(test, "winpar_drain_silence");
	struct wpt *t = to_wpt(test);
	struct wpt_between *b = wpt_between(t, wpt_between_free);

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	b->r = wpt_queue(t, t->file[0], 1);
	b->r->arg = b;
	b->r->then = wpt_between_routine;
	mutex_lock(&t->port->mutex);
	migrate_disable();
	wpt_between_begin(b);
	KUNIT_EXPECT_TRUE(test, wpt_between_wait(&b->begun));
	migrate_enable();
	KUNIT_EXPECT_EQ(test, silence(t->port, THIS_MODULE), 0U);
	KUNIT_EXPECT_TRUE(test, READ_ONCE(b->over));
	mutex_unlock(&t->port->mutex);
	flush_work(&b->work);
	WPT_EXPECT_ORDER(t, 1);
	wpt_free(t);
}

static struct kunit_case winpar_between_cases[] = {
	KUNIT_CASE(winpar_test_between_cancel),
	KUNIT_CASE(winpar_test_between_close),
	KUNIT_CASE(winpar_test_between_free_and_close),
	KUNIT_CASE(winpar_test_between_silence),
	{ }
};

static struct kunit_suite winpar_between_suite = {
	.name = "winpar_between",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_between_cases,
};

kunit_test_suite(winpar_between_suite);
