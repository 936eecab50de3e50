/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel clients and the parallel port driver say to each other: the
 * internal device control requests of Windows' parallel.h, their structures,
 * and the routines that each side gives the other.
 */
#ifndef _WINPAR_PARALLEL_H
#define _WINPAR_PARALLEL_H

#include "nt.h"
#include "ntddpar.h"
/* Windows sources have these calls by winpar/ddk/wdm_port.h. */
#if defined(__KERNEL__) && !defined(_WINPAR_DDK_WDM_PORT_H)
#include "portio.h"
#endif

/* The port objects are \Device\ParallelPort0, 1, ...; kernel L"" is UTF-16. */
#define DD_PARALLEL_PORT_BASE_NAME	"ParallelPort"
#define DD_PARALLEL_PORT_BASE_NAME_U	L"ParallelPort"

/*
 * Requests with IRP_MJ_INTERNAL_DEVICE_CONTROL: DDI pages, parallel,
 * "IOCTL_INTERNAL_...". First those of a port:
 */
#define IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE		WINPAR_PAR_CODE(11)
#define IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO		WINPAR_PAR_CODE(12)
#define IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT	WINPAR_PAR_CODE(13)
#define IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT	WINPAR_PAR_CODE(14)
#define IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO	WINPAR_PAR_CODE(15)
#define IOCTL_INTERNAL_GET_MORE_PARALLEL_PORT_INFO	WINPAR_PAR_CODE(17)
#define IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE		WINPAR_PAR_CODE(19)
#define IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE		WINPAR_PAR_CODE(20)
#define IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO		WINPAR_PAR_CODE(21)
#define IOCTL_INTERNAL_INIT_1284_3_BUS			WINPAR_PAR_CODE(22)
#define IOCTL_INTERNAL_SELECT_DEVICE			WINPAR_PAR_CODE(23)
#define IOCTL_INTERNAL_DESELECT_DEVICE			WINPAR_PAR_CODE(24)
#define IOCTL_INTERNAL_PARALLEL_PORT_FREE		WINPAR_PAR_CODE(40)

/* and those of a parallel device: */
#define IOCTL_INTERNAL_PARCLASS_CONNECT			WINPAR_PAR_CODE(30)
#define IOCTL_INTERNAL_PARCLASS_DISCONNECT		WINPAR_PAR_CODE(31)
#define IOCTL_INTERNAL_DISCONNECT_IDLE			WINPAR_PAR_CODE(32)
#define IOCTL_INTERNAL_LOCK_PORT			WINPAR_PAR_CODE(37)
#define IOCTL_INTERNAL_UNLOCK_PORT			WINPAR_PAR_CODE(38)
#define IOCTL_INTERNAL_LOCK_PORT_NO_SELECT		WINPAR_PAR_CODE(52)
#define IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT		WINPAR_PAR_CODE(53)

/*
 * The port's routines. Context is the one of the structure that the routine
 * came in. At or below DISPATCH_LEVEL, except the two that
 * PARALLEL_INTERRUPT_INFORMATION holds; none sleeps.
 */

/* DDI page: parallel, PPARALLEL_TRY_ALLOCATE_ROUTINE */
typedef BOOLEAN (*PPARALLEL_TRY_ALLOCATE_ROUTINE)(PVOID TryAllocateContext);

/* DDI page: parallel, PPARALLEL_FREE_ROUTINE */
typedef VOID (*PPARALLEL_FREE_ROUTINE)(PVOID FreeContext);

/* DDI page: parallel, PPARALLEL_QUERY_WAITERS_ROUTINE */
typedef ULONG (*PPARALLEL_QUERY_WAITERS_ROUTINE)(PVOID QueryAllocsContext);

/* DDI page: parallel, PPARALLEL_SET_CHIP_MODE */
typedef NTSTATUS (*PPARALLEL_SET_CHIP_MODE)(PVOID SetChipContext,
					    UCHAR ChipMode);

/* DDI page: parallel, PPARALLEL_CLEAR_CHIP_MODE */
typedef NTSTATUS (*PPARALLEL_CLEAR_CHIP_MODE)(PVOID ClearChipContext,
					      UCHAR ChipMode);

/* DDI page: parallel, PPARALLEL_TRY_SELECT_ROUTINE (a PARALLEL_1284_COMMAND) */
typedef NTSTATUS (*PPARALLEL_TRY_SELECT_ROUTINE)(PVOID TrySelectContext,
						 PVOID TrySelectCommand);

/* DDI page: parallel, PPARALLEL_DESELECT_ROUTINE (a PARALLEL_1284_COMMAND) */
typedef NTSTATUS (*PPARALLEL_DESELECT_ROUTINE)(PVOID DeselectContext,
					       PVOID DeselectCommand);

/*
 * The client's routine for a port that has become free.
 * DDI page: parallel, PARALLEL_INTERRUPT_SERVICE_ROUTINE
 */
typedef VOID (*PPARALLEL_DEFERRED_ROUTINE)(PVOID DeferredContext);

/* DDI page: parallel, PARALLEL_PORT_INFORMATION */
typedef struct _PARALLEL_PORT_INFORMATION {
	PHYSICAL_ADDRESS OriginalController;
	PUCHAR Controller;
	ULONG SpanOfController;
	PPARALLEL_TRY_ALLOCATE_ROUTINE TryAllocatePort;
	PPARALLEL_FREE_ROUTINE FreePort;
	PPARALLEL_QUERY_WAITERS_ROUTINE QueryNumWaiters;
	PVOID Context;
} PARALLEL_PORT_INFORMATION, *PPARALLEL_PORT_INFORMATION;

/* DDI page: parallel, MORE_PARALLEL_PORT_INFORMATION */
typedef struct _MORE_PARALLEL_PORT_INFORMATION {
	INTERFACE_TYPE InterfaceType;
	ULONG BusNumber;
	ULONG InterruptLevel;
	ULONG InterruptVector;
	KAFFINITY InterruptAffinity;
	KINTERRUPT_MODE InterruptMode;
} MORE_PARALLEL_PORT_INFORMATION, *PMORE_PARALLEL_PORT_INFORMATION;

/* DDI page: parallel, PARALLEL_PNP_INFORMATION */
typedef struct _PARALLEL_PNP_INFORMATION {
	PHYSICAL_ADDRESS OriginalEcpController;
	PUCHAR EcpController;
	ULONG SpanOfEcpController;
	ULONG PortNumber;
	ULONG HardwareCapabilities;
	PPARALLEL_SET_CHIP_MODE TrySetChipMode;
	PPARALLEL_CLEAR_CHIP_MODE ClearChipMode;
	ULONG FifoDepth;
	ULONG FifoWidth;
	PHYSICAL_ADDRESS EppControllerPhysicalAddress;
	ULONG SpanOfEppController;
	ULONG Ieee1284_3DeviceCount;
	PPARALLEL_TRY_SELECT_ROUTINE TrySelectDevice;
	PPARALLEL_DESELECT_ROUTINE DeselectDevice;
	PVOID Context;
	ULONG CurrentMode;
	PWSTR PortName;
} PARALLEL_PNP_INFORMATION, *PPARALLEL_PNP_INFORMATION;

/* HardwareCapabilities */
#define PPT_NO_HARDWARE_PRESENT	0x00000000
#define PPT_ECP_PRESENT		0x00000001
#define PPT_EPP_PRESENT		0x00000002
#define PPT_EPP_32_PRESENT	0x00000004
#define PPT_BYTE_PRESENT	0x00000008
#define PPT_BIDI_PRESENT	0x00000008
#define PPT_1284_3_PRESENT	0x00000010

/* DDI page: parallel, PARALLEL_1284_COMMAND */
typedef struct _PARALLEL_1284_COMMAND {
	UCHAR ID;
	UCHAR Port;
	ULONG CommandFlags;
} PARALLEL_1284_COMMAND, *PPARALLEL_1284_COMMAND;

/* CommandFlags */
#define PAR_END_OF_CHAIN_DEVICE	0x00000001
#define PAR_HAVE_PORT_KEEP_PORT	0x00000002

/* DDI page: parallel, PARALLEL_CHIP_MODE */
typedef struct _PARALLEL_CHIP_MODE {
	UCHAR ModeFlags;
	BOOLEAN success;
} PARALLEL_CHIP_MODE, *PPARALLEL_CHIP_MODE;

/* ModeFlags, beside the modes below */
#define INITIAL_MODE		0x00
#define PARCHIP_ECR_ARBITRATOR	0x01

/* The extended control register of an ECP port: its mode in bits 7 to 5, ... */
#define ECR_SPP_MODE		0x00
#define ECR_BYTE_MODE		0x20
#define ECR_FASTCENT_MODE	0x40
#define ECR_ECP_MODE		0x60
#define ECR_EPP_MODE		0x80
#define ECR_TEST_MODE		0xc0
#define ECR_CONFIG_MODE		0xe0
/* ... and its enable bits. */
#define ECR_SVC_INT_DISABLED	0x04
#define ECR_DMA_ENABLED		0x08
#define ECR_ERRINT_DISABLED	0x10
/* A mode with the error and service interrupts disabled, for programmed I/O. */
#define ECR_BYTE_PIO_MODE	(ECR_BYTE_MODE | ECR_ERRINT_DISABLED | \
				 ECR_SVC_INT_DISABLED)
#define ECR_ECP_PIO_MODE	(ECR_ECP_MODE | ECR_ERRINT_DISABLED | \
				 ECR_SVC_INT_DISABLED)
#define ECR_EPP_PIO_MODE	(ECR_EPP_MODE | ECR_ERRINT_DISABLED | \
				 ECR_SVC_INT_DISABLED)
/* ECP_SPAN and ECR_OFFSET count from EcpController, DCR_OFFSET from Controller. */
#define ECP_SPAN		3
#define ECR_OFFSET		2
#define DCR_OFFSET		2

/* The same modes as plain numbers. */
#define HW_MODE_COMPATIBILITY	0
#define HW_MODE_PS2		1
#define HW_MODE_FAST_CENTRONICS	2
#define HW_MODE_ECP		3
#define HW_MODE_EPP		4
#define HW_MODE_RESERVED	5
#define HW_MODE_TEST		6
#define HW_MODE_CONFIGURATION	7

/* DDI page: parallel, PARALLEL_INTERRUPT_SERVICE_ROUTINE */
typedef struct _PARALLEL_INTERRUPT_SERVICE_ROUTINE {
	PKSERVICE_ROUTINE InterruptServiceRoutine;
	PVOID InterruptServiceContext;
	PPARALLEL_DEFERRED_ROUTINE DeferredPortCheckRoutine;
	PVOID DeferredPortCheckContext;
} PARALLEL_INTERRUPT_SERVICE_ROUTINE, *PPARALLEL_INTERRUPT_SERVICE_ROUTINE;

/* DDI page: parallel, PARALLEL_INTERRUPT_INFORMATION */
typedef struct _PARALLEL_INTERRUPT_INFORMATION {
	PKINTERRUPT InterruptObject;
	PPARALLEL_TRY_ALLOCATE_ROUTINE TryAllocatePortAtInterruptLevel;
	PPARALLEL_FREE_ROUTINE FreePortFromInterruptLevel;
	PVOID Context;
} PARALLEL_INTERRUPT_INFORMATION, *PPARALLEL_INTERRUPT_INFORMATION;

/*
 * A parallel device's routines, for a client whose file holds a lock: in that
 * client's thread, and they may sleep.
 */
typedef enum _PARALLEL_SAFETY {
	SAFE_MODE = 0,
	UNSAFE_MODE = 1,
} PARALLEL_SAFETY;

/* DDI page: parallel, PDETERMINE_IEEE_MODES */
typedef USHORT (*PDETERMINE_IEEE_MODES)(PVOID Context);

/* DDI page: parallel, PNEGOTIATE_IEEE_MODE */
typedef NTSTATUS (*PNEGOTIATE_IEEE_MODE)(PVOID Context, USHORT ModeMaskFwd,
					 USHORT ModeMaskRev,
					 PARALLEL_SAFETY ModeSafety,
					 BOOLEAN IsForward);

/* DDI page: parallel, PTERMINATE_IEEE_MODE */
typedef NTSTATUS (*PTERMINATE_IEEE_MODE)(PVOID Context);

/* DDI page: parallel, PPARALLEL_IEEE_FWD_TO_REV */
typedef NTSTATUS (*PPARALLEL_IEEE_FWD_TO_REV)(PVOID Context);

/* DDI page: parallel, PPARALLEL_IEEE_REV_TO_FWD */
typedef NTSTATUS (*PPARALLEL_IEEE_REV_TO_FWD)(PVOID Context);

/* DDI page: parallel, PPARALLEL_READ */
typedef NTSTATUS (*PPARALLEL_READ)(PVOID Context, PVOID Buffer,
				   ULONG NumBytesToRead, PULONG NumBytesRead,
				   UCHAR Channel);

/* DDI page: parallel, PPARALLEL_WRITE */
typedef NTSTATUS (*PPARALLEL_WRITE)(PVOID Context, PVOID Buffer,
				    ULONG NumBytesToWrite,
				    PULONG NumBytesWritten, UCHAR Channel);

/* DDI page: parallel, PARCLASS_INFORMATION, member ParallelTryselect */
typedef NTSTATUS (*PPARALLEL_TRYSELECT_DEVICE)(PVOID Context,
					       PARALLEL_1284_COMMAND Command);

/* DDI page: parallel, PARCLASS_INFORMATION, member ParallelDeSelect */
typedef NTSTATUS (*PPARALLEL_DESELECT_DEVICE)(PVOID Context,
					      PARALLEL_1284_COMMAND Command);

/* DDI page: parallel, PARCLASS_INFORMATION */
typedef struct _PARCLASS_INFORMATION {
	PUCHAR Controller;
	PUCHAR EcrController;
	ULONG SpanOfController;
	PDETERMINE_IEEE_MODES DetermineIeeeModes;
	PNEGOTIATE_IEEE_MODE NegotiateIeeeMode;
	PTERMINATE_IEEE_MODE TerminateIeeeMode;
	PPARALLEL_IEEE_FWD_TO_REV IeeeFwdToRevMode;
	PPARALLEL_IEEE_REV_TO_FWD IeeeRevToFwdMode;
	PPARALLEL_READ ParallelRead;
	PPARALLEL_WRITE ParallelWrite;
	PVOID ParclassContext;
	ULONG HardwareCapabilities;
	ULONG FifoDepth;
	ULONG FifoWidth;
	PPARALLEL_TRYSELECT_DEVICE ParallelTryselect;
	PPARALLEL_DESELECT_DEVICE ParallelDeSelect;
} PARCLASS_INFORMATION, *PPARCLASS_INFORMATION;

#endif /* _WINPAR_PARALLEL_H */
