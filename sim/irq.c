// SPDX-License-Identifier: GPL-2.0-only
/*
 * A port's interrupt: a descriptor of its own, requested with the parport
 * core's handler like that of a card, and raised in hard interrupt context.
 *
 * The chip raises it by queueing an irq_work. That hands it on only while it
 * can have cad_lock for reading: the core has places where interrupts are on
 * while this CPU holds that lock for writing, and a handler that spins on it
 * would spin for ever. When it cannot, a timer asks again a little later, so
 * that the code that was interrupted gets on. Interrupts that come before one
 * has been handed on are one, as at an edge-triggered input.
 *
 * disable_irq() is remembered by the descriptor: one interrupt, however many
 * came, is handed on after enable_irq(), by this same work, in hard interrupt
 * context.
 *
 *	sim_irq_init		there is a descriptor
 *	sim_irq_start		... and its handler; interrupts come
 *	sim_irq_stop		none comes any more, none is on its way
 *	sim_irq_exit		the descriptor is gone
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include <winpar/compat.h>

#include "irq.h"

/* How long to wait for cad_lock. */
#define SIM_IRQ_AGAIN_NS	20000

static void sim_irq_deliver(struct sim_irq *irq)
{
	irq->delivered++;
	generic_handle_irq(irq->line);
}

static void sim_irq_work(struct irq_work *work)
{
	struct sim_irq *irq = container_of(work, struct sim_irq, work);
	struct sim_port *port = container_of(irq, struct sim_port, irq);

	if (READ_ONCE(irq->stopped))
		return;
	/* Under PREEMPT_RT the handler is a thread, which may wait for it. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		sim_irq_deliver(irq);
		return;
	}
	if (!read_trylock(&port->parport->cad_lock)) {
		irq->delayed++;
		hrtimer_start(&irq->again, ns_to_ktime(SIM_IRQ_AGAIN_NS),
			      HRTIMER_MODE_REL_HARD);
		return;
	}
	read_unlock(&port->parport->cad_lock);
	sim_irq_deliver(irq);
}

static enum hrtimer_restart sim_irq_again(struct hrtimer *timer)
{
	struct sim_irq *irq = container_of(timer, struct sim_irq, again);

	if (!READ_ONCE(irq->stopped))
		irq_work_queue(&irq->work);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart sim_irq_storm(struct hrtimer *timer)
{
	struct sim_irq *irq = container_of(timer, struct sim_irq, storm);
	struct sim_port *port = container_of(irq, struct sim_port, irq);
	enum hrtimer_restart again = HRTIMER_NORESTART;
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	if (irq->storm_left && !irq->stopped) {
		irq->storm_left--;
		__sim_irq_raise(port);
		hrtimer_forward_now(timer, ns_to_ktime(irq->storm_ns));
		again = HRTIMER_RESTART;
	}
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return again;
}

/**
 * __sim_irq_raise() - the chip raises its interrupt
 * @port: the port
 */
void __sim_irq_raise(struct sim_port *port)
	__must_hold(&port->lock)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	irq->raised++;
	if (irq->requested && !irq->stopped)
		irq_work_queue(&irq->work);
}

/**
 * __sim_irq_storm() - raise it many times, for no reason
 * @port: the port
 * @count: how often
 * @usec: the time between two
 */
void __sim_irq_storm(struct sim_port *port, unsigned int count,
		     unsigned int usec)
	__must_hold(&port->lock)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	irq->storm_left = count;
	irq->storm_ns = max(usec, 1U) * (u64)NSEC_PER_USEC;
	if (count && irq->requested && !irq->stopped)
		hrtimer_start(&irq->storm, ns_to_ktime(irq->storm_ns),
			      HRTIMER_MODE_REL_HARD);
}

/* enable_irq() after an interrupt came while it was disabled. */
static int sim_irq_retrigger(struct irq_data *data)
{
	struct sim_port *port = irq_data_get_irq_chip_data(data);

	if (!READ_ONCE(port->irq.stopped))
		irq_work_queue(&port->irq.work);
	return 1;
}

static void sim_irq_nothing(struct irq_data *data)
{
}

static struct irq_chip sim_irq_chip = {
	.name = "winpar_sim",
	.irq_ack = sim_irq_nothing,
	.irq_mask = sim_irq_nothing,
	.irq_unmask = sim_irq_nothing,
	.irq_retrigger = sim_irq_retrigger,
};

/**
 * sim_irq_init() - have a descriptor
 * @port: for which
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sim_irq_init(struct sim_port *port)
{
	struct sim_irq *irq = &port->irq;
	int line;

	/*
	 * Not irq_alloc_desc(): a descriptor with an owner pins that module as
	 * long as there is a handler, and here they are one.
	 */
	line = __irq_alloc_descs(-1, 0, 1, numa_node_id(), NULL, NULL);
	if (line < 0)
		return line;
	irq->line = line;
	irq_set_chip_and_handler(line, &sim_irq_chip, handle_simple_irq);
	irq_set_chip_data(line, port);
	irq_modify_status(line, IRQ_NOREQUEST | IRQ_NOAUTOEN, IRQ_NOPROBE);
	return 0;
}

/**
 * sim_irq_start() - let interrupts come
 * @port: the port
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sim_irq_start(struct sim_port *port)
{
	struct sim_irq *irq = &port->irq;
	int ret;

	ret = request_irq(irq->line, parport_irq_handler, 0, port->name,
			  port->parport);
	if (!ret)
		irq->requested = true;
	return ret;
}

/**
 * sim_irq_stop() - let no interrupt come any more
 * @port: the port
 *
 * Context: process.
 */
void sim_irq_stop(struct sim_port *port)
{
	struct sim_irq *irq = &port->irq;
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	WRITE_ONCE(irq->stopped, true);
	raw_spin_unlock_irqrestore(&port->lock, flags);
	hrtimer_cancel(&irq->storm);
	/* The work may start the timer, and the timer queue the work, once. */
	irq_work_sync(&irq->work);
	hrtimer_cancel(&irq->again);
	irq_work_sync(&irq->work);
	if (irq->requested)
		free_irq(irq->line, port->parport);
	irq->requested = false;
}

/**
 * sim_irq_exit() - give the descriptor back
 * @port: the port
 *
 * Context: process; after sim_irq_stop().
 */
void sim_irq_exit(struct sim_port *port)
{
	if (port->irq.line == PARPORT_IRQ_NONE)
		return;
	irq_set_chip_and_handler(port->irq.line, NULL, NULL);
	irq_free_desc(port->irq.line);
	port->irq.line = PARPORT_IRQ_NONE;
}

/* Every timer here runs in hard interrupt context, on PREEMPT_RT as well. */
static void sim_irq_timer(struct hrtimer *timer,
			  enum hrtimer_restart (*run)(struct hrtimer *timer))
{
	winpar_hrtimer_setup(timer, run, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_HARD);
}

/**
 * sim_irq_prepare() - no descriptor yet, and nothing under way
 * @irq: the interrupt
 */
void sim_irq_prepare(struct sim_irq *irq)
{
	irq->line = PARPORT_IRQ_NONE;
	winpar_irq_work_setup(&irq->work, sim_irq_work);
	sim_irq_timer(&irq->again, sim_irq_again);
	sim_irq_timer(&irq->storm, sim_irq_storm);
}
