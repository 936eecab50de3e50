// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmwho - for a test that hangs: its init writes to the log which driver has
 * each parallel port and which ones wait for it, by the parport core's lists,
 * and fails.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/parport.h>
#include <winpar/compat.h>

/* At most so many entries of the waiting list, which may be a loop after a bug. */
#define MOST	8

static void who_match(struct parport *port)
{
	struct pardevice *dev;
	unsigned int left = MOST;

	dev = port->cad;
	pr_notice("%s: owner: %s\n", port->name, dev ? dev->name : "none");
	for (dev = port->devices; dev; dev = dev->next) {
		/* Does the driver's task sleep in parport_claim_or_block()? */
		bool asleep = waitqueue_active(&dev->wait_q);

		pr_notice("%s: device %s: waiting %lu, %s\n", port->name,
			  dev->name, dev->waiting, asleep ? "asleep" : "awake");
	}
	for (dev = port->waithead; dev && left; dev = dev->waitnext, left--)
		pr_notice("%s: on the waiting list: %s\n", port->name, dev->name);
}

static struct parport_driver who_driver = {
	.name = KBUILD_MODNAME,
	.match_port = who_match,
	WINPAR_PARPORT_DEVMODEL
};

static int __init who_init(void)
{
	int ret = parport_register_driver(&who_driver);

	if (ret)
		return ret;
	parport_unregister_driver(&who_driver);
	return -EAGAIN;
}
module_init(who_init);

MODULE_DESCRIPTION("Says who has a parallel port and who waits for it");
MODULE_LICENSE("GPL");
