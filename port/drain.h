/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that are ended together. See port/drain.c. */
#ifndef _WINPAR_DRAIN_H
#define _WINPAR_DRAIN_H

#include "port/port.h"

unsigned int winpar_drain_cancel(struct winpar_file *file);
void winpar_drain_wait(struct winpar_file *file);
unsigned int winpar_drain_silence(struct winpar_port *port,
				  struct module *module);

#endif /* _WINPAR_DRAIN_H */
