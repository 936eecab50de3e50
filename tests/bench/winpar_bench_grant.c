// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time from a free of the port to the turn of a request, or of a task, that
 * waits for it: until a client's completion routine is called, or until a Linux
 * driver's thread returns from parport_claim_or_block().
 *
 * The task that frees sleeps right after that, so that the waiter's turn does
 * not wait for the CPU.
 */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "winpar_bench.h"

/* Longer than anything takes that is not timed, in ms. */
#define BENCH_PAUSE	20

static u64 bench_granted;

/* ----- Linux drivers ----------------------------------------------------- */

static struct bench_sleeper {
	struct pardevice *dev;
	struct completion asleep;
} bench_sleeper;

static int bench_sleeper_thread(void *arg)
{
	struct bench_sleeper *sleeper = arg;

	while (!kthread_should_stop()) {
		complete(&sleeper->asleep);
		parport_claim_or_block(sleeper->dev);
		bench_granted = bench_now();
		parport_release(sleeper->dev);
		/* By now the case has claimed the port again. */
		msleep(2 * BENCH_PAUSE);
	}
	return 0;
}

static int bench_release_once(struct pardevice *dev, u64 *took)
{
	u64 from;

	wait_for_completion(&bench_sleeper.asleep);
	msleep(BENCH_PAUSE);
	bench_granted = 0;
	set_current_state(TASK_UNINTERRUPTIBLE);
	from = bench_now();
	parport_release(dev);
	schedule_timeout(2);
	*took = bench_granted - from - bench.clock;
	if (!bench_granted)
		return -EIO;
	return parport_claim(dev);
}

static int bench_release(struct pardevice *dev)
{
	struct task_struct *task;
	unsigned int i;
	int ret;

	ret = parport_claim(dev);
	if (ret)
		return ret;
	init_completion(&bench_sleeper.asleep);
	task = kthread_run(bench_sleeper_thread, &bench_sleeper, "bench_sleeper");
	if (IS_ERR(task)) {
		parport_release(dev);
		return PTR_ERR(task);
	}
	for (i = 0; i < bench_turns() && !ret; i++)
		ret = bench_release_once(dev, bench_sample(i));
	if (!ret) {
		/* Wait until the sleeper waits again. */
		wait_for_completion(&bench_sleeper.asleep);
		msleep(BENCH_PAUSE);
		parport_release(dev);
	}
	kthread_stop(task);
	if (!ret)
		bench_say(bench_median() * 100, "sleeper");
	return ret;
}

/* parport_release() that wakes a sleeper in parport_claim_or_block() */
int bench_rival_grant(void)
{
	struct pardevice *dev;
	int ret = -ENOMEM;

	dev = bench_register(0, NULL, NULL);
	bench_sleeper.dev = bench_register(1, NULL, NULL);
	if (dev && bench_sleeper.dev)
		ret = bench_release(dev);
	if (bench_sleeper.dev)
		parport_unregister_device(bench_sleeper.dev);
	if (dev)
		parport_unregister_device(dev);
	return ret;
}

/* ----- winpar clients ---------------------------------------------------- */

static NTSTATUS bench_granted_to(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	bench_granted = bench_now();
	return STATUS_SUCCESS;
}

/* One file frees the port, and the completion routine of another file is called. */
static int bench_free_once(bool dispatch, u64 *took)
{
	u64 from;
	IRP irp;

	if (!bench.info.TryAllocatePort(bench.info.Context))
		return -EBUSY;
	bench_set_allocate(&irp, bench_granted_to, NULL);
	if (winpar_irp_submit(bench.file, &irp) != STATUS_PENDING)
		return -EIO;
	bench_granted = 0;
	if (dispatch) {
		local_bh_disable();
		from = bench_now();
		bench.info.FreePort(bench.info.Context);
		local_bh_enable();
	} else {
		set_current_state(TASK_UNINTERRUPTIBLE);
		from = bench_now();
		bench.info.FreePort(bench.info.Context);
		schedule_timeout(2);
	}
	/* The routine may be about to return. */
	msleep(BENCH_PAUSE);
	*took = bench_granted - from - bench.clock;
	bench.info.FreePort(bench.info.Context);
	return bench_granted ? 0 : -EIO;
}

static int bench_frees(bool dispatch, const char *name)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < bench_turns() && !ret; i++)
		ret = bench_free_once(dispatch, bench_sample(i));
	if (!ret)
		bench_say(bench_median() * 100, "%s", name);
	return ret;
}

/* FreePort in process context */
int bench_grant(void)
{
	return bench_frees(false, "granted");
}

/* FreePort at DISPATCH_LEVEL */
int bench_grant_dispatch(void)
{
	return bench_frees(true, "granted-dispatch");
}

/* ----- in turn with a program -------------------------------------------- */

static IRP bench_turn;

static NTSTATUS bench_turn_come(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	bench_stamp();
	return STATUS_SUCCESS;
}

/* Ask for the port; the stamp says when it was granted. */
int bench_ask(void)
{
	bench_set_allocate(&bench_turn, bench_turn_come, NULL);
	return NT_SUCCESS(winpar_irp_submit(bench.file, &bench_turn)) ? 0 : -EIO;
}

/* Free it; the stamp says when. */
int bench_give(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	bench_stamp();
	bench.info.FreePort(bench.info.Context);
	schedule_timeout(2);
	return 0;
}
