// SPDX-License-Identifier: GPL-2.0-only
/*
 * While a task drives the wires, another task, a softirq or an interrupt wants
 * them.
 *
 * A function of this file takes the place of winpar_sim's that writes
 * registers. At a chosen write, in the middle of a packet or of the probe of
 * the FIFO, it calls what is to happen then, as an interrupt would, or starts
 * it on another CPU. So no case depends on the speed of two tasks.
 */
#include <linux/delay.h>
#include <linux/preempt.h>

#include "wire_test.h"

static bool wpt_wire_is_driver(const struct wpt_wire *w)
{
	return w->driver == current && w->softirq == !!in_serving_softirq();
}

static void wpt_wire_write(struct parport *parport, unsigned int offset,
			   unsigned int width, u32 value)
{
	struct wpt_wire *w = container_of(parport->ops, struct wpt_wire,
					  ops.parport);
	void (*then)(struct wpt_wire *w) = w->then;

	if (READ_ONCE(w->driven) && !wpt_wire_is_driver(w))
		w->foreign++;
	else if (w->driven && offset == w->reg && value == w->end)
		WRITE_ONCE(w->driven, false);
	w->real->write(parport, offset, width, value);
	if (!then || offset != w->reg || value != w->begin)
		return;
	w->then = NULL;
	w->driver = current;
	w->softirq = in_serving_softirq();
	w->shielded = in_softirq();
	WRITE_ONCE(w->driven, true);
	then(w);
}

/* Make a port, and watch writes to its registers until wpt_wire_leave(). */
struct wpt_wire *wpt_wire_watch(struct kunit *test, const char *words)
{
	struct wpt_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct parport *parport;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->s = wpt_sim_plug(test, words);
	parport = w->s->linux_port.parport;
	w->real = winpar_softport(parport);
	KUNIT_ASSERT_NOT_NULL(test, w->real);
	init_completion(&w->begun);
	w->ops = *w->real;
	w->ops.write = wpt_wire_write;
	w->reg = WINPAR_REG_DATA;
	w->begin = WPT_WIRE_CALLED;
	w->end = WPT_WIRE_OVER;
	w->own = parport->ops;
	parport->ops = &w->ops.parport;
	return w;
}

/* End the watching. Expect that only one task at a time wrote registers. */
void wpt_wire_leave(struct wpt_wire *w)
{
	struct parport *parport = w->s->linux_port.parport;
	struct kunit *test = w->s->t.test;

	wpt_settle(&w->s->t);
	KUNIT_EXPECT_NULL_MSG(test, w->then, "the chosen write did not come");
	KUNIT_EXPECT_FALSE(test, w->driven);
	/* On PREEMPT_RT the port lock is kept instead: see port/wire.c. */
	KUNIT_EXPECT_NE(test, w->shielded, IS_ENABLED(CONFIG_PREEMPT_RT));
	KUNIT_EXPECT_EQ(test, w->foreign, 0U);
	KUNIT_EXPECT_FALSE(test, w->s->t.port->wire);
	parport->ops = w->own;
}

/* ----- two tasks that want the wires ------------------------------------- */

static void wpt_wire_select(struct wpt_wire *w)
{
	w->status = wpt_sim_try(w->s, 1, WPT_KEEP);
}

static void wpt_wire_deselect(struct wpt_wire *w)
{
	w->status = wpt_sim_undo(w->s, 1, WPT_KEEP);
}

static void wpt_wire_scan(struct wpt_wire *w)
{
	w->status = wpt_ioctl(w->s->t.file[0], WPT_INIT_BUS);
}

static void wpt_wire_mode(struct wpt_wire *w)
{
	w->status = w->s->pnp.TrySetChipMode(w->s->pnp.Context, 0x40);
}

struct wpt_both_row {
	const char *name;
	bool probe;	/* the first task probes the FIFO; else it scans */
	void (*other)(struct wpt_wire *w);
	int selected;
	u8 mode;
};

static const struct wpt_both_row wpt_both_rows[] = {
	{ "a scan, a select", false, wpt_wire_select, 1, 0 },
	{ "a scan, a deselect", false, wpt_wire_deselect, -1, 0 },
	{ "a scan, a scan", false, wpt_wire_scan, -1, 0 },
	{ "a scan, a mode", false, wpt_wire_mode, -1, 0x40 },
	{ "a probe, a mode", true, wpt_wire_mode, -1, 0x40 },
	{ "a probe, a scan", true, wpt_wire_scan, -1, 0 },
};

WPT_ROWS(wpt_both, wpt_both_rows);

static void wpt_wire_worked(struct work_struct *work)
{
	struct wpt_wire *w = container_of(work, struct wpt_wire, work);

	complete(&w->begun);
	w->other(w);
}

/* Start the other task on the other CPU, and give it time to write registers. */
static void wpt_wire_begin_other(struct wpt_wire *w)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	queue_work_on(w->cpu, system_highpri_wq, &w->work);
	while (!try_wait_for_completion(&w->begun) && time_before(jiffies, end))
		cpu_relax();
	mdelay(5);
}

/* Chip and chain are as if the two tasks had run one after the other. */
static void wpt_expect_both(struct wpt_wire *w, const struct wpt_both_row *row)
{
	struct kunit *test = w->s->t.test;

	KUNIT_EXPECT_EQ(test, w->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), row->selected);
	KUNIT_EXPECT_EQ(test, w->s->t.port->chip.mode, row->mode);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(w->s, WINPAR_REG_ECR) &
			WINPAR_ECR_MODE, row->mode);
	KUNIT_EXPECT_EQ(test, w->s->t.port->daisy.count, 2);
	KUNIT_EXPECT_EQ(test, w->s->t.port->chip.depth, 16U);
	if (row->mode)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_sim_mode(w->s->t.file[0], WPT_CLEAR_MODE,
					     row->mode));
}

static NTSTATUS wpt_wire_first(struct wpt_wire *w, bool probe)
{
	struct winpar_file **file = w->s->t.file;

	if (!probe)
		return wpt_ioctl(file[0], WPT_INIT_BUS);
	return winpar_internal_ioctl(file[0], WPT_PNP, NULL, 0, &w->s->pnp,
				     sizeof(w->s->pnp), NULL);
}

/* The second task waits until the first one has given the wires back. */
static void winpar_test_wire_one_at_a_time(struct kunit *test)
{
	const struct wpt_both_row *row = test->param_value;
	struct wpt_wire *w = wpt_wire_watch(test,
					    "kind=ecp daisy=printer+epp");
	struct wpt *t = &w->s->t;

	INIT_WORK(&w->work, wpt_wire_worked);
	w->other = row->other;
	wpt_sim_pnp(w->s);
	wpt_own(w, 0);
	if (row->probe) {
		t->port->chip.probed = false;
		w->reg = WINPAR_REG_ECR;
		w->begin = WPT_PROBE_TEST;
		w->end = WPT_PROBE_CONF;
	}
	migrate_disable();
	w->cpu = wpt_other_cpu(test);
	if (w->cpu >= 0) {
		w->then = wpt_wire_begin_other;
		KUNIT_EXPECT_EQ(test, wpt_wire_first(w, row->probe),
				STATUS_SUCCESS);
	}
	migrate_enable();
	if (w->cpu >= 0) {
		flush_work(&w->work);
		wpt_expect_both(w, row);
		wpt_wire_leave(w);
	}
	wpt_free(t);
}

#define WPT_STORM	50

static void wpt_wire_storm(struct wpt_wire *w)
{
	NTSTATUS status;
	int i;

	for (i = 0; i < WPT_STORM; i++) {
		status = wpt_ioctl(w->s->t.file[2], WPT_INIT_BUS);
		/* UNSUCCESSFUL: a client had the port during all tries. */
		if (status != STATUS_SUCCESS && status != STATUS_UNSUCCESSFUL)
			w->status = status;
	}
}

/* A task scans while another one allocates, selects and frees. */
static void winpar_test_wire_storm(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct wpt_wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct wpt *t = &s->t;
	unsigned int wrong = 0;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->s = s;
	w->other = wpt_wire_storm;
	init_completion(&w->begun);
	INIT_WORK(&w->work, wpt_wire_worked);
	wpt_sim_pnp(s);
	schedule_work(&w->work);
	wait_for_completion(&w->begun);
	for (i = 0; i < WPT_STORM; i++) {
		wrong += wpt_ioctl(t->file[0], WPT_ALLOCATE) != STATUS_SUCCESS;
		wrong += wpt_sim_command(t->file[0], WPT_SELECT, i % 2,
					 WPT_KEEP) != STATUS_SUCCESS;
		wrong += wpt_sim_command(t->file[0], WPT_DESELECT, 0,
					 WPT_KEEP) != STATUS_SUCCESS;
		wrong += wpt_sim_try(s, i % 2, WPT_KEEP) != STATUS_SUCCESS;
		wpt_free(t);
	}
	flush_work(&w->work);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, w->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), -1);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 2U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

static void wpt_wire_softirq(struct tasklet_struct *tasklet)
{
	struct wpt_wire *w = container_of(tasklet, struct wpt_wire, tasklet);

	w->other(w);
}

static void wpt_wire_begin_softirq(struct wpt_wire *w)
{
	tasklet_schedule(&w->tasklet);
	/* Interrupts come, after which the softirq could run. */
	mdelay(5);
}

/*
 * A softirq that wants the wires does not run on top of the task that has them:
 * it would wait for that task for ever.
 */
static void winpar_test_wire_softirq_on_top(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer+epp");
	struct wpt *t = &w->s->t;

	wpt_sim_pnp(w->s);
	wpt_own(w, 0);
	w->other = wpt_wire_select;
	tasklet_setup(&w->tasklet, wpt_wire_softirq);
	w->then = wpt_wire_begin_softirq;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	tasklet_kill(&w->tasklet);
	KUNIT_EXPECT_EQ(test, w->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), 1);
	wpt_free(t);
	wpt_wire_leave(w);
}

static void (*wpt_wire_sleeps)(struct winpar_port *port);

static void wpt_wire_fall_asleep(struct wpt_wire *w)
{
	wpt_wire_sleeps(w->s->t.port);
}

/* The machine falls asleep between two packets of a selection: the second one is sent. */
static void winpar_test_wire_falls_asleep(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer+epp");
	void (*wakes)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_wake_up");
	struct wpt *t = &w->s->t;

	wpt_wire_sleeps = wpt_symbol(test, "winpar_port_fall_asleep");
	INIT_WORK(&w->work, wpt_wire_worked);
	w->other = wpt_wire_fall_asleep;
	wpt_sim_pnp(w->s);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(w->s, 0, 0), STATUS_SUCCESS);
	migrate_disable();
	w->cpu = wpt_other_cpu(test);
	if (w->cpu >= 0) {
		w->then = wpt_wire_begin_other;
		KUNIT_EXPECT_EQ(test, wpt_sim_try(w->s, 1, WPT_KEEP), STATUS_SUCCESS);
	}
	migrate_enable();
	if (w->cpu >= 0) {
		flush_work(&w->work);
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), 1);
		wakes(t->port);
		wpt_wire_leave(w);
	}
	wpt_free(t);
}

static struct kunit_case winpar_wire_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_wire_one_at_a_time, wpt_both_gen_params),
	KUNIT_CASE(winpar_test_wire_storm),
	KUNIT_CASE(winpar_test_wire_softirq_on_top),
	KUNIT_CASE(winpar_test_wire_falls_asleep),
	{ }
};

static struct kunit_suite winpar_wire_suite = {
	.name = "winpar_wire",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_wire_cases,
};

kunit_test_suite(winpar_wire_suite);
