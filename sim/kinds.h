/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kinds of devices there are: kinds.c. */
#ifndef _WINPAR_SIM_KINDS_H
#define _WINPAR_SIM_KINDS_H

#include "device.h"

const struct sim_peripheral_ops *sim_kinds_find(const char *name);

#endif /* _WINPAR_SIM_KINDS_H */
