// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar_sim.ko, the module: parameters, and the lists of ports.
 *
 * Ports are made when the module is loaded, as its parameters say, and when a
 * user writes to "add" in debugfs. They are removed when a user writes to
 * "remove", and with the module.
 *
 *	made: on sim_ports		sim_add()
 *	removed: on sim_removed		sim_remove(), sim_remove_all()
 *	freed				sim_remove_all(), when the module goes
 *
 * On kernels whose parport core goes to I/O addresses by itself instead of
 * calling a port's operations, the module does not load.
 *
 * Locking: sim_mutex guards both lists.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/parport.h>
#include <linux/string.h>

#include <winpar/version.h>

#include "debugfs.h"
#include "port.h"

#define SIM_PORTS_MAX	64

static unsigned int ports = 1;
module_param(ports, uint, 0444);
MODULE_PARM_DESC(ports, "how many ports, 0 to 64 (1)");

static char *kind[SIM_PORTS_MAX];
static unsigned int kinds;
module_param_array(kind, charp, &kinds, 0444);
MODULE_PARM_DESC(kind, "chip of each port: spp, ps2, epp, ecp or ecpepp (ecpepp); further ports have the last one given");

static char *peripheral[SIM_PORTS_MAX];
static unsigned int peripherals;
module_param_array(peripheral, charp, &peripherals, 0444);
MODULE_PARM_DESC(peripheral, "end-of-chain device of each: printer, epp, eppraw, loopback, plug or none (printer)");

static char *daisy[SIM_PORTS_MAX];
static unsigned int daisies;
module_param_array(daisy, charp, &daisies, 0444);
MODULE_PARM_DESC(daisy, "daisy-chain devices of each, nearest first, as printer+epp, or none (none)");

static bool irq[SIM_PORTS_MAX];
static unsigned int irqs;
module_param_array(irq, bool, &irqs, 0444);
MODULE_PARM_DESC(irq, "whether each has an interrupt (yes)");

static bool shared[SIM_PORTS_MAX];
static unsigned int shareds;
module_param_array(shared, bool, &shareds, 0444);
MODULE_PARM_DESC(shared, "whether another device is on the interrupt line of each (no)");

static DEFINE_MUTEX(sim_mutex);
static LIST_HEAD(sim_ports);
static LIST_HEAD(sim_removed);

/* Make a port. */
static int sim_add(const struct sim_config *config)
{
	struct sim_port *port;

	mutex_lock(&sim_mutex);
	port = sim_port_new(config);
	if (!IS_ERR(port)) {
		list_add_tail(&port->node, &sim_ports);
		sim_debugfs_add(port);
	}
	mutex_unlock(&sim_mutex);
	return PTR_ERR_OR_ZERO(port);
}

static void sim_take_away(struct sim_port *port)
{
	lockdep_assert_held(&sim_mutex);
	sim_debugfs_remove(port);
	sim_port_remove(port);
	list_move(&port->node, &sim_removed);
}

/* Remove the port of that name. */
static int sim_remove(const char *name)
{
	struct sim_port *port;
	int ret = -ENODEV;

	mutex_lock(&sim_mutex);
	list_for_each_entry(port, &sim_ports, node)
		if (!strcmp(port->name, name)) {
			sim_take_away(port);
			ret = 0;
			break;
		}
	mutex_unlock(&sim_mutex);
	return ret;
}

static void sim_remove_all(void)
{
	struct sim_port *port, *next;

	mutex_lock(&sim_mutex);
	list_for_each_entry_safe(port, next, &sim_ports, node)
		sim_take_away(port);
	list_for_each_entry_safe(port, next, &sim_removed, node) {
		list_del(&port->node);
		sim_port_free(port);
	}
	mutex_unlock(&sim_mutex);
}

static void sim_end(void)
{
	sim_debugfs_close();
	sim_remove_all();
	sim_debugfs_exit();
}

/* The value for port @i; further ports have the last value given. */
static const char *sim_choice(char *const *value, unsigned int n,
			      unsigned int i, const char *otherwise)
{
	return n ? value[min(i, n - 1)] : otherwise;
}

static int __init sim_add_all(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ports && !ret; i++) {
		const struct sim_config config = {
			.kind = sim_choice(kind, kinds, i, "ecpepp"),
			.peripheral = sim_choice(peripheral, peripherals, i,
						 "printer"),
			.daisy = sim_choice(daisy, daisies, i, "none"),
			.irq = irqs ? irq[min(i, irqs - 1)] : true,
			.shared = shareds ? shared[min(i, shareds - 1)] : false,
		};

		ret = sim_add(&config);
		if (ret == -EINVAL)
			pr_err("kind=%s peripheral=%s daisy=%s: one of these is unknown\n",
			       config.kind, config.peripheral, config.daisy);
	}
	return ret;
}

/*
 * Does the parport core of this kernel go to I/O addresses by itself? Then
 * <linux/parport.h> has included <linux/parport_pc.h>, whose inline functions
 * the core calls instead of the port's operations.
 */
static bool __init sim_bypassed(void)
{
#ifdef __LINUX_PARPORT_PC_H
	return true;
#else
	return false;
#endif
}

static int __init sim_init(void)
{
	int ret;

	if (sim_bypassed()) {
		pr_err("this kernel knows PC ports only (CONFIG_PARPORT_NOT_PC is not set): its parport core would go to I/O addresses instead of asking this port\n");
		return -EOPNOTSUPP;
	}
	if (ports > SIM_PORTS_MAX) {
		pr_err("ports=%u: at most %d\n", ports, SIM_PORTS_MAX);
		return -EINVAL;
	}
	sim_debugfs_init(sim_add, sim_remove);
	ret = sim_add_all();
	if (ret)
		sim_end();
	return ret;
}

static void __exit sim_exit(void)
{
	sim_end();
}

module_init(sim_init);
module_exit(sim_exit);

MODULE_DESCRIPTION("A parallel port and its peripherals in software");
MODULE_AUTHOR("The winpar developers");
MODULE_VERSION(WINPAR_VERSION);
MODULE_LICENSE("GPL");
