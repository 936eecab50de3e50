/* SPDX-License-Identifier: GPL-2.0-only */
/* The verifier: looks for mistakes of clients that cost time to look for. See wdm/verify.c. */
#ifndef _WINPAR_WDM_VERIFY_H
#define _WINPAR_WDM_VERIFY_H

#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/types.h>

/* What freed memory of an IRP has in each byte, and what a status read from it is. */
#define WDM_VERIFY_FREED	0x6b
#define WDM_VERIFY_STATUS	0x6b6b6b6b

bool wdm_verifies(void);
bool wdm_verify_first(const void *caller, const char *what);
void wdm_verify_returned(unsigned int before, unsigned int now,
			 const void *routine);
bool wdm_verify_keeps(const void *irp);
void wdm_verify_free(void *irp, size_t size, const char *client, void *caller);
void wdm_verify_end(void);

/* The locks that a task or an interrupt holds, and its level, for wdm_verify_after(). */
static inline unsigned int wdm_verify_before(void)
{
	/* On PREEMPT_RT preempt_count() does not count softirqs that are off. */
	return preempt_count() | softirq_count() | (irqs_disabled() ? 1U << 31 : 0);
}

/* A routine of a client's has returned: has it released each lock, and lowered the level? */
static inline void wdm_verify_after(unsigned int before, const void *routine)
{
	unsigned int now = wdm_verify_before();

	if (unlikely(now != before))
		wdm_verify_returned(before, now, routine);
}

#endif /* _WINPAR_WDM_VERIFY_H */
