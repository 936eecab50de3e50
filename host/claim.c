// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host room: how winpar holds a Linux parallel port.
 *
 * This is the only room that calls the Linux parport core or touches a
 * register. (host/waitlist.c, the core's waiting list, host/regs.c,
 * the port's registers, and host/attach.c, which ports there are, belong to
 * it.) It registers one device per port when the first client opens it, claims
 * the port and keeps it, refuses every pre-emption but remembers it, and
 * releases the port when the room above says so. What the port is used for in
 * between is not its business.
 *
 * Why it is done this way:
 *
 * - The core calls irq_func only for the device that has the port, under
 *   cad_lock. So winpar must have the port to hear its interrupts, and must
 *   never claim or release inside preempt or irq_func. It has one only while
 *   the room above listens (winpar_host_listen()).
 * - A device that claims while it is on the core's waiting list makes
 *   parport_claim() switch interrupts on under cad_lock. So a claim leaves the
 *   list first (winpar_host_leave_list()), and a release, in which the core
 *   claims on behalf of a sleeper, is made with the line masked and softirqs
 *   off (winpar_host_release()).
 * - A release saves the registers after it has let go, when they may already
 *   be the next driver's. So they are read before, and written into the saved
 *   state afterwards: the next claim puts them back, soft copy and all.
 * - parport_release() walks the waiting and device lists without a lock, so
 *   wakeup may come before registration has returned and after unregistering
 *   has. The callbacks' argument lives until module exit, @ready says whether
 *   they mean anything, and the device's memory is kept until no task can be
 *   in such a walk.
 * - A process killed while it waits stays on the waiting list; the core would
 *   hand it the port and nobody would ever release it. Such entries are taken
 *   off the list before a release (winpar_host_waiters()).
 *
 * Who may claim or release: one at a time, marked by @busy. A wakeup that finds
 * it set leaves @woken for whoever set it.
 *
 * Locks: @mutex, then nothing of ours. cad_lock, then the port lock of the room
 * above, then @lock. No lock of winpar's is held around a claim, a release or
 * an upcall, but for @mutex, which no upcall takes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/parport.h>
#include <linux/sched.h>
#include <linux/wait_bit.h>

#include <winpar/compat.h>

#include "host/host.h"

/* How long a port that nobody took stays free for whoever asked. */
#define WINPAR_HOST_COURTESY	msecs_to_jiffies(200)
/* After how long a claim that goes unanswered is reported. */
#define WINPAR_HOST_PATIENCE	(2 * HZ)
/*
 * A waiter without a sleeper is dead when it is seen so this often, this far
 * apart: a live one is so only between joining the list and falling asleep.
 */
#define WINPAR_HOST_LOOKS	5
#define WINPAR_HOST_LOOK	msecs_to_jiffies(20)

static struct workqueue_struct *winpar_host_wq;

/* ----- claim ------------------------------------------------------------- */

/* Mark a claim or release as under way. False: there is nothing to do now. */
static bool winpar_host_begin(struct winpar_host *host, bool claim)
{
	unsigned long flags;
	bool ok = false;

	spin_lock_irqsave(&host->lock, flags);
	if (host->busy) {
		host->woken |= claim;
		goto out;
	}
	if (host->held == claim || (claim && !host->ready))
		goto out;
	host->busy = true;
	host->woken = false;
	ok = true;
out:
	spin_unlock_irqrestore(&host->lock, flags);
	return ok;
}

/*
 * The end of it. Returns true, and goes on being busy, when a claim has failed
 * and the port became free meanwhile.
 */
static bool winpar_host_end(struct winpar_host *host, bool held, bool claim)
{
	unsigned long flags;
	bool again;

	spin_lock_irqsave(&host->lock, flags);
	again = claim && !held && host->woken && host->ready;
	if (claim)
		host->woken = false;
	host->held = held;
	host->busy = again;
	spin_unlock_irqrestore(&host->lock, flags);
	return again;
}

/* Claim the port for winpar. Not in interrupt context nor under cad_lock. */
static void winpar_host_claim(struct winpar_host *host)
{
	unsigned int live = 0, dead = 0;
	bool held;

	if (!winpar_host_begin(host, true))
		return;
	do {
		/* Before: whoever comes to it meanwhile was not asked. */
		host->asked = READ_ONCE(host->parport->cad);
		winpar_host_leave_list(host);
		held = !parport_claim(host->pardev);
		if (held) {
			winpar_host_restore(host);
			live = winpar_host_waiters(host, &dead, false);
		}
	} while (winpar_host_end(host, held, true));

	if (held) {
		WRITE_ONCE(host->wanted, false);
		host->ops->held(host, live || dead);
	}
}

/* Go on asking while somebody wants the port. */
static void winpar_host_ask(struct winpar_host *host)
{
	if (!winpar_host_has_asked(host))
		winpar_host_claim(host);
	if (READ_ONCE(host->held) || !READ_ONCE(host->wanted))
		return;
	queue_delayed_work(winpar_host_wq, &host->work, WINPAR_HOST_COURTESY);
	if (!host->wanted_since) {
		host->wanted_since = jiffies ?: 1;
		mod_delayed_work(winpar_host_wq, &host->report,
				 WINPAR_HOST_PATIENCE);
	}
}

/* ----- release ----------------------------------------------------------- */

/*
 * Give the Linux port back. Process context. Stays busy, so that no claim comes
 * before the room above knows that the port is away: winpar_host_end() is the
 * caller's. The core claims for a sleeping waiter inside, and switches
 * interrupts on under cad_lock as it does so: our line is masked and softirqs
 * are off until that is over.
 */
static bool winpar_host_release(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	struct parport_state state;

	if (!winpar_host_begin(host, false))
		return false;
	winpar_host_save(host, &state);

	local_bh_disable();
	if (parport->irq >= 0)
		disable_irq_nosync(parport->irq);
	parport_release(host->pardev);
	if (parport->irq >= 0)
		enable_irq(parport->irq);
	local_bh_enable();

	winpar_host_keep(host, &state);
	return true;
}

/* Release for whoever asked, unless it turns out that they are dead. */
static void winpar_host_turn(struct winpar_host *host)
{
	unsigned int live, dead;
	bool taken;

	winpar_host_mend_list(host);
	live = winpar_host_waiters(host, &dead,
				   host->looks >= WINPAR_HOST_LOOKS);
	if (dead && host->looks < WINPAR_HOST_LOOKS) {
		/* Who has only just joined is asleep in a moment. */
		queue_delayed_work(winpar_host_wq, &host->work,
				   host->looks++ ? WINPAR_HOST_LOOK : 1);
		return;
	}
	host->looks = 0;
	WRITE_ONCE(host->give, false);
	if (dead && !live) {
		host->ops->kept(host);
		return;
	}

	if (!winpar_host_release(host))
		return;
	taken = READ_ONCE(host->parport->cad) || READ_ONCE(host->woken);
	if (taken)
		host->handovers++;
	host->wanted_since = 0;
	host->not_before = jiffies + (taken ? 0 : WINPAR_HOST_COURTESY);
	/* Not the other way round: a wish made meanwhile must not be lost. */
	WRITE_ONCE(host->wanted, false);
	if (host->ops->away(host))
		WRITE_ONCE(host->wanted, true);
	winpar_host_end(host, false, false);
	/* Asking at once is what tells lp that it should yield. */
	if (READ_ONCE(host->woken) || (taken && READ_ONCE(host->wanted)))
		winpar_host_ask(host);
	else if (!taken)
		queue_delayed_work(winpar_host_wq, &host->work,
				   WINPAR_HOST_COURTESY);
}

static void winpar_host_work(struct work_struct *work)
{
	struct winpar_host *host = container_of(to_delayed_work(work),
						struct winpar_host, work);

	if (!READ_ONCE(host->ready))
		return;
	if (READ_ONCE(host->give))
		winpar_host_turn(host);
	else if (time_before(jiffies, host->not_before))
		queue_delayed_work(winpar_host_wq, &host->work,
				   host->not_before - jiffies);
	else if (!READ_ONCE(host->held))
		winpar_host_ask(host);
}

/* Name whoever has had the port for so long. Once for each time it is away. */
static void winpar_host_report(struct work_struct *work)
{
	struct winpar_host *host = container_of(to_delayed_work(work),
						struct winpar_host, report);
	struct parport *parport = host->parport;
	char name[32] = "a driver that is gone";
	unsigned long flags;

	if (READ_ONCE(host->held) || !READ_ONCE(host->wanted) ||
	    time_before(jiffies, host->wanted_since + WINPAR_HOST_PATIENCE))
		return;
	read_lock_irqsave(&parport->cad_lock, flags);
	if (parport->cad)
		strscpy(name, parport->cad->name, sizeof(name));
	read_unlock_irqrestore(&parport->cad_lock, flags);
	pr_warn("%s: asked for the port %u ms ago and %s has not let go of it. If no program is printing, free it with ': > /dev/lp%d'\n",
		parport->name, jiffies_to_msecs(jiffies - host->wanted_since), name,
		parport->number);
}

/**
 * winpar_host_give() - have the Linux port released to whoever asked
 * @host: the port
 *
 * Context: any; the release is made by the host's own work.
 */
void winpar_host_give(struct winpar_host *host)
{
	WRITE_ONCE(host->give, true);
	mod_delayed_work(winpar_host_wq, &host->work, 0);
}

/**
 * winpar_host_want() - have the Linux port claimed
 * @host: the port
 *
 * Context: any; the claim is made by the host's own work.
 */
void winpar_host_want(struct winpar_host *host)
{
	WRITE_ONCE(host->wanted, true);
	mod_delayed_work(winpar_host_wq, &host->work, 0);
}

/* ----- what the core calls ----------------------------------------------- */

/**
 * winpar_host_preempt() - pardev_cb.preempt
 * @private: the struct winpar_host
 *
 * Accepting would mix up the two drivers' saved registers.
 *
 * Context: cad_lock held, interrupts off.
 * Return: 1, always: refused.
 */
int winpar_host_preempt(void *private)
{
	struct winpar_host *host = private;

	host->ops->rival(host);
	return 1;
}

/**
 * winpar_host_wakeup() - pardev_cb.wakeup
 * @private: the struct winpar_host
 *
 * Context: another driver's parport_release(); before registration has returned
 * and after unregistering has, too.
 */
void winpar_host_wakeup(void *private)
{
	struct winpar_host *host = private;
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&host->lock, flags);
	ready = host->ready;
	host->wakers += ready;
	spin_unlock_irqrestore(&host->lock, flags);
	if (!ready)
		return;

	if (irqs_disabled())
		winpar_host_want(host);
	else
		winpar_host_claim(host);

	spin_lock_irqsave(&host->lock, flags);
	host->wakers--;
	spin_unlock_irqrestore(&host->lock, flags);
	/* The waiter is queued, or sees the count: not neither. */
	smp_mb();
	wake_up_var(&host->wakers);
}

/* ----- joining and leaving ----------------------------------------------- */

/* Take the dead off the waiting list, so that the core gives them nothing. */
static void winpar_host_bury_dead(struct winpar_host *host)
{
	unsigned int dead, looks = 0;

	winpar_host_mend_list(host);
	do {
		winpar_host_waiters(host, &dead, looks >= WINPAR_HOST_LOOKS);
		if (dead && looks < WINPAR_HOST_LOOKS)
			schedule_timeout_uninterruptible(WINPAR_HOST_LOOK);
	} while (dead && looks++ < WINPAR_HOST_LOOKS);
}

/**
 * __winpar_host_leave() - bring everything to rest and release the port
 * @host: the port, its mutex held; registered
 *
 * No claim begins, those that another driver's release has us make are over,
 * and so is the work. The port counts as away from then on, so that nobody asks
 * for it to be given.
 *
 * Context: process context, may sleep.
 */
void __winpar_host_leave(struct winpar_host *host)
{
	unsigned long flags;

	lockdep_assert_held(&host->mutex);
	spin_lock_irqsave(&host->lock, flags);
	host->ready = false;
	spin_unlock_irqrestore(&host->lock, flags);
	wait_var_event(&host->wakers, !READ_ONCE(host->wakers));
	cancel_delayed_work_sync(&host->work);
	host->ops->away(host);
	cancel_delayed_work_sync(&host->work);
	cancel_delayed_work_sync(&host->report);
	if (host->held) {
		winpar_host_bury_dead(host);
		if (winpar_host_release(host))
			winpar_host_end(host, false, false);
		/* Who has asked since then has it now, or waits for the next. */
		host->ops->away(host);
	}
	host->give = false;
	host->looks = 0;
}

/**
 * __winpar_host_join() - start to hold the port
 * @host: the port, its mutex held; registered just now
 *
 * The first claim has been tried when this returns.
 *
 * Context: process context, may sleep.
 */
void __winpar_host_join(struct winpar_host *host)
{
	unsigned long flags;

	lockdep_assert_held(&host->mutex);
	host->pardev->timeslice = ULONG_MAX;
	winpar_host_start(host);
	host->not_before = jiffies;
	host->wanted = false;
	host->wanted_since = 0;
	spin_lock_irqsave(&host->lock, flags);
	host->ready = true;
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_claim(host);
}

/**
 * winpar_host_queue() - have something done by the host room's workers
 * @work: what
 * @delay: when, in jiffies from now
 *
 * Context: any.
 */
void winpar_host_queue(struct delayed_work *work, unsigned long delay)
{
	mod_delayed_work(winpar_host_wq, work, delay);
}

/* ----- life -------------------------------------------------------------- */

/**
 * winpar_host_init() - set up a port that has no Linux port yet
 * @host: the port
 * @ops: what to tell, and whom
 */
void winpar_host_init(struct winpar_host *host,
		      const struct winpar_host_ops *ops)
{
	host->ops = ops;
	mutex_init(&host->mutex);
	spin_lock_init(&host->lock);
	INIT_DELAYED_WORK(&host->work, winpar_host_work);
	INIT_DELAYED_WORK(&host->report, winpar_host_report);
	INIT_DELAYED_WORK(&host->linger, winpar_host_linger);
}

/**
 * winpar_host_exit() - undo winpar_host_init()
 * @host: a port that is detached
 */
void winpar_host_exit(struct winpar_host *host)
{
	cancel_delayed_work_sync(&host->linger);
	cancel_delayed_work_sync(&host->work);
	cancel_delayed_work_sync(&host->report);
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
 * winpar_host_exit_room() - undo winpar_host_init_room(); waits for all work
 */
void winpar_host_exit_room(void)
{
	destroy_workqueue(winpar_host_wq);
}
