// SPDX-License-Identifier: GPL-2.0-only
/* Linux drivers that wait, sleep, die or never let go; many turns of both. */
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "fixture.h"

/* ----- a driver that asked and then does not take the port --------------- */

/* It is offered, left alone for a while, and taken back. */
static void winpar_test_turn_offered_in_vain(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long before = t->port->host.handovers;
	ktime_t start;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	/* It changes its mind. */
	rival->takes = false;
	start = ktime_get();
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	KUNIT_EXPECT_GT(test, rival->woken, 0U);
	KUNIT_EXPECT_NULL(test, fake_port_holder(t->fake));
	/* Gone for good: what it left on the waiting list goes with it. */
	fake_port_drop_rivals(t->fake);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 190LL);
	KUNIT_EXPECT_EQ(test, t->port->host.handovers, before);
}

/* A request that comes meanwhile is served after it. */
static void winpar_test_turn_request_while_offered(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	rival->takes = false;
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	fake_port_drop_rivals(t->fake);
	wpt_queue(t, t->file[0], 1);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* ----- a process that was killed while it waited ------------------------- */

/*
 * The core would give it the port for ever. It is taken off the waiting list
 * instead, and the port is not released at all.
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

/* The same while a client has the port and another waits. */
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

/* One that is dead and one that is not: that one gets the port. */
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
 * One that is left on the list and asks again, as lp does when a process killed
 * in open() closes the file: the core's list becomes a ring. It is mended.
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

/* The same with a driver between the two, which the list has lost. */
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

/* parport_claim_or_block(): woken with the port in its hands. */
static void winpar_test_turn_sleeper(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_sleeper *sleeper;
	struct task_struct *task;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	sleeper = wpt_sleeper(test, rival, &task);
	KUNIT_EXPECT_FALSE(test,
			   wait_for_completion_timeout(&sleeper->got,
						       HZ / 4));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
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

/* Killed in its sleep, as a print job is: the port still serves. */
static void winpar_test_turn_sleeper_killed(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	struct wpt_sleeper *sleeper;
	struct task_struct *task;
	int i;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	sleeper = wpt_sleeper(test, rival, &task);
	for (i = 0; i < 1000 && !wpt_waiters(t); i++)
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

/* After 2 s the log says who it is (the runner looks for it). */
static void winpar_test_turn_not_let_go(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	wpt_queue(t, t->file[0], 1);
	wpt_nap(2300);
	wpt_expect_quiet(t, 0);
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* One that lets go with interrupts off: the claim is left to the work. */
static void winpar_test_turn_released_with_interrupts_off(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	unsigned long flags;

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
 * @patience: most turns of the client between the driver's asking and getting
 * @wrong: something was not as it should be
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
		/* Not before: this thread may be off the CPU in between. */
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

/* Clients and a driver in turn, interrupts coming all the while. */
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
	/* Only who had the port, or was about to, went before the driver. */
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
