/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernel versions. No other file asks for a version.
 * make matrix builds for 5.10 to the newest.
 */
#ifndef _WINPAR_COMPAT_H
#define _WINPAR_COMPAT_H

#include <linux/export.h>
#include <linux/fs_struct.h>
#include <linux/module.h>
#include <linux/stringify.h>
#include <linux/version.h>

/* hex_to_bin(): from 7.0 on <linux/kernel.h> does not bring it. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/hex.h>
#endif

/* Symbol namespaces take a string from 6.13 on, a bare word before. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define WINPAR_IMPORT_NAMESPACE()	MODULE_IMPORT_NS("WINPAR")
#define WINPAR_EXPORT(symbol)		EXPORT_SYMBOL_NS_GPL(symbol, "WINPAR")
#else
#define WINPAR_IMPORT_NAMESPACE()	MODULE_IMPORT_NS(WINPAR)
#define WINPAR_EXPORT(symbol)		EXPORT_SYMBOL_NS_GPL(symbol, WINPAR)
#endif

/*
 * file_open_root() takes a path from 5.14 on, and its two members before. Users of this
 * macro include <linux/fs.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define winpar_file_open_root(where, name, flags, mode)			\
	file_open_root(where, name, flags, mode)
#else
#define winpar_file_open_root(where, name, flags, mode)			\
({									\
	const struct path *_where = (where);				\
									\
	file_open_root(_where->dentry, _where->mnt, name, flags, mode);	\
})
#endif

/*
 * kern_path() from the root of process 1. A kernel thread's own root, which was that one
 * before, has no files in 7.3. Users of this macro include <linux/namei.h>.
 */
#ifdef scoped_with_init_fs
#define winpar_kern_path(name, flags, found)				\
({									\
	int _ret = -ENOENT;						\
									\
	scoped_with_init_fs()						\
		_ret = kern_path(name, flags, found);			\
	_ret;								\
})
#else
#define winpar_kern_path(name, flags, found)	kern_path(name, flags, found)
#endif

/*
 * The kernel's workqueues for works of a CPU, and of none, got these names in 6.17; 7.3 warns
 * of the names before. Users of these macros include <linux/workqueue.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define winpar_percpu_wq		system_percpu_wq
#define winpar_unbound_wq		system_dfl_wq
#else
#define winpar_percpu_wq		system_wq
#define winpar_unbound_wq		system_unbound_wq
#endif

/*
 * A variable on the stack that its function sets before it is read: the kernel's build
 * clears it no more (CONFIG_INIT_STACK_ALL_ZERO). gcc has that from 12 on.
 */
#if __has_attribute(uninitialized)
#define winpar_uninitialized	__attribute__((uninitialized))
#else
#define winpar_uninitialized
#endif

/* The device model is the only one that the parport core has from 6.10 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define WINPAR_PARPORT_DEVMODEL
#else
#define WINPAR_PARPORT_DEVMODEL		.devmodel = true,
#endif

/*
 * How a kernel thread ends itself, from 5.17 on. Users of this macro include
 * <linux/kthread.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define winpar_kthread_exit()		kthread_complete_and_exit(NULL, 0)
#else
#define winpar_kthread_exit()		complete_and_exit(NULL, 0)
#endif

/*
 * hrtimer_init() is gone from 6.15 on; what takes its place is there from 6.13
 * on. Users of this macro include <linux/hrtimer.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define winpar_hrtimer_setup(timer, run, clock, mode)	\
	hrtimer_setup(timer, run, clock, mode)
#else
#define winpar_hrtimer_setup(timer, run, clock, mode)	\
do {							\
	struct hrtimer *_timer = (timer);		\
							\
	hrtimer_init(_timer, clock, mode);		\
	_timer->function = (run);			\
} while (0)
#endif

/*
 * An irq_work that runs in hard interrupt context, on PREEMPT_RT as well. Before
 * 5.11 its flags have another name, and no initializer has this one. Users of
 * this macro include <linux/irq_work.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define winpar_irq_work_setup(work, run)	\
	(*(work) = IRQ_WORK_INIT_HARD(run))
#else
#define winpar_irq_work_setup(work, run)			\
do {								\
	struct irq_work *_work = (work);			\
								\
	init_irq_work(_work, run);				\
	atomic_set(&_work->flags, IRQ_WORK_HARD_IRQ);		\
} while (0)
#endif

/*
 * The first parameter of a function that gives a KUnit case its parameters, with a comma:
 * from 6.18 on it gets the case. Users of this macro include <kunit/test.h>.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define WINPAR_KUNIT_CASE		struct kunit *test,
#else
#define WINPAR_KUNIT_CASE
#endif

#endif /* _WINPAR_COMPAT_H */
