// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns of a client and a Linux driver, where the driver does not take the
 * port, is killed while it waits, sleeps for the port, or does not release it.
 */
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "fixture.h"

/* ----- a driver that claims and then does not take the port -------------- */

/* winpar offers the port for 200 ms, then takes it back. */
static void winpar_test_turn_offered_in_vain(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long before = t->port->host.handovers;
	struct pardevice *holder;
	struct wpt_start start;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	/* From now on the driver ignores its wakeup. */
	rival->takes = false;
	start = wpt_start();
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(rival, 0));
	holder = fake_port_holder(t->fake);
	/* On a busy machine winpar may have the port again. */
	if (wpt_is_within(start, 200))
		KUNIT_EXPECT_NULL(test, holder);
	/* The driver is unregistered while it is on the waiting list. */
	fake_port_drop_rivals(t->fake);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_has_lasted(start, 190));
	KUNIT_EXPECT_EQ(test, t->port->host.handovers, before);
}

/* A request that comes during the offer is granted after it. */
static void winpar_test_turn_request_while_offered(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	rival->takes = false;
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_was_offered(rival, 0));
	fake_port_drop_rivals(t->fake);
	wpt_queue(t, t->file[0], 1);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- a process that was killed while it waited ------------------------- */

/*
 * The core would give the port to the dead process, for ever. winpar takes it
 * off the core's waiting list, and does not release the port.
 */
static void winpar_test_turn_dead_waiter(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long before = t->port->host.handovers;

	fake_rival_die_waiting(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_NULL(test, t->fake->parport->waithead);
	KUNIT_EXPECT_EQ(test, rival->woken, 0U);
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake),
			    t->port->host.pardev);
	KUNIT_EXPECT_EQ(test, t->port->host.handovers, before);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* A process is killed on the waiting list while a client has the port. */
static void winpar_test_turn_dead_waiter_when_owned(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(rival);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	wpt_queue(t, t->file[0], 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, t->fake->parport->waithead);
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake),
			    t->port->host.pardev);
	wpt_free(t);
}

/* A dead process and a driver are on the waiting list: the driver gets the port. */
static void winpar_test_turn_dead_and_live_waiter(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *dead = fake_rival_create(t->fake, 0);
	struct fake_rival *live = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(dead);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(live));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(live));
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), live->dev);
	fake_rival_release(live);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/*
 * A device that is still on the core's waiting list is put on it again, as lp's
 * is when a process that was killed in open() closes the file. The list becomes
 * a ring, which winpar mends.
 */
static void winpar_test_turn_list_is_a_ring(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(rival);
	fake_rival_die_waiting(rival);
	KUNIT_EXPECT_PTR_EQ(test, rival->dev->waitnext, rival->dev);
	wpt_queue(t, t->file[0], 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_NULL(test, t->fake->parport->waithead);
	KUNIT_EXPECT_NULL(test, t->fake->parport->waittail);
	wpt_free(t);
}

/* A driver was between the device's two places: the list has lost it. */
static void winpar_test_turn_list_has_lost_one(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *dead = fake_rival_create(t->fake, 0);
	struct fake_rival *live = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	fake_rival_die_waiting(dead);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(live));
	fake_rival_die_waiting(dead);
	KUNIT_EXPECT_PTR_EQ(test, t->fake->parport->waithead, dead->dev);
	KUNIT_EXPECT_NULL(test, dead->dev->waitnext);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(live));
	fake_rival_release(live);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* ----- a driver that sleeps until it has the port ------------------------ */

struct wpt_sleeper {
	struct fake_rival *rival;
	int ret;
	struct completion got;
	struct completion go;
	struct completion done;
};

static int wpt_sleeper_thread(void *data)
{
	struct wpt_sleeper *sleeper = data;
	struct pardevice *dev = sleeper->rival->dev;

	allow_signal(SIGKILL);
	sleeper->ret = parport_claim_or_block(dev);
	complete(&sleeper->got);
	if (sleeper->ret >= 0) {
		wait_for_completion_timeout(&sleeper->go, WPT_TIMEOUT);
		parport_release(dev);
	}
	complete(&sleeper->done);
	return 0;
}

static struct wpt_sleeper *wpt_sleeper(struct kunit *test,
				       struct fake_rival *rival,
				       struct task_struct **task)
{
	struct wpt_sleeper *sleeper = kunit_kzalloc(test, sizeof(*sleeper),
						    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sleeper);
	sleeper->rival = rival;
	init_completion(&sleeper->got);
	init_completion(&sleeper->go);
	init_completion(&sleeper->done);
	*task = kthread_run(wpt_sleeper_thread, sleeper, "winpar_sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(*task));
	return sleeper;
}

/* A task in parport_claim_or_block() is woken when it has the port. */
static void winpar_test_turn_sleeper(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_sleeper *sleeper;
	struct task_struct *task;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	sleeper = wpt_sleeper(test, rival, &task);
	KUNIT_ASSERT_TRUE(test, wpt_has_waiters(t, 1));
	KUNIT_EXPECT_FALSE(test,
			   wait_for_completion_timeout(&sleeper->got,
						       HZ / 4));
	wpt_queue(t, t->file[0], 1);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&sleeper->got,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	KUNIT_EXPECT_EQ(test, sleeper->ret, 1);
	complete(&sleeper->go);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&sleeper->done,
							    WPT_TIMEOUT));
	wpt_free(t);
}

/* How often restore_state() was called, and how often an interrupt could have come then. */
struct wpt_restored {
	unsigned int calls;
	unsigned int unmasked;
};

static void wpt_turn_restore(struct fake_port *fake)
{
	struct wpt_restored *seen = fake->arg;

	seen->calls++;
	if (!irqd_irq_disabled(irq_get_irq_data(fake->irq)) || !in_softirq())
		seen->unmasked++;
}

/*
 * winpar releases the port, and the core claims it for a task that sleeps. A kernel without
 * tests/kernel/claim-irq.patch has interrupts on then, and holds cad_lock, for which the
 * port's interrupt would wait for ever: its line is masked, and softirqs are off.
 */
static void winpar_test_turn_release_to_a_sleeper(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_restored *seen = kunit_kzalloc(test, sizeof(*seen),
						  GFP_KERNEL);
	unsigned long end = jiffies + WPT_TIMEOUT;
	struct wpt_sleeper *sleeper;
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, seen);
	t->fake->arg = seen;
	t->fake->on_restore = wpt_turn_restore;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	sleeper = wpt_sleeper(test, rival, &task);
	while (!wpt_waiters(t) && time_before(jiffies, end))
		wpt_nap(1);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&sleeper->got,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, seen->calls, 1U);
	KUNIT_EXPECT_EQ(test, seen->unmasked, 0U);
	complete(&sleeper->go);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&sleeper->done,
							    WPT_TIMEOUT));
}

/* A task in parport_claim_or_block() is killed: a client gets the port. */
static void winpar_test_turn_sleeper_killed(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_sleeper *sleeper;
	struct task_struct *task;
	int i;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	sleeper = wpt_sleeper(test, rival, &task);
	for (i = 0; i < 1000 * wpt_slowness && !wpt_waiters(t); i++)
		wpt_nap(1);
	wpt_nap(20);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&sleeper->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, sleeper->ret, -EINTR);
	wpt_queue(t, t->file[0], 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- a driver that does not let go ------------------------------------- */

/* After 2 s the log names the driver; tests/kunit/run.sh looks for it. */
static void winpar_test_turn_not_let_go(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test, wpt_is_told(t));
	wpt_expect_quiet(t, 0);
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* A driver releases with interrupts off: winpar claims in its work. */
static void winpar_test_turn_released_with_interrupts_off(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long flags;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "PREEMPT_RT: the parport core cannot release a port there");
	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	local_irq_save(flags);
	fake_rival_release(rival);
	local_irq_restore(flags);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* A driver that is unregistered while it has the port. */
static void winpar_test_turn_unregistered_with_the_port(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_queue(t, t->file[0], 1);
	rival->has = false;
	fake_port_drop_rivals(t->fake);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- many turns -------------------------------------------------------- */

#define WPT_TURNS	100

/**
 * struct wpt_crew - a Linux driver's thread, and the case's client
 * @t: the fixture
 * @rival: the driver
 * @ours: turns that the client has had
 * @theirs: turns that the driver has had
 * @patience: most turns of the client between a claim of the driver and its
 *	turn
 * @wrong: how often the driver had no turn, or not the port in its turn
 */
struct wpt_crew {
	struct wpt *t;
	struct fake_rival *rival;
	unsigned int ours;
	unsigned int theirs;
	unsigned int patience;
	unsigned int wrong;
};

static int wpt_crew_rival(void *data)
{
	struct wpt_crew *crew = data;
	struct fake_rival *rival = crew->rival;

	while (!kthread_should_stop()) {
		unsigned int asked;

		fake_rival_claim(rival);
		/* Read after the claim: this thread may lose the CPU before it. */
		asked = READ_ONCE(crew->ours);
		if (!fake_rival_wait(rival)) {
			crew->wrong++;
			break;
		}
		crew->patience = max(crew->patience,
				     READ_ONCE(crew->ours) - asked);
		crew->wrong += fake_port_holder(rival->fake) != rival->dev;
		fake_port_interrupt(rival->fake);
		WRITE_ONCE(crew->theirs, crew->theirs + 1);
		fake_rival_release(rival);
		cond_resched();
	}
	while (!kthread_should_stop())
		wpt_nap(1);
	return 0;
}

/* A client and a driver have 100 turns each, with an interrupt in each turn. */
static void winpar_test_turn_many(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_crew *crew = kunit_kzalloc(test, sizeof(*crew), GFP_KERNEL);
	struct wpt_hook *hook = wpt_connected(t, t->file[1], 1, WPT_BOTH);
	unsigned long end = jiffies + 2 * WPT_TIMEOUT;
	unsigned int wrong = 0, heard;
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, crew);
	crew->t = t;
	crew->rival = fake_rival_create(t->fake, 0);
	hook->quiet = true;
	task = kthread_run(wpt_crew_rival, crew, "winpar_rival");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while ((crew->ours < WPT_TURNS ||
		READ_ONCE(crew->theirs) < WPT_TURNS) &&
	       time_before(jiffies, end)) {
		if (wpt_ioctl(t->file[0], WPT_ALLOCATE) != STATUS_SUCCESS)
			break;
		wrong += fake_port_holder(t->fake) != t->port->host.pardev;
		heard = READ_ONCE(hook->interrupts);
		fake_port_interrupt(t->fake);
		wrong += READ_ONCE(hook->interrupts) == heard;
		WRITE_ONCE(crew->ours, crew->ours + 1);
		if (wpt_ioctl(t->file[0], WPT_FREE) != STATUS_SUCCESS)
			break;
	}
	kthread_stop(task);
	KUNIT_EXPECT_GE(test, crew->ours, (unsigned int)WPT_TURNS);
	KUNIT_EXPECT_GE(test, crew->theirs, (unsigned int)WPT_TURNS);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, crew->wrong, 0U);
	/*
	 * Before the driver goes only the owner, or a request about to be
	 * granted.
	 */
	KUNIT_EXPECT_LE(test, crew->patience, 3U);
	kunit_info(test, "%u turns against %u, at most %u before the driver's\n",
		   crew->ours, crew->theirs, crew->patience);
}

static struct kunit_case winpar_turn_cases[] = {
	KUNIT_CASE(winpar_test_turn_offered_in_vain),
	KUNIT_CASE(winpar_test_turn_request_while_offered),
	KUNIT_CASE(winpar_test_turn_dead_waiter),
	KUNIT_CASE(winpar_test_turn_dead_waiter_when_owned),
	KUNIT_CASE(winpar_test_turn_dead_and_live_waiter),
	KUNIT_CASE(winpar_test_turn_list_is_a_ring),
	KUNIT_CASE(winpar_test_turn_list_has_lost_one),
	KUNIT_CASE(winpar_test_turn_sleeper),
	KUNIT_CASE(winpar_test_turn_release_to_a_sleeper),
	KUNIT_CASE(winpar_test_turn_sleeper_killed),
	KUNIT_CASE(winpar_test_turn_not_let_go),
	KUNIT_CASE(winpar_test_turn_released_with_interrupts_off),
	KUNIT_CASE(winpar_test_turn_unregistered_with_the_port),
	KUNIT_CASE(winpar_test_turn_many),
	{ }
};

static struct kunit_suite winpar_turn_suite = {
	.name = "winpar_turn",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_turn_cases,
};

kunit_test_suite(winpar_turn_suite);
