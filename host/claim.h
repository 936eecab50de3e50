/* SPDX-License-Identifier: GPL-2.0-only */
/* Claiming and releasing a Linux port. See host/claim.c. */
#ifndef _WINPAR_HOST_CLAIM_H
#define _WINPAR_HOST_CLAIM_H

#include "host/host.h"

void winpar_host_claim_init(struct winpar_host *host);
void __winpar_host_begin_join(struct winpar_host *host)
	__must_hold(&host->mutex);
void winpar_host_join(struct winpar_host *host);
void winpar_host_wait_claimers(struct winpar_host *host);
void winpar_host_leave(struct winpar_host *host);
void winpar_host_left(struct winpar_host *host, enum winpar_host_state state);

void winpar_host_give(struct winpar_host *host);
void winpar_host_want(struct winpar_host *host);

int winpar_host_preempt(void *private);
void winpar_host_wakeup(void *private);

#endif /* _WINPAR_HOST_CLAIM_H */
