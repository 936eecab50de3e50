// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host room, continued: which Linux ports there are, what they are, and who
 * uses them.
 *
 * The core tells of ports that come and go under its registration_lock; that
 * is passed on at once. What clients may ask about a port is noted when it
 * arrives, so that asking needs neither a lock nor the Linux port.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/irq.h>
#include <linux/parport.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>
#include <winpar/softport.h>

#include "host/host.h"

/* How long the port is kept after the last close: clients open per use. */
#define WINPAR_HOST_LINGER	(3 * HZ)
/* A device that was unregistered but may still be under a walker's feet. */
struct winpar_host_corpse {
	struct delayed_work work;
	struct pardevice *pardev;
};

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

/* ----- registering ------------------------------------------------------- */

static void winpar_host_bury(struct work_struct *work)
{
	struct winpar_host_corpse *corpse =
		container_of(to_delayed_work(work),
			     struct winpar_host_corpse, work);

	/* No task that was in parport_release() then is in it afterwards. */
	synchronize_rcu_tasks();
	put_device(&corpse->pardev->dev);
	kfree(corpse);
}

/**
 * winpar_host_listen() - have the port's interrupts, or not
 * @host: the port, registered; not, until this is called
 * @on: whether the room above hears of them while winpar has the port
 *
 * Context: any but under cad_lock. It is not called when this has returned with
 * @on false.
 */
void winpar_host_listen(struct winpar_host *host, bool on)
{
	struct parport *parport = host->parport;
	unsigned long flags;

	write_lock_irqsave(&parport->cad_lock, flags);
	host->pardev->irq_func = on ? host->ops->interrupt : NULL;
	write_unlock_irqrestore(&parport->cad_lock, flags);
}

static NTSTATUS winpar_host_register(struct winpar_host *host)
{
	const struct pardev_cb callbacks = {
		.preempt = winpar_host_preempt,
		.wakeup = winpar_host_wakeup,
		.private = host,
	};
	struct parport *parport = host->parport;
	struct winpar_host_corpse *corpse;

	lockdep_assert_held(&host->mutex);
	corpse = kzalloc(sizeof(*corpse), GFP_KERNEL);
	if (!corpse)
		return STATUS_INSUFFICIENT_RESOURCES;
	host->pardev = parport_register_dev_model(parport, KBUILD_MODNAME,
						  &callbacks, parport->number);
	if (!host->pardev) {
		pr_err("%s: cannot register with the parport core: out of memory, or a driver uses the port exclusively\n",
		       parport->name);
		kfree(corpse);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	INIT_DELAYED_WORK(&corpse->work, winpar_host_bury);
	corpse->pardev = host->pardev;
	host->corpse = corpse;
	get_device(&host->pardev->dev);
	__winpar_host_join(host);
	return STATUS_SUCCESS;
}

/* Give the Linux port up, if it is registered with. */
static void __winpar_host_unregister(struct winpar_host *host)
{
	struct pardevice *pardev = host->pardev;

	lockdep_assert_held(&host->mutex);
	if (!pardev)
		return;
	__winpar_host_leave(host);
	host->pardev = NULL;
	parport_unregister_device(pardev);

	winpar_host_queue(&host->corpse->work, 0);
	host->corpse = NULL;
}

/**
 * winpar_host_linger() - some time has passed since the last close
 * @work: the linger work of a struct winpar_host
 */
void winpar_host_linger(struct work_struct *work)
{
	struct winpar_host *host = container_of(to_delayed_work(work),
						struct winpar_host, linger);

	mutex_lock(&host->mutex);
	if (!host->users)
		__winpar_host_unregister(host);
	mutex_unlock(&host->mutex);
}

/**
 * winpar_host_open() - a client opens the port
 * @host: the port
 * @life: for winpar_host_close()
 *
 * Registers with the parport core if need be, and does not return before the
 * first claim was tried: a port that is free is held then.
 *
 * Context: process context, may sleep.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING there is no port any more;
 * STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS winpar_host_open(struct winpar_host *host, unsigned int *life)
{
	NTSTATUS status = STATUS_SUCCESS;

	mutex_lock(&host->mutex);
	if (!host->parport)
		status = STATUS_DELETE_PENDING;
	else if (!host->pardev)
		status = winpar_host_register(host);
	if (NT_SUCCESS(status))
		host->users++;
	*life = host->life;
	mutex_unlock(&host->mutex);
	return status;
}

/**
 * winpar_host_is_life() - is the port still the one that was opened?
 * @host: the port
 * @life: from winpar_host_open()
 *
 * It stays so until the room above has been told of its removal.
 *
 * Context: any.
 * Return: whether it is.
 */
bool winpar_host_is_life(const struct winpar_host *host, unsigned int life)
{
	return READ_ONCE(host->life) == life;
}

/**
 * winpar_host_close() - a client that had opened the port closes it
 * @host: the port
 * @life: from winpar_host_open()
 *
 * Context: process context, may sleep.
 */
void winpar_host_close(struct winpar_host *host, unsigned int life)
{
	mutex_lock(&host->mutex);
	/* Files of an earlier life are not counted any more. */
	if (life == host->life && !--host->users)
		winpar_host_queue(&host->linger, WINPAR_HOST_LINGER);
	mutex_unlock(&host->mutex);
}

/* ----- arrival and removal ----------------------------------------------- */

/* Note what may be asked at any time, also when the port has gone. */
static void __winpar_host_describe(struct winpar_host *host)
{
	struct parport *parport = host->parport;
	bool soft = winpar_softport(parport);
	bool regs = soft || winpar_host_is_pc(parport);

	host->base = regs ? parport->base : 0;
	host->span = regs ? parport->size : 0;
	host->can_byte = parport->modes & PARPORT_MODE_TRISTATE;
	host->can_epp = parport->modes & PARPORT_MODE_EPP;
	host->irq = parport->irq >= 0 ? parport->irq : -1;
	host->bus = -1;
	if (parport->dev && dev_is_pci(parport->dev))
		host->bus = to_pci_dev(parport->dev)->bus->number;
	rcu_assign_pointer(host->soft, soft ? parport : NULL);
	__winpar_host_find_ecr(host);
}

/**
 * winpar_host_attach() - a Linux port has arrived
 * @host: whose it becomes; one that has none
 * @parport: the port
 *
 * Context: process context, the core's registration_lock held.
 */
void winpar_host_attach(struct winpar_host *host, struct parport *parport)
{
	mutex_lock(&host->mutex);
	host->parport = parport_get_port(parport);
	__winpar_host_describe(host);
	mutex_unlock(&host->mutex);
}

/**
 * winpar_host_is_there() - has it a Linux port?
 * @host: the port
 *
 * Context: process context, the core's registration_lock held.
 * Return: whether it has.
 */
bool winpar_host_is_there(struct winpar_host *host)
{
	return !winpar_host_has(host, NULL);
}

/**
 * winpar_host_is_nobodys() - has no Linux driver the port, nor winpar?
 * @host: the port
 *
 * Context: process context, may sleep.
 * Return: whether nobody has it.
 */
bool winpar_host_is_nobodys(struct winpar_host *host)
{
	bool free;

	mutex_lock(&host->mutex);
	free = host->parport && !READ_ONCE(host->parport->cad);
	mutex_unlock(&host->mutex);
	return free;
}

/**
 * winpar_host_has() - is this its Linux port?
 * @host: the port
 * @parport: a Linux port
 *
 * Context: process context, the core's registration_lock held.
 * Return: whether it is.
 */
bool winpar_host_has(struct winpar_host *host, struct parport *parport)
{
	bool has;

	mutex_lock(&host->mutex);
	has = host->parport == parport;
	mutex_unlock(&host->mutex);
	return has;
}

/**
 * winpar_host_detach() - the Linux port goes away
 * @host: whose it was
 *
 * When it has returned the port is released, its interrupt has been delivered
 * for the last time, and the core will not hear of it again.
 *
 * Context: process context, the core's registration_lock held.
 */
void winpar_host_detach(struct winpar_host *host)
{
	struct parport *parport;

	mutex_lock(&host->mutex);
	parport = host->parport;
	__winpar_host_unregister(host);
	if (rcu_access_pointer(host->soft)) {
		RCU_INIT_POINTER(host->soft, NULL);
		synchronize_rcu();
	}
	__winpar_host_forget_ecr(host);
	host->parport = NULL;
	host->users = 0;
	WRITE_ONCE(host->life, host->life + 1);
	mutex_unlock(&host->mutex);
	if (parport)
		parport_put_port(parport);
}

static void (*winpar_host_arrived)(struct parport *parport);
static void (*winpar_host_removed)(struct parport *parport);

/* Clones of a multiplexed port are left alone. */
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

/* ----- information ------------------------------------------------------- */

/**
 * winpar_host_port_information() - the hardware part of a port's information
 * @host: the port
 * @info: its three controller members are filled in
 *
 * Context: any.
 */
void winpar_host_port_information(const struct winpar_host *host,
				  PARALLEL_PORT_INFORMATION *info)
{
	info->OriginalController.QuadPart = host->base;
	info->Controller = (PUCHAR)(ULONG_PTR)host->base;
	info->SpanOfController = host->span;
}

/**
 * winpar_host_more_information() - the bus and the interrupt of a port
 * @host: the port
 * @info: filled in
 *
 * Context: any.
 */
void winpar_host_more_information(const struct winpar_host *host,
				  MORE_PARALLEL_PORT_INFORMATION *info)
{
	const struct cpumask *mask;

	memset(info, 0, sizeof(*info));
	info->InterfaceType = host->bus < 0 ? Isa : PCIBus;
	info->InterruptMode = host->bus < 0 ? Latched : LevelSensitive;
	info->BusNumber = host->bus < 0 ? 0 : host->bus;
	if (host->irq < 0)
		return;
	info->InterruptLevel = host->irq;
	info->InterruptVector = host->irq;
	mask = irq_get_affinity_mask(host->irq);
	info->InterruptAffinity = cpumask_bits(mask ?: cpu_possible_mask)[0];
}
