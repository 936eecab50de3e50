// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches for ports, and prints a page on one of them each time that it arrives.
 * It loads before any port is there, and stays loaded when a port is removed and
 * comes back: the shape of a client that is named in /etc/modules-load.d.
 *
 *   insmod winpar_watch.ko lpt=LPT1
 *
 * How many pages have been printed can be read in
 * /sys/module/winpar_watch/parameters/pages.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/string.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();
MODULE_DESCRIPTION("Prints a page on a port each time that it arrives");
MODULE_LICENSE("GPL");

static char *lpt;
module_param(lpt, charp, 0444);
MODULE_PARM_DESC(lpt, "Print on this port when it arrives, LPT1 for one (default: on none)");

static unsigned int pages;
module_param(pages, uint, 0444);
MODULE_PARM_DESC(pages, "How many pages have been printed");

static const char watch_page[] =
	"A page, written by winpar_watch: the port has arrived.\r\n"
	"\f";

/* Which LPT is this port? Windows keeps the name in 16-bit characters. */
static NTSTATUS watch_identify(const char *port, char *name, size_t size)
{
	PARALLEL_PNP_INFORMATION pnp;
	struct winpar_file *file;
	NTSTATUS status;
	size_t i;

	status = winpar_open(port, &file);
	if (status != STATUS_SUCCESS)
		return status;
	status = winpar_internal_ioctl(file,
				       IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
				       NULL, 0, &pnp, sizeof(pnp), NULL);
	if (status == STATUS_SUCCESS) {
		for (i = 0; i < size - 1 && pnp.PortName[i]; i++)
			name[i] = pnp.PortName[i];
		name[i] = '\0';
	}
	winpar_close(file);
	return status;
}

/* Waits until the driver that has the port now has freed it. */
static void watch_print(const char *name)
{
	struct winpar_file *file;
	NTSTATUS status;
	ULONG done = 0;

	status = winpar_open(name, &file);
	if (status == STATUS_SUCCESS) {
		status = winpar_write(file, watch_page, sizeof(watch_page) - 1,
				      &done);
		winpar_close(file);
	}
	if (status == STATUS_SUCCESS) {
		pages++;
		pr_info("%s has taken a page of %u bytes\n", name, done);
	} else {
		pr_warn("%s has taken %u of %zu bytes: %s (%#010x)\n", name,
			done, sizeof(watch_page) - 1,
			winpar_status_name(status), status);
	}
}

static void watch_arrived(struct winpar_watch *watch, const char *port)
{
	NTSTATUS status;
	char name[16];

	status = watch_identify(port, name, sizeof(name));
	if (status != STATUS_SUCCESS) {
		pr_warn("%s has arrived and cannot be used: %s (%#010x)\n",
			port, winpar_status_name(status), status);
		return;
	}
	pr_info("%s has arrived: %s\n", name, port);
	if (lpt && !strcasecmp(lpt, name))
		watch_print(name);
}

/* A client that keeps a file of the port open closes it here. */
static void watch_removed(struct winpar_watch *watch, const char *port)
{
	pr_info("%s has been removed\n", port);
}

static struct winpar_watch watch = {
	.arrived = watch_arrived,
	.removed = watch_removed,
};

/* Calls watch_arrived() for each port that is there; none is no error. */
static int __init watch_init(void)
{
	NTSTATUS status = winpar_watch_ports(&watch);

	if (status == STATUS_SUCCESS)
		return 0;
	pr_err("cannot watch for ports: %s (%#010x)\n",
	       winpar_status_name(status), status);
	return -EIO;
}
module_init(watch_init);

/* Waits until neither routine of the watch is running. */
static void __exit watch_exit(void)
{
	winpar_unwatch_ports(&watch);
}
module_exit(watch_exit);
