/* SPDX-License-Identifier: GPL-2.0-only */
/* Who waits for a port, and the loop that serves them. See port/queue.c. */
#ifndef _WINPAR_QUEUE_H
#define _WINPAR_QUEUE_H

#include "port/port.h"

void winpar_queue_init(struct winpar_port *port);
IRP *__winpar_queue_first(struct winpar_port *port)
	__must_hold(&port->lock);
bool __winpar_queue_wait(struct winpar_file *file, IRP *irp)
	__must_hold(&file->port->lock);
bool __winpar_queue_end(struct winpar_port *port, IRP *irp, NTSTATUS status)
	__must_hold(&port->lock);
void __winpar_queue_freed(struct winpar_port *port, bool own)
	__must_hold(&port->lock);
void __winpar_queue_refused(struct winpar_seat *seat)
	__must_hold(&seat->port->lock);
void __winpar_queue_returned(struct winpar_port *port)
	__must_hold(&port->lock);
bool __winpar_queue_left(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_queue_add_rival(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_queue_forget_rival(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_queue_serve_rival(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_queue_note_stray(const struct winpar_stray *stray)
	__must_hold(&stray->seat->port->lock);
void __winpar_queue_forget_stray(const struct winpar_seat *seat)
	__must_hold(&seat->port->lock);
void winpar_queue_defer(struct winpar_port *port, IRP *irp);
NTSTATUS winpar_queue_defer_new(struct winpar_file *file, IRP *irp, NTSTATUS status);

#endif /* _WINPAR_QUEUE_H */
