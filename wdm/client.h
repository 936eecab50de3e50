/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients: the modules that Windows sources were compiled to. */
#ifndef _WINPAR_WDM_CLIENT_H
#define _WINPAR_WDM_CLIENT_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>

#include <winpar/ddk/wdm.h>

/**
 * struct winpar_wdm_client - one such module
 * @module: the module
 * @leaving: it is being ended: no routine of its is called any more
 * @warnings: limits what the log says of it
 * @driver: its driver object; each room fills in what it understands
 * @extension: part of @driver
 * @lock: taken with interrupts off
 * @pool: memory that it has not freed (wdm/pool.c)
 * @irps: IRPs that it has not freed (wdm/irp.c)
 * @files: file objects (wdm/open.c)
 * @devices: device objects of ports and of devices on them (wdm/open.c)
 * @watches: who is told of ports (wdm/notify.c)
 * @configuration: what IoGetConfigurationInformation gave
 */
struct winpar_wdm_client {
	struct module *module;
	bool leaving;
	struct ratelimit_state warnings;
	DRIVER_OBJECT driver;
	DRIVER_EXTENSION extension;
	spinlock_t lock;	/* guards the lists */
	struct list_head pool;
	struct list_head irps;
	struct list_head files;
	struct list_head devices;
	struct list_head watches;
	CONFIGURATION_INFORMATION configuration;
};

static inline const char *wdm_client_name(const struct winpar_wdm_client *client)
{
	return client && client->module ? module_name(client->module) : "kernel";
}

/* May a routine of the client's be called? NULL is what the layer has itself. */
static inline bool wdm_may_call(const struct winpar_wdm_client *client)
{
	return !client || !READ_ONCE(client->leaving);
}

#define wdm_warn(client, format, ...) do {				\
	struct winpar_wdm_client *_client = (client);			\
									\
	if (!_client || __ratelimit(&_client->warnings))		\
		pr_warn("%s: " format, wdm_client_name(_client),	\
			##__VA_ARGS__);					\
} while (0)

#endif /* _WINPAR_WDM_CLIENT_H */
