/* SPDX-License-Identifier: GPL-2.0-only */
/* Modules that are being unloaded. See port/leaving.c and tests/model/unload.pml. */
#ifndef _WINPAR_LEAVING_H
#define _WINPAR_LEAVING_H

#include <linux/list.h>
#include <linux/module.h>

/**
 * struct winpar_leaving - a module that is being unloaded
 * @entry: place among those
 * @module: the module
 */
struct winpar_leaving {
	struct list_head entry;
	struct module *module;
};

extern struct list_head winpar_leavings;

void winpar_leaving_begin(struct winpar_leaving *leaving);
void winpar_leaving_end(struct winpar_leaving *leaving);
bool winpar_leaving_has(const void *routine);

/**
 * winpar_may_call() - may a client's routine be called?
 * @routine: the routine, or NULL
 *
 * Asked where a routine is about to be called, under the lock that guards that
 * call: once winpar_leaving_begin() has returned and that lock has been taken and
 * dropped, no routine of the module begins to run.
 *
 * Context: any.
 * Return: false for NULL, and for code of a module that is being unloaded.
 */
static inline bool winpar_may_call(const void *routine)
{
	return routine && (likely(list_empty(&winpar_leavings)) ||
			   !winpar_leaving_has(routine));
}

#endif /* _WINPAR_LEAVING_H */
