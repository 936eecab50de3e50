/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: the module that a Windows driver's sources were compiled to. wdm/main.c
 * makes and frees it; the rooms named here keep its lists.
 */
#ifndef _WINPAR_WDM_CLIENT_H
#define _WINPAR_WDM_CLIENT_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>

#include <winpar/ddk/wdm.h>

struct wdm_key;
struct wdm_plug;

/* The member Type of Windows' objects: which kind of object it is. */
enum wdm_io_type {
	WDM_IO_TYPE_DEVICE = 3,
	WDM_IO_TYPE_DRIVER = 4,
	WDM_IO_TYPE_FILE = 5,
	WDM_IO_TYPE_IRP = 6,
};

/**
 * struct winpar_wdm_client - a client
 * @module: its module
 * @ending: wdm/main.c ends the client, whose routines may run still: they begin no thread,
 *          link or registration, and open no port; set before the first wait for them
 * @leaving: wdm/main.c ends the client: the layer calls none of its routines any more; set
 *           under @lock when @working is 0
 * @warnings: limits how often the log warns of the client
 * @driver: its driver object
 * @extension: what @driver.DriverExtension points to
 * @lock: guards the lists; taken with interrupts off
 * @pool: memory that the client has not freed (wdm/pool.c)
 * @irps: IRPs that the client has not freed (wdm/irpmake.c)
 * @visited: how many of the client's IRPs other clients' drivers have, or have just given
 *           back by a call of a routine that has not returned (wdm/irp.c)
 * @called: how many calls of its completion and cancel routines for other clients' IRPs have
 *          not returned (wdm/irp.c)
 * @files: file objects that the client has not given back; under a lock of wdm/file.c
 * @closing: how many file objects are being closed by their last reference; likewise
 * @devices: device objects of the ports and devices that it has opened (wdm/parport.c)
 * @watches: registrations for Plug and Play (wdm/notify.c)
 * @work: work items that the client has not freed (wdm/work.c)
 * @working: how many calls of work items' routines are queued or running
 * @fops: the file operations of the client's nodes; they name @module, so that a file
 *        that a program has open keeps the module from being unloaded (wdm/node.c)
 * @extensions: what hangs on @driver (wdm/extension.c)
 * @started: DriverEntry has succeeded: nodes are shown in /dev (wdm/node.c), and other
 *           clients may open the client's devices (wdm/device.c)
 * @plug: the ports that it was given, if it has an AddDevice routine (wdm/plug.c)
 * @registry: the root of its registry (wdm/registry.c)
 * @service: the key that DriverEntry is given
 * @folder: the folder of its files; NULL: it has none (wdm/disk.c)
 * @moves: guards the positions of its files. Its writes to the end of a file are made under
 *         it, so that none is overwritten by another (wdm/disk.c)
 * @asked: 1: the log has said that it has none
 * @configuration: what IoGetConfigurationInformation() returns to the client
 */
struct winpar_wdm_client {
	struct module *module;
	bool ending;
	bool leaving;
	struct ratelimit_state warnings;
	DRIVER_OBJECT driver;
	DRIVER_EXTENSION extension;
	spinlock_t lock;	/* guards the lists */
	struct list_head pool;
	struct list_head irps;
	atomic_t visited;
	atomic_t called;
	struct list_head files;
	unsigned int closing;
	struct list_head devices;
	struct list_head watches;
	struct list_head work;
	atomic_t working;
	const struct file_operations *fops;
	struct list_head extensions;
	bool started;
	struct wdm_plug *plug;
	struct wdm_key *registry;
	struct wdm_key *service;
	struct file *folder;
	struct mutex moves;	/* guards the positions of files */
	atomic_t asked;
	CONFIGURATION_INFORMATION configuration;
};

/* What the log calls the client: the name of its module. */
static inline const char *wdm_client_name(const struct winpar_wdm_client *client)
{
	return client && client->module ? module_name(client->module) : "kernel";
}

/* May the layer call a routine of the client? NULL: the routine is the layer's own. */
static inline bool wdm_may_call(const struct winpar_wdm_client *client)
{
	return !client || !READ_ONCE(client->leaving);
}

/*
 * Keep the client's module while its driver is called, until module_put(). Not while
 * DriverEntry runs: a module whose DriverEntry fails is freed whatever references there are.
 */
static inline bool wdm_client_hold(const struct winpar_wdm_client *client)
{
	return READ_ONCE(client->started) && try_module_get(client->module);
}

/* Warn of a mistake of the client's, which is named, and not too often; NULL: the layer's. */
#define wdm_warn(client, format, ...) do {				\
	struct winpar_wdm_client *_client = (client);			\
									\
	if (!_client || __ratelimit(&_client->warnings))		\
		pr_warn("%s: " format, wdm_client_name(_client),	\
			##__VA_ARGS__);					\
} while (0)

#endif /* _WINPAR_WDM_CLIENT_H */
