/* SPDX-License-Identifier: GPL-2.0-only */
/* The parport core's list of devices that wait. See host/waitlist.c. */
#ifndef _WINPAR_HOST_WAITLIST_H
#define _WINPAR_HOST_WAITLIST_H

#include "host/host.h"

/**
 * struct winpar_waiters - other devices on the waiting list
 * @live: those that sleep for the port, and those with a wakeup function
 * @dead: those that have called parport_claim_or_block() and do not sleep in it.
 *	A broken list counts as one: a dead waiter has broken it.
 */
struct winpar_waiters {
	unsigned int live;
	unsigned int dead;
};

void winpar_host_leave_list(struct winpar_host *host);
bool winpar_host_has_asked(struct winpar_host *host);
void winpar_host_mend_list(struct winpar_host *host);
void winpar_host_waiters(struct winpar_host *host,
			 struct winpar_waiters *waiters, bool prune);
void winpar_host_drop_idle(struct winpar_host *host);
unsigned int winpar_host_put_back(struct winpar_host *host);

#endif /* _WINPAR_HOST_WAITLIST_H */
