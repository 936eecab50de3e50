// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's init and exit, and the start and the end of its clients.
 *
 * The object that ddk.mk adds to each client (include/winpar/ddk/entry.c) calls
 * winpar_wdm_start() in the client's init and winpar_wdm_stop() in its exit.
 *
 * The danger: a timer, an IRP or an open port that a client has left would call code of
 * a module that is unloaded. So wdm_main_end() ends them in the module's exit, while its
 * code is still there: first no routine of the client is called any more, then the
 * routines that run are waited for, then memory is freed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/slab.h>

#include <winpar/compat.h>
#include <winpar/ddk/client.h>

#include "wdm/client.h"
#include "wdm/device.h"
#include "wdm/disk.h"
#include "wdm/exposed.h"
#include "wdm/extension.h"
#include "wdm/file.h"
#include "wdm/handle.h"
#include "wdm/irp.h"
#include "wdm/node.h"
#include "wdm/notify.h"
#include "wdm/parport.h"
#include "wdm/plug.h"
#include "wdm/pool.h"
#include "wdm/port.h"
#include "wdm/power.h"
#include "wdm/recall.h"
#include "wdm/registry.h"
#include "wdm/shutdown.h"
#include "wdm/string.h"
#include "wdm/suspend.h"
#include "wdm/thread.h"
#include "wdm/timer.h"
#include "wdm/verify.h"
#include "wdm/work.h"

#define WDM_DRIVERS	"\\Driver\\"
#define WDM_PATH	(sizeof(WDM_SERVICES) + MODULE_NAME_LEN)

/* Set @path to @prefix and the module's name; wdm_main_free() frees the memory. */
static bool wdm_main_path(struct winpar_wdm_client *client, const char *prefix,
			  UNICODE_STRING *path)
{
	char name[WDM_PATH];
	WCHAR *buffer = kmalloc_array(WDM_PATH, sizeof(WCHAR), GFP_KERNEL);

	if (!buffer)
		return false;
	snprintf(name, sizeof(name), "%s%s", prefix, wdm_client_name(client));
	wdm_string_wide(name, buffer, WDM_PATH);
	RtlInitUnicodeString(path, buffer);
	return true;
}

static void wdm_main_free(struct winpar_wdm_client *client)
{
	kfree(client->driver.DriverName.Buffer);
	kfree(client->extension.ServiceKeyName.Buffer);
	kfree(client->fops);
	wdm_plug_end(client);
	wdm_handle_end(client);
	wdm_registry_end(client);
	wdm_disk_end(client);
	wdm_extension_end(client);
	kfree(client);
}

static struct winpar_wdm_client *wdm_main_create(const struct winpar_wdm_about *about)
{
	struct winpar_wdm_client *client = kzalloc(sizeof(*client), GFP_KERNEL);
	unsigned int i;

	if (!client)
		return NULL;
	client->module = about->module;
	spin_lock_init(&client->lock);
	INIT_LIST_HEAD(&client->pool);
	INIT_LIST_HEAD(&client->irps);
	INIT_LIST_HEAD(&client->files);
	INIT_LIST_HEAD(&client->devices);
	INIT_LIST_HEAD(&client->watches);
	INIT_LIST_HEAD(&client->work);
	INIT_LIST_HEAD(&client->extensions);
	ratelimit_state_init(&client->warnings, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	client->driver.Type = WDM_IO_TYPE_DRIVER;
	client->driver.Size = sizeof(DRIVER_OBJECT);
	client->driver.DriverExtension = &client->extension;
	client->driver.DriverInit = about->entry;
	client->extension.DriverObject = &client->driver;
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		client->driver.MajorFunction[i] = wdm_irp_unhandled;
	if (!wdm_node_begin(client) || !wdm_plug_begin(client) ||
	    !wdm_main_path(client, WDM_DRIVERS, &client->driver.DriverName) ||
	    !wdm_main_path(client, WDM_SERVICES,
			   &client->extension.ServiceKeyName) ||
	    !wdm_registry_begin(client)) {
		wdm_main_free(client);
		return NULL;
	}
	return client;
}

/* End what a client has left, and free the client. */
static void wdm_main_end(struct winpar_wdm_client *client)
{
	spin_lock_irq(&client->lock);
	WRITE_ONCE(client->ending, true);
	spin_unlock_irq(&client->lock);
	/*
	 * Each may wait for routines of the client's, which are called still: a routine may
	 * wait for the event of a request.
	 */
	wdm_thread_end(client);
	wdm_work_drain(client);
	wdm_notify_leave(client);
	wdm_work_leave(client);
	/*
	 * A completion routine that another driver has called may run still, and may set
	 * timers, queue work items and send requests to the client's ports.
	 */
	wdm_recall(client);
	wdm_work_drain(client);
	wdm_node_end(client);
	wdm_exposed_end(client);
	wdm_shutdown_end(client);
	wdm_notify_end(client);
	wdm_timer_end(client);
	/* Until it has disconnected them, interrupt routines may queue DPCs. */
	wdm_parport_end(client);
	wdm_timer_end(client);
	/* What a DPC or an interrupt routine has sent before it was waited for. */
	wdm_recall(client);
	wdm_work_drain(client);
	wdm_file_end(client);
	wdm_recall_end(client);
	wdm_work_end(client);
	wdm_power_end(client);
	wdm_device_end(client);
	wdm_parport_free(client);
	wdm_pool_end(client);
	wdm_verify_end();
	wdm_main_free(client);
}

/**
 * winpar_wdm_start() - call a client's DriverEntry
 * @about: the client's module, DriverEntry, and the text of its registry
 * @client: where the client goes, for the macros of the ddk's headers: set before
 *          DriverEntry is called, NULL after it has failed
 *
 * DDI page: wdm, DRIVER_INITIALIZE. A driver without DriverUnload cannot be unloaded:
 * its module stays.
 *
 * Context: process context, the module's init.
 * Return: 0; -ENODEV DriverEntry has failed; -ENOMEM; what wdm_registry_load() and
 * wdm_disk_begin() return.
 */
int winpar_wdm_start(const struct winpar_wdm_about *about,
		     struct winpar_wdm_client **client)
{
	struct winpar_wdm_client *made = wdm_main_create(about);
	UNICODE_STRING path;
	NTSTATUS status;
	int ret;

	if (!made)
		return -ENOMEM;
	ret = wdm_registry_load(made, about->registry) ?:
	      wdm_disk_begin(made, about->files);
	if (ret) {
		wdm_main_free(made);
		return ret;
	}
	*client = made;
	/* DriverEntry may change the lengths: it is given a copy of them. */
	path = made->extension.ServiceKeyName;
	status = made->driver.DriverInit(&made->driver, &path);
	if (!NT_SUCCESS(status)) {
		pr_err("%s: DriverEntry has failed: %s (%#010x)\n",
		       wdm_client_name(made), wdm_port_status_name(status),
		       status);
		wdm_main_end(made);
		*client = NULL;
		return -ENODEV;
	}
	if (!made->driver.DriverUnload)
		__module_get(made->module);
	wdm_device_started(made);
	wdm_node_started(made);
	wdm_plug_start(made);
	return 0;
}
WINPAR_EXPORT(winpar_wdm_start);

/**
 * winpar_wdm_stop() - call a client's DriverUnload, and end what it leaves
 * @client: the client, not to be used afterwards; NULL does nothing
 *
 * DDI page: wdm, DRIVER_UNLOAD
 *
 * Context: process context, the module's exit.
 */
void winpar_wdm_stop(struct winpar_wdm_client *client)
{
	if (!client)
		return;
	wdm_plug_stop(client);
	if (client->driver.DriverUnload)
		client->driver.DriverUnload(&client->driver);
	wdm_main_end(client);
}
WINPAR_EXPORT(winpar_wdm_stop);

static int __init wdm_init(void)
{
	int ret = wdm_work_setup();

	if (ret)
		return ret;
	wdm_timer_init();
	ret = wdm_node_setup();
	if (ret)
		goto no_nodes;
	ret = wdm_suspend_setup();
	if (ret)
		goto no_suspends;
	ret = wdm_shutdown_setup();
	if (ret)
		goto no_shutdowns;
	return 0;

no_shutdowns:
	wdm_suspend_exit();
no_suspends:
	wdm_node_exit();
no_nodes:
	wdm_work_exit();
	return ret;
}

static void __exit wdm_exit(void)
{
	wdm_shutdown_exit();
	wdm_suspend_exit();
	wdm_node_exit();
	wdm_file_exit();
	wdm_device_exit();
	wdm_thread_exit();
	wdm_irp_exit();
	wdm_work_exit();
	wdm_timer_exit();
}

module_init(wdm_init);
module_exit(wdm_exit);
