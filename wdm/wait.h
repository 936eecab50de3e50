/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What events, mutexes, semaphores and timers have in common: header, lock, wake-up.
 * See wdm/wait.c.
 */
#ifndef _WINPAR_WDM_WAIT_H
#define _WINPAR_WDM_WAIT_H

#include <linux/compiler.h>
#include <linux/spinlock.h>

#include <winpar/ddk/wdm.h>

/* DISPATCHER_HEADER.Type: which kind of object it is. */
enum wdm_object {
	WDM_EVENT_NOTIFICATION = 0,
	WDM_EVENT_SYNCHRONIZATION = 1,
	WDM_MUTANT = 2,
	WDM_SEMAPHORE = 5,
	WDM_THREAD = 6,
	WDM_TIMER_NOTIFICATION = 8,
	WDM_TIMER_SYNCHRONIZATION = 9,
};

/*
 * A process, and a thread that is no driver's, is a task of Linux's. A driver gets the
 * task's address plus one of these, and nothing takes that for the address of an object.
 */
enum wdm_task {
	WDM_TASK_NONE = 0,
	WDM_TASK_THREAD = 1,
	WDM_TASK_PROCESS = 2,
};

#define WDM_TASK_MASK	3UL

static inline enum wdm_task wdm_task_kind(const void *object)
{
	return (uintptr_t)object & WDM_TASK_MASK;
}

/* Guards the state and the list of waiters of each object. */
extern raw_spinlock_t wdm_dispatcher_lock;

void wdm_header_init(DISPATCHER_HEADER *header, enum wdm_object type,
		     LONG state);
void __wdm_header_wake(DISPATCHER_HEADER *header)
	__must_hold(&wdm_dispatcher_lock);
bool wdm_header_is_there(const DISPATCHER_HEADER *header, const char *does,
			 void *caller);

#endif /* _WINPAR_WDM_WAIT_H */
