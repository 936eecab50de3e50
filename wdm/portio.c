// SPDX-License-Identifier: GPL-2.0-only
/*
 * READ_PORT_UCHAR and the other calls on registers by address, as functions. winpar has
 * them inline in <winpar/portio.h>, which needs Linux's headers; a client's sources
 * include none. DDI pages: wdm, READ_PORT_UCHAR and the others
 */
#include <winpar/compat.h>
#include <winpar/ddk/wdm_hal.h>
#include <winpar/portio.h>

#define WDM_PORT_IO(name, TYPE, type)					\
TYPE winpar_wdm_read_##name(type port)					\
{									\
	return READ_PORT_##TYPE(port);					\
}									\
WINPAR_EXPORT(winpar_wdm_read_##name);					\
									\
void winpar_wdm_write_##name(type port, TYPE value)			\
{									\
	WRITE_PORT_##TYPE(port, value);					\
}									\
WINPAR_EXPORT(winpar_wdm_write_##name);					\
									\
void winpar_wdm_read_##name##s(type port, type buffer, ULONG count)	\
{									\
	READ_PORT_BUFFER_##TYPE(port, buffer, count);			\
}									\
WINPAR_EXPORT(winpar_wdm_read_##name##s);				\
									\
void winpar_wdm_write_##name##s(type port, type buffer, ULONG count)	\
{									\
	WRITE_PORT_BUFFER_##TYPE(port, buffer, count);			\
}									\
WINPAR_EXPORT(winpar_wdm_write_##name##s)

WDM_PORT_IO(uchar, UCHAR, PUCHAR);
WDM_PORT_IO(ushort, USHORT, PUSHORT);
WDM_PORT_IO(ulong, ULONG, PULONG);
