// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmlack - while a module is loaded, let one allocation of its init function fail.
 *
 * The parameter nth says which one; 0: none. What the kernel allocates before it calls init
 * does not fail: the kernel warns of some of that. The file fail-nth of the thread that has
 * loaded a module says how many allocations there were too few (tests/vm/bin/load_lacking.c).
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static unsigned int nth;
module_param(nth, uint, 0600);
MODULE_PARM_DESC(nth, "which allocation of a module's init fails; 0: none");

static struct tracepoint *vmlack_tracepoint;

/* The kernel is about to call a module's init. */
static void vmlack_loads(void *data, struct module *mod)
{
#ifdef CONFIG_FAULT_INJECTION
	current->fail_nth = READ_ONCE(nth);
#endif
}

static void vmlack_find(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "module_load"))
		vmlack_tracepoint = tracepoint;
}

static int __init vmlack_init(void)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB))
		return -EOPNOTSUPP;
	for_each_kernel_tracepoint(vmlack_find, NULL);
	if (!vmlack_tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(vmlack_tracepoint, vmlack_loads, NULL);
}

static void __exit vmlack_exit(void)
{
	tracepoint_probe_unregister(vmlack_tracepoint, vmlack_loads, NULL);
	tracepoint_synchronize_unregister();
}

module_init(vmlack_init);
module_exit(vmlack_exit);

MODULE_DESCRIPTION("Lets an allocation of a module's init function fail");
MODULE_AUTHOR("The winpar developers");
MODULE_LICENSE("GPL");
