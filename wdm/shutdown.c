// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shutdowns. A driver that has registered a device is sent IRP_MJ_SHUTDOWN for it, once, before
 * Linux stops or restarts the machine.
 *
 * A driver that does not complete the request in power_timeout does not hold the machine up.
 * Then the request, which is allocated, stays until the driver completes it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/shutdown.h"
#include "wdm/stack.h"
#include "wdm/suspend.h"

/**
 * struct wdm_shutdown - a device that is registered
 * @entry: on the list of all of them
 * @client: its driver
 * @device: the device, with a reference
 */
struct wdm_shutdown {
	struct list_head entry;
	struct winpar_wdm_client *client;
	PDEVICE_OBJECT device;
};

/**
 * struct wdm_shutdown_request - a request
 * @references: of the task that sends it, and of the driver that has it
 * @top: the device that it is sent to, with a reference until it is complete
 * @done: the driver has completed it
 */
struct wdm_shutdown_request {
	refcount_t references;
	PDEVICE_OBJECT top;
	struct completion done;
};

/* No routine of a client's is called with it held. */
static DEFINE_MUTEX(wdm_shutdown_lock);
/* The devices that are registered; under wdm_shutdown_lock. */
static LIST_HEAD(wdm_shutdowns);

static void wdm_shutdown_free(struct wdm_shutdown *shutdown)
{
	wdm_device_put(shutdown->device);
	kfree(shutdown);
}

/* Take the registration of a device, or the first one of a client, off the list; or NULL. */
static struct wdm_shutdown *wdm_shutdown_take(PDEVICE_OBJECT device,
					      struct winpar_wdm_client *client)
{
	struct wdm_shutdown *shutdown, *found = NULL;

	mutex_lock(&wdm_shutdown_lock);
	list_for_each_entry(shutdown, &wdm_shutdowns, entry)
		if (shutdown->device == device || shutdown->client == client) {
			found = shutdown;
			list_del(&found->entry);
			break;
		}
	mutex_unlock(&wdm_shutdown_lock);
	return found;
}

/**
 * IoRegisterShutdownNotification() - have a device sent IRP_MJ_SHUTDOWN when the machine is
 *	shut down
 * @device: a device that the caller has created
 *
 * DDI page: wdm, IoRegisterShutdownNotification. The device stays until
 * IoUnregisterShutdownNotification(), or until its driver ends.
 *
 * Context: PASSIVE_LEVEL, may sleep.
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_REQUEST IoCreateDevice() did not make @device;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_DELETE_PENDING DriverUnload has returned;
 * STATUS_UNSUCCESSFUL the caller may not sleep.
 */
NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT device)
{
	struct wdm_shutdown *shutdown;
	bool ending;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return STATUS_UNSUCCESSFUL;
	if (!wdm_device_is_own(device))
		return STATUS_INVALID_DEVICE_REQUEST;
	shutdown = kzalloc(sizeof(*shutdown), GFP_KERNEL);
	if (!shutdown)
		return STATUS_INSUFFICIENT_RESOURCES;
	shutdown->client = wdm_device_client(device);
	shutdown->device = device;
	mutex_lock(&wdm_shutdown_lock);
	/* Set before wdm_shutdown_end() takes this lock. */
	ending = READ_ONCE(shutdown->client->ending);
	if (!ending) {
		wdm_device_get(device);
		list_add_tail(&shutdown->entry, &wdm_shutdowns);
	}
	mutex_unlock(&wdm_shutdown_lock);
	if (!ending)
		return STATUS_SUCCESS;
	kfree(shutdown);
	return STATUS_DELETE_PENDING;
}
WINPAR_EXPORT(IoRegisterShutdownNotification);

/**
 * IoUnregisterShutdownNotification() - undo IoRegisterShutdownNotification()
 * @device: the device
 *
 * DDI page: wdm, IoUnregisterShutdownNotification
 *
 * Context: PASSIVE_LEVEL, may sleep.
 */
void IoUnregisterShutdownNotification(PDEVICE_OBJECT device)
{
	struct wdm_shutdown *shutdown;

	if (!wdm_at_most(PASSIVE_LEVEL))
		return;
	while ((shutdown = wdm_shutdown_take(device, NULL)))
		wdm_shutdown_free(shutdown);
}
WINPAR_EXPORT(IoUnregisterShutdownNotification);

/* ----- sending ----------------------------------------------------------- */

static void wdm_shutdown_put(struct wdm_shutdown_request *request)
{
	if (refcount_dec_and_test(&request->references))
		kfree(request);
}

/* No completion routine has kept the IRP. */
static void wdm_shutdown_finish(PIRP irp)
{
	struct wdm_shutdown_request *request = wdm_irp(irp)->arg;

	IoFreeIrp(irp);
	wdm_device_put(request->top);
	complete(&request->done);
	wdm_shutdown_put(request);
}

/* Send a device IRP_MJ_SHUTDOWN, and wait until it is complete, for a while. */
static void wdm_shutdown_send(struct wdm_shutdown *shutdown)
{
	PDEVICE_OBJECT top = wdm_device_top_get(shutdown->device);
	struct wdm_shutdown_request *request;
	PIRP irp;

	request = kzalloc(sizeof(*request), GFP_KERNEL | __GFP_NOFAIL);
	refcount_set(&request->references, 2);
	init_completion(&request->done);
	request->top = top;
	irp = wdm_irp_make(shutdown->client, top->StackSize,
			   GFP_KERNEL | __GFP_NOFAIL);
	wdm_irp(irp)->finish = wdm_shutdown_finish;
	wdm_irp(irp)->arg = request;
	irp->Tail.Overlay.Thread = KeGetCurrentThread();
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_SHUTDOWN;
	/* While the dispatch routine runs, which may complete the request. */
	wdm_device_get(top);
	IoCallDriver(top, irp);
	wdm_device_put(top);
	if (!wait_for_completion_timeout(&request->done, wdm_suspend_patience()))
		pr_warn("%s: it has not completed IRP_MJ_SHUTDOWN in time: the machine is shut down all the same\n",
			wdm_client_name(shutdown->client));
	wdm_shutdown_put(request);
}

/* Take the first device off the list whose driver can be called; or NULL. */
static struct wdm_shutdown *wdm_shutdown_next(void)
{
	struct wdm_shutdown *shutdown, *found = NULL;

	mutex_lock(&wdm_shutdown_lock);
	list_for_each_entry(shutdown, &wdm_shutdowns, entry)
		if (wdm_client_hold(shutdown->client)) {
			found = shutdown;
			list_del(&found->entry);
			break;
		}
	mutex_unlock(&wdm_shutdown_lock);
	return found;
}

/**
 * wdm_shutdown_notify() - Linux is about to stop or to restart the machine
 * @block: the notifier
 * @action: SYS_RESTART and the others of <linux/reboot.h>
 * @data: unused
 *
 * Context: process context; sleeps for at most power_timeout for each device.
 * Return: NOTIFY_DONE.
 */
int wdm_shutdown_notify(struct notifier_block *block, unsigned long action,
			void *data)
{
	struct wdm_shutdown *shutdown;
	struct module *module;

	while ((shutdown = wdm_shutdown_next())) {
		module = shutdown->client->module;
		wdm_shutdown_send(shutdown);
		wdm_shutdown_free(shutdown);
		module_put(module);
	}
	return NOTIFY_DONE;
}

static struct notifier_block wdm_shutdown_block = {
	.notifier_call = wdm_shutdown_notify,
};

/* ----- the beginning and the end ----------------------------------------- */

/**
 * wdm_shutdown_end() - forget the devices that a client has registered, and say so
 * @client: the client, whose @ending is set
 *
 * Context: process context, may sleep.
 */
void wdm_shutdown_end(struct winpar_wdm_client *client)
{
	struct wdm_shutdown *shutdown;
	unsigned int count = 0;

	while ((shutdown = wdm_shutdown_take(NULL, client))) {
		wdm_shutdown_free(shutdown);
		count++;
	}
	if (count)
		pr_warn("%s: %u devices were left registered for shutdowns: DriverUnload has to call IoUnregisterShutdownNotification()\n",
			wdm_client_name(client), count);
}

/**
 * wdm_shutdown_setup() - have Linux tell of shutdowns
 *
 * Context: at module init.
 * Return: 0 or an errno.
 */
int wdm_shutdown_setup(void)
{
	return register_reboot_notifier(&wdm_shutdown_block);
}

/**
 * wdm_shutdown_exit() - have Linux tell of shutdowns no more
 *
 * Context: at module exit; there are no clients.
 */
void wdm_shutdown_exit(void)
{
	unregister_reboot_notifier(&wdm_shutdown_block);
}
