// SPDX-License-Identifier: GPL-2.0-only
/*
 * System threads of a driver. Each is a kernel thread of Linux's with a thread object, for
 * which other threads can wait: it is signalled when the driver's routine has returned or
 * the thread has called PsTerminateSystemThread().
 *
 * The thread object has one reference for its handle, one while the thread runs the
 * driver's code, and one for each ObReferenceObject() or ObReferenceObjectByHandle(). The
 * object can be freed only when the kernel thread has exited, for which the thread itself
 * cannot wait. So an object without references stays on the list of all thread objects
 * until the next PsCreateSystemThread(), or the end of a client, frees it. One to which
 * there is a reference outlives its client, since another driver may have that.
 *
 * The end of a client waits until the client's threads have ended, since they run the
 * client's code. The log says so when that takes longer than WDM_THREAD_PATIENCE.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/thread.h"
#include "wdm/verify.h"
#include "wdm/wait.h"

/* wdm_thread_end() waits so long before the log says that a thread does not end. */
#define WDM_THREAD_PATIENCE	(5 * HZ)

/**
 * struct wdm_thread - a thread object
 * @header: by which threads wait for the object; the first member
 * @entry: on the list of all thread objects; under wdm_thread_lock
 * @client: the client that has created the thread; NULL: it has ended
 * @task: the kernel thread, to which the object has a reference
 * @routine: the driver's routine
 * @context: the routine's argument
 * @references: how many references there are; under wdm_thread_lock
 * @handle: the handle is open; under wdm_thread_lock
 * @done: the thread runs no code of the driver's any more; under wdm_thread_lock
 */
struct wdm_thread {
	DISPATCHER_HEADER header;
	struct list_head entry;
	struct winpar_wdm_client *client;
	struct task_struct *task;
	PKSTART_ROUTINE routine;
	PVOID context;
	LONG references;
	bool handle;
	bool done;
};

static DEFINE_SPINLOCK(wdm_thread_lock);
static LIST_HEAD(wdm_threads);
/* wdm_thread_end() waits here. */
static DECLARE_WAIT_QUEUE_HEAD(wdm_thread_waiters);

/* *PsThreadType, the type of thread objects: only its address is used. */
POBJECT_TYPE winpar_wdm_thread_type = (POBJECT_TYPE)&wdm_threads;
WINPAR_EXPORT(winpar_wdm_thread_type);

/* ----- running ----------------------------------------------------------- */

/*
 * The calling thread runs no code of the driver's any more: signal its object, and give
 * the running thread's reference back.
 */
static void wdm_thread_over(struct wdm_thread *thread)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_dispatcher_lock, flags);
	thread->header.SignalState = 1;
	__wdm_header_wake(&thread->header);
	raw_spin_unlock_irqrestore(&wdm_dispatcher_lock, flags);
	spin_lock_irqsave(&wdm_thread_lock, flags);
	thread->done = true;
	thread->references--;
	spin_unlock_irqrestore(&wdm_thread_lock, flags);
	wake_up_all(&wdm_thread_waiters);
}

/* What the kernel thread runs. */
static int wdm_thread_run(void *data)
{
	struct wdm_thread *thread = data;
	unsigned int before = wdm_verify_before();

	thread->routine(thread->context);
	wdm_verify_after(before, thread->routine);
	wdm_thread_over(thread);
	return 0;
}

/* The object of the calling thread; NULL if it is no system thread of a driver. */
static struct wdm_thread *wdm_thread_current(void)
{
	return kthread_func(current) == wdm_thread_run ? kthread_data(current) :
							 NULL;
}

/**
 * KeGetCurrentThread() - which thread is the caller?
 *
 * Context: any. DDI page: wdm, KeGetCurrentThread
 * Return: in a thread of PsCreateSystemThread() its object, as ObReferenceObjectByHandle()
 * gives it; else a value that is another one for each thread that there is at a time, for
 * which nothing can wait.
 */
PKTHREAD KeGetCurrentThread(void)
{
	struct wdm_thread *thread = wdm_thread_current();

	return thread ? (PKTHREAD)thread :
			(PKTHREAD)((uintptr_t)current + WDM_TASK_THREAD);
}
WINPAR_EXPORT(KeGetCurrentThread);

/**
 * PsTerminateSystemThread() - end the calling thread
 * @status: ignored
 *
 * DDI page: wdm, PsTerminateSystemThread
 *
 * Context: PASSIVE_LEVEL, a thread of PsCreateSystemThread().
 * Return: does not return; STATUS_INVALID_PARAMETER if the caller is no system thread.
 */
NTSTATUS PsTerminateSystemThread(NTSTATUS status)
{
	struct wdm_thread *thread = wdm_thread_current();

	if (!thread)
		return STATUS_INVALID_PARAMETER;
	wdm_at_most(PASSIVE_LEVEL);
	wdm_thread_over(thread);
	winpar_kthread_exit();
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(PsTerminateSystemThread);

/* ----- references -------------------------------------------------------- */

/*
 * Take an object off the list that wdm_thread_free() can free: its thread is done, and it has
 * no references. Return NULL if there is none.
 */
static struct wdm_thread *wdm_thread_unneeded(void)
{
	struct wdm_thread *thread;

	spin_lock_irq(&wdm_thread_lock);
	list_for_each_entry(thread, &wdm_threads, entry)
		if (thread->done && !thread->references) {
			list_del(&thread->entry);
			spin_unlock_irq(&wdm_thread_lock);
			return thread;
		}
	spin_unlock_irq(&wdm_thread_lock);
	return NULL;
}

/* Wait until the kernel thread of an object has exited, and free the object. */
static void wdm_thread_free(struct wdm_thread *thread)
{
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	kfree(thread);
}

/* The task that a value of KeGetCurrentThread() or PsGetCurrentProcess() stands for. */
static struct task_struct *wdm_task(const void *object)
{
	return (struct task_struct *)((uintptr_t)object & ~WDM_TASK_MASK);
}

/**
 * wdm_task_get() - take a reference to a task
 * @object: what stands for it
 *
 * Context: any.
 * Return: 1, since Linux's references are counted with the drivers'.
 */
LONG wdm_task_get(PVOID object)
{
	get_task_struct(wdm_task(object));
	return 1;
}

/**
 * wdm_task_put() - give a reference to a task back
 * @object: what stands for it
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: 1.
 */
LONG wdm_task_put(PVOID object)
{
	put_task_struct(wdm_task(object));
	return 1;
}

/**
 * wdm_thread_get() - take a reference to a thread object
 * @object: the object
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references it has now.
 */
LONG wdm_thread_get(PVOID object)
{
	struct wdm_thread *thread = object;
	unsigned long flags;
	LONG now;

	spin_lock_irqsave(&wdm_thread_lock, flags);
	now = ++thread->references;
	spin_unlock_irqrestore(&wdm_thread_lock, flags);
	return now;
}

/**
 * wdm_thread_put() - give a reference to a thread object back
 * @object: the object; the head of this file says when it is freed
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: how many references it has now.
 */
LONG wdm_thread_put(PVOID object)
{
	struct wdm_thread *thread = object;
	unsigned long flags;
	LONG left;

	spin_lock_irqsave(&wdm_thread_lock, flags);
	left = --thread->references;
	spin_unlock_irqrestore(&wdm_thread_lock, flags);
	return left;
}

/* A handle is the object's address. Return the object; NULL for any other value. */
static struct wdm_thread *__wdm_thread_of(HANDLE handle)
	__must_hold(&wdm_thread_lock)
{
	struct wdm_thread *thread;

	lockdep_assert_held(&wdm_thread_lock);
	list_for_each_entry(thread, &wdm_threads, entry)
		if (thread == handle && thread->handle)
			return thread;
	return NULL;
}

/**
 * ObReferenceObjectByHandle() - take a reference to the object that a handle is of
 * @handle: from PsCreateSystemThread()
 * @access: ignored
 * @type: *PsThreadType, or NULL
 * @mode: ignored
 * @object: where the thread object goes, for KeWaitForSingleObject() and
 *          ObDereferenceObject()
 * @information: NULL
 *
 * DDI page: wdm, ObReferenceObjectByHandle. There are handles of threads only.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH @type is
 * another.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access,
				   POBJECT_TYPE type, KPROCESSOR_MODE mode,
				   PVOID *object, PVOID information)
{
	struct wdm_thread *thread;
	unsigned long flags;

	wdm_at_most(PASSIVE_LEVEL);
	*object = NULL;
	if (type && type != winpar_wdm_thread_type)
		return STATUS_OBJECT_TYPE_MISMATCH;
	spin_lock_irqsave(&wdm_thread_lock, flags);
	thread = __wdm_thread_of(handle);
	if (thread)
		thread->references++;
	spin_unlock_irqrestore(&wdm_thread_lock, flags);
	*object = thread;
	return thread ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}
WINPAR_EXPORT(ObReferenceObjectByHandle);

/**
 * wdm_thread_close() - close a handle of a thread, for ZwClose()
 * @client: the client: another's handle is none of its own
 * @handle: from PsCreateSystemThread(); the thread goes on running
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE.
 */
NTSTATUS wdm_thread_close(struct winpar_wdm_client *client, HANDLE handle)
{
	struct wdm_thread *thread;

	spin_lock_irq(&wdm_thread_lock);
	thread = __wdm_thread_of(handle);
	if (thread && thread->client != client)
		thread = NULL;
	if (thread) {
		thread->handle = false;
		thread->references--;
	}
	spin_unlock_irq(&wdm_thread_lock);
	return thread ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/**
 * PsGetCurrentProcess() - which process is the caller's?
 *
 * Context: any. DDI page: ntddk, PsGetCurrentProcess. All kernel threads are of one
 * process; what a program has its driver do is of the program's.
 * Return: a value that is another one for each process that there is at a time.
 */
PEPROCESS PsGetCurrentProcess(void)
{
	struct task_struct *task = current->flags & PF_KTHREAD ?
				   &init_task : current->group_leader;

	return (PEPROCESS)((uintptr_t)task + WDM_TASK_PROCESS);
}
WINPAR_EXPORT(PsGetCurrentProcess);

/* The number of the process of kernel threads, as in Windows XP; Linux's task 4 is one. */
#define WDM_SYSTEM_PROCESS	4

static HANDLE wdm_id(pid_t number)
{
	return (HANDLE)(uintptr_t)number;
}

/**
 * PsGetCurrentProcessId() - which number has the caller's process?
 *
 * Context: any. DDI page: ntddk, PsGetCurrentProcessId
 * Return: for what a program has its driver do the program's PID, as the initial PID
 * namespace has it; else 4, of which no program has the PID.
 */
HANDLE PsGetCurrentProcessId(void)
{
	return wdm_id(current->flags & PF_KTHREAD ? WDM_SYSTEM_PROCESS :
						    task_tgid_nr(current));
}
WINPAR_EXPORT(PsGetCurrentProcessId);

/**
 * PsGetCurrentThreadId() - which number has the caller's thread?
 *
 * Context: any. DDI page: ntddk, PsGetCurrentThreadId
 * Return: its thread ID of Linux's, as the initial PID namespace has it.
 */
HANDLE PsGetCurrentThreadId(void)
{
	return wdm_id(task_pid_nr(current));
}
WINPAR_EXPORT(PsGetCurrentThreadId);

/* ----- priorities -------------------------------------------------------- */

/* Windows' priority of an ordinary thread. */
#define WDM_PRIORITY_NORMAL	8

/* The task of a thread, held: @thread is a thread object, or what stands for a task. */
static struct task_struct *wdm_thread_task(PKTHREAD thread)
{
	if (wdm_task_kind(thread))
		return get_task_struct(wdm_task(thread));
	return get_task_struct(((struct wdm_thread *)thread)->task);
}

static KPRIORITY wdm_thread_priority(struct task_struct *task)
{
	if (rt_task(task))
		return LOW_REALTIME_PRIORITY;
	return clamp(WDM_PRIORITY_NORMAL - task_nice(task) / 2, LOW_PRIORITY + 1,
		     LOW_REALTIME_PRIORITY - 1);
}

/**
 * KeQueryPriorityThread() - which priority has a thread?
 * @thread: the thread
 *
 * DDI page: ntddk, KeQueryPriorityThread
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: 1 to 15; LOW_REALTIME_PRIORITY for each priority of Linux's real-time classes.
 */
KPRIORITY KeQueryPriorityThread(PKTHREAD thread)
{
	struct task_struct *task = wdm_thread_task(thread);
	KPRIORITY priority = wdm_thread_priority(task);

	put_task_struct(task);
	return priority;
}
WINPAR_EXPORT(KeQueryPriorityThread);

static void wdm_thread_prioritise(struct task_struct *task, KPRIORITY priority)
{
	if (priority >= LOW_REALTIME_PRIORITY)
		sched_set_fifo_low(task);
	else
		sched_set_normal(task, (WDM_PRIORITY_NORMAL - priority) * 2);
}

/**
 * KeSetPriorityThread() - set the priority of a thread
 * @thread: the thread
 * @priority: 1 to 15: a Linux nice value, 8 is 0; LOW_REALTIME_PRIORITY and above: the
 *            lowest of Linux's first-in-first-out real-time priorities
 *
 * DDI page: wdm, KeSetPriorityThread. Another number changes nothing, and the log names
 * the caller. Windows allows it at DISPATCH_LEVEL, too.
 *
 * Context: below DISPATCH_LEVEL; at it nothing is changed.
 * Return: the priority before.
 */
KPRIORITY KeSetPriorityThread(PKTHREAD thread, KPRIORITY priority)
{
	struct task_struct *task = wdm_thread_task(thread);
	KPRIORITY old = wdm_thread_priority(task);

	if (priority <= LOW_PRIORITY || priority > HIGH_PRIORITY)
		pr_warn_ratelimited("%pS sets a priority that there is not: %d\n",
				    (void *)_RET_IP_, priority);
	else if (wdm_at_most(APC_LEVEL))
		wdm_thread_prioritise(task, priority);
	put_task_struct(task);
	return old;
}
WINPAR_EXPORT(KeSetPriorityThread);

/* ----- beginning and ending ---------------------------------------------- */

/**
 * winpar_wdm_thread_create() - begin a thread: PsCreateSystemThread()
 * @client: the driver
 * @handle: where the thread's handle goes, for ZwClose()
 * @process: NULL: the system's process; no other is supported
 * @id: NULL: threads have no identifiers
 * @routine: the routine that the thread runs
 * @context: the routine's argument
 *
 * DDI page: wdm, PsCreateSystemThread
 *
 * Context: PASSIVE_LEVEL, sleeps.
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED @process or @id is given;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING DriverUnload has returned;
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS winpar_wdm_thread_create(struct winpar_wdm_client *client,
				  PHANDLE handle, HANDLE process, PVOID id,
				  PKSTART_ROUTINE routine, PVOID context)
{
	struct wdm_thread *thread, *old;
	bool ending;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (process || id)
		return STATUS_NOT_SUPPORTED;
	while ((old = wdm_thread_unneeded()))
		wdm_thread_free(old);
	thread = kzalloc(sizeof(*thread), GFP_KERNEL);
	if (!thread)
		return STATUS_INSUFFICIENT_RESOURCES;
	wdm_header_init(&thread->header, WDM_THREAD, 0);
	thread->client = client;
	thread->routine = routine;
	thread->context = context;
	/* The handle's, and the running thread's. */
	thread->references = 2;
	thread->handle = true;
	thread->task = kthread_create(wdm_thread_run, thread, "%s",
				      wdm_client_name(client));
	if (IS_ERR(thread->task)) {
		kfree(thread);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	get_task_struct(thread->task);
	spin_lock_irq(&wdm_thread_lock);
	/* Set before wdm_thread_end() looks at the list under this lock. */
	ending = READ_ONCE(client->ending);
	if (!ending)
		list_add_tail(&thread->entry, &wdm_threads);
	spin_unlock_irq(&wdm_thread_lock);
	if (ending) {
		/* A thread that is stopped before it was woken runs no routine. */
		wdm_thread_free(thread);
		return STATUS_DELETE_PENDING;
	}
	*handle = thread;
	wake_up_process(thread->task);
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(winpar_wdm_thread_create);

/* Does a thread of the client's still run the client's code? */
static bool wdm_thread_runs(struct winpar_wdm_client *client)
{
	struct wdm_thread *thread;
	bool runs = false;

	spin_lock_irq(&wdm_thread_lock);
	list_for_each_entry(thread, &wdm_threads, entry)
		runs |= thread->client == client && !thread->done;
	spin_unlock_irq(&wdm_thread_lock);
	return runs;
}

/* A client ends: close its threads' handles. Another driver may have a reference to one. */
static void wdm_thread_part(struct winpar_wdm_client *client)
{
	struct wdm_thread *thread;

	spin_lock_irq(&wdm_thread_lock);
	list_for_each_entry(thread, &wdm_threads, entry) {
		if (thread->client != client)
			continue;
		thread->references -= thread->handle;
		thread->handle = false;
		thread->client = NULL;
	}
	spin_unlock_irq(&wdm_thread_lock);
}

/**
 * wdm_thread_end() - wait until a client's threads have ended, and free the objects to which
 *	there is no reference
 * @client: the client, whose DriverUnload has returned or whose DriverEntry has failed
 *
 * Context: process context, sleeps.
 */
void wdm_thread_end(struct winpar_wdm_client *client)
{
	struct wdm_thread *thread;

	if (!wait_event_idle_timeout(wdm_thread_waiters,
				     !wdm_thread_runs(client),
				     WDM_THREAD_PATIENCE)) {
		pr_warn("%s: a system thread still runs: the client ends when the thread has ended\n",
			wdm_client_name(client));
		wait_event_idle(wdm_thread_waiters, !wdm_thread_runs(client));
	}
	wdm_thread_part(client);
	while ((thread = wdm_thread_unneeded()))
		wdm_thread_free(thread);
}

/**
 * wdm_thread_exit() - free the thread objects whose references were not given back
 *
 * Context: at module exit; there are no clients, and no threads of theirs.
 */
void wdm_thread_exit(void)
{
	struct wdm_thread *thread, *next;

	list_for_each_entry_safe(thread, next, &wdm_threads, entry)
		wdm_thread_free(thread);
}
