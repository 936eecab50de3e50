/* SPDX-License-Identifier: GPL-2.0-only */
/* Which protocol is which mode of Linux's engine: device/protocol.c. */
#ifndef _WINPAR_DEVICE_PROTOCOL_H
#define _WINPAR_DEVICE_PROTOCOL_H

#include <winpar/nt.h>
#include <winpar/ntddpar.h>
#include <winpar/parallel.h>

int winpar_protocol_mode(USHORT protocol);
USHORT winpar_protocol_forward(USHORT mask);
USHORT winpar_protocol_reverse(USHORT mask);
USHORT winpar_protocol_fastest(USHORT mask);

#endif /* _WINPAR_DEVICE_PROTOCOL_H */
