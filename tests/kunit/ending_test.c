// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closes, removals and cancels at moments at which winpar once had a bug: each
 * case fails without the fix.
 */
#include <linux/debug_locks.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/vmalloc.h>

#include "fixture.h"

/* winpar_irp_wait() after the file was freed: it must not look at the file. */
static void winpar_test_ending_wait_after_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	IRP irp;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_ALLOCATE,
			     NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(t->file[0], &irp),
			STATUS_PENDING);
	wpt_close(t, 0);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&irp), STATUS_CANCELLED);
	wpt_free(t);
}

static void wpt_ending_again(struct wpt_request *r)
{
	/* Not for ever, so that the case fails instead of hanging. */
	if (r->calls < 100)
		wpt_submit(r, r->arg);
}

/*
 * A completion routine submits its request again while the file closes: the
 * submission is refused without a call of the routine, so that the close ends.
 */
static void winpar_test_ending_resubmits(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r = wpt_queue(t, t->file[0], 1);
	r->then = wpt_ending_again;
	r->arg = t->file[0];
	wpt_close(t, 0);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	KUNIT_EXPECT_EQ(test, r->returned, STATUS_CANCELLED);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
}

/* The close frees the port: the file's own deferred routine is not called. */
static void winpar_test_ending_own_check(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_close(t, 0);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 0U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

static void wpt_ending_take(struct wpt_hook *hook)
{
	if (hook->checks == 1)
		wpt_note(hook->t, 50, wpt_try(hook->t), 0);
}

/* A round is open whose routines are all disconnected: a driver gets the port. */
static void winpar_test_ending_round_without_routines(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	hook->on_check = wpt_ending_take;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect(t, 1, 50, TRUE);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_free(t);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
}

#define WPT_ENDING_MANY	300

/* A port comes back before all requests to its earlier life are complete. */
static void winpar_test_ending_back_at_once(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request **r = kunit_kcalloc(test, WPT_ENDING_MANY,
					       sizeof(*r), GFP_KERNEL);
	struct winpar_file *file;
	unsigned int i, bad = 0;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	for (i = 0; i < WPT_ENDING_MANY; i++)
		r[i] = wpt_queue(t, t->file[0], 1);
	fake_port_remove(t->fake);
	wpt_plug(t, NULL);
	file = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_reaches(t, WPT_ENDING_MANY));
	for (i = 0; i < WPT_ENDING_MANY; i++)
		bad += r[i]->calls != 1 ||
		       r[i]->irp.IoStatus.Status != STATUS_DELETE_PENDING;
	KUNIT_EXPECT_EQ(test, bad, 0U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_FREE), STATUS_SUCCESS);
	winpar_close(file);
}

/* A file of an earlier life is closed: the new life's count of users stays. */
static void winpar_test_ending_file_of_an_earlier_life(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file;
	struct winpar_port *port;

	fake_port_remove(t->fake);
	wpt_plug(t, NULL);
	file = wpt_open(t);
	KUNIT_EXPECT_PTR_NE(test, file->port, t->port);
	KUNIT_EXPECT_EQ(test, file->port->host.users, 1U);
	wpt_close(t, 0);
	KUNIT_EXPECT_EQ(test, file->port->host.users, 1U);
	port = file->port;
	winpar_close(file);
	KUNIT_EXPECT_EQ(test, port->host.users, 0U);
}

static void wpt_ending_in_routine(struct wpt_hook *hook)
{
	struct winpar_file *file;

	if (hook->checks > 1)
		return;
	wpt_note(hook->t, 60, winpar_open("\\Device\\ParallelPort0", &file), 0);
	wpt_note(hook->t, 61, wpt_connect(hook->arg, hook->t->file[0]), 0);
}

/* Opening and CONNECT sleep: they are refused inside a deferred routine. */
static void winpar_test_ending_sleepers_refused(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	if (t->port->number)
		kunit_skip(test, "there is another port");
	hook->on_check = wpt_ending_in_routine;
	hook->arg = wpt_hook(t, 2, WPT_BOTH);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect(t, 1, 60, STATUS_INVALID_DEVICE_STATE);
	wpt_expect(t, 2, 61, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/* ----- a cancel that comes late -------------------------------------------- */

/**
 * struct wpt_tardy - a task that cancels a request that leaves its queue
 * @queue: the queue that the request changes to
 * @asked: how often @queue's function was called to cancel the request
 * @irp: the request
 * @ready: the task runs, and waits for @go
 * @go: the task is to cancel
 * @won: what winpar_irp_cancel() returned
 * @done: winpar_irp_cancel() has returned
 */
struct wpt_tardy {
	struct winpar_queue queue;
	unsigned int asked;
	IRP *irp;
	bool ready;
	bool go;
	bool won;
	bool done;
};

static bool wpt_tardy_cancel(struct winpar_queue *queue, IRP *irp)
{
	container_of(queue, struct wpt_tardy, queue)->asked++;
	return false;
}

static int wpt_tardy_thread(void *data)
{
	struct wpt_tardy *tardy = data;

	WRITE_ONCE(tardy->ready, true);
	while (!READ_ONCE(tardy->go) && !kthread_should_stop())
		cpu_relax();
	tardy->won = winpar_irp_cancel(tardy->irp);
	WRITE_ONCE(tardy->done, true);
	while (!kthread_should_stop())
		wpt_nap(1);
	return 0;
}

/*
 * Take the request off the port's queue while the cancel waits for the port
 * lock.
 */
static void wpt_tardy_move(struct wpt *t, struct wpt_tardy *tardy)
{
	ktime_t end = ktime_add_ms(ktime_get(), 2000);
	struct winpar_port *port = t->port;
	unsigned long flags;

	winpar_port_lock(port, &flags);
	WRITE_ONCE(tardy->go, true);
	/* The cancel sets this mark, reads the queue, and then takes the lock. */
	while (!READ_ONCE(tardy->irp->winpar.cancel) &&
	       ktime_before(ktime_get(), end))
		cpu_relax();
	mdelay(5);
	__winpar_irp_end(tardy->irp, &port->queue);
	list_del_init(&tardy->irp->winpar.entry);
	list_del_init(&tardy->irp->winpar.file_entry);
	port->nwaiting--;
	__winpar_irp_begin(tardy->irp, &tardy->queue);
	winpar_port_unlock(port, flags);
}

/* A cancel leaves a request alone that has left the queue by then. */
static void winpar_test_ending_cancel_comes_late(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_tardy *tardy = kunit_kzalloc(test, sizeof(*tardy),
						GFP_KERNEL);
	struct task_struct *task;
	struct wpt_request *r;
	unsigned long flags;
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, tardy);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	tardy->irp = &r->irp;
	tardy->queue.cancel = wpt_tardy_cancel;
	tardy->queue.lock = t->port->queue.lock;
	task = kthread_create(wpt_tardy_thread, tardy, "winpar_tardy");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	migrate_disable();
	cpu = wpt_other_cpu(test);
	if (cpu >= 0)
		kthread_bind(task, cpu);
	wake_up_process(task);
	while (cpu >= 0 && !READ_ONCE(tardy->ready))
		wpt_nap(1);
	wpt_tardy_move(t, tardy);
	migrate_enable();
	while (!READ_ONCE(tardy->done))
		wpt_nap(1);
	kthread_stop(task);
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, tardy->won);
	KUNIT_EXPECT_PTR_EQ(test, r->irp.winpar.queue, &tardy->queue);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	/*
	 * Otherwise the cancel read the queue late, and asked the new one:
	 * right too.
	 */
	if (!tardy->asked)
		kunit_info(test, "the cancel has waited for the port lock\n");
	winpar_port_lock(t->port, &flags);
	__winpar_irp_take_back(&r->irp);
	winpar_port_unlock(t->port, flags);
	wpt_free(t);
}

/* ----- many at once ------------------------------------------------------- */

#define WPT_ENDING_CROWD	20000
/* At most so many requests are ended before interrupts are switched on again. */
#define WPT_ENDING_BATCH	64

static NTSTATUS wpt_ending_count(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	unsigned int *count = context;

	*count += irp->IoStatus.Status == STATUS_CANCELLED;
	return STATUS_SUCCESS;
}

/* How often this task has switched interrupts on or off. */
static unsigned int wpt_ending_switches(struct kunit *test)
{
#ifdef CONFIG_TRACE_IRQFLAGS
	if (debug_locks)
		return current->irqtrace.irq_events;
#endif
	kunit_skip(test, "lockdep does not count");
	return 0;
}

/*
 * Twenty thousand requests are cancelled, in batches with interrupts on in
 * between. Softirqs are off for that: the loop's own switches are not to be
 * counted.
 */
static void winpar_test_ending_in_batches(struct kunit *test)
{
	unsigned int (*cancel)(struct winpar_file *file) =
		wpt_symbol(test, "winpar_drain_cancel");
	struct wpt *t = to_wpt(test);
	unsigned int i, count, switches, *told;
	IRP *irps;

	wpt_ending_switches(test);
	told = kunit_kzalloc(test, sizeof(*told), GFP_KERNEL);
	irps = vmalloc(array_size(WPT_ENDING_CROWD, sizeof(IRP)));
	KUNIT_ASSERT_NOT_NULL(test, told);
	KUNIT_ASSERT_NOT_NULL(test, irps);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	for (i = 0; i < WPT_ENDING_CROWD; i++) {
		winpar_irp_init(&irps[i]);
		winpar_irp_set_ioctl(&irps[i], IRP_MJ_INTERNAL_DEVICE_CONTROL,
				     WPT_ALLOCATE, NULL, 0, 0);
		winpar_irp_set_completion(&irps[i], wpt_ending_count, told);
		winpar_irp_submit(t->file[0], &irps[i]);
	}
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), (unsigned int)WPT_ENDING_CROWD);
	local_bh_disable();
	switches = wpt_ending_switches(test);
	count = cancel(t->file[0]);
	switches = wpt_ending_switches(test) - switches;
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, count, (unsigned int)WPT_ENDING_CROWD);
	KUNIT_EXPECT_GE(test, switches,
			2U * WPT_ENDING_CROWD / WPT_ENDING_BATCH);
	wpt_close(t, 0);
	KUNIT_EXPECT_EQ(test, *told, (unsigned int)WPT_ENDING_CROWD);
	wpt_free(t);
	vfree(irps);
}

static struct kunit_case winpar_ending_cases[] = {
	KUNIT_CASE(winpar_test_ending_wait_after_close),
	KUNIT_CASE(winpar_test_ending_resubmits),
	KUNIT_CASE(winpar_test_ending_own_check),
	KUNIT_CASE(winpar_test_ending_round_without_routines),
	KUNIT_CASE(winpar_test_ending_back_at_once),
	KUNIT_CASE(winpar_test_ending_file_of_an_earlier_life),
	KUNIT_CASE(winpar_test_ending_sleepers_refused),
	KUNIT_CASE(winpar_test_ending_cancel_comes_late),
	KUNIT_CASE(winpar_test_ending_in_batches),
	{ }
};

static struct kunit_suite winpar_ending_suite = {
	.name = "winpar_ending",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_ending_cases,
};

kunit_test_suite(winpar_ending_suite);
