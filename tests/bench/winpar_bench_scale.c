// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many ports of winpar_sim, each open four times: what opening, allocating and an
 * interrupt cost on the first ports and on the last; bin/bench_remove.c measures
 * removals. And how much of the CPU a write uses whose printer is slow.
 */
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/slab.h>
#include <linux/tick.h>

#include "winpar_bench.h"

#define SCALE_PORTS	64
#define SCALE_FILES	4
/* Of how many ports at either end the median is taken. */
#define SCALE_END	9
#define SLOW_BYTES	512

struct bench_scale {
	struct parport *parport[SCALE_PORTS];
	struct winpar_file *file[SCALE_PORTS][SCALE_FILES];
	u64 cost[SCALE_FILES][SCALE_PORTS];
};

static struct bench_scale *bench_scaled;
static u64 bench_scale_heard;

/* Say the medians of the first SCALE_END ports and of the last. */
static void bench_scale_say(const char *name, const u64 *cost)
{
	memcpy(bench.samples, cost, SCALE_END * sizeof(*cost));
	bench_say(bench_median_of(SCALE_END) * 100, "%s-first", name);
	memcpy(bench.samples, cost + SCALE_PORTS - SCALE_END,
	       SCALE_END * sizeof(*cost));
	bench_say(bench_median_of(SCALE_END) * 100, "%s-last", name);
}

static int bench_scale_open(struct bench_scale *s)
{
	int first = bench.parport->number + 1, i, j;
	NTSTATUS status;
	char name[32];
	u64 from;

	for (j = 0; j < SCALE_FILES; j++) {
		for (i = 0; i < SCALE_PORTS; i++) {
			snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
				 first + i);
			from = bench_now();
			status = winpar_open(name, &s->file[i][j]);
			s->cost[j][i] = bench_now() - from - bench.clock;
			if (!NT_SUCCESS(status))
				return -ENODEV;
		}
	}
	bench_scale_say("scale-open", s->cost[0]);
	bench_scale_say("scale-open-again", s->cost[SCALE_FILES - 1]);
	return 0;
}

static NTSTATUS bench_scale_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	return STATUS_SUCCESS;
}

/* An ALLOCATE that is granted at once, and FreePort; the least of some rounds. */
static int bench_scale_allocate(struct bench_scale *s)
{
	PARALLEL_PORT_INFORMATION info;
	struct winpar_file *file;
	int i, round;
	u64 from;
	IRP irp;

	for (i = 0; i < SCALE_PORTS; i++) {
		file = s->file[i][SCALE_FILES - 1];
		if (winpar_internal_ioctl(file,
					  IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					  NULL, 0, &info, sizeof(info), NULL))
			return -EIO;
		s->cost[0][i] = U64_MAX;
		for (round = 0; round < BENCH_WARM; round++) {
			bench_set_allocate(&irp, bench_scale_done, NULL);
			from = bench_now();
			if (winpar_irp_submit(file, &irp) != STATUS_SUCCESS)
				return -EIO;
			info.FreePort(info.Context);
			s->cost[0][i] = min(s->cost[0][i],
					    bench_now() - from - bench.clock);
		}
	}
	bench_scale_say("scale-allocate", s->cost[0]);
	return 0;
}

static BOOLEAN bench_scale_isr(PKINTERRUPT interrupt, PVOID context)
{
	bench_scale_heard = bench_now();
	return TRUE;
}

static int bench_scale_connect(struct winpar_file *file, ULONG code)
{
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = bench_scale_isr,
	};
	PARALLEL_INTERRUPT_INFORMATION info;

	return winpar_internal_ioctl(file, code, &routines, sizeof(routines),
				     &info, sizeof(info), NULL) ? -EIO : 0;
}

/* From the parport core's handler to the routine; the least of some rounds. */
static int bench_scale_interrupt(struct bench_scale *s)
{
	struct winpar_file *file;
	unsigned long flags;
	int i, round;
	u64 from;

	for (i = 0; i < SCALE_PORTS; i++) {
		file = s->file[i][SCALE_FILES - 1];
		if (bench_scale_connect
		    (file, IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT))
			return -EIO;
		s->cost[0][i] = U64_MAX;
		for (round = 0; round < BENCH_WARM; round++) {
			bench_scale_heard = 0;
			local_irq_save(flags);
			from = bench_now();
			parport_irq_handler(s->parport[i]->irq, s->parport[i]);
			local_irq_restore(flags);
			if (!bench_scale_heard)
				return -EIO;
			s->cost[0][i] = min(s->cost[0][i], bench_scale_heard -
					    from - bench.clock);
		}
		bench_scale_connect
			(file, IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT);
	}
	bench_scale_say("scale-interrupt", s->cost[0]);
	return 0;
}

static int bench_scale_run(struct bench_scale *s)
{
	int i, ret;

	for (i = 0; i < SCALE_PORTS; i++) {
		s->parport[i] = parport_find_number(bench.parport->number + 1 + i);
		if (!s->parport[i])
			return -ENODEV;
	}
	ret = bench_scale_open(s);
	ret = ret ?: bench_scale_allocate(s);
	return ret ?: bench_scale_interrupt(s);
}

/* close what bench_scale() has left open */
int bench_scale_end(void)
{
	struct bench_scale *s = bench_scaled;
	int i, j;

	if (!s)
		return 0;
	for (i = 0; i < SCALE_PORTS; i++) {
		for (j = 0; j < SCALE_FILES; j++)
			if (s->file[i][j])
				winpar_close(s->file[i][j]);
		if (s->parport[i])
			parport_put_port(s->parport[i]);
	}
	kfree(s);
	bench_scaled = NULL;
	return 0;
}

/*
 * the SCALE_PORTS ports of winpar_sim that are numbered from "port" + 1 on; they stay
 * open, for a program that removes them
 */
int bench_scale(void)
{
	int ret;

	bench_scale_end();
	bench_scaled = kzalloc(sizeof(*bench_scaled), GFP_KERNEL);
	if (!bench_scaled)
		return -ENOMEM;
	ret = bench_scale_run(bench_scaled);
	if (ret)
		bench_scale_end();
	return ret;
}

/* How long this CPU has been busy, in ns: a task that waits does not count. */
static u64 bench_busy(void)
{
	u64 now, idle = get_cpu_idle_time_us(raw_smp_processor_id(), &now);

	return (now - idle) * NSEC_PER_USEC;
}

/* a write to a printer that is slow: how much of the CPU the write uses, in percent */
int bench_slow(void)
{
	u8 *bytes = kzalloc(SLOW_BYTES, GFP_KERNEL);
	u64 from, busy, took;
	NTSTATUS status;
	ULONG done;

	if (!bytes)
		return -ENOMEM;
	from = bench_now();
	busy = bench_busy();
	status = winpar_write(bench.device, bytes, SLOW_BYTES, &done);
	busy = bench_busy() - busy;
	took = bench_now() - from;
	kfree(bytes);
	if (status != STATUS_SUCCESS)
		return -EIO;
	bench_say(div64_u64(busy * 100 * 100, took), "slow");
	return 0;
}
