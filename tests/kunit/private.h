/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites see of winpar's rooms, beyond what a client sees. */
#ifndef _WINPAR_PRIVATE_H
#define _WINPAR_PRIVATE_H

#include "device/device.h"
#include "host/regs.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/leaving.h"
#include "port/port.h"

#endif /* _WINPAR_PRIVATE_H */
