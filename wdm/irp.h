/* SPDX-License-Identifier: GPL-2.0-only */
/* The layer's part of an IRP. See wdm/irp.c. */
#ifndef _WINPAR_WDM_IRP_H
#define _WINPAR_WDM_IRP_H

#include <linux/gfp.h>
#include <linux/list.h>

#include <winpar/ddk/wdm.h>

#include "wdm/client.h"
#include "wdm/port.h"

/*
 * The most stack locations of an IRP. CurrentLocation is a CHAR, and StackCount + 2 when the
 * IRP is complete; and memory of more than two pages may not be waited for without an end.
 */
#define WDM_IRP_STACK_MAX	100

/**
 * struct wdm_irp - the layer's part of an IRP, in its member Winpar
 * @entry: on the list of @client's IRPs; empty for an IRP in memory of the client's own
 * @client: the client that made the IRP
 * @finish: ends the IRP when no completion routine has kept it; NULL: nothing does
 * @buffer: SystemBuffer that wdm/build.c has allocated, freed with the IRP; NULL: none
 * @size: how many bytes of output wdm/build.c copies back at most
 * @away: another client's driver has the IRP
 * @listed: winpar has the request in @port, or the layer has the IRP on a list of its own: the
 *          IRP is not freed, not initialised once more, and not sent
 * @freed: IoFreeIrp() was called when the client was leaving: wdm_recall_end() frees the IRP
 * @arg: for @finish
 * @completer: an address in the function that has completed the IRP; NULL: none has
 * @port: memory for wdm_port_send(), in use while a port has the IRP
 */
struct wdm_irp {
	struct list_head entry;
	struct winpar_wdm_client *client;
	void (*finish)(PIRP irp);
	void *buffer;
	ULONG size;
	bool away;
	bool listed;
	bool freed;
	void *arg;
	void *completer;
	ULONG_PTR port[WDM_PORT_WORDS];
};

static inline struct wdm_irp *wdm_irp(PIRP irp)
{
	BUILD_BUG_ON(sizeof(struct wdm_irp) > sizeof(irp->Winpar));
	return (struct wdm_irp *)irp->Winpar;
}

void wdm_irp_name(void *caller, const char *does, const char *what);

/* Is an IRP not freed? If it is, name the caller, who @does something to it. */
static inline bool wdm_irp_is_alive(PIRP irp, const char *does, void *caller)
{
	if (likely(irp->Type == WDM_IO_TYPE_IRP))
		return true;
	wdm_irp_name(caller, does, "was freed or is none");
	return false;
}

/* Is an IRP not complete? If it is, name the caller, likewise. */
static inline bool wdm_irp_is_under_way(PIRP irp, const char *does, void *caller)
{
	if (likely(irp->CurrentLocation <= irp->StackCount + 1))
		return true;
	wdm_irp_name(caller, does, "is complete");
	return false;
}

/* Has an IRP come back from where it was sent? If it has not, name the caller, likewise. */
static inline bool wdm_irp_has_come_back(PIRP irp, const char *does, void *caller)
{
	if (likely(!READ_ONCE(wdm_irp(irp)->listed)))
		return true;
	wdm_irp_name(caller, does, "has not come back");
	return false;
}

/* Can an IRP be sent? If it can not, name the caller. */
static inline bool wdm_irp_may_be_sent(PIRP irp, void *caller)
{
	return wdm_irp_is_alive(irp, "sends", caller) &&
	       wdm_irp_is_under_way(irp, "sends", caller) &&
	       wdm_irp_has_come_back(irp, "sends", caller);
}

/*
 * The driver objects of devices whose driver has ended, and of device objects of ports whose
 * client has; they refuse each request.
 */
extern DRIVER_OBJECT wdm_irp_orphan, wdm_irp_port_orphan;

void wdm_irp_signal(PIRP irp);
bool wdm_irp_is_late(PKEVENT event);
PIRP wdm_irp_make(struct winpar_wdm_client *client, CCHAR stack_size, gfp_t gfp);
void wdm_irp_exit(void);
NTSTATUS wdm_irp_unhandled(PDEVICE_OBJECT device, PIRP irp);

#endif /* _WINPAR_WDM_IRP_H */
