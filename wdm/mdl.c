// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program's memory, mapped for a request: its pages are pinned, so that they stay
 * whatever the program does, and mapped into the kernel, so that a driver reaches
 * them in any context. Where the driver is only to read, the mapping is read-only.
 *
 * The pages count as locked memory of the program (RLIMIT_MEMLOCK).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "wdm/mdl.h"

static void wdm_mapping_unpin(struct wdm_mapping *mapping, unsigned int count)
{
	unpin_user_pages_dirty_lock(mapping->pages, count, mapping->write);
	account_locked_vm(current->mm, mapping->count, false);
	kvfree(mapping->pages);
	mapping->count = 0;
}

/* Pin the pages of a mapping whose length is known. */
static NTSTATUS wdm_mapping_pin(struct wdm_mapping *mapping, unsigned long address,
				unsigned int count)
{
	int pinned;

	mapping->pages = kvmalloc_array(count, sizeof(*mapping->pages),
					GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!mapping->pages)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (account_locked_vm(current->mm, count, true)) {
		kvfree(mapping->pages);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	mapping->count = count;
	pinned = pin_user_pages_fast(address & PAGE_MASK, count,
				     FOLL_LONGTERM |
				     (mapping->write ? FOLL_WRITE : 0),
				     mapping->pages);
	if (pinned == (int)count)
		return STATUS_SUCCESS;
	wdm_mapping_unpin(mapping, max(pinned, 0));
	return pinned == -ENOMEM ? STATUS_INSUFFICIENT_RESOURCES :
				   STATUS_ACCESS_VIOLATION;
}

/**
 * wdm_mapping_begin() - map a part of the calling program's memory
 * @mapping: where what is known of it goes
 * @address: where it begins
 * @length: how long it is, in bytes; 0 maps nothing
 * @write: the kernel may write there
 *
 * Context: process context of a program, may sleep.
 * Return: STATUS_SUCCESS; STATUS_ACCESS_VIOLATION that is not its memory, or may not
 * be written; STATUS_INSUFFICIENT_RESOURCES no memory, more than WDM_BUFFER_MAX, or
 * more than the program may lock.
 */
NTSTATUS wdm_mapping_begin(struct wdm_mapping *mapping, void __user *address,
			   size_t length, bool write)
{
	unsigned int offset = offset_in_page((unsigned long)address);
	NTSTATUS status;
	void *mapped;

	*mapping = (struct wdm_mapping){ .write = write };
	if (!length)
		return STATUS_SUCCESS;
	if (length > WDM_BUFFER_MAX)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!current->mm || !access_ok(address, length))
		return STATUS_ACCESS_VIOLATION;
	status = wdm_mapping_pin(mapping, (unsigned long)address,
				 DIV_ROUND_UP(offset + length, PAGE_SIZE));
	if (!NT_SUCCESS(status))
		return status;
	mapped = vmap(mapping->pages, mapping->count, VM_MAP,
		      write ? PAGE_KERNEL : PAGE_KERNEL_RO);
	if (!mapped) {
		wdm_mapping_unpin(mapping, mapping->count);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	mapping->mdl = (MDL){
		.Size = sizeof(MDL),
		.MdlFlags = MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED |
			    (write ? MDL_WRITE_OPERATION : 0),
		.MappedSystemVa = (u8 *)mapped + offset,
		.StartVa = (PVOID)((unsigned long)address & PAGE_MASK),
		.ByteCount = length,
		.ByteOffset = offset,
	};
	return STATUS_SUCCESS;
}

/**
 * wdm_mapping_end() - undo wdm_mapping_begin()
 * @mapping: from a successful one
 *
 * Context: process context of the same program, may sleep.
 */
void wdm_mapping_end(struct wdm_mapping *mapping)
{
	if (!mapping->count)
		return;
	vunmap((void *)((unsigned long)mapping->mdl.MappedSystemVa & PAGE_MASK));
	wdm_mapping_unpin(mapping, mapping->count);
}
