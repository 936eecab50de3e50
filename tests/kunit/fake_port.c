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
