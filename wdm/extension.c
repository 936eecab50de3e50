// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a driver hangs on its driver object, under an address of its own as a name.
 * It is there until the driver ends.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/spinlock.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/extension.h"
#include "wdm/irql.h"

/**
 * struct wdm_extension - an extension of a driver object
 * @entry: on the list of its client's; under the client's lock
 * @id: what the driver names it by
 * @data: the driver's memory
 */
struct wdm_extension {
	struct list_head entry;
	PVOID id;
	u64 data[] __aligned(16);
};

static struct winpar_wdm_client *wdm_extension_client(PDRIVER_OBJECT driver)
{
	return container_of(driver, struct winpar_wdm_client, driver);
}

static struct wdm_extension *__wdm_extension_find(struct winpar_wdm_client *client,
						  PVOID id)
	__must_hold(&client->lock)
{
	struct wdm_extension *extension;

	lockdep_assert_held(&client->lock);
	list_for_each_entry(extension, &client->extensions, entry)
		if (extension->id == id)
			return extension;
	return NULL;
}

/**
 * IoAllocateDriverObjectExtension() - hang memory on a driver object
 * @driver: the driver object
 * @id: an address by which IoGetDriverObjectExtension() finds the memory
 * @size: how many bytes; they are 0
 * @memory: where the memory goes; NULL if the function fails
 *
 * DDI page: wdm, IoAllocateDriverObjectExtension. The memory is freed when the driver ends.
 *
 * Context: below DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_OBJECT_NAME_COLLISION the
 * driver object has memory under @id.
 */
NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id,
					 ULONG size, PVOID *memory)
{
	struct winpar_wdm_client *client = wdm_extension_client(driver);
	struct wdm_extension *extension;
	unsigned long flags;
	bool known;

	*memory = NULL;
	wdm_at_most(APC_LEVEL);
	if (size > KMALLOC_MAX_SIZE - sizeof(*extension))
		return STATUS_INSUFFICIENT_RESOURCES;
	extension = kzalloc(sizeof(*extension) + size, wdm_gfp() | __GFP_NOWARN);
	if (!extension)
		return STATUS_INSUFFICIENT_RESOURCES;
	extension->id = id;
	spin_lock_irqsave(&client->lock, flags);
	known = __wdm_extension_find(client, id);
	if (!known)
		list_add_tail(&extension->entry, &client->extensions);
	spin_unlock_irqrestore(&client->lock, flags);
	if (known) {
		kfree(extension);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	*memory = extension->data;
	return STATUS_SUCCESS;
}
WINPAR_EXPORT(IoAllocateDriverObjectExtension);

/**
 * IoGetDriverObjectExtension() - find memory that hangs on a driver object
 * @driver: the driver object
 * @id: as IoAllocateDriverObjectExtension() was given it
 *
 * DDI page: wdm, IoGetDriverObjectExtension
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the memory; NULL there is none under @id.
 */
PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id)
{
	struct winpar_wdm_client *client = wdm_extension_client(driver);
	struct wdm_extension *extension;
	unsigned long flags;

	spin_lock_irqsave(&client->lock, flags);
	extension = __wdm_extension_find(client, id);
	spin_unlock_irqrestore(&client->lock, flags);
	return extension ? extension->data : NULL;
}
WINPAR_EXPORT(IoGetDriverObjectExtension);

/**
 * wdm_extension_end() - free the extensions of a client's driver object
 * @client: the client, no routine of which is called any more
 *
 * Context: process context.
 */
void wdm_extension_end(struct winpar_wdm_client *client)
{
	struct wdm_extension *extension, *next;

	list_for_each_entry_safe(extension, next, &client->extensions, entry)
		kfree(extension);
}
