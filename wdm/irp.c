// SPDX-License-Identifier: GPL-2.0-only
/*
 * IRPs: a request with a stack location for each driver that it goes through.
 *
 * CurrentLocation is StackCount + 1 while the IRP is its maker's. IoCallDriver() counts
 * it down and calls the driver. IoCompleteRequest() counts it up again and calls at
 * each location the completion routine that the driver above has set there, until a
 * routine keeps the IRP by returning STATUS_MORE_PROCESSING_REQUIRED, or the IRP is its
 * maker's again. Then wdm_irp.finish, which wdm/build.c sets, ends the IRP.
 *
 * The danger: a driver passes an IRP down that has no stack location left. WinparSpare lies
 * before the first stack location. A driver that then sets up the next location writes
 * there, and IoCallDriver() completes the IRP from there, by which the driver's own
 * completion routine is called first.
 *
 * No routine of a client that is leaving is called: DriverUnload may have freed what the
 * routine uses.
 *
 * The danger: another driver, to whose device a client has sent an IRP, completes the IRP
 * when the client has ended. So wdm_irp.away is set while another driver has the IRP, and
 * the client's count of visited IRPs has it from the sending until the completing driver
 * has called the client's routine. wdm/recall.c cancels such IRPs of a client that is leaving
 * and waits until none is counted, and IoFreeIrp() leaves the IRPs of such a client to
 * wdm_recall_end().
 *
 * The danger: a driver ends while another one, which has a reference to its device only, is
 * in a routine of it. IoCallDriver() holds the driver's module for as long as its dispatch
 * routine runs. Calls of its completion and cancel routines for another client's IRP are
 * counted in the client's @called, for which wdm/recall.c waits. Once the driver has ended
 * its device has wdm_irp_orphan for its driver object, and none of its routines is called.
 *
 * Cancelling: CancelRoutine and Cancel are exchanged under no lock, as on Windows.
 * IoCancelIrp() takes the cancel lock and calls the cancel routine, which releases it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/verify.h"

static DEFINE_SPINLOCK(wdm_cancel_lock);

/* Does a device belong to another client than the one that has made an IRP? */
static bool wdm_irp_is_foreign(PIRP irp, PDEVICE_OBJECT device)
{
	struct winpar_wdm_client *client = wdm_irp(irp)->client;

	/* Reserved is the client whose device object it is, also if that is a port's. */
	return client && device && device->Reserved &&
	       device->Reserved != client;
}

/*
 * Begin to call the driver of a device, until module_put(*@held). The driver may be another
 * client's, of which the caller has a reference to the device only: its module stays as long.
 * False: that driver has not started, or is being unloaded.
 */
static bool wdm_irp_enter(PIRP irp, PDEVICE_OBJECT device, struct module **held)
{
	struct winpar_wdm_client *client;
	bool may = true;

	*held = NULL;
	/* A client calls itself, or its own port. */
	if (READ_ONCE(device->Reserved) == wdm_irp(irp)->client)
		return true;
	rcu_read_lock();
	/* Pairs with __wdm_device_abandon(): with NULL the driver object is another one. */
	client = smp_load_acquire(&device->Reserved);
	if (client && wdm_irp(irp)->client && client != wdm_irp(irp)->client) {
		may = wdm_client_hold(client);
		*held = may ? client->module : NULL;
	}
	rcu_read_unlock();
	return may;
}

/* IRPs that were sent to a device whose driver has ended; under wdm_irp_refused_lock. */
static LIST_ENTRY wdm_irp_refused = { &wdm_irp_refused, &wdm_irp_refused };
static DEFINE_SPINLOCK(wdm_irp_refused_lock);

/* Take the first of them off; NULL if there is none. */
static PIRP wdm_irp_refused_next(void)
{
	PIRP irp = NULL;

	spin_lock_irq(&wdm_irp_refused_lock);
	if (!IsListEmpty(&wdm_irp_refused))
		irp = CONTAINING_RECORD(RemoveHeadList(&wdm_irp_refused), IRP,
					Tail.Overlay.ListEntry);
	spin_unlock_irq(&wdm_irp_refused_lock);
	return irp;
}

static void wdm_irp_refuse_all(struct work_struct *work)
{
	PIRP irp;

	while ((irp = wdm_irp_refused_next())) {
		WRITE_ONCE(wdm_irp(irp)->listed, false);
		irp->IoStatus.Status = STATUS_NO_SUCH_DEVICE;
		irp->IoStatus.Information = 0;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		cond_resched();
	}
}

static DECLARE_WORK(wdm_irp_refusal, wdm_irp_refuse_all);

/*
 * The dispatch routine of each major function of a device whose driver has ended. The danger:
 * a client that sends each IRP again from its completion routine would nest these routines
 * without a bound. So a work completes the IRP. The end of the client waits for it, as for an
 * IRP that another driver has.
 */
static NTSTATUS wdm_irp_gone(PDEVICE_OBJECT device, PIRP irp)
{
	struct wdm_irp *own = wdm_irp(irp);
	unsigned long flags;

	IoMarkIrpPending(irp);
	WRITE_ONCE(own->listed, true);
	if (own->client && !own->away) {
		atomic_inc(&own->client->visited);
		WRITE_ONCE(own->away, true);
	}
	spin_lock_irqsave(&wdm_irp_refused_lock, flags);
	InsertTailList(&wdm_irp_refused, &irp->Tail.Overlay.ListEntry);
	queue_work(winpar_unbound_wq, &wdm_irp_refusal);
	spin_unlock_irqrestore(&wdm_irp_refused_lock, flags);
	return STATUS_PENDING;
}

/**
 * wdm_irp_exit() - wait for the work that completes IRPs
 *
 * Context: at module exit; there are no clients.
 */
void wdm_irp_exit(void)
{
	flush_work(&wdm_irp_refusal);
}

#define WDM_IRP_ORPHAN { \
	.Type = WDM_IO_TYPE_DRIVER, \
	.Size = sizeof(DRIVER_OBJECT), \
	.MajorFunction = { \
		[0 ... IRP_MJ_MAXIMUM_FUNCTION] = wdm_irp_gone, \
	}, \
}

DRIVER_OBJECT wdm_irp_orphan = WDM_IRP_ORPHAN;
DRIVER_OBJECT wdm_irp_port_orphan = WDM_IRP_ORPHAN;

/* Has the driver of a device ended? NULL: no device. */
static bool wdm_irp_is_orphan(PDEVICE_OBJECT device)
{
	PDRIVER_OBJECT driver = device ? READ_ONCE(device->DriverObject) : NULL;

	return driver == &wdm_irp_orphan || driver == &wdm_irp_port_orphan;
}

/* Complete an IRP that is sent to no driver. */
static NTSTATUS wdm_irp_refuse(PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* Complete an IRP that has no stack location left, from the spare one. */
static NTSTATUS wdm_irp_refuse_low(PIRP irp, void *caller)
{
	BUILD_BUG_ON(offsetofend(IRP, WinparSpare) != sizeof(IRP));
	wdm_warn(wdm_irp(irp)->client,
		 "%pS sends an IRP that has no stack location left: StackSize of the device object says how many it needs\n",
		 caller);
	if (irp->CurrentLocation == 1)
		IoSetNextIrpStackLocation(irp);
	return wdm_irp_refuse(irp);
}

/**
 * IoCallDriver() - send an IRP to a device
 * @device: the device
 * @irp: an IRP whose next stack location is set up
 *
 * DDI page: wdm, IoCallDriver. Windows stops for an IRP without a stack location left, and
 * reads behind the table for a major function that there is not; here such an IRP is not sent
 * but completed with STATUS_INVALID_DEVICE_REQUEST, and the log names the caller.
 *
 * Context: as the request's own page says.
 * Return: what the device's driver returns: STATUS_PENDING it completes later; else
 * it is complete. STATUS_INVALID_DEVICE_REQUEST it had no stack location left, or a major
 * function that there is not; or it was
 * complete already, and IoReuseIrp() was not called, or freed, or a port has it: then it is
 * not sent.
 * A device whose driver is being unloaded, or has ended: STATUS_PENDING, and then
 * STATUS_NO_SUCH_DEVICE.
 */
NTSTATUS IoCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	PDRIVER_DISPATCH routine;
	struct module *held;
	PIO_STACK_LOCATION location;
	unsigned int before;
	NTSTATUS status;

	if (!wdm_irp_may_be_sent(irp, (void *)_RET_IP_))
		return STATUS_INVALID_DEVICE_REQUEST;
	if (irp->CurrentLocation <= 1)
		return wdm_irp_refuse_low(irp, (void *)_RET_IP_);
	IoSetNextIrpStackLocation(irp);
	location = IoGetCurrentIrpStackLocation(irp);
	location->DeviceObject = device;
	if (location->MajorFunction > IRP_MJ_MAXIMUM_FUNCTION) {
		wdm_warn(wdm_irp(irp)->client,
			 "%pS sends an IRP with the major function %#x, which there is not: the last one is %#x\n",
			 (void *)_RET_IP_, location->MajorFunction,
			 IRP_MJ_MAXIMUM_FUNCTION);
		return wdm_irp_refuse(irp);
	}
	if (!wdm_irp(irp)->away && wdm_irp_is_foreign(irp, device)) {
		atomic_inc(&wdm_irp(irp)->client->visited);
		WRITE_ONCE(wdm_irp(irp)->away, true);
	}
	if (!wdm_irp_enter(irp, device, &held))
		return wdm_irp_gone(device, irp);
	routine = READ_ONCE(device->DriverObject)->MajorFunction[location->MajorFunction];
	before = wdm_verify_before();
	status = routine(device, irp);
	wdm_verify_after(before, routine);
	module_put(held);
	if (unlikely(status == (NTSTATUS)WDM_VERIFY_STATUS) &&
	    wdm_verify_first(routine, "status"))
		pr_warn("%pS returns a status that it has read from an IRP after it was freed\n",
			routine);
	return status;
}
WINPAR_EXPORT(IoCallDriver);

/* Has a driver asked that its completion routine be called for this result? */
static bool wdm_irp_invokes(PIRP irp, UCHAR control)
{
	if (irp->Cancel && (control & SL_INVOKE_ON_CANCEL))
		return true;
	return control & (NT_SUCCESS(irp->IoStatus.Status) ?
			  SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR);
}

/*
 * Another client's driver gives an IRP back to its client, which may be leaving. Returns
 * the client, for wdm_irp_is_back(), or NULL if no other driver has the IRP.
 */
static struct winpar_wdm_client *wdm_irp_comes_back(PIRP irp,
						    PDEVICE_OBJECT device)
{
	struct wdm_irp *own = wdm_irp(irp);

	if (!own->away || wdm_irp_is_foreign(irp, device))
		return NULL;
	WRITE_ONCE(own->away, false);
	return own->client;
}

/* The client may be freed when this returns. */
static void wdm_irp_is_back(struct winpar_wdm_client *client)
{
	if (client)
		(void)atomic_dec_return_release(&client->visited);
}

/*
 * Is a device object that of a port, or of a device on one, which @client has opened? Its
 * cancel routine is the layer's, and not the client's.
 */
static bool wdm_irp_is_ports(PDEVICE_OBJECT device, struct winpar_wdm_client *client)
{
	PDRIVER_OBJECT driver = READ_ONCE(device->DriverObject);

	return client && driver != &client->driver && driver != &wdm_irp_orphan;
}

/*
 * Begin to call a completion or cancel routine, until wdm_irp_end_routine(). It is that of the
 * device's driver, or of the client that has made the IRP. The end of a driver waits for
 * routines of its own that another client's IRP has called (wdm_recall()). False: the driver
 * has ended, or is leaving. The cancel routine of a port's device object is called until the
 * port is closed: winpar has the request, which lies in the IRP.
 */
static bool wdm_irp_begin_routine(PIRP irp, PDEVICE_OBJECT device,
				  struct winpar_wdm_client **called)
{
	struct winpar_wdm_client *own = wdm_irp(irp)->client, *client;
	bool may;

	*called = NULL;
	if (!device || (own && READ_ONCE(device->Reserved) == own))
		return wdm_may_call(own);
	rcu_read_lock();
	/* Pairs with __wdm_device_abandon(): with NULL the driver object is another one. */
	client = smp_load_acquire(&device->Reserved);
	if (own && client && client != own) {
		atomic_inc(&client->called);
		/* Counted before the look at @leaving; pairs with wdm_recall_cancel(). */
		smp_mb__after_atomic();
		*called = client;
	}
	may = !wdm_irp_is_orphan(device) &&
	      (wdm_irp_is_ports(device, client) || wdm_may_call(client ?: own));
	if (*called && !may) {
		atomic_dec(&client->called);
		*called = NULL;
	}
	rcu_read_unlock();
	return may;
}

/* The client may be freed when this returns. */
static void wdm_irp_end_routine(struct winpar_wdm_client *called)
{
	if (called)
		(void)atomic_dec_return_release(&called->called);
}

static NTSTATUS wdm_irp_call(PIO_COMPLETION_ROUTINE routine,
			     PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	unsigned int before = wdm_verify_before();
	NTSTATUS status = routine(device, irp, context);

	wdm_verify_after(before, routine);
	return status;
}

/* The mistake of a routine that lets an IRP go on which it has freed, or completed itself. */
#define WDM_IRP_NOT_KEPT	"does not keep (STATUS_MORE_PROCESSING_REQUIRED)"

/*
 * Count CurrentLocation up by 1, and call the completion routine that the driver above
 * has set. Returns false when that routine keeps the IRP, which may be freed by then.
 * @back: set when another client's driver gives the IRP back, for wdm_irp_is_back()
 */
static bool wdm_irp_step(PIRP irp, struct winpar_wdm_client **back)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	PIO_COMPLETION_ROUTINE routine = location->CompletionRoutine;
	PDEVICE_OBJECT device = NULL;
	struct winpar_wdm_client *called;
	PVOID context = location->Context;
	UCHAR control = location->Control;
	NTSTATUS status;

	irp->PendingReturned = !!(control & SL_PENDING_RETURNED);
	memset(location, 0, sizeof(*location));
	IoSkipCurrentIrpStackLocation(irp);
	if (irp->CurrentLocation <= irp->StackCount)
		device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
	if (!*back)
		*back = wdm_irp_comes_back(irp, device);
	if (routine && wdm_irp_invokes(irp, control) &&
	    wdm_irp_begin_routine(irp, device, &called)) {
		status = wdm_irp_call(routine, device, irp, context);
		wdm_irp_end_routine(called);
		if (status == STATUS_MORE_PROCESSING_REQUIRED)
			return false;
		/* A routine that has freed or completed the IRP is named: it goes no further up. */
		return wdm_irp_is_alive(irp, WDM_IRP_NOT_KEPT, routine) &&
		       wdm_irp_is_under_way(irp, WDM_IRP_NOT_KEPT, routine);
	}
	if (irp->PendingReturned)
		IoMarkIrpPending(irp);
	return true;
}

/* End a complete IRP that no completion routine has kept. */
static void wdm_irp_finish(PIRP irp)
{
	struct wdm_irp *own = wdm_irp(irp);

	/* IoCompleteRequest() knows by this that the IRP is complete. */
	irp->CurrentLocation = irp->StackCount + 2;
	if (own->finish)
		own->finish(irp);
	else if (wdm_may_call(own->client))
		wdm_warn(own->client, "an IRP of IoAllocateIrp() is complete and no completion routine has kept it: it is not freed. Set one that returns STATUS_MORE_PROCESSING_REQUIRED\n");
}

/**
 * IoCompleteRequest() - complete an IRP
 * @irp: an IRP at the caller's stack location, with its IoStatus set; not touched
 *       after a completion routine has kept it
 * @boost: ignored
 *
 * DDI page: wdm, IoCompleteRequest
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoCompleteRequest(PIRP irp, CCHAR boost)
{
	struct winpar_wdm_client *back = NULL;
	bool kept = false;

	wdm_at_most(DISPATCH_LEVEL);
	if (!wdm_irp_is_alive(irp, "completes", (void *)_RET_IP_))
		return;
	if (!wdm_irp_is_under_way(irp, "completes", (void *)_RET_IP_))
		return;
	wdm_irp(irp)->completer = (void *)_RET_IP_;
	if (irp->IoStatus.Status == STATUS_PENDING)
		wdm_warn(wdm_irp(irp)->client,
			 "%pS completes an IRP with STATUS_PENDING\n",
			 (void *)_RET_IP_);
	if (IoSetCancelRoutine(irp, NULL))
		wdm_warn(wdm_irp(irp)->client,
			 "%pS completes an IRP that has a cancel routine\n",
			 (void *)_RET_IP_);
	while (!kept && irp->CurrentLocation <= irp->StackCount)
		kept = !wdm_irp_step(irp, &back);
	if (!kept)
		wdm_irp_finish(irp);
	wdm_irp_is_back(back);
}
WINPAR_EXPORT(IoCompleteRequest);

/**
 * wdm_irp_unhandled() - the dispatch routine of each major function for which a driver sets
 *	none
 * @device: the device
 * @irp: the IRP
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: STATUS_INVALID_DEVICE_REQUEST, with which it completes @irp.
 */
NTSTATUS wdm_irp_unhandled(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* ----- cancelling -------------------------------------------------------- */

/**
 * IoAcquireCancelSpinLock() - acquire the lock of all cancel routines
 * @irql: where the level before the call goes
 *
 * DDI page: wdm, IoAcquireCancelSpinLock
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoAcquireCancelSpinLock(PKIRQL irql)
	__acquires(&wdm_cancel_lock)
{
	*irql = winpar_wdm_raise(DISPATCH_LEVEL);
	spin_lock(&wdm_cancel_lock);
}
WINPAR_EXPORT(IoAcquireCancelSpinLock);

/**
 * IoReleaseCancelSpinLock() - release the lock of all cancel routines
 * @irql: what IoAcquireCancelSpinLock() stored; in a cancel routine, the IRP's CancelIrql
 *
 * DDI page: wdm, IoReleaseCancelSpinLock
 *
 * Context: DISPATCH_LEVEL.
 */
void IoReleaseCancelSpinLock(KIRQL irql)
	__releases(&wdm_cancel_lock)
{
	spin_unlock(&wdm_cancel_lock);
	KeLowerIrql(irql);
}
WINPAR_EXPORT(IoReleaseCancelSpinLock);

/**
 * IoCancelIrp() - cancel an IRP
 * @irp: an IRP that the caller knows not to be freed; not sent yet, sent or complete
 *
 * DDI page: wdm, IoCancelIrp
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: TRUE when a cancel routine was called, or its driver has ended and the IRP is
 * complete, with STATUS_CANCELLED. FALSE when only @irp->Cancel is set: the
 * driver that has the IRP completes it when it will.
 */
BOOLEAN IoCancelIrp(PIRP irp)
{
	unsigned int before = wdm_verify_before();
	struct winpar_wdm_client *called;
	PDEVICE_OBJECT device = NULL;
	PDRIVER_CANCEL routine;
	KIRQL irql;

	if (!wdm_irp_is_alive(irp, "cancels", (void *)_RET_IP_))
		return FALSE;
	IoAcquireCancelSpinLock(&irql);
	irp->Cancel = TRUE;
	routine = IoSetCancelRoutine(irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	/* Its maker may have set the routine, before it is sent. */
	if (irp->CurrentLocation <= irp->StackCount)
		device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
	if (!wdm_irp_begin_routine(irp, device, &called) &&
	    (wdm_irp_is_foreign(irp, device) || wdm_irp_is_orphan(device))) {
		/* The driver has ended, and nothing else would complete what it has left. */
		IoReleaseCancelSpinLock(irql);
		irp->IoStatus.Status = STATUS_CANCELLED;
		irp->IoStatus.Information = 0;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return TRUE;
	}
	irp->CancelIrql = irql;
	/* The routine releases the cancel lock. */
	routine(device, irp);
	wdm_irp_end_routine(called);
	wdm_verify_after(before, routine);
	return TRUE;
}
WINPAR_EXPORT(IoCancelIrp);
