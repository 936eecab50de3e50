// SPDX-License-Identifier: GPL-2.0-only
/* A Linux driver beside winpar on a fake port: it claims the port and is woken. */
#include <kunit/test.h>
#include <linux/completion.h>

#include "fixture.h"

static void fake_rival_destroy(struct fake_rival *rival)
{
	fake_rival_release(rival);
	get_device(&rival->dev->dev);
	parport_unregister_device(rival->dev);
	list_move(&rival->entry, &rival->fake->gone);
}

/**
 * fake_port_drop_rivals() - unregister every Linux driver
 * @fake: the port
 */
void fake_port_drop_rivals(struct fake_port *fake)
{
	struct fake_rival *rival, *next;

	list_for_each_entry_safe(rival, next, &fake->rivals, entry)
		fake_rival_destroy(rival);
}

/**
 * fake_port_free_rivals() - free the Linux drivers that were unregistered
 * @fake: the port, on which no driver is registered any more
 *
 * They are freed late: when a driver releases the port the core walks the list
 * of drivers without a lock, and may still look at one that was unregistered.
 */
void fake_port_free_rivals(struct fake_port *fake)
{
	struct fake_rival *rival, *next;

	list_for_each_entry_safe(rival, next, &fake->gone, entry) {
		list_del(&rival->entry);
		put_device(&rival->dev->dev);
	}
}

static void fake_rival_got(struct fake_rival *rival)
{
	WRITE_ONCE(rival->has, true);
	rival->turns++;
	complete(&rival->got);
}

static int fake_rival_preempt(void *private)
{
	struct fake_rival *rival = private;

	rival->asked++;
	complete(&rival->was_asked);
	return 1;
}

static void fake_rival_wakeup(void *private)
{
	struct fake_rival *rival = private;

	rival->woken++;
	if (READ_ONCE(rival->takes) && !READ_ONCE(rival->has) &&
	    !parport_claim(rival->dev))
		fake_rival_got(rival);
}

static void fake_rival_irq(void *private)
{
	struct fake_rival *rival = private;

	rival->interrupts++;
}

/**
 * fake_rival_named() - register a Linux driver of a given name
 * @fake: the port
 * @name: its name
 * @flags: PARPORT_DEV_EXCL or 0
 *
 * Return: the driver; fails the test when it is refused.
 */
struct fake_rival *fake_rival_named(struct fake_port *fake, const char *name,
				    int flags)
{
	struct kunit *test = fake->test;
	struct pardev_cb callbacks = {
		.preempt = fake_rival_preempt,
		.wakeup = fake_rival_wakeup,
		.irq_func = fake_rival_irq,
		.flags = flags,
	};
	struct fake_rival *rival;
	struct list_head *entry;
	int number = 0;

	rival = kunit_kzalloc(test, sizeof(*rival), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rival);
	rival->fake = fake;
	init_completion(&rival->got);
	init_completion(&rival->was_asked);
	callbacks.private = rival;
	list_for_each(entry, &fake->rivals)
		number++;
	rival->dev = parport_register_dev_model(fake->parport, name,
						&callbacks, number);
	KUNIT_ASSERT_NOT_NULL(test, rival->dev);
	list_add_tail(&rival->entry, &fake->rivals);
	return rival;
}

/**
 * fake_rival_create() - register a Linux driver on a port
 * @fake: the port
 * @flags: PARPORT_DEV_EXCL or 0
 *
 * Return: the driver; fails the test when it is refused.
 */
struct fake_rival *fake_rival_create(struct fake_port *fake, int flags)
{
	return fake_rival_named(fake, "rival", flags);
}

/**
 * fake_rival_claim() - ask for the port
 * @rival: the driver; from now on it takes the port when it is woken
 *
 * Return: whether it got the port at once.
 */
bool fake_rival_claim(struct fake_rival *rival)
{
	WRITE_ONCE(rival->takes, true);
	if (parport_claim(rival->dev))
		return false;
	fake_rival_got(rival);
	return true;
}

/**
 * fake_rival_wait() - wait until a driver gets the port
 * @rival: the driver, which has asked for it
 *
 * Return: whether it got the port in time.
 */
bool fake_rival_wait(struct fake_rival *rival)
{
	return wait_for_completion_timeout(&rival->got, WPT_TIMEOUT);
}

/**
 * fake_rival_was_offered() - wait until winpar has offered a driver the port
 * @rival: the driver, which ignores the offer
 * @before: how often it had been woken before it asked
 *
 * The offer lasts 200 ms. On a busy machine it may be over when this returns.
 *
 * Return: whether it was offered the port in time.
 */
bool fake_rival_was_offered(struct fake_rival *rival, unsigned int before)
{
	struct wpt *t = to_wpt(rival->fake->test);
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (READ_ONCE(rival->woken) == before || wpt_state(t) == WINPAR_PORT_GIVING) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(1);
	}
	return true;
}

/* Wait until the log has named the Linux driver that does not let go of the port. */
bool wpt_is_told(struct wpt *t)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (!READ_ONCE(t->port->host.told) && time_before(jiffies, end))
		wpt_nap(10);
	return READ_ONCE(t->port->host.told);
}

/* Wait until QueryNumWaiters says @count. */
bool wpt_has_waiters(struct wpt *t, unsigned int count)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_waiters(t) != count) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(5);
	}
	return true;
}

/*
 * The Linux driver that waits for the port lets requests that came before it go first, for
 * 200 ms. Let these not be over, however busy the machine is.
 */
void wpt_rival_is_patient(struct wpt *t)
{
	unsigned long flags;

	winpar_port_lock(t->port, &flags);
	KUNIT_EXPECT_TRUE(t->test, t->port->rival.waits);
	t->port->rival.since = jiffies + 3600 * HZ;
	winpar_port_unlock(t->port, flags);
}

/**
 * fake_rival_release() - release the port, and take it no more when woken
 * @rival: the driver; it may have the port or not
 */
void fake_rival_release(struct fake_rival *rival)
{
	WRITE_ONCE(rival->takes, false);
	if (!READ_ONCE(rival->has))
		return;
	WRITE_ONCE(rival->has, false);
	parport_release(rival->dev);
}

/**
 * fake_rival_die_waiting() - claim as a process that is killed while it waits
 * @rival: the driver; it stays on the core's waiting list and never takes the
 *	port
 */
void fake_rival_die_waiting(struct fake_rival *rival)
{
	rival->dev->waiting = 2;
	KUNIT_EXPECT_NE(rival->fake->test, parport_claim(rival->dev), 0);
}
