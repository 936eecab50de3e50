// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar: the internal interface of Windows' parallel port driver, for other
 * kernel modules, on top of the Linux parport layer.
 *
 * This room is the module itself: init and exit, the arrival and removal of ports,
 * modules that are unloaded, suspend. docs/design.md has the order of the rooms.
 *
 * The removal is in tests/model/removal.pml.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include <winpar/abi_check.h>
#include <winpar/softport.h>
#include <winpar/winpar.h>

#include "api/client.h"
#include "api/debugfs.h"
#include "api/file.h"
#include "api/sysfs.h"
#include "api/watch.h"
#include "device/open.h"
#include "host/attach.h"
#include "host/regs.h"
#include "host/state.h"
#include "port/interrupt.h"
#include "port/life.h"
#include "port/lpt.h"
#include "port/port.h"
#include "port/table.h"

const unsigned int winpar_abi_2 = 2;
WINPAR_EXPORT(winpar_abi_2);

/* ----- arrival and removal ----------------------------------------------- */

/* The port object of a Linux port, with a reference; NULL when it has none. */
static struct winpar_port *winpar_find_parport(struct parport *parport)
{
	struct winpar_port *port =
		winpar_table_find(winpar_host_number(parport));

	if (port && !winpar_host_has(&port->host, parport)) {
		winpar_port_put(port);
		port = NULL;
	}
	return port;
}

/* What the log says of a port that has arrived. */
static void winpar_say_arrival(const struct winpar_port *port)
{
	const struct winpar_host *host = &port->host;
	char base[24] = "none", irq[12] = "none";

	if (host->base)
		snprintf(base, sizeof(base), "%#lx", host->base);
	if (host->irq >= 0)
		snprintf(irq, sizeof(irq), "%d", host->irq);
	pr_info("LPT%u: %s, base %s, irq %s, %s, connect interrupt: %s\n",
		port->lpt, port->name, base, irq, winpar_host_kind(host),
		winpar_interrupt_may_connect(port) ? "allowed" : "not allowed");
}

/* winpar is loaded, and there is no port: a client will find none. */
static void winpar_say_none(void)
{
	struct winpar_port *port = winpar_table_next(NULL);

	if (port)
		winpar_port_put(port);
	else
		pr_info("there is no parallel port yet: the driver of one brings it (modprobe parport_pc)\n");
}

static void winpar_arrived(struct parport *parport)
{
	int number = winpar_host_number(parport);
	struct winpar_port *port = winpar_find_parport(parport);

	/* The parport core may tell of a port twice. */
	if (port) {
		winpar_port_put(port);
		return;
	}
	port = winpar_port_create(number);
	if (!port)
		goto no_memory;
	winpar_host_attach(&port->host, parport);
	winpar_port_set_lpt(port, winpar_lpt_choose(port));
	if (winpar_table_add(port))
		goto detach;
	winpar_sysfs_add(port);
	winpar_watch_changed();
	winpar_say_arrival(port);
	return;

detach:
	winpar_host_detach(&port->host);
	winpar_port_put(port);
no_memory:
	pr_err("parport%d: no memory, the port cannot be used\n", number);
}

static void winpar_removed(struct parport *parport)
{
	struct winpar_port *port = winpar_find_parport(parport);

	if (!port)
		return;
	winpar_port_mark_gone(port);
	winpar_device_detach(port);
	winpar_port_remove(port);
	winpar_sysfs_remove(port);
	winpar_table_remove(port);
	pr_info("LPT%u: %s is gone\n", port->lpt, port->name);
	winpar_watch_changed();
	winpar_port_put(port);
}

/* ----- clients' modules -------------------------------------------------- */

static int winpar_module_notify(struct notifier_block *nb,
				unsigned long state, void *module)
{
	if (state == MODULE_STATE_GOING)
		winpar_file_end_client(module);
	return NOTIFY_OK;
}

static struct notifier_block winpar_module_nb = {
	.notifier_call = winpar_module_notify,
};

/* ----- the module -------------------------------------------------------- */

static int __init winpar_init(void)
{
	int ret;

	winpar_port_init_room(winpar_device_destroy);
	ret = winpar_host_init_room();
	if (ret)
		return ret;
	ret = winpar_sysfs_init();
	if (ret)
		goto exit_host;
	ret = winpar_watch_init();
	if (ret)
		goto exit_sysfs;
	ret = register_module_notifier(&winpar_module_nb);
	if (ret)
		goto exit_watch;
	ret = winpar_host_watch(winpar_arrived, winpar_removed);
	if (ret)
		goto unregister_module;
	winpar_debugfs_init();
	winpar_say_none();
	return 0;

unregister_module:
	unregister_module_notifier(&winpar_module_nb);
exit_watch:
	winpar_watch_exit();
exit_sysfs:
	winpar_sysfs_exit();
exit_host:
	winpar_host_exit_room();
	return ret;
}

/*
 * Every client has gone: it needed winpar's symbols. What may still keep a port is
 * the parport core, until winpar_host_exit_room() has waited for it.
 */
static void __exit winpar_exit(void)
{
	winpar_debugfs_exit();
	winpar_host_unwatch();
	unregister_module_notifier(&winpar_module_nb);
	winpar_watch_exit();
	winpar_sysfs_exit();
	winpar_client_exit();
	winpar_table_exit();
	winpar_host_exit_room();
	/* The memory of ports, seats and files. */
	rcu_barrier();
}

module_init(winpar_init);
module_exit(winpar_exit);

MODULE_DESCRIPTION("The interface of Windows' parallel port driver for other kernel modules");
MODULE_AUTHOR("The winpar developers");
MODULE_VERSION(WINPAR_VERSION);
/* A client or modprobe that loads winpar has the ports of the board, too. */
MODULE_SOFTDEP("pre: parport_pc");
MODULE_LICENSE("GPL");
