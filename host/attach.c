// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which Linux ports there are, what they are, and who uses them.
 *
 * The core tells of ports that come and go under its registration_lock; that
 * is passed on at once. A struct winpar_host serves one life of one port:
 *
 *   winpar_host_init(), winpar_host_attach()	a port has arrived
 *   winpar_host_open() ... winpar_host_close()	clients use it, any number
 *   winpar_host_detach()			the port goes, for good
 *   winpar_host_exit()				the object is about to be freed
 *
 * What clients may ask about a port is noted when it arrives, so that asking
 * needs neither a lock nor the Linux port.
 *
 * >> Registration <<
 *
 * The first open registers a device with the parport core and claims the port.
 * The last close starts the linger work, which unregisters when the parameter
 * linger has passed, so that clients that open and close per use find the port
 * held. A registered device keeps an exclusive Linux driver (PARPORT_DEV_EXCL)
 * from the port and the port's own driver from being unloaded.
 *
 * The state is moved from OFF by an open, under @mutex; to LEAVING by the
 * linger work or winpar_host_detach(), under @mutex; from LEAVING by the task
 * that moved it there. An open that finds LEAVING waits. @mutex is not held
 * while a task leaves: a close, and the room above, never wait for what it
 * waits for.
 *
 * >> References <<
 *
 * The core may call wakeup with the struct winpar_host as its argument from a
 * walk that began before the device was unregistered. So a device has a
 * reference to the object that contains the struct winpar_host
 * (winpar_host_ops.get), which its registration drops, with the one to the
 * device itself, when no task can be in such a walk any more. tests/model/removal.pml
 * has these steps.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/moduleparam.h>
#include <linux/parport.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include <winpar/compat.h>
#include <winpar/softport.h>

#include "host/attach.h"
#include "host/claim.h"
#include "host/regs.h"
#include "host/state.h"

#if defined(CONFIG_PREEMPTION) && !defined(CONFIG_TASKS_RCU)
/* A task that was preempted inside parport_release() would not be waited for. */
#error "With CONFIG_PREEMPTION winpar needs CONFIG_TASKS_RCU, for synchronize_rcu_tasks()."
#endif

static unsigned int winpar_host_linger_ms = 3000;
module_param_named(linger, winpar_host_linger_ms, uint, 0644);
MODULE_PARM_DESC(linger,
		 "How long a port is kept after its last close, in ms; 0: given up at once (default: 3000)");

/* ----- what kind of port ------------------------------------------------- */

/*
 * True for a port whose registers are a PC's and may be touched: one of
 * parport_pc's. Others report an address that is none, or is not I/O space.
 */
static bool winpar_host_is_pc(const struct parport *parport)
{
	struct module *owner = parport->ops->owner;

	if (!parport->base || parport->base > 0xffff)
		return false;
	if (owner)
		return !strcmp(module_name(owner), "parport_pc");
	return (parport->modes & PARPORT_MODE_PCSPP) &&
	       (parport->modes & PARPORT_MODE_SAFEININT);
}

/**
 * winpar_host_number() - the number of a Linux port
 * @parport: the port
 *
 * Return: the M of parportM.
 */
int winpar_host_number(struct parport *parport)
{
	return parport->number;
}

/**
 * winpar_host_kind() - what a port's chip can do, for the log
 * @host: attached
 *
 * Context: any.
 * Return: the most that it can do, by what the parport core says of it.
 */
const char *winpar_host_kind(const struct winpar_host *host)
{
	if (host->ecp_base)
		return host->can_epp ? "EPP and ECP" : "ECP";
	if (host->can_epp)
		return "EPP";
	return host->can_byte ? "PS/2" : "SPP";
}

/**
 * winpar_host_is_on_card() - is a port on this PCI card?
 * @host: attached, and not detached
 * @card: the card's PCI address, "0000:03:00.0"
 *
 * Context: process context, the core's registration_lock held.
 * Return: whether it is.
 */
bool winpar_host_is_on_card(const struct winpar_host *host, const char *card)
{
	struct device *dev = host->parport->dev;

	return dev && dev_is_pci(dev) && !strcmp(dev_name(dev), card);
}

/**
 * winpar_host_shares_card() - are two ports on one card?
 * @host: attached, and not detached
 * @other: any other, which may be detached
 *
 * Context: process context, the core's registration_lock held.
 * Return: whether they are.
 */
bool winpar_host_shares_card(const struct winpar_host *host,
			     const struct winpar_host *other)
{
	return other->parport && host->parport->dev &&
	       host->parport->dev == other->parport->dev;
}

/**
 * winpar_host_device() - the device that the parport core has made for a Linux port
 * @host: attached, and not detached
 *
 * It is not parport->dev, which parport_pc may remove before the port.
 *
 * Context: process context, the core's registration_lock held.
 * Return: the device, which is there until the port is detached.
 */
struct device *winpar_host_device(const struct winpar_host *host)
{
	return &host->parport->bus_dev;
}

/* Note what may be asked at any time, also when the port has gone. */
static void winpar_host_describe(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	bool regs = winpar_softport(parport) || winpar_host_is_pc(parport);

	host->base = regs ? parport->base : 0;
	host->span = regs ? parport->size : 0;
	host->address = host->base ?: WINPAR_SOFTPORT_FIRST +
				      parport->number * WINPAR_SOFTPORT_SPAN;
	host->can_byte = parport->modes & PARPORT_MODE_TRISTATE;
	host->can_epp = parport->modes & PARPORT_MODE_EPP;
	host->irq = parport->irq >= 0 ? parport->irq : -1;
	host->bus = -1;
	if (parport->dev && dev_is_pci(parport->dev))
		host->bus = to_pci_dev(parport->dev)->bus->number;
}

/**
 * winpar_host_irq_cpus() - which CPUs may get the port's interrupt
 * @host: the port
 *
 * Context: any.
 * Return: a mask of the first BITS_PER_LONG CPUs, only those that are online; 0
 * when the port has no interrupt.
 */
unsigned long winpar_host_irq_cpus(const struct winpar_host *host)
{
	unsigned long online = cpumask_bits(cpu_online_mask)[0], cpus = 0;
	const struct cpumask *mask;

	if (host->irq < 0)
		return 0;
	/* The driver of a port that goes frees the mask, after a grace period. */
	rcu_read_lock();
	mask = irq_get_affinity_mask(host->irq);
	if (mask)
		cpus = cpumask_bits(mask)[0] & online;
	rcu_read_unlock();
	return cpus ?: online;
}

/**
 * winpar_host_is_unclaimed() - does neither a Linux driver nor winpar have the port?
 * @host: the port
 *
 * Context: any.
 * Return: whether the port is there and no driver has it.
 */
bool winpar_host_is_unclaimed(struct winpar_host *host)
{
	struct parport *parport;
	bool free;

	rcu_read_lock();
	parport = rcu_dereference(host->live);
	free = parport && !READ_ONCE(parport->cad);
	rcu_read_unlock();
	return free;
}

/* ----- registering ------------------------------------------------------- */

static void winpar_host_free_registration(struct work_struct *work)
{
	struct winpar_host_registration *registration =
		container_of(to_delayed_work(work), struct winpar_host_registration,
			     work);
	struct winpar_host *host = registration->host;

	/* No task that was in parport_release() then is in it afterwards. */
	synchronize_rcu_tasks();
	put_device(&registration->pardev->dev);
	kfree(registration);
	host->ops->put(host);
}

/**
 * winpar_host_listen() - have the port's interrupts, or not
 * @host: the port, opened by the caller; not, until this is called
 * @on: whether the room above hears of them while winpar has the port
 *
 * Context: any but under cad_lock. winpar_host_ops.interrupt is not called when
 * this has returned with @on false.
 */
void winpar_host_listen(struct winpar_host *host, bool on)
{
	struct parport *parport = host->parport;
	unsigned long flags;

	write_lock_irqsave(&parport->cad_lock, flags);
	host->pardev->irq_func = on ? host->ops->interrupt : NULL;
	write_unlock_irqrestore(&parport->cad_lock, flags);
}

/**
 * winpar_host_exclusive() - which Linux driver uses a port exclusively?
 * @host: the port
 * @name: where the name of its device goes; "" when none does
 * @size: of @name
 *
 * Context: process context.
 */
void winpar_host_exclusive(struct winpar_host *host, char *name, size_t size)
{
	struct parport *parport;
	struct pardevice *dev;

	*name = '\0';
	rcu_read_lock();
	parport = rcu_dereference(host->live);
	if (parport) {
		spin_lock(&parport->pardevice_lock);
		for (dev = parport->devices; dev; dev = dev->next)
			if (dev->flags & PARPORT_DEV_EXCL)
				strscpy(name, dev->name, size);
		spin_unlock(&parport->pardevice_lock);
	}
	rcu_read_unlock();
}

/* Why has the core refused? */
static int winpar_host_refused(const struct parport *parport)
{
	if (parport->flags & PARPORT_FLAG_EXCL)
		return -EBUSY;
	pr_err_ratelimited("%s: cannot register with the parport core: out of memory, or the port's driver is being unloaded\n",
			   parport->name);
	return -ENOMEM;
}

static int __winpar_host_register(struct winpar_host *host)
	__must_hold(&host->mutex)
{
	const struct pardev_cb callbacks = {
		.preempt = winpar_host_preempt,
		.wakeup = winpar_host_wakeup,
		.private = host,
	};
	struct parport *parport = host->parport;
	struct winpar_host_registration *registration;

	lockdep_assert_held(&host->mutex);
	registration = kzalloc(sizeof(*registration), GFP_KERNEL);
	if (!registration)
		return -ENOMEM;
	host->pardev = parport_register_dev_model(parport, KBUILD_MODNAME,
						  &callbacks, parport->number);
	if (!host->pardev) {
		kfree(registration);
		return winpar_host_refused(parport);
	}
	host->ops->get(host);
	INIT_DELAYED_WORK(&registration->work, winpar_host_free_registration);
	registration->host = host;
	registration->pardev = host->pardev;
	host->registration = registration;
	get_device(&host->pardev->dev);
	__winpar_host_begin_join(host);
	return 0;
}

/* Give the Linux port up, in LEAVING. */
static void winpar_host_unregister(struct winpar_host *host)
{
	struct winpar_host_registration *registration = host->registration;
	struct pardevice *pardev = host->pardev;

	winpar_host_leave(host);
	host->pardev = NULL;
	host->registration = NULL;
	parport_unregister_device(pardev);
	winpar_host_queue(&registration->work, 0);
}

/* What winpar_host_try_leave() has found. */
enum winpar_host_leaving {
	WINPAR_HOST_STAYS,	/* registered, and a client has it open */
	WINPAR_HOST_LEAVES,	/* the caller is to unregister it */
	WINPAR_HOST_WAITS,	/* another task is at it: try again later */
	WINPAR_HOST_HAS_LEFT,	/* not registered */
};

static enum winpar_host_leaving
__winpar_host_try_leave(struct winpar_host *host)
	__must_hold(&host->mutex)
{
	enum winpar_host_leaving answer = WINPAR_HOST_WAITS;
	unsigned long flags;

	lockdep_assert_held(&host->mutex);
	if (host->users)
		return WINPAR_HOST_STAYS;
	spin_lock_irqsave(&host->lock, flags);
	switch (host->state) {
	case WINPAR_HOST_CLAIMING:
	case WINPAR_HOST_RELEASING:
	case WINPAR_HOST_LEAVING:
		break;
	case WINPAR_HOST_OFF:
	case WINPAR_HOST_GONE:
		answer = WINPAR_HOST_HAS_LEFT;
		break;
	default:
		WRITE_ONCE(host->state, WINPAR_HOST_LEAVING);
		answer = WINPAR_HOST_LEAVES;
		break;
	}
	spin_unlock_irqrestore(&host->lock, flags);
	return answer;
}

/*
 * Unregister if no client has the port open, or @for_good: then whether or not
 * one has, and the port is GONE when this returns.
 */
static void winpar_host_try_unregister(struct winpar_host *host, bool for_good)
{
	enum winpar_host_leaving answer;

	do {
		wait_var_event(&host->state, !winpar_host_is_busy(host));
		mutex_lock(&host->mutex);
		if (for_good)
			host->users = 0;
		answer = __winpar_host_try_leave(host);
		if (for_good && answer == WINPAR_HOST_HAS_LEFT)
			winpar_host_left(host, WINPAR_HOST_GONE);
		mutex_unlock(&host->mutex);
	} while (answer == WINPAR_HOST_WAITS);

	if (answer != WINPAR_HOST_LEAVES)
		return;
	winpar_host_unregister(host);
	winpar_host_left(host, for_good ? WINPAR_HOST_GONE : WINPAR_HOST_OFF);
}

/* Some time has passed since the last close. */
static void winpar_host_linger(struct work_struct *work)
{
	struct winpar_host *host = container_of(to_delayed_work(work),
						struct winpar_host, linger);

	winpar_host_try_unregister(host, false);
}

/* ----- open and close ---------------------------------------------------- */

/* Count an opener. 1: the caller is to make the first claim; -EAGAIN: wait. */
static int winpar_host_enter(struct winpar_host *host)
{
	int ret = 0;

	mutex_lock(&host->mutex);
	switch (READ_ONCE(host->state)) {
	case WINPAR_HOST_GONE:
		ret = -ENODEV;
		break;
	case WINPAR_HOST_LEAVING:
		ret = -EAGAIN;
		break;
	case WINPAR_HOST_OFF:
		ret = __winpar_host_register(host) ?: 1;
		break;
	default:
		break;
	}
	if (ret >= 0)
		host->users++;
	mutex_unlock(&host->mutex);
	return ret;
}

/**
 * winpar_host_open() - a client opens the port
 * @host: the port
 *
 * Registers with the parport core if need be, and does not return before the
 * first claim was tried: a port that is free is held then.
 *
 * Context: process context, may sleep.
 * Return: 0; -ENODEV there is no port any more; -ENOMEM; -EBUSY a Linux driver
 * uses the port exclusively.
 */
int winpar_host_open(struct winpar_host *host)
{
	int ret;

	for (;;) {
		ret = winpar_host_enter(host);
		if (ret != -EAGAIN)
			break;
		wait_var_event(&host->state, READ_ONCE(host->state) !=
					     WINPAR_HOST_LEAVING);
	}
	if (ret < 0)
		return ret;
	if (ret)
		winpar_host_join(host);
	/* Another driver's release may have had the first claim made. */
	winpar_host_wait_claimers(host);
	return 0;
}

/**
 * winpar_host_close() - a client that had opened the port closes it
 * @host: the port
 *
 * The last close switches the interrupt off and leaves all other lines as they
 * are. The port is given up when the parameter linger has passed; if that is 0,
 * before this returns. When the port is gone nothing is done.
 *
 * Context: process context, may sleep.
 */
void winpar_host_close(struct winpar_host *host)
{
	unsigned int linger = READ_ONCE(winpar_host_linger_ms);
	bool last = false;

	mutex_lock(&host->mutex);
	if (host->users)
		last = !--host->users;
	if (last) {
		winpar_host_interrupt_off(host);
		winpar_host_queue(&host->linger, msecs_to_jiffies(linger));
	}
	mutex_unlock(&host->mutex);
	if (last && !linger)
		flush_delayed_work(&host->linger);
}

/* ----- arrival and removal ----------------------------------------------- */

/**
 * winpar_host_init() - set up a port that has no Linux port yet
 * @host: the port, zeroed
 * @ops: what to tell, and whom
 */
void winpar_host_init(struct winpar_host *host,
		      const struct winpar_host_ops *ops)
{
	host->ops = ops;
	mutex_init(&host->mutex);
	winpar_host_claim_init(host);
	INIT_DELAYED_WORK(&host->linger, winpar_host_linger);
	host->irq = -1;
	host->bus = -1;
	host->wires.control = WINPAR_CTR_IDLE;
	host->wires.ecr = WINPAR_ECR_IDLE;
}

/**
 * winpar_host_attach() - a Linux port has arrived
 * @host: whose it becomes, initialised; not to be opened before this returns
 * @parport: the port
 *
 * Waits for nothing.
 *
 * Context: process context, the core's registration_lock held.
 */
void winpar_host_attach(struct winpar_host *host, struct parport *parport)
{
	host->parport = parport_get_port(parport);
	winpar_host_describe(host);
	winpar_host_find_ecr(host);
	rcu_assign_pointer(host->live, parport);
}

/**
 * winpar_host_has() - is this its Linux port?
 * @host: the port
 * @parport: a Linux port
 *
 * Context: process context, the core's registration_lock held.
 * Return: whether it is.
 */
bool winpar_host_has(const struct winpar_host *host,
		     const struct parport *parport)
{
	return host->parport == parport;
}

/**
 * winpar_host_detach() - the Linux port goes away, for good
 * @host: whose it was
 *
 * When it has returned the port is released, its interrupt has been delivered
 * for the last time, and the core will not hear of winpar there again. Opens
 * fail from then on, and closes do nothing.
 *
 * Context: process context, the core's registration_lock held; may sleep, but not
 *	for what an open or a close holds. No engine is at work.
 */
void winpar_host_detach(struct winpar_host *host)
{
	struct parport *parport = host->parport;

	winpar_host_try_unregister(host, true);
	cancel_delayed_work_sync(&host->linger);
	cancel_delayed_work_sync(&host->work);
	RCU_INIT_POINTER(host->live, NULL);
	synchronize_rcu();
	winpar_host_forget_ecr(host);
	host->parport = NULL;
	parport_put_port(parport);
}

/**
 * winpar_host_exit() - undo winpar_host_init()
 * @host: a port that is detached, or was never attached
 *
 * Context: process context.
 */
void winpar_host_exit(struct winpar_host *host)
{
	WARN_ON(host->parport);
	cancel_delayed_work_sync(&host->linger);
	cancel_delayed_work_sync(&host->work);
}

static void (*winpar_host_arrived)(struct parport *parport);
static void (*winpar_host_removed)(struct parport *parport);

/* A port has arrived. Clones of a multiplexed port are not reported. */
static void winpar_host_match(struct parport *parport)
{
	if (parport->physport == parport)
		winpar_host_arrived(parport);
}

static void winpar_host_unmatch(struct parport *parport)
{
	if (parport->physport == parport)
		winpar_host_removed(parport);
}

static struct parport_driver winpar_host_driver = {
	.name = KBUILD_MODNAME,
	.match_port = winpar_host_match,
	.detach = winpar_host_unmatch,
	WINPAR_PARPORT_DEVMODEL
};

/**
 * winpar_host_watch() - hear of Linux ports
 * @arrived: called for each port that is there and each that comes; may be
 *           called twice for one port
 * @removed: called when one goes, also for one that @arrived never told of
 *
 * Context: process context. Both are called under the core's registration_lock.
 * Return: 0 or an errno.
 */
int winpar_host_watch(void (*arrived)(struct parport *parport),
		      void (*removed)(struct parport *parport))
{
	winpar_host_arrived = arrived;
	winpar_host_removed = removed;
	return parport_register_driver(&winpar_host_driver);
}

/**
 * winpar_host_unwatch() - hear no more of Linux ports
 *
 * Every port is reported as removed before this returns.
 */
void winpar_host_unwatch(void)
{
	parport_unregister_driver(&winpar_host_driver);
}
