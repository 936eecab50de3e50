/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Port I/O under Windows' names, for the addresses that
 * PARALLEL_PORT_INFORMATION, PARALLEL_PNP_INFORMATION and PARCLASS_INFORMATION
 * give.
 *
 * An address below WINPAR_COOKIE_FIRST is an I/O port and costs one compare
 * more than inb() and outb(). Anything else is a cookie, the address of a
 * register of a port in software, and goes to winpar. DDI pages: wdm,
 * READ_PORT_UCHAR and the others.
 *
 * Context: any, hard interrupts included.
 */
#ifndef _WINPAR_PORTIO_H
#define _WINPAR_PORTIO_H

#include <linux/compiler.h>
#include <linux/io.h>

#include "nt.h"

#define WINPAR_COOKIE_FIRST	0x10000UL

/* Width in bytes: 1, 2 or 4. */
u32 winpar_cookie_read(unsigned long cookie, unsigned int width);
void winpar_cookie_write(unsigned long cookie, unsigned int width, u32 value);

static inline UCHAR READ_PORT_UCHAR(PUCHAR Port)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		return inb(addr);
	return winpar_cookie_read(addr, sizeof(UCHAR));
}

static inline USHORT READ_PORT_USHORT(PUSHORT Port)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		return inw(addr);
	return winpar_cookie_read(addr, sizeof(USHORT));
}

static inline ULONG READ_PORT_ULONG(PULONG Port)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		return inl(addr);
	return winpar_cookie_read(addr, sizeof(ULONG));
}

static inline void READ_PORT_BUFFER_UCHAR(PUCHAR Port, PUCHAR Buffer,
					  ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		insb(addr, Buffer, Count);
		return;
	}
	while (Count--)
		*Buffer++ = winpar_cookie_read(addr, sizeof(UCHAR));
}

static inline void READ_PORT_BUFFER_USHORT(PUSHORT Port, PUSHORT Buffer,
					   ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		insw(addr, Buffer, Count);
		return;
	}
	while (Count--)
		*Buffer++ = winpar_cookie_read(addr, sizeof(USHORT));
}

static inline void READ_PORT_BUFFER_ULONG(PULONG Port, PULONG Buffer,
					  ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		insl(addr, Buffer, Count);
		return;
	}
	while (Count--)
		*Buffer++ = winpar_cookie_read(addr, sizeof(ULONG));
}

static inline void WRITE_PORT_UCHAR(PUCHAR Port, UCHAR Value)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		outb(Value, addr);
	else
		winpar_cookie_write(addr, sizeof(UCHAR), Value);
}

static inline void WRITE_PORT_USHORT(PUSHORT Port, USHORT Value)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		outw(Value, addr);
	else
		winpar_cookie_write(addr, sizeof(USHORT), Value);
}

static inline void WRITE_PORT_ULONG(PULONG Port, ULONG Value)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST))
		outl(Value, addr);
	else
		winpar_cookie_write(addr, sizeof(ULONG), Value);
}

static inline void WRITE_PORT_BUFFER_UCHAR(PUCHAR Port, PUCHAR Buffer,
					   ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		outsb(addr, Buffer, Count);
		return;
	}
	while (Count--)
		winpar_cookie_write(addr, sizeof(UCHAR), *Buffer++);
}

static inline void WRITE_PORT_BUFFER_USHORT(PUSHORT Port, PUSHORT Buffer,
					    ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		outsw(addr, Buffer, Count);
		return;
	}
	while (Count--)
		winpar_cookie_write(addr, sizeof(USHORT), *Buffer++);
}

static inline void WRITE_PORT_BUFFER_ULONG(PULONG Port, PULONG Buffer,
					   ULONG Count)
{
	unsigned long addr = (unsigned long)Port;

	if (likely(addr < WINPAR_COOKIE_FIRST)) {
		outsl(addr, Buffer, Count);
		return;
	}
	while (Count--)
		winpar_cookie_write(addr, sizeof(ULONG), *Buffer++);
}

#endif /* _WINPAR_PORTIO_H */
