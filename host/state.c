// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a Linux port, the one deadline at which the work acts, and the log's
 * word on a driver that does not let go of a port. The states and who moves the
 * port between them: host/claim.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/parport.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "host/state.h"
#include "winpar_trace.h"

/* After how long a claim that goes unanswered is reported. */
#define WINPAR_HOST_PATIENCE	(2 * HZ)
/*
 * The longest pause between two looks for waiters that were taken for dead. The
 * pauses double: a task that was late by some time is found after as long again.
 */
#define WINPAR_HOST_LOOK_MAX	(8 * HZ)

/* Shared by all ports. */
static struct workqueue_struct *winpar_host_wq;

/* ----- states ------------------------------------------------------------ */

/**
 * winpar_host_wake() - wake tasks that wait for a state or for claimers
 * @var: &host->state or &host->claimers, which has changed
 *
 * Context: any.
 */
void winpar_host_wake(void *var)
{
	/* The waiter is queued, or sees the change: not neither. */
	smp_mb();
	wake_up_var(var);
}

/**
 * winpar_host_is_busy() - is the port in a state that belongs to one task?
 * @host: the port
 *
 * Context: any. &host->state is woken when the answer changes to false.
 * Return: whether it is in CLAIMING, RELEASING or LEAVING.
 */
bool winpar_host_is_busy(struct winpar_host *host)
{
	switch (READ_ONCE(host->state)) {
	case WINPAR_HOST_CLAIMING:
	case WINPAR_HOST_RELEASING:
	case WINPAR_HOST_LEAVING:
		return true;
	default:
		return false;
	}
}

/**
 * __winpar_host_set_due() - have the work act some time from now, and not before
 * @host: the port, its lock held
 * @delay: in jiffies from now
 */
void __winpar_host_set_due(struct winpar_host *host, unsigned long delay)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	host->due = jiffies + delay;
	mod_delayed_work(winpar_host_wq, &host->work, delay);
}

/**
 * __winpar_host_set_wanted() - a client needs the port, from now on if not already
 * @host: the port, its lock held
 */
void __winpar_host_set_wanted(struct winpar_host *host)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	if (host->wanted)
		return;
	host->wanted = jiffies ?: 1;
	host->told = false;
}

/**
 * __winpar_host_ask_delay() - when winpar asks next for a port that it wants
 * @host: the port, its lock held
 *
 * Return: that time, in jiffies from now.
 */
unsigned long __winpar_host_ask_delay(const struct winpar_host *host)
	__must_hold(&host->lock)
{
	unsigned long waited = jiffies - host->wanted;

	lockdep_assert_held(&host->lock);
	if (host->told || waited >= WINPAR_HOST_PATIENCE)
		return WINPAR_HOST_COURTESY;
	return min(WINPAR_HOST_COURTESY, WINPAR_HOST_PATIENCE - waited);
}

/**
 * __winpar_host_look_delay() - when the work looks next for waiters taken for dead
 * @host: the port, its lock held
 *
 * Return: that time, in jiffies from now. The next pause is twice as long.
 */
unsigned long __winpar_host_look_delay(struct winpar_host *host)
	__must_hold(&host->lock)
{
	unsigned long delay = WINPAR_HOST_LOOK << host->looks;

	lockdep_assert_held(&host->lock);
	if (delay >= WINPAR_HOST_LOOK_MAX)
		return WINPAR_HOST_LOOK_MAX;
	host->looks++;
	return delay;
}

/* ----- a driver that does not let go ------------------------------------- */

/**
 * winpar_host_owner() - which Linux driver has the port now?
 * @host: the port
 * @name: where its name goes; "" when none has it, or winpar
 * @size: of @name
 *
 * Context: any but under cad_lock.
 */
void winpar_host_owner(struct winpar_host *host, char *name, size_t size)
{
	struct parport *parport;
	unsigned long flags;

	*name = '\0';
	rcu_read_lock();
	parport = rcu_dereference(host->live);
	if (parport) {
		read_lock_irqsave(&parport->cad_lock, flags);
		if (parport->cad && parport->cad != host->pardev)
			strscpy(name, parport->cad->name, size);
		read_unlock_irqrestore(&parport->cad_lock, flags);
	}
	rcu_read_unlock();
}

/**
 * winpar_host_see() - note which Linux driver has the port, for events
 * @host: the port, registered
 *
 * Nothing is noted while the events of a hand-over are switched off.
 *
 * Context: any but under cad_lock and the host's lock.
 */
void winpar_host_see(struct winpar_host *host)
{
	char name[WINPAR_HOST_NAME];
	unsigned long flags;

	if (!trace_winpar_handover_to_enabled() &&
	    !trace_winpar_handover_from_enabled())
		return;
	winpar_host_owner(host, name, sizeof(name));
	spin_lock_irqsave(&host->lock, flags);
	if (*name)
		strscpy(host->registration->driver, name,
			sizeof(host->registration->driver));
	spin_unlock_irqrestore(&host->lock, flags);
}

/* Say in the log who has had the port for so long, and what helps. */
static void winpar_host_report(const struct parport *parport, const char *name,
			       unsigned int ms)
{
	if (!strcmp(name, "lp"))
		pr_warn("%s: asked for the port %u ms ago and %s has not let go of it. If no program is printing, free it with ': > /dev/lp%d'\n",
			parport->name, ms, name, parport->number);
	else if (!strncmp(name, "ppdev", 5))
		pr_warn("%s: asked for the port %u ms ago and %s has not let go of it: end the program that has /dev/parport%d open\n",
			parport->name, ms, name, parport->number);
	else
		pr_warn("%s: asked for the port %u ms ago and %s has not let go of it: unload that driver, or end what uses it\n",
			parport->name, ms, name);
}

/**
 * winpar_host_check_patience() - name a driver that does not let go of the port
 * @host: the port
 *
 * Once for each time that the port is away and wanted.
 *
 * Context: process context.
 */
void winpar_host_check_patience(struct winpar_host *host)
{
	unsigned long flags, waited = 0;
	char name[WINPAR_HOST_NAME];

	winpar_host_owner(host, name, sizeof(name));
	if (!*name)
		return;
	spin_lock_irqsave(&host->lock, flags);
	if (host->state == WINPAR_HOST_AWAY && host->wanted && !host->told) {
		waited = jiffies - host->wanted;
		host->told = waited >= WINPAR_HOST_PATIENCE;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (waited >= WINPAR_HOST_PATIENCE)
		winpar_host_report(host->parport, name,
				   jiffies_to_msecs(waited));
}

/* ----- what all ports share ------------------------------------------------- */

/**
 * winpar_host_queue() - have something done by the workers of host/
 * @work: what
 * @delay: when, in jiffies from now
 *
 * Context: any.
 */
void winpar_host_queue(struct delayed_work *work, unsigned long delay)
{
	mod_delayed_work(winpar_host_wq, work, delay);
}

/**
 * winpar_host_init_room() - what all ports share
 *
 * Return: 0 or -ENOMEM.
 */
int winpar_host_init_room(void)
{
	winpar_host_wq = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND |
					 WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	return winpar_host_wq ? 0 : -ENOMEM;
}

/**
 * winpar_host_exit_room() - undo winpar_host_init_room()
 *
 * Waits for all work: when it has returned every winpar_host_ops.put that was
 * owed has been called.
 */
void winpar_host_exit_room(void)
{
	destroy_workqueue(winpar_host_wq);
}
