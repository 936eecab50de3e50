// SPDX-License-Identifier: GPL-2.0-only
/*
 * For how long interrupts are off at most while a file with many waiting
 * requests is closed: measured by how late a timer is called in hard interrupt
 * context.
 */
#include <linux/hrtimer.h>
#include <linux/minmax.h>
#include <linux/vmalloc.h>

#include "winpar_bench.h"

#define BENCH_ENDING	100000
#define BENCH_PERIOD	ns_to_ktime(20000)

static unsigned int bench_ended;
static u64 bench_late;

static NTSTATUS bench_ending_done(PDEVICE_OBJECT device, PIRP irp,
				  PVOID context)
{
	bench_ended++;
	return STATUS_SUCCESS;
}

static enum hrtimer_restart bench_tick(struct hrtimer *timer)
{
	s64 late = ktime_to_ns(ktime_sub(ktime_get(),
					 hrtimer_get_expires(timer)));

	bench_late = max_t(s64, bench_late, late);
	hrtimer_forward_now(timer, BENCH_PERIOD);
	return HRTIMER_RESTART;
}

/* Close @file, on which all requests wait. */
static int bench_ending_close(struct winpar_file *file)
{
	struct hrtimer timer;

	winpar_hrtimer_setup(&timer, bench_tick, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&timer, BENCH_PERIOD, HRTIMER_MODE_REL_PINNED_HARD);
	bench_late = 0;
	winpar_close(file);
	hrtimer_cancel(&timer);
	if (bench_ended != BENCH_ENDING)
		return -EIO;
	bench_say(bench_late * 100, "ending-late");
	return 0;
}

/*
 * Close a file with 100,000 requests, which wait for a port that another file
 * has.
 */
int bench_ending(void)
{
	IRP *irps = vzalloc(array_size(BENCH_ENDING, sizeof(*irps)));
	struct winpar_file *file = NULL;
	char name[32];
	int ret = 0, i;

	bench_ended = 0;
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 bench.parport->number);
	if (!irps || winpar_open(name, &file) != STATUS_SUCCESS ||
	    !bench.info.TryAllocatePort(bench.info.Context)) {
		winpar_close(file);
		vfree(irps);
		return -ENOMEM;
	}
	for (i = 0; i < BENCH_ENDING && !ret; i++) {
		bench_set_allocate(&irps[i], bench_ending_done, NULL);
		if (winpar_irp_submit(file, &irps[i]) != STATUS_PENDING)
			ret = -EIO;
	}
	if (ret)
		winpar_close(file);
	else
		ret = bench_ending_close(file);
	bench.info.FreePort(bench.info.Context);
	vfree(irps);
	return ret;
}
