// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that take effect at once: allocating and freeing a free port, and
 * requests for information. TryAllocatePort and FreePort are called as clients
 * call them, through the pointers in the port's information.
 */
#include "winpar_bench.h"

/* Calls in a round: so few that no timer tick comes in most rounds. */
#define BENCH_CALLS	500

/* Inlined, so that @op itself is not called through a pointer. */
static __always_inline u64 bench_loop(void (*op)(void *), void *arg)
{
	unsigned int i;
	u64 from;

	from = bench_now();
	for (i = 0; i < BENCH_CALLS; i++) {
		op(arg);
		barrier();
	}
	return bench_now() - from;
}

static __always_inline void bench_nothing(void *arg)
{
}

static __always_inline void bench_calls(const char *name, void (*op)(void *),
					void *arg)
{
	u64 empty, full;
	unsigned int i;

	for (i = 0; i < bench_turns(); i++)
		*bench_sample(i) = bench_loop(bench_nothing, arg);
	empty = bench_median();
	for (i = 0; i < bench_turns(); i++)
		*bench_sample(i) = bench_loop(op, arg);
	full = bench_median();
	bench_say(div_u64((full - empty) * 100, BENCH_CALLS), "%s", name);
}

static __always_inline void bench_claim_once(void *arg)
{
	struct pardevice *dev = arg;

	if (!parport_claim(dev))
		parport_release(dev);
}

/* parport_claim() and parport_release() */
int bench_rival_claim(void)
{
	struct pardevice *dev = bench_register(0, NULL, NULL);

	if (!dev)
		return -ENOMEM;
	bench_calls("claim", bench_claim_once, dev);
	parport_unregister_device(dev);
	return 0;
}

static __always_inline void bench_try_once(void *arg)
{
	const PARALLEL_PORT_INFORMATION *info = arg;

	if (info->TryAllocatePort(info->Context))
		info->FreePort(info->Context);
}

/* A case fails if winpar does not have the Linux port, or a client has it. */
static int bench_is_free(void)
{
	if (!bench.info.TryAllocatePort(bench.info.Context))
		return -EBUSY;
	bench.info.FreePort(bench.info.Context);
	return 0;
}

/* TryAllocatePort and FreePort */
int bench_try(void)
{
	int ret = bench_is_free();

	if (ret)
		return ret;
	bench_calls("try", bench_try_once, &bench.info);
	return 0;
}

static NTSTATUS bench_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	return STATUS_SUCCESS;
}

/* A client's request: set up anew each time, with a completion routine. */
static __always_inline void bench_request_once(void *arg)
{
	IRP *irp = arg;

	bench_set_allocate(irp, bench_done, NULL);
	if (winpar_irp_submit(bench.file, irp) == STATUS_SUCCESS)
		bench.info.FreePort(bench.info.Context);
}

/* A client's request that is submitted again without being set up. */
static __always_inline void bench_again_once(void *arg)
{
	IRP *irp = arg;

	if (winpar_irp_submit(bench.file, irp) == STATUS_SUCCESS)
		bench.info.FreePort(bench.info.Context);
}

/* an allocate request and FreePort */
int bench_request(void)
{
	int ret = bench_is_free();
	IRP irp;

	if (ret)
		return ret;
	bench_set_allocate(&irp, bench_done, NULL);
	bench_calls("request-again", bench_again_once, &irp);
	bench_calls("request", bench_request_once, &irp);
	return 0;
}

static __always_inline void bench_request_sync_once(void *arg)
{
	if (winpar_internal_ioctl(bench.file,
				  IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
				  NULL, 0, NULL, 0, NULL) == STATUS_SUCCESS)
		bench.info.FreePort(bench.info.Context);
}

int bench_request_sync(void)
{
	int ret = bench_is_free();

	if (ret)
		return ret;
	bench_calls("request-sync", bench_request_sync_once, NULL);
	return 0;
}

struct bench_information {
	IRP irp;
	PARALLEL_PORT_INFORMATION info;
};

static __always_inline void bench_information_once(void *arg)
{
	struct bench_information *b = arg;

	winpar_irp_init(&b->irp);
	winpar_irp_set_ioctl(&b->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO, &b->info,
			     0, sizeof(b->info));
	winpar_irp_submit(bench.file, &b->irp);
}

/* an information request */
int bench_information(void)
{
	struct bench_information b;

	bench_information_once(&b);
	if (b.irp.IoStatus.Status != STATUS_SUCCESS)
		return -EIO;
	bench_calls("information", bench_information_once, &b);
	return 0;
}

static __always_inline void bench_information_sync_once(void *arg)
{
	PARALLEL_PORT_INFORMATION *info = arg;

	winpar_internal_ioctl(bench.file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
			      NULL, 0, info, sizeof(*info), NULL);
}

int bench_information_sync(void)
{
	PARALLEL_PORT_INFORMATION info;

	bench_calls("information-sync", bench_information_sync_once, &info);
	return 0;
}
