/* SPDX-License-Identifier: GPL-2.0-only */
/* The structures that clients are given. See port/info.c. */
#ifndef _WINPAR_INFO_H
#define _WINPAR_INFO_H

#include "port/port.h"

void winpar_info_port(struct winpar_seat *seat,
		      PARALLEL_PORT_INFORMATION *info);
void winpar_info_more(const struct winpar_port *port,
		      MORE_PARALLEL_PORT_INFORMATION *info);
void winpar_info_pnp(struct winpar_seat *seat, PARALLEL_PNP_INFORMATION *info);
void winpar_info_interrupt(struct winpar_seat *seat,
			   PARALLEL_INTERRUPT_INFORMATION *info);

#endif /* _WINPAR_INFO_H */
