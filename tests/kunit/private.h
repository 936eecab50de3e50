/* SPDX-License-Identifier: GPL-2.0-only */
/* The headers of winpar's rooms that the suites need beside the public ones. */
#ifndef _WINPAR_PRIVATE_H
#define _WINPAR_PRIVATE_H

#include "device/device.h"
#include "host/regs.h"
#include "port/inside.h"
#include "port/irp.h"
#include "port/leaving.h"
#include "port/port.h"

#endif /* _WINPAR_PRIVATE_H */
