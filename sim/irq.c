// SPDX-License-Identifier: GPL-2.0-only
/*
 * A port's interrupt: a descriptor of its own, whose handler calls the parport
 * core's, and which is raised in hard interrupt context as a card's is.
 *
 * Spinning on cad_lock in the handler could hang: the core has places where
 * interrupts are on while this CPU holds that lock for writing. So the irq_work
 * that the chip queues hands the interrupt on only while it can have cad_lock
 * for reading. When it cannot, a timer queues the work again a little later, so
 * that the code that was interrupted gets on. Interrupts that are raised before
 * one has been handed on are one, as at an edge-triggered input.
 *
 * The descriptor remembers an interrupt that comes while disable_irq() is in
 * force: one, however many came, is handed on after enable_irq(), by the same
 * work, in hard interrupt context.
 *
 * What a user can ask for:
 *
 *	a storm		the interrupt is raised at intervals, delivered or not
 *	spurious ones	N are delivered, each raised when the one before was
 *	another device	on a line that is shared: N of its interrupts arrive, to
 *			the port's handler, too
 *
 * States:
 *
 *	sim_irq_init()		there is a descriptor
 *	sim_irq_start()		its handler is in place, interrupts come
 *	sim_irq_stop()		no interrupt comes any more, none is on its way
 *	sim_irq_exit()		there is no descriptor any more
 *
 * Locking: the port's lock, taken bare, since an interrupt moves no line. The
 * handlers take none.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include <winpar/compat.h>

#include "irq.h"

/* After this time the work is queued again that did not get cad_lock. */
#define SIM_IRQ_AGAIN_NS	20000
/* The time between two spurious interrupts. */
#define SIM_IRQ_SPURIOUS_NS	20000
/* How soon to look again at an interrupt that was not delivered in time. */
#define SIM_IRQ_LOOK_NS		200000

/* ----- handing on -------------------------------------------------------- */

static irqreturn_t sim_irq_handler(int line, void *data)
{
	struct sim_port *port = data;
	struct sim_irq *irq = &port->irq;

	irq->delivered++;
	/* Before the handler: what is raised while it runs is another one. */
	clear_bit(SIM_HEARER_PORT, &irq->spurious.pending);
	clear_bit(SIM_HEARER_PORT, &irq->other.pending);
	return parport_irq_handler(line, port->parport);
}

static irqreturn_t sim_irq_other_handler(int line, void *data)
{
	struct sim_irq *irq = data;

	if (!test_bit(SIM_HEARER_OTHER, &irq->other.pending))
		return IRQ_NONE;
	irq->other_delivered++;
	clear_bit(SIM_HEARER_OTHER, &irq->other.pending);
	return IRQ_HANDLED;
}

static void sim_irq_work(struct irq_work *work)
{
	struct sim_irq *irq = container_of(work, struct sim_irq, work);
	struct sim_port *port = container_of(irq, struct sim_port, irq);

	if (READ_ONCE(irq->stopped))
		return;
	/* On PREEMPT_RT the handler is a thread, which may wait for cad_lock. */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		if (!read_trylock(&port->parport->cad_lock)) {
			irq->delayed++;
			hrtimer_start(&irq->again,
				      ns_to_ktime(SIM_IRQ_AGAIN_NS),
				      HRTIMER_MODE_REL_HARD);
			return;
		}
		read_unlock(&port->parport->cad_lock);
	}
	generic_handle_irq(irq->line);
}

/* Queue the work again that did not get cad_lock. */
static enum hrtimer_restart sim_irq_again(struct hrtimer *timer)
{
	struct sim_irq *irq = container_of(timer, struct sim_irq, again);

	if (!READ_ONCE(irq->stopped))
		irq_work_queue(&irq->work);
	return HRTIMER_NORESTART;
}

/* ----- raising ----------------------------------------------------------- */

static bool sim_irq_may_come(const struct sim_irq *irq)
{
	return irq->requested && !irq->stopped;
}

/**
 * __sim_irq_raise() - the chip raises its interrupt
 * @port: the port
 */
void __sim_irq_raise(struct sim_port *port)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	irq->raised++;
	if (sim_irq_may_come(irq))
		irq_work_queue(&irq->work);
}

/*
 * Must a timer's callback do nothing? Also when @timer is queued: while the
 * callback waited for the port's lock a user has asked for another storm or
 * burst, which has started @timer. The callback will be called again, and the
 * kernel warns when it moves a timer that is queued.
 */
static bool sim_irq_is_over(const struct sim_irq *irq,
			    struct hrtimer *timer, unsigned int left)
{
	return !left || irq->stopped || hrtimer_is_queued(timer);
}

static enum hrtimer_restart sim_irq_storm(struct hrtimer *timer)
{
	struct sim_irq *irq = container_of(timer, struct sim_irq, storm);
	struct sim_port *port = container_of(irq, struct sim_port, irq);
	enum hrtimer_restart again = HRTIMER_NORESTART;
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	if (!sim_irq_is_over(irq, timer, irq->storm_left)) {
		irq->storm_left--;
		__sim_irq_raise(port);
		hrtimer_forward_now(timer, ns_to_ktime(irq->storm_ns));
		again = HRTIMER_RESTART;
	}
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return again;
}

/**
 * __sim_irq_storm() - raise the interrupt many times, for no reason
 * @port: the port
 * @count: how often; 0 ends a storm
 * @usec: the time between two
 */
void __sim_irq_storm(struct sim_port *port, unsigned int count,
		     unsigned int usec)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	irq->storm_left = count;
	irq->storm_ns = max(usec, 1U) * (u64)NSEC_PER_USEC;
	if (count && sim_irq_may_come(irq))
		hrtimer_start(&irq->storm, ns_to_ktime(irq->storm_ns),
			      HRTIMER_MODE_REL_HARD);
}

/* ----- bursts ------------------------------------------------------------ */

/*
 * Raise the next interrupt, or the last one again if it was not delivered: the
 * kernel drops an interrupt that comes while the handler runs. An interrupt
 * that waits for cad_lock is not lost, and is not raised again. Nor is one on
 * PREEMPT_RT, where the kernel has woken the handlers' threads: it would run a
 * handler twice. There the thread of one handler may have run before the thread
 * of the other: an interrupt that both hear is delivered when both have begun.
 */
static void sim_irq_burst_raise(struct sim_irq *irq, struct sim_burst *burst,
				unsigned long *raised)
{
	if (!READ_ONCE(burst->pending)) {
		WRITE_ONCE(burst->pending, burst == &irq->other ?
			   BIT(SIM_HEARER_PORT) | BIT(SIM_HEARER_OTHER) :
			   BIT(SIM_HEARER_PORT));
		++*raised;
	} else if (IS_ENABLED(CONFIG_PREEMPT_RT) ||
		   hrtimer_is_queued(&irq->again)) {
		return;
	}
	irq_work_queue(&irq->work);
}

static enum hrtimer_restart sim_irq_burst(struct sim_port *port,
					  struct sim_burst *burst,
					  unsigned long *raised)
{
	enum hrtimer_restart again = HRTIMER_NORESTART;
	struct sim_irq *irq = &port->irq;
	u64 ns = burst->ns;
	unsigned long flags;

	raw_spin_lock_irqsave(&port->lock, flags);
	if (!sim_irq_is_over(irq, &burst->timer, burst->left)) {
		if (READ_ONCE(burst->pending))
			ns = max_t(u64, ns, SIM_IRQ_LOOK_NS);
		else
			burst->left--;
		if (burst->left) {
			sim_irq_burst_raise(irq, burst, raised);
			hrtimer_forward_now(&burst->timer, ns_to_ktime(ns));
			again = HRTIMER_RESTART;
		}
	}
	raw_spin_unlock_irqrestore(&port->lock, flags);
	return again;
}

static enum hrtimer_restart sim_irq_spurious(struct hrtimer *timer)
{
	struct sim_port *port = container_of(timer, struct sim_port,
					     irq.spurious.timer);

	return sim_irq_burst(port, &port->irq.spurious, &port->irq.raised);
}

static enum hrtimer_restart sim_irq_other(struct hrtimer *timer)
{
	struct sim_port *port = container_of(timer, struct sim_port,
					     irq.other.timer);

	return sim_irq_burst(port, &port->irq.other, &port->irq.other_raised);
}

static void sim_irq_burst_start(struct sim_irq *irq, struct sim_burst *burst,
				unsigned long *raised, unsigned int count,
				u64 ns)
{
	burst->left = count;
	burst->ns = ns;
	if (!count || !sim_irq_may_come(irq))
		return;
	sim_irq_burst_raise(irq, burst, raised);
	hrtimer_start(&burst->timer, ns_to_ktime(ns), HRTIMER_MODE_REL_HARD);
}

/**
 * __sim_irq_spurious() - deliver interrupts of the port's for no reason
 * @port: the port
 * @count: how many; 0 ends them
 */
void __sim_irq_spurious(struct sim_port *port, unsigned int count)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	sim_irq_burst_start(irq, &irq->spurious, &irq->raised, count,
			    SIM_IRQ_SPURIOUS_NS);
}

/**
 * __sim_irq_other() - deliver interrupts of the other device on the line
 * @port: the port, whose line is shared
 * @count: how many; 0 ends them
 * @usec: the time between two
 */
void __sim_irq_other(struct sim_port *port, unsigned int count,
		     unsigned int usec)
	__must_hold(&port->lock)
{
	struct sim_irq *irq = &port->irq;

	lockdep_assert_held(&port->lock);
	sim_irq_burst_start(irq, &irq->other, &irq->other_raised,
			    irq->shared ? count : 0,
			    max(usec, 1U) * (u64)NSEC_PER_USEC);
}

/* ----- the descriptor ---------------------------------------------------- */

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
 * @port: the port
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sim_irq_init(struct sim_port *port)
{
	struct sim_irq *irq = &port->irq;
	int line;

	/*
	 * Not irq_alloc_desc(), which makes this module the descriptor's owner:
	 * a handler pins the owner's module, and here the handler is in it as
	 * well, so that the module could never be unloaded.
	 */
	line = __irq_alloc_descs(-1, 0, 1, numa_node_id(), NULL, NULL);
	if (line < 0)
		return line;
	/*
	 * The kernel says nothing when it has no memory to put the descriptor in its place.
	 * It is lost then: to free it is to use NULL.
	 */
	if (!irq_get_irq_data(line))
		return -ENOMEM;
	irq->line = line;
	irq_set_chip_and_handler(line, &sim_irq_chip, handle_simple_irq);
	irq_set_chip_data(line, port);
	irq_modify_status(line, IRQ_NOREQUEST | IRQ_NOAUTOEN, IRQ_NOPROBE);
	return 0;
}

/**
 * sim_irq_start() - let interrupts come
 * @port: the port
 * @shared: another device is on the line
 *
 * Context: process.
 * Return: 0 or a negative errno; then nothing is left to be stopped.
 */
int sim_irq_start(struct sim_port *port, bool shared)
{
	struct sim_irq *irq = &port->irq;
	int ret;

	ret = request_irq(irq->line, sim_irq_handler, shared ? IRQF_SHARED : 0,
			  port->name, port);
	if (ret)
		return ret;
	if (shared) {
		ret = request_irq(irq->line, sim_irq_other_handler, IRQF_SHARED,
				  "another device", irq);
		if (ret) {
			free_irq(irq->line, port);
			return ret;
		}
	}
	irq->shared = shared;
	irq->requested = true;
	return 0;
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
	hrtimer_cancel(&irq->spurious.timer);
	hrtimer_cancel(&irq->other.timer);
	/* The work may start the timer, and the timer queue the work, once. */
	irq_work_sync(&irq->work);
	hrtimer_cancel(&irq->again);
	irq_work_sync(&irq->work);
	if (irq->shared)
		free_irq(irq->line, irq);
	if (irq->requested)
		free_irq(irq->line, port);
	irq->shared = false;
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
	sim_irq_timer(&irq->spurious.timer, sim_irq_spurious);
	sim_irq_timer(&irq->other.timer, sim_irq_other);
}
