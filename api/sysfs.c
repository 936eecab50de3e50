// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each user may read of ports: /sys/class/winpar has a device for each port, with
 * attributes that can be read only. docs/sysfs-class-winpar says what they mean. The
 * driver core tells these devices of a suspend, too.
 *
 * A port's device is there from the port's arrival to its removal. The danger: the
 * removal waits, under the parport core's registration_lock, for tasks that read an
 * attribute just then. So no attribute waits for anything. A program that keeps an
 * attribute's file open reads ENODEV from it after the removal. The open file keeps
 * neither the port nor the Linux port's driver; the driver core frees the device's
 * memory with the last file, even after winpar was unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>

#include "api/facts.h"
#include "api/sysfs.h"
#include "device/open.h"
#include "host/attach.h"
#include "port/interrupt.h"
#include "port/life.h"
#include "port/port.h"
#include "port/table.h"

static struct winpar_port *winpar_sysfs_port(struct device *dev)
{
	return dev_get_drvdata(dev);
}

/* ----- what is known of a port without its lock -------------------------- */

#define WINPAR_SYSFS_PORT(name)						\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return winpar_sysfs_##name(winpar_sysfs_port(dev), buf);	\
}									\
static DEVICE_ATTR_RO(name)

static ssize_t winpar_sysfs_parport(const struct winpar_port *port, char *buf)
{
	return sysfs_emit(buf, "%s\n", port->name);
}

WINPAR_SYSFS_PORT(parport);

static ssize_t winpar_sysfs_base(const struct winpar_port *port, char *buf)
{
	return sysfs_emit(buf, "0x%lx\n", port->host.base);
}

WINPAR_SYSFS_PORT(base);

static ssize_t winpar_sysfs_irq(const struct winpar_port *port, char *buf)
{
	if (port->host.irq < 0)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%d\n", port->host.irq);
}

WINPAR_SYSFS_PORT(irq);

static ssize_t winpar_sysfs_connect(const struct winpar_port *port, char *buf)
{
	return sysfs_emit(buf, "%s\n", winpar_interrupt_may_connect(port) ?
					"allowed" : "not allowed");
}

WINPAR_SYSFS_PORT(connect);

static ssize_t winpar_sysfs_files(const struct winpar_port *port, char *buf)
{
	/* What the host rooms count, since seats and files need the file mutex. */
	return sysfs_emit(buf, "%u\n", READ_ONCE(port->host.users));
}

WINPAR_SYSFS_PORT(files);

/* ----- what api/facts.c gathers ------------------------------------------ */

/* Gather the facts of a port, and let @emit print one of them. */
static ssize_t winpar_sysfs_show(struct device *dev, char *buf,
				 ssize_t (*emit)(const struct winpar_facts *facts,
						 char *buf))
{
	struct winpar_facts *facts = kmalloc(sizeof(*facts), GFP_KERNEL);
	ssize_t len;

	if (!facts)
		return -ENOMEM;
	winpar_facts_of(winpar_sysfs_port(dev), facts);
	len = emit(facts, buf);
	kfree(facts);
	return len;
}

#define WINPAR_SYSFS_FACT(name)						\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	return winpar_sysfs_show(dev, buf, winpar_sysfs_##name);	\
}									\
static DEVICE_ATTR_RO(name)

static ssize_t winpar_sysfs_state(const struct winpar_facts *facts, char *buf)
{
	static const char *const names[] = {
		[WINPAR_PORT_HELD] = "idle",
		[WINPAR_PORT_OWNED] = "owned",
		[WINPAR_PORT_GIVING] = "giving",
		[WINPAR_PORT_AWAY] = "away",
		[WINPAR_PORT_GONE] = "gone",
	};
	enum winpar_port_state state = facts->state;

	/* winpar has released the port, and no Linux driver has taken it. */
	if (state == WINPAR_PORT_AWAY && !*facts->driver)
		state = WINPAR_PORT_HELD;
	return sysfs_emit(buf, "%s\n", names[state]);
}

WINPAR_SYSFS_FACT(state);

static ssize_t winpar_sysfs_owner(const struct winpar_facts *facts, char *buf)
{
	return sysfs_emit(buf, "%s\n", *facts->owner ? facts->owner :
						       facts->driver);
}

WINPAR_SYSFS_FACT(owner);

static ssize_t winpar_sysfs_owner_ms(const struct winpar_facts *facts,
				     char *buf)
{
	return sysfs_emit(buf, "%u\n", facts->had);
}

WINPAR_SYSFS_FACT(owner_ms);

static ssize_t winpar_sysfs_waiters(const struct winpar_facts *facts, char *buf)
{
	size_t len = winpar_facts_waiters(facts, ' ', buf, PAGE_SIZE);

	return len + sysfs_emit_at(buf, len, "\n");
}

WINPAR_SYSFS_FACT(waiters);

static ssize_t winpar_sysfs_routines(const struct winpar_facts *facts,
				     char *buf)
{
	return sysfs_emit(buf, "%u\n", facts->routines);
}

WINPAR_SYSFS_FACT(routines);

static ssize_t winpar_sysfs_mode(const struct winpar_facts *facts, char *buf)
{
	return sysfs_emit(buf, "0x%02x\n", facts->mode);
}

WINPAR_SYSFS_FACT(mode);

static ssize_t winpar_sysfs_allocations(const struct winpar_facts *facts,
					char *buf)
{
	return sysfs_emit(buf, "%lu\n", facts->allocations);
}

WINPAR_SYSFS_FACT(allocations);

static ssize_t winpar_sysfs_frees(const struct winpar_facts *facts, char *buf)
{
	return sysfs_emit(buf, "%lu\n", facts->frees);
}

WINPAR_SYSFS_FACT(frees);

static ssize_t winpar_sysfs_interrupts(const struct winpar_facts *facts,
				       char *buf)
{
	return sysfs_emit(buf, "%lu\n", facts->interrupts);
}

WINPAR_SYSFS_FACT(interrupts);

static ssize_t winpar_sysfs_handovers(const struct winpar_facts *facts,
				      char *buf)
{
	return sysfs_emit(buf, "%lu\n", facts->handovers);
}

WINPAR_SYSFS_FACT(handovers);

static struct attribute *winpar_sysfs_attrs[] = {
	&dev_attr_parport.attr,
	&dev_attr_base.attr,
	&dev_attr_irq.attr,
	&dev_attr_connect.attr,
	&dev_attr_files.attr,
	&dev_attr_state.attr,
	&dev_attr_owner.attr,
	&dev_attr_owner_ms.attr,
	&dev_attr_waiters.attr,
	&dev_attr_routines.attr,
	&dev_attr_mode.attr,
	&dev_attr_allocations.attr,
	&dev_attr_frees.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_handovers.attr,
	NULL
};
ATTRIBUTE_GROUPS(winpar_sysfs);

/* ----- the devices ------------------------------------------------------- */

/* Call a function with the port of a device, unless that is being removed. */
static void winpar_sysfs_call(struct device *dev,
			      void (*fn)(struct winpar_port *port))
{
	struct winpar_port *port = NULL;

	while ((port = winpar_table_next(port)))
		if (port == winpar_sysfs_port(dev))
			fn(port);
}

/* No byte is moved any more: what is in the registers now is to be there afterwards. */
static void winpar_sysfs_fall_asleep(struct winpar_port *port)
{
	winpar_device_fall_asleep(port);
	winpar_port_suspend(port);
}

/* Before a byte is moved again the registers are as they were. */
static void winpar_sysfs_wake_up(struct winpar_port *port)
{
	winpar_port_resume(port);
	winpar_device_wake_up(port);
}

/* The port's chip, a device that is older than this one, is suspended next. */
static int winpar_sysfs_suspend(struct device *dev)
{
	winpar_sysfs_call(dev, winpar_sysfs_fall_asleep);
	return 0;
}

/* The chip has been resumed. */
static int winpar_sysfs_resume(struct device *dev)
{
	winpar_sysfs_call(dev, winpar_sysfs_wake_up);
	return 0;
}

/* Between PM_HIBERNATION_PREPARE and PM_POST_HIBERNATION; written by the notifier. */
static bool winpar_sysfs_hibernates;

/*
 * Not while a hibernation saves its image: a byte that is moved then would be moved again
 * after the restore.
 */
static int winpar_sysfs_thaw(struct device *dev)
{
	if (!READ_ONCE(winpar_sysfs_hibernates))
		winpar_sysfs_call(dev, winpar_sysfs_wake_up);
	return 0;
}

/* A chip that was off has lost control register, ECR and data latch. */
static const struct dev_pm_ops winpar_sysfs_pm = {
	.suspend = winpar_sysfs_suspend,
	.resume = winpar_sysfs_resume,
	.freeze = winpar_sysfs_suspend,
	.thaw = winpar_sysfs_thaw,
	.poweroff = winpar_sysfs_suspend,
	.restore = winpar_sysfs_resume,
};

/* A hibernation begins, or is over, perhaps since it failed after the freeze. */
static int winpar_sysfs_notify(struct notifier_block *nb, unsigned long event,
			       void *unused)
{
	struct winpar_port *port = NULL;

	if (event != PM_HIBERNATION_PREPARE && event != PM_POST_HIBERNATION)
		return NOTIFY_DONE;
	WRITE_ONCE(winpar_sysfs_hibernates, event == PM_HIBERNATION_PREPARE);
	if (event == PM_POST_HIBERNATION)
		while ((port = winpar_table_next(port)))
			winpar_sysfs_wake_up(port);
	return NOTIFY_OK;
}

static struct notifier_block winpar_sysfs_nb = {
	.notifier_call = winpar_sysfs_notify,
};

static struct class winpar_sysfs_class = {
	.name = KBUILD_MODNAME,
	.dev_groups = winpar_sysfs_groups,
	.pm = &winpar_sysfs_pm,
};

/**
 * winpar_sysfs_add() - show a port that has arrived
 * @port: the port, attached; it stays until winpar_sysfs_remove() has returned
 *
 * A port that cannot be shown can be used nevertheless.
 *
 * Context: process context, the parport core's registration_lock held.
 */
void winpar_sysfs_add(struct winpar_port *port)
{
	struct device *dev;

	dev = device_create(&winpar_sysfs_class,
			    winpar_host_device(&port->host), MKDEV(0, 0), port,
			    "LPT%u", port->lpt);
	if (IS_ERR(dev))
		pr_warn("%s: not in /sys/class/winpar (error %ld): its registers are not kept over a suspend\n",
			port->name, PTR_ERR(dev));
}

static int winpar_sysfs_is_of(struct device *dev, const void *port)
{
	return dev_get_drvdata(dev) == port;
}

/**
 * winpar_sysfs_remove() - show a port no more
 * @port: the port
 *
 * No attribute of it is being read when this has returned.
 *
 * Context: process context, the parport core's registration_lock held. Waits for
 * tasks that read an attribute.
 */
void winpar_sysfs_remove(struct winpar_port *port)
{
	struct device *dev = class_find_device(&winpar_sysfs_class, NULL, port,
					       winpar_sysfs_is_of);

	if (!dev)
		return;
	device_unregister(dev);
	/* Gives back the reference that class_find_device() took. */
	put_device(dev);
}

/**
 * winpar_sysfs_init() - make the class of ports
 *
 * Return: 0 or an errno.
 */
int winpar_sysfs_init(void)
{
	int ret = class_register(&winpar_sysfs_class);

	if (ret)
		return ret;
	ret = register_pm_notifier(&winpar_sysfs_nb);
	if (ret)
		class_unregister(&winpar_sysfs_class);
	return ret;
}

/**
 * winpar_sysfs_exit() - undo winpar_sysfs_init(): no port is shown any more
 */
void winpar_sysfs_exit(void)
{
	unregister_pm_notifier(&winpar_sysfs_nb);
	class_unregister(&winpar_sysfs_class);
}
