// SPDX-License-Identifier: GPL-2.0-only
/*
 * Port I/O on cookies, the addresses from WINPAR_COOKIE_FIRST on. READ_PORT_UCHAR()
 * and the other routines of winpar/portio.h call the two functions here when a
 * client gives them a cookie instead of the number of an I/O port.
 *
 * Each port has WINPAR_SOFTPORT_SPAN cookies, in the order of the ports' numbers.
 * The cookie of a port in software names one of its registers. Any other cookie
 * names none: a read gives ones, a write is lost, and the log names the caller.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/rcupdate.h>

#include <winpar/portio.h>
#include <winpar/softport.h>
#include <winpar/winpar.h>

#include "host/regs.h"
#include "port/port.h"
#include "port/table.h"

static struct winpar_port *winpar_cookie_port(unsigned long cookie)
{
	return winpar_table_look((cookie - WINPAR_COOKIE_FIRST) /
				 WINPAR_SOFTPORT_SPAN);
}

/**
 * winpar_cookie_read() - read a register of a port in software
 * @cookie: its address, from WINPAR_COOKIE_FIRST on
 * @width: 1, 2 or 4 bytes
 *
 * Context: any.
 * Return: the value of the register; ones when @cookie is no port's register.
 */
u32 winpar_cookie_read(unsigned long cookie, unsigned int width)
{
	struct winpar_port *port;
	u32 value;
	bool ok;

	rcu_read_lock();
	port = winpar_cookie_port(cookie);
	ok = port && winpar_host_cookie_read(&port->host, cookie, width, &value);
	rcu_read_unlock();
	if (ok)
		return value;
	pr_warn_ratelimited("%ps reads %#lx, which is no port's address: take the Controller of GET_PARALLEL_PORT_INFO, as long as its port is there\n",
			    __builtin_return_address(0), cookie);
	return GENMASK(8 * width - 1, 0);
}
WINPAR_EXPORT(winpar_cookie_read);

/**
 * winpar_cookie_write() - write a register of a port in software
 * @cookie: its address, from WINPAR_COOKIE_FIRST on
 * @width: 1, 2 or 4 bytes
 * @value: what to write; lost when @cookie is no port's register
 *
 * Context: any.
 */
void winpar_cookie_write(unsigned long cookie, unsigned int width, u32 value)
{
	struct winpar_port *port;
	bool ok;

	rcu_read_lock();
	port = winpar_cookie_port(cookie);
	ok = port && winpar_host_cookie_write(&port->host, cookie, width, value);
	rcu_read_unlock();
	if (!ok)
		pr_warn_ratelimited("%ps writes %#lx, which is no port's address: take the Controller of GET_PARALLEL_PORT_INFO, as long as its port is there\n",
				    __builtin_return_address(0), cookie);
}
WINPAR_EXPORT(winpar_cookie_write);
