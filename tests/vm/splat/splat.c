// SPDX-License-Identifier: GPL-2.0-only
/*
 * splat - a deliberate mistake for each check of the test kernel (KASAN,
 * lockdep, UBSAN, ...), so that tests/vm/selftest.sh sees that each check
 * works.
 *
 * "insmod splat.ko what=NAME" makes the mistake NAME and never stays loaded.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *what = "";
module_param(what, charp, 0);

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);

static void splat_atomic(void)
{
	spin_lock(&lock_a);
	might_sleep();
	spin_unlock(&lock_a);
}

static void splat_order(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void splat_rcu(void)
{
	static int __rcu *pointer;

	(void)rcu_dereference(pointer);
}

static void splat_list(void)
{
	LIST_HEAD(head);
	LIST_HEAD(one);

	list_add(&one, &head);
	one.prev = &one;
	list_del(&one);
}

static void splat_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void splat_timer_func(struct timer_list *timer)
{
}

static void splat_timer(void)
{
	static struct timer_list timer;

	timer_setup(&timer, splat_timer_func, 0);
	mod_timer(&timer, jiffies + 1000 * HZ);
	timer_setup(&timer, splat_timer_func, 0);
	del_timer_sync(&timer);
}

static void splat_shift(void)
{
	int bits = 40;
	int value = 1;

	/* Otherwise the compiler works out the value and refuses the shift. */
	OPTIMIZER_HIDE_VAR(bits);
	value <<= bits;
	OPTIMIZER_HIDE_VAR(value);
}

static void splat_freed(void)
{
	char *memory = kmalloc(32, GFP_KERNEL);

	kfree(memory);
	WRITE_ONCE(memory[3], 1);
}

/* The words are for who reads kmemleak's answer, in which they are. */
static void splat_leak(void)
{
	char *memory = kstrdup("splat lost", GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(memory);
}

static int shared;

static int splat_race_loop(void *unused)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end) && !kthread_should_stop()) {
		shared++;
		barrier();
	}
	while (unused && !kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

static void splat_race(void)
{
	struct task_struct *task = kthread_run(splat_race_loop, &shared, "splat");
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		shared++;
		barrier();
		cond_resched();
	}
	if (!IS_ERR(task))
		kthread_stop(task);
}

/* Longer than the detector allows, once the caller has set that to a few seconds. */
static void splat_hung(void)
{
	schedule_timeout_uninterruptible(15 * HZ);
}

static void splat_lockup(void)
{
	unsigned long end = jiffies + 10 * HZ;

	preempt_disable();
	while (time_before(jiffies, end))
		cpu_relax();
	preempt_enable();
}

static void splat_hold(struct work_struct *work)
{
	unsigned long end = jiffies + 8 * HZ;

	while (time_before(jiffies, end))
		cpu_relax();
}

static void splat_held(struct work_struct *work)
{
}

static DECLARE_WORK(hold, splat_hold);
static DECLARE_WORK(held, splat_held);

/* One work does not let go of a CPU's workers, for which the other one waits. */
static void splat_stuck(void)
{
	schedule_work_on(0, &hold);
	schedule_work_on(0, &held);
	flush_work(&hold);
	flush_work(&held);
}

static int __init splat_init(void)
{
	if (!strcmp(what, "warn"))
		WARN(1, "splat\n");
	else if (!strcmp(what, "atomic"))
		splat_atomic();
	else if (!strcmp(what, "order"))
		splat_order();
	else if (!strcmp(what, "rcu"))
		splat_rcu();
	else if (!strcmp(what, "list"))
		splat_list();
	else if (!strcmp(what, "refcount"))
		splat_refcount();
	else if (!strcmp(what, "timer"))
		splat_timer();
	else if (!strcmp(what, "shift"))
		splat_shift();
	else if (!strcmp(what, "freed"))
		splat_freed();
	else if (!strcmp(what, "hung"))
		splat_hung();
	else if (!strcmp(what, "lockup"))
		splat_lockup();
	else if (!strcmp(what, "stuck"))
		splat_stuck();
	else if (!strcmp(what, "leak"))
		splat_leak();
	else if (!strcmp(what, "race"))
		splat_race();
	else
		return -EINVAL;
	return -EAGAIN;
}
module_init(splat_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("deliberate mistakes, to test the checks of the test kernel");
