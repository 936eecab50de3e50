// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar: the internal interface of Windows' parallel port driver, for other
 * kernel modules, on top of the Linux parport layer.
 *
 * This room is the module itself: its parameters, the table of ports, their
 * arrival and removal, and the clients' modules. Who knows whom, from the top:
 *
 *	(this room)		the module
 *	api/watch.c		clients who want to know of ports
 *	api/debugfs.c	what an administrator sees
 *	api/request.c		requests
 *	winpar_ioctl.c		dispatch
 *	api/file.c		openers
 *	device/open.c		parallel devices (device/device.h has their rooms)
 *	port/select.c		requests that choose a daisy-chain device
 *	port/allocate.c		who has a port
 *	port/queue.c		who waits for it, and who is next
 *	port/interrupt.c	interrupt routines
 *	port/mode.c		the chip: its modes, what it can
 *	port/daisy.c		packets to daisy-chain devices
 *	host/claim.c		the Linux port
 *
 * The table only grows: a port that was once there keeps its object until the
 * module exits, since clients may keep its callbacks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/xarray.h>

#include <winpar/abi_check.h>
#include <winpar/softport.h>
#include <winpar/winpar.h>

#include "winpar.h"

/* Ports that can have a setting of their own. */
#define WINPAR_PORT_SETTINGS	16

static bool enable_connect_interrupt;
module_param(enable_connect_interrupt, bool, 0644);
MODULE_PARM_DESC(enable_connect_interrupt,
		 "Let clients connect interrupt routines (default: no)");

static int enable_connect_interrupt_port[WINPAR_PORT_SETTINGS] = {
	[0 ... WINPAR_PORT_SETTINGS - 1] = -1
};
module_param_array(enable_connect_interrupt_port, int, NULL, 0644);
MODULE_PARM_DESC(enable_connect_interrupt_port,
		 "The same for port 0, 1...: 1 yes, 0 no, -1 as enable_connect_interrupt says (default)");

bool winpar_may_scan = true;
module_param_named(scan_1284_3, winpar_may_scan, bool, 0644);
MODULE_PARM_DESC(scan_1284_3,
		 "Look for IEEE 1284.3 daisy-chain devices when a client asks for them (default: yes)");

const unsigned int winpar_abi_1 = 1;
WINPAR_EXPORT(winpar_abi_1);

static DEFINE_XARRAY(winpar_ports);

/**
 * winpar_find_port() - a port by its number
 * @number: M
 *
 * Context: any.
 * Return: the port, which may have gone, or NULL when there was none ever.
 */
struct winpar_port *winpar_find_port(unsigned int number)
{
	return xa_load(&winpar_ports, number);
}

/**
 * winpar_next_port() - the first port from a number on
 * @number: where to begin; set to the port's
 *
 * Context: any.
 * Return: the port, or NULL when there is none.
 */
struct winpar_port *winpar_next_port(unsigned long *number)
{
	return xa_find(&winpar_ports, number, ULONG_MAX, XA_PRESENT);
}

/**
 * winpar_may_connect_interrupt() - is CONNECT_INTERRUPT enabled?
 * @port: for this port
 *
 * Context: any.
 * Return: the port's own setting if it has one, else everybody's.
 */
bool winpar_may_connect_interrupt(const struct winpar_port *port)
{
	int own = -1;

	if (port->number < WINPAR_PORT_SETTINGS)
		own = READ_ONCE(enable_connect_interrupt_port[port->number]);
	return own < 0 ? READ_ONCE(enable_connect_interrupt) : own;
}

/* ----- arrival and removal ----------------------------------------------- */

static struct winpar_port *winpar_add_port(int number)
{
	struct winpar_port *port = winpar_port_create(number);

	if (!port)
		return NULL;
	if (xa_err(xa_store(&winpar_ports, number, port, GFP_KERNEL))) {
		winpar_host_exit(&port->host);
		winpar_port_destroy(port);
		return NULL;
	}
	return port;
}

static void winpar_arrived(struct parport *parport)
{
	int number = winpar_host_number(parport);
	struct winpar_port *port = winpar_find_port(number);

	if (!port)
		port = winpar_add_port(number);
	if (!port) {
		pr_err("parport%d: no memory, the port cannot be used\n",
		       number);
		return;
	}
	if (winpar_host_is_there(&port->host))
		return;
	/* In this order: whoever can open it finds it ready to be claimed. */
	winpar_port_arrive(port);
	winpar_host_attach(&port->host, parport);
	winpar_watch_changed();
	pr_info("%s: \\Device\\ParallelPort%d, LPT%d\n", port->name, number,
		number + 1);
}

static void winpar_removed(struct parport *parport)
{
	struct winpar_port *port =
		winpar_find_port(winpar_host_number(parport));

	if (!port || !winpar_host_has(&port->host, parport))
		return;
	winpar_device_detach(port);
	winpar_port_remove(port);
	winpar_device_detached(port);
	winpar_watch_changed();
}

/* ----- clients' modules -------------------------------------------------- */

static int winpar_module_notify(struct notifier_block *nb,
				unsigned long state, void *module)
{
	/* A watch's routine may wait for a port, and open one. */
	if (state == MODULE_STATE_GOING) {
		winpar_file_end_client(module);
		winpar_watch_end_client(module);
		winpar_file_end_client(module);
	}
	return NOTIFY_OK;
}

static struct notifier_block winpar_module_nb = {
	.notifier_call = winpar_module_notify,
};

/* ----- cookies ----------------------------------------------------------- */

/*
 * Addresses of ports in software: each has WINPAR_SOFTPORT_SPAN of them, in the
 * order of their numbers. Where nobody answers it is as on a bus without a card:
 * reads give ones and writes are lost.
 */
static struct winpar_port *winpar_cookie_port(unsigned long cookie)
{
	return winpar_find_port((cookie - WINPAR_COOKIE_FIRST) /
				WINPAR_SOFTPORT_SPAN);
}

/**
 * winpar_cookie_read() - read a register of a port in software
 * @cookie: its address, from WINPAR_COOKIE_FIRST on
 * @width: 1, 2 or 4 bytes
 *
 * Context: any.
 * Return: what is read; ones when no port has that address.
 */
u32 winpar_cookie_read(unsigned long cookie, unsigned int width)
{
	struct winpar_port *port = winpar_cookie_port(cookie);
	u32 value;

	if (port && winpar_host_cookie_read(&port->host, cookie, width, &value))
		return value;
	pr_warn_ratelimited("%ps reads %#lx, which is no port's address\n",
			    __builtin_return_address(0), cookie);
	return GENMASK(8 * width - 1, 0);
}
WINPAR_EXPORT(winpar_cookie_read);

/**
 * winpar_cookie_write() - write a register of a port in software
 * @cookie: its address, from WINPAR_COOKIE_FIRST on
 * @width: 1, 2 or 4 bytes
 * @value: what to write; lost when no port has that address
 *
 * Context: any.
 */
void winpar_cookie_write(unsigned long cookie, unsigned int width, u32 value)
{
	struct winpar_port *port = winpar_cookie_port(cookie);

	if (port && winpar_host_cookie_write(&port->host, cookie, width, value))
		return;
	pr_warn_ratelimited("%ps writes %#lx, which is no port's address\n",
			    __builtin_return_address(0), cookie);
}
WINPAR_EXPORT(winpar_cookie_write);

/* ----- the module -------------------------------------------------------- */

/*
 * A port may be under the feet of the parport core's walkers until the host
 * room has buried all its devices.
 */
static void winpar_destroy_ports(void)
{
	struct winpar_port *port;
	unsigned long number;

	xa_for_each(&winpar_ports, number, port)
		winpar_host_exit(&port->host);
	winpar_host_exit_room();
	xa_for_each(&winpar_ports, number, port) {
		winpar_device_destroy(port);
		winpar_port_destroy(port);
	}
	xa_destroy(&winpar_ports);
}

static int __init winpar_init(void)
{
	int ret;

	ret = winpar_host_init_room();
	if (ret)
		return ret;
	ret = register_module_notifier(&winpar_module_nb);
	if (ret)
		goto exit_room;
	ret = winpar_host_watch(winpar_arrived, winpar_removed);
	if (ret)
		goto unregister;
	winpar_debugfs_init();
	return 0;

unregister:
	unregister_module_notifier(&winpar_module_nb);
exit_room:
	winpar_destroy_ports();
	return ret;
}

static void __exit winpar_exit(void)
{
	winpar_debugfs_exit();
	winpar_host_unwatch();
	winpar_watch_exit();
	unregister_module_notifier(&winpar_module_nb);
	winpar_destroy_ports();
}

module_init(winpar_init);
module_exit(winpar_exit);

MODULE_DESCRIPTION("The interface of Windows' parallel port driver for other kernel modules");
MODULE_VERSION(WINPAR_VERSION);
MODULE_LICENSE("GPL");
