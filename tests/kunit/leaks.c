// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which memory that winpar, winpar_sim or winpar_wdm has allocated is not freed yet? By
 * the kernel's tracepoints kmalloc and kfree: each allocation that code of one of these
 * modules asks for is kept in a list until it is freed.
 *
 * kfree_rcu() frees many objects at once, without a tracepoint. So the functions whose
 * objects it frees are not looked at: wpt_leaks_by_rcu.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <trace/events/kmem.h>

#include "leaks.h"

#define WPT_LEAKS_MOST	512

static const char * const wpt_leaks_modules[] = {
	"[winpar]", "[winpar_sim]", "[winpar_wdm]",
};

static const char * const wpt_leaks_by_rcu[] = {
	/* Files, seats and ports; the first is part of winpar_open_owner(). */
	"winpar_open_owner", "winpar_client_sit", "winpar_port_create",
};

struct wpt_leak {
	const void *ptr;
	unsigned long caller;
};

static DEFINE_RAW_SPINLOCK(wpt_leaks_lock);
static struct wpt_leak wpt_leaks[WPT_LEAKS_MOST];
static unsigned int wpt_leaks_count;
/* How many allocations found the list full. */
static unsigned int wpt_leaks_lost;

static bool wpt_leaks_ours(unsigned long caller)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	snprintf(name, sizeof(name), "%ps", (void *)caller);
	for (i = 0; i < ARRAY_SIZE(wpt_leaks_by_rcu); i++)
		if (strstarts(name, wpt_leaks_by_rcu[i]))
			return false;
	for (i = 0; i < ARRAY_SIZE(wpt_leaks_modules); i++)
		if (strstr(name, wpt_leaks_modules[i]))
			return true;
	return false;
}

static void wpt_leaks_kmalloc(void *data, unsigned long caller, const void *ptr,
			      size_t wanted, size_t size, gfp_t gfp, int node)
{
	unsigned long flags;

	/* A module's code is not in the kernel's image. */
	if (!ptr || caller < MODULES_VADDR || !wpt_leaks_ours(caller))
		return;
	raw_spin_lock_irqsave(&wpt_leaks_lock, flags);
	if (wpt_leaks_count < WPT_LEAKS_MOST)
		wpt_leaks[wpt_leaks_count++] = (struct wpt_leak){ ptr, caller };
	else
		wpt_leaks_lost++;
	raw_spin_unlock_irqrestore(&wpt_leaks_lock, flags);
}

static void wpt_leaks_kfree(void *data, unsigned long caller, const void *ptr)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&wpt_leaks_lock, flags);
	for (i = 0; i < wpt_leaks_count; i++)
		if (wpt_leaks[i].ptr == ptr) {
			wpt_leaks[i] = wpt_leaks[--wpt_leaks_count];
			break;
		}
	raw_spin_unlock_irqrestore(&wpt_leaks_lock, flags);
}

/* Begin to look; wpt_leaks_end() follows. 0, or an errno below 0. */
int wpt_leaks_begin(void)
{
	int ret;

	wpt_leaks_count = 0;
	wpt_leaks_lost = 0;
	ret = register_trace_kfree(wpt_leaks_kfree, NULL);
	if (ret)
		return ret;
	ret = register_trace_kmalloc(wpt_leaks_kmalloc, NULL);
	if (ret)
		unregister_trace_kfree(wpt_leaks_kfree, NULL);
	return ret;
}

/* How many allocations since the beginning are not freed? */
unsigned int wpt_leaks_live(void)
{
	return READ_ONCE(wpt_leaks_count);
}

/* End to look; name what is not freed. */
void wpt_leaks_end(struct kunit *test)
{
	unsigned int i;

	unregister_trace_kmalloc(wpt_leaks_kmalloc, NULL);
	unregister_trace_kfree(wpt_leaks_kfree, NULL);
	tracepoint_synchronize_unregister();
	for (i = 0; i < wpt_leaks_count; i++)
		kunit_info(test, "not freed: what %pS has allocated\n",
			   (void *)wpt_leaks[i].caller);
	KUNIT_EXPECT_EQ(test, wpt_leaks_lost, 0U);
}
