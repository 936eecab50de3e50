/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is the caller inside a routine of a client's that winpar has called?
 *
 * Completion routines and deferred port check routines run without being
 * preempted, so one counter for each CPU tells how many of them are on the stack
 * there, of whatever port and whatever task. An interrupt or a softirq on top of
 * such a routine counts as inside, too: it is on the same stack.
 *
 * On PREEMPT_RT softirqs are switched off in place of preemption, which keeps a
 * task on its CPU but does not keep others from it, from Linux 6.18 on. So there is
 * a lock for each CPU, held from the first routine to the end of the last: again
 * only one task is inside on each. The task is noted, to tell it from those that
 * run while it is preempted.
 */
#ifndef _WINPAR_INSIDE_H
#define _WINPAR_INSIDE_H

#include <linux/bottom_half.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

/*
 * How deep routines may nest that complete requests at once. What is deeper is
 * left to the loop of its port, and its submission returns STATUS_PENDING.
 */
#define WINPAR_INSIDE_MAX	4

struct winpar_inside {
	unsigned int depth;
	/* On PREEMPT_RT only. */
	struct task_struct *task;
	/* Held by @task. */
	spinlock_t lock;
};

DECLARE_PER_CPU(struct winpar_inside, winpar_inside_cpu);

/**
 * winpar_is_inside() - is the caller inside a routine that winpar called?
 *
 * Context: any.
 * Return: true in a completion routine and in a deferred port check routine of
 * any port, and in an interrupt on top of one.
 */
static inline bool winpar_is_inside(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return this_cpu_read(winpar_inside_cpu.task) == current;
	/* A task that can be moved to another CPU here is not inside. */
	return this_cpu_read(winpar_inside_cpu.depth);
}

/*
 * On PREEMPT_RT: have this task be the one that is inside on its CPU. Another one
 * that is has been preempted, and runs on while this one sleeps for the lock.
 */
static inline void winpar_inside_lock(struct winpar_inside *inside)
{
	if (READ_ONCE(inside->task) == current)
		return;
	spin_lock(&inside->lock);
	WRITE_ONCE(inside->task, current);
}

static inline void winpar_inside_unlock(struct winpar_inside *inside)
{
	WRITE_ONCE(inside->task, NULL);
	spin_unlock(&inside->lock);
}

/**
 * winpar_inside_begin() - begin to call a routine of a client's
 *
 * Context: any but hard interrupts on PREEMPT_RT. The caller is not preempted from
 * here to winpar_inside_end().
 * Return: what winpar_inside_end() is to be given: a routine that sleeps, which it
 * may not, can come back on another CPU.
 */
static inline struct winpar_inside *winpar_inside_begin(void)
{
	struct winpar_inside *inside;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		local_bh_disable();
	else
		preempt_disable();
	inside = this_cpu_ptr(&winpar_inside_cpu);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		winpar_inside_lock(inside);
	inside->depth++;
	return inside;
}

/**
 * winpar_inside_end() - the routine has returned
 * @inside: from winpar_inside_begin()
 *
 * Context: as winpar_inside_begin().
 */
static inline void winpar_inside_end(struct winpar_inside *inside)
{
	if (!--inside->depth && IS_ENABLED(CONFIG_PREEMPT_RT))
		winpar_inside_unlock(inside);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		local_bh_enable();
	else
		preempt_enable();
}

/* May one more routine be called on top of those that the caller is inside? */
static inline bool winpar_inside_may_nest(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && !winpar_is_inside())
		return true;
	return this_cpu_read(winpar_inside_cpu.depth) < WINPAR_INSIDE_MAX;
}

#endif /* _WINPAR_INSIDE_H */
