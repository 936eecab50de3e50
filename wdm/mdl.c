// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping a program's memory for a request (wdm/user.c). wdm_mapping_begin() pins the
 * pages, so that they stay although the program frees the memory, and maps them into the
 * kernel, so that the driver can reach them in any context, also in a DPC. The mapping is
 * read-only where the driver is only to read. An MDL describes it.
 *
 * The pages count as locked memory of the program (RLIMIT_MEMLOCK): a program cannot pin
 * more memory than its administrator lets it lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "wdm/mdl.h"

/* Unpin the first @count pages, and free the list of pages. */
static void wdm_mapping_unpin(struct wdm_mapping *mapping, unsigned int count)
{
	unpin_user_pages_dirty_lock(mapping->pages, count, mapping->write);
	account_locked_vm(current->mm, mapping->count, false);
	kvfree(mapping->pages);
	mapping->count = 0;
}

/* Pin the @count pages from @address on. */
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
 * @mapping: filled in, also when this fails: @count is 0 then
 * @address: the program's address of the first byte
 * @length: how many bytes; 0 maps nothing
 * @write: the driver is to write there
 *
 * Context: process context of the program, may sleep.
 * Return: STATUS_SUCCESS, and wdm_mapping_end() follows; STATUS_ACCESS_VIOLATION the
 * program has no memory there, or with @write may not write there itself;
 * STATUS_INSUFFICIENT_RESOURCES no memory, more than WDM_BUFFER_MAX, or more than the
 * program may lock.
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
 * @mapping: from wdm_mapping_begin(), or zeroed; with a @count of 0 nothing is done
 *
 * Context: process context of the program that wdm_mapping_begin() was called by, may
 * sleep.
 */
void wdm_mapping_end(struct wdm_mapping *mapping)
{
	if (!mapping->count)
		return;
	vunmap((void *)((unsigned long)mapping->mdl.MappedSystemVa & PAGE_MASK));
	wdm_mapping_unpin(mapping, mapping->count);
}
