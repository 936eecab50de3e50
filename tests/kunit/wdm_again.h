/* SPDX-License-Identifier: GPL-2.0-only */
/* A request that its completion routine sends again: wdm_again.c. */
#ifndef _WINPAR_WDM_AGAIN_H
#define _WINPAR_WDM_AGAIN_H

#include "wdm_fixture.h"

/**
 * struct wpt_again - a request that its completion routine sends again
 * @device: where it is sent to
 * @irp: the IRP
 * @status: what it is to be completed with
 * @rounds: how often the routine is to send it; -1: always
 * @calls: how often the routine was called
 * @depth: how many calls of the routine have not returned
 * @deepest: the highest @depth so far
 * @wrong: how often the status was not @status, Information not 0, or PendingReturned
 *         not set
 */
struct wpt_again {
	PDEVICE_OBJECT device;
	PIRP irp;
	NTSTATUS status;
	int rounds;
	int calls;
	int depth;
	int deepest;
	int wrong;
};

void wpt_again_some(struct kunit *test, struct wpt_again *again);
void wpt_again_until(struct kunit *test, struct wpt_again *again, void (*stop)(void));

#endif /* _WINPAR_WDM_AGAIN_H */
