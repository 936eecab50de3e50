// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping a program's memory for a request (wdm/user.c). wdm_mapping_begin() pins the
 * pages, so that they stay although the program frees the memory, and maps them into the
 * kernel, so that the driver can reach them in any context, also in a DPC. An MDL describes
 * the mapping.
 *
 * The danger: a driver writes to its input, as some do on Windows, where a program that may not
 * write there gets an exception. A driver without exceptions would end the kernel. So it can
 * always write: input that the program itself may not write is a copy.
 *
 * The pages, or the copy, count as locked memory of the program (RLIMIT_MEMLOCK): a program
 * cannot pin more memory than its administrator lets it lock.
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
	unpin_user_pages_dirty_lock(mapping->pages, count, true);
	account_locked_vm(current->mm, mapping->count, false);
	kvfree(mapping->pages);
	mapping->count = 0;
}

/*
 * Pin the @count pages from @address on. pin_user_pages_fast() returns fewer where it fails
 * after the first: why, it says when it is asked for the rest.
 */
static NTSTATUS wdm_mapping_pin(struct wdm_mapping *mapping, unsigned long address,
				unsigned int count)
{
	unsigned int done = 0;
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
	do {
		pinned = pin_user_pages_fast((address & PAGE_MASK) + done * PAGE_SIZE,
					     count - done, FOLL_LONGTERM | FOLL_WRITE,
					     mapping->pages + done);
		done += max(pinned, 0);
	} while (pinned > 0 && done < count);
	if (done == count)
		return STATUS_SUCCESS;
	wdm_mapping_unpin(mapping, done);
	return pinned == -ENOMEM ? STATUS_INSUFFICIENT_RESOURCES :
				   STATUS_ACCESS_VIOLATION;
}

/* Pin the program's memory, and map it. Returns where it is. */
static NTSTATUS wdm_mapping_map(struct wdm_mapping *mapping, unsigned long address,
				unsigned int count, u8 **at)
{
	NTSTATUS status = wdm_mapping_pin(mapping, address, count);

	if (!NT_SUCCESS(status))
		return status;
	*at = vmap(mapping->pages, mapping->count, VM_MAP, PAGE_KERNEL);
	if (!*at) {
		wdm_mapping_unpin(mapping, mapping->count);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	*at += offset_in_page(address);
	return STATUS_SUCCESS;
}

/*
 * Copy the program's memory, which it may not write. Returns where the copy is: as far from
 * the beginning of a page as the program's memory.
 */
static NTSTATUS wdm_mapping_copy(struct wdm_mapping *mapping, void __user *address,
				 size_t length, unsigned int count, u8 **at)
{
	unsigned int offset = offset_in_page((unsigned long)address);

	if (account_locked_vm(current->mm, count, true))
		return STATUS_INSUFFICIENT_RESOURCES;
	mapping->copy = __vmalloc(offset + length, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (mapping->copy && !copy_from_user(mapping->copy + offset, address, length)) {
		mapping->count = count;
		*at = mapping->copy + offset;
		return STATUS_SUCCESS;
	}
	account_locked_vm(current->mm, count, false);
	if (!mapping->copy)
		return STATUS_INSUFFICIENT_RESOURCES;
	vfree(mapping->copy);
	mapping->copy = NULL;
	return STATUS_ACCESS_VIOLATION;
}

/**
 * wdm_mapping_begin() - map a part of the calling program's memory; the driver can read and
 *	write there
 * @mapping: filled in, also when this fails: @count is 0 then
 * @address: the program's address of the first byte
 * @length: how many bytes; 0 maps nothing
 * @write: it is output: the program has to be able to write there itself
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
	unsigned long first = (unsigned long)address;
	unsigned int offset = offset_in_page(first), count;
	NTSTATUS status;
	u8 *at;

	*mapping = (struct wdm_mapping){ };
	if (!length)
		return STATUS_SUCCESS;
	if (length > WDM_BUFFER_MAX)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!current->mm || !access_ok(address, length))
		return STATUS_ACCESS_VIOLATION;
	count = DIV_ROUND_UP(offset + length, PAGE_SIZE);
	status = wdm_mapping_map(mapping, first, count, &at);
	if (status == STATUS_ACCESS_VIOLATION && !write)
		status = wdm_mapping_copy(mapping, address, length, count, &at);
	if (!NT_SUCCESS(status))
		return status;
	mapping->mdl = (MDL){
		.Size = sizeof(MDL),
		.MdlFlags = MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED |
			    (write ? MDL_WRITE_OPERATION : 0),
		.MappedSystemVa = at,
		.StartVa = (PVOID)(first & PAGE_MASK),
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
	if (mapping->copy) {
		account_locked_vm(current->mm, mapping->count, false);
		vfree(mapping->copy);
		return;
	}
	vunmap((void *)((unsigned long)mapping->mdl.MappedSystemVa & PAGE_MASK));
	wdm_mapping_unpin(mapping, mapping->count);
}
