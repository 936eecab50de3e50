/* SPDX-License-Identifier: GPL-2.0-only */
/* A port in software whose registers are watched; wire_test.c has the code. */
#ifndef _WINPAR_WIRE_TEST_H
#define _WINPAR_WIRE_TEST_H

#include <linux/interrupt.h>
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

struct wpt_wire *wpt_wire_watch(struct kunit *test, const char *words);
void wpt_wire_leave(struct wpt_wire *w);

static inline void wpt_own(struct wpt_wire *w, unsigned int n)
{
	KUNIT_ASSERT_EQ(w->s->t.test, wpt_ioctl(w->s->t.file[n], WPT_ALLOCATE),
			STATUS_SUCCESS);
}

#endif /* _WINPAR_WIRE_TEST_H */
