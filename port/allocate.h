/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has a port: allocate, free, their callbacks. See port/allocate.c. */
#ifndef _WINPAR_ALLOCATE_H
#define _WINPAR_ALLOCATE_H

#include "port/port.h"

bool __winpar_port_take(struct winpar_port *port, struct winpar_holder *holder)
	__must_hold(&port->lock);
NTSTATUS winpar_port_allocate(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_port_free(struct winpar_file *file);
void winpar_port_admit(struct winpar_holder *holder);
void winpar_port_close(struct winpar_holder *holder);
bool winpar_port_release(struct winpar_holder *holder);
void winpar_port_who(struct winpar_port *port, char *name, size_t size);

BOOLEAN winpar_port_try_allocate(PVOID context);
void winpar_port_free_callback(PVOID context);
BOOLEAN winpar_port_try_allocate_at_interrupt(PVOID context);
void winpar_port_free_from_interrupt(PVOID context);

#endif /* _WINPAR_ALLOCATE_H */
