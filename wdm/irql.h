/* SPDX-License-Identifier: GPL-2.0-only */
/* At which level (IRQL) a function may be called. See wdm/irql.c. */
#ifndef _WINPAR_WDM_IRQL_H
#define _WINPAR_WDM_IRQL_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include <winpar/ddk/wdm.h>

/* What KeGetCurrentIrql() gives where interrupts are off. */
#define WDM_DEVICE_LEVEL	(DISPATCH_LEVEL + 3)

/**
 * wdm_at_most() - is the caller at or below a level?
 * @level: the highest level at which the function that uses this macro may be called
 *
 * Each use warns once of a level that is too high, and names the function's caller.
 */
#define wdm_at_most(level)						\
({									\
	static atomic_t _said = ATOMIC_INIT(0);				\
	KIRQL _most = (level), _now = KeGetCurrentIrql();		\
									\
	if (_now > _most && !atomic_xchg(&_said, 1))			\
		pr_warn("%pS calls %s at IRQL %u, which may be called at %u or below\n", \
			(void *)_RET_IP_, __func__, _now, _most);	\
	_now <= _most;							\
})

/* Memory may be waited for below DISPATCH_LEVEL only. */
static inline gfp_t wdm_gfp(void)
{
	return KeGetCurrentIrql() < DISPATCH_LEVEL ? GFP_KERNEL : GFP_ATOMIC;
}

#endif /* _WINPAR_WDM_IRQL_H */
