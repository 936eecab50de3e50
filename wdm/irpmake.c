// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of IRPs: they are made, initialised once more, and freed. How they are sent and
 * completed is wdm/irp.c's.
 *
 * An IRP of IoAllocateIrp() is on its client's list until it is freed. One that is freed when
 * the client is leaving stays there for wdm_recall_end(), since wdm/recall.c goes along the
 * list.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/verify.h"

/**
 * wdm_irp_name() - name a function that makes a mistake with an IRP, once for each mistake
 * @caller: an address in the function
 * @does: what it does to the IRP
 * @what: why that is a mistake
 *
 * Context: any.
 */
void wdm_irp_name(void *caller, const char *does, const char *what)
{
	if (wdm_verify_first(caller, does))
		pr_warn("%pS %s an IRP that %s\n", caller, does, what);
}

/* As many stack locations as an IRP can have. A StackSize is any s8; char has no sign from 6.2. */
static CCHAR wdm_irp_locations(CCHAR stack_size)
{
	return clamp_t(s8, stack_size, 0, WDM_IRP_STACK_MAX);
}

/* How many stack locations there is room for in an IRP of @size bytes. */
static CCHAR wdm_irp_room(USHORT size)
{
	if (size < sizeof(IRP))
		return 0;
	return (size - sizeof(IRP)) / sizeof(IO_STACK_LOCATION);
}

/* Set up an IRP whose other memory is all zeroes. */
static void wdm_irp_begin(PIRP irp, USHORT size, CCHAR stack_size)
{
	irp->Type = WDM_IO_TYPE_IRP;
	irp->Size = size;
	irp->StackCount = stack_size;
	irp->CurrentLocation = stack_size + 1;
	irp->Tail.Overlay.CurrentStackLocation =
		(PIO_STACK_LOCATION)(irp + 1) + stack_size;
	memset(&irp->WinparSpare, 0, sizeof(irp->WinparSpare));
}

/* Begin with an IRP once more; it stays on its client's list. */
static void wdm_irp_again(PIRP irp, USHORT size, CCHAR stack_size)
{
	struct wdm_irp *own = wdm_irp(irp);

	memset(irp, 0, offsetof(IRP, Winpar));
	memset(irp + 1, 0, size - sizeof(*irp));
	wdm_irp_begin(irp, size, stack_size);
	own->finish = NULL;
	own->completer = NULL;
}

/* Is it an IRP of IoAllocateIrp()? @irp may be memory that holds anything: do not read it. */
static bool wdm_irp_is_listed(struct winpar_wdm_client *client, PIRP irp)
{
	struct wdm_irp *own;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&client->lock, flags);
	list_for_each_entry(own, &client->irps, entry)
		found |= own == wdm_irp(irp);
	spin_unlock_irqrestore(&client->lock, flags);
	return found;
}

/**
 * winpar_wdm_irp_init() - initialise an IRP in the caller's memory, or one of the caller's
 *	from IoAllocateIrp() once more: IoInitializeIrp()
 * @client: the client
 * @irp: the memory, or the IRP, which is not sent or complete
 * @size: its size in bytes, at least IoSizeOfIrp(@stack_size); for one of IoAllocateIrp() the
 *        layer knows it
 * @stack_size: how many stack locations it has; where there is no room for so many, it has
 *              fewer, and where there is none for the IRP itself, that is none: the log names
 *              the caller
 *
 * DDI page: wdm, IoInitializeIrp. Memory of an IRP that was freed, and that the verifier
 * keeps, stays as it is; the log names the caller.
 *
 * Context: any.
 */
void winpar_wdm_irp_init(struct winpar_wdm_client *client, PIRP irp, USHORT size,
			 CCHAR stack_size)
{
	bool listed = wdm_irp_is_listed(client, irp);

	if (listed && !wdm_irp_has_come_back(irp, "initialises", (void *)_RET_IP_))
		return;
	if (!listed && wdm_verify_keeps(irp)) {
		wdm_irp_name((void *)_RET_IP_, "initialises", "was freed or is none");
		return;
	}
	if (listed)
		size = irp->Size;
	stack_size = wdm_irp_locations(stack_size);
	if (size < IoSizeOfIrp(stack_size)) {
		wdm_irp_name((void *)_RET_IP_, "initialises", "is longer than its memory");
		stack_size = wdm_irp_room(size);
	}
	if (listed) {
		wdm_irp_again(irp, size, stack_size);
		return;
	}
	memset(irp, 0, size);
	if (size < sizeof(*irp))
		return;
	wdm_irp_begin(irp, size, stack_size);
	wdm_irp(irp)->client = client;
	INIT_LIST_HEAD(&wdm_irp(irp)->entry);
}
WINPAR_EXPORT(winpar_wdm_irp_init);

/**
 * wdm_irp_make() - an IRP for the layer's own use
 * @client: whose it is
 * @stack_size: how many stack locations it has, at most WDM_IRP_STACK_MAX
 * @gfp: how memory is to be allocated
 *
 * Context: as @gfp says.
 * Return: the IRP, for IoFreeIrp(), or NULL.
 */
PIRP wdm_irp_make(struct winpar_wdm_client *client, CCHAR stack_size, gfp_t gfp)
{
	unsigned long flags;
	PIRP irp;

	BUILD_BUG_ON(IoSizeOfIrp(WDM_IRP_STACK_MAX) > 2 * 4096);
	stack_size = wdm_irp_locations(stack_size);
	irp = kzalloc(IoSizeOfIrp(stack_size), gfp);
	if (!irp)
		return NULL;
	wdm_irp_begin(irp, IoSizeOfIrp(stack_size), stack_size);
	wdm_irp(irp)->client = client;
	spin_lock_irqsave(&client->lock, flags);
	list_add_tail(&wdm_irp(irp)->entry, &client->irps);
	spin_unlock_irqrestore(&client->lock, flags);
	return irp;
}

/**
 * winpar_wdm_irp_alloc() - allocate an IRP: IoAllocateIrp()
 * @client: the client
 * @stack_size: how many stack locations it has, from 1 to WDM_IRP_STACK_MAX: StackSize of the
 *              device object that it is for, and one more if the caller wants its own
 *
 * DDI page: wdm, IoAllocateIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the IRP, for IoFreeIrp(); NULL there is no memory, or @stack_size is another number.
 */
PIRP winpar_wdm_irp_alloc(struct winpar_wdm_client *client, CCHAR stack_size)
{
	if (stack_size < 1 || stack_size > WDM_IRP_STACK_MAX ||
	    !wdm_at_most(DISPATCH_LEVEL))
		return NULL;
	return wdm_irp_make(client, stack_size, wdm_gfp());
}
WINPAR_EXPORT(winpar_wdm_irp_alloc);

/**
 * IoFreeIrp() - free an IRP
 * @irp: from IoAllocateIrp(), not sent or complete
 *
 * DDI page: wdm, IoFreeIrp. An IRP in memory of the caller's own, and one that another
 * driver or a port has, are not freed; the log names the caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoFreeIrp(PIRP irp)
{
	struct winpar_wdm_client *client;
	unsigned long flags;
	bool leaving;

	if (!wdm_irp_is_alive(irp, "frees", (void *)_RET_IP_) ||
	    !wdm_irp_has_come_back(irp, "frees", (void *)_RET_IP_))
		return;
	client = wdm_irp(irp)->client;
	if (list_empty(&wdm_irp(irp)->entry)) {
		wdm_warn(client, "%pS frees an IRP that IoAllocateIrp() did not make\n",
			 (void *)_RET_IP_);
		return;
	}
	if (READ_ONCE(wdm_irp(irp)->away)) {
		wdm_warn(client, "%pS frees an IRP that another driver has\n",
			 (void *)_RET_IP_);
		return;
	}
	spin_lock_irqsave(&client->lock, flags);
	leaving = client->leaving;
	if (leaving)
		wdm_irp(irp)->freed = true;
	else
		list_del(&wdm_irp(irp)->entry);
	spin_unlock_irqrestore(&client->lock, flags);
	if (leaving)
		return;
	kfree(wdm_irp(irp)->buffer);
	wdm_verify_free(irp, irp->Size, wdm_client_name(client),
			wdm_irp(irp)->completer ?: (void *)_RET_IP_);
}
WINPAR_EXPORT(IoFreeIrp);

/**
 * IoReuseIrp() - initialise an IRP once more
 * @irp: from IoAllocateIrp() or initialised by IoInitializeIrp(), not sent or complete
 * @status: its IoStatus.Status
 *
 * DDI page: wdm, IoReuseIrp. One that a port has, or that was freed, stays as it is; the log
 * names the caller.
 *
 * Context: any.
 */
void IoReuseIrp(PIRP irp, NTSTATUS status)
{
	/* The Size in an IRP that was freed is none. */
	if (!wdm_irp_is_alive(irp, "initialises", (void *)_RET_IP_) ||
	    !wdm_irp_has_come_back(irp, "initialises", (void *)_RET_IP_))
		return;
	wdm_irp_again(irp, irp->Size, irp->StackCount);
	irp->IoStatus.Status = status;
}
WINPAR_EXPORT(IoReuseIrp);

/* ----- IRPs that the layer waits for ------------------------------------- */

/* After so long the log says that a driver has not completed one, in 100 ns from now on. */
#define WDM_IRP_PATIENCE	(-5LL * 10000000)

/**
 * wdm_irp_signal() - wake the task that has sent an IRP and waits: wdm_irp.finish
 * @irp: the IRP, which no completion routine has kept; its UserEvent may be gone afterwards
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void wdm_irp_signal(PIRP irp)
{
	KeSetEvent(irp->UserEvent, IO_NO_INCREMENT, FALSE);
}

/**
 * wdm_irp_is_late() - wait until an IRP is complete, for a while
 * @event: the IRP's UserEvent, which wdm_irp_signal() sets
 *
 * Context: process context, sleeps for at most 5 s.
 * Return: true: it is not complete, and the caller names the driver.
 */
bool wdm_irp_is_late(PKEVENT event)
{
	LARGE_INTEGER patience = { .QuadPart = WDM_IRP_PATIENCE };

	return KeWaitForSingleObject(event, Executive, KernelMode, FALSE,
				     &patience) != STATUS_SUCCESS;
}
