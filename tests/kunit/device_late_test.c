// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parport core's interrupt handler, which in reverse idle makes event 20 (nAutoFd
 * high) when there is data: on one CPU while a worker uses the lines on another.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/parport.h>
#include <linux/random.h>

#include <winpar/softport.h>

#include "device_port.h"

/* ----- interrupts between two bytes of ECP --------------------------------- */

/* How many bytes are read, each by a call of the engine of its own. */
#define EAGER_BYTES	4000
/* How often the phase is looked at before other tasks may run. */
#define EAGER_LOOKS	10000

/**
 * struct wpt_eager - interrupts that come as soon as the core would act on them
 * @parport: the port
 * @acted: how often the core's handler found the phase in which it acknowledges data
 */
struct wpt_eager {
	struct parport *parport;
	unsigned int acted;
};

static int wpt_eager_loop(void *data)
{
	struct wpt_eager *eager = data;
	unsigned int looks;

	while (!kthread_should_stop()) {
		for (looks = 0; looks < EAGER_LOOKS; looks++)
			if (eager->parport->ieee1284.phase ==
			    IEEE1284_PH_REV_IDLE) {
				eager->acted++;
				parport_ieee1284_interrupt(eager->parport);
			}
		cond_resched();
	}
	return 0;
}

/*
 * In ECP the core's handler would acknowledge a byte that no task has read: the port is
 * never in the phase in which it does. An interval as short as this has the engine read
 * byte by byte.
 */
static void winpar_test_device_late_eager(struct kunit *test)
{
	const SERIAL_TIMEOUTS timeouts = {
		.ReadIntervalTimeout = 10,
		.ReadTotalTimeoutConstant = 30000 * wpt_slowness,
	};
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, EAGER_BYTES, 5);
	u8 *got = wpt_dev_block(d, EAGER_BYTES);
	struct wpt_eager eager = {
		.parport = wpt_of(d)->port->host.parport,
	};
	struct task_struct *task;
	ULONG done = 0;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, ECP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 1, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &timeouts),
			STATUS_SUCCESS);
	task = kthread_run(wpt_eager_loop, &eager, "wpt_eager");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wpt_sim_put(&d->s, "feed", bytes, EAGER_BYTES);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, EAGER_BYTES, &done),
			STATUS_SUCCESS);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, eager.acted, 0U);
	KUNIT_EXPECT_EQ(test, done, (ULONG)EAGER_BYTES);
	wpt_dev_expect_same(test, got, bytes, EAGER_BYTES);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
}

/* ----- a handler that is late ---------------------------------------------- */

#define LATE_BYTES	10
/* How long the handler is late, in ms, unless the worker moves a line. */
#define LATE_MS		50
/* How often the case tries until the handler was late. */
#define LATE_TRIES	20

/**
 * struct wpt_late - a handler that stops just before event 20
 * @ops: the port's functions, with another one that moves control lines
 * @real: the port's own
 * @worker: the device's
 * @busy: keeps the worker's CPU from its idle loop: the other one's tick stands still
 * @armed: the next event 20 is late
 * @running: the handler is about to make it
 * @beside: how often the worker has moved a control line in that time
 */
struct wpt_late {
	struct winpar_softport_ops ops;
	struct parport_operations *real;
	struct task_struct *worker;
	struct task_struct *busy;
	bool armed;
	bool running;
	unsigned int beside;
};

static struct wpt_late *wpt_late;

static unsigned char wpt_late_frob(struct parport *parport, unsigned char mask,
				   unsigned char value)
{
	struct wpt_late *late = wpt_late;
	unsigned int left = LATE_MS;

	if (current == late->worker) {
		if (READ_ONCE(late->running))
			WRITE_ONCE(late->beside, late->beside + 1);
	} else if (late->armed && mask == PARPORT_CONTROL_AUTOFD && !value) {
		late->armed = false;
		WRITE_ONCE(late->running, true);
		while (left-- && !READ_ONCE(late->beside))
			mdelay(1);
		WRITE_ONCE(late->running, false);
	}
	return late->real->frob_control(parport, mask, value);
}

static int wpt_late_busy(void *unused)
{
	while (!kthread_should_stop())
		cond_resched();
	return 0;
}

/* Have the case on one CPU, and the worker on another, whose tick counts jiffies. */
static void wpt_late_apart(struct kunit *test, struct wpt_late *late)
{
	int cpu = cpumask_first(cpu_online_mask);
	int other = cpumask_next(cpu, cpu_online_mask);

	if (other >= nr_cpu_ids)
		kunit_skip(test, "one CPU");
	late->busy = kthread_create(wpt_late_busy, NULL, "wpt_busy");
	KUNIT_ASSERT_FALSE(test, IS_ERR(late->busy));
	kthread_bind(late->busy, cpu);
	wake_up_process(late->busy);
	KUNIT_EXPECT_EQ(test, 0, set_cpus_allowed_ptr(late->worker,
						      cpumask_of(cpu)));
	KUNIT_EXPECT_EQ(test, 0, set_cpus_allowed_ptr(current,
						      cpumask_of(other)));
	/* While this CPU is idle the other one takes over the tick. */
	wpt_nap(100);
}

static void wpt_late_begin(struct wpt_dev *d, struct wpt_late *late)
{
	struct winpar_port *port = wpt_of(d)->port;
	struct parport *parport = port->host.parport;

	late->worker = port->devices[WINPAR_UNIT_RAW]->worker;
	late->real = parport->ops;
	late->ops = *winpar_softport(parport);
	late->ops.parport.frob_control = wpt_late_frob;
	wpt_late = late;
	wpt_late_apart(wpt_of(d)->test, late);
	parport->ops = &late->ops.parport;
}

static void wpt_late_end(struct wpt_dev *d, struct wpt_late *late)
{
	wpt_of(d)->port->host.parport->ops = late->real;
	kthread_stop(late->busy);
	set_cpus_allowed_ptr(late->worker, cpu_possible_mask);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	/* No task is in wpt_late_frob() any more. */
	wpt_nap(100);
}

struct wpt_late_row {
	const char *name;
	bool ends;	/* the mode ends, since the read is cancelled; else it goes on */
};

static const struct wpt_late_row wpt_late_rows[] = {
	{ "a read goes on", false },
	{ "the mode ends", true },
};

WPT_ROWS(wpt_late, wpt_late_rows);

/*
 * Have data come while a read waits for it. Returns whether the handler was late: it does
 * nothing when the worker looks for data just then.
 */
static bool wpt_late_once(struct wpt_dev *d, struct winpar_file *file,
			  struct wpt_late *late, bool ends)
{
	struct kunit *test = wpt_of(d)->test;
	u8 bytes[LATE_BYTES], got[LATE_BYTES];
	struct wpt_request *r;
	bool was;

	get_random_bytes(bytes, LATE_BYTES);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, LATE_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_dev_becomes_phase(d, "modes", "nibble"));
	wpt_nap(50);
	if (ends)
		winpar_irp_cancel(&r->irp);
	late->armed = true;
	wpt_sim_put(&d->s, "feed", bytes, LATE_BYTES);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r),
			ends ? STATUS_CANCELLED : STATUS_SUCCESS);
	was = !late->armed;
	late->armed = false;
	if (ends)
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, LATE_BYTES, NULL),
				STATUS_SUCCESS);
	wpt_dev_expect_same(test, got, bytes, LATE_BYTES);
	return was;
}

/* Data comes, and the handler is late: the worker waits for it before it moves a line. */
static void winpar_test_device_late(struct kunit *test)
{
	const struct wpt_late_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_late *late = wpt_dev_block(d, sizeof(*late));
	unsigned int tries = LATE_TRIES;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	/* A client has switched the interrupt on. */
	wpt_sim_out(&d->s, WINPAR_REG_CONTROL,
		    WINPAR_CTR_IDLE | WINPAR_CTR_INTEN);
	wpt_late_begin(d, late);
	while (tries && !wpt_late_once(d, file, late, row->ends))
		tries--;
	KUNIT_EXPECT_GT(test, tries, 0U);
	KUNIT_EXPECT_EQ(test, late->beside, 0U);
	wpt_late_end(d, late);
	KUNIT_EXPECT_TRUE(test, wpt_dev_becomes_phase(d, "modes",
						      "compatibility"));
}

static struct kunit_case winpar_device_late_cases[] = {
	KUNIT_CASE(winpar_test_device_late_eager),
	KUNIT_CASE_PARAM(winpar_test_device_late, wpt_late_gen_params),
	{ }
};

static struct kunit_suite winpar_device_late_suite = {
	.name = "winpar_device_late",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_late_cases,
};

kunit_test_suite(winpar_device_late_suite);
