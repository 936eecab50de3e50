// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier. It finds a routine of a client's that returns with a spin lock held or at
 * another level than it was called at, and a client that uses an IRP after it was freed.
 * The log says each mistake once for each function that makes it, until a client ends.
 *
 * The memory of an IRP that is freed is filled with WDM_VERIFY_FREED and kept for a while.
 * A function of the layer that is given such an IRP finds no Type in it. When the memory
 * is freed for good wdm_verify_drop() looks for bytes that were written since. A driver
 * that reads the status of such an IRP and returns it returns WDM_VERIFY_STATUS.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "wdm/verify.h"

/* How many mistakes the log says before a client ends; how many freed IRPs are kept. */
#define WDM_VERIFY_SAID		64
#define WDM_VERIFY_KEPT		64

static bool wdm_verifier = IS_ENABLED(CONFIG_KASAN) ||
			   IS_ENABLED(CONFIG_PROVE_LOCKING);
module_param_named(verifier, wdm_verifier, bool, 0644);
MODULE_PARM_DESC(verifier, "look for locks that a driver does not release and IRPs that it uses after they were freed (default: in kernels with KASAN or lockdep)");

/**
 * struct wdm_verify_kept - the memory of an IRP that was freed
 * @irp: the memory
 * @size: its size in bytes
 * @client: the name of the IRP's client
 * @caller: an address in the function that has completed the IRP, or has freed it
 */
struct wdm_verify_kept {
	u8 *irp;
	size_t size;
	char client[MODULE_NAME_LEN];
	void *caller;
};

static DEFINE_RAW_SPINLOCK(wdm_verify_lock);
/* What was said: functions and formats; under wdm_verify_lock. */
static struct {
	const void *caller;
	const char *what;
} wdm_verify_said[WDM_VERIFY_SAID];
static unsigned int wdm_verify_count;
/* A ring of freed IRPs, of which @wdm_verify_next is the oldest; under wdm_verify_lock. */
static struct wdm_verify_kept wdm_verify_ring[WDM_VERIFY_KEPT];
static unsigned int wdm_verify_next;

/**
 * wdm_verifies() - is the verifier on?
 *
 * Context: any.
 * Return: the parameter verifier.
 */
bool wdm_verifies(void)
{
	return READ_ONCE(wdm_verifier);
}

/**
 * wdm_verify_first() - has a function made a mistake for the first time?
 * @caller: an address in the function
 * @what: what it does
 *
 * Context: any.
 * Return: true, and from then on false; false also when WDM_VERIFY_SAID mistakes were
 * said.
 */
bool wdm_verify_first(const void *caller, const char *what)
{
	unsigned int i;
	unsigned long flags;
	bool first;

	raw_spin_lock_irqsave(&wdm_verify_lock, flags);
	for (i = 0; i < wdm_verify_count; i++)
		if (wdm_verify_said[i].caller == caller &&
		    wdm_verify_said[i].what == what)
			break;
	first = i == wdm_verify_count && i < WDM_VERIFY_SAID;
	if (first) {
		wdm_verify_said[i].caller = caller;
		wdm_verify_said[i].what = what;
		wdm_verify_count++;
	}
	raw_spin_unlock_irqrestore(&wdm_verify_lock, flags);
	return first;
}

/**
 * wdm_verify_returned() - a routine of a client's has returned with another count of locks
 *	or at another level
 * @before: wdm_verify_before() when it was called
 * @now: wdm_verify_before() when it had returned
 * @routine: the routine
 *
 * Context: any.
 */
void wdm_verify_returned(unsigned int before, unsigned int now,
			 const void *routine)
{
	if (!wdm_verifies() || !wdm_verify_first(routine, __func__))
		return;
	if (now > before)
		pr_warn("%pS returns and has not released a spin lock, or has not lowered the IRQL\n",
			routine);
	else
		pr_warn("%pS returns and has released a spin lock that it did not acquire, or has lowered the IRQL too far\n",
			routine);
}

/* Free a kept IRP for good, and say if it was written to. */
static void wdm_verify_drop(struct wdm_verify_kept *kept)
{
	u8 *changed;

	if (!kept->irp)
		return;
	changed = memchr_inv(kept->irp, WDM_VERIFY_FREED, kept->size);
	if (changed && wdm_verify_first(kept->caller, __func__))
		pr_warn("%s: an IRP that %pS has completed or freed was written to after that, at offset %zu\n",
			kept->client, kept->caller,
			(size_t)(changed - kept->irp));
	kfree(kept->irp);
}

/**
 * wdm_verify_free() - free an IRP; with the verifier on, keep its memory for a while
 * @irp: the IRP's memory
 * @size: its size in bytes
 * @client: the name of the IRP's client
 * @caller: an address in the function that has completed the IRP, or has freed it
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_verify_free(void *irp, size_t size, const char *client, void *caller)
{
	struct wdm_verify_kept kept = { .irp = irp, .size = size, .caller = caller };
	unsigned long flags;

	if (!wdm_verifies()) {
		kfree(irp);
		return;
	}
	strscpy(kept.client, client, sizeof(kept.client));
	memset(irp, WDM_VERIFY_FREED, size);
	raw_spin_lock_irqsave(&wdm_verify_lock, flags);
	swap(kept, wdm_verify_ring[wdm_verify_next]);
	wdm_verify_next = (wdm_verify_next + 1) % WDM_VERIFY_KEPT;
	raw_spin_unlock_irqrestore(&wdm_verify_lock, flags);
	wdm_verify_drop(&kept);
}

/**
 * wdm_verify_keeps() - is a piece of memory an IRP that was freed?
 * @irp: the memory
 *
 * Context: any.
 * Return: true if the verifier keeps it.
 */
bool wdm_verify_keeps(const void *irp)
{
	unsigned long flags;
	bool keeps = false;
	unsigned int i;

	raw_spin_lock_irqsave(&wdm_verify_lock, flags);
	for (i = 0; i < WDM_VERIFY_KEPT; i++)
		keeps |= wdm_verify_ring[i].irp == irp;
	raw_spin_unlock_irqrestore(&wdm_verify_lock, flags);
	return keeps;
}

/**
 * wdm_verify_end() - a client ends: free all IRPs that are kept, and forget what was said,
 *	since the addresses may be another module's from now on
 *
 * Context: process context.
 */
void wdm_verify_end(void)
{
	struct wdm_verify_kept kept;
	unsigned int i;

	for (i = 0; i < WDM_VERIFY_KEPT; i++) {
		kept = (struct wdm_verify_kept){ };
		raw_spin_lock_irq(&wdm_verify_lock);
		swap(kept, wdm_verify_ring[i]);
		raw_spin_unlock_irq(&wdm_verify_lock);
		wdm_verify_drop(&kept);
	}
	raw_spin_lock_irq(&wdm_verify_lock);
	wdm_verify_count = 0;
	raw_spin_unlock_irq(&wdm_verify_lock);
}
