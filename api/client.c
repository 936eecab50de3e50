// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients, the kernel modules that use ports, and their seats.
 *
 * A client is made when a module first opens a port or watches for ports, and
 * freed by winpar_file_end_client() when the module is unloaded. A seat is made
 * when a client first opens a port or a device on it. A Linux port that is removed
 * and comes back gets a new struct winpar_port, and the client then a new seat.
 *
 * The seat is the Context with which the client calls the port's routines
 * (FreePort and the others of PARALLEL_PORT_INFORMATION). The client may call them
 * at any time until it is unloaded, so its seats are kept until then.
 *
 * The clients' mutex guards the list of clients and each client's seats. The port's
 * file mutex is taken inside it.
 *
 * The end of a client is in tests/model/unload.pml, the end of its seats in removal.pml.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "api/client.h"
#include "port/allocate.h"
#include "port/life.h"
#include "port/port.h"

static DEFINE_MUTEX(winpar_clients_mutex);
static LIST_HEAD(winpar_clients);

static struct winpar_client *__winpar_client_find(struct module *module)
	__must_hold(&winpar_clients_mutex)
{
	struct winpar_client *client;

	lockdep_assert_held(&winpar_clients_mutex);
	list_for_each_entry(client, &winpar_clients, entry)
		if (client->module == module)
			return client;
	return NULL;
}

static struct winpar_client *__winpar_client_create(struct module *module)
	__must_hold(&winpar_clients_mutex)
{
	struct winpar_client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	lockdep_assert_held(&winpar_clients_mutex);
	if (!client)
		return NULL;
	client->module = module;
	INIT_LIST_HEAD(&client->seats);
	ratelimit_state_init(&client->warnings, DEFAULT_RATELIMIT_INTERVAL,
			     DEFAULT_RATELIMIT_BURST);
	list_add_tail(&client->entry, &winpar_clients);
	return client;
}

/**
 * winpar_client_get() - find or make the client that a module is
 * @module: the module, NULL for what is built into the kernel
 * @status: set when there is none: STATUS_INSUFFICIENT_RESOURCES, or
 *          STATUS_CANCELLED the module is being unloaded
 *
 * Context: process context, may sleep.
 * Return: the client, good until the module has gone, or NULL.
 */
struct winpar_client *winpar_client_get(struct module *module, NTSTATUS *status)
{
	struct winpar_client *client;

	mutex_lock(&winpar_clients_mutex);
	client = __winpar_client_find(module) ?: __winpar_client_create(module);
	if (!client) {
		*status = STATUS_INSUFFICIENT_RESOURCES;
	} else if (client->leaving) {
		*status = STATUS_CANCELLED;
		client = NULL;
	}
	mutex_unlock(&winpar_clients_mutex);
	return client;
}

static struct winpar_seat *__winpar_client_find_seat(struct winpar_client *client,
						     struct winpar_port *port)
	__must_hold(&winpar_clients_mutex)
{
	struct winpar_seat *seat;

	lockdep_assert_held(&winpar_clients_mutex);
	list_for_each_entry_reverse(seat, &client->seats, entry)
		if (seat->port == port)
			return seat;
	return NULL;
}

static struct winpar_seat *__winpar_client_add_seat(struct winpar_client *client,
						    struct winpar_port *port)
	__must_hold(&winpar_clients_mutex)
{
	struct winpar_seat *seat = kzalloc(sizeof(*seat), GFP_KERNEL);
	unsigned int i;

	lockdep_assert_held(&winpar_clients_mutex);
	if (!seat)
		return NULL;
	seat->holder.seat = seat;
	seat->client = client;
	seat->port = port;
	/* winpar_file_enter() admits it when the client opens a file here. */
	winpar_port_close(&seat->holder);
	winpar_port_get(port);
	seat->device.DeviceExtension = seat;
	seat->device.StackSize = 1;
	INIT_LIST_HEAD(&seat->files);
	for (i = 0; i < WINPAR_UNITS; i++) {
		seat->classes[i].seat = seat;
		seat->classes[i].unit = i;
	}
	list_add_tail(&seat->entry, &client->seats);
	mutex_lock(&port->mutex);
	list_add_tail(&seat->port_entry, &port->seats);
	mutex_unlock(&port->mutex);
	return seat;
}

/**
 * winpar_client_sit() - find or make the seat of a client on a port
 * @client: the client
 * @port: the port
 * @status: set when there is none: STATUS_INSUFFICIENT_RESOURCES, or
 *          STATUS_CANCELLED the module is being unloaded
 *
 * Context: process context, may sleep.
 * Return: the seat, good as long as the client, or NULL.
 */
struct winpar_seat *winpar_client_sit(struct winpar_client *client,
				      struct winpar_port *port,
				      NTSTATUS *status)
{
	struct winpar_seat *seat = NULL;

	mutex_lock(&winpar_clients_mutex);
	if (client->leaving) {
		*status = STATUS_CANCELLED;
	} else {
		seat = __winpar_client_find_seat(client, port) ?:
		       __winpar_client_add_seat(client, port);
		if (!seat)
			*status = STATUS_INSUFFICIENT_RESOURCES;
	}
	mutex_unlock(&winpar_clients_mutex);
	return seat;
}

/**
 * winpar_client_leave() - give a module that is being unloaded no more seats
 * @module: the module
 *
 * Context: process context, may sleep.
 * Return: the module's client, whose list of seats does not change any more; NULL
 * when the module has no client.
 */
struct winpar_client *winpar_client_leave(struct module *module)
{
	struct winpar_client *client;

	mutex_lock(&winpar_clients_mutex);
	client = __winpar_client_find(module);
	if (client)
		client->leaving = true;
	mutex_unlock(&winpar_clients_mutex);
	return client;
}

/**
 * winpar_client_free() - free a client and its seats
 * @client: it has no files and no watches; no code of its module runs
 *
 * Context: process context, may sleep.
 */
void winpar_client_free(struct winpar_client *client)
{
	struct winpar_seat *seat, *next;
	struct winpar_port *port;

	mutex_lock(&winpar_clients_mutex);
	list_del(&client->entry);
	mutex_unlock(&winpar_clients_mutex);
	list_for_each_entry_safe(seat, next, &client->seats, entry) {
		port = seat->port;
		/* A callback may have used the seat after its last file's close. */
		winpar_port_release(&seat->holder);
		mutex_lock(&port->mutex);
		list_del(&seat->port_entry);
		mutex_unlock(&port->mutex);
		kfree_rcu(seat, rcu);
		winpar_port_put(port);
	}
	kfree(client);
}

/**
 * winpar_client_exit() - free the client that stands for what is built in
 *
 * Context: at module exit, may sleep. Every module that was a client has gone,
 * since it needed winpar's symbols.
 */
void winpar_client_exit(void)
{
	struct winpar_client *client, *next;

	list_for_each_entry_safe(client, next, &winpar_clients, entry)
		winpar_client_free(client);
}
