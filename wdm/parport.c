// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lowest driver of each stack. Its device objects stand for ports and for devices on
 * them; it sends the IRPs that are sent to these objects to winpar.
 *
 * Each client has a device object of its own for each life of a port, as it has a
 * Context of winpar's. A client's module is the opener: a port stays open from the
 * first IoGetDeviceObjectPointer() until the client ends, since published clients
 * drop the file object at once and keep the device object. Where another client has a
 * reference to that, the object outlives the client that has opened the port.
 *
 * Cancelling. The danger: IoCancelIrp() asks winpar to cancel a request that completes
 * just then and is freed. While a request waits, its IRP has a cancel routine, which asks
 * winpar under the cancel lock. wdm_parport_done() takes the cancel routine off first.
 * When IoCancelIrp() has taken the routine off before it, wdm_parport_done() acquires
 * and releases the cancel lock: after that the cancel routine has asked.
 *
 * Requests to what is closed. The danger: a client that sends each request again from its
 * completion routine would nest these routines without a bound, and use up the stack. So
 * such a request is put on @refused and is STATUS_PENDING; a work completes it. winpar
 * itself has a bound for requests to what is open.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/handle.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/parport.h"
#include "wdm/port.h"
#include "wdm/registry.h"
#include "wdm/string.h"

#define WDM_TAG_RELATIONS	0x6c65524c	/* "LRel" */

static struct wdm_parport *to_parport(PDEVICE_OBJECT device)
{
	return container_of(device, struct wdm_parport, object);
}

/* Begin to send an IRP, until wdm_parport_leave(). Returns false when it is closed. */
static bool wdm_parport_enter(struct wdm_parport *parport)
{
	atomic_inc(&parport->senders);
	/* Pairs with the atomic_xchg() in wdm_parport_close(). */
	smp_mb__after_atomic();
	/* Pairs with atomic_set_release() in wdm_parport_open(): @file is set. */
	return atomic_read_acquire(&parport->open);
}

static void wdm_parport_leave(struct wdm_parport *parport)
{
	if (atomic_dec_and_test(&parport->senders))
		wake_up_var(&parport->senders);
}

static NTSTATUS wdm_parport_complete(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

/* Take the first IRP off @refused; NULL if there is none. */
static PIRP wdm_parport_next(struct wdm_parport *parport)
{
	PIRP irp = NULL;

	spin_lock_irq(&parport->client->lock);
	if (!IsListEmpty(&parport->refused))
		irp = CONTAINING_RECORD(RemoveHeadList(&parport->refused), IRP,
					Tail.Overlay.ListEntry);
	spin_unlock_irq(&parport->client->lock);
	return irp;
}

/* Complete the IRPs on @refused. */
static void wdm_parport_refuse_all(struct work_struct *work)
{
	struct wdm_parport *parport =
		container_of(work, struct wdm_parport, refusal);
	PIRP irp;

	while ((irp = wdm_parport_next(parport))) {
		WRITE_ONCE(wdm_irp(irp)->listed, false);
		wdm_parport_complete(irp, STATUS_FILE_CLOSED);
		cond_resched();
	}
}

/* An IRP was sent to what is closed: have it completed by a work. */
static NTSTATUS wdm_parport_refuse(struct wdm_parport *parport, PIRP irp)
{
	unsigned long flags;

	IoMarkIrpPending(irp);
	spin_lock_irqsave(&parport->client->lock, flags);
	InsertTailList(&parport->refused, &irp->Tail.Overlay.ListEntry);
	queue_work(winpar_unbound_wq, &parport->refusal);
	spin_unlock_irqrestore(&parport->client->lock, flags);
	return STATUS_PENDING;
}

static VOID wdm_parport_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	KIRQL irql = irp->CancelIrql;

	wdm_port_cancel(wdm_irp(irp)->port);
	IoReleaseCancelSpinLock(irql);
}

/* winpar has queued the request of an IRP: from here on IoCancelIrp() can cancel it. */
static void wdm_parport_waits(void *arg)
{
	PIRP irp = arg;

	IoSetCancelRoutine(irp, wdm_parport_cancel);
	if (READ_ONCE(irp->Cancel) && IoSetCancelRoutine(irp, NULL))
		wdm_port_cancel(wdm_irp(irp)->port);
}

/* winpar has completed the request of an IRP. */
static void wdm_parport_done(void *arg, NTSTATUS status, ULONG_PTR information,
			     bool pending)
{
	PIRP irp = arg;
	KIRQL irql;

	if (!IoSetCancelRoutine(irp, NULL) && READ_ONCE(irp->Cancel)) {
		IoAcquireCancelSpinLock(&irql);
		IoReleaseCancelSpinLock(irql);
	}
	if (pending)
		IoMarkIrpPending(irp);
	WRITE_ONCE(wdm_irp(irp)->listed, false);
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_PARALLEL_INCREMENT);
}

/* The request to winpar, by the IRP's stack location. */
static struct wdm_call wdm_parport_call(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	struct wdm_call call = {
		.major = location->MajorFunction,
		.buffer = irp->AssociatedIrp.SystemBuffer,
		.waits = wdm_parport_waits,
		.done = wdm_parport_done,
		.arg = irp,
	};

	switch (location->MajorFunction) {
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
		call.in_len = location->Parameters.Read.Length;
		call.offset = location->Parameters.Read.ByteOffset.QuadPart;
		break;
	case IRP_MJ_QUERY_INFORMATION:
		call.in_len = location->Parameters.QueryFile.Length;
		call.code = location->Parameters.QueryFile.FileInformationClass;
		break;
	default:
		call.code = location->Parameters.DeviceIoControl.IoControlCode;
		call.in_len = location->Parameters.DeviceIoControl.InputBufferLength;
		call.out_len =
			location->Parameters.DeviceIoControl.OutputBufferLength;
	}
	return call;
}

/* The answer to IRP_MN_QUERY_DEVICE_RELATIONS: the device itself. */
static NTSTATUS wdm_parport_target(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_RELATIONS relations;

	/* For the client that has made the IRP, which is not always the one with the port. */
	relations = winpar_wdm_pool_alloc(wdm_irp(irp)->client,
					  sizeof(*relations), WDM_TAG_RELATIONS,
					  NULL);
	if (!relations)
		return STATUS_INSUFFICIENT_RESOURCES;
	wdm_device_get(device);
	relations->Count = 1;
	relations->Objects[0] = device;
	irp->IoStatus.Information = (ULONG_PTR)relations;
	return STATUS_SUCCESS;
}

/*
 * IRP_MJ_PNP, at the lowest device of a stack. There is nothing to start or to remove:
 * that is the port's life, which winpar has. A request that is not known keeps the status
 * that it has, as on Windows.
 */
static NTSTATUS wdm_parport_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	NTSTATUS status = irp->IoStatus.Status;

	switch (location->MinorFunction) {
	case IRP_MN_START_DEVICE:
	case IRP_MN_QUERY_REMOVE_DEVICE:
	case IRP_MN_REMOVE_DEVICE:
	case IRP_MN_CANCEL_REMOVE_DEVICE:
	case IRP_MN_STOP_DEVICE:
	case IRP_MN_QUERY_STOP_DEVICE:
	case IRP_MN_CANCEL_STOP_DEVICE:
	case IRP_MN_SURPRISE_REMOVAL:
		status = STATUS_SUCCESS;
		break;
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		if (location->Parameters.QueryDeviceRelations.Type ==
		    TargetDeviceRelation)
			status = wdm_parport_target(device, irp);
		break;
	}
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

/*
 * IRP_MJ_POWER, at the lowest device of a stack: winpar keeps the port's lines over a
 * suspend, so that any power state will do. Another request keeps its status.
 */
static NTSTATUS wdm_parport_power(PIRP irp)
{
	NTSTATUS status = irp->IoStatus.Status;

	switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
	case IRP_MN_SET_POWER:
	case IRP_MN_QUERY_POWER:
		status = STATUS_SUCCESS;
		break;
	}
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

/*
 * The dispatch routine of each major function. IRP_MJ_CREATE, CLEANUP and CLOSE change
 * nothing: IoGetDeviceObjectPointer() opens, and a file object's end or a client's closes.
 */
static NTSTATUS wdm_parport_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	struct wdm_parport *parport = to_parport(device);
	struct wdm_call call = wdm_parport_call(irp);
	NTSTATUS status;

	switch (call.major) {
	case IRP_MJ_CREATE:
	case IRP_MJ_CLEANUP:
	case IRP_MJ_CLOSE:
		return wdm_parport_complete(irp, STATUS_SUCCESS);
	case IRP_MJ_PNP:
		return wdm_parport_pnp(device, irp);
	case IRP_MJ_POWER:
		return wdm_parport_power(irp);
	}
	WRITE_ONCE(wdm_irp(irp)->listed, true);
	if (!wdm_parport_enter(parport))
		status = wdm_parport_refuse(parport, irp);
	else
		status = wdm_port_send(parport->file, wdm_irp(irp)->port,
				       sizeof(wdm_irp(irp)->port), &call);
	wdm_parport_leave(parport);
	return status;
}

static DRIVER_OBJECT wdm_parport_driver = {
	.Type = WDM_IO_TYPE_DRIVER,
	.Size = sizeof(DRIVER_OBJECT),
	.MajorFunction = {
		[0 ... IRP_MJ_MAXIMUM_FUNCTION] = wdm_parport_dispatch,
	},
};

/**
 * wdm_parport_of() - is a device object a port's?
 * @device: the device object
 *
 * Context: any.
 * Return: the port that a client has opened; NULL: it is another device's.
 */
struct wdm_parport *wdm_parport_of(PDEVICE_OBJECT device)
{
	if (device->DriverObject != &wdm_parport_driver ||
	    !to_parport(device)->is_port)
		return NULL;
	return to_parport(device);
}

/* ----- the registry ------------------------------------------------------ */

/* Give a port's key the value PortName, LPT1 for port 0, unless the text has one. */
static NTSTATUS wdm_parport_name(struct wdm_parport *parport, struct wdm_key *key)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"PortName");
	struct wdm_value *value;
	WCHAR wide[16];
	char text[16];
	NTSTATUS status;
	int length;

	status = wdm_registry_get(key, &name, 0, &value);
	if (NT_SUCCESS(status))
		wdm_registry_put(value);
	if (status != STATUS_OBJECT_NAME_NOT_FOUND)
		return status;
	length = snprintf(text, sizeof(text), "LPT%u", parport->number + 1);
	wdm_string_wide(text, wide, ARRAY_SIZE(wide));
	return wdm_registry_set(key, &name, REG_SZ, wide,
				(length + 1) * sizeof(WCHAR));
}

/**
 * IoOpenDeviceRegistryKey() - open the key of a port
 * @device: the device object of a port that the caller has opened, or was given by
 *          AddDevice
 * @type: PLUGPLAY_REGKEY_DEVICE: Device\PortN below the service's key, with PortName;
 *        PLUGPLAY_REGKEY_DRIVER: Driver\PortN there
 * @access: ignored
 * @handle: where it goes, for ZwClose()
 *
 * DDI page: wdm, IoOpenDeviceRegistryKey. N is the port's number.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_REQUEST no port's; STATUS_INVALID_PARAMETER
 * another type; STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL the caller may not
 * sleep.
 */
NTSTATUS IoOpenDeviceRegistryKey(PDEVICE_OBJECT device, ULONG type,
				 ACCESS_MASK access, PHANDLE handle)
{
	struct wdm_parport *parport = wdm_parport_of(device);
	UNICODE_STRING string;
	struct wdm_key *key;
	WCHAR wide[32];
	char path[32];
	NTSTATUS status;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (!parport)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (type != PLUGPLAY_REGKEY_DEVICE && type != PLUGPLAY_REGKEY_DRIVER)
		return STATUS_INVALID_PARAMETER;
	snprintf(path, sizeof(path), "%s\\Port%u",
		 type == PLUGPLAY_REGKEY_DEVICE ? "Device" : "Driver",
		 parport->number);
	wdm_string_wide(path, wide, ARRAY_SIZE(wide));
	RtlInitUnicodeString(&string, wide);
	status = wdm_registry_add(parport->client->service, &string, &key);
	if (NT_SUCCESS(status) && type == PLUGPLAY_REGKEY_DEVICE)
		status = wdm_parport_name(parport, key);
	if (!NT_SUCCESS(status))
		return status;
	return wdm_handle_of_key(parport->client, key, handle);
}
WINPAR_EXPORT(IoOpenDeviceRegistryKey);

/* The client's device object for a port, by the port's Context, or NULL. */
static struct wdm_parport *__wdm_parport_known(struct winpar_wdm_client *client,
					       void *context)
	__must_hold(&client->lock)
{
	struct wdm_parport *parport;

	lockdep_assert_held(&client->lock);
	list_for_each_entry(parport, &client->devices, entry)
		if (parport->is_port && parport->object.DeviceExtension == context)
			return parport;
	return NULL;
}

/**
 * wdm_parport_create() - a device object for what a client has opened
 * @client: the client
 * @file: what winpar_open() gave
 * @context: the DeviceExtension that winpar gives
 * @stack: the StackSize that winpar gives
 * @is_port: it is a port
 *
 * Context: process context.
 * Return: the object, on the client's list; that of another @file, where the client has
 * one for this life of a port; NULL: no memory, or the client ends.
 */
struct wdm_parport *wdm_parport_create(struct winpar_wdm_client *client,
				       struct winpar_file *file, void *context,
				       CCHAR stack, bool is_port)
{
	struct wdm_parport *parport = kzalloc(sizeof(*parport), GFP_KERNEL);
	struct wdm_parport *found = NULL;

	if (!parport)
		return NULL;
	parport->object = (DEVICE_OBJECT){
		.Type = WDM_IO_TYPE_DEVICE,
		.Size = sizeof(DEVICE_OBJECT),
		.ReferenceCount = 1,
		.DriverObject = &wdm_parport_driver,
		.Flags = is_port ? 0 : DO_BUFFERED_IO,
		.DeviceType = FILE_DEVICE_PARALLEL_PORT,
		.DeviceExtension = context,
		.StackSize = stack,
		.Reserved = client,
	};
	parport->client = client;
	InitializeListHead(&parport->refused);
	INIT_WORK(&parport->refusal, wdm_parport_refuse_all);
	parport->is_port = is_port;
	parport->file = file;
	atomic_set(&parport->open, 1);
	spin_lock_irq(&client->lock);
	/* Two threads may open one port at the same time. */
	if (is_port)
		found = __wdm_parport_known(client, context);
	if (!found && !client->ending) {
		list_add_tail(&parport->entry, &client->devices);
		found = parport;
	}
	spin_unlock_irq(&client->lock);
	if (found != parport)
		kfree(parport);
	return found;
}

/**
 * wdm_parport_open() - let IRPs be sent to a device object again
 * @parport: the object, which is closed
 * @file: what winpar_open() gave
 *
 * Context: process context.
 * Return: false: the client ends, and @parport stays closed.
 */
bool wdm_parport_open(struct wdm_parport *parport, struct winpar_file *file)
{
	struct winpar_wdm_client *client = parport->client;
	bool ending;

	spin_lock_irq(&client->lock);
	ending = client->ending;
	if (!ending) {
		parport->file = file;
		/* Pairs with atomic_read_acquire() in wdm_parport_enter(). */
		atomic_set_release(&parport->open, 1);
	}
	spin_unlock_irq(&client->lock);
	return !ending;
}

/**
 * wdm_parport_close() - close what a device object stands for
 * @parport: the object, which stays: IRPs sent to it have STATUS_FILE_CLOSED
 *
 * Context: process context, may sleep.
 */
void wdm_parport_close(struct wdm_parport *parport)
{
	if (!atomic_xchg(&parport->open, 0))
		return;
	wait_var_event(&parport->senders, !atomic_read(&parport->senders));
	wdm_port_close(parport->file);
}

/**
 * wdm_parport_end() - close all that a client has open
 * @client: the client, which is leaving
 *
 * Afterwards the client's IRPs that a port had, or that were refused, are complete, and its
 * interrupt routines are disconnected.
 *
 * Context: process context, may sleep.
 */
void wdm_parport_end(struct winpar_wdm_client *client)
{
	struct wdm_parport *parport;

	list_for_each_entry(parport, &client->devices, entry)
		wdm_parport_close(parport);
	/* No routine of the client is called from here on, which would send an IRP again. */
	list_for_each_entry(parport, &client->devices, entry) {
		cancel_work_sync(&parport->refusal);
		wdm_parport_refuse_all(&parport->refusal);
	}
}

/* Refuse all requests to a client's parports. Returns how many others refer to still. */
static unsigned int wdm_parport_abandon_all(struct winpar_wdm_client *client)
{
	struct wdm_parport *parport;
	unsigned int count = 0;

	spin_lock_irq(&wdm_device_lock);
	list_for_each_entry(parport, &client->devices, entry) {
		count += parport->object.ReferenceCount > 1;
		parport->object.AttachedDevice = NULL;
		WRITE_ONCE(parport->object.DriverObject, &wdm_irp_port_orphan);
		/* Pairs with smp_load_acquire() in wdm_irp_enter(). */
		smp_store_release(&parport->object.Reserved, NULL);
	}
	spin_unlock_irq(&wdm_device_lock);
	return count;
}

/**
 * wdm_parport_free() - free a client's device objects of ports and of devices on them
 * @client: the client, after wdm_parport_end(), without file objects
 *
 * One to which another client has a reference stays until that is given back, or the layer is
 * unloaded, and answers each request with STATUS_NO_SUCH_DEVICE.
 *
 * Context: process context, sleeps.
 */
void wdm_parport_free(struct winpar_wdm_client *client)
{
	unsigned int abandoned = wdm_parport_abandon_all(client);
	struct wdm_parport *parport, *next;

	if (abandoned) {
		/* A wdm_irp_enter() that has found the client does not use it after this. */
		synchronize_rcu();
		pr_warn("%s: %u device objects of ports have references still: they stay until ObDereferenceObject() has given these back\n",
			wdm_client_name(client), abandoned);
	}
	list_for_each_entry_safe(parport, next, &client->devices, entry) {
		/* What another client has sent since wdm_parport_end(). */
		cancel_work_sync(&parport->refusal);
		wdm_parport_refuse_all(&parport->refusal);
		spin_lock_irq(&wdm_device_lock);
		list_move_tail(&parport->entry, &wdm_device_ports);
		spin_unlock_irq(&wdm_device_lock);
		wdm_device_put(&parport->object);
	}
}
