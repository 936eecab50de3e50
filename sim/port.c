// SPDX-License-Identifier: GPL-2.0-only
/*
 * A port's Linux side, and its life:
 *
 *	sim_port_new()		the port is registered with the parport core, its
 *				devices are connected, and it is announced: the
 *				core has probed it and told its drivers
 *	sim_port_remove()	the core and its drivers have lost the port; the
 *				registers read as an empty slot's
 *	sim_port_free()		the object is freed, when the module goes
 *
 * struct parport_operations has calls for registers, and for transfers. The
 * latter are the core's own software, but for EPP on a chip that does EPP
 * cycles. As on Debian's kernels no ECP or FIFO mode is announced; a driver
 * that wants the FIFO goes to the registers.
 *
 * Locking: the operations take the port's lock for each access. The three
 * functions above run under sim_mutex.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/softport.h>

#include "cable.h"
#include "chip.h"
#include "connect.h"
#include "irq.h"
#include "lines.h"
#include "lock.h"
#include "port.h"

/* Lines that a driver may touch through write_control and frob_control. */
#define SIM_CONTROL_LINES	0x0f
#define SIM_CONTROL_ALL		0x3f
#define SIM_CONTROL_IDLE	0x0c
#define SIM_CONTROL_EPP		0x04
/* PS/2 mode, no interrupt but that of nAck. */
#define SIM_ECR_IDLE		0x34

#define SIM_OFFSET_DATA		0
#define SIM_OFFSET_STATUS	1
#define SIM_OFFSET_EPP_ADDRESS	3
#define SIM_OFFSET_EPP_DATA	4
#define SIM_OFFSET_ECR		0x402
#define SIM_STATUS_TIMEOUT	BIT(0)

/* Where sim_port_gap() looks: above the numbers of 64 ports and of a few others. */
#define SIM_NUMBERS		80

static struct sim_port *to_sim_port(const struct parport *parport)
{
	return parport->private_data;
}

/* ----- registers --------------------------------------------------------- */

/* How often a register was used of a port that had been removed. */
static atomic_t sim_port_touched;

/**
 * sim_port_count_touched() - how often registers of removed ports were used
 *
 * Context: any.
 * Return: the counter, for debugfs.
 */
atomic_t *sim_port_count_touched(void)
{
	return &sim_port_touched;
}

/* Are there no registers any more? Called for each use of one. */
static bool sim_port_is_gone(const struct sim_port *port)
	__must_hold(&port->lock)
{
	lockdep_assert_held(&port->lock);
	if (port->gone)
		atomic_inc(&sim_port_touched);
	return port->gone;
}

static u32 sim_port_read(struct parport *parport, unsigned int offset,
			 unsigned int width)
{
	struct sim_port *port = to_sim_port(parport);
	unsigned long flags = sim_port_lock(port);
	u32 value = 0;
	unsigned int i;

	for (i = 0; i < width; i++)
		value |= (u32)(sim_port_is_gone(port) ? 0xff :
			       __sim_chip_read(port, offset + i)) << (8 * i);
	sim_port_unlock(port, flags);
	return value;
}

static void sim_port_write(struct parport *parport, unsigned int offset,
			   unsigned int width, u32 value)
{
	struct sim_port *port = to_sim_port(parport);
	unsigned long flags = sim_port_lock(port);
	unsigned int i;

	for (i = 0; i < width && !sim_port_is_gone(port); i++)
		__sim_chip_write(port, offset + i, value >> (8 * i));
	sim_port_unlock(port, flags);
}

/* Change the bits @mask of the control register to @value; its value then. */
static u8 sim_port_control(struct parport *parport, u8 mask, u8 value)
{
	struct sim_port *port = to_sim_port(parport);
	unsigned long flags = sim_port_lock(port);
	u8 control;

	if (!sim_port_is_gone(port) && mask)
		__sim_chip_control(port, mask, value);
	control = port->chip.control;
	sim_port_unlock(port, flags);
	return control;
}

/* ----- struct parport_operations ----------------------------------------- */

static void sim_write_data(struct parport *parport, unsigned char value)
{
	sim_port_write(parport, SIM_OFFSET_DATA, 1, value);
}

static unsigned char sim_read_data(struct parport *parport)
{
	return sim_port_read(parport, SIM_OFFSET_DATA, 1);
}

static void sim_write_control(struct parport *parport, unsigned char value)
{
	sim_port_control(parport, SIM_CONTROL_LINES, value);
}

static unsigned char sim_read_control(struct parport *parport)
{
	return sim_port_control(parport, 0, 0) & SIM_CONTROL_LINES;
}

/*
 * As every port driver's: the bits in @mask are cleared, then all bits of
 * @value are toggled.
 */
static unsigned char sim_frob_control(struct parport *parport,
				      unsigned char mask, unsigned char value)
{
	struct sim_port *port = to_sim_port(parport);
	unsigned long flags = sim_port_lock(port);
	u8 control = (port->chip.control & ~mask) ^ value;

	if (!sim_port_is_gone(port))
		__sim_chip_control(port, SIM_CONTROL_LINES, control);
	control = port->chip.control;
	sim_port_unlock(port, flags);
	return control;
}

static unsigned char sim_read_status(struct parport *parport)
{
	return sim_port_read(parport, SIM_OFFSET_STATUS, 1);
}

static void sim_enable_irq(struct parport *parport)
{
	sim_port_control(parport, SIM_CONTROL_INTR, SIM_CONTROL_INTR);
}

static void sim_disable_irq(struct parport *parport)
{
	sim_port_control(parport, SIM_CONTROL_INTR, 0);
}

static void sim_data_forward(struct parport *parport)
{
	sim_port_control(parport, SIM_CONTROL_REVERSE, 0);
}

static void sim_data_reverse(struct parport *parport)
{
	sim_port_control(parport, SIM_CONTROL_REVERSE, SIM_CONTROL_REVERSE);
}

static void sim_init_state(struct pardevice *dev, struct parport_state *state)
{
	state->u.pc.ctr = SIM_CONTROL_IDLE;
	if (dev->irq_func && dev->port->irq != PARPORT_IRQ_NONE)
		state->u.pc.ctr |= SIM_CONTROL_INTR;
	state->u.pc.ecr = SIM_ECR_IDLE;
}

static void sim_save_state(struct parport *parport,
			   struct parport_state *state)
{
	state->u.pc.ctr = sim_port_control(parport, 0, 0);
	if (to_sim_port(parport)->chip.has & SIM_CHIP_ECR)
		state->u.pc.ecr = sim_port_read(parport, SIM_OFFSET_ECR, 1);
}

static void sim_restore_state(struct parport *parport,
			      struct parport_state *state)
{
	sim_port_control(parport, SIM_CONTROL_ALL, state->u.pc.ctr);
	if (to_sim_port(parport)->chip.has & SIM_CHIP_ECR)
		sim_port_write(parport, SIM_OFFSET_ECR, 1, state->u.pc.ecr);
}

/* ----- EPP by the chip's cycles ------------------------------------------ */

static void sim_epp_begin(struct parport *parport, bool reverse)
{
	sim_port_control(parport, SIM_CONTROL_LINES | SIM_CONTROL_REVERSE,
			 SIM_CONTROL_EPP | (reverse ? SIM_CONTROL_REVERSE : 0));
	if (to_sim_port(parport)->chip.has & SIM_CHIP_ECR)
		sim_port_write(parport, SIM_OFFSET_ECR, 1, SIM_ECR_EPP |
			       SIM_ECR_NERRINTR | SIM_ECR_SERVICE);
}

static void sim_epp_end(struct parport *parport)
{
	if (to_sim_port(parport)->chip.has & SIM_CHIP_ECR)
		sim_port_write(parport, SIM_OFFSET_ECR, 1, SIM_ECR_IDLE);
}

/* Did the last cycle have no answer? The mark of it is cleared. */
static bool sim_epp_timed_out(struct parport *parport)
{
	if (!(sim_read_status(parport) & SIM_STATUS_TIMEOUT))
		return false;
	sim_port_write(parport, SIM_OFFSET_STATUS, 1, SIM_STATUS_TIMEOUT);
	return true;
}

static size_t sim_epp_out(struct parport *parport, const u8 *buf, size_t len,
			  unsigned int offset)
{
	size_t done;

	if (!(parport->modes & PARPORT_MODE_EPP))
		return offset == SIM_OFFSET_EPP_DATA ?
			parport_ieee1284_epp_write_data(parport, buf, len, 0) :
			parport_ieee1284_epp_write_addr(parport, buf, len, 0);
	sim_epp_begin(parport, false);
	for (done = 0; done < len; done++) {
		sim_port_write(parport, offset, 1, buf[done]);
		if (sim_epp_timed_out(parport))
			break;
	}
	sim_epp_end(parport);
	return done;
}

static size_t sim_epp_in(struct parport *parport, u8 *buf, size_t len,
			 unsigned int offset)
{
	size_t done;

	if (!(parport->modes & PARPORT_MODE_EPP))
		return offset == SIM_OFFSET_EPP_DATA ?
			parport_ieee1284_epp_read_data(parport, buf, len, 0) :
			parport_ieee1284_epp_read_addr(parport, buf, len, 0);
	sim_epp_begin(parport, true);
	for (done = 0; done < len; done++) {
		buf[done] = sim_port_read(parport, offset, 1);
		if (sim_epp_timed_out(parport))
			break;
	}
	sim_epp_end(parport);
	return done;
}

static size_t sim_epp_write_data(struct parport *parport, const void *buf,
				 size_t len, int flags)
{
	return sim_epp_out(parport, buf, len, SIM_OFFSET_EPP_DATA);
}

static size_t sim_epp_read_data(struct parport *parport, void *buf, size_t len,
				int flags)
{
	return sim_epp_in(parport, buf, len, SIM_OFFSET_EPP_DATA);
}

static size_t sim_epp_write_addr(struct parport *parport, const void *buf,
				 size_t len, int flags)
{
	return sim_epp_out(parport, buf, len, SIM_OFFSET_EPP_ADDRESS);
}

static size_t sim_epp_read_addr(struct parport *parport, void *buf, size_t len,
				int flags)
{
	return sim_epp_in(parport, buf, len, SIM_OFFSET_EPP_ADDRESS);
}

static struct winpar_softport_ops sim_ops = {
	.parport = {
		.write_data = sim_write_data,
		.read_data = sim_read_data,
		.write_control = sim_write_control,
		.read_control = sim_read_control,
		.frob_control = sim_frob_control,
		.read_status = sim_read_status,
		.enable_irq = sim_enable_irq,
		.disable_irq = sim_disable_irq,
		.data_forward = sim_data_forward,
		.data_reverse = sim_data_reverse,
		.init_state = sim_init_state,
		.save_state = sim_save_state,
		.restore_state = sim_restore_state,
		.epp_write_data = sim_epp_write_data,
		.epp_read_data = sim_epp_read_data,
		.epp_write_addr = sim_epp_write_addr,
		.epp_read_addr = sim_epp_read_addr,
		.ecp_write_data = parport_ieee1284_ecp_write_data,
		.ecp_read_data = parport_ieee1284_ecp_read_data,
		.ecp_write_addr = parport_ieee1284_ecp_write_addr,
		.compat_write_data = parport_ieee1284_write_compat,
		.nibble_read_data = parport_ieee1284_read_nibble,
		.byte_read_data = parport_ieee1284_read_byte,
		.owner = THIS_MODULE,
	},
	.version = WINPAR_SOFTPORT_VERSION,
	.read = sim_port_read,
	.write = sim_port_write,
};

/* ----- life -------------------------------------------------------------- */

static int sim_port_kind(const char *name)
{
	static const struct {
		const char *name;
		u8 has;
	} kind[] = {
		{ "spp", 0 },
		{ "ps2", SIM_CHIP_PS2 },
		{ "epp", SIM_CHIP_PS2 | SIM_CHIP_EPP },
		{ "ecp", SIM_CHIP_PS2 | SIM_CHIP_ECR },
		{ "ecpepp", SIM_CHIP_PS2 | SIM_CHIP_EPP | SIM_CHIP_ECR },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind); i++)
		if (!strcmp(kind[i].name, name))
			return kind[i].has;
	return -EINVAL;
}

/* What the core and its drivers see of the port. */
static void sim_port_describe(struct sim_port *port)
{
	struct parport *parport = port->parport;
	u8 has = port->chip.has;

	parport->base = WINPAR_SOFTPORT_FIRST +
			parport->number * WINPAR_SOFTPORT_SPAN;
	parport->base_hi = has & SIM_CHIP_ECR ?
			   parport->base + WINPAR_SOFTPORT_HI : 0;
	parport->size = has & SIM_CHIP_EPP ? 8 : 3;
	parport->modes = PARPORT_MODE_PCSPP | PARPORT_MODE_SAFEININT;
	if (has & SIM_CHIP_PS2)
		parport->modes |= PARPORT_MODE_TRISTATE;
	if (has & SIM_CHIP_EPP)
		parport->modes |= PARPORT_MODE_EPP;
	parport->private_data = port;
	parport->dev = &port->pdev->dev;
	strscpy(port->name, parport->name, sizeof(port->name));
}

/*
 * The lowest number that no port has and that lies below a port's, or -1. Looks
 * at the numbers below SIM_NUMBERS only.
 */
static int sim_port_gap(void)
{
	int number, gap = -1;

	for (number = 0; number < SIM_NUMBERS; number++) {
		struct parport *parport = parport_find_number(number);

		if (parport) {
			parport_put_port(parport);
			if (gap >= 0)
				return gap;
		} else if (gap < 0) {
			gap = number;
		}
	}
	return -1;
}

/*
 * Say why the core has made no port, where that can be told. Where a number is
 * free below that of a port, kernels from 6.7 on do not give that number to a new
 * port but the next one, twice: tests/kernel/register-gap.patch mends them.
 */
static int sim_port_refused(void)
{
	int gap = sim_port_gap();

	if (gap < 0)
		return -ENOMEM;
	pr_err("the parport core has made no port: parport%d is free, but a port with a higher number is there. Kernels from 6.7 on number a new port wrongly then; remove the higher ones, too\n",
	       gap);
	return -EEXIST;
}

static int sim_port_register(struct sim_port *port)
{
	port->pdev = platform_device_register_simple("winpar_sim",
						     PLATFORM_DEVID_AUTO,
						     NULL, 0);
	/* What the core says, too, where it has no memory for the name. */
	if (port->pdev == ERR_PTR(-EINVAL))
		return -ENOMEM;
	if (IS_ERR(port->pdev))
		return PTR_ERR(port->pdev);
	port->parport = parport_register_port(0, PARPORT_IRQ_NONE,
					      PARPORT_DMA_NONE,
					      &sim_ops.parport);
	if (!port->parport) {
		platform_device_unregister(port->pdev);
		return sim_port_refused();
	}
	sim_port_describe(port);
	return 0;
}

static int sim_port_irq(struct sim_port *port, bool shared)
{
	int ret = sim_irq_init(port);

	if (ret)
		return ret;
	port->parport->irq = port->irq.line;
	return sim_irq_start(port, shared);
}

static struct sim_port *sim_port_alloc(u8 has)
{
	struct sim_port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	if (sim_log_init(&port->log)) {
		kfree(port);
		return NULL;
	}
	mutex_init(&port->mutex);
	raw_spin_lock_init(&port->lock);
	sim_irq_prepare(&port->irq);
	sim_chip_init(&port->chip, has);
	sim_cable_init(&port->cable, &port->chip.host, __sim_lines_sense);
	return port;
}

/* Take apart a port that no driver knows: from now on it has no registers. */
static void sim_port_close(struct sim_port *port)
{
	struct parport *parport = port->parport;
	unsigned long flags;

	flags = sim_port_lock(port);
	port->gone = true;
	sim_port_unlock(port, flags);
	sim_irq_stop(port);
	sim_irq_exit(port);
	sim_connect_chain(port, "none");
	sim_connect_end(port, "none");
	port->parport = NULL;
	parport_del_port(parport);
	platform_device_unregister(port->pdev);
}

/**
 * sim_port_new() - make a port and announce it
 * @config: what it is to be
 *
 * Context: process; the core probes it and calls its drivers' match_port.
 * Return: the port, or an ERR_PTR.
 */
struct sim_port *sim_port_new(const struct sim_config *config)
{
	int ret, has = sim_port_kind(config->kind);
	struct sim_port *port;

	if (has < 0 || (config->shared && !config->irq))
		return ERR_PTR(-EINVAL);
	port = sim_port_alloc(has);
	if (!port)
		return ERR_PTR(-ENOMEM);
	ret = sim_port_register(port);
	if (ret)
		goto err_free;
	ret = sim_connect_chain(port, config->daisy);
	if (!ret)
		ret = sim_connect_end(port, config->peripheral);
	if (!ret && config->irq)
		ret = sim_port_irq(port, config->shared);
	if (ret)
		goto err_close;
	pr_info("%s: %s, base 0x%lx, %s%d, daisy chain %s, then %s\n",
		port->name, config->kind, port->parport->base,
		config->irq ? "irq " : "no irq ", port->irq.line,
		config->daisy, config->peripheral);
	parport_announce_port(port->parport);
	return port;

err_close:
	sim_port_close(port);
err_free:
	sim_port_free(port);
	return ERR_PTR(ret);
}

/**
 * sim_port_remove() - take a port away
 * @port: the port
 *
 * Context: process; the core calls its drivers' detach. Not under the port's
 * mutex.
 */
void sim_port_remove(struct sim_port *port)
{
	parport_remove_port(port->parport);
	sim_port_close(port);
}

/**
 * sim_port_free() - free a port
 * @port: the port, removed
 *
 * Context: process; no call to the port is under way.
 */
void sim_port_free(struct sim_port *port)
{
	sim_log_exit(&port->log);
	kfree(port);
}
