// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which protocol of the Windows interface is which mode of Linux's transfer
 * engine: one table, fastest first.
 *
 * Several protocols are one mode on the wire and differ in how the host drives
 * it. Linux's engine uses the hardware that the port has, so all hardware
 * variants of ECP are one mode here, and so is bounded ECP, which is ECP with a
 * host that bounds its writes. Channelised nibble mode is nibble mode: Linux has no
 * way to send a channel in it.
 */
#include <linux/kernel.h>

#include <uapi/linux/parport.h>

#include "device/protocol.h"

/**
 * struct winpar_protocol - one protocol
 * @bit: as clients call it
 * @mode: IEEE1284_MODE_..., as the engine does
 * @forward: it can go out
 * @reverse: it can come in
 */
struct winpar_protocol {
	USHORT bit;
	int mode;
	bool forward;
	bool reverse;
};

static const struct winpar_protocol winpar_protocols[] = {
	{ BOUNDED_ECP, IEEE1284_MODE_ECP, true, true },
	{ ECP_HW_NOIRQ, IEEE1284_MODE_ECP, true, true },
	{ ECP_HW_IRQ, IEEE1284_MODE_ECP, true, true },
	{ EPP_HW, IEEE1284_MODE_EPP, true, true },
	{ EPP_SW, IEEE1284_MODE_EPPSWE, true, true },
	{ ECP_SW, IEEE1284_MODE_ECPSWE, true, true },
	{ IEEE_COMPATIBILITY, IEEE1284_MODE_COMPAT, true, false },
	{ CENTRONICS, IEEE1284_MODE_COMPAT, true, false },
	{ BYTE_BIDIR, IEEE1284_MODE_BYTE, false, true },
	{ NIBBLE, IEEE1284_MODE_NIBBLE, false, true },
	{ CHANNEL_NIBBLE, IEEE1284_MODE_NIBBLE, false, true },
};

/**
 * winpar_protocol_mode() - which mode of Linux's a protocol is
 * @protocol: one bit
 *
 * Context: any.
 * Return: IEEE1284_MODE_...; -1 when it is no protocol.
 */
int winpar_protocol_mode(USHORT protocol)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(winpar_protocols); i++)
		if (winpar_protocols[i].bit == protocol)
			return winpar_protocols[i].mode;
	return -1;
}

static USHORT winpar_protocol_of(USHORT mask, bool forward)
{
	const struct winpar_protocol *p = winpar_protocols;
	const struct winpar_protocol *end = p + ARRAY_SIZE(winpar_protocols);
	USHORT known = NONE;

	for (; p < end; p++)
		if (forward ? p->forward : p->reverse)
			known |= p->bit;
	return mask & known;
}

/**
 * winpar_protocol_forward() - the protocols of a mask that can go out
 * @mask: any bits
 *
 * Context: any.
 * Return: those of them.
 */
USHORT winpar_protocol_forward(USHORT mask)
{
	return winpar_protocol_of(mask, true);
}

/**
 * winpar_protocol_reverse() - the protocols of a mask that can come in
 * @mask: any bits
 *
 * Context: any.
 * Return: those of them.
 */
USHORT winpar_protocol_reverse(USHORT mask)
{
	return winpar_protocol_of(mask, false);
}

/**
 * winpar_protocol_fastest() - the fastest protocol of a mask
 * @mask: bits of one direction
 *
 * Context: any.
 * Return: one bit; NONE when there is none.
 */
USHORT winpar_protocol_fastest(USHORT mask)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(winpar_protocols); i++)
		if (mask & winpar_protocols[i].bit)
			return winpar_protocols[i].bit;
	return NONE;
}
