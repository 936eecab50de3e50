/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Windows types, status codes and request numbers that the parallel port
 * interface is written in.
 *
 * Windows is LLP64: LONG and ULONG are 32 bits on every machine, only
 * pointers, handles and the *_PTR types grow. 64-bit integers are 8-byte
 * aligned on 32-bit machines too, which i386 Linux has to be asked for.
 *
 * Compiles inside the kernel, and freestanding outside it (the layout tests
 * do that). Names that Linux headers are likely to use for something of their
 * own (IN, OUT, CONST...) are defined in winpar/ddk/ only. Every layout and
 * value here is pinned by winpar/abi_check.h.
 */
#ifndef _WINPAR_NT_H
#define _WINPAR_NT_H

#ifdef __KERNEL__
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <stddef.h>

typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

#ifndef __aligned
#define __aligned(x)	__attribute((__aligned__(x)))
#endif
#endif /* __KERNEL__ */

/* Integers. */
typedef void VOID;
typedef char CHAR;
typedef char CCHAR;
typedef u8 UCHAR;
typedef s16 SHORT;
typedef u16 USHORT;
typedef s32 LONG;
typedef u32 ULONG;
typedef s64 LONGLONG __aligned(8);
typedef u64 ULONGLONG __aligned(8);
typedef u8 BOOLEAN;
typedef u16 WCHAR;

/* As wide as a pointer. */
typedef long LONG_PTR;
typedef unsigned long ULONG_PTR;
typedef ULONG_PTR SIZE_T;
typedef ULONG_PTR KAFFINITY;

/* Pointers. */
typedef void *PVOID;
typedef const void *PCVOID;
typedef void *HANDLE;
typedef CHAR *PCHAR;
typedef CHAR *PSTR;
typedef const CHAR *PCSTR;
typedef UCHAR *PUCHAR;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT;
typedef LONG *PLONG;
typedef ULONG *PULONG;
typedef BOOLEAN *PBOOLEAN;
typedef WCHAR *PWCHAR;
typedef WCHAR *PWSTR;
typedef const WCHAR *PCWSTR;
typedef long *PLONG_PTR;
typedef unsigned long *PULONG_PTR;
typedef SIZE_T *PSIZE_T;
typedef KAFFINITY *PKAFFINITY;
typedef HANDLE *PHANDLE;

#ifndef FALSE
#define FALSE	0
#endif
#ifndef TRUE
#define TRUE	1
#endif

#ifndef MAXUSHORT
#define MAXUSHORT	0xffff
#endif
#ifndef MAXULONG
#define MAXULONG	0xffffffffU
#endif

/* Kernel scalars. */
typedef LONG NTSTATUS;
typedef NTSTATUS *PNTSTATUS;
typedef UCHAR KIRQL;
typedef KIRQL *PKIRQL;
typedef ULONG ACCESS_MASK;
typedef ULONG DEVICE_TYPE;

/* DDI page: ntdef, LARGE_INTEGER */
typedef union _LARGE_INTEGER {
	struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

/* DDI page: ntdef, UNICODE_STRING; both lengths are in bytes */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;

typedef const UNICODE_STRING *PCUNICODE_STRING;

/* DDI page: guiddef, GUID */
typedef struct _GUID {
	ULONG Data1;
	USHORT Data2;
	USHORT Data3;
	UCHAR Data4[8];
} GUID, *PGUID;

/* DDI page: wdm, IO_STATUS_BLOCK */
typedef struct _IO_STATUS_BLOCK {
	union {
		NTSTATUS Status;
		PVOID Pointer;
	};
	ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

/*
 * Status codes. The two top bits are the severity; PENDING and TIMEOUT pass
 * NT_SUCCESS.
 */
#define NT_SUCCESS(status)	((NTSTATUS)(status) >= 0)
#define NT_INFORMATION(status)	((ULONG)(status) >> 30 == 1)
#define NT_WARNING(status)	((ULONG)(status) >> 30 == 2)
#define NT_ERROR(status)	((ULONG)(status) >> 30 == 3)

#define STATUS_SUCCESS			((NTSTATUS)0x00000000)
#define STATUS_TIMEOUT			((NTSTATUS)0x00000102)
#define STATUS_PENDING			((NTSTATUS)0x00000103)

#define STATUS_DEVICE_PAPER_EMPTY	((NTSTATUS)0x8000000e)
#define STATUS_DEVICE_POWERED_OFF	((NTSTATUS)0x8000000f)
#define STATUS_DEVICE_OFF_LINE		((NTSTATUS)0x80000010)
#define STATUS_DEVICE_BUSY		((NTSTATUS)0x80000011)

#define STATUS_UNSUCCESSFUL		((NTSTATUS)0xc0000001)
#define STATUS_NOT_IMPLEMENTED		((NTSTATUS)0xc0000002)
#define STATUS_INVALID_HANDLE		((NTSTATUS)0xc0000008)
#define STATUS_INVALID_PARAMETER	((NTSTATUS)0xc000000d)
#define STATUS_NO_SUCH_DEVICE		((NTSTATUS)0xc000000e)
#define STATUS_INVALID_DEVICE_REQUEST	((NTSTATUS)0xc0000010)
#define STATUS_ACCESS_DENIED		((NTSTATUS)0xc0000022)
#define STATUS_BUFFER_TOO_SMALL		((NTSTATUS)0xc0000023)
#define STATUS_OBJECT_NAME_INVALID	((NTSTATUS)0xc0000033)
#define STATUS_OBJECT_NAME_NOT_FOUND	((NTSTATUS)0xc0000034)
#define STATUS_SHARING_VIOLATION	((NTSTATUS)0xc0000043)
#define STATUS_DELETE_PENDING		((NTSTATUS)0xc0000056)
#define STATUS_INSUFFICIENT_RESOURCES	((NTSTATUS)0xc000009a)
#define STATUS_DEVICE_NOT_CONNECTED	((NTSTATUS)0xc000009d)
#define STATUS_DEVICE_POWER_FAILURE	((NTSTATUS)0xc000009e)
#define STATUS_IO_TIMEOUT		((NTSTATUS)0xc00000b5)
#define STATUS_NOT_SUPPORTED		((NTSTATUS)0xc00000bb)
#define STATUS_NOT_A_DIRECTORY		((NTSTATUS)0xc0000103)
#define STATUS_CANCELLED		((NTSTATUS)0xc0000120)
#define STATUS_INVALID_DEVICE_STATE	((NTSTATUS)0xc0000184)
#define STATUS_IO_DEVICE_ERROR		((NTSTATUS)0xc0000185)
#define STATUS_DEVICE_PROTOCOL_ERROR	((NTSTATUS)0xc0000186)
#define STATUS_DEVICE_REMOVED		((NTSTATUS)0xc00002b6)

/* What a request asks for: major function codes, DDI pages "IRP_MJ_...". */
#define IRP_MJ_CREATE			0x00
#define IRP_MJ_CLOSE			0x02
#define IRP_MJ_READ			0x03
#define IRP_MJ_WRITE			0x04
#define IRP_MJ_QUERY_INFORMATION	0x05
#define IRP_MJ_DEVICE_CONTROL		0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL	0x0f
#define IRP_MJ_CLEANUP			0x12
#define IRP_MJ_PNP			0x1b

/* Control codes: "Defining I/O Control Codes" in the driver design guide. */
#define FILE_DEVICE_PARALLEL_PORT	0x16
#define FILE_DEVICE_SERIAL_PORT		0x1b
#define METHOD_BUFFERED			0
#define FILE_ANY_ACCESS			0

#define CTL_CODE(type, function, method, access) \
	(((type) << 16) | ((access) << 14) | ((function) << 2) | (method))

/* DDI page: wdm, FILE_INFORMATION_CLASS (those that a device answers) */
typedef enum _FILE_INFORMATION_CLASS {
	FileStandardInformation = 5,
	FilePositionInformation = 14,
} FILE_INFORMATION_CLASS, *PFILE_INFORMATION_CLASS;

/* DDI page: wdm, FILE_STANDARD_INFORMATION */
typedef struct _FILE_STANDARD_INFORMATION {
	LARGE_INTEGER AllocationSize;
	LARGE_INTEGER EndOfFile;
	ULONG NumberOfLinks;
	BOOLEAN DeletePending;
	BOOLEAN Directory;
} FILE_STANDARD_INFORMATION, *PFILE_STANDARD_INFORMATION;

/* DDI page: wdm, FILE_POSITION_INFORMATION */
typedef struct _FILE_POSITION_INFORMATION {
	LARGE_INTEGER CurrentByteOffset;
} FILE_POSITION_INFORMATION, *PFILE_POSITION_INFORMATION;

/* DDI page: wdm, INTERFACE_TYPE */
typedef enum _INTERFACE_TYPE {
	InterfaceTypeUndefined = -1,
	Internal = 0,
	Isa = 1,
	Eisa = 2,
	MicroChannel = 3,
	TurboChannel = 4,
	PCIBus = 5,
	VMEBus = 6,
	NuBus = 7,
	PCMCIABus = 8,
	CBus = 9,
	MPIBus = 10,
	MPSABus = 11,
	ProcessorInternal = 12,
	InternalPowerBus = 13,
	PNPISABus = 14,
	PNPBus = 15,
	Vmcs = 16,
	ACPIBus = 17,
	MaximumInterfaceType,
} INTERFACE_TYPE, *PINTERFACE_TYPE;

/* DDI page: wdm, KINTERRUPT_MODE */
typedef enum _KINTERRUPT_MODE {
	LevelSensitive = 0,
	Latched = 1,
} KINTERRUPT_MODE;

/* An interrupt object: clients hold a pointer and look no further. */
typedef struct _KINTERRUPT *PKINTERRUPT;

/* DDI page: wdm, KSERVICE_ROUTINE: runs in the port's interrupt handler */
typedef BOOLEAN (*PKSERVICE_ROUTINE)(PKINTERRUPT Interrupt,
				     PVOID ServiceContext);

/* DDI page: wdm, KSYNCHRONIZE_ROUTINE: runs with the interrupt kept out */
typedef BOOLEAN (*PKSYNCHRONIZE_ROUTINE)(PVOID SynchronizeContext);

#endif /* _WINPAR_NT_H */
