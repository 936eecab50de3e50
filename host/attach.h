/* SPDX-License-Identifier: GPL-2.0-only */
/* Which Linux ports there are, and who uses them. See host/attach.c. */
#ifndef _WINPAR_HOST_ATTACH_H
#define _WINPAR_HOST_ATTACH_H

#include "host/host.h"

struct device;

int winpar_host_watch(void (*arrived)(struct parport *parport),
		      void (*removed)(struct parport *parport));
void winpar_host_unwatch(void);
int winpar_host_number(struct parport *parport);
const char *winpar_host_kind(const struct winpar_host *host);
bool winpar_host_is_on_card(const struct winpar_host *host, const char *card);
bool winpar_host_shares_card(const struct winpar_host *host,
			     const struct winpar_host *other);
struct device *winpar_host_device(const struct winpar_host *host);

void winpar_host_init(struct winpar_host *host,
		      const struct winpar_host_ops *ops);
void winpar_host_attach(struct winpar_host *host, struct parport *parport);
bool winpar_host_has(const struct winpar_host *host,
		     const struct parport *parport);
void winpar_host_detach(struct winpar_host *host);
void winpar_host_exit(struct winpar_host *host);

int winpar_host_open(struct winpar_host *host);
void winpar_host_close(struct winpar_host *host);
void winpar_host_listen(struct winpar_host *host, bool on);

void winpar_host_exclusive(struct winpar_host *host, char *name, size_t size);
bool winpar_host_is_unclaimed(struct winpar_host *host);
unsigned long winpar_host_irq_cpus(const struct winpar_host *host);

#endif /* _WINPAR_HOST_ATTACH_H */
