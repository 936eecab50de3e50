// SPDX-License-Identifier: GPL-2.0-only
/*
 * How winpar holds a Linux parallel port: claims and releases.
 *
 * The files of host/ are the only ones that call the Linux parport core or touch
 * a register. They register one device per port when the first client opens it,
 * claim the port and keep it, refuse every pre-emption but remember it, and
 * release the port when the room above says so. What clients do with the port
 * in between is not known here.
 *
 * >> States <<
 *
 *   OFF        not registered
 *   AWAY       registered, not winpar's
 *   CLAIMING   in parport_claim()
 *   HELD       winpar's
 *   LOOKING    winpar's, to be released if a rival is alive
 *   RELEASING  in parport_release(), or telling the room above
 *   OFFERED    released, and no rival has taken it
 *   LEAVING    unregistering
 *   GONE       no Linux port any more, for good
 *
 *   OFF -> AWAY            the first open registers
 *   AWAY -> CLAIMING       a wakeup; or the deadline, if the port is wanted or free
 *   OFFERED -> CLAIMING    as AWAY -> CLAIMING
 *   OFFERED -> AWAY        the deadline or a wakeup, when a driver has taken
 *                          the port
 *   CLAIMING -> HELD       the core gave the port: @held is called
 *   CLAIMING -> AWAY       it did not
 *   HELD -> LOOKING        winpar_host_give()
 *   LOOKING -> HELD        all who waited were dead: @kept is called
 *   LOOKING -> RELEASING   a rival is alive, or is not on the list
 *   RELEASING -> AWAY      a rival took the port: @away was called
 *   RELEASING -> OFFERED   no rival took the port: @away was called
 *   AWAY, OFFERED, HELD, LOOKING -> LEAVING
 *                          linger or removal
 *   LEAVING -> OFF         after a linger
 *   LEAVING, OFF -> GONE   by removal
 *
 * tests/model/removal.pml has these states but OFF. No other state is kept. Whether
 * the port is winpar's in LEAVING is told by parport->cad; whether winpar is on the
 * waiting list, by pardev->waiting.
 *
 * >> Who acts <<
 *
 * - The work acts at the one deadline, @due: in LOOKING it looks at the waiting
 *   list and releases, in OFFERED and AWAY it claims. In these states and in HELD
 *   and OFF it looks for devices that were taken for dead (@lost, see Rivals). The
 *   work is queued under @lock only, and only in these five states.
 * - A wakeup, which another driver's parport_release() calls, claims in that
 *   driver's context, unless interrupts are off there; then the work does. It
 *   may come while CLAIMING or RELEASING: then it only brings @due forward, and
 *   the task that is at it sees that and claims (once more).
 * - An open makes the first claim itself.
 * - winpar_host_leave() waits until none of these is at work, tells the room
 *   above that the port is away, and releases.
 *
 * CLAIMING, RELEASING and LEAVING belong to the task that entered them: only that
 * task leaves them. All other transitions are made by any task, under @lock.
 *
 * >> Rivals <<
 *
 * A Linux driver that claims the port is refused and reported to the room above
 * (@rival), which has the port given when its turn comes. After the release a
 * rival has WINPAR_HOST_COURTESY to take the port. If none does, winpar claims
 * it back, and takes the devices that have let it be off the waiting list, if
 * they do not sleep: a driver that was refused once and ignores its wakeup would
 * otherwise count as a waiter for ever. The core still calls their wakeup, and
 * puts them on the list when they claim again.
 *
 * A process killed in parport_claim_or_block() stays on the list; the core would
 * give it the port and never get it back. Such a device (waiting & 2, and no
 * task on its wait_q) is seen WINPAR_HOST_LOOKS times before it is taken off. A
 * task that was preempted for so long between parport_claim() and its sleep
 * looks the same. So the work goes on looking for those that were taken off
 * (@lost), ever less often, as long as one may still fall asleep, also in OFF.
 * When its task has, the work claims in the name of that device, as the task
 * did: the core puts the device back on the list.
 *
 * >> Registers <<
 *
 * A release saves the registers after it has let go, when they may already be
 * the next driver's. So winpar reads them before (@wires), and writes @wires into
 * the state of its device afterwards: the next claim puts them back, the driver's
 * soft copies with them. @wires outlives the device, so that clients find the
 * lines as they left them however long the port was closed.
 *
 * >> Dangers of the core <<
 *
 * - irq_func is called under cad_lock, for the device that has the port. So
 *   winpar must have the port to hear its interrupts, and must never claim or
 *   release inside preempt or irq_func.
 * - A device that claims while it is on the waiting list makes parport_claim()
 *   switch interrupts on under cad_lock. So a claim leaves the list first, and a
 *   release, in which the core claims for a sleeper, is made with the line masked
 *   and softirqs off.
 * - parport_release() walks the waiting and device lists without a lock: wakeup
 *   may come before registration has returned and after unregistering has, with
 *   @private and the device's memory freed. In OFF, LEAVING and GONE it does
 *   nothing, and both are kept by references until synchronize_rcu_tasks() has
 *   returned.
 *
 * >> Locks <<
 *
 * @mutex; pardevice_lock, cad_lock, waitlist_lock of the core; the port lock of the
 * room above, taken under cad_lock; @lock. None of winpar's is held around a
 * claim, a release or an upcall.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/parport.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "host/claim.h"
#include "host/regs.h"
#include "host/state.h"
#include "host/waitlist.h"
#include "winpar_trace.h"

/* ----- hand-overs -------------------------------------------------------- */

/* A Linux driver has taken the port that was winpar's. */
static void __winpar_host_given(struct winpar_host *host)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	host->handovers++;
	__winpar_host_set_state(host, WINPAR_HOST_AWAY);
	trace_winpar_handover_to(host->parport->number,
				 host->registration->driver);
}

/* winpar has the port; @had: a Linux driver had it before. */
static void __winpar_host_got(struct winpar_host *host, bool had)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	host->wanted = 0;
	__winpar_host_set_state(host, WINPAR_HOST_HELD);
	if (had)
		trace_winpar_handover_from(host->parport->number,
					   host->registration->driver);
	*host->registration->driver = '\0';
}

/* ----- claim ------------------------------------------------------------- */

/**
 * struct winpar_claim - what is known of the time before a claim
 * @ignored: the port was offered, and no rival has taken it all that time
 * @had: a Linux driver had the port
 * @mark: @due of the host as the claim began
 */
struct winpar_claim {
	bool ignored;
	bool had;
	unsigned long mark;
};

/*
 * Enter CLAIMING. False: there is nothing to claim now, or a task is at it that
 * will see that the deadline was brought forward.
 */
static bool winpar_host_begin_claim(struct winpar_host *host,
				    struct winpar_claim *claim)
{
	unsigned long flags;
	bool ok = false;

	spin_lock_irqsave(&host->lock, flags);
	switch (host->state) {
	case WINPAR_HOST_CLAIMING:
	case WINPAR_HOST_RELEASING:
		host->due = jiffies;
		break;
	case WINPAR_HOST_AWAY:
	case WINPAR_HOST_OFFERED:
		if (host->state == WINPAR_HOST_AWAY)
			claim->ignored = false;
		else
			claim->had = false;
		host->due = jiffies + WINPAR_HOST_COURTESY;
		claim->mark = host->due;
		__winpar_host_set_state(host, WINPAR_HOST_CLAIMING);
		ok = true;
		break;
	default:
		break;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return ok;
}

/* The core refused the claim. True: a wakeup came since, so that the port is free. */
static bool winpar_host_end_claim(struct winpar_host *host,
				  struct winpar_claim *claim)
{
	unsigned long flags;
	bool again;

	winpar_host_see(host);
	spin_lock_irqsave(&host->lock, flags);
	claim->ignored = false;
	claim->had = true;
	again = host->due != claim->mark;
	if (again) {
		host->due = jiffies + WINPAR_HOST_COURTESY;
		claim->mark = host->due;
	} else {
		__winpar_host_set_state(host, WINPAR_HOST_AWAY);
		if (host->wanted)
			__winpar_host_set_due(host,
					      __winpar_host_ask_delay(host));
		else if (host->lost)
			__winpar_host_set_due(host,
					      __winpar_host_look_delay(host));
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (!again)
		winpar_host_wake(&host->state);
	return again;
}

/* The core has given the port. */
static void winpar_host_claimed(struct winpar_host *host,
				const struct winpar_claim *claim)
{
	struct winpar_waiters waiters;
	unsigned long flags;

	winpar_host_restore(host);
	if (claim->ignored)
		winpar_host_drop_idle(host);
	winpar_host_waiters(host, &waiters, false);

	spin_lock_irqsave(&host->lock, flags);
	__winpar_host_got(host, claim->had);
	if (host->lost)
		__winpar_host_set_due(host, __winpar_host_look_delay(host));
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_wake(&host->state);
	host->ops->held(host, waiters.live || waiters.dead);
}

/*
 * Claim the port for winpar, if it is away. @ignored: if it is OFFERED, no rival
 * has taken it all that time. @had: if it is AWAY, a Linux driver has had it since
 * winpar had it last. Not in interrupt context nor under cad_lock.
 */
static void winpar_host_claim(struct winpar_host *host, bool ignored, bool had)
{
	struct winpar_claim claim = { .ignored = ignored, .had = had };
	struct pardevice *dev;

	if (!winpar_host_begin_claim(host, &claim))
		return;
	do {
		/*
		 * Read before the claim: read after it, @asked might name a
		 * driver that got the port since and that no claim has asked.
		 */
		host->asked = READ_ONCE(host->parport->cad);
		dev = host->pardev;
		winpar_host_leave_list(host);
		if (!parport_claim(dev)) {
			winpar_host_claimed(host, &claim);
			return;
		}
	} while (winpar_host_end_claim(host, &claim));
}

/* ----- the work, while winpar does not have the port --------------------- */

/* A driver has the port: need winpar claim, so that the driver is told? */
static bool winpar_host_needs_asking(struct winpar_host *host)
{
	unsigned long flags;
	bool needs;

	if (!READ_ONCE(host->parport->cad))
		return true;
	winpar_host_see(host);
	needs = !winpar_host_has_asked(host);
	spin_lock_irqsave(&host->lock, flags);
	if (host->state == WINPAR_HOST_OFFERED)
		__winpar_host_given(host);
	if (!host->wanted)
		needs = false;
	/* A claim that fails sets the deadline itself. */
	if (!needs && host->state == WINPAR_HOST_AWAY) {
		if (host->wanted)
			__winpar_host_set_due(host,
					      __winpar_host_ask_delay(host));
		else if (host->lost)
			__winpar_host_set_due(host,
					      __winpar_host_look_delay(host));
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return needs;
}

/* AWAY, OFFERED: claim the port if it is free, or ask for it if it is wanted. */
static void winpar_host_ask(struct winpar_host *host, bool ignored)
{
	if (winpar_host_needs_asking(host))
		winpar_host_claim(host, ignored, true);
	if (READ_ONCE(host->state) == WINPAR_HOST_AWAY)
		winpar_host_check_patience(host);
}

/* ----- release ----------------------------------------------------------- */

/*
 * Give the Linux port back; @wires is what the registers held. The core claims
 * for a sleeping waiter inside, and switches interrupts on under cad_lock as it
 * does so: the line is masked and softirqs are off until that is over.
 */
static void winpar_host_let_go(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	unsigned long flags;

	local_bh_disable();
	if (parport->irq >= 0)
		disable_irq_nosync(parport->irq);
	parport_release(host->pardev);
	/* The driver that sleeps for the port has it now, and may be quick. */
	winpar_host_see(host);
	if (parport->irq >= 0)
		enable_irq(parport->irq);
	local_bh_enable();

	spin_lock_irqsave(&host->lock, flags);
	__winpar_host_keep(host);
	spin_unlock_irqrestore(&host->lock, flags);
}

/* Enter RELEASING. False: winpar_host_leave() has come before. */
static bool winpar_host_begin_release(struct winpar_host *host,
				      unsigned long *mark)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&host->lock, flags);
	ok = host->state == WINPAR_HOST_LOOKING;
	if (ok) {
		__winpar_host_set_state(host, WINPAR_HOST_RELEASING);
		*mark = host->due = jiffies + WINPAR_HOST_COURTESY;
		/* Before the room above knows: its next wish is not lost. */
		host->wanted = 0;
		host->looks = 0;
		__winpar_host_save(host);
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return ok;
}

/* The room above knows. True: claim at once. */
static bool winpar_host_end_release(struct winpar_host *host,
				    unsigned long mark, bool back)
{
	bool taken, woken, ask;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	woken = host->due != mark;
	taken = woken || READ_ONCE(host->parport->cad);
	if (back)
		__winpar_host_set_wanted(host);
	/* Asking at once is what tells lp that it should yield. */
	ask = woken || (taken && host->wanted);
	if (taken) {
		__winpar_host_given(host);
		if (!ask && host->lost)
			__winpar_host_set_due(host,
					      __winpar_host_look_delay(host));
	} else {
		__winpar_host_set_state(host, WINPAR_HOST_OFFERED);
		__winpar_host_set_due(host, WINPAR_HOST_COURTESY);
	}
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_wake(&host->state);
	return ask;
}

static void winpar_host_release(struct winpar_host *host)
{
	unsigned long mark;
	bool back;

	if (!winpar_host_begin_release(host, &mark))
		return;
	winpar_host_let_go(host);
	back = host->ops->away(host);
	if (winpar_host_end_release(host, mark, back))
		winpar_host_ask(host, false);
}

/* The device that has only just joined the list is asleep in a moment. */
static void winpar_host_look_again(struct winpar_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	if (host->state == WINPAR_HOST_LOOKING)
		__winpar_host_set_due(host,
				      host->looks++ ? WINPAR_HOST_LOOK : 1);
	spin_unlock_irqrestore(&host->lock, flags);
}

/* All who waited were dead: the port need not be released. */
static void winpar_host_stay(struct winpar_host *host)
{
	unsigned long flags;
	bool stays;

	spin_lock_irqsave(&host->lock, flags);
	stays = host->state == WINPAR_HOST_LOOKING;
	if (stays) {
		__winpar_host_set_state(host, WINPAR_HOST_HELD);
		host->looks = 0;
		__winpar_host_set_due(host, __winpar_host_look_delay(host));
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (stays)
		host->ops->kept(host);
}

/*
 * The core calls preempt under cad_lock, and puts the device on the waiting list before
 * it gives that lock back: wait for it, or the list looks as if no device waited.
 */
static void winpar_host_await_claim(struct winpar_host *host)
{
	unsigned long flags;

	read_lock_irqsave(&host->parport->cad_lock, flags);
	read_unlock_irqrestore(&host->parport->cad_lock, flags);
}

/* LOOKING: release the port, unless all who wait for it are dead. */
static void winpar_host_look(struct winpar_host *host)
{
	bool last = READ_ONCE(host->looks) >= WINPAR_HOST_LOOKS;
	struct winpar_waiters waiters;

	winpar_host_await_claim(host);
	winpar_host_mend_list(host);
	winpar_host_waiters(host, &waiters, last);
	if (last)
		host->lost += waiters.dead;
	if (waiters.dead && !last)
		winpar_host_look_again(host);
	else if (waiters.dead && !waiters.live)
		winpar_host_stay(host);
	else
		winpar_host_release(host);
}

/* ----- the work ---------------------------------------------------------- */

/* Look for waiters that were taken for dead and have fallen asleep since. */
static void winpar_host_seek(struct winpar_host *host)
{
	unsigned long flags;

	host->lost = winpar_host_put_back(host);
	if (!host->lost)
		return;
	spin_lock_irqsave(&host->lock, flags);
	/* In AWAY and OFFERED what follows sets the deadline. */
	if (host->state == WINPAR_HOST_HELD || host->state == WINPAR_HOST_OFF)
		__winpar_host_set_due(host, __winpar_host_look_delay(host));
	spin_unlock_irqrestore(&host->lock, flags);
}

/* Is there something for the work to do in this state, and is it time? */
static bool winpar_host_is_due(struct winpar_host *host,
			       enum winpar_host_state *state)
{
	unsigned long flags;
	bool due = false;

	spin_lock_irqsave(&host->lock, flags);
	*state = host->state;
	switch (host->state) {
	case WINPAR_HOST_OFF:
	case WINPAR_HOST_HELD:
		if (!host->lost)
			break;
		fallthrough;
	case WINPAR_HOST_AWAY:
	case WINPAR_HOST_OFFERED:
	case WINPAR_HOST_LOOKING:
		due = !time_before(jiffies, host->due);
		if (!due)
			__winpar_host_set_due(host, host->due - jiffies);
		break;
	default:
		break;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return due;
}

static void winpar_host_work(struct work_struct *work)
{
	struct winpar_host *host = container_of(to_delayed_work(work),
						struct winpar_host, work);
	enum winpar_host_state state;

	if (!winpar_host_is_due(host, &state))
		return;
	if (state == WINPAR_HOST_LOOKING) {
		winpar_host_look(host);
		return;
	}
	if (host->lost)
		winpar_host_seek(host);
	if (state == WINPAR_HOST_AWAY || state == WINPAR_HOST_OFFERED)
		winpar_host_ask(host, state == WINPAR_HOST_OFFERED);
}

/**
 * winpar_host_give() - have the Linux port released to a rival
 * @host: the port
 *
 * Context: any; the release is made by the work.
 */
void winpar_host_give(struct winpar_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	if (host->state == WINPAR_HOST_HELD) {
		__winpar_host_set_state(host, WINPAR_HOST_LOOKING);
		host->looks = 0;
		__winpar_host_set_due(host, 0);
	}
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * winpar_host_want() - have the Linux port claimed
 * @host: the port
 *
 * The driver that has the port is asked for it at once. A port that was offered
 * to a rival stays free for the rest of WINPAR_HOST_COURTESY.
 *
 * Context: any; the claim is made by the work.
 */
void winpar_host_want(struct winpar_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	switch (host->state) {
	case WINPAR_HOST_AWAY:
		__winpar_host_set_wanted(host);
		__winpar_host_set_due(host, 0);
		break;
	case WINPAR_HOST_OFFERED:
		__winpar_host_set_wanted(host);
		if (READ_ONCE(host->parport->cad))
			__winpar_host_set_due(host, 0);
		break;
	case WINPAR_HOST_CLAIMING:
	case WINPAR_HOST_RELEASING:
		__winpar_host_set_wanted(host);
		break;
	default:
		break;
	}
	spin_unlock_irqrestore(&host->lock, flags);
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

static void winpar_host_end_claimer(struct winpar_host *host)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	WRITE_ONCE(host->claimers, host->claimers - 1);
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_wake(&host->claimers);
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
	/* On PREEMPT_RT spin_lock_irqsave() leaves them on, and flags 0. */
	bool off = irqs_disabled();
	bool claim = false;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	switch (host->state) {
	case WINPAR_HOST_AWAY:
	case WINPAR_HOST_OFFERED:
		/* A rival has had the port: it has not let the offer be. */
		if (host->state == WINPAR_HOST_OFFERED)
			__winpar_host_given(host);
		claim = !off;
		if (claim)
			WRITE_ONCE(host->claimers, host->claimers + 1);
		else
			__winpar_host_set_due(host, 0);
		break;
	case WINPAR_HOST_CLAIMING:
	case WINPAR_HOST_RELEASING:
		host->due = jiffies;
		break;
	default:
		break;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	if (!claim)
		return;
	winpar_host_claim(host, false, true);
	winpar_host_end_claimer(host);
}

/* ----- joining and leaving ----------------------------------------------- */

/**
 * __winpar_host_begin_join() - start to hold the port
 * @host: the port, in OFF and registered just now; its mutex held
 *
 * winpar_host_join() is to follow.
 *
 * Context: process context.
 */
void __winpar_host_begin_join(struct winpar_host *host)
	__must_hold(&host->mutex)
{
	unsigned long flags;

	lockdep_assert_held(&host->mutex);
	host->pardev->timeslice = ULONG_MAX;
	spin_lock_irqsave(&host->lock, flags);
	__winpar_host_keep(host);
	host->wanted = 0;
	host->looks = 0;
	WRITE_ONCE(host->claimers, host->claimers + 1);
	__winpar_host_set_state(host, WINPAR_HOST_AWAY);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * winpar_host_join() - claim the port for the first time
 * @host: the port, after __winpar_host_begin_join()
 *
 * Context: process context, may sleep.
 */
void winpar_host_join(struct winpar_host *host)
{
	winpar_host_claim(host, false, false);
	winpar_host_end_claimer(host);
}

/**
 * winpar_host_wait_claimers() - wait until no task but the work is claiming
 * @host: the port
 *
 * After it the room above knows of the claims of these tasks.
 *
 * Context: process context, may sleep.
 */
void winpar_host_wait_claimers(struct winpar_host *host)
{
	wait_var_event(&host->claimers, !READ_ONCE(host->claimers));
}

/* Take dead waiters off the waiting list, so that the core offers them no port. */
static void winpar_host_prune_dead(struct winpar_host *host)
{
	struct winpar_waiters waiters;
	unsigned int looks = 0;

	winpar_host_mend_list(host);
	do {
		winpar_host_waiters(host, &waiters, looks >= WINPAR_HOST_LOOKS);
		if (waiters.dead && looks < WINPAR_HOST_LOOKS)
			schedule_timeout_uninterruptible(WINPAR_HOST_LOOK);
	} while (waiters.dead && looks++ < WINPAR_HOST_LOOKS);
	host->lost += waiters.dead;
}

/**
 * winpar_host_leave() - bring everything to rest and release the port
 * @host: the port, in LEAVING by the caller's doing
 *
 * No claim begins; those that another driver's release has begun are over, and
 * so is the work. The room above is told that the port is away before it is
 * released, so that no client is using it then.
 *
 * Context: process context, may sleep; no lock that an upcall takes, nor one
 * that winpar_host_open() or winpar_host_close() takes.
 */
void winpar_host_leave(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	unsigned long flags;

	winpar_host_wait_claimers(host);
	cancel_delayed_work_sync(&host->work);
	host->ops->away(host);
	if (READ_ONCE(parport->cad) != host->pardev)
		return;
	winpar_host_prune_dead(host);
	spin_lock_irqsave(&host->lock, flags);
	__winpar_host_save(host);
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_let_go(host);
	/* Again: it forgets a rival that has asked since the first call. */
	host->ops->away(host);
}

/**
 * winpar_host_left() - end LEAVING, or OFF
 * @host: the port, in LEAVING by the caller's doing and unregistered, or in OFF
 * @state: WINPAR_HOST_OFF or WINPAR_HOST_GONE
 *
 * Context: process context.
 */
void winpar_host_left(struct winpar_host *host, enum winpar_host_state state)
{
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	__winpar_host_set_state(host, state);
	if (host->lost && state == WINPAR_HOST_OFF) {
		host->looks = 0;
		__winpar_host_set_due(host, __winpar_host_look_delay(host));
	}
	spin_unlock_irqrestore(&host->lock, flags);
	winpar_host_wake(&host->state);
}

/**
 * winpar_host_claim_init() - set up what this file has of a port
 * @host: the port
 */
void winpar_host_claim_init(struct winpar_host *host)
{
	spin_lock_init(&host->lock);
	host->state = WINPAR_HOST_OFF;
	INIT_DELAYED_WORK(&host->work, winpar_host_work);
}
