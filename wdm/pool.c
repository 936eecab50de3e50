// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of Windows' pools, which are all one here. Each allocation has a header in
 * front and is on its client's list. When a client ends, wdm_pool_end() names in the log
 * what it has not freed, and frees it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/slab.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/pool.h"
#include "wdm/timer.h"
#include "wdm/verify.h"

#define WDM_POOL_LIVE	0x57504f4f
#define WDM_POOL_FREED	0x46524545
/* How many allocations that were not freed the log names one by one. */
#define WDM_POOL_SAID	8

/**
 * struct wdm_block - the header in front of each allocation
 * @entry: on the client's list
 * @client: the client that allocated it
 * @caller: an address in the function that allocated it
 * @size: its size in bytes, without this header
 * @tag: four letters, the first in the lowest byte
 * @live: WDM_POOL_LIVE until it is freed
 */
struct wdm_block {
	struct list_head entry;
	struct winpar_wdm_client *client;
	void *caller;
	size_t size;
	u32 tag;
	u32 live;
} __aligned(16);

/* A tag as text. */
static const char *wdm_pool_tag(u32 tag, char text[5])
{
	unsigned int i;

	for (i = 0; i < 4; i++, tag >>= 8)
		text[i] = isprint(tag & 0xff) ? tag & 0xff : '.';
	text[4] = '\0';
	return text;
}

/**
 * winpar_wdm_pool_alloc() - allocate memory: ExAllocatePoolWithTag()
 * @client: the client
 * @size: how many bytes; their contents are undefined
 * @tag: four letters by which the log names memory that is not freed
 * @caller: an address in the function that allocates, which the log names, too
 *
 * DDI page: wdm, ExAllocatePoolWithTag
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the memory, aligned to 16 bytes, or NULL.
 */
PVOID winpar_wdm_pool_alloc(struct winpar_wdm_client *client, SIZE_T size,
			    ULONG tag, void *caller)
{
	struct wdm_block *block;
	unsigned long flags;

	if (!wdm_at_most(DISPATCH_LEVEL) ||
	    size > KMALLOC_MAX_SIZE - sizeof(*block))
		return NULL;
	block = kmalloc(sizeof(*block) + size, wdm_gfp() | __GFP_NOWARN);
	if (!block)
		return NULL;
	block->client = client;
	block->caller = caller;
	block->size = size;
	block->tag = tag;
	block->live = WDM_POOL_LIVE;
	spin_lock_irqsave(&client->lock, flags);
	list_add_tail(&block->entry, &client->pool);
	spin_unlock_irqrestore(&client->lock, flags);
	return block + 1;
}
WINPAR_EXPORT(winpar_wdm_pool_alloc);

static void wdm_pool_drop(struct wdm_block *block)
{
	struct winpar_wdm_client *client = block->client;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	list_del(&block->entry);
	spin_unlock_irqrestore(&client->lock, flags);
	block->live = WDM_POOL_FREED;
	kfree(block);
}

/* Free memory for @caller. */
static void wdm_pool_free(PVOID memory, ULONG tag, void *caller)
{
	struct wdm_block *block = memory ? (struct wdm_block *)memory - 1 : NULL;
	char text[5];

	if (!block || block->live != WDM_POOL_LIVE) {
		pr_warn_ratelimited("%pS frees %p, which is no memory of a pool\n",
				    caller, memory);
		return;
	}
	if (tag && tag != block->tag)
		wdm_warn(block->client, "%pS frees memory with the tag %s by another tag\n",
			 caller, wdm_pool_tag(block->tag, text));
	/* With the verifier only, since it goes along the lists of all of them. */
	if (wdm_verifies() && wdm_timer_forget(memory, block->size))
		wdm_warn(block->client, "%pS frees memory with the tag %s in which a timer is set or a DPC is queued: it is dropped\n",
			 caller, wdm_pool_tag(block->tag, text));
	wdm_pool_drop(block);
}

/**
 * ExFreePoolWithTag() - free memory that has this tag
 * @memory: from ExAllocatePool(), ExAllocatePoolWithTag() or a call that says so
 * @tag: its tag; 0 fits any
 *
 * DDI page: wdm, ExFreePoolWithTag. What is no memory of a pool is not freed, and the
 * log names the caller; so it does when @tag is not the memory's, which is freed then.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void ExFreePoolWithTag(PVOID memory, ULONG tag)
{
	wdm_at_most(DISPATCH_LEVEL);
	wdm_pool_free(memory, tag, (void *)_RET_IP_);
}
WINPAR_EXPORT(ExFreePoolWithTag);

/**
 * ExFreePool() - free memory of a pool
 * @memory: as for ExFreePoolWithTag()
 *
 * DDI page: wdm, ExFreePool
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void ExFreePool(PVOID memory)
{
	wdm_at_most(DISPATCH_LEVEL);
	wdm_pool_free(memory, 0, (void *)_RET_IP_);
}
WINPAR_EXPORT(ExFreePool);

/**
 * wdm_pool_end() - free what a client has not freed, and name it
 * @client: the client, none of whose routines runs any more
 *
 * Context: process context.
 */
void wdm_pool_end(struct winpar_wdm_client *client)
{
	struct wdm_block *block, *next;
	unsigned int count = 0;
	size_t bytes = 0;
	char text[5];

	list_for_each_entry_safe(block, next, &client->pool, entry) {
		if (count++ < WDM_POOL_SAID)
			pr_warn("%s: %zu bytes with the tag %s, allocated by %pS, were not freed\n",
				wdm_client_name(client), block->size,
				wdm_pool_tag(block->tag, text), block->caller);
		bytes += block->size;
		wdm_pool_drop(block);
	}
	if (count)
		pr_warn("%s: %u allocations with %zu bytes were left and are freed: DriverUnload has to call ExFreePool()\n",
			wdm_client_name(client), count, bytes);
}
