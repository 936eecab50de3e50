// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the layer for Windows sources costs: the calls of a Windows driver, as such a driver
 * makes them. DriverEntry measures; the figures are in the log, "figure NAME FIGURE". Port 0
 * has to raise an interrupt for each write of its control register that finds interrupts on,
 * as QEMU's does.
 *
 * All but the clock is Windows': what KeQueryPerformanceCounter() counts is too coarse for
 * one interrupt. The calls in a round, and the rounds that do not count, are as many as those
 * of winpar_bench, beside whose figures these stand.
 */
#include <ntddk.h>
#include <ntddpar.h>
#include <parallel.h>

/* Linux's clock, in ns: with QEMU's -icount an instruction takes a nanosecond. */
LONGLONG ktime_get(VOID);

#define BENCH_ROUNDS		101
/* Rounds before them that do not count. */
#define BENCH_WARM		16
/* Calls in a round: so few that no timer tick comes in most rounds. */
#define BENCH_CALLS		500
/* How long to wait for an interrupt, in looks. */
#define BENCH_LOOKS		100000

#define STATUS_REGISTER		1
#define CONTROL_REGISTER	2
#define CONTROL_READY		0x0c
#define CONTROL_INTERRUPTS	0x10

static PDEVICE_OBJECT Port;
static PARALLEL_PORT_INFORMATION Info;
static KDPC Dpc;
static volatile LONGLONG HeardAt;
static LONGLONG Samples[BENCH_ROUNDS];

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BenchUnload;

/* Send a request to the port and wait until it is complete. */
static NTSTATUS
BenchRequest(IN ULONG Code, IN PVOID In, IN ULONG InLength, OUT PVOID Out,
	     IN ULONG OutLength)
{
	IO_STATUS_BLOCK ioStatus;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(Code, Port, In, InLength, Out, OutLength,
					    TRUE, &event, &ioStatus);
	if (irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoCallDriver(Port, irp);
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return ioStatus.Status;
}

/* ----- samples ----------------------------------------------------------- */

static VOID
BenchNote(IN ULONG Turn, IN LONGLONG Sample)
{
	Samples[Turn < BENCH_WARM ? 0 : Turn - BENCH_WARM] = Sample;
}

/* The median of the samples, which are sorted afterwards. */
static LONGLONG
BenchMedian(VOID)
{
	LONGLONG sample;
	ULONG i, at;

	for (i = 1; i < BENCH_ROUNDS; i++) {
		sample = Samples[i];
		for (at = i; at > 0 && Samples[at - 1] > sample; at--)
			Samples[at] = Samples[at - 1];
		Samples[at] = sample;
	}
	return Samples[BENCH_ROUNDS / 2];
}

static LONGLONG
BenchClock(VOID)
{
	LONGLONG from;
	ULONG turn;

	for (turn = 0; turn < BENCH_ROUNDS + BENCH_WARM; turn++) {
		from = ktime_get();
		BenchNote(turn, ktime_get() - from);
	}
	return BenchMedian();
}

/* ----- an ALLOCATE ------------------------------------------------------- */

static NTSTATUS
BenchAllocate(VOID)
{
	NTSTATUS status = STATUS_SUCCESS;
	LONGLONG from, median;
	ULONG turn, call;

	for (turn = 0; turn < BENCH_ROUNDS + BENCH_WARM; turn++) {
		from = ktime_get();
		for (call = 0; call < BENCH_CALLS; call++) {
			status = BenchRequest(IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
					      NULL, 0, NULL, 0);
			if (!NT_SUCCESS(status))
				return status;
			Info.FreePort(Info.Context);
		}
		BenchNote(turn, ktime_get() - from);
	}
	median = BenchMedian() * 100 / BENCH_CALLS;
	DbgPrint("figure wdm-request %d.%02d\n", (ULONG)(median / 100),
		 (ULONG)(median % 100));
	return STATUS_SUCCESS;
}

/* ----- an interrupt ------------------------------------------------------ */

static BOOLEAN NTAPI
BenchIsr(IN PKINTERRUPT Interrupt, IN PVOID Context)
{
	UNREFERENCED_PARAMETER(Interrupt);
	UNREFERENCED_PARAMETER(Context);
	/* QEMU's line falls when the status register is read. */
	READ_PORT_UCHAR(Info.Controller + STATUS_REGISTER);
	KeInsertQueueDpc(&Dpc, NULL, NULL);
	return TRUE;
}

static VOID NTAPI
BenchDpc(IN PKDPC Object, IN PVOID Context, IN PVOID Argument1, IN PVOID Argument2)
{
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
	HeardAt = ktime_get();
}

/* One interrupt: how long until the DPC runs; 0: it did not. */
static LONGLONG
BenchRaise(VOID)
{
	ULONG looks = BENCH_LOOKS;
	LONGLONG from;

	HeardAt = 0;
	from = ktime_get();
	WRITE_PORT_UCHAR(Info.Controller + CONTROL_REGISTER,
			 (UCHAR)(CONTROL_READY | CONTROL_INTERRUPTS));
	while (HeardAt == 0 && --looks > 0)
		KeStallExecutionProcessor(1);
	return HeardAt == 0 ? 0 : HeardAt - from;
}

static NTSTATUS
BenchInterrupts(IN LONGLONG Clock)
{
	LONGLONG sample = 1;
	ULONG turn;

	for (turn = 0; turn < BENCH_ROUNDS + BENCH_WARM && sample != 0; turn++) {
		sample = BenchRaise();
		BenchNote(turn, sample - Clock);
	}
	WRITE_PORT_UCHAR(Info.Controller + CONTROL_REGISTER, (UCHAR)CONTROL_READY);
	READ_PORT_UCHAR(Info.Controller + STATUS_REGISTER);
	if (sample == 0)
		return STATUS_IO_TIMEOUT;
	DbgPrint("figure wdm-dpc %d.00\n", (ULONG)BenchMedian());
	return STATUS_SUCCESS;
}

static NTSTATUS
BenchInterrupt(VOID)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routine;
	PARALLEL_INTERRUPT_INFORMATION information;
	LONGLONG clock = BenchClock();
	NTSTATUS status;

	KeInitializeDpc(&Dpc, BenchDpc, NULL);
	RtlZeroMemory(&routine, sizeof(routine));
	routine.InterruptServiceRoutine = BenchIsr;
	status = BenchRequest(IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT, &routine,
			      sizeof(routine), &information, sizeof(information));
	if (!NT_SUCCESS(status))
		return status;
	/* The first write switches interrupts on, and need not raise one. */
	BenchRaise();
	status = BenchInterrupts(clock);
	BenchRequest(IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT, &routine,
		     sizeof(routine), NULL, 0);
	KeRemoveQueueDpc(&Dpc);
	return status;
}

static VOID NTAPI
BenchUnload(IN PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS NTAPI
DriverEntry(IN PDRIVER_OBJECT DriverObject, IN PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name;
	PFILE_OBJECT file;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = BenchUnload;
	RtlInitUnicodeString(&name, L"\\Device\\" DD_PARALLEL_PORT_BASE_NAME_U L"0");
	status = IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES, &file, &Port);
	if (!NT_SUCCESS(status))
		return status;
	/* The port's device object stays. */
	ObDereferenceObject(file);
	status = BenchRequest(IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO, NULL, 0, &Info,
			      sizeof(Info));
	if (NT_SUCCESS(status))
		status = BenchAllocate();
	if (NT_SUCCESS(status))
		status = BenchInterrupt();
	return status;
}
