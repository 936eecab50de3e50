/* SPDX-License-Identifier: GPL-2.0-only */
/* What a port's chip can do. See port/probe.c. */
#ifndef _WINPAR_PROBE_H
#define _WINPAR_PROBE_H

#include "port/port.h"

bool winpar_probe_is_unknown(const struct winpar_port *port);
void __winpar_probe_chip(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock);

#endif /* _WINPAR_PROBE_H */
