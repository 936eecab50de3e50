/* SPDX-License-Identifier: GPL-2.0-only */
/* Levels, and which function may be called at which. */
#ifndef _WINPAR_WDM_IRQL_H
#define _WINPAR_WDM_IRQL_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include <winpar/ddk/wdm.h>

/* What KeGetCurrentIrql() gives where interrupts are off. */
#define WDM_DEVICE_LEVEL	(DISPATCH_LEVEL + 3)

/**
 * wdm_at_most() - is the caller at or below a level?
 * @level: the highest that the function allows in which this stands
 *
 * Each such place says once that it was called at a level too high, and by whom.
 */
#define wdm_at_most(level)						\
({									\
	static bool _said;						\
	KIRQL _most = (level), _now = KeGetCurrentIrql();		\
									\
	if (_now > _most && !xchg(&_said, true))			\
		pr_warn("%pS calls %s at IRQL %u, which may be called at %u or below\n", \
			(void *)_RET_IP_, __func__, _now, _most);	\
	_now <= _most;							\
})

/* How memory is to be allocated at the present level. */
static inline gfp_t wdm_gfp(void)
{
	return KeGetCurrentIrql() < DISPATCH_LEVEL ? GFP_KERNEL : GFP_ATOMIC;
}

#endif /* _WINPAR_WDM_IRQL_H */
