// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time from the port's interrupt to a routine's call.
 *
 * The port is made to interrupt by a write to its control register: QEMU's
 * model interrupts at each that finds interrupts on. Where that does not happen
 * (a real port wants a peripheral's nAck) the parport core's handler is called
 * instead, with interrupts off: the way into the kernel is then missing from
 * the figures of winpar and of its rivals alike.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "winpar_bench.h"

#define BENCH_ROUTINES	16
/* How long to wait for an interrupt, in looks at the clock. */
#define BENCH_LOOKS	100000

static u64 bench_first;
static u64 bench_last;
static unsigned int bench_heard;
/* The port raises no interrupt here: call the core's handler instead. */
static bool bench_inject;

static void bench_control(u8 value)
{
	outb(value, bench.parport->base + BENCH_CONTROL);
}

/* QEMU's line falls when the status register is read. */
static void bench_acknowledge(void)
{
	inb(bench.parport->base + BENCH_STATUS);
}

/* Raise the interrupt; the clock is read right before. */
static __always_inline u64 bench_interrupt_now(void)
{
	const u16 control = bench.parport->base + BENCH_CONTROL;
	unsigned long flags;
	u64 from;

	if (!bench_inject) {
		from = bench_now();
		bench_stamped = from;
		outb(BENCH_READY | BENCH_INTEN, control);
		return from;
	}
	local_irq_save(flags);
	from = bench_now();
	bench_stamped = from;
	parport_irq_handler(bench.parport->irq, bench.parport);
	local_irq_restore(flags);
	return from;
}

/* One interrupt. Returns when it was raised; 0 when none was heard. */
static u64 bench_raise(void)
{
	unsigned int looks = BENCH_LOOKS;
	u64 from;

	WRITE_ONCE(bench_heard, 0);
	from = bench_interrupt_now();
	while (!READ_ONCE(bench_heard))
		if (!--looks)
			return 0;
	return from;
}

/* Switch interrupts on, and find out how to get one. */
static int bench_enable(void)
{
	bench_control(BENCH_READY | BENCH_INTEN);
	bench_inject = false;
	if (bench_raise())
		return 0;
	bench_inject = true;
	return bench_raise() ? 0 : -EIO;
}

static void bench_disable(void)
{
	bench_control(BENCH_READY);
	bench_acknowledge();
}

/* The time from raising to the first routine. */
static int bench_entry(const char *name)
{
	unsigned int i;
	u64 from;
	int ret;

	ret = bench_enable();
	for (i = 0; i < bench_turns() && !ret; i++) {
		from = bench_raise();
		if (!from)
			ret = -EIO;
		*bench_sample(i) = bench_first - from - bench.clock;
	}
	bench_disable();
	if (!ret)
		bench_say(bench_median() * 100, "%s", name);
	return ret;
}

/* ----- a Linux driver's routine ------------------------------------------ */

static void bench_irq_func(void *private)
{
	bench_first = bench_now();
	bench_acknowledge();
	WRITE_ONCE(bench_heard, 1);
}

/* irq_func registered directly */
int bench_rival_interrupt(void)
{
	struct pardevice *dev = bench_register(0, bench_irq_func, NULL);
	int ret;

	if (!dev)
		return -ENOMEM;
	ret = parport_claim(dev);
	if (!ret) {
		ret = bench_entry("irq-func");
		parport_release(dev);
	}
	parport_unregister_device(dev);
	return ret;
}

/* ----- connected routines ------------------------------------------------ */

/* The first and the last routine note the time; those in between do nothing. */
static BOOLEAN bench_isr_first(PKINTERRUPT interrupt, PVOID context)
{
	bench_first = bench_now();
	bench_acknowledge();
	WRITE_ONCE(bench_heard, 1);
	return TRUE;
}

static BOOLEAN bench_isr_empty(PKINTERRUPT interrupt, PVOID context)
{
	return FALSE;
}

static BOOLEAN bench_isr_last(PKINTERRUPT interrupt, PVOID context)
{
	bench_last = bench_now();
	return FALSE;
}

/* CONNECT or DISCONNECT one. The number is its context. */
static int bench_connect(ULONG code, PKSERVICE_ROUTINE isr, unsigned long number)
{
	const PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = isr,
		.InterruptServiceContext = (void *)number,
	};
	PARALLEL_INTERRUPT_INFORMATION info;
	NTSTATUS status;

	status = winpar_internal_ioctl(bench.file, code,
				       &routines, sizeof(routines),
				       &info, sizeof(info), NULL);
	return NT_SUCCESS(status) ? 0 : -EIO;
}

#define bench_on(isr, number) \
	bench_connect(IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT, isr, number)
#define bench_off(isr, number) \
	bench_connect(IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT, isr, number)

/* one connected routine */
int bench_interrupt(void)
{
	int ret = bench_on(bench_isr_first, 0);

	if (ret)
		return ret;
	ret = bench_entry("routine");
	bench_off(bench_isr_first, 0);
	return ret;
}

/* From the first routine to the last, with the last connected just now. */
static int bench_span(u64 *span)
{
	unsigned int i;
	int ret;

	ret = bench_on(bench_isr_last, 0);
	if (ret)
		return ret;
	ret = bench_enable();
	for (i = 0; i < bench_turns() && !ret; i++) {
		if (!bench_raise())
			ret = -EIO;
		*bench_sample(i) = bench_last - bench_first;
	}
	bench_disable();
	*span = bench_median();
	bench_off(bench_isr_last, 0);
	return ret;
}

/* What each further connected routine adds, with the call of an empty routine. */
int bench_routines(void)
{
	u64 span, before = 0, two = 0, worst = 0;
	unsigned int count;
	int ret;

	ret = bench_on(bench_isr_first, 0);
	if (ret)
		return ret;
	/* The first, the empty ones and the last. */
	for (count = 2; count <= BENCH_ROUTINES; count++) {
		ret = bench_span(&span);
		if (ret)
			break;
		if (count == 2)
			two = span;
		else if (span > before && span - before > worst)
			worst = span - before;
		before = span;
		if (count < BENCH_ROUTINES)
			ret = bench_on(bench_isr_empty, count);
		if (ret)
			break;
	}
	while (--count > 1)
		bench_off(bench_isr_empty, count);
	bench_off(bench_isr_first, 0);
	if (ret)
		return ret;
	bench_say(div_u64((before - two) * 100, BENCH_ROUTINES - 2), "each-further");
	bench_say(worst * 100, "each-further-worst");
	return 0;
}

/* ----- an interrupt that a program raises or waits for ------------------- */

static BOOLEAN bench_isr_listen(PKINTERRUPT interrupt, PVOID context)
{
	bench_heard_at = bench_now();
	bench_acknowledge();
	return TRUE;
}

/* Note when an interrupt is heard that a program raises. */
int bench_listen(void)
{
	return bench_on(bench_isr_listen, 0);
}

int bench_deaf(void)
{
	return bench_off(bench_isr_listen, 0);
}

static struct task_struct *bench_firing;

/*
 * Raises an interrupt and sleeps, so that the CPU is free for the program it
 * wakes.
 */
static int bench_fire_thread(void *arg)
{
	msleep(20);
	bench_control(BENCH_READY | BENCH_INTEN);
	set_current_state(TASK_INTERRUPTIBLE);
	bench_interrupt_now();
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

void bench_fire_exit(void)
{
	if (bench_firing)
		kthread_stop(bench_firing);
	bench_firing = NULL;
}

/* Raise an interrupt in 20 ms, when the program that asked for it sleeps. */
int bench_fire(void)
{
	struct task_struct *task;

	bench_fire_exit();
	task = kthread_run(bench_fire_thread, NULL, "bench_fire");
	if (IS_ERR(task))
		return PTR_ERR(task);
	bench_firing = task;
	return 0;
}
