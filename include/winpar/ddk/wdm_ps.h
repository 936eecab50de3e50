/* SPDX-License-Identifier: GPL-2.0-only */
/* Part of <wdm.h>: system threads, work items, the error log. */
#ifndef _WINPAR_DDK_WDM_PS_H
#define _WINPAR_DDK_WDM_PS_H

#include "wdm_io.h"

/* ----- system threads ---------------------------------------------------- */

#define THREAD_ALL_ACCESS	(STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3ff)

/* DDI page: wdm, ObReferenceObjectByPointer. There are handles of threads only. */
typedef struct _OBJECT_TYPE *POBJECT_TYPE;

extern POBJECT_TYPE winpar_wdm_thread_type;

extern POBJECT_TYPE winpar_wdm_file_type;

#define PsThreadType		(&winpar_wdm_thread_type)
#define IoFileObjectType	(&winpar_wdm_file_type)

/* DDI page: ntifs, OBJECT_NAME_INFORMATION */
typedef struct _OBJECT_NAME_INFORMATION {
	UNICODE_STRING Name;
} OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;

NTSTATUS winpar_wdm_thread_create(struct winpar_wdm_client *client,
				  PHANDLE handle, HANDLE process, PVOID id,
				  PKSTART_ROUTINE routine, PVOID context);
NTSTATUS PsTerminateSystemThread(NTSTATUS status);
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access,
				   POBJECT_TYPE type, KPROCESSOR_MODE mode,
				   PVOID *object, PVOID information);
NTSTATUS ObReferenceObjectByPointer(PVOID object, ACCESS_MASK access,
				    POBJECT_TYPE type, KPROCESSOR_MODE mode);
NTSTATUS winpar_wdm_handle_close(struct winpar_wdm_client *client, HANDLE handle);

/* DDI page: ntddk, PsGetCurrentProcess: to be compared, and nothing else */
typedef struct _EPROCESS *PEPROCESS;

PEPROCESS PsGetCurrentProcess(void);
HANDLE PsGetCurrentProcessId(void);
HANDLE PsGetCurrentThreadId(void);

#define IoGetCurrentProcess()	PsGetCurrentProcess()

#define ZwClose(handle)		winpar_wdm_handle_close(winpar_ddk_client, handle)

#define PsCreateSystemThread(handle, access, attributes, process, id,	\
			     routine, context)				\
	((void)(access), (void)(attributes),				\
	 winpar_wdm_thread_create(winpar_ddk_client, handle, process, id, \
				  routine, context))

/* ----- work items -------------------------------------------------------- */

typedef struct _IO_WORKITEM *PIO_WORKITEM;
typedef VOID IO_WORKITEM_ROUTINE(PDEVICE_OBJECT DeviceObject, PVOID Context);
typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;

/* DDI page: wdm, IoQueueWorkItem; ignored here */
typedef enum _WORK_QUEUE_TYPE {
	CriticalWorkQueue,
	DelayedWorkQueue,
	HyperCriticalWorkQueue,
} WORK_QUEUE_TYPE;

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT device);
void winpar_wdm_work_free(struct winpar_wdm_client *client, PIO_WORKITEM item);
void winpar_wdm_work_queue(struct winpar_wdm_client *client, PIO_WORKITEM item,
			   PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE queue,
			   PVOID context);

#define IoFreeWorkItem(item)	winpar_wdm_work_free(winpar_ddk_client, item)
#define IoQueueWorkItem(item, routine, queue, context) \
	winpar_wdm_work_queue(winpar_ddk_client, item, routine, queue, context)

/* ----- the error log ----------------------------------------------------- */

/* DDI page: wdm, IO_ERROR_LOG_PACKET */
typedef struct _IO_ERROR_LOG_PACKET {
	UCHAR MajorFunctionCode;
	UCHAR RetryCount;
	USHORT DumpDataSize;
	USHORT NumberOfStrings;
	USHORT StringOffset;
	USHORT EventCategory;
	NTSTATUS ErrorCode;
	ULONG UniqueErrorValue;
	NTSTATUS FinalStatus;
	ULONG SequenceNumber;
	ULONG IoControlCode;
	LARGE_INTEGER DeviceOffset;
	ULONG DumpData[1];
} IO_ERROR_LOG_PACKET, *PIO_ERROR_LOG_PACKET;

#ifdef __i386__
#define ERROR_LOG_MAXIMUM_SIZE	152
#else
#define ERROR_LOG_MAXIMUM_SIZE	240
#endif

PVOID winpar_wdm_log_alloc(struct winpar_wdm_client *client, PVOID object,
			   UCHAR size);
void IoWriteErrorLogEntry(PVOID entry);
void IoFreeErrorLogEntry(PVOID entry);

#define IoAllocateErrorLogEntry(object, size) \
	winpar_wdm_log_alloc(winpar_ddk_client, object, size)

#endif /* _WINPAR_DDK_WDM_PS_H */
