/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: levels, spin locks, objects that a thread waits for, DPCs
 * and timers. A name that begins with winpar_wdm_ is the layer's own: Windows' name is a
 * macro for it, which adds the client or the place of the call (docs/wdm.md).
 */
#ifndef _WINPAR_DDK_WDM_KE_H
#define _WINPAR_DDK_WDM_KE_H

#include "ntdef.h"
#ifdef __KERNEL__
#include <linux/spinlock_types.h>
#endif

/* The client that this module is; ddk/entry.c defines it, one in each client. */
struct winpar_wdm_client;
extern struct winpar_wdm_client *winpar_ddk_client;

/* ----- levels ------------------------------------------------------------ */

#define PASSIVE_LEVEL		0
#define LOW_LEVEL		0
#define APC_LEVEL		1
#define DISPATCH_LEVEL		2
#ifdef __i386__
#define HIGH_LEVEL		31
#else
#define HIGH_LEVEL		15
#endif

KIRQL KeGetCurrentIrql(void);
KIRQL winpar_wdm_raise(KIRQL level);
void KeLowerIrql(KIRQL level);

#define KeRaiseIrql(level, old)		(*(old) = winpar_wdm_raise(level))
#define KeRaiseIrqlToDpcLevel()		winpar_wdm_raise(DISPATCH_LEVEL)

#define PAGED_CODE()		((void)0)
#define PAGED_CODE_LOCKED()	((void)0)

/* ----- spin locks -------------------------------------------------------- */

/* A Linux spin lock. Where Linux checks locks, it is larger than Windows'. */
#ifdef __KERNEL__
typedef struct _KSPIN_LOCK {
	spinlock_t lock;
} KSPIN_LOCK, *PKSPIN_LOCK;

void winpar_wdm_init_spin_lock(PKSPIN_LOCK lock, const char *name,
			       struct lock_class_key *key);

/* Each place that initialises locks has a lock class of Linux's of its own. */
#define KeInitializeSpinLock(lock)					\
do {									\
	static struct lock_class_key winpar_wdm_key;			\
									\
	winpar_wdm_init_spin_lock(lock, #lock, &winpar_wdm_key);	\
} while (0)
#else
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;
#endif

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock);
void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL old);
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock);
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock);

#define KeAcquireSpinLock(lock, old)	\
	(*(old) = KeAcquireSpinLockRaiseToDpc(lock))

/* DDI page: wdm, KeAcquireInStackQueuedSpinLock. Linux's spin locks are queued themselves. */
typedef struct _KSPIN_LOCK_QUEUE {
	struct _KSPIN_LOCK_QUEUE *volatile Next;
	PKSPIN_LOCK volatile Lock;
} KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

typedef struct _KLOCK_QUEUE_HANDLE {
	KSPIN_LOCK_QUEUE LockQueue;
	KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

static inline VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock,
						  PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	handle->OldIrql = KeAcquireSpinLockRaiseToDpc(lock);
}

static inline VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLock(handle->LockQueue.Lock, handle->OldIrql);
}

static inline VOID
KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK lock,
					 PKLOCK_QUEUE_HANDLE handle)
{
	handle->LockQueue.Lock = lock;
	KeAcquireSpinLockAtDpcLevel(lock);
}

static inline VOID
KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE handle)
{
	KeReleaseSpinLockFromDpcLevel(handle->LockQueue.Lock);
}

#define KeMemoryBarrier()	__sync_synchronize()

KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT interrupt);
void KeReleaseInterruptSpinLock(PKINTERRUPT interrupt, KIRQL old);
BOOLEAN KeSynchronizeExecution(PKINTERRUPT interrupt,
			       PKSYNCHRONIZE_ROUTINE routine, PVOID context);

/* ----- objects that a thread waits for ----------------------------------- */

enum {
	KernelMode = 0,
	UserMode = 1,
	MaximumMode = 2,
};

/* DDI page: wdm, KeWaitForSingleObject; ignored here */
typedef enum _KWAIT_REASON {
	Executive,
	FreePage,
	PageIn,
	PoolAllocation,
	DelayExecution,
	Suspended,
	UserRequest,
} KWAIT_REASON;

typedef enum _EVENT_TYPE {
	NotificationEvent,
	SynchronizationEvent,
} EVENT_TYPE;

typedef enum _TIMER_TYPE {
	NotificationTimer,
	SynchronizationTimer,
} TIMER_TYPE;

typedef enum _WAIT_TYPE {
	WaitAll,
	WaitAny,
} WAIT_TYPE;

/* Type says which kind of object this is; the values are the layer's own. */
typedef struct _DISPATCHER_HEADER {
	UCHAR Type;
	UCHAR Abandoned;
	UCHAR Size;
	UCHAR Inserted;
	LONG SignalState;
	LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER;

/* DDI page: wdm, KeInitializeEvent */
typedef struct _KEVENT {
	DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

/* DDI page: wdm, KeInitializeSemaphore */
typedef struct _KSEMAPHORE {
	DISPATCHER_HEADER Header;
	LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

/* A thread: clients have a pointer only. */
typedef struct _KTHREAD *PKTHREAD, *PETHREAD, *PRKTHREAD;

/* DDI page: wdm, KeInitializeMutex */
typedef struct _KMUTANT {
	DISPATCHER_HEADER Header;
	LIST_ENTRY MutantListEntry;
	PKTHREAD OwnerThread;
	BOOLEAN Abandoned;
	UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

void KeInitializeEvent(PKEVENT event, EVENT_TYPE type, BOOLEAN state);
LONG KeSetEvent(PKEVENT event, LONG increment, BOOLEAN wait);
LONG KeResetEvent(PKEVENT event);
void KeClearEvent(PKEVENT event);
LONG KeReadStateEvent(PKEVENT event);

void KeInitializeSemaphore(PKSEMAPHORE semaphore, LONG count, LONG limit);
LONG KeReleaseSemaphore(PKSEMAPHORE semaphore, LONG increment, LONG adjustment,
			BOOLEAN wait);
LONG KeReadStateSemaphore(PKSEMAPHORE semaphore);

void KeInitializeMutex(PKMUTEX mutex, ULONG level);
LONG KeReleaseMutex(PKMUTEX mutex, BOOLEAN wait);
LONG KeReadStateMutex(PKMUTEX mutex);

NTSTATUS KeWaitForSingleObject(PVOID object, KWAIT_REASON reason,
			       KPROCESSOR_MODE mode, BOOLEAN alertable,
			       PLARGE_INTEGER timeout);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable,
				PLARGE_INTEGER interval);

/* DDI page: wdm, KeWaitForMultipleObjects: the caller's memory, and the layer's to use */
typedef struct _KWAIT_BLOCK {
	LIST_ENTRY WaitListEntry;
	PKTHREAD Thread;
	PVOID Object;
	struct _KWAIT_BLOCK *NextWaitBlock;
	USHORT WaitKey;
	UCHAR WaitType;
	volatile UCHAR BlockState;
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

#define THREAD_WAIT_OBJECTS	3
#define MAXIMUM_WAIT_OBJECTS	64

NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type,
				  KWAIT_REASON reason, KPROCESSOR_MODE mode,
				  BOOLEAN alertable, PLARGE_INTEGER timeout,
				  PKWAIT_BLOCK blocks);

#define KeWaitForMutexObject	KeWaitForSingleObject

PKTHREAD KeGetCurrentThread(void);

#define PsGetCurrentThread()	KeGetCurrentThread()

/* ----- DPCs and timers --------------------------------------------------- */

struct _KDPC;

/* DDI page: wdm, KDEFERRED_ROUTINE */
typedef VOID KDEFERRED_ROUTINE(struct _KDPC *Dpc, PVOID DeferredContext,
			       PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

/* DDI page: wdm, KeInitializeDpc */
typedef struct _KDPC {
	UCHAR Type;
	UCHAR Importance;
	volatile USHORT Number;
	LIST_ENTRY DpcListEntry;
	PKDEFERRED_ROUTINE DeferredRoutine;
	PVOID DeferredContext;
	PVOID SystemArgument1;
	PVOID SystemArgument2;
	volatile PVOID DpcData;
	struct winpar_wdm_client *Winpar;
} KDPC, *PKDPC, *PRKDPC;

/* DDI page: wdm, KeInitializeTimerEx */
typedef struct _KTIMER {
	DISPATCHER_HEADER Header;
	ULARGE_INTEGER DueTime;
	LIST_ENTRY TimerListEntry;
	struct _KDPC *Dpc;
	LONG Period;
	struct winpar_wdm_client *Winpar;
} KTIMER, *PKTIMER;

void winpar_wdm_init_dpc(struct winpar_wdm_client *client, PKDPC dpc,
			 PKDEFERRED_ROUTINE routine, PVOID context);
BOOLEAN KeInsertQueueDpc(PKDPC dpc, PVOID argument1, PVOID argument2);
BOOLEAN KeRemoveQueueDpc(PKDPC dpc);
void KeFlushQueuedDpcs(void);

/* DDI page: wdm, KeSetImportanceDpc; ignored here, as is the processor */
typedef enum _KDPC_IMPORTANCE {
	LowImportance,
	MediumImportance,
	HighImportance,
	MediumHighImportance,
} KDPC_IMPORTANCE;

static inline VOID KeSetImportanceDpc(PKDPC dpc, KDPC_IMPORTANCE importance)
{
	(void)dpc;
	(void)importance;
}

static inline VOID KeSetTargetProcessorDpc(PKDPC dpc, CCHAR number)
{
	(void)dpc;
	(void)number;
}

void winpar_wdm_init_timer(struct winpar_wdm_client *client, PKTIMER timer,
			   TIMER_TYPE type);
BOOLEAN KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due, LONG period, PKDPC dpc);
BOOLEAN KeCancelTimer(PKTIMER timer);
BOOLEAN KeReadStateTimer(PKTIMER timer);

/* A DPC or a timer has a pointer to its client, whose end drops it (wdm_timer_end()). */
#define KeInitializeDpc(dpc, routine, context) \
	winpar_wdm_init_dpc(winpar_ddk_client, dpc, routine, context)
#define KeInitializeTimerEx(timer, type) \
	winpar_wdm_init_timer(winpar_ddk_client, timer, type)
#define KeInitializeTimer(timer) \
	KeInitializeTimerEx(timer, NotificationTimer)
#define KeSetTimer(timer, due, dpc)	KeSetTimerEx(timer, due, 0, dpc)

/* ----- device queues ----------------------------------------------------- */

/* DDI page: wdm, KeInsertDeviceQueue */
typedef struct _KDEVICE_QUEUE_ENTRY {
	LIST_ENTRY DeviceListEntry;
	ULONG SortKey;
	BOOLEAN Inserted;
} KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY;

/* DDI page: wdm, KeInitializeDeviceQueue */
typedef struct _KDEVICE_QUEUE {
	CSHORT Type;
	CSHORT Size;
	LIST_ENTRY DeviceListHead;
	KSPIN_LOCK Lock;
	BOOLEAN Busy;
} KDEVICE_QUEUE, *PKDEVICE_QUEUE;

void KeInitializeDeviceQueue(PKDEVICE_QUEUE queue);
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry);
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE queue,
				 PKDEVICE_QUEUE_ENTRY entry, ULONG key);
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE queue);
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE queue, ULONG key);
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE queue,
				 PKDEVICE_QUEUE_ENTRY entry);

/* ----- threads ----------------------------------------------------------- */

/* DDI page: wdm, KSTART_ROUTINE */
typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

/* DDI page: wdm, KeSetPriorityThread */
typedef LONG KPRIORITY;

#define LOW_PRIORITY		0
#define LOW_REALTIME_PRIORITY	16
#define HIGH_PRIORITY		31

KPRIORITY KeSetPriorityThread(PKTHREAD thread, KPRIORITY priority);
KPRIORITY KeQueryPriorityThread(PKTHREAD thread);

/* On Windows a critical region keeps APCs from a thread; here there are no APCs. */
static inline VOID KeEnterCriticalRegion(VOID)
{
}

static inline VOID KeLeaveCriticalRegion(VOID)
{
}

/* ----- times ------------------------------------------------------------- */

void KeQuerySystemTime(PLARGE_INTEGER time);
void KeQueryTickCount(PLARGE_INTEGER count);
ULONG KeQueryTimeIncrement(void);
ULONGLONG KeQueryInterruptTime(void);
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency);
void KeStallExecutionProcessor(ULONG microseconds);

/* DDI page: wdm, ExSetTimerResolution. Timers do not wait for a tick here. */
static inline ULONG ExSetTimerResolution(ULONG desired, BOOLEAN set)
{
	return set ? desired : KeQueryTimeIncrement();
}

#endif /* _WINPAR_DDK_WDM_KE_H */
