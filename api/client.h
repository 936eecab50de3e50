/* SPDX-License-Identifier: GPL-2.0-only */
/* Clients and their seats. See api/client.c. */
#ifndef _WINPAR_CLIENT_H
#define _WINPAR_CLIENT_H

#include <winpar/nt.h>

struct module;
struct winpar_client;
struct winpar_port;
struct winpar_seat;

struct winpar_client *winpar_client_get(struct module *module,
					NTSTATUS *status);
struct winpar_seat *winpar_client_sit(struct winpar_client *client,
				      struct winpar_port *port,
				      NTSTATUS *status);
struct winpar_client *winpar_client_leave(struct module *module);
void winpar_client_free(struct winpar_client *client);
void winpar_client_exit(void);

#endif /* _WINPAR_CLIENT_H */
