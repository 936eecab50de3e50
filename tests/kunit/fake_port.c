// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake parallel port: a struct parport that is registered with the parport
 * core. So the core's code and winpar's host rooms run as they do for a real
 * port. Its interrupt is a descriptor of its own, raised in hard interrupt
 * context, so that disable_irq() works too.
 *
 * With @builtin its registers are the hardware's at its address: that of the
 * emulated LPT that the kernel's command line names. Otherwise no hardware is
 * touched.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/module.h>

#include "fixture.h"

#define FAKE_TIMEOUT	(10 * HZ)

static struct fake_port *to_fake(struct parport *parport)
{
	return container_of((struct parport_pc_private *)parport->private_data,
			    struct fake_port, pc);
}

/* ----- operations -------------------------------------------------------- */

static void fake_write_data(struct parport *parport, unsigned char data)
{
	struct fake_port *fake = to_fake(parport);

	fake->data = data;
	if (fake->raw)
		outb(data, DATA(parport));
}

static unsigned char fake_read_data(struct parport *parport)
{
	struct fake_port *fake = to_fake(parport);

	return fake->raw ? inb(DATA(parport)) : fake->data;
}

static void fake_set_control(struct fake_port *fake, unsigned char control)
{
	fake->control = control;
	fake->pc.ctr = control;
	if (fake->raw)
		outb(control, CONTROL(fake->parport));
}

static void fake_write_control(struct parport *parport, unsigned char control)
{
	fake_set_control(to_fake(parport), control & 0xf);
}

static unsigned char fake_read_control(struct parport *parport)
{
	return to_fake(parport)->control & 0xf;
}

static unsigned char fake_frob_control(struct parport *parport,
				       unsigned char mask, unsigned char value)
{
	struct fake_port *fake = to_fake(parport);

	fake_set_control(fake, (fake->control & ~mask) ^ (value & 0xf));
	return fake->control & 0xf;
}

static unsigned char fake_read_status(struct parport *parport)
{
	return to_fake(parport)->status;
}

static void fake_do_nothing(struct parport *parport)
{
}

static void fake_init_state(struct pardevice *dev, struct parport_state *state)
{
	/* As parport_pc: interrupts are on when the device has an irq_func. */
	state->u.pc.ctr = 0xc | (dev->irq_func && dev->port->irq >= 0 ?
				 0x10 : 0);
	state->u.pc.ecr = 0x34;
}

static void fake_save_state(struct parport *parport,
			    struct parport_state *state)
{
	struct fake_port *fake = to_fake(parport);

	state->u.pc.ctr = fake->control;
	if (fake->pc.ecr)
		state->u.pc.ecr = inb(ECONTROL(parport));
	if (fake->on_save)
		fake->on_save(fake);
}

static void fake_restore_state(struct parport *parport,
			       struct parport_state *state)
{
	struct fake_port *fake = to_fake(parport);

	fake_set_control(fake, state->u.pc.ctr);
	if (fake->pc.ecr)
		outb(state->u.pc.ecr, ECONTROL(parport));
	if (fake->on_restore)
		fake->on_restore(fake);
}

static size_t fake_write(struct parport *parport, const void *buf, size_t len,
			 int flags)
{
	return 0;
}

static size_t fake_read(struct parport *parport, void *buf, size_t len,
			int flags)
{
	return 0;
}

static const struct parport_operations fake_ops = {
	.write_data = fake_write_data,
	.read_data = fake_read_data,
	.write_control = fake_write_control,
	.read_control = fake_read_control,
	.frob_control = fake_frob_control,
	.read_status = fake_read_status,
	.enable_irq = fake_do_nothing,
	.disable_irq = fake_do_nothing,
	.data_forward = fake_do_nothing,
	.data_reverse = fake_do_nothing,
	.init_state = fake_init_state,
	.save_state = fake_save_state,
	.restore_state = fake_restore_state,
	.epp_write_data = fake_write,
	.epp_read_data = fake_read,
	.epp_write_addr = fake_write,
	.epp_read_addr = fake_read,
	.ecp_write_data = fake_write,
	.ecp_read_data = fake_read,
	.ecp_write_addr = fake_write,
	.compat_write_data = fake_write,
	.nibble_read_data = fake_read,
	.byte_read_data = fake_read,
};

/* ----- its interrupt ----------------------------------------------------- */

static void fake_raise(struct irq_work *work)
{
	struct fake_port *fake = container_of(work, struct fake_port, raise);

	generic_handle_irq(fake->irq);
}

/**
 * fake_port_interrupt() - raise the port's interrupt, in hard interrupt context
 * @fake: the port; the handler has run when this returns
 */
void fake_port_interrupt(struct fake_port *fake)
{
	irq_work_queue(&fake->raise);
	irq_work_sync(&fake->raise);
	/* On PREEMPT_RT the handler runs in a thread. */
	synchronize_irq(fake->irq);
}

/**
 * fake_port_interrupt_process() - call the handler in the caller's context
 * @fake: the port
 *
 * With interrupts off, as a forced-threaded or polled interrupt comes; with softirqs off
 * on PREEMPT_RT, where interrupts stay on.
 */
void fake_port_interrupt_process(struct fake_port *fake)
{
	unsigned long flags;

	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		local_bh_disable();
		parport_generic_irq(fake->parport);
		local_bh_enable();
		return;
	}
	local_irq_save(flags);
	parport_generic_irq(fake->parport);
	local_irq_restore(flags);
}

static int fake_irq_create(struct fake_port *fake)
{
	int irq = irq_alloc_desc(NUMA_NO_NODE);
	int ret;

	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	ret = request_irq(irq, parport_irq_handler, 0, fake->parport->name,
			  fake->parport);
	if (ret) {
		irq_free_desc(irq);
		return ret;
	}
	fake->irq = irq;
	fake->parport->irq = irq;
	return 0;
}

static void fake_irq_destroy(struct fake_port *fake)
{
	if (fake->irq < 0)
		return;
	free_irq(fake->irq, fake->parport);
	irq_free_desc(fake->irq);
	fake->irq = -1;
}

/* ----- its life ---------------------------------------------------------- */

static void fake_port_describe(struct fake_port *fake,
			       const struct fake_config *config)
{
	fake->parport->private_data = &fake->pc;
	fake->parport->size = config->span;
	fake->parport->modes = config->modes;
	fake->parport->base_hi = config->ecr ? config->ecr - 2 : 0;
	fake->pc.ecr = config->ecr != 0;
	fake->pc.ctr_writable = 0xff;
	fake->raw = config->builtin && config->base;
}

/**
 * fake_port_create() - make a port and tell the drivers of it
 * @test: the test; its end frees the memory
 * @config: what kind, NULL for one with an interrupt and no registers
 *
 * Return: the port; fails the test when there is none.
 */
struct fake_port *fake_port_create(struct kunit *test,
				   const struct fake_config *config)
{
	static const struct fake_config plain;
	struct fake_port *fake;
	char name[24];

	config = config ?: &plain;
	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->test = test;
	fake->irq = -1;
	fake->status = 0xd8;
	fake->ops = fake_ops;
	fake->ops.owner = config->builtin ? NULL : THIS_MODULE;
	fake->refs = module_refcount(THIS_MODULE);
	INIT_LIST_HEAD(&fake->rivals);
	INIT_LIST_HEAD(&fake->gone);
	winpar_irq_work_setup(&fake->raise, fake_raise);

	fake->parport = parport_register_port(config->base, PARPORT_IRQ_NONE,
					      PARPORT_DMA_NONE, &fake->ops);
	KUNIT_ASSERT_NOT_NULL(test, fake->parport);
	parport_get_port(fake->parport);
	fake_port_describe(fake, config);
	fake->parport->dev = config->dev;
	if (!config->dev) {
		snprintf(name, sizeof(name), "winpar-fake%d",
			 fake->parport->number);
		/* No owner: while a module loads it has no folder in sysfs. */
		fake->root = __root_device_register(name, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(fake->root));
		fake->parport->dev = fake->root;
	}
	if (!config->no_irq)
		KUNIT_ASSERT_EQ(test, fake_irq_create(fake), 0);
	/* Exclusive, so that the core does not scan the port for devices. */
	if (!config->scanned)
		fake->parport->flags |= PARPORT_FLAG_EXCL;
	fake->announced = true;
	wpt_fail_nth(config->fail_nth);
	parport_announce_port(fake->parport);
	fake->fail_left = wpt_fail_left();
	wpt_fail_nth(0);
	if (!config->exclusive)
		fake->parport->flags &= ~PARPORT_FLAG_EXCL;
	return fake;
}

/**
 * fake_port_holder() - who has the Linux port
 * @fake: the port
 *
 * Return: its device, or NULL.
 */
struct pardevice *fake_port_holder(struct fake_port *fake)
{
	return READ_ONCE(fake->parport->cad);
}

static void fake_rival_destroy(struct fake_rival *rival)
{
	fake_rival_release(rival);
	get_device(&rival->dev->dev);
	parport_unregister_device(rival->dev);
	list_move(&rival->entry, &rival->fake->gone);
}

/**
 * fake_port_drop_rivals() - unregister every Linux driver
 * @fake: the port
 */
void fake_port_drop_rivals(struct fake_port *fake)
{
	struct fake_rival *rival, *next;

	list_for_each_entry_safe(rival, next, &fake->rivals, entry)
		fake_rival_destroy(rival);
}

/**
 * fake_port_free_rivals() - free the Linux drivers that were unregistered
 * @fake: the port, on which no driver is registered any more
 *
 * They are freed late: when a driver releases the port the core walks the list
 * of drivers without a lock, and may still look at one that was unregistered.
 */
void fake_port_free_rivals(struct fake_port *fake)
{
	struct fake_rival *rival, *next;

	list_for_each_entry_safe(rival, next, &fake->gone, entry) {
		list_del(&rival->entry);
		put_device(&rival->dev->dev);
	}
}

/**
 * fake_port_remove() - pull the port out
 * @fake: the port; its rivals are unregistered first
 *
 * Fails the test if the port is still claimed, has devices, or if references to
 * it or to its driver's module are left. Does nothing the second time.
 */
void fake_port_remove(struct fake_port *fake)
{
	struct kunit *test = fake->test;

	if (!fake->announced)
		return;
	fake->announced = false;
	fake_port_drop_rivals(fake);
	parport_remove_port(fake->parport);
	fake_port_free_rivals(fake);
	fake_irq_destroy(fake);
	KUNIT_EXPECT_PTR_EQ(test, fake->parport->cad, (struct pardevice *)NULL);
	KUNIT_EXPECT_PTR_EQ(test, fake->parport->devices,
			    (struct pardevice *)NULL);
	KUNIT_EXPECT_PTR_EQ(test, fake->parport->waithead,
			    (struct pardevice *)NULL);
	KUNIT_EXPECT_EQ_MSG(test, module_refcount(THIS_MODULE), fake->refs,
			    "references to the port's driver");
	parport_del_port(fake->parport);
	KUNIT_EXPECT_EQ_MSG(test, kref_read(&fake->parport->bus_dev.kobj.kref),
			    1U, "references to the port");
	parport_put_port(fake->parport);
	if (fake->root)
		root_device_unregister(fake->root);
}

/* ----- a Linux driver ---------------------------------------------------- */

static void fake_rival_got(struct fake_rival *rival)
{
	WRITE_ONCE(rival->has, true);
	rival->turns++;
	complete(&rival->got);
}

static int fake_rival_preempt(void *private)
{
	struct fake_rival *rival = private;

	rival->asked++;
	complete(&rival->was_asked);
	return 1;
}

static void fake_rival_wakeup(void *private)
{
	struct fake_rival *rival = private;

	rival->woken++;
	if (READ_ONCE(rival->takes) && !READ_ONCE(rival->has) &&
	    !parport_claim(rival->dev))
		fake_rival_got(rival);
}

static void fake_rival_irq(void *private)
{
	struct fake_rival *rival = private;

	rival->interrupts++;
}

/**
 * fake_rival_named() - register a Linux driver of a given name
 * @fake: the port
 * @name: its name
 * @flags: PARPORT_DEV_EXCL or 0
 *
 * Return: the driver; fails the test when it is refused.
 */
struct fake_rival *fake_rival_named(struct fake_port *fake, const char *name,
				    int flags)
{
	struct kunit *test = fake->test;
	struct pardev_cb callbacks = {
		.preempt = fake_rival_preempt,
		.wakeup = fake_rival_wakeup,
		.irq_func = fake_rival_irq,
		.flags = flags,
	};
	struct fake_rival *rival;
	struct list_head *entry;
	int number = 0;

	rival = kunit_kzalloc(test, sizeof(*rival), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rival);
	rival->fake = fake;
	init_completion(&rival->got);
	init_completion(&rival->was_asked);
	callbacks.private = rival;
	list_for_each(entry, &fake->rivals)
		number++;
	rival->dev = parport_register_dev_model(fake->parport, name,
						&callbacks, number);
	KUNIT_ASSERT_NOT_NULL(test, rival->dev);
	list_add_tail(&rival->entry, &fake->rivals);
	return rival;
}

/**
 * fake_rival_create() - register a Linux driver on a port
 * @fake: the port
 * @flags: PARPORT_DEV_EXCL or 0
 *
 * Return: the driver; fails the test when it is refused.
 */
struct fake_rival *fake_rival_create(struct fake_port *fake, int flags)
{
	return fake_rival_named(fake, "rival", flags);
}

/**
 * fake_rival_claim() - ask for the port
 * @rival: the driver; from now on it takes the port when it is woken
 *
 * Return: whether it got the port at once.
 */
bool fake_rival_claim(struct fake_rival *rival)
{
	WRITE_ONCE(rival->takes, true);
	if (parport_claim(rival->dev))
		return false;
	fake_rival_got(rival);
	return true;
}

/**
 * fake_rival_wait() - wait until a driver gets the port
 * @rival: the driver, which has asked for it
 *
 * Return: whether it got the port in time.
 */
bool fake_rival_wait(struct fake_rival *rival)
{
	return wait_for_completion_timeout(&rival->got, FAKE_TIMEOUT);
}

/**
 * fake_rival_release() - release the port, and take it no more when woken
 * @rival: the driver; it may have the port or not
 */
void fake_rival_release(struct fake_rival *rival)
{
	WRITE_ONCE(rival->takes, false);
	if (!READ_ONCE(rival->has))
		return;
	WRITE_ONCE(rival->has, false);
	parport_release(rival->dev);
}

/**
 * fake_rival_die_waiting() - claim as a process that is killed while it waits
 * @rival: the driver; it stays on the core's waiting list and never takes the
 *	port
 */
void fake_rival_die_waiting(struct fake_rival *rival)
{
	rival->dev->waiting = 2;
	KUNIT_EXPECT_NE(rival->fake->test, parport_claim(rival->dev), 0);
}
