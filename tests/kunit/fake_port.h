/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake Linux parallel port, and Linux drivers on it: fake_port.c. */
#ifndef _WINPAR_FAKE_PORT_H
#define _WINPAR_FAKE_PORT_H

#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/parport.h>
#include <linux/parport_pc.h>

struct kunit;

/**
 * struct fake_config - what kind of port it is
 * @no_irq: it has no interrupt
 * @exclusive: a driver holds it exclusively from the start
 * @scanned: the core scans it for devices, which takes a while. Otherwise it is exclusive
 *           while it is announced, and a client that is told of it just then cannot
 *           open it
 * @base: its I/O address; 0 for none
 * @span: how many addresses
 * @modes: PARPORT_MODE_...
 * @builtin: its driver has no module, as parport_pc has none when it is built
 *           into the kernel; such a port's registers are really touched
 * @ecr: the I/O address of its ECR, 0 for none
 * @fail_nth: which allocation fails while the core announces the port; 0: none
 * @dev: the device that it belongs to; NULL: one of its own
 */
struct fake_config {
	bool no_irq;
	bool exclusive;
	bool scanned;
	unsigned long base;
	unsigned int span;
	unsigned int modes;
	bool builtin;
	unsigned long ecr;
	unsigned int fail_nth;
	struct device *dev;
};

/**
 * struct fake_port - a port in software
 * @pc: must be the first: what parport_pc keeps in private_data
 * @test: the test that made it
 * @parport: the core's port, with a reference; good until the end of the test
 * @ops: its operations
 * @root: the device made for it
 * @irq: a real interrupt descriptor, or -1
 * @raise: raises it, in hard interrupt context
 * @data: the data register
 * @control: the control register
 * @status: what the status register says
 * @raw: the registers are those at parport->base
 * @announced: the core has announced it to drivers
 * @fail_left: what was left of @fail_nth after that; 0: the allocation failed
 * @rivals: Linux drivers that are registered on it
 * @gone: drivers that were unregistered; the core may still look at their
 *	memory
 * @refs: references to this module before it was made
 * @on_save: called by its save_state(), while a device releases the port
 * @on_restore: called by its restore_state(), while a device claims the port, with
 *              the core's cad_lock held
 * @arg: for @on_save and @on_restore
 */
struct fake_port {
	struct parport_pc_private pc;
	struct kunit *test;
	struct parport *parport;
	struct parport_operations ops;
	struct device *root;
	int irq;
	struct irq_work raise;
	u8 data;
	u8 control;
	u8 status;
	bool raw;
	bool announced;
	unsigned int fail_left;
	struct list_head rivals;
	struct list_head gone;
	int refs;
	void (*on_save)(struct fake_port *fake);
	void (*on_restore)(struct fake_port *fake);
	void *arg;
};

struct fake_port *fake_port_create(struct kunit *test,
				   const struct fake_config *config);
void fake_port_drop_rivals(struct fake_port *fake);
void fake_port_free_rivals(struct fake_port *fake);
void fake_port_remove(struct fake_port *fake);
void fake_port_interrupt(struct fake_port *fake);
void fake_port_interrupt_process(struct fake_port *fake);
struct pardevice *fake_port_holder(struct fake_port *fake);

/**
 * struct fake_rival - a Linux driver on a port
 * @entry: place among the port's rivals
 * @fake: the port
 * @dev: its device
 * @takes: the driver claims the port when it is woken
 * @has: the driver has the port
 * @asked: how often its preempt() was called
 * @woken: how often its wakeup() was called
 * @turns: how often it got the port
 * @interrupts: how often its irq_func() was called
 * @got: completed when it gets the port
 * @was_asked: completed when its preempt() is called
 */
struct fake_rival {
	struct list_head entry;
	struct fake_port *fake;
	struct pardevice *dev;
	bool takes;
	bool has;
	unsigned int asked;
	unsigned int woken;
	unsigned int turns;
	unsigned int interrupts;
	struct completion got;
	struct completion was_asked;
};

/* Flags for parport_register_dev_model(): 0 or PARPORT_DEV_EXCL. */
struct fake_rival *fake_rival_named(struct fake_port *fake, const char *name,
				    int flags);
struct fake_rival *fake_rival_create(struct fake_port *fake, int flags);
bool fake_rival_claim(struct fake_rival *rival);
bool fake_rival_wait(struct fake_rival *rival);
bool fake_rival_was_offered(struct fake_rival *rival, unsigned int before);
void fake_rival_release(struct fake_rival *rival);
void fake_rival_die_waiting(struct fake_rival *rival);

#endif /* _WINPAR_FAKE_PORT_H */
