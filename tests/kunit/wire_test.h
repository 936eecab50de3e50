/* SPDX-License-Identifier: GPL-2.0-only */
/* A port of winpar_sim whose register writes are watched: wire_test.c. */
#ifndef _WINPAR_WIRE_TEST_H
#define _WINPAR_WIRE_TEST_H

#include <linux/interrupt.h>
#include <linux/workqueue.h>

#include <winpar/softport.h>

#include "sim_port.h"

/* The last byte of a packet's header, and the byte after the packet. */
#define WPT_WIRE_CALLED	0x78
#define WPT_WIRE_OVER	0xff
/* The first and the last ECR value that the probe of the FIFO writes. */
#define WPT_PROBE_TEST	0xd4
#define WPT_PROBE_CONF	0xf4

/**
 * struct wpt_wire - a port of winpar_sim whose register writes are watched
 * @ops: the operations that the port has while it is watched
 * @real: winpar_sim's operations
 * @own: the part of @real that struct parport points to
 * @s: the fixture
 * @reg: which register is watched
 * @begin: the value whose write calls @then; the wires are driven from there on
 * @end: the value whose write ends that
 * @then: what to call at @begin, once
 * @driver: the task that drives the wires
 * @softirq: it drives them in a softirq on top of @driver
 * @driven: @begin has been written, @end has not
 * @shielded: softirqs were off at @begin
 * @foreign: how often another task wrote a register while @driven
 * @hook: a client's interrupt routine
 * @state: the port's state, as @then saw it
 * @had: what a Try call in @then returned
 * @status: what @other ended with
 * @other: what the other task or softirq does
 * @cpu: the other task's CPU
 * @begun: completed when the other task has begun
 * @work: runs @other on @cpu
 * @tasklet: runs @other in a softirq
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
