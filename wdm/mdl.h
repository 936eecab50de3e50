/* SPDX-License-Identifier: GPL-2.0-only */
/* A program's memory, mapped for a request. */
#ifndef _WINPAR_WDM_MDL_H
#define _WINPAR_WDM_MDL_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <winpar/ddk/wdm.h>

/* A request with a longer buffer than this is refused, in bytes. */
#define WDM_BUFFER_MAX	(64 << 20)

struct page;

/**
 * struct wdm_mapping - a part of a program's memory that is mapped into the kernel
 * @mdl: describes the memory; MappedSystemVa is its address in the kernel
 * @pages: the memory's pages, pinned
 * @copy: a copy of the memory instead, which the program may not write; NULL: none
 * @count: how many pages; 0: nothing is mapped
 */
struct wdm_mapping {
	MDL mdl;
	struct page **pages;
	u8 *copy;
	unsigned int count;
};

NTSTATUS wdm_mapping_begin(struct wdm_mapping *mapping, void __user *address,
			   size_t length, bool write);
void wdm_mapping_end(struct wdm_mapping *mapping);

#endif /* _WINPAR_WDM_MDL_H */
