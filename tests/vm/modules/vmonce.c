// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmonce - a Linux driver that claims a port once. If it is refused, it ignores
 * the later offer of the port, as plip does while its interface is down.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/parport.h>
#include <winpar/compat.h>

static struct pardevice *once;

static void once_wakeup(void *private)
{
}

static void once_match(struct parport *port)
{
	const struct pardev_cb callbacks = { .wakeup = once_wakeup };

	if (once)
		return;
	once = parport_register_dev_model(port, KBUILD_MODNAME, &callbacks, 0);
	if (once)
		pr_info("claim: %d\n", parport_claim(once));
}

static struct parport_driver once_driver = {
	.name = KBUILD_MODNAME,
	.match_port = once_match,
	WINPAR_PARPORT_DEVMODEL
};

static int __init once_init(void)
{
	return parport_register_driver(&once_driver);
}

static void __exit once_exit(void)
{
	if (once)
		parport_unregister_device(once);
	parport_unregister_driver(&once_driver);
}

module_init(once_init);
module_exit(once_exit);
MODULE_DESCRIPTION("A Linux driver that claims a port once");
MODULE_LICENSE("GPL");
