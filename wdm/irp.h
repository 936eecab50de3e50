/* SPDX-License-Identifier: GPL-2.0-only */
/* IRPs with stack locations. */
#ifndef _WINPAR_WDM_IRP_H
#define _WINPAR_WDM_IRP_H

#include <linux/list.h>

#include <winpar/ddk/wdm.h>

/* What wdm/port.c has of an IRP, in words. */
#define WDM_PORT_WORDS	32

/**
 * struct wdm_irp - what of an IRP is the layer's: its member Winpar
 * @entry: among its client's; empty for memory of the client's own
 * @client: whose it is
 * @finish: what is done when no completion routine has stopped it, or NULL
 * @size: how many bytes of output are copied back at most
 * @port: wdm/port.c's while a port has it
 */
struct wdm_irp {
	struct list_head entry;
	struct winpar_wdm_client *client;
	void (*finish)(PIRP irp);
	ULONG size;
	ULONG_PTR port[WDM_PORT_WORDS];
};

static inline struct wdm_irp *wdm_irp(PIRP irp)
{
	BUILD_BUG_ON(sizeof(struct wdm_irp) > sizeof(irp->Winpar));
	return (struct wdm_irp *)irp->Winpar;
}

void wdm_irp_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_IRP_H */
