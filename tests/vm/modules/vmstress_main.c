// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmstress - clients of all kinds on one port at once, and a model of who owns
 * it.
 *
 * Eight threads, an interrupt routine, a deferred port check routine, a timer
 * and a watch use \Device\ParallelPortN and the device on it until the module
 * is unloaded: requests with completion routines, cancelled and submitted again
 * from inside; synchronous calls; chip modes; TryAllocatePort; selections; reads, writes
 * and locks of the device; files that are closed with requests pending. When
 * the port goes they open it again as soon as it is back; with ports=N each opens
 * one of N ports then, at random.
 *
 * What the model says, and what is a flaw otherwise:
 *	- a party that is granted a port is its only owner (by the model, and by a
 *	  byte that it leaves in the data register and finds there before it frees);
 *	- a request completes exactly once, and when submitting it has given its
 *	  final status, its routine has been called;
 *	- a request that waits is overtaken by no request that came later: those of one
 *	  party never, those of others as far as counts tell;
 *	- each call answers one of the statuses that it may answer;
 *	- no request waits longer than "patience";
 *	- at the end there were as many frees as allocations.
 *
 * With kick=N the owner of an emulated LPT has it interrupt, up to N times in a turn.
 * With fail=1 the threads' allocations may fail, by the kernel's fault injector
 * (failslab with task-filter): a call may then answer that memory is lacking.
 *
 * With leave=1 the module leaves everything as it is when it is unloaded: the
 * port allocated, requests pending, routines connected, files and the watch on.
 *
 * The log has the seed, a line for each of the first flaws ("vmstress: FLAW")
 * and at the end the figures.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "vmstress.h"

WINPAR_CLIENT();

unsigned int stress_port;
module_param_named(port, stress_port, uint, 0444);
MODULE_PARM_DESC(port, "Which port (default: 0)");

unsigned int stress_ports = 1;
module_param_named(ports, stress_ports, uint, 0444);
MODULE_PARM_DESC(ports, "How many ports, from that one on (default: 1)");

unsigned int stress_seed;
module_param_named(seed, stress_seed, uint, 0444);
MODULE_PARM_DESC(seed, "What the parties' choices depend on; 0: random");

unsigned int stress_kick;
module_param_named(kick, stress_kick, uint, 0444);
MODULE_PARM_DESC(kick, "How often an owner of the port has it interrupt, at most (default: never)");

bool stress_fail;
module_param_named(fail, stress_fail, bool, 0444);
MODULE_PARM_DESC(fail, "The kernel's fault injector may let the threads' allocations fail");

bool stress_leave;
module_param_named(leave, stress_leave, bool, 0444);
MODULE_PARM_DESC(leave, "Leave everything open when unloaded");

unsigned int stress_patience = 10000;
module_param_named(patience, stress_patience, uint, 0444);
MODULE_PARM_DESC(patience, "How long a request may wait, in ms");

unsigned int stress_flaws;
module_param_named(flaws, stress_flaws, uint, 0444);
MODULE_PARM_DESC(flaws, "How many flaws were found");

atomic_t stress_submitted, stress_completed, stress_calls, stress_refusals;
unsigned int stress_moved;
bool stress_over;

static PARALLEL_INTERRUPT_INFORMATION interrupt;
static struct hrtimer timer;
static unsigned int arrivals, removals;

/* ----- routines, timer, watch ----------------------------------------------------- */

static BOOLEAN routine(PKINTERRUPT object, PVOID context)
{
	PPARALLEL_TRY_ALLOCATE_ROUTINE try;
	struct party *p = context;

	/* NULL until the first connection has returned. */
	try = smp_load_acquire(&interrupt.TryAllocatePortAtInterruptLevel);
	atomic_inc(&stress_calls);
	/*
	 * QEMU's port interrupts when its next owner writes control, so that a routine that
	 * always took the port would be called for ever.
	 */
	if (stress_kick && stress_dice(4))
		return TRUE;
	if (!try || !try(p->info.Context))
		return TRUE;
	model_grant(p);
	model_free(p, true);
	interrupt.FreePortFromInterruptLevel(p->info.Context);
	return TRUE;
}

static VOID check(PVOID context)
{
	struct party *p = context;

	if (!party_try(p))
		return;
	model_grant(p);
	party_free(p);
}

static NTSTATUS connect_change(struct party *p, ULONG code)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION information;
	} both = { .routines = {
		.InterruptServiceRoutine = routine,
		.InterruptServiceContext = &parties[ROUTINE],
		.DeferredPortCheckRoutine = check,
		.DeferredPortCheckContext = &parties[CHECK],
	} };
	bool connect = code == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT;
	NTSTATUS status;

	status = party_call(p, code, &both, sizeof(both),
			    connect ? sizeof(both) : 0);
	if (!connect || status != STATUS_SUCCESS)
		return status;
	interrupt.FreePortFromInterruptLevel =
		both.information.FreePortFromInterruptLevel;
	/* routine() reads TryAllocate... first and then may call FreePort.... */
	smp_store_release(&interrupt.TryAllocatePortAtInterruptLevel,
			  both.information.TryAllocatePortAtInterruptLevel);
	return status;
}

static int connect_thread(void *data)
{
	struct party *p = data, *r = &parties[ROUTINE], *c = &parties[CHECK];
	NTSTATUS status;

	while (party_open(p)) {
		/* Nothing is connected: the two routines do not run. */
		r->file = p->file;
		c->file = p->file;
		model_copy(r, p);
		model_copy(c, p);
		while (!stress_stopped() && !party_gone(p)) {
			status = connect_change(p, IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT);
			if (status != STATUS_SUCCESS) {
				if (status != STATUS_DELETE_PENDING && !stress_lacked(status))
					flaw("connect: status %#x", status);
				break;
			}
			stress_rest(5000 + stress_dice(20000));
			if (stress_leave && stress_stopped())
				return 0;
			if (connect_change(p, IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT) !=
			    STATUS_SUCCESS)
				flaw("connect: it could not disconnect");
			if (!stress_dice(8))
				stress_rest(3000);
		}
		party_close(p);
	}
	return party_over(p);
}

/* The timer has no file: it uses the port's information of the party POLL. */
static enum hrtimer_restart timer_fires(struct hrtimer *unused)
{
	struct party *p = &parties[TIMER];

	model_copy(p, &parties[POLL]);
	if (p->life && party_try(p)) {
		model_grant(p);
		udelay(stress_dice(20));
		party_free(p);
	}
	if (READ_ONCE(stress_over))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(&timer, ms_to_ktime(1 + stress_dice(4)));
	return HRTIMER_RESTART;
}

static void arrived(struct winpar_watch *watch, const char *name)
{
	struct winpar_file *file;

	arrivals++;
	if (winpar_open(name, &file) == STATUS_SUCCESS)
		winpar_close(file);
}

static void removed(struct winpar_watch *watch, const char *name)
{
	removals++;
}

static struct winpar_watch watch = { .arrived = arrived, .removed = removed };

/* ----- threads --------------------------------------------------------------------- */

/* In the order in which they are stopped: ASYNC last, as it may have the port. */
static const struct {
	enum who who;
	int (*run)(void *data);
} threads[] = {
	{ SYNC, sync_thread },
	{ MODE, mode_thread },
	{ POLL, poll_thread },
	{ DEVICE, device_thread },
	{ OPENER, opener_thread },
	{ SELECT, select_thread },
	{ CONNECT, connect_thread },
	{ ASYNC, async_thread },
};

static int thread_runs(void *data)
{
	unsigned int i = (uintptr_t)data;

	/* A removal has many steps, each of which would wait behind these threads. */
	if (stress_ports > 1)
		set_user_nice(current, MAX_NICE);
#ifdef CONFIG_FAULT_INJECTION
	current->make_it_fail = stress_fail;
#endif
	return threads[i].run(&parties[threads[i].who]);
}

static void threads_stop(void)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		task = parties[threads[i].who].task;
		if (task)
			kthread_stop(task);
	}
}

static int threads_start(void)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		task = kthread_run(thread_runs, (void *)(uintptr_t)i,
				   "vmstress/%s", stress_names[threads[i].who]);
		if (IS_ERR(task))
			return PTR_ERR(task);
		parties[threads[i].who].task = task;
	}
	return 0;
}

/* ----- life -------------------------------------------------------------------------- */

static void stress_end(void)
{
	WRITE_ONCE(stress_over, true);
	hrtimer_cancel(&timer);
	threads_stop();
	if (!stress_leave)
		winpar_unwatch_ports(&watch);
	if (!stress_leave)
		model_judge();
	model_report(arrivals, removals);
}

static int __init stress_init(void)
{
	unsigned int i;
	int ret;

	if (!stress_seed)
		stress_seed = get_random_u32();
	pr_info("seed %u\n", stress_seed);
	for (i = 0; i < PARTIES; i++)
		parties[i].who = i;
	async_init();
	/* The timer has no file with which to ask whether the port is gone. */
	parties[TIMER].blind = true;
	winpar_hrtimer_setup(&timer, timer_fires, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_SOFT);
	if (winpar_watch_ports(&watch) != STATUS_SUCCESS)
		return -ENODEV;
	ret = threads_start();
	if (ret) {
		stress_end();
		return ret;
	}
	hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL_SOFT);
	return 0;
}

static void __exit stress_exit(void)
{
	stress_end();
}

module_init(stress_init);
module_exit(stress_exit);
MODULE_DESCRIPTION("winpar clients of all kinds at once, and a model of who owns the port");
MODULE_LICENSE("GPL");

