/* SPDX-License-Identifier: GPL-2.0-only */
/* Which port is LPT1: port/lpt.c. */
#ifndef _WINPAR_PORT_LPT_H
#define _WINPAR_PORT_LPT_H

#include "port/port.h"

u16 winpar_lpt_choose(const struct winpar_port *port);

#endif /* _WINPAR_PORT_LPT_H */
