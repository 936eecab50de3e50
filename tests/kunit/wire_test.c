// SPDX-License-Identifier: GPL-2.0-only
/*
 * While somebody drives the wires: what others do then, and what becomes of it.
 *
 * The registers of the port in software are watched. At a chosen write, in the
 * middle of a packet or of the probe of the FIFO, something is done on the spot,
 * as by an interrupt on top of it, or begun on the other CPU. So nothing here
 * depends on who is faster.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>
#include <linux/workqueue.h>

#include <winpar/softport.h>

#include "sim_port.h"

/* The last of what begins a packet, and what comes right after its end. */
#define WPT_WIRE_CALLED	0x78
#define WPT_WIRE_OVER	0xff
/* The two modes in which the probe looks at the FIFO. */
#define WPT_PROBE_TEST	0xd4
#define WPT_PROBE_CONF	0xf4

/**
 * struct wpt_wire - a port in software whose registers are watched
 * @ops: what the port has instead of its own
 * @real: its own
 * @own: the same, as the port has it
 * @s: the fixture
 * @reg: which register to look out for
 * @begin: the value with which it begins
 * @end: the value with which it ends
 * @then: what to do in between; done once
 * @driver: who drives the wires
 * @softirq: ... in a softirq on top of that task
 * @driven: it has begun and not ended
 * @shielded: softirqs were off then
 * @foreign: how often somebody else wrote a register meanwhile
 * @hook: a client's interrupt routine
 * @state: of the port, as it was in between
 * @had: what a Try call answered then
 * @status: what something else answered
 * @other: what somebody else does
 * @cpu: where
 * @begun: who is about to
 * @work: for another CPU
 * @tasklet: for this one
 */
struct wpt_wire {
	struct winpar_softport_ops ops;
	const struct winpar_softport_ops *real;
	struct parport_operations *own;
	struct wpt_sim *s;
	unsigned int reg;
	u8 begin;
	u8 end;
	void (*then)(struct wpt_wire *w);
	struct task_struct *driver;
	bool softirq;
	bool driven;
	bool shielded;
	unsigned int foreign;
	struct wpt_hook *hook;
	enum winpar_port_state state;
	BOOLEAN had;
	NTSTATUS status;
	void (*other)(struct wpt_wire *w);
	int cpu;
	struct completion begun;
	struct work_struct work;
	struct tasklet_struct tasklet;
};

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

/* A port whose registers are watched. Ends with wpt_wire_leave(). */
static struct wpt_wire *wpt_wire_watch(struct kunit *test, const char *words)
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

/* Nobody else was on the wires, and nobody can be any more. */
static void wpt_wire_leave(struct wpt_wire *w)
{
	struct parport *parport = w->s->linux_port.parport;
	struct kunit *test = w->s->t.test;

	wpt_settle(&w->s->t);
	KUNIT_EXPECT_NULL_MSG(test, w->then, "it did not come to that");
	KUNIT_EXPECT_FALSE(test, w->driven);
	KUNIT_EXPECT_TRUE(test, w->shielded);
	KUNIT_EXPECT_EQ(test, w->foreign, 0U);
	KUNIT_EXPECT_FALSE(test, w->s->t.port->wire);
	parport->ops = w->own;
}

static void wpt_own(struct wpt_wire *w, unsigned int n)
{
	KUNIT_ASSERT_EQ(w->s->t.test, wpt_ioctl(w->s->t.file[n], WPT_ALLOCATE),
			STATUS_SUCCESS);
}

/* ----- freed meanwhile --------------------------------------------------- */

static void wpt_wire_free(struct wpt_wire *w)
{
	wpt_free(&w->s->t);
	w->state = wpt_state(&w->s->t);
	w->had = wpt_try(&w->s->t);
}

/* The owner frees the port under its own scan: no client gets it before the end. */
static void winpar_test_wire_freed(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer+epp");
	struct wpt *t = &w->s->t;

	wpt_own(w, 0);
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(w->s)->Ieee1284_3DeviceCount, 2U);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_wire_leave(w);
}

/* The same at interrupt level, where nothing may wait. */
static void wpt_wire_free_at_interrupt(struct wpt_wire *w)
{
	PARALLEL_INTERRUPT_INFORMATION *info = &w->hook->info;

	info->FreePortFromInterruptLevel(info->Context);
	w->state = wpt_state(&w->s->t);
	w->had = info->TryAllocatePortAtInterruptLevel(info->Context);
}

static void winpar_test_wire_freed_at_interrupt(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;

	w->hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	wpt_own(w, 0);
	w->then = wpt_wire_free_at_interrupt;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(w->hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_wire_leave(w);
}

static void wpt_wire_note_driven(struct wpt_request *request)
{
	struct wpt_wire *w = request->arg;

	w->had = READ_ONCE(w->driven);
}

/* A request that waits is granted afterwards. */
static void winpar_test_wire_freed_for_a_request(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;
	struct wpt_request *r;

	wpt_own(w, 0);
	r = wpt_queue(t, t->file[2], 10);
	r->arg = w;
	r->then = wpt_wire_note_driven;
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
	wpt_wire_leave(w);
}

/* So is a Linux driver. */
static void winpar_test_wire_freed_for_a_rival(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&w->s->linux_port, 0);
	struct wpt *t = &w->s->t;

	wpt_own(w, 0);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	/* Not GIVING. */
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_wire_leave(w);
}

/* A free too many, under the packet that a free or a grant sends. */
static void winpar_test_wire_freed_twice(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, 0));
	w->then = wpt_wire_free;
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);

	wpt_own(w, 0);
	w->had = 7;
	w->then = wpt_wire_free;
	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, WPT_KEEP));
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);
	wpt_wire_leave(w);
}

static void wpt_wire_look(struct wpt_wire *w)
{
	w->state = wpt_state(&w->s->t);
	w->had = wpt_try(&w->s->t);
}

/* The packet that the loop sends of its own accord is nobody's allocation. */
static void winpar_test_wire_of_the_loop(struct kunit *test)
{
	struct wpt_wire *w = wpt_wire_watch(test, "daisy=printer");
	struct wpt *t = &w->s->t;
	PARALLEL_INTERRUPT_INFORMATION *info;

	w->hook = wpt_connected(t, t->file[0], 1, WPT_ISR);
	info = &w->hook->info;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(t->file[0], WPT_SELECT, 0, 0));
	w->then = wpt_wire_look;
	info->FreePortFromInterruptLevel(info->Context);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, (int)w->state, (int)WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, w->had, FALSE);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(w->s), -1);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(w->hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_wire_leave(w);
}

/* ----- two who want to drive --------------------------------------------- */

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
	bool probe;	/* the first one probes the FIFO, else it scans */
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

static void wpt_both_name(const struct wpt_both_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_both, wpt_both_rows, wpt_both_name);

static void wpt_wire_worked(struct work_struct *work)
{
	struct wpt_wire *w = container_of(work, struct wpt_wire, work);

	complete(&w->begun);
	w->other(w);
}

/* Long enough for the other CPU to get in the way if it may. */
static void wpt_wire_begin_other(struct wpt_wire *w)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	queue_work_on(w->cpu, system_highpri_wq, &w->work);
	while (!try_wait_for_completion(&w->begun) && time_before(jiffies, end))
		cpu_relax();
	mdelay(5);
}

/* Chip and chain as both have left them, one after the other. */
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

/* One of them waits until the other is done, whoever they are. */
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
		/* The second: requests were in the way all the time. */
		if (status != STATUS_SUCCESS && status != STATUS_UNSUCCESSFUL)
			w->status = status;
	}
}

/* Scans all the while that somebody allocates, selects and frees. */
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
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), (int)WINPAR_PORT_HELD);
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
	/* Interrupts come, and would let it run. */
	mdelay(5);
}

/* On one CPU: what would wait for ever for what it interrupted comes later. */
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

static struct kunit_case winpar_wire_cases[] = {
	KUNIT_CASE(winpar_test_wire_freed),
	KUNIT_CASE(winpar_test_wire_freed_at_interrupt),
	KUNIT_CASE(winpar_test_wire_freed_for_a_request),
	KUNIT_CASE(winpar_test_wire_freed_for_a_rival),
	KUNIT_CASE(winpar_test_wire_freed_twice),
	KUNIT_CASE(winpar_test_wire_of_the_loop),
	KUNIT_CASE_PARAM(winpar_test_wire_one_at_a_time, wpt_both_gen_params),
	KUNIT_CASE(winpar_test_wire_storm),
	KUNIT_CASE(winpar_test_wire_softirq_on_top),
	{ }
};

static struct kunit_suite winpar_wire_suite = {
	.name = "winpar_wire",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_wire_cases,
};

kunit_test_suite(winpar_wire_suite);
