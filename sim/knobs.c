// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the text files in debugfs show, and what is done when they are written;
 * docs/sim.md is their manual. debugfs.c opens, reads and writes them.
 *
 * Locking: every function in sim_knobs[] is called under the port's mutex, so
 * that no device comes or goes. It takes the port's lock to change the port or
 * a device, and to read values that belong together.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "connect.h"
#include "irq.h"
#include "knobs.h"
#include "lines.h"
#include "lock.h"
#include "phase.h"

/* ----- state ------------------------------------------------------------- */

static void sim_show_state(struct seq_file *m, struct sim_port *port,
			   struct sim_peripheral *dev)
{
	const struct sim_condition *c = &dev->condition;

	seq_printf(m, "paper=%d online=%d busy=%d power=%d plugged=%d rle=%d busy_us=%u answer_us=%u\n",
		   c->paper, c->online, c->busy, c->power, c->plugged, c->rle,
		   c->busy_us, c->answer_us);
}

static int sim_store_condition(struct sim_condition *c, char *word)
{
	const struct {
		const char *name;
		bool *value;
	} flag[] = {
		{ "paper", &c->paper },
		{ "online", &c->online },
		{ "busy", &c->busy },
		{ "power", &c->power },
		{ "plugged", &c->plugged },
		{ "rle", &c->rle },
	};
	char *name = strsep(&word, "=");
	size_t i;

	if (!word)
		return -EINVAL;
	if (!strcmp(name, "busy_us"))
		return kstrtouint(word, 0, &c->busy_us);
	if (!strcmp(name, "answer_us"))
		return kstrtouint(word, 0, &c->answer_us);
	for (i = 0; i < ARRAY_SIZE(flag); i++)
		if (!strcmp(name, flag[i].name))
			return kstrtobool(word, flag[i].value);
	return -EINVAL;
}

static int sim_store_state(struct sim_port *port, struct sim_peripheral *dev,
			   char *text)
{
	struct sim_condition condition = dev->condition;
	unsigned long flags;
	char *word;
	int ret;

	while ((word = strsep(&text, " "))) {
		if (!*word)
			continue;
		ret = sim_store_condition(&condition, word);
		if (ret)
			return ret;
	}
	flags = sim_port_lock(port);
	__sim_connect_set(dev, &condition);
	dev->late.behind = 0;
	sim_port_unlock(port, flags);
	return 0;
}

/* ----- faults ------------------------------------------------------------ */

static const struct {
	const char *name;
	u8 host;
	u8 back;
} sim_line[] = {
	{ "strobe", SIM_NSTROBE, 0 },
	{ "autofd", SIM_NAUTOFD, 0 },
	{ "init", SIM_NINIT, 0 },
	{ "selectin", SIM_NSELECTIN, 0 },
	{ "fault", 0, SIM_NFAULT },
	{ "select", 0, SIM_SELECT },
	{ "perror", 0, SIM_PERROR },
	{ "ack", 0, SIM_NACK },
	{ "busy", 0, SIM_BUSY },
};

static void sim_show_fault(struct seq_file *m, struct sim_port *port,
			   struct sim_peripheral *dev)
{
	const struct sim_chip *chip = &port->chip;
	size_t i;

	switch (dev ? dev->fault : SIM_FAULT_NONE) {
	case SIM_FAULT_NO_ANSWER:
		seq_puts(m, "no-answer\n");
		break;
	case SIM_FAULT_MIDDLE:
		seq_printf(m, "timeout-middle %u\n", dev->fault_arg);
		break;
	case SIM_FAULT_CHECKSUM:
		seq_printf(m, "bad-checksum %u\n", dev->fault_arg);
		break;
	case SIM_FAULT_NONE:
		break;
	}
	for (i = 0; i < ARRAY_SIZE(sim_line); i++)
		if (chip->stuck_host & sim_line[i].host ||
		    chip->stuck_back & sim_line[i].back)
			seq_printf(m, "stuck-line %s %d\n", sim_line[i].name,
				   !!(chip->stuck & (sim_line[i].host |
						     sim_line[i].back)));
	if (READ_ONCE(port->irq.storm_left))
		seq_printf(m, "irq-storm %u\n", port->irq.storm_left);
	if (READ_ONCE(port->irq.spurious.left))
		seq_printf(m, "spurious-irq %u\n", port->irq.spurious.left);
}

static void sim_set_stuck(struct sim_port *port, u8 host, u8 back, u8 level)
{
	unsigned long flags = sim_port_lock(port);

	__sim_lines_stick(port, host, back, level);
	sim_port_unlock(port, flags);
}

/* Of the text "stuck-line busy 1": @name busy, @level 1. */
static int sim_store_stuck(struct sim_port *port, const char *name,
			   unsigned int level)
{
	size_t i;

	if (!name || level > 1)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(sim_line); i++)
		if (!strcmp(name, sim_line[i].name)) {
			sim_set_stuck(port, sim_line[i].host, sim_line[i].back,
				      level ? sim_line[i].host |
					      sim_line[i].back : 0);
			return 0;
		}
	return -EINVAL;
}

/* End every fault: of the device, of the port's lines and of its interrupt. */
static void sim_mend(struct sim_port *port, struct sim_peripheral *dev)
{
	unsigned long flags = sim_port_lock(port);

	if (dev)
		__sim_connect_fault(dev, SIM_FAULT_NONE, 0);
	__sim_irq_storm(port, 0, 0);
	__sim_irq_spurious(port, 0);
	__sim_irq_other(port, 0, 0);
	__sim_lines_mend(port);
	sim_port_unlock(port, flags);
}

static int sim_set_fault(struct sim_port *port, struct sim_peripheral *dev,
			 enum sim_fault fault, unsigned int arg)
{
	unsigned long flags;

	if (!dev)
		return -ENODEV;
	flags = sim_port_lock(port);
	__sim_connect_fault(dev, fault, arg);
	sim_port_unlock(port, flags);
	return 0;
}

static int sim_set_storm(struct sim_port *port, unsigned int count,
			 unsigned int usec)
{
	unsigned long flags;

	if (!port->irq.requested)
		return -ENXIO;
	flags = sim_port_lock(port);
	__sim_irq_storm(port, count, usec);
	sim_port_unlock(port, flags);
	return 0;
}

static int sim_set_spurious(struct sim_port *port, unsigned int count)
{
	unsigned long flags;

	if (!port->irq.requested)
		return -ENXIO;
	flags = sim_port_lock(port);
	__sim_irq_spurious(port, count);
	sim_port_unlock(port, flags);
	return 0;
}

static int sim_store_fault(struct sim_port *port, struct sim_peripheral *dev,
			   char *text)
{
	char *what = strsep(&text, " ");
	char *name = !strcmp(what, "stuck-line") ? strsep(&text, " ") : NULL;
	char *word = strsep(&text, " ");
	unsigned int arg = 0, arg2 = 0;

	if ((word && kstrtouint(word, 0, &arg)) ||
	    (text && kstrtouint(text, 0, &arg2)))
		return -EINVAL;
	if (!strcmp(what, "none")) {
		sim_mend(port, dev);
		return 0;
	}
	if (!strcmp(what, "no-answer"))
		return sim_set_fault(port, dev, SIM_FAULT_NO_ANSWER, 0);
	if (!strcmp(what, "timeout-middle"))
		return sim_set_fault(port, dev, SIM_FAULT_MIDDLE,
				     word ? arg : 1);
	/* By default seven bytes too many: the right length is the ID's and 2. */
	if (!strcmp(what, "bad-checksum"))
		return sim_set_fault(port, dev, SIM_FAULT_CHECKSUM,
				     word || !dev ? arg : dev->id_len + 9);
	if (!strcmp(what, "stuck-line") && word)
		return sim_store_stuck(port, name, arg);
	if (!strcmp(what, "spurious-irq"))
		return sim_set_spurious(port, word ? arg : 1);
	if (!strcmp(what, "irq-storm"))
		return sim_set_storm(port, word ? arg : 1000, text ? arg2 : 10);
	return -EINVAL;
}

/* ----- another device on the interrupt line ------------------------------- */

static void sim_show_other(struct seq_file *m, struct sim_port *port,
			   struct sim_peripheral *dev)
{
	const struct sim_irq *irq = &port->irq;

	seq_printf(m, "shared %d\nleft %u\nraised %lu\ndelivered %lu\n",
		   irq->shared, READ_ONCE(irq->other.left),
		   READ_ONCE(irq->other_raised),
		   READ_ONCE(irq->other_delivered));
}

/* "N [USEC]" */
static int sim_store_other(struct sim_port *port, struct sim_peripheral *dev,
			   char *text)
{
	unsigned int count, usec = 20;
	unsigned long flags;
	char *word = strsep(&text, " ");

	if (kstrtouint(word, 0, &count) || (text && kstrtouint(text, 0, &usec)))
		return -EINVAL;
	if (!port->irq.shared)
		return -ENXIO;
	flags = sim_port_lock(port);
	__sim_irq_other(port, count, usec);
	sim_port_unlock(port, flags);
	return 0;
}

/* ----- what a device can do, and its ID ----------------------------------- */

static const char *const sim_can_name[SIM_CAN_COUNT] = {
	"nibble", "byte", "ecp", "rle", "epp", "id",
};

static void sim_show_supports(struct seq_file *m, struct sim_port *port,
			      struct sim_peripheral *dev)
{
	unsigned int i;

	for (i = 0; i < SIM_CAN_COUNT; i++)
		if (dev->can & BIT(i))
			seq_printf(m, "%s ", sim_can_name[i]);
	seq_putc(m, '\n');
}

static int sim_store_supports(struct sim_port *port,
			      struct sim_peripheral *dev, char *text)
{
	unsigned long flags;
	char *word;
	u8 can = 0;
	int i;

	while ((word = strsep(&text, " "))) {
		if (!*word || !strcmp(word, "nothing"))
			continue;
		i = match_string(sim_can_name, SIM_CAN_COUNT, word);
		if (i < 0)
			return -EINVAL;
		can |= BIT(i);
	}
	flags = sim_port_lock(port);
	dev->can = can;
	sim_port_unlock(port, flags);
	return 0;
}

static void sim_show_id(struct seq_file *m, struct sim_port *port,
			struct sim_peripheral *dev)
{
	unsigned int i;

	for (i = 0; i < dev->id_len; i++)
		if (isascii(dev->id[i]) && isprint(dev->id[i]) &&
		    dev->id[i] != '\\')
			seq_putc(m, dev->id[i]);
		else
			seq_printf(m, "\\x%02x", (u8)dev->id[i]);
	seq_putc(m, '\n');
}

/* The text may have escapes as in C: \xHH, \\, \n, octal numbers. */
static int sim_store_id(struct sim_port *port, struct sim_peripheral *dev,
			char *text)
{
	unsigned int len = string_unescape_any_inplace(text);
	unsigned long flags;
	char *id;

	if (len > SIM_ID_MAX)
		return -EINVAL;
	id = kmemdup_nul(text, len, GFP_KERNEL);
	if (!id)
		return -ENOMEM;
	flags = sim_port_lock(port);
	swap(dev->id, id);
	dev->id_len = len;
	sim_port_unlock(port, flags);
	kfree(id);
	return 0;
}

/* ----- what happened ----------------------------------------------------- */

static void sim_show_modes(struct seq_file *m, struct sim_port *port,
			   struct sim_peripheral *dev)
{
	unsigned int i;

	seq_printf(m, "now %s\n", sim_phase_name(dev->state.phase));
	for (i = 0; i < SIM_PHASES; i++)
		if (dev->state.entered[i])
			seq_printf(m, "%s %lu\n", sim_phase_name(i),
				   dev->state.entered[i]);
	seq_printf(m, "received %lu\naddresses %lu\naddress %u\nlost %lu\nresets %lu\nto-send %lu\nbehind_us %llu\n",
		   dev->received.head, dev->addresses, dev->reg_address,
		   dev->lost, dev->resets, dev->feed.head - dev->feed.tail,
		   dev->late.behind);
}

static void sim_show_events(struct seq_file *m, struct sim_port *port,
			    struct sim_peripheral *dev)
{
	unsigned long at, total = READ_ONCE(port->log.total), flags;
	struct sim_entry entry;
	char line[192];

	at = total > SIM_LOG_ENTRIES ? total - SIM_LOG_ENTRIES : 0;
	for (at = max(at, port->log.first); at < total; at++) {
		flags = sim_port_lock(port);
		entry = port->log.entry[at & (SIM_LOG_ENTRIES - 1)];
		sim_port_unlock(port, flags);
		sim_log_print(&entry, line, sizeof(line));
		seq_puts(m, line);
	}
}

static int sim_store_events(struct sim_port *port, struct sim_peripheral *dev,
			    char *text)
{
	port->log.first = READ_ONCE(port->log.total);
	return 0;
}

static void sim_show_chip(struct seq_file *m, struct sim_port *port,
			  struct sim_peripheral *dev)
{
	struct sim_chip chip;
	struct sim_irq irq;
	unsigned long flags = sim_port_lock(port);

	chip = port->chip;
	irq.line = port->irq.line;
	irq.raised = port->irq.raised;
	irq.delivered = port->irq.delivered;
	irq.delayed = port->irq.delayed;
	sim_port_unlock(port, flags);
	seq_printf(m, "base 0x%lx\nbase_hi 0x%lx\n", port->parport->base,
		   port->parport->base_hi);
	seq_printf(m, "data 0x%02x\nstatus 0x%02x\ncontrol 0x%02x\n",
		   chip.data,
		   (u8)(chip.back.lines ^ SIM_STATUS_INVERTED),
		   chip.control);
	if (chip.has & SIM_CHIP_ECR)
		seq_printf(m, "ecr 0x%02x\nfifo %u\nfifo_sent %lu\nfifo_got %lu\nfifo_lost %lu\ndirty %lu\n",
			   chip.ecr, chip.fifo_count, chip.fifo_sent,
			   chip.fifo_got, chip.fifo_lost, chip.dirty);
	seq_printf(m, "epp_timeout %d\nclashes %lu\n", chip.epp_timeout,
		   chip.clashes);
	seq_printf(m, "irq %d\nraised %lu\ndelivered %lu\ndelayed %lu\n",
		   irq.line, irq.raised, irq.delivered, irq.delayed);
}

/* ----- what is connected ------------------------------------------------- */

static void sim_show_peripheral(struct seq_file *m, struct sim_port *port,
				struct sim_peripheral *dev)
{
	seq_printf(m, "%s\n", dev ? dev->ops->name : "none");
}

static void sim_show_daisy(struct seq_file *m, struct sim_port *port,
			   struct sim_peripheral *dev)
{
	const struct sim_cable *cable = &port->cable;
	unsigned int i, n = 0;

	for (i = 0; i < SIM_SEATS; i++) {
		const struct sim_member *member = &cable->member[i];

		if (!member->dev)
			continue;
		n++;
		seq_printf(m, "%s %d%s\n", member->dev->ops->name,
			   member->address,
			   member->selected ? " selected" : "");
	}
	if (!n)
		seq_puts(m, "none\n");
	seq_printf(m, "commands %lu\nselects %lu\n", cable->commands,
		   cable->selects);
}

const struct sim_knob sim_knobs[SIM_KNOBS] = {
	{ "peripheral", SIM_CONNECT, true, true, sim_show_peripheral },
	{ "daisy", SIM_CONNECT, true, true, sim_show_daisy },
	{ "chip", SIM_TEXT, true, true, sim_show_chip },
	{ "registers", SIM_REGISTERS, true, true },
	{ "events", SIM_TEXT, true, true, sim_show_events, sim_store_events },
	{ "other_irq", SIM_TEXT, true, true, sim_show_other, sim_store_other },
	{ "fault", SIM_TEXT, false, true, sim_show_fault, sim_store_fault },
	{ "state", SIM_TEXT, false, false, sim_show_state, sim_store_state },
	{ "supports", SIM_TEXT, false, false, sim_show_supports,
	  sim_store_supports },
	{ "device_id", SIM_TEXT, false, false, sim_show_id, sim_store_id },
	{ "modes", SIM_TEXT, false, false, sim_show_modes },
	{ "received", SIM_RECEIVED },
	{ "feed", SIM_FEED },
	{ NULL },
};
