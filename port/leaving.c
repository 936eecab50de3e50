// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules that are being unloaded: none of their code is called any more.
 *
 * The danger: winpar calls a completion routine, a deferred port check routine or a
 * watch's routine of a client after that client's exit() has run, which may have
 * freed what the routine uses. So winpar_file_end_client() enters the client's
 * module here first. winpar_may_call() is asked under the lock that guards a call;
 * winpar_file_end_client() takes that lock afterwards and waits for the routine
 * that runs.
 *
 * The routine's address decides, not the file that it came through: a module may
 * submit requests and connect routines through a file of another module.
 */
#include <linux/list.h>
#include <linux/spinlock.h>

#include "port/leaving.h"

LIST_HEAD(winpar_leavings);
static DEFINE_RAW_SPINLOCK(winpar_leaving_lock);

/**
 * winpar_leaving_begin() - call no code of a module from now on
 * @leaving: its module set; the caller's until winpar_leaving_end()
 *
 * Context: process context.
 */
void winpar_leaving_begin(struct winpar_leaving *leaving)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&winpar_leaving_lock, flags);
	list_add(&leaving->entry, &winpar_leavings);
	raw_spin_unlock_irqrestore(&winpar_leaving_lock, flags);
}

/**
 * winpar_leaving_end() - undo winpar_leaving_begin(): no routine of it is left
 * @leaving: from winpar_leaving_begin()
 *
 * Context: process context.
 */
void winpar_leaving_end(struct winpar_leaving *leaving)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&winpar_leaving_lock, flags);
	list_del(&leaving->entry);
	raw_spin_unlock_irqrestore(&winpar_leaving_lock, flags);
}

/**
 * winpar_leaving_has() - is a routine code of a module that is being unloaded?
 * @routine: the routine
 *
 * Context: any.
 * Return: whether it is.
 */
bool winpar_leaving_has(const void *routine)
{
	const struct winpar_leaving *leaving;
	unsigned long flags;
	bool has = false;

	raw_spin_lock_irqsave(&winpar_leaving_lock, flags);
	list_for_each_entry(leaving, &winpar_leavings, entry)
		has |= within_module((unsigned long)routine, leaving->module);
	raw_spin_unlock_irqrestore(&winpar_leaving_lock, flags);
	return has;
}
