/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a caller of winpar sleeps until winpar is done with something.
 *
 * Such a sleep may be long: a printer has no paper, another client has the port.
 * So a fatal signal ends it, the freezer (suspend) freezes the task in it, and
 * the hung-task detector, which looks for uninterruptible tasks, passes it over.
 */
#ifndef _WINPAR_WAIT_H
#define _WINPAR_WAIT_H

#include <linux/freezer.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

/* From 6.1 on a bit of the task's state tells the freezer; before, a flag. */
#ifdef TASK_FREEZABLE
#define WINPAR_WAIT_STATE	(TASK_KILLABLE | TASK_FREEZABLE)

static inline long winpar_wait_schedule(long timeout)
{
	return schedule_timeout(timeout);
}
#else
#define WINPAR_WAIT_STATE	TASK_KILLABLE

static inline long winpar_wait_schedule(long timeout)
{
	freezer_do_not_count();
	timeout = schedule_timeout(timeout);
	freezer_count();
	return timeout;
}
#endif

/**
 * winpar_wait_early() - a delay for a timer that is not to be late
 * @delay: in jiffies
 *
 * The kernel's timers may be late by an eighth of a delay of 63 jiffies or more.
 *
 * Return: a delay after which a timer runs when @delay is over, or earlier.
 */
static inline unsigned long winpar_wait_early(unsigned long delay)
{
	return delay < 63 ? delay : delay - delay / 8 - 1;
}

/**
 * winpar_wait_killable() - sleep until a condition holds
 * @var: an address, which the waker gives to wake_up_var(); any memory
 * @condition: a C expression, evaluated at each wake-up on @var
 * @timeout: how long at most, in jiffies; MAX_SCHEDULE_TIMEOUT without limit
 *
 * The waker makes the condition true and then wakes:
 *
 *	smp_store_release(&x, v);
 *	smp_mb();
 *	wake_up_var(&x);
 *
 * wake_up_var() only compares the address. So the waiter, which reads x by
 * smp_load_acquire(), may free or reuse the memory of x as soon as the condition
 * holds, though the waker has not returned.
 *
 * Context: process context, may sleep. The caller should hold no lock that
 * another task may wait for without being freezable.
 * Return: what is left of @timeout, at least 1, when the condition holds; 0 the
 * time is over; -ERESTARTSYS a fatal signal is pending. In the last two cases
 * the condition did not hold.
 */
#define winpar_wait_killable(var, condition, timeout)			\
({									\
	might_sleep();							\
	___wait_var_event(var, ___wait_cond_timeout(condition),		\
			  WINPAR_WAIT_STATE, 0, timeout,		\
			  __ret = winpar_wait_schedule(__ret));		\
})

/**
 * winpar_wait_idle() - sleep until a condition holds, whatever signals come
 * @wq: what is woken
 * @condition: a C expression
 *
 * For waits as long as a client's own routine takes. The task can be frozen, and
 * the hung-task detector passes it over.
 *
 * Context: process context, may sleep.
 */
#ifdef TASK_FREEZABLE
#define winpar_wait_idle(wq, condition)					\
	((void)___wait_event(wq, condition, (TASK_IDLE | TASK_FREEZABLE),	\
			     0, 0, schedule()))
#else
#define winpar_wait_idle(wq, condition)					\
	((void)___wait_event(wq, condition, TASK_IDLE, 0, 0,		\
			     winpar_wait_schedule(MAX_SCHEDULE_TIMEOUT)))
#endif

#endif /* _WINPAR_WAIT_H */
