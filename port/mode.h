/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests and callbacks that set and clear a chip mode. See port/mode.c. */
#ifndef _WINPAR_MODE_H
#define _WINPAR_MODE_H

#include "port/port.h"

NTSTATUS winpar_mode_set(struct winpar_holder *holder, UCHAR byte);
NTSTATUS winpar_mode_clear(struct winpar_seat *seat, UCHAR byte);

#endif /* _WINPAR_MODE_H */
