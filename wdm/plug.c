// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plug and Play drivers: a driver that sets AddDevice is given each port. Its AddDevice
 * routine is called with the port's device object and attaches a device to it; the stack
 * of devices on the port is sent IRP_MN_START_DEVICE. When the port goes, the stack is
 * sent IRP_MN_SURPRISE_REMOVAL, and IRP_MN_REMOVE_DEVICE as soon as no program has a
 * handle on a device of the stack; when the driver is unloaded, IRP_MN_REMOVE_DEVICE
 * before DriverUnload is called. The lowest device, the port, answers these requests in
 * wdm/parport.c.
 *
 * winpar calls wdm_plug_changed() for one port at a time, and not any more after
 * wdm_port_unwatch(): so the list of stacks needs no lock. A removal that waits for handles
 * is a work, since wdm_plug_changed() may not wait for programs. It sets wdm_stack.done
 * last; then the list's user frees the stack.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/exposed.h"
#include "wdm/interface.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/opened.h"
#include "wdm/plug.h"
#include "wdm/port.h"
#include "wdm/power.h"
#include "wdm/stack.h"
#include "wdm/string.h"
#include "wdm/verify.h"

/**
 * struct wdm_plug - which ports a driver was given
 * @client: the driver
 * @watch: tells of ports, while @watching
 * @watching: the driver has an AddDevice routine
 * @stacks: the ports
 */
struct wdm_plug {
	struct winpar_wdm_client *client;
	struct wdm_watch *watch;
	bool watching;
	struct list_head stacks;
};

/**
 * struct wdm_stack - a port that a driver was given
 * @entry: among the driver's
 * @client: the driver
 * @number: the port's number
 * @file: keeps @port
 * @port: the port's device object, the lowest of the stack
 * @power: sends it power requests
 * @removal: sends IRP_MN_REMOVE_DEVICE when the port has gone
 * @gone: the port has gone: @removal was queued
 * @done: @removal has nothing more to do with this stack
 */
struct wdm_stack {
	struct list_head entry;
	struct winpar_wdm_client *client;
	unsigned int number;
	PFILE_OBJECT file;
	PDEVICE_OBJECT port;
	struct wdm_power *power;
	struct work_struct removal;
	bool gone;
	bool done;
};

/* ----- requests ---------------------------------------------------------- */

/* Wait until the driver has completed a request, and name a driver that takes its time. */
static void wdm_plug_wait(struct wdm_stack *stack, UCHAR minor, PKEVENT event)
{
	if (!wdm_irp_is_late(event))
		return;
	pr_warn("%s: its device on port %u has not completed IRP_MJ_PNP, minor function 0x%x, in 5 s: nothing more is done with that port before it has\n",
		wdm_client_name(stack->client), stack->number, minor);
	KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

/*
 * Send a request of Plug and Play to the highest device of a stack, and wait until it is
 * complete. A driver has to be told that its device is removed, so there is memory.
 */
static NTSTATUS wdm_plug_send(struct wdm_stack *stack, UCHAR minor)
{
	PDEVICE_OBJECT top = wdm_device_top_get(stack->port);
	PIO_STACK_LOCATION next;
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	irp = wdm_irp_make(stack->client, top->StackSize,
			   GFP_KERNEL | __GFP_NOFAIL);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	wdm_irp(irp)->finish = wdm_irp_signal;
	irp->UserEvent = &event;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	irp->Tail.Overlay.Thread = KeGetCurrentThread();
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_PNP;
	next->MinorFunction = minor;
	IoCallDriver(top, irp);
	wdm_plug_wait(stack, minor, &event);
	status = irp->IoStatus.Status;
	IoFreeIrp(irp);
	wdm_device_put(top);
	return status;
}

/* ----- stacks ------------------------------------------------------------ */

/*
 * The driver has removed its device, or has not added one. A device that is attached still
 * may be freed: it is not looked at.
 */
static void wdm_stack_leave(struct wdm_stack *stack)
{
	if (stack->port->AttachedDevice) {
		wdm_warn(stack->client,
			 "a device is attached to port %u after IRP_MN_REMOVE_DEVICE: it is detached\n",
			 stack->number);
		IoDetachDevice(stack->port);
	}
	wdm_exposed_removed(stack->port);
	wdm_power_remove(stack->power);
	ObDereferenceObject(stack->file);
}

static void wdm_stack_remove(struct wdm_stack *stack)
{
	wdm_power_stop(stack->power);
	wdm_plug_send(stack, IRP_MN_REMOVE_DEVICE);
	wdm_stack_leave(stack);
}

/* The port has gone. The driver's device is removed when no program has it open. */
static void wdm_stack_removal(struct work_struct *work)
{
	struct wdm_stack *stack = container_of(work, struct wdm_stack, removal);

	wdm_device_wait_closed(stack->port);
	wdm_stack_remove(stack);
	/* Pairs with the smp_load_acquire() in wdm_plug_sweep(). */
	smp_store_release(&stack->done, true);
}

/* Call AddDevice for a port, and start what it has attached. */
static NTSTATUS wdm_stack_begin(struct wdm_stack *stack)
{
	struct winpar_wdm_client *client = stack->client;
	NTSTATUS status;

	/* A program that opens the device before it is started would find it half made. */
	wdm_device_close_above(stack->port, true);
	status = client->extension.AddDevice(&client->driver, stack->port);
	if (!NT_SUCCESS(status)) {
		pr_info("%s: AddDevice has failed for port %u with status %#010x\n",
			wdm_client_name(client), stack->number, status);
		wdm_device_close_above(stack->port, false);
		wdm_power_stop(stack->power);
		wdm_stack_leave(stack);
		return status;
	}
	status = wdm_plug_send(stack, IRP_MN_START_DEVICE);
	if (NT_SUCCESS(status)) {
		wdm_device_close_above(stack->port, false);
		wdm_power_started(stack->power);
	} else {
		pr_info("%s: IRP_MN_START_DEVICE has failed for port %u with status %#010x\n",
			wdm_client_name(client), stack->number, status);
		wdm_stack_remove(stack);
	}
	return status;
}

/* A port has arrived. */
static void wdm_stack_add(struct wdm_plug *plug, const char *port, unsigned int number)
{
	struct wdm_stack *stack = kzalloc(sizeof(*stack), GFP_KERNEL);
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
	UNICODE_STRING name;
	WCHAR wide[WDM_NAME];
	PDEVICE_OBJECT top;

	if (!stack)
		goto failed;
	stack->client = plug->client;
	stack->number = number;
	INIT_WORK(&stack->removal, wdm_stack_removal);
	wdm_string_wide(port, wide, WDM_NAME);
	RtlInitUnicodeString(&name, wide);
	status = winpar_wdm_device_pointer(plug->client, &name, FILE_READ_ATTRIBUTES,
					   &stack->file, &top);
	if (!NT_SUCCESS(status))
		goto failed;
	stack->port = stack->file->DeviceObject;
	stack->power = wdm_power_add(plug->client, stack->port, number);
	if (!stack->power) {
		ObDereferenceObject(stack->file);
		status = STATUS_INSUFFICIENT_RESOURCES;
		goto failed;
	}
	if (NT_SUCCESS(wdm_stack_begin(stack)))
		list_add_tail(&stack->entry, &plug->stacks);
	else
		kfree(stack);
	return;

failed:
	kfree(stack);
	wdm_warn(plug->client, "port %u cannot be opened for AddDevice: status %#010x\n",
		 number, status);
}

/* Free the stacks whose removal is done. */
static void wdm_plug_sweep(struct wdm_plug *plug)
{
	struct wdm_stack *stack, *next;

	list_for_each_entry_safe(stack, next, &plug->stacks, entry) {
		/* Pairs with the smp_store_release() in wdm_stack_removal(). */
		if (!smp_load_acquire(&stack->done))
			continue;
		flush_work(&stack->removal);
		list_del(&stack->entry);
		kfree(stack);
	}
}

/* winpar tells of a port that has arrived or gone. */
static void wdm_plug_changed(void *arg, const char *port, bool arrived)
{
	int number = wdm_interface_number(port);
	struct wdm_plug *plug = arg;
	struct wdm_stack *stack;

	if (number < 0)
		return;
	wdm_plug_sweep(plug);
	if (arrived) {
		wdm_stack_add(plug, port, number);
		return;
	}
	list_for_each_entry(stack, &plug->stacks, entry) {
		if (stack->number != number || stack->gone)
			continue;
		stack->gone = true;
		wdm_device_close_above(stack->port, true);
		wdm_plug_send(stack, IRP_MN_SURPRISE_REMOVAL);
		wdm_exposed_removed(stack->port);
		queue_work(winpar_unbound_wq, &stack->removal);
		return;
	}
}

/**
 * IoInvalidateDeviceRelations() - say that a device has other relations than before
 * @device: the device
 * @type: which relations
 *
 * DDI page: wdm, IoInvalidateDeviceRelations. On Windows the Plug and Play manager then
 * asks for them, and makes stacks for devices that are new. Nothing here does so, and the
 * log says it once for each caller.
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoInvalidateDeviceRelations(PDEVICE_OBJECT device, DEVICE_RELATION_TYPE type)
{
	wdm_at_most(DISPATCH_LEVEL);
	if (wdm_verify_first((void *)_RET_IP_, __func__))
		pr_warn("%pS calls %s(): the relations of type %d are not asked for here\n",
			(void *)_RET_IP_, __func__, type);
}
WINPAR_EXPORT(IoInvalidateDeviceRelations);

/* ----- the beginning and the end of a client ----------------------------- */

/**
 * wdm_plug_begin() - a client begins
 * @client: the client
 *
 * Context: process context.
 * Return: false: no memory.
 */
bool wdm_plug_begin(struct winpar_wdm_client *client)
{
	struct wdm_plug *plug = kzalloc(sizeof(*plug), GFP_KERNEL);

	if (!plug)
		return false;
	plug->watch = wdm_port_watch_alloc(wdm_plug_changed, plug);
	if (!plug->watch) {
		kfree(plug);
		return false;
	}
	plug->client = client;
	INIT_LIST_HEAD(&plug->stacks);
	client->plug = plug;
	return true;
}

/**
 * wdm_plug_start() - DriverEntry has succeeded: give the driver the ports that there are,
 *	and those that arrive, if it has an AddDevice routine
 * @client: the driver
 *
 * Context: process context, may sleep.
 */
void wdm_plug_start(struct winpar_wdm_client *client)
{
	struct wdm_plug *plug = client->plug;
	NTSTATUS status;

	if (!client->extension.AddDevice)
		return;
	plug->watching = true;
	status = wdm_port_watch(plug->watch, client->module);
	if (NT_SUCCESS(status))
		return;
	plug->watching = false;
	pr_err("%s: its AddDevice routine is not called: ports cannot be watched, status %#010x\n",
	       wdm_client_name(client), status);
}

/**
 * wdm_plug_stop() - have a driver remove its devices on ports
 * @client: the driver, whose DriverUnload was not called yet. No program has a handle on
 *          one of its devices: a handle keeps its module
 *
 * Context: process context, may sleep.
 */
void wdm_plug_stop(struct winpar_wdm_client *client)
{
	struct wdm_plug *plug = client->plug;
	struct wdm_stack *stack, *next;

	if (!plug->watching)
		return;
	wdm_port_unwatch(plug->watch);
	plug->watching = false;
	list_for_each_entry_safe(stack, next, &plug->stacks, entry) {
		if (stack->gone)
			flush_work(&stack->removal);
		else
			wdm_stack_remove(stack);
		list_del(&stack->entry);
		kfree(stack);
	}
}

/**
 * wdm_plug_end() - a client ends
 * @client: the client, after wdm_plug_stop()
 *
 * Context: process context.
 */
void wdm_plug_end(struct winpar_wdm_client *client)
{
	if (client->plug)
		kfree(client->plug->watch);
	kfree(client->plug);
}
