// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts: which routines are called, in which order, and what they may do. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "fixture.h"

/* Every routine, in the order of connection, whatever each returns. */
static void winpar_test_interrupt_fan_out(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[4];
	int i;

	for (i = 0; i < ARRAY_SIZE(hook); i++) {
		hook[i] = wpt_connected(t, t->file[(i + 1) % 3], i, WPT_ISR);
		hook[i]->result = i & 1;
	}
	fake_port_interrupt(t->fake);
	WPT_EXPECT_ORDER(t, 0, 1, 2, 3);
	for (i = 0; i < ARRAY_SIZE(hook); i++) {
		KUNIT_EXPECT_PTR_EQ(test, hook[i]->object,
				    hook[i]->info.InterruptObject);
		KUNIT_EXPECT_PTR_EQ(test, hook[i]->object, hook[0]->object);
		/* In the handler, with the interrupt object's lock held. */
		KUNIT_EXPECT_EQ(test, (int)t->log.events[i].level,
				(int)WPT_IN_HANDLER);
		KUNIT_EXPECT_TRUE(test, t->log.events[i].interrupt_lock);
	}
}

enum wpt_owner_kind { WPT_NOBODY, WPT_SELF, WPT_OTHER, WPT_TRIED, WPT_WAITED };

struct wpt_owner_row {
	const char *name;
	enum wpt_owner_kind owner;
};

static const struct wpt_owner_row wpt_owner_rows[] = {
	{ "no client has the port", WPT_NOBODY },
	{ "the client has it", WPT_SELF },
	{ "another client has it", WPT_OTHER },
	{ "a Try call has it", WPT_TRIED },
	{ "a client has it, another waits", WPT_WAITED },
};

WPT_ROWS(wpt_owner, wpt_owner_rows);

static void wpt_owned_by(struct wpt *t, enum wpt_owner_kind owner)
{
	struct kunit *test = t->test;

	if (owner == WPT_SELF || owner == WPT_OTHER)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_ioctl(t->file[owner == WPT_OTHER],
					  WPT_ALLOCATE));
	else if (owner != WPT_NOBODY)
		KUNIT_EXPECT_TRUE(test, wpt_try(t));
	if (owner == WPT_WAITED)
		wpt_queue(t, t->file[1], 90);
}

static void wpt_owned_by_end(struct wpt *t, enum wpt_owner_kind owner)
{
	if (owner != WPT_NOBODY)
		wpt_free(t);
	if (owner == WPT_WAITED) {
		KUNIT_EXPECT_TRUE(t->test, wpt_becomes(t, WINPAR_PORT_OWNED));
		wpt_settle(t);
		wpt_free(t);
	}
}

/* The routine is called whichever client has the port, or none. */
static void winpar_test_interrupt_with_each_owner(struct kunit *test)
{
	const struct wpt_owner_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	wpt_owned_by(t, row->owner);
	fake_port_interrupt(t->fake);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 2U);
	wpt_owned_by_end(t, row->owner);
}

static void wpt_interrupt_try(struct wpt_hook *hook)
{
	PVOID context = hook->info.Context;
	bool had = hook->info.TryAllocatePortAtInterruptLevel(context);

	wpt_note(hook->t, 60, had, 0);
	if (had)
		hook->info.FreePortFromInterruptLevel(context);
}

/* TryAllocatePortAtInterruptLevel: TRUE only while no client has the port. */
static void winpar_test_interrupt_try_allocate(struct kunit *test)
{
	const struct wpt_owner_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	hook->on_interrupt = wpt_interrupt_try;
	wpt_owned_by(t, row->owner);
	fake_port_interrupt(t->fake);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 60, row->owner == WPT_NOBODY);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), row->owner == WPT_NOBODY ?
			(int)WINPAR_PORT_HELD : (int)WINPAR_PORT_OWNED);
	wpt_owned_by_end(t, row->owner);
}

static void wpt_interrupt_free(struct wpt_hook *hook)
{
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
}

/* FreePortFromInterruptLevel: the loop grants the port, after the interrupt. */
static void winpar_test_interrupt_free(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];

	hook[0] = wpt_connected(t, t->file[0], 1, WPT_ISR);
	hook[1] = wpt_connected(t, t->file[0], 2, WPT_ISR);
	hook[0]->on_interrupt = wpt_interrupt_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[1], 10);
	fake_port_interrupt(t->fake);
	/* Granted after the second interrupt routine. */
	WPT_EXPECT_ORDER(t, 1, 2, 10);
	KUNIT_EXPECT_EQ(test, (int)t->log.events[2].level, (int)WPT_SOFTIRQ);
	KUNIT_EXPECT_FALSE(test, t->log.events[2].interrupt_lock);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
}

/* An interrupt routine frees a port that no client has: nothing happens. */
static void winpar_test_interrupt_free_too_many(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	hook->on_interrupt = wpt_interrupt_free;
	fake_port_interrupt(t->fake);
	WPT_EXPECT_ORDER(t, 1);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* The handler is called in process context, with interrupts off. */
static void winpar_test_interrupt_in_process_context(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);

	hook->on_interrupt = wpt_interrupt_try;
	fake_port_interrupt_process(t->fake);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_expect(t, 1, 60, TRUE);
	wpt_expect(t, 2, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect_quiet(t, 3);
}

/* Raise the port's interrupt. Did the core call winpar's handler? */
static bool wpt_is_called(struct wpt *t)
{
	unsigned long before = t->port->interrupts;

	fake_port_interrupt(t->fake);
	return t->port->interrupts != before;
}

/*
 * The core calls winpar's handler only while a routine is connected. Otherwise
 * each byte of a transfer by interrupt would call it for nothing.
 */
static void winpar_test_interrupt_without_a_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];

	KUNIT_EXPECT_FALSE(test, wpt_is_called(t));
	hook[0] = wpt_connected(t, t->file[0], 0, WPT_ISR);
	KUNIT_EXPECT_TRUE(test, wpt_is_called(t));
	hook[1] = wpt_connected(t, t->file[1], 1, WPT_ISR);
	KUNIT_EXPECT_TRUE(test, wpt_is_called(t));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_disconnect(hook[0], t->file[0]));
	KUNIT_EXPECT_TRUE(test, wpt_is_called(t));
	KUNIT_EXPECT_EQ(test, hook[0]->interrupts, 2U);
	KUNIT_EXPECT_EQ(test, hook[1]->interrupts, 2U);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_disconnect(hook[1], t->file[1]));
	KUNIT_EXPECT_FALSE(test, wpt_is_called(t));
	wpt_expect_quiet(t, 4);
}

/* Deviation: while a Linux driver has the port its handler gets the interrupts. */
static void winpar_test_interrupt_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	/*
	 * The driver may have the port while winpar's release still masks the
	 * line.
	 */
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 0U);
	KUNIT_EXPECT_EQ(test, rival->interrupts, 1U);
	/* A routine is connected: winpar asks the driver for the port at once. */
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 1U);
	KUNIT_EXPECT_EQ(test, rival->interrupts, 1U);
}

/* CONNECT while a Linux driver has the port: winpar asks the driver for it. */
static void winpar_test_interrupt_connect_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_hook *hook;

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 1U);
}

/* ----- the interrupt object ---------------------------------------------- */

static bool wpt_hook_hears(struct wpt_hook *hook, unsigned int count)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(hook->interrupts) != count) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(100, 200);
	}
	return true;
}

/**
 * struct wpt_elsewhere - an interrupt on another CPU
 * @fake: the port that interrupts
 * @ready: the thread on that CPU waits for @go
 * @go: the thread is to raise the interrupt
 */
struct wpt_elsewhere {
	struct fake_port *fake;
	bool ready;
	bool go;
};

static int wpt_elsewhere_thread(void *data)
{
	struct wpt_elsewhere *elsewhere = data;
	unsigned long end = jiffies + WPT_TIMEOUT;

	WRITE_ONCE(elsewhere->ready, true);
	while (!READ_ONCE(elsewhere->go) && time_before(jiffies, end))
		cpu_relax();
	fake_port_interrupt(elsewhere->fake);
	return 0;
}

/*
 * A routine on another CPU waits while a client holds the interrupt object's
 * lock.
 */
static void winpar_test_interrupt_object_locks(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	struct wpt_elsewhere *elsewhere =
		kunit_kzalloc(test, sizeof(*elsewhere), GFP_KERNEL);
	struct task_struct *task;
	unsigned int heard;
	unsigned long flags;
	int cpu, i;

	KUNIT_ASSERT_NOT_NULL(test, elsewhere);
	elsewhere->fake = t->fake;
	task = kthread_create(wpt_elsewhere_thread, elsewhere, "winpar_other");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	migrate_disable();
	cpu = wpt_other_cpu(test);
	if (cpu >= 0)
		kthread_bind(task, cpu);
	wake_up_process(task);
	for (i = 0; i < 1000 && !READ_ONCE(elsewhere->ready); i++)
		wpt_nap(1);
	winpar_interrupt_lock(hook->info.InterruptObject, &flags);
	WRITE_ONCE(elsewhere->go, true);
	mdelay(5);
	heard = READ_ONCE(hook->interrupts);
	winpar_interrupt_unlock(hook->info.InterruptObject, flags);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, heard, 0U);
	KUNIT_EXPECT_TRUE(test, wpt_hook_hears(hook, 1));
	kthread_stop(task);
	put_task_struct(task);
}

static BOOLEAN wpt_synchronized(PVOID context)
{
	struct wpt *t = context;

	wpt_note(t, 70, STATUS_SUCCESS, irqs_disabled());
	return TRUE;
}

static BOOLEAN wpt_synchronized_false(PVOID context)
{
	return FALSE;
}

/* KeSynchronizeExecution: with the interrupt's lock, and its value returned. */
static void winpar_test_interrupt_synchronize(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	PKINTERRUPT object = hook->info.InterruptObject;

	KUNIT_EXPECT_TRUE(test, winpar_interrupt_synchronize(object,
							     wpt_synchronized,
							     t));
	wpt_expect(t, 0, 70, STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, t->log.events[0].interrupt_lock);
	KUNIT_EXPECT_EQ(test, t->log.events[0].information,
			IS_ENABLED(CONFIG_PREEMPT_RT) ? 0UL : 1UL);
	KUNIT_EXPECT_FALSE(test,
			   winpar_interrupt_synchronize(object,
							wpt_synchronized_false,
							t));
}

/* ----- disconnecting while interrupts come ------------------------------- */

struct wpt_storm {
	struct work_struct work;
	struct fake_port *fake;
	bool stop;
};

static void wpt_storm_work(struct work_struct *work)
{
	struct wpt_storm *storm = container_of(work, struct wpt_storm, work);

	while (!READ_ONCE(storm->stop)) {
		fake_port_interrupt(storm->fake);
		cond_resched();
	}
}

/* Wait for one more interrupt than @heard. */
static bool wpt_heard(struct wpt_hook *hook, unsigned int heard)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(hook->interrupts) == heard) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 100);
	}
	return true;
}

/* Interrupts come all the time: once DISCONNECT has returned, no call any more. */
static void winpar_test_interrupt_disconnect_in_a_storm(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_storm *storm = kunit_kzalloc(test, sizeof(*storm),
						GFP_KERNEL);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_ISR);
	unsigned int i, heard = 0, late = 0;

	KUNIT_ASSERT_NOT_NULL(test, storm);
	hook->quiet = true;
	storm->fake = t->fake;
	INIT_WORK(&storm->work, wpt_storm_work);
	queue_work(winpar_unbound_wq, &storm->work);
	for (i = 0; i < 200; i++) {
		if (wpt_connect(hook, t->file[0]) != STATUS_SUCCESS)
			break;
		udelay(i);
		/* In one round of 20 wait until the routine has been called. */
		if (i % 20 == 0 && !wpt_heard(hook, heard))
			break;
		if (wpt_disconnect(hook, t->file[0]) != STATUS_SUCCESS)
			break;
		heard = READ_ONCE(hook->interrupts);
		usleep_range(50, 100);
		late += READ_ONCE(hook->interrupts) != heard;
	}
	WRITE_ONCE(storm->stop, true);
	cancel_work_sync(&storm->work);
	KUNIT_EXPECT_EQ(test, i, 200U);
	KUNIT_EXPECT_EQ(test, late, 0U);
	KUNIT_EXPECT_GT(test, hook->interrupts, 0U);
}

/* ----- a module that is unloaded ----------------------------------------- */

/* Once the end of a client's module has begun, no routine of it is called. */
static void winpar_test_interrupt_module_leaves(struct kunit *test)
{
	void (*begin)(struct winpar_leaving *leaving) =
		wpt_symbol(test, "winpar_leaving_begin");
	void (*end)(struct winpar_leaving *leaving) =
		wpt_symbol(test, "winpar_leaving_end");
	struct winpar_leaving leaving = { .module = THIS_MODULE };
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);

	begin(&leaving);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_settle(t);
	end(&leaving);
	wpt_expect_quiet(t, 0);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 1U);
}

static struct kunit_case winpar_interrupt_cases[] = {
	KUNIT_CASE(winpar_test_interrupt_fan_out),
	KUNIT_CASE_PARAM(winpar_test_interrupt_with_each_owner,
			 wpt_owner_gen_params),
	KUNIT_CASE_PARAM(winpar_test_interrupt_try_allocate,
			 wpt_owner_gen_params),
	KUNIT_CASE(winpar_test_interrupt_free),
	KUNIT_CASE(winpar_test_interrupt_free_too_many),
	KUNIT_CASE(winpar_test_interrupt_in_process_context),
	KUNIT_CASE(winpar_test_interrupt_without_a_routine),
	KUNIT_CASE(winpar_test_interrupt_while_away),
	KUNIT_CASE(winpar_test_interrupt_connect_while_away),
	KUNIT_CASE(winpar_test_interrupt_object_locks),
	KUNIT_CASE(winpar_test_interrupt_synchronize),
	KUNIT_CASE(winpar_test_interrupt_disconnect_in_a_storm),
	KUNIT_CASE(winpar_test_interrupt_module_leaves),
	{ }
};

static struct kunit_suite winpar_interrupt_suite = {
	.name = "winpar_interrupt",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_interrupt_cases,
};

kunit_test_suite(winpar_interrupt_suite);
